"""The board and pytest, as a learner sees them: states, what is next, and filtered runs."""

import re
import subprocess
import sys
import time
from pathlib import Path

from lessons.course import (
    blank,
    files,
    memory,
    progress,
)
from lessons.course.board import board, in_words
from lessons.course.manifest import find, lessons

ROOT = Path(__file__).resolve().parents[1]


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
    """It takes at most ten times as long as Python itself, and imports no torch and no pytest."""
    run("lessons")
    took, python = [], []
    for _ in range(5):
        for times, module in [(took, "lessons"), (python, "this")]:
            begin = time.perf_counter()
            ended = run(module)
            times.append(time.perf_counter() - begin)
            assert module == "this" or "Next: " in ended.stdout
    assert min(took) < 10 * min(python), (took, python)
    code = (
        "import sys, lessons.course.commands as c; c.main([]); print({*sys.modules} & {*sys.argv})"
    )
    command = [sys.executable, "-c", code, "torch", "pytest"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert ended.stdout.endswith("set()\n"), ended.stderr


def test_steps_are_those_of_the_tests():
    """They are read in a faster way, which skips the bodies of the tests."""
    for lesson in lessons():
        assert lesson.steps == list(dict.fromkeys(test.step for test in lesson.tests))


def test_a_step_that_a_function_leaves_out_is_next_and_not_wrong():
    """Lesson 6's views are right but for the control, which is a step of its own."""
    lesson = find(6)
    control = [test.name for test in lesson.tests if test.step == "the control"]
    written = ("shuffled_batches", "SimCLR.views")
    outcomes = {
        test.name: "passed" if test.function in written else "unstarted" for test in lesson.tests
    }
    left_out = {**outcomes, **dict.fromkeys(control, "failed")}
    found = progress.Status(lesson, "begun", left_out, left_out)
    assert in_words(found) == "2 of 6 steps, next: the control"
    first = {**outcomes, "test_views_differ_from_call_to_call": "failed"}
    found = progress.Status(lesson, "begun", first, first)
    assert in_words(found).startswith("2 of 6 steps, wrong: ")
    lesson = find(4)  # the loss is right, and one of its tests at a low temperature passes
    low = [test.name for test in lesson.tests if test.step == "stability at low temperature"]
    tried = dict.fromkeys([test.name for test in lesson.tests], "passed") | {low[0]: "failed"}
    found = progress.Status(lesson, "begun", tried, tried)
    assert in_words(found) == "4 of 5 steps, wrong: stability at low temperature"


def test_board_in_ascii(run):
    ended = run("lessons", PYTHONIOENCODING="ascii")
    assert ended.stdout.isascii() and " o " in ended.stdout, ended.stderr


def test_a_lesson_from_wrong_to_done_to_reset(run, tmp_path):
    """The mistake is named; the right file is done and remembered; reset keeps the old file."""
    # In CI, pytest's summary would repeat each message, if it were not told to keep it short.
    lesson = find(4)
    file = tmp_path / lesson.folder / "nt_xent.py"
    file.parent.mkdir(parents=True)
    right = lesson.library_file("nt_xent").read_text("utf-8")
    file.write_text(right.replace(".roll(B)", ".roll(1)"), "utf-8")
    ended = run("pytest", "lessons/04_nt_xent", CI="true")
    assert ended.returncode == 1
    assert ended.stdout.count("You shift by one row.") == 1, "once, then the test is named"
    assert "the mistake: You shift by one row." in ended.stdout
    assert ": the same as for test_" in ended.stdout
    assert "Traceback" not in ended.stdout and "wrong: positive_index" in ended.stdout
    assert f"\n{lesson.readme}#positive_index\n" in ended.stdout
    assert f"\n  {lesson.readme}\n" in ended.stdout
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


def test_the_board_goes_on_with_a_lesson_that_was_reset(run, tmp_path, monkeypatch):
    """Even if the learner was working on another one."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    files.prepare(find(4))
    memory.save_last(find(6).folder)
    run("lessons", "reset", "4")
    assert memory.load()["last"] == find(4).folder


def test_blank_in_process_is_not_started(run):
    """With -s and --pdb as well: it is no failure and nothing to debug."""
    ended = run("pytest", "-s", "--pdb", "lessons/03_heads")
    assert ended.returncode == 1
    assert "not started" in ended.stdout.splitlines()[-1]
    assert "FAILURES" not in ended.stdout and "(Pdb)" not in ended.stdout


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


def test_a_lesson_that_is_wrong_is_not_forgotten(lesson_4):
    """Whoever goes on with another lesson is told, and nobody is told twice."""
    lesson_4.verdict()
    lesson_4.verdict("failed", only="positive")
    assert "Still wrong" not in board()  # it is the next thing already
    memory.save_last("05_optim")
    below = board(width=1000).partition("\n\n")[2].splitlines()
    assert below[0].startswith("Still wrong: positive_index, in ")
    assert below[1].startswith("Next: scaled_learning_rate, in ")
    lesson_4.verdict()
    memory.save_last("05_optim")
    assert "Still wrong" not in board()


def test_a_broken_file_keeps_what_was_known(lesson_4):
    """A syntax error is reported; once it is fixed, the board shows what it showed before."""
    lesson_4.verdict()
    lesson_4.verdict("failed", only="positive")
    lesson_4.write(lesson_4.right + "def f(:\n")
    lesson_4.verdict("not run", problem="nt_xent.py, line 100, is not Python")
    assert lesson_4.says() == (
        "nt_xent.py, line 100, is not Python",
        "Next: fix lesson 4 so that it runs",
    )
    lesson_4.write(lesson_4.right + "# now\n")
    assert lesson_4.says()[0] == "4 of 5 steps, changed since the last check"
    assert lesson_4.says()[1].startswith("Next: positive_index, in ")


def test_after_a_lesson_comes_the_next_that_is_not_done():
    """After the last lesson, the first is next; if none was last, a begun one is next."""
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
