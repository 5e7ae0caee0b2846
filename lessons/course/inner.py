"""Runs one lesson's tests in this process, and reports each event as it happens.

At the learner's desk this process is a child that can be killed (`run.py`); CI calls `run_lesson`
once per variant. A report is a line of JSON, written at once: a verdict is what was received.
"""

import contextlib
import difflib
import importlib
import json
import linecache
import os
import random
import re
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons.course import check, finder, fixtures
from lessons.course.manifest import ROOT, Lesson, Test, find

# Parts of pytest that a lesson has no use for; without them a run starts at once.
WITHOUT = "cacheprovider terminal faulthandler debugging junitxml doctest pastebin logging"
WITHOUT += " legacypath stepwise unittest unraisableexception threadexception warnings"
LINES = 7  # of a message
WIDTH = 110


def run_lesson(
    lesson: Lesson,
    files: dict[str, Path],
    report: Callable[[dict], None],
    only: list[str] = (),
    after: Callable | None = None,
    learner: list[str] | None = None,
) -> None:
    """Run the tests with `files` (module name: path) in the library's place.

    Args:
        report: called with each event: ready, problem, start, result, diagnosis, printed, done.
        only: names of tests; all if empty.
        after: called with each module of the library once it is loaded.
        learner: the modules that are the learner's; the lesson's, unless said.
    """
    import torch

    torch.set_num_threads(1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    quiet = Quiet()
    finder.install({f"simclr_mini.{name}": path for name, path in files.items()}, after)
    report({"event": "ready"})
    try:
        with quiet, no_seeding([str(path) for path in files.values()]):
            modules = {}
            for name in learner or lesson.write:
                report({"event": "import", "module": name})
                try:
                    modules[name] = importlib.import_module(f"simclr_mini.{name}")
                except BaseException as error:
                    report({"event": "problem", "message": import_problem(error, files[name])})
                    return
                stand_in(lesson, name, modules[name])
            nodes = [
                f"{test.path}::{test.name}"
                for test in lesson.tests
                if not only or test.name in only
            ]
            # Nothing of the project's or the learner's own set-up of pytest reaches in here.
            options = [f"-pno:{name}" for name in WITHOUT.split()]
            options += [
                "--noconftest",
                "-c",
                os.devnull,
                "--rootdir",
                str(ROOT),
                "--import-mode=importlib",
                "-s",
            ]
            plugin = Reporter(lesson, modules, files, report, quiet)
            code = pytest.main([*options, *nodes], plugins=[fixtures, plugin])
            if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
                last = quiet.kept.strip().splitlines()[-1:]
                report({"event": "problem", "message": f"pytest could not run: {last}"})
        report({"event": "done"})
    finally:
        finder.remove()
        tests = {path.stem for path in lesson.test_files}
        for name in [n for n in sys.modules if n.rpartition(".")[2] in tests]:
            del sys.modules[name]


class Reporter:
    """A pytest plugin: turns what pytest sees into reports."""

    def __init__(self, lesson, modules, files, report, quiet):
        self.lesson, self.files, self.report, self.quiet = lesson, files, report, quiet
        self.modules = modules
        self.tests = {test.name: test for test in lesson.tests}
        self.diagnosis = None

    def pytest_runtest_logstart(self, nodeid, location):
        self.quiet.begin()
        check.latest.clear()
        self.report({"event": "start", "test": test_name(nodeid)})

    def pytest_collectreport(self, report):
        if report.failed:
            text = str(report.longrepr).strip().splitlines()
            last = next((line for line in reversed(text) if "Error" in line), text[-1])
            self.report({"event": "problem", "message": collect_problem(last.removeprefix("E   "))})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """Our own report: pytest's would render a traceback that nobody sees, 40 ms each."""
        if call.when == "call" or call.excinfo:
            self.tell(item, call.excinfo)
        outcome = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def tell(self, item, excinfo):
        name = test_name(item.nodeid)
        test = self.tests[name]
        outcome, message = "passed", ""
        if excinfo:
            error = excinfo.value
            if isinstance(error, pytest.skip.Exception):
                outcome, message = "skipped", str(error)
            else:
                outcome, message = explain(error, self.lesson, test, self.files)
        event = {"event": "result", "test": name, "outcome": outcome, "message": message}
        event["printed"] = self.quiet.text()
        self.report(event)
        if outcome == "failed" and test.function:
            self.report({"event": "looking", "test": name})
            said = self.diagnose(test.function)
            if said:
                self.report({"event": "diagnosis", "test": name, "message": said})
        self.quiet.begin()

    def diagnose(self, function: str) -> str:
        from lessons.course.mistakes import Diagnosis

        if self.diagnosis is None:
            self.diagnosis = Diagnosis(self.lesson, self.modules)
        try:
            return self.diagnosis.of(function)
        except Exception:  # what a learner returns may be anything: then nothing is named
            return ""


def test_name(nodeid: str) -> str:
    return nodeid.partition("::")[2].partition("[")[0]


test_name.__test__ = False


def not_written(error: BaseException, number: int) -> str:
    """What this error says is not written yet, or nothing."""
    if isinstance(error, NotImplementedError):
        found = re.fullmatch(rf"lesson {number}: write (.+)", str(error))
        return found.group(1) if found else ""
    return ""


def explain(error: BaseException, lesson: Lesson, test: Test, files: dict) -> tuple[str, str]:
    """The outcome, `unstarted` or `failed`, and a message of few lines."""
    missing = not_written(error, lesson.number)
    if missing:
        also = "" if test.function in (missing, "") else f" ({test.function} needs it here)"
        return "unstarted", f"{missing} is not written yet{also}."
    claim = f"{test.claim}\n" if test.claim else ""
    if isinstance(error, SystemExit):
        return (
            "failed",
            f"{claim}Your code ends the program ({where(error, files)}); it must return.",
        )
    if isinstance(error, AssertionError | pytest.fail.Exception) and not frame(error, files):
        text = str(error).split("\n")
        if text[0].startswith("assert "):  # pytest's own words: only a comparison says something
            compared = re.search(r" [=!<>]=? | in ", text[0])
            text = [f"This is not so: {text[0].removeprefix('assert ')}"] if compared else []
        said = "\n".join(line[:WIDTH] for line in text[: LINES - 2])
        return "failed", f"{claim}{said}".rstrip("\n") or "This does not hold."
    if isinstance(error, Missing):
        return "failed", str(error)
    place = where(error, files)
    text = str(error).strip().split("\n")[0][:WIDTH]
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if not place and check.latest:
        name, value = check.latest
        said = f"The test cannot use what {name} returned, {check.kind(value)}\n({said})"
    return "failed", f"{claim}{said}\n{place}" if place else f"{claim}{said}"


def frame(error: BaseException, files: dict) -> traceback.FrameSummary | None:
    """The innermost line of the learner's that the error went through."""
    own = {str(path) for path in files.values()}
    for one in reversed(traceback.extract_tb(error.__traceback__)):
        if one.filename in own:
            return one
    return None


def where(error: BaseException, files: dict) -> str:
    found = frame(error, files)
    if not found:
        return ""
    line = (linecache.getline(found.filename, found.lineno) or "").strip()[: WIDTH - 30]
    return f"{Path(found.filename).name}, line {found.lineno}, in {found.name}:  {line}"


def import_problem(error: BaseException, path: Path) -> str:
    """Why a learner's file cannot be imported, in one sentence."""
    name = Path(path).name
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = (error.text or "").strip()
        return f"{name}, line {error.lineno}, is not Python: {error.msg}:  {line}"
    if isinstance(error, SystemExit):
        return f"{name} ends the program while it is imported; only functions belong there."
    text = str(error).split("\n")[0][:WIDTH]
    if "null bytes" in text:
        return f"{name} is not saved as UTF-8; choose that in your editor."
    at = where(error, {"": path})
    return f"{name} cannot be imported. {type(error).__name__}: {text}" + (
        f"  ({at})" if at else ""
    )


def collect_problem(text: str) -> str:
    found = re.search(r"cannot import name '(\w+)' from '(simclr_mini\.\w+)'", text)
    if found:
        name, module = found.group(1), found.group(2).rpartition(".")[2]
        return f"{module}.py has lost `{name}`, which is not yours to write but is needed."
    return f"The tests cannot be loaded. {text[:WIDTH]}"


class Missing(Exception):
    """A function that the learner's file should have."""


def stand_in(lesson: Lesson, name: str, module) -> None:
    """Put something that says so in the place of each taught function that is not there."""
    text = Path(module.__file__).read_text("utf-8", errors="replace")
    own = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
    for function in lesson.write[name]:
        owner, _, attribute = function.rpartition(".")
        holder = getattr(module, owner, None) if owner else module
        if holder is not None and callable(getattr(holder, attribute, None)):
            continue
        file = Path(module.__file__).name
        there = getattr(holder, attribute, None)
        if there is not None:
            said = f"{function} is of type {type(there).__name__} at the end of {file}: "
            said += "is the name used twice?"
        elif not text.strip():
            said = f"{file} is empty. `python -m lessons reset {lesson.number}` brings it back."
        else:
            strange = [n for n in own if n not in lesson.write[name]]
            near = difflib.get_close_matches(function, strange, 1, 0.7)
            said = f"{file} has no {'class ' + owner if holder is None else function}."
            said += f" Is {near[0]} meant to be it?" if near else ""

        def absent(*_, said=said, **__):
            raise Missing(said)

        absent.__qualname__ = absent.__name__ = function
        if holder is None:
            setattr(module, owner, absent)
        else:
            setattr(holder, attribute, absent)


class Quiet:
    """Takes what is printed: keeps the first lines, counts the rest, never grows."""

    ROOM = 2000
    encoding = "utf-8"

    def __init__(self):
        self.begin()

    def begin(self):
        self.kept, self.total = "", 0

    def write(self, text: str) -> int:
        if len(self.kept) < self.ROOM:
            self.kept += text[: self.ROOM - len(self.kept)]
        self.total += len(text)
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False

    def fileno(self):
        raise OSError("what a lesson prints goes to no file")

    def text(self) -> str:
        more = self.total - len(self.kept)
        return self.kept + (f"\n… and {more:,} more characters" if more else "")

    def __enter__(self):
        self.before = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self

    def __exit__(self, *_):
        sys.stdout, sys.stderr = self.before


@contextlib.contextmanager
def no_seeding(own: list[str]):
    """A learner's function that seeds the global generators is told so."""
    import numpy
    import torch

    places = [(torch, "manual_seed"), (torch, "seed"), (random, "seed"), (numpy.random, "seed")]
    kept = [(place, name, getattr(place, name)) for place, name in places]

    def refuse(name, real):
        def seed(*args, **kwargs):
            caller = sys._getframe(1)
            if caller.f_code.co_filename in own:
                place = f"{Path(caller.f_code.co_filename).name}, line {caller.f_lineno},"
                raise Missing(
                    f"{place} calls {name}: that sets the random state of the whole program. "
                    "Draw from the generator you are given."
                )
            return real(*args, **kwargs)

        return seed

    for place, name, real in kept:
        setattr(place, name, refuse(f"{place.__name__}.{name}", real))
    try:
        yield
    finally:
        for place, name, real in kept:
            setattr(place, name, real)


def breakpoint_in_child(*_, **__):
    raise Missing("breakpoint() needs your terminal: add -s to the command, pytest -s lessons/…")


def clock(seconds: float) -> None:
    """Processor time until the next report; when it is used up the kernel ends this process."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


def main(folder: str, report_path: str, limit: float, only: list[str]) -> None:
    """The child: run a lesson on the learner's files and write the reports to a file.

    Args:
        folder: of the lesson.
        report_path: of the file.
        limit: seconds of the processor between two reports.
        only: names of tests; all if empty.
    """
    lesson = find(folder)
    sys.breakpointhook = breakpoint_in_child
    with open(report_path, "a", encoding="utf-8") as file:

        def report(event: dict) -> None:
            file.write(json.dumps(event) + "\n")
            file.flush()
            clock(limit)

        files = {module: lesson.learner_file(module) for module in lesson.write}
        run_lesson(lesson, files, report, only)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:])
