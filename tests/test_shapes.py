"""Shapes: the pattern is the class, and nothing else tells the classes apart."""

import time

import pytest
import torch

from simclr_mini import shapes
from simclr_mini.shapes import CLASSES, PALETTE, draw, pattern

RANGES = {  # lowest, highest, shape of one row
    "colors": (0, len(PALETTE) - 1, (2,)),
    "position": (-2.0, 2.0, (2,)),
    "radius": (14.4, 17.6, ()),
    "size": (7.0, 10.0, ()),
    "phase": (0.0, 1.0, (2,)),
    "tilt": (-0.6, 0.6, ()),
    "ground": (0.35, 0.65, ()),
    "texture": (0.0, 0.04, ()),
    "wave": (-0.6, 0.6, (2,)),
    "clutter": (0.0, 32.0, (2, 2)),
    "speck": (0.6, 1.2, ()),
    "light": (0.6, 1.0, (1,)),
    "noise": (0.01, 0.05, ()),
}


@pytest.fixture(scope="module")
def drawn():
    """The 12,000 images of the built-in set, and how many seconds it took to draw them."""
    began = time.perf_counter()
    pixels, labels, nuisances = draw(12_000, 0)
    return pixels, labels, nuisances, time.perf_counter() - began


def test_twelve_thousand_images_take_less_than_half_a_minute(drawn):
    """They take ten seconds or less on a free core; a busy one may need three times that."""
    assert drawn[3] < 30


def test_a_set_has_the_shapes_it_promises(drawn):
    """uint8 images of three channels that use the whole range, and int64 labels."""
    pixels, labels, _, _ = drawn
    assert pixels.shape == (12_000, 3, 32, 32) and pixels.dtype == torch.uint8
    assert labels.shape == (12_000,) and labels.dtype == torch.int64
    assert pixels.min() < 30 and pixels.max() > 240


def test_the_seed_fixes_every_image():
    """The same seed gives the same set, and another seed gives another set."""
    first, again, other = draw(60, 5), draw(60, 5), draw(60, 6)
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert all(torch.equal(first[2][name], again[2][name]) for name in first[2])
    assert not torch.equal(first[0], other[0])


def test_drawing_leaves_the_global_generator_alone():
    """All randomness comes from the seed."""
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    draw(10, 1)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("N", [1, 10, 37, 400])
def test_classes_are_balanced(N):
    """Counts differ by one at most, and images are not sorted by class."""
    _, labels, _ = draw(N, 0)
    counts = labels.bincount(minlength=len(CLASSES))
    assert counts.max() - counts.min() <= 1 and counts.sum() == N
    assert N < 37 or (labels.diff() != 0).float().mean() > 0.8


def test_no_two_images_are_equal(drawn):
    """A repeated draw would put training images into the test set."""
    assert len(torch.unique(drawn[0][:, :, ::4, ::4].flatten(1), dim=0)) == 12_000


@pytest.mark.parametrize("name", RANGES)
def test_each_nuisance_is_returned_in_its_range(drawn, name):
    """Each image has a row. The rows stay within the bounds, and cover nearly all between them."""
    low, high, shape = RANGES[name]
    values = drawn[2][name]
    assert set(drawn[2]) == set(RANGES)
    assert values.shape == (12_000, *shape)
    assert low <= values.min() and values.max() <= high
    span = 0.01 * (high - low)
    assert values.min() <= low + span and values.max() >= high - span


def test_the_two_colors_differ(drawn):
    """Otherwise there would be no pattern to see."""
    colors = drawn[2]["colors"]
    assert (colors[:, 0] != colors[:, 1]).all()


@pytest.mark.parametrize("name", RANGES)
def test_nuisances_do_not_depend_on_the_class(drawn, name):
    """The mean of each nuisance in each class is the mean in all, up to 4.5 standard errors."""
    labels, values = drawn[1], drawn[2][name].double().flatten(1 if drawn[2][name].dim() > 1 else 0)
    values = values.view(12_000, -1)
    for label in range(len(CLASSES)):
        some = values[labels == label]
        error = values.std(0) / len(some) ** 0.5
        assert ((some.mean(0) - values.mean(0)).abs() < 4.5 * error).all(), CLASSES[label]


def test_row_n_of_the_nuisances_describes_image_n(drawn):
    """The brightness of an image's corners is that of its background, times its light."""
    pixels, _, nuisances, _ = drawn
    corners = pixels[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].double().mean((1, 2)) / 255
    small = nuisances["radius"] < 15  # these discs leave the corners free
    seen = (nuisances["ground"] * nuisances["light"][:, 0])[small].double()
    assert torch.corrcoef(torch.stack([corners[small], seen]))[0, 1] > 0.9


def test_color_histograms_do_not_reveal_the_class(drawn):
    """The mean histogram of 4 x 4 x 4 colours is nearly the same for each class as for all."""
    pixels, labels, _, _ = drawn
    level = (pixels >> 6).long()
    bins = (level[:, 0] * 16 + level[:, 1] * 4 + level[:, 2]).flatten(1)
    histogram = torch.zeros(12_000, 64).scatter_add_(1, bins, torch.ones(12_000, 1024)) / 1024
    for label in range(len(CLASSES)):
        distance = (histogram[labels == label].mean(0) - histogram.mean(0)).abs().sum() / 2
        assert distance < 0.1, CLASSES[label]


def test_mean_images_do_not_reveal_the_class(drawn):
    """The phase is random, so the mean image of a class is nearly the mean of all images."""
    pixels, labels, _, _ = drawn
    overall = pixels.double().mean(0)
    for label in range(len(CLASSES)):
        difference = pixels[labels == label].double().mean(0) - overall
        assert difference.abs().mean() < 12, CLASSES[label]


def test_stripes_vary_at_right_angles_to_themselves(drawn):
    """Stripes across change downwards, stripes down to the right: the tilt is below 45 degrees."""
    middle = drawn[0][:, :, 8:24, 8:24].double()
    down = middle.diff(dim=2).square().mean((1, 2, 3))
    right = middle.diff(dim=3).square().mean((1, 2, 3))
    across = drawn[1] == CLASSES.index("stripes across")
    upright = drawn[1] == CLASSES.index("stripes down")
    assert (down > right)[across].double().mean() > 0.95
    assert (right > down)[upright].double().mean() > 0.95


def test_a_label_out_of_range_is_refused():
    """There are ten patterns, from 0 to 9."""
    zero = torch.zeros(1, 2, 2)
    assert len(CLASSES) == len(set(CLASSES)) == 10
    with pytest.raises(IndexError):
        pattern(10, zero, zero, zero, zero)


# each pattern has its own symmetry


def plane(name, move_x=0.0, move_y=0.0, turn=0.0):
    """A pattern at a fixed set of points, moved and turned, without a phase."""
    x, y = 6 * torch.rand(2, 1, 50, 50, generator=torch.Generator().manual_seed(0)) - 3
    turn = torch.tensor(turn)
    x, y = x * turn.cos() - y * turn.sin(), x * turn.sin() + y * turn.cos()
    zero = torch.zeros(1, 1, 1)
    return pattern(CLASSES.index(name), x + move_x, y + move_y, zero, zero)


def agreement(a, b):
    """Share of points where two patterns agree; rounding may flip a few."""
    return (a == b).double().mean().item()


@pytest.mark.parametrize("name", CLASSES)
def test_both_colors_show(name):
    """Each covers at least an eighth of the plane."""
    assert 0.12 < plane(name).double().mean() < 0.88


@pytest.mark.parametrize("name, along", [("stripes across", (0.3, 0)), ("stripes down", (0, 0.3))])
def test_stripes_do_not_change_along_themselves(name, along):
    """A move along the stripes changes nothing; half a period across them swaps the colours."""
    assert agreement(plane(name), plane(name, *along)) > 0.99
    assert agreement(plane(name), ~plane(name, *(0.5 if a == 0 else 0 for a in along))) > 0.99


def test_checks_swap_colors_when_moved_by_half_a_period():
    """A move in one direction swaps the colours; a move in both directions changes nothing."""
    assert agreement(plane("checks"), ~plane("checks", 0.5, 0)) > 0.99
    assert agreement(plane("checks"), ~plane("checks", 0, 0.5)) > 0.99
    assert agreement(plane("checks"), plane("checks", 0.5, 0.5)) > 0.99


@pytest.mark.parametrize("name", ["dots", "grid", "diamonds", "circles"])
def test_cells_repeat_in_both_directions(name):
    """A period right or down changes nothing, half of one does. A turn changes only diamonds."""
    assert agreement(plane(name), plane(name, 1, 0)) > 0.99
    assert agreement(plane(name), plane(name, 0, 1)) > 0.99
    assert agreement(plane(name), plane(name, 0.5, 0)) < 0.9
    same_when_turned = agreement(plane(name), plane(name, turn=torch.pi / 2)) > 0.99
    assert same_when_turned == (name != "diamonds")  # diamonds are taller than wide


def test_rings_are_round_and_a_spiral_winds():
    """No turn changes rings. Half a turn swaps the arms of a spiral; a whole turn does not."""
    assert agreement(plane("rings"), plane("rings", turn=1.0)) > 0.99
    assert agreement(plane("spiral"), plane("spiral", turn=2 * torch.pi)) > 0.99
    assert agreement(plane("spiral"), ~plane("spiral", turn=torch.pi)) > 0.99


def test_bricks_shift_by_half_a_brick_from_course_to_course():
    """A brick is two periods long, and each course is one period to the right of the last."""
    assert agreement(plane("bricks"), plane("bricks", 2, 0)) > 0.99
    assert agreement(plane("bricks"), plane("bricks", 1, 1)) > 0.99
    assert agreement(plane("bricks"), plane("bricks", 1, 0)) < 0.95
    assert agreement(plane("bricks"), plane("bricks", 0, 1)) < 0.95


def test_all_patterns_differ():
    """No two agree, even if one swaps its colours. The closest are dots and diamonds, at 95%."""
    planes = [plane(name) for name in shapes.CLASSES]
    for i, a in enumerate(planes):
        for b in planes[:i]:
            assert 0.04 < agreement(a, b) < 0.96
