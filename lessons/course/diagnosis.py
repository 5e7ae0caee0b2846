"""Names the mistake in a learner's function by its results, and never by a guess.

When a test fails, the lesson's observer (`lessons/NN_X/observe.py`) calls the learner's function on
its own inputs. A mistake is named only if the observer gets the same results from it.
"""

import ast
import math
from functools import cache
from pathlib import Path
from types import ModuleType

import torch
from torch import Tensor

from lessons.course.blank import find_function
from lessons.course.manifest import Lesson, find
from lessons.course.mistakes import Mistake, mistakes, wrong_source
from lessons.course.ways import load_file

RTOL = 1e-4  # two observations are equal within this, and differ beyond ten times this


@cache
def observers(lesson_folder: str):
    return load_file(find(lesson_folder).observe_file, f"observers_of_{lesson_folder}")


def execute(lesson: Lesson, module: str, source: str) -> ModuleType:
    """A module made from text. It does not replace the imported one."""
    made = ModuleType(f"simclr_mini.{module}")
    made.__file__ = str(lesson.library_file(module))
    exec(compiled(module, source), made.__dict__)
    return made


@cache
def compiled(module: str, source: str):
    return compile(source, f"<{module}>", "exec")


def library_text(lesson: Lesson, module: str) -> str:
    """The library's module. It is read once: while a class is graded, nobody may read it later."""
    return read_once(lesson.library_file(module))


@cache
def read_once(path: Path) -> str:
    return path.read_text("utf-8")


def prepare(lesson: Lesson) -> None:
    """Compile every mistake now, so that a diagnosis is quick. Nothing runs."""
    observers(lesson.folder)
    for mistake in mistakes(lesson.folder):
        module = lesson.module_of(mistake.function)
        source = library_text(lesson, module)
        compiled(module, source)
        compiled(module, wrong_source(lesson.folder, mistake, source))


def observe(lesson: Lesson, function: str, module: ModuleType) -> dict | None:
    """The observer's results for one function of a module; None if it has none or raises."""
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
    except BaseException:  # also a learner's sys.exit
        return None
    finally:
        torch.set_rng_state(state)
        shared.update(kept)  # a learner's function may have written into them


@cache
def observed(lesson_folder: str, function: str, module: str, source: str) -> dict | None:
    """The observer's results for a text that no learner changes: the library or a mistake."""
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
    """The learner's module, with every taught function but one replaced by the library's."""

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
    """Finds the mistakes in a learner's modules, function by function."""

    def __init__(self, lesson: Lesson, modules: dict[str, ModuleType]):
        self.lesson = lesson
        self.modules = modules
        self.known: dict[str, str] = {}
        self.seen: dict[str, dict | None] = {}
        self.source = {m: library_text(lesson, m) for m in lesson.write}
        self.library = {m: execute(lesson, m, text) for m, text in self.source.items()}

    def alone(self, function: str) -> dict | None:
        """The observation of one learner's function that calls only library functions."""
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
        """The mistakes whose observation of `function` equals `seen`, unless `seen` is right."""
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
        """The sentence about the mistake behind a failed test of `function`, or nothing."""
        if function not in self.known:
            self.known[function] = self.find(function)
        return self.known[function]

    def needs(self, function: str) -> set[str]:
        """The other taught functions that the library's version calls, directly or not."""
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
        # Now with the learner's other functions. One that is right by itself has no mistake.
        strange = {f for f in self.lesson.functions if not equal(self.alone(f), self.right(f))}
        suspects = [one for one in listed if one.function in {function, *strange}]
        module = self.modules[self.lesson.module_of(function)]
        together = observe(self.lesson, function, module)
        return sentence(self.matches(together, function, suspects), "")


def sentence(found: list[Mistake], function: str) -> str:
    """`the mistake: …`, with every mistake that the results cannot tell apart."""
    if not found:
        return ""
    place = "" if function in ("", found[0].function) else f" is in {found[0].function}"
    return f"the mistake{place}: " + " Or: ".join(one.says for one in found)
