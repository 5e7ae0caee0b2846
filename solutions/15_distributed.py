"""Lesson 15: right ways to compute in many processes; the first of each is in loops."""

import math
from contextlib import contextmanager, nullcontext

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint

from lessons.course.ways import way


def counts_of(B):
    """How many rows each process has: the first B % W processes have one more."""
    W = dist.get_world_size()
    return [B // W + (r < B % W) for r in range(W)]


def start_of(B):
    return sum(counts_of(B)[: dist.get_rank()])


# all_rows


@way("all_rows", "loops")
def rows_in_loops(rows, B):
    """One row of one process at a time is sent to all others."""
    everything = []
    for r, count in enumerate(counts_of(B)):
        for i in range(count):
            mine = dist.get_rank() == r
            row = rows[i].detach().clone() if mine else torch.empty_like(rows[0:1].sum(0))
            dist.broadcast(row, r)
            everything.append(row)
    return torch.stack(everything)


@way("all_rows", "a sum of mostly zeros")
def rows_by_a_sum(rows, B):
    """Each process fills in its own rows, and 0 elsewhere."""
    whole = rows.new_zeros(B, *rows.shape[1:])
    start = start_of(B)
    whole[start : start + len(rows)] = rows.detach()
    dist.all_reduce(whole)
    return whole


@way("all_rows", "one block at a time")
def rows_by_broadcast(rows, B):
    """Each process in turn sends its block to all others, whatever its size."""
    blocks = [rows.new_empty(count, *rows.shape[1:]) for count in counts_of(B)]
    blocks[dist.get_rank()].copy_(rows.detach())
    for r, block in enumerate(blocks):
        if len(block):
            dist.broadcast(block, r)
    return torch.cat(blocks)


@way("all_rows", "padded with the last row")
@torch.no_grad()
def rows_padded(rows, B):
    """The padding does not matter, because it is cut off again."""
    counts = counts_of(B)
    most = max(counts)
    fill = rows[-1:] if len(rows) else rows.new_ones(1, *rows.shape[1:])
    sent = torch.cat([rows, fill.expand(most - len(rows), *rows.shape[1:])]).contiguous()
    got = [torch.zeros_like(sent) for _ in counts]
    dist.all_gather(got, sent)
    keep = torch.cat([torch.arange(most) < count for count in counts])
    return torch.cat(got)[keep]


# Gather.backward


@way("Gather.backward", "loops")
def backward_in_loops(ctx, gradient):
    """Row by row: every process sends its gradient of the row."""
    start, count = start_of(ctx.B), counts_of(ctx.B)[dist.get_rank()]
    kept = []
    for i in range(ctx.B):
        wanted = gradient[i].clone()
        dist.all_reduce(wanted)
        if start <= i < start + count:
            kept.append(wanted)
    return torch.stack(kept) if kept else gradient[:0], None


@way("Gather.backward", "gather the gradients")
def backward_by_gathering(ctx, gradient):
    """Gather all gradients of all processes, and sum one block of rows."""
    sent = gradient.contiguous()
    others = [torch.empty_like(sent) for _ in counts_of(ctx.B)]
    dist.all_gather(others, sent)
    start = start_of(ctx.B)
    own = slice(start, start + counts_of(ctx.B)[dist.get_rank()])
    return sum(one[own] for one in others), None


@way("Gather.backward", "a sum for each process")
def backward_by_reducing(ctx, gradient):
    """Each block of rows is summed where it belongs."""
    for r, block in enumerate(gradient.split(counts_of(ctx.B))):
        total = block.clone(memory_format=torch.contiguous_format)
        dist.all_reduce(total)
        if r == dist.get_rank():
            own = total
    return own, None


@way("Gather.backward", "narrow")
def backward_narrow(ctx, gradient):
    total = gradient + 0
    total = total.contiguous()
    dist.all_reduce(total, op=dist.ReduceOp.SUM)
    return total.narrow(0, start_of(ctx.B), counts_of(ctx.B)[dist.get_rank()]).clone(), None


# average_gradients


@way("average_gradients", "loops")
def average_in_loops(optimizer):
    """One exchange for each parameter."""
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                dist.all_reduce(p.grad)
                p.grad /= dist.get_world_size()


@way("average_gradients", "divide first")
def average_of_parts(optimizer):
    """A sum of W-th parts is the mean, and does not overflow in half precision."""
    W = dist.get_world_size()
    for p in [p for group in optimizer.param_groups for p in group["params"]]:
        if p.grad is None:
            continue
        mean = p.grad / W
        dist.all_reduce(mean)
        p.grad.copy_(mean)


@way("average_gradients", "gather and mean")
def average_by_gathering(optimizer):
    """The gradients of all processes side by side."""
    for group in optimizer.param_groups:
        for p in filter(lambda p: p.grad is not None, group["params"]):
            grads = [torch.empty_like(p.grad) for _ in range(dist.get_world_size())]
            dist.all_gather(grads, p.grad.contiguous())
            p.grad = torch.stack(grads).mean(0)


@way("average_gradients", "one vector")
def average_one_vector(optimizer):
    with_gradient = [
        p for group in optimizer.param_groups for p in group["params"] if p.grad is not None
    ]
    vector = torch.nn.utils.parameters_to_vector([p.grad.contiguous() for p in with_gradient])
    dist.all_reduce(vector)
    means = [torch.empty(p.shape, dtype=p.dtype) for p in with_gradient]
    torch.nn.utils.vector_to_parameters(vector / dist.get_world_size(), means)
    for p, mean in zip(with_gradient, means, strict=True):
        p.grad.copy_(mean)


# own_places


@way("own_places", "loops")
def places_in_loops(B, device=None):
    """Number all images, and keep those of this process."""
    owners = [r for r, count in enumerate(counts_of(B)) for _ in range(count)]
    own = [i for i in range(B) if owners[i] == dist.get_rank()]
    views = own + [i + B for i in own]
    positives = [i + B for i in own] + own
    return (
        torch.tensor(views, dtype=torch.int64, device=device),
        torch.tensor(positives, dtype=torch.int64, device=device),
    )


@way("own_places", "split a table")
def places_of_a_table(B, device=None):
    """One row of first views and one of second views; columns are divided as the images are."""
    table = torch.arange(2 * B, device=device).view(2, B)
    own = table.tensor_split(dist.get_world_size(), dim=1)[dist.get_rank()]
    return own.flatten(), own.flip(0).flatten()


@way("own_places", "roll")
def places_rolled(B, device=None):
    """The positives are the same places, with both halves exchanged."""
    start, b = start_of(B), counts_of(B)[dist.get_rank()]
    views = torch.cat([torch.arange(b, device=device), torch.arange(b, device=device) + B]) + start
    return views, views.roll(b)


@way("own_places", "exclusive or")
def places_with_where(B, device=None):
    first = torch.arange(B, device=device).split(counts_of(B))[dist.get_rank()]
    views = torch.hstack([first, B + first])
    return views, torch.where(views < B, views + B, views - B)


# own_nt_xent_loss


class Everything(torch.autograd.Function):
    """All rows, with a gradient. It is our own: a solution imports nothing from the lesson."""

    @staticmethod
    def forward(ctx, rows, B):
        ctx.B = B
        return rows_by_a_sum(rows, B)

    @staticmethod
    def backward(ctx, gradient):
        return backward_narrow(ctx, gradient)


@way("own_nt_xent_loss", "loops")
def loss_in_loops(z1, z2, B, temperature=0.5):
    """Equation 1 for each view of this process, number by number."""
    first, second = Everything.apply(z1, B), Everything.apply(z2, B)
    everyone = [*first, *second]
    places, positives = places_in_loops(B)
    total = 0
    for own, place, positive in zip([*z1, *z2], places.tolist(), positives.tolist(), strict=True):
        terms = {
            k: torch.dot(own, z) / (own.norm() * z.norm()) / temperature
            for k, z in enumerate(everyone)
            if k != place
        }
        total = total - terms[positive] + torch.logsumexp(torch.stack(list(terms.values())), 0)
    return total / (2 * B) * dist.get_world_size()


@way("own_nt_xent_loss", "own rows of the table")
def loss_of_the_table(z1, z2, B, temperature=0.5):
    """Compute the whole table, and keep only the rows of this process."""
    z = F.normalize(torch.cat([Everything.apply(z1, B), Everything.apply(z2, B)]), dim=1)
    places, positives = places_of_a_table(B, z.device)
    table = (z @ z.T / temperature).masked_fill(
        torch.eye(2 * B, dtype=torch.bool, device=z.device), -math.inf
    )
    own = F.log_softmax(table[places], dim=1)
    return -own.gather(1, positives[:, None]).sum() / (2 * B) * dist.get_world_size()


@way("own_nt_xent_loss", "normalised before they are sent")
def loss_of_sent_units(z1, z2, B, temperature=0.5):
    """Exchange vectors of unit norm; weight the mean over own views by their number."""
    u1, u2 = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    z = torch.cat([Everything.apply(u1, B), Everything.apply(u2, B)])
    places, positives = places_rolled(B, z.device)
    logits = torch.cat([u1, u2]) @ z.T / temperature
    itself = F.one_hot(places, 2 * B).bool()
    loss = F.cross_entropy(logits.masked_fill(itself, -math.inf), positives)
    return loss * len(z1) * dist.get_world_size() / B


@way("own_nt_xent_loss", "two blocks")
def loss_of_two_blocks(z1, z2, B, temperature=0.5):
    """First views and second views one after another, each with logsumexp."""
    all1, all2 = (F.normalize(Everything.apply(z, B), dim=1) for z in (z1, z2))
    start, total = start_of(B), 0
    for z, same, other in ((z1, all1, all2), (z2, all2, all1)):
        u = F.normalize(z, dim=1)
        i = torch.arange(len(z))
        near = (u @ same.T / temperature).index_put(
            (i, i + start), torch.tensor(-math.inf, dtype=u.dtype)
        )
        far = u @ other.T / temperature
        total = total + torch.cat([near, far], 1).logsumexp(1).sum() - far[i, i + start].sum()
    return total * dist.get_world_size() / (2 * B)


# moments


@way("moments", "loops")
def moments_in_loops(x, B):
    """All rows on every process, then the definition."""
    rows = list(Everything.apply(x, B))
    mean = sum(rows) / B
    return mean, sum((row - mean) ** 2 for row in rows) / B


@way("moments", "torch's own")
def moments_of_all(x, B):
    var, mean = torch.var_mean(Everything.apply(x, B), dim=0, correction=0)
    return mean, var


@way("moments", "within and between")
def moments_of_parts(x, B):
    """The mean of the processes' variances, and the variance of their means."""
    W = dist.get_world_size()
    n = torch.tensor(counts_of(B), dtype=x.dtype)[:, None]
    means = Everything.apply(x.mean(0, keepdim=True), W)
    squares = Everything.apply((x - x.mean(0)).square().sum(0, keepdim=True), W)
    mean = (n * means).sum(0) / B
    return mean, (squares.sum(0) + (n * (means - mean).square()).sum(0)) / B


# project_chunk


@contextmanager
def buffers_kept(method):
    """What happens inside leaves the buffers as they were."""
    kept = {name: buffer.clone() for name, buffer in method.named_buffers()}
    try:
        yield
    finally:
        with torch.no_grad():
            for name, buffer in method.named_buffers():
                buffer.copy_(kept[name])


@way("project_chunk", "loops")
def chunk_with_a_hook(method, chunk):
    """A hook waits for the gradient of all projections, then repeats the forward pass."""
    with torch.no_grad():
        z = method.project_views(chunk)
    together = torch.cat(z).requires_grad_()

    def go_again(gradient):
        with torch.enable_grad(), buffers_kept(method):
            torch.cat(method.project_views(chunk)).backward(gradient)

    together.register_hook(go_again)
    return list(together.split([len(one) for one in z]))


class Again(torch.autograd.Function):
    """The parameters are inputs, so that `backward` returns their gradients."""

    @staticmethod
    def forward(ctx, method, chunk, *parameters):
        ctx.method, ctx.chunk, ctx.parameters = method, chunk, parameters
        with torch.no_grad():
            return tuple(method.project_views(chunk))

    @staticmethod
    def backward(ctx, *gradients):
        with torch.enable_grad(), buffers_kept(ctx.method):
            z = ctx.method.project_views(ctx.chunk)
            found = torch.autograd.grad(z, ctx.parameters, gradients, allow_unused=True)
        return None, None, *found


@way("project_chunk", "a function of its own")
def chunk_with_a_function(method, chunk):
    return list(Again.apply(method, chunk, *method.parameters()))


@way("project_chunk", "checkpoint")
def chunk_with_checkpoint(method, chunk):
    """torch calls the function twice, and only the first call may leave a trace."""
    calls = []

    def project(*views):
        calls.append(1)
        with buffers_kept(method) if len(calls) > 1 else nullcontext():
            return tuple(method.project_views(list(views)))

    return list(checkpoint(project, *chunk, use_reentrant=False))
