"""MoCo: each view must find its own key among thousands of keys from earlier batches.

The keys come from a second network that follows the first one slowly, so keys of different ages
can be compared. They wait in a queue, so there can be more of them than a batch holds.

The loss rises during the first epochs: random keys, with which the queue starts, are easy to tell
apart from a view's own key, and keys of real images are not.

Papers: He et al. 2020, section 3, https://arxiv.org/abs/1911.05722
Chen et al. 2020 (version 2), https://arxiv.org/abs/2003.04297
The symmetric loss and the groups for batch norm are from the authors' demo for CIFAR-10.
Differs: the symmetric loss is the mean of both directions, where the demo has the sum. The head has
a batch norm, as all heads here. Views, optimiser and schedule are those of the other methods.
"""

import copy

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn


def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    """Cosine of each query with its own key, in column 0, and with every key in the queue.

    Args:
        q: queries, shape (B, d), not normalised.
        k: the key of each query, shape (B, d), not normalised. No gradient reaches them.
        queue: keys of earlier batches, shape (K, d), of unit norm.

    Returns:
        Shape (B, K + 1).
    """
    # unit norm on both sides, so that inner products are cosines; the keys are constants
    q, k = F.normalize(q, dim=1), F.normalize(k.detach(), dim=1)
    # each query with its own key, and with all that wait; not with the keys of other queries
    own = (q * k).sum(1, keepdim=True)  # (B, 1)
    return torch.cat([own, q @ queue.to(q).T], dim=1)


def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    """Cross entropy of finding each query's own key. Section 3.1, equation 1.

    -log( exp(q . k / tau) / (exp(q . k / tau) + sum_j exp(q . queue_j / tau)) ), the mean over
    the queries. The keys of the other queries in the batch are not among the K + 1 candidates.

    Args:
        q: queries, shape (B, d), not normalised.
        k: the key of each query, shape (B, d), not normalised. No gradient reaches them.
        queue: keys of earlier batches, shape (K, d), of unit norm.
        temperature: tau > 0.

    Returns:
        A scalar. ln(K + 1) if all candidates are equal.
    """
    # the similarity of each query with its K + 1 candidates, divided by the temperature
    logits = similarities(q, k, queue) / temperature  # (B, K + 1)
    # candidate 0 is the right one, for every query
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.int64, device=q.device))


@torch.no_grad()
def key_accuracy(q: Tensor, k: Tensor, queue: Tensor) -> float:
    """Share of the queries that are more similar to their own key than to any in the queue.

    Arguments as `moco_loss`. 1 / (K + 1) by chance; 0 if all candidates are equal.
    """
    similarity = similarities(q, k, queue)
    return float((similarity[:, 0] > similarity[:, 1:].max(1).values).float().mean())


# ---- the network that makes the keys


def frozen_copy(network: nn.Module) -> nn.Module:
    """A copy with the same weights, which no optimiser trains. It shares nothing with the first."""
    return copy.deepcopy(network).requires_grad_(False)


@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    """Move every parameter of the key network a little towards the query network's. Equation 2.

    key = m * key + (1 - m) * query, in place. Buffers, such as the running statistics of batch
    norms, stay: the key network keeps its own.

    Args:
        key: the network that follows. It is changed.
        query: the network that is trained, of the same shape.
        momentum: m in [0, 1]. 1 never moves, 0 copies.
    """
    # for each parameter: keep a share m of the old value, and take the rest from the other network
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.mul_(momentum).add_(fast, alpha=1 - momentum)


@torch.no_grad()
def network_distance(key: nn.Module, query: nn.Module) -> float:
    """|key - query| / |query|, over all parameters of both networks. 0 if they are equal.

    Args:
        key, query: networks of the same shape.
    """
    slow, fast = (torch.cat([p.flatten() for p in n.parameters()]) for n in (key, query))
    return float((slow - fast).norm() / fast.norm())


# ---- batch norm: a query and its key must not share statistics that no key in the queue shares


def in_groups(network: nn.Module, x: Tensor, groups: int) -> Tensor:
    """The network's output, where each batch norm sees one group of images at a time.

    Args:
        network: maps (B, ...) to (B, d).
        x: its input, shape (B, ...).
        groups: into how many parts the batch is cut, in order. 1: the whole batch at once.

    Returns:
        Shape (B, d), in the order of x.
    """
    # cut the batch, and send each part through the network by itself
    return torch.cat([network(part) for part in x.chunk(groups)])


def shuffled_in_groups(
    network: nn.Module, x: Tensor, groups: int, generator: Generator | None = None
) -> Tensor:
    """As `in_groups`, where chance decides which images form a group. Section 3.3, shuffling BN.

    A query and its key are then normalised together with different images. With one group there is
    nothing to shuffle: the statistics of a batch do not depend on its order.

    Args:
        network: maps (B, ...) to (B, d).
        x: its input, shape (B, ...).
        groups: into how many parts the batch is cut.
        generator: source of randomness. Nothing is drawn for one group.

    Returns:
        Shape (B, d), in the order of x.
    """
    if groups == 1:
        return network(x)
    # a random order
    order = torch.randperm(len(x), generator=generator).to(x.device)
    # the outputs in that order, and back in the order of x
    return in_groups(network, x[order], groups)[order.argsort()]
