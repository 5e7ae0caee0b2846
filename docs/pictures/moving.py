"""Pictures that move: animated SVG, which needs no script, and a still where motion is unwanted.

A picture holds both, in groups of class "moving" and "still"; `rules` shows one of them.
"""

from typing import NamedTuple

from drawing import text


class Clock(NamedTuple):
    """Seconds from frame to frame, on the first and on the last frame, and back to the start."""

    move: float
    begin: float
    rest: float
    back: float

    def times(self, count: int) -> list[float]:
        """When it starts, reaches each frame, leaves the last one, and is back at the first."""
        at = [self.begin + self.move * i for i in range(count)]
        return [0.0, *at, at[-1] + self.rest, at[-1] + self.rest + self.back]


def animate(attribute: str, frames: list[str], clock: Clock, jump: bool = False) -> str:
    """The animation of an attribute through all frames and back, for ever.

    Args:
        attribute: its name; "transform" takes frames "x y", which are translations.
        frames: its value in each frame.
        clock: when each is reached.
        jump: whether to change at once instead of gradually.
    """
    at, values = clock.times(len(frames)), [frames[0], *frames, frames[-1], frames[0]]
    kind = "animate"
    if attribute == "transform":
        kind, attribute = "animateTransform", 'transform" type="translate'
    mode = ' calcMode="discrete"' if jump else ""
    return (
        f'<{kind} attributeName="{attribute}" dur="{at[-1]:g}s" repeatCount="indefinite"{mode} '
        f'keyTimes="{";".join(f"{t / at[-1]:.4g}" for t in at)}" values="{";".join(values)}"/>'
    )


def changing(x: float, y: float, words: list[str], clock: Clock, anchor: str, **look) -> str:
    """Words that change with the frames."""
    body = []
    for word in dict.fromkeys(words):
        shown = [str(int(word == other)) for other in words]
        line = text(x, y, word, anchor, opacity=0, **look)
        body.append(
            line.replace("</text>", animate("opacity", shown, clock, jump=True) + "</text>")
        )
    return "".join(body)


def group(name: str, parts: list[str], **attributes) -> str:
    """A group of class "moving" or "still"."""
    where = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<g class="{name}"{where}>{"".join(parts)}</g>'


def rules(name: str) -> list[str]:
    """CSS that shows the moving parts, or the still ones on paper or where motion is unwanted."""
    return [
        f".{name} .still{{display:none}}",
        f".{name} .button{{cursor:pointer}}",
        "@media print,(prefers-reduced-motion:reduce)"
        f"{{.{name} .still{{display:inline}}.{name} .moving,.{name} .button{{display:none}}}}",
    ]


def with_button(picture: str, x: float, y: float) -> str:
    """The picture with a button that pauses it and plays it again."""
    button = (
        '<g class="button" role="button" tabindex="0" aria-label="Pause or play" '
        "onclick=\"var s=this.closest('svg');"
        's.animationsPaused()?s.unpauseAnimations():s.pauseAnimations()" '
        "onkeydown=\"if(event.key==='Enter'||event.key===' ')"
        "{event.preventDefault();this.dispatchEvent(new Event('click'))}\">"
        f'<rect x="{x:g}" y="{y:g}" width="28" height="24" rx="5" fill="currentColor" '
        'fill-opacity=".1"/>'
        f'<path d="M{x + 10:g} {y + 6:g}v12M{x + 18:g} {y + 6:g}v12" stroke="currentColor" '
        'stroke-width="3"/></g>\n'
    )
    return picture.replace("</svg>", button + "</svg>")
