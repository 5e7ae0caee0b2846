"""Folders of pictures, as one array of squares: in memory, or in a file that is mapped into it.

A picture that cannot be read is left out, and one line says so. The array from a file is never
loaded as a whole: a batch is read when it is asked for, so it may be larger than the memory.

Ours; no paper.
"""

import json
import os
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Generator, Tensor

ORDER_SEED = 0  # of the order of the pictures
HELD_OUT = 10  # one picture in ten is for test, where no folder says which
LEAST = 8  # pixels of a side


def read_folder(root: Path, size: int) -> tuple[Tensor, Tensor | None, tuple, int, tuple]:
    """All pictures below a folder, in random order, those for test first.

    With `train` and `test` (or `val`) in it, a folder keeps that division; else the first tenth is
    for test. Sub-folders name the classes; a picture outside every sub-folder means no labels.

    Args:
        root: the folder.
        size: side of the pictures in pixels.

    Returns:
        Pixels, uint8, shape (N, 3, size, size); labels, int64, shape (N,), or None; the names of
        the classes; how many pictures are for test; their names below the folder.

    Raises:
        FileNotFoundError: no such folder, or no picture in it.
        ValueError: a side of fewer than 8 pixels.
    """
    check_size(size)
    kept, pixels = read_files(tuple(picture_files(root)), size)
    if not kept:
        raise FileNotFoundError(f"there is no readable picture in {root}")
    return pixels, *describe(root, kept)


@lru_cache(maxsize=1)  # three splits are asked for one after the other: read and report once
def read_files(files: tuple[Path, ...], size: int) -> tuple[list[Path], Tensor]:
    """The files that can be read, and their pixels, uint8, shape (N, 3, size, size)."""
    pairs = list(readable(files, size))
    pixels = np.stack([image for _, image in pairs]) if pairs else np.empty((0, 3, size, size))
    return [file for file, _ in pairs], torch.from_numpy(pixels)


def read_built(file: Path) -> tuple[Tensor, Tensor | None, tuple, int, tuple]:
    """As `read_folder`, but from the array that `build` wrote, mapped into memory.

    Raises:
        FileNotFoundError: no such file, or the .npy.json file of its name is gone.
        ValueError: it is not what `build` wrote.
    """
    if not file.exists():
        raise FileNotFoundError(f"there is no file {file}; `simclr-mini data build` makes one")
    try:
        pixels = np.load(file, mmap_mode="c")  # "c": what is written stays in memory
        if not isinstance(pixels, np.ndarray):
            raise ValueError("it holds several arrays")
    except (ValueError, EOFError) as error:
        raise ValueError(f"{file} is cut short or no array ({error}); build it again") from error
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1] != 3:
        raise ValueError(
            f"{file} must hold uint8 of shape (N, 3, H, W), not {pixels.dtype} of shape "
            f"{pixels.shape}; `simclr-mini data build` makes such a file"
        )
    try:
        about = json.loads(about_file(file).read_text())
        labels = None if about["labels"] is None else torch.tensor(about["labels"])
        rest = tuple(about["classes"]), about["tests"], tuple(about["files"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"{about_file(file)} is not what `build` wrote; build it again") from error
    if about["images"] != len(pixels):
        raise ValueError(
            f"{file} has {len(pixels)} images, but its .json file tells of {about['images']}; "
            "build it again"
        )
    return torch.from_numpy(pixels), labels, *rest


def about_file(file: Path) -> Path:
    """The file beside a built one that holds all but its pixels: `pets.npy.json`."""
    return file.with_name(f"{file.name}.json")


def build(root: Path, out: Path, size: int, progress=iter) -> int:
    """Write all pictures below a folder as one array that can be mapped into memory.

    Args:
        root: the folder.
        out: the .npy file to write; all else goes into a file beside it, `about_file`.
        size: side of the pictures in pixels.
        progress: wraps the list of files, to show how far it is.

    Returns:
        How many pictures were written.

    Raises:
        FileNotFoundError: no such folder, or no picture in it.
        ValueError: `out` is no .npy file; a side of fewer than 8 pixels.
    """
    check_size(size)
    if out.suffix != ".npy":
        raise ValueError(f"the file to write must end in .npy; {out} does not")
    files, kept, part = picture_files(root), [], out.with_suffix(".part")
    try:
        with open(part, "wb") as file:
            write_header(file, 0, size)
            for name, image in readable(progress(files), size):
                file.write(image.tobytes())
                kept.append(name)
            file.seek(0)
            write_header(file, len(kept), size)  # numpy leaves room for a longer count
        if not kept:
            raise FileNotFoundError(f"there is no readable picture in {root}")
        labels, classes, tests, paths = describe(root, kept)
        about = {"images": len(kept), "tests": tests, "classes": classes, "files": paths}
        about["labels"] = None if labels is None else labels.tolist()
        about_file(out).write_text(json.dumps(about))
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return len(kept)


def check_size(size: int) -> None:
    """Refuse a side that leaves nothing to see: ValueError."""
    if size < LEAST:
        raise ValueError(f"--size must be {LEAST} or more, not {size}")


def write_header(file, count: int, size: int) -> None:
    """The head of a .npy file that holds uint8 of shape (count, 3, size, size)."""
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, 3, size, size)}
    np.lib.format.write_array_header_1_0(file, header)


def held_out_folder(root: Path) -> Path | None:
    """The folder beside `train` that is for test: `test`, or `val` as in ImageNet."""
    if not (root / "train").is_dir():
        return None
    names = ("test", "val", "valid", "validation")
    return next((root / name for name in names if (root / name).is_dir()), None)


def picture_files(root: Path) -> list[Path]:
    """Every file below a folder but hidden ones, in a seeded random order; those for test first.

    Raises:
        FileNotFoundError: no such folder.
    """
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {root}")
    test = held_out_folder(root)
    files = []
    for folder in [root] if test is None else [test, root / "train"]:
        walk = os.walk(folder, followlinks=True)
        below = [Path(at) / name for at, _, names in walk for name in names]
        found = sorted(f for f in below if f.is_file() and not hidden(f, root))
        order = torch.randperm(len(found), generator=Generator().manual_seed(ORDER_SEED))
        files += [found[i] for i in order]
    return files


def hidden(file: Path, root: Path) -> bool:
    """Whether a file, or a folder between it and `root`, has a name that starts with a dot."""
    return any(part.startswith(".") for part in file.relative_to(root).parts)


def describe(root: Path, files: list[Path]) -> tuple[Tensor | None, tuple[str, ...], int, tuple]:
    """Labels, classes, how many files are for test, and names, all from where the files lie."""
    test = held_out_folder(root)
    alone = all(f.relative_to(root).parts[0] == "train" for f in files)  # nothing beside it
    depth = 0 if test is None and not alone else 1
    names = [f.relative_to(root).parts[depth:-1][:1] for f in files]
    tests, paths = max(1, len(files) // HELD_OUT), tuple(str(f.relative_to(root)) for f in files)
    if test is not None:
        tests = sum(f.is_relative_to(test) for f in files)
    if not all(names):
        return None, (), tests, paths
    classes = tuple(sorted({name for (name,) in names}))
    return torch.tensor([classes.index(name) for (name,) in names]), classes, tests, paths


def readable(files: Iterable[Path], size: int) -> Iterator[tuple[Path, np.ndarray]]:
    """Each picture that can be read, as uint8 (3, size, size). Says at the end which could not."""
    skipped = []
    for file in files:
        try:
            image = read_picture(file, size)
        except Exception as error:  # Pillow raises a dozen kinds for what is damaged or no picture
            name = file.name.encode(errors="backslashreplace").decode()  # it may be no UTF-8
            skipped.append(f"{name} ({type(error).__name__})")
        else:
            yield file, image
    if skipped:
        more = f" and {len(skipped) - 5} more" if len(skipped) > 5 else ""
        noun = "file" if len(skipped) == 1 else "files"
        print(f"skipped {len(skipped)} unreadable {noun}: {', '.join(skipped[:5])}{more}")


def read_picture(file: Path, size: int) -> np.ndarray:
    """The middle square of a picture, upright and resized. uint8, shape (3, size, size).

    Grey becomes three equal channels; transparency is dropped.

    Raises:
        Exception: it is no JPEG, PNG or WebP, or broken, or has more than 89 million pixels.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow grumbles about odd EXIF data and palettes
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as picture:
            picture.draft("RGB", (2 * size, 2 * size))  # reads a large JPEG at part of its size
            picture = ImageOps.exif_transpose(picture)
            if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip to 8
                picture = picture.convert("I").point(lambda v: v * (1 / 256)).convert("L")
            picture = picture.convert("RGB")
            picture = ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR)
    return np.asarray(picture).transpose(2, 0, 1)
