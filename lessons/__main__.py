"""`python -m lessons`: the board; with a word, the rest of the course tool."""

import sys

from lessons.course.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
