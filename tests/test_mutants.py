"""Mutants of the taught functions: how they are made, and that the lessons' tests reject them."""

import ast
import subprocess
import sys

import pytest

from lessons.course import mutants
from lessons.course.manifest import ROOT, lessons
from lessons.course.mutate import mutants as made

SOURCE = """
import torch

@torch.no_grad()
def f(a: int, b: int, x):
    \"\"\"Say.\"\"\"
    if a < 0:
        raise ValueError("no")
    # a step
    y = x.detach().sum(1, keepdim=True) - 2
    if a >= b:
        y = y * a
    return torch.zeros(3, device=x.device) + y
"""

CHANGES = [
    "y = x.sum(1, keepdim=True) - 2",  # a call left out
    "y = x.detach().mean(1, keepdim=True) - 2",  # another one taken
    "y = x.detach().sum(1) - 2",  # a keyword left out
    "y = x.detach().sum(2, keepdim=True) - 2",  # off by one
    "y = x.detach().sum(1, keepdim=True) + 2",
    "y = 2 - x.detach().sum(1, keepdim=True)",
    "if a > b:",
    "if not a >= b:",
    "if b >= b:",  # another parameter of the same type
    "return torch.zeros(3) + y",
    "return y",  # returned early
]


def test_operators_change_one_place():
    texts = [one.source for one in made(SOURCE, ["f"])]
    for change in CHANGES:
        assert any(change in text for text in texts), change
    assert any("@torch.no_grad()" not in text for text in texts)
    assert len(set(texts)) == len(texts)
    for text in texts:
        ast.parse(text)
        assert "if a < 0:" in text and 'raise ValueError("no")' in text.replace("'", '"')
        assert text != SOURCE


def test_a_mutant_keeps_its_id_if_the_code_around_it_changes():
    before = {one.id: one.change for one in made(SOURCE, ["f"])}
    after = {one.id: one.change for one in made("import math\n" + SOURCE, ["f"])}
    assert before == after


def test_a_mutant_keeps_its_id_if_a_docstring_is_reworded():
    """Otherwise its judgement would be lost. New code needs a new judgement."""
    before = {one.id: one.change for one in made(SOURCE, ["f"])}
    assert before == {one.id: one.change for one in made(SOURCE.replace("Say.", "Tell."), ["f"])}
    changed = [one for one in made(SOURCE.replace("- 2", "- 7"), ["f"]) if "- 7" in one.source]
    assert changed and not before.keys() & {one.id for one in changed}


JUDGED = [lesson for lesson in lessons() if mutants.judged_file(lesson).exists()]


@pytest.mark.parametrize("lesson", JUDGED, ids=lambda one: one.folder)
def test_every_judgement_is_one(lesson):
    """Each says that the mutant is the same function, or a harmless one, and why."""
    rows = mutants.judged_file(lesson).read_text("utf-8").split("\n")
    judged = mutants.judged(lesson)
    heads = [row for row in rows if row and not row.startswith(("#", "    "))]
    assert len(heads) == len(judged)
    for said in judged.values():
        kind, _, reason = said.partition(": ")
        assert kind in mutants.KINDS and len(reason) > 10, said


def test_a_sample_of_the_mutants_is_rejected_or_judged():
    """All of them: python -m lessons.course.mutants 4"""
    numbers = [str(lesson.number) for lesson in JUDGED]
    command = [sys.executable, "-m", "lessons.course.mutants", *numbers, "--sample", "1"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
