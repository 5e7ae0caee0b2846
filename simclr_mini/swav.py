"""SwAV: views of one image must be assigned to the same prototypes.

Each view is compared with K learned prototypes. Its code says how much it belongs to each one.
Codes are balanced over the batch, so that no prototype takes everything. Each view must predict the
code of another view of its image. There are no negatives.

Paper: Caron et al. 2020, with the authors' code. https://arxiv.org/abs/2006.09882
Differs: Sinkhorn's iteration works on logarithms, which gives the same numbers and cannot overflow.
Views, optimiser and schedule are those of the other methods.
"""

import math
import warnings
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from simclr_mini.config import Config, at_least, refuse
from simclr_mini.data import Images
from simclr_mini.ring import Ring
from simclr_mini.simclr import SimCLR, Temperature


@torch.no_grad()
def normalise_(prototypes: Tensor) -> None:
    """Scale each prototype to unit norm, in place and without a gradient.

    Args:
        prototypes: shape (K, d).
    """
    # the change is not part of the graph: gradients are those of the unit vectors themselves
    prototypes.copy_(F.normalize(prototypes, dim=1))


@torch.no_grad()
def sinkhorn(scores: Tensor, epsilon: float = 0.05, iterations: int = 3) -> Tensor:
    """Codes: how much each sample belongs to each prototype, balanced over the batch.

    Start from exp(scores / epsilon). In each iteration scale the columns so that every prototype
    gets the same total, then the rows so that every sample's code sums to 1.

    Args:
        scores: similarity of samples and prototypes, shape (B, K).
        epsilon: a smaller value makes codes sharper; a large value makes them uniform.
        iterations: how many times columns and rows are scaled, 1 or more.

    Returns:
        Shape (B, K), in float64 if the scores are, otherwise in float32, without a gradient. Rows
        sum to 1; columns sum to B / K only roughly.
    """
    # logarithms: a division becomes a difference, and nothing overflows
    log_codes = scores.to(torch.promote_types(scores.dtype, torch.float32)) / epsilon
    # columns first, rows last, so that codes sum to exactly 1; the balance is approximate
    for _ in range(iterations):
        log_codes = log_codes - log_codes.logsumexp(0, keepdim=True)
        log_codes = log_codes - log_codes.logsumexp(1, keepdim=True)
    return log_codes.exp()


def codes_with_queue(
    z: Tensor, queue: Tensor, prototypes: Tensor, epsilon: float = 0.05, iterations: int = 3
) -> Tensor:
    """The codes of a batch, balanced together with projections of earlier batches.

    Args:
        z: projections of the batch, shape (B, d), of unit norm.
        queue: projections of earlier batches, shape (Q, d), of unit norm; Q may be 0, and the
            dtype may differ from that of z.
        prototypes: shape (K, d), of unit norm.
        epsilon, iterations: as for `sinkhorn`.

    Returns:
        Codes of the batch alone, shape (B, K), without a gradient.
    """
    # score the batch and the queue with the current prototypes
    scores = torch.cat([z, queue.to(z)]) @ prototypes.T  # (B + Q, K)
    # balance all codes together, and keep those of the batch
    return sinkhorn(scores, epsilon, iterations)[: len(z)]


def swapped_loss(scores: list[Tensor], codes: list[Tensor], temperature: float = 0.1) -> Tensor:
    """Cross entropy of predicting each code from every other view of its image.

    The loss of view v and code i is -sum_k code_ik log softmax(scores_v / tau)_k. The result is the
    mean over the batch, over the codes, and over all views except the code's own. There may be more
    views than codes: small crops predict codes but have none.

    Args:
        scores: similarity of each view's samples with the prototypes, shape (B, K) each. The views
            that have codes come first.
        codes: the codes of the first views, shape (B, K) each.
        temperature: tau > 0.

    Returns:
        A scalar. ln K if all scores are equal.
    """
    # what each view predicts
    predictions = [F.log_softmax(s / temperature, dim=1) for s in scores]
    # every code is predicted by every view but its own
    losses = [
        -(code * predicted).sum(1).mean()
        for i, code in enumerate(codes)
        for v, predicted in enumerate(predictions)
        if v != i
    ]
    # each code has equally many losses, so this is also the mean over codes of their means
    return torch.stack(losses).mean()


def entropy(p: Tensor) -> Tensor:
    """-sum_k p_k ln p_k of each row; shape (..., K) to (...)."""
    return torch.special.entr(p).sum(-1)


@dataclass(frozen=True)
class SwAVOptions(Temperature):
    """Options of SwAV."""

    temperature: float = 0.1
    """tau of the predictions. A smaller value makes them sharper."""
    prototypes: int = 64
    """K, the number of prototypes. A batch should hold at least twice as many images."""
    epsilon: float = 0.05
    """Smoothness of the codes. A large value makes them uniform."""
    iterations: int = 3
    """Number of Sinkhorn iterations that balance the codes."""
    freeze_epochs: int = 1
    """Number of epochs at the start during which the prototypes are not trained."""
    queue_size: int = 0
    """Number of projections kept from earlier batches, to balance the codes of a small batch. 0:
    none."""
    queue_start: int = 1
    """Number of epochs before the queue begins to fill. It is used once it is full."""

    def check(self, config: Config) -> None:
        """Raise ValueError if an option is out of range; warn if there are too few samples."""
        super().check(config)
        at_least(self, prototypes=2, iterations=1, freeze_epochs=0, queue_size=0, queue_start=0)
        B = config.batch_size
        if not 0 < self.epsilon <= 100:
            refuse("epsilon", self.epsilon, "a number above 0, such as 0.05")
        if self.queue_size % B:
            refuse("queue_size", self.queue_size, f"a multiple of --batch-size {B}")
        if B + self.queue_size < self.prototypes:
            warnings.warn(
                f"{B} images cannot be shared out among {self.prototypes} prototypes: use "
                f"--prototypes {max(2, B // 2)}, a larger --batch-size, or a --queue-size",
                stacklevel=2,
            )

    def idle(self, epochs: int) -> dict[str, str]:
        """A queue that holds nothing never begins to fill."""
        return {} if self.queue_size else {"queue_start": "--queue-size 0"}


class SwAV(SimCLR):
    """The method. Every view predicts the codes of the large views other than itself.

    Attributes:
        prototypes: shape (K, d). They are scaled to unit norm in each step, before the loss.
        queues: earlier projections of the first and of the second large view, or none.
        epoch: how many epochs have begun.
        mass, hits: what each prototype got in this epoch: the sum of its predicted shares, and the
            number of views that prefer it, shape (K,).
    """

    title, color = "SwAV", "#5b8c2a"
    Options = SwAVOptions
    gauges = {
        "agreement": ("crops agree", ".0%"),
        "code_entropy": ("code entropy", ".2f"),
        "divergence": ("KL", ".2f"),
        "usage": ("prototypes used", ".0%"),
        "dead_prototypes": ("dead", "d"),
    }

    def __init__(self, config: Config, images: Images, encoder: nn.Module, projector: nn.Module):
        super().__init__(config, images, encoder, projector)
        dim = encoder.dim if config.projector == "none" else config.out_dim
        K = self.options.prototypes
        self.prototypes = nn.Parameter(F.normalize(torch.randn(K, dim), dim=1))
        self.queues = nn.ModuleList(Ring(self.queue_size, dim) for _ in range(2))
        self.register_buffer("epoch", torch.zeros((), dtype=torch.int64))
        self.register_buffer("mass", torch.zeros(K))
        self.register_buffer("hits", torch.zeros(K, dtype=torch.int64))
        self.found = {}  # health of the last step, for `meters`

    def start_epoch(self, pixels: Tensor) -> list[nn.Parameter]:
        """Count the epoch, and reset the counts of what each prototype gets."""
        self.epoch += 1
        self.mass.zero_()
        self.hits.zero_()
        return []

    def loss_of_views(self, z: list[Tensor], index: Tensor) -> Tensor:
        """The swapped loss of two large views, then small ones. Arguments as for `SimCLR`."""
        z1, z2, *small = z
        return self.loss(z1, z2, index, *small)

    def loss(self, z1: Tensor, z2: Tensor, index: Tensor, *small: Tensor) -> Tensor:
        """The swapped loss of all views; codes come from the two large ones.

        Args:
            z1, z2: projections of the large views, shape (B, d).
            index: positions of the images, shape (B,).
            small: projections of small views, shape (B, d) each. There may be none.

        Returns:
            A scalar.
        """
        # unit norm: prototypes first, in place, then projections
        normalise_(self.prototypes)
        z = [F.normalize(one, dim=1) for one in (z1, z2, *small)]
        # frozen prototypes get no gradient at all, so that no optimiser moves or decays them
        frozen = self.epoch <= self.freeze_epochs
        scores = [one @ (self.prototypes.detach() if frozen else self.prototypes).T for one in z]
        # codes of the two large views, balanced with the queue if it is full
        codes = [self.codes(one, queue) for one, queue in zip(z, self.queues, strict=False)]
        loss = swapped_loss(scores, codes, self.temperature)
        # record the health of the codes; only then `remember` the views in their queues
        self.found = self.health(scores, codes, loss.item())
        self.remember(z, index)
        return loss

    def codes(self, z: Tensor, queue: Ring) -> Tensor:
        """The codes of a large view, shape (B, K). A queue that is not full is not used."""
        rows = queue.rows if self.queue_size and queue.filled() == 1 else z[:0]
        return codes_with_queue(z, rows, self.prototypes, self.epsilon, self.iterations)

    def remember(self, z: list[Tensor], index: Tensor) -> None:
        """Add the large views to their queues, after the first `queue_start` epochs."""
        if self.queue_size and self.epoch > self.queue_start:
            for one, queue in zip(z, self.queues, strict=False):
                queue.push(one, index)

    @torch.no_grad()
    def health(self, scores: list[Tensor], codes: list[Tensor], loss: float) -> dict[str, float]:
        """Statistics of codes and predictions.

        Args:
            scores: similarity of each view's samples with the prototypes, shape (B, K) each.
            codes: codes of the first two views, shape (B, K) each.
            loss: the swapped loss.

        Returns:
            Mean entropy of the codes ("code_entropy"); the loss minus that entropy, which is the KL
            divergence of predictions from codes ("divergence"); share of images whose two large
            crops prefer the same prototype ("agreement"). For this epoch so far: the effective
            number of prototypes in use, exp of the entropy of their predicted shares, divided by K
            ("usage"); and how many prototypes no view prefers ("dead_prototypes").
        """
        large = torch.stack(scores[:2])  # (2, B, K)
        nearest = large.argmax(2)  # (2, B)
        self.mass += F.softmax(large / self.temperature, dim=2).sum((0, 1))
        self.hits += torch.bincount(nearest.flatten(), minlength=len(self.hits))
        sharpness = float(entropy(torch.cat(codes)).mean())
        return {
            "code_entropy": sharpness,
            "divergence": loss - sharpness,
            "agreement": float((nearest[0] == nearest[1]).float().mean()),
            "usage": float(entropy(self.mass / self.mass.sum()).exp()) / len(self.mass),
            "dead_prototypes": int((self.hits == 0).sum()),
        } | ({"queue_filled": self.queues[0].filled()} if self.queue_size else {})

    def meters(self, z1: Tensor, z2: Tensor, index: Tensor) -> dict[str, float]:
        """Health of this step, as returned by `health`."""
        return self.found

    def chance(self, B: int) -> float:
        """ln K: every prototype is equally likely. Collapse costs this too."""
        return math.log(len(self.prototypes))

    def floor(self, B: int) -> float:
        """The loss at cosine 1 with one prototype and 0 with the others. Real codes are softer."""
        return math.log1p((len(self.prototypes) - 1) * math.exp(-1 / self.temperature))
