# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 10's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "pair_broadcast64",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    u = F.normalize(z1.double(), dim=-1)
    v = F.normalize(z2.double(), dim=-1)
    table = torch.linalg.vector_norm(u[:, None, :] - v[None, :, :], dim=-1).clamp(max=2)
    B = table.shape[0]
    negative = table.flatten()[1:].view(B - 1, B + 1)[:, :-1].reshape(B, B - 1)
    return torch.diagonal(table), negative
""",
        "float64 throughout, differences by broadcasting, and the view trick that drops a diagonal",
    ),
    (
        "pair_chord",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    u, v = (F.normalize(z.to(torch.float64), dim=1) for z in (z1, z2))
    cosine = torch.einsum("id,jd->ij", u, v)
    chord = (2 - 2 * cosine).clamp(0, 4).sqrt().float()
    others = [torch.cat([chord[b, :b], chord[b, b + 1 :]]) for b in range(len(chord))]
    return torch.stack([chord[b, b] for b in range(len(chord))]), torch.stack(others)
""",
        "the chord from the cosine, in float64, and the row without its own entry by cat",
    ),
    (
        "pair_shifts",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)

    def unit(z):
        z = z.to(wide)
        return z / z.norm(dim=1, keepdim=True).clamp(min=1e-12)

    u, v = unit(z1), unit(z2)
    B, row = len(u), torch.arange(len(u), device=u.device)
    negative = u.new_empty(B, B - 1)
    for shift in range(1, B):
        column = (row + shift) % B
        distance = (u - v[column]).square().sum(1).sqrt()
        negative[row, column - (column > row).long()] = distance.clamp(max=2)
    return (u - v).square().sum(1).sqrt().clamp(max=2), negative
""",
        "a loop over shifts of view 2, each written to its place; own normalisation",
    ),
    (
        "violation_sort",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    ordered = negative.sort(dim=1).values
    where = quantile * (ordered.shape[1] - 1)
    low = int(where)
    high = min(low + 1, ordered.shape[1] - 1)
    near = torch.lerp(ordered[:, low], ordered[:, high], where - low)
    return torch.count_nonzero(positive.gt(near)) / len(positive)
""",
        "sorts the negatives and interpolates by hand",
    ),
    (
        "violation_numpy",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    import numpy as np

    positive, negative = (d.detach().double().cpu().numpy() for d in pair_distances(z1, z2))
    near = [np.quantile(row, quantile) for row in negative]
    violated = [bool(p > n) for p, n in zip(positive, near, strict=True)]
    return torch.tensor(sum(violated) / len(violated), dtype=torch.float64, device=z1.device)
""",
        "a loop over images with numpy's quantile; a float64 scalar",
    ),
    (
        "gap_trace",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    u, v = F.normalize(z1.double(), dim=1), F.normalize(z2.double(), dim=1)
    B = len(u)
    table = (u.unsqueeze(1) - v.unsqueeze(0)).pow(2).sum(2).sqrt()
    own = table.trace()
    return ((table.sum() - own) / (B * (B - 1)) - own / B).clamp(-2, 2)
""",
        "from the sum and the trace of one float64 table, without pair_distances",
    ),
    (
        "gap_rows",
        "gap",
        """
def gap(z1: Tensor, z2: Tensor) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    return torch.stack([n.mean() - p for p, n in zip(positive, negative, strict=True)]).mean()
""",
        "the mean over images of each image's own gap, as all have equally many negatives",
    ),
    (
        "frechet_cholesky",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def gaussian(z):
        u = F.normalize(z.detach().to("cpu", torch.float64), dim=1)
        m = u.mean(dim=0)
        S = torch.einsum("bi,bj->ij", u - m, u - m) / len(u)
        S.diagonal().add_(SHRINKAGE / u.shape[1])
        return m, S

    (m1, S1), (m2, S2) = gaussian(z1), gaussian(z2)
    L1, L2 = torch.linalg.cholesky(S1), torch.linalg.cholesky(S2)
    cross = torch.linalg.svdvals(L1.mT @ L2).sum()
    return F.relu((m1 - m2).dot(m1 - m2) + S1.trace() + S2.trace() - 2 * cross)
""",
        "the trace of the root as the nuclear norm of the product of two Cholesky factors",
    ),
    (
        "frechet_qr",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def root_of(u, m):
        B, d = u.shape
        ridge = (SHRINKAGE / d) ** 0.5 * torch.eye(d, dtype=torch.float64)
        return torch.linalg.qr(torch.cat([(u - m) / B**0.5, ridge]), mode="r").R  # S = R^T R

    u1, u2 = F.normalize(z1.cpu().double()), F.normalize(z2.cpu().double())
    m1, m2 = u1.sum(0) / len(u1), u2.sum(0) / len(u2)
    R1, R2 = root_of(u1, m1), root_of(u2, m2)
    traces = R1.pow(2).sum() + R2.pow(2).sum()
    nuclear = torch.linalg.matrix_norm(R1 @ R2.T, "nuc")
    return torch.maximum(torch.dist(m1, m2) ** 2 + traces - 2 * nuclear, torch.zeros((), dtype=torch.float64))
""",
        "never forms a covariance: QR of the data with the shrinkage as extra rows",
    ),
    (
        "frechet_numpy",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    import numpy as np

    def fit(z):
        x = z.detach().cpu().double().numpy()
        x = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
        d = x.shape[1]
        S = np.atleast_2d(np.cov(x, rowvar=False, bias=True)) + SHRINKAGE / d * np.identity(d)
        return x.mean(axis=0), S

    m1, S1 = fit(z1)
    m2, S2 = fit(z2)
    values, V = np.linalg.eigh(S2)
    half = V @ np.diag(np.sqrt(values)) @ V.T
    inner = np.linalg.eigvalsh(half @ S1 @ half)
    F2 = np.sum((m1 - m2) ** 2) + np.trace(S1 + S2) - 2 * np.sqrt(np.maximum(inner, 0)).sum()
    return torch.tensor(max(float(F2), 0.0), dtype=torch.float64)
""",
        "numpy, with the root of the second covariance instead of the first",
    ),
    (
        "embed_no_buffers",
        "embed",
        """
@torch.no_grad()
def embed(model: nn.Module, x: Tensor) -> Tensor:
    from contextlib import ExitStack

    names = ("running_mean", "running_var", "num_batches_tracked")
    with ExitStack() as undo:
        for m in model.modules():
            if isinstance(m, nn.modules.batchnorm._BatchNorm):
                undo.callback(setattr, m, "training", m.training)
                m.training = True
                for name in names:
                    undo.callback(m._buffers.__setitem__, name, m._buffers[name])
                    m._buffers[name] = None
        return model.project(x)
""",
        "takes the norms' buffers away for the call; an ExitStack puts them back",
    ),
    (
        "embed_functional",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    class Call(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, x):
            return self.model.project(x)

    norms = {m: m.training for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)}
    call = Call()
    copies = {name: buffer.clone() for name, buffer in call.named_buffers()}
    try:
        for m in norms:
            m.training = True
        with torch.no_grad():
            return torch.func.functional_call(call, copies, (x,))
    finally:
        for m, mode in norms.items():
            m.training = mode
""",
        "torch.func.functional_call on copies of all buffers, so that only copies are updated",
    ),
    (
        "embed_swap",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    from contextlib import contextmanager

    @contextmanager
    def borrowed(m):
        before, mode = dict(m._buffers), m.training
        m._buffers.update({k: None if b is None else b.clone() for k, b in before.items()})
        m.training = True
        try:
            yield
        finally:
            m._buffers.update(before)
            m.training = mode

    def under(norms):
        if not norms:
            return model.project(x)
        with borrowed(norms[0]):
            return under(norms[1:])

    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
    with torch.set_grad_enabled(False):
        return under([m for m in model.modules() if isinstance(m, kinds)])
""",
        "real training mode on borrowed copies of the buffers, one context inside another, by recursion",
    ),
    (
        "overlap_inclusive",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    inside = intersection(a, b).double()
    only_a = a[:, 2].double() * a[:, 3] - inside
    only_b = b[:, 2].double() * b[:, 3] - inside
    return inside / (only_a + inside + only_b)
""",
        "three disjoint parts in float64",
    ),
    (
        "overlap_loop",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    shares = []
    for (t1, l1, h1, w1), (t2, l2, h2, w2) in zip(a.tolist(), b.tolist(), strict=True):
        h = max(0, min(t1 + h1, t2 + h2) - max(t1, t2))
        w = max(0, min(l1 + w1, l2 + w2) - max(l1, l2))
        shares.append(h * w / (h1 * w1 + h2 * w2 - h * w))
    return torch.tensor(shares, dtype=torch.float32, device=a.device)
""",
        "a loop over boxes in Python numbers, without the helper functions",
    ),
    (
        "intersection_hull",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    pixels = 1
    for begin, length in ((0, 2), (1, 3)):
        first = torch.minimum(a[:, begin], b[:, begin])
        last = torch.maximum(a[:, begin] + a[:, length], b[:, begin] + b[:, length])
        pixels = pixels * (a[:, length] + b[:, length] - (last - first)).clamp(min=0)
    return pixels
""",
        "what both lengths have more than the stretch from the first to the last pixel",
    ),
    (
        "intersection_middle",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    start = torch.stack([a[:, :2], b[:, :2]])
    end = torch.stack([a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]])
    points = torch.cat([start, end]).sort(dim=0).values  # (4, B, 2)
    side = points[2] - points[1]
    meet = (start.amax(0) < end.amin(0)).all(1)
    return torch.where(meet, side[:, 0] * side[:, 1], 0)
""",
        "the middle two of the four sorted ends, if the boxes meet",
    ),
    (
        "choose_loop",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        share = torch.rand((), generator=self.generators["tries"], dtype=torch.float64).item()
        return int(share * len(draws))
    sign = -1 if self.rule == "reversed" else 1
    best = 0
    for i, draw in enumerate(draws):
        bad, best_bad = sign * draw["badness"], sign * draws[best]["badness"]
        if bad < best_bad or (bad == best_bad and sign * draw["gap"] > sign * draws[best]["gap"]):
            best = i
    return best
""",
        "one pass with a sign; the control scales a uniform number",
    ),
    (
        "choose_minmax",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    def key(i):
        return draws[i]["badness"], -draws[i]["gap"]

    places = range(len(draws))
    if self.rule == "random":
        return torch.randperm(len(draws), generator=self.generators["tries"])[0].item()
    return (max if self.rule == "reversed" else min)(places, key=key)
""",
        "min or max of a key (another of exactly equal draws), and the first of a permutation",
    ),
    (
        "row_by_row",
        "pair_distances",
        """
def pair_distances(z1, z2):
    wide = torch.promote_types(z1.dtype, torch.float32)
    u, v = (z.to(wide) for z in (z1, z2))
    u = u / u.norm(dim=1, keepdim=True).clamp(min=1e-12)
    v = v / v.norm(dim=1, keepdim=True).clamp(min=1e-12)
    positive, negative = [], []
    for b, one in enumerate(u):
        row = (v - one).norm(dim=1)
        positive.append(row[b])
        negative.append(torch.cat([row[:b], row[b + 1 :]]))
    return torch.stack(positive), torch.stack(negative)
""",
        "One row at a time, by subtraction, without the (B, B) table and without a mask.",
    ),
    (
        "nuclear_norm",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    mean, factor, spread = [], [], 0.0
    for z in (z1, z2):
        z = F.normalize(z.cpu().to(torch.float64), dim=1)
        B, d = z.shape
        mean.append(z.sum(0) / B)
        c = z - mean[-1]
        S = c.T @ c / B + torch.full((d,), SHRINKAGE / d, dtype=torch.float64).diag()
        factor.append(torch.linalg.cholesky(S))
        spread = spread + torch.einsum("ii->", S)
    cross = torch.linalg.svdvals(factor[0].T @ factor[1]).sum()
    apart = mean[0] - mean[1]
    return torch.relu(apart @ apart + spread - 2 * cross)
""",
        "The trace of the root is the sum of the singular values of L1' L2, with Cholesky factors L; no eigenvalues.",
    ),
    (
        "forward_exchanged",
        "embed",
        """
def embed(model, x):
    def batch_statistics(m):
        return lambda x: F.batch_norm(x, None, None, m.weight, m.bias, True, 0.0, m.eps)

    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    old = [m.__dict__.get("forward") for m in norms]
    recording = torch.is_grad_enabled()
    try:
        for m in norms:
            m.forward = batch_statistics(m)
        torch.set_grad_enabled(False)
        return model.project(x)
    finally:
        torch.set_grad_enabled(recording)
        for m, forward in zip(norms, old):
            m.__dict__.pop("forward", None)
            if forward is not None:
                m.forward = forward
""",
        "Gives each norm a forward for this call that uses the statistics of the batch, and touches no mode, switch or buffer.",
    ),
    (
        "by_spans",
        "intersection",
        """
def intersection(a, b):
    pixels = 1
    for i in (0, 1):
        ends = torch.stack([a[:, i] + a[:, i + 2], b[:, i] + b[:, i + 2]])
        span = ends.amax(0) - torch.stack([a[:, i], b[:, i]]).amin(0)
        pixels = pixels * (a[:, i + 2] + b[:, i + 2] - span).clamp(min=0)
    return pixels
""",
        "In each direction, the common length is the sum of both lengths minus the span of both together.",
    ),
    (
        "violation_by_loop",
        "violation",
        """
def violation(z1, z2, quantile=QUANTILE):
    wide = torch.promote_types(z1.dtype, torch.float32)
    u, v = F.normalize(z1.to(wide), dim=1), F.normalize(z2.to(wide), dim=1)
    verdicts = []
    for b in range(len(u)):
        distances = torch.linalg.vector_norm(v - u[b], dim=1)
        negatives = torch.cat([distances[:b], distances[b + 1 :]])
        verdicts.append(distances[b] > torch.quantile(negatives, quantile))
    return torch.stack(verdicts).to(wide).mean()
""",
        "One image at a time, without pair_distances.",
    ),
    (
        "frechet_cholesky_nuclear_norm",
        "frechet_distance",
        """
def frechet_distance(z1, z2):
    def fit(z):
        u = F.normalize(z.cpu().double(), dim=1)
        B, d = u.shape
        centre = u.sum(0) / B
        spread = torch.einsum("bi,bj->ij", u - centre, u - centre) / B
        spread = spread + torch.diag(torch.full((d,), SHRINKAGE / d, dtype=torch.float64))
        return centre, spread, torch.linalg.cholesky(spread)

    (m1, S1, L1), (m2, S2, L2) = fit(z1), fit(z2)
    cross = torch.linalg.svdvals(L1.T @ L2).sum()
    apart = ((m1 - m2) ** 2).sum()
    return torch.clamp(apart + torch.trace(S1 + S2) - 2 * cross, min=0.0)
""",
        "With S = L L^T, the squared singular values of L1^T L2 are the eigenvalues of S1 S2, so no matrix root is needed.",
    ),
    (
        "embed_hides_the_buffers",
        "embed",
        """
def embed(model, x):
    from torch.nn.modules.batchnorm import _BatchNorm

    hidden = []
    try:
        for module in model.modules():
            if isinstance(module, _BatchNorm):
                hidden.append((module, dict(module._buffers)))
                for name in hidden[-1][1]:
                    module._buffers[name] = None
        with torch.no_grad():
            return model.project(x)
    finally:
        for module, buffers in hidden:
            module._buffers.update(buffers)
""",
        "No switch is touched: each batch norm's buffers are taken away for the call. A norm without buffers uses the batch's statistics in either mode, and has none to update; afterwards the same tensors are put back.",
    ),
    (
        "two_order_statistics",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    positive, negative = pair_distances(z1, z2)
    last = negative.shape[1] - 1
    place = quantile * last
    below = int(place)
    low = negative.kthvalue(below + 1, dim=1).values
    high = negative.kthvalue(min(below + 1, last) + 1, dim=1).values
    near = torch.lerp(low, high, place - below)
    return torch.count_nonzero(positive > near) / torch.ones_like(positive).sum()
""",
        "The quantile by hand: two order statistics by kthvalue and a linear interpolation, per row; the share is a count over a sum of ones in the distances' dtype. Works for B = 2 and for q = 0 and 1.",
    ),
    (
        "nuclear_norm_of_factors",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    means, factors, traces = [], [], []
    for z in (z1, z2):
        u = z.to("cpu").double()
        u = u / u.norm(dim=1, keepdim=True).clamp(min=1e-12)
        (B, d), mean = u.shape, u.mean(0)
        S = torch.einsum("bi,bj->ij", u - mean, u - mean) / B
        S = S + SHRINKAGE / d * torch.eye(d, dtype=torch.float64)
        means.append(mean)
        traces.append(S.trace())
        factors.append(torch.linalg.cholesky(S))
    # with S = L L^T, the eigenvalues of S1 S2 are the squares of the singular values of L1^T L2
    cross = torch.linalg.svdvals(factors[0].T @ factors[1]).sum()
    return ((means[0] - means[1]).square().sum() + sum(traces) - 2 * cross).clamp(min=0)
""",
        "No matrix square root and no eigenvalues: Tr (S1 S2)^{1/2} is the sum of the singular values of L1^T L2 for Cholesky factors, which exist because of the shrinkage. Float64, CPU, clamped.",
    ),
    (
        "another_forward",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    from contextlib import ExitStack
    from functools import partial

    def batch_statistics(norm: nn.Module, x: Tensor) -> Tensor:
        return F.batch_norm(x, None, None, norm.weight, norm.bias, training=True, eps=norm.eps)

    def put_back(norm: nn.Module, own: dict) -> None:
        del norm.forward
        norm.__dict__.update(own)

    with torch.no_grad(), ExitStack() as stack:
        for norm in model.modules():
            if isinstance(norm, nn.modules.batchnorm._BatchNorm):
                own = {k: f for k, f in norm.__dict__.items() if k == "forward"}
                norm.forward = partial(batch_statistics, norm)
                stack.callback(put_back, norm, own)
        return model.project(x)
""",
        "Touches no switch and no buffer: each norm gets another `forward` for the time of the call, and an ExitStack takes it away again, also after an error. No module's mode ever changes.",
    ),
    (
        "sides_minus_the_span",
        "intersection",
        """
def intersection(a: Tensor, b: Tensor) -> Tensor:
    ends = torch.stack([a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]])
    starts = torch.stack([a[:, :2], b[:, :2]])
    # two sides together, minus the stretch that they span, is what they share (or minus their gap)
    shared = a[:, 2:] + b[:, 2:] - (ends.amax(0) - starts.amin(0))
    height, width = shared.relu().unbind(1)
    return height * width
""",
        "Uses the earliest begin and the latest end, the span of both, instead of the latest begin and earliest end; dtype and device of the boxes, exact for whole numbers.",
    ),
    (
        "match_and_reduce",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    from functools import reduce

    def better(i: int, j: int) -> int:
        a, b = draws[i], draws[j]
        if a["badness"] != b["badness"]:
            return i if a["badness"] < b["badness"] else j
        return i if a["gap"] >= b["gap"] else j

    def worse(i: int, j: int) -> int:
        return j if better(i, j) == i else i

    match self.rule:
        case "random":
            generator = self.generators["tries"]
            order = torch.randperm(len(draws), generator=generator, device=generator.device)
            return order.tolist()[0]
        case "reversed":
            return reduce(worse, range(len(draws)))
        case _:
            return reduce(better, range(len(draws)))
""",
        "A knockout by `reduce` instead of a sort; random is the first of a random permutation from `tries`. Among draws equal in both numbers (where the docstring is silent) it takes the first for best, the last for reversed.",
    ),
    (
        "pairs_by_coordinate",
        "pair_distances",
        """
def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    u, v = (F.normalize(z.to(z1.device, wide), dim=1) for z in (z1, z2))
    B = len(u)
    squares = torch.zeros(B, B, dtype=wide, device=z1.device)
    for x, y in zip(u.unbind(1), v.unbind(1)):
        squares = squares + (x[:, None] - y).square()
    table = squares.sqrt().clamp(max=2)
    place = torch.arange(B, device=z1.device)
    negative = torch.where(place[:-1] < place[:, None], table[:, :-1], table[:, 1:])
    return table.diagonal().clone(), negative
""",
        "Loops over the coordinates and adds up their squared differences, so only (B, B) tables are needed and equal views are exactly 0 apart; the diagonal is left out by a choice between the table without its last and without its first column.",
    ),
    (
        "violation_nanquantile",
        "violation",
        """
def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    wide = torch.promote_types(z1.dtype, torch.float32)
    u, v = F.normalize(z1.to(wide), dim=-1), F.normalize(z2.to(wide), dim=-1)
    table = torch.cdist(u, v, compute_mode="donot_use_mm_for_euclid_dist")
    itself = torch.eye(len(table), dtype=torch.bool, device=table.device)
    others = table.masked_fill(itself, float("nan"))
    near = torch.nanquantile(others, quantile, dim=1)
    return (table.diagonal() > near).to(wide).mean()
""",
        "Works on the whole table: the positives on the diagonal become NaN, which nanquantile leaves out; no table of negatives is built, and pair_distances is not called.",
    ),
    (
        "embed_mock_patch",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    from contextlib import ExitStack
    from unittest import mock

    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        for m in model.modules():
            if isinstance(m, nn.modules.batchnorm._BatchNorm):
                stack.enter_context(
                    mock.patch.multiple(m, training=True, track_running_stats=False)
                )
        return model.project(x)
""",
        "Borrows mock.patch from the tests: each norm's two switches are patched for the call, and an ExitStack gives each its own values back, also after an error.",
    ),
    (
        "overlap_harmonic",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    shared = intersection(a, b)
    # how many times the shared part fits into each box; infinity if there is none
    in_a, in_b = area(a) / shared, area(b) / shared
    return 1 / (in_a + in_b - 1)
""",
        "Divides by the intersection first: 1 / (A / I + B / I - 1). Boxes that do not meet give 1 / infinity, which is 0; equal boxes give exactly 1.",
    ),
    (
        "pair_distances_row_by_row",
        "pair_distances",
        """
def pair_distances(z1, z2):
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)

    def unit(z):
        z = z.to(wide)
        return z / torch.linalg.vector_norm(z, dim=1, keepdim=True).clamp_min(1e-12)

    u, v = unit(z1), unit(z2)
    positive, negative = [], []
    for b in range(len(u)):
        row = torch.linalg.vector_norm(u[b] - v, dim=1).clamp(max=2)
        positive.append(row[b])
        negative.append(torch.cat([row[:b], row[b + 1 :]]))
    return torch.stack(positive), torch.stack(negative)
""",
        "a loop over images: one row of distances from differences, then the part before and the part after the own view; no B x B table, no mask, no matrix product",
    ),
    (
        "embed_without_buffers",
        "embed",
        """
def embed(model, x):
    names = ("running_mean", "running_var", "num_batches_tracked")
    kept = []
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            kept.append((module, {name: getattr(module, name) for name in names}))
    try:
        for module, _ in kept:
            for name in names:
                setattr(module, name, None)
        with torch.no_grad():
            return model.project(x)
    finally:
        for module, buffers in kept:
            for name, buffer in buffers.items():
                setattr(module, name, buffer)
""",
        "takes the running averages and counters away while projecting: a norm without them uses the batch in either mode, so no mode and no switch is touched; the same tensors are put back in finally",
    ),
    (
        "overlap_by_marking_pixels",
        "overlap",
        """
def overlap(a, b):
    if len(a) == 0:
        return torch.zeros(0, device=a.device)
    a, b = a.long(), b.long().to(a.device)

    def marks(start, length, other, other_length):
        # which pixels along one side belong to the first box, and which to the second
        lo = int(torch.minimum(start, other).min())
        hi = int(torch.maximum(start + length, other + other_length).max())
        at = torch.arange(lo, hi, device=a.device)[None, :]
        first = (at >= start[:, None]) & (at < (start + length)[:, None])
        second = (at >= other[:, None]) & (at < (other + other_length)[:, None])
        return first, second

    rows_a, rows_b = marks(a[:, 0], a[:, 2], b[:, 0], b[:, 2])
    cols_a, cols_b = marks(a[:, 1], a[:, 3], b[:, 1], b[:, 3])
    shared = (rows_a & rows_b).sum(1) * (cols_a & cols_b).sum(1)
    only_a = rows_a.sum(1) * cols_a.sum(1) - shared
    only_b = rows_b.sum(1) * cols_b.sum(1) - shared
    return shared / (shared + only_a + only_b)
""",
        "marks and counts rows and columns of pixels instead of computing sides by min and max; the union is counted as shared + only in a + only in b",
    ),
    (
        "frechet_nuclear_norm",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    def fit(z):
        u = F.normalize(z.cpu().double(), dim=1)
        n, d = u.shape
        mean = u.sum(0) / n
        spread = (u - mean).T @ (u - mean) / n
        return mean, spread + torch.diag(u.new_full((d,), SHRINKAGE / d))

    m1, s1 = fit(z1)
    m2, s2 = fit(z2)
    # S = L L^T, so the eigenvalues of S1 S2 are the squared singular values of L1^T L2
    mixed = torch.linalg.cholesky(s1).T @ torch.linalg.cholesky(s2)
    shared = torch.linalg.svdvals(mixed).sum()
    value = (m1 - m2).square().sum() + torch.trace(s1 + s2) - 2 * shared
    return torch.relu(value)
""",
        "Cholesky factors and singular values (nuclear norm of L1^T L2) instead of S1^{1/2} S2 S1^{1/2} and eigenvalues",
    ),
    (
        "embed_takes_the_buffers_away",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    names = ("running_mean", "running_var", "num_batches_tracked")
    taken = []
    try:
        for part in model.modules():
            if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
                taken.append((part, [getattr(part, name) for name in names]))
                for name in names:
                    setattr(part, name, None)
        with torch.no_grad():
            return model.project(x)
    finally:
        for part, tensors in taken:
            for name, tensor in zip(names, tensors):
                setattr(part, name, tensor)
""",
        "takes the running averages and the counter of each norm away for the pass (a norm without averages uses the batch in either mode) and puts the same tensors back; no mode is touched at all",
    ),
    (
        "choose_two_stable_sorts",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        weights = torch.ones(len(draws))
        return torch.multinomial(weights, 1, generator=self.generators["tries"]).item()
    ranking = list(range(len(draws)))
    ranking.sort(key=lambda i: draws[i]["gap"], reverse=True)
    ranking.sort(key=lambda i: draws[i]["badness"])  # stable: equal ones stay in order of gap
    if self.rule == "reversed":
        return ranking[-1]
    return ranking[0]
""",
        "two stable sorts, first by gap, then by badness, instead of one by a pair; the random draw by multinomial",
    ),
    (
        "nuclear_norm_of_cholesky_factors",
        "frechet_distance",
        """
def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    means, factors, total = [], [], 0.0
    for z in (z1, z2):
        u = F.normalize(z.detach().cpu().double(), dim=1)
        d = u.shape[1]
        S = torch.cov(u.T, correction=0).reshape(d, d)
        S = S + torch.diag(torch.full((d,), SHRINKAGE / d, dtype=torch.float64))
        means.append(u.mean(0))
        factors.append(torch.linalg.cholesky(S))
        total = total + S.diagonal().sum()
    cross = torch.linalg.svdvals(factors[0].T @ factors[1]).sum()
    apart = (means[0] - means[1]).square().sum()
    return (apart + total - 2 * cross).clamp(min=0)
""",
        "Cholesky factors S = L L^T; Tr (S1 S2)^{1/2} is the sum of the singular values of L1^T L2; covariance from torch.cov",
    ),
    (
        "norms_without_buffers",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    modes = [(module, module.training) for module in model.modules()]
    norms = [m for m, _ in modes if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    names = ("running_mean", "running_var", "num_batches_tracked")
    kept = [[getattr(norm, name) for name in names] for norm in norms]
    try:
        for norm in norms:  # without running averages a norm can only use the batch, in any mode
            for name in names:
                setattr(norm, name, None)
        with torch.no_grad():
            return model.project(x)
    finally:
        for norm, buffers in zip(norms, kept):
            for name, buffer in zip(names, buffers):
                setattr(norm, name, buffer)
        for module, mode in modes:
            module.training = mode
""",
        "takes the buffers out of the norms for the time of the pass, instead of changing training and track_running_stats",
    ),
    (
        "one_box_after_the_other",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    shares = []
    for (top1, left1, h1, w1), (top2, left2, h2, w2) in zip(a.tolist(), b.tolist()):
        rows = max(0, min(top1 + h1, top2 + h2) - max(top1, top2))
        columns = max(0, min(left1 + w1, left2 + w2) - max(left1, left2))
        both = rows * columns
        only_a = h1 * w1 - both
        only_b = h2 * w2 - both
        shares.append(both / (only_a + both + only_b))
    return torch.tensor(shares, dtype=torch.float32, device=a.device)
""",
        "beginner: a Python loop over the boxes, the union as three disjoint parts, without intersection()",
    ),
    (
        "norms_learn_on_clones",
        "embed",
        """
def embed(model: nn.Module, x: Tensor) -> Tensor:
    modules = list(model.modules())
    modes = [m.training for m in modules]
    buffers = [dict(m._buffers) for m in modules]
    try:
        for m in modules:
            # whatever is updated during this pass is a copy
            for name, value in m._buffers.items():
                if value is not None:
                    m._buffers[name] = value.clone()
            if isinstance(m, nn.modules.batchnorm._BatchNorm):
                m.training = True
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, mode, old in zip(modules, modes, buffers):
            m.training = mode
            m._buffers.update(old)
""",
        "every buffer of the model is replaced by a clone during the pass, the norms really train on the clones, and the original tensors come back in finally; track_running_stats is not touched",
    ),
    (
        "masks_of_pixels",
        "overlap",
        """
def overlap(a: Tensor, b: Tensor) -> Tensor:
    a, b = a.long(), b.to(a.device).long()
    if len(a) == 0:
        return torch.zeros(0, device=a.device)
    shared, size_a, size_b = 1, 1, 1
    for axis in (0, 1):  # vertical, then horizontal
        low_a, low_b = a[:, axis, None], b[:, axis, None]
        high_a, high_b = low_a + a[:, axis + 2, None], low_b + b[:, axis + 2, None]
        lines = torch.arange(
            int(torch.minimum(low_a, low_b).min()),
            int(torch.maximum(high_a, high_b).max()),
            device=a.device,
        )
        in_a = (lines >= low_a) & (lines < high_a)
        in_b = (lines >= low_b) & (lines < high_b)
        shared = shared * (in_a & in_b).sum(dim=1)
        size_a, size_b = size_a * in_a.sum(dim=1), size_b * in_b.sum(dim=1)
    only_one = (size_a - shared) + (size_b - shared)
    return shared / (shared + only_one)
""",
        "marks the rows and the columns of each box in boolean masks and counts the marks; uses no minimum/maximum of sides, neither `intersection` nor `area`; union = shared pixels + pixels in only one box",
    ),
    (
        "choose_in_a_loop",
        "Curation.choose",
        """
def choose(self, draws: list[dict]) -> int:
    if self.rule == "random":
        equal = torch.ones(len(draws))
        return torch.multinomial(equal, 1, generator=self.generators["tries"]).item()
    sign = -1 if self.rule == "reversed" else 1
    chosen = 0
    for i in range(1, len(draws)):
        bad = sign * (draws[i]["badness"] - draws[chosen]["badness"])
        wide = sign * (draws[i]["gap"] - draws[chosen]["gap"])
        if bad < 0 or (bad == 0 and wide > 0):
            chosen = i
    return chosen
""",
        "a running best instead of sorting, with a sign for the reversed rule; the random draw uses multinomial instead of randint (other numbers from the same generator)",
    ),
]
