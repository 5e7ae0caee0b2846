"""Batch curation: two draws of the views of a batch, of which one is kept."""

import torch
from batch import B
from drawing import BLUE, GOLD, rect, svg, text
from recorded import STEPS, record
from thumbnails import image

from simclr_mini.build import build_method
from simclr_mini.curation import crop_statistics
from simclr_mini.methods import configure

SHOWN, SIDE = 7, 64  # images in the picture, and their side there


def curated() -> list[dict]:
    """The draws of a batch, the kept one first, scored by the network that SimCLR trained."""
    run = record("simclr")
    method = build_method(configure("curation"), run.data["train"])
    method.load_state_dict(run.at(STEPS[-1]).state_dict(), strict=False)
    with torch.no_grad():
        method.train().views(run.data["test"].first(B).pixels / 255)
    draws, chosen = method.last["draws"], method.last["chosen"]
    return [draws[chosen], *(draw for i, draw in enumerate(draws) if i != chosen)]


def kept() -> str:
    """Some images of the batch with the crops of the kept and of the rejected draw."""
    draws = curated()
    pixels, body, told = record("simclr").data["test"].pixels, [], []
    for i, (draw, name) in enumerate(zip(draws, ("kept", "rejected"), strict=True)):
        top = 112 * i
        found = crop_statistics([draw], pixels[0, 0].numel())
        share = f"{100 * draw['badness']:.1f} %"
        overlap = f"{100 * found['overlap']:.1f} %"
        told.append(f"{name}: violations {share}, overlap {overlap}")
        words = f"violations: {share} of the batch; overlap of the crops: {overlap}"
        body.append(text(0, top + 14, name, font_weight="bold"))
        body.append(text(76, top + 14, words))
        for k in range(SHOWN):
            left, y, scale = 74 * k, top + 26, SIDE / pixels.shape[2]
            body.append(image(left, y, SIDE, pixels[k], opacity=0.55))
            for boxes, color in zip(draw["boxes"], (BLUE, GOLD), strict=True):
                down, right, high, wide = (scale * float(value) for value in boxes[k])
                look = {"fill": "none", "stroke": color, "stroke_width": 2.5}
                body.append(rect(left + right, y + down, wide, high, **look))
    body += [rect(0, 216, 13, 13, fill="none", stroke=BLUE, stroke_width=2.5)]
    body += [text(20, 227, "view 1"), text(104, 227, "view 2")]
    body += [rect(84, 216, 13, 13, fill="none", stroke=GOLD, stroke_width=2.5)]
    alt = (
        f"The first {SHOWN} images of a batch of {B} with the two crops of each, in the draw that "
        f"batch curation keeps and in the one that it rejects. {told[0]}; {told[1]}."
    )
    return svg("curation-draws", 520, 236, alt, body)
