"""Make the numbers of README again: every run, three seeds, with the command that makes it.

    python docs/results/make.py                 # all runs that are not there yet
    python docs/results/make.py shapes cifar10  # these only

Keeps result.json and log.jsonl of each run here; the rest of a run stays in `runs/`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from simclr_mini.methods import METHODS

HERE = Path(__file__).parent
SEEDS = (0, 1, 2)
OTHERS = [method for method in METHODS if method not in ("simclr", "supervised")]
CIFAR10 = "--data cifar10 --images 10000 --epochs 10"
RUNS = {
    "shapes": "--supervised",
    "shapes-crop-only": "--views crop_only",
    "shapes-wrong-positives": "--positives wrong",
    **{f"shapes-{method}": f"--method {method}" for method in OTHERS},
    "cifar10": CIFAR10,
    **{f"cifar10-{method}": f"--method {method} {CIFAR10}" for method in OTHERS},
    "cifar10-long": "--data cifar10 --epochs 20",
}
ONE_SEED = {"cifar10-long"}  # 39 minutes on one core


def command(name: str, seed: int) -> str:
    """The command that makes a run."""
    return f"simclr-mini train {RUNS[name]} --seed {seed} --name {name}-{seed}"


def make(name: str, seed: int) -> None:
    """Run it, unless its result is here, and keep what it says."""
    kept = HERE / f"{name}-{seed}"
    if (kept / "result.json").exists():
        return
    words = command(name, seed).split()[1:]
    subprocess.run([sys.executable, "-m", "simclr_mini.cli", *words, "--force"], check=True)
    kept.mkdir(exist_ok=True)
    for file in ("result.json", "log.jsonl"):
        shutil.copy(Path("runs") / kept.name / file, kept / file)


if __name__ == "__main__":
    for name in sys.argv[1:] or RUNS:
        for seed in SEEDS[:1] if name in ONE_SEED else SEEDS:
            make(name, seed)
