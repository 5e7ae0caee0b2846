"""`watch` as a learner sees it, with its keys, on a terminal made for the test."""

import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest

from lessons.course.manifest import find
from lessons.course.verdict import Verdict
from lessons.course.watch import following

pty = pytest.importorskip("pty", reason="no terminals to make on this system")
ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120  # seconds; the machine may be busy


class Terminal:
    """A terminal with `watch` on it."""

    def __init__(self, desk: Path, lesson: str):
        environ = {**os.environ, "SIMCLR_MINI_DESK": str(desk), "OMP_NUM_THREADS": "1"}
        environ |= {"COLUMNS": "100", "TERM": "dumb", "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-m", "lessons", "watch", lesson]
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job ignores it
            os.chdir(ROOT)
            os.execve(sys.executable, command, environ)
        os.set_blocking(self.master, False)
        self.text = ""

    def read(self, until: str) -> str:
        """What it says up to and including a pattern, from where the last reading ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                self.text += os.read(self.master, 65536).decode("utf-8", "replace")
            except BlockingIOError:
                time.sleep(0.02)
            except OSError:  # the other side is closed
                end = 0
            found = re.search(until, self.text.replace("\r\n", "\n"), re.S)
            if found:
                said = self.text.replace("\r\n", "\n")
                self.text = said[found.end() :]
                return said[: found.end()]
        raise AssertionError(f"no {until!r} in {self.text!r}")

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    def code(self) -> int:
        """The exit code, once it has ended."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.05)
        raise AssertionError("it does not end")

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.master)


@pytest.fixture
def watch_4(tmp_path):
    terminal = Terminal(tmp_path, "4")
    yield terminal, tmp_path / "04_nt_xent" / "nt_xent.py"
    terminal.close()


def test_watch_from_the_blank_to_the_next_lesson(watch_4):
    """A verdict at each save; an endless loop is reported, and a save ends it; then lesson 5."""
    terminal, file = watch_4
    right = find(4).library_file("nt_xent").read_text("utf-8")
    said = terminal.read("similarity_matrix is not written yet")
    assert "Keys: n next lesson, h hint" in said
    terminal.press("h")
    assert "4 nt_xent, similarity_matrix\n  1. " in terminal.read("For the next one")
    file.write_text(right.replace("    z = torch.cat", "    while True: pass\n    z = torch.cat"))
    terminal.read("Still computing in similarity_matrix: an endless loop")
    file.write_text(right.replace(".roll(B)", ".roll(1)"))
    said = terminal.read("the mistake: You shift by one row")
    assert "test_positive_of_three_images" in said and "No result" not in said
    terminal.press("l")
    assert "wrong: positive_index" in terminal.read("Next: positive_index, in")
    terminal.press("r")
    terminal.read("the mistake: You shift by one row")
    file.write_text(right)
    said = terminal.read("watching [^\n]*05_optim")
    assert "Done.\n" in said and "Next: scaled_learning_rate, in" in said
    terminal.press("h")
    terminal.read("5 optim, scaled_learning_rate\n")
    file.write_text(right + "# again\n")
    assert "watching" in terminal.read("4 nt_xent  ●+ ")
    terminal.read("watching [^\n]*05_optim")
    terminal.press("n")
    terminal.read("6 simclr  ○+")
    terminal.press("q")
    assert terminal.code() == 0


def test_the_terminal_is_given_back(tmp_path):
    """After Ctrl-C it shows what is typed, as before."""
    import termios

    terminal = Terminal(tmp_path, "4")
    try:
        terminal.read("is not written yet")
        assert not termios.tcgetattr(terminal.master)[3] & termios.ECHO
        terminal.press("\x03")
        assert terminal.code() == 0
        assert termios.tcgetattr(terminal.master)[3] & termios.ECHO
    finally:
        terminal.close()


def test_the_next_lesson_is_one_that_is_not_done(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    assert following(find(4)) is find(5)
    assert following(find(12)).number in (1, 13)


def test_a_stopped_run_has_no_verdict_on_what_did_not_run():
    verdict = Verdict(find(4), ["a", "b"], outcomes={"a": "passed"}, now="b", stopped=True)
    verdict.close()
    assert verdict.outcomes == {"a": "passed", "b": "not run"} and not verdict.passed
