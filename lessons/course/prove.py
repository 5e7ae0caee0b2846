"""The proofs of a lesson and its kill matrix: its tests on every variant of its module.

    python -m lessons.course.prove 4 [--only ID] [--quick] [--write] [--json FILE]

A variant is the library, the fresh blank, the library with all later lessons blank, a right way,
or a mistake. All run in one process. Files are made in a temporary folder; a learner's file is
never looked at.

CI proves with `--quick`: a mistake meets only the tests that reject it, as the committed kill
matrix says. Each × is then seen again, each blank cell is from the last `--write`.
"""

import argparse
import json
import re
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lessons.course.blank import blank
from lessons.course.manifest import ROOT, Lesson, find, lessons

MATRIX = ROOT / "docs" / "kill_matrix"


@dataclass
class Run:
    """What came of one variant."""

    kind: str  # library, blank, later, way, mistake
    id: str
    outcomes: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)  # the diagnosis, by test
    problem: str = ""
    seconds: float = 0.0
    other: str = ""  # what is wrong with the variant itself: its observation, say

    @property
    def killers(self) -> list[str]:
        return [test for test, outcome in self.outcomes.items() if outcome != "passed"]


def run_variant(lesson: Lesson, kind: str, id: str, files: dict, after=None, only=()) -> Run:
    from lessons.course.inner import run_lesson
    from lessons.course.run import WORST

    run = Run(kind, id)

    def report(event: dict) -> None:
        test = event.get("test", "")
        if event["event"] == "result":
            before = run.outcomes.get(test, "passed")
            run.outcomes[test] = max(before, event["outcome"], key=WORST.index)
            run.messages[test] = run.messages.get(test) or event["message"]
        elif event["event"] == "diagnosis":
            run.said[test] = event["message"]
        elif event["event"] == "problem":
            run.problem = event["message"]

    begin = time.perf_counter()
    run_lesson(lesson, files, report, only, after, learner=list(lesson.write))
    run.seconds = time.perf_counter() - begin
    return run


def put_in_place(way, module_name: str):
    """A hook that writes a right way over the library's function once its module is loaded."""

    def after(module):
        if module.__name__ == f"simclr_mini.{module_name}":
            owner, _, attribute = way.function.rpartition(".")
            setattr(getattr(module, owner) if owner else module, attribute, way.body)

    return after


def module_of(lesson: Lesson, function: str) -> str:
    """The module of a function, or of a class some of whose methods are taught."""
    for module, names in lesson.write.items():
        if any(name == function or name.startswith(function + ".") for name in names):
            return module
    raise LookupError(f"{function} is not in the manifest's lesson {lesson.number}")


def prove(lesson: Lesson, folder: Path, only: str = "", quick: bool = False) -> list[Run]:
    """Run every variant, or only those of one id; `quick`: mistakes on their known killers only."""
    from lessons.course.mistakes import equal, execute, mistakes, observe, observed
    from lessons.course.ways import ways

    library = {module: lesson.library_file(module) for module in lesson.write}
    source = {module: path.read_text("utf-8") for module, path in library.items()}
    home = {f: lesson.module_of(f) for f in lesson.functions}
    right = {f: observed(lesson.folder, f, home[f], source[home[f]]) for f in lesson.functions}
    runs = []
    killers = known_killers(lesson) if quick else {}

    def write(name: str, module: str, text: str) -> Path:
        path = folder / lesson.folder / name / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def wanted(id: str) -> bool:
        return only in ("", id)

    if wanted("library"):
        run_variant(lesson, "library", "warm-up", library)  # the first run pays for imports
        runs.append(run_variant(lesson, "library", "library", library))
        runs[-1].other = ", ".join(
            f"no observation of {f}" for f, seen in right.items() if not seen
        )
    if wanted("blank"):
        files = {m: write("blank", m, blank(lesson, m)) for m in lesson.write}
        runs.append(run_variant(lesson, "blank", "blank", files))
    later = [other for other in lessons() if other.number > lesson.number]
    if wanted("later") and later:
        files = dict(library)
        for other in later:
            for m in other.write:
                if m not in lesson.write:
                    try:
                        files[m] = write("later", m, blank(other, m))
                    except (LookupError, OSError) as error:  # that lesson's own trouble
                        print(f"lesson {other.number} has no blank: {error}", file=sys.stderr)
        runs.append(run_variant(lesson, "later", "later", files))
    for way in ways(lesson.folder):
        if wanted(way.id):
            module = module_of(lesson, way.function)
            after = put_in_place(way, module)
            runs.append(run_variant(lesson, "way", way.id, library, after))
            made = execute(lesson, module, source[module])
            after(made)
            for f in lesson.functions:
                meant = f == way.function or f.startswith(way.function + ".")
                if meant and not equal(observe(lesson, f, made), right[f]):
                    runs[-1].other = f"another observation of {f} than the library's"
    for mistake in mistakes(lesson.folder):
        if wanted(mistake.id):
            module = lesson.module_of(mistake.function)
            try:
                path = write(mistake.id, module, mistake.source(source[module]))
            except (ValueError, LookupError) as error:
                runs.append(Run("mistake", mistake.id, problem=str(error)))
                continue
            files, known = {**library, module: path}, killers.get(mistake.id, ())
            run = run_variant(lesson, "mistake", mistake.id, files, only=known)
            if known and run.killers != known:  # one whose state outlives a test, say
                run = run_variant(lesson, "mistake", mistake.id, files)
            wrong = path.read_text("utf-8")
            seen = observed(lesson.folder, mistake.function, module, wrong)
            if seen is None:
                run.other = "its observation raises an error"
            elif equal(seen, right[mistake.function], 1e-3):
                run.other = "its observation is the right one"
            runs.append(run)
    return runs


def complaints(lesson: Lesson, runs: list[Run]) -> list[str]:
    """Everything that is not as it must be, one line each; empty if the lesson is proven."""
    from lessons.course.mistakes import mistakes

    wrong = []
    tests = [test.name for test in lesson.tests]
    killed = {test: 0 for test in tests}
    listed = {mistake.id: mistake for mistake in mistakes(lesson.folder)}
    for run in runs:
        label = f"{run.kind} {run.id}"
        if run.problem:
            wrong.append(f"{label}: {run.problem}")
        for test in tests:
            outcome = run.outcomes.get(test, "not run")
            message = run.messages.get(test, "")
            if run.kind == "blank" and outcome != "unstarted":
                wrong.append(f"(a) {test} on the blank is {outcome}, not 'not started': {message}")
            if run.kind in ("library", "way", "later") and outcome != "passed":
                part = "(f)" if run.kind == "later" else "(b)"
                wrong.append(f"{part} {label}: {test} is {outcome}: {message}")
            if run.kind == "mistake" and outcome != "passed":
                killed[test] += 1
        if run.kind == "mistake":
            wrong += complaints_of_mistake(lesson, listed, run)
        if run.other:
            wrong.append(f"{label}: {run.other}")
        if run.kind == "library" and run.seconds > 5:
            wrong.append(f"(h) the tests take {run.seconds:.1f} s on the library, more than 5 s")
    if any(run.kind == "mistake" for run in runs):
        wrong += [f"(d) {test} rejects no mistake" for test, count in killed.items() if not count]
    return wrong


def complaints_of_mistake(lesson: Lesson, listed: dict, run: Run) -> list[str]:
    mistake = listed[run.id]
    if run.problem:
        return []
    if not run.killers:
        return [f"(c) mistake {run.id} passes every test"]
    wrong = []
    own = {t.name for t in lesson.tests if t.function == mistake.function}
    failed = [test for test in run.killers if run.outcomes[test] == "failed"]
    unnamed = [test for test in failed if mistake.says not in run.said.get(test, "")]
    if not any(test in own for test in failed):
        wrong.append(f"(c) mistake {run.id}: no test about {mistake.function} rejects it")
    if [test for test in unnamed if test in own] or len(unnamed) == len(failed):
        wrong.append(f"(c) mistake {run.id} is not named by {', '.join(unnamed)}")
    allowed = {mistake.id, *mistake.ties}
    for test in own & set(run.said):
        also = [o.id for o in listed.values() if o.says in run.said[test] and o.id not in allowed]
        if also:
            wrong.append(f"(c) mistake {run.id} is also taken for {', '.join(also)}")
            break
    for test in failed:
        if len(run.messages[test].splitlines()) > 7:
            wrong.append(f"the message of {test} on {run.id} has eight lines or more")
    return wrong


def matrix(lesson: Lesson, runs: list[Run]) -> str:
    """The kill matrix as a page: mistake × test."""
    from lessons.course.mistakes import mistakes

    listed = mistakes(lesson.folder)
    runs_of = {run.id: run for run in runs if run.kind == "mistake"}
    tests = [test.name for test in lesson.tests]
    trains = sum(mistake.trains for mistake in listed)
    lines = [
        f"# Kill matrix of lesson {lesson.number}, {lesson.name}",
        "",
        f"{len(listed)} mistakes, {len(tests)} tests. "
        f"{trains} mistakes are silent: nothing crashes.",
        "× is: the test rejects the mistake. "
        f"Written by `python -m lessons.course.prove {lesson.number} --write`.",
        "",
    ]
    lines += [f"{i}. `{test}`" for i, test in enumerate(tests, 1)]
    head = " | ".join(str(i) for i in range(1, len(tests) + 1))
    lines += ["", f"| function | mistake | {head} |", "|---|---|" + "---|" * len(tests)]
    for mistake in listed:
        killers = runs_of[mistake.id].killers
        marks = " | ".join("×" if test in killers else " " for test in tests)
        lines.append(f"| `{mistake.function}` | {mistake.id} | {marks} |")
    return "\n".join(lines) + "\n"


def known_killers(lesson: Lesson) -> dict[str, list[str]]:
    """By mistake: the tests that reject it, as the committed kill matrix says."""
    text = matrix_file(lesson).read_text("utf-8") if matrix_file(lesson).exists() else ""
    tests = re.findall(r"^\d+\. `(\w+)`$", text, re.M)
    found = {}
    for line in re.findall(r"^\| `.*$", text, re.M):
        _, _, id, *marks, _ = (cell.strip() for cell in line.split("|"))
        found[id] = [test for test, mark in zip(tests, marks, strict=True) if mark]
    here = {test.name for test in lesson.tests}
    return {id: [t for t in killers if t in here] for id, killers in found.items()}


def matrix_file(lesson: Lesson) -> Path:
    return MATRIX / f"{lesson.folder}.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lesson")
    parser.add_argument("--only", default="", help="the id of one variant; shows its messages")
    parser.add_argument("--quick", action="store_true", help="mistakes on their known killers only")
    parser.add_argument("--write", action="store_true", help="write the kill matrix")
    parser.add_argument("--json", default="", help="write all results to this file")
    options = parser.parse_args()
    lesson = find(options.lesson)
    with tempfile.TemporaryDirectory() as folder:
        runs = prove(lesson, Path(folder), options.only, options.quick)
    wrong = complaints(lesson, runs)
    if options.json:
        result = {"runs": [asdict(run) for run in runs], "complaints": wrong}
        result["matrix"] = "" if options.only else matrix(lesson, runs)
        Path(options.json).write_text(json.dumps(result), "utf-8")
        return
    if options.only:
        for run in runs:
            print(f"{run.kind} {run.id}: {run.seconds:.2f} s {run.problem} {run.other}")
            for test, outcome in run.outcomes.items():
                print(f"  {outcome:<10}{test}")
                for text in (run.messages[test], run.said.get(test, "")):
                    print("".join(f"      {line}\n" for line in text.splitlines()), end="")
        wrong = [line for line in wrong if "(d)" not in line]
    else:
        for run in runs:
            print(f"{run.kind:<8}{run.id:<44}{len(run.killers):>3} fail{run.seconds:7.2f} s")
        if options.write:
            MATRIX.mkdir(parents=True, exist_ok=True)
            matrix_file(lesson).write_text(matrix(lesson, runs), "utf-8")
    print(f"\n{len(wrong)} complaints" if wrong else "\nproven")
    print("\n".join(wrong))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
