"""Data: a set of images as one uint8 tensor, split so that training never sees a test image.

`shapes` is drawn on the spot. `cifar10` is read from a folder, or downloaded and checked. `folder`
is any folder of pictures, as `layout` understands it, or an array made from one by `folder.build`.

Source: the CIFAR-10 binary layout, Krizhevsky 2009. https://www.cs.toronto.edu/~kriz/cifar.html
"""

import ast
import contextlib
import hashlib
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pooch
import torch
from torch import Generator, Tensor

from simclr_mini import shapes
from simclr_mini.array_file import Pictures, read_built
from simclr_mini.folder import read_folder, say
from simclr_mini.layout import HELD_OUT, ORDER_SEED, first_of, printable

SPLITS = ("train", "val", "test")
MORE_SPLITS = ("pretrain", "all")
CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR10_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CIFAR10_FOLDER = "cifar-10-batches-bin"
CIFAR10_RECORD = 1 + 3 * 32 * 32  # bytes
HASHED = 2**26  # at most this many bytes of pixels are hashed to tell data sets apart
SHAPES_TRAIN, SHAPES_TEST = 10_000, 2_000


@dataclass(frozen=True)
class Images:
    """One split of a data set.

    Attributes:
        pixels: uint8, shape (N, 3, H, W). May be mapped from a file.
        labels: int64, shape (N,), positions in `classes`; None if the images have no labels. Only
            the split "all" may hold both kinds: there -1 means no label.
        classes: names of the classes.
        name: name of the data set.
        split: "train", "val" or "test"; or "pretrain" or "all", see `load`.
        files: path of each picture, relative to its folder; empty for the built-in sets.
        index: position of each image in a built-in set as published, int64, shape (N,), with test
            images last in CIFAR-10; None for a folder.
    """

    pixels: Tensor
    labels: Tensor | None
    classes: tuple[str, ...]
    name: str
    split: str
    files: tuple[str, ...] = ()
    index: Tensor | None = None

    def __len__(self) -> int:
        return len(self.pixels)

    def first(self, count: int) -> "Images":
        """The first images. They are a random sample, because every split is in random order."""
        return self.rows(slice(count))

    def fingerprint(self) -> str:
        """A SHA-256 of the set's name, the number of images, and their file names in order."""
        names = "\n".join([f"{self.name} {len(self)}", *self.files])
        return hashlib.sha256(names.encode(errors="surrogateescape")).hexdigest()

    @cached_property
    def contents(self) -> str:
        """A SHA-256 of the pixels; if they exceed HASHED bytes, of some evenly spaced images."""
        count = min(len(self), max(1, HASHED // self.pixels[0].numel()))
        rows = torch.linspace(0, len(self) - 1, count, dtype=torch.float64).round().long()
        return hashlib.sha256(self.pixels[rows].contiguous().numpy()).hexdigest()

    def rows(self, rows: slice) -> "Images":
        """Some consecutive images."""
        labels = None if self.labels is None else self.labels[rows]
        index = None if self.index is None else self.index[rows]
        pixels, files = self.pixels[rows], self.files[rows]
        return replace(self, pixels=pixels, labels=labels, files=files, index=index)

    def names(self) -> list[str]:
        """What to call each image: its file, or its position in a built-in set and its class."""
        if self.files:
            return [printable(file) for file in self.files]
        return [
            f"{self.classes[label]} {place}"
            for label, place in zip(self.labels.tolist(), self.index.tolist(), strict=True)
        ]

    def record(self) -> dict[str, np.ndarray]:
        """What is known about each row, as arrays: labels, classes, files and index."""
        arrays = {}
        if self.labels is not None:
            arrays |= {"labels": self.labels.numpy(), "classes": np.array(self.classes)}
        if self.files:
            arrays["files"] = np.array(self.files)
        if self.index is not None:
            arrays["index"] = self.index.numpy()
        return arrays


def as_floats(pixels: Tensor, device: torch.device | str) -> Tensor:
    """Pixels in [0, 255] as floats in [0, 1] on a device. Shape (B, 3, H, W)."""
    pixels = pixels.to(device).contiguous(memory_format=torch.channels_last)
    return pixels.float() / 255


def data_root() -> Path:
    """Where data sets are: in $SIMCLR_MINI_DATA, or else in the user's cache folder."""
    return Path(os.environ.get("SIMCLR_MINI_DATA") or pooch.os_cache("simclr-mini"))


def load(name: str, root: str | Path | None = None, split: str = "train", size: int = 32) -> Images:
    """One split of a data set.

    Validation is the last tenth of a seeded permutation of the training set. A folder keeps its own
    `train`, `val`, `test` and `unlabeled`; `layout` says how, and what happens to the rest. `load`
    reads a folder anew each time and prints what was left out; `read_splits` reads it only once.

    Args:
        name: "shapes", "cifar10" or "folder"; or the path of a folder or of a built .npy file.
        root: for "folder", the folder or .npy file; otherwise the folder in which data sets are.
            None: `data_root()`.
        split: "train", "val" or "test". Or "pretrain": the training images and a folder's
            unlabelled ones; if there are any of these, no image has a label. Or "all": every image.
        size: side in pixels to which the pictures of a folder are resized. Those of a .npy file
            keep their size.

    Returns:
        The images of the split, in random order.

    Raises:
        ValueError: the name or the split is unknown, or files are not what they should be.
        FileNotFoundError: there is no such folder, or no picture in it.
    """
    if split not in (*SPLITS, *MORE_SPLITS):
        known = ", ".join((*SPLITS, *MORE_SPLITS))
        raise ValueError(f"the split must be one of {known}, not {split!r}")
    kind, root = resolve(name, root)
    if kind == "folder":
        pictures = read(root, size)
        say(pictures.notes)
        return split_of(pictures, root, split)
    load_one = load_shapes if kind == "shapes" else load_cifar10
    return replace(load_one(root, "train" if split == "pretrain" else split), split=split)


def read_splits(name: str, root: str | Path | None = None, size: int = 32) -> dict[str, Images]:
    """The splits "train", "val", "test" and "pretrain" of a data set, which is read only once.

    "pretrain" and "train" share memory. Arguments and errors as for `load`.
    """
    kind, path = resolve(name, root)
    if kind == "folder":
        pictures = read(path, size)
        say(pictures.notes)
        return {split: split_of(pictures, path, split) for split in (*SPLITS, "pretrain")}
    load_one = load_shapes if kind == "shapes" else load_cifar10
    pool = load_one(path, "pool")
    train, val, pretrain = (cut(replace(pool, split=s)) for s in ("train", "val", "pretrain"))
    return {"train": train, "val": val, "test": load_one(path, "test"), "pretrain": pretrain}


def read(root: Path, size: int) -> Pictures:
    """All pictures of a folder, or of the array that `folder.build` made from one."""
    built = root.suffix.lower() == ".npy" and not root.is_dir()
    return read_built(root) if built else read_folder(root, size)


def resolve(name: str, root: str | Path | None) -> tuple[str, Path]:
    """A data set's name, "shapes", "cifar10" or "folder", and where it is.

    Arguments as for `load`.

    Raises:
        ValueError: the name is neither that of a data set nor an existing path.
    """
    if name in ("shapes", "cifar10"):
        return name, Path(os.path.expanduser(root or data_root()))
    if name == "folder" and root is not None:
        return "folder", Path(os.path.expanduser(root))
    path = Path(os.path.expanduser(name))  # leaves the home of an unknown user as it is
    if name and path.exists():
        return "folder", path
    where = "" if path.is_absolute() else f"; there is no such folder in {Path.cwd()}"
    raise ValueError(
        'data must be "shapes", "cifar10", or the path of a folder of pictures, '
        f"not {name!r}{where}"
    )


def split_of(pictures: Pictures, root: Path, split: str) -> Images:
    """One split of the pictures of a folder.

    Args:
        pictures: all of them.
        root: the folder or .npy file, which names the set.
        split: as for `load`.

    Raises:
        ValueError: training, validation or test has no images.
    """
    name, counts = root.resolve().name.removesuffix(".npy"), pictures.counts
    pool = Images(pictures.pixels, pictures.labels, pictures.classes, name, split, pictures.files)
    if split == "all":
        return pool
    if not all(counts[s] for s in SPLITS):
        raise ValueError(
            f"{name} has {len(pool)} images, {counts['test']} of them for test; "
            "training, validation and test each need at least one"
        )
    ends = dict(zip(counts, np.cumsum([*counts.values()]).tolist(), strict=True))
    first = "train" if split == "pretrain" else split
    last = "unlabeled" if split == "pretrain" and counts["unlabeled"] else first
    found = pool.rows(slice(ends[first] - counts[first], ends[last]))
    return replace(found, labels=None, classes=()) if last == "unlabeled" else found


def info(name: str, root: str | Path | None = None, size: int = 32) -> list[str]:
    """What `load` returns, in lines of text: the splits, then what is left out or changed, and why.

    Arguments and errors as for `load`.
    """
    kind, path = resolve(name, root)
    if kind == "folder":
        pictures = read(path, size)
        enough = all(pictures.counts[split] for split in SPLITS)
        splits = [split_of(pictures, path, s) for s in (SPLITS if enough else ("all",))]
        extra, notes = pictures.counts["unlabeled"], pictures.notes
    else:
        splits, extra, notes = [load(name, root, split) for split in SPLITS], 0, {}
    shape = " x ".join(str(side) for side in splits[0].pixels.shape[2:])
    lines = [f"{s.split:5} {len(s):7,} images of {shape}; {count_classes(s)}" for s in splits]
    if extra:
        lines.append(f"also  {extra:7,} images without labels, for training only")
    return lines + [f"{kind}: {text}" for kind, text in notes.items()]


def count_classes(images: Images) -> str:
    """How many images each class has, for the first ten classes."""
    if images.labels is None:
        return "no labels"
    labelled = images.labels[images.labels >= 0]
    counts = labelled.bincount(minlength=len(images.classes)).tolist()
    each = [f"{printable(c)} {n}" for c, n in zip(images.classes, counts, strict=True)]
    return first_of(each, 10)


def load_shapes(root: Path, split: str) -> Images:
    """A split of the built-in set (9,000, 1,000, 2,000 images). Drawn once, then kept in `root`."""
    count = SHAPES_TRAIN + SHAPES_TEST
    code = Path(shapes.__file__).read_text("utf-8")
    file = root / f"shapes-{count}-{code_hash(code)}.npz"  # named after the code that drew it
    try:
        with np.load(file) as saved:
            pixels, labels = torch.from_numpy(saved["pixels"]), torch.from_numpy(saved["labels"])
    except Exception:  # missing or damaged: draw it again
        pixels, labels, _ = shapes.draw(count, ORDER_SEED)
        keep(file, pixels=pixels.numpy(), labels=labels.numpy())
    everything = Images(pixels, labels, shapes.CLASSES, "shapes", split, index=torch.arange(count))
    if split in ("test", "all"):
        return everything.rows(slice(SHAPES_TRAIN if split == "test" else 0, None))
    pool = everything.rows(slice(SHAPES_TRAIN))
    return pool if split == "pool" else cut(pool)


def code_hash(source: str) -> str:
    """Eight characters that change with a module's code, but not with its docstrings and comments.

    Args:
        source: text of the module.
    """
    tree, documented = ast.parse(source), ast.Module | ast.ClassDef | ast.FunctionDef
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            del node.body[0]
    return hashlib.sha256(ast.unparse(tree).encode()).hexdigest()[:8]


def cut(pool: Images) -> Images:
    """The training or the validation part of a pool. The last tenth is for validation."""
    end = len(pool) - max(1, len(pool) // HELD_OUT)
    return pool.rows(slice(end, None) if pool.split == "val" else slice(end))


def keep(file: Path, **arrays: np.ndarray) -> None:
    """Save arrays for the next time if the disk allows it; never leave a half-written file."""
    part = file.with_name(f"{file.stem}-{os.getpid()}.part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, **arrays)
        os.replace(part, file)
    except BaseException as error:  # Ctrl-C, too
        with contextlib.suppress(OSError):
            part.unlink()
        if not isinstance(error, OSError):
            raise


def load_cifar10(root: Path, split: str) -> Images:
    """CIFAR-10 from `root` or `root`/cifar-10-batches-bin; downloaded if it is in neither.

    Raises:
        FileNotFoundError: it cannot be downloaded, or its training files are missing.
        ValueError: a file is not what it should be.
    """
    places = [f for f in (root, root / CIFAR10_FOLDER) if (f / "test_batch.bin").exists()]
    folder = places[0] if places else download_cifar10(root)
    meta = folder / "batches.meta.txt"
    classes = tuple(meta.read_text(errors="replace").split()) if meta.exists() else ()
    if len(classes) != 10:
        raise ValueError(f"{meta} does not hold the names of 10 classes; fetch CIFAR-10 again")
    # by name: a second download, such as "test_batch (1).bin", must not be trained on
    files = [folder / f"data_batch_{i}.bin" for i in range(1, 6)] + [folder / "test_batch.bin"]
    for file in files:
        if not file.exists():
            raise FileNotFoundError(f"{folder} has no {file.name}; fetch CIFAR-10 again")
    lengths = [file.stat().st_size // CIFAR10_RECORD for file in files]
    index = torch.arange(sum(lengths)).split(lengths)
    wanted = {"all": slice(None), "test": slice(-1, None)}.get(split, slice(-1))
    parts = [read_cifar10(file) for file in files[wanted]]
    pixels, labels = (torch.cat(part) for part in zip(*parts, strict=True))
    images = Images(pixels, labels, classes, "cifar10", split, index=torch.cat(index[wanted]))
    if split == "test":
        return images
    order = torch.randperm(len(labels), generator=Generator().manual_seed(ORDER_SEED))
    images = replace(images, pixels=pixels[order], labels=labels[order], index=images.index[order])
    return images if split in ("all", "pool") else cut(images)


def read_cifar10(file: Path) -> tuple[Tensor, Tensor]:
    """Pixels and labels in one file: records of 1 label byte and 3,072 pixel bytes.

    Raises:
        ValueError: the file has a length or a label that CIFAR-10 does not have.
    """
    raw = np.fromfile(file, np.uint8)
    if len(raw) == 0 or len(raw) % CIFAR10_RECORD:
        raise ValueError(
            f"{file} has {len(raw)} bytes, not a whole number of {CIFAR10_RECORD}-byte records; "
            "delete it and fetch CIFAR-10 again"
        )
    raw = torch.from_numpy(raw).view(-1, CIFAR10_RECORD)
    if raw[:, 0].max() > 9:
        raise ValueError(f"{file} has a label above 9; delete it and fetch CIFAR-10 again")
    return raw[:, 1:].reshape(-1, 3, 32, 32), raw[:, 0].long()


def download_cifar10(root: Path) -> Path:
    """Fetch the official archive into `root`, check its SHA-256 and unpack it.

    Raises:
        FileNotFoundError: there is no network, or the archive is not the official one.
    """
    try:
        files = pooch.retrieve(
            CIFAR10_URL,
            known_hash=f"sha256:{CIFAR10_SHA256}",
            path=root,
            fname="cifar-10-binary.tar.gz",
            processor=pooch.Untar(extract_dir="."),
            progressbar=False,
        )
    except Exception as error:
        raise FileNotFoundError(
            f"CIFAR-10 is not in {root} and could not be downloaded "
            f"({type(error).__name__}: {error}); put the folder {CIFAR10_FOLDER} there, "
            "or set SIMCLR_MINI_DATA to its parent folder"
        ) from error
    return Path(next(f for f in files if f.endswith("test_batch.bin"))).parent
