"""Lesson 13: right ways to write MoCo, from loops to a few tensor operations."""

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way


@way("similarities", "loops")
def similarities_in_loops(q, k, queue):
    """Query by query: the inner product with its own key, then with each key in the queue."""
    table = []
    for query, own in zip(q, k.detach(), strict=True):
        u = query / query.norm()
        row = [torch.dot(u, own / own.norm())]
        row += [torch.dot(u, key.to(u)) for key in queue]
        table.append(torch.stack(row))
    return torch.stack(table)


@way("similarities", "cosine similarity")
def similarities_by_torch(q, k, queue):
    """torch's cosine similarity, with the own key in front of the queue for each query."""
    own = k.detach().to(q)[:, None]
    candidates = torch.cat([own, queue.to(q).expand(len(q), *queue.shape)], dim=1)
    return F.cosine_similarity(q[:, None], candidates, dim=2)


@way("similarities", "einsum")
def similarities_by_einsum(q, k, queue):
    """Both products as sums over d."""
    q = q / torch.linalg.vector_norm(q, dim=1, keepdim=True)
    with torch.no_grad():
        k = k / torch.linalg.vector_norm(k, dim=1, keepdim=True)
    own = torch.einsum("bd,bd->b", q, k)[:, None]
    return torch.hstack([own, torch.einsum("bd,kd->bk", q, queue.to(q))])


@way("similarities", "diagonal of one product")
def similarities_by_diagonal(q, k, queue):
    """One matrix product with all keys; of the batch's keys, only the diagonal is kept."""
    keys = torch.vstack([F.normalize(k).detach(), queue.to(k)])
    every = F.normalize(q, dim=-1) @ keys.mT
    B = len(q)
    return torch.column_stack([every[:, :B].diagonal(), every[:, B:]])


@way("moco_loss", "loops")
def moco_loss_in_loops(q, k, queue, temperature=0.2):
    """The equation, query by query and candidate by candidate."""
    losses = []
    for query, own in zip(q, k.detach(), strict=True):
        u = query / query.norm()
        candidates = [own / own.norm(), *queue.to(u)]
        s = [torch.dot(u, key) / temperature for key in candidates]
        top = max(float(one.detach()) for one in s)  # subtracting it does not change the ratio
        total = sum(torch.exp(one - top) for one in s)
        losses.append(torch.log(total) - (s[0] - top))
    return sum(losses) / len(losses)


@way("moco_loss", "logsumexp")
def moco_loss_by_logsumexp(q, k, queue, temperature=0.2):
    """The logarithm of the sum over all candidates, minus the logit of the own key."""
    q, k = F.normalize(q, dim=1), F.normalize(k, dim=1).detach()
    own = (q * k).sum(1) / temperature
    logits = torch.cat([own[:, None], q @ queue.to(q).t() / temperature], 1)
    return (logits.logsumexp(1) - own).mean()


@way("moco_loss", "log_softmax")
def moco_loss_by_log_softmax(q, k, queue, temperature=0.2):
    """The queue comes first and the own key is in the last column, which works as well."""
    q = F.normalize(q, dim=1)
    own = torch.linalg.vecdot(q, F.normalize(k.detach(), dim=1))
    logits = torch.column_stack([q @ queue.to(q).T, own])
    return -logits.div(temperature).log_softmax(dim=1)[:, -1].mean()


@way("moco_loss", "differences")
def moco_loss_by_differences(q, k, queue, temperature=0.2):
    """log(1 + sum of exp of differences to the own key), where the 1 is exp(0)."""
    q, k = F.normalize(q), F.normalize(k.detach())
    queue = queue.to(q)
    rest = torch.stack([u @ (queue - own).T for u, own in zip(q, k, strict=True)]) / temperature
    return torch.logsumexp(F.pad(rest, (1, 0)), dim=1).mean()


@way("follow", "loops")
@torch.no_grad()
def follow_in_loops(key, query, momentum):
    """Number by number."""
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        new = [
            momentum * float(a) + (1 - momentum) * float(b)
            for a, b in zip(slow.flatten(), fast.flatten(), strict=True)
        ]
        slow.copy_(torch.tensor(new, dtype=torch.float64).view_as(slow))


@way("follow", "lerp")
def follow_by_lerp(key, query, momentum):
    """Linear interpolation, by name."""
    fast = dict(query.named_parameters())
    with torch.no_grad():
        for name, slow in key.named_parameters():
            slow.lerp_(fast[name], 1 - momentum)


@way("follow", "data")
def follow_by_data(key, query, momentum):
    """A new tensor for each parameter; the parameter itself remains."""
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.data = momentum * slow.data + (1.0 - momentum) * fast.detach()


@way("follow", "all at once")
@torch.no_grad()
def follow_all_at_once(key, query, momentum):
    """torch's functions for lists of tensors."""
    slow, fast = list(key.parameters()), list(query.parameters())
    torch._foreach_mul_(slow, momentum)
    torch._foreach_add_(slow, fast, alpha=1 - momentum)


@way("follow", "differences")
@torch.no_grad()
def follow_by_differences(key, query, momentum):
    """A step of size 1 - m along the difference."""
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow -= (1 - momentum) * (slow - fast)


def refuse_too_many(ring, z):
    if len(z) > len(ring.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(ring.rows)} rows")


@way("Ring.push", "loops")
def push_in_loops(self, z, images=None):
    """One row after another, each written at the position, which then advances."""
    refuse_too_many(self, z)
    with torch.no_grad():
        for place in range(len(self.ages)):
            if self.ages[place] >= 0:
                self.ages[place] += 1
        for b, u in enumerate(z.to(self.rows)):
            place = int(self.position)
            self.rows[place] = u / u.norm()
            self.images[place] = -1 if images is None else images[b]
            self.ages[place] = 0
            self.position.fill_((place + 1) % len(self.rows))


@way("Ring.push", "two slices")
@torch.no_grad()
def push_in_two_slices(self, z, images=None):
    """Write what fits before the end, and the rest at the beginning."""
    refuse_too_many(self, z)
    B, K, start = len(z), len(self.rows), int(self.position)
    new = F.normalize(z.to(self.rows), dim=1)
    of = torch.full((B,), -1) if images is None else images
    self.ages = torch.where(self.ages < 0, self.ages, self.ages + 1)
    first = min(B, K - start)
    for here, there in [
        (slice(start, start + first), slice(0, first)),
        (slice(0, B - first), slice(first, B)),
    ]:
        self.rows[here], self.images[here], self.ages[here] = new[there], of[there], 0
    self.position = (self.position + B) % K


@way("Ring.push", "shift")
@torch.no_grad()
def push_by_shifting(self, z, images=None):
    """A queue, not a ring: new rows go in front, newest first, and the last B are dropped."""
    refuse_too_many(self, z)
    B, K = len(z), len(self.rows)
    of = self.images.new_full((B,), -1) if images is None else images.to(self.images)
    older = self.ages + (self.ages >= 0)
    self.rows = torch.cat([F.normalize(z.to(self.rows), dim=1).flip(0), self.rows[: K - B]])
    self.images = torch.cat([of.flip(0), self.images[: K - B]])
    self.ages = torch.cat([torch.zeros_like(of), older[: K - B]])


@way("Ring.push", "roll")
@torch.no_grad()
def push_by_rolling(self, z, images=None):
    """Turn the ring until the place is at the front, write there, and turn it back."""
    refuse_too_many(self, z)
    B, turn = len(z), int(self.position)
    u = z.detach().cpu().double().numpy()
    u = torch.from_numpy(u / np.linalg.norm(u, axis=1, keepdims=True))
    self.ages[self.ages >= 0] += 1
    for name, new in [("rows", u), ("images", -1 if images is None else images), ("ages", 0)]:
        turned = getattr(self, name).roll(-turn, 0)
        turned[:B] = new
        getattr(self, name).copy_(turned.roll(turn, 0))
    self.position.add_(B).remainder_(len(self.rows))


@way("MoCo.loss", "loops")
def method_loss_in_loops(self, z1, z2, index):
    """Query by query against the keys that waited before this step."""
    waiting = [row.clone() for row in self.queue.rows]
    images = torch.stack([index[m % len(index)] for m in range(len(z1))])
    losses = []
    for query, own in zip(z1, z2.detach(), strict=True):
        u = query / query.norm()
        s = [torch.dot(u, key.to(u)) / self.temperature for key in [own / own.norm(), *waiting]]
        losses.append(torch.logsumexp(torch.stack(s), 0) - s[0])
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return sum(losses) / len(losses)


@way("MoCo.loss", "health first")
def method_loss_health_first(self, z1, z2, index):
    """The directions one by one, each against the same queue; the keys enter together."""
    images = torch.cat([index] * (len(z1) // len(index)))
    self.found = self.health(z1.detach(), z2, images)
    waiting = self.queue.rows.detach().clone()
    total = 0
    for q, k in zip(z1.split(len(index)), z2.split(len(index)), strict=True):
        q, k = F.normalize(q, dim=1), F.normalize(k.detach(), dim=1)
        logits = torch.column_stack([torch.linalg.vecdot(q, k), q @ waiting.to(q).T])
        total = total - (logits / self.temperature).log_softmax(1)[:, 0].sum()
    self.queue.push(z2.detach(), images=images)
    return total / len(z1)


@way("MoCo.loss", "a copy of the product")
def method_loss_with_a_copied_product(self, z1, z2, index):
    """Cross entropy with the own key in the last column, and a new tensor of keys."""
    q, k = F.normalize(z1, dim=1), F.normalize(z2, dim=1).detach()
    keys = self.queue.rows.to(q, copy=True)
    logits = torch.hstack([torch.einsum("md,kd->mk", q, keys), (q * k).sum(1, keepdim=True)])
    target = torch.full((len(q),), len(keys), device=q.device)
    loss = F.cross_entropy(logits / self.temperature, target)
    rows = torch.arange(len(z1), device=index.device) % len(index)
    self.found = self.health(z1, z2, index[rows])
    self.queue.push(images=index[rows], z=z2)
    return loss
