"""Results of lesson 5's functions on small, unusual inputs. They identify known mistakes."""

import math

import torch
from torch import Tensor, nn

from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import equal, tried

RULES = ("linear", "simclr_sqrt", "sqrt")


def scaled_learning_rate(module):
    scaled = module.scaled_learning_rate
    sizes = [1, 37, 256, 999, 4096]
    seen = {
        f"{rule} {base}": numbers(tried(scaled, base, B, rule) for B in sizes)
        for rule in RULES
        for base in (0.3, 2.0, 0.001)
    }
    seen["default"] = numbers([tried(scaled, 0.3, 1024)])
    seen["number"] = all(isinstance(tried(scaled, 0.3, 64, r), float | int) for r in RULES)
    for name in ("cube", "root", "", "simclr", "Linear", "lin", "my_sqrt", "sqrt2"):
        try:
            value = scaled(0.3, 1024, name)
            said = float(value) if isinstance(value, float | int) else type(value).__name__
        except Exception as error:
            said = f"raises {type(error).__name__}"
        seen[f"also {name}" if name in ("lin", "my_sqrt", "sqrt2") else name] = said
    return seen


def numbers(values):
    """The values as a tensor; if one is not a number, only a string: its type, or the error."""
    values = list(values)
    for value in values:
        if isinstance(value, str):
            return value
        if not isinstance(value, float | int | Tensor):
            return type(value).__name__
    return torch.tensor([float(value) for value in values])


def learning_rate(module):
    seen, after, right = {"errors": set()}, {"errors later": set()}, True
    for total, warmup, peak in [(17, 5, 2.0), (12, 0, 0.3), (6, 6, 1.0), (41, 3, 1.0)]:
        end = total + (total == warmup)  # a run that is all warm-up may end at any rate
        rates = [tried(module.learning_rate, step, total, warmup, peak) for step in range(total)]
        later = [
            tried(module.learning_rate, step, total, warmup, peak) for step in range(end, total + 9)
        ]
        seen[f"{total} {warmup} {peak}"] = rates = rates_of(rates, seen["errors"])
        later = rates_of(later, after["errors later"])
        after[f"after {total}"] = later if total > warmup else len(later)
        expected = torch.tensor([schedule(step, total, warmup, peak) for step in range(total)])
        right = right and torch.allclose(rates, expected, rtol=1e-4, atol=1e-6)
    seen |= after if right else {}  # if the rates are wrong, the end does not matter
    ends = [tried(module.learning_rate, step, 9, 3, 1.0) for step in (1, 5, 9)]
    seen["number"] = all(isinstance(rate, float | int) for rate in ends)
    return {
        key: str(sorted(value)) if isinstance(value, set) else value for key, value in seen.items()
    }


def rates_of(rates: list, errors: set):
    """Rates as a tensor, with NaN for non-numbers, whose types or errors are added to `errors`."""
    proper = [isinstance(rate, float | int | Tensor) for rate in rates]
    errors |= {
        str(rate).split(":")[0] for rate, good in zip(rates, proper, strict=True) if not good
    }
    return numbers(rate if good else torch.nan for rate, good in zip(rates, proper, strict=True))


def schedule(step: int, total: int, warmup: int, peak: float) -> float:
    """The right rate of a step before the end."""
    if step < warmup:
        return peak * step / warmup
    return peak * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2


def trust_ratio(module):
    w, update = rand(3, 5, seed=1), 3 * rand(3, 5, seed=2)
    zero = torch.zeros(3, 5)
    pairs = {
        "plain": (w, update),
        "positive": (w.abs(), update.abs()),
        "small": (1e-3 * w, 1e-3 * update),
        "tiny update": (w, 1e-3 * update),
        "no weights": (zero, update),
        "no update": (w, zero),
        "neither": (zero, zero),
        "a zero entry": (w.clone().fill_diagonal_(0), update.clone().fill_diagonal_(0)),
        "convolution": (rand(2, 3, 1, 3, seed=3), rand(2, 3, 1, 3, seed=4)),
    }
    seen = {}
    for name, pair in pairs.items():
        for eta in (1.0, 0.02):
            ratio = tried(module.trust_ratio, *(one.clone() for one in pair), eta)
            proper = isinstance(ratio, float | int | str | Tensor)
            seen[f"{name} {eta}"] = ratio if proper else type(ratio).__name__
    seen = {k: v if isinstance(v, str) else torch.as_tensor(v) for k, v in seen.items()}
    for value in (300.0, 1e-4):  # in float16 the square of one is infinite, and that of the other 0
        half = torch.full((3, 4), value).half()
        seen[f"also half {value}"] = str(tried(near_half, module.trust_ratio, half))
    seen["stays"] = stays(module.trust_ratio, w, update, 0.01)
    seen["also digits"] = digits(module.trust_ratio, w.double(), update.double())
    right = all(
        equal(seen[f"{name} {eta}"], eta * w.norm() / update.norm())
        for name, (w, update) in pairs.items()
        for eta in (1.0, 0.02)
        if w.any() and update.any()
    )
    if right:
        return {k: "huge" if is_huge(v) else v for k, v in seen.items()}
    return {k: v for k, v in seen.items() if not k.startswith(("no ", "neither"))}


def digits(trust_ratio, w, update) -> str:
    """Whether the ratio has the digits of float64."""
    expected = float(0.1 * w.norm() / update.norm())
    found = tried(lambda: float(trust_ratio(w, update, 0.1)))
    return str(isinstance(found, float) and abs(found / expected - 1) < 1e-10)


def near_half(trust_ratio, w) -> bool:
    """Whether the ratio of weights and an equal update is eta, which is 0.5 here."""
    return abs(float(trust_ratio(w, w.clone(), 0.5)) - 0.5) < 0.01


def is_huge(ratio) -> bool:
    """Whether a ratio is as large as after a division by a tiny number, whatever that number is."""
    return isinstance(ratio, Tensor) and ratio.dim() == 0 and 1e4 < float(ratio) < 1e30


def lars_update(module):
    seen = {}
    for shape in [(), (5,), (3, 5), (2, 3, 1, 3), (5, 2, 3)]:
        for decay in (0.0, 0.2):
            w, velocity = rand(*shape, seed=1), rand(*shape, seed=2)
            settings = {"momentum": 0.7, "weight_decay": decay, "trust_coefficient": 0.05}
            for step, lr in enumerate([0.5, 2.0]):
                gradient = 3 * rand(*shape, seed=3 + step)
                said = tried(module.lars_update, w, gradient, velocity, settings | {"lr": lr})
                if not isinstance(said, str):
                    said = (w.clone(), velocity.clone(), gradient)
                seen[f"{shape} {decay} {step}"] = said
    w, gradient, velocity = torch.ones(3), torch.full((3,), 0.5), torch.zeros(3)
    tried(module.lars_update, w, gradient, velocity, settings | {"lr": 1.0})
    gradient.zero_()
    seen["velocity stays"] = velocity.clone()
    w, velocity = torch.ones(3, 2).T, torch.zeros(3, 2).T  # not contiguous
    tried(module.lars_update, w, rand(2, 3, seed=9), velocity, settings | {"lr": 1.0})
    seen["transposed"] = (w.contiguous(), velocity.contiguous())
    group = settings | {"lr": 1.0, "weight_decay": 0.2}
    tried(module.lars_update, torch.ones(3), torch.ones(3), torch.zeros(3), group)
    seen["settings"] = group == settings | {"lr": 1.0, "weight_decay": 0.2}
    w, velocity = torch.zeros(2, 3), torch.zeros(2, 3)
    settings = {"lr": 1.0, "momentum": 0.5, "weight_decay": 0.1, "trust_coefficient": 0.01}
    tried(module.lars_update, w, rand(2, 3, seed=9), velocity, settings)
    seen["from zero"] = (w, velocity)
    w, velocity = torch.ones(2, 3), torch.zeros(2, 3)
    settings["trust_coefficient"] = 1.0
    tried(module.lars_update, w, 1e-3 * rand(2, 3, seed=9), velocity, settings)
    seen["ratio above 1"] = (w, velocity)
    w, velocity = rand(2, 3, seed=1), rand(2, 3, seed=2)
    tried(module.lars_update, w, rand(2, 3, seed=9), velocity, settings | {"momentum": 0.0})
    seen["stays"] = stays(step_there, module, *(rand(5, 3, seed=i) for i in range(3)))
    return seen | {"no momentum": (w, velocity)}


def step_there(module, w, gradient, velocity):
    """One step of a matrix."""
    settings = {"lr": 1.0, "momentum": 0.5, "weight_decay": 0.1, "trust_coefficient": 0.01}
    module.lars_update(w, gradient, velocity, settings)


class Network(nn.Module):
    """Parameters of every kind, at two depths; one is frozen, and two layers share one."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)),
            nn.Linear(2, 2),
            nn.LayerNorm(2),
            nn.Bilinear(2, 2, 1),
        )
        self.bn1 = nn.BatchNorm2d(2)
        self.tied = nn.Linear(2, 2)
        self.tied.weight = self.layers[1].weight
        self.frozen = nn.Linear(2, 3).requires_grad_(False)
        self.token = nn.Parameter(torch.zeros(1, 1, 2))
        self.bank = nn.Parameter(torch.zeros(3, 2))
        self.scale = nn.Parameter(torch.tensor(1.0))


def parameter_groups(module):
    network = Network()
    names = {id(p): name for name, p in network.named_parameters()}
    made = tried(module.parameter_groups, network, 0.25)
    if isinstance(made, str) or made is None:
        return {"made": str(made)}
    optimizer = tried(lambda: torch.optim.SGD(made, lr=1.0, weight_decay=0.5))
    if isinstance(optimizer, str):
        return {"made": f"no groups of an optimiser: {optimizer}"}
    decays = dict.fromkeys(names.values(), -1.0)
    held = []
    for group in optimizer.param_groups:
        for p in group["params"]:
            decays[names[id(p)]] = float(group["weight_decay"])
            held.append(f"{names[id(p)]} {float(group['weight_decay'])}")
    thawed = {name: p for name, p in network.named_parameters() if p.requires_grad}
    scaled = [decays[name] / (i + 1.5) for i, name in enumerate(thawed)]  # no two are alike
    right = {name: 0.25 if p.dim() > 1 else 0.0 for name, p in thawed.items()}
    if any(decays[name] != decay for name, decay in right.items()):
        held = [line for line in held if line.split()[0] in right]  # frozen ones do not matter
    seen = {"held": " ".join(sorted(held)), "groups": len(optimizer.param_groups)}
    seen["also in order"] = orders(module) == orders(module)
    return seen | {"decays": torch.tensor(scaled)}


def orders(module) -> list[list[str]] | str:
    """The names of a new network's parameters, as the groups have them."""
    many = nn.Sequential(*(nn.Linear(4, 4) for _ in range(18)))
    names = {id(p): name for name, p in many.named_parameters()}
    made = tried(module.parameter_groups, many, 0.25)
    return tried(lambda: [[names[id(p)] for p in group["params"]] for group in made])


class Noting(torch.optim.SGD):
    """SGD that notes, at each of its steps, how many backward passes there have been."""

    backwards, steps = 0, ""

    def step(self, closure=None):
        if closure is not None:
            with torch.enable_grad():
                closure()
        self.steps += f"{self.backwards} "
        super().step()

    def note(self, _):
        self.backwards += 1


def take_step(module):
    seen = {}
    for name, momentum in [("plain", 0.0), ("momentum", 0.5)]:
        a, b = (nn.Parameter(rand(3, seed=seed)) for seed in (1, 2))
        groups = [{"params": [a], "lr": 0.7}, {"params": [b], "lr": 0.9}]
        optimizer = Noting(groups, momentum=momentum)
        before = optimizer.defaults["lr"]
        a.grad = torch.full((3,), 5.0)
        for step, rate in enumerate([0.1, 0.0, 0.3]):
            loss = (a**2 * b**2).sum() + b.sum()
            loss.register_hook(optimizer.note)
            said = tried(module.take_step, optimizer, loss, rate)
            rates = torch.tensor([float(group["lr"]) for group in optimizer.param_groups])
            came = (a.detach().clone(), b.detach().clone(), rates)
            seen[f"{name} {step}"] = said if isinstance(said, str) else came
        seen[f"{name} steps"] = optimizer.steps
        seen[f"{name} defaults"] = optimizer.defaults["lr"] == before
    w, frozen, unused = (nn.Parameter(torch.ones(())) for _ in range(3))
    frozen.requires_grad_(False).grad = torch.ones(())
    said = tried(
        module.take_step, torch.optim.SGD([w, frozen, unused], 1.0, weight_decay=1.0), 2 * w, 0.1
    )
    moved = f"{1 - float(w):.2f} {float(frozen)} {float(unused)}"
    seen["also frozen"] = said if isinstance(said, str) else moved
    return seen
