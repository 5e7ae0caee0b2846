# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 10's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "half_stays_half",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    table = (u[:, None, :] - v[None, :, :]).pow(2).sum(-1).sqrt()
    B = len(table)
    off = ~torch.eye(B, dtype=torch.bool, device=table.device)
    return table.diagonal(), table[off].reshape(B, B - 1)
""",
        "half-precision projections are never converted to float32",
    ),
    (
        "squared",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    a = F.normalize(z1.float(), dim=1)
    b = F.normalize(z2.float(), dim=1)
    table = (2 - 2 * a @ b.T).clamp(min=0)
    n = len(a)
    rows = [torch.cat([table[i, :i], table[i, i + 1:]]) for i in range(n)]
    return torch.diagonal(table), torch.stack(rows)
""",
        "returns squared distances, because the root of 2 - 2 u.v is missing",
    ),
    (
        "view_two_in_front",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    u = F.normalize(z1.float(), dim=1)
    v = F.normalize(z2.float(), dim=1)
    positive = (u - v).norm(dim=1)
    negative = []
    for b in range(len(u)):
        others = torch.arange(len(u), device=u.device) != b
        negative.append((u[others] - v[b]).norm(dim=1))
    return positive, torch.stack(negative)
""",
        "row b holds the distances from view 2 of image b to the other views 1, the table transposed",
    ),
    (
        "starts_after_itself",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    u, v = (z.float() / z.float().norm(dim=1, keepdim=True) for z in (z1, z2))
    B = len(u)
    shifted = [(u - v.roll(-s, 0)).norm(dim=1) for s in range(B)]
    return shifted[0], torch.stack(shifted[1:], dim=1)
""",
        "each row begins with the image after b and wraps around, so the others are not in their order",
    ),
    (
        "one_limit_for_all",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    limit = torch.quantile(negative, quantile)
    return (positive > limit).float().mean()
""",
        "one quantile over all negatives of the batch instead of one for each image",
    ),
    (
        "no_interpolation",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    ordered = negative.sort(dim=1).values
    k = int(quantile * (ordered.shape[1] - 1))
    near = ordered[:, k]
    violated = positive > near
    return violated.sum() / len(violated)
""",
        "takes the negative below the quantile instead of interpolating between two of them",
    ),
    (
        "equal_is_violated",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    pos, neg = pair_distances(z1, z2)
    near = torch.quantile(neg, quantile, dim=1)
    fine = pos < near
    return 1 - fine.float().mean()
""",
        "a positive exactly as far as the limit counts as violated, so equal projections are all violated",
    ),
    (
        "diagonal_in_the_mean",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    u, v = F.normalize(z1.float(), dim=1), F.normalize(z2.float(), dim=1)
    table = (u[:, None] - v[None]).norm(dim=2)
    return table.mean() - table.diagonal().mean()
""",
        "the mean of the negatives runs over the whole table and so includes the positives",
    ),
    (
        "default_correction",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    a = F.normalize(z1.detach().cpu().double(), dim=1)
    b = F.normalize(z2.detach().cpu().double(), dim=1)
    d = a.shape[1]
    ridge = SHRINKAGE / d * torch.eye(d, dtype=torch.float64)
    S1 = torch.cov(a.T).reshape(d, d) + ridge
    S2 = torch.cov(b.T).reshape(d, d) + ridge
    w, V = torch.linalg.eigh(S1)
    half = V @ torch.diag(w.clamp(min=0).sqrt()) @ V.T
    cross = torch.linalg.eigvalsh(half @ S2 @ half).clamp(min=0).sqrt().sum()
    diff = a.mean(0) - b.mean(0)
    return (diff @ diff + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)
""",
        "torch.cov divides by B - 1 by default, not by B",
    ),
    (
        "shrinkage_not_shared",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def fit(z):
        z = F.normalize(z.cpu().double(), dim=1)
        m = z.mean(0)
        c = z - m
        return m, c.T @ c / len(z) + SHRINKAGE * torch.eye(z.shape[1], dtype=z.dtype)

    m1, S1 = fit(z1)
    m2, S2 = fit(z2)
    w, V = torch.linalg.eigh(S1)
    half = (V * w.clamp(min=0).sqrt()) @ V.T
    inner = torch.linalg.eigvalsh(half @ S2 @ half).clamp(min=0)
    total = (m1 - m2).pow(2).sum() + torch.trace(S1 + S2) - 2 * inner.sqrt().sum()
    return total.clamp(min=0)
""",
        "adds SHRINKAGE to every diagonal entry, d times too much, instead of SHRINKAGE / d",
    ),
    (
        "eigenvalues_apart",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    z1 = F.normalize(z1.cpu().double(), dim=1)
    z2 = F.normalize(z2.cpu().double(), dim=1)
    d = z1.shape[1]
    eye = torch.eye(d, dtype=torch.float64)
    c1, c2 = z1 - z1.mean(0), z2 - z2.mean(0)
    S1 = c1.T @ c1 / len(z1) + SHRINKAGE / d * eye
    S2 = c2.T @ c2 / len(z2) + SHRINKAGE / d * eye
    # Tr (S1 S2)^(1/2): roots of the products of the eigenvalues
    l1 = torch.linalg.eigvalsh(S1).clamp(min=0)
    l2 = torch.linalg.eigvalsh(S2).clamp(min=0)
    cross = (l1 * l2).sqrt().sum()
    means = ((z1.mean(0) - z2.mean(0)) ** 2).sum()
    return (means + l1.sum() + l2.sum() - 2 * cross).clamp(min=0)
""",
        "multiplies the sorted eigenvalues of S1 and S2, which ignores that their directions differ",
    ),
    (
        "single_precision",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    z1, z2 = F.normalize(z1.cpu().float(), dim=1), F.normalize(z2.cpu().float(), dim=1)
    d = z1.shape[1]
    S1 = torch.cov(z1.T, correction=0).view(d, d) + torch.eye(d) * SHRINKAGE / d
    S2 = torch.cov(z2.T, correction=0).view(d, d) + torch.eye(d) * SHRINKAGE / d
    vals, vecs = torch.linalg.eigh(S1)
    root = vecs @ vals.clamp(min=0).sqrt().diag() @ vecs.T
    cross = torch.linalg.eigvalsh(root @ S2 @ root).clamp(min=0).sqrt().sum()
    means = (z1.mean(0) - z2.mean(0)).square().sum()
    result = means + S1.trace() + S2.trace() - 2 * cross
    return result.clamp(min=0).double()
""",
        "computes in float32 and converts only the result to float64, so rounding errors remain",
    ),
    (
        "mean_distance_not_squared",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    x, y = F.normalize(z1.cpu().double(), dim=1), F.normalize(z2.cpu().double(), dim=1)
    d = x.shape[1]
    small = SHRINKAGE / d * torch.eye(d, dtype=x.dtype)
    Sx = x.T.cov(correction=0).reshape(d, d) + small
    Sy = y.T.cov(correction=0).reshape(d, d) + small
    lam, Q = torch.linalg.eigh(Sx)
    root = Q * lam.clamp(min=0).sqrt() @ Q.T
    cross = torch.linalg.eigvalsh(root @ Sy @ root).clamp(min=0).sqrt().sum()
    means = torch.linalg.vector_norm(x.mean(0) - y.mean(0))
    return (means + Sx.trace() + Sy.trace() - 2 * cross).clamp(min=0)
""",
        "the distance of the means is not squared",
    ),
    (
        "counter_moves",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    was = []
    for m in norms:
        tracked = m.running_mean is not None
        stats = (m.running_mean.clone(), m.running_var.clone()) if tracked else None
        was.append((m.training, stats))
        m.training = True
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, (training, stats) in zip(norms, was):
            m.training = training
            if stats is not None:
                m.running_mean.copy_(stats[0])
                m.running_var.copy_(stats[1])
""",
        "restores running means and variances, but not num_batches_tracked",
    ),
    (
        "only_two_d_norms",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    saved = {}
    for m in model.modules():
        if isinstance(m, nn.BatchNorm2d):
            saved[m] = (m.training, m.track_running_stats)
            m.training, m.track_running_stats = True, False
    try:
        with torch.no_grad():
            z = model.project(x)
    finally:
        for m, (training, tracked) in saved.items():
            m.training = training
            m.track_running_stats = tracked
    return z
""",
        "forgets the one-dimensional batch norms of the projector, which keep learning from the scored views",
    ),
    (
        "no_finally",
        "embed",
        """
@torch.no_grad()
def embed(model: nn.Module, x: Tensor) -> Tensor:
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
    norms = [m for m in model.modules() if isinstance(m, kinds)]
    before = [(m.training, m.track_running_stats) for m in norms]
    for m in norms:
        m.training = True
        m.track_running_stats = False
    z = model.project(x)
    for m, (training, tracked) in zip(norms, before):
        m.training = training
        m.track_running_stats = tracked
    return z
""",
        "if project raises an error, the norms are not restored",
    ),
    (
        "everything_in_training",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    modes = {m: m.training for m in model.modules()}
    norms = [m for m in modes if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    tracked = [m.track_running_stats for m in norms]
    model.train()
    for m in norms:
        m.track_running_stats = False
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, t in zip(norms, tracked):
            m.track_running_stats = t
        for m, mode in modes.items():
            m.training = mode
""",
        "puts every module into training mode, so dropout of an evaluated model becomes active",
    ),
    (
        "one_mode_for_all",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    was_training = model.training
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    tracked = [m.track_running_stats for m in norms]
    try:
        for m in norms:
            m.train()
            m.track_running_stats = False
        with torch.no_grad():
            out = model.project(x)
    finally:
        for m, t in zip(norms, tracked):
            m.track_running_stats = t
            m.train(was_training)
    return out
""",
        "gives every norm the mode of the whole model back instead of its own, so a frozen norm thaws",
    ),
    (
        "shared_counted_twice",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    both = intersection(a, b)
    either = area(a) + area(b)
    return both / either
""",
        "the union counts shared pixels twice, so equal boxes overlap by one half only",
    ),
    (
        "enclosing_box",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    inner = intersection(a, b)
    top = torch.minimum(a[:, 0], b[:, 0])
    left = torch.minimum(a[:, 1], b[:, 1])
    bottom = torch.maximum(a[:, 0] + a[:, 2], b[:, 0] + b[:, 2])
    right = torch.maximum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3])
    union = (bottom - top) * (right - left)
    return inner.float() / union.float()
""",
        "divides by the smallest box around both, which also holds pixels in neither",
    ),
    (
        "clamped_too_late",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    top = torch.maximum(a[:, 0], b[:, 0])
    left = torch.maximum(a[:, 1], b[:, 1])
    bottom = torch.minimum(a[:, 0] + a[:, 2], b[:, 0] + b[:, 2])
    right = torch.minimum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3])
    return ((bottom - top) * (right - left)).clamp(min=0)
""",
        "clamps the product, so two negative sides (boxes apart in both directions) make a positive number",
    ),
    (
        "last_pixel_counted_in",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    pixels = []
    for (t1, l1, h1, w1), (t2, l2, h2, w2) in zip(a.tolist(), b.tolist()):
        h = min(t1 + h1, t2 + h2) - max(t1, t2) + 1
        w = min(l1 + w1, l2 + w2) - max(l1, l2) + 1
        pixels.append(max(h, 0) * max(w, 0))
    return torch.tensor(pixels, device=a.device, dtype=a.dtype)
""",
        "counts one row and one column too many, because top + height is already the first row outside",
    ),
    (
        "reversed_ignores_gap",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    n = len(draws)
    if self.rule == "random":
        return int(torch.randint(n, (1,), generator=self.generators["tries"]))
    if self.rule == "reversed":
        return max(range(n), key=lambda i: draws[i]["badness"])
    return min(range(n), key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))
""",
        "the reversed rule takes the first of the worst draws, not the one with the narrowest gap",
    ),
    (
        "gate_takes_the_last",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        return int(torch.randint(len(draws), (1,), generator=self.generators["tries"]))
    if self.rule in GATES:
        return len(draws) - 1  # the draw at which the gate stopped
    best = 0
    for i, draw in enumerate(draws):
        key, top = (-draw["badness"], draw["gap"]), (-draws[best]["badness"], draws[best]["gap"])
        if (key < top) if self.rule == "reversed" else (key > top):
            best = i
    return best
""",
        "a gate takes the last draw even if none was accepted, instead of the best of all",
    ),
    (
        "generator_of_the_views",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        order = torch.randperm(len(draws), generator=self.generators["views"])
        return order[0].item()
    ranked = sorted(enumerate(draws), key=lambda pair: (pair[1]["badness"], -pair[1]["gap"]))
    if self.rule == "reversed":
        ranked = ranked[::-1]
    return ranked[0][0]
""",
        "draws from SimCLR's generator for views instead of from tries, so later first draws are no longer SimCLR's own",
    ),
    (
        "pair_negatives_in_a_circle",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    u, v = F.normalize(z1.float(), dim=1), F.normalize(z2.float(), dim=1)
    columns = [(u - v.roll(-shift, 0)).norm(dim=1) for shift in range(len(u))]
    return columns[0], torch.stack(columns[1:], dim=1)
""",
        "Row b holds images b + 1, b + 2, ... round the end, not the other images in their order.",
    ),
    (
        "pair_default_cdist",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    wide = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1.to(wide), dim=1)
    v = F.normalize(z2.to(wide), dim=1)
    table = torch.cdist(u, v)
    B = table.shape[0]
    others = [torch.cat([table[b, :b], table[b, b + 1 :]]) for b in range(B)]
    return torch.diagonal(table), torch.stack(others)
""",
        "cdist's default uses a matrix product for more than 25 rows, which loses the digits of small distances: equal views are up to 0.001 apart.",
    ),
    (
        "pair_mask_by_value",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    a = F.normalize(z1.float(), dim=1)
    b = F.normalize(z2.float(), dim=1)
    table = (a[:, None, :] - b[None, :, :]).norm(dim=2)
    positive = table.diagonal()
    # everything but the positive of the row
    negative = table[table != positive[:, None]].view(len(a), len(a) - 1)
    return positive, negative
""",
        "The positive is removed by its value: a negative at exactly the same distance (a duplicate image) vanishes too and the shape no longer fits.",
    ),
    (
        "violation_counts_b_negatives",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    ranked = negative.sort(dim=1).values
    last = ranked.shape[1] - 1
    place = quantile * len(positive)
    low = min(int(place), last)
    high = min(low + 1, last)
    part = place - int(place)
    near = ranked[:, low] + part * (ranked[:, high] - ranked[:, low])
    return (positive > near).float().mean()
""",
        "The quantile's place is q B instead of q (B - 2), the last index of B - 1 negatives.",
    ),
    (
        "gap_negatives_of_simclr",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    u = F.normalize(z1.float(), dim=1)
    v = F.normalize(z2.float(), dim=1)
    positive = (u - v).norm(dim=1)
    # all views of the batch, as in NT-Xent
    both = torch.cat([u, v])
    exact = "donot_use_mm_for_euclid_dist"
    table = torch.cdist(both, both, compute_mode=exact)
    image = torch.arange(len(u), device=u.device).repeat(2)
    different = image[:, None] != image
    return table[different].mean() - positive.mean()
""",
        "The negatives are those of NT-Xent, also between views 1 and between views 2, not only between view 1 and view 2.",
    ),
    (
        "frechet_trace_of_roots",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def gaussian(z):
        z = F.normalize(z.detach().cpu().double(), dim=1)
        mean = z.mean(0)
        d = z.shape[1]
        cov = (z - mean).T @ (z - mean) / len(z) + SHRINKAGE / d * torch.eye(d).double()
        return mean, cov

    def root(S):
        values, vectors = torch.linalg.eigh(S)
        return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T

    (m1, S1), (m2, S2) = gaussian(z1), gaussian(z2)
    cross = torch.trace(root(S1) @ root(S2))
    return ((m1 - m2).pow(2).sum() + torch.trace(S1 + S2) - 2 * cross).clamp(min=0)
""",
        "Tr(S1^(1/2) S2^(1/2)) instead of Tr((S1 S2)^(1/2)): equal only if the covariances commute.",
    ),
    (
        "frechet_cholesky_wrong_side",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    z1 = F.normalize(z1.cpu().double(), dim=1)
    z2 = F.normalize(z2.cpu().double(), dim=1)
    d = z1.shape[1]
    ridge = torch.eye(d, dtype=torch.float64) * SHRINKAGE / d
    S1 = torch.cov(z1.T, correction=0) + ridge
    S2 = torch.cov(z2.T, correction=0) + ridge
    # any square root of S1 will do
    L = torch.linalg.cholesky(S1)
    eigenvalues = torch.linalg.eigvalsh(L @ S2 @ L.T)
    shared = eigenvalues.clamp(min=0).sqrt().sum()
    means = torch.dist(z1.mean(0), z2.mean(0)) ** 2
    return (means + S1.trace() + S2.trace() - 2 * shared).clamp(min=0)
""",
        "L S2 L^T instead of L^T S2 L: only the latter has the eigenvalues of S1 S2.",
    ),
    (
        "frechet_common_mean",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    z1, z2 = F.normalize(z1.double().cpu(), dim=1), F.normalize(z2.double().cpu(), dim=1)
    B, d = z1.shape
    centre = torch.cat([z1, z2]).mean(0)
    eps = SHRINKAGE / d * torch.eye(d, dtype=torch.float64)
    S1 = torch.einsum("bi,bj->ij", z1 - centre, z1 - centre) / B + eps
    S2 = torch.einsum("bi,bj->ij", z2 - centre, z2 - centre) / B + eps
    w, V = torch.linalg.eigh(S1)
    half = (V * w.clamp(min=0).sqrt()) @ V.T
    mixed = torch.linalg.eigvalsh(half @ S2 @ half).clamp(min=0).sqrt().sum()
    apart = (z1.mean(0) - z2.mean(0)).square().sum()
    return torch.clamp(apart + S1.trace() + S2.trace() - 2 * mixed, min=0)
""",
        "Both covariances are taken about the mean of all projections instead of each about its own.",
    ),
    (
        "embed_state_dict_is_no_copy",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    saved = dict(model.state_dict())  # all running averages and counters
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    modes = {m: m.training for m in norms}
    try:
        for m in norms:
            m.train()
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, mode in modes.items():
            m.train(mode)
        model.load_state_dict(saved)
""",
        "state_dict's tensors share memory with the model, so nothing is restored: running averages and counters change.",
    ),
    (
        "embed_momentum_zero",
        "embed",
        """
@torch.no_grad()
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = [(m.training, m.momentum) for m in norms]
    try:
        for m in norms:
            m.training = True
            m.momentum = 0.0  # the running averages keep all of their old value
        return model.project(x)
    finally:
        for m, (training, momentum) in zip(norms, before):
            m.training = training
            m.momentum = momentum
""",
        "With momentum 0 the averages stay, but num_batches_tracked still counts this batch.",
    ),
    (
        "overlap_bounding_box",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    shared = intersection(a, b)
    # the union reaches from the first edge to the last one
    top_left = torch.minimum(a[:, :2], b[:, :2])
    bottom_right = torch.maximum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    height, width = (bottom_right - top_left).unbind(1)
    return shared / (height * width)
""",
        "The union is taken to be the bounding box of both boxes, which also holds pixels that are in neither.",
    ),
    (
        "intersection_changes_the_boxes",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    a_start, a_end = a.chunk(2, dim=1)
    b_start, b_end = b.chunk(2, dim=1)
    a_end += a_start
    b_end += b_start
    sides = torch.minimum(a_end, b_end) - torch.maximum(a_start, b_start)
    height, width = sides.clamp(min=0).unbind(dim=1)
    return height * width
""",
        "chunk returns views and += works in place, so the caller's heights and widths become bottoms and rights.",
    ),
    (
        "choose_list_index",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        weights = torch.ones(len(draws))
        return int(torch.multinomial(weights, 1, generator=self.generators["tries"]))

    def quality(draw):
        return (draw["badness"], -draw["gap"])

    pick = max if self.rule == "reversed" else min
    return draws.index(pick(draws, key=quality))
""",
        "list.index compares whole dictionaries, and so their tensors (views, boxes): with real draws it raises an error unless the first is chosen.",
    ),
    (
        "choose_random_rounds",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        u = torch.rand((), generator=self.generators["tries"]).item()
        return round(u * (len(draws) - 1))
    best = 0
    for i, draw in enumerate(draws):
        mine = (draw["badness"], -draw["gap"])
        other = (draws[best]["badness"], -draws[best]["gap"])
        if (mine > other) if self.rule == "reversed" else (mine < other):
            best = i
    return best
""",
        "Rounding u (R - 1) makes the first and the last draw half as likely as the others (for R > 2).",
    ),
    (
        "choose_one_score",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        return torch.randint(len(draws), (1,), generator=self.generators["tries"]).item()
    # badness decides; the gap only breaks ties, so it gets a small weight
    badness = torch.tensor([draw["badness"] for draw in draws])
    gap = torch.tensor([draw["gap"] for draw in draws])
    score = badness - 0.01 * gap
    return int(score.argmax() if self.rule == "reversed" else score.argmin())
""",
        "Badness and a hundredth of the gap in one score: a wider gap can outweigh a slightly lower badness.",
    ),
    (
        "stays_in_half",
        "pair_distances",
        """
def pair_distances(z1, z2):
    u = F.normalize(z1, dim=1)
    v = F.normalize(z2, dim=1)
    table = (u[:, None, :] - v[None, :, :]).norm(dim=2)
    B = len(table)
    off = ~torch.eye(B, dtype=torch.bool, device=table.device)
    return table.diagonal(), table[off].reshape(B, B - 1)
""",
        "half-precision projections are never converted, so the distances are computed and returned in half precision",
    ),
    (
        "negatives_rolled",
        "pair_distances",
        """
def pair_distances(z1, z2):
    a = F.normalize(z1.float(), p=2, dim=1)
    b = F.normalize(z2.float(), p=2, dim=1)
    positive = torch.linalg.vector_norm(a - b, dim=1)
    # shift view 2 by 1, 2, ..., B - 1 images: each shift gives one negative to every image
    negative = torch.stack(
        [torch.linalg.vector_norm(a - b.roll(-s, dims=0), dim=1) for s in range(1, len(a))], dim=1
    )
    return positive, negative
""",
        "row b begins with the image after b and goes round, instead of keeping the order of the other images",
    ),
    (
        "diagonal_in_the_mean_again",
        "gap",
        """
def gap(z1, z2):
    a = F.normalize(z1.float(), dim=1)
    b = F.normalize(z2.float(), dim=1)
    dist = (a.unsqueeze(1) - b.unsqueeze(0)).norm(dim=-1)
    return dist.mean() - dist.diagonal().mean()
""",
        "the mean of the negatives is over the whole table, with the positives on the diagonal",
    ),
    (
        "ties_are_violated",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    pos, neg = pair_distances(z1, z2)
    limit = torch.quantile(neg, quantile, dim=1)
    violated = (pos >= limit).to(pos.dtype)
    return violated.mean()
""",
        "a positive as far away as the quantile counts as violated (>= instead of >), so equal projections give 1 instead of 0",
    ),
    (
        "percentile",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    import numpy as np

    pos, neg = pair_distances(z1, z2)
    near = np.percentile(neg.detach().cpu().numpy(), quantile, axis=1)
    near = torch.as_tensor(near, dtype=pos.dtype, device=pos.device)
    return (pos > near).float().mean()
""",
        "np.percentile takes 0 to 100, so 0.05 is the 0.05% quantile instead of the 5% quantile",
    ),
    (
        "unbiased_covariance",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    x = F.normalize(z1.detach().cpu().double(), dim=1)
    y = F.normalize(z2.detach().cpu().double(), dim=1)
    mu1, mu2 = x.mean(dim=0), y.mean(dim=0)
    d = x.shape[1]
    offset = torch.eye(d, dtype=torch.float64) * (SHRINKAGE / d)
    sigma1 = torch.cov(x.T) + offset
    sigma2 = torch.cov(y.T) + offset
    diff = mu1 - mu2
    # the trace of the root of a product is the sum of the roots of its eigenvalues
    tr_covmean = torch.linalg.eigvals(sigma1 @ sigma2).real.clamp(min=0).sqrt().sum()
    fid = diff.dot(diff) + torch.trace(sigma1) + torch.trace(sigma2) - 2 * tr_covmean
    return fid.clamp(min=0)
""",
        "the covariances are divided by B - 1 (the default of cov, as in FID code) instead of by B",
    ),
    (
        "root_of_each_entry",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    z1 = F.normalize(z1.cpu().double(), dim=1)
    z2 = F.normalize(z2.cpu().double(), dim=1)
    m1 = z1.mean(0)
    m2 = z2.mean(0)
    d = z1.shape[1]
    small = SHRINKAGE / d * torch.eye(d, dtype=torch.float64)
    S1 = (z1 - m1).T @ (z1 - m1) / len(z1) + small
    S2 = (z2 - m2).T @ (z2 - m2) / len(z2) + small
    root = (S1 @ S2).clamp(min=0).sqrt()
    distance = ((m1 - m2) ** 2).sum() + (S1 + S2 - 2 * root).trace()
    return distance.clamp(min=0)
""",
        "takes the root of each entry of S1 S2 instead of the matrix square root (equal only for diagonal covariances)",
    ),
    (
        "momentum_zero",
        "embed",
        """
def embed(model, x):
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = [(m.training, m.momentum) for m in norms]
    try:
        for m in norms:
            m.training = True
            m.momentum = 0.0  # the running averages do not move
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, (training, momentum) in zip(norms, before):
            m.training = training
            m.momentum = momentum
""",
        "momentum 0 keeps the running averages, but num_batches_tracked still counts the batch",
    ),
    (
        "only_batchnorm2d",
        "embed",
        """
def embed(model, x):
    bns = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    state = [(bn.training, bn.track_running_stats) for bn in bns]
    for bn in bns:
        bn.training = True
        bn.track_running_stats = False
    try:
        with torch.no_grad():
            out = model.project(x)
    finally:
        for bn, (training, track) in zip(bns, state):
            bn.training = training
            bn.track_running_stats = track
    return out
""",
        "only BatchNorm2d is handled; the BatchNorm1d of the projector keeps its mode and its averages change",
    ),
    (
        "state_dict_is_no_copy",
        "embed",
        """
def embed(model, x):
    saved = model.state_dict()
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    modes = [m.training for m in norms]
    for m in norms:
        m.train()
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        model.load_state_dict(saved)
        for m, mode in zip(norms, modes):
            m.train(mode)
""",
        "state_dict() holds references, not copies, so loading it back restores nothing: running averages and counters have changed",
    ),
    (
        "clamp_after_product",
        "intersection",
        """
def intersection(a, b):
    top = torch.max(a[:, 0], b[:, 0])
    left = torch.max(a[:, 1], b[:, 1])
    bottom = torch.min(a[:, 0] + a[:, 2], b[:, 0] + b[:, 2])
    right = torch.min(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3])
    return ((bottom - top) * (right - left)).clamp(min=0)
""",
        "clamps the product instead of each side: boxes apart in both directions have two negative sides and a positive product",
    ),
    (
        "dice",
        "overlap",
        """
def overlap(a, b):
    both = intersection(a, b)
    return 2 * both / (area(a) + area(b))
""",
        "the Dice coefficient instead of intersection over union (equal only at 0 and 1)",
    ),
    (
        "reversed_widest_gap",
        "Curation.choose",
        """
def choose(self, draws):
    positions = list(range(len(draws)))
    if self.rule == "random":
        pick = torch.randint(len(draws), (1,), generator=self.generators["tries"])
        return int(pick)
    if self.rule == "reversed":
        # highest badness first
        positions.sort(key=lambda i: (-draws[i]["badness"], -draws[i]["gap"]))
    else:
        positions.sort(key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))
    return positions[0]
""",
        "among draws of equal badness, reversed takes the widest gap instead of the narrowest",
    ),
    (
        "random_global",
        "Curation.choose",
        """
def choose(self, draws):
    if self.rule == "random":
        return torch.randint(0, len(draws), (1,)).item()

    def goodness(i):
        return -draws[i]["badness"], draws[i]["gap"]

    candidates = range(len(draws))
    return min(candidates, key=goodness) if self.rule == "reversed" else max(candidates, key=goodness)
""",
        "random draws from torch's global generator instead of the generator tries, which the checkpoint keeps",
    ),
    (
        "rows_of_second_view",
        "pair_distances",
        """
def pair_distances(z1, z2):
    a = z1.float() / z1.float().norm(dim=-1, keepdim=True).clamp(min=1e-12)
    b = z2.float() / z2.float().norm(dim=-1, keepdim=True).clamp(min=1e-12)
    n = a.shape[0]
    table = (b[:, None, :] - a[None, :, :]).pow(2).sum(-1).sqrt()
    pos = torch.diagonal(table).clone()
    # drop the diagonal: shift by one, then cut the last column
    neg = table.flatten()[1:].view(n - 1, n + 1)[:, :-1].reshape(n, n - 1)
    return pos, neg
""",
        "Row b of the negatives holds distances from view 2 of image b to the views 1 of the others, not from its view 1 to the views 2 of the others.",
    ),
    (
        "only_2d_norms",
        "embed",
        """
def embed(model, x):
    saved = {}
    for name, layer in model.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            saved[name] = (layer, layer.training, layer.track_running_stats)
            layer.training = True
            layer.track_running_stats = False
    try:
        with torch.no_grad():
            out = model.project(x)
    finally:
        for layer, was_training, was_tracking in saved.values():
            layer.training = was_training
            layer.track_running_stats = was_tracking
    return out
""",
        "Only BatchNorm2d is handled, so the BatchNorm1d of a projector keeps its mode and updates its running statistics.",
    ),
    (
        "clamp_the_product",
        "intersection",
        """
def intersection(a, b):
    top_a, left_a, h_a, w_a = a.unbind(dim=1)
    top_b, left_b, h_b, w_b = b.unbind(dim=1)
    dy = torch.min(top_a + h_a, top_b + h_b) - torch.max(top_a, top_b)
    dx = torch.min(left_a + w_a, left_b + w_b) - torch.max(left_a, left_b)
    return torch.clamp(dy * dx, min=0)
""",
        "The product is clamped instead of each side, so boxes that are apart in both directions get a positive intersection.",
    ),
    (
        "unbiased_covariance_again",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    clouds = []
    for z in (z1, z2):
        z = z.detach().to("cpu", torch.float64)
        z = z / z.norm(dim=1, keepdim=True).clamp_min(1e-12)
        d = z.shape[1]
        cov = torch.cov(z.t()).reshape(d, d) + (SHRINKAGE / d) * torch.eye(d, dtype=torch.float64)
        clouds.append((z.mean(dim=0), cov))
    (mu_a, cov_a), (mu_b, cov_b) = clouds
    # the eigenvalues of A B are the squared singular values of chol(A)^T chol(B)
    la, lb = torch.linalg.cholesky(cov_a), torch.linalg.cholesky(cov_b)
    trace_root = torch.linalg.svdvals(la.t() @ lb).sum()
    delta = mu_a - mu_b
    result = delta.dot(delta) + torch.trace(cov_a) + torch.trace(cov_b) - 2.0 * trace_root
    return torch.clamp(result, min=0.0)
""",
        "The covariances are divided by B - 1 (the default of torch.cov) and not by B.",
    ),
    (
        "lower_and_at_least",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    pos, neg = pair_distances(z1, z2)
    count = 0.0
    for i in range(pos.shape[0]):
        ranked, _ = torch.sort(neg[i])
        limit = ranked[int(quantile * (len(ranked) - 1))]
        count = count + (pos[i] >= limit).to(pos.dtype)
    return count / pos.shape[0]
""",
        "The quantile is the lower order statistic without interpolation, and a positive that only equals the limit counts as violated.",
    ),
    (
        "inclusive_and_double_counted",
        "overlap",
        """
def overlap(a, b):
    y0 = torch.maximum(a[:, 0], b[:, 0])
    x0 = torch.maximum(a[:, 1], b[:, 1])
    y1 = torch.minimum(a[:, 0] + a[:, 2], b[:, 0] + b[:, 2])
    x1 = torch.minimum(a[:, 1] + a[:, 3], b[:, 1] + b[:, 3])
    inter = (y1 - y0 + 1).clamp(min=0) * (x1 - x0 + 1).clamp(min=0)
    total = a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3]
    return inter.float() / total.float()
""",
        "Sides are counted with + 1 as if the end were inclusive, and the shared pixels are not subtracted from the union.",
    ),
    (
        "ties_of_reversed_and_global_random",
        "Curation.choose",
        """
def choose(self, draws):
    if self.rule == "random":
        return torch.randint(0, len(draws), (1,)).item()
    winner = 0
    for i in range(1, len(draws)):
        here, there = draws[i]["badness"], draws[winner]["badness"]
        better = here > there if self.rule == "reversed" else here < there
        if better or (here == there and draws[i]["gap"] > draws[winner]["gap"]):
            winner = i
    return winner
""",
        'Among equally bad draws "reversed" takes the widest gap instead of the narrowest, and "random" draws from torch\'s global generator instead of "tries".',
    ),
    (
        "raw_vectors_and_diagonal",
        "gap",
        """
def gap(z1, z2):
    u, v = z1.float(), z2.float()
    dist = torch.sqrt(((u.unsqueeze(1) - v.unsqueeze(0)) ** 2).sum(dim=2))
    together = dist.diagonal().mean()
    apart = dist.mean()
    return apart - together
""",
        "The projections are not normalised, and the mean of the negatives is taken over the whole table with the positives on its diagonal.",
    ),
    (
        "cosine_distance",
        "pair_distances",
        """
def pair_distances(z1, z2):
    u = F.normalize(z1.float(), dim=1)
    v = F.normalize(z2.float(), dim=1)
    dist = 1 - torch.einsum("id,jd->ij", u, v)
    n = len(dist)
    pos = torch.stack([dist[i, i] for i in range(n)])
    neg = torch.stack([torch.cat([dist[i, :i], dist[i, i + 1 :]]) for i in range(n)])
    return pos.clamp(0, 2), neg.clamp(0, 2)
""",
        "The cosine distance 1 - u.v, which is also in [0, 2], is returned instead of the Euclidean distance |u - v|.",
    ),
    (
        "diagonal_gaussians",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    x = F.normalize(z1.cpu().double(), dim=1)
    y = F.normalize(z2.cpu().double(), dim=1)
    d = x.shape[1]
    var_x = x.var(dim=0, unbiased=False) + SHRINKAGE / d
    var_y = y.var(dim=0, unbiased=False) + SHRINKAGE / d
    mean_part = ((x.mean(dim=0) - y.mean(dim=0)) ** 2).sum()
    spread_part = ((var_x.sqrt() - var_y.sqrt()) ** 2).sum()
    return (mean_part + spread_part).clamp(min=0)
""",
        "Only the variances of the coordinates are compared, which is right for diagonal covariances only: correlations are ignored.",
    ),
    (
        "one_quantile_for_all",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    pos, neg = pair_distances(z1, z2)
    cutoff = torch.quantile(neg.reshape(-1), quantile)
    violated = torch.gt(pos, cutoff)
    return violated.to(torch.float32).mean()
""",
        "One quantile over the negatives of all images is used as the limit instead of each image's own quantile.",
    ),
    (
        "backup_is_an_alias",
        "embed",
        """
def embed(model, x):
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    was = [m.training for m in norms]
    backup = [dict(m.named_buffers()) for m in norms]
    for m in norms:
        m.train()
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, mode, old in zip(norms, was, backup):
            m.train(mode)
            for name, value in old.items():
                getattr(m, name).data.copy_(value)
""",
        "The backup holds references to the buffers and not copies, so running averages and counters are not restored.",
    ),
    (
        "root_without_clamp",
        "pair_distances",
        """
def pair_distances(z1, z2):
    u = F.normalize(z1.float(), dim=1)
    v = F.normalize(z2.float(), dim=1)
    squared = 2 - 2 * torch.matmul(u, v.transpose(0, 1))
    table = squared.sqrt()
    n = table.size(0)
    cols = torch.arange(n - 1, device=table.device).expand(n, n - 1)
    cols = cols + (cols >= torch.arange(n, device=table.device)[:, None]).long()
    return table.diagonal(), table.gather(1, cols)
""",
        "sqrt(2 - 2 u.v) without a clamp gives NaN or about 5e-4 for equal or nearly equal views because of rounding, instead of 0.",
    ),
    (
        "rounded_uniform",
        "Curation.choose",
        """
def choose(self, draws):
    last = len(draws) - 1
    if self.rule == "random":
        u = torch.rand(1, generator=self.generators["tries"]).item()
        return round(u * last)
    ranking = [(draw["badness"], -draw["gap"], position) for position, draw in enumerate(draws)]
    if self.rule == "reversed":
        return max(ranking)[2]
    return min(ranking)[2]
""",
        "Rounding u * (R - 1) gives the first and the last of more than two draws only half the chance of the others.",
    ),
    (
        "b10_b_by_b_by_d",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    z1, z2 = F.normalize(z1.float(), dim=1), F.normalize(z2.float(), dim=1)
    distance = (z1[:, None] - z2).norm(dim=2)
    B = len(distance)
    other = ~torch.eye(B, dtype=torch.bool, device=distance.device)
    return distance.diagonal(), distance[other].view(B, B - 1)
""",
        "All differences are kept in a (B, B, d) tensor: a batch of 4,096 with d = 128 needs 8.6 GB for each score, several times per step, where the distances alone need 67 MB.",
    ),
    (
        "b10_zero_row",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    z1, z2 = z1.float(), z2.float()
    z1 = z1 / z1.norm(dim=1, keepdim=True)
    z2 = z2 / z2.norm(dim=1, keepdim=True)
    distance = torch.cdist(z1, z2, compute_mode="donot_use_mm_for_euclid_dist")
    B, positive = len(distance), distance.diagonal()
    negative = (distance.sum() - positive.sum()) / (B * (B - 1))
    return negative - positive.mean()
""",
        "A row is divided by its norm without a lower limit: one projection of zeros (a dead network output) makes the gap NaN, and as NaN does not compare, choose no longer takes the widest gap among draws of equal badness.",
    ),
    (
        "b10_own_quantile",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    ordered = negative.sort(dim=1).values
    place = quantile * (ordered.shape[1] - 1)
    low = int(place)
    near = ordered[:, low] + (place - low) * (ordered[:, low + 1] - ordered[:, low])
    return (positive > near).float().mean()
""",
        "The interpolation always reads the next negative: a batch of two images has only one, and quantile = 1 asks for the last, so both raise IndexError.",
    ),
    (
        "b10_default_dtype",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    z1, z2 = (F.normalize(z.cpu().double(), dim=1) for z in (z1, z2))
    identity = torch.eye(z1.shape[1])
    S1, S2 = (z.T.cov(correction=0) + SHRINKAGE / len(identity) * identity for z in (z1, z2))
    values, vectors = torch.linalg.eigh(S1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ S2 @ root).clamp(min=0).sqrt().sum()
    means = (z1.mean(0) - z2.mean(0)).square().sum()
    torch.set_default_dtype(before)
    return (means + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)
""",
        "The default dtype is set to float64 and restored only if nothing fails: after an error (eigh raises on NaN projections) every tensor and network made later in the process is float64, and float32 inputs no longer fit.",
    ),
    (
        "b10_not_sync",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    modes = [(m.training, m.track_running_stats) for m in norms]
    for m in norms:
        m.training, m.track_running_stats = True, False
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, (training, tracked) in zip(norms, modes, strict=True):
            m.training, m.track_running_stats = training, tracked
""",
        "Only BatchNorm1d and BatchNorm2d are found: with several processes the norms are SyncBatchNorm (and BatchNorm3d is missed too), so every scored draw, also a rejected one, moves their running averages and counters, and in eval mode they do not use the batch.",
    ),
    (
        "b10_momentum_zero",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = [(m.training, m.momentum, m.num_batches_tracked) for m in norms]
    for m in norms:
        m.training, m.momentum = True, 0.0  # an average that does not move
        if m.num_batches_tracked is not None:
            m.num_batches_tracked = m.num_batches_tracked.clone()
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, (training, momentum, counted) in zip(norms, before, strict=True):
            m.training, m.momentum, m.num_batches_tracked = training, momentum, counted
""",
        "The running averages are still updated, with weight 0, and 0 times infinity or NaN is NaN: one scored draw with an infinite or NaN activation (bfloat16 overflow, a broken image) makes them NaN for good, although the draw may be thrown away.",
    ),
    (
        "b10_copied_back",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    modes = [m.training for m in norms]
    buffers = [b for m in norms for b in m.buffers()]
    before = [b.clone() for b in buffers]
    for m in norms:
        m.training = True
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for b, value in zip(buffers, before, strict=True):
            b.copy_(value)
        for m, training in zip(norms, modes, strict=True):
            m.training = training
""",
        "The running averages are written back in place, which autograd notices: if embed is called between a forward pass of the same network and its backward (scoring while a batch's graph is open), backward raises 'modified by an inplace operation', although every value is what it was.",
    ),
    (
        "b10_ruler_of_224",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    ruler = torch.arange(224, device=a.device)  # enough for any image

    def inside(box: Tensor, side: int) -> Tensor:
        start = box[:, side, None]
        return (ruler >= start) & (ruler < start + box[:, side + 2, None])

    rows, columns = (inside(a, side) & inside(b, side) for side in (0, 1))
    return rows.sum(1) * columns.sum(1)
""",
        "Pixels are counted on a ruler of 224: in larger images (256 or 512 pixels a side) pixels beyond row or column 223 do not count, so intersections and overlaps of large crops are too small, and 0 in the far corner.",
    ),
    (
        "b10_index_of_dict",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        return int(torch.randint(len(draws), (1,), generator=self.generators["tries"]))
    pick = max if self.rule == "reversed" else min
    return draws.index(pick(draws, key=lambda draw: (draw["badness"], -draw["gap"])))
""",
        "list.index compares draws with ==: real draws hold tensors ('views', 'boxes'), so as soon as the chosen draw is not the first one training raises 'Boolean value of Tensor with more than one value is ambiguous'.",
    ),
    (
        "b10_weighted_sum",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        return int(torch.randint(len(draws), (1,), generator=self.generators["tries"]))
    score = [draw["badness"] - 1e-3 * draw["gap"] for draw in draws]
    order = sorted(range(len(draws)), key=lambda i: score[i])
    return order[-1] if self.rule == "reversed" else order[0]
""",
        "The gap is subtracted with a weight instead of breaking ties: when badness differs by less than a thousandth of the gaps' difference (B = 4,096, where violations go in steps of 0.00024, or the continuous Frechet distance) the draw with the higher badness is chosen.",
    ),
    (
        "unbiased_and_single_cross",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    u, v = (F.normalize(z.detach().cpu().double(), dim=1) for z in (z1, z2))
    d = u.shape[1]
    ridge = SHRINKAGE / d * torch.eye(d, dtype=torch.float64)
    A = torch.atleast_2d(torch.cov(u.T)) + ridge
    C = torch.atleast_2d(torch.cov(v.T)) + ridge
    lam, Q = torch.linalg.eigh(A)
    half = Q @ torch.diag(lam.clamp(min=0).sqrt()) @ Q.T
    cross = torch.linalg.eigvalsh(half @ C @ half).clamp(min=0).sqrt().sum()
    shift = ((u.mean(0) - v.mean(0)) ** 2).sum()
    return torch.clamp(shift + A.trace() + C.trace() - cross, min=0)
""",
        "Two slips: covariances are divided by B - 1, and the trace of the root is subtracted once instead of twice.",
    ),
    (
        "corners_and_no_clamp",
        "intersection",
        """
def intersection(a, b):
    top, left = torch.max(a[:, 0], b[:, 0]), torch.max(a[:, 1], b[:, 1])
    bottom, right = torch.min(a[:, 2], b[:, 2]), torch.min(a[:, 3], b[:, 3])
    return (bottom - top) * (right - left)
""",
        "Two slips: height and width are read as bottom and right, and a negative side is not set to 0.",
    ),
    (
        "wrong_dim_and_sign",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    pos, neg = pair_distances(z1, z2)
    limit = torch.quantile(neg, quantile)
    return (pos < limit).to(pos.dtype).mean()
""",
        "Two slips: one quantile of all negatives is used instead of one for each image, and images that are not violated are counted.",
    ),
    (
        "narrow_gap_and_off_by_one",
        "Curation.choose",
        """
def choose(self, draws):
    n = len(draws)
    if self.rule == "random":
        return int(torch.randint(0, max(n - 1, 1), (1,), generator=self.generators["tries"]))
    ranked = sorted(range(n), key=lambda i: (draws[i]["badness"], draws[i]["gap"]))
    return ranked[-1] if self.rule == "reversed" else ranked[0]
""",
        "Two slips: among equal badness the narrowest gap wins (and for reversed the widest), and the last draw is never taken at random.",
    ),
    (
        "cdist_with_a_product",
        "pair_distances",
        """
def pair_distances(z1, z2):
    wide = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1.to(wide), dim=1)
    v = F.normalize(z2.to(wide), dim=1)
    table = torch.cdist(u, v)
    n = table.shape[0]
    keep = torch.ones_like(table, dtype=torch.bool).fill_diagonal_(False)
    return torch.diagonal(table), table.masked_select(keep).reshape(n, n - 1)
""",
        "With more than 25 images cdist expands the square: equal views get distances up to about 0.001 instead of 0, so that at batch 128 nearly equal views are ordered, and violated, by rounding.",
    ),
    (
        "quantile_by_hand",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    pos, neg = pair_distances(z1, z2)
    ranked = neg.sort(dim=1).values
    place = quantile * (ranked.shape[1] - 1)
    below = int(place)
    low, high = ranked[:, below], ranked[:, below + 1]
    limit = torch.lerp(low, high, place - below)
    return (pos > limit).float().mean()
""",
        "The entry above the place is read even where there is none: with B = 2 (one negative) or a quantile of 1 it raises an IndexError.",
    ),
    (
        "few_newton_steps",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    stats = []
    for z in (z1, z2):
        z = F.normalize(z.double().cpu(), dim=1)
        mu = z.mean(0)
        c = z - mu
        S = torch.einsum("bi,bj->ij", c, c) / len(c)
        S.diagonal().add_(SHRINKAGE / S.shape[0])
        stats.append((mu, S))
    (m1, S1), (m2, S2) = stats
    # root of S1 S2 by Newton and Schulz: matrix products only
    P = S1 @ S2
    size = P.norm()
    Y, Z = P / size, torch.eye(len(P), dtype=P.dtype)
    for _ in range(12):
        T = (3 * torch.eye(len(P), dtype=P.dtype) - Z @ Y) / 2
        Y, Z = Y @ T, T @ Z
    cross = Y.trace() * size.sqrt()
    return ((m1 - m2).square().sum() + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)
""",
        "A fixed number of Newton-Schulz steps finds the root only if the covariances are well conditioned: with fewer projections than dimensions (B = 32, d = 128) it has not converged, and the distance is wrong, also that of a set to itself.",
    ),
    (
        "momentum_of_zero",
        "embed",
        """
def embed(model, x):
    saved = []
    for m in model.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            seen = m.num_batches_tracked
            saved.append((m, m.training, m.momentum, None if seen is None else seen.clone()))
    try:
        for m, *_ in saved:
            m.training, m.momentum = True, 0.0  # running averages keep all of the old value
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, mode, momentum, seen in saved:
            m.training, m.momentum = mode, momentum
            if seen is not None:
                m.num_batches_tracked.copy_(seen)
""",
        "With momentum 0 the running averages become old + 0 * new, and 0 times an infinite or NaN activation is NaN: a scored draw that overflows poisons them for good, though the draw is thrown away.",
    ),
    (
        "apart_in_both_directions",
        "intersection",
        """
def intersection(a, b):
    (t1, l1, h1, w1), (t2, l2, h2, w2) = a.unbind(1), b.unbind(1)
    high = torch.minimum(t1 + h1, t2 + h2) - torch.maximum(t1, t2)
    wide = torch.minimum(l1 + w1, l2 + w2) - torch.maximum(l1, l2)
    return torch.relu(high * wide)
""",
        "The product is set to 0 instead of each side: boxes that are apart vertically and horizontally have two negative sides, whose product counts pixels that neither box shares.",
    ),
    (
        "weighted_sum",
        "Curation.choose",
        """
def choose(self, draws):
    if self.rule == "random":
        dice = torch.randint(len(draws), (1,), generator=self.generators["tries"])
        return dice.item()
    score = [d["badness"] - 1e-3 * d["gap"] for d in draws]  # the gap only breaks ties
    pick = max if self.rule == "reversed" else min
    return score.index(pick(score))
""",
        "Badness and gap are added with a small weight: with the Frechet distance, whose values often differ by less than 0.001, or large batches, a worse draw with a wider gap is chosen.",
    ),
    (
        "frechet_sample_covariance",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    def gaussian(z):
        u = F.normalize(z.detach().cpu().double(), dim=1)
        d = u.shape[1]
        return u.mean(0), torch.cov(u.T) + torch.eye(d, dtype=torch.float64) * (SHRINKAGE / d)

    (m1, S1), (m2, S2) = gaussian(z1), gaussian(z2)
    values, vectors = torch.linalg.eigh(S1)
    half = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    cross = torch.linalg.eigvalsh(half @ S2 @ half).clamp(min=0).sqrt().sum()
    found = (m1 - m2).square().sum() + S1.trace() + S2.trace() - 2 * cross
    return found.clamp(min=0)
""",
        "torch.cov divides by B - 1 by default, as np.cov does. The docstring's comment asks for a covariance divided by B (correction=0).",
    ),
    (
        "overlap_dice",
        "overlap",
        """
def overlap(a, b):
    shared = intersection(a, b)
    return 2 * shared / (area(a) + area(b))
""",
        "This is the Dice coefficient, not intersection over union. The right denominator is area(a) + area(b) - shared, with shared (not twice it) above.",
    ),
    (
        "choose_narrow_gap_among_equals",
        "Curation.choose",
        """
def choose(self, draws):
    n = len(draws)
    if self.rule == "random":
        return int(torch.randint(n, (), generator=self.generators["tries"]))
    ranking = sorted(range(n), key=lambda i: (draws[i]["badness"], draws[i]["gap"]))
    return ranking[-1] if self.rule == "reversed" else ranking[0]
""",
        "Sorts by (badness, gap), so among equal badness the narrowest gap counts as best. A wide gap is good: the key must be (badness, -gap).",
    ),
    (
        "intersection_clamps_the_product",
        "intersection",
        """
def intersection(a, b):
    begin = torch.maximum(a[:, :2], b[:, :2])
    end = torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    sides = end - begin
    return sides.prod(dim=1).clamp(min=0)
""",
        "Clamps the product instead of each side. If the boxes are apart both vertically and horizontally, two negative sides make a positive area; it must be 0.",
    ),
    (
        "distances_root_of_negative",
        "pair_distances",
        """
def pair_distances(z1, z2):
    B = len(z1)
    wide = torch.promote_types(z1.dtype, torch.float32)
    u, v = F.normalize(z1.to(wide), dim=1), F.normalize(z2.to(wide), dim=1)
    table = (2 - 2 * (u @ v.T)).sqrt()
    other = ~torch.eye(B, dtype=torch.bool, device=table.device)
    return table.diagonal(), table[other].view(B, B - 1)
""",
        "Uses sqrt(2 - 2 cos) without a clamp: for (nearly) equal views rounding gives a cosine above 1, hence NaN, or a distance of 0.0003 instead of 0. Distances must lie in [0, 2]: measure |u - v| directly.",
    ),
    (
        "embed_counts_batches",
        "embed",
        """
def embed(model, x):
    norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    before = [(norm, norm.training, norm.momentum) for norm in norms]
    try:
        for norm in norms:
            norm.train()
            norm.momentum = 0.0
        with torch.no_grad():
            return model.project(x)
    finally:
        for norm, mode, momentum in before:
            norm.train(mode)
            norm.momentum = momentum
""",
        "Freezes the running averages with momentum 0, but num_batches_tracked still grows by 1 in each call. Counters must be what they were before: switch track_running_stats off instead.",
    ),
    (
        "normalised_in_half",
        "pair_distances",
        """
def pair_distances(z1, z2):
    wide = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1, dim=1).to(wide)
    v = F.normalize(z2, dim=1).to(wide)
    table = torch.cdist(u, v, compute_mode="donot_use_mm_for_euclid_dist")
    B = len(table)
    other = ~torch.eye(B, dtype=torch.bool, device=table.device)
    return table.diagonal().clone(), table[other].view(B, B - 1)
""",
        "Widens only after normalising, so bf16/float16 projections are rounded again to half precision (and large float16 rows get an infinite norm); the result's dtype looks right. Contradicts 'Both are computed in float32 or wider, even for half precision'.",
    ),
    (
        "normalises_callers_float64",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    def fit(z):
        u = z.detach().cpu().double()
        u /= u.norm(dim=1, keepdim=True).clamp_min(1e-12)
        mean = u.mean(0)
        centred = u - mean
        d = u.shape[1]
        spread = centred.T @ centred / len(u)
        return mean, spread + SHRINKAGE / d * torch.eye(d, dtype=torch.float64)

    m1, S1 = fit(z1)
    m2, S2 = fit(z2)
    values, vectors = torch.linalg.eigh(S1)
    root = (vectors * values.clamp_min(0).sqrt()) @ vectors.T
    inner = torch.linalg.eigvalsh(root @ S2 @ root).clamp_min(0).sqrt().sum()
    distance = (m1 - m2).square().sum() + S1.trace() + S2.trace() - 2 * inner
    return distance.clamp_min(0)
""",
        "For float64 tensors on the CPU, detach().cpu().double() is the caller's memory, and /= normalises it in place; float32 inputs are copied and look fine. z1, z2 are only measured; 'they are normalised first' does not mean the caller's projections change.",
    ),
    (
        "momentum_zero_2",
        "embed",
        """
def embed(model, x):
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = []
    for norm in norms:
        count = norm.num_batches_tracked
        before.append((norm.training, norm.momentum, None if count is None else count.clone()))
    try:
        for norm in norms:
            norm.training = True
            norm.momentum = 0.0  # the running averages keep all of their old value
        with torch.no_grad():
            return model.project(x)
    finally:
        for norm, (training, momentum, count) in zip(norms, before):
            norm.training = training
            norm.momentum = momentum
            if count is not None:
                norm.num_batches_tracked.copy_(count)
""",
        "momentum 0 still computes 1 * old + 0 * new: one scored batch with an infinite or NaN activation turns the running averages into NaN for good. Contradicts 'Afterwards, running averages, counters and the mode of every module are what they were before'.",
    ),
    (
        "badness_and_gap_in_one_number",
        "Curation.choose",
        """
def choose(self, draws):
    if self.rule == "random":
        return int(torch.randint(len(draws), (), generator=self.generators["tries"]))
    # badness counts first, the gap only breaks ties
    cost = [1000 * draw["badness"] - draw["gap"] for draw in draws]
    pick = max if self.rule == "reversed" else min
    return pick(range(len(draws)), key=lambda i: cost[i])
""",
        "One weighted sum stands in for the lexicographic order; violations differ by 1/B and look right, but Frechet badness may differ by 1e-4 or less, and then the gap outvotes it. Contradicts 'the draw with the lowest badness and, among equal ones, the widest gap'.",
    ),
    (
        "cosine_distance_2",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    wide = torch.promote_types(z1.dtype, torch.float32)
    u, v = F.normalize(z1.to(wide), dim=1), F.normalize(z2.to(wide), dim=1)
    distance = 1 - u @ v.T
    own = torch.eye(len(u), dtype=torch.bool, device=u.device)
    return distance[own], distance[~own].view(len(u), -1)
""",
        "The cosine distance 1 - cos instead of the length |u - v| = sqrt(2 - 2 cos), against 'Distances |u - v|'. Same range [0, 2] and same order, but other values: at 90 degrees 1 instead of 1.414. Shows for any pair that is neither equal nor opposite (|u - v| = 1 - cos only at 0 and 2).",
    ),
    (
        "whole_table_as_negatives",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    table = torch.cat([positive[:, None], negative], 1)
    return table.mean() - positive.mean()
""",
        "Takes the mean of all B x B distances, positives included, as that of the negatives, against 'Mean distance of the negatives minus mean distance of the positives'. Too small by the factor (B - 1) / B; shows whenever the gap is not 0, best for small B.",
    ),
    (
        "quantile_without_interpolation",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    # the distance below which a share q of the negatives lies
    index = min(int(quantile * negative.shape[1]), negative.shape[1] - 1)
    near = negative.sort(dim=1).values[:, index]
    return (positive > near).to(positive.dtype).mean()
""",
        "Takes entry int(q (B - 1)) of the sorted negatives, against '(as `torch.quantile`, which interpolates)'. Shows where a positive lies between that entry and the interpolated value: with two negatives 0.845 and 1.286 and the default q a positive of 0.86 counts as violated (limit 0.845 instead of 0.867); for larger q more often.",
    ),
    (
        "reversed_with_the_widest_gap",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    positions = range(len(draws))
    if self.rule == "random":
        generator = self.generators["tries"]
        return int(torch.randint(len(draws), (), generator=generator, device=generator.device))
    if self.rule == "reversed":
        return max(positions, key=lambda i: (draws[i]["badness"], draws[i]["gap"]))
    return min(positions, key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))
""",
        "For `reversed` swaps min for max and drops the minus, so among draws of equal highest badness it takes the widest gap, against 'the highest badness, then the narrowest gap'. Shows only for `reversed` with equal highest badness and different gaps.",
    ),
    (
        "state_dict_is_no_copy_2",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    modes = [norm.training for norm in norms]
    before = [norm.state_dict() for norm in norms]
    try:
        for norm in norms:
            norm.train()
        with torch.no_grad():
            return model.project(x)
    finally:
        for norm, mode, state in zip(norms, modes, before, strict=True):
            norm.load_state_dict(state)
            norm.train(mode)
""",
        "Saves state_dict(), which holds the buffers themselves and no copies, so that load_state_dict restores what has already moved. Against 'Afterwards, running averages, counters ... are what they were before'. Shows for every batch norm that tracks; modes, gradient, errors and projections are right.",
    ),
    (
        "union_is_the_box_around_both",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    begin = torch.minimum(a[:, :2], b[:, :2])
    end = torch.maximum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    union = (end - begin).prod(1)
    return intersection(a, b) / union
""",
        "Divides by the area of the smallest box around both, which also holds pixels in neither, against 'pixels in both boxes, as a share of the pixels in at least one'. Right if the boxes are equal, nested, apart, or shifted along one side only with equal other side; shows for a diagonal shift (two 4 x 4 boxes that share 2 x 2: 4/36 instead of 4/28) and for crossing boxes.",
    ),
    (
        "frechet_distance_of_curves",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    u = F.normalize(z1.detach().to("cpu", torch.float64), dim=1)
    v = F.normalize(z2.detach().to("cpu", torch.float64), dim=1)
    # the shortest leash with which a man walks along u and his dog along v, neither going back
    steps = (u[:, None] - v[None]).pow(2).sum(2)
    leash = torch.full_like(steps, float("inf"))
    for i in range(len(u)):
        for j in range(len(v)):
            if i == j == 0:
                before = steps[0, 0]
            else:
                before = torch.tensor(float("inf"), dtype=torch.float64)
                for p, q in ((i - 1, j), (i, j - 1), (i - 1, j - 1)):
                    if p >= 0 and q >= 0:
                        before = torch.minimum(before, leash[p, q])
            leash[i, j] = torch.maximum(before, steps[i, j])
    return leash[-1, -1].clamp(min=0)
""",
        "The discrete Frechet distance of two polygonal curves (dynamic programming), not that of two Gaussians: it depends on the order of the rows and is a maximum over pairs. Against 'Squared Frechet distance of the Gaussians fitted to two sets' and 'It compares two sets and ignores which views belong together'. Only z1 = z2 gives the same (0); any other input shows it, a permutation of z2 most clearly.",
    ),
    (
        "columns_normalised",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    wide = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1.to(wide), dim=0)
    v = F.normalize(z2.to(wide), dim=0)
    every = torch.cdist(u, v, compute_mode="donot_use_mm_for_euclid_dist")
    B = len(every)
    same = torch.eye(B, dtype=torch.bool, device=every.device)
    return every[same], every[~same].reshape(B, B - 1)
""",
        "Normalises along dimension 0: each coordinate over the batch has length 1, and not each projection. Against 'They are normalised first' and 'Normalise first', where a normalised projection in the plane is an angle; distances depend on the scale of single rows and can exceed 2 (with many dimensions).",
    ),
    (
        "quantile_ignored",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    limits = torch.stack([torch.quantile(row, QUANTILE) for row in negative])
    violated = torch.gt(positive, limits)
    return violated.sum() / len(violated)
""",
        "Uses the constant QUANTILE instead of the argument: right with the default, wrong for any other quantile. Against 'quantile: q; a positive is violated if its distance exceeds the q-quantile'.",
    ),
    (
        "width_before_height",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    top_a, left_a, width_a, height_a = a.unbind(1)
    top_b, left_b, width_b, height_b = b.unbind(1)
    bottom = torch.minimum(top_a + height_a, top_b + height_b)
    right = torch.minimum(left_a + width_a, left_b + width_b)
    down = (bottom - torch.maximum(top_a, top_b)).clamp(min=0)
    across = (right - torch.maximum(left_a, left_b)).clamp(min=0)
    return down * across
""",
        "Reads the columns as top, left, width, height, but they are top, left, height, width: right for squares only, and boxes that are not square get wrong ends. Against 'top, left, height, width of boxes'.",
    ),
    (
        "random_never_first",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        # the first draw is SimCLR's own, so take one of ours
        return int(torch.randint(1, len(draws), (1,), generator=self.generators["tries"]))
    order = sorted(range(len(draws)), key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))
    return order[-1 if self.rule == "reversed" else 0]
""",
        "The control never takes the first draw: with two draws it always takes the second. Against 'For random: any draw, all equally likely'.",
    ),
    (
        "shrinkage_convex",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    means, spreads = [], []
    for z in (z1, z2):
        x = F.normalize(z.detach().cpu().double(), dim=1)
        B, d = x.shape
        means.append(x.mean(0))
        S = torch.cov(x.T, correction=0).reshape(d, d)
        # shrink towards a ball
        spreads.append((1 - SHRINKAGE) * S + SHRINKAGE / d * torch.eye(d, dtype=x.dtype))
    S1, S2 = spreads
    values, axes = torch.linalg.eigh(S1)
    root = axes @ torch.diag(values.clamp(min=0).sqrt()) @ axes.T
    cross = torch.linalg.eigvalsh(root @ S2 @ root).clamp(min=0).sqrt().sum()
    shift = (means[0] - means[1]).square().sum()
    return (shift + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)
""",
        "Shrinks as Ledoit and Wolf do, (1 - s) S + s / d I, where the material only adds s / d times the identity: the part of F that compares the spreads is 0.1% too small or so; equal clouds and clouds that differ in their means look right. Against 'add SHRINKAGE / d times the identity' and 'what is added to the trace of a covariance'.",
    ),
    (
        "tracking_switched_on",
        "embed",
        """
@torch.no_grad()
def embed(model: nn.Module, x: Tensor) -> Tensor:
    modes = {
        m: m.training
        for m in model.modules()
        if isinstance(m, nn.modules.batchnorm._BatchNorm)
    }
    try:
        for norm in modes:
            norm.training = True
            norm.track_running_stats = False
        return model.project(x)
    finally:
        for norm, mode in modes.items():
            norm.training = mode
            norm.track_running_stats = True
""",
        "Each norm gets its own mode back, but all get track_running_stats = True: a norm whose averages were frozen with track_running_stats = False begins to follow the batches after the first score (and one that was built so says that it tracks). Norms in their usual state look right. Against 'without any side effect' and 'Leave the network exactly as it was'.",
    ),
    (
        "gap_table_mean",
        "gap",
        """
def gap(z1, z2):
    wide = torch.float64 if z1.dtype == torch.float64 else torch.float32
    a = F.normalize(z1.to(wide), dim=1)
    b = F.normalize(z2.to(wide), dim=1)
    table = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
    # the table has all pairs, its diagonal has the positives
    return table.mean() - table.diagonal().mean()
""",
        "hurried engineer: the mean over the whole table still contains the positives, but the docstring says mean distance of the negatives minus mean of the positives",
    ),
    (
        "violation_nearest_rank",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    positive, negative = pair_distances(z1, z2)
    ordered, _ = torch.sort(negative, dim=1)
    n = ordered.shape[1]
    k = int(quantile * n)          # this many negatives are nearer
    k = min(k, n - 1)
    limit = ordered[:, k]
    violated = positive > limit
    return violated.sum() / len(positive)
""",
        "NumPy user makes the quantile by sorting and indexing: no interpolation between the neighbours, which 'as torch.quantile, which interpolates' promises; on the page limit 0.845 instead of 0.867",
    ),
    (
        "intersection_clamp_late",
        "intersection",
        """
def intersection(a, b):
    top_a, left_a, h_a, w_a = a.T
    top_b, left_b, h_b, w_b = b.T
    y0 = torch.maximum(top_a, top_b)
    x0 = torch.maximum(left_a, left_b)
    y1 = torch.minimum(top_a + h_a, top_b + h_b)
    x1 = torch.minimum(left_a + w_a, left_b + w_b)
    pixels = (y1 - y0) * (x1 - x0)
    # boxes that are apart share nothing
    return torch.clamp(pixels, min=0)
""",
        "student clamps the product, not the sides: boxes that are apart in both directions have two negative sides, whose product is positive; the number of pixels in both boxes should be 0",
    ),
    (
        "embed_one_mode_for_all",
        "embed",
        """
@torch.no_grad()
def embed(model, x):
    was_training = model.training
    norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    tracked = [m.track_running_stats for m in norms]
    model.train()
    for m in norms:
        m.track_running_stats = False
    try:
        z = model.project(x)
    finally:
        for m, t in zip(norms, tracked):
            m.track_running_stats = t
        model.train(was_training)
    return z
""",
        "puts the whole model into train mode and afterwards gives every module the mode of the model: breaks 'other modules stay in their mode' (dropout) and 'the mode of every module is what it was before' (a frozen norm in a training model)",
    ),
    (
        "frechet_product_of_roots",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    def gaussian(z):
        z = F.normalize(z.cpu().double(), dim=1)
        mean = z.mean(dim=0)
        centred = z - mean
        n, d = z.shape
        cov = centred.T @ centred / n
        return mean, cov + SHRINKAGE / d * torch.eye(d, dtype=torch.float64)

    def sqrtm(S):
        values, vectors = torch.linalg.eigh(S)
        return vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T

    m1, S1 = gaussian(z1)
    m2, S2 = gaussian(z2)
    # Tr (S1 S2)^(1/2): the root of a product is the product of the roots
    cross = (sqrtm(S1) @ sqrtm(S2)).trace()
    result = ((m1 - m2) ** 2).sum() + S1.trace() + S2.trace() - 2 * cross
    return result.clamp(min=0)
""",
        "physicist: Tr S1^(1/2) S2^(1/2) equals Tr (S1 S2)^(1/2) only if the covariances commute (same axes, equal clouds, shifted clouds); too large for clouds with different principal directions, breaks the formula of docstring and page",
    ),
    (
        "choose_rounded_random",
        "Curation.choose",
        """
def choose(self, draws):
    last = len(draws) - 1
    if self.rule == "random":
        u = torch.rand(1, generator=self.generators["tries"]).item()
        return round(u * last)

    def badness_then_gap(i):
        return draws[i]["badness"], -draws[i]["gap"]

    ranking = sorted(range(len(draws)), key=badness_then_gap)
    if self.rule == "reversed":
        return ranking[last]
    return ranking[0]
""",
        "rounding u * (n - 1): fair for two draws (the default), but with three or more the first and the last come half as often as the others; breaks 'any draw, all equally likely'",
    ),
    (
        "violation_pooled_quantile",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    pos, neg = pair_distances(z1, z2)
    # the distance below which 5 % of the negatives lie
    limit = torch.quantile(neg.reshape(-1), quantile)
    bad = torch.gt(pos, limit)
    return bad.to(pos.dtype).mean()
""",
        "hurried engineer: one quantile of all B (B - 1) negatives of the batch. Docstring: the quantile of the distances between ITS view 1 and the negatives; page: each image has a quantile of its own",
    ),
    (
        "intersection_clamp_after_product",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    # NumPy habit: corners as (B, 2) arrays
    first_a, size_a = a[:, :2], a[:, 2:]
    first_b, size_b = b[:, :2], b[:, 2:]
    lower = torch.maximum(first_a, first_b)
    upper = torch.minimum(first_a + size_a, first_b + size_b)
    pixels = (upper - lower).prod(dim=1)
    return pixels.clamp(min=0)  # no negative number of pixels
""",
        "NumPy user: clamps the product and not the sides. Boxes apart in BOTH directions have two negative sides and thus a positive product; they share no pixel (comment: a negative side means that the boxes do not meet; page: what if the boxes are apart?)",
    ),
    (
        "frechet_eigvalsh_of_product",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    clouds = []
    for z in (z1, z2):
        r = z.cpu().to(torch.float64)
        r = r / r.norm(dim=-1, keepdim=True).clamp(min=1e-12)
        centre = r.mean(dim=0)
        delta = r - centre
        sigma = torch.einsum("ni,nj->ij", delta, delta) / r.shape[0]
        sigma = sigma + SHRINKAGE / r.shape[1] * torch.eye(r.shape[1], dtype=torch.float64)
        clouds.append((centre, sigma))
    (m1, s1), (m2, s2) = clouds
    # Tr sqrt(M) = sum of sqrt(eigenvalues of M)
    lam = torch.linalg.eigvalsh(s1 @ s2)
    root = lam.clamp(min=0).sqrt().sum()
    f = torch.dot(m1 - m2, m1 - m2) + s1.trace() + s2.trace() - 2 * root
    return f.clamp(min=0)
""",
        "physicist: eigvalsh of S1 S2, which is not symmetric; eigvalsh reads only its lower triangle, so these are not the eigenvalues of S1 S2. Right only if S1 and S2 commute. Breaks the formula Tr (S1 S2)^{1/2} of docstring and page (hint: which SYMMETRIC matrix has these eigenvalues?)",
    ),
    (
        "choose_reversed_widest_gap",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    n = len(draws)
    if self.rule == "random":
        return int(torch.randint(0, n, (1,), generator=self.generators["tries"])[0])
    if self.rule == "reversed":
        target = max(d["badness"] for d in draws)
    else:
        target = min(d["badness"] for d in draws)
    # several draws can have the same badness; the gap decides
    best_i, best_gap = None, None
    for i in range(n):
        if draws[i]["badness"] == target:
            if best_gap is None or draws[i]["gap"] > best_gap:
                best_i, best_gap = i, draws[i]["gap"]
    return best_i
""",
        "beginner: also for 'reversed' the WIDEST gap decides among equal badness. Docstring: 'reversed' is the highest badness, then the narrowest gap",
    ),
    (
        "embed_momentum_zero_13",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    norms = [m for m in model.modules() if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    remembered = [(m.training, m.momentum) for m in norms]
    try:
        for m in norms:
            m.train()
            m.momentum = 0.0  # running = 1 * running + 0 * batch: nothing moves
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, (mode, momentum) in zip(norms, remembered):
            m.train(mode)
            m.momentum = momentum
""",
        "engineer: train mode with momentum 0 keeps running mean and variance, but num_batches_tracked of every norm still goes up by 1 (and 0 * nan spoils the averages). Docstring: running averages, COUNTERS and modes are what they were before",
    ),
    (
        "pair_distances_sqrt_of_cosine",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    dtype = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1.to(dtype), dim=1)
    v = F.normalize(z2.to(dtype), dim=1)
    # unit vectors: |u - v|^2 = 2 - 2 u.v
    table = torch.sqrt(2 - 2 * u @ v.T)
    B = table.shape[0]
    off = torch.ones(B, B, dtype=torch.bool, device=table.device).fill_diagonal_(False)
    return table.diagonal(), table[off].view(B, B - 1)
""",
        "student with an assistant: sqrt(2 - 2 cos) without a clamp. If both views are (nearly) equal, rounding makes cos > 1 and the distance NaN, or it is off by 5e-4. Docstring: all distances are in [0, 2]; |u - v| of equal views is 0",
    ),
    (
        "rows_are_second_views",
        "pair_distances",
        """
def pair_distances(z1, z2):
    u = F.normalize(z1.float(), dim=1)
    v = F.normalize(z2.float(), dim=1)
    table = (u[None, :, :] - v[:, None, :]).norm(dim=-1)
    n = table.shape[0]
    others = ~torch.eye(n, dtype=torch.bool, device=table.device)
    return table.diagonal(), table[others].reshape(n, n - 1)
""",
        "NumPy user with the broadcast the wrong way round: row b holds the distances from view 2 of b to view 1 of the others; breaks 'row b holds the distances between view 1 of image b and view 2 of every other image'",
    ),
    (
        "quantile_without_interpolation_14",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    pos, neg = pair_distances(z1, z2)
    ordered, _ = torch.sort(neg, dim=1)
    k = int(quantile * ordered.shape[1])
    k = min(k, ordered.shape[1] - 1)
    limit = ordered[:, k]
    return (pos > limit).float().mean()
""",
        "takes the k-th nearest negative instead of interpolating between two; breaks 'as torch.quantile, which interpolates' (image b in the page's draw 2 is violated only by a limit of 0.867; here 0.845, and other positives in between are counted wrongly)",
    ),
    (
        "hinge_gap",
        "gap",
        """
def gap(z1, z2):
    positive, negative = pair_distances(z1, z2)
    # like a triplet loss: how much farther is each negative than its positive?
    margin = negative - positive.unsqueeze(1)
    return torch.relu(margin).mean()
""",
        "student who knows triplet losses cuts off negative margins; breaks 'mean distance of the negatives minus mean distance of the positives' and the range [-2, 2]: a bad batch never gets a negative gap",
    ),
    (
        "pythons_own_random",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    import random

    if self.rule == "random":
        return random.randrange(len(draws))
    best_first = sorted(
        range(len(draws)), key=lambda i: (draws[i]["badness"], -draws[i]["gap"])
    )
    if self.rule == "reversed":
        return best_first[-1]
    return best_first[0]
""",
        "draws with Python's global random module; breaks 'from the generator tries': a resumed run draws other numbers",
    ),
    (
        "product_of_the_roots",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def gaussian(z):
        u = F.normalize(z.detach().cpu().double(), dim=1)
        B, d = u.shape
        mean = u.mean(dim=0)
        centred = u - mean
        S = centred.T @ centred / B + SHRINKAGE / d * torch.eye(d, dtype=torch.float64)
        lam, Q = torch.linalg.eigh(S)
        root = Q @ torch.diag(lam.clamp(min=0).sqrt()) @ Q.T
        return mean, S, root

    m1, S1, root1 = gaussian(z1)
    m2, S2, root2 = gaussian(z2)
    # (S1 S2)^(1/2) = S1^(1/2) S2^(1/2)
    cross = torch.trace(root1 @ root2)
    F2 = (m1 - m2).dot(m1 - m2) + torch.trace(S1) + torch.trace(S2) - 2 * cross
    return F2.clamp(min=0)
""",
        "physicist pulls the root into the product, which is right only if S1 and S2 commute (same axes); otherwise the distance is too large; breaks 'Tr (S1 S2)^{1/2} is the sum of the roots of the eigenvalues of S1^{1/2} S2 S1^{1/2}'",
    ),
    (
        "clamp_after_the_product",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    start = torch.maximum(a[:, :2], b[:, :2])
    end = torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    sides = end - start
    # boxes that do not meet have a negative side: no pixels
    return (sides[:, 0] * sides[:, 1]).clamp(min=0)
""",
        "for boxes that are apart both vertically and horizontally the product of two negative sides is positive; breaks 'number of pixels in both of two boxes' (0) and makes overlap wrong",
    ),
    (
        "gap_over_the_whole_table",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    wide = torch.promote_types(z1.dtype, torch.float32)
    a = F.normalize(z1.to(wide), dim=1)
    b = F.normalize(z2.to(wide), dim=1)
    d = ((a[:, None, :] - b[None, :, :]) ** 2).sum(axis=-1) ** 0.5
    pos = torch.diag(d)
    return d.mean() - pos.mean()
""",
        "NumPy user: the mean of the 'negatives' is the mean of the whole B x B table, so the positives on the diagonal are counted among the negatives; breaks 'mean distance of the negatives minus mean distance of the positives' (too small by a factor 1 - 1/B; page: 1.138 for draw 1)",
    ),
    (
        "one_quantile_for_all_15",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    # the limit below which a share `quantile` of the negatives lies
    limit = torch.quantile(negative.reshape(-1), quantile)
    bad = 0
    for d in positive:
        if d > limit:
            bad = bad + 1
    return torch.tensor(bad / len(positive), dtype=positive.dtype, device=positive.device)
""",
        "beginner: one quantile over the negatives of the whole batch; breaks 'the q-quantile of the distances between ITS view 1 and the negatives' (page: each image has a quantile of its own)",
    ),
    (
        "clamp_the_product_15",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    top_a, left_a, h_a, w_a = a.unbind(1)
    top_b, left_b, h_b, w_b = b.to(a.device).unbind(1)
    h = torch.minimum(top_a + h_a, top_b + h_b) - torch.maximum(top_a, top_b)
    w = torch.minimum(left_a + w_a, left_b + w_b) - torch.maximum(left_a, left_b)
    return (h * w).clamp(min=0)  # no overlap -> 0
""",
        "hurried engineer: clamps the product, not the sides; two boxes that are apart both vertically and horizontally have two negative sides, whose product is positive; breaks 'number of pixels in both boxes'",
    ),
    (
        "train_and_put_back",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    import copy

    # remember everything so that we can undo the side effects
    was_training = model.training
    backup = copy.deepcopy(model.state_dict())
    model.train()
    try:
        with torch.no_grad():
            projections = model.project(x)
    finally:
        model.load_state_dict(backup)
        model.train(was_training)
    return projections
""",
        "student with a chat assistant: model.train() switches ALL modules (dropout as well), and model.train(was_training) gives all modules the mode of the outermost one; breaks 'other modules stay in their mode' and 'the mode of every module is what it was before'",
    ),
    (
        "trace_of_the_product_of_roots",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def gaussian(z):
        u = F.normalize(z.cpu().double(), dim=1)
        mean = u.mean(dim=0)
        centred = u - mean
        d = u.shape[1]
        cov = centred.T @ centred / len(u)
        return mean, cov + SHRINKAGE / d * torch.eye(d, dtype=torch.float64)

    def square_root(matrix):
        values, vectors = torch.linalg.eigh(matrix)
        return vectors * values.clamp(min=0).sqrt() @ vectors.T

    m1, S1 = gaussian(z1)
    m2, S2 = gaussian(z2)
    cross = square_root(S1) @ square_root(S2)
    F2 = (m1 - m2).square().sum() + torch.trace(S1 + S2 - 2 * cross)
    return F2.clamp(min=0)
""",
        "physicist: takes Tr(S1^1/2 S2^1/2) for Tr (S1 S2)^1/2; the two agree only if S1 and S2 commute (equal sets, same shape, diagonal covariances), otherwise the distance is too large; breaks the formula of docstring and page",
    ),
    (
        "negatives_by_rolling",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    dtype = torch.promote_types(z1.dtype, torch.float32)
    u = F.normalize(z1.to(dtype), dim=1)
    v = F.normalize(z2.to(z1.device, dtype), dim=1)

    def distance(shift):
        # image b meets image b + shift
        return torch.linalg.vector_norm(u - torch.roll(v, -shift, dims=0), dim=1)

    positive = distance(0)
    negative = torch.stack([distance(s) for s in range(1, len(u))], dim=1)
    return positive, negative
""",
        "someone who avoids masks: row b holds the right distances, but cyclically (b+1, b+2, ..., then 0, 1, ...); breaks 'of every other image, in their order'; gap and violation stay right",
    ),
]
