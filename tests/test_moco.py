"""MoCo: the loss against loops, the queue, the network that follows, and batch norm in groups."""

import math
from collections import deque

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, nn

from simclr_mini.moco import (
    follow,
    frozen_copy,
    in_groups,
    key_accuracy,
    moco_loss,
    network_distance,
    shuffled_in_groups,
    similarities,
)
from simclr_mini.nnclr import SupportSet
from simclr_mini.ring import Ring


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


def unit(*shape, seed=0):
    return F.normalize(draws(*shape, seed=seed), dim=1)


# the loss


def cosine(u, v):
    return torch.dot(u, v) / (u.norm() * v.norm())


def loss_in_loops(q, k, queue, temperature):
    """-log of the own key's share, query by query."""
    losses = []
    for b in range(len(q)):
        own = torch.exp(cosine(q[b], k[b].detach()) / temperature)
        others = [torch.exp(cosine(q[b], row) / temperature) for row in queue]
        losses.append(-torch.log(own / (own + sum(others))))
    return sum(losses) / len(losses)


SIZES = [(5, 31, 8, 0.13), (3, 7, 6, 0.5), (1, 4, 3, 1.7), (4, 1, 2, 0.07)]


@pytest.mark.parametrize("B, K, d, temperature", SIZES)
def test_loss_is_that_of_the_loops(B, K, d, temperature):
    q, k, queue = 3 * draws(B, d, seed=1), 5 * draws(B, d, seed=2), unit(K, d, seed=3)
    expected = loss_in_loops(q, k, queue, temperature).item()
    assert moco_loss(q, k, queue, temperature).item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("B, K, d, temperature", SIZES)
def test_gradient_is_that_of_the_loops_and_reaches_queries_alone(B, K, d, temperature):
    q, k, queue = 3 * draws(B, d, seed=1), 5 * draws(B, d, seed=2), unit(K, d, seed=3)
    for x in (q, k, queue):
        x.requires_grad_()
    (expected,) = torch.autograd.grad(loss_in_loops(q, k, queue, temperature), q)
    moco_loss(q, k, queue.detach(), temperature).backward()
    torch.testing.assert_close(q.grad, expected, rtol=1e-8, atol=1e-12)
    assert k.grad is None
    assert q.grad.abs().sum() > 0


def test_equal_candidates_cost_log_of_their_number():
    """With one direction for everything, K + 1 candidates are equally likely."""
    assert moco_loss(torch.ones(3, 4), torch.ones(3, 4), torch.ones(6, 4) / 2).item() == (
        pytest.approx(math.log(7), rel=1e-6)
    )


def test_a_query_at_its_key_and_across_the_queue_costs_the_floor():
    q, queue = torch.eye(8)[:2], torch.eye(8)[2:]
    expected = math.log1p(6 * math.exp(-1 / 0.3))
    assert moco_loss(q, q, queue, 0.3).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("temperature", [0.02, 0.1])
def test_a_key_that_waits_in_the_queue_already_costs_log_two(temperature):
    """Enqueue before the loss, and at a low temperature no query can do better."""
    queue = torch.eye(8, dtype=torch.float64)
    loss = moco_loss(queue[:1], queue[:1], queue, temperature).item()
    assert loss == pytest.approx(math.log(2 + 7 * math.exp(-1 / temperature)), rel=1e-9)


def test_lengths_do_not_matter():
    q, k, queue = draws(4, 5, seed=1), draws(4, 5, seed=2), unit(9, 5, seed=3)
    expected = moco_loss(q, k, queue, 0.3)
    stretched = torch.tensor([[0.1], [2.0], [30.0], [1.0]]).double()
    torch.testing.assert_close(moco_loss(q * stretched, k / stretched, queue, 0.3), expected)


def test_order_of_the_queue_and_of_the_pairs_does_not_matter():
    q, k, queue = draws(4, 5, seed=1), draws(4, 5, seed=2), unit(9, 5, seed=3)
    order = [2, 0, 3, 1]
    shuffled = moco_loss(q[order], k[order], queue.flip(0), 0.3)
    torch.testing.assert_close(shuffled, moco_loss(q, k, queue, 0.3))


def test_the_keys_of_other_queries_are_no_candidates():
    """The loss of a batch is the mean of the losses of its queries, each by itself."""
    q, k, queue = draws(4, 5, seed=1), draws(4, 5, seed=2), unit(9, 5, seed=3)
    alone = [moco_loss(q[b : b + 1], k[b : b + 1], queue, 0.3) for b in range(4)]
    torch.testing.assert_close(moco_loss(q, k, queue, 0.3), torch.stack(alone).mean())


def test_a_tiny_temperature_overflows_nowhere():
    """exp(1 / 0.001) is too large for every number format."""
    q, k, queue = (x.float() for x in (draws(4, 5, seed=1), draws(4, 5, seed=2), unit(9, 5)))
    q.requires_grad_()
    loss = moco_loss(q, k, queue, 0.001)
    loss.backward()
    exact = moco_loss(q.detach().double(), k.double(), queue.double(), 0.001)
    assert loss.item() == pytest.approx(exact.item(), rel=1e-4)
    assert q.grad.isfinite().all()


def test_the_symmetric_loss_is_the_mean_of_both_directions():
    """Both directions see the same queue, so one call with all queries does both."""
    q1, q2, k1, k2 = (draws(3, 5, seed=s) for s in range(4))
    queue = unit(7, 5, seed=9)
    both = moco_loss(torch.cat([q1, q2]), torch.cat([k2, k1]), queue, 0.3)
    directions = moco_loss(q1, k2, queue, 0.3), moco_loss(q2, k1, queue, 0.3)
    torch.testing.assert_close(both, sum(directions) / 2)


def test_column_zero_holds_the_own_key():
    q, k, queue = draws(3, 5, seed=1), draws(3, 5, seed=2), unit(4, 5, seed=3)
    found = similarities(q, k, queue)
    assert found.shape == (3, 5)
    for b in range(3):
        expected = [cosine(q[b], row).item() for row in (k[b], *queue)]
        assert found[b].tolist() == pytest.approx(expected, rel=1e-9)


def test_accuracy_counts_queries_whose_own_key_is_the_most_similar():
    """By hand: the first query finds its key, the second finds a row of the queue."""
    q, k = torch.tensor([[1.0, 0], [0, 1]]), torch.tensor([[1.0, 0.1], [1, 0.1]])
    queue = F.normalize(torch.tensor([[0.1, 1.0], [-1, 0]]), dim=1)
    assert key_accuracy(q, k, queue) == 0.5


def test_accuracy_of_a_collapsed_network_is_zero():
    assert key_accuracy(torch.ones(3, 4), torch.ones(3, 4), torch.ones(6, 4) / 2) == 0


# the queue


def pushes(sizes, d, seed=0):
    """Projections and images of several pushes."""
    for i, B in enumerate(sizes):
        yield 4 * draws(B, d, seed=seed + i), torch.arange(B) + 10 * i


@pytest.mark.parametrize("size, sizes", [(8, [4, 4, 4]), (7, [3, 3, 3, 3]), (5, [5, 1, 4, 2, 5])])
def test_a_ring_holds_the_last_rows_that_were_pushed(size, sizes):
    """Against a list that drops its oldest entries; sizes that do not divide go round the end."""
    ring, expected = Ring(size, 3, Generator().manual_seed(1)).double(), deque(maxlen=size)
    for step, (z, images) in enumerate(pushes(sizes, 3)):
        ring.push(z, images)
        expected.extend((row / row.norm(), image, step) for row, image in zip(z, images))  # noqa: B905
        held = {int(i): (r, int(a)) for r, i, a in zip(ring.rows, ring.images, ring.ages)}  # noqa: B905
        assert sum(i >= 0 for i in held) == len(expected)
        for row, image, pushed in expected:
            torch.testing.assert_close(held[int(image)][0], row)
            assert held[int(image)][1] == step - pushed
        assert ring.filled() == pytest.approx(len(expected) / size)


@pytest.mark.parametrize("sizes", [[4, 4, 4], [3, 5, 7, 1, 6]])
def test_a_ring_is_a_support_set_to_the_last_bit(sizes):
    """The same random numbers, the same buffers after each push, under the same names."""
    ring = Ring(7, 3, Generator().manual_seed(1))
    support = SupportSet(7, 3, Generator().manual_seed(1))
    for z, images in pushes(sizes, 3):
        ring.push(z.float(), images)
        support.push(z.float(), images)
        mine, theirs = ring.state_dict(), support.state_dict()
        assert list(mine) == list(theirs)
        for name in mine:
            assert torch.equal(mine[name], theirs[name]), name


def test_a_new_ring_is_random_and_of_unit_norm():
    """Rows that are not normalised would have norms near the square root of 64."""
    ring = Ring(50, 64, Generator().manual_seed(0))
    torch.testing.assert_close(ring.rows.norm(dim=1), torch.ones(50))
    assert (ring.rows @ ring.rows.T).fill_diagonal_(0).abs().max() < 0.7
    assert ring.filled() == 0 and (ring.images == -1).all() and (ring.ages == -1).all()


def test_a_ring_keeps_no_gradient():
    ring, z = Ring(4, 3), torch.ones(2, 3, requires_grad=True)
    ring.push(z * 2)
    assert not ring.rows.requires_grad
    assert ring.images.tolist() == [-1] * 4 and ring.filled() == 0.5


def test_a_ring_refuses_more_than_it_holds():
    with pytest.raises(ValueError, match="5 projections do not fit into 4 rows"):
        Ring(4, 3).push(torch.ones(5, 3))


def test_a_ring_goes_on_from_its_state():
    """What a checkpoint holds is all there is."""
    one, two = Ring(7, 3, Generator().manual_seed(1)), Ring(7, 3, Generator().manual_seed(2))
    (first, _), (second, _) = pushes([3, 6], 3)
    one.push(first)
    two.load_state_dict(one.state_dict())
    one.push(second)
    two.push(second)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name])


# the network that follows


def network(seed=0):
    """Two linear layers around a batch norm."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)
        ).double()


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.99, 1.0])
def test_each_parameter_moves_by_equation_2(momentum):
    query, key = network(0), network(1)
    before = [p.clone() for p in key.parameters()]
    follow(key, query, momentum)
    for p, old, new in zip(key.parameters(), before, query.parameters(), strict=True):
        expected = momentum * old + (1 - momentum) * new
        torch.testing.assert_close(p, expected, rtol=1e-12, atol=0)


def test_after_s_steps_a_share_of_m_to_the_s_is_left():
    """A follower at 0, a network at 1: the distance shrinks by m with each step."""
    query, key = nn.Linear(1, 1).double(), nn.Linear(1, 1).double()
    for p in query.parameters():
        nn.init.ones_(p)
    for p in key.parameters():
        nn.init.zeros_(p)
    for step in range(1, 21):
        follow(key, query, 0.9)
        assert 1 - key.weight.item() == pytest.approx(0.9**step, rel=1e-12)


def test_only_parameters_of_the_key_network_move():
    """Its running statistics are its own, and the query network stays as it is."""
    query, key = network(0), network(1)
    query(draws(6, 3))
    buffers = {name: b.clone() for name, b in key.named_buffers()}
    weights = {name: p.clone() for name, p in query.state_dict().items()}
    follow(key, query, 0.5)
    for name, b in key.named_buffers():
        assert torch.equal(b, buffers[name]), name
    for name, p in query.state_dict().items():
        assert torch.equal(p, weights[name]), name


def test_following_leaves_no_graph():
    """Otherwise the graphs of all steps would stay in memory."""
    query, key = network(0), frozen_copy(network(0))
    for _ in range(3):
        follow(key, query, 0.5)
    assert all(p.is_leaf and not p.requires_grad for p in key.parameters())
    assert all(p.requires_grad for p in query.parameters())


def test_networks_of_different_shape_are_refused():
    with pytest.raises((ValueError, RuntimeError)):
        follow(nn.Linear(3, 2), network(), 0.5)


def test_a_frozen_copy_shares_nothing():
    query = network()
    key = frozen_copy(query)
    for p, q in zip(key.parameters(), query.parameters(), strict=True):
        assert torch.equal(p, q) and p.data_ptr() != q.data_ptr()
    assert network_distance(key, query) == 0
    with torch.no_grad():
        query[0].weight += 1
    assert network_distance(key, query) > 0


def test_distance_by_hand():
    """Weights (3, 4) and bias 0 against zeros: the difference is as long as the network."""
    query, key = nn.Linear(2, 1), nn.Linear(2, 1)
    with torch.no_grad():
        for net, weight in ((query, [[3.0, 4.0]]), (key, [[0.0, 4.0]])):
            net.weight.copy_(torch.tensor(weight))
            net.bias.zero_()
    assert network_distance(key, query) == pytest.approx(3 / 5)


# batch norm in groups


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_a_batch_norm_sees_one_group_at_a_time(groups):
    x = draws(6, 4)
    norm = nn.BatchNorm1d(4, eps=1e-12).double()
    parts = x.split(6 // groups)
    expected = torch.cat([(p - p.mean(0)) / p.std(0, correction=0) for p in parts])
    torch.testing.assert_close(in_groups(norm, x, groups), expected)


def test_shuffling_a_whole_batch_changes_nothing():
    """Why there is no shuffling on one device without groups: statistics have no order."""
    x, net = draws(6, 3), network()
    order = torch.tensor([3, 1, 5, 0, 4, 2])
    torch.testing.assert_close(net(x[order])[order.argsort()], net(x))
    generator = Generator().manual_seed(0)
    before = generator.get_state()
    assert torch.equal(shuffled_in_groups(net, x, 1, generator), net(x))
    assert torch.equal(generator.get_state(), before)


@pytest.mark.parametrize("groups", [2, 3])
def test_shuffled_outputs_come_back_in_the_order_of_their_inputs(groups):
    """A network that treats each row by itself sees no difference."""
    x, net = draws(6, 3), nn.Linear(3, 2).double()
    torch.testing.assert_close(shuffled_in_groups(net, x, groups), net(x))


def test_chance_decides_which_images_form_a_group():
    """Each image minus its group's mean: in loops, with the order that was drawn."""
    x = draws(6, 3)
    got = shuffled_in_groups(lambda part: part - part.mean(0), x, 2, Generator().manual_seed(5))
    order = torch.randperm(6, generator=Generator().manual_seed(5)).tolist()
    assert order != list(range(6))
    for group in (order[:3], order[3:]):
        for b in group:
            torch.testing.assert_close(got[b], x[b] - x[group].mean(0))


def test_shuffled_groups_hide_the_signature_of_a_batch():
    """A network that cheats: it gives nothing but the mean of those it is normalised with.

    With whole batches every query finds its key and nothing has been learned; with shuffled groups
    the mean of a key's group is not that of the query's.
    """
    x1, queue = draws(64, 16, seed=1), unit(50, 16, seed=2)
    x2 = x1 + 0.01 * draws(64, 16, seed=3)

    def signature(part):
        return part.mean(0).expand_as(part)

    def same(q, k):
        return float((F.normalize(q, dim=1) * F.normalize(k, dim=1)).sum(1).mean())

    assert key_accuracy(signature(x1), shuffled_in_groups(signature, x2, 1), queue) == 1
    q, k = in_groups(signature, x1, 8), shuffled_in_groups(signature, x2, 8)
    assert same(q, in_groups(signature, x2, 8)) > 0.99
    assert same(q, k) < 0.7
