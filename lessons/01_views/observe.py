"""Results of lesson 1's functions: exact if nothing is random, else coarse statistics of draws.

Statistics are so coarse that every way to draw from a given distribution gives the same values.
"""

import inspect
import itertools
import math
from functools import cache

import torch
from torch import Tensor

from lessons.course.device import elsewhere, strays_and_draws
from lessons.course.evidence import Later, tried

FACTORS = torch.tensor([[0.0, 0.3, 1.7], [1.0, 2.2, 0.5]])


def images(B, H, W, seed=0):
    return torch.rand(B, 3, H, W, generator=torch.Generator().manual_seed(seed))


def coarse(value, step=0.25):
    """A number, rounded so coarsely that it does not depend on the random draw."""
    value = float(value)
    return round(value / step) if math.isfinite(value) else "not finite"


def kind(f, *rest, meta=(), **more):
    """Whether f keeps the dtype and the device of its images, and leaves the images unchanged.

    `meta`: f's arguments on torch's meta device, which is slow; if empty, f gets `rest` there, too.
    """
    x = images(3, 5, 5)
    kept = x.clone()
    told = tried(lambda: f(x, *rest, **more))
    whole = [isinstance(one, Tensor) and not one.is_floating_point() for one in rest]

    def wide():
        given = [one if w else widened(one) for one, w in zip(rest, whole, strict=True)]
        return is_wide(f(kept.double(), *given, **more))

    there = [one if w else elsewhere(one) for one, w in zip(rest, whole, strict=True)]
    there = meta if meta else there
    few = kept if any(isinstance(one, Tensor) for one in rest) else kept[:1]  # meta is slow
    on_meta = cache(lambda: strays_and_draws(lambda x: f(x, *there, **more), few))
    return {
        "kept": torch.equal(x, kept),
        "fails": told if isinstance(told, str) else "nothing",
        "single": not is_wide(told),
        "double": tried(wide),
        "stays": Later(lambda: not on_meta()[0]),
        "there": Later(lambda: not (on_meta()[1] and is_random(f))),
    }


def is_wide(results) -> bool:
    """Whether all results are tensors of float64."""
    results = results if isinstance(results, tuple | list) else (results,)
    return all(isinstance(one, Tensor) and one.dtype == torch.float64 for one in results)


def is_random(f) -> bool:
    return "generator" in inspect.signature(f).parameters


def widened(value):
    return value.double() if isinstance(value, Tensor) else value


def settled(f):
    """What f returns if every call returns the same, otherwise `random`."""
    first = f()
    return first if all(torch.allclose(first, f(), atol=1e-6) for _ in range(2)) else "random"


def changed(x, y):
    return ((x - y).abs() > 1e-4).flatten(1).any(1)


def law(values, low, high):
    """Facts about values that should be uniform in [low, high]: whether they are, and the mean."""
    u = ((values.double() - low) / (high - low)).sort().values
    if not len(u) or not torch.isfinite(u).all():
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


def tied(a, b):
    """Whether two lists of values are the same, related, or independent of each other."""
    if a.double().std() < 1e-9 or b.double().std() < 1e-9:
        return "constant"
    if torch.allclose(a.double(), b.double(), atol=1e-4):
        return "the same"
    r = torch.corrcoef(torch.stack([a.double(), b.double()]))[0, 1]
    return "related" if r.abs() > 4.5 / math.sqrt(len(a)) else "independent"


def coins(flags, batches=24, B=20):
    """Facts about coins: `flags(B)` says for which of B images the coin shows heads; p is 1/4."""
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
    """Whether the given generator determines the results, and whether each call gives new ones."""

    def look():
        g = torch.Generator().manual_seed(1)
        first, again = f(g), f(torch.Generator().manual_seed(1))
        state = torch.get_rng_state()
        free = f(None)
        torch.set_rng_state(state)
        same = torch.equal(free, f(None))
        return {
            "obeys": torch.equal(first, again),
            "repeats": all(torch.equal(first, f(g)) for _ in range(8)),
            "global": same,
            "free repeats": all(torch.equal(free, f(None)) for _ in range(8)),
        }

    return {"draws": tried(look)}


def pieces(x, y, z):
    """Whether each channel, each row and each column of y is that of x or that of z."""
    a, b = (x - y).abs() < 1e-4, (z - y).abs() < 1e-4
    return tuple((a.all(d) | b.all(d)).all().item() for d in ((2, 3), (1, 3), (1, 2)))


def horizontal_flip(module):
    f = module.horizontal_flip
    x = images(8, 3, 5)
    some = images(200, 2, 3, 1)

    def clean():
        y, z = f(some.clone(), 0.5), some.flip(3)
        return (~changed(some, y) | ~changed(z, y)).all().item(), *pieces(some, y, z)

    return {
        "all": tried(settled, lambda: f(x.clone(), 1.0)),
        "none": tried(settled, lambda: f(x.clone(), 0.0)),
        "clean": tried(clean),
        "coins": tried(coins_of, lambda x: f(x, 0.25)),
        **kind(f, 1.0),
        **draws(lambda g: f(some.clone(), 0.5, g)),
    }


def crop_boxes(module):
    f = module.crop_boxes
    by_generator = draws(lambda g: f(9, 30, 40, (0.1, 1.0), (0.75, 4 / 3), g))
    boxes = tried(lambda: f(1000, 9000, 12000, (0.02, 0.12), (0.5, 3.0)).double())
    if isinstance(boxes, str) or boxes.shape != (1000, 4):
        return {"shape": boxes if isinstance(boxes, str) else str(tuple(boxes.shape))}
    pixel = [one_size(f(9, 8, 8, (0.3 / 64, 0.3 / 64), (r, r))) for r in (0.25, 4)]
    if len(boxes[:, 2:].unique(dim=0)) == 1:
        size = {1: "a pixel", 9000: "the image"}.get(int(boxes[0, 2]), "some box")
        same = len(boxes.unique(dim=0)) == 1
        return {"size": f"{size} for all", "box": same, **by_generator}
    top, left, h, w = boxes.unbind(1)
    small = f(2400, 4, 6, (1 / 6, 1 / 6), (1.0, 1.0))
    strip = f(800, 1000, 10000, (0.05, 0.55), (1.0, 1.0)).double()
    # here one draw in six fits; after ten, 0.162 of the boxes are the last resort
    tenth = f(9000, 1000, 10000, (0.05, 0.35), (1.0, 1.0))
    tenth = (tenth[:, 2] >= 1000).double().mean()
    # here the area is given, and one ratio in ten fits
    ratios = f(800, 1000, 10000, (0.1741, 0.1741), (0.5, 2.0)).double()
    # all of these fit, and some are as wide or as tall as the image
    wide = f(600, 1000, 3000, (0.2, 0.6), (2.0, 2.0)).double()
    edge = (
        f(200, 10, 4, (0.4, 0.4), (0.5, 1.0))[:, 3],
        f(200, 4, 10, (0.4, 0.4), (1.0, 2.0))[:, 2],
    )
    flat, tall = (f(200, *size, (0.9, 1.0), (0.75, 4 / 3)) for size in ((11, 100), (100, 11)))
    # if a side is rounded before it must fit, 0.468 are the last resort, and 0.68 otherwise
    square = f(2400, 10, 10, (0.9, 0.9), (1 / 16, 16.0))
    square = float((square[:, 2:] == 10).all(1).double().mean())
    near = [one_size(f(9, *size, (1.5, 1.6), (0.75, 1.2))) for size in ((10, 11), (11, 10))]
    near += [one_size(f(9, *size, (0.9, 1.0), (0.75, 1.2))) for size in ((11, 99), (99, 11))]
    near += [one_size(f(9, *size, (0.9, 1.0), (0.75, 4 / 3))) for size in ((10, 99), (99, 10))]
    shares = wide[:, 2] * wide[:, 3] / 1000 / 3000
    again = [f(1, 1000, 1000, (0.25, 0.25), (1.0, 1.0))[0, :2] for _ in range(4)]
    # the same as for `tenth`, but with one box in each call
    alone = torch.cat([f(1, 1000, 10000, (0.05, 0.35), (1.0, 1.0)) for _ in range(60)])
    return {
        "type": str(f(2, 9, 9, (0.1, 1.0), (1.0, 1.0)).dtype),
        "wide": law(shares, 0.2, 0.6),
        "area ends": (bool(shares.min() < 0.18), bool(shares.max() > 0.63)),
        "rounded first": (square > 0.57, square > 0.35),
        "one alone": bool((alone[:, 2] >= 1000).double().mean() > 0.5),
        "always there": len(torch.stack(again).unique(dim=0)) == 1,
        "within": bool((flat[:, 2] <= 11).all() & (tall[:, 3] <= 11).all()),
        "area": law(h * w / 9000 / 12000, 0.02, 0.12),
        "ratio": law((w / h).log(), math.log(0.5), math.log(3)),
        "top": law(top / (9000 - h), 0, 1),
        "left": law(left / (12000 - w), 0, 1),
        "related": (related(top, left), related(h * w, (w / h).log())),
        "place and size": tuple(
            related(place, size)
            for place in (top / (9000 - h), left / (12000 - w))
            for size in (h * w, (w / h).log())
        ),
        "sizes": one_size(small),
        "ends": ((small[:, 0] == 2).any().item(), (small[:, 1] == 4).any().item()),
        "starts": ((small[:, 0] == 0).any().item(), (small[:, 1] == 0).any().item()),
        "beyond": (bool((small[:, 0] > 2).any()), bool((small[:, 1] > 4).any())),
        "rare edges": tuple(
            bool((small[:, i] == 0).sum() < 0.72 * (small[:, i] == 1).sum()) for i in (0, 1)
        ),
        "first": (small[:, 0] == 0).all().item(),
        "inside": bool(((boxes >= 0).all(1) & (top + h <= 9000) & (left + w <= 12000)).all()),
        "sides": one_size(f(20, 32, 32, (0.2475, 0.2475), (4 / 3, 4 / 3))),
        "pixel": tuple(pixel),
        "edge": tuple(bool((side == 4).any()) for side in edge),
        "last resort": (one_size(flat), one_size(tall), *near),
        "last places": (
            len(flat[:, 1].unique()) > 1,
            len(tall[:, 0].unique()) > 1,
            bool((flat[:, 1] == 0).all() & (tall[:, 0] == 0).all()),
        ),
        "tries": coarse((strip[:, 2] >= 999).double().mean() - 0.35, 0.2),
        "number": "few" if tenth > 0.178 else "many" if tenth < 0.147 else "ten",
        "ratios": coarse((ratios[:, 3] == 2000).double().mean() - 0.35, 0.2),
        **by_generator,
        "last draws": tried(draws, lambda g: f(9, 4, 40, (0.9, 1.0), (1.0, 1.0), g)),
    }


def one_size(boxes):
    """Height and width if all boxes have the same size, otherwise `several`."""
    return boxes[0, 2:] if len(boxes[:, 2:].unique(dim=0)) == 1 else "several"


def crop_and_resize(module):
    f = module.crop_and_resize
    x = images(3, 7, 9)
    boxes = torch.tensor([[0, 0, 7, 9], [1, 3, 5, 3], [4, 1, 2, 4]])
    seen = {size: tried(lambda size=size: f(x, boxes, size)) for size in (2, 4, 9)}
    seen |= {f"box {b}": tried(lambda b=b: f(x[b:][:1], boxes[b:][:1], 4)) for b in (1, 2)}
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
        "whole": tried(settled, lambda: f(whole, 4, p=0.0)),
        "same size": tried(settled, lambda: f(whole[:, :, :5], 5, p=0.0)),
        "cropped": tried(coins, cropped),
        **kind(f, 4),
        **draws(lambda g: f(x[:9], 5, generator=g, p=0.7)),
    }
    y = tried(lambda: f(x, 5, (0.1, 0.3), (0.8, 1.8)))
    if isinstance(y, str) or y.shape != (300, 3, 5, 5):
        return facts | {"boxes": y if isinstance(y, str) else str(tuple(y.shape))}
    h, w, i, j = boxes(y)
    inside = torch.isfinite(h * w)
    facts["outside"] = bool(inside.all())
    if h[inside].std() < 0.1:
        again = [boxes(f(x[:1], 5, (0.1, 0.3), (0.8, 1.8)))[0][0] for _ in range(4)]
        return facts | {"boxes": "one for all", "always": len({round(float(a), 2) for a in again})}
    share = boxes(f(x, 5))
    square = boxes(f(x, 5, (0.09, 0.09), (1.0, 1.0)))
    return facts | {
        "far": (bool(i[inside].max() > 0.72), bool(j[inside].max() > 0.72)),
        "near": (bool(i[inside].min() < 0.28), bool(j[inside].min() < 0.28)),
        "mean area": coarse((h * w)[inside].mean() / H / W - 0.17, 0.1),
        "mean ratio": coarse((w / h)[inside].log().mean() - math.log(1.44) / 2, 0.2),
        "spread of ratio": coarse((w / h)[inside].log().std() - 0.234, 0.2),
        "default": coarse((share[0] * share[1]).nanmean() / H / W - 0.45, 0.25),
        "square": (
            coarse((square[0] * square[1]).nanmean() / H / W - 0.09, 0.06),
            coarse((square[1] / square[0]).log().nanmean(), 0.3),
        ),
    }


def to_gray(module):
    f = module.to_gray
    pure = torch.eye(3).double()[:, :, None, None]
    weights = torch.tensor([0.2989, 0.587, 0.114])
    off = tried(lambda: (f(pure).flatten() - weights).abs().max())
    seen = {
        "of": tried(lambda: f(images(2, 3, 5))),
        "half": tried(lambda: f(0.5 * images(3, 2, 2))),
    }
    seen |= kind(f)
    given = images(2, 3, 5)
    tried(f, given)
    seen["written"] = str([bool(c.any()) for c in (given != images(2, 3, 5)).unbind(1)])
    if isinstance(off, str):
        return seen
    return seen | {"off by": round(1e5 * off.item()) if off < 0.002 else "more"}


def grayscale(module):
    f = module.grayscale
    x = images(8, 3, 5)
    some = images(200, 2, 3, 1)

    def clean():
        y = f(some.clone(), 0.5)
        gray = ~changed(y[:, :1], y[:, 1:])
        pixels = (y[:, :1] - y[:, 1:]).abs().amax(1) < 1e-4
        z = module.to_gray(some).expand_as(some)
        return {
            "clean": bool((~changed(some, y) | gray).all()),
            "gray images": bool((pixels.flatten(1).all(1) == pixels.flatten(1).any(1)).all()),
            "pieces": pieces(some, y, z),
        }

    return {
        "all": tried(settled, lambda: f(x.clone(), 1.0)),
        "none": tried(settled, lambda: f(x.clone(), 0.0)),
        "half": tried(clean),
        "coins": tried(coins_of, lambda x: f(x, 0.25)),
        "default": tried(lambda: coarse(changed(some, f(some.clone())).double().mean() - 0.2, 0.2)),
        **kind(f, 1.0),
        **draws(lambda g: f(some.clone(), 0.5, g)),
    }


def adjusted(f):
    seen = {s: tried(lambda s=s: f(images(3, 4, 5, s), FACTORS[s].clone())) for s in (0, 1)}
    if isinstance(seen[0], Tensor):
        steps = 255 * seen[0]
        seen["bytes"] = bool(((steps - steps.round()).abs() < 1e-3)[:1].all())
    return seen | kind(f, FACTORS[0])


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

    some = images(40, 1, 2)

    def light(y):
        return module.to_gray(y).flatten(1)

    def spread(y):
        return (y - y.mean((1, 2, 3), keepdim=True)).flatten(1).norm(dim=1)

    def chroma(y):
        return (y.amax(1) - y.amin(1)).mean((1, 2))

    seen = {
        "nothing": tried(settled, lambda: jitter(x[:3], 0.0, 0.0, 0.0, 0.0, 1.0)),
        "spared": tried(settled, lambda: jitter(x[:3], 1, 1, 1, 0.5, 0.0)),
        "own image": tried(lambda: bool(not changed(some, jitter(some, 0, 0, 0, 0.0, 0.5)).any())),
        "coins": tried(coins_of, lambda x: f(x, 0.4, 0.4, 0.4, 0.1, 0.25), 16),
        **draws(lambda g: jitter(x[:9], 0.4, 0.4, 0.4, 0.1, 0.8, g)),
        **kind(f, 0.4, 0.4, 0.4, 0.1, 1.0, meta=(0.4, 0.4, 0.4, 0.1, 0.0)),
    }
    y = tried(lambda: jitter(x[:4], 0.4, 0.4, 0.4, 0.1, 1.0))
    if isinstance(y, str) or y.shape != x[:4].shape:
        return seen
    measures = (lambda y: light(y).mean(1), lambda y: light(y).diff()[:, 0], chroma)
    kinds = [("brightness", lambda y: y.mean((1, 2, 3))), ("contrast", spread)]
    for i, (name, measure) in enumerate([*kinds, ("saturation", chroma)]):
        strengths = [0.0] * 4
        strengths[i] = 0.4
        y = jitter(x, *strengths, 1.0)
        ratio = measure(y) / measure(x)
        seen[name] = law(ratio, 0.6, 1.4)
        share = changed(x, y).double().mean()
        seen[name + " everywhere"] = "all" if share > 0.97 else coarse(share)
        seen[name + " moves"] = tuple(coarse((m(y) / m(x)).std(), 0.12) for m in measures)
        seen[name + " ends"] = (coarse(ratio.min() - 0.6, 0.3), coarse(ratio.max() - 1.4, 0.3))
    red = torch.tensor([1.0, 0, 0])[:, None, None].expand(600, 3, 1, 1)
    y = jitter(red, 0.0, 0.0, 0.0, 0.1, 1.0)[:, :, 0, 0]
    shift = (y[:, 1] - y[:, 2]) / 6
    seen["hue"] = law(shift, -0.1, 0.1)
    seen["hue ends"] = (coarse(shift.min() + 0.1, 0.05), coarse(shift.max() - 0.1, 0.05))
    pair = torch.tensor([0.27, 0.3]).expand(300, 3, 1, 2)
    faint = torch.tensor([0.33, 0.3, 0.3])[:, None, None]
    for i, name in enumerate(["brightness", "contrast"]):
        strengths = [0.0] * 4
        strengths[i] = 2.0
        y = jitter(pair, *strengths, 1.0)[:, 0, 0]
        low = y[:, 1] < 1e-6 if i == 0 else y[:, 1] < y[:, 0] - 1e-6
        seen["strong " + name] = coarse(low.double().mean(), 0.3)
        seen["flat at strong " + name] = (y.diff().abs() < 1e-6).double().mean().item() > 0.1
        seen["strongest " + name] = (
            coarse(y.max(), 0.3) if i == 0 else coarse((y.diff() / 0.03).max())
        )
    y = jitter(faint.expand(300, 3, 1, 1), 0.0, 0.0, 2.0, 0.0, 1.0)[:, :, 0, 0]
    seen["strong saturation"] = coarse((y[:, 0] < y[:, 1] - 1e-6).double().mean(), 0.3)
    y = jitter(x, 0.3, 0.0, 0.3, 0.0, 1.0)
    bright = y.mean((1, 2, 3))
    seen["own"] = related(bright, chroma(y) / bright)
    seen["amounts"] = tried(own_amounts, jitter)
    seen["orders"] = tried(orders, jitter)
    red = torch.tensor([0.5, 0.1, 0.1])[:, None, None].expand(600, 3, 1, 1)
    y = jitter(red, 0.0, 0.0, 0.4, 0.15, 1.0)[:, :, 0, 0]
    factor = (y.amax(1) - y.amin(1)) / 0.4
    early = (y.amax(1) - factor * 0.5 - (1 - factor) * 0.21955).abs() < 1e-4
    shift = (y[:, 1] - y[:, 2]) / (y.amax(1) - y.amin(1))
    clear = ((factor - 1).abs() > 0.1) & (shift.abs() > 0.1)  # else the order cannot be seen
    early, strong = early[clear].double(), factor[clear] > 1
    if len(early) and len(early.unique()) < 2:
        first = [jitter(red[:40], 0.0, 0.0, 0.4, 0.15, 1.0)[:, :, 0, 0] for _ in range(12)]
        gaps = [(y.amax(1) - y.amin(1) + 1e-9) / 0.4 for y in first]
        off = [y.amax(1) - g * 0.5 - (1 - g) * 0.21955 for y, g in zip(first, gaps, strict=True)]
        again = {bool((one.abs() < 1e-4).all()) for one in off}
        return seen | {"order": "one for all", "in every call": len(again) == 1}
    seen["saturation first"] = coarse(early.mean() - 0.5, 0.36)
    seen["if it is strong"] = coarse(early[strong].mean() - early[~strong].mean(), 0.4)
    seen["hue and saturation"] = related(factor, shift)
    return seen


def own_amounts(jitter):
    """How the four amounts are related to each other: six pairs."""
    x = (0.35 + 0.15 * images(1, 1, 3)).expand(400, -1, -1, -1)
    luma = torch.tensor([0.2989, 0.587, 0.114])[:, None, None]

    def measured(y):
        light = (y * luma).sum(1).flatten(1)
        return light.mean(1), light.std(1), (y.amax(1) - y.amin(1)).mean((1, 2))

    after, before = measured(jitter(x, 0.3, 0.2, 0.3, 0.0, 1.0)), measured(x)
    b, bc, bcs = (now / then for now, then in zip(after, before, strict=True))
    found = [related(b, bc / b), related(b, bcs / bc), related(bc / b, bcs / bc)]
    red = torch.tensor([0.4, 0.3, 0.3])[:, None, None].expand(400, 3, 1, 1)
    for i in range(3):
        strengths = [0.0, 0.0, 0.0, 0.1]
        strengths[i] = 0.3
        y = jitter(red, *strengths, 1.0)[:, :, 0, 0]
        colour = y.amax(1) - y.amin(1)
        found.append(related(y.amax(1) if i == 0 else colour, (y[:, 1] - y[:, 2]) / colour))
    return tuple(found)


def orders(jitter):
    """How often a change comes before another: six pairs. And how often the hue changes last.

    Strong factors leave only 0 and 1; only a change of hue that comes later makes other values.
    """
    x = torch.tensor([[0.05, 0.4], [0.0, 0.1], [0.0, 0.1]])[:, None].expand(400, 3, 1, 2)
    strong = (1e5, 1e5, 1e5, 0.15)

    def tinted(y):
        return ((y > 1e-4) & (y < 1 - 1e-4)).flatten(1).any(1)

    first = {
        (0, 1): lambda y: y[:, 0, 0, 0] > 0.5,
        (0, 2): lambda y: y[:, 2, 0, 1] > 0.5,
        (1, 2): lambda y: y[:, 0, 0, 0] < 0.5,
    }
    shares = []
    for pair in itertools.combinations(range(4), 2):
        y = jitter(x, *(s * (k in pair) for k, s in enumerate(strong)), 1.0)
        shares.append(coarse(first.get(pair, tinted)(y).double().mean() - 0.5, 0.3))
    last = tinted(jitter(x, *strong, 1.0)).double().mean()
    return *shares, coarse(last - 0.25, 0.3)


def gaussian_blur(module):
    f = module.gaussian_blur
    x = images(2, 5, 7)
    dots = torch.zeros(800, 3, 5, 5)
    dots[:, :, 2, 2] = 1
    tall = images(1, 41, 5)

    def widths(y):
        return (-0.5 / (y[:, 0, 2, 1] / y[:, 0, 2, 2]).log()).sqrt()

    def look():
        default = f(dots, 1.0)[:, 0, 2]
        sharp = (default[:, 1] / default[:, 2] < math.exp(-0.5 / 1.05**2)).double().mean()
        own = widths(f(dots, 1.0, (0.5, 1.5)))
        seen = {"widths": law(own, 0.5, 1.5)}
        seen["ends"] = (coarse(own.min() - 0.5, 0.3), coarse(own.max() - 1.5, 0.3))
        if seen["widths"] == "one for all":
            more = [widths(f(dots[:2], 1.0, (0.5, 1.5)))[0] for _ in range(3)]
            same = all((one - own[0]).abs() < 1e-3 for one in more)
            seen["ends"] = coarse(own[0] - 1, 0.3) if same else "another in each call"
        y = f(dots, 0.4, (0.5, 1.5))
        many = images(30, 4, 3)
        whole, half = (f(many.clone(), p, (0.8, 0.8)) for p in (1.0, 0.5))
        seen["own image"] = bool(not (changed(many, half) & changed(whole, half)).any())
        return seen | {
            "default": "one for all" if sharp in (0, 1) else coarse(sharp - 0.5, 0.25),
            "of the blurred": law(widths(y[changed(dots, y)]), 0.5, 1.5),
            "default p": coarse(
                changed(dots, f(dots, sigma=(0.7, 1.0))).double().mean() - 0.5, 0.3
            ),
        }

    return {
        "one width": tried(settled, lambda: f(x.clone(), 1.0, (0.8, 0.8))),
        "none": tried(settled, lambda: f(x.clone(), 0.0, (0.8, 0.8))),
        "tall": tried(settled, lambda: f(tall.clone(), 1.0, (1.5, 1.5))),
        "drawn": tried(look),
        "coins": tried(coins_of, lambda x: f(x, 0.25, (0.7, 1.0))),
        **kind(f, 1.0),
        **draws(lambda g: f(x.repeat(5, 1, 1, 1), 0.7, (0.5, 2.0), g)),
    }


def two_views(module):
    x = images(1000, 3, 3)
    none = module.RECIPES["none"]
    flip = module.Recipe(crop=0.0, flip=0.25, jitter=0.0, gray=0.0, blur=0.0)
    pair = tried(lambda: module.two_views(x[:3].clone(), none))
    if isinstance(pair, Tensor | str):
        return {
            "one": pair if isinstance(pair, str) else f"{pair.dim()} dimensions, {len(pair)} rows"
        }
    shapes = str([tuple(one.shape) if isinstance(one, Tensor) else "no tensor" for one in pair])
    if shapes != str([(3, 3, 3, 3)] * 2):
        return {"kind": type(pair).__name__, "shapes": shapes}

    def f(x, recipe, generator=None):
        return module.two_views(x.clone(), recipe, generator)

    def facts():
        first, second = f(x, flip)
        mirrored = x.flip(3)
        one, two = ~changed(first, mirrored), ~changed(second, mirrored)
        return {
            "rates": tuple(coarse(flags.double().mean() - 0.01, 0.125) for flags in (one, two)),
            "related": related(one, two),
            "clean": tuple(
                (~changed(v, x) | ~changed(v, mirrored)).all().item() for v in (first, second)
            ),
            "bright": bool(torch.allclose(first.mean((1, 2, 3)), x.mean((1, 2, 3)), atol=1e-4)),
        }

    def colourful():
        """Whether each view follows a recipe that only makes images grey."""
        gray = module.Recipe(crop=0.0, flip=0.0, jitter=0.0, gray=1.0, blur=0.0)
        return tuple(not changed(v, module.to_gray(x[:9])).any() for v in f(x[:9], gray))

    def only(**change):
        """A recipe with a single change."""
        return module.Recipe(**dict(crop=0, flip=0, jitter=0, gray=0, blur=0) | change)

    def crops():
        """Whether the two crops' positions are related, and how much of the image each shows."""
        row = ((torch.arange(24) + 0.5) / 24)[:, None].expand(24, 24)
        ramps = torch.stack([row, row.T, 0 * row]).expand(80, -1, -1, -1)
        views = f(ramps, only(crop=1, size=6, crop_scale=(0.2, 0.4)))
        one, two = (view.mean((2, 3)) for view in views)
        sides = [v[:, 0, 4].mean(1) - v[:, 0, 1].mean(1) for v in views]
        sizes = tuple(coarse(2 * side.mean() - 0.545, 0.2) for side in sides)
        return (*(tied(one[:, i], two[:, i]) for i in (0, 1)), *sizes)

    def cropped():
        """How many images each view crops if the recipe crops one in four."""
        row = ((torch.arange(24) + 0.5) / 24)[:, None].expand(24, 24)
        ramps = torch.stack([row, row.T, 0 * row]).expand(200, -1, -1, -1)
        views = f(ramps, only(crop=0.25, size=6, crop_scale=(0.2, 0.4)))
        sides = [v[:, 0, 4].mean(1) - v[:, 0, 1].mean(1) for v in views]
        return tuple(coarse((side < 0.47).double().mean() - 0.25, 0.3) for side in sides)

    def brightness():
        """Whether the two views have the same brightness."""
        some = torch.full((80, 3, 1, 1), 0.4)
        views = f(some, only(jitter=1, strength=0.5))
        return tied(*(view.mean((1, 2, 3)) for view in views)) == "the same"

    def next_pair():
        """Whether each view differs from that of the previous call with the same generator."""
        g = torch.Generator().manual_seed(1)
        pairs = [f(x[:3], only(crop=1, size=6), g) for _ in range(2)]
        return tuple(not torch.equal(a, b) for a, b in zip(*pairs, strict=True))

    def coins_of_both(**change):
        return tied(*(changed(x[:300], view) for view in f(x[:300], only(**change))))

    return {
        "type": type(pair).__name__,
        "learnable": tried(lambda: not any(view.is_inference() for view in f(x[:9], flip))),
        "none": tuple(settled(lambda i=i: f(x[:3], none)[i]) for i in (0, 1)),
        "facts": tried(facts),
        "crops": tried(crops),
        "cropped": tried(cropped),
        "brightness": tried(brightness),
        "next pair": tried(next_pair),
        "coins": tuple(tried(coins_of_both, **{name: 0.25}) for name in ("gray", "blur")),
        "gray": tried(lambda: str(colourful())),
        **kind(module.two_views, flip),
        **draws(lambda g: torch.cat(tuple(f(x[:200], flip, g)))),
    }
