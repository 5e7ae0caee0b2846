"""Results of lesson 5's functions on small, odd inputs. A mistake is recognised by them."""

import torch
from torch import nn

from lessons.course.check import rand

RULES = ("linear", "simclr_sqrt", "sqrt")


def scaled_learning_rate(module):
    scaled = module.scaled_learning_rate
    sizes = [1, 37, 256, 999, 4096]
    seen = {
        f"{rule} {base}": torch.tensor([float(scaled(base, B, rule)) for B in sizes])
        for rule in RULES
        for base in (0.3, 2.0)
    }
    seen["default"] = float(scaled(0.3, 1024))
    seen["number"] = all(isinstance(scaled(0.3, 64, r), float | int) for r in RULES)
    try:
        seen["other"] = float(scaled(0.3, 1024, "cube"))
    except Exception as error:
        seen["other"] = f"raises {type(error).__name__}"
    return seen


def learning_rate(module):
    seen = {}
    for total, warmup, peak in [(17, 5, 2.0), (12, 0, 0.3), (6, 6, 1.0), (41, 3, 1.0)]:
        steps = [step for step in range(total + 9) if not step == total == warmup]
        rates = [float(module.learning_rate(step, total, warmup, peak)) for step in steps]
        seen[f"{total} {warmup} {peak}"] = torch.tensor(rates)
    ends = [module.learning_rate(step, 9, 3, 1.0) for step in (1, 5, 9)]
    return seen | {"number": all(isinstance(rate, float | int) for rate in ends)}


def trust_ratio(module):
    w, update = rand(3, 5, seed=1), 3 * rand(3, 5, seed=2)
    zero = torch.zeros(3, 5)
    pairs = {
        "plain": (w, update),
        "small": (1e-3 * w, 1e-3 * update),
        "tiny update": (w, 1e-3 * update),
        "no weights": (zero, update),
        "no update": (w, zero),
        "neither": (zero, zero),
        "convolution": (rand(2, 3, 1, 3, seed=3), rand(2, 3, 1, 3, seed=4)),
    }
    return {
        f"{name} {eta}": torch.as_tensor(module.trust_ratio(*pair, eta))
        for name, pair in pairs.items()
        for eta in (1.0, 0.02)
    }


def lars_update(module):
    seen = {}
    for shape in [(5,), (3, 5), (2, 3, 1, 3), (5, 2, 3)]:
        for decay in (0.0, 0.2):
            w, velocity = rand(*shape, seed=1), rand(*shape, seed=2)
            settings = {"momentum": 0.7, "weight_decay": decay, "trust_coefficient": 0.05}
            for step, lr in enumerate([0.5, 2.0]):
                gradient = 3 * rand(*shape, seed=3 + step)
                module.lars_update(w, gradient, velocity, settings | {"lr": lr})
                seen[f"{shape} {decay} {step}"] = (w.clone(), velocity.clone(), gradient)
    w, velocity = torch.zeros(2, 3), torch.zeros(2, 3)
    settings = {"lr": 1.0, "momentum": 0.5, "weight_decay": 0.1, "trust_coefficient": 0.01}
    module.lars_update(w, rand(2, 3, seed=9), velocity, settings)
    seen["from zero"] = (w, velocity)
    w, velocity = torch.ones(2, 3), torch.zeros(2, 3)
    module.lars_update(w, 1e-3 * rand(2, 3, seed=9), velocity, settings | {"trust_coefficient": 1})
    seen["ratio above 1"] = (w, velocity)
    return seen


class Network(nn.Module):
    """Parameters of every kind, at two depths; one is frozen, and one is shared by two layers."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2)), nn.Linear(2, 2), nn.LayerNorm(2)
        )
        self.tied = nn.Linear(2, 2)
        self.tied.weight = self.layers[1].weight
        self.frozen = nn.Linear(2, 3).requires_grad_(False)
        self.token = nn.Parameter(torch.zeros(1, 1, 2))
        self.scale = nn.Parameter(torch.tensor(1.0))


def parameter_groups(module):
    network = Network()
    names = {id(p): name for name, p in network.named_parameters()}
    optimizer = torch.optim.SGD(module.parameter_groups(network, 0.25), lr=1.0, weight_decay=0.5)
    held = [
        f"{names[id(p)]} {float(group['weight_decay'])}"
        for group in optimizer.param_groups
        for p in group["params"]
    ]
    return {"held": " ".join(sorted(held)), "groups": len(optimizer.param_groups)}


def take_step(module):
    seen = {}
    for name, momentum in [("plain", 0.0), ("momentum", 0.5)]:
        a, b = (nn.Parameter(rand(3, seed=seed)) for seed in (1, 2))
        groups = [{"params": [a], "lr": 0.7}, {"params": [b], "lr": 0.9}]
        optimizer = torch.optim.SGD(groups, momentum=momentum)
        a.grad = torch.full((3,), 5.0)
        for step, rate in enumerate([0.1, 0.3]):
            module.take_step(optimizer, (a**2 * b**2).sum() + b.sum(), rate)
            rates = torch.tensor([float(group["lr"]) for group in optimizer.param_groups])
            seen[f"{name} {step}"] = (a.detach().clone(), b.detach().clone(), rates)
    return seen
