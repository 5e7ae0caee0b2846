"""Many processes: a batch is divided among them, and the gradient is that of one process.

    torchrun --nproc-per-node 2 -m simclr_mini train --norm group

All processes draw the same batch and the same views, because their generators are equal. Each
passes its own rows through the network. Then they exchange projections, and each computes the loss
of the whole batch, with all negatives.

Two mistakes are easy here, and public libraries made both: a gather through which no gradient
flows back from the other processes' rows, and a gradient that is 1/W of the right one.

Without torchrun there is one process, and every function here gives back what it was given.
"""

import os
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor, nn

PATIENCE = timedelta(minutes=5)  # the others wait while the first process measures
FIRST = 0  # this process writes, measures and reports


def join(device: torch.device) -> None:
    """Join the other processes if torchrun started this one: gloo on CPUs, nccl on GPUs.

    Args:
        device: the kind of device on which all processes train. Each takes a GPU of its own.

    Raises:
        ValueError: the device is no CPU and no GPU, or there are fewer GPUs than processes.
    """
    if not dist.is_torchelastic_launched() or int(os.environ["WORLD_SIZE"]) == 1:
        return
    if device.type not in ("cpu", "cuda"):
        raise ValueError(f"many processes cannot share {device.type}; use --device cpu")
    local = int(os.environ["LOCAL_RANK"])
    if device.type == "cuda":
        if local >= torch.cuda.device_count():
            raise ValueError(
                f"{torch.cuda.device_count()} GPUs are too few for {local + 1} processes on one "
                "machine; use a smaller --nproc-per-node"
            )
        torch.cuda.set_device(local)
    backend = "cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(backend, timeout=PATIENCE)
    if rank() != FIRST:
        warnings.simplefilter("ignore")  # the first process says it


def leave() -> None:
    """Leave the other processes. From here on this one is alone."""
    if size() > 1:
        dist.destroy_process_group()


def size() -> int:
    """W, the number of processes."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if size() > 1 else FIRST


def own_rows(x: Tensor) -> Tensor:
    """This process's rows of a batch. Shares differ by one row at most.

    Args:
        x: the whole batch, shape (B, ...).

    Returns:
        Shape (b, ...), with b = B / W, rounded up or down.
    """
    return x.tensor_split(size())[rank()]


def shares(B: int) -> list[int]:
    """How many rows of a batch each process has. `own_rows` divides it so."""
    return [len(part) for part in torch.empty(B).tensor_split(size())]


def gather(rows: Tensor, B: int) -> Tensor:
    """The rows of all processes, in the order of the batch. The gradient flows back into each.

    Args:
        rows: what the network made of this process's b rows, shape (b, d); or several such blocks,
            one below the other.
        B: rows of the whole batch.

    Returns:
        Shape (B, d); or as many such blocks, one below the other.
    """
    if size() == 1:
        return rows
    return torch.cat([Gather.apply(block, B) for block in rows.split(shares(B)[rank()])])


class Gather(torch.autograd.Function):
    """All rows on every process.

    Each of the W processes computes the same loss L of all rows. The backward pass of a gather sums
    the gradients that all of them have for this process's rows. They are equal, so the sum is W
    times our own, and nothing need be sent. `average_gradients` divides by W in the end:

        1/W sum_r d(rows of r)/dw . W dL/d(rows of r) = dL/dw.

    A parameter inside the loss has the whole gradient on every process; its mean is the same.
    """

    @staticmethod
    def forward(ctx, rows: Tensor, B: int) -> Tensor:
        counts = shares(B)
        ctx.start, ctx.count = sum(counts[: rank()]), len(rows)
        # all send equally many rows, as gather demands; the first share is the largest
        padded = rows.new_zeros(counts[0], *rows.shape[1:])
        padded[: len(rows)] = rows
        parts = [torch.empty_like(padded) for _ in counts]
        dist.all_gather(parts, padded)
        return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        """W times this process's rows of the gradient."""
        return size() * gradient.narrow(0, ctx.start, ctx.count), None


def average_before_steps(optimizer: torch.optim.Optimizer) -> None:
    """From now on, average the gradients of all processes before each step of an optimiser."""
    if size() > 1:
        optimizer.register_step_pre_hook(lambda *_: average_gradients(optimizer))


def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    """Replace each parameter's gradient by its mean over all processes, in one exchange."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for g, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        g.copy_(mean.view(g.shape))


def copy_from_first(method: nn.Module) -> None:
    """Give every process the parameters, buffers and generators of the first one.

    All processes compute them alike, but another machine may round in another way.

    Args:
        method: has `generators` by name.
    """
    if size() == 1:
        return
    for tensor in method.state_dict().values():
        sent = tensor.contiguous()  # channels_last is not
        dist.broadcast(sent, FIRST)
        tensor.copy_(sent)
    for generator in method.generators.values():
        state = generator.get_state()
        dist.broadcast(state, FIRST)
        generator.set_state(state)


def any_process(flag: bool) -> bool:
    """Whether the flag is set in one of the processes. All wait for each other."""
    if size() == 1:
        return flag
    found = torch.tensor(int(flag))
    dist.all_reduce(found, dist.ReduceOp.MAX)
    return bool(found)


def wait() -> None:
    """Go on when all processes are here."""
    any_process(False)


@contextmanager
def first_goes_first() -> Iterator[None]:
    """The first process does what is inside; then the others, who find what it has written."""
    if rank() != FIRST:
        wait()
    yield
    if rank() == FIRST:
        wait()


def agree(value: str) -> bool:
    """Whether all processes gave the same text."""
    mine = zlib.crc32(value.encode())
    if size() == 1:
        return True
    bounds = torch.tensor([mine, -mine])
    dist.all_reduce(bounds, dist.ReduceOp.MAX)
    return bool(bounds[0] == -bounds[1])
