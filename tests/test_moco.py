"""MoCo: the loss against loops, the queue, the network that follows, and batch norm in groups."""

import copy
import math
from collections import deque

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, nn

from simclr_mini.config import Config
from simclr_mini.data import Images
from simclr_mini.moco import (
    MoCo,
    MoCoOptions,
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
from simclr_mini.optim import parameter_groups
from simclr_mini.ring import Ring
from simclr_mini.simclr import shuffled_batches


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
    """If keys were enqueued before the loss, no query could do better at a low temperature."""
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
    assert key_accuracy(similarities(q, k, queue)) == 0.5


def test_accuracy_of_a_collapsed_network_is_zero():
    same = similarities(torch.ones(3, 4), torch.ones(3, 4), torch.ones(6, 4) / 2)
    assert key_accuracy(same) == 0


# the queue


def pushes(sizes, d, seed=0):
    """Projections and images of several pushes."""
    for i, B in enumerate(sizes):
        yield 4 * draws(B, d, seed=seed + i), torch.arange(B) + 10 * i


@pytest.mark.parametrize("size, sizes", [(8, [4, 4, 4]), (7, [3, 3, 3, 3]), (5, [5, 1, 4, 2, 5])])
def test_a_ring_holds_the_last_rows_that_were_pushed(size, sizes):
    """Against a list that drops its oldest entries; sizes that do not divide Q wrap around."""
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
    """A checkpoint holds all of its state."""
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
def test_each_parameter_moves_by_the_equation(momentum):
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
    """A network that cheats: it returns only the mean of the images it is normalised with.

    With whole batches every query finds its key and nothing has been learned; with shuffled groups
    the mean of a key's group is not that of the query's.
    """
    x1, queue = draws(64, 16, seed=1), unit(50, 16, seed=2)
    x2 = x1 + 0.01 * draws(64, 16, seed=3)

    def signature(part):
        return part.mean(0).expand_as(part)

    def same(q, k):
        return float((F.normalize(q, dim=1) * F.normalize(k, dim=1)).sum(1).mean())

    whole = similarities(signature(x1), shuffled_in_groups(signature, x2, 1), queue)
    assert key_accuracy(whole) == 1
    q, k = in_groups(signature, x1, 8), shuffled_in_groups(signature, x2, 8)
    assert same(q, in_groups(signature, x2, 8)) > 0.99
    assert same(q, k) < 0.7


# the method


def images_of(N):
    """Images that nobody looks at."""
    return Images(torch.zeros(N, 3, 2, 2, dtype=torch.uint8), None, (), "bare", "train")


def method_of(B=3, K=12, d=5, N=40, encoder=None, temperature=0.3, seed=0, **options):
    """A float64 method with a small network; images are vectors of three numbers."""
    options = MoCoOptions(temperature=temperature, queue_size=K, **options)
    config = Config(batch_size=B, out_dim=d, seed=seed, method="moco", options=options)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        encoder = encoder or nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU())
        method = MoCo(config, images_of(N), encoder, nn.Linear(6, d)).double()
    method.queue.rows.copy_(F.normalize(method.queue.rows, dim=1))  # exactly unit in float64
    return method


def steps(method, count, B=3, rate=0.1):
    """Some steps of training on random views. Yields the views and the loss of each."""
    optimizer = torch.optim.SGD(method.parameters(), lr=rate)
    for step in range(count):
        views = draws(B, 3, seed=2 * step), draws(B, 3, seed=2 * step + 1)
        loss = method.loss(*method.project_views(views), torch.arange(B) + B * step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield views, loss


@pytest.mark.parametrize("B, K, d, temperature", [(3, 12, 5, 0.13), (2, 8, 4, 0.6)])
def test_both_directions_see_the_same_old_queue(B, K, d, temperature):
    """An enqueue between the two losses would give the second one the first one's keys."""
    method = method_of(B, K, d, temperature=temperature)
    old = method.queue.rows.clone()
    q1, q2, k1, k2 = (4 * draws(B, d, seed=s) for s in range(1, 5))
    got = method.loss(torch.cat([q1, q2]), torch.cat([k2, k1]), torch.arange(B))
    directions = [loss_in_loops(q1, k2, old, temperature), loss_in_loops(q2, k1, old, temperature)]
    assert got.item() == pytest.approx(sum(directions).item() / 2, rel=1e-9)


def test_all_keys_enter_the_queue_after_the_loss():
    """The newest rows are the keys, not the queries; each has its image."""
    method = method_of(3, 12, 5)
    q, k = 4 * draws(6, 5, seed=1), 4 * draws(6, 5, seed=2)
    method.loss(q, k, torch.tensor([7, 8, 9]))
    torch.testing.assert_close(method.queue.rows[:6], F.normalize(k, dim=1))
    assert method.queue.images.tolist() == [7, 8, 9, 7, 8, 9] + [-1] * 6


@pytest.mark.parametrize("symmetric, added", [(True, 6), (False, 3)])
def test_the_queue_holds_the_keys_of_the_last_steps(symmetric, added):
    """Whatever the keys were, against a list; K is two steps or four."""
    method, made = method_of(symmetric=symmetric), deque(maxlen=12)
    key = method.key
    method.key = lambda x: made.extend(key(x)) or key(x)
    method.train()
    for _ in steps(method, 5):
        pass
    expected = sorted(F.normalize(k, dim=0).tolist() for k in made)
    assert MoCoOptions(symmetric=symmetric).added(3) == added
    for row, other in zip(sorted(method.queue.rows.tolist()), expected, strict=True):
        assert row == pytest.approx(other, abs=1e-12)


@pytest.mark.parametrize("symmetric", [True, False])
def test_queries_of_one_view_meet_keys_of_the_other(symmetric):
    method = method_of(symmetric=symmetric).eval()
    with torch.no_grad():
        method.key_network[1].weight.add_(1)  # so that keys differ from queries
    x1, x2 = draws(3, 3, seed=1), draws(3, 3, seed=2)
    q, k = method.project_views((x1, x2))
    queries = torch.cat([method.project(x1), method.project(x2)])
    keys = torch.cat([method.key_network(x2), method.key_network(x1)])
    M = 6 if symmetric else 3
    torch.testing.assert_close(q, queries[:M])
    torch.testing.assert_close(k, keys[:M])
    assert q.requires_grad and not k.requires_grad


def test_the_key_network_starts_as_a_copy_and_follows_once_a_step_before_its_keys():
    """key_t = m key_(t-1) + (1 - m) query_(t-1), and the keys of step t are made with key_t."""
    method = method_of(momentum=0.7).train()
    expected = copy.deepcopy(method.query_network())
    for p, q in zip(method.key_network.parameters(), expected.parameters(), strict=True):
        assert torch.equal(p, q)
    used = copy.deepcopy(method.query_network())
    for _ in steps(method, 4):
        for p, q in zip(expected.parameters(), used.parameters(), strict=True):
            p.data = 0.7 * p.data + 0.3 * q.data
        used = copy.deepcopy(method.query_network())
        for p, q in zip(method.key_network.parameters(), expected.parameters(), strict=True):
            torch.testing.assert_close(p.data, q.data)
    assert method.found["network_distance"] > 0


def test_the_key_network_stays_when_nothing_is_trained():
    """Figures make views of a finished method, and must not change it."""
    method = method_of(momentum=0.5).train()
    for _ in steps(method, 2):
        pass
    method.eval()
    before = copy.deepcopy(method.state_dict())
    method.project_views((draws(3, 3), draws(3, 3, seed=1)))
    for name, value in method.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_the_key_network_normalises_with_statistics_of_its_own():
    """As in the authors' code: in training it is in training mode, and buffers are not averaged."""
    method = method_of(momentum=1.0).train()
    x1, x2 = draws(3, 3, seed=1), 5 + draws(3, 3, seed=2)
    method.symmetric = False
    method.project_views((x1, x2))
    query, key = method.encoder[1], method.key_network[0][1]
    assert key.num_batches_tracked == query.num_batches_tracked == 1
    assert not torch.allclose(key.running_mean, query.running_mean)


def test_no_optimiser_trains_the_key_network():
    method = method_of()
    trained = {id(p) for group in parameter_groups(method, 1e-4) for p in group["params"]}
    assert trained == {id(p) for p in method.query_network().parameters()}
    for p in method.key_network.parameters():
        assert not p.requires_grad


def test_a_step_reaches_queries_alone():
    method = method_of().train()
    (_, loss), *_ = steps(method, 1)
    assert all(p.grad is not None for p in method.encoder.parameters())
    assert all(p.grad is None for p in method.key_network.parameters())


@pytest.mark.parametrize("groups", [1, 2, 3])
def test_queries_and_keys_are_normalised_in_groups(groups):
    """Queries in order; keys in groups that chance decides, from the method's own generator."""
    center = nn.Sequential(nn.Linear(3, 6), nn.BatchNorm1d(6))
    method = method_of(B=6, K=12, norm_groups=groups, encoder=center).train()
    x = draws(6, 3)
    before = method.generators["groups"].get_state()
    network = copy.deepcopy(method.query_network())
    torch.testing.assert_close(method.query(x), in_groups(network, x, groups))
    expected = shuffled_in_groups(network, x, groups, Generator().set_state(before))
    torch.testing.assert_close(method.key(x), expected)
    assert torch.equal(method.generators["groups"].get_state(), before) == (groups == 1)


def test_projections_outside_training_are_those_of_the_trained_network():
    method = method_of().eval()
    x = draws(4, 3)
    torch.testing.assert_close(method.project(x), method.projector(method.encoder(x)))


# meters, chance and floor


@pytest.mark.parametrize("symmetric, life", [(True, 2), (False, 4)])
def test_age_and_fill_of_the_queue(symmetric, life):
    """The queue fills in K / added steps; then the mean age is (that + 1) / 2."""
    method = method_of(symmetric=symmetric).train()
    for step, _ in enumerate(steps(method, 7)):
        filled = min(step / life, 1)
        assert method.found["queue_filled"] == pytest.approx(filled)
        if step:
            assert method.found["key_age"] == pytest.approx((min(step, life) + 1) / 2)
        else:
            assert "key_age" not in method.found


def test_own_images_in_the_queue_are_counted_over_an_epoch():
    """Against a list of the images in the queue; the count starts again in the next epoch."""
    method, waiting = method_of(B=3, K=12, N=15), deque(maxlen=12)
    generator = Generator().manual_seed(0)
    for epoch in range(3):
        method.start_epoch(torch.zeros(0))
        own, asked = 0, 0
        for index in shuffled_batches(15, 3, generator):
            images = index.tolist() * 2
            own, asked = own + sum(i in waiting for i in images), asked + len(images)
            method.loss(draws(6, 5), draws(6, 5, seed=1), index)
            waiting.extend(images)
            assert method.found["own_in_queue"] == pytest.approx(own / asked)
        assert (own > 0) == (epoch > 0)


def test_similarities_of_keys_and_queue():
    """By hand: the query is its key, at 60 degrees to one row and at right angles to the other."""
    method = method_of(B=1, K=2, d=2)
    method.queue.rows.copy_(torch.tensor([[0.5, math.sqrt(0.75)], [0, 1]]))
    q = torch.tensor([[2.0, 0], [2, 0]]).double()
    method.loss(q, 3 * q, torch.tensor([0]))
    found = method.meters(q, q, torch.tensor([0]))
    assert found["key_similarity"] == pytest.approx(1)
    assert found["queue_similarity"] == pytest.approx(0.25)
    assert found["queue_similarity_max"] == pytest.approx(0.5)
    assert found["key_accuracy"] == 1


def test_every_gauge_is_a_meter():
    method = method_of().train()
    for _ in steps(method, 2):
        pass
    assert set(method.gauges) <= set(method.meters(None, None, None))


def test_chance_and_floor_are_losses():
    method = method_of(B=3, K=6, d=8, temperature=0.3)
    z = torch.ones(6, 8).double()
    method.queue.rows.copy_(F.normalize(z, dim=1))
    assert method.loss(z, z, torch.arange(3)).item() == pytest.approx(method.chance(3))
    axes = torch.eye(8).double()
    method.queue.rows.copy_(axes[:6])
    q = axes[[6, 7] * 3]
    assert method.loss(q, q, torch.arange(3)).item() == pytest.approx(method.floor(3))


# options and state


def check(B=64, **options):
    Config(batch_size=B, method="moco", options=MoCoOptions(**options)).check()


@pytest.mark.parametrize(
    "options, message",
    [
        (
            {"queue_size": 1000},
            "--queue-size must be a multiple of the 128 keys that a step adds, not 1000",
        ),
        (
            {"queue_size": 64},
            "--queue-size must be a multiple of the 128 keys that a step adds, not 64",
        ),
        ({"queue_size": 0}, "--queue-size must be 1 or more"),
        ({"momentum": -0.1}, r"--momentum must be in \[0, 1\], such as 0.99, not -0.1"),
        ({"momentum": 1.001}, "--momentum must be in"),
        ({"momentum": math.nan}, "--momentum must be in"),
        ({"temperature": 0}, "--temperature must be above 0"),
        ({"norm_groups": 3}, "--norm-groups must be a divisor of --batch-size 64 that leaves"),
        ({"norm_groups": 64}, "--norm-groups must be a divisor of --batch-size 64 that leaves"),
        ({"norm_groups": 0}, "--norm-groups must be 1 or more"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        check(**options)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"queue_size": 128},
        {"queue_size": 64, "symmetric": False},
        {"momentum": 0.0},
        {"momentum": 1.0},
        {"norm_groups": 32},
    ],
)
def test_good_options_are_taken(options):
    check(**options)


def test_a_queue_longer_than_the_data_is_refused_with_a_length_that_is_not():
    config = Config(batch_size=32, method="moco", options=MoCoOptions(queue_size=512))
    MoCo.check_images(config, images_of(512))
    wanted = "--queue-size must be at most 511, the number of training images, such as 448, not 512"
    with pytest.raises(ValueError, match=wanted):
        MoCo.check_images(config, images_of(511))
    with pytest.raises(ValueError, match="--batch-size must be at most 20 with 40 training images"):
        MoCo.check_images(config, images_of(40))


def test_a_method_goes_on_from_its_state():
    """Queue, position, key network and its statistics: the next steps are the same to the bit."""
    one, two = method_of(norm_groups=1), method_of(seed=1, norm_groups=1)
    for method in (one, two):
        method.train()
    for _ in steps(one, 3):
        pass
    two.load_state_dict(one.state_dict())
    for (_, a), (_, b) in zip(steps(one, 3), steps(two, 3), strict=True):
        assert torch.equal(a, b)
    for name, value in one.state_dict().items():
        assert torch.equal(value, two.state_dict()[name]), name
