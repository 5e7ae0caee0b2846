"""The board: a line for each lesson, then what is next and the commands for it."""

from lessons.course.manifest import lessons
from lessons.course.memory import load
from lessons.course.progress import Status, status
from lessons.course.terminal import colour, plain

MARKS = {"new": "○", "unchecked": "◐", "begun": "◐", "done": "●"}


def board() -> str:
    """The board, made from what is remembered. Nothing runs."""
    remembered = load()
    all_of_them = [status(lesson, remembered) for lesson in lessons()]
    lines = []
    for found in all_of_them:
        mark = colour(MARKS[found.state], "bad" if found.problem else found.state)
        lines.append(f" {mark} {found.lesson.number:>2}  {found.lesson.name:<14}{in_words(found)}")
    lines += ["", *updates(all_of_them), *advice(all_of_them)]
    return plain("\n".join(lines))


def in_words(found: Status) -> str:
    """The state of a lesson in a few words."""
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


def updates(all_of_them: list[Status]) -> list[str]:
    """A line for each blank that an update has changed."""
    return [
        f"An update changed the blank of {module}.py after you began. Your file is as you left it. "
        f"To see the change: python -m lessons diff {found.lesson.number}"
        for found in all_of_them
        for module in found.changed
    ]


def advice(all_of_them: list[Status]) -> list[str]:
    """What to do next."""
    now = next((one for one in all_of_them if one.state in ("begun", "unchecked")), None)
    now = now or next((one for one in all_of_them if one.state == "new"), None)
    if now is None:
        numbers = [one.lesson.number for one in all_of_them]
        span = f"{min(numbers)}-{max(numbers)}" if len(numbers) > 1 else f"{numbers[0]}"
        return [
            "All lessons are done. Train with your own code:",
            f"  python -m lessons train {span} -- --data shapes",
        ]
    lesson = now.lesson
    step = now.next_step if now.state != "unchecked" else ""
    test = next((test for test in lesson.tests if test.step == step), None)
    lines = []
    if test:
        file = lesson.show(lesson.learner_file(lesson.module_of(test.function)))
        what = step if step == test.function else f"{step} ({test.function})"
        lines.append(f"Next: {what}, in {file}")
    lines.append(f"  pytest lessons/{lesson.folder}")
    lines.append(f"  python -m lessons hint {lesson.number}")
    lines.append(f"  {lesson.page}")
    return lines
