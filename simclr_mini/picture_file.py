"""Reads one picture file as a square of pixels, as the eye sees it, or says why it cannot.

Decisions:
* The first bytes of a file say what it is; its suffix does not count.
* The middle square is kept. A picture smaller than the square is enlarged.
* A transparent picture is put on a white background, or on a black or grey one if less of the
  picture vanishes there. Transparency that is the same everywhere shows no shape, and is dropped.
* If there are several frames or pages, the first is used.
* Grey values of 16 bits are converted to 8 bits, with 65,535 as white. Grey values of 32 bits are
  refused, because nothing says which number is white. Colour profiles are not applied.
* A picture may have up to 89 megapixels. Pillow sets this limit, because a small file may unpack
  into more than fits in memory.
* A file whose end was overwritten with zeros is refused. In BMP and TIFF, which need not be
  compressed, zeros are black pixels and cannot be told from damage.

Ours; no paper.
"""

import contextlib
import re
import warnings
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SIGNS = (  # position in the file, the bytes there, and the format that they mean
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n", "PNG"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF8", "GIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (4, b"ftypavif", "AVIF"),
    (4, b"jP  \r\n\x87\n", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (4, b"ftyphe", "HEIC"),
    (4, b"JXL ", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"<svg", "SVG"),
)
FORMATS = ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF", "AVIF", "JPEG 2000")  # those we read
WHAT_IS_READ = f"{', '.join(FORMATS)}, up to 89 megapixels"
TOO_LARGE = "more than 89 megapixels"
WISHED = {name for *_, name in SIGNS} - {*FORMATS} | {TOO_LARGE}  # a person can convert these
UNCHECKED = ("WebP", "AVIF")  # Pillow decodes these even if their second half is zeros
ZEROS = 64  # this many zeros at the end of such a file mean that it was overwritten
JPEG_MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # none that pixel data may contain
GROUNDS = {"white": 255, "black": 0, "grey": 128}
VISIBLE = 32  # levels of difference from the background that the eye sees


class NotRead(ValueError):
    """A picture is not read; the message says why in a few words."""


def file_format(file: Path) -> str:
    """The format that the first bytes of a file show: one of `FORMATS`, or another.

    Raises:
        OSError: the file cannot be opened.
    """
    with open(file, "rb") as opened:
        head = opened.read(16)
    named = (name for at, sign, name in SIGNS if head[at:].startswith(sign))
    return next(named, "not a picture" if head else "empty")


def read_picture(file: Path, size: int, changes: Counter | None = None) -> np.ndarray:
    """The middle square of a picture, upright and resized. uint8, shape (3, size, size).

    Args:
        file: the file.
        size: side of the square in pixels.
        changes: counts the ways in which the square differs from what is stored.

    Raises:
        NotRead: it is in none of the formats, is incomplete, or nothing says which number is white.
        Exception: it is damaged or too large. Pillow raises a dozen kinds of error; see `reason`.
    """
    changes = Counter() if changes is None else changes
    kind = file_format(file)
    if kind not in FORMATS:
        raise NotRead(kind)
    if not is_whole(file, kind):
        raise NotRead("incomplete")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns about odd EXIF data and palettes
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(file, formats=[kind.replace(" ", "")]) as picture:
            count_changes(picture, size, changes)
            picture.draft("RGB", (2 * size, 2 * size))  # decodes a large JPEG at a smaller scale
            picture = ImageOps.exif_transpose(picture)
            picture = on_a_ground(in_8_bits(picture, kind), changes)
            picture = ImageOps.fit(picture, (size, size), Image.Resampling.BILINEAR)
    return np.asarray(picture).transpose(2, 0, 1)


def reason(error: Exception) -> str:
    """Why a picture could not be read, in a few words."""
    if isinstance(error, NotRead):
        return str(error)
    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return TOO_LARGE
    if isinstance(error, PermissionError):
        return "without permission to read"
    if isinstance(error, KeyError):
        return "in a format that this Pillow lacks"
    return "damaged"


def is_whole(file: Path, kind: str) -> bool:
    """Whether a file is complete. Only formats whose damage Pillow would not notice are checked."""
    if kind == "JPEG":
        return has_end(file.read_bytes())
    if kind == "PNG":
        return is_whole_png(file.read_bytes())
    return kind not in UNCHECKED or any(file.read_bytes()[-ZEROS:])


def is_whole_png(png: bytes) -> bool:
    """Whether a PNG has its end, and its pixels have the checksum that is stored with them."""
    at = 8  # behind the signature
    while at + 12 <= len(png):
        end = at + 8 + int.from_bytes(png[at : at + 4], "big")
        kind, stored = png[at + 4 : at + 8], png[end : end + 4]
        if kind[:1].isupper() and zlib.crc32(png[at + 4 : end]).to_bytes(4, "big") != stored:
            return False  # a part in lower case, such as a comment, may be wrong
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def has_end(jpeg: bytes) -> bool:
    """Whether a JPEG has its end marker. The end of a thumbnail inside does not count."""
    at = 2
    while marker := JPEG_MARKER.search(jpeg, at):
        if marker[1] == b"\xd9":
            return True
        at = marker.end()
        at += int.from_bytes(jpeg[at : at + 2], "big")  # skips a segment by its length
    return False


def count_changes(picture: Image.Image, size: int, changes: Counter) -> None:
    """Count what the square will not show: shape, size, frames, orientation and kind of pixels."""
    width, height = picture.size
    frames, turned = False, False
    with contextlib.suppress(Exception):  # damage after the first frame does no harm
        turned = picture.getexif().get(0x0112, 1) in range(2, 9)
        frames = getattr(picture, "n_frames", 1) > 1
    picture.seek(0)
    found = {
        "cut to the middle square": width != height,
        "enlarged": min(width, height) < size,
        "turned upright": turned,
        "only the first of several frames": frames,
        "reduced from 16 bits": picture.mode.startswith("I"),
        "grey": picture.mode[0] in "1LI" and picture.mode != "LAB",
        "CMYK": picture.mode == "CMYK",
    }
    changes.update(name for name, true in found.items() if true)


def in_8_bits(picture: Image.Image, kind: str) -> Image.Image:
    """A 16-bit grey picture in 8 bits, because Pillow would clip it; other pictures unchanged.

    Raises:
        NotRead: its numbers have 32 bits.
    """
    if picture.mode == "F" or (picture.mode == "I" and kind != "PNG"):
        raise NotRead("32 bits per pixel")
    if not picture.mode.startswith("I"):
        return picture
    values = np.asarray(picture).astype(np.int32)
    grey = Image.fromarray((values >> 8).astype(np.uint8))
    clear = picture.info.get("transparency")  # the one value that is transparent
    if clear is not None:
        grey.putalpha(Image.fromarray(255 * (values != clear).astype(np.uint8)))
    return grey


def on_a_ground(picture: Image.Image, changes: Counter) -> Image.Image:
    """The picture in RGB. Transparent parts get a background on which the rest stays visible."""
    if picture.mode[-1] not in "Aa" and "transparency" not in picture.info:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    least, most = picture.getchannel("A").getextrema()
    if least == most:
        if most < 255:
            changes["equally transparent everywhere, made opaque"] += 1
        return picture.convert("RGB")
    name = best_ground(picture)
    changes[f"transparent, composed on {name}"] += 1
    ground = Image.new("RGBA", picture.size, (GROUNDS[name],) * 3)
    return Image.alpha_composite(ground, picture).convert("RGB")


def best_ground(picture: Image.Image) -> str:
    """The background on which least of an RGBA picture vanishes; the first of equally good ones."""
    small = picture.copy()
    small.thumbnail((64, 64))
    pixels = np.asarray(small).astype(np.float32)
    colours, alpha = pixels[..., :3], pixels[..., 3]

    def vanishing(name: str) -> float:
        """The share of the visible part in nearly the background's colour, rounded to a tenth."""
        near = (np.abs(colours - GROUNDS[name]) < VISIBLE).all(-1)
        return round(float((alpha * near).sum() / max(alpha.sum(), 1)), 1)

    return min(GROUNDS, key=vanishing)
