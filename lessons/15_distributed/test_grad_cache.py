"""Lesson 15, second part: the gradient of a large batch in the memory of a small one."""

import weakref

import numpy
import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.check import Result, about, bind, compare, rand, wrong
from simclr_mini.grad_cache import project_chunk, project_in_chunks
from simclr_mini.nt_xent import nt_xent_loss


class Method(nn.Module):
    """A network with a record of its intermediate results: `left()` counts those in memory."""

    def __init__(self, norm=False):
        super().__init__()
        self.first, self.last = nn.Linear(3, 4), nn.Linear(4, 2)
        self.norm = nn.BatchNorm1d(4) if norm else nn.Identity()
        for number, p in enumerate(self.parameters()):
            p.data = rand(*p.shape, seed=40 + number)
        self.double()
        self.work = []

    def project_views(self, views):
        return [self.project(x) for x in views]

    def project(self, x):
        h = torch.tanh(self.norm(self.first(x)))
        factors = numpy.linspace(0.5, 2, 4)  # the backward pass needs them
        self.work.append(weakref.ref(factors))
        return self.last(h * torch.from_numpy(factors))

    def left(self):
        return sum(one() is not None for one in self.work)

    def gradient(self):
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.parameters()]
        return torch.cat([g.flatten() for g in grads])


def views_of(B, number=2):
    return [rand(B, 3, seed=10 * B + v, dtype=torch.float64) for v in range(number)]


def projected(method, views):
    """project_chunk(method, views), and how it was called."""
    text = f"{bind(project_chunk, (method, views), {})[0]}"
    z = project_chunk(method, views)
    if not isinstance(z, list | tuple) or not all(map(torch.is_tensor, z)):
        wrong("Return a list of tensors, one for each view.", call=text, got=z)
    return Result(text, list(z))


def loss_of(z):
    """A loss in which every number of every view counts, and the views interact."""
    total = sum((v + 1.5) * one.sin() for v, one in enumerate(z))
    return (total * torch.arange(1.0, 1 + total.numel()).view(total.shape)).square().mean()


def same_gradient(got, expected, call):
    if (got - expected).norm() > 1e-8 * expected.norm():
        ratio = float(got.norm() / expected.norm())
        turn = float(F.cosine_similarity(got, expected, dim=0))
        said = f"The parameters' gradient has {ratio:.4g} times the right norm; its cosine with the"
        wrong(f"{said} right one is {turn:.4f}.", call=call)


@about("project_chunk")
def test_projections_are_those_of_the_network():
    """Each view gets its projections, in the order of the views."""
    for B, number in [(3, 2), (2, 3), (4, 1)]:
        expected = Method().project_views(views_of(B, number))
        got = projected(Method(), views_of(B, number))
        got.gives([one.detach() for one in expected], rtol=1e-9)


class Together(Method):
    """A method that looks at all views at once, as one with small crops does."""

    def project_views(self, views):
        return list(self.project(torch.cat(views)).chunk(len(views)))


@about("project_chunk")
def test_the_views_of_a_chunk_stay_together():
    """A method may look at its views together: a batch norm here sees both at once."""
    expected = Together(norm=True).project_views(views_of(4))
    got = projected(Together(norm=True), views_of(4))
    got.gives([one.detach() for one in expected], rtol=1e-9)


@about("project_chunk", step="the way back")
def test_parameters_get_the_gradient_of_the_chunk():
    """The gradient has the right direction and size, for two views and for three."""
    for B, number in [(3, 2), (2, 3)]:
        plain, cached = Method(), Method()
        loss_of(plain.project_views(views_of(B, number))).backward()
        got = projected(cached, views_of(B, number))
        if not all(one.requires_grad for one in got.value):
            wrong("The projections have no gradient.", call=got.call)
        loss_of(got.value).backward()
        same_gradient(cached.gradient(), plain.gradient(), f"{got.call}, then backward()")


@about("project_chunk", step="the way back")
def test_a_loss_may_use_a_single_view():
    """The parameters get the gradient of this view alone."""
    plain, cached = Method(), Method()
    loss_of(plain.project_views(views_of(3))[:1]).backward()
    got = projected(cached, views_of(3))
    loss_of(got.value[:1]).backward()
    same_gradient(cached.gradient(), plain.gradient(), f"{got.call}, backward() of the first view")


@about("project_chunk", step="nothing but projections stays")
def test_the_first_pass_leaves_nothing_but_projections():
    """The network's intermediate results are gone when the call returns."""
    method = Method()
    got = projected(method, views_of(3))
    if method.left():
        said = "Tensors from inside the network are still held after the first pass."
        wrong(said, call=got.call, expected=0, got=method.left())
    loss_of(got.value).backward()


@about("project_chunk", step="the second pass leaves no trace")
def test_running_statistics_move_once():
    """A batch norm's running mean, variance and counter are those of one pass."""
    plain, cached = Method(norm=True), Method(norm=True)
    loss_of(plain.project_views(views_of(4))).backward()
    got = projected(cached, views_of(4))
    names = ("running_mean", "running_var", "num_batches_tracked")
    for when in ("after the call", "after backward()"):
        for name in names:
            text = f"{name} {when}, {got.call}"
            compare(text, getattr(cached.norm, name), getattr(plain.norm, name), 1e-9, 0.0)
        if when == "after the call":
            loss_of(got.value).backward()
    same_gradient(cached.gradient(), plain.gradient(), f"{got.call}, then backward()")


@about("project_chunk", step="the second pass leaves no trace")
def test_statistics_that_have_changed_between_the_passes_stay():
    """Other chunks move the running statistics between a chunk's first pass and its second."""
    method = Method(norm=True)
    got = projected(method, views_of(4))
    method.norm.running_mean.fill_(5.0)
    loss_of(got.value).backward()
    text = f"running_mean after backward(), {got.call}"
    compare(text, method.norm.running_mean, torch.full((4,), 5.0).double(), 1e-9, 0.0)


@about("project_chunk", step="the whole batch in chunks")
def test_chunks_give_the_gradient_of_the_whole_batch():
    """NT-Xent of 7 images, at most 3 of which are in the network at a time."""
    whole, cached = Method(), Method()
    nt_xent_loss(*whole.project_views(views_of(7)), 0.3).backward()
    z = project_in_chunks(cached, views_of(7), 3)
    left = cached.left()
    nt_xent_loss(*z, 0.3).backward()
    call = "the loss of project_in_chunks(method, views, 3), then backward()"
    same_gradient(cached.gradient(), whole.gradient(), call)
    if left:
        wrong("Between the passes, the network still holds tensors.", call=call, got=left)
