"""Run the studies: whatever is missing, in order, two runs at a time with one thread each.

    python docs/results/studies/runner.py --minutes 150    # starts no new run after that
    python docs/results/studies/runner.py 01_head          # this study only

A run that was killed continues from its checkpoint. Each result, with every tenth line of the log,
is kept in kept/STUDY/ARM-SEED.json. All runs of a study compute in the number format
of its first one: a study that was begun in bfloat16 waits for a CPU that supports it.
"""

import json
import os
import subprocess
import sys
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import tyro

from simclr_mini.device import number_format

HERE = Path(__file__).parent
KEPT, UNDER_WAY = HERE / "kept", Path("runs") / "studies"


@dataclass(frozen=True)
class Study:
    """A declared study. `arms` holds the options of each arm, or a list to choose from."""

    name: str
    title: str
    source: str
    common: str
    seeds: list[int]
    arms: dict[str, str | list[str]]
    claims: list[dict]


def declared(names: tuple[str, ...] = ()) -> list[Study]:
    """The studies of these names, or all, in order."""
    files = [file for file in sorted(HERE.glob("*.toml")) if not names or file.stem in names]
    return [Study(file.stem, **tomllib.loads(file.read_text("utf-8"))) for file in files]


def kept(study: Study, run: str) -> dict | None:
    """The result of a run, if it is there."""
    file = KEPT / study.name / f"{run}.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else None


def chosen(study: Study, arm: str) -> str | None:
    """The options of an arm: the choice that is best on validation images, once all were tried."""
    choices = study.arms[arm]
    if isinstance(choices, str):
        return choices
    tried = [kept(study, f"{arm}.{i}-{study.seeds[0]}") for i in range(len(choices))]
    if None in tried:
        return None
    return max(zip(choices, tried, strict=True), key=lambda pair: pair[1]["validation_knn"])[0]


def missing(study: Study) -> list[tuple[str, str, int]]:
    """Name, options and seed of each run that can be made now and is not there, seed by seed."""
    found = []
    for arm, choices in study.arms.items():
        for i, options in enumerate([] if isinstance(choices, str) else choices):
            found.append((f"{arm}.{i}-{study.seeds[0]}", options, study.seeds[0]))
    for seed in study.seeds:
        for arm in study.arms:
            if (options := chosen(study, arm)) is not None:
                found.append((f"{arm}-{seed}", options, seed))
    return [run for run in found if kept(study, run[0]) is None]


def format_of(study: Study) -> str:
    """The number format of the study's runs: that of the kept ones, or the one used here."""
    for run in (KEPT / study.name).glob("*.json"):
        return json.loads(run.read_text("utf-8"))["precision"]
    return number_format("auto", "auto")


def make(study: Study, run: str, options: str, seed: int) -> None:
    """Train and measure one run in a process of its own, on one thread."""
    words = [sys.executable, str(HERE / "one.py"), str(UNDER_WAY / study.name / run)]
    words += [str(KEPT / study.name / f"{run}.json")]
    words += [*study.common.split(), *options.split(), "--seed", str(seed)]
    words += ["--precision", format_of(study)]
    began = time.monotonic()
    subprocess.run(words, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
    print(f"{study.name} {run}: {time.monotonic() - began:.0f} s", flush=True)


def make_in_time(end: float, *run) -> None:
    """Make a run unless the time is over. A failure is reported, and the other runs go on."""
    if time.monotonic() < end:
        try:
            make(*run)
        except subprocess.CalledProcessError as error:
            print(f"{run[0].name} {run[1]} failed: {error}", flush=True)


def main(names: tyro.conf.Positional[tuple[str, ...]] = (), minutes: float = 150.0) -> None:
    """Run what is missing.

    Args:
        names: names of studies; all of them if none is given.
        minutes: start no run after this time.
    """
    end = time.monotonic() + 60 * minutes
    for study in declared(names):
        if format_of(study) == "bfloat16" and number_format("auto", "auto") == "float32":
            print(f"{study.name} waits: it was begun in bfloat16, which this device lacks")
            continue
        # twice: an arm's choice is known only after the first round
        for _ in range(2):
            with ThreadPoolExecutor(2) as pool:
                for run in missing(study):
                    pool.submit(make_in_time, end, study, *run)


if __name__ == "__main__":
    tyro.cli(main)
