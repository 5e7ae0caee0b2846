"""One drawing of each method, all with the same signs.

Filled boxes learn by gradient, dashed ones do not. Solid arrows carry a gradient back, dashed ones
do not. Squares are numbers: six for a representation h, three for a projection z.
"""

from functools import cache
from itertools import pairwise
from typing import NamedTuple

import torch
from drawing import BLUE, GOLD, RED, path, rect, svg, text
from recorded import clusters
from thumbnails import image
from torch import Generator, Tensor

from simclr_mini import data, views

WIDTH, CELL = 580, 46  # width of a drawing, and of an image in it
TOP, BOTTOM, MIDDLE = 52, 142, 97  # heights of the two views' rows, and between them

LOOKS = {  # the style of each kind of box
    "learns": {"fill": BLUE, "fill_opacity": 0.2, "stroke": BLUE, "stroke_width": 1.5},
    "still": {"fill": "none", "stroke": BLUE, "stroke_width": 1.5, "stroke_dasharray": "5 4"},
    "memory": {"fill": GOLD, "fill_opacity": 0.2, "stroke": GOLD, "stroke_width": 1.5},
    "plain": {"fill": "none", "stroke": "currentColor", "stroke_opacity": 0.45},
    "loss": {"fill": RED, "fill_opacity": 0.18, "stroke": RED, "stroke_width": 1.5},
}


class Box(NamedTuple):
    """A place in a drawing."""

    x: float
    y: float
    width: float
    height: float


class Drawing:
    """Boxes and arrows, collected from left to right."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def box(self, kind: str, x: float, y: float, width: float, height: float, *lines: str) -> Box:
        """A box with words, of a kind in LOOKS. x, y: the middle of its left edge."""
        radius = 14 if kind == "loss" else 5
        self.parts.append(rect(x, y - height / 2, width, height, rx=radius, **LOOKS[kind]))
        for i, line in enumerate(lines):
            down = y + 5 + 17 * (i - (len(lines) - 1) / 2)
            self.say(x + width / 2, down, line, "middle")
        return Box(x, y - height / 2, width, height)

    def picture(self, x: float, y: float, pixels: Tensor, side: float = CELL) -> Box:
        """An image. x, y: the middle of its left edge."""
        self.parts.append(image(x, y - side / 2, side, pixels))
        return Box(x, y - side / 2, side, side)

    def vector(self, x: float, y: float, name: str, count: int, color: str = "currentColor") -> Box:
        """A vector: `count` squares of different strength, with its name above."""
        for i in range(count):
            strength = (0.25, 0.8, 0.45, 0.95, 0.3, 0.65)[(i + count) % 6]
            fill = {"fill": color, "fill_opacity": strength}
            self.parts.append(rect(x + 8 * i, y - 5, 7, 10, **fill))
        self.say(x + 4 * count, y - 11, name, "middle", font_style="italic")
        return Box(x, y - 5, 8 * count - 1, 10)

    def say(self, x: float, y: float, words: str, anchor: str = "start", **attributes) -> None:
        """Write words at a place."""
        self.parts.append(text(x, y, words, anchor, **attributes))

    def arrow(self, start: Box, end: Box, gradient: bool = True, **attributes) -> None:
        """An arrow between two boxes: straight where they face each other, else slanted."""
        self.line(*between(start, end), gradient=gradient, **attributes)

    def line(self, *points: tuple[float, float], gradient: bool = True, **attributes) -> None:
        """An arrow through points."""
        (x0, y0), (x, y) = points[-2:]
        length = max(((x - x0) ** 2 + (y - y0) ** 2) ** 0.5, 1e-6)
        dx, dy = (x - x0) / length, (y - y0) / length
        way = [*points[:-1], (x - 6 * dx, y - 6 * dy)]
        style = {"stroke": "currentColor", "stroke_width": 1.4} | attributes
        if not gradient:
            style["stroke_dasharray"] = "4 3"
        self.parts.append(path("M" + " L".join(f"{a:.4g} {b:.4g}" for a, b in way), **style))
        head = [(x, y)] + [(x - 8 * dx + s * 4 * dy, y - 8 * dy - s * 4 * dx) for s in (1, -1)]
        corners = " L".join(f"{a:.4g} {b:.4g}" for a, b in head)
        self.parts.append(path(f"M{corners}Z", fill=style["stroke"]))

    def done(self, name: str, height: float, alt: str) -> str:
        """The finished drawing, with a legend of its signs below."""
        y, parts = height + 14, self.parts
        parts.append(rect(0, y - 6, 22, 13, rx=3, **LOOKS["learns"]))
        self.say(28, y + 5, "learns")
        parts.append(rect(92, y - 6, 22, 13, rx=3, **LOOKS["still"]))
        self.say(120, y + 5, "does not learn")
        self.line((232, y), (262, y))
        self.say(268, y + 5, "gradient flows back")
        self.line((412, y), (442, y), gradient=False)
        self.say(448, y + 5, "no gradient")
        return svg(name, WIDTH, height + 28, alt, parts)


def between(start: Box, end: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where an arrow leaves and arrives: straight if the boxes face each other."""
    low, high = max(start.y, end.y), min(start.y + start.height, end.y + end.height)
    left, right = max(start.x, end.x), min(start.x + start.width, end.x + end.width)
    if low < high:  # next to each other
        small = min(start, end, key=lambda box: box.height)
        y = small.y + small.height / 2
        if not low <= y <= high:
            y = (low + high) / 2
        forward = start.x < end.x
        return (start.x + start.width * forward + (3 if forward else -3), y), (
            end.x + end.width * (not forward) - (2 if forward else -2),
            y,
        )
    if left < right:  # above each other
        x, down = (left + right) / 2, start.y < end.y
        return (x, start.y + start.height * down + (3 if down else -3)), (
            x,
            end.y + end.height * (not down) - (2 if down else -2),
        )
    return (start.x + start.width + 3, start.y + start.height / 2), (
        end.x - 2,
        end.y + end.height / 2,
    )


def example(seed: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    """A test image of rings and two views of it, as training makes them."""
    images = data.load("shapes", split="test")
    row = int((images.labels == images.classes.index("rings")).nonzero()[0])
    x = images.pixels[row : row + 1] / 255
    recipe = views.Recipe(size=24, crop_scale=(0.2, 1.0), strength=0.5, blur=0.0)
    x1, x2 = views.two_views(x, recipe, Generator().manual_seed(seed))
    return x[0], x1[0], x2[0]


def two_rows(d: Drawing, left: float = 88, drawn: str = "views") -> tuple[Box, Box]:
    """An image and its two views."""
    x, x1, x2 = example()
    d.picture(0, MIDDLE, x)
    pair = d.picture(left, TOP, x1), d.picture(left, BOTTOM, x2)
    d.say(CELL / 2, MIDDLE + 40, "image", "middle")
    d.say(left + CELL / 2, BOTTOM + 40, drawn, "middle")
    for view, y in zip(pair, (MIDDLE - 12, MIDDLE + 12), strict=True):
        d.line((CELL + 3, y), (view.x - 2, view.y + CELL / 2), gradient=False)
    return pair


def sheet(d: Drawing, x: float, y: float) -> Box:
    """Nine test images in a square, which stand for all images."""
    pixels = data.load("shapes", split="test").pixels[:9]
    for i, one in enumerate(pixels):
        d.picture(x + 20 * (i % 3), y - 20 + 20 * (i // 3), one, 19)
    d.say(x, y + 48, "all images")
    return Box(x, y - 30, 59, 59)


def chain(d: Drawing, *boxes: Box, gradient: bool = True) -> None:
    """Arrows from each box to the next."""
    for start, end in pairwise(boxes):
        d.arrow(start, end, gradient)


def cells(d: Drawing, box: Box, count: int) -> None:
    """Lines that divide a memory into rows, with room for its name at the top."""
    for i in range(1, count):
        x = box.x + box.width * i / count
        d.parts.append(
            path(f"M{x:.4g} {box.y + box.height - 14}v14", stroke=GOLD, stroke_width=1.2)
        )
    y = box.y + box.height - 14
    d.parts.append(path(f"M{box.x} {y}h{box.width}", stroke=GOLD, stroke_width=1.2))


def simclr() -> str:
    """SimCLR: two views, one network, one loss."""
    d = Drawing()
    pair = two_rows(d)
    encoder = d.box("learns", 160, MIDDLE, 84, 150, "encoder", "f")
    projector = d.box("learns", 338, MIDDLE, 84, 150, "projector", "g")
    loss = d.box("loss", 492, MIDDLE, 84, 64, "NT-Xent", "loss")
    for view, y, i in zip(pair, (TOP, BOTTOM), "₁₂", strict=True):
        h, z = d.vector(266, y, f"h{i}", 6), d.vector(443, y, f"z{i}", 3)
        d.arrow(view, encoder, gradient=False)
        chain(d, encoder, h, projector, z, loss)
    d.say(202, 194, "kept", "middle", font_weight="bold")
    d.say(380, 194, "thrown away", "middle")
    return d.done(
        "architecture-simclr",
        204,
        "SimCLR: two random views of an image go through the same encoder f, which gives h, and "
        "the same projector g, which gives z. NT-Xent compares the two z with all others of the "
        "batch. The encoder is kept after training, the projector is thrown away.",
    )


def gsimclr() -> str:
    """G-SimCLR: clusters of latents decide which images meet in a batch."""
    d, y = Drawing(), 62
    images = sheet(d, 0, y)
    model = d.box("learns", 92, y, 100, 52, "autoencoder", "trained first")
    u = d.vector(216, y, "u", 4)
    kmeans = d.box("plain", 272, y, 74, 40, "k-means")
    chain(d, images, model, u, kmeans, gradient=False)
    groups = [d.box("memory", 380 + 66 * k, y, 56, 98) for k in range(3)]
    pixels, found = clusters_of_a_run()
    for k, group in enumerate(groups):
        for i, row in enumerate(found[k]):
            d.picture(group.x + 5 + 24 * (i % 2), y - 30 + 30 * (i // 2), pixels[row], 22)
    d.arrow(kmeans, groups[0], gradient=False)
    d.say(474, y + 67, "clusters: pseudo-labels", "middle")
    low = 220
    d.line((474, y + 74), (474, 152), (68, 152), (68, low - 26), gradient=False)
    d.say(80, 168, "deal: images of one cluster go to different batches")
    for k in range(3):
        d.picture(46 * k, low, pixels[found[k][0]], 42)
    d.say(68, low + 40, "a batch", "middle")
    batch = Box(0, low - 21, 134, 42)
    two = d.box("plain", 162, low, 78, 44, "two views")
    encoder = d.box("learns", 268, low, 84, 60, "encoder", "f")
    projector = d.box("learns", 380, low, 84, 60, "projector", "g")
    loss = d.box("loss", 492, low, 84, 60, "NT-Xent", "loss")
    chain(d, batch, two, encoder, gradient=False)
    chain(d, encoder, projector, loss)
    return d.done(
        "architecture-gsimclr",
        268,
        "G-SimCLR: before training, an autoencoder encodes all images, and k-means divides the "
        "latents u into clusters. Images of one cluster are dealt to different batches. Each batch "
        "then goes through SimCLR.",
    )


@cache
def clusters_of_a_run() -> tuple[Tensor, list[list[int]]]:
    """The training images, and six of each of three clusters of average size."""
    labels, train = clusters()
    sizes = torch.bincount(labels)
    middle = sizes.argsort()[len(sizes) // 2 :][:90:30].tolist()
    return train.pixels, [(labels == k).nonzero()[:6, 0].tolist() for k in middle]


def curation() -> str:
    """Batch curation: several draws of the views, of which one is trained on."""
    d, low = Drawing(), 228
    x, *_ = example()
    draws = [example(seed)[1:] for seed in (6, 1, 4)]
    y = (36, 92, 148)
    d.picture(0, 92, x)
    d.say(23, 132, "batch", "middle")
    d.box("still", 236, 92, 96, 160, "encoder", "projector", "", "score")
    best = 1
    for i, pair in enumerate(draws):
        left = [d.picture(96 + 50 * k, y[i], view) for k, view in enumerate(pair)]
        d.line((49, 92 + 10 * (i - 1)), (94, y[i]), gradient=False)
        d.line((195, y[i]), (234, y[i]), gradient=False)
        d.line((335, y[i]), (368, y[i]), gradient=False)
        words = "kept" if i == best else "rejected"
        weight = {"font_weight": "bold"} if i == best else {}
        d.say(376, y[i] + 5, f"draw {i + 1}: {words}", **weight)
        if i == best:
            edge = {"fill": "none", "stroke": GOLD, "stroke_width": 2.5}
            d.parts.append(rect(left[0].x - 3, y[i] - 26, 102, 52, rx=4, **edge))
    d.line((462, y[best]), (560, y[best]), (560, 188), (48, 188), (48, low - 27), gradient=False)
    pair = [d.picture(50 * k, low, view) for k, view in enumerate(draws[best])]
    encoder = d.box("learns", 152, low, 100, 56, "encoder", "f")
    projector = d.box("learns", 308, low, 100, 56, "projector", "g")
    loss = d.box("loss", 466, low, 110, 56, "NT-Xent loss")
    d.arrow(pair[1], encoder, gradient=False)
    chain(d, encoder, projector, loss)
    return d.done(
        "architecture-curation",
        266,
        "Batch curation: the views of a batch are drawn several times. The networks score each "
        "draw without learning from it. Only the draw that fits best goes through SimCLR.",
    )


def nnclr() -> str:
    """NNCLR: a neighbour from the support set stands for the first view."""
    d = Drawing()
    pair = two_rows(d, 70)
    encoder = d.box("learns", 136, MIDDLE, 66, 150, "encoder", "f")
    projector = d.box("learns", 222, MIDDLE, 72, 150, "projector", "g")
    z = d.vector(314, TOP, "z₁", 3), d.vector(314, BOTTOM, "z₂", 3)
    for view, vector in zip(pair, z, strict=True):
        d.arrow(view, encoder, gradient=False)
        d.line((205, vector.y + 5), (220, vector.y + 5))
    support = d.box("memory", 364, TOP - 6, 94, 60, "support set", "")
    cells(d, support, 9)
    head = d.box("learns", 364, BOTTOM, 94, 42, "predictor")
    near, p = d.vector(480, TOP, "NN(z₁)", 3, GOLD), d.vector(480, BOTTOM, "p₂", 3)
    loss = d.box("loss", 522, MIDDLE, 58, 64, "find p₂", "loss")
    chain(d, Box(222, TOP - 8, 72, 16), z[0], gradient=False)
    chain(d, z[0], support, near, loss, gradient=False)
    chain(d, projector, z[1], head, p, loss)
    d.say(411, 96, "z₁ enters later,", "middle", font_size=12)
    d.say(411, 110, "the oldest leaves", "middle", font_size=12)
    d.say(0, 206, "Then the views exchange their roles, and the mean of both losses is taken.")
    return d.done(
        "architecture-nnclr",
        224,
        "NNCLR: the projection of view 1 searches the support set. Its nearest neighbour there "
        "must find the prediction of view 2, which passed the encoder, the projector and a "
        "predictor. No gradient flows through the search. After the loss, the projection enters "
        "the support set.",
    )


def deepcluster() -> str:
    """DeepCluster: clusters of the features are the labels of the next epoch."""
    d, y, low = Drawing(), 62, 190
    images = sheet(d, 0, y)
    d.say(0, 16, "before each epoch", font_weight="bold")
    still = d.box("still", 92, y, 84, 50, "encoder", "f")
    h = d.vector(200, y, "h", 6)
    white = d.box("plain", 272, y, 62, 40, "whiten")
    kmeans = d.box("plain", 358, y, 70, 40, "k-means")
    labels = d.box("memory", 456, y, 120, 50, "pseudo-labels", "")
    cells(d, labels, 10)
    chain(d, images, still, h, white, kmeans, labels, gradient=False)
    d.say(0, low - 44, "each step", font_weight="bold")
    _, view, _ = example()
    picture = d.picture(7, low, view)
    d.say(30, low + 40, "view", "middle")
    encoder = d.box("learns", 92, low, 84, 60, "encoder", "f")
    h = d.vector(200, low, "h", 6)
    classifier = d.box("learns", 272, low, 118, 60, "classifier W", "new each epoch")
    logits = d.vector(412, low, "logits", 3)
    loss = d.box("loss", 456, low, 120, 60, "cross entropy")
    d.arrow(picture, encoder, gradient=False)
    chain(d, encoder, h, classifier, logits, loss)
    d.arrow(labels, loss, gradient=False)
    d.arrow(encoder, still, gradient=False)
    d.say(142, 128, "the same weights")
    return d.done(
        "architecture-deepcluster",
        238,
        "DeepCluster: before each epoch the encoder's features of all images are whitened and "
        "divided by k-means. The clusters are pseudo-labels. In each step the encoder and a new "
        "classifier learn to predict the pseudo-label of an image from a view of it.",
    )


def moco() -> str:
    """MoCo: a follower encodes the keys, and a queue keeps them."""
    d = Drawing()
    pair = two_rows(d)
    rows = []
    for kind, view, y, name, mark in zip(
        ("learns", "still"), pair, (TOP, BOTTOM), "qk", ("", "′"), strict=True
    ):
        learns = kind == "learns"
        encoder = d.box(kind, 160, y, 84, 48, "encoder", f"f{mark}")
        projector = d.box(kind, 270, y, 84, 48, "projector", f"g{mark}")
        vector = d.vector(380, y, name, 3)
        d.arrow(view, encoder, gradient=False)
        chain(d, encoder, projector, vector, gradient=learns)
        rows.append((encoder, projector, vector))
    for up, down in zip(rows[0][:2], rows[1][:2], strict=True):
        d.arrow(up, down, gradient=False)
    d.say(257, MIDDLE + 5, "follows", "middle")
    loss = d.box("loss", 476, MIDDLE, 100, 64, "which key", "is q’s own?")
    d.arrow(rows[0][2], loss)
    d.arrow(rows[1][2], loss, gradient=False)
    queue = d.box("memory", 330, 216, 124, 44, "queue of keys", "")
    cells(d, queue, 10)
    d.line((391, BOTTOM + 8), (391, 192), gradient=False)
    d.say(384, 184, "after the loss", "end", font_size=12)
    d.line((457, 216), (526, 216), (526, MIDDLE + 34), gradient=False)
    return d.done(
        "architecture-moco",
        250,
        "MoCo: view 1 goes through an encoder and a projector that learn, and gives a query q. "
        "View 2 goes through copies that only follow them slowly, and gives a key k. The query "
        "must find its own key among the keys of earlier batches, which are kept in a queue.",
    )


def swav() -> str:
    """SwAV: the balanced code of one view is what the other view must predict."""
    d = Drawing()
    pair = two_rows(d, 66)
    encoder = d.box("learns", 130, MIDDLE, 62, 164, "encoder", "f")
    projector = d.box("learns", 210, MIDDLE, 70, 164, "projector", "g")
    prototypes = d.box("learns", 338, MIDDLE, 78, 164, "prototypes", "c")
    d.box("loss", 486, MIDDLE, 96, 92, "compare", "q₂ with p₁,", "q₁ with p₂")
    for view, y, i in zip(pair, (TOP, BOTTOM), "₁₂", strict=True):
        d.arrow(view, encoder, gradient=False)
        d.line((195, y), (208, y))
        z = d.vector(298, y, f"z{i}", 3)
        chain(d, projector, z, prototypes)
        up, down = (y - 16, y + 18)
        code, softmax = d.vector(438, up, f"q{i}", 3, GOLD), d.vector(438, down, f"p{i}", 3)
        d.arrow(prototypes, code, gradient=False)
        d.arrow(prototypes, softmax)
        d.line((464, up), (484, MIDDLE + (up - MIDDLE) / 2), gradient=False)
        d.line((464, down), (484, MIDDLE + (down - MIDDLE) / 2))
    d.say(
        0,
        206,
        "q: scores balanced over the batch by Sinkhorn’s iteration. p: their softmax.",
    )
    return d.done(
        "architecture-swav",
        224,
        "SwAV: two views go through one encoder and one projector. Each projection z is compared "
        "with learned prototypes. Sinkhorn's iteration turns the scores of a batch into balanced "
        "codes q, without gradient; a softmax turns them into predictions p. Each view must "
        "predict the code of the other.",
    )
