"""What the functions of lesson 7 return for small, odd inputs, to recognise mistakes."""

import math
from functools import cache

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.check import rand
from lessons.course.device import LEFT, comes_back, elsewhere, stays
from lessons.course.evidence import equal, refuses, told, tried


class Doubled(nn.Module):
    """Doubles its input in train mode."""

    def forward(self, x):
        return 2 * x if self.training else x


class Breaks(nn.Module):
    """Fails at its second batch."""

    batches = 0

    def forward(self, x):
        self.batches += 1
        if self.batches == 2:
            raise MemoryError
        return x.flatten(1)


class Counts(nn.Module):
    """Counts its batches in a buffer."""

    def __init__(self):
        super().__init__()
        self.register_buffer("batches", torch.zeros(()))

    def forward(self, x):
        self.batches += 1
        return x.flatten(1)


class Gives(nn.Module):
    """Converts its output to a different dtype or device."""

    def __init__(self, result):
        super().__init__()
        self.result = result

    def forward(self, x):
        return x.flatten(1).to(self.result)


def outcome(f, *args, **more):
    """What f returns; NaN, which equals no result, if it raises an error."""
    try:
        return f(*args, **more)
    except Exception:
        return float("nan")


class Watched:
    """Calls a function as usual, and notes which of its tensor arguments a call changes."""

    def __init__(self, f):
        self.f, self.changed = f, set()

    def __call__(self, *args):
        given = [(i, a, a.clone()) for i, a in enumerate(args) if isinstance(a, torch.Tensor)]
        try:
            return self.f(*args)
        finally:
            self.changed |= {i for i, a, old in given if not torch.equal(a, old)}

    def __str__(self):
        return str(sorted(self.changed))


def raises(error, f, *args) -> bool:
    try:
        f(*args)
    except error:
        return True
    except Exception:
        return False
    return False


def encoder() -> nn.Module:
    """A convolution and a batch norm that has seen other data; some parts are in train mode."""
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), Doubled())
    with torch.no_grad():
        net[0].weight.copy_(rand(4, 3, 3, 3, seed=1))
        net[0].bias.copy_(rand(4, seed=2))
        net[1].running_mean.copy_(rand(4, seed=3))
        net[1].running_var.copy_(rand(4, seed=4).exp())
    net.train()
    net[0].eval()
    return net


def pictures(N: int, seed: int = 5) -> torch.Tensor:
    return (rand(N, 3, 4, 4, seed=seed) * 35 + 128).clamp(0, 255).to(torch.uint8)


@told
def features(module):
    seen = {"shuffled": is_shuffled(module)}

    def rows(h):
        """A copy of h, in an order that does not depend on chance."""
        h = h.detach().clone()
        return h[h.sum(1).argsort()] if seen["shuffled"] else h

    for N, batch_size in [(7, 3), (5, 2), (4, 4)]:
        net = encoder()
        if N == 4:
            net.eval()
        if N == 5:
            net[1].eval()
        sizes = []
        net.register_forward_pre_hook(lambda _, x, sizes=sizes: sizes.append(len(x[0])))
        h = module.features(net, pictures(N), batch_size)
        seen[f"shown {N}"] = sum(sizes), max(sizes) > batch_size
        seen[f"{N}"] = rows(h)
        seen[f"modes {N}"] = "".join("et"[part.training] for part in net.modules())
        seen[f"statistics {N}"] = net[1].running_mean.clone()
        seen[f"graph {N}"] = h.requires_grad
        seen[f"learns {N}"] = all(p.requires_grad for p in net.parameters())
    seen["on"] = torch.is_grad_enabled()
    net, pixels = encoder(), pictures(3)
    next(net.parameters()).requires_grad_(False)
    before = module.features(net, pixels, 2).clone()
    seen["learns as before"] = str([p.requires_grad for p in net.parameters()])
    with torch.no_grad():
        next(net.parameters()).mul_(-2)
    seen["as it is now"] = not equal(before, outcome(module.features, net, pixels, 2))
    split = module.Images(pictures(3), None, (), "none", "test")
    few = outcome(module.features, encoder(), split, 3)
    seen["images"] = rows(few) if isinstance(few, torch.Tensor) else few
    wide = outcome(module.features, Gives(torch.float64), pictures(3), 2)
    seen["double"] = f"{getattr(h, 'dtype', '')} {getattr(wide, 'dtype', '')}"
    said = comes_back(lambda net: module.features(net, pictures(3), 2), encoder())
    seen["also moved"], seen["there"] = said in ("", LEFT), said != LEFT
    broken = nn.Sequential(Breaks(), Doubled().eval())
    back = raises(MemoryError, module.features, broken, pictures(3), 2)
    back = back and [part.training for part in broken.modules()] == [True, True, False]
    noticed = raises(RuntimeError, module.features, Counts(), pictures(3), 2)
    others = pictures(3).float(), pictures(3).long()
    refused = [refuses(module.features, encoder(), some, 2) for some in others]
    refused = [one if one in ("ValueError", "nothing") else "another" for one in refused]
    return seen | {"stays": f"{'ny'[back]}{'ny'[noticed]} {' '.join(refused)}"}


def is_shuffled(module) -> bool:
    """Whether the rows come in an order that differs from call to call."""
    a, b = (outcome(module.features, encoder(), pictures(7), 3) for _ in range(2))
    if not isinstance(a, torch.Tensor) or a.shape != b.shape or torch.allclose(a, b):
        return False
    return torch.allclose(*(one[one.sum(1).argsort()] for one in (a, b)))


@told
def knn_predict(module):
    seen = {}
    labels = torch.tensor([7, 3, 40, 7, 2, 2, 40, 7, 3, 2, 7, 7, 40, 2, 7, 2, 3])
    bank = rand(17, 4, seed=1) * torch.linspace(0.2, 5, 17)[:, None]
    queries = rand(61, 4, seed=2) * torch.linspace(4, 0.3, 61)[:, None]
    predict = Watched(module.knn_predict)
    for k, temperature in [(5, 0.07), (1, 0.5), (11, 0.3), (12, 2.0), (7, 0.02)]:
        seen[f"{k} {temperature}"] = predict(bank, labels, queries, k, temperature)
    seen["itself"] = predict(bank, labels, bank[:9], 1, 0.5)
    # if float32 and float64 give different classes, exp has overflowed or underflowed
    seen["low"] = agree(predict, bank, labels, queries, 7, 0.003)
    ends = torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2]])
    seen["opposite"] = agree(predict, ends, labels[2:5], torch.cat([ends, -ends]), 2, 0.0125)
    seen["all"] = outcome(predict, bank, labels, queries, 50, 0.2)
    seen["small"] = isinstance(seen["all"], torch.Tensor)
    wide = rand(47, 3, seed=4)
    names = torch.arange(47) * 5 % 7
    seen["default"] = predict(wide, names, queries[:, :3])
    seen["five of 47"] = predict(wide, names, queries[:, :3], 5, 2.0)
    # exp(s / tau) overflows in float32, but not in float64
    seen["0.003"] = predict(bank.double(), labels, queries.double(), 7, 0.003)
    # classes are only names, so numbering them differently must not change which one wins
    below = outcome(predict, bank, labels - 41, queries, 5, 0.07)
    seen["below zero"] = same_as(below, seen["5 0.07"] - 41)
    far = outcome(predict, bank, labels + 10**6, queries[:2], 5, 0.07)
    seen["far"] = same_as(far, seen["5 0.07"][:2] + 10**6)
    far = outcome(predict, bank, labels + 2**40, queries[:2], 5, 0.07)
    seen["very far"] = same_as(far, seen["5 0.07"][:2] + 2**40)
    dead = torch.cat([bank[:8], bank.new_zeros(1, 4), bank[8:16]])
    seen["zeros"] = outcome(predict, dead, labels, queries, 3, 0.07)
    refused = [(labels, queries, 0), (labels, queries, 3, 0.0), (labels, queries, 3, math.nan)]
    refused += [(names, queries, 3) for names in (labels[:-1], labels[:, None])]
    refused += [(torch.cat([labels, labels]), queries, 3)]
    seen["also refused"] = str([refuses(predict, bank, *rest) for rest in refused])
    short = outcome(predict, bank, labels.int(), queries, 5, 0.07)
    both = [str(getattr(one, "dtype", "none")) for one in (short, seen["5 0.07"])]
    return seen | {"double": str(both), "changed": str(predict)}


def agree(predict, bank, labels, queries, *rest) -> bool:
    """Whether float32 and float64 give the same classes."""
    wide = predict(bank.double(), labels, queries.double(), *rest)
    return torch.equal(predict(bank, labels, queries, *rest), wide)


def same_as(one, other) -> bool:
    return isinstance(one, torch.Tensor) and torch.equal(one.long(), other.long())


@told
def class_balanced(module):
    labels = torch.tensor([5, 2, 2, 5, 9, 9, 2, 9, 9, 2, 2, 9, 9, 5, 2])  # classes 5, 2, 9: 3, 6, 6
    module = Rows(module)

    def draws(share, times=12, seed=0, labels=labels):
        source = torch.Generator().manual_seed(seed)
        return [module.class_balanced(labels, share, source) for _ in range(times)]

    seen = {}
    for share in (0.05, 0.26, 0.33, 0.4, 0.8, 1.0):
        found = draws(share, 3)
        counts = [[int((labels[i] == c).sum()) for c in (2, 5, 9)] for i in found]
        same = counts[0] == counts[1] == counts[2]
        seen[f"{share}"] = torch.tensor(counts[0]) if same else "varies"
        seen[f"twice {share}"] = any(len(set(i.tolist())) < len(i) for i in found)
    seen["also refused"] = str([refuses(draws, share, 1) for share in (0.0, -0.1, 1.01)])
    few = torch.tensor([8, 4, 8, 4, 8, 4, 8, 4, 8, 4, 8])
    seen["11"] = tuple(len(draws(share, 1, labels=few)[0]) for share in (0.5, 0.6))
    sets = [tuple(sorted(i.tolist())) for i in draws(0.4)]
    seen["differ"] = len(set(sets)) > 1
    (far,) = draws(0.4, 1, labels=labels + 2**40)
    seen["far"] = str([int((labels[far] == c).sum()) for c in (2, 5, 9)])
    for dtype in (torch.uint8, torch.int16, torch.int32):
        many = torch.arange(900).mul(7).remainder(9).mul(28).to(torch.uint8).to(dtype)
        (found,) = draws(0.1, 1, labels=many)
        seen[f"{dtype}"] = str(sorted(torch.bincount(many[found].int() // 28).tolist()))
    free = [module.class_balanced(labels, 0.4, None).sort().values.tolist() for _ in range(9)]
    seen["free"] = any(one != free[0] for one in free)
    torch.manual_seed(1)
    again = [tuple(sorted(i.tolist())) for i in draws(0.4)]
    seen["repeat"] = sets == again
    state = torch.get_rng_state()
    draws(0.4, 1)
    seen["global"] = torch.equal(state, torch.get_rng_state())
    even = torch.arange(24) % 2
    pairs = [(sorted(i.tolist()), even) for i in draws(1 / 4, 30, labels=even)]
    first = [[row // 2 for row in i if row % 2 == 0] for i, _ in pairs]
    second = [[row // 2 for row in i if row % 2 == 1] for i, _ in pairs]
    seen["same places"] = first == second
    seen["neighbours"] = all((max(i) - min(i)) in (2, 11) for i in first if i)
    seen["double"] = module.kind
    return seen | {"changed": str(module.choose)}


class Rows:
    """class_balanced, with its result converted to a tensor of row numbers, whatever its type."""

    def __init__(self, module):
        self.choose, self.kind = Watched(module.class_balanced), ""

    def class_balanced(self, labels, share, source):
        found = self.choose(labels, share, source)
        self.kind = f"{getattr(found, 'dtype', 'none')} {getattr(found, 'ndim', 'none')}"
        return torch.as_tensor(found).flatten().long()


@told
def Probe_predict(module):
    seen = {}
    for C, D in [(3, 5), (4, 2)]:
        weight, bias, mean = rand(C, D, seed=C), 2 * rand(C, seed=D), 3 * rand(D, seed=9)
        std = torch.linspace(0.2, 3, D)
        classes = torch.tensor([9, -4, 30, 5])[:C]
        probe = module.Probe(weight, bias, mean, std, classes, 0.1)
        h = mean + 2 * std * rand(23, D, seed=8)
        predict = Watched(probe.predict)
        seen[f"{C} {D}"] = predict(h)
        seen["changed"] = str(predict)
        h = mean + 2 * std * rand(23, D, seed=8)
        seen[f"alone {C} {D}"] = tuple(probe.predict(one[None]) for one in h[:5])
    for unit in (1e-6, 1e6):
        scaled = module.Probe(weight, bias, unit * mean, unit * std, classes, 0.1)
        seen[f"unit {unit}"] = scaled.predict(unit * h)
    steep = torch.tensor([[100.0], [200.0]]), torch.zeros(2), torch.zeros(1), torch.ones(1)
    steep = module.Probe(*steep, torch.tensor([3, 7]), 0.1)
    seen["large logits"] = steep.predict(torch.tensor([[1.0], [-1.0]]))
    there = module.Probe(*map(elsewhere, (weight, bias, mean, std, classes)), 0.1)
    seen["stays"] = stays(there.predict, h)
    short = module.Probe(weight, bias, mean, std, classes.int(), 0.1).predict(h)
    long = module.Probe(weight, bias, mean, std, classes, 0.1).predict(h)
    seen["double"] = str([str(getattr(one, "dtype", "none")) for one in (short, long)])
    return seen


@told
def fit(module):
    seen, slow = {}, False
    for N, C, D, penalty in [(13, 3, 2, 1.0), (11, 2, 3, 2.0)]:
        h, position, *start = problem(N, C, D)
        given, again = (tuple(one.clone() for one in start) for _ in range(2))
        weight, bias = module.fit(h, position, *given, penalty, 200)
        now = weight.detach().double(), bias.detach().double()
        least = minimum(N, C, D, penalty)
        there = close(now[0], least[0], 3e-3) and close(now[1] - now[1].mean(), least[1], 3e-3)
        seen[f"{N}"] = least if there else (now[0], now[1] - now[1].mean())
        seen[f"remains {N}"] = remains(module, h, position, now, penalty)
        slow = slow or comes_closer(module, h, position, now, penalty)
        seen[f"graph {N}"] = weight.requires_grad, bias.requires_grad
        seen[f"given {N}"] = any(one.requires_grad for one in given), *(g.detach() for g in given)
        none = [one.detach() for one in module.fit(h, position, *again, penalty, 0)]
        there = close(none[0], least[0]) and close(none[1] - none[1].mean(), least[1])
        seen[f"none {N}"] = tuple(
            "the given one" if close(one, old) else "0" if not one.any() else f"least {there}"
            for one, old in zip(none, start, strict=True)
        )
    if slow:
        seen |= {f"remains {N}": "comes closer" for N in (13, 11)}
        fact = torch.tensor([1 / 3, 1 / 7]), torch.zeros(())  # where it stops does not matter
        seen |= {f"{N}": fact for N in (13, 11)}
    seen["one step"] = tried(moves_in_one, module)
    seen["no image"] = tried(shapes_with_an_empty_class, module)
    seen["a last image apart"] = outcome(with_one_apart, module)
    seen["there"] = outcome(goes_on, module)  # a fault that is independent of the minimum
    short = module.fit(h.float(), position, *(one.float() for one in start), 1.0, 5)
    kinds = {str(one.dtype) for one in (weight, bias)}, {str(one.dtype) for one in short}
    return seen | {"double": str(kinds)}


def shapes_with_an_empty_class(module) -> str:
    """The shapes of weight and bias if no image belongs to the last class."""
    h, position = rand(6, 2, seed=1), torch.tensor([0, 1, 0, 1, 0, 1])
    made = module.fit(h, position, torch.zeros(3, 2), torch.zeros(3), 0.5, 3)
    return str([tuple(one.shape) for one in made])


def moves_in_one(module):
    """Whether one iteration changes anything."""
    h, position, *start = problem(13, 3, 2)
    weight, _ = module.fit(h, position, *(one.clone() for one in start), 0.1, 1)
    return not torch.equal(weight.detach(), start[0])


def with_one_apart(module) -> torch.Tensor:
    """The weight fitted to 4,101 images, the last of which is far away, on the wrong side."""
    h = rand(4101, 1, seed=1, dtype=torch.float64)
    position = (h[:, 0] > 0.3).long()
    h[-1], position[-1] = 40.0, 0
    start = torch.zeros(2, 1, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    return (100 * module.fit(h, position, *start, 0.1, 50)[0].detach()).round() / 100


def problem(N, C, D) -> tuple:
    """Images, their class positions, and a weight and a bias to start from."""
    h = rand(N, D, seed=N, dtype=torch.float64) + 0.5
    position = (torch.arange(N) ** 2 + (h[:, 0] > 1)) % C
    far = 2 if N == 11 else 1
    return h, position, far * rand(C, D, seed=3, dtype=torch.float64), rand(C, seed=4).double()


def goes_on(module) -> bool:
    """Whether, after one iteration from far away, a second one still moves the weight."""
    h = rand(30, 3, seed=1, dtype=torch.float64) * torch.tensor([1.0, 0.56, 0.32])
    position = (torch.arange(30) ** 2 + (h[:, 0] > 0.3)) % 3
    weights, bias = [3 * rand(3, 3, seed=3, dtype=torch.float64)], torch.zeros(3).double()
    for _ in range(2):
        weight, bias = module.fit(h, position, weights[-1].clone(), bias.clone(), 0.01, 1)
        weights.append(weight.detach())
        bias = bias.detach()
    first, second = (weights[i + 1] - weights[i] for i in range(2))
    return bool(second.norm() > 0.01 * first.norm())


def close(a, b, atol=1e-2) -> bool:
    return a.shape == b.shape and bool(torch.allclose(a.double(), b, rtol=0, atol=atol))


def remains(module, h, position, where, penalty) -> bool:
    """Whether one more iteration, started from `where`, stays there."""
    if where[0].shape != (len(where[1]), h.shape[1]):
        return False
    weight, _ = module.fit(h, position, *(one.clone() for one in where), penalty, 1)
    return bool(torch.allclose(weight.detach().double(), where[0], atol=1e-2))


@cache
def minimum(N, C, D, penalty) -> tuple:
    """The weight and the bias with the smallest loss, found by small steps."""
    h, position, weight, bias = problem(N, C, D)
    own = F.one_hot(position, C).double()
    for _ in range(600):
        error = ((h @ weight.T + bias).softmax(1) - own) / N
        weight = weight - 0.4 * (error.T @ h + penalty * weight)
        bias = bias - 0.4 * error.sum(0)
    return weight, bias - bias.mean()


def comes_closer(module, h, position, where, penalty) -> bool:
    """Whether `where` is not yet the minimum, and each of three more calls comes closer to it."""
    (C, D), (rows,) = where[0].shape, where[1].shape
    if (rows, h.shape[1]) != (C, D):
        return False
    least = minimum(len(h), C, D, penalty)[0]
    far = [(where[0] - least).norm().item()]
    for _ in range(3):
        if not 1e-3 < far[-1] < 10:
            return False
        where = tuple(
            one.detach().double()
            for one in module.fit(h, position, *(one.clone() for one in where), penalty, 200)
        )
        far.append((where[0] - least).norm().item())
        if not far[-1] < 0.98 * far[-2]:
            return far[-1] < 1e-3
    return True


class Corrected:
    """linear_probe, with its probes converted as if each variance were divided by N, not N - 1.

    The tests allow both. With N - 1 the weights are larger and the penalty counts more, by the
    factor N / (N - 1), so a smaller penalty is passed on. A constant dimension gets std 1.
    """

    def __init__(self, f):
        self.f = f

    def __call__(self, h, labels, val, val_labels, penalties, *rest):
        N, true = len(h), h.std(0, correction=0)
        some = true > 1e-6
        probe = self.f(h, labels, val, val_labels, penalties, *rest)
        std = probe.std.expand(h.shape[1]) if probe.std.dim() < 2 else probe.std
        every = h.std(correction=0).expand(h.shape[1])  # one for all dimensions
        for factor, one in [(N / (N - 1), true), (h.numel() / (h.numel() - 1), every)]:
            if std.shape == one.shape and torch.allclose(std[some], factor**0.5 * one[some]):
                break
        else:
            factor = 1.0
        if factor > 1:
            less = {p / factor: p for p in penalties}
            probe = self.f(h, labels, val, val_labels, tuple(less), *rest)
            penalty = min(less, key=lambda p: abs(p - probe.penalty))
            penalty = less[penalty] if abs(penalty - probe.penalty) < 1e-6 else probe.penalty
            parts = probe.weight / factor**0.5, probe.bias, probe.mean, probe.std / factor**0.5
            probe = type(probe)(*parts, probe.classes, penalty)
        std = probe.std.expand(h.shape[1]) if probe.std.dim() < 2 else probe.std
        if std.shape == true.shape:
            std = torch.where(some | ~torch.isfinite(probe.weight).all(), std, 1.0)
        mean = probe.mean.expand(h.shape[1]) if probe.mean.dim() < 2 else probe.mean
        return type(probe)(probe.weight, probe.bias, mean, std, probe.classes, probe.penalty)


def added(std, true) -> bool:
    """Whether the same positive number was added to every std or to every variance."""
    for a, b in [(std, true), (std.square(), true.square())]:
        extra = a - b
        if a.shape == b.shape and extra.min() > 1e-7 and extra.max() < 1.001 * extra.min():
            return True
    return False


FITS: dict[tuple, tuple] = {}


def remembered(fit):
    """A cached `fit`: the same code with the same arguments returns its earlier result."""

    def remember(*args, **more):
        if more:
            return fit(*args, **more)
        try:
            parts = [a.numpy().tobytes() if isinstance(a, torch.Tensor) else a for a in args]
            kinds = [(a.dtype, a.shape) for a in args if isinstance(a, torch.Tensor)]
            key = (fit.__code__, *parts, *kinds)
            if key not in FITS:
                FITS[key] = fit(*args)
            return tuple(one.clone() for one in FITS[key])
        except (AttributeError, TypeError, RuntimeError):
            return fit(*args)

    return remember


@told
def linear_probe(module):
    fit = module.fit
    module.fit = remembered(fit)
    try:
        return probes(module)
    finally:
        module.fit = fit


def probes(module):
    seen = {}
    watched = Watched(module.linear_probe)
    linear_probe = Corrected(watched)
    h = rand(14, 3, seed=1, dtype=torch.float64) * torch.tensor([1.0, 4.0, 0.05])
    labels = torch.arange(14) % 3
    std = linear_probe(h, labels, h, labels, (1.0,), 1).std
    if added(std, h.std(0, correction=0)):
        return {"added": torch.tensor([1 / 3, 1 / 7])}  # the amount makes no difference
    for seed, penalties in [(1, (0.3, 3.0)), (2, (3.0, 0.3)), (3, (0.5, 2.0))]:
        h = rand(14, 3, seed=seed, dtype=torch.float64) * torch.tensor([1.0, 4.0, 0.0]) + 2
        val = rand(9, 3, seed=seed + 10, dtype=torch.float64) + 3
        labels = torch.tensor([7, -2, 7, 4, 4, -2, 7, 7, -2, 4, 7, 7, 4, -2])
        probe = linear_probe(h, labels, val, labels[1:10], penalties)
        size = probe.mean.new_tensor([3.0])  # L-BFGS stops within 1e-4, however small the weights
        fitted = torch.cat([probe.weight.flatten(), probe.bias - probe.bias.mean(), size.to(h)])
        parts = fitted, probe.weight.shape, probe.mean, probe.std
        seen[f"{seed}"] = (*parts, probe.classes, probe.penalty)
    raw = tried(lambda: watched(h, labels, val, labels[1:10], (0.3,), 1).std[2].item())
    tiny = isinstance(raw, float) and (raw < 1e-9, raw < 1e-7)  # the std of a constant dimension
    seen["tiny divisor"] = tiny
    flat = torch.cat([rand(72, 1, seed=1), torch.full((72, 1), 0.1)], 1)  # its mean is rounded
    names = labels.repeat(6)[:72]
    raw = tried(lambda: watched(flat, names, flat, names, (1.0,), 1))
    raw = raw if isinstance(raw, str) else raw.std[1].item()
    seen["also tiny by rounding"] = raw if isinstance(raw, str) else raw < 1e-7
    h = rand(18, 2, seed=5, dtype=torch.float64)
    val, labels = 2 * rand(80, 2, seed=6, dtype=torch.float64), torch.arange(18) % 3
    for best in (2.0, 0.3):  # the validation labels are what the probe of one penalty predicts
        said = linear_probe(h, labels, val, labels[:1].expand(80), (best,)).predict(val)
        seen[f"chosen {best}"] = linear_probe(h, labels, val, said, (0.05, 2.0, 0.3)).penalty
    only = linear_probe(h, labels, val, labels[:1].expand(80), (0.3,))
    some = only.predict(val) != 0  # no validation image of the first class
    said = only.predict(val)[some]
    seen["lacks a class"] = linear_probe(h, labels, val[some], said, (0.05, 2.0, 0.3)).penalty
    # with a small penalty, a probe is confident even where it is wrong
    noise = labels[torch.arange(80) * 7 % 18]
    seen["noise"] = linear_probe(h, labels, val, noise, (3.0, 0.1, 0.001)).penalty
    # the largest penalty is right once, the next one never, the smallest most often
    val = 2 * rand(400, 2, seed=6, dtype=torch.float64)
    large, middle, small = (
        linear_probe(h, labels, val, labels[:1].expand(400), (p,)).predict(val)
        for p in (3.0, 0.1, 0.001)
    )
    many = (small != middle) & (small != large)
    once = ((large != middle) & ~many).nonzero()[:1, 0]
    many = many.nonzero()[:, 0]
    rows, said = torch.cat([once, many]), torch.cat([large[once], small[many]])
    seen["valley"] = linear_probe(h, labels, val[rows], said, (3.0, 0.1, 0.001)).penalty
    seen["none"] = linear_probe(h, labels, val[:9], labels[:9], (0.3,), 0).weight
    short = linear_probe(h.float(), labels, h.float(), labels, (0.5,), 3)
    kinds = [str(one.dtype) for one in (probe.weight, probe.std, short.weight, short.std)]
    return seen | {"double": str(kinds), "changed": str(watched)}
