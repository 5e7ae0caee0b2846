"""Write README's tables from the results kept here: mean of the seeds, their spread, and times.

python docs/results/table.py           # writes them
python docs/results/table.py --check   # says whether they are those of the results
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
README = HERE.parent.parent / "README.md"
DATA = ("shapes", "cifar10")
LONG = 36_000  # the training images of CIFAR-10 that are left after the split
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
    "cifar10-long": f"SimCLR, all {LONG:,} training images, 30 epochs",
    **{f"{data}-{method}": name for data in DATA for method, name in TITLES.items()},
}
BASELINES = {
    "untrained": "the same network, untrained",
    "pixels": "raw pixels",
    "histogram": "colour histogram",
    "patches": "k-means on patches, 400 numbers (one layer, no gradient)",
    "supervised": "the same network, all labels",
}


def results(name: str) -> list[dict]:
    """The results of every seed of a run."""
    return [json.loads(f.read_text()) for f in sorted(HERE.glob(f"{name}-[0-9]/result.json"))]


def spread(values: list[float]) -> str:
    """Mean and half the range, in percent."""
    half = f" ± {100 * compare.half_range(values):.1f}" if len(values) > 1 else " (one seed)"
    return f"{compare.mean(values):.1%}{half}"


def row(title: str, accuracies: list[dict], minutes: str, beside: str, words: str) -> str:
    """A line of the table."""
    cells = [spread([a[key] for a in accuracies]) for key in ("knn", "linear_probe")]
    return f"| {' | '.join([title, *cells, minutes, beside, words])} |"


def core_minutes(measured: list[dict]) -> str:
    """The mean time that training took, in minutes of one core, where it was measured."""
    if not all("core_seconds" in m for m in measured):
        return ""
    return f"{compare.mean([m['core_seconds'] for m in measured]) / 60:.1f}"


def beside_simclr(name: str, data: str) -> str:
    """How a run stands to SimCLR on the same data and budget: points, and what they say."""
    ours, first = results(name), results(data)
    if name == data or not first or ours[0]["epochs"] != first[0]["epochs"]:
        return ""
    rows = [compare.row(n, n, some, "test") for n, some in ((name, ours), (data, first))]
    return compare.against(*rows)


def table(data: str) -> str:
    """The table of one data set."""
    lines = [
        "| | k-NN | linear probe | core-minutes | probe against SimCLR's | command |",
        "|---|---:|---:|---:|---|---|",
    ]
    for name in RUNS:
        found = results(name) if name.startswith(data) else []
        if found:
            words = f"`{command(name, 0).split(' --seed')[0]}`"
            accuracies, beside = [r["test"] for r in found], beside_simclr(name, data)
            lines.append(row(NAMES[name], accuracies, core_minutes(found), beside, words))
    for key, title in BASELINES.items():
        rows = [r["baselines"][key] for r in results(data) if key in r["baselines"]]
        if rows:
            kept = patches(data, 400) if key == "patches" else []
            lines.append(row(title, rows, core_minutes(kept) if kept else "", "", ""))
    return "\n".join([*lines, *patch_rows(data)])


def patch_rows(data: str) -> list[str]:
    """The rows of k-means on patches with more numbers or images, which patches.py measured."""
    title = "k-means on patches, 1,600 numbers (one layer, no gradient)"
    more = f"k-means on patches, {{}} numbers, all {LONG:,} training images"
    rows = {title: patches(data, 1600)}
    rows |= {more.format(f"{n:,}"): patches(f"{data}-long", n) for n in (400, 1600)}
    words = "`python docs/results/patches.py`"
    return [
        row(title, found, core_minutes(found), "", words) for title, found in rows.items() if found
    ]


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
        rows[f"{title}, all {LONG:,} images"] = patches("cifar10-long", numbers)
    lines = ["| | 1% of the labels | 10% | all |", "|---|---:|---:|---:|"]
    for title, found in rows.items():
        if found:
            few = [[r["few_labels"][share]["probe"] for r in found] for share in ("1%", "10%")]
            cells = map(spread, [*few, [r["linear_probe"] for r in found]])
            lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def table_of_times() -> str:
    """How long the whole command takes, for each method that was measured on some data."""
    if not times.measured():
        return "With the present network these have still to be measured on a quiet machine."
    lines = ["| `--method` | shapes | CIFAR-10, 10,000 images |", "|---|---:|---:|"]
    for method in ("simclr", *OTHERS):
        suffix = "" if method == "simclr" else f"-{method}"
        cells = [times.range_of(f"{data}{suffix}") for data in DATA]
        if set(cells) != {"not measured"}:
            lines.append(f"| {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def fill(text: str, name: str, made: str) -> str:
    """A text with what stands between the marks of that name made anew."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.S)
    return between.sub(lambda _: f"{begin}\n{made}\n{end}", text)


def made_anew(text: str) -> str:
    """README with its tables made from the results kept here."""
    for data in DATA:
        text = fill(text, data, table(data))
    return fill(text, "times", table_of_times())


if __name__ == "__main__":
    text = README.read_text("utf-8")
    if "--check" in sys.argv:
        sys.exit("README's tables are not those of the results" * (made_anew(text) != text) or 0)
    README.write_text(made_anew(text), "utf-8")
