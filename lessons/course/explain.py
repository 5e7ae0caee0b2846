"""Turns an error in a learner's file into a message of a few lines."""

import linecache
import re
import traceback
from pathlib import Path

import pytest

from lessons.course import check
from lessons.course.manifest import Lesson, Test
from lessons.course.sandbox import Missing
from lessons.course.show import kind
from lessons.course.terminal import cut

WIDTH = 240  # characters in the longest line; the terminal wraps it


def explain(error: BaseException, lesson: Lesson, test: Test, files: dict) -> tuple[str, str]:
    """The outcome of a test that raised `error`, `unstarted` or `failed`, and the message."""
    missing = not_written(error, lesson.number)
    if missing:
        also = "" if test.function in (missing, "") else f" ({test.function} needs it here)"
        return "unstarted", f"{missing} is not written yet{also}."
    claim = f"{test.claim}\n" if test.claim else ""
    place = where(error, files)
    if isinstance(error, SystemExit):
        return "failed", f"{claim}Your code ends the program ({place}); it must return."
    if isinstance(error, Missing):
        return "failed", text_of(error)
    if isinstance(error, AssertionError | pytest.fail.Exception) and not place:
        said = text_of(error)
        if not isinstance(error, check.Wrong):
            said = check.message(assertion(said), check.last_call())
        return "failed", (claim + said).rstrip("\n") or "This does not hold."
    text = cut(text_of(error).strip().split("\n")[0], WIDTH)
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if place:
        return "failed", f"{claim}{said}\n{place}"
    if check.latest and check.latest[0].returned:  # then the test could not use the result
        call = check.latest[0]
        said = f"The test cannot use what {call.name} returned, {kind(call.value)}\n({said})"
    return "failed", f"{claim}{said}"


def text_of(error: BaseException) -> str:
    """What an error says; nothing if it is of a learner's class that cannot be printed."""
    try:
        return str(error)
    except Exception:
        return ""


def not_written(error: BaseException, number: int) -> str:
    """The function that this error says is not written yet, or nothing."""
    if isinstance(error, NotImplementedError):
        found = re.fullmatch(rf"lesson {number}: write (.+)", text_of(error))
        return found.group(1) if found else ""
    return ""


def assertion(text: str) -> str:
    """What an assertion of a test says, without what pytest adds for a reader of the test."""
    own, _, rewritten = ("\n" + text).partition("\nassert ")
    if own:
        return "\n".join(cut(line, WIDTH) for line in own.strip("\n").split("\n"))
    compared = rewritten.split("\n")[0]  # without a sentence, only a comparison says something
    says_more = re.search(r" [=!<>]=? | in ", compared)
    return cut(f"This does not hold: {compared}", WIDTH) if says_more else ""


def frame(error: BaseException, files: dict) -> traceback.FrameSummary | None:
    """The innermost line of the learner's code that the error passed through."""
    own = {str(path) for path in files.values()}
    for one in reversed(traceback.extract_tb(error.__traceback__)):
        if one.filename in own:
            return one
    return None


def where(error: BaseException, files: dict) -> str:
    """File, line, function and text of that line, or nothing if there is none."""
    found = frame(error, files)
    if not found:
        return ""
    line = (linecache.getline(found.filename, found.lineno) or "").strip()
    return f"{Path(found.filename).name}, line {found.lineno}, in {found.name}:  {cut(line, 80)}"


def import_problem(error: BaseException, path: Path) -> str:
    """Why a learner's file cannot be imported, in one sentence."""
    name = Path(path).name
    if isinstance(error, SyntaxError) and error.filename == str(path):
        line = (error.text or "").strip()
        return f"{name}, line {error.lineno}, is not Python: {error.msg}:  {line}"
    if isinstance(error, SystemExit):
        return f"{name} ends the program while it is imported; only functions belong there."
    text = cut(text_of(error).split("\n")[0], WIDTH)
    if "null bytes" in text:
        return f"{name} is not saved as UTF-8; choose that in your editor."
    place = where(error, {"": path})
    said = f"{name} cannot be imported. {type(error).__name__}: {text}"
    return f"{said}  ({place})" if place else said


def collect_problem(text: str) -> str:
    """Why the tests cannot be loaded, in one sentence; `text` is what pytest says."""
    lines = text.strip().splitlines()
    last = next((line for line in reversed(lines) if "Error" in line), lines[-1])
    found = re.search(r"cannot import name '(\w+)' from '(simclr_mini\.\w+)'", last)
    if found:
        name, module = found.group(1), found.group(2).rpartition(".")[2]
        return f"{module}.py no longer has `{name}`. You need not write it, but it must be there."
    return f"The tests cannot be loaded. {cut(last.removeprefix('E   '), WIDTH)}"
