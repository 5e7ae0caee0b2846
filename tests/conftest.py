"""Lets `pytest` alone find `lessons`, which is not installed; and runs the proofs of the lessons.

They take as long as all other tests together, so they run beside them: one lesson after another,
from the first test on, in processes of their own, and are asked for last.
"""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch: the proofs have the other core
root = str(Path(__file__).resolve().parents[1])
if root not in sys.path:
    sys.path.insert(0, root)


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.name == "test_proofs.py")


@pytest.fixture(scope="session", autouse=True)
def proofs(request, tmp_path_factory):
    """By folder: a future of what `prove` says of the lesson, for lessons that are asked for."""
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
        # The learner's files are elsewhere: whatever they have written, this passes.
        environ = {**os.environ, "SIMCLR_MINI_DESK": str(folder), "OMP_NUM_THREADS": "1"}
        environ["PYTHONPATH"] = root
        ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True)
        assert file.exists(), ended.stdout[-2000:] + ended.stderr[-2000:]
        return json.loads(file.read_text("utf-8"))

    pool = ThreadPoolExecutor(1)
    yield {name: pool.submit(run, lesson) for name, lesson in lessons.items()}
    pool.shutdown(cancel_futures=True)
