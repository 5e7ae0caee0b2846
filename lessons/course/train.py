"""`train`: runs simclr-mini with the learner's files in place of the library's.

At the end a table says whose code ran, function by function. To count calls, each taught function
is wrapped when its module is loaded; its code object says from which file it was compiled.
"""

import functools
import inspect
import shlex
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from lessons.course import finder
from lessons.course.manifest import LIBRARY, Lesson, lessons
from lessons.course.supervisor import checked
from lessons.course.terminal import say, show_code


class Provenance:
    """Counts the calls of each taught function, and from which file its code comes."""

    def __init__(self):
        self.calls: Counter = Counter()  # (module, function, file)
        self.taught = {
            f"simclr_mini.{module}": names
            for lesson in lessons()
            for module, names in lesson.write.items()
        }

    def wrap_module(self, module) -> None:
        """The finder calls this with each module once it is loaded."""
        for name in self.taught.get(module.__name__, []):
            owner, _, attribute = name.rpartition(".")
            holder = getattr(module, owner, None) if owner else module
            body = vars(holder).get(attribute) if holder else None
            if inspect.isfunction(body):
                setattr(holder, attribute, self.wrap(module.__name__, name, body))
            elif isinstance(body, staticmethod | classmethod):
                inner = self.wrap(module.__name__, name, body.__func__)
                setattr(holder, attribute, type(body)(inner))

    def wrap(self, module: str, name: str, body: Callable) -> Callable:
        key = module, name, inspect.unwrap(body).__code__.co_filename

        @functools.wraps(body)
        def counted(*args, **kwargs):
            self.calls[key] += 1
            return body(*args, **kwargs)

        return counted

    def table(self, files: dict[str, Path]) -> str:
        """A line for each function: its name, whose code ran, and how often."""
        rows = []
        own = {str(path) for path in files.values()}
        for lesson in lessons():
            for module, names in lesson.write.items():
                for name in names:
                    found = [
                        (file, n)
                        for (m, f, file), n in self.calls.items()
                        if (m, f) == (f"simclr_mini.{module}", name)
                    ]
                    for file, count in found or [("", 0)]:
                        calls = f"{count:,} call{'s' if count > 1 else ''}" if count else ""
                        rows.append((f"{module}.{name}", self.whose(file, own), calls))
        width = max(len(name) for name, _, _ in rows)
        lines = [f"  {name:<{width}}  {whose:<14}{calls:>16}" for name, whose, calls in rows]
        return "\n".join(["Whose code ran:", *lines])

    @staticmethod
    def whose(file: str, own: set[str]) -> str:
        if not file:
            return "not called"
        if file in own:
            return "yours"
        return "the library's" if file.startswith(str(LIBRARY)) else f"from {file}"


def unfinished(chosen: list[Lesson]) -> list[Lesson]:
    """The lessons that do not pass."""
    return [lesson for lesson in chosen if checked(lesson).state != "done"]


def train(chosen: list[Lesson], arguments: list[str]) -> int:
    """Train, unless one of the chosen lessons is unfinished. Returns the exit code."""
    if not arguments or arguments[0].startswith("-"):
        arguments = ["train", *arguments]
    open_ones = unfinished(chosen)
    if open_ones:
        for lesson in open_ones:
            said = f"Lesson {lesson.number} ({lesson.name}) is not done"
            say(f"{said}: pytest lessons/{lesson.folder}")
        left = [str(one.number) for one in chosen if one not in open_ones]
        if left:
            words = shlex.join(arguments[1:] if arguments[0] == "train" else arguments)
            command = f"python -m lessons train {','.join(left)} -- {words}"
            say(f"To use the library's code for what is not done: {command}")
        else:
            command = f"simclr-mini {shlex.join(arguments)}"
            say(f"None of these lessons is done. To train with the library's code: {command}")
        return 1
    files = {
        f"simclr_mini.{module}": lesson.learner_file(module)
        for lesson in chosen
        for module in lesson.write
    }
    provenance = Provenance()
    finder.install(files, provenance.wrap_module)
    code = 0
    try:
        from simclr_mini.cli import main

        code = main(arguments) or 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except KeyboardInterrupt:
        code = 130
    finally:
        finder.remove()
    show_code("\n" + provenance.table(files))
    return code if isinstance(code, int) else 0
