"""MoCo: each view must find its own key among thousands of keys from earlier batches.

The keys come from a second network that follows the first one slowly, so keys of different ages
can be compared. They wait in a queue, so there can be more of them than a batch holds.

The loss rises in the first steps (in the authors' log, for three epochs): random keys, with which
the queue starts, are easy to tell apart from a view's own key, but keys of real images are not.

Papers: He et al. 2020, https://arxiv.org/abs/1911.05722
Chen et al. 2020 (version 2), https://arxiv.org/abs/2003.04297
The symmetric loss and the groups for batch norm are from the authors' demo for CIFAR-10.
Differs: the symmetric loss is the mean of both directions; in the demo it is the sum. The head has
a batch norm, like the default head of every method. Views, optimiser and schedule are those of the
other methods.
"""

import copy
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.config import Config, at_least, refuse
from simclr_mini.data import Images
from simclr_mini.ring import Ring
from simclr_mini.simclr import SimCLR, Temperature, source


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
    # each query with its own key and with all in the queue, not with the keys of other queries
    own = (q * k).sum(1, keepdim=True)  # (B, 1)
    return torch.cat([own, q @ queue.to(q).T], dim=1)


def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    """Cross entropy of finding each query's own key.

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


def key_accuracy(similarity: Tensor) -> float:
    """Share of the queries that are more similar to their own key than to any in the queue.

    Args:
        similarity: as returned by `similarities`, shape (B, K + 1).

    Returns:
        In [0, 1]; about 1 / (K + 1) by chance, and 0 if all candidates are equal.
    """
    return float((similarity[:, 0] > similarity[:, 1:].max(1).values).float().mean())


def frozen_copy(network: nn.Module) -> nn.Module:
    """A copy with the same weights, in memory of its own. No optimiser trains it."""
    return copy.deepcopy(network).requires_grad_(False)


@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    """Move every parameter of the key network a little towards the query network's.

    key = m * key + (1 - m) * query. Buffers, such as the running statistics of batch norms, do not
    change: the key network keeps its own.

    Args:
        key: the network that follows. It is changed.
        query: the network that is trained, of the same architecture.
        momentum: m in [0, 1]. 1 changes nothing, 0 copies the query network.
    """
    # for each parameter: keep a share m of the old value, and take the rest from the other network
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.mul_(momentum).add_(fast, alpha=1 - momentum)


@torch.no_grad()
def network_distance(key: nn.Module, query: nn.Module) -> float:
    """|key - query| / |query|, over all parameters of both networks. 0 if they are equal.

    Args:
        key, query: networks of the same architecture.
    """
    slow, fast = (torch.cat([p.flatten() for p in n.parameters()]) for n in (key, query))
    return float((slow - fast).norm() / fast.norm())


def in_groups(network: nn.Module, x: Tensor, groups: int) -> Tensor:
    """The network's output if each batch norm sees one group of images at a time.

    Args:
        network: maps (B, ...) to (B, d).
        x: its input, shape (B, ...).
        groups: number of parts into which the batch is cut, in order. 1: the whole batch at once.

    Returns:
        Shape (B, d), in the order of x.
    """
    # cut the batch, and send each part through the network by itself
    return torch.cat([network(part) for part in x.chunk(groups)])


def shuffled_in_groups(
    network: nn.Module, x: Tensor, groups: int, generator: Generator | None = None
) -> Tensor:
    """Like `in_groups`, but with random groups of images: shuffling BN.

    A query and its key are then normalised together with different images. With one group there is
    nothing to shuffle: the statistics of a batch do not depend on its order.

    Args:
        network: maps (B, ...) to (B, d).
        x: its input, shape (B, ...).
        groups: number of parts into which the batch is cut.
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


@dataclass(frozen=True)
class MoCoOptions(Temperature):
    """Options of MoCo."""

    queue_size: int = 2048
    """K, the number of keys in the queue."""
    momentum: float = 0.99
    """m, the share of the key network that each step keeps. The paper's 0.999 is for long runs."""
    symmetric: bool = True
    """Use both views as queries, each with the key of the other. Without this, a step costs half as
    much and learns from half as many queries."""
    norm_groups: int = 1
    """Number of parts into which a batch is cut before a batch norm sees it. For the keys, the
    images are shuffled among the parts."""

    def added(self, B: int) -> int:
        """How many keys a step adds to the queue, for a batch of B images."""
        return 2 * B if self.symmetric else B

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range, or does not fit the batch size."""
        super().check(config)
        at_least(self, queue_size=1, norm_groups=1)
        B, added = config.batch_size, self.added(config.batch_size)
        if not 0 <= self.momentum <= 1:
            refuse("momentum", self.momentum, "in [0, 1], such as 0.99")
        if self.queue_size % added:
            refuse(
                "queue_size",
                self.queue_size,
                f"a multiple of the {added} keys that a step adds",
            )
        if B % self.norm_groups or 2 * self.norm_groups > B:
            wanted = f"a divisor of --batch-size {B} that leaves 2 or more images in each group"
            refuse("norm_groups", self.norm_groups, wanted)


class MoCo(SimCLR):
    """The method. Queries must find their keys; then the keys enter the queue.

    Attributes:
        key_network: makes the keys: an encoder and a projector that follow the trained ones.
        queue: keys of earlier batches.
        own_in_queue: two counts for this epoch: queries whose image was in the queue already, and
            all queries.
    """

    title, color = "MoCo", "#7a4fbf"
    Options = MoCoOptions
    ignores = ("small_crops", "small_size", "chunk_size")  # its negatives are in the queue
    gauges = {
        "key_accuracy": ("finds its key", ".0%"),
        "queue_filled": ("queue filled", ".0%"),
        "own_in_queue": ("own image in queue", ".0%"),
        "key_age": ("keys' age", ".0f"),
        "network_distance": ("key network differs by", ".1%"),
    }

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__(config, images, encoder, projector)
        dim = encoder.dim if config.projector == "none" else config.out_dim
        self.queue = Ring(self.queue_size, dim)
        self.key_network = frozen_copy(self.query_network())
        self.generators["groups"] = source(config.seed, "groups")
        self.register_buffer("own_in_queue", torch.zeros(2, dtype=torch.int64))
        self.found = {}  # health of the last step, for `meters`

    @staticmethod
    def check_images(config: Config, images: Images) -> None:
        """Raise ValueError if the queue is so long that each image would always be in it."""
        K, N = config.options.queue_size, len(images)
        if K > N:
            added = config.options.added(config.batch_size)
            if added > N:
                most = N // config.options.added(1)
                refuse("batch_size", config.batch_size, f"at most {most} with {N} training images")
            wanted = f"at most {N}, the number of training images, such as {N // added * added}"
            refuse("queue_size", K, wanted)

    def query_network(self) -> nn.Sequential:
        """The encoder and the projector in one: the networks that are trained, not a copy."""
        return nn.Sequential(self.encoder, self.projector)

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Reset the counts of how often an image meets its own keys in the queue."""
        self.own_in_queue.zero_()
        return []

    def project_views(self, views: list[Tensor]) -> list[Tensor]:
        """Queries, and the key of each. In training the key network moves first.

        Args:
            views: x1 and x2, shape (B, 3, size, size).

        Returns:
            Queries and keys, row by row: queries of x1 with keys of x2, shape (B, d) each. If the
            loss is symmetric, queries of x2 with keys of x1 follow, so the shape is (2B, d).
        """
        x1, x2 = views
        # the key network follows once in each step, before it makes keys
        if self.training:
            follow(self.key_network, self.query_network(), self.momentum)
        # one direction, or both
        if not self.symmetric:
            return [self.query(x1), self.key(x2)]
        queries, keys = [self.query(x1), self.query(x2)], [self.key(x2), self.key(x1)]
        return [torch.cat(queries), torch.cat(keys)]

    def query(self, x: Tensor) -> Tensor:
        """Projections by the network that is trained, shape (B, d)."""
        return in_groups(self.project, x, self.norm_groups)

    @torch.no_grad()
    def key(self, x: Tensor) -> Tensor:
        """Projections by the network that follows, shape (B, d), without a gradient."""
        return shuffled_in_groups(self.key_network, x, self.norm_groups, self.generators["groups"])

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """The loss of all queries against the queue as it is; then their keys enter it.

        Args:
            z1, z2: queries and their keys, shape (M, d), as returned by `project_views`.
            index: positions of the images, shape (B,); M is B or 2B.

        Returns:
            A scalar.
        """
        # a copy: the queue changes below, and the backward pass comes after that
        queue, images = self.queue.rows.clone(), index.repeat(len(z1) // len(index))
        # every query against its own key and the same old queue
        loss = moco_loss(z1, z2, queue, self.temperature)
        # record the health of the queue; only then may it change
        self.found = self.health(z1, z2, images)
        self.queue.push(z2, images)
        return loss

    @torch.no_grad()
    def health(self, q: Tensor, k: Tensor, images: Tensor) -> dict[str, float]:
        """Statistics of queries, keys and queue, taken before the queue changes.

        Args:
            q, k: queries and their keys, shape (M, d).
            images: which image each query comes from, shape (M,).

        Returns:
            Share of the queries that find their key ("key_accuracy"); of this epoch's queries so
            far, the share whose image was in the queue already ("own_in_queue"); mean cosine with
            their own key ("key_similarity"), and mean and largest with the queue
            ("queue_similarity", "queue_similarity_max"); share of the queue that was pushed
            ("queue_filled") and the mean age of these keys in steps ("key_age"); relative distance
            of the key network from the query network ("network_distance").
        """
        similarity = similarities(q, k, self.queue.rows)
        own = torch.isin(images.to(self.queue.images), self.queue.images).sum()
        self.own_in_queue += torch.stack([own, torch.full_like(own, len(images))])
        found = {
            "key_accuracy": key_accuracy(similarity),
            "own_in_queue": float(self.own_in_queue[0] / self.own_in_queue[1]),
            "key_similarity": float(similarity[:, 0].mean()),
            "queue_similarity": float(similarity[:, 1:].mean()),
            "queue_similarity_max": float(similarity[:, 1:].max()),
            "queue_filled": self.queue.filled(),
            "network_distance": network_distance(self.key_network, self.query_network()),
        }
        if found["queue_filled"]:
            ages = self.queue.ages[self.queue.ages >= 0] + 1
            found["key_age"] = float(ages.float().mean())
        return found

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Health of this step, as returned by `health`."""
        return self.found

    def chance(self, B: int) -> float:
        """ln(K + 1). A queue of random keys is easier than that, so the loss rises at first."""
        return math.log(self.queue_size + 1)

    def floor(self, B: int) -> float:
        """The loss if own keys have cosine 1 and the queue 0: roughly the lowest possible loss."""
        return math.log1p(self.queue_size * math.exp(-1 / self.temperature))
