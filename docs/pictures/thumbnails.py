"""Images inside a picture, as small WebP files in data URIs."""

import base64
import io

import torch
import torch.nn.functional as F
from drawing import written
from PIL import Image
from torch import Tensor


def image(x: float, y: float, side: float, pixels: Tensor, **attributes) -> str:
    """An image, uint8 or in [0, 1], shape (3, S, S), as a square of that side."""
    return (
        f'<image x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" '
        f'style="image-rendering:pixelated" href="{webp(pixels)}"{written(attributes)}/>'
    )


def webp(pixels: Tensor, quality: int = 80) -> str:
    """An image, shape (3, H, W), as a data URI."""
    x = pixels if pixels.dtype == torch.uint8 else (pixels.clamp(0, 1) * 255).round().byte()
    file = io.BytesIO()
    Image.fromarray(x.permute(1, 2, 0).numpy()).save(file, "WEBP", quality=quality, method=6)
    return "data:image/webp;base64," + base64.b64encode(file.getvalue()).decode()


def small(images: Tensor, side: int) -> Tensor:
    """Images in [0, 1], reduced to this side. Shape (B, 3, side, side)."""
    x = images.float() / 255 if images.dtype == torch.uint8 else images
    return F.interpolate(x, (side, side), mode="area")
