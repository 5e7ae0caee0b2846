"""`python -m lessons` prints the board; `python -m lessons --help` lists the other commands."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  the course may not be installed yet
    sys.exit("The course needs Python 3.11 or later.")

from lessons.course.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
