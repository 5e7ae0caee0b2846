"""Measure what mistakes cost: the accuracy after a short training run with each of them.

    python docs/results/mistake_costs.py                      # all of CHOSEN that are missing
    python docs/results/mistake_costs.py 04_nt_xent           # of one lesson, all that train
    python docs/results/mistake_costs.py 04_nt_xent/no_mask   # one

Declared before the first run, for every row: the difference is that of the linear probe, with the
mistake minus without it, for each seed of SEEDS; both have the same seed. Its 95% interval is
Student's, as in `studies`. Below 0 the mistake *costs* accuracy here, above 0 it *raises* it here;
otherwise *no cost is seen*. Of a hundred rows that cost nothing, five are expected to be called
otherwise. A row that stops, or gives the right code's numbers to the last digit because nothing
meets the mistake, is run with the first seed only.

Two processes run at a time, with one thread each, seed by seed. Each result is written at once, so
a measurement that was stopped can continue. The mean losses of the first and last steps tell
whether a mistake "trains", as the catalogue claims.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from lessons.course import finder  # noqa: E402
from lessons.course.manifest import find  # noqa: E402

FILE = HERE / "mistakes.json"
IMAGES, EPOCHS, SEEDS = 4000, 4, (0, 1, 2, 3, 4)
STEPS = 5  # steps at either end of a run whose losses are averaged
KEPT = ("linear_probe", "knn", "first_loss", "last_loss")
WORDS = f"{IMAGES:,} images, {EPOCHS} epochs, otherwise the defaults of `simclr-mini train`"
CHOSEN = """
01_views: same_view_twice original_as_view view_of_the_view second_flipped recipe_ignored flip_rows
    flip_always whole_image_resized always_least_scale nearest jitter_p_ignored
    jitter_inverted one_change_only jitter_coin_for_batch one_size_for_all top_left_corner
02_resnet: basic_no_shortcut basic_no_last_relu basic_no_middle_relu basic_second_norm_missing
    basic_shortcut_detached stage_hidden_in_a_list net_no_stem_norm net_largest net_unit_length
    init_area_forgotten
03_heads: no_relu no_norm relu_at_end layers_in_a_list detached_input mlp_is_linear
04_nt_xent: no_normalize normalize_columns squared_length detach_keys detach_second_view
    negative_distance absolute no_mask mask_with_zero multiply_by_temperature no_temperature
    root_temperature one_direction cross_view_only sum_not_mean softmax_twice probability_not_log
    log_of_mean decoupled temperature_on_positive_only multiplied_by_temperature log2
05_optim: cosine_ignores_warmup stays_at_the_peak starts_at_the_peak quarter_of_a_cosine
    groups_exchanged top_level_only rate_comes_late two_steps
06_simclr: not_shuffled reseeds_inside with_replacement same_view_twice first_view_is_the_image
    encoder_only detached evaluation_inside h_normalized default_temperature repel_only
07_evaluate: bytes_not_scaled scaled_to_both_signs unit_length
"""


def chosen() -> list[str]:
    """The keys of CHOSEN, `lesson/mistake`."""
    found, folder = [], ""
    for word in CHOSEN.split():
        if word.endswith(":"):
            folder = word[:-1]
        else:
            found.append(f"{folder}/{word}")
    return found


def keys_of(word: str) -> list[str]:
    """The keys that an argument stands for."""
    from lessons.course.mistakes import mistakes

    if "/" in word:
        return [word]
    lesson = find(word)
    return [f"{lesson.folder}/{one.id}" for one in mistakes(lesson.folder) if one.trains]


def put_in_place(key: str, folder: str) -> None:
    """From here on the library has this mistake."""
    from lessons.course.mistakes import mistakes

    lesson_folder, _, name = key.partition("/")
    lesson = find(lesson_folder)
    mistake = next(one for one in mistakes(lesson_folder) if one.id == name)
    module = lesson.module_of(mistake.function)
    file = Path(folder) / f"{module}.py"
    file.write_text(mistake.source(lesson.library_file(module).read_text("utf-8")), "utf-8")
    finder.install({f"simclr_mini.{module}": file})


def measure(key: str, seed: int) -> dict:
    """Train and evaluate in this process.

    Args:
        key: "right", or `lesson/mistake`.
        seed: the run's random seed.

    Returns:
        {"linear_probe", "knn", "first_loss", "last_loss"}, or {"error"} where it stops.
    """
    with tempfile.TemporaryDirectory() as folder:
        if key != "right":
            put_in_place(key, folder)
        from simclr_mini.accuracy import scores
        from simclr_mini.build import build_method, load_splits
        from simclr_mini.evaluate import features
        from simclr_mini.methods import configure
        from simclr_mini.train import train

        config = configure(images=IMAGES, epochs=EPOCHS, seed=seed, knn_every=0)
        data = load_splits(config)
        splits = tuple(data.values())
        try:
            method = build_method(config, data["train"])
            train(config, method, data, Path(folder), lambda line: None)
            found = scores(tuple(features(method.encoder, split) for split in splits), splits)
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        log = (Path(folder) / "log.jsonl").read_text("utf-8").splitlines()
        losses = [json.loads(line)["loss"] for line in log]
        found["first_loss"] = sum(losses[:STEPS]) / STEPS
        found["last_loss"] = sum(losses[-STEPS:]) / STEPS
        return {name: round(found[name], 4) for name in KEPT}


class Results:
    """What was measured, as FILE keeps it: for "right" and for each mistake, a result by seed."""

    def __init__(self):
        known = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
        if known.setdefault("budget", WORDS) != WORDS:
            sys.exit(f"{FILE.name} was measured with another budget; delete it to measure again")
        from simclr_mini.report import machine  # here, so that `measure` imports no library

        known.setdefault("machine", machine().partition(",")[0])
        self.known, self.writing = known, threading.Lock()

    def wants(self, key: str, seed: int) -> bool:
        """Whether a run is missing. A row that needs only one seed lacks no other."""
        found = self.known.get(key, {})
        first, right = found.get(str(SEEDS[0])), self.known.get("right", {}).get(str(SEEDS[0]))
        if key != "right" and first and ("error" in first or first == right):
            return False
        return str(seed) not in found

    def keep(self, key: str, seed: int, result: dict) -> None:
        """Write a result at once."""
        with self.writing:
            self.known.setdefault(key, {})[str(seed)] = result
            part = FILE.with_suffix(".part")
            part.write_text(json.dumps(self.known, indent=1) + "\n", "utf-8")
            os.replace(part, FILE)
            print(key, seed, result, flush=True)


def make(results: Results, key: str, seed: int) -> None:
    """Measure in a process of its own, on one thread, unless the result is there."""
    if not results.wants(key, seed):
        return
    command = [sys.executable, __file__, "--one", key, str(seed)]
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True)
    if ended.returncode:
        print(f"{key} {seed}:\n{ended.stderr}", file=sys.stderr, flush=True)
        return
    results.keep(key, seed, json.loads(ended.stdout.splitlines()[-1]))


def main(words: list[str]) -> None:
    wanted = [key for word in words for key in keys_of(word)] or chosen()
    results = Results()
    for seed in SEEDS:  # seed by seed: whatever is there when it stops can be compared
        with ThreadPoolExecutor(2) as pool:
            for key in ["right", *wanted]:
                pool.submit(make, results, key, seed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], int(sys.argv[3]))))
    else:
        main(sys.argv[1:])
