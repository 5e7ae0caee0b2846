"""The page of kill matrices, made from docs/kill_matrix, which the proofs write.

Fifteen tables with a cell for each mistake and test would have 36,000 cells. So a mistake's row is
one line of signs, as wide as the head above it, and one page can hold all of them.
"""

import re
from functools import cache
from html import escape

from catalogue import anchor, killed_by, proven_lessons

from lessons.course.kill_matrix import known_tests, matrix_file
from lessons.course.manifest import ROOT, Lesson
from lessons.course.mistakes import Mistake, mistakes

PLACE = re.compile(r'<div class="matrix" id="(\w+)"></div>')
HEAD = """---
search: {exclude: true}
---

# The kill matrix

Which test rejects which mistake: a row for each mistake, a column for each test. × means that the
test rejects the mistake, ≈ that it does so on some CPUs only, because they round differently.
[How we test the tests](how-we-test.md) says how this table is proven. A mistake's name leads to its
sentence and its code.

<p class="matrix-choice" hidden><label>Lesson <select id="matrix-lesson"></select></label></p>
"""


def page() -> str:
    """The page as Markdown; `draw` fills the places of the tables."""
    parts = [HEAD]
    for lesson in proven_lessons():
        listed, tests = mistakes(lesson.folder), known_tests(lesson)
        silent = sum(mistake.trains for mistake in listed)
        parts.append(
            f"## Lesson {lesson.number}: {lesson.name} {{ #lesson-{lesson.number} }}\n\n"
            f"{len(listed)} mistakes, {len(tests)} tests. {silent} of the mistakes are silent: "
            f"nothing crashes. `python -m lessons.course.prove {lesson.number} --write` writes "
            f"`{matrix_file(lesson).relative_to(ROOT).as_posix()}`, from which this table is made."
            f'\n\n<div class="matrix" id="{lesson.folder}"></div>\n'
        )
    return "\n".join(parts)


def draw(content: str) -> str:
    """The page's HTML with its tables, which Markdown would take half a minute to read."""
    return PLACE.sub(lambda found: tables()[found[1]], content)


@cache
def tables() -> dict[str, str]:
    """The table of each lesson, by its folder."""
    return {lesson.folder: table(lesson) for lesson in proven_lessons()}


def table(lesson: Lesson) -> str:
    """The matrix of a lesson, then the names of its tests."""
    tests, killers = known_tests(lesson), killed_by(lesson.folder)
    numbers = range(1, len(tests) + 1)
    head = "".join(str(i // 10 or " ") for i in numbers)
    head += "\n" + "".join(str(i % 10) for i in numbers)
    rows = "".join(
        row(lesson, mistake, tests, killers[mistake.id]) for mistake in mistakes(lesson.folder)
    )
    names = "".join(f"<li><code>{escape(test)}</code></li>" for test in tests)
    return (
        f'<table class="matrix" data-tests="{len(tests)}"><thead><tr><th>mistake</th>'
        f'<th><span class="marks" role="img" aria-label="tests 1 to {len(tests)}">{head}</span>'
        f"</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p>The tests, by number:</p><ol>{names}</ol>"
    )


def row(lesson: Lesson, mistake: Mistake, tests: list[str], killers: list[str]) -> str:
    """A mistake's line of signs, one for each test. A screen reader says the numbers instead."""
    sign = dict.fromkeys(killers, "×") | dict.fromkeys(mistake.unsure, "≈")
    signs = "".join(sign.get(test, "·") for test in tests)
    said = ", ".join(str(i) for i, test in enumerate(tests, 1) if test in killers)
    return (
        f'<tr><td><a href="mistakes.html#{anchor(lesson, mistake)}">{mistake.id}</a></td>'
        f'<td><span class="marks" role="img" aria-label="rejected by tests {said}">{signs}</span>'
        "</td></tr>"
    )
