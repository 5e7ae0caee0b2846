"""Write the tables of README, and of this folder's README, from the results kept here.

python docs/results/table.py           # writes them
python docs/results/table.py --check   # says whether they match the results
"""

import json
import re
import sys
from pathlib import Path

import times
from make import OTHERS, RUNS, command

from simclr_mini import compare
from simclr_mini.methods import method_class

HERE = Path(__file__).parent
READMES = (HERE.parent.parent / "README.md", HERE / "README.md")
DATA = ("shapes", "cifar10")
ALL = "all 36,000 training images"  # those of CIFAR-10 that are left after the split
TITLES = {method: method_class(method).title for method in OTHERS}
TITLES["curation"] += " (our interpretation)"
NAMES = {
    "shapes": "**SimCLR**",
    "shapes-crop-only": "SimCLR, crops alone (colours left as they are)",
    "shapes-wrong-positives": "SimCLR, second view from another image",
    "cifar10": "**SimCLR**, 10,000 images, 10 epochs",
    "cifar10-more": "SimCLR, 16 epochs: three minutes of training on two cores",
    "cifar10-crops": "SimCLR with four small crops, 5 epochs, about equal time",
    "cifar10-nnclr-crops": "NNCLR with four small crops, 5 epochs, about equal time",
    "cifar10-swav-crops": "SwAV with four small crops, 5 epochs, about equal time",
    "shapes-tiny": "SimCLR, lesson 2's ResNet in place of the default network",
    "shapes-tiny-crop-only": "the same, crops alone",
    "cifar10-tiny": "SimCLR, lesson 2's ResNet in place of the default network",
    "cifar10-long": f"SimCLR, {ALL}, 30 epochs",
    **{f"{data}-{method}": name for data in DATA for method, name in TITLES.items()},
}
BASELINES = {
    "untrained": "the default network, untrained",
    "pixels": "raw pixels",
    "histogram": "colour histogram",
    "patches": "k-means on patches, 400 numbers (one layer, no gradient)",
    "supervised": "the default network, trained with all labels",
}


def results(name: str) -> list[dict]:
    """The results of every seed of a run."""
    return [json.loads(f.read_text()) for f in sorted(HERE.glob(f"{name}-[0-9]/result.json"))]


def runs_on(data: str) -> list[str]:
    """The names of the runs on a data set that are kept here."""
    return [run for run in RUNS if run.startswith(data) and results(run)]


def spread(values: list[float]) -> str:
    """Mean and half the range, in percent."""
    half = f" ± {100 * compare.half_range(values):.1f}" if len(values) > 1 else " (one seed)"
    return f"{compare.mean(values):.1%}{half}"


def cells(accuracies: list[dict], measured: list[dict]) -> list[str]:
    """k-NN, linear probe, and the core-minutes of what was measured; empty where nothing was."""
    if not accuracies:
        return [""] * 3
    means = [spread([a[key] for a in accuracies]) for key in ("knn", "linear_probe")]
    return [*means, core_minutes(measured)]


def cells_of_run(name: str) -> list[str]:
    """The cells of a trained network."""
    found = results(name)
    return cells([r["test"] for r in found], found)


def cells_of_baseline(data: str, key: str) -> list[str]:
    """The cells of a baseline, as the runs with SimCLR measured it."""
    rows = [r["baselines"][key] for r in results(data) if key in r["baselines"]]
    return cells(rows, patches(data, 400) if key == "patches" else [])


def line(*cells: str) -> str:
    """A line of a table."""
    return f"| {' | '.join(cells)} |"


def core_minutes(measured: list[dict]) -> str:
    """The mean time that training took, in minutes of one core, where it was measured."""
    if not measured or not all("core_seconds" in m for m in measured):
        return ""
    return f"{compare.mean([m['core_seconds'] for m in measured]) / 60:.1f}"


def beside_simclr(name: str, data: str) -> str:
    """How a run compares with SimCLR on the same data and budget: points, and what they say."""
    ours, first = results(name), results(data)
    if name == data or not first or ours[0]["epochs"] != first[0]["epochs"]:
        return ""
    rows = [compare.row(n, n, some, "test") for n, some in ((name, ours), (data, first))]
    return compare.against(*rows)


def table(data: str) -> str:
    """The table of one data set."""
    lines = [
        "| | k-NN | linear probe | core-minutes | probe against SimCLR's |",
        "|---|---:|---:|---:|---|",
    ]
    for name in runs_on(data):
        lines.append(line(NAMES[name], *cells_of_run(name), beside_simclr(name, data)))
    rows = {title: cells_of_baseline(data, key) for key, title in BASELINES.items()}
    rows["lesson 2's ResNet, untrained"] = cells_of_baseline(f"{data}-tiny", "untrained")
    rows |= patch_rows(data)
    return "\n".join([*lines, *(line(title, *row, "") for title, row in rows.items() if any(row))])


def patch_rows(data: str) -> dict[str, list[str]]:
    """The rows of k-means on patches with more numbers or images, which patches.py measured."""
    title = "k-means on patches, {:,} numbers"
    rows = {title.format(1600): patches(data, 1600)}
    rows |= {f"{title.format(n)}, {ALL}": patches(f"{data}-long", n) for n in (400, 1600)}
    return {title: cells(found, found) for title, found in rows.items()}


def overview() -> str:
    """README's table: what each method and baseline reaches on both data sets, and in what time."""
    rows = {"**SimCLR**": [cells_of_run(data) for data in DATA]}
    for method, title in TITLES.items():
        rows[title] = [cells_of_run(f"{data}-{method}") for data in DATA]
    rows[NAMES["cifar10-more"]] = [cells([], []), cells_of_run("cifar10-more")]
    for key in ("untrained", "patches"):
        rows[BASELINES[key]] = [cells_of_baseline(data, key) for data in DATA]
    both = [patch_rows(data) for data in DATA]  # those of all images come last
    of_patches = {title: [some[title] for some in both] for title in both[0]}
    rows |= {title: row for title, row in of_patches.items() if ALL not in title}
    for key in ("pixels", "supervised"):
        rows[BASELINES[key]] = [cells_of_baseline(data, key) for data in DATA]
    rows[NAMES["cifar10-long"]] = [cells([], []), cells_of_run("cifar10-long")]
    rows |= of_patches
    head = "k-NN | linear probe | core-minutes"
    lines = [f"| | shapes: {head} | CIFAR-10: {head} |", f"|---|{'---:|' * 6}"]
    return "\n".join([*lines, *(line(title, *a, *b) for title, (a, b) in rows.items())])


def patches(data: str, numbers: int) -> list[dict]:
    """The measurements of patches.py, one for each seed."""
    file = HERE / "patches.json"
    kept = json.loads(file.read_text()) if file.exists() else {}
    return [found for name, found in kept.items() if name.startswith(f"{data}-{numbers}-")]


def few_labels_table() -> str:
    """The probe's accuracy with few labels on CIFAR-10: every method, and k-means on patches."""
    rows = {NAMES[name]: [r["test"] for r in results(name)] for name in RUNS if "cifar10" in name}
    for numbers in (400, 1600):
        title = f"k-means on patches, {numbers:,} numbers"
        rows[title] = patches("cifar10", numbers)
        rows[f"{title}, {ALL}"] = patches("cifar10-long", numbers)
    lines = ["| | 1% of the labels | 10% | all |", "|---|---:|---:|---:|"]
    for title, found in rows.items():
        if found:
            few = [[r["few_labels"][share]["probe"] for r in found] for share in ("1%", "10%")]
            lines.append(line(title, *map(spread, [*few, [r["linear_probe"] for r in found]])))
    return "\n".join(lines)


def table_of_times() -> str:
    """How long the whole command takes, for each method that was measured on some data."""
    if not times.measured():
        return "These times have not been measured with the present network on a quiet machine yet."
    lines = ["| `--method` | shapes | CIFAR-10, 10,000 images |", "|---|---:|---:|"]
    for method in ("simclr", *OTHERS):
        suffix = "" if method == "simclr" else f"-{method}"
        cells = [times.range_of(f"{data}{suffix}") for data in DATA]
        if set(cells) != {"not measured"}:
            lines.append(f"| {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def commands(data: str) -> str:
    """The command of every run on a data set that is kept here, without its seed and name."""
    return "\n".join(command(run, 0).split(" --seed")[0] for run in runs_on(data))


def fill(text: str, name: str, made: str) -> str:
    """A text in which `made` replaces what is between the marks of that name, if it has them."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    return between.sub(lambda _: f"{begin}\n{made}\n{end}", text)


def made_anew(text: str) -> str:
    """A page with its tables made from the results kept here."""
    made = {"overview": overview(), "times": table_of_times(), "few": few_labels_table()}
    made |= {data: table(data) for data in DATA}
    made["commands"] = "\n".join(["```console", *map(commands, DATA), "```"])
    for name, piece in made.items():
        text = fill(text, name, piece)
    return text


if __name__ == "__main__":
    for file in READMES:
        text = file.read_text("utf-8")
        if "--check" not in sys.argv:
            file.write_text(made_anew(text), "utf-8")
        elif made_anew(text) != text:
            sys.exit(f"the tables of {file} do not match the results")
