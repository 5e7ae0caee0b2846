"""Training: the one loop, for every method, from a configuration to a result.

    simclr-mini train                                   # shapes, two minutes on two cores
    simclr-mini train --data cifar10 --images 10000     # real pictures, three minutes

A run is a folder: config.json, log.jsonl (a line for each step), checkpoint.pt, result.json and
pictures. A run that was killed at any moment goes on with `resume` to the same bytes.
"""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from simclr_mini import checkpoint
from simclr_mini.config import Config
from simclr_mini.curation import Curation
from simclr_mini.data import Images, as_floats, load
from simclr_mini.deepcluster import DeepCluster, see_edges
from simclr_mini.diagnostics import share_of_way
from simclr_mini.evaluate import features, knn_predict, share_right
from simclr_mini.gsimclr import GSimCLR
from simclr_mini.heads import predictor, projector
from simclr_mini.nnclr import NNCLR, SupportSet
from simclr_mini.optim import LARS, learning_rate, parameter_groups, scaled_learning_rate, take_step
from simclr_mini.resnet import ENCODERS, ResNet
from simclr_mini.simclr import SimCLR, Supervised
from simclr_mini.views import RECIPES

Report = Callable[[dict], None]


class Stopped(Exception):
    """Ctrl-C: the state is saved."""


def train(config: Config, folder: Path, data: dict[str, Images], report: Report) -> SimCLR:
    """Train, from the folder's checkpoint where there is one, to the end.

    Args:
        config: every choice.
        folder: of the run; exists.
        data: training and validation images, "train" and "val".
        report: called after each step with its line of the log.

    Returns:
        The trained method.

    Raises:
        FloatingPointError: the loss is not finite. The last checkpoint is intact.
        Stopped: Ctrl-C. The state is saved.
        OSError: the folder cannot be written. The last checkpoint is intact.
    """
    images, B = data["train"], config.batch_size
    device, bfloat16 = pick_device(config.device), pick_bfloat16(config)
    method = build_method(config, images).to(device, memory_format=torch.channels_last)
    optimizer = build_optimizer(config, method)
    peak = scaled_learning_rate(config.learning_rate, B, config.scaling)
    per_epoch = len(images) // B
    total, warmup = per_epoch * config.epochs, round(per_epoch * config.warmup_epochs)
    fingerprint = images.fingerprint()  # once: it reads the name of every file

    step, seconds, log_bytes = 0, 0.0, 0
    epoch_start = checkpoint.generator_states(method)
    if (folder / checkpoint.FILE).exists():
        state = checkpoint.load(folder)
        check_same_images(state, images)
        method.load_state_dict(state["method"])
        optimizer.load_state_dict(state["optimizer"])
        step, seconds, log_bytes = state["step"], state["seconds"], state["log_bytes"]
        epoch_start, now = state["epoch_start"], state["now"]
        checkpoint.set_generators(method, epoch_start if step % per_epoch else now)

    with Log(folder / "log.jsonl", log_bytes) as log, interrupts() as interrupted:

        def save() -> None:
            state = {"config": asdict(config), "step": step, "seconds": seconds}
            state |= {"method": method.state_dict(), "optimizer": optimizer.state_dict()}
            state |= {"epoch_start": epoch_start, "now": checkpoint.generator_states(method)}
            state |= {"images": fingerprint, "log_bytes": log.size()}
            checkpoint.save(folder, state)

        for epoch in range(step // per_epoch, config.epochs):
            method.train()
            done = step % per_epoch  # batches of this epoch that an earlier process saw
            began = time.perf_counter()
            if not done:
                for made_anew in method.start_epoch(images.pixels):
                    optimizer.state.pop(made_anew, None)
                epoch_start = checkpoint.generator_states(method)
            for i, index in enumerate(method.batches(len(images), B)):
                if i < done:
                    continue
                if done and i == done:
                    checkpoint.set_generators(method, now)
                x = as_floats(images.pixels[index], device)
                x1, x2 = method.views(x)
                with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
                    z1 = method.project(x1.contiguous(memory_format=torch.channels_last))
                    z2 = method.project(x2.contiguous(memory_format=torch.channels_last))
                loss = method.loss(z1.float(), z2.float(), index)
                check_finite(loss, step, config)
                rate = learning_rate(step, total, warmup, peak)
                take_step(optimizer, loss, rate)
                step += 1
                line = describe(method, loss, step, epoch, rate, B)
                with torch.no_grad():
                    line |= method.meters(z1.float(), z2.float(), index)
                if step % per_epoch == 0 and knn_is_due(config, epoch, images):
                    line["knn"] = knn_accuracy(method.encoder, data)
                spent, began = time.perf_counter() - began, time.perf_counter()
                seconds += spent
                log.write(line)
                report(line | {"views": 2 * B, "seconds": spent, "total": total})
                if step % config.checkpoint_every == 0 or step == total or interrupted():
                    save()
                if interrupted():
                    raise Stopped(step)
    return method


def describe(method, loss: Tensor, step: int, epoch: int, rate: float, B: int) -> dict:
    """What every line of the log says: the loss, and where it stands between chance and floor."""
    line = {"step": step, "epoch": epoch, "learning_rate": rate, "loss": loss.item()}
    return line | {"share_of_way": share_of_way(line["loss"], method.chance(B), method.floor(B))}


def check_same_images(state: dict, images: Images) -> None:
    """Refuse other images than a run began with: test images might have been trained on.

    Raises:
        ValueError: there are more or fewer, or files of other names.
    """
    if state["images"] != images.fingerprint():
        raise ValueError(
            f"the pictures of {images.name} are not those that this run began with; put them back, "
            "or start another run with --name"
        )


def check_finite(loss: Tensor, step: int, config: Config) -> None:
    """Stop at a loss that is no number, by FloatingPointError, before it spoils the weights."""
    if not loss.isfinite():
        raise FloatingPointError(
            f"the loss is {loss.item()} at step {step}. Likely causes: --learning-rate "
            f"{config.learning_rate} is too high, --temperature {config.temperature} too low, or "
            f"--precision {config.precision} too coarse"
        )


def knn_is_due(config: Config, epoch: int, images: Images) -> bool:
    """Whether to look at the validation images after this epoch."""
    labelled = images.labels is not None
    return labelled and config.knn_every > 0 and (epoch + 1) % config.knn_every == 0


def knn_accuracy(encoder: nn.Module, data: dict[str, Images]) -> float:
    """Share of validation images that their nearest training images classify rightly."""
    bank, queries = data["train"].first(2_000), data["val"].first(1_000)
    predicted = knn_predict(features(encoder, bank), bank.labels, features(encoder, queries))
    return share_right(predicted, queries.labels)


# ---- what a configuration stands for


def load_splits(config: Config) -> dict[str, Images]:
    """The three splits; validation is cut in proportion where training is.

    Raises:
        ValueError: too few images for a batch or a measurement, or none that can be classified.
    """
    data = {
        split: load(config.data, None, split, config.size) for split in ("train", "val", "test")
    }
    if config.images:
        if config.images > len(data["train"]):
            raise ValueError(
                f"--images must be at most the {len(data['train'])} training images of "
                f"{config.data}, not {config.images}"
            )
        data["train"] = data["train"].first(config.images)
        data["val"] = data["val"].first(max(1, config.images // 9))
    if len(data["train"]) < config.batch_size:
        raise ValueError(
            f"--batch-size must be at most the {len(data['train'])} training images, "
            f"not {config.batch_size}"
        )
    if len(data["test"]) < 2:
        raise ValueError(f"{config.data} has 1 image for test; 2 or more are needed")
    if config.data in ("shapes", "cifar10") and config.size != Config.size:
        raise ValueError(f"--size is of a folder's pictures; {config.data} has 32 x 32")
    if config.method == "supervised":
        check_classes(data["train"], "--method supervised")
    height, width = data["train"].pixels.shape[2:]
    if config.method == "gsimclr" and (height % 8 or width % 8):
        raise ValueError(
            f"--method gsimclr needs sides that are multiples of 8, for its autoencoder, not "
            f"{height} x {width}; use another --size"
        )
    if config.method in ("gsimclr", "deepcluster") and config.clusters > len(data["train"]):
        raise ValueError(
            f"--clusters must be at most the {len(data['train'])} training images, "
            f"not {config.clusters}"
        )
    return data


def check_classes(images: Images, option: str) -> None:
    """Refuse images that nothing can be learned of with labels, by ValueError."""
    if images.labels is None:
        raise ValueError(f"{option} needs labels; {images.name} has none")
    if len(images.classes) < 2:
        raise ValueError(f"{option} needs 2 or more classes; {images.name} has 1")


def build_encoder(config: Config) -> ResNet:
    """The untrained network of a configuration; the same weights every time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        stem = {} if config.stem == "auto" else {"stem": config.stem}
        encoder = ENCODERS[config.encoder](zero_init=config.zero_init, **stem)
    return see_edges(encoder) if config.sobel else encoder


def build_method(config: Config, images: Images) -> SimCLR:
    """The method of a configuration, untrained."""
    size, scale = images.pixels.shape[2], (config.crop_min, 1.0)
    recipe = replace(RECIPES[config.recipe], size=size, crop_scale=scale)
    encoder, labels, seed = build_encoder(config), images.labels, config.seed
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed + 1)
        if config.method == "supervised":
            return Supervised(encoder, recipe, labels, len(images.classes), seed)
        if config.method == "deepcluster":
            clusters = config.clusters, config.pca_dim, config.warm_start
            return DeepCluster(encoder, recipe, seed, labels, len(images), *clusters)
        head = projector(config.projector, encoder.dim, config.hidden_dim, config.out_dim)
        common = encoder, head, recipe, config.temperature, seed
        if config.method == "gsimclr":
            batching = config.clusters, config.batching, config.autoencoder_epochs, config.noise
            half = pick_bfloat16(config)
            return GSimCLR(*common, labels, len(images), *batching, half)
        if config.method == "curation":
            warmup = config.curate_warmup * (len(images) // config.batch_size)
            return Curation(*common, config.curate, config.tries, warmup, pick_bfloat16(config))
        if config.method == "nnclr":
            dim = encoder.dim if config.projector == "none" else config.out_dim
            support = SupportSet(config.support_size, dim)
            search = config.top_k, config.candidates, config.exclude_same
            return NNCLR(*common, predictor(dim, config.hidden_dim), support, labels, *search)
    return SimCLR(*common, config.positives)


def build_optimizer(config: Config, method: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of a configuration; the loop sets its rate."""
    groups = parameter_groups(method, config.weight_decay)
    if config.optimizer == "lars":
        return LARS(groups, lr=0.0)
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=0.0, momentum=0.9)
    return torch.optim.AdamW(groups, lr=0.0)


def pick_device(name: str) -> torch.device:
    """The device of that name, or for "auto" the fastest that is there.

    Raises:
        ValueError: it is not there.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device in there if there[device])
    if not there[name]:
        raise ValueError(f"--device {name} is not on this machine; use auto or cpu")
    return torch.device(name)


def pick_bfloat16(config: Config) -> bool:
    """Whether to compute in bfloat16: as asked, or where the machine has instructions for it."""
    if config.precision != "auto":
        return config.precision == "bfloat16"
    device = pick_device(config.device).type
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device == "cpu" and getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()


def run_config(run: Path) -> Config:
    """The configuration of a run. FileNotFoundError: there is none; ValueError: it is no run's."""
    if not (run / "config.json").exists():
        raise FileNotFoundError(f"{run} holds no run; `simclr-mini train` makes one")
    try:
        return Config(**json.loads((run / "config.json").read_text()))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{run / 'config.json'} is not of a run of this program") from error


def load_run(run: Path) -> tuple[Config, SimCLR, dict[str, Images]]:
    """A run's configuration, its method as last saved, and its data."""
    config = run_config(run)
    state = checkpoint.load(run)
    data = load_splits(config)
    check_same_images(state, data["train"])
    method = build_method(config, data["train"])
    method.load_state_dict(state["method"])
    checkpoint.set_generators(method, state["now"])
    try:
        device = pick_device(config.device)
    except ValueError:  # it was trained on another machine
        device = pick_device("auto")
    return config, method.to(device), data


def load_encoder(run: str | Path) -> ResNet:
    """The encoder of a run as last saved, in evaluation mode, on the processor.

    Args:
        run: folder of the run, such as "runs/simclr-shapes-0".

    Returns:
        A network that maps images in [0, 1], shape (B, 3, H, W), to h, shape (B, D).

    Raises:
        FileNotFoundError: the folder holds no run, or the run no checkpoint yet.
    """
    encoder = build_encoder(run_config(Path(run)))
    weights = checkpoint.load(Path(run))["method"].items()
    own = {name.removeprefix("encoder."): w for name, w in weights if name.startswith("encoder.")}
    encoder.load_state_dict(own)
    return encoder.eval()


# ---- the log, and Ctrl-C


class Log:
    """log.jsonl, cut back to what the checkpoint knew: lines after it will be written again.

    Args:
        path: of the file.
        keep_bytes: that the checkpoint knew.

    Raises:
        ValueError: the file is shorter.
    """

    def __init__(self, path: Path, keep_bytes: int):
        if keep_bytes and (not path.exists() or path.stat().st_size < keep_bytes):
            raise ValueError(f"{path} has lost lines; train with --force to start again")
        self.file = open(path, "ab")  # noqa: SIM115  closed by __exit__
        self.file.truncate(keep_bytes)
        self.file.seek(0, os.SEEK_END)

    def __enter__(self) -> "Log":
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def write(self, line: dict) -> None:
        """Add one line."""
        self.file.write(json.dumps(line).encode() + b"\n")

    def size(self) -> int:
        """Bytes so far, all of them on the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())
        return self.file.tell()


@contextlib.contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """While inside, Ctrl-C is only noted, so that a step is never cut in two; the second one stops.

    Yields:
        Whether Ctrl-C was pressed.
    """
    pressed = []

    def note(*_: object) -> None:
        pressed.append(True)
        signal.signal(signal.SIGINT, before)

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:  # not the main thread: Ctrl-C is somebody else's
        yield lambda: False
        return
    try:
        yield lambda: bool(pressed)
    finally:
        signal.signal(signal.SIGINT, before)
