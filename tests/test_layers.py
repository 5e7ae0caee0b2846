"""The library has layers: a file imports from lower layers, or from files listed before it."""

import ast
import re
from pathlib import Path

import pytest

from simclr_mini.methods import METHODS

ROOT = Path(__file__).parent.parent
LAYERS = [
    "device distributed whole_file shapes picture_file layout array_file folder data views resnet",
    "weight_gradient heads nt_xent large_batch grad_cache optim kmeans patches patch_encoder",
    "autoencoder ring config evaluate diagnostics advice accuracy baselines canvas",
    " ".join(METHODS),
    "methods build checkpoint resume train runs report charts sheets figures experiment",
    "compare cli __main__",
]
ORDER = " ".join(LAYERS).split()
FILES = sorted((ROOT / "simclr_mini").glob("*.py"))


def imports(file: Path) -> set[str]:
    """Names of the library's files that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simclr_mini"):
            deeper = node.module.split(".")[1:]
            found |= set(deeper[:1]) or {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("simclr_mini.")}
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_file_imports_only_what_stands_before_it(file):
    if file.stem == "__init__":
        assert file.read_text().strip() == ""
        return
    later = ORDER[ORDER.index(file.stem) :]
    assert not imports(file) & set(later)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_no_device_is_written_into_the_code(file):
    assert not re.search(r"\.cuda\(|device=\"cuda|\.to\(\"(cuda|mps)", file.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_nothing_is_unpickled(file):
    text = file.read_text()
    assert text.count("torch.load(") == text.count("weights_only=True)")
    assert "import pickle" not in text and "allow_pickle=True" not in text


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_public_thing_says_what_it_is(file):
    for node in ast.walk(ast.parse(file.read_text())):
        public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        inside = public and node.name in {"note", "uniform", "save", "report", "closure"}
        if public and not inside and node.name != "forward":
            assert ast.get_docstring(node), f"{file.stem}.{node.name}"


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_no_function_is_longer_than_a_screen(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{file.stem}.{node.name}"


def raised(function: ast.FunctionDef) -> set[str]:
    """Names of the errors that a function itself raises."""
    calls = [n.exc for n in ast.walk(function) if isinstance(n, ast.Raise) and n.exc]
    return {call.func.id for call in calls if isinstance(call, ast.Call)}


@pytest.mark.parametrize("file", [f for f in FILES if f.stem != "cli"], ids=lambda f: f.stem)
def test_every_error_that_is_raised_is_in_the_docstring(file):
    """A constructor's may be in its class's. In `cli` docstrings are the text of --help."""
    tree = ast.parse(file.read_text())
    owners = {m: c for c in tree.body if isinstance(c, ast.ClassDef) for m in c.body}
    for node in [*tree.body, *owners]:
        if isinstance(node, ast.FunctionDef):
            said = [ast.get_docstring(n) or "" for n in (node, owners.get(node)) if n]
            missing = {name for name in raised(node) if not any(name in text for text in said)}
            assert not missing, f"{file.stem}.{node.name} does not mention {missing}"


def test_the_readme_and_ci_run_the_same_test_command():
    command = re.search(r"^python3 -m venv .*pytest$", (ROOT / ".ci/run").read_text(), re.M)
    plain = command.group().replace("install -q", "install")
    assert plain in (ROOT / "README.md").read_text()
