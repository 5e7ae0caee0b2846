"""Lesson 13, your own test: find the bug in the library.

Public code has had each of these three bugs, and training ran with all of them: a queue that drops
the rows which do not fit before its end; a step whose keys enter before the loss; and a symmetric
step whose first keys enter between its two losses. Write a test that catches each of them, and as
many others as you can. `step` below runs one step of the method with a queue of your own choice.
Write one test or several; each is a function named test_...

Target: catch at least 18 of the 30 wrong versions of push and loss, and pass on the right ones.
"""

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.bare import bare_method
from simclr_mini.moco import MoCo, moco_loss
from simclr_mini.ring import Ring


def step(ring, queries, keys, index, temperature=0.3):
    """The loss of one step of MoCo with this queue, which then holds the keys, and the method."""
    method = bare_method(
        MoCo, encoder=nn.Linear(2, 2), temperature=temperature, queue_size=len(ring.rows)
    )
    method.queue = ring
    return method.loss(queries, keys, index), method


def test_push():
    ring = Ring(5, 3)
    ring.push(torch.eye(3)[:2], torch.tensor([10, 20]))
    assert ring.rows.shape == (5, 3)
    raise NotImplementedError("lesson 13: write a test of Ring.push")


def test_step():
    ring, z = Ring(7, 3), F.normalize(torch.randn(4, 3), dim=1)
    loss, method = step(ring, z, z.flip(0), torch.tensor([10, 20]))  # two images, both directions
    assert loss.shape == moco_loss(z, z.flip(0), ring.rows).shape
    raise NotImplementedError("lesson 13: write a test of MoCo.loss")
