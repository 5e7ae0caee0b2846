"""Advice without labels: did training fail, and would more of it help?

An alarm names a failure and says what to do. Alarms look at how far the loss has come from chance
to its floor, at how evenly projections cover the sphere, and at the effective rank of
representations. The advice on when to stop also looks at how many neighbours of some fixed images
changed in the last epoch. All of these are in the log or in result.json.

The limits are ours, chosen on runs that were made to fail (tests/test_advice.py) and on good runs.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

WATCHED = 500  # images whose neighbours are followed
NEIGHBOURS = 10  # nearest neighbours of each
AT_CHANCE = 0.03  # share of the way from chance to floor; below it, nothing was learned
TOO_GOOD, SOON = 0.75, 100  # above this share of the way after so many steps, a shortcut is likely
ALL_EQUAL = -0.2  # uniformity of projections; above it, they are nearly all equal
FEW_DIRECTIONS = 0.04  # effective rank of h as a share of its maximum; below it, h has collapsed
FEW_STEPS = 20  # a shorter run can hardly learn anything, so staying at chance is no failure
SETTLED = 0.05  # share of neighbours changed in the last epoch; below it, training has settled
WORDS = {  # what to call each baseline
    "majority": "always the commonest class",
    "pixels": "raw pixels",
    "histogram": "a colour histogram",
    "patches": "k-means on patches",
    "untrained": "the untrained encoder",
}


@dataclass(frozen=True)
class Advice:
    """What to tell the user at the end of a run.

    Attributes:
        alarms: a sentence for each failure, and what to do about it.
        stop: whether more training would help, and why.
    """

    alarms: tuple[str, ...]
    stop: str


@torch.no_grad()
def nearest_rows(h: Tensor, k: int = NEIGHBOURS, count: int | None = None) -> Tensor:
    """The nearest neighbours of each row by cosine similarity, nearest first, excluding itself.

    Args:
        h: representations, shape (N, D), N of 2 or more.
        k: number of neighbours; if it exceeds N - 1, there are only N - 1.
        count: how many rows, from the first on, to find neighbours for; None means all.

    Returns:
        Positions of rows, int64, shape (count, min(k, N - 1)).
    """
    h = F.normalize(h.float(), dim=1)
    similarity = (h[:count] @ h.T).fill_diagonal_(-2)
    return similarity.topk(min(k, len(h) - 1), dim=1).indices


def share_changed(before: Tensor, after: Tensor) -> float:
    """Share of neighbours that were not neighbours before, in [0, 1].

    Args:
        before, after: results of `nearest_rows` for the same images, shape (N, k).
    """
    kept = (after[:, :, None] == before[:, None, :]).any(2)
    return 1 - float(kept.float().mean())


def advise(log: list[dict], diagnostics: dict[str, float], directions: int) -> Advice:
    """Alarms and stop advice for a run that has ended.

    Args:
        log: the lines of log.jsonl.
        diagnostics: as returned by `report.diagnostics`.
        directions: the largest possible effective rank of h: its width, or the number of images if
            that is smaller.
    """
    alarms = []
    restarts = "nmi_last" in log[-1]  # DeepCluster's loss is back at chance in each epoch
    if way(log) < AT_CHANCE and len(log) >= FEW_STEPS and not restarts:
        alarms.append(
            "AT CHANCE: the loss is no better than guessing, so nothing was learned. Try a "
            "--learning-rate ten times lower, then one ten times higher. If you wrote the code "
            "yourself, check that both views show the same image."
        )
    if way(log[:SOON]) > TOO_GOOD and "contrastive_accuracy" in log[-1]:
        alarms.append(
            f"TOO GOOD TOO SOON: after {min(SOON, len(log))} steps the network matched views "
            "almost perfectly. It has probably found a shortcut, such as colour. Use --views that "
            "change images more, such as crop+flip+color+gray."
        )
    if diagnostics["uniformity"] > ALL_EQUAL:
        alarms.append(
            "ALL EQUAL: the network gives nearly the same projection to every image. Lower "
            "--learning-rate; if the method has a --temperature below 0.05, raise it."
        )
    rank = diagnostics["effective_rank_h"]
    if directions >= NEIGHBOURS and rank < max(2.0, FEW_DIRECTIONS * directions):
        alarms.append(
            f"FEW DIRECTIONS: representations differ in only about {rank:.0f} of {directions} "
            "possible directions. Lower --learning-rate, or train on more varied images."
        )
    return Advice(tuple(alarms), stop_advice(log, bool(alarms)))


def stop_advice(log: list[dict], failed: bool) -> str:
    """Whether more epochs would help: one sentence with the numbers behind it.

    Args:
        log: the lines of log.jsonl.
        failed: whether an alarm was raised.
    """
    if failed:
        return "First do what the alarm says; a longer run alone would not help."
    if way(log) < AT_CHANCE and len(log) < FEW_STEPS:
        return (
            f"{len(log)} steps are too few to learn anything: use more --epochs, or a smaller "
            "--batch-size."
        )
    changed = [line["neighbours_changed"] for line in log if "neighbours_changed" in line]
    if not changed:
        return "One epoch is too short to tell whether more would help."
    if changed[-1] < SETTLED:
        return (
            f"Stop here: only {changed[-1]:.0%} of the nearest neighbours of up to {WATCHED} "
            "images changed in the last epoch. To learn more, you would need a new run with more "
            "--epochs, because its learning rate falls later."
        )
    return (
        f"A new run with more --epochs would probably help: {changed[-1]:.0%} of the nearest "
        f"neighbours of up to {WATCHED} images changed in the last epoch, and the loss has gone "
        f"{way(log):.0%} of the way from chance to its floor."
    )


def way(log: list[dict]) -> float:
    """How far the loss went from chance to floor: the mean share over the last tenth of a log."""
    last = log[-max(1, len(log) // 10) :]
    return sum(line["share_of_way"] for line in last) / len(last)


def verdict(result: dict) -> str:
    """One sentence: the trained encoder's linear probe next to the best baseline.

    Args:
        result: the content of result.json.
    """
    probe, images = result["test"]["linear_probe"], result["images"]
    count = images.get("pretrain", images["train"])  # "pretrain" also counts unlabelled ones
    if probe is None:
        return "Without labels there is no accuracy; neighbours.png shows what the encoder learned."
    rows = {k: v["linear_probe"] for k, v in result["baselines"].items() if k != "supervised"}
    best = max(rows, key=rows.get)
    relation = "above" if probe > rows[best] else "not above"
    beaten = f"{WORDS[best]} ({rows[best]:.1%})"
    start = f" The untrained encoder reaches {rows['untrained']:.1%}."
    return (
        f"After training on {count:,} images, the linear probe reaches {probe:.1%} on "
        f"{images['test']:,} test images: {relation} the best baseline, {beaten}."
        f"{start if best != 'untrained' else ''}"
    )
