"""How every picture here is written: plain SVG that takes the colour of the page around it.

The pages hold the SVG itself, not a link to it. So `currentColor` is the page's text in light and
in dark, nothing is opaque but the images, and a screen reader finds the words of `alt`.
"""

import html
from pathlib import Path

HERE = Path(__file__).parent
BLUE, RED, GOLD, GRAY = "#2f7de1", "#e8356f", "#c98a00", "#808790"  # readable on light and dark
DARK = '[data-md-color-scheme="slate"]'


def svg(name: str, width: float, height: float, alt: str, body: list[str], style: str = "") -> str:
    """The text of a picture.

    Args:
        name: the name of the file, and a class of the drawing, so that its style rules apply to
            nothing else.
        width, height: the drawing's size, in pixels before it is scaled. It fills its column, up to
            1.25 times this width.
        alt: what a reader who cannot see it must know.
        body: its elements. A button is added afterwards, by `moving.with_button`.
        style: CSS rules.
    """
    rules = f"<style>{style}</style>\n" if style else ""
    look = f"width:100%;max-width:{width * 1.25:.0f}px;height:auto"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture {name}" '
        f'viewBox="-3 -3 {width + 6:g} {height + 12:g}" style="{look}" fill="currentColor" '
        'font-family="system-ui, sans-serif" font-size="13">\n'
        f'{rules}<g role="img" aria-label="{html.escape(alt)}">\n'
        + "\n".join(body)
        + "\n</g>\n</svg>\n"
    )


def text(x: float, y: float, words: str, anchor: str = "start", **attributes) -> str:
    """Words at a place. `anchor`: start, middle or end."""
    where = f'x="{x:g}" y="{y:g}"' + ("" if anchor == "start" else f' text-anchor="{anchor}"')
    return f"<text {where}{written(attributes)}>{html.escape(words)}</text>"


def rect(x: float, y: float, width: float, height: float, **attributes) -> str:
    size = f'width="{width:g}" height="{height:g}"'
    return f'<rect x="{x:g}" y="{y:g}" {size}{written(attributes)}/>'


def path(d: str, **attributes) -> str:
    return f'<path d="{d}"{written({"fill": "none"} | attributes)}/>'


def written(attributes: dict) -> str:
    """Attributes as SVG spells them: stroke_width="2" becomes stroke-width="2"."""
    return "".join(
        f' {name.rstrip("_").replace("_", "-")}="{value:g}"'
        if isinstance(value, float)
        else f' {name.rstrip("_").replace("_", "-")}="{html.escape(str(value))}"'
        for name, value in attributes.items()
    )


def save(name: str, content: str | bytes) -> None:
    """Write a picture next to this file: SVG, or PNG if it is bytes."""
    if isinstance(content, bytes):
        (HERE / f"{name}.png").write_bytes(content)
    else:
        (HERE / f"{name}.svg").write_text(content, "utf-8")
