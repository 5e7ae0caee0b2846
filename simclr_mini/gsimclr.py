"""G-SimCLR: batches whose images come from different clusters, to have fewer false negatives.

An autoencoder's latents are clustered once, before training. Each batch then takes its images
from as many different clusters as possible.

Paper: Chakraborty, Gosthipaty and Paul 2020. https://arxiv.org/abs/2009.12007
Differs: `released` is the authors' batching, kept for study: it repeats the same batches in every
epoch, and has more collisions than random batches if cluster sizes differ enough. `dealt` and
`strict` are our own. The number of clusters does not depend on the batch size, and an epoch always
has floor(N / B) batches.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Generator, Tensor, nn

from simclr_mini.autoencoder import HELD_OUT, latents, train_autoencoder
from simclr_mini.config import Config, at_least, refuse
from simclr_mini.data import Images
from simclr_mini.device import number_format
from simclr_mini.kmeans import kmeans
from simclr_mini.simclr import SimCLR, Temperature, shuffled_batches, source


def collisions(labels: Tensor) -> int:
    """Number of pairs in a batch that share a cluster (or a class): sum over c of n_c choose 2.

    Args:
        labels: cluster or class of each image in the batch, int64 from 0, shape (B,).

    Returns:
        A number, not a tensor.
    """
    # count the images of each cluster, then the pairs that they form
    count = torch.bincount(labels)
    return int((count * (count - 1) // 2).sum())


def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    """Average number of collisions in a batch of B different images drawn at random.

    Args:
        sizes: number of images in each cluster, int64, shape (K,). They sum to N, at least 2.
        batch_size: B.

    Returns:
        A number, not a tensor.
    """
    # the share of all pairs of images that share a cluster
    N = int(sizes.sum())
    share = int((sizes * (sizes - 1)).sum()) / (N * (N - 1))
    # on average, a batch has the same share of such pairs
    return batch_size * (batch_size - 1) / 2 * share


def least_collisions(sizes: Tensor, batches: int) -> int:
    """Minimum number of collisions in all batches together: the pigeonhole bound.

    A cluster of s images gives s // T images to each of T batches, and one more to s mod T of them.

    Args:
        sizes: number of images from each cluster in the batches, int64, shape (K,).
        batches: T, the number of batches, at least 1.

    Returns:
        A number, not a tensor.
    """
    # the images of a cluster that every batch gets, and the number of batches that get one more
    each, more = sizes // batches, sizes % batches
    # the pairs in all batches, and the pairs that the extra images form with them
    return int((batches * (each * (each - 1) // 2) + more * each).sum())


def purity(pseudo_labels: Tensor, labels: Tensor) -> float:
    """Share of images whose class is the most common one in their cluster.

    Args:
        pseudo_labels, labels: cluster and class of each image, int64 from 0, shape (N,).
    """
    K, C = int(pseudo_labels.max()) + 1, int(labels.max()) + 1
    table = torch.bincount(pseudo_labels * C + labels, minlength=K * C).view(K, C)
    return int(table.max(1).values.sum()) / len(labels)


def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    """For each image, the number of earlier images in its cluster: 0 for the first of each.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,). "Earlier" means earlier in
            this list.

    Returns:
        Shape (N,), int64.
    """
    # bring each cluster together, without changing the order inside it
    order = pseudo_labels.argsort(stable=True)
    # an image's position there, minus the position of the first image in its cluster
    sizes = torch.bincount(pseudo_labels)
    first = sizes.cumsum(0) - sizes  # (K,)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(len(order)) - first[pseudo_labels[order]]
    return rank


def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    """The batches of the authors' code: images by rank in their cluster, cut into batches.

    The first image of every cluster comes first, then the second of each, and so on. Nothing is
    shuffled, so every epoch is the same. When small clusters are used up, the large ones fill the
    last batches. Images of equal rank keep the data's order (in the authors' code, their order
    depends on an unstable sort).

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).
        batch_size: B.

    Returns:
        Positions of images, shape (N // B, B). The last N mod B images are left out.
    """
    # sort the images by rank in their cluster, and by nothing else
    order = rank_in_cluster(pseudo_labels).argsort(stable=True)
    # cut into full batches
    batches = len(order) // batch_size
    return order[: batches * batch_size].view(batches, batch_size)


def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    """All images, cluster by cluster. Clusters and the images in each are in random order.

    Every order of the clusters is equally likely, whatever their sizes.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,). Clusters may be empty.
        generator: source of randomness.

    Returns:
        Positions of images, shape (N,).
    """
    # shuffle the images, and draw an order of the clusters
    order = torch.randperm(len(pseudo_labels), generator=generator)
    turn = torch.randperm(int(pseudo_labels.max()) + 1, generator=generator)  # (K,)
    # bring each cluster together, without changing the order inside it
    return order[turn[pseudo_labels[order]].argsort(stable=True)]


def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    """Batches dealt like cards: the first image to batch 1, the second to batch 2, and so on.

    After batch T comes batch 1 again, so consecutive images of a cluster spread evenly.

    Args:
        order: positions of images, cluster by cluster, shape (batches * B,).
        batches: T, the number of batches, at least 1.
        generator: source of randomness for the order of the batches.

    Returns:
        Shape (batches, B), the batches in random order, with order's dtype and device.
    """
    # one row for each batch: the images t, t + T, t + 2 T, ...
    hands = order.view(-1, batches).T
    # shuffle the batches, so that their order tells nothing about their images
    return hands[torch.randperm(batches, generator=generator)]


def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    """Batches with the fewest collisions that their images allow. Ours.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,), N at least B.
        batch_size: B.
        generator: source of randomness; each call draws new batches.

    Returns:
        Positions of images, shape (N // B, B). N mod B images, drawn at random, are left out.
    """
    batches = len(pseudo_labels) // batch_size
    # leave out, at random, the images that fill no batch
    order = in_clusters(pseudo_labels, generator)
    kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values
    # deal the rest, cluster by cluster
    return deal(order[kept], batches, generator)


def strict_count(sizes: Tensor, batch_size: int) -> int:
    """Maximum number of batches without a collision: the largest T with T B images to deal.

    A cluster of s images gives at most min(s, T) of them, one to each batch.

    Args:
        sizes: number of images in each cluster, int64, shape (K,).
        batch_size: B.

    Returns:
        T, a number, not a tensor.
    """
    # the largest T with at least T * B images to deal
    most = int(sizes.sum()) // batch_size
    possible = [t for t in range(most + 1) if int(sizes.clamp(max=t).sum()) >= t * batch_size]
    return max(possible)


def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    """Batches without two images of one cluster; surplus images of large clusters are left out.

    Ours, not the paper's.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).
        batch_size: B.
        generator: source of randomness; each call draws new batches.

    Returns:
        Positions of images, shape (T, B), with the largest possible T. A cluster with more than T
        images keeps T of them, drawn at random; then images are dropped at random until T B remain.

    Raises:
        ValueError: fewer than B clusters have an image.
    """
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    batches = strict_count(torch.bincount(pseudo_labels), batch_size)
    # keep at most one image per batch from each cluster, chosen at random
    order = in_clusters(pseudo_labels, generator)
    order = order[rank_in_cluster(pseudo_labels[order]) < batches]
    # leave out, at random, the images that fill no batch, and deal the rest
    kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values
    return deal(order[kept], batches, generator)


def pseudo_label_batches(
    pseudo_labels: Tensor,
    batch_size: int,
    generator: Generator | None = None,
    batching: str = "dealt",
) -> Iterator[Tensor]:
    """The batches of one epoch, composed by cluster.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).
        batch_size: B.
        generator: source of randomness; each call draws new batches ("released" draws nothing).
        batching: "dealt" (fewest collisions with all images), "strict" (no collisions; some
            images are left out) or "released" (the authors' code).

    Yields:
        Positions of a batch's images, int64, shape (B,), without repeats. Nothing if N < B.

    Raises:
        ValueError: there is no such batching, or too few clusters for a strict batch.
    """
    if batching not in ("dealt", "strict", "released"):
        raise ValueError(f'batching must be "dealt", "strict" or "released", not {batching!r}')
    if len(pseudo_labels) < batch_size:
        return
    if batching == "dealt":
        yield from dealt_batches(pseudo_labels, batch_size, generator)
    if batching == "strict":
        yield from strict_batches(pseudo_labels, batch_size, generator)
    if batching == "released":
        yield from released_batches(pseudo_labels, batch_size)


@dataclass(frozen=True)
class GSimCLROptions(Temperature):
    """Options of G-SimCLR."""

    clusters: int = 256
    """K, the number of clusters of images."""
    batching: Literal["dealt", "strict", "released", "random", "frozen", "oracle"] = "dealt"
    """How batches are composed. "dealt": each batch has as few images of the same cluster as
    possible; "strict": it never has two, so some images are left out; "released": as in the
    authors' code. Controls are "random", "frozen" (random, but the same in every epoch) and
    "oracle" (by true labels, so not self-supervised)."""
    autoencoder_epochs: int = 2
    """Maximum number of epochs for the autoencoder whose latents are clustered."""
    noise: float = 0.01
    """Standard deviation of the noise added to the autoencoder's input."""

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range, or K < B for strict batches."""
        super().check(config)
        at_least(self, clusters=2, autoencoder_epochs=1, noise=0)
        if self.batching == "strict" and self.clusters < config.batch_size:
            refuse("clusters", self.clusters, f"--batch-size ({config.batch_size}) or more")


def check_clusters(config: Config, images: Images) -> None:
    """Raise ValueError if there are more clusters than images."""
    if config.options.clusters > len(images):
        refuse(
            "clusters",
            config.options.clusters,
            f"at most {len(images)}, the number of training images",
        )


class GSimCLR(SimCLR):
    """SimCLR on batches composed by cluster.

    Attributes:
        pseudo_labels: cluster of each training image, int64, shape (N,); -1 before clustering.
    """

    title, color = "G-SimCLR", "#bf8500"
    Options = GSimCLROptions
    gauges = SimCLR.gauges | {
        "collisions": ("collisions", "d"),
        "least_collisions": ("minimum", ".0f"),
        "random_collisions": ("at random", ".0f"),
        "dropped": ("dropped", ".0%"),
    }
    prepares = "training an autoencoder and clustering its latents"
    picture = "clusters"

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__(config, images, encoder, projector)
        self.bfloat16 = number_format(config.precision, config.device) == "bfloat16"
        self.generators["clusters"] = source(config.seed, "clusters")
        self.register_buffer("pseudo_labels", torch.full((len(images),), -1))
        self.facts = {}  # facts about the clustering, for `meters`

    @staticmethod
    def check_images(config: Config, images: Images) -> None:
        """Raise ValueError if the autoencoder or the clustering cannot use these images."""
        height, width = images.pixels.shape[2:]
        if height % 8 or width % 8:
            raise ValueError(
                "--method gsimclr needs sides that are multiples of 8, for its autoencoder, not "
                f"{height} x {width}; use another --size"
            )
        if config.options.batching == "oracle" and images.labels is None:
            raise ValueError("--batching oracle needs labels; the data has none")
        check_clusters(config, images)
        if len(images) < 2 * HELD_OUT:
            raise ValueError(
                f"--method gsimclr needs {2 * HELD_OUT} or more training images for its "
                f"autoencoder, not {len(images)}"
            )

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Cluster the images, before the first epoch only.

        Arguments and result as for `SimCLR.start_epoch`.
        """
        if self.pseudo_labels[0] >= 0:
            return []
        generator, device = self.generators["clusters"], self.pseudo_labels.device
        model = train_autoencoder(
            pixels,
            self.autoencoder_epochs,
            self.noise,
            2,
            generator,
            device,
            bfloat16=self.bfloat16,
        )
        _, clusters = kmeans(latents(model, pixels), self.clusters, generator=generator)
        self.pseudo_labels.copy_(clusters)
        return []

    def batches(self, N: int, batch_size: int) -> Iterator[Tensor]:
        """N // B batches. "strict" deals again when its images are used up."""
        self.facts = {}
        generator = self.generators["order"]
        if self.batching == "random":
            yield from shuffled_batches(N, batch_size, generator)
        elif self.batching == "frozen":
            yield from shuffled_batches(N, batch_size, source(self.seed, "frozen"))
        elif self.batching == "strict":
            dealt = []  # draw all deals before the first batch: resuming skips batches, not draws
            while len(dealt) < N // batch_size:
                dealt += self.by_cluster(batch_size)
            yield from dealt[: N // batch_size]
        else:
            yield from self.by_cluster(batch_size)

    def by_cluster(self, batch_size: int) -> Iterator[Tensor]:
        """The batches of one deal of all images."""
        oracle = self.batching == "oracle"
        return pseudo_label_batches(
            self.labels if oracle else self.pseudo_labels.cpu(),
            batch_size,
            self.generators["order"],
            "dealt" if oracle else self.batching,
        )

    def clustering_facts(self, B: int) -> tuple[dict[str, float], dict[str, float]]:
        """What the clustering allows, and how well it matches the labels, if there are any.

        "least_collisions" assumes batches that use all images. Because N mod B of them are left
        out, dealt batches may have slightly fewer collisions.
        """
        pseudo_labels = self.pseudo_labels.cpu()
        sizes, T = torch.bincount(pseudo_labels), len(pseudo_labels) // B
        allowed = {
            "least_collisions": least_collisions(sizes, T) / T,
            "random_collisions": expected_collisions(sizes, B),
            "largest_cluster": int(sizes.max()),
        }
        if self.batching == "strict":
            allowed["dropped"] = 1 - strict_count(sizes, B) * B / len(pseudo_labels)
        matched = {} if self.labels is None else {"purity": purity(pseudo_labels, self.labels)}
        return allowed, matched

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Collisions in this batch, the minimum possible, and the expectation at random."""
        B = len(index)
        if B not in self.facts:  # once an epoch, not once a step
            self.facts[B] = self.clustering_facts(B)
        allowed, matched = self.facts[B]
        found = super().meters(z1, z2, index)
        found["collisions"] = collisions(self.pseudo_labels.cpu()[index])
        found |= allowed
        if self.labels is not None:
            found["same_class"] = collisions(self.labels[index]) / (B * (B - 1) / 2)
        return found | matched
