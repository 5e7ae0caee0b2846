"""How far the learner is in each lesson, by the remembered verdicts. Nothing runs here."""

from dataclasses import dataclass, field

from lessons.course.files import changed_blanks, hash_of, untouched
from lessons.course.manifest import Lesson
from lessons.course.memory import load, save


@dataclass
class Status:
    """What is known about a lesson without running it."""

    lesson: Lesson
    state: str = "new"  # new, begun, unchecked, done
    outcomes: dict[str, str] = field(default_factory=dict)  # the last of each test, maybe outdated
    current: dict[str, str] = field(default_factory=dict)  # those for the files as they are now
    problem: str = ""
    changed: list[str] = field(default_factory=list)  # modules whose blank an update has changed

    def step_done(self, step: str) -> bool:
        tests = [test.name for test in self.lesson.tests if test.step == step]
        return all(self.outcomes.get(name) == "passed" for name in tests)

    @property
    def done(self) -> int:
        return sum(self.step_done(step) for step in self.lesson.steps)

    @property
    def wrong_step(self) -> str:
        """The first step with a test that fails, or nothing."""
        tests = self.lesson.tests
        return next((one.step for one in tests if self.outcomes.get(one.name) == "failed"), "")

    @property
    def next_is_wrong(self) -> bool:
        """Whether the learner has tried the next step and failed.

        A function may be finished up to an earlier step; then the next one counts as not tried.
        """
        tests = [one for one in self.lesson.tests if one.step == self.wrong_step]
        earlier = self.lesson.steps[: self.lesson.steps.index(self.wrong_step)] if tests else []
        functions = {one.function for one in tests}
        before = {one.step for one in self.lesson.tests if one.function in functions}
        left_out = any(self.step_done(step) for step in earlier if step in before)
        all_fail = all(self.outcomes.get(one.name) == "failed" for one in tests)
        return bool(tests) and not (left_out and all_fail)

    @property
    def next_step(self) -> str:
        """The step to go on with, or nothing if all of them pass."""
        left = (step for step in self.lesson.steps if not self.step_done(step))
        return self.wrong_step or next(left, "")


def status(lesson: Lesson, remembered: dict | None = None) -> Status:
    """The state of a lesson, from `remembered` or from what the disk holds."""
    known = (load() if remembered is None else remembered).get(lesson.folder, {})
    found = Status(lesson, changed=changed_blanks(lesson, known))
    if untouched(lesson):
        return found
    now = judged(lesson)
    names = [test.name for test in lesson.tests]
    heard, on = known.get("outcomes", {}), known.get("on", {})
    found.outcomes = {name: heard[name] for name in names if name in heard}
    found.current = {name: heard[name] for name in found.outcomes if on.get(name) == now}
    found.problem = known.get("problem", "") if known.get("hash") == now else ""
    found.state = state_of(found)
    return found


def state_of(found: Status) -> str:
    """The state of a lesson whose file the learner has changed."""
    if found.problem or "failed" in found.current.values():
        return "begun"
    if len(found.current) < len(found.lesson.tests):
        return "unchecked"
    if not found.next_step:
        return "done"
    return "new" if set(found.current.values()) == {"unstarted"} else "begun"


def judged(lesson: Lesson) -> str:
    """The hash of all that a verdict depends on: the learner's files and the tests."""
    return hash_of(*(lesson.learner_file(module) for module in lesson.write), *lesson.test_files)


def remember(lesson: Lesson, outcomes: dict[str, str], problem: str, hash: str) -> None:
    """Keep a verdict on the files with this hash. Tests that did not run keep their old outcome."""
    heard = {name: outcome for name, outcome in outcomes.items() if outcome != "not run"}
    on = dict.fromkeys(heard, hash)
    save(
        lesson.folder,
        problem=problem,
        hash=hash,
        **({"outcomes": heard, "on": on} if heard else {}),
    )


def at_work(all_of_them: list[Status], last: str) -> Status | None:
    """The lesson to go on with, or None if all are done.

    This is the lesson that the learner worked on last, or the next one that is not done. If there
    is no last one, it is the first lesson that was begun, or else the first of all.
    """
    folders = [one.lesson.folder for one in all_of_them]
    if last in folders:
        place = folders.index(last)
        in_order = all_of_them[place:] + all_of_them[:place]
    else:
        in_order = sorted(all_of_them, key=lambda one: one.state == "new")
    return next((one for one in in_order if one.state != "done"), None)
