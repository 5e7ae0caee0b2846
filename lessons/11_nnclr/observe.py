"""What the functions of lesson 11 return. For those that draw, facts that hold for every draw."""

import copy
import math
from collections import Counter

import torch
import torch.nn.functional as F
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from lessons.course.device import stays, strays
from lessons.course.evidence import Later, equal, refuses, tried
from simclr_mini.views import Recipe

FOUR = [[0.96, 0.28], [0.6, 0.8], [-0.28, 0.96], [-1.0, 0.0]]
IMAGES = torch.tensor([5, 1, 9, 2])


def support_of(module, rows, images=None, ages=None):
    rows = torch.as_tensor(rows)
    support = module.SupportSet(*rows.shape).to(rows.dtype)
    support.rows.copy_(F.normalize(rows, dim=1))
    if images is not None:
        support.images.copy_(images)
    support.ages.copy_(torch.zeros(len(rows)) if ages is None else ages)
    return support


def at(*degrees):
    turn = torch.tensor(degrees) * math.pi / 180
    return torch.stack([turn.cos(), turn.sin()], 1)


def spread(B, d, seed):
    z = rand(B, d, seed=seed, dtype=torch.float64)
    return z * torch.logspace(-1, 1.5, B, dtype=torch.float64)[:, None]


def answer(f, *args, **settings):
    """What f returns, or its error; a tuple as text, unless it comes from one of our helpers."""
    value = tried(f, *args, **settings)
    pair = isinstance(value, tuple) and f is not loss_and_gradients and f is not contents
    return str([getattr(one, "shape", one) for one in value]) if pair else value


def SupportSet_find(module):
    seen = {}
    for B, Q, d in [(3, 7, 5), (5, 11, 2), (1, 3, 4), (4, 1, 3)]:
        images, ages = (torch.arange(Q) * 5) % 4, torch.arange(Q) % 3 - 1
        support = support_of(module, rand(Q, d, seed=Q), images, ages)
        z = rand(B, d, seed=B + 9)
        seen[f"{B} {Q}"] = found = answer(support.find, z)
        seen[f"{B} {Q} type"] = str(getattr(found, "dtype", ""))
        if Q > 1:
            seen[f"{B} {Q} others"] = answer(support.find, z, exclude=torch.arange(B) % 4)
        seen[f"{B} {Q} set"] = (support.rows.clone(), support.images.clone(), support.ages.clone())
    support = support_of(module, FOUR, IMAGES)
    for k, exclude in [(1, None), (2, None), (3, None), (2, 5), (3, 1)]:
        images = None if exclude is None else torch.full((240,), exclude)
        seen[f"one of {k}, {exclude}"] = answer(chosen, support, at(10), k, images)
    for k in (2, 3):  # here the last rows are the nearest
        seen[f"one of the last {k}"] = answer(chosen, support, at(170), k, None)
    opposite = support_of(module, [[1.0, 0], [-1, 0.1], [-1, 0.2]], torch.tensor([4, 1, 2]))
    for scale in (1, 50):
        seen[f"opposite {scale}"] = answer(opposite.find, scale * at(0), exclude=torch.tensor([4]))
    for query, other in [(0, 180), (0, 50), (-40, 55)]:  # the image's own row is at 0 degrees
        two = support_of(module, at(0, other), torch.tensor([4, 1]))
        seen[f"{query} to {other}"] = answer(two.find, at(query), exclude=torch.tensor([4]))
    own = support_of(module, at(0, 10, 20, 90), torch.tensor([4, 4, 4, 1]))
    seen["three own rows"] = answer(own.find, at(5, 30), exclude=torch.tensor([4, 4]))
    crowd = support_of(module, FOUR, torch.tensor([6, 6, 1, 6]))
    seen["next to a crowd"] = answer(rows_of_others, crowd)
    seen["fewer than k"] = answer(fewer_than_k, support)
    unknown = support_of(module, FOUR, torch.tensor([-1, 1, -1, 2]))
    round_it = at(*range(0, 180, 9))
    seen["unknown"] = answer(unknown.find, round_it, exclude=torch.arange(20) % 3)
    support.position.fill_(2)
    seen["later"] = answer(support.find, at(0, 90, 170))
    near = support_of(module, at(*(45 + 0.01 * (torch.arange(41) * 18 % 41)).tolist()))
    seen["near"] = answer(near.find, at(-35, 125))
    wide = support_of(module, at(*(45 + 0.1 * (torch.arange(41) * 18 % 41)).tolist()))
    seen["half"] = answer(wide.find, at(-35, 47, 125).bfloat16())
    far = (3 * at(*(45 + 0.1 * torch.arange(41)).tolist())).bfloat16()
    seen["also half far"] = answer(same_in_single, wide, far)
    huge = (54000 * torch.tensor([[-1.0, 1.0], [1.0, 0.2]])).half()
    seen["also half huge"] = answer(same_in_single, support, huge)
    draws = answer(draws_of, support)
    seen |= draws if isinstance(draws, dict) else {"draws": draws}
    support.rows.copy_(support.rows.flip(0))
    seen["other rows"] = answer(support.find, at(0, 90, 60, 170))
    seen["stays without"] = stays(search_any, module.SupportSet(7, 5), rand(3, 5, seed=1))
    for name, k in [("stays", 1), ("there", 2)]:
        seen[name] = stays(search, module.SupportSet(7, 5), rand(3, 5, seed=1), k)
    return seen


def same_in_single(support, z):
    """Whether z in half precision finds the rows that it finds in float32."""
    return torch.equal(support.find(z), support.find(z.float()))


def rows_of_others(crowd):
    """How many different rows are drawn, next to an image 6 whose own rows fill most of the set."""
    images, drawn = (
        torch.tensor([6] * 20 + [9] * 80),
        (Generator().manual_seed(s) for s in range(6)),
    )
    found = torch.stack([crowd.find(at(10).expand(100, 2), 3, images, g) for g in drawn])
    own = "" if (found[:, :20] == 2).all() else ", own rows come"
    return f"{len(found[:, 20:].unique())}{own}"


def fewer_than_k(support):
    """Whether own rows are ever chosen, and others evenly, if fewer than k others are left."""
    fives, drawn = torch.full((60,), 5), (Generator().manual_seed(s) for s in range(12))
    found = torch.cat([support.find(at(10).expand(60, 2), 4, fives, g) for g in drawn])
    counts = torch.bincount(found.flatten(), minlength=4)
    if counts[0]:
        return "own rows come"
    many = int(counts[1:].max() - counts[1:].min())
    return "one in each call" if many > 700 or many % 60 == 0 and many else f"even: {many < 120}"


def draws_of(support):
    """Where the draws for k > 1 come from."""
    generator, seen = Generator().manual_seed(2), {}
    many = rand(1, 2, seed=4).expand(60, 2)
    first, second = (support.find(many, 4, None, generator) for _ in range(2))
    seen["own draws"] = len(first.unique()) > 1
    seen["fresh"] = not torch.equal(first, second)
    without = [support.find(many, 4) for _ in range(2)]
    seen["fresh without"] = not torch.equal(*without)
    state = torch.get_rng_state()
    support.find(many, 4, None, generator)
    seen["global"] = torch.equal(state, torch.get_rng_state())
    again = support.find(many, 4, None, Generator().manual_seed(2))
    seen["from seed"] = torch.equal(first, again)
    return seen


def search(support, z, k):
    """A search as in training: the images (given if k = 1) and the generator are on the CPU."""
    return support.find(z, k, torch.arange(len(z)) if k == 1 else None, Generator())


def search_any(support, z):
    return support.find(z)


def chosen(support, z, k, images):
    """Which rows are chosen for equal queries in several calls: facts that hold for every draw."""
    many, drawn = z.expand(240, 2), (Generator().manual_seed(s) for s in range(6))
    found = [support.find(many, k, images, generator) for generator in drawn]
    shape = "" if found[0].shape == (240,) else f" in shape {tuple(found[0].shape)}"
    rows = [set(one.flatten().tolist()) for one in found]
    counts = Counter(torch.cat(found).flatten().tolist())
    if len(counts) > 1 and all(len(one) == 1 for one in rows):
        return f"one for the whole batch{shape}"
    often = max(counts.values()) - min(counts.values()) > 160
    return f"{sorted(counts)} {'some more often' if often else 'equally often'}{shape}"


def SupportSet_nearest(module):
    seen = {}
    for B, Q, d in [(3, 7, 5), (5, 11, 2), (4, 2, 3)]:
        support = support_of(module, rand(Q, d, seed=Q), torch.arange(Q) % 3)
        z = spread(B, d, B).float().requires_grad_()
        seen[f"{B} {Q}"] = rows = answer(support.nearest, z)
        seen[f"{B} {Q} gradient"] = getattr(rows, "requires_grad", "none")
        seen[f"{B} {Q} set"] = support.rows.clone()
    support = support_of(module, rand(7, 5, seed=7, dtype=torch.float64))
    kinds = torch.float32, torch.float64
    found = [answer(support.nearest, rand(3, 5, seed=3).to(kind)) for kind in kinds]
    seen["double"] = str([getattr(rows, "dtype", rows) for rows in found])
    one = answer(support.nearest, rand(1, 5, seed=3))
    return seen | {"one": str(getattr(one, "shape", one))}


def SupportSet_push(module):
    seen, positions = {}, []
    for Q, d, sizes in [(7, 3, [3] * 6), (5, 2, [2, 4, 1, 5, 3]), (4, 2, [4, 4]), (9, 3, [2, 3])]:
        support, number = module.SupportSet(Q, d, Generator().manual_seed(7)), 0
        begin = {tuple(row) for row in support.rows.tolist()}
        for step, B in enumerate(sizes):
            images = torch.arange(number, number + B) * 7 % 31
            z = spread(B, d, step).float()
            known, given = step % 3 < 2 or Q == 7, z.clone()
            seen[f"{Q} {step} error"] = str(answer(support.push, z, images if known else None))
            seen[f"{Q} {step}"] = answer(contents, support, begin)
            positions.append(answer(is_position, support))
            seen[f"{Q} {step} given"] = torch.equal(z, given)
            number += B
    support, begin = module.SupportSet(7, 3, Generator().manual_seed(7)), set()
    for step in range(3):  # images come again while their rows are in the set
        z, images = spread(3, 3, step).float(), torch.arange(3 * step, 3 * step + 3) % 4
        seen[f"error {step}"] = str(answer(support.push, z, images))
    again = answer(contents, support, begin)
    seen["again"] = again if isinstance(again, str) else again[0]
    support = module.SupportSet(9, 3, Generator().manual_seed(7))
    for B in (1, 2, 3):  # without images
        answer(support.push, rand(B, 3, seed=B))
    seen["unknown ages"] = support.ages.sort().values
    support = module.SupportSet(5, 3)
    z = spread(3, 3, 1).float().requires_grad_()
    seen["error"] = str(answer(support.push, z * 2))
    seen["gradient"] = support.rows.requires_grad
    seen["state"] = str(sorted(support.state_dict()))
    seen["also place"] = tried(places_of_single_rows, module.SupportSet(5, 3))
    support = module.SupportSet(2, 3, Generator().manual_seed(7))
    answer(support.push, rand(1, 3, seed=2), torch.tensor([4]))
    seen["refuses"] = refuses(support.push, rand(3, 3, seed=1), torch.arange(3))
    seen["refused"] = str((support.images.tolist(), support.ages.tolist(), support.rows.shape))
    seen["loaded"] = answer(after_loading, module)
    seen["there"] = str(positions)  # kept apart from the rows: a fault of its own
    seen["double"] = answer(keeps_digits, module)
    seen["widened"] = answer(norms_of_half, module)
    seen["stays"] = stays(push, module.SupportSet(7, 5), rand(3, 5, seed=1))
    return seen


def places_of_single_rows(support):
    """Whether rows that are pushed one at a time go where `position` says."""
    found = []
    for b in range(3):
        place, z = int(support.position), rand(1, 3, seed=20 + b)
        support.push(z, torch.tensor([b]))
        there = support.rows[place : place + 1].float()
        found.append(place < 5 and torch.cosine_similarity(there, z).item() > 0.9999)
    return str(found)


def is_position(support):
    """Whether the position is that of a row in the set."""
    return 0 <= int(support.position) < len(support.rows)


def keeps_digits(module):
    """Whether a float64 set keeps all digits of its rows."""
    support = module.SupportSet(3, 2).double()
    support.push(torch.tensor([[0.1, 0.3]], dtype=torch.float64))
    right = F.normalize(torch.tensor([[0.1, 0.3]], dtype=torch.float64), dim=1)
    return bool((support.rows - right).norm(dim=1).min() < 1e-12)


def norms_of_half(module):
    """The norms that half-precision rows get when they are pushed, as text."""
    support = module.SupportSet(2, 2, Generator().manual_seed(7))
    support.push(torch.tensor([[6e4, 6e4], [0.3, 0.1]]).half(), torch.arange(2))
    norms = sorted(support.rows.norm(dim=1).tolist())
    return f"{norms[0]:.1f} {norms[1]:.1f} {all(abs(n - 1) < 1e-5 for n in norms)}"


def push(support, z):
    """A push as in training, where the images are on the CPU."""
    support.push(z, torch.arange(len(z)))
    return support.rows, support.images, support.ages


def after_loading(module):
    """The images and ages in a set that was loaded from another set and then pushed to."""
    first, second = (module.SupportSet(5, 3, Generator().manual_seed(7)) for _ in range(2))
    first.push(rand(3, 3, seed=1), torch.arange(3))
    second.push(rand(4, 3, seed=3), torch.arange(4))
    second.load_state_dict(first.state_dict())
    second.push(rand(3, 3, seed=2), torch.arange(10, 13))
    found = zip(second.images.tolist(), second.ages.tolist(), strict=True)
    return torch.tensor(sorted(found))


def contents(support, begin):
    """The pushed rows with ages and images, and the images and ages of the initial rows left."""
    held = zip(support.rows.tolist(), support.images.tolist(), support.ages.tolist(), strict=True)
    new = sorted((a, i, *row) for row, i, a in held if tuple(row) not in begin)
    old = [tuple(row) in begin for row in support.rows.tolist()]
    facts = zip(support.images.tolist(), support.ages.tolist(), old, strict=True)
    said = sorted((i, a) for i, a, is_old in facts if is_old)
    return torch.tensor(new), str(said)


def of_neighbours(module, neighbours, p, temperature):
    """The loss if the neighbours of z1 are already known."""
    support, rows = support_of(module, neighbours), torch.arange(len(p))
    return module.nnclr_loss(torch.zeros_like(p), p, support, temperature, rows)


def loss_and_gradients(f, inputs):
    """A loss and its gradients; if the loss is not a scalar, the gradients of its sum."""
    value = f()
    loss = torch.as_tensor(value).sum() + 0 * sum(one.sum() for one in inputs)
    return (value, isinstance(value, torch.Tensor), *torch.autograd.grad(loss, inputs))


def nnclr_loss(module):
    seen = {}
    for B, d, temperature in [(3, 5, 0.5), (5, 2, 0.1), (4, 7, 1.0), (3, 2, 0.005)]:
        neighbours = F.normalize(rand(B, d, seed=B, dtype=torch.float64), dim=1)
        neighbours[1] = neighbours[0]  # two images may find the same row
        p = spread(B, d, B + 30).requires_grad_()
        small, given = temperature < 0.01, (module, neighbours, p, temperature)
        seen[f"known {B} {temperature}"] = answer(
            loss_and_gradients, lambda given=given: of_neighbours(*given), (p,)
        )
        if small:
            seen["float32"] = answer(
                of_neighbours, module, neighbours.float(), p.detach().float(), temperature
            )
    for B, Q, d, temperature in [(3, 7, 5, 0.5), (5, 11, 2, 0.2), (2, 3, 4, None)]:
        support = support_of(module, rand(Q, d, seed=Q, dtype=torch.float64))
        z1, p2 = (spread(B, d, s).requires_grad_() for s in (B, B + 60))
        before = {name: value.clone() for name, value in support.state_dict().items()}
        settings = [] if temperature is None else [temperature]
        given = (z1, p2, support, *settings)
        seen[f"{B} {Q}"] = answer(
            loss_and_gradients, lambda given=given: module.nnclr_loss(*given), (z1, p2)
        )
        after = support.state_dict()
        seen[f"{B} {Q} set"] = all(torch.equal(after[name], before[name]) for name in before)
    support = support_of(module, FOUR)
    opposite = at(0, 180).float()
    seen["near"] = answer(of_neighbours, module, opposite, opposite, 0.01)
    zero = torch.tensor([0, 0])
    seen["row 0"] = answer(module.nnclr_loss, at(90, 170), at(20, 80), support, 0.5, zero)
    for temperature in (0.0, -0.5, math.nan):
        given = at(90, 170), at(20, 80), support, temperature
        seen[f"refuses {temperature}"] = refuses(module.nnclr_loss, *given)
    given = rand(3, 5, seed=1), rand(3, 5, seed=2), module.SupportSet(7, 5), 0.5
    known = torch.arange(3)
    seen["stays"] = Later(
        lambda: not any(strays(module.nnclr_loss, *given, rows) for rows in (None, known))
    )
    return seen


def NNCLR_loss(module):
    seen, there = {}, []
    cases = [
        (3, 7, 5, 0.5, {}),
        (4, 11, 2, 0.2, {"candidates": "all"}),
        (3, 8, 3, 0.3, {"exclude_same": False}),
    ]
    for B, Q, d, temperature, settings in cases:
        support = support_of(module, rand(Q, d, seed=Q, dtype=torch.float64), torch.arange(Q))
        method = method_of(module, support, temperature, d, **settings)
        for step in range(2):
            z1, z2 = (spread(B, d, s + step).requires_grad_() for s in (1, 80))
            index, before = torch.arange(B) * 2 + step, copy.deepcopy(method.support)
            inputs = (z1, z2, *method.predictor.parameters())
            name, method.found = f"{B} {Q} {step}", {}
            given = method, z1, z2, index
            seen[name] = answer(
                loss_and_gradients, lambda given=given: given[0].loss(*given[1:]), inputs
            )
            seen[name + " set"] = answer(of_set, method.support)
            seen[name + " gradient"] = method.support.rows.requires_grad
            there.append(bool(method.found))
            if not method.found:  # as if it had been recorded: not recording it is another mistake
                method.found = answer(described, method, before, z1, z2, index)
            seen |= {f"{name} {key}": value for key, value in met(method, z1, z2, index).items()}
    method = method_of(module, support_of(module, FOUR, torch.tensor([0, 1, 9, 5])), 0.5, None)
    seen["own rows"] = answer(method.loss, at(10, 100), at(20, 110), torch.tensor([5, 9]))
    losses, own = set(), True
    method = method_of(module, support_of(module, FOUR, IMAGES), 0.5, None, top_k=2)
    others = [g for name, g in method.generators.items() if name != "neighbours"]
    states = [g.get_state() for g in others]
    for seed in range(8):
        method.support = support_of(module, FOUR, IMAGES)
        method.generators["neighbours"].manual_seed(seed)
        before = torch.get_rng_state()
        loss = answer(method.loss, at(10, 100), at(30, 120), torch.arange(2) + 20)
        own = own and torch.equal(before, torch.get_rng_state())
        losses.add(loss if isinstance(loss, str) else str(torch.as_tensor(loss).numpy().round(4)))
    find, searched = method.support.find, []

    def counted(z, *args, **settings):
        searched.append(len(z))
        return find(z, *args, **settings)

    method.support.find = counted
    answer(method.loss, at(10, 100), at(30, 120), torch.arange(2) + 20)
    seen["also searches"] = sum(searched) > 4
    seen["top k"] = (len(losses) > 1, len(losses) > 3)
    seen["own generator"] = own
    moved = [not torch.equal(g.get_state(), s) for g, s in zip(others, states, strict=True)]
    seen["also others"] = any(moved)
    method = method_of(module, module.SupportSet(7, 5), 0.5, None)
    seen["stays"] = stays(step_of, method, rand(3, 5, seed=1), rand(3, 5, seed=2))
    seen["there"] = all(there)
    seen["widened"] = answer(through_predictor, module)  # kept apart: a fault of its own
    return seen


def described(method, before, z1, z2, index):
    """What should have been recorded about the searches in the set, as it was before the step."""
    now, method.support = method.support, before
    try:
        rows = torch.cat([method.search(z, index) for z in (z1, z2)])
        return method.health(rows, index.repeat(2))
    finally:
        method.support = now


def of_set(support):
    held = zip(support.ages.tolist(), support.images.tolist(), support.rows, strict=True)
    return torch.tensor(sorted((a, i, *v.tolist()) for a, i, v in held))


def met(method, z1, z2, index):
    found = answer(method.meters, z1.detach(), z2.detach(), index)
    if isinstance(found, str):
        return {"meters": found}
    meters = {k: found.get(k, -1.0) for k in ("self_match", "real")}
    return {"meters": meters, "age": found.get("neighbour_age", -1.0)}


def through_predictor(module):
    """How the views pass through a predictor with a batch norm."""
    support = support_of(module, rand(7, 5, seed=7, dtype=torch.float64))
    method = method_of(module, support, 0.5, None, exclude_same=False)
    method.predictor = p = nn.BatchNorm1d(5).double()
    z1, z2, index = rand(3, 5, seed=1).double(), 2 + rand(3, 5, seed=2).double(), torch.arange(3)
    rows1, rows2 = method.search(z1, index), method.search(z2, index)
    before = copy.deepcopy(method.support)
    loss = torch.as_tensor(method.loss(z1, z2, index))
    mode, method.support = p.training, before
    ways = {"each by itself": (p.train()(z1), p(z2)), "together": p(torch.cat([z1, z2])).chunk(2)}
    for name, (p1, p2) in ways.items():
        right = method.direction(z1, p2, rows1) + method.direction(z2, p1, rows2)
        if equal(loss, right / 2):
            return f"{name}, {mode}"
    return f"otherwise, {mode}"


def step_of(method, z1, z2):
    """A step as in training, with `index` on the CPU. What `loss` calls is replaced by stubs."""
    method.search = lambda z, index: torch.zeros(len(z), dtype=torch.int64, device=z.device)
    method.direction = lambda z1, p2, rows: p2.sum()
    method.health = lambda rows, index: {}
    method.support.push = lambda z, images=None: None
    return method.loss(z1, z2, torch.arange(len(z1)))


class Bent(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.first, self.second = nn.Linear(d, 7), nn.Linear(7, d)
        for number, p in enumerate(self.parameters()):
            p.data = rand(*p.shape, seed=number + 70) / 2

    def forward(self, z):
        return self.second(self.first(z).tanh())


def method_of(module, support, temperature, d, seed=0, **settings):
    recipe = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
    settings = {"temperature": temperature, "support_size": 8, **settings}
    method = bare_method(module.NNCLR, recipe, seed=seed, **settings)
    method.predictor, method.support = Bent(d) if d else nn.Identity(), support
    return method.to(support.rows.dtype)
