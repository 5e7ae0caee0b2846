"""The child process: runs one lesson's tests on the learner's files and reports each event.

A report is one line of JSON in a file, written at once. Whatever the learner's code does to this
process, what was reported before stays.
"""

import contextlib
import json
import signal
import sys

from lessons.course.manifest import find
from lessons.course.runner import run_lesson
from lessons.course.sandbox import Missing


@contextlib.contextmanager
def reports(path: str, limit: float):
    """Yields the function that reports an event.

    Args:
        path: the file that the supervisor reads.
        limit: seconds of CPU time until the next report; then the kernel ends this process.
    """
    with open(path, "a", encoding="utf-8") as file:

        def report(event: dict) -> None:
            file.write(json.dumps(event) + "\n")
            file.flush()
            if hasattr(signal, "setitimer"):
                signal.setitimer(signal.ITIMER_PROF, limit)

        yield report


def no_breakpoint(*_, **__):
    raise Missing("breakpoint() needs your terminal: add -s to the command, pytest -s lessons/…")


def main(folder: str, report_path: str, limit: float, only: list[str]) -> None:
    """Run the tests of one lesson, all of them or those named in `only`."""
    lesson = find(folder)
    sys.breakpointhook = no_breakpoint
    own = {module: lesson.learner_file(module) for module in lesson.write}
    with reports(report_path, limit) as report:
        run_lesson(lesson, own, report, only)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:])
