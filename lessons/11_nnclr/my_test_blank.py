"""Lesson 11, your own test: would you notice if `push` were wrong?

Nothing crashes when a queue keeps the wrong rows, and the loss still falls. Push some batches, and
assert what the set must hold afterwards: which vectors, from which images, how old. Choose sizes
that reveal mistakes: batch sizes that do not divide Q, and enough batches to wrap around more than
once. Write one test or several; each is a function named test_...

Target: catch at least 18 of the 30 wrong versions of push, and pass on the right one.
"""

import torch

from simclr_mini.nnclr import SupportSet


def test_push():
    support = SupportSet(5, 3)
    z = torch.eye(3)[:2]
    support.push(z, torch.tensor([10, 20]))
    assert support.rows.shape == (5, 3)
    raise NotImplementedError("lesson 11: write a test of SupportSet.push")
