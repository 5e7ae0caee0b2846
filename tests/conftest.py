"""Puts the repository on the import path, where `lessons` is, and runs the proofs of the lessons.

The proofs take as long as all other tests together. So they run in the background from the first
test on, one lesson after another in a process of its own, and their tests come last.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # set before torch is imported
root = str(Path(__file__).resolve().parents[1])
if root not in sys.path:
    sys.path.insert(0, root)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name == "test_proofs.py")


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
