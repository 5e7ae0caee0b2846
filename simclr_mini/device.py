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
        raise ValueError(f"--device {name} is not on this machine; use auto or cpu")
    return torch.device(name)


def uses_bfloat16(precision: str, device: str) -> bool:
    """Whether the network computes in bfloat16.

    Args:
        precision: "float32", "bfloat16", or "auto": bfloat16 if the device has instructions for it.
        device: name of the device, as for `pick_device`.
    """
    if precision != "auto":
        return precision == "bfloat16"
    kind = pick_device(device).type
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return kind == "cpu" and getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()
