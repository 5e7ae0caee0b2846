"""Facts about lesson 6's functions that do not depend on random draws."""

from itertools import islice

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import told, tried
from simclr_mini.views import Recipe

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
MIRROR = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)
COINS = Recipe(crop=0, flip=0.5, jitter=0, gray=0, blur=0)
CROPS = Recipe(jitter=0, gray=0, blur=0)


@told
def shuffled_batches(module):
    def epoch(N, B, generator=None):
        batches = module.shuffled_batches(N, B, generator)
        if batches is None:
            raise TypeError("there are no batches")
        return [positions(index) for index in islice(batches, 2 * N)]

    def flat(batches):
        return [b for index in batches for b in index]

    seen = {"type": types_of(module.shuffled_batches(7, 3, Generator().manual_seed(1)))}
    for N, B in [(7, 3), (10, 5), (2, 3), (4, 4), (6, 1)]:
        batches = tried(epoch, N, B, Generator().manual_seed(1))
        if isinstance(batches, str):
            seen[f"{N} {B}"] = "an error"
            continue
        order = flat(batches)
        seen[f"{N} {B}"] = tuple(len(index) for index in batches)
        seen[f"{N} {B} once"] = len(set(order)) == len(order) and set(order) <= set(range(N))
        seen[f"{N} {B} there"] = set(order) <= set(range(N))
    for N in (5000, 30_000):
        many = tried(epoch, N, 500, Generator().manual_seed(1))
        if not isinstance(many, str):
            tenths = [len({10 * b // N for b in index}) for index in many]
            key = "from all over" if N == 5000 else "also from all over"
            seen[key] = min(tenths, default=0) == 10
    three = [tried(epoch, 3, 3, Generator().manual_seed(seed)) for seed in range(80)]
    seen["orders of three"] = len({str(batches) for batches in three})
    generator = Generator().manual_seed(2)
    state, before = torch.get_rng_state(), generator.get_state()
    first = flat(epoch(40, 5, generator))
    seen["moves"] = not torch.equal(before, generator.get_state())
    second = flat(epoch(40, 5, generator))
    seen["global"] = torch.equal(state, torch.get_rng_state())
    seen["seed stays"] = generator.initial_seed() == 2
    seen["fresh"] = first != second
    once, again = flat(epoch(40, 5)), flat(epoch(40, 5))
    seen["fresh without"] = once != again
    seen["shuffled without"] = once != sorted(once)
    states = []
    for drawn in (0, 3):
        torch.default_generator.manual_seed(4)
        torch.rand(drawn)
        flat(epoch(40, 5))
        states.append(torch.get_rng_state())
    seen["global is seeded"] = torch.equal(*states)
    drawing = Generator().manual_seed(5)
    states = [drawing.get_state() for _ in islice(module.shuffled_batches(12, 3, drawing), 4)]
    seen["draws once"] = all(torch.equal(state, states[0]) for state in states)
    used = Generator().manual_seed(2)
    torch.rand(3, generator=used)
    seen["goes on"] = flat(epoch(40, 5, used)) != first
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
    kept = [index for index in islice(module.shuffled_batches(40, 5, generator), 2)]
    seen["kept"] = len(kept) < 2 or positions(kept[0]) != positions(kept[1])
    seen["overlap"] = any(set(a) & set(b) for a, b in zip(many[0], many[0][1:]))  # noqa: B905
    seen["one batch"] = all(index == many[0][0] for index in many[0])
    seen["twice inside"] = any(len(set(index)) < len(index) for b in many for index in b)
    seen["all are seen"] = len({b for _ in range(20) for b in flat(epoch(5, 3, generator))}) == 5
    return seen


def positions(index) -> list:
    """The positions in a batch as a list, whatever type the batch has."""
    return index.flatten().tolist() if isinstance(index, torch.Tensor) else [int(b) for b in index]


def types_of(batches) -> str:
    """The type and shape of the first batch, as text."""
    if batches is None:
        return "nothing"
    for index in islice(batches, 1):
        if not isinstance(index, torch.Tensor):
            return type(index).__name__
        return f"{index.dtype} {tuple(index.shape)}"
    return "no batch"


def pair(views, like):
    """The two views, or a description if they are not two tensors of the right shape."""
    if not isinstance(views, tuple | list) or len(views) != 2:
        shape = f" {tuple(views.shape)}" if isinstance(views, torch.Tensor) else ""
        return type(views).__name__ + shape
    if not all(isinstance(view, torch.Tensor) for view in views):
        return str([type(view).__name__ for view in views])
    if any(view.shape != like.shape for view in views):
        return str([tuple(view.shape) for view in views])
    return tuple(views)


def shown(view, x) -> str:
    """For each row of a view, the number of the image that it equals, or "none"."""
    rows = [[b for b in range(len(x)) if torch.equal(row, x[b])] for row in view]
    return str(["none" if not row else row[0] for row in rows])


@told
def SimCLR_views(module):
    def method(recipe, **settings):
        return bare_method(module.SimCLR, recipe, **settings)

    x = rand(5, 3, 4, 4, seed=1).sigmoid()
    seen = {}
    for name, recipe in [("nothing", NOTHING), ("mirror", MIRROR)]:
        seen[name] = pair(method(recipe).views(x.clone()), x)
    seen["evaluation"] = pair(method(MIRROR).eval().views(x.clone()), x)
    if any(isinstance(came, str) for came in seen.values()):
        return seen
    # the control may use either neighbour
    made = [pair(method(NOTHING, positives="wrong", seed=s).views(x.clone()), x) for s in range(4)]
    if any(isinstance(came, str) for came in made):
        return seen | {"control": str(made)}
    # whether row b of both views shows the same image, whichever it is
    seen["control pairs"] = all(shown(x1, x) == shown(x2, x) for x1, x2 in made)
    for i, name in enumerate(["first", "second"]):
        rows = {shown(views[i], x) for views in made}
        mixed = "none" in "".join(rows)
        kept = torch.equal(made[0][0], x)
        near = [kept and torch.equal(made[0][i], x.roll(shift, 0)) for shift in (1, -1)]
        word = "a neighbour" if any(near) else rows.pop() if len(rows) == 1 else "drawn"
        seen[f"control {name}"] = made[0][i] if mixed else word
    plain = method(NOTHING)
    plain.options = object()
    seen["also no options"] = str(tried(lambda: len(plain.views(x.clone()))))
    marked = torch.zeros(200, 3, 2, 2)
    marked[:, :, :, 0] = 1
    one, two = (v[:, 0, 0, 0] < 0.5 for v in method(COINS).views(marked))
    seen["mirrored"] = tuple(0.3 < float(v.float().mean()) < 0.7 for v in (one, two, one ^ two))
    crops = method(CROPS, seed=1)
    state, order = torch.get_rng_state(), crops.generators["order"].get_state()
    first, second = (torch.stack(list(crops.views(x))) for _ in range(2))
    moved = crops.generators["views"].get_state()
    fresh = method(CROPS, seed=1).generators["views"].get_state()
    seen["views moves"] = not torch.equal(moved, fresh)
    turned = method(CROPS, seed=1, positives="wrong")
    one, two = turned.views(x)
    state = torch.get_rng_state()
    later = turned.generators["views"].get_state()
    normal = method(CROPS, seed=1)
    normal.views(x)
    seen["also control later"] = torch.equal(later, normal.generators["views"].get_state())
    with torch.no_grad():
        method(CROPS, seed=1, positives="wrong").views(x)
        seen["control gradients"] = torch.is_grad_enabled()
    seen["control global"] = torch.equal(state, torch.get_rng_state())
    seen["control drawn"] = not any(torch.equal(two, one.roll(shift, 0)) for shift in (1, -1))
    seen["control first drawn"] = not torch.equal(one, x)
    seen["global"] = torch.equal(state, torch.get_rng_state())
    seen["order"] = torch.equal(order, crops.generators["order"].get_state())
    seen["fresh"] = (not torch.equal(first[0], second[0]), not torch.equal(first[1], second[1]))
    seen["repeats"] = torch.equal(torch.stack(list(method(CROPS, seed=1).views(x))), first)
    seen["other seed"] = not torch.equal(torch.stack(list(method(CROPS, seed=2).views(x))), first)
    again = method(CROPS, seed=1)
    torch.rand(3)  # a different state of the global generator
    again.generators["order"].manual_seed(99)
    again = again.views(x)
    seen["each repeats"] = tuple(torch.equal(a, b) for a, b in zip(again, first, strict=True))
    normal, control = (method(CROPS, positives=kind) for kind in ("same", "wrong"))
    return seen | {"stays": stays(lambda x: (normal.views(x), control.views(x)), x)}


class Pixels(nn.Module):
    """Flattens pictures; it needs all four dimensions, as a convolution does."""

    def forward(self, x):
        B, C, H, W = x.shape
        return x.reshape(B, C * H * W)


def linear(inputs, outputs, seed):
    layer = nn.Linear(inputs, outputs).double()
    layer.weight.data = rand(outputs, inputs, seed=seed, dtype=torch.float64)
    layer.bias.data = rand(outputs, seed=seed + 1, dtype=torch.float64)
    return layer


@told
def SimCLR_project(module):
    encoder = nn.Sequential(Pixels(), linear(12, 4, 1), nn.Tanh(), nn.BatchNorm1d(4).double())
    projector = nn.Sequential(linear(4, 4, 3), nn.Tanh(), linear(4, 4, 5))
    method = bare_method(module.SimCLR, NOTHING, encoder=encoder, projector=projector)
    given = rand(6, 3, 2, 2, seed=7, dtype=torch.float64)
    x = given.clone().requires_grad_()
    z = method.project(x)
    if not isinstance(z, torch.Tensor):
        parts = len(z) if isinstance(z, tuple | list) else 0
        return {"z": f"{type(z).__name__} of {parts}"}
    inputs = [x, *(p for p in method.parameters() if p.requires_grad)]
    value = (z * rand(*z.shape, seed=8, dtype=torch.float64)).sum()
    value = value + 0 * sum(p.sum() for p in inputs)
    grads = torch.autograd.grad(value, inputs, allow_unused=True)
    seen = {"z": z, "gradient": none_is_zero(grads), "mode": modes(method)}
    seen["kept"] = torch.equal(x.detach(), given)
    seen["batches"] = int(encoder[-1].num_batches_tracked)  # after the backward pass, too
    seen["can learn"] = str([p.requires_grad for p in method.parameters()])
    torch.set_grad_enabled(True)
    for key, B in [("many", 300), ("also more", 1100)]:
        seen[key] = tried(method.project, rand(B, 3, 2, 2, seed=9, dtype=torch.float64))
    method.eval()
    seen["in evaluation"] = small = tried(method.project, x[:2].detach())
    seen["gradient in evaluation"] = getattr(small, "requires_grad", False)
    seen["gradients stay on"] = torch.is_grad_enabled()
    seen["mode in evaluation"] = modes(method)
    return seen | {"stays": stays(lambda method, x: method.project(x), method, given)}


def modes(method):
    return str([part.training for part in method.modules()])


@told
def SimCLR_loss(module):
    seen = {}
    cases = [(3, 5, 0.5, "same"), (4, 2, 0.1, "same"), (5, 3, 1.0, "wrong")]
    for B, d, temperature, positives in cases:
        choices = {"temperature": temperature, "positives": positives}
        method = bare_method(module.SimCLR, NOTHING, **choices)
        z1, z2 = (rand(B, d, seed=s).requires_grad_() for s in (1, 2))
        index = torch.tensor([3, 0, 4, 1, 2])[:B] if B == 5 else torch.arange(B)
        loss = method.loss(z1, z2, index)
        if not isinstance(loss, torch.Tensor):
            seen[f"{B} {d}"] = loss if isinstance(loss, float) else type(loss).__name__
            continue
        value = loss.sum() + 0 * (z1.sum() + z2.sum())
        grads = torch.autograd.grad(value, (z1, z2), allow_unused=True)
        seen[f"{B} {d}"] = (loss, *none_is_zero(grads))
    method = bare_method(module.SimCLR, NOTHING, temperature=0.01)
    names, z1, z2 = sorted(method.state_dict()), rand(4, 5, seed=1), rand(4, 5, seed=2)
    low = tried(method.loss, z1, z2, torch.arange(4))
    if isinstance(low, torch.Tensor):
        seen["low"] = low
    seen["names"] = sorted(method.state_dict()) == names
    method = bare_method(module.SimCLR, NOTHING, temperature=0.5)
    for name, index in [("one index", [2, 2, 2, 2]), ("far index", [901, 17, 45, 2])]:
        came = tried(method.loss, z1, z2, torch.tensor(index))
        seen[name] = came if isinstance(came, torch.Tensor | str | float) else type(came).__name__
    return seen | {"stays": stays(lambda *z: method.loss(*z, torch.arange(4)), z1, z2)}


def none_is_zero(grads):
    return tuple(torch.zeros(1) if grad is None else grad for grad in grads)
