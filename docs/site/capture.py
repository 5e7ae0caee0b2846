"""Run commands and save their output, for `{{ output NAME }}` on a page.

    python docs/site/capture.py              # all commands whose output is missing
    python docs/site/capture.py board        # only these, again
    python docs/site/capture.py all          # all commands, again

Each command runs with its own folder of learner's files, which starts with fresh blanks. The output
shows this folder as `lessons`, and the repository's path as ~/simclr-mini.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "docs" / "captured"
WIDTH = "100"  # columns of the terminal

# NAME: the command as a learner types it, or (command, files). The words in `files` say what the
# learner's files contain: `4` is the library's code in lesson 4, `4:no_mask` is the same with that
# mistake, and `3=mlp` is the blank with only that function written. Append only.
COMMANDS: dict[str, str | tuple[str, str]] = {
    "board": "python -m lessons",
    "doctor": "python -m lessons doctor",
    "heads-begun": ("pytest lessons/03_heads", "3=mlp"),
    "lesson-01-blank": "pytest lessons/01_views",
    "lesson-01-wrong": ("pytest lessons/01_views -k flip", "1:flip_coin_for_batch"),
    "lesson-01-right": ("pytest lessons/01_views", "1"),
    "lesson-01-experiment": "python docs/lessons/experiments.py 1",
    "lesson-02-wrong": ("pytest lessons/02_resnet -k basic_block_by_hand", "1 2:basic_no_shortcut"),
    "lesson-02-right": ("pytest lessons/02_resnet", "1 2"),
    "lesson-02-experiment": "python docs/lessons/experiments.py 2",
    "lesson-03-wrong": ("pytest lessons/03_heads -k below_zero", "1 2 3:relu_at_end"),
    "lesson-03-right": ("pytest lessons/03_heads", "1 2 3"),
    "lesson-03-experiment": "python docs/lessons/experiments.py 3",
    "lesson-04-wrong": ("pytest lessons/04_nt_xent -k own_softmax", "1 2 3 4:mask_with_zero"),
    "lesson-04-right": ("pytest lessons/04_nt_xent", "1 2 3 4"),
    "lesson-04-experiment": "python docs/lessons/experiments.py 4",
    "lesson-05-wrong": ("pytest lessons/05_optim -k part_of", "1 2 3 4 5:decay_after_ratio"),
    "lesson-05-right": ("pytest lessons/05_optim", "1 2 3 4 5"),
    "lesson-05-experiment": "python docs/lessons/experiments.py 5",
    "lesson-06-wrong": ("pytest lessons/06_simclr -k gradient_reaches", "1 2 3 4 5 6:detached"),
    "lesson-06-right": ("pytest lessons/06_simclr", "1 2 3 4 5 6"),
    "lesson-06-experiment": "python docs/lessons/experiments.py 6",
    "lesson-07-wrong": (
        "pytest lessons/07_evaluate -k depend_on_its_batch",
        "1 2 3 4 5 6 7:encoder_in_train_mode",
    ),
    "lesson-07-right": ("pytest lessons/07_evaluate", "1 2 3 4 5 6 7"),
    "lesson-07-experiment": "python docs/lessons/experiments.py 7",
    "lesson-08-wrong": ("pytest lessons/08_kmeans -k shrink", "8:target_is_noisy"),
    "lesson-08-right": ("pytest lessons/08_kmeans", "8"),
    "lesson-08-experiment": "python docs/lessons/experiments.py 8",
    "lesson-09-wrong": ("pytest lessons/09_gsimclr -k deal_by_hand", "9:cut_like_bread"),
    "lesson-09-right": ("pytest lessons/09_gsimclr", "9"),
    "lesson-09-experiment": "python docs/lessons/experiments.py 9",
    "lesson-10-wrong": ("pytest lessons/10_curation -k no_running", "10:running_averages_move"),
    "lesson-10-right": ("pytest lessons/10_curation", "10"),
    "lesson-10-experiment": "python docs/lessons/experiments.py 10",
    "lesson-11-wrong": ("pytest lessons/11_nnclr -k several_times", "11:overflow_is_dropped"),
    "lesson-11-right": ("pytest lessons/11_nnclr", "11"),
    "lesson-11-experiment": "python docs/lessons/experiments.py 11",
    "lesson-12-wrong": ("pytest lessons/12_deepcluster -k five_images", "12:any_image"),
    "lesson-12-right": ("pytest lessons/12_deepcluster", "12"),
    "lesson-12-experiment": "python docs/lessons/experiments.py 12",
    "lesson-13-wrong": (
        "pytest lessons/13_moco -k both_directions",
        "13:enters_between_the_losses",
    ),
    "lesson-13-right": ("pytest lessons/13_moco", "13"),
    "lesson-13-experiment": "python docs/lessons/experiments.py 13",
    "lesson-14-wrong": (
        "pytest lessons/14_swav -k when_it_is_full",
        "14:queue_used_half_full",
    ),
    "lesson-14-right": ("pytest lessons/14_swav", "14"),
    "lesson-15-wrong": (
        "pytest lessons/15_distributed -k equal_losses",
        "15:only_own_loss",
    ),
    "lesson-15-right": ("pytest lessons/15_distributed", "15"),
}


def lay_out(desk: Path, words: str) -> None:
    """Write a learner's files and run their tests, so that the board shows the results."""
    sys.path.insert(0, str(ROOT))
    from lessons.course.blank import make_blank
    from lessons.course.manifest import find
    from lessons.course.mistakes import mistakes

    folders = []
    for word in words.split():
        number, sign, name = re.fullmatch(r"(\d+)([:=]?)(.*)", word).groups()
        lesson = find(number)
        wrong = [
            mistake for mistake in mistakes(lesson.folder) if (sign, mistake.id) == (":", name)
        ]
        for module, functions in lesson.write.items():
            text = lesson.library_file(module).read_text("utf-8")
            if sign == "=":
                left = [function for function in functions if function not in name.split(",")]
                text = make_blank(text, lesson.number, left)
            if wrong and lesson.module_of(wrong[0].function) == module:
                text = wrong[0].source(text)
            file = desk / lesson.folder / f"{module}.py"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        folders.append(f"lessons/{lesson.folder}")
    if folders:
        run(f"pytest {' '.join(folders)}", desk)


def run(command: str, desk: Path) -> str:
    """The output of a command, from both streams."""
    words = shlex.split(command)
    module = {"pytest": "pytest", "simclr-mini": "simclr_mini.cli"}.get(words[0])
    words = [sys.executable, *(["-m", module] if module else []), *words[1:]]
    environ = {**os.environ, "SIMCLR_MINI_DESK": str(desk), "COLUMNS": WIDTH, "NO_COLOR": "1"}
    environ |= {"OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        words, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    text = ended.stdout.replace(f"{desk}/", "lessons/").replace(str(desk), f"{ROOT}/lessons")
    text = text.replace(str(ROOT), "~/simclr-mini")
    return re.sub(r"[ \t]+$", "", text, flags=re.M).strip("\n")


def capture(name: str) -> None:
    """Run one command and write docs/captured/NAME.txt: the command after a $, then its output."""
    entry = COMMANDS[name]
    command, words = entry if isinstance(entry, tuple) else (entry, "")
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), words)
        text = run(command, Path(folder))
    KEPT.mkdir(exist_ok=True)
    (KEPT / f"{name}.txt").write_text(f"$ {command}\n{text}\n", "utf-8")
    print(f"{name}: {command}", flush=True)


if __name__ == "__main__":
    names = sys.argv[1:] or [n for n in COMMANDS if not (KEPT / f"{n}.txt").exists()]
    for wanted in COMMANDS if names == ["all"] else names:
        capture(wanted)
