"""Lesson 2's ResNet: what one place of each map can see, and what gradient reaches each block."""

import torch
import torch.nn.functional as F
from drawing import BLUE, GOLD, RED, path, rect, svg, text
from thumbnails import image
from torch import Tensor

from simclr_mini import data, resnet

SIDE, SHOWN = 32, 132  # side of an image: in pixels, and on the page
IMAGES = 64
BLOCKS, WIDTHS = 9, (16, 32, 64)  # blocks in a stage; widths of the stages
DEPTH = BLOCKS * len(WIDTHS)


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
    said = "How strongly the middle of each map depends on the pixels of an image"
    body, told = [text(0, 14, said)], []
    for i, name in enumerate(("stem", "stage 1", "stage 2", "stage 3")):
        left, strength = 150 * i, seen_by(name)
        rows = (strength > 0).any(1).nonzero()[:, 0]
        first, count = int(rows[0]), int(rows[-1] - rows[0]) + 1
        blue = torch.tensor([47, 125, 225], dtype=torch.uint8)[:, None, None].expand(3, SIDE, SIDE)
        alpha = (255 * strength.sqrt()).round().to(torch.uint8)[None]  # small gradients show too
        body.append(text(left, 40, name, font_weight="bold"))
        edge = {"fill": "none", "stroke": "currentColor", "stroke_opacity": 0.35}
        body.append(rect(left, 50, SHOWN, SHOWN, **edge))
        body.append(image(left, 50, SHOWN, torch.cat([blue, alpha])))
        pixel = SHOWN / SIDE
        look = {"fill": "none", "stroke": RED, "stroke_width": 1.5}
        corner = (left + pixel * first, 50 + pixel * first)
        body.append(rect(*corner, pixel * count, pixel * count, **look))
        body.append(text(left, 202, f"{count} × {count} pixels"))
        told.append(f"{count} pixels after {name}")
    alt = (
        "How strongly the middle of each map of an untrained ResNet depends on the pixels of an "
        f"image of {SIDE} by {SIDE}. The side of the square that it depends on is "
        f"{', '.join(told)}. The dependence is strongest in the middle."
    )
    return svg("fields", 582, 210, alt, body)


class Plain(resnet.BasicBlock):
    """A block without its shortcut."""

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))


def gradients(block: type, norm: bool, scale: float = 1.0) -> list[float]:
    """Norm of the gradient at the output of each block of an untrained network, from first to last.

    The loss is a random sum of the network's representations.

    Args:
        block: a kind of block.
        norm: whether the batch norms normalise; otherwise they are the identity.
        scale: factor of the initial weights.
    """
    torch.manual_seed(0)
    network = resnet.ResNet(block, (BLOCKS,) * len(WIDTHS), WIDTHS, "half").train(norm)
    for module in network.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.weight.data *= scale
    x, found = data.load("shapes", split="test").pixels[:IMAGES] / 255, []
    x = F.relu(network.bn1(network.conv1(x)))
    for i in range(network.stages):
        for one in network.get_submodule(f"layer{i + 1}"):
            x = one(x)
            found.append(x)
    h = x.mean((2, 3))
    loss = (h * torch.randn_like(h)).sum()
    return [float(gradient.norm()) for gradient in torch.autograd.grad(loss, found)]


def by_depth() -> str:
    """How the gradient changes on its way back: by the size of the weights, and by shortcuts."""
    kinds = {
        "no norm, no shortcuts": {
            "weights × 2": (RED, -8, Plain, False, 2.0),
            "Kaiming": (BLUE, 18, Plain, False, 1.0),
            "weights × ½": (GOLD, 24, Plain, False, 0.5),
        },
        "batch norm": {
            "no shortcuts": (GOLD, -8, Plain, True, 1.0),
            "shortcuts": (BLUE, 34, resnet.BasicBlock, True, 1.0),
        },
    }
    said = f"Norm of the gradient at each block of untrained networks, where block {DEPTH} has 1"
    ticks, body, told = ((-24, -16, -8, 0, 8, 16), (0, 1, 2, 3, 4)), [text(0, 14, said)], []
    for i, (title, lines) in enumerate(kinds.items()):
        left, wide, (low, *_, high) = 46 + 300 * i, 220, ticks[i]
        body.append(text(left - 40, 42, title, font_weight="bold"))
        for power in ticks[i]:
            y = at_height(power, low, high)
            body.append(text(left - 7, y + 4, power_of_ten(power), "end"))
            look = {"stroke": "currentColor", "stroke_opacity": 0.5 if power == 0 else 0.15}
            body.append(path(f"M{left} {y:.1f}h{wide}", **look))
        for name, (color, below, *kind) in lines.items():
            norms = torch.tensor(gradients(*kind))
            powers = (norms / norms[-1]).log10().tolist()
            at = [
                (left + wide * k / (len(powers) - 1), at_height(p, low, high))
                for k, p in enumerate(powers)
            ]
            body.append(
                path(
                    "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in at), stroke=color, stroke_width=2
                )
            )
            side = {"fill": color, "font_weight": "bold"}
            body.append(text(at[9][0], at[9][1] + below, name, **side))
            told.append(f"{title}, {name}: 10 to the power of {powers[0]:.1f}")
        body.append(text(left, 224, "block 1"))
        body.append(text(left + wide, 224, str(DEPTH), "end"))
    alt = (
        f"Norm of the gradient at each of the {DEPTH} blocks of untrained networks, "
        "relative to the last block, through which it comes first. At the first block it is, "
        f"{'; '.join(told)}."
    )
    return svg("gradient-by-depth", 580, 232, alt, body)


def at_height(power: float, low: float, high: float) -> float:
    """Where a power of ten is in a chart."""
    return 198 - 138 * (power - low) / (high - low)


def power_of_ten(power: int) -> str:
    """A power of ten as it is typeset: 10⁻⁸."""
    return (
        f"10{str(power).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}" if power else "1"
    )
