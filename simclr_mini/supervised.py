"""Supervised: the same network, views and steps, trained on human labels.

This is what the other methods are compared with. Both views of an image must be classified.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from simclr_mini.config import Config, Options
from simclr_mini.data import Images
from simclr_mini.simclr import SimCLR


class Supervised(SimCLR):
    """The method. Its head is a linear classifier."""

    title, color = "supervised", "#22252b"
    Options = Options
    ignores = ("projector", "hidden_dim", "out_dim", "small_crops", "small_size")
    gauges = {"accuracy": ("finds the class", ".0%")}

    @staticmethod
    def check_images(config: Config, images: Images, option: str = "--method supervised") -> None:
        """Raise ValueError unless there are two or more classes and enough labels for a batch."""
        if images.labels is None:
            raise ValueError(f"{option} needs labels; {images.name} has none")
        if len(images.classes) < 2:
            raise ValueError(f"{option} needs 2 or more classes; {images.name} has 1")
        if config.batch_size > len(images):
            raise ValueError(
                f"{option} needs a --batch-size of at most {len(images)}, the number of training "
                f"images that have labels, not {config.batch_size}"
            )

    @staticmethod
    def head(config: Config, images: Images, dim: int) -> nn.Module:
        """A linear classifier, (B, D) to (B, C)."""
        return nn.Linear(dim, len(images.classes))

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """Mean cross entropy of both views with the labels. Arguments as for `SimCLR.loss`."""
        labels = self.labels[index].to(z1.device)
        return F.cross_entropy(torch.cat([z1, z2]).float(), labels.repeat(2))

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Share of the views whose class is predicted correctly. Arguments as for `loss`."""
        found = torch.cat([z1, z2]).argmax(1).cpu() == self.labels[index].repeat(2)
        return {"accuracy": float(found.float().mean())}

    def chance(self, B: int) -> float:
        """ln C: every class is equally likely."""
        return torch.tensor(float(self.projector.out_features)).log().item()

    def floor(self, B: int) -> float:
        """Zero: every view is classified with certainty."""
        return 0.0
