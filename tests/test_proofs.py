"""For each lesson, proofs that its tests can be trusted.

`lessons/course/prove.py` runs a lesson's tests on all variants of its modules. This file checks the
results.
"""

import ast
import json
import os
import re
import subprocess
import sys

import pytest

from lessons.course.blank import find_function
from lessons.course.kill_matrix import known_killers, matrix_file
from lessons.course.manifest import ROOT, anchor, find, lessons
from lessons.course.mistakes import mistakes
from lessons.course.prove import asked_quickly, complaints, killers_of
from lessons.course.score import score, versions_of
from lessons.course.variants import Trial
from lessons.course.verdict import Verdict

LESSONS = lessons()
FOLDERS = [lesson.folder for lesson in LESSONS]
pytestmark = pytest.mark.timeout(900)  # a proof takes 10 to 60 s, or minutes if busy
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=FOLDERS)


@each_lesson
def test_lesson_is_proven(lesson, proofs):
    """(a) to (h): blank, library, right ways, mistakes, later lessons blank, time."""
    assert proofs[lesson.folder]["complaints"] == []


def test_all_lessons_take_less_than_a_minute_on_the_library(proofs):
    """(h), its second part. Each lesson alone stays below 5 s."""
    if proofs.lessons < set(FOLDERS):
        pytest.skip("this needs the proofs of all lessons: run the whole file")
    runs = [run for lesson in FOLDERS for run in proofs[lesson]["runs"]]
    assert sum(run["seconds"] for run in runs if run["kind"] == "library") < 60


@each_lesson
def test_no_rejection_of_the_kill_matrix_is_lost(lesson, proofs):
    """If the committed table says that a test rejects a mistake, it still does."""
    written = matrix_file(lesson).read_text("utf-8")
    command = f"python -m lessons.course.prove {lesson.number} --write"
    assert written == proofs[lesson.folder]["matrix"], f"run {command}"


@each_lesson
def test_each_taught_function_has_all_its_parts(lesson):
    """Each has tests, an observer, right ways, and hints."""
    from lessons.course.diagnosis import observers
    from lessons.course.ways import ways

    tested = {test.function for test in lesson.tests}
    assert tested == set(lesson.functions), "about() names exactly the taught functions"
    assert all(test.claim for test in lesson.tests), "every test has a docstring, its claim"
    assert set(lesson.hints) >= set(lesson.steps), "every step has hints"
    assert all(len(levels) == 3 for levels in lesson.hints.values())
    for function in lesson.functions:
        owner = function.partition(".")[0]
        assert hasattr(observers(lesson.folder), function.replace(".", "_")), function
        right = [way for way in ways(lesson.folder) if way.function in (function, owner)]
        assert len(right) >= 3, f"{function} has {len(right)} right ways in solutions, not 3"


@each_lesson
def test_right_ways_stand_alone(lesson):
    """A solution that imported the learner's module would be judged by the learner's code."""
    own = {f"simclr_mini.{module}" for module in lesson.write}
    for path in (lesson.ways_file, lesson.observe_file):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in own, f"{path.name} imports {node.module}"


@each_lesson
def test_taught_functions_say_what_to_do(lesson):
    """Each taught function has a docstring, so that the blank is enough to do the exercise."""
    for module, names in lesson.write.items():
        tree = ast.parse(lesson.library_file(module).read_text("utf-8"))
        for name in names:
            node = find_function(tree, name)
            assert ast.get_docstring(node) or name.endswith("__init__"), name


@each_lesson
def test_page_explains_every_step(lesson):
    """Each step has a section, as the board and failing tests refer to it."""
    ids = re.findall(r"\{ #([\w-]+) \}", (ROOT / lesson.page).read_text("utf-8"))
    wanted = [anchor(step) for step in lesson.steps]
    assert len(set(wanted)) == len(wanted)
    assert set(wanted) <= set(ids), f"no section: {', '.join(sorted(set(wanted) - set(ids)))}"


RUN_BLANKS = """
import json, sys
from pathlib import Path

try:
    import simclr_mini
except ImportError as error:
    assert "installed one" in str(error)
else:
    sys.exit("the other simclr_mini is not found first")

from lessons.course.blank import blank
from lessons.course.manifest import lessons
from lessons.course.runner import run_lesson

outcomes = {}
for lesson in lessons():
    files = {module: Path(f"{lesson.folder}_{module}.py").resolve() for module in lesson.write}
    for module, path in files.items():
        path.write_text(blank(lesson, module), "utf-8")

    def report(event):
        if event["event"] in ("result", "problem"):
            name = f"{lesson.folder} {event.get('test', '')}"
            outcomes[name] = event.get("outcome") or event["message"]

    run_lesson(lesson, files, report)
Path("outcomes.json").write_text(json.dumps(outcomes))
"""


def test_the_learners_file_runs_whatever_is_installed(tmp_path):
    """(e) With another simclr_mini installed, each test still imports the learner's blank."""
    other = tmp_path / "simclr_mini"
    other.mkdir()
    (other / "__init__.py").write_text("raise ImportError('this is the installed one')")
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", RUN_BLANKS]
    ended = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-2000:]
    outcomes = json.loads((tmp_path / "outcomes.json").read_text())
    assert {name for lesson in LESSONS for name in names(lesson)} == set(outcomes)
    assert {n: outcome for n, outcome in outcomes.items() if outcome != "unstarted"} == {}


WHO_CALLS = """
import json, sys
from pathlib import Path

from lessons.course.manifest import find
from lessons.course.variants import Variants

variants = Variants(find(4), Path("variants"))
variants.of_library()
print(json.dumps([variants.tests_calling(f) for f in ("similarity_matrix", "nt_xent_loss")]))
"""


def test_a_right_way_meets_every_test_that_calls_it(tmp_path):
    """In quick proofs: its own tests and those of its callers, and no others."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", WHO_CALLS]
    ended = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-2000:]
    helper, loss = map(set, json.loads(ended.stdout))
    lesson = LESSONS[3]
    own = {function: lesson.tests_of(function) for function in lesson.functions}
    assert own["similarity_matrix"] | own["nt_xent_loss"] <= helper
    assert own["nt_xent_loss"] <= loss and not own["similarity_matrix"] & loss


@pytest.mark.parametrize("asked", ["all", "some"])
@pytest.mark.parametrize("kind", ["library", "way", "later"])
def test_a_right_version_that_fails_is_a_complaint(kind, asked):
    """In full proofs, which name no tests, as in quick ones, which name those that must pass."""
    lesson = LESSONS[3]
    passing, failing = (test.name for test in lesson.tests[:2])
    verdict = Verdict(lesson, [passing, failing] if asked == "some" else [])
    verdict.outcomes = {test.name: "passed" for test in lesson.tests} | {failing: "failed"}
    verdict.messages = {failing: "why"}
    (said,) = complaints(lesson, [Trial(kind, "x", verdict)])
    assert said.endswith(f"{kind} x: {failing} is failed: why")


def test_in_quick_proofs_a_mistake_meets_the_tests_of_its_function():
    """And each test meets a mistake that it is known to reject."""
    for lesson in LESSONS:
        known, asked = known_killers(lesson), asked_quickly(lesson)
        for mistake in mistakes(lesson.folder):
            own = lesson.tests_of(mistake.function)
            assert set(known[mistake.id]) & own <= set(asked[mistake.id]) <= set(known[mistake.id])
        assert {test for tests in asked.values() for test in tests} == {
            t.name for t in lesson.tests
        }
        assert sum(map(len, asked.values())) < sum(map(len, known.values()))


@pytest.mark.parametrize("asked", ["all", "some"])
def test_only_cells_that_did_not_run_stay_as_committed(asked):
    """A test that ran and passed loses its ×, whatever the committed table says."""
    lesson = LESSONS[3]
    id, (passing, failing, *others) = next(
        (id, tests) for id, tests in known_killers(lesson).items() if len(tests) > 2
    )
    verdict = Verdict(lesson, [passing, failing] if asked == "some" else [])
    verdict.outcomes = {passing: "passed", failing: "failed"}
    found = killers_of(lesson, [Trial("mistake", id, verdict), Trial("way", "x", verdict)])
    assert found == {id: [failing, *others] if asked == "some" else [failing]}


def names(lesson) -> list[str]:
    return [f"{lesson.folder} {test.name}" for test in lesson.tests]


def test_a_test_with_parameters_catches_only_what_it_catches(tmp_path, monkeypatch, capsys):
    """Such a test needs pytest, on the wrong versions as on the right one."""
    lesson = find(9)
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    file = lesson.learner_file("my_test")
    file.parent.mkdir()
    test = "@pytest.mark.parametrize('K', [2, 3])\ndef test_nothing(K):\n    assert K > 1\n"
    file.write_text(f"import pytest\n\n{test}", "utf-8")
    assert score(lesson) == 1
    assert "Your test catches 0 of 30." in capsys.readouterr().out


@pytest.mark.parametrize(
    "lesson", [one for one in LESSONS if one.score], ids=lambda one: one.folder
)
def test_own_test_can_reach_its_target(lesson, tmp_path, monkeypatch, capsys):
    """The answer passes on the library and catches enough; the blank states the numbers."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    file = lesson.learner_file("my_test")
    file.parent.mkdir()
    file.write_text(lesson.answer_file.read_text("utf-8"), "utf-8")
    assert score(lesson) == 0, capsys.readouterr().out
    text = lesson.source_file("my_test").read_text("utf-8")
    said = re.search(r"catch at least \d+ of (?:the|these) (\d+)", text, re.I)
    assert int(said.group(1)) == len(versions_of(lesson))
    assert {one.function for one in versions_of(lesson).values()} == set(lesson.score)
    assert f'raise NotImplementedError("lesson {lesson.number}: write a test' in text
