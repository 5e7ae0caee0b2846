"""SwAV: Sinkhorn and the swapped loss against loops, prototypes, queue and crops."""

import copy
import math
import warnings

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, nn

from simclr_mini.config import Config
from simclr_mini.data import Images
from simclr_mini.optim import parameter_groups
from simclr_mini.swav import (
    SwAV,
    SwAVOptions,
    codes_with_queue,
    entropy,
    normalise_,
    sinkhorn,
    swapped_loss,
)


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
    """If the graph normalised it, its gradient would have no part along it; here it has one."""
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
    """To avoid overflow, subtract the largest score of all, never the largest of each row."""
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
    """Each view lies on its prototype, at right angles to all others."""
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
    """It is 0 for a sure code, and ln K for a uniform one."""
    p = torch.tensor([[1.0, 0, 0, 0], [0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0]])
    assert entropy(p).tolist() == pytest.approx([0, math.log(4), math.log(2)])


# the method


def method_of(B=6, K=4, d=5, seed=0, epoch=9, **options):
    """A float64 method with a small network; images are vectors of three numbers."""
    options = {"temperature": 0.3, "epsilon": 0.2, **options}
    options = SwAVOptions(prototypes=K, **options)
    config = Config(batch_size=B, out_dim=d, seed=seed, method="swav", options=options)
    images = Images(torch.zeros(40, 3, 2, 2, dtype=torch.uint8), None, (), "bare", "train")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        encoder = nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU())
        method = SwAV(config, images, encoder, nn.Linear(6, d)).double()
    for _ in range(epoch):
        method.start_epoch(torch.zeros(0))
    return method


def views_of(count, B=6, d=5, seed=0):
    """Projections of several views, not normalised."""
    return [(4 * draws(B, d, seed=seed + v)).requires_grad_() for v in range(count)]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("epoch", [1, 2])
def test_the_method_is_its_parts_in_loops(count, epoch):
    """Unit norms, codes of the first two views, every other view predicts. Gradients too."""
    method, z = method_of(epoch=epoch), views_of(count)
    with torch.no_grad():
        method.prototypes.mul_(torch.tensor([[1.0], [2], [0.5], [3]]))
    prototypes = torch.stack([c / c.norm() for c in method.prototypes.detach()]).requires_grad_()
    scores = [
        torch.stack([torch.stack([torch.dot(v / v.norm(), c) for c in prototypes]) for v in one])
        for one in z
    ]
    codes = [sinkhorn_in_loops(s.detach(), 0.2, 3) for s in scores[:2]]
    expected = swapped_in_loops(scores, codes, 0.3)
    wanted = torch.autograd.grad(expected, [*z, prototypes])
    got = method.loss(z[0], z[1], torch.arange(6), *z[2:])
    assert got.item() == pytest.approx(expected.item(), rel=1e-9)
    got.backward()
    for one, gradient in zip(z, wanted, strict=False):
        torch.testing.assert_close(one.grad, gradient, rtol=1e-8, atol=1e-12)
    torch.testing.assert_close(method.prototypes.detach(), prototypes.detach())
    if epoch == 1:  # frozen
        assert method.prototypes.grad is None
    else:
        torch.testing.assert_close(method.prototypes.grad, wanted[-1], rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("freeze_epochs", [0, 1, 2])
def test_frozen_prototypes_do_not_move_and_then_they_do(freeze_epochs):
    """Neither by a gradient nor by weight decay; the network learns all the while."""
    method = method_of(epoch=0, freeze_epochs=freeze_epochs).train()
    optimizer = torch.optim.AdamW(parameter_groups(method, 0.5), lr=0.1)
    start, weight = method.prototypes.detach().clone(), method.projector.weight.detach().clone()
    for epoch in range(1, 4):
        method.start_epoch(torch.zeros(0))
        for step in range(2):
            z = [method.project(draws(6, 3, seed=10 * step + v)) for v in range(2)]
            optimizer.zero_grad(set_to_none=True)
            method.loss(*z, torch.arange(6)).backward()
            optimizer.step()
        moved = not torch.allclose(F.normalize(method.prototypes.detach(), dim=1), start)
        assert moved == (epoch > freeze_epochs)
        assert not torch.allclose(method.projector.weight, weight)


def test_prototypes_start_as_unit_rows_that_differ():
    prototypes = method_of(K=30, d=16).prototypes.detach()
    torch.testing.assert_close(prototypes.norm(dim=1), torch.ones(30).double())
    assert (prototypes @ prototypes.T).fill_diagonal_(0).abs().max() < 0.9


def test_collapse_costs_chance_and_shows_in_the_codes():
    """All views equal: codes are uniform, and the loss cannot be below ln K."""
    method = method_of()
    z = torch.ones(6, 5).double()
    assert method.loss(z, z, torch.arange(6)).item() >= method.chance(6)
    found = method.meters(z, z, torch.arange(6))
    assert found["code_entropy"] == pytest.approx(math.log(4))
    assert found["dead_prototypes"] == 3


# the queue of the method


def test_a_queue_is_used_when_it_is_full_and_not_before():
    """Two pushes fill it; until then codes are those of the batch alone."""
    method = method_of(queue_size=12, queue_start=0)
    past = []
    for step in range(4):
        z = views_of(2, seed=10 * step)
        one, two = (F.normalize(v.detach(), dim=1) for v in z)
        prototypes = F.normalize(method.prototypes.detach(), dim=1)
        codes = [
            codes_with_queue(v, torch.cat([p[i] for p in past[-2:]]), prototypes, 0.2, 3)
            if step >= 2
            else sinkhorn(v @ prototypes.T, 0.2, 3)
            for i, v in enumerate((one, two))
        ]
        expected = swapped_loss([one @ prototypes.T, two @ prototypes.T], codes, 0.3)
        got = method.loss(*z, torch.arange(6))
        assert method.found["queue_filled"] == min(step / 2, 1)
        torch.testing.assert_close(got.detach(), expected)
        past.append((one, two))


def test_queues_hold_embeddings_and_are_scored_with_the_prototypes_of_today():
    """If the prototypes change, so do the codes that a full queue gives."""
    method = method_of(queue_size=6, queue_start=0)
    first, second = views_of(2), views_of(2, seed=10)
    method.loss(*first, torch.arange(6))
    assert method.queues[0].rows.shape == (6, 5)
    with torch.no_grad():
        method.prototypes.copy_(method.prototypes.flip(1))
    prototypes = method.prototypes.detach().clone()
    one, two = (F.normalize(v.detach(), dim=1) for v in second)
    codes = [
        codes_with_queue(v, F.normalize(old.detach(), dim=1), prototypes, 0.2, 3)
        for v, old in zip((one, two), first, strict=True)
    ]
    expected = swapped_loss([one @ prototypes.T, two @ prototypes.T], codes, 0.3)
    torch.testing.assert_close(method.loss(*second, torch.arange(6)).detach(), expected)


@pytest.mark.parametrize("queue_start", [0, 1, 2])
def test_a_queue_fills_only_after_its_start(queue_start):
    method = method_of(epoch=0, queue_size=12, queue_start=queue_start)
    for epoch in range(1, 5):
        method.start_epoch(torch.zeros(0))
        method.loss(*views_of(2), torch.arange(6))
        pushed = max(0, epoch - queue_start)
        assert method.queues[0].filled() == min(pushed / 2, 1)


def test_without_a_queue_nothing_waits():
    method = method_of()
    for _ in range(3):
        method.loss(*views_of(2), torch.arange(6))
    assert len(method.queues[0].rows) == 0
    assert "queue_filled" not in method.found


# meters, chance and floor


def test_entropy_and_divergence_sum_to_the_loss():
    method, z = method_of(), views_of(2)
    loss = method.loss(*z, torch.arange(6)).item()
    scores = [F.normalize(one.detach(), dim=1) @ method.prototypes.detach().T for one in z]
    codes = [code for s in scores for code in sinkhorn(s, 0.2, 3).tolist()]
    expected = [-sum(q * math.log(q) for q in code) for code in codes]
    found = method.found
    assert found["code_entropy"] == pytest.approx(sum(expected) / len(expected))
    assert found["code_entropy"] + found["divergence"] == pytest.approx(loss)


def test_agreement_and_dead_prototypes_by_hand():
    """Views of two images of three prefer the same prototype; one prototype of four gets none."""
    method = method_of(B=3, K=4, d=4)
    axes = torch.eye(4).double()
    with torch.no_grad():
        method.prototypes.copy_(axes)
    method.loss(axes[[0, 1, 2]], axes[[0, 1, 0]], torch.arange(3))
    assert method.found["agreement"] == pytest.approx(2 / 3)
    assert method.found["dead_prototypes"] == 1
    method.loss(axes[[3, 3, 3]], axes[[3, 3, 3]], torch.arange(3))
    assert method.found["dead_prototypes"] == 0
    method.start_epoch(torch.zeros(0))
    method.loss(axes[[3, 3, 3]], axes[[3, 3, 3]], torch.arange(3))
    assert method.found["dead_prototypes"] == 3


def test_usage_is_one_if_all_get_the_same_and_small_if_one_gets_all():
    axes = torch.eye(4).double()
    for rows, usage in (([0, 1, 2, 3], 1.0), ([2, 2, 2, 2], 0.25)):
        method = method_of(B=4, K=4, d=4, temperature=0.02)
        with torch.no_grad():
            method.prototypes.copy_(axes)
        method.loss(axes[[0, 1, 1, 1]], axes[[0, 1, 1, 1]], torch.arange(4))
        method.start_epoch(torch.zeros(0))  # which starts the count again
        method.loss(axes[rows], axes[rows], torch.arange(4))
        assert method.found["usage"] == pytest.approx(usage)


def test_the_loop_hands_over_all_views_at_once():
    """Pairs of views would give small crops codes, and push twice into the queues."""
    one, two, z = method_of(), method_of(), views_of(4)
    assert torch.equal(one.loss_of_views(z, torch.arange(6)), two.loss(*z[:2], 0, *z[2:]))


def test_small_crops_count_in_the_loss_and_not_in_the_meters_of_large_ones():
    method, z = method_of(), views_of(4)
    method.loss(z[0], z[1], torch.arange(6), *z[2:])
    with_small = method.found
    other = method_of()
    other.loss(z[0], z[1], torch.arange(6))
    for name in ("code_entropy", "agreement", "usage", "dead_prototypes"):
        assert with_small[name] == other.found[name]
    assert with_small["divergence"] != other.found["divergence"]


def test_every_gauge_is_a_meter():
    method = method_of()
    method.loss(*views_of(2), torch.arange(6))
    assert set(method.gauges) <= set(method.meters(None, None, None))


def test_chance_and_floor_are_losses():
    """At the floor every view lies on its prototype, and the codes are sure of it."""
    axes = torch.eye(5).double()
    method = method_of(B=5, K=5, epsilon=0.01)
    with torch.no_grad():
        method.prototypes.copy_(axes)
    loss = method.loss(axes, axes, torch.arange(5)).item()
    assert loss == pytest.approx(method.floor(5)) == method.floor(3)
    assert method.chance(3) == pytest.approx(math.log(5))


# options and state


def check(B=64, **options):
    Config(batch_size=B, method="swav", options=SwAVOptions(**options)).check()


@pytest.mark.parametrize(
    "options, message",
    [
        ({"prototypes": 1}, "--prototypes must be 2 or more"),
        ({"iterations": 0}, "--iterations must be 1 or more"),
        ({"epsilon": 0}, "--epsilon must be a number above 0, such as 0.05, not 0"),
        ({"epsilon": math.nan}, "--epsilon must be a number above 0"),
        ({"temperature": -1}, "--temperature must be above 0"),
        ({"freeze_epochs": -1}, "--freeze-epochs must be 0 or more"),
        ({"queue_start": -1}, "--queue-start must be 0 or more"),
        ({"queue_size": 100}, "--queue-size must be a multiple of --batch-size 64, not 100"),
        ({"queue_size": -64}, "--queue-size must be 0 or more"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        check(**options)


def test_too_few_images_for_the_prototypes_are_warned_of():
    with pytest.warns(UserWarning, match="64 images cannot be shared out among 65 prototypes"):
        check(prototypes=65)
    with pytest.warns(UserWarning, match="use --prototypes 32, a larger --batch-size, or"):
        check(prototypes=65)


@pytest.mark.parametrize(
    "options", [{}, {"prototypes": 64}, {"prototypes": 300, "queue_size": 256}]
)
def test_enough_samples_raise_no_warning(options):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(**options)


def test_a_method_goes_on_from_its_state():
    """Prototypes, queues, epoch and counts: the next steps are the same to the bit."""
    one = method_of(queue_size=6, epoch=2)
    two = method_of(queue_size=6, epoch=0, seed=1)
    one.loss(*views_of(2), torch.arange(6))
    two.load_state_dict(copy.deepcopy(one.state_dict()))
    for step in range(1, 3):
        a, b = (m.loss(*views_of(2, seed=5 * step), torch.arange(6)) for m in (one, two))
        assert torch.equal(a, b) and one.found == two.found
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]), name
