"""Diagnostics: how far has the loss come, and have the representations collapsed?

A loss of 5.07 alone says little. To see how far training has come, compare it with the loss of
equal projections (chance) and with that of nearly ideal projections (floor).

Papers: Wang and Isola 2020 (alignment, uniformity), https://arxiv.org/abs/2005.10242
Garrido et al. 2023 (effective rank, "RankMe"), https://arxiv.org/abs/2210.02885
Differs: nothing.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from simclr_mini.large_batch import LARGE, contrastive_accuracy_in_chunks
from simclr_mini.nt_xent import (
    candidate_logits,
    positive_and_negatives,
    positive_index,
    similarity_matrix,
)


def chance_loss(B: int) -> float:
    """NT-Xent when all projections are equal: ln(2B - 1), at any temperature.

    Args:
        B: number of images, each with two views.

    Raises:
        ValueError: if there are fewer than two images.
    """
    check_batch(B)
    return math.log(2 * B - 1)


def floor_loss(B: int, temperature: float) -> float:
    """NT-Xent when positives have cosine 1 and negatives cosine 0.

    -1 / tau + ln(e^{1 / tau} + 2B - 2). A practical floor, not a bound: some negatives can be
    below cosine 0, but the mean cosine of B unit vectors is never below -1 / (B - 1).

    Args:
        B: number of images, each with two views.
        temperature: tau > 0.

    Returns:
        A number >= 0.

    Raises:
        ValueError: if there are fewer than two images, or the temperature is not above 0.
    """
    check_batch(B)
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    # the same formula with e^{1 / tau} taken out of the logarithm, where it could overflow
    return math.log1p((2 * B - 2) * math.exp(-1 / temperature))


def share_of_way(loss: float, chance: float, floor: float) -> float:
    """How far a loss has come from chance (0) to floor (1). Below 0 it is worse than chance.

    Args:
        loss, chance, floor: three losses at the same batch size and temperature.

    Raises:
        ValueError: if chance is not above floor.
    """
    if not chance > floor:
        raise ValueError(f"chance must be above floor, not {chance} and {floor}")
    return (chance - loss) / (chance - floor)


@torch.no_grad()
def contrastive_accuracy(z1: Tensor, z2: Tensor) -> Tensor:
    """Share of the 2B views whose most similar candidate is the other view of their image.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), not normalised.

    Returns:
        A scalar in [0, 1], float32, on z1's device. Random projections give about 1 / (2B - 1).
    """
    if len(z1) >= LARGE:
        return contrastive_accuracy_in_chunks(z1, z2)
    logits = candidate_logits(similarity_matrix(z1, z2), temperature=1.0)
    return (logits.argmax(1) == positive_index(len(z1), z1.device)).float().mean()


def alignment(z1: Tensor, z2: Tensor) -> Tensor:
    """Mean squared distance between the two views of an image, on the sphere. Section 4.1.1.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), not normalised.

    Returns:
        A scalar in [0, 4], float32 or wider, on z1's device. Low is good, but it is also 0 if all
        projections are equal.
    """
    return (on_sphere(z1) - on_sphere(z2)).square().sum(1).mean()


def uniformity(z: Tensor) -> Tensor:
    """How unevenly projections cover the sphere: ln mean exp(-2 |u - v|^2). Section 4.1.2, t = 2.

    The mean is over pairs of two different images.

    Args:
        z: projections of one view of each of B images, shape (B, d), not normalised.

    Returns:
        A scalar in [-8, 0], float32 or wider, on z's device. Low is good. It is 0 if all
        projections are equal, and near -4 + 8 / d if they are spread evenly over many dimensions.

    Raises:
        ValueError: if there are fewer than two projections.
    """
    if len(z) < 2:
        raise ValueError(f"uniformity needs 2 projections or more, not {len(z)}")
    return torch.pdist(on_sphere(z)).square().mul(-2).exp().mean().log()


@torch.no_grad()
def effective_rank(h: Tensor) -> Tensor:
    """How many dimensions representations use: exp of the entropy of the singular values.

    exp(-sum_i p_i ln p_i) with p_i = s_i / sum_j s_j. RankMe, equation 1. As in that paper, h is
    not centred, so a mean far from zero counts as one large dimension.

    Args:
        h: representations, shape (N, D). The rank can reach D only if N >= D.

    Returns:
        A scalar from 1 (all rows on one line) to min(N, D), float32 or wider, on h's device.
    """
    s = torch.linalg.svdvals(at_least_float32(h))
    p = s / s.sum().clamp(min=torch.finfo(s.dtype).tiny)
    return torch.special.entr(p).sum().exp()


@torch.no_grad()
def pair_similarities(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine similarities of the positive and of the negative pairs, for two histograms.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), not normalised.

    Returns:
        Positives, shape (2B,), and negatives, shape (2B * (2B - 2),), float32 or wider, on z1's
        device. Each pair occurs twice, once from each side.
    """
    positives, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    return positives, negatives.flatten()


def at_least_float32(x: Tensor) -> Tensor:
    """The same numbers in float32 or wider: half precision is too coarse for distances."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


def on_sphere(z: Tensor) -> Tensor:
    """Each row scaled to unit norm, in float32 or wider. Shape (B, d), on z's device."""
    return F.normalize(at_least_float32(z), dim=1)


def check_batch(B: int) -> None:
    """Raise ValueError for a batch without negatives: its loss would be 0 for any projections."""
    if B < 2:
        raise ValueError(f"a batch of {B} has no negatives; use 2 images or more")
