"""The figures of the lesson pages: `python docs/lessons/figures.py` draws them again."""

from pathlib import Path

import matplotlib
import torch
from experiments import few_labels_of, logs, results, steps_of_layers, unequal_clusters

from simclr_mini.canvas import GRAY, INK, STYLE, card, percent, save
from simclr_mini.diagnostics import chance_loss, floor_loss
from simclr_mini.methods import method_class
from simclr_mini.nt_xent import candidate_logits, similarity_matrix

HERE = Path(__file__).parent
BLUE, GOLD, RED = (method_class(name).color for name in ("simclr", "gsimclr", "nnclr"))


def temperature():
    """Lesson 4: shares of the candidates of a and of A, at two temperatures."""
    z1 = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    z2 = torch.tensor([[0.8, 0.6], [0.6, 0.8]])
    similarity, names = similarity_matrix(z1, z2), "abAB"
    figure = card("A lower temperature makes each view surer, right or wrong")
    for place, (row, partner) in enumerate([(0, 2), (2, 0)]):
        axes = figure.add_axes((0.08 + 0.48 * place, 0.16, 0.4, 0.62))
        axes.set_title(f"view {names[row]} asks; {names[partner]} is right", loc="left", fontsize=8)
        for group, tau in enumerate([0.5, 0.1]):
            share = candidate_logits(similarity, tau).softmax(1)[row]
            for i, k in enumerate(k for k in range(4) if k != row):
                at = group * 4 + i
                axes.bar(at, share[k].item(), color=BLUE if k == partner else GRAY)
                axes.text(at, share[k] + 0.02, percent(share[k]), ha="center")
                axes.text(at, -0.03, names[k], ha="center", va="top")
            axes.text(group * 4 + 1, -0.13, f"temperature {tau}", ha="center", va="top")
        axes.set(xticks=[], yticks=[], ylim=(0, 1))
        axes.spines["left"].set_visible(False)
    return figure


def steps():
    """Lesson 5: how far plain gradient descent would move each layer."""
    found = steps_of_layers()
    times = max(found.values()) / min(found.values())
    figure = card(f"Plain gradient descent moves one layer {times:.0f} times as far as another")
    axes = figure.add_axes((0.34, 0.15, 0.6, 0.72))
    for y, (name, share) in enumerate(reversed(found.items())):
        axes.plot(share, y, "o", color=BLUE, markersize=5)
        name = name.removesuffix(".weight")
        axes.text(-0.02, y, name, ha="right", va="center", transform=axes.get_yaxis_transform())
    axes.set(xscale="log", yticks=[], ylim=(-0.7, len(found) - 0.3))
    axes.set_xticks([0.05, 0.1, 0.2, 0.4, 0.8], ["0.05", "0.1", "0.2", "0.4", "0.8"])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("length of the gradient / length of the weights")
    axes.grid(axis="x", color=GRAY, alpha=0.25, linewidth=0.5)
    axes.spines["left"].set_visible(False)
    return figure


def control():
    """Lesson 6: the loss of SimCLR and of the control, every seed."""
    chance, floor = chance_loss(128), floor_loss(128, 0.2)
    ends = [lines[-1]["loss"] for _, lines in logs("shapes-wrong-positives")]
    claim = "The loss of SimCLR falls"
    if ends:
        stays = max(abs(end - chance) for end in ends) < 0.1
        claim = "With second views of other images, the loss "
        claim += "stays at chance" if stays else f"ends at {sum(ends) / len(ends):.2f}"
    figure = card(claim)
    axes = figure.add_axes((0.09, 0.15, 0.7, 0.72))
    kinds = [("shapes", BLUE, "SimCLR"), ("shapes-wrong-positives", RED, "wrong pairs")]
    for kind, color, label in kinds:
        ends = []
        for _, lines in logs(kind):
            groups = [lines[i : i + 10] for i in range(0, len(lines), 10)]
            at = [sum(line["step"] for line in group) / len(group) for group in groups]
            loss = [sum(line["loss"] for line in group) / len(group) for group in groups]
            axes.plot(at, loss, color=color, linewidth=1)
            ends.append((at[-1], loss[-1]))
        if ends:
            mean = sum(loss for _, loss in ends) / len(ends)
            down = 0.22 if abs(mean - chance) < 0.3 else 0  # clear of chance's own label
            axes.text(ends[0][0] + 10, mean - down, f"{label} {mean:.2f}", color=color, va="center")
    for name, level in (("chance", chance), ("floor", floor)):
        axes.axhline(level, color=GRAY, linewidth=1, zorder=0)
        at = axes.get_yaxis_transform()
        axes.text(1.02, level, f"{name} {level:.2f}", color=GRAY, va="center", transform=at)
    axes.set(xlabel="step", ylabel="loss", ylim=(0, 6))
    axes.set_xlim(left=0)
    return figure


def labels():
    """Lesson 7: accuracy of the probe by the number of labels, every seed."""
    rows = [few_labels_of(result) for _, result in results("shapes")]
    *trained, other = (sum(column) / len(column) for column in zip(*rows, strict=True))
    mean, numbers = trained[-1], [90, 900, 9000]
    enough = next(n for n, share in zip(numbers, trained, strict=True) if share > other)
    figure = card(f"{enough:,} labels beat 9,000 on the untrained network")
    axes = figure.add_axes((0.1, 0.15, 0.66, 0.72))
    for row in rows:
        axes.plot(numbers, row[:3], "o-", color=BLUE, markersize=4, linewidth=1)
        axes.plot(9000, row[3], "o", color=GRAY, markersize=4)
    axes.axhline(other, color=GRAY, linewidth=1, zorder=0)
    axes.text(11500, mean, f"SimCLR {percent(mean)}", color=BLUE, va="center")
    axes.text(11500, other, f"untrained {percent(other)}", color=INK, va="center")
    axes.set(xscale="log", xlabel="labels that the probe has seen", ylim=(0, 1))
    axes.set_xticks([90, 900, 9000], ["90", "900", "9,000"])
    axes.set_xticks([], minor=True)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100 %"])
    axes.set_ylabel("accuracy on test images")
    return figure


def skew():
    """Lesson 9: collisions of released, random and dealt batches by the spread of the sizes."""
    figure = card("Unequal clusters make the released batches worse than random ones")
    axes = figure.add_axes((0.09, 0.15, 0.76, 0.72))
    spread, released, _, chance, dealt = zip(*unequal_clusters(), strict=True)
    rows = [("released", released, RED), ("random", chance, INK), ("dealt", dealt, GOLD)]
    for name, row, color in rows:
        axes.plot(spread, row, "o-", color=color, markersize=3, linewidth=1.5)
        axes.text(0.615, row[-1], f"{name} {row[-1]:.0f}", color=color, va="center")
    axes.set(xlabel="spread of the logarithm of a cluster's size", ylabel="collisions of a batch")
    axes.set(xlim=(0, 0.6), ylim=(0, 90))
    return figure


FIGURES = {
    "04-temperature": temperature,
    "05-steps": steps,
    "06-control": control,
    "07-labels": labels,
    "09-skew": skew,
}

if __name__ == "__main__":
    for name, draw in FIGURES.items():
        with matplotlib.rc_context(STYLE):
            save(draw(), HERE / f"{name}.svg")
