"""`train`: runs simclr-mini with the learner's files in place of the library's.

At the end it says which of the learner's functions ran, and then, if there was one, the error.
"""

import shlex
import sys
from pathlib import Path

from lessons.course import finder
from lessons.course.manifest import Lesson
from lessons.course.provenance import Provenance
from lessons.course.supervisor import checked
from lessons.course.terminal import TOOL, say, show_code


def train(chosen: list[Lesson], arguments: list[str]) -> int:
    """Train, unless one of the chosen lessons is unfinished. Returns the exit code."""
    if not arguments or arguments[0].startswith("-"):
        arguments = ["train", *arguments]
    left = [lesson for lesson in chosen if checked(lesson).state != "done"]
    if left:
        refuse(chosen, left, arguments)
        return 1
    files = {
        f"simclr_mini.{module}": lesson.learner_file(module)
        for lesson in chosen
        for module in lesson.write
    }
    provenance = Provenance(files)
    finder.install(files, provenance.wrap_module)
    numbers = " and ".join(", ".join(str(one.number) for one in chosen).rsplit(", ", 1))
    say(f"Your code for lesson{'s' * (len(chosen) > 1)} {numbers} replaces the library's.")
    code, said = 0, ""
    try:
        from simclr_mini.cli import main

        main(with_name(arguments))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        said = explained(end, files) if isinstance(end.code, str) else ""
    except KeyboardInterrupt:
        code = 130
    finally:  # also before an error that nobody expected, which Python prints last
        finder.remove()
        report = provenance.report(chosen, "--resume" in arguments)
        if report and (provenance.ran() or not code):  # else the command was refused
            say(f"\n{report}")
    if said:
        print(said, file=sys.stderr)
    return code


def refuse(chosen: list[Lesson], left: list[Lesson], arguments: list[str]) -> None:
    """Say which lessons are unfinished, and how to train without them."""
    for lesson in left:
        say(f"Lesson {lesson.number} ({lesson.name}) is not done: {lesson.check}")
    done = [str(one.number) for one in chosen if one not in left]
    if done:
        words = shlex.join(arguments[1:] if arguments[0] == "train" else arguments)
        command = f"{TOOL} train {','.join(done)} -- {words}".rstrip("- ")
        say("To use the library's code for what is not done:")
    else:
        command = f"simclr-mini {shlex.join(arguments)}"
        say("None of these lessons is done. To train with the library's code:")
    show_code(f"  {command}")


def with_name(arguments: list[str]) -> list[str]:
    """The arguments, with a name of its own for the run: mine-1, then mine-2, and so on."""
    given = {word.partition("=")[0] for word in arguments}
    if arguments[0] != "train" or given & {"--name", "-h", "--help"}:
        return arguments
    folder = Path("runs")
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word.partition("=")[0] == "--runs":
            folder = Path(word.partition("=")[2] or following)
    number = 1
    while (folder / f"mine-{number}").exists():
        number += 1
    if given & {"--resume", "--force"} and number > 1:  # they are about a run that exists
        number -= 1
    return [*arguments, "--name", f"mine-{number}"]


def explained(end: SystemExit, files: dict[str, Path]) -> str:
    """The error of a command, and the learner's line that it came from, if it did."""
    from lessons.course.explain import where

    place = where(end.__context__, files) if end.__context__ else ""
    return f"{end.code}\n{place}" if place else end.code
