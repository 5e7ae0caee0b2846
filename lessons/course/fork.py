"""A child that is a copy of this process, in which torch and pytest are already imported.

`watch` uses it to give a verdict within half a second. The parent must never run a threaded torch
operation: after one (a matrix product on two threads is enough) its children hang.
"""

import contextlib
import os
import signal
import sys

from lessons.course.manifest import Lesson
from lessons.course.supervisor import Fresh


class Forked:
    """A copy of this process that runs one lesson, with the interface of `supervisor.Fresh`."""

    def __init__(self, lesson, report, names):
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
                from lessons.course.child import main

                main(lesson.folder, str(report), lesson.limit, names)
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
        # Until the child has made its own process group, only the child itself can be killed.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        if self.code is None:
            _, status = os.waitpid(self.pid, 0)
            self.code = os.waitstatus_to_exitcode(status)


def warm(lesson: Lesson) -> type:
    """Import all that a lesson needs, and return the kind of child to start."""
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
    if not hasattr(os, "fork"):
        return Fresh
    import pytest  # noqa: F401
    import torch
    import torch._dynamo  # the first use of an optimiser imports it: 1.2 s in each child

    from lessons.course import child, diagnosis, locate  # noqa: F401

    torch.set_num_threads(1)
    diagnosis.prepare(lesson)
    return Forked
