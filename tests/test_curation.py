"""Batch curation: measures against loops and SciPy, a look that leaves no trace, boxes, rules."""

import math
from typing import get_args

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from torch import Generator, nn

from lessons.course.bare import bare_method
from simclr_mini.curation import (
    SHRINKAGE,
    Curation,
    CurationOptions,
    crop_statistics,
    embed,
    frechet_distance,
    gap,
    intersection,
    overlap,
    pair_distances,
    violation,
)
from simclr_mini.heads import mlp
from simclr_mini.methods import configure
from simclr_mini.resnet import resnet_tiny
from simclr_mini.simclr import SimCLR
from simclr_mini.views import Recipe

few = settings(max_examples=20, deadline=None)
SEEDS = st.integers(0, 2**20)
CROPS = Recipe(jitter=0, gray=0, blur=0)
RULES = get_args(CurationOptions.__annotations__["curate"])


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=Generator().manual_seed(seed), dtype=torch.float64)


# distances, violation, gap


def table_in_loops(z1, z2):
    u, v = ([one / one.norm() for one in z] for z in (z1, z2))
    return [[float((a - b).norm()) for b in v] for a in u]


def others(table, b):
    return [distance for k, distance in enumerate(table[b]) if k != b]


def quantile_in_loops(values, q):
    values = sorted(values)
    place = q * (len(values) - 1)
    low = math.floor(place)
    return values[low] + (place - low) * (values[min(low + 1, len(values) - 1)] - values[low])


@few
@given(B=st.integers(2, 9), d=st.integers(1, 6), q=st.floats(0, 1), seed=SEEDS)
def test_measures_of_pairs_are_those_of_double_loops(B, d, q, seed):
    """Distances in order, gap, and violation, up to images within rounding of the quantile."""
    z1 = draws(B, d, seed=seed) * draws(B, 1, seed=seed + 1).exp()
    z2 = draws(B, d, seed=seed + 2) + z1
    table = table_in_loops(z1, z2)
    positive, negative = pair_distances(z1, z2)
    expected = [table[b][b] for b in range(B)]
    torch.testing.assert_close(positive, torch.tensor(expected), atol=1e-6, rtol=1e-5)
    far = torch.tensor([others(table, b) for b in range(B)])
    torch.testing.assert_close(negative, far, atol=1e-6, rtol=1e-5)
    wide = sum(map(sum, far.tolist())) / (B * (B - 1)) - sum(expected) / B
    assert float(gap(z1, z2)) == pytest.approx(wide, abs=2e-6)
    excess = [table[b][b] - quantile_in_loops(others(table, b), q) for b in range(B)]
    surely, maybe = (sum(e > margin for e in excess) / B for margin in (1e-5, -1e-5))
    assert surely - 1e-6 <= float(violation(z1, z2, q)) <= maybe + 1e-6


def test_equal_views_are_at_zero_to_the_bit():
    """They are not at 0.001, as the root of 2 - 2 u . v says; collapsed views are no violation."""
    z = draws(64, 32).float()
    positive, negative = pair_distances(z, z)
    assert not positive.any() and negative.min() > 0.1
    one = z[:1].repeat(64, 1)
    assert float(violation(one, one)) == 0 and float(gap(one, one)) == 0


def test_ends_of_the_scale():
    """Opposite views are 2 apart; the gap of two opposite images with equal views is 2."""
    z = draws(5, 3)
    torch.testing.assert_close(pair_distances(z, -3 * z)[0], torch.full((5,), 2.0))
    two = torch.stack([z[0], -z[0]])
    assert float(gap(two, two)) == pytest.approx(2, rel=1e-6)
    assert float(gap(two, -two)) == pytest.approx(-2, rel=1e-6)


def test_violation_without_a_margin_is_what_one_nearest_neighbour_misses():
    z1, z2 = draws(40, 4, seed=1), draws(40, 4, seed=2) + 2 * draws(40, 4, seed=1)
    found = torch.cdist(F.normalize(z1), F.normalize(z2)).argmin(1)
    missed = float((found != torch.arange(40)).float().mean())
    assert 0 < missed < 1 and float(violation(z1, z2, 0)) == pytest.approx(missed)


def test_half_precision_is_measured_in_float32():
    z1, z2 = draws(7, 5).bfloat16(), draws(7, 5, seed=1).bfloat16()
    for measure in (gap, violation, frechet_distance):
        assert torch.equal(measure(z1, z2), measure(z1.float(), z2.float()))


# the Frechet distance


@few
@given(B=st.integers(1, 12), d=st.integers(1, 8), seed=SEEDS)
def test_frechet_distance_is_that_of_scipy(B, d, seed):
    """SciPy takes the root of the matrix product; there are fewer projections than d, or more."""
    z1, z2 = draws(B, d, seed=seed) + 1, draws(B, d, seed=seed + 1) * torch.linspace(0.2, 2, d)
    u, v = (F.normalize(z, dim=1) for z in (z1, z2))
    identity = torch.eye(d, dtype=torch.float64) * SHRINKAGE / d
    S1, S2 = ((z - z.mean(0)).T @ (z - z.mean(0)) / B + identity for z in (u, v))
    cross = sqrtm((S1 @ S2).numpy()).trace().real
    expected = float((u.mean(0) - v.mean(0)).square().sum() + S1.trace() + S2.trace()) - 2 * cross
    assert float(frechet_distance(z1, z2)) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@few
@given(B=st.integers(1, 9), d=st.integers(1, 9), seed=SEEDS)
def test_frechet_distance_of_equal_sets_is_zero_and_never_below(B, d, seed):
    """In any order and of any norm; and it does not notice swapped pairs."""
    z = draws(B, d, seed=seed)
    other = 3 * z[torch.randperm(B, generator=Generator().manual_seed(seed))]
    assert 0 <= float(frechet_distance(z, other)) < 1e-10
    z2 = draws(B, d, seed=seed + 1)
    here, swapped = frechet_distance(z, z2), frechet_distance(z, z2.roll(1, 0))
    assert float(here) == pytest.approx(float(swapped), rel=1e-9, abs=1e-10)
    back = frechet_distance(z2, z)
    assert float(here) == pytest.approx(float(back), rel=1e-6, abs=1e-10)


def test_frechet_distance_of_shifted_sets_is_that_of_their_means():
    """(a, ±b) and (-a, ±b): one covariance, means 2a apart."""
    for a in (0.6, 0.28, 0.0):
        z = torch.tensor([[a, math.sqrt(1 - a * a)], [a, -math.sqrt(1 - a * a)]])
        shifted = z * torch.tensor([-1.0, 1.0])
        assert float(frechet_distance(z, shifted)) == pytest.approx(4 * a * a, rel=1e-5, abs=1e-9)


def test_frechet_distance_of_one_axis_and_another():
    """One mean; variance 1 along one axis or the other: twice (sqrt(1 + e) - sqrt(e))^2."""
    eye = torch.eye(2)
    z1, z2 = torch.stack([eye[0], -eye[0]]), torch.stack([eye[1], -eye[1]])
    e = SHRINKAGE / 2
    expected = 2 * (math.sqrt(1 + e) - math.sqrt(e)) ** 2
    assert float(frechet_distance(z1, z2)) == pytest.approx(expected, rel=1e-9)


# a look that leaves no trace


def network(seed=0, **choices):
    torch.manual_seed(seed)
    encoder = resnet_tiny()
    head = mlp(encoder.dim, 8, 6)
    method = bare_method(
        Curation, CROPS, seed=seed, encoder=encoder, projector=head, temperature=0.5, **choices
    )
    for _ in range(2):  # running statistics that are not those of the beginning
        method.project(torch.rand(4, 3, 16, 16))
    return method


def state_bytes(model):
    """Every buffer and parameter, byte for byte, and every mode."""
    numbers = {name: value.numpy().tobytes() for name, value in model.state_dict().items()}
    modes = [(m.training, getattr(m, "track_running_stats", None)) for m in model.modules()]
    return numbers, modes, [p.requires_grad for p in model.parameters()]


def put_in(mode, method):
    """Training, evaluation, or training with every other norm frozen."""
    method.train(mode != "evaluation")
    norms = [m for m in method.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    if mode == "mixed":
        for m in norms[::2]:
            m.eval()
        norms[1].track_running_stats = False
    return method


@pytest.mark.parametrize("mode", ["training", "evaluation", "mixed"])
def test_scoring_gives_what_training_gives_and_leaves_no_trace(mode):
    """Projections of training mode to the bit; running averages, counters, modes as before."""
    x = torch.rand(5, 3, 16, 16, generator=Generator().manual_seed(1))
    method = put_in(mode, network())
    before = state_bytes(method)
    z = embed(method, x)
    assert state_bytes(method) == before
    assert not z.requires_grad and torch.is_grad_enabled()
    assert all(p.grad is None for p in method.parameters())
    assert torch.equal(z, method.train().project(x))
    assert state_bytes(method) != before  # this is what a trace would be


@pytest.mark.parametrize("mode", ["training", "evaluation", "mixed"])
def test_scoring_that_fails_leaves_no_trace(mode):
    """The error comes from the projector, after all norms of the encoder have run."""
    method = put_in(mode, network())
    before = state_bytes(method)

    def fail(*_):
        raise MemoryError

    hook = method.projector.register_forward_pre_hook(fail)
    with pytest.raises(MemoryError):
        embed(method, torch.rand(5, 3, 16, 16))
    hook.remove()
    assert state_bytes(method) == before and torch.is_grad_enabled()


def test_a_whole_curated_step_moves_counters_alone():
    """Four draws are scored; what changed is the method's own three buffers."""
    method = network(tries=4).train()
    before = state_bytes(method)[0]
    method.views(torch.rand(5, 3, 16, 16))
    after = state_bytes(method)[0]
    assert {name for name in after if after[name] != before[name]} == {"steps", "extra", "median"}
    assert int(method.extra) == 8 and int(method.steps) == 1


def test_scoring_keeps_to_chunks_of_images():
    """Without batch norms the scores are those of whole batches."""
    seen, scores = [], []
    for method in (network(tries=3), network(tries=3)):
        torch.manual_seed(5)
        method.encoder = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 8))
        method.projector = nn.Linear(8, 6)
        method.encoder.register_forward_hook(lambda module, args, h: seen.append(len(h)))
        method.chunk_size = 4 * len(scores)  # 0 first
        method.train().views(torch.rand(9, 3, 16, 16, generator=Generator().manual_seed(6)))
        scores.append([draw["badness"] for draw in method.last["draws"]])
    assert seen[:6] == [9] * 6 and seen[6:] == [3] * 18
    assert scores[0] == pytest.approx(scores[1])


# boxes


@few
@given(B=st.integers(1, 9), seed=SEEDS)
def test_intersection_counts_pixels(B, seed):
    """Against sets of pixels; overlap is symmetric, and is 1 for a box with itself."""
    generator = Generator().manual_seed(seed)
    size = torch.randint(1, 8, (2 * B, 2), generator=generator)
    place = torch.randint(0, 8, (2 * B, 2), generator=generator)
    a, b = torch.cat([place, size], 1).chunk(2)
    pixels = [
        {(r, c) for r in range(t, t + h) for c in range(left, left + w)}
        for t, left, h, w in torch.cat([a, b]).tolist()
    ]
    pairs = list(zip(pixels[:B], pixels[B:], strict=True))
    assert intersection(a, b).tolist() == [len(p & q) for p, q in pairs]
    expected = torch.tensor([len(p & q) / len(p | q) for p, q in pairs])
    torch.testing.assert_close(overlap(a, b), expected)
    assert torch.equal(overlap(a, b), overlap(b, a)) and (overlap(a, a) == 1).all()


def ramps(B, side=16):
    """Images whose red is the row and whose green is the column."""
    rows = torch.arange(side).float() / side
    image = torch.stack([rows[:, None].expand(side, side), rows.expand(side, side)])
    return torch.cat([image, torch.zeros(1, side, side)]).expand(B, 3, side, side).clone()


def decoded(view):
    """The box that a view of ramps was cropped from: least and greatest row and column."""
    side = view.shape[2]
    first, last = (side * f(view[:, :2], (2, 3)) for f in (torch.amin, torch.amax))
    return torch.cat([first, last - first + 1], 1)


@pytest.mark.parametrize("crop", [1.0, 0.5, 0.0])
def test_boxes_of_a_draw_are_those_of_its_views(crop):
    """They are read from the views themselves, even where only some or no images are cropped."""
    recipe = Recipe(crop=crop, jitter=0, gray=0, blur=0)
    method = bare_method(Curation, recipe, seed=3)
    x, whole = ramps(40), torch.tensor([0, 0, 16, 16])
    for _ in range(3):
        draw = method.draw_views(x, method.generators["views"])
        for box, view in zip(draw["boxes"], draw["views"], strict=True):
            assert box.shape == (40, 4)
            torch.testing.assert_close(decoded(view), box.float(), atol=1e-3, rtol=0)
        share = float((torch.cat(draw["boxes"]) == whole).all(1).float().mean())
        assert abs(share - (1 - crop)) < 0.35


# the first draw


@pytest.mark.parametrize("rule", RULES)
def test_the_first_draw_is_simclrs_own_whatever_came_of_earlier_ones(rule):
    """Five batches, three draws each: the stream of first draws is that of plain SimCLR."""
    method, x = network(curate=rule, tries=3).train(), ramps(4)
    plain = bare_method(SimCLR, CROPS)
    for _ in range(5):
        views, expected = method.views(x), plain.views(x)
        first = method.last["draws"][0]["views"] if rule != "off" else views
        assert all(torch.equal(a, b) for a, b in zip(first, expected, strict=True))
    assert torch.equal(
        method.generators["views"].get_state(), plain.generators["views"].get_state()
    )


def test_no_curation_in_evaluation_nor_before_the_end_of_the_warmup():
    """Two steps of warmup, nothing scored; nor in evaluation, which counts no step either."""
    method, x = network(curate_warmup=1).train(), ramps(4)
    paid = []
    for training in (True, False, True, True, True):
        method.train(training).views(x)
        paid.append(int(method.extra))
    assert paid == [0, 0, 0, 4, 8] and int(method.steps) == 4


# the rules, on scores made up for them


def ruled(rule, tries=3, seed=0):
    """A method whose network is not used."""
    return bare_method(Curation, CROPS, seed=seed, curate=rule, tries=tries).train()


def step(method, badness, gaps=None):
    """One step on draws with these scores: how many were made, and which was chosen."""
    made, gaps = [], gaps or [0.0] * len(badness)

    def score(draw):
        i = len(made)
        made.append(draw["views"])
        return draw | {"badness": badness[i], "gap": gaps[i], "positive": 1.0, "negative": 1.0}

    method.score = score
    views = method.views(ramps(2))
    chosen = method.last["chosen"]
    assert all(torch.equal(a, b) for a, b in zip(views, made[chosen], strict=True))
    return len(made), chosen


def test_best_draws_as_often_as_it_may_and_takes_the_lowest():
    assert step(ruled("best"), [0.0, 0.5, 0.5]) == (
        3,
        0,
    )  # nothing can be better, and it does not stop
    assert step(ruled("best"), [0.3, 0.2, 0.1], [9.0, 0.0, -9.0]) == (3, 2)
    assert step(ruled("best"), [0.2, 0.1, 0.1], [0.0, 0.5, 0.6]) == (3, 2)
    assert step(ruled("best", 4), [0.2, 0.2, 0.1, 0.0]) == (4, 3)


@pytest.mark.parametrize("rule", ["threshold", "frechet"])
def test_threshold_takes_the_first_that_is_good_enough(rule):
    """The threshold, 0.3, moves a hundredth towards the first draw."""

    def good(badness):
        method = ruled(rule)
        method.median.fill_(0.3)
        return step(method, badness)

    assert good([0.2]) == (1, 0)
    assert good([0.297]) == (1, 0)
    assert good([0.5, 0.25, 0.1]) == (2, 1)
    assert good([0.5, 0.303, 0.1]) == (2, 1)
    assert good([0.5, 0.4, 0.6]) == (3, 1)  # none is: the best


@pytest.mark.parametrize("rule", ["threshold", "frechet"])
def test_a_draw_that_was_merely_the_best_is_not_called_accepted(rule):
    for badness, accepted in (([0.2], 1), ([0.5, 0.25], 1), ([0.4, 0.5, 0.6], 0)):
        method = ruled(rule)
        method.median.fill_(0.3)
        step(method, badness)
        assert method.last["accepted"] == accepted


def test_projections_that_are_no_numbers_are_left_to_the_loss():
    """The loop reports them in one sentence; curation must not fail at an eigenvalue first."""
    method = network(curate="frechet").train()
    method.project = lambda x: torch.full((len(x), 4), float("nan"))
    x1, _ = method.views(torch.rand(6, 3, 16, 16))
    assert x1.isfinite().all()


def test_controls():
    """Reversed takes the worst; random any of them, from its own generator, as often as others."""
    assert step(ruled("reversed"), [0.1, 0.3, 0.3], [0.0, 0.5, 0.4]) == (3, 2)
    method, scores = ruled("random"), [0.1, 0.2, 0.3]
    made, chosen = zip(*(step(method, scores) for _ in range(60)), strict=True)
    assert set(made) == {3} and all(chosen.count(i) > 8 for i in range(3))
    again = ruled("random")
    assert [step(again, scores)[1] for _ in range(9)] == list(chosen[:9])
    off = ruled("off")
    off.views(ramps(2))
    assert off.last == {} and int(off.extra) == 0 and float(off.median) == -1


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="must be one of best, .* not worst"):
        configure("curation", curate="worst").check()


@pytest.mark.parametrize("rule", ["threshold", "frechet"])
def test_the_very_first_draw_is_its_own_median(rule):
    """A number that is rounded on the way into the buffer would be above it in half of all runs."""
    for seed in range(6):
        method = network(seed, curate=rule, tries=3).train()
        method.views(torch.rand(4, 3, 16, 16, generator=Generator().manual_seed(seed)))
        assert len(method.last["draws"]) == 1


@pytest.mark.parametrize("low, high", [(0.2, 0.6), (0.0, 0.02), (2.0, 9.0)])
def test_running_median_follows_first_draws(low, high):
    """Half of the draws are below it, at any scale, and after the scale has changed."""
    method = ruled("threshold")
    values = torch.rand(800, generator=Generator().manual_seed(1)).tolist()
    for scale in (1.0, 0.4, 1.5):
        for u in values:
            method.follow_median(scale * (low + u * (high - low)))
        below = sum(scale * (low + u * (high - low)) < float(method.median) for u in values)
        assert abs(below / len(values) - 0.5) < 0.1


def test_running_median_of_zeros_is_zero_and_can_rise_again():
    """Violations end at 0; the median reaches it, never passes it, and is not caught there."""
    method = ruled("threshold")
    seen = [method.follow_median(v) for v in [0.01] + [0.0] * 900 + [0.5] * 900]
    assert min(seen) == 0 and seen[0] == pytest.approx(0.01) and seen[-1] > 0.1


def test_only_first_draws_move_the_median():
    """An accepted second draw does not: the threshold would chase itself downwards."""
    method = ruled("threshold")
    for _ in range(5):
        before = float(method.median.fill_(0.3))
        step(method, [0.5, 0.1, 0.0])
        assert float(method.median) > before


# the meters


def test_meters_of_kept_and_rejected_by_hand():
    """Images of 4 x 4; kept: one quarter twice; rejected: two halves apart, and one half twice."""
    quarter = torch.tensor([[1, 1, 2, 2]])
    left, right = torch.tensor([[0, 0, 4, 2]]), torch.tensor([[0, 2, 4, 2]])
    kept = {"boxes": (quarter, quarter), "positive": 0.2, "negative": 1.4}
    first = {"boxes": (left, right), "positive": 0.9, "negative": 1.2}
    second = {"boxes": (left, left), "positive": 0.7, "negative": 1.0}
    method = ruled("best")
    assert method.statistics() == {}
    method.last = {"draws": [first, kept, second], "chosen": 1, "pixels": 16}
    method.extra += 6
    found = method.statistics()
    expected = {"first_kept": 0, "extra_passes": 6}
    expected |= {"positive_kept": 0.2, "negative_kept": 1.4, "overlap_kept": 1}
    expected |= {"area_kept": 0.25, "coverage_kept": 0.25}
    expected |= {"positive_rejected": 0.8, "negative_rejected": 1.1, "overlap_rejected": 0.5}
    expected |= {"area_rejected": 0.5, "coverage_rejected": 0.75}
    assert found == pytest.approx(expected)
    method.last = {"draws": [kept], "chosen": 0, "pixels": 16}
    found = method.statistics()
    assert found["first_kept"] == 1 and not any("rejected" in name for name in found)
    assert crop_statistics([], 16) == {}


def test_meters_of_a_real_step_tell_of_both():
    """Of two draws, the kept one has the lower badness; distances are those of its projections."""
    method, x = network(curate="best").train(), torch.rand(6, 3, 16, 16)
    x1, x2 = method.views(x)
    z1, z2 = embed(method, x1), embed(method, x2)
    meters = method.meters(z1, z2, torch.arange(6))
    positive, negative = pair_distances(z1, z2)
    assert meters["positive_kept"] == pytest.approx(float(positive.mean()), rel=1e-4)
    assert meters["negative_kept"] == pytest.approx(float(negative.mean()), rel=1e-4)
    assert meters["extra_passes"] == 4 and "contrastive_accuracy" in meters
    assert "accepted" not in meters  # "best" accepts nothing: it chooses among all
    kept, other = method.last["chosen"], 1 - method.last["chosen"]
    badness = [draw["badness"] for draw in method.last["draws"]]
    assert badness[kept] <= badness[other]
    assert 0 < meters["overlap_rejected"] <= 1 and 0 < meters["coverage_kept"] <= 1
