"""The kill matrix of a lesson: which test rejects which mistake. It is committed as a page."""

import re
from pathlib import Path

from lessons.course.manifest import ROOT, Lesson


def matrix_file(lesson: Lesson) -> Path:
    return ROOT / "docs" / "kill_matrix" / f"{lesson.folder}.md"


def matrix(lesson: Lesson, killers: dict[str, list[str]]) -> str:
    """The page. `killers` holds, for each mistake's id, the tests that reject it."""
    from lessons.course.mistakes import mistakes

    listed = mistakes(lesson.folder)
    tests = [test.name for test in lesson.tests]
    trains = sum(mistake.trains for mistake in listed)
    lines = [
        f"# Kill matrix of lesson {lesson.number}, {lesson.name}",
        "",
        f"{len(listed)} mistakes, {len(tests)} tests. "
        f"{trains} mistakes are silent: nothing crashes.",
        "× means that the test rejects the mistake, and ≈ that it does so on some CPUs only, "
        "because they round differently. "
        f"Written by `python -m lessons.course.prove {lesson.number} --write`.",
        "",
    ]
    lines += [f"{i}. `{test}`" for i, test in enumerate(tests, 1)]
    head = " | ".join(str(i) for i in range(1, len(tests) + 1))
    lines += ["", f"| function | mistake | {head} |", "|---|---|" + "---|" * len(tests)]
    for mistake in listed:
        rejects = dict.fromkeys(killers[mistake.id], "×") | dict.fromkeys(mistake.unsure, "≈")
        marks = " | ".join(rejects.get(test, " ") for test in tests)
        lines.append(f"| `{mistake.function}` | {mistake.id} | {marks} |")
    return "\n".join(lines) + "\n"


def known_killers(lesson: Lesson) -> dict[str, list[str]]:
    """For each mistake's id, the tests that reject it, as the committed kill matrix says."""
    text, tests, found = committed(lesson), known_tests(lesson), {}
    for line in re.findall(r"^\| `.*$", text, re.M):
        _, _, id, *marks, _ = (cell.strip() for cell in line.split("|"))
        found[id] = [test for test, mark in zip(tests, marks, strict=True) if mark == "×"]
    here = {test.name for test in lesson.tests}
    return {id: [t for t in killers if t in here] for id, killers in found.items()}


def known_tests(lesson: Lesson) -> list[str]:
    """The tests of the committed kill matrix."""
    return re.findall(r"^\d+\. `(\w+)`$", committed(lesson), re.M)


def committed(lesson: Lesson) -> str:
    return matrix_file(lesson).read_text("utf-8") if matrix_file(lesson).exists() else ""
