"""Lesson 11: right ways to write NNCLR, from loops to a few tensor operations."""

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way
from simclr_mini.nt_xent import nt_xent_loss


@way("SupportSet.find", "loops")
@torch.no_grad()
def find_in_loops(self, z, k=1, exclude=None, generator=None):
    """Sort |z - q| over the rows that count, then take one of the first k."""
    found = []
    for b, u in enumerate(z.to(self.rows)):
        u = u / u.norm()
        distance = {
            q: float((u - row).norm())
            for q, row in enumerate(self.rows)
            if exclude is None or int(self.images[q]) != int(exclude[b])
        }
        nearest = sorted(distance, key=distance.get)[:k]
        one = int(torch.randint(len(nearest), (), generator=generator)) if k > 1 else 0
        found.append(nearest[one])
    return torch.tensor(found, device=z.device)


@way("SupportSet.find", "distances")
def find_by_distance(self, z, k=1, exclude=None, generator=None):
    """All distances at once, infinite for rows that do not count, then a random rank."""
    z = F.normalize(z.detach().to(self.rows), dim=1)
    distance = (z[:, None] - self.rows[None]).norm(dim=2)
    if exclude is not None:
        distance[exclude[:, None].to(z.device) == self.images[None]] = torch.inf
    order = distance.argsort(dim=1)
    left = distance.isfinite().sum(1).clamp(max=k)
    lot = torch.rand(len(z), generator=generator).to(z.device)
    rank = (lot * left).long() if k > 1 else 0 * left
    return order[torch.arange(len(z)), rank]


@way("SupportSet.find", "einsum and where")
@torch.no_grad()
def find_by_einsum(self, z, k=1, exclude=None, generator=None):
    """The norm of z does not affect the order; the largest of k random numbers picks one of k."""
    similarity = torch.einsum("bd,qd->bq", z.to(self.rows), self.rows)
    if exclude is not None:
        own = torch.stack([self.images == image for image in exclude])
        similarity = torch.where(own, -torch.inf, similarity)
    values, where = similarity.sort(dim=1, descending=True)
    values, where = values[:, :k], where[:, :k]
    lot = torch.rand(values.shape, generator=generator).to(values)
    lot = lot.masked_fill(values.isinf(), -1)
    return where.take_along_dim(lot.argmax(1, keepdim=True), 1).squeeze(1)


@way("SupportSet.find", "numpy")
def find_in_numpy(self, z, k=1, exclude=None, generator=None):
    """NumPy sorts, and its generator is seeded from torch's."""
    u, rows = z.detach().double().numpy(), self.rows.double().numpy()
    u = u / np.linalg.norm(u, axis=1, keepdims=True)
    distance = ((u**2).sum(1)[:, None] + (rows**2).sum(1)) - 2 * u @ rows.T
    if exclude is not None:
        distance[exclude.numpy()[:, None] == self.images.numpy()[None]] = np.inf
    order = distance.argsort(axis=1, kind="stable")[:, :k]
    if k == 1:
        return torch.from_numpy(order[:, 0].copy())
    dice = np.random.default_rng(int(torch.randint(2**40, (), generator=generator)))
    left = np.isfinite(np.take_along_axis(distance, order, 1)).sum(1)
    return torch.from_numpy(order[np.arange(len(u)), dice.integers(left)])


@way("SupportSet.nearest", "loops")
def nearest_in_loops(self, z):
    """For each projection, the row at the least distance."""
    found = []
    for u in z.detach():
        u = u / u.norm()
        distances = [float((u - row).norm()) for row in self.rows]
        found.append(self.rows[distances.index(min(distances))].clone())
    return torch.stack(found)


@way("SupportSet.nearest", "one-hot")
def nearest_by_one_hot(self, z):
    """A matrix with a single 1 in each row selects rows exactly."""
    return F.one_hot(self.find(z), len(self.rows)).to(self.rows) @ self.rows


@way("SupportSet.nearest", "index_select")
def nearest_by_selecting(self, z):
    """Find, then select."""
    return self.rows.detach().index_select(0, self.find(z, k=1))


@way("SupportSet.push", "loops")
def push_in_loops(self, z, images=None):
    """One row after another, each written at the position, which then advances."""
    if len(z) > len(self.rows):
        raise ValueError("more projections than rows")
    with torch.no_grad():
        for q in range(len(self.ages)):
            if self.ages[q] >= 0:
                self.ages[q] += 1
        for b, u in enumerate(z):
            q = int(self.position)
            u = u.to(self.rows)
            self.rows[q] = u / u.norm()
            self.images[q] = -1 if images is None else images[b]
            self.ages[q] = 0
            self.position.fill_((q + 1) % len(self.rows))


@way("SupportSet.push", "two slices")
@torch.no_grad()
def push_in_two_slices(self, z, images=None):
    """Write what fits before the end, and the rest at the beginning."""
    if len(z) > len(self.rows):
        raise ValueError("more projections than rows")
    B, Q, start = len(z), len(self.rows), int(self.position)
    new = F.normalize(z.to(self.rows), dim=1)
    of = torch.full((B,), -1) if images is None else images
    self.ages = torch.where(self.ages < 0, self.ages, self.ages + 1)
    first = min(B, Q - start)
    for here, there in [(slice(start, start + first), slice(0, first))] + [
        (slice(0, B - first), slice(first, B))
    ]:
        self.rows[here], self.images[here], self.ages[here] = new[there], of[there], 0
    self.position = (self.position + B) % Q


@way("SupportSet.push", "shift")
@torch.no_grad()
def push_by_shifting(self, z, images=None):
    """A queue, not a ring: new rows go in front, newest first, and the last B are dropped."""
    if len(z) > len(self.rows):
        raise ValueError("more projections than rows")
    B, Q = len(z), len(self.rows)
    of = self.images.new_full((B,), -1) if images is None else images.to(self.images)
    older = self.ages + (self.ages >= 0)
    self.rows = torch.cat([F.normalize(z.to(self.rows), dim=1).flip(0), self.rows[: Q - B]])
    self.images = torch.cat([of.flip(0), self.images[: Q - B]])
    self.ages = torch.cat([torch.zeros_like(of), older[: Q - B]])


@way("SupportSet.push", "index_copy")
def push_by_index_copy(self, z, images=None):
    """Positions from rolling 0 … Q-1, written with index_copy_."""
    if len(z) > len(self.rows):
        raise ValueError("more projections than rows")
    order = torch.arange(len(self.rows), device=z.device)
    places = order.roll(-int(self.position))[: len(z)]
    z = z.detach().to(self.rows.dtype)
    self.rows.index_copy_(0, places, z / z.norm(dim=1, keepdim=True))
    self.images.index_fill_(0, places, -1)
    if images is not None:
        self.images.scatter_(0, places, images.to(places.device))
    self.ages[self.ages >= 0] += 1
    self.ages.index_fill_(0, places, 0)
    self.position.add_(len(z)).remainder_(len(self.rows))


@way("nnclr_loss", "loops")
def nnclr_loss_in_loops(z1, p2, support, temperature=0.1, rows=None):
    """Search by distance, then compute the equation for each neighbour and candidate."""
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    losses = []
    for i, z in enumerate(z1.detach()):
        if rows is None:
            u = z / z.norm()
            neighbour = min(support.rows, key=lambda row, u=u: float((row - u).norm()))
        else:
            neighbour = support.rows[rows[i]].clone()  # a later push must not change it
        s = [torch.dot(neighbour.to(p2), p / p.norm()) / temperature for p in p2]
        top = max(float(one.detach()) for one in s)  # subtracting it does not change the ratio
        total = sum(torch.exp(one - top) for one in s)
        losses.append(-(s[i] - top - torch.log(total)))
    return sum(losses) / len(losses)


@way("nnclr_loss", "by hand")
def nnclr_loss_by_hand(z1, p2, support, temperature=0.1, rows=None):
    """Find positions, take rows, and apply cross entropy."""
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    if rows is None:
        rows = support.find(z1)
    neighbours = support.rows[rows].to(p2)
    logits = neighbours @ F.normalize(p2, dim=1).t()
    return F.cross_entropy(logits.div(temperature), torch.arange(len(z1), device=z1.device))


@way("nnclr_loss", "logsumexp")
def nnclr_loss_by_logsumexp(z1, p2, support, temperature=0.1, rows=None):
    """The logarithm of the sum, minus the diagonal."""
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    neighbours = support.nearest(z1) if rows is None else support.rows.index_select(0, rows)
    p = p2 / torch.linalg.vector_norm(p2, dim=1, keepdim=True)
    logits = torch.einsum("id,kd->ik", neighbours.to(p), p) / temperature
    return (torch.logsumexp(logits, 1) - logits.diagonal()).mean()


@way("nnclr_loss", "cosines")
def nnclr_loss_by_cosines(z1, p2, support, temperature=0.1, rows=None):
    """torch's cosine similarity, for both the search and the loss."""
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    if rows is None:
        with torch.no_grad():
            near = F.cosine_similarity(z1[:, None].to(support.rows), support.rows[None], dim=2)
            rows = near.max(dim=1).indices
    neighbours = support.rows[rows]
    cosine = F.cosine_similarity(neighbours[:, None].to(p2), p2[None], dim=2)
    return -(cosine / temperature).log_softmax(1).diagonal().mean()


@way("nnclr_loss", "one-hot")
def nnclr_loss_by_one_hot(z1, p2, support, temperature=0.1, rows=None):
    """Cosines pair by pair, log_softmax, and an identity matrix instead of indices."""
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    neighbours = support.rows[support.find(z1) if rows is None else rows]
    cosine = F.cosine_similarity(neighbours[:, None].double(), p2[None].double(), dim=2)
    right = torch.eye(len(p2), device=p2.device)
    return -(right * (cosine / temperature).log_softmax(dim=1)).sum() / len(p2)


@way("nnclr_loss", "differences")
def nnclr_loss_by_differences(z1, p2, support, temperature=0.1, rows=None):
    """log(1 + sum of exp of the differences to the right logit), with columns as queries."""
    if not temperature > 0:
        raise ValueError("the temperature must be above 0")
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    logits = (F.normalize(p2) @ neighbours.to(p2).T) / temperature  # row k: prediction k
    return torch.logsumexp(logits - logits.diagonal(), 0).mean()


@way("NNCLR.loss", "loops")
def method_loss_in_loops(self, z1, z2, index):
    """Image by image and direction by direction; the candidates of NT-Xent if asked for."""
    B, positions, losses = len(index), [], []
    both = [(self.search(z1, index), z2), (self.search(z2, index), z1)]
    for found, other in both:
        positions.append(found)
        queries = [self.support.rows[q].clone().to(other) for q in found]
        p = [one / one.norm() for one in self.predictor(other)]
        if self.candidates == "all":
            views = queries + p
            for i in range(2 * B):
                s = [torch.dot(views[i], v) / self.temperature for v in views]
                rest = torch.stack([s[k] for k in range(2 * B) if k != i])
                losses.append(torch.logsumexp(rest, 0) - s[(i + B) % (2 * B)])
        else:
            for i in range(B):
                s = torch.stack([torch.dot(queries[i], one) / self.temperature for one in p])
                losses.append(torch.logsumexp(s, 0) - s[i])
    self.found = self.health(torch.cat(positions), index.repeat(2))
    self.support.push(z1.detach(), index)
    return sum(losses) / len(losses)


@way("NNCLR.loss", "one search")
def method_loss_with_one_search(self, z1, z2, index):
    """Search with both views at once, and split the result in two."""
    twice = torch.cat([index, index])
    positions = self.search(torch.cat([z1, z2]), twice)
    self.found = self.health(positions, twice)
    rows1, rows2 = positions.chunk(2)
    p1, p2 = map(self.predictor, (z1, z2))
    halves = 0.5 * self.direction(z1, p2, rows1), 0.5 * self.direction(z2, p1, rows2)
    self.support.push(images=index, z=z1)
    return sum(halves)


@way("NNCLR.loss", "second view first")
def method_loss_second_view_first(self, z1, z2, index):
    """The other direction first, the loss written out, and the push at the very end."""
    total, found = 0, []
    for z, other in [(z2, z1), (z1, z2)]:
        found.insert(0, self.search(z, index))
        rows = self.support.rows.index_select(0, found[0])
        p = self.predictor(other)
        if self.candidates == "batch":
            logits = rows @ F.normalize(p, dim=1).T / self.temperature
            total = total + F.cross_entropy(logits, torch.arange(len(p), device=p.device))
        else:
            total = total + nt_xent_loss(p, rows, self.temperature)
    self.found = self.health(torch.hstack(found), index.repeat(2))
    self.support.push(z1, index)
    return total / 2
