"""What happens inside one batch of 128 test images, before and after training."""

from dataclasses import dataclass
from functools import cache

import torch
import torch.nn.functional as F
from drawing import BLUE, GRAY, RED, path, rect, svg, text
from film import moment
from recorded import record
from thumbnails import image
from torch import Generator, Tensor

from simclr_mini import views
from simclr_mini.canvas import percent
from simclr_mini.methods import configure
from simclr_mini.nt_xent import candidate_logits, positive_index, similarity_matrix

B = 128  # images in a batch, as in training
PATTERNS = ("stripes across", "dots", "rings", "bricks")  # two images of each are in the matrix
ORANGE = "#d9730d"  # below 0
STRONGEST = 12  # negatives in the picture of the gradient
ANCHOR = 28  # the view in that picture
TALLEST = 700  # height of a bar that gets all of the push
TEMPERATURE = configure().options.temperature
RIDGES = (0, 20, 70, 210, 420)  # steps at which the similarities are shown
BINS, BATCHES = 60, 8  # of the histograms


@dataclass
class Batch:
    """A batch as the loss sees it.

    Attributes:
        pictures: all first views, then all second views, in [0, 1], shape (2B, 3, S, S).
        labels: class of each view, shape (2B,).
        similarity: cosine of every view with every view, shape (2B, 2B).
    """

    pictures: Tensor
    labels: Tensor
    similarity: Tensor


@cache
def batch(name: str, step: int, number: int = 0) -> Batch:
    """Fixed views of 128 fixed test images, as the network of a run sees them after a step."""
    run = record(name)
    some = run.data["test"].rows(slice(B * number, B * number + B))
    method = run.at(step).train()  # a batch norm sees this batch, as in training
    x1, x2 = views.two_views(some.pixels / 255, method.recipe, Generator().manual_seed(0))
    with torch.no_grad():
        similarity = similarity_matrix(method.project(x1), method.project(x2))
    return Batch(torch.cat([x1, x2]), some.labels.repeat(2), similarity)


def pairs(seen: Batch) -> dict[str, Tensor]:
    """Which entries of the matrix are which: masks, shape (2B, 2B)."""
    n = len(seen.labels)
    same = seen.labels[:, None] == seen.labels
    positive = F.one_hot(positive_index(n // 2), n).bool()
    itself = torch.eye(n, dtype=torch.bool)
    return {
        "positive": positive,
        "false": same & ~positive & ~itself,
        "negative": ~same,
        "itself": itself,
    }


def means(seen: Batch) -> dict[str, float]:
    """Mean cosine of each kind of pair."""
    kinds = pairs(seen)
    return {kind: float(seen.similarity[mask].mean()) for kind, mask in kinds.items()}


def matrix(step: int, when: str) -> str:
    """The matrix of 16 of the 256 views: two images of each of four patterns."""
    seen, classes = batch("simclr", step), record("simclr").data["test"].classes
    wanted = [classes.index(name) for name in PATTERNS]
    rows = torch.cat([(seen.labels[:B] == label).nonzero()[:2, 0] for label in wanted])
    rows = torch.cat([rows, rows + B])
    kinds = {kind: mask[rows][:, rows] for kind, mask in pairs(seen).items()}
    values, count, cell = seen.similarity[rows][:, rows], len(rows), 19
    at = [24 + cell * i + (5 if i >= count // 2 else 0) for i in range(count)]
    side = at[-1] + cell
    body = [image(0, y, cell, seen.pictures[row]) for y, row in zip(at, rows, strict=True)]
    body += [image(x, 0, cell, seen.pictures[row]) for x, row in zip(at, rows, strict=True)]
    for i, y in enumerate(at):
        for j, x in enumerate(at):
            body.append(cell_of(x, y, cell, float(values[i, j]), bool(kinds["itself"][i, j])))
    frames = (("false", RED, 1.6), ("positive", "currentColor", 2.2))
    for kind, color, width in frames:
        for i, j in kinds[kind].nonzero().tolist():
            edge = {"fill": "none", "stroke": color, "stroke_width": width}
            body.append(rect(at[j] + 1, at[i] + 1, cell - 3, cell - 3, **edge))
    body += key(side)
    found = means(seen)
    alt = (
        f"The cosines of 16 views of 8 images, {when}. Over the whole batch of {B} images, two "
        f"views of one image have a mean cosine of {found['positive']:.2f}, views of two images "
        f"of one class {found['false']:.2f}, and views of two classes {found['negative']:.2f}."
    )
    body.append(text(24, side + 22, f"{when}", font_weight="bold", font_size=15))
    return svg(f"matrix-{when.split()[0]}", side + 2, side + 76, alt, body)


def cell_of(x: float, y: float, cell: float, value: float, itself: bool) -> str:
    """A cell, stronger the farther its value is from 0: blue above 0, orange below."""
    if itself:
        return rect(x, y, cell - 1, cell - 1, fill=GRAY, fill_opacity=0.18)
    color = BLUE if value > 0 else ORANGE
    return rect(x, y, cell - 1, cell - 1, fill=color, fill_opacity=round(abs(value), 2))


def key(side: float) -> list[str]:
    """What colours and frames mean, below the matrix."""
    y, body = side + 34, []
    for i in range(11):
        body.append(cell_of(24 + 11 * i, y, 12, (i - 5) / 5, False))
    for x, words in ((24, "−1"), (84, "0"), (144, "1")):
        body.append(text(x, y + 26, words, "middle", font_size=12))
    body.append(text(34, y + 40, "cosine", font_size=12))
    frames = (
        ("currentColor", 2.2, "two views of one image"),
        (RED, 1.6, "two images of one class"),
    )
    for i, (color, width, words) in enumerate(frames):
        body.append(rect(164, y + 20 * i, 13, 13, fill="none", stroke=color, stroke_width=width))
        body.append(text(182, y + 11 + 20 * i, words, font_size=12))
    return body


def before() -> str:
    return matrix(0, "before training")


def after() -> str:
    return matrix(record("simclr").steps[-1], "after training")


def push(seen: Batch, temperature: float) -> Tensor:
    """Each negative's share of the push on each anchor, by the gradient of NT-Xent. (2B, 2B)."""
    similarity = seen.similarity.double().requires_grad_()
    F.cross_entropy(candidate_logits(similarity, temperature), positive_index(B)).backward()
    strength = similarity.grad.clamp(min=0)  # the positive's is below 0: it pulls
    return strength / strength.sum(1, keepdim=True)


def shares(seen: Batch) -> tuple[float, float]:
    """Shares of the negatives, and of the push, that are views of the anchor's own class."""
    false, push_of = pairs(seen)["false"], push(seen, TEMPERATURE)
    return float(false.sum()) / (2 * B * (2 * B - 2)), float((push_of * false).sum(1).mean())


def gradient() -> str:
    """One anchor, its strongest negatives, and the rest, before and after training."""
    steps, body = {0: "before training", record("simclr").steps[-1]: "after training"}, []
    low, told = -42.0, []
    for step, when in steps.items():
        seen = batch("simclr", step)
        push_of, false = push(seen, TEMPERATURE)[ANCHOR], pairs(seen)["false"][ANCHOR]
        strongest = push_of.argsort(descending=True)[:STRONGEST]
        low += 60 + TALLEST * float(push_of.max())  # where the bars stand
        body.append(text(0, low - 20, when, font_weight="bold"))
        for x, row, name in ((0, ANCHOR, "anchor"), (62, (ANCHOR + B) % (2 * B), "positive")):
            body.append(image(x, low, 48, seen.pictures[row]))
            body.append(text(x + 24, low + 64, name, "middle"))
        body.append(frame(62, low, 48, BLUE))
        for k, row in enumerate(strongest.tolist()):
            x = 130 + 34 * k
            body += bar(x, low, float(push_of[row]), seen.pictures[row])
            if false[row]:
                body.append(frame(x, low + 2, 30, RED))
        rest, x = 1 - float(push_of[strongest].sum()), 130 + 34 * STRONGEST + 4
        body.append(text(x, low + 14, f"{2 * B - 2 - STRONGEST} others"))
        body.append(text(x, low + 31, percent(rest)))
        share, weight = shares(seen)
        told.append(f"{percent(weight)} {when}")
        low += 48
    body += [frame(131, low + 2, 13, RED), text(151, low + 13, "false negative")]
    body += [rect(262, low + 2, 13, 13, fill=ORANGE, fill_opacity=0.8)]
    body += [text(282, low + 13, "percent of the whole push")]
    alt = (
        f"For one view, its {STRONGEST} strongest negatives by their share of the push, before and "
        f"after training. Over all {2 * B} views, negatives of the view's own class are "
        f"{percent(share)} of all negatives, and get {told[0]} and {told[1]} of the push."
    )
    return svg("gradient", 610, low + 22, alt, body)


def frame(x: float, y: float, side: float, color: str) -> str:
    """A frame around an image."""
    return rect(x, y, side, side, fill="none", stroke=color, stroke_width=2.5)


def bar(x: float, low: float, share: float, pixels: Tensor) -> list[str]:
    """A negative with the share of the push that it gets."""
    height = share * TALLEST
    return [
        rect(x, low - height, 30, height, fill=ORANGE, fill_opacity=0.8),
        text(x + 15, low - height - 4, f"{100 * share:.1f}", "middle", font_size=11),
        image(x, low + 2, 30, pixels),
    ]


def histograms() -> str:
    """How the cosines of three kinds of pairs move apart during training."""
    run, body, told = record("simclr"), [], []
    kinds = {
        "negative": (GRAY, "of two classes"),
        "false": (RED, "of two images of one class"),
        "positive": (BLUE, "views of one image"),
    }
    for x, kind in ((0, "positive"), (158, "false"), (362, "negative")):
        color, words = kinds[kind]
        body += [rect(x, 4, 11, 11, fill=color), text(x + 17, 14, words)]
    for i, step in enumerate(RIDGES):
        low, found = 94 + 72 * i, cosines(step)
        body.append(text(0, low - 4, moment(step, run.epoch)))
        for k, (kind, (color, _)) in enumerate(kinds.items()):
            count = torch.histc(found[kind].clamp(-1, 1), BINS, -1, 1)
            body.append(ridge((60 * count / count.max()).tolist(), low, color))
            value = f"{found[kind].mean():.2f}".replace("-", "−")
            body.append(text(560, low - 4 - 17 * k, value, "end", fill=color, font_weight="bold"))
        told.append(", ".join(f"{found[kind].mean():.2f}" for kind in reversed(kinds)))
    for value in (-1, -0.5, 0, 0.5, 1):
        x = at_cosine(value)
        body.append(path(f"M{x:.1f} {low}v5", stroke="currentColor"))
        body.append(text(x, low + 20, f"{value:g}".replace("-", "−"), "middle"))
    body.append(text(at_cosine(0), low + 38, "cosine of two views", "middle"))
    body.append(text(560, low + 20, "means", "end"))
    alt = (
        "Histograms of the cosines of pairs of views at five moments of training. The means for "
        "views of one image, of two images of one class, and of two classes are "
        f"{told[0]} untrained and {told[-1]} at the end."
    )
    return svg("histograms", 570, low + 44, alt, body)


def cosines(step: int) -> dict[str, Tensor]:
    """The cosines of each kind of pair in some batches of test images."""
    some = [batch("simclr", step, number) for number in range(BATCHES)]
    found = [(seen.similarity, pairs(seen)) for seen in some]
    kinds = ("positive", "false", "negative")
    return {kind: torch.cat([cosine[of[kind]] for cosine, of in found]) for kind in kinds}


def ridge(tall: list[float], low: float, color: str) -> str:
    """A histogram from -1 to 1 that stands at a height of the page."""
    edges = torch.linspace(-1, 1, BINS + 1).tolist()
    corners = [f"{at_cosine(-1):.1f} {low}"]
    for left, right, height in zip(edges[:-1], edges[1:], tall, strict=True):
        corners += [f"{at_cosine(t):.1f} {low - height:.1f}" for t in (left, right)]
    corners.append(f"{at_cosine(1):.1f} {low}")
    look = {"fill": color, "fill_opacity": 0.28, "stroke": color, "stroke_width": 1.2}
    return path("M" + "L".join(corners), **look)


def at_cosine(value: float) -> float:
    """Where a cosine is on the page."""
    return 270 + 170 * value
