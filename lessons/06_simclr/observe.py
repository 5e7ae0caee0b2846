"""Facts about lesson 6's functions that do not depend on random draws."""

from itertools import islice

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from simclr_mini.views import Recipe

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
MIRROR = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)
COINS = Recipe(crop=0, flip=0.5, jitter=0, gray=0, blur=0)
CROPS = Recipe(jitter=0, gray=0, blur=0)


def shuffled_batches(module):
    def epoch(N, B, generator=None):
        return [index.tolist() for index in islice(module.shuffled_batches(N, B, generator), 2 * N)]

    def flat(batches):
        return [b for index in batches for b in index]

    seen = {}
    for N, B in [(7, 3), (10, 5), (2, 3), (4, 4), (6, 1)]:
        batches = epoch(N, B, Generator().manual_seed(1))
        order = flat(batches)
        seen[f"{N} {B}"] = tuple(len(index) for index in batches)
        seen[f"{N} {B} once"] = len(set(order)) == len(order) and set(order) <= set(range(N))
    generator = Generator().manual_seed(2)
    state = torch.get_rng_state()
    first, second = (flat(epoch(40, 5, generator)) for _ in range(2))
    seen["global"] = torch.equal(state, torch.get_rng_state())
    seen["fresh"] = first != second
    seen["fresh without"] = flat(epoch(40, 5)) != flat(epoch(40, 5))
    seen["shuffled"] = first != sorted(first)
    seen["from seed"] = flat(epoch(40, 5, Generator().manual_seed(2))) == first
    seen["other seed"] = flat(epoch(40, 5, Generator().manual_seed(3))) != first
    # Are neighbours in storage always in the same batch, or always next to each other?
    many = [epoch(40, 5, generator) for _ in range(3)]
    groups = [{b // 5 for b in index} for batches in many for index in batches]
    seen["mixed"] = any(len(group) > 1 for group in groups)
    seen["sorted inside"] = all(index == sorted(index) for batches in many for index in batches)
    steps = {(b - a) % 40 for batches in many for a, b in zip(flat(batches), flat(batches)[1:])}  # noqa: B905
    seen["steps"] = len(steps) > 2
    seen["all are seen"] = len({b for _ in range(20) for b in flat(epoch(5, 3, generator))}) == 5
    return seen


def SimCLR_views(module):
    def method(recipe, **settings):
        return bare_method(module.SimCLR, recipe, **settings)

    x = rand(5, 3, 4, 4, seed=1).sigmoid()
    seen = {}
    for name, recipe in [("nothing", NOTHING), ("mirror", MIRROR)]:
        seen[name] = tuple(method(recipe).views(x))
    seen["evaluation"] = tuple(method(MIRROR).eval().views(x))
    # the control: both neighbours are right
    x1, x2 = method(NOTHING, positives="wrong").views(x)
    seen["control first"] = x1
    near = [torch.equal(x2, x.roll(shift, 0)) for shift in (1, -1)]
    seen["control second"] = torch.zeros(1) if any(near) else x2
    marked = torch.zeros(200, 3, 2, 2)
    marked[:, :, :, 0] = 1
    one, two = (v[:, 0, 0, 0] < 0.5 for v in method(COINS).views(marked))
    seen["mirrored"] = tuple(0.3 < float(v.float().mean()) < 0.7 for v in (one, two, one ^ two))
    crops = method(CROPS, seed=1)
    state, order = torch.get_rng_state(), crops.generators["order"].get_state()
    first, second = (torch.stack(list(crops.views(x))) for _ in range(2))
    seen["global"] = torch.equal(state, torch.get_rng_state())
    seen["order"] = torch.equal(order, crops.generators["order"].get_state())
    seen["fresh"] = (not torch.equal(first[0], second[0]), not torch.equal(first[1], second[1]))
    seen["repeats"] = torch.equal(torch.stack(list(method(CROPS, seed=1).views(x))), first)
    seen["other seed"] = not torch.equal(torch.stack(list(method(CROPS, seed=2).views(x))), first)
    return seen


def linear(inputs, outputs, seed):
    layer = nn.Linear(inputs, outputs).double()
    layer.weight.data = rand(outputs, inputs, seed=seed, dtype=torch.float64)
    layer.bias.data = rand(outputs, seed=seed + 1, dtype=torch.float64)
    return layer


def SimCLR_project(module):
    encoder = nn.Sequential(nn.Flatten(), linear(12, 4, 1), nn.Tanh(), nn.BatchNorm1d(4).double())
    projector = nn.Sequential(linear(4, 4, 3), nn.Tanh(), linear(4, 4, 5))
    method = bare_method(module.SimCLR, NOTHING, encoder=encoder, projector=projector)
    x = rand(6, 3, 2, 2, seed=7, dtype=torch.float64).requires_grad_()
    z = method.project(x)
    inputs = [x, *method.parameters()]
    value = (z * rand(6, 4, seed=8, dtype=torch.float64)).sum() + 0 * x.sum()
    grads = torch.autograd.grad(value, inputs, allow_unused=True)
    seen = {"z": z, "gradient": none_is_zero(grads), "mode": modes(method)}
    seen["batches"] = int(encoder[-1].num_batches_tracked)
    method.eval()
    seen |= {"in evaluation": method.project(x[:2].detach()), "mode in evaluation": modes(method)}
    return seen


def modes(method):
    return str([part.training for part in method.modules()])


def SimCLR_loss(module):
    seen = {}
    cases = [(3, 5, 0.5, "same"), (4, 2, 0.1, "same"), (5, 3, 1.0, "wrong")]
    for B, d, temperature, positives in cases:
        choices = {"temperature": temperature, "positives": positives}
        method = bare_method(module.SimCLR, NOTHING, **choices)
        z1, z2 = (rand(B, d, seed=s).requires_grad_() for s in (1, 2))
        index = torch.tensor([3, 0, 4, 1, 2])[:B] if B == 5 else torch.arange(B)
        loss = method.loss(z1, z2, index)
        value = loss + 0 * (z1.sum() + z2.sum())
        grads = torch.autograd.grad(value, (z1, z2), allow_unused=True)
        seen[f"{B} {d}"] = (torch.as_tensor(loss), *none_is_zero(grads))
    return seen


def none_is_zero(grads):
    return tuple(torch.zeros(1) if grad is None else grad for grad in grads)
