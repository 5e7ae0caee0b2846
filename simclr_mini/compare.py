"""Compare runs: mean and spread over seeds, and which differences are no larger than the spread.

Runs that differ only in their seed form one row. Runs on different data or with different budgets
are compared only on request.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from simclr_mini.config import flag
from simclr_mini.methods import GENERAL, defaults, method_class, saved_choices

SCORES = ("knn", "linear_probe")
# the options that determine the untrained encoder
START = ("data", "images", "size", "encoder", "width", "stem", "zero_init", "norm")
SAME = (*START, "epochs", "batch_size")


@dataclass(frozen=True)
class Row:
    """The runs of one configuration.

    Attributes:
        name: the method, and the options that differ from their defaults.
        method: name of the method.
        seeds: random seeds of the runs.
        knn, linear_probe: test accuracies in [0, 1], one for each seed.
        seconds: training times, one for each seed.
    """

    name: str
    method: str
    seeds: tuple[int, ...]
    knn: tuple[float, ...]
    linear_probe: tuple[float, ...]
    seconds: tuple[float, ...]

    def within_spread(self, other: "Row") -> bool:
        """Whether the means of the probe differ by no more than the sum of their half ranges."""
        spread = half_range(self.linear_probe) + half_range(other.linear_probe)
        return abs(mean(self.linear_probe) - mean(other.linear_probe)) <= spread


def compare(folders: list[Path], mixed: bool = False) -> list[Row]:
    """The runs in these folders as rows, after a row for the untrained encoder.

    Args:
        folders: folders of runs that have a result.json.
        mixed: whether to compare runs on different data or with different budgets.

    Returns:
        A row for the untrained encoder of the first run, then a row for each configuration in the
        order of the folders.

    Raises:
        FileNotFoundError: a folder has no result.
        ValueError: data or budgets differ, a run appears twice, or its images have no labels.
    """
    results = [read(folder) for folder in folders]
    differing = sorted({k for r in results for k in SAME if option(r, k) != option(results[0], k)})
    if differing and not mixed:
        values = ", ".join(f"{k} {sorted({str(option(r, k)) for r in results})}" for k in differing)
        raise ValueError(f"these runs differ in {values}; --mixed compares them anyway")
    groups: dict[str, list[dict]] = {}
    for result in results:
        groups.setdefault(name_of(result["config"], mixed), []).append(result)
    rows = [row(name, some[0]["method"], some, "test") for name, some in groups.items()]
    alike = [r for r in results if same_start(r, results[0])]
    whose = "" if len(alike) == len(results) else f", of {rows[0].name}"
    untrained = row(f"untrained{whose}", "untrained", distinct(alike), "untrained")
    return [untrained, *rows]


def read(folder: Path) -> dict:
    """The result of a run. Raises FileNotFoundError, or ValueError if it has no accuracy."""
    file = folder / "result.json"
    if not file.exists():
        raise FileNotFoundError(f"{folder} holds no result.json; let the run finish first")
    try:
        result = json.loads(file.read_bytes())
        result["config"] = saved_choices(result["config"])
        method_class(result["method"])
        measured = [result["test"], result["baselines"]["untrained"]]
        scores = [scores[name] for scores in measured for name in ("knn", "linear_probe")]
        if None not in scores and not all(map(math.isfinite, [result["wall_seconds"], *scores])):
            raise ValueError("a number is infinite or NaN")
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} is not the result of a run") from error
    if None in scores:
        raise ValueError(f"{folder} was trained on images without labels: it has no accuracy")
    return result


def option(result: dict, name: str):
    """An option of a run; its default if the run predates it, None if its method lacks it."""
    return result["config"].get(name, standard(result["method"]).get(name))


def standard(method: str) -> dict:
    """The defaults of all options that a method uses."""
    return GENERAL | defaults(method_class(method).Options)


def same_start(one: dict, other: dict) -> bool:
    """Whether one row for the untrained encoder can stand for both runs."""
    edges = [bool(option(result, "sobel")) for result in (one, other)]  # sobel hides colours
    return edges[0] == edges[1] and all(option(one, k) == option(other, k) for k in START)


def name_of(config: dict, mixed: bool) -> str:
    """The method, and the options that differ from their defaults."""
    left_out = {"method", "seed"} | (set() if mixed else set(SAME))
    usual = standard(config["method"])
    said = [
        f"{flag(name)} {value}"
        for name, value in config.items()
        if name in usual and name not in left_out and value != usual[name]
    ]
    return ", ".join([config["method"], *said])


def row(name: str, method: str, results: list[dict], part: str) -> Row:
    """A row of runs that differ only in their seed. Raises ValueError if a seed appears twice."""
    seeds = tuple(result["seed"] for result in results)
    if len(set(seeds)) < len(seeds):
        raise ValueError(
            f"{name} appears twice with the same seed: {sorted(seeds)}; name each run once"
        )
    scores = [r["test"] if part == "test" else r["baselines"][part] for r in results]
    seconds = tuple(r["wall_seconds"] for r in results) if part == "test" else ()
    return Row(name, method, seeds, *(tuple(s[k] for s in scores) for k in SCORES), seconds)


def distinct(results: list[dict]) -> list[dict]:
    """One result for each seed."""
    return list({result["seed"]: result for result in results}.values())


def mean(values: tuple[float, ...]) -> float:
    """The mean."""
    return sum(values) / len(values)


def half_range(values: tuple[float, ...]) -> float:
    """Half the distance from the smallest to the largest value: the spread of a few seeds."""
    return (max(values) - min(values)) / 2


def against(one: Row, other: Row) -> str:
    """The difference of two rows' probes in points, and whether it exceeds the spread."""
    difference = mean(one.linear_probe) - mean(other.linear_probe)
    if min(len(one.seeds), len(other.seeds)) < 2:
        verdict = "one seed: tells little"
    else:
        verdict = f"{'within' if one.within_spread(other) else 'beyond'} the spread"
    return f"{round(100 * difference, 1) + 0.0:+.1f}, {verdict}"  # -0.04 is not "-0.0"


def table(rows: list[Row], width: int = 80, sign: str = "±") -> Table:
    """The rows as a table for a terminal, each compared with the first run. No word is cut.

    Args:
        rows: as `compare` gives them.
        width: characters in a line of the terminal.
        sign: what to print before half the range.
    """
    title = f"accuracy on the test images: mean of the seeds {sign} half their range"
    names, first = [one.name for one in rows], rows[1].name
    longest = max(len(word) for name in names for word in name.split())
    # the other columns need 75 characters on one line, or 49 with one word on each line
    out = Table(title=title, padding=(0, 1 if width >= longest + 49 else 0))
    at_most = max(longest, width - 75)
    out.add_column("", width=min(max(map(len, names)), at_most), overflow="fold")
    beside = escape(first) if len(first) < 16 else "the first run"
    for heading in ("seeds", "k-NN", "linear probe", f"against {beside}", "seconds"):
        out.add_column(heading, overflow="fold")
    for one in rows:
        both = (one.knn, one.linear_probe)
        scores = [f"{mean(v):.1%} {sign} {100 * half_range(v):.1f}" for v in both]
        difference = "" if one is rows[1] else against(one, rows[1])
        seconds = f"{mean(one.seconds):.0f}" if one.seconds else ""
        out.add_row(escape(one.name), str(len(one.seeds)), *scores, difference, seconds)
    return out
