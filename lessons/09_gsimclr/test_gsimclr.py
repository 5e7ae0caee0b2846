"""Lesson 9: the batches of G-SimCLR. Count what is wrong with a batch, then build better ones."""

import itertools
import math
from collections import Counter

import torch
from torch import Generator

from lessons.course.check import about, call, wrong
from lessons.course.device import stays_on_device
from simclr_mini.gsimclr import (
    collisions,
    deal,
    dealt_batches,
    expected_collisions,
    in_clusters,
    least_collisions,
    pseudo_label_batches,
    rank_in_cluster,
    released_batches,
    strict_batches,
    strict_count,
)


def clusters(*sizes, seed=None):
    """Pseudo labels: clusters 0, 1, ... of these sizes, in a row or, with a seed, shuffled."""
    labels = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    if seed is None:
        return labels
    return labels[torch.randperm(len(labels), generator=Generator().manual_seed(seed))]


def pairs(labels):
    """The pairs in a batch that share a cluster, counted one by one."""
    labels = labels.tolist()
    return sum(a == b for a, b in itertools.combinations(labels, 2))


def positions(got, shape, N):
    """The result, once it is certain that it holds distinct positions of images."""
    if not isinstance(got.value, torch.Tensor) or got.value.dtype != torch.int64:
        kind = got.value.dtype if isinstance(got.value, torch.Tensor) else type(got.value).__name__
        wrong("You should return positions of images.", call=got.call, expected="int64", got=kind)
    if tuple(got.value.shape) != shape:
        wrong(call=got.call, expected=f"shape {shape}", got=f"shape {tuple(got.value.shape)}")
    seen = Counter(got.value.flatten().tolist())
    twice = [n for n, count in seen.items() if count > 1]
    if twice:
        said = "An image appears twice, so it would be its own negative."
        wrong(said, call=got.call, got=f"image {twice[0]}, {seen[twice[0]]} times")
    if seen and not 0 <= min(seen) <= max(seen) < N:
        wrong(call=got.call, expected=f"positions from 0 to {N - 1}", got=str(sorted(seen)[:12]))
    return got.value


def as_sets(hands):
    """The batches in sorted order, each sorted too, so that only their images count."""
    return sorted(sorted(hand) for hand in hands.tolist())


def about_equal(counts, expected, what, called):
    """Every count is within five standard deviations of the expected number."""
    for name, count in counts.items():
        if abs(count - expected) > 5 * math.sqrt(expected):
            got = f"{name}: {count} times"
            said = f"Your function breaks this rule: {what}."
            wrong(said, call=called, expected=f"each about {expected:.0f} times", got=got)


def its_own_generator(draw, called):
    """The state of the generator, and nothing else, decides what `draw(generator)` returns."""

    def two(seed):
        generator = Generator().manual_seed(seed)
        torch.rand(1)  # the global generator is in a different state at each call
        before = torch.get_rng_state()
        drawn = [draw(generator).tolist() for _ in range(2)]
        if not torch.equal(before, torch.get_rng_state()):
            wrong("You draw from torch's global generator, not from the given one.", call=called)
        return drawn

    first = two(1)
    if first[0] == first[1]:
        wrong("Two calls gave the same result.", call=called, expected="a new draw")
    if two(1) != first:
        said = "The same seed gave different results. Do you use only the generator?"
        wrong(said, call=called)
    if two(2)[0] == first[0]:
        wrong("Generators with different seeds gave the same result.", call=called)
    if draw(None).tolist() == draw(None).tolist():
        wrong("Without a generator, two calls gave the same result.", call=called)


# Step 1: the collisions of a batch


@about("collisions")
def test_collisions_by_hand():
    """Three images of a cluster make three pairs, and two make one. Other pairs do not count."""
    for labels, count in [([0, 1, 0, 2, 0], 3), ([4, 4], 1), ([1, 0, 1, 0, 0], 4), ([3, 1, 2], 0)]:
        call(collisions, torch.tensor(labels)).gives(count).is_a(int)


@about("collisions")
def test_collisions_are_counted_pair_by_pair(oracle):
    """Every pair counts once, whatever the numbers of the clusters."""
    for B, K, seed in [(7, 3, 1), (23, 5, 2), (64, 2, 3), (11, 400, 4)]:
        labels = torch.randint(K, (B,), generator=Generator().manual_seed(seed))
        call(collisions, labels).gives(oracle("collisions")(labels))


@about("collisions")
def test_collisions_of_one_cluster_are_all_pairs():
    """B images of one cluster make B (B - 1) / 2 pairs. A single image makes none."""
    for B in [1, 2, 3, 13]:
        call(collisions, torch.full((B,), 2)).gives(B * (B - 1) // 2)


# Step 2: the collisions of a random batch


@about("expected_collisions")
def test_expected_by_hand():
    """If 30 of 66 pairs share a cluster, a batch of three, with 3 pairs, has 1.36 collisions."""
    sizes = torch.tensor([8, 2, 2])
    call(expected_collisions, sizes, 3).gives(3 * 30 / 66).is_a(float)
    call(expected_collisions, sizes, 4).gives(6 * 30 / 66)


@about("expected_collisions")
def test_expected_is_the_mean_over_all_batches():
    """It is the mean over all batches of three or four that seven images can form."""
    for sizes, B in [((4, 2, 1), 3), ((3, 3, 1), 4), ((6, 1), 3)]:
        batches = [torch.tensor(batch) for batch in itertools.combinations(clusters(*sizes), B)]
        mean = sum(pairs(batch) for batch in batches) / len(batches)
        call(expected_collisions, torch.tensor(sizes), B).gives(mean)


@about("expected_collisions")
def test_expected_is_right_for_many_sizes(oracle):
    """Clusters may be empty, large, or of one image; no image is drawn twice."""
    for sizes, B in [((5, 0, 3), 3), ((1, 1, 1, 1), 3), ((17, 2, 40, 6), 8), ((2,), 2)]:
        sizes = torch.tensor(sizes)
        call(expected_collisions, sizes, B).gives(oracle("expected_collisions")(sizes, B))


@about("expected_collisions")
def test_expected_is_exact_if_a_batch_holds_all_images():
    """A batch of all N images leaves nothing to chance: every pair of every cluster collides."""
    for sizes in [(8, 2, 2), (3, 5), (1, 1, 1)]:
        exactly = sum(math.comb(s, 2) for s in sizes)
        call(expected_collisions, torch.tensor(sizes), sum(sizes)).gives(float(exactly))


# Step 3: the fewest possible collisions


@about("least_collisions")
def test_least_by_hand():
    """Eight images in four batches make 4 pairs. Five in two batches are 3 and 2: 3 + 1 pairs."""
    for sizes, T, least in [((8, 2, 2), 4, 4), ((5,), 2, 4), ((5, 5), 2, 8), ((7,), 3, 5)]:
        call(least_collisions, torch.tensor(sizes), T).gives(least).is_a(int)


@about("least_collisions")
def test_least_is_the_minimum_over_all_distributions():
    """Of all ways to distribute the images over the batches, the best has this many pairs."""
    for s, T in [(4, 3), (5, 3), (6, 2), (7, 2)]:
        ways = itertools.product(range(T), repeat=s)
        best = min(pairs(torch.tensor(way)) for way in set(map(tuple, map(sorted, ways))))
        call(least_collisions, torch.tensor([s, 0, s]), T).gives(2 * best)


@about("least_collisions")
def test_least_is_right_for_many_sizes(oracle):
    """Each image goes to a batch that holds the fewest of its cluster."""
    for sizes, T in [((11, 3, 1, 6), 4), ((23, 2), 5), ((9, 9, 9), 3), ((0, 13, 14), 6)]:
        sizes = torch.tensor(sizes)
        call(least_collisions, sizes, T).gives(oracle("least_collisions")(sizes, T))


@about("least_collisions")
def test_least_is_exact_for_large_clusters():
    """70,007 images in 7 batches are 10,001 in each: 7 x 50,005,000 pairs."""
    got = call(least_collisions, torch.tensor([70_007]), 7).is_a(int)
    got.value -= 7 * 50_005_000
    got.gives(0, why="350,035,000 has been subtracted. A float32 is exact only up to 16,777,216.")


@about("least_collisions")
def test_least_is_zero_for_many_batches_and_all_pairs_for_one():
    """With as many batches as images, no two need to meet; in a single batch, all of them do."""
    sizes = torch.tensor([7, 3, 1])
    for T, least in [(7, 0), (8, 0), (20, 0), (1, 24)]:
        call(least_collisions, sizes, T).gives(least)


# Step 4: the rank of an image in its cluster


@about("rank_in_cluster")
def test_rank_by_hand():
    """The first image of each cluster has rank 0, wherever it is."""
    call(rank_in_cluster, torch.tensor([2, 0, 2, 2, 0, 5])).gives(torch.tensor([0, 0, 1, 2, 1, 0]))


@about("rank_in_cluster")
def test_rank_counts_earlier_images_of_the_cluster(oracle):
    """The reference counts image by image; some cluster numbers have no image."""
    for sizes, seed in [((5, 1, 3), 1), ((0, 7, 0, 4, 2), 2), ((13, 9, 1, 1), 3)]:
        labels = clusters(*sizes, seed=seed)
        got = call(rank_in_cluster, labels).gives(oracle("rank_in_cluster")(labels))
        if got.value.dtype != torch.int64:
            wrong("", call=got.call, expected="int64", got=str(got.value.dtype))


@about("rank_in_cluster")
def test_rank_in_a_single_cluster_and_in_clusters_of_one():
    """In a single cluster the ranks are 0, 1, 2, ...; in clusters of one image they are all 0."""
    call(rank_in_cluster, torch.tensor([3, 3, 3, 3])).gives(torch.arange(4))
    call(rank_in_cluster, torch.tensor([2, 4, 0, 1])).gives(torch.zeros(4, dtype=torch.int64))


# Step 5: the batches of the authors' code


@about("released_batches")
def test_released_by_hand():
    """Clusters of 8, 2 and 2 give two good batches of three, then two of a single cluster."""
    expected = torch.tensor([[0, 8, 10], [1, 9, 11], [2, 3, 4], [5, 6, 7]])
    call(released_batches, clusters(8, 2, 2), 3).gives(expected)


@about("released_batches")
def test_released_batches_are_sorted_by_rank_and_cut(oracle):
    """Images are sorted by rank, then by position; an incomplete batch at the end is left out."""
    cases = [((5, 1, 3), 2, 1), ((4, 7, 0, 2), 3, 2), ((6, 6, 1), 4, 3), ((2, 3), 5, 4)]
    cases += [((40, 30, 12, 50), 7, 5)]  # enough images for an unstable sort to show
    for sizes, B, seed in cases:
        labels = clusters(*sizes, seed=seed)
        expected = oracle("released_batches")(labels, B)
        call(released_batches, labels, B).gives(expected)


@about("released_batches")
def test_other_clusters_make_other_batches(oracle):
    """New clusters give new batches, even if the number of images is the same."""
    for seed in (1, 2):
        labels = clusters(5, 4, 3, seed=seed)
        call(released_batches, labels, 4).gives(oracle("released_batches")(labels, 4))


@about("released_batches")
def test_clusters_that_are_written_into_the_same_tensor_count(oracle):
    """Pseudo-labels are a buffer: new clusters, or a checkpoint's, are copied into it."""
    labels, other = clusters(5, 4, 3, seed=1), clusters(3, 3, 6, seed=2)
    call(released_batches, labels, 4)
    labels.copy_(other)
    expected, why = oracle("released_batches")(other, 4), "The labels have changed in place."
    call(released_batches, labels, 4).gives(expected, why=why)


@about("released_batches")
def test_released_batches_are_the_same_in_every_epoch():
    """Nothing is random: two calls give the same batches, and torch's generator is not used."""
    labels, before = clusters(9, 4, 2, seed=5), torch.get_rng_state()
    first = call(released_batches, labels, 4).value
    torch.rand(3)
    call(released_batches, labels, 4).gives(first, why="The released order never changes.")
    torch.set_rng_state(before)
    released_batches(labels, 4)
    if not torch.equal(before, torch.get_rng_state()):
        wrong("You draw random numbers; the released code draws none.")


@about("released_batches")
def test_released_batches_are_worse_than_random_on_unequal_clusters():
    """Clusters of 40, 12, 6 and 2 give no collisions at first, but more than random in total."""
    labels, B = clusters(40, 12, 6, 2, seed=6), 4
    got = call(released_batches, labels, B)
    found = [pairs(labels[index]) for index in positions(got, (15, B), 60)]
    chance = 15 * 6 * (40 * 39 + 12 * 11 + 6 * 5 + 2) / (60 * 59)
    if found[0] or found[1]:
        wrong("The first two batches should have no collisions.", call=got.call, got=str(found))
    if not sum(found) > chance:
        said = f"more than the {chance:.1f} of random batches"
        wrong("Too few collisions occur in total.", call=got.call, expected=said, got=sum(found))


# Step 6: cluster after cluster


@about("in_clusters")
def test_in_clusters_holds_every_image_once():
    """It returns all N positions, none of them twice."""
    for sizes, seed in [((3, 2), 1), ((1, 5, 0, 7), 2), ((11,), 3), ((0, 0, 4), 4)]:
        labels = clusters(*sizes, seed=seed)
        positions(call(in_clusters, labels), (len(labels),), len(labels))


@about("in_clusters")
def test_in_clusters_keeps_clusters_together():
    """Once a cluster has ended, it does not appear again."""
    for sizes, seed in [((4, 3, 5), 1), ((1, 0, 6, 2), 2), ((9, 9), 3)]:
        labels = clusters(*sizes, seed=seed)
        got = call(in_clusters, labels, Generator().manual_seed(seed))
        row = labels[got.value].tolist()
        blocks = [c for c, _ in itertools.groupby(row)]
        if len(blocks) != len(set(row)):
            wrong("A cluster is split up.", call=got.call, got=f"clusters {row}")


@about("in_clusters")
def test_images_of_a_cluster_come_in_random_order():
    """Three images have six orders, all equally likely, whatever other clusters there are."""
    labels, generator = torch.tensor([1, 0, 1, 0, 1]), Generator().manual_seed(1)
    counts = Counter(dict.fromkeys(itertools.permutations([0, 2, 4]), 0))
    for _ in range(900):
        counts[tuple(n for n in in_clusters(labels, generator).tolist() if n % 2 == 0)] += 1
    called = "900 times in_clusters([1, 0, 1, 0, 1]), order of images 0, 2, 4"
    about_equal(counts, 150, "every order is equally likely", called)


@about("in_clusters")
def test_each_cluster_is_shuffled_independently():
    """With two clusters of two, the order in one says nothing about the order in the other."""
    labels, generator = torch.tensor([0, 1, 0, 1]), Generator().manual_seed(9)
    counts = Counter(dict.fromkeys(itertools.product(["0 2", "2 0"], ["1 3", "3 1"]), 0))
    for _ in range(600):
        row = in_clusters(labels, generator).tolist()
        inside = [" ".join(str(n) for n in row if labels[n] == c) for c in (0, 1)]
        counts[tuple(inside)] += 1
    called = "600 times in_clusters([0, 1, 0, 1]), orders of both clusters"
    about_equal(counts, 150, "all four are equally likely", called)


@about("in_clusters")
def test_clusters_come_in_random_order():
    """Three clusters have six orders, all equally likely, so neighbours change between epochs."""
    labels, generator = torch.tensor([2, 0, 1, 1, 2, 0]), Generator().manual_seed(2)
    counts = Counter(dict.fromkeys(itertools.permutations([0, 1, 2]), 0))
    for _ in range(900):
        counts[tuple(labels[in_clusters(labels, generator)].tolist()[::2])] += 1
    called = "900 times in_clusters([2, 0, 1, 1, 2, 0]), order of clusters"
    about_equal(counts, 150, "every order is equally likely", called)


@about("in_clusters")
def test_the_turn_of_a_cluster_does_not_depend_on_its_size():
    """With clusters of 5, 1 and 1, each comes first in a third of the epochs."""
    labels, generator = clusters(5, 1, 1), Generator().manual_seed(10)
    counts = Counter(dict.fromkeys(range(3), 0))
    for _ in range(450):
        counts[int(labels[in_clusters(labels, generator)[0]])] += 1
    called = "450 times in_clusters([0, 0, 0, 0, 0, 1, 2]), which cluster is first"
    about_equal(counts, 150, "each cluster is equally likely to be first", called)


@about("in_clusters")
def test_in_clusters_draws_only_from_its_generator():
    """Equal seeds give equal results, different seeds do not, and each call draws again."""
    labels = clusters(6, 5, 9, 4, seed=1)
    called = "in_clusters(pseudo_labels (24,), generator)"
    its_own_generator(lambda generator: in_clusters(labels, generator), called)


@about("in_clusters")
def test_a_thousand_clusters_stay_together():
    """Each cluster has its own turn, however many clusters there are."""
    labels = torch.arange(1000).repeat(2)
    got = call(in_clusters, labels, Generator().manual_seed(5))
    row = labels[got.value].tolist()
    blocks = len([*itertools.groupby(row)])
    if blocks != 1000:
        wrong("Some clusters are mixed.", call=got.call, expected="1000 blocks", got=str(blocks))


# Step 7: deal


@about("deal")
def test_deal_by_hand():
    """Dealing twelve cards to four hands gives A A B, A A B, A A C and A A C."""
    order = torch.tensor([20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 40, 41])
    got = call(deal, order, 4)
    expected = [[20, 24, 30], [21, 25, 31], [22, 26, 40], [23, 27, 41]]
    if as_sets(positions(got, (4, 3), 42)) != expected:
        wrong(
            "The batches are wrong; their order does not matter.",
            call=got.call,
            expected=str(expected),
            got=str(as_sets(got.value)),
        )


@about("deal")
def test_deal_gives_each_hand_every_t_th_image(oracle):
    """Hand t holds the images t, t + T, t + 2 T, ..., for few hands and for many."""
    for T, B in [(3, 5), (5, 3), (7, 2), (1, 4), (4, 1)]:
        order = torch.randperm(T * B, generator=Generator().manual_seed(T))
        got = call(deal, order, T, Generator().manual_seed(B))
        expected, found = as_sets(oracle("deal")(order, T)), as_sets(positions(got, (T, B), T * B))
        for want, hand in zip(expected, found, strict=True):
            if want != hand:
                said = f"The batch with image {want[0]} is wrong."
                wrong(said, call=got.call, expected=want, got=hand)


@about("deal")
def test_batches_come_in_random_order():
    """Three batches have six orders, and four have 24, all equally likely."""
    for batches, calls in [(3, 900), (4, 1200)]:
        generator = Generator().manual_seed(3)
        counts, order = Counter(), torch.arange(2 * batches)
        counts.update(dict.fromkeys(itertools.permutations(range(batches)), 0))
        for _ in range(calls):
            counts[tuple(min(hand) for hand in deal(order, batches, generator).tolist())] += 1
        called = f"{calls} times deal(0 ... {2 * batches - 1}, {batches}), order of the batches"
        about_equal(counts, calls / len(counts), "every order is equally likely", called)


@about("deal")
def test_the_batches_are_on_the_device_of_the_order():
    """On a GPU, a tensor that you make on the CPU would crash training."""
    stays_on_device(deal, torch.arange(12), 4)


@about("deal")
def test_the_batches_have_the_dtype_of_the_order():
    """Positions that are int32 stay int32, and those that are int64 stay int64."""
    for dtype in (torch.int32, torch.int64):
        got = call(deal, torch.arange(12, dtype=dtype), 4)
        if got.value.dtype != dtype:
            wrong(call=got.call, expected=str(dtype), got=got.value.dtype)


@about("deal")
def test_deal_draws_only_from_its_generator():
    """Equal seeds give equal results, different seeds do not, and each call draws again."""
    called = "deal(0 ... 39, 20, generator)"
    its_own_generator(lambda generator: deal(torch.arange(40), 20, generator), called)


# Step 8: as few collisions as possible


@about("dealt_batches")
def test_dealt_batches_are_full_and_hold_no_image_twice():
    """There are N // B batches of B distinct images."""
    cases = [((8, 2, 2), 3), ((5, 4, 4), 3), ((7, 1, 3), 4), ((2, 3), 5), ((4, 0, 3), 1)]
    for sizes, B in cases:
        labels = clusters(*sizes, seed=B)
        N = len(labels)
        positions(call(dealt_batches, labels, B), (N // B, B), N)


@about("dealt_batches")
def test_dealt_batches_have_the_fewest_possible_collisions(oracle):
    """The images in them collide exactly as often as they must, however unequal the clusters."""
    cases = [
        ((8, 2, 2), 3),
        ((9, 5, 1, 6), 4),
        ((30, 3, 3), 6),
        ((2, 2, 2, 2), 4),
        ((40, 12, 9), 7),
    ]
    for sizes, B in cases:
        labels = clusters(*sizes, seed=B)
        for seed in range(5):
            got = call(dealt_batches, labels, B, Generator().manual_seed(seed))
            index = positions(got, (len(labels) // B, B), len(labels))
            found = sum(pairs(labels[batch]) for batch in index)
            used = torch.bincount(labels[index.flatten()])
            least = oracle("least_collisions")(used, len(index))
            if found != least:
                said = f"The number of collisions is wrong for clusters of {sizes}."
                wrong(said, call=got.call, expected=least, got=found)


@about("dealt_batches")
def test_every_image_is_equally_likely_to_be_left_out():
    """With clusters of 1 and 6 in batches of three, each image is left out equally often."""
    labels, generator = clusters(1, 6), Generator().manual_seed(4)
    counts = Counter(dict.fromkeys(range(7), 0))
    for _ in range(700):
        counts.update(set(range(7)) - set(dealt_batches(labels, 3, generator).flatten().tolist()))
    called = "700 times dealt_batches([0, 1, 1, 1, 1, 1, 1], 3), which image is left out"
    about_equal(counts, 100, "all are equally likely to be left out", called)


@about("dealt_batches")
def test_images_are_left_out_independently():
    """Two of nine images are left out. In one of four epochs they come from one cluster."""
    labels, generator = clusters(3, 3, 3), Generator().manual_seed(11)
    counts = {"one cluster": 0}
    for _ in range(200):
        wait = set(range(9)) - set(dealt_batches(labels, 7, generator).flatten().tolist())
        counts["one cluster"] += len({int(labels[n]) for n in wait}) == 1
    called = "200 times dealt_batches([0, 0, 0, 1, 1, 1, 2, 2, 2], 7), clusters of the two left out"
    about_equal(counts, 50, "any two are equally likely to be left out", called)


@about("dealt_batches", step="a new deal in each epoch")
def test_any_two_images_can_meet():
    """With a cluster of four, four of one, and B = 4, every pair of images meets in 150 epochs."""
    labels, generator = clusters(1, 1, 4, 1, 1), Generator().manual_seed(5)
    met = Counter(dict.fromkeys(itertools.combinations(range(8), 2), 0))
    for _ in range(150):
        for hand in dealt_batches(labels, 4, generator).tolist():
            met.update(itertools.combinations(sorted(hand), 2))
    never = [f"{a} and {b}" for (a, b), count in met.items() if not count]
    if never:
        called = "150 times dealt_batches([0, 1, 2, 2, 2, 2, 3, 4], 4)"
        wrong("Some images never meet.", call=called, got="images " + ", ".join(never[:4]))


@about("dealt_batches", step="a new deal in each epoch")
def test_dealt_batches_draw_only_from_their_generator():
    """Equal seeds give equal results, different seeds do not, and each call draws again."""
    labels = clusters(9, 4, 7, 5, seed=2)
    called = "dealt_batches(pseudo_labels (25,), 4, generator)"
    its_own_generator(lambda generator: dealt_batches(labels, 4, generator), called)


# Step 9: the number of batches without a collision


@about("strict_count")
def test_strict_count_by_hand():
    """8, 2 and 2 images make two batches of three, 9 and 9 none; 5, 5 and 1 make five of two."""
    cases = [((8, 2, 2), 3, 2), ((5, 5, 1), 2, 5), ((3, 3, 1, 1), 2, 4), ((9, 9), 3, 0)]
    for sizes, B, T in cases:
        call(strict_count, torch.tensor(sizes), B).gives(T).is_a(int)


@about("strict_count")
def test_strict_count_of_few_clusters():
    """If there are hardly more clusters than images in a batch, the small clusters decide."""
    for sizes, B, T in [((1, 100, 100, 100), 4, 1), (range(1, 65), 64, 1), ([3] + 7 * [500], 8, 3)]:
        call(strict_count, torch.tensor(list(sizes)), B).gives(T)


@about("strict_count")
def test_strict_count_is_the_largest_possible(oracle):
    """The reference counts up from T = 0 while the clusters suffice for one more batch."""
    generator = Generator().manual_seed(7)
    for K, B in [(3, 2), (5, 3), (7, 4), (6, 5), (4, 1), (9, 2), (2, 3)]:
        for most in [3, 12]:
            sizes = torch.randint(most, (K,), generator=generator)
            call(strict_count, sizes, B).gives(oracle("strict_count")(sizes, B))


@about("strict_count")
def test_strict_count_of_equal_clusters_uses_all_images():
    """K clusters of s images give K s // B batches if K is at least B, and otherwise none."""
    for K, s, B in [(3, 5, 3), (5, 4, 2), (7, 3, 4), (4, 6, 5), (5, 1, 5)]:
        expected = K * s // B if K >= B else 0
        call(strict_count, torch.full((K,), s), B).gives(expected)


# Step 10: batches without a collision


@about("strict_batches")
def test_strict_batches_have_no_collision():
    """Each batch has B images from B clusters, whatever their sizes; no image appears twice."""
    for sizes, B in [((8, 2, 2), 3), ((5, 5, 1), 2), ((9, 3, 0, 4, 4), 3), ((30, 2, 7, 5), 2)]:
        labels = clusters(*sizes, seed=B)
        for seed in range(4):
            got = call(strict_batches, labels, B, Generator().manual_seed(seed))
            for index in positions(got, (len(got.value), B), len(labels)):
                if pairs(labels[index]):
                    row = labels[index].tolist()
                    said = "A batch has two images of one cluster."
                    wrong(said, call=got.call, got=f"clusters {row}")


@about("strict_batches")
def test_there_are_as_many_strict_batches_as_possible(oracle):
    """No batch that the clusters allow is missing."""
    cases = [((8, 2, 2), 3), ((5, 5, 1), 2), ((3, 3, 1, 1), 2), ((6, 0, 5, 4, 4), 3), ((1, 9), 1)]
    for sizes, B in cases:
        labels = clusters(*sizes, seed=B)
        T = oracle("strict_count")(torch.tensor(sizes), B)
        for seed in range(5):
            got = call(strict_batches, labels, B, Generator().manual_seed(seed))
            positions(got, (T, B), len(labels))


@about("strict_batches")
def test_images_of_a_large_cluster_take_turns():
    """From clusters of 6, 2 and 2, two batches of three use each of the six a third of the time."""
    labels, generator = clusters(6, 2, 2), Generator().manual_seed(6)
    counts = Counter(dict.fromkeys(range(6), 0))
    for _ in range(450):
        used = strict_batches(labels, 3, generator).flatten().tolist()
        counts.update(n for n in used if n < 6)
    called = "450 times strict_batches(clusters of 6, 2 and 2, 3), images of the first"
    about_equal(counts, 150, "all are used equally often", called)


@about("strict_batches")
def test_no_image_is_always_used_or_always_left_out():
    """Batches of two from clusters of 5, 5 and 1 use ten images: each is left out now and then."""
    labels, generator = clusters(5, 5, 1), Generator().manual_seed(7)
    counts = Counter(dict.fromkeys(range(11), 0))
    for _ in range(250):
        counts.update(strict_batches(labels, 2, generator).flatten().tolist())
    called = "250 times strict_batches(clusters of 5, 5 and 1, 2)"
    for n, count in counts.items():
        if count in (0, 250):
            said = f"image {n} {'always' if count else 'never'}"
            wrong("Chance should decide which image is left out.", call=called, got=said)
    left_out = {n: 250 - counts[n] for n in range(11)}
    about_equal(left_out, 250 / 11, "all are equally likely to be left out", called)


@about("strict_batches")
def test_the_image_kept_of_a_large_cluster_may_be_dropped():
    """A batch of three comes from clusters of 20, 1, 1 and 1; chance decides which is left out."""
    labels, generator = clusters(20, 1, 1, 1), Generator().manual_seed(14)
    counts = Counter(dict.fromkeys(range(4), 0))
    for _ in range(240):
        used = labels[strict_batches(labels, 3, generator).flatten()].tolist()
        counts.update(set(range(4)) - set(used))
    called = "240 times strict_batches(clusters of 20, 1, 1 and 1, 3), the cluster left out"
    about_equal(counts, 60, "all kept images are equally likely to be dropped", called)


@about("strict_batches")
def test_surplus_images_are_dropped_independently():
    """With five clusters of two and B = 4, one cluster loses both images in one of nine epochs."""
    labels, generator = clusters(2, 2, 2, 2, 2), Generator().manual_seed(12)
    counts = {"one cluster": 0}
    for _ in range(270):
        wait = set(range(10)) - set(strict_batches(labels, 4, generator).flatten().tolist())
        counts["one cluster"] += len({n // 2 for n in wait}) == 1
    called = "270 times strict_batches(five clusters of 2, 4), clusters of the two dropped"
    about_equal(counts, 30, "any two are equally likely to be dropped", called)


@about("strict_batches", step="no image has fixed partners")
def test_images_of_different_clusters_can_meet():
    """Within 150 epochs, any two images of different clusters meet, however large the clusters."""
    labels, generator = clusters(1, 1, 3, 1, 1, 3), Generator().manual_seed(8)
    met = {pair: 0 for pair in itertools.combinations(range(10), 2)}
    for _ in range(150):
        for hand in strict_batches(labels, 4, generator).tolist():
            for pair in itertools.combinations(sorted(hand), 2):
                met[pair] += 1
    never = [f"{a} and {b}" for (a, b), n in met.items() if not n and labels[a] != labels[b]]
    if never:
        called = "150 times strict_batches([0, 1, 2, 2, 2, 3, 4, 5, 5, 5], 4)"
        wrong("Some images never meet.", call=called, got="images " + ", ".join(never[:4]))


@about("strict_batches", step="no image has fixed partners")
def test_strict_batches_draw_only_from_their_generator():
    """Equal seeds give equal results, different seeds do not, and each call draws again."""
    labels = clusters(9, 6, 7, 5, 8, seed=3)
    called = "strict_batches(pseudo_labels (35,), 4, generator)"
    its_own_generator(lambda generator: strict_batches(labels, 4, generator), called)


@about("strict_batches", step="all three side by side")
def test_collisions_fall_from_released_to_random_to_dealt_to_strict():
    """The clusters have 60, 20, 10, 6 and 4 images; strict batches of four have no collision."""
    labels, found = clusters(60, 20, 10, 6, 4, seed=4), {}
    for batching in ("released", "dealt", "strict"):
        batches = list(pseudo_label_batches(labels, 4, Generator().manual_seed(9), batching))
        found[batching] = sum(collisions(labels[index]) for index in batches) / len(batches)
    found["random"] = expected_collisions(torch.bincount(labels), 4)
    row = [round(float(found[name]), 2) for name in ("released", "random", "dealt", "strict")]
    if not (row[0] > row[1] > row[2] > row[3] == 0):
        said = "falling numbers, the last one 0"
        what = "Collisions per batch: released, random, dealt, strict"
        wrong(what, expected=said, got=str(row))
