"""Checks, without a GPU, that a function stays on the device of its arguments.

torch's `meta` device stands for the GPU: its tensors have shapes and types, but no numbers. A
function that reads a number from a tensor, as `.item()` does, cannot be judged in this way.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch
from torch import Generator, Tag, Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from lessons.course import check
from lessons.course.evidence import Later
from lessons.course.surroundings import tensors_in

FREE = ("aten::copy_", "aten::_to_copy", "aten::index")


class Mixed(Exception):
    """An operation gets tensors, or a tensor and a generator, on two devices."""


class OneDevice(TorchDispatchMode):
    """Refuses what a GPU would refuse. A tensor of no dimension may come from the CPU.

    So may indices, but not the values that are written at these indices. A copy from `meta` to the
    CPU has no numbers to copy: a new tensor holds zeros, and an existing one stays as it is.
    `drawn` says whether random numbers were drawn on `meta`.
    """

    drawn = False

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = func._schema.name
        if name == "aten::copy_" and args[1].is_meta and not args[0].is_meta:
            return args[0]
        to_cpu = torch.device(kwargs.get("device") or "meta").type == "cpu"
        if name == "aten::_to_copy" and args[0].is_meta and to_cpu:
            return torch.zeros(args[0].shape, dtype=kwargs.get("dtype") or args[0].dtype)
        meeting = tree_leaves((args, kwargs))
        if "index_put" in name:
            meeting = [args[0], args[2]]
        elif name in FREE:
            meeting = []
        kinds = {one.device.type for one in meeting if isinstance(one, Tensor) and one.dim()}
        generators = {one.device.type for one in meeting if isinstance(one, Generator)}
        if generators and kwargs.get("device"):  # a new tensor that is filled there
            kinds.add(torch.device(kwargs["device"]).type)
        if len(kinds | generators) > 1:
            raise Mixed(name.partition("::")[2])
        value = func(*args, **kwargs)
        if Tag.nondeterministic_seeded in func.tags:
            self.drawn |= any(one.is_meta for one in tensors_in(value))
        return value


class NoNumbers(TorchFunctionMode):
    """Refuses `tolist`, which would return zeros: a tensor on `meta` has no numbers."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is Tensor.tolist and args[0].is_meta:
            raise NotImplementedError("a tensor on meta has no numbers")
        return func(*args, **(kwargs or {}))


@contextmanager
def no_compiler() -> Iterator[None]:
    """Inside, torch does not load its compiler at the first operation on `meta`.

    That takes a second or two. Only a decorator of it is needed, which does nothing here.
    """
    name = "torch._dynamo"
    if name in sys.modules:
        yield
        return
    sys.modules[name] = torch._dynamo = ModuleType(name)
    torch._dynamo.disable = lambda f, *_, **__: f
    try:
        yield
    finally:
        del sys.modules[name], torch._dynamo


def elsewhere(value):
    """A tensor or module on `meta`; everything else as it is."""
    if isinstance(value, nn.Module):
        return value.to("meta")
    return value.to("meta") if isinstance(value, Tensor) else value


def strays_and_draws(f, *args) -> tuple[str, bool]:
    """What `strays` says about f, and whether f draws random numbers elsewhere than on the CPU."""
    ended, mode = [], OneDevice()

    def run(*args):
        value = f(*args)
        ended.append(True)
        return value

    state = torch.get_rng_state()
    said = strays(run, *args, mode=mode)
    none = bool(ended) and torch.equal(state, torch.get_rng_state())
    return said, mode.drawn or none


def strays(f, *args, mode: OneDevice | None = None, **kwargs) -> str:
    """In words, where f leaves the device of its arguments; empty if no such place is found."""
    args, kwargs = tree_map(elsewhere, (args, kwargs))
    try:
        with no_compiler(), mode or OneDevice(), NoNumbers():
            value = f(*args, **kwargs)
    except (ImportError, AttributeError) as error:
        if "torch._dynamo" not in str(error) or "torch._dynamo" in sys.modules:
            return ""
        importlib.import_module("torch._dynamo")  # f does need the compiler
        return strays(f, *args, mode=mode, **kwargs)
    except Mixed as error:
        return f"two devices meet in `{error}`"
    except Exception as error:
        known = "not on the expected device" in str(error) or "same device" in str(error)
        if isinstance(error, NotImplementedError) and str(error).startswith("lesson "):
            raise  # it is not written yet
        return str(error).split("\n")[0] if known else ""
    left = {str(one.device) for one in tensors_in(value) if not one.is_meta}
    return f"the result is on {left.pop()}" if left else ""


def stays(f, *args, **kwargs) -> Later:
    """For an observer: whether `strays` finds nothing. It runs only when needed, as it is slow."""
    return Later(lambda: not strays(f, *args, **kwargs))


def stays_on_device(f, *args, **kwargs) -> None:
    """Fail if f leaves the device of its arguments."""
    check.bind(f, args, kwargs)
    text = check.describe(f, args, kwargs)
    said = strays(f, *args, **kwargs)
    if said:
        sentence = "On a GPU this would fail. Which tensor do you make without `device=`?"
        check.wrong(sentence, call=text, expected="one device", got=said)
