"""`doctor`: checks what the course needs, and says how to fix what is missing."""

import importlib
import importlib.util
import os
import sys
from pathlib import Path

from lessons.course.manifest import LIBRARY, ROOT, desk, typed
from lessons.course.terminal import TOOL, say


def environment() -> Path | None:
    """The commands of the virtual environment .venv, if it exists and this is not its Python."""
    place = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    here = Path(sys.prefix).resolve() == (ROOT / ".venv").resolve()
    return place if place.exists() and not here else None


def checks():
    """Pairs of what was found and how to fix it; the second is empty if all is well."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    fix = "" if sys.version_info >= (3, 11) else "install Python 3.11 or later"
    yield f"Python {version}", fix
    install = f"{sys.executable} -m pip install -c constraints.txt -e '.[dev]'   (in {ROOT})"
    if place := environment():
        install = f"source {typed(place / 'activate')}   (the course is installed there)"
    for name in ("torch", "numpy", "pytest", "watchfiles"):
        try:
            module = importlib.import_module(name)
            yield f"{name} {getattr(module, '__version__', '')}", ""
        except Exception as error:
            yield f"{name}: {type(error).__name__}: {str(error).splitlines()[0]}", install
    torch = sys.modules.get("torch")
    if torch:
        x = torch.eye(3)
        yield "torch computes", "" if torch.equal(x @ x, x) else f"reinstall torch: {install}"
    here = Path.cwd().is_relative_to(ROOT)
    yield f"working in {Path.cwd()}", "" if here else f"cd {ROOT}"
    found = importlib.util.find_spec("simclr_mini")
    place = found.origin if found else "nowhere"
    same = place.startswith(str(LIBRARY))
    yield f"simclr_mini is {place}", "" if same else f"{install}; lessons use {LIBRARY} anyway"
    probe = desk() / ".course" / "probe"
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
        yield f"can write in {desk()}", ""
    except OSError as error:
        yield f"cannot write in {desk()}", f"{error}: give yourself permission to write there"
    fork = hasattr(os, "fork")
    yield ("watch is fast here (fork)" if fork else "watch starts afresh at each save"), ""


def doctor() -> int:
    bad = 0
    for what, fix in checks():
        bad += bool(fix)
        say(f" {'×' if fix else '●'} {what}")
        if fix:
            say(f"     fix: {fix}")
    say(f"\nReady: {TOOL}" if not bad else f"\n{bad} to fix")
    return int(bool(bad))
