"""What the functions of lesson 13 return for small inputs."""

import torch
import torch.nn.functional as F
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import equal, refuses, told, tried

SIZES = [(3, 7, 5), (5, 11, 2), (1, 3, 4), (3, 2, 4)]


def spread(B, d, seed):
    z = rand(B, d, seed=seed, dtype=torch.float64)
    return z * torch.logspace(-1, 1.5, B, dtype=torch.float64)[:, None]


def inputs_of(B, K, d):
    """Queries, keys and a queue."""
    q, k = (spread(B, d, seed).requires_grad_() for seed in (B, B + 40))
    return q, k, F.normalize(rand(K, d, seed=K + 80, dtype=torch.float64), dim=1)


def with_gradients(value, weights, *inputs):
    """A result, and the gradient of its weighted sum, or a text if no gradient flows back."""
    total = (value * weights).sum() + 0 * sum(one.sum() for one in inputs)
    try:
        return value.detach().clone(), *torch.autograd.grad(total, inputs)
    except RuntimeError:
        return value.detach().clone(), "no way back"


@told
def similarities(module):
    seen = {}
    for B, K, d in SIZES:
        q, k, queue = inputs_of(B, K, d)
        found = module.similarities(q, k, queue)
        weights = rand(*found.shape, seed=3, dtype=torch.float64)
        seen[f"{B} {K}"] = with_gradients(found, weights, q, k)
    seen["stays"] = stays(module.similarities, q.detach(), k.detach(), queue)
    with torch.no_grad():
        found = module.similarities(q, k, queue)
        then = found.clone()
        module.similarities(q.flip(0), k, queue)
    return seen | {"overwritten": not torch.equal(found, then)}


def right_loss(q, k, queue, temperature=0.2):
    q, k = F.normalize(q, dim=1), F.normalize(k.detach(), dim=1)
    logits = torch.cat([(q * k).sum(1, keepdim=True), q @ queue.T], dim=1) / temperature
    return F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.int64))


@told
def moco_loss(module):
    seen, right = {}, {}
    for (B, K, d), temperature in zip(SIZES, (0.5, 0.13, None, 0.3), strict=True):
        q, k, queue = inputs_of(B, K, d)
        settings = [] if temperature is None else [temperature]
        loss = module.moco_loss(q, k, queue, *settings)
        seen[f"{B} {K}"] = with_gradients(loss, 1, q, k)
        right[f"{B} {K}"] = with_gradients(right_loss(q, k, queue, *settings), 1, q, k)
    if equal(seen, right, 1e-3):  # an overflow must not hide another fault
        q, k, queue = inputs_of(9, 4, 3)
        seen["rare"] = with_gradients(module.moco_loss(q, k, queue, 0.06), 1, q, k)
        q, k, queue = (one.detach().float() for one in inputs_of(3, 7, 5))
        seen["low"] = module.moco_loss(q, k, queue, 0.005)
        q = torch.tensor([[1.0, 0.0], [0.8, 0.6]])
        seen["near"] = module.moco_loss(q, q, -q[:1], 0.01)
    seen["stays"] = stays(module.moco_loss, *(x.detach() for x in inputs_of(3, 7, 5)))
    seen["many"] = module.moco_loss(*(x.detach() for x in inputs_of(385, 2, 3)))
    return seen


class Net(nn.Module):
    """An encoder with a batch norm, a head, and two parameters of its own, drawn from a seed."""

    def __init__(self, seed):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2, 2))
        self.shift = nn.Parameter(torch.zeros(2, 2))
        self.encoder = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
        self.head = nn.Linear(3, 2)
        for number, value in enumerate([*self.parameters(), *self.buffers()]):
            if value.is_floating_point():
                value.data = rand(*value.shape, seed=10 * seed + number, dtype=torch.float64)
        self.encoder[1].num_batches_tracked.fill_(seed)


@told
def follow(module):
    seen = {}
    for momentum, steps in [(0.9, 1), (0.75, 3), (0.3, 2), (0.0, 1), (1.0, 2)]:
        key, query = Net(1).requires_grad_(False), Net(2)
        for _ in range(steps):
            module.follow(key, query, momentum)
        seen[f"{momentum} key"] = tuple(value.detach() for value in key.state_dict().values())
        seen[f"{momentum} query"] = tuple(value.detach() for value in query.state_dict().values())
        seen[f"{momentum} graph"] = any(p.requires_grad for p in key.parameters())
        seen[f"{momentum} learns"] = all(p.requires_grad for p in query.parameters())
        seen[f"{momentum} modes"] = key.training, query.training
    key, query = Net(1).requires_grad_(False).eval(), Net(2).eval()
    module.follow(key, query, 0.9)
    seen["modes"] = str([part.training for part in (*key.modules(), *query.modules())])
    key, query = (nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last) for _ in range(2))
    for number, one in enumerate([key, query]):
        one.weight.data.copy_(rand(3, 2, 3, 3, seed=number))
    module.follow(key.requires_grad_(False), query, 0.7)
    seen["channels last"] = key.weight.detach()
    key, query = Net(1).requires_grad_(False), Net(2)
    module.follow(key, query, 0.0)
    for p in query.parameters():
        p.data.add_(1)
    seen["its own memory"] = tuple(p.detach().clone() for p in key.parameters())
    key, query = Net(1).requires_grad_(False), Net(2)
    next(query.parameters()).requires_grad_(False)
    module.follow(key, query, 0.7)
    seen["frozen"] = next(key.parameters()).detach().clone()
    key, query = (nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)) for _ in range(2))
    for number, network in enumerate([key, query]):
        network[0].weight.data.copy_(rand(2, 2, seed=number))
        network[1].weight = network[0].weight
    said = tried(module.follow, key.requires_grad_(False), query, 0.75)
    right = 0.75 * rand(2, 2, seed=0) + 0.25 * rand(2, 2, seed=1)
    moved = "as it should" if torch.allclose(key[0].weight, right, atol=1e-6) else "otherwise"
    return seen | {"also shared": said if isinstance(said, str) else moved}


@told
def Ring_push(module):
    seen = {}
    for K, d, sizes in [(7, 3, [3] * 6), (5, 2, [2, 4, 1, 5, 3]), (4, 2, [4, 4]), (9, 3, [2, 3])]:
        ring, number = module.Ring(K, d, Generator().manual_seed(7)), 0
        begin = {tuple(row) for row in ring.rows.tolist()}
        for step, B in enumerate(sizes):
            images = torch.arange(number, number + B) * 7 % 31
            known = step % 3 < 2 or K == 7
            ring.push(spread(B, d, step).float(), images if known else None)
            seen[f"{K} {step}"] = contents(ring, begin)
            seen[f"{K} {step} position"] = 0 <= int(ring.position) < K
            number += B
    ring = module.Ring(5, 3)
    for step in (1, 2):
        ring.push(spread(2, 3, step).float())
    seen["ages of unknown rows"] = str(sorted(ring.ages.tolist()))
    ring = module.Ring(5, 3)
    ring.push(spread(3, 3, 1).float().requires_grad_() * 2)
    seen["gradient"] = ring.rows.requires_grad
    seen["state"] = str(sorted(ring.state_dict()))
    seen["also place"] = tried(places_of_single_rows, module.Ring(5, 3))
    seen["stays"] = stays(push, module.Ring(7, 5), rand(3, 5, seed=1))
    z = rand(3, 5, seed=1)
    module.Ring(7, 5).push(z)
    seen["there"] = torch.equal(z, rand(3, 5, seed=1))
    first, second = (module.Ring(5, 3, Generator().manual_seed(s)) for s in (1, 2))
    first.push(rand(3, 3, seed=1), torch.arange(3))
    second.push(rand(4, 3, seed=2), torch.arange(4))
    second.load_state_dict(first.state_dict())
    second.push(rand(4, 3, seed=3), torch.arange(3, 7))
    seen["loaded"] = contents(second)
    ring = module.Ring(5, 3)
    ring.push(rand(5, 3, seed=3).bfloat16())
    seen["also half"] = bool((ring.rows.norm(dim=1) - 1).abs().max() < 1e-5)
    ring = module.Ring(2, 3, Generator().manual_seed(7))
    ring.push(rand(1, 3, seed=2), torch.tensor([4]))
    seen["also refuses"] = refuses(ring.push, rand(3, 3, seed=1), torch.arange(3))
    seen["also refused"] = str((ring.images.tolist(), ring.ages.tolist()))
    double = module.Ring(5, 3).double()
    seen["double"] = tried(lambda: str(double.push(rand(2, 3, seed=1).double())))
    return seen


def push(ring, z):
    ring.push(z, torch.arange(len(z)))
    return ring.rows, ring.images, ring.ages


def places_of_single_rows(ring):
    """Whether rows that are pushed one at a time go where `position` says."""
    found = []
    for b in range(3):
        place, z = int(ring.position), rand(1, 3, seed=20 + b)
        ring.push(z, torch.tensor([b]))
        there = ring.rows[place : place + 1].float()
        found.append(place < 5 and torch.cosine_similarity(there, z).item() > 0.9999)
    return str(found)


def contents(ring, begin=()):
    """The pushed rows with ages and images, and the images and ages of the initial rows left."""
    held = zip(ring.rows.tolist(), ring.images.tolist(), ring.ages.tolist(), strict=True)
    held = list(held)
    new = sorted((age, image, *row) for row, image, age in held if tuple(row) not in begin)
    said = sorted((image, age) for row, image, age in held if tuple(row) in begin)
    return torch.tensor(new), str(said)


class Kept(nn.Module):
    """A ring with its own `push`, so that the learner's does not matter here."""

    def __init__(self, K, d):
        super().__init__()
        rows = F.normalize(rand(K, d, seed=K, dtype=torch.float64), dim=1)
        self.register_buffer("rows", rows)
        self.register_buffer("images", torch.full((K,), -1))
        self.register_buffer("ages", torch.full((K,), -1))
        self.position = 0

    def push(self, z, images=None):
        places = (self.position + torch.arange(len(z))) % len(self.rows)
        self.ages += self.ages >= 0
        self.rows[places] = F.normalize(z.detach(), dim=1)
        self.images[places] = -1 if images is None else images.to(self.images)
        self.ages[places] = 0
        self.position = (self.position + len(z)) % len(self.rows)

    def filled(self):
        return float((self.ages >= 0).double().mean())


def backward_through_two(method, *given):
    """Add the losses of two steps, then go backward once, as when gradients are accumulated."""
    sum(method.loss(*given) for _ in range(2)).backward()


@told
def MoCo_loss(module):
    seen = {}
    for B, K, d, views, temperature in [(3, 13, 5, 2, 0.5), (2, 9, 3, 2, 0.13), (4, 11, 2, 1, 0.3)]:
        method = bare_method(
            module.MoCo,
            encoder=nn.Linear(2, 2),
            temperature=temperature,
            queue_size=K,
            symmetric=views == 2,
        ).double()
        method.queue = Kept(K, d)
        for p in method.key_network.parameters():
            p.mul_(0.5)  # it lags behind
        for step in range(3):
            z1, z2 = (spread(views * B, d, seed + step).requires_grad_() for seed in (1, 50))
            index = torch.arange(B) * 2 + step
            name = f"{B} {K} {step}"
            loss = method.loss(z1, z2, index)
            seen[name] = with_gradients(loss, 1, z1, z2)
            seen[name + " queue"] = contents(method.queue)
            seen[name + " graph"] = method.queue.rows.requires_grad
            found = method.meters(z1.detach(), z2.detach(), index)
            wanted = ("key_accuracy", "own_in_queue", "key_similarity", "queue_similarity")
            wanted += ("queue_similarity_max", "queue_filled", "key_age")
            seen[name + " meters"] = {key: found.get(key, -1.0) for key in wanted}
            lag = [float(p.detach().norm()) for p in method.key_network.parameters()]
            seen[name + " key network"] = tuple(lag)
        seen[f"{B} {K} counted"] = int(method.own_in_queue[1])
        seen[f"{B} {K} both"] = str(tried(backward_through_two, method, z1, z2.detach(), index))
    settings = {"temperature": 0.5, "queue_size": 7, "symmetric": False}
    method = bare_method(module.MoCo, encoder=nn.Linear(2, 2), **settings)
    method.queue = Kept(7, 5).float()
    return seen | {"stays": stays(one_step, method, rand(3, 5, seed=1), rand(3, 5, seed=2))}


def one_step(method, z1, z2):
    method.health = lambda q, k, images: {}
    return method.loss(z1, z2, torch.arange(len(z1)))
