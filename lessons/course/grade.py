"""`grade`: the tests of a lesson on the files of many learners.

Each learner's files are copied to a place of their own, and judged in a process that can do no
more than the lesson needs (`confine.py`). Every grade is written down at once, so that a grading
that was killed continues where it stopped.
"""

import argparse
import contextlib
import dataclasses
import hashlib
import json
import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lessons.course import confine, files, grade_formats
from lessons.course.grade_find import Learner, learners
from lessons.course.grade_formats import Grade, Step
from lessons.course.manifest import ROOT, Lesson, find_range, lessons
from lessons.course.supervisor import supervise
from lessons.course.tamper import TAMPERED
from lessons.course.terminal import say, show_code
from lessons.course.verdict import Verdict

FILES, BYTES = 500, 64 * confine.MB  # the most that a learner's code may leave on the disk
BUSY = 5  # at most this many wall-clock seconds for each second of CPU time
LOOK = 0.2  # seconds between two checks of the disk
stopping = threading.Event()  # set once Ctrl-C was pressed


@dataclasses.dataclass
class Limits:
    seconds: int = 60  # CPU time for one learner's lesson
    memory: int = 1024  # megabytes
    test: float = 0  # seconds of CPU time for one test; 0: the lesson's own limit


class Ended(Exception):
    """A server has ended, so no answer will come."""


class Server:
    """A process that has loaded torch and the tests, and forks a child for each order.

    Raises:
        Ended: the server has ended, for instance because the system ran out of memory.
    """

    def __init__(self, work: Path):
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "lessons.course.grade_child"],
            cwd=work,
            env=environment(work),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
            bufsize=1,
        )

    def order(self, order: dict) -> int:
        """The child's process id."""
        try:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Ended from error
        return self.answer()

    def answer(self) -> int:
        """The next number that the server sends."""
        line = self.process.stdout.readline()
        if not line.endswith("\n"):
            raise Ended
        return int(line)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):  # an order that it did not read is still in the pipe
            self.process.stdin.close()
        self.process.stdout.close()


class Sealed:
    """A child that `confine` seals off, with the interface of `supervisor.Fresh`."""

    def __init__(self, server, place: Path, limits: Limits, deadline: float, lesson, report, names):
        self.server, self.place, self.deadline = server, place, deadline
        self.reason, self.looked, self.code = "", 0.0, None
        for name in ("tmp", "home"):
            shutil.rmtree(place / name, ignore_errors=True)
            (place / name).mkdir()
        order = {"folder": lesson.folder, "place": str(place), "report": str(report)}
        order |= {"limit": lesson.limit, "memory": limits.memory, "seconds": limits.seconds}
        self.pid = server.order({**order, "only": names, "environ": environment(place)})

    def ended(self) -> int | None:
        """The exit code, or None. Ends the child first if it has taken too much."""
        now = time.monotonic()
        if stopping.is_set():
            self.reason = "The grading was stopped."
        elif now > self.deadline:
            self.reason = "The time for this lesson is over."
        elif now > self.looked + LOOK:
            self.looked = now
            count, size = used(self.place)
            if count > FILES or size > BYTES:
                self.reason = f"It wrote {count} files with {size // confine.MB} MB."
        if self.reason:
            self.kill()
        if self.code is None and select.select([self.server.process.stdout], [], [], 0)[0]:
            self.code = self.server.answer()
        return self.code

    def kill(self) -> None:
        if self.code is not None:
            return
        # Until the child has made its own process group, only the child itself can be killed.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        self.code = self.server.answer()


class Starter:
    """Starts a sealed child when `supervise` asks for one, and remembers it."""

    def __init__(self, *more):
        self.more = more

    def __call__(self, lesson: Lesson, report: Path, names: list[str]) -> Sealed:
        self.child = Sealed(*self.more, lesson, report, names)
        return self.child


def environment(place: Path) -> dict[str, str]:
    """The child's environment. It keeps few of the teacher's variables: some may hold passwords."""
    kept = ("PATH", "LD_LIBRARY_PATH")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    environ |= {name: str(place / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
    environ |= {"HOME": str(place / "home"), "SIMCLR_MINI_DESK": str(place / "desk")}
    environ |= {"PYTHONPATH": str(ROOT)}
    environ |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    return environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def used(place: Path) -> tuple[int, int]:
    """How many files and folders the child has written in `place`, and their total bytes."""
    count = size = 0
    waiting = [place / "tmp", place / "home"]
    while waiting and count <= FILES:
        with contextlib.suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                count += 1
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                with contextlib.suppress(OSError):
                    size += entry.stat(follow_symlinks=False).st_size
                if count > FILES:
                    break
    return count, size


def grade(learner: Learner, lesson: Lesson, limits: Limits, work: Path, server: Server) -> Grade:
    """Judge one learner's files of one lesson. `work` is a folder for the copies."""
    begin = time.monotonic()
    result = Grade(learner.name, lesson.number, lesson.name, page=lesson.page)
    if limits.test:
        lesson = dataclasses.replace(lesson, limit=limits.test)
    if learner.problem:
        return unread(result, lesson, learner.problem)
    try:
        texts = submitted(learner, lesson)
    except (OSError, ValueError) as error:
        return unread(result, lesson, str(error))
    result.hash = key(lesson, texts, limits)
    if not any(touched(lesson, module, text) for module, text in texts.items()):
        result.state = "not started"
        result.steps = [Step(step, "not started") for step in lesson.steps]
        return result
    with tempfile.TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve()
        for module, text in texts.items():
            file = place / "desk" / lesson.folder / f"{module}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(files.fresh(lesson, module).encode() if text is None else text)
        verdict = judge(lesson, place, limits, server)
    fill(result, verdict)
    result.seconds = round(time.monotonic() - begin, 1)
    return result


def submitted(learner: Learner, lesson: Lesson) -> dict[str, bytes | None]:
    """The learner's file for each module of a lesson; None where there is none."""
    paths = {module: learner.path_of(lesson, module) for module in lesson.write}
    return {module: learner.read(path) if path else None for module, path in paths.items()}


def touched(lesson: Lesson, module: str, text: bytes | None) -> bool:
    if text is None or not text.strip():
        return False
    return text.split() != files.fresh(lesson, module).encode().split()


def key(lesson: Lesson, texts: dict[str, bytes | None], limits: Limits) -> str:
    """A hash of everything that a grade depends on."""
    parts = [repr(limits).encode()]
    parts += [path.read_bytes() for path in lesson.test_files if path.exists()]
    parts += [b"%r" % text for text in texts.values()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]


def unread(result: Grade, lesson: Lesson, why: str) -> Grade:
    result.state, result.message = "unreadable", why
    result.steps = [Step(step, "not run", message=why) for step in lesson.steps]
    return result


def failed(learner: Learner, lesson: Lesson, error: Exception) -> Grade:
    """A grade for files that could not be judged. They are judged again the next time."""
    result = Grade(learner.name, lesson.number, lesson.name, page=lesson.page)
    why = f"its process sent something that is not a report ({type(error).__name__})"
    if isinstance(error, Ended):
        why = "the process that judges it ended"
    result = unread(result, lesson, f"It could not be judged: {why}.")
    result.state = "broken"
    return result


def judge(lesson: Lesson, place: Path, limits: Limits, server: Server) -> Verdict:
    """Run the tests. If a test ends the process, the tests of the other steps run in a new one."""
    whole = Verdict(lesson, [test.name for test in lesson.tests])
    left = list(whole.tests)
    # A busy machine takes longer; the kernel counts the CPU time.
    deadline = time.monotonic() + BUSY * limits.seconds
    while left and time.monotonic() < deadline:
        start = Starter(server, place, limits, deadline)
        verdict = supervise(Verdict(lesson, left), start, left)
        if start.child.reason:
            put_reason(verdict, start.child.reason)
        if verdict.problem.startswith(TAMPERED):
            whole.outcomes, whole.problem = {}, verdict.problem
            break
        heard = {name: said for name, said in verdict.outcomes.items() if said != "not run"}
        whole.outcomes |= heard
        whole.messages |= verdict.messages
        whole.named |= verdict.named
        if verdict.judged or verdict.done or verdict.problem and not heard:
            whole.problem = verdict.problem
            break
        ended = {test.step for test in lesson.tests if test.name == verdict.now}
        left = [
            test.name
            for test in lesson.tests
            if test.name not in whole.outcomes and test.step not in ended
        ]
        if not heard:
            break
    whole.close()
    return whole


def put_reason(verdict: Verdict, reason: str) -> None:
    """Say why we ended the process, not only that it ended."""
    if verdict.judged:  # it was only looking for the place of a mistake
        return
    if verdict.now:
        verdict.messages[verdict.now] = reason
    elif verdict.looking:
        verdict.named[verdict.looking] = reason
    else:
        verdict.problem = reason


def fill(result: Grade, verdict: Verdict) -> None:
    """Turn a verdict into a state for each step."""
    lesson = verdict.lesson
    for name in lesson.steps:
        tests = [test for test in lesson.tests if test.step == name]
        outcomes = [verdict.outcomes[test.name] for test in tests]
        step = Step(name, passed=outcomes.count("passed"), tests=len(tests))
        wrong = [t for t in tests if verdict.outcomes[t.name] == "failed"]
        if all(outcome == "passed" for outcome in outcomes):
            step.state = "done"
        elif wrong:
            step.state = "wrong"
            step.message = f"{wrong[0].name}: {verdict.message(wrong[0].name)}"
            step.message += f"\n{lesson.section(name)}"
        elif "unstarted" in outcomes:
            step.state = "not started"
            first = next(t for t in tests if verdict.outcomes[t.name] == "unstarted")
            step.message = verdict.message(first.name)
        else:
            step.state, step.message = "not run", verdict.problem
        result.steps.append(step)
    result.message = verdict.problem
    states = {step.state for step in result.steps}
    if verdict.problem and states == {"not run"}:
        result.state = "broken"
    elif states == {"not started"}:
        result.state = "not started"
    else:
        result.state = "done" if states == {"done"} else "begun"


class Book:
    """The grades of a class, in a file of one line per grade. It survives a kill at any moment."""

    def __init__(self, path: Path):
        self.path, self.lock = path, threading.Lock()
        self.grades: dict[tuple[str, int], Grade] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            whole, newline, cut = path.read_bytes().rpartition(b"\n")
            for line in whole.splitlines():
                one = grade_formats.from_json(json.loads(line))
                self.grades[one.learner, one.number] = one
            if cut:
                with open(path, "r+b") as file:
                    file.truncate(len(whole + newline))

    def add(self, one: Grade) -> None:
        line = json.dumps(dataclasses.asdict(one), ensure_ascii=False)
        line = line.encode("utf-8", "replace").decode()  # a message may hold half a character
        with self.lock:
            self.grades[one.learner, one.number] = grade_formats.from_json(json.loads(line))
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(line + "\n")

    def has(self, learner: Learner, lesson: Lesson, limits: Limits) -> bool:
        """Whether these very files have been judged by today's tests, within these limits."""
        known = self.grades.get((learner.name, lesson.number))
        if known is None or learner.problem or not known.hash:
            return False
        try:
            return known.hash == key(lesson, submitted(learner, lesson), limits)
        except (OSError, ValueError):
            return False


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m lessons grade", description="Judge the files of many learners."
    )
    parser.add_argument(
        "place", nargs="+", help="a learner's folder or zip, a folder of them, or a CSV"
    )
    parser.add_argument("--lessons", default="", help="lessons, such as 4 or 1-6; all by default")
    parser.add_argument("--out", default="grades", help="the folder for the grades")
    parser.add_argument(
        "--jobs", type=int, default=os.cpu_count() or 1, help="number of learners graded at once"
    )
    parser.add_argument(
        "--seconds", type=int, default=Limits.seconds, help="seconds of CPU time for a lesson"
    )
    parser.add_argument(
        "--memory", type=int, default=Limits.memory, help="memory for a learner, in megabytes"
    )
    parser.add_argument(
        "--test-seconds", type=float, default=0, help="seconds of CPU time for one test"
    )
    parser.add_argument(
        "--again", action="store_true", help="also judge files that already have a grade"
    )
    parser.add_argument("--one", action="store_true", help="each place belongs to one learner")
    parser.add_argument(
        "--trust", action="store_true", help="grade even if code cannot be sealed off"
    )
    return parser


def main(arguments: list[str]) -> int:
    """Run the command."""
    chosen = options().parse_args(arguments)
    if not hasattr(os, "fork"):
        say("grade needs Linux or macOS. On Windows, use WSL.")
        return 2
    if not confine.seals():
        say("On this system a learner's code can read and change your files and use the network:")
        say("only time and, in part, memory are limited. docs/teaching.md says what else to use.")
        if not chosen.trust:
            say("To grade people whom you trust, add --trust.")
            return 2
    out = Path(chosen.out).resolve()
    asked = find_range(chosen.lessons) if chosen.lessons else lessons()
    limits = Limits(chosen.seconds, chosen.memory, chosen.test_seconds)
    found = learners(chosen.place, out, chosen.one)
    if not found:
        say("There is no learner's folder or zip.")
        return 2
    book = Book(out / "grades.jsonl")
    pairs = [(learner, lesson) for learner in found for lesson in asked]
    waiting = [pair for pair in pairs if chosen.again or not book.has(*pair, limits)]
    if len(waiting) < len(pairs):
        say(f"{len(pairs) - len(waiting)} of {len(pairs)} are graded already.")
    begin = time.monotonic()
    work = out / "work"
    with open(book.path, "ab") as held:
        if not alone(held):
            say(f"Another grading is writing to {out}. Wait until it ends, or give another --out.")
            return 2
        shutil.rmtree(work, ignore_errors=True)  # what a killed grading left there
        work.mkdir(mode=0o700)
        try:
            run_all(waiting, limits, chosen.jobs, book, work)
        except KeyboardInterrupt:
            say(f"\nStopped. The same command continues from here; {out} holds what is done.")
            return 130
        finally:
            shutil.rmtree(work, ignore_errors=True)
    grades = [book.grades[learner.name, lesson.number] for learner, lesson in pairs]
    grade_formats.write_all(out, grades)
    show_code(grade_formats.table(grades))
    say(f"\n{len(waiting)} graded in {time.monotonic() - begin:.0f} s. All grades: {out}")
    return 0


def alone(file) -> bool:
    """Lock this file until it is closed. False if another grading has locked it."""
    import fcntl  # not on Windows

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def run_all(waiting: list[tuple], limits: Limits, jobs: int, book: Book, work: Path) -> None:
    """Grade in parallel. What Ctrl-C interrupts is judged again the next time."""
    stopping.clear()
    free: queue.SimpleQueue[Server] = queue.SimpleQueue()  # one server for each job

    def one(pair) -> None:
        if stopping.is_set():
            return
        server = free.get()
        try:
            judged = grade(*pair, limits, work, server)
        except Exception as error:  # whatever one learner's code did, the others are judged
            judged = failed(*pair, error)
            server.close()
            server = Server(work)
        finally:
            free.put(server)
        if not stopping.is_set():
            book.add(judged)

    jobs = max(1, min(jobs, len(waiting)))
    for _ in range(jobs if waiting else 0):
        free.put(Server(work))
    pool = ThreadPoolExecutor(jobs)
    futures = [pool.submit(one, pair) for pair in waiting]
    try:
        for count, future in enumerate(futures, 1):
            future.result()
            if sys.stderr.isatty():
                print(f"\r{count} of {len(futures)}", end="", file=sys.stderr, flush=True)
    finally:
        stopping.set()
        pool.shutdown(cancel_futures=True)
        while not free.empty():
            free.get().close()
    if futures and sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
