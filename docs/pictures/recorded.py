"""Short runs whose states are kept, so that many pictures can look into the same training.

The first call of `record` trains, for minutes; later calls read runs/pictures.
"""

from functools import cache
from pathlib import Path

import torch

from simclr_mini.build import build_method, load_splits
from simclr_mini.data import Images
from simclr_mini.methods import configure
from simclr_mini.simclr import SimCLR
from simclr_mini.train import train

FOLDER = Path("runs/pictures")
CHOICES = {  # for each run, the options that differ from the defaults
    "simclr": {},
    "nnclr": {"method": "nnclr"},
    "deepcluster": {"method": "deepcluster"},
    "tiny": {"encoder": "tiny", "view_size": 32},
    "tiny_crops": {"encoder": "tiny", "view_size": 32, "views": "crop_only"},
}
STEPS = (0, 5, 10, 20, 35, 50, 70, 105, 140, 175, 210, 245, 280, 315, 350, 385, 420)


class Recorded:
    """A run: the method as it was after some of its steps.

    Attributes:
        data: the splits "train", "val" and "test".
        steps: the steps after which the method was kept; 0 is untrained, the last is trained.
        epoch: number of steps of an epoch.
    """

    def __init__(self, name: str):
        self.folder, self.config = FOLDER / name, configure(**CHOICES[name])
        self.data = load_splits(self.config)
        if not self.file(STEPS[-1]).exists():
            self.train()
        self.steps, self.epoch = STEPS, len(self.data["train"]) // self.config.batch_size

    def file(self, step: int) -> Path:
        return self.folder / f"step-{step:03}.pt"

    def train(self) -> None:
        """Train as `simclr-mini train` does, and keep the states."""
        self.folder.mkdir(parents=True, exist_ok=True)
        method = build_method(self.config, self.data["train"])

        def keep(line: dict) -> None:
            if line["step"] in STEPS:
                torch.save(method.state_dict(), self.file(line["step"]))

        keep({"step": 0})
        train(self.config, method, self.data, self.folder, keep)

    def at(self, step: int) -> SimCLR:
        """The method as it was after a step."""
        method = build_method(self.config, self.data["train"])
        method.load_state_dict(torch.load(self.file(step), weights_only=True))
        return method.eval()


@cache
def clusters() -> tuple[torch.Tensor, Images]:
    """G-SimCLR's pseudo-labels, which it finds before training, and the training images."""
    config, file = configure("gsimclr"), FOLDER / "gsimclr-clusters.pt"
    train = load_splits(config)["train"]
    if not file.exists():
        method = build_method(config, train)
        method.start_epoch(train.pixels)
        FOLDER.mkdir(parents=True, exist_ok=True)
        torch.save(method.pseudo_labels, file)
    return torch.load(file, weights_only=True), train


@cache
def record(name: str) -> Recorded:
    """The run of that name, trained now if it was not before."""
    return Recorded(name)
