"""Lesson 8, your own test: would you notice if `means` were wrong?

Choose a few points, labels and distances for which you know the answer by hand. Use clusters of
unequal size, points of which no two are equal, one empty cluster, then two. Do not change the
arguments, and state the result that must come out. Write one test or several; each is a function
named test_...

Target: catch at least 20 of the 30 wrong versions of means, and pass on the right one.
"""

import torch

from simclr_mini.kmeans import means


def test_means():
    x = torch.tensor([[0.0, 0.0], [2.0, 0.0], [10.0, 4.0]])
    labels, distances = torch.tensor([1, 1, 0]), torch.tensor([1.0, 1.0, 0.0])
    centroids = means(x, labels, distances, torch.zeros(2, 2))
    assert centroids.shape == (2, 2)
    raise NotImplementedError("lesson 8: write a test of means")
