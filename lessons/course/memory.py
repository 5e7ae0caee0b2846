"""What the course remembers between commands: `.course/state.json`, which git ignores.

It holds one entry per lesson: the last verdicts, the hints given so far, and the hash of the
library from which each blank was made. "last" is the lesson that the learner is working on.
"""

import contextlib
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from lessons.course.manifest import desk

try:
    import fcntl
except ImportError:  # on Windows only threads wait for each other
    fcntl = None
saving = threading.Lock()


def store() -> Path:
    return desk() / ".course"


def load() -> dict:
    """All that is remembered, by lesson folder. It is empty if the file cannot be read."""
    try:
        remembered = json.loads((store() / "state.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return remembered if isinstance(remembered, dict) else {}


def save(folder: str, **changes) -> None:
    """Change what is remembered about one lesson.

    A dictionary is merged into the one known; an empty dictionary forgets what is known.
    Several threads and processes may judge lessons at once.
    """
    with alone():
        remembered = load()
        known = remembered.setdefault(folder, {})
        for name, value in changes.items():
            if value and isinstance(value, dict):
                value = {**known.get(name, {}), **value}
            known[name] = value
        write(remembered)


def save_last(folder: str) -> None:
    """Remember the lesson that the learner is working on."""
    with alone():
        remembered = load()
        if remembered.get("last") != folder:
            write({**remembered, "last": folder})


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """While this block runs, no other thread or process changes what is remembered."""
    store().mkdir(parents=True, exist_ok=True)
    with saving, open(store() / "lock", "ab") as held:
        if fcntl:
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def write(remembered: dict) -> None:
    new = store() / f"state.{os.getpid()}.json"
    try:
        new.write_text(json.dumps(remembered, indent=1), "utf-8")
        os.replace(new, store() / "state.json")
    finally:
        new.unlink(missing_ok=True)
