"""What the machine can do at most, measured: multiply-adds, and bytes from and to memory."""

import torch
from measure import fastest
from step import Step
from torch.utils.flop_counter import FlopCounterMode

from simclr_mini.device import number_format

SIDE = 2048  # of the square matrices that are multiplied
NUMBERS = 2**27  # in each array that is read or written: 512 MiB, more than any cache holds


def matrix_rate(dtype: torch.dtype, rounds: int, side: int = SIDE) -> float:
    """FLOP/s of the product of two square matrices. A multiply-add counts as two."""
    a, b = torch.rand(2, side, side, dtype=dtype).unbind()
    out = torch.empty(side, side, dtype=dtype)
    return 2 * side**3 / fastest(lambda: torch.mm(a, b, out=out), rounds)


def bandwidth(rounds: int, numbers: int = NUMBERS) -> float:
    """Bytes per second of c = a + b, which reads two arrays and writes one."""
    a, b, c = torch.ones(3, numbers).unbind()
    return 3 * a.nbytes / fastest(lambda: torch.add(a, b, out=c), rounds)


def flops_per_view(step: Step) -> dict[str, float]:
    """FLOPs that the network needs for a view, counted: forward, and forward and backward.

    Convolutions and matrix products count, with two for a multiply-add. Norms, ReLUs and sums do
    not, because they are less than a hundredth.
    """
    views = 2 * step.config.batch_size
    both_ways = step.network()
    with FlopCounterMode(display=False) as both:
        both_ways()
    x = torch.rand(views, 3, step.method.recipe.size, step.method.recipe.size)
    with torch.no_grad(), FlopCounterMode(display=False) as forward:
        step.method.project(x)
    return {
        "forward": forward.get_total_flops() / views,
        "both": both.get_total_flops() / views,
    }


def network_speed(step: Step, rounds: int) -> dict[str, float | str]:
    """FLOPs per view, FLOP/s of the network alone, forward and backward, and the number format."""
    counted = flops_per_view(step)
    seconds = fastest(step.network(), rounds)
    rate = 2 * step.config.batch_size * counted["both"] / seconds
    return counted | {"rate": rate, "precision": number_format(step.config.precision, "cpu")}
