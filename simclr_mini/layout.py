"""What a folder of pictures means: which files are used, in which split, under which label.

Decisions:
* Each file is used once, however many links lead to it. A real name wins over a link, and of two
  hard links the one that sorts first wins. A link to a folder outside is followed; a link back into
  this one is not.
* Hidden files and folders are ignored, and so are those that operating systems add (`__MACOSX`,
  `@eaDir`, ...).
* A folder that holds all pictures, as in many archives, names no class, unless they all lie
  directly in it.
* `train`, `val`, `test` and `unlabeled` divide the pictures; `SPLIT_NAMES` has more spellings.
  Without `test`, `val` is the test set, as in ImageNet. Whatever lies next to these folders is left
  out.
* The first folder below the top, or below `train`, names the class. Classes are numbered in natural
  order: 2 comes before 10. Two Unicode spellings of one name are one class.
* A picture in no class folder has no label. If most training pictures have one, the others are
  trained on without labels, as those in `unlabeled` are. Otherwise no picture has a label.
* If there are labels, a test or validation picture without one is left out.
* Without a test folder, the first tenth of a seeded random order is the test set. Without a
  validation folder, a tenth of the training pictures is the validation set.

Ours; no paper.
"""

import os
import re
import stat
import unicodedata
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Generator

from simclr_mini.picture_file import FORMATS, WHAT_IS_READ, WISHED, file_format

ORDER_SEED = 0  # seed for the one order in which a set is cut into splits
SPLIT_NAMES = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
    **dict.fromkeys(("unlabeled", "unlabelled"), "unlabeled"),
}  # capitals are allowed
ADDED_BY_SYSTEMS = {"__macosx", "@eadir", "$recycle.bin", "lost+found", "thumbs.db", "desktop.ini"}
HELD_OUT = 10  # one image in ten is for test, and one in ten of the others for validation
NAMED = 3  # number of files that are named for each reason


class Place(NamedTuple):
    """Where a picture belongs: "test", "val", "train" or "unlabeled", and its class or None."""

    file: Path
    split: str
    label: str | None


class Notes:
    """What a person should know about a folder: what is left out, changed or unexpected.

    Args:
        root: the folder.

    Attributes:
        left_out: the files that are left out, by reason.
        changes: how many pictures were changed, by change.
        unexpected: sentences about "splits", "labels" and "copies".
    """

    def __init__(self, root: Path):
        self.root = root
        self.left_out = defaultdict(list)
        self.changes = Counter()
        self.unexpected = defaultdict(list)

    def leave_out(self, reason: str, file: str | Path) -> None:
        """Note a file that is not used."""
        self.left_out[reason].append(printable(os.path.relpath(file, self.root)))

    def text(self) -> dict[str, str]:
        """All notes by kind, a line each: those of `unexpected`, "left out" and "converted"."""
        found = {kind: "; ".join(sentences) for kind, sentences in self.unexpected.items()}
        if self.left_out:
            found["left out"] = ", ".join(
                f"{len(files)} {reason} ({first_of(files, NAMED)})"
                for reason, files in self.left_out.items()
            )
            if WISHED & self.left_out.keys():
                found["left out"] += f"; what is read: {WHAT_IS_READ}"
        if self.changes:
            found["converted"] = ", ".join(f"{n} {what}" for what, n in self.changes.items())
        return found


def first_of(names: list[str], count: int) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - count} more" if len(names) > count else ""
    return ", ".join(names[:count]) + more


def printable(name: str) -> str:
    """A name for one line of a terminal, with control and invalid characters as escapes."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def find_pictures(root: Path, notes: Notes) -> list[Path]:
    """Every picture below a folder, once, sorted by name."""
    pictures, known = [], set()
    for file in sorted(walk(root, notes), key=os.path.islink):  # real names before links
        try:
            about = os.stat(file)
            kind = file_format(file) if stat.S_ISREG(about.st_mode) else "not a file"
        except OSError as error:
            denied = isinstance(error, PermissionError)
            notes.leave_out("without permission to read" if denied else "linked to nothing", file)
            continue
        identity = (about.st_dev, about.st_ino) if about.st_ino else os.path.realpath(file)
        if kind not in FORMATS:
            notes.leave_out(kind, file)
        elif identity in known:
            notes.leave_out("read under another name", file)
        else:
            known.add(identity)
            pictures.append(file)
    return sorted(pictures)


def walk(root: Path, notes: Notes) -> Iterator[Path]:
    """Every file below a folder that is not hidden. Each real folder is entered once."""

    def no_entry(error: OSError) -> None:
        """Note a folder that is not searched."""
        notes.leave_out("that cannot be opened", error.filename)

    top, entered, waiting = root.resolve(), set(), deque([root])
    while waiting:  # the folder itself, then each folder that a link leads to
        for at, folders, files in os.walk(waiting.popleft(), onerror=no_entry):
            real = Path(at).resolve()
            if real in entered or (real != top and top.is_relative_to(real)):
                notes.leave_out("linked back to a folder", at)
                folders.clear()
                continue
            entered.add(real)
            folders[:] = sorted(filter(is_visible, folders))
            waiting.extend(Path(at, name) for name in folders if os.path.islink(Path(at, name)))
            yield from (Path(at, name) for name in sorted(filter(is_visible, files)))


def is_visible(name: str) -> bool:
    """Whether a file or folder is neither hidden nor added by an operating system."""
    return not name.startswith(".") and name.lower() not in ADDED_BY_SYSTEMS


def arrange(root: Path, files: list[Path], notes: Notes) -> list[Place]:
    """A place for each picture: test, val, train, unlabeled, each in a seeded random order.

    Args:
        root: the folder.
        files: its pictures, sorted by name.
        notes: gets notes about pictures without a place, about labels and about splits.
    """
    places = read_names(root, files, notes)
    groups = {s: [p for p in places if p.split == s] for s in ("test", "val", "train", "unlabeled")}
    if not groups["train"]:
        groups["train"], groups["unlabeled"] = groups["unlabeled"], []
    label_all_or_none(groups, notes)
    if groups["val"] and not groups["test"]:
        groups["test"], groups["val"] = groups["val"], []
        notes.unexpected["splits"].append("the validation folder serves as the test set")
    return [place._replace(split=s) for s, group in groups.items() for place in shuffled(group)]


def read_names(root: Path, files: list[Path], notes: Notes) -> list[Place]:
    """Each picture's split and class, from the names of the folders in which it lies."""
    names = {file: file.relative_to(root).parts[:-1] for file in files}
    around = os.path.commonprefix(list(names.values()))  # the folders around all pictures
    names = {file: folders[len(around) :] for file, folders in names.items()}
    roles = {split_named(folders) for folders in names.values()}
    divided = None not in roles or ("train" in roles and len(roles) > 2)
    if not divided and roles - {None, "unlabeled"}:
        notes.unexpected["labels"].append(
            f"a folder named {' or '.join(sorted(roles - {None, 'unlabeled'}))} counts as a class, "
            "because the folders next to it name no splits"
        )
    if around and not any(names.values()) and not split_named(around[-1:]):
        names = dict.fromkeys(files, around[-1:])  # one folder with all pictures: one class
    places = []
    for file, folders in names.items():
        split = split_named(folders)
        if divided and split is None:
            notes.leave_out("next to the folders for splits", file)
            continue
        if not divided and split != "unlabeled":
            split, folders = "train", ("train", *folders)
        label = folders[1] if len(folders) > 1 and split != "unlabeled" else None
        places.append(Place(file, split, label and unicodedata.normalize("NFC", label)))
    return places


def split_named(folders: tuple[str, ...]) -> str | None:
    """The split that the first of some folders stands for, or None."""
    return SPLIT_NAMES.get(folders[0].casefold()) if folders else None


def label_all_or_none(groups: dict[str, list[Place]], notes: Notes) -> None:
    """Decide, in place, which pictures have labels.

    Args:
        groups: the places of each split.
        notes: gets a note if no picture keeps its label, and for pictures that cannot be used.
    """
    judged = groups["train"] or groups["test"] + groups["val"]
    without = [place for place in judged if place.label is None]
    if 2 * len(without) >= len(judged):
        if any(place.label is not None for group in groups.values() for place in group):
            notes.unexpected["labels"].append(
                f"no picture has a label, because {len(without)} of {len(judged)} "
                f"{'training ' * bool(groups['test'])}pictures are in no class folder"
            )
        groups["train"] += groups["unlabeled"]
        groups["unlabeled"] = []
        for split, group in groups.items():
            groups[split] = [place._replace(label=None) for place in group]
        return
    groups["unlabeled"] += [place for place in groups["train"] if place.label is None]
    for split in ("test", "val"):
        for place in groups[split]:
            if place.label is None:
                notes.leave_out(f"without a label in {split}", place.file)
    for split in ("test", "val", "train"):
        groups[split] = [place for place in groups[split] if place.label is not None]


def shuffled(places: list[Place]) -> list[Place]:
    """Places in a random order that depends on nothing but the names of the files."""
    places = sorted(places, key=lambda place: place.file)
    order = torch.randperm(len(places), generator=Generator().manual_seed(ORDER_SEED))
    return [places[i] for i in order]


def count_splits(found: dict[str, int], own: set[str]) -> dict[str, int]:
    """How many pictures each split has, in the order in which the splits are stored.

    Validation comes before training if unlabelled pictures follow, so that all pictures to train on
    are one slice. A split may come out empty.

    Args:
        found: how many pictures of each split were read.
        own: the splits that have pictures of their own; others are taken from training.
    """
    test, val, train, rest = (found.get(s, 0) for s in ("test", "val", "train", "unlabeled"))
    if "test" not in own:
        test = min(train, max(1, train // HELD_OUT))
        train -= test
    if "val" not in own:
        val = min(train, max(1, train // HELD_OUT))
        train -= val
    if "val" in own or rest:
        return {"test": test, "val": val, "train": train, "unlabeled": rest}
    return {"test": test, "train": train, "val": val, "unlabeled": 0}


def natural(name: str) -> tuple:
    """A key that sorts names in natural order: 2 comes before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [int(part) if part.isascii() and part.isdigit() else part for part in parts], name
