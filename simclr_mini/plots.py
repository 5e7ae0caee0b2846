"""Figures. Each makes one claim, and the claim is its title, computed from what is drawn.

`NAME_figure` draws and `NAME` also saves. The path's suffix decides the kind of file: SVG for
charts, PNG for pictures made of pixels. Nothing is kept between calls (no pyplot), and equal input
gives equal bytes. The card behind a figure is opaque, so that it reads on any page.

Ours; no paper.
"""

import itertools
import textwrap
from pathlib import Path

import matplotlib
import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from torch import Tensor

WIDTH, HEIGHT, DPI = 1200, 700, 200  # 6 x 3.5 inches
CARD, INK, GRAY = "#fbfbfb", "#22252b", "#70757d"
METHOD_COLORS = {  # far apart without red or green cones too, 3 : 1 or more against the card
    "simclr": "#0550b4",
    "gsimclr": "#bf8500",
    "curation": "#1e9b89",
    "nnclr": "#dd1c61",
    "deepcluster": "#c571c6",
    "supervised": "#22252b",
}
METHOD_NAMES = {
    "simclr": "SimCLR",
    "gsimclr": "G-SimCLR",
    "curation": "batch curation",
    "nnclr": "NNCLR",
    "deepcluster": "DeepCluster",
    "supervised": "supervised",
}
CLASS_COLORS = (  # shared by every tenth class; names tell them apart
    *("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"),
    *("#56b4e9", "#332288", "#882255", "#999933", "#5f5f5f"),
)
STYLE = {
    "svg.hashsalt": "simclr-mini",  # else the names inside an SVG are random
    "font.size": 8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRAY,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GRAY,
    "ytick.color": GRAY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}
MOST_POINTS = 2000  # in a feature map
MOST_NAMES = 12  # in a feature map: more would hide the points
BINS = 80  # of a histogram, from -1 to 1


# ---- charts: loss, similarity, features, accuracy


def loss_curve(
    log: list[dict], chance: float, floor: float, path: str | Path, method: str = "simclr"
) -> Path:
    """Save the chart of the loss by step, between chance and floor.

    Args:
        log: a dict for each step, with "step", "loss" and, where it was measured, "knn", the
            accuracy on validation images.
        chance, floor: the loss of a collapsed encoder, and the least that there can be.
        path: file to write, .svg.
        method: key of `METHOD_COLORS`.

    Returns:
        The path.
    """
    return save(loss_figure(log, chance, floor, method), path)


@matplotlib.rc_context(STYLE)
def loss_figure(log: list[dict], chance: float, floor: float, method: str = "simclr") -> Figure:
    """The figure of `loss_curve`. The line is a mean, its band the range; the end, a last tenth.

    Raises:
        ValueError: a log without steps, or a chance that is not above the floor.
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
        title = f"The loss ended above chance: {end:.2f}, where guessing costs {chance:.2f}"
    figure = card(title)
    axes = figure.add_axes((0.085, 0.14, 0.76, 0.74))
    color = METHOD_COLORS[method]
    parts = loss.chunk(150)  # so that a long log is no larger than a short one
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
    axes.autoscale_view()  # settles where a loss is on the page
    values = [floor, chance, end]
    names = [f"floor {floor:.2f}", f"chance {chance:.2f}", f"{METHOD_NAMES[method]}\n{end:.2f}"]
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
        log: as `loss_curve`'s.
        at, mean, high: step, mean and upper end of the band along the line.
        color: of marks and text.
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
            ha="right" if i == len(lines) - 1 else "left",  # the label of the line's end is there
            bbox={"fc": CARD, "ec": "none", "pad": 0.5, "alpha": 0.8},
        )


def similarity_histogram(positives: Tensor, negatives: Tensor, path: str | Path) -> Path:
    """Save the chart of how alike two views of one image are, and two views of two images.

    Args:
        positives, negatives: cosine similarities, any shape.
        path: file to write, .svg.

    Returns:
        The path.
    """
    return save(similarity_figure(positives, negatives), path)


@matplotlib.rc_context(STYLE)
def similarity_figure(positives: Tensor, negatives: Tensor) -> Figure:
    """The figure of `similarity_histogram`. Each density is scaled to its own peak.

    Raises:
        ValueError: no pair of a kind.
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
        (1.15, positives, near, METHOD_COLORS["simclr"], "two views\nof one image"),
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


def feature_map(
    h: Tensor, labels: Tensor | None, classes: tuple[str, ...], path: str | Path
) -> Path:
    """Save the chart of the features' first two principal components.

    Args:
        h: representations, shape (N, D). They are brought to unit length, as k-NN sees them.
        labels: int64, shape (N,), or None where nobody labelled them.
        classes: names of the classes.
        path: file to write, .svg.

    Returns:
        The path.
    """
    return save(feature_figure(h, labels, classes), path)


@matplotlib.rc_context(STYLE)
def feature_figure(h: Tensor, labels: Tensor | None, classes: tuple[str, ...]) -> Figure:
    """The figure of `feature_map`. All N features make the components; up to 2,000 are drawn."""
    points, shares = principal_components(h)
    title = (
        f"Two directions of {h.shape[1]:,} hold {percent(sum(shares))} of the features' variance"
    )
    if not sum(shares):
        title = "The features have collapsed to one point"
    figure = card(title)
    axes = figure.add_axes((0.06, 0.09, 0.91, 0.8))
    rows = torch.linspace(0, len(h) - 1, min(MOST_POINTS, len(h))).round().long()
    colors = METHOD_COLORS["simclr"]
    if labels is not None:
        labels = labels.detach().cpu()
        colors = [CLASS_COLORS[label % len(CLASS_COLORS)] for label in labels[rows].tolist()]
    # as pixels: two thousand circles would make a large SVG
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
        h: representations, shape (N, D), brought to unit length first.

    Returns:
        Points, float64, shape (N, 2), the same at every call: a direction's largest entry is
        positive. And the share of the variance along each direction; 0 where nothing varies.

    Raises:
        ValueError: h of another shape, or a single row.
    """
    if h.dim() != 2 or len(h) < 2:
        raise ValueError(f"a map needs h of shape (N, D) with N of 2 or more, not {tuple(h.shape)}")
    h = F.normalize(h.detach().cpu().double(), dim=1)
    h = F.pad(h - h.mean(0), (0, max(0, 2 - h.shape[1])))  # one dimension: the second is empty
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))  # in rising order
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
    axes.apply_aspect()  # settles where a point is on the page
    pixels = axes.transData.transform(medians).tolist()
    heights = separate(pixels, [14 * len(classes[label]) + 24 for label in present], 36)
    for label, median, (_, y), height in zip(present, medians, pixels, heights, strict=True):
        color, frame = CLASS_COLORS[label % len(CLASS_COLORS)], {"boxstyle": "round,pad=0.2"}
        place = {"xytext": (0, (height - y) * 72 / DPI), "textcoords": "offset points"}
        if height != y:
            leader = {"arrowstyle": "-", "color": color}
            axes.annotate("", median, **place, arrowprops=leader, zorder=3)
        frame |= {"facecolor": CARD, "edgecolor": color, "alpha": 0.9}
        axes.annotate(
            classes[label], median, **place, ha="center", va="center", bbox=frame, zorder=4
        )


def accuracy_bars(
    result: dict, path: str | Path, method: str = "simclr", chance: float | None = None
) -> Path:
    """Save the chart of what a linear probe and k-NN read off each kind of features.

    Args:
        result: accuracies in [0, 1] as {"linear_probe": a, "knn": a}: under "test" the trained
            encoder's, under "baselines" by name: "untrained", and of "supervised", "pixels" and
            "histogram" those that are there.
        path: file to write, .svg.
        method: key of `METHOD_COLORS`.
        chance: accuracy of guessing, for a grey line.

    Returns:
        The path.
    """
    return save(accuracy_figure(result, method, chance), path)


@matplotlib.rc_context(STYLE)
def accuracy_figure(result: dict, method: str = "simclr", chance: float | None = None) -> Figure:
    """The figure of `accuracy_bars`."""
    rows = accuracy_rows(result, method)
    probe, untrained = rows[METHOD_NAMES[method]][0], rows["untrained"][0]
    figure = card(
        f"A linear probe reads {percent(probe)} off {METHOD_NAMES[method]}, "
        f"{percent(untrained)} off the untrained encoder"
    )
    axes = figure.add_axes((0.175, 0.14, 0.78, 0.68))
    for y, (name, accuracies) in enumerate(reversed(rows.items())):
        main = name == METHOD_NAMES[method]
        color = METHOD_COLORS[method] if main else GRAY
        axes.plot([0, accuracies[0]], [y, y], color=color, linewidth=7, solid_capstyle="butt")
        axes.plot(accuracies[1], y, "o", markersize=6, mfc=CARD, mec=color, mew=1.5, zorder=3)
        axes.text(-0.015, y, name, color=color if main else INK, ha="right", va="center")
        values = "probe {}   k-NN {}" if main else "{}   {}"
        values = values.format(*map(percent, accuracies))
        at = (max(accuracies) + 0.025, y)
        axes.text(*at, values, color=color, va="center", bbox={"fc": CARD, "ec": "none", "pad": 1})
    for level, name, side in ((chance, "chance ", "right"), (untrained, " untrained", "left")):
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
    """Linear probe and k-NN of each row by its name, from the top.

    Raises:
        ValueError: the result has no accuracy, since its images have no labels.
    """
    baselines = result.get("baselines") or {}
    rows = {
        "supervised": baselines.get("supervised"),
        METHOD_NAMES[method]: result.get("test"),
        "untrained": baselines.get("untrained"),
        "raw pixels": baselines.get("pixels"),
        "colour histogram": baselines.get("histogram"),
    }
    for name in (METHOD_NAMES[method], "untrained"):
        if not rows[name] or None in (rows[name].get("linear_probe"), rows[name].get("knn")):
            raise ValueError(
                f"the result has no accuracy of {name}: accuracy needs labelled images; "
                "without labels, draw loss_curve or neighbour_gallery"
            )
    return {name: (row["linear_probe"], row["knn"]) for name, row in rows.items() if row}


def comparison(rows: list, path: str | Path) -> Path:
    """Save the chart of several runs: each seed's linear probe, and the mean of each row.

    Args:
        rows: as `compare.compare` gives them, the untrained encoder first.
        path: file to write, .svg.

    Returns:
        The path.
    """
    return save(comparison_figure(rows), path)


@matplotlib.rc_context(STYLE)
def comparison_figure(rows: list) -> Figure:
    """The figure of `comparison`."""
    means = [sum(row.linear_probe) / len(row.linear_probe) for row in rows]
    best = max(range(1, len(rows)), key=means.__getitem__)
    title = f"{rows[best].name} has the highest mean, {percent(means[best])}"
    close = [row for row in rows[1:] if row is not rows[best] and row.within_spread(rows[best])]
    if close:
        title += f"; {len(close)} of {len(rows) - 2} others come within the spread of the seeds"
    figure = card(title)
    axes = figure.add_axes((0.32, 0.14, 0.62, 0.68))
    for y, (row, mean) in enumerate(reversed(list(zip(rows, means, strict=True)))):
        color = METHOD_COLORS.get(row.method, GRAY)
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


# ---- what every figure has


def card(title: str) -> Figure:
    """An empty figure, 6 x 3.5 inches, with its claim at the top."""
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=CARD)
    figure.suptitle(textwrap.fill(title, 78), x=0.025, y=0.965, ha="left", va="top", fontsize=10)
    return figure


def write(figure: Figure, left: float, down: float, text: str, **style) -> None:
    """Put text on the card, at pixels from its top left corner."""
    figure.text(left / WIDTH, 1 - down / HEIGHT, text, va="center", **style)


def percent(share: float) -> str:
    """A share as whole percent, such as "62 %"."""
    return f"{round(100 * float(share))} %"


def separate(centres: list, widths: list, height: float) -> list[float]:
    """Heights at which boxes do not overlap: each as it was, or moved off those before it.

    Args:
        centres: x and y of each box.
        widths: of each box.
        height: of all boxes.

    Returns:
        The y of each box.
    """
    heights = [y for _, y in centres]
    placed: list[int] = []

    def free(i: int, y: float) -> bool:
        """Whether a label at this height would cover none of those placed."""
        return all(
            abs(y - heights[j]) >= height
            or abs(centres[i][0] - centres[j][0]) >= (widths[i] + widths[j]) / 2
            for j in placed
        )

    for i in range(len(centres)):
        moves = (sign * height * k / 8 for k in itertools.count() for sign in (1, -1))
        heights[i] = next(y for y in (centres[i][1] + move for move in moves) if free(i, y))
        placed.append(i)
    return heights


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure, without the date, so that equal figures are equal files."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    title = figure.get_suptitle().replace("\n", " ")
    metadata = {"Title": title} | ({"Date": None} if path.suffix == ".svg" else {})
    with matplotlib.rc_context(STYLE):
        figure.savefig(path, dpi=DPI, metadata=metadata)
    return path
