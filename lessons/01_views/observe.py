"""Results of lesson 1's functions: exact if nothing is random, coarse facts about draws if not."""

import math

import torch

FACTOR = torch.tensor([0.0, 0.3, 1.7])


def images(B, H, W, seed=0):
    return torch.rand(B, 3, H, W, generator=torch.Generator().manual_seed(seed))


def coarse(value, step=0.25):
    """A number, rounded so coarsely that it does not depend on the random draw."""
    value = float(value)
    return round(value / step) if math.isfinite(value) else "not finite"


def wide(f, *rest, **more):
    """Whether float64 images give float64 images."""
    return f(images(2, 3, 5).double(), *rest, **more).dtype == torch.float64


def changed(x, y):
    return ((x - y).abs() > 1e-4).flatten(1).any(1)


def law(values, low, high):
    """Mean, quarters and ends of values that should be uniform in [low, high]."""
    u = (values.double() - low) / (high - low)
    return {
        "mean": coarse(u.mean()),
        "below a quarter": coarse((u < 0.25).double().mean() - 0.25, 0.2),
        "above three quarters": coarse((u > 0.75).double().mean() - 0.25, 0.2),
        "outside": bool(((u < -0.02) | (u > 1.02)).any()),
        "above": bool((u > 1.05).double().mean() > 0.05),
        "below": bool((u < -0.05).double().mean() > 0.05),
        "first repeats": bool(((values - values[0]).abs() < 1e-3).all()),
    }


def related(a, b):
    if a.double().std() < 1e-9 or b.double().std() < 1e-9:
        return "constant"
    r = torch.corrcoef(torch.stack([a.double(), b.double()]))[0, 1]
    return coarse(r, 0.5)


def coins(f, p, B=400):
    """Facts about a change that each image should have with probability p."""
    x = images(B, 3, 3)
    hit = changed(x, f(x)).double()
    half = hit[: B // 2].mean() - hit[B // 2 :].mean()
    counts = {int(changed(x[:2], f(x[:2])).sum()) for _ in range(60)}
    return {
        "rate": coarse(hit.mean() - p, 0.2),
        "neighbours": coarse((hit[1:] == hit[:-1]).double().mean() - p * p - (1 - p) ** 2, 0.2),
        "halves": coarse(half, 0.4),
        "counts": str(sorted(counts)),
    }


def draws(f):
    """Whether the results depend on the given generator."""
    g = torch.Generator().manual_seed(1)
    a, b, c = f(g), f(g), f(torch.Generator().manual_seed(1))
    return {"obeys": torch.equal(a, c), "repeats": torch.equal(a, b)}


def horizontal_flip(module):
    f = module.horizontal_flip
    x = images(2, 3, 5)
    kept = x.clone()
    some = images(200, 2, 3, 1)
    y = f(some, 0.5)
    return {
        "all": f(x, 1.0),
        "none": f(x, 0.0),
        "kept": torch.equal(x, kept),
        "clean": bool((~changed(some, y) | ~changed(some.flip(3), y)).all()),
        "coins": coins(lambda x: f(x, 0.25), 0.25),
        "double": wide(f, 0.5),
        **draws(lambda g: f(some, 0.5, g)),
    }


def crop_boxes(module):
    f = module.crop_boxes
    boxes = f(1000, 9000, 12000, (0.02, 0.12), (0.5, 3.0)).double()
    top, left, h, w = boxes.unbind(1)
    small = f(600, 4, 6, (1 / 6, 1 / 6), (1.0, 1.0))
    strip = f(400, 1000, 10000, (0.05, 0.55), (1.0, 1.0)).double()
    full = (strip[:, 2] >= 999).double().mean()
    # here the area is given, and one ratio in ten fits
    ratios = f(400, 1000, 10000, (0.1741, 0.1741), (0.5, 2.0)).double()
    wide = f(1000, 1000, 3000, (0.2, 0.6), (2.0, 2.0)).double()  # none of these is drawn again
    return {
        "wide": law(wide[:, 2] * wide[:, 3] / 1000 / 3000, 0.2, 0.6),
        "area": law(h * w / 9000 / 12000, 0.02, 0.12),
        "ratio": law((w / h).log(), math.log(0.5), math.log(3)),
        "top": law(top / (9000 - h), 0, 1),
        "left": law(left / (12000 - w), 0, 1),
        "related": (related(top, left), related(h * w, (w / h).log())),
        "sizes": small[:, 2:].double().mean(0),
        "ends": ((small[:, 0] == 2).any().item(), (small[:, 1] == 4).any().item()),
        "edge": coarse((small[:, 0] == 0).double().mean() - 1 / 3, 0.16),
        "middle": coarse((small[:, 1] == 2).double().mean() - 0.2, 0.16),
        "inside": bool(((boxes >= 0).all(1) & (top + h <= 9000) & (left + w <= 12000)).all()),
        "sides": f(20, 32, 32, (0.2475, 0.2475), (4 / 3, 4 / 3))[:, 2:].double().mean(0),
        "last resort": f(2, 10, 100, (0.9, 1.0), (0.75, 4 / 3))[:, 2:],
        "tall": f(2, 100, 10, (0.9, 1.0), (0.75, 4 / 3))[:, 2:],
        "tries": coarse(full - 0.35, 0.2),
        "ratios": coarse((ratios[:, 3] == 2000).double().mean() - 0.35, 0.2),
        "small left": coarse((strip[:, 2] < 850).double().mean() - 0.29, 0.2),
        **draws(lambda g: f(9, 30, 40, (0.1, 1.0), (0.75, 4 / 3), g)),
    }


def crop_and_resize(module):
    f = module.crop_and_resize
    x = images(3, 7, 9)
    boxes = torch.tensor([[0, 0, 7, 9], [1, 2, 5, 3], [4, 5, 2, 4]])
    seen = {size: f(x, boxes, size) for size in (2, 4, 9)}
    return seen | {"double": f(x.double(), boxes, 4).dtype == torch.float64}


def random_resized_crop(module):
    f = module.random_resized_crop
    H, W = 30, 40
    row = ((torch.arange(H) + 0.5) / H)[:, None].expand(H, W)
    column = ((torch.arange(W) + 0.5) / W).expand(H, W)
    x = torch.stack([row, column, torch.zeros(H, W)]).expand(300, -1, -1, -1)

    def boxes(y):
        h = (y[:, 0, 3].mean(1) - y[:, 0, 1].mean(1)) / 2 * 5 * H
        w = (y[:, 1, :, 3].mean(1) - y[:, 1, :, 1].mean(1)) / 2 * 5 * W
        return h, w, y[:, 0].mean((1, 2)) * H, y[:, 1].mean((1, 2)) * W

    h, w, i, j = boxes(f(x, 5, (0.1, 0.3), (0.8, 1.8)))
    share = boxes(f(x, 5))
    part = boxes(f(x, 5, (0.1, 0.3), p=0.25))
    cropped = (part[0] * part[1] < 0.6 * H * W).double()
    big = f(images(2, 6, 5), 4, p=0.0)
    return {
        "mean area": coarse((h * w).mean() / H / W - 0.2, 0.08),
        "mean ratio": coarse((w / h).log().mean() - math.log(1.44) / 2, 0.2),
        "spread of ratio": coarse((w / h).log().std() - 0.234, 0.2),
        "same": bool(h.std() < 0.1),
        "places": (coarse(i.mean() / H - 0.5, 0.1), coarse(j.std() / W - 0.13, 0.3)),
        "cropped": coarse(cropped.mean() - 0.25, 0.2),
        "neighbours": coarse((cropped[1:] == cropped[:-1]).double().mean() - 0.625, 0.2),
        "default": coarse((share[0] * share[1]).mean() / H / W - 0.5, 0.2),
        "whole": big,
        "double": wide(f, 4),
        **draws(lambda g: f(x[:9], 5, generator=g, p=0.7)),
    }


def to_gray(module):
    f = module.to_gray
    return {"of": f(images(2, 3, 5)), "half": f(0.5 * images(3, 2, 2)), "double": wide(f)}


def grayscale(module):
    f = module.grayscale
    x = images(2, 3, 5)
    some = images(200, 2, 3, 1)
    y = f(some, 0.5)
    return {
        "all": f(x, 1.0),
        "none": f(x, 0.0),
        "clean": bool((~changed(some, y) | ~changed(y[:, :1], y[:, 1:])).all()),
        "coins": coins(lambda x: f(x, 0.25), 0.25),
        "double": wide(f, 0.5),
        **draws(lambda g: f(some, 0.5, g)),
    }


def adjusted(f):
    seen = {seed: f(images(3, 4, 5, seed), FACTOR) for seed in (0, 1)}
    return seen | {"double": wide(f, FACTOR[:2].double())}


def adjust_brightness(module):
    return adjusted(module.adjust_brightness)


def adjust_contrast(module):
    return adjusted(module.adjust_contrast)


def adjust_saturation(module):
    return adjusted(module.adjust_saturation)


def color_jitter(module):
    f = module.color_jitter
    x = (0.35 + 0.2 * images(1, 1, 2)).expand(300, -1, -1, -1)

    def spread(y):
        return (y - y.mean((1, 2, 3), keepdim=True)).flatten(1).norm(dim=1)

    def chroma(y):
        return (y.amax(1) - y.amin(1)).mean((1, 2))

    seen = {"nothing": f(x[:3], 0.0, 0.0, 0.0, 0.0, 1.0), "spared": f(x[:3], 1, 1, 1, 0.5, 0.0)}
    kinds = [("brightness", lambda y: y.mean((1, 2, 3))), ("contrast", spread)]
    for i, (name, measure) in enumerate([*kinds, ("saturation", chroma)]):
        strengths = [0.0] * 4
        strengths[i] = 0.4
        y = f(x, *strengths, 1.0)
        seen[name] = law(measure(y) / measure(x), 0.6, 1.4)
        seen[name + " everywhere"] = bool(changed(x, y).double().mean() > 0.97)
    red = torch.tensor([1.0, 0, 0])[:, None, None].expand(300, 3, 1, 1)
    y = f(red, 0.0, 0.0, 0.0, 0.1, 1.0)[:, :, 0, 0]
    seen["hue"] = law((y[:, 1] - y[:, 2]) / 6, -0.1, 0.1)
    grey = torch.full((300, 3, 1, 1), 0.3)
    y = f(grey, 2.0, 0.0, 0.0, 0.0, 1.0)[:, 0, 0, 0]
    seen["strong"] = (coarse((y < 1e-6).double().mean(), 0.3), coarse(y.mean() - 0.45, 0.2))
    y = f(x, 0.3, 0.0, 0.3, 0.0, 1.0)
    bright = y.mean((1, 2, 3))
    seen["own"] = related(bright, chroma(y) / bright)
    red = torch.tensor([0.5, 0.1, 0.1])[:, None, None].expand(300, 3, 1, 1)
    y = f(red, 0.0, 0.0, 0.4, 0.15, 1.0)[:, :, 0, 0]
    factor = (y.amax(1) - y.amin(1)) / 0.4
    early = (y.amax(1) - factor * 0.5 - (1 - factor) * 0.21955).abs() < 1e-4
    seen["saturation first"] = coarse(early.double().mean() - 0.5, 0.3)
    hit = changed(x, f(x, 0.4, 0.4, 0.4, 0.1, 0.25)).double()
    seen["rate"] = coarse(hit.mean() - 0.25, 0.2)
    seen["neighbours"] = coarse((hit[1:] == hit[:-1]).double().mean() - 0.625, 0.3)
    seen["double"] = wide(f, 0.4, 0.4, 0.4, 0.1, 0.5)
    seen["draws"] = draws(lambda g: f(x[:9], 0.4, 0.4, 0.4, 0.1, 0.8, g))
    return seen


def gaussian_blur(module):
    f = module.gaussian_blur
    x = images(2, 5, 7)
    dots = torch.zeros(400, 3, 5, 5)
    dots[:, :, 2, 2] = 1

    def widths(y):
        return (-0.5 / (y[:, 0, 2, 1] / y[:, 0, 2, 2]).log()).sqrt()

    default = f(dots, 1.0)[:, 0, 2]
    sharp = (default[:, 1] / default[:, 2] < math.exp(-0.5 / 1.05**2)).double().mean()
    return {
        "one width": f(x, 1.0, (0.8, 0.8)),
        "none": f(x, 0.0, (0.8, 0.8)),
        "tall": f(images(1, 41, 5), 1.0, (1.5, 1.5)),
        "widths": law(widths(f(dots, 1.0, (0.5, 1.5))), 0.5, 1.5),
        "default": coarse(sharp - 0.5, 0.2),
        "coins": coins(lambda x: f(x, 0.25, (0.7, 1.0)), 0.25),
        "double": wide(f, 0.5),
        **draws(lambda g: f(x, 1.0, (0.5, 2.0), g)),
    }


def two_views(module):
    f = module.two_views
    x = images(200, 3, 3)
    none = module.RECIPES["none"]
    flip = module.Recipe(crop=0.0, flip=0.25, jitter=0.0, gray=0.0, blur=0.0)
    first, second = f(x, flip)
    mirrored = x.flip(3)
    one, two = ~changed(first, mirrored), ~changed(second, mirrored)
    return {
        "none": f(x[:3], none),
        "double": all(v.dtype == torch.float64 for v in f(x[:3].double(), flip)),
        "first": coarse(one.double().mean() - 0.25, 0.2),
        "second": coarse(two.double().mean() - 0.25, 0.2),
        "both": coarse((one & two).double().mean() - 0.0625, 0.15),
        "clean": tuple(
            (~changed(v, x) | ~changed(v, mirrored)).all().item() for v in (first, second)
        ),
        "bright": bool(torch.allclose(first.mean((1, 2, 3)), x.mean((1, 2, 3)), atol=1e-4)),
        **draws(lambda g: torch.cat(f(x, flip, g))),
    }
