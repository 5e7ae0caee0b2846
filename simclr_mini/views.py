"""Views: the random changes of an image that a representation should not notice.

Every operation takes a whole batch, and every image in it has its own coin toss and its own
parameters. Drawing them once per batch is a known bug: whole batches then come out unchanged.
Random numbers come from a `torch.Generator` on the CPU (`None` is torch's global one) and are then
moved to the images' device, so one seed gives the same views everywhere. Images are float32 or
float64.

Paper: Chen et al. 2020, section 3 and appendix A. https://arxiv.org/abs/2002.05709
Differs: brightness is multiplied by a factor, as in torchvision; in the paper's TensorFlow listing
an amount is added to it.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

LUMA = (0.2989, 0.587, 0.114)  # red, green, blue: ITU-R 601, rounded as in torchvision


@dataclass(frozen=True)
class Recipe:
    """How likely and how strong each change is. A probability of 0 leaves a change out.

    Attributes:
        size: side of the square view in pixels; 0 means the height of the images.
        crop_scale: range of the share of the image's area that a crop covers.
        crop_ratio: range of a crop's width / height.
        crop, flip, jitter, gray, blur, rotation, cutout, sobel, noise: probability of each change.
        strength: s of the colour jitter: 0.8 s for brightness, contrast and saturation, 0.2 s for
            hue.
    """

    size: int = 0
    crop: float = 1.0
    crop_scale: tuple[float, float] = (0.08, 1.0)
    crop_ratio: tuple[float, float] = (3 / 4, 4 / 3)
    flip: float = 0.5
    jitter: float = 0.8
    strength: float = 1.0
    gray: float = 0.2
    blur: float = 0.5
    rotation: float = 0.0
    cutout: float = 0.0
    sobel: float = 0.0
    noise: float = 0.0


RECIPES = {
    "simclr": Recipe(),  # appendix A
    "cifar": Recipe(strength=0.5, blur=0.0),  # appendix B.9
    "crop_only": Recipe(jitter=0.0, gray=0.0, blur=0.0),
    "none": Recipe(crop=0.0, flip=0.0, jitter=0.0, gray=0.0, blur=0.0),
}
OPERATIONS = {  # what can be composed by name: the settings that switch each operation on
    "crop": {"crop": 1.0},
    "flip": {"flip": 0.5},
    "rotate": {"rotation": 1.0},
    "cutout": {"cutout": 1.0},
    "color": {"jitter": 0.8, "strength": 0.5},
    "gray": {"gray": 0.2},
    "blur": {"blur": 0.5},
    "sobel": {"sobel": 1.0},
    "noise": {"noise": 1.0},
}


def recipe_named(text: str) -> Recipe:
    """The recipe of that name, or one composed of operations such as "crop+color+cutout".

    Args:
        text: a key of RECIPES, or keys of OPERATIONS joined by "+". Their order does not matter:
            operations are applied in the paper's order.

    Raises:
        ValueError: if a name is unknown.
    """
    if text in RECIPES:
        return RECIPES[text]
    recipe = RECIPES["none"]
    for name in text.split("+"):
        if name not in OPERATIONS:
            raise ValueError(
                f"views must be one of {', '.join(RECIPES)}, or some of "
                f"{', '.join(OPERATIONS)} joined by +, not {text}"
            )
        recipe = replace(recipe, **OPERATIONS[name])
    return recipe


def two_views(
    x: Tensor, recipe: Recipe, generator: Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Two independent views of each image. Algorithm 1 of the paper: t and t'.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        recipe: which changes to make, and how strong they are.
        generator: source of randomness.

    Returns:
        x1, x2: row b of each is a view of image b, in [0, 1], shape (B, 3, size, size), with x's
        dtype and device.
    """
    # draw the first view of every image
    x1 = one_view(x, recipe, generator)
    # draw the second view, with parameters of its own
    x2 = one_view(x, recipe, generator)
    return x1, x2


def one_view(
    x: Tensor, recipe: Recipe, generator: Generator | None = None, boxes: Tensor | None = None
) -> Tensor:
    """One view of each image: the changes of a recipe, in the paper's order. Appendix A.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        recipe: which changes to make, and how strong they are.
        generator: source of randomness.
        boxes: the part that each view shows, as returned by `crop_boxes`, shape (B, 4). None: it
            is drawn.

    Returns:
        Views in [0, 1], shape (B, 3, size, size), with x's dtype and device.
    """
    s = recipe.strength
    size = recipe.size or x.shape[2]
    if recipe.crop and boxes is not None:
        x = crop_and_resize(x, boxes, size)
    elif recipe.crop:
        x = random_resized_crop(
            x, size, recipe.crop_scale, recipe.crop_ratio, generator, recipe.crop
        )
    elif x.shape[2:] != (size, size):
        x = crop_and_resize(x, whole_image(x), size)
    if recipe.flip:
        x = horizontal_flip(x, recipe.flip, generator)
    if recipe.rotation:
        x = rotate(x, recipe.rotation, generator)
    if recipe.cutout:
        x = cutout(x, recipe.cutout, generator=generator)
    if recipe.jitter:
        x = color_jitter(x, 0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s, recipe.jitter, generator)
    if recipe.gray:
        x = grayscale(x, recipe.gray, generator)
    if recipe.blur:
        x = gaussian_blur(x, recipe.blur, generator=generator)
    if recipe.sobel:
        x = sobel(x, recipe.sobel, generator)
    if recipe.noise:
        x = gaussian_noise(x, recipe.noise, generator=generator)
    return x


def coin(B: int, p: float, generator: Generator | None = None) -> Tensor:
    """One coin for each image, true with probability p. Shape (B,), bool, on the CPU."""
    return torch.rand(B, generator=generator) < p


def uniform(shape, low: float, high: float, generator: Generator | None = None) -> Tensor:
    """Uniform draws from [low, high), on the CPU. The shape is B, or (B, draws per image)."""
    return low + (high - low) * torch.rand(shape, generator=generator)


def change_some(x: Tensor, chosen: Tensor, change: Callable, *parameters: Tensor) -> Tensor:
    """A copy of the batch with the chosen images changed.

    Args:
        x: images, shape (B, 3, H, W).
        chosen: which images to change, bool, shape (B,), on the CPU.
        change: called with the chosen images and their rows of each of `parameters`.
        parameters: tensors with one row for each of the B images, on the CPU.

    Returns:
        Images, shape (B, 3, H, W), with x's dtype and device.
    """
    return change_some_(x.clone(), chosen, change, *parameters)


def change_some_(x: Tensor, chosen: Tensor, change: Callable, *parameters: Tensor) -> Tensor:
    """The same as `change_some`, but in place: `x` itself is changed and returned."""
    rows = chosen.nonzero()[:, 0]
    if len(rows) == 0:
        return x
    own = [p[rows].to(x) for p in parameters]  # with x's dtype and device
    rows = rows.to(x.device)
    return x.index_copy_(0, rows, change(x.index_select(0, rows), *own).to(x))


def crop_boxes(B: int, height: int, width: int, scale, ratio, generator=None) -> Tensor:
    """One random box for each image, as in torchvision's RandomResizedCrop. Appendix A.

    The share of the area is drawn uniformly, and width / height uniformly on a log scale. Each
    side is rounded to whole pixels, at least one. A box that does not fit is drawn again, with a
    new area and a new ratio, up to ten draws in all; the last resort is the largest box of an
    allowed ratio. Every box, including the last resort, is equally likely to be anywhere inside the
    image. (torchvision places the last resort at the centre.)

    Args:
        B: number of boxes.
        height, width: size of the images in pixels.
        scale: range of the box's share of the image's area, as (low, high).
        ratio: range of the box's width / height, as (low, high).
        generator: source of randomness.

    Returns:
        top, left, height, width of each box in whole pixels, int64, shape (B, 4), on the CPU.
    """
    # draw ten candidate sizes for each image: area uniformly, ratio uniformly on a log scale
    area = uniform((B, 10), *scale, generator) * height * width
    aspect = uniform((B, 10), math.log(ratio[0]), math.log(ratio[1]), generator).exp()
    w = (area * aspect).sqrt().round().clamp(min=1)
    h = (area / aspect).sqrt().round().clamp(min=1)
    # keep the first candidate that fits; if none does, take the largest box allowed
    fits = (w <= width) & (h <= height)
    first = fits.int().argmax(1, keepdim=True)  # (B, 1)
    widest = min(width, round(height * ratio[1]))
    tallest = min(height, round(width / ratio[0]))
    w = torch.where(fits.any(1), w.gather(1, first)[:, 0], max(1, widest))
    h = torch.where(fits.any(1), h.gather(1, first)[:, 0], max(1, tallest))
    # place it anywhere inside the image, with all whole positions equally likely
    top = (uniform(B, 0, 1, generator) * (height - h + 1)).floor()
    left = (uniform(B, 0, 1, generator) * (width - w + 1)).floor()
    return torch.stack([top, left, h, w], 1).long()


def whole_image(x: Tensor) -> Tensor:
    """The box that holds all of each image: rows 0, 0, H, W. Shape (B, 4), int64, on the CPU."""
    return torch.tensor([0, 0, x.shape[2], x.shape[3]]).expand(len(x), 4)


def resize_weights(start: Tensor, length: Tensor, source: int, size: int) -> Tensor:
    """Weights of the source pixels in each pixel of a resized line: bilinear, with anti-aliasing.

    Output pixel i is centred at start + (i + 1/2) * length / size on the source line. The weight
    of a source pixel falls linearly with its distance from there, and is 0 one pixel away (one
    *output* pixel if the line shrinks). The weights of an output pixel are scaled to sum to 1.

    Args:
        start, length: the part of the line to show, in source pixels, shape (B,).
        source: number of pixels in the source line.
        size: number of pixels in the resized line.

    Returns:
        Weights, shape (B, size, source), with start's dtype and device.
    """
    step = length[:, None, None] / size  # source pixels per output pixel, (B, 1, 1)
    output = torch.arange(size, device=start.device)[:, None] + 0.5  # (size, 1)
    pixel = torch.arange(source, device=start.device) + 0.5  # (source,)
    first, last = start[:, None, None], (start + length)[:, None, None]
    distance = (pixel - (first + output * step)).abs()  # (B, size, source)
    weights = (1 - distance / step.clamp(min=1)).clamp(min=0)
    weights = weights * ((pixel > first) & (pixel < last))  # nothing outside the box counts
    return weights / weights.sum(2, keepdim=True)


def crop_and_resize(x: Tensor, boxes: Tensor, size: int) -> Tensor:
    """The box of each image, cut out and resized: bilinear, anti-aliased. Appendix A.

    Resizing is linear, so it is two matrix products: rows @ image @ columns^T.

    Args:
        x: images, shape (B, 3, H, W).
        boxes: top, left, height, width in whole pixels, shape (B, 4).
        size: side of the result in pixels.

    Returns:
        Images, shape (B, 3, size, size), with x's dtype and device.
    """
    top, left, height, width = boxes.to(x).unbind(1)
    # find the weights of the source rows in each row of the result; do the same for the columns
    rows = resize_weights(top, height, x.shape[2], size)  # (B, size, H)
    columns = resize_weights(left, width, x.shape[3], size)  # (B, size, W)
    # apply both: y_bcij = sum over h, w of rows_bih x_bchw columns_bjw
    return torch.einsum("bih, bchw, bjw -> bcij", rows, x, columns).contiguous()


def random_resized_crop(
    x: Tensor, size: int, scale=(0.08, 1.0), ratio=(3 / 4, 4 / 3), generator=None, p: float = 1.0
) -> Tensor:
    """A random part of each image, resized to a square. Appendix A.

    Args:
        x: images, shape (B, 3, H, W).
        size: side of the result in pixels.
        scale: range of the part's share of the area, as (low, high).
        ratio: range of the part's width / height, as (low, high).
        generator: source of randomness.
        p: probability that an image is cropped; the others are resized whole.

    Returns:
        Images, shape (B, 3, size, size), with x's dtype and device.
    """
    # draw a box for each image
    boxes = crop_boxes(len(x), x.shape[2], x.shape[3], scale, ratio, generator)
    if p < 1:
        boxes = torch.where(coin(len(x), p, generator)[:, None], boxes, whole_image(x))
    # cut the boxes out and resize them
    return crop_and_resize(x, boxes, size)


def horizontal_flip(x: Tensor, p: float = 0.5, generator: Generator | None = None) -> Tensor:
    """Each image, flipped left to right with probability p. Section 3.

    Args:
        x: images, shape (B, 3, H, W).
        p: probability that an image is flipped.
        generator: source of randomness.

    Returns:
        Images, shape (B, 3, H, W), with x's dtype and device.
    """
    # toss one coin for each image
    mirrored = coin(len(x), p, generator)
    # where it shows heads, reverse the order of the columns
    return change_some(x, mirrored, lambda some: some.flip(3))


def rotate(x: Tensor, p: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Each image, turned by 0, 90, 180 or 270 degrees, all equally likely. Section 3.

    Args:
        x: square images, shape (B, 3, H, H).
        p: probability that an image takes part; the others stay as they are.
        generator: source of randomness.

    Returns:
        Images, shape (B, 3, H, H), with x's dtype and device.
    """
    turns = torch.randint(4, (len(x),), generator=generator) * coin(len(x), p, generator)
    for quarter in (1, 2, 3):
        x = change_some(x, turns == quarter, lambda some, k=quarter: some.rot90(k, (2, 3)))
    return x


def cutout(x: Tensor, p: float = 1.0, share: float = 0.5, generator=None) -> Tensor:
    """Each image with a square painted black. Section 3; DeVries and Taylor 2017.

    The centre lies anywhere in the image, so part of the square may lie outside it.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        p: probability that an image is painted.
        share: side of the square divided by the image's height.
        generator: source of randomness.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    B, _, H, W = x.shape
    row = uniform(B, 0, H, generator)[:, None, None]
    column = uniform(B, 0, W, generator)[:, None, None]
    half = share * H / 2
    inside_rows = (torch.arange(H)[:, None] + 0.5 - row).abs() < half  # (B, H, 1)
    inside_columns = (torch.arange(W) + 0.5 - column).abs() < half  # (B, 1, W)
    hole = inside_rows & inside_columns & coin(B, p, generator)[:, None, None]
    return x.masked_fill(hole[:, None].to(x.device), 0.0)


def to_gray(x: Tensor) -> Tensor:
    """Brightness of each pixel as the eye perceives it: 0.2989 R + 0.587 G + 0.114 B.

    Args:
        x: images, shape (B, 3, H, W).

    Returns:
        Grey images, shape (B, 1, H, W), with x's dtype and device.
    """
    red, green, blue = x.unbind(1)
    return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[:, None]


def grayscale(x: Tensor, p: float = 0.2, generator: Generator | None = None) -> Tensor:
    """Each image, made grey with probability p. Appendix A, "color drop".

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        p: probability that an image is made grey.
        generator: source of randomness.

    Returns:
        Images, shape (B, 3, H, W), with x's dtype and device. A grey image has three equal
        channels.
    """
    # toss one coin for each image
    drop = coin(len(x), p, generator)
    # where it shows heads, set all three channels to the brightness
    return change_some(x, drop, lambda some: to_gray(some).expand_as(some))


def blend(x: Tensor, other: Tensor, factor: Tensor) -> Tensor:
    """factor * x + (1 - factor) * other, clipped to [0, 1]. Factor has shape (B,)."""
    factor = factor[:, None, None, None]
    return (factor * x).add_((1 - factor) * other).clamp_(0, 1)


def adjust_brightness(x: Tensor, factor: Tensor) -> Tensor:
    """Each image, blended with black: factor 0 gives black, 1 the image, 2 twice its brightness.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        factor: one number >= 0 for each image, shape (B,), with x's dtype and device.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    # scale every value of an image by its factor, and clip to [0, 1]
    return (x * factor[:, None, None, None]).clamp_(0, 1)


def adjust_contrast(x: Tensor, factor: Tensor) -> Tensor:
    """Each image, blended with its mean brightness: factor 0 gives flat grey, 1 the image.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        factor: one number >= 0 for each image, shape (B,), with x's dtype and device.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    # find one number for each image: the mean of its grey version
    mean = to_gray(x).mean((1, 2, 3), keepdim=True)  # (B, 1, 1, 1)
    # move every value away from it or towards it, and clip to [0, 1]
    return blend(x, mean, factor)


def adjust_saturation(x: Tensor, factor: Tensor) -> Tensor:
    """Each image, blended with its grey version: factor 0 gives grey, 1 the image.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        factor: one number >= 0 for each image, shape (B,), with x's dtype and device.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    # make the grey version, pixel by pixel
    gray = to_gray(x)  # (B, 1, H, W)
    # move every pixel away from it or towards it, and clip to [0, 1]
    return blend(x, gray, factor)


def adjust_hue(x: Tensor, shift: Tensor) -> Tensor:
    """Each image with its colour wheel turned: shift 1/3 makes red green, 1/2 makes red cyan.

    V is the largest channel, C is V minus the smallest, and the hue h in [0, 6) is the place of
    the colour on the wheel: red 0, yellow 1, green 2, cyan 3, blue 4, magenta 5. V and C are kept;
    h moves by 6 * shift around the wheel.

    A colour is 2 + (G + B - R - V) / C sixths of a turn away from red, towards green or blue. This
    formula is the same whichever channel is the largest, which makes it twice as fast.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        shift: turns of the wheel, in [-1/2, 1/2], shape (B,), with x's dtype and device.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    red, green, blue = x.unbind(1)  # (B, H, W) each
    # V, the largest channel, and C, its distance from the smallest
    V = torch.maximum(torch.maximum(red, green), blue)
    C = V - torch.minimum(torch.minimum(red, green), blue)
    # hue in sixths of a turn: how far from red, and on which side
    h = 2 + (green + blue - red - V) / C.clamp(min=1e-12)  # a grey pixel has no hue; any will do
    h = h.copysign(green - blue)
    # turn the wheel, and come back into [0, 6)
    h = h + 6 * shift[:, None, None]
    h = h - 6 * (h / 6).floor()
    # how far each channel is below the largest, as a share of C: 0 at its own hue
    below = torch.stack([2 - (h - 3).abs(), (h - 2).abs() - 1, (h - 4).abs() - 1], 1)
    return V[:, None] - C[:, None] * below.clamp_(0, 1)


def color_jitter(
    x: Tensor,
    brightness: float,
    contrast: float,
    saturation: float,
    hue: float,
    p: float = 0.8,
    generator: Generator | None = None,
) -> Tensor:
    """Each image with its colours changed, with probability p and in its own order. Appendix A.

    Factors are drawn uniformly from [max(0, 1 - strength), 1 + strength], and the shift of the hue
    uniformly from [-hue, hue].

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        brightness, contrast, saturation: strengths >= 0.
        hue: strength in [0, 1/2], in turns of the colour wheel.
        p: probability that an image is changed.
        generator: source of randomness.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    B = len(x)
    # draw for each image whether it is changed, its factors and its order
    chosen = coin(B, p, generator)
    steps = [
        (adjust_brightness, uniform(B, max(0, 1 - brightness), 1 + brightness, generator)),
        (adjust_contrast, uniform(B, max(0, 1 - contrast), 1 + contrast, generator)),
        (adjust_saturation, uniform(B, max(0, 1 - saturation), 1 + saturation, generator)),
        (adjust_hue, uniform(B, -hue, hue, generator)),
    ]
    order = torch.rand(B, 4, generator=generator).argsort(1)  # (B, 4)
    # in each of four rounds, apply to each image the change that its order names
    x = x.clone()
    for turn in range(4):
        for k, (adjust, amount) in enumerate(steps):
            change_some_(x, chosen & (order[:, turn] == k), adjust, amount)
    return x


def gaussian_blur(x: Tensor, p: float = 0.5, sigma=(0.1, 2.0), generator=None) -> Tensor:
    """Each image, blurred with probability p by a width drawn uniformly from `sigma`. Appendix A.

    The kernel is about a tenth of the image's height: an odd number of pixels, at least 3. Pixels
    outside the image are reflections of those inside.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        p: probability that an image is blurred.
        sigma: range of the standard deviation in pixels, as (low, high).
        generator: source of randomness.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    # toss one coin and draw one width for each image
    chosen = coin(len(x), p, generator)
    width = uniform(len(x), *sigma, generator)
    # blur the chosen images, each with its own width
    return change_some(x, chosen, blur, width)


def blur(x: Tensor, sigma: Tensor) -> Tensor:
    """Each image, blurred by a Gaussian with its own standard deviation.

    Args:
        x: images, shape (B, 3, H, W).
        sigma: standard deviations in pixels, shape (B,), with x's dtype and device.

    Returns:
        Images, shape (B, 3, H, W), with x's dtype and device.
    """
    H, W = x.shape[2:]
    reach = max(1, H // 20)
    # weights of a bell curve at whole pixels, scaled to sum to 1 for each image
    offset = torch.arange(-reach, reach + 1, device=x.device)[:, None]
    weights = torch.exp(-0.5 * (offset / sigma) ** 2)  # (2 reach + 1, B)
    weights = (weights / weights.sum(0))[:, :, None, None, None]
    # a weighted sum of shifted copies: down the columns, then along the rows
    tall = F.pad(x, (0, 0, reach, reach), mode="reflect")
    x = sum(w * tall[:, :, i : i + H] for i, w in enumerate(weights))
    wide = F.pad(x, (reach, reach, 0, 0), mode="reflect")
    return sum(w * wide[:, :, :, i : i + W] for i, w in enumerate(weights))


def sobel_gradients(x: Tensor) -> Tensor:
    """Slopes of the brightness to the right and downwards, by DeepCluster's fixed filters.

    Pixels outside the image are reflections of those inside.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).

    Returns:
        Slopes in [-1, 1], shape (B, 2, H, W), with x's dtype and device.
    """
    right = x.new_tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
    kernels = torch.stack([right, right.T])[:, None]  # (2, 1, 3, 3)
    return F.conv2d(F.pad(to_gray(x), (1, 1, 1, 1), mode="reflect"), kernels)


def sobel(x: Tensor, p: float = 1.0, generator: Generator | None = None) -> Tensor:
    """Each image, replaced by the strength of its edges with probability p. Section 3.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        p: probability that an image is replaced.
        generator: source of randomness.

    Returns:
        Images in [0, 1], shape (B, 3, H, W), with x's dtype and device. A replaced image has three
        equal channels.
    """
    return change_some(x, coin(len(x), p, generator), edges)


def edges(x: Tensor) -> Tensor:
    """Strength of edges: the norm of the slopes, at most 1, with x's shape, dtype and device."""
    return sobel_gradients(x).norm(dim=1, keepdim=True).clamp(max=1).expand_as(x)


def gaussian_noise(x: Tensor, p: float = 1.0, std: float = 0.1, generator=None) -> Tensor:
    """Each image with independent noise added to every value, with probability p. Section 3.

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        p: probability that an image gets noise.
        std: standard deviation of the noise, in units of x.
        generator: source of randomness.

    Returns:
        Images, clipped to [0, 1], shape (B, 3, H, W), with x's dtype and device.
    """
    chosen = coin(len(x), p, generator)
    noise = std * torch.randn(x.shape, generator=generator)
    return change_some(x, chosen, lambda some, e: (some + e).clamp(0, 1), noise)
