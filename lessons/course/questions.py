"""`questions` and `experiment`: what a lesson asks in words, and what the learner types.

A question has an answer that can be checked: a number or a choice. A prediction has none, but it is
shown next to what the experiment measures.
"""

import re
import subprocess
import sys
from fractions import Fraction
from textwrap import indent

from lessons.course import memory
from lessons.course.manifest import ROOT, Lesson
from lessons.course.supervisor import need
from lessons.course.terminal import TOOL, say

WITHIN = 0.02  # the largest relative error that an answer may have


def questions(lesson: Lesson) -> int:
    """Ask the questions that are left. Returns 0 once all of them are answered."""
    if not lesson.questions:
        say(f"Lesson {lesson.number} has no questions.")
        return 0
    answered = memory.load().get(lesson.folder, {}).get("answered", [])
    for question in lesson.questions:
        if question["ask"] in answered:
            continue
        if not ask(question):
            say(f"To go on later: {TOOL} questions {lesson.number}")
            return 1
        answered = [*answered, question["ask"]]
        memory.save(lesson.folder, answered=answered)
    say(f"All {len(lesson.questions)} questions of lesson {lesson.number} are answered.")
    return 0


def ask(question: dict) -> bool:
    """Ask one question until the answer is right. Returns False if the learner gives up."""
    say(f"\n{question['ask']}")
    for letter, choice in letters(question).items():
        say(f"  {letter}  {choice}")
    while text := typed("> "):
        right = is_right(question, text)
        if right:
            say(f"Right. {question.get('because', '')}".rstrip())
            return True
        wanted = "/".join(letters(question)) or "a number, such as 0.5, 1/2 or 50%"
        exact = " The answer needs two decimals." if "two decimals" in question["ask"] else ""
        again = f"Not yet.{exact} Try again, or press Return to stop."
        say(again if right is False else f"Type {wanted}.")
    return False


def letters(question: dict) -> dict[str, str]:
    return dict(zip("abcdefgh", question.get("choices", []), strict=False))


def is_right(question: dict, text: str) -> bool | None:
    """Whether an answer is right; None if it cannot be read."""
    answer = question["answer"]
    if "choices" in question:
        letter = text.lower().strip(" .)")
        return letter == answer if letter in letters(question) else None
    values = [number_in(text), number_in(re.sub(r"[,' ](?=\d{3})", "", text))]  # 0,5 and 4,096
    read = [value for value in values if value is not None]
    within = question.get("within", WITHIN) * abs(answer)
    return any(abs(value - answer) <= within for value in read) if read else None


def number_in(text: str) -> float | None:
    """The number that a learner typed: 0.5, 1/2, 50% or 0,5."""
    text = text.strip().replace(",", ".")
    percent = text.endswith("%")
    try:
        value = float(Fraction(text.rstrip("% ")) if "/" in text else float(text.rstrip("% ")))
    except (ValueError, ZeroDivisionError):
        return None
    return value / 100 if percent else value


def experiment(lesson: Lesson) -> int:
    """Ask for a prediction, run the experiment of the lesson's page, and show both."""
    commands = console_block(lesson)
    script = f"docs/lessons/experiments.py {lesson.number}"
    if script in commands:
        need("torch")  # before a prediction is asked for
    text = prediction(lesson)
    said = ""
    if text:
        say(text)
        said = typed("Your prediction: ")
    if script not in commands:
        say(f"Now run this:\n\n{commands}")
        return 0
    code = subprocess.run([sys.executable, *script.split()], cwd=ROOT).returncode
    if said:
        say(f"You predicted: {said}")
    say(f"What it means is in {lesson.readme}, below the experiment.")
    return code


def console_block(lesson: Lesson) -> str:
    """The commands of the experiment on the lesson's page, indented."""
    section = (ROOT / lesson.page).read_text("utf-8").partition("## An experiment")[2]
    return indent(section.partition("```console\n")[2].partition("```")[0].rstrip(), "  ")


def prediction(lesson: Lesson) -> str:
    """The paragraph of the lesson's page that asks for a prediction, or nothing."""
    page = ROOT / lesson.page
    text = page.read_text("utf-8") if page.exists() else ""
    asking = [part for part in text.split("\n\n") if "**Predict**" in part]
    return " ".join(asking[0].replace("**", "").split()) if asking else ""


def typed(prompt: str) -> str:
    """A line from the terminal; empty if there is none."""
    try:
        return input(prompt).strip()
    except EOFError:
        return ""
