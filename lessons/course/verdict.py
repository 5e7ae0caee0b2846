"""The verdict on one lesson, built from the events that the child process reports."""

from dataclasses import dataclass, field

from lessons.course.manifest import Lesson
from lessons.course.terminal import cut

SIGNS = {"passed": "●", "failed": "×", "unstarted": "○", "not run": "·"}
WORST = ["passed", "failed", "unstarted", "not run"]  # the worse outcome counts
LINES = 7  # lines in the longest message, before the terminal wraps them
NAMED = 400  # characters in the longest sentence about a mistake


@dataclass
class Verdict:
    lesson: Lesson
    tests: list[str]  # the names of the tests that were asked for
    outcomes: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)  # by test: what is said about the mistake
    printed: dict[str, str] = field(default_factory=dict)
    problem: str = ""  # what is wrong with the whole file; no test has run then
    now: str = ""  # the test that is running
    importing: str = ""  # the module that is being imported
    looking: str = ""  # the failed test whose mistake is being looked for
    ready: bool = False
    judged: bool = False  # every result has come; places of mistakes may still follow
    done: bool = False
    stopped: bool = False  # before it was done, because the learner saved or pressed a key

    def hear(self, event: dict) -> None:
        """Note one event of the child."""
        kind, test = event["event"], event.get("test", "")
        if kind in ("ready", "judged", "done"):
            setattr(self, kind, True)
        elif kind == "import":
            self.importing = event["module"]
        elif kind == "problem":
            self.problem = self.problem or event["message"]
        elif kind == "start":
            self.now, self.importing, self.looking = test, "", ""
        elif kind == "result":
            self.now = ""
            # A parametrized test has several results: the worst is kept, with the first message.
            before = self.outcomes.get(test, "passed")
            self.outcomes[test] = max(before, event["outcome"], key=WORST.index)
            self.messages[test] = self.messages.get(test) or event["message"]
            self.printed[test] = self.printed.get(test, "") + event["printed"]
        elif kind == "looking":
            self.looking = test
        elif kind == "diagnosis":
            self.named[test] = event["message"]

    def blame(self, said: str) -> None:
        """The run ended before its verdict: give the reason to the test that was running."""
        if self.now:
            self.outcomes[self.now] = "failed"
            self.messages[self.now] = said
        elif self.looking:
            self.named[self.looking] = said
        elif not self.problem:
            self.problem = said

    def place(self) -> str:
        """Where the child is now, or was at its last report."""
        if self.importing:
            return f"while {self.importing}.py was imported"
        if self.looking:
            return "on other inputs, while the tool looked for your mistake"
        if self.now:
            judged = {test.name: test.function for test in self.lesson.tests}
            return f"in {judged.get(self.now) or self.now}"
        return "after a test" if self.outcomes else "before the first test"

    def close(self) -> None:
        """Mark each test without a result as not run."""
        for test in self.tests:
            self.outcomes.setdefault(test, "not run")

    def message(self, test: str, told: dict[str, str] | None = None) -> str:
        """What to tell the learner about a test: at most seven lines, the named mistake last.

        Args:
            told: for each sentence about a mistake or a place, the first test that it was said
                about. Later tests refer to that one.
        """
        tail = [cut(line, NAMED) for line in self.named.get(test, "").splitlines()]
        if told is not None:
            tail = [referring(line, told, test) for line in tail]
        lines = self.messages.get(test, "").split("\n")
        room = LINES - len(tail)
        if len(lines) > room:
            lines[room - 1 :] = [lines[room - 1] + " …"]
        return "\n".join(lines + tail)

    @property
    def passed(self) -> bool:
        return not self.problem and all(self.outcomes.get(t) == "passed" for t in self.tests)

    @property
    def failed(self) -> list[str]:
        return [test for test, outcome in self.outcomes.items() if outcome == "failed"]


def referring(line: str, told: dict[str, str], test: str) -> str:
    """A line about a mistake or a place, or a reference to the first test that said the same."""
    kind, colon, said = line.partition(": ")
    if not colon or not kind.startswith(("the mistake", "the place")):
        return line
    first = told.setdefault(said, test)
    return line if first == test else f"{kind}: the same as for {first}"
