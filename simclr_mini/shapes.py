"""Shapes: the built-in data set. Ten patterns, drawn from a seed, so nothing is downloaded.

The class is the *pattern*; colours, light, place, size, tilt, ground, clutter and noise are
nuisances, drawn independently of it, and their values can be had. Made so that crops and colour
changes keep the class, and a linear classifier of raw pixels or colour histograms hardly finds it.
Colours and light tell images apart: two crops of one image share them, which is a shortcut unless
views change them.

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
SIDE = 32  # pixels
FINE = 2  # each pixel is the mean of FINE x FINE points, which smooths the edges
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
    """Draw a balanced set of images in random order.

    Args:
        N: how many images.
        seed: the same seed gives the same images.

    Returns:
        Pixels, uint8, shape (N, 3, 32, 32); labels, int64, shape (N,), the positions in `CLASSES`;
        and the nuisances of each image by name, shape (N, ...), lengths in pixels and tilt in
        radians.
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
    """Everything about an image but its class. One row for each image."""

    def uniform(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(N, *shape, generator=generator)

    first = torch.randint(len(PALETTE), (N,), generator=generator)
    other = torch.randint(1, len(PALETTE), (N,), generator=generator)
    return {
        "colors": torch.stack([first, (first + other) % len(PALETTE)], 1),  # rows of PALETTE
        "position": uniform(-2.0, 2.0, 2),  # of the disc's centre, from the image's, right and down
        "radius": uniform(0.9, 1.1) * SIDE / 2,  # of the disc
        "size": uniform(7.0, 10.0),  # pixels in one period of the pattern
        "phase": uniform(0.0, 1.0, 2),  # shift of the pattern, in periods
        "tilt": uniform(-0.6, 0.6),
        "ground": uniform(0.35, 0.65),  # brightness behind the disc
        "texture": uniform(0.0, 0.04),  # strength of the waves in the ground
        "wave": uniform(-0.6, 0.6, 2),  # their frequency, radians a pixel
        "clutter": uniform(0.0, float(SIDE), 2, 2),  # centres of two specks
        "speck": uniform(0.6, 1.2),  # radius of a speck
        "light": uniform(0.6, 1.0, 1),  # on the whole image; 1 is full
        "noise": uniform(0.01, 0.05),  # standard deviation
    }


def render(label: int, nuisances: dict[str, Tensor], generator: Generator) -> Tensor:
    """Draw images of one class.

    Args:
        label: position in `CLASSES`.
        nuisances: one row for each of B images.
        generator: source of the noise.

    Returns:
        Images in [0, 1], shape (B, 3, 32, 32).
    """
    at = (torch.arange(SIDE * FINE) + 0.5) / FINE  # in pixels
    down, right = torch.meshgrid(at, at, indexing="ij")  # (S, S)
    n = {name: v.view(*v.shape, 1, 1) for name, v in nuisances.items()}  # (B, ..., 1, 1)
    # coordinates of the pattern: about the disc's centre, tilted, in periods
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
    inside = (n["radius"] - (x**2 + y**2).sqrt() + 0.5).clamp(0, 1)[:, None]  # a soft edge
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
        x, y: coordinates in periods about the pattern's centre, shape (B, S, S).
        shift_x, shift_y: in periods, shape (B, 1, 1).

    Returns:
        Bool, shape (B, S, S).

    Raises:
        ValueError: a label that is no position in `CLASSES`.
    """
    u, v = x + shift_x, y + shift_y
    in_u, in_v = u - u.floor() - 0.5, v - v.floor() - 0.5  # from the middle of the cell
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
    raise ValueError(f"a label is 0 to {len(CLASSES) - 1}, not {label}")
