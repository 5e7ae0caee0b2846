"""What the functions of lesson 8 return for small, odd inputs, to recognise mistakes."""

from contextlib import contextmanager

import torch
from torch import Generator, nn

from lessons.course.check import rand

X = rand(17, 3, seed=1, dtype=torch.float64) * torch.tensor([1.0, 3.0, 0.4]) + 1
C = rand(5, 3, seed=2, dtype=torch.float64) * 2
LABELS = torch.tensor([3, 0, 4, 1, 1, 2, 0, 3, 3, 4, 0, 1, 3, 2, 2, 3, 0])
AWAY = torch.linspace(0.1, 9, 17, dtype=torch.float64)[torch.arange(17) * 7 % 17]
LINE = torch.tensor([0.0, 1.0, 9.0, 10.0, 30.0], dtype=torch.float64)[:, None]


def assign(module):
    many = rand(9001, 2, seed=3)
    labels, distances = module.assign(X, C)
    far = (rand(150, 3, seed=4) + 100).float()
    never_below = bool((module.assign(far, far[:60])[1] >= 0).all())
    with Largest() as largest:
        later = module.assign(many, many[:30])[0][8500:]
    small = largest.size < 9001 * 30
    return {"of": (labels, distances), "below": never_below, "later": later, "small": small}


def means(module):
    full = module.means(X, LABELS, AWAY, C)
    two_empty = LABELS.clamp(min=2)
    two = module.means(X, two_empty, AWAY, C)
    still = module.means(X, two_empty, torch.zeros_like(AWAY), C)
    one_far = module.means(X, two_empty, (AWAY - 8.6).clamp(min=0), C)
    last = module.means(X, LABELS.clamp(max=3), AWAY, C)
    sets = tuple(in_order(rows[:2]) for rows in (two, one_far))
    return {"full": full, "rest": two[2:], "revived": sets, "still": still, "last": last}


def far_points(module):
    squared = torch.tensor([0.0, 6.0, 0.0, 1.0, 3.0, 0.0])
    drawn = module.far_points(squared, 3000, Generator().manual_seed(1))
    share = torch.bincount(drawn, minlength=6) / 3000
    again = module.far_points(squared, 50, Generator().manual_seed(2))
    same = torch.equal(again, module.far_points(squared, 50, Generator().manual_seed(2)))
    few = [module.far_points(squared, 2, Generator().manual_seed(s)) for s in range(25)]
    equal = {bool(a == b) for a, b in few}  # now and then both draws are the same point
    different = len(torch.cat(few).unique()) > 1
    thrice = [module.far_points(torch.ones(3), 3, Generator().manual_seed(s)) for s in range(12)]
    twice = any(len(drawn.unique()) < 3 for drawn in thrice)
    none = module.far_points(torch.zeros(4), 3, Generator().manual_seed(1))
    source = Generator().manual_seed(3)
    on = not torch.equal(*(module.far_points(torch.ones(99), 9, source) for _ in range(2)))
    seen = {"share": (20 * share).round(), "zero": int(share[[0, 2, 5]].sum() * 3000), "on": on}
    return {
        **seen,
        "same": same,
        "equal": len(equal),
        "different": different,
        "twice": twice,
        "none": bool((none < 4).all()),
    }


@contextmanager
def beside(module, **others):
    """Replace functions that are called, so that their mistakes are not blamed on the caller."""
    kept = {name: getattr(module, name) for name in others}
    vars(module).update(others)
    try:
        yield
    finally:
        vars(module).update(kept)


def right_draws(squared, count, generator=None):
    weights = squared if squared.sum() > 0 else torch.ones_like(squared)
    return torch.multinomial(weights, count, replacement=True, generator=generator)


def far_rows(x, k, generator=None):
    """A start that is good enough: any point, then k - 1 times the farthest one."""
    rows = [x[int(torch.randint(len(x), (), generator=generator))]]
    for _ in range(k - 1):
        rows.append(x[torch.cdist(x, torch.stack(rows)).amin(1).argmax()])
    return torch.stack(rows)


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
    mine = in_order(torch.cat([X, module.plus_plus(X, 17, seeded(3))]).unique(dim=0))
    copies = module.plus_plus(torch.ones(6, 2), 3, seeded(2))
    tight = 100.0 * torch.arange(1, 5)[:, None] + 1e-3 * torch.arange(3)
    tight = tight.reshape(12, 1).expand(12, 3)
    # if the distances are from norms, which of the points are taken twice is up to rounding
    apart = [len(module.plus_plus(tight, 9, seeded(s)).unique(dim=0)) == 9 for s in range(4)]
    seen = {
        "found": all_found,
        "far": int((far > steps).sum()),
        "first": len(first) > 2,
        "same": same,
    }
    seen |= {"late": float(ends.sum()), "rows": mine, "copies": copies}
    return seen | {"tight": all(apart)}


def kmeans(module):
    with beside(module, plus_plus=far_rows):
        return clusterings(module)


def clusterings(module):
    seen = {}
    start = LINE[:3] + 0.1
    for iterations in (0, 1, 2, 9):
        seen[str(iterations)] = module.kmeans(LINE, 3, iterations, start=start)
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
    seen["blobs"] = [bool((blobs - c[own]).square().sum() < 1) for c, own in runs]
    far = blobs / 5 + 20000  # squares as large as this are rounded to multiples of 32
    seen["far"] = module.kmeans(far, 5, 3, start=far[[0, 5, 25, 29, 34]])[1]
    one, other = (module.kmeans(X, 5, 1, seeded(7)) for _ in range(2))
    seen["same"] = torch.equal(one[0], other[0])
    slow = rand(97, 2, seed=100, dtype=torch.float64) * torch.tensor([0.3, 4.0]) + 1
    centroids, labels = module.kmeans(slow, 6, 200, start=slow[:6] * 0.1)
    rest = [slow[labels == k].mean(0) - centroids[k] for k in range(6)]
    seen["at rest"] = bool(torch.stack(rest).abs().max() < 1e-6)
    seen["default"] = module.kmeans(LINE, 3, start=start)[0]
    return seen


def add_noise(module):
    x = torch.tensor([0.0, 0.5, 1.0, 1.0]).view(4, 1, 1, 1).expand(4, 3, 20, 20)
    seen = {}
    for std in (0.2, 0.01):
        noise = (module.add_noise(x, std, seeded(1)) - x) / std
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
    same = torch.equal(module.add_noise(x, 0.1, seeded(2)), module.add_noise(x, 0.1, seeded(2)))
    source = seeded(3)
    on = not torch.equal(*(module.add_noise(x, 0.1, source) for _ in range(2)))
    return {**seen, "same": same, "on": on, "none": module.add_noise(x, 0.0, seeded(1))}


class Scale(nn.Module):
    """Multiplies each channel by a weight of its own, and records what it is shown."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([0.5, 0.9, 1.4]).view(3, 1, 1))
        self.seen = []

    def forward(self, x):
        self.seen.append(x.detach().mean() + 10 * self.training)
        return self.weight * x


def reconstruction_loss(module):
    seen = {}
    for B, height, width in [(2, 3, 5), (5, 2, 3)]:
        x, noisy = rand(B, 3, height, width, seed=1).sigmoid(), rand(B, 3, height, width, seed=2)
        model = Scale()
        loss = module.reconstruction_loss(model, x, noisy)
        (grad,) = torch.autograd.grad(loss, model.weight, allow_unused=True)
        grad = torch.zeros(3) if grad is None else grad
        seen[str(B)] = (loss, grad, torch.stack(model.seen), bool(model.training))
    return seen


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
    return {"of": first, "same": same, "single": single, "drift": drift, "mode": model.training}


class Largest(torch.utils._python_dispatch.TorchDispatchMode):
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
