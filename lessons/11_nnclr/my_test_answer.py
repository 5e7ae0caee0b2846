"""Lesson 11, a good answer: compare the set with a list that keeps the last Q of everything."""

import torch
import torch.nn.functional as F

from simclr_mini.nnclr import SupportSet


def filled(Q, sizes):
    """A set after pushes of these sizes, and what it must hold, as (age, image, vector)."""
    generator = torch.Generator().manual_seed(1)
    support, expected, image = SupportSet(Q, 3, generator), [], 100
    for B in sizes:
        z = 5 * torch.randn(B, 3, generator=generator)
        images = torch.arange(image, image - B, -1)  # not in ascending order
        support.push(z, images)
        expected = [(age + 1, i, v) for age, i, v in expected]
        expected += [(0, int(i), v / v.norm()) for i, v in zip(images, z, strict=True)]
        image += 50
    return support, expected[-Q:]


def check(support, expected):
    """Each row is in the set with its image and age, and all other rows were never pushed."""
    for age, image, v in expected:
        place = (support.rows - v).norm(dim=1).argmin()
        assert torch.allclose(support.rows[place], v, atol=1e-5)
        assert int(support.images[place]) == image
        assert int(support.ages[place]) == age
    never = len(support.rows) - len(expected)
    assert int((support.ages == -1).sum()) == never
    assert int((support.images == -1).sum()) == never


def test_the_set_holds_the_last_projections():
    for Q, sizes in [(7, [2, 3]), (7, [3, 3, 3, 3, 3, 3]), (5, [2, 4, 1, 5, 3]), (4, [4, 4])]:
        for count in range(1, len(sizes) + 1):
            check(*filled(Q, sizes[:count]))


def test_rows_pushed_without_images_have_image_minus_one():
    support, _ = filled(4, [4])
    support.push(torch.eye(3))
    assert int((support.images == -1).sum()) == 3


def test_no_graph_is_kept():
    support = SupportSet(4, 3)
    support.push(F.normalize(torch.eye(3).requires_grad_()))
    assert not support.rows.requires_grad
