"""Measure the baseline without a network: k-means on whitened patches, three seeds.

    python docs/results/patches.py

Writes patches.json: accuracies on the same splits as the runs of make.py, and the seconds that
learning, features, probe and k-NN took.
"""

import json
import time
from pathlib import Path

from torch import Generator

from simclr_mini import patches
from simclr_mini.accuracy import scores
from simclr_mini.build import load_splits
from simclr_mini.methods import configure
from simclr_mini.report import machine

FILE = Path(__file__).parent / "patches.json"
SEEDS = (0, 1, 2)
DATA = {"shapes": {}, "cifar10": {"data": "cifar10", "images": 10000}}
CENTROIDS = (100, 400)


def measure(data: str, K: int, seed: int) -> dict:
    """Test accuracies of 4K numbers for each image, and the seconds spent."""
    splits = tuple(load_splits(configure(**DATA[data])).values())
    began = time.perf_counter()
    learned = patches.learn(splits[0].pixels, K, Generator().manual_seed(seed))
    h = tuple(patches.features(learned, images.pixels) for images in splits)
    made = time.perf_counter()
    found = scores(h, splits)
    seconds = {"features": made - began, "evaluation": time.perf_counter() - made}
    return {**found, **{name: round(value, 1) for name, value in seconds.items()}}


if __name__ == "__main__":
    kept = json.loads(FILE.read_text()) if FILE.exists() else {"machine": machine()}
    for K in CENTROIDS:
        for data in DATA:
            for seed in SEEDS:
                name = f"{data}-{4 * K}-{seed}"
                if name not in kept:
                    kept[name] = measure(data, K, seed)
                    FILE.write_text(json.dumps(kept, indent=1) + "\n")
                    print(name, kept[name], flush=True)
