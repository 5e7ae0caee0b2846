"""Lesson 1: random changes of an image, from one coin to two views."""

import inspect
import itertools
import math
from dataclasses import replace

import torch
from torch import Tensor

from lessons.course.check import about, call, draws_without_generator, wrong
from lessons.course.device import elsewhere, strays_and_draws
from lessons.course.show import describe
from simclr_mini.views import (
    RECIPES,
    Recipe,
    adjust_brightness,
    adjust_contrast,
    adjust_saturation,
    color_jitter,
    crop_and_resize,
    crop_boxes,
    gaussian_blur,
    grayscale,
    horizontal_flip,
    random_resized_crop,
    to_gray,
    two_views,
)

FACTORS = torch.tensor([0.0, 0.4, 1.0, 1.3, 2.5])


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def images(B, H, W, seed=0):
    """Images of random colours in [0, 1]; no two pixels are the same."""
    return torch.rand(B, 3, H, W, generator=seeded(seed))


def ramps(B, H, W):
    """Images that tell where a pixel is: red holds its row, green its column, blue its image."""
    row = ((torch.arange(H) + 0.5) / H)[:, None].expand(B, H, W)
    column = ((torch.arange(W) + 0.5) / W).expand(B, H, W)
    number = (torch.arange(B) / B)[:, None, None].expand(B, H, W)
    return torch.stack([row, column, number], 1)


def same_kind(function, x, *rest, **more):
    """The result has the images' type, and is on their device. Random numbers come from the CPU."""
    floats = [isinstance(one, Tensor) and one.is_floating_point() for one in rest]
    for kind in (torch.float64, torch.float32):
        given = [one.to(kind) if w else one for one, w in zip(rest, floats, strict=True)]
        got = call(function, x.to(kind), *given, **more)
        for one in got.value if isinstance(got.value, tuple) else (got.value,):
            if one.dtype != kind:
                said = "The result must have the type of the images."
                wrong(said, call=got.call, expected=kind, got=one.dtype)
    there = [elsewhere(one) if w else one for one, w in zip(rest, floats, strict=True)]
    random = "generator" in inspect.signature(function).parameters
    many = x.repeat(8, 1, 1, 1) if random else x  # so that some images change
    said, without = strays_and_draws(lambda x: function(x, *there, **more), many)
    text = describe(function, (x, *rest), more)
    if said:
        sentence = "On a GPU this would fail. Which tensor do you leave on the CPU?"
        wrong(sentence, call=text, expected="one device", got=said)
    if without and random:
        said = "You draw random numbers on the images' device, so a GPU would give different views."
        wrong(said, call=text, expected="numbers drawn on the CPU", got="none")


def changed(x, y):
    """Whether each image differs between two batches, shape (B,)."""
    return ((x - y).abs() > 1e-4).flatten(1).any(1)


def rate_is(flags, p, call, what):
    """A share p of the flags is true, within 5 standard deviations; neighbours are independent."""
    n, hits = len(flags), int(flags.sum())
    if abs(hits - n * p) > 5 * math.sqrt(n * p * (1 - p)):
        said = f"The share of images that are {what} is wrong."
        wrong(said, call=call, expected=f"about {p:.3g}", got=hits / n)
    agree = (flags[1:] == flags[:-1]).float().mean().item()
    fair = p * p + (1 - p) ** 2
    if abs(agree - fair) > 6 * math.sqrt(fair * (1 - fair) / n) + 1e-3:
        said = f"Whether an image is {what} depends on its neighbour in the batch."
        wrong(said, call=call, expected=f"the same for {fair:.2f} of all pairs", got=agree)


def number_varies(f, B=3):
    """In a batch of three, any number of images may be changed: 0, 1, 2 or 3."""
    x = images(B, 3, 3)
    counts = {int(changed(x, f(x)).sum()) for _ in range(100)}
    if counts != set(range(B + 1)):
        said = "Each image should have its own coin, so 0, 1, 2 or 3 of three images may change."
        wrong(said, expected="0, 1, 2 and 3", got=f"only {sorted(counts)} in 100 batches")


def count_varies(f, B=20):
    """Eight batches do not all have the same number of changed images."""
    x = images(B, 3, 3)
    counts = {int(changed(x, f(x)).sum()) for _ in range(8)}
    if len(counts) == 1:
        said = "Each image should have its own coin, so the number of changed images must vary."
        wrong(said, expected="several numbers in 8 batches", got=f"always {counts.pop()} of {B}")


def is_uniform(values, low, high, call, what):
    """The values are uniform on [low, high], by the Kolmogorov-Smirnov test."""
    values = values.double().sort().values
    n = len(values)
    law = ((values - low) / (high - low)).clamp(0, 1)
    steps = torch.arange(n + 1).double() / n
    gap = torch.maximum((law - steps[:-1]).abs(), (law - steps[1:]).abs()).max().item()
    if gap > 2.5 / math.sqrt(n):
        ends = f"from {values[0]:.3g} to {values[-1]:.3g}, median {values[n // 2]:.3g}"
        said = f"{what} is not uniform."
        wrong(said, call=call, expected=f"uniform in {low:g} … {high:g}", got=ends)


def is_uncorrelated(a, b, call, what):
    """The correlation of two lists of values is close to 0."""
    r = torch.corrcoef(torch.stack([a.double(), b.double()]))[0, 1].item()
    if not abs(r) < 5 / math.sqrt(len(a)):
        wrong(f"{what} are correlated.", call=call, expected="correlation 0", got=r)


def obeys_generator(f):
    """The result depends on the given generator and on nothing else."""
    state = torch.get_rng_state()
    g = seeded(3)
    first, second = f(g), f(g)
    again = f(seeded(3))
    if not torch.equal(first, again):
        wrong("Equal seeds give different results: do all draws use `generator`?")
    if torch.equal(first, second):
        wrong("The second call repeats the first: do you seed a generator inside the function?")
    if not torch.equal(state, torch.get_rng_state()):
        wrong("You use or seed torch's global generator although you were given another one.")
    draws_without_generator(lambda: f(None))


# Step 1: flip


@about("horizontal_flip")
def test_flip_by_hand():
    """With p = 1, every row 1 2 3 becomes 3 2 1, in every channel; the rows keep their order."""
    x = torch.arange(1.0, 19.0).reshape(1, 3, 2, 3) / 18
    expected = x[:, :, :, [2, 1, 0]]
    why = "Left becomes right, but up stays up and red stays red."
    call(horizontal_flip, x, 1.0).gives(expected, why=why)


@about("horizontal_flip")
def test_flip_equals_the_loops(oracle):
    """With p = 1, pixel j comes from pixel W - 1 - j; with p = 0, nothing changes."""
    for B, H, W in [(2, 5, 3), (3, 2, 7), (5, 3, 4)]:
        x = images(B, H, W, seed=W)
        call(horizontal_flip, x, 1.0).gives(oracle("horizontal_flip")(x, 1.0))
        call(horizontal_flip, x, 0.0).gives(x)
    same_kind(horizontal_flip, x, 0.5)


@about("horizontal_flip")
def test_each_image_is_flipped_or_unchanged_by_its_own_coin():
    """Each image is flipped as a whole or left unchanged, by its own coin with probability p."""
    x = images(1500, 2, 3)
    for p in [0.5, 0.2]:
        got = call(horizontal_flip, x, p)
        same, flipped = ~changed(x, got.value), ~changed(x.flip(3), got.value)
        if not (same | flipped).all():
            wrong("Some image is neither unchanged nor flipped.", call=got.call)
        rate_is(flipped, p, got.call, "flipped")
    number_varies(horizontal_flip)


@about("horizontal_flip")
def test_flip_uses_the_given_generator():
    """The same seed gives the same batch, and each further call gives a different one."""
    x = images(40, 2, 3)
    obeys_generator(lambda g: call(horizontal_flip, x, 0.5, g).value)


# Step 2: boxes


@about("crop_boxes")
def test_boxes_have_whole_pixels_and_lie_inside_the_image():
    """Top, left, height and width are whole numbers, and no box extends beyond the image."""
    for H, W in [(5, 5), (7, 31), (32, 11)]:
        got = call(crop_boxes, 500, H, W, (0.08, 1.0), (0.5, 2.0))
        boxes = got.value
        if boxes.shape != (500, 4) or boxes.dtype != torch.int64:
            found = f"{boxes.dtype}, {tuple(boxes.shape)}"
            wrong(call=got.call, expected="torch.int64, (500, 4)", got=found)
        top, left, h, w = boxes.unbind(1)
        inside = (top >= 0) & (left >= 0) & (h > 0) & (w > 0) & (top + h <= H) & (left + w <= W)
        if not inside.all():
            wrong("A box extends beyond the image.", call=got.call, got=boxes[~inside][0])


@about("crop_boxes")
def test_area_is_uniform_and_ratio_is_uniform_on_a_log_scale():
    """The ratios 2 and 1/2 are equally likely; the share h · w / (H · W) of the area is uniform."""
    H, W, scale, ratio = 9000, 12000, (0.02, 0.14), (0.5, 3.0)
    got = call(crop_boxes, 2000, H, W, scale, ratio)
    _, _, h, w = got.value.double().unbind(1)
    is_uniform(h * w / (H * W), *scale, got.call, "The share of the image's area")
    is_uniform((w / h).log(), math.log(0.5), math.log(3.0), got.call, "log(width / height)")
    is_uncorrelated(h * w, (w / h).log(), got.call, "Area and ratio")


@about("crop_boxes")
def test_sides_are_rounded_to_the_nearest_pixel():
    """A box of 18.4 × 13.8 pixels becomes 18 × 14, not 18 × 13 or 19 × 14."""
    got = call(crop_boxes, 50, 32, 32, (0.2475, 0.2475), (4 / 3, 4 / 3))
    other = got.value[(got.value[:, 2:] != torch.tensor([14, 18])).any(1)]
    if len(other):
        said = "A side is not rounded to the nearest whole number of pixels."
        wrong(said, call=got.call, expected="height 14, width 18", got=other[0, 2:])


@about("crop_boxes")
def test_a_side_has_at_least_one_pixel():
    """A box of 0.3 pixels with a ratio of 4 or 1/4 becomes one pixel."""
    for ratio in (4.0, 0.25):
        got = call(crop_boxes, 20, 8, 8, (0.3 / 64, 0.3 / 64), (ratio, ratio))
        if not (got.value[:, 2:] == 1).all():
            said = "A box must have at least one row and one column."
            wrong(said, call=got.call, expected="height 1, width 1", got=got.value[0, 2:])


@about("crop_boxes")
def test_a_box_may_be_as_wide_or_as_tall_as_the_image():
    """In an image 4 pixels wide, a box of 16 pixels with a ratio above 0.766 is 4 wide and fits."""
    for H, W, ratio, side in [(10, 4, (0.5, 1.0), 3), (4, 10, (1.0, 2.0), 2)]:
        got = call(crop_boxes, 1000, H, W, (0.4, 0.4), ratio)
        rate_is(got.value[:, side] == 4, 0.385, got.call, "cropped to full width or full height")


@about("crop_boxes")
def test_every_position_is_equally_likely():
    """A 2 × 2 box has 3 × 5 positions in a 4 × 6 image, and 1/15 of the boxes are at each."""
    for H, W, share in [(4, 6, 1 / 6), (4, 4, 0.25)]:
        B = 3000
        got = call(crop_boxes, B, H, W, (share, share), (1.0, 1.0))
        top, left = got.value[:, 0], got.value[:, 1]
        if not (got.value[:, 2:] == 2).all():
            wrong("This area and ratio make a 2 × 2 box.", call=got.call, got=got.value[0, 2:])
        p = 1 / ((H - 1) * (W - 1))
        for i in range(H - 1):
            for j in range(W - 1):
                hits = int(((top == i) & (left == j)).sum())
                if abs(hits - B * p) > 5 * math.sqrt(B * p):
                    said = f"The number of boxes at position ({i}, {j}) is wrong."
                    wrong(said, call=got.call, expected=f"about {B * p:.0f} of {B}", got=hits)


@about("crop_boxes")
def test_position_is_uniform_for_boxes_of_every_size():
    """The share of the free space above a box is uniform, and so is the share to its left."""
    got = call(crop_boxes, 2000, 9000, 12000, (0.02, 0.14), (0.5, 2.0))
    top, left, h, w = got.value.double().unbind(1)
    is_uniform(top / (9000 - h), 0, 1, got.call, "The position from top to bottom")
    is_uniform(left / (12000 - w), 0, 1, got.call, "The position from left to right")
    top, left = top / (9000 - h), left / (12000 - w)
    is_uncorrelated(top, left, got.call, "Top and left")
    for what, size in [("area", h * w), ("ratio", (w / h).log())]:
        is_uncorrelated(top, size, got.call, f"A box's {what} and its distance from the top")
        is_uncorrelated(left, size, got.call, f"A box's {what} and its distance from the left")


@about("crop_boxes")
def test_wide_boxes_fit_into_a_wide_image():
    """Wide boxes fit into a wide image and tall ones into a tall image, so none is redrawn."""
    for H, W, ratio in [(1000, 3000, 2.0), (3000, 1000, 0.5)]:
        got = call(crop_boxes, 1000, H, W, (0.2, 0.6), (ratio, ratio))
        _, _, h, w = got.value.double().unbind(1)
        is_uniform(h * w / (H * W), 0.2, 0.6, got.call, "The share of the image's area")


@about("crop_boxes")
def test_a_box_that_does_not_fit_is_drawn_again_up_to_ten_times():
    """If one candidate in ten fits, 0.9^10 = 35% of the boxes are the last resort."""
    # In an image of 1000 × 10000, a square of over a tenth of the area is too tall. One draw in
    # six fits, so after 9, 10 or 11 draws, 19.4, 16.2 or 13.5% of the boxes are the last resort.
    got = call(crop_boxes, 10000, 1000, 10000, (0.05, 0.35), (1.0, 1.0))
    h, w = got.value[:, 2], got.value[:, 3]
    if not (h == w).all():
        wrong("Only a ratio of 1 is allowed.", call=got.call, got=got.value[h != w][0])
    share = (h == 1000).double().mean().item()
    expected = (5 / 6) ** 10 + 0.001  # some fit exactly
    if abs(share - expected) > 0.0155:
        said = "The share of boxes for which none of ten draws fits is wrong."
        wrong(said, call=got.call, expected=f"about {expected:.3f}", got=share)
    is_uniform(h[h < 999].double() ** 2 / 1e7, 0.05, 0.0998, got.call, "The area of boxes that fit")
    # Here every candidate has the same area, and one ratio in ten makes the box flat enough to fit.
    got = call(crop_boxes, 2000, 1000, 10000, (0.1741, 0.1741), (0.5, 2.0))
    rate_is(got.value[:, 3] == 2000, 0.346, got.call, "cropped to the widest box of full height")


@about("crop_boxes")
def test_a_side_is_rounded_before_it_must_fit():
    """A side of 10.4 pixels becomes 10, which fits into an image of 10 by 10."""
    got = call(crop_boxes, 4000, 10, 10, (0.9, 0.9), (1 / 16, 16.0))
    whole = (got.value[:, 2:] == 10).all(1)  # the last resort; no candidate is so large
    expected = (1 - math.log(10.5 / math.sqrt(90)) / math.log(4)) ** 10
    rate_is(whole, expected, got.call, "cropped to the last resort")


@about("crop_boxes")
def test_the_last_resort_is_the_largest_box_of_an_allowed_ratio():
    """If no box fits into a strip, take its full short side and the extreme ratio: 11 by 15."""
    sizes = [(10, 100, [10, 13]), (11, 100, [11, 15]), (100, 11, [15, 11]), (10, 12, [10, 12])]
    for H, W, size in sizes:
        scale = (1.5, 1.6) if W == 12 else (0.9, 1.0)
        got = call(crop_boxes, 200, H, W, scale, (3 / 4, 4 / 3))
        if not (got.value[:, 2:] == torch.tensor(size)).all():
            wrong(
                "Your last resort is not the largest box of an allowed ratio.",
                call=got.call,
                expected=f"height, width {size}",
                got=got.value[0, 2:],
            )
        for side, free in [("top", H - size[0]), ("left", W - size[1])]:
            if free > 50:
                place = got.value[:, int(side == "left")].double()
                is_uniform(place, 0, free, got.call, f"The {side} edge of the last resort")


@about("crop_boxes")
def test_boxes_use_the_given_generator():
    """The same seed gives the same boxes, and each further call gives different ones."""
    obeys_generator(lambda g: call(crop_boxes, 9, 32, 40, (0.08, 1.0), (0.75, 1.33), g).value)


@about("crop_boxes")
def test_the_last_resort_uses_the_given_generator():
    """No square of nine tenths of the area fits into an image of 4 x 40 pixels."""
    obeys_generator(lambda g: call(crop_boxes, 9, 4, 40, (0.9, 1.0), (1.0, 1.0), g).value)


# Step 3: crop and resize


@about("crop_and_resize")
def test_a_box_of_the_final_size_is_cut_out_without_resampling():
    """The result for each image holds exactly the pixels of its box."""
    x = images(3, 5, 7)
    boxes = torch.tensor([[0, 1, 2, 2], [3, 0, 2, 2], [1, 5, 2, 2]])
    expected = torch.stack(
        [x[b, :, t : t + 2, le : le + 2] for b, (t, le, _, _) in enumerate(boxes)]
    )
    call(crop_and_resize, x, boxes, 2).gives(expected, atol=1e-6)


@about("crop_and_resize")
def test_each_pixel_shows_the_right_point_of_the_source():
    """Pixel j of the result shows the source's point left + (j + 1/2) · width / size."""
    x = 20 * ramps(1, 20, 20).double()
    for top, left, h, w, size in [(2, 5, 12, 9, 3), (0, 8, 7, 12, 12), (7, 1, 6, 18, 6)]:
        got = call(crop_and_resize, x, torch.tensor([[top, left, h, w]]), size)
        place = torch.arange(size).double() + 0.5
        rows, columns = got.value[0, 0].mean(1), got.value[0, 1].mean(0)
        for name, seen, start, length in [("row", rows, top, h), ("column", columns, left, w)]:
            inner = slice(2, -2) if length <= size else slice(1, -1)  # edges have one neighbour
            want = (start + place * length / size)[inner]
            if not torch.allclose(seen[inner].double(), want, atol=1e-3):
                said = f"The result's inner pixels show the wrong {name} of the source."
                wrong(said, call=got.call, expected=want[:6], got=seen[inner][:6])


@about("crop_and_resize")
def test_resize_equals_bilinear_loops(oracle):
    """Weights fall linearly from 1 at the sampled point to 0 one pixel away on the coarser grid."""
    x = images(3, 7, 5, seed=2).double()
    boxes = torch.tensor([[0, 0, 7, 5], [1, 2, 5, 3], [4, 0, 1, 4]])
    for size in [3, 8]:
        expected = oracle("crop_and_resize")(x, boxes, size)
        call(crop_and_resize, x, boxes, size).gives(expected, rtol=1e-5)
        call(crop_and_resize, x.float(), boxes, size).gives(expected, rtol=1e-5)
    same_kind(crop_and_resize, x, boxes, 3)


@about("crop_and_resize")
def test_pixels_outside_the_box_have_no_influence():
    """Values of a million outside the box do not change the result, not even at its edges."""
    x = images(2, 9, 9)
    boxes = torch.tensor([[2, 3, 5, 4], [0, 4, 3, 5]])
    glare = torch.full_like(x, 1e6)
    for b, (t, le, h, w) in enumerate(boxes.tolist()):
        glare[b, :, t : t + h, le : le + w] = x[b, :, t : t + h, le : le + w]
    for size in [2, 11]:
        expected = crop_and_resize(x, boxes, size)
        why = "Only pixels outside the boxes were changed, so the result must stay the same."
        call(crop_and_resize, glare, boxes, size).gives(expected, rtol=1e-4, why=why)
        assert expected.max() <= x.max() + 1e-4, "a mean of pixels cannot exceed the largest one"


@about("crop_and_resize")
def test_fine_stripes_turn_grey_when_shrunk():
    """Alternating black and white columns become grey when the image shrinks to a quarter."""
    x = (torch.arange(24) % 2).float().expand(1, 3, 24, 24)
    got = call(crop_and_resize, x, torch.tensor([[0, 0, 24, 24]]), 6)
    if (got.value - 0.5).abs().max() > 0.1:
        said = "You skip pixels: every source pixel must contribute (anti-aliasing)."
        wrong(said, call=got.call, expected="about 0.5", got=got.value[0, 0, 0])


# Step 4: a random crop


def seen_boxes(y, H, W):
    """Height, width and centre of the part of `ramps` that a view shows, from its inner pixels."""
    size = y.shape[2]
    h = (y[:, 0, -2].mean(1) - y[:, 0, 1].mean(1)).double() / (size - 3) * size * H
    w = (y[:, 1, :, -2].mean(1) - y[:, 1, :, 1].mean(1)).double() / (size - 3) * size * W
    return h, w, y[:, 0].mean((1, 2)).double() * H, y[:, 1].mean((1, 2)).double() * W


@about("random_resized_crop")
def test_crop_shows_boxes_of_the_given_scale_and_ratio():
    """The area is uniform in `scale`, and the ratio is uniform in `ratio` on a log scale."""
    H, W, scale, ratio = 45, 60, (0.1, 0.3), (0.8, 1.8)
    x = ramps(1, H, W).expand(500, -1, -1, -1)
    got = call(random_resized_crop, x, 7, scale, ratio)
    assert got.value.shape == (500, 3, 7, 7), f"{got.call} gave {tuple(got.value.shape)}"
    h, w, row, column = seen_boxes(got.value, H, W)
    is_uniform(h * w / (H * W), *scale, got.call, "The share of the image's area")
    is_uniform((w / h).log(), math.log(0.8), math.log(1.8), got.call, "log(width / height)")
    is_uniform((row - h / 2) / (H - h), 0, 1, got.call, "The position from top to bottom")
    is_uniform((column - w / 2) / (W - w), 0, 1, got.call, "The position from left to right")


@about("random_resized_crop")
def test_crop_keeps_the_order_of_the_batch_and_of_the_pixels():
    """Row b shows image b, and the rows and columns of its pixels keep their order."""
    x = ramps(20, 15, 17)
    for size in [5, 16]:
        got = call(random_resized_crop, x, size)
        y = got.value
        if not torch.allclose(y[:, 2], x[:, 2, :1, :1].expand(20, size, size), atol=1e-5):
            wrong("Row b of the result does not show image b.", call=got.call)
        down, right = y[:, 0].diff(dim=1), y[:, 1].diff(dim=2)
        if min(down.min(), right.min()) < -1e-5:
            wrong("The rows or columns of pixels are in the wrong order.", call=got.call)


@about("random_resized_crop")
def test_crop_leaves_an_image_whole_with_probability_1_minus_p(oracle):
    """An image that is not cropped is resized whole: with p = 0 all are, with p = 1 none is."""
    x = images(2, 9, 6)
    whole = torch.tensor([[0, 0, 9, 6]] * 2)
    for size in [4, 9]:
        expected = oracle("crop_and_resize")(x, whole, size)
        call(random_resized_crop, x, size, p=0.0).gives(expected, atol=1e-5)
    same_kind(random_resized_crop, x, 4)
    x = ramps(1, 16, 16).expand(700, -1, -1, -1)
    for p in [0.3, 0.9, 1.0]:
        got = call(random_resized_crop, x, 6, (0.1, 0.4), p=p)
        h, w, _, _ = seen_boxes(got.value, 16, 16)
        cropped = h * w < 200
        if p == 1:
            assert cropped.all(), f"{got.call} leaves some images whole"
        else:
            rate_is(cropped, p, got.call, "cropped")
    count_varies(lambda x: random_resized_crop(x, 3, (0.2, 0.3), p=0.5))


@about("random_resized_crop")
def test_default_crop_shows_8_to_100_percent_of_the_area():
    """The mean share is a little under 0.54, because some of the largest boxes do not fit."""
    x = ramps(1, 60, 60).expand(500, -1, -1, -1)
    got = call(random_resized_crop, x, 6)
    h, w, _, _ = seen_boxes(got.value, 60, 60)
    share = (h * w / 3600).mean().item()
    if not 0.44 < share < 0.56:
        wrong("The mean area share is wrong.", call=got.call, expected="about 0.5", got=share)
    obeys_generator(lambda g: call(random_resized_crop, x[:9], 6, generator=g, p=0.7).value)


# Step 5: brightness of a pixel


@about("to_gray")
def test_gray_of_pure_colours():
    """Pure red gives 0.2989, green 0.587 and blue 0.114; white gives their sum, 0.9999."""
    x = torch.tensor([[1.0, 0, 0, 1], [0, 1, 0, 1], [0, 0, 1, 1]])[None, :, None]
    expected = torch.tensor([[[[0.2989, 0.587, 0.114, 0.9999]]]])
    call(to_gray, x).gives(expected, rtol=1e-5)


@about("to_gray")
def test_gray_has_one_channel_and_equals_the_loops(oracle):
    """The result is the weighted sum of the channels, of shape (B, 1, H, W)."""
    for B, H, W in [(2, 3, 5), (3, 3, 2), (1, 7, 1)]:
        x = images(B, H, W, seed=H)
        call(to_gray, x).gives(oracle("to_gray")(x), rtol=1e-5)
        call(to_gray, 0.5 * x).gives(0.5 * oracle("to_gray")(x), rtol=1e-5)
    same_kind(to_gray, x)


# Step 6: no colour


@about("grayscale")
def test_gray_image_has_three_equal_channels(oracle):
    """With p = 1 each channel is 0.2989 R + 0.587 G + 0.114 B; with p = 0 nothing changes."""
    for B, H, W in [(2, 3, 5), (3, 4, 2)]:
        x = images(B, H, W, seed=B)
        expected = oracle("to_gray")(x).expand(B, 3, H, W)
        call(grayscale, x, 1.0).gives(expected, rtol=1e-5)
        call(grayscale, x, 0.0).gives(x)
    same_kind(grayscale, x, 0.5)


@about("grayscale")
def test_grayscale_tosses_a_coin_for_each_image():
    """Each image is either unchanged or entirely grey, with probability p; the default is 0.2."""
    x = images(1500, 2, 2)
    for p, given in [(0.2, ()), (0.6, (0.6,))]:
        got = call(grayscale, x, *given)
        gray = ~changed(got.value[:, :1], got.value[:, 1:])
        if (changed(x, got.value) & ~gray).any():
            wrong("Some image is neither unchanged nor grey.", call=got.call)
        own = (x * torch.tensor([0.2989, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
        if (changed(got.value, own.expand_as(x)) & gray).any():
            wrong("Some grey image is not the grey version of its own image.", call=got.call)
        rate_is(gray, p, got.call, "grey")
    number_varies(lambda x: grayscale(x, 0.5))


@about("grayscale")
def test_grayscale_uses_the_given_generator():
    """The same seed gives the same batch, and each further call gives a different one."""
    x = images(40, 2, 3)
    obeys_generator(lambda g: call(grayscale, x, 0.5, g).value)


# Steps 7 to 9: brightness, contrast, saturation


def adjusted(adjust, name, oracle):
    """The results equal those of the loops, with one factor per image, and stay in [0, 1]."""
    for B, H, W in [(5, 3, 5), (3, 7, 2), (2, 1, 3)]:
        x, factor = images(B, H, W, seed=B), FACTORS.flip(0)[:B]
        expected = oracle(name)(x.double(), factor.double())
        call(adjust, x, factor).gives(expected, atol=2e-6)
    x = images(5, 3, 2)
    call(adjust, x, torch.ones(5)).gives(x, atol=2e-6, why="Factor 1 must give the image itself.")
    strong = call(adjust, x, torch.full((5,), 9.0)).value
    if strong.min() < 0 or strong.max() > 1:
        ends = float(strong.min()), float(strong.max())
        wrong("Some values are outside [0, 1].", expected="0 … 1", got=ends)
    same_kind(adjust, x, torch.ones(5))


def is_independent(adjust):
    """The result for an image does not depend on the other images in its batch."""
    x, factor = images(4, 3, 5, seed=8), torch.tensor([0.5, 1.2, 1.5, 0.2])
    for b in range(4):
        expected = call(adjust, x, factor).value[b : b + 1]
        why = "The result depends on the batch; the expected values are yours for all four images."
        call(adjust, x[b : b + 1], factor[b : b + 1]).gives(expected, atol=2e-6, why=why)


@about("adjust_brightness")
def test_brightness_by_hand():
    """A factor of 2 turns 0.3 into 0.6, but 0.8 into 1 and not 1.6; a factor of 0 gives black."""
    x = torch.tensor([0.3, 0.8]).expand(3, 3, 1, 2)
    expected = torch.tensor([[0.6, 1.0], [0.15, 0.4], [0.0, 0.0]])[:, None, None].expand(3, 3, 1, 2)
    call(adjust_brightness, x, torch.tensor([2.0, 0.5, 0.0])).gives(expected, atol=1e-6)


@about("adjust_brightness")
def test_brightness_equals_the_loops(oracle):
    """Each value is multiplied by the factor of its image and clamped to [0, 1]."""
    adjusted(adjust_brightness, "adjust_brightness", oracle)
    is_independent(adjust_brightness)


@about("adjust_contrast")
def test_contrast_by_hand():
    """The mean of 0.2 and 0.6 is 0.4 (times 0.9999). Factor 0 gives it, 1/2 goes halfway."""
    x = torch.tensor([0.2, 0.6]).expand(2, 3, 1, 2)
    m = 0.4 * 0.9999
    expected = torch.tensor([[m, m], [0.1 + m / 2, 0.3 + m / 2]])[:, None, None].expand(2, 3, 1, 2)
    call(adjust_contrast, x, torch.tensor([0.0, 0.5])).gives(expected, atol=1e-6)


@about("adjust_contrast")
def test_contrast_blends_colours_with_one_number_per_image():
    """The mean of a red and a blue pixel is (0.2989 + 0.114) / 2, the same in all channels."""
    x = torch.zeros(1, 3, 1, 2)
    x[0, 0, 0, 0] = x[0, 2, 0, 1] = 1
    flat = torch.full((1, 3, 1, 2), (0.2989 + 0.114) / 2)
    call(adjust_contrast, x, torch.zeros(1)).gives(flat, atol=1e-6)


@about("adjust_contrast")
def test_contrast_equals_the_loops(oracle):
    """Each image becomes factor · x + (1 - factor) · mean, clamped to [0, 1]."""
    adjusted(adjust_contrast, "adjust_contrast", oracle)
    is_independent(adjust_contrast)


@about("adjust_saturation")
def test_saturation_by_hand():
    """The grey of pure green is 0.587. Factor 0 gives it, and factor 1/2 goes halfway."""
    x = torch.tensor([0.0, 1.0, 0.0]).reshape(1, 3, 1, 1).expand(2, 3, 1, 1)
    expected = torch.tensor([[0.587] * 3, [0.2935, 0.7935, 0.2935]])[:, :, None, None]
    call(adjust_saturation, x, torch.tensor([0.0, 0.5])).gives(expected, atol=1e-6)


@about("adjust_saturation")
def test_saturation_keeps_the_brightness_of_each_pixel():
    """The grey version stays the same, within 0.01%, if no value is clamped."""
    x = 0.4 + 0.2 * images(3, 3, 5)
    got = call(adjust_saturation, x, torch.tensor([0.0, 0.7, 1.5])).value
    call(to_gray, got).gives(to_gray(x), atol=2e-4)


@about("adjust_saturation")
def test_saturation_equals_the_loops(oracle):
    """Each pixel becomes factor · x + (1 - factor) · grey, clamped to [0, 1]."""
    adjusted(adjust_saturation, "adjust_saturation", oracle)
    is_independent(adjust_saturation)


# Step 10: colour jitter


def spread(y):
    """How far an image's values are from their mean, shape (B,). Contrast scales this distance."""
    return (y - y.mean((1, 2, 3), keepdim=True)).flatten(1).norm(dim=1)


def chroma(y):
    """The largest minus the smallest channel, on average, shape (B,). Saturation scales this."""
    return (y.amax(1) - y.amin(1)).mean((1, 2))


@about("color_jitter")
def test_jitter_of_strength_zero_changes_nothing():
    """Strengths of 0 mean factors of 1 and no shift; with p = 0 no image takes part."""
    x = images(5, 3, 4)
    call(color_jitter, x, 0.0, 0.0, 0.0, 0.0, 1.0).gives(x, atol=1e-5)
    call(color_jitter, x, 0.8, 0.8, 0.8, 0.2, 0.0).gives(x, atol=1e-6)
    x = images(40, 1, 2)
    call(color_jitter, x, 0.0, 0.0, 0.0, 0.0, 0.5).gives(x, atol=1e-5)
    same_kind(color_jitter, x, 0.8, 0.8, 0.8, 0.2, 0.5)


@about("color_jitter")
def test_jitter_draws_each_factor_uniformly():
    """With one strength at a time, the factors are uniform in 1 - strength … 1 + strength."""
    x = (0.35 + 0.2 * images(1, 2, 3)).expand(700, -1, -1, -1)
    for i, measure in enumerate([lambda y: y.mean((1, 2, 3)), spread, chroma]):
        for strength, p in [(0.3, 1.0), (0.6, 0.5)]:  # the coin must not influence the factor
            strengths = [0.0] * 4
            strengths[i] = strength
            got = call(color_jitter, x, *strengths, p)
            factor = (measure(got.value) / measure(x))[changed(x, got.value)]
            name = ["brightness", "contrast", "saturation"][i]
            is_uniform(factor, 1 - strength, 1 + strength, got.call, f"The {name} factor")


@about("color_jitter")
def test_jitter_draws_the_hue_shift_uniformly():
    """A shift of s gives pure red 6 s of green, or -6 s of blue; s is uniform in -hue … hue."""
    x = torch.tensor([1.0, 0, 0])[:, None, None].expand(900, 3, 1, 1)
    for hue in [0.05, 0.15]:
        got = call(color_jitter, x, 0.0, 0.0, 0.0, hue, 1.0)
        y = got.value[:, :, 0, 0]
        is_uniform((y[:, 1] - y[:, 2]) / 6, -hue, hue, got.call, "The hue shift")


@about("color_jitter")
def test_factors_are_never_negative():
    """A strength of 2 draws factors from 0 … 3, not from -1 … 3, which would make images black."""
    x = torch.full((900, 3, 1, 1), 0.3)
    got = call(color_jitter, x, 2.0, 0.0, 0.0, 0.0, 1.0)
    is_uniform(got.value[:, 0, 0, 0] / 0.3, 0, 3, got.call, "The brightness factor")
    x = torch.tensor([0.45, 0.55]).expand(900, 3, 1, 2)
    got = call(color_jitter, x, 0.0, 2.0, 0.0, 0.0, 1.0)
    factor = 10 * (got.value[:, 0, 0, 1] - got.value[:, 0, 0, 0])
    is_uniform(factor, 0, 3, got.call, "The contrast factor")
    x = torch.tensor([0.55, 0.45, 0.45])[:, None, None].expand(900, 3, 1, 1)
    got = call(color_jitter, x, 0.0, 0.0, 2.0, 0.0, 1.0)
    factor = 10 * (got.value[:, 0, 0, 0] - got.value[:, 1, 0, 0])
    is_uniform(factor, 0, 3, got.call, "The saturation factor")


@about("color_jitter")
def test_the_four_amounts_are_independent():
    """An image that becomes brighter does not become more colourful for that reason."""
    # No value is clamped, so the order of these three does not matter.
    x = (0.35 + 0.15 * images(1, 1, 3)).expand(900, -1, -1, -1)
    got = call(color_jitter, x, 0.3, 0.2, 0.3, 0.0, 1.0)
    luma = torch.tensor([0.2989, 0.587, 0.114])[:, None, None]
    light, before = ((one * luma).sum(1).flatten(1) for one in (got.value, x))
    brightness = light.mean(1) / before.mean(1)
    contrast = light.std(1) / before.std(1) / brightness
    saturation = chroma(got.value) / chroma(x) / brightness / contrast
    factors = {"brightness": brightness, "contrast": contrast, "saturation": saturation}
    for name, factor, s in zip(factors, factors.values(), (0.3, 0.2, 0.3), strict=True):
        is_uniform(factor, 1 - s, 1 + s, got.call, f"The {name} factor")
    for one, other in itertools.combinations(factors, 2):
        said = f"The {one} and {other} factors"
        is_uncorrelated(factors[one], factors[other], got.call, said)
    # A change of hue moves neither the largest nor the smallest channel.
    x = torch.tensor([0.4, 0.3, 0.3])[:, None, None].expand(900, 3, 1, 1)
    for i, name in enumerate(["brightness", "contrast"]):
        strengths = [0.0] * 4
        strengths[i], strengths[3] = 0.3, 0.1
        got = call(color_jitter, x, *strengths, 1.0)
        y = got.value[:, :, 0, 0]
        shift = (y[:, 1] - y[:, 2]) / (y.amax(1) - y.amin(1))
        factor = y.amax(1) if i == 0 else y.amax(1) - y.amin(1)
        is_uncorrelated(factor, shift, got.call, f"The {name} factor and the hue shift")


@about("color_jitter")
def test_jitter_applies_all_four_changes_to_each_image():
    """With p = 1 each image changes in brightness, contrast, saturation and hue."""
    x = 0.3 + 0.4 * images(1, 2, 2).expand(300, -1, -1, -1)
    for i in range(4):
        strengths = [0.0] * 4
        strengths[i] = 0.3
        got = call(color_jitter, x, *strengths, 1.0)
        share = ((x - got.value).abs().amax((1, 2, 3)) > 2e-4).double().mean().item()
        if share < 0.97:
            name = ["brightness", "contrast", "saturation", "hue"][i]
            wrong(f"Only some images change in {name}.", call=got.call, expected=1.0, got=share)


@about("color_jitter")
def test_half_of_the_images_change_hue_before_saturation():
    """Each image draws its own order, so either of two changes comes first half the time."""
    x = torch.tensor([0.5, 0.1, 0.1])[:, None, None].expand(2000, 3, 1, 1)
    got = call(color_jitter, x, 0.0, 0.0, 0.4, 0.15, 1.0)
    y = got.value[:, :, 0, 0].double()
    factor = (y.amax(1) - y.amin(1)) / 0.4
    clear = (factor - 1).abs() > 0.1  # at factor 1 the order cannot be seen
    gray = 0.1 * 0.9999 + 0.4 * 0.2989  # the grey of that red
    first = y.amax(1) - factor * 0.5 - (1 - factor) * gray
    shifted = (y[:, 1] - y[:, 2]).abs() / (y.amax(1) - y.amin(1)) > 0.1
    keep = clear & shifted
    early = first.abs() < 1e-4
    rate_is(early[keep], 0.5, got.call, "changed in saturation before hue")
    # The amounts influence neither the order nor each other.
    for some, what in [(factor > 1, "become more colourful"), (y[:, 1] > y[:, 2], "turn greener")]:
        said = f"changed in saturation before hue, among those that {what},"
        rate_is(early[keep & some], 0.5, got.call, said)
    shift = (y[:, 1] - y[:, 2]) / (y.amax(1) - y.amin(1))
    is_uncorrelated(factor, shift, got.call, "The saturation factor and the hue shift")


@about("color_jitter")
def test_half_of_the_images_change_brightness_before_contrast():
    """Contrast cannot restore values that brightness clamps to 1, so the result shows the order."""
    x = torch.tensor([0.95, 0.55]).expand(2000, 3, 1, 2)
    b, c = torch.meshgrid(torch.linspace(0, 2, 301), torch.linspace(0, 2, 301), indexing="ij")
    low, high = (0.55 * b).clamp(max=1), (0.95 * b).clamp(max=1)
    flat = (c * (high - low)).abs() < 0.02
    middle = 0.75
    low, high = middle - 0.2 * c, (middle + 0.2 * c).clamp(max=1)
    late = ((high * b).clamp(max=1) - (low * b).clamp(max=1)) < 0.02
    got = call(color_jitter, x, 1.0, 1.0, 0.0, 0.0, 1.0)
    y = got.value[:, 0, 0]
    share = ((y[:, 0] - y[:, 1]).abs() < 0.02).double().mean().item()
    early, late = flat.double().mean().item(), late.double().mean().item()
    expected = (early + late) / 2
    if abs(share - expected) > 5 * math.sqrt(0.25 / 2000) * 0.8:
        said = f"The share of flat images is {early:.3f} if brightness is first, {late:.3f} if not."
        wrong(said, call=got.call, expected=f"halfway between: {expected:.3f}", got=share)


def tinted(y):
    """Whether an image has a value that is neither 0 nor 1."""
    return ((y > 1e-4) & (y < 1 - 1e-4)).flatten(1).any(1)


@about("color_jitter")
def test_any_of_the_four_changes_may_come_first():
    """Of any two changes, either comes first half the time; hue is the last one time in four."""
    # A factor in the thousands leaves only 0 and 1: brightness whitens all that is not black,
    # contrast what is above the mean, saturation each channel above its pixel's grey. Only a change
    # of hue that comes after them makes other values. Here: a dark red pixel beside a light one.
    x = torch.tensor([[0.05, 0.4], [0.0, 0.1], [0.0, 0.1]])[:, None].expand(500, 3, 1, 2)
    strong = {"brightness": 1e5, "contrast": 1e5, "saturation": 1e5, "hue": 0.15}
    first = {  # how an image looks to which the first of two changes was made first
        ("brightness", "contrast"): lambda y: y[:, 0, 0, 0] > 0.5,
        ("brightness", "saturation"): lambda y: y[:, 2, 0, 1] > 0.5,
        ("contrast", "saturation"): lambda y: y[:, 0, 0, 0] < 0.5,
    }
    for one, other in itertools.combinations(strong, 2):
        pair = {name: s * (name in (one, other)) for name, s in strong.items()}
        got = call(color_jitter, x, *pair.values(), 1.0)
        flags = first.get((one, other), tinted)(got.value)
        rate_is(flags, 0.5, got.call, f"changed in {one} before {other}")
    got = call(color_jitter, x, *strong.values(), 1.0)
    rate_is(tinted(got.value), 0.25, got.call, "changed in hue last")


@about("color_jitter")
def test_jitter_tosses_one_coin_for_each_image():
    """An image takes part in all changes or in none, with probability p; the default is 0.8."""
    x = (0.3 + 0.4 * images(1, 2, 2)).expand(1000, -1, -1, -1)
    for p, given in [(0.8, ()), (0.3, (0.3,))]:
        got = call(color_jitter, x, 0.4, 0.4, 0.4, 0.1, *given)
        rate_is(changed(x, got.value), p, got.call, "changed")
    count_varies(lambda x: color_jitter(x, 0.4, 0.4, 0.4, 0.1, 0.5))


@about("color_jitter")
def test_each_strength_of_the_jitter_changes_what_it_is_named_after():
    """Contrast changes a grey image, saturation does not; neither changes the mean brightness."""
    x = (0.35 + 0.2 * images(1, 2, 3)).expand(40, -1, -1, -1)
    flat = x[:, :1].expand_as(x)
    got = call(color_jitter, flat, 0.0, 0.0, 0.9, 0.0, 1.0)
    got.gives(flat, atol=2e-4, why="A grey image has no colour that could become stronger.")
    got = call(color_jitter, flat, 0.0, 0.9, 0.0, 0.0, 1.0)
    if changed(flat, got.value).sum() < 30:
        wrong("The contrast of a grey image does not change.", call=got.call)
    for name, strengths in [("contrast", (0.0, 0.6, 0.0)), ("saturation", (0.0, 0.0, 0.6))]:
        got = call(color_jitter, x, *strengths, 0.0, 1.0)
        mean, before = (to_gray(one).mean((1, 2, 3)) for one in (got.value, x))
        if (mean - before).abs().max() > 1e-3:
            said = f"Changing the {name} alone changes the mean brightness."
            wrong(said, call=got.call, expected=before[:3], got=mean[:3])


@about("color_jitter")
def test_jitter_uses_the_given_generator():
    """The same seed repeats the batch, further calls do not, and values stay in [0, 1]."""
    x = images(9, 2, 3)
    obeys_generator(lambda g: call(color_jitter, x, 0.8, 0.8, 0.8, 0.2, 0.8, g).value)
    y = color_jitter(images(60, 3, 3), 0.9, 2.0, 2.0, 0.5, 1.0)
    assert y.min() >= -1e-5 and y.max() <= 1 + 1e-5, "some values are outside [0, 1]"


# Step 11: blur


def dots(B, side=7):
    """One white pixel in the middle of each image."""
    x = torch.zeros(B, 3, side, side)
    x[:, :, side // 2, side // 2] = 1
    return x


@about("gaussian_blur")
def test_blur_of_a_fixed_width_equals_the_loops(oracle):
    """With sigma = (s, s), the kernel is a normalised Gaussian of width s; edges are reflected."""
    for H, W, s in [(5, 7, 0.8), (41, 9, 1.7)]:
        x = images(2, H, W, seed=W)
        expected = oracle("gaussian_blur")(x.double(), 1.0, (s, s))
        call(gaussian_blur, x, 1.0, (s, s)).gives(expected, atol=2e-6)
        call(gaussian_blur, x, 0.0, (s, s)).gives(x)
    same_kind(gaussian_blur, x, 0.5)


@about("gaussian_blur")
def test_each_image_has_its_own_blur_width():
    """The pixel next to a dot is exp(-1 / 2σ²) times the middle one, which reveals σ."""
    for low, high in [(0.5, 1.5), (1.0, 1.8)]:
        got = call(gaussian_blur, dots(900), 1.0, (low, high))
        y = got.value[:, 0, 3]
        sigma = (-0.5 / (y[:, 2] / y[:, 3]).log()).sqrt()
        is_uniform(sigma, low, high, got.call, "The width σ")


@about("gaussian_blur")
def test_default_blur_width_is_between_a_tenth_and_two_pixels():
    """In the paper's range, half of the widths are below 1.05."""
    got = call(gaussian_blur, dots(1500), 1.0)
    y = got.value[:, 0, 3]
    sharp = y[:, 2] / y[:, 3] < math.exp(-0.5 / 1.05**2)
    rate_is(sharp, 0.5, got.call, "blurred by a width below 1.05")


@about("gaussian_blur")
def test_blur_tosses_a_coin_for_each_image(oracle):
    """Each image is blurred with probability p, independently; the default is 1/2."""
    x = images(30, 4, 3)
    got = call(gaussian_blur, x, 0.5, (0.8, 0.8))
    blurred = oracle("gaussian_blur")(x, 1.0, (0.8, 0.8))
    if (changed(x, got.value) & changed(blurred, got.value)).any():
        wrong("Some image is neither unchanged nor blurred correctly.", call=got.call)
    x = dots(1500)
    for p, given in [(0.5, {}), (0.15, {"p": 0.15})]:
        got = call(gaussian_blur, x, sigma=(0.7, 1.0), **given)
        rate_is(changed(x, got.value), p, got.call, "blurred")
    number_varies(lambda x: gaussian_blur(x, 0.5, (1.0, 2.0)))


@about("gaussian_blur")
def test_the_coin_does_not_influence_the_width():
    """Among the images that are blurred, the widths are still uniform."""
    got = call(gaussian_blur, dots(2000), 0.4, (0.5, 1.5))
    y = got.value[changed(dots(2000), got.value)][:, 0, 3]
    sigma = (-0.5 / (y[:, 2] / y[:, 3]).log()).sqrt()
    is_uniform(sigma, 0.5, 1.5, got.call, "The width σ of the blurred images")
    obeys_generator(lambda g: call(gaussian_blur, images(30, 5, 5), 0.5, generator=g).value)


# Step 12: two views


FLIP = Recipe(crop=0.0, flip=0.5, jitter=0.0, gray=0.0, blur=0.0)


@about("two_views")
def test_views_of_the_recipe_none_are_the_image():
    """Both views are x itself, or x resized if the recipe has a size."""
    x = images(3, 5, 5)
    call(two_views, x, RECIPES["none"]).gives((x, x))
    same_kind(two_views, x, FLIP)
    small = Recipe(size=3, crop=0.0, flip=0.0, jitter=0.0, gray=0.0, blur=0.0)
    x1, x2 = call(two_views, x, small).value
    assert x1.shape == x2.shape == (3, 3, 3, 3), f"shapes {tuple(x1.shape)} and {tuple(x2.shape)}"


@about("two_views")
def test_row_b_of_both_views_shows_image_b():
    """If each image has one colour and the recipe only crops, both views have that colour."""
    colours = images(11, 1, 1).expand(-1, -1, 8, 8)
    got = call(two_views, colours, RECIPES["crop_only"])
    for name, view in zip(["x1", "x2"], got.value, strict=True):
        if not torch.allclose(view, colours, atol=1e-4):
            wrong(f"Some row b of {name} does not show image b.", call=got.call)


@about("two_views")
def test_both_views_are_changed_independently():
    """Half of the first views and half of the second change, and both views of 1 image in 4."""
    x = images(500, 2, 2)
    for name, change in [("flipped", "flip"), ("grey", "gray"), ("blurred", "blur")]:
        got = call(two_views, x, replace(RECIPES["none"], **{change: 0.5}))
        first, second = (changed(x, view) for view in got.value)
        rate_is(first, 0.5, got.call, f"{name} in x1")
        rate_is(second, 0.5, got.call, f"{name} in x2")
        rate_is(first & second, 0.25, got.call, f"{name} in both views")
    jitter = replace(RECIPES["none"], jitter=1.0, strength=0.5)
    got = call(two_views, torch.full((200, 3, 1, 1), 0.4), jitter)
    first, second = (view.mean((1, 2, 3)) for view in got.value)
    is_uncorrelated(first, second, got.call, "The brightnesses of the two views")


@about("two_views")
def test_crops_of_the_two_views_are_independent():
    """The crop of x1 says nothing about that of x2, and both are cut from the whole image."""
    x = ramps(1, 24, 24).expand(600, -1, -1, -1)
    recipe = Recipe(size=6, crop_scale=(0.2, 0.4), flip=0.0, jitter=0.0, gray=0.0, blur=0.0)
    got = call(two_views, x, recipe)
    boxes = [seen_boxes(view, 24, 24) for view in got.value]
    for i, name in enumerate(["height", "width", "row", "column"]):
        is_uncorrelated(boxes[0][i], boxes[1][i], got.call, f"The {name}s of the two crops")
    for name, (h, w, _, _) in zip(["x1", "x2"], boxes, strict=True):
        share = (h * w).mean().item() / 576
        if not 0.28 < share < 0.32:
            said = f"The share of the image that {name} shows is wrong."
            wrong(said, call=got.call, expected=0.3, got=share)
    got = call(two_views, x, replace(recipe, crop=0.4))
    for name, view in zip(["x1", "x2"], got.value, strict=True):
        h, w, _, _ = seen_boxes(view, 24, 24)
        rate_is(h * w < 400, 0.4, got.call, f"cropped in {name}")


@about("two_views")
def test_views_use_the_given_generator():
    """The same seed gives the same pair of views, and in the next pair both are different."""
    x = images(8, 6, 6)
    for i in (0, 1):
        obeys_generator(lambda g, i=i: call(two_views, x, RECIPES["simclr"], g).value[i])
    x1, x2 = two_views(x, RECIPES["simclr"], seeded(1))
    assert changed(x1, x2).all(), "the two views of some image are identical"
    assert min(x1.min(), x2.min()) >= -1e-5, "some values are below 0"
    assert max(x1.max(), x2.max()) <= 1 + 1e-5, "some values are above 1"
