"""Checkpoints: everything a run needs to go on as if it had never stopped.

A new checkpoint is written next to the old one and then takes its name, so a complete one exists
whenever the run is killed. A checkpoint holds only tensors, numbers and text, and is read with
`weights_only=True`.
"""

import zipfile
from pathlib import Path

import torch
from torch import nn

from simclr_mini.whole_file import whole_file

VERSION = 2
FILE = "checkpoint.pt"


def save(folder: Path, state: dict) -> None:
    """Replace the checkpoint in a folder, whole or not at all.

    Args:
        folder: the run's folder.
        state: tensors, numbers, text, and dictionaries and lists of them.

    Raises:
        OSError: the disk is full or read-only; the old checkpoint is intact.
    """
    with whole_file(folder / FILE) as file:
        torch.save({"version": VERSION, **state}, file)


def load(folder: Path) -> dict:
    """The checkpoint in a folder.

    Args:
        folder: the run's folder.

    Raises:
        FileNotFoundError: the run has no checkpoint yet.
        OSError: it cannot be read now.
        ValueError: another version wrote it, or it is damaged.
    """
    if not (folder / FILE).exists():
        raise FileNotFoundError(f"{folder} holds no checkpoint")
    try:
        with zipfile.ZipFile(folder / FILE) as archive:  # torch does not compare its checksums
            if (part := archive.testzip()) is not None:
                raise ValueError(f"{part} has a wrong checksum")
        state = torch.load(folder / FILE, map_location="cpu", weights_only=True)
        version = state["version"]
        if version == VERSION and not {"config", "step", "method"} <= state.keys():
            raise ValueError("it holds something else")
    except (OSError, MemoryError):  # it may be intact
        raise
    except Exception as error:  # torch raises many kinds of error if a file is no checkpoint
        raise ValueError(
            f"{folder / FILE} is damaged or is not a checkpoint; train with --force to start again"
        ) from error
    if version != VERSION:
        raise ValueError(
            f"{folder / FILE} has format {version}, this program reads {VERSION}; "
            "train with --force to start again"
        )
    return state


def generator_states(method: nn.Module) -> dict[str, torch.Tensor]:
    """The state of each of a method's generators, by name."""
    return {name: g.get_state() for name, g in method.generators.items()}


def set_generators(method: nn.Module, states: dict[str, torch.Tensor]) -> None:
    """Set the state of each of a method's generators."""
    for name, state in states.items():
        method.generators[name].set_state(state)
