"""The lessons as plain objects, read from `lessons.toml`, and the path of every file.

This module imports neither torch nor pytest, so that the board appears at once.
"""

import ast
import os
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "simclr_mini"
MY_TEST = "my_test"  # the name of the file in which a learner writes a test


if os.environ.get("SIMCLR_MINI_DESK"):  # children run in other folders
    os.environ["SIMCLR_MINI_DESK"] = os.path.abspath(os.environ["SIMCLR_MINI_DESK"])


def desk() -> Path:
    """The folder of the learner's files: `lessons`, unless SIMCLR_MINI_DESK names another one."""
    return Path(os.environ.get("SIMCLR_MINI_DESK") or ROOT / "lessons").resolve()


@dataclass(frozen=True)
class Lesson:
    number: int
    folder: str
    page: str
    write: dict[str, list[str]]  # module: the functions to write, in order
    minutes: int = 30
    needs: str = ""
    limit: float = 10  # seconds of CPU time that one test may take
    hints: dict[str, list[str]] = field(default_factory=dict)
    score: list[str] = field(default_factory=list)  # functions for which the learner writes a test
    questions: list[dict] = field(default_factory=list)  # see questions.py

    @property
    def name(self) -> str:
        return self.folder.partition("_")[2]

    @property
    def functions(self) -> list[str]:
        return [name for names in self.write.values() for name in names]

    def module_of(self, name: str) -> str:
        """The module of a taught function, or of a class with taught methods."""
        for module, names in self.write.items():
            if any(one == name or one.startswith(f"{name}.") for one in names):
                return module
        raise LookupError(f"{name} is not among the functions of lesson {self.number}")

    def library_file(self, module: str) -> Path:
        return LIBRARY / f"{module}.py"

    @property
    def files(self) -> list[str]:
        """The names of all files that the learner writes: the modules, and `my_test` if any."""
        return [*self.write, *([MY_TEST] if self.score else [])]

    def learner_file(self, name: str) -> Path:
        return desk() / self.folder / f"{name}.py"

    def source_file(self, name: str) -> Path:
        """The file from which a learner's file is made."""
        if name == MY_TEST:
            return ROOT / "lessons" / self.folder / "my_test_blank.py"
        return self.library_file(name)

    @property
    def answer_file(self) -> Path:
        return ROOT / "lessons" / self.folder / "my_test_answer.py"

    @property
    def test_files(self) -> list[Path]:
        return [ROOT / "lessons" / self.folder / f"test_{module}.py" for module in self.write]

    @property
    def observe_file(self) -> Path:
        return ROOT / "lessons" / self.folder / "observe.py"

    @property
    def ways_file(self) -> Path:
        return ROOT / "solutions" / f"{self.folder}.py"

    @property
    def mistakes_file(self) -> Path:
        return ROOT / "tests" / "mistakes" / f"{self.folder}.py"

    @cached_property
    def tests(self) -> list["Test"]:
        """The tests in the order of the files. They are read, not run."""
        return [test for path in self.test_files if path.exists() for test in read_tests(path)]

    def tests_of(self, function: str) -> set[str]:
        """The names of the tests that judge a function."""
        return {test.name for test in self.tests if test.function == function}

    @cached_property
    def steps(self) -> list[str]:
        """The names of the steps, in order."""
        found = [step for path in self.test_files if path.exists() for step in read_steps(path)]
        return list(dict.fromkeys(found))

    def section(self, step: str) -> str:
        """The section of the lesson's page that explains a step."""
        return f"{self.readme}#{anchor(step)}"

    @property
    def readme(self) -> str:
        """The path, as typed here, of the lesson's page that editors and GitHub can show."""
        return typed(ROOT / "lessons" / self.folder / "README.md")

    @property
    def check(self) -> str:
        """The command that checks the lesson."""
        return f"pytest {typed(ROOT / 'lessons' / self.folder)}"


def typed(path: Path) -> str:
    """A path as the learner types it: relative to the working directory if that is in the clone."""
    here = Path.cwd()
    if here.is_relative_to(ROOT) and path.is_relative_to(ROOT):
        return Path(os.path.relpath(path, here)).as_posix()
    return str(path)


def anchor(step: str) -> str:
    """The id of a step's heading: `simclr-loss` for `SimCLR.loss`."""
    return re.sub(r"\W+", "-", step.lower()).strip("-")


@dataclass(frozen=True)
class Test:
    __test__ = False  # tells pytest that this class is not a test

    path: Path
    name: str
    line: int
    function: str  # the taught function that it judges
    step: str
    claim: str  # its docstring


def read_steps(path: Path) -> list[str]:
    """The step of each test of a file. The board needs only this, and must be quick."""
    text = path.read_text("utf-8-sig")
    calls = re.findall(r"^@(about\(.*?\))$", text, re.M | re.S)
    return [about(ast.parse(call, mode="eval").body)[1] for call in calls]


def about(call: ast.Call) -> tuple[str, str]:
    """The function and the step that `@about(…)` names."""
    function = ast.literal_eval(call.args[0])
    named = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    return function, named.get("step", function)


def read_tests(path: Path) -> list[Test]:
    """The test functions of a file, with what their `@about` says."""
    found = []
    for node in ast.parse(path.read_text("utf-8-sig")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            function = step = ""
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "about":
                    function, step = about(mark)
            claim = (ast.get_docstring(node) or "").split("\n")[0]
            found.append(Test(path, node.name, node.lineno, function, step, claim))
    return found


@cache
def lessons() -> list[Lesson]:
    """All lessons, in order."""
    file = ROOT / "lessons" / "lessons.toml"
    if not file.exists():  # installed without the repository
        raise SystemExit("The course needs a clone of its repository: see its README.")
    table = tomllib.loads(file.read_text("utf-8"))
    return sorted((Lesson(**entry) for entry in table["lesson"]), key=lambda one: one.number)


def find(which: str | int) -> Lesson:
    """The lesson with this number, folder or name."""
    word = Path(str(which).rstrip("/\\")).name
    for lesson in lessons():
        if word in (lesson.folder, lesson.name) or word.lstrip("0") == str(lesson.number):
            return lesson
    known = ", ".join(f"{lesson.number} {lesson.name}" for lesson in lessons())
    raise SystemExit(f"There is no lesson {which}. The lessons are: {known}.")


def find_range(text: str) -> list[Lesson]:
    """The lessons that a text such as `1-3,5` names."""
    chosen = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if dash and first.isdigit() and last.isdigit():
            between = range(int(first), int(last) + 1)
            chosen += [lesson for lesson in lessons() if lesson.number in between]
        else:
            chosen.append(find(part))
    if not chosen:
        find(text)
    return list({lesson.number: lesson for lesson in chosen}.values())  # none twice
