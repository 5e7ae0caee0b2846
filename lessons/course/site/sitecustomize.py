"""Runs first in a process that a lesson's test started: it must see the learner's file too."""

import importlib.util
import sys
from pathlib import Path

here = Path(__file__).resolve()
spec = importlib.util.spec_from_file_location("simclr_mini_finder", here.parents[1] / "finder.py")
finder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(finder)
finder.install_from_environment()

# Another sitecustomize that this one hides still runs.
for folder in sys.path:
    other = Path(folder or ".") / "sitecustomize.py"
    if other.exists() and other.resolve() != here:
        exec(compile(other.read_text("utf-8"), str(other), "exec"))
        break
