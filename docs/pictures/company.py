"""Which images a method considers similar: NNCLR's neighbours, DeepCluster's clusters."""

import torch
from drawing import BLUE, rect, svg, text
from film import moment
from recorded import record
from thumbnails import image, small, webp
from torch import Generator, Tensor

from simclr_mini import views
from simclr_mini.canvas import percent
from simclr_mini.data import Images

PIXELS = 24  # side of an image in these pictures
SEARCHES = (35, 140, 420)  # steps after which NNCLR's support set is searched
B, BATCHES = 128, 8  # images in a batch of queries; batches whose share is measured
EPOCHS = (70, 210, 420)  # last steps of the epochs whose clusters are shown
PATTERNS = ("stripes across", "dots", "rings", "bricks")  # an image of each leads a row
SHOWN, ROW = 10, 5  # images of a cluster that are shown, and how many are in a row


def search(step: int, number: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """A batch of training images searches the support set as it is in training.

    Returns:
        The queries, which are views, shape (B, 3, S, S); positions of their images, shape (B,);
        and positions of the images that their neighbours show, shape (B,).
    """
    run = record("nnclr")
    method = run.at(step).train()  # a batch norm sees this batch, as in training
    index = torch.arange(B * number, B * number + B)
    x, _ = views.two_views(
        run.data["train"].pixels[index] / 255, method.recipe, Generator().manual_seed(0)
    )
    with torch.no_grad():
        rows = method.support.find(method.project(x), exclude=index)
    return x, index, method.support.images[rows]


def same_class(step: int) -> float:
    """Share of neighbours with the class of their query."""
    labels, found = record("nnclr").data["train"].labels, []
    for number in range(BATCHES):
        _, index, neighbours = search(step, number)
        found.append(labels[index] == labels[neighbours])
    return float(torch.cat(found).float().mean())


def neighbours() -> str:
    """Queries, a row of their neighbours at each of three moments, and the share of one class."""
    run = record("nnclr")
    train = run.data["train"]
    labels, body, shares = train.labels, [], []
    x, index, _ = search(SEARCHES[0])
    queries = [int((labels[:B] == k).nonzero()[0]) for k in range(len(train.classes))]
    body.append(text(0, 34, "query: a view"))
    body += [
        image(130 + 46 * k, 8, 42, small(x[row : row + 1], PIXELS)[0])
        for k, row in enumerate(queries)
    ]
    for i, step in enumerate(SEARCHES):
        top = 66 + 60 * i
        *_, found = search(step)
        shares.append(percent(same_class(step)))
        body.append(text(0, top + 18, moment(step, run.epoch), font_weight="bold"))
        body.append(text(0, top + 35, f"same class: {shares[-1]}"))
        for k, row in enumerate(queries):
            neighbour = found[row]
            body.append(image(130 + 46 * k, top, 42, shrunk(train, neighbour)))
            if labels[neighbour] == labels[row]:
                body.append(frame(130 + 46 * k, top, 42))
    body += [frame(131, 250, 13), text(151, 261, "the neighbour has the query’s class")]
    alt = (
        "Ten queries of NNCLR, one of each class, and the images that their nearest rows of the "
        f"support set show, at three moments of training. Of the neighbours of {B * BATCHES} "
        f"queries, {shares[0]} have the class of their query {moment(SEARCHES[0], run.epoch)}, "
        f"{shares[1]} {moment(SEARCHES[1], run.epoch)} and {shares[2]} "
        f"{moment(SEARCHES[2], run.epoch)}."
    )
    return svg("nnclr-queue", 590, 264, alt, body)


def shrunk(images: Images, row: int) -> Tensor:
    """An image at the side of these pictures, shape (3, PIXELS, PIXELS)."""
    return small(images.pixels[row][None], PIXELS)[0]


def frame(x: float, y: float, side: float) -> str:
    """A frame around an image of the right class."""
    return rect(x, y, side, side, fill="none", stroke=BLUE, stroke_width=2.5)


def clusters() -> str:
    """Four images with others of their cluster, in three epochs."""
    run, body, told = record("deepcluster"), [], []
    train, cell = run.data["train"], 30
    leaders = [int((train.labels == train.classes.index(p)).nonzero()[0]) for p in PATTERNS]
    for i, row in enumerate(leaders):
        body.append(image(0, 44 + 92 * i + 6, 48, shrunk(train, row)))
    for column, step in enumerate(EPOCHS):
        left, clusters_of = 72 + 172 * column, run.at(step).pseudo_labels
        share = percent(purity(clusters_of, train.labels))
        told.append(f"{share} in epoch {step // run.epoch}")
        body.append(text(left, 14, f"epoch {step // run.epoch}: {share}", font_weight="bold"))
        for i, row in enumerate(leaders):
            top = 44 + 92 * i
            others = (clusters_of == clusters_of[row]).nonzero()[:, 0]
            others = others[others != row]
            same = train.labels[others] == train.labels[row]
            body.append(text(left, top - 6, f"{int(same.sum())} of {len(others)} of its class"))
            pixels = small(train.pixels[others[:SHOWN]], PIXELS)
            body.append(sheet(left, top, cell, pixels))
            for k in same[:SHOWN].nonzero()[:, 0].tolist():
                place = (left + cell * (k % ROW) + 1, top + cell * (k // ROW) + 1)
                body.append(frame(*place, cell - 2))
    low = 44 + 92 * len(leaders) - 8
    body += [frame(73, low, 13), text(93, low + 11, "of the class of the image at the left")]
    alt = (
        f"Four images, and {SHOWN} others of their cluster in three epochs of DeepCluster. Of the "
        f"other images of its cluster, those of an image's own class are, on average over all "
        f"images, {', '.join(told)}."
    )
    return svg("deepcluster-sheets", 580, low + 16, alt, body)


def sheet(x: float, y: float, cell: float, pixels: Tensor) -> str:
    """Images, shape (SHOWN, 3, PIXELS, PIXELS), in rows, as one file."""
    rows = [torch.cat(list(row), dim=2) for row in pixels.split(ROW)]
    return (
        f'<image x="{x:g}" y="{y:g}" width="{cell * ROW:g}" height="{cell * len(rows):g}" '
        f'href="{webp(torch.cat(rows, dim=1))}"/>'
    )


def purity(clusters_of: Tensor, labels: Tensor) -> float:
    """Mean over all images of the share of the image's class among the others of its cluster."""
    pairs = torch.zeros(int(clusters_of.max()) + 1, int(labels.max()) + 1)
    pairs.index_put_((clusters_of, labels), torch.ones(len(labels)), accumulate=True)
    size, own = pairs.sum(1)[clusters_of], pairs[clusters_of, labels]
    several = size > 1
    return float(((own - 1) / (size - 1))[several].mean())
