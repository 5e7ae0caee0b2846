"""Finds the place of a mistake that has no name: one small change there makes the function right.

A catalogue of mistakes is never complete. This search needs none. It makes one small change after
another in the learner's function (`edits.py`) until all tests of the function pass and the lesson's
observer gets the right results. Then it says where that change is and of what kind, but not the
answer itself. What it says has been tried out, so it is true.

Only the function's code object is exchanged, so that the tests, the module and the learner's
classes all meet the changed version. Everything runs at the end of the learner's process, after the
last result was reported.
"""

import ast
import signal
import time
import warnings
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

from lessons.course import check, direct
from lessons.course.blank import find_function
from lessons.course.diagnosis import Alone, Diagnosis, observe
from lessons.course.edits import Edit, Words, edits
from lessons.course.evidence import RTOL, equal
from lessons.course.fixtures import random_states
from lessons.course.manifest import Lesson, Test

SECONDS = 1.2  # CPU time for all functions of a lesson
EACH = 0.25  # CPU seconds for one change; what takes longer may be an endless loop
HAS_TIMER = hasattr(signal, "setitimer")  # without it an endless loop could not be left


class TooLong(BaseException):
    """Ends a trial. It is not an Exception, so that a learner's `except Exception` lets it pass."""


class Locator:
    """Looks for the places of mistakes in a learner's modules."""

    def __init__(self, lesson: Lesson, modules: dict[str, ModuleType], seconds: float = SECONDS):
        self.lesson, self.modules = lesson, modules
        self.diagnosis = Diagnosis(lesson, modules)
        self.end = time.process_time() + seconds
        self.files: dict[Path, ModuleType] = {}  # the lesson's tests, loaded once

    def of(self, function: str, failed: list[str]) -> str:
        """The sentence about the place of the mistake in a function, or nothing.

        Args:
            failed: the names of the function's tests that fail, the quickest first.
        """
        if not HAS_TIMER or self.diagnosis.is_right(function):
            return ""
        name = self.lesson.module_of(function)
        module, library = self.modules[name], self.diagnosis.library[name]
        tree = ast.parse(Path(module.__file__).read_text("utf-8"))
        words = Words(find_function(ast.parse(self.diagnosis.source[name]), function))
        tests = [test for test in self.lesson.tests if test.function == function]
        tests.sort(key=lambda test: failed.index(test.name) if test.name in failed else len(failed))
        with Alone(module, library, self.lesson.write[name], function):
            for changed in [function, *own_helpers(module, library)]:
                try:
                    node, target = find_function(tree, changed), code_owner(module, changed)
                except (LookupError, AttributeError):  # it is defined in another way
                    continue
                if keeps_state(node, vars(module)):  # a trial would find what an earlier one left
                    continue
                with Trials(target) as trials:
                    for edit in edits(node, words, set(vars(module))):
                        if time.process_time() > self.end:
                            return ""
                        passes = partial(self.passes, function, tests)
                        if trials.make(edit, node) and trials.run(passes):
                            return sentence(edit, changed, Path(module.__file__))
        return ""

    def passes(self, function: str, tests: list[Test]) -> bool:
        """Whether the tests pass and the observer gets what it gets from the library."""
        if not all(self.passes_test(test) for test in tests):
            return False
        module = self.modules[self.lesson.module_of(function)]
        seen = observe(self.lesson, function, module)
        return equal(seen, self.diagnosis.right(function), 10 * RTOL)

    def passes_test(self, test: Test) -> bool:
        if test.path not in self.files:
            self.files[test.path] = direct.load(test.path)
        file = self.files[test.path]
        function = getattr(file, test.name)
        check.start()
        try:
            with random_states(test.name), pytest.MonkeyPatch.context() as patch:
                function(**direct.arguments(function, file, self.lesson, patch))
        except (KeyboardInterrupt, TooLong):
            raise
        except BaseException:  # also a learner's sys.exit
            return False
        return True


def keeps_state(function: ast.FunctionDef, known: dict) -> bool:
    """Whether a function may remember earlier calls: in a default, or in a list of its module."""
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    if any(isinstance(one, ast.Dict | ast.List | ast.Set | ast.Call) for one in defaults):
        return True
    names = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)}
    return any(isinstance(known.get(name), dict | list | set) for name in names)


def own_helpers(module: ModuleType, library: ModuleType) -> list[str]:
    """The functions that the learner has added to the module."""
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, FunctionType)
        and value.__module__ == module.__name__
        and not hasattr(library, name)
    ]


def code_owner(module: ModuleType, function: str):
    """The plain function behind `f` or `Class.f`, whatever decorates it."""
    owner, _, name = function.rpartition(".")
    found = vars(getattr(module, owner) if owner else module)[name]
    found = getattr(found, "__func__", found)  # of a static method
    while hasattr(found, "__wrapped__"):
        found = found.__wrapped__
    if not hasattr(found, "__code__"):
        raise LookupError(f"{function} is not a plain function")
    return found


class Trials:
    """Replaces a function's code again and again, and restores it at the end."""

    PARTS = ("__code__", "__defaults__", "__kwdefaults__")

    def __init__(self, target):
        self.target = target
        self.kept = {part: getattr(target, part) for part in self.PARTS}
        self.tried: set[str] = set()

    def make(self, edit: Edit, node: ast.FunctionDef) -> bool:
        """Change the function. Returns False if the result is not a new, valid function."""
        with edit.made(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                text = ast.unparse(node)
                if text in self.tried:
                    return False
                self.tried.add(text)
                space = dict(self.target.__globals__)
                exec(compile(text, "<changed>", "exec"), space)
                made = code_owner(ModuleIn(space), node.name)
                for part in self.PARTS:
                    setattr(self.target, part, getattr(made, part))
            except Exception:  # not valid Python, or it needs a cell such as super()'s
                return False
        return True

    def run(self, passes) -> bool:
        """Whether `passes()` returns True in time."""

        def stop(*_):
            raise TooLong

        before = signal.signal(signal.SIGVTALRM, stop)
        try:
            signal.setitimer(signal.ITIMER_VIRTUAL, EACH)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return passes()
        except TooLong:
            return False
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            signal.signal(signal.SIGVTALRM, before)

    def __enter__(self) -> "Trials":
        return self

    def __exit__(self, *_) -> None:
        for part, value in self.kept.items():
            setattr(self.target, part, value)


class ModuleIn:
    """A namespace in the form that `code_owner` reads."""

    def __init__(self, space: dict):
        self.__dict__ = space


def sentence(edit: Edit, function: str, file: Path) -> str:
    return f"the place: {file.name}, line {edit.line}, in {function}: it is right {edit.says}."
