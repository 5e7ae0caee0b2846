"""G-SimCLR: batches whose images are of different clusters, so that fewer negatives are false.

An autoencoder's latents are clustered once, before training. Each batch then takes its images
from different clusters as far as it can.

Paper: Chakraborty, Gosthipaty and Paul 2020. https://arxiv.org/abs/2009.12007
Differs: the batches of the released code, `released`, are there to be studied: the same in every
epoch, and with unequal clusters worse than chance. Ours are `dealt` and `strict`. The number of
clusters does not depend on the batch, and an epoch has floor(N / B) batches whatever the batching.
"""

from collections.abc import Iterator

import torch
from torch import Generator, Tensor, nn

from simclr_mini.autoencoder import latents, train_autoencoder
from simclr_mini.kmeans import kmeans
from simclr_mini.simclr import SimCLR, shuffled_batches, source
from simclr_mini.views import Recipe

BATCHINGS = ("dealt", "strict", "released", "random", "frozen", "oracle")


# ---- how a batch is put together


def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    """All images, cluster after cluster; clusters, and images inside each, in random order.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).
        generator: source of randomness.

    Returns:
        Positions of images, shape (N,).
    """
    # shuffle the images, then bring clusters together without changing the order inside one
    order = torch.randperm(len(pseudo_labels), generator=generator)
    turn = torch.randperm(int(pseudo_labels.max()) + 1, generator=generator)  # of each cluster
    return order[turn[pseudo_labels[order]].argsort(stable=True)]


def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    """Deal images like cards: the first to batch 1, the second to batch 2, and so on, round.

    Neighbours in `order` are never in one batch, so a cluster is spread as evenly as can be.

    Args:
        order: positions of images, cluster after cluster, shape (batches * B,).
        batches: how many.
        generator: source of randomness: of the order of the batches.

    Returns:
        Shape (batches, B).
    """
    hands = order.view(-1, batches).T  # row t holds t, t + batches, ...
    return hands[torch.randperm(batches, generator=generator)]


def dealt_batches(pseudo_labels: Tensor, batch_size: int, generator=None) -> Tensor:
    """Batches with as few pairs from one cluster as there can be. Ours.

    Args:
        pseudo_labels: cluster of each image, shape (N,).
        batch_size: B.
        generator: source of randomness.

    Returns:
        Positions of images, shape (N // B, B). The N mod B images left over are random ones.
    """
    batches = len(pseudo_labels) // batch_size
    # leave out at random what fills no batch
    order = in_clusters(pseudo_labels, generator)
    kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values
    # deal the rest, cluster after cluster
    return deal(order[kept], batches, generator)


def strict_batches(pseudo_labels: Tensor, batch_size: int, generator=None) -> Tensor:
    """Batches without two images of one cluster; the surplus of large clusters is left out. Ours.

    Args:
        pseudo_labels: cluster of each image, shape (N,).
        batch_size: B.
        generator: source of randomness.

    Returns:
        Positions of images, shape (T, B), with the largest T there can be.

    Raises:
        ValueError: fewer clusters with an image than B.
    """
    sizes = torch.bincount(pseudo_labels)
    batches = strict_count(sizes, batch_size)
    if batches == 0:
        raise ValueError(
            f"{batch_size} images cannot come from {int((sizes > 0).sum())} clusters with one "
            "each; use a smaller --batch-size, or more --clusters"
        )
    # of each cluster at most one image for each batch: a random part of it
    order = in_clusters(pseudo_labels, generator)
    own = pseudo_labels[order]
    order = order[rank_in_cluster(own) < batches]
    # leave out at random what fills no batch, and deal the rest
    kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values
    return deal(order[kept], batches, generator)


def strict_count(sizes: Tensor, batch_size: int) -> int:
    """How many batches without a collision there can be: the largest T with T B cards to deal.

    A cluster of s images gives at most min(s, T) of them, one for each batch.

    Args:
        sizes: images of each cluster, shape (K,).
        batch_size: B.
    """
    most = int(sizes.sum()) // batch_size
    possible = [t for t in range(most + 1) if int(sizes.clamp(max=t).sum()) >= t * batch_size]
    return max(possible)


def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    """How many earlier images are of an image's own cluster. Shape (N,).

    Args:
        pseudo_labels: cluster of each image, in the order that counts, shape (N,).
    """
    # bring clusters together without changing the order inside one
    order = pseudo_labels.argsort(stable=True)
    sizes = torch.bincount(pseudo_labels)
    first = sizes.cumsum(0) - sizes  # where each cluster begins, (K,)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order)) - first[pseudo_labels[order]]
    return rank


def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    """The batches of the authors' code: images by rank in their cluster, cut into batches.

    First the first image of every cluster, then the second of each, and so on; no shuffling, so
    every epoch is the same. When small clusters are used up, the large ones fill the last batches.
    (Images of equal rank stand in the data's order here; there their order is left to chance.)

    Args:
        pseudo_labels: cluster of each image, shape (N,).
        batch_size: B.

    Returns:
        Positions of images, shape (N // B, B).
    """
    # order the images by rank in their cluster, and by nothing else
    order = rank_in_cluster(pseudo_labels).argsort(stable=True)
    # cut, full batches only
    batches = len(order) // batch_size
    return order[: batches * batch_size].view(batches, batch_size)


def pseudo_label_batches(
    pseudo_labels: Tensor,
    batch_size: int,
    generator: Generator | None = None,
    batching: str = "dealt",
) -> Iterator[Tensor]:
    """The batches of one epoch, put together by cluster.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).
        batch_size: B.
        generator: source of randomness; each call draws anew ("released" draws nothing).
        batching: "dealt" (fewest collisions with all images), "strict" (no collisions; some
            images wait) or "released" (the authors' code).

    Yields:
        Positions of the images of a batch, int64, shape (B,); none twice.

    Raises:
        ValueError: another batching, or too few clusters for a strict batch.
    """
    if batching not in ("dealt", "strict", "released"):
        raise ValueError(f'a batching is "dealt", "strict" or "released", not {batching!r}')
    if batching == "dealt":
        yield from dealt_batches(pseudo_labels, batch_size, generator)
    if batching == "strict":
        yield from strict_batches(pseudo_labels, batch_size, generator)
    if batching == "released":
        yield from released_batches(pseudo_labels, batch_size)


# ---- what a batching is worth


def collisions(labels: Tensor) -> int:
    """How many pairs of a batch are of one cluster, or of one class: sum over c of n_c choose 2.

    Args:
        labels: cluster or class of each image of the batch, shape (B,).
    """
    count = torch.bincount(labels)
    return int((count * (count - 1) // 2).sum())


def least_collisions(sizes: Tensor, batches: int) -> int:
    """The fewest collisions that `batches` batches can have together: the pigeonhole bound.

    A cluster of s images gives s // T to each of T batches, and one more to s mod T of them.

    Args:
        sizes: images of each cluster, of those that are used, shape (K,).
        batches: T.
    """
    each, over = sizes // batches, sizes % batches
    return int((batches * (each * (each - 1) // 2) + over * each).sum())


def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    """Collisions of a batch of random images, on average.

    Args:
        sizes: images of each cluster, shape (K,).
        batch_size: B.
    """
    N = int(sizes.sum())
    pairs = int((sizes * (sizes - 1)).sum()) / (N * (N - 1))
    return batch_size * (batch_size - 1) / 2 * pairs


def purity(pseudo_labels: Tensor, labels: Tensor) -> float:
    """Share of images whose class is the commonest one of their cluster.

    Args:
        pseudo_labels, labels: clusters and classes from 0, shape (N,).
    """
    K, C = int(pseudo_labels.max()) + 1, int(labels.max()) + 1
    table = torch.bincount(pseudo_labels * C + labels, minlength=K * C).view(K, C)
    return int(table.max(1).values.sum()) / len(labels)


# ---- the method


class GSimCLR(SimCLR):
    """SimCLR on batches put together by cluster.

    Args:
        labels: classes of the training images, shape (N,), or None. For meters, and for "oracle".
        count: N, how many training images.
        clusters: K.
        batching: as `pseudo_label_batches`; or for comparison "random" (a fresh order each
            epoch), "frozen" (random, the same each epoch), "oracle" (dealt by true classes: for
            study only, since the method then sees labels).
        epochs: of the autoencoder, at most.
        noise: of the autoencoder.
        bfloat16: whether the autoencoder computes in half precision.
        Others as `SimCLR`.
    """

    def __init__(
        self,
        encoder: nn.Module,
        projector: nn.Module,
        recipe: Recipe,
        temperature: float,
        seed: int,
        labels: Tensor | None,
        count: int,
        clusters: int = 256,
        batching: str = "dealt",
        epochs: int = 2,
        noise: float = 0.01,
        bfloat16: bool = False,
    ):
        super().__init__(encoder, projector, recipe, temperature, seed)
        if batching not in BATCHINGS:
            raise ValueError(f"--batching must be one of {', '.join(BATCHINGS)}, not {batching}")
        if batching == "oracle" and labels is None:
            raise ValueError("--batching oracle needs labels; the data has none")
        self.labels, self.clusters, self.batching, self.seed = labels, clusters, batching, seed
        self.epochs, self.noise, self.bfloat16 = epochs, noise, bfloat16
        self.generators["clusters"] = source(seed, "clusters")
        self.register_buffer("pseudo_labels", torch.full((count,), -1))  # -1: not clustered yet

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Cluster, before the first epoch only. Argument and result as `SimCLR.start_epoch`."""
        if self.pseudo_labels[0] >= 0:
            return []
        generator, device = self.generators["clusters"], self.pseudo_labels.device
        model = train_autoencoder(
            pixels, self.epochs, self.noise, 2, generator, device, bfloat16=self.bfloat16
        )
        _, clusters = kmeans(latents(model, pixels), self.clusters, generator=generator)
        self.pseudo_labels.copy_(clusters)
        return []

    def batches(self, N: int, batch_size: int) -> Iterator[Tensor]:
        """N // B batches. "strict" deals again when its images are used up."""
        generator = self.generators["order"]
        if self.batching == "random":
            yield from shuffled_batches(N, batch_size, generator)
        elif self.batching == "frozen":
            yield from shuffled_batches(N, batch_size, source(self.seed, "frozen"))
        elif self.batching == "strict":
            left = N // batch_size
            while left:
                batches = list(self.by_cluster(batch_size))[:left]
                left -= len(batches)
                yield from batches
        else:
            yield from self.by_cluster(batch_size)

    def by_cluster(self, batch_size: int) -> Iterator[Tensor]:
        """One deal of the images."""
        oracle = self.batching == "oracle"
        return pseudo_label_batches(
            self.labels if oracle else self.pseudo_labels.cpu(),
            batch_size,
            self.generators["order"],
            "dealt" if oracle else self.batching,
        )

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Collisions of this batch, beside the least and the random number of them."""
        pseudo_labels, B = self.pseudo_labels.cpu(), len(index)
        sizes, T = torch.bincount(pseudo_labels), len(pseudo_labels) // B
        found = super().meters(z1, z2, index)
        found["collisions"] = collisions(pseudo_labels[index])
        found["least_collisions"] = least_collisions(sizes, T) / T
        found["random_collisions"] = expected_collisions(sizes, B)
        found["largest_cluster"] = int(sizes.max())
        if self.batching == "strict":
            found["dropped"] = 1 - strict_count(sizes, B) * B / len(pseudo_labels)
        if self.labels is not None:
            found["same_class"] = collisions(self.labels[index]) / (B * (B - 1) / 2)
            found["purity"] = purity(pseudo_labels, self.labels)
        return found
