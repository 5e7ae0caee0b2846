"""The folder of a run: config.json, log.jsonl, checkpoint.pt, result.json and figures."""

import contextlib
import json
import os
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

from simclr_mini import checkpoint
from simclr_mini.build import build_encoder, build_method, load_splits, trained_on
from simclr_mini.config import Config
from simclr_mini.data import Images, load
from simclr_mini.device import pick_device
from simclr_mini.methods import (
    GENERAL,
    METHODS,
    configure,
    defaults,
    method_class,
    saved_choices,
)
from simclr_mini.resnet import ResNet
from simclr_mini.resume import LOG, check_same_images, check_same_options, differing
from simclr_mini.simclr import SimCLR
from simclr_mini.whole_file import delete_parts, whole_file

CONFIG, RESULT, EVALUATION = "config.json", "result.json", "evaluation.json"
FIGURES = ("views.png", "loss.svg", "similarities.svg", "map.svg", "neighbours.png", "accuracy.svg")
NAMED = ("shapes", "cifar10")  # data that have a name in place of a path
ASIDE = "replaced"  # where --force keeps the old run until the new one has a result


def prepare(config: Config, folder: Path, resume: bool, force: bool) -> contextlib.ExitStack:
    """Make the folder of a run, or check that an existing one may be used, and claim it.

    Args:
        config: the choices of the run.
        folder: the run's folder.
        resume: continue the existing run.
        force: replace the existing run.

    Returns:
        The claim on the folder. Until it is closed, no other process may train there.

    Raises:
        BlockingIOError: another process is training there.
        FileExistsError: the folder holds a run, and neither `resume` nor `force` is set; or it
            holds a checkpoint without a configuration.
        FileNotFoundError: `resume` is set, but the folder holds no run.
        ValueError: both are set; or `resume` is set, but the options differ; or `force` is set, but
            what the folder holds is not a run.
    """
    if resume and force:
        raise ValueError("--resume continues a run and --force replaces it; choose one of them")
    there = (folder / CONFIG).exists()
    if there and resume:
        if was := differing(read_config(folder).flat(), config.flat()):
            raise ValueError(f"{folder} was started with {was}; --resume needs the same options")
        held = claim(folder)
        for file in files_of_a_run():
            delete_parts(folder / file)
        return held
    if not there and (folder / checkpoint.FILE).exists():
        raise FileExistsError(
            f"{folder} holds {checkpoint.FILE} but no {CONFIG}: put that file back, or start "
            "another run with --name"
        )
    if resume:
        raise FileNotFoundError(f"{folder} holds no run to resume; leave out --resume to start one")
    if there and not force:
        raise FileExistsError(
            f"{folder} already holds a run: --resume continues it, --force replaces it, "
            "--name starts another"
        )
    folder.mkdir(parents=True, exist_ok=True)
    if not there and (taken := [name for name in files_of_a_run() if (folder / name).exists()]):
        raise FileExistsError(
            f"{folder} already holds {taken[0]}, which a run would replace; move it, or start "
            "another run with --name"
        )
    with claim(folder) as held:
        if there:
            set_aside(folder)
        write_json(folder / CONFIG, config.flat())
        return held.pop_all()  # without an error the claim goes on


def follow_moved(config: Config, folder: Path, images: Images) -> None:
    """If a run's pictures were moved, note in its config.json where they are now.

    Args:
        config: the choices of the run, with the new path as `data`.
        folder: the run's folder. Nothing happens if it holds no run that has a checkpoint, or if
            another option differs too.
        images: the training images at the new path.

    Raises:
        ValueError: they are not those that the run began with.
    """
    if not (folder / CONFIG).exists() or not (folder / checkpoint.FILE).exists():
        return
    was = read_config(folder)
    gone = not Path(os.path.expanduser(was.data)).exists() and was.data not in NAMED
    if gone and replace(was, data=config.data) == config:
        check_same_images(checkpoint.load(folder), images)
        write_json(folder / CONFIG, config.flat())


def claim(folder: Path) -> contextlib.ExitStack:
    """Claim a folder for this process. The claim ends when it is closed, or the process ends.

    Where the system or the disk has no locks for folders, every claim is granted.

    Raises:
        BlockingIOError: another process has claimed it.
    """
    held = contextlib.ExitStack()
    with contextlib.suppress(ImportError):  # Windows
        import fcntl

        opened = os.open(folder, os.O_RDONLY)
        held.callback(os.close, opened)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            held.close()
            raise BlockingIOError(
                f"another process is training in {folder}; wait until it has ended"
            ) from None
        except OSError:  # some network disks
            pass
    return held


def clear(folder: Path) -> None:
    """Delete a run, and nothing else that is in its folder.

    Raises:
        OSError: a file cannot be deleted. The folder still counts as a run.
        ValueError: its config.json is not that of a run.
    """
    read_config(folder)
    for part in (folder / "supervised", folder):
        for name in files_of_a_run():
            delete_parts(part / name)
            (part / name).unlink(missing_ok=True)


def set_aside(folder: Path) -> None:
    """Move a run, and nothing else that is in its folder, into a sub-folder.

    There it waits until the run that replaces it has a result. If one waits there already, it
    stays, and the run in the folder, which never had a result, is deleted.

    Raises:
        OSError: a file cannot be moved. The run is where it was.
        ValueError: its config.json is not that of a run.
    """
    read_config(folder)
    if (folder / ASIDE / CONFIG).exists():
        return clear(folder)
    try:
        move_run(folder, folder / ASIDE)
    except OSError:
        put_back(folder)
        raise


def put_back(folder: Path) -> None:
    """Undo `set_aside`, because the new run did not get as far as a checkpoint."""
    aside = folder / ASIDE
    if not aside.exists():
        return
    if (aside / CONFIG).exists():  # it is complete, so what the folder holds is the new run's
        for name in files_of_a_run():
            (folder / name).unlink(missing_ok=True)
    move_run(aside, folder)
    forget_replaced(folder)


def forget_replaced(folder: Path) -> None:
    """Delete the run that was set aside, because the one that replaces it has a result."""
    shutil.rmtree(folder / ASIDE, ignore_errors=True)


def move_run(source: Path, target: Path) -> None:
    """Move the files of a run, and of its supervised part, to another folder."""
    if (source / "supervised" / CONFIG).exists():
        move_run(source / "supervised", target / "supervised")
    target.mkdir(exist_ok=True, parents=True)
    for name in files_of_a_run():
        delete_parts(source / name)
        if (source / name).exists():
            os.replace(source / name, target / name)


def files_of_a_run() -> list[str]:
    """The names of all files that a run may write.

    config.json is last: if it were deleted first and the rest stayed, the rest could be taken for
    part of a new run with different options.
    """
    pictures = {method_class(name).picture for name in METHODS} - {None}
    names = [LOG, checkpoint.FILE, RESULT, EVALUATION, *FIGURES]
    return [*names, *(f"{picture}.png" for picture in pictures), CONFIG]


def read_config(folder: Path) -> Config:
    """The configuration of a run.

    Older versions also wrote the options of other methods, at their defaults. Those are ignored.

    Raises:
        FileNotFoundError: the folder holds no run.
        ValueError: its config.json is not that of a run.
    """
    file = folder / CONFIG
    if not file.exists():
        raise FileNotFoundError(f"{folder} holds no run; `simclr-mini train` makes one")
    try:
        choices = saved_choices(json.loads(file.read_text()))
        own = {"method"} | GENERAL.keys() | defaults(method_class(choices["method"]).Options).keys()
        config = configure(**{name: value for name, value in choices.items() if name in own})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they were given when the run began
            config.check()
        return config
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file} does not belong to a run of this program") from error


def read_result(folder: Path) -> dict | None:
    """The content of result.json; None if the run has not ended.

    Raises:
        ValueError: the file is damaged.
    """
    file = folder / RESULT
    return read_json(file, file.read_bytes()) if file.exists() else None


def read_log(folder: Path, steps: int | None = None) -> list[dict]:
    """The lines of a run's log, one for each step.

    Args:
        folder: the run's folder.
        steps: how many lines to read, because the log of a killed run may end with half a line.
            None: all lines.

    Raises:
        ValueError: the file is damaged.
    """
    file = folder / LOG
    lines = file.read_bytes().splitlines()
    if len(lines) < (steps or 1):
        raise ValueError(f"{file} has {len(lines)} lines, but the run made {steps or 'some'} steps")
    return [read_json(file, line, "loss") for line in lines[:steps]]


def read_json(file: Path, text: bytes, key: str = "") -> dict:
    """The JSON object in text from this file, with this key if one is given.

    Raises:
        ValueError: the file is damaged.
    """
    damaged = f"{file} is damaged; `simclr-mini train --force` starts again"
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(damaged) from error
    if not isinstance(found, dict) or key and key not in found:
        raise ValueError(damaged)
    return found


def write_json(file: Path, content: dict) -> None:
    """Write a file whole or not at all."""
    with whole_file(file) as opened:
        opened.write(f"{json.dumps(content, indent=2)}\n".encode())


def load_run(folder: Path) -> tuple[Config, SimCLR, dict[str, Images], dict]:
    """A run's configuration, its method as last saved, its splits by name, and its checkpoint.

    Raises:
        FileNotFoundError: the folder holds no run, or the run has no checkpoint yet.
        ValueError: the images are not those that the run began with, or the checkpoint is that of a
            run with other options.
    """
    config, state = read_saved(folder)
    data = own_splits(config, folder, state)
    try:
        device = pick_device(config.device)
    except ValueError:  # it was trained on another machine
        device = pick_device("auto")
    config = replace(config, device=device.type)
    method = build_method(config, trained_on(data))
    method.load_state_dict(state["method"])
    checkpoint.set_generators(method, state["now"])
    return config, method.to(device), data, state


def read_saved(folder: Path) -> tuple[Config, dict]:
    """A run's configuration and its checkpoint, which belong together.

    Raises:
        FileNotFoundError: the folder holds no run, or the run has no checkpoint yet.
        ValueError: the checkpoint is that of a run with other options.
    """
    config, state = read_config(folder), checkpoint.load(folder)
    check_same_options(state, config, folder)
    return config, state


def load_images(folder: str | Path, name: str, split: str = "all") -> Images:
    """Images for a run's encoder, of the size that it was trained on.

    Args:
        folder: the run's folder.
        name: as for `data.load`; "" for the data that the run was trained on.
        split: as for `data.load`; for the run's own data, "train", "val" or "test".

    Raises:
        FileNotFoundError: the folder holds no run.
        Other errors as in `own_splits` and `data.load`.
    """
    folder = Path(folder)
    config = read_config(folder)
    if not name:
        return own_splits(config, folder, checkpoint.load(folder))[split]
    images = load(name, None, split, config.size)
    check_size(config, folder, images)
    return images


def own_splits(config: Config, folder: Path, state: dict) -> dict[str, Images]:
    """The splits of a run's own data, checked to be the images that the run began with.

    Raises:
        FileNotFoundError: they are not there.
        ValueError: they are not those of the run's checkpoint `state`, or have a different size.
    """
    check_path(config, folder)
    data = load_splits(config)
    check_same_images(state, trained_on(data))
    check_size(config, folder, data["train"])
    return data


def check_path(config: Config, folder: Path) -> None:
    """Raise FileNotFoundError if a run's own folder of pictures or .npy file is not there."""
    path = Path(os.path.expanduser(config.data))  # leaves the home of an unknown user as it is
    if config.data in NAMED or path.exists():
        return
    why = "which is no longer there; tell `train --resume` the new path with --data"
    if not path.is_absolute():
        why = f"a relative path that is not in {Path.cwd()}; go to the folder where the run started"
    raise FileNotFoundError(f"{folder} was trained on {config.data}, {why}")


def check_size(config: Config, folder: Path, images: Images) -> None:
    """Raise ValueError if images have a different size from those that a run was trained on."""
    side = images.pixels.shape[2]
    if side != config.size:
        raise ValueError(
            f"{folder} was trained on images of {config.size} x {config.size} pixels, but those of "
            f"{images.name} have {side} x {side}; give the folder of pictures, or build a file "
            f"with `simclr-mini data build --size {config.size}`"
        )


def load_encoder(folder: str | Path) -> ResNet:
    """The encoder of a run as last saved, in evaluation mode, on the CPU.

    Args:
        folder: the run's folder, such as "runs/simclr-shapes-0".

    Returns:
        A network that maps images in [0, 1], shape (B, 3, H, W), to h, shape (B, D).

    Raises:
        FileNotFoundError: the folder holds no run, or the run has no checkpoint yet.
        ValueError: the checkpoint is that of a run with other options.
    """
    config, state = read_saved(Path(folder))
    encoder, weights = build_encoder(config), state["method"].items()
    own = {name.removeprefix("encoder."): w for name, w in weights if name.startswith("encoder.")}
    encoder.load_state_dict(own)
    return encoder.eval()
