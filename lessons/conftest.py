"""Loads the plugin that runs each lesson in a process of its own and prints the board."""

import sys
from pathlib import Path

root = str(Path(__file__).resolve().parents[1])
if root not in sys.path:
    sys.path.insert(0, root)

from lessons.course.plugin import *  # noqa: E402, F403
