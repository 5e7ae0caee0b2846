r"""NT-Xent for large batches: the same numbers as `nt_xent`, without a (2B, 2B) matrix.

At B = 8,192 the plain form holds several matrices of 16,384 x 16,384 numbers, one gigabyte each.
Here the similarities of CHUNK views with all others are computed, used and dropped; the backward
pass computes them again. A chunk stays in the CPU's cache, so this is also faster.

Paper: Chen et al. 2020, equation 1. https://arxiv.org/abs/2002.05709
Differs: nothing but the order of the sums.
"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from simclr_mini.nt_xent import check, positive_index

LARGE = 1024  # images in a batch from which SimCLR uses this form
CHUNK = 64  # views whose similarities are held at a time


def nt_xent_in_chunks(z1: Tensor, z2: Tensor, temperature: float = 0.5) -> Tensor:
    """The same as `nt_xent.nt_xent_loss`, up to rounding, with the same arguments and errors."""
    check(z1, z2, temperature)
    return NTXent.apply(unit_rows(z1, z2), temperature)


@torch.no_grad()
def contrastive_accuracy_in_chunks(z1: Tensor, z2: Tensor) -> Tensor:
    """The same as `diagnostics.contrastive_accuracy`, with the same arguments."""
    z = unit_rows(z1, z2)
    found = torch.empty(len(z), dtype=torch.int64, device=z.device)
    for rows, logits in logits_in_chunks(z, 1.0):
        found[rows] = logits.argmax(1)
    return (found == positive_index(len(z1), z.device)).float().mean()


def unit_rows(z1: Tensor, z2: Tensor) -> Tensor:
    """All 2B views with unit norm, shape (2B, d), float32 or wider."""
    z = torch.cat([z1, z2])
    return F.normalize(z.to(torch.promote_types(z.dtype, torch.float32)), dim=1, eps=1e-8)


def logits_in_chunks(z: Tensor, temperature: float) -> Iterator[tuple[slice, Tensor]]:
    """The logits of equation 1, some rows at a time.

    Args:
        z: views with unit norm, shape (2B, d).
        temperature: tau.

    Yields:
        Which rows, and their logits, shape (CHUNK, 2B) or less; -inf for the view itself.
    """
    for start in range(0, len(z), CHUNK):
        rows = slice(start, start + CHUNK)
        logits = (z[rows] / temperature) @ z.T
        logits.diagonal(start).fill_(float("-inf"))
        yield rows, logits


class NTXent(torch.autograd.Function):
    r"""The mean over i of lse_i - s_ij / tau, where lse_i = log sum_{k != i} exp(s_ik / tau).

    The matrix of similarities is symmetric, so z_i appears in row i and in column i. With
    p_ik = exp(s_ik / tau - lse_i), and j the other view of i's image, the gradient is

        dL/dz_i = ( sum_k (p_ik + p_ki) z_k - 2 z_j ) / (2B tau).
    """

    @staticmethod
    def forward(ctx, z: Tensor, temperature: float) -> Tensor:
        lse = z.new_empty(len(z))  # filled in place: small results in between would keep
        for rows, logits in logits_in_chunks(z, temperature):  # chunks' memory from being reused
            lse[rows] = logits.logsumexp(1)
        ctx.save_for_backward(z, lse)
        ctx.temperature = temperature
        positive = (z * z.roll(len(z) // 2, 0)).sum(1) / temperature
        return (lse - positive).mean()

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient with respect to z, times the gradient of the result."""
        z, lse = ctx.saved_tensors
        total = -2 * z.roll(len(z) // 2, 0)
        for rows, logits in logits_in_chunks(z, ctx.temperature):
            p = (logits - lse[rows, None]).exp_()  # p_ik
            p += logits.sub_(lse).exp_()  # p_ki, as s_ki = s_ik
            total[rows] += p @ z
        return total * (gradient / (len(z) * ctx.temperature)), None
