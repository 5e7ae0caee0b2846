"""The place of a mistake that has no name is reported, and what is said about it is true."""

import ast
import json
import os
import re
import signal
import sys
import tempfile
import types
from pathlib import Path

import pytest

from lessons.course.edits import Words, edits
from lessons.course.locate import HAS_TIMER, Trials, code_owner, keeps_state
from lessons.course.manifest import find
from lessons.course.supervisor import supervise
from lessons.course.verdict import Verdict

ROOT = Path(__file__).resolve().parents[1]
LIBRARY = (ROOT / "simclr_mini" / "nt_xent.py").read_text("utf-8")
NORMALIZE = "F.normalize(z, dim=1, eps=1e-8)"
POSITIVE = "return torch.arange(2 * B, device=device).roll(B)"
LOGITS = "logits = similarity / temperature"
LOOP = """places, i = torch.zeros(2 * B, dtype=torch.int64, device=device), 0
    while i != 2 * B:  # some changes make this endless
        places[i] = {place}
        i += 1
    return places"""

# name: the library's text, the text in its place, and what is said about the place
CASES = {
    "an argument": (
        NORMALIZE,
        "F.normalize(z, p=3.5, dim=1, eps=1e-8)",
        "nt_xent.py, line 33, in similarity_matrix: it is right without the argument `p=3.5`.",
    ),
    "a call": (LOGITS, LOGITS + ".atan()", "without `atan` in `temperature.atan()`"),
    "two numbers": (LOGITS, LOGITS + " * 1.37 + 0.2", "with only a part of `similarity / "),
    "a factor": ("return z @ z.T", "return z @ z.T * 1.37", "another value in place of `1.37`"),
    "in a loop": (
        POSITIVE,
        LOOP.format(place="(i + B) % (2 * B) if i < B else B - B"),
        "with only a part of `(i + B) % (2 * B) if i < B else B - B`",
    ),
    "in a helper": (
        POSITIVE,
        "return rolled(2 * B, B, device)\n\n\n"
        "def rolled(n, by, device):\n    return torch.arange(n, device=device).roll(by // 2 + 1)",
        "in rolled: it is right with only a part of `by // 2 + 1`",
    ),
    "two mistakes": (POSITIVE, POSITIVE + ".mul(3).add(1).clamp(max=4)", ""),
}


def judge_all(out: str) -> None:
    """Run every case and write what is said about its mistake to a file."""
    from lessons.course import supervisor
    from lessons.course.fork import warm

    lesson = find(4)
    start = warm(lesson)
    found = {}
    for name, (old, new, _) in CASES.items():
        assert LIBRARY.count(old) == 1, old
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as desk:
            os.environ["SIMCLR_MINI_DESK"] = desk
            file = lesson.learner_file("nt_xent")
            file.parent.mkdir(parents=True)
            file.write_text(LIBRARY.replace(old, new), "utf-8")
            verdict = supervisor.judge(lesson, start=start)
            found[name] = {"named": verdict.named, "outcomes": verdict.outcomes}
    Path(out).write_text(json.dumps(found), "utf-8")


@pytest.fixture(scope="module")
def found(found_by):
    return found_by(__file__)


@pytest.mark.skipif(not HAS_TIMER, reason="without a timer no place is looked for")
@pytest.mark.parametrize("case", CASES)
def test_the_place_of_an_unnamed_mistake_is_said(case, found):
    said = {text for text in found[case]["named"].values() if "the place" in text}
    expected = CASES[case][2]
    if expected:
        assert said and all(expected in text for text in said), found[case]["named"]
    else:
        assert not said


def test_a_place_is_said_below_the_difference(found):
    said = found["a factor"]["named"].values()
    assert any(re.fullmatch("the difference: .* 1.37 times .*\nthe place: .*", s) for s in said)


FUNCTION = """
def f(x, y, n=3):
    # a comment
    total = 0
    for i in range(n):
        if x[i] < y:
            total += x[i:].mean(dim=0) / 2
        else:
            total = torch.where(x > 0.5, x, y).sum()
    with torch.no_grad():
        x = total if y is None else -total
    return total, x.T
"""
MODEL = """
def f(x, y, n=3):
    return F.normalize(x.sum(1, keepdim=True), dim=1) / 4 - y.softmax(-1)
"""


def tree(text: str) -> ast.FunctionDef:
    return ast.parse(text).body[0]


def test_every_change_is_undone():
    node = tree(FUNCTION)
    before, texts = ast.unparse(node), set()
    found = edits(node, Words(tree(MODEL)), {"torch", "F"})
    for edit in found:
        with edit.made():
            texts.add(ast.unparse(node))
        assert ast.unparse(node) == before
    assert len(texts) > 300
    assert [edit.rank for edit in found] == sorted(edit.rank for edit in found)


@pytest.mark.parametrize(
    "old, new",
    [
        ("x[i] < y", "x[i] <= y"),
        ("mean(dim=0)", "mean(dim=1)"),
        ("mean(dim=0)", "sum(dim=0)"),
        ("mean(dim=0)", "mean(dim=0, keepdim=True)"),
        ("range(n)", "range(n - 1)"),
        ("x[i:]", "x[i + 1:]"),
        ("x[i:].mean(dim=0) / 2", "x[i:].mean(dim=0)"),
        ("x[i:].mean(dim=0) / 2", "x[i:].mean(dim=0) * 2"),
        ("x[i:].mean(dim=0) / 2", "x[i:].mean(dim=0) / y"),
        ("x[i:].mean(dim=0) / 2", "x[i:].mean(dim=0) / float('-inf')"),
        ("(x > 0.5, x, y)", "(x > 0.5, y, x)"),
        ("-total", "total"),
        ("x.T", "x"),
        ("total, x.T", "total, F.normalize(x.T, dim=1)"),
        ("total, x.T", "total.detach(), x.T"),
        ("total, x.T", "x.T, total"),
        ("if x[i] < y", "if not x[i] < y"),
        ("    total = 0\n", ""),
        ("n=3", "n=4"),
        ("total += x", "total -= x"),
    ],
)
def test_a_small_change_is_among_the_edits(old, new):
    node, wanted = tree(FUNCTION), ast.unparse(tree(FUNCTION.replace(old, new)))
    assert FUNCTION.count(old) == 1
    texts = []
    for edit in edits(node, Words(tree(MODEL)), {"torch", "F"}):
        with edit.made():
            texts.append(ast.unparse(node))
    assert wanted in texts


def test_no_change_puts_the_librarys_answer_in_place_of_the_learners():
    """`w.copy_(F.normalize(w))` around a wrong value makes it right, and explains nothing."""
    library = (
        "def f(w, x):\n    w.copy_(F.normalize(w, dim=1))\n    w.add_(torch.sort(x)[0])\n    {}\n"
    )
    words = Words(tree(library.format('return x.masked_fill(w > 1, float("inf")).clamp_(w)')))
    assert [form for form in words.around if "_(" in form] == ["_.clamp_(w)"]
    assert '_.masked_fill(w > 1, float("inf"))'.replace('"', "'") in words.around


@pytest.mark.parametrize(
    "text, keeps",
    [
        ("def f(x, made={}):\n    return x", True),
        ("def f(x, *, made=[]):\n    return x", True),
        ("def f(x, made=dict()):\n    return x", True),
        ("def f(x):\n    return CACHE.setdefault(x, x)", True),
        ("def f(x, k=3, name='a', none=None, *, y):\n    return x + LIMIT", False),
    ],
)
def test_a_function_that_may_remember_calls_has_no_place(text, keeps):
    assert keeps_state(tree(text), {"CACHE": {}, "LIMIT": 3, "OTHER": []}) == keeps


def test_what_an_error_says_is_not_changed():
    text = 'def f(x):\n    if x < 0:\n        raise ValueError(f"{x} is below 0")\n    return x\n'
    for edit in edits(tree(text), Words(tree(MODEL)), set()):
        assert edit.line != 3 or edit.says == "without this statement", edit


def make(text: str) -> types.ModuleType:
    module = types.ModuleType("made")
    exec(text, module.__dict__)
    return module


@pytest.mark.skipif(not HAS_TIMER, reason="without a timer no place is looked for")
def test_a_changed_version_that_never_ends_is_left_and_the_function_is_as_before():
    text = "def f(n=3):\n    i = 0\n    while i < n:\n        i += 1\n    return i\n"
    module, node = make(text), tree(text)
    changes = edits(node, Words(node), set())
    endless = next(e for e in changes if (e.line, e.says) == (4, "without this statement"))
    with Trials(code_owner(module, "f")) as trials:
        assert trials.make(endless, node)
        assert not trials.run(lambda: module.f() or True)
        assert not trials.make(endless, node)  # it has been tried
        other = next(edit for edit in changes if trials.make(edit, node))
        assert other.rank == 0 and trials.run(lambda: module.f() is not None)
    assert module.f() == 3 and module.f.__defaults__ == (3,)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)


def test_the_code_of_methods_and_decorated_functions_is_found():
    text = """
import torch
class A:
    @torch.no_grad()
    def f(self):
        return 1
    @staticmethod
    def g():
        return 2
made = print
"""
    module = make(text)
    assert code_owner(module, "A.f").__code__.co_firstlineno == 4
    assert code_owner(module, "A.g").__code__.co_name == "g"
    with pytest.raises(LookupError):
        code_owner(module, "made")


class Dies:
    """A child that dies while it looks for a place."""

    pid = 1

    def __init__(self, lesson, report: Path, names):
        test = lesson.tests[0].name
        events = [
            {"event": "ready"},
            {"event": "start", "test": test},
            {
                "event": "result",
                "test": test,
                "outcome": "failed",
                "message": "It is wrong.",
                "printed": "",
            },
            {"event": "judged"},
        ]
        report.write_text("".join(json.dumps(event) + "\n" for event in events))

    def ended(self):
        return -9

    def kill(self):
        pass


def test_a_search_that_ends_the_process_is_not_blamed_on_the_learner():
    lesson = find(4)
    test = lesson.tests[0].name
    verdict = supervise(Verdict(lesson, [test]), Dies, [test])
    assert not verdict.problem and verdict.message(test) == "It is wrong."


if __name__ == "__main__":
    judge_all(sys.argv[1])
