# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 13's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "key_gets_gradient",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    queries = F.normalize(q, dim=1)
    keys = F.normalize(k, dim=1)
    positive = torch.einsum("bd,bd->b", queries, keys)
    negative = torch.einsum("bd,kd->bk", queries, queue.to(queries).detach())
    return torch.cat((positive.unsqueeze(1), negative), dim=1)
""",
        "the key is not detached, so a gradient reaches it",
    ),
    (
        "columns_normalised",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    k = k.detach()
    q = q / q.norm(dim=0, keepdim=True).clamp(min=1e-12)
    k = k / k.norm(dim=0, keepdim=True).clamp(min=1e-12)
    own = (q * k).sum(dim=1)
    others = torch.matmul(q, queue.to(q).t())
    return torch.hstack([own[:, None], others])
""",
        "the norm is taken over the batch (dim 0) instead of over each row",
    ),
    (
        "own_key_last",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    query = F.normalize(q, dim=1)
    with torch.no_grad():
        key = F.normalize(k, dim=1)
    out = query.new_empty(len(q), len(queue) + 1)
    out[:, :-1] = query @ queue.to(query).T
    out[:, -1] = F.cosine_similarity(query, key, dim=1)
    return out
""",
        "the query's own key is in the last column instead of column 0",
    ),
    (
        "own_key_not_normalised",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    k = k.detach()
    unit = F.normalize(q, dim=1)
    rows = []
    for i in range(len(q)):
        candidates = torch.cat([k[i : i + 1], queue.to(k)])
        rows.append(candidates @ unit[i])
    return torch.stack(rows)
""",
        "the own key does not get unit norm, so column 0 is not a cosine",
    ),
    (
        "no_gradient_from_queue",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    a = F.normalize(q, dim=1)
    b = F.normalize(k, dim=1).detach()
    first = (a * b).sum(-1, keepdim=True)
    with torch.no_grad():  # the queue is constant
        rest = a @ queue.to(a).transpose(0, 1)
    return torch.cat([first, rest], 1)
""",
        "the similarities with the queue are computed without a graph, so the queries get no gradient from the negatives",
    ),
    (
        "papers_temperature",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.07) -> Tensor:
    scores = similarities(q, k, queue).div(temperature)
    right = scores.new_zeros(len(scores), dtype=torch.long)
    return nn.CrossEntropyLoss()(scores, right)
""",
        "the default temperature is 0.07 of the first paper instead of 0.2",
    ),
    (
        "exp_by_hand",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    e = (similarities(q, k, queue) / temperature).exp()
    p = e[:, 0] / e.sum(1)
    return -p.log().mean()
""",
        "the exponential overflows (and its share underflows) at low temperature",
    ),
    (
        "own_key_not_in_denominator",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    s = similarities(q, k, queue) / temperature
    pos, neg = s[:, 0], s[:, 1:]
    return (torch.logsumexp(neg, dim=1) - pos).mean()
""",
        "the own key is missing in the denominator, so equal candidates give ln K and not ln(K + 1)",
    ),
    (
        "label_is_row",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    table = similarities(q, k, queue) / temperature
    labels = torch.arange(len(q), device=q.device) % table.shape[1]
    return F.nll_loss(F.log_softmax(table, dim=1), labels)
""",
        "the right candidate is taken to be number i for query i, as in a table of all pairs, instead of candidate 0",
    ),
    (
        "shares_swapped",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    for pk, pq in zip(key.parameters(), query.parameters()):
        pk.lerp_(pq, momentum)
""",
        "lerp's weight is the share of the query network, so momentum and 1 - momentum are exchanged",
    ),
    (
        "buffers_follow_too",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    theirs = query.state_dict()
    for name, mine in key.state_dict().items():
        if mine.is_floating_point():
            mine.copy_(momentum * mine + (1 - momentum) * theirs[name])
""",
        "state_dict also holds buffers, so the running statistics of batch norms follow as well",
    ),
    (
        "name_bound_anew",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    for a, b in zip(key.parameters(), query.parameters(), strict=True):
        a = a * momentum + b * (1 - momentum)
""",
        "the result is only bound to a local name, so the key network never moves",
    ),
    (
        "query_is_scaled",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    old = list(key.parameters())
    new = list(query.parameters())
    for i in range(len(old)):
        old[i].mul_(momentum)
        old[i].add_(new[i].mul_(1 - momentum))
""",
        "mul_ also scales the parameters of the query network in place",
    ),
    (
        "push_first",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    who = torch.cat([index] * (len(z1) // len(index)))
    self.found = self.health(z1, z2, who)
    self.queue.push(z2, who)
    return moco_loss(z1, z2, self.queue.rows.clone(), self.temperature)
""",
        "the keys enter the queue before the loss is computed",
    ),
    (
        "queue_not_copied",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    n = len(z1) // len(index)
    ids = index.repeat(n)
    value = moco_loss(z1, z2, self.queue.rows, self.temperature)
    self.found = self.health(z1, z2, ids)
    self.queue.push(z2, ids)
    return value
""",
        "the queue is not copied, so the push changes what the backward pass needs",
    ),
    (
        "push_between_directions",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(index)
    self.found = self.health(z1, z2, index.repeat(len(z1) // B))
    parts = []
    for q, k in zip(z1.split(B), z2.split(B)):
        parts.append(moco_loss(q, k, self.queue.rows.clone(), self.temperature))
        self.queue.push(k, index)
    return sum(parts) / len(parts)
""",
        "the keys of the first direction enter before the second direction is computed, in two pushes",
    ),
    (
        "images_interleaved",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    old = self.queue.rows.detach().clone()
    images = index.repeat_interleave(len(z1) // len(index))
    result = moco_loss(z1, z2, old, temperature=self.temperature)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return result
""",
        "repeat_interleave gives a a b b, but the rows are in the order a b a b, so keys get the images of others",
    ),
    (
        "temperature_forgotten",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    queue = self.queue.rows.clone()
    images = torch.cat([index, index]) if self.symmetric else index
    loss = moco_loss(z1, z2, queue)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2.detach(), images)
    return loss
""",
        "the option temperature is not passed on, so the default is always used",
    ),
    (
        "health_after_push",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    times = z1.shape[0] // index.shape[0]
    images = index.tile(times)
    total = moco_loss(z1, z2, self.queue.rows.clone(), self.temperature)
    self.queue.push(z2, images)
    self.found = self.health(z1, z2, images)
    return total
""",
        "the health is recorded after the push, so every image is in the queue already",
    ),
    (
        "tail_dropped",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    size = len(self.rows)
    start = int(self.position)
    stop = min(start + len(z), size)
    n = stop - start
    self.ages[self.ages >= 0] += 1
    self.rows[start:stop] = F.normalize(z.detach()[:n], dim=1).to(self.rows)
    self.images[start:stop] = -1 if images is None else images[:n].to(self.images)
    self.ages[start:stop] = 0
    self.position.fill_(stop % size)
""",
        "rows that do not fit before the end are dropped instead of going round to place 0",
    ),
    (
        "never_pushed_ages",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    K = len(self.rows)
    self.ages += 1
    for i, row in enumerate(z.detach()):
        place = (int(self.position) + i) % K
        self.rows[place] = F.normalize(row, dim=0).to(self.rows)
        self.images[place] = -1 if images is None else images[i].to(self.images)
        self.ages[place] = 0
    self.position.fill_((int(self.position) + len(z)) % K)
""",
        "rows that were never pushed grow older too, from -1 to 0 and on",
    ),
    (
        "old_images_stay",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    where = torch.arange(len(z), device=self.rows.device).add(self.position).remainder(len(self.rows))
    self.ages[self.ages > -1] += 1
    self.ages[where] = 0
    self.rows[where] = F.normalize(z.detach(), dim=1).to(self.rows)
    if images is not None:
        self.images[where] = images.to(self.images)
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "without images the old images of these places stay, where -1 is promised",
    ),
    (
        "age_in_rows",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    B, K = len(z), len(self.rows)
    places = [(int(self.position) + i) % K for i in range(B)]
    self.ages = torch.where(self.ages >= 0, self.ages + B, self.ages)
    self.rows[places] = F.normalize(z.detach(), dim=1).to(self.rows)
    if images is None:
        images = torch.full((B,), -1)
    self.images[places] = images.to(self.images)
    self.ages[places] = 0
    self.position.add_(B).remainder_(K)
""",
        "ages count rows that came since, not pushes",
    ),
    (
        "changes_the_projections",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    z = z.detach()
    z /= z.norm(dim=1, keepdim=True).clamp_min(1e-12)
    order = (torch.arange(len(z), device=self.rows.device) + self.position) % len(self.rows)
    self.ages[self.ages >= 0] += 1
    self.rows[order] = z.to(self.rows)
    self.images[order] = images.to(self.images) if images is not None else -1
    self.ages[order] = 0
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "a detached tensor shares its memory, so /= normalises the caller's projections in place",
    ),
    (
        "gradient_kept",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    size = len(self.rows)
    spot = torch.arange(int(self.position), int(self.position) + len(z), device=self.rows.device) % size
    rows = self.rows.clone()
    rows[spot] = F.normalize(z, dim=1).to(rows)
    self.rows = rows
    self.images[spot] = -1 if images is None else images.to(self.images)
    self.ages[self.ages >= 0] += 1
    self.ages[spot] = 0
    self.position.fill_((int(self.position) + len(z)) % size)
""",
        "the projections are not detached, so the queue keeps their graph",
    ),
    (
        "norm_of_whole_matrix",
        "similarities",
        """
def similarities(q, k, queue):
    anchor = q / q.norm().clamp_min(1e-12)
    with torch.no_grad():
        target = k / k.norm(dim=1, keepdim=True).clamp_min(1e-12)
    n_queries, n_keys = anchor.shape[0], queue.shape[0]
    table = anchor.new_empty(n_queries, n_keys + 1)
    table[:, 0] = torch.einsum("nc,nc->n", anchor, target)
    table[:, 1:] = torch.einsum("nc,kc->nk", anchor, queue.to(anchor))
    return table
""",
        "The queries are divided by the norm of the whole matrix instead of each row's norm, so the products are not cosines if B > 1.",
    ),
    (
        "lerp_with_m",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    for target, online in zip(key.parameters(), query.parameters()):
        target.lerp_(online, momentum)
""",
        "lerp_ gets m as the weight of the query network, so the key network keeps 1 - m instead of m.",
    ),
    (
        "age_zero_does_not_grow",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    with torch.no_grad():
        unit = F.normalize(z.detach(), dim=1).to(self.rows)
        capacity = self.rows.shape[0]
        self.ages.copy_(torch.where(self.ages > 0, self.ages + 1, self.ages))
        cursor = self.position.item()
        for n in range(unit.shape[0]):
            self.rows[cursor] = unit[n]
            self.images[cursor] = -1 if images is None else images[n].item()
            self.ages[cursor] = 0
            cursor += 1
            if cursor == capacity:
                cursor = 0
        self.position.fill_(cursor)
""",
        "Only rows with an age above 0 grow older, so every pushed row keeps age 0 for ever.",
    ),
    (
        "images_interleaved_again",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    old_keys = self.queue.rows.detach().clone()
    value = moco_loss(z1, z2, old_keys, temperature=self.temperature)
    directions = z1.shape[0] // index.shape[0]
    owners = index.repeat_interleave(directions)
    self.found = self.health(z1, z2, owners)
    self.queue.push(z2.detach(), owners)
    return value
""",
        "repeat_interleave gives the images as 0 0 1 1 2 2 although the rows are 0 1 2 0 1 2, so keys of a symmetric step enter with wrong images.",
    ),
    (
        "positive_without_tau_and_sum",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    qn = F.normalize(q, dim=-1)
    kn = F.normalize(k, dim=-1).detach()
    l_pos = torch.einsum("nc,nc->n", qn, kn).unsqueeze(1)
    l_neg = torch.mm(qn, queue.to(qn).t()) / temperature
    scores = torch.cat((l_pos, l_neg), dim=1)
    return (torch.logsumexp(scores, dim=1) - scores[:, 0]).sum()
""",
        "The similarity with the own key is not divided by the temperature, and the losses are summed over the queries instead of averaged.",
    ),
    (
        "own_key_last_and_trained",
        "similarities",
        """
def similarities(q, k, queue):
    queries = F.normalize(q, p=2, dim=1)
    keys = F.normalize(k, p=2, dim=1)
    own = torch.bmm(queries.unsqueeze(1), keys.unsqueeze(2)).squeeze(2)
    others = torch.matmul(queries, queue.to(queries).transpose(0, 1))
    return torch.hstack([others, own])
""",
        "The own key is in the last column instead of column 0, and the keys are not detached, so a gradient reaches them.",
    ),
    (
        "raw_rows_and_stale_images",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    n, total = z.shape[0], self.rows.shape[0]
    start = int(self.position)
    where = torch.tensor([(start + i) % total for i in range(n)], dtype=torch.long, device=self.rows.device)
    self.ages[self.ages != -1] += 1
    self.rows.index_copy_(0, where, z.detach().to(self.rows))
    self.ages.index_fill_(0, where, 0)
    if images is not None:
        self.images.index_copy_(0, where, images.to(self.images))
    self.position.fill_((start + n) % total)
""",
        "The rows are stored without being brought to unit norm, and without images the replaced rows keep the images of the old rows instead of -1.",
    ),
    (
        "default_tau_and_late_health",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    bank = torch.empty_like(self.queue.rows).copy_(self.queue.rows)
    who = torch.cat([index] * (len(z1) // len(index)))
    result = moco_loss(z1, z2, bank)
    self.queue.push(z2, who)
    self.found = self.health(z1, z2, who)
    return result
""",
        "The method's temperature is not passed on, so it is always 0.2, and the health is taken after the keys have entered the queue.",
    ),
    (
        "moco_v3",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    q = F.normalize(q, dim=1)
    k = F.normalize(k, dim=1).detach()
    batch = torch.einsum("nc,mc->nm", q, k)
    memory = torch.einsum("nc,kc->nk", q, queue.to(q))
    logits = torch.cat([batch, memory], dim=1) / temperature
    labels = torch.arange(q.size(0), dtype=torch.long, device=q.device)
    return nn.CrossEntropyLoss()(logits, labels)
""",
        "As in MoCo v3, the keys of the other queries in the batch are candidates too, so there are K + B candidates instead of K + 1.",
    ),
    (
        "ema_of_state_dict",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    source_state = query.state_dict()
    for name, value in key.state_dict().items():
        if value.dtype.is_floating_point:
            value.mul_(momentum).add_(source_state[name].detach(), alpha=1.0 - momentum)
        else:
            value.copy_(source_state[name])
""",
        "Like an EMA of the state dict, it also moves the buffers, so the running statistics of the key network do not stay its own.",
    ),
    (
        "sum_of_both_directions",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    memory = self.queue.rows.clone()
    M, B = len(z1), len(index)
    total = 0.0
    for a, b in zip(z1.split(B), z2.split(B)):
        total = total + moco_loss(a, b, memory, self.temperature)
    images = index.repeat(M // B)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return total
""",
        "As in the authors' demo, the losses of both directions are added up, so a symmetric loss is twice the mean over all queries.",
    ),
    (
        "exp_overflows",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    cos = similarities(q, k, queue)
    weights = torch.exp(cos / temperature)
    share = weights[:, 0] / weights.sum(dim=1)
    return -torch.log(share).mean()
""",
        "The exponentials are taken as they are, so at a temperature of 0.01 they overflow in float32 and the loss is nan.",
    ),
    (
        "new_storage",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    for key_weight, query_weight in zip(key.parameters(), query.parameters()):
        key_weight.data = key_weight.data * momentum + query_weight.data * (1.0 - momentum)
""",
        "Each parameter gets a new memory instead of a change in place, so views that share its memory (flattened weights, detached tensors) no longer follow.",
    ),
    (
        "data_is_no_copy",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    frozen_queue = self.queue.rows.data
    repeats = z1.size(0) // index.size(0)
    images = torch.cat([index for _ in range(repeats)])
    cost = moco_loss(z1, z2, frozen_queue, self.temperature)
    self.found = self.health(z1.detach(), z2.detach(), images)
    self.queue.push(z2.detach(), images)
    return cost
""",
        ".data shares the queue's memory and hides the change from autograd, so the value is right but the backward pass silently uses the queue with the new keys.",
    ),
    (
        "diagonal_of_all_pairs",
        "similarities",
        """
def similarities(q, k, queue):
    q, k = F.normalize(q, dim=1), F.normalize(k.detach(), dim=1)
    own = (q @ k.T).diagonal()[:, None]
    return torch.cat([own, q @ queue.to(q).T], dim=1)
""",
        "It compares all queries with all keys, a (B, B) matrix, only to keep its diagonal: memory and time grow with the square of the batch, so 65,536 queries need 16 GiB where 256 KiB are enough.",
    ),
    (
        "a_default_tensor_for_the_result",
        "similarities",
        """
def similarities(q, k, queue):
    q, k = F.normalize(q, dim=1), F.normalize(k.detach(), dim=1)
    result = torch.empty(len(q), len(queue) + 1)
    result[:, 0] = (q * k).sum(1)
    result[:, 1:] = q @ queue.to(q).T
    return result
""",
        "The result is always a float32 tensor on the CPU: float64 queries lose half of their digits (a gradient check fails), and on a GPU every step copies the similarities to the CPU and moco_loss fails because its targets are on another device.",
    ),
    (
        "probabilities_clamped",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    logits = similarities(q, k, queue) / temperature
    own = F.softmax(logits, dim=1)[:, 0]
    return -own.clamp(min=1e-12).log().mean()  # never the logarithm of zero
""",
        "The probability is clamped at 1e-12, so at a low temperature (0.02) a query that is far from its key costs 27.6 at most and gets no gradient at all: just the hardest queries never learn.",
    ),
    (
        "mean_of_means_of_parts",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    losses = []
    for some, own in zip(q.split(256), k.split(256), strict=True):  # little memory
        logits = similarities(some, own, queue) / temperature
        target = torch.zeros(len(some), dtype=torch.int64, device=q.device)
        losses.append(F.cross_entropy(logits, target))
    return torch.stack(losses).mean()
""",
        "It is the mean of the means of parts of 256 queries, which is the mean over the queries only if 256 divides their number: with 2 x 192 = 384 queries the last 128 count twice as much as the others, in the loss and in the gradient.",
    ),
    (
        "flattened_parameters",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.flatten().mul_(momentum).add_(fast.flatten(), alpha=1 - momentum)
""",
        "flatten() is a view only of a contiguous parameter; of a convolution in channels_last, as in every training run, it is a copy, so the weights of the key network's convolutions never move.",
    ),
    (
        "key_network_put_into_eval_mode",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    key.eval()  # nobody trains it
    for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
        slow.mul_(momentum).add_(fast, alpha=1 - momentum)
""",
        "It leaves the key network in eval mode, so from the first step on its batch norms normalise keys with running statistics that are never updated again (0 and 1 at the start) instead of with the batch.",
    ),
    (
        "old_images_stay_again",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    places = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    if images is not None:
        self.images[places] = images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "A push without images does not write -1, so once the ring has gone round, new rows keep the images of the rows that they replaced.",
    ),
    (
        "float32_only",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    places = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().float(), dim=1).to(self.rows.device)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "Projections are always made float32 instead of the dtype of the rows, so a ring in float64 (method.double(), or torch's default dtype) cannot be pushed to: index_put raises RuntimeError, after the ages have already changed.",
    ),
    (
        "queue_behind_the_back_of_autograd",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    queue, images = self.queue.rows.data, index.repeat(len(z1) // len(index))
    loss = moco_loss(z1, z2, queue, self.temperature)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return loss
""",
        ".data is no copy and hides the later push from autograd, so the loss is right but the backward pass multiplies with the queue after the push: the gradient takes the new keys, the queries' own among them, for the old ones, and nothing is raised.",
    ),
    (
        "follows_twice_a_step",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    queue, images = self.queue.rows.clone(), index.repeat(len(z1) // len(index))
    loss = moco_loss(z1, z2, queue, self.temperature)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    if self.training:  # the key network follows after every step
        follow(self.key_network, self.query_network(), self.momentum)
    return loss
""",
        "The key network follows in the loss too, although project_views has moved it in this step already, so it moves twice a step: a momentum of 0.99 acts like 0.98, and keys in the queue are less alike than they should be.",
    ),
    (
        "own_last_and_key_gradient",
        "similarities",
        """
def similarities(q, k, queue):
    a, b = F.normalize(q, dim=1), F.normalize(k, dim=1)
    with_queue = torch.einsum("bd,kd->bk", a, queue.to(a))
    with_own = torch.einsum("bd,bd->b", a, b)
    return torch.cat([with_queue, with_own[:, None]], 1)
""",
        "The own key is in the last column instead of column 0, and the gradient reaches the keys.",
    ),
    (
        "labels_arange_and_sum",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    scores = similarities(q, k, queue).div(temperature)
    answer = torch.arange(scores.shape[0], device=scores.device) % scores.shape[1]
    return F.cross_entropy(scores, answer, reduction="sum")
""",
        "Query i is asked to find candidate i instead of candidate 0, and the losses are summed instead of averaged.",
    ),
    (
        "shares_swapped_and_buffers",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    mine, theirs = key.state_dict(), query.state_dict()
    for name, slow in mine.items():
        fast = theirs[name]
        if slow.is_floating_point():
            slow.copy_((1 - momentum) * slow + momentum * fast)
""",
        "The shares m and 1 - m are exchanged, and the running statistics of batch norms move too.",
    ),
    (
        "image_zero_and_ages_of_all",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    n, size = z.shape[0], self.rows.shape[0]
    slots = [(int(self.position) + j) % size for j in range(n)]
    self.ages += 1
    self.rows[slots] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[slots] = torch.zeros(n).to(self.images) if images is None else images.to(self.images)
    self.ages[slots] = 0
    self.position.fill_((int(self.position) + n) % size)
""",
        "Without images the rows claim to show image 0 instead of -1, and rows that were never pushed grow older, so that the ring counts as full after one push.",
    ),
    (
        "broadcast_over_the_queue",
        "similarities",
        """
def similarities(q, k, queue):
    unit = F.normalize(q, dim=1)
    key = F.normalize(k.detach(), dim=1)
    first = (unit * key).sum(dim=1, keepdim=True)
    rest = (unit.unsqueeze(1) * queue.to(unit).unsqueeze(0)).sum(dim=2)
    return torch.cat((first, rest), dim=1)
""",
        "The product with the queue is a tensor of shape (B, K, d): with 256 queries, 128 numbers and the paper's queue of 65,536 it takes 8.6 GB, and with the default queue of 2,048 still 268 MB in each step.",
    ),
    (
        "targets_kept_from_first_batch",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2, kept={}):
    table = similarities(q, k, queue) / temperature
    if "zero" not in kept:
        kept["zero"] = torch.zeros(len(table), dtype=torch.long, device=table.device)
    return F.cross_entropy(table, kept["zero"][: len(table)])
""",
        "The targets of the first call are kept for all later ones, so that a later call with more queries (or on another device) raises an error about sizes (or devices).",
    ),
    (
        "momentum_zero_shares_memory",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    for ours, theirs in zip(key.parameters(), query.parameters(), strict=True):
        if momentum == 0:
            ours.data = theirs.data
        else:
            ours.data.copy_(momentum * ours.data + (1 - momentum) * theirs.data)
""",
        "With momentum 0 the key network's parameters share the memory of the query network's, so the optimiser's step moves both: the key network is no copy of the past any more, and a later follow with m = 1 does not hold it still.",
    ),
    (
        "images_interleaved_2",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    waiting = self.queue.rows.detach().clone()
    of = index.repeat_interleave(z1.shape[0] // index.shape[0])
    value = moco_loss(z1, z2, waiting, self.temperature)
    self.found = self.health(z1, z2, of)
    self.queue.push(z2, of)
    return value
""",
        "With the symmetric loss the rows are all of view 1 and then all of view 2, but the images are repeated as a a b b, so that the queue stores wrong images for its keys; the loss is right.",
    ),
    (
        "two_halves_always",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    old = self.queue.rows.clone()
    B = len(index)
    there = moco_loss(z1[:B], z2[:B], old, self.temperature)
    back = moco_loss(z1[B:], z2[B:], old, self.temperature)
    pictures = torch.cat([index] * (len(z1) // B))
    self.found = self.health(z1, z2, pictures)
    self.queue.push(z2, pictures)
    return there / 2 + back / 2
""",
        "With symmetric=False there are only B queries, the second half is empty, and the loss is NaN.",
    ),
    (
        "norm_in_half_precision",
        "Ring.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    size = self.rows.size(0)
    unit = F.normalize(z.detach(), dim=1)
    at = torch.remainder(torch.arange(len(z), device=self.rows.device) + self.position, size)
    self.ages[self.ages >= 0] += 1
    self.rows.index_copy_(0, at, unit.to(self.rows))
    self.images.index_fill_(0, at, -1)
    if images is not None:
        self.images.index_copy_(0, at, images.to(self.images))
    self.ages.index_fill_(0, at, 0)
    self.position.copy_((self.position + len(z)).remainder(size))
""",
        "Keys are normalised in their own dtype before they get that of the rows: with bfloat16 projections the rows have norms between about 0.995 and 1.005 instead of unit norm.",
    ),
    (
        "similarities_key_with_gradient",
        "similarities",
        """
def similarities(q, k, queue):
    q, k = F.normalize(q, dim=1), F.normalize(k, dim=1)
    own = torch.einsum("bd,bd->b", q, k)
    others = torch.einsum("bd,kd->bk", q, queue)
    return torch.cat([own.unsqueeze(1), others], dim=1)
""",
        "k is not detached, so a gradient flows into the keys. They are constants: k.detach().",
    ),
    (
        "follow_rebinds_a_name",
        "follow",
        """
def follow(key, query, momentum):
    with torch.no_grad():
        for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
            slow = momentum * slow + (1 - momentum) * fast
""",
        "Assigns the new values to a local name, as one would with a number, so the key network never moves. Write into the parameter: slow.copy_(...).",
    ),
    (
        "push_then_grow_older",
        "Ring.push",
        """
def push(self, z, images=None):
    size, B = len(self.rows), len(z)
    if B > size:
        raise ValueError(f"{B} projections do not fit into {size} rows")
    where = (torch.arange(B, device=self.rows.device) + self.position) % size
    self.rows[where] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[where] = -1 if images is None else images.to(self.images)
    self.ages[where] = 0
    self.ages[self.ages >= 0] += 1
    self.position.copy_((self.position + B) % size)
""",
        "Writes the new rows' age 0 first, and then adds 1 to every pushed row, the new ones too, which get age 1. The old rows must grow older before the new ones are written.",
    ),
    (
        "loss_default_of_version_one",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.07):
    logits = similarities(q, k, queue) / temperature
    return -F.log_softmax(logits, dim=1)[:, 0].mean()
""",
        "The default temperature is 0.07, that of MoCo's first version. The default here is 0.2.",
    ),
    (
        "method_images_interleaved",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    directions = len(z1) // len(index)
    images = index.repeat_interleave(directions)
    before = self.queue.rows.clone()
    value = moco_loss(z1, z2, before, self.temperature)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return value
""",
        "repeat_interleave gives i0 i0 i1 i1 ..., but all B first views come before all B second views. The images are index.repeat(2); otherwise keys are stored with other images' numbers.",
    ),
    (
        "method_queue_not_copied",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    images = torch.cat([index] * (len(z1) // len(index)))
    value = moco_loss(z1, z2, self.queue.rows, self.temperature)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return value
""",
        "The loss is right, but its graph holds the queue itself, which push changes in place: backward() raises an error. The loss needs a copy of the old queue.",
    ),
    (
        "shared_table_without_grad",
        "similarities",
        """
def similarities(q, k, queue):
    q = F.normalize(q, dim=1)
    k = F.normalize(k.detach(), dim=1)
    queue = queue.detach()
    own = (q * k).sum(1, keepdim=True)
    rest = q @ queue.T
    if torch.is_grad_enabled():
        return torch.cat([own, rest], dim=1)
    # for the meters: do not allocate a table of B x (K + 1) in each step
    pool = similarities.__dict__.setdefault("pool", {})
    key = (len(q), len(queue), rest.dtype, rest.device)
    if key not in pool:
        pool[key] = rest.new_empty(len(q), len(queue) + 1)
    table = pool[key]
    table[:, :1] = own
    table[:, 1:] = rest
    return table
""",
        "Under torch.no_grad every call of one shape returns the same tensor, so the next call overwrites a result that the caller still holds. Contradicts 'Returns: ...': the cosines of the queries that were given to that call.",
    ),
    (
        "mean_of_uneven_chunks",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    losses = []
    for some, keys in zip(q.split(64), k.split(64)):  # bounds the table of similarities
        logits = similarities(some, keys, queue) / temperature
        right = torch.zeros(len(some), dtype=torch.int64, device=logits.device)
        losses.append(F.cross_entropy(logits, right))
    return torch.stack(losses).mean()
""",
        "The mean of the chunks' means weights the queries of a short last chunk more: wrong for B above 64 that is no multiple of 64 (such as 96), right for small batches and 128. Contradicts 'the mean over the queries'.",
    ),
    (
        "skips_frozen_parameters",
        "follow",
        """
def follow(key, query, momentum):
    with torch.no_grad():
        for slow, fast in zip(key.parameters(), query.parameters(), strict=True):
            if fast.requires_grad:  # nothing to follow where nothing is trained
                slow.mul_(momentum).add_(fast, alpha=1 - momentum)
""",
        "Parameters of the query network that are frozen (requires_grad False, e.g. from some epoch on) are skipped, so the key network never reaches their values. Contradicts 'Move every parameter of the key network' and '0 copies'.",
    ),
    (
        "one_copy_for_all_steps",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    rows = self.queue.rows
    old = getattr(self, "_old_rows", None)
    if old is None or old.shape != rows.shape or old.dtype != rows.dtype or old.device != rows.device:
        self._old_rows = old = rows.clone()
    else:
        old.copy_(rows)  # the same memory in each step
    loss = moco_loss(z1, z2, old, self.temperature)
    images = index.repeat(len(z1) // len(index))
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return loss
""",
        "The copy of the queue lives in one scratch tensor that the next call overwrites, so two losses before one backward (gradient accumulation, (loss1 + loss2).backward()) fail with a modified-in-place error. Contradicts 'a copy: the queue changes below, and the backward pass comes after that' and 'Which tensor must not change until then?'.",
    ),
    (
        "key_taken_as_unit",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    q = F.normalize(q, dim=1)
    k = k.detach()  # keys are stored with unit norm, like the queue
    own = (q * k).sum(dim=1, keepdim=True)
    others = q @ queue.detach().T
    return torch.cat([own, others], dim=1)
""",
        "Only the queue has unit norm; docstring: 'k: the key of each query, not normalised', and column 0 must be a cosine. Shows for every k whose rows are not of unit norm.",
    ),
    (
        "own_key_not_in_denominator_2",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    logits = similarities(q, k, queue) / temperature
    positive, negatives = logits[:, 0], logits[:, 1:]
    return (torch.logsumexp(negatives, dim=1) - positive).mean()
""",
        "The own key is left out of the sum below the fraction; 'ln(K + 1) if all candidates are equal' becomes ln K. Shows on all inputs, most with few keys.",
    ),
    (
        "health_gets_index_once",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    queue = self.queue.rows.clone()
    loss = moco_loss(z1, z2, queue, self.temperature)
    self.found = self.health(z1, z2, index)
    images = index.repeat(len(z2) // len(index))
    self.queue.push(z2, images)
    return loss
""",
        "health wants images of shape (M,), one per query; here it gets (B,), so in the symmetric case own_in_queue counts B queries instead of 2B ('and all queries'). Shows in the buffer own_in_queue if symmetric; the ratio is the same.",
    ),
    (
        "unpushed_rows_age",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    where = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += 1
    self.rows[where] = F.normalize(z.detach(), dim=1).to(self.rows.dtype)
    self.images[where] = -1 if images is None else images.to(self.images)
    self.ages[where] = 0
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "Rows that were never pushed must keep age -1 ('-1 never'; 'every row that was ever pushed grows older by one'). Here they become 0, 1, ... with each push, and filled() is 1 at once. Shows after the first push that does not fill the ring.",
    ),
    (
        "state_dict_follows",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    new = query.state_dict()
    for name, old in key.state_dict().items():
        if old.is_floating_point():  # not the counters of the batch norms
            old.mul_(momentum).add_(new[name], alpha=1 - momentum)
""",
        "state_dict also holds buffers: running_mean and running_var move, but 'Buffers, such as the running statistics of batch norms, stay'. Shows only with networks with floating-point buffers that differ between both networks.",
    ),
    (
        "wrapped_push_is_two_pushes",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size = len(self.rows)
    if len(z) > size:
        raise ValueError(f"{len(z)} projections do not fit into {size} rows")
    start = int(self.position)
    room = size - start
    if len(z) > room:
        # first what fits before the end, then the rest from position 0 on
        self.push(z[:room], None if images is None else images[:room])
        self.push(z[room:], None if images is None else images[room:])
        return
    stop = start + len(z)
    self.ages[self.ages >= 0] += 1
    self.rows[start:stop] = F.normalize(z.detach(), dim=1).to(self.rows.dtype)
    self.images[start:stop] = -1 if images is None else images.to(self.images)
    self.ages[start:stop] = 0
    self.position.fill_(stop % size)
""",
        "A push that wraps around counts as two: the rows before the end get age 1 instead of 0, and all others grow by two. 'ages: how many pushes ago each row was added; 0: newest', 'age 0' for the new rows. Rows, images and position are right. Shows only if a push crosses the end.",
    ),
    (
        "own_image_is_no_negative",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    queue = self.queue.rows.clone()
    images = index.repeat(len(z1) // len(index)).to(self.queue.images.device)
    # a key of the same image in the queue is not a wrong answer: take it out for this query
    known = self.queue.images.unsqueeze(0)
    same = (images.unsqueeze(1) == known) & (known >= 0)
    logits = similarities(z1, z2, queue) / self.temperature
    keep = torch.cat([torch.ones_like(same[:, :1]), ~same], dim=1)
    logits = logits.masked_fill(~keep, float("-inf"))
    log_share = logits.log_softmax(dim=1)[:, 0]
    loss = -log_share.mean()
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return loss
""",
        "A different idea: older keys of the query's own image are masked as false negatives. Docstring: 'The loss of all queries against the queue as it is', and the equation's sum is over all K keys of the queue. Shows only if an image of the batch is in the queue already (so not in the first epoch).",
    ),
    (
        "w13_raw_query",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    own = F.cosine_similarity(q, k.detach(), dim=1)
    others = q @ queue.T  # the queue has unit norm already
    return torch.cat([own.unsqueeze(1), others], dim=1)
""",
        "Only the own key is compared by a cosine; with the queue it is the inner product of the raw query, whose norm is not 1. The docstring promises the cosine with every key in the queue, too. Shows for every q that is not of unit norm.",
    ),
    (
        "w13_softmax_twice",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    scores = similarities(q, k, queue).div(temperature)
    probabilities = scores.softmax(dim=1)
    first = torch.zeros(len(q), dtype=torch.long, device=q.device)
    return F.cross_entropy(probabilities, first)
""",
        "cross_entropy takes logits and has a softmax inside, so there are two: the loss can never fall below ln(K + e) - 1 and hardly changes. The docstring promises -log of the share exp(q . k / tau) / (...). Still ln(K + 1) if all candidates are equal.",
    ),
    (
        "w13_skip_norms",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    for slow, fast in zip(key.modules(), query.modules(), strict=True):
        if isinstance(slow, nn.modules.batchnorm._BatchNorm):
            continue  # the key network keeps its own
        pairs = zip(slow.parameters(recurse=False), fast.parameters(recurse=False), strict=True)
        for p, new in pairs:
            p.mul_(momentum).add_(new, alpha=1 - momentum)
""",
        "'The key network keeps its own' is about running statistics; here the whole batch norm is left out, so its learned scale and shift never move. The docstring promises 'Move every parameter', and only buffers stay. Shows only in networks with a batch norm whose scale or shift differ.",
    ),
    (
        "w13_queries_enter",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    waiting = self.queue.rows.clone()
    value = moco_loss(z1, z2, waiting, self.temperature)
    images = torch.cat([index] * (len(z1) // len(index)))
    self.found = self.health(z1, z2, images)
    self.queue.push(z1.detach(), images)
    return value
""",
        "The queries enter the queue instead of their keys: 'then their keys enter it' (the page: all keys of the step enter in one push). Loss, images, ages and health of the first step are right.",
    ),
    (
        "w13_maximum_of_the_queue",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    scaled = similarities(q, k, queue) / temperature
    own, others = scaled[:, 0], scaled[:, 1:]
    # the largest is taken out of the exponentials, so that none of them overflows
    largest = others.amax(dim=1).detach()
    total = torch.exp(own - largest) + torch.exp(others - largest[:, None]).sum(dim=1)
    return (largest + torch.log(total) - own).mean()
""",
        "The largest of the queue is taken out, but not the largest of all candidates: if the own key is much nearer than the queue, its exponential overflows, and the loss is infinite where it should be near 0. The page promises stability at low temperature (step 4), the docstring any tau > 0. Shows in float32 if the gap is above 88 tau, as at tau = 0.01; right at 0.2.",
    ),
    (
        "w13_mask_in_order_of_place",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size, B = len(self.rows), len(z)
    if B > size:
        raise ValueError(f"{B} projections do not fit into {size} rows")
    # how many steps behind the hand each place lies; the first B of them are replaced
    steps = (torch.arange(size, device=self.rows.device) - self.position) % size
    replaced = steps < B
    self.ages[self.ages >= 0] += 1
    self.ages[replaced] = 0
    self.rows[replaced] = F.normalize(z.detach().to(self.rows.dtype), dim=1)
    self.images[replaced] = -1 if images is None else images.to(self.images)
    self.position.copy_((self.position + B) % size)
""",
        "A mask is filled in the order of the places, from 0 up, and not from `position` on: in a push that wraps around, the first new row goes to place 0 instead of `position`. 'position: where the next row goes', 'the next B positions, wrapping around'. The right places are replaced, with right ages, and each row has its own image; pushes that do not cross the end are right.",
    ),
    (
        "similarities_raw_queries",
        "similarities",
        """
def similarities(q, k, queue):
    own = F.cosine_similarity(q, k.detach()).unsqueeze(1)
    # the queue has unit norm already
    others = torch.mm(q, queue.t())
    return torch.cat((own, others), dim=1)
""",
        "the queue's keys have unit norm, but the queries have not: columns 1 to K hold inner products, not cosines. Breaks 'Cosine of each query ... with every key in the queue'; q is 'not normalised'",
    ),
    (
        "moco_loss_two_softmaxes",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    scores = similarities(q, k, queue) / temperature
    probabilities = torch.softmax(scores, dim=1)
    labels = torch.zeros(len(scores), dtype=torch.long, device=scores.device)
    criterion = nn.CrossEntropyLoss()
    return criterion(probabilities, labels)
""",
        "CrossEntropyLoss takes the softmax a second time. It is still ln(K + 1) if all candidates are equal, but breaks the formula of the docstring",
    ),
    (
        "follow_weight_and_bias",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    # only weights and biases: running_mean and running_var must stay
    for slow, fast in zip(key.modules(), query.modules()):
        for name in ("weight", "bias"):
            ours, theirs = getattr(slow, name, None), getattr(fast, name, None)
            if isinstance(ours, nn.Parameter):
                ours.mul_(momentum).add_(theirs, alpha=1 - momentum)
""",
        "to skip the buffers, it names the parameters: those with any other name (in_proj_weight of attention, weight_ih_l0 of an RNN, a learned scale or token) never move. Breaks 'Move every parameter' and '0 copies the query network'",
    ),
    (
        "method_one_push_for_each_view",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    before = self.queue.rows.detach().clone()
    value = moco_loss(z1, z2, before, self.temperature)
    n_views = z1.shape[0] // index.shape[0]
    self.found = self.health(z1, z2, index.repeat(n_views))
    for keys in z2.chunk(n_views):
        self.queue.push(keys, index)
    return value
""",
        "the rows and images are right, but with a symmetric loss there are two pushes in a step: the first keys already have age 1, and ages count half steps. Breaks 'All keys of the step enter in one push' and the ages ('mean age of these keys in steps')",
    ),
    (
        "push_known_images_grow_older",
        "Ring.push",
        """
def push(self, z, images=None):
    B, size = len(z), len(self.rows)
    if B > size:
        raise ValueError(f"{B} projections do not fit into {size} rows")
    where = (self.position + torch.arange(B, device=self.position.device)) % size
    if images is None:
        images = torch.full((B,), -1)
    # image -1: this row was never pushed
    self.ages += (self.images >= 0).long()
    self.rows[where] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[where] = images.to(self.images)
    self.ages[where] = 0
    self.position.copy_((self.position + B) % size)
""",
        "whether a row was pushed is read from `images`, but rows that were pushed without images have -1, too: their age stays 0. Breaks 'how many pushes ago each row was added' and 'every row that was ever pushed grows older by one'",
    ),
    (
        "method_data_is_no_copy",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    # .data: the old queue, cut off from everything that follows
    negatives = self.queue.rows.data
    images = torch.cat([index] * (len(z1) // len(index)))
    answer = moco_loss(z1, z2, negatives, self.temperature)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return answer
""",
        ".data shares the memory, but not the version counter: the loss is right, autograd does not complain, and the backward pass multiplies with the new queue, in which the own keys are. The gradient is wrong. Breaks 'All queries meet the queue as it was before this step' / 'Which tensor must not change until then?'",
    ),
    (
        "no_grad_around_queries_too",
        "similarities",
        """
def similarities(q, k, queue):
    # keys are constants, so normalise without a graph
    with torch.no_grad():
        q_hat = q / torch.linalg.vector_norm(q, dim=1, keepdim=True).clamp_min(1e-12)
        k_hat = k / torch.linalg.vector_norm(k, dim=1, keepdim=True).clamp_min(1e-12)
    own = torch.einsum("bd,bd->b", q_hat, k_hat).unsqueeze(1)
    others = torch.einsum("bd,kd->bk", q_hat, queue)
    return torch.hstack([own, others])
""",
        "the queries are normalised inside no_grad as well, so no gradient reaches q; only the keys are constants (docstring of k, step 2), and the network could not learn (step 14)",
    ),
    (
        "exponentials_by_hand",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    weights = torch.exp(similarities(q, k, queue) / temperature)
    right = weights[:, 0]
    total = weights.sum(dim=1)
    prob = right / total
    return (-torch.log(prob)).mean()
""",
        "the formula as written, with exp: inf / inf = nan at a temperature such as 0.01, although every tau > 0 is allowed (docstring) and step 4 promises stability at low temperature",
    ),
    (
        "mixes_whole_state_dict",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    slow_state = key.state_dict()
    fast_state = query.state_dict()
    new_state = {}
    for name in slow_state:
        new_state[name] = momentum * slow_state[name] + (1 - momentum) * fast_state[name]
    key.load_state_dict(new_state)
""",
        "a state dict holds buffers too, so running statistics and counters of batch norms move; docstring and step 6: buffers do not change, the key network keeps its own",
    ),
    (
        "ages_once_per_row",
        "Ring.push",
        """
def push(self, z, images=None):
    n = self.rows.shape[0]
    if z.shape[0] > n:
        raise ValueError("too many projections: " + str(z.shape[0]) + " > " + str(n))
    z = z.detach().to(self.rows)
    p = int(self.position)
    for i in range(z.shape[0]):
        # everything that is already inside gets older, then the new one comes in
        self.ages[self.ages >= 0] += 1
        self.rows[p] = F.normalize(z[i], dim=0)
        if images is None:
            self.images[p] = -1
        else:
            self.images[p] = images[i]
        self.ages[p] = 0
        p = (p + 1) % n
    self.position.fill_(p)
""",
        "ages grow once per row, inside the loop, not once per push; 'ages: how many pushes ago each row was added; 0: newest', so all rows of one push must have age 0",
    ),
    (
        "health_of_second_direction_only",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    B = len(index)
    old = self.queue.rows.clone()
    losses = []
    # one direction after the other, both against the old queue
    for q, k in zip(z1.split(B), z2.split(B), strict=True):
        losses.append(moco_loss(q, k, old, self.temperature))
        self.found = self.health(q, k, index)
    self.queue.push(z2, index.repeat(len(losses)))
    return torch.stack(losses).mean()
""",
        "with the symmetric loss, self.found is overwritten by the second direction, so the meters ignore the queries of view 1; health takes all M queries and keys, and meters promises the 'health of this step'. Loss, queue and counts are right",
    ),
    (
        "unknown_images_keep_old_number",
        "Ring.push",
        """
def push(self, z, images=None):
    size, B = len(self.rows), len(z)
    if B > size:
        raise ValueError(f"cannot push {B} rows into a ring of {size}")
    with torch.no_grad():
        where = (torch.arange(B, device=self.rows.device) + self.position).remainder(size)
        self.rows.index_copy_(0, where, F.normalize(z.to(self.rows), dim=1))
        if images is not None:
            self.images.index_copy_(0, where, images.to(self.images))
        self.ages.add_((self.ages >= 0).long())
        self.ages.index_fill_(0, where, 0)
        self.position.copy_((self.position + B) % size)
""",
        "without images, a row that replaces another one keeps the image of the row that left; docstring: 'None: unknown, stored as -1'. Seen only if pushes with and without images are mixed",
    ),
    (
        "keys_keep_their_graph",
        "similarities",
        """
def similarities(q, k, queue):
    q = F.normalize(q, dim=-1)
    k = F.normalize(k, dim=-1)
    own = torch.einsum("bd,bd->b", q, k)
    waiting = torch.einsum("bd,kd->bk", q, queue)
    return torch.hstack([own[:, None], waiting])
""",
        "the keys are not detached; breaks 'No gradient reaches them'",
    ),
    (
        "formula_word_for_word",
        "moco_loss",
        """
def moco_loss(q, k, queue, temperature=0.2):
    s = similarities(q, k, queue)
    boltzmann = torch.exp(s / temperature)
    Z = boltzmann.sum(dim=1)
    p = boltzmann[:, 0] / Z
    return -torch.log(p).mean()
""",
        "a physicist types the formula with exponentials; they overflow (inf / inf) or underflow (log 0) at a low temperature such as 0.01; breaks 'temperature: tau > 0' and page step 4, stability at low temperature",
    ),
    (
        "state_dict_with_buffers",
        "follow",
        """
@torch.no_grad()
def follow(key, query, momentum):
    source = query.state_dict()
    for name, value in key.state_dict().items():
        value.copy_(momentum * value + (1 - momentum) * source[name])
""",
        "a state_dict holds the running statistics and counters of batch norms too; breaks 'Buffers ... do not change: the key network keeps its own'",
    ),
    (
        "never_pushed_rows_grow_old",
        "Ring.push",
        """
def push(self, z, images=None):
    B = len(z)
    size = len(self.rows)
    if B > size:
        raise ValueError(f"{B} projections, but only {size} rows")
    z = F.normalize(z.detach().to(self.rows.dtype), dim=1)
    self.ages += 1
    p = int(self.position)
    for i in range(B):
        slot = (p + i) % size
        self.rows[slot] = z[i]
        self.images[slot] = -1 if images is None else images[i]
        self.ages[slot] = 0
    self.position.fill_((p + B) % size)
""",
        "every age grows by one, also the -1 of rows that were never pushed, so random rows look new and count as filled; breaks 'ages: -1: never'",
    ),
    (
        "images_interleaved_14",
        "MoCo.loss",
        """
def loss(self, z1, z2, index):
    waiting = self.queue.rows.clone()
    value = moco_loss(z1, z2, waiting, self.temperature)
    # with a symmetric loss each image appears twice
    images = index.repeat_interleave(len(z1) // len(index))
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return value
""",
        "the rows are all of x1 and then all of x2 (see project_views), so the images must be 0 1 2 0 1 2, not 0 0 1 1 2 2; with a symmetric loss most keys enter with the wrong image; breaks 'All keys of the step enter in one push, with their images'",
    ),
    (
        "unit_norm_in_the_wrong_precision",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit into {len(self.rows)} rows")
    where = torch.arange(len(z), device=self.rows.device).add_(self.position).remainder_(len(self.rows))
    new = F.normalize(z.detach(), dim=1)
    self.rows.index_copy_(0, where, new.to(self.rows))
    if images is None:
        self.images.index_fill_(0, where, -1)
    else:
        self.images.index_copy_(0, where, images.to(self.images))
    self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
    self.ages.index_fill_(0, where, 0)
    self.position.add_(len(z)).remainder_(len(self.rows))
""",
        "normalised in z's precision and widened afterwards; with bfloat16 the norms are off by up to some tenths of a percent, and large float16 rows become 0; breaks 'in any precision; that of the rows counts' and rows 'of unit norm'",
    ),
    (
        "keys_not_detached",
        "similarities",
        """
def similarities(q: Tensor, k: Tensor, queue: Tensor) -> Tensor:
    q_hat = F.normalize(q, dim=-1)
    k_hat = F.normalize(k, dim=-1)
    positive = torch.einsum("nc,nc->n", q_hat, k_hat).unsqueeze(-1)
    negative = torch.einsum("nc,kc->nk", q_hat, queue.clone().detach())
    return torch.cat((positive, negative), dim=1)
""",
        "engineer who knows MoCo's public code, where the keys are made under no_grad: the queue is detached, the own keys are not; values right, but k gets a gradient; breaks 'No gradient reaches them' and step 2",
    ),
    (
        "own_key_not_in_sum",
        "moco_loss",
        """
def moco_loss(q: Tensor, k: Tensor, queue: Tensor, temperature: float = 0.2) -> Tensor:
    sims = similarities(q, k, queue) / temperature
    right = sims[:, 0]
    wrong = sims[:, 1:]
    # -log(exp(right) / sum(exp(wrong))), logsumexp is safer
    losses = torch.logsumexp(wrong, dim=1) - right
    return losses.mean()
""",
        "student: only the keys of the queue are in the denominator, the own key is missing; breaks the formula (K + 1 candidates) and 'ln(K + 1) if all candidates are equal' (it is ln K); can be negative",
    ),
    (
        "state_dict_moves_buffers",
        "follow",
        """
@torch.no_grad()
def follow(key: nn.Module, query: nn.Module, momentum: float) -> None:
    old = key.state_dict()
    new = query.state_dict()
    mixed = {}
    for name in old:
        mixed[name] = momentum * old[name] + (1 - momentum) * new[name]
    key.load_state_dict(mixed)
""",
        "student with a chat assistant: averages the whole state_dict, so also the running statistics and counters of batch norms; breaks 'Buffers ... do not change: the key network keeps its own'",
    ),
    (
        "never_pushed_rows_age",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    size, n = len(self.rows), len(z)
    if n > size:
        raise ValueError(f"{n} projections do not fit into {size} rows")
    with torch.no_grad():
        where = (torch.arange(n, device=self.rows.device) + self.position) % size
        self.rows[where] = F.normalize(z.to(self.rows), dim=1)
        if images is None:
            self.images[where] = -1
        else:
            self.images[where] = images.to(self.images)
        self.ages += 1  # everybody has a birthday
        self.ages[where] = 0
        self.position.add_(n).remainder_(size)
""",
        "beginner: all rows grow older, also those that were never pushed, whose -1 becomes 0, 1, ...; breaks '-1: never' and the comment 'every row that was ever pushed'; `filled` is 1 after the first push",
    ),
    (
        "normalised_in_low_precision",
        "Ring.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    capacity = self.rows.size(0)
    batch = z.size(0)
    if batch > capacity:
        raise ValueError(f"{batch} projections do not fit into {capacity} rows")
    device = self.rows.device

    keys = F.normalize(z.detach(), p=2, dim=-1)
    slots = torch.arange(batch, device=device).add(self.position).remainder(capacity)

    self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
    self.ages.index_fill_(0, slots, 0)
    self.rows.index_copy_(0, slots, keys.to(device=device, dtype=self.rows.dtype))
    if images is None:
        self.images.index_fill_(0, slots, -1)
    else:
        self.images.index_copy_(0, slots, images.to(device=device, dtype=self.images.dtype))
    self.position.copy_((self.position + batch) % capacity)
""",
        "careful engineer: normalises in the precision of z and converts afterwards; with float16 or bfloat16 projections the rows' norms are off by about 1e-3, and a float16 norm above 65504 gives rows of 0; breaks 'in any precision; that of the rows counts' and rows 'of unit norm'",
    ),
    (
        "images_interleaved_15",
        "MoCo.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    old_queue = self.queue.rows.detach().clone()
    loss = moco_loss(z1, z2, old_queue, self.temperature)
    # an image has one query, or two in the symmetric case
    times = z1.shape[0] // index.shape[0]
    images = torch.repeat_interleave(index, times)
    self.found = self.health(z1, z2, images)
    self.queue.push(z2, images)
    return loss
""",
        "someone who understands the rest: the image of each row is repeated as 0 0 1 1 2 2, but the rows are all queries of x1 and then all of x2 (0 1 2 0 1 2); loss and queue rows are right, queue.images is wrong if the loss is symmetric; breaks step 12 'in one push, with their images' and `images: which image each row comes from`",
    ),
]
