"""The three losses of SimCLR's table 2: against loops, closed forms and gradients by hand."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from simclr_mini.nt_xent import (
    candidate_logits,
    margin_triplet_loss,
    nt_logistic_loss,
    nt_xent_loss,
    positive_and_negatives,
    positive_index,
    similarity_matrix,
)

LOSSES = [nt_xent_loss, nt_logistic_loss, margin_triplet_loss]
SIZES = [(2, 1), (2, 5), (3, 4), (5, 2), (7, 16)]  # (B, d)
every_loss = pytest.mark.parametrize("loss", LOSSES)


def two_projections(B, d, seed=0, dtype=torch.float64):
    """Projections of two views of B images."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(2, B, d, generator=generator, dtype=dtype).unbind()


def cosine(u, v):
    """Cosine of two vectors, as in a textbook."""
    return sum(a * b for a, b in zip(u, v, strict=True)) / math.hypot(*u) / math.hypot(*v)


def rows_of(z1, z2):
    """For each view: its cosine with the other view of its image, and those with its negatives."""
    views = z1.tolist() + z2.tolist()
    B = len(z1)
    for i, u in enumerate(views):
        positive = (i + B) % (2 * B)
        others = [cosine(u, v) for k, v in enumerate(views) if k not in (i, positive)]
        yield cosine(u, views[positive]), others


def nt_xent_by_hand(z1, z2, temperature):
    """Equation 1, averaged over the 2B views."""
    terms = []
    for s, others in rows_of(z1, z2):
        candidates = sum(math.exp(k / temperature) for k in [s, *others])
        terms.append(-math.log(math.exp(s / temperature) / candidates))
    return sum(terms) / len(terms)


def nt_logistic_by_hand(z1, z2, temperature):
    """Table 2, row 2, averaged over the views; the negatives of a view are averaged first."""
    terms = []
    for s, others in rows_of(z1, z2):
        repel = [math.log(1 + math.exp(k / temperature)) for k in others]
        terms.append(math.log(1 + math.exp(-s / temperature)) + sum(repel) / len(repel))
    return sum(terms) / len(terms)


def margin_by_hand(z1, z2, margin):
    """Table 2, row 3, averaged over views and negatives."""
    terms = [max(k - s + margin, 0) for s, others in rows_of(z1, z2) for k in others]
    return sum(terms) / len(terms)


# the equations in loops


@pytest.mark.parametrize("B, d", SIZES)
@pytest.mark.parametrize("temperature", [0.05, 0.1, 0.5, 1.0, 3.0])
def test_nt_xent_is_equation_1(B, d, temperature):
    """At every size and temperature, the loss is the mean of l(i, j) over 2B views."""
    z1, z2 = two_projections(B, d)
    expected = nt_xent_by_hand(z1, z2, temperature)
    assert nt_xent_loss(z1, z2, temperature).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("B, d", SIZES)
@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0])
def test_nt_logistic_is_row_2_of_table_2(B, d, temperature):
    """Each pair counts alone; the negatives of a view together weigh as much as its positive."""
    z1, z2 = two_projections(B, d)
    expected = nt_logistic_by_hand(z1, z2, temperature)
    assert nt_logistic_loss(z1, z2, temperature).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("B, d", SIZES)
@pytest.mark.parametrize("margin", [0.0, 0.4, 0.8, 1.6])
def test_margin_triplet_is_row_3_of_table_2(B, d, margin):
    """A negative costs what is missing to the margin, and nothing once it is far enough away."""
    z1, z2 = two_projections(B, d)
    expected = margin_by_hand(z1, z2, margin)
    assert margin_triplet_loss(z1, z2, margin).item() == pytest.approx(expected, rel=1e-6)


def test_default_temperature_is_one_half():
    """Without a temperature both losses use 0.5; the default margin is 0.8."""
    z1, z2 = two_projections(4, 3)
    assert nt_xent_loss(z1, z2).item() == pytest.approx(nt_xent_by_hand(z1, z2, 0.5))
    assert nt_logistic_loss(z1, z2).item() == pytest.approx(nt_logistic_by_hand(z1, z2, 0.5))
    assert margin_triplet_loss(z1, z2).item() == pytest.approx(margin_by_hand(z1, z2, 0.8))


# the parts


def test_positive_index_names_the_other_view():
    """Three images have rows 0 1 2 and 3 4 5."""
    assert positive_index(3).tolist() == [3, 4, 5, 0, 1, 2]


def test_similarity_matrix_holds_cosines_in_order():
    """Entry (i, k) is the cosine of view i and view k, z1's views first."""
    z1, z2 = two_projections(3, 4)
    views = z1.tolist() + z2.tolist()
    expected = torch.tensor([[cosine(u, v) for v in views] for u in views], dtype=torch.float64)
    torch.testing.assert_close(similarity_matrix(z1, z2), expected, rtol=1e-6, atol=1e-12)


def test_a_view_is_not_its_own_candidate():
    """The diagonal has probability exactly 0; other entries are divided by the temperature."""
    similarity = torch.arange(16.0).view(4, 4)
    logits = candidate_logits(similarity, 0.25)
    assert logits.exp().diagonal().tolist() == [0, 0, 0, 0]
    off = ~torch.eye(4, dtype=torch.bool)
    assert torch.equal(logits[off], similarity[off] * 4)
    assert torch.equal(similarity, torch.arange(16.0).view(4, 4))  # the input is not changed


def test_each_row_splits_into_one_positive_and_the_rest():
    """With two images, row 0 has its positive in column 2 and its negatives in 1 and 3."""
    positive, negatives = positive_and_negatives(torch.arange(16.0).view(4, 4))
    assert positive.tolist() == [2, 7, 8, 13]
    assert negatives.tolist() == [[1, 3], [4, 6], [9, 11], [12, 14]]


# closed forms


@pytest.mark.parametrize("B", [2, 3, 7, 256])
@pytest.mark.parametrize("temperature", [0.05, 0.5])
def test_collapse_costs_log_of_candidates(B, temperature):
    """If every view has the same projection, all 2B - 1 candidates are equally likely."""
    z = torch.ones(B, 4, dtype=torch.float64)
    assert nt_xent_loss(z, z, temperature).item() == pytest.approx(math.log(2 * B - 1), rel=1e-9)


@pytest.mark.parametrize("temperature", [0.1, 0.5])
def test_orthogonal_images_reach_the_floor(temperature):
    """Cosines of 1 and 0 give -1/tau + ln(e^(1/tau) + 2B - 2)."""
    z = torch.eye(4, dtype=torch.float64)
    expected = -1 / temperature + math.log(math.exp(1 / temperature) + 6)
    assert nt_xent_loss(z, z, temperature).item() == pytest.approx(expected, rel=1e-6)


def test_rivals_in_closed_form():
    """Orthogonal images give softplus(-1/tau) + ln 2, and keep any margin up to 1."""
    z = torch.eye(4, dtype=torch.float64)
    assert nt_logistic_loss(z, z, 0.5).item() == pytest.approx(
        math.log1p(math.exp(-2)) + math.log(2)
    )
    assert margin_triplet_loss(z, z, 1.0).item() == 0
    assert margin_triplet_loss(z, z, 1.5).item() == pytest.approx(0.5)


def test_collapse_costs_the_margin():
    """If all projections are equal, every negative costs the whole margin."""
    z = torch.ones(3, 4, dtype=torch.float64)
    assert margin_triplet_loss(z, z, 0.8).item() == pytest.approx(0.8)


# invariances


@every_loss
@settings(max_examples=25, deadline=None)
@given(B=st.integers(2, 7), d=st.integers(2, 8), seed=st.integers(0, 2**20), data=st.data())
def test_norms_order_and_which_view_is_first_do_not_matter(loss, B, d, seed, data):
    """Cosines ignore norms, the two views play the same part, and a batch has no order."""
    z1, z2 = two_projections(B, d, seed)
    expected = pytest.approx(loss(z1, z2, 0.3).item(), rel=1e-9, abs=1e-12)
    scale = torch.tensor(data.draw(st.lists(st.floats(1e-4, 1e4), min_size=B, max_size=B)))
    order = data.draw(st.permutations(range(B)))
    assert loss(scale[:, None] * z1, 0.1 * z2, 0.3).item() == expected
    assert loss(z2, z1, 0.3).item() == expected
    assert loss(z1[order], z2[order], 0.3).item() == expected


@every_loss
def test_pairs_must_match(loss):
    """A pair of two different images costs more: row b belongs to row b."""
    z1, _ = two_projections(5, 8)
    assert loss(z1, z1.roll(1, 0), 0.5) > loss(z1, z1, 0.5) + 0.1


@every_loss
def test_inputs_are_not_changed(loss):
    """The loss normalises a copy."""
    z1, z2 = two_projections(3, 4)
    before = z1.clone(), z2.clone()
    loss(z1, z2)
    assert torch.equal(z1, before[0]) and torch.equal(z2, before[1])


# gradients


def tangent(gradient, u):
    """The part of a gradient that is left once u, which has unit norm, is normalised."""
    return gradient - (gradient @ u) * u


def pulls_by_hand(loss, z, i, setting):
    """Table 2's gradient with respect to u = z[i]: the factor of each v, and 0 for u itself.

    It is negated, since the table maximises and we minimise.
    """
    B = len(z) // 2
    positive = (i + B) % (2 * B)
    s = (z @ z[i]).tolist()
    others = [k for k in range(2 * B) if k not in (i, positive)]
    found = torch.zeros(2 * B, dtype=z.dtype)
    if loss is nt_xent_loss:
        Z = sum(math.exp(s[k] / setting) for k in [positive, *others])
        found[positive] = -(1 - math.exp(s[positive] / setting) / Z) / setting
        for k in others:
            found[k] = math.exp(s[k] / setting) / Z / setting
    elif loss is nt_logistic_loss:
        found[positive] = -1 / (1 + math.exp(s[positive] / setting)) / setting
        for k in others:
            found[k] = 1 / (1 + math.exp(-s[k] / setting)) / setting / len(others)
    else:
        for k in others:
            if s[positive] - s[k] < setting:
                found[k] += 1 / len(others)
                found[positive] -= 1 / len(others)
    return found


@every_loss
@pytest.mark.parametrize("B, d", [(2, 3), (4, 5), (6, 3)])
@pytest.mark.parametrize("setting", [0.1, 0.5])
def test_gradient_of_the_loss_sums_table_2_over_roles(loss, B, d, setting):
    """A view is pulled as the anchor u, and as a candidate v of every other anchor.

    The table gives its pull as an anchor. As a candidate it has the same factor, times u.
    """
    z = torch.nn.functional.normalize(torch.cat(two_projections(B, d)), dim=1)
    pulls = torch.stack([pulls_by_hand(loss, z, i, setting) for i in range(2 * B)])
    expected = (pulls @ z + pulls.T @ z) / (2 * B)  # as anchor, and as candidate
    views = z.clone().requires_grad_()
    loss(views[:B], views[B:], setting).backward()
    for i in range(2 * B):
        torch.testing.assert_close(views.grad[i], tangent(expected[i], z[i]))


@every_loss
def test_gradient_is_at_right_angles_to_the_projection(loss):
    """The norm does not matter, so a step along z does not change the loss."""
    z1, z2 = (z.requires_grad_() for z in two_projections(4, 6))
    loss(z1, z2, 0.5).backward()
    for z in (z1, z2):
        assert z.grad.abs().max() > 1e-3
        assert (z.grad * z).sum(1).abs().max() < 1e-12


# traps


@every_loss
@pytest.mark.parametrize(
    "dtype, setting", [(torch.float16, 0.05), (torch.bfloat16, 0.05), (torch.float32, 0.01)]
)
def test_small_temperature_and_half_precision_stay_finite(loss, dtype, setting):
    """exp(1/tau) overflows float16 at 0.05, and float32 at 0.01; loss and gradient must not."""
    base = two_projections(64, 32, dtype=torch.float32)
    z1, z2 = (z.to(dtype).requires_grad_() for z in base)
    value = loss(z1, z2, setting)
    value.backward()
    exact = loss(z1.detach().double(), z2.detach().double(), setting).item()
    assert value.item() == pytest.approx(exact, rel=1e-4)
    for z in (z1, z2):
        assert z.grad.dtype == dtype
        assert z.grad.isfinite().all() and z.grad.any()


@every_loss
def test_large_half_precision_projections_stay_finite(loss):
    """The square of 300 overflows float16; the loss must not."""
    z1, z2 = two_projections(4, 8, dtype=torch.float32)
    expected = loss(z1, z2).item()
    assert loss((300 * z1).half(), (300 * z2).half()).item() == pytest.approx(expected, rel=1e-2)


@every_loss
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_zero_vectors_give_a_finite_value(loss, dtype):
    """A projection of zeros has cosine 0 with everything."""
    z = torch.zeros(3, 4, dtype=dtype)
    assert loss(z, z, 0.5).isfinite()
    z1, z2 = two_projections(3, 4, dtype=torch.float32)
    z1[0] = 0
    z1, z2 = z1.to(dtype).requires_grad_(), z2.to(dtype)
    value = loss(z1, z2, 0.5)
    value.backward()
    assert value.isfinite() and z1.grad[1:].isfinite().all()


def test_two_zero_batches_cost_log_of_candidates():
    """All cosines are 0, so all candidates are equally likely."""
    assert nt_xent_loss(torch.zeros(3, 4), torch.zeros(3, 4)).item() == pytest.approx(math.log(5))


@every_loss
def test_one_image_is_refused(loss):
    """B = 1 has no negatives: NT-Xent would be 0 whatever is learnt."""
    with pytest.raises(ValueError, match="1 image has no negatives; use a batch of 2 or more"):
        loss(torch.ones(1, 4), torch.ones(1, 4))


@pytest.mark.parametrize("loss", [nt_xent_loss, nt_logistic_loss])
@pytest.mark.parametrize("temperature", [0, -0.5, math.nan])
def test_temperature_must_be_above_zero(loss, temperature):
    """A negative temperature would silently repel positives."""
    z1, z2 = two_projections(3, 4)
    with pytest.raises(ValueError, match=f"must be above 0, not {temperature}"):
        loss(z1, z2, temperature)


@pytest.mark.parametrize("margin", [-0.1, math.nan])
def test_margin_must_not_be_negative(margin):
    """A negative margin would accept a negative that is nearer than the positive."""
    with pytest.raises(ValueError, match=f"must be 0 or more, not {margin}"):
        margin_triplet_loss(*two_projections(3, 4), margin)


@every_loss
@pytest.mark.parametrize("shapes", [((3, 4), (2, 4)), ((3, 4), (3, 5)), ((3, 2, 2), (3, 2, 2))])
def test_shapes_must_agree(loss, shapes):
    """Both must be (B, d); the message names both."""
    with pytest.raises(ValueError, match=r"shape \(B, d\), not .*3.* and "):
        loss(*map(torch.ones, shapes))


def test_a_batch_of_512_saves_less_than_64_mebibytes_for_its_gradient():
    """What backward needs is a few (2B, 2B) matrices, never one of shape (2B, 2B, d)."""
    saved = []

    def count(tensor):
        saved.append(tensor.numel() * tensor.element_size())
        return tensor

    z1, z2 = two_projections(512, 128, dtype=torch.float32)
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        nt_xent_loss(z1.requires_grad_(), z2)
    assert 0 < sum(saved) < 64 * 2**20
