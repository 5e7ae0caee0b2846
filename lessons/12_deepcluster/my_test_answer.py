"""Lesson 12, a good answer: four laws, and one case worked out on paper."""

import math

import torch

from simclr_mini.deepcluster import mutual_information


def test_names_of_clusters_do_not_matter():
    """The same groups agree perfectly, whatever numbers they have."""
    a = torch.tensor([0, 0, 0, 1, 1, 2])
    for names in ([0, 1, 2], [1, 2, 0], [4, 0, 2]):
        b = torch.tensor(names)[a]
        assert math.isclose(mutual_information(a, b), 1, rel_tol=1e-6)


def test_independent_clusterings_share_nothing():
    """Each cluster of a overlaps equally with each cluster of b."""
    a, b = torch.arange(6) // 3, torch.arange(6) % 3
    assert abs(mutual_information(a, b)) < 1e-9


def test_mutual_information_is_symmetric():
    """This holds even if one has more clusters, and of unequal size."""
    a = torch.tensor([0, 0, 0, 1, 1, 1, 1])
    b = torch.tensor([3, 0, 0, 1, 2, 2, 0])
    assert math.isclose(mutual_information(a, b), mutual_information(b, a), rel_tol=1e-6)


def test_a_case_worked_out_on_paper():
    """Two groups of two are each cut in two: they share ln 2, and have entropies ln 2 and ln 4."""
    a, b = torch.tensor([0, 0, 1, 1]), torch.tensor([2, 0, 3, 1])
    expected = math.log(2) / math.sqrt(math.log(2) * math.log(4))
    assert math.isclose(mutual_information(a, b), expected, rel_tol=1e-6)


def test_a_single_cluster_shares_nothing():
    """It says the same about every image."""
    one, some = torch.zeros(6, dtype=torch.int64), torch.arange(6) % 3
    assert mutual_information(one, some) == 0
    assert mutual_information(one, one) == 0
