"""Lesson 10: batch curation, our interpretation. Measure a batch's pairs, then choose a draw."""

import math
import operator
from collections import Counter

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, rand, wrong
from lessons.course.device import comes_back, stays_on_device
from simclr_mini.curation import (
    Curation,
    embed,
    frechet_distance,
    gap,
    intersection,
    overlap,
    pair_distances,
    violation,
)

# B and d differ and are mostly prime, so that a wrong broadcast crashes or shows.
SIZES = [(3, 5), (5, 2), (7, 3), (2, 4), (11, 7)]


def spread(B, d, seed):
    """Vectors of very different norms."""
    return rand(B, d, seed=seed) * torch.logspace(-1, 1.5, B)[:, None]


def at(*degrees, length=1.0):
    """Vectors in the plane, at these angles."""
    turn = torch.tensor(degrees, dtype=torch.float64) * math.pi / 180
    return (length * torch.stack([turn.cos(), turn.sin()], 1)).float()


def in_other_dtypes(f, *others):
    """Pairs (result, expected): f on bfloat16, float16 and float64, and what float64 gives."""
    for dtype in (torch.bfloat16, torch.float16, torch.float64):
        z1, z2 = (rand(7, 5, seed=s).to(dtype) for s in (21, 22))
        expected = f(z1.double(), z2.double(), *others)
        got = call(f, z1, z2, *others)
        for one in got.value if isinstance(got.value, tuple) else (got.value,):
            if getattr(one, "dtype", None) in (torch.bfloat16, torch.float16):
                said = "The result has half precision."
                wrong(said, call=got.call, expected="float32 or wider", got=one.dtype)
        yield got, expected


def chord(degrees):
    """The length of the chord between two points of the unit circle that are `degrees` apart."""
    return 2 * math.sin(math.radians(degrees) / 2)


# Step 1: distances


@about("pair_distances")
def test_distances_by_hand():
    """Views 1 of two images are (1, 0) and (0, 1); views 2 are 3 (0.8, 0.6) and 3 (-0.6, 0.8)."""
    z1, z2 = torch.eye(2), 3 * torch.tensor([[0.8, 0.6], [-0.6, 0.8]])
    positive = torch.tensor([0.4, 0.4]).sqrt()
    negative = torch.tensor([[3.2], [0.8]]).sqrt()
    call(pair_distances, z1, z2).gives((positive, negative), rtol=1e-5)


@about("pair_distances")
def test_each_row_holds_the_others_in_their_order():
    """Views 1 are at 0°, 90°, 200°, views 2 at 10°, 120°, 250°: row b leaves out only image b."""
    expected = (
        torch.tensor([chord(10), chord(30), chord(50)]),
        torch.tensor(
            [[chord(120), chord(110)], [chord(80), chord(160)], [chord(170), chord(80)]],
        ),
    )
    call(pair_distances, at(0, 90, 200), at(10, 120, 250)).gives(expected, rtol=1e-5)


@about("pair_distances")
def test_distances_equal_the_loops(oracle):
    """The distance is |u - v| for normalised u and v, for every view 1 and every view 2."""
    for B, d in SIZES:
        z1, z2 = spread(B, d, seed=B), spread(B, d, seed=B + 50)
        expected = oracle("pair_distances")(z1.double(), z2.double())
        call(pair_distances, z1, z2).gives(expected, rtol=2e-5)


@about("pair_distances")
def test_equal_views_are_0_apart_and_opposite_views_2():
    """At both ends of the scale, rounding makes no distance NaN."""
    z = rand(31, 13, seed=3)
    for z2, expected in [(z, 0.0), (-2 * z, 2.0)]:
        got = call(pair_distances, z, z2)
        if not isinstance(got.value, tuple) or len(got.value) != 2:
            wrong("", call=got.call, expected="two results", got=got.value)
        if not all(bool(one.isfinite().all()) for one in got.value):
            wrong("A distance is NaN or infinite. What is under the square root?", call=got.call)
        if (got.value[0] - expected).abs().max() > 2e-3:
            wrong("", call=got.call, expected=f"positives of {expected}", got=got.value[0][:4])


@about("pair_distances")
def test_distances_are_computed_in_float32_or_wider():
    """Half precision has 3 digits, and the order of distances depends on the fourth."""
    for got, expected in in_other_dtypes(pair_distances):
        got.gives(expected, rtol=1e-5)


@about("pair_distances")
def test_distances_stay_on_their_device():
    """Every tensor that you make must be on the same device as the projections."""
    stays_on_device(pair_distances, rand(3, 5, seed=1), rand(3, 5, seed=2))


# Step 2: the gap


@about("gap")
def test_gap_by_hand():
    """Negatives are 1.789 and 0.894 apart, and positives 0.632, so the gap is 0.709."""
    z1, z2 = torch.eye(2), torch.tensor([[0.8, 0.6], [-0.6, 0.8]])
    expected = (math.sqrt(3.2) + math.sqrt(0.8)) / 2 - math.sqrt(0.4)
    call(gap, z1, z2).gives(expected, rtol=1e-5)
    second = torch.tensor([[0.28, 0.96], [-0.6, 0.8]])  # image 0's views have moved apart
    expected = (math.sqrt(3.2) + math.sqrt(0.08) - math.sqrt(1.44) - math.sqrt(0.4)) / 2
    call(gap, z1, second).gives(expected, rtol=1e-5)


@about("gap")
def test_gap_goes_from_minus_2_to_2():
    """The gap is 2 if views are equal and images opposite, and -2 if views are exchanged."""
    call(gap, at(20, 200), at(20, 200)).gives(2.0, atol=1e-3)
    call(gap, at(20, 200), at(200, 20)).gives(-2.0, atol=1e-3)


@about("gap")
def test_gap_equals_the_loops(oracle):
    """The gap is the mean of B (B - 1) negatives minus the mean of B positives."""
    for B, d in SIZES:
        z1, z2 = spread(B, d, seed=B + 1), spread(B, d, seed=B + 51)
        call(gap, z1, z2).gives(oracle("gap")(z1.double(), z2.double()), rtol=1e-4, atol=2e-6)


@about("gap")
def test_gap_keeps_its_precision_and_its_device():
    """The gap is computed in float32 or wider, on the device of the projections."""
    for got, expected in in_other_dtypes(gap):
        got.gives(expected, rtol=1e-4)
    stays_on_device(gap, rand(3, 5, seed=1), rand(3, 5, seed=2))


# Step 3: violations


@about("violation")
def test_violation_by_hand():
    """Views 1 are at 0°, 90° and 200°. Which of them is closer to another's view 2 than its own?"""
    z1 = at(0, 90, 200)
    call(violation, z1, at(10, 120, 250)).gives(0.0)
    # b: its own at 60, that of c at 50
    call(violation, z1, at(10, 30, 140)).gives(1 / 3, rtol=1e-6)
    # b: its own at 50, that of c at 20; c: its own at 90, that of b at 60
    call(violation, z1, at(10, 140, 110), 0.0).gives(2 / 3, rtol=1e-6)
    # all second views belong to another image
    call(violation, z1, at(90, 200, 0), 0.0).gives(1.0)


@about("violation")
def test_quantile_interpolates_between_negatives():
    """With negatives at 20, 60 and 100 degrees, the quantiles 0, 1/2 and 1 are at these angles."""
    z1 = at(0, 0, 0, 0)
    for q, degrees in [(0.0, 20.0), (0.5, 60.0), (1.0, 100.0)]:
        for own, expected in [(degrees - 1, 0.0), (degrees + 1, 1.0)]:
            z2 = at(own, 20, 60, 100)
            got = call(violation, z1, z2, q).value
            first = 4 * float(got) - others_violated(z2, q)
            if abs(first - expected) > 1e-4:
                said = f"Image 0 has views {own:g} degrees apart, and negatives at 20, 60, 100."
                want = "violated" if expected else "not violated"
                wrong(said, call=f"violation(z1, z2, {q})", expected=want, got=f"{float(got):.4f}")
    middle = (chord(20) + chord(60)) / 2  # q = 1/4 is halfway between the first two distances
    degrees = math.degrees(2 * math.asin(middle / 2))
    for own, expected in [(degrees - 1, 0.0), (degrees + 1, 1.0)]:
        z2 = at(own, 20, 60, 100)
        got = call(violation, z1, z2, 0.25)
        got.gives((expected + others_violated(z2, 0.25)) / 4, rtol=1e-5)


def others_violated(z2, q):
    """How many of images 1, 2 and 3 are violated if all views 1 are at 0 degrees."""
    distance = (z2.double() - torch.tensor([1.0, 0.0])).norm(dim=1)
    rest = [torch.cat([distance[:b], distance[b + 1 :]]) for b in range(4)]
    return sum(int(distance[b] > rest[b].quantile(q)) for b in (1, 2, 3))


@about("violation")
def test_quantile_is_0_05_by_default():
    """By default q is 0.05; this quantile is between the nearest and second nearest negative."""
    z1 = at(*[0] * 12)
    far = list(range(100, 111))  # eleven negatives of image 0
    far[0] = 20
    near = chord(20) + 0.5 * (chord(101) - chord(20))  # 0.05 of ten steps: half a step
    degrees = math.degrees(2 * math.asin(near / 2))
    for own, expected in [(degrees - 2, 0.0), (degrees + 2, 1.0)]:
        z2 = at(own, *far)
        counts = [z2.roll(-b, 0) for b in range(12)]
        rest = 0
        for b in range(1, 12):
            distance = (counts[b].double() - torch.tensor([1.0, 0.0])).norm(dim=1)
            rest += int(distance[0] > distance[1:].quantile(0.05))
        call(violation, z1, z2).gives((expected + rest) / 12, rtol=1e-5)


@about("violation")
def test_violation_equals_the_loops(oracle):
    """Each image is compared with the quantile of its own negatives, at several sizes and q."""
    for (B, d), q in zip(SIZES * 2, [0.0, 0.05, 0.3, 0.5, 0.1] * 2, strict=True):
        z1, z2 = rand(B, d, seed=B + 2), rand(B, d, seed=B + 52)
        z2 = z2 + z1 if B > 3 else z2  # some pairs agree
        expected = oracle("violation")(z1.double(), z2.double(), q)
        call(violation, z1, z2, q).gives(expected, rtol=1e-5)
        call(violation, z1, z2, quantile=q).gives(expected, rtol=1e-5)


@about("violation")
def test_violation_at_quantile_zero_counts_wrong_nearest_views():
    """At q = 0, the violation is the share of views 1 whose nearest view 2 is not their own."""
    z1 = rand(29, 5, seed=8)
    z2 = z1 + 0.9 * rand(29, 5, seed=9)
    nearest = torch.cdist(F.normalize(z1.double()), F.normalize(z2.double())).argmin(1)
    expected = float((nearest != torch.arange(29)).double().mean())
    call(violation, z1, z2, 0.0).gives(expected, rtol=1e-5)


@about("violation")
def test_a_positive_at_the_limit_is_not_violated():
    """If all projections are equal, no positive is farther away than a negative."""
    one = torch.tensor([[0.0, 1.0, 0.0]]).repeat(5, 1)
    call(violation, one, 4 * one).gives(0.0)
    call(violation, one, one, 0.5).gives(0.0)


@about("violation")
def test_violation_keeps_its_precision_and_its_device():
    """Violation is computed in float32 or wider, on the device of the projections."""
    for got, expected in in_other_dtypes(violation, 0.3):
        got.gives(expected, rtol=1e-6)
    stays_on_device(violation, rand(3, 5, seed=1), rand(3, 5, seed=2))


# Step 4: the Frechet distance


@about("frechet_distance")
def test_sets_of_equal_covariance_are_as_far_apart_as_their_means():
    """(0.6, ±0.8) and (-0.6, ±0.8) have equal covariances, so only |m1 - m2|^2 = 1.44 is left."""
    z1 = torch.tensor([[0.6, 0.8], [0.6, -0.8], [0.6, 0.8], [0.6, -0.8]])
    call(frechet_distance, z1, -2 * z1).gives(1.44, rtol=1e-6)
    z1 = torch.tensor([[0.96, 0.28, 0], [0.96, -0.28, 0], [0.96, 0, 0.28]])
    z2 = z1 * torch.tensor([-3.0, 3.0, 3.0])
    call(frechet_distance, z1, z2).gives(1.92**2, rtol=1e-6)


@about("frechet_distance")
def test_equal_sets_are_at_distance_zero():
    """The distance from a set to itself is zero, however few vectors it has, and never negative."""
    for B, d in [*SIZES, (3, 17)]:
        z = rand(B, d, seed=B + 3)
        got = call(frechet_distance, z, z.clone()).gives(0.0, atol=1e-9)
        if not float(got.value) >= 0:
            wrong("A squared distance is never below 0.", call=got.call, got=got.value)


@about("frechet_distance")
def test_frechet_distance_ignores_norms():
    """Every projection is normalised before anything is measured."""
    z1, z2 = rand(7, 3, seed=4), rand(7, 3, seed=5)
    expected = call(frechet_distance, F.normalize(z1), F.normalize(z2)).value
    longer = torch.logspace(-1, 1, 7)[:, None]
    call(frechet_distance, longer * z1, 9 * z2).gives(expected, rtol=1e-5)


@about("frechet_distance")
def test_frechet_distance_is_float64_on_the_cpu():
    """Projections first become float64 on the CPU, whatever their dtype and device."""
    for got, expected in in_other_dtypes(frechet_distance):
        got.gives(expected, rtol=1e-6)
        dtype = getattr(got.value, "dtype", torch.float64)
        if isinstance(got.value, torch.Tensor) and dtype != torch.float64:
            wrong(call=got.call, expected="torch.float64", got=dtype)
    where = comes_back(frechet_distance, *(rand(5, 3, seed=s) for s in (1, 2)))
    if where:
        said = "On a GPU this would fail. Do you move all tensors to the CPU?"
        wrong(said, call="frechet_distance(z1, z2)", expected="the CPU alone", got=where)


@about("frechet_distance", step="spread")
def test_spread_along_axes_by_hand():
    """If the means are equal, an axis with variances a and b adds (sqrt a - sqrt b)^2."""
    z1 = torch.tensor([[0.6, 0.8], [0.6, -0.8], [-0.6, 0.8], [-0.6, -0.8]])
    a, b = 0.36 + 0.0005, 0.64 + 0.0005  # with 0.001 / 2 of the identity
    expected = 2 * (math.sqrt(a) - math.sqrt(b)) ** 2
    call(frechet_distance, z1, z1.flip(1)).gives(expected, rtol=1e-5)


@about("frechet_distance", step="spread")
def test_frechet_distance_equals_the_loops(oracle):
    """The formula also holds if the covariances do not commute, and for fewer vectors than d."""
    for B, d in [(7, 3), (11, 5), (5, 2), (3, 7), (5, 11)]:
        z1 = spread(B, d, seed=B + 4) + torch.linspace(-1, 1, d)
        z2 = rand(B, d, seed=B + 54) * torch.linspace(0.3, 2, d)
        expected = oracle("frechet_distance")(z1.double(), z2.double())
        call(frechet_distance, z1, z2).gives(expected, rtol=1e-5)


@about("frechet_distance", step="spread")
def test_a_rotation_of_both_sets_changes_nothing():
    """The distance does not depend on the choice of axes, and it is symmetric."""
    z1, z2 = rand(13, 4, seed=6), rand(13, 4, seed=7) * torch.tensor([2, 1, 0.5, 0.2])
    turn = torch.linalg.qr(rand(4, 4, seed=8))[0]
    expected = call(frechet_distance, z1, z2).value
    why = "Both sets are rotated; expected is your own result before that."
    call(frechet_distance, z1 @ turn, z2 @ turn).gives(expected, rtol=1e-4, why=why)
    why = "The two sets are swapped; expected is your own result before that."
    call(frechet_distance, z2, z1).gives(expected, rtol=1e-6, why=why)


@about("frechet_distance", step="spread")
def test_frechet_distance_ignores_which_views_belong_together():
    """If the second views are reordered, every pair is wrong, but the set is the same."""
    z1 = rand(7, 3, seed=9)
    z2 = z1 + 0.2 * rand(7, 3, seed=10)
    expected = call(frechet_distance, z1, z2).value
    why = "The second views are reordered; expected is your own result before that."
    call(frechet_distance, z1, z2.roll(1, 0)).gives(expected, rtol=1e-6, why=why)


# Step 6: projections that leave no trace


class Broken(Exception):
    """What `project` raises on demand."""


class Small(nn.Module):
    """A network with both kinds of norm, one of them nested two levels deep."""

    def __init__(self, seed=0, tracked=True):
        super().__init__()
        self.first, self.norm1 = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4, momentum=0.5)
        self.head = nn.Sequential(
            nn.Linear(4, 5),
            nn.Sequential(nn.BatchNorm1d(5, track_running_stats=tracked)),
        )
        self.drop = nn.Dropout(0.5)
        self.broken = False
        for number, p in enumerate(self.parameters()):
            p.data = 1 + rand(*p.shape, seed=seed + number)
        self.norm1.running_mean += 3  # far from any batch
        self.norm1.running_var += 7

    def __repr__(self):
        return "model"

    def project(self, x):
        h = self.norm1(self.first(x)).relu().mean((2, 3))
        if self.broken:
            raise Broken
        return self.head(self.drop(h))

    def by_hand(self, x):
        """What `project` returns without dropout, if both norms use this batch."""
        h = self.first(x)
        mean, var = h.mean((0, 2, 3), True), h.var((0, 2, 3), correction=0, keepdim=True)
        shape = (1, 4, 1, 1)
        h = (h - mean) / (var + 1e-5).sqrt() * self.norm1.weight.view(shape)
        h = (h + self.norm1.bias.view(shape)).relu().mean((2, 3))
        h, norm = self.head[0](h), self.head[1][0]
        h = (h - h.mean(0)) / (h.var(0, correction=0) + 1e-5).sqrt()
        return h * norm.weight + norm.bias


def small(mode="training", **choices):
    """The network in a given mode, without dropout."""
    model = Small(**choices)
    model.train(mode != "evaluation")
    model.drop.eval()
    if mode == "mixed":
        model.norm1.eval()
    return model


def marks(model):
    """Every number and every mode that scoring could change."""
    found = {f"the buffer {name}": value.clone() for name, value in model.named_buffers()}
    found |= {f"the parameter {name}": p.detach().clone() for name, p in model.named_parameters()}
    found |= {f"{name}.requires_grad": p.requires_grad for name, p in model.named_parameters()}
    found |= {f"{name}.grad": p.grad for name, p in model.named_parameters()}
    for name, m in model.named_modules():
        found |= {f"{name or 'model'}.training": m.training}
        found |= {f"the attributes of {name or 'model'}": sorted(vars(m))}
        found |= {f"the hooks of {name or 'model'}": len(m._forward_pre_hooks | m._forward_hooks)}
        for key in ("track_running_stats", "momentum", "eps"):
            if hasattr(m, key):
                found[f"{name}.{key}"] = getattr(m, key)
    return found


def no_trace(before, model, called):
    """Fail if anything has changed."""
    after = marks(model)
    for name, old in before.items():
        new = after.get(name, "nothing")
        same = torch.equal(old, new) if isinstance(old, torch.Tensor) else old == new
        if not same:
            wrong(f"embed changed {name}.", call=called, expected=old, got=new)
    if not torch.is_grad_enabled():
        wrong("After embed, gradients are switched off everywhere.", call=called)


MODES = [("training", True), ("evaluation", True), ("mixed", True), ("mixed", False)]


@about("embed")
def test_norms_use_the_statistics_of_the_batch():
    """Norms use the mean and variance of this batch, as in training, whatever their mode."""
    for (mode, tracked), B in zip(MODES, [5, 7, 3, 4], strict=True):
        model, x = small(mode, tracked=tracked), rand(B, 3, 5, 5, seed=B)
        expected = model.by_hand(x).detach()
        call(embed, model, x).gives(expected, rtol=1e-4, why=f"The mode of the model is {mode}.")


@about("embed")
def test_embed_gives_the_same_result_again():
    """A second call does not depend on the first one, or on other views in between."""
    model, x = small("mixed"), rand(5, 3, 5, 5, seed=1)
    expected = call(embed, model, x).value
    call(embed, model, 5 + rand(3, 3, 5, 5, seed=2))
    call(embed, model, x).gives(expected, rtol=1e-6, why="Expected is your first result.")


@about("embed")
def test_modules_other_than_norms_stay_in_their_mode():
    """Dropout that is off stays off during embed, and dropout that is on stays on."""
    x = rand(7, 3, 5, 5, seed=3)
    model = small("evaluation")
    call(embed, model, x).gives(model.by_hand(x).detach(), rtol=1e-4, why="Dropout is off.")
    model.drop.train()
    got = call(embed, model, x)
    if torch.allclose(got.value, model.by_hand(x), rtol=1e-3):
        wrong("Dropout is on in this model, and you switched it off.", call=got.call)


@about("embed")
def test_embed_keeps_the_dtype_and_the_device_of_project():
    """The projections are those of `project`, in its dtype and on the network's device."""
    model, x = small().double(), rand(5, 3, 5, 5, seed=8, dtype=torch.float64)
    got = call(embed, model, x).gives(model.by_hand(x).detach(), rtol=1e-9)
    if got.value.dtype != torch.float64:
        wrong(call=got.call, expected="torch.float64", got=got.value.dtype)
    stays_on_device(embed, small(), x.float())


@about("embed", step="no gradient")
def test_no_gradient_is_kept():
    """The result carries no graph, and afterwards gradients are on or off as they were before."""
    model = small()
    got = call(embed, model, rand(5, 3, 5, 5, seed=4))
    if got.value.requires_grad:
        wrong("The projections carry a graph.", call=got.call, expected="requires_grad False")
    if not torch.is_grad_enabled():
        wrong("After embed, gradients are switched off everywhere.", call=got.call)
    model.project(rand(5, 3, 5, 5, seed=4)).square().sum().backward()
    with torch.no_grad():
        embed(model, rand(5, 3, 5, 5, seed=4))
        if torch.is_grad_enabled():
            wrong("Gradients were off, and embed left them switched on.", call=got.call)


@about("embed", step="no trace")
def test_no_running_average_has_moved():
    """Running means, variances and counters are byte for byte what they were before."""
    for mode, tracked in MODES:
        model = small(mode, tracked=tracked)
        model.head[0].weight.grad = torch.ones(5, 4)  # an optimiser has yet to use it
        before = marks(model)
        got = call(embed, model, 4 + rand(5, 3, 5, 5, seed=5))
        no_trace(before, model, got.call)


@about("embed", step="no trace")
def test_embed_does_not_affect_the_next_training_step():
    """Training and evaluation give the same results after embed as without it."""
    x = rand(5, 3, 5, 5, seed=6)
    looked, plain = small(), small()
    for seed in range(3):
        call(embed, looked, rand(7, 3, 5, 5, seed=seed))
    for model in (looked, plain):
        model.project(x)
    expected = dict(plain.named_buffers())
    for name, value in looked.named_buffers():
        if not torch.equal(value, expected[name]):
            said = f"After embed and one training step, {name} is not what training alone gives."
            wrong(said, expected=expected[name], got=value)
    call(embed, looked.eval(), x)
    if not torch.equal(looked.project(x), plain.eval().project(x)):
        wrong("After embed, the model's output in eval mode has changed.")


@about("embed", step="after an error")
def test_embed_leaves_no_trace_after_an_error():
    """If `project` raises an error, the error passes through, and every mode is as before."""
    for mode, tracked in MODES:
        model = small(mode, tracked=tracked)
        model.broken = True
        before = marks(model)
        with pytest.raises(Broken):
            embed(model, rand(5, 3, 5, 5, seed=7))
        no_trace(before, model, "embed(model, x), where model.project raises an error")


# Step 10: where the crops are

# top, left, height, width
ONE = torch.tensor([[0, 0, 4, 4], [2, 1, 3, 5], [0, 0, 2, 2], [1, 1, 2, 2], [0, 0, 3, 3]])
TWO = torch.tensor([[2, 3, 4, 4], [2, 1, 3, 5], [5, 6, 2, 2], [0, 0, 6, 7], [3, 0, 3, 3]])
SHARED = torch.tensor([2.0, 15, 0, 4, 0])  # row 2 is apart in both directions; row 4 touches


def random_boxes(B, seed, side=13):
    """Random boxes in an image of 13 x 13 pixels."""
    generator = torch.Generator().manual_seed(seed)
    size = torch.randint(1, 10, (B, 2), generator=generator)
    place = torch.rand(B, 2, generator=generator) * (side - size + 1)
    return torch.cat([place.long(), size], 1)


@about("intersection")
def test_intersection_by_hand():
    """The boxes overlap in a corner, are equal, apart, one inside the other, or only touching."""
    call(intersection, ONE, TWO).gives(SHARED, rtol=1e-6)
    call(intersection, TWO, ONE).gives(SHARED, rtol=1e-6)


@about("intersection")
def test_intersection_counts_pixels(oracle):
    """Draw both boxes on a grid, and count the pixels that are in both."""
    for B, seed in [(31, 1), (7, 2)]:
        a, b = random_boxes(B, seed), random_boxes(B, seed + 10)
        call(intersection, a, b).gives(oracle("intersection")(a, b).double(), rtol=1e-6)


@about("intersection")
def test_boxes_of_large_images_share_pixels_too():
    """In an image of 2,000 x 2,000 pixels, two boxes in the far corner share 100 x 300."""
    a, b = torch.tensor([[1500, 1500, 400, 500]]), torch.tensor([[1800, 1700, 200, 300]])
    call(intersection, a, b).gives(torch.tensor([30_000.0]))


@about("intersection")
def test_boxes_that_are_apart_share_no_pixel():
    """Boxes may be apart in rows, in columns or in both: two negative sides make no area."""
    a = torch.tensor([[0, 0, 2, 3]] * 3)
    b = torch.tensor([[7, 0, 2, 3], [0, 8, 2, 3], [9, 8, 2, 3]])
    call(intersection, a, b).gives(torch.zeros(3), atol=1e-9)


@about("intersection")
def test_intersection_stays_on_its_device():
    """Every tensor that you make must be on the same device as the boxes."""
    stays_on_device(intersection, ONE, TWO)


@about("overlap")
def test_overlap_by_hand():
    """The boxes share 2 of 30 pixels, all, none, 4 of 42, and none."""
    expected = torch.tensor([2 / 30, 1, 0, 4 / 42, 0])
    call(overlap, ONE, TWO).gives(expected, rtol=1e-5)
    call(overlap, TWO, ONE).gives(expected, rtol=1e-5)


@about("overlap")
def test_overlap_equals_the_loops(oracle):
    """Overlap is pixels in both boxes over pixels in at least one, counted on a grid."""
    for B, seed in [(31, 3), (5, 4)]:
        a, b = random_boxes(B, seed), random_boxes(B, seed + 10)
        call(overlap, a, b).gives(oracle("overlap")(a, b), rtol=1e-5)


@about("overlap")
def test_overlap_stays_on_its_device():
    """Every tensor that you make must be on the same device as the boxes."""
    stays_on_device(overlap, ONE, TWO)


# Step 12: choose a draw


def method_of(rule, seed=0, tries=3):
    """A method whose network is never used."""
    return bare_method(Curation, seed=seed, curate=rule, tries=tries)


def draws_of(badness, gaps):
    """Draws with these scores."""
    pairs = zip(badness, gaps, strict=True)
    return [{"badness": b, "gap": g, "positive": 1.0, "negative": 1.0} for b, g in pairs]


def chooses(rule, badness, gaps, expected, why=""):
    """Fail unless the rule chooses this position and leaves the list unchanged."""
    draws, method = draws_of(badness, gaps), method_of(rule)
    method.choose(draws_of([0.5, 0.1, 0.9, 0.3], [0.1, 0.2, 0.4, 0.3]))  # an earlier batch
    got = method.choose(draws)
    called = f"choose, rule {rule}: badness {badness}, gap {gaps}"
    position = position_of(got, called)
    if draws != draws_of(badness, gaps):
        wrong("You changed the draws or their order.", call=called)
    if position != expected:
        wrong(why, call=called, expected=f"position {expected}", got=position)


def position_of(value, called):
    """The position as an int; fail if a draw itself was returned."""
    try:
        if not isinstance(value, torch.Tensor):
            return operator.index(value)
        raise TypeError
    except TypeError:
        said = "You should return a position, and not a draw or a tensor."
        return wrong(said, call=called, expected="an int", got=type(value))


GOOD = ("best", "threshold", "frechet")


@about("Curation.choose")
def test_best_is_the_draw_with_the_lowest_badness():
    """This holds for every position and gap of the draw, and even if no draw was accepted."""
    for rule in GOOD:
        chooses(rule, [0.3, 0.1, 0.2], [0.5, 0.5, 0.5], 1)
        chooses(rule, [0.1, 0.3, 0.2], [0.5, 0.5, 0.5], 0)
        chooses(rule, [0.3, 0.2, 0.1], [1.9, 0.5, -1.5], 2, "The gap counts only in a tie.")
        chooses(rule, [0.5, 0.4375, 0.46875, 0.75], [-0.5, -1.5, 1, 2], 1)
        chooses(rule, [33 / 128, 32 / 128], [1.0, 0.5], 1, "The difference is one image of 128.")
        chooses(rule, [0.0118, 0.0112], [1.0, 0.5], 1, "A small difference counts too.")
        chooses(rule, [0.7], [0.1], 0)


@about("Curation.choose")
def test_the_widest_gap_decides_nothing_between_almost_equals():
    """In a large batch, badness changes in small steps, but gaps lie anywhere from -2 to 2."""
    for rule in GOOD:
        chooses(rule, [0.25 + 1e-5, 0.25], [1.9, -1.9], 1, "The gap counts only in a tie.")


@about("Curation.choose")
def test_the_widest_gap_decides_between_equals():
    """Violations are shares of a batch, and often equal. Then the gap decides."""
    for rule in GOOD:
        chooses(rule, [0.25, 0.25, 0.25], [0.1, 0.4, 0.2], 1)
        chooses(rule, [0.25, 0.0, 0.0, 0.0], [2.0, -0.4, -0.2, -0.3], 2)
        chooses(rule, [0.0, 0.0], [0.3, 0.7], 1)
        chooses(rule, [0.0, 0.0], [0.7, 0.3], 0)


@about("Curation.choose", step="the reverse")
def test_reversed_takes_the_worst():
    """This control takes the draw of highest badness; among equals, that of narrowest gap."""
    chooses("reversed", [0.3, 0.1, 0.2], [0.5, 0.5, 0.5], 0)
    chooses("reversed", [0.1, 0.3, 0.2], [0.1, 0.9, 0.5], 1)
    chooses("reversed", [0.3, 0.3, 0.3], [0.4, 0.1, 0.2], 1)
    chooses("reversed", [0.3, 0.1, 0.3], [-0.4, -2.0, 0.2], 0)
    chooses("reversed", [0.7], [0.1], 0)


def drawn(seed, times=300, count=3):
    """The positions that the rule "random" chooses in many calls."""
    method, draws = method_of("random", seed), draws_of([0.1, 0.2, 0.3], [0.3, 0.2, 0.1])[:count]
    before = torch.get_rng_state()
    called = f"choose, rule random, {count} draws"
    positions = [position_of(method.choose(draws), called) for _ in range(times)]
    if not torch.equal(before, torch.get_rng_state()):
        wrong("You draw from torch's global generator.", expected='self.generators["tries"]')
    return positions


@about("Curation.choose", step="at random")
def test_random_takes_each_draw_equally_often():
    """In 300 calls, each of three draws is chosen about 100 times, whatever its score."""
    for count in (2, 3):
        counts = Counter(drawn(1, count=count))
        width = 5 * math.sqrt(300 / count * (1 - 1 / count))
        for position in range(count):
            if abs(counts[position] - 300 / count) > width or len(counts) != count:
                expected, got = f"each about {300 // count} times in 300", dict(counts)
                wrong("", call="choose, rule random", expected=expected, got=str(got))
    if set(drawn(1, 9, 1)) != {0}:
        wrong("There is only one draw, and you chose another.")


@about("Curation.choose", step="at random")
def test_random_draws_only_from_the_generator_tries():
    """Equal seeds give equal choices, different seeds do not, and choices vary."""
    torch.rand(3)
    first = drawn(1, 40)
    torch.rand(5)
    if drawn(1, 40) != first:
        wrong("The same seed gave different choices, so a resumed run would differ.")
    if drawn(2, 40) == first:
        wrong("Different seeds gave the same choices.")
    if len(set(first)) == 1:
        wrong("You chose the same position for 40 batches.")
    method = method_of("random", 1)
    others = {name: g.get_state() for name, g in method.generators.items() if name != "tries"}
    for _ in range(5):
        method.choose(draws_of([0.1, 0.2], [0, 0]))
    for name, state in others.items():
        if not torch.equal(state, method.generators[name].get_state()):
            wrong(f'You drew from the generator "{name}" of SimCLR.', expected='"tries"')


# Step 15: all together


class Told(nn.Module):
    """An encoder that returns the first three numbers of an image, through a norm."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3, affine=False)

    def forward(self, x):
        return self.norm(x.flatten(1)[:, :3])


@about("Curation.choose", step="a curated batch")
def test_curation_does_not_train_on_a_planted_bad_draw():
    """One draw of three has its second views swapped between images. "best" takes a good one."""
    good, noise = rand(7, 3, seed=1), rand(7, 3, seed=2)
    x = torch.zeros(7, 3, 2, 2)

    def views(first, second):
        pair = [x.clone(), x.clone()]
        for view, numbers in zip(pair, (first, second), strict=True):
            view.flatten(1)[:, :3] = numbers
        box = torch.tensor([[0, 0, 2, 2]] * 7)
        return {"views": tuple(pair), "boxes": (box, box)}

    planned = [
        views(good, good.roll(1, 0)),
        views(good, good + 0.01 * noise),
        views(good, good + 0.6 * noise),
    ]
    for rule, expected in [("best", 1), ("reversed", 0), ("threshold", 0), ("off", 0)]:
        method = bare_method(Curation, encoder=Told(), curate=rule, tries=3).train()
        left = list(planned)
        method.draw_views = lambda x, generator, left=left: left.pop(0)
        before = method.encoder.norm.running_mean.clone()
        got = method.views(x)
        found = [i for i, draw in enumerate(planned) if torch.equal(draw["views"][1], got[1])]
        if found != [expected]:
            said = "Draw 0 has exchanged views, draw 1 nearly equal views, draw 2 noisier ones."
            wrong(said, call=f"views, rule {rule}", expected=f"draw {expected}", got=f"{found}")
        if not torch.equal(before, method.encoder.norm.running_mean):
            wrong("Scoring changed a running mean.", call=f"views, rule {rule}")
