"""SimCLR: make two views of each image agree, and views of different images differ.

Other methods are sub-classes that override what their paper changes, and nothing else.

Paper: Chen et al. 2020, algorithm 1. https://arxiv.org/abs/2002.05709
Differs: each view goes through the network by itself, so a batch norm sees B images, not 2B.
"""

import zlib
from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from simclr_mini.diagnostics import chance_loss, contrastive_accuracy, floor_loss
from simclr_mini.nt_xent import nt_xent_loss
from simclr_mini.views import Recipe, two_views


def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    """The images of one epoch in random order, cut into batches. Algorithm 1, line 2.

    Args:
        N: how many images there are.
        batch_size: B. The images left over at the end, fewer than B, wait for another epoch.
        generator: source of randomness; each call draws a new order.

    Yields:
        Positions of the images of a batch, int64, shape (B,); none twice in an epoch.
    """
    # one order for the whole epoch
    order = torch.randperm(N, generator=generator)
    # cut it, full batches only
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]


def source(seed: int, name: str) -> Generator:
    """A source of randomness for each seed and name, unlike any other's.

    torch's generator on the processor looks at 32 bits of a seed only, so that seed + 2^32 would
    be the same source again.

    Args:
        seed: of the run.
        name: what is drawn from it.
    """
    return Generator().manual_seed(zlib.crc32(f"{name} {seed}".encode()))


class SimCLR(nn.Module):
    """The method, as the training loop sees it.

    Args:
        encoder: images to representations h, (B, 3, H, W) to (B, D).
        projector: representations to projections z, (B, D) to (B, d).
        recipe: how views are made.
        temperature: tau > 0 of the loss.
        seed: of the order of images and of the views, which have a generator each.
        positives: "same": both views come from one image. "wrong": the second comes from a
            neighbouring image of the batch, which leaves nothing to learn; a control.
    """

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        recipe: Recipe,
        temperature: float = 0.5,
        seed: int = 0,
        positives: str = "same",
    ):
        super().__init__()
        self.encoder, self.projector = encoder, projector
        self.recipe, self.temperature, self.positives = recipe, temperature, positives
        self.generators = {
            "order": source(seed, "order"),
            "views": source(seed, "views"),
        }

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """What is done once before an epoch. SimCLR does nothing.

        Args:
            pixels: all training images, uint8, shape (N, 3, H, W).

        Returns:
            Parameters that were made anew, whose optimiser state is to be forgotten.
        """
        return []

    def batches(self, N: int, batch_size: int) -> Iterator[Tensor]:
        """The batches of one epoch, as positions of images. Shape (B,) each."""
        return shuffled_batches(N, batch_size, self.generators["order"])

    def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Two views of each image. Algorithm 1, lines 5 to 8.

        Args:
            x: images in [0, 1], shape (B, 3, H, W).

        Returns:
            x1, x2, shape (B, 3, size, size).
        """
        x1, x2 = two_views(x, self.recipe, self.generators["views"])
        return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)

    def project(self, x: Tensor) -> Tensor:
        """z = g(f(x)). Algorithm 1, lines 6 and 7.

        Args:
            x: views, shape (B, 3, size, size).

        Returns:
            Projections, shape (B, d).
        """
        # the representation, which is kept, then the projection, which only the loss sees
        h = self.encoder(x)
        return self.projector(h)

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """NT-Xent. Algorithm 1, lines 10 to 14.

        Args:
            z1, z2: projections of the two views, shape (B, d).
            index: which images they are, shape (B,). SimCLR has no use for it.

        Returns:
            A scalar.
        """
        # both views of an image attract, everything else repels
        return nt_xent_loss(z1, z2, self.temperature)

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """What the log and the progress bar say of a step besides its loss. Arguments as `loss`."""
        return {"contrastive_accuracy": float(contrastive_accuracy(z1, z2))}

    def chance(self, B: int) -> float:
        """The loss of projections that say nothing."""
        return chance_loss(B)

    def floor(self, B: int) -> float:
        """About the least loss there can be."""
        return floor_loss(B, self.temperature)


class Supervised(SimCLR):
    """The same network, views and steps with a person's labels: what SimCLR is measured against.

    Its projector is a linear classifier. Both views of an image must be classified.

    Args:
        labels: of the training images, int64, shape (N,).
        classes: K.
        Others as `SimCLR`.
    """

    def __init__(self, encoder: nn.Module, recipe: Recipe, labels: Tensor, classes: int, seed: int):
        super().__init__(encoder, nn.Linear(encoder.dim, classes), recipe, seed=seed)
        self.labels, self.classes = labels, classes

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """Cross entropy of the labels, the mean over both views. Arguments as `SimCLR.loss`."""
        labels = self.labels[index].to(z1.device)
        return nn.functional.cross_entropy(torch.cat([z1, z2]).float(), labels.repeat(2))

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Share of the views whose class is found. Arguments as `loss`."""
        found = torch.cat([z1, z2]).argmax(1).cpu() == self.labels[index].repeat(2)
        return {"accuracy": float(found.float().mean())}

    def chance(self, B: int) -> float:
        """ln K: every class equally likely."""
        return torch.tensor(float(self.classes)).log().item()

    def floor(self, B: int) -> float:
        """Zero: every view classified for certain."""
        return 0.0
