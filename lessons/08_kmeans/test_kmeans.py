"""Lesson 8, first half: k-means, from the nearest centroid to the whole algorithm."""

import itertools
import math

import torch
from torch import Generator
from torch.utils._python_dispatch import TorchDispatchMode

from lessons.course.check import about, call, draws_without_generator, rand, refuses, wrong
from lessons.course.device import stays_on_device
from simclr_mini.kmeans import assign, far_points, kmeans, means, plus_plus

# Numbers of points, centroids and dimensions are prime: a wrong broadcast crashes or shows.
SIZES = [(17, 5, 3), (11, 2, 7), (23, 13, 2)]


def points(N, d, seed=0):
    """Points around 1, whose dimensions have very different spreads."""
    return rand(N, d, seed=100 + seed, dtype=torch.float64) * torch.linspace(0.3, 4, d) + 1


def seeded(seed):
    return Generator().manual_seed(seed)


def kinds_are(got, *dtypes):
    """The results have the dtypes that the docstring promises."""
    results = got.value if isinstance(got.value, tuple | list) else [got.value]
    for one, dtype in zip(results, dtypes, strict=True):
        if not isinstance(one, torch.Tensor) or one.dtype != dtype:
            came = getattr(one, "dtype", type(one).__name__)
            wrong("The result has the wrong dtype.", call=got.call, expected=dtype, got=came)


# Step 1: the nearest centroid


@about("assign")
def test_assign_by_hand():
    """(0, 0) is 1 away from (0, 1). (10, 1) differs from (4, 0) by 6 and 1, and 36 + 1 = 37."""
    x = torch.tensor([[0.0, 0.0], [3.0, 0.0], [10.0, 1.0]])
    centroids = torch.tensor([[0.0, 1.0], [4.0, 0.0]])
    expected = (torch.tensor([0, 1, 1]), torch.tensor([1.0, 1.0, 37.0]))
    call(assign, x, centroids).gives(expected, atol=1e-4)


@about("assign")
def test_assign_equals_the_search_in_loops(oracle):
    """The reference compares each point with each centroid; the centroids' norms differ widely."""
    for N, K, d in SIZES:
        x = points(N, d)
        centroids = points(K, d, seed=1) * torch.linspace(0.2, 3, K)[:, None]
        expected = oracle("assign")(x, centroids)
        for dtype, rtol in [(torch.float64, 1e-9), (torch.float32, 1e-5)]:
            got = call(assign, x.to(dtype), centroids.to(dtype)).gives(expected, rtol=rtol)
            kinds_are(got, torch.int64, dtype)


@about("assign")
def test_there_may_be_hundreds_of_centroids():
    """Each of 700 points is its own centroid."""
    x = torch.arange(700).float()[:, None]
    call(assign, x, x).gives((torch.arange(700), torch.zeros(700)), atol=0.05)


@about("assign")
def test_no_distance_is_too_large_or_too_small():
    """A point at a million is nearer to the centroid at 0 than to the one at minus a million.

    So is a point at a ten-millionth, compared with a centroid at minus a ten-millionth.
    """
    x, centroids = torch.tensor([[1e6, 0.0]]), torch.tensor([[-1e6, 0.0], [0.0, 0.0]])
    call(assign, x, centroids).gives((torch.tensor([1]), torch.tensor([1e12])), rtol=1e-5)
    tiny = (torch.tensor([1]), torch.tensor([1e-14]))
    call(assign, 1e-13 * x, 1e-13 * centroids).gives(tiny, rtol=1e-4, atol=0.0)


@about("assign")
def test_assign_keeps_to_the_device_of_the_points():
    """The labels and the distances are on the device of x. Here `meta` stands for a GPU."""
    stays_on_device(assign, points(11, 3), points(2, 3))


@about("assign")
def test_labels_keep_the_order_of_the_points():
    """Label n belongs to point n, even far down in a long table."""
    centroids = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]])
    expected = (torch.arange(20011) // 7) % 3
    x = centroids[expected] + 0.1
    why = "In which row of the result is point 20,000?"
    far = torch.full((20011,), 0.02)
    call(assign, x, centroids).gives((expected, far), atol=1e-4, why=why)


@about("assign", step="a few points at a time")
def test_assign_never_holds_all_distances_at_once():
    """With a million points and 1,000 centroids, N x K numbers take up 4 gigabytes."""
    N, K = 20011, 7
    with Largest() as largest:
        got = call(assign, rand(N, 2, seed=1), rand(K, 2, seed=2))
    assert got.value[0].shape == (N,), f"{N} points need {N} labels"
    if largest.size >= N * K:
        said = "You make one tensor for all points and all centroids. Take CHUNK points at a time."
        wrong(said, call=got.call, expected=f"fewer than {N * K} numbers", got=largest.size)


@about("assign", step="no distance below zero")
def test_no_squared_distance_is_negative():
    """|x|^2 - 2 x.c + |c|^2 is a difference of large numbers: rounding can take it below 0."""
    x = (rand(300, 3, seed=3) + 100).float()
    got = call(assign, x, x[:150])
    if got.value[1].min() < 0:
        wrong("A squared distance is negative.", call=got.call, got=got.value[1].min())
    assert got.value[1][:150].max() < 0.1, "the distance from a point to itself is about 0"


# Step 2: the mean of each cluster


@about("means")
def test_means_by_hand():
    """(0, 0) and (2, 0) have the mean (1, 0); (10, 4) is alone in its cluster."""
    x = torch.tensor([[0.0, 0.0], [2.0, 0.0], [10.0, 4.0]])
    labels, distances = torch.tensor([1, 1, 0]), torch.tensor([1.0, 1.0, 0.0])
    expected = torch.tensor([[10.0, 4.0], [1.0, 0.0]])
    call(means, x, labels, distances, torch.zeros(2, 2)).gives(expected, rtol=1e-6)


@about("means")
def test_means_equal_sum_over_count_in_loops(oracle):
    """The reference goes cluster by cluster; the old centroids do not matter."""
    for N, K, d in SIZES:
        x, labels = points(N, d), (torch.arange(N) * 5 + torch.arange(N) // 3) % K
        labels[:K] = torch.arange(K)  # none is empty
        distances = points(N, 1)[:, 0].square()
        given = (x, labels, distances, points(K, d, seed=1))
        expected = oracle("means")(*given)
        kinds_are(call(means, *given).gives(expected, rtol=1e-9), torch.float64)
        floats = (one.float() if one.is_floating_point() else one for one in given)
        kinds_are(call(means, *floats).gives(expected, rtol=1e-5), torch.float32)


@about("means")
def test_deviations_from_each_mean_add_up_to_zero():
    """In every cluster, large or small, the points' deviations from the mean add up to zero."""
    x = points(23, 3)
    labels = torch.tensor([0] * 19 + [1] * 3 + [2])
    got = call(means, x, labels, torch.ones(23), points(3, 3, seed=1))
    assert got.value.shape == (3, 3), f"you should return shape (3, 3), not {got.value.shape}"
    for k in range(3):
        left = (x[labels == k] - got.value[k]).sum(0)
        if left.abs().max() > 1e-4:
            said = f"The deviations from centroid {k} do not add up to zero."
            wrong(said, call=got.call, expected=torch.zeros(3), got=left)


@about("means", step="empty clusters")
def test_an_empty_cluster_gets_the_farthest_point():
    """Point 3 has squared distance 25 to its centroid, so that is where a centroid is needed."""
    x = torch.tensor([[0.0, 0.0], [2.0, 0.0], [1.0, 1.0], [1.0, -5.0], [8.0, 0.0]])
    labels = torch.tensor([0, 0, 0, 0, 2])
    distances = torch.tensor([1.0, 1.0, 1.0, 25.0, 0.0])
    expected = torch.tensor([[1.0, -1.0], [1.0, -5.0], [8.0, 0.0]])
    why = "Cluster 1 is empty; centroids 0 and 2 are the means of their points."
    call(means, x, labels, distances, 50 * torch.ones(3, 2)).gives(expected, rtol=1e-6, why=why)
    other = torch.tensor([1, 1, 1, 1, 2])
    expected = expected[[1, 0, 2]]
    why = "Now cluster 0 is empty."
    call(means, x, other, distances, torch.zeros(3, 2)).gives(expected, rtol=1e-6, why=why)


@about("means", step="empty clusters")
def test_a_small_distance_is_a_distance():
    """The points are less than 0.001 apart, and the empty cluster still gets the farthest one."""
    x = torch.tensor([[1e-4], [3e-4], [8e-4]])
    labels, distances = torch.tensor([0, 0, 0]), torch.tensor([9e-8, 1e-8, 16e-8])
    expected = torch.tensor([[4e-4], [8e-4]])
    call(means, x, labels, distances, torch.zeros(2, 1)).gives(expected, rtol=1e-5)


@about("means", step="empty clusters")
def test_two_empty_clusters_get_the_two_farthest_points():
    """They get the farthest point and the second farthest, in either order."""
    x, labels = points(13, 2), torch.tensor([0, 4] * 6 + [3])
    mixed = torch.linspace(1, 9, 13)[torch.arange(13) * 5 % 13]
    in_one = torch.linspace(1, 9, 13)
    in_one[[2, 6]] += 10  # the two farthest points are in one cluster
    for distances in (mixed, in_one):
        far = x[distances.argsort(descending=True)[:2]]
        got = call(means, x, labels, distances.double(), points(5, 2, seed=1)).value
        assert got.shape == (5, 2), f"you should return shape (5, 2), not {tuple(got.shape)}"
        rows_are(got[[1, 2]], far, "Clusters 1 and 2 are empty, and should get these points.")
        for k in (0, 3, 4):
            close = torch.allclose(got[k], x[labels == k].mean(0), rtol=1e-6)
            assert close, f"cluster {k} is not empty: its centroid is the mean of its points"


@about("means")
def test_means_stay_on_their_device():
    """Every tensor that you make must be on the device of the points. `meta` stands for a GPU."""
    labels, distances = torch.arange(11) % 3, torch.ones(11)
    stays_on_device(means, points(11, 2).float(), labels, distances, points(3, 2).float())


@about("means", step="empty clusters")
def test_an_empty_cluster_stays_if_every_point_is_on_its_centroid():
    """Every point lies on its centroid, so nothing can be gained by moving an empty cluster."""
    x = torch.tensor([[0.0, 1.0], [4.0, 4.0], [0.0, 1.0]])
    before = torch.tensor([[4.0, 4.0], [7.0, 7.0], [0.0, 1.0], [-3.0, 2.0]])
    labels, distances = torch.tensor([2, 0, 2]), torch.zeros(3)
    why = "No distance is above 0, so the empty clusters 1 and 3 stay where they were."
    call(means, x, labels, distances, before).gives(before, why=why)
    got = call(means, x + 1, labels, torch.tensor([0.0, 2.0, 0.0]), before).value
    some = torch.stack([got[1], got[3]])
    kept = any(torch.equal(row, old) for row, old in zip(some, before[[1, 3]], strict=True))
    moved = any(torch.allclose(row, x[1] + 1) for row in some)
    assert kept and moved, "one point is off its centroid, so one empty cluster moves to it"
    one = torch.tensor([[6.0, 5.0]])
    got = call(means, one, labels[:1], torch.ones(1), before).value
    assert torch.equal(got[2], one[0]), "cluster 2 has one point, which is its mean"
    stay = [torch.equal(got[k], before[k]) for k in (0, 1, 3)]
    if sum(stay) != 2 or not torch.equal(got[[0, 1, 3][stay.index(False)]], one[0]):
        said = "There is one point for three empty clusters: one moves to it, and two stay."
        wrong(said, expected=f"two of {before[[0, 1, 3]].tolist()}", got=got[[0, 1, 3]])


# Step 3: draws that prefer far points


@about("far_points")
def test_points_are_drawn_in_proportion_to_squared_distance():
    """9 : 1 : 6 means 56%, 6% and 38%; a point at distance 0 is never drawn."""
    squared = torch.tensor([0.0, 9.0, 0.0, 1.0, 6.0, 0.0])
    got = call(far_points, squared, 4000, seeded(1))
    drawn = positions(got, 4000, 6)
    share = torch.bincount(drawn, minlength=6) / 4000
    if share[squared == 0].max() > 0:
        wrong("A point at distance 0 was drawn.", call=got.call, got=share)
    if (share - squared / 16).abs().max() > 0.04:
        said = "The shares of the points in 4,000 draws are far off."
        wrong(said, expected=squared / 16, got=share)


@about("far_points")
def test_the_scale_of_distances_does_not_matter():
    """Only proportions count, so all distances may be much smaller or much larger."""
    for scale in [1e-12, 1e-6, 1e6]:
        squared = scale * torch.tensor([1.0, 0.0, 3.0], dtype=torch.float64)
        got = call(far_points, squared, 2000, seeded(2))
        share = float((positions(got, 2000, 3) == 2).double().mean())
        if abs(share - 0.75) > 0.05:
            wrong("", call=got.call, expected="75% of draws are point 2", got=f"{share:.0%}")


@about("far_points")
def test_draws_are_independent():
    """With three equally likely points, a draw repeats the one before it a third of the time."""
    draws = [call(far_points, torch.ones(3), 3, seeded(s)) for s in range(150)]
    drawn = torch.stack([positions(got, 3, 3) for got in draws])
    again = float((drawn[:, 1:] == drawn[:, :-1]).double().mean())
    if abs(again - 1 / 3) > 0.14:
        said = "A draw repeats the one before it too often or too rarely."
        wrong(said, expected="1/3 of draws", got=f"{again:.2f}")


@about("far_points")
def test_far_points_keeps_to_the_device_of_the_distances():
    """The generator is on the CPU, and the distances may be on a GPU, for which `meta` stands."""
    stays_on_device(far_points, torch.arange(5.0), 3, seeded(1))


@about("far_points")
def test_far_points_draws_only_from_the_generator():
    """The same generator state gives the same draws, and the global generator is not used."""
    squared = torch.arange(40.0)
    state = torch.get_rng_state()
    one, same, other = (far_points(squared, 9, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(one, same), "the same seed gave different draws: do you use the generator?"
    assert not torch.equal(one, other), "two different generators gave the same draws"
    source = seeded(1)
    first, second = far_points(squared, 9, source), far_points(squared, 9, source)
    assert not torch.equal(first, second), (
        "the same draws came again: your function did not advance the generator"
    )
    assert torch.equal(state, torch.get_rng_state()), "you drew from torch's global generator"
    draws_without_generator(lambda: far_points(squared, 9))


@about("far_points", step="all distances are zero")
def test_if_all_distances_are_zero_any_point_will_do():
    """Every point is a centroid already, and the draws must still be valid positions."""
    positions(call(far_points, torch.zeros(5), 3, seeded(1)), 3, 5)


# Step 4: the start


@about("plus_plus")
def test_the_first_centroid_may_be_any_point():
    """Each of four points is chosen about a quarter of the time."""
    x = torch.tensor([[0.0], [1.0], [2.0], [50.0]])
    first = [float(call(plus_plus, x, 1, seeded(s)).value) for s in range(400)]
    for value in (0, 1, 2, 50):
        share = first.count(value) / 400
        if abs(share - 0.25) > 0.11:
            said = f"{value} is the first centroid too often or too rarely."
            wrong(said, expected="25% of the time", got=f"{share:.0%}")


@about("plus_plus")
def test_the_start_consists_of_distinct_points():
    """The start is five of seven points, none of them twice, or all seven points if k is 7."""
    x = points(7, 2)
    for k, seed in itertools.product([5, 7], range(8)):
        got = call(plus_plus, x, k, seeded(seed))
        rows = got.value
        assert rows.shape == (k, 2), f"you should return shape ({k}, 2), not {tuple(rows.shape)}"
        kinds_are(got, torch.float64)
        which = (rows[:, None] == x[None]).all(2)
        assert which.any(1).all(), "a centroid of the start is not one of the points"
        if int(which.any(0).sum()) < k:
            wrong("A point was chosen twice.", call=got.call, got=which.double().argmax(1))


@about("plus_plus")
def test_every_clump_gets_a_centroid():
    """There are six tight clumps of 1 to 60 points: distance matters more than number."""
    spots = torch.tensor([[0.0, 0], [9, 0], [0, 7], [50, 5], [-8, 1], [3, -40]])
    clump = torch.arange(6).repeat_interleave(torch.tensor([60, 1, 5, 2, 9, 3]))
    x = spots[clump] + 0.001 * rand(80, 2, seed=1)
    for seed in range(12):
        got = call(plus_plus, x, 6, seeded(seed))
        found = torch.cdist(got.value, spots).argmin(1).unique()
        if len(found) < 6:
            missing = sorted(set(range(6)) - set(found.tolist()))
            said = f"There is no centroid in clump {missing}."
            wrong(said, call=got.call, expected=6, got=len(found))


@about("plus_plus")
def test_the_start_repeats_no_point_of_a_tight_clump():
    """Eight clumps, 100 apart, hold 40 different points, some of which are nearly equal."""
    clump = 100.0 * torch.arange(8)[:, None, None]
    x = (clump + 1e-3 * torch.arange(5)[:, None]).expand(8, 5, 3).reshape(40, 3)
    for k, seed in itertools.product([9, 20], range(3)):
        got = call(plus_plus, x, k, seeded(seed))
        different = len(got.value.unique(dim=0))
        if different < k:
            said = "A point was chosen twice. Are the small distances exact?"
            wrong(said, call=got.call, expected=f"{k} different rows", got=f"{different}")


@about("plus_plus")
def test_the_better_of_two_candidates_is_kept():
    """With 40 points at 0, nine at 1 and one at 3, a draw after 0 is equally often 1 and 3.

    A centroid at 1 leaves a sum of 4, and one at 3 leaves 9. So 3 is kept only if all draws are 3:
    there are two draws for k = 2, and four for k = 8.
    """
    x = torch.tensor([0.0] * 40 + [1.0] * 9 + [3.0])[:, None]
    for k, draws, calls in [(2, 2, 500), (8, 4, 130)]:
        second = []
        for seed in range(calls):
            rows = plus_plus(x, k, seeded(seed))
            if rows[0, 0] == 0:
                second.append(float(rows[1, 0]))
        share, expected = second.count(3.0) / max(1, len(second)), 0.5**draws
        if abs(share - expected) > 0.1:
            said = f"For k = {k}, if the first centroid is 0, how often is 3 the second one?"
            asked = f"{expected:.0%} of the time, 1/2 for each of {draws} draws"
            wrong(said, expected=asked, got=f"{share:.0%}")


@about("plus_plus")
def test_distances_to_all_centroids_so_far_count_equally():
    """20 points at 0, 20 at 20, one at -10 and one at 26: once 0 and 20 are chosen, -10 is next.

    Its squared distance to the nearest centroid is 100, and that of 26 is only 36.
    """
    places = torch.tensor([0.0] * 20 + [20.0] * 20 + [-10.0, 26.0])
    x = places[:, None] * torch.tensor([0.5, 0.5, 0.5, 0.5])  # in four dimensions, on a line
    third = []
    for seed in range(24):
        rows = 2 * plus_plus(x, 3, seeded(seed))[:, 0]
        if rows[:2].tolist() == [0.0, 20.0]:
            third.append(float(rows[2]))
    if third.count(-10.0) < 0.7 * len(third) or not third:
        said = "If 0 and 20 are the first two centroids, what is the third?"
        wrong(said, expected="nearly always -10", got=third)


@about("plus_plus")
def test_the_start_considers_points_at_the_end_of_the_data():
    """Data is often sorted. If you start from some of the points only, choose them at random."""
    x = torch.cat([torch.zeros(1700, 2), torch.ones(600, 2)])
    for seed in range(3):
        got = call(plus_plus, x, 2, seeded(seed))
        if torch.equal(got.value[0], got.value[1]):
            wrong("Both centroids are equal.", call=got.call, got=got.value)


@about("plus_plus")
def test_plus_plus_draws_only_from_the_generator():
    """The same generator state gives the same start, and the global generator is not used."""
    x = points(40, 2)
    state = torch.get_rng_state()
    one, same, other = (plus_plus(x, 5, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(one, same), "the same seed gave different starts: do you use the generator?"
    assert not torch.equal(one, other), "two different generators gave the same start"
    source = seeded(1)
    first, second = plus_plus(x, 5, source), plus_plus(x, 5, source)
    assert not torch.equal(first, second), (
        "the same start came again: your function did not advance the generator"
    )
    assert torch.equal(state, torch.get_rng_state()), "you drew from torch's global generator"
    draws_without_generator(lambda: plus_plus(x, 5))


# Step 5: the whole algorithm


@about("kmeans")
def test_kmeans_by_hand():
    """For 0, 1, 9 and 10, centroids 0 and 1 move to 0 and 20/3, then to 1/2 and 19/2."""
    x = torch.tensor([[0.0], [1.0], [9.0], [10.0]])
    for iterations, centroids, labels in [
        (0, [0, 1], [0, 1, 1, 1]),
        (1, [0, 20 / 3], [0, 0, 1, 1]),
        (2, [1 / 2, 19 / 2], [0, 0, 1, 1]),
        (50, [1 / 2, 19 / 2], [0, 0, 1, 1]),
    ]:
        got = call(kmeans, x, 2, iterations, start=x[:2].clone())
        got.gives((torch.tensor(centroids).float()[:, None], torch.tensor(labels)), atol=1e-5)
        kinds_are(got, torch.float32, torch.int64)


@about("kmeans")
def test_kmeans_equals_the_two_steps_in_loops(oracle):
    """The same start gives the same centroids and labels, after any number of iterations."""
    for (N, K, d), iterations in zip(SIZES, [1, 2, 5], strict=True):
        x, start = points(N, d), points(K, d, seed=1)
        expected = oracle("kmeans")(x, K, iterations, start=start)
        got = call(kmeans, x, K, iterations, start=start)
        if K == 13:  # some clusters become empty, and no rule says which gets which point
            expected, got.value = in_one_order(expected), in_one_order(got.value)
        got.gives(expected, rtol=1e-9)
        kinds_are(got, torch.float64, torch.int64)


def in_one_order(clustering):
    """Centroids from left to right, and labels to match. Anything else is returned unchanged."""
    try:
        centroids, labels = clustering
        order = centroids[:, 0].argsort()
        return centroids[order], order.argsort()[labels]
    except Exception:  # the message is about what the learner returned
        return clustering


@about("kmeans")
def test_each_coordinate_may_lie_around_another_number():
    """Around (10,000, -10,000, 0), squares lose most float32 digits if x is not centred first."""
    x, start = points(41, 3).float(), points(5, 3, seed=1).float()
    around = torch.tensor([1e4, -1e4, 0.0])
    labels = kmeans(x, 5, 3, start=start)[1]
    got = call(kmeans, x + around, 5, 3, start=start + around)
    got.value = got.value[1]
    got.gives(labels, why="Expected are your own labels for the same points around 0.")
    spots = torch.tensor([[2e4, 2e4], [0, 0], [3, 0], [0, 4], [5, 5], [-6, 1]])
    clump = torch.arange(6).repeat_interleave(torch.tensor([1, 9, 8, 7, 9, 8]))
    x = spots[clump] + 0.01 * rand(42, 2, seed=1)
    got = call(kmeans, x, 6, 3, start=spots)
    got.value = got.value[1]
    got.gives(clump, why="The first point is far from all others, which are around 0.")


@about("kmeans")
def test_without_iterations_the_centroids_are_points():
    """The start is k of the points, wherever zero is; each label is that of the nearest one."""
    for N, K, d in SIZES:
        x = points(N, d) + 30
        got = call(kmeans, x, K, 0, seeded(K))
        centroids, labels = got.value
        if torch.cdist(centroids, x).amin(1).max() > 1e-5:
            wrong("A centroid of the start is not one of the points.", call=got.call)
        if not torch.equal(labels, torch.cdist(x, centroids).argmin(1)):
            wrong("A point's label is not that of the nearest centroid.", call=got.call)


@about("kmeans")
def test_no_iteration_raises_the_inertia():
    """Means are the best centroids, and nearest centroids the best labels: inertia cannot rise."""
    x, start = points(61, 2), points(61, 2)[:7] + 0.5
    before = float("inf")
    for iterations in range(7):
        got = call(kmeans, x, 7, iterations, start=start)
        centroids, labels = got.value
        own = (x - centroids[labels]).square().sum(1)
        inertia = float(own.sum())
        if inertia > before * (1 + 1e-9):
            said = "The inertia has risen."
            wrong(said, call=got.call, expected=f"at most {before}", got=inertia)
        nearest = torch.cdist(x, centroids).square().amin(1)
        if (own - nearest).max() > 1e-6:
            wrong("A point's label is not that of the nearest centroid.", call=got.call)
        before = inertia


@about("kmeans")
def test_kmeans_continues_until_nothing_changes():
    """With enough iterations, every centroid is exactly the mean of its points.

    The points are close together: neither a small move nor a few new labels are a reason to stop.
    """
    x = points(499, 2) / 1e8
    line = torch.arange(4000.0, dtype=torch.float64)[:, None]  # centroids slow down halfway
    for some, start in [(x, x[:6] * 0.1), (line, line[:2])]:
        got = call(kmeans, some, len(start), 500, start=start)
        centroids, labels = got.value
        for k in range(len(start)):
            mean, here = some[labels == k].mean(0), centroids[k]
            if not torch.allclose(here, mean, rtol=1e-6, atol=0):
                wrong(f"Centroid {k} can still move.", call=got.call, expected=mean, got=here)


@about("kmeans")
def test_an_iteration_may_change_every_label():
    """From the start 0, 100, 100, the points -1, 0.9 and 1 all change their cluster once."""
    x, start = torch.tensor([[-1.0], [0.9], [1.0]]), torch.tensor([[0.0], [100.0], [100.0]])
    got = call(kmeans, x, 3, start=start)
    got.value = got.value[0].sort(dim=0).values
    got.gives(x, atol=1e-5, why="Each point has a cluster of its own in the end.")


@about("kmeans")
def test_what_cannot_be_clustered_is_refused():
    """k from 1 to N, points that can be squared, and a start of k finite centroids are needed."""
    x = points(5, 2).float()
    call(kmeans, x, 5)
    for k in (0, -1, 6):
        refuses(ValueError, kmeans, x, k)
    for value in (math.nan, math.inf, 1e30):
        bad = x.clone()
        bad[3, 1] = value
        refuses(ValueError, kmeans, bad, 2)
    for start in (x[:3], x[:2, :1], torch.full((2, 2), math.nan)):
        refuses(ValueError, kmeans, x, 2, start=start)


@about("kmeans")
def test_kmeans_finds_clumps_without_a_given_start():
    """Five tight clumps of unequal size are found with no given start: none is split or merged."""
    spots = torch.tensor([[0.0, 0], [9, 0], [0, 7], [50, 5], [-8, 1]])
    clump = torch.arange(5).repeat_interleave(torch.tensor([30, 2, 5, 3, 13]))
    x = spots[clump] + 0.01 * rand(53, 2, seed=1)
    for seed in range(6):
        got = call(kmeans, x, 5, generator=seeded(seed))
        labels = got.value[1]
        if not torch.equal(labels[:, None] == labels, clump[:, None] == clump):
            said = "A clump is split, or two clumps share a label."
            wrong(said, call=got.call, got=labels.bincount())


@about("kmeans")
def test_kmeans_draws_only_from_the_generator():
    """The same generator state gives the same clusters; the global generator is not used."""
    x = points(60, 2)
    state = torch.get_rng_state()
    one, same, other = (kmeans(x, 9, 1, seeded(s))[0] for s in (1, 1, 2))
    assert torch.equal(one, same), "equal seeds gave different clusters: do you use the generator?"
    assert not torch.equal(one, other), "two different generators gave the same centroids"
    source = seeded(1)
    first, second = kmeans(x, 9, 1, source)[0], kmeans(x, 9, 1, source)[0]
    assert not torch.equal(first, second), (
        "the same centroids came again: your function did not advance the generator"
    )
    assert torch.equal(state, torch.get_rng_state()), "you drew from torch's global generator"
    draws_without_generator(lambda: kmeans(x, 9, 1)[0])


@about("kmeans", step="traps")
def test_centroids_that_start_far_away_are_revived():
    """Two of five centroids start far from all points. In the end all five have points."""
    x = points(31, 2)
    start = torch.cat([x[:3], torch.full((2, 2), 1000.0).double()])
    got = call(kmeans, x, 5, 10, start=start)
    used = len(got.value[1].unique())
    if used < 5:
        wrong("Some clusters stay empty.", call=got.call, expected="5 labels in use", got=used)


@about("kmeans", step="traps")
def test_fewer_distinct_points_than_clusters_give_no_nan():
    """With three distinct points for five clusters, no centroid is NaN and each point is on one."""
    x = torch.tensor([[0.0, 1.0], [2.0, 2.0], [5.0, -1.0]]).repeat(4, 1)
    for seed in range(4):
        got = call(kmeans, x, 5, generator=seeded(seed))
        centroids, labels = got.value
        assert centroids.shape == (5, 2), f"you should return shape (5, 2), not {centroids.shape}"
        assert bool(centroids.isfinite().all()), "an empty cluster has a NaN or infinite centroid"
        if not torch.allclose(centroids[labels], x, atol=1e-5):
            wrong("A point is not on its centroid.", call=got.call, got=labels.bincount())


@about("kmeans", step="traps")
def test_clusters_do_not_depend_on_where_zero_is():
    """20,000 away from zero, float32 squares are too coarse. Subtract the mean first."""
    clump = torch.arange(3).repeat_interleave(torch.tensor([9, 4, 6]))
    spots = torch.tensor([[0.0, 0.0, 1.0], [2.0, 0.0, 0.0], [0.0, 3.0, -1.0]])
    x = spots[clump] + 0.1 * rand(19, 3, seed=1) + 20000
    got = call(kmeans, x, 3, 5, start=x[[0, 9, 13]])
    got.gives((torch.stack([x[clump == k].double().mean(0) for k in range(3)]), clump), atol=0.05)


class Largest(TorchDispatchMode):
    """Records the size of the largest tensor that torch makes."""

    size = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for one in result if isinstance(result, tuple | list) else [result]:
            if isinstance(one, torch.Tensor):
                self.size = max(self.size, one.numel())
        return result


def positions(got, count, N):
    """The drawn positions, once it is certain that they are valid."""
    drawn = got.value
    if not isinstance(drawn, torch.Tensor) or drawn.shape != (count,) or drawn.dtype != torch.int64:
        wrong("", call=got.call, expected=f"{count} positions, int64", got=drawn)
    if drawn.min() < 0 or drawn.max() >= N:
        wrong(f"A position is out of range for {N} points.", call=got.call, got=drawn)
    return drawn


def rows_are(got, expected, why):
    """The rows are the same, in any order."""
    order = [rows[rows[:, 0].argsort()] for rows in (got, expected)]
    if not torch.allclose(*(rows.double() for rows in order), rtol=1e-6):
        wrong(why, expected=expected, got=got)
