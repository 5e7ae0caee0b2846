"""What one place of each map of lesson 2's ResNet can see."""

import torch
import torch.nn.functional as F
from drawing import RED, rect, svg, text
from thumbnails import image
from torch import Tensor

from simclr_mini import data, resnet

SIDE, SHOWN = 32, 132  # of an image in pixels, and on the page
IMAGES = 64


def maps(network: resnet.ResNet, x: Tensor) -> dict[str, Tensor]:
    """The maps after the stem and after each stage."""
    x = F.relu(network.bn1(network.conv1(x)))
    found = {"stem": x}
    for i in range(network.stages):
        x = network.get_submodule(f"layer{i + 1}")(x)
        found[f"stage {i + 1}"] = x
    return found


def seen_by(name: str) -> Tensor:
    """How strongly the middle of a map depends on each pixel, shape (32, 32), at most 1."""
    torch.manual_seed(0)
    network = resnet.resnet_tiny().eval()  # a batch norm in training sees the whole map
    x = (data.load("shapes", split="test").pixels[:IMAGES] / 255).requires_grad_()
    found = maps(network, x)[name]
    middle = found.shape[2] // 2
    found[:, :, middle, middle].sum().backward()
    strength = x.grad.abs().sum((0, 1))
    return strength / strength.max()


def fields() -> str:
    """The receptive field after the stem and after each stage."""
    body, told = [], []
    for i, name in enumerate(("stem", "stage 1", "stage 2", "stage 3")):
        left, strength = 150 * i, seen_by(name)
        rows = (strength > 0).any(1).nonzero()[:, 0]
        first, count = int(rows[0]), int(rows[-1] - rows[0]) + 1
        blue = torch.tensor([47, 125, 225], dtype=torch.uint8)[:, None, None].expand(3, SIDE, SIDE)
        alpha = (255 * strength.sqrt()).round().to(torch.uint8)[None]  # small gradients show too
        body.append(text(left, 14, name, font_weight="bold"))
        edge = {"fill": "none", "stroke": "currentColor", "stroke_opacity": 0.35}
        body.append(rect(left, 24, SHOWN, SHOWN, **edge))
        body.append(image(left, 24, SHOWN, torch.cat([blue, alpha])))
        pixel = SHOWN / SIDE
        look = {"fill": "none", "stroke": RED, "stroke_width": 1.5}
        corner = (left + pixel * first, 24 + pixel * first)
        body.append(rect(*corner, pixel * count, pixel * count, **look))
        body.append(text(left, 176, f"{count} × {count} pixels"))
        told.append(f"{count} pixels after {name}")
    alt = (
        "How strongly the middle of each map of an untrained ResNet depends on the pixels of an "
        f"image of {SIDE} by {SIDE}. The side of the square that it depends on is "
        f"{', '.join(told)}. The dependence is strongest in the middle."
    )
    return svg("fields", 582, 184, alt, body)
