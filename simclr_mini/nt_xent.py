r"""NT-Xent, the loss of SimCLR, and the two rivals it was compared with.

Two views of one image attract; every other view in the batch repels.

Paper: Chen et al. 2020, section 2.1 equation 1, section 5.1 table 2.
https://arxiv.org/abs/2002.05709
Differs: nothing. The paper's N is our B. Its table 2 states what is maximised; we minimise.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    """Cosine similarity of every view with every view. Below equation 1: sim(u, v).

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), of any length.

    Returns:
        Shape (2B, 2B). Rows and columns hold z1's views first, then z2's. In float32 or wider:
        half precision cannot hold the square of a large number.
    """
    # all 2B views in one matrix, in float32 at least
    z = torch.cat([z1, z2])
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    # bring every row to length 1; the inner product is then the cosine
    z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T


def positive_index(B: int, device=None) -> Tensor:
    """For each of the 2B views, the row of the other view of its image.

    Args:
        B: number of images.
        device: where to put the result.

    Returns:
        Shape (2B,), int64. B = 3 gives 3 4 5 0 1 2.
    """
    # views are in the order of similarity_matrix: image b has rows b and b + B
    return torch.arange(2 * B, device=device).roll(B)


def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    """Logits of equation 1's softmax: similarity / temperature, a view itself left out.

    Args:
        similarity: shape (2B, 2B).
        temperature: tau > 0.

    Returns:
        Shape (2B, 2B). An entry that is no candidate is -inf, so exp gives it exactly 0.
    """
    # divide by the temperature
    logits = similarity / temperature
    # k != i in equation 1: a view is not its own candidate
    itself = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    return logits.masked_fill(itself, float("-inf"))


def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    r"""Normalised temperature-scaled cross entropy. Equation 1, Algorithm 1.

    l(i, j) = -log( exp(s_ij / tau) / sum_{k != i} exp(s_ik / tau) ), the mean over all 2B views i
    with j the other view of i's image. 2B - 1 candidates; natural logarithm.

    Args:
        z1: projections of the first views, shape (B, d), of any length.
        z2: projections of the second views, shape (B, d); row b belongs to the image of z1's row b.
        temperature: tau > 0.

    Returns:
        A scalar. ln(2B - 1) if all projections are equal.

    Raises:
        ValueError: fewer than two images, shapes that differ, or a temperature not above 0.
    """
    check(z1, z2, temperature)
    # cosine of every pair of views, and the other view of each
    similarity = similarity_matrix(z1, z2)
    target = positive_index(len(z1), z1.device)
    # cross entropy of "which candidate is the other view?", the mean over views
    return F.cross_entropy(candidate_logits(similarity, temperature), target)


def nt_logistic_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    """NT-Logistic: is this pair positive? Asked of each pair alone. Table 2, second row.

    -log sigmoid(s+ / tau) - log sigmoid(-s- / tau), the mean over views and over negatives.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d).
        temperature: tau > 0.

    Returns:
        A scalar.

    Raises:
        ValueError: as `nt_xent_loss`.
    """
    check(z1, z2, temperature)
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    attract = -F.logsigmoid(positive / temperature)  # (2B,)
    repel = -F.logsigmoid(-negatives / temperature).mean(1)  # (2B,)
    return (attract + repel).mean()


def margin_triplet_loss(z1: Tensor, z2: Tensor, margin: float = 0.8) -> Tensor:
    """Margin triplet: the positive must be nearer than each negative by a margin. Table 2, row 3.

    max(s- - s+ + m, 0), the mean over views and over negatives.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d).
        margin: m >= 0, in units of cosine similarity.

    Returns:
        A scalar.

    Raises:
        ValueError: fewer than two images, shapes that differ, or a margin below 0.
    """
    check(z1, z2)
    if not margin >= 0:
        raise ValueError(f"a margin must be 0 or more, not {margin}")
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    return F.relu(negatives - positive[:, None] + margin).mean()


def positive_and_negatives(similarity: Tensor) -> tuple[Tensor, Tensor]:
    """Split each row into its positive and its 2B - 2 negatives.

    Args:
        similarity: shape (2B, 2B), in the order of `similarity_matrix`.

    Returns:
        Positives, shape (2B,), and negatives, shape (2B, 2B - 2).
    """
    views = len(similarity)
    target = positive_index(views // 2, similarity.device)
    negative = ~torch.eye(views, dtype=torch.bool, device=similarity.device)
    negative[torch.arange(views, device=similarity.device), target] = False
    positive = similarity.gather(1, target[:, None])[:, 0]
    return positive, similarity[negative].view(views, views - 2)


def check(z1: Tensor, z2: Tensor, temperature: float = 1.0) -> None:
    """Refuse what would give a wrong number in silence, by ValueError."""
    if z1.shape != z2.shape or z1.dim() != 2:
        raise ValueError(
            f"z1 and z2 must both have shape (B, d), not {tuple(z1.shape)} and {tuple(z2.shape)}"
        )
    if len(z1) < 2:
        raise ValueError(f"{len(z1)} image has no negatives; use a batch of 2 or more")
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
