"""The preview that other sites show for a link to this one: name, and last frame of the film."""

import io

import matplotlib
from film import CLASSES, carried, maps, shown
from matplotlib.figure import Figure
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from simclr_mini.canvas import CARD, GRAY, INK, STYLE
from simclr_mini.charts import CLASS_COLORS

WIDTH, HEIGHT, DPI = 1200, 630, 200  # pixels, as other sites require
SAID = "A course on\nself-supervised learning,\nfrom an empty file"


@matplotlib.rc_context(STYLE)
def card() -> bytes:
    """The card as PNG."""
    images, places = shown(), maps("tiny")[-1]
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor=CARD)
    figure.text(0.05, 0.74, "simclr-mini", fontsize=21, fontweight="bold", color=INK)
    figure.text(0.05, 0.36, SAID, fontsize=12.5, color=INK, linespacing=1.4)
    figure.text(
        0.05, 0.12, "You write each part. Tests name your mistakes.", fontsize=8, color=GRAY
    )
    axes = figure.add_axes((0.53, 0.06, 0.44, 0.88))
    axes.set(xlim=(-1.12, 1.12), ylim=(-1.12, 1.12))
    axes.axis("off")
    for label in range(CLASSES):
        some = places[images.labels == label]
        axes.scatter(*some.T.tolist(), s=12, color=CLASS_COLORS[label], alpha=0.7, lw=0)
    for row in carried(images):
        picture = OffsetImage(images.pixels[row].permute(1, 2, 0).numpy(), zoom=0.55)
        look = {"edgecolor": CLASS_COLORS[int(images.labels[row])], "lw": 1.2}
        axes.add_artist(AnnotationBbox(picture, places[row].tolist(), pad=0.05, bboxprops=look))
    written = io.BytesIO()
    figure.savefig(written, format="png", dpi=DPI)
    return written.getvalue()
