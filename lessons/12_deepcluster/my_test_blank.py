"""Write the test: mutual information without its formula.

Nobody gives you the right numbers this time. But a measure of how much two clusterings agree obeys
laws: what may change without changing it? When is it 1, when 0? And some cases are small enough for
paper. One test or several; each a function named test_...

Target: catch at least 14 of the 17 wrong versions of mutual_information, and pass on the right one.
"""

import torch

from simclr_mini.deepcluster import mutual_information


def test_names_of_clusters_mean_nothing():
    """The same groups under other numbers."""
    a = torch.tensor([0, 0, 0, 1, 1, 2])
    assert mutual_information(a, a) >= 0
    raise NotImplementedError("lesson 12: write a test of mutual_information")
