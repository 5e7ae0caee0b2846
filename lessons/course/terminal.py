"""Fits text to the terminal: to its width, and to the characters and colours that it can show."""

import os
import re
import shutil
import sys
import textwrap
from pathlib import Path

# The command as the learner calls it: the installed one, or the module.
TOOL = "lessons" if Path(sys.argv[0]).stem == "lessons" else "python -m lessons"
PLAIN = {"○": "o", "◐": "-", "●": "*", "…": "...", "×": "x", "·": "."}
COLOURS = {"new": "2", "unchecked": "33", "begun": "33", "done": "32", "bad": "31"}


def say(text: str = "") -> None:
    """Print sentences, wrapped."""
    show_code(wrapped(text))


def show_code(text: str) -> None:
    """Print text whose lines must stay as they are."""
    print(plain(text), flush=True)


def wrapped(text: str, width: int = 0, hanging: int = 0) -> str:
    """The text with long lines broken.

    Args:
        width: that of the terminal, unless given.
        hanging: the indent of continued lines. By default they stay right of the first column.
    """
    width = max(40, width or shutil.get_terminal_size().columns)
    lines = []
    for line in text.split("\n"):
        column = re.match(r"\s*\S.{,32}?\S?\s{2,}(?=\S)", line)
        indent = len(column[0]) if column else len(line) - len(line.lstrip()) + 2
        broken = textwrap.wrap(
            line,
            width,
            subsequent_indent=" " * (hanging or indent),
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += broken or [""]
    return "\n".join(lines)


def cut(text: str, length: int) -> str:
    """The text, or its beginning and an ellipsis if it is longer."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def plain(text: str) -> str:
    """The text with a substitute for each character that the console cannot show."""
    if can_print(text):
        return text
    for sign, other in PLAIN.items():
        if not can_print(sign):
            text = text.replace(sign, other)
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return text.encode(encoding, errors="replace").decode(encoding)


def can_print(text: str) -> bool:
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def colour(text: str, kind: str) -> str:
    """The text in colour if the terminal takes colours."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\033[{COLOURS[kind]}m{text}\033[0m"
