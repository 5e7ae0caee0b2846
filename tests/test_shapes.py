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
    """The 12,000 images of the built-in set, and the seconds they took."""
    began = time.perf_counter()
    pixels, labels, nuisances = draw(12_000, 0)
    return pixels, labels, nuisances, time.perf_counter() - began


def test_twelve_thousand_images_take_seconds(drawn):
    """Ten at most on a free core; three times that are allowed on a busy one."""
    assert drawn[3] < 30


def test_a_set_has_the_shapes_it_promises(drawn):
    """uint8 images of three channels that use the whole range, and int64 labels."""
    pixels, labels, _, _ = drawn
    assert pixels.shape == (12_000, 3, 32, 32) and pixels.dtype == torch.uint8
    assert labels.shape == (12_000,) and labels.dtype == torch.int64
    assert pixels.min() < 30 and pixels.max() > 240


def test_the_seed_fixes_every_image():
    """Same seed, same set; another seed, another set."""
    first, again, other = draw(60, 5), draw(60, 5), draw(60, 6)
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert all(torch.equal(first[2][name], again[2][name]) for name in first[2])
    assert not torch.equal(first[0], other[0])


def test_drawing_leaves_the_global_generator_alone():
    """Randomness comes from the seed alone."""
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    draw(10, 1)
    assert torch.equal(torch.rand(1), expected)


@pytest.mark.parametrize("N", [1, 10, 37, 400])
def test_classes_are_balanced(N):
    """Counts differ by one at most, and the order is not that of the classes."""
    _, labels, _ = draw(N, 0)
    counts = labels.bincount(minlength=len(CLASSES))
    assert counts.max() - counts.min() <= 1 and counts.sum() == N
    assert N < 37 or (labels.diff() != 0).float().mean() > 0.8


def test_no_two_images_are_equal(drawn):
    """A repeated draw would put training images into the test set."""
    assert len(torch.unique(drawn[0][:, :, ::4, ::4].flatten(1), dim=0)) == 12_000


@pytest.mark.parametrize("name", RANGES)
def test_each_nuisance_is_returned_in_its_range(drawn, name):
    """One row an image; between the bounds, and using nearly all of what lies between."""
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
def test_nuisances_do_not_know_the_class(drawn, name):
    """In each class the mean of each nuisance is the mean of all, up to 4.5 standard errors."""
    labels, values = drawn[1], drawn[2][name].double().flatten(1 if drawn[2][name].dim() > 1 else 0)
    values = values.view(12_000, -1)
    for label in range(len(CLASSES)):
        some = values[labels == label]
        error = values.std(0) / len(some) ** 0.5
        assert ((some.mean(0) - values.mean(0)).abs() < 4.5 * error).all(), CLASSES[label]


def test_nuisances_are_those_of_the_image(drawn):
    """Row n tells of image n: corners show the ground, and noise shows in what is left of it."""
    pixels, _, nuisances, _ = drawn
    corners = pixels[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].double().mean((1, 2)) / 255
    small = nuisances["radius"] < 15  # whose disc leaves the corners free
    seen = (nuisances["ground"] * nuisances["light"][:, 0])[small].double()
    assert torch.corrcoef(torch.stack([corners[small], seen]))[0, 1] > 0.9


def test_color_histograms_do_not_tell_the_class(drawn):
    """Averaged over a class, the histogram of 4 x 4 x 4 colours is nearly that of all images."""
    pixels, labels, _, _ = drawn
    level = (pixels >> 6).long()
    bins = (level[:, 0] * 16 + level[:, 1] * 4 + level[:, 2]).flatten(1)
    histogram = torch.zeros(12_000, 64).scatter_add_(1, bins, torch.ones(12_000, 1024)) / 1024
    for label in range(len(CLASSES)):
        distance = (histogram[labels == label].mean(0) - histogram.mean(0)).abs().sum() / 2
        assert distance < 0.1, CLASSES[label]


def test_mean_images_do_not_tell_the_class(drawn):
    """The phase is free, so the mean of a class is nearly as plain as the mean of all."""
    pixels, labels, _, _ = drawn
    overall = pixels.double().mean(0)
    for label in range(len(CLASSES)):
        difference = pixels[labels == label].double().mean(0) - overall
        assert difference.abs().mean() < 12, CLASSES[label]


def test_stripes_vary_in_their_own_direction(drawn):
    """Stripes across change going down, stripes down going right: tilt is below 45 degrees."""
    middle = drawn[0][:, :, 8:24, 8:24].double()
    down = middle.diff(dim=2).square().mean((1, 2, 3))
    right = middle.diff(dim=3).square().mean((1, 2, 3))
    across = drawn[1] == CLASSES.index("stripes across")
    upright = drawn[1] == CLASSES.index("stripes down")
    assert (down > right)[across].double().mean() > 0.95
    assert (right > down)[upright].double().mean() > 0.95


def test_a_label_out_of_range_is_refused():
    """Ten patterns, 0 to 9."""
    zero = torch.zeros(1, 2, 2)
    assert len(CLASSES) == len(set(CLASSES)) == 10
    with pytest.raises((ValueError, IndexError)):
        pattern(10, zero, zero, zero, zero)


# each pattern by its own symmetry


def plane(name, move_x=0.0, move_y=0.0, turn=0.0):
    """A pattern on a fixed set of points, moved and turned; no phase."""
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
    """Each takes at least an eighth of the plane."""
    assert 0.12 < plane(name).double().mean() < 0.88


@pytest.mark.parametrize("name, along", [("stripes across", (0.3, 0)), ("stripes down", (0, 0.3))])
def test_stripes_do_not_change_along_themselves(name, along):
    """Moved along they stay; moved half a period the other way the colours swap."""
    assert agreement(plane(name), plane(name, *along)) > 0.99
    assert agreement(plane(name), ~plane(name, *(0.5 if a == 0 else 0 for a in along))) > 0.99


def test_checks_swap_colors_by_half_a_period_either_way():
    """And stay as they are by half a period both ways."""
    assert agreement(plane("checks"), ~plane("checks", 0.5, 0)) > 0.99
    assert agreement(plane("checks"), ~plane("checks", 0, 0.5)) > 0.99
    assert agreement(plane("checks"), plane("checks", 0.5, 0.5)) > 0.99


@pytest.mark.parametrize("name", ["dots", "grid", "diamonds", "circles"])
def test_cells_repeat_in_both_directions(name):
    """A period right or down changes nothing, half of one does; a turn shows in diamonds alone."""
    assert agreement(plane(name), plane(name, 1, 0)) > 0.99
    assert agreement(plane(name), plane(name, 0, 1)) > 0.99
    assert agreement(plane(name), plane(name, 0.5, 0)) < 0.9
    same_when_turned = agreement(plane(name), plane(name, turn=torch.pi / 2)) > 0.99
    assert same_when_turned == (name != "diamonds")  # diamonds are taller than wide


def test_rings_are_round_and_a_spiral_winds():
    """Any turn leaves rings; half a turn swaps the arms of the spiral, a whole turn does not."""
    assert agreement(plane("rings"), plane("rings", turn=1.0)) > 0.99
    assert agreement(plane("spiral"), plane("spiral", turn=2 * torch.pi)) > 0.99
    assert agreement(plane("spiral"), ~plane("spiral", turn=torch.pi)) > 0.99


def test_bricks_shift_by_half_a_brick_from_course_to_course():
    """A brick is two periods long; one course down needs one period right."""
    assert agreement(plane("bricks"), plane("bricks", 2, 0)) > 0.99
    assert agreement(plane("bricks"), plane("bricks", 1, 1)) > 0.99
    assert agreement(plane("bricks"), plane("bricks", 1, 0)) < 0.95
    assert agreement(plane("bricks"), plane("bricks", 0, 1)) < 0.95


def test_every_pattern_is_another():
    """No two agree, nor one with another's colours swapped. Dots and diamonds are nearest: 95%."""
    planes = [plane(name) for name in shapes.CLASSES]
    for i, a in enumerate(planes):
        for b in planes[:i]:
            assert 0.04 < agreement(a, b) < 0.96
