"""The initial numbers of the live figures, and still pictures for print and without JavaScript.

    python docs/explore/stills.py

writes `data.js` and the still pictures next to this file. The library computes all numbers.
"""

import base64
import json
from pathlib import Path

import matplotlib
import torch
import torch.nn.functional as F
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from torch import Generator, Tensor

from simclr_mini import gsimclr, shapes, views
from simclr_mini.canvas import CARD, GRAY, HEIGHT, INK, STYLE, WIDTH, card, percent, save
from simclr_mini.nnclr import SupportSet
from simclr_mini.nt_xent import candidate_logits, positive_index
from simclr_mini.simclr import shuffled_batches

HERE = Path(__file__).parent
PULL, PUSH, FAINT, WRONG, MASKED = "#0550b4", "#e08a2c", "#f3d9b8", "#d11765", "#c9cdd3"
CLASS_COLORS, MARKERS = ("#0072b2", "#c44f00", "#008060"), ("o", "s", "^")
TEMPERATURES = [0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2]
TEMPERATURES += [0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1, 1.2, 1.5, 2]
CANDIDATES = {  # for an anchor in a batch of 4: column in the matrix, kind, and similarity
    "its other view": (4, "positive", 0.8),
    "other dots, view 1": (1, "false", 0.7),
    "other dots, view 2": (5, "false", 0.6),
    "circles, view 1": (2, "negative", 0.5),
    "circles, view 2": (6, "negative", 0.4),
    "bricks, view 1": (3, "negative", 0.0),
    "bricks, view 2": (7, "negative", -0.2),
}
PRESETS = {
    "start": [s for _, _, s in CANDIDATES.values()],
    "all equal": [0.5] * 7,
    "one hard negative": [0.8, 0.0, 0.0, 0.75, 0.0, 0.0, 0.0],
}
SHOWN = ("dots", "checks", "rings", "bricks", "stripes across", "spiral")
B = 10  # images in a batch of the batch figure, and also the number of patterns
WRONG_SHARE = 0.4  # share of images moved at random, in the still picture


# ---- the numbers that the figures start with


def text(pixels: Tensor) -> str:
    """A picture's bytes, uint8 (3, H, W), as base64."""
    return base64.b64encode(pixels.contiguous().numpy().tobytes()).decode()


def bytes_of(x: Tensor) -> Tensor:
    """Pictures in [0, 1] as uint8."""
    return (x * 255).round().to(torch.uint8)


def shown_pictures() -> Tensor:
    """One picture of each pattern in `SHOWN`, uint8, shape (6, 3, 32, 32)."""
    pixels, labels, _ = shapes.draw(60, seed=5)
    rows = [int((labels == shapes.CLASSES.index(name)).nonzero()[0]) for name in SHOWN]
    return pixels[rows]


def candidate_pictures() -> Tensor:
    """The anchor and its candidates, uint8, shape (8, 3, 20, 20). Mild views stay recognisable."""
    pixels, labels, _ = shapes.draw(60, seed=5)
    rows = [(labels == shapes.CLASSES.index(name)).nonzero()[:, 0] for name in ("dots", "circles")]
    bricks = (labels == shapes.CLASSES.index("bricks")).nonzero()[0, 0]
    x = pixels[torch.stack([rows[0][0], rows[0][1], rows[1][0], bricks])].float() / 255
    recipe = views.Recipe(size=20, crop_scale=(0.5, 1.0), strength=0.3, gray=0.0, blur=0.0)
    both = torch.cat(views.two_views(x, recipe, Generator().manual_seed(3)))  # as in the matrix
    return bytes_of(both[[0, *(column for column, _, _ in CANDIDATES.values())]])


def batch_data() -> dict:
    """Fifty pictures, their patterns, and a clustering that can be made worse bit by bit.

    `strays` is the order in which images move to a wrong cluster, and `strayed` says which cluster.
    Half of them move to the same one, because real clusters differ in size.
    """
    pixels, labels, _ = shapes.draw(5 * B, seed=11)
    generator = Generator().manual_seed(0)
    small = bytes_of(F.avg_pool2d(pixels.float() / 255, 2))
    anywhere = torch.randint(B, labels.shape, generator=generator)
    gathered = torch.rand(labels.shape, generator=generator) < 0.5
    return {
        "side": 16,
        "batch_size": B,
        "classes": shapes.CLASSES,
        "labels": labels.tolist(),
        "strays": torch.randperm(len(labels), generator=generator).tolist(),
        "strayed": torch.where(gathered, 0, anywhere).tolist(),
        "pictures": [text(picture) for picture in small],
    }


def clustering(data: dict, share: float) -> Tensor:
    """The labels, with a share of the images in another cluster. Shape (N,)."""
    found = torch.tensor(data["labels"])
    astray = data["strays"][: round(share * len(found))]
    found[astray] = torch.tensor(data["strayed"])[astray]
    return found


def support_data() -> dict:
    """Angles on the circle for 24 images of three classes, and the initial random rows."""
    generator = Generator().manual_seed(4)
    labels = torch.arange(24) % 3
    angles = torch.pi * (0.5 + 2 / 3 * labels) + 0.3 * torch.randn(24, generator=generator)
    rows = SupportSet(32, 2, generator).rows
    return {
        "size": 10,
        "batch_size": 4,
        "classes": ["dots", "checks", "rings"],
        "labels": labels.tolist(),
        "angles": [round(angle, 4) for angle in angles.tolist()],
        "rows": [[round(value, 4) for value in row] for row in rows.tolist()],
    }


def data() -> dict:
    """Everything that the figures start with."""
    return {
        "temperature": {
            "side": 20,
            "anchor": "The anchor: one view of a picture of dots",
            "names": list(CANDIDATES),
            "kinds": [kind for _, kind, _ in CANDIDATES.values()],
            "similarities": PRESETS["start"],
            "temperature": 0.5,
            "temperatures": TEMPERATURES,
            "presets": PRESETS,
            "pictures": [text(picture) for picture in candidate_pictures()],
        },
        "views": {
            "side": 32,
            "names": SHOWN,
            "recipes": {name: vars(recipe) for name, recipe in views.RECIPES.items()},
            "pictures": [text(picture) for picture in shown_pictures()],
        },
        "batch": batch_data(),
        "support_set": support_data(),
    }


def script() -> str:
    """The text of `data.js`: one line for each number or list, so that a diff is readable."""
    lines = ["/* Written by docs/explore/stills.py. */", ""]
    lines.append("window.simclrExplore = window.simclrExplore || {};")
    lines.append("window.simclrExplore.data = {};")
    for figure, values in data().items():
        lines += ["", f"window.simclrExplore.data.{figure} = {{"]
        lines += [f"  {key}: {json.dumps(value)}," for key, value in values.items()]
        lines.append("};")
    return "\n".join(lines) + "\n"


# ---- still pictures


def show(figure: Figure, picture: Tensor, left: float, low: float, wide: float) -> None:
    """Put a picture, shape (3, S, S), on the card; position and width are fractions of the card."""
    axes = figure.add_axes((left, low, wide, wide * WIDTH / HEIGHT))
    axes.imshow(picture.permute(1, 2, 0).numpy(), interpolation="nearest")
    axes.axis("off")


def push_shares(temperature: float) -> Tensor:
    """Each candidate's share of the push, from the gradient of the library's loss.

    Returns:
        Shape (7,), in the order of `CANDIDATES`; 0 for the positive.
    """
    similarity = torch.zeros(8, 8, dtype=torch.float64)
    columns = [column for column, _, _ in CANDIDATES.values()]
    similarity[0, columns] = torch.tensor(PRESETS["start"], dtype=torch.float64)
    similarity.requires_grad_()
    F.cross_entropy(candidate_logits(similarity, temperature), positive_index(4)).backward()
    push = similarity.grad[0, columns].clamp(min=0)
    return push / push.sum()


@matplotlib.rc_context(STYLE)
def temperature_still() -> Figure:
    """A stacked chart of each negative's share of the push at every temperature."""
    at = torch.logspace(*(float(torch.tensor(t).log10()) for t in (0.02, 2.0)), 81)
    shares = torch.stack([push_shares(tau) for tau in at.tolist()], 1)[1:]  # (6, 81)
    low, high = (push_shares(tau).max() for tau in (0.1, 1.0))
    figure = card(
        f"At τ = 0.1 the hardest negative gets {percent(low)} of the push, "
        f"at τ = 1 it gets {percent(high)}"
    )
    axes = figure.add_axes((0.1, 0.15, 0.55, 0.72))
    kinds = [kind for _, kind, _ in CANDIDATES.values()][1:]
    colors = [WRONG if kind == "false" else PUSH for kind in kinds]
    axes.stackplot(at.tolist(), *shares.flip(0).tolist(), colors=colors[::-1], ec=CARD, lw=1)
    axes.set(xscale="log", xlim=(0.02, 2), ylim=(0, 1), xlabel="temperature τ", yticks=[0, 0.5, 1])
    axes.set_yticklabels(["0 %", "50 %", "100 %"])
    ticks = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks], minor=False)
    axes.minorticks_off()
    ends = shares[:, -1]
    middles = 1 - ends.cumsum(0) + ends / 2
    for name, middle, picture in zip(
        list(CANDIDATES)[1:], middles.tolist(), candidate_pictures()[2:], strict=True
    ):
        show(figure, picture, 0.67, 0.15 + 0.72 * middle - 0.045, 0.054)
        similarity = CANDIDATES[name][2]
        label = f"{name}: {similarity:g}".replace("-", "−")
        figure.text(0.735, 0.15 + 0.72 * middle, label, va="center")
    figure.text(0.735, 0.062, "similarity to the anchor", color=GRAY, va="center")
    return figure


def every_change(x: Tensor) -> dict[str, Tensor]:
    """One picture, shape (1, 3, 32, 32), after each change alone, with parameters set by hand."""
    one = torch.ones(1)
    box = torch.tensor([[4, 9, 18, 20]])
    return {
        "the picture": x,
        "crop": views.crop_and_resize(x, box, 32),
        "flip": views.horizontal_flip(x, 1.0),
        "brightness × 1.6": views.adjust_brightness(x, 1.6 * one),
        "contrast × 0.4": views.adjust_contrast(x, 0.4 * one),
        "saturation × 0.3": views.adjust_saturation(x, 0.3 * one),
        "hue + 0.2": views.adjust_hue(x, 0.2 * one),
        "grey": views.grayscale(x, 1.0),
        "blur 2 px": views.blur(x, 2 * one),
        "rotation": x.rot90(1, (2, 3)),
        "Sobel": views.sobel(x, 1.0),
        "noise": views.gaussian_noise(x, 1.0, generator=Generator().manual_seed(0)),
    }


@matplotlib.rc_context(STYLE)
def views_still() -> Figure:
    """One picture after each change alone."""
    figure = card("The pattern survives every change; position, colour and detail do not")
    x = shown_pictures()[3:4].float() / 255
    for k, (name, picture) in enumerate(every_change(x).items()):
        left, low = 0.025 + 0.163 * (k % 6), 0.58 - 0.4 * (k // 6)
        show(figure, picture[0].clamp(0, 1), left, low, 0.134)
        figure.text(left, low - 0.05, name, fontsize=7)
    return figure


def kinds(labels: Tensor) -> Tensor:
    """The kind of each pair of views: 0 negative, 1 false negative, 2 positive, 3 masked.

    Args:
        labels: the labels of the images in a batch, shape (B,).
    """
    views_of = labels.repeat(2)
    found = (views_of[:, None] == views_of).long()
    found[torch.arange(len(views_of)), positive_index(len(labels))] = 2
    found[candidate_logits(torch.zeros(found.shape), 1.0).isneginf()] = 3
    return found


def batchings(pseudo_labels: Tensor, generator: Generator) -> dict[str, list[Tensor]]:
    """One epoch of batches for each way to compose them."""
    made = {"random": list(shuffled_batches(len(pseudo_labels), B, generator))}
    for name in ("dealt", "released"):
        made[name] = list(gsimclr.pseudo_label_batches(pseudo_labels, B, generator, name))
    return made


@matplotlib.rc_context(STYLE)
def batch_still() -> Figure:
    """The last batch of an epoch, for three ways to compose batches."""
    start = batch_data()
    labels, clusters = torch.tensor(start["labels"]), clustering(start, WRONG_SHARE)
    made = batchings(clusters, Generator().manual_seed(0))
    last = {name: kinds(labels[batches[-1]]) for name, batches in made.items()}
    false = {name: int((found == 1).sum()) for name, found in last.items()}
    figure = card(
        f"Of the 360 negatives in an epoch's last batch, {false['random']} are false "
        f"if it is random, {false['dealt']} if dealt, {false['released']} if released"
    )
    colors = torch.tensor([to_rgb(color) for color in (FAINT, WRONG, PULL, MASKED)])
    for k, (name, found) in enumerate(last.items()):
        axes = figure.add_axes((0.03 + 0.325 * k, 0.21, 0.29, 0.29 * 6 / 3.5))
        axes.imshow(colors[found].numpy(), interpolation="nearest")
        axes.set_xticks(torch.arange(-0.5, 20).tolist(), minor=True)
        axes.set_yticks(torch.arange(-0.5, 20).tolist(), minor=True)
        axes.grid(which="minor", color=CARD, linewidth=0.7)
        axes.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
        for spine in axes.spines.values():
            spine.set_visible(False)
        rows, columns = (found == 1).nonzero(as_tuple=True)
        axes.plot(columns.tolist(), rows.tolist(), "x", color=CARD, markersize=2.5, mew=0.8)
        rows, columns = (found == 2).nonzero(as_tuple=True)
        axes.plot(columns.tolist(), rows.tolist(), "o", color=CARD, markersize=1.6)
        axes.set_title(name, fontsize=9, loc="left")
    legend = ((PULL, "● positive"), (FAINT, "■ negative"), (WRONG, "× false negative"))
    for k, (color, name) in enumerate((*legend, (MASKED, "■ masked: a view with itself"))):
        figure.text(0.03 + 0.22 * k, 0.1, name[0], color=color, fontsize=11, va="center")
        figure.text(0.055 + 0.22 * k, 0.1, name[2:], color=INK, va="center")
    return figure


@matplotlib.rc_context(STYLE)
def support_still(steps: int = 8) -> Figure:
    """The support set on the circle: the last batch and its neighbours, with new rows outside."""
    start = support_data()
    labels, angles = torch.tensor(start["labels"]), torch.tensor(start["angles"])
    support = SupportSet(start["size"], 2)
    support.rows.copy_(torch.tensor(start["rows"])[: start["size"]])
    generator = Generator().manual_seed(1)
    images = torch.cat(list(shuffled_batches(24, 4, generator)) * 2)[: 4 * steps + 4].view(-1, 4)
    for index in images[:-1]:
        turned = angles[index] + 0.1 * torch.randn(4, generator=generator)
        support.push(torch.stack([turned.cos(), turned.sin()], 1), index)
    z = torch.stack([angles[images[-1]].cos(), angles[images[-1]].sin()], 1)
    found = support.find(z, exclude=images[-1])
    same = int((labels[support.images[found]] == labels[images[-1]]).sum())
    figure = card(f"{same} of 4 projections find a row of their own class in a ring of 10")
    axes = figure.add_axes((0.03, 0.03, 0.49, 0.49 * 6 / 3.5))
    axes.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), aspect="equal")
    axes.axis("off")
    axes.add_patch(matplotlib.patches.Circle((0, 0), 1, fc="#f0f0f2", ec=GRAY))
    radius = 0.9 - 0.4 * support.ages / support.ages.max()
    rows = support.rows * radius[:, None]
    for k in range(4):
        link = torch.stack([z[k], rows[found[k]]])
        axes.plot(*link.T.tolist(), color=INK, linewidth=1)
    for at, (row, image, age) in enumerate(zip(rows, support.images, support.ages, strict=True)):
        place = (0.56 + 0.04 * at, 0.35)
        style = {"marker": MARKERS[labels[image]], "ls": "", "color": CLASS_COLORS[labels[image]]}
        style["alpha"] = 1 - 0.6 * float(age / support.ages.max())
        axes.plot(*row.tolist(), markersize=6, **style)
        if at in found:
            axes.plot(*row.tolist(), "o", mfc="none", mec=INK, markersize=11)
        cell = figure.add_axes((place[0], place[1], 0.035, 0.06))
        cell.plot(0, 0, markersize=5, **style)
        cell.set(xticks=[], yticks=[])
        for spine in cell.spines.values():
            spine.set(visible=True, color=PULL if at == support.position else MASKED)
        figure.text(place[0] + 0.0175, 0.31, str(int(age)), ha="center")
    for point, image in zip(z, images[-1], strict=True):
        style = {"marker": MARKERS[labels[image]], "ls": "", "color": CLASS_COLORS[labels[image]]}
        axes.plot(*point.tolist(), markersize=8, mec=INK, mew=1.5, **style)
    figure.text(0.56, 0.74, "Four projections z are on the rim.")
    figure.text(0.56, 0.68, "The rows are inside, older ones farther in.")
    figure.text(0.56, 0.62, "A line leads to the nearest row.")
    figure.text(0.56, 0.45, "The same rows in memory, with their ages:")
    figure.text(0.56, 0.24, "The framed row is replaced next.", color=PULL)
    return figure


if __name__ == "__main__":
    (HERE / "data.js").write_text(script())
    save(views_still(), HERE / "views.png")
    stills = {"temperature": temperature_still, "batch": batch_still, "support-set": support_still}
    for name, still in stills.items():
        figure = still()
        save(figure, HERE / f"{name}.svg")
        save(figure, HERE / f"{name}.png")  # for the cards of the home page
