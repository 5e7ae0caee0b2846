"""`pytest lessons`: every lesson in a process of its own, and the board."""

import sys
from pathlib import Path

root = str(Path(__file__).resolve().parents[1])
if root not in sys.path:
    sys.path.insert(0, root)

from lessons.course.outer import *  # noqa: E402, F403
