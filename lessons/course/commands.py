"""The commands of `python -m lessons`. Each imports slow modules only when it is called."""

import ast
import difflib
import os
import sys
from importlib.util import find_spec

from lessons.course import files, memory
from lessons.course.board import board
from lessons.course.doctor import environment
from lessons.course.manifest import ROOT, Lesson, find, find_range, lessons, typed
from lessons.course.progress import at_work, status
from lessons.course.terminal import TOOL, say, show_code

USAGE = """pytest lessons/NN_NAME            check one lesson; all of them: pytest lessons
python -m lessons                 the board: every lesson, and what is next
python -m lessons watch [N]       a verdict at each save
python -m lessons hint N [STEP]   a question, then the idea, then the answer's shape
python -m lessons solution N      right ways to write it, once yours passes, or with --anyway
python -m lessons score N         which mistakes the test that you write catches
python -m lessons experiment N    your prediction, then what is measured
python -m lessons questions N     questions whose answers are checked
python -m lessons train 1-6 -- …  trains with your files; … are simclr-mini's arguments
python -m lessons save [MESSAGE]  your files as a commit on the branch my-lessons
python -m lessons diff N          what an update changed in the blank you began with
python -m lessons reset N         a new blank; your file gets another name
python -m lessons grade FOLDER…   for teachers: the same tests on the files of many learners
python -m lessons doctor          what is missing or wrong in the installation"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command, by default that of the command line. Returns the exit code."""
    command, *rest = (sys.argv[1:] if arguments is None else arguments) or ["board"]
    known = {
        "board": show_board,
        "watch": watch,
        "hint": hint,
        "solution": solution,
        "score": score,
        "diff": diff,
        "reset": reset,
        "train": train,
        "experiment": experiment,
        "questions": questions,
        "save": save,
        "doctor": doctor,
        "grade": grade,
    }
    try:
        if command in ("-h", "--help", "help"):
            say(USAGE)
            return 0
        if command not in known:
            near = difflib.get_close_matches(command, known, 1)
            meant = f" Do you mean {near[0]}?" if near else ""
            say(f"There is no command {command}.{meant}\n\n{USAGE}")
            return 2
        return known[command](rest) or 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        if not error.filename:
            raise
        say(f"{error.filename}: {error.strerror}. To find out more: {TOOL} doctor")
        return 1
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith(("lessons", "simclr_mini")):
            raise
        say(wrong_python(error.name))
        return 1


def wrong_python(module: str) -> str:
    """What to do if this Python lacks a module that the course needs."""
    said, place = f"{sys.executable} has no {module}.", environment()
    if not place:
        return f"{said} Install the course as README says, into a virtual environment .venv."
    return (
        f"{said} The course is installed in {typed(ROOT / '.venv')}. To use it: "
        f"source {typed(place / 'activate')}"
    )


def one_lesson(rest: list[str]) -> Lesson:
    """The lesson named first, or the one that the learner is working on."""
    if rest:
        return find(rest[0])
    remembered = memory.load()
    states = [status(lesson, remembered) for lesson in lessons()]
    found = at_work(states, remembered.get("last", ""))
    return found.lesson if found else lessons()[-1]


def show_board(rest: list[str]) -> None:
    show_code(board())
    if not find_spec("torch"):
        say(f"\n{wrong_python('torch')}")


def hint(rest: list[str]) -> int:
    """Print the next of three hints for the step that the learner is working on."""
    lesson = one_lesson(rest)
    asked = " ".join(rest[1:]).replace("-", " ")  # as in the page's links
    steps = steps_named(lesson, asked) if asked else [status(lesson).next_step or lesson.steps[0]]
    if len(steps) != 1:
        which = "more than one hint" if steps else "no hint"
        say(f"There is {which} for {asked}. Choose from {', '.join(steps or lesson.hints)}.")
        return 1
    step = steps[0]
    given = memory.load().get(lesson.folder, {}).get("hints", {})
    level = min(given.get(step, 0) + 1, 3)
    memory.save(lesson.folder, hints={step: level})
    if not asked and status(lesson).state == "done":
        say(f"Lesson {lesson.number} is done. The hints for its first step:")
    say(f"{lesson.number} {lesson.name}, {step}")
    for number, text in enumerate(lesson.hints[step][:level], 1):
        say(f"  {number}. {text}")
    if level < 3:
        say(f"For the next one: {TOOL} hint {lesson.number}{f' {asked}'.rstrip()}")
    return 0


def steps_named(lesson: Lesson, asked: str) -> list[str]:
    """The step of this number or name; else those that begin with the word, or contain it."""
    if asked.isdecimal() and 0 < int(asked) <= len(lesson.steps):
        return [lesson.steps[int(asked) - 1]]
    word = asked.lower()
    names = {step: step.lower() for step in lesson.hints}
    for fits in (word.__eq__, lambda name: name.startswith(word), lambda name: word in name):
        found = [step for step, name in names.items() if fits(name)]
        if found:
            return found
    return []


def solution(rest: list[str]) -> int:
    """Print the right ways to write each function, once the lesson passes."""
    from lessons.course.blank import find_function, lines_of
    from lessons.course.supervisor import checked

    anyway = "--anyway" in rest
    lesson = one_lesson([word for word in rest if word != "--anyway"])
    if not anyway and checked(lesson).state != "done":
        say(f"Lesson {lesson.number} does not pass yet: {lesson.check}")
        say(f"For a hint: {TOOL} hint {lesson.number}. To see it anyway: --anyway")
        return 1
    for module in lesson.write:
        source = lesson.library_file(module).read_text("utf-8")
        say(f"# From the library: {typed(lesson.library_file(module))}")
        for name in lesson.write[module]:
            first, last = lines_of(find_function(ast.parse(source), name))
            show_code("\n".join(source.splitlines()[first - 1 : last]) + "\n")
    say(f"# Other right ways: {typed(lesson.ways_file)}\n")
    show_code(lesson.ways_file.read_text("utf-8"))
    if lesson.score:
        say(f"# A good test: {typed(lesson.answer_file)}\n")
        show_code(lesson.answer_file.read_text("utf-8"))
    return 0


def score(rest: list[str]) -> int:
    lesson = one_lesson(rest)
    if not lesson.score:
        some = ", ".join(str(one.number) for one in lessons() if one.score)
        say(f"Lesson {lesson.number} has no test for you to write. These lessons have one: {some}.")
        return 1
    from lessons.course.score import score as start

    return start(lesson)


def diff(rest: list[str]) -> None:
    lesson = one_lesson(rest)
    unchanged = f"The blank of lesson {lesson.number} has not changed since you began."
    show_code(files.difference(lesson) or unchanged)


def reset(rest: list[str]) -> int:
    if not rest:
        say(f"Which lesson? {TOOL} reset N")
        return 2
    lesson = find(rest[0])
    memory.save_last(lesson.folder)
    for file, aside in files.reset(lesson):
        say(f"{file.name} is the blank again.")
        if aside:
            say(f"Your old file is now {aside.name}; rename it to {file.name} to get it back.")
    return 0


def watch(rest: list[str]) -> None:
    from lessons.course.watch import watch as start

    start(one_lesson(rest))


def train(rest: list[str]) -> int:
    if not rest or rest[0].startswith("-"):
        say(f"Which lessons? {TOOL} train 1-6 -- --data shapes")
        return 2
    from lessons.course.train import train as start

    arguments = rest[2:] if rest[1:2] == ["--"] else rest[1:]
    return start(find_range(rest[0]), arguments)


def experiment(rest: list[str]) -> int:
    from lessons.course.questions import experiment as start

    return start(one_lesson(rest))


def questions(rest: list[str]) -> int:
    from lessons.course.questions import questions as start

    return start(one_lesson(rest))


def save(rest: list[str]) -> int:
    from lessons.course.save import save as start

    return start(" ".join(rest) or "My lessons")


def grade(rest: list[str]) -> int:
    from lessons.course.grade import main as start

    return start(rest)


def doctor(rest: list[str]) -> int:
    from lessons.course.doctor import doctor as start

    return start()


if __name__ == "__main__":
    sys.exit(main())
