"""The figure of a study: each claim's difference, seed by seed, with its interval."""

from textwrap import fill

from findings import differences, effect_of, interval, verdict
from matplotlib.figure import Figure
from runner import Study

from simclr_mini.canvas import BLUE, CARD, GRAY, INK, RED

COLORS = {"holds": BLUE, "fails": RED, "open": GRAY}


def is_complete(study: Study) -> bool:
    """Whether every claim of a study has its verdict."""
    return all(verdict(study, claim) in COLORS for claim in study.claims)


def heading(study: Study) -> str:
    """The finding in one line: how many of the claims hold here."""
    found = [verdict(study, claim) for claim in study.claims]
    words = {"holds": ("holds", "hold"), "fails": ("fails", "fail")}
    words["open"] = ("stays open", "stay open")
    counts = [f"{found.count(v)} {words[v][found.count(v) > 1]}" for v in words if v in found]
    return f"{study.title}: of {len(found)} claims, {', '.join(counts)}"


def finding(study: Study, claim: dict) -> str:
    """A claim and what became of it."""
    ends = {"holds": "it holds", "fails": "it fails", "open": "open"}
    effect = effect_of(differences(study, claim))
    return f"{claim['says']}: {ends[verdict(study, claim)]} ({effect})"


def forest(study: Study) -> Figure:
    """A row for each claim: a dot for each seed, the mean and its 95 % interval."""
    rows = study.claims
    figure = Figure(figsize=(6, 0.75 + 0.5 * len(rows)), facecolor=CARD)
    figure.suptitle(heading(study), x=0.025, ha="left", va="top", y=0.985, fontsize=10)
    low = 0.5 / figure.get_figheight()
    axes = figure.add_axes((0.5, low, 0.47, 1 - low - 0.35 / figure.get_figheight()))
    for y, claim in enumerate(rows):
        values, color = differences(study, claim), COLORS[verdict(study, claim)]
        mean, half = interval(values)
        axes.plot([mean - half, mean + half], [y, y], color=color, linewidth=1.5)
        axes.plot(values, [y] * len(values), "o", color=color, markersize=3, alpha=0.45)
        axes.plot(mean, y, "D", color=color, markersize=4)
        if edge := claim.get("within", claim.get("least", 0)):
            axes.plot([edge, edge], [y - 0.3, y + 0.3], color=INK, linewidth=0.8)
    axes.axvline(0, color=INK, linewidth=0.8)
    labels = [fill(finding(study, claim), 48) for claim in rows]
    axes.set_yticks(range(len(rows)), labels, fontsize=7, ha="left")
    axes.tick_params(axis="y", length=0, pad=0.475 * 72 * figure.get_figwidth())
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel("difference in points, by seed, with its 95 % interval")
    axes.spines["left"].set_visible(False)
    return figure
