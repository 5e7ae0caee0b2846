"""Blanks, the finder, and a learner's files. All files lie in a temporary folder."""

import os
import subprocess
import sys
import threading
from math import inf as INF
from math import nan as NAN
from pathlib import Path

import pytest
import torch

from lessons.course import (
    blank,
    files,
    finder,
    memory,
    progress,
    supervisor,
)
from lessons.course.diagnosis import execute, observe
from lessons.course.difference import looks_like
from lessons.course.evidence import equal
from lessons.course.manifest import anchor, find, find_range, lessons

ROOT = Path(__file__).resolve().parents[1]


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


def test_only_modules_that_have_nothing_to_do_with_a_file_are_used_again(tmp_path):
    """nnclr imports heads, and config does not."""
    file = tmp_path / "heads.py"
    kept = finder.purge()
    try:
        seen = []
        for number in (1, 2):
            file.write_text(
                f"number = {number}\n" + (ROOT / "simclr_mini/heads.py").read_text("utf-8")
            )
            finder.install({"simclr_mini.heads": file}, again=True)
            import simclr_mini.config
            import simclr_mini.heads
            import simclr_mini.nnclr

            assert simclr_mini.heads.number == number
            seen.append((simclr_mini.config, simclr_mini.nnclr, simclr_mini.heads))
            finder.remove()
        (config, nnclr, heads), again = seen
        assert again[0] is config and again[1] is not nnclr and again[2] is not heads
    finally:
        finder.remove()
        sys.modules.update(kept)


def test_update_is_told_and_never_merged(tmp_path, monkeypatch):
    """A blank that has changed since the learner began is reported; their file stays as it is."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    lesson = find(4)
    files.prepare(lesson)
    file, kept = lesson.learner_file("nt_xent"), files.kept_blank(lesson, "nt_xent")
    old = kept.read_text("utf-8") + "# an old line\n"
    kept.write_text(old, "utf-8")
    mine = old.replace('raise NotImplementedError("lesson 4: write positive_index")', "return 1")
    file.write_text(mine, "utf-8")
    memory.save(lesson.folder, library={"nt_xent": "of an older version"})
    assert progress.status(lesson).changed == ["nt_xent"]
    assert "-# an old line" in files.difference(lesson)
    files.prepare(lesson)
    assert file.read_text("utf-8") == mine
    file.write_text(old, "utf-8")  # untouched: then it is renewed
    files.prepare(lesson)
    assert "# an old line" not in file.read_text("utf-8")
    assert progress.status(lesson).changed == []


def test_a_function_that_spoils_its_input_spoils_no_later_observation():
    """Observations share their inputs, so what a function writes into them must not stay."""
    lesson = find(8)
    source = lesson.library_file("kmeans").read_text("utf-8")
    right, spoiling = (execute(lesson, "kmeans", source) for _ in range(2))
    before = observe(lesson, "assign", right)
    spoiling.assign = lambda x, centroids: right.assign(x.zero_(), centroids)
    observe(lesson, "assign", spoiling)
    assert equal(observe(lesson, "assign", right), before)


def test_two_processes_can_save_verdicts(tmp_path, monkeypatch):
    """`watch` and `pytest` may run at once; neither forgets what the other has heard."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    code = "import sys; from lessons.course import memory\nfor i in range(60):\n"
    code += "    memory.save('a', outcomes={f'{sys.argv[1]} {i}': 'passed'})"
    both = [subprocess.Popen([sys.executable, "-c", code, name], cwd=ROOT) for name in "xy"]
    assert [one.wait() for one in both] == [0, 0]
    assert len(memory.load()["a"]["outcomes"]) == 120
    memory.save("a", outcomes={})
    assert memory.load()["a"]["outcomes"] == {}


def test_a_save_while_a_blank_is_renewed_is_kept(tmp_path, monkeypatch):
    """The learner saves after the file was checked and before it is written."""
    file = tmp_path / "heads.py"
    files.renew(file, "a new blank", None)
    assert file.read_text() == "a new blank"
    files.renew(file, "a newer blank", "a new blank")
    assert file.read_text() == "a newer blank" and [*tmp_path.iterdir()] == [file]
    file.write_text("work")
    files.renew(file, "the newest blank", "a newer blank")
    files.renew(file, "the newest blank", None)
    assert file.read_text() == "work" and [*tmp_path.iterdir()] == [file]


def test_a_learners_file_that_is_missing_is_not_the_librarys(tmp_path):
    """It may be missing for a moment while an editor saves it."""
    code = "import sys; from pathlib import Path; from lessons.course import finder\n"
    code += "finder.install({'simclr_mini.heads': Path(sys.argv[1])}); import simclr_mini.heads"
    command = [sys.executable, "-c", code, str(tmp_path / "heads.py")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.stderr.rstrip().endswith(f"No such file or directory: '{tmp_path / 'heads.py'}'")


def test_the_desk_is_the_same_from_everywhere(tmp_path):
    """Children run in the repository, whatever folder the learner is in."""
    code = "from lessons.course.manifest import desk; import os; os.chdir('/'); print(desk())"
    environ = {**os.environ, "SIMCLR_MINI_DESK": "my desk", "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert ended.stdout.strip() == str(tmp_path.resolve() / "my desk")


def test_a_verdict_is_remembered_only_for_the_text_that_was_read(tmp_path, monkeypatch):
    """The learner saves while the tests start: nobody knows which text they saw."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    lesson = find(3)
    files.prepare(lesson)
    file = lesson.learner_file("heads")
    file.write_text("wrong")

    def supervise(verdict, *_):
        file.write_text("right")
        verdict.outcomes |= dict.fromkeys(verdict.tests, "passed")

    monkeypatch.setattr(supervisor, "supervise", supervise)
    supervisor.judge(lesson)
    file.write_text("wrong")
    assert progress.status(lesson).state == "unchecked"


def test_a_python_without_torch_blames_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    monkeypatch.setattr(supervisor, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="torch"):
        supervisor.judge(find(3))


@pytest.mark.parametrize(
    "got, expected, said",
    [
        ([1, 0.99999, 0.5], [1, 1, 0.5], ""),  # right up to rounding: no sentence is true of it
        ([[1.0, 2], [3, 4]], [[1.0, 2], [3, 4.0001]], ""),
        ([NAN, INF, 3, 4], [1, 2, 3, 4], "2 of 4 entries are NaN or infinite, but must be finite."),
        ([NAN, NAN, 3, 4], [1, 2, 3, 4], "2 of 4 entries are NaN, but must be finite."),
    ],
)
def test_a_difference_is_only_told_if_there_is_one(got, expected, said):
    assert looks_like(torch.tensor(got), torch.tensor(expected)) == said


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


@pytest.mark.skipif(not supervisor.HAS_TIMER, reason="no CPU limit: a child is ended by the clock")
@pytest.mark.parametrize("awake", [True, False])
def test_only_a_child_that_sleeps_is_said_to_wait(awake, monkeypatch):
    """A child that does not wait may get nowhere for a minute, if machine or disk are busy."""
    monkeypatch.setattr(supervisor, "activity", lambda pid: (0.0, awake))
    silence = supervisor.Silence(1)
    silence.since -= 100
    assert silence.is_too_long(20) == (not awake)
