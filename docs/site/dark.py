"""Contact sheets as pages show them: small WebP files, and a dark copy of each.

In the copy the pictures stay, and the white around them turns dark. The PNG files themselves stay
out of the site.
"""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image

SHEETS = ("views.png", "neighbours.png", "explore/views.png")  # in docs
CARDS = ("views", "temperature", "batch", "support-set")  # PNG files in docs/explore, shown by home
SOURCES = {*SHEETS, *(f"explore/{card}.png" for card in CARDS)}
SHEET_WIDTH, CARD_WIDTH, QUALITY = 1000, 600, 72  # pixels; of WebP
SHOWN = re.compile(r"!\[([^\]]*)\]\(((?:[\w.]+/)*(?:views|neighbours))\.png\)(?:\{([^}]*)\})?")
ENDS = (".webp#only-light", "-dark.webp#only-dark")
LIGHT_CARD, DARK_INK = 251, 222  # levels of grey
DARK_CARD = np.array([30, 33, 41])  # the page's colour
BAND = 36  # pixels: empty rows are cut to this many
SHORTEST = 60  # pixels: a picture's side is longer, a stroke of a letter is shorter


def both(markdown: str) -> str:
    """Show a contact sheet on a light page and its dark copy on a dark page. One of them loads."""
    light, dark = (rf"![\1](\2{end}){{\3 loading=lazy }}" for end in ENDS)
    return SHOWN.sub(f"{light} {dark}", markdown)


def copies(docs: Path) -> dict[str, bytes]:
    """The files that pages show, by their path in the site."""
    wanted = [(sheet, sheet.removesuffix(".png"), SHEET_WIDTH) for sheet in SHEETS]
    wanted += [(f"explore/{card}.png", f"explore/{card}-card", CARD_WIDTH) for card in CARDS]
    found = {}
    for source, name, width in wanted:
        sheet = Image.open(docs / source).convert("RGB")
        if width == SHEET_WIDTH:
            sheet = without_bands(sheet)
        found[f"{name}.webp"] = webp(sheet, width)
        found[f"{name}-dark.webp"] = webp(dark(sheet), width)
    return found


def without_bands(sheet: Image.Image) -> Image.Image:
    """A sheet whose empty bands are at most BAND pixels high."""
    pixels, kept, empty = np.asarray(sheet), [], 0
    for i, row in enumerate(pixels):
        empty = empty + 1 if row.min() >= LIGHT_CARD - 1 else 0
        if empty <= BAND:
            kept.append(i)
    return Image.fromarray(pixels[kept])


def webp(picture: Image.Image, width: int) -> bytes:
    """A picture of that width, as WebP."""
    picture = picture.resize((width, round(picture.height * width / picture.width)))
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


def dark(sheet: Image.Image) -> Image.Image:
    """The dark copy of a contact sheet."""
    pixels = np.asarray(sheet).astype(float)
    grey = pixels.mean(axis=2, keepdims=True)
    drawn = pixels.min(axis=2) < LIGHT_CARD - 12
    picture = long_runs(drawn) | long_runs(drawn.T).T
    # outside the pictures, the hue stays and the lightness is inverted
    turned = DARK_INK + (DARK_CARD - DARK_INK) * (grey / LIGHT_CARD)
    pixels = np.where(picture[:, :, None], pixels, pixels - grey + turned)
    return Image.fromarray(pixels.clip(0, 255).round().astype(np.uint8))


def long_runs(drawn: np.ndarray) -> np.ndarray:
    """Where a row has at least SHORTEST drawn pixels next to each other."""
    edges = np.diff(np.pad(drawn, ((0, 0), (1, 1))).astype(int), axis=1)
    found = np.zeros_like(drawn)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    for (row, start), (_, end) in zip(starts, ends, strict=True):
        if end - start >= SHORTEST:
            found[row, start:end] = True
    return found
