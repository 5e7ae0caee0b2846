"""The tables and the figure of the speed page, from what `peers.py` and `profile_step.py` measured.

python docs/results/speed.py            # writes speed.md, speed.svg and profile.md
python docs/results/speed.py --check    # checks that they are up to date
"""

import json
import math
import sys
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "pictures"), str(HERE.parents[1])]

from drawing import BLUE, GRAY, path, svg, text  # noqa: E402

from simclr_mini.canvas import separate  # noqa: E402

FILE, TABLE, FIGURE = HERE / "speed.json", HERE / "speed.md", HERE / "speed.svg"
PROFILE, PROFILE_TABLE = HERE / "profile.json", HERE / "profile.md"
KINDS = {  # words in an operation's name; the first kind with one counts
    "convolutions, and matrix products in their place": "conv mm einsum",
    "batch norms and ReLUs, forward and backward": "batch_norm relu threshold",
    "copies: columns of matrix products, number formats, layouts": "copy im2col col2im clone cat",
    "AdamW": "adam",
}
OTHERS = "views, loss, pooling and everything else"
WIDE, TALL, GAP = 220, 120, 104  # width and height of a panel, and the gap between panels
PANELS = {
    "N": ("k-means, by points", "N", "s"),
    "K": ("k-means, by clusters", "K", "s"),
    "B": ("NT-Xent in chunks, by batch", "B", "s"),
    "ranks": ("Training, by processes", "processes of one thread", "views/s"),
}


# ---- numbers in words


def ratios(ours: list[float], theirs: list[float]) -> str:
    """How many times as long the others take: the median over rounds, and its range."""
    each = sorted(b / a for a, b in zip(ours, theirs, strict=True))
    return f"{median(each):.2f} ({each[0]:.2f} to {each[-1]:.2f})"


def in_words(seconds: float, amount: int | None) -> str:
    """A time; or, if `amount` views are made in it, the number of views per second."""
    if amount:
        return f"{rounded(amount / seconds):,} views/s"
    return f"{seconds:.2f} s" if seconds >= 1 else f"{1e3 * seconds:.3g} ms"


def rounded(number: float) -> int:
    """A number rounded to three digits, because more would mean nothing."""
    return int(float(f"{number:.3g}"))


def giga(rate: float) -> str:
    """FLOP/s or bytes per second, in thousands of millions."""
    return f"{rounded(rate / 1e9):,}"


# ---- tables


def compared(one: dict) -> list[str]:
    """Ours and the others, a line for each way."""
    lines = [
        f"| {one['what']} | median | range over rounds | times as long as ours |",
        "|---|---:|---:|---:|",
    ]
    amount = one.get("amount")
    for name, seconds in one["seconds"].items():
        ends = sorted((min(seconds), max(seconds)), reverse=bool(amount))
        spread = " to ".join(in_words(end, amount).removesuffix(" views/s") for end in ends)
        ratio = "" if name == "ours" else ratios(one["seconds"]["ours"], seconds)
        lines.append(f"| {name} | {in_words(median(seconds), amount)} | {spread} | {ratio} |")
    return [*lines, *(f"| {name} | not installed | | |" for name in one["missing"]), ""]


def inertias(found: dict) -> str:
    """How good the clusters of each way are, relative to ours."""
    ours = found["inertia"]["ours"]
    others = [f"{name} {100 * (x / ours - 1):+.2f}%" for name, x in found["inertia"].items()]
    return f"The inertia of the clusters, relative to ours: {', '.join(others[1:])}."


def memory(found: dict) -> list[str]:
    """The extra memory of the losses."""
    lines = ["| NT-Xent, forward and backward | B | extra memory |", "|---|---:|---:|"]
    for one in found["memory"]:
        lines.append(f"| {one['name']} | {one['B']:,} | {one['bytes'] / 2**20:,.0f} MiB |")
    return lines


def limits(found: dict) -> list[str]:
    """What the machine can do, and what the network reaches."""
    most = found["limits"]
    lines = [
        "| the limit, measured | |",
        "|---|---:|",
        f"| product of two 2,048 x 2,048 matrices, float32 | {giga(most['float32'])} GFLOP/s |",
        f"| the same, bfloat16 | {giga(most['bfloat16'])} GFLOP/s |",
        f"| memory: c = a + b, 512 MiB each | {giga(most['bandwidth'])} GB/s |",
        "",
        "| network and head, a view of 24 x 24 | forward | forward and backward | reached | share "
        "of the matrix rate |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, one in found["networks"].items():
        share = one["rate"] / most[one["precision"]]
        lines.append(
            f"| `--encoder {name}` | {one['forward'] / 1e6:.1f} MFLOP | {one['both'] / 1e6:.1f} "
            f"MFLOP | {giga(one['rate'])} GFLOP/s, {one['precision']} | {share:.0%} |"
        )
    return lines


def parts(found: dict) -> list[str]:
    """Where the time of a step goes."""
    whole = sum(found["parts"].values())
    lines = ["| part of a step | median | share |", "|---|---:|---:|"]
    for name, seconds in found["parts"].items():
        lines.append(f"| {name} | {1e3 * seconds:.1f} ms | {seconds / whole:.1%} |")
    outside = 1 - found["parts"]["network"] / whole
    return [*lines, "", f"{outside:.1%} of a step is spent outside the network."]


def page(found: dict | None) -> str:
    """All tables, as Markdown."""
    if not found:
        return (
            "Not measured yet: `python benchmarks/peers.py`, then `python docs/results/speed.py`.\n"
        )
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    blocks = [
        ["## Side by side", "", *sum(map(compared, found["compared"].values()), [])],
        [inertias(found)],
        ["## Memory of the loss", "", *memory(found)],
        ["## The machine's limit", "", *limits(found)],
        ["## Where the time of a step goes", "", *parts(found)],
        [f"`{found['command']}` on {found['machine']}: {versions}.", "{ .caption }"],
    ]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def kind_of(operation: str) -> str:
    """The kind of an operation of torch, such as "aten::mm"."""
    name = operation.lower()
    for kind, words in KINDS.items():
        if any(word in name for word in words.split()):
            return kind
    return OTHERS


def profile_table(found: dict) -> str:
    """The kinds of operations in a step, as Markdown."""
    whole, kinds = sum(found["seconds"].values()), {}
    for operation, seconds in found["seconds"].items():
        kinds[kind_of(operation)] = kinds.get(kind_of(operation), 0.0) + seconds
    lines = ["| operation | share |", "|---|---:|"]
    for kind, seconds in sorted(kinds.items(), key=lambda row: -row[1]):
        lines.append(f"| {kind} | {seconds / whole:.0%} |")
    about = f"{found['steps']} steps on one thread of {found['machine'].split(',')[0]}"
    lines += ["", f"`{found['command']}`: {about}, {found['precision']}.", "{ .caption }"]
    return "\n".join(lines) + "\n"


# ---- the figure


def figure(found: dict | None) -> str:
    """Growth with N, K, B and processes: measured, and the limit."""
    if not found:
        return svg("speed", 2 * WIDE + GAP, 20, "not measured yet", [text(0, 14, "not measured")])
    body, said = [], []
    for i, (name, words) in enumerate(PANELS.items()):
        left, top = 54 + (WIDE + GAP) * (i % 2), 30 + (TALL + 80) * (i // 2)
        measured, limit = curves(found, name)
        body += panel(left, top, words, measured, limit)
        last = max(measured)
        values = f"{brief(measured[last])} and {brief(limit[last])} {words[2]} at {last:,}"
        said.append(f"{words[0]}: {values}")
    alt = f"Measured values and the limit, on logarithmic axes. {'; '.join(said)}."
    return svg("speed", 2 * WIDE + GAP + 156, 2 * TALL + 150, alt, body)


def curves(found: dict, name: str) -> tuple[dict[int, float], dict[int, float]]:
    """What was measured at each size, and the limit. More processes than cores add nothing."""
    if name == "ranks":
        measured = {one["size"]: one["speed"] for one in found["ranks"]}
        return measured, {W: min(W, found["threads"]) * measured[1] for W in measured}
    rows = found["growth"][name]
    return {r["size"]: r["seconds"] for r in rows}, {r["size"]: r["limit"] for r in rows}


def panel(left: float, top: float, words: tuple[str, str, str], measured: dict, limit: dict):
    """Two lines on logarithmic axes: measured, with points, and the limit, dashed.

    Args:
        left, top: corner of the panel.
        words: its title, what the sizes are, and the unit of the values.
        measured, limit: a value for each size.

    Returns:
        The elements of the drawing.
    """
    title, below, unit = words
    every, sizes = [*measured.values(), *limit.values()], sorted(measured)
    low, high = min(every), max(every)

    def at(size: int, value: float) -> tuple[float, float]:
        across = position(size, sizes[0], sizes[-1])
        return left + WIDE * across, top + TALL * (1 - position(value, low, high))

    body = [text(left - 54, top - 12, title, font_weight="bold")]
    axes = f"M{left} {top}V{top + TALL + 6}H{left + WIDE}"
    body.append(path(axes, stroke="currentColor", stroke_opacity=0.5))
    for size in sizes:
        x = at(size, low)[0]
        body.append(text(x, top + TALL + 21, short(size), "middle", font_size=11))
    body.append(text(left + WIDE / 2, top + TALL + 37, below, "middle", font_size=11))
    for values, color, dashes in ((limit, GRAY, "5 4"), (measured, BLUE, "none")):
        corners = [at(size, values[size]) for size in sizes]
        way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners)
        body.append(path(way, stroke=color, stroke_width=2, stroke_dasharray=dashes))
    ends = [(values[sizes[-1]], color) for values, color in ((measured, BLUE), (limit, GRAY))]
    heights = separate([at(sizes[-1], value) for value, _ in ends], [1.0, 1.0], 13)
    for (value, color), y in zip(ends, heights, strict=True):
        words = f"{brief(value)} {unit}"
        body.append(text(left + WIDE + 8, y + 4, words, fill=color, font_size=11))
    x, y = at(sizes[0], measured[sizes[0]])
    body.append(text(x - 8, y + 4, brief(measured[sizes[0]]), "end", fill=BLUE, font_size=11))
    for x, y in (at(size, measured[size]) for size in sizes):
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{BLUE}"/>')
    return body


def position(value: float, low: float, high: float) -> float:
    """Where a value is between two others on a logarithmic axis, from 0 to 1."""
    return math.log(value / low) / math.log(high / low) if high > low else 0.0


def brief(value: float) -> str:
    """A value with three digits."""
    return f"{rounded(value):,}" if value >= 100 else f"{value:.3g}"


def short(size: int) -> str:
    """A size with few characters: 12.5k is 12,500."""
    return f"{size / 1000:g}k" if size >= 10_000 else str(size)


def written() -> dict[Path, str]:
    """The files and their contents."""
    found = json.loads(FILE.read_text("utf-8")) if FILE.exists() else None
    profile = json.loads(PROFILE.read_text("utf-8"))
    return {TABLE: page(found), FIGURE: figure(found), PROFILE_TABLE: profile_table(profile)}


if __name__ == "__main__":
    for file, content in written().items():
        if sys.argv[1:] != ["--check"]:
            file.write_text(content, "utf-8")
        elif not file.exists() or file.read_text("utf-8") != content:
            sys.exit(f"{file.name} is out of date: python docs/results/speed.py")
