"""The methods by name, and configurations made from plain names and values."""

import importlib
from dataclasses import fields

from simclr_mini.config import GROUPS, Config, Options, flag
from simclr_mini.simclr import SimCLR

METHODS = {  # name on the command line and of the module: name of the class
    "simclr": "SimCLR",
    "gsimclr": "GSimCLR",
    "curation": "Curation",
    "nnclr": "NNCLR",
    "deepcluster": "DeepCluster",
    "moco": "MoCo",
    "swav": "SwAV",
    "supervised": "Supervised",
}
GENERAL = {field.name: field.default for group in GROUPS for field in fields(group)}


def method_class(name: str) -> type[SimCLR]:
    """The class of a method. Its module is imported only when it is needed.

    Raises:
        ValueError: no method has this name.
    """
    if name not in METHODS:
        raise ValueError(f"--method must be one of {', '.join(METHODS)}, not {name}")
    return getattr(importlib.import_module(f"simclr_mini.{name}"), METHODS[name])


def defaults(options: type[Options]) -> dict:
    """The options of a method by name, with their defaults."""
    return {field.name: field.default for field in fields(options)}


def current_names(choices: dict) -> dict:
    """The choices of an older run, under the names that options have now."""
    return {{"recipe": "views"}.get(name, name): value for name, value in choices.items()}


def saved_choices(config: dict) -> dict:
    """The content of a config.json, as a run of today would have written it.

    Raises:
        AttributeError, KeyError: it is not the configuration of a run.
    """
    return {"view_size": config["size"]} | current_names(config)  # older runs have no view_size


def configure(method: str = "simclr", **choices) -> Config:
    """The configuration of a run, from names and values as in config.json.

    Args:
        method: name of the method.
        choices: general choices and the method's own options. Those left out have their defaults.

    Raises:
        ValueError: the method does not use a choice, or there is no choice of that name.
    """
    owner, choices = method_class(method), current_names(choices)
    own = defaults(owner.Options)
    for name, value in choices.items():
        ignored = name in owner.ignores and value != GENERAL[name]
        if ignored or name not in GENERAL | own:
            check_name(name)
            raise ValueError(f"--method {method} does not use --{flag(name)}; leave it out")
    options = owner.Options(**{k: v for k, v in choices.items() if k in own})
    general = {k: v for k, v in choices.items() if k in GENERAL}
    return Config(method=method, options=options, **general)


def check_name(name: str) -> None:
    """Raise ValueError if no method has an option of that name."""
    if name not in GENERAL and not any(name in defaults(method_class(m).Options) for m in METHODS):
        raise ValueError(f"there is no option --{flag(name)}")
