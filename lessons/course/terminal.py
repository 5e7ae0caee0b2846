"""Text for the terminal at hand, with only the characters and colours that it can show."""

import os
import sys

PLAIN = {"○": "o", "◐": "-", "●": "*", "…": "...", "×": "x", "·": "."}
COLOURS = {"new": "2", "unchecked": "33", "begun": "33", "done": "32", "bad": "31"}


def say(text: str = "") -> None:
    print(plain(text), flush=True)


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
