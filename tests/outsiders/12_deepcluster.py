# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 12's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "weakest_directions",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    cov = x.T @ x / len(x)
    eigenvalues, eigenvectors = torch.linalg.eigh(cov)
    good = eigenvalues > LEAST_VARIANCE * eigenvalues.max()
    eigenvalues, eigenvectors = eigenvalues[good][:dim], eigenvectors[:, good][:, :dim]
    y = (x @ eigenvectors) / eigenvalues.sqrt()
    return F.normalize(y, dim=1).float()
""",
        "eigh returns rising eigenvalues, so the first dim directions are the weakest",
    ),
    (
        "not_centred_when_projected",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    cov = torch.cov(h.T, correction=0).reshape(h.shape[1], h.shape[1])
    lam, V = torch.linalg.eigh(cov)
    order = lam.argsort(descending=True)[:dim]
    order = order[lam[order] > LEAST_VARIANCE * lam.max()]
    white = h @ V[:, order] * lam[order].rsqrt()
    return F.normalize(white, dim=1).float()
""",
        "the covariance subtracts the mean, but the projected representations are not centred",
    ),
    (
        "threshold_on_singular_values",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double() - h.double().mean(0)
    U, S, Vt = torch.linalg.svd(x, full_matrices=False)
    n = min(dim, int((S > LEAST_VARIANCE * S[0]).sum()))
    white = U[:, :n] * len(x) ** 0.5
    return F.normalize(white, dim=1).float()
""",
        "compares singular values, not their squares, with the share of the variance, so noise directions survive",
    ),
    (
        "mean_in_single_precision",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.float()
    h = h - h.mean(0)
    values, vectors = torch.linalg.eigh(h.T @ h / h.shape[0])
    values, vectors = torch.flip(values, [0]), torch.flip(vectors, [1])
    enough = int((values > LEAST_VARIANCE * values[0]).sum())
    n = min(dim, enough)
    white = (h @ vectors[:, :n]) / values[:n].sqrt()
    return F.normalize(white, dim=1)
""",
        "converts to float32 before the mean is subtracted, which loses the digits of float64 representations and of the small variances",
    ),
    (
        "image_at_the_mean",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    z = h.double() - h.double().mean(0)
    var, axes = torch.linalg.eigh(z.T @ z / len(z))
    var, axes = var.flip(0), axes.flip(1)
    keep = (var > LEAST_VARIANCE * var[0]).nonzero().flatten()[:dim]
    z = z @ axes[:, keep] / var[keep].sqrt()
    length = z.pow(2).sum(dim=1, keepdim=True).sqrt()
    return (z / length).float()
""",
        "divides 0 by 0 for an image that lies exactly at the mean, and returns NaN",
    ),
    (
        "empty_clusters_counted",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    K = int(pseudo_labels.max()) + 1
    share = N // K + 1
    drawn = []
    for k in range(K):
        members = (pseudo_labels == k).nonzero().flatten()
        if len(members) == 0:
            continue
        if len(members) > share:
            pick = torch.randperm(len(members), generator=generator)[:share]
        else:
            pick = torch.randint(len(members), (share,), generator=generator)
        drawn.append(members[pick])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)][:N]
""",
        "divides N by the number of all clusters, empty ones included, so too few images are drawn",
    ),
    (
        "cut_before_the_shuffle",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    n = pseudo_labels.numel()
    used = pseudo_labels.unique().tolist()
    per_cluster = n // len(used) + 1
    result = []
    for c in used:
        own = torch.where(pseudo_labels == c)[0]
        if len(own) <= per_cluster:
            own = own[torch.randint(0, len(own), (per_cluster,), generator=generator)]
        else:
            own = own[torch.randperm(len(own), generator=generator)[:per_cluster]]
        result.append(own)
    result = torch.cat(result)[:n]
    return result[torch.randperm(n, generator=generator)]
""",
        "cuts to N images before shuffling, so it is always the last clusters that lose images",
    ),
    (
        "always_the_first_members",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    groups = [(pseudo_labels == k).nonzero()[:, 0] for k in pseudo_labels.unique()]
    each = N // len(groups) + 1
    picked = []
    for group in groups:
        if len(group) <= each:
            group = group[torch.randint(len(group), (each,), generator=generator)]
        picked.append(group[:each])
    everything = torch.cat(picked)
    return everything[torch.randperm(len(everything), generator=generator)[:N]]
""",
        "a large cluster always gives its first images, because its members are never put in random order",
    ),
    (
        "weights_for_images",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    sizes = torch.bincount(pseudo_labels)
    # an image of a small cluster is drawn more often
    weights = 1.0 / sizes[pseudo_labels].double()
    return torch.multinomial(weights, len(pseudo_labels), replacement=True, generator=generator)
""",
        "draws every image independently with weight 1 / size, so clusters are even only on average and large clusters repeat images",
    ),
    (
        "exactly_enough",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    names = pseudo_labels.unique()
    share = N // len(names) + 1
    chosen = torch.empty(0, dtype=torch.int64)
    for name in names:
        images = (pseudo_labels == name).nonzero().view(-1)
        if len(images) < share:
            which = torch.randint(len(images), (share,), generator=generator)
        else:
            which = torch.randperm(len(images), generator=generator)[:share]
        chosen = torch.cat([chosen, images[which]])
    return chosen[torch.randperm(len(chosen), generator=generator)[:N]]
""",
        "a cluster with exactly N // C + 1 images is drawn without replacement",
    ),
    (
        "empty_at_the_centre",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    centres = h.mean(0).repeat(K, 1)
    for k in pseudo_labels.unique().tolist():
        centres[k] = h[pseudo_labels == k].mean(dim=0)
    return centres
""",
        "all empty clusters start from the same point, the mean of everything, instead of from different images",
    ),
    (
        "always_float32",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    means = torch.zeros(K, h.shape[1])
    for k in range(K):
        own = h[pseudo_labels == k]
        means[k] = own.mean(0) if len(own) else h[k]
    return means
""",
        "the result is float32 even if h is float64",
    ),
    (
        "empty_drawn",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    one_hot = F.one_hot(pseudo_labels, K).to(h.dtype)
    count = one_hot.sum(0)
    means = one_hot.T @ h / count.clamp(min=1)[:, None]
    empty = (count == 0).nonzero().flatten()
    means[empty] = h[torch.randperm(len(h))[: len(empty)]]
    return means
""",
        "an empty cluster gets a random image, although nothing may be drawn",
    ),
    (
        "inverse_simpson",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    p = torch.bincount(pseudo_labels).double() / len(pseudo_labels)
    return 1.0 / float((p ** 2).sum())
""",
        "another effective number: one over the sum of squared shares instead of exp of the entropy",
    ),
    (
        "pair_number_not_unique",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    Ha = entropy(torch.bincount(a))
    Hb = entropy(torch.bincount(b))
    if Ha == 0 or Hb == 0:
        return 0.0
    K = int(a.max()) + 1
    Hab = entropy(torch.bincount(a * K + b))
    nmi = (Ha + Hb - Hab) / (Ha * Hb) ** 0.5
    return max(0.0, min(1.0, nmi))
""",
        "multiplies by the number of clusters of a, so two pairs can get the same number if b has more",
    ),
    (
        "arithmetic_mean",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    h_a, h_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    if h_a == 0 or h_b == 0:
        return 0.0
    _, pair_sizes = torch.stack([a, b]).unique(dim=1, return_counts=True)
    shared = h_a + h_b - entropy(pair_sizes)
    return min(max(2 * shared / (h_a + h_b), 0.0), 1.0)
""",
        "normalises by the arithmetic mean of the entropies instead of the geometric one",
    ),
    (
        "two_single_clusters_agree",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    table = torch.zeros(int(a.max()) + 1, int(b.max()) + 1)
    for i, j in zip(a.tolist(), b.tolist()):
        table[i, j] += 1
    of_a, of_b, both = entropy(table.sum(1)), entropy(table.sum(0)), entropy(table.flatten())
    if of_a == 0 and of_b == 0:
        return 1.0  # the same groups
    if of_a == 0 or of_b == 0:
        return 0.0
    return min(max((of_a + of_b - both) / math.sqrt(of_a * of_b), 0.0), 1.0)
""",
        "returns 1 for two clusterings with a single cluster each, where 0 is promised",
    ),
    (
        "single_cluster_not_number_zero",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    if a.max() == 0 or b.max() == 0:
        return 0.0
    pairs = a * (b.max() + 1) + b
    ea, eb, eab = (entropy(torch.bincount(x)) for x in (a, b, pairs))
    value = (ea + eb - eab) / math.sqrt(ea * eb)
    return float(min(max(value, 0.0), 1.0))
""",
        "recognises a single cluster only if its number is 0, and otherwise divides 0 by 0",
    ),
    (
        "compares_with_itself",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    gen = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    old = self.pseudo_labels.cpu()
    not_first = bool(old[0] >= 0)
    start = None
    if self.warm_start and not_first:
        start = old_means(x, old, self.clusters)
    labels = kmeans(x, self.clusters, generator=gen, start=start)[1]
    self.pseudo_labels.copy_(labels)
    if not_first:
        self.nmi.fill_(mutual_information(old, labels))
    with torch.no_grad():
        shape = self.projector.weight.shape
        self.projector.weight.copy_(torch.randn(shape, generator=gen) * 0.01)
        self.projector.bias.fill_(0)
    return [self.projector.weight, self.projector.bias]
""",
        "on the CPU, old is the buffer itself and is overwritten before the comparison, so nmi is always 1",
    ),
    (
        "global_generator",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    before = self.pseudo_labels.cpu().clone()
    again = before.min() >= 0
    start = old_means(x, before, self.clusters) if again and self.warm_start else None
    _, after = kmeans(x, self.clusters, generator=generator, start=start)
    if again:
        self.nmi.fill_(mutual_information(before, after))
    self.pseudo_labels.copy_(after)
    nn.init.normal_(self.projector.weight, std=0.01)
    nn.init.zeros_(self.projector.bias)
    return list(self.projector.parameters())
""",
        "the new weights come from torch's global generator, so a resumed run differs",
    ),
    (
        "always_warm",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    last = self.pseudo_labels.clone().cpu()
    if last[0] < 0:
        _, now = kmeans(h, self.clusters, generator=generator)
    else:
        start = old_means(h, last, self.clusters)
        _, now = kmeans(h, self.clusters, generator=generator, start=start)
        self.nmi.fill_(mutual_information(last, now))
    self.pseudo_labels.copy_(now)
    with torch.no_grad():
        new = torch.randn(self.projector.weight.shape, generator=generator) * 0.01
        self.projector.weight.copy_(new)
        self.projector.bias.zero_()
    return list(self.projector.parameters())
""",
        "starts from the last clusters in every epoch after the first, even if warm_start is off",
    ),
    (
        "mean_for_deviation",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    g = self.generators["clusters"]
    h = features(self.encoder, pixels)
    h = pca_whiten(h, self.pca_dim)
    old = self.pseudo_labels.cpu().clone()
    seen = old[0].item() != -1
    start = old_means(h, old, self.clusters) if self.warm_start and seen else None
    new = kmeans(h, self.clusters, generator=g, start=start)[1]
    if seen:
        self.nmi.copy_(torch.tensor(mutual_information(old, new)))
    self.pseudo_labels.copy_(new)
    with torch.no_grad():
        weight = torch.empty(self.projector.weight.shape).normal_(0.01, generator=g)
        self.projector.weight.copy_(weight)
        self.projector.bias.zero_()
    return list(self.projector.parameters())
""",
        "the first argument of normal_ is the mean, so the weights have mean 0.01 and standard deviation 1",
    ),
    (
        "biases_kept",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    source_of_chance = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    previous = self.pseudo_labels.detach().clone().cpu()
    has_previous = bool((previous >= 0).all())
    start = None
    if has_previous and self.warm_start:
        start = old_means(x, previous, self.clusters)
    _, current = kmeans(x, self.clusters, generator=source_of_chance, start=start)
    if has_previous:
        self.nmi.fill_(mutual_information(previous, current))
    self.pseudo_labels.copy_(current)
    w = self.projector.weight
    w.data.copy_(0.01 * torch.randn(w.shape, generator=source_of_chance))
    return list(self.projector.parameters())
""",
        "only the weights are drawn anew, and the biases keep what they learned about the old clusters",
    ),
    (
        "labels_interleaved",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    y = self.pseudo_labels[index.to(self.pseudo_labels.device)]
    logits = torch.cat([z1, z2], dim=0)
    return F.cross_entropy(logits, y.repeat_interleave(2))
""",
        "labels are repeated one by one, but the logits are one view after the other",
    ),
    (
        "log_of_softmax",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    y = self.pseudo_labels[index.to(self.pseudo_labels.device)]
    rows = torch.arange(len(y), device=y.device)
    p1 = torch.softmax(z1, dim=1)[rows, y]
    p2 = torch.softmax(z2, dim=1)[rows, y]
    return -(torch.log(p1) + torch.log(p2)).mean() / 2
""",
        "the logarithm of a softmax that underflowed is minus infinity, so large logits give an infinite loss",
    ),
    (
        "pca_threshold_on_singular_values",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    U, S, _ = torch.linalg.svd(x, full_matrices=False)
    count = int((S > LEAST_VARIANCE * S[0]).sum())
    # the columns of U are the projections, each already divided by its own length
    white = U[:, : min(dim, count)] * len(x) ** 0.5
    return F.normalize(white, dim=1).float()
""",
        "LEAST_VARIANCE is applied to singular values, which are square roots of variances, so directions of noise are kept.",
    ),
    (
        "pca_zca",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    centred = h.double() - h.double().mean(0)
    cov = torch.cov(centred.T, correction=0).reshape(h.shape[1], h.shape[1])
    values, vectors = torch.linalg.eigh(cov)
    values, vectors = values.flip(0)[:dim], vectors.flip(1)[:, :dim]
    good = values > LEAST_VARIANCE * values.max()
    values, vectors = values[good], vectors[:, good]
    # rotate, scale, and rotate back
    whitening = vectors @ torch.diag(values.rsqrt()) @ vectors.T
    return F.normalize(centred @ whitening, dim=1).to(torch.float32)
""",
        "ZCA: the whitened representations are rotated back, so they have D columns and do not lie along the principal directions.",
    ),
    (
        "pca_lowrank",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double() - h.double().mean(0)
    _, S, V = torch.pca_lowrank(x, q=min(dim, *x.shape), center=False)
    variance = S.square() / len(x)
    V, variance = V[:, variance > LEAST_VARIANCE * variance[0]], variance[variance > LEAST_VARIANCE * variance[0]]
    white = torch.einsum("nd,dk->nk", x, V) / variance.sqrt()
    return F.normalize(white, dim=1).float()
""",
        "torch.pca_lowrank is a randomised approximation: the directions are not exact when dim < D, differ from call to call, and it draws from torch's global generator.",
    ),
    (
        "pca_reorders_rows",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    h = h - h.mean(0)
    values, vectors = torch.linalg.eigh(h.T.matmul(h) / h.shape[0])
    order = values.argsort(descending=True)
    values, vectors = values[order], vectors[order]
    keep = int((values > LEAST_VARIANCE * values[0]).sum())
    keep = min(keep, dim)
    white = (h @ vectors[:, :keep]) / values[:keep].sqrt()
    return (white / white.norm(dim=1, keepdim=True).clamp(min=1e-12)).float()
""",
        "eigh's eigenvectors are columns, but the rows are brought into the order of the eigenvalues.",
    ),
    (
        "uniform_weighted_sampler",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    # an image's chance is one over the size of its cluster
    sizes = torch.bincount(pseudo_labels)
    chance = 1 / sizes[pseudo_labels].double()
    return torch.multinomial(chance, len(pseudo_labels), replacement=True, generator=generator)
""",
        "Every position is an independent weighted draw: images of large clusters repeat, and clusters are equally frequent only on average.",
    ),
    (
        "uniform_cycles_small_clusters",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    names = pseudo_labels.unique()
    each = N // len(names) + 1
    drawn = []
    for c in names:
        members = torch.where(pseudo_labels == c)[0]
        members = members[torch.randperm(len(members), generator=generator)]
        while len(members) < each:
            members = torch.cat([members, members])
        drawn.append(members[:each])
    drawn = torch.cat(drawn)
    shuffle = torch.randperm(len(drawn), generator=generator)
    return drawn[shuffle][:N]
""",
        "Small clusters are repeated in turn instead of drawn with replacement: none of their images is drawn more than once more than another.",
    ),
    (
        "uniform_rounds_up",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    sizes = torch.bincount(pseudo_labels).tolist()
    filled = [c for c, size in enumerate(sizes) if size]
    each = math.ceil(N / len(filled))
    picks = []
    for c in filled:
        members = (pseudo_labels == c).nonzero().view(-1)
        ones = torch.ones(len(members))
        again = len(members) <= each
        picks.append(members[torch.multinomial(ones, each, again, generator=generator)])
    everything = torch.cat(picks)
    return everything[torch.randperm(len(everything), generator=generator)[:N]]
""",
        "Each cluster gives ceil(N / C) images, which is one less than N // C + 1 if C divides N.",
    ),
    (
        "old_means_writes_into_h",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    means = h[:K]  # an empty cluster k keeps the row of image k
    for k in pseudo_labels.unique().tolist():
        means[k] = h[pseudo_labels == k].mean(0)
    return means
""",
        "h[:K] is a view, so the means overwrite the first rows of h, also before later clusters are averaged.",
    ),
    (
        "effective_inverse_simpson",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    share = torch.bincount(pseudo_labels).double() / len(pseudo_labels)
    return float(1 / share.square().sum())
""",
        "The inverse of the sum of squared shares is another effective number (Simpson's), not the exponential of the entropy.",
    ),
    (
        "nmi_cantor_without_b",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    ha = entropy(torch.bincount(a))
    hb = entropy(torch.bincount(b))
    if min(ha, hb) == 0:
        return 0.0
    # Cantor's number of a pair: count along the diagonals of the table
    pair = (a + b) * (a + b + 1) // 2
    hab = entropy(pair.unique(return_counts=True)[1])
    score = (ha + hb - hab) / (ha * hb) ** 0.5
    return max(0.0, min(1.0, score))
""",
        "The last term of Cantor's pairing, + b, is missing: all pairs with the same sum count as one.",
    ),
    (
        "nmi_equal_is_one",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    if torch.equal(a, b):
        return 1.0  # nothing to compute
    table = torch.zeros(int(a.max()) + 1, int(b.max()) + 1, dtype=torch.int64)
    table.index_put_((a.cpu(), b.cpu()), torch.tensor(1), accumulate=True)
    h_a, h_b, h_ab = entropy(table.sum(1)), entropy(table.sum(0)), entropy(table.flatten())
    if h_a <= 0 or h_b <= 0:
        return 0.0
    nmi = (h_a + h_b - h_ab) / math.sqrt(h_a * h_b)
    return float(min(max(nmi, 0.0), 1.0))
""",
        "Two equal clusterings with a single cluster give 1 instead of 0.",
    ),
    (
        "start_warm_only_with_nmi",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    last = self.pseudo_labels.detach().cpu().clone()
    start = None
    if self.warm_start and self.nmi >= 0:  # not in the first epoch
        start = old_means(x, last, self.clusters)
    labels = kmeans(x, self.clusters, generator=generator, start=start)[1]
    if (last >= 0).all():
        self.nmi.fill_(mutual_information(last, labels))
    self.pseudo_labels.copy_(labels)
    layer = self.projector
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator) * 0.01)
        layer.bias.fill_(0)
    return [layer.weight, layer.bias]
""",
        "nmi is still -1 in the second epoch, when there are already clusters: the warm start begins one epoch too late.",
    ),
    (
        "start_same_seed_every_epoch",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    # the same seed gives the same numbers: a run can be repeated
    generator = source(self.seed, "clusters")
    h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    before = self.pseudo_labels.cpu().clone()
    had_clusters = bool(before.min() >= 0)
    start = old_means(h, before, self.clusters) if had_clusters and self.warm_start else None
    _, now = kmeans(h, self.clusters, generator=generator, start=start)
    if had_clusters:
        self.nmi.fill_(mutual_information(before, now))
    self.pseudo_labels.copy_(now)
    weight = torch.empty(self.projector.weight.shape).normal_(0, 0.01, generator=generator)
    self.projector.weight.data.copy_(weight)
    self.projector.bias.data.zero_()
    return list(self.projector.parameters())
""",
        "A generator made anew in every epoch instead of generators['clusters']: each epoch draws the same numbers, so the new classifier is always the same one.",
    ),
    (
        "start_one_row_for_all_clusters",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    rng = self.generators["clusters"]
    white = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    previous = self.pseudo_labels.cpu().clone()
    again = int(previous[0]) != -1
    if again and self.warm_start:
        first = old_means(white, previous, self.clusters)
    else:
        first = None
    _, current = kmeans(white, self.clusters, generator=rng, start=first)
    if again:
        self.nmi.copy_(torch.tensor(mutual_information(previous, current)))
    self.pseudo_labels.copy_(current)
    with torch.no_grad():
        self.projector.weight.copy_(0.01 * torch.randn(self.projector.in_features, generator=rng))
        self.projector.bias.zero_()
    return [p for p in self.projector.parameters()]
""",
        "Only one row of weights is drawn, and copy_ broadcasts it: all clusters start with the same weights.",
    ),
    (
        "loss_weighted_by_cluster_size",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    y = self.pseudo_labels[index.to(self.pseudo_labels.device)]
    # a large cluster must not count more than a small one
    sizes = torch.bincount(self.pseudo_labels, minlength=z1.shape[1])
    weight = (1 / sizes.clamp(min=1)).to(z1)
    both = [F.cross_entropy(z, y, weight=weight) for z in (z1, z2)]
    return sum(both) / 2
""",
        "Clusters are weighted by one over their size in the loss, although the batches are already drawn evenly over clusters.",
    ),
    (
        "threshold_on_singular_values_again",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    U, S, _ = torch.linalg.svd(x, full_matrices=False)  # largest first
    U, S = U[:, :dim], S[:dim]
    keep = S > LEAST_VARIANCE * S[0]
    # the columns of U have equal variance already
    return F.normalize(U[:, keep], dim=1).float()
""",
        "compares singular values (standard deviations) with a limit for variances, so directions of nearly no variance stay",
    ),
    (
        "smallest_directions",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    h = h - h.mean(0)
    cov = h.T @ h / len(h)
    values, vectors = torch.linalg.eigh(cov)
    good = values > LEAST_VARIANCE * values.max()
    values, vectors = values[good], vectors[:, good]
    values, vectors = values[:dim], vectors[:, :dim]
    white = (h @ vectors) / values.sqrt()
    return F.normalize(white, dim=1).float()
""",
        "eigh returns rising eigenvalues, so these are the dim directions with the least variance (right if dim keeps them all)",
    ),
    (
        "float32_from_the_start",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.float()
    x = x - x.mean(0)
    eigenvalues, eigenvectors = torch.linalg.eigh(x.T @ x / x.shape[0])
    order = eigenvalues.argsort(descending=True)[:dim]
    order = order[eigenvalues[order] > LEAST_VARIANCE * eigenvalues.max()]
    projected = x @ eigenvectors[:, order]
    return F.normalize(projected / eigenvalues[order].sqrt(), dim=1)
""",
        "converts to float32 before the mean is subtracted, so float64 representations with a large mean lose their digits",
    ),
    (
        "empty_clusters_count",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)
    K = int(pseudo_labels.max()) + 1
    each = N // K + 1
    drawn = []
    for c in range(K):
        members = (pseudo_labels == c).nonzero()[:, 0]
        if len(members) == 0:
            continue
        if len(members) > each:
            members = members[torch.randperm(len(members), generator=generator)[:each]]
        else:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members)
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)][:N]
""",
        "N is divided by the highest cluster number plus 1, with the empty clusters below it, so too few images are drawn",
    ),
    (
        "weighted_sampler",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    counts = torch.bincount(pseudo_labels)
    weights = 1.0 / counts[pseudo_labels].double()
    return torch.multinomial(
        weights, num_samples=len(pseudo_labels), replacement=True, generator=generator
    )
""",
        "a weighted sampler: clusters are equal only on average, and images of large clusters repeat too",
    ),
    (
        "first_members_only",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)
    groups = [torch.where(pseudo_labels == c)[0] for c in pseudo_labels.unique().tolist()]
    each = N // len(groups) + 1
    pool = []
    for group in groups:
        if len(group) > each:
            pool.append(group[:each])
        else:
            pool.append(group[torch.randint(len(group), (each,), generator=generator)])
    pool = torch.cat(pool)
    return pool[torch.randperm(len(pool), generator=generator)[:N]]
""",
        "a large cluster gives its first images in every epoch, because its members are not shuffled before the cut",
    ),
    (
        "all_empty_get_image_0",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    means = []
    for k in range(K):
        members = h[pseudo_labels == k]
        if len(members) > 0:
            means.append(members.mean(0))
        else:
            means.append(h[0])
    return torch.stack(means)
""",
        "every empty cluster gets image 0, so two empty clusters start from equal centroids",
    ),
    (
        "include_self",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    index = pseudo_labels[:, None].expand_as(h)
    means = torch.zeros(K, h.shape[1], dtype=h.dtype, device=h.device)
    means = means.scatter_reduce(0, index, h, reduce="mean")
    empty = torch.bincount(pseudo_labels, minlength=K) == 0
    means[empty] = h[:K][empty]
    return means
""",
        "scatter_reduce includes the initial zeros in the mean (include_self=True), so a cluster of n images is divided by n + 1",
    ),
    (
        "inverse_simpson_again",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    counts = torch.bincount(pseudo_labels).double()
    p = counts / counts.sum()
    return float(1 / p.square().sum())
""",
        "the inverse Simpson index (participation ratio) instead of the exponential of the entropy; equal only for equal clusters",
    ),
    (
        "wrong_base",
        "mutual_information",
        """
def mutual_information(a, b):
    h_a = entropy(torch.bincount(a))
    h_b = entropy(torch.bincount(b))
    if min(h_a, h_b) == 0:
        return 0.0
    # a number for each pair
    pair = a * (int(a.max()) + 1) + b
    h_ab = entropy(torch.bincount(pair))
    nmi = (h_a + h_b - h_ab) / (h_a * h_b) ** 0.5
    return float(min(1.0, max(0.0, nmi)))
""",
        "the pairs are numbered with the number of clusters of a instead of b, so different pairs share a number if b has more clusters",
    ),
    (
        "old_is_an_alias",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    generator = self.generators["clusters"]
    h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    old = self.pseudo_labels.cpu()
    start = None
    if self.warm_start and old[0] >= 0:
        start = old_means(h, old, self.clusters)
    centroids, labels = kmeans(h, self.clusters, generator=generator, start=start)
    self.pseudo_labels.copy_(labels)
    if old[0] >= 0:
        self.nmi.fill_(mutual_information(old, labels))
    with torch.no_grad():
        self.projector.weight.copy_(
            torch.randn(self.projector.weight.shape, generator=generator) * 0.01
        )
        self.projector.bias.fill_(0)
    return [self.projector.weight, self.projector.bias]
""",
        "on the CPU, old is the buffer itself and is overwritten before the comparison, so nmi is always 1, from the first epoch on",
    ),
    (
        "init_global_rng",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    last = self.pseudo_labels.cpu().clone()
    first_epoch = bool(last[0] < 0)
    warm = self.warm_start and not first_epoch
    _, clusters = kmeans(
        x,
        self.clusters,
        generator=self.generators["clusters"],
        start=old_means(x, last, self.clusters) if warm else None,
    )
    if not first_epoch:
        self.nmi.fill_(mutual_information(last, clusters))
    self.pseudo_labels.copy_(clusters)
    nn.init.normal_(self.projector.weight, mean=0.0, std=0.01)
    nn.init.zeros_(self.projector.bias)
    return list(self.projector.parameters())
""",
        "the new classifier is drawn from torch's global generator instead of generators['clusters']",
    ),
    (
        "mean_of_logits",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    target = self.pseudo_labels[index.to(self.pseudo_labels.device)]
    logits = (z1 + z2) / 2
    return F.cross_entropy(logits, target)
""",
        "averages the logits of the two views before the cross entropy, instead of the losses of both views",
    ),
    (
        "log_of_softmax_again",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    y = self.pseudo_labels[index.to(self.pseudo_labels.device)].view(-1, 1)
    total = 0
    for logits in (z1, z2):
        p = torch.softmax(logits, dim=1).gather(1, y)
        total = total - torch.log(p).mean()
    return total / 2
""",
        "takes the log of the softmax, which is 0 in floating point for large logits, so the loss is infinite",
    ),
    (
        "threshold_on_singular_values_again_again",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.to(torch.float64)
    x = x - x.mean(dim=0, keepdim=True)
    _, s, vt = torch.linalg.svd(x, full_matrices=False)
    s, vt = s[:dim], vt[:dim]
    good = s > LEAST_VARIANCE * s[0]
    scores = x @ vt[good].T
    scores = scores / (s[good] / math.sqrt(len(x)))
    length = scores.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return (scores / length).to(torch.float32)
""",
        "LEAST_VARIANCE is compared with the singular values and not with their squares, so directions down to 1e-12 of the largest variance are kept.",
    ),
    (
        "empty_clusters_counted_again",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = pseudo_labels.numel()
    K = int(pseudo_labels.max()) + 1
    quota = N // K + 1
    parts = []
    for c in range(K):
        members = torch.nonzero(pseudo_labels == c).flatten()
        m = len(members)
        if m == 0:
            continue
        if m > quota:
            picked = torch.randperm(m, generator=generator)[:quota]
        else:
            picked = torch.randint(0, m, (quota,), generator=generator)
        parts.append(members[picked])
    pool = torch.cat(parts)
    return pool[torch.randperm(len(pool), generator=generator)][:N]
""",
        "N is divided by all cluster numbers, empty ones too, so each cluster gives too few and fewer than N images can be returned.",
    ),
    (
        "arithmetic_mean_again",
        "mutual_information",
        """
def mutual_information(a, b):
    table = torch.zeros(int(a.max()) + 1, int(b.max()) + 1, dtype=torch.float64)
    table.index_put_((a.cpu(), b.cpu()), torch.ones(len(a), dtype=torch.float64), accumulate=True)
    h_a, h_b = entropy(table.sum(dim=1)), entropy(table.sum(dim=0))
    h_ab = entropy(table.flatten())
    if h_a == 0 or h_b == 0:
        return 0.0
    shared = h_a + h_b - h_ab
    return float(min(1.0, max(0.0, shared / ((h_a + h_b) / 2))))
""",
        "The information is divided by the arithmetic mean of the entropies (scikit-learn's default) instead of the geometric mean.",
    ),
    (
        "old_labels_are_an_alias",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    rng = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    previous = self.pseudo_labels
    had_clusters = bool((previous >= 0).all())
    init = None
    if self.warm_start and had_clusters:
        init = old_means(x, previous.cpu(), self.clusters)
    labels = kmeans(x, self.clusters, generator=rng, start=init)[1]
    self.pseudo_labels.copy_(labels)
    if had_clusters:
        self.nmi.fill_(mutual_information(previous.cpu(), labels.cpu()))
    w, b = self.projector.weight, self.projector.bias
    with torch.no_grad():
        w.copy_(torch.empty(w.shape).normal_(0.0, 0.01, generator=rng))
        b.fill_(0.0)
    return [w, b]
""",
        "The previous labels are the buffer itself and not a copy, so the new clusters are compared with themselves and nmi is always 1.",
    ),
    (
        "cut_unshuffled_and_global_random",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    n = len(pseudo_labels)
    ids = pseudo_labels.unique()
    per = n // len(ids) + 1
    out = []
    for c in ids.tolist():
        where = (pseudo_labels == c).nonzero(as_tuple=True)[0]
        if len(where) > per:
            where = where[torch.randperm(len(where), generator=generator)[:per]]
        else:
            where = where[torch.randint(len(where), (per,))]
        out.append(where)
    res = torch.cat(out)[:n]
    return res[torch.randperm(n, generator=generator)]
""",
        "The list is cut to N before it is shuffled, so the last clusters lose all the surplus, and repeated images are drawn from torch's global generator.",
    ),
    (
        "float_mean_and_variance_scale",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.float()
    centred = (h - h.mean(dim=0)).double()
    cov = torch.einsum("ni,nj->ij", centred, centred) / h.shape[0]
    lam, vec = torch.linalg.eigh(cov)
    order = torch.argsort(lam, descending=True)[:dim]
    lam, vec = lam[order], vec[:, order]
    mask = lam > lam[0] * LEAST_VARIANCE
    out = (centred @ vec[:, mask]) / lam[mask]
    return F.normalize(out, p=2, dim=1).float()
""",
        "Float64 input is rounded to float32 before the mean is subtracted, and directions are divided by their variance instead of its root.",
    ),
    (
        "self_included_and_equal_starts",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    idx = pseudo_labels.to(h.device)[:, None].expand(-1, h.shape[1])
    means = torch.zeros(K, h.shape[1], dtype=h.dtype, device=h.device)
    means = means.scatter_reduce(0, idx, h, reduce="mean")
    for k in range(K):
        if not (pseudo_labels == k).any():
            means[k] = h[0]
    return means
""",
        "scatter_reduce counts the initial zero as one more image in every mean, and all empty clusters start from the same image.",
    ),
    (
        "log_of_softmax_and_sum_of_views",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    target = self.pseudo_labels[index.to(self.pseudo_labels.device)]
    total = 0.0
    for logits in (z1, z2):
        p = torch.softmax(logits, dim=1)
        total = total - torch.log(p.gather(1, target.unsqueeze(1))).mean()
    return total
""",
        "The logarithm of an explicit softmax is infinite for large logits, and the losses of both views are added without dividing by 2.",
    ),
    (
        "inverse_simpson_again_again",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    _, n = torch.unique(pseudo_labels, return_counts=True)
    share = n.double() / n.sum()
    return 1.0 / float((share * share).sum())
""",
        "This is the inverse Simpson index 1 / sum p^2 and not exp of the entropy; they agree only for equal sizes.",
    ),
    (
        "default_reset",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    feats = features(self.encoder, pixels)
    x = pca_whiten(feats, self.pca_dim)
    before = self.pseudo_labels.cpu().clone()
    first_time = int(before.min()) < 0
    start = None
    if self.warm_start and not first_time:
        start = old_means(x, before, self.clusters)
    _, assigned = kmeans(x, self.clusters, generator=self.generators["clusters"], start=start)
    if not first_time:
        self.nmi.fill_(mutual_information(before, assigned))
    self.pseudo_labels.copy_(assigned)
    self.projector.reset_parameters()
    return list(self.projector.parameters())
""",
        "The classifier gets torch's default initialisation, uniform weights and biases from the global generator, instead of normal weights with deviation 0.01 and zero biases.",
    ),
    (
        "weighted_sampler_again",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    sizes = torch.bincount(pseudo_labels).double()
    weight = 1.0 / sizes[pseudo_labels]
    n = len(pseudo_labels)
    return torch.multinomial(weight, n, replacement=True, generator=generator)
""",
        "As in WeightedRandomSampler, images are drawn independently with weight 1 / size, so clusters are equal only on average and images of large clusters repeat.",
    ),
    (
        "random_images_for_empty",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    onehot = F.one_hot(pseudo_labels, K).to(h.dtype)
    n = onehot.sum(dim=0)
    means = torch.einsum("nk,nd->kd", onehot, h) / n.clamp(min=1).unsqueeze(1)
    empty = torch.where(n == 0)[0]
    if len(empty) > 0:
        means[empty] = h[torch.randperm(len(h))[: len(empty)]]
    return means
""",
        "Empty clusters get randomly drawn images, which moves torch's global generator and cannot be repeated, although nothing may be drawn.",
    ),
    (
        "pair_codes_collide",
        "mutual_information",
        """
def mutual_information(a, b):
    base = int(a.max()) + 1
    code = a * base + b
    h = [entropy(torch.bincount(x)) for x in (a, b, code)]
    if min(h[0], h[1]) == 0:
        return 0.0
    value = (h[0] + h[1] - h[2]) / (h[0] * h[1]) ** 0.5
    return max(0.0, min(1.0, value))
""",
        "Pairs are numbered with the number of clusters of a instead of b, so different pairs get the same number when b has more clusters than a.",
    ),
    (
        "init_from_global_random",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    gen = self.generators["clusters"]
    old = self.pseudo_labels.cpu().clone()
    has_old = bool(old[0] >= 0)
    white = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    kwargs = {"generator": gen}
    if self.warm_start and has_old:
        kwargs["start"] = old_means(white, old, self.clusters)
    _, new = kmeans(white, self.clusters, **kwargs)
    if has_old:
        self.nmi.fill_(mutual_information(old, new))
    self.pseudo_labels.copy_(new)
    nn.init.normal_(self.projector.weight, mean=0.0, std=0.01)
    nn.init.zeros_(self.projector.bias)
    return [p for p in self.projector.parameters()]
""",
        "The new weights come from torch's global generator and not from generators[\"clusters\"], so the clustering's generator does not determine them and a run cannot be repeated.",
    ),
    (
        "centres_the_caller_in_float64",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    h -= h.mean(0)
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE * variance[0]
    white = h @ directions[:, kept] / variance[kept].sqrt()
    return F.normalize(white, dim=1).float()
""",
        "double() copies float32 but returns a float64 tensor itself, so the in-place subtraction centres the caller's float64 representations, and whoever uses them afterwards (a probe, a second call, a chart) works with shifted numbers.",
    ),
    (
        "absolute_threshold",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double() - h.double().mean(0)
    variance, directions = torch.linalg.eigh(h.T @ h / len(h))
    variance, directions = variance.flip(0)[:dim], directions.flip(1)[:, :dim]
    kept = variance > LEAST_VARIANCE
    white = h @ directions[:, kept] / variance[kept].sqrt()
    return F.normalize(white, dim=1).float()
""",
        "The least variance is absolute instead of relative to the largest, so representations with a small scale (standard deviation below 0.001) lose good directions or all of them, shape (N, 0), and large ones (variance 1e8) keep directions of pure rounding noise, blown up to variance 1.",
    ),
    (
        "large_clusters_not_shuffled",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N, sizes = len(pseudo_labels), torch.bincount(pseudo_labels)
    order = pseudo_labels.argsort(stable=True)
    clusters = order.split(sizes[sizes > 0].tolist())
    each, drawn = N // len(clusters) + 1, []
    for members in clusters:
        if len(members) <= each:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members[:each])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "The images of a cluster are not in random order before the first N // C + 1 are taken, so of a large cluster always the same images with the lowest positions are drawn, in every epoch, and the others are never seen while the clusters stay.",
    ),
    (
        "a_fresh_generator_if_none_is_given",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    generator = generator or Generator()
    N, sizes = len(pseudo_labels), torch.bincount(pseudo_labels)
    order = torch.randperm(N, generator=generator)
    order = order[pseudo_labels[order].argsort(stable=True)]
    clusters = order.split(sizes[sizes > 0].tolist())
    each, drawn = N // len(clusters) + 1, []
    for members in clusters:
        if len(members) <= each:
            members = members[torch.randint(len(members), (each,), generator=generator)]
        drawn.append(members[:each])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "Without a generator it makes a new Generator(), which always starts from torch's default seed, instead of using the global one, so each call gives the same order, whatever torch.manual_seed was: every epoch repeats the first.",
    ),
    (
        "a_mean_of_zero_is_no_cluster",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    count = torch.bincount(pseudo_labels, minlength=K)[:, None]
    total = h.new_zeros(K, h.shape[1]).index_add_(0, pseudo_labels, h)
    means = total / count.clamp(min=1)
    empty = (means == 0).all(1, keepdim=True)
    return torch.where(empty, h[:K], means)
""",
        "A cluster counts as empty if its mean is zero, so a cluster whose images cancel out (two opposite rows, as with --pca-dim 1 where whitened rows are +1 and -1, or an image that whitening leaves at 0) starts from the row of image k instead of its own mean.",
    ),
    (
        "sorts_the_labels_of_the_caller",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    labels = pseudo_labels.cpu().numpy()
    labels.sort()
    steps = (labels[1:] != labels[:-1]).nonzero()[0] + 1
    ends = [0, *steps.tolist(), len(labels)]
    sizes = torch.tensor([b - a for a, b in zip(ends[:-1], ends[1:], strict=True)])
    return math.exp(entropy(sizes))
""",
        "On the CPU numpy() shares the tensor's memory and sort() works in place, so the caller's labels are sorted: the first call of `meters` in an epoch sorts the buffer pseudo_labels, and from then on almost every image is trained on the cluster of another one.",
    ),
    (
        "pairs_from_one_hot_matrices",
        "mutual_information",
        """
def mutual_information(a, b):
    of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    table = F.one_hot(a).double().T @ F.one_hot(b).double()  # how often each pair occurs
    of_both = entropy(table.flatten())
    if of_a == 0 or of_b == 0:
        return 0.0
    return min(max((of_a + of_b - of_both) / math.sqrt(of_a * of_b), 0.0), 1.0)
""",
        "The pairs are counted with two one-hot matrices of N times K numbers and a product of N K^2 steps instead of one number for each image, so 100,000 images in 10,000 clusters need 8 GB for each of four matrices and hours of computing: the run is killed for memory at its second clustering.",
    ),
    (
        "encoder_left_in_eval_mode",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    self.encoder.eval()  # frozen
    h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    generator, old = self.generators["clusters"], self.pseudo_labels.cpu()
    start = old_means(h, old, self.clusters) if self.warm_start and old[0] >= 0 else None
    _, new = kmeans(h, self.clusters, generator=generator, start=start)
    if old[0] >= 0:
        self.nmi.fill_(mutual_information(old, new))
    self.pseudo_labels.copy_(new)
    weight = 0.01 * torch.randn(self.projector.weight.shape, generator=generator)
    with torch.no_grad():
        self.projector.weight.copy_(weight)
        self.projector.bias.zero_()
    return list(self.projector.parameters())
""",
        "The encoder stays in eval mode after the clustering, and the loop called train() before start_epoch, so the whole epoch trains with the running statistics of the batch norms, which are never updated.",
    ),
    (
        "last_clusters_not_in_the_checkpoint",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    h = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    generator, old = self.generators["clusters"], getattr(self, "last", None)
    start = None
    if self.warm_start and old is not None:
        start = old_means(h, old, self.clusters)
    _, new = kmeans(h, self.clusters, generator=generator, start=start)
    if old is not None:
        self.nmi.fill_(mutual_information(old, new))
    self.last = new
    self.pseudo_labels.copy_(new)
    weight = 0.01 * torch.randn(self.projector.weight.shape, generator=generator)
    with torch.no_grad():
        self.projector.weight.copy_(weight)
        self.projector.bias.zero_()
    return list(self.projector.parameters())
""",
        "The last clusters are kept in a plain attribute and not read from the buffer pseudo_labels, so after a resume (state dict in a new method) the first clustering has no warm start and leaves nmi as it was: the resumed run differs from one that was never stopped.",
    ),
    (
        "targets_of_the_first_epoch",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    if not hasattr(self, "targets"):  # once, not in every step
        self.targets = self.pseudo_labels.to(z1.device, copy=True)
    clusters = self.targets[index.to(z1.device)]
    return F.cross_entropy(torch.cat([z1, z2]), clusters.repeat(2))
""",
        "The clusters are copied at the first step and never again, so from the second epoch on the network learns the clusters of the first epoch although start_epoch has found others and the meters compare with those.",
    ),
    (
        "pca_smallest_and_variance",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    cov = torch.einsum("ni,nj->ij", x, x) / x.shape[0]
    lam, vec = torch.linalg.eigh(cov)
    alive = lam > LEAST_VARIANCE * lam[-1]
    lam, vec = lam[alive][:dim], vec[:, alive][:, :dim]
    y = (x @ vec) / lam
    return F.normalize(y, dim=1).float()
""",
        "The directions of smallest instead of greatest variance are kept, and the projections are divided by the variance instead of the standard deviation.",
    ),
    (
        "uniform_counts_empty_and_no_shuffle",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = pseudo_labels.numel()
    K = int(pseudo_labels.max()) + 1
    quota = N // K + 1
    picked = []
    for c in range(K):
        own = torch.nonzero(pseudo_labels == c).flatten()
        if own.numel() == 0:
            continue
        if own.numel() <= quota:
            picked.append(own[torch.randint(own.numel(), (quota,), generator=generator)])
        else:
            picked.append(own[torch.randperm(own.numel(), generator=generator)[:quota]])
    return torch.cat(picked)[:N]
""",
        "N is divided by the number of clusters with the empty ones, so that too few images come out, and the images are not shuffled before the cut, so that they come cluster by cluster and the last cluster is cut.",
    ),
    (
        "nmi_pair_collision_and_mean",
        "mutual_information",
        """
def mutual_information(a, b):
    h_a = entropy(torch.bincount(a))
    h_b = entropy(torch.bincount(b))
    if h_a == 0 or h_b == 0:
        return 0.0
    pairs = torch.bincount(a * b.max() + b)
    shared = h_a + h_b - entropy(pairs)
    return float(min(1.0, max(0.0, shared / ((h_a + h_b) / 2))))
""",
        "The number of a pair is a * max(b) + b, so that (0, max) and (1, 0) collide, and the information is divided by the arithmetic instead of the geometric mean.",
    ),
    (
        "epoch_nmi_after_copy_and_std",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    g = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    previous = self.pseudo_labels
    seen = bool((previous >= 0).all())
    init = old_means(x, previous.cpu(), self.clusters) if self.warm_start and seen else None
    found = kmeans(x, self.clusters, generator=g, start=init)[1]
    self.pseudo_labels.copy_(found)
    if seen:
        self.nmi.fill_(mutual_information(previous.cpu(), found))
    layer = self.projector
    with torch.no_grad():
        layer.weight.copy_(torch.randn(layer.weight.shape, generator=g) * 0.1)
        layer.bias.zero_()
    return [layer.weight, layer.bias]
""",
        "previous is the buffer itself and is overwritten before the comparison, so nmi is always 1, and the weights have standard deviation 0.1 instead of 0.01.",
    ),
    (
        "pca_full_svd",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    centred = h.double()
    centred = centred - centred.mean(0)
    U, S, _ = torch.linalg.svd(centred)
    use = int((S.square() > LEAST_VARIANCE * S[0].square()).sum())
    use = min(use, dim)
    return F.normalize(U[:, :use], dim=1).float()
""",
        "torch.linalg.svd without full_matrices=False makes a U of shape (N, N) in float64, 20 GB for the 50,000 images of CIFAR-10, so that memory runs out at the size of a real training set.",
    ),
    (
        "uniform_always_with_replacement",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)
    names = pseudo_labels.unique()
    share = N // len(names) + 1
    bags = []
    for name in names.tolist():
        own = (pseudo_labels == name).nonzero()[:, 0]
        bags.append(own[torch.randint(len(own), (share,), generator=generator)])
    mixed = torch.cat(bags)
    return mixed[torch.randperm(len(mixed), generator=generator)][:N]
""",
        "Large clusters are drawn with replacement too: of a cluster that has more images than its share, some come several times and more than necessary are not seen in the epoch.",
    ),
    (
        "old_means_written_into_h",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    sums = torch.zeros(K, h.shape[1], dtype=h.dtype, device=h.device)
    sums.index_add_(0, pseudo_labels, h)
    sizes = torch.bincount(pseudo_labels, minlength=K)
    full = sizes > 0
    centres = h[:K]
    centres[full] = sums[full] / sizes[full].unsqueeze(1)
    return centres
""",
        "centres is a view of h, so the means overwrite the first K representations of the caller, and k-means then clusters K wrong rows (images that seem to lie exactly at the centroids).",
    ),
    (
        "effective_nan_with_empty",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    sizes = torch.bincount(pseudo_labels).double()
    p = sizes / sizes.sum()
    return math.exp(-(p * p.log()).sum().item())
""",
        "A cluster number below the largest that has no image gives 0 * log 0, and the result is NaN.",
    ),
    (
        "warm_start_waits_for_nmi",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    rng = self.generators["clusters"]
    white = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    last = self.pseudo_labels.detach().cpu().clone()
    begin = None
    if self.warm_start and float(self.nmi) >= 0:
        begin = old_means(white, last, self.clusters)
    now = kmeans(white, self.clusters, generator=rng, start=begin)[1]
    if int(last.min()) >= 0:
        self.nmi.fill_(mutual_information(last, now))
    self.pseudo_labels.copy_(now)
    fresh = torch.normal(0.0, 0.01, tuple(self.projector.weight.shape), generator=rng)
    with torch.no_grad():
        self.projector.weight.copy_(fresh)
        self.projector.bias.fill_(0)
    return [self.projector.weight, self.projector.bias]
""",
        "Whether there are old clusters is read from nmi, which is still -1 in the second epoch, so that with warm_start the second clustering starts from scratch although there are old clusters.",
    ),
    (
        "loss_log_of_softmax",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    want = self.pseudo_labels[index.to(self.pseudo_labels.device)].to(z1.device)
    total = 0
    for z in (z1, z2):
        p = torch.softmax(z, dim=1)
        total = total - p.gather(1, want[:, None]).log().mean()
    return total / 2
""",
        "The logarithm is taken after the softmax, so with logits that differ by more than about 104 the share underflows to 0 and the loss is infinite and its gradient NaN.",
    ),
    (
        "effective_inverse_simpson_2",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    counts = torch.bincount(pseudo_labels).double()
    shares = counts / counts.sum()
    return float(1 / shares.square().sum())
""",
        'This is the inverse Simpson index 1 / sum p^2, another "effective number" (right only for equal sizes). The docstring asks for exp of the entropy.',
    ),
    (
        "nmi_arithmetic_mean",
        "mutual_information",
        """
def mutual_information(a, b):
    width = int(b.max()) + 1
    of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    of_both = entropy(torch.bincount(a * width + b))
    if of_a == 0 or of_b == 0:
        return 0.0
    shared = of_a + of_b - of_both
    return min(1.0, max(0.0, shared / ((of_a + of_b) / 2)))
""",
        "Divides by the arithmetic mean of the entropies, which is scikit-learn's default. The formula here has the geometric mean, sqrt(H(a) H(b)).",
    ),
    (
        "loss_softmax_twice",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    target = self.pseudo_labels[index.to(self.pseudo_labels.device)].to(z1.device)
    first = F.cross_entropy(F.softmax(z1, dim=1), target)
    second = F.cross_entropy(F.softmax(z2, dim=1), target)
    return (first + second) / 2
""",
        "Applies softmax, and then cross_entropy applies log_softmax again. cross_entropy takes the logits themselves.",
    ),
    (
        "whiten_compares_deviations",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(0)
    _, singular, directions = torch.linalg.svd(x, full_matrices=False)
    alive = int((singular >= LEAST_VARIANCE * singular[0]).sum())
    count = min(dim, alive)
    deviation = singular[:count] / len(x) ** 0.5
    return F.normalize(x @ directions[:count].T / deviation, dim=1).float()
""",
        "Compares singular values, which are standard deviations, with LEAST_VARIANCE, so directions with 1e-12 of the largest variance are kept. The threshold is for variances: square the singular values.",
    ),
    (
        "uniform_ceil",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)
    clusters = [torch.nonzero(pseudo_labels == c).flatten() for c in pseudo_labels.unique()]
    each = math.ceil(N / len(clusters))
    drawn = []
    for images in clusters:
        if len(images) > each:
            pick = torch.randperm(len(images), generator=generator)[:each]
        else:
            pick = torch.randint(len(images), (each,), generator=generator)
        drawn.append(images[pick])
    pool = torch.cat(drawn)
    return pool[torch.randperm(len(pool), generator=generator)[:N]]
""",
        "Each cluster gives ceil(N / C) images. The docstring and the authors' code say N // C + 1, which is one more whenever C divides N; then every cluster appears exactly N / C times here, and varies in the right code.",
    ),
    (
        "epoch_compares_with_itself",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    generator = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    last = self.pseudo_labels
    again = bool(last[0] >= 0)
    extra = {}
    if again and self.warm_start:
        extra["start"] = old_means(x, last.to(x.device), self.clusters)
    _, clusters = kmeans(x, self.clusters, generator=generator, **extra)
    self.pseudo_labels.copy_(clusters)
    if again:
        self.nmi.fill_(mutual_information(last.cpu(), clusters.cpu()))
    weight, bias = self.projector.weight, self.projector.bias
    with torch.no_grad():
        weight.copy_(0.01 * torch.randn(weight.shape, generator=generator))
        bias.zero_()
    return [weight, bias]
""",
        "`last` is the buffer itself, not a copy, so after copy_ it holds the new clusters: from the second epoch on nmi is always 1. Clone the old clusters, or compare before they are overwritten.",
    ),
    (
        "eigenvectors_in_float32",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(0)
    covariance = x.T @ x / len(x)
    # the result is float32 anyway
    variances, directions = torch.linalg.eigh(covariance.float())
    variances, directions = variances.flip(0), directions.flip(1)
    kept = min(dim, int((variances >= LEAST_VARIANCE * variances[0]).sum()))
    variances, directions = variances[:kept].double(), directions[:, :kept].double()
    white = (x @ directions) / variances.sqrt()
    return F.normalize(white, dim=1).float()
""",
        "The covariance is rounded to float32 before eigh: directions whose variance is a few 1e-6 of the largest get variances wrong by several percent and mix with stronger ones, and tiny h underflows. Contradicts 'No digits of float64 are lost before the result'.",
    ),
    (
        "sums_in_half",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    where = pseudo_labels.to(h.device)
    total = h.new_zeros(K, h.shape[1]).index_add_(0, where, h)
    number = h.new_zeros(K).index_add_(0, where, h.new_ones(len(h)))
    means = total / number.clamp_min(1)[:, None]
    empty = (number == 0).nonzero().squeeze(1)
    means[empty] = h[empty]
    return means
""",
        "Sums and counts are accumulated in h's dtype: in bfloat16 a count stops at 256 (2,048 in float16, where sums may overflow), so means of large clusters are far off; small ones are right. Contradicts 'Means of the current representations ... with h's dtype'.",
    ),
    (
        "pairs_written_into_a",
        "mutual_information",
        """
def mutual_information(a, b):
    of_a = entropy(torch.bincount(a))
    of_b = entropy(torch.bincount(b))
    if of_a <= 0 or of_b <= 0:
        return 0.0
    pairs = a.long()
    pairs *= int(b.max()) + 1
    pairs += b
    of_both = entropy(pairs.unique(return_counts=True)[1])
    shared = (of_a + of_b - of_both) / math.sqrt(of_a * of_b)
    return min(1.0, max(0.0, shared))
""",
        "a.long() of an int64 tensor is the tensor itself, so *= and += overwrite the caller's a; clustering_facts passes pseudo_labels.cpu(), which on a CPU is the method's buffer, and its clusters are destroyed. a is 'cluster of each image', an input, and the result is only 'a Python float'.",
    ),
    (
        "first_epoch_by_attribute",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    generator = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    again = getattr(self, "_clustered", False)
    last = self.pseudo_labels.clone()
    start = None
    if again and self.warm_start:
        start = old_means(x, last.to(x.device), self.clusters)
    _, labels = kmeans(x, self.clusters, generator=generator, start=start)
    labels = labels.to(last)
    if again:
        self.nmi.fill_(mutual_information(last, labels))
    self.pseudo_labels.copy_(labels)
    self._clustered = True
    classifier = self.projector
    with torch.no_grad():
        drawn = torch.randn(classifier.weight.shape, generator=generator)
        classifier.weight.copy_(0.01 * drawn)
        classifier.bias.zero_()
    return [classifier.weight, classifier.bias]
""",
        "Whether there are old clusters is kept in a Python attribute that no checkpoint holds: after load_state_dict into a new object the first epoch has no warm start and leaves nmi stale. Contradicts 'from the second time on nmi' and 'a warm start continues from the last clusters, if there were any'.",
    ),
    (
        "small_clusters_in_rounds",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    clusters = pseudo_labels.unique()
    each = N // len(clusters) + 1
    drawn = []
    for cluster in clusters:
        images = (pseudo_labels == cluster).nonzero().squeeze(1)
        images = images[torch.randperm(len(images), generator=generator)]
        # a small cluster starts again from its first image
        rounds = -(-each // len(images))
        drawn.append(images.repeat(rounds)[:each])
    drawn = torch.cat(drawn)
    return drawn[torch.randperm(len(drawn), generator=generator)[:N]]
""",
        "A small cluster repeats its images in turn, so each comes equally often (up to one), against 'with replacement if it has no more than that'. Only draws show it: a cluster of 2 to each images never gives one of them more than ceil(each / size) times. Right for clusters of one image and for large ones.",
    ),
    (
        "means_at_unit_norm",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    sums = torch.zeros(K, h.shape[1], dtype=h.dtype, device=h.device).index_add_(0, pseudo_labels, h)
    empty = torch.bincount(pseudo_labels, minlength=K) == 0
    # the sum and the mean have the same direction, and rows have unit norm
    return torch.where(empty[:, None], h[:K], F.normalize(sums, dim=1))
""",
        "Spherical k-means: the centroids get unit norm, as the whitened rows have, against 'Means of the current representations'. Shows for every cluster of two or more different images (a mean of different unit vectors is shorter) and for any h without unit norm.",
    ),
    (
        "inverse_simpson_2",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    share = torch.bincount(pseudo_labels).double() / len(pseudo_labels)
    # the chance that two images share a cluster is 1 / K for K equal ones
    return float(1 / share.square().sum())
""",
        "The inverse Simpson index (order 2) instead of 'exp of the entropy of their sizes'. Also K for K equal clusters and near 1 for one large one; shows for unequal sizes: 4, 1, 1 give 2.0 instead of 2.38.",
    ),
    (
        "pairs_numbered_by_the_wrong_clustering",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    of_a, of_b = entropy(torch.bincount(a)), entropy(torch.bincount(b))
    if of_a == 0 or of_b == 0:
        return 0.0
    K = int(a.max()) + 1
    of_both = entropy(torch.bincount(a * K + b))
    return min(max((of_a + of_b - of_both) / math.sqrt(of_a * of_b), 0.0), 1.0)
""",
        "Numbers pairs a * K + b with a's number of clusters instead of b's, so pairs (0, K) and (1, 0) are one. Against 'H(a, b) is the entropy of the pairs'. Shows only if b has a larger label than a and such pairs both occur: a = 0 0 1 1, b = 0 2 0 2; then the value is too large and NMI(a, b) != NMI(b, a).",
    ),
    (
        "threshold_on_deviations",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(0)
    _, spread, directions = torch.linalg.svd(x, full_matrices=False)
    # singular values come in descending order
    kept = int((spread > LEAST_VARIANCE * spread[0]).sum())
    kept = min(kept, dim)
    x = x @ directions[:kept].T / spread[:kept]
    return F.normalize(x, dim=1).float()
""",
        "Compares singular values, which are standard deviations, with LEAST_VARIANCE, so directions with 1e-12 to 1e-6 of the largest variance stay. Against 'Directions whose variance is below LEAST_VARIANCE times the largest are left out'. Shows only with a direction whose deviation is between 1e-6 and 1e-3 of the largest, and dim not below its place; exactly constant directions are dropped as they should.",
    ),
    (
        "mean_of_the_probabilities",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    target = self.pseudo_labels[index.to(self.pseudo_labels.device)].to(z1.device)
    # the probability of a cluster is the mean over both views; stable for large logits
    both = torch.logaddexp(z1.log_softmax(1), z2.log_softmax(1)) - math.log(2)
    return F.nll_loss(both, target)
""",
        "The cross entropy of the mean prediction of both views, not 'Cross entropy of the clusters, the mean over both views'. It is enough if one view is right. Equal if both views have the same logits; otherwise smaller: one view certain and right, the other certain and wrong give ln 2, whatever the logits.",
    ),
    (
        "clusters_keep_their_names",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    K, generator = self.clusters, self.generators["clusters"]
    old = self.pseudo_labels.clone()
    first = bool(old[0] < 0)
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    start = None
    if self.warm_start and not first:
        start = old_means(x, old.to(x.device), K)
    _, new = kmeans(x, K, generator=generator, start=start)
    new = new.to(old.device)
    if not first:
        self.nmi.fill_(mutual_information(old, new))
        # give each new cluster the name of the old cluster with which it shares most images
        table = torch.bincount(old * K + new, minlength=K * K).view(K, K)
        names = [None] * K
        used = set()
        for pair in table.flatten().argsort(descending=True).tolist():
            before, now = divmod(pair, K)
            if names[now] is None and before not in used:
                names[now] = before
                used.add(before)
        new = torch.tensor(names, device=old.device)[new]
    self.pseudo_labels.copy_(new)
    weight, bias = self.projector.weight, self.projector.bias
    if first:
        with torch.no_grad():
            weight.copy_(0.01 * torch.randn(weight.shape, generator=generator))
            bias.zero_()
    # names are kept, so the classifier that has learned them goes on
    return [weight, bias]
""",
        "Matches the new clusters with the old ones, keeps the names, and keeps the trained classifier from the second epoch on. Against 'Cluster ..., and start a new classifier', 'the same tensors, with new numbers in them' and 'cluster numbers mean nothing in the next epoch, so draw a new classifier'. Shows in the second call; the first call, nmi and the partition are right.",
    ),
    (
        "divides_by_the_variance",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    centred = h - h.mean(dim=0)
    covariance = centred.T @ centred / len(h)
    eigenvalues, eigenvectors = torch.linalg.eigh(covariance)
    eigenvalues, eigenvectors = eigenvalues.flip(0), eigenvectors.flip(1)
    used = (eigenvalues >= LEAST_VARIANCE * eigenvalues[0])[:dim]
    eigenvalues, eigenvectors = eigenvalues[:dim][used], eigenvectors[:, :dim][:, used]
    white = centred @ eigenvectors / eigenvalues
    return F.normalize(white, dim=1).float()
""",
        "divides by the eigenvalue (the variance) instead of its root (the standard deviation), so weak directions dominate; breaks 'whitened' and the page's 'scale each to variance 1'",
    ),
    (
        "inverse_simpson_11",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    sizes = torch.bincount(pseudo_labels)
    shares = sizes / sizes.sum()
    return (1 / (shares**2).sum()).item()
""",
        "1 / sum p^2 instead of exp of the entropy: also K for K equal clusters and 1 for a single one, but 2.0 instead of 2.38 in the page's example; breaks 'exp of the entropy of their sizes'",
    ),
    (
        "classifier_from_the_global_generator",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    old = self.pseudo_labels.cpu()
    seen = bool((old >= 0).all())
    start = old_means(x, old, self.clusters) if self.warm_start and seen else None
    _, labels = kmeans(x, self.clusters, generator=generator, start=start)
    if seen:
        self.nmi.fill_(mutual_information(old, labels))
    self.pseudo_labels = labels.to(self.pseudo_labels.device)
    nn.init.normal_(self.projector.weight, std=0.01)
    nn.init.zeros_(self.projector.bias)
    return [self.projector.weight, self.projector.bias]
""",
        "nn.init.normal_ draws the classifier from torch's global generator; breaks 'All random numbers come from self.generators' of clusters (step 14)",
    ),
    (
        "averages_the_logits",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    targets = self.pseudo_labels[index.to(self.pseudo_labels.device)].to(z1.device)
    logits = (z1 + z2) / 2
    return F.cross_entropy(logits, targets)
""",
        "cross entropy of the averaged logits instead of the average of both cross entropies; always lower unless the views agree. Breaks 'averaged over both views' and 'both views must be classified'",
    ),
    (
        "replacement_only_if_too_small",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    groups = [(pseudo_labels == c).nonzero().flatten() for c in pseudo_labels.unique()]
    each = N // len(groups) + 1
    chosen = []
    for members in groups:
        if len(members) < each:  # too few: some must repeat
            pick = torch.randint(len(members), (each,), generator=generator)
        else:
            pick = torch.randperm(len(members), generator=generator)[:each]
        chosen.append(members[pick])
    everything = torch.cat(chosen)
    return everything[torch.randperm(len(everything), generator=generator)][:N]
""",
        "a cluster with exactly N // C + 1 images is drawn without replacement; the docstring says 'with replacement if it has no more images than that'. Differs only if a cluster has exactly that size",
    ),
    (
        "pair_numbers_collide",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    H_a, H_b = entropy(a.bincount()), entropy(b.bincount())
    if H_a == 0 or H_b == 0:
        return 0.0
    K = int(max(a.max(), b.max()))
    H_ab = entropy((a * K + b).bincount())
    shared = H_a + H_b - H_ab
    return min(1.0, max(0.0, shared / math.sqrt(H_a * H_b)))
""",
        "K is the largest label, not the number of labels: the pairs (i, K) and (i + 1, 0) get the same number, so H(a, b) is too small and the result too high. Breaks 'H(a, b) is the entropy of the pairs' and 0 for independent clusterings; right if b has fewer clusters than a, and for clusterings that are equal up to names",
    ),
    (
        "pca_weakest_first",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    cov = torch.cov(x.T, correction=0).reshape(x.shape[1], x.shape[1])
    eigenvalues, eigenvectors = torch.linalg.eigh(cov)
    good = eigenvalues >= LEAST_VARIANCE * eigenvalues.max()
    eigenvalues = eigenvalues[good][:dim]
    eigenvectors = eigenvectors[:, good][:, :dim]
    whitened = (x @ eigenvectors) / torch.sqrt(eigenvalues)
    return F.normalize(whitened, dim=1).float()
""",
        "NumPy user (used to SVD, largest first): eigh is ascending, so the first dim directions are the weakest of those that are kept; the page says principal directions, the comment greatest variance; right only if dim leaves none out",
    ),
    (
        "uniform_cut_then_shuffle",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)
    names = torch.unique(pseudo_labels).tolist()
    per_cluster = N // len(names) + 1
    epoch = []
    for name in names:
        members = torch.where(pseudo_labels == name)[0]
        if len(members) > per_cluster:
            pick = torch.randperm(len(members), generator=generator)[:per_cluster]
        else:
            pick = torch.randint(len(members), (per_cluster,), generator=generator)
        epoch.extend(members[pick].tolist())
    epoch = torch.tensor(epoch[:N])  # N images, no more
    return epoch[torch.randperm(N, generator=generator)]
""",
        "beginner with lists: cuts to N before the shuffle, so that all surplus images are taken from the last clusters; breaks 'every cluster appears equally often' and 'all are shuffled, and N are kept' (page: six images, 3+3+0 instead of two each on average)",
    ),
    (
        "old_means_one_image_for_all",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    centroids = torch.zeros(K, h.shape[1], dtype=h.dtype, device=h.device)
    for k in range(K):
        members = h[pseudo_labels == k]
        if members.shape[0] > 0:
            centroids[k] = members.mean(dim=0)
        else:
            centroids[k] = h[0]
    return centroids
""",
        "beginner: every empty cluster starts from image 0, so two empty clusters have equal centroids; breaks 'a different image for each'",
    ),
    (
        "loss_interleaved_labels",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    logits = torch.cat((z1, z2), dim=0)
    # each image has two views, so each label is needed twice
    where = index.to(self.pseudo_labels.device)
    target = self.pseudo_labels[where].repeat_interleave(2).to(logits.device)
    return F.cross_entropy(logits, target)
""",
        "engineer: labels come as a a b b while the logits come as a b a b; views are classified as the clusters of other images",
    ),
    (
        "nmi_numbers_collide",
        "mutual_information",
        """
def mutual_information(a, b):
    h_a = entropy(torch.bincount(a))
    h_b = entropy(torch.bincount(b))
    if h_a == 0 or h_b == 0:
        return 0.0
    clusters = int(a.max()) + 1
    pair = clusters * a + b  # a number of its own for each pair
    h_ab = entropy(torch.bincount(pair))
    shared = h_a + h_b - h_ab
    return min(1.0, max(0.0, shared / math.sqrt(h_a * h_b)))
""",
        "the pair number uses the number of clusters of a instead of that of b: (0, n) and (1, 0) get the same number as soon as b has more clusters than a; right for equally many; then not symmetric and too high",
    ),
    (
        "start_epoch_alias",
        "DeepCluster.start_epoch",
        """
@torch.no_grad()
def start_epoch(self, pixels):
    g = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)

    previous = self.pseudo_labels.cpu()  # keep them before they are overwritten
    again = bool((previous >= 0).all())
    start = None
    if self.warm_start and again:
        start = old_means(x, previous.to(x.device), self.clusters)
    _, labels = kmeans(x, self.clusters, generator=g, start=start)

    self.pseudo_labels.copy_(labels)
    if again:
        self.nmi.fill_(mutual_information(previous, self.pseudo_labels.cpu()))

    classifier = self.projector
    classifier.weight.copy_(0.01 * torch.randn(classifier.weight.shape, generator=g))
    classifier.bias.zero_()
    return [classifier.weight, classifier.bias]
""",
        "cpu() copies nothing on the CPU, so 'previous' is the buffer that copy_ overwrites: nmi compares the new clusters with themselves and is always 1 (on a GPU it would be right); breaks 'nmi: their mutual information with the previous ones'",
    ),
    (
        "uniform_counts_the_gaps",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    sizes = torch.bincount(pseudo_labels)
    each = N // len(sizes) + 1
    picked = []
    for k, size in enumerate(sizes.tolist()):
        if size == 0:
            continue
        members = torch.where(pseudo_labels == k)[0]
        if size > each:
            sel = torch.randperm(size, generator=generator)[:each]
        else:
            sel = torch.randint(size, (each,), generator=generator)
        picked.append(members[sel])
    picked = torch.cat(picked)
    return picked[torch.randperm(len(picked), generator=generator)][:N]
""",
        "hurried engineer: divides N by the highest label + 1, so empty clusters in between count. Each cluster gives too few and the result can be shorter than N. Docstring: C clusters that are NOT EMPTY give N // C + 1 each; shape (N,)",
    ),
    (
        "old_means_zero_for_empty",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    N, d = h.shape
    sums = torch.zeros(K, d, dtype=h.dtype, device=h.device)
    counts = torch.zeros(K, dtype=h.dtype, device=h.device)
    for i in range(N):
        c = int(pseudo_labels[i])
        sums[c] += h[i]
        counts[c] += 1
    counts[counts == 0] = 1  # do not divide by zero
    return sums / counts[:, None]
""",
        "beginner: an empty cluster stays at the origin, and all empty ones are equal. Docstring: it gets the row of an image, a different image for each",
    ),
    (
        "effective_nan_for_empty",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    counts = torch.bincount(pseudo_labels).double()
    p = counts / counts.sum()
    S = -(p * torch.log(p)).sum()
    return torch.exp(S).item()
""",
        "physicist: 0 * log 0 is NaN, so a single empty cluster below the highest label makes the result NaN. Docstring: a float from 1 to the number of clusters that are not empty",
    ),
    (
        "mutual_information_colliding_pairs",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    Ha = entropy(torch.bincount(a))
    Hb = entropy(torch.bincount(b))
    if Ha == 0 or Hb == 0:
        return 0.0
    # one number for each pair (a, b)
    n_b = len(torch.unique(b))
    Hab = entropy(torch.bincount(a * n_b + b))
    nmi = (Ha + Hb - Hab) / (Ha * Hb) ** 0.5
    return max(0.0, min(1.0, nmi))
""",
        "student with an assistant: the number of DIFFERENT values of b is too small a base if b has an empty cluster below its highest label: then different pairs get the same number. Page: give each pair of clusters its own number; docstring: H(a, b) is the entropy of the pairs",
    ),
    (
        "pca_threshold_on_singular_values_13",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    # x = U diag(s) V^T: the rows of Vh are the principal directions, largest first
    _, s, Vh = torch.linalg.svd(x, full_matrices=False)
    r = int((s >= LEAST_VARIANCE * s[0]).sum())
    r = min(r, dim)
    std = s[:r] / math.sqrt(len(x))
    white = (x @ Vh[:r].T) / std
    return F.normalize(white, dim=1).float()
""",
        "NumPy user: compares singular values, which are proportional to standard deviations, with the threshold for variances. Directions with a variance of 1e-12 to 1e-6 of the largest stay and are blown up. Docstring: directions whose VARIANCE is below LEAST_VARIANCE times the largest are left out",
    ),
    (
        "start_epoch_warm_only_after_nmi",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    rng = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    previous = self.pseudo_labels.cpu().clone()
    start = None
    if self.warm_start and self.nmi >= 0:
        start = old_means(x, previous, self.clusters)
    _, labels = kmeans(x, self.clusters, generator=rng, start=start)
    if (previous >= 0).all():
        self.nmi.fill_(mutual_information(previous, labels))
    self.pseudo_labels.copy_(labels)
    with torch.no_grad():
        weight, bias = self.projector.weight, self.projector.bias
        weight.copy_(torch.randn(weight.shape, generator=rng) * 0.01)
        bias.zero_()
    return [weight, bias]
""",
        "asks nmi whether there are old clusters, but nmi is -1 until there are TWO clusterings: the second epoch starts cold. Page: if warm_start is set and there are old clusters, start k-means from their means (option: from the previous epoch's clusters)",
    ),
    (
        "cut_before_the_shuffle_14",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)
    clusters = sorted(set(pseudo_labels.tolist()))
    per_cluster = N // len(clusters) + 1
    chosen = []
    for c in clusters:
        members = torch.nonzero(pseudo_labels == c).flatten()
        if len(members) > per_cluster:
            picks = torch.randperm(len(members), generator=generator)[:per_cluster]
        else:
            picks = torch.randint(0, len(members), (per_cluster,), generator=generator)
        chosen.append(members[picks])
    chosen = torch.cat(chosen)[:N]  # one epoch has N images
    return chosen[torch.randperm(N, generator=generator)]
""",
        "cuts to N before the shuffle, so all surplus images are taken from the last clusters, which appear less often or never (docstring: all of them are shuffled, and N are kept; every cluster equally often)",
    ),
    (
        "nan_for_empty_clusters",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    sizes = torch.bincount(pseudo_labels)
    p = sizes / len(pseudo_labels)
    S = -torch.sum(p * torch.log(p))
    return torch.exp(S).item()
""",
        "0 * log 0 is NaN as soon as a cluster below the largest number is empty (docstring: from 1 to the number of clusters that are not empty; an empty cluster adds 0)",
    ),
    (
        "arithmetic_mean_14",
        "mutual_information",
        """
def mutual_information(a, b):
    import numpy as np

    a, b = a.cpu().numpy(), b.cpu().numpy()
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    joint = table / table.sum()
    pa = joint.sum(axis=1)
    pb = joint.sum(axis=0)
    i, j = np.nonzero(joint)
    mi = np.sum(joint[i, j] * np.log(joint[i, j] / (pa[i] * pb[j])))
    ha = -np.sum(pa[pa > 0] * np.log(pa[pa > 0]))
    hb = -np.sum(pb[pb > 0] * np.log(pb[pb > 0]))
    if ha == 0 or hb == 0:
        return 0.0
    return float(np.clip(mi / ((ha + hb) / 2), 0, 1))
""",
        "divides by the arithmetic mean of the entropies (the default of scikit-learn) instead of the geometric one: the page's example gives 0.846 instead of 0.857 (docstring: I / sqrt(H(a) H(b)))",
    ),
    (
        "repeat_interleave",
        "DeepCluster.loss",
        """
def loss(self, z1, z2, index):
    labels = self.pseudo_labels[index.to(self.pseudo_labels.device)].to(z1.device)
    logits = torch.cat((z1, z2), dim=0)
    targets = labels.repeat_interleave(2)  # two views of every image
    return F.cross_entropy(logits, targets)
""",
        "the logits come as all first views, then all second ones, but the targets as image 0 twice, image 1 twice, ...: most views get another image's cluster (equation: CE(z_vb, y_b); row b of z1, z2)",
    ),
    (
        "threshold_on_the_spread",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not torch.isfinite(h).all():
        raise ValueError("a representation is infinite or not a number")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(dim=0, keepdim=True)
    # x = U S V^T: the rows of V^T are the principal directions, largest first
    _, S, Vt = torch.linalg.svd(x, full_matrices=False)
    keep = S >= LEAST_VARIANCE * S[0]
    S, Vt = S[keep][:dim], Vt[keep][:dim]
    white = (x @ Vt.T) / S * len(x) ** 0.5
    return F.normalize(white, dim=1).float()
""",
        "compares singular values, which are standard deviations, with a threshold for variances: directions with a variance between 1e-12 and 1e-6 of the largest are kept and blown up to variance 1 (docstring: directions whose variance is below LEAST_VARIANCE times the largest are left out)",
    ),
    (
        "old_labels_are_the_buffer",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels):
    rng = self.generators["clusters"]
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)

    previous = self.pseudo_labels  # keep them, the new ones overwrite the buffer below
    clustered_before = bool((previous >= 0).all())
    start = None
    if self.warm_start and clustered_before:
        start = old_means(x, previous.cpu(), self.clusters)
    centroids, labels = kmeans(x, self.clusters, generator=rng, start=start)

    self.pseudo_labels.copy_(labels)
    if clustered_before:
        self.nmi.fill_(mutual_information(previous.cpu(), labels.cpu()))

    with torch.no_grad():
        weight = torch.empty(self.projector.weight.shape).normal_(std=0.01, generator=rng)
        self.projector.weight.copy_(weight)
        self.projector.bias.zero_()
    return [self.projector.weight, self.projector.bias]
""",
        "`previous` is the buffer itself and not a copy; copy_ overwrites it, so the new clusters are compared with themselves and nmi is always 1 (docstring: mutual information with the previous ones; page: compare before you overwrite)",
    ),
    (
        "participation_ratio",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    p = torch.bincount(pseudo_labels).double()
    p = p / p.sum()
    # participation ratio: K for K equal shares, 1 for a single one
    return float(1.0 / torch.dot(p, p))
""",
        "physicist: the inverse of the sum of squares instead of exp of the entropy; right for equal clusters and for a single one, 2.0 instead of the page's 2.38 for 4, 1 and 1; breaks 'exp of the entropy of their sizes'",
    ),
    (
        "number_of_a_pair",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    K = int(a.max()) + 1
    h_a = entropy(torch.bincount(a, minlength=K))
    h_b = entropy(torch.bincount(b, minlength=K))
    if h_a == 0 or h_b == 0:
        return 0.0
    pairs = a * K + b  # like row * width + column
    h_ab = entropy(torch.bincount(pairs))
    nmi = (h_a + h_b - h_ab) / math.sqrt(h_a * h_b)
    return min(1.0, max(0.0, nmi))
""",
        "hurried engineer: the width of the table is the number of clusters of a, not of b; if b has more, different pairs get the same number ((0, K) and (1, 0)); breaks 'H(a, b) is the entropy of the pairs', and symmetry",
    ),
    (
        "empty_clusters_count_15",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    n = pseudo_labels.numel()
    n_clusters = pseudo_labels.max().item() + 1
    per_cluster = n // n_clusters + 1
    picked = []
    for c in range(n_clusters):
        members = torch.where(pseudo_labels == c)[0]
        if len(members) == 0:
            continue  # nothing to take here
        if len(members) > per_cluster:
            choice = torch.randperm(len(members), generator=generator)[:per_cluster]
        else:
            choice = torch.randint(len(members), (per_cluster,), generator=generator)
        picked.append(members[choice])
    picked = torch.cat(picked)
    picked = picked[torch.randperm(len(picked), generator=generator)]
    return picked[:n]
""",
        "beginner: divides N by the highest cluster number + 1, so empty clusters in between count; each cluster gives too few images; breaks 'each of the C clusters that are not empty gives N // C + 1 images' and, with many empty ones, shape (N,)",
    ),
    (
        "log_of_softmax_plus_a_little",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    targets = self.pseudo_labels[index.to(self.pseudo_labels.device)].to(z1.device)
    rows = torch.arange(len(targets), device=z1.device)
    total = 0
    for z in [z1, z2]:
        prob = torch.softmax(z, dim=1)
        # add a small number, so that log(0) cannot happen
        total = total - torch.log(prob[rows, targets] + 1e-8).mean()
    return total / 2
""",
        "student with a chat assistant: log(softmax + 1e-8) never exceeds 18.4 and has no gradient there; breaks the cross entropy of the docstring for large logits (page step 17: logits of hundreds)",
    ),
    (
        "threshold_on_the_deviation",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    h = h.double()
    x = h - h.mean(dim=0)
    variance, directions = torch.linalg.eigh(x.T @ x / len(x))
    sigma = variance.clamp(min=0).sqrt().flip(0)  # largest first
    directions = directions.flip(1)
    enough = sigma > LEAST_VARIANCE * sigma[0]
    sigma, directions = sigma[enough][:dim], directions[:, enough][:, :dim]
    y = (x @ directions) / sigma
    return F.normalize(y, dim=1).float()
""",
        "understands nearly all of it, but compares standard deviations with a threshold for variances: directions with a relative variance between 1e-12 and 1e-6 are kept and blown up to variance 1; breaks 'directions whose variance is below LEAST_VARIANCE times the largest are left out'",
    ),
    (
        "old_labels_are_the_new_ones",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    rng = self.generators["clusters"]
    previous = self.pseudo_labels  # keep the old ones for the comparison
    again = bool((previous >= 0).all())

    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    start = None
    if again and self.warm_start:
        start = old_means(x, previous.to(x.device), self.clusters)
    _, labels = kmeans(x, self.clusters, generator=rng, start=start)

    self.pseudo_labels.copy_(labels)
    if again:
        self.nmi.fill_(mutual_information(previous.cpu(), labels.cpu()))

    layer = self.projector
    with torch.no_grad():
        layer.weight.copy_(0.01 * torch.randn(layer.weight.shape, generator=rng))
        layer.bias.zero_()
    return [layer.weight, layer.bias]
""",
        "keeps the old labels before overwriting, but only a second name for the same tensor: copy_ changes both, and nmi is always 1; breaks 'nmi: their mutual information with the previous ones'",
    ),
]
