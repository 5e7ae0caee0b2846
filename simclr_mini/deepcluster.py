"""DeepCluster: cluster the representations, learn to predict the clusters, and repeat.

Paper: Caron et al. 2018, with the authors' code. https://arxiv.org/abs/1807.05520
Differs: k-means++ instead of random first centroids. Both views of an image are classified (the
authors' code uses one), so that all methods here see equally many views. The input is in colour
unless --sobel is given; then it is the strength of edges, where the paper uses slopes in two
directions.
Views, optimiser and schedule are those of the other methods.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.config import Config, Options, at_least
from simclr_mini.data import Images
from simclr_mini.evaluate import represent as features  # large images a few at a time
from simclr_mini.gsimclr import check_clusters
from simclr_mini.kmeans import kmeans
from simclr_mini.simclr import SimCLR, source
from simclr_mini.views import edges

LEAST_VARIANCE = 1e-6  # relative to the largest variance; directions below it are noise
LEAST_SPREAD = 1e-5  # relative to the norm; smaller differences are rounding error


def pca_whiten(h: Tensor, dim: int) -> Tensor:
    """Representations along their principal directions, whitened, each row scaled to unit norm.

    The same steps as in the authors' code: PCA, whitening, normalisation. The sign of a direction
    is arbitrary, and k-means does not depend on it.

    Args:
        h: representations, float32 or float64, shape (N, D). Their mean may be large and their
            spread small, because a float64 input keeps its precision until the result.
        dim: maximum number of directions. Directions whose variance is below LEAST_VARIANCE times
            the largest are left out.

    Returns:
        Shape (N, min(dim, directions with variance)), float32, whatever the dtype of h. An image
        exactly at the mean stays 0.

    Raises:
        ValueError: all representations are equal, or one is not finite.
    """
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    # subtract the mean
    h = h.double() - h.double().mean(0)
    # find the directions of greatest variance, without those that have none
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))  # in ascending order
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    # project onto each, and divide by its standard deviation
    white = h @ directions[:, kept] / variance[kept].sqrt()
    # normalise each row
    return F.normalize(white, dim=1).float()


def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    """Images drawn so that every cluster appears equally often.

    Otherwise a network that always predicts the largest cluster would be right too often: the
    paper's trivial parametrisation. As in the authors' code, each of the C clusters that are not
    empty gives N // C + 1 images, with replacement if it has no more images than that. All of them
    are shuffled, and N are kept.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,), on the CPU. Clusters may be
            empty.
        generator: source of randomness; None means torch's global one.

    Returns:
        Positions of images, int64, shape (N,). An image can appear several times, or not at all.
    """
    # collect the images of each cluster that is not empty, in random order
    N, sizes = len(pseudo_labels), torch.bincount(pseudo_labels)
    order = torch.randperm(N, generator=generator)
    order = order[pseudo_labels[order].argsort(stable=True)]
    clusters = order.split(sizes[sizes > 0].tolist())
    # take equally many of each: part of a large cluster, repeated images of a small one
    each, drawn = N // len(clusters) + 1, []
    for members in clusters:
        if len(members) <= each:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members[:each])
    # shuffle, and keep N of them
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]


def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    """The mean of the current representations in each of the previous clusters: a warm start.

    The previous centroids themselves are useless, because the directions of h have changed.

    Args:
        h: current representations, shape (N, d).
        pseudo_labels: previous cluster of each image, int64 from 0, shape (N,).
        K: number of clusters, at most N.

    Returns:
        Shape (K, d), with h's dtype. An empty cluster gets the row of an image instead of a mean, a
        different image for each. Nothing is drawn at random.
    """
    # the sum over each cluster's images, divided by their number
    count = torch.bincount(pseudo_labels, minlength=K)[:, None]
    total = h.new_zeros(K, h.shape[1]).index_add_(0, pseudo_labels, h)
    # an empty cluster k gets image k
    return torch.where(count > 0, total / count.clamp(min=1), h[:K])


def effective_clusters(pseudo_labels: Tensor) -> float:
    """The effective number of clusters: exp of the entropy of their sizes.

    It is K for K clusters of equal size, and near 1 if a single cluster holds almost everything.

    Args:
        pseudo_labels: cluster of each image, int64 from 0, shape (N,).

    Returns:
        A Python float, from 1 to the number of clusters that are not empty.
    """
    # the exponential of the entropy of the sizes
    return math.exp(entropy(torch.bincount(pseudo_labels)))


def mutual_information(a: Tensor, b: Tensor) -> float:
    """Normalised mutual information of two clusterings: I(a; b) / sqrt(H(a) H(b)).

    Here I(a; b) = H(a) + H(b) - H(a, b), where H(a, b) is the entropy of the pairs.

    Args:
        a, b: cluster of each image, int64 from 0, shape (N,).

    Returns:
        A Python float, from 0 (independent) to 1 (equal up to renaming). 0 if either has a single
        cluster.
    """
    # the entropy of each clustering, and of both together
    of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    of_both = entropy((a * (int(b.max()) + 1) + b).unique(return_counts=True)[1])  # pairs
    # a single cluster carries no information
    if of_a == 0 or of_b == 0:
        return 0.0
    # the information that they share, normalised and clamped: rounding may leave [0, 1]
    return min(max((of_a + of_b - of_both) / math.sqrt(of_a * of_b), 0.0), 1.0)


def entropy(sizes: Tensor) -> float:
    """-sum p ln p over the shares p of clusters with these sizes; an empty cluster adds 0."""
    return float(torch.special.entr(sizes.double() / sizes.sum()).sum())


@dataclass(frozen=True)
class DeepClusterOptions(Options):
    """Options of DeepCluster."""

    clusters: int = 256
    """K, the number of clusters of images."""
    pca_dim: int = 64
    """Number of principal directions of the representation that are whitened and clustered."""
    warm_start: bool = False
    """Start k-means from the previous epoch's clusters."""
    sobel: bool = False
    """Give the strength of edges to the encoder instead of colours. Needs an encoder other than
    "patches". The network of --supervised still sees colours."""

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range."""
        at_least(self, clusters=2, pca_dim=1)
        if self.sobel and config.encoder == "patches":
            raise ValueError("--sobel needs a first layer that is trained, as in --encoder tiny")


class DeepCluster(SimCLR):
    """The method. Its projector is a classifier of the clusters, drawn anew in each epoch.

    Attributes:
        pseudo_labels: cluster of each training image, int64, shape (N,); -1 before clustering.
        nmi: normalised mutual information of the last two clusterings; -1 before there are two.
    """

    title, color = "DeepCluster", "#c571c6"
    Options = DeepClusterOptions
    ignores = ("projector", "hidden_dim", "out_dim", "small_crops", "small_size")
    gauges = {
        "accuracy": ("finds the cluster", ".0%"),
        "nmi_last": ("NMI with last clusters", ".2f"),
        "effective_clusters": ("effective clusters", ".0f"),
    }
    picture = "clusters"

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__(config, images, encoder, projector)
        self.generators["clusters"] = source(config.seed, "clusters")
        self.register_buffer("pseudo_labels", torch.full((len(images),), -1))
        self.register_buffer("nmi", torch.full((), -1.0))
        self.facts = {}  # facts about this epoch's clustering, for `meters`

    @staticmethod
    def check_images(config: Config, images: Images) -> None:
        """Raise ValueError if there are more clusters than images."""
        check_clusters(config, images)

    @staticmethod
    def wrap(encoder: nn.Module, options: Options) -> nn.Module:
        """The encoder itself. With --sobel it sees the strength of edges instead of colours."""
        if options.sobel:
            encoder.register_forward_pre_hook(lambda module, inputs: (edges(inputs[0]),))
        return encoder

    @staticmethod
    def head(config: Config, images: Images, dim: int) -> nn.Module:
        """A linear classifier of the clusters, (B, D) to (B, K)."""
        return nn.Linear(dim, config.options.clusters)

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Cluster the images as the encoder sees them now, and start a new classifier.

        Sets `pseudo_labels` and, from the second time on, `nmi`: their mutual information with the
        previous ones. All random numbers come from `generators["clusters"]`. The generator and the
        images are on the CPU, while the method may be on a GPU.

        Args:
            pixels: all training images, uint8, shape (N, 3, H, W).

        Returns:
            The classifier's parameters: the same tensors, with new numbers in them.
        """
        # compute features of the unchanged images with the frozen encoder, and whiten them
        h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
        # cluster them; a warm start continues from the previous clusters, if there were any
        generator, old = self.generators["clusters"], self.pseudo_labels.cpu()
        start = old_means(h, old, self.clusters) if self.warm_start and old[0] >= 0 else None
        _, new = kmeans(h, self.clusters, generator=generator, start=start)
        # store the clusters, and how well they agree with the previous ones
        if old[0] >= 0:
            self.nmi.fill_(mutual_information(old, new))
        self.pseudo_labels.copy_(new)
        # cluster numbers mean nothing in the next epoch, so draw a new classifier:
        # weights with standard deviation 0.01, and zero biases
        weight = 0.01 * torch.randn(self.projector.weight.shape, generator=generator)
        with torch.no_grad():
            self.projector.weight.copy_(weight)
            self.projector.bias.zero_()
        return list(self.projector.parameters())

    def batches(self, N: int, batch_size: int) -> Iterator[Tensor]:
        """N // B batches of images, in which every cluster appears equally often."""
        self.facts = {}
        order = uniform_over_clusters(self.pseudo_labels.cpu(), self.generators["order"])
        yield from order[: N // batch_size * batch_size].split(batch_size)

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """Cross entropy of predicting the clusters, averaged over both views.

        Args:
            z1, z2: logits of the two views, shape (B, K).
            index: positions of the images, shape (B,), on any device.

        Returns:
            A scalar, as precise as the logits and on their device.
        """
        # look up the clusters of these images; both views must be classified
        clusters = self.pseudo_labels[index.to(self.pseudo_labels.device)]
        return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2))

    def clustering_facts(self) -> dict[str, float]:
        """Health of the clustering, and how well it matches the labels, if there are any."""
        pseudo_labels = self.pseudo_labels.cpu()
        health = {
            "effective_clusters": effective_clusters(pseudo_labels),
            "empty_clusters": self.clusters - len(pseudo_labels.unique()),
        }
        if self.nmi >= 0:
            health["nmi_last"] = float(self.nmi)
        if self.labels is not None:
            health["nmi_labels"] = mutual_information(pseudo_labels, self.labels)
        return health

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Share of views whose cluster is predicted correctly, and health of the clustering."""
        if not self.facts:  # once an epoch, not once a step
            self.facts = self.clustering_facts()
        right = torch.cat([z1, z2]).argmax(1).cpu() == self.pseudo_labels.cpu()[index].repeat(2)
        return {"accuracy": float(right.float().mean())} | self.facts

    def chance(self, B: int) -> float:
        """ln K: every cluster is equally likely."""
        return math.log(self.clusters)

    def floor(self, B: int) -> float:
        """Zero: every view is classified with certainty."""
        return 0.0
