"""Chooses the device and the number format to compute with."""

import torch


def pick_device(name: str) -> torch.device:
    """The device of that name, or for "auto" the fastest one that this machine has.

    Args:
        name: "auto", "cpu", "cuda" or "mps".

    Raises:
        ValueError: this machine does not have it.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device in there if there[device])
    if not there[name]:
        raise ValueError(f"--device {name} is not available on this machine; use auto or cpu")
    return torch.device(name)


def number_format(precision: str, device: str) -> str:
    """What the network computes in: "float32" or "bfloat16".

    Args:
        precision: one of the two, or "auto": bfloat16 if the device has instructions for it.
        device: name of the device, as for `pick_device`.
    """
    if precision != "auto":
        return precision
    kind = pick_device(device).type
    if kind == "cuda":
        has_it = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        has_it = kind == "cpu" and getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
    return "bfloat16" if has_it else "float32"
