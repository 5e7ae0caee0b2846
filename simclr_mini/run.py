"""A run: its folder, its progress bar, and what it learned."""

import json
import os
import platform
import time
from dataclasses import asdict, replace
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from simclr_mini import train
from simclr_mini.config import Config, flag, unused
from simclr_mini.data import Images
from simclr_mini.diagnostics import alignment, effective_rank, uniformity
from simclr_mini.draw import draw
from simclr_mini.evaluate import as_input, features
from simclr_mini.report import evaluate, of_encoder

GAUGES = {  # the meters that tell most, in the progress bar; all of them are in the log
    "contrastive_accuracy": ("finds the other view", ".0%"),
    "accuracy": ("finds the class", ".0%"),
    "collisions": ("collisions", "d"),
    "least_collisions": ("of at least", ".0f"),
    "random_collisions": ("by chance", ".0f"),
    "dropped": ("dropped", ".0%"),
    "accepted": ("accepted", ".0%"),
    "first_kept": ("first draw kept", ".0%"),
    "overlap_kept": ("crops overlap", ".0%"),
    "self_match": ("neighbour is itself", ".0%"),
    "same_class": ("same class", ".0%"),
    "neighbour_age": ("neighbour's age", ".0f"),
    "distinct": ("different neighbours", ".0%"),
    "nmi_last": ("NMI with last clusters", ".2f"),
    "effective_clusters": ("clusters in effect", ".0f"),
}
FILES = ("*.json", "log.jsonl", "checkpoint.pt", "*.part", "*.svg", "*.png")  # of a run
console = Console()


def run(
    config: Config, folder: Path, resume: bool, force: bool, supervised: bool, fine_tune: bool
) -> dict:
    """Train, evaluate, draw, and write it all into a folder.

    Args:
        config: every choice.
        folder: of the run.
        resume: go on with the run in the folder.
        force: replace the run in the folder.
        supervised: also train the same network with labels, in a folder inside, for comparison.
        fine_tune: also tune the whole encoder on 1 % and 10 % of the labels.

    Returns:
        What result.json holds.

    Raises:
        FileExistsError: the folder holds a run, and neither `resume` nor `force` is set.
        ValueError: `resume`, and the run was started with another configuration.
        Others as `train.train`.
    """
    config.check()
    data = train.load_splits(config)
    train.pick_device(config.device)
    if supervised:
        train.check_classes(data["train"], "--supervised")
    untrained = train.build_method(config, data["train"])  # what cannot be built is refused here
    prepare(config, folder, resume, force)
    before = read_result(folder)
    method = follow(config, folder, data, untrained)
    console.print("evaluating on the test images ...")
    result = measure(config, folder, method, data, fine_tune)
    keep_costly(before, result)
    if supervised:
        console.print("the same network with labels:")
        inner = folder / "supervised"
        plain = {f: Config.__dataclass_fields__[f].default for f in unused("supervised")}
        other = replace(config, method="supervised", **plain)
        prepare(other, inner, (inner / "config.json").exists(), False)
        labelled = follow(other, inner, data, train.build_method(other, data["train"]))
        result["baselines"]["supervised"] = of_encoder(
            labelled.encoder, *data.values(), config.seed, fine_tune=False
        )
    write_json(folder / "result.json", result)
    draw(folder, method, data, result, read_log(folder))
    console.print(table(result))
    console.print(f"{folder}: result.json, log.jsonl, checkpoint.pt, pictures", markup=False)
    return result


def prepare(config: Config, folder: Path, resume: bool, force: bool) -> None:
    """Make the folder of a run, or check that the one that is there may be used.

    Raises:
        FileExistsError: it holds a run, and neither `resume` nor `force` is set.
        FileNotFoundError: `resume`, and it holds none.
        ValueError: `resume`, and other options; or `force`, and it is no run's.
    """
    file = folder / "config.json"
    if file.exists() and resume:
        old = asdict(train.run_config(folder))
        differs = [k for k, v in asdict(config).items() if old[k] != v]
        if differs:
            was = ", ".join(f"--{flag(k)} {old[k]}" for k in differs)
            raise ValueError(f"{folder} was started with {was}; give the same options to --resume")
        return
    if resume and not file.exists() and not force:
        raise FileNotFoundError(f"{folder} holds no run to resume; leave --resume out to start it")
    if file.exists() and not force:
        raise FileExistsError(
            f"{folder} already holds a run: --resume goes on with it, --force replaces it, "
            "--name starts another"
        )
    if file.exists():
        clear(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_json(file, asdict(config))


def clear(folder: Path) -> None:
    """Delete a run, and nothing else that lies in its folder.

    Raises:
        ValueError: its config.json is not of a run.
    """
    train.run_config(folder)
    for pattern in FILES:
        for file in folder.glob(pattern):
            file.unlink()
    if (folder / "supervised" / "config.json").exists():
        clear(folder / "supervised")


def read_result(folder: Path) -> dict | None:
    """What a run that came to its end has said; None before that."""
    file = folder / "result.json"
    return json.loads(file.read_text()) if file.exists() else None


def keep_costly(before: dict | None, result: dict) -> None:
    """What only --supervised and --fine-tune measure stays when a run is resumed without them."""
    if before and "supervised" in before["baselines"]:
        result["baselines"]["supervised"] = before["baselines"]["supervised"]
    old = ((before or {}).get("test") or {}).get("few_labels") or {}
    for share, row in (result["test"]["few_labels"] or {}).items():
        if row["fine_tune"] is None and share in old:
            row["fine_tune"] = old[share]["fine_tune"]


def write_json(file: Path, content: dict) -> None:
    """Write a file whole or not at all."""
    part = file.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2) + "\n")
    os.replace(part, file)


def follow(config: Config, folder: Path, data: dict[str, Images], untrained):
    """Train with a progress bar; where nobody is watching a terminal, a line for each epoch.

    Args:
        config: every choice.
        folder: of the run; exists.
        data: the splits by name.
        untrained: the method, which tells chance and floor of its loss; it is not trained.
    """
    columns = [TextColumn("{task.fields[gauge]}"), BarColumn(), TimeRemainingColumn()]
    seen, last = {"views": 0, "seconds": 0.0, "knn": None}, {}
    chance, floor = untrained.chance(config.batch_size), untrained.floor(config.batch_size)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, gauge="starting")

        def report(line: dict) -> None:
            seen["views"] += line["views"]
            seen["seconds"] += line["seconds"]
            seen["knn"] = line.get("knn", seen["knn"])
            text = gauge(line, chance, floor, seen)
            bar.update(task, total=line["total"], completed=line["step"], gauge=text)
            if last and line["epoch"] > last["epoch"]:
                console.print(f"epoch {line['epoch']}: {last['text']}")
            if line["step"] == line["total"]:
                console.print(f"epoch {line['epoch'] + 1}: {text}")
            last.update(line, text=text)

        return train.train(config, folder, data, report)


def gauge(line: dict, chance: float, floor: float, seen: dict) -> str:
    """Where the loss stands between what guessing gives and about the best there is."""
    text = (
        f"loss {line['loss']:.2f} (chance {chance:.2f}, floor {floor:.2f}, "
        f"{line['share_of_way']:.0%} of the way)"
    )
    for name, (words, form) in GAUGES.items():
        if name in line:
            text += f", {words} {line[name]:{form}}"
    if seen["knn"] is not None:
        text += f", k-NN {seen['knn']:.1%}"
    return text + f", {seen['views'] / seen['seconds']:,.0f} views/s"


def measure(config: Config, folder: Path, method, data, fine_tune: bool) -> dict:
    """What was learned, beside what it must be better than."""
    untrained = train.build_encoder(config).to(next(method.parameters()).device)
    began = time.perf_counter()
    scores = evaluate(
        method.encoder, untrained, data["train"], data["val"], data["test"], config.seed, fine_tune
    )
    state, B = train.checkpoint.load(folder), config.batch_size
    log = read_log(folder)[: state["step"]]  # a run that was killed may have written more
    health = diagnose(config, method, data["test"]) | {"final_loss": log[-1]["loss"]}
    health |= {"chance_loss": method.chance(B), "floor_loss": method.floor(B)}
    return {
        "data": config.data,
        "method": config.method,
        "seed": config.seed,
        "epochs": config.epochs,
        "images": {split: len(images) for split, images in data.items()},
        "wall_seconds": round(state["seconds"], 1),
        "evaluation_seconds": round(time.perf_counter() - began, 1),
        "views_per_second": round(2 * B * len(log) / state["seconds"]),
        **scores,
        "diagnostics": health,
        "config": asdict(config),
        "machine": machine(),
    }


def read_log(folder: Path) -> list[dict]:
    """The lines of a run's log, one for each step."""
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def machine() -> str:
    """Processor, cores and version of torch, for whoever compares times."""
    name = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")  # where Linux says more than "x86_64"
    if about.exists():
        lines = about.read_text().splitlines()
        name = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), name)
    return f"{name}, {torch.get_num_threads()} threads, torch {torch.__version__}"


@torch.no_grad()
def diagnose(config: Config, method, images: Images) -> dict:
    """Health of representations and projections, on views of up to 512 test images."""
    x1, x2 = method.eval().views(as_input(images.pixels[:512], method))
    z1, z2 = (method.project(x).cpu() for x in (x1, x2))  # not all of it exists on Apple's GPUs
    h = features(method.encoder, images.pixels[:2000])
    z = method.projector(h.to(x1.device)).cpu()
    return {
        "alignment": float(alignment(z1, z2)),
        "uniformity": float(uniformity(z1) + uniformity(z2)) / 2,
        "effective_rank_h": float(effective_rank(h)),
        "effective_rank_z": float(effective_rank(z)),
    }


def table(result: dict) -> Table:
    """The numbers of a run for a terminal."""
    out = Table(title=f"{result['method']} on {result['data']}, accuracy on the test images")
    for heading in ("", "k-NN", "linear probe"):
        out.add_column(heading)
    rows = {"trained": result["test"], **result["baselines"]}
    for name, row in rows.items():
        out.add_row(name, percent(row["knn"]), percent(row["linear_probe"]))
    for share, row in (result["test"]["few_labels"] or {}).items():
        tuned = row.get("fine_tune")
        text = f"{percent(row['probe'])}" + (f", fine-tuned {percent(tuned)}" if tuned else "")
        out.add_row(f"{share} of the labels", "", text)
    return out


def percent(value: float | None) -> str:
    """0.714 as 71.4 %; nothing where there are no labels."""
    return "-" if value is None else f"{value:.1%}"
