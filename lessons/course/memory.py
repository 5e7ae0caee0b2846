"""What the course remembers between commands: `.course/state.json`, which git ignores.

It holds one entry per lesson: the last verdicts, the hints given so far, and the hash of the
library from which each blank was made. "last" is the lesson that the learner is working on.
"""

import json
import os
import threading
from pathlib import Path

from lessons.course.manifest import desk

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
    """Change what is remembered about one lesson. Several threads may judge lessons at once."""
    with saving:
        remembered = load()
        remembered.setdefault(folder, {}).update(changes)
        write(remembered)


def save_last(folder: str) -> None:
    """Remember the lesson that the learner is working on."""
    with saving:
        remembered = load()
        if remembered.get("last") != folder:
            write({**remembered, "last": folder})


def write(remembered: dict) -> None:
    store().mkdir(parents=True, exist_ok=True)
    new = store() / f"state.{os.getpid()}.json"
    new.write_text(json.dumps(remembered, indent=1), "utf-8")
    os.replace(new, store() / "state.json")
