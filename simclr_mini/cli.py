"""The command `simclr-mini`: train, evaluate, embed, neighbours, views, data.

A file that --out names is not replaced without --force. A module that only one command needs is
imported inside that command.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import tyro
from tyro.conf import OmitArgPrefixes, Positional

from simclr_mini.config import (
    DataChoices,
    NetworkChoices,
    TrainingChoices,
    ViewChoices,
    check_seed,
    flag,
)
from simclr_mini.methods import METHODS, configure, defaults, method_class

HELP = {"-h", "--help"}
PICTURES = (".png", ".svg", ".pdf", ".jpg", ".jpeg")
OUT_OF_MEMORY = (
    "simclr-mini: out of memory; use a smaller --batch-size, --size, --view-size or --encoder. "
    "For a folder larger than memory, use `simclr-mini data build`"
)
RENAMED = {"--recipe": "--views"}  # an option's name in earlier versions: its name now


def train_command(method: str, then: Callable | None = None) -> Callable:
    """The command `train` with the options of one method.

    Each method has options of its own, and two methods may give the same option different defaults,
    so the command line is made after the method is known.

    Args:
        method: name of the method.
        then: called instead of `experiment.run`, with the same arguments. None: `experiment.run`.
    """
    own = method_class(method).Options

    def train(
        run: OmitArgPrefixes[RunChoices],
        data: OmitArgPrefixes[DataChoices],
        views: OmitArgPrefixes[ViewChoices],
        network: OmitArgPrefixes[NetworkChoices],
        training: OmitArgPrefixes[TrainingChoices],
        method: OmitArgPrefixes[own],
    ):
        """Train an encoder without labels, then evaluate it and draw figures.

        Writes runs/NAME: config.json, log.jsonl, checkpoint.pt, result.json and figures.
        """
        from simclr_mini.experiment import run as run_experiment

        choices = {}
        for group in (data, views, network, training, method):
            choices |= vars(group)
        config = configure(run.method, **choices)
        label = Path(config.data).stem if "/" in config.data else config.data
        folder = run.runs.expanduser() / (run.name or f"{config.method}-{label}-{config.seed}")
        if Path(folder.name) != Path(run.name or folder.name) or folder.name in ("", ".."):
            raise ValueError(f"--name must name a folder inside {run.runs}, not {run.name}")
        act = then or run_experiment
        return act(config, folder, run.resume, run.force, run.supervised, run.fine_tune)

    return train


@dataclass(frozen=True)
class RunChoices:
    """What to do, and where to keep it."""

    method: Literal[tuple(METHODS)] = "simclr"
    """The method to train with. "supervised" learns from labels, for comparison."""
    name: str = ""
    """Name of the run. Default: made from method, data and seed."""
    runs: Path = Path("runs")
    """The folder that holds all runs."""
    resume: bool = False
    """Continue the run of that name from its last checkpoint."""
    force: bool = False
    """Replace the run of that name."""
    supervised: bool = False
    """Also train the same network with labels, for comparison. Doubles the time."""
    fine_tune: bool = False
    """Also fine-tune the encoder on 1% and 10% of the labels. Takes half a minute."""


def method_in(words: Sequence[str]) -> str:
    """The method that a command line names; "simclr" if it names none that exists."""
    words = [part for word in words for part in word.split("=", 1)]
    named = [b for a, b in zip(words, words[1:], strict=False) if a == "--method" and b in METHODS]
    return named[-1] if named else "simclr"


def check_options(method: str, words: Sequence[str]) -> None:
    """Raise ValueError if a command line gives an option of another method.

    Args:
        method: the method that is trained.
        words: the command line after `train`.
    """
    own = defaults(method_class(method).Options)
    for word in words:
        name = word.split("=")[0].removeprefix("--").removeprefix("no-").replace("-", "_")
        elsewhere = any(name in defaults(method_class(other).Options) for other in METHODS)
        if word.startswith("--") and elsewhere and name not in own:
            raise ValueError(f"--method {method} does not use --{flag(name)}; leave it out")


def help_of_methods(shown: str) -> None:
    """Print the options of the methods that `train --help` did not show."""
    for name in METHODS:
        if name != shown and defaults(method_class(name).Options):
            with contextlib.suppress(SystemExit):
                own = method_class(name).Options
                tyro.cli(own, prog=f"simclr-mini train --method {name}", args=["--help"])


def evaluate(run: Positional[Path], fine_tune: bool = True) -> None:
    """Evaluate a run again on its test images, and print the table.

    Writes RUN/evaluation.json, and replaces that of an earlier evaluation.

    Args:
        run: the run's folder, such as runs/simclr-shapes-0.
        fine_tune: also fine-tune the encoder on 1% and 10% of the labels, which takes half a minute
            or more.
    """
    from simclr_mini.build import trained_on
    from simclr_mini.experiment import console
    from simclr_mini.report import report, table
    from simclr_mini.resume import total_steps
    from simclr_mini.runs import EVALUATION, load_run, write_json

    config, method, data, state = load_run(run)
    total = total_steps(config, trained_on(data))
    if state["step"] < total:
        console.print(f"note: the run has not ended; it is at step {state['step']} of {total}")
    console.print("evaluating on the test images ...")
    result = report(config, state, run, method, data, fine_tune)
    console.print(table(result))  # first: the folder may be read-only
    write_json(run / EVALUATION, result)


def embed(
    run: Positional[Path], data: str, out: Path = Path("features.npz"), force: bool = False
) -> None:
    """Turn pictures into features: one row of numbers for each picture.

    Writes a .npz file with "features" (N, D) and what is known about each row: "files" (N,), or
    "index" (N,), the position in a built-in set. If there are labels, "labels" (N,) are positions
    in "classes" (-1: no label).

    Args:
        run: folder of the run.
        data: shapes, cifar10, or the path of a folder of pictures or of a .npy file that
            `data build` made.
        out: the file to write.
        force: replace the file.
    """
    check_free(out, force, [".npz"])
    if not data:
        raise ValueError("--data must name the pictures to embed, but it is empty")
    import numpy as np

    from simclr_mini.runs import load_images
    from simclr_mini.whole_file import whole_file

    images = load_images(run, data, "all")
    h = features_of(run, images).numpy()
    with whole_file(out) as file:
        np.savez(file, features=h, **images.record())
    print(f"{out}: {h.shape[0]} rows of {h.shape[1]} numbers")


def features_of(run: Path, images):
    """Features of images from a run's encoder, shape (N, D), computed on the fastest device."""
    from simclr_mini.device import pick_device
    from simclr_mini.evaluate import represent
    from simclr_mini.runs import load_encoder

    return represent(load_encoder(run).to(pick_device("auto")), images)


def neighbours(
    run: Positional[Path],
    data: str = "",
    count: int = 4,
    out: Path = Path("neighbours.png"),
    force: bool = False,
) -> None:
    """Draw some pictures next to their nearest neighbours by the encoder's features.

    Also prints the names of the pictures and of their neighbours.

    Args:
        run: folder of the run.
        data: the pictures to search. Default: the test images of the run's own data.
        count: how many pictures to find neighbours for, up to 4.
        out: the picture to write.
        force: replace the picture.
    """
    check_free(out, force)
    if not 1 <= count <= 4:
        raise ValueError(f"--count must be 1 to 4, not {count}")
    from simclr_mini.advice import nearest_rows
    from simclr_mini.canvas import save
    from simclr_mini.figures import SHOWN_NEAR, gallery
    from simclr_mini.runs import load_images

    images = load_images(run, data, "all" if data else "test")
    if len(images) < 2:
        raise ValueError(f"{images.name} has 1 picture, which has no neighbours")
    h, names = features_of(run, images), images.names()
    saved = save(gallery(h, images, count), out)
    for query, near in zip(names, nearest_rows(h, SHOWN_NEAR, count).tolist(), strict=False):
        print(f"{query}: {', '.join(names[i] for i in near)}")
    print(saved)


def compare(
    runs: Positional[tuple[Path, ...]],
    mixed: bool = False,
    out: Path = Path("compare.svg"),
    force: bool = False,
) -> None:
    """Compare runs: the mean and the spread over seeds, as a table and as a picture.

    Args:
        runs: folders of runs. Runs that differ only in their seed form one row.
        mixed: compare runs even if their data or budgets differ.
        out: the picture to write.
        force: replace the picture.
    """
    check_free(out, force)
    from simclr_mini import compare as comparing
    from simclr_mini.canvas import save
    from simclr_mini.charts import comparison_figure
    from simclr_mini.experiment import console

    if not runs:
        raise ValueError("name the folders of one or more runs, such as runs/simclr-shapes-0")
    rows = comparing.compare(list(runs), mixed)
    sign = "±" if "±".encode(console.encoding, "ignore") else "+-"
    console.print(comparing.table(rows, console.width, sign))
    print(save(comparison_figure(rows), out))


def show_views(
    data: Positional[str] = "shapes",
    views: str = "cifar",
    seed: int = 0,
    size: int = 32,
    out: Path = Path("views.png"),
    force: bool = False,
) -> None:
    """Draw what the network is shown: two views of each of eight images.

    Args:
        data: shapes, cifar10, or the path of a folder of pictures or of a .npy file that
            `data build` made.
        views: how views are made, as in `train`: a recipe, or operations joined by "+".
        seed: random seed for the views.
        size: side in pixels to which the pictures of a folder are resized.
        out: the picture to write.
        force: replace the picture.
    """
    check_free(out, force)
    from torch import Generator

    from simclr_mini.canvas import save
    from simclr_mini.data import as_floats, load
    from simclr_mini.sheets import contact_sheet
    from simclr_mini.simclr import view_side
    from simclr_mini.views import recipe_named, two_views

    check_seed(seed)
    recipe, generator = recipe_named(views), Generator().manual_seed(seed)
    pixels = load(data, None, "train", size).pixels[:8]
    # as `train` makes them
    recipe = replace(recipe, size=view_side(pixels.shape[2]), crop_scale=(ViewChoices.crop_min, 1))
    x1, x2 = two_views(as_floats(pixels, "cpu"), recipe, generator)
    print(save(contact_sheet(pixels, x1, x2), out))


def build(
    folder: Positional[Path], size: int = 32, out: Path | None = None, force: bool = False
) -> None:
    """Turn a folder of pictures into one file that need not fit in memory for training.

    Args:
        folder: the folder to search, with all its sub-folders. Their names become labels.
        size: side of the pictures in pixels.
        out: the .npy file to write. Default: FOLDER.npy.
        force: replace the file.
    """
    from rich.progress import track

    from simclr_mini.folder import build as write
    from simclr_mini.folder import built_name

    out = out or built_name(folder)
    check_free(out, force, [".npy"])
    silent = not sys.stdout.isatty()
    count = write(folder, out, size, lambda files: track(files, "reading", disable=silent))
    print(f"{out}: {count} pictures of {size} x {size}; train with --data {out}")


def info(data: Positional[str] = "shapes", size: int = 32) -> None:
    """Print what a data set holds, and which files of a folder are left out or changed, and why.

    Args:
        data: shapes, cifar10, or the path of a folder of pictures or of a .npy file that
            `data build` made.
        size: side in pixels to which the pictures of a folder are resized.
    """
    from simclr_mini.data import info as describe

    print("\n".join(describe(data, None, size)))


def check_free(out: Path, force: bool, endings: Sequence[str] = PICTURES) -> None:
    """Refuse, before any work, a file that could not be written at the end.

    Raises:
        FileExistsError: it exists and may not be replaced, or is a folder.
        FileNotFoundError: its folder does not exist.
        PermissionError: its folder is read-only.
        ValueError: its name does not end in one of `endings`.
    """
    if out.suffix.lower() not in endings:
        raise ValueError(f"--out must end in {' or '.join(endings)}, not {out.name}")
    if out.is_dir():
        raise FileExistsError(f"{out} is a folder; --out must name a file")
    if out.exists() and not force:
        raise FileExistsError(f"{out} already exists: --force replaces it, --out names another")
    if not out.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {out.parent} for {out.name}; make it first")
    if not os.access(out.parent, os.W_OK):
        raise PermissionError(
            f"nothing can be written to {out.parent}; choose another place with --out"
        )


COMMANDS = {
    "evaluate": evaluate,
    "embed": embed,
    "neighbours": neighbours,
    "compare": compare,
    "views": show_views,
    "data build": build,
    "data info": info,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command line. Bad input ends it with one clear sentence.

    Args:
        argv: words after the program's name. None: those of `sys.argv`.
    """
    for name in ("stdout", "stderr"):  # None if it was closed before the program began
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):  # a terminal may be unable to show a file's name
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            run_command(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the rest goes nowhere
        sys.exit(128 + 13)  # a shell's exit code for a program that was ended by SIGPIPE


def run_command(argv: Sequence[str] | None) -> None:
    """Run a command line, and end the program if that fails. Arguments as for `main`."""
    argv = sys.argv[1:] if argv is None else argv
    for old, new in RENAMED.items():
        argv = [word.replace(old, new, 1) if word.split("=")[0] == old else word for word in argv]
    if argv[:1] == ["data"] and argv[1:2] and f"data {argv[1]}" in COMMANDS:
        argv = [f"data {argv[1]}", *argv[2:]]
    from torch import OutOfMemoryError

    from simclr_mini.distributed import FIRST, rank
    from simclr_mini.resume import Stopped

    method, training = method_in(argv), argv[:1] == ["train"]
    try:
        if training:
            check_options(method, argv[1:])
        commands = {"train": train_command(method), **COMMANDS}
        tyro.extras.subcommand_cli_from_dict(commands, prog="simclr-mini", args=argv)
    except Stopped as stop:
        if rank() == FIRST:
            print(f"\nstopped after step {stop}; the state is saved: add --resume to continue")
        sys.exit(130)
    except KeyboardInterrupt:
        more = "; if there is a checkpoint, --resume continues from it" if training else ""
        print(f"\nstopped{more}")
        sys.exit(130)
    except (MemoryError, OutOfMemoryError):
        sys.exit(OUT_OF_MEMORY)
    except BrokenPipeError:
        if training:
            print("simclr-mini: the output was closed by its reader; see --resume", file=sys.stderr)
        raise
    except RuntimeError as error:
        if "can't allocate memory" in str(error):  # torch on a CPU
            sys.exit(OUT_OF_MEMORY)
        raise
    except (ValueError, FloatingPointError, OSError) as error:
        sys.exit(f"simclr-mini: {sentence(error)}")
    finally:
        if training and HELP & set(argv):
            help_of_methods(method)


def sentence(error: Exception) -> str:
    """What an error says, in one line."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return " ".join(text.splitlines())


if __name__ == "__main__":
    main()
