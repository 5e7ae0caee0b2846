"""Calls a lesson's tests without pytest, for the proofs, which run them a thousand times.

It supports only what the lessons use: functions whose arguments are `oracle`, `monkeypatch` or
fixtures of their file.
"""

import importlib.util
import inspect
import sys
from functools import cache, partial
from pathlib import Path

import pytest

from lessons.course.fixtures import random_states
from lessons.course.manifest import Lesson, Test
from lessons.course.ways import oracle


def run_tests(lesson: Lesson, tests: list[Test], reporter, stop: bool = False) -> None:
    """Run tests in this order and tell the reporter about each.

    Args:
        reporter: has `begin(name)` and `tell(name, error)`, as `runner.Reporter` has.
        stop: whether to stop at the first failure.
    """
    modules = {}
    for test in tests:
        reporter.begin(test.name)
        error = None
        try:
            if test.path not in modules:
                modules[test.path] = load(test.path)
            function = getattr(modules[test.path], test.name)
            with random_states(test.name), pytest.MonkeyPatch.context() as patch:
                function(**arguments(function, modules[test.path], lesson, patch))
        except KeyboardInterrupt:
            raise
        except BaseException as caught:  # also a learner's sys.exit
            error = caught
        reporter.tell(test.name, error)
        if error and stop:
            return


def load(path: Path):
    """A test file as a new module, which imports the modules that are installed now."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    exec(code_of(path), module.__dict__)
    return module


@cache
def code_of(path: Path):
    return compile(path.read_text("utf-8-sig"), str(path), "exec")


def arguments(function, module, lesson: Lesson, patch: pytest.MonkeyPatch) -> dict:
    """What a test or a fixture asks for by the names of its parameters."""
    given = {"oracle": partial(oracle, lesson), "monkeypatch": patch}
    asked = {}
    for name in inspect.signature(function).parameters:
        if name in given:
            asked[name] = given[name]
        else:  # a fixture of the file
            make = getattr(module, name)
            make = getattr(make, "_get_wrapped_function", lambda make=make: make)()
            asked[name] = make(**arguments(make, module, lesson, patch))
    return asked
