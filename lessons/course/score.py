"""`score`: runs the learner's own test on the library, then on each mistake of some functions.

All versions run in one child. A version on which the test never ends, or which ends the child,
counts as caught, and a new child runs the rest.
"""

import ast
import dataclasses
import re
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path

from lessons.course import files
from lessons.course.manifest import MY_TEST, Lesson, find, typed
from lessons.course.supervisor import Fresh, supervise
from lessons.course.terminal import say
from lessons.course.verdict import Verdict

RIGHT = f"{MY_TEST}.py"  # stands for the run on the library
MOST = 30  # versions, one line each
NOT_STARTED = "Your test is not started."


class Exercise(Lesson):
    """A lesson whose tests are the learner's own."""

    @property
    def test_files(self) -> list[Path]:
        return [self.learner_file(MY_TEST)]


def exercise(lesson: Lesson) -> Exercise:
    fields = {one.name: getattr(lesson, one.name) for one in dataclasses.fields(lesson)}
    return Exercise(**fields)


class ScoreChild(Fresh):
    module = "lessons.course.score"


def score(lesson: Lesson) -> int:
    """Print what the learner's test catches. Returns 0 if that is enough, otherwise 1."""
    file = lesson.learner_file(MY_TEST)
    files.prepare(lesson)
    say(f"{lesson.number} {lesson.name}, {typed(file)}")
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
            say(f" {sign} {function}{part(one.says)}")
    goal = target(lesson)
    say(f"The target is {goal}: {'reached' if len(caught) >= goal else 'not reached yet'}.")
    if verdict.messages[RIGHT]:
        say(verdict.messages[RIGHT])
    return int(len(caught) < goal)


def versions_of(lesson: Lesson) -> dict:
    """The mistakes that count, by id: from each function in turn, the next in the catalogue.

    The catalogue grows at its end, so these stay the same.
    """
    from lessons.course.mistakes import mistakes_in

    listed = [mistakes_in(lesson.folder, function) for function in lesson.score]
    in_turn = [one for turn in zip_longest(*listed) for one in turn if one]
    return {one.id: one for one in in_turn[:MOST]}


def target(lesson: Lesson) -> int:
    """How many mistakes the test must catch, as the blank says."""
    text = ast.get_docstring(ast.parse(lesson.source_file(MY_TEST).read_text("utf-8")))
    return int(re.search(r"catch at least (\d+)", text, re.I).group(1))


def sentences(says: str) -> list[str]:
    return re.split(r"(?<=[.?!])\s+", says)


def question(says: str) -> str:
    """The questions in a mistake's sentence, or its last part if it asks none."""
    parts = sentences(says)
    return " ".join(part for part in parts if part.endswith("?")) or parts[-1]


def statement(says: str) -> str:
    """The part of a mistake's sentence that says what the code does."""
    return " ".join(part for part in sentences(says) if not part.endswith("?")) or says


def nothing_to_run(lesson: Lesson) -> str:
    """Why there is nothing to run, in one sentence."""
    if files.read(lesson.learner_file(MY_TEST)) == files.fresh(lesson, MY_TEST):
        return NOT_STARTED
    try:
        tests = exercise(lesson).tests
    except SyntaxError as error:
        return f"{RIGHT}, line {error.lineno}, is not Python: {error.msg}."
    except ValueError as error:  # null bytes, or not UTF-8
        return f"{RIGHT} cannot be read: {error}."
    return "" if tests else f"{RIGHT} has no function whose name begins with test."


def judge(lesson: Lesson, ids: list[str]) -> Verdict:
    """The outcome of the learner's test on the library and on these versions."""
    return supervise(Verdict(lesson, [RIGHT, *ids]), ScoreChild, ids)


def on_the_library(verdict: Verdict) -> str:
    """Why the test cannot be scored, in one sentence."""
    outcome, message = verdict.outcomes[RIGHT], verdict.messages.get(RIGHT, "")
    if outcome == "failed":
        return f"Your test fails on the library, which is right. {message}"
    return "" if outcome == "passed" else NOT_STARTED


def main(folder: str, report_path: str, limit: float, ids: list[str]) -> None:
    """In the child: run the learner's test on the library, then on each version."""
    from lessons.course.child import reports
    from lessons.course.mistakes import mistakes
    from lessons.course.variants import Variants, try_out

    lesson = exercise(find(folder))
    listed = {one.id: one for one in mistakes(folder)}
    with (
        reports(report_path, limit) as report,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made,
    ):
        variants = Variants(lesson, Path(made))
        report({"event": "ready"})
        report({"event": "start", "test": RIGHT})
        right = try_out(lesson, "library", RIGHT, variants.library).verdict
        outcome, message = of_the_library(right)
        report(result(RIGHT, outcome, message))
        passed = [test for test in right.outcomes if right.outcomes[test] == "passed"]
        direct = outcome == "passed" and runs_without_pytest(lesson, variants, passed)
        for id in ids if outcome == "passed" else []:
            report({"event": "start", "test": id})
            changed = variants.with_mistake(listed[id])
            wrong = try_out(lesson, "mistake", id, changed, only=passed, direct=direct).verdict
            caught = wrong.problem or wrong.failed
            report(result(id, "failed" if caught else "passed"))
        report({"event": "done"})


def runs_without_pytest(lesson: Lesson, variants, tests: list[str]) -> bool:
    """Whether the tests pass on the library without pytest too, which is faster.

    A test with parameters or with pytest's own fixtures does not.
    """
    from lessons.course.variants import try_out

    right = try_out(lesson, "library", RIGHT, variants.library, only=tests, direct=True).verdict
    return right.passed


def result(id: str, outcome: str, message: str = "") -> dict:
    """The event that says what became of one version."""
    return {"event": "result", "test": id, "outcome": outcome, "message": message, "printed": ""}


def of_the_library(right: Verdict) -> tuple[str, str]:
    """The outcome on the library, and why it failed or which tests are not started."""
    if right.problem:
        return "failed", right.problem
    if right.failed:
        return "failed", f"{right.failed[0]}: {right.messages[right.failed[0]]}"
    new = [test for test, outcome in right.outcomes.items() if outcome == "unstarted"]
    said = f"Not started: {', '.join(new)}." if new else ""
    return "passed" if "passed" in right.outcomes.values() else "unstarted", said


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:])
