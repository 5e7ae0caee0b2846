"""The child of `grade`: runs lessons' tests on copies of learners' files, each in a sealed process.

This process loads what is slow to load, and what the tests need but a learner's file may not read:
the oracles, the mistakes, the library. For each order it forks. The fork gives up its rights, and
only then imports the learner's file.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from lessons.course.child import no_breakpoint, reports
from lessons.course.confine import confine, end_with_parent
from lessons.course.manifest import Lesson, find
from lessons.course.runner import run_lesson
from lessons.course.tamper import judges, replaced


def load(lesson: Lesson) -> None:
    """Load what the tests need and a learner's file may not read. It runs no threaded operation."""
    import hypothesis  # noqa: F401
    import torch
    import torch._dynamo  # noqa: F401  the first use of an optimiser imports it

    from lessons.course import diagnosis, locate, ways  # noqa: F401

    torch.set_num_threads(1)
    ways.ways(lesson.folder)
    diagnosis.prepare(lesson)
    for module in lesson.write:
        diagnosis.library_text(lesson, module)


def serve() -> None:
    """Take orders, one per line. Reply with the child's process id, then with its exit code."""
    end_with_parent()
    for line in sys.stdin:
        order = json.loads(line)
        load(find(order["folder"]))
        pid = os.fork()
        if pid == 0:
            run(order)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def run(order: dict) -> None:
    """Run the tests that `grade.Sealed` ordered, and end this process."""
    try:
        os.setsid()  # makes a process group, so that all of it can be killed
        end_with_parent()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        lesson, place = find(order["folder"]), Path(order["place"])
        os.chdir(place / "tmp")
        os.environ.update(order["environ"])
        tempfile.tempdir = None  # looked up again when needed
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C ends
        sys.breakpointhook = no_breakpoint
        own = {module: place / "desk" / lesson.folder / f"{module}.py" for module in lesson.write}
        with reports(order["report"], order["limit"]) as report:
            known = {}

            def tell(event: dict) -> None:
                if event["event"] == "ready":
                    confine(lesson, place, order["memory"], order["seconds"])
                    known.update(judges())
                said = replaced(known) if event["event"] == "result" else ""
                if said:
                    report({"event": "problem", "message": said})
                    os._exit(0)
                report(event)

            run_lesson(lesson, own, tell, order["only"])
    finally:
        os._exit(0)  # nothing that the learner's code left behind runs after the tests


if __name__ == "__main__":
    serve()
