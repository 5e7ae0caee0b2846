"""What the functions of lesson 8 return for small, odd inputs, to recognise mistakes."""

import math
from contextlib import contextmanager

import torch
from torch import Generator, nn
from torch.utils._python_dispatch import TorchDispatchMode

from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import equal, refuses, told, tried

X = rand(17, 3, seed=1, dtype=torch.float64) * torch.tensor([1.0, 3.0, 0.4]) + 1
C = rand(5, 3, seed=2, dtype=torch.float64) * 2
LABELS = torch.tensor([3, 0, 4, 1, 1, 2, 0, 3, 3, 4, 0, 1, 3, 2, 2, 3, 0])
AWAY = torch.linspace(0.1, 9, 17, dtype=torch.float64)[torch.arange(17) * 7 % 17]
LINE = torch.tensor([0.0, 1.0, 9.0, 10.0, 30.0], dtype=torch.float64)[:, None]


@told
def assign(module):
    many = rand(9001, 2, seed=3)
    labels, distances = module.assign(X, C)
    far = (rand(150, 3, seed=4) + 100).float()
    never_below = bool((module.assign(far, far[:60])[1] >= 0).all())
    with Largest() as largest:
        later = module.assign(many, many[:30])[0]
    rows, later = len(later), later[8500:]
    small = largest.size < 9001 * 30
    seen = {"of": (labels, distances), "below": never_below, "later": later, "small": small}
    seen["rows"] = rows
    seen["stays"] = stays(module.assign, X, C)
    seen["double"] = kinds(labels, distances, *module.assign(X.float(), C.float()))
    seen["huge"] = module.assign(1e6 * X, 1e6 * C)
    seen["tiny"] = 1e14 * module.assign(1e-7 * X, 1e-7 * C)[1]
    line = torch.arange(700, dtype=torch.float64)[:, None]
    seen["many"] = module.assign(line, line)[0]
    return seen


def kinds(*tensors) -> str:
    """The dtypes of some results."""
    return " ".join(str(getattr(one, "dtype", "none")) for one in tensors)


@told
def means(module):
    old, away = C.clone(), AWAY.clone()
    full = module.means(X, LABELS, away, old).clone()
    given = torch.equal(old, C)
    two_empty = LABELS.clamp(min=2)
    runs = [module.means(X, two_empty, away.clone(), C.clone()) for _ in range(4)]
    module.means(X, two_empty, away, C.clone())
    given = given and torch.equal(away, AWAY)
    if any(not torch.equal(run, runs[0]) for run in runs):  # the choice of points is random
        return {"full": full, "rest": runs[0][2:], "given": given, "by chance": place(runs[0][0])}
    two, still, one_far = (
        module.means(X, two_empty, away, C.clone())
        for away in (AWAY, torch.zeros_like(AWAY), (AWAY - 8.6).clamp(min=0))
    )
    try:
        last = module.means(X, LABELS.clamp(max=3), AWAY, C.clone())
    except Exception:
        last = "an error"
    try:
        one = module.means(X[3:4], LABELS[3:4], AWAY[3:4], C.clone())
        one = sorted(place(row) for row in one)
    except Exception:
        one = "an error"
    few = module.means(X.float(), LABELS, AWAY.float(), C.float())
    # if a point at distance 0 is taken nevertheless, any of them is possible
    revived = in_order(two[:2]), sorted(place(row) for row in one_far[:2])
    still = [place(row).replace("farthest", "point") for row in still[:2]], still[2:]
    seen = {"full": full, "rest": two[2:], "revived": revived, "still": still, "last": last}
    seen["one"] = one
    near = torch.tensor([[1e-4], [3e-4], [8e-4]]), torch.tensor([0, 0, 0])
    seen["near"] = 1e3 * module.means(*near, torch.tensor([9e-8, 1e-8, 16e-8]), torch.zeros(2, 1))
    seen["stays"] = stays(module.means, X.float(), LABELS, AWAY.float(), C.float())
    return seen | {"given": given, "double": kinds(full, few)}


def place(row) -> str:
    """A word for what the centroid of an empty cluster has become."""
    if torch.equal(row.double(), X[int(AWAY.argmax())]):
        return "farthest"
    kinds = {"point": X, "old": C, "zero": torch.zeros(1, 3), "nan": torch.full((1, 3), math.nan)}
    row = row.double()
    found = [kind for kind, rows in kinds.items() if any(equal(row, one) for one in rows)]
    return found[0] if found else "other"


@told
def far_points(module):
    squared = torch.tensor([0.0, 3.0, 0.0, 1.0, 6.0, 0.0])
    try:
        drawn = module.far_points(squared, 3000, Generator().manual_seed(1))
        many = True
    except Exception:  # more draws than points at a distance above 0
        drawn, many = torch.full((3000,), 5), False
    share = torch.bincount(drawn, minlength=6) / 3000
    close = 1e-9 * torch.tensor([1.0, 0.0, 3.0], dtype=torch.float64)
    try:
        none_added = bool((module.far_points(close, 99, Generator().manual_seed(1)) != 1).all())
    except Exception:  # the same
        none_added = True
    try:
        tiny = module.far_points(1e-12 * squared[:4], 99, Generator().manual_seed(1)).tolist()
    except Exception:  # the same
        tiny = [1]
    again = module.far_points(squared, 3, Generator().manual_seed(2))
    same = torch.equal(again, module.far_points(squared, 3, Generator().manual_seed(2)))
    few = [module.far_points(squared, 2, Generator().manual_seed(s)) for s in range(25)]
    sizes = sorted({len(drawn) for drawn in few})
    # now and then both draws are the same point
    equal = {bool(pair[0] == pair[1]) for pair in few if len(pair) == 2}
    different = len(torch.cat(few).unique()) > 1
    thrice = [module.far_points(torch.ones(3), 3, Generator().manual_seed(s)) for s in range(12)]
    twice = any(len(drawn.unique()) < 3 for drawn in thrice)
    try:
        none = bool((module.far_points(torch.zeros(4), 3, Generator().manual_seed(1)) < 4).all())
    except Exception:
        none = "an error"
    source, state = Generator().manual_seed(3), torch.get_rng_state()
    on = not torch.equal(*(module.far_points(torch.ones(99), 9, source) for _ in range(2)))
    seen = {"share": (20 * share).round(), "zero": int(share[[0, 2, 5]].sum() * 3000), "on": on}
    seen["stays"] = stays(module.far_points, torch.ones(5), 3, seeded(1))
    return {
        **seen,
        "kind": kinds(again),
        "count": len(drawn),
        "scale": none_added,
        "tiny": set(tiny) <= {1, 3},
        "many": many,
        "same": same,
        "equal": len(equal),
        "sizes": str(sizes),
        "different": different,
        "twice": twice,
        "none": none,
        "global": torch.equal(state, torch.get_rng_state()),
        "without": without(lambda: module.far_points(torch.ones(99), 9)),
    }


def without(f) -> str:
    """What a function does that gets no generator, in a word."""
    state = torch.get_rng_state()
    first, second = f(), f()
    torch.set_rng_state(state)
    again = f()
    torch.set_rng_state(state)
    if torch.equal(first, second):
        return "the same again"
    return "torch's global generator" if torch.equal(first, again) else "another source"


@contextmanager
def beside(module, **others):
    """Replace functions that are called, so that their mistakes are not blamed on the caller."""
    kept = {name: getattr(module, name) for name in others}
    vars(module).update(others)
    try:
        yield
    finally:
        vars(module).update(kept)


def draws_asked_for(module, k) -> str:
    """How many candidates `far_points` is asked for, or the right number if it is not called."""
    asked = set()

    def note(squared, count, generator=None):
        asked.add((count, by_what(squared)))
        return right_draws(squared, count, generator)

    with beside(module, far_points=note):
        module.plus_plus(X, k, seeded(1))
    return str(sorted(asked) or [(2 + int(math.log(k)), "")])


def by_what(weights) -> str:
    """A word for what the weights of the points are; it is empty for squared distances."""
    if len(weights) != len(X):
        return "of other points"
    own = weights.sort().values
    every = torch.cdist(X, X).sort(1).values
    for power, word in [(1, "distances"), (4, "fourth powers")]:
        if (every**power - own).abs().amax(1).min() < 1e-6:
            return word
    return ""


def enough_points(module) -> str:
    """Whether candidates come from at least 1,000 points, if `far_points` is called."""
    found = []

    def note(squared, count, generator=None):
        found.append(len(squared))
        return right_draws(squared, count, generator)

    with beside(module, far_points=note):
        module.plus_plus(torch.arange(1100.0)[:, None], 2, seeded(1))
    return "" if min(found or [1000]) >= 1000 else "few"


def right_draws(squared, count, generator=None):
    weights = squared if squared.sum() > 0 else torch.ones_like(squared)
    return torch.multinomial(weights, count, replacement=True, generator=generator)


def far_rows(x, k, generator=None):
    """A start that is good enough: any point, then k - 1 times the farthest one."""
    rows = [x[int(torch.randint(len(x), (), generator=generator))]]
    for _ in range(k - 1):
        rows.append(x[torch.cdist(x, torch.stack(rows)).amin(1).argmax()])
    return torch.stack(rows)


@told
def plus_plus(module):
    with beside(module, far_points=right_draws):
        return starts(module)


def starts(module):
    spots = torch.tensor([[0.0, 0], [9, 0], [0, 7], [5, 5], [-8, 1]])
    x = spots.repeat_interleave(torch.tensor([40, 1, 2, 1, 5]), 0)
    runs = [module.plus_plus(x, 5, Generator().manual_seed(s)) for s in range(6)]
    all_found = [len(rows.unique(dim=0)) for rows in runs]
    second = torch.tensor([0.0] * 40 + [1.0] * 9 + [3.0])[:, None]
    drawn = torch.stack([module.plus_plus(second, 2, seeded(s)) for s in range(110)])[:, :, 0]
    far = float((drawn[drawn[:, 0] == 0, 1] == 3).double().mean())  # a quarter
    steps = torch.tensor([0.005, 0.14, 0.38, 0.62, 0.9])
    first = {float(module.plus_plus(LINE, 1, seeded(s))) for s in range(12)}
    late = torch.cat([torch.zeros(1000, 1), torch.ones(900, 1)])
    ends = module.plus_plus(late, 2, seeded(1))
    same = torch.equal(module.plus_plus(X, 5, seeded(1)), module.plus_plus(X, 5, seeded(1)))
    seeds = all(
        torch.equal(module.plus_plus(X, 5, seeded(1)), module.plus_plus(X, 5, seeded(s)))
        for s in (2, 3, 4)
    )
    mine = in_order(torch.cat([X, module.plus_plus(X, 17, seeded(3))]).unique(dim=0))
    copies = module.plus_plus(torch.ones(6, 2), 3, seeded(2))
    tight = 100.0 * torch.arange(1, 5)[:, None] + 1e-3 * torch.arange(3)
    tight = tight.reshape(12, 1).expand(12, 3)
    # if distances are computed from norms, rounding decides which points are taken twice
    apart = [len(module.plus_plus(tight, 9, seeded(s)).unique(dim=0)) == 9 for s in range(4)]
    seen = {
        "found": all_found,
        "far": int((far > steps).sum()),
        "third": [third_of(module, 20, 20), third_of(module, 30, 10)],
        "draws": [draws_asked_for(module, k) for k in (2, 3, 8, 17)],
        "enough": enough_points(module),
        "first": len(first) > 2,
        "same": same,
        "seeds": seeds,
    }
    seen |= {"late": float(ends.sum()), "rows": mine, "copies": copies}
    source = seeded(1)
    seen["on"] = len({str(module.plus_plus(X, 5, source)) for _ in range(4)}) > 1
    seen["without"] = without(lambda: module.plus_plus(X, 5))
    many = torch.cat([tight, tight + 1000, tight + 2000])
    far = [len(module.plus_plus(many, 27, seeded(s)).unique(dim=0)) == 27 for s in range(3)]
    return seen | {"tight": all(apart), "also many tight": all(far)}


def third_of(module, near, far):
    """The most frequent third point of starts that begin with 0 and 20, or "never"."""
    places = torch.tensor([0.0] * near + [20.0] * far + [-10.0, 26.0])
    x = places[:, None].expand(len(places), 4) / 2
    starts = [2 * module.plus_plus(x, 3, seeded(s))[:, 0] for s in range(12)]
    third = [float(rows[2]) for rows in starts if rows[:2].tolist() == [0, 20]]
    return max(third, key=third.count) if third else "never"


@told
def kmeans(module):
    with beside(module, plus_plus=far_rows):
        return clusterings(module)


def clusterings(module):
    seen = {}
    start = LINE[:3] + 0.1
    for iterations in (0, 1, 2, 9):
        try:
            one, two = module.kmeans(LINE, 3, iterations, start=start)
            seen[str(iterations)] = one, "none" if two is None else two
        except Exception as error:
            seen[str(iterations)] = (torch.zeros(()), type(error).__name__)
    seen["plane"] = module.kmeans(X, 5, 2, start=C)
    away = torch.cat([C[:3], C[3:] + 100])
    empty = module.kmeans(X, 5, 3, start=away)
    seen["revived"] = len(empty[1].unique())
    # all labels change at first, then one or two at a time; no point is ever nearly in the middle
    line = torch.tensor([32.0, 5, 7, 3, 38, 6, 8, 4, 10, 1, 11])[:, None]
    outside = torch.tensor([-217.0, -226, -204, -237])[:, None]
    seen["outside"] = in_order(module.kmeans(line, 4, 9, start=outside)[0])
    blobs = rand(5, 2, seed=5).repeat_interleave(torch.tensor([3, 20, 5, 2, 7]), 0)
    blobs = 10 * blobs + 0.01 * rand(37, 2, seed=6)
    runs = [module.kmeans(blobs, 5, 5, seeded(s)) for s in range(4)]
    seen["blobs"] = all((blobs - c[own]).square().sum() < 1 for c, own in runs)
    far = blobs / 5 + 20000  # squares as large as this are rounded to multiples of 32
    seen["far"] = module.kmeans(far, 5, 3, start=far[[0, 5, 25, 29, 34]])[1]
    apart = blobs / 5 + torch.tensor([2e4, -2e4])
    seen["apart"] = module.kmeans(apart, 5, 3, start=apart[[0, 5, 25, 29, 34]])[1]
    first = torch.cat([torch.full((1, 2), 2e4), blobs / 5])
    own = module.kmeans(first, 6, 3, start=first[[0, 1, 6, 26, 30, 35]])[1]
    seen["also first far"] = str(own.tolist())
    one, other = (module.kmeans(X, 5, 1, seeded(7)) for _ in range(2))
    seen["same"] = torch.equal(one[0], other[0])
    source = seeded(1)
    seen["on"] = len({str(module.kmeans(X, 5, 0, source)[0]) for _ in range(6)}) > 1
    seen["without"] = without(lambda: module.kmeans(X, 5, 1)[0])
    three, away = torch.tensor([[-1.0], [0.9], [1.0]]), torch.tensor([[0.0], [100.0], [100.0]])
    last = module.kmeans(three, 3, start=away)[0]
    seen["also all change"] = torch.allclose(last.sort(dim=0).values, three)
    bad = [torch.where(X[3, 1] == X, value, X) for value in (math.nan, math.inf, 1e200)]
    starts = C[:3], C[:, :1], torch.full_like(C, math.nan)
    seen["also refused"] = str(
        [refuses(module.kmeans, X, k) for k in (0, -1, len(X) + 1)]
        + [refuses(module.kmeans, x, 2) for x in bad]
        + [refuses(module.kmeans, X, 5, 3, None, start) for start in starts]
    )
    slow = rand(97, 2, seed=100, dtype=torch.float64) * torch.tensor([0.3, 4.0]) + 1
    centroids, labels = module.kmeans(slow, 6, 200, start=slow[:6] * 0.1)
    rest = [slow[labels == k].mean(0) - centroids[k] for k in range(6)]
    given, there = slow[:6] * 0.1, slow[:6] * 0.1
    module.kmeans(slow, 6, 2, start=given)
    seen["stays"] = torch.equal(given, there)
    short = module.kmeans(LINE, 3, 1, start=start)
    seen["double"] = kinds(centroids, labels, *short)
    seen["at rest"] = bool(torch.stack(rest).abs().max() < 1e-6)
    line = torch.arange(4000.0, dtype=torch.float64)[:, None]
    own, labels = module.kmeans(line, 2, 200, start=line[:2])
    seen["also line"] = all(abs(float(line[labels == k].mean() - own[k])) < 1e-3 for k in range(2))
    own, labels = module.kmeans(slow / 1000, 6, 200, start=slow[:6] * 1e-4)
    rest = [slow[labels == k].mean(0) / 1000 - own[k] for k in range(6)]
    seen["small"] = bool(torch.stack(rest).abs().max() < 1e-9)
    for name, n, scale in [("tiny", 31, 1e-8), ("few move", 150, 1.0)]:
        many = scale * rand(n, 2, seed=100, dtype=torch.float64)
        own, labels = module.kmeans(many, 6, 99, start=many[:6] * 0.1)
        rest = [many[labels == k].mean(0) - own[k] for k in range(6)]
        seen[name] = bool(torch.stack(rest).abs().max() < 1e-6 * scale)
    begin = module.kmeans(X + 30, 5, 0, seeded(3))[0]
    seen["points"] = bool((torch.cdist(begin, X + 30).amin(1) < 1e-4).all())
    seen["first"] = bool(torch.allclose(begin, X[:5] + 30))
    seen["default"] = module.kmeans(LINE, 3, start=start)[0]
    return seen


@told
def add_noise(module):
    x = torch.tensor([0.0, 0.5, 1.0, 1.0]).view(4, 1, 1, 1).expand(4, 3, 20, 20)
    seen = {}
    for std in (0.2, 0.01):
        noise = (module.add_noise(x.clone(), std, seeded(1)) - x) / std
        sizes = [int((4 * image.std(correction=0)).round()) for image in noise]
        middle = [int((3 * image.mean()).round()) for image in noise]
        alike = [
            bool(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1] > 0.5)
            for a, b in [
                (noise[0], noise[1]),
                (noise[1, 0], noise[1, 1]),
                (noise[1, :, 1:], noise[1, :, :-1]),
                (noise[1, :, :, 1:], noise[1, :, :, :-1]),
            ]
        ]
        tails = bool((noise[1].abs() > 2).double().mean() > 0.02)
        quiet = bool((noise[1].abs() < 0.05).double().mean() > 0.2)
        seen[str(std)] = (sizes, middle, alike, tails, quiet)
    same = torch.equal(*(module.add_noise(x.clone(), 0.1, seeded(2)) for _ in range(2)))
    source = seeded(3)
    on = not torch.equal(*(module.add_noise(x.clone(), 0.1, source) for _ in range(2)))
    one, two = (module.add_noise(x.clone(), 0.1, seeded(s)) for s in (1, 2))
    seen["seeds"] = torch.equal(one, two)
    seen["without"] = without(lambda: module.add_noise(x.clone(), 0.1))
    seen |= {"same": same, "on": on, "none": module.add_noise(x.clone(), 0.0, seeded(1))}
    x, again = rand(2, 3, 2, 2, seed=4), rand(2, 3, 2, 2, seed=4)
    wide = module.add_noise(x, 0.1, seeded(1))
    seen["there"] = torch.equal(x, again)
    seen["stays"] = stays(module.add_noise, again, 0.1, seeded(1))
    return seen | {"double": kinds(wide, module.add_noise(x.bfloat16(), 0.1, seeded(1)))}


class Scale(nn.Module):
    """Multiplies each channel by a weight of its own, and records what it is shown."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.5, 0.9, 1.4]).view(3, 1, 1))
        self.seen = []

    def forward(self, x):
        self.seen.append(x.detach().mean() + 10 * self.training)
        return self.weight * x


@told
def reconstruction_loss(module):
    seen = {}
    for B, height, width in [(2, 3, 5), (5, 2, 3)]:
        x, noisy = rand(B, 3, height, width, seed=1).sigmoid(), rand(B, 3, height, width, seed=2)
        model = Scale()
        loss = module.reconstruction_loss(model, x, noisy)
        (grad,) = torch.autograd.grad(loss, model.weight, allow_unused=True)
        grad = torch.zeros(3) if grad is None else grad
        seen[str(B)] = (loss, grad, torch.stack(model.seen), bool(model.training))
    half, x = nn.Hardtanh(-0.5, 0.5), rand(5, 3, 2, 2, seed=3).bfloat16()
    seen["digits"] = float(module.reconstruction_loss(half, x, x))
    model, x = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Sigmoid()), rand(2, 3, 2, 2, seed=3)
    loss = module.reconstruction_loss(model, x, x)
    seen["backward"] = tried(lambda: str(loss.backward()))
    model = nn.BatchNorm2d(3).eval()
    module.reconstruction_loss(model, x, x)
    seen["eval"] = not model.training
    model, x = nn.Conv2d(3, 3, 1).to(torch.bfloat16), rand(2, 3, 2, 2, seed=3)
    seen["kind"] = kinds(module.reconstruction_loss(model, x.bfloat16(), x.bfloat16()))
    with torch.autocast("cpu", torch.bfloat16):
        seen["also autocast"] = kinds(module.reconstruction_loss(model, x.bfloat16(), x.bfloat16()))
    return seen | {"stays": stays(module.reconstruction_loss, nn.Conv2d(3, 3, 1), x, x)}


@told
def Autoencoder_latent(module):
    model = module.Autoencoder.__new__(module.Autoencoder)
    nn.Module.__init__(model)
    model.encoder = nn.Sequential(nn.Conv2d(3, 7, 2, stride=2), nn.BatchNorm2d(7))
    model.decoder = nn.Identity()
    with torch.no_grad():
        for i, p in enumerate(model.encoder.parameters()):
            p.copy_(rand(*p.shape, seed=i))
    model.eval()
    x = rand(3, 3, 4, 6, seed=9)
    first, twice = model.latent(x), model.latent(x)
    drift = model.encoder[1].running_mean
    same = torch.equal(first, twice)
    single = model.latent(x[1:2])
    seen = {"of": first, "same": same, "single": single, "drift": drift, "mode": model.training}
    short = module.Autoencoder.__new__(module.Autoencoder)
    nn.Module.__init__(short)
    short.encoder = nn.Sequential(nn.Identity())
    seen["double"] = kinds(first, short.latent(x.bfloat16()))
    ones = tried(lambda: short.latent(torch.ones(1, 3, 28, 28).bfloat16()).float())
    seen["also many ones"] = ones if isinstance(ones, str) else bool((ones == 1).all())
    short.train().latent(x)
    seen["train"] = short.training
    return seen | {"stays": stays(short.latent, x)}


class Largest(TorchDispatchMode):
    """Records the size of the largest tensor that is made."""

    size = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for one in result if isinstance(result, tuple | list) else [result]:
            if isinstance(one, torch.Tensor):
                self.size = max(self.size, one.numel())
        return result


def seeded(seed):
    return Generator().manual_seed(seed)


def in_order(rows):
    """The rows, sorted by their first number."""
    return rows[rows[:, 0].argsort()]
