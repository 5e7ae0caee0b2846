"""Checks, without a GPU, that a function stays on the device of its arguments.

The arguments are copies on torch's `meta` device, which stands for the GPU. Each keeps its numbers
in another tensor, on the CPU, so that a function may also read them, as `.item()` does.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import torch
from torch import Generator, Tag, Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves, tree_map

from lessons.course import check
from lessons.course.evidence import Later
from lessons.course.surroundings import tensors_in

FREE = ("aten::copy_", "aten::_to_copy", "aten::fill_")


LEFT = "the result is not on the CPU"


class Mixed(Exception):
    """An operation gets tensors, or a tensor and a generator, on two devices."""


class There(Tensor):
    """A tensor on `meta`. Its `numbers` are those of a tensor on the CPU, which it wraps."""

    __torch_function__ = torch._C._disabled_torch_function_impl  # no results of this class

    @staticmethod
    def __new__(cls, numbers: Tensor):
        return Tensor._make_wrapper_subclass(
            cls,
            numbers.shape,
            strides=numbers.stride(),
            storage_offset=numbers.storage_offset(),
            dtype=numbers.dtype,
            device="meta",
            requires_grad=numbers.requires_grad,
        )

    def __init__(self, numbers: Tensor):
        self.numbers = numbers.detach()

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return compute(func, args, kwargs or {})

    def tolist(self):  # torch would refuse it
        return self.numbers.tolist()


def compute(func, args: tuple, kwargs: dict):
    """An operation on the numbers. Its results are on the device on which a GPU would have them."""
    wanted = torch.device(kwargs["device"]).type if kwargs.get("device") else ""
    ours = {id(x.numbers): x for x in tree_leaves((args, kwargs)) if isinstance(x, There)}
    if not ours and wanted in ("", "cpu"):
        return func(*args, **kwargs)

    def numbers(one):
        return one.numbers if isinstance(one, There) else one

    given, options = tree_map(numbers, (args, kwargs | ({"device": "cpu"} if wanted else {})))
    value = func(*given, **options)
    if Tag.inplace_view in func.tags:  # such as `unsqueeze_`, which changes the shape
        with no_dispatch():
            func(*args, **kwargs)

    def there(one):
        if not isinstance(one, Tensor) or wanted == "cpu":
            return one
        return ours[id(one)] if id(one) in ours else There(one)

    return tree_map(there, value)


class OneDevice(TorchDispatchMode):
    """Refuses what a GPU would refuse. A single number may come from the CPU.

    So may indices, but not the values that are written at these indices. `drawn` says whether
    random numbers were drawn on `meta`.
    """

    drawn = False

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        with self:  # tensors of inference_mode come here before an operation is divided into others
            value = func.decompose(*args, **kwargs)
        if value is not NotImplemented:
            return value
        name = func._schema.name
        meeting = [] if name in FREE else tree_leaves((args, kwargs))
        if name in ("aten::index", "aten::index_put", "aten::index_put_", "aten::_index_put_impl_"):
            indices = [one for one in args[1] if isinstance(one, Tensor) and one.is_meta]
            meeting = [args[0], *indices, *args[2:3]]
        tensors = [one for one in meeting if isinstance(one, Tensor)]
        kinds = {one.device.type for one in tensors if one.dim() or one.is_meta}
        generators = {one.device.type for one in meeting if isinstance(one, Generator)}
        if generators and kwargs.get("device"):  # a new tensor that is filled there
            kinds.add(torch.device(kwargs["device"]).type)
        if len(kinds | generators) > 1:
            raise Mixed(name.partition("::")[2])
        value = compute(func, args, kwargs)
        if Tag.nondeterministic_seeded in func.tags:
            self.drawn |= any(one.is_meta for one in tensors_in(value))
        return value


class FromLists(TorchFunctionMode):
    """Makes tensors of lists on the CPU first: on `meta` itself, their numbers would be lost."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func is Tensor.new_tensor:
            kwargs = {"dtype": args[0].dtype, "device": args[0].device} | kwargs
            func, args = torch.tensor, args[1:]
        made = func in (torch.tensor, torch.as_tensor) and kwargs.get("device") is not None
        if made and torch.device(kwargs["device"]).type == "meta":
            return func(*args, **kwargs | {"device": "cpu"}).to("meta")
        return func(*args, **kwargs)


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
    """A copy of a tensor on `meta`, or a module whose tensors are now there; else the value."""
    if isinstance(value, nn.Module):
        return value._apply(elsewhere)
    if not isinstance(value, Tensor) or value.is_meta:
        return value
    return There(value.detach().clone().requires_grad_(value.requires_grad))


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
        with no_compiler(), mode or OneDevice(), FromLists():
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


def comes_back(f, *args) -> str:
    """In words, why f has no result on the CPU for arguments on a GPU; empty if it has one."""
    found = []
    said = strays(lambda *args: found.append(f(*args)), *args)
    if any(one.is_meta for one in tensors_in(found)):
        said = LEFT
    return said


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
