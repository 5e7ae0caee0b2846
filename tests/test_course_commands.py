"""The commands of `python -m lessons`, except `watch`."""

import dataclasses
import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lessons.course import (
    commands,
    doctor,
    files,
    progress,
    questions,
    save,
    train,
)
from lessons.course.board import board
from lessons.course.manifest import find, lessons
from lessons.course.provenance import Provenance
from lessons.course.score import question, statement, versions_of

ROOT = Path(__file__).resolve().parents[1]


def test_a_misspelt_command_is_guessed(capsys):
    assert commands.main(["watsh"]) == 2
    assert "There is no command watsh. Do you mean watch?" in capsys.readouterr().out


def test_hint_finds_a_step_by_a_part_of_its_name(lesson_4, capsys):
    commands.main(["hint", "4", "loss"])
    assert capsys.readouterr().out.startswith("4 nt_xent, nt_xent_loss\n  1. ")
    commands.main(["hint", "4", "4"])
    assert capsys.readouterr().out.startswith("4 nt_xent, nt_xent_loss\n  1. ")
    commands.main(["hint", "4", "stab"])
    assert capsys.readouterr().out.startswith("4 nt_xent, stability at low temperature\n")
    commands.main(["hint", "4", "stability-at-low-temperature"])  # as the page's links write it
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
    """In a folder of the clone, paths are relative to it; outside the clone, they are absolute."""
    lesson_4.verdict("failed", only="positive")
    monkeypatch.chdir(ROOT / "docs")
    assert "\n  pytest ../lessons/04_nt_xent\n" in board(200)
    assert "\n  ../lessons/04_nt_xent/README.md" in board(200)
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
    """In a clone: the current branch, the index and the files stay as they are."""

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


def test_save_works_in_a_course_that_is_a_folder_of_another_repository(
    tmp_path, monkeypatch, capsys
):
    clone, desk = tmp_path / "course", tmp_path / "course" / "lessons"
    desk.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(tmp_path)])
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(desk))
    monkeypatch.setattr(save, "ROOT", clone)
    files.prepare(find(4))
    mine = find(4).learner_file("nt_xent")
    mine.write_text("one\n")
    assert save.save("one") == 0
    said = capsys.readouterr().out.split("git restore ")[1].split()[:4]
    mine.write_text("two\n")
    subprocess.run(["git", "restore", *said[:3], "lessons/04_nt_xent/nt_xent.py"], cwd=clone)
    assert mine.read_text() == "one\n"


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
    assert "Your test fails on the library, which is right. test_one: This" in ended.stdout
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


@pytest.mark.parametrize("text", ["4608", "4,608", "4 608", "4'608", " 4608.0 "])
def test_a_large_number_may_have_separators(text):
    assert questions.is_right({"answer": 4608}, text)
    assert questions.is_right({"answer": 0.125}, text) is False


def test_an_experiment_without_a_script_shows_its_commands(monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda prompt: "it falls")
    for number in (14, 15):
        assert questions.experiment(find(number)) == 0
        said = capsys.readouterr().out
        assert (
            "Now run this:" in said
            and ("  simclr-mini train" if number == 14 else "torchrun") in said
        )


def test_every_question_can_be_answered():
    for lesson in lessons():
        for one in lesson.questions:
            assert one["ask"].endswith("?") and one["because"]
            assert questions.is_right(one, str(one["answer"]))


@pytest.mark.parametrize(("number", "right", "near"), [(6, 255, 256), (11, 128, 127), (14, 64, 63)])
def test_counting_one_candidate_too_many_or_too_few_is_wrong(number, right, near):
    (one,) = [one for one in find(number).questions if "to two decimals" in one["ask"]]
    for answer, expected in [(right, True), (near, False)]:
        for digits in (2, 4):
            text = f"{math.log(answer):.{digits}f}"
            assert questions.is_right(one, text) is expected, text


def test_a_close_answer_is_told_how_exact_it_must_be(monkeypatch, capsys):
    typed = iter(["2.7", "2.71"])
    monkeypatch.setattr(questions, "typed", lambda prompt: next(typed))
    (one,) = [one for one in find(4).questions if "to two decimals" in one["ask"]]
    assert questions.ask(one)
    assert "Not yet. The answer needs two decimals." in capsys.readouterr().out


def test_what_ran_before_a_resume_is_not_called_needless(tmp_path):
    """The calls of the process that was killed are not counted."""
    lesson = find(4)
    kept = Provenance({"simclr_mini.nt_xent": tmp_path / "nt_xent.py"})
    kept.calls["simclr_mini.nt_xent", "nt_xent_loss", True] = 3
    assert "Not needed here: nt_xent.similarity_matrix" in kept.report([lesson])
    said = kept.report([lesson], resumed=True)
    assert said.startswith("Your code ran since the run was resumed:")
    assert "Not called since then: nt_xent.similarity_matrix" in said and "Not needed" not in said


def test_doctor_names_the_environment_that_is_there(tmp_path, monkeypatch):
    """Without it, pip would install into the system's Python."""
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    assert doctor.environment() is None
    place = tmp_path / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    place.mkdir(parents=True)
    monkeypatch.setattr(doctor.importlib, "import_module", lambda name: 1 / 0)
    fixes = [fix for what, fix in doctor.checks() if what.startswith("torch: ")]
    assert len(fixes) == 1 and fixes[0].startswith("source ") and "activate" in fixes[0]
    monkeypatch.setattr(doctor.sys, "prefix", str(tmp_path / ".venv"))
    assert doctor.environment() is None  # it is active
    fixes = [fix for what, fix in doctor.checks() if what.startswith("torch: ")]
    assert "pip install -c constraints.txt" in fixes[0]


def test_a_prediction_is_shown_next_to_the_result(monkeypatch, capfd):
    """The page asks; the experiment of lesson 1 takes a second."""
    assert all(questions.prediction(find(number)) for number in range(1, 13))
    monkeypatch.setattr("builtins.input", lambda prompt: "half of them")
    assert questions.experiment(find(1)) == 0
    said = capfd.readouterr().out
    assert "Predict how many" in said and "cifar" in said
    assert "\nYou predicted: half of them\n" in said
