"""The commands of `python -m lessons`. Each imports what is slow to import when it is called."""

import ast
import sys

from lessons.course import files, memory
from lessons.course.board import board
from lessons.course.manifest import Lesson, find, find_range, lessons
from lessons.course.progress import at_work, status
from lessons.course.terminal import say, show_code

USAGE = """pytest lessons/NN_NAME            check one lesson; all of them: pytest lessons
python -m lessons                 the board: every lesson, and what is next
python -m lessons watch [N]       a verdict at each save
python -m lessons hint N [STEP]   a question, then the idea, then the answer's shape
python -m lessons solution N      the right ways, once it passes; before: --anyway
python -m lessons score N         which mistakes the test that you write catches
python -m lessons train 1-6 -- …  simclr-mini's arguments, with your own files
python -m lessons diff N          what an update changed in the blank you began with
python -m lessons reset N         a new blank; your file gets another name
python -m lessons grade FOLDER…   for teachers: the same tests on the files of many learners
python -m lessons doctor          what is missing or wrong in the installation"""


def main(arguments: list[str]) -> int:
    command, *rest = arguments or ["board"]
    known = {
        "board": show_board,
        "watch": watch,
        "hint": hint,
        "solution": solution,
        "score": score,
        "diff": diff,
        "reset": reset,
        "train": train,
        "doctor": doctor,
        "grade": grade,
    }
    if command in ("-h", "--help", "help"):
        say(USAGE)
        return 0
    if command not in known:
        say(f"There is no command {command}.\n\n{USAGE}")
        return 2
    try:
        return known[command](rest) or 0
    except KeyboardInterrupt:
        return 130
    except PermissionError as error:
        say(f"{error.filename} cannot be written. To find out why: python -m lessons doctor")
        return 1


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


def hint(rest: list[str]) -> None:
    """Print the next of three hints for the step that the learner is working on."""
    lesson = one_lesson(rest)
    found = status(lesson)
    asked = " ".join(rest[1:])
    step = asked or found.next_step or lesson.steps[0]
    if step not in lesson.hints:
        say(f"There is no hint for {step}. There are hints for {', '.join(lesson.hints)}.")
        return
    given = memory.load().get(lesson.folder, {}).get("hints", {})
    level = min(given.get(step, 0) + 1, 3)
    memory.save(lesson.folder, hints={**given, step: level})
    say(f"{lesson.number} {lesson.name}, {step}")
    for number, text in enumerate(lesson.hints[step][:level], 1):
        say(f"  {number}. {text}")
    if level < 3:
        say(f"For the next one: python -m lessons hint {lesson.number}{f' {asked}'.rstrip()}")


def solution(rest: list[str]) -> int:
    """Print the right ways to write each function, once the lesson passes."""
    from lessons.course.blank import find_function, lines_of
    from lessons.course.supervisor import checked

    anyway = "--anyway" in rest
    lesson = one_lesson([word for word in rest if word != "--anyway"])
    if not anyway and checked(lesson).state != "done":
        say(f"Lesson {lesson.number} does not pass yet: pytest lessons/{lesson.folder}")
        say(f"For a hint: python -m lessons hint {lesson.number}. To see it anyway: --anyway")
        return 1
    for module in lesson.write:
        source = lesson.library_file(module).read_text("utf-8")
        say(f"# From the library: {lesson.show(lesson.library_file(module))}")
        for name in lesson.write[module]:
            first, last = lines_of(find_function(ast.parse(source), name))
            show_code("\n".join(source.splitlines()[first - 1 : last]) + "\n")
    say(f"# Other right ways: {lesson.show(lesson.ways_file)}\n")
    show_code(lesson.ways_file.read_text("utf-8"))
    if lesson.score:
        say(f"# A good test: {lesson.show(lesson.answer_file)}\n")
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
        say("Which lesson? python -m lessons reset N")
        return 2
    for file, aside in files.reset(find(rest[0])):
        kept = f"; your old file is now {aside.name} in the same folder" if aside else ""
        say(f"{file.name} is the blank again{kept}.")
    return 0


def watch(rest: list[str]) -> None:
    from lessons.course.watch import watch as start

    start(one_lesson(rest))


def train(rest: list[str]) -> int:
    if not rest or rest[0].startswith("-"):
        say("Which lessons? python -m lessons train 1-6 -- --data shapes")
        return 2
    from lessons.course.train import train as start

    arguments = rest[2:] if rest[1:2] == ["--"] else rest[1:]
    return start(find_range(rest[0]), arguments)


def grade(rest: list[str]) -> int:
    from lessons.course.grade import main as start

    return start(rest)


def doctor(rest: list[str]) -> int:
    from lessons.course.doctor import doctor as start

    return start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
