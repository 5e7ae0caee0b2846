# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 15's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "same_tensor_w_times",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    send = rows.new_zeros((max(counts),) + rows.shape[1:])
    send[: rows.shape[0]] = rows
    received = [torch.zeros_like(send)] * size()
    dist.all_gather(received, send)
    return torch.cat([r[:n] for r, n in zip(received, counts)])
""",
        "the list holds one and the same tensor W times, so all parts are those of one process",
    ),
    (
        "cut_only_at_the_end",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    most = max(shares(B))
    missing = most - len(rows)
    if missing:
        rows = torch.cat([rows, rows.new_zeros(missing, *rows.shape[1:])])
    rows = rows.contiguous()
    bucket = [torch.empty_like(rows) for _ in range(size())]
    dist.all_gather(bucket, rows)
    return torch.cat(bucket)[:B]
""",
        "only the end of the whole is cut off, so padding of earlier processes stays in the middle",
    ),
    (
        "float32",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    buffer = torch.zeros(counts[0], *rows.shape[1:], device=rows.device)
    buffer[: len(rows)] = rows
    parts = [torch.zeros_like(buffer) for _ in range(len(counts))]
    dist.all_gather(parts, buffer)
    out = []
    for r in range(len(counts)):
        out.append(parts[r][: counts[r]])
    return torch.cat(out)
""",
        "torch.zeros makes float32, whatever the type of the rows is",
    ),
    (
        "own_count_for_all",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    W = size()
    b = len(rows)
    biggest = -(-B // W)
    padded = torch.nn.functional.pad(rows, (0, 0, 0, biggest - b)).contiguous()
    parts = [torch.empty_like(padded) for _ in range(W)]
    dist.all_gather(parts, padded)
    return torch.cat([part[:b] for part in parts])
""",
        "every part is cut to this process's own number of rows",
    ),
    (
        "changes_the_gradient",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    gradient = gradient.contiguous()
    dist.all_reduce(gradient, op=dist.ReduceOp.SUM)
    counts = shares(ctx.B)
    begin = sum(counts[: rank()])
    return gradient[begin : begin + counts[rank()]], None
""",
        "contiguous() returns the same tensor, so all_reduce overwrites a gradient that is not ours",
    ),
    (
        "own_gradient_times_w",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    # every process computes the same loss, so the sum is W times our own
    mine = gradient.tensor_split(size())[rank()]
    return mine * size(), None
""",
        "the own gradient is multiplied by W instead of summed, which is right only if all losses are equal",
    ),
    (
        "offset_of_equal_shares",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    g = gradient.detach().clone().contiguous()
    dist.all_reduce(g)
    b = shares(ctx.B)[rank()]
    return g[rank() * b : (rank() + 1) * b], None
""",
        "the rows are taken to begin at rank times the own share, which is wrong for unequal shares",
    ),
    (
        "first_group_only",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    grads = []
    for p in optimizer.param_groups[0]["params"]:
        if p.grad is not None:
            grads.append(p.grad)
    if not grads:
        return
    flat = torch.cat([g.reshape(-1) for g in grads])
    dist.all_reduce(flat)
    flat = flat / size()
    i = 0
    for g in grads:
        g.copy_(flat[i : i + g.numel()].view_as(g))
        i += g.numel()
""",
        "only the first parameter group is averaged",
    ),
    (
        "none_becomes_zero",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    params = [p for g in optimizer.param_groups for p in g["params"]]
    for p in params:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
    flat = torch.cat([p.grad.flatten() for p in params])
    dist.all_reduce(flat)
    flat.div_(size())
    for p, piece in zip(params, flat.split([p.numel() for p in params])):
        p.grad.copy_(piece.view_as(p))
""",
        "a parameter without a gradient gets one of zeros",
    ),
    (
        "not_written_back",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    W = size()
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is None:
                continue
            mean = p.grad / W
            dist.all_reduce(mean)
""",
        "the mean is computed in a new tensor and never written back to the gradient",
    ),
    (
        "offset_rounded_down",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    b = shares(B)[rank()]
    begin = rank() * (B // size())
    one = torch.arange(b, device=device) + begin
    two = one + B
    return torch.cat([one, two]), torch.cat([two, one])
""",
        "the first place is rank * (B // W), which is too small when earlier processes have one row more",
    ),
    (
        "second_views_after_own",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    sizes = shares(B)
    start = 0
    for r in range(rank()):
        start += sizes[r]
    b = sizes[rank()]
    first = torch.arange(start, start + b, dtype=torch.int64, device=device)
    second = first + b
    return torch.cat((first, second)), torch.cat((second, first))
""",
        "the second view is taken to be b places after the first one instead of B",
    ),
    (
        "device_forgotten",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    all_first = torch.arange(B).tensor_split(size())[rank()]
    all_second = torch.arange(B, 2 * B).tensor_split(size())[rank()]
    return torch.cat([all_first, all_second]), torch.cat([all_second, all_first])
""",
        "the tensors are not made on the device that was asked for",
    ),
    (
        "mean_over_own_views",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    every = torch.cat([F.normalize(gather(z1, B), dim=1), F.normalize(gather(z2, B), dim=1)])
    mine = F.normalize(torch.cat([z1, z2]), dim=1)
    me, partner = own_places(B, z1.device)
    sim = mine @ every.t() / temperature
    sim[torch.arange(len(me), device=me.device), me] = float("-inf")
    return F.cross_entropy(sim, partner)
""",
        "the mean over the own 2b views is wrong when shares differ; the sum should be divided by 2B / W",
    ),
    (
        "no_gradient_to_others",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    n1, n2 = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    if size() > 1:
        with torch.no_grad():
            others = torch.cat([all_rows(n1, B), all_rows(n2, B)])
    else:
        others = torch.cat([n1, n2])
    where, positive = own_places(B, others.device)
    logits = torch.cat([n1, n2]) @ others.T / temperature
    mask = F.one_hot(where, 2 * B).bool()
    logits = logits.masked_fill(mask, float("-inf"))
    total = F.cross_entropy(logits, positive, reduction="sum")
    return total * size() / (2 * B)
""",
        "all_rows has no gradient, so rows learn as anchors but not as candidates",
    ),
    (
        "diagonal_masked",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    z = torch.cat([gather(z1, B), gather(z2, B)])
    z = F.normalize(z, dim=1)
    views, target = own_places(B, z.device)
    own = F.normalize(torch.cat([z1, z2]), dim=1)
    logits = (own @ z.T).div(temperature)
    eye = torch.eye(len(own), 2 * B, dtype=torch.bool, device=z.device)
    logits = logits.masked_fill(eye, -float("inf"))
    log_p = logits.log_softmax(dim=1)
    picked = log_p.gather(1, target.unsqueeze(1))
    return -picked.sum() * size() / (2 * B)
""",
        "the diagonal is masked instead of the places of the own views, so views are their own candidates and others are missing",
    ),
    (
        "exp_by_hand",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    own = F.normalize(torch.cat([z1, z2]), dim=1)
    everyone = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]), dim=1)
    i, j = own_places(B, own.device)
    e = torch.exp(own @ everyone.T / temperature)
    rows = torch.arange(len(own), device=own.device)
    keep = torch.ones_like(e)
    keep[rows, i] = 0
    losses = -torch.log(e[rows, j] / (e * keep).sum(1))
    return losses.sum() / (2 * B / size())
""",
        "the exponential overflows at low temperature",
    ),
    (
        "squares_from_own_mean",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W = size()
    total = gather(x.sum(0, keepdim=True), W).sum(0)
    mean = total / B
    deviation = x - x.mean(0)
    squares = gather((deviation**2).sum(0)[None], W).sum(0)
    return mean, squares / B
""",
        "squared distances are from the process's own mean, so the spread between processes is missing",
    ),
    (
        "no_gradient_through_sums",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    def total(v):
        s = v.detach().sum(0)
        if size() > 1:
            dist.all_reduce(s)
        return s + v.sum(0) - v.detach().sum(0)  # our own part has a gradient

    mean = total(x) / B
    var = total((x - mean).pow(2)) / B
    return mean, var
""",
        "the sums of the other processes come through all_reduce, so their losses give our rows no gradient",
    ),
    (
        "mean_of_squares",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    both = torch.cat([x.sum(0), (x * x).sum(0)])
    both = gather(both[None, :], size()).sum(0) / B
    mean, mean_square = both.chunk(2)
    return mean, (mean_square - mean**2).clamp(min=0)
""",
        "the mean of squares minus the square of the mean cancels in float32 if the mean is large",
    ),
    (
        "correction_b_minus_1",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    mean = gather(x.sum(dim=0, keepdim=True), size()).sum(dim=0).div(B)
    around = (x - mean).square().sum(dim=0).unsqueeze(0)
    var = gather(around, size()).sum(dim=0).div(max(B - 1, 1))
    return mean, var
""",
        "the variance has the correction B - 1, where the plain mean is promised",
    ),
    (
        "contexts_swapped",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    stats = running_statistics(method)

    def contexts():
        return unchanged(stats), nullcontext()

    return checkpoint(method.project_views, chunk, use_reentrant=False, context_fn=contexts)
""",
        "the first pass leaves the running statistics unchanged and the second one moves them",
    ),
    (
        "both_passes_unchanged",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    stats = running_statistics(method)

    def forward(*views):
        with unchanged(stats):
            return method.project_views(list(views))

    return checkpoint(forward, *chunk, use_reentrant=False)
""",
        "the running statistics are restored after the first pass too, so they never move",
    ),
    (
        "reentrant",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    stats = running_statistics(method)
    passes = []

    def run(*views):
        passes.append(1)
        with nullcontext() if len(passes) == 1 else unchanged(stats):
            return tuple(method.project_views(list(views)))

    return list(checkpoint(run, *chunk, use_reentrant=True))
""",
        "the reentrant checkpoint needs an input with a gradient; images have none, so no parameter gets one",
    ),
    (
        "statistics_move_twice",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    def run(*views):
        return tuple(method.project_views(list(views)))

    out = checkpoint(run, *chunk, use_reentrant=False)
    return list(out)
""",
        "the second pass is not inside `unchanged`, so the running statistics move twice",
    ),
    (
        "cuts_only_the_end",
        "all_rows",
        """
def all_rows(rows, B):
    W = size()
    longest = max(shares(B))
    block = F.pad(rows.detach(), (0, 0, 0, longest - rows.shape[0])).contiguous()
    received = [torch.zeros_like(block) for _ in range(W)]
    dist.all_gather(received, block)
    return torch.vstack(received)[:B]
""",
        "All padded blocks are joined and only the end is cut off, so if shares differ, rows of padding stay in the middle and real rows at the end are lost.",
    ),
    (
        "start_from_rounded_up_share",
        "own_places",
        """
def own_places(B, device=None):
    W, r = size(), rank()
    mine = shares(B)[r]
    start = r * ((B + W - 1) // W)
    a = torch.tensor([start + i for i in range(mine)], dtype=torch.long, device=device)
    b = a + B
    return torch.hstack([a, b]), torch.hstack([b, a])
""",
        "The rows are assumed to begin at r times the rounded-up share, which is wrong if two or more processes have the smaller share, such as process 2 of 3 for B = 7.",
    ),
    (
        "masks_the_diagonal",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    mine = F.normalize(torch.cat((z1, z2), dim=0), dim=1)
    everyone = torch.cat((F.normalize(gather(z1, B), dim=1), F.normalize(gather(z2, B), dim=1)), dim=0)
    sim = torch.einsum("id,jd->ij", mine, everyone) / temperature
    itself = torch.eye(sim.shape[0], sim.shape[1], dtype=torch.bool, device=sim.device)
    _, partner = own_places(B, sim.device)
    attract = sim.gather(1, partner.unsqueeze(1)).squeeze(1)
    denominator = sim.masked_fill(itself, -float("inf")).logsumexp(dim=1)
    return (denominator - attract).sum() * size() / (2.0 * B)
""",
        "The main diagonal of the (2b, 2B) table is masked instead of the places of the own views, so with several processes a view is its own candidate and another one is left out.",
    ),
    (
        "unbiased_variance",
        "moments",
        """
def moments(x, B):
    whole = gather(x, B)
    mu = whole.mean(dim=0)
    sigma2 = torch.var(whole, dim=0)
    return mu, sigma2
""",
        "torch.var divides by B - 1 by default, but the variance must be without a correction.",
    ),
    (
        "first_group_and_zeros_for_none",
        "average_gradients",
        """
def average_gradients(optimizer):
    world = float(size())
    for p in optimizer.param_groups[0]["params"]:
        if p.grad is None:
            p.grad = torch.zeros_like(p)
        buffer = p.grad.detach().clone(memory_format=torch.contiguous_format)
        dist.all_reduce(buffer, op=dist.ReduceOp.SUM)
        p.grad.copy_(buffer / world)
""",
        "Only the first parameter group is averaged, and a parameter without a gradient gets zeros instead of keeping None.",
    ),
    (
        "overwrites_and_equal_shares",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    grad = gradient.contiguous()
    dist.all_reduce(grad, op=dist.ReduceOp.SUM)
    b = shares(ctx.B)[rank()]
    lo = rank() * b
    return grad[lo:lo + b].clone(), None
""",
        "all_reduce overwrites the incoming gradient, and the rows are assumed to begin at r times the own share, which is wrong for unequal shares.",
    ),
    (
        "no_update_at_all_and_counter_runs",
        "project_chunk",
        """
def project_chunk(method, chunk):
    stats = []
    for bn in live_norms(method):
        if bn.running_mean is not None:
            stats += [bn.running_mean, bn.running_var]

    def contexts():
        return unchanged(stats), unchanged(stats)

    return checkpoint(lambda *views: method.project_views(list(views)), *chunk, use_reentrant=False, context_fn=contexts)
""",
        "The running statistics are restored after the first pass too, so they never move, and the counter of batches is not restored after the second pass.",
    ),
    (
        "own_mean_and_constant_candidates",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    a, b = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    if size() > 1:
        bank = torch.cat([all_rows(a.detach(), B), all_rows(b.detach(), B)])
    else:
        bank = torch.cat([a, b])
    me, pos = own_places(B, z1.device)
    logits = torch.cat([a, b]).matmul(bank.t()).div(temperature)
    hide = F.one_hot(me, num_classes=2 * B).bool()
    logits = logits.masked_fill(hide, float("-inf"))
    return F.cross_entropy(logits, pos)
""",
        "The candidates are exchanged without a gradient, so rows learn only as anchors, and the sum is divided by 2b instead of 2B / W.",
    ),
    (
        "own_gradient_times_world",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    counts = shares(ctx.B)
    offset = 0
    for r in range(rank()):
        offset += counts[r]
    mine = gradient.narrow(0, offset, counts[rank()])
    return mine * size(), None
""",
        "The process's own gradient is multiplied by W to make up for the mean, which is the sum over processes only if all compute the same loss.",
    ),
    (
        "process_by_process_order",
        "own_places",
        """
def own_places(B, device=None):
    counts = shares(B)
    b = counts[rank()]
    offset = 2 * sum(counts[i] for i in range(rank()))
    views = offset + torch.arange(2 * b, device=device)
    positives = offset + torch.roll(torch.arange(2 * b, device=device), b)
    return views, positives
""",
        "The views are taken to be ordered process by process, each with its first and second views, instead of all first views of the batch and then all second views.",
    ),
    (
        "equal_weight_for_each_process",
        "moments",
        """
def moments(x, B):
    W = size()
    local_mean = x.mean(dim=0, keepdim=True)
    local_var = x.var(dim=0, unbiased=False, keepdim=True)
    means, variances = gather(local_mean, W), gather(local_var, W)
    mean = means.mean(dim=0)
    within = variances.mean(dim=0)
    between = ((means - mean) ** 2).mean(dim=0)
    return mean, within + between
""",
        "The statistics of the processes are combined with equal weights, which is right only if all have the same number of rows.",
    ),
    (
        "writes_into_a_copy",
        "average_gradients",
        """
def average_gradients(optimizer):
    grads = []
    for group in optimizer.param_groups:
        for w in group["params"]:
            if w.grad is not None:
                grads.append(w.grad)
    if not grads:
        return
    vector = torch.cat([g.reshape(-1) for g in grads])
    dist.all_reduce(vector)
    vector.div_(size())
    done = 0
    for g in grads:
        n = g.numel()
        g.reshape(-1).copy_(vector[done:done + n])
        done += n
""",
        "reshape(-1) of a gradient that is not contiguous, such as one in channels_last, is a copy, so the mean is written there and the gradient stays as it was.",
    ),
    (
        "always_float32",
        "all_rows",
        """
@torch.no_grad()
def all_rows(rows, B):
    counts = shares(B)
    shape = (max(counts),) + tuple(rows.shape[1:])
    outgoing = torch.zeros(shape, device=rows.device)
    outgoing[:rows.shape[0]].copy_(rows)
    inbox = [torch.zeros(shape, device=rows.device) for _ in counts]
    dist.all_gather(inbox, outgoing)
    pieces = []
    for r, n in enumerate(counts):
        pieces.append(inbox[r][:n])
    return torch.cat(pieces, dim=0)
""",
        "The exchange is always in float32, so float64 rows are rounded and neither they nor float16 rows keep their type.",
    ),
    (
        "rewinds_the_first_pass",
        "project_chunk",
        """
def project_chunk(method, chunk):
    stats = running_statistics(method)
    saved = [s.clone() for s in stats]

    @contextmanager
    def rewind():
        try:
            yield
        finally:
            set_all(stats, saved)

    return checkpoint(method.project_views, chunk, use_reentrant=False, context_fn=lambda: (nullcontext(), rewind()))
""",
        "The statistics are saved before the first pass and restored after the second one, so the backward pass undoes the update of the first pass.",
    ),
    (
        "padded_with_the_last_row",
        "all_rows",
        """
def all_rows(rows, B):
    counts = shares(B)
    padded = rows if len(rows) == counts[0] else torch.cat([rows, rows[-1:]])
    padded = padded.contiguous()
    parts = [torch.empty_like(padded) for _ in counts]
    dist.all_gather(parts, padded)
    return torch.cat([part[:count] for part, count in zip(parts, counts, strict=True)])
""",
        "The row that fills up a smaller share is a copy of the last one, and a process without rows (B = 2 in 3 processes gives shares 1, 1 and 0) has none to copy: it sends tensors of zero rows while the others send one, so the exchange raises, hangs or loses rows.",
    ),
    (
        "no_exchange_of_zeros",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    if not gradient.any():  # nothing to add
        counts = shares(ctx.B)
        return gradient.new_zeros(counts[rank()], *gradient.shape[1:]), None
    total = gradient.clone(memory_format=torch.contiguous_format)
    dist.all_reduce(total)
    return total.split(shares(ctx.B))[rank()], None
""",
        "A process whose own loss has a zero gradient leaves out the all_reduce, so it loses what the other losses want of its rows, and the others wait for it until the timeout or add up the wrong exchange: it happens if one process's loss does not depend on the rows or is saturated.",
    ),
    (
        "clone_keeps_the_layout",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    total = gradient.clone()
    dist.all_reduce(total)
    return total.split(shares(ctx.B))[rank()], None
""",
        "clone() keeps the strides of the gradient, and all_reduce adds memory, not rows and columns: if the gradient is transposed in memory in one process and not in another (losses written differently, such as z.T @ w and w @ z), gloo silently adds up the wrong elements, and nccl may refuse such a tensor.",
    ),
    (
        "gradients_of_the_first_step",
        "average_gradients",
        """
def average_gradients(optimizer, known={}):
    if id(optimizer) not in known:  # look for them only once
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        known[id(optimizer)] = [p.grad for p in parameters if p.grad is not None]
    gradients = known[id(optimizer)]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for g, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        g.copy_(mean.view(g.shape))
""",
        "The gradient tensors of the first call are kept in a default argument, but zero_grad sets p.grad to None and the next backward pass makes new ones, so from the second step on the old tensors are averaged, the real gradients are not, and the processes drift apart.",
    ),
    (
        "first_group_only_again",
        "average_gradients",
        """
def average_gradients(optimizer):
    gradients = [p.grad for p in optimizer.param_groups[0]["params"] if p.grad is not None]
    flat = torch.cat([g.flatten() for g in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for g, mean in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
        g.copy_(mean.view(g.shape))
""",
        "Only the first parameter group is averaged, so with several groups (biases and norms without decay) the parameters of the others are updated with each process's own gradient and differ from process to process after the first step.",
    ),
    (
        "cpu_if_no_device_is_given",
        "own_places",
        """
def own_places(B, device=None):
    start = sum(shares(B)[: rank()])
    first = torch.arange(start, start + shares(B)[rank()], device=device or "cpu")
    views = torch.cat([first, first + B])
    return views, (views + B) % (2 * B)
""",
        "Without a device the results are on the CPU instead of torch's default device, so under torch.set_default_device or `with torch.device(...)` they are on another device than the tensors that they index.",
    ),
    (
        "a_row_of_zeros_is_nan",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    z = torch.cat([gather(z1, B), gather(z2, B)])
    z = z / z.norm(dim=1, keepdim=True)
    own = torch.cat([z1, z2])
    own = own / own.norm(dim=1, keepdim=True)
    views, positives = own_places(B, z.device)
    logits = own @ z.T / temperature
    logits = logits.scatter(1, views[:, None], float("-inf"))
    return F.cross_entropy(logits, positives, reduction="sum") * size() / (2 * B)
""",
        "A projection of zeros (a dead ReLU under a head without a bias) is divided by its norm 0, and as a candidate it makes the loss of every view in every process NaN, where the right loss is finite with cosines of 0.",
    ),
    (
        "subtracts_the_mean_in_place",
        "moments",
        """
def moments(x, B):
    mean = gather(x.sum(0, keepdim=True), size()).sum(0) / B
    x -= mean
    squares = x.square().sum(0, keepdim=True)
    return mean, gather(squares, size()).sum(0) / B
""",
        "x -= mean changes the caller's activations, so a batch norm that then computes (x - mean) / std subtracts the mean twice, silently; if x is a leaf with a gradient it raises RuntimeError.",
    ),
    (
        "restores_the_statistics_of_the_first_pass",
        "project_chunk",
        """
def project_chunk(method, chunk):
    running = running_statistics(method)

    @contextmanager
    def again():
        try:
            yield
        finally:
            set_all(running, after)  # as the first pass left them

    z = checkpoint(
        method.project_views,
        chunk,
        use_reentrant=False,
        preserve_rng_state=False,
        context_fn=lambda: (nullcontext(), again()),
    )
    after = [one.clone() for one in running]
    return z
""",
        "The second pass ends with the statistics that the chunk's first pass left, not with those just before the second pass, so with several chunks the backward pass overwrites the mean over the chunks, which project_in_chunks had set, with the statistics of a single chunk.",
    ),
    (
        "each_view_alone",
        "project_chunk",
        """
def project_chunk(method, chunk):
    running = running_statistics(method)
    return [
        checkpoint(
            lambda one: method.project_views([one])[0],
            x,
            use_reentrant=False,
            preserve_rng_state=False,
            context_fn=lambda: (nullcontext(), unchanged(running)),
        )
        for x in chunk
    ]
""",
        "Each view is given to project_views by itself, so a method that treats its views together is called wrongly: small crops, which SimCLR sends through the network in one pass, are each normalised alone by a live batch norm, and a project_views that needs two views fails to unpack one.",
    ),
    (
        "start_from_own_share_and_no_modulo",
        "own_places",
        """
def own_places(B, device=None):
    b = shares(B)[rank()]
    begin = rank() * b
    one = torch.arange(b, device=device) + begin
    here = torch.cat((one, one + B))
    return here, here + B
""",
        "The first row is rank times the own share, which is wrong for unequal shares, and the positives of second views lie beyond the end (B more instead of B less).",
    ),
    (
        "own_mean_and_self_candidate",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    everyone = torch.cat([F.normalize(gather(z, B), dim=1) for z in (z1, z2)])
    mine = torch.cat([F.normalize(z, dim=1) for z in (z1, z2)])
    table = torch.einsum("id,jd->ij", mine, everyone) / temperature
    _, answer = own_places(B, table.device)
    return F.cross_entropy(table, answer)
""",
        "A view is a candidate for itself, and the sum is divided by 2b instead of 2B / W, which is wrong for unequal shares.",
    ),
    (
        "mean_of_means_and_bessel",
        "moments",
        """
def moments(x, B):
    centre = gather(x.mean(dim=0, keepdim=True), size()).mean(dim=0)
    deviation = (x - centre).pow(2).sum(dim=0, keepdim=True)
    return centre, gather(deviation, size()).sum(dim=0) / max(B - 1, 1)
""",
        "The mean is the mean of the processes' means, wrong for unequal shares, and the variance has a correction (B - 1).",
    ),
    (
        "sum_and_zeros_for_none",
        "average_gradients",
        """
def average_gradients(optimizer):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is None:
                p.grad = torch.zeros_like(p)
            g = p.grad.contiguous()
            dist.all_reduce(g)
            p.grad.copy_(g)
""",
        "The gradients are summed but not divided by the number of processes, and a parameter without a gradient gets one of zeros, so that weight decay moves it.",
    ),
    (
        "pad_with_last_row",
        "all_rows",
        """
def all_rows(rows, B):
    each = shares(B)
    missing = max(each) - len(rows)
    block = rows.contiguous()
    if missing:
        block = torch.cat([rows, rows[-1:].expand(missing, *rows.shape[1:])])
    received = [torch.empty_like(block) for _ in range(size())]
    dist.all_gather(received, block)
    return torch.cat([r[:n] for r, n in zip(received, each, strict=True)])
""",
        "The padding repeats the last row, and a process without rows (B < W) has none, so it raises while the others wait for it forever.",
    ),
    (
        "backward_in_equal_chunks",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    added = gradient.detach().clone(memory_format=torch.contiguous_format)
    dist.all_reduce(added, op=dist.ReduceOp.SUM)
    return added.chunk(size())[rank()], None
""",
        "chunk divides 7 rows among 3 processes as 3, 3 and 1, where the shares are 3, 2 and 2, so that if B is no multiple of W gradients go to other rows or have a wrong shape.",
    ),
    (
        "first_parameter_group_only",
        "average_gradients",
        """
def average_gradients(optimizer):
    todo = [p.grad for p in optimizer.param_groups[0]["params"] if p.grad is not None]
    line = torch.cat([g.reshape(-1) for g in todo])
    dist.all_reduce(line)
    line = line / size()
    at = 0
    for g in todo:
        g.copy_(line[at : at + g.numel()].reshape(g.shape))
        at += g.numel()
""",
        "Only the first parameter group is averaged: with a second group (biases and norms without weight decay) each process steps with its own gradients there, and the copies of the network drift apart.",
    ),
    (
        "low_temperature_overflow",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    z = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]), dim=1, eps=1e-8)
    mine = F.normalize(torch.cat([z1, z2]), dim=1, eps=1e-8)
    place, partner = own_places(B, z.device)
    weight = torch.exp(mine @ z.T / temperature)
    weight = weight.scatter(1, place[:, None], 0.0)
    numerator = weight.gather(1, partner[:, None])[:, 0]
    return -(numerator / weight.sum(1)).log().sum() * size() / (2 * B)
""",
        "Plain exponentials: below a temperature of about 0.011 a cosine near 1 overflows float32 and the loss is NaN, or infinite where the positive underflows.",
    ),
    (
        "divides_by_own_share_times_w",
        "moments",
        """
def moments(x, B):
    rows = len(x) * size()
    mu = gather(x.sum(0)[None], size()).sum(0) / rows
    second = gather(((x - mu) ** 2).sum(0)[None], size()).sum(0) / rows
    return mu, second
""",
        "The sums are divided by W times the own number of rows instead of B: if B is no multiple of W, mean and variance are wrong and differ among the processes.",
    ),
    (
        "first_pass_undone_too",
        "project_chunk",
        """
def project_chunk(method, chunk):
    statistics = running_statistics(method)

    def passes():
        return unchanged(statistics), unchanged(statistics)

    return checkpoint(
        method.project_views, chunk, use_reentrant=False, preserve_rng_state=False, context_fn=passes
    )
""",
        "The first pass is also inside unchanged, so the running statistics of batch norms never move in training with chunks, and the network in evaluation mode normalises with those of its start.",
    ),
    (
        "gather_backward_mean",
        "Gather.backward",
        """
def backward(ctx, gradient):
    total = gradient.clone(memory_format=torch.contiguous_format)
    dist.all_reduce(total)
    total /= size()
    parts = shares(ctx.B)
    begin = sum(parts[: rank()])
    return total[begin : begin + parts[rank()]], None
""",
        "Returns the mean over the processes. The way back through an exchange is their sum; average_gradients divides by W later, so the gradient is 1/W of the right one.",
    ),
    (
        "moments_unbiased",
        "moments",
        """
def moments(x, B):
    W = size()
    mean = gather(x.sum(0, keepdim=True), W).sum(0) / B
    squares = (x - mean).square().sum(0, keepdim=True)
    variance = gather(squares, W).sum(0) / (B - 1)
    return mean, variance
""",
        "Divides the squared distances by B - 1, as torch.var does by default. A batch norm normalises with the mean over B, without a correction.",
    ),
    (
        "own_loss_masks_the_diagonal",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    own = F.normalize(torch.cat([z1, z2]), dim=1)
    everyone = gather(own, B)
    _, positives = own_places(B, device=own.device)
    logits = own @ everyone.T / temperature
    self_pairs = torch.eye(len(own), len(everyone), dtype=torch.bool, device=own.device)
    logits = logits.masked_fill(self_pairs, float("-inf"))
    return F.cross_entropy(logits, positives, reduction="sum") * size() / (2 * B)
""",
        "Masks the diagonal of the (2b, 2B) table, as with one process. View i of this process is candidate places[i] of own_places, so with more processes other views are masked, and views are their own candidates.",
    ),
    (
        "own_places_equal_shares",
        "own_places",
        """
def own_places(B, device=None):
    b = shares(B)[rank()]
    first = torch.arange(b, device=device) + rank() * b
    second = first + B
    return torch.cat([first, second]), torch.cat([second, first])
""",
        "Starts at rank * b, which is right only if all shares are equal: B = 5 in 2 processes gives the second one 2 3 7 8. Its rows begin after the sum of the earlier shares.",
    ),
    (
        "average_first_group_only",
        "average_gradients",
        """
def average_gradients(optimizer):
    trained = [p for p in optimizer.param_groups[0]["params"] if p.grad is not None]
    if not trained:
        return
    row = torch.cat([p.grad.reshape(-1) for p in trained])
    dist.all_reduce(row)
    row /= size()
    for p, part in zip(trained, row.split([p.numel() for p in trained])):
        p.grad.copy_(part.view(p.shape))
""",
        "Averages only the first parameter group; those of the others (biases without weight decay, for example) keep their own process's gradient. All groups must be visited.",
    ),
    (
        "chunk_contexts_exchanged",
        "project_chunk",
        """
def project_chunk(method, chunk):
    def contexts():
        return unchanged(running_statistics(method)), nullcontext()

    return checkpoint(method.project_views, chunk, use_reentrant=False, context_fn=contexts)
""",
        "Values and gradients are right, but the two contexts are exchanged: the first pass leaves the running statistics as they were, and the second one, in the backward pass, moves them. It must be nullcontext first, then unchanged.",
    ),
    (
        "sends_rows_as_they_lie",
        "all_rows",
        """
def all_rows(rows, B):
    if size() == 1:
        return rows
    counts = shares(B)
    rows = rows.detach()
    missing = counts[0] - len(rows)
    # only a smaller share needs padding
    sent = torch.cat([rows, rows.new_zeros(missing, *rows.shape[1:])]) if missing else rows
    received = [rows.new_empty(sent.shape) for _ in counts]
    dist.all_gather(received, sent)
    return torch.cat([block[:n] for block, n in zip(received, counts)])
""",
        "Rows of the largest share go to all_gather without contiguous(): a transposed or column-sliced tensor is refused by the backend or sent in memory order, while padded shares work. Contradicts 'Shape (B, d): first all rows of process 0, then those of process 1' for any rows of shape (b, d).",
    ),
    (
        "parameters_of_the_first_step",
        "average_gradients",
        """
def average_gradients(optimizer):
    if size() == 1:
        return
    trained = getattr(optimizer, "_trained", None)
    if trained is None:
        trained = [p for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
        optimizer._trained = trained  # look for them once, not once a step
    gradients = [p.grad for p in trained if p.grad is not None]
    if not gradients:
        return
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    dist.all_reduce(flat)
    flat /= size()
    for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients])):
        gradient.copy_(part.view(gradient.shape))
""",
        "The parameters with a gradient are looked up in the first call only; one that gets its first gradient later (SwAV's prototypes after freeze_epochs, an unfrozen layer, add_param_group) is never averaged, and the processes drift apart. Contradicts 'Replace the gradient of each parameter by its mean over all processes'.",
    ),
    (
        "mean_of_an_empty_share",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    everyone = F.normalize(torch.cat([gather(z1, B), gather(z2, B)]), dim=1)
    mine = F.normalize(torch.cat([z1, z2]), dim=1)
    places, positives = own_places(B, z1.device)
    logits = mine @ everyone.T / temperature
    itself = torch.arange(2 * B, device=z1.device)[None, :] == places[:, None]
    logits = logits.masked_fill(itself, float("-inf"))
    # the mean over our 2b views, weighted with our part of all views
    return F.cross_entropy(logits, positives) * (len(mine) * size() / (2 * B))
""",
        "A process without rows (B smaller than W, as in a last batch) takes the mean over nothing: NaN * 0 is NaN, and so is the mean of the shares. Contradicts 'The mean of the shares over all processes is the loss of the whole batch, even if the processes have different numbers of rows'.",
    ),
    (
        "restores_the_first_pass",
        "project_chunk",
        """
def project_chunk(method, chunk):
    running = running_statistics(method)
    after_first = []

    @contextmanager
    def second_pass():
        try:
            yield
        finally:
            set_all(running, after_first)

    z = checkpoint(
        lambda *views: method.project_views(list(views)),
        *chunk,
        use_reentrant=False,
        context_fn=lambda: (nullcontext(), second_pass()),
    )
    after_first.extend(one.clone() for one in running)
    return z
""",
        "The second pass restores the statistics as they were after this chunk's first pass, not as they are when the backward pass begins: with several chunks (project_in_chunks sets their mean in between) or another forward before backward, the later update is lost. A single chunk looks right. Contradicts 'The second pass must leave them as they are'.",
    ),
    (
        "padding_cut_at_the_end",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    most = max(shares(B))
    mine = rows.new_zeros((most, *rows.shape[1:]))
    mine[: len(rows)] = rows.detach()
    received = [torch.empty_like(mine) for _ in range(size())]
    dist.all_gather(received, mine)
    return torch.cat(received)[:B]  # without the padding
""",
        "The padding is cut off only at the end, but each smaller share has its own padding in the middle: 'Shape (B, d): first all rows of process 0, then those of process 1'; 'leave out what was only added for the exchange'. Shows if shares are unequal and a smaller share is not the last process alone (3 processes with 7 rows); 2 processes are right.",
    ),
    (
        "rank_times_own_share",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    total = gradient.clone(memory_format=torch.contiguous_format)
    dist.all_reduce(total)
    b = shares(ctx.B)[rank()]
    start = rank() * b
    return total[start : start + b], None
""",
        "The offset is rank times the own share; 'keep those of our rows, which begin after the rows of all processes before us', whose shares may be larger by one. Shows if B is not a multiple of W, in the processes with the smaller share.",
    ),
    (
        "views_process_by_process",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    share = shares(B)
    b = share[rank()]
    start = 2 * sum(share[: rank()])  # each process before us sent two views of its rows
    first = torch.arange(start, start + b, device=device)
    second = first + b
    return torch.cat([first, second]), torch.cat([second, first])
""",
        "Assumes the order in which libraries gather cat([z1, z2]): both views of process 0, then both of process 1. Docstring: 'All views are the first views of the whole batch, in its order, and then all second views'; example 3 4 8 9. Right in one process only.",
    ),
    (
        "mean_of_own_views",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    z1, z2 = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    own = torch.cat([z1, z2])
    everything = torch.cat([gather(z1, B), gather(z2, B)])
    places, positives = own_places(B, device=own.device)
    logits = own @ everything.T / temperature
    mask = torch.zeros_like(logits, dtype=torch.bool)
    mask[torch.arange(len(own), device=own.device), places] = True
    return F.cross_entropy(logits.masked_fill(mask, float("-inf")), positives)
""",
        "The mean over the own 2b views, not the sum divided by 2B / W: 'The mean of the shares over all processes is the loss of the whole batch, even if the processes have different numbers of rows'. Shows if B is not a multiple of W (and nan for a process with no rows).",
    ),
    (
        "copy_is_averaged",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    W = size()
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is None:
                continue
            gradient = p.grad.contiguous()  # an exchange needs contiguous memory
            dist.all_reduce(gradient)
            gradient.div_(W)
""",
        "contiguous() gives the gradient itself, so that all is in place, unless it is not contiguous: then a copy is averaged and thrown away, and p.grad stays as it was. 'Replace the gradient of each parameter by its mean'; 'A gradient may lie in memory in another order than its dimensions, as after channels_last'. Shows only for such gradients (channels_last with more than one channel and pixel, transposed).",
    ),
    (
        "processes_weigh_the_same",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W = size()
    count = max(len(x), 1)
    own_mean = x.sum(0, keepdim=True) / count
    own_squares = (x - own_mean).square().sum(0, keepdim=True)
    mean = gather(x.sum(0, keepdim=True), W).sum(0) / B
    # variance = variance within the processes + variance of their means
    within = gather(own_squares, W).sum(0) / B
    between = (gather(own_mean, W) - mean).square().mean(0)
    return mean, within + between
""",
        "The means of the processes enter the second part of the variance with weight 1/W each and not b/B: 'The variance is the mean squared distance from the mean' over all B rows. The mean is right, and with equal shares so is the variance; 'even if' shares are unequal (1 and 3 | 8 in the page) it is not. Shows if B is not a multiple of W.",
    ),
    (
        "replay_in_hooks",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    with torch.no_grad():
        z = [one.detach() for one in method.project_views(chunk)]
    running = running_statistics(method)
    if not torch.is_grad_enabled():
        return z
    arrived: dict[int, Tensor] = {}

    def replay():
        # all gradients are here: the second pass, and the gradients flow through it
        gradients = [arrived[v] for v in range(len(z))]
        arrived.clear()
        with torch.enable_grad(), unchanged(running):
            again = method.project_views(chunk)
            pairs = [(a, g) for a, g in zip(again, gradients, strict=True) if a.requires_grad]
            torch.autograd.backward([a for a, _ in pairs], [g for _, g in pairs])

    def keep(v):
        def hook(gradient):
            arrived[v] = gradient
            if len(arrived) == len(z):
                replay()

        return hook

    for v, one in enumerate(z):
        one.requires_grad_().register_hook(keep(v))
    return z
""",
        "A different idea: projections are cut off as leaves, and hooks collect the gradient of every view, and replay the chunk once all have arrived. If the loss does not use every view, the last gradient never arrives and the parameters get none at all; nor do they through torch.autograd.grad, because the projections are not connected with the parameters. 'Their values and the parameters' gradients are those of method.project_views(chunk)'; 'torch.utils.checkpoint.checkpoint makes both passes'. Right for loss.backward() with all views used. Shows for a loss of one view, or with torch.autograd.grad.",
    ),
    (
        "padding_above_cut_below",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    mine = rows.detach()
    missing = counts[0] - len(mine)
    filler = mine.new_zeros(missing, *mine.shape[1:])
    sent = torch.cat([filler, mine])
    received = [torch.empty_like(sent) for _ in counts]
    dist.all_gather(received, sent)
    return torch.cat([block[:count] for block, count in zip(received, counts)])
""",
        "The padding is put above the rows, but cut off below them: a process with a smaller share loses its last row, and a row of zeros stands before its others. Right if all shares are equal. Against 'first all rows of process 0, then those of process 1' and 'leave out what was only added for the exchange'.",
    ),
    (
        "cut_before_sum",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    own = own_rows(gradient).clone(memory_format=torch.contiguous_format)
    dist.all_reduce(own)
    return own, None
""",
        "Cuts first and sums then: each process sends only the gradient of its own rows, so gradients of different rows are added up, and what the other losses say about our rows is lost (for unequal shares the shapes do not even agree). Against 'every process has a gradient for our rows: sum them'.",
    ),
    (
        "places_strided",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    first = torch.arange(rank(), B, size(), device=device)
    second = first + B
    return torch.cat([first, second]), torch.cat([second, first])
""",
        "Deals the rows out in turn, as torch's DistributedSampler does (0, 2, 4 and 1, 3), where own_rows cuts the batch into blocks: B = 5 in 2 processes gives the second one 1 3 6 8. Number and shape are right, and so is one process alone. Against 'For B = 5 and 2 processes, the second process gets 3 4 8 9'.",
    ),
    (
        "divided_by_all_views",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    candidates = torch.cat([gather(u, B), gather(v, B)])
    places, positives = own_places(B, z1.device)
    scores = torch.cat([u, v]) @ candidates.T / temperature
    scores = scores.scatter(1, places[:, None], float("-inf"))
    return F.cross_entropy(scores, positives, reduction="sum") / len(candidates)
""",
        "Divides the sum by all 2B views, so the shares add up to the loss: their mean is 1/W of it, and so is the gradient. Right in one process. Against 'The mean of the shares over all processes is the loss of the whole batch' and 'the sum is divided by 2B / W'.",
    ),
    (
        "gradient_exchanged_for_another",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    with_gradient = [
        p for group in optimizer.param_groups for p in group["params"] if p.grad is not None
    ]
    if not with_gradient:
        return
    line = torch.cat([p.grad.reshape(-1) for p in with_gradient])
    dist.all_reduce(line)
    line /= size()
    pieces = line.split([p.numel() for p in with_gradient])
    for p, piece in zip(with_gradient, pieces):
        p.grad = piece.view_as(p).to(p.dtype)
""",
        "The means are right, but p.grad becomes another tensor, a piece of the exchanged row, instead of being overwritten: whoever holds the old gradient (a flat buffer of gradients, a captured graph, a list made before the step) keeps the unaveraged one, the pieces share one memory, and channels_last is lost. Against 'Replace the gradient of each parameter by its mean over all processes, in place' and 'back to where they came from'.",
    ),
    (
        "restored_after_early_stop",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    again = False

    def run(*views):
        nonlocal again
        statistics = running_statistics(method)
        before = [one.clone() for one in statistics]
        z = method.project_views(list(views))
        if again:
            set_all(statistics, before)
        again = True
        return z

    return checkpoint(run, *chunk, use_reentrant=False)
""",
        "Restores the statistics in a plain line after the second call of the network. checkpoint stops the second pass with an exception as soon as it has all tensors that it needs, so that line is never reached, and running averages and counters move twice; only a finally (as in `unchanged`) would run. Values and gradients are right. Against 'The second pass must leave them as they are'.",
    ),
    (
        "backward_contiguous_is_no_copy",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    total = gradient.contiguous()
    dist.all_reduce(total)
    parts = shares(ctx.B)
    start = sum(parts[:rank()])
    return total[start : start + parts[rank()]], None
""",
        ".contiguous() makes a copy only if the tensor is not contiguous; otherwise all_reduce overwrites the gradient itself. The result is right. Breaks 'Other code may use the same tensor, so it must not be changed'",
    ),
    (
        "own_places_untyped_lists",
        "own_places",
        """
def own_places(B, device=None):
    counts = shares(B)
    offset = 0
    for r in range(rank()):
        offset += counts[r]
    first = [offset + i for i in range(counts[rank()])]
    second = [i + B for i in first]
    return (
        torch.tensor(first + second, device=device),
        torch.tensor(second + first, device=device),
    )
""",
        "torch.tensor of an empty list is float32: a process without rows (B < W; 'the last one may be empty') gets no int64, and can neither index nor use it as targets. Breaks 'Two tensors of shape (2b,), int64'",
    ),
    (
        "own_nt_xent_diagonal",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    z1, z2 = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    candidates = torch.cat([gather(z1, B), gather(z2, B)])
    logits = torch.cat([z1, z2]) @ candidates.T / temperature
    logits.fill_diagonal_(float("-inf"))
    positives = own_places(B, device=logits.device)[1]
    return F.cross_entropy(logits, positives, reduction="sum") * size() / (2 * B)
""",
        "the diagonal of lesson 4: in a (2b, 2B) table a view is in the column that own_places gives, not on the diagonal. Right for one process; with several, a view is its own candidate, and another is missing. Breaks 'a view is not its own candidate' and 'The mean of the shares ... is the loss of the whole batch'",
    ),
    (
        "moments_all_reduce_of_sums",
        "moments",
        """
def moments(x, B):
    total = x.sum(dim=0)
    if size() > 1:
        dist.all_reduce(total)
    mean = total / B
    spread = ((x - mean) ** 2).sum(dim=0)
    if size() > 1:
        dist.all_reduce(spread)
    return mean, spread / B
""",
        "as with MPI: the numbers are right, but all_reduce has no backward pass that sums: each row gets only the gradient of its own process's loss. Breaks 'The gradient flows through `gather` into the rows of all processes'",
    ),
    (
        "average_gradients_reshape",
        "average_gradients",
        """
def average_gradients(optimizer):
    params = [p for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
    if not params:
        return
    flat = torch.cat([p.grad.reshape(-1) for p in params])
    dist.all_reduce(flat)
    flat /= size()
    start = 0
    for p in params:
        stop = start + p.grad.numel()
        p.grad.reshape(-1).copy_(flat[start:stop])
        start = stop
""",
        "for a gradient in channels_last (or transposed), reshape(-1) is a copy: the mean is written into that copy, and p.grad keeps the gradient of its own process. Breaks 'may be stored in a different order from that of its dimensions'",
    ),
    (
        "project_chunk_old_statistics",
        "project_chunk",
        """
def project_chunk(method, chunk):
    stats = running_statistics(method)
    kept = []

    @contextmanager
    def first_pass():
        yield
        kept.extend(s.clone() for s in stats)  # what the first pass left

    @contextmanager
    def second_pass():
        try:
            yield
        finally:
            set_all(stats, kept)

    return checkpoint(
        method.project_views,
        chunk,
        use_reentrant=False,
        context_fn=lambda: (first_pass(), second_pass()),
    )
""",
        "restores the statistics of the time after this chunk's first pass, not of the time before the second one. Right for a single chunk; with other chunks (or a forward pass) in between, the backward pass turns the statistics back. Breaks 'The second pass must leave them as they are' and, in project_in_chunks, 'updated once, with the mean over the chunks'",
    ),
    (
        "contiguous_is_not_a_copy",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    total = gradient.contiguous()
    dist.all_reduce(total, op=dist.ReduceOp.SUM)
    counts = shares(ctx.B)
    begin = 0
    for r in range(rank()):
        begin += counts[r]
    return total[begin : begin + counts[rank()]].clone(), None
""",
        "contiguous() returns the same tensor if it is contiguous already, so all_reduce overwrites the gradient that other code may use; docstring: it must not be changed (step 6)",
    ),
    (
        "zeros_for_missing_gradients",
        "average_gradients",
        """
def average_gradients(optimizer):
    W = size()
    params = []
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is None:
                p.grad = torch.zeros_like(p)  # otherwise cat fails
            params.append(p)
    flat = torch.cat([p.grad.reshape(-1) for p in params])
    dist.all_reduce(flat)
    flat /= W
    start = 0
    for p in params:
        n = p.grad.numel()
        p.grad.copy_(flat[start : start + n].reshape(p.grad.shape))
        start += n
""",
        "a parameter without a gradient gets one of zeros, with which an optimiser with momentum or weight decay moves it; docstring and step 8: it still has none afterwards",
    ),
    (
        "offset_rank_times_own_share",
        "own_places",
        """
def own_places(B, device=None):
    b = shares(B)[rank()]
    first = rank() * b + torch.arange(b, device=device)
    second = first + B
    return torch.cat((first, second)), torch.cat((second, first))
""",
        "the processes before may have one row more: for B = 5 and 2 processes, the second begins at 3, not at 1 * 2 (the docstring's example: 3 4 8 9 and 8 9 3 4). Right only if W divides B, or in the first processes",
    ),
    (
        "candidates_without_gradient",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    a = F.normalize(z1, dim=1)
    b = F.normalize(z2, dim=1)
    anchors = torch.cat([a, b], dim=0)
    everyone = torch.cat([all_rows(a, B), all_rows(b, B)], dim=0)
    me, partner = own_places(B, device=z1.device)
    logits = torch.mm(anchors, everyone.t()) / temperature
    logits = logits.scatter(1, me.unsqueeze(1), float("-inf"))
    losses = F.cross_entropy(logits, partner, reduction="none")
    return losses.sum() * size() / (2 * B)
""",
        "all_rows instead of gather: the loss is right, but candidates get no gradient, neither in this process nor in the others; docstring: the gradient flows through `gather` into the rows of the other processes (step 12)",
    ),
    (
        "drops_rows_of_zeros",
        "all_rows",
        """
def all_rows(rows, B):
    most = max(shares(B))
    sent = F.pad(rows.detach(), (0, 0, 0, most - len(rows))).contiguous()
    received = [torch.empty_like(sent) for _ in range(size())]
    dist.all_gather(received, sent)
    table = torch.cat(received)
    if len(table) > B:
        # the padding is all zeros
        table = table[(table != 0).any(dim=1)]
    return table
""",
        "recognises the padding by its zeros; a real row of zeros (after a ReLU, say) is dropped too if the shares are unequal, and the result has fewer than B rows; docstring: shape (B, d), all rows of every process",
    ),
    (
        "restores_statistics_of_first_pass",
        "project_chunk",
        """
def project_chunk(method, chunk):
    norms = running_statistics(method)
    left_by_first_pass = []

    @contextmanager
    def again():
        try:
            yield
        finally:
            set_all(norms, left_by_first_pass)

    def run(*views):
        return method.project_views(list(views))

    z = checkpoint(run, *chunk, use_reentrant=False, context_fn=lambda: (nullcontext(), again()))
    left_by_first_pass.extend(one.clone() for one in norms)
    return z
""",
        "after the second pass, the statistics are those at the end of this chunk's first pass, not those before the second pass. With one chunk and nothing in between it is the same; but if they changed since then (project_in_chunks sets the mean over the chunks), the backward pass overwrites them. Docstring: the second pass must leave them as they are",
    ),
    (
        "padding_cut_off_at_the_end_only",
        "all_rows",
        """
def all_rows(rows, B):
    most = max(shares(B))
    filler = rows.new_zeros((most - len(rows), *rows.shape[1:]))
    sent = torch.cat([rows, filler]).contiguous()
    received = [torch.empty_like(sent) for _ in range(size())]
    dist.all_gather(received, sent)
    return torch.cat(received)[:B]
""",
        "hurried; the padding of the processes in the middle stays in the table and the last rows are lost (7 rows in 3 processes); right if only the last process pads; breaks 'first all rows of process 0, then those of process 1, and so on'",
    ),
    (
        "contiguous_is_no_copy",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    total = gradient.contiguous()  # a tensor of our own for all_reduce
    dist.all_reduce(total)
    parts = shares(ctx.B)
    begin = sum(parts[: rank()])
    return total[begin : begin + parts[rank()]], None
""",
        "contiguous() returns the same tensor if it is contiguous already, so all_reduce overwrites the caller's gradient; breaks 'Other code may use the same tensor, so it must not be changed'",
    ),
    (
        "equal_blocks_rounded_up",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    block = -(-B // size())  # B / W, rounded up
    first = min(rank() * block, B)
    last = min(first + block, B)
    rows = torch.arange(first, last, device=device)
    ours = torch.cat([rows, rows + B])
    positives = torch.cat([rows + B, rows])
    return ours, positives
""",
        "engineer's block partition (3, 3, 1 for seven rows in three processes) instead of shares(B) = 3, 2, 2; the docstring's example is right; breaks '`shares(B)` says how many of them each process has'",
    ),
    (
        "variance_within_the_processes",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W = size()
    weight = x.shape[0] / B  # processes with more rows count more
    mean = gather((weight * x.mean(dim=0))[None], W).sum(dim=0)
    var = gather((weight * x.var(dim=0, correction=0))[None], W).sum(dim=0)
    return mean, var
""",
        "physicist's weighted mean of the variances; the distance between the processes' means is missing; breaks 'The variance is the mean squared distance from the mean' of the whole batch (and gives NaN for a process without rows)",
    ),
    (
        "reshape_is_not_always_a_view",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    W = size()
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is None:
                continue
            numbers = p.grad.detach().reshape(-1)  # one row of numbers, any shape
            dist.all_reduce(numbers)
            numbers.div_(W)
""",
        "reshape copies a gradient in channels_last, so its mean is computed and thrown away, without an error; breaks 'Replace the gradient of each parameter by its mean' where 'numbers may be stored in a different order, as with channels_last'",
    ),
    (
        "statistics_remembered_too_early",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    running = running_statistics(method)
    after_first = []

    @contextmanager
    def first_pass():
        yield
        after_first.extend(one.clone() for one in running)

    @contextmanager
    def second_pass():
        try:
            yield
        finally:
            set_all(running, after_first)

    return checkpoint(
        method.project_views,
        chunk,
        use_reentrant=False,
        context_fn=lambda: (first_pass(), second_pass()),
    )
""",
        "the second pass puts back the values from after the first pass of this chunk, not those from before the second pass; with several chunks (project_in_chunks) the backward pass overwrites the mean over the chunks; breaks 'The second pass must leave them as they are'",
    ),
    (
        "same_tensor_in_the_list",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    sizes = shares(B)
    biggest = max(sizes)
    padded = rows.new_zeros((biggest, rows.shape[1]))
    padded[: len(rows)] = rows.detach()
    parts = [torch.empty_like(padded)] * size()
    dist.all_gather(parts, padded)
    result = []
    for part, n in zip(parts, sizes):
        result.append(part[:n])
    return torch.cat(result)
""",
        "beginner in Python: `[tensor] * W` is W times the same tensor, so every part holds the rows of one process; breaks 'first all rows of process 0, then those of process 1'",
    ),
    (
        "rank_times_own_share_15",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    b = shares(B)[rank()]
    first = rank() * b
    view1 = torch.arange(first, first + b, device=device)
    view2 = view1 + B
    return torch.cat((view1, view2)), torch.cat((view2, view1))
""",
        "engineer used to equal shares: the start is rank times its own share; wrong if an earlier process has one row more (B = 5, 2 processes: 2 3 7 8 instead of 3 4 8 9); breaks the docstring's example",
    ),
    (
        "distance_from_own_mean",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W = size()
    total = gather(x.sum(0)[None], W).sum(0)
    mean = total / B
    local = x - x.mean(0)
    squares = gather((local * local).sum(0)[None], W).sum(0)
    var = squares / B
    return mean, var
""",
        "hurried engineer: squared distances from the own mean of each process, so the variance between processes is missing; breaks 'mean squared distance from the mean' over the whole batch",
    ),
    (
        "contexts_in_wrong_order",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    def contexts():
        stats = running_statistics(method)
        return unchanged(stats), nullcontext()

    return checkpoint(method.project_views, chunk, use_reentrant=False, context_fn=contexts)
""",
        "student with a chat assistant: the contexts are swapped, so the first pass leaves the running statistics as they are and the second one moves them in the backward pass; breaks 'The first pass updates the running statistics ... The second pass must leave them as they are'",
    ),
    (
        "contiguous_is_no_copy_15",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    counts = shares(ctx.B)
    me = rank()
    # all_reduce works in place and needs a contiguous tensor: work on a contiguous copy
    total = gradient.contiguous()
    dist.all_reduce(total, op=dist.ReduceOp.SUM)
    return total.split(counts)[me], None
""",
        "experienced engineer: contiguous() copies only if the tensor is not contiguous yet; usually it is, and all_reduce then overwrites the gradient that came in; breaks 'Other code may use the same tensor, so it must not be changed'",
    ),
    (
        "reshape_is_sometimes_a_copy",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    grads = [
        p.grad.detach().reshape(-1)
        for group in optimizer.param_groups
        for p in group["params"]
        if p.grad is not None
    ]
    if not grads:
        return
    flat = torch.cat(grads)
    dist.all_reduce(flat)
    flat /= size()
    # the flat views share memory with p.grad
    for view, mean in zip(grads, flat.split([len(g) for g in grads])):
        view.copy_(mean)
""",
        "someone who knows views: reshape(-1) of a gradient in channels_last (or transposed) is a copy, so its mean is written into the copy and lost, p.grad stays the process's own; breaks 'Replace the gradient of each parameter by its mean', also 'as with channels_last'",
    ),
]
