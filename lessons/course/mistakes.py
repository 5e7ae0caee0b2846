"""Wrong ways, and how one is recognised: by its results, never by a guess.

`tests/mistakes/NN_X.py` lists them. When a test about a function fails, what the lesson's observer
sees of the learner's function is compared with what it sees of each mistake. Only an equal one is
named.
"""

import ast
import math
from dataclasses import dataclass
from functools import cache
from types import ModuleType

import torch
from torch import Tensor

from lessons.course.blank import find_function, is_docstring, lines_of
from lessons.course.manifest import Lesson, find
from lessons.course.ways import load_file

RTOL = 1e-4  # two observations are equal within this, and differ beyond ten times this


@dataclass(frozen=True)
class Mistake:
    id: str
    function: str
    change: tuple[str, str] | str  # (old, new) within the function, or a whole function
    says: str  # to the learner: what the code does, and the question that leads on
    trains: bool = False  # training still runs and the loss still falls
    ties: tuple[str, ...] = ()  # mistakes that results cannot tell from this one

    def source(self, library: str) -> str:
        """The library's module with this mistake in it."""
        node = find_function(ast.parse(library), self.function)
        first, last = lines_of(node)
        lines = library.splitlines(keepends=True)
        if isinstance(self.change, str):
            indent = " " * node.col_offset
            new_lines = self.change.strip("\n").splitlines()
            changed = "\n".join(indent + line if line else line for line in new_lines) + "\n"
        else:
            # A docstring may well say the same as the code: it does not count.
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


@cache
def mistakes(lesson_folder: str) -> list[Mistake]:
    lesson = find(lesson_folder)
    if not lesson.mistakes_file.exists():
        return []
    return load_file(lesson.mistakes_file, f"mistakes_of_{lesson.folder}").MISTAKES


@cache
def observers(lesson_folder: str):
    return load_file(find(lesson_folder).observe_file, f"observers_of_{lesson_folder}")


def execute(lesson: Lesson, module: str, source: str) -> ModuleType:
    """A module made from text, beside those that are imported."""
    made = ModuleType(f"simclr_mini.{module}")
    made.__file__ = str(lesson.library_file(module))
    exec(compiled(module, source), made.__dict__)
    return made


@cache
def compiled(module: str, source: str):
    return compile(source, f"<{module}>", "exec")


@cache
def wrong_source(lesson_folder: str, mistake: Mistake, library: str) -> str:
    return mistake.source(library)


def prepare(lesson: Lesson) -> None:
    """Compile every mistake beforehand, so that naming one is quick. Runs none of it."""
    observers(lesson.folder)
    for mistake in mistakes(lesson.folder):
        module = lesson.module_of(mistake.function)
        source = lesson.library_file(module).read_text("utf-8")
        compiled(module, source)
        compiled(module, wrong_source(lesson.folder, mistake, source))


def observe(lesson: Lesson, function: str, module: ModuleType) -> dict | None:
    """What the lesson's observer sees of a function; None if it cannot look."""
    look = getattr(observers(lesson.folder), function.replace(".", "_"), None)
    if look is None:
        return None
    state = torch.get_rng_state()
    shared = vars(observers(lesson.folder))
    kept = {name: value.clone() for name, value in shared.items() if isinstance(value, Tensor)}
    try:
        torch.default_generator.manual_seed(0)
        with torch.enable_grad():  # whatever a learner's function left behind
            return look(module)
    except KeyboardInterrupt:
        raise
    except BaseException:  # a learner's sys.exit too
        return None
    finally:
        torch.set_rng_state(state)
        shared.update(kept)  # a learner's function may have written into them


@cache
def observed(lesson_folder: str, function: str, module: str, source: str) -> dict | None:
    """What the observer sees of a text that no learner changes: the library's, or a mistake."""
    lesson = find(lesson_folder)
    return observe(lesson, function, execute(lesson, module, source))


def equal(a, b, rtol: float = RTOL) -> bool:
    """Whether two observations are the same."""
    if a is None or b is None:
        return False
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key], rtol) for key in a)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(equal(x, y, rtol) for x, y in zip(a, b, strict=True))
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        if a.shape != b.shape:
            return False
        a, b = a.detach().double(), b.detach().double()
        scale = b[torch.isfinite(b)].abs().max().item() if torch.isfinite(b).any() else 0.0
        return torch.allclose(a, b, rtol=0.0, atol=rtol * scale + 1e-9, equal_nan=True)
    if isinstance(a, bool | str) or isinstance(b, bool | str):
        return a == b
    if isinstance(a, int | float) and isinstance(b, int | float):
        both_nan = math.isnan(a) and math.isnan(b)
        return both_nan or math.isclose(a, b, rel_tol=rtol, abs_tol=1e-9)
    if isinstance(a, Tensor) or isinstance(b, Tensor):
        return equal(torch.as_tensor(a), torch.as_tensor(b), rtol)
    return a == b


class Alone:
    """The learner's module with all taught functions but one exchanged for the library's."""

    def __init__(self, module: ModuleType, library: ModuleType, functions: list[str], keep: str):
        self.module, self.library = module, library
        self.functions = [name for name in functions if name != keep]
        self.kept: list[tuple] = []

    def __enter__(self) -> ModuleType:
        for name in self.functions:
            owner_name, _, attribute = name.rpartition(".")
            owner = getattr(self.module, owner_name, None) if owner_name else self.module
            source = getattr(self.library, owner_name) if owner_name else self.library
            if owner is not None:
                self.kept.append((owner, attribute, vars(owner).get(attribute)))
                setattr(owner, attribute, vars(source)[attribute])
        return self.module

    def __exit__(self, *_):
        for owner, attribute, value in reversed(self.kept):
            if value is None:
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, value)


class Diagnosis:
    """Names the mistake in a learner's modules, function by function."""

    def __init__(self, lesson: Lesson, modules: dict[str, ModuleType]):
        self.lesson = lesson
        self.modules = modules
        self.known: dict[str, str] = {}
        self.seen: dict[str, dict | None] = {}
        self.source = {m: lesson.library_file(m).read_text("utf-8") for m in lesson.write}
        self.library = {m: execute(lesson, m, text) for m, text in self.source.items()}

    def alone(self, function: str) -> dict | None:
        """The observation of one of the learner's functions, the library's beside it."""
        if function not in self.seen:
            module = self.lesson.module_of(function)
            names = self.lesson.write[module]
            with Alone(self.modules[module], self.library[module], names, function) as mixed:
                self.seen[function] = observe(self.lesson, function, mixed)
        return self.seen[function]

    def right(self, function: str) -> dict | None:
        module = self.lesson.module_of(function)
        return observed(self.lesson.folder, function, module, self.source[module])

    def matches(self, seen: dict | None, function: str, among: list[Mistake]) -> list[Mistake]:
        """The mistakes whose observation of `function` is `seen`; none if it is the right one."""
        if seen is None or equal(seen, self.right(function), 10 * RTOL):
            return []
        module, folder = self.lesson.module_of(function), self.lesson.folder
        found = []
        for mistake in among:
            if self.lesson.module_of(mistake.function) == module:
                wrong = wrong_source(folder, mistake, self.source[module])
                if equal(seen, observed(folder, function, module, wrong)):
                    found.append(mistake)
        return found

    def of(self, function: str) -> str:
        """The sentence for a failed test about `function`, or nothing."""
        if function not in self.known:
            self.known[function] = self.find(function)
        return self.known[function]

    def needs(self, function: str) -> set[str]:
        """The other taught functions that the library's function calls, at any depth."""
        trees = [ast.parse(text) for text in self.source.values()]
        found, left = set(), [function]
        while left:
            name = left.pop()
            for tree in trees:
                try:
                    node = find_function(tree, name)
                except LookupError:
                    continue
                words = {getattr(n, "id", None) or getattr(n, "attr", None) for n in ast.walk(node)}
                new = {f for f in self.lesson.functions if f.rpartition(".")[2] in words} - found
                found |= new
                left += new
        return found - {function}

    def find(self, function: str) -> str:
        if function not in self.lesson.functions:
            return ""
        listed = mistakes(self.lesson.folder)
        seen = self.alone(function)
        own = self.matches(seen, function, [one for one in listed if one.function == function])
        if own:
            return sentence(own, function)
        if seen is None or equal(seen, self.right(function)):
            needed = self.needs(function)
            for other in self.lesson.functions:
                if other in needed:
                    theirs = [one for one in listed if one.function == other]
                    found = self.matches(self.alone(other), other, theirs)
                    if found:
                        return sentence(found, function)
        # together with the learner's other functions; one that is right by itself has no mistake
        strange = {f for f in self.lesson.functions if not equal(self.alone(f), self.right(f))}
        suspects = [one for one in listed if one.function in {function, *strange}]
        module = self.modules[self.lesson.module_of(function)]
        together = observe(self.lesson, function, module)
        return sentence(self.matches(together, function, suspects), "")


def sentence(found: list[Mistake], function: str) -> str:
    """`the mistake: …`, or several that results cannot tell apart."""
    if not found:
        return ""
    place = "" if function in ("", found[0].function) else f" is in {found[0].function}"
    return f"the mistake{place}: " + " Or: ".join(one.says for one in found)
