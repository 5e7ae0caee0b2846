"""Parts of the site that come from the repository at build time, so no page can contradict it.

A directive is on a line of its own:

    {{ code simclr_mini/heads.py mlp }}        a function, class, Class.method or constant
    {{ code simclr_mini/heads.py mlp body }}   the same without its docstring
    {{ output board }}                         docs/captured/board.txt, see capture.py
    {{ results shapes }}                       tables and figures, see docs/results/page.py
    {{ questions 4 }}                          the questions of lessons/lessons.toml, answers folded
    {{ gauges }}                               what each method's progress bar shows
    {{ version }}, {{ licence }}, {{ citation }}

These pages are generated here: a reference page for each module, the mistakes, what they cost, the
kill matrices, and those of `COPIES` from files of the repository. A formula becomes an SVG, which
needs no network, script or font. If something cannot be found or drawn, the build stops.
"""

import ast
import functools
import html
import re
import sys
import textwrap
from pathlib import Path

import ziamath
from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, InclusionLevel

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "docs" / "results"
sys.path[:0] = [str(ROOT), str(RESULTS), str(RESULTS / "studies")]

import about  # noqa: E402  in this folder
import catalogue  # noqa: E402
import dark  # noqa: E402
import matrices  # noqa: E402
import page as results  # noqa: E402  docs/results/page.py

from lessons.course.manifest import lessons  # noqa: E402

DIRECTIVE = re.compile(r"^([ \t]*)\{\{(.*)\}\}[ \t]*$", re.M)
SOLUTIONS = re.compile(r"(?:^\{\{ code \S+ \S+ body \}\}\n\n?)+", re.M)
INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.S)
DISPLAY = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.S)
ORIGIN = re.compile(r"<p>(?:Papers?|Source): .*?</p>", re.S)
RECTANGLE = re.compile(r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"')
COPIES = {  # pages whose text is a file elsewhere
    "contributing.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "inside.md": "lessons/course/HOW.md",
}
FORMULA_SIZE = 20  # units of the drawing; pages scale it to their text
FORMULA_EM = 1.1  # height of its letters relative to those of the text

ziamath.config.svg2 = False  # no ids, which would repeat on a page


# ---- functions that MkDocs calls


def on_config(config):
    """List a reference page for each module of the library in the navigation."""
    (reference,) = (entry["Reference"] for entry in config["nav"] if "Reference" in entry)
    (listed,) = (entry for entry in reference if isinstance(entry, dict) and "Modules" in entry)
    listed["Modules"] = [{name: f"reference/{name}.md"} for name in modules()]
    return config


def modules() -> list[str]:
    """The names of the library's modules."""
    files = sorted((ROOT / "simclr_mini").glob("*.py"))
    return [file.stem for file in files if not file.stem.startswith("__")]


def on_files(files, config):
    """Add the generated pages and figures to the files of the site."""

    def add(path: str, content: str | bytes) -> None:
        made = File.generated(config, path, content=content, inclusion=InclusionLevel.INCLUDED)
        files.append(made)

    for path, source_file in COPIES.items():
        add(path, (ROOT / source_file).read_text("utf-8"))
    add("mistakes.md", catalogue.page())
    add("mistake-costs.md", catalogue.costs_page())
    add("kill-matrix.md", matrices.page())
    for name in modules():
        add(f"reference/{name}.md", f"::: simclr_mini.{name}\n")
    for sheet in dark.SOURCES:
        files.remove(files.get_file_from_path(sheet))  # pages show its copies
    for path, picture in dark.copies(ROOT / "docs").items():
        add(path, picture)
    add("card.png", (ROOT / "docs" / "pictures" / "card.png").read_bytes())
    for name, svg in results.figures().items():
        add(f"figures/{name}.svg", svg)
    return files


def on_page_markdown(markdown, page, config, files):
    """Expand the directives of a page, and let it explain the glossary's words."""
    try:
        path = page.file.src_uri
        if not path.startswith("lesson"):  # lessons/ and lesson-0
            markdown = SOLUTIONS.sub(fold, markdown)
        return DIRECTIVE.sub(expand, dark.both(markdown)) + about.abbreviations(path)
    except LookupError as error:
        raise PluginError(f"{page.file.src_uri}: {error.args[0]}") from error


def on_page_content(content, page, config, files):
    """Fill the long lists, draw the formulas, and in the reference link a module's papers."""
    path = page.file.src_uri
    if path.startswith("reference/"):
        content = ORIGIN.sub(origin, content)
    if path in LISTS:
        return LISTS[path](content)
    content = about.explain_once(content)
    try:
        content = DISPLAY.sub(lambda found: f'<div class="formula">{draw(found[1])}</div>', content)
        return INLINE.sub(lambda found: draw(found[1], inline=True), content)
    except ValueError as error:
        raise PluginError(f"{path}: {error}") from error


LISTS = {"mistakes.md": catalogue.draw, "kill-matrix.md": matrices.draw}


def on_post_build(config):
    """Remove the site map if the site has no address."""
    if not config.site_url:
        for file in Path(config.site_dir).glob("sitemap.xml*"):
            file.unlink()


def origin(found: re.Match) -> str:
    """The papers of a module, with links, and what differs from them on a separate line."""
    text = found[0].replace("\nDiffers:", "<br>\nDiffers:")
    return re.sub(r"https://[\w./~]+\w", r'<a href="\g<0>">\g<0></a>', text)


# ---- directives


def expand(found: re.Match) -> str:
    """The text that replaces a directive, with the same indentation."""
    indent, words = found[1], found[2].split()
    match words:
        case ["code", file, name]:
            text = fence(source(file, name), f'python title="{file}"')
        case ["code", file, name, "body"]:
            text = fence(source(file, name, body=True), f'python title="{file}"')
        case ["output", name]:
            text = fence(captured(name), "console")
        case ["results", name]:
            text = results.section(name)
        case ["questions", number]:
            text = about.questions(number)
        case [name] if name in about.PARTS:
            text = about.PARTS[name]()
        case _:
            raise LookupError(f"there is no directive {found[0].strip()}")
    return textwrap.indent(text, indent)


def fold(found: re.Match) -> str:
    """Code that lessons ask for, in a closed box: nobody meets a solution unasked."""
    directives = found[0].strip().split("\n\n")
    asked = {writers().get(line.split()[3]) for line in directives} - {None}
    if not asked:
        return found[0]
    numbers = " and ".join(map(str, sorted(asked)))
    said = f"lesson {numbers} asks" if len(asked) == 1 else f"lessons {numbers} ask"
    inside = textwrap.indent("\n\n".join(directives), "    ")
    return f'??? example "The code ({said} you to write it)"\n\n{inside}\n\n'


@functools.cache
def writers() -> dict[str, int]:
    """For each function that a learner writes, the number of its lesson."""
    return {name: lesson.number for lesson in lessons() for name in lesson.functions}


def fence(text: str, kind: str) -> str:
    """The text as a code block."""
    return f"````{kind}\n{text.rstrip()}\n````"


def captured(name: str) -> str:
    """The output of a command when capture.py ran it."""
    file = ROOT / "docs" / "captured" / f"{name}.txt"
    if not file.exists():
        raise LookupError(f"there is no output {name}: add it to docs/site/capture.py and run that")
    text = re.sub(r" +(\[ *\d+%\])$", r"  \1", file.read_text("utf-8"), flags=re.M)
    return re.sub(r"([-=_])\1{12,}", lambda rule: rule[1] * 12, text)  # so that it fits its box


def source(file: str, name: str, body: bool = False) -> str:
    """The source of a definition, including its decorators.

    Args:
        file: the path, relative to the root of the repository.
        name: a function, a class, `Class.method` or a constant of the module.
        body: whether to leave out the docstring.

    Raises:
        LookupError: the file does not exist, or does not define the name exactly once.
    """
    path = ROOT / file
    if not path.exists():
        raise LookupError(f"there is no file {file}")
    text = path.read_text("utf-8")
    node = ast.parse(text)
    for part in name.split("."):
        inside = [child for child in node.body if part in names(child)]
        if len(inside) != 1:
            raise LookupError(f"{file} has {len(inside)} definitions of {name}; there must be one")
        node = inside[0]
    marks = getattr(node, "decorator_list", [])
    lines = text.splitlines()
    last = node.end_lineno
    kept = list(range(min([node.lineno, *(mark.lineno for mark in marks)]), last + 1))
    if body and ast.get_docstring(node, clean=False) is not None:
        said = node.body[0]
        after = said.end_lineno + 1
        if after <= last and not lines[after - 1].strip():
            after += 1  # leave out the blank line after the docstring too
        kept = [i for i in kept if not said.lineno <= i < after]
    return textwrap.dedent("\n".join(lines[i - 1] for i in kept))


def names(node: ast.stmt) -> list[str]:
    """The names that a statement defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


# ---- formulas


@functools.cache
def draw(tex: str, inline: bool = False) -> str:
    """A formula as inline SVG, in the colour of the text, with its TeX for screen readers.

    Raises:
        ValueError: ziamath cannot draw it.
    """
    tex = html.unescape(tex).strip()
    try:
        low = re.sub(r"\\[lr]Vert\b", r"\\|", tex)  # otherwise it is as high as the row
        svg = ziamath.Latex(low, size=FORMULA_SIZE, inline=inline).svg()
    except Exception as error:  # ziamath raises whatever its parser meets
        raise ValueError(f"cannot draw the formula {tex}: {error!r}") from error
    unknown = re.search(r"\\[A-Za-z]+", convert(tex))  # drawn letter by letter
    if unknown:
        raise ValueError(f"cannot draw the formula {tex}: {unknown[0]} is not known")
    left, top, width, height = map(float, re.search(r'viewBox="([^"]*)"', svg)[1].split())
    outline = " ".join(re.findall(r'<path d="([^"]*)"', svg))  # one path for all letters
    for x, y, across, down in re.findall(RECTANGLE, svg):
        outline += f" M {x} {y} h {across} v {down} h -{across} Z"
    em = FORMULA_EM / FORMULA_SIZE
    style = f"width:{width * em:.3f}em;height:{height * em:.3f}em;"
    style += f"vertical-align:{-(top + height) * em:.3f}em"
    return (
        f'<svg class="formula" role="img" aria-label="{html.escape(tex)}" '
        f'viewBox="{left} {top} {width} {height}" style="{style}">'
        f'<path d="{outline.strip()}"/></svg>'
    )
