"""k-means: K centroids, each the mean of the points that are nearest to it.

Papers: Lloyd 1982 (the two steps); Arthur and Vassilvitskii 2007 (k-means++, the start).
Differs: k-means++ is greedy, as in scikit-learn: it draws a few candidates and keeps the best. If
there are many points, it uses only a random subset of them (`SEEDING_POINTS`). An empty cluster is
moved to the point that is farthest from its own centroid.
"""

import math

import torch
from torch import Generator, Tensor

CHUNK = 1024  # points compared with the centroids at a time, so that no (N, K) matrix is made
NEAR = 0.01  # squared distances below this share of |a|^2 + |b|^2 are found by subtraction
SEEDING_POINTS = 12  # points per cluster, and at least 1,000 in all, from which the start is drawn


def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """K centroids, and for each point the number of the nearest one.

    Neither step of an iteration raises the inertia, the sum over points of |x_n - c_{label n}|^2.
    Once the labels no longer change, each centroid is the mean of its points.

    Args:
        x: points, float32 or float64, shape (N, d).
        k: K, the number of clusters. If fewer than K points are distinct, some stay empty.
        iterations: maximum number of iterations; they stop once no label changes. 0 gives the
            labels for the first centroids.
        generator: source of randomness; None means torch's global one.
        start: first centroids, shape (K, d), with x's dtype and device, not changed. None:
            k-means++ chooses them.

    Returns:
        centroids, shape (K, d), with x's dtype and device, and labels, int64, shape (N,), on x's
        device. They do not depend on where the origin is, so large coordinates cost no precision.

    Raises:
        ValueError: if there are fewer points than clusters, k is below 1, a point is not finite or
            is too large to be squared, or `start` is not finite or not of shape (k, d).
    """
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    # centre the points, as small numbers have more exact squares; undo it at the end
    middle = x.mean(0)
    x = x - middle
    # take the given start, or find one by k-means++
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    # assign, then alternate means and assign until no point changes its cluster
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids + middle, labels


def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    """First centroids: points that are far from each other, chosen by greedy k-means++.

    They are chosen from a random subset: SEEDING_POINTS points per cluster, at least 1,000. The
    first centroid is any of these points. For each further one, `far_points` draws
    2 + floor(ln K) candidates; the one that leaves the smallest sum of squared distances is kept.

    Args:
        x: points, shape (N, d).
        k: K, the number of centroids.
        generator: source of randomness; None means torch's global one.

    Returns:
        Rows of x, shape (K, d), with x's dtype and device. All are different if all points of the
        subset are, however close together they lie.
    """
    # take a random subset of the points, which is enough to start from
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    # choose any point as the first centroid
    chosen = [0]
    nearest = (some - some[0]).square().sum(1)  # squared distance to the nearest centroid so far
    # choose each further one among candidates: the one that leaves the smallest sum of distances
    for _ in range(1, k):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        squared = squared_distances(some[candidates], some)  # one row for each candidate
        after = torch.minimum(nearest, squared)
        best = int(after.sum(1).argmin())
        chosen.append(int(candidates[best]))
        nearest = after[best]
    return some[chosen]


def squared_distances(a: Tensor, b: Tensor) -> Tensor:
    """|a_i - b_j|^2 of all pairs, accurate even for points that lie close together.

    |a|^2 + |b|^2 - 2 a . b is a matrix product, five times as fast as subtraction. But it loses the
    digits of a distance that is small compared with |a| and |b|, so such points are subtracted.

    Args:
        a: points, shape (M, d).
        b: points, shape (N, d).

    Returns:
        Shape (M, N), with a's dtype and device.
    """
    sums = a.norm(dim=1).square()[:, None] + b.norm(dim=1).square()  # |a|^2 + |b|^2
    squared = torch.addmm(sums, a, b.T, alpha=-2)
    i, j = (squared < NEAR * sums).nonzero(as_tuple=True)
    squared[i, j] = (a[i] - b[j]).square().sum(1)
    return squared


def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    """Positions of points, drawn with probability proportional to their squared distance.

    Args:
        squared: squared distance of each point to the nearest centroid so far, shape (N,).
        count: number of draws. They are independent, so a point may be drawn twice.
        generator: source of randomness; None means torch's global one.

    Returns:
        Positions, int64, shape (count,), on squared's device. A point at distance zero is never
        drawn, unless all distances are zero: then any position will do.
    """
    # lay the squared distances end to end on a line, and draw places on it
    ends = squared.double().cumsum(0)
    places = torch.rand(count, generator=generator, dtype=torch.float64).to(ends) * ends[-1]
    # find the point whose segment holds each place; a segment of length zero holds none
    return torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)


def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest centroid of each point. The first of Lloyd's two steps.

    Args:
        x: points, shape (N, d).
        centroids: shape (K, d).

    Returns:
        labels, int64, and squared distances, in x's dtype, never below 0. Both have shape (N,) and
        x's device. No tensor of N times K numbers is made.
    """
    norms = centroids.square().sum(1)  # |c|^2, (K,)
    parts = []
    # find the least |x - c|^2 = |x|^2 - 2 x . c + |c|^2 for each point, CHUNK points at a time
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
        centroids: the old centroids, shape (K, d).

    Returns:
        New centroids, shape (K, d), with the dtype and device of the old ones, which stay as they
        are. An empty cluster is revived: the point that is farthest from its own centroid becomes
        its centroid. Two empty clusters get the two farthest points, and so on. If no point with a
        distance above 0 is left, the cluster keeps its old centroid.
    """
    # divide the sum of each cluster's points by their number
    count = torch.bincount(labels, minlength=len(centroids))
    total = torch.zeros_like(centroids).index_add_(0, labels, x)
    result = torch.where(count[:, None] > 0, total / count.clamp(min=1)[:, None], centroids)
    # revive the empty clusters with the points that are farthest from their own centroids
    empty = (count == 0).nonzero()[:, 0]
    far = distances.topk(min(len(empty), len(x))).indices
    far = far[distances[far] > 0]
    result[empty[: len(far)]] = x[far]
    return result


def inertia(x: Tensor, centroids: Tensor, labels: Tensor) -> float:
    """The sum of the squared distances of points to their centroids, which k-means minimises.

    Args:
        x: points, shape (N, d).
        centroids: shape (K, d).
        labels: cluster of each point, shape (N,).
    """
    parts = zip(x.split(CHUNK), labels.split(CHUNK), strict=True)
    return sum(float((some - centroids[own]).double().square().sum()) for some, own in parts)
