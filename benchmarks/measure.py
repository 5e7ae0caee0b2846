"""How `peers.py` measures: everything in one process, in turns, skipping missing libraries."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")  # Linux has them


def seconds_of(work: Callable) -> float:
    """How long a call takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def in_turns(rounds: int, works: dict[str, Callable]) -> dict[str, list[float]]:
    """Seconds of each work in each round.

    All works run once in a round, one after the other, so that a busy moment of the machine hits
    all of them. Each round begins with a different one. A round before the first is not counted.
    """
    names = list(works)
    for work in works.values():
        work()
    seconds = {name: [] for name in names}
    for i in range(rounds):
        first = i % len(names)
        for name in names[first:] + names[:first]:
            seconds[name].append(seconds_of(works[name]))
    return seconds


def compare(what: str, rounds: int, builders: dict[str, Callable], **more) -> dict:
    """Measure several ways to do the same thing.

    Args:
        what: the thing, in words.
        rounds: number of times that each way is measured.
        builders: for each way, a function that prepares it and returns what is to be timed. A way
            whose library is not installed is left out, and the result says so.
        more: what the result also holds, such as `amount`, the number of views in a call.
    """
    works, missing = {}, {}
    for name, build in builders.items():
        try:
            works[name] = build()
        except ImportError as error:
            missing[name] = error.name
    print(f"{what}: {', '.join(works)}", flush=True)
    return {"what": what, "seconds": in_turns(rounds, works), "missing": missing} | more


def median_seconds(work: Callable, rounds: int) -> float:
    """The median time of a call, after one that is not counted."""
    return median(in_turns(rounds, {"": work})[""])


def fastest(work: Callable, rounds: int) -> float:
    """The shortest time of a call: for a limit, the best moment counts."""
    return min(in_turns(rounds, {"": work})[""])


def extra_memory(work: Callable) -> int:
    """The largest growth of this process's memory during a call, in bytes.

    It is the high-water mark of the resident memory (VmHWM), reset just before, minus the resident
    memory before (VmRSS). So it counts the buffers of every library, and only pages that were
    touched. Run it in a process that has done little else: memory freed earlier would be used again
    and not be counted.
    """
    before = kilobytes("VmRSS")
    CLEAR.write_text("5")  # the mark falls to what is resident now
    work()
    return 1024 * (kilobytes("VmHWM") - before)


def kilobytes(name: str) -> int:
    """A value from the kernel's statistics of this process."""
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def in_a_new_process(*words: str, launcher: tuple[str, ...] = ()) -> float:
    """The number that `peers.py` prints last if it is started with these words.

    Args:
        words: its arguments.
        launcher: arguments of Python that start it, such as those of torchrun.
    """
    script = str(Path(__file__).with_name("peers.py"))
    command = [sys.executable, *launcher, script, *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout.splitlines()[-1])
