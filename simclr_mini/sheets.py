"""Sheets of images: views, neighbours, clusters, kept and rejected pairs.

As in `charts`, each makes one claim: its title, which is computed from what is drawn. Every
function returns a figure, to be saved as PNG. A pixel of an image covers a whole number of pixels
on the page.

Ours; no paper.
"""

import matplotlib
import torch
import torch.nn.functional as F
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from simclr_mini.canvas import CARD, HEIGHT, RED, STYLE, WIDTH, card, height_of, percent, write
from simclr_mini.gsimclr import purity

GAP = 6  # pixels between two images
CAPTION = 26  # pixels below a row of images for their captions
TOP, BELOW = 102, 24  # pixels above the images, for a title of two lines, and below them
ROWS, COLUMNS = 5, 8  # clusters drawn, and images drawn in a row


def contact_sheet(originals: Tensor, x1: Tensor, x2: Tensor) -> Figure:
    """Up to 8 images above their two views.

    Args:
        originals: images, uint8 or in [0, 1], shape (B, 3, H, W).
        x1, x2: their views, in [0, 1], shape (B, 3, S, S).

    Raises:
        ValueError: images and views differ in number.
    """
    if not 0 < len(originals) == len(x1) == len(x2):
        raise ValueError(
            f"give 1 or more images with two views each, not {len(originals)} images with "
            f"{len(x1)} and {len(x2)} views"
        )
    title = "Two views of the same image" + "s" * (len(originals) > 1)
    rows = [originals[:8], x1[:8], x2[:8]]
    return image_rows(title, ["image", "view 1", "view 2"], rows, left=116)


@matplotlib.rc_context(STYLE)
def neighbour_gallery(queries: Tensor, neighbours: Tensor, same=None) -> Figure:
    """Up to 4 queries, each next to its nearest images, nearest first.

    The percentage in the title covers all neighbours passed in, not only those drawn.

    Args:
        queries: images, uint8, shape (B, 3, H, W).
        neighbours: the k nearest images of each, uint8, shape (B, k, 3, H, W). Up to 7 are drawn.
        same: whether a neighbour has its query's class, bool, shape (B, k). A neighbour of another
            class gets a frame.

    Raises:
        ValueError: there are no queries, or a query has no neighbours.
    """
    if not 0 < len(queries) == len(neighbours) or not neighbours.shape[1]:
        raise ValueError(
            f"give 1 or more queries with 1 or more neighbours each, not {len(queries)} queries "
            f"with neighbours of shape {tuple(neighbours.shape)}"
        )
    title = "Nearest images by their features"
    if same is not None:
        share = percent(same.float().mean())
        title = f"{share} of {same.numel():,} nearest images share the query's class"
    queries, neighbours = queries[:4], neighbours[:4, :7]
    rows, k = neighbours.shape[:2]
    left, top, between = 30, TOP + CAPTION, 36
    below = BELOW + CAPTION
    cell = cell_side(
        max(queries.shape[2:]), rows, k + 1, WIDTH - 2 * left - between, HEIGHT - top - below
    )
    figure = card(title, top + rows * (cell + GAP) + below)
    paste(figure, squares(queries, cell)[:, None], left, top)
    right = left + cell + between
    grid = squares(neighbours.flatten(0, 1), cell).unflatten(0, (rows, k))
    axes = paste(figure, grid, right, top)
    write(figure, left, top - 20, "query")
    write(figure, right, top - 20, "nearest first")
    if same is None or same[:rows, :k].all():
        return figure
    for row, column in (~same[:rows, :k]).nonzero().tolist():
        corner = (column * (cell + GAP), row * (cell + GAP))
        frame = {"edgecolor": RED, "linewidth": 1.5, "clip_on": False}
        axes.add_patch(Rectangle(corner, cell, cell, fill=False, **frame))
    down = top + rows * (cell + GAP) + CAPTION / 2
    write(figure, right, down, "framed: of another class", color=RED)
    return figure


def cluster_sheet(pixels: Tensor, pseudo_labels: Tensor, labels: Tensor | None = None) -> Figure:
    """Some clusters, from the largest to the smallest, one in each row.

    Args:
        pixels: images, uint8, shape (N, 3, H, W).
        pseudo_labels: cluster of each image, shape (N,).
        labels: class of each image, shape (N,), for the title.
    """
    sizes = torch.bincount(pseudo_labels)
    order = sizes.argsort(descending=True)[: int((sizes > 0).sum())]
    some = order[torch.linspace(0, len(order) - 1, min(ROWS, len(order))).long()]
    title = f"{len(order)} clusters of {int(sizes[order[-1]])} to {int(sizes[order[0]])} images"
    if labels is not None:
        share = percent(purity(pseudo_labels, labels))
        title = f"{share} of the images have their cluster's commonest class"
    rows = [pixels[(pseudo_labels == cluster).nonzero()[:COLUMNS, 0]] for cluster in some]
    names = [f"{int(sizes[cluster])} images" for cluster in some]
    return image_rows(title, names, rows)


def support_gallery(
    queries: Tensor, neighbours: Tensor, ages: Tensor, same: Tensor | None = None
) -> Figure:
    """Queries above their nearest images in the support set.

    Args:
        queries: images, uint8, shape (B, 3, H, W). Up to 8 are drawn.
        neighbours: the nearest image of each, uint8, shape (B, 3, H, W).
        ages: steps since each neighbour's row was pushed, shape (B,).
        same: whether each neighbour has its query's class, bool, shape (B,), for the title.
    """
    title = f"Neighbours are {ages.float().mean():.0f} steps old on average"
    if same is not None:
        title = f"{percent(same.float().mean())} of the neighbours share the query's class"
    shown = queries[:COLUMNS], neighbours[:COLUMNS]
    captions = [[""] * len(shown[0]), [f"{int(age)} steps" for age in ages[:COLUMNS]]]
    return image_rows(title, ["query", "neighbour"], shown, captions)


def curation_sheet(kept: tuple, rejected: tuple, overlaps: tuple) -> Figure:
    """Kept pairs of views above rejected pairs of the same images.

    Args:
        kept, rejected: both views, each in [0, 1], shape (B, 3, S, S). Up to 8 are drawn.
        overlaps: mean overlap of the crops of the kept and of the rejected pairs, in [0, 1].
    """
    shares = [percent(share) for share in overlaps]
    title = f"Crops of kept pairs overlap by {shares[0]}, those of rejected pairs by {shares[1]}"
    rows = [views[:COLUMNS] for views in (*kept, *rejected)]
    names = ["kept, view 1", "view 2", "rejected, view 1", "view 2"]
    return image_rows(title, names, rows)


@matplotlib.rc_context(STYLE)
def image_rows(title: str, names: list[str], rows, captions=None, left: int = 210) -> Figure:
    """Rows of images, with a name before each row.

    Args:
        title: the claim.
        names: one for each row.
        rows: images of each row, shape (up to 8, 3, S, S).
        captions: a text below each image, by row. None: no captions.
        left: pixels left of the images, for the names.
    """
    top, below = TOP, CAPTION if captions else 0
    side, columns = max(rows[0].shape[2:]), max(len(row) for row in rows)
    room = HEIGHT - top - BELOW - len(rows) * below
    cell = cell_side(side, len(rows), columns, WIDTH - left - 18, room)
    figure = card(title, top + len(rows) * (cell + GAP + below) + BELOW)
    for i, (name, row) in enumerate(zip(names, rows, strict=True)):
        down = top + i * (cell + GAP + below)
        paste(figure, squares(row, cell)[None], left, down)
        write(figure, left - 14, down + cell / 2, name, ha="right")
        for j, text in enumerate(captions[i] if captions else ()):
            middle = left + j * (cell + GAP) + cell / 2
            write(figure, middle, down + cell + below / 2, text, ha="center", fontsize=6)
    return figure


def cell_side(side: int, rows: int, columns: int, width: int, height: int) -> int:
    """Largest side of an image on the page, in pixels: a multiple of its own side if that fits."""
    most = min((width + GAP) // columns, (height + GAP) // rows) - GAP
    return most // side * side if side <= most else most


def squares(images: Tensor, cell: int) -> Tensor:
    """Images in [0, 1], enlarged pixel by pixel or shrunk to a square, shape (B, 3, cell, cell)."""
    x = images.detach().cpu()
    x = x.float() / 255 if x.dtype == torch.uint8 else x.float().clamp(0, 1)
    H, W = x.shape[2:]
    high, wide = max(1, H * cell // max(H, W)), max(1, W * cell // max(H, W))
    x = F.interpolate(x, (high, wide), mode="nearest-exact" if cell >= max(H, W) else "area")
    across, down = cell - wide, cell - high
    margins = (across // 2, across - across // 2, down // 2, down - down // 2)
    return F.pad(x, margins, value=int(CARD[1:3], 16) / 255)


def paste(figure: Figure, images: Tensor, left: int, top: int) -> Axes:
    """Draw a grid of images. Each of their pixels is one pixel of the page.

    Args:
        figure: the card.
        images: in [0, 1], shape (rows, columns, 3, S, S).
        left, top: where the grid begins, in pixels of the page.

    Returns:
        Axes in pixels from the grid's corner, right and down.
    """
    rows, columns, _, S, _ = images.shape
    padded = F.pad(images, (0, GAP, 0, GAP), value=int(CARD[1:3], 16) / 255)
    sheet = padded.permute(0, 3, 1, 4, 2).flatten(2, 3).flatten(0, 1)[:-GAP, :-GAP]
    (high, wide), height = sheet.shape[:2], height_of(figure)
    axes = figure.add_axes(
        (left / WIDTH, 1 - (top + high) / height, wide / WIDTH, high / height), frameon=False
    )
    axes.imshow(sheet.numpy(), interpolation="nearest", extent=(0, wide, high, 0), aspect="auto")
    axes.set(xticks=[], yticks=[])
    return axes
