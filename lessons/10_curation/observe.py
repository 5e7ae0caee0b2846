"""What the functions of lesson 10 return; for random ones, facts that hold for every draw."""

import math
from collections import Counter

import torch
from torch import nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from lessons.course.device import comes_back, stays
from lessons.course.evidence import Later, equal, tried

SIZES = [(3, 5), (5, 2), (7, 3), (2, 4), (13, 3)]


def pairs(seed, agree=0.0):
    """Two views of several batches; some pairs of views are similar."""
    for B, d in SIZES:
        z1, z2 = (rand(B, d, seed=seed + s + B, dtype=torch.float64) for s in (0, 50))
        longer = torch.logspace(-1, 1.5, B, dtype=torch.float64)[:, None]
        yield f"{B} {d}", z1 * longer, z2 + agree * z1


def half_precision(f):
    """Whether half precision becomes float32 or wider. Some operations reject half precision."""
    try:
        value = f(*(rand(5, 7, seed=s).bfloat16() for s in (1, 2)))
    except RuntimeError:
        return False
    value = value[-1] if isinstance(value, tuple) else value
    return getattr(value, "dtype", None) not in (torch.bfloat16, torch.float16)


def keeps(f, *args):
    """Whether f leaves its arguments as they were."""
    before = [one.clone() for one in args]
    f(*args)
    return all(torch.equal(a, b) for a, b in zip(args, before, strict=True))


def widened(f):
    """Whether half precision, which has three digits, is widened before anything is computed."""
    half = [rand(5, 7, seed=s).bfloat16() for s in (1, 2)]
    try:
        pair = f(*half), f(*(z.double() for z in half))
    except RuntimeError:
        return False
    a, b = (torch.cat([torch.as_tensor(one).flatten().double() for one in parts(v)]) for v in pair)
    return a.shape == b.shape and bool((a - b).abs().max() < 1e-4)


def precision(f):
    """Where half precision ends: at once, too late, or never."""
    return "float32" if widened(f) else "late" if half_precision(f) else "half"


def parts(value):
    return value if isinstance(value, tuple) else (value,)


def apart(f):
    """The faults that have nothing to do with the numbers."""
    return {"stays": stays(f, *BOTH), "double": precision(f)}


BOTH = rand(5, 7, seed=61), rand(5, 7, seed=62)


def pair_distances(module):
    seen = {name: module.pair_distances(z1, z2) for name, z1, z2 in pairs(1)}
    seen |= apart(module.pair_distances)
    z = rand(31, 13, seed=3)
    for name, other in [("equal", z), ("opposite", -z)]:
        positive, _ = module.pair_distances(z, other)
        seen[name] = ((positive * 100).round(), bool(positive.isnan().any()))
    return seen | {"there": keeps(module.pair_distances, rand(5, 7, seed=1), rand(5, 7, seed=2))}


def gap(module):
    seen = {name: module.gap(z1, z2) for name, z1, z2 in pairs(2, 0.7)}
    seen["exchanged"] = tuple(module.gap(z1, z1.roll(1, 0) + z2 / 9) for _, z1, z2 in pairs(5))
    return seen | apart(module.gap)


def violation(module):
    seen = {}
    for agree in (0.0, 0.7, 1.5):
        for name, z1, z2 in pairs(3, agree):
            for q in (0.0, 0.05, 0.1, 0.3, 0.5, 1.0):
                seen[f"{name} {agree} {q}"] = tried(module.violation, z1, z2, q)
            seen[f"{name} {agree}"] = tried(module.violation, z1, z2)
    one = torch.tensor([[0.0, 1.0, 0.0]]).repeat(5, 1)
    seen["at one place"] = tried(module.violation, one, one)
    return seen | apart(module.violation)


def frechet_distance(module):
    seen = {name: module.frechet_distance(z1, z2) for name, z1, z2 in pairs(4)}
    seen["few"] = module.frechet_distance(rand(3, 7, seed=1), rand(3, 7, seed=2))
    square = torch.tensor([[0.6, 0.8], [0.6, -0.8], [-0.6, 0.8], [-0.6, -0.8]])
    right = 2 * (math.sqrt(0.36 + 0.0005) - math.sqrt(0.64 + 0.0005)) ** 2
    off = 1000 * (float(module.frechet_distance(square, square.flip(1))) - right)
    seen["thousandths"] = torch.tensor([1.0, off])
    seen["moved"] = module.frechet_distance(rand(7, 3, seed=3) + 1, rand(7, 3, seed=3) - 1)
    tight, wide = rand(1, 3, seed=5).repeat(5, 1), rand(5, 3, seed=6)  # the shrinkage shows
    tight = tight + rand(5, 3, seed=7) / 1000
    seen["tight"] = (module.frechet_distance(tight, wide), module.frechet_distance(wide, tight))
    sets = [rand(B, d, seed=B) for B, d in [*SIZES, (3, 17)]]
    same = [float(module.frechet_distance(z, z.clone())) for z in sets]
    seen["equal"] = all(abs(one) < 1e-9 for one in same)
    seen["below"] = min(same) < 0
    seen["there"] = keeps_digits(module)  # a fault that is independent of the numbers
    value = module.frechet_distance(*(z.bfloat16() for z in BOTH))
    kind = "torch.float64" if isinstance(value, float) else str(getattr(value, "dtype", ""))
    seen["widened"] = widened(module.frechet_distance)
    seen["stays"] = Later(lambda: not comes_back(module.frechet_distance, *BOTH))
    return seen | {"double": kind}


def keeps_digits(module):
    """Whether a change in the tenth digit of the input changes the result, and only slightly."""
    z1, z2 = (rand(7, 3, seed=s, dtype=torch.float64) for s in (8, 9))
    near = z1 + 1e-10 * rand(7, 3, seed=10, dtype=torch.float64)
    one, other = (float(module.frechet_distance(z, z2)) for z in (z1, near))
    return 0 < abs(one - other) < 1e-8


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm1 = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, momentum=0.5)
        self.head = nn.Sequential(nn.Linear(4, 5), nn.Sequential(nn.BatchNorm1d(5)))
        self.last, self.drop, self.broken = nn.BatchNorm1d(5), nn.Dropout(0.5), False
        for number, p in enumerate(self.parameters()):
            p.data = 1 + rand(*p.shape, seed=number)
        self.norm1.running_mean += 3

    def project(self, x):
        h = self.norm1(self.first(x)).relu().mean((2, 3))
        if self.broken:
            raise RuntimeError
        return self.last(self.head(self.drop(h)))


def state_of(model):
    """What projecting could change."""
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    return {
        "on": torch.is_grad_enabled(),
        "modes": str([m.training for m in model.modules()]),
        "tracked": str([(m.track_running_stats, m.momentum) for m in norms]),
        "buffers": tuple(value.clone() for value in model.buffers()),
        "parameters": str([p.requires_grad for p in model.parameters()]),
    }


def embed(module):
    seen, restored = {}, True
    for mode in ("training", "evaluation", "mixed"):
        for broken in (False, True):
            model, x = Small(), rand(5, 3, 5, 5, seed=1)
            model.train(mode != "evaluation")
            model.drop.train(mode == "dropout")
            if mode == "mixed":
                model.norm1.eval()
                model.head[1][0].track_running_stats = False
            model.broken = broken
            before = state_of(model)
            try:
                z = module.embed(model, x)
                seen[f"{mode} z"], seen[f"{mode} gradient"] = z, z.requires_grad
            except RuntimeError:
                pass
            after = state_of(model)
            torch.set_grad_enabled(True)
            if broken:  # a fault of its own, whatever is wrong without an error
                restored &= equal(after, before)
            else:
                seen |= {f"{mode} {key}": value for key, value in after.items()}
    seen["there"] = restored
    model = Small().eval()
    model.drop.train()
    first, second = (module.embed(model, rand(5, 3, 5, 5, seed=2)) for _ in range(2))
    seen["dropout"] = torch.equal(first, second)
    with torch.no_grad():
        module.embed(model, rand(5, 3, 5, 5, seed=2))
        seen["off"] = torch.is_grad_enabled()
    seen["stays"] = stays(module.embed, Small(), rand(5, 3, 5, 5, seed=2))
    z = module.embed(Small().double(), rand(5, 3, 5, 5, seed=2, dtype=torch.float64))
    model = Small()
    model.last.weight.requires_grad_(False)
    model.last.bias.grad = torch.ones(5)
    module.embed(model, rand(5, 3, 5, 5, seed=2))
    seen["frozen"] = model.last.weight.requires_grad
    seen["grad"] = model.last.bias.grad is not None
    return seen | {"double": str(z.dtype)}


def boxes():
    """Boxes in an image of 13 x 13 pixels; some apart, some equal, some inside others."""
    generator = torch.Generator().manual_seed(1)
    size = torch.randint(1, 10, (80, 2), generator=generator)
    place = (torch.rand(80, 2, generator=generator) * (14 - size)).long()
    a, b = torch.cat([place, size], 1).chunk(2)
    return torch.cat([a, a[:3]]), torch.cat([b, a[:3]])


def intersection(module):
    kept = keeps(module.intersection, *boxes())
    far = torch.tensor([[1500, 1500, 400, 500]]), torch.tensor([[1800, 1700, 200, 300]])
    seen = {"of": module.intersection(*boxes()), "far": module.intersection(*far), "there": kept}
    return seen | {"stays": stays(module.intersection, *boxes())}


def overlap(module):
    a, b = (some[:-3] for some in boxes())  # the last three are equal
    both = {"of": module.overlap(a, b), "back": module.overlap(b, a)}
    both["equal"] = module.overlap(a[:3], a[:3])
    inside = a.clone()
    inside[:, 2:] = (a[:, 2:] + 1) // 2
    both["inside"] = module.overlap(a, inside)
    return both | {"stays": stays(module.overlap, *boxes())}


CASES = [
    ([0.3, 0.1, 0.2], [0.5, 0.5, 0.5]),
    ([0.1, 0.3, 0.2], [0.1, 0.9, 0.5]),
    ([0.3, 0.2, 0.1], [1.9, 0.5, -1.5]),
    ([0.25 + 1e-5, 0.25], [1.9, -1.9]),
    ([0.5, 0.4375, 0.46875], [-0.5, -1.5, 1.0]),
    ([0.25, 0.25, 0.25], [0.1, 0.4, 0.2]),
    ([0.25, 0.0, 0.0, 0.0], [2.0, -0.4, -0.2, -0.3]),
    ([0.3, 0.1, 0.3, 0.3], [0.2, -2.0, -0.4, 0.1]),
    ([0.3, 0.3, 0.3], [0.1, 0.4, 0.2]),
    ([0.0, 0.0], [0.3, 0.7]),
    ([0.0, 0.0], [0.7, 0.3]),
    ([0.9, 0.1], [0.5, 0.4]),
    ([0.7], [0.1]),
    ([0.0118, 0.0112], [1.0, 0.5]),
]


def Curation_choose(module):
    seen = {}
    for rule in ("best", "threshold", "frechet", "reversed"):
        method = method_of(module, rule, 0)
        chosen = []
        for badness, gaps in CASES:
            x = torch.zeros(2)  # like real views, a tensor cannot be compared with ==
            both = zip(badness, gaps, strict=True)
            draws = [{"views": x + b, "badness": b, "gap": g} for b, g in both]
            chosen.append(tried(lambda m=method, draws=draws: position(m.choose(draws))))
            seen[f"{rule} order {len(chosen)}"] = [d["badness"] for d in draws] == badness
        seen[rule] = str(chosen)
    seen["seeds"] = random_choices(module, 1) != random_choices(module, 2)
    torch.rand(3)
    first = random_choices(module, 1)
    torch.rand(3)
    seen["again"] = first == random_choices(module, 1)
    for count in (1, 2, 3):
        try:
            counts = Counter(random_choices(module, 3, 300, count))
        except (RuntimeError, ValueError, IndexError) as error:
            seen[f"of {count}"] = type(error).__name__
            continue
        fair = all(abs(n - 300 / count) < 50 for n in counts.values())
        seen[f"of {count}"] = str(sorted(counts)) + str(fair)
    four = [0.2, 0.1, 0.4, 0.3]  # first, best, worst and last are four positions
    method = method_of(module, "random", 4)
    chosen = {position(method.choose([{"badness": b, "gap": b} for b in four])) for _ in range(60)}
    seen["of four"] = str(sorted(chosen))
    method = method_of(module, "random", 1)
    one = method.choose([{"badness": 0.1, "gap": 0}] * 2)
    seen["stays"] = not isinstance(one, torch.Tensor)  # a position is a number
    before = torch.get_rng_state(), method.generators["views"].get_state()
    for _ in range(5):
        method.choose([{"badness": 0.1, "gap": 0}, {"badness": 0.2, "gap": 0}])
    after = torch.get_rng_state(), method.generators["views"].get_state()
    seen["others"] = str([torch.equal(a, b) for a, b in zip(before, after, strict=True)])
    return seen


def random_choices(module, seed, times=40, count=3):
    method = method_of(module, "random", seed)
    draws = [{"badness": 1 - 0.1 * i, "gap": 0.1 * i} for i in range(count)]
    return [position(method.choose(draws)) for _ in range(times)]


def position(value):
    """A position as a number; for anything else, the name of its type."""
    return type(value).__name__ if isinstance(value, dict | float | list) else int(value)


def method_of(module, rule, seed):
    return bare_method(module.Curation, seed=seed, curate=rule, tries=3)
