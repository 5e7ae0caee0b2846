"""Data: a set of images as one uint8 tensor, split so that training never sees a test image.

`shapes` is drawn on the spot; `cifar10` is read from a folder or downloaded with its checksum;
`folder` is any folder of pictures, or one array made of it by `build`.

Source: the CIFAR-10 binary layout, Krizhevsky 2009. https://www.cs.toronto.edu/~kriz/cifar.html
"""

import contextlib
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pooch
import torch
from torch import Generator, Tensor

from simclr_mini import shapes
from simclr_mini.folder import read_built, read_folder

SPLITS = ("train", "val", "test")
HELD_OUT = 10  # one image in ten is kept for validation
CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR10_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
CIFAR10_FOLDER = "cifar-10-batches-bin"
SHAPES_TRAIN, SHAPES_TEST = 10_000, 2_000
SHAPES_CODE = hashlib.sha256(Path(shapes.__file__).read_bytes()).hexdigest()[:8]
ORDER_SEED = 0  # of the one order in which a set is cut into splits


@dataclass(frozen=True)
class Images:
    """One split of a data set.

    Attributes:
        pixels: uint8, shape (N, 3, H, W). May be mapped from a file.
        labels: int64, shape (N,), positions in `classes`; None where nobody labelled them.
        classes: names of the classes.
        name: of the data set.
        split: "train", "val", "test" or "all".
        files: name of each picture below its folder; empty where there are no files.
    """

    pixels: Tensor
    labels: Tensor | None
    classes: tuple[str, ...]
    name: str
    split: str
    files: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.pixels)

    def first(self, count: int) -> "Images":
        """The first images, a random sample since every split is in random order."""
        return self.rows(slice(count))

    def fingerprint(self) -> str:
        """Of how many images there are and what their files are called, in their order."""
        names = "\n".join([f"{self.name} {len(self)}", *self.files])
        return hashlib.sha256(names.encode(errors="surrogateescape")).hexdigest()

    def rows(self, rows: slice) -> "Images":
        """Some of the images, one after the other."""
        labels = None if self.labels is None else self.labels[rows]
        return replace(self, pixels=self.pixels[rows], labels=labels, files=self.files[rows])


def as_floats(pixels: Tensor, device: torch.device | str) -> Tensor:
    """Pixels in [0, 255] as floats in [0, 1] on a device. Shape (B, 3, H, W)."""
    pixels = pixels.to(device).contiguous(memory_format=torch.channels_last)
    return pixels.float() / 255


def data_root() -> Path:
    """Where data sets lie: $SIMCLR_MINI_DATA, else the user's cache folder."""
    return Path(os.environ.get("SIMCLR_MINI_DATA") or pooch.os_cache("simclr-mini"))


def load(name: str, root: str | Path | None = None, split: str = "train", size: int = 32) -> Images:
    """One split of a data set.

    Validation is the last tenth of a seeded permutation of the training set. A folder keeps its own
    `train` and `test`; without them, its test set is the first tenth of its permutation.

    Args:
        name: "shapes", "cifar10" or "folder"; or the path of a folder or of a built .npy file.
        root: for "folder" the folder or .npy file; else where data sets lie (`data_root()`).
        split: "train", "val" or "test"; or "all" at once, to use an encoder.
        size: side in pixels to which the pictures of a folder are resized.

    Returns:
        The images of the split, in random order.

    Raises:
        ValueError: an unknown name or split, or files that are not what they should be.
        FileNotFoundError: no such folder, or no picture in it.
    """
    if split not in (*SPLITS, "all"):
        raise ValueError(f"a split is one of {', '.join(SPLITS)}, all, not {split!r}")
    if name == "shapes":
        return load_shapes(Path(root or data_root()), split)
    if name == "cifar10":
        return load_cifar10(Path(root or data_root()), split)
    if name == "folder" and root is not None:
        return load_folder(Path(root), split, size)
    if Path(name).exists():
        return load_folder(Path(name), split, size)
    raise ValueError(
        f'data must be "shapes", "cifar10", or the path of a folder of pictures, not {name!r}'
    )


def cut(pool: Images, split: str, tests: int = 0) -> Images:
    """Slice a split out of images in random order: first `tests` of them, then train, then val.

    Raises:
        ValueError: too few images for one in each split.
    """
    if split == "all":
        return pool
    end = len(pool) - max(1, (len(pool) - tests) // HELD_OUT)
    if end <= tests or (split == "test" and not tests):
        raise ValueError(
            f"{pool.name} has {len(pool)} images, {tests} of them for test; "
            "training, validation and test each need at least one"
        )
    rows = {"test": slice(tests), "train": slice(tests, end), "val": slice(end, None)}[split]
    return pool.rows(rows)


def load_shapes(root: Path, split: str) -> Images:
    """The built-in set: 9,000, 1,000 and 2,000 images. Drawn once, then kept in `root`."""
    count = SHAPES_TRAIN + SHAPES_TEST
    file = root / f"shapes-{count}-{SHAPES_CODE}.npz"  # drawn by this code
    try:
        with np.load(file) as saved:
            pixels, labels = torch.from_numpy(saved["pixels"]), torch.from_numpy(saved["labels"])
    except Exception:  # absent, or cut short: draw it again
        pixels, labels, _ = shapes.draw(count, ORDER_SEED)
        keep(file, pixels=pixels.numpy(), labels=labels.numpy())
    everything = Images(pixels, labels, shapes.CLASSES, "shapes", split)
    if split in ("test", "all"):
        return everything.rows(slice(SHAPES_TRAIN if split == "test" else 0, None))
    return cut(everything.rows(slice(SHAPES_TRAIN)), split)


def keep(file: Path, **arrays: np.ndarray) -> None:
    """Save arrays for the next time, or not at all where the disk does not let us."""
    part = file.with_name(f"{file.stem}-{os.getpid()}.part.npz")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        np.savez(part, **arrays)
        os.replace(part, file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()


def load_cifar10(root: Path, split: str) -> Images:
    """CIFAR-10 from `root` or `root`/cifar-10-batches-bin; downloaded there if in neither.

    Raises:
        FileNotFoundError: it cannot be downloaded, or its training files are missing.
        ValueError: a file is not what it should be.
    """
    places = [f for f in (root, root / CIFAR10_FOLDER) if (f / "test_batch.bin").exists()]
    folder = places[0] if places else download_cifar10(root)
    classes = tuple((folder / "batches.meta.txt").read_text().split())
    if split == "test":
        pixels, labels = read_cifar10(folder / "test_batch.bin")
        return Images(pixels, labels, classes, "cifar10", split)
    pattern = "*_batch*.bin" if split == "all" else "data_batch_*.bin"
    parts = [read_cifar10(file) for file in sorted(folder.glob(pattern))]
    if not parts:
        raise FileNotFoundError(f"{folder} has no data_batch_1.bin; fetch CIFAR-10 again")
    pixels, labels = torch.cat([p for p, _ in parts]), torch.cat([n for _, n in parts])
    order = torch.randperm(len(labels), generator=Generator().manual_seed(ORDER_SEED))
    return cut(Images(pixels[order], labels[order], classes, "cifar10", split), split)


def read_cifar10(file: Path) -> tuple[Tensor, Tensor]:
    """Pixels and labels of one file: records of 1 label byte and 3,072 pixel bytes.

    Raises:
        ValueError: its length or a label is no CIFAR-10 file's.
    """
    record = 1 + 3 * 32 * 32
    raw = np.fromfile(file, np.uint8)
    if len(raw) == 0 or len(raw) % record:
        raise ValueError(
            f"{file} has {len(raw)} bytes, not a whole number of {record}-byte records; "
            "delete it and fetch CIFAR-10 again"
        )
    raw = torch.from_numpy(raw).view(-1, record)
    if raw[:, 0].max() > 9:
        raise ValueError(f"{file} has a label above 9; delete it and fetch CIFAR-10 again")
    return raw[:, 1:].reshape(-1, 3, 32, 32), raw[:, 0].long()


def download_cifar10(root: Path) -> Path:
    """Fetch the official archive into `root`, check its SHA-256 and unpack it.

    Raises:
        FileNotFoundError: no network, or another archive.
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
            "or name its parent in SIMCLR_MINI_DATA"
        ) from error
    return Path(next(f for f in files if f.endswith("test_batch.bin"))).parent


def load_folder(root: Path, split: str, size: int) -> Images:
    """A folder of pictures, or the .npy file that `build` made of one. See `folder.py`."""
    read = read_built(root) if root.suffix == ".npy" else read_folder(root, size)
    pixels, labels, classes, tests, files = read
    name = root.resolve().name.removesuffix(".npy")
    return cut(Images(pixels, labels, classes, name, split, files), split, tests)
