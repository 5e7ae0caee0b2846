"""Lesson 10, a good answer: the whole state before and after, and the value as in training."""

import copy

import pytest
import torch
from torch import nn

from simclr_mini.curation import embed


class Network(nn.Module):
    """Both kinds of norm, one of them nested; dropout; an error on demand."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)
        self.head = nn.Sequential(nn.Linear(4, 5), nn.Sequential(nn.BatchNorm1d(5)))
        self.drop, self.broken = nn.Dropout(), False
        self.norm.running_mean += 2

    def project(self, x):
        z = self.head(self.drop(self.norm(self.first(x)).relu().mean((2, 3))))
        if self.broken:
            raise RuntimeError
        return z


def networks():
    """In train mode, in eval mode, and with a norm that was frozen by hand."""
    for mode in ("training", "evaluation", "frozen"):
        torch.manual_seed(1)
        model = Network().train(mode != "evaluation")
        model.drop.eval()
        if mode == "frozen":
            model.norm.eval()
            model.head[1][0].track_running_stats = False
        yield model, torch.rand(5, 3, 8, 8)


def state(model):
    """Everything that must not change, as text."""
    modes = [(m.training, getattr(m, "track_running_stats", None)) for m in model.modules()]
    momentum = [m.momentum for m in model.modules() if hasattr(m, "momentum")]
    frozen = [p.requires_grad for p in model.parameters()]
    numbers = {name: value.tolist() for name, value in model.state_dict().items()}
    return str((modes, momentum, frozen, numbers, torch.is_grad_enabled()))


def test_projections_are_those_of_training():
    for model, x in networks():
        training = copy.deepcopy(model).train()
        training.drop.eval()
        assert torch.allclose(embed(model, x), training.project(x), atol=1e-5)


def test_embed_leaves_no_trace_and_no_gradient():
    for model, x in networks():
        before = state(model)
        z = embed(model, x)
        enabled = torch.is_grad_enabled()
        assert state(model) == before
        assert enabled and not z.requires_grad


def test_embed_leaves_no_trace_after_an_error():
    for model, x in networks():
        model.broken, before = True, state(model)
        with pytest.raises(RuntimeError):
            embed(model, x)
        assert state(model) == before
