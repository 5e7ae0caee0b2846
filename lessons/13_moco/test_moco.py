"""Lesson 13: MoCo, whose queries must find their keys among keys of earlier batches."""

import math

import torch
import torch.nn.functional as F
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, call_in_place, is_finite, rand, refuses, wrong
from lessons.course.device import stays_on_device
from simclr_mini.moco import MoCo, follow, moco_loss, similarities
from simclr_mini.ring import Ring

# B, K and d differ, and K is no multiple of B, so that a wrong broadcast crashes or changes values.
SIZES = [(3, 7, 5), (5, 11, 2), (1, 3, 4), (4, 2, 3)]


def spread(B, d, seed, dtype=torch.float64):
    """Vectors of very different norms."""
    return rand(B, d, seed=seed, dtype=dtype) * torch.logspace(-1, 1.5, B, dtype=dtype)[:, None]


def unit(K, d, seed, dtype=torch.float64):
    """Keys of unit norm, as they wait in the queue."""
    return F.normalize(rand(K, d, seed=seed, dtype=dtype), dim=1)


def at(*degrees):
    """Vectors of unit norm in the plane, at these angles."""
    turn = torch.tensor(degrees, dtype=torch.float64) * math.pi / 180
    return torch.stack([turn.cos(), turn.sin()], 1)


def cosine(degrees):
    return math.cos(math.radians(degrees))


def gradients_are(got, inputs, expected, weights=1.0):
    """Fail unless each input gets the expected gradient; None means that none may reach it."""
    if not isinstance(got.value, torch.Tensor) or not got.value.requires_grad:
        wrong("The result has no gradient.", call=got.call, expected="a tensor with grad_fn")
    total = (got.value * weights).sum()
    grads = torch.autograd.grad(total, list(inputs.values()), allow_unused=True)
    for name, grad, want in zip(inputs, grads, expected, strict=True):
        if want is None:
            if grad is not None and grad.abs().max() > 0:
                wrong(f"A gradient reaches {name}.", call=got.call, expected="none")
            continue
        if grad is None:
            wrong(f"No gradient reaches {name}.", call=got.call)
        is_finite(grad, name, got.call)
        if not torch.allclose(grad, want, rtol=1e-5, atol=1e-6 * float(want.abs().max())):
            ratio = float(grad.norm() / want.norm())
            turn = float(F.cosine_similarity(grad.flatten(), want.flatten(), dim=0))
            said = f"The gradient of {name} has {ratio:.3g} times the right norm"
            wrong(f"{said} and cosine {turn:.3f}.", call=got.call)


# Steps 1 and 2: each query with its candidates


@about("similarities")
def test_similarities_by_hand():
    """Queries are at 10 and 50 degrees, their keys at 40 and 200, the queue at 0, 90 and 180."""
    q, k = 3 * at(10, 50), 0.2 * at(40, 200)
    angles = [[30, 10, 80, 170], [150, 50, 40, 130]]
    expected = torch.tensor([[cosine(a) for a in row] for row in angles], dtype=torch.float64)
    call(similarities, q, k, at(0, 90, 180)).gives(expected, rtol=1e-6)


@about("similarities")
def test_similarities_equal_the_loops(oracle):
    """Column 0 is for the query's own key, and column 1 + j for key j of the queue."""
    for B, K, d in SIZES:
        q, k, queue = spread(B, d, B), spread(B, d, B + 40), unit(K, d, K)
        call(similarities, q, k, queue).gives(oracle("similarities")(q, k, queue))


@about("similarities")
def test_norms_do_not_matter():
    """A query or a key with a hundred times the norm has the same cosines."""
    q, k, queue = spread(3, 5, 1), spread(3, 5, 2), unit(7, 5, 3)
    expected = call(similarities, q, k, queue).value
    for longer, other in [(100 * q, k), (q, 100 * k)]:
        why = "q or k has 100 times the norm now; expected is your result before that."
        call(similarities, longer, other, queue).gives(expected, why=why)


@about("similarities", step="keys are constants")
def test_only_queries_get_a_gradient(oracle):
    """The key network learns from no loss, so no gradient may reach a key."""
    for B, K, d in SIZES[:2]:
        q, k = (spread(B, d, seed).requires_grad_() for seed in (B, B + 40))
        queue, weights = unit(K, d, K), rand(B, K + 1, seed=4, dtype=torch.float64)
        total = (oracle("similarities")(q, k, queue) * weights).sum()
        (expected,) = torch.autograd.grad(total, q)
        got = call(similarities, q, k, queue)
        gradients_are(got, {"q": q, "k": k}, [expected, None], weights)


@about("similarities")
def test_without_gradients_too_each_call_has_a_result_of_its_own(oracle):
    """Meters are computed inside `torch.no_grad()`, and the next step must not overwrite them."""
    with torch.no_grad():
        for seed in (1, 4):
            q, k, queue = spread(3, 5, seed), spread(3, 5, seed + 1), unit(7, 5, seed + 2)
            call(similarities, q, k, queue).gives(oracle("similarities")(q, k, queue))


@about("similarities")
def test_similarities_stay_on_their_device():
    """Every tensor that you make must be on the same device as the queries."""
    stays_on_device(similarities, spread(3, 5, 1), spread(3, 5, 2), unit(7, 5, 3))


# Steps 3 and 4: the loss


@about("moco_loss")
def test_equal_candidates_cost_log_of_their_number():
    """If a query's own key and all K others are equal, the loss is ln(K + 1)."""
    for B, K, temperature in [(3, 7, 0.5), (2, 5, 0.13)]:
        same = unit(1, 4, 1)
        q, k = spread(B, 4, 2), 3 * same.repeat(B, 1)
        call(moco_loss, q, k, same.repeat(K, 1), temperature).gives(math.log(K + 1), rtol=1e-6)


@about("moco_loss")
def test_loss_by_hand():
    """If own keys have cosine 1 and K others 0, the loss is ln(1 + K e^(-1/tau))."""
    for K, temperature in [(3, 0.5), (4, 1.0), (2, 0.3)]:
        q, queue = 2 * torch.eye(6)[:1].repeat(3, 1), torch.eye(6)[1 : K + 1]
        expected = math.log(1 + K * math.exp(-1 / temperature))
        call(moco_loss, q, 5 * q, queue, temperature).gives(expected, rtol=1e-5)


@about("moco_loss")
def test_loss_is_the_equation_in_loops(oracle):
    """Query by query and candidate by candidate, for queries and keys of any norm."""
    for (B, K, d), temperature in zip(SIZES, [0.5, 0.13, 1, 0.3], strict=True):
        q, k, queue = spread(B, d, B), spread(B, d, B + 40), unit(K, d, K)
        expected = oracle("moco_loss")(q, k, queue, temperature)
        call(moco_loss, q, k, queue, temperature).gives(expected)
        q, k, queue = q.float(), k.float(), queue.float()
        call(moco_loss, q, k, queue, temperature).gives(expected, rtol=1e-5)


@about("moco_loss")
def test_other_keys_of_the_batch_are_not_candidates():
    """The loss of a batch is the mean of the losses that its queries have alone."""
    q, k, queue = spread(5, 3, 1), spread(5, 3, 2), unit(7, 3, 3)
    alone = [moco_loss(q[b : b + 1], k[b : b + 1], queue, 0.4) for b in range(5)]
    said = "Expected is the mean over the five queries, each in a batch of its own."
    call(moco_loss, q, k, queue, 0.4).gives(torch.stack(alone).mean(), why=said)


@about("moco_loss")
def test_every_query_of_a_large_batch_counts_the_same(oracle):
    """In a batch of 385 queries, too, the loss is the mean over all of them."""
    q, k, queue = spread(385, 3, 1), spread(385, 3, 2), unit(2, 3, 3)
    call(moco_loss, q, k, queue, 0.5).gives(oracle("moco_loss")(q, k, queue, 0.5))


@about("moco_loss")
def test_temperature_is_0_2_by_default(oracle):
    """tau is 0.2 by default, as in version 2, and may be given by name."""
    q, k, queue = spread(3, 5, 1), spread(3, 5, 2), unit(7, 5, 3)
    call(moco_loss, q, k, queue).gives(oracle("moco_loss")(q, k, queue, 0.2))
    expected = oracle("moco_loss")(q, k, queue, 0.35)
    call(moco_loss, q, k, queue, temperature=0.35).gives(expected)


@about("moco_loss")
def test_gradient_of_the_loss_reaches_queries_only(oracle):
    """The whole gradient reaches q, and none reaches k."""
    for (B, K, d), temperature in zip(SIZES[:2], [0.5, 0.13], strict=True):
        q, k = (spread(B, d, seed).requires_grad_() for seed in (B, B + 40))
        queue = unit(K, d, K)
        (expected,) = torch.autograd.grad(oracle("moco_loss")(q, k, queue, temperature), q)
        got = call(moco_loss, q, k, queue, temperature)
        gradients_are(got, {"q": q, "k": k}, [expected, None])


@about("moco_loss")
def test_loss_stays_on_its_device():
    """The right answers, all 0, must be on the same device as the queries."""
    stays_on_device(moco_loss, spread(3, 5, 1), spread(3, 5, 2), unit(7, 5, 3), 0.5)


@about("moco_loss", step="stability at low temperature")
def test_loss_is_stable_at_a_low_temperature(oracle):
    """exp overflows in float32 at logits of 100, unless the largest is subtracted first."""
    for (B, K, d), temperature in zip(SIZES[:2], [0.01, 0.005], strict=True):
        q, k, queue = spread(B, d, B), spread(B, d, B + 40), unit(K, d, K)
        expected = oracle("moco_loss")(q, k, queue, temperature)
        q, k, queue = q.float(), k.float(), queue.float()
        call(moco_loss, q, k, queue, temperature).gives(expected, rtol=1e-4, atol=1e-4)
    q, queue = at(0, 20, 40).float(), at(190, 210).float()
    why = "Each query equals its own key, and the queue is far away."
    call(moco_loss, q, q, queue, 0.01).gives(0.0, atol=1e-4, why=why)


# Steps 5 and 6: the key network follows


class Net(nn.Module):
    """An encoder with a batch norm, a head and a learned scale, which all depend on a seed."""

    def __init__(self, seed):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3))
        self.encoder = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
        self.head = nn.Linear(3, 2)
        for number, value in enumerate([*self.parameters(), *self.buffers()]):
            if value.is_floating_point():
                value.data = rand(*value.shape, seed=10 * seed + number, dtype=torch.float64)
        self.encoder[1].num_batches_tracked.fill_(seed)


def state(network):
    return {name: value.clone() for name, value in network.state_dict().items()}


def two_networks():
    return Net(1).requires_grad_(False), Net(2)


@about("follow")
def test_follow_by_hand():
    """With m = 0.75, a weight of 1 that follows a weight of 3 becomes 1.5, then 1.875."""
    key, query = (nn.Linear(1, 1, bias=False) for _ in range(2))
    key.requires_grad_(False).weight.fill_(1.0)
    query.weight.data.fill_(3.0)
    for expected in (1.5, 1.875):
        got = call_in_place(follow, key, query, 0.75)
        if abs(float(key.weight) - expected) > 1e-6:
            wrong("", call=got.call, expected=expected, got=float(key.weight))


@about("follow")
def test_every_parameter_follows(oracle):
    """Weights, biases, batch norm parameters and parameters of other names follow, at any m."""
    for momentum in (0.9, 0.99, 0.3):
        (key, query), want = two_networks(), Net(1).requires_grad_(False)
        oracle("follow")(want, query, momentum)
        got = call_in_place(follow, key, query, momentum)
        for (name, p), expected in zip(key.named_parameters(), want.parameters(), strict=True):
            if not torch.allclose(p, expected, rtol=1e-6, atol=1e-9):
                said = f"{name} of the key network is wrong."
                wrong(said, call=got.call, expected=expected, got=p)


@about("follow")
def test_weights_in_channels_last_follow_too():
    """In training, the weights of convolutions are stored in this memory format."""
    key, query = (nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last) for _ in range(2))
    expected = (0.75 * key.weight + 0.25 * query.weight).detach()
    got = call_in_place(follow, key.requires_grad_(False), query, 0.75)
    if not torch.allclose(key.weight, expected, rtol=1e-6):
        wrong("The weight is wrong.", call=got.call, expected=expected, got=key.weight)


@about("follow")
def test_parameters_that_are_frozen_follow_too(oracle):
    """The query network still uses its frozen parameters, so the key network needs them too."""
    (key, query), want = two_networks(), Net(1).requires_grad_(False)
    next(query.parameters()).requires_grad_(False)
    oracle("follow")(want, query, 0.7)
    got = call_in_place(follow, key, query, 0.7)
    p, expected = next(key.parameters()), next(want.parameters())
    if not torch.allclose(p, expected, rtol=1e-6, atol=1e-9):
        said = "The query network's first parameter is frozen."
        wrong(said, call=got.call, expected=expected, got=p)


@about("follow")
def test_a_shared_weight_follows_once():
    """Two layers may share a weight. It is one parameter, so it moves once in each step."""
    key, query = (nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2)) for _ in range(2))
    for network in (key, query):
        network[1].weight = network[0].weight
    expected = (0.75 * key[0].weight + 0.25 * query[0].weight).detach()
    got = call_in_place(follow, key.requires_grad_(False), query, 0.75)
    if not torch.allclose(key[0].weight, expected, rtol=1e-6):
        wrong("The shared weight is wrong.", call=got.call, expected=expected, got=key[0].weight)


@about("follow")
def test_the_limits_of_the_momentum():
    """With m = 1 the key network never moves, and with m = 0 it becomes a copy."""
    for momentum, source in [(1.0, 0), (0.0, 1)]:
        networks = two_networks()
        expected = [p.detach().clone() for p in networks[source].parameters()]
        got = call_in_place(follow, *networks, momentum)
        for p, want in zip(networks[0].parameters(), expected, strict=True):
            if not torch.allclose(p, want, rtol=1e-6, atol=1e-9):
                wrong("The key network is wrong.", call=got.call, expected=want, got=p)


@about("follow")
def test_the_two_networks_share_no_memory():
    """A copy made with m = 0 keeps its values while the query network goes on learning."""
    key, query = two_networks()
    got = call_in_place(follow, key, query, 0.0)
    kept = {name: p.clone() for name, p in key.named_parameters()}
    for p in query.parameters():
        p.data.add_(1)
    for name, p in key.named_parameters():
        if not torch.equal(p, kept[name]):
            said = f"{name} of the key network moves with the query network."
            wrong(said, call=got.call, expected=kept[name], got=p)


@about("follow", step="what stays as it is")
def test_the_query_network_stays():
    """Only the key network changes."""
    key, query = two_networks()
    before = state(query)
    got = call_in_place(follow, key, query, 0.9)
    for name, value in state(query).items():
        if not torch.equal(value, before[name]):
            said = f"{name} of the query network changed."
            wrong(said, call=got.call, expected=before[name], got=value)
    if not all(p.requires_grad for p in query.parameters()):
        said = "The query network's parameters no longer require a gradient, so nothing can learn."
        wrong(said, call=got.call)


@about("follow", step="what stays as it is")
def test_buffers_stay():
    """The key network keeps its own running mean, running variance and count of batches."""
    key, query = two_networks()
    before = state(key)
    got = call_in_place(follow, key, query, 0.9)
    for name, _ in key.named_buffers():
        if not torch.equal(state(key)[name], before[name]):
            said = f"{name} of the key network changed. It is a buffer."
            wrong(said, call=got.call, expected=before[name], got=state(key)[name])


@about("follow", step="what stays as it is")
def test_both_networks_keep_their_mode():
    """In training mode, keys are normalised with the statistics of their batch, as queries are."""
    for training in (True, False):
        networks = two_networks()
        for network in networks:
            network.train(training)
        got = call_in_place(follow, *networks, 0.9)
        for name, network in zip(("key", "query"), networks, strict=True):
            if any(part.training != training for part in network.modules()):
                said = f"The mode of the {name} network changed."
                wrong(said, call=got.call, expected=f"training = {training}", got=not training)


@about("follow", step="what stays as it is")
def test_no_graph_is_kept():
    """After a step, the key network has no graph, and its parameters are the same objects."""
    key, query = two_networks()
    before = list(key.parameters())
    got = call_in_place(follow, key, query, 0.9)
    if any(p.requires_grad for p in key.parameters()):
        wrong("The key network keeps a graph, which grows at every step.", call=got.call)
    if any(p is not q for p, q in zip(key.parameters(), before, strict=True)):
        wrong("A parameter of the key network is a different object now.", call=got.call)


# Steps 7 to 9: push


def contents(ring):
    """All rows that were ever pushed, as (age, image, row), sorted."""
    held = zip(ring.ages.tolist(), ring.images.tolist(), ring.rows, strict=True)
    return sorted((age, image, *row.tolist()) for age, image, row in held if age >= 0)


def holds(ring, expected, called):
    """Fail unless the ring holds these triples (age, image, vector), at any positions."""
    got = contents(ring)
    expected = sorted((a, i, *F.normalize(v, dim=0).tolist()) for a, i, v in expected)
    for what, index in [("ages", 0), ("images", 1)]:
        have, want = ([entry[index] for entry in table] for table in (got, expected))
        if sorted(have) != sorted(want):
            said = f"The ring has the wrong {what}."
            wrong(said, call=called, expected=short(want), got=short(have))
    have, want = (torch.tensor(table) for table in (got, expected))
    if not torch.allclose(have, want, atol=1e-5):
        i = int((have - want).abs().amax(1).argmax())
        said = f"The row of image {int(want[i, 1])}, of age {int(want[i, 0])}, is wrong."
        wrong(said, call=called, expected=want[i, 2:], got=have[i, 2:])


def short(numbers):
    return str(sorted(numbers))[:70]


def pushed(ring, z, images=None):
    """Push, and return a description of the call."""
    before = z.detach().clone()
    got = call_in_place(ring.push, z, images)
    if not torch.equal(before, z.detach()):
        wrong("You changed z itself. Work on a copy.", call=got.call)
    return got.call


def empty(K, d, seed=7):
    """A new ring, with random rows, no images and no ages."""
    return Ring(K, d, Generator().manual_seed(seed))


@about("Ring.push")
def test_a_loaded_ring_goes_on_as_before():
    """A checkpoint holds the buffers. A ring that loads them continues where the other one was."""
    first, second, z = empty(5, 3), empty(5, 3, seed=8), rand(7, 3, seed=9)
    second.push(rand(4, 3, seed=10), torch.arange(4))  # it has been in use
    pushed(first, z[:3], torch.arange(3))
    second.load_state_dict(first.state_dict())
    called = pushed(second, z[3:], torch.arange(3, 7))
    expected = [(0, i, z[i]) for i in range(3, 7)] + [(1, 2, z[2])]
    holds(second, expected, "after loading, " + called)


@about("Ring.push")
def test_rows_keep_the_dtype_of_the_ring():
    """A method in float64 has a ring in float64, and pushes float64 projections into it."""
    ring, z = empty(5, 3).double(), rand(2, 3, seed=1, dtype=torch.float64)
    called = pushed(ring, z, torch.arange(2))
    holds(ring, [(0, i, z[i]) for i in range(2)], called)


@about("Ring.push")
def test_pushed_rows_are_normalised_and_in_the_ring():
    """(3, 4) is stored as (0.6, 0.8), and the other rows stay the same."""
    ring = empty(5, 2)
    before = ring.rows.clone()
    called = pushed(ring, torch.tensor([[3.0, 4.0], [0.0, -0.5]]))
    for row in torch.tensor([[0.6, 0.8], [0.0, -1.0]]):
        if float((ring.rows - row).norm(dim=1).min()) > 1e-6:
            wrong("A pushed row is missing.", call=called, expected=row, got=ring.rows[:2])
    kept = sum(bool((row == before).all(1).any()) for row in ring.rows)
    if ring.rows.shape != (5, 2) or kept != 3:
        said = "3 of the 5 rows unchanged"
        wrong("", call=called, expected=said, got=f"{kept}; shape {tuple(ring.rows.shape)}")


@about("Ring.push")
def test_the_next_push_goes_to_other_positions():
    """After three pushes of two rows into a ring of seven, all six are there."""
    ring, z = empty(7, 3), rand(6, 3, seed=1)
    for start in (0, 2, 4):
        called = pushed(ring, z[start : start + 2])
    for b, row in enumerate(F.normalize(z, dim=1)):
        if float((ring.rows - row).norm(dim=1).min()) > 1e-5:
            said = f"Row {b % 2} of push {b // 2 + 1} is gone after push 3, despite the free rows."
            wrong(said, call=called)


@about("Ring.push")
def test_position_says_where_the_next_row_goes():
    """Three rows are pushed, one at a time, and each goes to the position that was there before."""
    ring, z = empty(5, 3), rand(3, 3, seed=11)
    for b, row in enumerate(F.normalize(z, dim=1)):
        place = int(ring.position)
        called = pushed(ring, z[b : b + 1], torch.tensor([b]))
        if place >= 5 or float((ring.rows[place] - row).norm()) > 1e-5:
            said = f"Before push {b + 1} of one row, position was {place}."
            wrong(said, call=called, expected=f"the row at {place}", got="it is not there")


@about("Ring.push")
def test_no_graph_stays_in_the_ring():
    """The ring outlives the step, so it keeps the numbers of a row but not its graph."""
    ring = empty(5, 3)
    z = rand(3, 3, seed=2).requires_grad_()
    called = pushed(ring, 2 * z)
    if ring.rows.requires_grad:
        wrong("The rows require a gradient now.", call=called, expected="requires_grad False")
    if set(ring.state_dict()) != {"rows", "images", "ages", "position"}:
        got = sorted(ring.state_dict())
        wrong("A part of the ring is no longer a buffer, so no checkpoint saves it.", got=got)


@about("Ring.push", step="images and ages")
def test_each_row_keeps_its_image():
    """Row b of z belongs to images[b]; if no images are given, each image is -1, for unknown."""
    ring, z = empty(7, 3), rand(5, 3, seed=3)
    called = pushed(ring, z[:3], torch.tensor([40, 10, 30]))
    holds(ring, [(0, i, v) for i, v in zip([40, 10, 30], z, strict=False)], called)
    called = pushed(ring, z[3:])
    first = [(1, i, v) for i, v in zip([40, 10, 30], z, strict=False)]
    holds(ring, first + [(0, -1, v) for v in z[3:]], called)


@about("Ring.push", step="images and ages")
def test_an_overwritten_row_loses_its_image():
    """After four rows with images and then four without, no old image is left."""
    ring, z = empty(4, 2), rand(8, 2, seed=4)
    pushed(ring, z[:4], torch.arange(4))
    called = pushed(ring, z[4:])
    holds(ring, [(0, -1, v) for v in z[4:]], called)


@about("Ring.push", step="images and ages")
def test_ages_are_counted_in_pushes():
    """Pushes of 1, 2 and 3 rows give ages 2, 1 1, 0 0 0; rows never pushed stay at -1."""
    ring, z = empty(8, 3), rand(6, 3, seed=5)
    for start, stop in [(0, 1), (1, 3), (3, 6)]:
        called = pushed(ring, z[start:stop], torch.arange(start, stop))
    holds(ring, [(a, i, z[i]) for i, a in enumerate([2, 1, 1, 0, 0, 0])], called)
    if sorted(ring.ages.tolist())[:2] != [-1, -1]:
        said = "A row that was never pushed has age -1."
        wrong(said, call=called, got=short(ring.ages.tolist()))
    ring = empty(8, 3)
    for start in (0, 2):  # rows whose images are unknown grow older, too
        called = pushed(ring, z[start : start + 2])
    holds(ring, [(a, -1, z[i]) for i, a in enumerate([1, 1, 0, 0])], called)


@about("Ring.push")
def test_rows_of_half_precision_get_unit_norm():
    """Projections may be in bfloat16, whose three digits are not enough for a norm of 1."""
    ring, z = empty(5, 3), rand(5, 3, seed=3)
    for dtype in (torch.bfloat16, torch.float16):
        called = pushed(ring, z.to(dtype))
        norms = ring.rows.norm(dim=1)
        if not torch.allclose(norms, torch.ones(5), atol=1e-5):
            said = "The rows do not have unit norm. In which precision do you normalise?"
            wrong(said, call=called, expected="1 for all", got=norms)


@about("Ring.push")
def test_too_many_projections_are_refused():
    """Four projections do not fit into three rows, and the ring stays as it is."""
    ring = empty(3, 2)
    pushed(ring, rand(2, 2, seed=1), torch.tensor([5, 6]))
    before = state(ring)
    refuses(ValueError, ring.push, rand(4, 2, seed=2), torch.arange(4))
    for name, value in state(ring).items():
        if not torch.equal(value, before[name]):
            wrong(f"{name} of the ring changed.", call="Ring.push(z (4, 2)) into 3 rows", got=value)


def push(ring, z):
    """A push as in training, where the images of the batch are on the CPU."""
    ring.push(z, torch.arange(len(z)))
    return ring.rows, ring.images, ring.ages


@about("Ring.push", step="images and ages")
def test_push_works_on_another_device():
    """The ring and z may be on a GPU while `images` is on the CPU."""
    stays_on_device(push, Ring(7, 5), rand(3, 5, seed=1))


@about("Ring.push", step="round the end")
def test_the_oldest_rows_are_replaced_first():
    """With five rows and pushes of 2, only the first row of push 1 is gone after push 3."""
    ring, z = empty(5, 3), rand(6, 3, seed=6)
    for start in (0, 2, 4):
        called = pushed(ring, z[start : start + 2], torch.arange(start, start + 2))
    ages = [2, 2, 1, 1, 0, 0]
    holds(ring, [(ages[i], i, z[i]) for i in range(1, 6)], called)


@about("Ring.push", step="round the end")
def test_wrapping_several_times_with_batches_that_do_not_divide():
    """After every push, the ring holds exactly the last rows, whatever the batch size."""
    for K, d, sizes in [(7, 3, [3] * 8), (5, 2, [2, 4, 1, 5, 3, 5, 2]), (11, 4, [4, 4, 7, 3, 11])]:
        ring, history, seen = empty(K, d), [], 0
        for number, B in enumerate(sizes):
            z = spread(B, d, number, torch.float32)
            images = torch.arange(seen, seen + B)
            called = f"push {number + 1} of sizes {sizes} into {K} rows: " + pushed(ring, z, images)
            history = [(age + 1, i, v) for age, i, v in history]
            history = (history + [(0, int(i), v) for i, v in zip(images, z, strict=True)])[-K:]
            seen += B
            holds(ring, history, called)
            if not 0 <= int(ring.position) < K:
                said = "position must be where the next row goes."
                wrong(said, call=called, expected=f"0 to {K - 1}", got=int(ring.position))


@about("Ring.push", step="round the end")
def test_a_push_may_fill_the_whole_ring():
    """If B is the number of rows, every old row is gone, wherever the next row would have gone."""
    for before in (0, 1, 4):
        ring, z = empty(5, 3), rand(5, 3, seed=8)
        for b in range(before):
            pushed(ring, rand(1, 3, seed=b), torch.tensor([b + 50]))
        called = pushed(ring, z, torch.arange(5))
        holds(ring, [(0, i, z[i]) for i in range(5)], called)


# Steps 10 to 14: the loss of the method


def method_of(ring, temperature=0.5, symmetric=True, **settings):
    """MoCo with this queue, in the queue's dtype."""
    settings = {"encoder": nn.Linear(2, 2)} | settings
    method = bare_method(
        MoCo,
        temperature=temperature,
        queue_size=len(ring.rows),
        symmetric=symmetric,
        **settings,
    )
    method.queue = ring
    return method.to(ring.rows.dtype)


def random_ring(K, d):
    """A ring of random rows in float64."""
    ring = Ring(K, d).double()
    ring.rows.copy_(unit(K, d, K))
    return ring


def ring_at(*degrees):
    """A ring of keys in the plane, which were pushed one step ago, from images 50, 51, ..."""
    ring = Ring(len(degrees), 2).double()
    ring.rows.copy_(at(*degrees))
    ring.images.copy_(torch.arange(50, 50 + len(degrees)))
    ring.ages.zero_()
    return ring


def method_cases():
    """B, K, d, how many views are queries, and a temperature."""
    return [(3, 13, 5, 2, 0.5), (2, 9, 3, 2, 0.13), (4, 11, 2, 1, 0.3)]


@about("MoCo.loss")
def test_the_method_by_hand():
    """A query is at 30 degrees, its own key at 60, and the queue at 0 and 90; tau is 0.5."""
    method = method_of(ring_at(0, 90), symmetric=False)
    logits = [cosine(angle) / 0.5 for angle in (30, 30, 60)]
    expected = math.log(sum(map(math.exp, logits))) - logits[0]
    got = call(method.loss, 3 * at(30), 5 * at(60), torch.tensor([4]))
    got.gives(expected, rtol=1e-6)


def one_step(method, z1, z2):
    """A step as in training, where `index` is on the CPU. The meters are left out."""
    method.health = lambda q, k, images: {}
    return method.loss(z1, z2, torch.arange(len(z1)))


@about("MoCo.loss")
def test_the_method_stays_on_its_device():
    """The views may be on a GPU while `index` is on the CPU."""
    method = method_of(Ring(7, 5), symmetric=False)
    stays_on_device(one_step, method, rand(3, 5, seed=1), rand(3, 5, seed=2))


@about("MoCo.loss")
def test_the_method_equals_the_loops(oracle):
    """Loss and gradient are those of all queries, at the method's temperature."""
    for B, K, d, views, temperature in method_cases():
        z1, z2 = (spread(views * B, d, seed).requires_grad_() for seed in (1, 50))
        method = method_of(random_ring(K, d), temperature, views == 2)
        expected = oracle("moco_loss")(z1, z2, method.queue.rows.clone(), temperature)
        (gradient,) = torch.autograd.grad(expected, z1)
        got = call(method.loss, z1, z2, torch.arange(B))
        got.gives(expected)
        gradients_are(got, {"z1": z1, "z2": z2}, [gradient, None])


@about("MoCo.loss", step="the old queue")
def test_no_key_of_this_step_is_in_its_queue(oracle):
    """If the keys entered first, each query would meet its key twice, which costs at least ln 2."""
    B, K, d = 3, 13, 5
    keys = spread(B, d, 2)
    method = method_of(random_ring(K, d), 0.1, symmetric=False)
    expected = oracle("moco_loss")(keys, keys, method.queue.rows.clone(), 0.1)
    got = call(method.loss, keys, keys, torch.arange(B))
    said = f"Queries equal their keys here. ln 2 is {math.log(2):.3f}."
    got.gives(expected, why=said)


@about("MoCo.loss", step="the old queue")
def test_both_directions_meet_the_same_queue(oracle):
    """Keys of view 2 must not be in the queue when queries of view 2 are compared with it."""
    B, K, d = 3, 13, 5
    first, second = spread(B, d, 3), spread(B, d, 4)
    method = method_of(random_ring(K, d), 0.2)
    rows = method.queue.rows.clone()
    loss = oracle("moco_loss")
    directions = loss(first, second, rows, 0.2), loss(second, first, rows, 0.2)
    got = call(method.loss, torch.cat([first, second]), torch.cat([second, first]), torch.arange(B))
    got.gives(sum(directions) / 2, why="Expected is the mean of two losses with the old queue.")


@about("MoCo.loss", step="the old queue")
def test_backward_works_after_the_push():
    """The graph of the loss must not hold a tensor that the push changes."""
    method = method_of(random_ring(7, 3))
    z1 = spread(4, 3, 1).requires_grad_()
    got = call(method.loss, z1, spread(4, 3, 2), torch.arange(2))
    said = "The backward pass fails: a tensor that the loss needs was changed by the push."
    goes_backward(got.value, said, got.call)


def goes_backward(loss, said, called):
    """Fail unless the backward pass works."""
    try:
        loss.backward()
    except RuntimeError as error:
        wrong(said, call=called, got=str(error).partition(":")[0])


@about("MoCo.loss", step="the old queue")
def test_two_losses_may_be_added_before_the_backward_pass():
    """When gradients are accumulated, the second step must leave the first one's graph alone."""
    method = method_of(random_ring(7, 3))
    z1 = spread(4, 3, 1).requires_grad_()
    first = call(method.loss, z1, spread(4, 3, 2), torch.arange(2)).value
    got = call(method.loss, z1, spread(4, 3, 3), torch.arange(2))
    goes_backward(first + got.value, "The backward pass through two losses fails.", got.call)


@about("MoCo.loss", step="keys enter the queue")
def test_all_keys_enter_with_their_images():
    """After a step, the queue holds all of z2 and none of z1; row m has image index[m mod B]."""
    for B, K, d, views, temperature in method_cases():
        method = method_of(empty(K, d).double(), temperature, views == 2)
        z1, z2 = spread(views * B, d, 1), spread(views * B, d, 2)
        index = torch.arange(B) * 7 % 5 + 10
        got = call(method.loss, z1, z2, index)
        images = index.tolist() * views
        holds(method.queue, [(0, i, v) for i, v in zip(images, z2, strict=True)], got.call)
        if method.queue.rows.requires_grad:
            wrong("The queue requires a gradient now.", call=got.call)


@about("MoCo.loss", step="keys enter the queue")
def test_the_next_step_meets_them(oracle):
    """In step 3, the queue consists of the keys of steps 1 and 2."""
    method, keys = method_of(empty(12, 5).double(), 0.3), spread(12, 5, 2)
    for part in keys.split(6):
        method.loss(spread(6, 5, 1), part, torch.arange(3))
    z1, z2 = spread(6, 5, 3), spread(6, 5, 4)
    expected = oracle("moco_loss")(z1, z2, F.normalize(keys, dim=1), 0.3)
    got = call(method.loss, z1, z2, torch.arange(3))
    got.gives(expected, why="This is the third step; the queue has twelve rows.")


def meters_are(expected, method, z1, z2, index, said):
    """Call the loss, and fail unless its meters are right; a wrong one's name goes into `said`."""
    got = call(method.loss, z1, z2, index)
    found = method.meters(z1, z2, index)
    for name, value in expected.items():
        if abs(found.get(name, -2.0) - value) > 1e-6:  # no mean of cosines is -2
            wrong(said.format(name), call=got.call, expected=value, got=found.get(name, "nothing"))


@about("MoCo.loss", step="the meters")
def test_meters_describe_the_queue_before_the_push():
    """In step 1 no key is real; in step 2 a third of them are, and image 0 meets its own keys."""
    method = method_of(empty(12, 5).double())
    for step, index in enumerate([[0, 1], [0, 2]]):
        z1, z2 = spread(4, 5, 2 * step), spread(4, 5, 2 * step + 1)
        similarity = F.normalize(z1, dim=1) @ F.normalize(z2, dim=1).T
        expected = {"key_similarity": float(similarity.diagonal().mean())}
        expected |= {"queue_filled": step / 3, "own_in_queue": step / 4}
        said = f"In step {step + 1}, the meter {{}} is wrong. Is self.found set in time?"
        meters_are(expected, method, z1, z2, torch.tensor(index), said)
    if method.own_in_queue[1] != 8:
        said = "`health` has counted some queries twice, or not at all, in two steps of 4 queries."
        wrong(said, expected=8, got=int(method.own_in_queue[1]))


@about("MoCo.loss", step="the meters")
def test_meters_compare_queries_with_the_queue():
    """Two meters compare queries, not new keys, with the queue: the mean and the largest cosine."""
    for B, K, d, views, temperature in method_cases():
        method = method_of(random_ring(K, d), temperature, views == 2)
        z1, z2 = spread(views * B, d, 1), spread(views * B, d, 50)
        similarity = F.normalize(z1, dim=1) @ method.queue.rows.T
        expected = {"queue_similarity": float(similarity.mean())}
        expected |= {"queue_similarity_max": float(similarity.max())}
        said = "The meter {} is wrong. Does `health` get queries and then keys?"
        meters_are(expected, method, z1, z2, torch.arange(B), said)


@about("MoCo.loss", step="keys enter the queue")
def test_the_loss_moves_no_network():
    """`project_views` has already moved the key network in this step, so the loss must not."""
    method = method_of(random_ring(13, 5))
    for p in method.key_network.parameters():
        p.mul_(0.5)  # it lags behind, so that another move would show
    before = state(method)
    got = call(method.loss, spread(6, 5, 1), spread(6, 5, 2), torch.arange(3))
    for name, p in method.named_parameters():
        if not torch.equal(p, before[name]):
            wrong(f"{name} changed.", call=got.call, expected=before[name], got=p.detach())


@about("MoCo.loss", step="a few steps of training")
def test_training_moves_both_networks():
    """In forty steps the trained network learns to find keys, and the other one follows."""
    torch.manual_seed(1)
    encoder, projector = nn.Linear(6, 8), nn.Linear(8, 5)
    options = {"encoder": encoder, "projector": projector, "batch_size": 4, "momentum": 0.9}
    method = method_of(empty(24, 5), 0.2, **options)
    before = {name: p.detach().clone() for name, p in method.named_parameters()}
    trained = [*encoder.parameters(), *projector.parameters()]
    optimiser = torch.optim.SGD(trained, lr=0.1)
    x = 2 * rand(12, 6, seed=1)
    for step in range(40):
        index = torch.arange(4) + 4 * (step % 3)
        views = [x[index] + 0.3 * rand(4, 6, seed=seed + step) for seed in (100, 200)]
        loss = method.loss(*method.project_views(views), index)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    for name, p in method.named_parameters():
        if torch.equal(p, before[name]) and name != "encoder.bias":
            wrong(f"{name} did not change in forty steps.")
    similarity = method.found.get("key_similarity", 0.0)
    if not similarity > 0.8:
        said = "Queries and their keys are not similar after forty steps."
        wrong(said, expected="a mean cosine above 0.8", got=f"{similarity:.3f}")
