"""The learner's files. The tool makes them, renews untouched ones, and never overwrites work.

`.course/blanks` keeps a copy of the blank that each file began as.
"""

import contextlib
import difflib
import hashlib
import os
from pathlib import Path

from lessons.course.blank import blank
from lessons.course.manifest import MY_TEST, Lesson
from lessons.course.memory import save, store


def read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def hash_of(*paths: Path) -> str:
    text = b"\0".join(path.read_bytes() if path.exists() else b"" for path in paths)
    return hashlib.sha256(text).hexdigest()[:16]


def kept_blank(lesson: Lesson, module: str) -> Path:
    """The copy of the blank that the learner's file began as."""
    return store() / "blanks" / lesson.folder / f"{module}.py"


def fresh(lesson: Lesson, name: str) -> str:
    """The text of a new blank, made from today's library."""
    if name == MY_TEST:
        return lesson.source_file(name).read_text("utf-8")
    return blank(lesson, name)


def touched(lesson: Lesson, module: str) -> bool:
    """Whether the file exists and differs from the blank that it began as."""
    file, kept = lesson.learner_file(module), kept_blank(lesson, module)
    return file.exists() and not (kept.exists() and read(file) == read(kept))


def untouched(lesson: Lesson) -> bool:
    """Whether the learner has not changed any of the lesson's modules."""
    return not any(touched(lesson, module) for module in lesson.write)


def prepare(lesson: Lesson) -> None:
    """Make the files that are missing, and renew those that nobody has touched."""
    for module in lesson.files:
        if touched(lesson, module):
            continue
        file, kept = lesson.learner_file(module), kept_blank(lesson, module)
        text = fresh(lesson, module)
        if not file.exists() or text != read(file):
            renew(file, text, read(kept) if kept.exists() else None)
        if not kept.exists() or read(kept) != text:
            keep_blank(lesson, module, text)


def renew(file: Path, text: str, old: str | None) -> None:
    """Write a blank if the file is missing or is the blank `old`; any other text stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        with contextlib.suppress(FileExistsError), open(file, "xb") as opened:
            opened.write(text.encode())
        return
    new = file.with_name(f".{file.name}.{os.getpid()}")
    write(new, text)
    if file.exists() and read(file) == old:  # the learner may have saved in the meantime
        os.replace(new, file)
    new.unlink(missing_ok=True)


def keep_blank(lesson: Lesson, module: str, text: str) -> None:
    """Remember the blank, and the hash of the library file that it came from."""
    write(kept_blank(lesson, module), text)
    save(lesson.folder, library={module: hash_of(lesson.source_file(module))})


def reset(lesson: Lesson) -> list[tuple[Path, Path | None]]:
    """Write fresh blanks and move files with work in them aside. Returns (file, old file) pairs."""
    done = []
    for module in lesson.files:
        file, aside = lesson.learner_file(module), None
        if touched(lesson, module):
            number = 1
            while (aside := file.with_name(f"{module}.{number}.old")).exists():
                number += 1
            os.replace(file, aside)
        text = fresh(lesson, module)
        write(file, text)
        keep_blank(lesson, module, text)
        done.append((file, aside))
    save(lesson.folder, outcomes={}, on={}, problem="", hash="")
    return done


def changed_blanks(lesson: Lesson, remembered: dict) -> list[str]:
    """The modules whose blank has changed since the learner's file was made."""
    changed = []
    for module in lesson.files:
        kept = kept_blank(lesson, module)
        if not kept.exists() or not touched(lesson, module):  # `prepare` renews an untouched file
            continue
        # Making a blank takes longer than hashing a file, and the board must appear at once.
        known = remembered.get("library", {}).get(module)
        if known != hash_of(lesson.source_file(module)) and fresh(lesson, module) != read(kept):
            changed.append(module)
    return changed


def difference(lesson: Lesson) -> str:
    """What updates have changed in the blanks since the learner's files were made, as a diff."""
    lines = []
    for module in lesson.files:
        kept = kept_blank(lesson, module)
        if kept.exists():
            old, new = read(kept).splitlines(), fresh(lesson, module).splitlines()
            names = f"{module}.py as you began", f"{module}.py today"
            lines += difflib.unified_diff(old, new, *names, lineterm="")
    return "\n".join(lines)
