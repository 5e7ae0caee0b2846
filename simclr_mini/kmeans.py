"""k-means: K centroids, each the mean of the points that lie nearest to it.

Papers: Lloyd 1982 (the two steps); Arthur and Vassilvitskii 2007 (k-means++, the start).
Differs: the start is the greedy one, as scikit-learn's: of a few draws the best is kept. With many
points it is drawn from a random part of them (`SEEDING_POINTS`). An empty cluster gets the point
that lies farthest from its centroid.
"""

import math

import torch
from torch import Generator, Tensor

CHUNK = 4096  # points compared with the centroids at a time: never a matrix of N x K
SEEDING_POINTS = 12  # for each cluster, and 1,000 at least: points among which the start is drawn


def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """K centroids, and for each point the nearest of them.

    Lowers the inertia, the sum over points of |x_n - c_{label n}|^2: neither step of an iteration
    raises it. When no label changes any more, each centroid is the mean of its points.

    Args:
        x: points, float32 or float64, shape (N, d).
        k: K, how many clusters. If fewer points than K are distinct, clusters stay empty.
        iterations: at most; fewer where nothing changes any more. 0: labels of the start.
        generator: source of randomness.
        start: first centroids, shape (K, d); None: k-means++.

    Returns:
        centroids, shape (K, d), and labels, int64, shape (N,).

    Raises:
        ValueError: fewer points than clusters, k below 1, a point that is not finite or too large
            to be squared, or a start of another shape.
    """
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, too large or not a number; look at the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    # count from the mean of all points, as small numbers have exact squares; at the end go back
    middle = x.mean(0)
    x = x - middle
    # the start: given, or k-means++
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    # assign; then means and assign in turn, until no point changes its cluster
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids + middle, labels


def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    """First centroids: points far from each other, by greedy k-means++.

    It looks at SEEDING_POINTS of the points for each cluster, but at 1,000 or more, at random. The
    first is any of them. For each further one, 2 + floor(ln K) candidates are drawn by
    `far_points`; the one that leaves the smallest sum of squared distances is kept.

    Args:
        x: points, shape (N, d).
        k: K, how many.
        generator: source of randomness.

    Returns:
        Rows of x, shape (K, d). Different ones, as long as those that are looked at are.
    """
    # some of the points, at random, are enough to start from
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    norms = some.norm(dim=1).square()
    # the first is any point
    chosen = [0]
    nearest = (some - some[0]).square().sum(1)  # to the nearest centroid so far
    # each further one: of the candidates, the one after which all points are nearest
    for _ in range(1, k):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        squared = torch.addmm(norms, some[candidates], some.T, alpha=-2) + norms[candidates, None]
        after = torch.minimum(nearest, squared.clamp(min=0))  # one row for each candidate
        best = int(after.sum(1).argmin())
        chosen.append(int(candidates[best]))
        nearest = after[best]
        nearest[chosen[-1]] = 0
    return some[chosen]


def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    """Points drawn with probability proportional to their squared distance.

    Args:
        squared: squared distance of each point to the nearest centroid so far, shape (N,).
        count: how many draws. Each is for itself, so a point may come twice.
        generator: source of randomness.

    Returns:
        Positions, int64, shape (count,). If all distances are zero: any.
    """
    # lay the squared distances end to end on a line; each draw is a place on it
    ends = squared.double().cumsum(0)
    places = torch.rand(count, generator=generator, dtype=torch.float64).to(ends) * ends[-1]
    # the point on whose piece the place lies; one of length zero holds none
    return torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)


def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest centroid of each point. The first of Lloyd's two steps.

    Args:
        x: points, shape (N, d).
        centroids: shape (K, d).

    Returns:
        labels, int64, and squared distances, never below 0, both of shape (N,).
    """
    norms = centroids.square().sum(1)  # |c|^2, (K,)
    parts = []
    # |x - c|^2 = |x|^2 - 2 x . c + |c|^2, for CHUNK points at a time; the least of each point
    for some in x.split(CHUNK):
        least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(1)
        parts.append((label, (least + some.norm(dim=1).square()).clamp(min=0)))
    return torch.cat([label for label, _ in parts]), torch.cat([least for _, least in parts])


def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    """The mean of each cluster's points. The second of Lloyd's two steps.

    Args:
        x: points, shape (N, d).
        labels: cluster of each point, shape (N,).
        distances: squared distance of each point to its centroid, shape (N,).
        centroids: shape (K, d), for the clusters that stay as they are.

    Returns:
        New centroids, shape (K, d). An empty cluster is revived: its centroid becomes the point
        that is farthest from its own, two empty ones the two farthest, and so on. If no such point
        is left whose distance is above 0, an empty one stays as it was.
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
