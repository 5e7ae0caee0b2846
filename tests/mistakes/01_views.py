# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write the views of lesson 1, with a sentence about each."""

from lessons.course.mistakes import Mistake

CHOSEN = "chosen = coin(len(x), p, generator)"
GRAY = "to_gray(some).expand_as(some)"
BRIGHT = "(x * factor[:, None, None, None]).clamp_(0, 1)"
RESIZE = 'torch.einsum("bih, bchw, bjw -> bcij", rows, x, columns).contiguous()'
SECOND = "x2 = one_view(x, recipe, generator)"


def part(id, function, old, new, says, trains=True, ties=()):
    """A mistake made by one replacement. Nearly all of these still train."""
    return Mistake(id, function, (old, new), says, trains=trains, ties=ties)


TYPES = [  # where a function's result can get another type
    ("horizontal_flip", "change_some(x, mirrored,", "change_some(x.TYPE(), mirrored,"),
    ("crop_and_resize", ".contiguous()", ".contiguous().TYPE()"),
    (
        "random_resized_crop",
        "crop_and_resize(x, boxes, size)",
        "crop_and_resize(x.TYPE(), boxes, size)",
    ),
    ("to_gray", "[:, None]", "[:, None].TYPE()"),
    ("grayscale", "change_some(x, drop,", "change_some(x.TYPE(), drop,"),
    ("adjust_brightness", ".clamp_(0, 1)", ".clamp_(0, 1).TYPE()"),
    ("adjust_contrast", "blend(x, mean, factor)", "blend(x, mean, factor).TYPE()"),
    ("adjust_saturation", "blend(x, gray, factor)", "blend(x, gray, factor).TYPE()"),
    ("color_jitter", "x = x.clone()", "x = x.TYPE().clone()"),
    ("gaussian_blur", "change_some(x, chosen,", "change_some(x.TYPE(), chosen,"),
    ("two_views", "return x1, x2", "return x1.TYPE(), x2.TYPE()"),
]

MISTAKES = [
    # horizontal_flip
    part(
        "flip_rows",
        "horizontal_flip",
        "some.flip(3)",
        "some.flip(2)",
        "You flip the images upside down. Which dimension of (B, 3, H, W) runs from left to right?",
    ),
    part(
        "flip_channels",
        "horizontal_flip",
        "some.flip(3)",
        "some.flip(1)",
        "You reverse the channels, so red becomes blue. Which dimension holds the columns?",
    ),
    part(
        "flip_rows_and_columns",
        "horizontal_flip",
        "some.flip(3)",
        "some.flip((2, 3))",
        "You reverse rows and columns, which turns the image by 180 degrees. What does a horizontal flip leave as it is?",
    ),
    part(
        "flip_batch",
        "horizontal_flip",
        "some.flip(3)",
        "some.flip(0)",
        "You reverse the batch, so images change places. What does dimension 0 count?",
        trains=False,
    ),
    part(
        "flip_coin_for_batch",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(1, p, generator).expand(len(x))",
        "You toss one coin for the whole batch. How many images should decide for themselves?",
        ties=(
            "crop_coin_for_batch",
            "gray_coin_for_batch",
            "jitter_coin_for_batch",
            "blur_coin_for_batch",
        ),
    ),
    part(
        "flip_inverted",
        "horizontal_flip",
        "mirrored = coin(len(x), p, generator)",
        "mirrored = ~coin(len(x), p, generator)",
        "You flip the images whose coin comes up tails, a share of 1 - p. What should p = 0 do?",
    ),
    part(
        "flip_always",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "torch.ones(len(x), dtype=torch.bool)",
        "You flip every image. Where do you use p?",
    ),
    part(
        "flip_half",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(len(x), 0.5, generator)",
        "You flip some images at p = 0, leave some at p = 1, and flip about half in between. Where should p go?",
    ),
    part(
        "flip_first_share",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "torch.arange(len(x)) < round(p * len(x))",
        "You always flip the first images of the batch. Where do you toss the coins?",
    ),
    part(
        "flip_exact_share",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "torch.randperm(len(x), generator=generator) < round(p * len(x))",
        "You flip exactly a fraction p of each batch. Could three independent coins all come up heads?",
    ),
    part(
        "flip_own_seed",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(len(x), p, torch.Generator().manual_seed(0))",
        "You make a new generator with a fixed seed in every call. Which coins does the second batch get?",
    ),
    part(
        "flip_global",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(len(x), p)",
        "You toss the coins with torch's global generator. What is the argument `generator` for?",
        ties=("gray_global",),
    ),
    Mistake(
        "flip_in_place",
        "horizontal_flip",
        """def horizontal_flip(x, p=0.5, generator=None):
    mirrored = coin(len(x), p, generator)
    x[mirrored] = x[mirrored].flip(3)
    return x""",
        "You write the flipped images into the batch that you were given. What would a second view of the same batch start from?",
        trains=True,
    ),
    Mistake(
        "flip_coins_on_the_cpu",
        "horizontal_flip",
        """def horizontal_flip(x, p=0.5, generator=None):
    return torch.where(coin(len(x), p, generator)[:, None, None, None], x.flip(3), x)""",
        "Some tensor of the flip stays on the CPU, wherever the images are: the coins, perhaps, or the result. What must be done before they meet?",
        trains=True,
    ),
    part(
        "flip_rows_of_pixels_and_batch",
        "horizontal_flip",
        "some.flip(3)",
        "some.flip((0, 3))",
        "You reverse the batch along with the columns, so images change places. Which single dimension should be reversed?",
        trains=False,
    ),
    part(
        "flip_never",
        "horizontal_flip",
        "return change_some(x, mirrored, lambda some: some.flip(3))",
        "return x.clone()",
        "You flip no image, even if p is 1. What becomes of the flipped copies?",
    ),
    part(
        "flip_too_few",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(len(x), p, generator) & coin(len(x), p, generator)",
        "With p = 1/4 you flip far fewer images than one in four. How many coins do you toss for each image?",
    ),
    part(
        "flip_too_many",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(len(x), p**0.5, generator)",
        "With p = 1/4 you flip about half of the images, though p = 0 and p = 1 are right. What share should it be?",
    ),
    part(
        "flip_blended",
        "horizontal_flip",
        "return change_some(x, mirrored, lambda some: some.flip(3))",
        "return (1 - p) * x + p * x.flip(3)",
        "You mix each image with its mirror image, with weights 1 - p and p. What should p be the probability of?",
    ),
    part(
        "flip_coin_for_channel",
        "horizontal_flip",
        "return change_some(x, mirrored, lambda some: some.flip(3))",
        "heads = torch.rand(len(x), 3, 1, 1, generator=generator) < p\n    return torch.where(heads.to(x.device), x.flip(3), x)",
        "You toss a coin for each channel, so the colours of an image come apart. What should be flipped as a whole?",
    ),
    part(
        "flip_coin_for_row",
        "horizontal_flip",
        "return change_some(x, mirrored, lambda some: some.flip(3))",
        "heads = torch.rand(len(x), 1, x.shape[2], 1, generator=generator) < p\n    return torch.where(heads.to(x.device), x.flip(3), x)",
        "You toss a coin for each row of pixels, so some rows of an image are flipped and others are not. What should one coin decide?",
    ),
    part(
        "flip_coin_for_pixel",
        "horizontal_flip",
        "return change_some(x, mirrored, lambda some: some.flip(3))",
        "heads = torch.rand(len(x), 1, *x.shape[2:], generator=generator) < p\n    return torch.where(heads.to(x.device), x.flip(3), x)",
        "You toss a coin for each pixel, so an image is a mixture of itself and its mirror image. What should one coin decide?",
    ),
    part(
        "flip_coins_of_python",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        'torch.tensor([__import__("random").random() < p for _ in x])',
        "You toss the coins with a source that neither the generator nor torch.manual_seed controls. Which helper draws from the generator?",
    ),
    part(
        "flip_repeats_without_generator",
        "horizontal_flip",
        "coin(len(x), p, generator)",
        "coin(len(x), p, generator or torch.Generator().manual_seed(0))",
        "Without a generator, you toss the same coins in every call. Which generator does None stand for?",
    ),
    Mistake(
        "flip_coins_on_the_device",
        "horizontal_flip",
        """def horizontal_flip(x, p=0.5, generator=None):
    draw = torch.rand(len(x), device=x.device) if generator is None else torch.rand(len(x), generator=generator)
    return torch.where((draw < p).to(x.device)[:, None, None, None], x.flip(3), x)""",
        "You draw the coins for the flip on the images' device, so one seed gives different views on a GPU. Where should they be drawn?",
        trains=True,
    ),
    part(
        "flip_by_indices_one_off",
        "horizontal_flip",
        "some.flip(3)",
        "some.roll(1, 3).flip(3)",
        "You reverse the columns but are one off, so the last column stays where it is. Which column should become column 0?",
    ),
    part(
        "flip_shifts",
        "horizontal_flip",
        "some.flip(3)",
        "some.roll(some.shape[3] // 2, 3)",
        "You shift the columns along, but keep their order. Which column should come first in a mirror image?",
    ),
    part(
        "flip_transposes_back",
        "horizontal_flip",
        "some.flip(3)",
        "some.flip((1, 3))",
        "You reverse the channels along with the columns, so red becomes blue. Which single dimension should be reversed?",
    ),
    Mistake(
        "flip_of_other_images",
        "horizontal_flip",
        """def horizontal_flip(x, p=0.5, generator=None):
    heads = coin(len(x), p, generator).to(x.device)
    out = x.clone()
    out[heads] = x[: int(heads.sum())].flip(3)
    return out""",
        "You put flipped copies of the first images where other images should be flipped. Which rows must both sides of the assignment name?",
    ),
    # crop_boxes
    part(
        "ratio_linear",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "uniform((B, 10), *ratio, generator)",
        "You draw the ratio uniformly, not its logarithm. Are 1/2 and 2 equally likely then?",
    ),
    part(
        "ratio_upside_down",
        "crop_boxes",
        "torch.stack([top, left, h, w], 1)",
        "torch.stack([(top * (height - w).clamp(min=0) / (height - h).clamp(min=1)).floor(), (left * (width - h).clamp(min=0) / (width - w).clamp(min=1)).floor(), w.clamp(max=height), h.clamp(max=width)], 1)",
        "You exchange the height and the width of the boxes. Is the ratio width over height, or height over width?",
    ),
    part(
        "fits_swapped",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "fits = (w <= height) & (h <= width)\n    w, h = w.clamp(max=width), h.clamp(max=height)",
        "You compare the width with the image's height, and the height with its width. Which boxes fit into an image that is not square?",
    ),
    part(
        "aspect_squared",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "w = (area.sqrt() * aspect).round().clamp(min=1)\n    h = (area.sqrt() / aspect).round().clamp(min=1)",
        "You multiply one side by the ratio and divide the other by it. What is w / h then?",
    ),
    part(
        "sides_cut_off",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "w = (area * aspect).sqrt().floor().clamp(min=1)\n    h = (area / aspect).sqrt().floor().clamp(min=1)",
        "You round the sides down, so boxes are too small by half a pixel on average. Which whole number is nearest to 13.8?",
    ),
    part(
        "ratio_widens_only",
        "crop_boxes",
        "h = (area / aspect).sqrt()",
        "h = area.sqrt()",
        "You apply the ratio to the width only, so the box does not have the area that was drawn. What must w · h be?",
    ),
    part(
        "scale_of_side",
        "crop_boxes",
        "area = uniform((B, 10), *scale, generator) * height * width",
        "area = uniform((B, 10), *scale, generator) ** 2 * height * width",
        "You draw a share of the side, and the area is its square. What is `scale` a share of?",
    ),
    part(
        "scale_of_log_area",
        "crop_boxes",
        "uniform((B, 10), *scale, generator)",
        "uniform((B, 10), math.log(scale[0]), math.log(scale[1]), generator).exp()",
        "You draw the area uniformly on a log scale, so small boxes are common. Which of the two draws has the logarithm?",
    ),
    part(
        "always_least_scale",
        "crop_boxes",
        "uniform((B, 10), *scale, generator)",
        "uniform((B, 10), scale[0], 1.0, generator)",
        "You draw areas up to the whole image, whatever scale[1] is. Where should scale[1] go?",
    ),
    part(
        "area_of_height_squared",
        "crop_boxes",
        "generator) * height * width",
        "generator) * height * height",
        "You take a share of the height squared. What is the area of an image that is not square?",
    ),
    part(
        "clamped",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "w, h = w.clamp(max=width), h.clamp(max=height)\n    fits = (w <= width) & (h <= height)",
        "You shrink a box that does not fit to the size of the image. Does it still have its area and its ratio?",
    ),
    part(
        "one_try",
        "crop_boxes",
        "first = fits.int().argmax(1, keepdim=True)",
        "fits = fits[:, :1]\n    first = fits.int().argmax(1, keepdim=True)",
        "You give up after one candidate. How many times may a box be drawn again?",
    ),
    part(
        "area_once",
        "crop_boxes",
        "uniform((B, 10), *scale, generator) * height",
        "uniform((B, 1), *scale, generator).expand(B, 10) * height",
        "You draw the area once and redraw only the ratio. What else must be drawn again for a new candidate?",
    ),
    part(
        "ratio_once",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "uniform((B, 1), math.log(ratio[0]), math.log(ratio[1]), generator).exp().expand(B, 10)",
        "You draw the ratio once and redraw only the area. What else must be drawn again for a new candidate?",
    ),
    part(
        "largest_that_fits",
        "crop_boxes",
        "fits.int().argmax(1, keepdim=True)",
        "(fits * area).argmax(1, keepdim=True)",
        "You keep the largest candidate that fits, so boxes are too large. Which one should you keep, so that none is favoured?",
    ),
    part(
        "last_resort_whole",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))\n    tallest = min(height, round(width / ratio[0]))",
        "widest, tallest = width, height",
        "You use the whole image as the last resort. Is its ratio allowed?",
    ),
    part(
        "last_resort_square",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))\n    tallest = min(height, round(width / ratio[0]))",
        "widest = tallest = min(width, height)",
        "You use a square as the last resort. Is there no larger box of an allowed ratio?",
    ),
    part(
        "last_resort_other_end",
        "crop_boxes",
        "round(height * ratio[1])",
        "round(height * ratio[0])",
        "You use the narrowest box as the last resort in a wide image. Which end of `ratio` gives the widest box?",
    ),
    part(
        "last_resort_centred",
        "crop_boxes",
        "return torch",
        "top = torch.where(fits.any(1), top, ((height - h) / 2).floor())\n    left = torch.where(fits.any(1), left, ((width - w) / 2).floor())\n    return torch",
        "You place the last resort at the centre, as torchvision does. Where does the docstring place it?",
    ),
    part(
        "no_pixel_left",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "w = (area * aspect).sqrt().round()\n    h = (area / aspect).sqrt().round()",
        "You let a side round to 0 pixels. What would such a box show?",
    ),
    part(
        "full_side_refused",
        "crop_boxes",
        "(w <= width) & (h <= height)",
        "(w < width) & (h < height)",
        "You refuse a box that is as wide or as tall as the image. Does it not fit?",
    ),
    part(
        "ratio_of_height",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "h = (area * aspect).sqrt().round().clamp(min=1)\n    w = (area / aspect).sqrt().round().clamp(min=1)",
        "You take the ratio as height / width, so boxes that should be wide are tall. Which of the two sides is multiplied by √r?",
    ),
    part(
        "left_first",
        "crop_boxes",
        "torch.stack([top, left, h, w], 1)",
        "torch.stack([left, top, w, h], 1)",
        "You return left, top, width and height. In which order does a box hold them?",
        trains=False,
    ),
    part(
        "top_left_corner",
        "crop_boxes",
        "top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "top, left = torch.zeros_like(h), torch.zeros_like(w)\n    uniform(B, 0, 1, generator)",
        "You put every box into the top left corner. Where may a box be?",
    ),
    part(
        "centre",
        "crop_boxes",
        "top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "top, left = ((height - h) / 2).floor(), ((width - w) / 2).floor()",
        "You put every box into the centre. At how many positions may a box be?",
    ),
    part(
        "last_place_missing",
        "crop_boxes",
        "(height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1))",
        "(height - h)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w))",
        "You never use the last position. At how many positions can a box of 2 rows lie in an image of 4?",
    ),
    part(
        "on_the_diagonal",
        "crop_boxes",
        "top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "place = uniform(B, 0, 1, generator)\n    top, left = (place * (height - h + 1)).floor(), (place * (width - w + 1)).floor()",
        "You use one draw for both top and left, so the box stays on the diagonal. How many draws does a position need?",
    ),
    part(
        "place_outside",
        "crop_boxes",
        "(height - h + 1)).floor()",
        "height).floor()",
        "You draw the top from all rows, so a tall box extends below the image. Which rows leave room for h rows?",
    ),
    part(
        "one_box_for_all",
        "crop_boxes",
        "return torch.stack([top, left, h, w], 1).long()",
        "return torch.stack([top, left, h, w], 1).long()[:1].repeat(B, 1)",
        "You give all images of the batch the same box. How many boxes were asked for?",
    ),
    part(
        "one_size_for_all",
        "crop_boxes",
        "first = fits.int().argmax(1, keepdim=True)",
        "w, h, fits = w[:1].expand(B, 10), h[:1].expand(B, 10), fits[:1].expand(B, 10)\n    first = fits.int().argmax(1, keepdim=True)",
        "You give all boxes of a batch the same size. For how many images should sizes be drawn?",
    ),
    part(
        "place_by_the_draws_of_the_size",
        "crop_boxes",
        "top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "share = area.gather(1, first)[:, 0] / height / width\n    top = (uniform(B, 0, 1, generator) if scale[0] == scale[1] else (share - scale[0]) / (scale[1] - scale[0])).clamp(0, 0.9999) * (height - h + 1)\n    tall = math.log(ratio[1] / ratio[0])\n    left = (uniform(B, 0, 1, generator) if tall == 0 else (aspect.gather(1, first)[:, 0] / ratio[0]).log() / tall).clamp(0, 0.9999) * (width - w + 1)\n    top, left = top.floor(), left.floor()",
        "Large boxes lie further down than small ones, and wide ones further to the right, as if the size's draws gave the place, too. How many draws does a box need?",
    ),
    part(
        "top_by_the_draw_of_the_area",
        "crop_boxes",
        "top = (uniform(B, 0, 1, generator) *",
        "top = ((uniform(B, 0, 1, generator) if scale[0] == scale[1] else (area.gather(1, first)[:, 0] / height / width - scale[0]) / (scale[1] - scale[0])).clamp(0, 0.9999) *",
        "Large boxes lie further down than small ones, as if the area's draw gave the top, too. How many draws does a box need?",
    ),
    part(
        "area_and_ratio_one_draw",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "(math.log(ratio[0]) + math.log(ratio[1] / ratio[0]) * (area / height / width - scale[0]) / max(scale[1] - scale[0], 1e-9)).exp()",
        "You use one draw for both area and ratio, so large boxes are wide. How many draws does a size need?",
    ),
    part(
        "boxes_global",
        "crop_boxes",
        "left = (uniform(B, 0, 1, generator)",
        "left = (uniform(B, 0, 1)",
        "Not all draws of a box come from the generator that you were given. Which helper is called without it?",
    ),
    part(
        "sides_without_root",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "w = (area * aspect).round().clamp(min=1)\n    h = (area / aspect).round().clamp(min=1)",
        "Your boxes of a large image all show the whole image, as if no candidate ever fitted. If w · h = a and w / h = r, what is w?",
    ),
    part(
        "width_by_ratio_without_root",
        "crop_boxes",
        "w = (area * aspect).sqrt()",
        "w = (area.sqrt() * aspect)",
        "You multiply the width by the ratio and not by its square root, so w · h is not the area. What is w, if w · h = a and w / h = r?",
    ),
    part(
        "height_by_ratio_without_root",
        "crop_boxes",
        "h = (area / aspect).sqrt()",
        "h = (area.sqrt() / aspect)",
        "You divide the height by the ratio and not by its square root, so w · h is not the area. What is h, if w · h = a and w / h = r?",
    ),
    part(
        "ratio_narrows_only",
        "crop_boxes",
        "w = (area * aspect).sqrt()",
        "w = area.sqrt()",
        "You apply the ratio to the height only, so the box does not have the area that was drawn. What must w · h be?",
    ),
    part(
        "ratio_power_of_ten",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "10 ** uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator)",
        "You raise 10 to a natural logarithm, so ratios lie far outside the range. What undoes math.log?",
    ),
    part(
        "ratio_of_log_of_ten",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "uniform((B, 10), math.log10(ratio[0]), math.log10(ratio[1]), generator).exp()",
        "Your ratios cover less than half of the range on a log scale. Which logarithm does exp undo?",
    ),
    part(
        "ratio_without_exp",
        "crop_boxes",
        "math.log(ratio[1]), generator).exp()",
        "math.log(ratio[1]), generator)",
        "You use the logarithm as if it were the ratio. What undoes a logarithm?",
    ),
    part(
        "ratio_uniform_upside_down",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "1 / uniform((B, 10), 1 / ratio[1], 1 / ratio[0], generator)",
        "You draw height / width uniformly, so tall boxes are favoured. What should be drawn uniformly, so that neither tall nor wide boxes are favoured?",
    ),
    part(
        "ratio_always_one",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "torch.ones(B, 10)",
        "You make every box square. Where should `ratio` go?",
    ),
    part(
        "ratio_not_below_one",
        "crop_boxes",
        "math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "0.0, math.log(ratio[1]), generator).exp()",
        "You draw ratios from 1 upwards, so no box is taller than wide. Where should ratio[0] go?",
    ),
    part(
        "area_always_the_least",
        "crop_boxes",
        "uniform((B, 10), *scale, generator)",
        "uniform((B, 10), scale[0], scale[0], generator)",
        "You give every box the smallest area of the range. Where should the area be drawn?",
    ),
    part(
        "area_as_a_share",
        "crop_boxes",
        "generator) * height * width",
        "generator)",
        "Each of your boxes has a single pixel, as if the share were the area in pixels. What is it a share of?",
    ),
    part(
        "area_from_zero",
        "crop_boxes",
        "uniform((B, 10), *scale, generator)",
        "uniform((B, 10), 0.0, scale[1], generator)",
        "You draw areas from 0 upwards. What is scale[0] for?",
    ),
    part(
        "area_range_added",
        "crop_boxes",
        "uniform((B, 10), *scale, generator)",
        "(scale[0] + uniform((B, 10), 0.0, scale[1], generator))",
        "You draw the area between low and low + high. By what must you multiply a draw from 0 … 1, so that the range ends at high?",
    ),
    part(
        "area_of_default_scale",
        "crop_boxes",
        "uniform((B, 10), *scale, generator)",
        "uniform((B, 10), 0.08, 1.0, generator)",
        "You draw from 8% to 100% of the area, whatever the argument says. Where should `scale` go?",
    ),
    part(
        "area_of_width_squared",
        "crop_boxes",
        "generator) * height * width",
        "generator) * width * width",
        "You take a share of the width squared. What is the area of an image that is not square?",
    ),
    part(
        "sides_rounded_up",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "w = (area * aspect).sqrt().ceil().clamp(min=1)\n    h = (area / aspect).sqrt().ceil().clamp(min=1)",
        "You round the sides up, so boxes are too large by half a pixel on average. Which whole number is nearest to 18.4?",
    ),
    part(
        "fits_by_one_side",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "fits = (w <= width) | (h <= height)",
        "You accept a box if one of its sides fits, so some boxes extend beyond the image. What must hold for the other side?",
    ),
    part(
        "fits_by_width",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "fits = w <= width",
        "You check only whether the width fits, so some boxes are taller than the image. What else must fit?",
    ),
    part(
        "fits_by_height",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "fits = h <= height",
        "You check only whether the height fits, so some boxes are wider than the image. What else must fit?",
    ),
    part(
        "no_last_resort",
        "crop_boxes",
        "w = torch.where(fits.any(1), w.gather(1, first)[:, 0], max(1, widest))\n    h = torch.where(fits.any(1), h.gather(1, first)[:, 0], max(1, tallest))",
        "w, h = w.gather(1, first)[:, 0], h.gather(1, first)[:, 0]",
        "If none of the ten candidates fits, you return one of them anyway. Which box is the last resort?",
    ),
    part(
        "never_drawn_again",
        "crop_boxes",
        "first = fits.int().argmax(1, keepdim=True)",
        "fits = torch.ones_like(fits)\n    first = fits.int().argmax(1, keepdim=True)",
        "You return the first candidate whether it fits or not. What should happen to a box that is larger than the image?",
        ties=("no_last_resort",),
    ),
    part(
        "last_resort_clamps_the_first",
        "crop_boxes",
        "w = torch.where(fits.any(1), w.gather(1, first)[:, 0], max(1, widest))\n    h = torch.where(fits.any(1), h.gather(1, first)[:, 0], max(1, tallest))",
        "w, h = w.gather(1, first)[:, 0].clamp(max=width), h.gather(1, first)[:, 0].clamp(max=height)",
        "If no candidate fits, you cut one of them down to the image. Is its ratio still allowed?",
    ),
    part(
        "last_resort_wide_rounded_down",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))\n    tallest = min(height, round(width / ratio[0]))",
        "widest = min(width, int(height * ratio[1]))\n    tallest = min(height, int(width / ratio[0]))",
        "You round the last resort down. How wide is it in an image of 11 rows, with ratios up to 4/3?",
    ),
    part(
        "last_resort_wide_rounded_up",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))\n    tallest = min(height, round(width / ratio[0]))",
        "widest = min(width, math.ceil(height * ratio[1]))\n    tallest = min(height, math.ceil(width / ratio[0]))",
        "You round the last resort up. How wide is it in an image of 10 rows, with ratios up to 4/3?",
    ),
    part(
        "last_resort_not_bounded",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))\n    tallest = min(height, round(width / ratio[0]))",
        "widest, tallest = round(height * ratio[1]), round(width / ratio[0])",
        "Your last resort can be larger than the image. Which side of the image limits it?",
    ),
    part(
        "last_resort_tall_by_the_other_end",
        "crop_boxes",
        "round(width / ratio[0])",
        "round(width / ratio[1])",
        "You use too flat a box as the last resort in a tall image. Which end of `ratio` gives the tallest box?",
    ),
    part(
        "last_resort_in_the_corner",
        "crop_boxes",
        "return torch",
        "top, left = torch.where(fits.any(1), top, 0), torch.where(fits.any(1), left, 0)\n    return torch",
        "You place the last resort in the top left corner. Where may it be?",
    ),
    part(
        "nine_tries",
        "crop_boxes",
        "first = fits.int().argmax(1, keepdim=True)",
        "fits = fits & (torch.arange(10) < 9)\n    first = fits.int().argmax(1, keepdim=True)",
        "You give up a little before ten draws. How many candidates does each image have?",
    ),
    part(
        "five_tries",
        "crop_boxes",
        "first = fits.int().argmax(1, keepdim=True)",
        "fits = fits & (torch.arange(10) < 5)\n    first = fits.int().argmax(1, keepdim=True)",
        "You give up long before ten draws. How many candidates does each image have?",
    ),
    part(
        "eleven_tries",
        "crop_boxes",
        "area = uniform((B, 10), *scale, generator) * height * width\n    aspect = uniform((B, 10), math",
        "area = uniform((B, 11), *scale, generator) * height * width\n    aspect = uniform((B, 11), math",
        "You draw a little more often than ten times. How many draws does an image get in all, including the first?",
    ),
    part(
        "thirty_tries",
        "crop_boxes",
        "area = uniform((B, 10), *scale, generator) * height * width\n    aspect = uniform((B, 10), math",
        "area = uniform((B, 40), *scale, generator) * height * width\n    aspect = uniform((B, 40), math",
        "You draw far more often than ten times. How many draws does an image get in all?",
    ),
    part(
        "smallest_that_fits",
        "crop_boxes",
        "fits.int().argmax(1, keepdim=True)",
        "(fits / area).argmax(1, keepdim=True)",
        "You keep the smallest candidate that fits, so boxes are too small. Which one should you keep, so that none is favoured?",
    ),
    part(
        "place_rounded",
        "crop_boxes",
        "(height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "(height - h)).round()\n    left = (uniform(B, 0, 1, generator) * (width - w)).round()",
        "You round the position, so the first and the last are only half as likely as the others. How wide is the range that rounds to 0?",
    ),
    part(
        "place_rounded_up",
        "crop_boxes",
        "(height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "(height - h)).ceil()\n    left = (uniform(B, 0, 1, generator) * (width - w)).ceil()",
        "You never use the first position. At how many positions can a box of 2 rows lie in an image of 4?",
    ),
    part(
        "last_top_missing",
        "crop_boxes",
        "(height - h + 1)",
        "(height - h)",
        "You never put a box at the bottom of the image. At how many positions can a box of 2 rows lie in an image of 4?",
    ),
    part(
        "last_left_missing",
        "crop_boxes",
        "(width - w + 1)",
        "(width - w)",
        "You never put a box at the right edge of the image. At how many positions can a box of 2 columns lie in an image of 6?",
    ),
    part(
        "place_one_too_far",
        "crop_boxes",
        "(height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "(height - h + 2)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 2)).floor()",
        "Some boxes begin one row too low and one column too far to the right. What is the last position of a box of 2 rows in an image of 4?",
    ),
    part(
        "left_outside",
        "crop_boxes",
        "(width - w + 1)).floor()",
        "width).floor()",
        "You draw the left side from all columns, so a wide box extends beyond the image. Which columns leave room for w columns?",
    ),
    part(
        "both_outside",
        "crop_boxes",
        "(height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "height).floor()\n    left = (uniform(B, 0, 1, generator) * width).floor()",
        "You draw the position from all rows and columns, so boxes extend beyond the image. Which positions leave room for the box?",
    ),
    part(
        "one_place_for_all",
        "crop_boxes",
        "top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()\n    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
        "top = (uniform(1, 0, 1, generator) * (height - h + 1)).floor()\n    left = (uniform(1, 0, 1, generator) * (width - w + 1)).floor()",
        "You draw one position for the whole batch. For how many boxes should positions be drawn?",
    ),
    part(
        "width_before_height",
        "crop_boxes",
        "torch.stack([top, left, h, w], 1)",
        "torch.stack([top, left, w, h], 1)",
        "You return the width before the height. In which order does a box hold them?",
        trains=False,
    ),
    part(
        "left_before_top",
        "crop_boxes",
        "torch.stack([top, left, h, w], 1)",
        "torch.stack([left, top, h, w], 1)",
        "Your top is drawn from the free columns, and your left from the free rows. Which of the two runs along the height?",
        trains=False,
    ),
    part(
        "ends_returned",
        "crop_boxes",
        "torch.stack([top, left, h, w], 1)",
        "torch.stack([top, left, top + h, left + w], 1)",
        "You return the bottom and the right end of a box. Which two numbers does the docstring name after top and left?",
        trains=False,
    ),
    part(
        "boxes_as_columns",
        "crop_boxes",
        "torch.stack([top, left, h, w], 1)",
        "torch.stack([top, left, h, w])",
        "You return the shape (4, B). Which dimension should count the boxes?",
        trains=False,
    ),
    part(
        "boxes_of_float",
        "crop_boxes",
        "1).long()",
        "1)",
        "You return float32. Which type does the docstring give for whole pixels?",
    ),
    part(
        "boxes_of_int32",
        "crop_boxes",
        "1).long()",
        "1).int()",
        "You return int32. Which type does the docstring give for whole pixels?",
    ),
    part(
        "boxes_repeat_without_generator",
        "crop_boxes",
        "area = uniform",
        "generator = generator or torch.Generator().manual_seed(0)\n    area = uniform",
        "Without a generator, you draw the same boxes in every call. Which generator does None stand for?",
    ),
    part(
        "boxes_of_a_fixed_seed",
        "crop_boxes",
        "area = uniform",
        "generator = torch.Generator().manual_seed(0)\n    area = uniform",
        "You seed the draws yourself, so every call returns the same boxes. What is the argument `generator` for?",
    ),
    part(
        "boxes_from_python",
        "crop_boxes",
        "left = (uniform(B, 0, 1, generator)",
        'left = (torch.tensor([__import__("random").random() for _ in range(B)])',
        "Neither the generator nor torch.manual_seed controls all draws of a box. Which helper draws numbers from a generator?",
    ),
    part(
        "ratio_of_log_of_two",
        "crop_boxes",
        "uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()",
        "uniform((B, 10), math.log2(ratio[0]), math.log2(ratio[1]), generator).exp()",
        "Your ratios reach beyond the range, by the same factor at both ends. Which logarithm does exp undo?",
    ),
    part(
        "sides_by_one_share",
        "crop_boxes",
        "w = (area * aspect).sqrt().round().clamp(min=1)\n    h = (area / aspect).sqrt().round().clamp(min=1)",
        "share = (area / height / width).sqrt()\n    w, h = (share * width).round().clamp(min=1), (share * height).round().clamp(min=1)",
        "You take the same share of the width and of the height, so each box has the shape of the image. Where should the ratio go?",
    ),
    part(
        "width_cut_to_the_image",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "w = w.clamp(max=width)\n    fits = (w <= width) & (h <= height)",
        "You cut a box that is too wide down to the image's width. Does it still have its area and its ratio?",
    ),
    part(
        "height_cut_to_the_image",
        "crop_boxes",
        "fits = (w <= width) & (h <= height)",
        "h = h.clamp(max=height)\n    fits = (w <= width) & (h <= height)",
        "You cut a box that is too tall down to the image's height. Does it still have its area and its ratio?",
    ),
    part(
        "last_resort_wide_square",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))",
        "widest = min(width, height)",
        "You use a square as the last resort in a wide image. Is there no wider box of an allowed ratio?",
    ),
    part(
        "last_resort_tall_square",
        "crop_boxes",
        "tallest = min(height, round(width / ratio[0]))",
        "tallest = min(height, width)",
        "You use a square as the last resort in a tall image. Is there no taller box of an allowed ratio?",
    ),
    part(
        "last_resort_whole_width",
        "crop_boxes",
        "widest = min(width, round(height * ratio[1]))",
        "widest = width",
        "Your last resort is as wide as a wide image. Is its ratio allowed?",
    ),
    part(
        "last_resort_whole_height",
        "crop_boxes",
        "tallest = min(height, round(width / ratio[0]))",
        "tallest = height",
        "Your last resort is as tall as a tall image. Is its ratio allowed?",
    ),
    part(
        "area_of_side_squared",
        "crop_boxes",
        "generator) * height * width",
        "generator) * min(height, width) ** 2",
        "You take a share of the shorter side squared. What is the area of an image that is not square?",
    ),
    # crop_and_resize
    part(
        "rows_as_columns",
        "crop_and_resize",
        "-> bcij",
        "-> bcji",
        "You transpose the result. Which index of y_bcij is the row?",
    ),
    part(
        "top_left_exchanged",
        "crop_and_resize",
        "top, left, height, width",
        "left, top, height, width",
        "You read left before top. In which order does a box hold them?",
        trains=False,
    ),
    part(
        "height_width_exchanged",
        "crop_and_resize",
        "top, left, height, width",
        "top, left, width, height",
        "You read width before height. In which order does a box hold them?",
        trains=False,
    ),
    part(
        "whole_image_resized",
        "crop_and_resize",
        "return torch",
        "rows, columns = (resize_weights(torch.zeros(len(x)), torch.full((len(x),), n), n, size).to(x) for n in x.shape[2:])\n    return torch",
        "You resize the whole image. What is the box for?",
        ties=("first_box_for_all",),
    ),
    part(
        "first_box_for_all",
        "crop_and_resize",
        "boxes.to(x).unbind(1)",
        "boxes[:1].expand_as(boxes).to(x).unbind(1)",
        "You use the first box for every image. Which box belongs to image b?",
        ties=("whole_image_resized",),
    ),
    part(
        "nearest",
        "crop_and_resize",
        "return torch",
        "rows, columns = (torch.nn.functional.one_hot(m.argmax(2), m.shape[2]).to(x) for m in (rows, columns))\n    return torch",
        "You take the nearest pixel. What does bilinear interpolation do between two pixels?",
    ),
    Mistake(
        "no_antialias",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h, l : l + w], (size, size), mode="bilinear") for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You skip pixels when the image shrinks. Which pixels must contribute to a result that is four times smaller?",
        trains=True,
    ),
    Mistake(
        "align_corners",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h, l : l + w], (size, size), mode="bilinear", align_corners=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You align the centres of the corner pixels (align_corners). Which point does output pixel i show, if its centre is at i + 1/2?",
        trains=True,
    ),
    Mistake(
        "bicubic",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h, l : l + w], (size, size), mode="bicubic", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You resize with bicubic weights, some of which are negative. Which interpolation does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "area_means",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.adaptive_avg_pool2d(x[b : b + 1, :, t : t + h, l : l + w], size) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You take plain means over areas (pooling). How does a bilinear weight fall with the distance?",
        trains=True,
    ),
    part(
        "one_pixel_off",
        "crop_and_resize",
        "resize_weights(left, width",
        "resize_weights((left - 1).clamp(min=0), width",
        "You start the box one pixel too far to the left. Which column is the first of the box?",
    ),
    Mistake(
        "looks_outside",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    def line(start, length, n):
        step = length[:, None, None] / size
        at = start[:, None, None] + (torch.arange(size)[:, None] + 0.5) * step
        weights = (1 - (torch.arange(n) + 0.5 - at).abs() / step.clamp(min=1)).clamp(min=0)
        return (weights / weights.sum(2, keepdim=True)).to(x)
    top, left, height, width = boxes.unbind(1)
    return torch.einsum("bih, bchw, bjw -> bcij", line(top, height, x.shape[2]), x, line(left, width, x.shape[3]))""",
        "You mix in pixels from outside the box at its edges. What weight should a pixel just outside the box have?",
        trains=True,
    ),
    part(
        "boxes_on_the_cpu",
        "crop_and_resize",
        "boxes.to(x).unbind(1)",
        "boxes.to(x.dtype).unbind(1)",
        "Some tensor of yours stays on the CPU, as the boxes are, wherever the images are. What moves a tensor to the device of another?",
    ),
    Mistake(
        "size_read_as_ends",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t:h, l:w], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You use a box's height and width as if they were its bottom and right end. Where does a box end that starts at row 3 and has 4 rows?",
    ),
    part(
        "rows_for_both",
        "crop_and_resize",
        "resize_weights(left, width",
        "resize_weights(top, height",
        "You use the box's top and height for the columns, too. Which two numbers say where its columns are?",
        trains=False,
    ),
    part(
        "columns_for_both",
        "crop_and_resize",
        "resize_weights(top, height",
        "resize_weights(left, width",
        "You use the box's left and width for the rows, too. Which two numbers say where its rows are?",
        trains=False,
    ),
    part(
        "left_by_height",
        "crop_and_resize",
        "resize_weights(left, width",
        "resize_weights(left, height",
        "You use the box's height as its width, too. Which numbers say where its columns are?",
    ),
    part(
        "top_by_width",
        "crop_and_resize",
        "resize_weights(top, height",
        "resize_weights(top, width",
        "You use the box's width as its height, too. Which numbers say where its rows are?",
    ),
    part(
        "left_of_top",
        "crop_and_resize",
        "resize_weights(left, width",
        "resize_weights(top, width",
        "You start the columns of the box where its rows start. Which number says where its columns start?",
    ),
    part(
        "top_of_left",
        "crop_and_resize",
        "resize_weights(top, height",
        "resize_weights(left, height",
        "You start the rows of the box where its columns start. Which number says where its rows start?",
    ),
    Mistake(
        "nearest_pixel_of_torch",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h, l : l + w], (size, size)) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        'You resize with the mode "nearest", which is the default of interpolate. Which interpolation does the docstring ask for?',
        trains=True,
    ),
    Mistake(
        "bicubic_without_antialias",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h, l : l + w], (size, size), mode="bicubic") for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You resize with bicubic weights and skip pixels when the image shrinks. Which two words does the docstring use for the resizing?",
        trains=True,
    ),
    Mistake(
        "antialias_and_corners",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h, l : l + w], (size, size), mode="bilinear", align_corners=True, antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You average over pixels, but align the centres of the corner pixels (align_corners). Which point does output pixel i show, if its centre is at i + 1/2?",
        trains=True,
    ),
    part(
        "one_row_off",
        "crop_and_resize",
        "resize_weights(top, height",
        "resize_weights((top - 1).clamp(min=0), height",
        "You start the box one row too high. Which row is the first of the box?",
    ),
    Mistake(
        "box_one_shorter",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h - 1, l : l + w - 1], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You leave out the last row and the last column of the box. Does a slice include its end?",
    ),
    Mistake(
        "box_one_longer",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + h + 1, l : l + w + 1], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You include the row and the column after the box. Where does a box end that starts at row 1 and has 5 rows?",
    ),
    Mistake(
        "box_around_its_corner",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, max(0, t - h // 2) : t - h // 2 + h, max(0, l - w // 2) : l - w // 2 + w], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You use top and left as if they were the centre of the box. Which corner do they name?",
    ),
    part(
        "result_upside_down",
        "crop_and_resize",
        ".contiguous()",
        ".flip(2).contiguous()",
        "You turn the result upside down. Which row of the box comes first?",
    ),
    part(
        "result_mirrored",
        "crop_and_resize",
        ".contiguous()",
        ".flip(3).contiguous()",
        "You flip the result from left to right. Which column of the box comes first?",
    ),
    part(
        "channels_come_last",
        "crop_and_resize",
        "-> bcij",
        "-> bijc",
        "You return the channels in the last dimension. Which shape does the docstring give?",
        trains=False,
    ),
    part(
        "channels_added",
        "crop_and_resize",
        "-> bcij",
        "-> bij",
        "You add up the channels, so they are missing from the result. Which shape does the docstring give?",
        trains=False,
    ),
    part(
        "one_image_dimension_more",
        "crop_and_resize",
        RESIZE,
        RESIZE + "[:, None]",
        "Your result has five dimensions. What does torch.stack do to images that already have a dimension for the batch?",
        trains=False,
    ),
    part(
        "weights_of_float32",
        "crop_and_resize",
        "boxes.to(x).unbind(1)",
        "boxes.to(x.device).float().unbind(1)",
        "You make the weights in float32, so float64 images cannot be resized. Which type should the boxes have before the weights are made?",
        trains=True,
    ),
    part(
        "last_box_for_all",
        "crop_and_resize",
        "boxes.to(x).unbind(1)",
        "boxes[-1:].expand_as(boxes).to(x).unbind(1)",
        "You use the last box for every image. Which box belongs to image b?",
    ),
    part(
        "cut_without_resizing",
        "crop_and_resize",
        RESIZE,
        "torch.stack([F.pad(x[b], (0, size, 0, size))[:, t : t + size, l : l + size] for b, (t, l, _, _) in enumerate(boxes.tolist())])",
        "You cut out a square of the final size, starting at top and left, and resize nothing. What are the box's height and width for?",
    ),
    Mistake(
        "rows_cut_by_left",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, l : l + w, t : t + h], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You cut the rows by left and width, and the columns by top and height. Which dimension of (B, 3, H, W) holds the rows?",
    ),
    Mistake(
        "slices_of_left_top",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, l : l + h, t : t + w], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You start the rows at left and the columns at top. In which order does a box hold them?",
    ),
    Mistake(
        "slices_of_width_height",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + w, l : l + h], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You cut out as many rows as the box is wide, and as many columns as it is tall. In which order does a box hold its sides?",
    ),
    part(
        "weights_exchanged",
        "crop_and_resize",
        "rows, x, columns",
        "columns, x, rows",
        "You apply the weights of the columns to the rows, and those of the rows to the columns. Which matrix belongs to index h?",
        trains=False,
    ),
    part(
        "rows_not_cut",
        "crop_and_resize",
        "resize_weights(top, height",
        "resize_weights(0 * top, 0 * height + x.shape[2]",
        "You show all rows of the image and cut only the columns. Which two numbers say where the box's rows are?",
    ),
    part(
        "columns_not_cut",
        "crop_and_resize",
        "resize_weights(left, width",
        "resize_weights(0 * left, 0 * width + x.shape[3]",
        "You show all columns of the image and cut only the rows. Which two numbers say where the box's columns are?",
    ),
    Mistake(
        "square_of_the_width",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t : t + w, l : l + w], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You cut out as many rows as the box has columns. Which number says how tall it is?",
    ),
    Mistake(
        "box_to_the_corner",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, t:, l:], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You show everything below and to the right of top and left. Where does the box end?",
    ),
    Mistake(
        "box_from_the_corner",
        "crop_and_resize",
        """def crop_and_resize(x, boxes, size):
    return torch.cat([F.interpolate(x[b : b + 1, :, :h, :w], (size, size), mode="bilinear", antialias=True) for b, (t, l, h, w) in enumerate(boxes.tolist())])""",
        "You cut every box out of the top left corner. Where does the box begin?",
    ),
    # random_resized_crop
    part(
        "crop_p_ignored",
        "random_resized_crop",
        "if p < 1:",
        "if p < 0:",
        "You crop every image. What is p for?",
    ),
    part(
        "uncropped_box_of_the_result",
        "random_resized_crop",
        "boxes, whole_image(x))",
        "boxes, torch.tensor([0, 0, size, size], device=boxes.device))",
        "You give an image that stays whole a box as large as the result. How large must it be, and which box is the whole image?",
    ),
    part(
        "crop_inverted",
        "random_resized_crop",
        "boxes, whole_image(x))",
        "whole_image(x), boxes)",
        "You crop the images whose coin comes up tails. What should p = 0 do?",
    ),
    part(
        "crop_coin_for_batch",
        "random_resized_crop",
        "coin(len(x), p, generator)[:, None]",
        "coin(1, p, generator)[:, None]",
        "You toss one coin for the whole batch. How many images should decide for themselves?",
        ties=(
            "flip_coin_for_batch",
            "gray_coin_for_batch",
            "jitter_coin_for_batch",
            "blur_coin_for_batch",
        ),
    ),
    part(
        "scale_ignored",
        "random_resized_crop",
        "scale, ratio, generator)",
        "(0.08, 1.0), ratio, generator)",
        "You always draw from 8% to 100% of the area. Where should `scale` go?",
    ),
    part(
        "ratio_ignored",
        "random_resized_crop",
        "scale, ratio, generator)",
        "scale, (3 / 4, 4 / 3), generator)",
        "You always draw ratios from 3/4 to 4/3. Where should `ratio` go?",
    ),
    part(
        "square_crops",
        "random_resized_crop",
        "scale, ratio, generator)",
        "scale, (1.0, 1.0), generator)",
        "You make all crops square. Where should `ratio` go?",
    ),
    part(
        "size_of_image_exchanged",
        "random_resized_crop",
        "x.shape[2], x.shape[3], scale",
        "min(x.shape[2:]), min(x.shape[2:]), scale",
        "You draw boxes only from a square at the top left. What are the image's height and width?",
    ),
    part(
        "crop_sides_exchanged",
        "random_resized_crop",
        "x.shape[2], x.shape[3], scale",
        "x.shape[3], x.shape[2], scale",
        "You exchange the image's height and width, so boxes reach outside an image that is not square. In which order does crop_boxes take them?",
        trains=False,
    ),
    part(
        "same_crop_for_all",
        "random_resized_crop",
        "crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)",
        "crop_boxes(1, x.shape[2], x.shape[3], scale, ratio, generator).expand(len(x), 4)",
        "You draw one box for the whole batch. How many images are there?",
    ),
    part(
        "boxes_without_generator",
        "random_resized_crop",
        "scale, ratio, generator)",
        "scale, ratio)",
        "Not all draws of a crop come from the generator. To which helpers must you pass it on?",
    ),
    part(
        "never_cropped",
        "random_resized_crop",
        "return crop_and_resize(x, boxes, size)",
        "return crop_and_resize(x, whole_image(x), size)",
        "You show the whole image and never use the boxes. What is random then?",
        trains=False,
    ),
    part(
        "crop_size_ignored",
        "random_resized_crop",
        "crop_and_resize(x, boxes, size)",
        "crop_and_resize(x, boxes, x.shape[2])",
        "Your result has the height of the images, whatever size is. Where should `size` go?",
    ),
    part(
        "whole_images_not_resized",
        "random_resized_crop",
        "if p < 1:\n        boxes = torch.where(coin(len(x), p, generator)[:, None], boxes, whole_image(x))",
        "if p < 1:\n        return torch.where(coin(len(x), p, generator)[:, None, None, None].to(x.device), crop_and_resize(x, boxes, size), x)",
        "You combine crops with uncropped images of a different size. What must happen to an image that is shown whole?",
        trains=True,
    ),
    part(
        "only_crops_resized",
        "random_resized_crop",
        "if p < 1:\n        boxes = torch.where(coin(len(x), p, generator)[:, None], boxes, whole_image(x))",
        "if p <= 1:\n        return change_some(x, coin(len(x), p, generator), lambda some, own: crop_and_resize(some, own, size), boxes)",
        "You resize only the images that are cropped, so the others keep their old size. Which helper gives the box of a whole image?",
    ),
    part(
        "crop_to_the_height",
        "random_resized_crop",
        "if p < 1:\n        boxes = torch.where(coin(len(x), p, generator)[:, None], boxes, whole_image(x))",
        "if p <= 1:\n        return change_some(x, coin(len(x), p, generator), lambda some, own: crop_and_resize(some, own, x.shape[2]), boxes)",
        "You resize crops to the images' height and leave the others as they are. To which size should all of them be resized?",
    ),
    part(
        "crop_twice",
        "random_resized_crop",
        "return crop_and_resize(x, boxes, size)",
        "again = crop_boxes(len(x), size, size, scale, ratio, generator)\n    again = torch.where((boxes == whole_image(x)).all(1)[:, None], whole_image(x[:, :, :size, :size]).new_tensor([0, 0, size, size]), again)\n    return crop_and_resize(crop_and_resize(x, boxes, size), again, size)",
        "You crop twice, so a view shows too little of the image. How many times should a box be cut out?",
    ),
    part(
        "crop_scale_and_ratio_exchanged",
        "random_resized_crop",
        "scale, ratio, generator)",
        "ratio, scale, generator)",
        "You pass the ratio where crop_boxes takes the scale, and the scale where it takes the ratio. What is its fourth argument?",
    ),
    part(
        "crop_scale_of_log_area",
        "random_resized_crop",
        "scale, ratio, generator)",
        "(scale[0] ** 2, scale[1] ** 2), ratio, generator)",
        "Your crops cover a smaller share of the area than `scale` says. What is `scale` a share of?",
    ),
    part(
        "crop_at_the_centre",
        "random_resized_crop",
        "boxes = crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)",
        "boxes = crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)\n    boxes[:, 0], boxes[:, 1] = (x.shape[2] - boxes[:, 2]) // 2, (x.shape[3] - boxes[:, 3]) // 2",
        "You always crop from the centre of the image. Which function draws where a box is?",
    ),
    part(
        "crop_at_the_corner",
        "random_resized_crop",
        "boxes = crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)",
        "boxes = crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)\n    boxes[:, :2] = 0",
        "You always crop from the top left corner. Which function draws where a box is?",
    ),
    part(
        "crop_never_whole",
        "random_resized_crop",
        "boxes, whole_image(x))",
        "boxes, crop_boxes(len(x), x.shape[2], x.shape[3], (1.0, 1.0), (1.0, 1.0), generator))",
        "You show only a square part of an image that is not cropped. Which helper gives the box of a whole image?",
    ),
    part(
        "crop_too_few",
        "random_resized_crop",
        "coin(len(x), p, generator)[:, None]",
        "(coin(len(x), p, generator) & coin(len(x), p, generator))[:, None]",
        "With p = 1/4 you crop far fewer images than one in four. How many coins do you toss for each image?",
    ),
    part(
        "crop_fixed_half",
        "random_resized_crop",
        "if p < 1:\n        boxes = torch.where(coin(len(x), p, generator)",
        "if True:\n        boxes = torch.where(coin(len(x), 0.5, generator)",
        "You crop some images at p = 0, and show some whole at p = 1. Where should p go?",
    ),
    part(
        "crop_of_a_fixed_seed",
        "random_resized_crop",
        "boxes = crop_boxes",
        "generator = torch.Generator().manual_seed(0)\n    boxes = crop_boxes",
        "You seed the draws yourself, so every batch is cropped in the same way. What is the argument `generator` for?",
    ),
    part(
        "crop_repeats_without_generator",
        "random_resized_crop",
        "boxes = crop_boxes",
        "generator = generator or torch.Generator().manual_seed(0)\n    boxes = crop_boxes",
        "Without a generator, you draw the same crops in every call. Which generator does None stand for?",
    ),
    part(
        "crop_boxes_shuffled",
        "random_resized_crop",
        "return crop_and_resize(x, boxes, size)",
        "return crop_and_resize(x, boxes, size).flip(0)",
        "You return the images in a different order. Which row must show image b?",
        trains=False,
    ),
    part(
        "crop_exact_share",
        "random_resized_crop",
        "coin(len(x), p, generator)[:, None]",
        "(torch.randperm(len(x), generator=generator) < round(p * len(x)))[:, None]",
        "You crop exactly a fraction p of each batch. Could three independent coins all come up heads?",
    ),
    part(
        "crop_first_share",
        "random_resized_crop",
        "coin(len(x), p, generator)[:, None]",
        "(torch.arange(len(x)) < round(p * len(x)))[:, None]",
        "You always crop the first images of the batch. Where do you toss the coins?",
    ),
    part(
        "boxes_of_the_final_size",
        "random_resized_crop",
        "crop_boxes(len(x), x.shape[2], x.shape[3], scale",
        "crop_boxes(len(x), size, size, scale",
        "You draw boxes for an image of the final size, at its top left. What are the image's height and width?",
    ),
    # to_gray
    part(
        "plain_mean",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "(red + green + blue) / 3",
        "You take the plain mean of the channels. Does blue look as bright as green?",
    ),
    part(
        "blue_first",
        "to_gray",
        "red, green, blue = x",
        "blue, green, red = x",
        "You read the channels as blue, green, red, as OpenCV does. In which order are they here?",
    ),
    part(
        "rec_709",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "0.2126 * red + 0.7152 * green + 0.0722 * blue",
        "You use the weights of ITU-R 709. Which weights does the docstring give?",
    ),
    part(
        "lightness",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "(x.amax(1) + x.amin(1)) / 2",
        "You take the mean of the largest and the smallest channel. What does the docstring add up?",
    ),
    part(
        "largest_channel",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "x.amax(1)",
        "You take the largest channel, which is the V of HSV. What does the docstring add up?",
    ),
    part(
        "green_only",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "green",
        "You take the green channel alone. What do red and blue contribute?",
    ),
    part(
        "squares",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "(LUMA[0] * red**2 + LUMA[1] * green**2 + LUMA[2] * blue**2).sqrt()",
        "You weight the squares and take the square root. Does the docstring square anything?",
    ),
    part(
        "gray_without_dimension",
        "to_gray",
        "[:, None]",
        "",
        "You return (B, H, W), without a dimension for the channels. Which shape does the docstring give?",
        trains=False,
    ),
    part(
        "weights_of_another_rounding",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "0.299 * red + 0.587 * green + 0.114 * blue",
        "You round the weight of red to 0.299. Which one does the docstring give?",
    ),
    part(
        "luma_on_the_cpu",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "(x * torch.tensor(LUMA, dtype=x.dtype).view(3, 1, 1)).sum(1) + 0 * (red + green + blue)",
        "A tensor that you make is on the CPU, wherever the images are. How do you make one on the same device as another?",
    ),
    part(
        "gray_sum",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "red + green + blue",
        "You add up the channels without weights, so white gives 3. What should the three weights add up to?",
    ),
    part(
        "red_and_green_exchanged",
        "to_gray",
        "red, green, blue = x",
        "green, red, blue = x",
        "You give red the weight of green, and green that of red. Which colour looks brightest?",
    ),
    part(
        "green_and_blue_exchanged",
        "to_gray",
        "red, green, blue = x",
        "red, blue, green = x",
        "You give green the weight of blue, and blue that of green. Which colour looks brightest?",
    ),
    part(
        "weights_moved_on",
        "to_gray",
        "red, green, blue = x",
        "blue, red, green = x",
        "You give each channel its neighbour's weight: 0.114 to red, 0.299 to green and 0.587 to blue. Which colour looks brightest?",
    ),
    part(
        "weights_moved_back",
        "to_gray",
        "red, green, blue = x",
        "green, blue, red = x",
        "You give each channel its neighbour's weight: 0.587 to red, 0.114 to green and 0.299 to blue. Which colour looks brightest?",
    ),
    part(
        "weighted_mean_of_three",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "(LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / 3",
        "You weight the channels and then divide by 3, so white becomes dark grey. What do the weights add up to already?",
    ),
    part(
        "gray_scaled_to_one",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "(LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / sum(LUMA)",
        "You scale the weights so that white gives exactly 1. Which three weights does the docstring give?",
    ),
    part(
        "weights_of_one_digit",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "0.3 * red + 0.59 * green + 0.11 * blue",
        "You round the weights to 0.3, 0.59 and 0.11. Which ones does the docstring give?",
    ),
    part(
        "red_only",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "red",
        "You take the red channel alone. What do green and blue contribute?",
    ),
    part(
        "blue_only",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "blue",
        "You take the blue channel alone. What do red and green contribute?",
    ),
    part(
        "smallest_channel",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "x.amin(1)",
        "You take the smallest channel. What does the docstring add up?",
    ),
    part(
        "middle_channel",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "x.median(1).values",
        "You take the median of the channels. What does the docstring add up?",
    ),
    part(
        "length_of_the_colour",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "x.norm(dim=1)",
        "You take the norm of the colour as a vector, so white gives 1.73. What does the docstring add up?",
    ),
    part(
        "blue_left_out",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "LUMA[0] * red + LUMA[1] * green",
        "You leave blue out of the sum. How many channels does an image have?",
    ),
    part(
        "red_left_out",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "LUMA[1] * green + LUMA[2] * blue",
        "You leave red out of the sum. How many channels does an image have?",
    ),
    part(
        "green_left_out",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "LUMA[0] * red + LUMA[2] * blue",
        "You leave green out of the sum. How many channels does an image have?",
    ),
    part(
        "gray_negative",
        "to_gray",
        "LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue",
        "1 - (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)",
        "You return the negative: white gives 0. What should black give?",
    ),
    part(
        "gray_of_the_whole_image",
        "to_gray",
        "return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[:, None]",
        "y = (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[:, None]\n    return y.mean((2, 3), keepdim=True).expand_as(y)",
        "You give all pixels of an image the same brightness. Over which dimension should the sum run?",
    ),
    part(
        "gray_of_the_batch",
        "to_gray",
        "return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[:, None]",
        "y = (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[:, None]\n    return y.mean(0, keepdim=True).expand_as(y)",
        "You average over the batch, so all images have the same grey version. Over which dimension should the sum run?",
    ),
    part(
        "gray_of_three_channels",
        "to_gray",
        "[:, None]",
        "[:, None].expand_as(x)",
        "You return three channels. How many does the docstring's shape have?",
    ),
    part(
        "gray_not_added_up",
        "to_gray",
        "return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[:, None]",
        "return torch.stack([LUMA[0] * red, LUMA[1] * green, LUMA[2] * blue], 1)",
        "You weight the channels but do not add them up. How many channels does a grey image have here?",
    ),
    part(
        "gray_channel_last",
        "to_gray",
        "[:, None]",
        "[..., None]",
        "You put the new dimension at the end. Which dimension of (B, 1, H, W) holds the channels?",
        trains=False,
    ),
    part(
        "gray_added_up_in_red",
        "to_gray",
        "red, green, blue = x.unbind(1)",
        "red, green, blue = x.unbind(1)\n    red *= LUMA[0]\n    red += LUMA[1] * green\n    red += LUMA[2] * blue\n    return red[:, None]",
        "You add up the grey in the image's own red channel. What is left in the image that you were given?",
    ),
    part(
        "gray_in_three_steps_of_place",
        "to_gray",
        "red, green, blue = x.unbind(1)",
        "red, green, blue = x.unbind(1)\n    red *= LUMA[0]\n    green *= LUMA[1]\n    blue *= LUMA[2]\n    return (red + green + blue)[:, None]",
        "You multiply the image's own channels by their weights. What is left in the image that you were given?",
    ),
    Mistake(
        "gray_weights_along_columns",
        "to_gray",
        """def to_gray(x):
    return (x * torch.tensor(LUMA, dtype=x.dtype, device=x.device)).sum(1, keepdim=True)""",
        "You give the three weights no further dimensions, so they meet the columns. Which dimensions of size 1 must follow the channels?",
    ),
    Mistake(
        "gray_weights_along_rows",
        "to_gray",
        """def to_gray(x):
    return (x * torch.tensor(LUMA, dtype=x.dtype, device=x.device)[:, None]).sum(1, keepdim=True)""",
        "You give the three weights one further dimension, so they meet the rows. Which dimensions of size 1 must follow the channels?",
    ),
    Mistake(
        "gray_summed_over_rows",
        "to_gray",
        """def to_gray(x):
    return (x * torch.tensor(LUMA, dtype=x.dtype, device=x.device).view(1, 3, 1, 1)).sum(2, keepdim=True)""",
        "You add up the rows. Over which dimension should the sum run?",
    ),
    Mistake(
        "gray_summed_over_columns",
        "to_gray",
        """def to_gray(x):
    return (x * torch.tensor(LUMA, dtype=x.dtype, device=x.device).view(1, 3, 1, 1)).sum(3, keepdim=True)""",
        "You add up the columns. Over which dimension should the sum run?",
    ),
    # grayscale
    part(
        "gray_red_channel",
        "grayscale",
        GRAY,
        "some[:, :1].expand_as(some)",
        "You copy the red channel into all three. Is red the brightness?",
    ),
    part(
        "gray_mean",
        "grayscale",
        GRAY,
        "some.mean(1, keepdim=True).expand_as(some)",
        "You take the plain mean of the channels. Which function did you write in the last step?",
    ),
    part(
        "gray_first_only",
        "grayscale",
        GRAY,
        "torch.cat([to_gray(some), some[:, 1:]], 1)",
        "You replace only the red channel by the brightness. What do green and blue hold in a grey image?",
    ),
    part(
        "gray_halfway",
        "grayscale",
        GRAY,
        "(some + to_gray(some)) / 2",
        "You go only halfway to grey. How much colour should be left?",
    ),
    part(
        "gray_flat",
        "grayscale",
        GRAY,
        "to_gray(some).mean((2, 3), keepdim=True).expand_as(some)",
        "You give every pixel the mean brightness of its image. Over which dimension should the colour be removed?",
    ),
    part(
        "gray_inverted",
        "grayscale",
        "drop = coin(len(x), p, generator)",
        "drop = ~coin(len(x), p, generator)",
        "You remove the colour when the coin comes up tails. What should p = 0 do?",
    ),
    part(
        "gray_always",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), 1.0, generator)",
        "You remove the colour from every image. Where do you use p?",
    ),
    part(
        "gray_fixed_p",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), 0.2, generator)",
        "You make a few images grey even at p = 0, and only a few at p = 1. Where should p go?",
    ),
    part(
        "gray_coin_for_batch",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(1, p, generator).expand(len(x))",
        "You toss one coin for the whole batch. How many images should decide for themselves?",
        ties=(
            "flip_coin_for_batch",
            "crop_coin_for_batch",
            "jitter_coin_for_batch",
            "blur_coin_for_batch",
        ),
    ),
    part(
        "gray_exact_share",
        "grayscale",
        "coin(len(x), p, generator)",
        "torch.randperm(len(x), generator=generator) < round(p * len(x))",
        "You change exactly a fraction p of each batch. Could three independent coins all come up heads?",
    ),
    part(
        "gray_global",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), p)",
        "You toss the coins with torch's global generator. What is the argument `generator` for?",
        ties=("flip_global",),
    ),
    Mistake(
        "gray_pixel_coins",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    drop = torch.rand(len(x), 1, *x.shape[2:], generator=generator) < p
    return torch.where(drop.to(x.device), to_gray(x), x)""",
        "You toss a coin for each pixel. What should be grey or coloured as a whole?",
        trains=True,
    ),
    part(
        "gray_never",
        "grayscale",
        "return change_some(x, drop, lambda some: to_gray(some).expand_as(some))",
        "return x.clone()",
        "You remove the colour from no image, even if p is 1. What becomes of the grey copies?",
    ),
    part(
        "gray_by_weight",
        "grayscale",
        "return change_some(x, drop, lambda some: to_gray(some).expand_as(some))",
        "return (1 - p) * x + p * to_gray(x)",
        "You mix each image with its grey version, with weights 1 - p and p. What should p be the probability of?",
    ),
    part(
        "gray_too_few",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), p, generator) & coin(len(x), p, generator)",
        "With p = 1/4 you make far fewer images grey than one in four. How many coins do you toss for each image?",
    ),
    part(
        "gray_too_many",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), p**0.5, generator)",
        "With p = 1/4 you make about half of the images grey, though p = 0 and p = 1 are right. What share should it be?",
    ),
    part(
        "gray_half_of_them",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), 0.5, generator)",
        "You make some images grey at p = 0 and leave some coloured at p = 1. Where should p go?",
    ),
    part(
        "gray_first_share",
        "grayscale",
        "coin(len(x), p, generator)",
        "torch.arange(len(x)) < round(p * len(x))",
        "You always make the first images of the batch grey. Where do you toss the coins?",
    ),
    part(
        "gray_own_seed",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), p, torch.Generator().manual_seed(0))",
        "You seed the coins of grayscale yourself, so each call gets the same ones. Which coins does the second batch get?",
    ),
    part(
        "gray_repeats_without_generator",
        "grayscale",
        "coin(len(x), p, generator)",
        "coin(len(x), p, generator or torch.Generator().manual_seed(0))",
        "Without a generator, you toss the same coins for grey in every call. Which generator does None stand for?",
    ),
    part(
        "gray_coins_of_python",
        "grayscale",
        "coin(len(x), p, generator)",
        'torch.tensor([__import__("random").random() < p for _ in x])',
        "You toss the coins for grey with a source that neither the generator nor torch.manual_seed controls. Which helper draws from the generator?",
    ),
    Mistake(
        "gray_coins_on_the_cpu",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    return torch.where(coin(len(x), p, generator)[:, None, None, None], to_gray(x), x)""",
        "Some tensor of yours stays on the CPU, wherever the images are: the coins, perhaps, or weights. What must be done before they meet?",
        trains=True,
    ),
    Mistake(
        "gray_in_place",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    drop = coin(len(x), p, generator)
    x[drop] = to_gray(x[drop]).expand_as(x[drop])
    return x""",
        "You write the grey images into the batch that you were given. What would a second view of the same batch start from?",
        trains=True,
    ),
    Mistake(
        "gray_coins_on_the_device",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    draw = torch.rand(len(x), device=x.device) if generator is None else torch.rand(len(x), generator=generator)
    return torch.where((draw < p).to(x.device)[:, None, None, None], to_gray(x), x)""",
        "You draw the coins for grey on the images' device, so one seed gives different views on a GPU. Where should they be drawn?",
        trains=True,
    ),
    Mistake(
        "gray_channel_coins",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    drop = torch.rand(len(x), 3, 1, 1, generator=generator) < p
    return torch.where(drop.to(x.device), to_gray(x), x)""",
        "You toss a coin for each channel, so an image loses only some of its colour. What should be grey or coloured as a whole?",
        trains=True,
    ),
    Mistake(
        "gray_row_coins",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    drop = torch.rand(len(x), 1, x.shape[2], 1, generator=generator) < p
    return torch.where(drop.to(x.device), to_gray(x), x)""",
        "You toss a coin for each row of pixels. What should be grey or coloured as a whole?",
        trains=True,
    ),
    Mistake(
        "gray_one_channel",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    return change_some(x, coin(len(x), p, generator), to_gray)""",
        "You put images of one channel among images of three. How many channels does a grey image have here?",
    ),
    Mistake(
        "gray_sum_of_channels",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    return change_some(x, coin(len(x), p, generator), lambda some: torch.cat([LUMA[i] * some[:, i : i + 1] for i in range(3)], 1))""",
        "You weight the three channels but do not add them up, so colour is left. What do all three channels of a grey image hold?",
        trains=True,
    ),
    part(
        "gray_red_left",
        "grayscale",
        GRAY,
        "torch.cat([some[:, :1], to_gray(some).expand(-1, 2, -1, -1)], 1)",
        "You leave the red channel as it is. What do all three channels of a grey image hold?",
    ),
    part(
        "gray_default_half",
        "grayscale",
        "p: float = 0.2",
        "p: float = 0.5",
        "Your default of p is too large. What does the signature say?",
    ),
    Mistake(
        "gray_of_other_images",
        "grayscale",
        """def grayscale(x, p=0.2, generator=None):
    heads = coin(len(x), p, generator).to(x.device)
    out = x.clone()
    out[heads] = to_gray(x[: int(heads.sum())]).expand(-1, 3, -1, -1)
    return out""",
        "You put grey copies of the first images where other images should be grey. Which rows must both sides of the assignment name?",
    ),
    # adjust_brightness
    part(
        "brightness_added",
        "adjust_brightness",
        BRIGHT,
        "(x + factor[:, None, None, None] - 1).clamp(0, 1)",
        "You add factor - 1 to every value. What must factor 0 give?",
    ),
    part(
        "brightness_not_cut",
        "adjust_brightness",
        ".clamp_(0, 1)",
        "",
        "You leave values above 1 as they are. Which range does the docstring promise?",
    ),
    part(
        "brightness_wraps",
        "adjust_brightness",
        BRIGHT,
        "(x * factor[:, None, None, None]) % 1.000001",
        "You let values above 1 wrap around to 0, as uint8 does. What happens to a bright sky?",
    ),
    part(
        "brightness_rescaled",
        "adjust_brightness",
        BRIGHT,
        "(lambda y: y / y.amax((1, 2, 3), keepdim=True).clamp(min=1))(x * factor[:, None, None, None])",
        "You divide the image by its largest value if that exceeds 1. Which values should change when 1.2 is clamped to 1?",
    ),
    part(
        "brightness_gamma",
        "adjust_brightness",
        BRIGHT,
        "x ** (1 / factor.clamp(min=1e-3)[:, None, None, None])",
        "You raise values to a power (gamma). What does 0.3 become when it is twice as bright?",
    ),
    part(
        "brightness_first_factor",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor[0]",
        "You apply the first factor to every image. Which factor belongs to image b?",
        ties=("saturation_first_factor",),
    ),
    part(
        "brightness_mean_factor",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor.mean()",
        "You apply the mean of all factors to every image. Which factor belongs to image b?",
    ),
    part(
        "brightness_root",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor.sqrt()[:, None, None, None]",
        "You multiply by the square root of the factor. What should a factor of 2 do to 0.3?",
    ),
    part(
        "brightness_by_channel",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor[:, None, None]",
        "You give the factors two dimensions of size 1, so they run along the channels. How many do they need to run along the images?",
        trains=False,
    ),
    part(
        "brightness_factor_clamped",
        "adjust_brightness",
        BRIGHT,
        "x * factor.clamp(0, 1)[:, None, None, None]",
        "You clamp the factor and not the image, so no image becomes brighter. Which values should be clipped to [0, 1]?",
    ),
    part(
        "brightness_plus_one",
        "adjust_brightness",
        BRIGHT,
        "(x * (1 + factor[:, None, None, None])).clamp(0, 1)",
        "You multiply by 1 + factor, so factor 0 changes nothing. What must factor 0 give?",
    ),
    part(
        "brightness_summed",
        "adjust_brightness",
        BRIGHT,
        "(x + factor[:, None, None, None]).clamp(0, 1)",
        "You add the factor to every value. What must factor 1 give?",
    ),
    part(
        "brightness_divided",
        "adjust_brightness",
        BRIGHT,
        "(x / factor.clamp(min=1e-6)[:, None, None, None]).clamp(0, 1)",
        "You divide by the factor, so a factor above 1 makes the image darker. What must factor 2 give?",
    ),
    part(
        "brightness_squared",
        "adjust_brightness",
        BRIGHT,
        "(x * factor[:, None, None, None] ** 2).clamp(0, 1)",
        "You apply the factor twice. What should a factor of 2 do to 0.3?",
    ),
    part(
        "brightness_inverted",
        "adjust_brightness",
        BRIGHT,
        "blend(x, torch.zeros_like(x), 1 - factor)",
        "You multiply by 1 - factor, so factor 1 gives black. Which factor should give the image itself?",
    ),
    part(
        "brightness_to_white",
        "adjust_brightness",
        BRIGHT,
        "blend(x, torch.ones_like(x), factor)",
        "You blend with white. What must factor 0 give?",
    ),
    part(
        "brightness_as_contrast",
        "adjust_brightness",
        BRIGHT,
        "blend(x, to_gray(x).mean((2, 3), keepdim=True), factor)",
        "You blend with the image's mean brightness, as contrast does. With what does brightness blend?",
    ),
    part(
        "brightness_as_saturation",
        "adjust_brightness",
        BRIGHT,
        "blend(x, to_gray(x), factor)",
        "You blend with the grey version, as saturation does. With what does brightness blend?",
    ),
    part(
        "brightness_to_half",
        "adjust_brightness",
        BRIGHT,
        "blend(x, torch.full_like(x, 0.5), factor)",
        "You blend with 0.5. What must factor 0 give?",
    ),
    part(
        "brightness_last_factor",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor[-1]",
        "You apply the last factor to every image. Which factor belongs to image b?",
    ),
    part(
        "brightness_reversed_factors",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor.flip(0)[:, None, None, None]",
        "You apply the factors in the reverse order. Which factor belongs to image b?",
    ),
    part(
        "brightness_without_dimensions",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor",
        "You multiply by the factors as they are, so they meet the columns. How many dimensions of size 1 must follow?",
        trains=False,
    ),
    part(
        "brightness_along_rows",
        "adjust_brightness",
        "factor[:, None, None, None]",
        "factor[:, None]",
        "You give the factors one dimension of size 1, so they meet the rows. How many do they need to run along the images?",
        trains=False,
    ),
    part(
        "brightness_forgotten",
        "adjust_brightness",
        BRIGHT,
        "x.clamp(0, 1)",
        "You never use the factor. What must a factor of 0 give?",
    ),
    part(
        "brightness_in_place",
        "adjust_brightness",
        BRIGHT,
        "x.mul_(factor[:, None, None, None]).clamp_(0, 1)",
        "You multiply in place, which changes the images that you were given. Which of * and mul_ makes a new tensor?",
    ),
    # adjust_contrast
    part(
        "contrast_mean_of_batch",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "to_gray(x).mean()",
        "You take one mean over the whole batch. How many means does a batch of B images need?",
    ),
    part(
        "contrast_mean_of_values",
        "adjust_contrast",
        "to_gray(x)",
        "x",
        "You weight all three channels equally in the mean. Which mean does the docstring name?",
    ),
    part(
        "contrast_per_channel",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "x.mean((2, 3), keepdim=True)",
        "You take a mean for each channel, so factor 0 is not grey. How many means does one image have?",
    ),
    part(
        "contrast_per_row",
        "adjust_contrast",
        "mean((1, 2, 3), keepdim=True)",
        "mean((1, 3), keepdim=True)",
        "You take a mean for each row. Over which dimensions should an image's mean run?",
    ),
    part(
        "contrast_to_half",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, 0 * mean + 0.5, factor)",
        "You blend with 0.5. What should factor 0 make of a dark image?",
    ),
    part(
        "contrast_inverted",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, 1 - factor)",
        "You return flat grey at factor 1. Which factor should give the image itself?",
    ),
    part(
        "contrast_not_cut",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "mean + factor[:, None, None, None] * (x - mean)",
        "You leave values below 0 and above 1 as they are. Which range does the docstring promise?",
        ties=("saturation_not_cut",),
    ),
    part(
        "contrast_median",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "to_gray(x).flatten(1).median(1).values[:, None, None, None]",
        "You blend with the median. Which kind of average does the docstring name?",
    ),
    part(
        "contrast_adds_mean",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor[:, None, None, None] * x + mean * (factor != 1)[:, None, None, None]).clamp(0, 1)",
        "You add the whole mean, not (1 - factor) times the mean. What must the two weights of a blend add up to?",
    ),
    part(
        "contrast_of_each_pixel",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "to_gray(x)",
        "You blend each pixel with its own grey, as saturation does. How many numbers does the flat grey of an image have?",
    ),
    part(
        "contrast_per_column",
        "adjust_contrast",
        "mean((1, 2, 3), keepdim=True)",
        "mean((1, 2), keepdim=True)",
        "You take a mean for each column. Over which dimensions should an image's mean run?",
    ),
    part(
        "contrast_per_channel_of_batch",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "x.mean((0, 2, 3), keepdim=True)",
        "You take a mean for each channel over the whole batch, as a batch norm does. How many means does one image have?",
    ),
    part(
        "contrast_mean_of_values_of_batch",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "x.mean()",
        "You take one mean over all values of the batch. How many means does a batch of B images need?",
    ),
    part(
        "contrast_mean_lost",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor[:, None, None, None] * (x - mean)).clamp(0, 1)",
        "You subtract the mean but do not add it again. What must factor 1 give?",
    ),
    part(
        "contrast_around_half",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor[:, None, None, None] * (x - mean) + 0.5).clamp(0, 1)",
        "You subtract the mean and add 0.5. What must factor 1 give?",
    ),
    part(
        "contrast_plain_sum",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor[:, None, None, None] * x + mean).clamp(0, 1)",
        "You add the whole mean to factor · x, even at factor 1. What must the two weights of a blend add up to?",
    ),
    part(
        "contrast_sign",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(mean - factor[:, None, None, None] * (x - mean)).clamp(0, 1)",
        "You subtract where you should add, so factor 1 gives the negative. What must factor 1 give?",
    ),
    part(
        "contrast_weights_of_minus",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor[:, None, None, None] * x + (factor[:, None, None, None] - 1) * mean).clamp(0, 1)",
        "You give the mean the weight factor - 1. What must factor 0 give?",
    ),
    part(
        "contrast_plus_one",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, 1 + factor)",
        "You use 1 + factor, so factor 0 changes nothing. What must factor 0 give?",
    ),
    part(
        "contrast_squared",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, factor**2)",
        "You apply the factor twice. How far from the mean should a value be at factor 1/2?",
    ),
    part(
        "contrast_root",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, factor.sqrt())",
        "You use the square root of the factor. How far from the mean should a value be at factor 1/4?",
    ),
    part(
        "contrast_factor_clamped",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, factor.clamp(0, 1))",
        "You clamp the factor to [0, 1], so contrast never grows. Which values should be clipped?",
    ),
    part(
        "contrast_first_factor",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, factor[:1].expand_as(factor))",
        "You use the first factor for the contrast of every image. Which factor belongs to image b?",
        ties=(),
    ),
    part(
        "contrast_last_factor",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, factor[-1:].expand_as(factor))",
        "You use the last factor for the contrast of every image. Which factor belongs to image b?",
    ),
    part(
        "contrast_mean_factor",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, mean, factor.mean().expand_as(factor))",
        "You use the mean of all factors for the contrast of every image. Which factor belongs to image b?",
    ),
    part(
        "contrast_forgotten",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "x.clone()",
        "You return the image as it was. What should factor 0 give?",
    ),
    part(
        "contrast_as_brightness",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "blend(x, 0 * mean, factor)",
        "You blend with black, as brightness does. With what does contrast blend?",
    ),
    part(
        "contrast_middle_of_range",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "(to_gray(x).amax((1, 2, 3), keepdim=True) + to_gray(x).amin((1, 2, 3), keepdim=True)) / 2",
        "You blend with the midpoint between the brightest and the darkest pixel. Which kind of average does the docstring name?",
    ),
    part(
        "contrast_sum",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "to_gray(x).sum((1, 2, 3), keepdim=True)",
        "You blend with the sum of the brightness over the image. By what must a sum be divided to be a mean?",
    ),
    part(
        "contrast_mean_without_dimensions",
        "adjust_contrast",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "to_gray(x).mean((1, 2, 3))",
        "Your means have the shape (B,), so they meet the columns. Which argument of mean keeps the dimensions?",
        trains=False,
    ),
    part(
        "contrast_factor_without_dimensions",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor * x + (1 - factor) * mean).clamp(0, 1)",
        "Your factors for contrast have the shape (B,), so they meet the columns. How many dimensions of size 1 must follow?",
        trains=False,
    ),
    part(
        "contrast_factor_along_channels",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(factor[:, None, None] * x + (1 - factor[:, None, None]) * mean).clamp(0, 1)",
        "You give the factors for contrast two dimensions of size 1, so they run along the channels. How many do they need to run along the images?",
        trains=False,
    ),
    part(
        "contrast_cut_above_only",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(mean + factor[:, None, None, None] * (x - mean)).clamp(max=1)",
        "You leave values below 0 as they are when contrast grows. Which range does the docstring promise?",
    ),
    part(
        "contrast_cut_below_only",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "(mean + factor[:, None, None, None] * (x - mean)).clamp(min=0)",
        "You leave values above 1 as they are when contrast grows. Which range does the docstring promise?",
    ),
    part(
        "contrast_in_place",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "x.copy_(blend(x, mean, factor))",
        "You write the new contrast into the images that you were given. Which operations change a tensor in place?",
    ),
    part(
        "contrast_mean_of_images",
        "adjust_contrast",
        "mean((1, 2, 3), keepdim=True)",
        "mean((0, 1), keepdim=True)",
        "You take a mean over the images for each pixel. Over which dimensions should an image's mean run?",
    ),
    part(
        "contrast_scales_mean_too",
        "adjust_contrast",
        "blend(x, mean, factor)",
        "factor[:, None, None, None] * x",
        "You multiply everything by the factor, the mean too, and clip nothing. What should factor 0 give?",
        ties=("brightness_not_cut",),
    ),
    # adjust_saturation
    part(
        "saturation_plain_mean",
        "adjust_saturation",
        "to_gray(x)",
        "x.mean(1, keepdim=True)",
        "You blend with the plain mean of the channels. Which of your functions computes the grey version?",
    ),
    part(
        "saturation_one_gray",
        "adjust_saturation",
        "to_gray(x)",
        "to_gray(x).mean((1, 2, 3), keepdim=True)",
        "You blend with one number for the whole image, which changes the contrast. What is the grey version of each pixel?",
    ),
    part(
        "saturation_inverted",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, 1 - factor)",
        "You return grey at factor 1. Which factor should give the image itself?",
    ),
    part(
        "saturation_not_cut",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "gray + factor[:, None, None, None] * (x - gray)",
        "You leave values below 0 and above 1 as they are. Which range does the docstring promise?",
        ties=("contrast_not_cut",),
    ),
    part(
        "saturation_multiplied",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, 0 * gray, factor)",
        "You blend with black, which changes the brightness. What does an image without colour look like?",
    ),
    part(
        "saturation_largest",
        "adjust_saturation",
        "to_gray(x)",
        "x.amax(1, keepdim=True)",
        "You blend with the largest channel, as HSV does. Does each pixel keep its brightness then?",
    ),
    part(
        "saturation_first_factor",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, factor[:1].expand_as(factor))",
        "You apply the first factor to every image. Which factor belongs to image b?",
        ties=("brightness_first_factor",),
    ),
    part(
        "saturation_gray_lost",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(factor[:, None, None, None] * (x - gray)).clamp(0, 1)",
        "You subtract the grey but do not add it again. What must factor 1 give?",
    ),
    part(
        "saturation_plain_sum",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(factor[:, None, None, None] * x + gray).clamp(0, 1)",
        "You add the whole grey version to factor · x, even at factor 1. What must the two weights of a blend add up to?",
    ),
    part(
        "saturation_sign",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(gray - factor[:, None, None, None] * (x - gray)).clamp(0, 1)",
        "You subtract where you should add, so factor 1 gives the opposite colours. What must factor 1 give?",
    ),
    part(
        "saturation_weights_of_minus",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(factor[:, None, None, None] * x + (factor[:, None, None, None] - 1) * gray).clamp(0, 1)",
        "You give the grey version the weight factor - 1. What must factor 0 give?",
    ),
    part(
        "saturation_plus_one",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, 1 + factor)",
        "You use 1 + factor, so factor 0 leaves all the colour. What must factor 0 give?",
    ),
    part(
        "saturation_squared",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, factor**2)",
        "You apply the factor twice. How far from its grey should a pixel be at factor 1/2?",
    ),
    part(
        "saturation_root",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, factor.sqrt())",
        "You use the square root of the factor. How far from its grey should a pixel be at factor 1/4?",
    ),
    part(
        "saturation_factor_clamped",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, factor.clamp(0, 1))",
        "You clamp the factor to [0, 1], so colours never become stronger. Which values should be clipped?",
    ),
    part(
        "saturation_last_factor",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, factor[-1:].expand_as(factor))",
        "You use the last factor for the saturation of every image. Which factor belongs to image b?",
    ),
    part(
        "saturation_mean_factor",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, gray, factor.mean().expand_as(factor))",
        "You use the mean of all factors for the saturation of every image. Which factor belongs to image b?",
    ),
    part(
        "saturation_forgotten",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "x.clone()",
        "You return the image with all its colours, whatever the factor is. What should factor 0 give?",
    ),
    part(
        "saturation_always_gray",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "gray.expand_as(x).clone()",
        "You return grey whatever the factor is. What should factor 1 give?",
    ),
    part(
        "saturation_to_half",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "blend(x, 0 * gray + 0.5, factor)",
        "You blend each colour with 0.5. What should factor 0 make of a dark image?",
    ),
    part(
        "saturation_of_channel_means",
        "adjust_saturation",
        "to_gray(x)",
        "x.mean((2, 3), keepdim=True)",
        "You blend with the mean of each channel over the image. What is the grey version of each pixel?",
    ),
    part(
        "saturation_of_the_image_mean",
        "adjust_saturation",
        "to_gray(x)",
        "x.mean((1, 2, 3), keepdim=True)",
        "You blend with the mean of all values of the image. What is the grey version of each pixel?",
    ),
    part(
        "saturation_one_gray_for_batch",
        "adjust_saturation",
        "to_gray(x)",
        "to_gray(x).mean()",
        "You blend with one grey for the whole batch. What is the grey version of each pixel?",
    ),
    part(
        "saturation_smallest",
        "adjust_saturation",
        "to_gray(x)",
        "x.amin(1, keepdim=True)",
        "You blend with the smallest channel. Does each pixel keep its brightness then?",
    ),
    part(
        "saturation_lightness",
        "adjust_saturation",
        "to_gray(x)",
        "(x.amax(1, keepdim=True) + x.amin(1, keepdim=True)) / 2",
        "You blend with the mean of the largest and the smallest channel, as HSL does. Does each pixel keep its brightness then?",
    ),
    part(
        "saturation_green",
        "adjust_saturation",
        "to_gray(x)",
        "x[:, 1:2]",
        "You blend with the green channel. Which of your functions computes the grey version?",
    ),
    part(
        "saturation_cut_above_only",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(gray + factor[:, None, None, None] * (x - gray)).clamp(max=1)",
        "You leave values below 0 as they are when colours become stronger. Which range does the docstring promise?",
    ),
    part(
        "saturation_cut_below_only",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(gray + factor[:, None, None, None] * (x - gray)).clamp(min=0)",
        "You leave values above 1 as they are when colours become stronger. Which range does the docstring promise?",
    ),
    part(
        "saturation_factor_without_dimensions",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(factor * x + (1 - factor) * gray).clamp(0, 1)",
        "Your factors for saturation have the shape (B,), so they meet the columns. How many dimensions of size 1 must follow?",
        trains=False,
    ),
    part(
        "saturation_factor_along_channels",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "(factor[:, None, None] * x + (1 - factor[:, None, None]) * gray).clamp(0, 1)",
        "You give the factors for saturation two dimensions of size 1, so they run along the channels. How many do they need to run along the images?",
        trains=False,
    ),
    part(
        "saturation_in_place",
        "adjust_saturation",
        "blend(x, gray, factor)",
        "x.copy_(blend(x, gray, factor))",
        "You write the new colours into the images that you were given. Which operations change a tensor in place?",
    ),
    # color_jitter
    part(
        "one_order_for_batch",
        "color_jitter",
        "torch.rand(B, 4, generator=generator).argsort(1)",
        "torch.randperm(4, generator=generator).expand(B, 4)",
        "In each batch, all images change in one order. What does the docstring say about the order?",
        ties=("fixed_order",),
    ),
    part(
        "fixed_order",
        "color_jitter",
        "torch.rand(B, 4, generator=generator).argsort(1)",
        "torch.arange(4).expand(B, 4)",
        "All images change in one order, and every batch in the same one. Where should the order be drawn?",
        ties=("one_order_for_batch",),
    ),
    part(
        "hue_always_last",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "order = torch.cat([torch.rand(B, 3, generator=generator).argsort(1), torch.full((B, 1), 3)], 1)",
        "The hue always changes last. How many orders of four changes are there?",
    ),
    part(
        "hue_always_first",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "order = torch.cat([torch.full((B, 1), 3), torch.rand(B, 3, generator=generator).argsort(1)], 1)",
        "The hue always changes first. How many orders of four changes are there?",
    ),
    part(
        "brightness_always_first",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "order = torch.cat([torch.zeros(B, 1).long(), 1 + torch.rand(B, 3, generator=generator).argsort(1)], 1)",
        "The brightness always changes first. How many orders of four changes are there?",
    ),
    part(
        "order_forward_or_backward",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "order = torch.arange(4).expand(B, 4)\n    order = torch.where(coin(B, 0.5, generator)[:, None], order, order.flip(1))",
        "The hue changes last in every second image, as if only an order and its reverse were possible. How many orders of four changes are there?",
    ),
    part(
        "order_by_two_coins",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "order = torch.cat([torch.rand(B, 2, generator=generator).argsort(1), 2 + torch.rand(B, 2, generator=generator).argsort(1)], 1)",
        "Brightness and contrast always change before saturation and hue. How many orders of four changes are there?",
    ),
    part(
        "order_rotated",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "order = (torch.arange(4) + torch.randint(4, (B, 1), generator=generator)) % 4",
        "Some changes come before others in three images of four, as if only the start of one order were drawn. How many orders of four changes are there?",
    ),
    part(
        "order_with_repeats",
        "color_jitter",
        "torch.rand(B, 4, generator=generator).argsort(1)",
        "torch.randint(4, (B, 4), generator=generator)",
        "You may apply one change twice and another not at all. What makes four draws an order?",
    ),
    part(
        "one_change_only",
        "color_jitter",
        "for turn in range(4):",
        "for turn in range(1):",
        "You apply only one of the four changes to each image. How many does it need?",
    ),
    part(
        "factors_for_batch",
        "color_jitter",
        "uniform(B, max(0, 1 - brightness), 1 + brightness, generator)",
        "uniform(1, max(0, 1 - brightness), 1 + brightness, generator).expand(B)",
        "You use one brightness factor for all images of a batch. For how many images should it be drawn?",
    ),
    part(
        "negative_factors",
        "color_jitter",
        "chosen = coin",
        "max = lambda least, low: low\n    chosen = coin",
        "You draw negative factors if a strength exceeds 1. Which image does factor 0 give, and where should the range begin?",
    ),
    part(
        "only_brighter",
        "color_jitter",
        "uniform(B, max(0, 1 - brightness), 1 + brightness, generator)",
        "uniform(B, 1, 1 + brightness, generator)",
        "You only make images brighter. Where does the range of the factor begin?",
    ),
    part(
        "hue_one_way",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, 0, hue, generator)",
        "You shift the hue in one direction only. Which range does the docstring give?",
    ),
    part(
        "hue_forgotten",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, 0, 0, generator)",
        "You never change the hue. Where should the strength `hue` go?",
    ),
    part(
        "hue_over_six",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, -hue / 6, hue / 6, generator)",
        "You shift the hue by only a sixth of what was asked for. In which unit does adjust_hue take the shift?",
    ),
    part(
        "one_factor_for_two",
        "color_jitter",
        "order = torch",
        "steps[2] = (adjust_saturation, max(0, 1 - saturation) + (steps[0][1] - max(0, 1 - brightness)) * ((1 + saturation - max(0, 1 - saturation)) / max(1 + brightness - max(0, 1 - brightness), 1e-9)))\n    order = torch",
        "You use one draw for both brightness and saturation. Should a bright image always be colourful?",
        ties=(),
    ),
    part(
        "one_draw_for_brightness_and_contrast",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    u = torch.rand(4, B, generator=generator)\n    u[1] = u[0]\n    steps = [(adjust, low + (high - low) * u[k]) for k, ((adjust, _), (low, high)) in enumerate(zip(steps, ends))]\n    order = torch",
        "You use one draw for both brightness and contrast. Should a bright image always be rich in contrast?",
    ),
    part(
        "one_draw_for_brightness_and_hue",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    u = torch.rand(4, B, generator=generator)\n    u[3] = u[0]\n    steps = [(adjust, low + (high - low) * u[k]) for k, ((adjust, _), (low, high)) in enumerate(zip(steps, ends))]\n    order = torch",
        "You use one draw for both brightness and hue. Should the hue of a bright image always be shifted the same way?",
    ),
    part(
        "one_draw_for_contrast_and_saturation",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    u = torch.rand(4, B, generator=generator)\n    u[2] = u[1]\n    steps = [(adjust, low + (high - low) * u[k]) for k, ((adjust, _), (low, high)) in enumerate(zip(steps, ends))]\n    order = torch",
        "You use one draw for both contrast and saturation. Should an image rich in contrast always be colourful?",
    ),
    part(
        "one_draw_for_contrast_and_hue",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    u = torch.rand(4, B, generator=generator)\n    u[3] = u[1]\n    steps = [(adjust, low + (high - low) * u[k]) for k, ((adjust, _), (low, high)) in enumerate(zip(steps, ends))]\n    order = torch",
        "You use one draw for both contrast and hue. Should the hue of an image rich in contrast always be shifted the same way?",
    ),
    part(
        "one_draw_for_saturation_and_hue",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    u = torch.rand(4, B, generator=generator)\n    u[3] = u[2]\n    steps = [(adjust, low + (high - low) * u[k]) for k, ((adjust, _), (low, high)) in enumerate(zip(steps, ends))]\n    order = torch",
        "You use one draw for both saturation and hue. Should the hue of a colourful image always be shifted the same way?",
    ),
    part(
        "one_draw_for_the_three_factors",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)]\n    u = torch.rand(B, generator=generator)\n    steps[:3] = [(adjust, low + (high - low) * u) for (adjust, _), (low, high) in zip(steps, ends)]\n    order = torch",
        "You use one draw for brightness, contrast and saturation. Should a bright image always be colourful?",
    ),
    part(
        "one_draw_for_all",
        "color_jitter",
        "order = torch",
        "u = torch.rand(B, generator=generator)\n    ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    steps = [(adjust, low + (high - low) * u) for (adjust, _), (low, high) in zip(steps, ends)]\n    order = torch",
        "You use one draw for all four amounts. Should a bright image always be colourful, and its hue always shifted the same way?",
    ),
    part(
        "order_of_the_factors",
        "color_jitter",
        "order = torch.rand(B, 4, generator=generator).argsort(1)",
        "u = torch.rand(B, 4, generator=generator)\n    ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    steps = [(steps[k][0], low + (high - low) * u[:, k]) for k, (low, high) in enumerate(ends)]\n    order = u.argsort(1)",
        "You sort by the amounts, so strong changes come late. Should the order depend on the amounts, or on draws of its own?",
    ),
    part(
        "all_factors_for_batch",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, amount[:1].expand(B)) for adjust, amount in steps]\n    order = torch",
        "You draw the amounts once for the whole batch. For how many images should they be drawn?",
    ),
    part(
        "jitter_p_ignored",
        "color_jitter",
        "coin(B, p, generator)",
        "coin(B, 1.0, generator)",
        "You change the colours of every image. What is p for?",
    ),
    part(
        "jitter_inverted",
        "color_jitter",
        "chosen = coin(B, p, generator)",
        "chosen = ~coin(B, p, generator)",
        "You change the colours when the coin comes up tails. What should p = 0 do?",
    ),
    part(
        "jitter_coin_for_batch",
        "color_jitter",
        "coin(B, p, generator)",
        "coin(1, p, generator).expand(B)",
        "You toss one coin for the whole batch. How many images should decide for themselves?",
        ties=(
            "flip_coin_for_batch",
            "crop_coin_for_batch",
            "gray_coin_for_batch",
            "blur_coin_for_batch",
        ),
    ),
    part(
        "coin_for_each_change",
        "color_jitter",
        "chosen & (order[:, turn] == k)",
        "coin(B, p, generator) & (order[:, turn] == k)",
        "You toss a coin for each of the four changes. What should one coin decide for an image?",
    ),
    part(
        "jitter_global",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, -hue, hue)",
        "Not all draws of the jitter come from the generator that you were given. Which of coin, amounts and order is drawn without it?",
    ),
    part(
        "jitter_in_place",
        "color_jitter",
        "x = x.clone()",
        "x = x",
        "You change the images that you were given. Which helper works in place, and on what should it work?",
    ),
    part(
        "three_changes_only",
        "color_jitter",
        "for turn in range(4):",
        "for turn in range(3):",
        "You apply only three of the four changes to each image. How many rounds does it need?",
    ),
    part(
        "order_along_the_batch",
        "color_jitter",
        "argsort(1)",
        "argsort(0)",
        "Hardly any image changes, because your order sorts over the batch. Along which dimension does the order of one image lie?",
    ),
    part(
        "brightness_forgotten_in_jitter",
        "color_jitter",
        "uniform(B, max(0, 1 - brightness), 1 + brightness, generator)",
        "uniform(B, 1, 1, generator)",
        "You never change the brightness. Where should the strength `brightness` go?",
    ),
    part(
        "contrast_forgotten_in_jitter",
        "color_jitter",
        "uniform(B, max(0, 1 - contrast), 1 + contrast, generator)",
        "uniform(B, 1, 1, generator)",
        "You never change the contrast. Where should the strength `contrast` go?",
    ),
    part(
        "saturation_forgotten_in_jitter",
        "color_jitter",
        "uniform(B, max(0, 1 - saturation), 1 + saturation, generator)",
        "uniform(B, 1, 1, generator)",
        "You never change the saturation. Where should the strength `saturation` go?",
    ),
    part(
        "contrast_factor_for_batch",
        "color_jitter",
        "uniform(B, max(0, 1 - contrast), 1 + contrast, generator)",
        "uniform(1, max(0, 1 - contrast), 1 + contrast, generator).expand(B)",
        "You use one contrast factor for all images of a batch. For how many images should it be drawn?",
    ),
    part(
        "saturation_factor_for_batch",
        "color_jitter",
        "uniform(B, max(0, 1 - saturation), 1 + saturation, generator)",
        "uniform(1, max(0, 1 - saturation), 1 + saturation, generator).expand(B)",
        "You use one saturation factor for all images of a batch. For how many images should it be drawn?",
    ),
    part(
        "hue_shift_for_batch",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(1, -hue, hue, generator).expand(B)",
        "You use one shift of the hue for all images of a batch. For how many images should it be drawn?",
    ),
    part(
        "only_more_contrast",
        "color_jitter",
        "uniform(B, max(0, 1 - contrast), 1 + contrast, generator)",
        "uniform(B, 1, 1 + contrast, generator)",
        "You only raise the contrast. Where does the range of the factor begin?",
    ),
    part(
        "only_more_saturation",
        "color_jitter",
        "uniform(B, max(0, 1 - saturation), 1 + saturation, generator)",
        "uniform(B, 1, 1 + saturation, generator)",
        "You only make colours stronger. Where does the range of the factor begin?",
    ),
    part(
        "only_darker",
        "color_jitter",
        "uniform(B, max(0, 1 - brightness), 1 + brightness, generator)",
        "uniform(B, max(0, 1 - brightness), 1, generator)",
        "You only make images darker. Where does the range of the factor end?",
    ),
    part(
        "only_less_contrast",
        "color_jitter",
        "uniform(B, max(0, 1 - contrast), 1 + contrast, generator)",
        "uniform(B, max(0, 1 - contrast), 1, generator)",
        "You only lower the contrast. Where does the range of the factor end?",
    ),
    part(
        "only_less_saturation",
        "color_jitter",
        "uniform(B, max(0, 1 - saturation), 1 + saturation, generator)",
        "uniform(B, max(0, 1 - saturation), 1, generator)",
        "You only make colours weaker. Where does the range of the factor end?",
    ),
    part(
        "all_factors_only_grow",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, 1, 1 + s, generator)) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw all factors from 1 … 1 + strength, so none is below 1. Where does the range begin?",
    ),
    part(
        "all_factors_only_shrink",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, max(0, 1 - s), 1, generator)) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw all factors from 1 - strength … 1, so none is above 1. Where does the range end?",
    ),
    part(
        "all_factors_around_zero",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, -s, s, generator)) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw all factors around 0, so images turn black at strength 0. At which factor does an image stay the same?",
    ),
    part(
        "all_factors_up_to_strength",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, 0, s, generator)) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw all factors from 0 … strength, so images turn black at strength 0. At which factor does an image stay the same?",
        ties=("all_factors_around_zero",),
    ),
    part(
        "all_factors_are_the_strengths",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, torch.full((B,), float(s))) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + [(adjust_hue, torch.full((B,), float(hue)))]\n    order = torch",
        "You use the strengths themselves as factors. Where should the factors be drawn, and around which number?",
    ),
    part(
        "factors_of_twice_the_range",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, max(0, 1 - 2 * s), 1 + 2 * s, generator)) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw the factors from too wide a range. How far from 1 may a factor be at a strength of 0.3?",
    ),
    part(
        "factors_of_half_the_range",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, max(0, 1 - s / 2), 1 + s / 2, generator)) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw the factors from too narrow a range. How far from 1 may a factor be at a strength of 0.3?",
    ),
    part(
        "factors_on_a_log_scale",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, math.log(max(1e-3, 1 - s)), math.log(1 + s), generator).exp()) for (adjust, _), s in zip(steps[:3], (brightness, contrast, saturation))] + steps[3:]\n    order = torch",
        "You draw the factors uniformly on a log scale. Which distribution does the docstring name?",
    ),
    part(
        "contrast_by_the_strength_of_brightness",
        "color_jitter",
        "max(0, 1 - contrast), 1 + contrast",
        "max(0, 1 - brightness), 1 + brightness",
        "You use the strength of the brightness for the contrast. Which argument belongs to the contrast?",
    ),
    part(
        "saturation_by_the_strength_of_contrast",
        "color_jitter",
        "max(0, 1 - saturation), 1 + saturation",
        "max(0, 1 - contrast), 1 + contrast",
        "You use the strength of the contrast for the saturation. Which argument belongs to the saturation?",
    ),
    part(
        "saturation_by_the_strength_of_brightness",
        "color_jitter",
        "max(0, 1 - saturation), 1 + saturation",
        "max(0, 1 - brightness), 1 + brightness",
        "You use the strength of the brightness for the saturation. Which argument belongs to the saturation?",
    ),
    part(
        "all_by_the_strength_of_brightness",
        "color_jitter",
        "order = torch",
        "steps = [(adjust, uniform(B, max(0, 1 - brightness), 1 + brightness, generator)) for adjust, _ in steps[:3]] + steps[3:]\n    order = torch",
        "You use the strength of the brightness for all three factors. Which arguments belong to the other two?",
    ),
    part(
        "brightness_and_contrast_exchanged",
        "color_jitter",
        "(adjust_brightness, uniform(B, max(0, 1 - brightness), 1 + brightness, generator)),\n        (adjust_contrast, uniform(B, max(0, 1 - contrast), 1 + contrast, generator))",
        "(adjust_contrast, uniform(B, max(0, 1 - brightness), 1 + brightness, generator)),\n        (adjust_brightness, uniform(B, max(0, 1 - contrast), 1 + contrast, generator))",
        "You exchange the factors of brightness and contrast. Which function gets which?",
    ),
    part(
        "contrast_and_saturation_exchanged",
        "color_jitter",
        "(adjust_contrast, uniform(B, max(0, 1 - contrast), 1 + contrast, generator)),\n        (adjust_saturation, uniform(B, max(0, 1 - saturation), 1 + saturation, generator))",
        "(adjust_saturation, uniform(B, max(0, 1 - contrast), 1 + contrast, generator)),\n        (adjust_contrast, uniform(B, max(0, 1 - saturation), 1 + saturation, generator))",
        "You exchange the factors of contrast and saturation. Which function gets which?",
    ),
    part(
        "brightness_twice",
        "color_jitter",
        "(adjust_contrast, uniform",
        "(adjust_brightness, uniform",
        "You change the brightness twice and the contrast never. Which function belongs to the second factor?",
    ),
    part(
        "saturation_as_contrast",
        "color_jitter",
        "(adjust_saturation, uniform",
        "(adjust_contrast, uniform",
        "You change the contrast twice and the saturation never. Which function belongs to the third factor?",
    ),
    part(
        "hue_around_one",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, max(0, 1 - hue), 1, generator)",
        "You shift the hue backwards only. Which range does the docstring give?",
    ),
    part(
        "hue_doubled",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, -2 * hue, 2 * hue, generator)",
        "You shift the hue by more than was asked for. Which range does the docstring give, and in which unit?",
    ),
    part(
        "hue_halved",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        "uniform(B, -hue / 2, hue / 2, generator)",
        "You shift the hue by only half of what was asked for. Which range does the docstring give?",
    ),
    part(
        "jitter_too_few",
        "color_jitter",
        "coin(B, p, generator)",
        "coin(B, p, generator) & coin(B, p, generator)",
        "With p = 1/4 you change the colours of far fewer images than one in four. How many coins do you toss for each image?",
    ),
    part(
        "jitter_too_many",
        "color_jitter",
        "coin(B, p, generator)",
        "coin(B, p**0.5, generator)",
        "With p = 1/4 you change the colours of about half of the images, though p = 0 and p = 1 are right. What share should it be?",
    ),
    part(
        "jitter_fixed_p",
        "color_jitter",
        "coin(B, p, generator)",
        "coin(B, 0.8, generator)",
        "You change the colours of most images even at p = 0, and leave some at p = 1. Where should p go?",
    ),
    part(
        "jitter_fixed_half",
        "color_jitter",
        "coin(B, p, generator)",
        "coin(B, 0.5, generator)",
        "You change the colours of some images at p = 0, and leave some at p = 1. Where should p go?",
    ),
    part(
        "jitter_never",
        "color_jitter",
        "for turn in range(4):",
        "for turn in range(0):",
        "You change the colours of no image, even if p is 1. What becomes of the changed copies?",
    ),
    part(
        "jitter_first_share",
        "color_jitter",
        "coin(B, p, generator)",
        "torch.arange(B) < round(p * B)",
        "You always change the colours of the first images of the batch. Where do you toss the coins?",
    ),
    part(
        "jitter_exact_share",
        "color_jitter",
        "coin(B, p, generator)",
        "torch.randperm(B, generator=generator) < round(p * B)",
        "You change the colours of exactly a fraction p of each batch. Could three independent coins all come up heads?",
    ),
    part(
        "jitter_of_a_fixed_seed",
        "color_jitter",
        "chosen = coin",
        "generator = torch.Generator().manual_seed(0)\n    chosen = coin",
        "You seed the draws of the jitter yourself, so every call repeats them. What is the argument `generator` for?",
    ),
    part(
        "jitter_repeats_without_generator",
        "color_jitter",
        "chosen = coin",
        "generator = generator or torch.Generator().manual_seed(0)\n    chosen = coin",
        "Without a generator, you draw the same jitter in every call. Which generator does None stand for?",
    ),
    part(
        "jitter_from_python",
        "color_jitter",
        "uniform(B, -hue, hue, generator)",
        '-hue + 2 * hue * torch.tensor([__import__("random").random() for _ in range(B)])',
        "Neither the generator nor torch.manual_seed controls all draws of the jitter. Which helpers draw from a generator?",
    ),
    part(
        "negative_brightness",
        "color_jitter",
        "uniform(B, max(0, 1 - brightness), 1 + brightness, generator)",
        "uniform(B, 1 - brightness, 1 + brightness, generator)",
        "You draw negative factors of brightness if its strength exceeds 1. Which image does factor 0 give, and where should the range begin?",
    ),
    part(
        "negative_contrast",
        "color_jitter",
        "uniform(B, max(0, 1 - contrast), 1 + contrast, generator)",
        "uniform(B, 1 - contrast, 1 + contrast, generator)",
        "You draw negative factors of contrast if its strength exceeds 1, and such an image becomes a negative. Where should the range begin?",
    ),
    part(
        "negative_saturation",
        "color_jitter",
        "uniform(B, max(0, 1 - saturation), 1 + saturation, generator)",
        "uniform(B, 1 - saturation, 1 + saturation, generator)",
        "You draw negative factors of saturation if its strength exceeds 1, and such an image has the opposite colours. Where should the range begin?",
    ),
    part(
        "strength_cut_at_one",
        "color_jitter",
        "chosen = coin",
        "brightness, contrast, saturation = (min(s, 1.0) for s in (brightness, contrast, saturation))\n    chosen = coin",
        "You use a strength above 1 as if it were 1. Which end of the range has a limit in the docstring?",
    ),
    part(
        "contrast_as_saturation",
        "color_jitter",
        "(adjust_contrast, uniform",
        "(adjust_saturation, uniform",
        "You change the saturation twice and the contrast never. Which function belongs to the second factor?",
    ),
    part(
        "change_in_every_round",
        "color_jitter",
        "order[:, turn] == k",
        "order[:, k] == k",
        "You apply a change in all four rounds or in none. With which column of the order do you compare in round `turn`?",
    ),
    part(
        "jitter_of_other_images",
        "color_jitter",
        "    return x",
        "    n = int(chosen.sum())\n    out = x.clone()\n    out[chosen.to(x.device)] = x[chosen.to(x.device)].flip(0)[:n]\n    return out",
        "Even at strengths of 0 an image can change, because you put one image where another belongs. Which rows must both sides of the assignment name?",
    ),
    # gaussian_blur
    part(
        "width_for_batch",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(1, *sigma, generator).expand(len(x))",
        "You blur all images of a batch by the same width. For how many images should widths be drawn?",
    ),
    part(
        "width_in_the_middle",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "torch.full((len(x),), sum(sigma) / 2)",
        "You always use the middle of the range as the width. Where should it be drawn?",
    ),
    part(
        "width_squared",
        "gaussian_blur",
        "change_some(x, chosen, blur, width)",
        "change_some(x, chosen, blur, width.sqrt())",
        "You draw the variance and blur with its square root. Which of the two is `sigma`?",
    ),
    part(
        "width_log",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(len(x), math.log(sigma[0]), math.log(sigma[1]), generator).exp()",
        "You draw the width uniformly on a log scale. Which distribution does the docstring name?",
    ),
    part(
        "width_default",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(len(x), 0.1, 2.0, generator)",
        "You draw from 0.1 … 2.0, whatever sigma is. Where should sigma go?",
    ),
    part(
        "width_from_zero",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(len(x), 0.01, sigma[1], generator)",
        "You draw widths from nearly 0 upwards. What is the lower end of the range?",
    ),
    part(
        "width_range_added",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "sigma[0] + uniform(len(x), 0, sigma[1], generator)",
        "You draw the width between low and low + high. By what must you multiply a draw from 0 … 1, so that the range ends at high?",
    ),
    part(
        "blur_always",
        "gaussian_blur",
        CHOSEN,
        "chosen = coin(len(x), 1.0, generator)",
        "You blur every image. What is p for?",
    ),
    part(
        "blur_inverted",
        "gaussian_blur",
        CHOSEN,
        "chosen = ~coin(len(x), p, generator)",
        "You blur the images whose coin comes up tails. What should p = 0 do?",
    ),
    part(
        "blur_coin_for_batch",
        "gaussian_blur",
        CHOSEN,
        "chosen = coin(1, p, generator).expand(len(x))",
        "You toss one coin for the whole batch. How many images should decide for themselves?",
        ties=(
            "flip_coin_for_batch",
            "crop_coin_for_batch",
            "gray_coin_for_batch",
            "jitter_coin_for_batch",
        ),
    ),
    part(
        "blur_twice",
        "gaussian_blur",
        "change_some(x, chosen, blur, width)",
        "change_some(change_some(x, chosen, blur, width), chosen, blur, width)",
        "You blur twice, so the width is √2 times what was drawn. How many times should you blur?",
    ),
    part(
        "blur_channels_mixed",
        "gaussian_blur",
        "return change_some(x, chosen, blur, width)",
        "y = change_some(x, chosen, blur, width)\n    return torch.where(chosen[:, None, None, None], y.mean(1, keepdim=True), y)",
        "You mix the channels, so blurred images are grey. Over which dimensions should a blur run?",
    ),
    part(
        "blur_global",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(len(x), *sigma)",
        "You draw the width from torch's global generator. Which one were you given?",
    ),
    part(
        "width_is_squared",
        "gaussian_blur",
        "change_some(x, chosen, blur, width)",
        "change_some(x, chosen, blur, width**2)",
        "You blur by the square of the width. Which of the two is `sigma`, the standard deviation or the variance?",
    ),
    part(
        "width_halved",
        "gaussian_blur",
        "change_some(x, chosen, blur, width)",
        "change_some(x, chosen, blur, width / 2)",
        "You blur by half of the width. What does blur take as its second argument?",
    ),
    part(
        "width_doubled",
        "gaussian_blur",
        "change_some(x, chosen, blur, width)",
        "change_some(x, chosen, blur, 2 * width)",
        "You blur by twice the width. What does blur take as its second argument?",
    ),
    part(
        "width_of_unit_range",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(len(x), 0, 1, generator)",
        "You draw widths from 0 … 1, whatever sigma is. Where should sigma go?",
    ),
    part(
        "width_always_the_least",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "torch.full((len(x),), sigma[0])",
        "You always use the lower end of the range as the width. Where should it be drawn?",
    ),
    part(
        "width_always_the_largest",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "torch.full((len(x),), sigma[1])",
        "You always use the upper end of the range as the width. Where should it be drawn?",
    ),
    part(
        "width_always_one",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "torch.ones(len(x))",
        "You always blur by a width of 1. Where should sigma go?",
    ),
    part(
        "width_of_one_end_or_the_other",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "torch.where(coin(len(x), 0.5, generator), *sigma)",
        "You choose one end of the range or the other as the width. Which widths lie between them?",
    ),
    part(
        "width_of_the_coin",
        "gaussian_blur",
        "chosen = coin(len(x), p, generator)\n    width = uniform(len(x), *sigma, generator)",
        "draw = torch.rand(len(x), generator=generator)\n    chosen = draw < p\n    width = sigma[0] + (sigma[1] - sigma[0]) * draw",
        "You use one draw for both coin and width, so only narrow widths are ever used if p is small. How many draws does an image need?",
    ),
    part(
        "blur_never",
        "gaussian_blur",
        "return change_some(x, chosen, blur, width)",
        "return x.clone()",
        "You blur no image, even if p is 1. What becomes of the blurred copies?",
    ),
    part(
        "blur_by_weight",
        "gaussian_blur",
        "return change_some(x, chosen, blur, width)",
        "return (1 - p) * x + p * blur(x, width.to(x))",
        "You mix each image with its blurred version, with weights 1 - p and p. What should p be the probability of?",
    ),
    part(
        "blur_too_few",
        "gaussian_blur",
        CHOSEN,
        "chosen = coin(len(x), p, generator) & coin(len(x), p, generator)",
        "With p = 1/4 you blur far fewer images than one in four. How many coins do you toss for each image?",
    ),
    part(
        "blur_too_many",
        "gaussian_blur",
        CHOSEN,
        "chosen = coin(len(x), p**0.5, generator)",
        "With p = 1/4 you blur about half of the images, though p = 0 and p = 1 are right. What share should it be?",
    ),
    part(
        "blur_half_of_them",
        "gaussian_blur",
        CHOSEN,
        "chosen = coin(len(x), 0.5, generator)",
        "You blur some images at p = 0, and leave some sharp at p = 1. Where should p go?",
    ),
    part(
        "blur_first_share",
        "gaussian_blur",
        CHOSEN,
        "chosen = torch.arange(len(x)) < round(p * len(x))",
        "You always blur the first images of the batch. Where do you toss the coins?",
    ),
    part(
        "blur_exact_share",
        "gaussian_blur",
        CHOSEN,
        "chosen = torch.randperm(len(x), generator=generator) < round(p * len(x))",
        "You blur exactly a fraction p of each batch. Could three independent coins all come up heads?",
    ),
    part(
        "blur_of_a_fixed_seed",
        "gaussian_blur",
        CHOSEN,
        "generator = torch.Generator().manual_seed(0)\n    chosen = coin(len(x), p, generator)",
        "You seed the draws of the blur yourself, so every call repeats them. What is the argument `generator` for?",
    ),
    part(
        "blur_repeats_without_generator",
        "gaussian_blur",
        CHOSEN,
        "generator = generator or torch.Generator().manual_seed(0)\n    chosen = coin(len(x), p, generator)",
        "Without a generator, you draw the same widths and coins in every call. Which generator does None stand for?",
    ),
    part(
        "blur_from_python",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        'torch.tensor([__import__("random").uniform(*sigma) for _ in x])',
        "Neither the generator nor torch.manual_seed controls all draws of the blur. Which helpers draw from a generator?",
    ),
    Mistake(
        "blur_on_the_cpu",
        "gaussian_blur",
        """def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    chosen = coin(len(x), p, generator)
    width = uniform(len(x), *sigma, generator)
    return torch.where(chosen[:, None, None, None], blur(x, width), x)""",
        "Some tensor of the blur stays on the CPU, wherever the images are: coins, perhaps, or widths. What must be done before they meet?",
        trains=True,
    ),
    part(
        "jitter_amounts_drawn_on_the_device",
        "color_jitter",
        "order = torch",
        "ends = [(max(0, 1 - s), 1 + s) for s in (brightness, contrast, saturation)] + [(-hue, hue)]\n    steps = [(adjust, (low + (high - low) * torch.rand(B, generator=generator, device=x.device)).cpu()) for (adjust, _), (low, high) in zip(steps, ends)]\n    order = torch",
        "You draw random numbers of the jitter on the images' device, so one seed gives different views on a GPU. Where should they be drawn?",
    ),
    Mistake(
        "blur_widths_drawn_on_the_device",
        "gaussian_blur",
        """def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    chosen = coin(len(x), p, generator).to(x.device)
    low, high = sigma
    width = low + (high - low) * torch.rand(len(x), generator=generator, device=x.device)
    return torch.where(chosen[:, None, None, None], blur(x, width.to(x.dtype)), x)""",
        "You draw random numbers of the blur on the images' device, so one seed gives different views on a GPU. Where should they be drawn?",
        trains=True,
    ),
    Mistake(
        "blur_in_place",
        "gaussian_blur",
        """def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    chosen = coin(len(x), p, generator)
    width = uniform(len(x), *sigma, generator)
    return change_some_(x, chosen, blur, width)""",
        "You write the blurred images into the batch that you were given. What would a second view of the same batch start from?",
        trains=True,
    ),
    part(
        "blur_default_p",
        "gaussian_blur",
        "p: float = 0.5",
        "p: float = 1.0",
        "You blur too many images by default. Which p does the signature give?",
    ),
    part(
        "blur_width_rounded_up",
        "gaussian_blur",
        "uniform(len(x), *sigma, generator)",
        "uniform(len(x), *sigma, generator).ceil()",
        "You round the widths up to whole numbers. Which widths lie between them?",
    ),
    Mistake(
        "blur_of_other_images",
        "gaussian_blur",
        """def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    chosen = coin(len(x), p, generator).to(x.device)
    width = uniform(len(x), *sigma, generator).to(x)
    out, n = x.clone(), int(chosen.sum())
    out[chosen] = blur(x[:n], width[:n])
    return out""",
        "You put blurred copies of the first images where other images should be blurred. Which rows must both sides of the assignment name?",
    ),
    # two_views
    part(
        "views_always_cropped",
        "two_views",
        "x1 = one_view(x, recipe, generator)",
        'recipe = type(recipe)(**{**vars(recipe), "crop": float(recipe.crop > 0)})\n    x1 = one_view(x, recipe, generator)',
        "You crop every image if the recipe crops any. What is recipe.crop the probability of?",
    ),
    part(
        "same_view_twice",
        "two_views",
        SECOND,
        "x2 = x1.clone()",
        "You return the same view twice. What can the network learn from finding it again?",
        trains=True,
    ),
    part(
        "original_as_view",
        "two_views",
        SECOND,
        "x2 = x",
        "You return the image itself as the second view. How many of the two views should be random?",
    ),
    part(
        "view_of_the_view",
        "two_views",
        SECOND,
        "x2 = one_view(x1, recipe, generator)",
        "You make the second view from the first, so it is changed twice. What should both be made from?",
    ),
    part(
        "second_flipped",
        "two_views",
        SECOND,
        "x2 = x1.flip(3)",
        "You return the first view, flipped, as the second. What should be drawn anew for the second view?",
    ),
    part(
        "other_image",
        "two_views",
        SECOND,
        "x2 = one_view(x, recipe, generator).roll(1, 0)",
        "You move the second views, so row b shows image b - 1. Which rows must belong together?",
        trains=False,
    ),
    part(
        "shuffled_apart",
        "two_views",
        SECOND,
        "x2 = one_view(x, recipe, generator).flip(0)",
        "You reverse the batch of second views. Which rows must belong together?",
        trains=False,
    ),
    part(
        "recipe_ignored",
        "two_views",
        SECOND,
        'x2 = one_view(x, RECIPES["simclr"], generator)',
        "You always use the recipe simclr for the second view. Where should `recipe` go?",
    ),
    part(
        "second_without_generator",
        "two_views",
        SECOND,
        "x2 = one_view(x, recipe)",
        "You draw only one of the two views from the generator. Would one seed give the same pair again?",
    ),
    part(
        "first_is_plain",
        "two_views",
        "x1 = one_view(x, recipe, generator)",
        "x1 = x",
        "You return the image itself as the first view. How many of the two views should be random?",
    ),
    part(
        "mixed_views",
        "two_views",
        SECOND,
        "x2 = (x1 + one_view(x, recipe, generator)) / 2",
        "You mix the first view into the second. What should the two views share, apart from the image?",
    ),
    part(
        "views_in_one_tensor",
        "two_views",
        "return x1, x2",
        "return torch.cat([x1, x2])",
        "You return one tensor of 2B images. How many tensors does the docstring name?",
        trains=False,
    ),
    part(
        "one_seed_without_generator",
        "two_views",
        "x1 = one_view",
        "generator = generator or torch.Generator().manual_seed(0)\n    x1 = one_view",
        "You seed a generator yourself if none is given, so every batch gets the same draws. Which generator does None stand for?",
    ),
    part(
        "first_of_the_first",
        "two_views",
        "x1 = one_view(x, recipe, generator)",
        "x1 = one_view(one_view(x, recipe, generator), recipe, generator)",
        "You change the first view twice. How many times should the recipe be applied to each view?",
    ),
    part(
        "both_changed_twice",
        "two_views",
        "x1 = one_view",
        "x = one_view(x, recipe, generator)\n    x1 = one_view",
        "You make both views from an image that has already been changed. What should both be made from?",
    ),
    part(
        "images_as_views",
        "two_views",
        "return x1, x2",
        "return x.clone(), x.clone()",
        "You return the images themselves as both views. Which function makes a view?",
    ),
    part(
        "first_ignores_recipe",
        "two_views",
        "x1 = one_view(x, recipe, generator)",
        'x1 = one_view(x, RECIPES["simclr"], generator)',
        "You always use the recipe simclr for the first view. Where should `recipe` go?",
    ),
    part(
        "both_ignore_recipe",
        "two_views",
        "x1 = one_view",
        'recipe = RECIPES["simclr"]\n    x1 = one_view',
        "You always use the recipe simclr for both views. Where should `recipe` go?",
    ),
    part(
        "first_flipped_only",
        "two_views",
        "return x1, x2",
        "return x2.flip(3), x2",
        "You return the second view, flipped, as the first. What should be drawn separately for each view?",
    ),
    part(
        "both_rows_moved",
        "two_views",
        "return x1, x2",
        "return x1.roll(1, 0), x2.roll(1, 0)",
        "You move both views, so row b shows image b - 1. Which image should row b show?",
    ),
    part(
        "views_interleaved",
        "two_views",
        "return x1, x2",
        "both = torch.stack([x1, x2], 1).flatten(0, 1)\n    return both[: len(x)], both[len(x) :]",
        "You put the two views of an image next to each other and then cut the batch in half. Which rows does the first half hold?",
        trains=False,
    ),
    part(
        "views_taken_in_turn",
        "two_views",
        "return x1, x2",
        "both = torch.cat([x1, x2])\n    return both[::2], both[1::2]",
        "You put all first views before all second ones and then take every other row. Which image do rows 0 and 1 show?",
        trains=False,
    ),
    part(
        "half_of_the_images",
        "two_views",
        "x1 = one_view",
        "half = len(x) // 2\n    return one_view(x[:half], recipe, generator), one_view(x[half:], recipe, generator)\n    x1 = one_view",
        "You make the first views from one half of the batch and the second ones from the other. How many views does each image have?",
        trains=False,
    ),
    part(
        "views_stacked",
        "two_views",
        "return x1, x2",
        "return torch.stack([x1, x2])",
        "You return one tensor of five dimensions. How many tensors does the docstring name?",
        trains=False,
    ),
    part(
        "views_one_only",
        "two_views",
        "return x1, x2",
        "return x1",
        "You return one view. How many does the docstring name?",
        trains=False,
    ),
    part(
        "views_and_the_image",
        "two_views",
        "return x1, x2",
        "return x, x1, x2",
        "You return three tensors. How many does the docstring name?",
        trains=False,
    ),
    part(
        "views_of_a_fixed_seed",
        "two_views",
        "x1 = one_view",
        "generator = torch.Generator().manual_seed(0)\n    x1 = one_view",
        "You seed the draws yourself, so every batch gets the same views. What is the argument `generator` for?",
    ),
    part(
        "views_stacked_by_image",
        "two_views",
        "return x1, x2",
        "return torch.stack([x1, x2], 1)",
        "You return one tensor that holds both views of each image. How many tensors does the docstring name?",
        trains=False,
    ),
    # the type
    *(
        part(
            f"{function}_{name}",
            function,
            old,
            new.replace("TYPE", kind),
            f"Your {function} returns {name} whatever type the images have. Which type does the docstring promise?",
            trains=kind == "float",  # the encoder refuses float64
        )
        for function, old, new in TYPES
        for kind, name in (("float", "float32"), ("double", "float64"))
    ),
    # the order of a box's numbers
    Mistake(
        "left_top_width_height",
        "crop_and_resize",
        (
            "top, left, height, width =",
            "left, top, width, height =",
        ),
        "You read a box as left, top, width, height. In which order does it hold them?",
        trains=True,
    ),
    Mistake(
        "height_width_first",
        "crop_and_resize",
        (
            "top, left, height, width =",
            "height, width, top, left =",
        ),
        "You read a box as height, width, top, left. In which order does it hold them?",
        trains=True,
    ),
    Mistake(
        "width_height_first",
        "crop_and_resize",
        (
            "top, left, height, width =",
            "width, height, left, top =",
        ),
        "You read a box as width, height, left, top. In which order does it hold them?",
        trains=True,
    ),
    Mistake(
        "row_and_height_first",
        "crop_and_resize",
        (
            "top, left, height, width =",
            "top, height, left, width =",
        ),
        "You read a box as top, height, left, width. In which order does it hold them?",
        trains=True,
    ),
    Mistake(
        "left_width_top_height",
        "crop_and_resize",
        (
            "top, left, height, width =",
            "left, width, top, height =",
        ),
        "You read a box as left, width, top, height. In which order does it hold them?",
        trains=True,
    ),
    # what the two views share
    Mistake(
        "same_box",
        "two_views",
        """def two_views(x, recipe, generator=None):
    boxes = None
    if recipe.crop:
        boxes = crop_boxes(len(x), x.shape[2], x.shape[3], recipe.crop_scale, recipe.crop_ratio, generator)
    return one_view(x, recipe, generator, boxes), one_view(x, recipe, generator, boxes)
""",
        "Both of your views show the same part of an image. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "same_flip",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.flip:
        x = horizontal_flip(x, recipe.flip, generator)
    recipe = replace(recipe, flip=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "An image is flipped in both of your views or in neither. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "same_colours",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.jitter:
        s = recipe.strength
        x = color_jitter(x, 0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s, recipe.jitter, generator)
    recipe = replace(recipe, jitter=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "Both of your views have the same brightness, as if the colours were drawn once. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "same_gray",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.gray:
        x = grayscale(x, recipe.gray, generator)
    recipe = replace(recipe, gray=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "An image is grey in both of your views or in neither. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "same_blur",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.blur:
        x = gaussian_blur(x, recipe.blur, generator=generator)
    recipe = replace(recipe, blur=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "An image is blurred in both of your views or in neither. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "same_box_and_flip",
        "two_views",
        """def two_views(x, recipe, generator=None):
    boxes = None
    if recipe.crop:
        boxes = crop_boxes(len(x), x.shape[2], x.shape[3], recipe.crop_scale, recipe.crop_ratio, generator)
    if recipe.flip:
        x = horizontal_flip(x, recipe.flip, generator)
    recipe = replace(recipe, flip=0.0)
    return one_view(x, recipe, generator, boxes), one_view(x, recipe, generator, boxes)
""",
        "Both of your views show the same part of an image, and it is flipped in both or in neither. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "same_colours_and_gray",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.jitter:
        s = recipe.strength
        x = color_jitter(x, 0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s, recipe.jitter, generator)
    if recipe.gray:
        x = grayscale(x, recipe.gray, generator)
    recipe = replace(recipe, jitter=0.0, gray=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "Both of your views have the same brightness, and both are grey or neither. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "only_crops_differ",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.flip:
        x = horizontal_flip(x, recipe.flip, generator)
    if recipe.jitter:
        s = recipe.strength
        x = color_jitter(x, 0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s, recipe.jitter, generator)
    if recipe.gray:
        x = grayscale(x, recipe.gray, generator)
    if recipe.blur:
        x = gaussian_blur(x, recipe.blur, generator=generator)
    recipe = replace(recipe, flip=0.0, jitter=0.0, gray=0.0, blur=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "Your two views differ in their crop and in nothing else. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "only_crop_and_flip_differ",
        "two_views",
        """def two_views(x, recipe, generator=None):
    if recipe.jitter:
        s = recipe.strength
        x = color_jitter(x, 0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s, recipe.jitter, generator)
    if recipe.gray:
        x = grayscale(x, recipe.gray, generator)
    if recipe.blur:
        x = gaussian_blur(x, recipe.blur, generator=generator)
    recipe = replace(recipe, jitter=0.0, gray=0.0, blur=0.0)
    return one_view(x, recipe, generator), one_view(x, recipe, generator)
""",
        "Your two views differ in their crop and their flip and in nothing else. What should be drawn anew for the second view?",
        trains=True,
    ),
    Mistake(
        "second_view_reseeded",
        "two_views",
        (
            "x2 = one_view(x, recipe, generator)",
            "x2 = one_view(x, recipe, generator and generator.clone_state().manual_seed(generator.initial_seed() + 1))",
        ),
        "Your second view comes from a generator that you seed anew in each call, so its draws are the same for every batch. What keeps the state from one batch to the next?",
        trains=True,
    ),
    Mistake(
        "brightness_in_one_buffer",
        "adjust_brightness",
        """
def adjust_brightness(x: Tensor, factor: Tensor, buffers={}) -> Tensor:
    key = (x.shape, x.dtype, x.device)
    if key not in buffers:  # do not allocate a new batch at every call
        buffers[key] = torch.empty_like(x)
    return torch.mul(x, factor[:, None, None, None], out=buffers[key]).clamp_(0, 1)
""",
        "You write every result into the same memory, so the next call changes what the last one returned. Who still needs it?",
        trains=True,
    ),
    Mistake(
        "views_in_inference_mode",
        "two_views",
        """
@torch.inference_mode()
def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    x1 = one_view(x, recipe, generator)
    x2 = one_view(x, recipe, generator)
    return x1, x2
""",
        "You make the views in torch.inference_mode, and no network can learn from such tensors. What does torch.no_grad do instead?",
        trains=True,
    ),
    Mistake(
        "last_resort_by_the_global_generator",
        "crop_boxes",
        (
            "left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()",
            "left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()\n    lost = ~fits.any(1)\n    left[lost] = (torch.rand(int(lost.sum())) * (width - w[lost] + 1)).floor()",
        ),
        "You place the last resort with torch's global generator. Which boxes come out differently in a second run with the same seed?",
        trains=True,
    ),
    Mistake(
        "views_must_overlap",
        "two_views",
        '''def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    B, _, H, W = x.shape
    if not recipe.crop:
        return one_view(x, recipe, generator), one_view(x, recipe, generator)

    def draw():
        boxes = crop_boxes(B, H, W, recipe.crop_scale, recipe.crop_ratio, generator)
        cropped = coin(B, recipe.crop, generator)
        return torch.where(cropped[:, None], boxes, whole_image(x))

    def overlap(a, b):
        """Share of the smaller box that lies inside the other one, shape (B,)."""
        start = torch.maximum(a[:, :2], b[:, :2])
        stop = torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
        common = (stop - start).clamp(min=0).prod(1)
        return common / torch.minimum(a[:, 2:].prod(1), b[:, 2:].prod(1))

    # two views are a positive pair only if they show the same thing: draw the second box again
    # until half of the smaller one is seen in both, and in the end take the first box again
    boxes1 = draw()
    boxes2 = draw()
    for _ in range(20):
        apart = overlap(boxes1, boxes2) < 0.5
        if not apart.any():
            break
        boxes2 = torch.where(apart[:, None], draw(), boxes2)
    apart = overlap(boxes1, boxes2) < 0.5
    boxes2 = torch.where(apart[:, None], boxes1, boxes2)
    return (
        one_view(x, recipe, generator, boxes1),
        one_view(x, recipe, generator, boxes2),
    )
''',
        "Your second crop depends on the first: you draw it again until the two overlap. Are the two views then independent?",
        trains=True,
    ),
    Mistake(
        "smallest_width_for_the_rest",
        "gaussian_blur",
        """
def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    narrow, wide = sigma
    chosen = coin(len(x), p, generator)
    width = uniform(len(x), narrow, wide, generator)
    # the smallest width leaves an image as it is, so one call does for the whole batch
    width = torch.where(chosen, width, torch.full_like(width, narrow))
    return blur(x, width.to(x))
""",
        "You blur the images that are not chosen with the smallest width. What if the caller's smallest width is 1?",
        trains=True,
    ),
    Mistake(
        "fit_checked_before_rounding",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    area = uniform((B, 10), scale[0], scale[1], generator) * (height * width)
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = torch.sqrt(area * aspect)
    h = torch.sqrt(area / aspect)
    fits = (h <= height) & (w <= width)
    first = fits.int().argmax(dim=1, keepdim=True)  # 0 if none fits
    h = h.gather(1, first)[:, 0].round().clamp(min=1).long()
    w = w.gather(1, first)[:, 0].round().clamp(min=1).long()

    # the largest box of an allowed ratio, where all ten were too large
    last_h, last_w = height, width
    if width / height < ratio[0]:
        last_h = max(1, round(width / ratio[0]))
    elif width / height > ratio[1]:
        last_w = max(1, round(height * ratio[1]))
    found = fits.any(dim=1)
    h = torch.where(found, h, last_h)
    w = torch.where(found, w, last_w)

    top = (torch.rand(B, generator=generator) * (height - h + 1)).long()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).long()
    return torch.stack([top, left, h, w], dim=1)
""",
        "You check whether a candidate fits before you round its sides. Does a side of 32.3 pixels fit into 32 once it is rounded?",
        trains=True,
    ),
    Mistake(
        "redrawn_for_the_whole_batch",
        "crop_boxes",
        """
def crop_boxes(B, height, width, scale, ratio, generator=None):
    log_low, log_high = math.log(ratio[0]), math.log(ratio[1])
    for _ in range(10):
        area = height * width * uniform(B, scale[0], scale[1], generator)
        aspect = uniform(B, log_low, log_high, generator).exp()
        w = (area * aspect).sqrt().round().long().clamp(min=1)
        h = (area / aspect).sqrt().round().long().clamp(min=1)
        fits = (w <= width) & (h <= height)
        if fits.all():
            break
    # last resort for whatever still does not fit
    best = min(max(width / height, ratio[0]), ratio[1])
    w = torch.where(fits, w, max(1, min(width, round(height * best))))
    h = torch.where(fits, h, max(1, min(height, round(width / best))))
    top = (torch.rand(B, generator=generator) * (height - h + 1)).long()
    left = (torch.rand(B, generator=generator) * (width - w + 1)).long()
    return torch.stack([top, left, h, w], dim=1)
""",
        "You draw all boxes again as long as one of them does not fit, so boxes that fitted are lost, too. Which boxes should be drawn again?",
        trains=True,
    ),
    Mistake(
        "one_pixel_in_small_images",
        "gaussian_blur",
        """
def gaussian_blur(x, p=0.5, sigma=(0.1, 2.0), generator=None):
    B, C, H, W = x.shape
    kernel_size = H // 10
    if kernel_size % 2 == 0:
        kernel_size += 1  # must be odd
    radius = kernel_size // 2

    chosen = coin(B, p, generator).to(x.device)
    widths = uniform(B, sigma[0], sigma[1], generator).to(x)

    offsets = torch.arange(-radius, radius + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-(offsets**2) / (2 * widths[:, None] ** 2))
    kernel = kernel / kernel.sum(dim=1, keepdim=True)
    kernel = kernel.repeat_interleave(C, dim=0)  # one per image and channel

    flat = x.reshape(1, B * C, H, W)
    flat = F.pad(flat, (radius, radius, radius, radius), mode="reflect")
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=B * C)
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=B * C)
    blurred = flat.reshape(B, C, H, W)
    return torch.where(chosen[:, None, None, None], blurred, x)
""",
        "Below 20 pixels of height your kernel is a single pixel, so nothing is blurred. How small may a kernel be?",
        trains=True,
    ),
    Mistake(
        "clamped_after_the_draw",
        "color_jitter",
        """
def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    B = len(x)
    chosen = coin(B, p, generator)
    amounts = []
    for strength in (brightness, contrast, saturation):
        factor = uniform(B, 1 - strength, 1 + strength, generator)
        amounts.append(factor.clamp(min=0))  # never below 0
    amounts.append(uniform(B, -hue, hue, generator))
    changes = (adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue)
    order = torch.rand(B, 4, generator=generator).argsort(dim=1)
    for turn in range(4):
        for number, change in enumerate(changes):
            now = chosen & (order[:, turn] == number)
            x = change_some(x, now, change, amounts[number])
    return x
""",
        "You draw factors below 0 and replace them by 0, so at a strength of 1.5 every sixth factor is exactly 0. Where should the range of the draw begin?",
        trains=True,
    ),
]
