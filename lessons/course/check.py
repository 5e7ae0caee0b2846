"""The functions that a lesson's tests use: `about`, `call`, `rand`, `wrong` and others.

A failure says in a few lines what was called, what was expected and what came back.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from lessons.course.difference import looks_like
from lessons.course.show import (
    WIDE,
    article,
    describe,
    kind,
    name_of,
    objects,
    one_line,
    pair,
    show,
    size,
)
from lessons.course.surroundings import Earlier, Surroundings, same
from lessons.course.terminal import cut

ROOM = 5  # lines of a message, not counting the test's claim and the named mistake


@dataclass
class Call:
    """A call that a test makes of a learner's function."""

    name: str
    text: str
    objects: str  # what the objects that it uses hold
    value: object = None
    returned: bool = False


latest: list[Call] = []  # the last call of the running test, if there is one
earlier = Earlier()


def start() -> None:
    """A test begins: forget the calls of the last one."""
    latest.clear()
    earlier.kept.clear()


class Wrong(AssertionError):
    """A failed check, with a message for the learner."""

    looks = ""  # a sentence about the difference, if one fits


def about(function: str, step: str = ""):
    """Mark a test with the taught function that it judges, and with its step if that differs."""

    def mark(test):
        test.about = function
        test.step = step or function
        return test

    return mark


def rand(*shape: int, seed: int, dtype=torch.float32) -> Tensor:
    """Numbers from a standard normal distribution, drawn from a new generator."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype)


def wrong(
    sentence: str = "",
    *,
    call: str = "",
    expected: object = "",
    got: object = "",
    whole: tuple | None = None,
) -> None:
    """Fail with a sentence, the call, the expected value and the value that came back.

    Each may be left out. `whole` holds the values that were compared, (got, expected), if only a
    part of them is shown.
    """
    if call:
        used = latest[0].objects if latest and call.startswith(latest[0].text) else ""
        rows = {"called with": call, "object": used}
    else:
        rows = last_call()
    if is_empty(expected) or is_empty(got):
        rows |= {"expected": show(expected), "got": show(got)}
    else:
        rows["expected"], rows["got"] = pair(expected, got)
    failed = Wrong(message(sentence, rows))
    failed.looks = looks_like(*whole) if whole else looks_like(got, expected)
    raise failed


def message(sentence: str, rows: dict[str, str]) -> str:
    """A sentence and a table. If they take too many lines, what helps least is left out."""
    rows = {name: cut(one_line(text), WIDE) for name, text in rows.items() if text}
    lines = sentence.split("\n") if sentence else []
    for name in ("object", "it returned", "last call"):
        if len(lines) + len(rows) > ROOM:
            rows.pop(name, None)
    return "\n".join([*lines, *(f"{name:<13}{text}" for name, text in rows.items())])


def last_call() -> dict[str, str]:
    """The rows about the last call, for a message that names none."""
    if not latest or not latest[0].returned:
        return {}
    last = latest[0]
    return {"last call": last.text, "object": last.objects, "it returned": show(last.value)}


def is_empty(value: object) -> bool:
    return isinstance(value, str) and value == ""


class Result:
    """What a call returned, and how it was called."""

    def __init__(self, call: str, value):
        self.call = call
        self.value = value

    def gives(self, expected, rtol: float = 1e-6, atol: float = 0.0, why: str = "") -> "Result":
        """Fail unless the value equals `expected`, in shape and in every entry.

        An entry may differ by `atol` plus `rtol` times the largest entry. Infinities must be in
        the same places. Any floating-point dtype will do, but whole numbers must have
        an integer dtype.
        """
        compare(self.call, self.value, expected, rtol, atol, why)
        return self

    def is_a(self, number: type) -> "Result":
        """Fail unless the value is a Python number of this type; a float may be whole."""
        types = (int, float) if number is float else (int,)
        if isinstance(self.value, bool) or not isinstance(self.value, types):
            said = "This number is logged and compared, so it must not be a tensor."
            wrong(said, call=self.call, expected=f"{number.__name__}", got=kind(self.value))
        return self


def call(f, *args, **kwargs) -> Result:
    """Call a learner's function; fail on a wrong signature, or if it changes what it must not."""
    text, names = bind(f, args, kwargs)
    given = [*args, *kwargs.values()]
    before = [value.detach().clone() if isinstance(value, Tensor) else None for value in given]
    try:
        result = watched(f, args, kwargs, text)
    except RuntimeError as error:
        if "in-place operation" not in str(error) and "single memory location" not in str(error):
            raise
        wrong(f"{name_of(f)} changes an argument in place; work on a copy.", call=text)
    for name, one, old in zip(names, given, before, strict=False):
        if old is not None and not same(one, old):
            wrong(f"{name_of(f)} changes its argument {name} in place; work on a copy.", call=text)
    return result


def refuses(error: type[Exception], f, *args, **kwargs) -> None:
    """Fail unless f raises `error`. f must raise the error, not return it."""
    text, _ = bind(f, args, kwargs)
    now = begin(f, args, text)
    try:
        now.value, now.returned = f(*args, **kwargs), True
    except error:
        return
    except NotImplementedError:  # it is not written yet
        raise
    except Exception as other:
        wrong(call=text, expected=a_kind(error), got=f"{a_kind(type(other))} was raised: {other}")
    wrong(call=text, expected=f"{a_kind(error)} is raised", got=kind(now.value))


def a_kind(error: type[Exception]) -> str:
    """`a ValueError`, `an IndexError`."""
    return f"{article(error.__name__)} {error.__name__}"


def draws_without_generator(f: Callable) -> None:
    """Fail unless f, called without a generator, draws from torch's global one."""
    state = torch.get_rng_state()
    first, second = f(), f()
    if torch.equal(first, second):
        wrong("Without a generator, two calls gave the same result.")
    torch.set_rng_state(state)
    if not torch.equal(first, f()):
        wrong("Without a generator, all draws must come from torch's global one.")


def call_in_place(f, *args, **kwargs) -> Result:
    """Like `call`, for a function that is meant to change its arguments."""
    text, _ = bind(f, args, kwargs)
    return watched(f, args, kwargs, text)


def watched(f, args: tuple, kwargs: dict, text: str) -> Result:
    """Call f; fail if it changes its surroundings. `text` is the call."""
    now, name, given = begin(f, args, text), name_of(f), (args, kwargs)
    around, kept = Surroundings(f, *args, *kwargs.values()), earlier.unchanged(name)
    try:
        now.value, now.returned = f(*args, **kwargs), True
    finally:
        left = around.restore()
    if left:
        wrong(f"{name} leaves {left}.", call=text)
    if around.no_gradients_through(now.value):
        said = "Nothing can be trained on a tensor made in torch.inference_mode. "
        wrong(said + "What does torch.no_grad do instead?", call=text)
    if not hasattr(f, "__self__"):  # a method may return its object's own tensors
        if kept and not earlier.unchanged(name):
            wrong(f"This call of {name} changes what the last one returned.", call=text)
        earlier.keep(name, now.value, given)
    return Result(text, now.value)


def begin(f, args: tuple, text: str) -> Call:
    """Note that a test calls f now."""
    latest[:] = [Call(name_of(f), text, objects(f, args))]
    return latest[0]


def bind(f, args: tuple, kwargs: dict) -> tuple[str, list[str]]:
    """The call as text and the arguments' names; fails if the signature does not take them."""
    text = describe(f, args, kwargs)
    try:
        names = list(inspect.signature(f).bind(*args, **kwargs).arguments)
    except TypeError as error:
        took = inspect.signature(f)
        own = next(iter(inspect.signature(getattr(f, "__func__", f)).parameters), "")
        hint = " Is `self` missing?" if hasattr(f, "__self__") and own != "self" else ""
        wrong(f"{name_of(f)} takes {took} in your file: {error}.{hint}", call=text)
    except ValueError:  # no signature to read
        names = [f"argument {i + 1}" for i in range(len(args))]
    return text, [*names[: len(args)], *kwargs]


def is_finite(gradient: Tensor, name: str, call: str) -> None:
    """Fail if a gradient is NaN or infinite, of which no ratio to the right one says anything."""
    if not torch.isfinite(gradient).all():
        said = f"The gradient of {name} is not finite: log 0, 0 / 0 or an overflow somewhere?"
        wrong(said, call=call, expected="numbers", got=gradient.flatten()[:4])


def compare(call: str, got, expected, rtol: float, atol: float, why: str = "") -> None:
    """Fail unless `got` equals `expected`. Both are numbers, tensors, or tuples of them."""
    if got is None:
        wrong("Your function returns None: is there a `return`?", call=call, expected=expected)
    if isinstance(expected, tuple | list):
        if not isinstance(got, tuple | list) or len(got) != len(expected):
            wrong(why, call=call, expected=f"{len(expected)} results", got=got)
        for i, (one, other) in enumerate(zip(got, expected, strict=True)):
            compare(f"{call}, result {i + 1}", one, other, rtol, atol, why)
        return
    if isinstance(expected, Tensor) and expected.dim() and not isinstance(got, Tensor):
        said = "Your function must return a tensor."
        wrong(said, call=call, expected=f"a tensor of shape {tuple(expected.shape)}", got=kind(got))
    try:
        a, b = torch.as_tensor(got), torch.as_tensor(expected)
    except (TypeError, ValueError, RuntimeError):
        wrong(why, call=call, expected=expected, got=got)
    if a.device != b.device:
        wrong(why or "The result is on another device.", call=call, expected=b.device, got=a.device)
    if a.shape != b.shape:
        shapes = [f"shape {tuple(one.shape)}" for one in (b, a)]
        wrong(why, call=call, expected=shapes[0], got=shapes[1], whole=(a, b))
    if not b.is_floating_point() and b.dtype != torch.bool and a.is_floating_point():
        if not isinstance(got, Tensor):
            wrong(why, call=call, expected=f"int  {show(expected)}", got=kind(got))
        wrong(why, call=call, expected=f"whole numbers, {b.dtype}", got=f"{a.dtype}")
    a, b = a.detach().to(torch.float64), b.detach().to(torch.float64)
    finite = torch.isfinite(a) & torch.isfinite(b)
    scale = size(b)
    close = torch.where(finite, (a - b).abs() <= atol + rtol * scale, a == b)
    if close.all():
        return
    narrow, wide = torch.as_tensor(got).dtype, torch.as_tensor(expected).dtype
    if narrow.is_floating_point and wide == torch.float64 != narrow:
        rounding = 8 * torch.finfo(narrow).eps * scale
        if torch.where(finite, (a - b).abs() <= rounding, a == b).all():
            said = f"Right to the precision of {narrow}, and no more. Where do you lose the rest?"
            enough = str(wide)
            if rtol > 1e-6 and narrow.itemsize == 2:
                enough = "torch.float32 or wider"
            wrong(said, call=call, expected=enough, got=str(narrow))
    if a[~close].isnan().all() and b[~close].isnan().all():
        why = why or "The result is not a number, and neither is what it is compared with."
    if a.numel() <= 8:
        wrong(why, call=call, expected=expected, got=got)
    first = tuple((~close).nonzero()[0].tolist())
    place = f"at {list(first)}, and {int((~close).sum())} of {a.numel()} entries differ"
    one, other = pair(b[first], a[first])
    wrong(why, call=call, expected=one, got=f"{other}  {place}", whole=(a, b))
