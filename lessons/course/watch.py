"""`watch`: a verdict within half a second of each save.

The parent has imported torch and pytest and waits; a fork of it runs the lesson. It never runs a
threaded torch operation, for after one (a matrix product on two threads is enough) its children
hang. Where there is no fork, each save starts a fresh Python: slower, simpler.
"""

import contextlib
import itertools
import os
import signal
import sys
import time

from lessons.course import board, desk
from lessons.course.manifest import Lesson
from lessons.course.run import Child, Verdict, run


class Forked:
    """A copy of this process that runs one lesson; the same use as `run.Child`."""

    def __init__(self, lesson, report, only):
        sys.stdout.flush()
        sys.stderr.flush()
        self.code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.setsid()
                nowhere = os.open(os.devnull, os.O_RDWR)
                for stream in (0, 1, 2):
                    os.dup2(nowhere, stream)
                from lessons.course.inner import main

                main(lesson.folder, str(report), lesson.limit, only)
                code = 0
            finally:
                os._exit(code)

    def ended(self) -> int | None:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def kill(self) -> None:
        # Until the child has made its own group, it can only be killed alone.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)


def warm(lesson: Lesson) -> type:
    """Import all that a lesson needs, and return what starts a child."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
    if not hasattr(os, "fork"):
        return Child
    import pytest  # noqa: F401
    import torch
    import torch._dynamo  # an optimiser's first use imports it: 1.2 s in every child

    from lessons.course import fixtures, inner, mistakes, ways  # noqa: F401

    torch.set_num_threads(1)
    mistakes.prepare(lesson)
    return Forked


def watch(lesson: Lesson) -> None:
    """Show a verdict now and after every save, until Ctrl-C."""
    try:
        from watchfiles import watch as changes
    except ImportError:
        raise SystemExit("watch needs watchfiles: pip install watchfiles") from None
    desk.prepare(lesson)
    paths = [lesson.learner_file(module) for module in lesson.write]
    files = {str(path) for path in paths}
    folder = paths[0].parent
    start = warm(lesson)
    print(board.plain(f"watching {lesson.show(folder)}  (Ctrl-C ends)"), flush=True)

    def ours(change, path: str) -> bool:
        return path in files

    saves = changes(
        folder, watch_filter=ours, debounce=30, step=5, rust_timeout=500, yield_on_timeout=True
    )
    seen = ""
    with contextlib.suppress(KeyboardInterrupt):
        for count, change in enumerate(itertools.chain([()], saves)):
            if change:
                seen = ""
            while desk.judged(lesson) != seen:  # saved, also while the last verdict was made
                seen = desk.judged(lesson)
                verdict = run(lesson, start=start)
                saved = max((path.stat().st_mtime for path in paths if path.exists()), default=0)
                report(verdict, time.time() - saved if count else 0.0)


def report(verdict: Verdict, seconds: float = 0.0) -> None:
    """One line of signs, then the first test that does not pass."""
    lesson = verdict.lesson
    signs = "".join(board.SIGNS[verdict.outcomes[test]] for test in verdict.tests)
    took = f"  {seconds:.2f} s" if seconds else ""
    lines = [f"\n{time.strftime('%H:%M:%S')}  {lesson.number} {lesson.name}  {signs}{took}"]
    if verdict.problem:
        lines.append(verdict.problem)
    else:
        order = [t for t in verdict.tests if verdict.outcomes[t] == "failed"]
        order += [t for t in verdict.tests if verdict.outcomes[t] in ("unstarted", "not run")]
        for test in order[:1]:
            lines += [test, *("  " + line for line in verdict.messages.get(test, "").splitlines())]
            if verdict.outcomes[test] == "failed":
                step = next(one.step for one in lesson.tests if one.name == test)
                lines.append("  " + lesson.section(step))
            if verdict.printed.get(test, "").strip():
                lines += [
                    "  printed:",
                    *("  " + one for one in verdict.printed[test].split("\n")[:8]),
                ]
        if not order:
            lines.append(f"Done. See other ways: python -m lessons solution {lesson.number}")
    print(board.plain("\n".join(lines)), flush=True)
