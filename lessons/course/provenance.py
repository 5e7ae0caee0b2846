"""Counts, function by function, whose code runs while the learner trains.

Each taught function is wrapped when its module is loaded. The file that its code object was
compiled from says whose it is.
"""

import functools
import inspect
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from lessons.course.manifest import Lesson, lessons


class Provenance:
    def __init__(self, files: dict[str, Path]):
        """`files` holds the learner's file for each module's full name."""
        self.own = {str(path) for path in files.values()}
        self.calls: Counter = Counter()  # by (module, function, whether it is the learner's)
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
        key = module, name, inspect.unwrap(body).__code__.co_filename in self.own

        @functools.wraps(body)
        def counted(*args, **kwargs):
            self.calls[key] += 1
            return body(*args, **kwargs)

        return counted

    def ran(self) -> bool:
        """Whether any of the learner's functions ran."""
        return any(own for _, _, own in self.calls)

    def report(self, chosen: list[Lesson], resumed: bool = False) -> str:
        """The learner's functions that ran and how often, then those that did not run.

        It is empty if nothing ran, as when the command line was refused. Of a run that was resumed,
        only the last part is counted.
        """
        if not self.calls:
            return ""
        yours = {
            f"{module}.{name}": self.calls[f"simclr_mini.{module}", name, True]
            for lesson in chosen
            for module, names in lesson.write.items()
            for name in names
        }
        ran = {name: count for name, count in yours.items() if count}
        width = max(map(len, ran), default=0)
        when = " since the run was resumed" if resumed else ""
        lines = [f"Your code ran{when}:"] if ran else [f"None of your code ran{when}."]
        lines += [f"  {name:<{width}}{times(count):>18}" for name, count in ran.items()]
        unused = [name for name, count in yours.items() if not count]
        if unused:
            what = "Not called since then" if resumed else "Not needed here"
            lines.append(f"{what}: {', '.join(unused)}")
        if any(not own for _, _, own in self.calls):
            lines.append("The library's code ran for the other lessons.")
        return "\n".join(lines)


def times(count: int) -> str:
    return f"{count:,} call{'s' if count > 1 else ''}"
