"""NNCLR: the positive of an image is not its other view but that view's nearest neighbour.

The neighbours come from a support set: the projections of recent batches.

Paper: Dwibedi et al. 2021; we could read only its abstract and public code that follows it.
https://arxiv.org/abs/2104.14548
Differs: by default a view's own image cannot be its neighbour. None of our sources says whether it
may; we exclude it because our set can hold the whole data set. Each direction has one softmax
(public code may add one over the other axis). The projector has two layers and one batch norm;
solo-learn's has three layers. Both views are SimCLR's.
"""

import math
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.config import Config, at_least, flag, refuse
from simclr_mini.data import Images
from simclr_mini.diagnostics import floor_loss
from simclr_mini.heads import predictor
from simclr_mini.nt_xent import nt_xent_loss
from simclr_mini.simclr import SimCLR, Temperature, source


class SupportSet(nn.Module):
    """A ring buffer of the last Q projections: the newest replace the oldest.

    Its state is in buffers, so that a checkpoint holds it.

    Args:
        size: Q, the number of rows.
        dim: d, their width.
        generator: source of randomness for the first rows, which are random with unit norm.

    Attributes:
        rows: unit norm, shape (Q, d).
        images: position of each row's image in the data, shape (Q,); -1 if there is none.
        ages: number of pushes since each row was added, shape (Q,); 0: newest; -1: never pushed.
        position: where the next row goes.
    """

    def __init__(self, size: int, dim: int, generator: Generator | None = None):
        super().__init__()
        rows = torch.randn(size, dim, generator=generator)
        self.register_buffer("rows", F.normalize(rows, dim=1))
        self.register_buffer("images", torch.full((size,), -1))
        self.register_buffer("ages", torch.full((size,), -1))
        self.register_buffer("position", torch.zeros((), dtype=torch.int64))

    @torch.no_grad()
    def find(
        self,
        z: Tensor,
        k: int = 1,
        exclude: Tensor | None = None,
        generator: Generator | None = None,
    ) -> Tensor:
        """Position of the row nearest to each projection: argmin over q of |z - q|.

        Args:
            z: projections, shape (B, d), not normalised, in any precision; that of the rows
                counts.
            k: choose one of the k nearest rows, all equally likely.
            exclude: image of each projection, shape (B,), on any device; rows of this image are
                ignored. At least one row must show another image. None: ignore nothing.
            generator: source of randomness for k > 1, on the CPU. None: torch's global one.

        Returns:
            Positions of rows, int64, shape (B,), on the device of the rows.
        """
        # between vectors of unit norm, the nearest is the most similar
        similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T  # (B, Q)
        # ignore rows of the query's own image
        if exclude is not None:
            own = exclude[:, None].to(self.images) == self.images  # (B, Q)
            similarity = similarity.masked_fill(own, -2)
        # take the nearest row, or one of the k nearest that are not ignored
        if k == 1:
            return similarity.argmax(1)
        nearest = similarity.topk(k)  # (B, k)
        counts = (nearest.values != -2).float().cpu()
        one = torch.multinomial(counts, 1, generator=generator).to(nearest.indices)
        return nearest.indices.gather(1, one)[:, 0]

    def nearest(self, z: Tensor) -> Tensor:
        """The row nearest to each projection: NN(z, Q).

        Args:
            z: projections, shape (B, d), not normalised.

        Returns:
            Rows of the support set, with their dtype, unit norm, shape (B, d). No gradient flows
            into them.
        """
        return self.rows[self.find(z)]

    def push(self, z: Tensor, images: Tensor | None = None) -> None:
        """Replace the oldest rows with projections.

        Args:
            z: projections of any floating-point dtype, shape (B, d), not normalised, B <= Q. They
                are converted to the dtype of the rows, then normalised. Their graph is not kept.
            images: position of each projection's image, shape (B,), on any device. None: unknown,
                stored as -1.

        Raises:
            ValueError: more projections than rows. The set stays as it is.
        """
        if len(z) > len(self.rows):
            raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
        # the next B positions, wrapping around at the end
        places = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
        # add 1 to the age of every row that was ever pushed
        self.ages += self.ages >= 0
        # write the new rows with unit norm, their images, and age 0
        self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
        self.images[places] = -1 if images is None else images.to(self.images)
        self.ages[places] = 0
        # the next push begins after them
        self.position.copy_((self.position + len(z)) % len(self.rows))


def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    """The loss of one direction: neighbours of view 1 must find predictions of view 2.

    -log( exp(nn_i . p_i / tau) / sum_k exp(nn_i . p_k / tau) ), the mean over i, where nn_i is the
    neighbour of z1's row i. B candidates.

    Args:
        z1: projections of one view, shape (B, d). They only search: no gradient reaches them.
        p2: predictions of the other view, shape (B, d), not normalised.
        support: the support set. It stays as it is.
        temperature: tau > 0.
        rows: positions of z1's neighbours in the support set, shape (B,), if they are known
            already. None: z1 searches for them.

    Returns:
        A scalar on the device of the predictions, computed in float32 or wider. ln B if all
        predictions are equal.

    Raises:
        ValueError: a temperature that is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    # the neighbours of one view
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]  # (B, d)
    # cosine similarity of every neighbour with every prediction of the other view
    logits = neighbours @ F.normalize(p2.to(neighbours), dim=1).T / temperature  # (B, B)
    # neighbour i must find prediction i
    return F.cross_entropy(logits, torch.arange(len(p2), device=p2.device))


@dataclass(frozen=True)
class NNCLROptions(Temperature):
    """Options of NNCLR."""

    support_size: int = 4096
    """Q, the number of projections that the support set holds."""
    top_k: int = 1
    """Choose one of this many nearest neighbours at random."""
    candidates: Literal["batch", "all"] = "batch"
    """What a neighbour is compared with. "batch", as in the paper's equation: the B predictions of
    the other view; "all": the 2B - 1 candidates of NT-Xent."""
    exclude_same: bool = True
    """Ignore rows of the query's own image in the support set."""

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range, or the support set is too small."""
        super().check(config)
        at_least(self, support_size=1, top_k=1)
        for name, value in {"batch_size": config.batch_size, "top_k": self.top_k}.items():
            if value > self.support_size:
                refuse("support_size", self.support_size, f"--{flag(name)} ({value}) or more")


class NNCLR(SimCLR):
    """The method. Both views search, and each neighbour must find the other view's prediction.

    Attributes:
        predictor: maps projections to predictions, (B, d) to (B, d).
        support: the support set. View 1 of each batch enters it after the loss.
    """

    title, color = "NNCLR", "#dd1c61"
    Options = NNCLROptions
    gauges = SimCLR.gauges | {
        "self_match": ("neighbour is itself", ".0%"),
        "same_class": ("same class", ".0%"),
        "neighbour_age": ("neighbour's age", ".0f"),
        "distinct": ("distinct neighbours", ".0%"),
    }
    picture = "support"

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__(config, images, encoder, projector)
        dim = encoder.dim if config.projector == "none" else config.out_dim
        self.support = SupportSet(self.support_size, dim)
        self.predictor = predictor(dim, config.hidden_dim)
        self.generators["neighbours"] = source(config.seed, "neighbours")
        self.found = {}  # health of the last step's neighbours, for `meters`

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
        """The mean of both directions; then view 1 enters the support set.

        Each view passes through the predictor separately.

        Args:
            z1, z2: projections of the two views, shape (B, d).
            index: positions of the images, shape (B,), on any device.

        Returns:
            A scalar, as precise as the projections and on their device.
        """
        # search first: after the push, a view would find itself
        rows1, rows2 = self.search(z1, index), self.search(z2, index)
        # each neighbour must find the other view's prediction
        loss1 = self.direction(z1, self.predictor(z2), rows1)
        loss2 = self.direction(z2, self.predictor(z1), rows2)
        # record what was found; only then may the set change
        self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
        self.support.push(z1, index)
        return (loss1 + loss2) / 2

    def pair_loss(self, large: Tensor, small: Tensor, index: Tensor) -> Tensor:
        """The large view's neighbours must find predictions of the small one. Nothing is pushed."""
        return self.direction(large, self.predictor(small), self.search(large, index))

    def search(self, z: Tensor, index: Tensor) -> Tensor:
        """Positions of the neighbours in the support set, shape (B,)."""
        exclude = index if self.exclude_same else None
        return self.support.find(z, self.top_k, exclude, self.generators["neighbours"])

    def direction(self, z1: Tensor, p2: Tensor, rows: Tensor) -> Tensor:
        """The loss of one direction, among the candidates that --candidates names."""
        if self.candidates == "all":
            return nt_xent_loss(self.support.rows[rows], p2, self.temperature)
        return nnclr_loss(z1, p2, self.support, self.temperature, rows)

    def health(self, rows: Tensor, index: Tensor) -> dict[str, float]:
        """Statistics of the neighbours, taken before the set changes.

        Args:
            rows: positions of the neighbours in the support set, shape (M,).
            index: position of each query's image, shape (M,).

        Returns:
            Shares of the neighbours that show the query's own image ("self_match"), that share its
            class ("same_class"), and that were pushed rather than drawn at the start ("real");
            their mean age in steps; and the number of distinct rows per query ("distinct").
        """
        images, index = self.support.images[rows].cpu(), index.cpu()
        real = images >= 0
        found = {
            "self_match": float((images == index).float().mean()),
            "real": float(real.float().mean()),
            "distinct": len(rows.unique()) / len(rows),
        }
        if real.any():
            ages = self.support.ages[rows].cpu()[real] + 1
            found["neighbour_age"] = float(ages.float().mean())
            if self.labels is not None:
                same = self.labels[images[real]] == self.labels[index[real]]
                found["same_class"] = float(same.float().mean())
        return found

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Health of this step's neighbours, as returned by `health`."""
        return super().meters(z1, z2, index) | self.found

    def chance(self, B: int) -> float:
        """ln B; with "all" candidates, ln(2B - 1)."""
        return super().chance(B) if self.candidates == "all" else math.log(B)

    def floor(self, B: int) -> float:
        """The loss if positives have cosine 1 and others 0: roughly the lowest possible loss."""
        if self.candidates == "all":
            return floor_loss(B, self.temperature)
        return math.log1p((B - 1) * math.exp(-1 / self.temperature))
