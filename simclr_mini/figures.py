"""The figures of a run: what its network was shown, what it learned, and what its method did."""

from pathlib import Path

import torch
from matplotlib.figure import Figure

from simclr_mini import charts, sheets
from simclr_mini.advice import nearest_rows
from simclr_mini.build import trained_on
from simclr_mini.canvas import save
from simclr_mini.data import Images
from simclr_mini.diagnostics import pair_similarities
from simclr_mini.evaluate import as_input, represent
from simclr_mini.report import VIEWED, project_pairs
from simclr_mini.simclr import SimCLR

SHOWN = 2_000  # test images on the map and in the gallery
SHOWN_NEAR = 7  # neighbours of each query in the gallery
ATTEMPTS = 8  # maximum number of batches to curate until one has a rejected draw


@torch.no_grad()
def save_figures(
    folder: Path, method: SimCLR, data: dict[str, Images], result: dict, log: list[dict]
) -> None:
    """Write all figures of a run into its folder.

    Args:
        folder: the run's folder.
        method: the trained method.
        data: the splits by name.
        result: the content of result.json.
        log: the lines of log.jsonl.
    """
    test, name, B = data["test"], result["method"], result["config"]["batch_size"]
    pairs, views = project_pairs(method, test.pixels[:VIEWED], shown=8)
    sheet = sheets.contact_sheet(test.pixels[:8], *views)
    save(sheet, folder / "views.png")
    save(charts.loss_figure(log, method.chance(B), method.floor(B), name), folder / "loss.svg")
    save(charts.similarity_figure(*pair_similarities(*pairs)), folder / "similarities.svg")
    some = test.first(SHOWN)
    h = represent(method.encoder, some)
    save(charts.feature_figure(h, some.labels, some.classes), folder / "map.svg")
    save(gallery(h, some, 4), folder / "neighbours.png")
    if test.labels is not None:
        save(charts.accuracy_figure(result, name), folder / "accuracy.svg")
    if method.picture:
        own = globals()[method.picture](method, trained_on(data), B)
        if own is not None:
            save(own, folder / f"{method.picture}.png")


def gallery(h: torch.Tensor, images: Images, count: int) -> Figure:
    """The first images, each next to the images nearest to it.

    Args:
        h: representations of the images, shape (N, D).
        images: where to look for neighbours.
        count: number of queries.
    """
    near, labels = nearest_rows(h, SHOWN_NEAR, count), images.labels
    known = labels is not None and bool((labels >= 0).all())  # -1: a picture without a label
    same = labels[near] == labels[:count, None] if known else None
    return sheets.neighbour_gallery(images.pixels[:count], images.pixels[near], same)


# A method's own figure is drawn by the function below that its `picture` names. The function may
# return None if there is nothing to draw.


def clusters(method, train: Images, B: int) -> Figure:
    """Some clusters of the training images."""
    return sheets.cluster_sheet(train.pixels, method.pseudo_labels.cpu(), train.labels)


def support(method, train: Images, B: int) -> Figure | None:
    """Training images above their neighbours in the support set; random first rows are left out."""
    some = train.first(VIEWED)
    (z, _), _ = project_pairs(method, some.pixels)
    index = torch.arange(len(some))
    rows = method.search(z, index)
    images, ages = method.support.images[rows].cpu(), method.support.ages[rows].cpu() + 1
    real = images >= 0
    if not real.any():
        return None
    labels = train.labels
    same = None if labels is None else labels[index[real]] == labels[images[real]]
    return sheets.support_gallery(some.pixels[real], train.pixels[images[real]], ages[real], same)


def curated(method, train: Images, B: int) -> Figure | None:
    """A batch's kept pairs above a rejected draw, if curation rejects one."""
    figure = None
    for some in train.pixels[: len(train) // B * B][: B * ATTEMPTS].split(B):  # whole batches
        method.train().views(as_input(some, method))
        draws, chosen = method.last.get("draws", []), method.last.get("chosen")
        rejected = [i for i in range(len(draws)) if i != chosen]
        if rejected:
            found = method.statistics()
            pairs = [[x.cpu() for x in draws[i]["views"]] for i in (chosen, rejected[0])]
            figure = sheets.curation_sheet(
                *pairs, (found["overlap_kept"], found["overlap_rejected"])
            )
            break
    method.eval()
    return figure
