"""Reproduce the numbers in README: make every run, with three seeds, by its command.

    python docs/results/make.py                 # all runs that are missing
    python docs/results/make.py shapes cifar10  # these only
    python docs/results/make.py --check         # whether README's tables match the results

Two runs are made at a time, each on one thread. The script keeps result.json and log.jsonl of each
run here; the rest of a run stays in `runs/`.
"""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from simclr_mini import report
from simclr_mini.methods import METHODS

HERE = Path(__file__).parent
SEEDS = (0, 1, 2)
OTHERS = [method for method in METHODS if method not in ("simclr", "supervised")]
CIFAR10 = "--data cifar10 --images 10000 --epochs"
CROPS = "5 --small-crops 4 --small-size 16"  # an epoch takes twice as long, so half as many
TINY = "--encoder tiny --view-size 32"
RUNS = {
    "shapes": "--supervised",
    "cifar10": f"{CIFAR10} 10",
    **{f"cifar10-{method}": f"--method {method} {CIFAR10} 10" for method in OTHERS},
    **{f"shapes-{method}": f"--method {method}" for method in OTHERS},
    "shapes-crop-only": "--views crop_only",
    "shapes-wrong-positives": "--positives wrong",
    "cifar10-more": f"{CIFAR10} 16",
    "cifar10-crops": f"{CIFAR10} {CROPS}",
    "cifar10-nnclr-crops": f"--method nnclr {CIFAR10} {CROPS}",
    "cifar10-swav-crops": f"--method swav {CIFAR10} {CROPS}",
    "shapes-tiny": TINY,
    "shapes-tiny-crop-only": f"{TINY} --views crop_only",
    "cifar10-tiny": f"{TINY} {CIFAR10} 10",
    "cifar10-long": "--data cifar10 --epochs 30",
}
ONE_SEED = {"cifar10-long"}  # 20 to 40 minutes on one core
OWN_BASELINES = {"shapes", "cifar10", "cifar10-more", "cifar10-long"}
OWN_BASELINES |= {name for name, options in RUNS.items() if TINY in options}


def command(name: str, seed: int) -> str:
    """The command that makes a run."""
    return f"simclr-mini train {RUNS[name]} --seed {seed} --name {name}-{seed}"


def make(name: str, seed: int) -> None:
    """Run it in a process of its own, unless its result is here, and keep what it prints."""
    kept = HERE / f"{name}-{seed}"
    if (kept / "result.json").exists():
        return
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    Path("runs").mkdir(exist_ok=True)
    with open(Path("runs") / f"{kept.name}.out", "w") as out:
        words = [sys.executable, __file__, "--one", name, str(seed)]
        subprocess.run(words, check=True, env=env, stdout=out, stderr=out)
    kept.mkdir(exist_ok=True)
    for file in ("result.json", "log.jsonl"):
        shutil.copy(Path("runs") / kept.name / file, kept / file)


def train_here(name: str, seed: int) -> None:
    """Run the command in this process.

    The baselines of another method's run are those of SimCLR's run with the same images, seed and
    network. Measuring them takes half as long as training, so they are taken from there.
    """
    from simclr_mini.cli import main

    if name not in OWN_BASELINES:
        same = HERE / f"{name.split('-')[0]}-{seed}" / "result.json"
        known = json.loads(same.read_text())["baselines"]
        known.pop("supervised", None)
        report.baselines = lambda *_: known
    main([*command(name, seed).split()[1:], "--force"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        train_here(sys.argv[2], int(sys.argv[3]))
        sys.exit()
    if sys.argv[1:2] == ["--check"]:
        sys.exit(subprocess.run([sys.executable, str(HERE / "table.py"), "--check"]).returncode)
    names = sys.argv[1:] or list(RUNS)
    wanted = [(n, s) for n in names for s in (SEEDS[:1] if n in ONE_SEED else SEEDS)]
    first = [(n, s) for n, s in wanted if n in ("shapes", "cifar10")]  # the others need these
    with ThreadPoolExecutor(2) as pool:
        for some in (first, [pair for pair in wanted if pair not in first]):
            list(pool.map(lambda pair: make(*pair), some))
