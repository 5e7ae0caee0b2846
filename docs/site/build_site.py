"""Build the site once for all tests that need it."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVED_AT = "/simclr-mini/"


SHARED = "SIMCLR_MINI_SITE"  # names a folder for all processes of one test run


@cache
def build_site() -> tuple[Path, str]:
    """The folder of the site, and the build's messages. AssertionError: the build failed."""
    folder = Path(os.environ.get(SHARED) or tempfile.mkdtemp(prefix="site-"))
    if SHARED not in os.environ:
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    built = folder / "built.json"
    try:
        (folder / "begun").touch(exist_ok=False)
    except FileExistsError:  # by another process
        while not built.exists():
            time.sleep(0.1)
    else:
        code, said = build(folder / "site")
        (folder / "part").write_text(json.dumps([code, said]), "utf-8")
        (folder / "part").replace(built)
    code, said = json.loads(built.read_text("utf-8"))
    assert code == 0, said[-4000:]
    return folder / "site", said


def build(folder: Path) -> tuple[int, str]:
    """The exit code and the messages of a strict build."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)]
    environ = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "OMP_NUM_THREADS": "1"}
    environ["SITE_URL"] = f"http://127.0.0.1{SERVED_AT}"  # where a test serves it
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    return ended.returncode, ended.stderr


def pages() -> list[Path]:
    """Every page of the built site."""
    return sorted(p for p in build_site()[0].rglob("*.html") if p.name != "404.html")
