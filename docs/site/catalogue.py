"""The pages of mistakes and of their costs, from tests/mistakes, kill matrices and measurements."""

import difflib
import html
import json
import re
from functools import cache
from pathlib import Path

from lessons.course.manifest import ROOT, Lesson, find, lessons
from lessons.course.mistakes import Mistake, mistakes
from lessons.course.prove import known_killers, matrix_file
from simclr_mini import compare

COSTS = ROOT / "docs" / "results" / "mistakes.json"
PLACE = re.compile(r'<div class="mistakes-of" id="([\w.-]+)"></div>')
HEAD = """# Mistakes

<div class="mistake-search" hidden>
<label>Search the mistakes <input type="search" id="mistake-words"
placeholder="temperature, detach, mask"></label>
<label><input type="checkbox" id="mistake-silent"> only the silent ones</label>
<p id="mistake-count" role="status"></p>
</div>

<p class="mistake-intro">
These are mistakes that people really make. {silent} of the {count} are <em>silent</em>: nothing
crashes, and training continues. We <a href="mistake-costs.html">measured</a> this for {measured} of
them; for the others it is our judgement. Each mistake is rejected by at least one test of its
lesson (<a href="kill-matrix.html">the kill matrix</a>). When your function gives the same results
as one of these mistakes, you see the sentence next to its name.
</p>
"""
COST = """# What mistakes cost

For some of the [mistakes](mistakes.md) we ran the same short training on shapes: {budget}. The
command is `python docs/results/mistake_costs.py`, and the numbers are in
`docs/results/mistakes.json`. Without a mistake, {seeds} seeds give {probe} with the linear probe
and {knn} with k-NN; ± is half the range of the seeds. Each mistake ran with one seed, so a change
that is not larger than this spread says nothing, and is not shown as a number. A mistake that
costs nothing here may cost a lot in a longer training. With {falls} of these {measured} mistakes,
the loss still falls.

| mistake | function | linear probe | k-NN | change of the probe in points |
|---|---|---:|---:|---:|
"""


def proven_lessons() -> list[Lesson]:
    """The lessons that have a kill matrix."""
    return [lesson for lesson in lessons() if matrix_file(lesson).exists()]


def proven() -> list[tuple[Lesson, Mistake]]:
    """Every mistake of these lessons."""
    return [(lesson, one) for lesson in proven_lessons() for one in mistakes(lesson.folder)]


def page() -> str:
    """The page as Markdown; `draw` fills the places of the lists."""
    found = proven()
    silent = sum(mistake.trains for _, mistake in found)
    measured = sum(cost_of(*one) is not None for one in found if one[1].trains)
    parts = [HEAD.format(count=len(found), silent=silent, measured=measured)]
    for lesson in {lesson.folder: lesson for lesson, _ in found}.values():
        parts.append(f"\n## Lesson {lesson.number}: {lesson.name}\n")
        for function in lesson.functions:
            if any(m.function == function for m in mistakes(lesson.folder)):
                place = f"{lesson.number}-{function.lower().replace('.', '-')}"
                parts.append(f"### `{function}` {{ #{place} }}\n")
                parts.append(f'<div class="mistakes-of" id="{lesson.number}.{function}"></div>\n')
    return "\n".join(parts)


def draw(content: str) -> str:
    """The page's HTML with its lists, which Markdown would take long to read."""
    return PLACE.sub(lambda found: entries(*found[1].split(".", 1)), content)


def entries(number: str, function: str) -> str:
    """The mistakes of one function of a lesson."""
    lesson = find(number)
    own = [m for m in mistakes(lesson.folder) if m.function == function]
    return f'<ul class="mistakes">{"".join(entry(lesson, m) for m in own)}</ul>'


def anchor(lesson: Lesson, mistake: Mistake) -> str:
    """The id of a mistake on the page."""
    return f"mistake-{lesson.number}-{mistake.id}"


def entry(lesson: Lesson, mistake: Mistake) -> str:
    """One mistake: its sentence, how many tests reject it, its cost, and the diff of the code."""
    killers = killed_by(lesson.folder).get(mistake.id)
    if killers is None:
        command = f"python -m lessons.course.prove {lesson.number} --write"
        raise LookupError(f"{mistake.id} is not in the kill matrix; run {command}")
    own = {test.name for test in lesson.tests if test.function == mistake.function}
    first = next(test for test in killers if test in own)
    more = f" and {len(killers) - 1} more" if len(killers) > 1 else ""
    silent = "Silent. " if mistake.trains else ""
    facts = f"{silent}Caught by {first}{more}. {cost_in_words(lesson, mistake)}".rstrip()
    return (
        f'<li id="{anchor(lesson, mistake)}" data-silent="{int(mistake.trains)}">'
        f"<strong>{mistake.id}</strong> {in_html(mistake.says)}<p>{facts}</p>"
        f"<details data-search-exclude><summary>The code</summary>"
        f'<pre tabindex="0">{change(lesson, mistake)}</pre></details></li>'
    )


def in_html(text: str) -> str:
    """A sentence with its `code` marked."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text, quote=False))


def change(lesson: Lesson, mistake: Mistake) -> str:
    """The diff from the library's code, with one line of context. No line is empty."""
    right = read(lesson.library_file(lesson.module_of(mistake.function)))
    wrong = mistake.source(right)
    lines = list(difflib.unified_diff(right.splitlines(), wrong.splitlines(), n=1, lineterm=""))
    shown = []
    for line in lines[3:]:
        text = html.escape("…" if line.startswith("@@") else line, quote=False)
        mark = {"-": "del", "+": "ins"}.get(line[0])
        shown.append(f"<{mark}>{text}</{mark}>" if mark else text or " ")
    return "\n".join(shown)


@cache
def read(file: Path) -> str:
    """A file's text."""
    return file.read_text("utf-8")


@cache
def killed_by(folder: str) -> dict[str, list[str]]:
    """For each mistake in a lesson, the tests that reject it according to the kill matrix."""
    return known_killers(find(folder))


# ---- costs


@cache
def costs(file: Path = COSTS) -> dict[str, dict]:
    """The measurements by `lesson/mistake` and `right/seed`; empty if there are none."""
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def rights() -> list[dict]:
    """The measurements of the right code, one for each seed."""
    return [cost for key, cost in costs().items() if key.startswith("right/")]


def cost_of(lesson: Lesson, mistake: Mistake) -> dict | None:
    """The measurement of a mistake, or None if there is none or if it equals the right code's.

    If it is equal to the last digit, this training does not call the function.
    """
    cost = costs().get(f"{lesson.folder}/{mistake.id}")
    return None if cost is None or cost == costs()["right/0"] else cost


def cost_in_words(lesson: Lesson, mistake: Mistake) -> str:
    cost = cost_of(lesson, mistake)
    if cost is None:
        return ""
    if "error" in cost:
        return f"A short training ended with: {in_html(cost['error'])}"
    return (
        f"A short training reaches {cost['linear_probe']:.1%} with the linear probe and "
        f"{cost['knn']:.1%} with k-NN; the right code reaches {spread('linear_probe')} and "
        f"{spread('knn')}."
    )


def mean(key: str) -> float:
    """The mean accuracy of the right code over its seeds."""
    return compare.mean([one[key] for one in rights()])


def spread(key: str) -> str:
    """Mean and half the range, in percent."""
    return f"{mean(key):.1%} ± {100 * compare.half_range([one[key] for one in rights()]):.1f}"


def costs_page() -> str:
    """A table of every measured mistake, the most costly first."""
    measured = [(cost_of(*pair), *pair) for pair in proven() if cost_of(*pair)]
    measured = [row for row in measured if "error" not in row[0]]
    if not measured:
        return "# What mistakes cost\n\nNothing is measured yet.\n"
    text = COST.format(
        budget=costs()["budget"]["words"],
        seeds=len(rights()),
        probe=spread("linear_probe"),
        knn=spread("knn"),
        falls=sum(cost["last_loss"] < cost["first_loss"] for cost, _, _ in measured),
        measured=len(measured),
    )
    for cost, lesson, mistake in sorted(measured, key=lambda row: row[0]["linear_probe"]):
        text += (
            f'| <a href="mistakes.html#{anchor(lesson, mistake)}">{mistake.id}</a> '
            f"| `{mistake.function}` | {cost['linear_probe']:.1%} | {cost['knn']:.1%} "
            f"| {difference(cost)} |\n"
        )
    return text


def difference(cost: dict) -> str:
    """How far a mistake's probe is from the right code's: with its spread, or within it."""
    half = 100 * compare.half_range([one["linear_probe"] for one in rights()])
    points = 100 * (cost["linear_probe"] - mean("linear_probe"))
    return f"{points:+.1f} ± {half:.1f}" if abs(points) > half else f"within ± {half:.1f}"
