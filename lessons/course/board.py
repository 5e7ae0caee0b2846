"""The board: every lesson, what is next, and the command for it."""

import os
import sys

from lessons.course.desk import Status, load, status
from lessons.course.manifest import ROOT, lessons

SIGNS = {"passed": "●", "failed": "×", "unstarted": "○", "not run": "·", "skipped": "s"}
MARKS = {"new": "○", "unchecked": "◐", "begun": "◐", "done": "●"}
PLAIN = {"○": "o", "◐": "-", "●": "*", "…": "...", "×": "x", "·": "."}
COLOURS = {"new": "2", "unchecked": "33", "begun": "33", "done": "32", "bad": "31", "bold": "1"}


def can_print(text: str, stream=None) -> bool:
    try:
        text.encode(getattr(stream or sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def plain(text: str, stream=None) -> str:
    """The text with what the console cannot show replaced."""
    if can_print(text, stream):
        return text
    for sign, other in PLAIN.items():
        if not can_print(sign, stream):
            text = text.replace(sign, other)
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    return text.encode(encoding, errors="replace").decode(encoding)


def colour(text: str, kind: str, stream=None) -> str:
    """The text in colour, on a terminal that wants it."""
    stream = stream or sys.stdout
    if not stream.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return text
    return f"\033[{COLOURS[kind]}m{text}\033[0m"


def word(found: Status) -> str:
    """The state of a lesson in words."""
    steps = len(found.lesson.steps)
    if found.state == "new":
        return f"not started    {steps} steps, {found.lesson.minutes} min"
    if found.state == "unchecked":
        return "changed since the last check"
    if found.state == "done":
        return "done"
    if found.problem:
        return found.problem
    failed = [test.step for test in found.lesson.tests if found.outcomes.get(test.name) == "failed"]
    now = f"wrong: {failed[0]}" if failed else f"next: {found.next_step}"
    return f"{found.done} of {steps} steps, {now}"


def board() -> str:
    """The board from what is remembered; runs nothing."""
    remembered = load()
    all_of_them = [status(lesson, remembered) for lesson in lessons()]
    lines = []
    for found in all_of_them:
        mark = colour(MARKS[found.state], "bad" if found.problem else found.state)
        lines.append(f" {mark} {found.lesson.number:>2}  {found.lesson.name:<14}{word(found)}")
    lines += ["", *advice(all_of_them)]
    return plain("\n".join(lines))


def advice(all_of_them: list[Status]) -> list[str]:
    """What to do next."""
    lines = []
    for found in all_of_them:
        for module in found.changed:
            lines.append(
                f"An update changed the blank of {module}.py since you began; your file is as you "
                f"left it. See: python -m lessons diff {found.lesson.number}"
            )
    now = next((one for one in all_of_them if one.state in ("begun", "unchecked")), None)
    now = now or next((one for one in all_of_them if one.state == "new"), None)
    if now is None:
        numbers = [one.lesson.number for one in all_of_them]
        lines.append("All done. Train with your own code:")
        span = f"{min(numbers)}-{max(numbers)}" if len(numbers) > 1 else f"{numbers[0]}"
        lines.append(f"  python -m lessons train {span} -- --data shapes")
        return lines
    lesson = now.lesson
    folder = (ROOT / "lessons" / lesson.folder).relative_to(ROOT).as_posix()
    step = now.next_step if now.state != "unchecked" else ""
    test = next((test for test in lesson.tests if test.step == step), None)
    file = lesson.show(lesson.learner_file(lesson.module_of(test.function))) if test else ""
    if step:
        what = step if step == test.function else f"{step} ({test.function})"
        lines.append(f"Next: {what}, in {file}")
    lines.append(f"  pytest {folder}")
    lines.append(f"  python -m lessons hint {lesson.number}")
    lines.append(f"  {lesson.page}")
    return lines
