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
]
