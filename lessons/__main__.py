"""`python -m lessons` prints the board; `python -m lessons --help` lists the other commands."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  the course may not be installed yet
    version = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(
        "The course needs Python 3.11 or later, and this is " + version + ". If the course is "
        "installed, start it with .venv/bin/python"
    )

from lessons.course.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
