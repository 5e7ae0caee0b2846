"""Lesson 8: right ways to write k-means and parts of an autoencoder, starting with loops."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way


@way("assign", "loops")
def assign_in_loops(x, centroids):
    """|x - c|^2, number by number, and the least over the centroids."""
    labels, distances = [], []
    for point in x.tolist():
        best = (math.inf, 0)
        for k, centroid in enumerate(centroids.tolist()):
            squared = sum((a - b) ** 2 for a, b in zip(point, centroid, strict=True))
            best = min(best, (squared, k))
        distances.append(best[0])
        labels.append(best[1])
    return torch.tensor(labels, device=x.device), x.new_tensor(distances)


@way("assign", "one centroid at a time")
def assign_by_centroids(x, centroids):
    """Compare all points with one centroid at a time; points that are nearer to it switch."""
    distances = torch.full((len(x),), math.inf, dtype=x.dtype, device=x.device)
    labels = torch.zeros(len(x), dtype=torch.long, device=x.device)
    for k in range(len(centroids)):
        squared = (x - centroids[k]).pow(2).sum(dim=1)
        nearer = squared < distances
        labels[nearer] = k
        distances[nearer] = squared[nearer]
    return labels, distances


@way("assign", "cdist")
def assign_by_cdist(x, centroids):
    """Distances for 500 points at a time, then their squares."""
    labels = torch.empty(len(x), dtype=torch.int64, device=x.device)
    distances = x.new_empty(len(x))
    for i in range(0, len(x), 500):
        table = torch.cdist(x[i : i + 500], centroids, compute_mode="donot_use_mm_for_euclid_dist")
        labels[i : i + 500] = table.argmin(1)
        distances[i : i + 500] = table.amin(1) ** 2
    return labels, distances


@way("assign", "broadcasting")
def assign_by_broadcasting(x, centroids):
    """(chunk, 1, d) minus (1, K, d), in NumPy."""
    c = centroids.numpy()[None]
    tables = [((some.numpy()[:, None] - c) ** 2).sum(-1) for some in x.split(1000)]
    table = np.concatenate(tables)
    return torch.from_numpy(table.argmin(1)), torch.from_numpy(table.min(1))


def revive(result, empty, x, distances):
    """Replace the centroids `empty` by the farthest points."""
    for k, n in zip(empty, distances.argsort(descending=True).tolist(), strict=False):
        if distances[n] > 0:
            result[k] = x[n]
    return result


@way("means", "loops")
def means_in_loops(x, labels, distances, centroids):
    """Add up, count, divide; then revive the empty clusters, the farthest point first."""
    K, d = centroids.shape
    total, count = [[0.0] * d for _ in range(K)], [0] * K
    for point, k in zip(x.tolist(), labels.tolist(), strict=True):
        count[k] += 1
        for j in range(d):
            total[k][j] += point[j]
    result = centroids.clone()
    taken = []
    for k in range(K):
        if count[k]:
            result[k] = torch.tensor([t / count[k] for t in total[k]], dtype=torch.float64)
            continue
        left = [n for n in range(len(x)) if n not in taken and distances[n] > 0]
        if left:
            taken.append(max(left, key=lambda n: float(distances[n])))
            result[k] = x[taken[-1]]
    return result


@way("means", "masks")
def means_by_masks(x, labels, distances, centroids):
    """The mean of the rows with label k."""
    rows = [x[labels == k].mean(0) if k in labels else c for k, c in enumerate(centroids)]
    empty = [k for k in range(len(centroids)) if k not in labels]
    return revive(torch.stack(rows), empty, x, distances)


@way("means", "one-hot product")
def means_by_product(x, labels, distances, centroids):
    """A matrix (K, N) whose row k is 1 / n_k at the points of cluster k."""
    member = F.one_hot(labels, len(centroids)).T.to(x)
    count = member.sum(1, keepdim=True)
    result = member / count.clamp_min(1) @ x
    empty = (count == 0).flatten()
    result[empty] = centroids[empty]
    return revive(result, empty.nonzero().flatten().tolist(), x, distances)


@way("means", "scatter_reduce")
def means_by_scatter(x, labels, distances, centroids):
    """torch has a mean reduction, which leaves clusters without points unchanged."""
    where = labels[:, None].expand_as(x)
    result = centroids.scatter_reduce(0, where, x, "mean", include_self=False)
    empty = sorted(set(range(len(centroids))) - set(labels.tolist()))
    return revive(result, empty, x, distances)


@way("far_points", "loops")
def far_in_loops(squared, count, generator=None):
    """Walk along the line, point by point, until the draw is used up."""
    weights = squared.tolist()
    found = []
    for draw in torch.rand(count, generator=generator, dtype=torch.float64).tolist():
        left, at = draw * sum(weights), 0
        for n, weight in enumerate(weights):
            if weight > 0:
                at = n
                left -= weight
                if left < 0:
                    break
        found.append(at)
    return torch.tensor(found, device=squared.device)


@way("far_points", "multinomial")
def far_by_multinomial(squared, count, generator=None):
    """torch draws in proportion to weights, as long as one of them is above 0."""
    weights = squared if squared.sum() > 0 else torch.ones_like(squared)
    drawn = torch.multinomial(weights.cpu(), count, replacement=True, generator=generator)
    return drawn.to(squared.device)


@way("far_points", "a race")
def far_by_race(squared, count, generator=None):
    """Exponential waiting times, whose rates are the weights: the first to arrive wins."""
    even = torch.rand(count, len(squared), generator=generator, dtype=torch.float64)
    even = even.to(squared.device)
    return (-torch.log1p(-even) / squared.double().clamp(min=1e-300)).argmin(1)


@way("far_points", "Gumbel")
def far_by_gumbel(squared, count, generator=None):
    """The largest log weight plus Gumbel noise is a draw in proportion to the weights."""
    even = torch.rand(count, len(squared), generator=generator, dtype=torch.float64)
    even = even.to(squared.device)
    return (squared.double().log() - (-even.clamp(min=1e-300).log()).log()).argmax(1)


def draws_far(squared, count, generator):
    places = torch.rand(count, generator=generator, dtype=torch.float64) * float(squared.sum())
    ends = squared.double().cumsum(0)
    return [min(int((ends <= place).sum()), len(squared) - 1) for place in places]


@way("plus_plus", "loops")
def plus_plus_in_loops(x, k, generator=None):
    """Try each candidate: how large would the sum of squared distances be with it?"""
    points = x.tolist()
    chosen = [int(torch.randint(len(points), (1,), generator=generator))]

    def squared(n, m):
        return sum((a - b) ** 2 for a, b in zip(points[n], points[m], strict=True))

    while len(chosen) < k:
        nearest = [min(squared(n, m) for m in chosen) for n in range(len(points))]
        candidates = draws_far(
            torch.tensor(nearest).double(), 2 + math.floor(math.log(k)), generator
        )
        sums = [sum(min(old, squared(n, m)) for n, old in enumerate(nearest)) for m in candidates]
        chosen.append(candidates[sums.index(min(sums))])
    return x[chosen]


@way("plus_plus", "a table of distances")
def plus_plus_by_table(x, k, generator=None):
    """Compute all distances once, among at most 2,000 points; the rest is picking rows."""
    some = x[torch.randperm(len(x), generator=generator)[: max(2000, 4 * k)]]
    table = torch.cdist(some.double(), some.double(), compute_mode="donot_use_mm_for_euclid_dist")
    table = table.square()
    chosen = [0]
    while len(chosen) < k:
        nearest = table[chosen].amin(0)
        candidates = draws_far(nearest, 2 + int(math.log(k)), generator)
        after = table[candidates].minimum(nearest).sum(1)
        chosen.append(candidates[int(after.argmin())])
    return some[torch.tensor(chosen)]


@way("plus_plus", "one distance at a time")
def plus_plus_by_columns(x, k, generator=None):
    """Draw candidates one by one with multinomial, and keep the best so far."""
    rows = [x[int(torch.randint(len(x), (), generator=generator))]]
    nearest = (x - rows[0]).pow(2).sum(1)
    for _ in range(k - 1):
        best = None
        for _ in range(2 + int(math.log(k))):
            weights = nearest if nearest.max() > 0 else torch.ones_like(nearest)
            row = x[int(torch.multinomial(weights, 1, generator=generator))]
            after = torch.minimum(nearest, (x - row).pow(2).sum(1))
            if best is None or after.sum() < best[1].sum():
                best = (row, after)
        rows.append(best[0])
        nearest = best[1]
    return torch.stack(rows)


def lloyd(x, centroids, iterations, assign, means):
    """Alternate the two steps as long as centroids move."""
    labels, distances = assign(x, centroids)
    while iterations > 0:
        moved = means(x, labels, distances, centroids)
        iterations = 0 if torch.equal(moved, centroids) else iterations - 1
        centroids = moved
        labels, distances = assign(x, centroids)
    return centroids, labels


def refuse_what_has_no_clusters(x, k, start):
    if k not in range(1, len(x) + 1):
        raise ValueError(f"{k} clusters of {len(x)} points")
    largest = x.double().norm(dim=1).max() ** 2
    if not largest <= torch.finfo(x.dtype).max:
        raise ValueError("a point cannot be squared")
    if start is not None and not (start.shape == (k, x.shape[1]) and start.isfinite().all()):
        raise ValueError("the start is not k finite centroids")


@way("kmeans", "loops")
def kmeans_in_loops(x, k, iterations=20, generator=None, start=None):
    """The two steps in loops, for as many iterations as asked for."""
    refuse_what_has_no_clusters(x, k, start)
    start = plus_plus_in_loops(x, k, generator) if start is None else start
    return lloyd(x, start, iterations, assign_in_loops, means_in_loops)


@way("kmeans", "float64")
def kmeans_in_float64(x, k, iterations=20, generator=None, start=None):
    """Use float64, whose 16 digits make centring unnecessary, masks and broadcasting."""
    refuse_what_has_no_clusters(x, k, start)
    wide = x.double()
    first = plus_plus_by_table(wide, k, generator) if start is None else start.double()
    centroids, labels = lloyd(wide, first, iterations, assign_by_broadcasting, means_by_masks)
    return centroids.to(x), labels


@way("kmeans", "recursion")
def kmeans_by_recursion(x, k, iterations=20, generator=None, start=None):
    """One iteration, then k-means from the centroids that it gave."""
    refuse_what_has_no_clusters(x, k, start)
    if start is None:
        start = plus_plus_by_columns(x, k, generator)
    labels, distances = assign_by_centroids(x, start)
    if iterations == 0:
        return start.clone(), labels
    better = means_by_scatter(x, labels, distances, start)
    if torch.equal(better, start):
        return better, labels
    return kmeans_by_recursion(x, k, iterations - 1, None, better)


@way("add_noise", "loops")
def noise_in_loops(x, std, generator=None):
    """An independent normal number for every value, image by image, channel by channel."""
    noisy = torch.empty_like(x)
    for b in range(x.shape[0]):
        for c in range(x.shape[1]):
            noise = torch.empty(x.shape[2:]).normal_(0, 1, generator=generator).to(x)
            noisy[b, c] = x[b, c] + std * noise
    return noisy


@way("add_noise", "normal")
def noise_by_normal(x, std, generator=None):
    """Normal numbers whose mean is the image itself, drawn on the CPU."""
    return torch.normal(x.cpu(), float(std), generator=generator).to(x.device)


@way("add_noise", "Box and Muller")
def noise_from_even(x, std, generator=None):
    """A normal number from two uniform ones: √(-2 ln u) cos 2πv."""
    u, v = torch.rand(2, *x.shape, generator=generator, dtype=torch.float64)
    noise = (-2 * torch.log1p(-u)).sqrt() * (2 * math.pi * v).cos()
    return x + (noise * std).to(x)


@way("reconstruction_loss", "loops")
def loss_in_loops(model, x, noisy):
    """The sum of all squared differences, divided by their number."""
    total = 0
    out = model(noisy).float()
    for image, clean in zip(out, x, strict=True):
        for channel, right in zip(image, clean, strict=True):
            for row, right_row in zip(channel, right, strict=True):
                total = total + ((row - right_row) ** 2).sum()
    return total / x.numel()


@way("reconstruction_loss", "mean of squares")
def loss_by_hand(model, x, noisy):
    return (x - model(noisy).float()).square().mean()


@way("reconstruction_loss", "length of the difference")
def loss_by_norm(model, x, noisy):
    """The squared norm of each image's error over its size, averaged over images."""
    difference = (model(noisy).float() - x).flatten(1)
    return torch.linalg.vector_norm(difference, dim=1).pow(2).mean() / difference.shape[1]


@way("Autoencoder.latent", "loops")
def latent_in_loops(self, x):
    """Image by image, channel by channel."""
    code = self.encoder(x)
    return torch.stack([torch.stack([channel.mean() for channel in image]) for image in code])


@way("Autoencoder.latent", "pooling")
def latent_by_pooling(self, x):
    return F.adaptive_avg_pool2d(self.encoder(x), 1).flatten(1)


@way("Autoencoder.latent", "einsum")
def latent_by_einsum(self, x):
    code = self.encoder(x)
    return torch.einsum("bchw->bc", code) / (code.shape[-1] * code.shape[-2])
