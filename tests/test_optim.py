"""LARS against steps by hand, and the learning rate at every place that matters."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from simclr_mini.optim import (
    LARS,
    learning_rate,
    parameter_groups,
    scaled_learning_rate,
    take_step,
    trust_ratio,
)


def parameter(*values):
    """A parameter of one row, so it counts as weights."""
    return nn.Parameter(torch.tensor([values], dtype=torch.float64))


def one_step(w, gradient, **settings):
    """The change of a parameter by one step of LARS."""
    before = w.detach().clone()
    w.grad = torch.as_tensor(gradient, dtype=w.dtype).view_as(w)
    LARS([w], **settings).step()
    return w.detach() - before


def steps_by_hand(w, gradients, lr, momentum, decay, eta):
    """Algorithm 1 in loops over plain lists; the rate multiplies last."""
    w, v = list(w), [0.0] * len(w)
    for g in gradients:
        u = [gi + decay * wi for gi, wi in zip(g, w, strict=True)]
        ratio = eta * math.hypot(*w) / math.hypot(*u)
        v = [momentum * vi + ratio * ui for vi, ui in zip(v, u, strict=True)]
        w = [wi - lr * vi for wi, vi in zip(w, v, strict=True)]
    return w


# LARS


def test_a_step_is_what_one_finds_on_paper():
    """|w| = 5, |g| = 10, eta = 0.1: the ratio is 0.05, and the step 2 * 0.05 * g."""
    change = one_step(
        parameter(3.0, 4.0), [6.0, 8.0], lr=2.0, weight_decay=0, trust_coefficient=0.1
    )
    assert change.flatten().tolist() == pytest.approx([-0.6, -0.8])


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_several_steps_equal_algorithm_1_in_loops(momentum, decay):
    """Momentum carries over, and decay is inside the ratio, for five steps at a changing rate."""
    start, gradients = [1.0, -2.0, 0.5], [[0.3, -0.1, 2.0], [1.0, 1.0, -1.0], [0.0, 0.5, 0.0]]
    gradients += [[-2.0, 0.1, 0.2], [0.01, 0.0, 0.03]]
    w = parameter(*start)
    optimizer = LARS([w], 0.7, momentum, decay, 0.02)
    for gradient in gradients:
        w.grad = torch.tensor([gradient], dtype=torch.float64)
        optimizer.step()
    expected = steps_by_hand(start, gradients, 0.7, momentum, decay, 0.02)
    assert w[0].tolist() == pytest.approx(expected, rel=1e-12)


def test_a_new_rate_applies_to_the_whole_running_sum():
    """The rate multiplies after the momentum: with rate 0 nothing moves, but the sum grows."""
    w, twin = parameter(3.0, 4.0), parameter(3.0, 4.0)
    for p, rates in ((w, (0.0, 1.0)), (twin, (0.0, 2.0))):
        optimizer = LARS([p], 1.0, weight_decay=0)
        for rate in rates:
            optimizer.param_groups[0]["lr"] = rate
            p.grad = torch.ones_like(p)
            optimizer.step()
    start = parameter(3.0, 4.0)
    torch.testing.assert_close(twin - start, 2 * (w - start))
    assert (w - start).norm().item() == pytest.approx(1.9 * 1e-3 * 5)  # 0.9 + 1 equal updates


@given(scale=st.floats(1e-6, 1e6))
def test_the_first_step_forgets_the_size_of_the_gradient(scale):
    """|step| = lr * eta * |w| whatever the gradient's scale: the point of LARS."""
    gradient = [5.0 * scale, -1.0 * scale]
    change = one_step(parameter(3.0, 4.0), gradient, lr=0.5, weight_decay=0, trust_coefficient=0.01)
    assert change.norm().item() == pytest.approx(0.5 * 0.01 * 5)
    assert change[0, 0] < 0 < change[0, 1]


@pytest.mark.parametrize("shape", [(), (4,)])
def test_biases_and_norms_take_a_plain_step(shape):
    """No decay and no ratio for parameters of one dimension or none."""
    w = nn.Parameter(torch.full(shape, 2.0))
    change = one_step(w, torch.full(shape, 0.5), lr=0.1, weight_decay=0.3, trust_coefficient=1e-3)
    torch.testing.assert_close(change, torch.full(shape, -0.05))


def test_a_bias_without_a_gradient_does_not_decay():
    """Weight decay would shrink a norm's scale towards zero."""
    assert not one_step(nn.Parameter(torch.ones(3)), torch.zeros(3), lr=1.0, weight_decay=0.5).any()


def test_four_dimensional_weights_have_one_ratio():
    """A convolution is one layer: its ratio comes from all its weights."""
    w = nn.Parameter(torch.arange(1.0, 17.0).view(2, 2, 2, 2))
    each = -0.1 * w.detach().norm() / 4  # sixteen equal changes of total length |w| / 10
    change = one_step(w, torch.ones(16), lr=1.0, weight_decay=0, trust_coefficient=0.1)
    torch.testing.assert_close(change, each.expand(2, 2, 2, 2))


def test_a_zero_gradient_leaves_decay_alone_to_act():
    """With decay the weights shrink by lr * eta; without it nothing moves; never a nan."""
    change = one_step(parameter(3.0, 4.0), [0, 0], lr=1.0, weight_decay=0.1, trust_coefficient=0.01)
    assert change.flatten().tolist() == pytest.approx([-0.03, -0.04])
    assert not one_step(parameter(3.0, 4.0), [0, 0], lr=1.0, weight_decay=0).any()


def test_zero_weights_can_leave_zero():
    """|w| = 0 would make the ratio 0 and freeze the layer; the ratio is 1 instead."""
    change = one_step(parameter(0.0, 0.0), [6.0, 8.0], lr=0.1, trust_coefficient=1e-3)
    assert change.flatten().tolist() == pytest.approx([-0.6, -0.8])


def test_trust_ratio_is_a_ratio_of_lengths():
    """0.1 * 5 / 10; and 1 where either is zero."""
    w, u, zero = torch.tensor([3.0, 4.0]), torch.tensor([6.0, 8.0]), torch.zeros(2)
    assert trust_ratio(w, u, 0.1).item() == pytest.approx(0.05)
    assert [trust_ratio(*p, 0.1).item() for p in ((w, zero), (zero, u), (zero, zero))] == [1, 1, 1]


def test_each_group_keeps_its_own_settings():
    """Two groups differ in rate and decay; each parameter steps by its group's."""
    first, second = parameter(3.0, 4.0), parameter(3.0, 4.0)
    groups = [{"params": [first], "lr": 1.0}, {"params": [second], "lr": 0.5, "weight_decay": 0.2}]
    optimizer = LARS(groups, lr=9.0, weight_decay=0.0, trust_coefficient=0.1)
    for w in (first, second):
        w.grad = torch.tensor([[6.0, 8.0]], dtype=torch.float64)
    optimizer.step()
    for w, lr, decay in ((first, 1.0, 0.0), (second, 0.5, 0.2)):
        expected = steps_by_hand([3.0, 4.0], [[6.0, 8.0]], lr, 0.9, decay, 0.1)
        assert w[0].tolist() == pytest.approx(expected)


def test_a_parameter_without_gradient_stays():
    """A frozen layer is not decayed."""
    w = parameter(3.0, 4.0)
    LARS([w], lr=1.0, weight_decay=0.5).step()
    assert w[0].tolist() == [3.0, 4.0]


def test_a_step_builds_no_graph():
    """The weights stay leaves, the gradient is left as it was, and a closure's loss comes back."""
    w = parameter(3.0, 4.0)
    optimizer = LARS([w], lr=0.1, weight_decay=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 25
    assert w.grad_fn is None and w.is_leaf and not optimizer.state[w]["momentum"].requires_grad
    assert w.grad[0].tolist() == [6.0, 8.0]


def test_a_saved_state_continues_the_same_run():
    """State and settings go through state_dict: 2 + 2 steps equal 4."""

    def run(w, optimizer, times):
        for _ in range(times):
            w.grad = w.detach() + 1
            optimizer.step()

    whole = parameter(3.0, 4.0)
    run(whole, LARS([whole], lr=0.5), 4)
    half = parameter(3.0, 4.0)
    first = LARS([half], lr=0.5)
    run(half, first, 2)
    second = LARS([half], lr=9.0)
    second.load_state_dict(first.state_dict())
    run(half, second, 2)
    assert torch.equal(whole, half)


@pytest.mark.parametrize("name", ["lr", "momentum", "weight_decay", "trust_coefficient"])
@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_a_negative_setting_is_refused(name, value):
    """A negative rate would climb."""
    with pytest.raises(ValueError, match=f"{name} must be 0 or more, not {value}"):
        LARS([parameter(1.0)], **({"lr": 0.1} | {name: value}))


# the learning rate


def test_learning_rate_at_the_places_that_matter():
    """Steps 0, 5, 10, 55, 99 and 100 of 100, ten of them warm-up, peak 2."""
    assert learning_rate(0, 100, 10, 2.0) == 0
    assert learning_rate(5, 100, 10, 2.0) == pytest.approx(1.0)
    assert learning_rate(9, 100, 10, 2.0) == pytest.approx(1.8)
    assert learning_rate(10, 100, 10, 2.0) == 2.0
    assert learning_rate(55, 100, 10, 2.0) == pytest.approx(1.0)
    assert learning_rate(40, 100, 10, 2.0) == pytest.approx(1.5)  # a third: (1 + cos 60°) / 2
    assert learning_rate(99, 100, 10, 2.0) == pytest.approx(1 + math.cos(math.pi * 89 / 90))
    assert learning_rate(100, 100, 10, 2.0) == pytest.approx(0, abs=1e-12)


def test_learning_rate_stays_zero_beyond_the_end():
    """A cosine that is not stopped would rise again."""
    assert [learning_rate(s, 100, 10, 2.0) for s in (101, 150, 190, 10**6)] == [0, 0, 0, 0]


def test_no_warm_up_starts_at_the_peak():
    """With no warm-up, nothing is divided by zero."""
    assert learning_rate(0, 10, 0, 0.3) == 0.3
    assert learning_rate(5, 10, 0, 0.3) == pytest.approx(0.15)


@pytest.mark.parametrize("warmup", [1, 5])
def test_a_run_may_be_all_warm_up(warmup):
    """Every rate of the run is on the straight line, and nothing divides by zero."""
    rates = [learning_rate(s, warmup, warmup, 1.0) for s in range(warmup)]
    assert rates == pytest.approx([s / warmup for s in range(warmup)])


@given(total=st.integers(1, 300), share=st.floats(0, 0.99), peak=st.floats(1e-4, 10))
def test_the_rate_climbs_to_the_peak_once_and_never_rises_after(total, share, peak):
    """Up in equal steps, then down, within [0, peak], and it reaches the peak."""
    warmup = int(total * share)
    rates = [learning_rate(s, total, warmup, peak) for s in range(total + 20)]
    assert max(rates) == rates[warmup] == peak and min(rates) >= 0
    assert rates[:warmup] == pytest.approx([peak * s / warmup for s in range(warmup)])
    assert all(b <= a for a, b in zip(rates[warmup:], rates[warmup + 1 :], strict=False))


@pytest.mark.parametrize("B", [1, 128, 256, 999, 4096, 8192])
def test_scaling_rules_are_those_of_appendix_b1_and_ours(B):
    """The paper's are 0.3 * B / 256 and 0.075 * sqrt(B), ours is base * sqrt(B / 256)."""
    assert scaled_learning_rate(0.3, B) == pytest.approx(0.3 * B / 256)
    assert scaled_learning_rate(0.3, B, "linear") == pytest.approx(0.3 * B / 256)
    assert scaled_learning_rate(0.3, B, "simclr_sqrt") == pytest.approx(0.075 * B**0.5)
    assert scaled_learning_rate(0.003, B, "sqrt") == pytest.approx(0.003 * (B / 256) ** 0.5)


def test_the_papers_rules_agree_at_4096_images_and_ours_at_256():
    """4.8 by both of the paper's rules; at 256 images they give 0.3 and 1.2."""
    assert scaled_learning_rate(0.3, 4096, "linear") == pytest.approx(4.8)
    assert scaled_learning_rate(0.3, 4096, "simclr_sqrt") == pytest.approx(4.8)
    assert scaled_learning_rate(0.3, 256, "simclr_sqrt") == pytest.approx(1.2)
    assert scaled_learning_rate(0.3, 256, "sqrt") == pytest.approx(0.3)


def test_the_default_rate_is_what_it_was_to_the_last_bit():
    """Runs that were made with the rule "sqrt" can be reproduced."""
    for B in (32, 96, 128, 256, 1024):
        assert scaled_learning_rate(3e-3, B, "sqrt") == 3e-3 * math.sqrt(B / 256)


def test_an_unknown_scaling_rule_is_refused():
    """The error lists the rules that exist."""
    with pytest.raises(ValueError, match='"linear", "simclr_sqrt" or "sqrt", not \'cube\''):
        scaled_learning_rate(0.3, 256, "cube")


# groups, and a whole step


def small_model():
    """Every kind of parameter, one of them frozen."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    model[3].weight.requires_grad_(False)
    return model


def test_groups_hold_each_trainable_parameter_once():
    """Weights with decay, biases and norms without, frozen ones nowhere."""
    model = small_model()
    decayed, others = parameter_groups(model, 0.2)
    assert decayed["weight_decay"] == 0.2 and others["weight_decay"] == 0
    assert [id(p) for p in decayed["params"]] == [id(model[0].weight)]
    expected = [model[0].bias, model[1].weight, model[1].bias, model[3].bias]
    assert {id(p) for p in others["params"]} == {id(p) for p in expected}
    assert len(others["params"]) == len(expected)


def test_take_step_sets_every_rate_and_forgets_the_last_gradient():
    """SGD on w: w - rate * g in both groups, twice, with no gradient left from before."""
    w, b = parameter(1.0), nn.Parameter(torch.ones(1, dtype=torch.float64))
    optimizer = torch.optim.SGD([{"params": [w]}, {"params": [b]}], lr=5.0)
    w.grad = torch.full_like(w, 100.0)
    take_step(optimizer, 2 * w.sum() + 3 * b.sum(), 0.1)
    take_step(optimizer, 2 * w.sum() + 3 * b.sum(), 0.01)
    assert w.item() == pytest.approx(1 - 0.2 - 0.02)
    assert b.item() == pytest.approx(1 - 0.3 - 0.03)
