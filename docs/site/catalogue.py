"""The pages of mistakes and of their costs, from tests/mistakes, kill matrices and measurements."""

import difflib
import html
import json
import re
from functools import cache
from pathlib import Path

from findings import effect_of, interval

from lessons.course.manifest import ROOT, Lesson, find, lessons
from lessons.course.mistakes import Mistake, mistakes, mistakes_in
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

For some of the [mistakes](mistakes.md) we made the same short training run on shapes, with seeds
{seeds}: {budget}. Without a mistake it reaches {probe} with the linear probe and {knn} with k-NN;
± is half the range of the seeds. The change is the mean over seeds of the probe with the mistake
minus the probe without it, and ± is its 95% interval. The rule was declared before the first run: a
change whose interval contains 0 is called *no cost seen*. Of a hundred mistakes that change
nothing, five would be called otherwise, so read a small change with care. A mistake that costs
nothing here, or even raises accuracy, may cost a lot in a longer run or on photographs. With
{falls} of these {measured} mistakes, the loss still falls.

The command is `python docs/results/mistake_costs.py`; it ran on {machine}, with one thread per run.
The numbers are in `docs/results/mistakes.json`.
"""
GROUPS = {  # by verdict, the heading above its rows
    "costs": "These cost accuracy here",
    "no cost": "No cost seen",
    "raises": "These raise accuracy here",
}
COST_HEAD = """
## {heading}: {count}

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
            if mistakes_in(lesson.folder, function):
                place = f"{lesson.number}-{function.lower().replace('.', '-')}"
                parts.append(f"### `{function}` {{ #{place} }}\n")
                parts.append(f'<div class="mistakes-of" id="{lesson.number}.{function}"></div>\n')
    return "\n".join(parts)


def draw(content: str) -> str:
    """The page's HTML with its lists, which Markdown would take a long time to read."""
    return PLACE.sub(lambda found: entries(*found[1].split(".", 1)), content)


def entries(number: str, function: str) -> str:
    """The mistakes of one function of a lesson."""
    lesson = find(number)
    listed = (entry(lesson, mistake) for mistake in mistakes_in(lesson.folder, function))
    return f'<ul class="mistakes">{"".join(listed)}</ul>'


def anchor(lesson: Lesson, mistake: Mistake) -> str:
    """The id of a mistake on the page."""
    return f"mistake-{lesson.number}-{mistake.id}"


def entry(lesson: Lesson, mistake: Mistake) -> str:
    """One mistake: its sentence, how many tests reject it, its cost, and the diff of the code."""
    killers = killed_by(lesson.folder).get(mistake.id)
    if killers is None:
        command = f"python -m lessons.course.prove {lesson.number} --write"
        raise LookupError(f"{mistake.id} is not in the kill matrix; run {command}")
    own = lesson.tests_of(mistake.function)
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
def costs(file: Path = COSTS) -> dict:
    """The measurements of "right" and of each `lesson/mistake`, by seed. Empty without a file."""
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def cost_of(lesson: Lesson, mistake: Mistake) -> dict[str, dict] | None:
    """The measurements of a mistake by seed, or None if there are none or it changes nothing.

    If the first one equals the right code's to the last digit, this training does not call the
    function, or calls it where the mistake makes no difference.
    """
    cost = costs().get(f"{lesson.folder}/{mistake.id}")
    return None if cost is None or cost["0"] == costs()["right"]["0"] else cost


def cost_in_words(lesson: Lesson, mistake: Mistake) -> str:
    """The measurements of a mistake in a sentence; empty if there are none."""
    cost = cost_of(lesson, mistake)
    if cost is None:
        return ""
    if "error" in cost["0"]:
        return f"A short training run ended with: {in_html(cost['0']['error'])}"
    right = costs()["right"]
    return (
        f"A short training run reaches {spread(cost, 'linear_probe')} with the linear probe and "
        f"{spread(cost, 'knn')} with k-NN; the right code reaches {spread(right, 'linear_probe')} "
        f"and {spread(right, 'knn')}."
    )


def spread(runs: dict[str, dict], key: str) -> str:
    """Mean and half the range over seeds, in percent."""
    values = [one[key] for one in runs.values()]
    return f"{compare.mean(values):.1%} ± {100 * compare.half_range(values):.1f}"


def differences(cost: dict[str, dict]) -> list[float]:
    """The probe with a mistake minus that without it, in points, seed by seed."""
    right = costs()["right"]
    return [100 * (one["linear_probe"] - right[seed]["linear_probe"]) for seed, one in cost.items()]


def verdict(cost: dict[str, dict]) -> str:
    """What the declared rule says, a key of GROUPS."""
    mean, half = interval(differences(cost))
    return "costs" if mean + half < 0 else "raises" if mean - half > 0 else "no cost"


def costs_page() -> str:
    """A table of every measured mistake for each verdict, the most costly first."""
    measured = [(cost_of(*pair), *pair) for pair in proven() if cost_of(*pair)]
    measured = [row for row in measured if "error" not in row[0]["0"]]
    if not measured:
        return "# What mistakes cost\n\nNothing is measured yet.\n"
    right = costs()["right"]
    text = COST.format(
        budget=costs()["budget"],
        machine=costs()["machine"],
        seeds=f"0 to {len(right) - 1}",
        probe=spread(right, "linear_probe"),
        knn=spread(right, "knn"),
        falls=sum(
            all(r["last_loss"] < r["first_loss"] for r in row[0].values()) for row in measured
        ),
        measured=len(measured),
    )
    measured.sort(key=lambda row: interval(differences(row[0]))[0])
    for group, heading in GROUPS.items():
        rows = [row for row in measured if verdict(row[0]) == group]
        text += COST_HEAD.format(heading=heading, count=len(rows)) if rows else ""
        text += "".join(cost_row(*row) for row in rows)
    return text


def loss_falls(cost: dict[str, dict]) -> bool:
    """Whether the loss is lower at the end than at the start, with every seed."""
    return all(one["last_loss"] < one["first_loss"] for one in cost.values())


def cost_row(cost: dict[str, dict], lesson: Lesson, mistake: Mistake) -> str:
    """A line of the table of costs."""
    name = f'<a href="mistakes.html#{anchor(lesson, mistake)}">{mistake.id}</a>'
    scores = f"{spread(cost, 'linear_probe')} | {spread(cost, 'knn')}"
    return f"| {name} | `{mistake.function}` | {scores} | {effect_of(differences(cost))} |\n"
