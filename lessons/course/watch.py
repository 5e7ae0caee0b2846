"""`watch`: a verdict within half a second of each save, and a key for each next thing to do."""

import contextlib
import itertools
import time
from pathlib import Path

from lessons.course import board, commands, files, memory, progress
from lessons.course.fork import warm
from lessons.course.keys import Keys
from lessons.course.manifest import Lesson, desk, lessons, typed
from lessons.course.supervisor import Silence, judge
from lessons.course.terminal import say, show_code
from lessons.course.verdict import SIGNS, Verdict

KEYS = "Keys: n next lesson, h hint, l list of lessons, r run again, q quit"
LONG = 2  # seconds of computing without a report, after which we say so


def watch(lesson: Lesson) -> None:
    """Show a verdict now and after each save, until q or Ctrl-C."""
    from watchfiles import watch as changes

    names = {str(one.learner_file(m)): one for one in lessons() for m in one.write}
    saves = changes(
        desk(),
        watch_filter=lambda _, path: path in names,
        debounce=30,
        step=5,
        rust_timeout=100,
        yield_on_timeout=True,
    )
    with Keys() as keys, contextlib.suppress(KeyboardInterrupt):
        watcher = Watcher(lesson, keys)
        if keys.on:
            say(KEYS)
        for changed in itertools.chain([()], saves):
            for _, path in changed:
                watcher.saved(names[path])
            if not watcher.go_on():
                return


class Watcher:
    """The lesson that is watched. It is the one whose file was saved last."""

    def __init__(self, lesson: Lesson, keys: Keys):
        self.keys, self.key = keys, ""
        self.by_save = False  # whether a save asked for the next verdict
        self.turn_to(lesson)

    def turn_to(self, lesson: Lesson) -> None:
        self.lesson, self.seen = lesson, ""
        files.prepare(lesson)
        memory.save_last(lesson.folder)
        self.paths = [lesson.learner_file(module) for module in lesson.write]
        self.stamps = stamps(self.paths)
        self.start = warm(lesson)
        say(f"watching {typed(self.paths[0].parent)}")

    def saved(self, lesson: Lesson) -> None:
        """A file of this lesson was saved: judge it, even if the text is the same."""
        if lesson is not self.lesson and files.untouched(lesson):
            return  # another command wrote a blank
        if lesson is not self.lesson:
            self.turn_to(lesson)
        elif stamps(self.paths) == self.stamps:  # we wrote it ourselves, or have judged it already
            return
        self.seen, self.by_save = "", True

    def go_on(self) -> bool:
        """Judge what has changed and obey a key. Returns whether to keep watching."""
        while self.key not in ("q", "n") and progress.judged(self.lesson) != self.seen:
            self.check()
        key, self.key = self.key or self.keys.pressed(), ""
        if key == "n":
            self.turn_to(following(self.lesson))
        elif key == "r":
            self.seen = ""
        elif key == "h":
            commands.hint([str(self.lesson.number)])
        elif key == "l":
            show_code(board.board())
        elif key.isprintable() and key not in ("", "q"):
            say(KEYS)
        return key != "q"

    def check(self) -> None:
        """Judge the lesson and show the verdict."""
        self.seen = progress.judged(self.lesson)
        self.stamps, self.told = stamps(self.paths), False
        verdict = judge(self.lesson, start=self.start, meanwhile=self.meanwhile)
        if verdict.stopped:
            self.by_save = stamps(self.paths) != self.stamps
            return
        saved = max(self.stamps)  # 0 if the file was deleted
        show(verdict, time.time() - saved / 1e9 if self.by_save and saved else 0.0)
        self.by_save = False
        if verdict.passed:
            self.move_on()

    def meanwhile(self, verdict: Verdict, silence: Silence) -> bool:
        """While the tests run, report a possible endless loop. Returns whether to stop the run."""
        if not self.told and silence.seconds > LONG and silence.computed() > LONG / 2:
            self.told = True
            say(f"Still computing {verdict.place()}: an endless loop? A new save ends it.")
        self.key = self.key or self.keys.pressed()
        return self.key in ("q", "n", "r") or stamps(self.paths) != self.stamps

    def move_on(self) -> None:
        """Say what comes after a lesson that is done, and turn to the next one."""
        for line in board.rewards(self.lesson):
            say(line)
        lesson = following(self.lesson)
        if lesson is not self.lesson:
            done = f"Lesson {self.lesson.number} is done. Going on with lesson {lesson.number}."
            say("\n".join(["", done, *board.advice(progress.status(lesson))]))
            self.turn_to(lesson)
            self.seen = progress.judged(lesson)  # it is judged when it is saved, or with r


def following(lesson: Lesson) -> Lesson:
    """The next lesson that is not done; the same one if there is none."""
    all_of_them = [progress.status(one) for one in lessons()]
    place = lessons().index(lesson) + 1
    in_order = all_of_them[place:] + all_of_them[:place]
    return next((one.lesson for one in in_order if one.state != "done"), lesson)


def stamps(paths: list[Path]) -> list[int]:
    """When each file was saved."""
    return [path.stat().st_mtime_ns if path.exists() else 0 for path in paths]


def show(verdict: Verdict, seconds: float = 0.0) -> None:
    """Print one line of signs, then the first test that does not pass."""
    lesson = verdict.lesson
    signs = "".join(SIGNS[verdict.outcomes[test]] for test in verdict.tests)
    took = f"  {seconds:.2f} s" if seconds else ""
    lines = [f"\n{time.strftime('%H:%M:%S')}  {lesson.number} {lesson.name}  {signs}{took}"]
    wrong = [t for t in verdict.tests if verdict.outcomes[t] == "failed"]
    wrong += [t for t in verdict.tests if verdict.outcomes[t] in ("unstarted", "not run")]
    if verdict.problem:
        lines.append(verdict.problem)
    elif wrong:
        lines += about(verdict, wrong[0])
    else:
        lines.append("Done.")
    say("\n".join(lines))


def about(verdict: Verdict, test: str) -> list[str]:
    """What to say about one test that does not pass."""
    lines = [test, *("  " + line for line in verdict.message(test).splitlines())]
    if verdict.outcomes[test] == "failed":
        step = next(one.step for one in verdict.lesson.tests if one.name == test)
        lines.append("  " + verdict.lesson.section(step))
    if verdict.printed.get(test, "").strip():
        lines.append("  printed:")
        lines += ["  " + line for line in verdict.printed[test].split("\n")[:8]]
    return lines
