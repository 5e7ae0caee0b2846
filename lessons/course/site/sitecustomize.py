"""Runs first in each process that a lesson's test starts, so that it imports the learner's file."""

import importlib.util
import sys
from pathlib import Path

here = Path(__file__).resolve()
spec = importlib.util.spec_from_file_location("simclr_mini_finder", here.parents[1] / "finder.py")
finder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(finder)
finder.install_from_environment()

# This file hides any other sitecustomize; run that one too.
for folder in sys.path:
    other = Path(folder or ".") / "sitecustomize.py"
    if other.exists() and other.resolve() != here:
        exec(compile(other.read_text("utf-8"), str(other), "exec"))
        break
