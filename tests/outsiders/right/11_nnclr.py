# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 11's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "find_cdist64",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    q = F.normalize(z.to(self.rows.device, torch.float64), dim=1)
    far = torch.cdist(q, self.rows.double(), compute_mode="donot_use_mm_for_euclid_dist")
    if exclude is not None:
        far[exclude.to(self.images.device)[:, None] == self.images[None, :]] = torch.inf
    if k == 1:
        return far.min(dim=1).indices
    near, places = far.topk(k, dim=1, largest=False)
    lots = torch.rand(near.shape, generator=generator, dtype=torch.float64)
    lots[near.cpu().isinf()] = -1
    return places.gather(1, lots.argmax(1, keepdim=True).to(places.device)).squeeze(1)
""",
        "real distances in float64; each of the k nearest draws a lot, and the highest wins",
    ),
    (
        "find_loop",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    unit = F.normalize(z.to(self.rows.device).to(self.rows.dtype), dim=1)
    owners = [None] * len(z) if exclude is None else exclude.tolist()
    everything = torch.arange(len(self.rows), device=self.rows.device)
    found = []
    for query, owner in zip(unit, owners, strict=True):
        allowed = everything if owner is None else everything[self.images != owner]
        distance = (self.rows[allowed] - query).square().sum(1)
        nearest = allowed[distance.argsort()[:k]]
        lot = int(torch.randint(len(nearest), (1,), generator=generator)) if k > 1 else 0
        found.append(nearest[lot])
    return torch.stack(found)
""",
        "a loop over projections, with own rows taken out before the search",
    ),
    (
        "find_argsort",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    z = z.to(self.rows)
    z = z / z.norm(dim=1, keepdim=True).clamp_min(1e-12)
    cosine = torch.einsum("bd,qd->bq", z, self.rows)
    allowed = torch.ones_like(cosine, dtype=torch.bool)
    if exclude is not None:
        allowed = exclude.to(self.images.device).unsqueeze(1).ne(self.images)
    cosine = torch.where(allowed, cosine, float("-inf"))
    ranking = cosine.argsort(dim=1, descending=True, stable=True)
    if k == 1:
        return ranking[:, 0]
    few = allowed.sum(1).clamp(max=k)
    uniform = torch.rand(len(z), generator=generator, dtype=torch.float64).to(few.device)
    lot = (uniform * few).long()
    return ranking[torch.arange(len(z), device=lot.device), lot]
""",
        "sorts all rows, and scales one uniform number per projection to the number of allowed ones",
    ),
    (
        "nearest_embedding",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    return F.embedding(self.find(z.detach()), self.rows)
""",
        "looks the rows up as an embedding",
    ),
    (
        "nearest_stack",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    rows = self.rows.detach()
    return torch.stack([rows[place] for place in self.find(z).tolist()])
""",
        "row by row",
    ),
    (
        "push_slices",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    z = z.detach().to(self.rows.device, torch.promote_types(z.dtype, self.rows.dtype))
    new = F.normalize(z, dim=1).to(self.rows.dtype)
    if images is None:
        images = torch.full((len(z),), -1)
    images = images.to(self.images.device, self.images.dtype)
    self.ages[self.ages != -1] += 1
    start, Q = int(self.position), len(self.rows)
    first = min(len(new), Q - start)
    rest = len(new) - first
    for place, source in ((slice(start, start + first), slice(0, first)), (slice(0, rest), slice(first, None))):
        self.rows[place] = new[source]
        self.images[place] = images[source]
        self.ages[place] = 0
    self.position.fill_((start + len(new)) % Q)
""",
        "two slices, before the end and after it; float64 is normalised before it is rounded",
    ),
    (
        "push_roll",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    B, p = len(z), int(self.position)
    new = F.normalize(z.detach().to(self.rows), dim=1)
    unknown = self.images.new_full((B,), -1)
    names = unknown if images is None else images.to(self.images)
    older = torch.where(self.ages < 0, self.ages, self.ages + 1)

    def replace(old, fresh):
        from_oldest = old.roll(-p, 0)
        return torch.cat([from_oldest[B:], fresh]).roll(p + B, 0)

    self.rows = replace(self.rows, new)
    self.images = replace(self.images, names)
    self.ages = replace(older, torch.zeros_like(unknown))
    self.position = (self.position + B) % len(self.rows)
""",
        "a queue turned so that its oldest row comes first; new tensors take the buffers' places",
    ),
    (
        "push_loop",
        "SupportSet.push",
        """
@torch.no_grad()
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    for q, age in enumerate(self.ages.tolist()):
        if age >= 0:
            self.ages[q] = age + 1
    place = self.position.item()
    for i, row in enumerate(z):
        row = row.to(self.rows)
        self.rows[place] = row / row.norm().clamp(min=1e-12)
        self.images[place] = -1 if images is None else int(images[i])
        self.ages[place] = 0
        place = place + 1 if place + 1 < len(self.rows) else 0
    self.position.fill_(place)
""",
        "row after row, as one would in C",
    ),
    (
        "push_where",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q, B = len(self.rows), len(z)
    turn = (torch.arange(Q, device=self.rows.device) - self.position) % Q  # whose turn each row is
    fresh = turn < B
    unit = F.normalize(z.detach().to(self.rows), p=2.0, dim=1)
    self.rows.copy_(torch.where(fresh[:, None], torch.cat([unit, self.rows[B:]])[turn], self.rows))
    if images is None:
        self.images.masked_fill_(fresh, -1)
    else:
        self.images.masked_scatter_(fresh, images.to(self.images)[turn[fresh]])
    self.ages.add_(self.ages.ge(0).to(self.ages.dtype)).masked_fill_(fresh, 0)
    self.position.add_(B).remainder_(Q)
""",
        "every row asks whether it is its turn, and a mask writes",
    ),
    (
        "loss_logsumexp",
        "nnclr_loss",
        """
def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        rows = support.find(z1)
    wide = torch.promote_types(p2.dtype, support.rows.dtype)
    n = support.rows.index_select(0, rows).to(p2.device, wide)
    p = p2.to(wide)
    p = p / p.norm(dim=1, keepdim=True).clamp(min=1e-12)
    s = torch.einsum("id,kd->ik", n, p) / temperature
    return (torch.logsumexp(s, dim=1) - s.diagonal()).mean()
""",
        "logsumexp minus the diagonal, in the wider of the two dtypes, searching with find",
    ),
    (
        "loss_distances",
        "nnclr_loss",
        """
def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    neighbours = (support.nearest(z1) if rows is None else support.rows[rows]).to(p2.device).double()
    p = F.normalize(p2.double(), dim=1)
    # |n - p|^2 = |n|^2 + |p|^2 - 2 n . p; a softmax does not see |n|^2
    apart = (neighbours[:, None] - p[None, :]).square().sum(2) - p.square().sum(1)
    log_chance = F.log_softmax(-apart / (2 * temperature), dim=1)
    loss = -log_chance.trace() / len(p)
    return loss.to(torch.promote_types(p2.dtype, support.rows.dtype))
""",
        "from squared distances instead of cosines, in float64",
    ),
    (
        "loss_by_hand",
        "nnclr_loss",
        """
def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    rows = support.find(z1.detach()) if rows is None else rows
    neighbours = F.embedding(rows, support.rows)
    predictions = F.normalize(p2.to(torch.promote_types(p2.dtype, neighbours.dtype)), dim=1)
    losses = []
    for i, neighbour in enumerate(neighbours):
        logit = predictions @ neighbour.to(predictions) / temperature
        top = logit.detach().max()
        losses.append(top + (logit - top).exp().sum().log() - logit[i])
    return sum(losses) / len(losses)
""",
        "a loop over neighbours, and the maximum taken away by hand",
    ),
    (
        "both_one_search",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    twice = torch.cat([index, index])
    rows = self.search(torch.cat([z1, z2]), twice)
    rows1, rows2 = rows.chunk(2)
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    total = 0.5 * self.direction(z1, p2, rows1) + 0.5 * self.direction(z2, p1, rows2)
    self.found = self.health(rows, twice)
    self.support.push(z1, index)
    return total
""",
        "both views search in one call, and view 1 passes the predictor first",
    ),
    (
        "both_zip",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    views = (z1, z2)
    found = [self.search(z.detach(), index) for z in reversed(views)][::-1]
    self.found = self.health(torch.stack(found, dim=1).flatten(), index.repeat_interleave(2))
    predictions = [self.predictor(z) for z in views]
    losses = [
        self.direction(z, p, rows)
        for z, p, rows in zip(views, reversed(predictions), found, strict=True)
    ]
    self.support.push(z1.detach(), images=index)
    return torch.stack(losses).mean()
""",
        "view 2 searches first; the health of neighbours taken image by image, before the losses",
    ),
    (
        "both_backwards",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    def one_way(large, small, rows):
        return self.direction(large, self.predictor(small), rows)

    with torch.no_grad():
        b, a = self.search(z2, index), self.search(z1, index)
    self.found = self.health(torch.hstack((b, a)), torch.hstack((index, index)))
    mean = torch.lerp(one_way(z2, z1, b), one_way(z1, z2, a), 0.5)
    with torch.no_grad():
        self.support.push(z1, index)
    return mean
""",
        "everything of view 2 first, and lerp for the mean",
    ),
    (
        "find_sorted_inverse_law",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    memory = self.rows
    query = z.to(device=memory.device, dtype=memory.dtype)
    length = torch.linalg.vector_norm(query, dim=1, keepdim=True).clamp_min(1e-12)
    score = torch.einsum("bd,qd->bq", query / length, memory)
    if exclude is not None:
        same = torch.eq(exclude.to(self.images).reshape(-1, 1), self.images.reshape(1, -1))
        score = torch.where(same, torch.full_like(score, float("-inf")), score)
    if k == 1:
        return torch.max(score, dim=1).indices
    value, place = torch.sort(score, dim=1, descending=True, stable=True)
    value, place = value[:, :k], place[:, :k]
    legal = torch.isfinite(value).sum(dim=1).cpu()
    u = torch.rand(len(z), generator=generator, dtype=torch.float64)
    rank = torch.minimum((u * legal).floor().long(), legal - 1).to(place.device)
    return torch.take_along_dim(place, rank[:, None], dim=1).squeeze(1)
""",
        "A stable full sort and a uniform rank from one float64 draw per projection instead of topk and multinomial; ignored rows are at minus infinity.",
    ),
    (
        "push_offsets_of_all_rows",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    with torch.no_grad():
        Q, B = self.rows.shape[0], z.shape[0]
        unit = z.detach().to(self.rows, copy=True)
        unit = unit / unit.norm(p=2, dim=1, keepdim=True).clamp_min(1e-12)
        offset = (torch.arange(Q, device=self.rows.device) - self.position) % Q
        hit = offset < B
        source = offset[hit]
        self.ages[self.ages != -1] += 1
        self.rows[hit] = unit[source]
        if images is None:
            self.images.masked_fill_(hit, -1)
        else:
            self.images[hit] = images.to(self.images)[source]
        self.ages.masked_fill_(hit, 0)
        self.position.add_(B).remainder_(Q)
""",
        "Each row of the set asks how far it is from the position, and takes the projection with that offset; nothing is indexed by the batch.",
    ),
    (
        "loss_logsumexp_minus_own",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    with torch.no_grad():
        chosen = support.find(z1) if rows is None else rows
        target = support.rows.index_select(0, chosen.to(support.rows.device))
    kind = torch.promote_types(target.dtype, p2.dtype)
    p = p2.to(kind)
    p = p / torch.linalg.vector_norm(p, dim=1, keepdim=True).clamp_min(1e-12)
    energy = torch.einsum("id,kd->ik", target.to(device=p.device, dtype=kind), p) / temperature
    return (torch.logsumexp(energy, dim=1) - torch.diagonal(energy)).mean()
""",
        "The cross entropy written out as logsumexp minus the diagonal, in the wider of both dtypes.",
    ),
    (
        "method_loop_over_directions",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    views = (z1, z2)
    rows = []
    for z in views:
        rows.append(self.search(z, index))
    guesses = [self.predictor(z) for z in views]
    result = 0.0
    for one in (0, 1):
        result = result + 0.5 * self.direction(views[one], guesses[1 - one], rows[one])
    self.found = self.health(torch.cat(rows), torch.cat([index] * 2))
    self.support.push(z1, index)
    return result
""",
        "A loop over the two directions with halves added up; view 1 passes through the predictor first, where the library sends view 2 first.",
    ),
    (
        "find_one_query_at_a_time",
        "SupportSet.find",
        """
def find(self, z, k=1, exclude=None, generator=None):
    found = []
    with torch.no_grad():
        queries = F.normalize(z.to(self.rows), dim=1)
        for b, query in enumerate(queries):
            distance = (self.rows - query).square().sum(1)
            if exclude is not None:
                distance = distance.masked_fill(self.images == int(exclude[b]), math.inf)
            nearest = distance.argsort(stable=True)[:k]
            nearest = nearest[distance[nearest] != math.inf]
            turn = 0
            if k > 1:
                turn = int(torch.randint(len(nearest), (), generator=generator))
            found.append(nearest[turn])
        return torch.stack(found)
""",
        "Real distances instead of cosines, in a loop; ignored rows are infinitely far away, and one number is drawn for each query.",
    ),
    (
        "loss_logsumexp_minus_diagonal",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        rows = support.find(z1)
    neighbours = support.rows.index_select(0, rows.to(support.rows.device)).detach()
    wide = torch.promote_types(p2.dtype, neighbours.dtype)
    p = F.normalize(p2.to(wide), dim=1)
    table = torch.einsum("id,kd->ik", neighbours.to(p), p) / temperature
    return (torch.logsumexp(table, dim=1) - torch.diagonal(table)).mean()
""",
        "einsum, and the logarithm of the sum minus the diagonal instead of cross_entropy.",
    ),
    (
        "push_row_by_row",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    wide = torch.promote_types(z.dtype, self.rows.dtype)
    with torch.no_grad():
        units = F.normalize(z.detach().to(wide), dim=1).to(self.rows)
        names = [-1] * len(z) if images is None else images.tolist()
        self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
        for unit, name in zip(units, names):
            slot = int(self.position)
            self.rows[slot].copy_(unit)
            self.images[slot].fill_(name)
            self.ages[slot].zero_()
            self.position.copy_((self.position + 1).remainder(len(self.rows)))
""",
        "One row after the other, with the buffer `position` as the loop's clock.",
    ),
    (
        "k_rounds_with_replacement",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    device = self.rows.device
    query = F.normalize(z.to(self.rows.dtype), dim=1)
    similarity = torch.einsum("qd,bd->bq", self.rows, query)
    if exclude is not None:
        mine = self.images.expand_as(similarity).eq(exclude.to(device).unsqueeze(1))
        similarity = similarity.where(~mine, -torch.inf)
    chosen = similarity.argmax(1)
    # round i replaces the choice by the i-th nearest with probability 1 / i, if there is one
    for i in range(2, min(k, len(self.rows)) + 1):
        best = similarity.argmax(1, keepdim=True)
        similarity = similarity.scatter(1, best, -torch.inf)
        value, place = similarity.max(1)
        swap = torch.rand(len(z), generator=generator, dtype=torch.float64) < 1 / i
        chosen = torch.where(swap.to(device) & (value > -torch.inf), place, chosen)
    return chosen
""",
        "No topk and no index into it: each round takes the best row away, and the next one replaces the choice with probability 1 / i (reservoir sampling), so all k are equally likely, separately for each projection; with fewer than k rows that count, all of those. Nothing is drawn for k = 1; draws come from the CPU as documented.",
    ),
    (
        "vmap_without_find",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    rows = self.rows.detach()

    def one(query: Tensor) -> Tensor:
        best = (rows * query).sum(1).argmax(0, keepdim=True)
        return rows.index_select(0, best).squeeze(0)

    queries = F.normalize(z.detach().to(rows.dtype), dim=1)
    return torch.vmap(one, chunk_size=16)(queries)
""",
        "Searches by itself, with vmap over the projections, instead of calling find. A copy of the rows, their dtype, no graph.",
    ),
    (
        "rolled_to_the_front",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    B, start = len(z), int(self.position)
    new_rows = F.normalize(z.detach().to(self.rows), dim=1)
    new_images = torch.full_like(self.images[:B], -1) if images is None else images.to(self.images)
    new_ages = torch.zeros_like(self.ages[:B])
    self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
    for ring, new in ((self.rows, new_rows), (self.images, new_images), (self.ages, new_ages)):
        # turn the ring until the oldest entries are in front, replace them, and turn it back
        oldest_first = ring.roll(-start, 0)
        ring.copy_(torch.cat([new, oldest_first[B:]]).roll(start, 0))
    self.position.fill_((start + B) % len(self.rows))
""",
        "No index arithmetic: each ring is rolled, its front replaced, and rolled back; buffers keep their identity. Cast before the norm, no graph, position kept in its buffer.",
    ),
    (
        "log_of_sum_of_differences",
        "nnclr_loss",
        """
def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    wide = torch.promote_types(p2.dtype, torch.float32)
    with torch.no_grad():
        found = support.nearest(z1) if rows is None else support.rows.index_select(0, rows)
        found = found.to(device=p2.device, dtype=wide)
    p = p2.to(wide)
    p = p / p.norm(dim=1, keepdim=True).clamp_min(1e-12)
    own = (found * p).sum(1, keepdim=True)
    # how much better every prediction fits than the image's own; 0 for the own
    excess = torch.tensordot(found, p, dims=([1], [1])) - own
    excess = excess - excess.diagonal().diag()
    return excess.div(temperature).logsumexp(1).mean().to(p2.dtype)
""",
        "No cross entropy: -log of the share is the logsumexp of differences to the own cosine. Stable (logsumexp), at least float32 inside and back to the predictions' dtype, gradient only into p2.",
    ),
    (
        "second_view_first",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    views = {1: z1, 2: z2}
    rows = {v: self.search(views[v], index) for v in (2, 1)}
    self.found = self.health(torch.cat([*rows.values()]), index.cpu().repeat(2))

    def one_way(v: int) -> Tensor:
        return self.direction(views[v], self.predictor(views[3 - v]), rows[v])

    total = torch.stack([*map(one_way, (2, 1))]).mean()
    self.support.push(views[1], images=index)
    return total
""",
        "View 2 searches and is scored first (the docstring gives no order for the views), the record is made before the loss, and the mean is that of a stack; searches, losses and record all come before the push of view 1.",
    ),
    (
        "running_best_in_blocks",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    device = self.rows.device
    wide = torch.promote_types(torch.promote_types(z.dtype, self.rows.dtype), torch.float32)
    z = F.normalize(z.to(device, wide), dim=1)
    B = len(z)
    best = torch.empty(B, 0, device=device, dtype=wide)
    where = torch.empty(B, 0, device=device, dtype=torch.int64)
    block = 1000
    for start in range(0, len(self.rows), block):
        score = z @ self.rows[start : start + block].to(wide).T
        if exclude is not None:
            own = exclude.to(device)[:, None] == self.images[start : start + block]
            score = score.masked_fill(own, -math.inf)
        position = torch.arange(start, start + score.shape[1], device=device).expand(B, -1)
        best, where = torch.cat([best, score], 1), torch.cat([where, position], 1)
        best, order = best.topk(min(k, best.shape[1]), dim=1)
        where = where.gather(1, order)
    if k == 1:
        return where[:, 0]
    count = (best > -math.inf).sum(dim=1)  # ignored rows are at the end
    u = torch.rand(B, generator=generator, dtype=torch.float64).tolist()
    choice = [int(chance * n) for chance, n in zip(u, count.tolist())]
    choice = torch.tensor(choice, dtype=torch.int64, device=device)
    return where.gather(1, choice[:, None])[:, 0]
""",
        "Reads the set in blocks of 1,000 rows and keeps the k best so far, as one would for a set that does not fit into memory; no (B, Q) table is kept. One float64 number for each projection, scaled to the number of rows that count, only for k > 1.",
    ),
    (
        "table_of_sources",
        "SupportSet.push",
        """
def push(self, z, images=None):
    Q, B = len(self.rows), len(z)
    if B > Q:
        raise ValueError(f"{B} projections do not fit a support set of {Q}")
    with torch.no_grad():
        device = self.rows.device
        new = torch.arange(B, device=device)
        # where every row of the next state comes from: from itself, or from row b of the batch
        origin = torch.arange(Q, device=device)
        origin[(self.position + new) % Q] = Q + new
        unit = F.normalize(z.to(device, self.rows.dtype), dim=1)
        names = torch.full_like(new, -1) if images is None else images.to(self.images)
        older = self.ages + (self.ages >= 0).long()
        rows = torch.cat([self.rows, unit])[origin]
        shown = torch.cat([self.images, names])[origin]
        ages = torch.cat([older, torch.zeros_like(new)])[origin]
        self.rows.copy_(rows)
        self.images.copy_(shown)
        self.ages.copy_(ages)
        self.position.add_(B).remainder_(Q)
""",
        "Makes one table that says for each row of the next state where it comes from (the old set or the batch), and reads all three buffers through it, instead of writing at positions. Buffers keep their identity; cast before the norm; no graph.",
    ),
    (
        "cosine_similarity_of_all_pairs",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    found = support.nearest(z1) if rows is None else support.rows[rows.to(support.rows.device)]
    wide = torch.promote_types(torch.promote_types(p2.dtype, found.dtype), torch.float32)
    found, p = found.to(p2.device, wide), p2.to(wide)
    cosine = F.cosine_similarity(found[:, None, :], p[None, :, :], dim=2, eps=1e-12)
    own = torch.eye(len(p), dtype=wide, device=p.device)
    loss = F.cross_entropy(cosine / temperature, own)  # the right answer has probability 1
    return loss.to(p2.dtype)
""",
        "F.cosine_similarity of all pairs by broadcasting instead of a matrix product, and cross entropy with probabilities (the identity) as the answer; at least float32 inside and back to the predictions' dtype; uses nearest if rows are not known.",
    ),
    (
        "directions_in_a_table",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    ways = [(z1, z2), (z2, z1)]
    rows = torch.stack([self.search(query, index) for query, _ in ways], dim=1)
    # both neighbours of an image side by side, and its number twice
    self.found = self.health(rows.flatten(), index.repeat_interleave(2))
    total = 0
    for (query, other), own in zip(ways, rows.unbind(1)):
        total = total + self.direction(query, self.predictor(other), own)
    self.support.push(z1, index)
    return total / 2
""",
        "Neighbours in a (B, 2) table, recorded image by image (both neighbours of an image side by side, its number twice) before the losses; then a loop over the two directions in which view 2 passes the predictor first. All searches come before the only push.",
    ),
    (
        "find_loop_of_distances",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    queries = F.normalize(z.to(self.rows), dim=1)
    everyone = torch.arange(len(self.rows), device=self.rows.device)
    found = torch.zeros_like(everyone[:1]).repeat(len(z))
    for i in range(len(queries)):
        allowed = everyone
        if exclude is not None:
            allowed = everyone[self.images != int(exclude[i])]
        distance = (self.rows[allowed] - queries[i]).pow(2).sum(dim=1).sqrt()
        pool = allowed[distance.argsort()[:k]]
        if k == 1:
            found[i] = pool[0]
        else:
            found[i] = pool[int(torch.randint(len(pool), (), generator=generator))]
    return found
""",
        "differs: a loop over queries; really removes the own rows and really computes distances, sorts them, and draws one number per query from what is left (fewer than k if fewer remain)",
    ),
    (
        "push_by_rolling",
        "SupportSet.push",
        """
def push(self, z, images=None):
    B = z.size(0)
    if B > self.rows.size(0):
        raise ValueError(f"cannot put {B} projections into {self.rows.size(0)} rows")
    shift = int(self.position)
    fresh = F.normalize(z.detach().to(self.rows), dim=1)
    marks = self.images.new_full((B,), -1) if images is None else images.to(self.images)
    older = torch.where(self.ages < 0, self.ages, self.ages + 1)
    new = {"rows": fresh, "images": marks, "ages": older.new_zeros(B)}
    old = {"rows": self.rows, "images": self.images, "ages": older}
    for name, head in new.items():
        # turn the ring until the next place is place 0, replace the first B, turn it back
        turned = old[name].roll(-shift, 0)
        turned = torch.cat([head, turned[B:]])
        getattr(self, name).copy_(turned.roll(shift, 0))
    self.position.add_(B).remainder_(self.rows.size(0))
""",
        "differs: no positions are computed: the ring is rolled so that the next place comes first, its head is replaced, and it is rolled back",
    ),
    (
        "nnclr_loss_by_hand",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"tau is {temperature}, but must be positive")
    if rows is None:
        rows = support.find(z1.detach())
    targets = support.rows[rows].detach().to(p2)
    unit = p2 / p2.norm(dim=1, keepdim=True).clamp_min(1e-12)
    scores = torch.einsum("id,kd->ik", targets, unit) / temperature
    top = scores.detach().amax(dim=1, keepdim=True)
    log_sum = (scores - top).exp().sum(dim=1).log() + top.squeeze(1)
    return (log_sum - scores.diagonal()).mean()
""",
        "differs: own log-sum-exp with the maximum taken out, einsum, norm by hand, and `find` rather than `nearest`",
    ),
    (
        "find_lottery",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    closeness = z.to(self.rows) @ self.rows.T
    candidate = torch.ones_like(closeness, dtype=torch.bool)
    if exclude is not None:
        candidate = exclude.to(self.images.device)[:, None] != self.images
    closeness = closeness.masked_fill(~candidate, -math.inf)
    if k == 1:
        return closeness.max(dim=1).indices
    near = closeness.topk(min(k, len(self.rows)), dim=1).indices
    # each of the k nearest draws a lot, and the highest lot wins; ignored rows have none
    lots = torch.rand(near.shape, generator=generator, dtype=torch.float64).to(near.device)
    lots = torch.where(candidate.gather(1, near), lots, -1)
    return near.gather(1, lots.argmax(1, keepdim=True)).squeeze(1)
""",
        "draws B times k random numbers and takes the highest among the rows that count, instead of drawing a rank; also right with fewer than k rows that are not ignored",
    ),
    (
        "push_two_slices",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q, B, begin = len(self.rows), len(z), int(self.position)
    fresh = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        origin = torch.full_like(self.images[:B], -1)
    else:
        origin = images.to(self.images)
    self.ages[self.ages >= 0] += 1
    before_end = min(B, Q - begin)
    pieces = [(slice(begin, begin + before_end), slice(0, before_end))]
    pieces += [(slice(0, B - before_end), slice(before_end, B))]
    for to, part in pieces:
        self.rows[to] = fresh[part]
        self.images[to] = origin[part]
        self.ages[to] = 0
    self.position.copy_(torch.tensor((begin + B) % Q))
""",
        "Python integers and two slices, the part before the end and the rest from 0, instead of positions modulo Q",
    ),
    (
        "loss_one_search_for_both_views",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    views, twice = (z1, z2), torch.cat((index, index))
    rows = self.search(torch.cat(views), twice)
    self.found = self.health(rows, twice)
    total = 0
    for searching, other, own in zip(views, views[::-1], rows.chunk(2)):
        total = total + self.direction(searching, self.predictor(other), own)
    self.support.push(z1, index)
    return total / 2
""",
        "one search for the 2B projections of both views together, and a loop over the two directions",
    ),
    (
        "distances_query_by_query",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    queries = F.normalize(z.to(self.rows), dim=1)
    owners = None if exclude is None else exclude.tolist()
    result = torch.empty(len(queries), dtype=torch.int64, device=self.rows.device)
    for b, query in enumerate(queries):
        if owners is None:
            others = torch.arange(len(self.rows), device=self.rows.device)
        else:
            others = (self.images != owners[b]).nonzero().flatten()
        distance = (self.rows[others] - query).square().sum(1)
        if k == 1:
            result[b] = others[distance.argmin()]
        else:
            closest = others[distance.argsort()[:k]]  # fewer than k if no more are left
            result[b] = closest[int(torch.randint(len(closest), (), generator=generator))]
    return result
""",
        "Literally argmin of |z - q|, query by query, over a list of the rows that count; one randint for each query, over as many as are left.",
    ),
    (
        "row_by_row",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    Q = len(self.rows)
    if len(z) > Q:
        raise ValueError(f"{len(z)} projections do not fit a support set of {Q}")
    new = F.normalize(z.detach().to(self.rows), dim=1)
    names = [-1] * len(new) if images is None else images.tolist()
    known = self.ages != -1
    self.ages[known] += 1
    place = int(self.position)
    for row, name in zip(new, names):
        self.rows[place] = row
        self.images[place] = name
        self.ages[place] = 0
        place += 1
        if place == Q:  # as on a clock
            place = 0
    self.position.fill_(place)
""",
        "A loop over the rows with a Python counter that returns to 0, no index tensor and no modulo.",
    ),
    (
        "equation_term_by_term",
        "nnclr_loss",
        """
def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        neighbours = support.nearest(z1)
    else:
        neighbours = support.rows[rows.to(support.rows.device)]
    wide = torch.promote_types(torch.promote_types(p2.dtype, neighbours.dtype), torch.float32)
    neighbours = neighbours.detach().to(device=p2.device, dtype=wide)
    p = F.normalize(p2.to(wide), dim=1)
    terms = []
    for i, neighbour in enumerate(neighbours):
        exponent = (p * neighbour).sum(1) / temperature
        terms.append(torch.logsumexp(exponent - exponent[i], 0))  # log sum_k exp(e_k - e_i)
    return torch.stack(terms).mean()
""",
        "Each term as log sum_k exp(e_k - e_i), in a loop over the neighbours; no matrix product, no cross_entropy.",
    ),
    (
        "one_query_at_a_time",
        "SupportSet.find",
        """
@torch.no_grad()
def find(
    self,
    z: Tensor,
    k: int = 1,
    exclude: Tensor | None = None,
    generator: Generator | None = None,
) -> Tensor:
    z = z.to(self.rows)
    z = z / z.norm(dim=1, keepdim=True).clamp(min=1e-12)
    own = [None] * len(z) if exclude is None else exclude.tolist()
    found = []
    for query, image in zip(z, own):
        allowed = torch.arange(len(self.rows), device=self.rows.device)
        if image is not None:
            allowed = allowed[self.images != image]
        distance = (self.rows[allowed] - query).square().sum(dim=1)
        if k == 1:
            found.append(allowed[distance.argmin()])
            continue
        nearest = allowed[distance.argsort()[:k]]
        found.append(nearest[torch.randint(len(nearest), (), generator=generator).item()])
    if not found:
        return torch.empty(0, dtype=torch.int64, device=self.rows.device)
    return torch.stack(found)
""",
        "a loop over the queries: throws the ignored rows away instead of masking them, and measures real distances instead of cosines; one random draw per query; fewer than k rows left: one of those",
    ),
    (
        "every_row_asks",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    B, Q = len(z), len(self.rows)
    new = z.detach().to(self.rows)
    new = new / new.norm(dim=1, keepdim=True).clamp(min=1e-12)
    # how far is each row behind the next position, on the ring? the first B are replaced
    behind = (torch.arange(Q, device=self.rows.device) - self.position) % Q
    replaced = behind < B
    self.rows[replaced] = new[behind[replaced]]
    if images is None:
        self.images.masked_fill_(replaced, -1)
    else:
        self.images[replaced] = images.to(self.images)[behind[replaced]]
    older = torch.where(self.ages < 0, self.ages, self.ages + 1)
    self.ages.copy_(older.masked_fill(replaced, 0))
    self.position.copy_((self.position + B) % Q)
""",
        "the other way round: each row of the set works out whether it is replaced, and by which projection, with a mask over all Q rows; no index list; norm by hand",
    ),
    (
        "differences_of_similarities",
        "nnclr_loss",
        """
def nnclr_loss(
    z1: Tensor,
    p2: Tensor,
    support: SupportSet,
    temperature: float = 0.1,
    rows: Tensor | None = None,
) -> Tensor:
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        nn_ = support.nearest(z1.detach())
    else:
        nn_ = support.rows.index_select(0, rows.to(support.rows.device))
    wide = torch.promote_types(p2.dtype, torch.promote_types(nn_.dtype, torch.float32))
    nn_ = nn_.detach().to(p2.device, wide)
    p = F.normalize(p2.to(wide), dim=1)
    losses = []
    for i in range(len(p)):
        s = (p * nn_[i]).sum(dim=1) / temperature  # of neighbour i with all predictions
        losses.append(torch.logsumexp(s - s[i], dim=0))
    return torch.stack(losses).mean()
""",
        "one neighbour at a time: log of the sum of exp(s_k - s_i), without cross_entropy and without a matrix product (so that autocast cannot lower its precision)",
    ),
]
