# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 12's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "pca_svd",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.to(torch.float64)
    x = x - x.mean(dim=0, keepdim=True)
    _, s, Vh = torch.linalg.svd(x, full_matrices=False)
    keep = [i for i, v in enumerate((s * s).tolist()) if v >= LEAST_VARIANCE * float(s[0]) ** 2][:dim]
    white = (x @ Vh[keep].mT) / s[keep]  # up to sqrt(N), which the last line takes away
    length = white.norm(dim=1, keepdim=True)
    return torch.where(length > 1e-12, white / length.clamp(min=1e-12), 0.0).to(torch.float32)
""",
        "a singular value decomposition; no covariance, no sqrt(N), own normalisation",
    ),
    (
        "pca_gram",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double().sub(h.double().mean(0))
    N, D = x.shape
    if N < D:  # the smaller of the two symmetric matrices has the same eigenvalues
        variance, U = torch.linalg.eigh(x @ x.T / N)
    else:
        variance, U = torch.linalg.eigh(torch.cov(x.T, correction=0).reshape(D, D))
    descending = variance.argsort(descending=True)
    descending = descending[variance[descending] > LEAST_VARIANCE * variance.max()][:dim]
    directions = U[:, descending]
    if N < D:
        directions = F.normalize(x.T @ directions, dim=0)
    return F.normalize(x @ directions * variance[descending].rsqrt(), dim=1).float()
""",
        "eigenvectors of the (N, N) matrix of products if there are fewer images than dimensions",
    ),
    (
        "pca_numpy",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    import numpy as np

    x = h.detach().cpu().numpy().astype(np.float64)
    x = x - x.mean(axis=0)
    _, V = np.linalg.eigh(x.T.dot(x))
    columns = []
    for v in V.T[::-1]:  # from the greatest variance to the smallest
        along = x @ v
        spread = np.sqrt(np.mean(along**2))
        if columns and spread**2 <= LEAST_VARIANCE * greatest:
            break
        if not columns:
            greatest = spread**2
        columns.append(along / spread)
        if len(columns) == dim:
            break
    white = np.stack(columns, axis=1)
    white /= np.maximum(np.sqrt((white**2).sum(axis=1, keepdims=True)), 1e-12)
    return torch.from_numpy(white.astype(np.float32)).to(h.device)
""",
        "numpy, direction by direction, with the variance measured after the projection",
    ),
    (
        "uniform_python",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    import random

    rng = random.Random(int(torch.randint(2**62, (1,), generator=generator)))
    members = {}
    for image, c in enumerate(pseudo_labels.tolist()):
        members.setdefault(c, []).append(image)
    each = len(pseudo_labels) // len(members) + 1
    drawn = []
    for images in members.values():
        drawn += rng.sample(images, each) if len(images) > each else rng.choices(images, k=each)
    return torch.tensor(rng.sample(drawn, len(pseudo_labels)))
""",
        "lists, random.sample and random.choices, seeded by one draw from the generator",
    ),
    (
        "uniform_multinomial",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = pseudo_labels.numel()
    clusters, counts = pseudo_labels.unique(return_counts=True)
    each = N // clusters.numel() + 1
    drawn = []
    for c, n in zip(clusters, counts, strict=True):
        weight = (pseudo_labels == c).double()
        drawn.append(torch.multinomial(weight, each, bool(n <= each), generator=generator))
    pool = torch.stack(drawn).flatten()
    return pool[torch.rand(len(pool), generator=generator, dtype=torch.float64).topk(N).indices]
""",
        "one multinomial over all images for each cluster, and the N highest random numbers stay",
    ),
    (
        "uniform_slots",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    _, which, sizes = pseudo_labels.unique(return_inverse=True, return_counts=True)
    C = len(sizes)
    each = N // C + 1
    order = (which + torch.rand(N, generator=generator, dtype=torch.float64) / 2).argsort()
    first = (sizes.cumsum(0) - sizes)[:, None]
    with_replacement = torch.rand(C, each, generator=generator, dtype=torch.float64) * sizes[:, None]
    inside = torch.where(sizes[:, None] > each, torch.arange(each), with_replacement.long())
    table = order[first + inside]  # (C, each)
    slots = torch.randperm(C * each, generator=generator)[:N]
    return table[slots // each, slots % each]
""",
        "a table of slots for all clusters at once, without a loop",
    ),
    (
        "means_scatter",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    where = pseudo_labels[:, None].expand_as(h)
    return h[:K].clone().scatter_reduce(0, where, h, reduce="mean", include_self=False)
""",
        "scatter_reduce over a copy of the first K images, so that empty clusters keep theirs",
    ),
    (
        "means_one_hot",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    member = F.one_hot(pseudo_labels, K).double()  # (N, K)
    count = member.sum(0)
    means = torch.einsum("nk,nd->kd", member, h.double()) / count.clamp(min=1)[:, None]
    empty = (count == 0).nonzero().flatten()
    means[empty] = h.flip(0)[: len(empty)].double()
    return means.to(h.dtype)
""",
        "a matrix product with the one-hot clusters in float64; empty clusters take the last images, not image k",
    ),
    (
        "means_loop",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    spare = iter(h)
    rows = []
    for k in range(K):
        mine = h[pseudo_labels == k]
        rows.append(mine.mean(dim=0) if len(mine) else next(spare).clone())
    return torch.stack(rows)
""",
        "a loop over clusters; the j-th empty one gets image j",
    ),
    (
        "effective_counter",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    from collections import Counter

    N = len(pseudo_labels)
    counts = Counter(pseudo_labels.tolist()).values()
    # exp(-sum p ln p) = N / prod n^(n / N)
    perplexity = math.exp(math.log(N) - math.fsum(n * math.log(n) for n in counts) / N)
    return min(max(perplexity, 1.0), float(len(counts)))
""",
        "ln N minus the mean logarithm of the sizes, from a Counter, clamped to its range",
    ),
    (
        "effective_categorical",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels: Tensor) -> float:
    counts = pseudo_labels.unique(return_counts=True)[1].double()
    return torch.distributions.Categorical(probs=counts).perplexity().item()
""",
        "the perplexity of a torch distribution",
    ),
    (
        "nmi_counter",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    from collections import Counter

    N = len(a)
    a, b = a.tolist(), b.tolist()
    in_a, in_b, both = Counter(a), Counter(b), Counter(zip(a, b, strict=True))
    if len(in_a) == 1 or len(in_b) == 1:
        return 0.0
    shared = sum(n / N * math.log(n * N / (in_a[i] * in_b[j])) for (i, j), n in both.items())

    def H(counts):
        return -sum(n / N * math.log(n / N) for n in counts.values())

    return float(max(0, min(1, shared / (H(in_a) * H(in_b)) ** 0.5)))
""",
        "Counters, and the information as a mean log ratio instead of three entropies",
    ),
    (
        "nmi_conditional",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    _, a = a.unique(return_inverse=True)
    _, b = b.unique(return_inverse=True)
    p = torch.zeros(int(a.max()) + 1, int(b.max()) + 1, dtype=torch.float64, device=a.device)
    p.index_put_((a, b), torch.ones(len(a), dtype=torch.float64, device=a.device), accumulate=True)
    p /= p.sum()
    if 1 in p.shape:
        return 0.0
    pa, pb = p.sum(1), p.sum(0)
    left = torch.xlogy(p, p / pa[:, None]).sum().neg()  # H(b | a)
    Ha, Hb = torch.xlogy(pa, pa).sum().neg(), torch.xlogy(pb, pb).sum().neg()
    return ((Hb - left) / (Ha.sqrt() * Hb.sqrt())).clamp(0, 1).item()
""",
        "a contingency table and the conditional entropy",
    ),
    (
        "epoch_weights_first",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    white = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    weight, bias = self.projector.weight, self.projector.bias
    fresh = torch.normal(0.0, 0.01, tuple(weight.shape), generator=generator)
    before = None if int(self.pseudo_labels.min()) < 0 else self.pseudo_labels.clone().cpu()
    options = {}
    if self.warm_start and before is not None:
        options["start"] = old_means(white, before, self.clusters)
    labels = kmeans(white, self.clusters, generator=generator, **options)[1]
    if before is not None:
        self.nmi = self.nmi.new_tensor(mutual_information(labels, before))
    self.pseudo_labels = labels.to(self.pseudo_labels)
    weight.data.copy_(fresh)
    bias.data.fill_(0)
    return [bias, weight]
""",
        "draws the classifier before the clustering, and new tensors take the buffers' places",
    ),
    (
        "epoch_by_name",
        "DeepCluster.start_epoch",
        """
@torch.no_grad()
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    last = self.pseudo_labels.detach().cpu().clone()
    again = bool((last >= 0).all())
    x = pca_whiten(h=features(self.encoder, pixels), dim=self.pca_dim)
    start = None
    if again and self.warm_start:
        start = old_means(x, last, self.clusters)
    now = kmeans(x, self.clusters, start=start, generator=self.generators["clusters"])[1]
    self.pseudo_labels[:] = now.to(self.pseudo_labels.device)
    if again:
        self.nmi.copy_(torch.tensor(mutual_information(now, last)))
    drawn = []
    for name, parameter in self.projector.named_parameters():
        numbers = torch.zeros(parameter.shape, dtype=torch.float64)
        if name == "weight":
            numbers.normal_(mean=0, std=0.01, generator=self.generators["clusters"])
        parameter.copy_(numbers)
        drawn.append(parameter)
    return drawn
""",
        "a loop over named parameters, normal_ in float64, and the agreement measured after the overwriting, from a copy",
    ),
    (
        "loss_mean_of_two",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    target = self.pseudo_labels.to(index.device).index_select(0, index).to(z1.device)
    criterion = nn.CrossEntropyLoss()
    return (criterion(z1, target) + criterion(z2, target)) / 2
""",
        "the mean of two cross entropies, as a module",
    ),
    (
        "loss_logsumexp",
        "DeepCluster.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    y = self.pseudo_labels.cpu()[index.cpu()].to(z1.device)
    z = torch.stack([z1, z2], dim=1)  # (B, 2, K)
    right = z.gather(2, y[:, None, None].expand(-1, 2, 1)).squeeze(2)
    return (z.logsumexp(dim=2) - right).mean()
""",
        "logsumexp minus the logit of the cluster, both views stacked",
    ),
    (
        "pca_smallest_first",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.double()
    x = x - x.mean(0)
    variance, V = torch.linalg.eigh(x.T @ x / len(x))
    kept = (variance > LEAST_VARIANCE * variance[-1]).nonzero().flatten()[-dim:]
    return F.normalize(x @ (V[:, kept] / variance[kept].sqrt()), dim=1).float()
""",
        "the kept directions stay in eigh's rising order, as the docstring names no order (an extra: an open question)",
    ),
    (
        "pca_thin_svd",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.to(torch.float64)
    x = x - x.mean(dim=0)
    _, s, vt = torch.linalg.svd(x, full_matrices=False)
    spread = s * s / x.shape[0]
    r = min(dim, int((spread > LEAST_VARIANCE * spread[0]).sum()))
    y = torch.einsum("nd,rd->nr", x, vt[:r]) / spread[:r].sqrt()
    norm = y.norm(dim=1, keepdim=True)
    return torch.where(norm > 1e-12, y / norm.clamp_min(1e-12), y / 1e-12).to(torch.float32)
""",
        "A thin singular value decomposition of the centred data instead of the eigenvectors of its covariance.",
    ),
    (
        "uniform_loop_of_index_arrays",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    total = pseudo_labels.shape[0]
    used = torch.unique(pseudo_labels).tolist()
    quota = total // len(used) + 1
    pool = torch.empty(quota * len(used), dtype=torch.int64)
    for at, c in enumerate(used):
        (own,) = torch.where(pseudo_labels == c)
        if own.numel() > quota:
            choice = torch.randperm(own.numel(), generator=generator)[:quota]
        else:
            choice = torch.randint(0, own.numel(), (quota,), generator=generator)
        pool[at * quota : (at + 1) * quota] = own[choice]
    keep = torch.randperm(pool.numel(), generator=generator)[:total]
    return pool[keep]
""",
        "A loop over the clusters in use with a permutation of each large one, instead of one permutation of all images that is sorted by cluster.",
    ),
    (
        "old_means_scatter_reduce",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    where = pseudo_labels.to(h.device).unsqueeze(1).expand(-1, h.shape[1])
    begin = h[:K].clone()
    return begin.scatter_reduce(0, where, h, reduce="mean", include_self=False)
""",
        "One scatter_reduce with include_self=False over a copy of the first K rows: empty clusters keep the row that they began with.",
    ),
    (
        "nmi_sum_over_pairs",
        "mutual_information",
        """
def mutual_information(a, b):
    ca, cb = torch.unique(a, return_inverse=True)[1], torch.unique(b, return_inverse=True)[1]
    na, nb = torch.bincount(ca).double(), torch.bincount(cb).double()
    if len(na) < 2 or len(nb) < 2:
        return 0.0
    n, width = float(len(a)), len(nb)
    code, count = torch.unique(ca * width + cb, return_counts=True)
    i, j = torch.div(code, width, rounding_mode="floor"), code % width
    p = count.double() / n
    shared = float((p * torch.log(count * n / (na[i] * nb[j]))).sum())
    ha = -float((na / n * torch.log(na / n)).sum())
    hb = -float((nb / n * torch.log(nb / n)).sum())
    return float(min(1.0, max(0.0, shared / math.sqrt(ha * hb))))
""",
        "The information is the sum of p log(p / (p_a p_b)) over the pairs that occur, on clusters that are numbered anew, instead of a difference of three entropies.",
    ),
    (
        "nmi_by_counting",
        "mutual_information",
        """
def mutual_information(a, b):
    from collections import Counter

    a, b = a.tolist(), b.tolist()
    N, left, right, pairs = len(a), Counter(a), Counter(b), Counter(zip(a, b))
    if len(left) == 1 or len(right) == 1:
        return 0.0
    shared = math.fsum(
        n / N * math.log(n * N / (left[i] * right[j])) for (i, j), n in pairs.items()
    )
    own = [-math.fsum(n / N * math.log(n / N) for n in side.values()) for side in (left, right)]
    return min(1.0, max(0.0, shared / math.sqrt(own[0] * own[1])))
""",
        "Counters and the definition of I as a sum over pairs of p ln(p / (p_a p_b)), without H(a, b) and without tensors.",
    ),
    (
        "old_means_by_loop",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    pseudo_labels = pseudo_labels.to(h.device)
    centroids = []
    for k in range(K):
        members = h[pseudo_labels == k]
        centroids.append(members.mean(0) if len(members) else h[k])
    return torch.stack(centroids)
""",
        "One cluster at a time, with a boolean mask.",
    ),
    (
        "whiten_eigh_from_the_end",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.to(torch.float64)
    x = x - x.mean(0, keepdim=True)
    variances, vectors = torch.linalg.eigh(torch.einsum("ni,nj->ij", x, x) / len(x))
    least = LEAST_VARIANCE * float(variances[-1])
    columns = []
    for variance, vector in zip(reversed(variances.tolist()), vectors.T.flip(0)):
        if len(columns) == dim or variance < least:
            break
        columns.append(torch.mv(x, vector) / math.sqrt(variance))
    y = torch.stack(columns, dim=1)
    norm = torch.linalg.vector_norm(y, dim=1, keepdim=True)
    return torch.where(norm > 0, y / norm.clamp(min=1e-300), torch.zeros_like(y)).float()
""",
        "Directions one by one, from the largest eigenvalue down, until there are enough or one is too small; rows of norm 0 by torch.where.",
    ),
    (
        "directions_from_an_svd",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.to(torch.float64, copy=True)
    x -= x.mean(dim=0, keepdim=True)
    _, spread, directions = torch.linalg.svd(x, full_matrices=False)
    variance = spread.square()
    strong = variance >= LEAST_VARIANCE * variance.max()
    pairs = zip(directions[strong][:dim], spread[strong][:dim], strict=True)
    columns = [x @ direction / s for direction, s in pairs]
    x = torch.stack(columns, dim=1)
    length = x.square().sum(1, keepdim=True).sqrt()
    return torch.where(length > 0, x / length, 0).float()
""",
        "No covariance and no eigh: directions and spreads from an SVD of the centred data in float64, one column at a time. The missing factor sqrt(N) of the deviations goes away with the row norm; rows at the mean stay 0.",
    ),
    (
        "multinomial_for_everything",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    sizes = pseudo_labels.bincount()
    groups = pseudo_labels.argsort().split(sizes.tolist())
    groups = [group for group in groups if len(group)]
    n = N // len(groups) + 1

    def draw(images: Tensor, n: int, replacement: bool) -> Tensor:
        equal = torch.ones(len(images), dtype=torch.float64)
        return images[equal.multinomial(n, replacement, generator=generator)]

    drawn = torch.cat([draw(group, n, replacement=len(group) <= n) for group in groups])
    # N of all, without replacement, come in random order
    return draw(drawn, N, replacement=False)
""",
        "One helper over torch.multinomial with equal weights does all three: part of a large cluster, repeated images of a small one, and shuffle with cut (without replacement, multinomial gives a random order). All from `generator`.",
    ),
    (
        "scatter_reduce_over_the_first_rows",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    # begin with image k for cluster k; whatever has images forgets this start
    target = pseudo_labels.to(h.device).unsqueeze(1).expand(-1, h.shape[1])
    return h[:K].clone().scatter_reduce(0, target, h, reduce="mean", include_self=False)
""",
        "A single scatter_reduce with include_self=False over a copy of the first K rows: clusters with images hold their mean, empty ones keep image k. h's dtype; h itself is not changed.",
    ),
    (
        "sum_over_pairs_in_python",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    from collections import Counter

    a, b = a.tolist(), b.tolist()
    N, of_a, of_b, pairs = len(a), Counter(a), Counter(b), Counter(zip(a, b, strict=True))
    if min(len(of_a), len(of_b)) < 2:
        return 0.0
    # I(a; b) is the mean of ln p(i, j) / (p(i) p(j))
    shared = math.fsum(n / N * math.log(n * N / (of_a[i] * of_b[j])) for (i, j), n in pairs.items())
    norm = 1.0
    for counts in (of_a, of_b):
        norm *= math.fsum(n / N * math.log(N / n) for n in counts.values())
    return sorted((0.0, shared / math.sqrt(norm), 1.0))[1]
""",
        "Dictionaries and whole numbers instead of bincount, I(a; b) as the sum of p ln p / (p p) instead of three entropies, and the clamp as the middle of three. Exactly 0.0 for independent clusterings, any labels.",
    ),
    (
        "classifier_first",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    for parameter in self.projector.parameters():
        # the weight is a matrix, the bias a vector
        numbers = torch.zeros(parameter.shape, device=generator.device)
        if parameter.dim() == 2:
            numbers.normal_(std=0.01, generator=generator)
        parameter.data.copy_(numbers)

    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    match (self.pseudo_labels.tolist(), self.warm_start):
        case ([-1, *_], _):
            last, start = None, None
        case (_, True):
            last = self.pseudo_labels.clone()
            start = old_means(x, last.to(x.device), self.clusters)
        case _:
            last, start = self.pseudo_labels.clone(), None
    self.pseudo_labels.copy_(kmeans(x, self.clusters, generator=generator, start=start)[1])
    if last is not None:
        self.nmi.copy_(torch.tensor(mutual_information(last.cpu(), self.pseudo_labels.cpu())))
    return [*self.projector.parameters()]
""",
        "Draws the classifier before it clusters (the docstring gives no order), through `.data`, decides by `match` on the old labels, and stores the new clusters before it compares them with a copy of the old ones.",
    ),
    (
        "singular_values",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    centred = h.double()
    centred = centred - centred.mean(dim=0, keepdim=True)
    _, singular, directions = torch.linalg.svd(centred, full_matrices=False)
    variance = singular.square() / len(h)  # already in descending order
    count = min(dim, int((variance >= LEAST_VARIANCE * variance[0]).sum()))
    white = torch.einsum("nd,kd->nk", centred, directions[:count]) / variance[:count].sqrt()
    length = torch.linalg.vector_norm(white, dim=1, keepdim=True)
    return (white / length.clamp_min(1e-12)).to(torch.float32)
""",
        "a singular value decomposition of the centred rows in float64 instead of eigenvectors of their covariance",
    ),
    (
        "keys_instead_of_permutations",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    sizes = pseudo_labels.bincount()
    used = [c for c, size in enumerate(sizes.tolist()) if size > 0]
    quota = N // len(used) + 1
    drawn = torch.empty(len(used), quota, dtype=torch.int64)
    for row, c in enumerate(used):
        members = torch.where(pseudo_labels == c)[0]
        repeat = len(members) <= quota
        drawn[row] = members[
            torch.multinomial(
                torch.ones(len(members), dtype=torch.float64),
                quota,
                replacement=repeat,
                generator=generator,
            )
        ]
    keys = torch.rand(drawn.numel(), generator=generator, dtype=torch.float64)
    return drawn.flatten()[keys.argsort()[:N]]
""",
        "torch.multinomial with equal weights for both kinds of draw, and random keys for the shuffle",
    ),
    (
        "scatter_over_first_images",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    first_images = h[:K].clone()
    where = pseudo_labels.unsqueeze(1).expand(-1, h.shape[1])
    return first_images.scatter_reduce(0, where, h, reduce="mean", include_self=False)
""",
        "starts from the first K images and overwrites the clusters in use with their means by scatter_reduce; no counts, no test for empty clusters",
    ),
    (
        "classifier_before_clusters",
        "DeepCluster.start_epoch",
        """
@torch.no_grad()
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    source_of_all = self.generators["clusters"]
    layer = self.projector
    noise = torch.empty(layer.weight.shape, dtype=torch.float32, device="cpu")
    layer.weight.copy_(noise.normal_(0.0, 0.01, generator=source_of_all))
    layer.bias.zero_()
    points = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    before = self.pseudo_labels.detach().cpu().clone()
    first_time = bool(before.lt(0).any())
    options = {"generator": source_of_all}
    if self.warm_start and not first_time:
        options["start"] = old_means(points, before, self.clusters)
    now = kmeans(points, self.clusters, **options)[1]
    self.pseudo_labels.copy_(now)
    if not first_time:
        self.nmi.copy_(torch.tensor(mutual_information(before, now)))
    return [layer.weight, layer.bias]
""",
        "draws the classifier before the clusters (the docstring leaves the order of draws open) and writes the clusters and the NMI into the existing buffers",
    ),
    (
        "pca_by_svd",
        "pca_whiten",
        """
def pca_whiten(h, dim):
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    x = h.to(torch.float64)
    x = x - x.mean(0)
    _, s, axes = torch.linalg.svd(x, full_matrices=False)
    variance = s.square() / len(x)
    k = min(dim, int((variance >= LEAST_VARIANCE * variance[0]).sum()))
    white = x @ (axes[:k].T / variance[:k].sqrt())
    return F.normalize(white, dim=1).float()
""",
        "singular values of the centred data instead of eigenvectors of a covariance; variance is s^2 / N, and the largest come first",
    ),
    (
        "uniform_one_table",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = len(pseudo_labels)

    def rand(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    # images grouped by cluster, in random order within each
    order = rand(N).argsort()
    order = order[pseudo_labels[order].argsort(stable=True)]
    counts = torch.bincount(pseudo_labels)
    first = counts.cumsum(0) - counts
    used = counts > 0
    counts, first = counts[used][:, None], first[used][:, None]
    size = N // len(counts) + 1
    in_turn = torch.arange(size).expand(len(counts), size)
    at_random = (rand(len(counts), size) * counts).long()
    place = torch.where(counts > size, in_turn, at_random)
    pool = order[first + place].flatten()
    return pool[rand(len(pool)).argsort()[:N]]
""",
        "no loop: one sort by cluster of a random order, one table of places (clusters x size), random keys instead of randperm and randint; other order of draws",
    ),
    (
        "effective_by_product",
        "effective_clusters",
        """
def effective_clusters(pseudo_labels):
    sizes = [n for n in torch.bincount(pseudo_labels).tolist() if n > 0]
    N = sum(sizes)
    # exp(-sum p ln p) is the product of (1 / p) ** p
    product = math.prod((N / n) ** (n / N) for n in sizes)
    return min(max(product, 1.0), float(len(sizes)))
""",
        "a weighted geometric mean in Python numbers, without a logarithm and without entropy(); bounded, because rounding may leave the promised range",
    ),
    (
        "uniform_by_multinomial",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    used = pseudo_labels.unique().tolist()
    share = N // len(used) + 1
    urn = torch.empty(0, dtype=torch.int64)
    for cluster in used:
        inside = (pseudo_labels == cluster).double()  # weight 1 for members, 0 for all others
        again = int(inside.sum()) <= share
        drawn = torch.multinomial(inside, share, replacement=again, generator=generator)
        urn = torch.cat([urn, drawn])
    return urn[torch.rand(len(urn), generator=generator, dtype=torch.float64).argsort()[:N]]
""",
        "multinomial over all images with weight 0 outside the cluster, with or without replacement; shuffled by sorting random numbers",
    ),
    (
        "mutual_information_by_table",
        "mutual_information",
        """
def mutual_information(a: Tensor, b: Tensor) -> float:
    names_a, rows = a.cpu().unique(return_inverse=True)
    names_b, columns = b.cpu().unique(return_inverse=True)
    if len(names_a) == 1 or len(names_b) == 1:
        return 0.0
    table = torch.zeros(len(names_a), len(names_b), dtype=torch.float64)
    table.index_put_((rows, columns), torch.ones(len(rows), dtype=torch.float64), accumulate=True)
    joint = table / table.sum()
    pa, pb = joint.sum(1), joint.sum(0)
    filled = joint > 0
    shared = (joint[filled] * (joint[filled] / torch.outer(pa, pb)[filled]).log()).sum()
    scale = ((pa * pa.log()).sum() * (pb * pb.log()).sum()).sqrt()
    return float((shared / scale).clamp(0, 1))
""",
        "a contingency table and sum p log(p / (p_a p_b)), instead of three entropies and a number for each pair",
    ),
    (
        "start_epoch_draws_the_classifier_first",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    classifier, source_of_numbers = self.projector, self.generators["clusters"]
    fresh = torch.empty(classifier.weight.shape).normal_(0, 0.01, generator=source_of_numbers)
    points = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    old = self.pseudo_labels.to(points.device, copy=True)
    options = {"generator": source_of_numbers}
    if old.min() < 0:
        new = kmeans(points, self.clusters, **options)[1]
    else:
        if self.warm_start:
            options["start"] = old_means(points, old, self.clusters)
        new = kmeans(points, self.clusters, **options)[1]
        self.nmi.copy_(torch.tensor(mutual_information(old, new)))
    self.pseudo_labels.copy_(new)
    classifier.weight.data.copy_(fresh)
    classifier.bias.data.fill_(0)
    return list(classifier.parameters())
""",
        "draws the weights before k-means (the order of the draws is open), writes through .data instead of under no_grad",
    ),
    (
        "multinomial_for_both_cases",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels, generator=None):
    N = pseudo_labels.numel()
    if N == 0:
        return torch.zeros(0, dtype=torch.int64)
    used = torch.unique(pseudo_labels)
    quota = N // len(used) + 1
    pool = torch.empty(len(used), quota, dtype=torch.int64)
    for r in range(len(used) - 1, -1, -1):
        members = (pseudo_labels == used[r]).nonzero()[:, 0]
        fair = torch.ones(len(members), dtype=torch.float64)
        draw = torch.multinomial(
            fair, quota, replacement=bool(len(members) <= quota), generator=generator
        )
        pool[r] = members[draw]
    keys = torch.rand(pool.numel(), dtype=torch.float64, generator=generator)
    return pool.reshape(-1)[keys.topk(N).indices]
""",
        "multinomial with equal weights draws with and without replacement, from the last cluster to the first; the pool is a matrix; the N places with the largest random keys are kept instead of a shuffle and a cut",
    ),
    (
        "one_hot_product_and_spare_images",
        "old_means",
        """
def old_means(h, pseudo_labels, K):
    member = F.one_hot(pseudo_labels, K).to(torch.float64)  # (N, K)
    sizes = member.sum(0)
    sums = member.T @ h.to(torch.float64)
    result = (sums / sizes.clamp(min=1)[:, None]).to(h.dtype)
    # an image that is not the first of its cluster is spare; there are at least as many as empty clusters
    seen, spare = set(), []
    for image, cluster in enumerate(pseudo_labels.tolist()):
        if cluster in seen:
            spare.append(image)
        seen.add(cluster)
    for k in range(K):
        if k not in seen:
            result[k] = h[spare.pop()]
    return result
""",
        "a product with the one-hot matrix in float64; an empty cluster gets an image from the end that shares its cluster with others, not image k",
    ),
    (
        "classifier_drawn_first",
        "DeepCluster.start_epoch",
        """
def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
    generator = self.generators["clusters"]
    W, b = self.projector.weight, self.projector.bias
    noise = torch.randn(W.numel(), generator=generator, device=generator.device).mul(0.01)

    old = self.pseudo_labels.detach().clone().cpu()
    has_old = len(old) > 0 and int(old.min()) >= 0
    options = {"generator": generator}
    x = pca_whiten(features(self.encoder, pixels), self.pca_dim)
    if has_old and self.warm_start:
        options["start"] = old_means(x, old, self.clusters)
    new = kmeans(x, self.clusters, **options)[1].cpu()

    if has_old:
        self.nmi.copy_(torch.tensor(mutual_information(new, old)))
    self.pseudo_labels[:] = new.to(self.pseudo_labels.device)
    with torch.no_grad():
        W[:] = noise.view_as(W).to(W)
        b[:] = 0
    return [W, b]
""",
        "draws the classifier's numbers before k-means draws its own, compares against a copy, writes all tensors by slice assignment",
    ),
    (
        "sort_by_random_keys",
        "uniform_over_clusters",
        """
def uniform_over_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)

    def keys(*shape):
        return torch.rand(*shape, generator=generator, dtype=torch.float64)

    # images in random order, then grouped by cluster: the order within a cluster stays random
    order = keys(N).argsort()
    order = order[pseudo_labels[order].argsort(stable=True)]
    _, sizes = pseudo_labels.unique(return_counts=True)
    starts = sizes.cumsum(0) - sizes
    share = N // len(sizes) + 1
    sizes, starts = sizes[:, None], starts[:, None]
    once = torch.arange(share).expand(len(sizes), share)
    again = torch.minimum((keys(len(sizes), share) * sizes).long(), sizes - 1)
    place = torch.where(sizes > share, once, again)
    picked = order[(starts + place).flatten()]
    return picked[keys(len(picked)).argsort()[:N]]
""",
        "no loop over clusters: random keys, two sorts, and one table of C x share places; all draws from torch.rand, in another order than usual (permutation of all images, repeated places, final shuffle)",
    ),
    (
        "means_one_by_one_last_images",
        "old_means",
        """
def old_means(h: Tensor, pseudo_labels: Tensor, K: int) -> Tensor:
    pseudo_labels = pseudo_labels.to(h.device)
    spare = iter(h.flip(0))  # the last images, one for each empty cluster
    centroids = []
    for k in range(K):
        members = h[pseudo_labels == k]
        centroids.append(members.mean(dim=0) if len(members) else next(spare))
    return torch.stack(centroids)
""",
        "loop with a mask and .mean for each cluster; the empty ones get the last images of the data in turn (the docstring only demands a different image for each; the comment in the body suggests image k)",
    ),
    (
        "singular_values_15",
        "pca_whiten",
        """
def pca_whiten(h: Tensor, dim: int) -> Tensor:
    if not h.isfinite().all():
        raise ValueError("a representation is infinite or not a number; is the loss finite?")
    if (h - h.mean(0)).norm() <= LEAST_SPREAD * h.norm():
        raise ValueError("all representations are equal: the encoder has collapsed")
    wide = h.to(torch.float64)
    x = wide - wide.mean(dim=0, keepdim=True)
    # an image at the mean, apart from the rounding of the mean itself
    at_mean = x.norm(dim=1) <= 1e-14 * wide.norm(dim=1)
    _, s, Vt = torch.linalg.svd(x, full_matrices=False)
    k = min(dim, int((s**2 >= LEAST_VARIANCE * s[0] ** 2).sum()))
    y = x @ (Vt[:k] / s[:k, None]).T
    length = y.norm(dim=1, keepdim=True)
    y = torch.where(at_mean[:, None] | (length == 0), torch.zeros_like(y), y / length)
    return y.to(torch.float32)
""",
        "singular values of the centred data instead of eigenvalues of a covariance; all in float64; scaled by the singular values (the factor sqrt(N) cancels in the normalisation); 0 rows handled explicitly instead of by an eps",
    ),
]
