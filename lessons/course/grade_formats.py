"""What `grade` writes: a table, CSV, JUnit XML, and the JSON of Gradescope and of Classroom 50.

Each format has one writer here and one golden file in `tests/golden`. A step gives one point if all
its tests pass. A step that was not begun is not a failure; formats that can say so do.

Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/
Classroom 50: https://github.com/foundation50/classroom50 (Advanced-Autograding)
"""

import csv
import io
import json
import os
import re
import shutil
import time
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field
from pathlib import Path

LONGEST = 2000  # characters of a message in Classroom 50
MOST = 100  # tests in Classroom 50


@dataclass
class Step:
    name: str
    state: str = "not run"  # done, wrong, not started, not run
    passed: int = 0  # tests
    tests: int = 0
    message: str = ""

    @property
    def points(self) -> int:
        return int(self.state == "done")


@dataclass
class Grade:
    """One learner's lesson."""

    learner: str
    number: int
    name: str
    state: str = ""  # done, begun, not started, broken, unreadable
    steps: list[Step] = field(default_factory=list)
    message: str = ""  # about the whole file
    page: str = ""
    seconds: float = 0.0
    hash: str = ""  # of the learner's files and the tests

    @property
    def points(self) -> int:
        return sum(step.points for step in self.steps)

    @property
    def most(self) -> int:
        return len(self.steps)

    @property
    def title(self) -> str:
        return f"{self.number} {self.name}"


def from_json(entry: dict) -> Grade:
    return Grade(**{**entry, "steps": [Step(**step) for step in entry["steps"]]})


def said(step: Step) -> str:
    """What to tell the learner about a step."""
    if step.state == "done":
        return ""
    kind = {"wrong": "", "not started": "Not started.", "not run": "Not run."}[step.state]
    return "\n".join(filter(None, [kind, step.message]))


def short(grade: Grade) -> str:
    """A lesson's grade in a few characters."""
    if grade.state in ("broken", "unreadable"):
        return "?"
    return "-" if grade.state == "not started" else f"{grade.points}/{grade.most}"


def by_learner(grades: list[Grade]) -> dict[str, list[Grade]]:
    found: dict[str, list[Grade]] = {}
    for one in grades:
        found.setdefault(one.learner, []).append(one)
    return found


def total(grades: list[Grade]) -> tuple[int, int]:
    return sum(one.points for one in grades), sum(one.most for one in grades)


def table(grades: list[Grade], width: int = 0) -> str:
    """The class as text: a line for each learner, with as many lessons side by side as fit."""
    width = width or shutil.get_terminal_size((100, 24)).columns
    rows = by_learner(grades)
    heads = list(dict.fromkeys(f"{one.number}" for one in grades))
    name = min(max(map(len, [*rows, "learner"])), max(12, width - 30))
    room = max(1, (width - name - 9) // 6)
    lines = []
    for start in range(0, len(heads), room):
        some = heads[start : start + room]
        lines += [""] if lines else []
        lines.append(f"{'learner':<{name}}{'points':>9}" + "".join(f"{h:>6}" for h in some))
        for learner, theirs in rows.items():
            points, most = total(theirs)
            cells = [short(one) for one in theirs if str(one.number) in some]
            line = f"{learner[:name]:<{name}}{f'{points}/{most}':>9}"
            lines.append(line + "".join(f"{cell:>6}" for cell in cells))
    lines += ["", "- not started   ? the file could not be run"]
    for one in grades:
        if short(one) == "?":
            reason = (one.message.strip().splitlines() or ["nothing was reported"])[0]
            lines.append(f"{one.learner}, lesson {one.number}: {reason}")
    return "\n".join(lines)


def wide_csv(grades: list[Grade]) -> str:
    """A row for each learner, with the points of each lesson; empty where it is not started."""
    titles = list(dict.fromkeys(one.title for one in grades))
    rows = [["learner", "points", "max_points", *titles]]
    for learner, theirs in by_learner(grades).items():
        of = {one.title: "" if one.state == "not started" else one.points for one in theirs}
        rows.append([learner, *total(theirs), *(of.get(title, "") for title in titles)])
    return csv_text(rows)


def steps_csv(grades: list[Grade]) -> str:
    """A row for each step of each learner."""
    heads = ["learner", "lesson", "name", "lesson_state", "step", "state", "points", "max_points"]
    rows = [[*heads, "tests_passed", "tests", "message"]]
    for one in grades:
        for step in one.steps:
            row = [one.learner, one.number, one.name, one.state, step.name, step.state]
            rows.append([*row, step.points, 1, step.passed, step.tests, said(step)])
    return csv_text(rows)


def csv_text(rows: list[list]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([[cell(value) for value in r] for r in rows])
    return file.getvalue()


def cell(value):
    """The value. A text that a spreadsheet would take for a formula gets a leading apostrophe."""
    formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if formula else value


def junit(grades: list[Grade]) -> str:
    """JUnit XML: a suite for each learner's lesson, a case for each step."""
    suites = xml.Element("testsuites", name="simclr-mini lessons")
    for one in grades:
        states = [step.state for step in one.steps]
        failed = one.state in ("broken", "unreadable")  # the first case tells why
        suite = xml.SubElement(
            suites,
            "testsuite",
            name=f"{one.learner}: {one.title}",
            tests=str(len(states)),
            failures=str(states.count("wrong")),
            errors=str(int(failed)),
            skipped=str(states.count("not started") + states.count("not run") - failed),
            time=f"{one.seconds:.1f}",
        )
        for number, step in enumerate(one.steps):
            where = f"{one.learner}.{one.name}"
            case = xml.SubElement(suite, "testcase", classname=where, name=step.name, time="0")
            text = allowed(said(step))
            if failed and number == 0:
                first = allowed(one.message.split("\n")[0])
                xml.SubElement(case, "error", message=first).text = allowed(one.message)
            elif step.state == "wrong":
                xml.SubElement(case, "failure", message=text.split("\n")[0]).text = text
            elif step.state != "done":
                xml.SubElement(case, "skipped", message=text)
    xml.indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + xml.tostring(suites, "unicode") + "\n"


def allowed(text: str) -> str:
    """The text without the characters that XML forbids."""
    return re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)


def gradescope(grades: list[Grade]) -> dict:
    """Gradescope's results.json for one learner."""
    tests = []
    for one in grades:
        for number, step in enumerate(one.steps, 1):
            test = {
                "name": f"{one.title}: {step.name}",
                "number": f"{one.number}.{number}",
                "score": step.points,
                "max_score": 1,
                "output": said(step),
                "output_format": "text",
                "tags": [one.name, step.state],
                "visibility": "visible",
            }
            if step.state in ("done", "wrong"):  # Gradescope has no third status
                test["status"] = "passed" if step.state == "done" else "failed"
            tests.append(test)
    return {
        "execution_time": round(sum(one.seconds for one in grades)),
        "stdout_visibility": "hidden",
        "visibility": "visible",
        "tests": tests,
    }


def classroom50(grades: list[Grade], when: str, environ: dict[str, str] = os.environ) -> dict:
    """Classroom 50's result.json for one learner.

    Args:
        when: the time in UTC, such as 2026-11-28T12:00:00Z.
        environ: the variables that Classroom 50 sets.
    """
    tests = []
    for one in grades:
        for step in one.steps:
            name = f"{one.title}: {step.name}"
            tests.append(row50(name, step.points, 1, step.state, said(step)))
    if len(tests) > MOST:
        tests = [row50(o.title, o.points, o.most, o.state, o.message) for o in grades]
    points, most = total(grades)
    return {
        "schema": "classroom50/result/v1",
        "classroom": environ.get("CLASSROOM", ""),
        "assignment": environ.get("ASSIGNMENT", ""),
        "submission": environ.get("SUBMISSION_TAG", ""),
        "commit": environ.get("COMMIT_URL", ""),
        "release": environ.get("RELEASE_URL", ""),
        "review": environ.get("REVIEW_URL", ""),
        "datetime": when,
        "score": points,
        "max-score": most,
        "tests": tests,
    }


def row50(name: str, score: int, most: int, state: str, output: str) -> dict:
    row = {"test-name": name, "passed": score == most, "score": score, "max-score": most}
    return row | {"state": state, "output": output[:LONGEST]}


def write_all(out: Path, grades: list[Grade]) -> None:
    """Write every format: three files for the class, and two for each learner."""
    write(out / "grades.csv", wide_csv(grades))
    write(out / "steps.csv", steps_csv(grades))
    write(out / "junit.xml", junit(grades))
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for learner, theirs in by_learner(grades).items():
        write(out / "learners" / learner / "results.json", json_text(gradescope(theirs)))
        write(out / "learners" / learner / "result.json", json_text(classroom50(theirs, now)))


def json_text(value: dict) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".part")
    new.write_text(text, "utf-8", errors="replace", newline="\n")
    os.replace(new, path)
