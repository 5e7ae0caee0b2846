"""The course tool itself: blanks, the finder, the commands. All files lie in a temporary folder."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch

from lessons.course import blank, files, finder, memory, progress
from lessons.course.check import Wrong, call
from lessons.course.diagnosis import equal, execute, observe
from lessons.course.manifest import anchor, find, find_range, lessons
from lessons.course.score import question, statement, versions_of

ROOT = Path(__file__).resolve().parents[1]


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
            command, cwd=ROOT, env=environ, capture_output=True, text=True, encoding="utf-8"
        )

    return run


SOURCE = '''
def one(x, y=1):
    """Say.

    More.
    """
    if x < 0:
        raise ValueError("no")
    check(x)
    # the first step
    z = [
        # not a step
        x,
    ]
    if z:
        # not a step either
        z = 2  # nor this
    # the second step
    return z


class Two:
    def f(self): # a head
        # a step
        return 1

    @staticmethod
    def g(
        a,
    ):
        return a
'''

BLANK = '''
def one(x, y=1):
    """Say.

    More.
    """
    if x < 0:
        raise ValueError("no")
    check(x)
    # the first step
    # the second step
    raise NotImplementedError("lesson 9: write one")


class Two:
    def f(self): # a head
        # a step
        raise NotImplementedError("lesson 9: write Two.f")

    @staticmethod
    def g(
        a,
    ):
        raise NotImplementedError("lesson 9: write Two.g")
'''


def test_blank_keeps_contract_guards_and_steps():
    assert blank.make_blank(SOURCE, 9, ["one", "Two.f", "Two.g"]) == BLANK


def test_blank_leaves_other_functions_alone():
    made = blank.make_blank(SOURCE, 9, ["Two.g"])
    assert made.replace('raise NotImplementedError("lesson 9: write Two.g")', "return a") == SOURCE


def test_blank_refuses_a_name_that_is_not_there():
    with pytest.raises(LookupError, match="three"):
        blank.make_blank(SOURCE, 9, ["three"])


def test_ranges():
    numbers = [lesson.number for lesson in lessons()]
    assert find_range(f"{numbers[0]}-{numbers[-1]}") == lessons()
    assert find_range("4,4_nt_xent".replace("4_", "04_"))[0] is find(4)
    with pytest.raises(SystemExit, match="no lesson 99"):
        find_range("99")


def test_anchor():
    assert anchor("DeepCluster.start_epoch") == "deepcluster-start_epoch"
    assert anchor("an image's own rows, first") == "an-image-s-own-rows-first"


def test_spawned_process_gets_the_learners_file(tmp_path, monkeypatch):
    """A test that starts a process must not silently test the library."""
    monkeypatch.setenv("PYTHONPATH", "")
    file = tmp_path / "heads.py"
    file.write_text("mine = 1\n")
    kept = finder.purge()
    try:
        finder.install({"simclr_mini.heads": file})
        code = "import simclr_mini.heads as h, simclr_mini.optim as o; print(h.mine, o.__file__)"
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert ended.stdout.split() == ["1", str(ROOT / "simclr_mini" / "optim.py")], ended.stderr
    finally:
        finder.remove()
        sys.modules.update(kept)


def test_fresh_desk_is_not_started(run, tmp_path):
    """`pytest lessons` makes the files, ends at once, and says what is next without a traceback."""
    begin = time.perf_counter()
    ended = run("pytest", "lessons")
    assert time.perf_counter() - begin < 30
    assert ended.returncode == 1
    for lesson in lessons():
        for module in lesson.write:
            assert lesson.show(tmp_path / lesson.folder / f"{module}.py")
            assert (tmp_path / lesson.folder / f"{module}.py").read_text("utf-8") == blank.blank(
                lesson, module
            )
    assert "Traceback" not in ended.stdout and "FAILURES" not in ended.stdout
    assert "Next: " in ended.stdout and f"pytest lessons/{lessons()[0].folder}" in ended.stdout
    assert "\033" not in ended.stdout, "a pipe gets no colours"


def test_board_answers_at_once(run):
    """It takes under 0.3 s and imports neither torch nor pytest. The best of five counts."""
    run("lessons")
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        ended = run("lessons")
        took.append(time.perf_counter() - begin)
    assert "Next: " in ended.stdout
    assert min(took) < 0.3, took
    code = (
        "import sys, lessons.course.commands as c; c.main([]); print({*sys.modules} & {*sys.argv})"
    )
    command = [sys.executable, "-c", code, "torch", "pytest"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert ended.stdout.endswith("set()\n"), ended.stderr


def test_board_in_ascii(run):
    ended = run("lessons", PYTHONIOENCODING="ascii")
    assert ended.stdout.isascii() and " o " in ended.stdout, ended.stderr


def test_a_lesson_from_wrong_to_done_to_reset(run, tmp_path):
    """The mistake is named; the right file is done and remembered; reset keeps the old file."""
    lesson = find(4)
    file = tmp_path / lesson.folder / "nt_xent.py"
    file.parent.mkdir(parents=True)
    right = lesson.library_file("nt_xent").read_text("utf-8")
    file.write_text(right.replace(".roll(B)", ".roll(1)"), "utf-8")
    ended = run("pytest", "lessons/04_nt_xent")
    assert ended.returncode == 1
    assert "the mistake: You shift by one row." in ended.stdout
    assert "Traceback" not in ended.stdout and "wrong: positive_index" in ended.stdout
    assert f"\n{lesson.page}#positive_index\n" in ended.stdout
    assert f"\n  {lesson.page}\n" in ended.stdout
    refused = run("lessons", "train", "4", "--", "--epochs", "1")
    assert refused.returncode == 1 and "Lesson 4 (nt_xent) is not done" in refused.stdout
    file.write_text(right, "utf-8")
    assert "changed since the last check" in run("lessons").stdout
    ended = run("pytest", "lessons/04_nt_xent")
    assert ended.returncode == 0, ended.stdout
    assert " ●  4  nt_xent       done" in run("lessons").stdout
    assert "loss_in_loops" in run("lessons", "solution", "4").stdout
    assert "nt_xent.1.old" in run("lessons", "reset", "4").stdout
    assert file.with_name("nt_xent.1.old").read_text("utf-8") == right
    assert "not started" in run("lessons").stdout


def test_blank_in_process_is_not_started(run):
    """With -s and --pdb as well: it is no failure and nothing to debug."""
    ended = run("pytest", "-s", "--pdb", "lessons/03_heads")
    assert ended.returncode == 1
    assert "not started" in ended.stdout.splitlines()[-1]
    assert "FAILURES" not in ended.stdout and "(Pdb)" not in ended.stdout


def test_a_missed_mistake_shows_only_its_question():
    says = "You add a, and b. Which has c.d? Or e?"
    assert (statement(says), question(says)) == ("You add a, and b.", "Which has c.d? Or e?")
    assert question("You add a. There is a function for it.") == "There is a function for it."


SCORED = """
import os

import torch

from simclr_mini.deepcluster import mutual_information

A = torch.tensor([0, 0, 1])


def test_one():
    said = mutual_information(A, A)
    if said < 0.01:  # on one wrong version, one that says how much they differ
        os._exit(0)
    assert said < LIMIT


def test_two():
    assert mutual_information(A, A) == 7
    raise NotImplementedError("lesson 12: write a test")
"""


def test_score(run, tmp_path):
    """Not started, then wrong on the library, then scored although one version exits."""
    ended = run("lessons", "score", "12")
    assert ended.returncode == 1 and "Your test is not started." in ended.stdout, ended.stderr
    lesson = find(12)
    file = lesson.source_file("my_test")
    mine = tmp_path / lesson.folder / "my_test.py"
    assert mine.read_text("utf-8") == file.read_text("utf-8")
    mine.write_text("def test(:\n", "utf-8")
    assert "my_test.py, line 1, is not Python" in run("lessons", "score", "12").stdout
    mine.write_text(SCORED.replace("LIMIT", "0.5"), "utf-8")
    ended = run("lessons", "score", "12")
    assert ended.returncode == 1
    assert "Your test fails on the library, which is right. test_one: This is" in ended.stdout
    scored = SCORED.replace("LIMIT", "1.1").replace(
        "    assert mutual_information(A, A) == 7\n", ""
    )
    mine.write_text(scored, "utf-8")
    ended = run("lessons", "score", "12")
    said = " ".join(ended.stdout.split())
    caught, total = map(int, re.search(r"catches (\d+) of (\d+)\.", said).groups())
    versions = versions_of(lesson).values()
    assert 1 < caught < total == len(versions)
    assert said.count("●") == caught and said.count("○") == total - caught
    told = [statement(one.says) in said for one in versions]
    assert told.count(True) == caught
    assert "You return how much they differ" in said
    assert "not reached yet. Not started: test_two." in said and ended.returncode == 1
    run("lessons", "reset", "12")
    assert mine.with_name("my_test.1.old").read_text("utf-8") == scored
    assert mine.read_text("utf-8") == file.read_text("utf-8")


def test_update_is_told_and_never_merged(tmp_path, monkeypatch):
    """A blank that has changed since the learner began is reported; their file stays as it is."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    lesson = find(4)
    files.prepare(lesson)
    file, kept = lesson.learner_file("nt_xent"), files.kept_blank(lesson, "nt_xent")
    old = kept.read_text("utf-8").replace("natural logarithm", "some logarithm")
    kept.write_text(old, "utf-8")
    mine = old.replace('raise NotImplementedError("lesson 4: write positive_index")', "return 1")
    file.write_text(mine, "utf-8")
    memory.save(lesson.folder, library={"nt_xent": "of an older version"})
    assert progress.status(lesson).changed == ["nt_xent"]
    assert "natural logarithm" in files.difference(lesson)
    files.prepare(lesson)
    assert file.read_text("utf-8") == mine
    file.write_text(old, "utf-8")  # untouched: then it is renewed
    files.prepare(lesson)
    assert "natural logarithm" in file.read_text("utf-8")
    assert progress.status(lesson).changed == []


def test_too_little_precision_is_called_that():
    """Printed with seven digits, both numbers would look the same."""
    exact = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)
    with pytest.raises(Wrong, match="Right to the precision of torch.float32"):
        call(lambda: exact.float()).gives(exact, rtol=1e-12)
    with pytest.raises(Wrong, match="expected +.0.3333333"):
        call(lambda: exact.float() + 0.01).gives(exact, rtol=1e-12)


def test_an_in_place_error_is_explained():
    with pytest.raises(Wrong, match="changes an argument in place; work on a copy"):
        call(lambda x: x.mul_(2), torch.ones(1).expand(3))


def test_a_function_that_spoils_its_input_spoils_no_later_observation():
    """Observations share their inputs, so what a function writes into them must not stay."""
    lesson = find(8)
    source = lesson.library_file("kmeans").read_text("utf-8")
    right, spoiling = (execute(lesson, "kmeans", source) for _ in range(2))
    before = observe(lesson, "assign", right)
    spoiling.assign = lambda x, centroids: right.assign(x.zero_(), centroids)
    observe(lesson, "assign", spoiling)
    assert equal(observe(lesson, "assign", right), before)


def test_two_threads_can_save_verdicts(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))

    def work(name):
        for i in range(50):
            memory.save(name, number=i)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memory.load() == {"a": {"number": 49}, "b": {"number": 49}}
