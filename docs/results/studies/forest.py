"""The figure of a study: each claim's difference, seed by seed, with its interval."""

from textwrap import fill

from findings import differences, effect_of, interval, verdict
from matplotlib.figure import Figure
from runner import Study

from simclr_mini.canvas import BLUE, CARD, GRAY, INK, RED

COLORS = {"holds": BLUE, "fails": RED, "open": GRAY}
# what one claim does, and what several do
SAID = {"holds": ("holds", "hold"), "fails": ("fails", "fail"), "open": ("stays open", "stay open")}


def is_complete(study: Study) -> bool:
    """Whether every claim of a study has its verdict."""
    return all(verdict(study, claim) in COLORS for claim in study.claims)


def heading(study: Study) -> str:
    """The finding in one line, such as "The head: 2 claims hold, 1 claim fails"."""
    found = [verdict(study, claim) for claim in study.claims]
    counts = {v: found.count(v) for v in SAID if v in found}
    parts = [f"{n} claim{'s' * (n > 1)} {SAID[v][n > 1]}" for v, n in counts.items()]
    return f"{study.title}: {', '.join(parts)}"


def finding(study: Study, claim: dict) -> str:
    """A claim and what became of it."""
    effect = effect_of(differences(study, claim))
    return f"{claim['says']}: it {SAID[verdict(study, claim)][0]} ({effect})"


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
