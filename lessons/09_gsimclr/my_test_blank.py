"""Lesson 9, your own test: would you notice if `dealt_batches` were wrong?

It draws at random, so no single result is the right one. Assert what must be true of *every* draw,
and of many draws together. Choose pseudo labels that reveal mistakes: unequal clusters, clusters of
one image, an N that is not a multiple of B. Write one test or several; each is a function named
test_...

Target: catch at least 19 of the 30 wrong versions of dealt_batches, and pass on the right one.
"""

import torch
from torch import Generator

from simclr_mini.gsimclr import dealt_batches


def test_dealt_batches():
    pseudo_labels = torch.tensor([0, 1, 2, 2, 2, 2, 3])
    index = dealt_batches(pseudo_labels, 3, Generator().manual_seed(1))
    assert index.shape == (2, 3)
    raise NotImplementedError("lesson 9: write a test of dealt_batches")
