"""NNCLR: the ring of rows, the search, the loss against loops, and what the gradient reaches."""

import copy
import math
from collections import deque

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator, nn

from lessons.course.bare import bare_method
from simclr_mini.diagnostics import floor_loss
from simclr_mini.nnclr import NNCLR, SupportSet, nnclr_loss
from simclr_mini.views import Recipe

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


def filled(Q, d, seed=0, images=None):
    """A float64 support set of random rows, all pushed."""
    support = SupportSet(Q, d, Generator().manual_seed(seed)).double()
    support.push(draws(Q, d, seed=seed + 1), torch.arange(Q) if images is None else images)
    return support


def method_of(support, d, temperature=0.3, seed=0, **choices):
    """A float64 method; images are vectors of three numbers."""
    torch.manual_seed(7)
    predictor = nn.Sequential(nn.Linear(d, 6), nn.Tanh(), nn.Linear(6, d))
    encoder, projector = nn.Linear(3, 4), nn.Linear(4, d)
    labels = choices.pop("labels", None)
    options = {"temperature": temperature, "support_size": len(support.rows), **choices}
    method = bare_method(
        NNCLR, NOTHING, labels=labels, seed=seed, encoder=encoder, projector=projector, **options
    )
    method.predictor, method.support = predictor, support
    return method.double()


# the loss, against loops


def cosine(u, v):
    return torch.dot(u, v) / (u.norm() * v.norm())


def loss_in_loops(neighbours, p, temperature, candidates):
    """-log of the share of the right answer, anchor by anchor."""
    B, losses = len(p), []
    if candidates == "batch":
        for i in range(B):
            terms = [torch.exp(cosine(neighbours[i], p[k]) / temperature) for k in range(B)]
            losses.append(-torch.log(terms[i] / sum(terms)))
    else:
        views = [*neighbours, *p]
        for i in range(2 * B):
            s = [torch.exp(cosine(views[i], v) / temperature) for v in views]
            losses.append(-torch.log(s[(i + B) % (2 * B)] / (sum(s) - s[i])))
    return sum(losses) / len(losses)


def nearest_in_loops(support, z, image=None):
    """Positions in the order of distance; rows of `image` are left out."""
    u = z / z.norm()
    counts = [q for q in range(len(support.rows)) if int(support.images[q]) != image]
    return sorted(counts, key=lambda q: float((support.rows[q] - u).norm()))


@pytest.mark.parametrize("candidates", ["batch", "all"])
@pytest.mark.parametrize("top_k", [1, 3])
@pytest.mark.parametrize("exclude_same", [True, False])
@pytest.mark.parametrize("B, Q, d, temperature", [(3, 7, 5, 0.5), (5, 11, 2, 0.1)])
def test_loss_of_the_method_is_the_mean_of_both_directions_in_loops(
    candidates, top_k, exclude_same, B, Q, d, temperature
):
    """Every variant. The drawn rows are recorded, and they are among the k nearest."""
    support = filled(Q, d, images=torch.arange(Q) % 4)
    choices = {"candidates": candidates, "top_k": top_k, "exclude_same": exclude_same}
    method, index = method_of(support, d, temperature, **choices), torch.arange(B) % 4
    before = copy.deepcopy(support)
    z1, z2 = (5 * draws(B, d, seed=s) for s in (3, 4))
    chosen = []
    search = method.search
    method.search = lambda z, index: chosen.append(search(z, index)) or chosen[-1]
    got = method.loss(z1, z2, index)
    for z, positions in zip((z1, z2), chosen, strict=True):
        for b, q in enumerate(positions.tolist()):
            own = int(index[b]) if exclude_same else None
            assert q in nearest_in_loops(before, z[b], own)[:top_k]
    one, two = (before.rows[positions] for positions in chosen)
    loss1 = loss_in_loops(one, method.predictor(z2), temperature, candidates)
    loss2 = loss_in_loops(two, method.predictor(z1), temperature, candidates)
    assert got.item() == pytest.approx(((loss1 + loss2) / 2).item(), rel=1e-9)


@pytest.mark.parametrize("B, Q, d, temperature", [(3, 7, 5, 0.5), (5, 11, 2, 0.1), (1, 3, 4, 1.0)])
def test_one_direction_in_loops(B, Q, d, temperature):
    """nnclr_loss: view 1 searches, the other view's predictions are found."""
    support = filled(Q, d)
    z1, p2 = 4 * draws(B, d, seed=3), 5 * draws(B, d, seed=4)
    rows = torch.tensor([nearest_in_loops(support, z)[0] for z in z1])
    expected = loss_in_loops(support.rows[rows], p2, temperature, "batch").item()
    assert nnclr_loss(z1, p2, support, temperature).item() == pytest.approx(expected, rel=1e-9)
    known = nnclr_loss(torch.full_like(z1, torch.nan), p2, support, temperature, rows)
    assert known.item() == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("B", [2, 5])
@pytest.mark.parametrize(
    "candidates, chance", [("batch", lambda B: B), ("all", lambda B: 2 * B - 1)]
)
def test_equal_projections_cost_chance(B, candidates, chance):
    """One row, and one prediction for all: B or 2B - 1 equal candidates."""
    support = SupportSet(B, 4).double()
    support.rows.copy_(support.rows[:1].expand(B, -1).clone())
    method = method_of(support, 4, candidates=candidates)
    method.predictor = nn.Identity()
    z = support.rows.clone()
    loss = method.loss(z, z, torch.arange(B))
    assert loss.item() == pytest.approx(math.log(chance(B)), rel=1e-9)
    assert method.chance(B) == pytest.approx(math.log(chance(B)))


@pytest.mark.parametrize("candidates", ["batch", "all"])
def test_orthogonal_images_cost_the_floor(candidates):
    """Neighbours and predictions of an image are equal, those of two images at right angles."""
    support = SupportSet(3, 3).double()
    support.rows.copy_(torch.eye(3))
    method = method_of(support, 3, 0.4, candidates=candidates)
    method.predictor = nn.Identity()
    z = torch.eye(3, dtype=torch.float64)
    loss = method.loss(z, z, torch.arange(3)).item()
    assert loss == pytest.approx(method.floor(3), rel=1e-9)
    by_hand = math.log(1 + 2 * math.exp(-2.5)) if candidates == "batch" else floor_loss(3, 0.4)
    assert loss == pytest.approx(by_hand, rel=1e-9)


def test_neighbours_of_two_images_may_be_one_row():
    """Images at 0 and 0.1 both find the row (1, 0): two equal lines of the softmax."""
    support = SupportSet(2, 2).double()
    support.rows.copy_(torch.eye(2))
    z = torch.tensor([[1.0, 0.0], [1.0, 0.1]], dtype=torch.float64)
    p = torch.eye(2, dtype=torch.float64)
    expected = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(2))) / 2
    assert nnclr_loss(z, p, support, 0.5).item() == pytest.approx(expected)


def test_temperature_must_be_above_zero():
    support = filled(3, 2)
    with pytest.raises(ValueError, match="must be above 0, not -1"):
        nnclr_loss(draws(2, 2), draws(2, 2), support, -1)


def test_a_temperature_of_a_hundredth_stays_finite():
    """Logits of 100 in float32: value and gradient are finite."""
    support = SupportSet(7, 5, Generator().manual_seed(1))
    z, p = draws(3, 5).float(), draws(3, 5, seed=1).float().requires_grad_()
    loss = nnclr_loss(z, p, support, 0.01)
    exact = nnclr_loss(z.double(), p.detach().double(), copy.deepcopy(support).double(), 0.01)
    loss.backward()
    assert loss.item() == pytest.approx(exact.item(), rel=1e-4, abs=1e-4)
    assert p.grad.isfinite().all() and p.grad.any()


# the gradient


def test_gradient_reaches_predictor_projector_and_encoder_and_nothing_in_the_set():
    """Every parameter of the three learns; the set stays numbers."""
    method = method_of(filled(7, 5), 5)
    x1, x2 = draws(4, 3, seed=1), draws(4, 3, seed=2)
    method.loss(method.project(x1), method.project(x2), torch.arange(4)).backward()
    for name, p in method.named_parameters():
        assert p.grad is not None and p.grad.abs().max() > 0, name
    assert not any(buffer.requires_grad for buffer in method.support.buffers())
    assert not list(method.support.parameters())


def test_a_projection_learns_through_its_prediction_alone():
    """Without its own prediction's loss a view has no gradient: searching teaches nothing."""
    support = filled(7, 5)
    z1, p2 = draws(3, 5, seed=1).requires_grad_(), draws(3, 5, seed=2).requires_grad_()
    nnclr_loss(z1, p2, support).backward()
    assert z1.grad is None and p2.grad.abs().max() > 0


def test_many_steps_run_backward():
    """The set keeps no graph of an earlier step, and a push spoils no graph of its own."""
    method = method_of(filled(5, 4), 4)
    for step in range(4):
        z1, z2 = (method.project(draws(3, 3, seed=s + step)) for s in (10, 20))
        method.loss(z1, z2, torch.arange(3)).backward()


def test_a_push_before_backward_leaves_the_gradient_alone():
    """The neighbours are copies: overwriting their rows does not change them."""
    grads = []
    for push_first in (True, False):
        support, p = filled(3, 4), draws(3, 4, seed=5).requires_grad_()
        loss = nnclr_loss(draws(3, 4, seed=6), p, support)
        if push_first:
            support.push(draws(3, 4, seed=7))
        loss.backward()
        grads.append(p.grad)
    assert torch.equal(*grads)


# the search


@settings(max_examples=40, deadline=None)
@given(
    B=st.integers(1, 6),
    Q=st.integers(2, 12),
    d=st.integers(2, 7),
    k=st.integers(1, 12),
    seed=st.integers(0, 2**20),
)
def test_search_is_among_the_k_nearest_that_count(B, Q, d, k, seed):
    """Never own rows, whatever k is; and the k nearest of the others by distance."""
    k, images = min(k, Q), torch.arange(Q) % 3
    support, z = filled(Q, d, seed, images), 3 * draws(B, d, seed=seed + 2)
    exclude = torch.arange(B) % 2
    if not (images[None] != exclude[:, None]).any(1).all():
        return
    found = support.find(z, k, exclude, Generator().manual_seed(seed))
    assert found.dtype == torch.int64 and found.shape == (B,)
    for b, q in enumerate(found.tolist()):
        assert q in nearest_in_loops(support, z[b], int(exclude[b]))[:k]


def test_each_of_the_k_nearest_is_equally_likely():
    """4,000 draws of one of three: a third each, within five standard deviations."""
    support, z = filled(11, 4), draws(1, 4, seed=9)
    found = support.find(z.expand(4000, -1), 3, generator=Generator().manual_seed(2))
    counts = torch.bincount(found, minlength=11)
    assert set(counts.nonzero()[:, 0].tolist()) == set(nearest_in_loops(support, z[0])[:3])
    assert (counts[counts > 0] - 4000 / 3).abs().max() < 5 * math.sqrt(4000 * 2 / 9)


def test_own_rows_are_not_drawn_even_where_k_is_larger_than_what_is_left():
    """Four of five rows are the image's own: k = 4 can only give the fifth."""
    support = filled(5, 3, images=torch.tensor([8, 8, 2, 8, 8]))
    for k in (1, 2, 5):
        assert support.find(draws(50, 3), k, torch.full((50,), 8)).tolist() == [2] * 50


def test_search_knows_neither_length_nor_precision():
    """Half precision of vectors of length 300 finds what they find in float64."""
    support = SupportSet(11, 6, Generator().manual_seed(3))
    z = draws(5, 6, seed=4)
    expected = support.find(z.half().double()).tolist()
    assert support.find((300 * z.half().float()).half()).tolist() == expected
    assert support.find(z.half()).tolist() == expected
    assert support.nearest(z.half()).dtype == torch.float32


def test_first_rows_are_random_and_of_length_one():
    """Never zero: a zero row would be as near as any. Equal seeds give equal rows."""
    rows = [SupportSet(50, 3, Generator().manual_seed(seed)).rows for seed in (1, 1, 2)]
    assert torch.equal(rows[0], rows[1]) and not torch.equal(rows[0], rows[2])
    torch.testing.assert_close(rows[0].norm(dim=1), torch.ones(50))
    assert len({tuple(row) for row in rows[0].tolist()}) == 50


# the ring


@settings(max_examples=40, deadline=None)
@given(Q=st.integers(1, 11), d=st.integers(1, 4), data=st.data())
def test_the_set_holds_the_last_Q_projections_in_a_ring(Q, d, data):
    """Against a deque: rows, images, ages and position, exactly, several times round."""
    sizes = data.draw(st.lists(st.integers(1, Q), min_size=1, max_size=12))
    support = SupportSet(Q, d, Generator().manual_seed(0)).double()
    first, last, pushed = support.rows.clone(), deque(maxlen=Q), 0
    for number, B in enumerate(sizes):
        z, images = 7 * draws(B, d, seed=number), torch.arange(pushed, pushed + B) + 100
        named = number % 3 > 0
        support.push(z, images if named else None)
        for b in range(B):
            image = int(images[b]) if named else -1
            last.append(((pushed + b) % Q, F.normalize(z[b], dim=0), image, number))
        pushed += B
    held = {place: (row, image, len(sizes) - 1 - number) for place, row, image, number in last}
    assert int(support.position) == pushed % Q
    for q in range(Q):
        row, image, age = held.get(q, (first[q], -1, -1))
        torch.testing.assert_close(support.rows[q], row)
        assert (int(support.images[q]), int(support.ages[q])) == (image, age)


def test_more_projections_than_rows_are_refused():
    """Nothing has changed afterwards."""
    support = filled(3, 2)
    before = copy.deepcopy(support.state_dict())
    with pytest.raises(ValueError, match="4 projections do not fit a support set of 3"):
        support.push(draws(4, 2))
    assert all(torch.equal(value, before[name]) for name, value in support.state_dict().items())


def test_what_is_pushed_may_change_afterwards():
    """The set keeps numbers of its own."""
    support, z = SupportSet(3, 2).double(), draws(2, 2)
    support.push(z)
    before = support.rows.clone()
    z.zero_()
    assert torch.equal(support.rows, before)


def test_the_whole_state_is_in_the_state_dict():
    """A set that was saved and loaded goes on like the first, to the bit."""
    support = filled(7, 3)
    support.push(draws(3, 3, seed=5), torch.arange(3))
    other = SupportSet(7, 3).double()
    other.load_state_dict(support.state_dict())
    for one in (support, other):
        for step in range(4):
            one.push(draws(3, 3, seed=step), torch.arange(3) + step)
    assert set(support.state_dict()) == {"rows", "images", "ages", "position"}
    for name, value in support.state_dict().items():
        assert torch.equal(value, other.state_dict()[name]), name


def test_a_method_that_was_saved_and_loaded_goes_on_to_the_bit():
    """With top-k draws: the support set from the state, the draws from the generator."""
    method = method_of(SupportSet(7, 4, Generator().manual_seed(1)), 4, top_k=3)
    run(method, 2)
    other = method_of(SupportSet(7, 4, Generator().manual_seed(2)), 4, seed=5, top_k=3)
    other.load_state_dict(method.state_dict())
    state = method.generators["neighbours"].get_state()
    other.generators["neighbours"].set_state(state)
    assert run(method, 3) == run(other, 3)


# the meters


def run(method, steps, N=6, B=3):
    """Some steps on a data set of N images, without learning; the meters and the losses."""
    lines = []
    for step in range(steps):
        index = (torch.arange(B) + B * step) % N
        x = draws(N, 3, seed=99)[index]
        z1, z2 = (method.project(x + 0.01 * draws(B, 3, seed=s + step)) for s in (10, 20))
        loss = method.loss(z1, z2, index)
        lines.append(method.meters(z1.detach(), z2.detach(), index) | {"loss": loss.item()})
    return lines


@pytest.mark.parametrize("top_k", [1, 2])
def test_no_image_is_its_own_neighbour(top_k):
    """The set holds every image twice over: self-match 0 if excluded, and nearly 1 if not."""
    for exclude_same, steps in [(True, range(12)), (False, range(4, 12))]:
        support = SupportSet(12, 4, Generator().manual_seed(1))
        method = method_of(support, 4, top_k=top_k, exclude_same=exclude_same)
        rates = [line["self_match"] for line in run(method, 12)]
        assert all((rates[step] == 0) == exclude_same for step in steps)
        if not exclude_same:
            assert rates[0] == rates[1] == 0, "before the second epoch nobody can find itself"
            assert min(rates[4:]) > 0.5


def test_meters_in_a_case_by_hand():
    """Four queries find rows 0, 0, 2, 3 of images 4, -1 (never pushed), 7: half of it is real."""
    support = SupportSet(4, 2)
    support.images.copy_(torch.tensor([4, 5, -1, 7]))
    support.ages.copy_(torch.tensor([2, 1, -1, 0]))
    labels = torch.tensor([0, 0, 0, 0, 1, 1, 0, 1, 0])
    method = method_of(support, 2, labels=labels)
    found = method.health(torch.tensor([0, 0, 2, 3]), torch.tensor([4, 8, 1, 5]))
    assert found == pytest.approx(
        {
            "self_match": 1 / 4,  # the first query is image 4 and finds image 4
            "real": 3 / 4,
            "distinct": 3 / 4,
            "neighbour_age": (3 + 3 + 1) / 3,  # ages 2, 2, 0, and one step for each
            "same_class": 2 / 3,  # 4 with 4, 8 with 4, 5 with 7
        }
    )


def test_meters_before_the_first_push_and_without_labels():
    """All rows are random: nothing is real, nothing has an age, nobody matches."""
    method = method_of(SupportSet(5, 4, Generator().manual_seed(1)), 4)
    (line,) = run(method, 1)
    assert (line["self_match"], line["real"]) == (0, 0)
    assert "neighbour_age" not in line and "same_class" not in line
    assert 1 / 6 <= line["distinct"] <= 1 and 0 <= line["contrastive_accuracy"] <= 1
    line = run(method, 2)[1]
    assert line["real"] > 0 and line["neighbour_age"] >= 1 and "same_class" not in line


def test_meters_describe_the_set_before_the_push():
    """Q = B: the push overwrites all that was found, but its ages are still reported."""
    method = method_of(SupportSet(3, 4, Generator().manual_seed(1)), 4)
    lines = run(method, 3)
    assert [line["real"] for line in lines] == [0, 1, 1]
    assert lines[2]["neighbour_age"] == 1
