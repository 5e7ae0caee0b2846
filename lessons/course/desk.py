"""The learner's desk: their files, which are never overwritten, and what is remembered of them.

What is remembered lies in `.course/`, ignored by git: the last verdict of each lesson with the hash
of the files that it judged, and the blank that each file began as.
"""

import difflib
import hashlib
import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

from lessons.course.blank import blank
from lessons.course.manifest import MY_TEST, Lesson, desk

saving = threading.Lock()


def store() -> Path:
    return desk() / ".course"


def load() -> dict:
    """Everything remembered, by folder; empty if there is nothing, or it is no longer readable."""
    try:
        remembered = json.loads((store() / "state.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return remembered if isinstance(remembered, dict) else {}


def save(folder: str, **changes) -> None:
    """Change what is remembered of one lesson. Lessons may be judged in several threads."""
    with saving:
        remembered = load()
        remembered.setdefault(folder, {}).update(changes)
        store().mkdir(parents=True, exist_ok=True)
        beside = store() / f"state.{os.getpid()}.json"
        beside.write_text(json.dumps(remembered, indent=1), "utf-8")
        os.replace(beside, store() / "state.json")


def hash_of(*paths: Path) -> str:
    text = b"\0".join(path.read_bytes() if path.exists() else b"" for path in paths)
    return hashlib.sha256(text).hexdigest()[:16]


def judged(lesson: Lesson) -> str:
    """The hash of all that a verdict depends on: the learner's files and the tests."""
    return hash_of(*(lesson.learner_file(module) for module in lesson.write), *lesson.test_files)


def kept_blank(lesson: Lesson, module: str) -> Path:
    """The blank that the learner's file began as."""
    return store() / "blanks" / lesson.folder / f"{module}.py"


def fresh(lesson: Lesson, name: str) -> str:
    """The text that a learner's file begins as today."""
    if name == MY_TEST:
        return lesson.source_file(name).read_text("utf-8")
    return blank(lesson, name)


def prepare(lesson: Lesson) -> list[Path]:
    """Make the files that are missing; returns them. A file that nobody has touched is renewed."""
    made = []
    for module in lesson.files:
        file, kept = lesson.learner_file(module), kept_blank(lesson, module)
        if file.exists() and not (kept.exists() and read(file) == read(kept)):
            continue
        text = fresh(lesson, module)
        if not file.exists() or text != read(file):
            made += [] if file.exists() else [file]
            write(file, text)
        if not kept.exists() or read(kept) != text:
            write(kept, text)
            note_library(lesson, module)
    return made


def note_library(lesson: Lesson, module: str) -> None:
    known = load().get(lesson.folder, {}).get("library", {})
    save(lesson.folder, library={**known, module: hash_of(lesson.source_file(module))})


def read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def untouched(lesson: Lesson) -> bool:
    """Whether every file is missing, or still the blank that it began as."""
    for module in lesson.write:
        file, kept = lesson.learner_file(module), kept_blank(lesson, module)
        if file.exists() and not (kept.exists() and read(file) == read(kept)):
            return False
    return True


def changed_blanks(lesson: Lesson, remembered: dict) -> list[str]:
    """The modules whose blank is no longer the one that the learner's file began as."""
    changed = []
    for module in lesson.files:
        kept = kept_blank(lesson, module)
        if not lesson.learner_file(module).exists() or not kept.exists():
            continue
        same_source = remembered.get("library", {}).get(module) == hash_of(
            lesson.source_file(module)
        )
        if not same_source and fresh(lesson, module) != read(kept):
            changed.append(module)
    return changed


def difference(lesson: Lesson) -> str:
    """What an update changed in the blanks since the learner's files were made."""
    lines = []
    for module in lesson.files:
        kept = kept_blank(lesson, module)
        if kept.exists():
            old, new = read(kept).splitlines(), fresh(lesson, module).splitlines()
            names = f"{module}.py as you began", f"{module}.py today"
            lines += difflib.unified_diff(old, new, *names, lineterm="")
    return "\n".join(lines)


def reset(lesson: Lesson) -> list[tuple[Path, Path | None]]:
    """Fresh blanks; an old file that was worked on is kept aside. Returns (file, old one)."""
    done = []
    for module in lesson.files:
        file, kept = lesson.learner_file(module), kept_blank(lesson, module)
        aside = None
        if file.exists() and not (kept.exists() and read(file) == read(kept)):
            number = 1
            while (aside := file.with_name(f"{module}.{number}.old")).exists():
                number += 1
            os.replace(file, aside)
        text = fresh(lesson, module)
        write(file, text)
        write(kept, text)
        note_library(lesson, module)
        done.append((file, aside))
    save(lesson.folder, outcomes={}, problem="", hash="")
    return done


@dataclass
class Status:
    """What is known of a lesson without running it."""

    lesson: Lesson
    state: str  # new, begun, unchecked, done
    outcomes: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    changed: list[str] = field(default_factory=list)

    def step_done(self, step: str) -> bool:
        tests = [test.name for test in self.lesson.tests if test.step == step]
        return all(self.outcomes.get(name) == "passed" for name in tests)

    @property
    def done(self) -> int:
        return sum(self.step_done(step) for step in self.lesson.steps)

    @property
    def next_step(self) -> str:
        return next((step for step in self.lesson.steps if not self.step_done(step)), "")


def status(lesson: Lesson, remembered: dict | None = None) -> Status:
    known = (load() if remembered is None else remembered).get(lesson.folder, {})
    found = Status(lesson, "new", changed=changed_blanks(lesson, known))
    if untouched(lesson):
        return found
    if known.get("hash") != judged(lesson):
        found.state = "unchecked"
        return found
    found.outcomes = known.get("outcomes", {})
    found.problem = known.get("problem", "")
    if not found.problem and not found.next_step:
        found.state = "done"
    elif found.problem or any(outcome != "unstarted" for outcome in found.outcomes.values()):
        found.state = "begun"
    return found


def remember(lesson: Lesson, outcomes: dict[str, str], problem: str, hash: str) -> None:
    """Keep a verdict on the files that had this hash; tests that did not run keep theirs."""
    known = load().get(lesson.folder, {})
    before = known.get("outcomes", {}) if known.get("hash") == hash and not problem else {}
    save(lesson.folder, outcomes={**before, **outcomes}, problem=problem, hash=hash)
