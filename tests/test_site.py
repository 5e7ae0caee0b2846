"""The site: it builds without a warning, its links hold, and the commands on it work."""

import ast
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from functools import cache, wraps
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the site's tools are not installed: pip install -e '.[docs]'")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "docs" / "site"), str(ROOT / "docs" / "results" / "studies")]

import about  # noqa: E402
import build_site  # noqa: E402
import capture  # noqa: E402
import catalogue  # noqa: E402
import github  # noqa: E402
import hooks  # noqa: E402
import matrices  # noqa: E402

from lessons.course import commands as course  # noqa: E402
from lessons.course.grade import options  # noqa: E402
from lessons.course.kill_matrix import matrix_file  # noqa: E402
from lessons.course.manifest import find, lessons  # noqa: E402
from lessons.course.mistakes import mistakes  # noqa: E402
from lessons.course.outsiders import versions  # noqa: E402
from lessons.course.ways import load_file  # noqa: E402

WITH_PAGE = [one for one in lessons() if (ROOT / one.page).is_file()]
LESSONS = pytest.mark.parametrize("lesson", WITH_PAGE, ids=[one.folder for one in WITH_PAGE])
PAGES = sorted(
    p
    for p in (ROOT / "docs").rglob("*.md")
    if p.relative_to(ROOT).parts[1] not in ("results", "kill_matrix")
)


# ---- the build


def test_strict_build_passes_without_a_warning():
    """A page missing from the nav, a dead link or anchor, or a missing inclusion would give one."""
    _, said = build_site.build_site()
    assert "WARNING" not in said, said


def test_a_page_is_in_the_menu_once():
    listed = re.findall(r"[\w/-]+\.md$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M)
    assert listed and len(listed) == len(set(listed))


@LESSONS
def test_each_step_of_a_lesson_has_its_section(lesson):
    """So that the board and a failing test can name page and section, here and on the site."""
    page = Path(lesson.page).relative_to("docs").with_suffix(".html")
    asked = {lesson.section(step) for step in lesson.steps}
    for file in (build_site.build_site()[0] / page, ROOT / lesson.readme):
        text = file.read_text("utf-8")
        ids = {f"{lesson.readme}#{found}" for found in re.findall(r' id="([^"]+)"', text)}
        assert asked <= ids, file


@LESSONS
def test_a_lesson_page_is_short(lesson):
    """Under 1,200 words to read; code, tables and formulas not counted."""
    assert len(prose((ROOT / lesson.page).read_text("utf-8")).split()) < 1200


def prose(markdown: str) -> str:
    """A page without its code, tables, formulas, pictures and directives."""
    text = re.sub(r"^( *)(```+).*?^\1\2$", "", markdown, flags=re.M | re.S)
    text = re.sub(r"\$\$.*?\$\$", "", text, flags=re.S)
    text = re.sub(r"^ *(\||\{\{|!\[|--8<--|</?div|`[^`]*`\n\{ \.caption).*$", "", text, flags=re.M)
    return re.sub(r"\]\([^)]*\)|[#*>|]+", " ", text)


def test_home_leads_to_every_lesson():
    home = (ROOT / "docs" / "index.md").read_text("utf-8")
    for lesson in WITH_PAGE:
        page = Path(lesson.page).relative_to("docs").as_posix()
        assert re.search(rf"\({page}\) \|.*\| {lesson.minutes} \|", home), page


def test_every_module_has_its_page_and_every_page_its_module():
    modules = {p.stem for p in (ROOT / "simclr_mini").glob("*.py")} - {"__init__", "__main__"}
    pages = {
        p.stem: p.read_text("utf-8") for p in (build_site.build_site()[0] / "reference").iterdir()
    }
    assert pages.keys() == modules
    assert all(f'id="simclr_mini.{name}"' in page for name, page in pages.items())


def test_docstrings_name_arguments_that_exist():
    """The reference shows them as they are written."""
    wrong = []
    for file in sorted((ROOT / "simclr_mini").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                strange = documented(node) - arguments(node)
                wrong += [f"{file.name} {node.name}: {name}" for name in sorted(strange)]
    assert not wrong


def documented(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """The names under `Args:` of a docstring."""
    found = re.search(r"^Args:\n(.*?)(?=^\S|\Z)", ast.get_docstring(node) or "", re.M | re.S)
    heads = re.findall(r"^    (\w[\w, ]*):", found[1], re.M) if found else []
    return {name for head in heads for name in head.split(", ")}


def arguments(node: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """The names of a function's arguments; of a class, its constructor's."""
    if isinstance(node, ast.ClassDef):
        inside = [n for n in node.body if getattr(n, "name", "") == "__init__"]
        return arguments(inside[0]) if inside else documented(node)
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    given += [one for one in (node.args.vararg, node.args.kwarg) if one]
    return {one.arg for one in given}


# ---- directives and formulas


def test_code_of_a_function_method_class_and_constant():
    loss = "simclr_mini/nt_xent.py"
    assert hooks.source(loss, "positive_index").startswith("def positive_index(B: int")
    body = hooks.source(loss, "positive_index", body=True)
    assert '"""' not in body and body.endswith("roll(B)")
    method = hooks.source("simclr_mini/simclr.py", "SimCLR.project", body=True)
    assert method.startswith("def project(self") and method.endswith("return self.projector(h)")
    assert hooks.source("simclr_mini/views.py", "Recipe").startswith("@dataclass")
    assert hooks.source("simclr_mini/views.py", "LUMA").startswith("LUMA = (")


@pytest.mark.parametrize(
    "line",
    [
        "{{ code simclr_mini/nt_xent.py no_such_function }}",
        "{{ code simclr_mini/no_such_file.py f }}",
        "{{ output no-such-output }}",
        "{{ nonsense }}",
    ],
)
def test_a_directive_that_finds_nothing_stops_the_build(line):
    with pytest.raises(LookupError):
        hooks.DIRECTIVE.sub(hooks.expand, line)


def test_a_directive_is_on_a_line_of_its_own():
    """Elsewhere it would stay as it is."""
    for page in PAGES:
        assert "{{ " not in hooks.DIRECTIVE.sub("", page.read_text("utf-8")), page.name


def test_a_directive_keeps_its_indent():
    """So that it works within a box."""
    text = hooks.DIRECTIVE.sub(hooks.expand, "    {{ code simclr_mini/views.py LUMA }}")
    assert all(line.startswith("    ") for line in text.splitlines())


def test_no_formula_is_higher_than_a_few_lines():
    """A bracket around a fraction and sums once grew over the whole page."""
    site, _ = build_site.build_site()
    heights = []
    for page in site.rglob("*.html"):
        found = re.findall(r'class="formula" role="img"[^>]*;height:([\d.]+)em', page.read_text())
        heights += [(float(height), page.name) for height in found]
    assert len(heights) > 100 and max(heights) < (6, ""), max(heights)


def test_a_formula_keeps_its_words_and_has_no_letters_of_its_own():
    svg = hooks.draw(r"\frac{a &lt; b}{\tau}")
    assert r'aria-label="\frac{a &lt; b}{\tau}"' in svg
    assert "<text" not in svg and "fill" not in svg, "its colour is the text's"


def test_bars_of_a_norm_are_as_high_as_its_letters():
    """Even next to a fraction."""
    bars = [hooks.draw(rf"{left} z {right} + \frac{{a}}{{b}}") for left, right in BARS]
    drawn = [re.search(r' d="([^"]*)"', svg)[1] for svg in bars]
    assert drawn[0] == drawn[1]


BARS = [(r"\lVert", r"\rVert"), (r"\|", r"\|")]


@pytest.mark.parametrize("tex", [r"\nosuchcommand x", r"\frac{a"])
def test_a_formula_that_cannot_be_drawn_stops_the_build(tex):
    with pytest.raises(ValueError, match="cannot draw"):
        hooks.draw(tex)


@pytest.mark.parametrize("name", sorted(capture.COMMANDS))
def test_an_output_is_of_its_command(name):
    """It is shown on a page, made by the command that is listed now, and free of local paths."""
    text = hooks.captured(name)
    entry = capture.COMMANDS[name]
    command = entry if isinstance(entry, str) else entry[0]
    assert text.startswith(f"$ {command}\n") and text.count("\n") > 1
    assert not re.search(r"/tmp/|/home/|/root/|/Users/|Traceback", text)
    assert not (name.endswith("-right") and re.search(r"\bfailed\b|wrong", text))
    if name.endswith(("-right", "-wrong")):
        counted = sum(map(int, re.findall(r"(\d+) (?:passed|failed|deselected)", text)))
        tests = len(find(name.split("-")[1]).tests)
        assert counted == tests, f"run python docs/site/capture.py {name}"
    assert any(f"{{{{ output {name} }}}}" in page.read_text("utf-8") for page in PAGES)


# ---- the lessons on GitHub


def test_each_lesson_is_readable_in_the_repository():
    """python docs/site/github.py writes these files."""
    written = github.readable()
    assert len(written) == 1 + len(lessons()) + len([*(ROOT / "docs" / "papers").glob("*.md")])
    for file, text in written.items():
        assert file.read_text("utf-8") == text, f"{file} is old: run python docs/site/github.py"


def test_github_shows_boxes_links_and_outputs():
    """No directive, no mark of a box and no id of the site is left; a solution is only linked."""
    shown = github.readable()
    for file, text in shown.items():
        prose = re.sub(r"^````.*?^````", "", text, flags=re.M | re.S)
        assert not re.search(r"\{\{|^\s*(\?\?\?|!!!)|--8<--|\{ [#.]", prose, re.M), file
        if file.parent.name == "papers":
            continue
        assert text.count("<details>") == text.count("</details>") > 3
        assert "````console" in text or file.parent.name == "15_distributed"
    loss = shown[ROOT / "lessons" / "04_nt_xent" / "README.md"]
    assert "[Lesson 3](../03_heads/README.md)" in loss
    assert "(../../docs/kill_matrix/04_nt_xent.md)" in loss
    paper = shown[ROOT / "lessons" / "papers" / "simclr.md"]
    assert "(../papers/simclr.md)" in loss and "matrix-after.svg)" in paper
    assert "cross_entropy(logits" not in loss + paper and "[simclr_mini/nt_xent.py]" in loss


def test_a_box_inside_a_box_keeps_its_code():
    text = '??? question "Is `x` a row?"\n    Yes.\n\n    ```sh\n    ls\n    ```\n\nAfter.\n'
    shown = github.BOX.sub(github.box, text)
    assert "<summary>Is <code>x</code> a row?</summary>\n\nYes.\n\n```sh\nls\n```" in shown
    assert shown.endswith("</details>\n\nAfter.\n")


# ---- mistakes


def test_the_mistakes_page_has_every_mistake_once():
    text = catalogue.draw(catalogue.page())
    for lesson in WITH_PAGE:
        for mistake in mistakes(lesson.folder):
            assert text.count(f'id="{catalogue.anchor(lesson, mistake)}"') == 1, mistake.id


def test_links_to_mistakes_lead_to_them():
    """They are plain HTML, which the build does not check."""
    ids = set(re.findall(r'id="([^"]+)"', catalogue.draw(catalogue.page())))
    linking = matrices.draw(matrices.page()) + catalogue.costs_page()
    linked = set(re.findall(r'"mistakes\.html#([^"]+)"', linking))
    assert len(linked) > 1000 and linked <= ids


def test_a_kill_matrix_has_a_sign_for_each_test():
    """As many as the head has digits, × where the committed table has it."""
    for lesson in WITH_PAGE:
        table, tests = matrices.table(lesson), matrices.known_tests(lesson)
        rows = re.findall(r">([×≈·]+)</span>", table)
        assert {len(row) for row in rows} == {len(tests)}
        marks = matrix_file(lesson).read_text("utf-8").partition("| function |")[2].count("×")
        assert sum(row.count("×") for row in rows) == marks


@pytest.mark.parametrize(
    ("probes", "verdict"),
    [
        ((0.70, 0.71, 0.69, 0.70, 0.70), "costs"),
        ((0.90, 0.91, 0.89, 0.90, 0.90), "raises"),
        ((0.79, 0.82, 0.79, 0.81, 0.80), "no cost"),
        ((0.60, 0.85, 0.60, 0.85, 0.60), "no cost"),  # a large mean, a wider interval
    ],
)
def test_a_cost_is_called_one_only_if_its_interval_leaves_out_zero(probes, verdict, monkeypatch):
    right = {str(seed): {"linear_probe": 0.8 + 0.001 * seed} for seed in range(5)}
    monkeypatch.setattr(catalogue, "costs", lambda: {"right": right})
    wrong = {str(seed): {"linear_probe": probe} for seed, probe in enumerate(probes)}
    assert catalogue.verdict(wrong) == verdict


def test_a_cost_is_paired_by_seed(monkeypatch):
    """It is not paired by place: a file may hold the seeds in any order."""
    right = {"0": {"linear_probe": 0.8}, "1": {"linear_probe": 0.6}}
    monkeypatch.setattr(catalogue, "costs", lambda: {"right": right})
    wrong = {"1": {"linear_probe": 0.5}, "0": {"linear_probe": 0.7}}
    assert catalogue.differences(wrong) == pytest.approx([-10, -10])


def test_every_lesson_asks_three_questions():
    assert all(about.questions(str(lesson.number)).count("???") == 3 for lesson in WITH_PAGE)


def test_explained_words_are_in_the_glossary():
    assert all(about.glossary()[term].endswith(".") for term in about.EXPLAINED)
    once = about.explain_once('<abbr title="x">LARS</abbr> <abbr title="x">LARS</abbr>')
    assert once == '<abbr title="x">LARS</abbr> LARS'


def test_mistakes_whose_cost_is_measured_exist():
    measure = load_file(ROOT / "docs" / "results" / "mistake_costs.py", "mistake_costs")
    known = {f"{one.folder}/{m.id}" for one in lessons() for m in mistakes(one.folder)}
    training = {
        f"{one.folder}/{m.id}" for one in lessons() for m in mistakes(one.folder) if m.trains
    }
    assert set(measure.chosen()) <= training
    assert {key for key in catalogue.costs() if key[0].isdigit()} <= known


# ---- commands: every one that a page or README says to type


def commands_of(text: str) -> list[str]:
    """The commands in the code blocks and between backticks of a page, each on its own."""
    found = []
    for block in re.findall(r"^ *```+(?:console|sh|bash)\n(.*?)^ *```", text, re.M | re.S):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        typed = [line[2:] for line in lines if line.startswith("$ ")]
        found += typed or lines
    programs = r"simclr-mini [a-z]|python3? |pytest\b|mkdocs |\.venv/bin/|\.ci/run"
    found += re.findall(rf"`((?:{programs})[^`\n]*)`", text)
    found += re.findall(rf"^    ((?:{programs}).*)$", text, re.M)
    parts = [part for line in found for part in line.partition("  #")[0].split(" && ")]
    return [" ".join(part.split()).removeprefix(".venv/bin/") for part in parts]


def every_command() -> list[str]:
    texts = [page.read_text("utf-8") for page in PAGES]
    texts += [(ROOT / name).read_text("utf-8") for name in ("README.md", "CONTRIBUTING.md")]
    shown = [entry if isinstance(entry, str) else entry[0] for entry in capture.COMMANDS.values()]
    return sorted({command for text in texts for command in commands_of(text)} | set(shown))


@pytest.mark.parametrize("command", every_command())
def test_a_command_works(command, tmp_path, monkeypatch):
    """Each in its shortest form; what takes minutes has its options read and its name looked up."""
    monkeypatch.setenv("SIMCLR_MINI_DESK", str(tmp_path))
    words = shlex.split(command)
    for start, check in CHECKS.items():
        if words[: len(start.split())] == start.split():
            return check(words[len(start.split()) :], monkeypatch)
    pytest.fail(f"no test knows how to try: {command}")


def by_our_checks(words, monkeypatch):
    """Commands that .ci/run runs on a bare machine, or that install another build of torch."""
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    ours = 'python3 -m venv .venv && .venv/bin/pip install -q -c constraints.txt -e ".[dev]"'
    assert ours in text and "&& .venv/bin/pytest" in text
    assert words in (
        ["-c", "constraints.txt", "-e", "."],
        ["-c", "constraints.txt", "-e", ".[dev]"],
        ["-c", "constraints.txt", "torch", "--index-url", "https://download.pytorch.org/whl/cpu"],
        [".venv"],
        [],
    )


def collected(words, monkeypatch):
    """Pytest finds tests there. They do not run here; test_course.py runs whole lessons."""
    if words and words[0].startswith("lessons/"):
        names = [test.name for test in find(words[0]).tests]
        chosen = words[words.index("-k") + 1].split(" or ") if "-k" in words else [""]
        assert all(any(word in name for name in names) for word in chosen)
    elif words not in ([], ["lessons"]):
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *words]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout[-500:]


def options_are_read(words, monkeypatch):
    """The command line of simclr-mini takes these words; nothing runs."""
    from simclr_mini import cli, experiment

    taken = []

    def only_read(command):
        @wraps(command)
        def read(*args, **kwargs):
            taken.append(args)
            for one in [*args, *kwargs.values()]:
                if hasattr(one, "check"):
                    one.check()

        return read

    if words in (["train", "--help"], ["--help"]):
        with pytest.raises(SystemExit) as end:
            cli.main(words)
        assert not end.value.code
        return
    monkeypatch.setattr(experiment, "run", only_read(experiment.run))  # what `train` calls
    monkeypatch.setattr(cli, "COMMANDS", {n: only_read(c) for n, c in cli.COMMANDS.items()})
    cli.main(words)
    assert taken


def in_the_course(words, monkeypatch):
    """A command of `python -m lessons`, at a fresh desk."""
    if words[:1] == ["watch"]:
        return watches(words)
    if words[:1] == ["train"]:
        options_are_read(["train", *words[words.index("--") + 1 :]], monkeypatch)
        assert course.find_range(words[1])
    elif words[:1] == ["grade"]:  # test_grade.py grades a class
        assert course.find_range(options().parse_args(words[1:]).lessons)
    elif words[:1] == ["doctor"]:
        pass  # docs/captured/doctor.txt is what it says; it judges the whole machine
    else:
        monkeypatch.setattr("sys.stdin", io.StringIO())  # `questions` waits for an answer
        words = ["4" if word == "N" else word for word in words]
        assert course.main(words) in (0, 1) and (not words or words[0] in course.USAGE)


def watches(words):
    """The lesson exists, and once for all of them: the first verdict comes."""
    assert not words[1:] or find(words[1])
    assert "○" in first_verdict()


@cache
def first_verdict() -> str:
    """What `watch` says before anything is saved; then it is stopped."""
    command = [sys.executable, "-u", "-m", "lessons", "watch", "3"]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        environ = {**os.environ, "PYTHONIOENCODING": "utf-8", "OMP_NUM_THREADS": "1"}
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=said, stderr=said)
        text, until = "", time.monotonic() + 120
        while "○" not in text and process.poll() is None and time.monotonic() < until:
            time.sleep(0.1)
            said.seek(0)
            text = said.read()
        process.kill()
        process.wait()
    return text


def outsiders(words, monkeypatch):
    """test_outsiders.py runs a few versions of each lesson."""
    right = "--right" in words
    assert all(versions(find(word), right) for word in words if word != "--right")


def mutants_of(words, monkeypatch):
    """test_mutants.py runs some of each lesson."""
    assert all(find(word) for word in words)


def proves(words, monkeypatch):
    """test_proofs.py runs it for every lesson; here its words are looked up."""
    lesson = find(words[0])
    rest = words[1:]
    if rest[:1] == ["--only"]:
        assert rest[1] in {mistake.id for mistake in mistakes(lesson.folder)}
        rest = rest[2:]
    assert rest in ([], ["--write"])


def script(words, monkeypatch):
    """A script of the repository compiles, and knows the names it is given."""
    path = ROOT / words[0]
    compile(path.read_text("utf-8"), path.name, "exec")
    known = {
        "docs/results/make.py": lambda: load_file(path, "make").RUNS,
        "docs/results/mistake_costs.py": lambda: load_file(path, "mistake_costs").chosen(),
        "docs/site/capture.py": lambda: [*capture.COMMANDS, "all"],
        "docs/pictures/make.py": lambda: [file.stem for file in path.parent.glob("*.svg")],
        "tests/mixture.py": lambda: [str(number) for number in range(20)],
        "docs/lessons/experiments.py": lambda: load_file(path, "experiments").EXPERIMENTS,
    }
    if words[1:]:
        assert words[1] in known[words[0]]()


@pytest.mark.parametrize("number", ["3", "6", "7", "13"])
def test_the_output_of_an_experiment_is_that_of_the_results(number, capsys):
    """These only read docs/results. After new runs, run docs/site/capture.py; update the prose."""
    folder = ROOT / "docs" / "lessons"
    load_file(folder / "experiments.py", "experiments").EXPERIMENTS[number]()
    file = ROOT / "docs" / "captured" / f"lesson-{int(number):02}-experiment.txt"
    assert file.read_text("utf-8").partition("\n")[2] == capsys.readouterr().out


def test_readme_on_your_own_pictures(tmp_path, monkeypatch):
    """Its commands and its Python, one after the other, on sixty small pictures."""
    from PIL import Image

    from simclr_mini import cli, shapes

    pixels, labels, _ = shapes.draw(60, seed=0)
    for i, (image, label) in enumerate(zip(pixels, labels, strict=True)):
        folder = tmp_path / "path" / "to" / "pictures" / str(int(label) % 2)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image.permute(1, 2, 0).numpy()).save(folder / f"{i}.png")
    text = (ROOT / "README.md").read_text("utf-8").partition("## Your own pictures")[2]
    block, program = re.search(r"```console\n(.*?)```.*?```python\n(.*?)```", text, re.S).groups()
    monkeypatch.chdir(tmp_path)
    for command in commands_of(f"```console\n{block}```"):
        short = ["--epochs", "1", "--batch-size", "16"] if " train " in command else []
        cli.main(shlex.split(command)[1:] + short)
    known = {}
    exec(program, known)
    assert known["h"].shape == (60, 256)
    assert {"features.npz", "neighbours.png", "pictures.npy"} <= {
        p.name for p in tmp_path.iterdir()
    }


def test_the_program_of_the_one_page_runs(monkeypatch, capsys):
    """All of it, on few pictures."""
    from simclr_mini import data, shapes

    pixels, labels, _ = shapes.draw(320, seed=0)
    everything = data.Images(pixels, labels, shapes.CLASSES, "shapes", "all")
    rows = {"train": slice(256), "val": slice(256, 288), "test": slice(288, 320)}
    monkeypatch.setattr(data, "load", lambda name, split: everything.rows(rows[split]))
    text = (ROOT / "docs" / "one-page.md").read_text("utf-8")
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], {})
    said = capsys.readouterr().out
    assert said.startswith("epoch 1: loss") and "linear probe:" in said


def launched(words, monkeypatch):
    """torchrun takes the words before `-m`, and the program those after it."""
    from torch.distributed.run import parse_args

    found = parse_args(words)
    programs = {"simclr_mini": options_are_read, "lessons": in_the_course}
    assert found.module
    programs[found.training_script](found.training_script_args, monkeypatch)


CHECKS = {
    "python3 -m venv": by_our_checks,
    "pip install": by_our_checks,
    "source .venv/bin/activate": by_our_checks,
    ".ci/run": by_our_checks,
    "mkdocs build": lambda words, _: None if words in ([], ["--strict"]) else pytest.fail(),
    "simclr-mini": options_are_read,
    "torchrun": launched,
    "python -m lessons": in_the_course,
    "python -m lessons.course.prove": proves,
    "python -m lessons.course.outsiders": outsiders,
    "python -m lessons.course.mutants": mutants_of,
    "pytest": collected,
    "python": script,
}


def test_readme_tables_are_those_of_the_results():
    command = [sys.executable, "docs/results/make.py", "--check"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
