"""Runs a lesson in a process of its own, with a deadline that kills.

A verdict is a report that was received, never an exit code.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from lessons.course import desk
from lessons.course.manifest import ROOT, Lesson

START = 120  # seconds that Python and torch may take to start
PATIENCE = 6  # times the limit, by the clock on the wall: the machine may be busy
WORST = ["passed", "skipped", "failed", "unstarted", "not run"]


@dataclass
class Verdict:
    lesson: Lesson
    tests: list[str]  # that were asked for
    outcomes: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    problem: str = ""  # with the whole lesson, not with one test
    now: str = ""  # the test that is running
    importing: str = ""
    looking: str = ""  # the failed test whose mistake is looked for
    ready: bool = False
    done: bool = False

    def hear(self, event: dict) -> None:
        kind, test = event["event"], event.get("test", "")
        if kind == "ready":
            self.ready = True
        elif kind == "import":
            self.importing = event["module"]
        elif kind == "problem":
            self.problem = self.problem or event["message"]
        elif kind == "start":
            self.now, self.importing, self.looking = test, "", ""
        elif kind == "result":
            self.now = ""
            before = self.outcomes.get(test, "passed")
            self.outcomes[test] = max(before, event["outcome"], key=WORST.index)
            self.messages[test] = self.messages.get(test) or event["message"]
            self.printed[test] = self.printed.get(test, "") + event["printed"]
        elif kind == "looking":
            self.looking = test
        elif kind == "diagnosis":
            self.messages[test] = join(self.messages[test], event["message"])
        elif kind == "done":
            self.done = True

    def blame(self, said: str) -> None:
        """The run ended before its verdict: say why, of the test that was running."""
        if self.now:
            self.outcomes[self.now] = "failed"
            self.messages[self.now] = said
        elif self.looking:
            self.messages[self.looking] = join(self.messages[self.looking], said)
        elif not self.problem:
            self.problem = said

    def close(self) -> None:
        """Tests of which nothing was heard were not run."""
        for test in self.tests:
            self.outcomes.setdefault(test, "not run")

    @property
    def passed(self) -> bool:
        return not self.problem and all(self.outcomes.get(t) == "passed" for t in self.tests)


def join(message: str, said: str) -> str:
    """A message and the named mistake, under eight lines of a readable width."""
    import textwrap

    tail = textwrap.wrap(said, 100, subsequent_indent="  ", max_lines=4)
    return "\n".join(message.split("\n")[: 7 - len(tail)] + tail)


class Child:
    """A fresh Python that runs one lesson."""

    module = "lessons.course.inner"

    def __init__(self, lesson: Lesson, report: Path, only: list[str]):
        environ = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        inherited = os.environ.get("PYTHONPATH")
        environ["PYTHONPATH"] = os.pathsep.join([str(ROOT)] + ([inherited] if inherited else []))
        command = [sys.executable, "-m", self.module, lesson.folder, str(report)]
        command += [str(lesson.limit), *only]
        nowhere = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,  # a group of its own, so that all of it can be killed
        )

    def ended(self) -> int | None:
        return self.process.poll()

    def kill(self) -> None:
        """End it and what it started."""
        if os.name == "nt":
            command = ["taskkill", "/F", "/T", "/PID", str(self.process.pid)]
            subprocess.run(command, capture_output=True)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def supervise(child, verdict: Verdict, report: Path, limit: float, heard=None) -> Verdict:
    """Listen to a child until it is done, has died, or has been silent for too long."""
    last = time.monotonic()
    position = 0
    wait = limit * (PATIENCE if hasattr(signal, "setitimer") else 1)
    try:
        while not verdict.done:
            ended = child.ended()
            with open(report, "rb") as file:
                file.seek(position)
                text = file.read()
            whole = text.rpartition(b"\n")[0]
            for line in whole.splitlines():
                verdict.hear(json.loads(line))
                if heard:
                    heard(verdict)
            if whole:
                position += len(whole) + 1
                last = time.monotonic()
            elif ended is not None or time.monotonic() - last > (wait if verdict.ready else START):
                break
            time.sleep(0.005)
        if not verdict.done and not verdict.problem:
            verdict.blame(why_silent(verdict, ended, limit, wait if verdict.ready else START))
    finally:
        child.kill()
    verdict.close()
    return verdict


def why_silent(verdict: Verdict, ended: int | None, limit: float, waited: float) -> str:
    """Why no verdict came, in one sentence.

    Args:
        verdict: as far as it came.
        ended: the child's exit code; None where it had to be ended.
        limit: seconds of the processor that it had.
        waited: seconds by the clock.
    """
    if verdict.importing:
        place = f"while {verdict.importing}.py was imported"
    elif verdict.looking:
        place = "on other inputs, while your mistake was looked for"
    elif verdict.now:
        judged = {test.name: test.function for test in verdict.lesson.tests}
        place = f"in {judged.get(verdict.now) or verdict.now}"
    else:
        place = "before the first test" if not verdict.outcomes else "after a test"
    if ended is not None and ended == -getattr(signal, "SIGPROF", 0):
        return f"{limit:.0f} s of computing {place} and no end: is there an endless loop?"
    if ended is None:
        if hasattr(signal, "setitimer"):  # it did not compute, or the kernel would have ended it
            return f"No answer for {waited:.0f} s {place}: what does your code wait for?"
        return f"No answer for {waited:.0f} s {place}: is there an endless loop?"
    if ended < 0:
        return f"The process crashed {place} ({signal.Signals(-ended).name})."
    return (
        f"The process ended {place}, before its verdict (exit code {ended}): is there an os._exit?"
    )


def run(lesson: Lesson, only: list[str] = (), heard=None, start=Child) -> Verdict:
    """Judge the learner's files of a lesson, and remember the verdict."""
    desk.prepare(lesson)
    asked = [test.name for test in lesson.tests if not only or test.name in only]
    verdict = Verdict(lesson, asked)
    if desk.untouched(lesson):
        # Proof (a): on the blank, every test says so.
        for test in lesson.tests:
            if test.name in asked:
                verdict.outcomes[test.name] = "unstarted"
                verdict.messages[test.name] = f"{test.function} is not written yet."
        return verdict
    hash = desk.judged(lesson)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.jsonl"
        report.touch()
        child = start(lesson, report, list(only))
        supervise(child, verdict, report, lesson.limit, heard)
    desk.remember(lesson, verdict.outcomes, verdict.problem, hash)
    return verdict
