"""Lesson 12: right ways to write DeepCluster, from sums over images to matrices."""

import math
import random
from collections import Counter, defaultdict

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way
from simclr_mini.evaluate import features
from simclr_mini.kmeans import kmeans


@way("pca_whiten", "loops")
def whiten_in_loops(h, dim):
    """The covariance entry by entry, its eigenvectors one by one, the rows one by one."""
    if not h.isfinite().all() or (h - h.mean(0)).norm() <= 1e-5 * h.norm():
        raise ValueError("a representation is not finite, or all are equal")
    h = h.double().numpy()
    N, D = h.shape
    h = h - np.array([sum(h[n, i] for n in range(N)) / N for i in range(D)])
    covariance = np.array([[(h[:, i] * h[:, j]).sum() / N for j in range(D)] for i in range(D)])
    variance, directions = np.linalg.eigh(covariance)
    white = []
    for i in sorted(range(D), key=lambda i: -variance[i])[:dim]:
        if variance[i] > 1e-6 * max(variance):
            white.append([h[n] @ directions[:, i] / math.sqrt(variance[i]) for n in range(N)])
    rows = [[direction[n] for direction in white] for n in range(N)]
    rows = [[one / max(math.hypot(*row), 1e-12) for one in row] for row in rows]
    return torch.tensor(rows, dtype=torch.float32)


@way("pca_whiten", "singular vectors")
def whiten_by_svd(h, dim):
    """The left singular vectors are the whitened rows, up to a factor that normalising removes."""
    if not h.isfinite().all() or (h - h.mean(0)).norm() <= 1e-5 * h.norm():
        raise ValueError("a representation is not finite, or all are equal")
    u, s, _ = torch.linalg.svd(h - h.mean(dim=0, keepdim=True), full_matrices=False)
    count = min(dim, int((s / s[0] > 1e-3).sum()))
    return F.normalize(u[:, :count], dim=-1).float()


@way("pca_whiten", "products of images")
def whiten_by_gram(h, dim):
    """The eigenvectors of the N x N matrix of inner products are the columns of the result."""
    if not h.isfinite().all() or (h - h.mean(0)).norm() <= 1e-5 * h.norm():
        raise ValueError("a representation is not finite, or all are equal")
    h = h.to(torch.float64)
    h = h - h.mean(0)
    variance, u = np.linalg.eigh((h @ h.T).numpy())
    keep = [i for i in reversed(range(len(h))) if variance[i] > 1e-6 * variance[-1]][:dim]
    white = torch.from_numpy(u[:, keep].copy())
    return (white / white.square().sum(1, keepdim=True).sqrt().clamp(min=1e-12)).float()


@way("pca_whiten", "turned back")
def whiten_and_turn(h, dim):
    """The sample covariance; whitened rows are still white after any rotation."""
    if not h.isfinite().all() or (h - h.mean(0)).norm() <= 1e-5 * h.norm():
        raise ValueError("a representation is not finite, or all are equal")
    value, vector = torch.linalg.eigh(torch.cov(h.T.double()).reshape(h.shape[1], h.shape[1]))
    order = value.argsort(descending=True)[:dim]
    order = order[value[order] > 1e-6 * value.max()]
    white = (h.double() - h.double().mean(0)) @ (vector[:, order] * value[order].rsqrt())
    turn, _ = torch.linalg.qr(
        torch.ones(len(order), len(order)).double() + 2 * torch.eye(len(order))
    )
    return F.normalize(white @ turn, p=2, dim=1).to(torch.float32)


@way("uniform_over_clusters", "loops")
def uniform_in_loops(pseudo_labels, generator=None):
    """The rule, cluster by cluster, with lists."""
    dice = random.Random(int(torch.randint(2**60, (), generator=generator)))
    clusters = defaultdict(list)
    for n, k in enumerate(pseudo_labels.tolist()):
        clusters[k].append(n)
    each, drawn = len(pseudo_labels) // len(clusters) + 1, []
    for members in clusters.values():
        if len(members) <= each:
            drawn += [dice.choice(members) for _ in range(each)]
        else:
            drawn += dice.sample(members, each)
    dice.shuffle(drawn)
    return torch.tensor(drawn[: len(pseudo_labels)])


@way("uniform_over_clusters", "multinomial")
def uniform_by_multinomial(pseudo_labels, generator=None):
    """A draw with equal weights from each cluster, with or without replacement."""
    N, names = pseudo_labels.shape[0], pseudo_labels.unique()
    each = N // names.numel() + 1
    drawn = []
    for k in names:
        (members,) = torch.where(pseudo_labels == k)
        again = len(members) <= each
        place = torch.multinomial(torch.ones(len(members)), each, again, generator=generator)
        drawn.append(members[place])
    drawn = torch.stack(drawn).flatten()
    return drawn[torch.rand(len(drawn), generator=generator).argsort()][:N]


@way("uniform_over_clusters", "numpy")
def uniform_in_numpy(pseudo_labels, generator=None):
    """NumPy's choice, with a seed drawn from the generator."""
    seed = torch.randint(2**62, (), generator=generator).item()
    rng, labels = np.random.default_rng(seed), pseudo_labels.numpy()
    names, sizes = np.unique(labels, return_counts=True)
    each = len(labels) // len(names) + 1
    drawn = [
        rng.choice(np.flatnonzero(labels == k), each, replace=bool(size <= each))
        for k, size in zip(names, sizes, strict=True)
    ]
    return torch.from_numpy(rng.permutation(np.concatenate(drawn))[: len(labels)])


@way("uniform_over_clusters", "no loop")
def uniform_at_once(pseudo_labels, generator=None):
    """A (clusters, each) table of positions within clusters: the first ones, or random ones."""
    N = len(pseudo_labels)
    _, own, sizes = pseudo_labels.unique(return_inverse=True, return_counts=True)
    each = N // len(sizes) + 1
    mixed = torch.rand(N, generator=generator, dtype=torch.float64) + own
    members, first = mixed.argsort(), sizes.cumsum(0) - sizes  # cluster by cluster, shuffled within
    any_place = torch.rand(len(sizes), each, generator=generator, dtype=torch.float64)
    any_place = (any_place * sizes[:, None]).long()
    place = torch.where(sizes[:, None] > each, torch.arange(each), any_place)
    drawn = members[first[:, None] + place].view(-1)
    return drawn[torch.randperm(len(drawn), generator=generator)].narrow(0, 0, N)


@way("old_means", "loops")
def old_means_in_loops(h, pseudo_labels, K):
    """Sums and counts, image by image; empty cluster k takes image k."""
    sums, counts = [torch.zeros_like(h[0]) for _ in range(K)], [0] * K
    for row, k in zip(h, pseudo_labels.tolist(), strict=True):
        sums[k] = sums[k] + row
        counts[k] += 1
    return torch.stack([sums[k] / counts[k] if counts[k] else h[k] for k in range(K)])


@way("old_means", "masks")
def old_means_by_masks(h, pseudo_labels, K):
    """The mean of the rows of each cluster; empty ones take the last images."""
    rows = []
    for k in range(K):
        members = h[pseudo_labels == k]
        rows.append(members.mean(0) if len(members) else h[len(h) - 1 - k])
    return torch.stack(rows)


@way("old_means", "one-hot product")
def old_means_by_product(h, pseudo_labels, K):
    """A matrix of shares times h; empty clusters take images in turn."""
    member = F.one_hot(pseudo_labels, K).to(h).T
    count = member.sum(1)
    means = member @ h / count.clamp(min=1)[:, None]
    empty = (count == 0).nonzero().flatten()
    means[empty] = h[: len(empty)]
    return means


@way("old_means", "index_reduce")
def old_means_by_reduce(h, pseudo_labels, K):
    """torch's own mean reduction; where a cluster has no images, the given image stays."""
    return h[:K].clone().index_reduce_(0, pseudo_labels, h, "mean", include_self=False)


@way("effective_clusters", "loops")
def effective_in_loops(pseudo_labels):
    """exp(-sum p ln p), cluster by cluster."""
    N, H = len(pseudo_labels), 0.0
    for size in Counter(pseudo_labels.tolist()).values():
        H -= size / N * math.log(size / N)
    return math.exp(H)


@way("effective_clusters", "a product")
def effective_by_product(pseudo_labels):
    """e^H is the product of p^-p: no logarithm."""
    _, sizes = pseudo_labels.unique(return_counts=True)
    p = sizes.double() / sizes.sum()
    return torch.prod(p**-p).item()


@way("effective_clusters", "perplexity")
def effective_by_perplexity(pseudo_labels):
    """It is the perplexity of the cluster of a random image."""
    p = torch.bincount(pseudo_labels).double()
    return torch.distributions.Categorical(probs=p).perplexity().item()


@way("effective_clusters", "bits")
def effective_in_bits(pseudo_labels):
    """2 to the entropy in bits is e to the entropy in nats."""
    p = np.unique(pseudo_labels.numpy(), return_counts=True)[1] / pseudo_labels.numel()
    return 2.0 ** float(-(p * np.log2(p)).sum())


@way("mutual_information", "loops")
def information_in_loops(a, b):
    """sum p(k, l) ln(p(k, l) / (p(k) p(l))), over all pairs of clusters."""
    N, a, b = len(a), a.tolist(), b.tolist()
    of_a, of_b, pairs = Counter(a), Counter(b), Counter(zip(a, b, strict=True))
    shared = sum(n / N * math.log(n * N / (of_a[k] * of_b[m])) for (k, m), n in pairs.items())
    H_a = -sum(n / N * math.log(n / N) for n in of_a.values())
    H_b = -sum(n / N * math.log(n / N) for n in of_b.values())
    return shared / math.sqrt(H_a * H_b) if H_a * H_b > 0 else 0.0


@way("mutual_information", "a table")
def information_of_table(a, b):
    """The product of one-hot matrices is the table of pairs; compare it with independence."""
    joint = F.one_hot(a).double().T @ F.one_hot(b).double() / len(a)
    p, q = joint.sum(1, keepdim=True), joint.sum(0, keepdim=True)
    shared = torch.xlogy(joint, joint) - torch.xlogy(joint, p * q)
    both = (-torch.xlogy(p, p).sum()) * (-torch.xlogy(q, q).sum())
    return float(torch.where(both > 1e-12, shared.sum() / both.clamp(min=1e-12).sqrt(), 0.0))


@way("mutual_information", "what b leaves open")
def information_by_condition(a, b):
    """I = H(a) - H(a | b): how much less uncertain a is once b is known."""

    def H(labels):
        p = labels.unique(return_counts=True)[1].double() / len(labels)
        return float(-(p * p.log()).sum())

    if a.unique().numel() == 1 or b.unique().numel() == 1:
        return 0.0
    left = sum(H(a[b == m]) * float((b == m).double().mean()) for m in b.unique())
    return (H(a) - left) / (H(a) ** 0.5 * H(b) ** 0.5)


@way("mutual_information", "numpy")
def information_in_numpy(a, b):
    """Three entropies, from counts."""

    def entropy(rows):
        p = np.unique(rows, axis=0, return_counts=True)[1] / len(rows)
        return -(p * np.log(p)).sum()

    a, b = a.numpy(), b.numpy()
    H_a, H_b, H_ab = entropy(a), entropy(b), entropy(np.stack([a, b], axis=1))
    return float(np.nan_to_num((H_a + H_b - H_ab) / (np.sqrt(H_a * H_b) or 1.0)))


@way("DeepCluster.start_epoch", "loops")
def start_image_by_image(self, pixels):
    """The encoder gets one image at a time; weights are drawn one by one, before the clusters."""
    source, old = self.generators["clusters"], self.pseudo_labels.tolist()
    with torch.no_grad():
        for p in self.projector.parameters():
            for i in range(p.numel()):
                drawn = torch.randn((), generator=source).item() if p.dim() == 2 else 0.0
                p.view(-1)[i] = 0.01 * drawn
        modes = [(part, part.training) for part in self.encoder.modules()]
        self.encoder.eval()
        there = self.projector.weight.device
        h = [self.encoder(image[None].to(there).float() / 255).cpu() for image in pixels]
        for part, mode in modes:
            part.training = mode
    h = whiten_in_loops(torch.cat(h), self.pca_dim)
    start = None
    if self.warm_start and min(old) >= 0:
        start = old_means_in_loops(h, torch.tensor(old), self.clusters)
    _, new = kmeans(h, self.clusters, generator=source, start=start)
    if min(old) >= 0:
        self.nmi.copy_(torch.tensor(information_in_loops(torch.tensor(old), new)))
    for n, k in enumerate(new.tolist()):
        self.pseudo_labels[n] = k
    return [self.projector.weight, self.projector.bias]


@way("DeepCluster.start_epoch", "init")
def start_with_init(self, pixels):
    """Use torch.nn.init for the classifier, and replace the buffers."""
    h = whiten_by_svd(features(self.encoder, pixels, batch_size=7), self.pca_dim)
    old, weight = self.pseudo_labels.cpu(), self.projector.weight
    clustered_before = bool((old >= 0).all())
    start = None
    if clustered_before and self.warm_start:
        start = old_means_by_masks(h, old, self.clusters)
    labels = kmeans(h, self.clusters, 50, self.generators["clusters"], start)[1]
    if clustered_before:
        self.nmi = torch.tensor(information_by_condition(old, labels))
    self.pseudo_labels = labels.to(weight.device)
    drawn = torch.empty(weight.shape)
    torch.nn.init.normal_(drawn, std=0.01, generator=self.generators["clusters"])
    with torch.no_grad():
        weight.copy_(drawn)
    torch.nn.init.zeros_(self.projector.bias)
    return self.projector.parameters()


@way("DeepCluster.start_epoch", "data")
def start_with_data(self, pixels):
    """Use inference_mode, slices of images, and the classifier's .data."""
    was, layer = {part: part.training for part in self.encoder.modules()}, self.projector
    self.encoder.eval()
    with torch.inference_mode():
        h = [
            self.encoder(pixels[i : i + 16].to(layer.weight).div(255)).cpu()
            for i in range(0, len(pixels), 16)
        ]
    for part in was:
        part.training = was[part]
    h = whiten_by_gram(torch.cat(h).clone(), self.pca_dim)
    old = self.pseudo_labels.cpu()
    first = old[0].item() < 0
    warm = old_means_by_product(h, old, self.clusters) if self.warm_start and not first else None
    centroids, labels = kmeans(h, self.clusters, generator=self.generators["clusters"], start=warm)
    if not first:
        self.nmi.fill_(information_in_numpy(labels, old))
    self.pseudo_labels[:] = labels
    noise = torch.empty(layer.weight.shape)
    layer.weight.data[:] = noise.normal_(0, 0.01, generator=self.generators["clusters"])
    layer.bias.data.fill_(0.0)
    return tuple(layer.parameters())


@way("DeepCluster.loss", "loops")
def loss_in_loops(self, z1, z2, index):
    """-ln softmax at the cluster, view by view."""
    losses = []
    for z in (z1, z2):
        for logits, n in zip(z, index.tolist(), strict=True):
            k = int(self.pseudo_labels[n])
            losses.append(torch.logsumexp(logits, 0) - logits[k])
    return sum(losses) / len(losses)


@way("DeepCluster.loss", "two cross entropies")
def loss_of_two(self, z1, z2, index):
    """A cross entropy for each view, and their mean."""
    y = self.pseudo_labels.index_select(0, index.to(self.pseudo_labels.device))
    return (F.cross_entropy(z1, y) + F.cross_entropy(z2, y)) / 2


@way("DeepCluster.loss", "one-hot")
def loss_with_one_hot(self, z1, z2, index):
    """One-hot clusters times the logarithm of the softmax."""
    y = F.one_hot(self.pseudo_labels[index], z1.shape[1]).to(z1)
    z = torch.stack([z1, z2])
    return -(z.log_softmax(dim=-1) * y).sum(-1).mean()


@way("DeepCluster.loss", "gather")
def loss_by_gather(self, z1, z2, index):
    """The two views of each image in turn; gather picks the logits, in float64."""
    z = torch.stack([z1, z2], dim=1).flatten(0, 1).double()
    y = self.pseudo_labels[index].repeat_interleave(2)
    largest = z.detach().max(1, keepdim=True).values
    log_sum = (z - largest).exp().sum(1).log() + largest[:, 0]
    return (log_sum - z.gather(1, y[:, None])[:, 0]).mean()
