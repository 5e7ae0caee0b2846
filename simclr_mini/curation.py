"""Batch curation: draw the views of a batch several times, and train on the draw that fits best.

Two random crops of one image can show different things. Curation scores a batch of pairs before it
is used: positives should be close, negatives far apart.

Papers: Welle, Poklukar and Kragic 2021, https://arxiv.org/abs/2108.08643; Goeksu and Pugeault 2024,
https://arxiv.org/abs/2403.19579 (the Frechet distance).
Differs: we could read only the abstract of the first paper, and the abstract and part of a review
of the second. What is scored, the rules and the thresholds are OUR INTERPRETATION; no number from
either paper applies to it.
"""

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.config import Config, at_least
from simclr_mini.data import Images
from simclr_mini.device import number_format
from simclr_mini.distributed import gather, own_rows
from simclr_mini.grad_cache import chunks
from simclr_mini.simclr import SimCLR, Temperature, source
from simclr_mini.views import coin, crop_boxes, one_view, whole_image

GATES = ("threshold", "frechet")  # rules that take the first draw that is good enough
QUANTILE = 0.05  # a positive is violated if it is farther than this share of its negatives
MEMORY = 0.99  # the running threshold moves by a share 1 - MEMORY per batch
SHRINKAGE = 1e-3  # what is added to the trace of a covariance, to keep it invertible


def pair_distances(z1: Tensor, z2: Tensor) -> tuple[Tensor, Tensor]:
    """Distances |u - v| between the two views of one image, and between views of two images. Ours.

    Args:
        z1, z2: projections of the two views of B >= 2 images, shape (B, d). They are normalised
            first, to u and v.

    Returns:
        positive, shape (B,): distance between view 1 of each image and its own view 2.
        negative, shape (B, B - 1): row b holds the distances between view 1 of image b and view 2
        of every other image, in their order. All are in [0, 2].
        Both are computed in float32 or wider, even for half precision, on the device of z1.
    """
    # normalise both
    z1, z2 = F.normalize(z1.float(), dim=1), F.normalize(z2.float(), dim=1)
    # measure every view 1 against every view 2
    exact = "donot_use_mm_for_euclid_dist"  # sqrt(2 - 2 u . v) can be 0.001 between equal views
    distance = torch.cdist(z1, z2, compute_mode=exact)  # (B, B)
    # the diagonal holds the positives; everything else is a negative
    B = len(distance)
    other = ~torch.eye(B, dtype=torch.bool, device=distance.device)
    return distance.diagonal(), distance[other].view(B, B - 1)


def violation(z1: Tensor, z2: Tensor, quantile: float = QUANTILE) -> Tensor:
    """Share of images whose positive is farther away than their nearest negatives. Ours.

    Args:
        z1, z2: projections, shape (B, d).
        quantile: q; a positive is violated if its distance exceeds the q-quantile of the distances
            between its view 1 and the negatives (as `torch.quantile`, which interpolates).

    Returns:
        A scalar in [0, 1]; low is good. Computed in float32 or wider, on the device of z1.
    """
    positive, negative = pair_distances(z1, z2)
    # for each image, find the distance below which a share q of its negatives lies
    near = negative.quantile(quantile, dim=1)
    # count the positives that are farther
    return (positive > near).float().mean()


def gap(z1: Tensor, z2: Tensor) -> Tensor:
    """Mean distance of the negatives minus mean distance of the positives. Ours.

    Args:
        z1, z2: projections, shape (B, d).

    Returns:
        A scalar in [-2, 2]; high is good. Computed in float32 or wider, on the device of z1.
    """
    # every pair of a kind has the same weight
    positive, negative = pair_distances(z1, z2)
    return negative.mean() - positive.mean()


def frechet_distance(z1: Tensor, z2: Tensor) -> Tensor:
    """Squared Frechet distance of the Gaussians fitted to two sets of projections.

    |m1 - m2|^2 + Tr(S1 + S2 - 2 (S1 S2)^{1/2}), as in Goeksu and Pugeault; where we measure it and
    how we use it is ours. It compares two sets and ignores which views belong together, so it
    cannot detect swapped positives.

    Args:
        z1, z2: projections of the two views, shape (B, d). They are normalised first.

    Returns:
        A scalar >= 0, float64, on the CPU; low is good.
    """
    # normalise in float64, because the last line subtracts nearly equal numbers
    z1, z2 = (F.normalize(z.cpu().double(), dim=1) for z in (z1, z2))
    # compute a covariance for each set (divided by B); with fewer projections than dimensions it
    # is singular, so add SHRINKAGE / d times the identity
    identity = torch.eye(z1.shape[1], dtype=z1.dtype)
    S1, S2 = (z.T.cov(correction=0) + SHRINKAGE / len(identity) * identity for z in (z1, z2))
    # Tr (S1 S2)^{1/2} is the sum of the roots of the eigenvalues of S1^{1/2} S2 S1^{1/2}
    values, vectors = torch.linalg.eigh(S1)
    root = vectors * values.clamp(min=0).sqrt() @ vectors.T
    cross = torch.linalg.eigvalsh(root @ S2 @ root).clamp(min=0).sqrt().sum()
    # clamp, because rounding may make it negative
    means = (z1.mean(0) - z2.mean(0)).square().sum()
    return (means + S1.trace() + S2.trace() - 2 * cross).clamp(min=0)


def embed(model: nn.Module, x: Tensor) -> Tensor:
    """Projections as in training, without any side effect.

    No gradient is recorded. Afterwards, running averages, counters and the mode of every module
    are what they were before, even if `project` raises an error.

    Args:
        model: has a method `project`.
        x: views, shape (B, 3, H, W).

    Returns:
        Projections, shape (B, d). All batch norms, 1d and 2d, use the statistics of this batch,
        as in training, whatever mode they are in; other modules stay in their mode. Dtype and
        device as `project` returns them.
    """
    # a batch norm that tracks nothing uses the batch's statistics and updates none
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    modes = [(m.training, m.track_running_stats) for m in norms]
    # project, and restore everything whatever happens
    for m in norms:
        m.training, m.track_running_stats = True, False
    try:
        with torch.no_grad():
            return model.project(x)
    finally:
        for m, (training, tracked) in zip(norms, modes, strict=True):
            m.training, m.track_running_stats = training, tracked


def overlap(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union: pixels in both boxes, as a share of the pixels in at least one.

    Args:
        a, b: top, left, height, width of boxes with at least one pixel, shape (B, 4).

    Returns:
        Shape (B,), in [0, 1], floating point, on the device of a.
    """
    # count a shared pixel once in the union
    shared = intersection(a, b)
    return shared / (area(a) + area(b) - shared)


def intersection(a: Tensor, b: Tensor) -> Tensor:
    """Number of pixels in both of two boxes, shape (B,). Arguments and device as for `overlap`."""
    # the shared box begins where the later one begins, and ends where the earlier one ends
    start = torch.maximum(a[:, :2], b[:, :2])
    end = torch.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:])
    # a negative side means that the boxes do not meet
    return (end - start).clamp(min=0).prod(1)


def area(boxes: Tensor) -> Tensor:
    """Number of pixels in each box, shape (B, 4) to (B,)."""
    return boxes[:, 2] * boxes[:, 3]


@dataclass(frozen=True)
class CurationOptions(Temperature):
    """Options of batch curation."""

    curate: Literal["best", "threshold", "frechet", "random", "reversed", "off"] = "best"
    """Which draw of a batch's views to train on. All rules are our interpretation."""
    tries: int = 2
    """Maximum number of times that the views of a batch are drawn."""
    curate_warmup: int = 0
    """Number of epochs before curation begins."""

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range."""
        super().check(config)
        at_least(self, tries=2, curate_warmup=0)

    def idle(self, epochs: int) -> dict[str, str]:
        """Without curation, or before it begins, nothing is drawn again."""
        if self.curate == "off":
            return dict.fromkeys(("tries", "curate_warmup"), "--curate off")
        return {"curate_warmup": f"--epochs {epochs}"} if self.curate_warmup >= epochs else {}


class Curation(SimCLR):
    """SimCLR on the best of several draws of each batch's views. OUR INTERPRETATION.

    The first draw is always the one that SimCLR would have made; further draws come from a
    generator of their own. The rules, with R draws at most:

    "best": of R draws, the one with the lowest violation, then the widest gap. "threshold": the
    first draw whose violation is at most the running median of first draws; if none of R is, the
    best. "frechet": the same with the Frechet distance. Controls: "random" (any of R),
    "reversed" (the worst of R) and "off".

    Attributes:
        rule: as above.
        steps: training steps so far.
        extra: forward passes spent on scoring so far.
        median: running median of the first draws' badness; -1 before the first.
    """

    title, color = "batch curation", "#1e9b89"
    Options = CurationOptions
    gauges = SimCLR.gauges | {
        "accepted": ("accepted", ".0%"),
        "first_kept": ("first draw kept", ".0%"),
        "overlap_kept": ("crops overlap", ".0%"),
    }
    picture = "curated"

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__(config, images, encoder, projector)
        self.rule, self.chunk_size = self.curate, config.chunk_size
        self.warmup = self.curate_warmup * (len(images) // config.batch_size)  # in steps
        self.bfloat16 = number_format(config.precision, config.device) == "bfloat16"
        self.generators["tries"] = source(config.seed, "tries")
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.register_buffer("extra", torch.zeros((), dtype=torch.int64))
        self.register_buffer("median", torch.full((), -1.0))
        self.last = {}  # the last batch's draws, for meters and pictures

    def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Two views of each image: the draw that the rule chooses among those it makes."""
        first = self.draw_views(x, self.generators["views"])
        self.last = {}
        if not self.training or self.rule == "off":
            return first["views"]
        self.steps += 1
        if self.steps <= self.warmup:
            return first["views"]
        draws = [self.score(first)]
        threshold = self.follow_median(draws[0]["badness"])
        while len(draws) < self.tries and not self.accepts(draws[-1], threshold):
            draws.append(self.score(self.draw_views(x, self.generators["tries"])))
        chosen = self.choose(draws)
        self.last = {"draws": draws, "chosen": chosen, "pixels": x.shape[2] * x.shape[3]}
        self.last["accepted"] = self.accepts(draws[chosen], threshold)
        return draws[chosen]["views"]

    def draw_views(self, x: Tensor, generator: Generator) -> dict:
        """Two views of each image, and the boxes that they were cropped from."""
        boxes, views = [], []
        for _ in range(2):
            boxes.append(self.draw_boxes(x, generator))
            views.append(one_view(x, self.recipe, generator, boxes[-1]))
        return {"views": tuple(views), "boxes": tuple(boxes)}

    def draw_boxes(self, x: Tensor, generator: Generator) -> Tensor:
        """The part of each image that a view shows, shape (B, 4), as in `random_resized_crop`."""
        p, scale, ratio = self.recipe.crop, self.recipe.crop_scale, self.recipe.crop_ratio
        if not p:
            return whole_image(x)
        boxes = crop_boxes(len(x), *x.shape[2:], scale, ratio, generator)
        if p < 1:
            boxes = torch.where(coin(len(x), p, generator)[:, None], boxes, whole_image(x))
        return boxes

    def score(self, draw: dict) -> dict:
        """The draw with its distances, gap and badness. A low badness is good.

        Badness is rounded to float32, like the running median, so that equal values stay equal.
        """
        self.extra += 2
        with torch.autocast(self.extra.device.type, torch.bfloat16, enabled=self.bfloat16):
            own = [own_rows(x) for x in draw["views"]]
            x1, x2 = (x.contiguous(memory_format=torch.channels_last) for x in own)
            z1, z2 = (
                torch.cat([embed(self, chunk).float() for chunk in chunks(x, self.chunk_size)])
                for x in (x1, x2)
            )
        z1, z2 = (gather(z, len(draw["views"][0])) for z in (z1, z2))
        frechet = self.rule == "frechet" and bool(z1.isfinite().all() and z2.isfinite().all())
        bad = frechet_distance(z1, z2) if frechet else violation(z1, z2)  # NaN: the loss reports it
        positive, negative = pair_distances(z1, z2)
        return draw | {
            "badness": float(torch.tensor(float(bad))),
            "gap": float(gap(z1, z2)),
            "positive": float(positive.mean()),
            "negative": float(negative.mean()),
        }

    def follow_median(self, badness: float) -> float:
        """The running median of the first draws' badness after a small step towards this value."""
        if self.median < 0:
            self.median.fill_(badness)
        step = (1 - MEMORY) * max(float(self.median), 1e-3)
        self.median += step * ((badness > self.median) * 1 - (badness < self.median) * 1)
        return float(self.median.clamp_(min=0))

    def accepts(self, draw: dict, threshold: float) -> bool:
        """Whether a gate takes this draw without making another."""
        return self.rule in GATES and draw["badness"] <= threshold

    def choose(self, draws: list[dict]) -> int:
        """The position of the draw to train on.

        Args:
            draws: each with "badness" and "gap", which are numbers, and with the views, which are
                tensors; the first draw is SimCLR's own.

        Returns:
            For "best", "threshold" and "frechet": the draw with the lowest badness and, among equal
            ones, the widest gap. For "reversed": the highest badness, then the narrowest gap. For
            "random": any draw, all equally likely, from the generator "tries". An int, not a
            tensor.
        """
        # the control chooses any draw
        if self.rule == "random":
            return int(torch.randint(len(draws), (1,), generator=self.generators["tries"]))
        # sort from the best to the worst
        order = sorted(range(len(draws)), key=lambda i: (draws[i]["badness"], -draws[i]["gap"]))
        return order[-1] if self.rule == "reversed" else order[0]

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """SimCLR's meters, and the statistics of this batch's draws."""
        return super().meters(z1, z2, index) | self.statistics()

    def statistics(self) -> dict[str, float]:
        """Statistics of the last batch: first draw kept or not, distances, crop overlap.

        With a gate, also whether the kept draw was good enough or merely the best.
        """
        if not self.last:
            return {}
        draws, chosen = self.last["draws"], self.last["chosen"]
        rejected = [draw for i, draw in enumerate(draws) if i != chosen]
        found = {"first_kept": float(chosen == 0), "extra_passes": int(self.extra)}
        if self.rule in GATES:  # the others accept nothing: they choose among all draws
            found["accepted"] = float(self.last["accepted"])
        for name, some in (("kept", [draws[chosen]]), ("rejected", rejected)):
            values = crop_statistics(some, self.last["pixels"])
            found |= {f"{key}_{name}": value for key, value in values.items()}
        return found


def crop_statistics(draws: list[dict], pixels: int) -> dict[str, float]:
    """Means over some draws of a batch: distances, crop overlap and area. Empty for no draws.

    Args:
        draws: as returned by `Curation.score`.
        pixels: number of pixels in a whole image.

    Returns:
        "positive" and "negative" distance; "overlap" of the two crops (intersection over union);
        "area" of a crop and "coverage" of both together, as shares of the image.
    """
    if not draws:
        return {}
    pairs = [draw["boxes"] for draw in draws]
    one, two = torch.cat([a for a, _ in pairs]), torch.cat([b for _, b in pairs])
    both = area(one) + area(two)
    return {
        "positive": sum(draw["positive"] for draw in draws) / len(draws),
        "negative": sum(draw["negative"] for draw in draws) / len(draws),
        "overlap": float(overlap(one, two).mean()),
        "area": float((both / 2 / pixels).mean()),
        "coverage": float(((both - intersection(one, two)) / pixels).mean()),
    }
