"""The command `simclr-mini`: train, evaluate, embed, neighbours, views, data.

A file that is there is not replaced without --force. What only one command needs is imported there.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import tyro
from tyro.conf import OmitArgPrefixes, Positional

from simclr_mini.config import Config


def train(
    config: OmitArgPrefixes[Config],
    name: str = "",
    runs: Path = Path("runs"),
    resume: bool = False,
    force: bool = False,
    supervised: bool = False,
    fine_tune: bool = False,
) -> None:
    """Train an encoder without labels, then say how good it is and draw it.

    Writes runs/NAME: config.json, log.jsonl, checkpoint.pt, result.json and pictures.

    Args:
        config: what to train, on what, and how.
        name: of the run. Left out: made from method, data and seed.
        runs: the folder that holds all runs.
        resume: go on with the run of that name, from its last checkpoint.
        force: replace the run of that name.
        supervised: also train the same network with labels, for comparison. Doubles the time.
        fine_tune: also tune the encoder on 1 % and 10 % of the labels. Half a minute.
    """
    from simclr_mini.run import run

    data = Path(config.data).stem if "/" in config.data else config.data
    folder = runs / (name or f"{config.method}-{data}-{config.seed}")
    if folder.resolve() == runs.resolve():
        raise ValueError(f"--name must be of a folder inside {runs}, not {name}")
    run(config, folder, resume, force, supervised, fine_tune)


def evaluate(run: Positional[Path], fine_tune: bool = True) -> None:
    """Measure a run again on its test images, and print the table. Writes RUN/evaluation.json.

    Args:
        run: folder of the run, such as runs/simclr-shapes-0.
        fine_tune: also tune the encoder on 1 % and 10 % of the labels. Half a minute.
    """
    from simclr_mini import run as runs
    from simclr_mini import train as training

    config, method, data = training.load_run(run)
    result = runs.measure(config, run, method, data, fine_tune)
    runs.write_json(run / "evaluation.json", result)
    runs.console.print(runs.table(result))


def embed(
    run: Positional[Path], data: str, out: Path = Path("features.npz"), force: bool = False
) -> None:
    """Turn pictures into features: one row of numbers for each.

    Writes a .npz file with "features" (N, D), and "labels" and "files" where there are any.

    Args:
        run: folder of the run.
        data: shapes, cifar10, or the path of a folder of pictures or of a built .npy file.
        out: the file to write.
        force: replace the file.
    """
    check_free(out, force)
    if out.suffix != ".npz":
        raise ValueError(f"--out must end in .npz, not {out.name}")
    import numpy as np

    from simclr_mini.data import load
    from simclr_mini.evaluate import features
    from simclr_mini.train import load_encoder, run_config

    images = load(data, None, "all", run_config(run).size)
    arrays = {"features": features(load_encoder(run), images).numpy()}
    if images.labels is not None:
        arrays["labels"] = images.labels.numpy()
    if images.files:
        arrays["files"] = np.array(images.files)
    np.savez(out, **arrays)
    print(f"{out}: {len(images)} rows of {arrays['features'].shape[1]} numbers")


def neighbours(
    run: Positional[Path],
    data: str = "",
    count: int = 4,
    out: Path = Path("neighbours.png"),
    force: bool = False,
) -> None:
    """Draw the nearest pictures of some pictures, as the encoder sees it.

    Args:
        run: folder of the run.
        data: where to look; left out: the test images of the run's own data.
        count: how many queries, up to 4.
        out: the picture to write.
        force: replace the picture.
    """
    check_free(out, force)
    if not 1 <= count <= 4:
        raise ValueError(f"--count must be 1 to 4, not {count}")
    from simclr_mini.data import load
    from simclr_mini.draw import gallery
    from simclr_mini.evaluate import features
    from simclr_mini.train import load_encoder, run_config

    config = run_config(run)
    images = load(data or config.data, None, "all" if data else "test", config.size)
    print(gallery(features(load_encoder(run), images), images, count, out))


def compare(
    runs: Positional[tuple[Path, ...]],
    mixed: bool = False,
    out: Path = Path("compare.svg"),
    force: bool = False,
) -> None:
    """Compare runs: the mean and the spread over seeds, as a table and as a picture.

    Args:
        runs: folders of runs. Those that differ in their seed alone make one row.
        mixed: compare runs of different data or budgets all the same.
        out: the picture to write.
        force: replace the picture.
    """
    check_free(out, force)
    from simclr_mini import compare as comparing
    from simclr_mini import plots
    from simclr_mini.run import console

    if not runs:
        raise ValueError("name the folders of one or more runs, such as runs/simclr-shapes-0")
    rows = comparing.compare(list(runs), mixed)
    console.print(comparing.table(rows))
    print(plots.comparison(rows, out))


def views(
    data: Positional[str] = "shapes",
    recipe: str = "cifar",
    seed: int = 0,
    size: int = 32,
    out: Path = Path("views.png"),
    force: bool = False,
) -> None:
    """Draw what the network is shown: two views of each of eight images.

    Args:
        data: shapes, cifar10, or the path of a folder of pictures or of a built .npy file.
        recipe: simclr, cifar, crop_only or none.
        seed: of the views.
        size: side in pixels to which the pictures of a folder are resized.
        out: the picture to write.
        force: replace the picture.
    """
    check_free(out, force)
    from torch import Generator

    from simclr_mini.data import as_floats, load
    from simclr_mini.pictures import contact_sheet
    from simclr_mini.views import RECIPES, two_views

    if recipe not in RECIPES:
        raise ValueError(f"--recipe must be one of {', '.join(RECIPES)}, not {recipe}")
    pixels = load(data, None, "train", size).pixels[:8]
    x1, x2 = two_views(as_floats(pixels, "cpu"), RECIPES[recipe], Generator().manual_seed(seed))
    print(contact_sheet(pixels, x1, x2, out))


def build(
    folder: Positional[Path], size: int = 32, out: Path | None = None, force: bool = False
) -> None:
    """Turn a folder of pictures into one file that trains without being loaded.

    Args:
        folder: searched with all its sub-folders, whose names become labels.
        size: side of the pictures in pixels.
        out: the .npy file to write; left out: FOLDER.npy.
        force: replace the file.
    """
    from rich.progress import track

    from simclr_mini.folder import build as write

    out = out or folder.with_name(f"{folder.resolve().name}.npy")
    check_free(out, force)
    count = write(folder, out, size, lambda files: track(files, "reading"))
    print(f"{out}: {count} pictures of {size} x {size}; train with --data {out}")


def info(data: Positional[str] = "shapes", size: int = 32) -> None:
    """Say what a data set holds.

    Args:
        data: shapes, cifar10, or the path of a folder of pictures or of a built .npy file.
        size: side in pixels to which the pictures of a folder are resized.
    """
    from simclr_mini.data import SPLITS, load

    for split in SPLITS:
        images = load(data, None, split, size)
        classes = ", ".join(images.classes) or "no labels"
        print(f"{split:5} {len(images):7,} images of {tuple(images.pixels.shape[1:])}; {classes}")


def check_free(out: Path, force: bool) -> None:
    """Refuse to replace a file that is there, before any work: FileExistsError."""
    if out.exists() and not force:
        raise FileExistsError(f"{out} is there already: --force replaces it, --out names another")


COMMANDS = {
    "train": train,
    "evaluate": evaluate,
    "embed": embed,
    "neighbours": neighbours,
    "compare": compare,
    "views": views,
    "data build": build,
    "data info": info,
}


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command line. Whoever gives bad input gets one clear sentence.

    Args:
        argv: words after the program's name; None: those it was called with.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["data"] and argv[1:2] and f"data {argv[1]}" in COMMANDS:
        argv = [f"data {argv[1]}", *argv[2:]]
    from torch import OutOfMemoryError

    from simclr_mini.train import Stopped

    try:
        tyro.extras.subcommand_cli_from_dict(COMMANDS, prog="simclr-mini", args=argv)
    except Stopped as stop:
        print(f"\nstopped after step {stop}; the state is saved: add --resume to go on")
        sys.exit(130)
    except KeyboardInterrupt:
        more = "; add --resume to go on from the last checkpoint" if argv[:1] == ["train"] else ""
        print(f"\nstopped{more}")
        sys.exit(130)
    except (MemoryError, OutOfMemoryError):
        sys.exit("simclr-mini: out of memory; use a smaller --batch-size or --encoder")
    except (ValueError, FloatingPointError, OSError) as error:
        sys.exit(f"simclr-mini: {error}")


if __name__ == "__main__":
    main()
