"""Runs one lesson's tests in this process, and reports each event as it happens.

`child.py` does so for a learner; `variants.py` does so once for each version that is proven.
"""

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lessons.course import check, finder, fixtures
from lessons.course.direct import run_tests
from lessons.course.explain import collect_problem, explain, import_problem
from lessons.course.manifest import ROOT, Lesson
from lessons.course.sandbox import Quiet, no_seeding, stand_in

# Parts of pytest that a lesson does not need. Without them a run starts at once.
WITHOUT = "cacheprovider terminal faulthandler debugging junitxml doctest pastebin logging"
WITHOUT += " legacypath stepwise unittest unraisableexception threadexception warnings"

# No configuration of pytest applies here, neither the project's nor the learner's.
OPTIONS = [f"-pno:{name}" for name in WITHOUT.split()]
OPTIONS += ["--noconftest", "-c", os.devnull, "--rootdir", str(ROOT), "--import-mode=importlib"]
OPTIONS += ["-s", "--confcutdir", str(ROOT / "lessons")]  # no folder above is listed


def run_lesson(
    lesson: Lesson,
    files: dict[str, Path],
    report: Callable[[dict], None],
    only: list[str] = (),
    after: Callable | None = None,
    learner: list[str] | None = None,
    ask_tests: bool = True,
    quick: bool = False,
    direct: bool = False,
    changed: str = "",
) -> None:
    """Run the tests with `files` in place of the library's modules.

    Args:
        files: for each module's name, the file to use.
        report: is called with each event: ready, import, problem, start, result, looking,
            diagnosis, judged, done.
        only: names of tests, in the order in which they run; all tests if it is empty.
        after: is called with each module of the library once it is loaded.
        learner: the modules in which mistakes are looked for; by default those of the lesson.
        ask_tests: whether a mistake is named only if the committed kill matrix says that the same
            tests reject it; see `diagnosis.py`. False while the matrix is being made.
        quick: whether to stop at the first failure, and not to look for the mistake.
        direct: whether to call the tests without pytest. This saves 0.2 s in each run.
        changed: the only function of `files` that differs from the library's, if that is known.
    """
    import torch

    torch.set_num_threads(1)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS"):
        os.environ.pop(name, None)
    quiet = Quiet()
    by_name = {f"simclr_mini.{name}": path for name, path in files.items()}
    finder.install(by_name, after, again=direct)
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
            chosen = [test for test in lesson.tests if not only or test.name in only]
            chosen.sort(key=lambda test: list(only).index(test.name) if only else 0)
            named = not quick
            plugin = Reporter(lesson, modules, files, report, quiet, ask_tests, named, changed)
            if direct:
                run_tests(lesson, chosen, plugin, quick)
                report({"event": "done"})
                return
            nodes = [f"{from_here(test.path)}::{test.name}" for test in chosen]
            stop = ["-x"] if quick else []
            code = pytest.main([*OPTIONS, *stop, *nodes], plugins=[fixtures, plugin])
            if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
                last = quiet.kept.strip().splitlines()[-1:]
                report({"event": "problem", "message": f"pytest could not run: {last}"})
            if code == pytest.ExitCode.INTERRUPTED:
                said = (
                    "Your code raises KeyboardInterrupt or calls pytest.exit, which ends the run."
                )
                report({"event": "problem", "message": said})
            if named:
                report({"event": "judged"})
                plugin.locate()
        report({"event": "done"})
    finally:
        finder.remove()
        tests = {path.stem for path in lesson.test_files}
        for name in [n for n in sys.modules if n.rpartition(".")[2] in tests]:
            del sys.modules[name]


class Reporter:
    """A pytest plugin that reports what pytest sees."""

    def __init__(self, lesson, modules, files, report, quiet, ask_tests, named, changed):
        self.lesson, self.files, self.report, self.quiet = lesson, files, report, quiet
        self.modules = modules
        self.tests = {test.name: test for test in lesson.tests}
        self.diagnosis = None
        self.outcomes: dict[str, str] = {}
        self.unnamed: dict[str, tuple[float, str]] = {}  # by failed test: seconds, the difference
        self.explained: set[str] = set()  # functions whose mistake was named
        self.ask_tests, self.named = ask_tests, named
        self.changed = changed

    def pytest_runtest_logstart(self, nodeid, location):
        self.begin(test_name(nodeid))

    def begin(self, name: str) -> None:
        """A test starts."""
        self.quiet.begin()
        check.start()
        self.began = time.process_time()
        self.report({"event": "start", "test": name})

    def pytest_collectreport(self, report):
        if report.failed:
            self.report({"event": "problem", "message": collect_problem(str(report.longrepr))})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """Our own report. Pytest's would take 40 ms to format a traceback that nobody sees."""
        if call.when == "call" or call.excinfo:
            self.tell(test_name(item.nodeid), call.excinfo.value if call.excinfo else None)
        outcome = "failed" if call.excinfo else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)

    def tell(self, name: str, error: BaseException | None) -> None:
        """A test has ended; `error` is what it raised."""
        took = time.process_time() - self.began
        test = self.tests[name]
        outcome, message = "passed", ""
        if isinstance(error, pytest.skip.Exception):  # no test of a lesson does this
            outcome, message = "failed", "Your code skips the test, so it cannot pass."
        elif error:
            outcome, message = explain(error, self.lesson, test, self.files)
        event = {"event": "result", "test": name, "outcome": outcome, "message": message}
        event["printed"] = self.quiet.text()
        self.report(event)
        if self.outcomes.get(name) != "failed":  # a parametrized test has several results
            self.outcomes[name] = outcome
        if outcome == "failed" and test.function and self.named:
            self.report({"event": "looking", "test": name})
            looks = getattr(error, "looks", "")
            said = self.diagnose(test.function, name)
            if said:
                self.explained.add(test.function)
            else:
                said = f"the difference: {looks}" if looks else ""
                self.unnamed[name] = took, said
            if said:
                self.report({"event": "diagnosis", "test": name, "message": said})
        self.quiet.begin()

    def diagnose(self, function: str, test: str) -> str:
        from lessons.course.diagnosis import Diagnosis

        if self.diagnosis is None:
            outcomes = self.outcomes if self.ask_tests else None
            self.diagnosis = Diagnosis(self.lesson, self.modules, outcomes, self.changed)
        self.diagnosis.alive = lambda: self.report({"event": "looking", "test": test})
        try:
            return self.diagnosis.of(function, test)
        except Exception:  # a learner's function may return anything; then no mistake is named
            return ""

    def locate(self) -> None:
        """Name two mistakes that were made at once, or say where an unnamed one is."""
        from lessons.course.locate import Locator
        from lessons.course.pairs import Pairs

        pairs = locator = None
        by_function: dict[str, list[str]] = {}
        for name in sorted(self.unnamed, key=self.unnamed.get):
            by_function.setdefault(self.tests[name].function, []).append(name)
        for function in [f for f in self.lesson.functions if f in by_function]:
            failed = by_function[function]
            try:
                pairs = pairs or Pairs(self.diagnosis, self.outcomes)
                # a mistake that was named explains all results, so there is no second one
                both = "" if function in self.explained else pairs.of(function)
                locator = locator or Locator(self.lesson, self.modules)
                place = both or locator.of(function, failed)
            except Exception:  # as in `diagnose`
                continue
            for name in failed if place else []:
                difference = "" if both else self.unnamed[name][1]
                said = "\n".join(filter(None, [difference, place]))
                self.report({"event": "diagnosis", "test": name, "message": said})


def from_here(path: Path) -> Path:
    """A path relative to the current folder, which may be inside one with a [ in its name."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def test_name(nodeid: str) -> str:
    """The name of a test without its file and its parameters."""
    return nodeid.partition("::")[2].partition("[")[0]


test_name.__test__ = False
