"""Runs mutants of a lesson's functions against its tests, and knows which survivors were judged.

    python -m lessons.course.mutants 4 [--sample K] [--function NAME] [--show]

A mutant is a version with one small change (`mutate.py`): of the library's function, and of each
right version that an outsider wrote, since a learner's code looks more like those. It must fail a
test of the lesson. One that passes all tests survives. Then it is the same function, or the
difference is harmless, or a test is missing. The judged list, `docs/kill_matrix/NN_X.txt`, holds
the survivors of the first two kinds; for the third, a test was written. So a survivor that is not
listed is a gap in the tests.

Each runs in a fork of a process that has imported everything, and stops at its first failure.
"""

import argparse
import hashlib
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lessons.course.manifest import ROOT, Lesson, find
from lessons.course.mistakes import Mistake
from lessons.course.mutate import Mutant, mutants
from lessons.course.outsiders import versions

OF_EACH = 5  # mutants of each right version of an outsider: those with the lowest ids
MEMORY = 6 * 2**30  # bytes of address space that a mutant may take beyond what is in use
KINDS = ("same", "harmless")


@dataclass(frozen=True)
class Subject:
    """A mutant, and where it belongs."""

    module: str
    mutant: Mutant
    origin: str = ""  # the id of the right version that it was made from; none if the library's

    @property
    def line(self) -> str:
        """`id function: change`, as the judged list has it."""
        place = f"{self.mutant.function} ({self.origin})" if self.origin else self.mutant.function
        return f"{self.mutant.id} {place}: {self.mutant.change}"


@dataclass(frozen=True)
class Text:
    """A right version of a function, from which mutants are made."""

    function: str
    source: str  # the whole module
    origin: str = ""  # the id of an outsider's version; none if the library's

    def subjects(self, lesson: Lesson) -> list[Subject]:
        module = lesson.module_of(self.function)
        made = mutants(self.source, [self.function])
        found = [Subject(module, one, self.origin) for one in made]
        return by_chance(found)[:OF_EACH] if self.origin else found


def texts(lesson: Lesson, name: str = "") -> list[Text]:
    """The right versions of a lesson, or of one function: the library's, then the outsiders'."""
    library = {module: lesson.library_file(module).read_text("utf-8") for module in lesson.write}
    found = [
        Text(name, library[module]) for module in lesson.write for name in lesson.write[module]
    ]
    for one in versions(lesson, right=True):
        whole = Mistake(one.id, one.function, one.source, "")
        source = whole.source(library[lesson.module_of(one.function)])
        found.append(Text(one.function, source, one.id))
    return [one for one in found if name in ("", one.function)]


def subjects(lesson: Lesson, name: str = "") -> list[Subject]:
    """The mutants of a lesson, or of one function. Two versions may have some in common."""
    found: dict[str, Subject] = {}
    for text in texts(lesson, name):
        for one in text.subjects(lesson):
            found.setdefault(one.mutant.id, one)
    return list(found.values())


def by_chance(some: list[Subject]) -> list[Subject]:
    """The mutants in an order that ignores the code and hardly changes when the code does."""
    return sorted(some, key=lambda one: one.mutant.id)


def judged_file(lesson: Lesson) -> Path:
    return ROOT / "docs" / "kill_matrix" / f"{lesson.folder}.txt"


def judged(lesson: Lesson) -> dict[str, str]:
    """The judgement of each survivor, `same: …` or `harmless: …`, by id."""
    if not judged_file(lesson).exists():
        return {}
    rows = re.findall(r"^(\w{8}) .*\n    (.+)$", judged_file(lesson).read_text("utf-8"), re.M)
    return dict(rows)


class Runner:
    """Runs the mutants of one lesson."""

    def __init__(self, lesson: Lesson, folder: Path):
        from lessons.course.variants import Variants

        self.lesson = lesson
        self.variants = Variants(lesson, folder)
        self.limit = 8  # seconds of CPU time

    def warm_up(self) -> None:
        begin = time.process_time()
        if self.fails(None):
            raise SystemExit(f"the tests of lesson {self.lesson.number} fail on the library")
        self.limit = int(2 + 3 * (time.process_time() - begin))

    def killed(self, subject: Subject) -> bool:
        """Whether a test rejects the mutant, or it crashes, hangs or takes too much memory."""
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                taken = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
                resource.setrlimit(resource.RLIMIT_CPU, (self.limit, self.limit + 1))
                resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))
                nowhere = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(nowhere, stream)
                code = 1 if self.fails(subject) else 17
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        return os.waitstatus_to_exitcode(status) != 17

    def fails(self, subject: Subject | None) -> bool:
        """Whether a test fails or gives no result. Runs in this process."""
        from lessons.course import runner

        lesson, files = self.lesson, dict(self.variants.library)
        function = subject.mutant.function if subject else ""
        if subject:
            text = subject.mutant.source
            files[subject.module] = self.variants.write(subject.mutant.id, subject.module, text)
        passed, failed = set(), False

        def hear(event):
            nonlocal failed
            if event["event"] == "result" and event["outcome"] == "passed":
                passed.add(event["test"])
            elif event["event"] in ("result", "problem"):
                failed = True

        order = [t.name for t in sorted(lesson.tests, key=lambda t: t.function != function)]
        runner.run_lesson(lesson, files, hear, order, quick=True, direct=True)
        return failed or passed != {test.name for test in lesson.tests}


def sample(lesson: Lesson, count: int) -> list[Subject]:
    """Some mutants of one version: the same ones each time, unless the code changes."""
    chance = int(hashlib.sha1(lesson.folder.encode()).hexdigest(), 16)
    name = lesson.functions[chance % len(lesson.functions)]
    some = texts(lesson, name)
    return by_chance(some[chance % len(some)].subjects(lesson))[:count]


def survivors(lesson: Lesson, chosen: list[Subject], warm: bool = True) -> Iterator[Subject]:
    """Those of the chosen mutants that pass all tests.

    With `warm`, all tests run on the library first. That takes a second, but saves time if there
    are many mutants, because no fork has to compile and import again.
    """
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(lesson, Path(folder))
        if warm:
            runner.warm_up()
        yield from (one for one in chosen if not runner.killed(one))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="+", help="numbers, folders or names")
    parser.add_argument(
        "--sample", type=int, default=0, help="only this many, chosen by a fixed seed"
    )
    parser.add_argument("--function", default="", help="only the mutants of this function")
    parser.add_argument("--show", action="store_true", help="list the mutants and run none")
    options = parser.parse_args()
    missing = 0
    for lesson in map(find, options.lessons):
        some = options.sample
        chosen = sample(lesson, some) if some else subjects(lesson, options.function)
        if options.show:
            print("\n".join(one.line for one in chosen))
            continue
        known, count, new = judged(lesson), 0, 0
        for one in survivors(lesson, chosen, warm=not options.sample):
            count += 1
            if one.mutant.id not in known:
                new += 1
                print(f"{one.line}\n    ?", flush=True)
        said = f"{len(chosen)} mutants, {count} survive, {new} of these are not judged"
        print(f"lesson {lesson.number}: {said}", flush=True)
        missing += new
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
