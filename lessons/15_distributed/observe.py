"""What the functions of lesson 15 return for small inputs. Each process is a thread."""

import weakref

import numpy
import torch
from torch import nn

from lessons.course.check import rand
from lessons.course.device import stays, strays
from lessons.course.evidence import Later, tried
from lessons.course.ranks import together

SIZES = [(4, 2), (7, 3)]  # images and processes: equal shares, and unequal ones


def numbers(*shape, seed, dtype=torch.float64):
    return rand(*shape, seed=seed, dtype=dtype)


def attempt(W, work):
    """What each process returns, or "an error" if one of them raises an error."""
    try:
        return tuple(together(W, work))
    except Exception:
        return "an error"


def all_rows(module):
    seen = {}
    for B, W in [*SIZES, (5, 2), (2, 3)]:
        parts = numbers(B, 3, seed=B).tensor_split(W)
        seen[f"{B} {W}"] = attempt(W, lambda r, p=parts, B=B: module.all_rows(p[r], B).double())
    zeros = torch.zeros(5, 2, dtype=torch.float64).tensor_split(2)
    seen["also zeros"] = str(attempt(2, lambda r: tuple(module.all_rows(zeros[r], 5).shape)))
    columns = [rows.T.contiguous().T for rows in numbers(2, 5, seed=3).T.tensor_split(2)]
    whole = numbers(2, 5, seed=3).T
    came = attempt(2, lambda r: torch.equal(module.all_rows(columns[r], 5).double(), whole))
    seen["also columns"] = str(came)
    learns = [rows.clone().requires_grad_() for rows in numbers(5, 2, seed=4).tensor_split(2)]
    seen["also graph"] = str(attempt(2, lambda r: module.all_rows(learns[r], 5).requires_grad))
    seen["stays"] = Later(lambda: str(attempt(2, lambda r: strays(module.all_rows, learns[r], 5))))
    parts = numbers(4, 2, seed=1).tensor_split(2)
    types = attempt(2, lambda r: f"{module.all_rows(parts[r], 4).dtype}")
    halves = attempt(2, lambda r: f"{module.all_rows(parts[r].half(), 4).dtype}")
    return {**seen, "double": types[0], "half": halves[0]}


def Gather_backward(module):
    seen = {}
    for B, W in SIZES:
        parts, weights = numbers(B, 2, seed=B).tensor_split(W), numbers(W, B, 2, seed=W)

        def work(rank, parts=parts, weights=weights, B=B):
            leaf = torch.zeros(B, 2, dtype=torch.float64, requires_grad=True)
            other = leaf * 1
            rows = parts[rank].clone().requires_grad_()
            z = module.Gather.apply(rows, B)
            ((z + other) * weights[rank]).sum().backward()
            none = torch.zeros_like(rows)
            return none if rows.grad is None else rows.grad, leaf.grad

        seen[f"{B} {W}"] = attempt(W, work)

    def silent(rank):
        rows = numbers(2, 1, seed=rank).requires_grad_()
        (rank * module.Gather.apply(rows, 4).sum()).backward()
        return torch.zeros_like(rows) if rows.grad is None else rows.grad

    return seen | {"one loss of zero": attempt(2, silent)}


class Plain:
    def __init__(self, *groups):
        self.param_groups = [{"params": list(group), "lr": 0.1} for group in groups]


def average_gradients(module):
    seen = {}
    for W in (2, 3):

        def work(rank):
            shapes = [[(2, 3), (3,), None], [(4,), (1, 2)]]
            groups = [
                [nn.Parameter(torch.ones(shape or (2,)).double()) for shape in group]
                for group in shapes
            ]
            flat = [p for group in groups for p in group]
            for number, p in enumerate(flat):
                p.grad = None if number == 2 else numbers(*p.shape, seed=10 * rank + number)
            flat[0].grad = flat[0].grad.T.contiguous().T  # stored column by column
            optimizer = Plain(*groups)
            module.average_gradients(optimizer)
            grads = tuple("none" if p.grad is None else p.grad for p in flat)
            again = Plain(flat[:1])
            for step in (1, 2):
                flat[0].grad = torch.full((2, 3), step + 2.0 * rank).double()
                module.average_gradients(again)
            flat[2].grad = torch.full_like(flat[2], 1.0 + rank)
            module.average_gradients(optimizer)
            return grads, tuple(p.detach() for p in flat), flat[0].grad, flat[2].grad

        seen[f"{W}"] = attempt(W, work)
    return seen


def own_places(module):
    seen = {}
    for B, W in [*SIZES, (5, 2), (2, 3)]:
        seen[f"{B} {W}"] = attempt(W, lambda r, B=B: tuple(module.own_places(B)))
    types = attempt(3, lambda r: " ".join(str(one.dtype) for one in module.own_places(2)))
    meta = attempt(2, lambda r: f"{module.own_places(5, torch.device('meta'))[1].device}")

    def by_default(rank):
        with torch.device("meta"):
            return f"{module.own_places(5)[1].device}"

    seen |= {"types": types, "there": meta[0] == "meta"}
    return seen | {"default": attempt(2, by_default)[0]}


def views_of(B):
    scale = torch.linspace(0.3, 3, B, dtype=torch.float64)[:, None]
    return tuple(scale * numbers(B, 3, seed=B + v) for v in (1, 2))


def own_nt_xent_loss(module):
    seen = {}
    several = [*SIZES, (5, 2), (6, 2)]
    for (B, W), settings in zip(several, ([0.3], [0.7], [], [0.06]), strict=True):
        views = views_of(B)

        def work(rank, views=views, B=B, W=W, settings=settings):
            own = [z.tensor_split(W)[rank].clone().requires_grad_() for z in views]
            loss = module.own_nt_xent_loss(*own, B, *settings)
            (loss + 0 * sum(z.sum() for z in own)).backward()
            return loss.detach(), *(z.grad for z in own)

        seen[f"{B} {W}"] = attempt(W, work)
    low = [z.float() for z in views_of(5)]
    shares = attempt(
        2, lambda r: module.own_nt_xent_loss(*(z.tensor_split(2)[r] for z in low), 5, 0.005)
    )
    if not isinstance(shares, str):
        is_finite = all(torch.isfinite(share) for share in shares)
        seen["low"] = sum(shares) if is_finite else "not finite"
    seen["stays"] = stays(module.own_nt_xent_loss, *views_of(5), 5)
    return seen


def moments(module):
    seen = {}
    for B, W in [*SIZES, (5, 2)]:
        x = numbers(B, 2, seed=B) + torch.arange(B)[:, None]

        def work(rank, x=x, B=B, W=W):
            own = x.tensor_split(W)[rank].clone().requires_grad_()
            mean, var = module.moments(own, B)
            total = (rank + 1) * (mean.sin() + var).sum() + 0 * own.sum()
            total.backward()
            return mean.detach(), var.detach(), own.grad

        seen[f"{B} {W}"] = attempt(W, work)
    far = (numbers(7, 2, seed=1) + 3000).float()
    right = far.double().var(0, correction=0)

    def is_near(rank):  # what is left after the digits cancel depends on the order of the sums
        found = module.moments(far.tensor_split(3)[rank], 7)[1].double()
        return "near" if torch.allclose(found, right, rtol=1e-2, atol=0) else "few digits"

    return {**seen, "far": attempt(3, is_near)}


class Method(nn.Module):
    """A network that records its intermediate results."""

    def __init__(self):
        super().__init__()
        self.first, self.norm, self.last = nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)
        for number, p in enumerate(self.parameters()):
            p.data = rand(*p.shape, seed=40 + number)
        self.double()
        self.work = []

    def project_views(self, views):
        return [self.project(x) for x in views]

    def project(self, x):
        h = torch.tanh(self.norm(self.first(x)))
        factors = numpy.linspace(0.5, 2, 4)
        self.work.append(weakref.ref(factors))
        return self.last(h * torch.from_numpy(factors))


def project_chunk(module):
    seen = {}
    for B, number in [(4, 2), (3, 3)]:
        method = Method()
        views = [numbers(B, 3, seed=B + v) for v in range(number)]
        z = list(module.project_chunk(method, views))
        name = f"{B} {number}"
        seen[f"{name} values"] = tuple(one.detach() for one in z)
        seen[f"{name} left"] = sum(one() is not None for one in method.work)
        seen[f"{name} first"] = tuple(one.clone().double() for one in method.norm.buffers())
        seen[f"{name} graph"] = all(one.requires_grad for one in z)
        total = sum((v + 1.5) * one.sin() for v, one in enumerate(z))
        total = (total * torch.arange(1.0, 2 * B + 1).view(B, 2)).square().mean()
        if total.requires_grad:
            total.backward()
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in method.parameters()]
        seen[f"{name} gradient"] = torch.cat([g.flatten() for g in grads])
        seen[f"{name} second"] = tuple(one.clone().double() for one in method.norm.buffers())
    method, views = Method(), [numbers(4, 3, seed=v) for v in (5, 6)]
    z = list(module.project_chunk(method, views))
    method.norm.running_mean.fill_(5.0)
    if all(one.requires_grad for one in z):
        tried(sum(one.sum() for one in z).backward)
    seen["between"] = method.norm.running_mean.clone()
    method = Method()
    z = list(module.project_chunk(method, views))
    if z[0].requires_grad:
        tried(z[0].sum().backward)
    seen["one view"] = method.last.bias.grad is not None
    together = tried(lambda: [one.detach() for one in module.project_chunk(Joined(), views)])
    return seen | {"together": together}


class Joined(Method):
    """A network that looks at all views at once."""

    def project_views(self, views):
        return list(self.project(torch.cat(views)).chunk(len(views)))
