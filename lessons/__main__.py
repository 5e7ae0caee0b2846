"""`python -m lessons`: the board; with a word, the rest of the course tool."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  whoever has not installed yet
    sys.exit("The course needs Python 3.11 or later.")

from lessons.course.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
