"""The faster weight gradient, against `nn.Conv2d`'s own."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from simclr_mini.resnet import resnet_tiny
from simclr_mini.weight_gradient import Conv3x3, SmallMaps, columns, speed_up


@pytest.mark.parametrize("stride, side", [(1, 5), (2, 5), (2, 6), (1, 4)])
def test_gradients_are_those_of_a_convolution(stride, side):
    torch.manual_seed(side)
    x = torch.randn(3, 4, side, side + 1, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(5, 4, 3, 3, dtype=torch.float64, requires_grad=True)
    ours = SmallMaps.apply(x, weight, (stride, stride), (1, 1))
    theirs = F.conv2d(x, weight, None, stride, 1)
    torch.testing.assert_close(ours, theirs)
    upstream = torch.randn_like(ours)
    found = torch.autograd.grad(ours, (x, weight), upstream)
    expected = torch.autograd.grad(theirs, (x, weight), upstream)
    torch.testing.assert_close(found, expected)


def test_columns_are_what_unfold_gives():
    x = torch.randn(2, 3, 5, 7, dtype=torch.float64)
    seen = columns(x, 3, 2, 1, (3, 4)).view(2, 12, 9, 3)  # (image, place, kernel, channel)
    expected = F.unfold(x, 3, padding=1, stride=2).view(2, 3, 9, 12)
    torch.testing.assert_close(seen, expected.permute(0, 3, 2, 1))


def test_in_bfloat16_it_is_as_near_to_float32_as_torch_is():
    torch.manual_seed(0)
    exact, x = resnet_tiny(), torch.rand(16, 3, 16, 16)
    plain, fast = copy.deepcopy(exact), copy.deepcopy(exact)
    speed_up(fast)
    assert sum(isinstance(m, Conv3x3) for m in fast.modules()) == 7
    for network in (exact, plain, fast):
        with torch.autocast("cpu", torch.bfloat16, enabled=network is not exact):
            h = network(x)
        h.float().square().mean().backward()
    for name, right in exact.named_parameters():
        torchs, ours = (net.get_parameter(name) for net in (plain, fast))
        assert ours.dtype == ours.grad.dtype == torch.float32
        errors = [(one.grad - right.grad).norm() for one in (torchs, ours)]
        assert errors[1] < 1.2 * errors[0], name


@pytest.mark.parametrize(
    "other",
    [
        {"padding": "same"},
        {"padding": 0},
        {"padding": 2, "dilation": 2},
        {"padding_mode": "reflect"},
        {"bias": True},
        {"groups": 2},
        {"stride": (1, 2)},
    ],
)
def test_other_convolutions_stay_as_they_are(other):
    """A learner may write them, and they train."""
    convolution = nn.Conv2d(2, 4, 3, **{"padding": 1, "bias": False} | other)
    speed_up(convolution)
    assert type(convolution) is nn.Conv2d
    with torch.autocast("cpu", torch.bfloat16):
        convolution(torch.rand(1, 2, 8, 8)).float().sum().backward()
    assert convolution.weight.grad is not None


@pytest.mark.parametrize("side, small", [(12, True), (13, False)])
def test_small_maps_take_the_matrix_product(side, small, monkeypatch):
    calls, plain = [], SmallMaps.apply
    monkeypatch.setattr(SmallMaps, "apply", lambda *args: calls.append(1) or plain(*args))
    convolution = nn.Conv2d(2, 3, 3, padding=1, bias=False)
    speed_up(convolution)
    with torch.autocast("cpu", torch.bfloat16):
        convolution(torch.rand(1, 2, side, side))
    assert bool(calls) == small


def test_float32_is_untouched_to_the_last_bit():
    torch.manual_seed(1)
    plain, x = resnet_tiny(), torch.rand(8, 3, 16, 16)
    fast = copy.deepcopy(plain)
    speed_up(fast)
    for network in (plain, fast):
        network(x).square().mean().backward()
    for a, b in zip(plain.parameters(), fast.parameters(), strict=True):
        assert torch.equal(a.grad, b.grad)


def test_only_convolutions_without_bias_and_groups_are_changed():
    network = nn.Sequential(
        nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3, groups=2, bias=False), nn.Conv2d(2, 2, 1, bias=False)
    )
    speed_up(network)
    assert not any(isinstance(m, Conv3x3) for m in network)
