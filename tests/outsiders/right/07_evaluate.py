# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 7's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "features_filled_in",
        "features",
        """
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype is not torch.uint8:
        raise ValueError("uint8 pixels are needed")
    N, h = len(pixels), None
    with torch.no_grad(), frozen(encoder):
        for first in range(0, max(N, 1), batch_size):
            last = min(first + batch_size, N)
            out = encoder(as_input(pixels[first:last], encoder))
            if h is None:
                h = torch.empty(N, out.shape[1], dtype=torch.float32, device="cpu")
            h[first:last] = out
    return h
""",
        "no_grad as a context, result allocated after the first batch and filled in place",
    ),
    (
        "features_loader",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    from torch.utils.data import BatchSampler, DataLoader, SequentialSampler, TensorDataset

    images = getattr(pixels, "pixels", pixels)
    if images.dtype != torch.uint8:
        raise ValueError(f"{images.dtype} pixels, but uint8 ones were expected")
    rows = BatchSampler(SequentialSampler(images), batch_size, drop_last=False)
    loader = DataLoader(
        TensorDataset(images), batch_size=None, sampler=rows, generator=torch.Generator()
    )
    batches = (batch for (batch,) in loader) if len(images) else [images]
    parts = []
    with frozen(encoder) as network:
        for batch in batches:
            parts.append(network(as_input(batch, network)).to("cpu", torch.float32))
    return torch.vstack(parts)
""",
        "a DataLoader with a batch sampler and a private generator, torch.vstack",
    ),
    (
        "features_numpy",
        "features",
        """
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    import itertools

    import numpy as np

    if not torch.is_tensor(pixels):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError("pixels are not uint8")
    some = next(itertools.chain(encoder.parameters(), encoder.buffers()), None)
    device = torch.device("cpu") if some is None else some.device

    def show(batch):
        x = batch.to(device=device, dtype=torch.float32).div(255)
        return encoder(x).detach().to(torch.float32).cpu().numpy()

    with frozen(encoder):
        with torch.no_grad():
            rows = [show(batch) for batch in torch.split(pixels, batch_size)]
    return torch.from_numpy(np.concatenate(rows, axis=0))
""",
        "own conversion to floats, collected in numpy arrays",
    ),
    (
        "knn_query_loop",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    import math

    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    rows = bank.double()
    rows = rows / rows.norm(dim=1, keepdim=True).clamp(min=1e-12)
    labels = bank_labels.tolist()
    answers = []
    for query in queries.double():
        cosine = rows @ (query / max(float(query.norm()), 1e-12))
        order = cosine.sort(descending=True).indices[:k].tolist()
        s = cosine[order].tolist()
        votes = {}
        for value, n in zip(s, order):
            vote = math.exp((value - s[0]) / temperature)
            votes[labels[n]] = votes.get(labels[n], 0.0) + vote
        answers.append(max(votes, key=votes.get))
    return torch.tensor(answers, dtype=bank_labels.dtype, device=bank_labels.device)
""",
        "a loop over queries with a dictionary of votes, float64, the largest cosine subtracted",
    ),
    (
        "knn_log_votes",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    classes = torch.unique(bank_labels)
    position = torch.searchsorted(classes, bank_labels.contiguous())
    keys = F.normalize(bank, dim=1)
    predicted = []
    for some in F.normalize(queries, dim=1).split(50):
        s, neighbours = torch.einsum("md,nd->mn", some, keys).topk(min(k, len(bank)), sorted=False)
        own = position[neighbours][:, :, None] == torch.arange(len(classes), device=bank.device)
        logits = (s.double() - s.max(1, keepdim=True).values.double()) / temperature
        logits = torch.where(own, logits[:, :, None], -torch.inf)
        predicted.append(logits.logsumexp(1).argmax(1))
    return classes.index_select(0, torch.cat(predicted))
""",
        "the logarithm of each class's votes, by a logsumexp over the neighbours of that class",
    ),
    (
        "knn_euclidean",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    classes, position = bank_labels.unique(return_inverse=True)
    a, b = (F.normalize(t.double(), dim=1) for t in (queries, bank))
    d2 = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist").square()
    half = (d2 - a.square().sum(1)[:, None] - b.square().sum(1)) / 2  # -s
    half, rows = half.sort(dim=1)
    half, rows = half[:, :k], rows[:, :k]
    weight = torch.exp((half[:, :1] - half) / temperature)
    cell = position[rows] + len(classes) * torch.arange(len(queries), device=bank.device)[:, None]
    votes = torch.bincount(
        cell.flatten(), weights=weight.flatten(), minlength=len(queries) * len(classes)
    )
    winner = votes.view(len(queries), len(classes)).max(1).indices
    return classes[winner]
""",
        "nearest by Euclidean distance on the unit sphere (-2 s = d^2 - 2, also right for rows of zeros), votes by a weighted bincount",
    ),
    (
        "balanced_per_class",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    kinds = sorted(set(labels.tolist()))
    quota = max(round(share * len(labels) / len(kinds)), 1)
    kept = []
    for kind in kinds:
        rows = torch.nonzero(labels == kind).squeeze(1)
        shuffle = torch.randperm(len(rows), generator=generator)
        kept.append(rows[shuffle[:quota]])
    return torch.cat(kept)
""",
        "a random order for each class separately",
    ),
    (
        "balanced_ranks",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    _, position, sizes = labels.unique(return_inverse=True, return_counts=True)
    count = max(1, round(share * labels.numel() / sizes.numel()))
    order = torch.rand(len(labels), generator=generator, dtype=torch.float64).argsort()
    order = order[position[order].argsort(stable=True)]  # by class, random within each
    start = sizes.cumsum(0) - sizes
    rank = torch.arange(len(labels)) - start.repeat_interleave(sizes)
    return order[rank < count].sort().values
""",
        "random keys and two sorts give each row a rank in its class; the rows come back in ascending order",
    ),
    (
        "balanced_counter_half_up",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    from collections import Counter
    from math import floor

    names = labels.tolist()
    quota = max(1, floor(share * len(names) / len(set(names)) + 0.5))
    taken, index = Counter(), []
    for row in torch.randperm(len(names), generator=generator).tolist():
        if taken[names[row]] < quota:
            taken[names[row]] += 1
            index.append(row)
    return torch.tensor(index, dtype=torch.int64)
""",
        "one walk through the random order with a counter, classes stay mixed; halves are rounded up",
    ),
    (
        "predict_folded",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    slope = self.weight.double() / self.std.double()
    offset = self.bias.double() - slope @ self.mean.double()
    logits = torch.addmm(offset, h.double(), slope.T)
    return self.classes.index_select(0, logits.max(dim=1).indices)
""",
        "mean and std folded into weight and bias, float64",
    ),
    (
        "predict_class_loop",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    z = torch.div(torch.sub(h, self.mean), self.std)
    scores = [torch.mv(z, w) + b for w, b in zip(self.weight, self.bias)]
    winner = torch.stack(scores).sort(dim=0, descending=True, stable=True).indices[0]
    return self.classes.take(winner)
""",
        "one score per class in a list, the winner by a sort over classes",
    ),
    (
        "fit_packed",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    rows = torch.arange(len(h), device=h.device)
    x = torch.cat([h, h.new_ones(len(h), 1)], dim=1).double()
    theta = torch.cat([weight, bias[:, None]], dim=1).detach().double().requires_grad_()
    solver = torch.optim.LBFGS(
        [theta],
        max_iter=iterations,
        max_eval=10 * iterations + 1,
        history_size=20,
        tolerance_grad=1e-7,
        line_search_fn="strong_wolfe",
    )

    def closure():
        logits = x @ theta.T
        nll = (logits.logsumexp(1) - logits[rows, position]).mean()
        objective = nll + 0.5 * penalty * (theta[:, :-1] ** 2).sum()
        (theta.grad,) = torch.autograd.grad(objective, theta)
        return objective

    solver.step(closure)
    solution = theta.detach().to(h.dtype)
    return solution[:, :-1].clone(), solution[:, -1].clone()
""",
        "weight and bias in one float64 matrix with a column of ones, own cross entropy, longer history",
    ),
    (
        "fit_scipy",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import log_softmax

    C, D = weight.shape
    if iterations == 0:
        return weight.detach().clone(), bias.detach().clone()
    x = h.detach().cpu().double().numpy()
    y = np.eye(C)[position.cpu().numpy()]

    def objective(theta):
        W, b = theta[: C * D].reshape(C, D), theta[C * D :]
        logp = log_softmax(x @ W.T + b, axis=1)
        error = (np.exp(logp) - y) / len(x)
        value = -(y * logp).sum() / len(x) + penalty / 2 * (W * W).sum()
        return value, np.concatenate([(error.T @ x + penalty * W).ravel(), error.sum(0)])

    first = torch.cat([weight.detach().flatten(), bias.detach()]).cpu().double().numpy()
    options = {"maxiter": iterations, "maxfun": 100 * iterations, "gtol": 1e-7, "ftol": 1e-13}
    found = minimize(objective, first, jac=True, method="L-BFGS-B", options=options)
    best = torch.from_numpy(np.array(found.x)).to(h)
    return best[: C * D].view(C, D).clone(), best[C * D :].clone()
""",
        "scipy's L-BFGS-B in float64 with a gradient worked out by hand",
    ),
    (
        "probe_cold_any_order",
        "linear_probe",
        """
def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    N = len(train_h)
    wide = train_h.double()
    mean = wide.sum(0) / N
    var = (wide - mean).square().sum(0) / max(N - 1, 1)
    never = (train_h == train_h[0]).all(dim=0) | (var == 0)
    std = var.sqrt().masked_fill(never, 1.0)
    mean, std = mean.to(train_h.dtype), std.to(train_h.dtype)
    std = std.masked_fill(std == 0, 1.0)
    classes = torch.unique(train_labels)
    position = torch.searchsorted(classes, train_labels.contiguous())
    z = (train_h - mean) / std
    best, best_key = None, None
    for penalty in penalties:
        W, b = fit(
            h=z,
            position=position,
            weight=torch.zeros(len(classes), z.shape[1]).to(z),
            bias=torch.zeros(len(classes)).to(z),
            penalty=penalty,
            iterations=iterations,
        )
        probe = Probe(
            weight=W, bias=b, mean=mean, std=std, classes=classes, penalty=penalty
        )
        key = (probe.accuracy(val_h, val_labels), penalty)
        if best is None or key > best_key:
            best, best_key = probe, key
    return best
""",
        "every fit starts at zero, penalties in the order given, ties by a key; N - 1 in the standard deviation, in float64; constant means equal to the first row",
    ),
    (
        "probe_smallest_last",
        "linear_probe",
        """
def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    var, mean = torch.var_mean(train_h, dim=0, correction=0)
    std = var.sqrt()
    std[~(std > 1e-6)] = 1e3
    standard = train_h.sub(mean).div(std)
    classes, position = train_labels.unique(sorted=True, return_inverse=True)
    path, right = [], []
    start = standard.new_zeros(len(classes), standard.shape[1]), standard.new_zeros(len(classes))
    for penalty in reversed(sorted(penalties)):
        start = fit(standard, position, *start, penalty, iterations)
        path.append(Probe(*start, mean, std, classes, penalty))
        right.append(int((path[-1].predict(val_h) == val_labels).sum()))
    return path[right.index(max(right))]
""",
        "counts of right answers, first index of the maximum; a constant dimension is divided by 1000",
    ),
    (
        "filled_table",
        "features",
        """
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if not pixels.dtype == torch.uint8:
        raise ValueError(f"expected uint8 pixels, got {pixels.dtype}")
    table = None
    with torch.no_grad(), frozen(encoder) as f:
        for i in range(0, pixels.shape[0], batch_size):
            rows = f(as_input(pixels[i : i + batch_size], f))
            if table is None:
                table = torch.empty(pixels.shape[0], rows.shape[1], dtype=torch.float32)
            table[i : i + len(rows)] = rows
    return table
""",
        "Fills a table made beforehand instead of concatenating a list, and uses no decorator.",
    ),
    (
        "log_votes",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    k = min(k, len(bank))
    unit = bank / bank.norm(dim=1, keepdim=True).clamp(min=1e-12)
    names = bank_labels.unique()
    said = torch.empty(len(queries), dtype=bank_labels.dtype, device=bank_labels.device)
    for i in range(0, len(queries), 100):
        q = queries[i : i + 100]
        q = q / q.norm(dim=1, keepdim=True).clamp(min=1e-12)
        cosine, row = torch.topk(torch.einsum("md,nd->mn", q, unit), k, dim=1)
        voter = bank_labels[row]
        score = [
            torch.where(voter == c, cosine / temperature, -torch.inf).logsumexp(1) for c in names
        ]
        said[i : i + 100] = names[torch.stack(score, 1).argmax(1)]
    return said
""",
        "Compares the logarithms of the votes, class by class, in pieces of 100 queries.",
    ),
    (
        "one_vector_own_gradient",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    C, D = weight.shape
    theta = torch.cat([weight.detach().flatten(), bias.detach()]).clone()
    solver = torch.optim.LBFGS(
        [theta], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )
    N = len(h)
    rows = torch.arange(N, device=h.device)

    @torch.no_grad()
    def closure():
        W, b = theta[: C * D].view(C, D), theta[C * D :]
        logp = (h @ W.T + b).log_softmax(1)
        error = logp.exp()
        error[rows, position] -= 1
        theta.grad = torch.cat([(error.T @ h / N + penalty * W).flatten(), error.sum(0) / N])
        return -logp[rows, position].mean() + penalty / 2 * (W * W).sum()

    solver.step(closure)
    return theta[: C * D].view(C, D).clone(), theta[C * D :].clone()
""",
        "One flat vector of all parameters and a gradient written by hand instead of autograd.",
    ),
    (
        "random_within_classes",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    groups = {}
    for row, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(row)
    each = max(1, round(share * len(labels) / len(groups)))
    kept = []
    for label in sorted(groups):
        rows = groups[label]
        kept += [rows[i] for i in torch.randperm(len(rows), generator=generator)[:each].tolist()]
    return torch.tensor(kept, dtype=torch.int64)
""",
        "Python lists by class and a permutation for each class, so other draws of the same law.",
    ),
    (
        "query_by_query",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    length = bank.square().sum(1, keepdim=True).sqrt()
    unit = torch.where(length > 0, bank / length, torch.zeros_like(bank))
    classes = bank_labels.unique()
    answer = bank_labels.new_empty(len(queries))
    for m, query in enumerate(queries):
        norm = query.square().sum().sqrt()
        cosine = (unit * (query / norm if norm > 0 else query)).sum(1)
        near = cosine.argsort(descending=True)[:k]
        weight = torch.exp((cosine[near] - cosine[near[0]]) / temperature)
        votes = torch.stack([weight[bank_labels[near] == c].sum() for c in classes])
        answer[m] = classes[votes.argmax()]
    return answer
""",
        "One query at a time: sorted cosines, votes divided by that of the nearest row, and one sum for each class.",
    ),
    (
        "class_by_class",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes = sorted(set(labels.tolist()))
    count = max(1, round(share * len(labels) / len(classes)))
    chosen = []
    for c in reversed(classes):
        rows = torch.nonzero(labels == c).flatten()
        draw = torch.rand(len(rows), generator=generator, dtype=torch.float64)
        chosen.append(rows[draw.topk(min(count, len(rows))).indices])
    return torch.cat(chosen)
""",
        "Each class draws random numbers for its own images, last class first, and keeps the largest.",
    ),
    (
        "score_by_score",
        "Probe.predict",
        """
def predict(self, h):
    units = (h - self.mean).div(self.std)
    best = torch.full_like(units[:, 0], -float("inf"))
    answer = self.classes[:1].expand(len(h)).clone()
    for w, b, label in zip(self.weight, self.bias, self.classes):
        score = torch.einsum("md,d->m", units, w) + b
        better = score > best
        best = torch.where(better, score, best)
        answer = torch.where(better, label, answer)
    return answer
""",
        "A loop over classes that keeps the greatest score so far, without argmax.",
    ),
    (
        "filled_in_place_from_first_batch",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    images = getattr(pixels, "pixels", pixels)
    if images.dtype is not torch.uint8:
        raise ValueError(f"pixels must be uint8, not {images.dtype}")
    result, done = None, 0
    with frozen(encoder) as network:
        for part in images.split(batch_size):
            h = network(as_input(part, network))
            if result is None:  # the first batch says how wide a representation is
                result = torch.empty(len(images), h.shape[1], dtype=torch.float32, device="cpu")
            result[done : done + len(h)].copy_(h)
            done += len(h)
    return result
""",
        "one preallocated float32 matrix on the CPU, whose rows copy_ fills (it casts and moves)",
    ),
    (
        "full_sort_and_softmax_of_indicators",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )

    def unit(x):
        x = x.double()
        length = x.square().sum(dim=1, keepdim=True).sqrt()
        return x / torch.where(length > 0, length, torch.ones_like(length))

    classes, position = torch.unique(bank_labels, return_inverse=True)
    member = F.one_hot(position, len(classes)).double()
    stored = unit(bank)

    def answer(some):
        cosine, order = torch.einsum("md,nd->mn", unit(some), stored).sort(
            dim=1, descending=True, stable=True
        )
        # the weights of a query, divided by their sum: the winner is the same
        share = torch.softmax((cosine[:, :k] - cosine[:, :1]) / temperature, dim=1)
        votes = torch.einsum("mk,mkc->mc", share, member[order[:, :k]])
        return classes[votes.sort(dim=1, descending=True, stable=True).indices[:, 0]]

    return torch.cat([answer(some) for some in queries.split(QUERIES)])
""",
        "in double, sorts all similarities instead of topk (slicing takes care of a small bank); softmax gives each query's votes up to a common factor, without overflow; indicator matrix and einsum count them; a row of zeros stays zeros",
    ),
    (
        "rank_within_class_by_two_sorts",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    order = torch.rand(len(labels), dtype=torch.float64, generator=generator).argsort()
    # a stable sort by class leaves the random order within each class as it is
    order = order[labels.long()[order].argsort(stable=True)]
    _, sizes = labels.long().unique(return_counts=True)
    starts = sizes.cumsum(0) - sizes
    rank = torch.arange(len(labels)) - starts.repeat_interleave(sizes)
    quota = max(1, round(share * len(labels) / len(sizes)))
    return order[rank < quota]
""",
        "no loop over classes: random keys, then a stable sort by class, then each row's rank within its class decides; a small class keeps all its rows",
    ),
    (
        "hand_written_gradient_of_one_matrix",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    with torch.no_grad():
        # the bias is the weight of a number that is always 1
        x = torch.cat([h, h.new_ones(len(h), 1)], dim=1).double()
        both = torch.cat([weight, bias[:, None]], dim=1).detach().double()
        target = F.one_hot(position, len(weight)).double()
        decay = torch.full((h.shape[1] + 1,), float(penalty), dtype=x.dtype, device=x.device)
        decay[-1] = 0.0
        solver = torch.optim.LBFGS(
            [both],
            max_iter=iterations,
            tolerance_grad=1e-9,
            tolerance_change=1e-12,
            line_search_fn="strong_wolfe",
        )

        def closure():
            log_p = (x @ both.T).log_softmax(dim=1)
            both.grad = (log_p.exp() - target).T @ x / len(x) + decay * both
            return -(target * log_p).sum() / len(x) + (decay * both * both).sum() / 2

        solver.step(closure)
        both = both.to(h.dtype)
    return both[:, :-1].clone(), both[:, -1].clone()
""",
        "one matrix of weights and biases, in double, with a penalty of 0 on the bias's column; the gradient (softmax minus target) is written by hand, no autograd; still L-BFGS with at most `iterations` iterations, and 0 gives back what came in",
    ),
    (
        "accumulate_then_max",
        "linear_probe",
        """
def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    from itertools import accumulate

    classes, position = torch.unique(train_labels, return_inverse=True)
    var, mean = torch.var_mean(train_h.double(), dim=0, correction=0)
    mean, std = mean.to(train_h.dtype), var.sqrt().to(train_h.dtype)
    useless = (train_h.amin(dim=0) == train_h.amax(dim=0)) | (std == 0)
    std = std.masked_fill(useless, 1.0)
    h = (train_h - mean) / std

    def refit(last, penalty):
        return Probe(
            *fit(h, position, last.weight, last.bias, penalty, iterations),
            mean, std, classes, penalty,
        )

    start = Probe(
        h.new_zeros(len(classes), h.shape[1]), h.new_zeros(len(classes)),
        mean, std, classes, float("inf"),
    )
    _, *fitted = accumulate(sorted(penalties, reverse=True), refit, initial=start)
    return max(fitted, key=lambda probe: (probe.accuracy(val_h, val_labels), probe.penalty))
""",
        "functional: accumulate hands each fit on to the next, max by (accuracy, penalty) chooses, so that the larger penalty wins a tie; a dimension whose least and greatest value are equal is divided by 1 (rounding can leave such a one a tiny deviation)",
    ),
    (
        "log_votes_class_by_class",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    wide = torch.promote_types(bank.dtype, torch.float32)

    def unit(rows):
        rows = rows.to(wide)
        largest = rows.abs().amax(dim=1, keepdim=True)
        rows = rows / torch.where(largest > 0, largest, 1.0)
        length = rows.square().sum(dim=1, keepdim=True).sqrt()
        return rows / torch.where(length > 0, length, 1.0)

    classes = torch.unique(bank_labels)
    directions = unit(bank).T
    predicted = bank_labels.new_empty(len(queries))
    for first in range(0, len(queries), QUERIES):
        cosine = unit(queries[first : first + QUERIES]) @ directions
        cosine, order = cosine.sort(dim=1, descending=True)
        cosine, voters = cosine[:, :k], bank_labels[order[:, :k]]
        exponent = (cosine - cosine[:, :1]) / temperature
        log_votes = [
            exponent.masked_fill(voters != c, -math.inf).logsumexp(dim=1) for c in classes
        ]
        predicted[first : first + QUERIES] = classes[torch.stack(log_votes, dim=1).argmax(dim=1)]
    return predicted
""",
        "a full sort instead of topk, rows scaled by their largest entry before the norm, votes as logsumexp of each class in a loop over the classes, written into an empty result",
    ),
    (
        "rank_within_class",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    N = len(labels)
    keys = torch.rand(N, generator=generator, dtype=torch.float64)
    by_key = keys.argsort()
    by_class = by_key[labels.long()[by_key].argsort(stable=True)]
    sizes = torch.unique(labels.long(), return_counts=True)[1]
    first = (sizes.cumsum(0) - sizes).repeat_interleave(sizes)
    rank = torch.arange(N) - first
    quota = max(1, round(share * N / max(1, len(sizes))))
    return by_class[rank < quota]
""",
        "no loop: random keys instead of a permutation, a stable sort by class, and each row's rank within its class",
    ),
    (
        "gradient_by_hand",
        "fit",
        """
@torch.no_grad()
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    C, D = weight.shape
    wide = h.dtype if h.device.type == "mps" else torch.float64  # there is no float64 on mps
    theta = torch.cat([weight.detach(), bias.detach()[:, None]], dim=1).to(wide)  # a new tensor
    if iterations > 0:
        inputs = torch.cat([h.detach(), h.new_ones(len(h), 1)], dim=1).to(wide)
        target = F.one_hot(position, C).to(wide)
        optimizer = torch.optim.LBFGS(
            [theta],
            max_iter=iterations,
            max_eval=30 * iterations,
            history_size=20,
            tolerance_grad=1e-9,
            tolerance_change=1e-13,
            line_search_fn="strong_wolfe",
        )

        @torch.no_grad()
        def closure():
            log_p = (inputs @ theta.T).log_softmax(dim=1)
            theta.grad = (log_p.exp() - target).T @ inputs / len(h)
            theta.grad[:, :D] += penalty * theta[:, :D]
            data_term = -(target * log_p).sum() / len(h)
            return data_term + 0.5 * penalty * theta[:, :D].square().sum()

        optimizer.step(closure)
    theta = theta.to(h.dtype)
    return theta[:, :D].clone(), theta[:, D].clone()
""",
        "weight and bias in one matrix (the bias as a last column), and the gradient of softmax regression written out instead of autograd; L-BFGS with strong Wolfe conditions, in float64 inside",
    ),
    (
        "fits_first_then_chooses",
        "linear_probe",
        """
def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    origin = train_h[0]  # relative to it, a dimension that is always the same is exactly 0
    var, mean = torch.var_mean(train_h - origin, dim=0, correction=0)
    mean = mean + origin
    std = torch.where(var > 0, var, torch.ones_like(var)).sqrt()
    classes = train_labels.unique().to(train_h.device)
    position = torch.searchsorted(classes, train_labels.to(train_h.device))
    h = (train_h - mean) / std
    start = (h.new_zeros(len(classes), h.shape[1]), h.new_zeros(len(classes)))
    probes = []
    for penalty in reversed(sorted(penalties)):
        start = fit(h, position, *start, penalty, iterations)
        probes.append(Probe(*start, mean, std, classes, penalty))
    return max(probes, key=lambda probe: (probe.accuracy(val_h, val_labels), probe.penalty))
""",
        "keeps all probes and chooses at the end by (accuracy, penalty); statistics relative to the first row, so that constant dimensions have a variance of exactly 0; positions by searchsorted",
    ),
    (
        "sorted_and_one_hot",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    kind = torch.promote_types(bank.dtype, torch.float32)

    def directions(rows):
        rows = rows.to(kind)
        largest = rows.abs().amax(dim=1, keepdim=True)
        rows = rows / torch.where(largest > 0, largest, torch.ones_like(largest))
        return rows / rows.norm(dim=1, keepdim=True).clamp(min=0.5)  # 0, or at least 1

    classes, position = torch.unique(bank_labels.long(), return_inverse=True)
    table = F.one_hot(position, len(classes)).to(kind)  # (N, C): who votes for what
    columns = directions(bank).T
    answer = bank_labels.new_empty(len(queries))
    for start in range(0, len(queries), QUERIES):
        cosine = directions(queries[start : start + QUERIES]) @ columns
        order = cosine.argsort(dim=1, descending=True)
        voter = torch.zeros_like(cosine, dtype=torch.bool)
        voter.scatter_(1, order[:, :k], True)
        best = cosine.amax(dim=1, keepdim=True)
        # weights of all rows of the bank, 0 for those that are not neighbours
        weight = torch.exp((cosine - best) / max(temperature, 1e-30)) * voter
        answer[start : start + QUERIES] = classes[(weight @ table).argmax(dim=1)]
    return answer
""",
        "no topk and no scatter_add: argsort, a mask of voters over the whole bank, and a matrix product with the one-hot labels; norms that neither overflow nor underflow",
    ),
    (
        "rank_within_class_12",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    N = len(labels)
    if N == 0:
        return torch.empty(0, dtype=torch.int64)
    _, position, count = torch.unique(labels.long(), return_inverse=True, return_counts=True)
    each = max(1, round(share * N / len(count)))
    # sort by a random key, then (stably) by class: the classes are blocks, shuffled inside
    shuffled = torch.rand(N, generator=generator, dtype=torch.float64).argsort()
    blocks = shuffled[position[shuffled].argsort(stable=True)]
    first = (count.cumsum(0) - count).repeat_interleave(count)
    rank = torch.arange(N) - first
    return blocks[rank < each]
""",
        "no loop over classes: two sorts put the classes into shuffled blocks, and a rank within each block decides; random keys instead of randperm",
    ),
    (
        "gradient_by_hand_12",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    h = h.detach()
    N, C = len(h), len(weight)
    truth = F.one_hot(position, C).to(h.dtype)
    # the bias is the last column of one matrix, and h gets a column of ones
    both = torch.cat([weight.detach(), bias.detach()[:, None]], dim=1).requires_grad_(True)
    ones = torch.cat([h, h.new_ones(N, 1)], dim=1)
    mask = torch.ones_like(both, requires_grad=False)
    mask[:, -1] = 0  # no penalty for the bias
    optimizer = torch.optim.LBFGS(
        [both],
        max_iter=1,
        max_eval=30,
        tolerance_grad=0.0,
        tolerance_change=0.0,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def closure():
        with torch.no_grad():
            log_p = (ones @ both.T).log_softmax(dim=1)
            loss = -(log_p * truth).sum() / N + penalty / 2 * (mask * both).square().sum()
            both.grad = (log_p.exp() - truth).T @ ones / N + penalty * mask * both
        return loss

    limit = 1e-6 if h.dtype == torch.float32 else 1e-10
    for _ in range(iterations):
        before = both.detach().clone()
        optimizer.step(closure)
        closure()
        if both.grad.abs().max() < limit or torch.equal(before, both.detach()):
            break
    result = both.detach()
    return result[:, :-1].clone(), result[:, -1].clone()
""",
        "gradient of the softmax written by hand, without autograd; weight and bias in one matrix; one iteration for each call of the optimiser",
    ),
    (
        "log_votes_class_by_class_13",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )

    def on_sphere(rows):
        rows = rows.to(torch.promote_types(rows.dtype, torch.float32))
        largest = rows.abs().amax(1, keepdim=True)
        rows = rows / torch.where(largest > 0, largest, torch.ones_like(largest))
        length = rows.pow(2).sum(1, keepdim=True).sqrt()
        return rows / torch.where(length > 0, length, torch.ones_like(length))

    classes = torch.unique(bank_labels)
    directions = on_sphere(bank)
    votes_cast = min(k, len(bank))
    winners = []
    for first in range(0, len(queries), QUERIES):
        cosine = on_sphere(queries[first : first + QUERIES]) @ directions.t()
        cosine, who = torch.sort(cosine, dim=1, descending=True)
        cosine, voted = cosine[:, :votes_cast], bank_labels[who[:, :votes_cast]]
        log_vote = (cosine - cosine[:, :1]) / temperature
        minus_infinity = torch.full_like(log_vote, -math.inf)
        totals = [
            torch.logsumexp(torch.where(voted == c, log_vote, minus_infinity), dim=1)
            for c in classes
        ]
        winners.append(classes[torch.stack(totals, dim=1).argmax(1)])
    return torch.cat(winners) if winners else bank_labels[:0]
""",
        "full sort instead of topk, the logarithm of each class's votes by logsumexp in a loop over the classes instead of scatter-added exponentials, rows scaled by hand in float32 or wider",
    ),
    (
        "gradient_by_hand_13",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    h = h.detach()
    W, b = weight.detach().clone(), bias.detach().clone()
    target = F.one_hot(position, len(W)).to(h.dtype)
    N = len(h)
    solver = torch.optim.LBFGS(
        [W, b],
        max_iter=iterations,
        max_eval=20 * iterations + 1,
        tolerance_grad=1e-9,
        tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )

    @torch.no_grad()
    def value_and_gradient():
        log_p = torch.log_softmax(torch.addmm(b, h, W.T), dim=1)
        error = (log_p.exp() - target) / N
        W.grad = error.T @ h + penalty * W
        b.grad = error.sum(0)
        return -(target * log_p).sum() / N + penalty / 2 * W.square().sum()

    if iterations > 0:
        solver.step(value_and_gradient)
    W.grad = b.grad = None
    return W, b
""",
        "no autograd at all; the closure writes the derived gradient (softmax minus one-hot) into .grad",
    ),
    (
        "walk_with_quotas",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    names = labels.tolist()
    quota = {}
    for name in names:
        quota[name] = 0
    if quota:
        each = max(1, round(share * len(names) / len(quota)))
        quota = dict.fromkeys(quota, each)
    chosen = []
    for row in torch.randperm(len(names), generator=generator).tolist():
        if quota[names[row]] > 0:
            quota[names[row]] -= 1
            chosen.append(row)
    return torch.tensor(chosen, dtype=torch.int64)
""",
        "plain Python: a walk over all rows in random order, with a dictionary of how many rows each class may still take; the subset comes in this random order",
    ),
    (
        "lists_by_class",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"share = {share} is not in (0, 1]")
    rows_of = {}
    for row, label in enumerate(labels.tolist()):
        rows_of.setdefault(label, []).append(row)
    chosen = []
    if rows_of:
        each = max(1, round(share * len(labels) / len(rows_of)))
        for label in sorted(rows_of, reverse=True):
            rows = rows_of[label]
            dice = torch.rand(len(rows), dtype=torch.float64, generator=generator).tolist()
            ranking = sorted(range(len(rows)), key=dice.__getitem__)
            chosen.extend(sorted(rows[j] for j in ranking[:each]))
    return torch.tensor(chosen, dtype=torch.int64)
""",
        "a dictionary of Python lists; random numbers for each class, from the last class to the first, and the rows with the smallest ones are kept, instead of one random order of all rows; index sorted by class",
    ),
    (
        "gradient_by_hand_14",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    with torch.no_grad():
        x, y = h.detach(), position
        N = x.shape[0]
        C, D = weight.shape
        theta = torch.cat([weight.detach().reshape(-1), bias.detach()])  # cat makes a copy
        if iterations <= 0:
            return theta[: C * D].reshape(C, D), theta[C * D :]
        rows = torch.arange(N, device=x.device)
        optimiser = torch.optim.LBFGS(
            [theta], max_iter=iterations, max_eval=20 * iterations + 20, history_size=20,
            tolerance_grad=1e-9, tolerance_change=1e-15, line_search_fn="strong_wolfe",
        )

        @torch.no_grad()
        def energy():
            W = theta[: C * D].view(C, D)
            b = theta[C * D :]
            log_p = torch.log_softmax(torch.addmm(b, x, W.t()), dim=1)
            residual = log_p.exp()
            residual[rows, y] -= 1
            residual /= N  # d(mean cross entropy) / d(logits)
            theta.grad = torch.cat([(residual.t() @ x + penalty * W).reshape(-1), residual.sum(0)])
            return -log_p[rows, y].mean() + 0.5 * penalty * W.square().sum()

        optimiser.step(energy)
        return theta[: C * D].view(C, D).clone(), theta[C * D :].clone()
""",
        "no autograd: the gradient of the softmax regression is written by hand, and L-BFGS sees one flat vector of all parameters",
    ),
    (
        "all_probes_then_the_best",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    h = train_h.detach()
    exact = h.to(torch.float64)
    mean = (exact.sum(0) / len(h)).to(h.dtype)
    std = (exact - exact.mean(0)).pow(2).mean(0).sqrt().to(h.dtype)
    constant = (h == h[:1]).all(0)
    std = std.masked_fill(constant | (std == 0), 1.0)

    numbers = train_labels.to(torch.int64)
    names = torch.tensor(sorted(set(numbers.tolist())), device=numbers.device)
    position = torch.searchsorted(names, numbers)
    classes = names.to(train_labels.dtype)

    def probe_for(penalty):
        W, b = fit(
            (h - mean) / std, position, h.new_zeros(len(names), h.shape[1]), h.new_zeros(len(names)),
            penalty, iterations,
        )
        return Probe(W, b, mean, std, classes, penalty)

    probes = [probe_for(penalty) for penalty in penalties]
    return max(probes, key=lambda probe: (probe.accuracy(val_h, val_labels), probe.penalty))
""",
        "fits every penalty from zero in the given order, and picks the maximum of (accuracy, penalty) afterwards; statistics in float64; constant dimensions are found by comparison with the first row; classes by a Python set and searchsorted",
    ),
    (
        "votes_as_logarithms",
        "knn_predict",
        """
def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    if k < 1 or not temperature > 0:
        raise ValueError(f"need k >= 1 and temperature > 0, got {k} and {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(f"{len(bank)} rows in the bank, but labels of shape {tuple(bank_labels.shape)}")

    def directions(rows):
        rows = rows.to(torch.promote_types(rows.dtype, torch.float32))
        largest = rows.abs().amax(dim=1, keepdim=True)
        rows = rows / torch.where(largest > 0, largest, torch.ones_like(largest))
        length = rows.square().sum(dim=1, keepdim=True).sqrt()
        return rows / torch.where(length > 0, length, torch.ones_like(length))

    names = torch.unique(bank_labels)
    unit_bank = directions(bank)
    answer = bank_labels.new_empty(len(queries))
    for begin in range(0, len(queries), QUERIES):
        cosine = torch.einsum("qd,nd->qn", directions(queries[begin : begin + QUERIES]), unit_bank)
        near = cosine.sort(dim=1, descending=True)
        s = near.values[:, :k]
        label = bank_labels[near.indices[:, :k]]
        log_weight = (s - s[:, :1]) / temperature
        log_votes = [
            torch.logsumexp(log_weight.masked_fill(label != name, -math.inf), dim=1) for name in names
        ]
        answer[begin : begin + QUERIES] = names[torch.stack(log_votes).argmax(dim=0)]
    return answer
""",
        "full sort instead of topk; one logsumexp per class over masked log weights instead of scattering exp; einsum; rows scaled by their largest entry before the norm; writes the answers into a tensor",
    ),
    (
        "one_permutation_per_class",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if share <= 0 or share > 1 or share != share:
        raise ValueError(f"share = {share} is not in (0, 1]")
    members = {}
    for row, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(row)
    if not members:
        return torch.empty(0, dtype=torch.int64)
    quota = max(round(share * len(labels) / len(members)), 1)
    chosen = []
    for rows in members.values():
        lottery = torch.randperm(len(rows), generator=generator).tolist()
        chosen += [rows[i] for i in lottery[:quota]]
    return torch.tensor(chosen, dtype=torch.int64)
""",
        "plain Python: a dict from label to rows, and one permutation for each class instead of one of all rows; classes in order of first appearance",
    ),
    (
        "gradient_by_hand_15",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    C, D = weight.shape
    N = len(h)
    theta = torch.cat([weight.detach(), bias.detach()[:, None]], dim=1).contiguous()
    if iterations <= 0:
        return theta[:, :D].clone(), theta[:, D].clone()
    ones_and_h = torch.cat([h.detach(), h.new_ones(N, 1)], dim=1)
    target = torch.zeros(N, C, dtype=h.dtype, device=h.device)
    target[torch.arange(N, device=h.device), position] = 1
    shrink = theta.new_full((1, D + 1), penalty)
    shrink[0, D] = 0  # the bias is free
    theta.requires_grad_()
    solver = torch.optim.LBFGS(
        [theta],
        max_iter=iterations,
        max_eval=30 * iterations,
        tolerance_grad=1e-9,
        tolerance_change=1e-12,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def value_and_gradient():
        with torch.no_grad():
            log_p = (ones_and_h @ theta.T).log_softmax(dim=1)
            theta.grad = (log_p.exp() - target).T @ ones_and_h / N + shrink * theta
            return -(target * log_p).sum() / N + 0.5 * (shrink * theta * theta).sum()

    solver.step(value_and_gradient)
    best = theta.detach()
    return best[:, :D].clone(), best[:, D].clone()
""",
        "physicist: bias as one more column of a single matrix, the gradient written out by hand (softmax minus one-hot) without autograd, L-BFGS with strong Wolfe line search and tight tolerances",
    ),
]
