"""Lesson 12, your own test: would you notice if `mutual_information` were wrong?

Nobody gives you the right numbers this time. But a measure of how well two clusterings agree obeys
laws: what can you change without changing it? When is it 1, and when 0? And some cases are small
enough to work out on paper. Write one test or several; each is a function named test_...

Target: catch at least 22 of the 30 wrong versions of mutual_information, and pass on the right one.
"""

import torch

from simclr_mini.deepcluster import mutual_information


def test_names_of_clusters_do_not_matter():
    """The same groups may have other numbers."""
    a = torch.tensor([0, 0, 0, 1, 1, 2])
    assert mutual_information(a, a) >= 0
    raise NotImplementedError("lesson 12: write a test of mutual_information")
