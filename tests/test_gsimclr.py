"""G-SimCLR's batches: what each batching promises, for clusters of all sizes."""

import itertools
import math
from collections import Counter
from typing import get_args

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Generator

from lessons.course.bare import bare_method
from simclr_mini.data import Images
from simclr_mini.gsimclr import (
    GSimCLR,
    GSimCLROptions,
    collisions,
    deal,
    dealt_batches,
    expected_collisions,
    in_clusters,
    least_collisions,
    pseudo_label_batches,
    purity,
    rank_in_cluster,
    released_batches,
    strict_batches,
    strict_count,
)
from simclr_mini.methods import configure

BATCHINGS = get_args(GSimCLROptions.__annotations__["batching"])

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.lists(st.integers(0, 14), min_size=1, max_size=9).filter(any)
few = settings(max_examples=60, deadline=None)


def labels_of(sizes, seed):
    """This many images of each cluster, shuffled."""
    labels = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    return labels[torch.randperm(len(labels), generator=Generator().manual_seed(seed))]


def pairs(labels):
    """Pairs of one cluster, one by one."""
    return sum(a == b for a, b in itertools.combinations(labels.tolist(), 2))


def skewed(spread, K=64, N=50_000):
    """Pseudo labels whose clusters have log-normal sizes, by their quantiles."""
    quantiles = (torch.arange(K, dtype=torch.float64) + 0.5) / K
    weights = (spread * torch.special.ndtri(quantiles)).exp()
    sizes = (weights / weights.sum() * N).long()
    sizes[-1] += N - sizes.sum()
    return labels_of(sizes.tolist(), 2), sizes


# ---- what a batching is worth


@few
@given(st.lists(st.integers(0, 9), min_size=1, max_size=40))
def test_collisions_are_the_pairs_of_one_cluster(labels):
    labels = torch.tensor(labels)
    assert collisions(labels) == pairs(labels)


@pytest.mark.parametrize("sizes, B", [((4, 2, 1), 3), ((3, 3, 0, 2), 4), ((1, 1, 1), 2), ((5,), 5)])
def test_expected_collisions_are_the_mean_over_all_batches(sizes, B):
    batches = list(itertools.combinations(labels_of(sizes, 0).tolist(), B))
    mean = sum(pairs(torch.tensor(batch)) for batch in batches) / len(batches)
    assert expected_collisions(torch.tensor(sizes), B) == pytest.approx(mean, rel=1e-12)


@few
@given(SIZES, st.integers(1, 9), SEEDS)
def test_no_way_to_fill_batches_has_fewer_than_the_least(sizes, T, seed):
    """The bound holds for images thrown into batches at random, and a round-robin reaches it."""
    labels = labels_of(sizes, seed)
    least = least_collisions(torch.tensor(sizes), T)
    thrown = torch.randint(T, (len(labels),), generator=Generator().manual_seed(seed))
    assert sum(pairs(labels[thrown == t]) for t in range(T)) >= least
    row = labels.sort().values
    assert sum(pairs(row[t::T]) for t in range(T)) == least


def test_purity_is_the_share_of_the_commonest_class():
    clusters = torch.tensor([0, 0, 0, 2, 2, 3, 3, 3, 3])
    classes = torch.tensor([1, 1, 0, 4, 0, 2, 2, 2, 0])
    assert purity(clusters, classes) == pytest.approx((2 + 1 + 3) / 9)
    assert purity(classes, classes) == 1


# ---- as released


def released_literally(pseudo_labels, batch_size):
    """The authors' order, image by image: a rank from 1, a sort by it alone, chunks."""
    count, ranks = Counter(), []
    for c in pseudo_labels.tolist():
        count[c] += 1
        ranks.append(count[c])
    order = sorted(range(len(ranks)), key=lambda n: ranks[n])
    chunks = [order[i : i + batch_size] for i in range(0, len(order), batch_size)]
    return [chunk for chunk in chunks if len(chunk) == batch_size]


@few
@given(SIZES, st.integers(1, 9), SEEDS)
def test_released_equals_the_released_code_in_loops(sizes, B, seed):
    labels = labels_of(sizes, seed)
    assert released_batches(labels, B).tolist() == released_literally(labels, B)
    seen = Counter()
    for n, c in enumerate(labels.tolist()):
        assert rank_in_cluster(labels)[n] == seen[c]
        seen[c] += 1


def test_released_has_no_collision_with_equal_clusters():
    labels, sizes = skewed(0.0, N=64 * 780)
    found = [collisions(labels[index]) for index in released_batches(labels, 64)]
    assert max(found) == 0
    assert expected_collisions(sizes, 64) == pytest.approx(2016 * 779 / (64 * 780 - 1))


@pytest.mark.parametrize("spread, worse", [(0.2, False), (0.4, True), (0.6, True)])
def test_released_is_worse_than_random_on_skewed_clusters(spread, worse):
    """The published flaw: more same-cluster pairs than by chance, most of them in the last batches.

    With 64 clusters of 50,000 images and batches of 64, as in the authors' code.
    """
    labels, sizes = skewed(spread)
    found = torch.tensor([float(collisions(labels[i])) for i in released_batches(labels, 64)])
    chance = expected_collisions(sizes, 64)
    assert len(found) == 781
    assert (found.mean() > 1.2 * chance) == worse
    assert found[:100].sum() == 0
    assert found[-78:].mean() > 5 * found.mean()
    dealt = sum(collisions(labels[i]) for i in dealt_batches(labels, 64)) / 781
    assert dealt < chance / 2


# ---- dealt


@few
@given(SIZES, st.integers(1, 9), SEEDS)
def test_dealt_reaches_the_least_number_of_collisions(sizes, B, seed):
    """Exactly, for the images that are used, which are N // B * B different ones."""
    labels = labels_of(sizes, seed)
    batches = list(pseudo_label_batches(labels, B, Generator().manual_seed(seed), "dealt"))
    assert [len(index) for index in batches] == [B] * (len(labels) // B)
    if batches:
        used = torch.cat(batches)
        assert len(used.unique()) == len(used)
        least = least_collisions(torch.bincount(labels[used]), len(batches))
        assert sum(collisions(labels[index]) for index in batches) == least


@few
@given(SIZES, SEEDS)
def test_in_clusters_is_every_image_once_cluster_by_cluster(sizes, seed):
    labels = labels_of(sizes, seed)
    order = in_clusters(labels, Generator().manual_seed(seed))
    assert order.sort().values.tolist() == list(range(len(labels)))
    blocks = [c for c, _ in itertools.groupby(labels[order].tolist())]
    assert len(blocks) == len(set(blocks))


@few
@given(st.integers(1, 7), st.integers(1, 7), SEEDS)
def test_deal_gives_each_batch_every_t_th_image(T, B, seed):
    hands = deal(torch.arange(T * B), T, Generator().manual_seed(seed))
    assert sorted(hands.tolist()) == [list(range(t, T * B, T)) for t in range(T)]


def test_every_image_is_as_likely_to_wait():
    """One of seven waits, whether its cluster is small or large: 200 times of 1400."""
    labels, generator = labels_of((1, 2, 4), 0), Generator().manual_seed(0)
    waits = Counter()
    for _ in range(1400):
        waits.update(set(range(7)) - set(dealt_batches(labels, 3, generator).flatten().tolist()))
    assert len(waits) == 7
    assert all(abs(count - 200) < 5 * math.sqrt(200) for count in waits.values())


# ---- strict


def most_batches(sizes, B):
    """Take one image of each of the B fullest clusters, as often as there are B."""
    left, T = sorted(sizes), 0
    while len(left) >= B and left[-B] > 0:
        left = sorted([*left[:-B], *(s - 1 for s in left[-B:])])
        T += 1
    return T


@few
@given(SIZES, st.integers(1, 9), SEEDS)
def test_strict_has_no_collision_and_the_most_batches_there_can_be(sizes, B, seed):
    labels, T = labels_of(sizes, seed), most_batches(sizes, B)
    assert strict_count(torch.tensor(sizes), B) == T
    if T == 0:
        with pytest.raises(
            ValueError, match=f"{B} images cannot come from {sum(map(bool, sizes))}"
        ):
            strict_batches(labels, B)
        return
    batches = list(pseudo_label_batches(labels, B, Generator().manual_seed(seed), "strict"))
    assert [len(index) for index in batches] == [B] * T
    assert len(torch.cat(batches).unique()) == T * B
    assert all(collisions(labels[index]) == 0 for index in batches)


# ---- all three


@pytest.mark.parametrize("batching", ["dealt", "strict"])
def test_each_epoch_is_a_new_deal_and_comes_from_the_generator(batching):
    labels = labels_of((9, 7, 8, 12, 5), 3)

    def epochs(seed):
        generator = Generator().manual_seed(seed)
        drawn = [list(pseudo_label_batches(labels, 4, generator, batching)) for _ in range(3)]
        return [torch.stack(batches).tolist() for batches in drawn]

    state = torch.get_rng_state()
    first = epochs(1)
    assert torch.equal(state, torch.get_rng_state())
    assert first[0] != first[1] != first[2] != first[0]
    assert epochs(1) == first
    assert epochs(2)[0] != first[0]


def test_released_is_the_same_in_each_epoch():
    labels = labels_of((9, 7, 8, 12, 5), 3)
    first, second = (list(pseudo_label_batches(labels, 4, None, "released")) for _ in range(2))
    assert torch.equal(torch.stack(first), torch.stack(second))


def test_fewer_images_than_a_batch_make_none():
    for batching in ("dealt", "strict", "released"):
        assert list(pseudo_label_batches(torch.tensor([0, 1]), 3, None, batching)) == []


def test_another_batching_is_refused():
    with pytest.raises(ValueError, match='"dealt", "strict" or "released", not \'random\''):
        next(pseudo_label_batches(torch.tensor([0, 1]), 2, None, "random"))


# ---- the method


def method_of(batching, labels=None, sizes=(9, 5, 6, 4), seed=0):
    """A method that has clustered already."""
    pseudo_labels = labels_of(sizes, 5)
    method = bare_method(
        GSimCLR, N=len(pseudo_labels), labels=labels, seed=seed, clusters=4, batching=batching
    )
    method.pseudo_labels.copy_(pseudo_labels)
    return method


@pytest.mark.parametrize("batching", BATCHINGS)
def test_every_batching_makes_as_many_batches(batching):
    """24 images, batches of four: six, even where strict must deal again to fill them."""
    labels = labels_of((12, 12), 7)
    method = method_of(batching, labels, sizes=(15, 3, 3, 3))
    epochs = [torch.stack(list(method.batches(24, 4))) for _ in range(2)]
    assert all(epoch.shape == (6, 4) for epoch in epochs)
    assert torch.equal(*epochs) == (batching in ("frozen", "released"))
    for index in itertools.chain(*epochs):
        assert len(index.unique()) == 4  # none twice in a batch
    if batching != "strict":
        assert all(len(epoch.unique()) == 24 for epoch in epochs)
    if batching == "oracle":
        assert all(collisions(labels[index]) == 2 for index in epochs[0])
    if batching == "strict":
        assert all(collisions(method.pseudo_labels[index]) == 0 for index in epochs[0])


def test_all_deals_of_a_strict_epoch_are_drawn_before_its_first_batch():
    """Resuming skips the batches that are done, so nothing may be drawn between two batches."""
    method = method_of("strict", sizes=(14, 2, 2, 2, 2, 2))
    N = len(method.pseudo_labels)
    assert strict_count(torch.bincount(method.pseudo_labels), 4) < N // 4, "two deals or more"
    batches = method.batches(N, 4)
    next(batches)
    state = method.generators["order"].get_state()
    assert len(list(batches)) == N // 4 - 1
    assert torch.equal(method.generators["order"].get_state(), state)


def test_meters_of_a_dealt_epoch_add_up_to_the_least():
    """Where N is a multiple of B, collisions are the least on average, and purity the clusters'."""
    labels = labels_of((12, 12), 7)
    method, z = method_of("dealt", labels), torch.eye(4)
    seen = [method.meters(z, z, index) for index in method.batches(24, 4)]
    assert sum(m["collisions"] for m in seen) / 6 == pytest.approx(seen[0]["least_collisions"])
    assert seen[0]["random_collisions"] == pytest.approx(6 * (36 + 10 + 15 + 6) / 276)
    assert seen[0]["largest_cluster"] == 9
    assert seen[0]["purity"] == purity(method.pseudo_labels, labels)
    assert 0 < sum(m["same_class"] for m in seen) <= 6
    assert "dropped" not in seen[0]


def test_strict_says_how_many_images_it_leaves_out():
    """Clusters of 15, 3, 3 and 3 in batches of four: three batches use 12 of 24 images."""
    method, z = method_of("strict", sizes=(15, 3, 3, 3)), torch.eye(4)
    assert method.meters(z, z, torch.arange(4))["dropped"] == 0.5
    assert "same_class" not in method.meters(z, z, torch.arange(4))


def test_clusters_are_made_once_and_kept_with_the_weights():
    """A method that was saved does not cluster again, and deals the same batches."""
    pixels = torch.randint(256, (40, 3, 32, 32), generator=Generator().manual_seed(1)).byte()
    common = {"N": 40, "seed": 3, "clusters": 5, "autoencoder_epochs": 1}
    method = bare_method(GSimCLR, **common)
    assert (method.pseudo_labels == -1).all()
    assert method.start_epoch(pixels) == []
    clusters = method.pseudo_labels.clone()
    assert set(clusters.tolist()) <= set(range(5)) and len(clusters.unique()) > 1
    method.start_epoch(255 - pixels)
    assert torch.equal(method.pseudo_labels, clusters)
    again = bare_method(GSimCLR, **common)
    again.load_state_dict(method.state_dict())
    again.start_epoch(255 - pixels)
    assert torch.equal(again.pseudo_labels, clusters)
    both = [torch.stack(list(one.batches(40, 8))) for one in (method, again)]
    assert torch.equal(*both)


def test_wrong_options_are_refused():
    pixels = torch.zeros(9, 3, 8, 8, dtype=torch.uint8)
    images = Images(pixels, None, (), "some", "train")
    config = configure("gsimclr", batching="oracle", clusters=4)
    with pytest.raises(ValueError, match="--batching oracle needs labels"):
        GSimCLR.check_images(config, images)
    with pytest.raises(ValueError, match="--clusters must be at most 9, the number of"):
        GSimCLR.check_images(configure("gsimclr", clusters=10), images)
