"""Makes Python import other files as the library's modules: a learner's, or ones with a mistake.

`simclr_mini` is always this repository's, whatever is installed. A process that a test starts
imports the same files: an environment variable lists them, and `site/sitecustomize.py` reads it.
"""

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).resolve().parents[2]
SITE = Path(__file__).resolve().parent / "site"
VARIABLE = "SIMCLR_MINI_FILES"

codes: dict[bytes, CodeType] = {}  # by the text of a module
spare: dict[str, ModuleType] = {}  # modules of the library that may be used again; see `install`


class Loader(importlib.machinery.SourceFileLoader):
    """Loads a source file and ignores bytecode caches: two saves in one second are two files."""

    after: Callable | None = None

    def get_code(self, fullname):
        return compiled(self.get_data(self.path), self.path)

    def exec_module(self, module):
        super().exec_module(module)
        if self.after:
            self.after(module)


def compiled(text: bytes, path: str) -> CodeType:
    """The code of a text, kept because the proofs import the same modules again and again."""
    code = codes.get(text)
    if code is None or code.co_filename != path:
        code = codes[text] = compile(text, path, "exec", dont_inherit=True)
    return code


class Finder(importlib.abc.MetaPathFinder):
    """Finds `simclr_mini` in this repository, and each module in `files` at the given path."""

    def __init__(self, files: dict[str, Path], after: Callable | None = None, again: bool = False):
        self.files = {name: str(path) for name, path in files.items()}
        self.after = after  # is called with each module of simclr_mini once it is loaded
        self.again = again  # whether modules that do not depend on the files are kept

    def find_spec(self, name, path=None, target=None):
        package, _, module = name.partition(".")
        if package != "simclr_mini":
            return None
        own = ROOT.joinpath("simclr_mini", *(module.split(".") if module else []))
        if name in self.files:
            place = Path(self.files[name])
        elif not module:
            place = own / "__init__.py"
        else:
            place = own.with_suffix(".py")
        if not place.exists() and name not in self.files:  # a learner's file must not be missing
            return None
        loader = Loader(name, str(place))
        loader.after = self.after
        inside = [str(ROOT / "simclr_mini")] if not module else None
        return importlib.util.spec_from_file_location(
            name, place, loader=loader, submodule_search_locations=inside
        )


def purge() -> dict:
    """Forget all imported modules of the library, and return them."""
    names = [one for one in sys.modules if one == "simclr_mini" or one.startswith("simclr_mini.")]
    return {name: sys.modules.pop(name) for name in names}


@cache
def imports() -> dict[str, set[str]]:
    """For each module of the library, those that it names in an import."""
    found = {}
    for path in (ROOT / "simclr_mini").glob("*.py"):
        names = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        found[f"simclr_mini.{path.stem}"] = names
    return found


@cache
def apart_from(names: frozenset[str]) -> set[str]:
    """The library's modules that are none of these and import none of them, directly or not."""
    touched = set(names)
    while more := {name for name, used in imports().items() if used & touched} - touched:
        touched |= more
    return imports().keys() - touched - {"simclr_mini.__init__"}


def install(files: dict[str, Path], after: Callable | None = None, again: bool = False) -> None:
    """From now on, this process and those it starts import `files` as the library's modules.

    Args:
        files: the file for each module, by the module's full name.
        after: is called with each module of the library once it is loaded.
        again: whether to reuse loaded modules that do not depend on `files`. The proofs do so,
            because they would load the same ones a thousand times.
    """
    remove()
    sys.meta_path.insert(0, Finder(files, after, again))
    if again:
        package = importlib.import_module("simclr_mini")
        for name in apart_from(frozenset(files)) & spare.keys():
            sys.modules[name] = spare[name]
            setattr(package, name.partition(".")[2], spare[name])
    os.environ[VARIABLE] = json.dumps({name: str(path) for name, path in files.items()})
    inherited = [p for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p]
    needed = [p for p in (str(SITE), str(ROOT)) if p not in inherited]
    os.environ["PYTHONPATH"] = os.pathsep.join(needed + inherited)


def remove() -> dict:
    """Undo `install`, forget what was imported, and return the forgotten modules."""
    installed = [finder for finder in sys.meta_path if isinstance(finder, Finder)]
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder not in installed]
    os.environ.pop(VARIABLE, None)
    purged = purge()
    for finder in installed:
        if finder.again:
            for name in apart_from(frozenset(finder.files)) & purged.keys():
                spare[name] = purged[name]
    return purged


def install_from_environment() -> None:
    """Do what `install` did, in a process that a test has started, before anything else."""
    if VARIABLE in os.environ:
        sys.meta_path.insert(0, Finder(json.loads(os.environ[VARIABLE])))
