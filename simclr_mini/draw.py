"""The pictures of a run: what its network was shown, what it learned, and what its method did."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from simclr_mini import pictures, plots
from simclr_mini.curation import Curation
from simclr_mini.data import Images
from simclr_mini.deepcluster import DeepCluster
from simclr_mini.diagnostics import pair_similarities
from simclr_mini.evaluate import as_input, features
from simclr_mini.gsimclr import GSimCLR
from simclr_mini.nnclr import NNCLR

VIEWED = 512  # images of which views are made
SHOWN = 2_000  # test images on the map and in the gallery
ATTEMPTS = 8  # batches that are curated, until one has a rejected draw


@torch.no_grad()
def draw(folder: Path, method, data: dict[str, Images], result: dict, log: list[dict]) -> None:
    """Write all pictures of a run into its folder.

    Args:
        folder: of the run.
        method: trained.
        data: the splits by name.
        result: what result.json holds.
        log: the lines of log.jsonl.
    """
    test, name, B = data["test"], result["method"], result["config"]["batch_size"]
    x1, x2 = method.eval().views(as_input(test.pixels[:VIEWED], method))
    pictures.contact_sheet(test.pixels[:8], x1[:8].cpu(), x2[:8].cpu(), folder / "views.png")
    plots.loss_curve(log, method.chance(B), method.floor(B), folder / "loss.svg", name)
    pairs = pair_similarities(method.project(x1).cpu(), method.project(x2).cpu())
    plots.similarity_histogram(*pairs, folder / "similarities.svg")
    some = test.first(SHOWN)
    h = features(method.encoder, some)
    plots.feature_map(h, some.labels, some.classes, folder / "map.svg")
    gallery(h, some, 4, folder / "neighbours.png")
    if test.labels is not None:
        plots.accuracy_bars(result, folder / "accuracy.svg", name, 1 / len(test.classes))
    if isinstance(method, GSimCLR | DeepCluster):
        clusters, train = method.pseudo_labels.cpu(), data["train"]
        pictures.cluster_sheet(train.pixels, clusters, folder / "clusters.png", train.labels)
    if isinstance(method, NNCLR):
        draw_support(method, data["train"], folder / "support.png")
    if isinstance(method, Curation):
        draw_curated(method, data["train"].pixels[: B * ATTEMPTS], B, folder / "curated.png")


def gallery(h: Tensor, images: Images, count: int, path: Path) -> Path:
    """The first images, and beside each the images nearest to it.

    Args:
        h: representations of the images, shape (N, D).
        images: where to look.
        count: how many queries.
        path: of the picture.
    """
    h = F.normalize(h, dim=1)
    similarity = h[:count] @ h.T
    similarity.fill_diagonal_(-2)  # an image is not its own neighbour
    nearest = similarity.topk(min(7, len(images) - 1), dim=1).indices
    labels = images.labels
    same = None if labels is None else labels[nearest] == labels[:count, None]
    return pictures.neighbour_gallery(images.pixels[:count], images.pixels[nearest], path, same)


def draw_support(method: NNCLR, train: Images, path: Path) -> None:
    """Training images above their neighbours in the support set, of those that are images."""
    some = train.first(VIEWED)
    x, _ = method.views(as_input(some.pixels, method))
    index = torch.arange(len(some))
    rows = method.search(method.project(x), index)
    images, ages = method.support.images[rows].cpu(), method.support.ages[rows].cpu() + 1
    real = images >= 0
    if real.any():
        queries, found = some.pixels[real], train.pixels[images[real]]
        labels = train.labels
        same = None if labels is None else labels[index[real]] == labels[images[real]]
        pictures.support_gallery(queries, found, ages[real], path, same)


def draw_curated(method: Curation, pixels: Tensor, B: int, path: Path) -> None:
    """A batch's kept pairs above a rejected draw, where curation rejects one."""
    for some in pixels.split(B):
        method.train().views(as_input(some, method))
        draws, chosen = method.last.get("draws", []), method.last.get("chosen")
        rejected = [i for i in range(len(draws)) if i != chosen]
        if rejected:
            meters = method.distances()
            pairs = [[x.cpu() for x in draws[i]["views"]] for i in (chosen, rejected[0])]
            overlaps = meters["overlap_kept"], meters["overlap_rejected"]
            pictures.curation_sheet(*pairs, overlaps, path)
            break
    method.eval()
