"""The film of the home page: a map of features while two networks train, one on crops alone."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from drawing import DARK, svg, text
from moving import Clock, animate, changing, group, rules, with_button
from recorded import record
from thumbnails import image, small
from torch import Tensor

from simclr_mini.canvas import percent
from simclr_mini.charts import CLASS_COLORS
from simclr_mini.data import Images
from simclr_mini.evaluate import features, knn_predict, share_right

RUNS = {"tiny": "crops and colour changes", "tiny_crops": "crops alone"}
FRAMES = (0, 10, 20, 35, 70, 105, 140, 210)  # steps
CLASSES, SHOWN, CARRIED = 5, 40, 2  # on the map; images of each; of these, drawn as pictures
MEASURED = 2_000  # training images whose class means give the axes
SIDE, HIGH, PIXELS, TOP = 290, 232, 18, 62  # sides of a map, of a picture; space above
FILLED = 0.97  # share of the places that the frame holds; the others lie on its edge
CLOCK = Clock(move=1.0, begin=2.0, rest=4.0, back=1.0)
LOOK = {"font_size": 22, "font_weight": "bold"}  # of the words above the maps
ON_DARK = {0: "#3d9fe0"}  # a class whose colour is too dark there


def shown() -> Images:
    """The test images on the map, ordered by class: the first ones of each of the first classes."""
    test = record("tiny").data["test"]
    rows = torch.cat([(test.labels == k).nonzero()[:SHOWN, 0] for k in range(CLASSES)])
    return replace(test, pixels=test.pixels[rows], labels=test.labels[rows], index=None)


def unit(name: str, step: int, images: Images) -> Tensor:
    """Features of unit norm, shape (N, D)."""
    return F.normalize(features(record(name).at(step).encoder, images), dim=1).double()


def accuracy(name: str, step: int) -> float:
    """k-NN accuracy on all test images, with all training images as the bank."""
    run = record(name)
    file = run.folder / f"knn-{step:03}.txt"  # it takes a while
    if not file.exists():
        encoder, train, test = run.at(step).encoder, run.data["train"], run.data["test"]
        found = knn_predict(features(encoder, train), train.labels, features(encoder, test))
        file.write_text(str(share_right(found, test.labels)))
    return float(file.read_text())


def maps(name: str) -> Tensor:
    """Places of all images in all frames, shape (frames, N, 2).

    Both axes stay the same: the directions in which the class means differ most after the last
    step. They are found with training images. Each frame has its mean in the middle, and each
    axis is scaled until the places fill it: features of an untrained network differ little.

    Returns:
        In [-1, 1].
    """
    some = record(name).data["train"].first(MEASURED)
    h = unit(name, FRAMES[-1], some)
    means = torch.stack([h[some.labels == k].mean(0) for k in range(CLASSES)])
    means = means - means.mean(0)
    directions = torch.linalg.svd(means).Vh[:2].T  # (D, 2)
    frames = [unit(name, step, shown()) for step in FRAMES]
    return torch.stack([filled((h - h.mean(0)) @ directions) for h in frames])


def filled(places: Tensor) -> Tensor:
    """Places with each axis scaled, so that a share FILLED of them is inside [-1, 1]."""
    return (places / places.abs().quantile(FILLED, dim=0)).clamp(-1, 1)


def film() -> str:
    """Both maps, moving; a still of the last frame where motion is not wanted."""
    run, images, body, found = record("tiny"), shown(), [pictures(shown())], {}
    for i, (name, title) in enumerate(RUNS.items()):
        left = 310 * i
        body.append(text(left + SIDE / 2, 50, title, "middle", font_size=20))
        points = [to_page(frame) for frame in maps(name)]
        body += panel(points, images, left)
        found[name] = [percent(accuracy(name, step)) for step in (FRAMES[0], FRAMES[-1])]
        words = f"k-NN: from {found[name][0]} to {found[name][1]}"
        body.append(text(left + SIDE / 2, TOP + HIGH + 24, words, "middle", font_size=20))
    words = [moment(step, run.epoch) for step in FRAMES]
    words[0] = "Untrained: the patterns are mixed"
    words[-1] = f"{words[-1].capitalize()}: they part on the left only"
    body.append(group("still", [text(300, 18, words[-1], "middle", **LOOK)]))
    body.append(group("moving", [changing(300, 18, words, CLOCK, "middle", **LOOK)]))
    body += legend(images.classes[:CLASSES], TOP + HIGH + 54)
    alt = (
        f"Two maps of {len(images)} test images of five patterns, while two networks train. With "
        f"crops and colour changes, the patterns part, and k-NN finds the pattern of "
        f"{found['tiny'][1]} of all test images after three epochs. With crops alone, "
        f"the patterns stay mixed, and k-NN finds {found['tiny_crops'][1]}."
    )
    picture = svg("film", 600, TOP + HIGH + 86, alt, body, style())
    return with_button(picture, 566, TOP + HIGH + 62)


def to_page(places: Tensor) -> list[tuple[int, int]]:
    """Places in [-1, 1]^2 as whole pixels of a map."""
    x = SIDE / 2 + places[:, 0] * (SIDE / 2 - 11)
    y = HIGH / 2 - places[:, 1] * (HIGH / 2 - 11)
    return list(zip(x.round().int().tolist(), y.round().int().tolist(), strict=True))


def carried(images: Images) -> list[int]:
    """The rows of the images that are drawn as pictures."""
    rows = [(images.labels == k).nonzero()[:CARRIED, 0] for k in range(CLASSES)]
    return torch.cat(rows).tolist()


def pictures(images: Images) -> str:
    """Each picture with its border, defined once for its four uses."""
    defined = []
    for i, row in enumerate(carried(images)):
        half, pixels = PIXELS / 2, small(images.pixels[row : row + 1], PIXELS)[0]
        border = f'<rect x="-{half:g}" y="-{half:g}" width="{PIXELS}" height="{PIXELS}" '
        border += f'style="fill:none;stroke-width:2;stroke:var(--c{int(images.labels[row])})"/>'
        defined.append(f'<g id="film-{i}">{image(-half, -half, PIXELS, pixels)}{border}</g>')
    return f"<defs>{''.join(defined)}</defs>"


def panel(points: list, images: Images, left: float) -> list[str]:
    """A map: a path of dots for each class, and a few pictures."""
    still, moving = [], []
    for label in range(CLASSES):
        rows = (images.labels == label).nonzero()[:, 0].tolist()
        frames = ["".join(f"M{x} {y}z" for x, y in (at[row] for row in rows)) for at in points]
        start = f'<path class="dots c{label}" d="{frames[-1]}"'
        still.append(start + "/>")
        moving.append(f"{start}>{animate('d', frames, CLOCK)}</path>")
    for i, row in enumerate(carried(images)):
        at = [f"{frame[row][0]} {frame[row][1]}" for frame in points]
        place = f'<use href="#film-{i}" transform="translate({at[-1]})"'
        still.append(place + "/>")
        moving.append(f"{place}>{animate('transform', at, CLOCK)}</use>")
    edge = f'<rect class="edge" x="{left}" y="{TOP}" width="{SIDE}" height="{HIGH}" rx="6"/>'
    where = {"transform": f"translate({left} {TOP})"}
    return [edge, group("still", still, **where), group("moving", moving, **where)]


def moment(step: int, epoch: int) -> str:
    """How long the network has trained: in steps, or in epochs where they are whole."""
    if not step:
        return "untrained"
    epochs = step // epoch
    if step % epoch:
        return f"after {step} steps"
    return f"after {epochs} epoch{'s' * (epochs > 1)}"


def legend(classes: tuple[str, ...], top: float) -> list[str]:
    """The name of each class next to a dot of its colour."""
    body = []
    for i, name in enumerate(classes):
        x, y = 14 + 190 * (i % 3), top + 26 * (i // 3)
        body.append(f'<path class="dots c{i}" style="stroke-width:12" d="M{x} {y}z"/>')
        body.append(text(x + 14, y + 6.5, name, font_size=19))
    return body


def style() -> str:
    """Colours, and what is shown where motion is not wanted."""
    found = [
        *rules("film"),
        ".film .dots{fill:none;stroke-width:5.5;stroke-linecap:round;stroke-opacity:.75}",
        ".film .edge{fill:none;stroke:currentColor;stroke-opacity:.2}",
    ]
    # variables, since the rules of .film do not reach inside a <use>
    colors = ";".join(f"--c{i}:{color}" for i, color in enumerate(CLASS_COLORS[:CLASSES]))
    found.append(f".film{{{colors}}}")
    found += [f"{DARK} .film{{--c{i}:{color}}}" for i, color in ON_DARK.items()]
    found += [f".film .c{i}{{stroke:var(--c{i})}}" for i in range(CLASSES)]
    return "\n".join(found)
