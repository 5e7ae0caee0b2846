"""SwAV: views of one image must be assigned to the same prototypes.

Each view is compared with K learned prototypes. Its code, the share of each prototype in it, is
balanced over the batch so that no prototype takes everything; and each view must predict the code
of another view of its image. There are no negatives.

Paper: Caron et al. 2020, section 3, with the authors' code. https://arxiv.org/abs/2006.09882
Differs: Sinkhorn's iteration works on logarithms, which gives the same numbers and cannot overflow.
Views, optimiser and schedule are those of the other methods.
"""

import torch
import torch.nn.functional as F
from torch import Tensor


@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    """Bring each prototype to unit norm, in place and without a gradient.

    Args:
        prototypes: shape (K, d).
    """
    # the change is no part of the graph: the gradient is that of the unit vectors themselves
    prototypes.copy_(F.normalize(prototypes, dim=1))


@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    """Codes: how much of each prototype is in each sample, balanced over the batch. Section 3.1.

    Start from exp(scores / epsilon). In each iteration scale the columns so that every prototype
    gets the same total, then the rows so that every sample's code sums to 1.

    Args:
        scores: similarity of samples and prototypes, shape (B, K).
        epsilon: a smaller one makes codes sharper; a large one makes them uniform.
        iterations: how often columns and rows are scaled, 1 or more.

    Returns:
        Shape (B, K), without a gradient. Rows sum to 1; columns sum to B / K only roughly.
    """
    # logarithms: a division becomes a difference, and nothing overflows
    log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    # columns first, rows last: that a code sums to 1 is exact, the balance is not
    for _ in range(iterations):
        log_codes = log_codes - log_codes.logsumexp(0, keepdim=True)
        log_codes = log_codes - log_codes.logsumexp(1, keepdim=True)
    return log_codes.exp()


def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    """The codes of a batch, balanced together with embeddings of earlier batches. Section 3.1.

    Args:
        z: embeddings of the batch, shape (B, d), of unit norm.
        queue: embeddings of earlier batches, shape (Q, d), of unit norm; Q may be 0.
        prototypes: shape (K, d), of unit norm.
        epsilon, iterations: as `sinkhorn`.

    Returns:
        Codes of the batch alone, shape (B, K), without a gradient.
    """
    # score the batch and the queue with today's prototypes
    scores = torch.cat([z, queue.to(z)]) @ prototypes.T  # (B + Q, K)
    # balance all codes together, and keep those of the batch
    return sinkhorn(scores, epsilon, iterations)[: len(z)]


def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    """Cross entropy of predicting each code from every other view of its image. Equations 1 and 2.

    The loss of view v and code i is -sum_k code_ik log softmax(scores_v / tau)_k. It is the mean
    over the batch, over the codes, and over all views but the one that the code is of. Section 3.2
    has it for more views than codes: small crops predict codes and give none.

    Args:
        scores: similarity of each view's samples with the prototypes, shape (B, K) each. The views
            that have codes come first.
        codes: the codes of the first views, shape (B, K) each.
        temperature: tau > 0.

    Returns:
        A scalar. ln K if all scores are equal.
    """
    # what each view predicts
    predictions = [F.log_softmax(s / temperature, dim=1) for s in scores]
    # every code is predicted by every view but its own
    losses = [
        -(code * predicted).sum(1).mean()
        for i, code in enumerate(codes)
        for v, predicted in enumerate(predictions)
        if v != i
    ]
    # each code has equally many, so the mean of all is the mean over codes of the means
    return torch.stack(losses).mean()


def entropy(p: Tensor) -> Tensor:
    """-sum_k p_k ln p_k of each row; shape (..., K) to (...)."""
    return torch.special.entr(p).sum(-1)
