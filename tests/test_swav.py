"""SwAV: Sinkhorn and the swapped loss against loops, prototypes, queue and crops."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, nn

from simclr_mini.swav import codes_with_queue, entropy, normalise_, sinkhorn, swapped_loss


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


def unit(*shape, seed=0):
    return F.normalize(draws(*shape, seed=seed), dim=1)


def cosines(B, K, d, seed=0):
    return unit(B, d, seed=seed) @ unit(K, d, seed=seed + 1).T


# prototypes


def test_prototypes_get_unit_norm_in_place_and_without_a_graph():
    prototypes = nn.Parameter(draws(4, 3))
    expected = [row / row.norm() for row in prototypes.detach().clone()]
    address = prototypes.data_ptr()
    normalise_(prototypes)
    torch.testing.assert_close(prototypes.detach(), torch.stack(expected))
    assert prototypes.data_ptr() == address
    assert prototypes.is_leaf and prototypes.requires_grad


def test_the_gradient_of_a_prototype_is_not_only_sidewards():
    """Normalised in the graph, a gradient has no part along its prototype; here it keeps it."""
    z, prototypes = unit(5, 3), nn.Parameter(draws(4, 3, seed=1))
    normalise_(prototypes)
    (z @ prototypes.T).square().sum().backward()
    along = (prototypes.grad * prototypes).sum(1).abs()
    assert (along > 1e-3).all()


# Sinkhorn


def sinkhorn_in_loops(scores, epsilon, iterations):
    """In the order of the authors' code: prototypes in rows, each half-step by its sum."""
    B, K = scores.shape
    Q = [[math.exp(float(scores[b, k]) / epsilon) for b in range(B)] for k in range(K)]
    total = sum(map(sum, Q))
    Q = [[q / total for q in row] for row in Q]
    for _ in range(iterations):
        Q = [[q / sum(row) / K for q in row] for row in Q]
        columns = [sum(Q[k][b] for k in range(K)) for b in range(B)]
        Q = [[Q[k][b] / columns[b] / B for b in range(B)] for k in range(K)]
    return torch.tensor([[Q[k][b] * B for k in range(K)] for b in range(B)], dtype=torch.float64)


@pytest.mark.parametrize(
    "B, K, epsilon, iterations",
    [(11, 7, 0.07, 3), (4, 9, 0.2, 1), (6, 5, 0.5, 2), (3, 2, 0.03, 10), (1, 3, 0.1, 3)],
)
def test_codes_are_those_of_the_loops(B, K, epsilon, iterations):
    scores = cosines(B, K, 5)
    expected = sinkhorn_in_loops(scores, epsilon, iterations)
    torch.testing.assert_close(sinkhorn(scores, epsilon, iterations), expected, rtol=1e-9, atol=0)


@pytest.mark.parametrize("rounds, first, second", [(1, 4 / 7, 2 / 5), (2, 0.585, 0.414)])
def test_two_images_and_two_prototypes_by_hand(rounds, first, second):
    """Exponentials 4, 1 and 2, 1: columns by 6 and 2, then rows by their sums."""
    scores = torch.tensor([[4.0, 1.0], [2.0, 1.0]]).log()
    codes = sinkhorn(scores, 1.0, rounds)
    assert codes[:, 0].tolist() == pytest.approx([first, second], abs=1e-3)


def test_many_rounds_reach_the_balanced_solution():
    """Scaling keeps 4 * 1 / (2 * 1) = 2, so x / (1 - x) is the square root of 2."""
    codes = sinkhorn(torch.tensor([[4.0, 1.0], [2.0, 1.0]]).log().double(), 1.0, 100)
    x = math.sqrt(2) / (1 + math.sqrt(2))
    assert codes.flatten().tolist() == pytest.approx([x, 1 - x, 1 - x, x], rel=1e-9)


def test_every_code_sums_to_one_and_many_rounds_balance_the_prototypes():
    scores = cosines(11, 7, 5)
    for rounds in (1, 3):
        torch.testing.assert_close(
            sinkhorn(scores, 0.07, rounds).sum(1), torch.ones(11, dtype=torch.float64)
        )
    masses = sinkhorn(scores, 0.07, 300).sum(0)
    torch.testing.assert_close(masses, torch.full((7,), 11 / 7, dtype=torch.float64))


def test_equal_scores_give_uniform_codes():
    """What collapse looks like: no prototype is preferred."""
    torch.testing.assert_close(sinkhorn(torch.full((6, 4), 0.3)), torch.full((6, 4), 0.25))


def test_a_shift_of_all_scores_changes_nothing_but_a_shift_of_a_row_does():
    """So an overflow may be avoided by the largest score of all, never by that of each row."""
    scores = cosines(6, 4, 5)
    codes = sinkhorn(scores, 0.1)
    torch.testing.assert_close(sinkhorn(scores - scores.max(), 0.1), codes)
    by_row = sinkhorn(scores - scores.max(1, keepdim=True).values, 0.1)
    assert (by_row - codes).abs().max() > 1e-3


def test_order_of_samples_and_prototypes_does_not_matter():
    scores = cosines(6, 4, 5)
    rows, columns = [3, 1, 5, 0, 4, 2], [2, 0, 3, 1]
    shuffled = sinkhorn(scores[rows][:, columns], 0.1)
    torch.testing.assert_close(shuffled, sinkhorn(scores, 0.1)[rows][:, columns])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
@pytest.mark.parametrize("epsilon", [0.05, 0.002])
def test_sharp_codes_overflow_in_no_number_format(dtype, epsilon):
    """exp(1 / 0.05) is beyond float16, exp(1 / 0.002) beyond float64."""
    scores = cosines(6, 4, 5).to(dtype)
    codes = sinkhorn(scores, epsilon)
    assert codes.dtype == torch.float32
    torch.testing.assert_close(
        codes, sinkhorn(scores.double(), epsilon).float(), rtol=1e-3, atol=1e-6
    )
    torch.testing.assert_close(codes.sum(1), torch.ones(6))


def test_codes_carry_no_gradient():
    scores = cosines(6, 4, 5).requires_grad_()
    assert not sinkhorn(scores).requires_grad


def test_codes_balance_where_softmax_does_not():
    """All samples prefer prototype 0; a softmax gives it everything, a code only its share."""
    scores = cosines(40, 4, 5)
    scores[:, 0] += 1
    assert F.softmax(scores / 0.1, 1)[:, 0].mean() > 0.9
    assert sinkhorn(scores, 0.1)[:, 0].mean() < 0.3


# codes with a queue


def test_a_queue_takes_part_in_the_balance_and_gets_no_codes():
    z, queue, prototypes = unit(5, 3), unit(7, 3, seed=1), unit(4, 3, seed=2)
    every = [[torch.dot(v, c).item() for c in prototypes] for v in (*z, *queue)]
    expected = sinkhorn_in_loops(torch.tensor(every, dtype=torch.float64), 0.2, 3)[:5]
    got = codes_with_queue(z, queue, prototypes, 0.2, 3)
    torch.testing.assert_close(got, expected)
    assert (got - sinkhorn(z @ prototypes.T, 0.2, 3)).abs().max() > 1e-2


def test_an_empty_queue_is_no_queue():
    z, prototypes = unit(5, 3), unit(4, 3, seed=2)
    got = codes_with_queue(z, z[:0], prototypes, 0.2, 3)
    torch.testing.assert_close(got, sinkhorn(z @ prototypes.T, 0.2, 3))


def test_order_of_the_queue_does_not_matter():
    z, queue, prototypes = unit(5, 3), unit(7, 3, seed=1), unit(4, 3, seed=2)
    torch.testing.assert_close(
        codes_with_queue(z, queue.flip(0), prototypes), codes_with_queue(z, queue, prototypes)
    )


# the swapped loss


def swapped_in_loops(scores, codes, temperature):
    """Code by code, view by view, image by image, prototype by prototype."""
    of_codes = []
    for i, code in enumerate(codes):
        of_views = []
        for v, s in enumerate(scores):
            if v == i:
                continue
            losses = []
            for b in range(len(s)):
                total = sum(torch.exp(x / temperature) for x in s[b])
                terms = [
                    -code[b, k] * torch.log(torch.exp(s[b, k] / temperature) / total)
                    for k in range(s.shape[1])
                ]
                losses.append(sum(terms))
            of_views.append(sum(losses) / len(losses))
        of_codes.append(sum(of_views) / len(of_views))
    return sum(of_codes) / len(of_codes)


def crops(count, B=5, K=7, d=4):
    """Scores of several views, and the codes of the first two."""
    scores = [cosines(B, K, d, seed=10 * v) for v in range(count)]
    return scores, [sinkhorn(s, 0.2, 3) for s in scores[:2]]


@pytest.mark.parametrize("count", [2, 3, 4, 6])
def test_loss_and_gradient_are_those_of_the_loops(count):
    """Two large crops and up to four small ones."""
    scores, codes = crops(count)
    for s in scores:
        s.requires_grad_()
    expected = swapped_in_loops(scores, codes, 0.3)
    got = swapped_loss(scores, codes, 0.3)
    assert got.item() == pytest.approx(expected.item(), rel=1e-9)
    for mine, theirs in zip(
        torch.autograd.grad(got, scores), torch.autograd.grad(expected, scores), strict=True
    ):
        torch.testing.assert_close(mine, theirs, rtol=1e-8, atol=1e-12)


def test_equal_scores_cost_log_of_the_prototypes():
    """Whatever the codes are, if each sums to 1."""
    _, codes = crops(2)
    assert swapped_loss([torch.full((5, 7), 0.4)] * 3, codes).item() == (
        pytest.approx(math.log(7), rel=1e-6)
    )


def test_sure_codes_that_are_found_cost_the_floor():
    """Each view lies on its prototype and across all others."""
    scores = torch.eye(7, dtype=torch.float64)[:5]
    got = swapped_loss([scores, scores], [scores, scores], 0.3).item()
    assert got == pytest.approx(math.log1p(6 * math.exp(-1 / 0.3)), rel=1e-9)


def test_a_view_does_not_predict_its_own_code():
    """Change code 1: the gradient at view 1 stays, because view 1 predicts code 2."""
    scores, codes = crops(2)
    scores[0].requires_grad_()
    (before,) = torch.autograd.grad(swapped_loss(scores, codes, 0.3), scores[0])
    codes[0] = codes[0].flip(1)
    (after,) = torch.autograd.grad(swapped_loss(scores, codes, 0.3), scores[0])
    assert torch.equal(before, after)


def test_large_crops_can_be_swapped_and_small_ones_shuffled():
    scores, codes = crops(5)
    swapped = swapped_loss([scores[i] for i in (1, 0, 4, 2, 3)], codes[::-1], 0.3)
    torch.testing.assert_close(swapped, swapped_loss(scores, codes, 0.3))


def test_the_loss_is_the_entropy_of_the_codes_and_a_divergence():
    """H(q) + KL(q || p): it cannot pass below the entropy of the codes."""
    scores, codes = crops(2)
    log_p = [F.log_softmax(s / 0.3, 1) for s in scores]
    divergence = [
        (q * (q.log() - p)).sum(1).mean() for q, p in zip(codes, log_p[::-1], strict=True)
    ]
    sharpness = torch.stack([entropy(q).mean() for q in codes]).mean()
    expected = sharpness + sum(divergence) / 2
    torch.testing.assert_close(swapped_loss(scores, codes, 0.3), expected)
    assert all(d > 0 for d in divergence)


def test_a_tiny_temperature_overflows_nowhere():
    scores, codes = crops(3)
    single = swapped_loss([s.float() for s in scores], [q.float() for q in codes], 0.001)
    assert single.item() == pytest.approx(swapped_loss(scores, codes, 0.001).item(), rel=1e-4)


def test_entropy_by_hand():
    """Of a sure code 0, of a uniform one ln K."""
    p = torch.tensor([[1.0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0]])
    assert entropy(p).tolist() == pytest.approx([0, math.log(4), math.log(2)])
