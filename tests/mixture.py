"""Right versions that outsiders wrote, one for each function, together train every method.

    python tests/mixture.py 3 4        # the mixtures 3 and 4

A right version passes the tests of its lesson alone. Here it meets other people's code, the
training loop, and bfloat16. Mixture n takes, of each function's versions, number n, counted round.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from lessons.course import finder
from lessons.course.manifest import lessons
from lessons.course.mistakes import Mistake
from lessons.course.outsiders import versions

SMALL = {"images": 64, "epochs": 1, "batch_size": 32, "encoder": "tiny", "knn_every": 1}
RUNS = {
    "simclr": {"views": "simclr", "optimizer": "lars"},
    "small crops": {"small_crops": 1, "encoder": "patches"},
    "bottlenecks": {"encoder": "resnet50", "width": 0.125, "view_size": 16},
    "gsimclr": {"method": "gsimclr", "clusters": 40},
    "strict": {"method": "gsimclr", "clusters": 40, "batching": "strict"},
    "curation": {"method": "curation"},
    "frechet": {"method": "curation", "curate": "frechet"},
    "nnclr": {"method": "nnclr", "support_size": 40, "top_k": 2},
    "deepcluster": {"method": "deepcluster", "clusters": 8},
    "moco": {"method": "moco", "queue_size": 64},
    "swav": {"method": "swav", "prototypes": 20, "queue_size": 32, "queue_start": 0},
    "chunks": {"norm": "group", "chunk_size": 16},
}


def mixed(number: int) -> dict[str, str]:
    """The text of each module that the course teaches, with outsiders' functions in it."""
    files = {}
    for lesson in lessons():
        written = sorted(versions(lesson, right=True), key=lambda one: one.id)
        for module, functions in lesson.write.items():
            text = lesson.library_file(module).read_text("utf-8")
            for name in functions:
                if some := [one for one in written if one.function == name]:
                    one = some[number % len(some)]
                    text = Mistake(one.id, name, one.source, "").source(text)
            files[module] = text
    return files


def trained(precision: str) -> Iterator[tuple[str, list[float] | str]]:
    """Train each run for two steps. Yields its name, and its losses or the error that ended it."""
    from simclr_mini.build import build_method, load_splits
    from simclr_mini.methods import configure
    from simclr_mini.runs import read_log
    from simclr_mini.train import train

    for name, choices in RUNS.items():
        config = configure(**SMALL | choices, precision=precision)
        with tempfile.TemporaryDirectory() as folder:
            try:
                data = load_splits(config)
                train(
                    config, build_method(config, data["train"]), data, Path(folder), print_nothing
                )
                yield name, [line["loss"] for line in read_log(Path(folder))]
            except Exception as error:
                yield name, f"{type(error).__name__}: {error}"


def print_nothing(line: dict) -> None:
    """Train without a progress bar."""


def main(numbers: list[int], out: str = "") -> None:
    """Train the mixtures of these numbers, and print what happened or write it to a file."""
    found = {}
    for number in numbers:
        with tempfile.TemporaryDirectory() as folder:
            files = {}
            for module, text in mixed(number).items():
                files[f"simclr_mini.{module}"] = file = Path(folder, f"{module}.py")
                file.write_text(text, "utf-8")
            finder.install(files)
            for precision in ("float32", "bfloat16"):
                for name, result in trained(precision):
                    found[f"{number} {precision} {name}"] = result
            finder.remove()
    if out:
        Path(out).write_text(json.dumps(found), "utf-8")
    else:
        print("\n".join(f"{name}: {result}" for name, result in found.items()))


if __name__ == "__main__":
    words = sys.argv[1:]
    file = words.pop() if words and not words[-1].isdigit() else ""
    main([int(word) for word in words], file)
