"""What a call must leave as it was, and what it must not return, whatever the function does.

`check.call` checks this for every call. Where it fails, the values are right, but a later training
step goes wrong: a network stays in evaluation mode, gradients stay off, a result is overwritten.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves

from lessons.course.show import article

MODES = {True: "training", False: "evaluation"}


class Surroundings:
    """The state around a call, noted before it. `given` holds the function and its arguments."""

    def __init__(self, *given):
        self.gradients, self.dtype = torch.is_grad_enabled(), torch.get_default_dtype()
        self.may_be_inference = (
            torch.is_inference_mode_enabled()
            or any(one.is_inference() for one in tensors_in(given))
            or any(isinstance(one, nn.Module) for one in given)  # it may measure a network
        )
        self.modes = [(module, module.training) for module in modules_in(given)]

    def restore(self) -> str:
        """Bring back gradients and dtype. Returns what had changed: the end of "f leaves …"."""
        gradients, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
        torch.set_grad_enabled(self.gradients)
        torch.set_default_dtype(self.dtype)
        if gradients != self.gradients:
            return f"gradients switched {'on' if gradients else 'off'}"
        if dtype != self.dtype:
            return f"torch's default dtype at {dtype}"
        changed = [module for module, mode in self.modes if module.training != mode]
        if changed:
            name = type(changed[0]).__name__
            return f"{article(name)} {name} in {MODES[changed[0].training]} mode"
        return ""

    def no_gradients_through(self, value) -> bool:
        """Whether a result was made in torch.inference_mode, although no argument was.

        A function that is given a network may do so: nothing is trained on what it measures.
        """
        return not self.may_be_inference and any(one.is_inference() for one in tensors_in(value))


def modules_in(given: tuple) -> Iterator[nn.Module]:
    """The modules among these values and those whose methods are among them, with all parts."""
    for one in given:
        owner = getattr(one, "__self__", one)
        if isinstance(owner, nn.Module):
            yield from owner.modules()


class Earlier:
    """What a test's earlier calls of each function returned, with copies made at that time."""

    def __init__(self):
        self.kept: dict[str, list[tuple[Tensor, Tensor]]] = {}

    def unchanged(self, name: str) -> bool:
        """Whether the last result of this function is still what it was."""
        return all(same(now, then) for now, then in self.kept.get(name, []))

    def keep(self, name: str, value, given: tuple) -> None:
        """Keep a result in place of the last one, except what shares memory with an argument."""
        known = {place_of(one) for one in tensors_in(given)} | {0}
        found = [one.detach() for one in tensors_in(value) if not isinstance(one, nn.Parameter)]
        self.kept[name] = [(one, one.clone()) for one in found if place_of(one) not in known]


def tensors_in(value) -> list[Tensor]:
    return [one for one in tree_leaves(value) if isinstance(one, Tensor)]


def place_of(tensor: Tensor) -> int:
    """Where a tensor's memory begins; 0 if it has none."""
    return 0 if tensor.is_meta else tensor.untyped_storage().data_ptr()


def same(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors are equal; NaN equals NaN."""
    if a.shape != b.shape:
        return False
    return torch.equal(a, b) or torch.equal(torch.nan_to_num(a), torch.nan_to_num(b))
