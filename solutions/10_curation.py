"""Lesson 10: right ways to write batch curation, from loops to a few tensor operations."""

import copy
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.ways import way

SHRINKAGE = 1e-3


@way("pair_distances", "loops")
def distances_in_loops(z1, z2):
    """|u - v|, pair by pair."""
    u, v = ([one / one.norm() for one in z.float()] for z in (z1, z2))
    positive, negative = [], []
    for b, one in enumerate(u):
        positive.append((one - v[b]).norm())
        negative.append(torch.stack([(one - v[k]).norm() for k in range(len(v)) if k != b]))
    return torch.stack(positive), torch.stack(negative)


@way("pair_distances", "from cosines")
def distances_from_cosines(z1, z2):
    """|u - v|^2 = 2 - 2 u . v; rows of B + 1 numbers put the whole diagonal in one column."""
    u, v = F.normalize(z1.float(), dim=1), F.normalize(z2.float(), dim=1)
    distance = (2 - 2 * u @ v.T).clamp(min=0).sqrt()
    B = len(u)
    negative = distance.flatten()[1:].view(B - 1, B + 1)[:, :-1].reshape(B, B - 1)
    return distance.diag(), negative


@way("pair_distances", "differences")
def distances_from_differences(z1, z2):
    """All differences at once, in float64; gather takes the columns of the other images."""
    u, v = (z.double() / z.double().norm(dim=1, keepdim=True) for z in (z1, z2))
    distance = (u[:, None] - v[None]).square().sum(2).sqrt()
    B, device = len(u), u.device
    column = torch.arange(B - 1, device=device).repeat(B, 1)
    column = column + (column >= torch.arange(B, device=device)[:, None])
    return (u - v).norm(dim=1), distance.gather(1, column)


@way("gap", "loops")
def gap_in_loops(z1, z2):
    """Two sums and two counts."""
    u, v = ([one / one.norm() for one in z.float()] for z in (z1, z2))
    near = far = 0.0
    for b, one in enumerate(u):
        for k, other in enumerate(v):
            distance = (one - other).norm()
            near, far = (near + distance, far) if k == b else (near, far + distance)
    return far / (len(u) * (len(u) - 1)) - near / len(u)


@way("gap", "all less the diagonal")
def gap_from_sums(z1, z2):
    """The sum of the table minus its trace is the sum of the negatives."""
    distance = torch.cdist(F.normalize(z1.double()), F.normalize(z2.double()))
    B = len(z1)
    return (distance.sum() - distance.trace()) / (B * B - B) - distance.trace() / B


@way("gap", "numpy")
def gap_in_numpy(z1, z2):
    """Differences of all pairs, in NumPy."""
    u, v = (z.detach().double().numpy() for z in (z1, z2))
    u, v = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (u, v))
    distance = np.linalg.norm(u[:, None] - v[None], axis=2)
    own = np.eye(len(u), dtype=bool)
    return float(distance[~own].mean() - distance[own].mean())


@way("violation", "loops")
def violation_in_loops(z1, z2, quantile=0.05):
    """For each image: sort its negatives, go q of the way, and interpolate."""
    u, v = ([one / one.norm() for one in z.float()] for z in (z1, z2))
    violated = 0
    for b, one in enumerate(u):
        far = sorted(float((one - v[k]).norm()) for k in range(len(v)) if k != b)
        place = quantile * (len(far) - 1)
        low = math.floor(place)
        high = min(low + 1, len(far) - 1)
        near = far[low] + (place - low) * (far[high] - far[low])
        violated += float((one - v[b]).norm()) > near
    return torch.tensor(violated / len(u), device=z1.device)


@way("violation", "infinite diagonal")
def violation_with_infinite_diagonal(z1, z2, quantile=0.05):
    """Set the diagonal to infinity, sort the rows, and interpolate between two columns."""
    u, v = F.normalize(z1.double()), F.normalize(z2.double())
    distance = (u[:, None] - v).norm(dim=2)
    own, B = distance.diagonal().clone(), len(u)
    far = distance.fill_diagonal_(torch.inf).sort(dim=1).values[:, : B - 1]
    place = quantile * (B - 2)
    low, high = math.floor(place), math.ceil(place)
    near = torch.lerp(far[:, low], far[:, high], place - low)
    return torch.where(own > near, 1.0, 0.0).mean()


@way("violation", "numpy")
def violation_in_numpy(z1, z2, quantile=0.05):
    """numpy.quantile interpolates in the same way."""
    u, v = (z.detach().double().numpy() for z in (z1, z2))
    u, v = (z / np.linalg.norm(z, axis=1, keepdims=True) for z in (u, v))
    distance = np.linalg.norm(u[:, None] - v[None], axis=2)
    near = [np.quantile(np.delete(row, b), quantile) for b, row in enumerate(distance)]
    return np.mean(np.diag(distance) > np.array(near))


@way("frechet_distance", "loops")
def frechet_in_loops(z1, z2):
    """Means and covariances number by number, and roots of the eigenvalues of S1 S2 itself."""
    means, covariances = [], []
    for z in (z1, z2):
        z = [one / one.norm() for one in z.double()]
        B, d = len(z), len(z[0])
        m = [sum(float(one[i]) for one in z) / B for i in range(d)]
        S = [[0.0] * d for _ in range(d)]
        for i in range(d):
            for j in range(d):
                S[i][j] = sum(float((u[i] - m[i]) * (u[j] - m[j])) for u in z) / B
            S[i][i] += SHRINKAGE / d
        means.append(torch.tensor(m, dtype=torch.float64))
        covariances.append(torch.tensor(S, dtype=torch.float64))
    S1, S2 = covariances
    cross = torch.linalg.eigvals(S1 @ S2).real.clamp(min=0).sqrt().sum()
    shift = sum((a - b) ** 2 for a, b in zip(*means, strict=True))
    return (shift + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)


@way("frechet_distance", "Cholesky")
def frechet_by_cholesky(z1, z2):
    """With S = L L^T, the trace of the root is the sum of the singular values of L1^T L2."""
    shift, L = 0, []
    for z, sign in ((z1, 1), (z2, -1)):
        z = z.cpu().double()
        z = z / z.norm(dim=1, keepdim=True)
        shift = shift + sign * z.mean(0)
        centred = z - z.mean(0)
        S = centred.T @ centred / len(z)
        S = S + torch.eye(len(S), dtype=S.dtype) * SHRINKAGE / len(S)
        L.append(torch.linalg.cholesky(S))
    cross = torch.linalg.svdvals(L[0].T @ L[1]).sum()
    value = shift @ shift + L[0].square().sum() + L[1].square().sum() - 2 * cross
    return value.relu()


@way("frechet_distance", "numpy")
def frechet_in_numpy(z1, z2):
    """numpy.cov, and eigenvalues of a product."""
    u, v = (F.normalize(z.double()).numpy() for z in (z1, z2))
    d = u.shape[1]
    S1, S2 = (np.cov(z, rowvar=False, bias=True) + SHRINKAGE / d * np.eye(d) for z in (u, v))
    roots = np.sqrt(np.maximum(np.linalg.eigvals(S1 @ S2).real, 0))
    value = ((u.mean(0) - v.mean(0)) ** 2).sum() + np.trace(S1 + S2) - 2 * roots.sum()
    return max(float(value), 0.0)


BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)


@way("embed", "loops")
def embed_in_loops(model, x):
    """Save the modes norm by norm, project, and restore them norm by norm."""
    before = []
    for m in model.modules():
        if isinstance(m, BATCH_NORMS):
            before.append((m, m.training, m.track_running_stats))
            m.training = True
            m.track_running_stats = False
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, training, tracked in before:
            m.training = training
            m.track_running_stats = tracked


@way("embed", "a copy")
def embed_with_a_copy(model, x):
    """Use a copy: whatever happens to it leaves no trace."""
    other = copy.deepcopy(model)
    for m in other.modules():
        if isinstance(m, BATCH_NORMS):
            m.train()
    with torch.inference_mode():
        z = other.project(x)
    return z.clone()


@way("embed", "buffers kept")
def embed_with_buffers_kept(model, x):
    """Let the norms update their running averages, then overwrite them with the old ones."""
    norms = [m for m in model.modules() if isinstance(m, BATCH_NORMS)]
    modes = [m.training for m in norms]
    kept = {name: value.clone() for name, value in model.named_buffers()}
    try:
        for m in norms:
            m.train()
        return model.project(x).detach()
    finally:
        for name, value in model.named_buffers():
            value.data.copy_(kept[name])
        for m, mode in zip(norms, modes, strict=True):
            m.train(mode)


@way("intersection", "loops")
def intersection_in_loops(a, b):
    """Count pixel by pixel."""
    shared = []
    for one, two in zip(a.tolist(), b.tolist(), strict=True):
        sets = [
            {(r, c) for r in range(t, t + h) for c in range(left, left + w)}
            for t, left, h, w in (one, two)
        ]
        shared.append(len(sets[0] & sets[1]))
    return torch.tensor(shared, device=a.device)


@way("intersection", "sides")
def intersection_by_sides(a, b):
    """The number of common rows times the number of common columns."""
    sides = []
    for i in (0, 1):
        start = torch.where(a[:, i] > b[:, i], a[:, i], b[:, i])
        ends = torch.stack([a[:, i] + a[:, i + 2], b[:, i] + b[:, i + 2]])
        sides.append((ends.amin(0) - start).relu())
    return sides[0].float() * sides[1]


@way("intersection", "grid")
def intersection_on_a_grid(a, b):
    """The rows and columns of a grid that are in both boxes."""
    total = torch.ones_like(a[:, 0])
    for i in (0, 1):
        end = int(torch.max((a + b)[:, i] + (a + b)[:, i + 2]))
        pixel = torch.arange(end, device=a.device)
        inside = [
            (pixel >= box[:, i, None]) & (pixel < (box[:, i] + box[:, i + 2])[:, None])
            for box in (a, b)
        ]
        total = total * (inside[0] & inside[1]).sum(1)
    return total


@way("overlap", "loops")
def overlap_in_loops(a, b):
    """Count pixels in both boxes, and pixels in at least one."""
    shares = []
    for one, two in zip(a.tolist(), b.tolist(), strict=True):
        first, second = (
            {(r, c) for r in range(t, t + h) for c in range(left, left + w)}
            for t, left, h, w in (one, two)
        )
        shares.append(len(first & second) / len(first | second))
    return torch.tensor(shares, device=a.device)


@way("overlap", "by hand")
def overlap_by_hand(a, b):
    """Corners, sides and areas, in float64."""
    a, b = a.double(), b.double()
    start = torch.max(a[:, :2], b[:, :2])
    end = torch.min(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    sides = F.relu(end - start)
    shared = sides[:, 0] * sides[:, 1]
    return shared / (a[:, 2:].prod(1) + b[:, 2:].prod(1) - shared)


@way("overlap", "in either")
def overlap_by_inverses(a, b):
    """One over (sum of areas / common - 1), where the boxes meet."""
    start, end = torch.maximum(a, b), torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    height, width = (end - start[:, :2]).clamp(min=0).unbind(1)
    shared = height * width
    both = a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3]
    return torch.where(shared > 0, 1 / (both / shared.clamp(min=1) - 1), 0.0)


@way("Curation.choose", "loops")
def choose_in_loops(self, draws):
    """Go through the draws and keep the better one."""
    if self.rule == "random":
        return int(torch.rand((), generator=self.generators["tries"]) * len(draws))
    chosen = 0
    for i, draw in enumerate(draws):
        best = draws[chosen]
        here, there = (draw["badness"], -draw["gap"]), (best["badness"], -best["gap"])
        if here > there if self.rule == "reversed" else here < there:
            chosen = i
    return chosen


@way("Curation.choose", "min and max")
def choose_by_min(self, draws):
    """Python compares tuples number by number."""
    positions = range(len(draws))
    if self.rule == "random":
        return torch.randperm(len(draws), generator=self.generators["tries"])[0].item()
    pick = max if self.rule == "reversed" else min
    return pick(positions, key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))


@way("Curation.choose", "numpy")
def choose_by_lexsort(self, draws):
    """numpy.lexsort, whose last key counts first."""
    order = np.lexsort(([-draw["gap"] for draw in draws], [draw["badness"] for draw in draws]))
    place = {"reversed": -1}.get(self.rule, 0)
    if self.rule == "random":
        even = torch.ones(len(draws))
        place = torch.multinomial(even, 1, generator=self.generators["tries"]).item()
    return int(order[place])
