"""k-means, against loops, scikit-learn and small cases."""

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from torch import Generator
from torch.utils._python_dispatch import TorchDispatchMode

from simclr_mini import kmeans as module
from simclr_mini.kmeans import (
    assign,
    far_points,
    inertia,
    kmeans,
    means,
    plus_plus,
    squared_distances,
)


def seeded(seed=0):
    return Generator().manual_seed(seed)


def points(N, d, seed=0, dtype=torch.float64):
    return torch.randn(N, d, generator=seeded(seed), dtype=torch.float64).to(dtype)


def clumps(N, d, K, spread, seed=0):
    """Points around K centres, and which centre each is from."""
    clump = torch.arange(N) % K
    places = points(K, d, seed + 1)
    return places[clump] + spread * points(N, d, seed), clump


def squared(a, b):
    return sum((float(p) - float(q)) ** 2 for p, q in zip(a, b, strict=True))


# ---- assign


def test_assign_equals_the_least_distance_in_loops():
    x, centroids = 3 * points(23, 3) + 1, 2 * points(5, 3, seed=1)
    table = [[squared(p, c) for c in centroids] for p in x]
    labels, distances = assign(x, centroids)
    assert labels.dtype == torch.int64
    assert labels.tolist() == [row.index(min(row)) for row in table]
    expected = torch.tensor([min(row) for row in table], dtype=torch.float64)
    torch.testing.assert_close(distances, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 4, 23, 100])
def test_the_size_of_a_chunk_changes_nothing(monkeypatch, chunk):
    x, centroids = points(23, 3), points(5, 3, seed=1)
    expected = assign(x, centroids)
    monkeypatch.setattr(module, "CHUNK", chunk)
    labels, distances = assign(x, centroids)
    assert torch.equal(labels, expected[0])
    torch.testing.assert_close(distances, expected[1])
    assert inertia(x, centroids, labels) == pytest.approx(float(expected[1].sum()))


class Largest(TorchDispatchMode):
    """Records the size of the largest tensor that torch makes."""

    size = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for one in result if isinstance(result, tuple | list) else [result]:
            if isinstance(one, torch.Tensor):
                self.size = max(self.size, one.numel())
        return result


def test_no_tensor_holds_all_points_times_all_clusters():
    N, K = 30_000, 80
    x = points(N, 2, dtype=torch.float32)
    with Largest() as largest:
        kmeans(x, K, 2, seeded())
    assert largest.size <= module.CHUNK * K < N * K / 3


def test_a_squared_distance_is_never_negative():
    x = points(500, 8, dtype=torch.float32) + 100
    _, distances = assign(x, x[:200])
    assert distances.min() == 0


# ---- means


def test_means_equal_sums_over_counts_in_loops():
    x, labels = points(23, 3), torch.arange(23) ** 2 % 5 % 4
    labels[:4] = torch.arange(4)
    result = means(x, labels, torch.ones(23), points(4, 3, seed=1))
    for k in range(4):
        own = [p for p, label in zip(x, labels, strict=True) if label == k]
        torch.testing.assert_close(result[k], sum(own) / len(own), rtol=1e-12, atol=1e-12)


def test_each_empty_cluster_gets_its_own_far_point_and_no_other_cluster_changes():
    x, distances = points(11, 2), torch.arange(11.0) * 7 % 11
    labels = torch.tensor([1, 4] * 5 + [1])
    before = points(6, 2, seed=1)
    result = means(x, labels, distances, before)
    far = x[distances.argsort(descending=True)[:4]]
    torch.testing.assert_close(result[[0, 2, 3, 5]], far)
    for k in (1, 4):
        torch.testing.assert_close(result[k], x[labels == k].mean(0))


def test_an_empty_cluster_stays_if_every_point_lies_on_its_centroid():
    x, before = points(3, 2), points(5, 2, seed=1)
    labels = torch.tensor([1, 3, 1])
    result = means(x, labels, torch.tensor([0.0, 0.5, 0.0]), before)
    torch.testing.assert_close(result[0], x[1])
    assert torch.equal(result[[2, 4]], before[[2, 4]])


def test_arguments_are_not_changed():
    x, start = points(20, 2), points(20, 2)[:4] + 30
    labels, distances = assign(x, start)
    given = [one.clone() for one in (x, labels, distances, start)]
    means(x, labels, distances, start)
    plus_plus(x, 3, seeded())
    far_points(distances, 2, seeded())
    kmeans(x, 4, 5, start=start)
    for one, before in zip((x, labels, distances, start), given, strict=True):
        assert torch.equal(one, before)


# ---- the start


def test_squared_distances_equal_loops():
    a, b = points(4, 3) + 2, points(7, 3, seed=1) - 1
    expected = torch.tensor([[squared(p, q) for q in b] for p in a], dtype=torch.float64)
    torch.testing.assert_close(squared_distances(a, b), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("width", [1e-3, 1.0, 30.0])
def test_squared_distances_keep_their_digits_in_a_tight_clump_far_from_zero(width):
    """From |a|^2 + |b|^2 - 2 a . b in float32, those of the first width would be noise or 0."""
    x = (100 + width * points(20, 5)).float()
    expected = (x[:, None].double() - x.double()).square().sum(2)
    torch.testing.assert_close(squared_distances(x, x).double(), expected, rtol=1e-4, atol=0)


def test_far_points_are_drawn_in_proportion_to_their_squared_distance():
    weights = torch.tensor([0.0, 5, 1, 0, 14, 0.01, 0])
    drawn = far_points(weights, 20_000, seeded())
    assert drawn.dtype == torch.int64 and drawn.shape == (20_000,)
    share = torch.bincount(drawn, minlength=7) / 20_000
    expected = weights / weights.sum()
    assert (share[weights == 0] == 0).all()
    assert ((share - expected).abs() <= 5 * (expected / 20_000).sqrt()).all()


def test_far_points_of_many_points_include_the_last_ones():
    """A running sum that loses precision would draw some quarters too rarely."""
    drawn = far_points(torch.ones(3_000_000), 2000, seeded())
    quarter = torch.bincount(drawn * 4 // 3_000_000, minlength=4) / 2000
    assert (quarter - 0.25).abs().max() < 0.05 and drawn.max() > 2_900_000


def test_far_points_are_drawn_even_if_all_distances_are_zero():
    assert far_points(torch.zeros(3), 4, seeded()).tolist() == [2] * 4


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_start_repeats_no_point_of_a_tight_clump(dtype):
    """40 points in 8 clumps, 100 apart and 0.001 wide: their norms hide their distances."""
    clump = 100.0 * torch.arange(8)[:, None, None]
    x = (clump + 1e-3 * torch.arange(5)[:, None]).expand(8, 5, 3).reshape(40, 3).to(dtype)
    assert len(x.unique(dim=0)) == 40
    for k, seed in itertools.product([9, 20, 40], range(4)):
        assert len(plus_plus(x, k, seeded(seed)).unique(dim=0)) == k


def test_the_second_centroid_has_the_distribution_of_greedy_k_means_plus_plus():
    """The expectation is exact: it goes through every first point and pair of candidates."""
    x = torch.tensor([[0.0, 0], [0, 0], [1, 0], [1, 0.5], [3, -1], [0, 2]]).double()
    expected = torch.zeros(6, 6)
    for first in range(6):
        nearest = torch.tensor([squared(p, x[first]) for p in x])
        for pair in itertools.product(range(6), repeat=2):
            chance = math.prod(float(nearest[n] / nearest.sum()) for n in pair) / 6
            left = [float(torch.minimum(nearest, assign(x, x[n : n + 1])[1]).sum()) for n in pair]
            expected[first, pair[left.index(min(left))]] += chance
    seen = torch.zeros(6, 6)
    for seed in range(1500):
        rows = plus_plus(x, 2, seeded(seed))
        first, second = ((x == row).all(1).double().argmax() for row in rows)
        seen[first, second] += 1 / 1500
    expected[0] += expected[1]  # rows 0 and 1 are the same point
    expected[:, 0] += expected[:, 1]
    expected[1] = expected[:, 1] = 0
    assert ((seen - expected).abs() < 5 * (expected / 1500).sqrt() + 0.002).all()


def test_a_start_of_as_many_centroids_as_points_holds_every_point():
    x = points(40, 2)
    rows = plus_plus(x, 40, seeded())
    assert torch.equal(rows[rows[:, 0].argsort()], x[x[:, 0].argsort()])


def test_the_start_finds_every_clump_from_a_subset_of_the_points():
    """The subset has 1,200 of 12,000 points."""
    x, clump = clumps(12_000, 3, 100, 0.001)
    rows = plus_plus(x, 100, seeded())
    assert len(torch.cdist(rows, x[:100]).argmin(1).unique()) == 100


# ---- the whole algorithm


def test_four_points_by_hand():
    x = torch.tensor([[0.0], [1.0], [9.0], [10.0]])
    expected = [([0, 1], [0, 1, 1, 1]), ([0, 20 / 3], [0, 0, 1, 1]), ([0.5, 9.5], [0, 0, 1, 1])]
    for iterations, (centroids, labels) in enumerate(expected):
        got = kmeans(x, 2, iterations, start=x[:2])
        torch.testing.assert_close(got[0][:, 0], torch.tensor(centroids).float())
        assert got[1].tolist() == labels


@pytest.mark.parametrize("iterations", [1, 2, 5, 300])
def test_from_the_same_start_it_equals_scikit_learn(iterations):
    x, start = points(300, 4), points(11, 4, seed=1)
    theirs = KMeans(11, init=start.numpy(), n_init=1, max_iter=iterations, tol=0).fit(x.numpy())
    centroids, labels = kmeans(x, 11, iterations, start=start)
    torch.testing.assert_close(centroids, torch.from_numpy(theirs.cluster_centers_))
    assert labels.tolist() == theirs.labels_.tolist()
    assert inertia(x, centroids, labels) == pytest.approx(theirs.inertia_)


@pytest.mark.parametrize(
    "x, k",
    [
        (points(1500, 6), 20),
        (points(1000, 2).abs().log(), 30),
        (clumps(1200, 5, 15, 0.02)[0], 15),
        (clumps(1200, 5, 15, 0.5)[0], 40),
    ],
    ids=["cloud", "skewed", "clumps", "loose clumps"],
)
def test_inertia_is_within_5_percent_of_scikit_learns(x, k):
    """Means over five seeds are compared, with one start, 10 iterations and float32."""
    x = x.float()
    ours = [inertia(x, *kmeans(x, k, 10, seeded(seed))) for seed in range(5)]
    kind = dict(n_init=1, max_iter=10, tol=0)
    theirs = [KMeans(k, random_state=seed, **kind).fit(x.numpy()).inertia_ for seed in range(5)]
    assert sum(ours) <= 1.05 * sum(theirs)


def test_inertia_never_rises_even_if_a_cluster_is_revived():
    x = points(400, 3)
    start = torch.cat([points(6, 3, seed=1), 50 + points(6, 3, seed=2)])  # six will be empty
    found = [inertia(x, *kmeans(x, 12, iterations, start=start)) for iterations in range(25)]
    assert all(after <= before for before, after in itertools.pairwise(found))
    assert found[-1] < found[0] / 2


def test_at_the_end_centroids_are_means_and_labels_are_nearest():
    x = points(200, 3)
    centroids, labels = kmeans(x, 9, 500, seeded())
    for k in range(9):
        torch.testing.assert_close(centroids[k], x[labels == k].mean(0))
    assert torch.equal(labels, torch.cdist(x, centroids).argmin(1))


def test_only_the_generator_decides_and_the_global_state_is_not_changed():
    x = points(300, 3)
    before = torch.get_rng_state()
    one, same, other = (kmeans(x, 20, 3, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(one[0], same[0]) and torch.equal(one[1], same[1])
    assert not torch.equal(one[0], other[0])
    assert torch.equal(before, torch.get_rng_state())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 2), min_size=1, max_size=12), st.data())
def test_no_cluster_is_empty_if_there_are_enough_distinct_points(rows, data):
    """Many points coincide, and k may be more than the number of distinct points."""
    x = torch.tensor(rows, dtype=data.draw(st.sampled_from([torch.float32, torch.float64])))
    k = data.draw(st.integers(1, len(rows)))
    centroids, labels = kmeans(x, k, 50, seeded(data.draw(st.integers(0, 9))))
    places = len(set(rows))
    assert centroids.shape == (k, 2) and centroids.isfinite().all()
    assert len(labels.unique()) >= min(k, places)
    if k >= places:
        assert inertia(x, centroids, labels) < 1e-6


def test_clusters_that_start_far_from_all_points_are_revived():
    x = points(60, 2)
    _, labels = kmeans(x, 8, 20, start=torch.full((8, 2), 1e4).double())
    assert len(labels.unique()) == 8


@pytest.mark.parametrize("scale, shift", [(1, 0), (1e-3, 0), (1e3, 5e3), (1, -3e4)])
def test_scale_and_position_of_the_points_do_not_matter(scale, shift):
    """The points are float32: unless they are centred, the last case is noise."""
    x, clump = clumps(90, 4, 6, 0.05)
    x = (scale * x + shift).float()
    _, labels = kmeans(x, 6, 20, seeded(1))
    assert torch.equal(labels[:, None] == labels, clump[:, None] == clump)


def test_the_order_of_points_does_not_matter():
    x, start = points(50, 3), points(5, 3, seed=1)
    order = torch.randperm(50, generator=seeded())
    centroids, labels = kmeans(x, 5, 10, start=start)
    again = kmeans(x[order], 5, 10, start=start)
    torch.testing.assert_close(again[0], centroids)
    assert torch.equal(again[1], labels[order])


def test_one_cluster_gives_the_mean_and_one_per_point_gives_the_points():
    x = points(9, 2)
    centroids, labels = kmeans(x, 1, generator=seeded())
    torch.testing.assert_close(centroids, x.mean(0, keepdim=True))
    assert not labels.any()
    centroids, labels = kmeans(x, 9, generator=seeded())
    torch.testing.assert_close(centroids[labels], x)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e30])
def test_a_point_that_is_not_finite_or_cannot_be_squared_is_refused(bad):
    x = points(9, 2, dtype=torch.float32)
    x[4, 1] = bad
    with pytest.raises(ValueError, match="infinite, NaN or too large to be squared"):
        kmeans(x, 2)


@pytest.mark.parametrize("k", [-1, 0, 10])
def test_an_impossible_number_of_clusters_is_refused(k):
    with pytest.raises(ValueError, match=f"9 points cannot make {k} clusters"):
        kmeans(points(9, 2), k)


@pytest.mark.parametrize("start", [points(3, 2), points(2, 3), points(2, 2) / 0])
def test_a_start_that_is_not_finite_or_has_another_shape_is_refused(start):
    with pytest.raises(ValueError, match="2 finite centroids of 2 numbers"):
        kmeans(points(9, 2), 2, start=start)
