"""Resuming: a run that was killed at any moment continues.

On a CPU, it ends with the same bytes as a run that was never killed.

Three things are kept together. The checkpoint holds weights, optimiser and generators. The log is
cut back to what the checkpoint knew, because later lines will be written again. And the order of
an epoch's batches comes from the generators' state at the epoch's start, so an epoch that was
interrupted draws the same order again and skips the batches that it has already trained on.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor

from simclr_mini import checkpoint, distributed
from simclr_mini.advice import WATCHED, nearest_rows, share_changed
from simclr_mini.config import Config, flag
from simclr_mini.data import Images
from simclr_mini.diagnostics import share_of_way
from simclr_mini.evaluate import represent
from simclr_mini.methods import current_names
from simclr_mini.simclr import SimCLR

LOG = "log.jsonl"


class Stopped(Exception):
    """Ctrl-C was pressed; the state is saved. The argument is the step."""


class Progress:
    """Where a run stands: its step, its log and its checkpoint. Used as a context manager.

    Args:
        config: the choices of the run.
        method: the method; its state is loaded from the folder's checkpoint if there is one.
        optimizer: the optimiser; its state is loaded too.
        images: the training images.
        folder: the run's folder.

    Attributes:
        step: steps done so far.
        total: steps of the whole run.
        per_epoch: steps in an epoch.
        seconds: time spent on training, before and after resuming.

    Raises:
        ValueError: the checkpoint belongs to different options or images, the log has lost lines,
            or the processes do not see the same run.
    """

    def __init__(
        self,
        config: Config,
        method: SimCLR,
        optimizer: torch.optim.Optimizer,
        images: Images,
        folder: Path,
    ):
        self.config, self.method, self.optimizer = config, method, optimizer
        self.pixels, self.folder = images.pixels, folder
        self.per_epoch = len(images) // config.batch_size
        self.total = total_steps(config, images)
        self.step, self.log_bytes = 0, 0
        self.seconds = self.core_seconds = 0.0  # on the clock, and summed over the CPU's cores
        self.neighbours = None  # those of some fixed images at the end of the last epoch
        self.fingerprint, self.contents = images.fingerprint(), images.contents
        self.interrupted = self.preparing = False
        if (folder / checkpoint.FILE).exists():
            state = checkpoint.load(folder)
            check_same_options(state, config, folder)
            check_same_images(state, images)
            method.load_state_dict(state["method"])
            optimizer.load_state_dict(state["optimizer"])
            self.step, self.seconds = state["step"], state["seconds"]
            self.core_seconds = state.get("core_seconds", 0.0)
            self.log_bytes, self.neighbours = state["log_bytes"], state.get("neighbours")
            self.epoch_start, self.now = state["epoch_start"], state["now"]
            # if it stopped inside an epoch, first draw the order of that epoch again
            inside = self.step % self.per_epoch
            checkpoint.set_generators(method, self.epoch_start if inside else self.now)
        distributed.copy_from_first(method)
        if not distributed.agree(f"{self.step} {self.fingerprint} {config.flat()}"):
            raise ValueError(
                f"the processes do not see the same options, pictures and checkpoint; give all of "
                f"them the same command, and put {folder} on a disk that all machines share"
            )

    def __enter__(self) -> "Progress":
        self.first = distributed.rank() == distributed.FIRST  # only the first process writes
        if self.first:
            self.open_log()
        try:
            self.handler = signal.signal(signal.SIGINT, self.note_ctrl_c)
        except ValueError:  # outside the main thread, where Ctrl-C does not arrive
            self.handler = None
        return self

    def open_log(self) -> None:
        """Open the log, and cut it back to what the checkpoint knew.

        Raises:
            ValueError: the log has lost lines.
        """
        path = self.folder / LOG
        if self.log_bytes and (not path.exists() or path.stat().st_size < self.log_bytes):
            raise ValueError(f"{path} has lost lines; train with --force to start again")
        self.log = open(path, "ab")  # noqa: SIM115  closed by __exit__
        self.log.truncate(self.log_bytes)
        self.log.seek(0, os.SEEK_END)

    def __exit__(self, *error: object) -> None:
        if self.first:
            self.log.close()
        if self.handler is not None:
            signal.signal(signal.SIGINT, self.handler)

    def note_ctrl_c(self, *_: object) -> None:
        """Finish the current step on the first Ctrl-C; stop at once on the second.

        Before the first step, stop at once: what a method does then may take minutes, and stopping
        loses nothing.
        """
        if self.preparing:
            raise KeyboardInterrupt
        self.interrupted = True
        if distributed.size() == 1:  # torchrun repeats each Ctrl-C to its processes
            signal.signal(signal.SIGINT, self.handler)

    def epochs_left(self) -> range:
        """The epochs that are not finished, numbered from 0."""
        return range(self.step // self.per_epoch, self.config.epochs)

    def epoch_ends(self) -> bool:
        """Whether the last step ended its epoch, or no step was made."""
        return self.step % self.per_epoch == 0

    def start_epoch(self) -> None:
        """Let the method prepare an epoch, unless an earlier process has already begun it."""
        self.began, self.cores_began = time.perf_counter(), time.process_time()
        if not self.epoch_ends():
            return
        self.preparing = self.step == 0
        for drawn_anew in self.method.start_epoch(self.pixels):
            self.optimizer.state.pop(drawn_anew, None)
        self.preparing = False
        distributed.copy_from_first(self.method)
        self.epoch_start = checkpoint.generator_states(self.method)

    def batches_left(self) -> Iterator[Tensor]:
        """The batches of the current epoch that no earlier process trained on, shape (B,) each."""
        done = self.step % self.per_epoch  # above 0 only in the first epoch of a resumed run
        for i, index in enumerate(self.method.batches(len(self.pixels), self.config.batch_size)):
            if i < done:
                continue
            if done and i == done:  # the views continue where the checkpoint stood
                checkpoint.set_generators(self.method, self.now)
            yield index

    def next_line(self, epoch: int, rate: float, loss: Tensor) -> dict:
        """Count a step, and return its line of the log with its share of the way to the floor."""
        self.step += 1
        B, value = self.config.batch_size, loss.item()
        line = {"step": self.step, "epoch": epoch, "learning_rate": rate, "loss": value}
        way = share_of_way(value, self.method.chance(B), self.method.floor(B))
        return line | {"share_of_way": way}

    def follow_neighbours(self) -> dict[str, float]:
        """The share of the neighbours of some fixed images that changed in the epoch just ended."""
        before = self.neighbours
        self.neighbours = nearest_rows(represent(self.method.encoder, self.pixels[:WATCHED]))
        if before is None:
            return {}
        return {"neighbours_changed": share_changed(before, self.neighbours)}

    def record(self, line: dict, show: Callable[[dict], None]) -> None:
        """Write a step's line, show it, and save a checkpoint if one is due.

        Raises:
            Stopped: Ctrl-C was pressed during the step. The state is saved.
            OSError: the log or the checkpoint cannot be written.
        """
        spent, self.began = time.perf_counter() - self.began, time.perf_counter()
        self.seconds += spent
        cores = time.process_time()
        self.core_seconds, self.cores_began = self.core_seconds + cores - self.cores_began, cores
        if self.first:
            self.log.write(json.dumps(line).encode() + b"\n")
        views = 2 * self.config.batch_size
        show(line | {"views": views, "seconds": spent, "total": self.total})
        interrupted = distributed.any_process(self.interrupted)  # all stop at the same step
        due = self.step % self.config.checkpoint_every == 0 or self.step == self.total
        if due or interrupted:
            if self.first:
                self.save()
            distributed.wait()  # a process that ends early would end the one that writes
        if interrupted:
            raise Stopped(self.step)

    def save(self) -> None:
        """Write the checkpoint, after the log's lines are safely on the disk."""
        self.log.flush()
        os.fsync(self.log.fileno())
        state = {"config": self.config.flat(), "step": self.step}
        state |= {"seconds": self.seconds, "core_seconds": self.core_seconds}
        state |= {"method": self.method.state_dict(), "optimizer": self.optimizer.state_dict()}
        now = checkpoint.generator_states(self.method)
        state |= {"epoch_start": self.epoch_start, "now": now}
        state |= {"images": self.fingerprint, "pixels": self.contents}
        state |= {"log_bytes": self.log.tell()}
        state |= {"neighbours": self.neighbours}
        checkpoint.save(self.folder, state)


def total_steps(config: Config, images: Images) -> int:
    """The steps of a whole run on these training images."""
    return len(images) // config.batch_size * config.epochs


def check_same_options(state: dict, config: Config, folder: Path) -> None:
    """Refuse a checkpoint of a run with different options.

    Its images may have moved, and it may come from a machine with another device.

    Raises:
        ValueError: an option differs.
    """
    old, new = current_names(state["config"]), config.flat()
    same = [name for name in old if name in new and name not in ("data", "device")]
    if was := differing(old, {name: new[name] for name in same}):
        raise ValueError(
            f"{folder / checkpoint.FILE} comes from a run with {was}; train with --force to start "
            "again"
        )


def differing(old: dict, new: dict) -> str:
    """The options that differ, with their old values, such as "--epochs 9, --seed 1"."""
    names = [name for name in new if old.get(name) != new[name]]
    return ", ".join(f"--{flag(name)} {old.get(name)}" for name in names)


def check_same_images(state: dict, images: Images) -> None:
    """Refuse images other than those that a run began with: it might have trained on test images.

    If only the pixels differ, a printed line says so: another version of Pillow may read the same
    files differently.

    Raises:
        ValueError: there are more or fewer images, or their files have different names.
    """
    if state["images"] != images.fingerprint():
        raise ValueError(
            f"the pictures of {images.name} are not those that this run began with; restore them, "
            "or start another run with --name"
        )
    if "pixels" in state and state["pixels"] != images.contents:  # older runs did not keep it
        print(
            f"note: the pictures of {images.name} have the same names as when this run began, but "
            "different pixels"
        )
