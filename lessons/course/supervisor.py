"""Runs a lesson in a child process, listens to its reports, and kills it if it falls silent.

A verdict is made of reports that were received. It never depends on an exit code.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from lessons.course import files, progress
from lessons.course.manifest import ROOT, Lesson
from lessons.course.verdict import Verdict

START = 120  # seconds that Python and torch may take to start
PATIENCE = 2  # a child may be silent for this many times its CPU limit; longer if it computes
AWAKE = "RDU"  # states of a process that runs, or waits for a core or for the disk
WAITING = 0.02  # a child that uses a smaller share of a core than this only waits
HAS_TIMER = hasattr(signal, "setitimer")  # whether the kernel can limit a child's CPU time


class Fresh:
    """A child in a new Python, which works everywhere. `fork.Forked` is a faster one."""

    module = "lessons.course.child"

    def __init__(self, lesson: Lesson, report: Path, names: list[str]):
        environ = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        inherited = os.environ.get("PYTHONPATH")
        environ["PYTHONPATH"] = os.pathsep.join([str(ROOT)] + ([inherited] if inherited else []))
        command = [sys.executable, "-m", self.module, lesson.folder, str(report)]
        command += [str(lesson.limit), *names]
        nowhere = subprocess.DEVNULL
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,  # makes a process group, so that all of it can be killed
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> int | None:
        return self.process.poll()

    def kill(self) -> None:
        """End the child and all that it started."""
        if os.name == "nt":
            command = ["taskkill", "/F", "/T", "/PID", str(self.pid)]
            subprocess.run(command, capture_output=True)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def judge(
    lesson: Lesson,
    only: list[str] = (),
    start=Fresh,
    meanwhile: Callable[[Verdict, "Silence"], bool] | None = None,
) -> Verdict:
    """Judge the learner's files of a lesson and remember the verdict.

    Args:
        only: names of tests; all tests if it is empty.
        start: the kind of child.
        meanwhile: see `supervise`.
    """
    need("torch", "pytest")  # else the child could not start, whatever the learner wrote
    files.prepare(lesson)
    asked = [test for test in lesson.tests if not only or test.name in only]
    verdict = Verdict(lesson, [test.name for test in asked])
    if files.untouched(lesson):
        # By proof (a), every test says this on the blank. So nothing needs to run.
        for test in asked:
            verdict.outcomes[test.name] = "unstarted"
            verdict.messages[test.name] = f"{test.function} is not written yet."
        return verdict
    hash = progress.judged(lesson)  # taken first: a save during the run makes the verdict stale
    supervise(verdict, start, list(only), meanwhile)
    if progress.judged(lesson) == hash:  # else nobody knows which text the child has read
        progress.remember(lesson, verdict.outcomes, verdict.problem, hash)
    return verdict


def need(*modules: str) -> None:
    """Raise ModuleNotFoundError, which `commands.main` explains, if this Python lacks a module."""
    for module in modules:
        if not find_spec(module):
            raise ModuleNotFoundError(f"there is no {module}", name=module)


def checked(lesson: Lesson) -> progress.Status:
    """The state of a lesson, which is judged first if it has changed since the last check."""
    if progress.status(lesson).state == "unchecked":
        judge(lesson)
    return progress.status(lesson)


def supervise(verdict: Verdict, start, names: list[str], meanwhile=None) -> Verdict:
    """Start a child and listen until it is done, has died, or has been silent for too long.

    Args:
        start: the kind of child.
        names: what the child has to run; all if it is empty.
        meanwhile: is called again and again with the verdict and the child's silence. If it
            returns True, the child is stopped.
    """
    limit = verdict.lesson.limit
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.jsonl"
        report.touch()
        child = start(verdict.lesson, report, names)
        silence, position = Silence(child.pid), 0
        try:
            while not verdict.done:
                ended = child.ended()  # asked before reading: no report comes after the end
                events, position = read_events(report, position)
                for event in events:
                    verdict.hear(event)
                if events:
                    silence = Silence(child.pid)
                elif ended is not None or silence.is_too_long(
                    limit * PATIENCE if verdict.ready else START
                ):
                    break
                verdict.stopped = bool(meanwhile and meanwhile(verdict, silence))
                if verdict.stopped:
                    break
                time.sleep(0.005)
            if not (verdict.judged or verdict.done or verdict.problem or verdict.stopped):
                verdict.blame(why_silent(verdict, ended, limit, silence.seconds))
        finally:
            child.kill()
    verdict.close()
    return verdict


class Silence:
    """The time since a child's last report, by the clock and in CPU time."""

    def __init__(self, pid: int):
        self.pid = pid
        self.since = time.monotonic()
        self.first = self.last = None  # pairs of seconds and CPU seconds
        self.looks = self.awake = 0  # how often it was looked at, and was not asleep

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since

    def computed(self) -> float:
        """The CPU seconds that the child has used since this was first asked."""
        if self.last is None or self.seconds - self.last[0] > 0.25:
            used, awake = activity(self.pid)
            self.looks, self.awake = self.looks + 1, self.awake + awake
            self.last = self.seconds, used
            self.first = self.first or self.last
        return self.last[1] - self.first[1]

    def is_too_long(self, patience: float) -> bool:
        """Whether the child has done nothing for `patience` seconds.

        On a busy machine a child that computes is slow to reach its CPU limit, at which the kernel
        ends it. A child that waits never reaches it: it sleeps. One that would go on, but gets no
        share of a core or waits for the disk, is not asleep.
        """
        if self.seconds < patience / 2:
            return False
        computed = self.computed()
        watched = self.last[0] - self.first[0]
        busy = computed > WAITING * watched or self.awake > self.looks / 4
        return self.seconds > patience and not (HAS_TIMER and busy)


def activity(pid: int) -> tuple[float, bool]:
    """The CPU time that a process has used, and whether it is awake; 0 and False if unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return used, fields[0] in AWAKE
    except (OSError, ValueError, IndexError):
        pass
    try:
        command = ["ps", "-o", "state=,time=", "-p", str(pid)]
        state, text = subprocess.run(command, capture_output=True, text=True).stdout.split()
        seconds = 0.0
        for part in text.split(":"):  # [hours:]minutes:seconds
            seconds = 60 * seconds + float(part)
        return seconds, state[0] in AWAKE
    except (OSError, ValueError):
        return 0.0, False


def read_events(report: Path, position: int) -> tuple[list[dict], int]:
    """The events written after `position`, and the position after the last whole line."""
    with open(report, "rb") as file:
        file.seek(position)
        whole, newline, _ = file.read().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()], position + len(whole + newline)


def why_silent(verdict: Verdict, ended: int | None, limit: float, waited: float) -> str:
    """Why no verdict came, in one sentence.

    Args:
        verdict: the verdict so far.
        ended: the child's exit code, or None if it had to be killed.
        limit: the seconds of CPU time that it had.
        waited: the seconds of wall-clock time that it had.
    """
    place = verdict.place()
    if ended is not None and ended == -getattr(signal, "SIGPROF", 0):
        return f"No result after {limit:.0f} s of computing {place}: is there an endless loop?"
    if ended is None and HAS_TIMER:  # if it had computed, the kernel would have ended it
        return f"No answer for {waited:.0f} s {place}: what does your code wait for?"
    if ended is None:
        return f"No answer for {waited:.0f} s {place}: is there an endless loop?"
    if ended < 0:
        return f"The process crashed {place} ({signal.Signals(-ended).name})."
    return f"The process ended {place} (exit code {ended}): is there an os._exit?"
