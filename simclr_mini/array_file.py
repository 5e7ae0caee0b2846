"""Pictures as one array, and a file of them that is mapped into memory.

`pets.npy` holds the pixels, `pets.npy.json` the rest. The array is never loaded as a whole: a batch
is read when it is needed, so the file may be larger than memory. The two files are replaced
together; a sample of digests shows whether they belong together.

Ours; no paper.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from simclr_mini.layout import count_splits

SAMPLE = 64  # pictures whose digests show that the two files belong together


@dataclass(frozen=True)
class Pictures:
    """All pictures of a folder, sorted by split.

    Attributes:
        pixels: uint8, shape (N, 3, size, size). May be mapped from a file.
        labels: int64, shape (N,), positions in `classes`, -1 if unlabelled; None if no picture has
            a label.
        classes: names of the classes.
        files: path of each picture, relative to the folder.
        counts: how many pictures each split has, in the order in which the splits are stored.
        notes: lines about what was left out, changed or unexpected, by kind.
    """

    pixels: Tensor
    labels: Tensor | None
    classes: tuple[str, ...]
    files: tuple[str, ...]
    counts: dict[str, int]
    notes: dict[str, str]


def about_file(file: Path) -> Path:
    """The file next to a built array that holds everything but the pixels: `pets.npy.json`."""
    return file.with_name(f"{file.name}.json")


def digest(square: np.ndarray) -> str:
    """A hash of all pixels of a picture, and of nothing else."""
    return hashlib.blake2b(np.ascontiguousarray(square), digest_size=8).hexdigest()


def sample(digests: list[str]) -> dict[str, str]:
    """The digests of some evenly spaced pictures, by position."""
    rows = np.linspace(0, len(digests) - 1, min(len(digests), SAMPLE)).round().astype(int)
    return {str(row): digests[row] for row in rows}


def write_header(file, count: int, size: int) -> None:
    """Write the head of a .npy file that holds uint8 of shape (count, 3, size, size)."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, 3, size, size)}
    np.lib.format.write_array_header_1_0(file, header)


def write_pair(part: Path, out: Path, about: dict) -> None:
    """Move a finished array to its place and write its .json file; on an error, do neither.

    Args:
        part: the file of the finished array. Its name with the suffix .new or .old must be free.
        out: where it belongs. A file that is already there is replaced.
        about: what the .json file will hold.
    """
    file, new, old = about_file(out), part.with_suffix(".new"), part.with_suffix(".old")
    replaces = file.exists()
    try:
        new.write_text(json.dumps(about))
        if replaces:
            os.replace(file, old)
        try:
            os.replace(new, file)
            os.replace(part, out)  # on Windows, fails if a program has the old array open
        except BaseException:
            file.unlink(missing_ok=True)
            if replaces:
                os.replace(old, file)
            raise
    finally:
        new.unlink(missing_ok=True)
    old.unlink(missing_ok=True)


def read_built(file: Path) -> Pictures:
    """The pictures in a file that `folder.build` wrote, mapped into memory.

    Raises:
        FileNotFoundError: the file, or the .json file that belongs to it, is missing.
        ValueError: a file is not one that `build` wrote.
    """
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}; `simclr-mini data build` makes one")
    try:
        pixels = np.load(file, mmap_mode="c")  # "c": changes stay in memory
        if not isinstance(pixels, np.ndarray):
            raise ValueError("it holds several arrays")
    except (ValueError, EOFError) as error:
        raise ValueError(f"{file} is not a complete array ({error}); build it again") from error
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1] != 3:
        raise ValueError(
            f"{file} must hold uint8 of shape (N, 3, H, W), not {pixels.dtype} of shape "
            f"{pixels.shape}; `simclr-mini data build` makes such a file"
        )
    about = read_about(file)
    N, sample = about.pop("images"), about.pop("sample")
    if len(pixels) != N:
        raise ValueError(
            f"{file} has {len(pixels)} images, but its .json file describes {N}; build it again"
        )
    if any(digest(pixels[int(i)]) != known for i, known in sample.items()):
        raise ValueError(f"{file} and its .json file come from different builds; build it again")
    return Pictures(torch.from_numpy(pixels), **about)


def read_about(file: Path) -> dict:
    """What the .json file of an array holds: fields of `Pictures`, "images" and "sample".

    Raises:
        FileNotFoundError: there is no such .json file.
        ValueError: the .json file is not one that `build` wrote.
    """
    place = about_file(file)
    if not place.exists():
        raise FileNotFoundError(
            f"{file} needs {place.name} next to it, which holds the names and labels of its "
            "pictures: move both files together, or build them again"
        )
    try:
        about = json.loads(place.read_text())
        N, labels, files = about["images"], about["labels"], tuple(about["files"])
        if len(files) != N or (labels is not None and len(labels) != N):
            raise ValueError("the lengths differ")
        counts = about.get("counts")
        if counts is None:  # written by an older version
            tests = about["tests"]
            counts = count_splits({"test": tests, "train": N - tests}, {"test"})
        known = {-1, *range(len(about["classes"]))}
        if sum(counts.values()) != N or not known.issuperset(labels or ()):
            raise ValueError("counts or labels do not fit")
        return {
            "images": N,
            "labels": None if labels is None else torch.tensor(labels),
            "classes": tuple(about["classes"]),
            "files": files,
            "counts": counts,
            "notes": about.get("notes", {}),
            "sample": about.get("sample", {}),
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{place} is not what `build` wrote; build it again") from error
