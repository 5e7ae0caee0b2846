"""Lesson 9, a good answer: what must be true of every deal, and of many together."""

from itertools import combinations

import torch
from torch import Generator

from simclr_mini.gsimclr import dealt_batches

LABELS = torch.tensor([0, 1, 2, 2, 2, 2, 3, 4])  # two batches of four; none is left out
LARGE = torch.tensor([0, 1, 1, 1, 1, 1, 1])  # two batches of three; one is left out
SKEWED = torch.arange(4).repeat_interleave(torch.tensor([9, 5, 1, 6]))  # 21 images; one is left out


def epochs(pseudo_labels, batch_size, count):
    source = Generator().manual_seed(1)
    return [dealt_batches(pseudo_labels, batch_size, source) for _ in range(count)]


def test_no_image_comes_twice():
    for index in epochs(SKEWED, 4, 20):
        assert index.shape == (5, 4)
        assert len(index.unique()) == 20


def test_each_cluster_is_spread_evenly():
    """There are fewest pairs if the counts of a cluster differ by at most one between batches."""
    for index in epochs(SKEWED, 4, 20):
        for c in range(4):
            held = (SKEWED[index] == c).sum(1)
            assert held.max() - held.min() <= 1


def test_every_image_is_equally_likely_to_be_left_out():
    used = torch.zeros(7)
    for index in epochs(LARGE, 3, 300):
        used[index.flatten()] += 1
    assert (used > 200).all() and (used < 290).all()  # six epochs in seven: about 257


def test_any_two_images_can_meet():
    met = torch.zeros(8, 8)
    for index in epochs(LABELS, 4, 100):
        for batch in index:
            met[batch[:, None], batch] += 1
    assert all(met[a, b] > 0 for a, b in combinations(range(8), 2))


def test_epochs_differ_and_a_seed_repeats_them():
    first, second = epochs(SKEWED, 4, 2)
    assert not torch.equal(first, second)
    assert torch.equal(first, epochs(SKEWED, 4, 1)[0])
