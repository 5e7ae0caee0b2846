"""Whatever a learner's file does to the course, all it gets is one clear sentence.

All cases run in one process that forks a child for each, as `watch` does. Where there is no fork,
each child is a fresh Python. The files lie in a temporary folder.
"""

import dataclasses
import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = (ROOT / "simclr_mini" / "nt_xent.py").read_text("utf-8")
NORMALIZE = "z = F.normalize(z, dim=1, eps=1e-8)"
POSITIVE = "return torch.arange(2 * B, device=device).roll(B)"


def changed(old: str, new: str) -> str:
    assert LIBRARY.count(old) == 1, old
    return LIBRARY.replace(old, new)


def with_line(line: str) -> str:
    """The library with a line at the start of similarity_matrix."""
    return changed("    z = torch.cat([z1, z2])\n", f"    {line}\n    z = torch.cat([z1, z2])\n")


# name: the learner's file, what must be said, and 1 if a test says it, 0 if the file's problem does
CASES = {
    "right": (LIBRARY, "", 0),
    "syntax error": (
        LIBRARY.replace("def similarity_matrix(", "def similarity_matrix((", 1),
        "is not Python: Function parameters cannot",
        0,
    ),
    "import error": ("import torhc\n" + LIBRARY, "No module named 'torhc'", 0),
    "error on import": (LIBRARY + "\n1 / 0\n", "ZeroDivisionError", 0),
    "empty": ("", "is empty. `python -m lessons reset 4`", 1),
    "misnamed": (
        LIBRARY.replace("def nt_xent_loss(", "def nt_xnet_loss("),
        "has no nt_xent_loss. Should nt_xnet_loss have this name",
        1,
    ),
    "missing": (
        LIBRARY.replace("def positive_index(", "def _(").replace(" positive_index(", " _("),
        "has no positive_index",
        1,
    ),
    "another signature": (
        changed("similarity_matrix(z1: Tensor, z2: Tensor)", "similarity_matrix(z1: Tensor)"),
        "takes (z1",
        1,
    ),
    "returns nothing": (changed("return z @ z.T", "z @ z.T"), "is there a `return`", 1),
    "endless loop": (with_line("while True: pass"), "is there an endless loop", 1),
    "endless loop that swallows exceptions": (
        with_line(
            "while True:\n        try:\n            while True: pass\n"
            "        except BaseException: pass"
        ),
        "is there an endless loop",
        1,
    ),
    "endless loop on import": (
        LIBRARY + "\nwhile True: pass\n",
        "while nt_xent.py was imported",
        0,
    ),
    "a long wait": (with_line("import time; time.sleep(99)"), "what does your code wait for", 1),
    "a dictionary": (changed(POSITIVE, "return {1: 2}"), "must return a tensor", 1),
    "a name used twice": (LIBRARY + "\nnt_xent_loss = 3\n", "is the name used twice?", 1),
    "sys.exit": (with_line("import sys; sys.exit(0)"), "ends the program", 1),
    "sys.exit on import": ("import sys; sys.exit(0)\n" + LIBRARY, "ends the program", 0),
    "os._exit": (with_line("import os; os._exit(0)"), "is there an os._exit", 1),
    "os._exit on import": ("import os; os._exit(0)\n" + LIBRARY, "is there an os._exit", 0),
    "os._exit at the end": (
        "import atexit, os; atexit.register(os._exit, 0)\n" + LIBRARY,
        "",
        0,
    ),
    "segmentation fault": (
        with_line("import ctypes; ctypes.string_at(0)"),
        "crashed in similarity_matrix",
        1,
    ),
    "print flood": (with_line("print('z' * 10**7)"), "", 0),
    "endless print": (with_line("while True: print('z' * 1000)"), "is there an endless loop", 1),
    "random state": (with_line("torch.manual_seed(0)"), "calls torch.manual_seed", 1),
    "state of torch": (
        with_line("torch.set_default_dtype(torch.float64); torch.set_num_threads(2)"),
        "leaves torch's default dtype at torch.float64",
        1,
    ),
    "gradient mode": (
        with_line("torch.set_grad_enabled(True)"),
        "leaves gradients switched on",
        1,
    ),
    "changes its input": (with_line("z1 *= 2"), "changes its argument z1 in place", 1),
    "NaN": (changed("return z @ z.T", "return z @ z.T * float('nan')"), "got          nan", 1),
    "wrong shape": (
        changed("return z @ z.T", "return (z @ z.T)[0]"),
        "expected     shape (4, 4)",
        1,
    ),
    "wrong dtype": (
        changed(".roll(B)", ".roll(B).float()"),
        "expected     whole numbers, torch.int64",
        1,
    ),
    "wrong device": (changed("return z @ z.T", "return (z @ z.T).to('meta')"), "another device", 1),
    "an error": (
        changed("return z @ z.T", "return z @ z"),
        ", in similarity_matrix:  return z @ z",
        1,
    ),
    "breakpoint": (with_line("breakpoint()"), "pytest -s", 1),
    "input()": (with_line("input()"), "input", 1),
    "recursion": (with_line("return similarity_matrix(z1, z2)"), "RecursionError", 1),
    "daemon": (
        with_line("import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()'])"),
        "",
        0,
    ),
    "null bytes": (LIBRARY + "\0", "nt_xent.py", 0),
    "not UTF-8": (LIBRARY.encode() + b"# \xff\n", "", 0),
    "UTF-16": (LIBRARY.encode("utf-16"), "nt_xent.py is not saved as UTF-8", 0),
    "a mistake": (changed(NORMALIZE, "z = z * 1"), "the mistake: You take plain inner products", 1),
    "a mistake, the rest not started": (None, "the mistake: You name every view as its own", 1),
}


def only_positive_index() -> str:
    """The blank with one function written, wrongly."""
    from lessons.course.blank import blank
    from lessons.course.manifest import find

    empty = blank(find(4), "nt_xent")
    stop = 'raise NotImplementedError("lesson 4: write positive_index")'
    return empty.replace(stop, "return torch.arange(2 * B)")


def judge_all(out: str) -> None:
    """Run every case and write the verdicts to a file."""
    from lessons.course import supervisor
    from lessons.course.fork import warm
    from lessons.course.manifest import find

    supervisor.PATIENCE = 2
    lesson = dataclasses.replace(find(4), limit=2.5)
    start = warm(lesson)
    import torch

    torch.ones(1, device="meta") + 1  # imports 800 modules, which must not count for a case
    verdicts = {}
    for name, (text, _, _) in CASES.items():
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as desk:
            os.environ["SIMCLR_MINI_DESK"] = desk
            file = lesson.learner_file("nt_xent")
            file.parent.mkdir(parents=True)
            text = only_positive_index() if text is None else text
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
            verdict = supervisor.judge(lesson, start=start)
            verdicts[name] = {
                "problem": verdict.problem,
                "outcomes": verdict.outcomes,
                "messages": {test: verdict.message(test) for test in verdict.outcomes},
                "printed": {k: len(v) for k, v in verdict.printed.items()},
            }
    Path(out).write_text(json.dumps(verdicts), "utf-8")


@pytest.fixture(scope="module")
def verdicts(found_by):
    return found_by(__file__)


@pytest.mark.parametrize("case", CASES)
def test_one_clear_sentence(case, verdicts):
    """The sentence is short and appears where it belongs; a right file still passes."""
    text, said, tests = CASES[case]
    verdict = verdicts[case]
    outcomes = list(verdict["outcomes"].values())
    if not said:
        assert not verdict["problem"]
        assert outcomes.count("passed") == len(outcomes), verdict
    elif tests == 0:
        assert said in verdict["problem"]
        assert "\n" not in verdict["problem"]
        assert set(outcomes) == {"not run"}
    else:
        assert not verdict["problem"]
        failed = [name for name, outcome in verdict["outcomes"].items() if outcome == "failed"]
        assert any(said in verdict["messages"][name] for name in failed), verdict["messages"]
    for message in verdict["messages"].values():
        assert len(message.splitlines()) < 8
        assert "Traceback" not in message
        assert "lessons/course" not in message
    assert all(length < 5000 for length in verdict["printed"].values())


def test_mistake_is_named_while_other_functions_are_not_started(verdicts):
    outcomes = verdicts["a mistake, the rest not started"]["outcomes"]
    assert outcomes["test_positive_of_three_images"] == "failed"
    assert outcomes["test_similarity_by_hand"] == "unstarted"
    assert "passed" not in outcomes.values()


if __name__ == "__main__":
    judge_all(sys.argv[1])
