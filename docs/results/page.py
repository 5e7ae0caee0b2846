"""The tables and figures of the results page, from every result.json and log.jsonl kept here.

The site calls this when it is built, so a number on the page is a number in a file.
"""

import json
import tempfile
from functools import cache
from pathlib import Path

from findings import table as findings
from make import RUNS, command
from minutes import minutes_figure, points
from table import HERE, NAMES, few_labels_table, results, table

from simclr_mini import charts
from simclr_mini.canvas import percent, save
from simclr_mini.diagnostics import chance_loss, floor_loss


def section(name: str) -> str:
    """Markdown: the table and the figures of a data set, or what another name stands for."""
    parts = {"runs": every_run, "few": few_labels_table, "minutes": minutes, "studies": findings}
    if name in parts:
        return parts[name]()
    if not results(name):
        return f"No run is kept yet. `python docs/results/make.py {name}` makes them."
    return "\n\n".join([table(name), *(shown(run) for run in RUNS if run_of(run, name))])


def minutes() -> str:
    """The figure of accuracy against core-minutes."""
    said = "; ".join(f"{n}: {a:.1%} after {m:.1f} core-minutes" for n, _, m, a, _ in points())
    alt = f"Linear probe accuracy on CIFAR-10 against core-minutes. {said}."
    caption = "`python docs/results/make.py` and `python docs/results/patches.py`\n{ .caption }"
    return f"![{alt}](figures/minutes.svg)\n\n{caption}"


def run_of(run: str, data: str) -> list[dict]:
    """The results of a run, if it is one on this data."""
    return [result for result in results(run) if result["data"] == data]


def shown(run: str) -> str:
    """The heading and the figures of one run, each with its command."""
    caption = f"`{command(run, 0)}`\n{{ .caption }}"
    parts = [f"### {NAMES[run].replace('*', '')}"]
    for kind, alt in alts(run).items():
        parts += [f"![{alt}](figures/{run}-{kind}.svg)", caption]
    return "\n\n".join(parts)


def alts(run: str) -> dict[str, str]:
    """By kind of figure, what it shows to those who cannot see it."""
    first, log = results(run)[0], read_log(run)
    config = first["config"]
    rows = charts.accuracy_rows(mean_result(run), first["method"])
    read = [
        f"{name}: linear probe {percent(p)}, k-NN {percent(k)}" for name, (p, k) in rows.items()
    ]
    return {
        "accuracy": f"Bars of test accuracy. {'; '.join(read)}.",
        "loss": (
            f"The loss by step: {log[0]['loss']:.2f} at first, {log[-1]['loss']:.2f} after "
            f"{len(log)} steps of {config['batch_size']} images; chance is "
            f"{chance_and_floor(first)[0]:.2f}."
        ),
    }


@cache
def figures() -> dict[str, str]:
    """Every figure as SVG, by name."""
    drawn = {}
    with tempfile.TemporaryDirectory() as folder:
        path = save(minutes_figure(), Path(folder) / "minutes.svg")
        drawn["minutes"] = path.read_text("utf-8")
        for run in RUNS:
            if not results(run):
                continue
            method = results(run)[0]["method"]
            levels = chance_and_floor(results(run)[0])
            kinds = {
                "accuracy": charts.accuracy_figure(mean_result(run), method, chance=0.1),
                "loss": charts.loss_figure(read_log(run), *levels, method),
            }
            for kind, figure in kinds.items():
                path = save(figure, Path(folder) / "figure.svg")
                drawn[f"{run}-{kind}"] = path.read_text("utf-8")
    return drawn


def chance_and_floor(result: dict) -> tuple[float, float]:
    """The losses of a run that learned nothing and of one that learned all."""
    health, B = result["diagnostics"], result["config"]["batch_size"]
    if "chance_loss" in health:
        return health["chance_loss"], health["floor_loss"]
    return chance_loss(B), floor_loss(B, result["config"]["temperature"])


@cache
def read_log(run: str) -> list[dict]:
    """The log of a run's first seed."""
    file = min(HERE.glob(f"{run}-[0-9]/log.jsonl"))
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def mean_result(run: str) -> dict:
    """Test accuracies of a run and of what it is compared with, the mean over seeds."""
    found = results(run)
    baselines = {name for result in found for name in result["baselines"]}
    return {
        "test": mean([result["test"] for result in found]),
        "baselines": {
            name: mean([r["baselines"][name] for r in found if name in r["baselines"]])
            for name in sorted(baselines)
        },
    }


def mean(rows: list[dict]) -> dict[str, float]:
    """The mean accuracy by either reading."""
    return {key: sum(row[key] for row in rows) / len(rows) for key in ("knn", "linear_probe")}


def every_run() -> str:
    """A table with a line for every run: what it scored, where it stood, and on what machine."""
    lines = [
        "| run | k-NN | linear probe | probe, 1 % of labels | 10 % | last loss | rank of h "
        "| views/s | machine |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|",
    ]
    for run in RUNS:
        for result in results(run):
            test, health = result["test"], result["diagnostics"]
            cells = [
                f"`{run}-{result['seed']}`",
                *(f"{test[k]:.1%}" for k in ("knn", "linear_probe")),
            ]
            cells += [f"{test['few_labels'][share]['probe']:.1%}" for share in ("1%", "10%")]
            cells += [f"{health['final_loss']:.2f}", f"{health['effective_rank_h']:.0f}"]
            cells += [f"{result['views_per_second']:,}", result["machine"]]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
