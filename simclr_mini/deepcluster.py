"""DeepCluster: cluster the representations, learn to predict the clusters, and again.

Paper: Caron et al. 2018, section 3. https://arxiv.org/abs/1807.05520
Differs: k-means++ in the place of random first centroids. Both views of an image are classified
(the authors' code uses one view), so that all methods here see equally many. Colour input unless
`sobel`; the optimiser and its schedule are those of the other methods.
"""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.evaluate import features
from simclr_mini.kmeans import kmeans
from simclr_mini.simclr import SimCLR, source
from simclr_mini.views import Recipe, sobel

LEAST_VARIANCE = 1e-6  # of the largest: directions below it are noise, and are not blown up


# ---- from representations to clusters and to batches


def pca_whiten(h: Tensor, dim: int) -> Tensor:
    """Representations in their main directions, each at variance 1; then each row at length 1.

    The released code: PCA, eigenvalue to the power -1/2, then L2 normalisation.

    Args:
        h: representations, shape (N, D).
        dim: how many directions to keep, at most. Those without variance are left out.

    Returns:
        Shape (N, min(dim, directions with variance)), float32.

    Raises:
        ValueError: all representations are equal.
    """
    # centre, and find the directions by falling variance
    h = h.double() - h.double().mean(0)
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))  # rising
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0].clamp(min=1e-12)
    if not kept.any():
        raise ValueError("all representations are equal: the encoder has collapsed")
    # project on each, and divide by its standard deviation
    white = h @ directions[:, kept] / variance[kept].sqrt()
    # each row at length 1
    return F.normalize(white, dim=1).float()


def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    """Images drawn so that every cluster is seen equally often. Section 3.2.

    As the released code: each of the non-empty clusters gives N // (their number) + 1 images,
    with replacement where it has no more than that; all are shuffled and cut to N.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).
        generator: source of randomness.

    Returns:
        Positions of images, shape (N,). An image can be there several times, or not at all.
    """
    N, sizes = len(pseudo_labels), torch.bincount(pseudo_labels)
    each = N // int((sizes > 0).sum()) + 1
    # the images of each cluster, in random order
    order = torch.randperm(N, generator=generator)
    members = order[pseudo_labels[order].argsort(stable=True)].split(sizes.tolist())
    # equally many of each: a part of a large cluster, a small one over and over
    drawn = [some if len(some) > each else again(some, each, generator) for some in members]
    drawn = torch.cat([some[:each] for some in drawn if len(some)])
    # shuffle, and keep as many as there are images
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]


def again(members: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    """`count` draws with replacement; none of a cluster that is empty. Shape (count,)."""
    if len(members) == 0:
        return members
    return members[torch.randint(len(members), (count,), generator=generator)]


# ---- how good a clustering is


def mutual_information(a: Tensor, b: Tensor) -> float:
    """Normalised mutual information of two clusterings: I(a; b) / sqrt(H(a) H(b)). Section 3.2.

    Args:
        a, b: cluster of each image, int64 from 0, shape (N,).

    Returns:
        From 0 (independent) to 1 (the same up to names). 0 where one has a single cluster.
    """
    # how often each pair of clusters occurs
    K = int(b.max()) + 1
    joint = torch.bincount(a * K + b, minlength=(int(a.max()) + 1) * K).view(-1, K).double()
    joint = joint / len(a)
    # I = H(a) + H(b) - H(a, b)
    of_a, of_b = entropy(joint.sum(1)), entropy(joint.sum(0))
    if of_a == 0 or of_b == 0:
        return 0.0
    return max(0.0, of_a + of_b - entropy(joint.flatten())) / math.sqrt(of_a * of_b)


def entropy(p: Tensor) -> float:
    """-sum p ln p of probabilities of any shape."""
    return float(torch.special.entr(p).sum())


def effective_clusters(pseudo_labels: Tensor) -> float:
    """How many clusters there are in effect: exp of the entropy of their sizes. K where equal.

    Args:
        pseudo_labels: cluster of each image, shape (N,).
    """
    return math.exp(entropy(torch.bincount(pseudo_labels).double() / len(pseudo_labels)))


# ---- the method


def see_edges(encoder: nn.Module) -> nn.Module:
    """The encoder itself, which from now on sees the strength of edges in the place of colours."""
    encoder.register_forward_pre_hook(lambda module, inputs: (sobel(inputs[0]),))
    return encoder


class DeepCluster(SimCLR):
    """The method. Its projector is a classifier of the clusters, new in each epoch.

    Args:
        labels: classes of the training images, shape (N,), or None. For meters only.
        count: N, how many training images.
        clusters: K.
        pca_dim: directions that are kept of the representations.
        warm_start: whether k-means starts from the last epoch's clusters.
        Others as `SimCLR`.
    """

    def __init__(
        self,
        encoder: nn.Module,
        recipe: Recipe,
        seed: int,
        labels: Tensor | None,
        count: int,
        clusters: int = 256,
        pca_dim: int = 64,
        warm_start: bool = False,
    ):
        super().__init__(encoder, nn.Linear(encoder.dim, clusters), recipe, seed=seed)
        self.labels, self.clusters = labels, clusters
        self.pca_dim, self.warm_start = pca_dim, warm_start
        self.generators["clusters"] = source(seed, "clusters")
        self.register_buffer("pseudo_labels", torch.full((count,), -1))  # -1: not clustered yet
        self.register_buffer("nmi", torch.full((), -1.0))  # of the last two clusterings

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Cluster the images as the encoder sees them now, and start a new classifier.

        Args:
            pixels: all training images, uint8, shape (N, 3, H, W).

        Returns:
            The classifier's parameters.
        """
        generator, old = self.generators["clusters"], self.pseudo_labels.cpu()
        # the frozen encoder's view of the images, unchanged
        h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
        # cluster them; names of clusters mean nothing from one epoch to the next
        start = old_means(h, old, self.clusters) if self.warm_start and old[0] >= 0 else None
        _, new = kmeans(h, self.clusters, generator=generator, start=start)
        if old[0] >= 0:
            self.nmi.fill_(mutual_information(old, new))
        self.pseudo_labels.copy_(new)
        # so the classifier starts again from nothing
        weight = 0.01 * torch.randn(self.projector.weight.shape, generator=generator)
        with torch.no_grad():
            self.projector.weight.copy_(weight)
            self.projector.bias.zero_()
        return list(self.projector.parameters())

    def batches(self, N: int, batch_size: int) -> Iterator[Tensor]:
        """N // B batches of images, every cluster equally often."""
        order = uniform_over_clusters(self.pseudo_labels.cpu(), self.generators["order"])
        yield from order[: N // batch_size * batch_size].split(batch_size)

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """Cross entropy of the clusters, the mean over both views. Equation 1.

        Args:
            z1, z2: logits of the two views, shape (B, K).
            index: which images they are, shape (B,).

        Returns:
            A scalar.
        """
        clusters = self.pseudo_labels[index.to(self.pseudo_labels.device)]
        return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2))

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Share of views whose cluster is found, and health of the clustering."""
        pseudo_labels = self.pseudo_labels.cpu()
        right = torch.cat([z1, z2]).argmax(1).cpu() == pseudo_labels[index].repeat(2)
        found = {"accuracy": float(right.float().mean())}
        found["effective_clusters"] = effective_clusters(pseudo_labels)
        found["empty_clusters"] = self.clusters - len(pseudo_labels.unique())
        if self.nmi >= 0:
            found["nmi_last"] = float(self.nmi)
        if self.labels is not None:
            found["nmi_labels"] = mutual_information(pseudo_labels, self.labels)
        return found

    def chance(self, B: int) -> float:
        """ln K: every cluster equally likely."""
        return math.log(self.clusters)

    def floor(self, B: int) -> float:
        """Zero: every view classified for certain."""
        return 0.0


def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    """The mean of today's representations over each of yesterday's clusters: a warm start.

    The directions of h are not yesterday's, so yesterday's centroids would be of no use.

    Args:
        h: shape (N, d).
        pseudo_labels: shape (N,).
        K: how many clusters.

    Returns:
        Shape (K, d); that of an empty cluster is an image of its own.
    """
    count = torch.bincount(pseudo_labels, minlength=K)[:, None]
    total = torch.zeros(K, h.shape[1]).index_add_(0, pseudo_labels, h)
    return torch.where(count > 0, total / count.clamp(min=1), h[:K])
