"""Many processes: a batch is divided among them, and the gradient is that of one process.

    torchrun --nproc-per-node 2 -m simclr_mini train --norm group

All processes draw the same batch and the same views, because their generators are equal. Each
passes its own rows through the network. Then they exchange projections, and each computes the loss
of the whole batch, with all negatives.

Each process s may compute a loss L_s of its own from all rows. Training minimises their mean L.
`Gather` sums the gradients of all processes for a row, and `average_gradients` divides by W:

    dL/dw = 1/W sum_r d(rows of r)/dw . sum_s dL_s/d(rows of r),    L = 1/W sum_s L_s.

If all compute the same loss, L is that loss. Two mistakes are easy here, and public libraries made
both: a gather through which no gradient flows back from the other processes, and a gradient that is
1/W of the right one.

Without torchrun there is one process, and `own_rows` and `gather` return what they were given.
"""

import os
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

PATIENCE = timedelta(minutes=5)  # for a step: a process that takes longer counts as dead
READING = timedelta(hours=12)  # while one process downloads, draws or reads the images
FIRST = 0  # this process writes, measures and reports


def join(device: torch.device) -> None:
    """Join the other processes if torchrun started this one: gloo on CPUs, nccl on GPUs.

    Args:
        device: the kind of device on which all processes train. Each uses its own GPU.

    Raises:
        ValueError: the device is neither CPU nor CUDA, or there are fewer GPUs than processes.
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
        warnings.simplefilter("ignore")  # the first process shows them


def leave() -> None:
    """Leave the other processes. From here on, this process is alone."""
    if size() > 1:
        dist.destroy_process_group()


def size() -> int:
    """W, the number of processes."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0."""
    return dist.get_rank() if size() > 1 else FIRST


def own_rows(x: Tensor) -> Tensor:
    """This process's rows of a batch. The processes' shares differ by at most one row.

    Args:
        x: the whole batch, shape (B, ...).

    Returns:
        Shape (b, ...), with b = B / W, rounded up or down.
    """
    return x.tensor_split(size())[rank()]


def shares(B: int) -> list[int]:
    """How many rows of a batch each process gets from `own_rows`."""
    return [len(part) for part in torch.empty(B).tensor_split(size())]


def gather(rows: Tensor, B: int) -> Tensor:
    """The rows of all processes, in the order of the batch. The gradient flows back to all of them.

    Args:
        rows: the network's output for this process's b rows, shape (b, d); or several such blocks,
            one below the other.
        B: rows of the whole batch.

    Returns:
        Shape (B, d); or as many such blocks, one below the other.
    """
    if size() == 1:
        return rows
    return torch.cat([Gather.apply(block, B) for block in rows.split(shares(B)[rank()])])


class Gather(torch.autograd.Function):
    """`all_rows`, with a gradient."""

    @staticmethod
    def forward(ctx, rows: Tensor, B: int) -> Tensor:
        ctx.B = B
        return all_rows(rows, B)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient for this process's rows, summed over the losses of all processes.

        Args:
            ctx: `ctx.B` is the B of the forward pass.
            gradient: gradient of this process's loss with respect to all rows, shape (B, d). Other
                code may use the same tensor, so it must not be changed.

        Returns:
            The gradient for this process's rows, shape (b, d), and None for B. It is the sum over
            all processes, although each process knows only the gradient of its own loss.
        """
        total = gradient.clone(memory_format=torch.contiguous_format)
        # every process has a gradient for our rows: sum them
        dist.all_reduce(total)
        # keep those of our rows, which begin after the rows of all processes before us
        return total.split(shares(ctx.B))[rank()], None


def all_rows(rows: Tensor, B: int) -> Tensor:
    """The rows of all processes, in the order of the batch. There is no gradient.

    `dist.all_gather` needs tensors of equal shape on all processes, but `shares(B)` may differ by
    one row. The first process has the largest share.

    Args:
        rows: this process's rows, shape (b, d), where b is this process's entry of `shares(B)`.
        B: rows of the whole batch.

    Returns:
        Shape (B, d), with the dtype of `rows`: first all rows of process 0, then those of process
        1, and so on.
    """
    counts = shares(B)
    # every process sends as many rows as the largest share has; the last one may be empty
    padded = rows.new_zeros(counts[0], *rows.shape[1:])
    padded[: len(rows)] = rows
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    # leave out what was only added for the exchange
    return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])


def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    """Where this process's 2b views are among all 2B views, and where their positives are.

    All views are the first views of the whole batch, in its order, and then all second views. This
    process's views are those of its own rows: its b first views, then its b second views.

    Args:
        B: rows of the whole batch. `shares(B)` says how many of them each process has.
        device: device of the results; None means torch's default.

    Returns:
        Two tensors of shape (2b,), int64: the places of the views, and those of their positives.
        For B = 5 and 2 processes, the second process gets 3 4 8 9 and 8 9 3 4.
    """
    # our rows begin after those of the processes before us
    start = sum(shares(B)[: rank()])
    first = torch.arange(start, start + shares(B)[rank()], device=device)
    # the second view of a row is B places after the first one
    views = torch.cat([first, first + B])
    return views, (views + B) % (2 * B)


def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    """This process's share of NT-Xent: its own views against all views.

    The mean of the shares over all processes is the loss of the whole batch, equation 1 of SimCLR,
    even if the processes have different numbers of rows. The gradient flows into z1 and z2, and
    through `gather` into the rows of the other processes. Each process does 1/W of the work of the
    whole loss.

    Args:
        z1, z2: projections of the two views of this process's rows, shape (b, d), not normalised.
        B: rows of the whole batch.
        temperature: tau > 0.

    Returns:
        Scalar.
    """
    # the candidates are the views of all processes, in the order of own_places
    z = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]), dim=1, eps=1e-8)
    own = F.normalize(torch.cat([z1, z2]), dim=1, eps=1e-8)  # (2b, d)
    views, positives = own_places(B, z.device)
    # a view is not its own candidate
    logits = own @ z.T / temperature  # (2b, 2B)
    logits = logits.scatter(1, views[:, None], float("-inf"))
    # an average over W processes follows, so the sum is divided by 2B / W, not by 2b
    return F.cross_entropy(logits, positives, reduction="sum") * size() / (2 * B)


def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    """Mean and variance of each column over the whole batch, as a batch norm needs them.

    The variance is the mean squared distance from the mean, without a correction. The gradient
    flows through `gather` into the rows of all processes.

    Args:
        x: this process's rows, shape (b, D).
        B: rows of the whole batch.

    Returns:
        Mean and variance, shape (D,) each, equal on all processes.
    """
    # one row of sums from each process: a "batch" of W rows
    mean = gather(x.sum(0, keepdim=True), size()).sum(0) / B
    # squared distances from the mean of all, not from our own
    squares = (x - mean).square().sum(0, keepdim=True)
    return mean, gather(squares, size()).sum(0) / B


def average_before_steps(optimizer: torch.optim.Optimizer) -> None:
    """From now on, average the gradients of all processes before each step of an optimiser."""
    if size() > 1:
        optimizer.register_step_pre_hook(lambda *_: average_gradients(optimizer))


def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    """Replace the gradient of each parameter by its mean over all processes.

    `p.grad` may be the old tensor or a new one. A parameter without a gradient (`p.grad` is None)
    has none on any process, and still has none afterwards. The parameters themselves do not change.
    The numbers of a gradient may be stored in a different order from that of its dimensions, as
    with channels_last.

    Args:
        optimizer: `optimizer.param_groups` is a list of dicts, each with a list of parameters under
            "params".
    """
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    gradients = [p.grad for p in parameters if p.grad is not None]
    # all gradients in one row of numbers, because one exchange is faster than many
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    # back to where they came from
    for g, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        g.copy_(mean.view(g.shape))


def copy_from_first(method: nn.Module) -> None:
    """Give every process the parameters, buffers and generators of the first one.

    All processes compute the same numbers, but another machine may round differently.

    Args:
        method: has `generators` by name.
    """
    if size() == 1:
        return
    for tensor in method.state_dict().values():
        sent = tensor.contiguous()  # a channels_last tensor is not contiguous
        dist.broadcast(sent, FIRST)
        tensor.copy_(sent)
    for generator in method.generators.values():
        state = generator.get_state()
        dist.broadcast(state, FIRST)
        generator.set_state(state)


def any_process(flag: bool) -> bool:
    """Whether the flag is set in any process. All processes wait for each other."""
    if size() == 1:
        return flag
    found = torch.tensor(int(flag))
    dist.all_reduce(found, dist.ReduceOp.MAX)
    return bool(found)


def wait() -> None:
    """Wait until all processes have arrived here."""
    any_process(False)


@contextmanager
def first_goes_first() -> Iterator[None]:
    """The first process runs the block; then the others run it, and find what the first wrote."""
    if size() == 1:
        yield
        return
    patient = dist.new_group(timeout=READING, backend="gloo")
    if rank() != FIRST:
        dist.barrier(patient)
    yield
    if rank() == FIRST:
        dist.barrier(patient)
    dist.barrier(patient)  # nobody begins while another still reads
    dist.destroy_process_group(patient)


def agree(value: str) -> bool:
    """Whether all processes gave the same text."""
    mine = zlib.crc32(value.encode())
    if size() == 1:
        return True
    bounds = torch.tensor([mine, -mine])
    dist.all_reduce(bounds, dist.ReduceOp.MAX)
    return bool(bounds[0] == -bounds[1])
