"""Finds the learners and their files in folders, zips and lists. Nothing here runs them.

Only the files that a lesson asks for are read. A link is never followed: it could lead to another
learner's file, or to the solution.
"""

import csv
import os
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lessons.course.manifest import Lesson, lessons

LARGEST = 1_000_000  # bytes of a learner's file
NOT_THEIRS = {"simclr_mini", "solutions", "tests", "docs", "__pycache__", "site-packages"}
SKIPPED = {"__MACOSX", ".git", ".venv", ".course"}


@dataclass
class Learner:
    name: str
    place: Path  # a folder or a zip
    problem: str = ""  # why nothing can be read
    paths: list[str] = field(default_factory=list)  # the Python files in it, with slashes

    def look(self) -> None:
        """List the Python files."""
        try:
            if self.place.is_dir():
                self.paths = sorted(walk(self.place))
            else:
                with zipfile.ZipFile(self.place) as archive:
                    self.paths = sorted(i.filename for i in archive.infolist() if plain_file(i))
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
        """The bytes of one of the files. Raises ValueError if it is too large."""
        if self.place.is_dir():
            file = self.place / path
            if file.stat().st_size > LARGEST:
                raise ValueError(f"{path} is larger than {LARGEST:,} bytes.")
            return file.read_bytes()
        with zipfile.ZipFile(self.place) as archive, archive.open(path) as file:
            text = file.read(LARGEST + 1)  # whatever size the zip states
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


def plain_file(info: zipfile.ZipInfo) -> bool:
    """Whether an entry of a zip is a Python file, not a link and not outside the zip."""
    path = PurePosixPath(info.filename)
    link = (info.external_attr >> 16) & 0o170000 == 0o120000
    outside = path.is_absolute() or ".." in path.parts
    return path.suffix == ".py" and not link and not outside and not SKIPPED & set(path.parts)


def learners(places: list[str], clones: Path) -> list[Learner]:
    """Every learner that the arguments name, each with a unique name.

    Args:
        places: a learner's folder or zip, a folder of these, or a CSV.
        clones: the folder for repositories that a CSV lists by address.
    """
    found: list[Learner] = []
    for text in places:
        place = Path(text)
        if not place.exists():
            raise SystemExit(f"{text} does not exist.")
        if place.suffix.lower() == ".csv":
            found += listed(place, clones)
        elif place.is_dir() and not is_learner(place):
            found += [
                Learner(name_of(path), path)
                for path in sorted(place.iterdir())
                if not path.name.startswith((".", "__"))
                and not path.is_symlink()
                and (path.is_dir() or path.suffix.lower() == ".zip")
            ]
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
    with open(table, encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"name", "place"} <= set(rows.fieldnames or []):
            raise SystemExit(f"{table.name} needs the columns name and place.")
        for row in rows:
            name, place = (row[key] or "" for key in ("name", "place"))
            local = table.parent / place
            if "://" not in place and not place.startswith("git@"):
                said = "" if place and local.exists() else f"{place or 'Its place'} does not exist."
                found.append(Learner(name, local, said))
                continue
            folder = clones / safe(name)
            said = "" if folder.exists() else clone(place, folder)
            found.append(Learner(name, folder, said))
    return found


def clone(address: str, folder: Path) -> str:
    """Clone a repository. Returns why it failed, or nothing."""
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
    os.replace(part, folder)
    return ""


def safe(name: str) -> str:
    """A name as a folder's name."""
    kept = "".join(c if c.isalnum() or c in "-_ ()@+" else "_" for c in name).strip()
    return kept[:100] or "_"
