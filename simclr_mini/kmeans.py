"""k-means: K centroids, each the mean of the points that lie nearest to it.

Papers: Lloyd 1982 (the two steps); Arthur and Vassilvitskii 2007 (k-means++, the start).
Differs: with many points the start is drawn from a random part of them (`SEEDING_POINTS`). An
empty cluster gets the point that lies farthest from its centroid.
"""

import torch
from torch import Generator, Tensor

CHUNK = 8192  # points compared with the centroids at a time: never a matrix of N x K
SEEDING_POINTS = 32  # for each cluster, the points among which the start is drawn


def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Centroids that are the means of their points, and the cluster of each point.

    Minimises the inertia, the sum over points of |x_n - c_{label n}|^2. Neither step of an
    iteration raises it.

    Args:
        x: points, shape (N, d).
        k: K, how many clusters. If fewer points than K are distinct, clusters stay empty.
        iterations: at most; fewer where nothing changes any more.
        generator: source of randomness.
        start: first centroids, shape (K, d); None: k-means++.

    Returns:
        centroids, shape (K, d), and labels, int64, shape (N,).

    Raises:
        ValueError: fewer points than clusters, k below 1, or a point that is not finite.
    """
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.isfinite().all():
        raise ValueError("a point is infinite or not a number; look at the features first")
    # the start: given, or k-means++
    centroids = plus_plus(x, k, generator) if start is None else start.clone()
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids, labels


def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    """First centroids: points far from each other, by k-means++.

    The first is any point. Each further one is a point drawn with probability proportional to
    its squared distance to the nearest centroid so far.

    Args:
        x: points, shape (N, d).
        k: K, how many.
        generator: source of randomness.

    Returns:
        Rows of x, shape (K, d). Different ones, as long as there are any.
    """
    # some of the points are enough to start from
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    norms = some.square().sum(1)  # |x|^2
    # the first is any point; all others are infinitely far from a centroid
    chosen = [0]
    nearest = torch.full_like(norms, float("inf"))
    draws = torch.rand(k, generator=generator).to(x)
    # each further one with probability proportional to its squared distance to the nearest so far
    for i in range(1, k):
        last = some[chosen[-1]]
        squared = norms - 2 * (some @ last) + last.square().sum()
        nearest = torch.minimum(nearest, squared.clamp(min=0))
        nearest[chosen[-1]] = 0
        cumulated = nearest.double().cumsum(0)
        chosen.append(int(torch.searchsorted(cumulated, draws[i] * cumulated[-1], right=True)))
        chosen[-1] = min(chosen[-1], len(some) - 1)
    return some[chosen]


def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest centroid of each point. The first of Lloyd's two steps.

    Args:
        x: points, shape (N, d).
        centroids: shape (K, d).

    Returns:
        labels, int64, and squared distances, both of shape (N,).
    """
    norms = centroids.square().sum(1)  # |c|^2, (K,)
    parts = []
    # |x - c|^2 = |x|^2 - 2 x . c + |c|^2, for some points at a time
    for some in x.split(CHUNK):
        least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(1)
        parts.append((label, (least + some.square().sum(1)).clamp(min=0)))
    return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])


def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    """The mean of each cluster's points. The second of Lloyd's two steps.

    Args:
        x: points, shape (N, d).
        labels: cluster of each point, shape (N,).
        distances: squared distance of each point to its centroid, shape (N,).
        centroids: shape (K, d), for the clusters that stay as they are.

    Returns:
        New centroids, shape (K, d). An empty cluster gets the farthest point not yet taken; where
        every point lies on its centroid, it stays as it was.
    """
    # the sum of each cluster's points, by how many they are
    count = torch.bincount(labels, minlength=len(centroids))
    total = torch.zeros_like(centroids).index_add_(0, labels, x)
    result = torch.where(count[:, None] > 0, total / count.clamp(min=1)[:, None], centroids)
    # revive the empty ones with the points that are farthest from their centroids
    empty = (count == 0).nonzero()[:, 0]
    far = distances.topk(min(len(empty), len(x))).indices
    far = far[distances[far] > 0]
    result[empty[: len(far)]] = x[far]
    return result


def inertia(x: Tensor, centroids: Tensor, labels: Tensor) -> float:
    """What k-means minimises: the sum of squared distances of points to their centroids.

    Args:
        x: points, shape (N, d).
        centroids: shape (K, d).
        labels: cluster of each point, shape (N,).
    """
    parts = zip(x.split(CHUNK), labels.split(CHUNK), strict=True)
    return sum(float((some - centroids[own]).double().square().sum()) for some, own in parts)
