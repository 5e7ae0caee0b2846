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
from pathlib import Path

from lessons.course import files, progress
from lessons.course.manifest import ROOT, Lesson
from lessons.course.verdict import Verdict

START = 120  # seconds that Python and torch may take to start
PATIENCE = 2  # a child may be silent for this many times its CPU limit; longer if it computes
WAITING = 0.02  # a child that uses less of a core than this computes nothing: it waits
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


def judge(lesson: Lesson, only: list[str] = (), start=Fresh) -> Verdict:
    """Judge the learner's files of a lesson and remember the verdict.

    Args:
        only: names of tests; all tests if it is empty.
        start: the kind of child.
    """
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
    supervise(verdict, start, list(only))
    progress.remember(lesson, verdict.outcomes, verdict.problem, hash)
    return verdict


def checked(lesson: Lesson) -> progress.Status:
    """The state of a lesson, for which it is judged if it has changed since the last check."""
    if progress.status(lesson).state == "unchecked":
        judge(lesson)
    return progress.status(lesson)


def supervise(verdict: Verdict, start, names: list[str]) -> Verdict:
    """Start a child and listen until it is done, has died, or has been silent for too long."""
    limit = verdict.lesson.limit
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        report = Path(folder) / "report.jsonl"
        report.touch()
        child = start(verdict.lesson, report, names)
        heard, position, used = time.monotonic(), 0, None
        try:
            while not verdict.done:
                ended = child.ended()  # asked before reading: no report comes after the end
                events, position = read_events(report, position)
                for event in events:
                    verdict.hear(event)
                silent = time.monotonic() - heard
                patience = limit * PATIENCE if verdict.ready else START
                if events:
                    heard, used = time.monotonic(), None
                elif ended is not None:
                    break
                elif silent > patience / 2 and used is None:
                    used = cpu_seconds(child.pid)
                elif silent > patience:
                    # On a busy machine a child that computes is slow to reach its CPU limit, at
                    # which the kernel ends it. A child that waits never reaches it.
                    if not computes(cpu_seconds(child.pid) - used, silent / 2):
                        break
                    time.sleep(0.1)
                time.sleep(0.005)
            if not verdict.done and not verdict.problem:
                verdict.blame(why_silent(verdict, ended, limit, silent))
        finally:
            child.kill()
    verdict.close()
    return verdict


def computes(used: float, seconds: float) -> bool:
    """Whether a child that used this much CPU time in `seconds` is busy and will be ended."""
    return HAS_TIMER and used > WAITING * seconds


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used; 0 if it cannot be found out."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        pass
    try:
        command = ["ps", "-o", "time=", "-p", str(pid)]
        text = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        seconds = 0.0
        for part in text.split(":"):  # [hours:]minutes:seconds
            seconds = 60 * seconds + float(part)
        return seconds
    except (OSError, ValueError):
        return 0.0


def read_events(report: Path, position: int) -> tuple[list[dict], int]:
    """The events written after `position`, and the position after the last whole line."""
    with open(report, "rb") as file:
        file.seek(position)
        whole, newline, _ = file.read().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()], position + len(whole + newline)


def why_silent(verdict: Verdict, ended: int | None, limit: float, waited: float) -> str:
    """Why no verdict came, in one sentence.

    Args:
        verdict: as far as it came.
        ended: the child's exit code, or None if it had to be killed.
        limit: the seconds of CPU time that it had.
        waited: the seconds of wall-clock time that it had.
    """
    if verdict.importing:
        place = f"while {verdict.importing}.py was imported"
    elif verdict.looking:
        place = "on other inputs, while the tool looked for your mistake"
    elif verdict.now:
        judged = {test.name: test.function for test in verdict.lesson.tests}
        place = f"in {judged.get(verdict.now) or verdict.now}"
    else:
        place = "before the first test" if not verdict.outcomes else "after a test"
    if ended is not None and ended == -getattr(signal, "SIGPROF", 0):
        return f"No result after {limit:.0f} s of computing {place}: is there an endless loop?"
    if ended is None and HAS_TIMER:  # if it had computed, the kernel would have ended it
        return f"No answer for {waited:.0f} s {place}: what does your code wait for?"
    if ended is None:
        return f"No answer for {waited:.0f} s {place}: is there an endless loop?"
    if ended < 0:
        return f"The process crashed {place} ({signal.Signals(-ended).name})."
    return f"The process ended {place} (exit code {ended}): is there an os._exit?"
