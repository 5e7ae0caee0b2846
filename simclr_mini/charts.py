"""Charts of numbers. Each makes one claim, and the claim is its title, computed from the data.

Every function returns a figure; `canvas.save` writes it.

Ours; no paper.
"""

import textwrap

import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from torch import Tensor

from simclr_mini.canvas import BLUE, CARD, DPI, GRAY, INK, STYLE, card, percent, separate
from simclr_mini.layout import printable
from simclr_mini.methods import METHODS, method_class

CLASS_COLORS = (  # shared by every tenth class; names tell them apart
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"),
    *("#56b4e9", "#332288", "#882255", "#999933", "#5f5f5f"),
)
MOST_POINTS = 2000  # points in a feature map
MOST_NAMES = 12  # class names in a feature map: more would hide the points
LONGEST = 24  # characters of a class name
BINS = 80  # bins of a histogram, from -1 to 1


@matplotlib.rc_context(STYLE)
def loss_figure(log: list[dict], chance: float, floor: float, method: str = "simclr") -> Figure:
    """The loss by step, between chance and floor.

    The line shows the mean over a few steps, and the band their range. The value in the title is
    the mean over the last tenth of the steps.

    Args:
        log: a dict for each step, with "step", "loss" and, where it was measured, "knn", the
            accuracy on validation images.
        chance, floor: the loss of a collapsed encoder, and roughly the lowest possible loss.
        method: name of the method, a key of `METHODS`.

    Raises:
        ValueError: the log has no steps, or chance is not above the floor.
    """
    if not log:
        raise ValueError("the log has no steps; train first")
    if not chance > floor:
        raise ValueError(
            f"chance must lie above the floor, not at {chance} with a floor of {floor}"
        )
    step = torch.tensor([line["step"] for line in log], dtype=torch.float64)
    loss = torch.tensor([line["loss"] for line in log], dtype=torch.float64)
    end = loss[-max(1, len(loss) // 10) :].mean().item()
    share = (chance - end) / (chance - floor)
    title = f"The loss went {percent(share)} of the way from chance to its floor"
    if round(100 * share) < 0:
        title = f"The loss ended at {end:.2f}, above chance ({chance:.2f})"
    figure = card(title)
    axes = figure.add_axes((0.085, 0.14, 0.76, 0.74))
    color = method_class(method).color
    parts = loss.chunk(150)  # so that a long log does not make a large file
    at = [part.mean().item() for part in step.chunk(150)]
    low, high = [p.min().item() for p in parts], [p.max().item() for p in parts]
    axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
    mean = [part.mean().item() for part in parts]
    axes.plot(at, mean, color=color)
    for level in (chance, floor):
        axes.axhline(level, color=GRAY, linewidth=1, zorder=1)
    axes.set(xlabel="step", xlim=(0, step[-1].item()), ylabel="loss")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.margins(y=0.08)
    mark_knn(axes, log, at, mean, high, color)
    axes.autoscale_view()  # fixes where each loss lies on the page
    values = [floor, chance, end]
    names = [
        f"floor {floor:.2f}",
        f"chance {chance:.2f}",
        f"{method_class(method).title}\n{end:.2f}",
    ]
    colors = [GRAY, GRAY, color]
    heights = separate([(0.0, axes.transData.transform((0, v))[1]) for v in values], [1, 1, 1], 62)
    for name, ink, height in zip(names, colors, heights, strict=True):
        height = axes.transAxes.inverted().transform((0, height))[1]
        axes.text(1.015, height, name, color=ink, va="center", transform=axes.transAxes)
    return figure


def mark_knn(axes: Axes, log: list[dict], at: list, mean: list, high: list, color: str) -> None:
    """Mark on the line where k-NN accuracy was measured, and write up to 5 of the accuracies.

    Args:
        axes: where to draw.
        log: as in `loss_figure`.
        at, mean, high: steps along the line, and the mean and the top of the band there.
        color: colour of marks and text.
    """
    lines = [line for line in log if line.get("knn") is not None]
    shown = torch.linspace(0, len(lines) - 1, min(5, len(lines))).round().long()
    for i in shown.tolist():
        step, text = lines[i]["step"], ("k-NN " if i == 0 else "") + percent(lines[i]["knn"])
        axes.plot(step, np.interp(step, at, mean), "o", color=color, markersize=4, clip_on=False)
        axes.annotate(
            text,
            (step, np.interp(step, at, high)),
            (0, 6),
            textcoords="offset points",
            color=color,
            ha="right" if i == len(lines) - 1 else "left",  # the line's label is to the right
            bbox={"fc": CARD, "ec": "none", "pad": 0.5, "alpha": 0.8},
        )


@matplotlib.rc_context(STYLE)
def similarity_figure(positives: Tensor, negatives: Tensor) -> Figure:
    """How similar views of the same image are, and views of different images.

    Each histogram is scaled to its own peak.

    Args:
        positives, negatives: cosine similarities, any shape.

    Raises:
        ValueError: there are no positives or no negatives.
    """
    if not positives.numel() or not negatives.numel():
        raise ValueError(
            f"both kinds of pairs are needed, not {positives.numel()} positives and "
            f"{negatives.numel()} negatives"
        )
    near, far = (round(pairs.double().mean().item(), 2) + 0.0 for pairs in (positives, negatives))
    claim = "nearer" if near > far else "farther apart" if near < far else "no nearer"
    figure = card(f"Views of one image are {claim} (mean {near:.2f}) than views of two ({far:.2f})")
    axes = figure.add_axes((0.16, 0.14, 0.8, 0.73))
    rows = [
        (1.15, positives, near, BLUE, "two views\nof one image"),
        (0.0, negatives, far, GRAY, "views of\ntwo images"),
    ]
    edges = torch.linspace(-1, 1, BINS + 1).tolist()
    for base, pairs, mean, color, name in rows:
        count = torch.histc(pairs.detach().cpu().double().clamp(-1, 1), BINS, -1, 1)
        top = (base + 0.85 * count / count.max()).tolist()
        axes.stairs(top, edges, baseline=base, fill=True, color=color, alpha=0.75)
        axes.plot([-1, 1], [base, base], color=color, linewidth=1)
        axes.plot([mean, mean], [base, base + 0.92], color=INK, linewidth=1)
        axes.text(mean, base + 0.95, f"{mean:.2f}", ha="center", va="bottom")
        axes.text(-1.04, base + 0.25, name, color=color, ha="right", va="center")
    axes.set(xlim=(-1, 1), ylim=(-0.03, 2.2), yticks=[], xlabel="cosine similarity")
    axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    axes.spines["left"].set_visible(False)
    return figure


@matplotlib.rc_context(STYLE)
def feature_figure(h: Tensor, labels: Tensor | None, classes: tuple[str, ...]) -> Figure:
    """Features along their first two principal components.

    The components come from all N features; up to MOST_POINTS of the features are drawn.

    Args:
        h: representations, shape (N, D). They are normalised first, as in k-NN.
        labels: int64, shape (N,), or None if there are no labels.
        classes: names of the classes.
    """
    points, shares = principal_components(h)
    title = (
        f"Two directions of {h.shape[1]:,} hold {percent(sum(shares))} of the features' variance"
    )
    if not sum(shares):
        title = "The features have collapsed to one point"
    figure = card(title)
    axes = figure.add_axes((0.06, 0.09, 0.91, 0.8))
    rows = torch.linspace(0, len(h) - 1, min(MOST_POINTS, len(h))).round().long()
    colors = BLUE
    if labels is not None:
        labels = labels.detach().cpu()
        colors = [CLASS_COLORS[label % len(CLASS_COLORS)] for label in labels[rows].tolist()]
    # drawn as pixels: two thousand circles would make a large SVG
    axes.scatter(*points[rows].T.tolist(), s=5, c=colors, alpha=0.6, linewidths=0, rasterized=True)
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(f"first principal component, {percent(shares[0])}")
    axes.set_ylabel(f"second, {percent(shares[1])}")
    axes.margins(0.08)
    axes.set_aspect("equal", adjustable="datalim")
    if labels is not None and len(classes) <= MOST_NAMES:
        name_classes(axes, points, labels, classes)
    return figure


def principal_components(h: Tensor) -> tuple[Tensor, list[float]]:
    """Features along the two directions in which they vary most.

    Args:
        h: representations, shape (N, D). They are scaled to unit norm first.

    Returns:
        Points, float64, shape (N, 2), the same at every call, because a direction's largest entry
        is made positive. Then the share of the variance along each direction; 0 if nothing varies.

    Raises:
        ValueError: h is not of shape (N, D), or has a single row.
    """
    if h.dim() != 2 or len(h) < 2:
        raise ValueError(f"a map needs h of shape (N, D) with N of 2 or more, not {tuple(h.shape)}")
    h = F.normalize(h.detach().cpu().double(), dim=1)
    h = F.pad(h - h.mean(0), (0, max(0, 2 - h.shape[1])))  # if D is 1, the second is empty
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))  # in ascending order
    directions = directions[:, [-1, -2]]
    largest = directions.gather(0, directions.abs().argmax(0, keepdim=True))
    total = variance.sum().item()
    if total < 1e-10:  # rounding, not variance
        return torch.zeros(len(h), 2, dtype=torch.float64), [0.0, 0.0]
    return h @ (directions * largest.sign()), [
        max(0.0, variance[-i].item()) / total for i in (1, 2)
    ]


def name_classes(axes: Axes, points: Tensor, labels: Tensor, classes: tuple[str, ...]) -> None:
    """Write each class's name at the median of its points, moved where two would overlap."""
    present = labels.unique().tolist()
    medians = [points[labels == label].median(0).values.tolist() for label in present]
    axes.autoscale_view()
    axes.apply_aspect()  # fixes where each point lies on the page
    pixels = axes.transData.transform(medians).tolist()
    names = [printable(classes[label]) for label in present]
    names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in names]
    heights = separate(pixels, [14 * len(name) + 24 for name in names], 36)
    drawn = zip(present, names, medians, pixels, heights, strict=True)
    for label, name, median, (_, y), height in drawn:
        color, frame = CLASS_COLORS[label % len(CLASS_COLORS)], {"boxstyle": "round,pad=0.2"}
        place = {"xytext": (0, (height - y) * 72 / DPI), "textcoords": "offset points"}
        if height != y:
            leader = {"arrowstyle": "-", "color": color}
            axes.annotate("", median, **place, arrowprops=leader, zorder=3)
        frame |= {"facecolor": CARD, "edgecolor": color, "alpha": 0.9}
        axes.annotate(name, median, **place, ha="center", va="center", bbox=frame, zorder=4)


@matplotlib.rc_context(STYLE)
def accuracy_figure(result: dict, method: str = "simclr", chance: float | None = None) -> Figure:
    """How accurate a linear probe and k-NN are on each kind of features.

    Args:
        result: accuracies in [0, 1] as {"linear_probe": a, "knn": a}. "test" holds those of the
            trained encoder. "baselines" holds others by name: "untrained" and, if they were
            measured, "supervised", "patches", "pixels" and "histogram".
        method: name of the method, a key of `METHODS`.
        chance: accuracy of guessing, drawn as a grey line. None: the accuracy of always
            answering the commonest class, if the result has it.
    """
    rows, ours = accuracy_rows(result, method), method_class(method)
    guess = " chance "
    if chance is None and "majority" in result["baselines"]:
        guess, chance = " commonest class ", result["baselines"]["majority"]["linear_probe"]
    probe, untrained = rows[ours.title][0], rows["untrained"][0]
    figure = card(
        f"A linear probe reaches {percent(probe)} on {ours.title}, "
        f"{percent(untrained)} on the untrained encoder"
    )
    axes = figure.add_axes((0.175, 0.14, 0.78, 0.68))
    for y, (name, accuracies) in enumerate(reversed(rows.items())):
        main = name == ours.title
        color = ours.color if main else GRAY
        axes.plot([0, accuracies[0]], [y, y], color=color, linewidth=7, solid_capstyle="butt")
        axes.plot(accuracies[1], y, "o", markersize=6, mfc=CARD, mec=color, mew=1.5, zorder=3)
        axes.text(-0.015, y, name, color=color if main else INK, ha="right", va="center")
        values = "probe {}   k-NN {}" if main else "{}   {}"
        values = values.format(*map(percent, accuracies))
        at = (max(accuracies) + 0.025, y)
        axes.text(*at, values, color=color, va="center", bbox={"fc": CARD, "ec": "none", "pad": 1})
    sides = ("left", "right") if chance is not None and chance > untrained else ("right", "left")
    for level, name, side in zip((chance, untrained), (guess, " untrained "), sides, strict=True):
        if level is not None:
            axes.axvline(level, color=GRAY, linewidth=1, zorder=0)
            height = len(rows) - 0.42
            axes.text(level, height, name, color=GRAY, ha=side, va="bottom")
    axes.set(xlim=(0, 1.45), ylim=(-0.6, len(rows) - 0.45), yticks=[])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    axes.set_xlabel("test accuracy: bar, linear probe; ring, k-NN")
    axes.spines["bottom"].set_bounds(0, 1)
    axes.spines["left"].set_visible(False)
    return figure


def accuracy_rows(result: dict, method: str) -> dict[str, tuple[float, float]]:
    """The accuracy of linear probe and k-NN in each row, by the row's name, from the top.

    Raises:
        ValueError: the result has no accuracy, since its images have no labels.
    """
    baselines, ours = result.get("baselines") or {}, method_class(method).title
    rows = {
        "supervised": baselines.get("supervised"),
        ours: result.get("test"),
        "untrained": baselines.get("untrained"),
        "patches": baselines.get("patches"),
        "raw pixels": baselines.get("pixels"),
        "colour histogram": baselines.get("histogram"),
    }
    for name in (ours, "untrained"):
        if not rows[name] or None in (rows[name].get("linear_probe"), rows[name].get("knn")):
            raise ValueError(
                f"the result has no accuracy of {name}: accuracy needs labelled images; "
                "without labels, draw loss_figure or neighbour_gallery"
            )
    return {name: (row["linear_probe"], row["knn"]) for name, row in rows.items() if row}


@matplotlib.rc_context(STYLE)
def comparison_figure(rows: list) -> Figure:
    """Several runs: the linear probe of each seed, and the mean of each row.

    Args:
        rows: as returned by `compare.compare`, the untrained encoder first.
    """
    means = [sum(row.linear_probe) / len(row.linear_probe) for row in rows]
    best = max(range(1, len(rows)), key=means.__getitem__)
    title = f"{rows[best].name} has the highest mean, {percent(means[best])}"
    close = [row for row in rows[1:] if row is not rows[best] and row.within_spread(rows[best])]
    if close:
        title += f"; {len(close)} of {len(rows) - 2} others come within the spread of the seeds"
    figure = card(title)
    axes = figure.add_axes((0.32, 0.14, 0.62, 0.68))
    for y, (row, mean) in enumerate(reversed(list(zip(rows, means, strict=True)))):
        color = method_class(row.method).color if row.method in METHODS else GRAY
        axes.plot([min(row.linear_probe), max(row.linear_probe)], [y, y], color=color, linewidth=2)
        axes.plot(row.linear_probe, [y] * len(row.seeds), "o", mfc=CARD, mec=color, markersize=4)
        axes.plot(mean, y, "|", color=color, markersize=14, mew=2)
        axes.text(mean, y + 0.22, percent(mean), color=color, ha="center", va="bottom")
        name = textwrap.fill(row.name, 30)
        axes.text(-0.02, y, name, transform=axes.get_yaxis_transform(), ha="right", va="center")
    axes.axvline(means[0], color=GRAY, linewidth=1, zorder=0)
    axes.set(ylim=(-0.6, len(rows) - 0.3), yticks=[], xlabel="linear probe on test images")
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines["left"].set_visible(False)
    return figure
