"""`watch`: a verdict within half a second of each save."""

import contextlib
import itertools
import time

from lessons.course import files, memory, progress
from lessons.course.fork import warm
from lessons.course.manifest import Lesson, typed
from lessons.course.supervisor import judge
from lessons.course.terminal import TOOL, say
from lessons.course.verdict import SIGNS, Verdict


def watch(lesson: Lesson) -> None:
    """Show a verdict now and after each save, until Ctrl-C."""
    try:
        from watchfiles import watch as changes
    except ImportError:
        raise SystemExit("watch needs watchfiles: pip install watchfiles") from None
    files.prepare(lesson)
    memory.save_last(lesson.folder)
    paths = [lesson.learner_file(module) for module in lesson.write]
    names = {str(path) for path in paths}
    folder = paths[0].parent
    start = warm(lesson)
    say(f"watching {typed(folder)}  (Ctrl-C ends)")

    def ours(change, path: str) -> bool:
        return path in names

    saves = changes(
        folder, watch_filter=ours, debounce=30, step=5, rust_timeout=500, yield_on_timeout=True
    )
    seen = ""
    with contextlib.suppress(KeyboardInterrupt):
        for count, change in enumerate(itertools.chain([()], saves)):
            if change:
                seen = ""
            while progress.judged(lesson) != seen:  # it may be saved again during the run
                seen = progress.judged(lesson)
                verdict = judge(lesson, start=start)
                saved = max((path.stat().st_mtime for path in paths if path.exists()), default=0)
                show(verdict, time.time() - saved if count else 0.0)


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
        lines.append(f"Done. See other ways: {TOOL} solution {lesson.number}")
    say("\n".join(lines))


def about(verdict: Verdict, test: str) -> list[str]:
    """What to say of one test that does not pass."""
    lines = [test, *("  " + line for line in verdict.message(test).splitlines())]
    if verdict.outcomes[test] == "failed":
        step = next(one.step for one in verdict.lesson.tests if one.name == test)
        lines.append("  " + verdict.lesson.section(step))
    if verdict.printed.get(test, "").strip():
        lines.append("  printed:")
        lines += ["  " + line for line in verdict.printed[test].split("\n")[:8]]
    return lines
