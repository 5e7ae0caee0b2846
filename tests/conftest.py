"""The import path, the proofs of the lessons, and fixtures for the tests of the course tool.

The whole suite runs on all cores. The proofs take nearly as long as all other tests together, so
they start first, in one process.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported
os.environ.pop("COLUMNS", None)  # pytest-xdist sets it, and rich would always use it
root = str(Path(__file__).resolve().parents[1])
if root not in sys.path:
    sys.path.insert(0, root)

from lessons.course import files, memory, progress  # noqa: E402
from lessons.course.board import board  # noqa: E402
from lessons.course.manifest import find  # noqa: E402

# The files that take longest. They start first, so that no core waits for them at the end.
LONGEST = ("test_proofs", "test_browser", "test_train", "test_site", "test_explore", "test_advice")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """`pytest` alone, which runs everything, gives each core a file at a time."""
    everything = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    if hasattr(config, "workerinput"):  # this is one of the processes
        return
    if everything and config.option.numprocesses is None and not config.option.usepdb:
        config.option.numprocesses = "logical"  # the cores that this process may use
        config.option.dist, config.option.loadscopereorder = "loadfile", False
        config.option.benchmark_disable = True  # otherwise it warns about the other processes
        folder = os.environ["SIMCLR_MINI_SITE"] = tempfile.mkdtemp(prefix="site-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items):
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


@pytest.fixture(scope="session")
def chosen(request):
    """The values that a parameter has in those tests of a file that are to run."""

    def chosen(file: str, parameter: str) -> list:
        here = [item for item in request.session.items if item.path.name == file]
        params = [item.callspec.params for item in here if hasattr(item, "callspec")]
        return [found[parameter] for found in params if parameter in found]

    return chosen


@pytest.fixture(scope="session")
def proofs(chosen, tmp_path_factory):
    """What `prove` says about each lesson whose tests were chosen, by folder."""
    lessons = [lesson.folder for lesson in chosen("test_proofs.py", "lesson")]
    folder = tmp_path_factory.mktemp("proofs")
    command = [sys.executable, "-m", "lessons.course.prove", *dict.fromkeys(lessons), "--quick"]
    # The learner's files are read from an empty folder, so their work has no effect here.
    environ = {**os.environ, "SIMCLR_MINI_DESK": str(folder), "OMP_NUM_THREADS": "1"}
    environ["PYTHONPATH"] = root
    command += ["--json", str(folder)]
    with subprocess.Popen(command, cwd=root, env=environ) as process:
        yield Proofs(process, folder, lessons)
        process.kill()


class Proofs:
    """The proofs under way, in one process, a lesson after another."""

    def __init__(self, process: subprocess.Popen, folder: Path, lessons: list[str]):
        self.process, self.folder, self.lessons = process, folder, set(lessons)

    def __getitem__(self, lesson: str) -> dict:
        """Wait for the proof of a lesson."""
        file = self.folder / f"{lesson}.json"
        while not file.exists() and self.process.poll() is None:
            time.sleep(0.1)
        assert file.exists(), "the proofs ended too soon; see above"
        return json.loads(file.read_text("utf-8"))


@pytest.fixture(scope="module")
def one_thread():
    """torch computes on one thread, so sums are reproducible and the proofs have a core."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def halved():
    """Every other row and column of some images: a step of training takes half the time."""

    def halved(images):
        return replace(images, pixels=images.pixels[..., ::2, ::2].contiguous())

    return halved


@pytest.fixture(scope="session")
def found_by(tmp_path_factory):
    """Run a test file as a program of its own, and return what it found."""

    def found_by(file: str, *arguments: str):
        out = tmp_path_factory.mktemp("found") / "found.json"
        command = [sys.executable, str(Path(file).resolve()), *arguments, str(out)]
        environ = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1"}
        ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True)
        assert out.exists(), ended.stderr[-3000:]
        return json.loads(out.read_text("utf-8"))

    return found_by


@pytest.fixture
def run(tmp_path):
    """Run Python as a learner whose files lie in `tmp_path`."""

    def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess:
        environ = {
            **os.environ,
            "SIMCLR_MINI_DESK": str(tmp_path),
            "OMP_NUM_THREADS": "1",
        } | environ
        environ.setdefault("PYTHONIOENCODING", "utf-8")
        command = [sys.executable, "-m", *arguments]
        return subprocess.run(
            command, cwd=root, env=environ, capture_output=True, text=True, encoding="utf-8"
        )

    return run


@pytest.fixture
def lesson_4(tmp_path, monkeypatch):
    """A learner's file of lesson 4. Its verdicts are made up; no test runs."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    return LearnersFile(find(4))


class LearnersFile:
    def __init__(self, lesson):
        self.lesson = lesson
        self.right = lesson.library_file("nt_xent").read_text("utf-8")
        self.write(self.right)

    def write(self, text: str) -> None:
        files.write(self.lesson.learner_file("nt_xent"), text)

    def verdict(self, outcome: str = "passed", only: str = "", problem: str = "") -> None:
        """Remember a verdict as if pytest had run the tests whose step begins with `only`."""
        tests = [test for test in self.lesson.tests if test.step.startswith(only)]
        outcomes = {test.name: outcome for test in tests}
        progress.remember(self.lesson, outcomes, problem, progress.judged(self.lesson))
        memory.save_last(self.lesson.folder)

    def says(self) -> tuple[str, str]:
        """The line of the board about lesson 4, and the line that says what is next."""
        lines = board(200).splitlines()
        state = next(line for line in lines if re.match(r" \S +4  ", line)).split("nt_xent", 1)[1]
        return state.strip(), next(line for line in lines if line.startswith("Next: "))
