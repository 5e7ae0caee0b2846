"""Values, calls and objects as short text, for messages to the learner."""

import inspect
import math
import re

import torch
from torch import Generator, Tensor, nn

from lessons.course.terminal import cut

ROUNDING = 2e-15  # float64's rounding error, relative to a larger number
SMALL = 1e-4  # a larger number is never shown as 0: next to -1e9, 1.2 is not a rounding error
NUMBERS = 8  # a tensor with at most this many numbers is always shown whole
SHORT = 60  # characters; a tensor with more numbers is shown whole if they fit
ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # in Python's default text for an object
WIDE = 240  # characters in the longest line; the terminal wraps it


def show(value, scale: float = 0.0, digits: int = 7) -> str:
    """A value as text of a few characters.

    Args:
        scale: the size of the numbers to which this one is compared. A number that is rounding
            error next to it, or next to the largest number of its own tensor, is shown as 0.
        digits: how many significant digits a number gets.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Tensor):
        return show_tensor(value, scale, digits)
    if isinstance(value, bool | int) or value is None:
        return str(value)
    if isinstance(value, float):
        return number(value, scale, digits)
    if isinstance(value, tuple | list) and len(value) <= 8:
        return "(" + ", ".join(show(one, scale, digits) for one in value) + ")"
    if isinstance(value, dict) and len(value) <= 8:
        items = (f"{key!r}: {show(one, scale, digits)}" for key, one in value.items())
        return "{" + ", ".join(items) + "}"
    if isinstance(value, nn.Module) and len(repr(value)) > SHORT:
        return f"{type(value).__name__}(…)"
    if isinstance(value, Generator):
        return "generator"
    return cut(ADDRESS.sub("", one_line(repr(value))), SHORT)


def one_line(text: str) -> str:
    return " ".join(text.split())


def show_tensor(value: Tensor, scale: float, digits: int) -> str:
    """The numbers of a small tensor, or the shape of a large one."""
    shape = str(tuple(value.shape))
    if value.numel() > 64 or value.is_meta:
        return shape
    numbers = value.detach().tolist()
    if value.is_floating_point():
        eps = min(torch.finfo(value.dtype).eps, torch.finfo(torch.float32).eps)
        least = max(2 * eps * size(numbers), ROUNDING * scale)
        numbers = rounded(numbers, min(least, SMALL))
    if value.dim() == 0:
        return number(numbers, scale, digits)
    if value.numel() <= NUMBERS:
        return nested(numbers, digits)
    text = nested(numbers, 4)
    return text if len(text) <= SHORT else shape


def rounded(value, least: float):
    """Numbers in nested lists, with 0 for those that are not larger than `least`."""
    if isinstance(value, list):
        return [rounded(one, least) for one in value]
    return 0.0 if abs(value) <= least else value


def nested(value, digits: int) -> str:
    """Numbers in nested lists."""
    if isinstance(value, list):
        return "[" + ", ".join(nested(one, digits) for one in value) + "]"
    return number(value, 0.0, digits)


def number(value, scale: float = 0.0, digits: int = 7) -> str:
    """A number, or 0 if it is only rounding error compared with `scale`."""
    value = value.item() if isinstance(value, Tensor) else value
    if not isinstance(value, float):
        return str(value)
    return "0" if abs(value) <= ROUNDING * scale else f"{value:.{digits}g}"


def size(value) -> float:
    """The largest absolute value among finite numbers; 0 if there are none."""
    if isinstance(value, tuple | list):
        return max((size(one) for one in value), default=0.0)
    if isinstance(value, Tensor):
        numbers = torch.zeros(0) if value.is_meta else value.detach().double()
        finite = numbers[torch.isfinite(numbers)]
        return finite.abs().max().item() if finite.numel() else 0.0
    usable = isinstance(value, int | float) and math.isfinite(value)
    return float(abs(value)) if usable else 0.0


def pair(expected, got) -> tuple[str, str]:
    """Two values that differ, as texts that differ."""
    scale = max(size(expected), size(got))
    short = show(expected, scale), show(got, scale)
    if short[0] != short[1]:
        return short
    tensors = isinstance(expected, Tensor) and isinstance(got, Tensor)
    large = tensors and expected.shape == got.shape and short[0] == str(tuple(got.shape))
    if large and not (expected.is_meta or got.is_meta):
        return farthest(expected, got)
    return show(expected, digits=17), show(got, digits=17)


def farthest(expected: Tensor, got: Tensor) -> tuple[str, str]:
    """The entries in which two tensors differ most, and where they are."""
    a, b = (one.detach().double().cpu() for one in (expected, got))
    apart = (a - b).abs().nan_to_num(torch.inf)
    place = tuple(int(i) for i in torch.unravel_index(apart.argmax(), a.shape))
    where = f" at {list(place)} of {tuple(a.shape)}"
    return show(float(a[place])) + where, show(float(b[place])) + where


def kind(value) -> str:
    """A value with its type, in words."""
    if value is None:
        return "None: is there a `return`?"
    name, text = type(value).__name__, show(value)
    return text if text.startswith(name) else f"{name}  {text}"


def article(name: str) -> str:
    """`an` for "Autoencoder", `a` for "ValueError"."""
    return "an" if name[0] in "AEIO" else "a"


def name_of(f) -> str:
    """A function's name, or a method's name with its class."""
    return getattr(f, "__qualname__", None) or type(f).__name__


def describe(f, args: tuple, kwargs: dict) -> str:
    """A call as you would type it, with shapes instead of large tensors."""
    try:
        bound = inspect.signature(f).bind(*args, **kwargs).arguments
        names = [name for name in bound]
    except (TypeError, ValueError):
        names = []
    parts = []
    for i, value in enumerate(args):
        text = argument(value)
        only_shape = isinstance(value, Tensor) and text == str(tuple(value.shape))
        parts.append(f"{names[i]} {text}" if only_shape and i < len(names) else text)
    parts += [f"{name}={argument(value)}" for name, value in kwargs.items()]
    return f"{name_of(f)}({', '.join(parts)})"


def argument(value) -> str:
    return f'"{value}"' if isinstance(value, str) else show(value, digits=5)


def objects(f, args: tuple) -> str:
    """What the objects of a call hold: the method's own object, and modules among the arguments."""
    held = getattr(f, "__self__", None)
    used = [] if held is None or inspect.isclass(held) or inspect.ismodule(held) else [held]
    used += [value for value in args if isinstance(value, nn.Module)]
    try:
        return cut("; ".join(filter(None, map(contents, used))), WIDE)
    except Exception:  # a learner's object may raise an error on any access
        return ""


def contents(held) -> str:
    """The numbers, words and tensors that an object holds."""
    parts = {name: value for name, value in vars(held).items() if not name.startswith("_")}
    parts.pop("training", None)
    if isinstance(held, nn.Module):
        parts |= dict(held.named_parameters(recurse=False))
        parts |= dict(held.named_buffers(recurse=False))
        for name, inner in held.named_children():
            parts |= {f"{name}.{key}": value for key, value in inner.named_buffers(recurse=False)}
    plain = bool | int | float | str | Tensor
    texts = [
        f"{name} {show(value, digits=5)}"
        for name, value in parts.items()
        if isinstance(value, plain)
    ]
    return f"{type(held).__name__} with {', '.join(texts)}" if texts else ""
