"""Diagnostics: each is compared with loops or a closed form, and shows what it exists to show."""

import math

import numpy as np
import pytest
import torch

from simclr_mini.diagnostics import (
    alignment,
    chance_loss,
    contrastive_accuracy,
    effective_rank,
    floor_loss,
    pair_similarities,
    share_of_way,
    uniformity,
)
from simclr_mini.nt_xent import nt_xent_loss


def gauss(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def unit(z):
    return [row / math.sqrt(sum(v * v for v in row)) for row in z]


def views_in_order(z1, z2):
    """Rows of the 2B views, and for each the row of the other view of its image."""
    z = unit([*z1.numpy(), *z2.numpy()])
    return z, [(i + len(z1)) % len(z) for i in range(len(z))]


# ---- the gauge


@pytest.mark.parametrize("temperature", [0.05, 0.5, 3.0])
def test_chance_is_the_loss_of_equal_projections(temperature):
    z = torch.ones(5, 3, dtype=torch.float64)
    assert nt_xent_loss(z, z, temperature).item() == pytest.approx(chance_loss(5), rel=1e-12)
    assert chance_loss(5) == pytest.approx(math.log(9))


@pytest.mark.parametrize("temperature", [0.05, 0.5, 3.0])
def test_floor_is_the_loss_of_images_at_right_angles(temperature):
    z = torch.eye(5, dtype=torch.float64)
    expected = nt_xent_loss(z, z, temperature).item()
    assert floor_loss(5, temperature) == pytest.approx(expected, rel=1e-9)


def test_floor_is_the_formula_as_written():
    tau, B = 0.5, 512
    written = -1 / tau + math.log(math.exp(1 / tau) + 2 * B - 2)
    assert floor_loss(B, tau) == pytest.approx(written, rel=1e-12)
    assert floor_loss(B, tau) == pytest.approx(4.94, abs=0.005)


def test_floor_neither_overflows_nor_vanishes_at_a_tiny_temperature():
    """e^1000 overflows a float; and ln(1 + x) is x for tiny x, not 0."""
    assert floor_loss(256, 0.001) == 0
    assert floor_loss(256, 0.01) == pytest.approx(510 * math.exp(-100), rel=1e-9, abs=0)


def test_one_image_and_a_temperature_of_zero_are_refused():
    for wrong in (lambda: chance_loss(1), lambda: floor_loss(1, 0.5)):
        with pytest.raises(ValueError, match="no negatives"):
            wrong()
    with pytest.raises(ValueError, match="temperature must be above 0"):
        floor_loss(4, 0.0)


def test_the_share_of_the_way_is_0_at_chance_and_1_at_floor():
    assert share_of_way(7.0, 7.0, 5.0) == 0
    assert share_of_way(5.0, 7.0, 5.0) == 1
    assert share_of_way(5.5, 7.0, 5.0) == pytest.approx(0.75)
    assert share_of_way(8.0, 7.0, 5.0) == pytest.approx(-0.5)


def test_a_reported_loss_of_5_07_at_512_images_is_93_percent():
    share = share_of_way(5.07, chance_loss(512), floor_loss(512, 0.5))
    assert share == pytest.approx(0.93, abs=0.005)


def test_a_chance_that_equals_the_floor_is_refused():
    with pytest.raises(ValueError, match="chance must be above floor"):
        share_of_way(1.0, 2.0, 2.0)


# ---- contrastive accuracy


@pytest.mark.parametrize("seed", range(3))
def test_contrastive_accuracy_equals_a_count_in_loops(seed):
    z1 = gauss(7, 3, seed=seed)
    z2 = z1 + 0.7 * gauss(7, 3, seed=seed + 10)
    z, other = views_in_order(z1, z2)
    hits = 0
    for i in range(14):
        best = max((k for k in range(14) if k != i), key=lambda k, i=i: float(z[i] @ z[k]))
        hits += best == other[i]
    assert 0 < hits < 14
    assert contrastive_accuracy(z1, z2).item() == pytest.approx(hits / 14)


def test_contrastive_accuracy_counts_the_views_of_both_sides():
    """With z1 at 0 and 40 degrees, z2 at 30 and 205, one of four views finds its other view."""

    def at(*degrees):
        a = torch.tensor(degrees, dtype=torch.float64) * math.pi / 180
        return torch.stack([a.cos(), a.sin()], 1)

    # 0's nearest is 30: right. 40's is 30: wrong. 30's is 40: wrong. 205's is 0: wrong.
    assert contrastive_accuracy(at(0, 40), at(30, 205)).item() == 0.25


def test_contrastive_accuracy_does_not_depend_on_norms():
    z1, z2 = gauss(8, 4), gauss(8, 4) + 0.3 * gauss(8, 4, seed=1)
    lengths = torch.logspace(-2, 2, 8, dtype=torch.float64)[:, None]
    assert contrastive_accuracy(z1 * lengths, z2) == contrastive_accuracy(z1, z2)


def test_contrastive_accuracy_is_1_if_views_agree_and_0_if_they_are_exchanged():
    z = torch.eye(4)
    assert contrastive_accuracy(z, z).item() == 1
    assert contrastive_accuracy(z, z.roll(1, 0)).item() == 0


# ---- alignment and uniformity


def test_alignment_equals_a_mean_of_squared_distances_in_loops():
    z1, z2 = gauss(6, 3), gauss(6, 3, seed=1)
    pairs = zip(unit(z1.numpy()), unit(z2.numpy()), strict=True)
    expected = sum(sum((u - v) ** 2) for u, v in pairs) / 6
    assert alignment(z1, z2).item() == pytest.approx(expected, rel=1e-9)


def test_alignment_is_0_for_equal_directions_and_4_for_opposite_ones():
    z = gauss(5, 3)
    assert alignment(z, 7 * z).item() == pytest.approx(0, abs=1e-12)
    assert alignment(z, -z).item() == pytest.approx(4)


def test_uniformity_equals_loops_over_pairs_of_different_rows():
    z = gauss(6, 3)
    u = unit(z.numpy())
    kernels = [math.exp(-2 * sum((u[i] - u[j]) ** 2)) for i in range(6) for j in range(6) if i != j]
    expected = math.log(sum(kernels) / len(kernels))
    assert uniformity(z).item() == pytest.approx(expected, rel=1e-9)
    assert uniformity(3 * z).item() == pytest.approx(expected, rel=1e-9)


def test_uniformity_is_0_if_all_points_are_equal_and_minus_8_for_two_opposite_points():
    assert uniformity(torch.ones(4, 3)).item() == pytest.approx(0, abs=1e-6)
    assert uniformity(torch.tensor([[1.0, 0.0], [-1.0, 0.0]])).item() == pytest.approx(-8)


def test_points_spread_evenly_in_128_dimensions_have_uniformity_near_minus_4_plus_8_over_d():
    assert uniformity(gauss(1000, 128)).item() == pytest.approx(-4 + 8 / 128, abs=0.01)


def test_uniformity_of_one_point_is_refused():
    with pytest.raises(ValueError, match="needs 2 projections or more, not 1"):
        uniformity(torch.ones(1, 3))


def test_alignment_and_uniformity_can_be_minimised():
    """A step against the gradient lowers each, so gradients reach both views."""
    z1, z2 = gauss(6, 3).requires_grad_(), gauss(6, 3, seed=1).requires_grad_()
    for value in (lambda a, b: alignment(a, b), lambda a, b: uniformity(a) + uniformity(b)):
        before = value(z1, z2)
        g1, g2 = torch.autograd.grad(before, [z1, z2])
        assert g1.norm() > 0 and g2.norm() > 0
        assert value(z1 - 0.01 * g1, z2 - 0.01 * g2) < before


def test_half_precision_is_computed_in_float32():
    z = gauss(6, 3).half()
    wide = z.float()
    assert alignment(z, z.flip(0)).dtype == torch.float32
    assert alignment(z, z.flip(0)) == alignment(wide, wide.flip(0))
    assert uniformity(z) == uniformity(wide)
    assert effective_rank(z) == effective_rank(wide)


# ---- effective rank


def test_effective_rank_counts_equal_directions():
    """k orthogonal directions of equal strength have rank k; a line has rank 1."""
    assert effective_rank(torch.eye(5)).item() == pytest.approx(5, rel=1e-5)
    assert effective_rank(torch.eye(5)[:, :3]).item() == pytest.approx(3, rel=1e-5)
    assert effective_rank(torch.outer(torch.arange(1.0, 9), torch.ones(4))).item() == (
        pytest.approx(1, abs=1e-4)
    )


def test_effective_rank_weighs_singular_values_not_their_squares():
    """Strengths 3 and 1 give p = 3/4 and 1/4; their squares would give 9/10 and 1/10."""
    expected = math.exp(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))
    assert effective_rank(torch.diag(torch.tensor([3.0, 1.0]))).item() == pytest.approx(expected)


def test_effective_rank_agrees_with_numpy():
    h = gauss(40, 6) * torch.arange(1, 7)
    s = np.linalg.svd(h.numpy(), compute_uv=False)
    p = s / s.sum()
    assert effective_rank(h).item() == pytest.approx(math.exp(-(p * np.log(p)).sum()), rel=1e-9)


def test_effective_rank_does_not_centre():
    """A large common mean is one dimension that outweighs the rest; centring would hide it."""
    assert effective_rank(gauss(200, 6)).item() > 5.9
    assert effective_rank(gauss(200, 6) + 1000).item() < 1.1


def test_effective_rank_does_not_depend_on_scale_order_or_rotation():
    h = gauss(30, 5)
    rotation = torch.linalg.qr(gauss(5, 5, seed=1)).Q
    expected = pytest.approx(effective_rank(h).item(), rel=1e-9)
    assert effective_rank(1e-3 * h.flip(0) @ rotation).item() == expected


# ---- similarities for the histogram


def test_pair_similarities_equal_loops_over_all_pairs():
    z1, z2 = gauss(4, 3), gauss(4, 3, seed=1)
    z, other = views_in_order(z1, z2)
    positives, negatives = pair_similarities(z1, z2)
    assert positives.tolist() == pytest.approx([float(z[i] @ z[other[i]]) for i in range(8)])
    expected = [float(z[i] @ z[k]) for i in range(8) for k in range(8) if k not in (i, other[i])]
    assert negatives.tolist() == pytest.approx(expected)
    assert len(negatives) == 8 * 6
