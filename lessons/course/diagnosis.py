"""Names the mistake in a learner's function by its results, and never by a guess.

When a test fails, the lesson's observer (`lessons/NN_X/observe.py`) calls the learner's function on
its own inputs. A mistake is named only if the observer gets the same results from it, and from at
most one other mistake. These rules keep a name true:

* The learner's function is observed by itself: it calls the library's versions of the others.
* The mistake's results differ from the right ones in an actual value. Two functions that both raise
  an error or give NaN may do so for different reasons.
* Numbers tell functions apart; a yes or no does not. If the mistake shows in nothing but yes, no
  and small whole numbers, the tests must agree as well: those that reject the learner's function
  must be those that reject the mistake, as far as they have run.
* A mistake is not considered if a passed test rejects it, or if the failed test does not.
"""

import ast
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from types import CodeType, ModuleType

import torch
from torch import Tensor

from lessons.course import finder
from lessons.course.blank import find_function, tree_of
from lessons.course.evidence import RTOL, Later, as_arrays, equal, is_evidence, is_telling
from lessons.course.kill_matrix import known_killers
from lessons.course.manifest import Lesson, find
from lessons.course.mistakes import Mistake, mistakes, mistakes_in, wrong_source
from lessons.course.ways import load_file

MOST = 2  # at most this many mistakes are named together
SECONDS = 20  # CPU time for one failed test; on a slow computer, a mistake may stay unnamed
# Keys about device and type. Those about other special cases begin with "also".
ASIDE = ("stays", "there", "double", "widened", "bfloat16")


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
def compiled(module: str, source: str) -> CodeType:
    """The code of a module. In a proof it has been imported before."""
    return finder.codes.get(source.encode()) or compile(source, f"<{module}>", "exec")


def library_text(lesson: Lesson, module: str) -> str:
    """The library's module. It is read once, because `grade` forbids reading it later."""
    return read_once(lesson.library_file(module))


@cache
def read_once(path: Path) -> str:
    return path.read_text("utf-8")


def prepare(lesson: Lesson) -> None:
    """Compile every mistake now, so that a diagnosis is quick and reads no file. Nothing runs."""
    observers(lesson.folder)
    killers(lesson.folder)
    for mistake in mistakes(lesson.folder):
        module = lesson.module_of(mistake.function)
        source = library_text(lesson, module)
        compiled(module, source)
        compiled(module, wrong_source(lesson.folder, mistake, source))


def observe(lesson: Lesson, function: str, module: ModuleType, leave: bool = False) -> dict | None:
    """The observer's results for one function of a module; None if none exists, or it raises.

    Args:
        leave: whether to put off slow results until they are needed. Then `module` must not change.
    """
    look = getattr(observers(lesson.folder), function.replace(".", "_"), None)
    if look is None or not is_there(module, function):
        return None
    state = torch.get_rng_state()
    shared = vars(observers(lesson.folder))
    kept = {name: value.clone() for name, value in shared.items() if isinstance(value, Tensor)}
    try:
        torch.default_generator.manual_seed(0)
        with torch.enable_grad():  # a learner's function may have turned gradients off
            return as_arrays(look(module), leave)
    except KeyboardInterrupt:
        raise
    except BaseException:  # also a learner's sys.exit
        return None
    finally:
        torch.set_rng_state(state)
        shared.update(kept)  # a learner's function may have written into them


def is_there(module: ModuleType, function: str) -> bool:
    """Whether a module has a function or method. A learner may have deleted or renamed it."""
    owner, _, name = function.rpartition(".")
    there = getattr(getattr(module, owner, None) if owner else module, name, None)
    return there is not None and not hasattr(there, "is_absent")


@cache
def observed(lesson_folder: str, function: str, module: str, source: str) -> dict | None:
    """The observer's results for a source that no learner changes: the library or a mistake."""
    lesson = find(lesson_folder)
    return observe(lesson, function, execute(lesson, module, source), leave=True)


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


@dataclass(frozen=True)
class Match:
    """A mistake that gives the same observation as the learner's function."""

    mistake: Mistake
    telling: bool  # whether its numbers are too special to agree by coincidence


class Diagnosis:
    """Finds the mistakes in a learner's modules, function by function."""

    def __init__(
        self,
        lesson: Lesson,
        modules: dict[str, ModuleType],
        outcomes: dict | None = None,
        changed: str = "",
        alive: Callable[[], None] = lambda: None,
    ):
        """Prepare to compare `modules` with the library and with its mistakes.

        Args:
            outcomes: the outcome of each test that has run. None: do not compare outcomes.
            changed: the only function that differs from the library's, if that is known.
            alive: is called while mistakes are compared, which is slow on a slow computer.
        """
        self.lesson = lesson
        self.modules = modules
        self.outcomes = outcomes
        self.changed = changed
        self.alive = alive
        self.end = float("inf")
        self.seen: dict[str, dict | None] = {}
        self.right_alone: dict[str, bool] = {}
        self.compared: dict[tuple[str, str], Match | None] = {}
        self.source = {m: library_text(lesson, m) for m in lesson.write}

    @cached_property
    def library(self) -> dict[str, ModuleType]:
        """The library's modules, made anew."""
        return {m: execute(self.lesson, m, text) for m, text in self.source.items()}

    def alone(self, function: str) -> dict | None:
        """The observation of one learner's function that calls only library functions."""
        if self.changed not in ("", function):
            return self.right(function)
        if function not in self.seen:
            module = self.lesson.module_of(function)
            if self.changed:  # all else is the library's: a mistake is observed once for all trials
                text = Path(self.modules[module].__file__).read_text("utf-8")
                self.seen[function] = observed(self.lesson.folder, function, module, text)
            else:
                names = self.lesson.write[module]
                with Alone(self.modules[module], self.library[module], names, function) as mixed:
                    self.seen[function] = observe(self.lesson, function, mixed)
        return self.seen[function]

    def right(self, function: str) -> dict | None:
        module = self.lesson.module_of(function)
        return observed(self.lesson.folder, function, module, self.source[module])

    def is_right(self, function: str) -> bool:
        """Whether a learner's function is right by itself, as far as the observer sees."""
        if function not in self.right_alone:
            right = equal(self.alone(function), self.right(function), 10 * RTOL)
            self.right_alone[function] = right
        return self.right_alone[function]

    def matches(self, function: str, among: list[Mistake]) -> list[Match]:
        """The mistakes whose observation of `function` equals the learner's, if that is wrong."""
        if self.alone(function) is None or self.is_right(function):
            return []
        here, found = self.lesson.write[self.lesson.module_of(function)], []
        for mistake in [one for one in among if one.function in here]:
            if time.process_time() > self.end:
                return []  # another one might have the same results
            self.alive()
            key = function, mistake.id
            if key not in self.compared:  # else an earlier failed test has compared them
                self.compared[key] = self.compare(function, mistake)
            found.append(self.compared[key])
        return [match for match in found if match]

    def theirs(self, function: str, mistake: Mistake) -> dict | None:
        """The observation of a function in the library's module with a mistake in it."""
        module, folder = self.lesson.module_of(function), self.lesson.folder
        wrong = wrong_source(folder, mistake, self.source[module])
        return observed(folder, function, module, wrong)

    def compare(self, function: str, mistake: Mistake) -> Match | None:
        """The match of a mistake with the learner's function, unless they differ."""
        seen, right = self.alone(function), self.right(function)
        theirs = self.theirs(function, mistake)
        if theirs is not seen and not agree(seen, theirs, right):
            return None
        if not (mistake.overflows or is_evidence(theirs, right)):
            return None
        return Match(mistake, is_telling(theirs, right))

    def of(self, function: str, test: str = "") -> str:
        """The sentence about the mistake behind a failed test of `function`, or nothing."""
        self.end = time.process_time() + SECONDS
        found = self.find(function, test)
        found = [one for one in found if one.telling or self.tests_agree(one)]
        return sentence([one.mistake for one in found], function) if len(found) <= MOST else ""

    def possible(self, functions: list[str], test: str) -> list[Mistake]:
        """The mistakes in these functions that the failed test rejects and no passed test rejects.

        If the test passes on a mistake, it has failed here for another reason.
        """
        listed = [one for f in functions for one in mistakes_in(self.lesson.folder, f)]
        if self.outcomes is None:
            return listed
        passed = {name for name, outcome in self.outcomes.items() if outcome == "passed"}
        found = []
        for one in listed:
            known = killers(self.lesson.folder).get(one.id)
            rejects = not test or known is None or test in known or test in one.unsure
            if rejects and passed.isdisjoint(known or ()):  # None: the mistake is new
                found.append(one)
        return found

    def tests_agree(self, match: Match) -> bool:
        """Whether the tests that have run fail exactly where they fail on the mistake."""
        if self.outcomes is None:
            return True
        function = match.mistake.function
        known = killers(self.lesson.folder).get(match.mistake.id)
        if known is None:  # the mistake is new
            return True
        own = self.lesson.tests_of(function) - set(match.mistake.unsure)
        ran = {name: outcome == "failed" for name, outcome in self.outcomes.items() if name in own}
        return all(failed == (name in known) for name, failed in ran.items())

    def find(self, function: str, test: str) -> list[Match]:
        """The mistakes that explain a failed test of a function."""
        if function not in self.lesson.functions:
            return []
        needed = needs(self.lesson.folder, function)
        if not self.is_right(function):
            own = self.matches(function, self.possible([function], test))
            if own:
                return own
            # The function may do a helper's work itself, and wrongly.
            theirs = self.matches(function, self.possible(needed, test))
            return [Match(inside(one.mistake, function), True) for one in theirs if one.telling]
        for other in needed:
            found = self.matches(other, self.possible([other], test))
            if found:
                return found
        return []


@cache
def needs(lesson_folder: str, function: str) -> list[str]:
    """The other taught functions that the library's version calls, directly or not."""
    lesson = find(lesson_folder)
    trees = [tree_of(library_text(lesson, module)) for module in lesson.write]
    found, left = set(), [function]
    while left:
        name = left.pop()
        for tree in trees:
            try:
                node = find_function(tree, name)
            except LookupError:
                continue
            words = {getattr(n, "id", None) or getattr(n, "attr", None) for n in ast.walk(node)}
            new = {f for f in lesson.functions if f.rpartition(".")[2] in words} - found
            found |= new
            left += new
    return [other for other in lesson.functions if other in found - {function}]


def is_aside(key: str | int) -> bool:
    """Whether a key is left out of the comparison with a mistake that is not about it."""
    return key in ASIDE or str(key).startswith("also ")


def agree(seen: dict, theirs: dict | None, right: dict) -> bool:
    """Whether two observations are equal; in special cases only if the mistake is about them."""
    if theirs is None or not equal(numbers_of(seen), numbers_of(theirs)):
        return False  # so the device need not be found, which is slow
    kinds = bool | str | Later
    aside = [key for key in {**seen, **theirs} if is_aside(key)]
    same = [k for k in aside if isinstance(right.get(k), kinds) and equal(theirs.get(k), right[k])]
    about = {*aside}.difference(same)
    return all(equal(seen.get(key), theirs.get(key)) for key in about)


def numbers_of(seen: dict) -> dict:
    """An observation without the special cases."""
    return {key: value for key, value in seen.items() if not is_aside(key)}


@cache
def killers(lesson_folder: str) -> dict[str, list[str]]:
    """For each mistake's id, the tests that reject it on every CPU."""
    return known_killers(find(lesson_folder))


def inside(mistake: Mistake, function: str) -> Mistake:
    """A helper's mistake, made in the function that should call the helper."""
    return replace(mistake, function=function)


def sentence(found: list[Mistake], function: str) -> str:
    """`the mistake: …`, with every mistake that the results cannot tell apart."""
    if not found:
        return ""
    place = "" if function in ("", found[0].function) else f" is in {found[0].function}"
    return f"the mistake{place}: " + " Or: ".join(one.says for one in found)
