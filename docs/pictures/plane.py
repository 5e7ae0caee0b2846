"""Pictures in the plane: pull and push of a loss on the circle, and k-means, which moves."""

import math

import torch
import torch.nn.functional as F
from drawing import BLUE, GOLD, GRAY, RED, path, svg, text, written
from moving import Clock, animate, changing, group, rules, with_button
from torch import Generator, Tensor

from simclr_mini.kmeans import inertia, kmeans
from simclr_mini.nt_xent import nt_xent_loss

Z1 = [[1.0, 0.0], [0.0, 1.0]]  # a and b of the paper's page, view 1
Z2 = [[0.8, 0.6], [-0.6, 0.8]]
NAMES = ("a₁", "b₁", "a₂", "b₂")
RADIUS, RATE = 80, 0.1  # radius of the circle on the page; learning rate
MOMENTS = (0, 10, 400)  # steps of gradient descent that are shown
COLORS = (BLUE, RED, GOLD)  # of clusters
COUNTS = (0, 1, 2, 20)  # iterations of k-means that the still shows
CLOCK = Clock(move=1.1, begin=1.4, rest=3.0, back=0.6)


def force(z: Tensor) -> tuple[float, Tensor]:
    """The loss of four views at temperature 0.5, and minus its gradient along the circle."""
    z = z.clone().requires_grad_()
    loss = nt_xent_loss(z[:2], z[2:], 0.5)
    loss.backward()
    return loss.item(), -z.grad


def circle() -> str:
    """Four views on the circle: what moves them, and where they go."""
    z, shown, trail = torch.tensor(Z1 + Z2, dtype=torch.float64), [], []
    for step in range(MOMENTS[-1] + 1):
        loss, move = force(z)
        trail.append(z)
        if step in MOMENTS:
            shown.append((step, z, loss, move, len(trail)))
        z = F.normalize(z + RATE * 4 * move, dim=1)
    body = []
    for i, (step, z, loss, move, seen) in enumerate(shown):
        x, y = 98 + 198 * i, 122
        title = f"{step} steps" if step else "the start"
        body.append(text(x, 14, f"{title}: loss {loss:.3f}", "middle", font_weight="bold"))
        body.append(f'<circle cx="{x}" cy="{y}" r="{RADIUS}" fill="none" stroke="{GRAY}"/>')
        for k, name in enumerate(NAMES):
            color = (BLUE, RED)[k % 2]
            corners = [on_page(x, y, one[k]) for one in trail[:seen]]
            way = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners)
            body.append(path(way, stroke=color, stroke_width=3, stroke_opacity=0.35))
            body += arrow(*on_page(x, y, z[k]), 110 * move[k], color)
            at = on_page(x, y, (0.76 if k < 2 else 1.2) * z[k])
            body.append(text(at[0], at[1] + 5, name, "middle", fill=color, font_weight="bold"))
    losses = [loss for _, _, loss, _, _ in shown]
    alt = (
        "Two views each of two images as points on a circle, with arrows for minus the gradient of "
        f"NT-Xent. At the start the loss is {losses[0]:.3f}. After {MOMENTS[-1]} steps it is "
        f"{losses[-1]:.3f}: the views of each image lie together, and the images opposite each "
        "other."
    )
    return svg("circle", 592, 212, alt, body)


def on_page(x: float, y: float, z: Tensor) -> tuple[float, float]:
    """Where a point of the unit circle is on the page."""
    return x + RADIUS * float(z[0]), y - RADIUS * float(z[1])


def arrow(x: float, y: float, move: Tensor, color: str) -> list[str]:
    """A dot, and an arrow from it, unless it is too short to be seen."""
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" fill="{color}"/>'
    dx, dy = float(move[0]), -float(move[1])
    length = math.hypot(dx, dy)
    if length < 4:
        return [dot]
    ux, uy = dx / length, dy / length
    tip = (x + dx + 6 * ux, y + dy + 6 * uy)
    head = f"M{tip[0]:.1f} {tip[1]:.1f}L{tip[0] - 7 * ux + 4 * uy:.1f} "
    head += f"{tip[1] - 7 * uy - 4 * ux:.1f}L{tip[0] - 7 * ux - 4 * uy:.1f} "
    head += f"{tip[1] - 7 * uy + 4 * ux:.1f}Z"
    line = path(
        f"M{x:.1f} {y:.1f}L{x + dx:.1f} {y + dy:.1f}", stroke="currentColor", stroke_width=2
    )
    return [dot, line, path(head, fill="currentColor")]


def steps() -> str:
    """k-means from a bad start: it moves, and where motion is not wanted there are four panels."""
    generator = Generator().manual_seed(1)
    middles = torch.tensor([[-0.55, -0.45], [0.6, -0.35], [0.0, 0.6]])
    clump = torch.arange(90) % 3
    x = middles[clump] + 0.17 * torch.randn(90, 2, generator=generator)
    start = x[clump == 0][:3]  # all in one clump
    way = [kmeans(x, 3, iterations=i, start=start) for i in range(COUNTS[-1] + 1)]
    panels, told = [], []
    for i, count in enumerate(COUNTS):
        part, value = panel(75 + 150 * i, x, way[: count + 1])
        panels += part
        told.append(value)
    body = [group("still", panels, transform="translate(0 24)"), group("moving", moves(x, way))]
    alt = (
        "k-means with three centroids that start in one clump of points. At the start the inertia "
        f"is {told[0]:.1f}, after one step {told[1]:.1f}, after two {told[2]:.1f}, and at the end "
        f"{told[3]:.1f}, with a centroid in each clump."
    )
    return with_button(svg("kmeans", 600, 232, alt, body, "\n".join(rules("kmeans"))), 566, 204)


def panel(left: float, x: Tensor, way: list[tuple[Tensor, Tensor]]) -> tuple[list[str], float]:
    """The points in their colours, the way of the centroids so far, and the inertia."""
    centroids, labels = way[-1]
    count, value, body = len(way) - 1, inertia(x, centroids, labels), []
    title = "the start" if not count else f"{count} step{'s' * (count > 1)}"
    title = "the end" if count == COUNTS[-1] else title
    body.append(text(left, 14, title, "middle", font_weight="bold"))
    body.append(text(left, 176, f"inertia {value:.1f}", "middle"))
    for k, color in enumerate(COLORS):
        body.append(path(dots(x[labels == k], left, 92, 66), stroke=color, **ROUND))
        walk = spread(torch.stack([found[k] for found, _ in way]), left, 92, 66)
        line = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in walk)
        body.append(path(line, stroke="currentColor", stroke_opacity=0.6))
        body.append(cross(color, transform=f"translate({walk[-1][0]:.1f} {walk[-1][1]:.1f})"))
    return body, value


def moves(x: Tensor, way: list[tuple[Tensor, Tensor]]) -> list[str]:
    """A large panel in which colours and centroids change in turn, and the inertia next to it."""
    settled = next(i for i in range(1, len(way)) if torch.equal(way[i][1], way[i - 1][1]))
    frames = [way[0]]
    for (_, labels), (centroids, new) in zip(way[:settled], way[1 : settled + 1], strict=True):
        frames += [(centroids, labels), (centroids, new)]
    frames = frames[:-1]  # the last step changes no colour
    values = [inertia(x, *frame) for frame in frames]
    words = [
        "move: each centroid to the mean of its points"
        if i % 2
        else "assign: each point to the nearest centroid"
        for i in range(len(frames))
    ]
    body = []
    for k, color in enumerate(COLORS):
        colored = [dots(x[labels == k], 125, 120, 106) or "M0 0" for _, labels in frames]
        dot = path(colored[0], stroke=color, **ROUND)
        body.append(dot.replace("/>", f">{animate('d', colored, CLOCK, jump=True)}</path>"))
    for k, color in enumerate(COLORS):
        at = [spread(centroids[k : k + 1], 125, 120, 106)[0] for centroids, _ in frames]
        walk = animate("transform", [f"{a:.1f} {b:.1f}" for a, b in at], CLOCK)
        body.append(f"<g>{cross(color)}{walk}</g>")
    body.append(changing(262, 30, words, CLOCK, "start", font_weight="bold"))
    body.append(changing(262, 52, [f"inertia {v:.1f}" for v in values], CLOCK, "start"))
    places = [
        (270 + 300 * i / (len(values) - 1), 186 - 110 * v / values[0]) for i, v in enumerate(values)
    ]
    body.append(path("M262 76V186H580", stroke="currentColor", stroke_opacity=0.5))
    line = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in places)
    body.append(path(line, stroke=GRAY, stroke_width=1.6))
    walk = animate("transform", [f"{a:.1f} {b:.1f}" for a, b in places], CLOCK)
    body.append(f'<g><circle r="5" fill="{BLUE}"/>{walk}</g>')
    body.append(text(262, 204, "inertia, by step: it never rises"))
    return body


ROUND = {"stroke_width": 5, "stroke_linecap": "round"}


def dots(x: Tensor, left: float, down: float, scale: float) -> str:
    """A path of dots, one for each point, at whole pixels."""
    return "".join(f"M{a:.0f} {b:.0f}z" for a, b in spread(x, left, down, scale))


def cross(color: str, **attributes) -> str:
    """A centroid."""
    d = "M-6 -6l12 12m0 -12l-12 12"
    both = path(d, stroke="currentColor", stroke_width=5) + path(d, stroke=color, stroke_width=2.5)
    return f"<g{written(attributes)}>{both}</g>"


def spread(x: Tensor, left: float, down: float, scale: float) -> list[tuple[float, float]]:
    """Points of the square [-1, 1]^2 on the page, around a middle."""
    return [(left + scale * a, down - scale * b) for a, b in x.tolist()]
