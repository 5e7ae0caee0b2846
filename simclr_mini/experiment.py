"""An experiment: train a method in a folder of its own, evaluate it, and draw its figures."""

import contextlib
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from simclr_mini import checkpoint, distributed, figures, runs
from simclr_mini.accuracy import encoder_accuracy
from simclr_mini.advice import advise, verdict
from simclr_mini.build import build_method, load_splits, trained_on
from simclr_mini.config import Config
from simclr_mini.data import SPLITS, Images
from simclr_mini.device import pick_device
from simclr_mini.methods import GENERAL, configure
from simclr_mini.report import greatest_rank, keep_costly, report, table
from simclr_mini.simclr import SimCLR
from simclr_mini.supervised import Supervised
from simclr_mini.train import check_processes, train

console = Console()


def end_of_output() -> None:
    """Nobody reads the output any more. `cli.main` reports this; rich would end silently."""
    raise BrokenPipeError


console.on_broken_pipe = end_of_output


def run(
    config: Config,
    folder: Path,
    resume: bool = False,
    force: bool = False,
    supervised: bool = False,
    fine_tune: bool = False,
) -> dict:
    """Train a method, evaluate it, draw its figures, and write everything into a folder.

    Args:
        config: the choices of the run.
        folder: the run's folder.
        resume: continue the run in the folder.
        force: replace the run in the folder.
        supervised: also train the same network with labels, in a sub-folder, for comparison.
        fine_tune: also fine-tune the encoder on 1% and 10% of the labels.

    Returns:
        The content of result.json; an empty dict in every process but the first.

    Raises:
        ValueError: `fine_tune` is set, but the images have no labels.
        Other errors as in `runs.prepare` and `train.train`.
    """
    # what cannot work is refused before the folder is touched
    config.check()
    config.check_use()
    distributed.join(pick_device(config.device))
    console.quiet = distributed.rank() != distributed.FIRST
    with distributed.first_goes_first():  # the first may have to download or draw the images
        data = load_splits(config)
    config = replace(config, size=data["train"].pixels.shape[2])  # a built file has its own size
    if supervised:
        Supervised.check_images(config, data["train"], "--supervised")
    if fine_tune and data["train"].labels is None:
        raise ValueError(f"--fine-tune needs labels; {data['train'].name} has none")
    method = build_method(config, trained_on(data))
    check_processes(config, method)
    claimed = contextlib.nullcontext()
    if distributed.rank() == distributed.FIRST:
        if resume:
            runs.follow_moved(config, folder, trained_on(data))
        claimed = runs.prepare(config, folder, resume, force)
    distributed.wait()
    with claimed:
        return train_and_measure(config, method, data, folder, supervised, fine_tune)


def train_and_measure(
    config: Config,
    method: SimCLR,
    data: dict[str, Images],
    folder: Path,
    supervised: bool,
    fine_tune: bool,
) -> dict:
    """What `run` does once the folder exists. Arguments and result as for `run`.

    Args:
        method: as returned by `build_method`.
        data: the splits by name.
    """
    before = runs.read_result(folder)
    try:
        train_with_bar(config, method, data, folder)
    except BaseException:
        if not console.quiet and not (folder / checkpoint.FILE).exists():
            runs.put_back(folder)  # the run that --force would have replaced
        raise
    distributed.leave()  # the first process measures alone
    if console.quiet:
        return {}
    console.print("evaluating on the test images ...")
    result = report(config, checkpoint.load(folder), folder, method, data, fine_tune)
    keep_costly(before, result)
    log = runs.read_log(folder)
    advice = advise(log, result["diagnostics"], greatest_rank(method, data["test"]))
    result["advice"] = asdict(advice)
    runs.write_json(folder / runs.RESULT, result)
    runs.forget_replaced(folder)
    if supervised:  # if this fails, the run itself already has its result
        result["baselines"]["supervised"] = train_supervised(config, data, folder / "supervised")
        runs.write_json(folder / runs.RESULT, result)
    figures.save_figures(folder, method, data, result, log)
    console.print(table(result))
    for sentence in (*advice.alarms, verdict(result), advice.stop):
        console.print(sentence, markup=False, style="bold red" if sentence in advice.alarms else "")
    console.print(f"{folder}: result.json, log.jsonl, checkpoint.pt, pictures", markup=False)
    return result


def train_supervised(config: Config, data: dict[str, Images], folder: Path) -> dict:
    """Train the same network with labels. Returns the result of `accuracy.encoder_accuracy`."""
    console.print("the same network with labels:")
    data = {split: data[split] for split in SPLITS}  # no images without labels
    used = {name: value for name, value in config.flat().items() if name in GENERAL}
    used = {name: v for name, v in used.items() if name not in Supervised.ignores}
    labelled = configure("supervised", **used)
    method = build_method(labelled, data["train"])
    with runs.prepare(labelled, folder, (folder / runs.CONFIG).exists(), False):
        train_with_bar(labelled, method, data, folder)
    splits = tuple(data[name] for name in SPLITS)
    return encoder_accuracy(method.encoder, splits, labelled.seed, fine_tune=False)


def train_with_bar(config: Config, method: SimCLR, data: dict[str, Images], folder: Path) -> None:
    """Train, with a line for each epoch and, in a terminal, a progress bar.

    Arguments and errors as for `train.train`.
    """
    columns = [TextColumn("{task.fields[gauge]}"), BarColumn(), TimeRemainingColumn()]
    seen, last = {"views": 0, "seconds": 0.0, "knn": None}, {}
    if method.prepares and not (folder / checkpoint.FILE).exists():
        console.print(f"{method.prepares} ...")
    if not console.is_terminal:  # a pipe shows no bar, and an epoch may take minutes
        said = f"training {config.method} on {config.data}, {config.epochs} epochs ..."
        console.print(said, markup=False)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None, gauge="starting")

        def show(line: dict) -> None:
            """Update the bar after a step, and print a line after an epoch."""
            seen["views"] += line["views"]
            seen["seconds"] += line["seconds"]
            seen["knn"] = line.get("knn", seen["knn"])
            text = gauge(line, method, config.batch_size, seen)
            bar.update(task, total=line["total"], completed=line["step"], gauge=text)
            if last and line["epoch"] > last["epoch"]:
                console.print(f"epoch {line['epoch']}: {last['text']}")
            if line["step"] == line["total"]:
                console.print(f"epoch {line['epoch'] + 1}: {text}")
            last.update(line, text=text)

        train(config, method, data, folder, show)
    if not last:
        console.print("every step of this run was done before; only the report is made again")


def gauge(line: dict, method: SimCLR, B: int, seen: dict) -> str:
    """One line of text: a step's loss between chance and floor, and the method's own meters.

    Args:
        line: the step's line of the log.
        method: provides chance, floor and the words for its meters.
        B: images in a batch.
        seen: "views" and "seconds" so far, and the last "knn" accuracy or None.
    """
    text = (
        f"loss {line['loss']:.2f} (chance {method.chance(B):.2f}, floor {method.floor(B):.2f}, "
        f"{line['share_of_way']:.0%} of the way)"
    )
    for name, (words, form) in method.gauges.items():
        if name in line:
            text += f", {words} {line[name]:{form}}"
    if seen["knn"] is not None:
        text += f", k-NN {seen['knn']:.1%} (validation)"
    return text + f", {seen['views'] / seen['seconds']:,.0f} views/s"
