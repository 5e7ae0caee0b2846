"""Measure the baseline without a network: k-means on whitened patches.

    OMP_NUM_THREADS=1 python docs/results/patches.py

Writes patches.json: accuracies on the same splits as the runs of make.py, with all labels and with
few, and the CPU seconds that learning the patches and the training images' features took.
"""

import json
import time
from pathlib import Path

from make import ONE_SEED, SEEDS
from torch import Generator

from simclr_mini import patches
from simclr_mini.accuracy import few_labels, scores
from simclr_mini.build import load_splits
from simclr_mini.methods import configure
from simclr_mini.report import machine

FILE = Path(__file__).parent / "patches.json"
DATA = {
    "shapes": {},
    "cifar10": {"data": "cifar10", "images": 10000},
    "cifar10-long": {"data": "cifar10"},  # all 36,000 images, as in make.py's run of that name
}
CENTROIDS = (100, 400)


def measure(data: str, K: int, seed: int) -> dict:
    """Test accuracies of 4K numbers for each image, and the CPU seconds spent before the probe."""
    splits = tuple(load_splits(configure(**DATA[data])).values())
    began = time.process_time()
    learned = patches.learn(splits[0].pixels, K, Generator().manual_seed(seed))
    train = patches.features(learned, splits[0].pixels)
    seconds = time.process_time() - began
    h = (train, *(patches.features(learned, images.pixels) for images in splits[1:]))
    few = {
        name: few_labels(None, splits, share, seed, fine_tune=False, h=h)
        for name, share in (("1%", 0.01), ("10%", 0.1))
    }
    return scores(h, splits) | {"few_labels": few, "core_seconds": round(seconds, 1)}


if __name__ == "__main__":
    kept = json.loads(FILE.read_text()) if FILE.exists() else {"machine": machine()}
    for K in CENTROIDS:
        for data in reversed(DATA):
            for seed in SEEDS[:1] if data in ONE_SEED else SEEDS:
                name = f"{data}-{4 * K}-{seed}"
                if name not in kept:
                    kept[name] = measure(data, K, seed)
                    FILE.write_text(json.dumps(kept, indent=1) + "\n")
                    print(name, kept[name], flush=True)
