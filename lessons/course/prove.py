"""Proves a lesson: runs its tests on every variant and lists what is not as it must be.

    python -m lessons.course.prove 4 [--only ID] [--quick] [--add] [--write] [--json FOLDER]

With `--quick`, as in CI, a mistake meets only tests that reject it according to the committed kill
matrix: those about its function, and those that reject no mistake in their own function. So each of
these × is run again, and every other cell is as the last `--write` left it. A right way meets the
tests that call its function; the way in loops only those about it. With `--add`, a mistake meets
all tests that are known to reject it, and those that are not in the matrix yet.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from lessons.course.kill_matrix import known_killers, known_tests, matrix, matrix_file
from lessons.course.manifest import Lesson, find
from lessons.course.variants import Trial, Variants


def prove(
    lesson: Lesson, folder: Path, only: str = "", quick: bool = False, add: bool = False
) -> list[Trial]:
    """Try out every variant, or only those with the id `only`.

    Args:
        folder: an empty folder for the variants' files.
        quick: whether a mistake meets only the tests that `asked_quickly` names, and a right way
            only those that call its function.
        add: whether a mistake meets the tests that are known to reject it, and the new ones.
    """
    from lessons.course.mistakes import mistakes
    from lessons.course.ways import ways

    variants = Variants(lesson, folder)
    killers = known_killers(lesson) if add else asked_quickly(lesson) if quick else {}
    known = known_tests(lesson)
    new = [test.name for test in lesson.tests if add and test.name not in known]
    single = {
        "library": variants.of_library,
        "blank": variants.of_blank,
        "later": variants.of_later,
    }
    trials = [make() for id, make in single.items() if only in ("", id)]
    some = quick and not only  # the run of the library has shown which test calls what
    trials += [variants.of_way(one, some) for one in ways(lesson.folder) if only in ("", one.id)]
    trials += [
        variants.of_mistake(one, killers.get(one.id, ()), new)
        for one in mistakes(lesson.folder)
        if only in ("", one.id)
    ]
    return [trial for trial in trials if trial]


def asked_quickly(lesson: Lesson) -> dict[str, list[str]]:
    """For each mistake's id: the tests about its function that are known to reject it.

    With them are the tests that reject no mistake in the function that they are about.
    """
    from lessons.course.mistakes import mistakes

    known = known_killers(lesson)
    listed = [one for one in mistakes(lesson.folder) if one.id in known]
    own = {one.id: lesson.tests_of(one.function) & set(known[one.id]) for one in listed}
    needed = {test.name for test in lesson.tests}.difference(*own.values())
    return {id: [test for test in known[id] if test in own[id] | needed] for id in own}


def complaints(lesson: Lesson, trials: list[Trial]) -> list[str]:
    """A line for each thing that is not as it must be. It is empty if the lesson is proven."""
    from lessons.course.mistakes import mistakes

    wrong = []
    tests = [test.name for test in lesson.tests]
    killed = {test: 0 for test in tests}
    listed = {mistake.id: mistake for mistake in mistakes(lesson.folder)}
    for trial in trials:
        label = f"{trial.kind} {trial.id}"
        if trial.verdict.problem:
            wrong.append(f"{label}: {trial.verdict.problem}")
        asked = trial.verdict.tests or tests  # empty if all were to run
        for test in tests:
            outcome = trial.verdict.outcomes.get(test, "not run")
            message = trial.verdict.messages.get(test, "")
            if trial.kind == "blank" and outcome != "unstarted":
                wrong.append(f"(a) {test} on the blank is {outcome}, not 'not started': {message}")
            right = trial.kind in ("library", "way", "later") and test in asked
            if right and outcome != "passed":
                part = "(f)" if trial.kind == "later" else "(b)"
                wrong.append(f"{part} {label}: {test} is {outcome}: {message}")
            if trial.kind == "mistake" and outcome != "passed":
                killed[test] += 1
        if trial.kind == "mistake" and not trial.verdict.problem:
            wrong += complaints_of_mistake(lesson, listed, trial)
        if trial.complaint:
            wrong.append(f"{label}: {trial.complaint}")
        if trial.kind == "library" and trial.seconds > 5:
            wrong.append(f"(h) the tests take {trial.seconds:.1f} s on the library, more than 5 s")
    if any(trial.kind == "mistake" for trial in trials):
        wrong += [f"(d) {test} rejects no mistake" for test, count in killed.items() if not count]
    return wrong


def complaints_of_mistake(lesson: Lesson, listed: dict, trial: Trial) -> list[str]:
    """What is wrong with how the tests meet one mistake; `listed` holds all mistakes by id."""
    mistake, verdict = listed[trial.id], trial.verdict
    if not set(trial.killers) - set(mistake.unsure):
        return [f"(c) mistake {trial.id} passes every test"]
    wrong = [
        f"mistake {trial.id}: no test has the name {test}"
        for test in mistake.unsure
        if test not in {t.name for t in lesson.tests}
    ]
    own = lesson.tests_of(mistake.function)
    unnamed = [test for test in verdict.failed if mistake.says not in verdict.named.get(test, "")]
    if not any(test in own for test in verdict.failed):
        wrong.append(f"(c) mistake {trial.id}: no test about {mistake.function} rejects it")
    if [test for test in unnamed if test in own] or len(unnamed) == len(verdict.failed):
        wrong.append(f"(c) mistake {trial.id} is not named by {', '.join(unnamed)}")
    allowed = {mistake.id, *mistake.ties}
    for test in own & set(verdict.named):
        said = verdict.named[test]
        also = [other.id for other in listed.values() if other.says in said]
        also = [id for id in also if id not in allowed]
        if also:
            wrong.append(f"(c) mistake {trial.id} is also taken for {', '.join(also)}")
            break
    for test in verdict.failed:
        if len(verdict.messages[test].splitlines()) > 7:
            wrong.append(f"the message of {test} on {trial.id} has eight lines or more")
    return wrong


def killers_of(lesson: Lesson, trials: list[Trial]) -> dict[str, list[str]]:
    """The tests that reject each mistake, by id. Tests that did not run stay as committed."""
    known, found = known_killers(lesson), {}
    for trial in [one for one in trials if one.kind == "mistake"]:
        asked = trial.verdict.tests  # empty if all were to run
        left = [test for test in known.get(trial.id, []) if asked and test not in asked]
        found[trial.id] = trial.killers + left
    return found


def show(trial: Trial) -> None:
    """Print what each test says about one variant."""
    verdict = trial.verdict
    print(f"{trial.kind} {trial.id}: {trial.seconds:.2f} s {verdict.problem} {trial.complaint}")
    for test, outcome in verdict.outcomes.items():
        print(f"  {outcome:<10}{test}")
        for text in (verdict.messages[test], verdict.named.get(test, "")):
            print("".join(f"      {line}\n" for line in text.splitlines()), end="")


def report(lesson: Lesson, trials: list[Trial], options) -> list[str]:
    """Show or write the results of a lesson's trials. Returns the complaints."""
    wrong = complaints(lesson, trials)
    if options.json:
        rows = [{"kind": one.kind, "id": one.id, "seconds": one.seconds} for one in trials]
        page = "" if options.only else matrix(lesson, killers_of(lesson, trials))
        result = {"runs": rows, "complaints": wrong, "matrix": page}
        part = Path(options.json) / f"{lesson.folder}.part"
        part.write_text(json.dumps(result), "utf-8")
        part.replace(part.with_suffix(".json"))  # a reader never finds half a file
        return wrong
    if options.only:
        for trial in trials:
            show(trial)
        wrong = [line for line in wrong if "(d)" not in line]
    else:
        for trial in trials:
            failed = f"{len(trial.killers):>3} fail{trial.seconds:7.2f} s"
            print(f"{trial.kind:<8}{trial.id:<44}{failed}")
        if options.write:
            matrix_file(lesson).parent.mkdir(parents=True, exist_ok=True)
            matrix_file(lesson).write_text(matrix(lesson, killers_of(lesson, trials)), "utf-8")
    print(f"\n{len(wrong)} complaints" if wrong else "\nproven")
    print("\n".join(wrong))
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="+", help="numbers, folders or names")
    parser.add_argument("--only", default="", help="the id of one variant; its messages are shown")
    parser.add_argument(
        "--quick", action="store_true", help="run fewer tests on each mistake, as CI does"
    )
    parser.add_argument(
        "--add",
        action="store_true",
        help="run only the tests known to reject a mistake, and new ones",
    )
    parser.add_argument("--write", action="store_true", help="write the kill matrix")
    parser.add_argument("--json", default="", help="a folder for the results; print nothing")
    options = parser.parse_args()
    wrong = []
    for lesson in map(find, options.lessons):
        with tempfile.TemporaryDirectory() as folder:
            trials = prove(lesson, Path(folder), options.only, options.quick, options.add)
        if not trials:
            parser.error(f"lesson {lesson.number} has no variant {options.only}")
        wrong += report(lesson, trials, options)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
