"""`score`: the learner's own test, run on the library and then on each mistake of some functions.

All versions run in one child. One on which the test finds no end, or ends the child, is caught too;
another child goes on with the rest.
"""

import ast
import dataclasses
import json
import re
import sys
import tempfile
import textwrap
from pathlib import Path

from lessons.course import board, desk
from lessons.course.manifest import MY_TEST, Lesson, find
from lessons.course.run import Child, Verdict, supervise

RIGHT = f"{MY_TEST}.py"  # the name of the run on the library
NOT_STARTED = "Your test is not started."


class Exercise(Lesson):
    """A lesson whose tests are the learner's own."""

    @property
    def test_files(self) -> list[Path]:
        return [self.learner_file(MY_TEST)]


def exercise(lesson: Lesson) -> Exercise:
    fields = {one.name: getattr(lesson, one.name) for one in dataclasses.fields(lesson)}
    return Exercise(**fields)


class ScoreChild(Child):
    module = "lessons.course.score"


def score(lesson: Lesson) -> int:
    """Print what the learner's test catches; 0 if that is enough."""
    file = lesson.learner_file(MY_TEST)
    desk.prepare(lesson)
    say(f"{lesson.number} {lesson.name}, {lesson.show(file)}")
    problem = nothing_to_run(lesson)
    versions = {} if problem else versions_of(lesson)
    left, outcomes = list(versions), {}
    while not problem and left:
        verdict = judge(lesson, left)
        problem = verdict.problem or on_the_library(verdict)
        heard = {id: verdict.outcomes[id] for id in left if verdict.outcomes[id] != "not run"}
        outcomes |= heard
        left = [id for id in left if id not in heard]
    if problem:
        say(problem)
        return 1
    caught = [one for id, one in versions.items() if outcomes[id] == "failed"]
    missed = [one for id, one in versions.items() if outcomes[id] != "failed"]
    say(f"Your test catches {len(caught)} of {len(versions)}.")
    for sign, mistakes, part in [("●", caught, statement), ("○", missed, question)]:
        for one in mistakes:
            function = f"{one.function}: " if len(lesson.score) > 1 else ""
            say(textwrap.fill(f" {sign} {function}{part(one.says)}", 100, subsequent_indent="   "))
    goal = target(lesson)
    say(f"The target is {goal}: {'reached' if len(caught) >= goal else 'not reached yet'}.")
    if verdict.messages[RIGHT]:
        say(verdict.messages[RIGHT])
    return int(len(caught) < goal)


def say(text: str) -> None:
    print(board.plain(text), flush=True)


def versions_of(lesson: Lesson) -> dict:
    """By id: the mistakes that count."""
    from lessons.course.mistakes import mistakes

    return {one.id: one for one in mistakes(lesson.folder) if one.function in lesson.score}


def target(lesson: Lesson) -> int:
    """How many to catch, as the blank says."""
    text = ast.get_docstring(ast.parse(lesson.source_file(MY_TEST).read_text("utf-8")))
    return int(re.search(r"catch at least (\d+)", text, re.I).group(1))


def sentences(says: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", says)


def question(says: str) -> str:
    """What a mistake's sentence asks."""
    parts = sentences(says)
    return " ".join(part for part in parts if part.endswith("?")) or parts[-1]


def statement(says: str) -> str:
    """What a mistake's sentence says that the code does."""
    return " ".join(part for part in sentences(says) if not part.endswith("?")) or says


def nothing_to_run(lesson: Lesson) -> str:
    """Why there is nothing to run, in one sentence."""
    if desk.read(lesson.learner_file(MY_TEST)) == desk.fresh(lesson, MY_TEST):
        return NOT_STARTED
    try:
        tests = exercise(lesson).tests
    except SyntaxError as error:
        return f"{RIGHT}, line {error.lineno}, is not Python: {error.msg}."
    except ValueError as error:  # null bytes, or not UTF-8
        return f"{RIGHT} cannot be read: {error}."
    return "" if tests else f"{RIGHT} has no function whose name begins with test."


def judge(lesson: Lesson, ids: list[str]) -> Verdict:
    """What became of the library and of these versions."""
    verdict = Verdict(lesson, [RIGHT, *ids])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.jsonl"
        report.touch()
        return supervise(ScoreChild(lesson, report, ids), verdict, report, lesson.limit)


def on_the_library(verdict: Verdict) -> str:
    """Why the test cannot be scored, in one sentence."""
    outcome, message = verdict.outcomes[RIGHT], verdict.messages.get(RIGHT, "")
    if outcome == "failed":
        return f"Your test fails on the library, which is right. {message}"
    return "" if outcome == "passed" else NOT_STARTED


def main(folder: str, report_path: str, limit: float, ids: list[str]) -> None:
    """The child: the learner's test on the library, then on each version."""
    from lessons.course.inner import clock
    from lessons.course.mistakes import mistakes
    from lessons.course.prove import run_variant

    lesson = exercise(find(folder))
    library = {module: lesson.library_file(module) for module in lesson.write}
    with (
        open(report_path, "a", encoding="utf-8") as file,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made,
    ):

        def report(kind: str, **event) -> None:
            file.write(json.dumps({"event": kind, "printed": "", **event}) + "\n")
            file.flush()
            clock(limit)

        report("ready")
        report("start", test=RIGHT)
        right = run_variant(lesson, "library", RIGHT, library)
        passed = [test for test, outcome in right.outcomes.items() if outcome == "passed"]
        report("result", test=RIGHT, **of_the_library(right, passed))
        listed = {one.id: one for one in mistakes(folder)}
        if right.problem or "failed" in right.outcomes.values() or not passed:
            ids = []
        for id in ids:
            report("start", test=id)
            module = lesson.module_of(listed[id].function)
            path = Path(made) / id / f"{module}.py"
            path.parent.mkdir()
            path.write_text(listed[id].source(library[module].read_text("utf-8")), "utf-8")
            wrong = run_variant(lesson, "mistake", id, {**library, module: path}, only=passed)
            caught = wrong.problem or "failed" in wrong.outcomes.values()
            report("result", test=id, outcome="failed" if caught else "passed", message="")
        report("done")


def of_the_library(run, passed: list[str]) -> dict[str, str]:
    """The outcome on the library, and why it failed or which tests are not started."""
    failed = [test for test, outcome in run.outcomes.items() if outcome == "failed"]
    if run.problem or failed:
        text = run.problem or f"{failed[0]}: {run.messages[failed[0]]}"
        return {"outcome": "failed", "message": text}
    new = [test for test, outcome in run.outcomes.items() if outcome == "unstarted"]
    said = f"Not started: {', '.join(new)}." if new else ""
    return {"outcome": "passed" if passed else "unstarted", "message": said}


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:])
