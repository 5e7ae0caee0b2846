"""Build the site once for all tests that need it."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVED_AT = "/simclr-mini/"


@cache
def build_site() -> tuple[Path, str]:
    """The folder of the site, and the build's messages. AssertionError: the build failed."""
    folder = Path(tempfile.mkdtemp(prefix="site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)]
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "OMP_NUM_THREADS": "1"}
    environ["SITE_URL"] = f"http://127.0.0.1{SERVED_AT}"  # where a test serves it
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-4000:]
    return folder, ended.stderr


def pages() -> list[Path]:
    """Every page of the built site."""
    return sorted(p for p in build_site()[0].rglob("*.html") if p.name != "404.html")
