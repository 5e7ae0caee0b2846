"""The pages of lessons and papers as Markdown for GitHub, for those who read them there.

    python docs/site/github.py    # write lessons/README.md, lessons/*/README.md and lessons/papers

GitHub knows neither our directives nor boxes that fold. Here outputs and code are put in, a box
becomes a quotation or <details>, and links lead to files of the repository. The solution stays out:
it is a link to the library's file.
"""

import os
import re
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import hooks
from catalogue import in_html

from lessons.course.kill_matrix import matrix_file
from lessons.course.manifest import ROOT, find, lessons

DOCS = ROOT / "docs"
BOX = re.compile(r'^(!!!|\?\?\?) \w+ "(.*)"\n((?:(?: {4}.*)?\n)+)', re.M)
HEADING = re.compile(r"^(#+ .*) \{ #([\w-]+) \}$", re.M)
LINK = re.compile(r"(?<=\]\()([^)#\s]*)(#[\w-]+)?(?=\))")
DRAWINGS = re.compile(r"^<div [^>]*data-search-exclude>\n((?:--8<-- .*\n)+)</div>$", re.M)
DRAWING = re.compile(r'^--8<-- "(.*/([\w-]+)\.svg)"$', re.M)
CAPTION = re.compile(r"\n\{ \.caption \}$", re.M)
SOLUTION = re.compile(r"^( *)\{\{ code (simclr_mini/\S+) (\S+) body \}\}$", re.M)


def readable() -> dict[Path, str]:
    """What each of the files should hold."""
    return {file: converted(page, file) for page, file in files().items()}


def files() -> dict[Path, Path]:
    """For each page of the site that is written for GitHub too, the file for GitHub."""
    found = {DOCS / "lesson-0.md": ROOT / "lessons" / "README.md"}
    found |= {ROOT / one.page: ROOT / "lessons" / one.folder / "README.md" for one in lessons()}
    papers = sorted((DOCS / "papers").glob("*.md"))
    return found | {page: ROOT / "lessons" / "papers" / page.name for page in papers}


def converted(page: Path, file: Path) -> str:
    """A page of the site, written for GitHub.

    Args:
        page: the page's Markdown in `docs/`.
        file: where the result will be; its links are relative to it.

    Raises:
        LookupError: a directive or a link leads nowhere.
    """
    text = page.read_text("utf-8") + "\n"
    first = page.name == "lesson-0.md"
    if not first:  # lesson 0 gives its one answer away
        text = SOLUTION.sub(r"\1`\3` in [\2](/\2)", text)
    text = DRAWINGS.sub(lambda found: DRAWING.sub(r"![\2](/\1)", found[1].strip()), text)
    text = LINK.sub(lambda found: place(page, file, found[1], found[2] or ""), text)
    text = HEADING.sub(r'\1 <a id="\2"></a>', CAPTION.sub("", text))
    text = BOX.sub(box, hooks.DIRECTIVE.sub(hooks.expand, text))
    if first:
        text += "\n## All lessons\n\n" + "\n".join(
            f"* [Lesson {one.number}: {one.name}]({one.folder}/README.md)" for one in lessons()
        )
    source = page.relative_to(ROOT).as_posix()
    return f"<!-- Written by docs/site/github.py from {source}. -->\n\n{text.strip()}\n"


def box(found: re.Match) -> str:
    """A box of the site: a quotation if it is open, <details> if it is folded."""
    mark, title, inside = found.groups()
    inside = textwrap.dedent(inside).strip()
    if mark == "!!!":
        return textwrap.indent(f"**{title}**\n\n{inside}", "> ", lambda line: True) + "\n\n"
    return f"<details>\n<summary>{in_html(title)}</summary>\n\n{inside}\n\n</details>\n\n"


def place(page: Path, file: Path, link: str, section: str) -> str:
    """Where a link of a page leads in the repository, seen from a file.

    Args:
        page, file: as in `converted`.
        link: relative to the page, or to the repository if it begins with a slash, or an address.
        section: what follows, such as "#temperature", or nothing.
    """
    if not link or "://" in link:
        return link + section
    root = ROOT if link.startswith("/") else page.parent
    target = Path(os.path.normpath(root / link.removeprefix("/")))
    name = target.relative_to(DOCS).as_posix() if target.is_relative_to(DOCS) else ""
    if name == "kill-matrix.md":
        target, section = matrix_file(find(section.removeprefix("#lesson-"))), ""
    elif name == "mistakes.md":
        target = ROOT / "tests" / "mistakes" / f"{file.parent.name}.py"
    elif name == "mistake-costs.md":
        target = ROOT / "docs" / "results" / "mistakes.json"
    elif name == "results.md":
        target, section = DOCS / "results" / "README.md", ""
    elif name.startswith("reference/"):
        target, section = ROOT / "simclr_mini" / f"{target.stem}.py", ""
    elif name in hooks.COPIES:
        target = ROOT / hooks.COPIES[name]
    target = files().get(target, target)
    if not (target.exists() or target in files().values()):
        raise LookupError(f"{page.name} links to {link}, which GitHub cannot show")
    return Path(os.path.relpath(target, file.parent)).as_posix() + section


if __name__ == "__main__":
    for file, text in readable().items():
        file.write_text(text, "utf-8")
