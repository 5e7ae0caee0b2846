"""The pytest plugin of the lessons: each test is an item whose verdict comes from a child process.

With `-s` or `--pdb` a lesson runs in pytest's own process and without a time limit, so that `print`
and `breakpoint()` work as usual.
"""

import os
import re
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec

import pytest

from lessons.course import board, files, finder, memory
from lessons.course.commands import wrong_python
from lessons.course.manifest import find, lessons
from lessons.course.supervisor import Fresh, judge
from lessons.course.terminal import plain, wrapped
from lessons.course.verdict import SIGNS, Verdict

FOLDERS = {lesson.folder for lesson in lessons()}
collect_ignore_glob = ["*/my_test.py"]  # `score` runs it
key_in_process = pytest.StashKey[bool]()
key_ran = pytest.StashKey[set]()  # the folders of the lessons that ran
key_verdicts = pytest.StashKey[dict]()
key_told = pytest.StashKey[dict]()  # what was said about mistakes; see `Verdict.message`
key_over = pytest.StashKey[bool]()


def pytest_configure(config):
    if not find_spec("torch"):
        raise pytest.UsageError(wrong_python("torch"))
    in_process = config.option.usepdb or config.option.capture == "no"
    config.stash[key_in_process] = bool(in_process)
    config.stash[key_ran] = set()
    config.stash[key_verdicts] = {}
    config.stash[key_told] = {}
    config.stash[key_over] = False
    config.option.force_short_summary = True  # in CI and with -vv pytest repeats whole messages
    if in_process:
        from lessons.course import fixtures

        config.pluginmanager.register(InProcess(), "lessons-in-process")
        config.pluginmanager.register(fixtures, "lessons-fixtures")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path, parent):
    if module_path.parent.name in FOLDERS and not parent.config.stash[key_in_process]:
        return LessonFile.from_parent(parent, path=module_path)
    return None


class LessonFile(pytest.Module):
    """A lesson's test file. It is read, not imported: only the child runs the learner's code."""

    def collect(self):
        lesson = find(self.path.parent.name)
        files.prepare(lesson)
        for test in lesson.tests:
            if test.path == self.path or self.path.stem in lesson.write:
                yield LessonItem.from_parent(self, name=test.name, lesson=lesson, test=test)

    def setup(self):
        pass


def width_of(config) -> int:
    return config.get_terminal_writer().fullwidth


class NotPassed(Exception):
    """Carries a verdict's message, which pytest shows without a traceback."""


class LessonItem(pytest.Item):
    def __init__(self, *, lesson, test, **more):
        super().__init__(**more)
        self.lesson, self.test = lesson, test

    def runtest(self):
        try:
            verdict = verdict_on(self)
        except OSError as error:
            self.outcome = "failed"
            raise NotPassed(f"{error.filename}: {error.strerror}.") from error
        name = self.test.name
        if verdict.printed.get(name, "").strip():
            self.add_report_section("call", "print", verdict.printed[name])
        self.outcome = verdict.outcomes.get(name, "not run")
        message = verdict.message(name, self.config.stash[key_told])
        if self.outcome == "failed":
            message += f"\n{self.lesson.section(self.test.step)}"
        if verdict.problem and self.outcome == "not run" and is_first(self):
            self.outcome, message = "failed", verdict.problem
        if self.outcome != "passed":
            raise NotPassed(message)

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, NotPassed):
            return plain(wrapped(str(excinfo.value), width_of(self.config)))
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, self.test.line - 1, f"{self.lesson.number} {self.name}"


def is_first(item) -> bool:
    """Whether an item is the first of its lesson, which reports what is wrong with the file."""
    same = [i for i in item.session.items if getattr(i, "lesson", None) is item.lesson]
    return same[0] is item


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if isinstance(item, LessonItem) and call.when == "call":
        report.lesson_outcome = item.outcome
    return report


def pytest_report_teststatus(report, config):
    outcome = getattr(report, "lesson_outcome", None)
    if report.when != "call" or outcome is None:
        return None
    kind = {"unstarted": "not started"}.get(outcome, outcome)
    markup = {"passed": "green", "failed": "red"}.get(outcome, "yellow")
    return kind, plain(SIGNS[outcome]), (kind.upper(), {markup: True})


def pytest_collection_finish(session):
    """Start the children, two at a time, before pytest asks for the first verdict."""
    if session.config.option.collectonly:
        return
    chosen: dict = {}
    for item in session.items:
        if item.path.parent.name in FOLDERS:
            session.config.stash[key_ran].add(item.path.parent.name)
        if isinstance(item, LessonItem):
            chosen.setdefault(item.lesson.folder, []).append(item.test.name)
    pool = ThreadPoolExecutor(max_workers=max(1, min(2, os.cpu_count() or 1)))
    for folder, names in chosen.items():
        lesson = find(folder)
        only = names if len(names) < len(lesson.tests) else []
        left = partial(over, session.config)
        session.config.stash[key_verdicts][folder] = pool.submit(judge, lesson, only, Fresh, left)
    pool.shutdown(wait=False)


def over(config, *_) -> bool:
    """Whether the session has ended, for instance by Ctrl-C: then nobody waits for a child."""
    return config.stash[key_over]


def pytest_sessionfinish(session):
    session.config.stash[key_over] = True
    for future in session.config.stash[key_verdicts].values():
        future.cancel()


def verdict_on(item: LessonItem) -> Verdict:
    """The verdict on an item's lesson. Waits until it is there."""
    future: Future = item.config.stash[key_verdicts][item.lesson.folder]
    return future.result()


def pytest_terminal_summary(terminalreporter, config):
    if config.option.collectonly:
        return
    ran = config.stash[key_ran]
    if len(ran) == 1:
        memory.save_last(*ran)
    terminalreporter.section("the board", sep="-")
    terminalreporter.write_line(board.board(width_of(config)))


class InProcess:
    """For `-s` and `--pdb`: runs each lesson in this process with its own copy of the library."""

    def __init__(self):
        self.modules: dict[str, dict] = {}
        self.now = ""

    def enter(self, folder: str) -> None:
        """From now on the learner's files of this lesson replace the library's."""
        if folder == self.now:
            return
        kept = finder.remove()
        if self.now:
            self.modules[self.now] = kept
        self.now = folder
        if folder in FOLDERS:
            import torch

            torch.set_num_threads(1)
            lesson = find(folder)
            files.prepare(lesson)
            finder.install(
                {f"simclr_mini.{name}": lesson.learner_file(name) for name in lesson.write}
            )
            sys.modules.update(self.modules.get(folder, {}))

    @pytest.hookimpl(tryfirst=True)
    def pytest_make_collect_report(self, collector):
        if collector.path.is_file() and collector.path.suffix == ".py":
            self.enter(collector.path.parent.name)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item, nextitem):
        self.enter(item.path.parent.name)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        error = call.excinfo and call.excinfo.value
        if isinstance(error, NotImplementedError) and re.match(r"lesson \d+: write", str(error)):
            report.lesson_outcome = "unstarted"
            report.wasxfail = str(error)  # keeps the debugger from starting here
            item.session.testsfailed += 1
        return report

    def pytest_unconfigure(self, config):
        finder.remove()
