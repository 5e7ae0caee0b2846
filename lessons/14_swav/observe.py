"""What the functions of lesson 14 return for a few small inputs of different sizes."""

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.bare import bare_method
from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import equal, told, tried
from simclr_mini.ring import Ring


def unit(rows, d, seed):
    return F.normalize(rand(rows, d, seed=seed, dtype=torch.float64), dim=1)


def spread(B, d, seed):
    return rand(B, d, seed=seed, dtype=torch.float64) * torch.linspace(0.3, 4, B)[:, None]


def cosines(B, K, seed):
    return unit(B, 5, seed) @ unit(K, 5, seed + 100).T


def normalise_(module):
    seen = {}
    for K, d, factor in [(4, 3, 0.3), (3, 7, 0.3), (2, 2, 0.3), (4, 2, 0.01)]:
        prototypes = nn.Parameter(spread(K, d, K) * factor)
        address = prototypes.data_ptr()
        module.normalise_(prototypes)
        seen[f"{K} {d}"] = prototypes.detach().clone()
        seen[f"{K} {d} parameter"] = prototypes.requires_grad and prototypes.is_leaf
        seen[f"{K} {d} place"] = prototypes.data_ptr() == address
    seen["stays"] = stays(module.normalise_, spread(4, 3, 1))
    columns = spread(3, 4, 1)
    module.normalise_(columns.T)
    seen["columns"] = columns
    with torch.no_grad():
        module.normalise_(spread(4, 3, 1))
        seen["gradients"] = torch.is_grad_enabled()
    return seen


def right_codes(scores, epsilon=0.05, iterations=3):
    log_codes = scores.double() / epsilon
    for _ in range(iterations):
        log_codes = log_codes.log_softmax(0).log_softmax(1)
    return log_codes.exp()


def sinkhorn(module):
    """Codes, and whether they are constants; if all is right, also codes that may overflow."""
    seen, right = {"stays": stays(module.sinkhorn, cosines(5, 3, 1))}, {"stays": True}
    cases = [(11, 7, 0.07, 3), (4, 9, 0.2, 1), (6, 5, 0.5, 2), (3, 2, 0.03, 10), (1, 3, 0.1, 4)]
    for B, K, epsilon, iterations in cases:
        codes = module.sinkhorn(cosines(B, K, B), epsilon, iterations)
        seen[f"{B} {K}"] = codes.double()
        right[f"{B} {K}"] = right_codes(cosines(B, K, B), epsilon, iterations)
    seen["defaults"] = module.sinkhorn(cosines(11, 7, 3)).double()
    right["defaults"] = right_codes(cosines(11, 7, 3))
    seen["gradient"] = module.sinkhorn(cosines(5, 3, 1).requires_grad_()).requires_grad
    if not equal(seen, {**right, "gradient": False}, 1e-3):
        return seen  # an overflow must not hide another fault
    given = cosines(5, 3, 1).float()
    kinds = (given, given.double(), given.bfloat16(), given.half())
    wide = (torch.float32, torch.float64)
    seen["also wide"] = all(module.sinkhorn(scores).dtype in wide for scores in kinds)
    seen["double"] = module.sinkhorn(given.double()).dtype == torch.float64
    module.sinkhorn(given)
    seen["kept"] = torch.equal(given, cosines(5, 3, 1).float())
    low = cosines(7, 5, 2)
    low[0, 0], low[1, 2] = 0.99, 0.95
    codes = module.sinkhorn(low.float(), 0.004, 3).double()
    seen["low"] = (codes * 1e3).round() / 1e3 + 0.0
    if not torch.isfinite(codes).all():
        return seen
    half = module.sinkhorn(cosines(11, 7, 4).bfloat16(), 0.05, 3).double()
    seen["half"] = (half * 2e3).round() / 2e3 + 0.0
    return seen


def codes_with_queue(module):
    seen = {}
    for B, Q, K, d, epsilon, iterations in [(3, 7, 5, 4, 0.1, 2), (5, 5, 3, 2, 0.3, 3)]:
        z, queue, prototypes = unit(B, d, 1), unit(Q, d, 2), unit(K, d, 3)
        found = module.codes_with_queue(z, queue, prototypes, epsilon, iterations)
        seen[f"{B} {Q}"] = found.double()
    z, prototypes = unit(7, 4, 1), unit(3, 4, 2)
    seen["empty"] = module.codes_with_queue(z, z[:0], prototypes).double()
    seen["stays"] = stays(module.codes_with_queue, z, unit(5, 4, 3), prototypes)
    half = z.bfloat16(), unit(5, 4, 3).float(), prototypes.bfloat16()
    half = tried(module.codes_with_queue, *half, 0.5)
    seen["half"] = half if isinstance(half, str) else str(tuple(half.shape))
    learned = nn.Parameter(prototypes.clone())
    module.codes_with_queue(z, z[:0], learned)
    seen["learns"] = learned.requires_grad
    return seen


def right_loss(scores, codes, temperature=0.1):
    losses = [
        F.cross_entropy(s / temperature, code)
        for i, code in enumerate(codes)
        for v, s in enumerate(scores)
        if v != i
    ]
    return sum(losses) / len(losses)


def with_gradients(loss, scores):
    value = loss + 0 * sum(one.sum() for one in scores)
    return loss, *torch.autograd.grad(value, scores)


@told
def swapped_loss(module):
    seen, right = {}, {}
    cases = [(5, 3, 2, 2, 0.3), (2, 7, 4, 2, 0.07), (3, 4, 5, 2, 1.0), (4, 3, 3, 2, None)]
    for B, K, views, number, tau in cases:
        scores = [cosines(B, K, 10 * B + v).requires_grad_() for v in range(views)]
        codes = [rand(B, K, seed=v, dtype=torch.float64).softmax(1) for v in range(number)]
        settings, name = [] if tau is None else [tau], f"{B} {K} {views}"
        seen[name] = with_gradients(module.swapped_loss(scores, codes, *settings), scores)
        right[name] = with_gradients(right_loss(scores, codes, *settings), scores)
    if equal(seen, right, 1e-3):  # an overflow must not hide another fault
        scores = [cosines(5, 3, 50 + v).float() for v in range(3)]
        codes = [rand(5, 3, seed=v).softmax(1) for v in range(2)]
        seen["low"] = module.swapped_loss(scores, codes, 0.004).float()
    scores = [cosines(5, 3, v) for v in range(3)]
    seen["stays"] = stays(module.swapped_loss, scores, [s.softmax(1) for s in scores[:2]])
    return seen


def method_of(module, K, d, Q, epoch, B, queued, **settings):
    settings = {"temperature": 0.3, "epsilon": 0.2, "iterations": 2, **settings}
    method = bare_method(module.SwAV, batch_size=B, prototypes=K, queue_size=Q, **settings)
    method.prototypes = nn.Parameter(spread(K, d, K))
    method.queues = nn.ModuleList(Ring(Q, d) for _ in range(2))
    method.to(torch.float64)
    method.epoch.fill_(epoch)
    for step in range(queued):
        for v, queue in enumerate(method.queues):
            queue.push(rand(B, d, seed=40 + 2 * step + v, dtype=torch.float64), torch.arange(B))
    return method


@told
def SwAV_loss(module):
    seen = {}
    cases = [  # B, K, d, views, Q, pushes before, epoch, settings
        (5, 3, 4, 2, 0, 0, 2, {}),
        (4, 3, 7, 4, 0, 0, 2, {"iterations": 3}),
        (5, 3, 4, 3, 0, 0, 1, {}),
        (5, 3, 4, 3, 0, 0, 2, {"freeze_epochs": 2}),
        (5, 3, 4, 3, 0, 0, 1, {"freeze_epochs": 0}),
        (3, 2, 4, 2, 0, 0, 1, {"freeze_epochs": 3}),
        (3, 2, 4, 2, 0, 0, 4, {"freeze_epochs": 1}),
        (3, 5, 4, 3, 6, 1, 2, {}),
        (3, 5, 4, 3, 6, 2, 2, {}),
        (3, 5, 4, 3, 6, 2, 2, {"queue_start": 2}),
    ]
    for number, (B, K, d, views, Q, queued, epoch, settings) in enumerate(cases):
        method = method_of(module, K, d, Q, epoch, B, queued, **settings)
        z = [spread(B, d, 60 + v).requires_grad_() for v in range(views)]
        parameter = method.prototypes
        loss = method.loss(z[0], z[1], torch.arange(B) + 7, *z[2:])
        value = loss + 0 * sum(one.sum() for one in z)
        grads = torch.autograd.grad(value, z, retain_graph=True)
        moved = torch.zeros_like(parameter)
        (along,) = torch.autograd.grad(
            value + 0 * z[0].sum(), [parameter], allow_unused=True, retain_graph=True
        )
        seen[f"{number}"] = (loss, *grads)
        seen[f"{number} prototypes"] = (
            parameter.detach().clone(),
            moved if along is None else along,
        )
        seen[f"{number} frozen"] = along is None
        seen[f"{number} queues"] = tuple(
            queue.rows.clone() for queue in method.queues if Q and queued
        )
        seen[f"{number} ages"] = tuple(queue.ages.clone() for queue in method.queues)
        names = ("code_entropy", "divergence", "agreement", "usage", "queue_filled")
        seen[f"{number} found"] = tuple(float(method.found.get(name, -1)) for name in names)
        tensors = [isinstance(value, torch.Tensor) for value in method.found.values()]
        seen[f"{number} plain"] = not any(tensors)
    method = method_of(module, 3, 4, 0, 1, 5, 0)
    for seed in (8, 9):
        with torch.no_grad():
            method.prototypes.copy_(spread(3, 4, seed))
        seen[f"frozen {seed}"] = method.loss(spread(5, 4, 1), spread(5, 4, 2), torch.arange(5))
    return seen
