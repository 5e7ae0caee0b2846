"""A good answer to the exercise in my_test_blank.py: four laws and one case on paper."""

import math

import torch

from simclr_mini.deepcluster import mutual_information


def test_names_of_clusters_mean_nothing():
    """The same groups under other numbers agree wholly, whatever the numbers are."""
    a = torch.tensor([0, 0, 0, 1, 1, 2])
    for names in ([0, 1, 2], [1, 2, 0], [4, 0, 2]):
        b = torch.tensor(names)[a]
        assert math.isclose(mutual_information(a, b), 1, rel_tol=1e-6)


def test_clusterings_that_cross_tell_nothing():
    """Each cluster of a meets each of b equally often."""
    a, b = torch.arange(6) // 3, torch.arange(6) % 3
    assert abs(mutual_information(a, b)) < 1e-9


def test_a_and_b_may_change_places():
    """Also where one has more clusters, and not in equal numbers."""
    a = torch.tensor([0, 0, 0, 1, 1, 1, 1])
    b = torch.tensor([3, 0, 0, 1, 2, 2, 0])
    assert math.isclose(mutual_information(a, b), mutual_information(b, a), rel_tol=1e-6)


def test_a_case_on_paper():
    """Two groups of two, each cut in two: they share ln 2; the entropies are ln 2 and ln 4."""
    a, b = torch.tensor([0, 0, 1, 1]), torch.tensor([2, 0, 3, 1])
    expected = math.log(2) / math.sqrt(math.log(2) * math.log(4))
    assert math.isclose(mutual_information(a, b), expected, rel_tol=1e-6)


def test_a_single_cluster_tells_nothing():
    """It says the same of every image."""
    one, some = torch.zeros(6, dtype=torch.int64), torch.arange(6) % 3
    assert mutual_information(one, some) == 0
