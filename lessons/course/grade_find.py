"""Finds the learners and their files in folders, zips and lists. Nothing here runs them.

Only the files that a lesson asks for are read. A link is never followed: it could lead to another
learner's file, or to the solution.
"""

import csv
import hashlib
import io
import os
import shutil
import subprocess
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lessons.course.manifest import Lesson, lessons
from lessons.course.terminal import say

LARGEST = 1_000_000  # bytes of a learner's file
NOT_THEIRS = {"simclr_mini", "solutions", "tests", "docs", "__pycache__", "site-packages"}
SKIPPED = {"__MACOSX", ".git", ".venv", ".course"}


@dataclass
class Learner:
    name: str
    place: Path  # a folder or a zip
    problem: str = ""  # why nothing can be read
    inside: dict[str, str] = field(default_factory=dict)  # by path: the name in the zip

    @property
    def paths(self) -> list[str]:
        """The Python files, with slashes."""
        return sorted(self.inside)

    def look(self) -> None:
        """List the Python files. A zip that is alone in a folder is opened."""
        try:
            if self.place.is_dir():
                self.inside = {path: path for path in walk(self.place)}
                zips = [path for path in self.place.iterdir() if is_zip(path)]
                if not self.inside and len(zips) == 1:
                    self.place = zips[0]
            if self.place.is_file():
                with zipfile.ZipFile(self.place) as archive:
                    plain = [i for i in archive.infolist() if plain_file(i)]
                # some programs for Windows write backslashes
                self.inside = {i.filename.replace("\\", "/"): i.filename for i in plain}
        except (OSError, zipfile.BadZipFile) as error:
            self.problem = f"{self.place.name} cannot be read: {error}"

    def path_of(self, lesson: Lesson, module: str) -> str:
        """The learner's file for a module: in the lesson's folder if there is one there."""
        name = f"{module}.py"
        mine = [path for path in self.paths if theirs(path) and PurePosixPath(path).name == name]
        inside = [path for path in mine if PurePosixPath(path).parent.name == lesson.folder]
        # A file outside any lesson's folder counts too: some services accept only single files.
        folders = {one.folder for one in lessons()}
        flat = [path for path in mine if not folders & set(PurePosixPath(path).parts)]
        found = inside or flat
        return min(found, key=lambda path: (path.count("/"), path)) if found else ""

    def read(self, path: str) -> bytes:
        """The bytes of one of the files. Raises ValueError if it is too large or damaged."""
        if self.place.is_dir():
            file = self.place / path
            if file.stat().st_size > LARGEST:
                raise ValueError(f"{path} is larger than {LARGEST:,} bytes.")
            return file.read_bytes()
        try:
            with zipfile.ZipFile(self.place) as archive, archive.open(self.inside[path]) as file:
                text = file.read(LARGEST + 1)  # whatever size the zip states
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            # RuntimeError: it is encrypted, or compressed in a way that Python does not know
            raise ValueError(f"{path} in {self.place.name} cannot be read: {error}") from error
        if len(text) > LARGEST:
            raise ValueError(f"{path} is larger than {LARGEST:,} bytes.")
        return text


def theirs(path: str) -> bool:
    return not set(PurePosixPath(path).parent.parts) & NOT_THEIRS


def walk(folder: Path):
    """The Python files of a folder, relative to it, without links."""
    waiting = [folder]
    while waiting:
        for path in waiting.pop().iterdir():
            if path.is_symlink() or path.name in SKIPPED:
                continue
            if path.is_dir():
                waiting.append(path)
            elif path.suffix == ".py" and path.is_file():
                yield path.relative_to(folder).as_posix()


def is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip" and path.is_file() and not path.is_symlink()


def plain_file(info: zipfile.ZipInfo) -> bool:
    """Whether an entry of a zip is a Python file, not a link and not outside the zip."""
    path = PurePosixPath(info.filename.replace("\\", "/"))
    link = (info.external_attr >> 16) & 0o170000 == 0o120000
    outside = path.is_absolute() or ".." in path.parts
    return path.suffix == ".py" and not link and not outside and not SKIPPED & set(path.parts)


def learners(places: list[str], out: Path, one: bool = False) -> list[Learner]:
    """Every learner that the arguments name, each with a unique name.

    Args:
        places: a learner's folder or zip, a folder of these, or a CSV.
        out: the folder of the grades, which is not a learner's. Repositories that a CSV lists by
            address are cloned into it.
        one: whether each folder is one learner's, whatever it holds.
    """
    found: list[Learner] = []
    for text in places:
        place = Path(text)
        if not place.exists():
            raise SystemExit(f"{text} does not exist.")
        if place.suffix.lower() == ".csv":
            found += listed(place, out / "clones")
        elif place.is_dir() and not one and not is_learner(place):
            found += in_class(place, out)
        elif place.is_dir() or place.suffix.lower() == ".zip":
            found.append(Learner(name_of(place), place))
        else:
            raise SystemExit(f"{text} is neither a folder nor a zip nor a CSV.")
    taken = set()
    for learner in found:
        name, number = safe(learner.name), 1
        while name.lower() in taken:  # some file systems do not tell a from A
            number += 1
            name = f"{safe(learner.name)} ({number})"
        taken.add(name.lower())
        learner.name = name
        if not learner.problem:
            learner.look()
    return found


def in_class(folder: Path, out: Path) -> list[Learner]:
    """A learner for each folder and zip in a class's folder. Prints what else is in it."""
    found, left_out = [], []
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")) or path.resolve() == out:
            continue
        if not path.is_symlink() and (path.is_dir() or is_zip(path)):
            found.append(Learner(name_of(path), path))
        else:
            left_out.append(path.name)
    if left_out:
        say(f"Left out, being neither folders nor zips: {', '.join(left_out)}.")
    return found


def name_of(path: Path) -> str:
    path = path.resolve()
    return path.stem if path.suffix.lower() == ".zip" else path.name


def is_learner(folder: Path) -> bool:
    """Whether a folder is one learner's: it holds lessons' files, or lessons' folders."""
    names = {one.folder for one in lessons()} | {"lessons"}
    modules = {f"{module}.py" for one in lessons() for module in one.write}
    return any(path.name in names | modules for path in folder.iterdir())


def listed(table: Path, clones: Path) -> list[Learner]:
    """The learners of a CSV with the columns `name` and `place`: a path, or an address for git."""
    found = []
    try:
        text = table.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SystemExit(f"{table.name} is not UTF-8; save it as CSV in UTF-8.") from None
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not {"name", "place"} <= set(rows.fieldnames or []):
        raise SystemExit(f"{table.name} needs the columns name and place.")
    for row in rows:
        name, place = (row[key] or "" for key in ("name", "place"))
        local = table.parent / place
        if "://" not in place and not place.startswith("git@"):
            said = "" if place and local.exists() else f"{place or 'Its place'} does not exist."
            found.append(Learner(name, local, said))
            continue
        # two learners may have the same name
        folder = clones / f"{safe(name)}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
        found.append(Learner(name, folder, clone(place, folder)))
    return found


def clone(address: str, folder: Path) -> str:
    """Clone a repository as it is now. Returns why it failed, or nothing."""
    part = folder.with_name(folder.name + ".part")  # a clone that was interrupted is made again
    shutil.rmtree(part, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    command = ["git", "clone", "--quiet", "--depth", "1", "--", address, str(part)]
    environ = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            command,
            env=environ,
            capture_output=True,
            text=True,
            timeout=300,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{address} could not be cloned: {error}"
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["git says nothing"]
        return f"{address} could not be cloned: {last[0]}"
    shutil.rmtree(folder, ignore_errors=True)  # as it was at an earlier grading
    os.replace(part, folder)
    return ""


def safe(name: str) -> str:
    """A name made safe as a folder's name."""
    kept = "".join(c if c.isalnum() or c in "-_ ()@+" else "_" for c in name).strip()
    return kept[:100] or "_"
