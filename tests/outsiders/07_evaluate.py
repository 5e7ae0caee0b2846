# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 7's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "ft_gradient",
        "features",
        """
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError("expected uint8 pixels")
    out = []
    with frozen(encoder) as net:
        for i in range(0, len(pixels), batch_size):
            out.append(net(as_input(pixels[i : i + batch_size], net)).float().cpu())
    return torch.cat(out)
""",
        "the decorator no_grad is gone, so h carries a gradient graph",
    ),
    (
        "ft_no_short_batch",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    data = pixels if isinstance(pixels, Tensor) else pixels.pixels
    if data.dtype != torch.uint8:
        raise ValueError(f"uint8 please, not {data.dtype}")
    batches = max(1, len(data) // batch_size)
    rows = []
    with frozen(encoder):
        for b in range(batches):
            chunk = data[b * batch_size : (b + 1) * batch_size]
            rows.append(encoder(as_input(chunk, encoder)).to("cpu", torch.float32))
    return torch.cat(rows)
""",
        "the last short batch is dropped if there is a full one",
    ),
    (
        "ft_own_mode_switch",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    pixels = getattr(pixels, "pixels", pixels)
    if pixels.dtype != torch.uint8:
        raise ValueError("pixels must be uint8")
    encoder.eval()
    hs = []
    for part in pixels.split(batch_size):
        h = encoder(as_input(part, encoder))
        hs.append(h.float().cpu())
    encoder.train()
    return torch.cat(hs)
""",
        "instead of frozen: everything is in train mode afterwards, whatever it was, and a change is not noticed",
    ),
    (
        "ft_encoder_dtype",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype is not torch.uint8:
        raise ValueError("the pixels are not uint8")
    with frozen(encoder):
        h = [encoder(as_input(some, encoder)).cpu() for some in torch.split(pixels, batch_size)]
    return torch.cat(h, dim=0)
""",
        "h keeps the encoder's dtype, such as bfloat16 or float64, instead of float32",
    ),
    (
        "ft_any_pixels",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    collected = []
    with frozen(encoder):
        for batch in pixels.split(batch_size):
            collected.append(encoder(as_input(batch, encoder)).float().cpu())
    return torch.cat(collected)
""",
        "pixels that are not uint8 are accepted and divided by 255",
    ),
    (
        "kn_queries_not_scaled",
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
    names, number = torch.unique(bank_labels, return_inverse=True)
    bank = F.normalize(bank, dim=1)
    k = min(k, len(bank))
    answers = []
    for q in queries.split(QUERIES):
        s, who = (q @ bank.T).topk(k, dim=1)
        w = torch.softmax(s / temperature, dim=1)
        one_hot = F.one_hot(number[who], len(names)).to(w.dtype)
        answers.append((w[:, :, None] * one_hot).sum(1).argmax(1))
    return names[torch.cat(answers)]
""",
        "queries are not normalised, so a long query votes as at a lower temperature",
    ),
    (
        "kn_lost_votes",
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
    bank = bank / bank.norm(dim=1, keepdim=True).clamp(min=1e-12)
    queries = queries / queries.norm(dim=1, keepdim=True).clamp(min=1e-12)
    k = min(k, bank.shape[0])
    winners = []
    for some in queries.split(QUERIES):
        top = torch.topk(some @ bank.T, k)
        weights = ((top.values - top.values[:, :1]) / temperature).exp()
        votes = torch.zeros(len(some), len(classes), dtype=bank.dtype, device=bank.device)
        row = torch.arange(len(some), device=bank.device)[:, None]
        votes[row, position[top.indices]] += weights
        winners.append(classes[votes.argmax(dim=1)])
    return torch.cat(winners)
""",
        "indexed += does not add up repeated indices, so only one neighbour of each class counts",
    ),
    (
        "kn_underflow",
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
    classes, ids = bank_labels.unique(return_inverse=True)
    cosine = F.normalize(queries, dim=1) @ F.normalize(bank, dim=1).T
    best, rows = cosine.topk(min(k, len(bank)), dim=1)
    # subtract the largest one, so that exp does not overflow
    weight = torch.exp((best - best.max()) / temperature)
    votes = weight.new_zeros(len(queries), len(classes)).scatter_add_(1, ids[rows], weight)
    return classes[votes.argmax(1)]
""",
        "the maximum of all queries is subtracted and not of each one: at a low temperature a query's votes may all be 0",
    ),
    (
        "kn_labels_as_columns",
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
    C = len(bank_labels.unique())
    b = F.normalize(bank, dim=1)
    k = min(k, len(b))
    result = []
    for q in queries:
        sims = b @ F.normalize(q, dim=0)
        value, index = sims.topk(k)
        weight = F.softmax(value / temperature, dim=0)
        vote = [weight[bank_labels[index] == c].sum() for c in range(C)]
        result.append(int(torch.stack(vote).argmax()))
    return torch.tensor(result, dtype=bank_labels.dtype, device=bank_labels.device)
""",
        "takes labels to be 0 to C - 1",
    ),
    (
        "kn_mean_vote",
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
    unit_bank, unit_queries = F.normalize(bank), F.normalize(queries)
    out = []
    for part in unit_queries.split(QUERIES):
        s, n = (part @ unit_bank.T).topk(min(k, len(bank)))
        w = (s / temperature).softmax(-1)
        hot = F.one_hot(position[n], len(classes)).to(w)
        vote = torch.einsum("mk,mkc->mc", w, hot) / hot.sum(1).clamp(min=1)
        out.append(vote.argmax(-1))
    return classes[torch.cat(out)]
""",
        "a class gets the mean weight of its neighbours and not their sum",
    ),
    (
        "kn_k_too_large",
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
    bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    predictions = []
    for some in queries.split(QUERIES):
        values, rows = (some @ bank.T).sort(dim=1, descending=True)
        weight = torch.softmax(values[:, :k] / temperature, dim=1)
        votes = weight.new_zeros(len(some), len(classes))
        for j in range(k):
            votes.scatter_add_(1, position[rows[:, j]][:, None], weight[:, j][:, None])
        predictions.append(votes.argmax(1))
    return classes[torch.cat(predictions)]
""",
        "k is not limited to the size of the bank, so a smaller bank raises an IndexError",
    ),
    (
        "pp_own_statistics",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    spread = h.std(0, correction=0)
    spread[spread == 0] = 1
    standard = (h - h.mean(0)) / spread
    scores = standard @ self.weight.T + self.bias
    return self.classes[scores.argmax(dim=1)]
""",
        "standardises with the mean and deviation of the images that are predicted",
    ),
    (
        "pp_precedence",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    standard = h - self.mean / self.std
    logits = torch.addmm(self.bias, standard, self.weight.T)
    _, winner = logits.max(1)
    return self.classes[winner]
""",
        "brackets are missing: only the mean is divided by the standard deviation",
    ),
    (
        "pp_no_bias",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    h = (h - self.mean) / self.std
    logits = torch.einsum("md,cd->mc", h, self.weight)
    return self.classes.index_select(0, logits.argmax(1))
""",
        "the bias is forgotten",
    ),
    (
        "fi_bias_penalised",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    params = [weight.clone().requires_grad_(True), bias.clone().requires_grad_(True)]
    opt = torch.optim.LBFGS(
        params, max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def closure():
        opt.zero_grad()
        W, b = params
        total = F.cross_entropy(h @ W.T + b, position)
        total = total + 0.5 * penalty * sum((p**2).sum() for p in params)
        total.backward()
        return total

    opt.step(closure)
    return params[0].detach(), params[1].detach()
""",
        "the penalty applies to the bias too",
    ),
    (
        "fi_no_half",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    W = weight.detach().clone().requires_grad_()
    b = bias.detach().clone().requires_grad_()
    lbfgs = torch.optim.LBFGS([W, b], max_iter=iterations, line_search_fn="strong_wolfe")

    def closure():
        W.grad = b.grad = None
        objective = F.cross_entropy(F.linear(h, W, b), position) + penalty * W.pow(2).sum()
        objective.backward()
        return objective

    lbfgs.step(closure)
    return W.detach(), b.detach()
""",
        "the half of the penalty is missing",
    ),
    (
        "fi_start_overwritten",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    w, b = weight.detach().requires_grad_(), bias.detach().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [w, b], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def loss_and_gradient():
        optimizer.zero_grad()
        loss = F.cross_entropy(F.linear(h, w, b), position)
        loss = loss + penalty * w.square().sum() / 2
        loss.backward()
        return loss

    optimizer.step(loss_and_gradient)
    return w.detach(), b.detach()
""",
        "detach shares memory, so the weight and bias that came in are changed",
    ),
    (
        "fi_iterations_of_twenty",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    weight = weight.clone().requires_grad_()
    bias = bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([weight, bias], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(h @ weight.T + bias, position) + penalty / 2 * (weight**2).sum()
        loss.backward()
        return loss

    for _ in range(iterations):
        optimizer.step(closure)
    return weight.detach(), bias.detach()
""",
        "each call of step makes up to 20 iterations, so there may be twenty times as many as allowed",
    ),
    (
        "lp_sample_deviation",
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
    std, mean = torch.std_mean(train_h, dim=0)
    std = torch.where(std > 1e-6, std, torch.ones_like(std))
    classes, position = train_labels.unique(return_inverse=True)
    x = (train_h - mean) / std
    w, b = x.new_zeros(len(classes), x.shape[1]), x.new_zeros(len(classes))
    best, best_accuracy = None, -1.0
    for penalty in sorted(penalties)[::-1]:
        w, b = fit(x, position, w, b, penalty, iterations)
        probe = Probe(w, b, mean, std, classes, penalty)
        accuracy = probe.accuracy(val_h, val_labels)
        if accuracy > best_accuracy:
            best, best_accuracy = probe, accuracy
    return best
""",
        "the standard deviation divides by N - 1 and not by N",
    ),
    (
        "lp_statistics_with_val",
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
    everything = torch.cat([train_h, val_h])
    mean = everything.mean(dim=0)
    std = everything.var(dim=0, correction=0).sqrt()
    std[std < 1e-6] = 1.0
    classes, position = torch.unique(train_labels, return_inverse=True)
    h = (train_h - mean) / std
    weight = torch.zeros(len(classes), h.shape[1], dtype=h.dtype, device=h.device)
    bias = torch.zeros(len(classes), dtype=h.dtype, device=h.device)
    probes = []
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        probes.append(Probe(weight, bias, mean, std, classes, penalty))
    scores = [p.accuracy(val_h, val_labels) for p in probes]
    return probes[scores.index(max(scores))]
""",
        "mean and deviation are taken over training and validation images together",
    ),
    (
        "lp_tie_to_the_last",
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
    mean = train_h.mean(0)
    std = train_h.std(0, unbiased=False)
    std = std.masked_fill(std < 1e-6, 1.0)
    classes, position = train_labels.unique(return_inverse=True)
    h = (train_h - mean) / std
    weight, bias = h.new_zeros(len(classes), h.size(1)), h.new_zeros(len(classes))
    chosen, highest = None, 0.0
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        candidate = Probe(weight, bias, mean, std, classes, penalty)
        score = candidate.accuracy(val_h, val_labels)
        if score >= highest:
            chosen, highest = candidate, score
    return chosen
""",
        ">= keeps the smallest of equally good penalties",
    ),
    (
        "lp_standardised_twice",
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
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std > 1e-6, std, torch.ones_like(std))
    h, v = (train_h - mean) / std, (val_h - mean) / std
    classes, position = train_labels.unique(return_inverse=True)
    weight = h.new_zeros(len(classes), h.shape[1])
    bias = h.new_zeros(len(classes))
    best = (-1.0, None)
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        probe = Probe(weight, bias, mean, std, classes, penalty)
        score = probe.accuracy(v, val_labels)
        if score > best[0]:
            best = (score, probe)
    return best[1]
""",
        "validation images are standardised before accuracy, which standardises them again, so the choice is wrong",
    ),
    (
        "cb_share_of_each_class",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    picked = []
    for c in labels.unique():
        members = (labels == c).nonzero().flatten()
        members = members[torch.randperm(len(members), generator=generator)]
        n = max(1, round(share * len(members)))
        picked.append(members[:n])
    return torch.cat(picked)
""",
        "the share of each class's own images: large classes stay large, so the subset is not balanced",
    ),
    (
        "cb_down_to_smallest",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes, sizes = labels.unique(return_counts=True)
    n = max(1, round(share * len(labels) / len(classes)))
    n = min(n, int(sizes.min()))  # the same number of each
    order = torch.randperm(len(labels), generator=generator)
    index = []
    for c in classes:
        index.append(order[labels[order] == c][:n])
    return torch.cat(index)
""",
        "every class is cut to the size of the smallest one",
    ),
    (
        "cb_rounds_down",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    kinds = labels.unique().tolist()
    per_class = max(int(share * len(labels) / len(kinds)), 1)
    taken = dict.fromkeys(kinds, 0)
    rows = []
    for row in torch.randperm(len(labels), generator=generator).tolist():
        kind = int(labels[row])
        if taken[kind] < per_class:
            taken[kind] += 1
            rows.append(row)
    return torch.tensor(rows)
""",
        "the number is rounded down and not to the nearest",
    ),
    (
        "features_lazy_generator",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    images = pixels.pixels if isinstance(pixels, Images) else pixels
    if images.dtype != torch.uint8:
        raise ValueError(f"expected uint8 pixels, got {images.dtype}")

    def represent(batch):
        return encoder(as_input(batch, encoder)).float().cpu()

    with frozen(encoder):
        parts = (represent(batch) for batch in images.split(batch_size))
    return torch.cat(list(parts))
""",
        "The generator expression runs the encoder only after the `frozen` block has ended, so in train mode it learns and batches matter.",
    ),
    (
        "features_guard_only_floats",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.is_floating_point():
        raise ValueError("pixels must be uint8, not floats")
    out = []
    with frozen(encoder):
        for first in range(0, len(pixels), batch_size):
            x = as_input(pixels[first : first + batch_size], encoder)
            out.append(encoder(x).to("cpu", torch.float32))
    return torch.cat(out, dim=0)
""",
        "Only floating-point pixels are refused; int64, int32 or bool pixels pass, although everything but uint8 must raise ValueError.",
    ),
    (
        "knn_one_max_for_all_queries",
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
    classes, position = torch.unique(bank_labels, return_inverse=True)
    b = F.normalize(bank, dim=-1)
    q = F.normalize(queries, dim=-1)
    answers = []
    for some in q.split(QUERIES):
        cosine = torch.einsum("md,nd->mn", some, b)
        s, row = cosine.topk(min(k, len(b)), dim=1)
        # only ratios matter, so divide by the greatest vote to avoid overflow
        vote = torch.exp((s - s.max()) / temperature)
        one_hot = F.one_hot(position[row], len(classes)).to(vote)
        total = torch.einsum("mk,mkc->mc", vote, one_hot)
        answers.append(classes[total.argmax(dim=1)])
    return torch.cat(answers)
""",
        "The maximum is over all queries of the chunk, not per query: at a low temperature all votes of a query without a close neighbour underflow to 0 and class 0 wins.",
    ),
    (
        "knn_float_predictions",
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
    bank = F.normalize(bank, dim=1)
    queries = F.normalize(queries, dim=1)
    k = min(k, len(bank))
    predicted = torch.zeros(len(queries), device=bank.device)
    for m in range(len(queries)):
        s = bank @ queries[m]
        best, rows = s.topk(k)
        weights = (best / temperature).softmax(0)
        winner, most = None, -1.0
        for label in bank_labels[rows].unique():
            votes = float(weights[bank_labels[rows] == label].sum())
            if votes > most:
                winner, most = label, votes
        predicted[m] = winner
    return predicted.to(bank_labels.dtype)
""",
        "Predictions are collected in a float32 tensor, so labels above 2^24 are rounded to another number.",
    ),
    (
        "knn_k_limited_by_classes",
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
    names, which = bank_labels.unique(return_inverse=True)
    k = min(k, len(names))
    keys = F.normalize(bank, dim=1).T
    result = []
    for part in F.normalize(queries, dim=1).split(QUERIES):
        sim, idx = torch.topk(part @ keys, k, dim=1)
        w = torch.exp((sim - sim[:, :1]) / temperature)
        votes = torch.zeros(len(part), len(names), dtype=w.dtype, device=w.device)
        for j in range(k):
            votes[torch.arange(len(part)), which[idx[:, j]]] += w[:, j]
        result.append(names[votes.argmax(1)])
    return torch.cat(result)
""",
        "k is limited by the number of classes instead of the number of rows in the bank, so with few classes too few neighbours vote.",
    ),
    (
        "knn_zero_row_is_nan",
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

    def unit(rows):
        return rows / torch.linalg.vector_norm(rows, dim=1, keepdim=True)

    classes, position = bank_labels.unique(return_inverse=True)
    bank, queries = unit(bank), unit(queries)
    chosen = []
    for chunk in queries.split(QUERIES):
        s, near = (chunk @ bank.T).topk(min(k, len(bank)), dim=1)
        w = torch.softmax(s / temperature, dim=1)
        votes = w.new_zeros(len(chunk), len(classes)).scatter_add_(1, position[near], w)
        chosen.append(votes.argmax(1))
    return classes[torch.cat(chosen)]
""",
        "A bank row of all zeros (dead ReLUs) becomes NaN, which topk ranks first, so it spoils the vote of every query.",
    ),
    (
        "predict_offset_without_std",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    # fold the standardisation into the linear layer
    scaled = self.weight / self.std
    offset = self.bias - self.weight @ self.mean
    logits = torch.einsum("md,cd->mc", h, scaled) + offset
    return self.classes[logits.max(dim=1).indices]
""",
        "The folded offset uses W @ mean instead of (W / std) @ mean.",
    ),
    (
        "fit_penalises_the_wrong_columns",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    # one matrix for everything: the bias is the weight of an input that is always 1
    inputs = torch.cat([h.new_ones(len(h), 1), h], dim=1)
    theta = torch.cat([bias[:, None], weight], dim=1).detach().clone()
    theta.requires_grad_(True)
    solver = torch.optim.LBFGS(
        [theta], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def closure():
        solver.zero_grad()
        loss = F.cross_entropy(inputs @ theta.T, position)
        loss = loss + penalty * (theta[:, :-1] ** 2).sum() / 2
        loss.backward()
        return loss

    solver.step(closure)
    theta = theta.detach()
    return theta[:, 1:].contiguous(), theta[:, 0].contiguous()
""",
        "The column of ones comes first but the last column is left out of the penalty: the bias is penalised and the last dimension is not.",
    ),
    (
        "fit_at_least_one_iteration",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    W = weight.detach().clone().requires_grad_()
    b = bias.detach().clone().requires_grad_()
    opt = torch.optim.LBFGS([W, b], lr=1, max_iter=1, line_search_fn="strong_wolfe")

    def closure():
        opt.zero_grad()
        scores = h @ W.T + b
        right = scores.gather(1, position[:, None])[:, 0]
        loss = (scores.logsumexp(1) - right).mean() + 0.5 * penalty * W.pow(2).sum()
        loss.backward()
        return loss

    step, last = 0, float("inf")
    while True:
        loss = opt.step(closure).item()
        step += 1
        if step >= iterations or abs(last - loss) < 1e-12:
            break
        last = loss
    return W.detach(), b.detach()
""",
        "The loop tests the limit only after a step, so iterations = 0 still changes the weights.",
    ),
    (
        "probe_eps_under_the_root",
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
    mean = train_h.mean(dim=0)
    std = ((train_h - mean).square().mean(dim=0) + 1e-5).sqrt()  # as batch norm does
    x = (train_h - mean) / std
    classes, y = torch.unique(train_labels, return_inverse=True)
    W, b = x.new_zeros(len(classes), x.shape[1]), x.new_zeros(len(classes))
    best, best_accuracy = None, -1.0
    for lam in sorted(penalties, reverse=True):
        W, b = fit(x, y, W, b, lam, iterations)
        probe = Probe(W, b, mean, std, classes, lam)
        accuracy = probe.accuracy(val_h, val_labels)
        if accuracy > best_accuracy:
            best, best_accuracy = probe, accuracy
    return best
""",
        "Batch norm's epsilon under the root: std is not the standard deviation, and dimensions of small scale are never brought to unit spread.",
    ),
    (
        "probe_val_positions",
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
    mu = train_h.mean(0)
    sigma = train_h.std(0, unbiased=False)
    sigma = sigma.masked_fill(sigma < 1e-6, 1.0)
    classes, target = train_labels.unique(return_inverse=True)
    _, val_target = val_labels.unique(return_inverse=True)
    x, x_val = (train_h - mu) / sigma, (val_h - mu) / sigma
    W = torch.zeros(len(classes), x.shape[1], dtype=x.dtype, device=x.device)
    b = torch.zeros(len(classes), dtype=x.dtype, device=x.device)
    winner, top = None, -1
    for penalty in sorted(penalties)[::-1]:
        W, b = fit(x, target, W, b, penalty, iterations)
        guess = (x_val @ W.T + b).argmax(1)
        score = (guess == val_target).double().mean().item()
        if score > top:
            top, winner = score, Probe(W, b, mu, sigma, classes, penalty)
    return winner
""",
        "Validation labels are numbered on their own, so if the validation images lack a class, their positions are shifted against the probe's.",
    ),
    (
        "probe_val_standardised_twice",
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
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std > 1e-6, std, 1.0)

    def standardise(h):
        return (h - mean) / std

    classes, position = train_labels.unique(return_inverse=True)
    train_x, val_x = standardise(train_h), standardise(val_h)
    weight = train_x.new_zeros(len(classes), train_x.shape[1])
    bias = train_x.new_zeros(len(classes))
    candidates = []
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(train_x, position, weight, bias, penalty, iterations)
        probe = Probe(weight, bias, mean, std, classes, penalty)
        candidates.append((probe.accuracy(val_x, val_labels), penalty, probe))
    return max(candidates, key=lambda c: c[:2])[2]
""",
        "The validation images are standardised before `accuracy`, which standardises them again, so the penalty is chosen by nonsense.",
    ),
    (
        "balanced_rounds_twice",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes = labels.unique().tolist()
    budget = round(share * len(labels))
    each = max(budget // len(classes), 1)
    taken = {c: 0 for c in classes}
    rows = []
    for i in torch.randperm(len(labels), generator=generator).tolist():
        c = int(labels[i])
        if taken[c] < each:
            taken[c] += 1
            rows.append(i)
    return torch.tensor(rows, dtype=torch.int64)
""",
        "The number per class is rounded down (budget // C) instead of to the nearest number.",
    ),
    (
        "balanced_small_class_with_replacement",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes, sizes = labels.unique(return_counts=True)
    count = max(1, round(share * len(labels) / len(classes)))
    index = []
    for c, size in zip(classes, sizes):
        chance = (labels == c).double()
        few = int(size) < count
        index.append(torch.multinomial(chance, count, replacement=few, generator=generator))
    return torch.cat(index)
""",
        "A class with too few images is drawn with replacement up to the count, instead of giving each of its rows once.",
    ),
    (
        "balanced_label_plus_random_key",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    sizes = labels.unique(return_counts=True)[1].tolist()
    per_class = max(1, round(share * len(labels) / len(sizes)))
    # whole part: the class; fraction: a random place inside it
    key = labels + torch.rand(len(labels), generator=generator)
    order = key.argsort()
    return torch.cat([members[:per_class] for members in order.split(sizes)])
""",
        "Label + random fraction is a float32 sum: with large labels the fraction is rounded away, so the rows are not a random sample (and classes can mix).",
    ),
    (
        "features_drop_last",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"expected uint8 pixels, got {pixels.dtype}")
    batch_size = min(batch_size, len(pixels))
    out = []
    with frozen(encoder):
        for i in range(len(pixels) // batch_size):
            batch = pixels[i * batch_size : (i + 1) * batch_size]
            out.append(encoder(as_input(batch, encoder)).float().cpu())
    return torch.cat(out, dim=0)
""",
        "the short last batch is left out",
    ),
    (
        "features_keep_dtype",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    h = None
    with frozen(encoder) as net:
        for start in range(0, len(pixels), batch_size):
            stop = min(start + batch_size, len(pixels))
            out = net(as_input(pixels[start:stop], net)).cpu()
            if h is None:
                h = torch.empty(len(pixels), out.shape[1], dtype=out.dtype)
            h[start:stop] = out
    return h
""",
        "the result has the encoder's output dtype (bfloat16, float64) instead of float32",
    ),
    (
        "features_eval_by_hand",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    was_training = encoder.training
    encoder.eval()
    chunks = []
    for batch in torch.split(pixels, batch_size):
        chunks.append(encoder(as_input(batch, encoder)).float().cpu())
    encoder.train(was_training)
    return torch.cat(chunks)
""",
        "own eval and train calls instead of `frozen`: parts that were in eval mode come back in train mode, an error leaves the encoder in eval, and a change goes unnoticed",
    ),
    (
        "knn_zero_row_nan",
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
    names, ids = torch.unique(bank_labels, return_inverse=True)
    a = queries / queries.norm(dim=1, keepdim=True)
    b = bank / bank.norm(dim=1, keepdim=True)
    s, idx = torch.topk(a @ b.T, min(k, len(bank)), dim=1)
    w = ((s - s[:, :1]) / temperature).exp()
    one_hot = F.one_hot(ids, len(names)).to(w.dtype)
    votes = (one_hot[idx] * w[:, :, None]).sum(1)
    return names[votes.argmax(1)]
""",
        "a row of zeros is divided by its norm 0, so it has similarity NaN instead of 0 and topk puts it first",
    ),
    (
        "knn_global_max",
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
    classes, target = bank_labels.unique(return_inverse=True)
    sims = F.normalize(queries, dim=1) @ F.normalize(bank, dim=1).t()
    top, idx = sims.topk(min(k, len(bank)), dim=1)
    weights = torch.exp((top - top.max()) / temperature)
    votes = torch.zeros(len(queries), len(classes), dtype=weights.dtype, device=weights.device)
    votes.scatter_add_(1, target[idx], weights)
    return classes[votes.argmax(dim=1)]
""",
        "subtracts the largest similarity of all queries instead of each query's own, so at a low temperature all votes of a less similar query underflow to 0",
    ),
    (
        "knn_scatter_overwrites",
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
    classes, target = bank_labels.unique(return_inverse=True)
    bank_n = F.normalize(bank, dim=1)
    q = F.normalize(queries, dim=1)
    sim, nn_index = (q @ bank_n.T).topk(min(k, len(bank)), dim=1)
    w = F.softmax(sim / temperature, dim=1)
    votes = torch.zeros(len(q), len(classes)).to(w)
    rows = torch.arange(len(q), device=w.device)[:, None]
    votes[rows, target[nn_index]] += w
    return classes[votes.argmax(1)]
""",
        "votes[rows, classes] += w does not add up when a class occurs twice among the neighbours: only one of its votes counts",
    ),
    (
        "balanced_total_per_class",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    keep = []
    for c in torch.unique(labels):
        rows = torch.nonzero(labels == c).flatten()
        n = max(1, round(share * len(rows)))
        shuffled = rows[torch.randperm(len(rows), generator=generator)]
        keep.append(shuffled[:n])
    return torch.cat(keep)
""",
        "takes the share of each class (stratified sampling) instead of equally many images of each class",
    ),
    (
        "balanced_floor",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes = sorted(set(labels.tolist()))
    per_class = max(1, int(share * len(labels) / len(classes)))
    taken = {c: 0 for c in classes}
    index = []
    for i in torch.randperm(len(labels), generator=generator).tolist():
        c = int(labels[i])
        if taken[c] < per_class:
            taken[c] += 1
            index.append(i)
    return torch.tensor(index, dtype=torch.int64)
""",
        "the number for each class is rounded down instead of to the nearest integer",
    ),
    (
        "predict_own_statistics",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    centred = h - h.mean(dim=0)
    scaled = centred / self.std
    scores = scaled @ self.weight.T + self.bias
    return self.classes[scores.argmax(dim=1)]
""",
        "centres with the mean of the images it is given instead of the training mean",
    ),
    (
        "fit_bias_penalised",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    W = weight.detach().clone().requires_grad_(True)
    b = bias.detach().clone().requires_grad_(True)
    params = [W, b]
    opt = torch.optim.LBFGS(
        params, max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def closure():
        opt.zero_grad()
        ce = F.cross_entropy(h @ W.T + b, position)
        l2 = sum(p.pow(2).sum() for p in params)
        total = ce + 0.5 * penalty * l2
        total.backward()
        return total

    opt.step(closure)
    return W.detach(), b.detach()
""",
        "the penalty includes the bias",
    ),
    (
        "fit_same_storage",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    w = weight.detach().requires_grad_()
    b = bias.detach().requires_grad_()
    optimizer = torch.optim.LBFGS([w, b], max_iter=iterations, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(F.linear(h, w, b), position) + penalty * (w**2).sum() / 2
        loss.backward()
        return loss

    optimizer.step(closure)
    return w.detach(), b.detach()
""",
        "detach without clone: the weight and bias that came in are changed in place",
    ),
    (
        "probe_std_eps",
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
    mu = train_h.mean(dim=0)
    sigma = train_h.std(dim=0, unbiased=False) + 1e-12
    x = (train_h - mu) / sigma
    classes, y = torch.unique(train_labels, return_inverse=True)
    w = torch.zeros(len(classes), x.shape[1], dtype=x.dtype, device=x.device)
    b = torch.zeros(len(classes), dtype=x.dtype, device=x.device)
    best, best_accuracy = None, -1.0
    for lam in sorted(penalties, reverse=True):
        w, b = fit(x, y, w, b, lam, iterations)
        probe = Probe(w, b, mu, sigma, classes, lam)
        accuracy = probe.accuracy(val_h, val_labels)
        if accuracy > best_accuracy:
            best, best_accuracy = probe, accuracy
    return best
""",
        "adds 1e-12 to the standard deviation instead of replacing a zero, so rounding noise or a small change in a constant dimension becomes enormous",
    ),
    (
        "probe_ties_smallest",
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
    mean = train_h.mean(0)
    std = train_h.std(0, correction=0)
    std[std < 1e-6] = 1.0
    classes, y = train_labels.unique(return_inverse=True)
    z = (train_h - mean) / std
    W = z.new_zeros(len(classes), z.shape[1])
    b = z.new_zeros(len(classes))
    best = None
    best_acc = 0.0
    for penalty in sorted(penalties, reverse=True):
        W, b = fit(z, y, W, b, penalty, iterations)
        candidate = Probe(W, b, mean, std, classes, penalty)
        acc = candidate.accuracy(val_h, val_labels)
        if acc >= best_acc:
            best, best_acc = candidate, acc
    return best
""",
        ">= keeps the last of equally accurate probes, the one with the smallest penalty",
    ),
    (
        "probe_labels_as_rows",
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
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std > 1e-6, std, torch.ones_like(std))
    classes, position = train_labels.unique(return_inverse=True)
    # val labels are numbered in the same way
    val_position = val_labels.unique(return_inverse=True)[1]
    h, v = (train_h - mean) / std, (val_h - mean) / std
    weight, bias = h.new_zeros(len(classes), h.shape[1]), h.new_zeros(len(classes))
    results = []
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        right = (F.linear(v, weight, bias).argmax(1) == val_position).double().mean().item()
        results.append((right, Probe(weight, bias, mean, std, classes, penalty)))
    return max(results, key=lambda r: r[0])[1]
""",
        "numbers the validation labels by themselves, so the choice is wrong when a class is missing from the validation images",
    ),
    (
        "balanced_perm_of_smallest",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    kinds, how_many = torch.unique(labels, return_counts=True)
    n = max(1, round(share * labels.numel() / kinds.numel()))
    picked = []
    for c in kinds.tolist():
        rows = torch.nonzero(labels == c).flatten()
        perm = torch.randperm(int(how_many.min()), generator=generator)
        picked.append(rows[perm[:n]])
    return torch.cat(picked)
""",
        "The permutation of each class has the length of the smallest class, so later rows of larger classes are never drawn and those classes may get too few rows.",
    ),
    (
        "predict_precedence",
        "Probe.predict",
        """
def predict(self, h):
    z = h - self.mean / self.std
    scores = torch.einsum("md,cd->mc", z, self.weight) + self.bias[None, :]
    winner = torch.max(scores, dim=1).indices
    return torch.take(self.classes, winner)
""",
        "Without parentheses only the mean is divided by the standard deviation, not the difference h - mean.",
    ),
    (
        "knn_one_max_for_all_queries_again",
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
    names, ids = torch.unique(bank_labels, return_inverse=True)
    b = bank / bank.norm(dim=1, keepdim=True).clamp(min=1e-12)
    q = queries / queries.norm(dim=1, keepdim=True).clamp(min=1e-12)
    cos = torch.einsum("md,nd->mn", q, b)
    rank = cos.argsort(dim=1, descending=True)[:, :k]
    s = cos.gather(1, rank)
    w = torch.exp((s - s.max()) / temperature)  # stable: no exponent is above 0
    member = (ids[rank].unsqueeze(-1) == torch.arange(len(names), device=ids.device)).to(w.dtype)
    score = torch.einsum("mk,mkc->mc", w, member)
    return names[score.argmax(dim=1)]
""",
        "One maximum over all queries is subtracted instead of each query's own, so at a low temperature all votes of a query with distant neighbours underflow to 0 and the first class wins.",
    ),
    (
        "features_guard_lets_integers_pass",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.is_floating_point():
        raise ValueError("pixels must be uint8, these are floats already")
    outputs = []
    with frozen(encoder) as net:
        for lo in range(0, pixels.shape[0], batch_size):
            x = as_input(pixels[lo : lo + batch_size], net)
            outputs.append(net(x).to("cpu", torch.float32))
    return torch.cat(outputs, dim=0)
""",
        "The guard refuses only floating-point pixels, so int64, int16 or bool pixels are accepted instead of raising ValueError.",
    ),
    (
        "features_own_eval_and_dtype",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"expected uint8 pixels, got {pixels.dtype}")
    was_training = encoder.training
    encoder.eval()
    collected = []
    for chunk in torch.split(pixels, batch_size):
        collected.append(encoder(as_input(chunk, encoder)).cpu())
    encoder.train(was_training)
    return torch.vstack(collected)
""",
        "All submodules get the mode of the root (and none is restored after an error, nor is a change detected), and h keeps the encoder's dtype instead of float32.",
    ),
    (
        "knn_naive_norm_and_exp",
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
    uniq = torch.unique(bank_labels)
    bank = bank / torch.linalg.norm(bank, dim=1)[:, None]
    queries = queries / torch.linalg.norm(queries, dim=1)[:, None]
    answers = []
    for q in queries:
        sims, idx = torch.topk(torch.mv(bank, q), min(k, bank.shape[0]))
        strength = torch.exp(sims / temperature)
        labels_here = bank_labels[idx]
        totals = torch.stack([strength[labels_here == c].sum() for c in uniq])
        answers.append(uniq[totals.argmax()])
    return torch.stack(answers)
""",
        "A row of zeros is divided by its norm 0 and gives NaN instead of similarity 0, and exp(s / tau) overflows to infinity at a low temperature.",
    ),
    (
        "balanced_no_generator_no_minimum",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    per_class = round(share * len(labels) / len(torch.unique(labels)))
    keep = torch.zeros(len(labels), dtype=torch.bool)
    for c in torch.unique(labels):
        members = torch.where(labels == c)[0]
        lottery = torch.rand(len(members)).argsort()
        keep[members[lottery[:per_class]]] = True
    return torch.where(keep)[0]
""",
        "The draw ignores the generator, and a class may get no row at all because the number per class is not at least 1.",
    ),
    (
        "linear_probe_tiny_eps_and_last_tie",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    mu = train_h.mean(dim=0)
    sigma = train_h.std(dim=0, unbiased=False) + 1e-8
    z = (train_h - mu) / sigma
    classes, target = torch.unique(train_labels, return_inverse=True)
    W = torch.zeros(len(classes), z.shape[1], dtype=z.dtype, device=z.device)
    b = torch.zeros(len(classes), dtype=z.dtype, device=z.device)
    best, best_accuracy = None, -1.0
    for lam in sorted(penalties)[::-1]:
        W, b = fit(z, target, W, b, lam, iterations)
        candidate = Probe(W, b, mu, sigma, classes, lam)
        accuracy = candidate.accuracy(val_h, val_labels)
        if accuracy >= best_accuracy:
            best, best_accuracy = candidate, accuracy
    return best
""",
        "A constant dimension is divided by 1e-8 instead of a divisor that is not tiny, and among equally accurate penalties the smallest wins instead of the largest.",
    ),
    (
        "linear_probe_refits_on_train_and_val",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    def train(h, labels, lam):
        center = h.mean(0)
        scale = h.std(0, correction=0)
        scale[scale < 1e-6] = 1.0
        classes, rows = labels.unique(return_inverse=True)
        W0 = torch.zeros((len(classes), h.shape[1]), dtype=h.dtype, device=h.device)
        b0 = torch.zeros((len(classes),), dtype=h.dtype, device=h.device)
        W, b = fit((h - center) / scale, rows, W0, b0, lam, iterations)
        return Probe(W, b, center, scale, classes, lam)

    ordered = sorted(penalties, reverse=True)
    scores = [train(train_h, train_labels, lam).accuracy(val_h, val_labels) for lam in ordered]
    winner = ordered[scores.index(max(scores))]
    # as GridSearchCV does: refit on everything with the best setting
    return train(torch.cat([train_h, val_h]), torch.cat([train_labels, val_labels]), winner)
""",
        "After the choice the probe is fitted again to training and validation images together, statistics included, although it must be fitted to training images only.",
    ),
    (
        "fit_sklearn_sum",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    W = nn.Parameter(weight.detach().clone())
    b = nn.Parameter(bias.detach().clone())
    solver = torch.optim.LBFGS(
        [W, b], max_iter=iterations, tolerance_grad=1e-6, line_search_fn="strong_wolfe"
    )

    def objective():
        W.grad = b.grad = None
        log_p = torch.log_softmax(h @ W.T + b, dim=1)
        nll = -log_p.gather(1, position[:, None]).sum()
        value = nll + 0.5 * penalty * (W * W).sum()
        value.backward()
        return value

    solver.step(objective)
    return W.data, b.data
""",
        "The cross entropy is summed over the images as in scikit-learn's objective instead of averaged, so the penalty is N times too weak.",
    ),
    (
        "balanced_is_stratified",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    shuffled = torch.randperm(len(labels), generator=generator)
    chosen = []
    for c in labels.unique():
        mine = shuffled[labels[shuffled] == c]
        quota = max(1, round(share * len(mine)))
        chosen.append(mine[:quota])
    return torch.cat(chosen)
""",
        "It is a stratified sample: each class keeps the given share of its own images instead of equally many as the other classes.",
    ),
    (
        "fit_changes_its_start",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    W, b = weight.detach(), bias.detach()
    W.requires_grad_(True)
    b.requires_grad_(True)
    opt = torch.optim.LBFGS(
        [W, b], lr=1.0, max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def step():
        opt.zero_grad()
        loss = nn.functional.cross_entropy(h.matmul(W.t()).add(b), position)
        loss = loss + 0.5 * penalty * W.pow(2).sum()
        loss.backward()
        return loss

    opt.step(step)
    return W.detach(), b.detach()
""",
        "detach shares memory, so the weight and bias that came in are overwritten, and all probes of a search end with the same weights.",
    ),
    (
        "features_trial_run_before_freezing",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    # two images tell how wide h is
    width = encoder(as_input(pixels[:2], encoder)).shape[1]
    out = torch.empty(len(pixels), width, dtype=torch.float32)
    with frozen(encoder):
        done = 0
        while done < len(pixels):
            part = pixels[done : done + batch_size]
            out[done : done + len(part)] = encoder(as_input(part, encoder)).float().cpu()
            done += len(part)
    return out
""",
        "The trial run that finds D happens before the encoder is frozen, so in train mode it updates the running averages of batch norm, and images are shown twice.",
    ),
    (
        "knn_lost_votes",
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
    classes, inverse = torch.unique(bank_labels, return_inverse=True)
    bank = F.normalize(bank, p=2, dim=-1)
    queries = F.normalize(queries, p=2, dim=-1)
    k = min(k, bank.size(0))
    results = []
    for start in range(0, queries.size(0), QUERIES):
        sim, nn_index = torch.topk(queries[start : start + QUERIES].mm(bank.t()), k, dim=1)
        w = ((sim - sim[:, :1]) / temperature).exp()
        votes = torch.zeros(sim.size(0), classes.size(0), dtype=w.dtype, device=w.device)
        row = torch.arange(sim.size(0), device=w.device).unsqueeze(1).expand_as(nn_index)
        votes[row, inverse[nn_index]] += w
        results.append(classes[votes.argmax(dim=1)])
    return torch.cat(results)
""",
        "Indexed += does not accumulate repeated positions, so of several neighbours of one class only one vote counts.",
    ),
    (
        "b07_stale_features",
        "features",
        """
@torch.no_grad()
def features(
    encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512, known: dict = {}
) -> Tensor:
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    key = id(encoder), pixels.data_ptr(), pixels.shape
    if key not in known:  # k-NN asks for the same images again and again
        with frozen(encoder):
            h = [encoder(as_input(b, encoder)).float().cpu() for b in pixels.split(batch_size)]
        known[key] = torch.cat(h)
    return known[key]
""",
        "Features are kept by the id of the encoder and the address of the pixels: after more training the same encoder gets its old features for the same images, so k-NN during training never changes and features 'before' and 'after' are equal (and the very same tensor is returned).",
    ),
    (
        "b07_thaws_everything",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    encoder.requires_grad_(False)
    try:
        with frozen(encoder):
            h = [encoder(as_input(b, encoder)).float().cpu() for b in pixels.split(batch_size)]
    finally:
        encoder.requires_grad_(True)
    return torch.cat(h)
""",
        "Afterwards every parameter requires a gradient, also those that did not: a layer that was frozen on purpose (a pretrained stem, a momentum encoder, a linear probe on a frozen network) gets gradients and is trained after the first evaluation.",
    ),
    (
        "b07_inference_mode",
        "features",
        """
@torch.inference_mode()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    with frozen(encoder):
        h = [encoder(as_input(b, encoder)).float().cpu() for b in pixels.split(batch_size)]
    return torch.cat(h)
""",
        "h is an inference tensor: values are right, but training any layer on it (fit(h, ...), nn.Linear) raises 'Inference tensors cannot be saved for backward', and changing it in place outside inference mode raises too.",
    ),
    (
        "b07_all_pairs_times_d",
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
    cosine = F.cosine_similarity(queries[:, None], bank[None], dim=2)  # (M, N)
    similarity, neighbours = cosine.topk(min(k, len(bank)))
    weight = (similarity / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes))
    votes = votes.scatter_add(1, position[neighbours], weight)
    return classes[votes.argmax(1)]
""",
        "All queries at once are multiplied element by element with the whole bank, which makes an (M, N, D) tensor: 1,000 queries, 2,000 rows and D = 256 need 2 GB several times over, and a full validation set against 9,000 or 50,000 rows ends the process.",
    ),
    (
        "b07_drops_cosine_one",
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
    bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    k = min(k, len(bank))
    found = []
    for some in queries.split(QUERIES):
        cosine = some @ bank.T
        cosine = cosine.masked_fill(cosine > 1 - 1e-6, -1)  # the query itself must not vote
        found.append(cosine.topk(k))
    similarity = torch.cat([values for values, _ in found])
    neighbours = torch.cat([rows for _, rows in found])
    weight = (similarity / temperature).softmax(1)
    votes = weight.new_zeros(len(queries), len(classes))
    votes = votes.scatter_add(1, position[neighbours], weight)
    return classes[votes.argmax(1)]
""",
        "A bank row with a cosine of 1 to the query is taken for the query itself and pushed to cosine -1: a labelled duplicate or a parallel representation (cosine 1 is legal, the query is not in the bank) does not vote, so the nearest neighbour of all is ignored.",
    ),
    (
        "b07_label_overflow",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    classes, sizes = labels.unique(return_counts=True)
    count = max(1, round(share * len(labels) / len(classes)))
    # sort by class, and at random inside a class
    key = labels * len(labels) + torch.randperm(len(labels), generator=generator)
    order = key.argsort()
    ends = sizes.cumsum(0).tolist()
    starts = [end - size for end, size in zip(ends, sizes.tolist(), strict=True)]
    return torch.cat([order[a : min(a + count, b)] for a, b in zip(starts, ends, strict=True)])
""",
        "labels * N is computed in the labels' own dtype: uint8, int8, int16 or int32 labels (any integers are legal) overflow and wrap around once label * N passes its range, e.g. uint8 with 10 classes and N = 200, so the rows are not sorted by class and the subset is not balanced.",
    ),
    (
        "b07_predict_in_place",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    h -= self.mean
    h /= self.std
    logits = F.linear(h, self.weight, self.bias)
    return self.classes[logits.argmax(1)]
""",
        "The caller's h is standardised in place: the second predict on the same h (one per penalty in linear_probe, predict after accuracy, k-NN after the probe) sees features that were standardised twice and gives other labels.",
    ),
    (
        "b07_safe_division",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    h = (h - self.mean) / (self.std + 1e-5)  # never divide by 0
    return self.classes[F.linear(h, self.weight, self.bias).argmax(1)]
""",
        "1e-5 is added to the standard deviations that the weights were fitted with: representations of small scale (all deviations around 3e-6, or some dimensions far smaller than others) shrink by four and more, so the bias or the other dimensions decide and predictions, and the choice of the penalty, are wrong.",
    ),
    (
        "b07_mean_of_means",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )
    parts = list(zip(h.split(4096), position.split(4096), strict=True))  # bounds the memory

    def closure() -> Tensor:
        optimizer.zero_grad()
        losses = [F.cross_entropy(F.linear(some, weight, bias), own) for some, own in parts]
        loss = torch.stack(losses).mean() + penalty / 2 * weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weight.detach(), bias.detach()
""",
        "The loss is the mean of the means of parts of 4,096 images: with N above 4,096 and not a multiple of it (9,000) the images of the short last part weigh more (N = 4,097: the last image weighs as much as 4,096 others), so other weights are found.",
    ),
    (
        "b07_reseeds_torch",
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
    torch.manual_seed(0)  # the same probe every time
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std > 1e-6, std, torch.ones_like(std))
    classes, position = train_labels.unique(return_inverse=True)
    h = (train_h - mean) / std
    weight, bias = h.new_zeros(len(classes), h.shape[1]), h.new_zeros(len(classes))
    probes = []
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        probes.append(Probe(weight, bias, mean, std, classes, penalty))
    return max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))
""",
        "torch's global generators are reseeded with 0: whatever is drawn from them afterwards (an untrained network, dropout, noise) is the same after every probe and for every seed of the run, so runs that should differ do not and evaluating changes training.",
    ),
    (
        "no_tau_and_positions",
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
    names, which = torch.unique(bank_labels, return_inverse=True)
    b, q = F.normalize(bank, dim=-1), F.normalize(queries, dim=-1)
    k = min(k, b.shape[0])
    answers = []
    for row in q.split(QUERIES):
        s, n = torch.topk(row @ b.t(), k, dim=1)
        onehot = F.one_hot(which[n], len(names)).to(s.dtype)
        answers.append(torch.einsum("mk,mkc->mc", s.exp(), onehot).argmax(1))
    return torch.cat(answers).to(bank_labels.dtype)
""",
        "Two slips: the similarity is not divided by the temperature, and the number of the class is returned instead of its label.",
    ),
    (
        "chosen_on_train_and_zero_std",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    mu = train_h.mean(dim=0)
    sigma = train_h.std(dim=0, unbiased=False)
    names, which = torch.unique(train_labels, return_inverse=True)
    z = (train_h - mu) / sigma
    W, b = z.new_zeros(len(names), z.shape[1]), z.new_zeros(len(names))
    best, top = None, -1.0
    for lam in sorted(penalties)[::-1]:
        W, b = fit(z, which, W, b, lam, iterations)
        candidate = Probe(W, b, mu, sigma, names, lam)
        score = candidate.accuracy(train_h, train_labels)
        if score > top:
            best, top = candidate, score
    return best
""",
        "Two slips: the penalty is chosen by the accuracy on the training images, and a dimension that never changes is divided by a standard deviation of 0.",
    ),
    (
        "floor_and_positions_in_class",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    names = torch.unique(labels)
    each = int(share * len(labels) / len(names))
    rows = []
    for name in names:
        members = torch.nonzero(labels == name).flatten()
        rows.append(torch.randperm(len(members), generator=generator)[:each])
    return torch.cat(rows)
""",
        "Two slips: the number per class is rounded down, to none if the share is small, and positions within a class are returned instead of rows of the data set.",
    ),
    (
        "sum_and_penalised_bias",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    W = weight.detach().clone().requires_grad_(True)
    b = bias.detach().clone().requires_grad_(True)
    solver = torch.optim.LBFGS(
        [W, b], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def evaluate():
        solver.zero_grad()
        value = F.cross_entropy(h @ W.t() + b, position, reduction="sum")
        value = value + 0.5 * penalty * (W.pow(2).sum() + b.pow(2).sum())
        value.backward()
        return value

    solver.step(evaluate)
    return W.detach(), b.detach()
""",
        "Two slips: the cross entropy is summed over the images instead of averaged, and the bias is penalised too.",
    ),
    (
        "eval_after_an_error",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"uint8 pixels are needed, not {pixels.dtype}")
    was = {m: m.training for m in encoder.modules()}
    before = fingerprints(encoder)
    encoder.eval()
    rows = []
    for start in range(0, len(pixels), batch_size):
        x = as_input(pixels[start : start + batch_size], encoder)
        rows.append(encoder(x).to("cpu", torch.float32))
    for m, flag in was.items():
        m.training = flag
    if fingerprints(encoder) != before:
        raise RuntimeError("a frozen encoder changed")
    return torch.cat(rows)
""",
        "The modes are restored only if nothing fails: after an error in the encoder (say out of memory) every part stays in eval mode, and training goes on without batch statistics.",
    ),
    (
        "votes_underflow",
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
    names, which = torch.unique(bank_labels, return_inverse=True)
    b, q = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    k = min(k, len(b))
    answers = []
    for part in q.split(QUERIES):
        cosine, near = torch.matmul(part, b.mT).topk(k, dim=1)
        power = torch.exp((cosine - 1) / temperature)  # no cosine is above 1: no overflow
        tally = torch.zeros(len(part), len(names), dtype=power.dtype, device=power.device)
        tally.scatter_add_(1, which[near], power)
        answers.append(tally.argmax(1))
    return names[torch.cat(answers)]
""",
        "Votes are divided by exp(1 / tau) and not by the query's greatest vote: at tau = 0.001 and a nearest cosine below 0.89 all votes are 0 in float32, and the answer is the smallest label.",
    ),
    (
        "sigmoids_saturate",
        "Probe.predict",
        """
def predict(self, h):
    z = torch.div(h - self.mean, self.std)
    chance = torch.sigmoid(torch.einsum("md,cd->mc", z, self.weight) + self.bias)
    return self.classes[torch.max(chance, dim=1).indices]
""",
        "Sigmoids are compared instead of logits: in float32 all logits above 17 become exactly 1, so with a small penalty or a row far from the mean several classes tie and the first of them is predicted.",
    ),
    (
        "tiny_divisor",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    centre = train_h.mean(0)
    scale = train_h.std(0, correction=0).clamp(min=1e-8)
    classes, position = torch.unique(train_labels, return_inverse=True)
    z = (train_h - centre) / scale
    state = z.new_zeros(len(classes), z.shape[1]), z.new_zeros(len(classes))
    winner, best = None, -1.0
    for lam in sorted(penalties, reverse=True):
        state = fit(z, position, *state, lam, iterations)
        probe = Probe(*state, centre, scale, classes, lam)
        score = probe.accuracy(val_h, val_labels)
        if score > best:
            winner, best = probe, score
    return winner
""",
        "A dimension that never changes in training is divided by 1e-8: its rounding errors are blown up, and an image in which it does change a little gets logits of a million from it and a wrong class.",
    ),
    (
        "one_hot_without_C",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    params = [weight.detach().clone(), bias.detach().clone()]
    for p in params:
        p.requires_grad_()
    target = F.one_hot(position).to(h.dtype)
    opt = torch.optim.LBFGS(
        params, max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def loss_and_gradient():
        opt.zero_grad()
        W, b = params
        logp = torch.log_softmax(torch.einsum("nd,cd->nc", h, W) + b, dim=1)
        value = -(target * logp).sum(1).mean() + penalty * W.square().sum() / 2
        value.backward()
        return value

    opt.step(loss_and_gradient)
    return params[0].detach(), params[1].detach()
""",
        "The one-hot table has as many columns as the largest position that occurs: if no image has the last class of the weight, its shape does not match the C logits, and fit raises an error.",
    ),
    (
        "key_overflows",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    N = labels.shape[0]
    # one sort: by label, and at random among equal labels
    key = labels.mul(N).add(torch.randperm(N, generator=generator))
    order = torch.argsort(key)
    _, sizes = torch.unique(labels, return_counts=True)
    each = max(1, round(share * N / len(sizes)))
    return torch.cat([rows[:each] for rows in order.split(sizes.tolist())])
""",
        "label * N is computed in the labels' dtype: with uint8 or int8 labels (any dtype is allowed) it wraps around, the classes are mixed in the order, and the subset is not balanced.",
    ),
    (
        "votes_without_exp",
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
    classes, number = torch.unique(bank_labels, return_inverse=True)
    unit_bank = F.normalize(bank, dim=1)
    answers = []
    for some in queries.split(QUERIES):
        cosine = F.normalize(some, dim=1) @ unit_bank.T
        near, row = cosine.topk(min(k, len(bank)), dim=1)
        votes = near.new_zeros(len(some), len(classes))
        votes.scatter_add_(1, number[row], near / temperature)
        answers.append(classes[votes.argmax(dim=1)])
    return torch.cat(answers)
""",
        "Usual. A neighbour votes with weight s / tau, without the exponential, so the temperature has no effect; the weight must be exp(s / tau).",
    ),
    (
        "share_of_each_class",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    order = torch.randperm(len(labels), generator=generator)
    kept = []
    for c in labels.unique():
        rows = order[labels[order] == c]
        kept.append(rows[: max(1, round(share * len(rows)))])
    return torch.cat(kept)
""",
        "Usual (stratified sampling). Each class keeps the share of its own images, so frequent classes have more; each must have share * N / C rows.",
    ),
    (
        "own_mean_and_std",
        "Probe.predict",
        """
def predict(self, h):
    centred = h - h.mean(dim=0)
    scaled = centred / h.std(dim=0).clamp(min=1e-6)
    scores = F.linear(scaled, self.weight, self.bias)
    return self.classes[scores.argmax(dim=1)]
""",
        "Usual. h is standardised by its own mean and standard deviation; they must be those of the training images, self.mean and self.std.",
    ),
    (
        "penalty_without_the_half",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    W = weight.detach().clone().requires_grad_(True)
    b = bias.detach().clone().requires_grad_(True)
    if iterations > 0:
        solver = torch.optim.LBFGS(
            [W, b],
            max_iter=iterations,
            max_eval=25 * iterations,
            tolerance_grad=1e-9,
            tolerance_change=1e-12,
            line_search_fn="strong_wolfe",
        )

        def closure():
            solver.zero_grad()
            value = F.cross_entropy(F.linear(h, W, b), position) + penalty * (W * W).sum()
            value.backward()
            return value

        solver.step(closure)
    return W.detach(), b.detach()
""",
        "Subtle. The penalty is lambda |W|^2 instead of lambda |W|^2 / 2, so it is twice as strong.",
    ),
    (
        "smallest_of_equals",
        "linear_probe",
        """
def linear_probe(
    train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200
):
    mean, std = train_h.mean(dim=0), train_h.std(dim=0)
    varies = std > 8 * torch.finfo(std.dtype).eps * mean.abs()
    std = torch.where(varies, std, torch.ones_like(std))
    classes, position = torch.unique(train_labels, return_inverse=True)
    scaled = (train_h - mean) / std
    W = scaled.new_zeros(len(classes), scaled.shape[1])
    b = scaled.new_zeros(len(classes))
    winner, highest = None, 0.0
    for penalty in sorted(penalties, reverse=True):
        W, b = fit(scaled, position, W, b, penalty, iterations)
        candidate = Probe(W, b, mean, std, classes, penalty)
        reached = candidate.accuracy(val_h, val_labels)
        if reached >= highest:
            winner, highest = candidate, reached
    return winner
""",
        "Subtle. >= lets a later, smaller penalty win a tie; among equally accurate probes the one with the largest penalty must be kept (>).",
    ),
    (
        "train_afterwards",
        "features",
        """
def features(encoder, pixels, batch_size=512):
    images = pixels.pixels if isinstance(pixels, Images) else pixels
    if images.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {images.dtype}")
    rows = []
    with torch.no_grad(), frozen(encoder):
        for start in range(0, len(images), batch_size):
            part = as_input(images[start : start + batch_size], encoder)
            rows.append(encoder(part).to("cpu", torch.float32))
    encoder.train()  # training goes on
    return torch.cat(rows)
""",
        "In use. Afterwards the whole encoder is put into train mode, also if it, or a part of it, was in eval mode; every part must be back in its old mode, as frozen already sees to.",
    ),
    (
        "inference_tensors",
        "features",
        """
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    with torch.inference_mode(), frozen(encoder):
        parts = [encoder(as_input(some, encoder)) for some in pixels.split(batch_size)]
        return torch.cat([h.float().cpu() for h in parts])
""",
        "h is an inference tensor: training a classifier on it directly ('Inference tensors cannot be saved for backward') or changing it in place fails later, far from here. Contradicts 'h, shape (N, D), float32, on the CPU': the probe and fine-tuning learn from it, and only 'no gradient' (torch.no_grad) was asked for.",
    ),
    (
        "assumes_best_cosine_is_one",
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
    classes, position = bank_labels.unique(return_inverse=True)
    unit = F.normalize(bank.to(wide), dim=1)
    winners = []
    for some in queries.to(wide).split(QUERIES):
        cosine, row = (F.normalize(some, dim=1) @ unit.T).topk(min(k, len(bank)), dim=1)
        share = ((cosine - 1) / temperature).exp()  # a cosine is at most 1: no overflow
        votes = share.new_zeros(len(some), len(classes))
        winners.append(votes.scatter_add_(1, position[row], share).argmax(1))
    return classes[torch.cat(winners)]
""",
        "At tau = 0.001 a query whose best cosine is below about 0.9 (also a row of zeros) has only votes that underflow to 0, and gets the first class. Contradicts 'votes with weight exp(s / tau)' for any tau > 0, and the page's 'only ratios matter'.",
    ),
    (
        "standardises_in_place",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    standard = h.to(self.weight).sub_(self.mean).div_(self.std)
    return self.classes[F.linear(standard, self.weight, self.bias).argmax(dim=1)]
""",
        "`to` copies only if dtype or device differ; otherwise the caller's representations are standardised in place, and a second predict or accuracy of the same h is wrong. Contradicts 'Predicted labels of h': nothing says that h changes.",
    ),
    (
        "key_overflows_small_labels",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    N = len(labels)
    classes, sizes = labels.unique(return_counts=True)
    keep = max(1, round(share * N / max(1, len(classes))))
    order = torch.randperm(N, generator=generator)
    # one key sorts by class, and within a class by the place in the random order
    key = labels[order] * N + torch.arange(N)
    order = order[key.argsort()]
    ends = sizes.cumsum(0)
    starts = (ends - sizes).tolist()
    kept = [
        order[start : start + min(keep, size)]
        for start, size in zip(starts, sizes.tolist(), strict=True)
    ]
    return torch.cat(kept) if kept else order
""",
        "labels * N is computed in the labels' own dtype: uint8, int8 or int16 labels wrap around, classes get mixed in the sorted row, and the subset is not balanced. Contradicts 'integers of any dtype' and 'Each of the C classes has share * N / C rows'.",
    ),
    (
        "one_mode_for_all_parts",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if not isinstance(pixels, Tensor):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    was_training = encoder.training
    encoder.eval()
    h = []
    for batch in pixels.split(batch_size):
        h.append(encoder(as_input(batch, encoder)).float().cpu())
    encoder.train(was_training)
    return torch.cat(h)
""",
        "remembers one mode instead of using `frozen`; against 'every part is in its old mode afterwards, even after an error' and 'RuntimeError: if the encoder changed'. Shows for an encoder with parts in different modes (a frozen batch norm in a training network), for an encoder that raises, and for one that changes a buffer in eval mode; the returned h is right",
    ),
    (
        "stratified_not_balanced",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    order = torch.randperm(len(labels), generator=generator)
    chosen = []
    for c in labels.unique():
        rows = order[labels[order] == c]
        keep = max(1, round(share * len(rows)))
        chosen.append(rows[:keep])
    return torch.cat(chosen)
""",
        "keeps the share of each class (a stratified split, as in scikit-learn); against 'equally many images of each class' and 'Each of the C classes has share * N / C rows'. Shows for classes of different sizes; right where all have N / C images",
    ),
    (
        "predictions_as_a_list",
        "Probe.predict",
        '''
def predict(self, h: Tensor) -> Tensor:
    """Predicted labels of h, shape (M, D): shape (M,), with `classes`' dtype and device."""
    logits = (h - self.mean) / self.std @ self.weight.T + self.bias
    names = self.classes.tolist()
    return torch.tensor([names[row] for row in logits.argmax(dim=1).tolist()])
''',
        "the right labels, but int64 on the CPU whatever the classes are (and float32 for no rows at all); against 'with `classes`' dtype and device'. Shows for classes of int32, uint8, ... or on a GPU, and for M = 0",
    ),
    (
        "twenty_iterations_each_time",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    weight = weight.clone().requires_grad_()
    bias = bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([weight, bias], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = F.cross_entropy(h @ weight.T + bias, position) + penalty * weight.square().sum() / 2
        loss.backward()
        return loss

    for _ in range(iterations):
        optimizer.step(closure)
    return weight.detach(), bias.detach()
""",
        "takes LBFGS.step for one iteration as with other optimisers, but by default each makes up to 20 iterations; against 'iterations: maximum number of iterations'. Shows when fewer iterations than convergence needs are asked for (1, 2, 5): the loss falls further than that many iterations can take it; the converged result is right",
    ),
    (
        "one_maximum_for_all_queries",
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
    bank = F.normalize(bank, dim=1)
    k = min(k, len(bank))
    predicted = []
    for some in F.normalize(queries, dim=1).split(QUERIES):
        similarity, neighbours = (some @ bank.T).topk(k, dim=1)
        # exp of a large number overflows: the greatest similarity becomes 0, all others negative
        if len(some):
            similarity = similarity - similarity.max()
        weight = (similarity / temperature).exp()
        votes = weight.new_zeros(len(some), len(classes))
        votes.scatter_add_(1, position[neighbours], weight)
        predicted.append(classes[votes.argmax(dim=1)])
    return torch.cat(predicted)
""",
        "subtracts one maximum over all queries, not each query's own: where a query's best similarity is lower than that of another query by about 100 tau, all its votes underflow to 0 and it gets the first class; against the votes 'exp(s / tau)' and the hint of step 3 'By what may you divide all votes of *a query*?'. Shows at tau = 0.001 for queries of unequal nearness; right for one query, equal nearness, or tau = 0.07",
    ),
    (
        "chosen_by_validation_loss",
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
    classes, position = train_labels.unique(return_inverse=True)
    mean, std = train_h.mean(dim=0), train_h.std(dim=0, correction=0)
    std = torch.where(std > 1e-6 * (1 + mean.abs()), std, torch.ones_like(std))
    h, unseen = (train_h - mean) / std, (val_h - mean) / std
    weight = h.new_zeros(len(classes), h.shape[1])
    bias = h.new_zeros(len(classes))
    # a validation image of a class that was not trained on cannot be right: it does not count
    known = torch.isin(val_labels, classes)
    target = torch.searchsorted(classes, val_labels[known])
    best, best_loss = None, float("inf")
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        loss = F.cross_entropy(unseen[known] @ weight.T + bias, target).item()
        if best is None or loss < best_loss:
            best, best_loss = Probe(weight, bias, mean, std, classes, penalty), loss
    return best
""",
        "keeps the penalty with the least cross entropy on validation images, not the greatest accuracy; against 'that is most accurate on validation images' and 'If several penalties give the same accuracy, it has the largest of them'. Shows where several penalties have the same accuracy (the loss usually prefers a smaller one) or where loss and accuracy disagree",
    ),
    (
        "ridge_regression_of_indicators",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    # A linear classifier with a penalty on |W|^2: that has a solution in closed form, so there is
    # no need to iterate. Each class has a target of 1 for its own images and 0 for the others;
    # the bias is not penalised, so take the means off first and put them back at the end.
    if iterations == 0:
        return weight.detach().clone(), bias.detach().clone()
    N, D = h.shape
    C = len(weight)

    # 1. the targets, one column per class
    target = torch.zeros(N, C, dtype=h.dtype, device=h.device)
    target[torch.arange(N, device=h.device), position] = 1

    # 2. centre both sides
    h_mean, target_mean = h.mean(dim=0), target.mean(dim=0)
    x, y = h - h_mean, target - target_mean

    # 3. the normal equations, with the penalty on the diagonal
    gram = x.T @ x / N + penalty * torch.eye(D, dtype=h.dtype, device=h.device)
    new_weight = (torch.linalg.pinv(gram, hermitian=True) @ (x.T @ y / N)).T

    # 4. the bias that puts the means back
    new_bias = target_mean - new_weight @ h_mean
    return new_weight.detach().contiguous(), new_bias.detach()
""",
        "believes that any penalised linear classifier is the same and solves least squares of one-hot targets; against 'minimise the mean cross entropy + penalty |W|^2 / 2, by L-BFGS' (and ignores where to start and how many iterations). Shows in the gradient of the loss at the result, in any value of W; predictions are often the same",
    ),
    (
        "eval_then_train_by_hand",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    encoder.eval()
    rows = []
    for some in pixels.split(batch_size):
        rows.append(encoder(as_input(some, encoder)).float().cpu())
    encoder.train()  # training goes on
    return torch.cat(rows)
""",
        "switches the modes by hand instead of using frozen: afterwards every part is in train mode, also those that were in eval mode, and after an error all stay in eval mode. Breaks 'every part is in its old mode afterwards, even after an error', and no RuntimeError if the encoder changed",
    ),
    (
        "same_share_of_each_class",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    kept = []
    for c in labels.unique():
        rows = (labels == c).nonzero().flatten()
        rows = rows[torch.randperm(len(rows), generator=generator)]
        kept.append(rows[: max(1, round(share * len(rows)))])
    return torch.cat(kept)
""",
        "keeps the given share of each class, so a large class keeps more rows than a small one (stratified, not balanced); breaks 'equally many images of each class' and 'share * N / C rows'. Right if all classes are equally large",
    ),
    (
        "no_bias_in_prediction",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    standardised = (h - self.mean) / self.std
    scores = F.linear(standardised, self.weight)
    best = scores.max(dim=1).indices
    return self.classes[best]
""",
        "the bias is missing from the logits, so frequent classes are predicted too rarely; breaks 'a linear classifier' with 'weights and biases' (W h + b on the page)",
    ),
    (
        "norm_not_squared",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    if iterations == 0:
        return weight.detach().clone(), bias.detach().clone()
    w = weight.detach().clone().requires_grad_()
    b = bias.detach().clone().requires_grad_()
    optimizer = torch.optim.LBFGS([w, b], max_iter=iterations, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        logits = h @ w.T + b
        loss = F.cross_entropy(logits, position) + penalty / 2 * w.norm()
        loss.backward()
        return loss

    optimizer.step(closure)
    return w.detach(), b.detach()
""",
        "the penalty is lambda |W| / 2 instead of lambda |W|^2 / 2; breaks 'mean cross entropy + penalty |W|^2 / 2'",
    ),
    (
        "one_maximum_for_all_queries_11",
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
    precise = torch.promote_types(bank.dtype, torch.float32)
    unit_bank = F.normalize(bank.to(precise), dim=1)
    k = min(k, len(bank))
    answers = []
    for some in F.normalize(queries.to(precise), dim=1).split(QUERIES):
        similarity, neighbours = (some @ unit_bank.T).topk(k, dim=1)
        # only ratios matter: make the largest exponent 0, so that nothing overflows
        exponent = similarity / temperature
        weights = (exponent - exponent.max()).exp()
        votes = weights.new_zeros(len(some), len(classes))
        votes.scatter_add_(1, position[neighbours], weights)
        answers.append(classes[votes.argmax(dim=1)])
    return torch.cat(answers)
""",
        "subtracts the maximum over all queries of the chunk instead of each query's own: at a low temperature all votes of a query whose neighbours are less similar than another query's underflow to 0, and argmax gives the first class. Breaks 'the class that the k most similar rows vote for' at tau = 0.001 (step 3: all votes OF A QUERY), and the answer depends on the other queries",
    ),
    (
        "validation_standardised_twice",
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
    mean = train_h.mean(dim=0)
    std = train_h.std(dim=0, unbiased=False)
    std = torch.where(std > 1e-6 * mean.abs().clamp_min(1e-6), std, torch.ones_like(std))
    z_train, z_val = (train_h - mean) / std, (val_h - mean) / std
    classes, position = torch.unique(train_labels, return_inverse=True)
    w = z_train.new_zeros(len(classes), z_train.shape[1])
    b = z_train.new_zeros(len(classes))
    best, best_accuracy = None, -1.0
    for penalty in sorted(penalties, reverse=True):
        w, b = fit(z_train, position, w, b, penalty, iterations)
        candidate = Probe(w, b, mean, std, classes, penalty)
        accuracy = candidate.accuracy(z_val, val_labels)
        if accuracy > best_accuracy:
            best, best_accuracy = candidate, accuracy
    return best
""",
        "passes standardised validation images to accuracy, whose predict standardises them again, so the penalty is chosen by meaningless accuracies; breaks 'most accurate on validation images'. Every fit is right, and so is each probe by itself",
    ),
    (
        "votes_overflow",
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
    names = torch.unique(bank_labels)
    bank = F.normalize(bank, dim=1)
    answers = torch.empty(len(queries), dtype=bank_labels.dtype, device=bank_labels.device)
    for m in range(len(queries)):
        q = F.normalize(queries[m], dim=0)
        s, nearest = (bank @ q).topk(min(k, len(bank)))
        weights = (s / temperature).exp()
        voters = bank_labels[nearest]
        votes = torch.stack([weights[voters == c].sum() for c in names])
        answers[m] = names[votes.argmax()]
    return answers
""",
        "beginner: takes exp(s / tau) as it stands; at tau = 0.001 (page, step 3) all votes of near neighbours are inf, and the smallest label wins",
    ),
    (
        "share_of_each_class_12",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    chosen = []
    for c in labels.unique():
        (rows,) = torch.where(labels == c)
        n = max(1, round(share * len(rows)))
        chosen.append(rows[torch.randperm(len(rows), generator=generator)[:n]])
    return torch.cat(chosen) if chosen else torch.empty(0, dtype=torch.int64)
""",
        "as in a stratified split: keeps the share of every class; docstring: equally many images of each class, share * N / C (different as soon as the classes have different sizes)",
    ),
    (
        "standardised_by_itself",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    # same preprocessing as for training: zero mean, unit variance
    mean = h.mean(dim=0)
    std = h.std(dim=0, unbiased=False).clamp(min=1e-6)
    z = (h - mean) / std
    scores = z.matmul(self.weight.t()).add(self.bias)
    return self.classes[scores.max(dim=1).indices]
""",
        "chat assistant: standardises with the mean and standard deviation of the images to be predicted; Probe: mean and std are over the training images; page: 'The test value itself plays no part in either'",
    ),
    (
        "penalty_on_the_bias",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    C, D = weight.shape
    # all unknowns in one vector theta
    theta = torch.cat([weight.detach().flatten(), bias.detach()]).requires_grad_()
    minimiser = torch.optim.LBFGS([theta], max_iter=iterations, line_search_fn="strong_wolfe")

    def energy():
        minimiser.zero_grad()
        W, b = theta[: C * D].view(C, D), theta[C * D :]
        E = F.cross_entropy(h @ W.T + b, position) + penalty / 2 * (theta @ theta)
        E.backward()
        return E

    minimiser.step(energy)
    theta = theta.detach()
    return theta[: C * D].view(C, D), theta[C * D :]
""",
        "physicist: the penalty is the square of the vector of all unknowns, so it also contains the bias; docstring: 'It applies to the weight and not to the bias'",
    ),
    (
        "mode_of_the_whole",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8, not {pixels.dtype}")
    was_training = encoder.training
    encoder.eval()  # batch norm must use its running statistics
    try:
        with frozen(encoder):
            result = [encoder(as_input(b, encoder)).float().cpu() for b in pixels.split(batch_size)]
    finally:
        encoder.train(was_training)  # also after an error
    return torch.cat(result)
""",
        "calls encoder.eval() before `frozen` notes the modes, and afterwards gives ALL parts the mode of the root: a batch norm that was kept in eval mode inside a network in train mode learns again; docstring: every part is in its old mode afterwards",
    ),
    (
        "tiny_divisor_12",
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
    mean = train_h.mean(dim=0)
    std = train_h.std(dim=0, unbiased=False) + 1e-8  # never divide by zero
    standardised = (train_h - mean) / std

    classes, position = torch.unique(train_labels, return_inverse=True)
    weight = train_h.new_zeros(len(classes), train_h.shape[1])
    bias = train_h.new_zeros(len(classes))

    best, best_accuracy = None, -1.0
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(standardised, position, weight, bias, penalty, iterations)
        probe = Probe(weight, bias, mean, std, classes, penalty)
        accuracy = probe.accuracy(val_h, val_labels)
        if accuracy > best_accuracy:
            best, best_accuracy = probe, accuracy
    return best
""",
        "std + 1e-8: a dimension that is always the same in training is divided by something tiny: its rounding error becomes a feature, and a slightly other value in a new image decides alone; page, step 8: 'any divisor that is not tiny will do'",
    ),
    (
        "train_mode_afterwards",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError("pixels must be uint8")
    encoder.eval()
    results = []
    start = 0
    while start < len(pixels):
        batch = pixels[start:start + batch_size]
        out = encoder(as_input(batch, encoder))
        results.append(out.float().cpu())
        start = start + batch_size
    encoder.train()  # switch back
    return torch.cat(results)
""",
        "a beginner calls eval() and then train(), without `frozen`: parts that were in eval mode end in train mode, an error leaves everything in eval mode, and an encoder that changes is not noticed. Breaks 'every part is in its old mode afterwards, even after an error'",
    ),
    (
        "stratified_not_balanced_13",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if share <= 0 or share > 1:
        raise ValueError(f"share is {share}, but must lie in (0, 1]")
    picked = []
    for label in torch.unique(labels):
        rows = torch.where(labels == label)[0]
        n = max(1, round(share * len(rows)))
        shuffled = rows[torch.randperm(len(rows), generator=generator)]
        picked.append(shuffled[:n])
    return torch.cat(picked)
""",
        "keeps the share of each class's own images, so large classes stay large. Breaks 'equally many images of each class', share * N / C rows each",
    ),
    (
        "bias_as_a_column",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    # absorb b into W: append a 1 to every h
    X = torch.hstack([h, torch.ones(len(h), 1, dtype=h.dtype, device=h.device)])
    theta = torch.hstack([weight, bias.unsqueeze(1)]).detach().clone().requires_grad_(True)
    lbfgs = torch.optim.LBFGS([theta], max_iter=iterations, line_search_fn="strong_wolfe")

    def energy():
        lbfgs.zero_grad()
        E = F.cross_entropy(X @ theta.T, position) + 0.5 * penalty * (theta * theta).sum()
        E.backward()
        return E

    lbfgs.step(energy)
    theta = theta.detach()
    return theta[:, :-1].clone(), theta[:, -1].clone()
""",
        "a physicist absorbs the bias into the weight matrix, so the penalty pulls the bias to zero too. Breaks 'It applies to the weight and not to the bias'",
    ),
    (
        "scales_by_its_own_batch",
        "Probe.predict",
        """
def predict(self, h):
    mu = h.mean(dim=0, keepdim=True)
    sigma = h.std(dim=0, unbiased=False, keepdim=True).clamp_min(1e-6)
    z = (h - mu) / sigma
    scores = F.linear(z, self.weight, self.bias)
    return self.classes[scores.max(dim=1).indices]
""",
        "standardises with the mean and standard deviation of the images that it is given, not of the training images; the answer for an image depends on its neighbours in h. Breaks the page's 'The test value itself plays no part in either' and the attributes mean and std",
    ),
    (
        "cosine_is_at_most_one",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(f"{len(bank)} rows, but labels of shape {tuple(bank_labels.shape)}")
    names, index = torch.unique(bank_labels, return_inverse=True)
    unit_bank = F.normalize(bank, dim=-1)
    k = min(k, bank.shape[0])
    answer = []
    for q in queries.split(QUERIES):
        s, who = (F.normalize(q, dim=-1) @ unit_bank.T).topk(k, dim=-1)
        # only ratios of votes matter; a cosine never exceeds 1, so this cannot overflow
        w = torch.exp((s - 1.0) / temperature)
        ballot = torch.zeros(len(q), len(names), dtype=w.dtype, device=w.device)
        ballot.scatter_add_(1, index[who], w)
        answer.append(names[ballot.argmax(dim=-1)])
    return torch.cat(answer)
""",
        "subtracts 1, the largest possible cosine, instead of the query's own largest one: no overflow, but at tau = 0.001 in float32 all votes of a query underflow to 0 if its nearest neighbour has a cosine below about 0.9, and the first class always wins. Breaks the page's step 3 (votes at tau = 0.001) and the vote with weight exp(s / tau)",
    ),
    (
        "almost_constant_dimension",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    mean = train_h.sum(0) / len(train_h)
    centred = train_h - mean
    std = (centred.square().sum(0) / len(train_h)).sqrt()
    std = torch.where(std > 0, std, torch.ones_like(std))  # constant dimensions
    classes, position = train_labels.unique(return_inverse=True)
    W = train_h.new_zeros(len(classes), train_h.shape[1])
    b = train_h.new_zeros(len(classes))
    winner, record = None, -1.0
    for lam in sorted(penalties)[::-1]:
        W, b = fit(centred / std, position, W, b, lam, iterations)
        probe = Probe(W, b, mean, std, classes, lam)
        score = probe.accuracy(val_h, val_labels)
        if score > record:
            winner, record = probe, score
    return winner
""",
        "the rounded mean of a constant dimension (e.g. 0.1 everywhere, float32) differs from its value by some 1e-8, so its computed standard deviation is tiny but not 0 and passes the test std > 0; validation values that differ a little are then blown up to about 1e7 and rule the prediction. Breaks the page's step 8, 'a dimension that never changes': 'any divisor that is not tiny will do'",
    ),
    (
        "train_afterwards_14",
        "features",
        """
@torch.no_grad()
def features(encoder, pixels, batch_size=512):
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype != torch.uint8:
        raise ValueError("pixels must be uint8, got " + str(pixels.dtype))
    encoder.eval()  # batch norm must not see the test set
    all_h = []
    for i in range(0, len(pixels), batch_size):
        batch = as_input(pixels[i : i + batch_size], encoder)
        all_h.append(encoder(batch).float().cpu())
    encoder.train()  # back to training
    return torch.cat(all_h, dim=0)
""",
        "eval() and train() by hand instead of `frozen`: an encoder (or a part) that was in eval mode is in train mode afterwards, after an error all stay in eval mode, and a change of the encoder is not reported (docstring: every part is in its old mode afterwards, even after an error; RuntimeError)",
    ),
    (
        "share_of_each_class_14",
        "class_balanced",
        """
def class_balanced(labels, share, generator=None):
    if share <= 0 or share > 1:
        raise ValueError(f"share has to be in (0, 1], got {share}")
    chosen = []
    for c in torch.unique(labels):
        rows = torch.where(labels == c)[0]
        n = max(round(share * len(rows)), 1)
        shuffled = rows[torch.randperm(len(rows), generator=generator)]
        chosen.append(shuffled[:n])
    return torch.cat(chosen)
""",
        "takes the share of each class's own rows (stratified), so large classes get more images (docstring: equally many images of each class, share * N / C rows)",
    ),
    (
        "statistics_of_the_test_images",
        "Probe.predict",
        """
def predict(self, h):
    h_mean = torch.mean(h, dim=0, keepdim=True)
    h_std = torch.std(h, dim=0, unbiased=False, keepdim=True)
    h_std = torch.where(h_std == 0, torch.ones_like(h_std), h_std)
    standardised = (h - h_mean) / h_std
    logits = torch.matmul(standardised, self.weight.t()) + self.bias
    best = torch.argmax(logits, dim=1)
    return self.classes[best]
""",
        "standardises with the mean and the standard deviation of the h that it classifies (page: with the training images' statistics; the test value itself plays no part in either)",
    ),
    (
        "validation_standardised_twice_14",
        "linear_probe",
        """
def linear_probe(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    mu = train_h.mean(0)
    sigma = train_h.std(0, unbiased=False)
    flat = train_h.amax(0) == train_h.amin(0)
    sigma = torch.where(flat, torch.ones_like(sigma), sigma)
    x_train = (train_h - mu) / sigma
    x_val = (val_h - mu) / sigma

    classes, target = torch.unique(train_labels, return_inverse=True)
    W = torch.zeros(len(classes), train_h.shape[1], dtype=train_h.dtype, device=train_h.device)
    b = torch.zeros(len(classes), dtype=train_h.dtype, device=train_h.device)

    best_probe, best_acc = None, -1.0
    for lam in sorted(penalties, reverse=True):
        W, b = fit(x_train, target, W, b, lam, iterations)
        probe = Probe(weight=W, bias=b, mean=mu, std=sigma, classes=classes, penalty=lam)
        acc = probe.accuracy(x_val, val_labels)
        if acc > best_acc:
            best_probe, best_acc = probe, acc
    return best_probe
""",
        "gives standardised validation rows to Probe.accuracy, which standardises them again: the choice of the penalty rests on wrong predictions (docstring: the classifier that is most accurate on validation images)",
    ),
    (
        "largest_of_all_queries",
        "knn_predict",
        """
def knn_predict(bank, bank_labels, queries, k=20, temperature=0.07):
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(f"{len(bank)} rows, but labels of shape {tuple(bank_labels.shape)}")
    classes, class_of_row = torch.unique(bank_labels, return_inverse=True)
    member = F.one_hot(class_of_row, len(classes)).to(bank.dtype)  # (N, C)
    cosines = F.normalize(queries, dim=1) @ F.normalize(bank, dim=1).T
    s, who = torch.topk(cosines, min(k, len(bank)), dim=1)
    exponent = s / temperature
    exponent = exponent - exponent.max()  # only ratios matter, and exp(1000) overflows
    votes = torch.einsum("mk,mkc->mc", torch.exp(exponent), member[who])
    return classes[votes.argmax(dim=1)]
""",
        "subtracts the largest exponent of ALL queries instead of each query's own: at tau = 0.001 a query whose best cosine is some tenths lower has only votes that underflow to 0, and gets the first class (page, step 3: divide all votes of a query; docstring: any temperature > 0)",
    ),
    (
        "detached_is_not_a_copy",
        "fit",
        """
def fit(h, position, weight, bias, penalty, iterations):
    w = weight.detach().requires_grad_(True)  # leave the caller's tensors alone
    b = bias.detach().requires_grad_(True)
    if iterations > 0:
        solver = torch.optim.LBFGS([w, b], lr=1, max_iter=iterations, tolerance_grad=1e-9,
                                   tolerance_change=1e-12, line_search_fn="strong_wolfe")

        def closure():
            solver.zero_grad()
            logits = h @ w.T + b
            value = F.cross_entropy(logits, position) + 0.5 * penalty * w.pow(2).sum()
            value.backward()
            return value

        solver.step(closure)
    return w.detach(), b.detach()
""",
        "detach() shares the memory, so L-BFGS overwrites the weight and the bias that were passed in, and with them every earlier result of a warm-started search (docstring: they are not changed)",
    ),
    (
        "one_mode_for_all_parts_15",
        "features",
        """
@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    if isinstance(pixels, Images):
        pixels = pixels.pixels
    if pixels.dtype is not torch.uint8:
        raise ValueError(f"expected uint8 pixels, got {pixels.dtype}")
    was_training = encoder.training
    encoder.eval()
    out = []
    for begin in range(0, len(pixels), batch_size):
        batch = as_input(pixels[begin : begin + batch_size], encoder)
        out.append(encoder(batch).float().cpu())
    encoder.train(was_training)
    return torch.cat(out)
""",
        "hurried engineer: eval() before, train(was_training) after, without `frozen`. Breaks 'every part is in its old mode afterwards, even after an error' (a norm that was in eval mode inside a training encoder ends in train mode; after an error all stay in eval mode) and the promised RuntimeError when the encoder changed",
    ),
    (
        "share_of_each_class_15",
        "class_balanced",
        """
def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    keep = []
    for c in labels.unique():
        # all pictures of this class, shuffled
        rows = torch.nonzero(labels == c).squeeze(1)
        perm = torch.randperm(len(rows), generator=generator)
        how_many = max(1, round(share * len(rows)))
        keep.append(rows[perm[:how_many]])
    return torch.cat(keep)
""",
        "beginner: takes the share of each class's own images (a stratified sample), so a large class keeps more; breaks 'equally many images of each class' and 'each of the C classes has share * N / C rows'. The same only if all classes are equally large",
    ),
    (
        "softmax_over_the_images",
        "Probe.predict",
        """
def predict(self, h: Tensor) -> Tensor:
    z = (h - self.mean) / self.std
    logits = F.linear(z, self.weight, self.bias)
    probabilities = torch.softmax(logits, 0)
    best = probabilities.argmax(dim=-1)
    return self.classes[best]
""",
        "student with a chat assistant: the softmax (not needed at all) goes over the images of the batch, not over the classes; the prediction for an image depends on the others (a single image always gets the first class). Breaks 'Predicted labels of h' / page 'multiply by the weight, and choose the class'",
    ),
    (
        "twenty_iterations_each",
        "fit",
        """
def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    W = nn.Parameter(weight.detach().clone())
    b = nn.Parameter(bias.detach().clone())
    opt = torch.optim.LBFGS([W, b], lr=1.0, line_search_fn="strong_wolfe")

    def closure():
        opt.zero_grad()
        loss = F.cross_entropy(h @ W.T + b, position) + 0.5 * penalty * (W**2).sum()
        loss.backward()
        return loss

    with torch.enable_grad():
        for _ in range(iterations):
            opt.step(closure)
    return W.detach(), b.detach()
""",
        "someone used to Adam: a training loop of `iterations` steps, but each step of torch's LBFGS makes up to 20 iterations (max_iter left at its default); breaks 'iterations: maximum number of iterations' (1 runs 20)",
    ),
    (
        "largest_of_all_queries_15",
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
    classes, idx = torch.unique(bank_labels, return_inverse=True)
    b_hat = F.normalize(bank, dim=1)
    predictions = []
    for q in queries.split(QUERIES):
        s, who = (F.normalize(q, dim=1) @ b_hat.T).topk(min(k, len(bank)), dim=1)
        # subtract the maximum before exp so that it cannot overflow; the factor cancels
        boltzmann = torch.exp((s - s.max()) / temperature)
        votes = torch.zeros(len(q), len(classes), dtype=s.dtype, device=s.device)
        votes.scatter_add_(1, idx[who], boltzmann)
        predictions.append(classes[votes.argmax(dim=1)])
    return torch.cat(predictions)
""",
        "physicist: subtracts the largest similarity of the whole block of queries, not of each query. At tau = 0.001 all votes of a query whose best cosine is 0.2 below another query's underflow to 0, and it gets the first class; at 0.07 nothing is seen. Breaks 'the class that the k most similar rows vote for' for any temperature > 0 (page, step 3: divide all votes *of a query*)",
    ),
    (
        "first_of_equal_penalties",
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
    classes, position = train_labels.unique(return_inverse=True)
    mean = train_h.mean(dim=0)
    std = train_h.std(dim=0, correction=0)
    never_changes = (train_h == train_h[:1]).all(dim=0)
    std = torch.where(never_changes, torch.ones_like(std), std)
    standard = (train_h - mean) / std

    w = train_h.new_zeros(len(classes), train_h.shape[1])
    b = train_h.new_zeros(len(classes))
    winner, top = None, -1.0
    for lam in penalties:
        w, b = fit(standard, position, w, b, lam, iterations)
        candidate = Probe(w, b, mean, std, classes, lam)
        score = candidate.accuracy(val_h, val_labels)
        # strictly better: on a tie the earlier, larger penalty stays
        if score > top:
            winner, top = candidate, score
    return winner
""",
        "engineer: takes the penalties in the order in which they are passed and keeps the first of the best. Right for PENALTIES, which falls, but with penalties=(0.001, 0.01, 1.0) a tie keeps the smallest; breaks 'If several penalties give the same accuracy, it has the largest of them'",
    ),
]
