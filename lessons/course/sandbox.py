"""What surrounds the learner's code while it is tested, so that each slip gets a clear message."""

import contextlib
import difflib
import random
import sys
from pathlib import Path

from lessons.course.manifest import Lesson
from lessons.course.terminal import TOOL


class Missing(Exception):
    """Carries a whole message to the learner, such as which function their file lacks."""


def stand_in(lesson: Lesson, name: str, module) -> None:
    """Replace each taught function that the module lacks by one that says so when called."""
    for function in lesson.write[name]:
        owner, _, attribute = function.rpartition(".")
        holder = getattr(module, owner, None) if owner else module
        if holder is not None and callable(getattr(holder, attribute, None)):
            continue
        said = why_absent(lesson, name, module, function)

        def absent(*_, said=said, **__):
            raise Missing(said)

        absent.__qualname__ = absent.__name__ = function
        absent.is_absent = True  # `diagnosis.py` looks for no mistake in it
        if holder is None:
            setattr(module, owner, absent)
        else:
            setattr(holder, attribute, absent)


def why_absent(lesson: Lesson, name: str, module, function: str) -> str:
    """One sentence about a taught function that is not in the learner's module."""
    owner, _, attribute = function.rpartition(".")
    holder = getattr(module, owner, None) if owner else module
    other = getattr(holder, attribute, None)
    path = Path(module.__file__)
    if other is not None:
        kind = type(other).__name__
        return f"At the end of {path.name}, {function} is of type {kind}: is the name used twice?"
    if not path.read_text("utf-8", errors="replace").strip():
        return f"{path.name} is empty. `{TOOL} reset {lesson.number}` brings it back."
    own = [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
    strange = [n for n in own if n not in lesson.write[name]]
    near = difflib.get_close_matches(function, strange, 1, 0.7)
    said = f"{path.name} has no {'class ' + owner if holder is None else function}."
    return f"{said} Should {near[0]} have this name?" if near else said


class Quiet:
    """Catches what is printed. It keeps the first characters and counts the others."""

    ROOM = 2000
    encoding = "utf-8"

    def __init__(self):
        self.begin()

    def begin(self):
        self.kept, self.total = "", 0

    def write(self, text: str) -> int:
        if len(self.kept) < self.ROOM:
            self.kept += text[: self.ROOM - len(self.kept)]
        self.total += len(text)
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False

    def fileno(self):
        raise OSError("what a lesson prints goes to no file")

    def text(self) -> str:
        more = self.total - len(self.kept)
        return self.kept + (f"\n… and {more:,} more characters" if more else "")

    def __enter__(self):
        self.before = sys.stdout, sys.stderr
        sys.stdout = sys.stderr = self

    def __exit__(self, *_):
        sys.stdout, sys.stderr = self.before


@contextlib.contextmanager
def no_seeding(own: list[str]):
    """Inside, seeding a global generator from one of the files `own` raises `Missing`."""
    import numpy
    import torch

    places = [(torch, "manual_seed"), (torch, "seed"), (random, "seed"), (numpy.random, "seed")]
    kept = [(place, name, getattr(place, name)) for place, name in places]

    def refuse(name, real):
        def seed(*args, **kwargs):
            caller = sys._getframe(1)
            if caller.f_code.co_filename in own:
                place = f"{Path(caller.f_code.co_filename).name}, line {caller.f_lineno},"
                raise Missing(
                    f"{place} calls {name}: that sets the random state of the whole program. "
                    "Draw from the generator you are given."
                )
            return real(*args, **kwargs)

        return seed

    for place, name, real in kept:
        setattr(place, name, refuse(f"{place.__name__}.{name}", real))
    try:
        yield
    finally:
        for place, name, real in kept:
            setattr(place, name, real)
