"""Gradient caching: the gradient of a large batch in the memory of a small one.

A contrastive loss needs the projections of the whole batch at once, but the network does not. So
the images pass through it chunk by chunk and leave only their projections. The loss of all
projections gives a gradient for each one. Then each chunk passes through the network again, and its
share of that gradient goes back through it. That costs one more forward pass.

Paper: Gao et al. 2021, section 3.2. https://arxiv.org/abs/2101.06983
Differs: `torch.utils.checkpoint` does the second pass. We also say what a batch norm changes.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.utils.checkpoint import checkpoint


def project_in_chunks(method: nn.Module, views: list[Tensor], chunk_size: int) -> list[Tensor]:
    """The same as `method.project_views(views)`, with only a few images in the network at a time.

    Values and gradients are equal up to rounding, unless a batch norm is in training mode. Such a
    norm sees one chunk at a time. Its running statistics are updated once, with the mean over the
    chunks, and not again in the second pass.

    Args:
        method: has `project_views`.
        views: shape (B, 3, S, S) each.
        chunk_size: maximum number of images in a chunk; chunks differ by at most one image. 0: all
            images.

    Returns:
        Projections, shape (B, d) each.
    """
    B = len(views[0])
    if not 0 < chunk_size < B:
        return method.project_views(views)
    running = running_statistics(method)
    before = [one.clone() for one in running]
    after = [torch.zeros_like(one) for one in running]
    z = []
    for chunk in zip(*(chunks(x, chunk_size) for x in views), strict=True):
        set_all(running, before)  # each chunk starts from the same statistics
        z.append(project_chunk(method, list(chunk)))
        for total, one in zip(after, running, strict=True):
            total += one * len(chunk[0])
    set_all(running, [total / B if total.is_floating_point() else total // B for total in after])
    return [torch.cat(rows) for rows in zip(*z, strict=True)]


def chunks(x: Tensor, chunk_size: int) -> Sequence[Tensor]:
    """Parts of x, shape (b, ...) each, of at most `chunk_size` rows; 0: x itself."""
    return x.tensor_split(math.ceil(len(x) / chunk_size)) if chunk_size else [x]


def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    """The same as `method.project_views(chunk)`, but only the projections stay in memory.

    `torch.utils.checkpoint.checkpoint` makes both passes, with `use_reentrant=False`; its
    `context_fn` returns the contexts of the first pass and of the second.

    The first pass keeps no intermediate results. When the gradient of the projections arrives, in
    the backward pass, the same images pass through the network once more, and the gradient flows
    through that second pass into the parameters.

    The first pass updates the running statistics of batch norms, as in training. The second pass
    must leave them as they are: see `running_statistics` and `unchanged`.

    Args:
        method: has `project_views`, which takes a list of tensors and returns a list of tensors.
            The network draws no random numbers.
        chunk: the chunk's images in each view, shape (b, 3, S, S) each.

    Returns:
        Projections, shape (b, d) each. Their values and the parameters' gradients are those of
        `method.project_views(chunk)`.
    """
    # torch can forget what a function computes, and call it again in the backward pass
    # that second call happens inside `unchanged`
    running = running_statistics(method)
    return checkpoint(
        method.project_views,
        chunk,
        use_reentrant=False,
        preserve_rng_state=False,  # the network draws nothing
        context_fn=lambda: (nullcontext(), unchanged(running)),
    )


def live_norms(network: nn.Module) -> list[_BatchNorm]:
    """The batch norms in training mode, which normalise with the statistics of their input."""
    return [m for m in network.modules() if isinstance(m, _BatchNorm) and m.training]


def running_statistics(network: nn.Module) -> list[Tensor]:
    """The running mean, the running variance and the counter of each live batch norm."""
    return [buffer for norm in live_norms(network) for buffer in norm.buffers()]


@torch.no_grad()
def set_all(tensors: list[Tensor], values: list[Tensor]) -> None:
    """Copy values into tensors, in place."""
    for tensor, value in zip(tensors, values, strict=True):
        tensor.copy_(value)


@contextmanager
def unchanged(tensors: list[Tensor]) -> Iterator[None]:
    """Restore the tensors' values at the end of the block."""
    before = [one.clone() for one in tensors]
    try:
        yield
    finally:
        set_all(tensors, before)


def warn_of_live_norms(method: nn.Module, batch_size: int, chunk_size: int) -> None:
    """Warn if a batch norm will see single chunks instead of the whole batch.

    Args:
        method: the method, in training mode.
        batch_size: B.
        chunk_size: as for `project_in_chunks`.
    """
    if 0 < chunk_size < batch_size and live_norms(method):
        warnings.warn(
            f"each batch norm sees {chunk_size} images at a time, not {batch_size}, so the "
            f"gradient is not exactly that of a batch of {batch_size}; with --norm group it is",
            stacklevel=2,
        )
