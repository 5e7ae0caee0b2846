"""What methods do while they train, from the logs and results that docs/results keeps."""

import json
from pathlib import Path

from drawing import BLUE, GOLD, GRAY, path, rect, svg, text

from simclr_mini.compare import mean
from simclr_mini.runs import read_log

RESULTS = Path(__file__).parents[1] / "results"
LEFT, WIDE, TALL = 50, 420, 84  # left edge, width and height of a chart
EPOCHS = 10  # in each run


def logs(name: str) -> list[list[dict]]:
    """The lines of the log of each seed."""
    return [read_log(folder) for folder in sorted(RESULTS.glob(f"{name}-[0-9]"))]


def by_epoch(log: list[dict], key: str) -> list[float]:
    """The mean of a meter in each epoch; an epoch without it is left out."""
    found: dict[int, list[float]] = {}
    for line in log:
        if key in line:
            found.setdefault(line["epoch"], []).append(line[key])
    return [mean(values) for values in found.values()]


def over_seeds(found: list[list[float]]) -> list[float]:
    """The mean of each epoch over seeds."""
    return [mean(values) for values in zip(*found, strict=True)]


def chart(top: float, title: str, most: float, unit: str) -> list[str]:
    """An empty chart: its title, its axes, and the epochs below."""
    low = top + TALL
    body = [text(0, top - 12, title, font_weight="bold")]
    body.append(
        path(f"M{LEFT} {top}V{low}H{LEFT + WIDE}", stroke="currentColor", stroke_opacity=0.5)
    )
    for value in (0, most):
        body.append(text(LEFT - 6, low + 4 - TALL * value / most, f"{value:g}{unit}", "end"))
    for epoch in range(1, EPOCHS + 1):
        body.append(text(at(epoch), low + 17, str(epoch), "middle", font_size=11))
    return [*body, text(0, low + 17, "epoch", font_size=11)]


def at(epoch: int) -> float:
    """Where an epoch is on the page."""
    return LEFT + WIDE * (epoch - 0.5) / EPOCHS


def lines(top: float, most: float, seeds: list[list[float]], color: str, name: str) -> list[str]:
    """A line for each seed, to the last epoch, and their name at the end."""
    body = []
    for values in seeds:
        first = EPOCHS - len(values) + 1  # some meters compare with the epoch before
        corners = [
            f"{at(first + i):.1f} {top + TALL - TALL * value / most:.1f}"
            for i, value in enumerate(values)
        ]
        body.append(path("M" + "L".join(corners), stroke=color, stroke_width=1.6))
    end = top + TALL + 4 - TALL * mean([values[-1] for values in seeds]) / most
    return [*body, text(LEFT + WIDE + 4, end, name, fill=color, font_weight="bold")]


def level(top: float, most: float, value: float, words: str) -> list[str]:
    """A dashed line at a value."""
    y = top + TALL - TALL * value / most
    line = path(f"M{LEFT} {y:.1f}h{WIDE}", stroke=GRAY, stroke_dasharray="4 3")
    return [line, text(LEFT + WIDE, y - 4, words, "end", fill=GRAY, font_size=11)]


def neighbours() -> str:
    """NNCLR: how many neighbours are of their query's class, and how old they are."""
    seen = logs("cifar10-nnclr")
    share = [[100 * value for value in by_epoch(log, "same_class")] for log in seen]
    age = [by_epoch(log, "neighbour_age") for log in seen]
    first, last = (over_seeds(share)[i] for i in (0, -1))
    old = over_seeds(age)[-1]
    body = chart(26, "neighbours of the query’s class", 50, " %")
    body += lines(26, 50, share, BLUE, f"{last:.0f} %") + level(26, 50, 10, "chance 10 %")
    body += chart(168, "age of a neighbour, in steps", 32, "")
    body += lines(168, 32, age, GOLD, f"{old:.0f}") + level(168, 32, 16.5, "mean age of all rows")
    alt = (
        f"NNCLR on 10,000 photographs of CIFAR-10, {len(seen)} seeds. The share of neighbours that "
        f"have their query's class rises from {first:.0f} % in the first epoch to {last:.0f} % in "
        f"the last; chance is 10 %. Neighbours are {old:.0f} steps old on average, where all rows "
        "are 16.5 steps old on average."
    )
    return svg("nnclr-neighbours", 580, 272, alt, body)


def clusters() -> str:
    """DeepCluster: how clusterings agree with the labels and with the last one; their number."""
    seen = logs("cifar10-deepcluster")
    truth, last, count = (
        [by_epoch(log, key) for log in seen]
        for key in ("nmi_labels", "nmi_last", "effective_clusters")
    )
    ends = [over_seeds(found) for found in (truth, last, count)]
    body = chart(26, "normalised mutual information", 1, "")
    body += lines(26, 1, last, GOLD, f"last epoch’s {ends[1][-1]:.2f}")
    body += lines(26, 1, truth, BLUE, f"labels {ends[0][-1]:.2f}")
    body += chart(168, "clusters in effect, of 256", 256, "")
    body += lines(168, 256, count, GRAY, f"{ends[2][-1]:.0f}")
    alt = (
        f"DeepCluster on 10,000 photographs of CIFAR-10, {len(seen)} seeds. The mutual information "
        f"of the clusters with the labels rises from {ends[0][0]:.2f} to {ends[0][-1]:.2f}, and "
        f"with the clusters of the epoch before from {ends[1][0]:.2f} to {ends[1][-1]:.2f}. "
        f"{ends[2][0]:.0f} to {ends[2][-1]:.0f} of 256 clusters are in effect."
    )
    return svg("deepcluster-clusters", 600, 272, alt, body)


def pairs() -> str:
    """G-SimCLR: what its batches change, and what they do not."""
    seen = logs("cifar10-gsimclr")
    random = mean([log[0]["random_collisions"] for log in seen])
    dealt = mean([mean([line["collisions"] for line in log]) for log in seen])
    same = 100 * mean([mean([line["same_class"] for line in log]) for log in seen])
    probes = [
        100 * mean([result["test"]["linear_probe"] for result in results(name)])
        for name in ("cifar10", "cifar10-gsimclr")
    ]
    rows = (
        ("pairs of one cluster in a batch", random, dealt, "", "at random"),
        ("pairs of one class, of all pairs", 10.0, same, " %", "at random"),
        ("accuracy of the linear probe", *probes, " %", "SimCLR"),
    )
    body = []
    for i, (title, before, after, unit, name) in enumerate(rows):
        top, most = 78 * i, max(before, after)
        body.append(text(0, top + 14, title, font_weight="bold"))
        for k, (words, value) in enumerate(((name, before), ("G-SimCLR", after))):
            y, wide = top + 24 + 24 * k, 360 * value / most
            body.append(text(86, y + 14, words, "end"))
            body.append(rect(94, y, wide, 18, fill=(GRAY, GOLD)[k], fill_opacity=0.8))
            body.append(text(100 + wide, y + 14, f"{value:.1f}{unit}"))
    alt = (
        f"G-SimCLR on 10,000 photographs of CIFAR-10, means of {len(seen)} seeds. A batch has "
        f"{dealt:.1f} pairs of one cluster, and {random:.1f} at random. Of all pairs, {same:.1f} % "
        f"are of one class, and 10.0 % at random. The linear probe reaches {probes[1]:.1f} %, and "
        f"{probes[0]:.1f} % after SimCLR."
    )
    return svg("gsimclr-pairs", 520, 234, alt, body)


def results(name: str) -> list[dict]:
    """The results of each seed."""
    return [
        json.loads(file.read_text()) for file in sorted(RESULTS.glob(f"{name}-[0-9]/result.json"))
    ]
