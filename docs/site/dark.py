"""Dark copies of the contact sheets: the pictures stay, and the white around them turns dark."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

SHEETS = ("views.png", "neighbours.png", "explore/views.png")  # in docs
SHOWN = re.compile(r"!\[([^\]]*)\]\(((?:[\w.]+/)*(?:views|neighbours))\.png\)(?:\{([^}]*)\})?")
ENDS = (".png#only-light", "-dark.png#only-dark")
LIGHT_CARD, DARK_CARD, DARK_INK = 251, 36, 222  # levels of grey
SHORTEST = 60  # pixels: a picture's side is longer, a stroke of a letter is shorter


def both(markdown: str) -> str:
    """Show a contact sheet on a light page and its dark copy on a dark page. One of them loads."""
    light, dark = (rf"![\1](\2{end}){{\3 loading=lazy }}" for end in ENDS)
    return SHOWN.sub(f"{light} {dark}", markdown)


def dark(file: Path) -> bytes:
    """The dark copy of a contact sheet, as PNG."""
    pixels = np.asarray(Image.open(file).convert("RGB")).astype(float)
    grey = pixels.mean(axis=2, keepdims=True)
    drawn = pixels.min(axis=2) < LIGHT_CARD - 12
    picture = long_runs(drawn) | long_runs(drawn.T).T
    # what is no picture keeps its hue, and its lightness is turned
    turned = DARK_INK + (DARK_CARD - DARK_INK) * grey / LIGHT_CARD
    pixels = np.where(picture[:, :, None], pixels, pixels - grey + turned)
    written, levels = io.BytesIO(), pixels.clip(0, 255).round().astype(np.uint8)
    Image.fromarray(levels).save(written, "PNG", optimize=True)
    return written.getvalue()


def long_runs(drawn: np.ndarray) -> np.ndarray:
    """Where a row has at least SHORTEST drawn pixels next to each other."""
    edges = np.diff(np.pad(drawn, ((0, 0), (1, 1))).astype(int), axis=1)
    found = np.zeros_like(drawn)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    for (row, start), (_, end) in zip(starts, ends, strict=True):
        if end - start >= SHORTEST:
            found[row, start:end] = True
    return found
