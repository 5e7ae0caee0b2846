"""What the functions of lesson 7 return for small, odd inputs, to recognise mistakes."""

import torch
from torch import nn

from lessons.course.check import rand
from lessons.course.device import strays


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
    """Gives its result another dtype or device."""

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
    return (rand(N, 3, 4, 4, seed=seed) * 60 + 128).clamp(0, 255).to(torch.uint8)


def features(module):
    seen = {"shuffled": is_shuffled(module)}

    def rows(h):
        """A copy of h, in an order that does not depend on chance."""
        h = h.detach().clone()
        return h[h.sum(1).argsort()] if seen["shuffled"] else h

    for N, batch_size in [(7, 3), (5, 3), (4, 4)]:
        net = encoder()
        if N == 4:
            net.eval()
        if N == 5:
            net[1].eval()
        h = module.features(net, pictures(N), batch_size)
        seen[f"{N}"] = rows(h)
        seen[f"modes {N}"] = "".join("et"[part.training] for part in net.modules())
        seen[f"statistics {N}"] = net[1].running_mean.clone()
        seen[f"graph {N}"] = h.requires_grad
        seen[f"learns {N}"] = all(p.requires_grad for p in net.parameters())
    seen["on"] = torch.is_grad_enabled()
    split = module.Images(pictures(3), None, (), "none", "test")
    few = outcome(module.features, encoder(), split)
    seen["images"] = rows(few) if isinstance(few, torch.Tensor) else few
    wide = module.features(Gives(torch.float64), pictures(3), 2)
    seen["double"] = wide.dtype == torch.float32
    there = outcome(module.features, Gives("meta"), pictures(3), 2)
    seen["there"] = not (isinstance(there, torch.Tensor) and there.is_meta)
    broken = nn.Sequential(Breaks(), Doubled().eval())
    back = raises(MemoryError, module.features, broken, pictures(3), 2)
    back = back and [part.training for part in broken.modules()] == [True, True, False]
    noticed = raises(RuntimeError, module.features, Counts(), pictures(3), 2)
    refused = raises(ValueError, module.features, encoder(), pictures(3).float(), 2)
    return seen | {"stays": "".join("ny"[one] for one in (back, noticed, refused))}


def is_shuffled(module) -> bool:
    """Whether the rows come in an order that differs from call to call."""
    a, b = (outcome(module.features, encoder(), pictures(7), 3) for _ in range(2))
    if not isinstance(a, torch.Tensor) or a.shape != b.shape or torch.allclose(a, b):
        return False
    return torch.allclose(*(one[one.sum(1).argsort()] for one in (a, b)))


def knn_predict(module):
    seen = {}
    labels = torch.tensor([7, 3, 40, 7, 2, 2, 40, 7, 3, 2, 7, 7, 40, 2, 7, 2, 3])
    bank = rand(17, 4, seed=1) * torch.linspace(0.2, 5, 17)[:, None]
    queries = rand(61, 4, seed=2) * torch.linspace(4, 0.3, 61)[:, None]
    predict = module.knn_predict
    for k, temperature in [(5, 0.07), (1, 0.5), (11, 0.3), (12, 2.0), (7, 0.02)]:
        seen[f"{k} {temperature}"] = predict(bank, labels, queries, k, temperature)
    # where float32 gives other classes than float64, exp overflows or vanishes
    seen["low"] = agree(predict, bank, labels, queries, 7, 0.003)
    ends = torch.tensor([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2]])
    seen["opposite"] = agree(predict, ends, labels[2:5], torch.cat([ends, -ends]), 2, 0.0125)
    seen["all"] = outcome(predict, bank, labels, queries, 50, 0.2)
    seen["small"] = isinstance(seen["all"], torch.Tensor)
    wide = rand(47, 3, seed=4)
    names = torch.arange(47) * 5 % 7
    seen["default"] = module.knn_predict(wide, names, queries[:, :3])
    # classes are only names, so numbering them otherwise must not change who wins
    below = outcome(predict, bank, labels - 41, queries, 5, 0.07)
    seen["below zero"] = same_as(below, seen["5 0.07"] - 41)
    far = outcome(predict, bank, labels + 10**6, queries[:2], 5, 0.07)
    seen["far"] = same_as(far, seen["5 0.07"][:2] + 10**6)
    short = outcome(predict, bank, labels.int(), queries, 5, 0.07)
    seen["double"] = str(getattr(short, "dtype", "none"))
    return seen


def agree(predict, bank, labels, queries, *rest) -> bool:
    """Whether float32 and float64 give the same classes."""
    wide = predict(bank.double(), labels, queries.double(), *rest)
    return torch.equal(predict(bank, labels, queries, *rest), wide)


def same_as(one, other) -> bool:
    return isinstance(one, torch.Tensor) and torch.equal(one.long(), other.long())


def class_balanced(module):
    labels = torch.tensor([5, 2, 2, 5, 9, 9, 2, 9, 9, 2, 2, 9, 9, 5, 2])  # 3, 6, 6 of each
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
    sets = [tuple(sorted(i.tolist())) for i in draws(0.4)]
    seen["differ"] = len(set(sets)) > 1
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
    return seen


class Rows:
    """class_balanced with its result as a tensor of row numbers, whatever it is."""

    def __init__(self, module):
        self.module, self.kind = module, ""

    def class_balanced(self, labels, share, source):
        found = self.module.class_balanced(labels, share, source)
        self.kind = str(getattr(found, "dtype", "none"))
        return torch.as_tensor(found).flatten().long()


def Probe_predict(module):
    seen = {}
    for C, D in [(3, 5), (4, 2)]:
        weight, bias, mean = rand(C, D, seed=C), 2 * rand(C, seed=D), 3 * rand(D, seed=9)
        std = torch.linspace(0.2, 3, D)
        classes = torch.tensor([9, -4, 30, 5])[:C]
        probe = module.Probe(weight, bias, mean, std, classes, 0.1)
        h = mean + 2 * std * rand(23, D, seed=8)
        seen[f"{C} {D}"] = probe.predict(h)
        seen[f"alone {C} {D}"] = tuple(probe.predict(one[None]) for one in h[:5])
    parts = [part.to("meta") for part in (weight, bias, mean, std)]
    there = module.Probe(*parts, classes.to("meta"), 0.1)
    seen["stays"] = not strays(there.predict, h)
    short = module.Probe(weight, bias, mean, std, classes.int(), 0.1).predict(h)
    seen["double"] = str(getattr(short, "dtype", "none"))
    return seen


def fit(module):
    seen = {}
    for N, C, D, penalty in [(13, 3, 2, 1.0), (11, 2, 3, 2.0)]:
        h = rand(N, D, seed=N, dtype=torch.float64) + 0.5
        position = (torch.arange(N) ** 2 + (h[:, 0] > 1)) % C
        start = rand(C, D, seed=3, dtype=torch.float64), rand(C, seed=4, dtype=torch.float64)
        given, again = (tuple(one.clone() for one in start) for _ in range(2))
        weight, bias = module.fit(h, position, *given, penalty, 200)
        seen[f"{N}"] = weight.detach().double(), (bias - bias.mean()).detach().double()
        seen[f"graph {N}"] = weight.requires_grad
        seen[f"given {N}"] = any(one.requires_grad for one in given), *(g.detach() for g in given)
        seen[f"remains {N}"] = remains(module, h, position, seen[f"{N}"], penalty)
        seen[f"none {N}"] = tuple(one.detach() for one in module.fit(h, position, *again, 1.0, 0))
    short = module.fit(h.float(), position, *(one.float() for one in start), 1.0, 5)
    kinds = {str(one.dtype) for one in (weight, bias)}, {str(one.dtype) for one in short}
    return seen | {"double": str(kinds)}


def remains(module, h, position, where, penalty) -> bool:
    """One more iteration, started from `where`, stays there."""
    weight, _ = module.fit(h, position, *(one.clone() for one in where), penalty, 1)
    return bool(torch.allclose(weight.detach().double(), where[0], atol=1e-2))


def linear_probe(module):
    seen = {}
    for seed, penalties in [(1, (0.3, 3.0)), (2, (3.0, 0.3)), (3, (0.5, 2.0))]:
        h = rand(14, 3, seed=seed, dtype=torch.float64) * torch.tensor([1.0, 4.0, 0.0]) + 2
        val = rand(9, 3, seed=seed + 10, dtype=torch.float64) + 3
        labels = torch.tensor([7, -2, 7, 4, 4, -2, 7, 7, -2, 4, 7, 7, 4, -2])
        probe = module.linear_probe(h, labels, val, labels[1:10], penalties)
        parts = probe.weight, probe.bias - probe.bias.mean(), probe.mean, probe.std
        seen[f"{seed}"] = (*parts, probe.classes, probe.penalty)
    h = rand(18, 2, seed=5, dtype=torch.float64)
    val, labels = 2 * rand(80, 2, seed=6, dtype=torch.float64), torch.arange(18) % 3
    for best in (2.0, 0.3):  # the validation labels are what the probe of one penalty predicts
        said = module.linear_probe(h, labels, val, labels[:1].expand(80), (best,)).predict(val)
        seen[f"chosen {best}"] = module.linear_probe(h, labels, val, said, (0.05, 2.0, 0.3)).penalty
    noise = labels[torch.arange(80) * 7 % 18]  # a small penalty is sure of what is wrong
    seen["noise"] = module.linear_probe(h, labels, val, noise, (3.0, 0.1, 0.001)).penalty
    # the largest penalty is right once, the next one never, the smallest most often
    val = 2 * rand(400, 2, seed=6, dtype=torch.float64)
    large, middle, small = (
        module.linear_probe(h, labels, val, labels[:1].expand(400), (p,)).predict(val)
        for p in (3.0, 0.1, 0.001)
    )
    many = (small != middle) & (small != large)
    once = ((large != middle) & ~many).nonzero()[:1, 0]
    many = many.nonzero()[:, 0]
    rows, said = torch.cat([once, many]), torch.cat([large[once], small[many]])
    seen["valley"] = module.linear_probe(h, labels, val[rows], said, (3.0, 0.1, 0.001)).penalty
    seen["none"] = module.linear_probe(h, labels, val[:9], labels[:9], (0.3,), 0).weight
    short = module.linear_probe(h.float(), labels, h.float(), labels, (0.5,), 3)
    kinds = [str(one.dtype) for one in (probe.weight, probe.std, short.weight, short.std)]
    return seen | {"double": str(kinds)}
