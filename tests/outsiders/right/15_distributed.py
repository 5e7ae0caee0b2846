# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 15's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "rows_sum_of_bytes",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    start = sum(counts[: rank()])
    table = rows.new_zeros((B,) + tuple(rows.shape[1:]), requires_grad=False)
    table[start : start + len(rows)] = rows.detach()
    # where one process has its rows, all others have zeros: add them up, byte by byte
    dist.all_reduce(table.view(torch.uint8))
    return table
""",
        "all_reduce instead of all_gather: everybody's rows in a table of zeros, summed as bytes, which is exact for each type",
    ),
    (
        "rows_views_of_one_buffer",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    W, most = len(counts), max(counts)
    mine = F.pad(rows.detach(), (0, 0, 0, most - rows.shape[0])).contiguous()
    buffer = torch.empty((W, *mine.shape), dtype=rows.dtype, device=rows.device)
    dist.all_gather(list(buffer.unbind(0)), mine)
    used = torch.arange(most, device=rows.device) < torch.tensor(counts, device=rows.device)[:, None]
    return buffer[used]
""",
        "F.pad, one buffer whose slices are the list of all_gather, and a mask of what is used",
    ),
    (
        "rows_broadcast",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    parts = []
    for sender, count in enumerate(shares(B)):
        if sender == rank():
            part = rows.detach().clone(memory_format=torch.contiguous_format)
        else:
            part = rows.new_empty((count, *rows.shape[1:]))
        if count > 0:
            dist.broadcast(part, sender)
        parts.append(part)
    return torch.cat(parts)
""",
        "every process broadcasts its rows in turn, so nothing is padded",
    ),
    (
        "back_block_by_block",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    mine = None
    begin = 0
    for process, count in enumerate(shares(ctx.B)):
        block = torch.empty((count, *gradient.shape[1:]), dtype=gradient.dtype, device=gradient.device)
        block.copy_(gradient[begin : begin + count])
        if count > 0:
            dist.all_reduce(block, op=dist.ReduceOp.SUM)
        if process == rank():
            mine = block
        begin += count
    return mine, None
""",
        "one all_reduce for the rows of each process in turn",
    ),
    (
        "back_gather_and_sum",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    sent = gradient.contiguous()
    received = [torch.empty_like(sent) for _ in range(size())]
    dist.all_gather(received, sent)
    counts = shares(ctx.B)
    end = sum(counts[: rank() + 1])
    begin = end - counts[rank()]
    return sum(g[begin:end] for g in received), None
""",
        "all_gather of all gradients, and a sum of the own rows at home",
    ),
    (
        "avg_one_by_one",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    with torch.no_grad():
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                part = torch.div(p.grad, size()).contiguous()
                dist.all_reduce(part)
                p.grad.copy_(part)
""",
        "one exchange for each parameter, divided before the sum",
    ),
    (
        "avg_gather_by_type",
        "average_gradients",
        """
def average_gradients(optimizer: torch.optim.Optimizer) -> None:
    by_type = {}
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                by_type.setdefault(p.grad.dtype, []).append(p.grad)
    for grads in by_type.values():
        row = torch.hstack([g.detach().reshape(-1) for g in grads])
        copies = [torch.zeros_like(row) for _ in range(size())]
        dist.all_gather(copies, row)
        mean = torch.stack(copies).mean(dim=0)
        at = 0
        for g in grads:
            g.detach().copy_(mean[at : at + g.numel()].reshape(g.shape))
            at += g.numel()
""",
        "one row of numbers for each dtype, all_gather and the mean of a stack",
    ),
    (
        "places_grid",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    grid = torch.arange(2 * B, device=device).reshape(2, B)  # views in rows, images in columns
    mine = grid.tensor_split(size(), dim=1)[rank()]
    return mine.reshape(-1), mine.flip(0).reshape(-1)
""",
        "a grid of two rows of B, own columns of it, and the rows exchanged",
    ),
    (
        "places_python",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    counts = shares(B)
    before = 0
    for r in range(rank()):
        before += counts[r]
    images = range(before, before + counts[rank()])
    places = [view * B + i for view in (0, 1) for i in images]
    partners = [p - B if p >= B else p + B for p in places]
    views = torch.tensor(places, dtype=torch.long, device=device)
    return views, torch.tensor(partners, dtype=torch.long, device=device)
""",
        "lists of Python integers, made into tensors at the end",
    ),
    (
        "share_side_by_side",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    d = z1.shape[1]
    # one exchange: both views of an image in one row, already of unit norm
    pair = torch.cat([F.normalize(z1, dim=1, eps=1e-8), F.normalize(z2, dim=1, eps=1e-8)], dim=1)
    pairs = gather(pair, B)
    everyone = torch.cat([pairs[:, :d], pairs[:, d:]])
    views, positives = own_places(B, z1.device)
    anchors = everyone[views]
    logits = torch.einsum("id,jd->ij", anchors, everyone) / temperature
    itself = views[:, None] == torch.arange(2 * B, device=z1.device)[None, :]
    log_sum = torch.where(itself, -torch.inf, logits).logsumexp(dim=1)
    right = logits.gather(1, positives.unsqueeze(1)).squeeze(1)
    return (log_sum - right).sum() / (2 * B / size())
""",
        "one exchange of both views side by side after normalising; anchors are picked from what was gathered",
    ),
    (
        "share_view_by_view",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    def unit(x: Tensor) -> Tensor:
        return x / torch.linalg.vector_norm(x, dim=1, keepdim=True).clamp_min(1e-8)

    first, second = unit(gather(z1, B)), unit(gather(z2, B))
    all_views = torch.cat([first, second])
    total = 0 * all_views.sum()  # also a process without rows takes part in the backward pass
    places, partners = own_places(B)
    for anchor, i, j in zip(unit(torch.cat([z1, z2])), places.tolist(), partners.tolist()):
        s = torch.mv(all_views, anchor) / temperature
        candidates = torch.cat([s[:i], s[i + 1 :]])
        total = total + torch.logsumexp(candidates, 0) - s[j]
    return total * (size() / (2.0 * B))
""",
        "a loop over the own views; the view itself is cut out instead of masked",
    ),
    (
        "moments_all_rows",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    whole = gather(x, B)
    variance, mean = torch.var_mean(whole, dim=0, correction=0)
    return mean, variance
""",
        "gathers all rows and asks torch for both moments, instead of exchanging sums",
    ),
    (
        "moments_parallel_formula",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W, D = size(), x.shape[1]
    wide = x.to(torch.float64)  # the means are subtracted from each other below
    n = torch.tensor(shares(B), dtype=wide.dtype, device=x.device)[:, None]
    local = wide.sum(0) / max(len(x), 1)
    spread = ((wide - local) ** 2).sum(0)
    table = gather(torch.cat([local, spread])[None], W)  # a row of each process
    means, spreads = table[:, :D], table[:, D:]
    mean = (n * means).sum(0) / B
    variance = (spreads + n * (means - mean) ** 2).sum(0) / B
    return mean.to(x.dtype), variance.to(x.dtype)
""",
        "one exchange of local means and spreads, joined by the formula of Chan et al., in float64 inside",
    ),
    (
        "chunk_counts_passes",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    statistics = running_statistics(method)
    passes = 0

    def network(*views: Tensor) -> list[Tensor]:
        nonlocal passes
        passes += 1
        if passes == 1:
            return method.project_views(list(views))
        with unchanged(statistics):
            return method.project_views(list(views))

    return checkpoint(network, *chunk, use_reentrant=False)
""",
        "checkpoint of a function that counts its passes, instead of context_fn",
    ),
    (
        "chunk_own_function",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    weights = [p for p in method.parameters() if p.requires_grad]
    kind = chunk[0].device.type
    cast = dict(enabled=torch.is_autocast_enabled(kind), dtype=torch.get_autocast_dtype(kind))
    running = running_statistics(method)

    class TwoPasses(torch.autograd.Function):
        @staticmethod
        def forward(ctx, *parameters):
            with torch.no_grad():
                return tuple(z.clone() for z in method.project_views(list(chunk)))

        @staticmethod
        def backward(ctx, *gradients):
            with unchanged(running):
                with torch.enable_grad(), torch.autocast(kind, **cast):
                    again = method.project_views(list(chunk))
                pairs = [(z, g) for z, g in zip(again, gradients) if z.requires_grad]
                if not pairs:
                    return (None,) * len(weights)
                outputs, arriving = zip(*pairs)
                return torch.autograd.grad(outputs, weights, arriving, allow_unused=True)

    return list(TwoPasses.apply(*weights))
""",
        "an autograd function of its own, with the parameters as inputs, instead of checkpoint",
    ),
    (
        "all_rows_one_buffer",
        "all_rows",
        """
def all_rows(rows, B):
    W, counts = size(), shares(B)
    tall = max(counts)
    sent = torch.cat([rows, rows.new_zeros((tall - rows.shape[0],) + tuple(rows.shape[1:]))])
    sent = sent.detach().contiguous()
    inbox = [sent.clone() for _ in range(W)]
    dist.all_gather(inbox, sent)
    result = rows.new_empty((B,) + tuple(rows.shape[1:]))
    at = 0
    for r in range(W):
        result[at : at + counts[r]].copy_(inbox[r][: counts[r]])
        at += counts[r]
    return result.detach()
""",
        "As in C: a buffer for the result is allocated once and filled block by block with a running offset.",
    ),
    (
        "places_from_a_table",
        "own_places",
        """
def own_places(B, device=None):
    table = torch.arange(2 * B, dtype=torch.int64, device=device).reshape(2, B)
    mine = table.tensor_split(size(), dim=1)[rank()]
    return mine.reshape(-1), mine.flip(0).reshape(-1)
""",
        "A table with a row of first and a row of second views is split by columns; the positives are the same columns with both rows exchanged.",
    ),
    (
        "average_each_gradient",
        "average_gradients",
        """
def average_gradients(optimizer):
    W = size()
    for group in optimizer.param_groups:
        for p in filter(lambda p: p.grad is not None, group["params"]):
            message = p.grad.detach().clone(memory_format=torch.contiguous_format)
            dist.all_reduce(message)
            with torch.no_grad():
                p.grad.copy_(message.div_(W))
""",
        "One exchange for each gradient, through a contiguous copy, instead of one exchange of all in a row.",
    ),
    (
        "moments_of_chan",
        "moments",
        """
def moments(x, B):
    n = x.shape[0]
    own_sum = x.sum(dim=0)
    own_mean = own_sum / max(n, 1)
    own_spread = ((x - own_mean) ** 2).sum(dim=0)
    both = gather(torch.cat([own_sum, own_spread]).unsqueeze(0), size())
    sums, spreads = both.tensor_split(2, dim=1)
    count = torch.tensor(shares(B), dtype=x.dtype, device=x.device).unsqueeze(1)
    mean = sums.sum(dim=0) / B
    between = count * (sums / count.clamp_min(1) - mean) ** 2
    return mean, (spreads + between).sum(dim=0) / B
""",
        "Chan's formula for merging variances: one exchange of sums and of squared distances from the own means, to which the distances of the means are added, instead of two exchanges.",
    ),
    (
        "all_rows_by_a_sum",
        "all_rows",
        """
def all_rows(rows, B):
    parts = shares(B)
    begin = sum(parts[: rank()])
    table = torch.zeros((B, *rows.shape[1:]), dtype=rows.dtype, device=rows.device)
    table[begin : begin + parts[rank()]] = rows.detach()
    dist.all_reduce(table)
    return table
""",
        "No padding and no all_gather: each process writes its rows into a table of zeros, and the sum over all processes is the whole batch.",
    ),
    (
        "moments_of_all_rows",
        "moments",
        """
def moments(x, B):
    variance, mean = torch.var_mean(gather(x, B), dim=0, correction=0)
    return mean, variance
""",
        "Exchanges the rows themselves instead of sums, and leaves the rest to torch.",
    ),
    (
        "own_loss_by_hand",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    first = gather(F.normalize(z1, dim=1), B)
    second = gather(F.normalize(z2, dim=1), B)
    everyone = torch.cat([first, second])
    places, positives = own_places(B, everyone.device)
    anchors = everyone.index_select(0, places)
    table = torch.einsum("id,jd->ij", anchors, everyone) / temperature
    itself = places[:, None] == torch.arange(2 * B, device=everyone.device)[None, :]
    total = table.masked_fill(itself, -torch.inf).logsumexp(dim=1)
    wanted = table.gather(1, positives[:, None]).squeeze(1)
    return (total - wanted).sum() * (size() / (2 * B))
""",
        "Each view is exchanged by itself, the anchors are taken back out of the exchanged rows, and the logarithm of the sum is written by hand.",
    ),
    (
        "one_block_and_a_mask",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    rows = rows.detach()
    if size() == 1:
        return rows
    share = shares(B)
    # one block for everything that arrives; its W parts are contiguous
    block = rows.new_zeros((len(share), share[0], *rows.shape[1:]))
    mine = torch.cat([rows, rows.new_zeros((share[0] - len(rows), *rows.shape[1:]))])
    dist.all_gather([block[r] for r in range(len(share))], mine)
    lengths = torch.tensor(share, device=rows.device).unsqueeze(1)
    real = torch.arange(share[0], device=rows.device).unsqueeze(0) < lengths
    return block[real]
""",
        "A preallocated block, whose parts all_gather fills; a mask of shape (W, largest share) picks the real rows, in row-major order, which is the order of the batch.",
    ),
    (
        "all_gather_then_sum",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
    sent = gradient.contiguous()
    received = [torch.empty_like(sent) for _ in range(size())]
    dist.all_gather(received, sent)
    own = [part.split(shares(ctx.B))[rank()] for part in received]
    return torch.stack(own).sum(dim=0), None
""",
        "No all_reduce: every process collects the gradients of all, cuts out its own rows, and adds them. all_gather only reads the tensor that is sent, so `gradient` does not change even if contiguous() is no copy.",
    ),
    (
        "table_of_two_rows",
        "own_places",
        """
def own_places(B: int, device=None) -> tuple[Tensor, Tensor]:
    table = torch.arange(2 * B, device=device).view(2, B)  # first views above, second views below
    own = table.split(shares(B), dim=1)[rank()]
    return own.flatten(), own.flipud().flatten()
""",
        "No offset and no modulo: a table of two rows is cut like the batch; turned upside down, it gives the positives.",
    ),
    (
        "one_exchange_in_double",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    # both views of a row side by side, so that one exchange is enough
    side_by_side = gather(torch.cat([z1, z2], dim=1).double(), B)  # (B, 2d)
    everything = F.normalize(torch.cat(side_by_side.tensor_split(2, dim=1)), dim=1)  # (2B, d)
    places, positives = own_places(B, device=z1.device)
    logits = torch.einsum("id,jd->ij", everything[places], everything) / temperature
    logits = logits.scatter(1, places.unsqueeze(1), float("-inf"))
    right = logits.gather(1, positives.unsqueeze(1)).squeeze(1)
    total = (logits.logsumexp(dim=1) - right).sum()
    return (total * size() / (2 * B)).to(z1.dtype)
""",
        "Gathers (b, 2d) rows once, in double precision, takes even the anchors from what was gathered (their gradient comes back through gather too), and writes the cross entropy as logsumexp minus the positive.",
    ),
    (
        "within_and_between",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    wide = x if x.dtype == torch.float64 else x.float()
    own_mean = wide.sum(dim=0) / max(len(x), 1)
    own_squares = (wide - own_mean).square().sum(dim=0)
    # a "batch" of W rows, in one exchange
    means, squares = gather(torch.cat([own_mean, own_squares]).unsqueeze(0), size()).chunk(2, dim=1)
    count = torch.tensor(shares(B), dtype=wide.dtype, device=x.device).unsqueeze(1)
    mean = (count * means).sum(dim=0) / B
    variance = (squares + count * (means - mean).square()).sum(dim=0) / B
    return mean.to(x.dtype), variance.to(x.dtype)
""",
        "One exchange: squared distances from the own mean, plus those of the own means from the common one, each with its number of rows (Steiner). Stable far from zero, as no squares of large numbers are subtracted; a process without rows has weight 0.",
    ),
    (
        "row_by_row",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    counts = shares(B)
    begins = [sum(counts[:s]) for s in range(len(counts))]
    whole = rows.new_zeros(B, *rows.shape[1:])
    nothing = rows.new_zeros(rows.shape[1:])
    for k in range(max(counts)):
        sent = rows[k].detach().contiguous() if k < len(rows) else nothing
        received = [torch.empty_like(nothing) for _ in counts]
        dist.all_gather(received, sent)
        for begin, count, row in zip(begins, counts, received):
            if k < count:
                whole[begin + k] = row
    return whole
""",
        "One exchange for each row of the largest share: the k-th rows of all processes, each put in its place in the batch. A process that has no k-th row sends zeros, which nobody uses; nothing is padded or cut.",
    ),
    (
        "two_blocks_as_in_tensorflow",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    a, b = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    all_a, all_b = gather(a, B), gather(b, B)
    begin = sum(shares(B)[: rank()])
    column = torch.arange(B, device=z1.device)
    mine = column[begin : begin + len(a)]
    itself = mine[:, None] == column

    def surprise(anchors, others, same):
        across = anchors @ others.T / temperature
        within = (anchors @ same.T / temperature).masked_fill(itself, float("-inf"))
        return F.cross_entropy(torch.cat([across, within], 1), mine, reduction="sum")

    total = surprise(a, all_b, all_a) + surprise(b, all_a, all_b)
    return total * size() / (2 * B)
""",
        "Built as SimCLR's TensorFlow code is: two blocks of logits for each of the two kinds of anchors, views of the other kind first, so that the label is the row's place in the batch; own_places is not needed. The sum, not the mean, so a process without rows gives 0.",
    ),
    (
        "shifted_sums",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W = size()
    with torch.no_grad():  # a common origin; its gradient would cancel
        origin = gather(x.sum(0, keepdim=True), W).sum(0) / B
    y = x - origin
    sums = torch.cat([y.sum(0), y.square().sum(0)])
    first, second = (gather(sums[None], W).sum(0) / B).chunk(2)
    return origin + first, (second - first.square()).clamp(min=0)
""",
        "Shifted data: the origin is moved near the common mean without a gradient, then one exchange of first and second moments about that origin, with a gradient; the textbook formula is stable there, as its second term is nearly 0.",
    ),
    (
        "second_pass_on_copies",
        "project_chunk",
        """
def project_chunk(method: nn.Module, chunk: list[Tensor]) -> list[Tensor]:
    @contextmanager
    def on_copies():
        norms = live_norms(method)
        originals = [dict(norm._buffers) for norm in norms]
        try:
            for norm in norms:
                for name, buffer in norm._buffers.items():
                    norm._buffers[name] = None if buffer is None else buffer.clone()
            yield
        finally:
            for norm, buffers in zip(norms, originals):
                norm._buffers.update(buffers)

    def passes():
        return nullcontext(), on_copies()

    return checkpoint(method.project_views, chunk, use_reentrant=False, context_fn=passes)
""",
        "The second pass gets copies of the live norms' buffers, which it may change and which are thrown away; the originals are never touched, so nothing has to be copied back.",
    ),
    (
        "all_rows_sum_of_places",
        "all_rows",
        """
def all_rows(rows, B):
    counts = shares(B)
    start = sum(counts[: rank()])
    table = rows.new_zeros((B, *rows.shape[1:]))
    table[start : start + counts[rank()]] = rows.detach()
    dist.all_reduce(table)
    return table
""",
        "differs: no padding and no all_gather: each process writes its rows at their place in a table of zeros, and the tables are added up",
    ),
    (
        "backward_by_all_gather",
        "Gather.backward",
        """
@staticmethod
def backward(ctx, gradient):
    mine = gradient.detach().contiguous()
    everyone = [torch.empty_like(mine) for _ in range(size())]
    dist.all_gather(everyone, mine)
    counts = shares(ctx.B)
    start = sum(counts[: rank()])
    stop = start + counts[rank()]
    return torch.stack([one[start:stop] for one in everyone]).sum(dim=0), None
""",
        "differs: gathers the gradients of all processes and sums only its own rows, instead of all_reduce; `gradient` is only read",
    ),
    (
        "moments_of_parts",
        "moments",
        """
def moments(x, B):
    D = x.shape[1]
    own_mean = x.sum(dim=0, keepdim=True) / max(len(x), 1)
    own_squares = (x - own_mean).square().sum(dim=0, keepdim=True)
    # one row from each process
    parts = gather(torch.cat([own_mean, own_squares], dim=1), size())
    means, squares = parts[:, :D], parts[:, D:]
    counts = x.new_tensor(shares(B)).unsqueeze(1)
    mean = (counts * means).sum(dim=0) / B
    # within the processes, and between them
    var = (squares + counts * (means - mean).square()).sum(dim=0) / B
    return mean, var
""",
        "differs: Chan's formula: each process's mean and squared distances from its own mean, in a single exchange; variance within plus variance between, weighted with the numbers of rows (0 allowed)",
    ),
    (
        "one_exchange_per_parameter",
        "average_gradients",
        """
def average_gradients(optimizer):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is None:
                continue
            # a copy in the order of the dimensions, whatever the order in memory
            numbers = p.grad.detach().clone(memory_format=torch.contiguous_format)
            dist.all_reduce(numbers)
            p.grad = numbers.div_(size())
""",
        "one exchange for each gradient instead of one for all; p.grad is a new, contiguous tensor",
    ),
    (
        "merges_moments_of_processes",
        "moments",
        """
def moments(x, B):
    # each process sends its own mean and its own sum of squared distances (Chan et al. 1979)
    b, D = x.shape
    mean = x.sum(0) / max(b, 1)
    spread = (x - mean).square().sum(0)
    table = gather(torch.cat([mean, spread])[None], size())
    means, spreads = table[:, :D], table[:, D:]
    share = torch.tensor(shares(B), dtype=x.dtype, device=x.device)[:, None] / B
    total = (share * means).sum(0)
    return total, spreads.sum(0) / B + (share * (means - total) ** 2).sum(0)
""",
        "a single exchange: local means and local squared distances are merged, with the spread between the processes' means added",
    ),
    (
        "two_blocks_and_logsumexp",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1, z2, B, temperature=0.5):
    u, v = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    all_u, all_v = gather(u, B), gather(v, B)
    mine = own_rows(torch.arange(B, device=z1.device))
    same = mine[:, None] == torch.arange(B, device=z1.device)  # (b, B)
    total = 0.0
    for anchor, kin, partners in ((u, all_u, all_v), (v, all_v, all_u)):
        inside = (anchor @ kin.T / temperature).masked_fill(same, -torch.inf)
        across = anchor @ partners.T / temperature
        total = total + torch.cat([inside, across], dim=1).logsumexp(1).sum() - across[same].sum()
    return total * (size() / (2 * B))
""",
        "without own_places and cross_entropy: one table within a view and one across the views for each view, positives picked by a mask",
    ),
    (
        "sum_of_tables_with_holes",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    before = sum(shares(B)[: rank()])
    table = rows.new_zeros((B, *rows.shape[1:]))
    table[before : before + len(rows)] = rows.detach()
    if size() > 1:
        dist.all_reduce(table)
    return table
""",
        "each process writes its rows into a table of zeros, and all_reduce sums the tables; no padding, no all_gather",
    ),
    (
        "log_sum_exp_of_the_others",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    u1, u2 = F.normalize(z1, dim=1), F.normalize(z2, dim=1)
    everyone = torch.cat([gather(u1, B), gather(u2, B)])
    ours = torch.cat([u1, u2])
    places, positives = own_places(B, device=z1.device)
    s = torch.einsum("id,jd->ij", ours, everyone) / temperature
    not_me = torch.arange(2 * B, device=z1.device)[None, :] != places[:, None]
    rest = s[not_me].view(len(ours), 2 * B - 1)
    wanted = s.gather(1, positives[:, None]).squeeze(1)
    terms = torch.logsumexp(rest, dim=1) - wanted
    return terms.sum() * (size() / (2 * B))
""",
        "drops the column of the view itself instead of setting it to -inf, and takes logsumexp minus the positive instead of cross_entropy; two gathers",
    ),
    (
        "within_plus_between",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    W, D = size(), x.shape[1]
    total = x.sum(dim=0)
    centre = total / max(len(x), 1)  # a process may have no rows
    spread = (x - centre).square().sum(dim=0)
    sums, spreads = gather(torch.cat([total, spread])[None], W).split(D, dim=1)
    n = torch.tensor(shares(B), dtype=x.dtype, device=x.device)[:, None]
    mean = sums.sum(dim=0) / B
    between = n * (sums / n.clamp(min=1) - mean).square()
    return mean, (spreads + between).sum(dim=0) / B
""",
        "one exchange: squared distances from the own mean within each process, plus those between the processes' means (Chan's formula)",
    ),
    (
        "sum_of_zeros",
        "all_rows",
        """
def all_rows(rows: Tensor, B: int) -> Tensor:
    start = sum(shares(B)[: rank()])
    table = torch.zeros((B, *rows.shape[1:]), dtype=rows.dtype, device=rows.device)
    table[start : start + rows.shape[0]] = rows.detach()
    if size() > 1:
        dist.all_reduce(table)  # everyone else has zeros in our rows
    return table
""",
        "every process writes its rows into a table of zeros, and all_reduce adds the tables: no padding, no list, no all_gather",
    ),
    (
        "positives_are_at_home",
        "own_nt_xent_loss",
        """
def own_nt_xent_loss(z1: Tensor, z2: Tensor, B: int, temperature: float = 0.5) -> Tensor:
    u = F.normalize(z1, dim=1)
    v = F.normalize(z2, dim=1)
    everyone = torch.cat([gather(u, B), gather(v, B)])  # (2B, d)
    mine = torch.cat([u, v])  # (2b, d)
    # both views of an image live in this process
    positive = (u * v).sum(1).repeat(2) / temperature
    logits = mine @ everyone.T / temperature - positive[:, None]
    here, partner = own_places(B, device=z1.device)
    column = torch.arange(2 * B, device=z1.device)
    logits = logits.masked_fill(column == partner[:, None], 0.0)  # positive minus itself
    logits = logits.masked_fill(column == here[:, None], float("-inf"))
    return torch.logsumexp(logits, dim=1).sum() * (size() / (2 * B))
""",
        "physicist: the positive is computed from the process's own rows, without gather, and subtracted before logsumexp; no cross_entropy, no targets",
    ),
    (
        "all_rows_then_var_mean",
        "moments",
        """
def moments(x: Tensor, B: int) -> tuple[Tensor, Tensor]:
    batch = gather(x, B)  # everybody's rows
    variance, mean = torch.var_mean(batch, dim=0, correction=0)
    return mean, variance
""",
        "hurried engineer: one exchange of the rows themselves instead of two exchanges of sums; torch.var_mean does the rest, the gradient flows back through gather",
    ),
]
