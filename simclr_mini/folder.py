"""A folder of pictures, read into memory or into one file.

`layout` says what a folder means, and `picture_file` how a picture is read. A picture that cannot
be read is left out, and a printed line says so.

Pictures that are equal pixel for pixel are all kept. A printed line says so if they are in
different splits.

Ours; no paper.
"""

import errno
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from simclr_mini.array_file import Pictures, digest, sample, write_header, write_pair
from simclr_mini.layout import (
    Notes,
    Place,
    arrange,
    count_splits,
    find_pictures,
    first_of,
    natural,
    printable,
)
from simclr_mini.picture_file import read_picture, reason
from simclr_mini.whole_file import errors_name

LEAST_SIDE, MOST_SIDE = 8, 4096  # pixels: the smallest and the largest side of a square
# errors of a disk, a network or the system, which say nothing about a picture
NOT_THE_PICTURES = {
    getattr(errno, name, None)
    for name in ("EIO", "ENOMEM", "EMFILE", "ENFILE", "ESTALE", "ETIMEDOUT", "ENOTCONN")
} - {None}
SAID = ("labels", "left out", "copies")  # kinds of notes that are printed when a folder is read


def read_folder(root: Path, size: int) -> Pictures:
    """All pictures below a folder, in a seeded random order within each split.

    Args:
        root: the folder.
        size: side of the squares in pixels.

    Raises:
        FileNotFoundError: there is no such folder, or no picture in it.
        ValueError: the side is below 8 or above 4096 pixels, or the folder is a file from `build`.
    """
    places, notes = open_folder(root, size)
    pixels, kept = np.empty((len(places), 3, size, size), np.uint8), {}
    for place, square in readable(places, size, notes):
        pixels[len(kept)] = square
        kept[place] = digest(square)
    return Pictures(torch.from_numpy(pixels[: len(kept)]), **all_but_pixels(places, kept, notes))


def build(root: Path, out: Path, size: int, progress=iter) -> int:
    """Write all pictures below a folder as one array that can be mapped into memory.

    Args:
        root: the folder.
        out: the .npy file to write; the rest goes into `array_file.about_file(out)`.
        size: side of the squares in pixels.
        progress: wraps the list of pictures, to show how many are done.

    Returns:
        How many pictures were written.

    Raises:
        FileNotFoundError: there is no such folder, no picture in it, or no folder to write to.
        OSError: the disk is full or read-only; its message names `out`.
        ValueError: `out` does not end in .npy, the side is below 8 or above 4096 pixels, or the
            folder is a file from `build`.
    """
    if out.suffix != ".npy":
        raise ValueError(f"the file to write must end in .npy; {out} does not")
    if not out.resolve().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {out.parent} to write {out.name} to")
    places, notes = open_folder(root, size)
    part, kept = out.with_name(f"{out.name}-{os.getpid()}.part"), {}
    try:
        with errors_name(out), open(part, "wb") as file:
            write_header(file, 0, size)
        for place, square in readable(progress(places), size, notes):
            with errors_name(out), open(part, "ab") as file:
                file.write(square.tobytes())
            kept[place] = digest(square)
        with errors_name(out):
            with open(part, "r+b") as file:
                write_header(file, len(kept), size)  # numpy leaves room for a longer count
            about = all_but_pixels(places, kept, notes)
            labels = None if about["labels"] is None else about["labels"].tolist()
            checks = {"images": len(kept), "sample": sample([*kept.values()])}
            write_pair(part, out, about | {"labels": labels} | checks)
    finally:
        part.unlink(missing_ok=True)
    say(about["notes"])
    return len(kept)


def built_name(root: Path) -> Path:
    """The .npy file that belongs to a folder: next to it; for `.`, in the current folder.

    Raises:
        ValueError: the folder has no name, such as `/`.
    """
    name = root.resolve().name
    if not name:
        raise ValueError(f"{root} has no name to give to a file; name the file with --out")
    return root.parent / f"{name}.npy"


def open_folder(root: Path, size: int) -> tuple[list[Place], Notes]:
    """A place for each file in a folder that looks like a picture, and notes about the folder.

    Args:
        root: the folder.
        size: side of the squares in pixels, which is checked before any work.

    Raises:
        FileNotFoundError: there is no such folder.
        ValueError: the side is below 8 or above 4096 pixels, or the folder is a file from `build`.
    """
    if not LEAST_SIDE <= size <= MOST_SIDE:
        raise ValueError(f"--size must be {LEAST_SIDE} to {MOST_SIDE}, not {size}")
    if root.suffix == ".npy" and root.is_file():
        raise ValueError(f"{root} is built already; train with --data {root}")
    if root.is_file():
        raise FileNotFoundError(f"{root} is a file; name a folder of pictures or a .npy file")
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {root}")
    notes = Notes(root)
    return arrange(root, find_pictures(root, notes), notes), notes


def readable(
    places: Iterable[Place], size: int, notes: Notes
) -> Iterator[tuple[Place, np.ndarray]]:
    """Each picture that can be read, as uint8 (3, size, size). The others are noted."""
    for place in places:
        changes = Counter()
        try:
            square = read_picture(place.file, size, changes)
        except MemoryError:
            raise
        except Exception as error:  # damaged files make Pillow raise a dozen kinds of error
            if getattr(error, "errno", None) in NOT_THE_PICTURES:
                raise
            notes.leave_out(reason(error), place.file)
        else:
            notes.changes.update(changes)
            yield place, square


def all_but_pixels(places: list[Place], kept: dict[Place, str], notes: Notes) -> dict:
    """The fields of `Pictures`, except its pixels.

    Args:
        places: where each picture belongs.
        kept: the places of those that could be read, in order, with a digest of each.
        notes: the notes so far. Those about classes and copies are added.

    Raises:
        FileNotFoundError: no picture could be read.
    """
    if not kept:
        why = "".join(f"; {kind}: {text}" for kind, text in notes.text().items())
        raise FileNotFoundError(f"there is no readable picture in {notes.root}{why}")
    found = Counter(place.split for place in kept)
    counts = count_splits(found, {place.split for place in places})
    splits = [split for split, count in counts.items() for _ in range(count)]
    classes = tuple(sorted({p.label for p in kept if p.label is not None}, key=natural))
    note_classes(splits, [place.label for place in kept], classes, notes)
    note_copies(splits, list(kept.values()), notes)
    numbers = {name: i for i, name in enumerate(classes)} | {None: -1}
    return {
        "labels": torch.tensor([numbers[place.label] for place in kept]) if classes else None,
        "classes": classes,
        "files": tuple(str(place.file.relative_to(notes.root)) for place in kept),
        "counts": counts,
        "notes": notes.text(),
    }


def note_classes(splits: list[str], labels: list[str | None], classes, notes: Notes) -> None:
    """Note if there is only one class, and which classes have no training picture."""
    if len(classes) == 1:
        notes.unexpected["labels"].append(
            f"{printable(classes[0])} is the only class, so there is nothing to tell apart"
        )
    trained = {label for split, label in zip(splits, labels, strict=True) if split == "train"}
    missing = [printable(name) for name in classes if name not in trained]
    if missing and trained:
        notes.unexpected["labels"].append(f"no training picture of {first_of(missing, 3)}")


def note_copies(splits: list[str], digests: list[str], notes: Notes) -> None:
    """Note pictures that are equal pixel for pixel: across splits or, if there are none, at all."""
    held_by = defaultdict(set)
    for split, name in zip(splits, digests, strict=True):
        held_by[name].add("train" if split == "unlabeled" else split)
    leaks = sum(len(held_by[name]) > 1 for name in digests)
    if leaks:
        notes.unexpected["copies"].append(
            f"{leaks} pictures are equal to one in another split, pixel for pixel"
        )
    elif len(held_by) < len(digests):
        copies = len(digests) - len(held_by)
        notes.unexpected["equal"].append(f"{copies} pictures repeat another, pixel for pixel")


def say(notes: dict[str, str]) -> None:
    """Print the notes that a person should see. What the terminal cannot show is escaped."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    for kind in SAID:
        if kind in notes:
            print(f"{kind}: {notes[kind]}".encode(encoding, "backslashreplace").decode(encoding))
