"""The film of the home page: a map of features while two networks train, one on crops alone."""

from dataclasses import replace

import torch
import torch.nn.functional as F
from drawing import DARK, svg, text
from recorded import record
from thumbnails import image, small
from torch import Tensor

from simclr_mini.canvas import percent
from simclr_mini.charts import CLASS_COLORS
from simclr_mini.data import Images
from simclr_mini.evaluate import features, knn_predict, share_right

RUNS = {"tiny": "crops and colour changes", "tiny_crops": "crops alone"}
FRAMES = (0, 5, 10, 20, 35, 50, 70, 105, 140, 175, 210)  # steps
CLASSES, SHOWN, CARRIED = 5, 60, 2  # on the map; images of each, and those drawn as pictures
MEASURED = 2_000  # training images whose class means give the axes
SIDE, HIGH, PIXELS = 290, 232, 18  # of a map, and of a picture on it
MOVE, REST, BACK = 0.8, 4.0, 1.6  # seconds from frame to frame, at both ends, and back to the start
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
    step. They are found with training images. Each frame has its mean in the middle.
    """
    some = record(name).data["train"].first(MEASURED)
    h = unit(name, FRAMES[-1], some)
    means = torch.stack([h[some.labels == k].mean(0) for k in range(CLASSES)])
    means = means - means.mean(0)
    directions = torch.linalg.svd(means).Vh[:2].T  # (D, 2)
    frames = [unit(name, step, shown()) for step in FRAMES]
    return torch.stack([(h - h.mean(0)) @ directions for h in frames])


def film() -> str:
    """Both maps, moving; a still of the last frame where motion is not wanted."""
    run, images, body = record("tiny"), shown(), []
    found, places = {}, {name: maps(name) for name in RUNS}
    size = max(place.abs().max() for place in places.values())  # one scale for both
    for i, (name, title) in enumerate(RUNS.items()):
        left = 310 * i
        body.append(text(left + SIDE / 2, 16, title, "middle", font_size=15, font_weight="bold"))
        points = [to_page(frame / size, left) for frame in places[name]]
        body += panel(points, images, left)
        found[name] = [percent(accuracy(name, step)) for step in (FRAMES[0], FRAMES[-1])]
        last = moment(FRAMES[-1], run.epoch)
        words = f"k-NN: {found[name][0]} untrained, {found[name][1]} {last}"
        body.append(text(left + SIDE / 2, HIGH + 48, words, "middle"))
    body += changing(300, HIGH + 72, [moment(step, run.epoch) for step in FRAMES])
    body += legend(images.classes[:CLASSES], HIGH + 96)
    alt = (
        f"Two maps of {len(images)} test images of five patterns, while two networks train. With "
        f"crops and colour changes, the patterns part, and k-NN finds the pattern of "
        f"{found['tiny'][1]} of all test images after three epochs. With crops alone, "
        f"the patterns stay mixed, and k-NN finds {found['tiny_crops'][1]}."
    )
    return svg("film", 600, HIGH + 108, alt, body, style()).replace("</svg>", BUTTON + "</svg>")


def to_page(places: Tensor, left: float) -> list[tuple[int, int]]:
    """Places in [-1, 1]^2 as whole numbers of half units of the page."""
    x = left + SIDE / 2 + places[:, 0] * (SIDE / 2 - 12)
    y = 30 + HIGH / 2 - places[:, 1] * (SIDE / 2 - 12)
    return list(zip((2 * x).round().int().tolist(), (2 * y).round().int().tolist(), strict=True))


def panel(points: list, images: Images, left: float) -> list[str]:
    """A map: a path of dots for each class, and a few pictures."""
    still, moving, labels = [], [], images.labels
    for label in range(CLASSES):
        rows = (labels == label).nonzero()[:, 0].tolist()
        frames = ["".join(f"M{x} {y}h0" for x, y in (at[row] for row in rows)) for at in points]
        start = f'<path class="dots c{label}" d="{frames[-1]}"'
        still.append(start + "/>")
        moving.append(f"{start}>{animate('d', frames)}</path>")
    for label in range(CLASSES):
        for row in (labels == label).nonzero()[:CARRIED, 0].tolist():
            pixels = small(images.pixels[row : row + 1], PIXELS)[0]
            at = [[f"{c}" for c in frame[row]] for frame in points]
            picture = image(-PIXELS, -PIXELS, 2 * PIXELS, pixels).replace("/>", "")
            border = f'<rect class="border c{label}" x="-{PIXELS}" y="-{PIXELS}" '
            border += f'width="{2 * PIXELS}" height="{2 * PIXELS}"/>'
            place = f'<g transform="translate({" ".join(at[-1])})">{picture}/>{border}'
            still.append(place + "</g>")
            moves = animate("transform", [" ".join(pair) for pair in at])
            moving.append(place + moves + "</g>")
    edge = f'<rect class="edge" x="{left}" y="30" width="{SIDE}" height="{HIGH}" rx="6"/>'
    halves = [
        f'<g class="{name}" transform="scale(.5)">{"".join(parts)}</g>'
        for name, parts in (("still", still), ("moving", moving))
    ]
    return [edge, *halves]


def times(count: int) -> list[float]:
    """When each of the frames is reached, then the end of the rest, and the start again."""
    at = [REST / 4 + MOVE * i for i in range(count)]
    return [0.0, *at, at[-1] + REST, at[-1] + REST + BACK]


def animate(attribute: str, frames: list[str], discrete: bool = False) -> str:
    """The animation of an attribute through all frames and back, for ever."""
    at, values = times(len(frames)), [frames[0], *frames, frames[-1], frames[0]]
    kind = "animate"
    if attribute == "transform":
        kind, attribute = "animateTransform", 'transform" type="translate'
    mode = ' calcMode="discrete"' if discrete else ""
    return (
        f'<{kind} attributeName="{attribute}" dur="{at[-1]:g}s" repeatCount="indefinite"{mode} '
        f'keyTimes="{";".join(f"{t / at[-1]:.4g}" for t in at)}" values="{";".join(values)}"/>'
    )


def changing(x: float, y: float, words: list[str]) -> list[str]:
    """Words that change with the frames; the last stay where motion is not wanted."""
    body = [text(x, y, words[-1], "middle", class_="still")]
    for i, word in enumerate(words):
        shown = ["1" if i == j else "0" for j in range(len(words))]
        blink = animate("opacity", shown, discrete=True)
        line = text(x, y, word, "middle", class_="moving", opacity=0)
        body.append(line.replace("</text>", blink + "</text>"))
    return body


def moment(step: int, epoch: int) -> str:
    """How long the network has trained: in steps, or in epochs where they are whole."""
    if not step:
        return "untrained"
    epochs = step // epoch
    if step % epoch:
        return f"after {step} steps"
    return f"after {epochs} epoch{'s' * (epochs > 1)}"


def legend(classes: tuple[str, ...], top: float) -> list[str]:
    """The name of each class beside a dot of its colour."""
    body = []
    for i, name in enumerate(classes):
        x, y = 12 + 120 * (i % 5), top + 20 * (i // 5)
        body.append(f'<path class="dots c{i}" style="stroke-width:9" d="M{x} {y}h0"/>')
        body.append(text(x + 10, y + 4.5, name))
    return body


def style() -> str:
    """Colours, and what is shown where motion is not wanted."""
    rules = [
        ".film .dots{fill:none;stroke-width:11;stroke-linecap:round;stroke-opacity:.75}",
        ".film .border{fill:none;stroke-width:4}",
        ".film .edge{fill:none;stroke:currentColor;stroke-opacity:.2}",
        ".film .still{display:none}",
        ".film .button{cursor:pointer}",
        "@media print,(prefers-reduced-motion:reduce)"
        "{.film .still{display:inline}.film .moving,.film .button{display:none}}",
    ]
    rules += [f".film .c{i}{{stroke:{color}}}" for i, color in enumerate(CLASS_COLORS[:CLASSES])]
    rules += [f"{DARK} .film .c{i}{{stroke:{color}}}" for i, color in ON_DARK.items()]
    return "\n".join(rules)


BUTTON = (
    '<g class="button" role="button" tabindex="0" aria-label="Pause or play" '
    "onclick=\"var s=this.closest('svg');"
    's.animationsPaused()?s.unpauseAnimations():s.pauseAnimations()" '
    "onkeydown=\"if(event.key==='Enter'||event.key===' ')"
    "{event.preventDefault();this.dispatchEvent(new Event('click'))}\">"
    f'<rect x="566" y="{HIGH + 54}" width="28" height="24" rx="5" fill="currentColor" '
    'fill-opacity=".1"/>'
    f'<path d="M576 {HIGH + 60}v12M584 {HIGH + 60}v12" stroke="currentColor" stroke-width="3"/>'
    "</g>\n"
)
