"""Lesson 7: right ways to evaluate frozen representations, from loops over images to matrices."""

import math
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from lessons.course.ways import way


@contextmanager
def unchanged(encoder):
    """Inside: eval mode. Afterwards every part has its old mode; nothing else may have changed."""
    modes = {part: part.training for part in encoder.modules()}
    before = {name: value.clone() for name, value in encoder.state_dict().items()}
    try:
        yield encoder.eval()
    finally:
        for part, mode in modes.items():
            part.training = mode
    after = encoder.state_dict()
    if not all(torch.equal(value, after[name]) for name, value in before.items()):
        raise RuntimeError("the encoder has changed")


def bytes_of(pixels):
    """The pixels of a tensor or a split, if they are bytes."""
    pixels = getattr(pixels, "pixels", pixels)
    if pixels.dtype is not torch.uint8:
        raise ValueError("pixels must be uint8")
    return pixels


def place_of(encoder):
    return next((one.device for one in encoder.parameters()), "cpu")


@way("features", "loops")
def features_in_loops(encoder, pixels, batch_size=512):
    """One image at a time: without batches, no image can affect another."""
    rows = []
    with torch.no_grad(), unchanged(encoder):
        for image in bytes_of(pixels):
            image = image[None].to(place_of(encoder))
            rows.append(encoder(image.float() / 255)[0].float().cpu())
    return torch.stack(rows)


@way("features", "slices")
@torch.inference_mode()
def features_in_slices(encoder, pixels, batch_size=512):
    """Slice batches by start and stop, and write into a tensor made beforehand."""
    pixels, h = bytes_of(pixels), None
    with unchanged(encoder):
        for start in range(0, len(pixels), batch_size):
            x = pixels[start : start + batch_size].to(torch.float32).div_(255)
            part = encoder(x)
            h = torch.empty(len(pixels), part.shape[1]) if h is None else h
            h[start : start + len(x)] = part
    return h.clone()


@way("features", "data loader")
def features_by_loader(encoder, pixels, batch_size=512):
    """Use torch's DataLoader without shuffling, and detach instead of no_grad."""
    from torch.utils.data import DataLoader

    loader = DataLoader(bytes_of(pixels), batch_size=batch_size, shuffle=False, drop_last=False)
    with unchanged(encoder):
        h = torch.vstack(
            [encoder(batch.to(place_of(encoder)) * (1 / 255)).detach() for batch in loader]
        )
    return h.to("cpu", torch.float32)


def refuse_a_vote_of_nobody(bank, bank_labels, k, temperature):
    if k <= 0 or not temperature > 0 or list(bank_labels.shape) != [len(bank)]:
        raise ValueError("a vote needs neighbours, a temperature and a label for each row")


def refuse_a_share_of_nothing(share):
    if share <= 0 or share > 1:
        raise ValueError(f"a share of {share}")


@way("knn_predict", "loops")
def knn_in_loops(bank, bank_labels, queries, k=20, temperature=0.07):
    """Query by query: sort the cosines, and let the first k vote."""
    refuse_a_vote_of_nobody(bank, bank_labels, k, temperature)
    labels, lengths, predicted = bank_labels.tolist(), [row.norm().item() for row in bank], []
    for query in queries:
        products = [torch.dot(query, row).item() for row in bank]
        own = query.norm().item()
        pairs = zip(products, lengths, strict=True)
        cosines = [product / max(own * length, 1e-12) for product, length in pairs]
        nearest = sorted(range(len(bank)), key=lambda row: -cosines[row])[:k]
        top = cosines[nearest[0]]  # dividing every weight by exp(top / tau) changes no vote
        votes = {}
        for row in nearest:
            weight = math.exp((cosines[row] - top) / temperature)
            votes[labels[row]] = votes.get(labels[row], 0.0) + weight
        predicted.append(max(votes, key=votes.get))
    return torch.tensor(predicted, dtype=bank_labels.dtype)


@way("knn_predict", "one-hot product")
def knn_by_one_hot(bank, bank_labels, queries, k=20, temperature=0.07):
    """The weights of all rows, 0 beyond the k-th, times the one-hot labels."""
    refuse_a_vote_of_nobody(bank, bank_labels, k, temperature)
    bank = bank / bank.norm(dim=1, keepdim=True).clamp(min=1e-12)
    queries = queries / queries.norm(dim=1, keepdim=True).clamp(min=1e-12)
    s = torch.einsum("md,nd->mn", queries, bank)
    order = s.argsort(dim=1, descending=True).argsort(dim=1)
    weight = (s / temperature).masked_fill(order >= k, -math.inf).softmax(1)
    classes = torch.unique(bank_labels)
    table = (bank_labels[:, None] == classes[None]).to(weight)
    return classes[(weight @ table).max(dim=1).indices]


@way("knn_predict", "numpy")
def knn_in_numpy(bank, bank_labels, queries, k=20, temperature=0.07):
    """Use float64, argpartition, and a loop over the classes."""
    refuse_a_vote_of_nobody(bank, bank_labels, k, temperature)
    b, q = bank.detach().numpy().astype(np.float64), queries.detach().numpy().astype(np.float64)
    lengths = np.outer(np.linalg.norm(q, axis=1), np.linalg.norm(b, axis=1))
    s = (q @ b.T) / np.maximum(lengths, 1e-12)
    k = min(k, len(b))
    nearest = np.argpartition(-s, k - 1, axis=1)[:, :k]
    near = np.take_along_axis(s, nearest, 1)
    weight = np.exp((near - near.max(1, keepdims=True)) / temperature)
    found, classes = bank_labels.numpy()[nearest], np.unique(bank_labels.numpy())
    votes = np.stack([(weight * (found == c)).sum(1) for c in classes], 1)
    return torch.from_numpy(classes[votes.argmax(1)])


@way("knn_predict", "logsumexp")
def knn_by_logsumexp(bank, bank_labels, queries, k=20, temperature=0.07):
    """The score of a class is the logsumexp of s / tau over its neighbours."""
    refuse_a_vote_of_nobody(bank, bank_labels, k, temperature)
    s, rows = F.cosine_similarity(queries[:, None], bank[None], dim=2).topk(min(k, len(bank)))
    classes = bank_labels.unique()
    own = bank_labels[rows].unsqueeze(1) == classes[None, :, None]  # (M, C, k)
    votes = torch.where(own, s[:, None] / temperature, -math.inf).logsumexp(2)
    return classes[votes.argmax(1)]


@way("class_balanced", "loops")
def balanced_in_loops(labels, share, generator=None):
    """Class by class: shuffle its rows, and keep the first few."""
    refuse_a_share_of_nothing(share)
    classes = sorted(set(labels.tolist()))
    count = max(round(share * len(labels) / len(classes)), 1)
    kept = []
    for c in classes:
        rows = [row for row, label in enumerate(labels.tolist()) if label == c]
        order = torch.randperm(len(rows), generator=generator).tolist()
        kept += [rows[place] for place in order[:count]]
    return torch.tensor(kept)


@way("class_balanced", "random keys")
def balanced_by_keys(labels, share, generator=None):
    """Every row draws a number; each class keeps the rows with its smallest numbers."""
    refuse_a_share_of_nothing(share)
    key = torch.rand(len(labels), generator=generator, dtype=torch.float64)
    classes = torch.unique(labels)
    count = max(1, int(share * len(labels) / len(classes) + 0.5))
    index = []
    for c in classes:
        rows = torch.nonzero(labels == c).flatten()
        index.append(rows[key[rows].argsort()[:count]])
    return torch.cat(index).sort().values


@way("class_balanced", "multinomial")
def balanced_by_multinomial(labels, share, generator=None):
    """Draw without replacement, with weight 1 for the rows of a class and 0 for others."""
    refuse_a_share_of_nothing(share)
    classes = labels.unique()
    count = max(1, round(share * len(labels) / classes.numel()))
    return torch.cat(
        [
            torch.multinomial(own.double(), min(count, int(own.sum())), generator=generator)
            for own in (labels == c for c in classes)
        ]
    )


@way("class_balanced", "numpy")
def balanced_in_numpy(labels, share, generator=None):
    """NumPy's choice, seeded from torch's generator."""
    refuse_a_share_of_nothing(share)
    seed = torch.randint(2**31, (1,), generator=generator).item()
    random, labels = np.random.default_rng(seed), labels.numpy()
    classes = np.unique(labels)
    count = max(1, round(share * len(labels) / len(classes)))
    index = [np.flatnonzero(labels == c) for c in classes]
    index = [random.choice(rows, min(count, len(rows)), replace=False) for rows in index]
    return torch.from_numpy(np.concatenate(index))


@way("Probe.predict", "loops")
def predict_in_loops(self, h):
    """The class of the largest logit, computed number by number."""
    C, D = self.weight.shape
    predicted = []
    for row in h:
        logits = []
        for c in range(C):
            logit = self.bias[c].item()
            for d in range(D):
                standard = (row[d] - self.mean[d]) / self.std[d]
                logit += (self.weight[c, d] * standard).item()
            logits.append(logit)
        predicted.append(self.classes[logits.index(max(logits))])
    return torch.stack(predicted)


@way("Probe.predict", "folded")
def predict_folded(self, h):
    """Fold mean and std into weight and bias; the softmax keeps the order."""
    weight = self.weight / self.std
    bias = self.bias - weight @ self.mean
    share = torch.softmax(h @ weight.T + bias, dim=1)
    return self.classes.gather(0, share.max(dim=1)[1])


@way("Probe.predict", "einsum")
def predict_by_einsum(self, h):
    """Sum the logits in float64, and find the largest by sorting."""
    standard = h.double().sub(self.mean).div(self.std)
    logits = torch.einsum("cd,md->mc", self.weight.double(), standard).add_(self.bias)
    return self.classes[logits.argsort(dim=1)[:, -1]]


def newton(h, position, weight, bias, penalty, steps=50):
    """The minimum by Newton's method, with gradient and curvature summed image by image."""
    (N, D), C = h.shape, len(bias)
    kind, h = h.dtype, h.double().numpy()
    x = np.concatenate([h, np.ones((N, 1))], 1)  # the bias is the weight of a constant
    w = torch.cat([weight, bias[:, None]], 1).double().numpy().copy()
    free = np.ones(D + 1)
    free[D] = 0  # no penalty on the bias

    def loss(w):
        logits = x @ w.T
        top = logits.max(1, keepdims=True)
        total = np.log(np.exp(logits - top).sum(1)) + top[:, 0]
        return (total - logits[np.arange(N), position]).mean() + penalty / 2 * (free * w**2).sum()

    for _ in range(steps):
        gradient = penalty * free * w
        curvature = penalty * np.diag(np.tile(free, C))
        for n in range(N):
            p = np.exp(w @ x[n] - (w @ x[n]).max())
            p /= p.sum()
            gradient = gradient + np.outer(p - (np.arange(C) == int(position[n])), x[n]) / N
            curvature += np.kron(np.diag(p) - np.outer(p, p), np.outer(x[n], x[n])) / N
        if np.abs(gradient).max() < 1e-10:
            break
        step = (np.linalg.pinv(curvature, hermitian=True) @ gradient.ravel()).reshape(C, D + 1)
        size = 1.0
        while loss(w - size * step) > loss(w) and size > 1e-6:
            size /= 2
        w = w - size * step
    w = torch.from_numpy(w).to(kind)
    return w[:, :D].clone(), w[:, D].clone()


@way("fit", "loops")
def fit_by_newton(h, position, weight, bias, penalty, iterations):
    return newton(h, position, weight, bias, penalty, iterations)


@way("fit", "gradient descent")
def fit_by_descent(h, position, weight, bias, penalty, iterations):
    """Momentum gradient descent in float64, by hand, until the gradient is nearly 0."""
    kind, N = weight.dtype, len(h)
    x, w, b = h.double(), weight.double(), bias.double()
    right = F.one_hot(position, len(b)).double()
    step = 1.0 / (0.5 * (x.square().sum(1).max() + 1) + penalty)  # small enough never to diverge
    momentum_w, momentum_b, old = torch.zeros_like(w), torch.zeros_like(b), math.inf
    for _ in range(100 * iterations):
        residual = ((x + 0.0) @ w.T + b).softmax(1) - right
        grad_w, grad_b = residual.T @ x / N + penalty * w, residual.mean(0)
        size = max(grad_w.abs().max().item(), grad_b.abs().max().item())
        if size < 1e-8:
            break
        if size > old:
            momentum_w, momentum_b = torch.zeros_like(w), torch.zeros_like(b)
        momentum_w = 0.9 * momentum_w - step * grad_w
        momentum_b = 0.9 * momentum_b - step * grad_b
        w, b, old = w + momentum_w, b + momentum_b, 10 * size
    return w.to(kind), b.to(kind)


@way("fit", "one parameter")
def fit_one_matrix(h, position, weight, bias, penalty, iterations):
    """Put weight and bias into one matrix, and fit it by torch's L-BFGS, with logsumexp."""
    W = torch.column_stack([weight, bias]).double().requires_grad_(True)
    x = torch.column_stack([h, torch.ones(len(h))]).double()
    optimizer = torch.optim.LBFGS(
        [W],
        max_iter=5 * iterations,
        tolerance_grad=1e-8,
        tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        logits = x @ W.T
        rows = torch.arange(len(x), device=x.device)
        loss = (logits.logsumexp(1) - logits[rows, position]).mean()
        loss = loss + 0.5 * penalty * W[:, :-1].pow(2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    W = W.detach().to(weight.dtype)
    return W[:, :-1], W[:, -1]


@dataclass
class Line:
    """A minimal class in place of Probe."""

    weight: torch.Tensor
    bias: torch.Tensor
    mean: torch.Tensor
    std: torch.Tensor
    classes: torch.Tensor
    penalty: float

    def predict(self, h):
        return self.classes[((h - self.mean) / self.std @ self.weight.T + self.bias).argmax(1)]

    def accuracy(self, h, labels):
        return (self.predict(h) == labels).float().mean().item()


PENALTIES = (1.0, 0.1, 0.01, 0.001, 0.0001)


@way("linear_probe", "loops")
def probe_in_loops(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    """Fit a probe with each penalty, from zero, by Newton's method; most correct answers win."""
    N, D = train_h.shape
    mean, std = [], []
    for d in range(D):
        column = train_h[:, d]
        mean.append(sum(column) / N)
        std.append((sum((value - mean[d]) ** 2 for value in column) / N) ** 0.5)
    mean, std = torch.stack(mean), torch.stack(std)
    std[std <= 1e-6] = 1.0
    names = sorted(set(train_labels.tolist()))
    position = torch.tensor([names.index(label) for label in train_labels.tolist()])
    classes = torch.tensor(names, dtype=train_labels.dtype)
    best, most = None, -1
    for penalty in sorted(penalties)[::-1]:
        start = torch.zeros(len(names), D, dtype=train_h.dtype)
        weight, bias = newton(
            (train_h - mean) / std, position, start, start[:, 0], penalty, iterations
        )
        probe = Line(weight, bias, mean, std, classes, penalty)
        right = sum(a == b for a, b in zip(probe.predict(val_h), val_labels, strict=True))
        if right > most:
            best, most = probe, right
    return best


@way("linear_probe", "smallest first")
def probe_from_below(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    """Go up from the smallest penalty; a later one that is as good replaces the earlier one."""
    std, mean = torch.std_mean(train_h, dim=0, unbiased=False)
    std = std.masked_fill(std < 1e-6, 1.0)
    classes, position = torch.unique(train_labels, return_inverse=True)
    x = train_h.sub(mean).div(std)
    best, score = None, 0.0
    weight = torch.zeros(len(classes), x.shape[1], dtype=x.dtype)
    bias = weight.new_zeros(len(classes))
    for penalty in sorted(penalties):
        weight, bias = fit_one_matrix(x, position, weight, bias, penalty, iterations)
        probe = Line(weight, bias, mean, std, classes, penalty)
        if probe.accuracy(val_h, val_labels) >= score:
            best, score = probe, probe.accuracy(val_h, val_labels)
    return best


@way("linear_probe", "list of pairs")
def probe_by_sorting(train_h, train_labels, val_h, val_labels, penalties=PENALTIES, iterations=200):
    """Take penalties in the order given; the largest pair of accuracy and penalty wins."""
    mean = train_h.mean(dim=0)
    std = (train_h - mean).square().mean(dim=0).sqrt()
    std = torch.where(std > 1e-6, std, 1.0)
    classes = train_labels.unique()
    position = torch.searchsorted(classes, train_labels)
    zero = train_h.new_zeros(len(classes), train_h.shape[1])
    made = []
    for penalty in penalties:
        fitted = newton((train_h - mean) / std, position, zero, zero[:, 0], penalty, iterations)
        probe = Line(*fitted, mean, std, classes, penalty)
        made.append((probe.accuracy(val_h, val_labels), penalty, probe))
    return sorted(made, key=lambda one: one[:2])[-1][2]
