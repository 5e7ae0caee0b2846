"""The course tool itself: blanks, the finder, the commands. All files lie in a temporary folder."""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import torch

from lessons.course import (
    blank,
    commands,
    files,
    finder,
    memory,
    progress,
    questions,
    save,
    train,
)
from lessons.course.board import board
from lessons.course.check import Wrong, call
from lessons.course.diagnosis import equal, execute, observe
from lessons.course.manifest import anchor, find, find_range, lessons
from lessons.course.score import question, statement, versions_of
from lessons.course.terminal import wrapped
from lessons.course.verdict import Verdict

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
            assert (tmp_path / lesson.folder / f"{module}.py").exists()
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


def test_steps_are_those_of_the_tests():
    """They are read in a faster way, without the bodies of the tests."""
    for lesson in lessons():
        assert lesson.steps == list(dict.fromkeys(test.step for test in lesson.tests))


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
import dataclasses
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


# ---- the board tells the truth


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


def test_a_filtered_run_leaves_a_done_lesson_done(lesson_4):
    lesson_4.verdict()
    assert lesson_4.says()[0] == "done"
    lesson_4.verdict(only="candidate_logits")
    assert lesson_4.says()[0] == "done" and "scaled_learning_rate" in lesson_4.says()[1]
    lesson_4.write(lesson_4.right + "# mine\n")
    assert lesson_4.says() == (
        "5 of 5 steps, changed since the last check",
        "Next: check lesson 4 again",
    )
    lesson_4.verdict(only="candidate_logits")
    assert lesson_4.says() == (
        "5 of 5 steps, but some tests have not run since it changed",
        "Next: check lesson 4 again",
    )
    lesson_4.verdict("failed", only="candidate_logits")
    assert lesson_4.says()[0] == "4 of 5 steps, wrong: candidate_logits"


def test_next_belongs_to_the_lesson_that_was_run(lesson_4):
    """Not to an earlier one; and a filtered run names no function that is already done."""
    assert "Next: nt_xent_loss" not in board()
    lesson_4.verdict()
    lesson_4.verdict("unstarted", only="nt_xent_loss")
    for only in ("similarity", "positive"):
        lesson_4.verdict(only=only)
        assert lesson_4.says()[0] == "4 of 5 steps, next: nt_xent_loss"
        assert lesson_4.says()[1].startswith("Next: nt_xent_loss, in ")
    memory.save_last("03_heads")
    assert lesson_4.says()[1].startswith("Next: mlp, in ")


def test_a_broken_file_keeps_what_was_known(lesson_4):
    """A syntax error is told; once it is gone, the board goes on from before."""
    lesson_4.verdict()
    lesson_4.verdict("failed", only="positive")
    lesson_4.write(lesson_4.right + "def f(:\n")
    lesson_4.verdict("not run", problem="nt_xent.py, line 100, is not Python")
    assert lesson_4.says() == (
        "nt_xent.py, line 100, is not Python",
        "Next: make lesson 4 run again",
    )
    lesson_4.write(lesson_4.right + "# now\n")
    assert lesson_4.says()[0] == "4 of 5 steps, changed since the last check"
    assert lesson_4.says()[1].startswith("Next: positive_index, in ")


def test_after_a_lesson_comes_the_next_that_is_not_done():
    """Past the last one it begins again; without a last one, what is begun comes first."""
    known = [progress.Status(lesson) for lesson in lessons()]
    known[3].state = "begun"
    known[-1].state = "done"
    assert progress.at_work(known, "") is known[3]
    assert progress.at_work(known, known[5].lesson.folder) is known[5]
    assert progress.at_work(known, known[-1].lesson.folder) is known[0]
    for one in known:
        one.state = "done"
    assert progress.at_work(known, "") is None


def test_one_run_of_pytest_with_options(run, tmp_path):
    """Neither the options nor a filter change what is remembered, what is next, or a message."""
    lesson = find(4)
    file = tmp_path / lesson.folder / "nt_xent.py"
    files.write(file, lesson.library_file("nt_xent").read_text("utf-8"))
    run("pytest", "lessons/04_nt_xent")
    done = run("lessons").stdout
    options = {"PYTEST_ADDOPTS": "--color=yes -ra --tb=short", "COLUMNS": "60"}
    ended = run("pytest", "lessons/04_nt_xent", "-k", "hundredth", **options)
    assert ended.returncode == 0 and "\033" in ended.stdout
    assert run("lessons").stdout == done
    assert "Next: scaled_learning_rate" in done and "  pytest lessons/05_optim\n" in done
    wrong = files.read(file).replace("z = F.normalize(z, dim=1, eps=1e-8)", "z = z * 1")
    files.write(file, wrong)
    ended = run("pytest", "lessons/04_nt_xent", "-k", "similarity", **options)
    said = re.sub(r"\033\[[\d;]*m", "", ended.stdout)
    assert "wrong: similarity_matrix" in said and "+  where" not in said
    assert "the mistake: You take plain inner products" in said
    messages = said.partition("FAILURES")[2].partition("short test summary")[0].splitlines()
    assert max(len(line) for line in messages if "/" not in line) <= 60
    files.write(file, wrong.replace("z = z * 1", "z = F.normalize(z, dim=1, eps=1e-8)"))
    assert "loss_in_loops" in run("lessons", "solution", "4").stdout, "checked before it refuses"


# ---- messages


def message_of(test) -> str:
    """What a learner reads about a test that fails."""
    from lessons.course import check
    from lessons.course.explain import explain
    from lessons.course.manifest import Test

    check.latest.clear()
    about = Test(Path("x"), "test_x", 1, "f", "f", "The claim.")
    try:
        test()
    except BaseException as error:
        return explain(error, find(4), about, {})[1]
    raise AssertionError("it passes")


def test_an_assertion_shows_the_last_call_and_nothing_of_pytest():
    """Also if pytest has added to its text what only a reader of the test understands."""

    def double(x):
        return 2 * x

    def fails():
        call(double, torch.tensor([1.0, 2.0]))
        raise AssertionError(
            "It must be 1.\nassert False\n +  where False = any([])\n  Use -v to get more diff"
        )

    lines = message_of(fails).split("\n")
    assert lines[:2] == ["The claim.", "It must be 1."]
    assert lines[2].startswith("last call    ") and lines[2].endswith("double([1, 2])")
    assert lines[3:] == ["it returned  [2, 4]"]

    def compares():
        raise AssertionError("assert [1] == [2]\n  \n  At index 0 diff\n  Use -v to get more diff")

    assert message_of(compares) == "The claim.\nThis is not so: [1] == [2]"


def test_a_message_shows_the_object_of_a_method():
    class Scale(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = 3
            self.register_buffer("rows", torch.eye(2))

        def apply_to(self, x):
            return x

    said = message_of(lambda: call(Scale().apply_to, torch.ones(2)).gives(torch.zeros(2)))
    assert "\nobject       Scale with factor 3, rows [[1, 0], [0, 1]]\n" in said


def test_rounding_errors_are_shown_as_zero():
    """Next to 1, 6.1e-17 is 0; alone it is not, and two numbers that differ look different."""
    cosines = torch.tensor([1.0, 0.5, 6.123e-17], dtype=torch.float64)
    said = message_of(lambda: call(lambda: cosines).gives(torch.ones(3)))
    assert "got          [1, 0.5, 0]" in said
    assert "got          0" in message_of(lambda: call(lambda: 6.1e-17).gives(0.5))
    assert "got          2e-05" in message_of(lambda: call(lambda: torch.tensor(2e-5)).gives(500.0))
    assert "expected     6e-17" in message_of(lambda: call(lambda: 3e-17).gives(6e-17))
    near = torch.tensor(1.000000001, dtype=torch.float64)
    said = message_of(lambda: call(lambda: near).gives(torch.ones((), dtype=near.dtype), 1e-12))
    assert "expected     1\ngot          1.000000001" in said


def test_what_is_cut_is_marked():
    def long():
        raise ValueError("many words " * 100)

    assert message_of(long).endswith("…")
    verdict = Verdict(
        find(4), ["a"], messages={"a": "\n".join("123456789")}, named={"a": "n" * 999}
    )
    assert verdict.message("a").split("\n")[5] == "6 …" and verdict.message("a").endswith("n…")
    assert len(verdict.message("a").split("\n")) == 7


def test_messages_are_as_wide_as_the_terminal():
    """What follows a label stays to the right of it, and no word is broken."""
    assert wrapped(f"expected     {'10 ' * 30}", 60).split("\n")[1].startswith(" " * 13 + "10")
    text = wrapped("one two " * 20 + "w" * 70, 60)
    assert {len(line) <= 60 for line in text.split("\n")[:-1]} == {True}
    assert text.split("\n")[-1] == "  " + "w" * 70


# ---- the commands


def test_hint_finds_a_step_by_a_part_of_its_name(lesson_4, capsys):
    commands.main(["hint", "4", "loss"])
    assert capsys.readouterr().out.startswith("4 nt_xent, nt_xent_loss\n  1. ")
    commands.main(["hint", "4", "stab"])
    assert capsys.readouterr().out.startswith("4 nt_xent, stability at low temperature\n")
    assert commands.main(["hint", "4", "i"]) == 1
    assert "more than one hint for i. Choose from similarity_matrix," in capsys.readouterr().out
    assert commands.main(["hint", "4", "xyz"]) == 1
    assert "no hint for xyz. Choose from similarity_matrix," in capsys.readouterr().out


def test_a_closed_pipe_is_no_error(tmp_path):
    """`python -m lessons solution 4 --anyway | head -1`, with a reader that is already gone."""
    command = [sys.executable, "-m", "lessons", "solution", "4", "--anyway"]
    read, write = os.pipe()
    os.close(read)
    environ = {**os.environ, "SIMCLR_MINI_DESK": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=environ, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_commands_are_typed_as_they_work_here(lesson_4, monkeypatch):
    """From another folder of the clone the paths lead there; outside of it they are whole."""
    lesson_4.verdict("failed", only="positive")
    monkeypatch.chdir(ROOT / "docs")
    assert "\n  pytest ../lessons/04_nt_xent\n" in board(200)
    assert "\n  lessons/04-nt-xent.md" in board(200)
    monkeypatch.chdir(ROOT.parent)
    assert f"\n  pytest {ROOT}/lessons/04_nt_xent\n" in board(200)


def test_the_course_runs_from_any_folder(tmp_path):
    """As an installed command, and as a module."""
    script = shutil.which("lessons", path=str(Path(sys.executable).parent))
    if not script:
        pytest.skip("this environment was installed before the command existed")
    for command in ([script], [sys.executable, "-m", "lessons"]):
        for folder in (ROOT / "docs" / "lessons", tmp_path):
            ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            assert ended.returncode == 0 and "Next: " in ended.stdout, ended.stderr


def test_a_python_without_torch_is_told_where_the_course_is(monkeypatch, capsys):
    def watch(rest):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(commands, "watch", watch)
    assert commands.main(["watch"]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith(f"{sys.executable} has no torch.") and ".venv" in said
    monkeypatch.setattr(commands, "find_spec", lambda name: None)
    commands.main([])
    assert "has no torch." in capsys.readouterr().out


def test_save_commits_the_learners_files_and_nothing_else(tmp_path, monkeypatch, capsys):
    """In a clone: the branch at hand, its index and its files stay as they are."""

    def git(*words):
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, cwd=clone, capture_output=True, text=True).stdout

    clone, desk = tmp_path / "clone", tmp_path / "clone" / "lessons"
    desk.mkdir(parents=True)
    git("init", "-q", "-b", "main")
    (clone / "kept.txt").write_text("kept")
    git("add", "kept.txt")
    git("commit", "-q", "-m", "first")
    (clone / "kept.txt").write_text("changed")
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(desk))
    monkeypatch.setattr(save, "ROOT", clone)
    assert save.save("none") == 1 and "nothing to save" in capsys.readouterr().out
    files.prepare(find(4))
    mine = find(4).learner_file("nt_xent")
    mine.write_text("one\n")
    before = git("status", "--short"), git("log", "--oneline", "main")
    assert save.save("one") == 0
    assert "Saved 1 file as commit" in capsys.readouterr().out
    mine.write_text("two\n")
    save.save("two")
    capsys.readouterr()
    assert save.save("three") == 0 and "Nothing has changed" in capsys.readouterr().out
    assert (git("status", "--short"), git("log", "--oneline", "main")) == before
    assert git("log", "--format=%s", "my-lessons").split() == ["two", "one"]
    assert git("ls-tree", "-r", "--name-only", "my-lessons") == "lessons/04_nt_xent/nt_xent.py\n"
    git("restore", "--source", "my-lessons~1", "--", "lessons/04_nt_xent/nt_xent.py")
    assert mine.read_text() == "one\n"


# ---- training with the learner's files


@pytest.fixture
def done_3(tmp_path, monkeypatch):
    """Lesson 3 is done, with the library's code in the learner's file."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    lesson = find(3)
    text = lesson.library_file("heads").read_text("utf-8")
    files.write(lesson.learner_file("heads"), text)
    outcomes = {test.name: "passed" for test in lesson.tests}
    progress.remember(lesson, outcomes, "", progress.judged(lesson))
    return lesson


def test_a_learners_run_has_a_name_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert train.with_name(["train"]) == ["train", "--name", "mine-1"]
    (tmp_path / "runs" / "mine-1").mkdir(parents=True)
    assert train.with_name(["train", "--seed", "1"])[-1] == "mine-2"
    assert train.with_name(["train", "--resume"])[-1] == "mine-1"
    assert train.with_name(["train", "--runs", "other"])[-1] == "mine-1"
    for words in (["train", "--name=x"], ["train", "--help"], ["views", "--data", "shapes"]):
        assert train.with_name(words) == words


def test_train_says_whose_code_ran_and_the_error_last(run, done_3, tmp_path):
    """A refused command has no table; an error in the learner's code names the line."""
    ended = run("lessons", "train", "3", "--", "--batch-size", "0")
    assert "code ran" not in ended.stdout and "--batch-size" in ended.stderr.splitlines()[-1]
    file = done_3.learner_file("heads")
    files.write(file, file.read_text("utf-8") + BROKEN)
    outcomes = {test.name: "passed" for test in done_3.tests}
    progress.remember(done_3, outcomes, "", progress.judged(done_3))
    ended = run("lessons", "train", "3", "--", "--runs", str(tmp_path), "--epochs", "1")
    assert "Your code ran:" in ended.stdout and "not called" not in ended.stdout
    assert re.search(r"heads\.projector +1 calls?\n", ended.stdout), ended.stdout
    assert "The library's code ran for the other lessons." in ended.stdout
    last = ended.stderr.splitlines()
    assert last[-2] == "simclr-mini: no heads today" and "heads.py, line" in last[-1]


BROKEN = """

_projector = projector


def projector(*args, **kwargs):
    _projector(*args, **kwargs)
    raise ValueError("no heads today")
"""


# ---- questions and predictions


ASKED = [
    {"ask": "How many?", "answer": 2.708, "because": "ln 15."},
    {"ask": "Which?", "choices": ["this", "that"], "answer": "b"},
]


def test_answers_are_checked_and_remembered(lesson_4, monkeypatch, capsys):
    """A wrong one may be tried again; what is answered is not asked again."""
    lesson = dataclasses.replace(find(4), questions=ASKED)
    lines = iter(["3", "one", "2.71", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    assert questions.questions(lesson) == 1
    said = capsys.readouterr().out
    assert said.count("Not yet.") == 1 and "Type a number" in said and "Right. ln 15." in said
    lines = iter(["c", "A", "b)"])
    assert questions.questions(lesson) == 0
    said = capsys.readouterr().out
    assert "How many?" not in said and "Type a/b." in said and "All 2 questions" in said
    assert questions.questions(lesson) == 0


def test_numbers_are_read_as_people_write_them():
    read = {
        "0.5": 0.5,
        "0,5": 0.5,
        "1/2": 0.5,
        " 50 % ": 0.5,
        "1e-3": 0.001,
        "x": None,
        "1/0": None,
    }
    assert {text: questions.number_in(text) for text in read} == read


def test_every_question_can_be_answered():
    for lesson in lessons():
        for one in lesson.questions:
            assert one["ask"].endswith("?") and one["because"]
            assert questions.is_right(one, str(one["answer"]))


def test_a_prediction_is_shown_next_to_the_result(monkeypatch, capfd):
    """The page asks; the experiment of lesson 1 takes a second."""
    assert all(questions.prediction(find(number)) for number in range(1, 13))
    monkeypatch.setattr("builtins.input", lambda prompt: "half of them")
    assert questions.experiment(find(1)) == 0
    said = capfd.readouterr().out
    assert "Predict how many" in said and "cifar" in said
    assert said.rstrip().endswith("You predicted: half of them")
