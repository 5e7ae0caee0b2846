"""Values and calls as short text, for messages to the learner."""

import inspect

from torch import Generator, Tensor


def kind(value) -> str:
    """A value with its type, in words."""
    if value is None:
        return "None: is there a `return`?"
    return f"{type(value).__name__}  {show(value)}"


def name_of(f) -> str:
    """A function's name, or a method's name with its class."""
    return getattr(f, "__qualname__", None) or type(f).__name__


def describe(f, args: tuple, kwargs: dict) -> str:
    """A call as one would type it, with shapes instead of large tensors."""
    try:
        bound = inspect.signature(f).bind(*args, **kwargs).arguments
        names = [name for name in bound]
    except (TypeError, ValueError):
        names = []
    parts = []
    for i, value in enumerate(args):
        large = isinstance(value, Tensor) and value.numel() > 8
        parts.append(f"{names[i]} {show(value)}" if large and i < len(names) else show(value))
    parts += [f"{name}={show(value)}" for name, value in kwargs.items()]
    return f"{name_of(f)}({', '.join(parts)})"


def show(value) -> str:
    """A value as text of a few characters."""
    if isinstance(value, str):
        return value
    if isinstance(value, Tensor):
        if value.numel() == 1 and value.dim() == 0:
            return number(value)
        if value.numel() <= 8:
            return " ".join(str(rounded(value.tolist())).split())
        return str(tuple(value.shape))
    if isinstance(value, bool | int) or value is None:
        return str(value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, tuple | list) and len(value) <= 8:
        return "(" + ", ".join(show(one) for one in value) + ")"
    text = repr(value) if not isinstance(value, Generator) else "generator"
    return text if len(text) <= 60 else text[:57] + "..."


def rounded(value):
    """Nested lists of numbers with seven digits."""
    return [rounded(one) for one in value] if isinstance(value, list) else Number(number(value))


class Number(str):
    """The text of a number. A list prints it without quotes."""

    __repr__ = str.__str__


def number(value) -> str:
    value = value.item() if isinstance(value, Tensor) else value
    return f"{value:.7g}" if isinstance(value, float) else str(value)
