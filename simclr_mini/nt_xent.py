r"""NT-Xent, the loss of SimCLR, and the two rivals that the paper compares it with.

Two views of one image attract; every other view in the batch repels.

Paper: Chen et al. 2020, section 2.1 (equation 1) and section 5.1: table 2 states the three losses,
table 4 compares them, each with its best settings. https://arxiv.org/abs/2002.05709
Differs: the paper's N is our B. Its table 2 states what is maximised; we minimise. Our rivals have
negatives from both views (the paper's from one, appendix B.10) and no semi-hard mining.

Half precision is widened to float32. Call the losses outside autocast, which would undo that.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


def similarity_matrix(z1: Tensor, z2: Tensor) -> Tensor:
    """Cosine similarity of every view with every view: the sim(u, v) of equation 1.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), not normalised.

    Returns:
        Shape (2B, 2B), on z1's device, in float64 if the projections are, otherwise in float32:
        half precision cannot hold the square of a large number. Rows and columns hold z1's views
        first, then z2's. A row of zeros has similarity 0 with all rows, and a finite gradient.
    """
    # collect all 2B views in one matrix, in float32 or float64
    z = torch.cat([z1, z2])
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    # scale every row to unit norm; the inner product is then the cosine
    z = F.normalize(z, dim=1, eps=1e-8)  # (2B, d)
    return z @ z.T


def positive_index(B: int, device=None) -> Tensor:
    """For each of the 2B views, the row of the other view of its image.

    Args:
        B: number of images.
        device: device of the result; None is torch's default.

    Returns:
        Shape (2B,), int64, on `device`, new in each call. B = 3 gives 3 4 5 0 1 2.
    """
    # exchange the two rows of each image: in the order of similarity_matrix, they are b and b + B
    return torch.arange(2 * B, device=device).roll(B)


def candidate_logits(similarity: Tensor, temperature: float) -> Tensor:
    """Logits of the softmax in equation 1: similarity / temperature, without the view itself.

    Args:
        similarity: shape (2B, 2B), as returned by `similarity_matrix`.
        temperature: tau > 0.

    Returns:
        Shape (2B, 2B), with similarity's dtype and device. An entry that is not a candidate is
        -inf, so that exp makes it exactly 0.
    """
    # divide by the temperature
    logits = similarity / temperature
    # leave out k = i, as equation 1 does: a view is not its own candidate
    itself = torch.eye(len(logits), dtype=torch.bool, device=logits.device)
    return logits.masked_fill(itself, float("-inf"))


def nt_xent_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    r"""Normalised temperature-scaled cross entropy. Equation 1, Algorithm 1.

    l(i, j) = -log( exp(s_ij / tau) / sum_{k != i} exp(s_ik / tau) ), averaged over all 2B views i,
    where j is the other view of i's image. Each view has 2B - 1 candidates; the log is natural.

    Args:
        z1: projections of the first views, shape (B, d), not normalised.
        z2: projections of the second views, shape (B, d); row b belongs to the image of z1's row b.
        temperature: tau > 0.

    Returns:
        A scalar, float32 or wider, on z1's device. It is ln(2B - 1) if all projections are equal.

    Raises:
        ValueError: if there are fewer than two images, the shapes differ, or the temperature is
            not above 0.
    """
    check(z1, z2, temperature)
    # compute the cosine of every pair of views, and find the other view of each
    similarity = similarity_matrix(z1, z2)
    target = positive_index(len(z1), z1.device)
    # take the cross entropy of "which candidate is the other view?", averaged over the views
    return F.cross_entropy(candidate_logits(similarity, temperature), target)


def nt_logistic_loss(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    """NT-Logistic: each pair by itself is classified as positive or negative. Table 2, row 2.

    -log sigmoid(s+ / tau) - log sigmoid(-s- / tau), averaged over views and over negatives.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), not normalised.
        temperature: tau > 0.

    Returns:
        A scalar, float32 or wider, on z1's device.

    Raises:
        ValueError: if there are fewer than two images, the shapes differ, or the temperature is
            not above 0.
    """
    check(z1, z2, temperature)
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    attract = -F.logsigmoid(positive / temperature)  # (2B,)
    repel = -F.logsigmoid(-negatives / temperature).mean(1)  # (2B,)
    return (attract + repel).mean()


def margin_triplet_loss(z1: Tensor, z2: Tensor, margin: float = 0.8) -> Tensor:
    """Margin triplet: the positive must be nearer than each negative by a margin. Table 2, row 3.

    max(s- - s+ + m, 0), averaged over views and over negatives.

    Args:
        z1, z2: projections of the two views of B images, shape (B, d), not normalised.
        margin: m >= 0, in units of cosine similarity.

    Returns:
        A scalar, float32 or wider, on z1's device.

    Raises:
        ValueError: if there are fewer than two images, the shapes differ, or the margin is below 0.
    """
    check(z1, z2)
    if not margin >= 0:
        raise ValueError(f"a margin must be 0 or more, not {margin}")
    positive, negatives = positive_and_negatives(similarity_matrix(z1, z2))
    return F.relu(negatives - positive[:, None] + margin).mean()


def positive_and_negatives(similarity: Tensor) -> tuple[Tensor, Tensor]:
    """Each row, split into its positive and its 2B - 2 negatives.

    Args:
        similarity: shape (2B, 2B), in the order of `similarity_matrix`.

    Returns:
        Positives, shape (2B,), and negatives, shape (2B, 2B - 2), with similarity's dtype and
        device.
    """
    views = len(similarity)
    target = positive_index(views // 2, similarity.device)
    negative = ~torch.eye(views, dtype=torch.bool, device=similarity.device)
    negative[torch.arange(views, device=similarity.device), target] = False
    positive = similarity.gather(1, target[:, None])[:, 0]
    return positive, similarity[negative].view(views, views - 2)


def check(z1: Tensor, z2: Tensor, temperature: float = 1.0) -> None:
    """Raise ValueError for arguments that would silently give a wrong loss."""
    if z1.shape != z2.shape or z1.dim() != 2:
        raise ValueError(
            f"z1 and z2 must both have shape (B, d), not {tuple(z1.shape)} and {tuple(z2.shape)}"
        )
    if len(z1) < 2:
        raise ValueError(f"{len(z1)} image has no negatives; use a batch of 2 or more")
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
