"""`grade` on a small class: right, unfinished and hostile files, and every format that it writes.

One grading judges the whole class, because each learner takes a process of their own.
"""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

import pytest

from lessons.course import confine, files, grade_find, grade_formats
from lessons.course import grade as course_grade
from lessons.course.grade import Book, Limits, Server, key
from lessons.course.grade_formats import Grade, Step
from lessons.course.manifest import find, find_range, lessons
from lessons.course.mistakes import mistakes

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = Path(__file__).parent / "golden"
LESSON = find(4)
LIBRARY = LESSON.library_file("nt_xent").read_text("utf-8")
sealed = pytest.mark.skipif(not confine.seals(), reason="needs Landlock and seccomp")


def at_import(code: str) -> str:
    """A right file that runs `code` first. If the code fails, so does the import."""
    modules = "ctypes, fcntl, os, pathlib, socket, subprocess, sys, time"
    return f"{LIBRARY}\nimport {modules}\n{code}"


def in_function(code: str, function: str = "positive_index") -> str:
    """A right file in which one function runs `code` first."""
    head, found, tail = LIBRARY.partition(f"def {function}(")
    start = tail.index('"""', tail.index('"""') + 3) + 3  # after the docstring
    return f"import os\n{head}{found}{tail[:start]}\n    {code}{tail[start:]}"


def hand_in(folder: Path, learner: str, text: str) -> Path:
    file = folder / learner / "lessons" / LESSON.folder / "nt_xent.py"
    file.parent.mkdir(parents=True)
    file.write_text(text, "utf-8")
    return file


def grade(*arguments: str, **more) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "lessons", "grade", *map(str, arguments)]
    environ = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "60"}
    environ |= {"A_PASSWORD": "of the teacher"}
    return subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, encoding="utf-8", **more
    )


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """A class that has been graded: (folder, grades by learner, what was printed)."""
    folder = tmp_path_factory.mktemp("a class [2026] $HOME ü")
    room = folder / "class"
    right = hand_in(room, "anna", LIBRARY)
    hand_in(room, "blank", files.fresh(LESSON, "nt_xent"))
    (room / "absent").mkdir()
    wrong = next(one for one in mistakes(LESSON.folder) if one.id == "no_normalize")
    hand_in(room, "wrong", wrong.source(LIBRARY))
    hand_in(room, "loops", in_function("while True: pass"))
    hand_in(room, "exits", in_function("os._exit(0)"))
    hand_in(room, "memory", in_function("torch.ones(3 * 2**30, dtype=torch.uint8)"))
    outside = folder / "outside.txt"
    steals = "\n".join(
        f"try:\n    open({str(path)!r}).read()\nexcept OSError:\n    pass\nelse:\n"
        f"    raise ValueError({path.name!r})"
        for path in (right, LESSON.ways_file, LESSON.library_file("nt_xent"), LESSON.mistakes_file)
    )
    hand_in(room, "thief", at_import(steals + "\nassert 'A_PASSWORD' not in os.environ\n"))
    tries = [
        f"open({str(outside)!r}, 'w')",
        f"os.remove({str(right)!r})",
        f"os.chmod({str(right)!r}, 0)",
        "os.fork()",
        "subprocess.Popen(['true'])",
        "socket.socket()",
        "os.kill(os.getppid(), 9)",
        "os.listdir('/proc/1')",
        "fcntl.fcntl(0, fcntl.F_SETOWN, os.getppid())",
        "if ctypes.CDLL(None).sigqueue(os.getppid(), 0, 0): raise OSError",
    ]
    code = "\n".join(
        f"try:\n    {one}\nexcept OSError:\n    pass\nelse:\n    raise ValueError({one!r})"
        for one in tries
    )
    hand_in(room, "hostile", at_import(code))
    flood = "for i in range(10**9): pathlib.Path(f'{i}').write_text('x' * 1000)"
    hand_in(room, "flood", at_import(flood))
    patch = "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n"
    hand_in(room, "patches", wrong.source(LIBRARY) + patch)
    junk = "for fd in range(3, 256):\n    try: os.write(fd, b'junk\\n')\n    except OSError: pass"
    hand_in(room, "junk", at_import(junk))
    link = room / "linked" / "nt_xent.py"
    link.parent.mkdir()
    link.symlink_to(right)
    with zipfile.ZipFile(room / "zipped.zip", "w") as archive:
        archive.writestr("homework/nt_xent.py", LIBRARY)
        archive.writestr("simclr_mini/nt_xent.py", "not the learner's")
        archive.writestr("../../outside.py", "")
    with zipfile.ZipFile(room / "windows.zip", "w") as archive:  # as some programs write names
        archive.writestr("lessons\\04_nt_xent\\nt_xent.py", LIBRARY)
    (room / "boxed").mkdir()
    shutil.copy(room / "zipped.zip", room / "boxed" / "homework.zip")
    (room / "dora.tgz").write_bytes(b"")
    hand_in(room, "skips", in_function("import pytest; pytest.skip('later')"))
    hand_in(room, "half", in_function("raise ValueError(chr(0xD800))"))
    (room / "damaged.zip").write_bytes(b"not a zip")
    out = folder / "out"
    done = grade(room, "--lessons", "4", "--out", out, "--jobs", "2", "--test-seconds", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, {name: one for (name, _), one in Book(out / "grades.jsonl").grades.items()}, done


def states(grade: Grade) -> list[str]:
    return [step.state for step in grade.steps]


@sealed
def test_right_files_get_every_point(taught):
    for name in ("anna", "zipped", "windows", "boxed"):
        assert taught[1][name].state == "done"
        assert taught[1][name].points == taught[1][name].most == len(LESSON.steps)


@sealed
def test_not_started_is_not_wrong(taught):
    for name in ("blank", "absent", "linked"):
        assert taught[1][name].state == "not started"
        assert set(states(taught[1][name])) == {"not started"}


@sealed
def test_a_skipped_test_earns_nothing(taught):
    step = next(one for one in taught[1]["skips"].steps if one.name == "positive_index")
    assert step.state == "wrong" and "skips the test" in step.message


@sealed
def test_half_a_character_in_a_message_stops_nobody(taught):
    step = next(one for one in taught[1]["half"].steps if one.name == "positive_index")
    assert step.state == "wrong" and "ValueError" in step.message


@sealed
def test_what_is_no_learner_is_said(taught):
    assert "Left out, being neither folders nor zips: dora.tgz." in taught[2].stdout


@sealed
def test_a_mistake_costs_its_steps_and_is_named(taught):
    one = taught[1]["wrong"]
    assert one.state == "begun" and 0 < one.points < one.most
    step = one.steps[0]
    assert step.state == "wrong" and "a longer vector counts for more" in step.message


@sealed
@pytest.mark.parametrize(
    "name, said", [("loops", "endless loop"), ("exits", "os._exit"), ("memory", "alloc")]
)
def test_one_bad_function_leaves_the_points_of_the_others(taught, name, said):
    of = {step.name: step for step in taught[1][name].steps}
    assert of["positive_index"].state == "wrong"
    assert said in of["positive_index"].message
    assert of["similarity_matrix"].state == of["candidate_logits"].state == "done"


@sealed
@pytest.mark.parametrize("name", ["thief", "hostile"])
def test_nothing_forbidden_is_possible(taught, name):
    assert taught[1][name].message == "" and taught[1][name].state == "done"
    assert not (taught[0] / "outside.txt").exists()
    assert (taught[0] / "class/anna/lessons/04_nt_xent/nt_xent.py").read_text("utf-8") == LIBRARY


@sealed
def test_a_flood_of_files_is_stopped(taught):
    assert taught[1]["flood"].state == "broken"
    assert "files" in taught[1]["flood"].message


@sealed
def test_whoever_replaces_the_judge_gets_no_points(taught):
    one = taught[1]["patches"]
    assert one.points == 0 and one.state == "broken"
    assert one.message == "Its code replaces Function.runtest, which judges it."


@sealed
def test_reports_that_cannot_be_read_stop_nobody_else(taught):
    assert taught[1]["junk"].state == "broken"
    assert "its process sent something that is not a report" in taught[2].stdout


class DeadServer(Server):
    """It ends as if the system had run out of memory."""

    def __init__(self, work):
        pipe = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([sys.executable, "-c", ""], text=True, **pipe)
        self.process.wait()


def test_a_dead_server_costs_one_learner_and_no_other(tmp_path, monkeypatch):
    """The next learner gets a server of its own, and the first is judged again the next time."""
    class_of_two = [grade_find.Learner(name, tmp_path) for name in ("anna", "ben")]

    def judged(learner, lesson, limits, work, server):
        if learner.name == "anna":
            server.order({})
        servers.append(server)
        return Grade(learner.name, lesson.number, lesson.name, "done", hash="x")

    servers = []
    monkeypatch.setattr(course_grade, "Server", DeadServer)
    monkeypatch.setattr(course_grade, "grade", judged)
    book = Book(tmp_path / "grades.jsonl")
    pairs = [(learner, LESSON) for learner in class_of_two]
    course_grade.run_all(pairs, course_grade.Limits(), 1, book, tmp_path)
    anna, ben = (book.grades[name, LESSON.number] for name in ("anna", "ben"))
    assert ben.state == "done" and len(servers) == 1
    assert anna.state == "broken" and "the process that judges it ended" in anna.message
    assert not book.has(class_of_two[0], LESSON, Limits())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="grade needs fork")
def test_ctrl_c_says_how_to_go_on(tmp_path, monkeypatch, capsys):
    """The working copies are removed, and the exit code is that of an interrupted program."""
    hand_in(tmp_path / "class", "anna", LIBRARY)

    def pressed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(course_grade, "run_all", pressed)
    words = [str(tmp_path / "class"), "--lessons", "4", "--out", str(tmp_path / "out"), "--trust"]
    assert course_grade.main(words) == 130
    assert "The same command continues" in " ".join(capsys.readouterr().out.split())
    assert not (tmp_path / "out" / "work").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="grade needs fork")
def test_two_gradings_do_not_share_a_folder(tmp_path, monkeypatch, capsys):
    """The second would delete the copies that the first is judging."""
    hand_in(tmp_path / "class", "anna", LIBRARY)
    words = [str(tmp_path / "class"), "--lessons", "4", "--out", str(tmp_path / "out"), "--trust"]

    def once_more(*_):
        monkeypatch.setattr(course_grade, "run_all", None)
        codes.append(course_grade.main(words))
        raise KeyboardInterrupt

    codes = []
    monkeypatch.setattr(course_grade, "run_all", once_more)
    assert course_grade.main(words) == 130 and codes == [2]
    assert "Another grading is writing to" in " ".join(capsys.readouterr().out.split())


@sealed
def test_what_cannot_be_read_is_said(taught):
    assert taught[1]["damaged"].state == "unreadable"
    assert "damaged.zip cannot be read" in taught[2].stdout


@sealed
def test_nothing_is_left_behind(taught):
    out = taught[0] / "out"
    assert {path.name for path in out.iterdir()} == {
        *("grades.jsonl", "grades.csv", "steps.csv", "junit.xml", "learners")
    }
    assert max(map(len, taught[2].stdout.split("\n- not started")[0].splitlines())) <= 60


@sealed
def test_a_second_grading_judges_only_what_changed(taught, tmp_path):
    out = taught[0] / "out"
    (taught[0] / "class/absent/nt_xent.py").write_text("import nowhere\n", "utf-8")
    with open(out / "grades.jsonl", "a", encoding="utf-8") as file:
        file.write('{"learner": "cut off')  # as a kill leaves it
    done = grade(taught[0] / "class", "--lessons", "4", "--out", out, "--test-seconds", "1")
    assert "16 of 19 are graded already" in done.stdout  # not the damaged zip and the junk
    again = Book(out / "grades.jsonl").grades["absent", 4]
    assert again.state == "broken" and "nowhere" in again.message


def test_a_learners_file_is_found_where_it_may_lie(tmp_path):
    learner = tmp_path / "x"
    for path in ("deep/04_nt_xent/nt_xent.py", "nt_xent.py", "simclr_mini/nt_xent.py"):
        (learner / path).parent.mkdir(parents=True, exist_ok=True)
        (learner / path).write_text(path, "utf-8")
    (one,) = grade_find.learners([str(learner)], tmp_path)
    assert one.path_of(LESSON, "nt_xent") == "deep/04_nt_xent/nt_xent.py"
    (learner / "deep/04_nt_xent/nt_xent.py").unlink()
    one.look()
    assert one.path_of(LESSON, "nt_xent") == "nt_xent.py"
    (learner / "nt_xent.py").unlink()
    one.look()
    assert one.path_of(LESSON, "nt_xent") == ""


def test_a_list_names_folders_and_clones(tmp_path):
    source = tmp_path / "source"
    hand_in(source, "repo", LIBRARY)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", "-C", str(source / "repo")]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "homework"], check=True)
    table = tmp_path / "class.csv"
    address = (source / "repo").as_uri()
    rows = f"name,place\nÄnne,source/repo\n../bob,{address}\nbob,{address}x\nbob,nowhere\n"
    table.write_text(rows, "utf-8-sig")
    found = grade_find.learners([str(table)], tmp_path / "clones")
    assert [one.name for one in found] == ["Änne", "___bob", "bob", "bob (2)"]
    assert [bool(one.problem) for one in found] == [False, False, True, True]
    assert found[1].path_of(LESSON, "nt_xent")
    hand_in(source, "repo/later", LIBRARY)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "more"], check=True)
    again = grade_find.learners([str(table)], tmp_path / "clones")
    assert len(again[1].paths) == 2 > len(found[1].paths)
    table.write_bytes("name,place\nÄnne,source/repo\n".encode("cp1252"))
    with pytest.raises(SystemExit, match="is not UTF-8"):
        grade_find.learners([str(table)], tmp_path / "clones")


def test_two_learners_of_one_name_have_a_clone_each(tmp_path, monkeypatch):
    cloned = []
    monkeypatch.setattr(grade_find, "clone", lambda address, folder: cloned.append(folder) or "")
    (tmp_path / "class.csv").write_text("name,place\nanna,git@x:a\nanna,git@x:b\n", "utf-8")
    grade_find.learners([str(tmp_path / "class.csv")], tmp_path)
    assert len(set(cloned)) == 2


def test_the_grades_are_no_learner(tmp_path):
    for name in ("anna", "ben", "grades/learners/anna"):
        hand_in(tmp_path, name, LIBRARY)
    found = grade_find.learners([str(tmp_path)], tmp_path / "grades")
    assert [one.name for one in found] == ["anna", "ben"]
    (one,) = grade_find.learners([str(tmp_path)], tmp_path / "grades", one=True)
    assert one.name == grade_find.safe(tmp_path.name)


@pytest.mark.parametrize("spoil", ["cut", "encrypted"])
def test_a_damaged_entry_of_a_zip_is_said(tmp_path, spoil):
    path = tmp_path / "anna.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("04_nt_xent/nt_xent.py", LIBRARY)
    content = bytearray(path.read_bytes())
    if spoil == "cut":
        content[200] ^= 255
    else:
        content[6] |= 1
        content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    (one,) = grade_find.learners([str(path)], tmp_path)
    with pytest.raises(ValueError, match="nt_xent.py in anna.zip cannot be read"):
        one.read("04_nt_xent/nt_xent.py")


def test_a_range_names_no_lesson_twice():
    assert [one.number for one in find_range("3,1-4,3")] == [3, 1, 2, 4]


def test_a_changed_file_or_test_needs_a_new_grade():
    usual, one = Limits(), key(LESSON, {"nt_xent": b"a"}, Limits())
    assert one == key(LESSON, {"nt_xent": b"a"}, usual) != key(LESSON, {"nt_xent": b"b"}, usual)
    assert one != key(find(3), {"nt_xent": b"a"}, usual)
    assert one != key(LESSON, {"nt_xent": b"a"}, Limits(seconds=90))


def test_the_guide_gives_each_lesson_its_minutes():
    guide = (ROOT / "docs" / "teaching.md").read_text("utf-8")
    for lesson in lessons():
        row = rf"\| {lesson.number} `[^|]*\| {lesson.minutes} \|"
        words = rf"\b{lesson.number} `{lesson.name}` \({lesson.minutes} minutes\)"
        assert re.search(f"{row}|{words}", guide), lesson.name


# The formats, on a class made up by hand


def example() -> list[Grade]:
    wrong = "test_x: This is not so.\x07\n<docs/lessons/04-nt-xent.md#loss>"
    return [
        Grade(
            *("Änne", 4, "nt_xent", "begun"),
            steps=[
                Step("similarity_matrix", "done", 5, 5),
                Step("positive_index", "wrong", 1, 2, wrong),
                Step("the loss", "not started", 0, 3, "nt_xent_loss is not written yet."),
            ],
            seconds=3.25,
        ),
        Grade("Änne", 5, "optim", "done", [Step("LARS.step", "done", 4, 4)], seconds=2.0),
        Grade(
            *("@bob", 4, "nt_xent", "broken"),
            steps=[Step("similarity_matrix", "not run", 0, 5, "=1/0\nat line 1")],
            message="=1/0\nat line 1",
        ),
        Grade("@bob", 5, "optim", "not started", [Step("LARS.step", "not started", 0, 4)]),
    ]


def environ50() -> dict[str, str]:
    names = ["COMMIT_URL", "RELEASE_URL", "REVIEW_URL", "SUBMISSION_TAG"]
    return {name: name.lower() for name in ["CLASSROOM", "ASSIGNMENT", *names]}


def golden() -> dict[str, str]:
    """What each writer makes of the example, by the name of its golden file."""
    grades = example()
    anne = grades[:2]
    result = grade_formats.classroom50(anne, "2026-11-28T12:00:00Z", environ50())
    return {
        "grade_table.txt": grade_formats.table(grades, 60) + "\n",
        "grade_grades.csv": grade_formats.wide_csv(grades),
        "grade_steps.csv": grade_formats.steps_csv(grades),
        "grade_junit.xml": grade_formats.junit(grades),
        "grade_gradescope_results.json": grade_formats.json_text(grade_formats.gradescope(anne)),
        "grade_classroom50_result.json": grade_formats.json_text(result),
    }


@pytest.mark.parametrize("name", golden())
def test_each_format_is_its_golden_file(name):
    """To renew a golden file after an intended change: python tests/test_grade.py."""
    assert golden()[name] == (GOLDEN / name).read_text("utf-8")


def test_junit_counts_agree_with_its_cases():
    root = xml.fromstring(grade_formats.junit(example()))
    for suite in root:
        for kind, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert len(suite.findall(f"testcase/{kind}")) == int(suite.get(count))
        assert len(suite.findall("testcase")) == int(suite.get("tests"))


def test_gradescope_has_the_fields_that_it_reads():
    result = grade_formats.gradescope(example()[:2])
    assert set(result) <= {
        "score",
        "execution_time",
        "output",
        "visibility",
        "stdout_visibility",
    } | {*("tests", "leaderboard", "extra_data", "output_format", "test_output_format")}
    for test in result["tests"]:
        assert 0 <= test["score"] <= test["max_score"]
        assert test.get("status", "passed") in ("passed", "failed")
        assert test["visibility"] in ("visible", "hidden", "after_due_date", "after_published")
        assert all(isinstance(tag, str) for tag in test["tags"])
    assert "status" not in result["tests"][2]  # not started is neither passed nor failed


def test_classroom50_keeps_its_contract():
    fields = "schema classroom assignment submission commit release review datetime score max-score"
    many = [
        Grade("a", n, f"lesson{n}", "begun", [Step(f"{i}", "wrong", 0, 1, "x" * 9000)] * 9)
        for n, i in zip(range(12), range(12), strict=True)
    ]
    for grades in (example()[:2], many):
        result = grade_formats.classroom50(grades, "2026-11-28T12:00:00Z", environ50())
        assert set(result) == {*fields.split(), "tests"}
        assert result["schema"] == "classroom50/result/v1"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", result["datetime"])
        assert 0 < len(result["tests"]) <= 100
        assert result["score"] == sum(test["score"] for test in result["tests"])
        assert result["max-score"] == sum(test["max-score"] for test in result["tests"])
        for test in result["tests"]:
            assert type(test["score"]) is int and type(test["passed"]) is bool
            assert len(test["output"]) <= 2000


def test_a_csv_holds_no_formula():
    for text in (grade_formats.wide_csv(example()), grade_formats.steps_csv(example())):
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


if __name__ == "__main__":
    for name, text in golden().items():
        (GOLDEN / name).write_text(text, "utf-8", newline="\n")
