"""The figure of accuracy against core-minutes, from the results kept here: CIFAR-10, 10,000 images.

A core-minute is a minute of one CPU core. It counts training, or learning the patches and the
training images' features; it does not count the probe, which all of them need.
"""

from make import OTHERS
from matplotlib.figure import Figure
from table import patches, results

from simclr_mini import canvas, compare
from simclr_mini.methods import method_class

PROBE = "linear_probe"


def points() -> list[tuple[str, str, float, float, float]]:
    """Name, colour, core-minutes, mean probe accuracy and half its range, for each way."""
    found = []
    for method in ("simclr", *OTHERS):
        owner = method_class(method)
        runs = results("cifar10" if method == "simclr" else f"cifar10-{method}")
        measured = [(run["core_seconds"], run["test"][PROBE]) for run in runs]
        found.append((owner.title, owner.color, measured))
    for numbers in (400, 1600):
        measured = [(kept["core_seconds"], kept[PROBE]) for kept in patches("cifar10", numbers)]
        found.append((f"patches, {numbers:,} numbers", canvas.INK, measured))
    return [(name, color, *summary(measured)) for name, color, measured in found if measured]


def summary(measured: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Core-minutes, mean accuracy and half its range, from each seed's seconds and accuracy."""
    seconds, accuracies = zip(*measured, strict=True)
    return compare.mean(seconds) / 60, compare.mean(accuracies), compare.half_range(accuracies)


def minutes_figure() -> Figure:
    """Probe accuracy against core-minutes, the effort on a logarithmic axis."""
    rows = sorted(points(), key=lambda row: row[2])
    figure = canvas.card("Accuracy against core-minutes: 10,000 photographs of CIFAR-10")
    axes = figure.add_axes((0.09, 0.14, 0.86, 0.7))
    axes.set_xscale("log")
    for name, color, minutes, accuracy, half in rows:
        marker = "s" if name.startswith("patches") else "o"
        axes.errorbar(
            minutes, 100 * accuracy, yerr=100 * half, fmt=marker, color=color, markersize=5,
            capsize=2, elinewidth=1,
        )  # fmt: skip
    low, most = min(r[2] for r in rows) / 1.6, max(r[2] for r in rows)
    high = 12 * most  # room for the names
    axes.set_xlim(low, high)
    name_points(axes, rows, 1.7 * most)
    axes.set_xlabel("core-minutes of training, logarithmic")
    axes.set_ylabel("linear probe, % of test images")
    ticks = [t for t in (0.25, 0.5, 1, 2, 4, 8, 16, 32) if low <= t <= high]
    axes.set_xticks(ticks, [f"{t:g}" for t in ticks])
    axes.minorticks_off()
    return figure


def name_points(axes, rows: list, column: float) -> None:
    """Write the names of patches at their points, and those of methods in a column at the right."""
    alone = [row for row in rows if row[0].startswith("patches")]
    for name, color, minutes, accuracy, _ in alone:
        text = f"{name} {100 * accuracy:.1f}"
        axes.text(1.15 * minutes, 100 * accuracy, text, color=color, va="center")
    rows = sorted((row for row in rows if row not in alone), key=lambda row: -row[3])
    if not rows:
        return
    span = rows[0][3] - rows[-1][3]
    heights = canvas.separate([(0.0, r[3]) for r in rows], [1.0] * len(rows), span / 10)
    order = sorted(heights, reverse=True)  # as the points are, so that no two lines cross
    for (name, color, minutes, accuracy, _), y in zip(rows, order, strict=True):
        axes.plot([minutes, column / 1.04], [100 * accuracy, 100 * y], color=color, linewidth=0.5)
        axes.text(column, 100 * y, f"{name} {100 * accuracy:.1f}", color=color, va="center")
