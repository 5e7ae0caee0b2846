"""Runs a lesson's tests on variants of its modules: right ones, wrong ones and unfinished ones.

A variant is the library, the fresh blank, the library with all later lessons blank, a right way, or
a mistake. All of them run in this process, and their files are in a temporary folder. The learner's
files are never read.
"""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lessons.course.blank import blank
from lessons.course.diagnosis import execute, observe, observed
from lessons.course.evidence import equal
from lessons.course.manifest import Lesson, lessons
from lessons.course.mistakes import Mistake, wrong_source
from lessons.course.runner import run_lesson
from lessons.course.verdict import Verdict
from lessons.course.ways import Way


@dataclass
class Trial:
    """The result of one variant."""

    kind: str  # library, blank, later, way, mistake
    id: str
    verdict: Verdict
    seconds: float = 0.0  # CPU time
    complaint: str = ""  # about the variant itself, such as its observation

    @property
    def killers(self) -> list[str]:
        """The tests that it does not pass."""
        return [test for test, outcome in self.verdict.outcomes.items() if outcome != "passed"]


def try_out(
    lesson: Lesson,
    kind: str,
    id: str,
    files: dict[str, Path],
    after: Callable | None = None,
    only: list[str] = (),
    ask_tests: bool = True,
    also_hears: Callable = lambda event: None,
    changed: str = "",
    direct: bool | None = None,
) -> Trial:
    """Run the tests with `files` in place of the library's modules. See `runner.run_lesson`."""
    trial = Trial(kind, id, Verdict(lesson, list(only)))
    begin = time.process_time()
    if direct is None:  # there are thousands of these, and pytest takes 0.2 s for each
        direct = kind in ("way", "mistake")

    def hear(event):
        also_hears(event)
        trial.verdict.hear(event)

    run_lesson(
        lesson, files, hear, only, after, ask_tests=ask_tests, direct=direct, changed=changed
    )
    trial.seconds = time.process_time() - begin
    return trial


class Calls:
    """Notes which of the library's taught functions each test calls, while it is entered."""

    def __init__(self, lesson: Lesson):
        self.files = {str(lesson.library_file(module)) for module in lesson.write}
        self.functions = set(lesson.functions)
        self.of_test: dict[str, set[str]] = {test.name: set() for test in lesson.tests}
        self.now: set[str] = set()

    def hear(self, event: dict) -> None:
        """Note one event of `run_lesson`."""
        if event["event"] == "start":
            self.now = self.of_test[event["test"]]

    def note(self, frame, event, _) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename in self.files:
            self.now |= {code.co_qualname} & self.functions

    def __enter__(self) -> "Calls":
        sys.setprofile(self.note)
        threading.setprofile(self.note)
        return self

    def __exit__(self, *_):
        sys.setprofile(None)
        threading.setprofile(None)


class Variants:
    """The variants of one lesson."""

    def __init__(self, lesson: Lesson, folder: Path):
        """`folder` is an empty folder for the variants' files."""
        self.lesson, self.folder = lesson, folder
        self.library = {module: lesson.library_file(module) for module in lesson.write}
        self.source = {module: path.read_text("utf-8") for module, path in self.library.items()}

    @cached_property
    def right(self) -> dict[str, dict | None]:
        """The library's observation of each function."""
        home = {f: self.lesson.module_of(f) for f in self.lesson.functions}
        folder = self.lesson.folder
        return {f: observed(folder, f, m, self.source[m]) for f, m in home.items()}

    def write(self, name: str, module: str, text: str) -> Path:
        path = self.folder / self.lesson.folder / name / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def of_library(self) -> Trial:
        with Calls(self.lesson) as calls:  # the first run, which pays for imports
            try_out(self.lesson, "library", "warm-up", self.library, also_hears=calls.hear)
        self.calls = calls.of_test
        trial = try_out(self.lesson, "library", "library", self.library)
        unseen = [f"no observation of {f}" for f, seen in self.right.items() if not seen]
        trial.complaint = ", ".join(unseen)
        return trial

    def of_blank(self) -> Trial:
        files = {m: self.write("blank", m, blank(self.lesson, m)) for m in self.lesson.write}
        return try_out(self.lesson, "blank", "blank", files)

    def of_later(self) -> Trial | None:
        """The library with all later lessons blank; None for the last lesson."""
        later = [other for other in lessons() if other.number > self.lesson.number]
        files = dict(self.library)
        for other in later:
            for m in other.write:
                if m not in self.lesson.write:
                    try:
                        files[m] = self.write("later", m, blank(other, m))
                    except (LookupError, OSError) as error:  # that lesson is at fault, not this one
                        print(f"lesson {other.number} has no blank: {error}", file=sys.stderr)
        return try_out(self.lesson, "later", "later", files) if later else None

    def of_way(self, way: Way, quick: bool = False) -> Trial:
        """Run all tests, or with `quick` those that call the function, once the library has run.

        With `quick`, the way in loops, the slowest, meets only the tests about its function.
        """
        module = self.lesson.module_of(way.function)
        owner, _, attribute = way.function.rpartition(".")

        def replace(loaded):
            """Write the right way over the library's function once its module is loaded."""
            if loaded.__name__ == f"simclr_mini.{module}":
                setattr(getattr(loaded, owner) if owner else loaded, attribute, way.body)

        only = self.tests_calling(way.function) if quick else []
        if quick and way.name == "loops":
            about = self.lesson.tests_of(way.function)
            only = [test for test in only if test in about] or only
        trial = try_out(self.lesson, "way", way.id, self.library, replace, only)
        made = execute(self.lesson, module, self.source[module])
        replace(made)
        for f in self.lesson.functions:
            meant = f == way.function or f.startswith(way.function + ".")
            if meant and not equal(observe(self.lesson, f, made), self.right[f]):
                trial.complaint = f"its observation of {f} differs from the library's"
        return trial

    def tests_calling(self, function: str) -> list[str]:
        """The tests that call a function or class, as far as this process can see."""
        return [
            test.name
            for test in self.lesson.tests
            if not self.calls[test.name]  # perhaps in another process
            or any(f"{f}.".startswith(f"{function}.") for f in self.calls[test.name])
            or f"{test.function}.".startswith(f"{function}.")
        ]

    def with_mistake(self, mistake: Mistake) -> dict[str, Path]:
        """The files of the library's modules, one of them with a mistake in it."""
        module = self.lesson.module_of(mistake.function)
        wrong = wrong_source(self.lesson.folder, mistake, self.source[module])
        return {**self.library, module: self.write(mistake.id, module, wrong)}

    def of_mistake(self, mistake: Mistake, known: list[str] = (), new: list[str] = ()) -> Trial:
        """Run all tests, or only those that are known to reject it, and the new ones."""
        lesson, module = self.lesson, self.lesson.module_of(mistake.function)
        try:
            files = self.with_mistake(mistake)
        except (ValueError, LookupError) as error:
            return Trial("mistake", mistake.id, Verdict(lesson, [], problem=str(error)))
        asked = bool(known) and not new  # otherwise the kill matrix may be out of date
        only = [*known, *new] if known else ()
        changed = mistake.function if asked else ""  # if empty, all functions are observed
        trial = try_out(
            lesson, "mistake", mistake.id, files, only=only, ask_tests=asked, changed=changed
        )
        if not set(known) <= set(trial.killers):  # for example, its state may outlive a test
            trial = try_out(lesson, "mistake", mistake.id, files, ask_tests=False)
        wrong = files[module].read_text("utf-8")
        seen = observed(lesson.folder, mistake.function, module, wrong)
        if seen is None:
            trial.complaint = "its observation raises an error"
        elif equal(seen, self.right[mistake.function], 1e-3):
            trial.complaint = "its observation is the right one"
        return trial
