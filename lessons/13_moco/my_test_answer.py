"""Lesson 13, a good answer: a list that keeps the last rows, and the loss with the old queue."""

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.bare import bare_method
from simclr_mini.moco import MoCo, moco_loss
from simclr_mini.ring import Ring


def numbers(B, d, seed):
    return 3 * torch.randn(B, d, generator=torch.Generator().manual_seed(seed))


def check(ring, expected):
    """Each row is in the ring with its image and age, and all other rows were never pushed."""
    for age, image, v in expected:
        place = (ring.rows - v / v.norm()).norm(dim=1).argmin()
        assert torch.allclose(ring.rows[place], v / v.norm(), atol=1e-5)
        assert int(ring.images[place]) == image
        assert int(ring.ages[place]) == age
    never = len(ring.rows) - len(expected)
    assert int((ring.ages == -1).sum()) == never
    assert int((ring.images == -1).sum()) == never


def test_the_ring_holds_the_last_rows():
    for K, sizes in [(7, [2, 3]), (7, [3, 3, 3, 3, 3]), (5, [2, 4, 1, 5, 3]), (4, [4, 4])]:
        ring, expected = Ring(K, 3), []
        for number, B in enumerate(sizes):
            z, images = numbers(B, 3, number), 100 + 10 * number - torch.arange(B)
            ring.push(z, images)
            expected = [(age + 1, i, v) for age, i, v in expected]
            expected = (expected + [(0, int(i), v) for i, v in zip(images, z, strict=True)])[-K:]
            check(ring, expected)


def test_rows_pushed_without_images_have_image_minus_one():
    ring = Ring(4, 3)
    ring.push(numbers(4, 3, 1), torch.arange(4))
    ring.push(torch.eye(3))
    assert int((ring.images == -1).sum()) == 3


def test_no_graph_is_kept():
    ring = Ring(4, 3)
    ring.push(torch.eye(3).requires_grad_() * 2)
    assert not ring.rows.requires_grad


def test_every_query_meets_the_old_queue():
    ring, index = Ring(13, 5), torch.tensor([20, 10, 30])
    method = bare_method(MoCo, encoder=nn.Linear(2, 2), temperature=0.3, queue_size=13)
    method.queue = ring
    for number in range(3):
        q, k = numbers(6, 5, 2 * number).requires_grad_(), numbers(6, 5, 2 * number + 1)
        old = ring.rows.clone()
        loss = method.loss(q, k, index + number)
        assert torch.allclose(loss, moco_loss(q, k, old, 0.3), rtol=1e-5)
        loss.backward()
        assert q.grad is not None
        newest = F.normalize(k, dim=1)
        for image, key in zip((index + number).repeat(2), newest, strict=True):
            place = (ring.rows - key).norm(dim=1).argmin()
            assert torch.allclose(ring.rows[place], key, atol=1e-5)
            assert int(ring.images[place]) == int(image)
        assert abs(method.meters(q, k, index)["queue_filled"] - min(1, 6 * number / 13)) < 1e-6
