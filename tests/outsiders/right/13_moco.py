# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 13's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "sim_einsum_columns",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    B, K = len(q), len(queue)
    unit_q = q / torch.linalg.vector_norm(q, dim=1)[:, None].clamp_min(1e-12)
    with torch.no_grad():
        unit_k = k / torch.sqrt(torch.einsum("bd,bd->b", k, k)).clamp_min(1e-12)[:, None]
    table = unit_q.new_empty(B, K + 1)
    table[:, 0] = torch.einsum("bd,bd->b", unit_q, unit_k)
    table[:, 1:] = torch.einsum("bd,kd->bk", unit_q, queue.to(unit_q))
    return table
""",
        "own norms, einsum, and both parts written into the columns of an empty table",
    ),
    (
        "sim_bmm_candidates",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    constants = F.normalize(k, p=2.0, dim=-1).detach()
    everyone = queue.to(q).unsqueeze(0).expand(q.shape[0], -1, -1)
    candidates = torch.cat([constants.unsqueeze(1), everyone], dim=1)  # (B, K + 1, d)
    products = torch.bmm(candidates, q.unsqueeze(2)).squeeze(2)  # not yet cosines
    return products / q.norm(dim=1, keepdim=True).clamp(min=1e-12)
""",
        "one list of K + 1 candidates for each query, a batched product, and the query's norm divided away last",
    ),
    (
        "sim_cosine_broadcast",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    own = F.cosine_similarity(q, k.detach(), dim=1, eps=1e-12)
    rest = [F.cosine_similarity(row[None], queue.to(q), dim=1, eps=1e-12) for row in q]
    return torch.column_stack((own, torch.stack(rest)))
""",
        "F.cosine_similarity, with a loop over the queries, and column_stack",
    ),
    (
        "loss_lse_by_hand",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    logits = similarities(q, k, queue) / temperature
    top = logits.detach().amax(dim=1)
    log_sum = torch.log(torch.exp(logits - top[:, None]).sum(dim=1)) + top
    return torch.sum(log_sum - logits[:, 0]) / q.shape[0]
""",
        "log of the sum by hand, with the maximum taken away, instead of F.cross_entropy",
    ),
    (
        "loss_softplus",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    s = similarities(q, k, queue)
    # -log(e^p / (e^p + sum e^n)) = log(1 + sum e^(n - p))
    lead = torch.logsumexp((s[:, 1:] - s[:, :1]).div(temperature), dim=1)
    return torch.logaddexp(lead, torch.zeros_like(lead)).mean()
""",
        "log(1 + sum exp(n - p)) as a logaddexp with 0",
    ),
    (
        "loss_queue_in_pieces",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    unit = F.normalize(q, dim=1)
    own = torch.linalg.vecdot(unit, F.normalize(k.detach(), dim=1)) / temperature
    running = own
    for piece in queue.to(unit).split(500):
        running = torch.logaddexp(running, torch.logsumexp(unit @ piece.mT / temperature, dim=1))
    per_query = running - own
    return per_query.mean(dim=0)
""",
        "does not call similarities; the log of the sum grows over pieces of the queue",
    ),
    (
        "follow_lerp",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    targets = list(query.parameters())
    for i, p in enumerate(key.parameters()):
        p.lerp_(targets[i].to(p), 1 - momentum)
""",
        "lerp_ over an enumerated list of the other network's parameters",
    ),
    (
        "follow_foreach",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    mine, theirs = list(key.parameters()), list(query.parameters())
    rest = torch._foreach_mul(theirs, 1.0 - momentum)
    torch._foreach_mul_(mine, momentum)
    torch._foreach_add_(mine, rest)
""",
        "torch's foreach functions on both lists of parameters at once",
    ),
    (
        "follow_recursion",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    done = set()

    def walk(a: nn.Module, b: nn.Module) -> None:
        for (_, pa), (_, pb) in zip(a.named_parameters(recurse=False), b.named_parameters(recurse=False)):
            if id(pa) not in done:
                done.add(id(pa))
                pa.data.copy_(momentum * pa.data + (1 - momentum) * pb.data)
        for child_a, child_b in zip(a.children(), b.children()):
            walk(child_a, child_b)

    walk(key, query)
""",
        "recursion over the children; shared parameters are moved once",
    ),
    (
        "push_row_by_row",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    size = self.rows.shape[0]
    self.ages[self.ages >= 0] += 1
    where = self.position.item()
    with torch.no_grad():
        for i in range(len(z)):
            row = z[i].to(self.rows)
            self.rows[where] = row / max(row.norm().item(), 1e-12)
            self.images[where] = -1 if images is None else int(images[i])
            self.ages[where] = 0
            where += 1
            if where == size:
                where = 0
    self.position.fill_(where)
""",
        "a loop over the new rows, with a hand that jumps back to 0 like that of a clock",
    ),
    (
        "push_two_slices",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    B, size, start = len(z), len(self.rows), int(self.position)
    unit = F.normalize(z.detach().to(device=self.rows.device, dtype=self.rows.dtype), dim=1)
    if images is None:
        images = torch.full((B,), -1)
    images = images.to(self.images)
    self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
    before_end = min(B, size - start)
    for source, target, n in ((0, start, before_end), (before_end, 0, B - before_end)):
        self.rows[target : target + n].copy_(unit[source : source + n])
        self.images[target : target + n].copy_(images[source : source + n])
        self.ages[target : target + n].zero_()
    self.position += B
    self.position %= size
""",
        "two slices, up to the end and from the beginning, as in C",
    ),
    (
        "push_functional_where",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    B, size = len(z), len(self.rows)
    device = self.rows.device
    # for every place of the ring: the number of the new row that goes there, if below B
    slot = (torch.arange(size, device=device) - self.position) % size
    new = slot < B
    padded = F.pad(F.normalize(z.detach().to(self.rows), dim=-1), (0, 0, 0, size - B))
    names = torch.full((size,), -1, device=device)
    if images is not None:
        names[:B] = images.to(names)
    self.rows = torch.where(new[:, None], padded[slot], self.rows)
    self.images = torch.where(new, names[slot], self.images)
    self.ages = torch.where(new, 0, torch.where(self.ages >= 0, self.ages + 1, -1))
    self.position = (self.position + B) % size
""",
        "as in JAX: for every place of the ring which new row it gets, and new tensors for the buffers",
    ),
    (
        "method_queue_moves_on",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    who = torch.cat([index] * (len(z1) // len(index)))
    self.found = self.health(z1, z2, who)
    value = moco_loss(z1, z2, self.queue.rows, self.temperature)
    # the graph keeps the old memory, and the queue goes on in a new one
    self.queue.rows = self.queue.rows.clone()
    self.queue.push(z2, who)
    return value
""",
        "health first; the loss gets the queue's own tensor, and the queue goes on in a copy",
    ),
    (
        "method_direction_by_direction",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(index)
    waiting = torch.empty_like(self.queue.rows).copy_(self.queue.rows)
    directions = list(zip(z1.split(B), z2.split(B)))
    total = 0
    for queries, keys in directions:
        total = total + moco_loss(queries, keys, waiting, temperature=self.options.temperature)
    images = torch.arange(len(z1), device=index.device).remainder(B)
    images = index[images]
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images=images)
    return total / len(directions)
""",
        "the mean of one loss for each direction, against the same copy of the queue",
    ),
    (
        "method_own_cross_entropy",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    logits = similarities(z1, z2, copy.deepcopy(self.queue.rows)) / self.temperature
    right = torch.zeros(logits.shape[0], 1, dtype=torch.long, device=logits.device)
    loss = -torch.log_softmax(logits, dim=1).gather(1, right).mean()
    images = index[None].expand(z1.shape[0] // index.shape[0], -1).flatten()
    self.found = dict(self.health(z1.detach(), z2.detach(), images))
    with torch.no_grad():
        self.queue.push(z2.clone(), images)
    return loss
""",
        "similarities and log_softmax instead of moco_loss, a deep copy of the queue, and a detached health",
    ),
    (
        "similarities_cosine_and_linear",
        "similarities",
        """
def similarities(q, k, queue):
    with torch.no_grad():
        key = k / torch.linalg.vector_norm(k, dim=1, keepdim=True).clamp_min(1e-12)
    query = q / torch.linalg.vector_norm(q, dim=1, keepdim=True).clamp_min(1e-12)
    own = torch.bmm(query[:, None, :], key[:, :, None]).reshape(-1, 1)
    return torch.hstack([own, F.linear(query, queue.to(query))])
""",
        "The own product is a batched (1, d) by (d, 1) product and the queue is the weight of a linear layer.",
    ),
    (
        "loss_logsumexp",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    energy = similarities(q, k, queue) / temperature
    per_query = torch.logsumexp(energy, dim=1) - energy[:, 0]
    return per_query.sum() / per_query.shape[0]
""",
        "The cross entropy written out: logsumexp of all candidates minus column 0.",
    ),
    (
        "follow_lerp_2",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    pairs = list(zip(key.parameters(), query.parameters(), strict=True))
    for target, origin in pairs:
        target.lerp_(origin.detach(), 1.0 - momentum)
""",
        "An in-place linear interpolation towards the query network with weight 1 - m.",
    ),
    (
        "push_one_row_at_a_time",
        "Ring.push",
        """
@torch.no_grad()
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    capacity = self.rows.shape[0]
    head = int(self.position)
    unit = F.normalize(z.to(self.rows), dim=-1)
    labels = torch.full((len(z),), -1) if images is None else images
    labels = labels.to(self.images)
    self.ages.copy_(torch.where(self.ages == -1, self.ages, self.ages + 1))
    before_end = min(len(z), capacity - head)
    for start, part in ((head, slice(0, before_end)), (0, slice(before_end, len(z)))):
        stop = start + part.stop - part.start
        self.rows[start:stop] = unit[part]
        self.images[start:stop] = labels[part]
        self.ages[start:stop] = 0
    self.position.fill_((head + len(z)) % capacity)
""",
        "Two contiguous copies as in a C ring buffer, up to the end and from the start, with a Python integer as head, instead of positions modulo the size.",
    ),
    (
        "follow_lerp_by_name",
        "follow",
        """
def follow(key, query, momentum):
    leaders = dict(query.named_parameters())
    with torch.no_grad():
        for name, parameter in key.named_parameters():
            parameter.lerp_(leaders[name].to(parameter), 1 - momentum)
""",
        "Parameters by name, and lerp_ with the share 1 - m.",
    ),
    (
        "loss_log_sigmoid",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    table = similarities(q, k, queue) / temperature
    own, others = table.split([1, len(queue)], dim=1)
    margin = own[:, 0] - others.logsumexp(dim=1)
    return F.logsigmoid(margin).neg().mean()
""",
        "A two-way choice between the own key and the log of the sum over the queue: -log sigmoid of the difference. Equal to the cross entropy, and stable.",
    ),
    (
        "push_in_two_pieces",
        "Ring.push",
        """
def push(self, z, images=None):
    size, B = self.rows.shape[0], z.shape[0]
    if B > size:
        raise ValueError(f"{B} projections do not fit into {size} rows")
    wide = torch.promote_types(z.dtype, self.rows.dtype)
    unit = F.normalize(z.detach().to(wide), dim=1).to(self.rows)
    if images is None:
        images = torch.full((B,), -1)
    images = images.to(self.images)
    begin = int(self.position)
    fits = min(B, size - begin)
    self.ages[self.ages.ge(0)] += 1
    for first, last, place in ((0, fits, begin), (fits, B, 0)):
        target = slice(place, place + last - first)
        self.rows[target] = unit[first:last]
        self.images[target] = images[first:last]
        self.ages[target] = 0
    self.position.fill_((begin + B) % size)
""",
        "Two slices, up to the end and from the start, instead of an index modulo the size.",
    ),
    (
        "preallocated_double",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    B, K = q.shape[0], queue.shape[0]

    def unit(rows):
        rows = rows.double()
        return rows / torch.linalg.vector_norm(rows, dim=-1, keepdim=True).clamp_min(1e-12)

    queries = unit(q)
    with torch.no_grad():
        keys, waiting = unit(k), queue.double()
    table = queries.new_empty(B, K + 1)
    table[:, 0] = torch.einsum("bd,bd->b", queries, keys)
    table[:, 1:] = torch.einsum("bd,kd->bk", queries, waiting)
    return table.to(q.dtype)
""",
        "Double precision inside and cast back; fills a preallocated table (autograd follows the copies into slices), einsum for both products; keys are made under no_grad, so nothing flows to k or the queue.",
    ),
    (
        "logaddexp_of_the_gap",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    logits = similarities(q, k, queue) / temperature
    own, others = logits.tensor_split([1], dim=1)
    # -log(e^a / (e^a + sum e^b)) = log(1 + exp(log sum e^b - a))
    gap = torch.logsumexp(others, dim=1) - own.squeeze(1)
    return torch.logaddexp(torch.zeros_like(gap), gap).mean()
""",
        "No cross entropy: log(1 + exp(gap)), with torch's stable logsumexp and logaddexp; the same number, also at low temperature.",
    ),
    (
        "library_ema",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    from torch.optim.swa_utils import get_ema_multi_avg_fn

    slow, fast = list(key.parameters()), list(query.parameters())
    if slow:
        get_ema_multi_avg_fn(momentum)(slow, fast, None)
""",
        "A library function for exponential moving averages (one fused in-place lerp with weight 1 - m over lists of parameters); exact for m = 0 and 1; buffers and the query network are not touched.",
    ),
    (
        "every_slot_asks",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    B, size = len(z), len(self.rows)
    if B == 0:
        self.ages.add_((self.ages >= 0).to(self.ages.dtype))
        return
    # how far each slot lies after the position, on the clock: the first B are replaced
    ahead = (torch.arange(size, device=self.rows.device) - self.position) % size
    new = ahead < B
    source = ahead.clamp(max=B - 1)
    with torch.no_grad():
        unit = F.normalize(z.detach().to(self.rows), dim=1)
        if images is None:
            labels = torch.full((B,), -1, dtype=self.images.dtype, device=self.images.device)
        else:
            labels = images.to(self.images)
        older = torch.where(self.ages < 0, self.ages, self.ages + 1)
        self.rows.copy_(torch.where(new.unsqueeze(1), unit[source], self.rows))
        self.images.copy_(torch.where(new, labels[source], self.images))
        self.ages.copy_(older.masked_fill(new, 0))
        self.position.copy_((self.position + B) % size)
""",
        "A gather instead of a scatter: each of the size slots computes which of the new rows, if any, it receives. Wraps around by the modulo; same rows, images, ages and position.",
    ),
    (
        "mean_over_the_directions",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    old = self.queue.rows.detach().clone()
    B = len(index)
    pairs = list(zip(z1.split(B), z2.split(B), strict=True))
    per_direction = [moco_loss(q, k, old, temperature=self.temperature) for q, k in pairs]
    images = torch.cat([index] * len(pairs)).to(self.queue.images.device)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return torch.stack(per_direction).mean()
""",
        "Each direction by itself against the same copy of the old queue, then the mean of the means (the directions have the same number of queries); one push after that.",
    ),
    (
        "r13_own_backward",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    class Cosines(torch.autograd.Function):
        @staticmethod
        def forward(ctx, q, k, queue):
            length = q.norm(dim=1, keepdim=True).clamp(min=1e-12)
            unit, key = q / length, F.normalize(k, dim=1)
            ctx.save_for_backward(unit, key, queue, length)
            return torch.cat([(unit * key).sum(1, keepdim=True), unit @ queue.T], dim=1)

        @staticmethod
        def backward(ctx, g):
            unit, key, queue, length = ctx.saved_tensors
            g = g.to(queue.dtype)
            towards = g[:, :1] * key + g[:, 1:] @ queue
            # a change along the query itself does not turn it
            along = (towards * unit).sum(1, keepdim=True) * unit
            return ((towards - along) / length).to(unit.dtype), None, None

    return Cosines.apply(q, k.detach(), queue)
""",
        "A torch.autograd.Function with its own backward: the gradient is projected onto the directions in which the query turns; keys and queue get none.",
    ),
    (
        "r13_out",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    trained = dict(query.named_parameters())
    for name, slow in key.named_parameters():
        torch.add(trained[name] * (1 - momentum), slow, alpha=momentum, out=slow)
""",
        "By name, with torch.add and out=, which writes into the parameter's own memory.",
    ),
    (
        "r13_saved_copies",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    images = index.repeat(len(z1) // len(index))
    self.found = self.health(z1, z2, images)
    # what the backward pass will need is copied when it is saved
    copies = torch.autograd.graph.saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t)
    with copies:
        value = moco_loss(z1, z2, self.queue.rows, self.temperature)
    self.queue.push(z2, images)
    return value
""",
        "No copy of the queue in the forward pass: a hook copies each tensor that autograd saves, so the push does not touch what the backward pass needs. Health first.",
    ),
    (
        "r13_roll",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size, B, hand = len(self.rows), len(z), int(self.position)
    if B > size:
        raise ValueError(f"{B} projections are more than the {size} rows of the ring")
    new = F.normalize(z.detach().to(self.rows), dim=1)
    own = self.images.new_full((B,), -1) if images is None else images.to(self.images)
    older = torch.where(self.ages < 0, self.ages, self.ages + 1)
    changes = [
        (self.rows, self.rows, new),
        (self.images, self.images, own),
        (self.ages, older, torch.zeros_like(own)),
    ]
    for buffer, old, first in changes:
        turned = old.roll(-hand, 0)  # the place of the next row comes first
        turned[:B] = first
        buffer.copy_(turned.roll(hand, 0))
    self.position.fill_((hand + B) % size)
""",
        "Rolls each buffer until the next place is first, writes the beginning, and rolls it back.",
    ),
    (
        "similarities_table_filled",
        "similarities",
        """
def similarities(q, k, queue):
    query = q / torch.linalg.vector_norm(q, dim=1, keepdim=True).clamp_min(1e-12)
    with torch.no_grad():
        key = (k / torch.linalg.vector_norm(k, dim=1, keepdim=True).clamp_min(1e-12)).to(q)
        waiting = queue.to(q)
    table = query.new_empty(len(q), len(queue) + 1)
    table[:, 1:] = F.linear(query, waiting.detach())
    table[:, 0] = torch.einsum("bd,bd->b", query, key)
    return table
""",
        "differs: a table that is filled in place, F.linear and einsum, norms by hand",
    ),
    (
        "method_mean_of_blocks",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    B = len(index)
    old = torch.stack([row for row in self.queue.rows])
    parts = []
    for queries, keys in zip(z1.split(B), z2.split(B)):
        parts.append(moco_loss(queries, keys, old, self.temperature))
    images = index.unsqueeze(0).expand(len(parts), -1).reshape(-1)
    self.found = self.health(z1.detach(), z2.detach(), images)
    self.queue.push(z2, images)
    return sum(parts) / len(parts)
""",
        "differs: one loss for each direction (each with the same copied queue) and their mean, rather than one loss of all 2B queries; one push at the end",
    ),
    (
        "push_row_by_row_12",
        "Ring.push",
        """
def push(self, z, images=None):
    size = len(self.rows)
    if len(z) > size:
        raise ValueError(f"{len(z)} rows are too many for a ring of {size}")
    for i in range(size):
        if self.ages[i] >= 0:
            self.ages[i] += 1
    at = self.position.item()
    new = F.normalize(z.detach().to(self.rows), dim=1)
    for i, row in enumerate(new):
        self.rows[at] = row
        self.images[at] = -1 if images is None else int(images[i])
        self.ages[at] = 0
        at = 0 if at == size - 1 else at + 1
    self.position.fill_(at)
""",
        "differs: plain loops, row by row, and a pointer that jumps back to 0",
    ),
    (
        "log_odds",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    # -log(a / (a + b)) = log(1 + b / a), with everything kept as logarithms
    q = F.normalize(q, dim=1)
    right = (q * F.normalize(k.detach(), dim=1)).sum(1) / temperature
    wrong = torch.logsumexp(q.matmul(queue.detach().t()) / temperature, dim=1)
    return torch.logaddexp(torch.zeros_like(right), wrong - right).mean()
""",
        "no cross_entropy and no table of K + 1 columns: log-sum-exp of the queue, minus the own key, through logaddexp(0, x)",
    ),
    (
        "ema_of_swa_utils",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    from torch.optim.swa_utils import get_ema_multi_avg_fn

    slow = [p for _, p in sorted(key.named_parameters())]
    fast = [p.detach() for _, p in sorted(query.named_parameters())]
    if slow:
        get_ema_multi_avg_fn(momentum)(slow, fast, None)
""",
        "torch's own exponential moving average (lerp of whole lists), with parameters paired by name instead of order",
    ),
    (
        "distance_on_the_clock",
        "Ring.push",
        """
def push(self, z, images=None):
    size, B = self.rows.size(0), z.size(0)
    if B > size:
        raise ValueError(f"{B} projections, but the ring has only {size} rows")
    with torch.no_grad():
        # for each place: how many steps after the position it lies; that is also its row in z
        steps = (torch.arange(size, device=self.position.device) - self.position) % size
        new = steps < B
        wide = z.detach().to(self.rows.device, torch.promote_types(z.dtype, self.rows.dtype))
        self.rows[new] = F.normalize(wide, dim=1).to(self.rows.dtype)[steps[new]]
        if images is None:
            self.images.masked_fill_(new, -1)
        else:
            self.images[new] = images.to(self.images)[steps[new]]
        older = torch.where(self.ages < 0, self.ages, self.ages + 1)
        self.ages.copy_(older.masked_fill(new, 0))
        self.position.add_(B).remainder_(size)
""",
        "goes over the places of the ring, not over the new rows: a mask says which places are replaced, and their distance from the position says by which row",
    ),
    (
        "gap_to_the_queue",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    scores = similarities(q, k, queue)
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32)) / temperature
    own, waiting = scores[:, 0], scores[:, 1:]
    # -log(a / (a + b)) = log(1 + b / a)
    gap = torch.logsumexp(waiting, dim=1) - own
    return torch.logaddexp(gap, torch.zeros_like(gap)).mean()
""",
        "no cross_entropy: log(1 + exp(gap)) of the gap between the queue's log-sum-exp and the own key",
    ),
    (
        "every_slot_asks_what_it_gets",
        "Ring.push",
        """
def push(self, z, images=None):
    size, B = len(self.rows), len(z)
    if B > size:
        raise ValueError(f"cannot push {B} projections into a ring of {size} rows")
    self.ages += (self.ages >= 0).to(self.ages.dtype)
    if B == 0:
        return
    z = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        images = torch.full((B,), -1)
    images = images.to(self.images)
    # how many steps each slot lies after the next position, and so which of the new rows it gets
    ahead = (torch.arange(size, device=self.rows.device) - self.position) % size
    hit = ahead < B
    which = ahead.clamp(max=B - 1)
    self.rows.copy_(torch.where(hit[:, None], z[which], self.rows))
    self.images.copy_(torch.where(hit, images[which], self.images))
    self.ages.masked_fill_(hit, 0)
    self.position.copy_((self.position + B) % size)
""",
        "gathers instead of scattering: every slot of the ring computes which new row it gets, if any; ages by a mask",
    ),
    (
        "foreach_without_a_loop",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    slow, fast = list(key.parameters()), list(query.parameters())
    if not slow or momentum == 1:
        return
    if momentum == 0:
        for s, f in zip(slow, fast, strict=True):
            s.copy_(f)
        return
    torch._foreach_mul_(slow, momentum)
    torch._foreach_add_(slow, fast, alpha=1 - momentum)
""",
        "all parameters at once with torch's foreach functions; 0 and 1 are cases of their own, and exact",
    ),
    (
        "two_level_system",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    energy = similarities(q, k, queue).div(temperature)
    own, others = energy.split([1, len(queue)], dim=1)
    # free energy of all wrong candidates; then there are only two levels
    free = others.logsumexp(dim=1, keepdim=True)
    return F.logsigmoid(own - free).mean().neg()
""",
        "physicist: a softmax over the own key and the rest is a sigmoid of own minus logsumexp of the queue; no cross_entropy, no target; stable",
    ),
    (
        "turn_the_ring",
        "Ring.push",
        """
@torch.no_grad()
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size, count = self.ages.numel(), z.shape[0]
    if count > size:
        raise ValueError(f"{count} projections do not fit into {size} rows")
    start = self.position.item()

    def write(buffer, new):
        # turn the ring so that the next free place is at the front, write, turn back
        turned = torch.roll(buffer, -start, dims=0)
        turned[:count] = new
        buffer.copy_(torch.roll(turned, start, dims=0))

    z = z.to(device=self.rows.device, dtype=self.rows.dtype)
    write(self.rows, z / z.norm(dim=1, keepdim=True).clamp(min=1e-12))
    write(self.images, -1 if images is None else images.to(self.images.device))
    self.ages += (self.ages >= 0).to(self.ages.dtype)
    write(self.ages, 0)
    self.position.fill_((start + count) % size)
""",
        "NumPy user: rolls each buffer so that the next position is row 0, writes a slice and rolls back, instead of indices modulo the size; no_grad instead of detach; norm by hand",
    ),
    (
        "direction_by_direction",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(index)
    waiting = torch.empty_like(self.queue.rows).copy_(self.queue.rows)
    directions = []
    for q, k in zip(z1.split(B), z2.split(B), strict=True):
        directions.append(moco_loss(q, k, waiting, temperature=self.temperature))
    images = torch.cat([index for _ in directions])
    self.found = self.health(z1.detach(), z2.detach(), images)
    self.queue.push(z2.detach(), images)
    return torch.stack(directions).mean()
""",
        "one loss for each direction, both against the same copy of the old queue, then their mean; health and push once with all rows",
    ),
]
