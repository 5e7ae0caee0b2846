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
]
