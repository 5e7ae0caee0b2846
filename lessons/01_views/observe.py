"""Results of lesson 1's functions: exact if nothing is random, coarse facts about draws if not.

A fact about draws is rounded so coarsely that every way to draw gives the same one.
"""

import inspect
import math

import torch
from torch import Tensor

from lessons.course.device import elsewhere, strays_and_draws

FACTOR = torch.tensor([0.0, 0.3, 1.7])


def images(B, H, W, seed=0):
    return torch.rand(B, 3, H, W, generator=torch.Generator().manual_seed(seed))


def coarse(value, step=0.25):
    """A number, rounded so coarsely that it does not depend on the random draw."""
    value = float(value)
    return round(value / step) if math.isfinite(value) else "not finite"


def kind(f, *rest, **more):
    """Whether f keeps to the type and to the device of its images, and leaves them as they are."""
    x = images(3, 5, 5)
    kept = x.clone()
    f(x, *rest, **more)
    whole = [isinstance(one, Tensor) and not one.is_floating_point() for one in rest]
    wide = f(x.double(), *[one if w else widened(one) for one, w in zip(rest, whole, strict=True)])
    results = wide if isinstance(wide, tuple) else (wide,)
    there = [one if w else elsewhere(one) for one, w in zip(rest, whole, strict=True)]
    said, without = strays_and_draws(lambda x: f(x, *there, **more), x)
    return {
        "kept": torch.equal(x, kept),
        "double": all(one.dtype == torch.float64 for one in results),
        "stays": not said and not (without and is_random(f)),
    }


def is_random(f) -> bool:
    return "generator" in inspect.signature(f).parameters


def widened(value):
    return value.double() if isinstance(value, Tensor) else value


def settled(f):
    """What f gives, if it always gives the same."""
    first = f()
    return first if all(torch.allclose(first, f(), atol=1e-6) for _ in range(2)) else "random"


def changed(x, y):
    return ((x - y).abs() > 1e-4).flatten(1).any(1)


def law(values, low, high):
    """Facts about values that should be uniform in [low, high]: whether they are, and the mean."""
    u = ((values.double() - low) / (high - low)).sort().values
    if not torch.isfinite(u).all():
        return "not finite"
    if u[-1] - u[0] < 1e-3:
        return "one for all"
    n = len(u)
    steps = torch.arange(n + 1) / n
    ideal = u.clamp(0, 1)
    gap = torch.maximum((ideal - steps[:-1]).abs(), (ideal - steps[1:]).abs()).max()
    uniform = bool(gap < 2.4 / math.sqrt(n))
    mean = coarse(u.mean().clamp(-0.1, 1.1) - 0.5, 0.23)
    return {"uniform": uniform, "mean": mean, "narrow": bool(u.std() < 0.2)}


def related(a, b):
    if a.double().std() < 1e-9 or b.double().std() < 1e-9:
        return "constant"
    r = torch.corrcoef(torch.stack([a.double(), b.double()]))[0, 1]
    return coarse(r, 0.5)


def coins(flags, batches=24, B=20):
    """Facts about coins: `flags(B)` says of B images which came up heads, with p = 1/4."""
    hit = torch.stack([flags(B) for _ in range(batches)]).double()
    count = hit.sum(1)
    if ((count == 0) | (count == B)).all() and len(count.unique()) > 1:
        return "one for all"
    rate = hit.mean()
    alike = (hit[:, 1:] == hit[:, :-1]).double().mean()
    return {
        "rate": coarse(rate),
        "neighbours": coarse(alike - rate**2 - (1 - rate) ** 2, 0.2),
        "halves": coarse(hit[:, : B // 2].mean() - hit[:, B // 2 :].mean(), 0.4),
        "one count": len(count.unique()) == 1,
    }


def coins_of(f, batches=24):
    """Facts about a change that each image should have with probability 1/4."""

    def flags(B):
        x = images(B, 3, 3)
        return changed(x, f(x.clone()))

    return coins(flags, batches)


def draws(f):
    """Whether the results depend on the given generator, and are new in each call without one."""
    g = torch.Generator().manual_seed(1)
    first, again, free = f(g), f(torch.Generator().manual_seed(1)), f(None)
    return {
        "obeys": torch.equal(first, again),
        "repeats": all(torch.equal(first, f(g)) for _ in range(8)),
        "free repeats": all(torch.equal(free, f(None)) for _ in range(8)),
    }


def horizontal_flip(module):
    f = module.horizontal_flip
    x = images(8, 3, 5)
    some = images(200, 2, 3, 1)
    y = f(some.clone(), 0.5)
    return {
        "all": settled(lambda: f(x.clone(), 1.0)),
        "none": settled(lambda: f(x.clone(), 0.0)),
        "clean": bool((~changed(some, y) | ~changed(some.flip(3), y)).all()),
        "coins": coins_of(lambda x: f(x, 0.25)),
        **kind(f, 0.5),
        **draws(lambda g: f(some.clone(), 0.5, g)),
    }


def crop_boxes(module):
    f = module.crop_boxes
    by_generator = draws(lambda g: f(9, 30, 40, (0.1, 1.0), (0.75, 4 / 3), g))
    boxes = f(1000, 9000, 12000, (0.02, 0.12), (0.5, 3.0)).double()
    if len(boxes[:, 2:].unique(dim=0)) == 1:
        return {"size": "one for all", "box": len(boxes.unique(dim=0)) == 1, **by_generator}
    top, left, h, w = boxes.unbind(1)
    small = f(600, 4, 6, (1 / 6, 1 / 6), (1.0, 1.0))
    strip = f(800, 1000, 10000, (0.05, 0.55), (1.0, 1.0)).double()
    # here the area is given, and one ratio in ten fits
    ratios = f(800, 1000, 10000, (0.1741, 0.1741), (0.5, 2.0)).double()
    # all of these fit, and some are as wide or as tall as the image
    wide = f(600, 1000, 3000, (0.2, 0.6), (2.0, 2.0)).double()
    edge = (
        f(200, 10, 4, (0.4, 0.4), (0.5, 1.0))[:, 3],
        f(200, 4, 10, (0.4, 0.4), (1.0, 2.0))[:, 2],
    )
    flat, tall = (f(200, *size, (0.9, 1.0), (0.75, 4 / 3)) for size in ((11, 100), (100, 11)))
    pixel = [one_size(f(9, 8, 8, (0.3 / 64, 0.3 / 64), (r, r))) for r in (0.25, 4)]
    return {
        "type": str(f(2, 9, 9, (0.1, 1.0), (1.0, 1.0)).dtype),
        "wide": law(wide[:, 2] * wide[:, 3] / 1000 / 3000, 0.2, 0.6),
        "area": law(h * w / 9000 / 12000, 0.02, 0.12),
        "ratio": law((w / h).log(), math.log(0.5), math.log(3)),
        "top": law(top / (9000 - h), 0, 1),
        "left": law(left / (12000 - w), 0, 1),
        "related": (related(top, left), related(h * w, (w / h).log())),
        "sizes": one_size(small),
        "ends": ((small[:, 0] == 2).any().item(), (small[:, 1] == 4).any().item()),
        "first": (small[:, 0] == 0).all().item(),
        "inside": bool(((boxes >= 0).all(1) & (top + h <= 9000) & (left + w <= 12000)).all()),
        "sides": one_size(f(20, 32, 32, (0.2475, 0.2475), (4 / 3, 4 / 3))),
        "pixel": tuple(pixel),
        "edge": tuple(bool((side == 4).any()) for side in edge),
        "last resort": (one_size(flat), one_size(tall)),
        "last places": (len(flat[:, 1].unique()) > 1, len(tall[:, 0].unique()) > 1),
        "tries": coarse((strip[:, 2] >= 999).double().mean() - 0.35, 0.2),
        "ratios": coarse((ratios[:, 3] == 2000).double().mean() - 0.35, 0.2),
        **by_generator,
    }


def one_size(boxes):
    """Height and width, if all boxes have the same."""
    return boxes[0, 2:] if len(boxes[:, 2:].unique(dim=0)) == 1 else "several"


def crop_and_resize(module):
    f = module.crop_and_resize
    x = images(3, 7, 9)
    boxes = torch.tensor([[0, 0, 7, 9], [1, 2, 5, 3], [4, 5, 2, 4]])
    seen = {size: f(x, boxes, size) for size in (2, 4, 9)}
    return seen | kind(f, torch.tensor([[0, 1, 2, 4]]).expand(3, 4), 4)


def random_resized_crop(module):
    f = module.random_resized_crop
    H, W = 30, 40
    row = ((torch.arange(H) + 0.5) / H)[:, None].expand(H, W)
    column = ((torch.arange(W) + 0.5) / W).expand(H, W)
    x = torch.stack([row, column, torch.zeros(H, W)]).expand(300, -1, -1, -1)

    def boxes(y):
        h = (y[:, 0, 3].mean(1) - y[:, 0, 1].mean(1)) / 2 * 5 * H
        w = (y[:, 1, :, 3].mean(1) - y[:, 1, :, 1].mean(1)) / 2 * 5 * W
        return h, w, y[:, 0].mean((1, 2)), y[:, 1].mean((1, 2))

    def cropped(B):
        h, w, _, _ = boxes(f(x[:B], 5, (0.1, 0.3), p=0.25))
        return h * w < 0.6 * H * W

    whole = images(2, 6, 5)
    facts = {
        "whole": settled(lambda: f(whole, 4, p=0.0)),
        "cropped": coins(cropped),
        **kind(f, 4),
        **draws(lambda g: f(x[:9], 5, generator=g, p=0.7)),
    }
    h, w, i, j = boxes(f(x, 5, (0.1, 0.3), (0.8, 1.8)))
    inside = torch.isfinite(h * w)
    facts["outside"] = bool(inside.all())
    if h[inside].std() < 0.1:
        return facts | {"boxes": "one for all"}
    share = boxes(f(x, 5))
    return facts | {
        "far": (bool(i[inside].max() > 0.72), bool(j[inside].max() > 0.72)),
        "mean area": coarse((h * w)[inside].mean() / H / W - 0.17, 0.1),
        "mean ratio": coarse((w / h)[inside].log().mean() - math.log(1.44) / 2, 0.2),
        "spread of ratio": coarse((w / h)[inside].log().std() - 0.234, 0.2),
        "default": coarse((share[0] * share[1]).nanmean() / H / W - 0.45, 0.25),
    }


def to_gray(module):
    f = module.to_gray
    pure = torch.eye(3).double()[:, :, None, None]
    off = (f(pure).flatten() - torch.tensor([0.2989, 0.587, 0.114])).abs().max()
    seen = {"of": f(images(2, 3, 5)), "half": f(0.5 * images(3, 2, 2)), **kind(f)}
    return seen | {"off by": round(1e4 * off.item()) if off < 0.002 else "more"}


def grayscale(module):
    f = module.grayscale
    x = images(8, 3, 5)
    some = images(200, 2, 3, 1)
    y = f(some.clone(), 0.5)
    gray = ~changed(y[:, :1], y[:, 1:])
    pixels = (y[:, :1] - y[:, 1:]).abs().amax(1) < 1e-4
    return {
        "all": settled(lambda: f(x.clone(), 1.0)),
        "none": settled(lambda: f(x.clone(), 0.0)),
        "clean": bool((~changed(some, y) | gray).all()),
        "gray images": bool((pixels.flatten(1).all(1) == pixels.flatten(1).any(1)).all()),
        "coins": coins_of(lambda x: f(x, 0.25)),
        **kind(f, 0.5),
        **draws(lambda g: f(some.clone(), 0.5, g)),
    }


def adjusted(f):
    seen = {seed: f(images(3, 4, 5, seed), FACTOR) for seed in (0, 1)}
    return seen | kind(f, FACTOR)


def adjust_brightness(module):
    return adjusted(module.adjust_brightness)


def adjust_contrast(module):
    return adjusted(module.adjust_contrast)


def adjust_saturation(module):
    return adjusted(module.adjust_saturation)


def color_jitter(module):
    f = module.color_jitter
    x = (0.35 + 0.2 * images(1, 1, 2)).repeat(600, 1, 1, 1)

    def jitter(x, *rest):
        return f(x.clone(), *rest)

    def spread(y):
        return (y - y.mean((1, 2, 3), keepdim=True)).flatten(1).norm(dim=1)

    def chroma(y):
        return (y.amax(1) - y.amin(1)).mean((1, 2))

    seen = {
        "nothing": settled(lambda: jitter(x[:3], 0.0, 0.0, 0.0, 0.0, 1.0)),
        "spared": settled(lambda: jitter(x[:3], 1, 1, 1, 0.5, 0.0)),
        "coins": coins_of(lambda x: f(x, 0.4, 0.4, 0.4, 0.1, 0.25), 16),
        "draws": draws(lambda g: jitter(x[:9], 0.4, 0.4, 0.4, 0.1, 0.8, g)),
        **kind(f, 0.4, 0.4, 0.4, 0.1, 0.5),
    }
    kinds = [("brightness", lambda y: y.mean((1, 2, 3))), ("contrast", spread)]
    for i, (name, measure) in enumerate([*kinds, ("saturation", chroma)]):
        strengths = [0.0] * 4
        strengths[i] = 0.4
        y = jitter(x, *strengths, 1.0)
        seen[name] = law(measure(y) / measure(x), 0.6, 1.4)
        seen[name + " everywhere"] = bool(changed(x, y).double().mean() > 0.97)
    red = torch.tensor([1.0, 0, 0])[:, None, None].expand(600, 3, 1, 1)
    y = jitter(red, 0.0, 0.0, 0.0, 0.1, 1.0)[:, :, 0, 0]
    seen["hue"] = law((y[:, 1] - y[:, 2]) / 6, -0.1, 0.1)
    pair = torch.tensor([0.27, 0.3]).expand(300, 3, 1, 2)
    for i, name in enumerate(["brightness", "contrast"]):
        strengths = [0.0] * 4
        strengths[i] = 2.0
        y = jitter(pair, *strengths, 1.0)[:, 0, 0]
        low = y[:, 1] < 1e-6 if i == 0 else y[:, 1] < y[:, 0] - 1e-6
        seen["strong " + name] = coarse(low.double().mean(), 0.3)
    y = jitter(x, 0.3, 0.0, 0.3, 0.0, 1.0)
    bright = y.mean((1, 2, 3))
    seen["own"] = related(bright, chroma(y) / bright)
    red = torch.tensor([0.5, 0.1, 0.1])[:, None, None].expand(600, 3, 1, 1)
    y = jitter(red, 0.0, 0.0, 0.4, 0.15, 1.0)[:, :, 0, 0]
    factor = (y.amax(1) - y.amin(1)) / 0.4
    early = (y.amax(1) - factor * 0.5 - (1 - factor) * 0.21955).abs() < 1e-4
    shift = (y[:, 1] - y[:, 2]) / (y.amax(1) - y.amin(1))
    clear = ((factor - 1).abs() > 0.1) & (shift.abs() > 0.1)  # else the order cannot be seen
    early, strong = early[clear].double(), factor[clear] > 1
    if len(early.unique()) < 2:
        return seen | {"order": "one for all"}
    seen["saturation first"] = coarse(early.mean() - 0.5, 0.36)
    seen["if it is strong"] = coarse(early[strong].mean() - early[~strong].mean(), 0.4)
    seen["hue and saturation"] = related(factor, shift)
    return seen


def gaussian_blur(module):
    f = module.gaussian_blur
    x = images(2, 5, 7)
    dots = torch.zeros(800, 3, 5, 5)
    dots[:, :, 2, 2] = 1
    tall = images(1, 41, 5)

    def widths(y):
        return (-0.5 / (y[:, 0, 2, 1] / y[:, 0, 2, 2]).log()).sqrt()

    default = f(dots, 1.0)[:, 0, 2]
    sharp = (default[:, 1] / default[:, 2] < math.exp(-0.5 / 1.05**2)).double().mean()
    return {
        "one width": settled(lambda: f(x, 1.0, (0.8, 0.8))),
        "none": settled(lambda: f(x, 0.0, (0.8, 0.8))),
        "tall": settled(lambda: f(tall, 1.0, (1.5, 1.5))),
        "widths": law(widths(f(dots, 1.0, (0.5, 1.5))), 0.5, 1.5),
        "default": "one for all" if sharp in (0, 1) else coarse(sharp - 0.5, 0.25),
        "coins": coins_of(lambda x: f(x, 0.25, (0.7, 1.0))),
        **kind(f, 0.5),
        **draws(lambda g: f(x, 1.0, (0.5, 2.0), g)),
    }


def two_views(module):
    x = images(1000, 3, 3)
    none = module.RECIPES["none"]
    flip = module.Recipe(crop=0.0, flip=0.25, jitter=0.0, gray=0.0, blur=0.0)
    pair = module.two_views(x[:3].clone(), none)
    if isinstance(pair, Tensor):
        return {"one tensor": str(tuple(pair.shape))}

    def f(x, recipe, generator=None):
        return module.two_views(x.clone(), recipe, generator)

    first, second = f(x, flip)
    mirrored = x.flip(3)
    one, two = ~changed(first, mirrored), ~changed(second, mirrored)
    return {
        "none": tuple(settled(lambda i=i: f(x[:3], none)[i]) for i in (0, 1)),
        "rates": tuple(coarse(flags.double().mean() - 0.01, 0.125) for flags in (one, two)),
        "related": related(one, two),
        "clean": tuple(
            (~changed(v, x) | ~changed(v, mirrored)).all().item() for v in (first, second)
        ),
        "bright": bool(torch.allclose(first.mean((1, 2, 3)), x.mean((1, 2, 3)), atol=1e-4)),
        **kind(module.two_views, flip),
        **draws(lambda g: torch.cat(f(x[:200], flip, g))),
    }
