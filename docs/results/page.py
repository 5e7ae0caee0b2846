"""The tables and figures of the results page, from every result.json and log.jsonl kept here.

The site calls this when it is built, so a number on the page is a number in a file.
"""

import json
import tempfile
from functools import cache
from pathlib import Path
from textwrap import fill

import matplotlib
from forest import forest, is_complete
from make import RUNS
from matplotlib.figure import Figure
from minutes import minutes_figure, points
from runner import declared
from section import section as studies
from table import DATA, HERE, NAMES, commands, few_labels_table, results, runs_on, table

from simclr_mini.canvas import CARD, GRAY, STYLE, save
from simclr_mini.diagnostics import chance_loss, floor_loss
from simclr_mini.methods import method_class


def section(name: str) -> str:
    """Markdown: the table and the figures of a data set, or what another name stands for."""
    parts = {"runs": every_run, "few": few_labels_table, "minutes": minutes, "studies": studies}
    if name in parts:
        return parts[name]()
    if not results(name):
        return f"No run is kept yet. `python docs/results/make.py {name}` makes them."
    return "\n\n".join([table(name), losses(name), folded_commands(name)])


def folded_commands(data: str) -> str:
    """The command of every run, folded."""
    lines = [f"    {line}" for line in commands(data).splitlines()]
    return "\n".join(['??? info "The commands"\n', "    ```console", *lines, "    ```"])


def losses(data: str) -> str:
    """The figure of every run's loss, with a caption."""
    said = "The loss of each run's first seed, by step; the grey lines are chance and floor."
    return f"![{losses_alt(data)}](figures/{data}-losses.svg)\n\n{said}\n{{ .caption }}"


def minutes() -> str:
    """The figure of accuracy against core-minutes."""
    said = "; ".join(f"{n}: {a:.1%} after {m:.1f} core-minutes" for n, _, m, a, _ in points())
    alt = f"Linear probe accuracy on CIFAR-10 against core-minutes. {said}."
    caption = "`python docs/results/make.py` and `python docs/results/patches.py`\n{ .caption }"
    return f"![{alt}](figures/minutes.svg)\n\n{caption}"


def losses_alt(data: str) -> str:
    """What the figure shows, for those who cannot see it."""
    ends = [f"{title(run)} {end_of(read_log(run)):.2f}" for run in runs_on(data)]
    return f"The loss by step, in a panel for each run. At the end: {'; '.join(ends)}."


def title(run: str) -> str:
    """The name of a run, for a panel."""
    return NAMES[run].replace("*", "")


def end_of(log: list[dict]) -> float:
    """The mean loss of the last tenth of the steps."""
    last = [line["loss"] for line in log[-max(1, len(log) // 10) :]]
    return sum(last) / len(last)


def losses_figure(data: str) -> Figure:
    """A panel for each run."""
    runs, across = runs_on(data), 4
    down = -(-len(runs) // across)
    figure = Figure(figsize=(7.2, 1.75 * down), facecolor=CARD)
    panels = figure.subplots(down, across, squeeze=False).flatten()
    for axes, run in zip(panels, runs, strict=False):
        panel(axes, run)
    for axes in panels[len(runs) :]:
        axes.axis("off")
    figure.tight_layout(w_pad=0.6)
    return figure


def panel(axes, run: str) -> None:
    """The loss of a run, between chance and its floor."""
    first, log = results(run)[0], read_log(run)
    size = max(1, len(log) // 60)  # steps in a point
    parts = [log[i : i + size] for i in range(0, len(log), size)]
    mean = [sum(line["loss"] for line in part) / len(part) for part in parts]
    axes.plot([part[0]["step"] for part in parts], mean, color=method_class(first["method"]).color)
    chance, floor = chance_and_floor(first)
    for level in (chance, floor):
        axes.axhline(level, color=GRAY, linewidth=0.8)
    axes.set_title(fill(title(run), 28), fontsize=6.5, loc="left")
    axes.set_xticks([0, log[-1]["step"]])
    end = end_of(log)
    values = [floor, chance] if chance - end < 0.1 * (chance - floor) else [floor, end, chance]
    axes.set_yticks(values, [f"{value:.1f}" for value in values])
    axes.tick_params(labelsize=6, length=2)


@cache
def figures() -> dict[str, str]:
    """Every figure as SVG, by name."""
    drawn = {"minutes": minutes_figure()}
    with matplotlib.rc_context(STYLE):
        drawn |= {f"{data}-losses": losses_figure(data) for data in DATA if runs_on(data)}
        drawn |= {f"study-{s.name}": forest(s) for s in declared() if is_complete(s)}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "figure.svg"
        return {name: save(figure, file).read_text("utf-8") for name, figure in drawn.items()}


def chance_and_floor(result: dict) -> tuple[float, float]:
    """The losses of a run that learned nothing and of one that learned everything."""
    health, B = result["diagnostics"], result["config"]["batch_size"]
    if "chance_loss" in health:
        return health["chance_loss"], health["floor_loss"]
    return chance_loss(B), floor_loss(B, result["config"]["temperature"])


@cache
def read_log(run: str) -> list[dict]:
    """The log of a run's first seed."""
    file = min(HERE.glob(f"{run}-[0-9]/log.jsonl"))
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def every_run() -> str:
    """A table with a line for every run: its scores and how it ended. Below: the machines."""
    lines = [
        "| run | k-NN | linear probe | probe, 1% of labels | 10% | last loss | rank of h "
        "| views/s |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    machines = {}
    for run in RUNS:
        for result in results(run):
            test, health = result["test"], result["diagnostics"]
            cells = [
                f"`{run}-{result['seed']}`",
                *(f"{test[k]:.1%}" for k in ("knn", "linear_probe")),
            ]
            cells += [f"{test['few_labels'][share]['probe']:.1%}" for share in ("1%", "10%")]
            cells += [f"{health['final_loss']:.2f}", f"{health['effective_rank_h']:.0f}"]
            cells += [f"{result['views_per_second']:,}"]
            lines.append(f"| {' | '.join(cells)} |")
            machines.setdefault(result["machine"], []).append(cells[0])
    most = max(machines, key=lambda machine: len(machines[machine]))
    said = f"\nThe machine: {most}."
    for machine, runs in machines.items():
        if machine != most:
            said += f" {', '.join(runs)}: {machine}."
    return "\n".join([*lines, said])
