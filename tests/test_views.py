"""Views: operations equal their formulas written a second way; draws follow their distributions."""

import colorsys
import math
from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from simclr_mini import views
from simclr_mini.views import RECIPES, Recipe

LUMA = (0.2989, 0.587, 0.114)
EVERYTHING = Recipe(rotation=0.5, cutout=0.5, sobel=0.3, noise=0.5)

# Every operation with a probability, as operation(x, p, generator).
CHANGES = {
    "crop": lambda x, p, g: views.random_resized_crop(x, x.shape[2], (0.1, 0.5), generator=g, p=p),
    "flip": views.horizontal_flip,
    "rotate": views.rotate,
    "cutout": lambda x, p, g: views.cutout(x, p, generator=g),
    "jitter": lambda x, p, g: views.color_jitter(x, 0.4, 0.4, 0.4, 0.1, p, g),
    "gray": views.grayscale,
    "blur": lambda x, p, g: views.gaussian_blur(x, p, (0.5, 2.0), g),
    "sobel": views.sobel,
    "noise": lambda x, p, g: views.gaussian_noise(x, p, generator=g),
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def random_images(*shape: int, seed: int = 0, dtype=torch.float32) -> Tensor:
    return torch.rand(shape, generator=seeded(seed), dtype=dtype)


def same_image(B: int, size: int = 8) -> Tensor:
    """One random image, B times."""
    return random_images(1, 3, size, size).expand(B, -1, -1, -1)


def changed(x: Tensor, y: Tensor) -> Tensor:
    """Which images of the batch differ. Shape (B,)."""
    return (x != y).flatten(1).any(1)


def assert_rate(hits: int, draws: int, p: float):
    """`hits` is within five standard deviations of its mean, for a coin with probability p."""
    assert abs(hits - draws * p) <= 5 * math.sqrt(draws * p * (1 - p)), f"{hits} of {draws}"


def assert_even(counts: Counter, outcomes: int):
    """Every outcome came up, and about as often as the others."""
    draws = sum(counts.values())
    assert len(counts) == outcomes
    for hits in counts.values():
        assert_rate(hits, draws, 1 / outcomes)


def assert_uniform(values: Tensor, low: float, high: float):
    """Kolmogorov-Smirnov test: uniform draws exceed a gap of 1.95 / sqrt(n) once in 1,000 times."""
    values = values.double().sort().values
    n = len(values)
    law = ((values - low) / (high - low)).clamp(0, 1)
    steps = torch.arange(n + 1).double() / n
    gap = torch.maximum((law - steps[:-1]).abs(), (law - steps[1:]).abs()).max()
    assert gap < 1.95 / math.sqrt(n), f"gap {gap:.4f}"


# Colour, pixel by pixel.


def clip(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def luma(pixel) -> float:
    return sum(weight * channel for weight, channel in zip(LUMA, pixel, strict=True))


def for_each_pixel(x: Tensor, change) -> Tensor:
    """change(pixel, b) -> pixel, for each pixel of each image b, in float64."""
    y = x.double().clone()
    B, _, H, W = x.shape
    for b in range(B):
        for i in range(H):
            for j in range(W):
                y[b, :, i, j] = torch.tensor(change(x[b, :, i, j].tolist(), b)).double()
    return y


def turn_hue(pixel, shift: float):
    hue, saturation, value = colorsys.rgb_to_hsv(*pixel)
    return colorsys.hsv_to_rgb((hue + shift) % 1, saturation, value)


FACTORS = torch.tensor([0.0, 0.3, 1.0, 1.7, 2.5])
SHIFTS = torch.tensor([-0.5, -0.21, 0.0, 0.05, 1 / 3])


def test_gray_is_luma():
    x = random_images(2, 3, 3, 5)
    expected = for_each_pixel(x, lambda pixel, b: [luma(pixel)] * 3)[:, :1]
    torch.testing.assert_close(views.to_gray(x).double(), expected, atol=1e-5, rtol=0)


def test_brightness_multiplies_and_clips():
    x = random_images(5, 3, 3, 5)
    f = FACTORS.tolist()
    expected = for_each_pixel(x, lambda pixel, b: [clip(f[b] * c) for c in pixel])
    y = views.adjust_brightness(x, FACTORS)
    torch.testing.assert_close(y.double(), expected, atol=1e-5, rtol=0)


def test_contrast_blends_with_the_mean_luma_of_its_own_image():
    x = random_images(5, 3, 3, 5) * torch.linspace(0.2, 1, 5)[:, None, None, None]
    f = FACTORS.tolist()
    means = [
        sum(luma(x[b, :, i, j].tolist()) for i in range(3) for j in range(5)) / 15 for b in range(5)
    ]
    expected = for_each_pixel(
        x, lambda pixel, b: [clip(f[b] * c + (1 - f[b]) * means[b]) for c in pixel]
    )
    y = views.adjust_contrast(x, FACTORS)
    torch.testing.assert_close(y.double(), expected, atol=1e-5, rtol=0)


def test_saturation_blends_with_the_luma_of_its_own_pixel():
    x = random_images(5, 3, 3, 5)
    f = FACTORS.tolist()
    expected = for_each_pixel(
        x, lambda pixel, b: [clip(f[b] * c + (1 - f[b]) * luma(pixel)) for c in pixel]
    )
    y = views.adjust_saturation(x, FACTORS)
    torch.testing.assert_close(y.double(), expected, atol=1e-5, rtol=0)


def test_hue_turns_as_colorsys_does():
    x = random_images(5, 3, 4, 7)
    expected = for_each_pixel(x, lambda pixel, b: turn_hue(pixel, SHIFTS[b].item()))
    y = views.adjust_hue(x, SHIFTS)
    torch.testing.assert_close(y.double(), expected, atol=1e-5, rtol=0)


def test_hue_is_right_if_channels_are_equal():
    """Channels are 0, 1/2 or 1: these are corners and edges of the colour cube, and greys."""
    levels = torch.tensor([0.0, 0.5, 1.0])
    x = torch.cartesian_prod(levels, levels, levels).T.reshape(1, 3, 3, 9)
    for shift in (-0.5, -1 / 6, 0.0, 0.1, 1 / 3, 0.5):
        expected = for_each_pixel(x, lambda pixel, b, shift=shift: turn_hue(pixel, shift))
        y = views.adjust_hue(x, torch.tensor([shift]))
        torch.testing.assert_close(y.double(), expected, atol=1e-5, rtol=0)


def test_a_third_of_a_turn_makes_red_green():
    red = torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1)
    green = views.adjust_hue(red, torch.tensor([1 / 3]))
    torch.testing.assert_close(green.flatten(), torch.tensor([0.0, 1.0, 0.0]), atol=1e-6, rtol=0)


@given(st.lists(st.integers(0, 255), min_size=3, max_size=3), st.floats(-0.5, 0.5, width=32))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_hue_keeps_the_largest_and_smallest_channel(rgb, shift):
    x = (torch.tensor(rgb) / 255).view(1, 3, 1, 1)
    y = views.adjust_hue(x, torch.tensor([shift]))
    assert y.max().item() == pytest.approx(x.max().item(), abs=1e-6)
    assert y.min().item() == pytest.approx(x.min().item(), abs=1e-6)


@pytest.mark.parametrize(
    "adjust", [views.adjust_brightness, views.adjust_contrast, views.adjust_saturation]
)
def test_factor_one_changes_nothing(adjust):
    x = random_images(3, 3, 4, 4)
    torch.testing.assert_close(adjust(x, torch.ones(3)), x)


# Resizing.


def triangle_weights(start: int, length: int, source: int, size: int) -> list[list[float]]:
    """A triangle around each output pixel's centre, cut off at the box and scaled to sum 1."""
    scale = length / size
    width = max(scale, 1.0)
    table = []
    for i in range(size):
        centre = start + (i + 0.5) * scale
        weights = [0.0] * source
        for k in range(start, start + length):
            weights[k] = max(0.0, 1 - abs(k + 0.5 - centre) / width)
        table.append([w / sum(weights) for w in weights])
    return table


def crop_and_resize_in_loops(x: Tensor, boxes: list, size: int) -> Tensor:
    B, C, H, W = x.shape
    y = torch.zeros(B, C, size, size, dtype=torch.float64)
    for b, (top, left, height, width) in enumerate(boxes):
        rows = triangle_weights(top, height, H, size)
        columns = triangle_weights(left, width, W, size)
        for c in range(C):
            image = x[b, c].tolist()
            for i in range(size):
                for j in range(size):
                    y[b, c, i, j] = sum(
                        rows[i][k] * columns[j][m] * image[k][m]
                        for k in range(top, top + height)
                        for m in range(left, left + width)
                    )
    return y


@pytest.mark.parametrize("size", [1, 3, 7, 11])
def test_resize_equals_a_loop_over_pixels(size):
    x = random_images(3, 3, 7, 11)
    boxes = [(0, 0, 7, 11), (2, 3, 5, 1), (1, 6, 3, 5)]
    y = views.crop_and_resize(x, torch.tensor(boxes), size)
    torch.testing.assert_close(
        y.double(), crop_and_resize_in_loops(x, boxes, size), atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("source", [(32, 32), (17, 41), (53, 13)])
@pytest.mark.parametrize("size", [5, 16, 31, 32, 64])
def test_resize_equals_torch_with_antialias(source, size):
    H, W = source
    x = random_images(6, 3, H, W)
    boxes = [
        (0, 0, H, W),
        (0, 0, 1, 1),
        (H - 1, 0, 1, W),
        (3, 2, 7, 11),
        (5, 1, 8, 3),
        (1, 4, 9, 9),
    ]
    y = views.crop_and_resize(x, torch.tensor(boxes), size)
    for b, (top, left, h, w) in enumerate(boxes):
        expected = F.interpolate(
            x[b : b + 1, :, top : top + h, left : left + w],
            (size, size),
            mode="bilinear",
            align_corners=False,
            antialias=True,
        )
        torch.testing.assert_close(y[b : b + 1], expected, atol=1e-5, rtol=0)


def test_resizing_to_the_same_size_changes_nothing():
    x = random_images(4, 3, 13, 13)
    torch.testing.assert_close(views.crop_and_resize(x, views.whole_image(x), 13), x)


def test_a_crop_sees_nothing_outside_its_box():
    x = torch.full((1, 3, 9, 9), torch.inf)
    x[:, :, 2:5, 3:7] = 0.5
    x = x.nan_to_num(posinf=1e6)
    y = views.crop_and_resize(x, torch.tensor([[2, 3, 3, 4]]), 8)
    torch.testing.assert_close(y, torch.full_like(y, 0.5))


# Crop boxes.


def test_boxes_lie_inside_the_image():
    for H, W in ((32, 32), (7, 50), (50, 7), (1, 1)):
        top, left, h, w = views.crop_boxes(2000, H, W, (0.01, 1), (0.5, 2), seeded()).unbind(1)
        assert (top >= 0).all() and (left >= 0).all()
        assert (h >= 1).all() and (w >= 1).all()
        assert (top + h <= H).all() and (left + w <= W).all()


def test_area_and_the_logarithm_of_the_ratio_are_uniform():
    """Every box fits, and the image is so large that rounding to pixels does not matter."""
    side = 10_000
    _, _, h, w = views.crop_boxes(4000, side, side, (0.08, 0.5), (3 / 4, 4 / 3), seeded()).unbind(1)
    assert_uniform(h * w / side**2, 0.08, 0.5)
    assert_uniform((w / h).log(), math.log(3 / 4), math.log(4 / 3))


def test_area_and_ratio_are_independent():
    """If one depended on the other, both could still have the distributions above."""
    boxes = views.crop_boxes(4000, 10_000, 10_000, (0.08, 0.5), (3 / 4, 4 / 3), seeded()).double()
    h, w = boxes[:, 2], boxes[:, 3]
    correlation = torch.corrcoef(torch.stack([h * w, (w / h).log()]))[0, 1]
    assert abs(correlation) < 5 / math.sqrt(4000)


def test_a_box_that_does_not_fit_is_drawn_again_not_clipped():
    """The areas are torchvision's. Clipping would make too many boxes as high as the image."""
    draws = torch.rand(2000, 10, 2, generator=seeded(1)).tolist()
    areas = []
    for candidates in draws:
        for u, v in candidates:
            area = 0.08 + 0.92 * u
            ratio = math.exp(math.log(3 / 4) + v * math.log(16 / 9))
            if area * ratio <= 1 and area / ratio <= 1:
                areas.append(area)
                break
    expected = torch.tensor(areas).double().quantile(torch.linspace(0, 1, 21).double())
    _, _, h, w = views.crop_boxes(4000, 9999, 9999, (0.08, 1), (3 / 4, 4 / 3), seeded()).unbind(1)
    got = (h * w / 9999**2).double().quantile(torch.linspace(0, 1, 21).double())
    assert (got - expected).abs().max() < 0.05
    assert (h == 9999).float().mean() < 0.01


@pytest.mark.parametrize("H, W, expected", [(10, 1000, (10, 13)), (1000, 10, (13, 10))])
def test_an_image_too_wide_for_any_box_gives_the_largest_one_allowed(H, W, expected):
    boxes = views.crop_boxes(50, H, W, (0.9, 1.0), (3 / 4, 4 / 3), seeded())
    assert {(h, w) for _, _, h, w in boxes.tolist()} == {expected}


@pytest.mark.parametrize("H, W, ratio", [(100, 3, (10.0, 10.0)), (2, 100, (0.1, 0.2))])
def test_the_last_resort_has_at_least_one_pixel(H, W, ratio):
    boxes = views.crop_boxes(50, H, W, (0.9, 1.0), ratio, seeded())
    assert (boxes[:, 2:] > 0).all()


def test_every_position_of_a_box_is_equally_likely():
    """A 2 x 2 box in a 5 x 6 image has 4 x 5 positions."""
    boxes = views.crop_boxes(4000, 5, 6, (4 / 30, 4 / 30), (1, 1), seeded())
    assert {(h, w) for _, _, h, w in boxes.tolist()} == {(2, 2)}
    assert_even(Counter((top, left) for top, left, _, _ in boxes.tolist()), 20)


def test_a_crop_shows_a_part_of_the_image_in_the_right_order():
    """A crop of an image that brightens to the right does so too, and only over a part."""
    x = torch.arange(32.0).expand(200, 3, 32, 32) / 31
    y = views.random_resized_crop(x, 32, (0.08, 0.5), generator=seeded())
    assert (y.diff(dim=3) >= -1e-6).all()
    assert (y >= -1e-6).all() and (y <= 1 + 1e-6).all()
    assert (y.amax((1, 2, 3)) - y.amin((1, 2, 3)) < 0.9).all()
    assert y[:, 0, 0, 0].unique().numel() > 10


# One coin and one draw for each image.


@every_change
def test_probability_zero_changes_nothing(change):
    x = random_images(16, 3, 8, 8)
    torch.testing.assert_close(change(x, 0.0, seeded()), x)


@every_change
def test_the_coin_is_thrown_for_each_image_with_the_given_probability(change):
    """One coin for a batch would give a rate of 0 or 1."""
    share = 3 / 4 if change is views.rotate else 1  # a turn by 0 degrees changes nothing
    x = same_image(2000)
    y = change(x, 0.3, seeded())
    assert_rate(int(((x - y).abs().amax((1, 2, 3)) > 1e-4).sum()), 2000, 0.3 * share)


@pytest.mark.parametrize("name", [name for name in CHANGES if name != "rotate"])
def test_probability_one_changes_every_image(name):
    x = same_image(200)
    assert changed(x, CHANGES[name](x, 1.0, seeded())).all()


@pytest.mark.parametrize("name", ["crop", "jitter", "blur", "cutout", "noise"])
def test_each_image_draws_its_own_parameters(name):
    x = same_image(16, 32)
    y = CHANGES[name](x, 1.0, seeded())
    assert len(y.flatten(1).unique(dim=0)) == 16


@every_change
def test_the_input_is_never_changed(change):
    x = random_images(16, 3, 8, 8)
    before = x.clone()
    change(x, 1.0, seeded())
    assert torch.equal(x, before)


@every_change
def test_a_change_keeps_shape_dtype_and_range(change):
    for dtype in (torch.float32, torch.float64):
        x = random_images(7, 3, 11, 11, dtype=dtype)
        y = change(x, 0.5, seeded())
        assert y.shape == x.shape and y.dtype == dtype
        assert y.min() >= -1e-6 and y.max() <= 1 + 1e-6


@every_change
def test_with_a_generator_torchs_own_is_not_used(change):
    before = torch.get_rng_state()
    change(random_images(4, 3, 8, 8), 0.5, seeded())
    assert torch.equal(torch.get_rng_state(), before)


@every_change
def test_without_a_generator_torchs_own_is_used(change):
    x = same_image(64)
    torch.manual_seed(3)
    first, second = change(x, 0.5, None), change(x, 0.5, None)
    torch.manual_seed(3)
    assert torch.equal(change(x, 0.5, None), first)
    assert not torch.equal(first, second)


# Flip, rotation, cutout.


def test_flip_reverses_the_order_of_columns():
    x = random_images(2, 3, 4, 5)
    y = views.horizontal_flip(x, 1.0, seeded())
    for j in range(5):
        assert torch.equal(y[..., j], x[..., 4 - j])


def test_each_of_the_four_turns_comes_up_a_quarter_of_the_time():
    """The top right corner and the pixel to its left show a turn, never a flip."""
    x = torch.zeros(4000, 3, 5, 5)
    x[:, :, 0, 4] = 1
    x[:, :, 0, 3] = 0.5
    y = views.rotate(x, 1.0, seeded())[:, 0]
    seen = Counter(
        str([(image == value).nonzero()[0].tolist() for value in (1, 0.5)]) for image in y
    )
    assert_even(seen, 4)
    assert set(seen) == {
        "[[0, 4], [0, 3]]",
        "[[0, 0], [1, 0]]",
        "[[4, 0], [4, 1]]",
        "[[4, 4], [3, 4]]",
    }


def test_cutout_paints_one_black_square_and_nothing_else():
    x = random_images(300, 3, 16, 16) + 0.01
    y = views.cutout(x, 1.0, 0.5, seeded())
    sides = []
    for before, after in zip(x, y, strict=True):
        hole = (after == 0).all(0)
        rows, columns = hole.any(1).nonzero()[:, 0], hole.any(0).nonzero()[:, 0]
        box = torch.zeros_like(hole)
        box[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
        assert torch.equal(hole, box)
        assert torch.equal(after[:, ~hole], before[:, ~hole])
        sides.append((len(rows), len(columns)))
    assert max(sides) == (8, 8) and min(min(side) for side in sides) >= 4


# Jitter.


def jitter_in_order(x: Tensor, steps, order) -> Tensor:
    for k in order:
        adjust, amount = steps[k]
        x = adjust(x, amount)
    return x


def test_jitter_order_is_drawn_for_each_image(monkeypatch):
    """Each step appends its number to every pixel, so an image's pixels record its order."""
    names = ["brightness", "contrast", "saturation", "hue"]
    for k, name in enumerate(names):
        monkeypatch.setattr(views, f"adjust_{name}", lambda x, amount, k=k: x * 10 + k)
    y = views.color_jitter(torch.zeros(4800, 3, 1, 1), 0.4, 0.4, 0.4, 0.1, 1.0, seeded())
    record = Counter(f"{int(value):04d}" for value in y[:, 0, 0, 0].tolist())
    assert set(record) <= {"".join(order) for order in permutations("0123")}
    assert_even(record, 24)


@pytest.mark.parametrize(
    "name, strengths, low, high",
    [
        ("brightness", (0.4, 0, 0, 0), 0.6, 1.4),
        ("brightness", (1.6, 0, 0, 0), 0.0, 2.6),
        ("contrast", (0, 0.4, 0, 0), 0.6, 1.4),
        ("contrast", (0, 1.6, 0, 0), 0.0, 2.6),
        ("saturation", (0, 0, 0.4, 0), 0.6, 1.4),
        ("saturation", (0, 0, 1.6, 0), 0.0, 2.6),
        ("hue", (0, 0, 0, 0.1), -0.1, 0.1),
    ],
)
def test_jitter_draws_uniformly_from_the_range_of_its_strength(
    monkeypatch, name, strengths, low, high
):
    drawn = []
    monkeypatch.setattr(views, f"adjust_{name}", lambda x, amount: (drawn.append(amount), x)[1])
    views.color_jitter(torch.full((3000, 3, 1, 1), 0.5), *strengths, 1.0, seeded())
    amounts = torch.cat(drawn)
    assert len(amounts) == 3000
    assert amounts.min() >= low and amounts.max() <= high
    assert_uniform(amounts, low, high)


def test_brightness_jitter_alone_scales_an_image_by_one_number():
    x = 0.1 + 0.4 * random_images(50, 3, 4, 4)
    ratio = (views.color_jitter(x, 0.8, 0, 0, 0, 1.0, seeded()) / x).flatten(1)
    torch.testing.assert_close(ratio.amin(1), ratio.amax(1), rtol=1e-4, atol=1e-5)
    assert ratio[:, 0].min() < 0.4 and ratio[:, 0].max() > 1.6


def test_jitter_is_its_four_steps_in_one_of_the_24_orders(monkeypatch):
    x = random_images(20, 3, 4, 4)
    steps = [
        (getattr(views, f"adjust_{name}"), amount)
        for name, amount in zip(
            ("brightness", "contrast", "saturation", "hue"), (1.7, 0.4, 1.6, 0.2), strict=True
        )
    ]
    fixed = iter([amount for _, amount in steps])
    monkeypatch.setattr(views, "uniform", lambda B, *_: torch.full((B,), next(fixed)))
    y = views.color_jitter(x, 0.8, 0.8, 0.8, 0.2, 1.0, seeded())
    steps = [(adjust, torch.full((20,), amount)) for adjust, amount in steps]
    orders = torch.stack([jitter_in_order(x, steps, order) for order in permutations(range(4))])
    distance = (orders - y).abs().amax((2, 3, 4)).amin(0)
    assert distance.max() < 1e-5


def test_strength_zero_is_the_identity():
    x = random_images(16, 3, 8, 8)
    y = views.color_jitter(x, 0, 0, 0, 0, 1.0, seeded())
    torch.testing.assert_close(y, x, atol=1e-6, rtol=0)


def test_a_grey_image_has_three_equal_channels_of_its_luma():
    x = random_images(5, 3, 6, 6)
    y = views.grayscale(x, 1.0, seeded())
    for channel in y.unbind(1):
        torch.testing.assert_close(channel, views.to_gray(x)[:, 0])


# Blur, edges, noise.


def blur_in_loops(image: Tensor, sigma: float, reach: int) -> Tensor:
    """Every pixel is a weighted sum of those around it; the image is reflected at its border."""
    H, W = image.shape[1:]

    def mirror(i: int, n: int) -> int:
        return -i if i < 0 else 2 * (n - 1) - i if i >= n else i

    offsets = range(-reach, reach + 1)
    bell = {(a, b): math.exp(-(a * a + b * b) / (2 * sigma**2)) for a in offsets for b in offsets}
    y = torch.zeros_like(image)
    for i in range(H):
        for j in range(W):
            for (a, b), weight in bell.items():
                y[:, i, j] += weight * image[:, mirror(i + a, H), mirror(j + b, W)]
    return y / sum(bell.values())


@pytest.mark.parametrize("size, reach", [(5, 1), (41, 2)])
def test_blur_equals_a_loop_over_pixels(size, reach):
    x = random_images(2, 3, size, size, dtype=torch.float64)
    sigma = torch.tensor([0.3, 1.9], dtype=torch.float64)
    expected = torch.stack([blur_in_loops(x[b], sigma[b].item(), reach) for b in range(2)])
    torch.testing.assert_close(views.blur(x, sigma), expected)


@pytest.mark.parametrize("size, taps", [(8, 3), (32, 3), (96, 9), (224, 23)])
def test_the_kernel_is_a_tenth_of_the_side(size, taps):
    """A bright pixel becomes as wide as the kernel. In the official code, that is 23 at 224."""
    x = torch.zeros(1, 3, size, size)
    x[:, :, size // 2, size // 2] = 1
    y = views.blur(x, torch.tensor([2.0]))[0, 0]
    assert (y.sum(0) > 0).sum() == taps and (y.sum(1) > 0).sum() == taps


def test_blur_keeps_a_flat_colour():
    x = torch.tensor([0.2, 0.5, 0.9])[None, :, None, None].expand(4, 3, 9, 9)
    torch.testing.assert_close(views.gaussian_blur(x, 1.0, generator=seeded()), x)


def test_blur_widths_are_drawn_uniformly(monkeypatch):
    drawn = []
    monkeypatch.setattr(views, "blur", lambda x, sigma: (drawn.append(sigma), x)[1])
    views.gaussian_blur(torch.zeros(3000, 3, 1, 1), 1.0, generator=seeded())
    assert_uniform(torch.cat(drawn), 0.1, 2.0)


def test_slopes_of_a_ramp_are_constant():
    """A rise of 0.02 per column is a slope of 8 * 0.02 / 4 to the right, and of 0 downwards."""
    x = (0.02 * torch.arange(20.0)).expand(1, 3, 20, 20)
    slopes = views.sobel_gradients(x)[0, :, 1:-1, 1:-1]
    torch.testing.assert_close(slopes[0], torch.full((18, 18), 0.04 * sum(LUMA)))
    torch.testing.assert_close(slopes[1], torch.zeros(18, 18))
    downwards = views.sobel_gradients(x.mT)[0, :, 1:-1, 1:-1]
    torch.testing.assert_close(downwards, slopes.flip(0).mT)


def test_sobel_of_a_flat_image_is_black_and_channels_are_equal():
    assert views.sobel(torch.full((2, 3, 8, 8), 0.7), 1.0, seeded()).abs().max() < 1e-6
    y = views.sobel(random_images(3, 3, 8, 8), 1.0, seeded())
    assert torch.equal(y[:, 0], y[:, 1]) and torch.equal(y[:, 0], y[:, 2])


def test_sobel_is_the_norm_of_the_slopes_clipped_to_one():
    """At a white corner the slopes are 3/4 and 3/4, with norm 1.06; at its edges, 1 and 0."""
    x = torch.zeros(1, 3, 8, 8)
    x[:, :, 4:, 4:] = 1
    length = views.sobel_gradients(x).square().sum(1).sqrt()
    assert length.max().item() == pytest.approx(0.75 * math.sqrt(2), rel=1e-3)
    y = views.sobel(x, 1.0, seeded())
    torch.testing.assert_close(y[:, 0], length.clamp(max=1))


def test_noise_is_gaussian_with_mean_zero_and_the_given_standard_deviation():
    x = torch.full((20, 3, 32, 32), 0.5)
    noise = views.gaussian_noise(x, 1.0, 0.1, seeded()) - x
    n = noise.numel()
    assert abs(noise.mean()) < 5 * 0.1 / math.sqrt(n)
    assert noise.std().item() == pytest.approx(0.1, rel=5 / math.sqrt(2 * n))
    assert_rate(int((noise.abs() < 0.1).sum()), n, math.erf(1 / math.sqrt(2)))
    assert not torch.equal(noise[:, 0], noise[:, 1])


# Whole views and recipes.


@pytest.mark.parametrize("recipe", [*RECIPES.values(), EVERYTHING], ids=[*RECIPES, "everything"])
@pytest.mark.parametrize("B", [0, 1, 7])
def test_a_view_has_the_shape_dtype_and_range_of_an_image(recipe, B):
    for dtype in (torch.float32, torch.float64):
        x = random_images(B, 3, 32, 32, dtype=dtype)
        for view in views.two_views(x, recipe, seeded()):
            assert view.shape == x.shape and view.dtype == dtype
            assert ((view >= -1e-6) & (view <= 1 + 1e-6)).all()


@pytest.mark.parametrize("crop", [0.0, 0.5, 1.0])
def test_a_view_has_the_size_of_its_recipe(crop):
    x = random_images(3, 3, 20, 31)
    for view in views.two_views(x, Recipe(size=17, crop=crop), seeded()):
        assert view.shape == (3, 3, 17, 17)


def test_the_two_views_differ_and_so_do_two_calls():
    x, g = random_images(64, 3, 32, 32), seeded()
    x1, x2 = views.two_views(x, RECIPES["simclr"], g)
    x3, x4 = views.two_views(x, RECIPES["simclr"], g)
    for a, b in ((x1, x2), (x3, x4), (x1, x3), (x2, x4)):
        assert changed(a, b).all()


def test_the_same_seed_gives_the_same_views():
    x = random_images(16, 3, 32, 32)
    first = views.two_views(x, EVERYTHING, seeded(5))
    again = views.two_views(x, EVERYTHING, seeded(5))
    other = views.two_views(x, EVERYTHING, seeded(6))
    assert torch.equal(first[0], again[0]) and torch.equal(first[1], again[1])
    assert not torch.equal(first[0], other[0])


def test_views_change_neither_their_images_nor_torchs_generator():
    x = random_images(16, 3, 32, 32)
    before, state = x.clone(), torch.get_rng_state()
    views.two_views(x, EVERYTHING, seeded())
    assert torch.equal(x, before)
    assert torch.equal(torch.get_rng_state(), state)


def test_row_b_of_both_views_shows_image_b():
    """Each image is one grey level, which crop, flip, blur and grey cannot change."""
    x = torch.linspace(0, 1, 37)[:, None, None, None].expand(37, 3, 16, 16)
    recipe = replace(RECIPES["simclr"], jitter=0.0)
    for view in views.two_views(x, recipe, seeded()):
        torch.testing.assert_close(view, x, atol=1e-3, rtol=0)  # LUMA has sum 0.9999


def test_recipe_none_is_the_identity():
    x = random_images(5, 3, 32, 32)
    for view in views.two_views(x, RECIPES["none"], seeded()):
        assert torch.equal(view, x)


def test_recipe_crop_only_keeps_a_flat_colour():
    x = torch.tensor([0.2, 0.5, 0.9])[None, :, None, None].expand(40, 3, 16, 16)
    torch.testing.assert_close(views.one_view(x, RECIPES["crop_only"], seeded()), x)


CALLS = {
    "random_resized_crop": "crop",
    "horizontal_flip": "flip",
    "rotate": "rotate",
    "cutout": "cutout",
    "color_jitter": "jitter",
    "grayscale": "gray",
    "gaussian_blur": "blur",
    "sobel": "sobel",
    "gaussian_noise": "noise",
}


def calls_of(recipe: Recipe, monkeypatch) -> dict[str, tuple]:
    """The changes that a view makes, in order, with the other arguments of each."""
    calls = {}
    for name in CALLS:

        def spy(x, *given, name=name, **named):
            calls[CALLS[name]] = tuple(v for v in given if not isinstance(v, torch.Generator))
            return x

        monkeypatch.setattr(views, name, spy)
    views.one_view(torch.zeros(1, 3, 32, 32), recipe, seeded())
    return calls


def test_recipe_simclr_is_appendix_a(monkeypatch):
    calls = calls_of(RECIPES["simclr"], monkeypatch)
    assert list(calls) == ["crop", "flip", "jitter", "gray", "blur"]
    assert calls["crop"][:3] == (32, (0.08, 1.0), (3 / 4, 4 / 3))
    assert calls["jitter"] == pytest.approx((0.8, 0.8, 0.8, 0.2, 0.8))
    assert (*calls["flip"], *calls["gray"], *calls["blur"]) == (0.5, 0.2, 0.5)


def test_recipe_cifar_is_appendix_b9_with_half_the_strength_and_no_blur(monkeypatch):
    calls = calls_of(RECIPES["cifar"], monkeypatch)
    assert list(calls) == ["crop", "flip", "jitter", "gray"]
    assert calls["jitter"] == pytest.approx((0.4, 0.4, 0.4, 0.1, 0.8))


def test_every_change_of_a_recipe_is_made_in_the_papers_order(monkeypatch):
    assert list(calls_of(EVERYTHING, monkeypatch)) == [
        "crop",
        "flip",
        "rotate",
        "cutout",
        "jitter",
        "gray",
        "blur",
        "sobel",
        "noise",
    ]
