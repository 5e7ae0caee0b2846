"""Shapes: the built-in data set. Ten patterns, drawn from a seed, so nothing is downloaded.

The class is the *pattern*. Colours, light, position, size, tilt, background, clutter and noise are
nuisances: they are drawn independently of the class and are returned with the images. Crops and
colour changes keep the class, and a linear classifier of raw pixels or colour histograms can
hardly find it. Colours and light tell images apart: two crops of one image share them, which is a
shortcut unless the views change them.

Ours; no paper.
"""

import torch
from torch import Generator, Tensor

CLASSES = (
    "stripes across",
    "stripes down",
    "checks",
    "dots",
    "rings",
    "grid",
    "diamonds",
    "circles",
    "spiral",
    "bricks",
)
SIDE = 32  # height and width of an image in pixels
FINE = 2  # each pixel is the mean of FINE x FINE samples, which smooths the edges
PALETTE = torch.tensor(
    [
        [0.84, 0.20, 0.18],
        [0.95, 0.62, 0.15],
        [0.93, 0.88, 0.30],
        [0.22, 0.62, 0.28],
        [0.18, 0.40, 0.80],
        [0.58, 0.28, 0.66],
    ]
)


def draw(N: int, seed: int) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """A balanced set of images in random order, drawn from a seed.

    Args:
        N: number of images.
        seed: random seed; the same seed gives the same images.

    Returns:
        Pixels, uint8, shape (N, 3, 32, 32); labels, int64, shape (N,), positions in `CLASSES`; and
        the nuisances by name, float32 ("colors": int64), shape (N, ...), with lengths in pixels
        and the tilt in radians. All on the CPU.
    """
    generator = Generator().manual_seed(seed)
    labels = (torch.arange(N) % len(CLASSES))[torch.randperm(N, generator=generator)]
    nuisances = draw_nuisances(N, generator)
    pixels = torch.empty(N, 3, SIDE, SIDE, dtype=torch.uint8)
    for label in range(len(CLASSES)):
        for rows in (labels == label).nonzero()[:, 0].split(256):
            some = {name: value[rows] for name, value in nuisances.items()}
            image = render(label, some, generator)
            pixels[rows] = (image * 255).round().to(torch.uint8)
    return pixels, labels, nuisances


def draw_nuisances(N: int, generator: Generator) -> dict[str, Tensor]:
    """Everything random about N images except the class, by name. Shapes (N, ...), on the CPU."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(N, *shape, generator=generator)

    first = torch.randint(len(PALETTE), (N,), generator=generator)
    other = torch.randint(1, len(PALETTE), (N,), generator=generator)
    return {
        "colors": torch.stack([first, (first + other) % len(PALETTE)], 1),  # two rows of PALETTE
        "position": uniform(-2.0, 2.0, 2),  # shift of the disc from the centre, right and down
        "radius": uniform(0.9, 1.1) * SIDE / 2,  # radius of the disc
        "size": uniform(7.0, 10.0),  # one period of the pattern
        "phase": uniform(0.0, 1.0, 2),  # shift of the pattern in periods
        "tilt": uniform(-0.6, 0.6),  # tilt of the pattern in radians
        "ground": uniform(0.35, 0.65),  # brightness of the background
        "texture": uniform(0.0, 0.04),  # amplitude of the waves in the background
        "wave": uniform(-0.6, 0.6, 2),  # frequency of the waves in radians per pixel
        "clutter": uniform(0.0, float(SIDE), 2, 2),  # centres of two specks
        "speck": uniform(0.6, 1.2),  # radius of both specks
        "light": uniform(0.6, 1.0, 1),  # factor of the whole image's brightness
        "noise": uniform(0.01, 0.05),  # standard deviation of the noise
    }


def render(label: int, nuisances: dict[str, Tensor], generator: Generator) -> Tensor:
    """Images of one class, drawn from their nuisances.

    Args:
        label: position in `CLASSES`.
        nuisances: as returned by `draw_nuisances`, one row for each of B images.
        generator: source of the noise.

    Returns:
        Images in [0, 1], shape (B, 3, 32, 32), float32, on the CPU.
    """
    at = (torch.arange(SIDE * FINE) + 0.5) / FINE  # where the samples lie, in pixels, (S,)
    down, right = torch.meshgrid(at, at, indexing="ij")  # (S, S)
    n = {name: v.view(*v.shape, 1, 1) for name, v in nuisances.items()}  # (B, ..., 1, 1)
    # coordinates of the pattern in periods: tilted axes with their origin at the disc's centre
    x = right - SIDE / 2 - n["position"][:, 0]
    y = down - SIDE / 2 - n["position"][:, 1]
    cos, sin = n["tilt"].cos(), n["tilt"].sin()
    ink = pattern(
        label,
        (cos * x + sin * y) / n["size"],
        (cos * y - sin * x) / n["size"],
        n["phase"][:, 0],
        n["phase"][:, 1],
    )
    colors = PALETTE[nuisances["colors"]][..., None, None]  # (B, 2, 3, 1, 1)
    front = torch.where(ink[:, None], colors[:, 0], colors[:, 1])  # (B, 3, S, S)
    waves = (n["wave"][:, 0] * right + n["wave"][:, 1] * down).sin()
    back = (n["ground"] + n["texture"] * waves)[:, None]
    inside = (n["radius"] - (x**2 + y**2).sqrt() + 0.5).clamp(0, 1)[:, None]  # the edge is soft
    image = back + inside * (front - back)
    for i in range(2):
        dx, dy = right - n["clutter"][:, i, 0], down - n["clutter"][:, i, 1]
        speck = (dx**2 + dy**2).sqrt() < n["speck"]
        image = torch.where(speck[:, None], n["ground"][:, None], image)
    image = torch.nn.functional.avg_pool2d(image, FINE) * n["light"]
    noise = torch.randn(image.shape, generator=generator) * n["noise"][:, None]
    return (image + noise).clamp(0, 1)


def pattern(label: int, x: Tensor, y: Tensor, shift_x: Tensor, shift_y: Tensor) -> Tensor:
    """Where a pattern has its first colour.

    Args:
        label: position in `CLASSES`.
        x, y: coordinates in periods from the pattern's centre, shape (B, S, S).
        shift_x, shift_y: shift of the pattern in periods, shape (B, 1, 1).

    Returns:
        Bool, shape (B, S, S), on x's device.

    Raises:
        IndexError: if `label` is not a position in `CLASSES`.
        ValueError: if the class has no pattern here.
    """
    u, v = x + shift_x, y + shift_y
    in_u, in_v = u - u.floor() - 0.5, v - v.floor() - 0.5  # measured from the middle of the cell
    r = (x**2 + y**2).sqrt()
    match CLASSES[label]:
        case "stripes across":
            return in_v < 0
        case "stripes down":
            return in_u < 0
        case "checks":
            return (in_u < 0) ^ (in_v < 0)
        case "dots":
            return in_u**2 + in_v**2 < 0.3**2
        case "rings":
            return (r + shift_x).frac() < 0.5
        case "grid":
            return (in_u.abs() < 0.15) | (in_v.abs() < 0.15)
        case "diamonds":
            return 1.7 * in_u.abs() + 0.85 * in_v.abs() < 0.4
        case "circles":
            return ((in_u**2 + in_v**2).sqrt() - 0.33).abs() < 0.09
        case "spiral":
            turn = torch.atan2(y, x) / (2 * torch.pi)
            return (r + turn + shift_x + 1).frac() < 0.5
        case "bricks":
            course = v.floor() % 2
            joint = ((u + course) / 2).remainder(1.0) - 0.5
            return (joint.abs() < 0.07) | (in_v.abs() > 0.38)
    raise ValueError(f"there is no pattern for class {label}, {CLASSES[label]!r}")
