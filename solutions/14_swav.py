"""Lesson 14: right ways to write SwAV; the first of each is the equation in loops."""

import math

import torch
import torch.nn.functional as F

from lessons.course.ways import way

# normalise_


@way("normalise_", "loops")
def normalise_in_loops(prototypes):
    """Number by number."""
    with torch.no_grad():
        for row in prototypes:
            norm = math.sqrt(sum(float(one) ** 2 for one in row))
            for i in range(len(row)):
                row[i] = float(row[i]) / norm


@way("normalise_", "divide in place")
@torch.no_grad()
def normalise_by_division(prototypes):
    prototypes /= prototypes.norm(dim=1, keepdim=True)


@way("normalise_", "through data")
def normalise_through_data(prototypes):
    """`data` is the same memory without the graph."""
    prototypes.data.mul_(prototypes.data.square().sum(1, keepdim=True).rsqrt())


@way("normalise_", "renorm")
@torch.no_grad()
def normalise_with_renorm(prototypes):
    """Make each row long enough first, because renorm only shortens."""
    prototypes.mul_(2 / prototypes.norm(dim=1, keepdim=True))
    prototypes.copy_(torch.renorm(prototypes, p=2, dim=0, maxnorm=1.0))
    prototypes.div_(torch.linalg.vector_norm(prototypes, dim=1)[:, None])


# sinkhorn


@way("sinkhorn", "loops")
def sinkhorn_in_loops(scores, epsilon=0.05, iterations=3):
    """In the order of the authors' code; the largest score of all is subtracted first."""
    (B, K), s = scores.shape, scores.tolist()
    top = max(map(max, s))
    Q = [[math.exp((s[b][k] - top) / epsilon) for b in range(B)] for k in range(K)]
    for _ in range(iterations):
        Q = [[q / sum(row) / K for q in row] for row in Q]
        totals = [sum(Q[k][b] for k in range(K)) for b in range(B)]
        Q = [[Q[k][b] / totals[b] / B for b in range(B)] for k in range(K)]
    codes = [[Q[k][b] * B for k in range(K)] for b in range(B)]
    return torch.tensor(codes, dtype=torch.float64).to(scores.device)


@way("sinkhorn", "exponentials")
def sinkhorn_of_exponentials(scores, epsilon=0.05, iterations=3):
    """As the authors write it, in float64, with the largest score of all subtracted."""
    scores = scores.detach().double()
    codes = ((scores - scores.max()) / epsilon).exp()
    for _ in range(iterations):
        codes = codes / codes.sum(0)
        codes = codes / codes.sum(1, keepdim=True)
    return codes


@way("sinkhorn", "two factors")
@torch.no_grad()
def sinkhorn_with_factors(scores, epsilon=0.05, iterations=3):
    """Only the factors of columns and rows change; they are applied at the end."""
    s = scores.double() / epsilon
    a, b = torch.zeros_like(s[0]), torch.zeros_like(s[:, 0])
    for _ in range(iterations):
        a = -(s + b[:, None]).logsumexp(0)
        b = -(s + a).logsumexp(1)
    return (s + a + b[:, None]).exp()


@way("sinkhorn", "log_softmax")
def sinkhorn_with_log_softmax(scores, epsilon=0.05, iterations=3):
    """A half-step in logarithms is a log_softmax over one axis, then over the other."""
    codes = scores.detach().float() if scores.dtype != torch.float64 else scores.detach()
    codes = codes / epsilon
    for _ in range(iterations):
        codes = F.log_softmax(F.log_softmax(codes, dim=0), dim=1)
    return codes.exp()


# codes_with_queue


@way("codes_with_queue", "loops")
def codes_in_loops(z, queue, prototypes, epsilon=0.05, iterations=3):
    """Compare each embedding with each prototype, the batch first."""
    rows = [*z.detach().double(), *queue.detach().double()]
    centres = prototypes.detach().double()
    scores = [[float(torch.dot(row, centre)) for centre in centres] for row in rows]
    scores = z.new_tensor(scores, dtype=torch.float64)
    codes = sinkhorn_in_loops(scores, epsilon, iterations)
    return codes[: len(z)]


@way("codes_with_queue", "queue first")
def codes_queue_first(z, queue, prototypes, epsilon=0.05, iterations=3):
    """The authors' order: the batch is at the end."""
    scores = F.linear(torch.vstack([queue.to(z.dtype), z]), prototypes)
    return sinkhorn_with_log_softmax(scores, epsilon, iterations)[len(queue) :]


@way("codes_with_queue", "scores apart")
@torch.no_grad()
def codes_of_scores_apart(z, queue, prototypes, epsilon=0.05, iterations=3):
    """Compute the scores of both apart, and join them only for the iteration."""
    batch = torch.einsum("bd,kd->bk", z, prototypes)
    old = torch.einsum("qd,kd->qk", queue.type_as(z), prototypes)
    codes = sinkhorn_of_exponentials(torch.cat([batch, old]), epsilon, iterations)
    return codes.split([len(z), len(queue)])[0]


# swapped_loss


@way("swapped_loss", "loops")
def swapped_loss_in_loops(scores, codes, temperature=0.1):
    """The equation, image by image and prototype by prototype."""
    losses = []
    for i, code in enumerate(codes):
        for v, s in enumerate(scores):
            if v == i:
                continue
            for b in range(len(s)):
                row = s[b] / temperature
                total = torch.logsumexp(row, 0)
                losses.append(sum(-code[b, k] * (row[k] - total) for k in range(len(row))))
    return sum(losses) / len(losses)


@way("swapped_loss", "cross_entropy")
def swapped_loss_with_cross_entropy(scores, codes, temperature=0.1):
    """cross_entropy takes a distribution as its target too; mean over views, then over codes."""
    of_codes = []
    for i, code in enumerate(codes):
        others = [s for v, s in enumerate(scores) if v != i]
        of_codes.append(sum(F.cross_entropy(s / temperature, code) for s in others) / len(others))
    return sum(of_codes) / len(of_codes)


@way("swapped_loss", "all pairs less own")
def swapped_loss_of_all_pairs(scores, codes, temperature=0.1):
    """A table of codes and views that leaves out each code's own view."""
    logs = (torch.stack(scores) / temperature).log_softmax(2)
    table = -torch.einsum("ibk,vbk->iv", torch.stack(codes).to(logs), logs) / logs.shape[1]
    keep = ~torch.eye(len(codes), len(scores), dtype=torch.bool)
    return table[keep].mean()


@way("swapped_loss", "scores less their log sum")
def swapped_loss_from_expected_scores(scores, codes, temperature=0.1):
    """A code sums to 1, so the loss is the logsumexp minus the score that the code expects."""
    total, pairs = 0, 0
    for v in range(len(scores)):
        s = scores[v] / temperature
        for i in range(len(codes)):
            if i != v:
                total = total + torch.mean(s.logsumexp(1) - (codes[i] * s).sum(1))
                pairs += 1
    return total / pairs


# SwAV.loss


@way("SwAV.loss", "loops")
def method_loss_in_loops(self, z1, z2, index, *small):
    """View by view, with everything written out."""
    normalise_in_loops(self.prototypes)
    z = [torch.stack([row / row.norm() for row in one]) for one in (z1, z2, *small)]
    prototypes = self.prototypes
    if int(self.epoch) <= self.freeze_epochs:
        prototypes = prototypes.detach()
    scores = [torch.stack([(prototypes * row).sum(1) for row in one]) for one in z]
    codes = []
    for v in range(2):
        full = self.queue_size > 0 and bool((self.queues[v].ages >= 0).all())
        rows = self.queues[v].rows if full else z[v][:0]
        code = codes_in_loops(z[v], rows, prototypes, self.epsilon, self.iterations)
        codes.append(code.to(z1))
    loss = swapped_loss_in_loops(scores, codes, self.temperature)
    self.found = self.health(scores, codes, float(loss.detach()))
    self.remember(z, index)
    return loss


@way("SwAV.loss", "one product")
def method_loss_with_one_product(self, z1, z2, index, *small):
    """All views in one matrix product, split afterwards."""
    normalise_through_data(self.prototypes)
    z = F.normalize(torch.cat([z1, z2, *small]), dim=1).split(len(z1))
    prototypes = self.prototypes
    if self.epoch <= self.freeze_epochs:
        prototypes = prototypes.detach()
    scores = list((torch.cat(z) @ prototypes.T).split(len(z1)))
    codes = [self.codes(z[v].detach(), self.queues[v]) for v in (0, 1)]
    loss = swapped_loss_with_cross_entropy(scores, codes, self.temperature)
    self.found = self.health(scores, codes, loss.item())
    self.remember(list(z[:2]), index)
    return loss


@way("SwAV.loss", "codes first")
def method_loss_codes_first(self, z1, z2, index, *small):
    """Codes are constants, so they may be computed before any score."""
    normalise_by_division(self.prototypes)
    large = [F.normalize(z1, dim=1), F.normalize(z2, dim=1)]
    with torch.no_grad():
        codes = [self.codes(*pair) for pair in zip(large, self.queues, strict=True)]
    frozen = self.freeze_epochs >= int(self.epoch)
    prototypes = self.prototypes.detach() if frozen else self.prototypes
    everything = large + [F.normalize(one, dim=1) for one in small]
    scores = [F.linear(one, prototypes) for one in everything]
    loss = swapped_loss_of_all_pairs(scores, codes, self.temperature)
    self.found = self.health(scores[:2], codes, float(loss))
    self.remember(large, index)
    return loss
