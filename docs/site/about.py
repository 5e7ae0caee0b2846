"""Parts of pages that are made from other files: questions, gauges, the glossary, the version."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import yaml

from lessons.course.manifest import find
from simclr_mini.methods import METHODS, method_class
from simclr_mini.runs import read_log

ROOT = Path(__file__).resolve().parents[2]
EXPLAINED = (  # words of the glossary that are explained where they appear first on a page
    "NT-Xent", "LARS", "k-NN", "InfoNCE", "linear probe", "support set", "pseudo-label",
    "effective rank", "stop-gradient", "false negative", "kill matrix", "prototype",
)  # fmt: skip
NOT_THERE = ("glossary.md", "mistakes.md", "kill-matrix.md", "changelog.md")


# ---- questions at the end of a lesson


def questions(number: str) -> str:
    """A section: what `python -m lessons questions` asks, with the answers folded."""
    asked = find(number).questions
    if not asked:
        raise LookupError(f"lesson {number} has no questions in lessons/lessons.toml")
    said = f"`python -m lessons questions {number}` asks them, and checks your answers."
    return "\n\n".join(["## Three questions", said, *map(question, asked)])


def question(one: dict) -> str:
    """A folded box: the question, then its answer and the reason."""
    choices = one.get("choices", [])
    listed = " ".join(
        f"({letter}) {choice}" for letter, choice in zip("abcd", choices, strict=False)
    )
    ask = f"{one['ask']} {listed}".strip().replace('"', "'")
    answer = f"({one['answer']})" if choices else f"{one['answer']:g}"
    return f'??? question "{ask}"\n    **{answer}.** {one.get("because", "")}'.rstrip()


# ---- gauges of every method


def gauges() -> str:
    """A table: for each method, the gauges at the first and the last step of a committed run."""
    lines = ["| method | gauge | first step | last step |", "|---|---|---:|---:|"]
    for name in METHODS:
        run = "cifar10-0" if name == "simclr" else f"cifar10-{name}-0"
        folder = ROOT / "docs" / "results" / run
        if not folder.exists():
            continue
        result, log = json.loads((folder / "result.json").read_text("utf-8")), read_log(folder)
        found, method = result["diagnostics"], method_class(name)
        loss = f"loss (chance {found['chance_loss']:.2f}, floor {found['floor_loss']:.2f})"
        rows = {"loss": (loss, ".2f"), "share_of_way": ("way from chance to floor", ".0%")}
        for key, (words, form) in (rows | method.gauges).items():
            some = [line[key] for line in log if key in line]
            if some:
                cells = [format(value, form) for value in (some[0], some[-1])]
                lines.append(
                    f"| {method.title if key == 'loss' else ''} | {words} | {' | '.join(cells)} |"
                )
    return "\n".join(lines)


# ---- the glossary's words, explained where they are used


@cache
def glossary() -> dict[str, str]:
    """The first sentence of each entry as plain text, by term."""
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    entries = re.findall(r"^### (.+?) \{ #[\w-]+ \}\n\n(.*?)(?=\n\n|\Z)", text, re.M | re.S)
    plain = {}
    for term, said in entries:
        said = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", " ".join(said.split()))
        plain[term] = re.split(r"(?<=\.) ", said)[0].replace("`", "").replace("$", "")
    return plain


def abbreviations(path: str) -> str:
    """Definitions for the end of a page in Markdown: hovering over a term shows its meaning."""
    if path in NOT_THERE or path.startswith("reference/"):
        return ""
    return "\n\n" + "\n".join(f"*[{term}]: {glossary()[term]}" for term in EXPLAINED)


def explain_once(content: str) -> str:
    """Keep the explanation of each term at its first place on a page."""
    seen = set()

    def once(found: re.Match) -> str:
        if found[1] in seen:
            return found[1]
        seen.add(found[1])
        return found[0]

    return re.sub(r'<abbr title="[^"]*">([^<]*)</abbr>', once, content)


# ---- version, licence, citation


def version() -> str:
    """The version of the library."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return f"This site describes version {project['version']}."


def licence() -> str:
    """The text of the licence."""
    return f"````text\n{(ROOT / 'LICENSE').read_text('utf-8').rstrip()}\n````"


def citation() -> str:
    """BibTeX for this project and for the papers it names, from CITATION.cff."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    entries = [
        f"@software{{simclr_mini,\n  title = {{{cited['title']}}},\n"
        f"  author = {{{{{cited['authors'][0]['name']}}}}},\n  version = {{{cited['version']}}}\n}}"
    ]
    for paper in cited["references"]:
        authors = " and ".join(f"{a['family-names']}, {a['given-names']}" for a in paper["authors"])
        key = f"{paper['authors'][0]['family-names'].lower()}{paper['year']}"
        entries.append(
            f"@inproceedings{{{key},\n  title = {{{paper['title']}}},\n  author = {{{authors}}},\n"
            f"  booktitle = {{{paper['collection-title']}}},\n  year = {{{paper['year']}}},\n"
            f"  url = {{{paper['url']}}}\n}}"
        )
    return "````bibtex\n" + "\n\n".join(entries) + "\n````"


PARTS = {"gauges": gauges, "version": version, "licence": licence, "citation": citation}
