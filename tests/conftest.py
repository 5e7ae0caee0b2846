"""The import path, the proofs of the lessons, and fixtures for the tests of the course tool.

The proofs take as long as all other tests together. So they run in the background from the first
test on, one lesson after another in a process of its own, and their tests come last.
"""

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported
root = str(Path(__file__).resolve().parents[1])
if root not in sys.path:
    sys.path.insert(0, root)

from lessons.course import files, memory, progress  # noqa: E402
from lessons.course.board import board  # noqa: E402
from lessons.course.manifest import find  # noqa: E402

# These use more than one process, so they come when the proofs have left the second core.
LATE = ("test_browser.py", "test_explore.py", "test_distributed.py", "test_grade.py")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: (item.path.name == "test_proofs.py", item.path.name in LATE))


@pytest.fixture(scope="session", autouse=True)
def proofs(request, tmp_path_factory):
    """For each lesson's folder, a future with what `prove` says of it."""
    lessons = {
        item.callspec.params["lesson"].folder: item.callspec.params["lesson"]
        for item in request.session.items
        if item.path.name == "test_proofs.py" and hasattr(item, "callspec")
    }
    folder = tmp_path_factory.mktemp("proofs")

    def run(lesson):
        file = folder / f"{lesson.folder}.json"
        command = [sys.executable, "-m", "lessons.course.prove", lesson.folder, "--quick"]
        command += ["--json", str(file)]
        # The learner's files are read from an empty folder, so their work has no effect here.
        environ = {**os.environ, "SIMCLR_MINI_DESK": str(folder), "OMP_NUM_THREADS": "1"}
        environ["PYTHONPATH"] = root
        ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True)
        assert file.exists(), ended.stdout[-2000:] + ended.stderr[-2000:]
        return json.loads(file.read_text("utf-8"))

    pool = ThreadPoolExecutor(1)
    yield {name: pool.submit(run, lesson) for name, lesson in lessons.items()}
    pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def one_thread():
    """torch computes on one thread: sums come out alike, and the proofs have a core."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


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
    """A learner's file of lesson 4; verdicts are given to it and not run."""
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
        """As if pytest had run the tests whose step begins with `only`; the others pass or wait."""
        tests = [test for test in self.lesson.tests if test.step.startswith(only)]
        outcomes = {test.name: outcome for test in tests}
        progress.remember(self.lesson, outcomes, problem, progress.judged(self.lesson))
        memory.save_last(self.lesson.folder)

    def says(self) -> tuple[str, str]:
        """The line of the board about lesson 4, and the line that says what is next."""
        lines = board(200).splitlines()
        state = next(line for line in lines if re.match(r" \S +4  ", line)).split("nt_xent", 1)[1]
        return state.strip(), next(line for line in lines if line.startswith("Next: "))
