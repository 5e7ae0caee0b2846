"""The known mistakes of a lesson. `tests/mistakes/NN_X.py` lists them."""

import math
from dataclasses import dataclass
from functools import cache

from lessons.course.blank import find_function, is_docstring, lines_of, tree_of
from lessons.course.manifest import find
from lessons.course.ways import load_file

# 1.19e-7 is the eps of float32
SMALL = (1e-5, 1e-6, 1.19e-7, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)


@dataclass(frozen=True)
class Mistake:
    id: str
    function: str
    change: tuple[str, str] | str  # (old, new) within the function, or a whole function
    says: str  # to the learner: what the code does, and the question that leads on
    trains: bool = False  # training still runs and the loss still falls
    ties: tuple[str, ...] = ()  # mistakes whose results are the same as this one's
    unsure: tuple[str, ...] = ()  # tests that reject it on some CPUs only, by rounding
    overflows: bool = False  # it gives only inf or NaN, and `says` claims no more

    def source(self, library: str) -> str:
        """The library's module with this mistake in it."""
        node = find_function(tree_of(library), self.function)
        first, last = lines_of(node)
        lines = library.splitlines(keepends=True)
        if isinstance(self.change, str):
            indent = " " * node.col_offset
            new_lines = self.change.strip("\n").splitlines()
            changed = "\n".join(indent + line if line else line for line in new_lines) + "\n"
        else:
            # The docstring may contain the same text as the code, so it is left out.
            quiet = is_docstring(node.body[0])
            start, stop = (
                (node.body[0].lineno, node.body[0].end_lineno) if quiet else (first, first - 1)
            )
            head, said, code = (
                "".join(lines[i:j])
                for i, j in [(first - 1, start - 1), (start - 1, stop), (stop, last)]
            )
            old, new = self.change
            if head.count(old) + code.count(old) != 1:
                raise ValueError(
                    f"mistake {self.id}: {old!r} occurs {head.count(old) + code.count(old)} times "
                    f"in {self.function}; it must occur once"
                )
            changed = head.replace(old, new) + said + code.replace(old, new)
        return "".join(lines[: first - 1]) + changed + "".join(lines[last:])


def probabilities_kept_from_zero(function: str, source: str, what: str) -> list[Mistake]:
    """Losses that keep a probability p away from 0 before its log, by some small number.

    Args:
        function: name of the loss.
        source: the whole function, with LOG_P where it takes log p.
        what: what cannot cost more than it then does, such as "a bad pair".
    """
    found = []
    for value in SMALL:
        short, most = f"{value:g}".replace("e-0", "e-"), f"{-math.log(value):.1f}"
        capped = f"before the log, so {what} never costs more than {most} and hardly learns."
        asks = "Which function takes the log of a softmax without computing it?"
        name = short.replace("-", "_").replace(".", "_")
        for how, p, does in (
            ("added", f"(p + {short})", f"You add {short}"),
            ("at_least", f"p.clamp(min={short})", f"You raise small probabilities to {short}"),
        ):
            code = source.replace("LOG_P", f"{p}.log()")
            says = f"{does} {capped} {asks}"
            found.append(Mistake(f"{how}_{name}", function, code, says, trains=True))
    return found


@cache
def mistakes(lesson_folder: str) -> list[Mistake]:
    lesson = find(lesson_folder)
    if not lesson.mistakes_file.exists():
        return []
    return load_file(lesson.mistakes_file, f"mistakes_of_{lesson.folder}").MISTAKES


@cache
def mistakes_in(lesson_folder: str, function: str) -> list[Mistake]:
    """The known mistakes in one function of a lesson."""
    return [one for one in mistakes(lesson_folder) if one.function == function]


@cache
def wrong_source(lesson_folder: str, mistake: Mistake, library: str) -> str:
    """The library's module with a mistake in it. Each such text is made only once."""
    return mistake.source(library)
