"""Lesson 11, your own test: would you notice if `push` were wrong?

Nothing crashes when a queue keeps the wrong rows, and the loss falls all the same. Push batches,
and say what the set must hold afterwards: which vectors, of which images, how old. Choose sizes
that reveal: batches that do not divide Q, and enough of them to go round more than once. One test
or several; each a function named test_...

Target: catch at least 16 of the 22 wrong versions of push, and pass on the right one.
"""

import torch

from simclr_mini.nnclr import SupportSet


def test_push():
    support = SupportSet(5, 3)
    z = torch.eye(3)[:2]
    support.push(z, torch.tensor([10, 20]))
    assert support.rows.shape == (5, 3)
    raise NotImplementedError("lesson 11: write a test of SupportSet.push")
