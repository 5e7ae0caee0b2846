"""How far the learner is in each lesson, as the remembered verdicts say. Nothing runs here."""

from dataclasses import dataclass, field

from lessons.course.files import changed_blanks, hash_of, untouched
from lessons.course.manifest import Lesson
from lessons.course.memory import load, save


@dataclass
class Status:
    """What is known of a lesson without running it."""

    lesson: Lesson
    state: str  # new, begun, unchecked, done
    outcomes: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    changed: list[str] = field(default_factory=list)  # modules whose blank an update has changed

    def step_done(self, step: str) -> bool:
        tests = [test.name for test in self.lesson.tests if test.step == step]
        return all(self.outcomes.get(name) == "passed" for name in tests)

    @property
    def done(self) -> int:
        return sum(self.step_done(step) for step in self.lesson.steps)

    @property
    def next_step(self) -> str:
        return next((step for step in self.lesson.steps if not self.step_done(step)), "")


def status(lesson: Lesson, remembered: dict | None = None) -> Status:
    """The state of a lesson, from `remembered` or from what the disk holds."""
    known = (load() if remembered is None else remembered).get(lesson.folder, {})
    found = Status(lesson, "new", changed=changed_blanks(lesson, known))
    if untouched(lesson):
        return found
    if known.get("hash") != judged(lesson):
        found.state = "unchecked"
        return found
    found.outcomes = known.get("outcomes", {})
    found.problem = known.get("problem", "")
    if not found.problem and not found.next_step:
        found.state = "done"
    elif found.problem or any(outcome != "unstarted" for outcome in found.outcomes.values()):
        found.state = "begun"
    return found


def judged(lesson: Lesson) -> str:
    """The hash of all that a verdict depends on: the learner's files and the tests."""
    return hash_of(*(lesson.learner_file(module) for module in lesson.write), *lesson.test_files)


def remember(lesson: Lesson, outcomes: dict[str, str], problem: str, hash: str) -> None:
    """Keep the verdict on the files with this hash. Tests that did not run keep their outcome."""
    known = load().get(lesson.folder, {})
    before = known.get("outcomes", {}) if known.get("hash") == hash and not problem else {}
    save(lesson.folder, outcomes={**before, **outcomes}, problem=problem, hash=hash)
