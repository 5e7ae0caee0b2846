"""The board: a line for each lesson, then what is next and the commands for it."""

from lessons.course.manifest import Lesson, lessons, typed
from lessons.course.memory import load
from lessons.course.progress import Status, at_work, status
from lessons.course.terminal import TOOL, colour, plain, wrapped

# Lessons after which the learner can train a method of simclr-mini.
METHODS = ("simclr", "gsimclr", "curation", "nnclr", "deepcluster", "moco", "swav")
MARKS = {"new": "○", "unchecked": "◐", "begun": "◐", "done": "●"}


def board(width: int = 0) -> str:
    """The board, made from what is remembered. Nothing runs."""
    remembered = load()
    all_of_them = [status(lesson, remembered) for lesson in lessons()]
    lines = []
    for found in all_of_them:
        place = f"{found.lesson.number:>2}  {found.lesson.name:<14}"
        text = wrapped(f" {MARKS[found.state]} {place}{in_words(found)}", width, hanging=21)
        mark = colour(MARKS[found.state], "bad" if found.problem else found.state)
        lines.append(text.replace(MARKS[found.state], mark, 1))
    last = remembered.get("last", "")
    advised = updates(all_of_them)
    for found in all_of_them:
        if (found.lesson.folder, found.state) == (last, "done"):
            advised += rewards(found.lesson)
    chosen = at_work(all_of_them, last)
    advised += [*still_wrong(all_of_them, chosen), *advice(chosen)]
    return plain("\n".join([*lines, "", *(wrapped(line, width) for line in advised)]))


def in_words(found: Status) -> str:
    """The state of a lesson in a few words."""
    steps = f"{len(found.lesson.steps)} steps"
    if found.state == "new":
        return f"not started    {steps}, {found.lesson.minutes} min"
    if found.state == "done":
        return "done"
    if found.problem:
        return found.problem
    if not found.outcomes:
        return "not checked yet"
    so_far = f"{found.done} of {steps}"
    if found.state == "begun":
        return f"{so_far}, {'wrong' if found.next_is_wrong else 'next'}: {found.next_step}"
    if found.current:
        return f"{so_far}, but some tests have not run since it changed"
    return f"{so_far}, changed since the last check"


def still_wrong(all_of_them: list[Status], chosen: Status | None) -> list[str]:
    """A sentence for each lesson that fails and is not the one to go on with."""
    return [
        f"Still wrong: {next_thing(found)}"
        for found in all_of_them
        if found is not chosen and (found.problem or found.next_is_wrong)
    ]


def updates(all_of_them: list[Status]) -> list[str]:
    """A sentence for each blank that an update has changed."""
    return [
        f"An update changed the blank of {module}.py after you began. Your file is as you left it. "
        f"To see the change: {TOOL} diff {found.lesson.number}"
        for found in all_of_them
        for module in found.changed
    ]


def rewards(lesson: Lesson) -> list[str]:
    """What a learner can do with a lesson that is done, a line each."""
    lines = []
    if lesson.name in METHODS:
        method = f"--method {lesson.name}"
        lines.append(f"Train with your own code: {TOOL} train {done_so_far()} -- {method}")
    if lesson.score:
        lines.append(f"See which mistakes a test of yours catches: {TOOL} score {lesson.number}")
    return [*lines, f"See other right ways: {TOOL} solution {lesson.number}"]


def done_so_far() -> str:
    """The numbers of all lessons that are done, such as `1-3,6`."""
    done = [one.number for one in lessons() if status(one).state == "done"]
    spans: list[list[int]] = []
    for number in done:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(f"{a}-{b}" if a < b else f"{a}" for a, b in spans)


def advice(found: Status | None) -> list[str]:
    """What to do next, given the lesson to go on with."""
    if found is None:
        numbers = [lesson.number for lesson in lessons()]
        span = f"{min(numbers)}-{max(numbers)}" if len(numbers) > 1 else f"{numbers[0]}"
        return [
            "All lessons are done. Train with your own code:",
            f"  {TOOL} train {span} -- --data shapes",
        ]
    lesson = found.lesson
    return [
        f"Next: {next_thing(found)}",
        f"  {lesson.check}",
        f"  {TOOL} hint {lesson.number}",
        f"  {lesson.readme}",
    ]


def next_thing(found: Status) -> str:
    """The step to go on with, and its file."""
    lesson = found.lesson
    if found.problem:
        return f"fix lesson {lesson.number} so that it runs"
    step = found.next_step
    if not step:
        return f"check lesson {lesson.number} again"
    function = next(test.function for test in lesson.tests if test.step == step)
    what = step if step == function else f"{step} ({function})"
    return f"{what}, in {typed(lesson.learner_file(lesson.module_of(function)))}"
