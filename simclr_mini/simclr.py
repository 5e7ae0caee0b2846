"""SimCLR: make two views of each image agree, and views of different images differ.

Other methods are sub-classes that override what their paper changes, and nothing else.

Paper: Chen et al. 2020, algorithm 1. https://arxiv.org/abs/2002.05709
Differs: each view goes through the network by itself, so a batch norm sees B images, not 2B.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Generator, Tensor, nn

from simclr_mini.config import Config, Options, refuse
from simclr_mini.data import Images
from simclr_mini.diagnostics import chance_loss, contrastive_accuracy, floor_loss
from simclr_mini.heads import projector
from simclr_mini.large_batch import LARGE, nt_xent_in_chunks
from simclr_mini.nt_xent import margin_triplet_loss, nt_logistic_loss, nt_xent_loss
from simclr_mini.views import one_view, recipe_named, two_views

SMALL_CROP_SCALE = (0.08, 0.4)  # smallest and largest share of an image's area in a small crop


def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    """The images of one epoch in random order, cut into batches. Algorithm 1, line 2.

    Args:
        N: how many images there are.
        batch_size: B. The images left over at the end, fewer than B, are not used in this epoch.
        generator: source of randomness; each call draws a new order, all of it before the first
            batch, because a resumed run skips batches, not draws.

    Yields:
        Positions of the images of a batch, int64, shape (B,); none twice in an epoch.
    """
    # one order for the whole epoch
    order = torch.randperm(N, generator=generator)
    # cut it, full batches only
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]


def source(seed: int, name: str) -> Generator:
    """A generator seeded from (seed, name), so that each name has a stream of its own.

    torch's CPU generator uses only 32 bits of a seed, so about one pair of generators in 2^32 is
    equal by accident.

    Args:
        seed: random seed of the run.
        name: what is drawn from the generator.
    """
    return Generator().manual_seed(zlib.crc32(f"{name} {seed}".encode()))


def view_side(side: int) -> int:
    """Side of a view for images with this side: three quarters, rounded down to even, at least 8.

    A crop is enlarged to the side of the view, so training sees things larger than they are. With
    smaller views, things are closer to their size in the whole images of the evaluation (Touvron et
    al. 2019, https://arxiv.org/abs/1906.06423, section 3), and a step takes a third less time.
    """
    return max(8, 3 * side // 8 * 2)


@dataclass(frozen=True)
class Temperature(Options):
    """Options of a method whose loss has a temperature."""

    temperature: float = 0.2
    """tau of the softmax. A smaller value concentrates on the most similar candidates."""

    def check(self, config: Config) -> None:
        """Raise ValueError unless the temperature is in (0, 100]."""
        if not 0 < self.temperature <= 100:
            refuse("temperature", self.temperature, "above 0 and at most 100, such as 0.2")


@dataclass(frozen=True)
class SimCLROptions(Temperature):
    """Options of SimCLR."""

    loss: Literal["nt_xent", "nt_logistic", "margin_triplet"] = "nt_xent"
    """Training loss. The last two are the rivals in table 4 of the SimCLR paper."""
    margin: float = 0.8
    """m, the margin of "margin_triplet", in units of cosine similarity."""
    positives: Literal["same", "wrong"] = "same"
    """"wrong" takes the second view from another image: a control with nothing to learn."""

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range, or small crops would spoil a control."""
        super().check(config)
        if not 0 < self.margin <= 2:
            refuse("margin", self.margin, "above 0 and at most 2, as cosines differ by no more")
        if self.positives == "wrong" and config.small_crops:
            refuse("small_crops", config.small_crops, "0 with --positives wrong")

    def idle(self, epochs: int) -> dict[str, str]:
        """The temperature or the margin, whichever the loss does not use."""
        unused = "temperature" if self.loss == "margin_triplet" else "margin"
        return {unused: f"--loss {self.loss}"}


class SimCLR(nn.Module):
    """The method, as the training loop sees it.

    Args:
        config: the choices of the run; `options` are the method's own.
        images: the training images.
        encoder: maps images, shape (B, 3, H, W), to representations h, shape (B, D).
        projector: maps h to projections z, shape (B, d).

    Attributes:
        title, color: name and colour in figures.
        Options: its options, a frozen dataclass.
        ignores: general choices that it does not use.
        gauges: meters shown in the progress bar: words and number format by the meter's name.
        prepares: what it does before the first step, in words, if that takes a long time.
        picture: the function in `figures` that draws what the method did, or None.
    """

    title, color = "SimCLR", "#0550b4"
    Options: type[Options] = SimCLROptions
    ignores: tuple[str, ...] = ()
    gauges = {"contrastive_accuracy": ("finds the other view", ".0%")}
    prepares = ""
    picture: str | None = None
    positives = "same"

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__()
        self.options, self.seed = config.options, config.seed
        self.encoder, self.projector = encoder, projector
        for name, value in vars(self.options).items():  # self.temperature, self.positives, ...
            if name != "loss":
                setattr(self, name, value)
        if getattr(self.options, "loss", "nt_xent") != "nt_xent":
            self.loss = self.rival_loss  # takes the place of `loss`, which is NT-Xent
        elif config.batch_size >= LARGE and type(self).loss is SimCLR.loss:
            self.loss = self.large_loss
        self.recipe = replace(
            recipe_named(config.views),
            size=config.view_size or view_side(images.pixels.shape[2]),
            crop_scale=(config.crop_min, 1.0),
        )
        self.labels, self.small_crops = images.labels, config.small_crops
        self.small_recipe = replace(
            self.recipe, size=config.small_size, crop=1.0, crop_scale=SMALL_CROP_SCALE
        )
        self.generators = {
            "order": source(config.seed, "order"),
            "views": source(config.seed, "views"),
        }

    @staticmethod
    def check_images(config: Config, images: Images) -> None:
        """Raise ValueError if the method cannot train on these images. SimCLR can train on any."""

    @staticmethod
    def wrap(encoder: nn.Module, options: Options) -> nn.Module:
        """The encoder as the method uses it. SimCLR uses it unchanged."""
        return encoder

    @staticmethod
    def head(config: Config, images: Images, dim: int) -> nn.Module:
        """The projector of a run, (B, D) to (B, d), untrained.

        Args:
            config: the choices of the run.
            images: the training images.
            dim: D, width of the representation.
        """
        return projector(config.projector, dim, config.hidden_dim, config.out_dim)

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Do what the method does once before each epoch. SimCLR does nothing.

        Args:
            pixels: all training images, uint8, shape (N, 3, H, W).

        Returns:
            Parameters that were drawn anew; the optimiser must forget its state for them.
        """
        return []

    def batches(self, N: int, batch_size: int) -> Iterator[Tensor]:
        """The batches of one epoch: positions of images, int64, shape (B,) each."""
        return shuffled_batches(N, batch_size, self.generators["order"])

    def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Two views of each image. Algorithm 1: t(x) and t'(x).

        With the control `positives="wrong"`, only x2 differs: its row b is a view of a neighbour of
        image b in the batch (the first and the last are neighbours).

        Args:
            x: images in [0, 1], shape (B, 3, H, W).

        Returns:
            x1, x2, shape (B, 3, size, size).
        """
        x1, x2 = two_views(x, self.recipe, self.generators["views"])
        return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)

    def small_views(self, x: Tensor) -> list[Tensor]:
        """Additional small views of each image. SwAV, section 3.2 (multi-crop).

        Args:
            x: images in [0, 1], shape (B, 3, H, W).

        Returns:
            As many views as --small-crops says, shape (B, 3, small size, small size) each.
        """
        generator = self.generators["views"]
        return [one_view(x, self.small_recipe, generator) for _ in range(self.small_crops)]

    def project_views(self, views: list[Tensor]) -> list[Tensor]:
        """Projections of all views: large ones one by one, small ones in one pass.

        Args:
            views: two large views, then small ones, shape (B, 3, S, S) each.

        Returns:
            The projections of each view, shape (B, d) each.
        """
        z = [self.project(x) for x in views[:2]]
        if len(views) > 2:
            z += self.project(torch.cat(views[2:])).chunk(len(views) - 2)
        return z

    def loss_of_views(self, z: list[Tensor], index: Tensor) -> Tensor:
        """The loss of two large views, averaged with those of all pairs of a large and a small one.

        Args:
            z: projections of two large views, then of small ones, shape (B, d) each.
            index: positions of the images, shape (B,).
        """
        z1, z2, *small = z
        # pairs first: a method's `loss` may change its state
        losses = [self.pair_loss(large, one, index) for one in small for large in (z1, z2)]
        return sum([self.loss(z1, z2, index), *losses]) / (1 + len(losses))

    def pair_loss(self, large: Tensor, small: Tensor, index: Tensor) -> Tensor:
        """The loss of a large and a small view. Arguments as for `loss`."""
        return self.loss(large, small, index)

    def project(self, x: Tensor) -> Tensor:
        """z = g(f(x)), as in Algorithm 1.

        Args:
            x: views, shape (B, 3, size, size).

        Returns:
            Projections, shape (B, d).
        """
        # the representation h, which is kept, then the projection z, which only the loss sees
        h = self.encoder(x)
        return self.projector(h)

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """NT-Xent, as at the end of Algorithm 1.

        Args:
            z1, z2: projections of the two views, shape (B, d).
            index: positions of the images, shape (B,). SimCLR does not need them.

        Returns:
            A scalar.
        """
        # both views of an image attract, everything else repels
        return nt_xent_loss(z1, z2, self.temperature)

    def large_loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """NT-Xent without a (2B, 2B) matrix. Arguments as for `loss`."""
        return nt_xent_in_chunks(z1, z2, self.temperature)

    def rival_loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """NT-Logistic or the margin triplet, as --loss says. Table 4. Arguments as for `loss`."""
        if self.options.loss == "nt_logistic":
            return nt_logistic_loss(z1, z2, self.temperature)
        return margin_triplet_loss(z1, z2, self.margin)

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """What the log says about a step apart from its loss, by name. Arguments as for `loss`."""
        return {"contrastive_accuracy": float(contrastive_accuracy(z1, z2))}

    def chance(self, B: int) -> float:
        """The loss when all projections are equal."""
        if self.loss == self.rival_loss:
            return float(self.loss(torch.ones(2, 2), torch.ones(2, 2), torch.arange(2)))
        return chance_loss(B)

    def floor(self, B: int) -> float:
        """The loss when positives have cosine 1 and negatives 0: roughly the lowest possible."""
        if self.loss == self.rival_loss:
            return float(self.loss(torch.eye(2), torch.eye(2), torch.arange(2)))
        return floor_loss(B, self.temperature)
