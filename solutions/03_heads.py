"""Lesson 3: correct ways to write the heads, from single units to torch's layers."""

import math
from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.ways import way


def uniform(*shape, bound):
    """A parameter that starts with uniform numbers between -bound and bound."""
    return nn.Parameter(torch.empty(*shape).uniform_(-bound, bound))


class UnitByUnit(nn.Module):
    """z = W2 relu(norm(W1 h)) + b2, computed unit by unit."""

    def __init__(self, in_dim, hidden_dim, out_dim):
        super().__init__()
        self.W1 = uniform(hidden_dim, in_dim, bound=in_dim**-0.5)
        self.scale = nn.Parameter(torch.ones(hidden_dim))
        self.offset = nn.Parameter(torch.zeros(hidden_dim))
        self.W2 = uniform(out_dim, hidden_dim, bound=hidden_dim**-0.5)
        self.b2 = uniform(out_dim, bound=hidden_dim**-0.5)
        self.register_buffer("mean", torch.zeros(hidden_dim))
        self.register_buffer("variance", torch.ones(hidden_dim))

    def norm(self, j, a):
        """The values of hidden unit j, normalised over the batch, shape (B,)."""
        mean, variance = self.mean[j].clone(), self.variance[j].clone()
        if self.training:
            mean = sum(a) / len(a)
            variance = sum((a - mean) ** 2) / len(a)
            unbiased = variance.detach() * len(a) / (len(a) - 1)
            self.mean[j] = 0.9 * self.mean[j] + 0.1 * mean.detach()
            self.variance[j] = 0.9 * self.variance[j] + 0.1 * unbiased
        return self.scale[j] * (a - mean) / (variance + 1e-5).sqrt() + self.offset[j]

    def forward(self, h):
        hidden = []
        for j, row in enumerate(self.W1):
            a = self.norm(j, sum(w * h[:, i] for i, w in enumerate(row)))
            hidden.append(torch.where(a > 0, a, 0 * a))
        z = [
            sum(w * a for w, a in zip(row, hidden, strict=True)) + b
            for row, b in zip(self.W2, self.b2, strict=True)
        ]
        return torch.stack(z, dim=1)


@way("mlp", "loops")
def mlp_in_loops(in_dim, hidden_dim, out_dim):
    """Compute every unit in a loop."""
    return UnitByUnit(in_dim, hidden_dim, out_dim)


@way("mlp", "a module of its own")
def mlp_as_module(in_dim, hidden_dim, out_dim):
    """Keep the layers as attributes; the order of their definition does not matter."""

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.second = nn.Linear(hidden_dim, out_dim)
            self.norm = nn.BatchNorm1d(hidden_dim)
            self.first = nn.Linear(in_dim, hidden_dim, bias=False)

        def forward(self, h):
            return self.second(self.norm(self.first(h)).relu_())

    return Head()


@way("mlp", "by matrix products")
def mlp_by_products(in_dim, hidden_dim, out_dim):
    """Use parameters of our own, transposed matrices, and torch's batch norm as a function."""

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            first, second = torch.empty(in_dim, hidden_dim), torch.empty(hidden_dim, out_dim)
            self.first = nn.Parameter(nn.init.xavier_normal_(first))
            self.gamma = nn.Parameter(torch.ones(hidden_dim))
            self.beta = nn.Parameter(torch.zeros(hidden_dim))
            self.second = nn.Parameter(nn.init.xavier_normal_(second))
            self.bias = nn.Parameter(torch.zeros(out_dim))
            self.register_buffer("mean", torch.zeros(hidden_dim))
            self.register_buffer("variance", torch.ones(hidden_dim))

        def forward(self, h):
            a = F.batch_norm(
                h @ self.first, self.mean, self.variance, self.gamma, self.beta, self.training
            )
            return torch.einsum("bk,kd->bd", a.clamp(min=0), self.second) + self.bias

    return Head()


@way("mlp", "norm written out")
def mlp_with_own_norm(in_dim, hidden_dim, out_dim):
    """Put the layers into an OrderedDict, with a batch norm of our own."""

    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(hidden_dim))
            self.bias = nn.Parameter(torch.zeros(hidden_dim))
            self.register_buffer("running_mean", torch.zeros(hidden_dim))
            self.register_buffer("running_var", torch.ones(hidden_dim))

        def forward(self, a):
            if self.training:
                variance, mean = torch.var_mean(a, dim=0, correction=0)
                unbiased = variance.detach() * len(a) / (len(a) - 1)
                self.running_mean.lerp_(mean.detach(), 0.1)
                self.running_var.lerp_(unbiased, 0.1)
            else:
                variance, mean = self.running_var, self.running_mean
            return torch.addcmul(self.bias, (a - mean) * (variance + 1e-5).rsqrt(), self.weight)

    layers = OrderedDict(
        inner=nn.Linear(in_dim, hidden_dim, bias=False), norm=Norm(), relu=nn.ReLU(inplace=True)
    )
    layers["outer"] = nn.Linear(hidden_dim, out_dim)
    nn.init.normal_(layers["inner"].weight, std=math.sqrt(2 / in_dim))
    return nn.Sequential(layers)


class Same(nn.Module):
    """The identity, z = h, as a copy."""

    def forward(self, h):
        return h.clone()


class Affine(nn.Module):
    """z = W h + b, computed output by output."""

    def __init__(self, in_dim, out_dim):
        super().__init__()
        self.W = uniform(out_dim, in_dim, bound=in_dim**-0.5)
        self.b = uniform(out_dim, bound=in_dim**-0.5)

    def forward(self, h):
        columns = [
            sum(w * h[:, i] for i, w in enumerate(row)) + b
            for row, b in zip(self.W, self.b, strict=True)
        ]
        return torch.stack(columns, dim=1)


@way("projector", "loops")
def projector_in_loops(kind, in_dim, hidden_dim, out_dim):
    """Compute each kind's equation unit by unit."""
    if kind == "none":
        return Same()
    elif kind == "linear":
        return Affine(in_dim, out_dim)
    elif kind == "mlp":
        return UnitByUnit(in_dim, hidden_dim, out_dim)
    raise ValueError(kind)


@way("projector", "match")
def projector_by_match(kind, in_dim, hidden_dim, out_dim):
    """Use an empty Sequential, which is the identity, too."""
    match kind:
        case "none":
            return nn.Sequential()
        case "linear":
            return nn.Sequential(nn.Linear(in_dim, out_dim))
        case "mlp":
            return mlp_as_module(in_dim, hidden_dim, out_dim)
        case _:
            raise ValueError(f"no projector is called {kind}")


@way("projector", "table of makers")
def projector_from_table(kind, in_dim, hidden_dim, out_dim):
    """Look the maker up by name, and call only the one that is asked for."""
    makers = {
        "none": nn.Identity,
        "linear": lambda: nn.Linear(in_dim, out_dim, bias=True),
        "mlp": lambda: nn.Sequential(
            nn.Linear(in_dim, hidden_dim, bias=False),
            nn.Sequential(nn.BatchNorm1d(hidden_dim), nn.ReLU()),
            nn.Linear(hidden_dim, out_dim),
        ),
    }
    if kind not in makers:
        raise ValueError(f"{kind} is not one of {', '.join(makers)}")
    return makers[kind]()


@way("projector", "one class")
def projector_in_one_class(kind, in_dim, hidden_dim, out_dim):
    """Apply a list of layers in a loop."""
    if kind not in ("none", "linear", "mlp"):
        raise ValueError(f"unknown kind {kind}")

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList()
            width = in_dim
            if kind == "mlp":
                self.layers.append(nn.Linear(width, hidden_dim, bias=False))
                self.layers.append(nn.BatchNorm1d(hidden_dim))
                self.layers.append(nn.ReLU())
                width = hidden_dim
            if kind != "none":
                self.layers.append(nn.Linear(width, out_dim))

        def forward(self, h):
            z = h
            for layer in self.layers:
                z = layer(z)
            return z

    return Head()


@way("predictor", "loops")
def predictor_in_loops(dim, hidden_dim):
    """Compute every unit in a loop, from dim to dim."""
    return UnitByUnit(dim, hidden_dim, dim)


@way("predictor", "sequential")
def predictor_in_layers(dim, hidden_dim):
    """Append the layers one by one."""
    layers = nn.Sequential()
    layers.append(nn.Linear(dim, hidden_dim, False))
    layers.append(nn.BatchNorm1d(num_features=hidden_dim))
    layers.append(nn.ReLU(True))
    layers.append(nn.Linear(hidden_dim, dim))
    return layers


@way("predictor", "as matrices")
def predictor_as_matrices(dim, hidden_dim):
    """Use parameters of our own and matrix products."""
    return mlp_by_products(dim, hidden_dim, dim)


@way("predictor", "a module of its own")
def predictor_as_module(dim, hidden_dim):
    """Keep the layers as attributes."""

    class Predictor(nn.Module):
        def __init__(self):
            super().__init__()
            self.widen = nn.Linear(dim, hidden_dim, bias=False)
            self.norm = nn.BatchNorm1d(hidden_dim)
            self.narrow = nn.Linear(hidden_dim, dim)

        def forward(self, z):
            a = self.norm(self.widen(z))
            return F.linear(torch.maximum(a, torch.zeros_like(a)), *self.narrow.parameters())

    return Predictor()
