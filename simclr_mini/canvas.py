"""The canvas of every figure: a card with its claim at the top.

Nothing is kept between calls (no pyplot), and equal input gives equal bytes. The card behind a
figure is opaque, so that the figure is readable on any page.
"""

import itertools
import textwrap
from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure

from simclr_mini.whole_file import whole_file

WIDTH, HEIGHT, DPI = 1200, 700, 200  # 6 x 3.5 inches
CARD, INK, GRAY = "#fbfbfb", "#22252b", "#70757d"
BLUE, RED = "#0550b4", "#dd1c61"  # blue: positive pairs; red: what differs from its query
# a class may be called 猫: each letter is drawn in the first installed font that has it
FONTS = ("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "WenQuanYi Zen Hei", "PingFang SC")
FONTS += (
    "Hiragino Sans",
    "Apple SD Gothic Neo",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Arial Unicode MS",
)
INSTALLED = set(font_manager.get_font_names())
STYLE = {
    "font.family": [name for name in FONTS if name in INSTALLED],
    "svg.hashsalt": "simclr-mini",  # otherwise the names inside an SVG are random
    "text.parse_math": False,  # a class may be called $a_b$
    "font.size": 8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRAY,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GRAY,
    "ytick.color": GRAY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
}


def card(title: str, height: int = HEIGHT) -> Figure:
    """An empty figure, 6 inches wide and `height` pixels high, with its claim at the top."""
    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=CARD)
    top = 1 - 0.035 * HEIGHT / height  # the same margin whatever the height
    figure.suptitle(textwrap.fill(title, 78), x=0.025, y=top, ha="left", va="top", fontsize=10)
    return figure


def height_of(figure: Figure) -> int:
    """The height of a card in pixels."""
    return round(figure.get_figheight() * DPI)


def write(figure: Figure, left: float, down: float, text: str, **style) -> None:
    """Put text on the card, at a position in pixels from its top left corner."""
    figure.text(left / WIDTH, 1 - down / height_of(figure), text, va="center", **style)


def percent(share: float) -> str:
    """A share as a whole percentage, such as "62 %"."""
    return f"{round(100 * float(share))} %"


def separate(centres: list, widths: list, height: float) -> list[float]:
    """Heights at which boxes do not overlap. A box moves only if it covers an earlier one.

    Args:
        centres: x and y of each box.
        widths: width of each box.
        height: height of every box.

    Returns:
        The y of each box.
    """
    heights = [y for _, y in centres]
    placed: list[int] = []

    def free(i: int, y: float) -> bool:
        """Whether box i at this height covers none of the boxes placed so far."""
        return all(
            abs(y - heights[j]) >= height
            or abs(centres[i][0] - centres[j][0]) >= (widths[i] + widths[j]) / 2
            for j in placed
        )

    for i in range(len(centres)):
        moves = (sign * height * k / 8 for k in itertools.count() for sign in (1, -1))
        heights[i] = next(y for y in (centres[i][1] + move for move in moves) if free(i, y))
        placed.append(i)
    return heights


def save(figure: Figure, path: str | Path) -> Path:
    """Write a figure, without the date, so that equal figures give equal files."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Title": figure.get_suptitle().replace("\n", " ")}
    kind = path.suffix[1:].lower()
    metadata |= {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})
    if kind in ("jpg", "jpeg"):  # a JPEG gets no title
        metadata = None
    with matplotlib.rc_context(STYLE), whole_file(path) as file:
        figure.savefig(file, format=kind, dpi=DPI, metadata=metadata)
    return path
