"""Notices if a learner's file replaces what judges it, such as a function of pytest. For `grade`.

This stops simple tricks. It cannot stop all, because the file runs in its tests' process.
"""

import sys
from types import FunctionType, ModuleType

JUDGES = ("pytest", "_pytest", "pluggy", "lessons")  # packages
COMPARISONS = {
    "torch": ("equal", "allclose", "isclose", "where", "isfinite", "as_tensor", "nan_to_num"),
    "torch.testing": ("assert_close",),
}
TAMPERED = "Its code replaces "  # how the message begins


def judges() -> dict[tuple, object]:
    """Every function and class that judges, by its module or class and its name there."""
    found = {}
    for title, names in COMPARISONS.items():
        module = sys.modules[title]
        found |= {(module, name): vars(module)[name] for name in names}
    for title, module in list(sys.modules.items()):
        if title.partition(".")[0] in JUDGES and isinstance(module, ModuleType):
            for name, value in code_in(module).items():
                found[module, name] = value
                if isinstance(value, type) and value.__module__ == title:
                    found |= {(value, inside): code for inside, code in code_in(value).items()}
    return found


def code_in(holder: ModuleType | type) -> dict[str, object]:
    """The functions and classes in a module, or the functions in a class."""
    kinds = (FunctionType, type) if isinstance(holder, ModuleType) else FunctionType
    return {name: value for name, value in vars(holder).items() if isinstance(value, kinds)}


def replaced(before: dict[tuple, object]) -> str:
    """A sentence about the first of these that has been replaced; empty if none has."""
    for (holder, name), value in before.items():
        if vars(holder).get(name) is not value:
            return f"{TAMPERED}{holder.__name__}.{name}, which judges it."
    return ""
