"""Runs versions that outsiders wrote without seeing the tests, and shows what is said of each.

    python -m lessons.course.outsiders 4 [--only ID] [--right]

`tests/outsiders/NN_X.py` lists wrong ones, `tests/outsiders/right/NN_X.py` right ones. Each takes
the place of the library's function in a learner's file, which is judged as `watch` judges it:
rejected or not, and named, placed or neither.
"""

import argparse
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lessons.course import supervisor
from lessons.course.fork import warm
from lessons.course.manifest import ROOT, Lesson, find
from lessons.course.mistakes import Mistake
from lessons.course.verdict import Verdict
from lessons.course.ways import load_file


@dataclass(frozen=True)
class Version:
    id: str
    function: str
    source: str  # the whole function
    note: str  # what its author says is wrong, or different from the library


def versions(lesson: Lesson, right: bool = False) -> list[Version]:
    """The wrong versions of a lesson, or the right ones."""
    folder = ROOT / "tests" / "outsiders" / ("right" if right else "")
    kind = "right" if right else "wrong"
    listed = load_file(folder / f"{lesson.folder}.py", f"{kind}_of_{lesson.folder}").VERSIONS
    return [Version(*one) for one in listed]


def judge(lesson: Lesson, some: list[Version]) -> Iterator[tuple[Version, str, list[str]]]:
    """For each version, `passes`, `named`, `placed` or `unnamed`, and what is said about it."""
    start = warm(lesson)
    library = {name: lesson.library_file(name).read_text("utf-8") for name in lesson.write}
    for one in some:
        module = lesson.module_of(one.function)
        changed = Mistake(one.id, one.function, one.source, "").source(library[module])
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as desk:
            os.environ["SIMCLR_MINI_DESK"] = desk
            for name, text in {**library, module: changed}.items():
                file = lesson.learner_file(name)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
            tests = [test.name for test in lesson.tests]
            verdict = supervisor.supervise(Verdict(lesson, tests), start, [])
        yield one, kind_of(verdict), said_by(verdict)


def said_by(verdict: Verdict) -> list[str]:
    """The different sentences about the mistake, and the whole file's problem if it has one."""
    lines = [line for text in verdict.named.values() for line in text.splitlines()]
    return list(dict.fromkeys([*filter(None, [verdict.problem]), *lines]))


def kind_of(verdict: Verdict) -> str:
    if verdict.passed:
        return "passes"
    for start, kind in [("the mistake", "named"), ("the place", "placed")]:
        if any(line.startswith(start) for line in said_by(verdict)):
            return kind
    return "unnamed"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="+", help="numbers, folders or names")
    parser.add_argument("--only", default="", help="the id of one version")
    parser.add_argument("--right", action="store_true", help="right versions, which must pass")
    options = parser.parse_args()
    for lesson in map(find, options.lessons):
        some = [one for one in versions(lesson, options.right) if options.only in ("", one.id)]
        counts = Counter()
        for one, kind, said in judge(lesson, some):
            counts[kind] += 1
            print(f"{kind:<8}{one.id} ({one.function})\n        note:  {one.note}", flush=True)
            for line in said:
                print(f"        said:  {line}")
        total = ", ".join(f"{n} {kind}" for kind, n in counts.items())
        print(f"lesson {lesson.number}: {len(some)} versions, {total}", flush=True)


if __name__ == "__main__":
    main()
