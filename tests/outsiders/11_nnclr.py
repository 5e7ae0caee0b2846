# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 11's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "own_rows_become_zero",
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
    sims = F.normalize(z.to(self.rows), dim=1) @ self.rows.t()
    keep = torch.ones_like(sims)
    if exclude is not None:
        keep = (exclude.to(self.images)[:, None] != self.images[None, :]).to(sims.dtype)
    sims = sims * keep
    if k == 1:
        return sims.argmax(dim=1)
    top = sims.topk(k, dim=1).indices
    allowed = keep.gather(1, top).float().cpu() + 1e-12
    pick = torch.multinomial(allowed, 1, generator=generator).to(top.device)
    return top.gather(1, pick).squeeze(1)
""",
        "own rows get similarity 0, which is still more than a negative cosine",
    ),
    (
        "whole_batch_excluded",
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
    cos = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        own = torch.isin(self.images, exclude.to(self.images))
        cos = cos.masked_fill(own[None, :], -2.0)
    if k == 1:
        return cos.argmax(1)
    values, places = cos.topk(k, dim=1)
    usable = (values > -1.5).float().cpu()
    usable[usable.sum(1) == 0] = 1
    one = torch.multinomial(usable, 1, generator=generator).to(places.device)
    return places.gather(1, one).squeeze(1)
""",
        "ignores the rows of every image in the batch for every query, not only the query's own",
    ),
    (
        "random_rows_excluded_too",
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
    q = F.normalize(z.to(self.rows), dim=1)
    cos = torch.einsum("bd,qd->bq", q, self.rows)
    if exclude is not None:
        bad = (self.images == exclude.to(self.images)[:, None]) | (self.images < 0)
        cos[bad] = -2
    if k == 1:
        return cos.max(dim=1).indices
    best = cos.topk(k, dim=1)
    weight = (best.values > -2).float().cpu().clamp(min=1e-9)
    choice = torch.multinomial(weight, 1, generator=generator).to(best.indices)
    return best.indices.gather(1, choice)[:, 0]
""",
        "with exclude, rows without an image (-1) are ignored as well, although they show no image of the query",
    ),
    (
        "one_draw_for_the_batch",
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
    dist = torch.cdist(F.normalize(z.to(self.rows), dim=1), self.rows)
    if exclude is not None:
        same = exclude.to(self.images).unsqueeze(1) == self.images.unsqueeze(0)
        dist = dist.masked_fill(same, float("inf"))
    if k == 1:
        return dist.argmin(1)
    near = dist.topk(k, dim=1, largest=False)
    count = int(near.values.isfinite().sum(1).min())
    j = int(torch.randint(count, (1,), generator=generator))
    return near.indices[:, j]
""",
        "draws one rank for the whole batch instead of one for each projection",
    ),
    (
        "ignored_rows_drawn",
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
    similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        for b, image in enumerate(exclude.tolist()):
            similarity[b, self.images == image] = -float("inf")
    if k == 1:
        return similarity.argmax(dim=1)
    order = similarity.argsort(dim=1, descending=True)[:, :k]
    r = torch.randint(0, k, (len(z), 1), generator=generator)
    return order.gather(1, r.to(order.device)).flatten()
""",
        "if fewer than k rows are left, it also draws ignored rows",
    ),
    (
        "kth_never_drawn",
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
    similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        own = self.images[None] == exclude.to(self.images)[:, None]
        similarity[own] = -2
    if k == 1:
        return similarity.argmax(1)
    top = similarity.topk(k, dim=1)
    allowed = (top.values > -2).sum(1).cpu()
    u = torch.rand(len(z), generator=generator)
    rank = (u * (allowed - 1)).long().to(top.indices.device)
    return top.indices[torch.arange(len(z), device=rank.device), rank]
""",
        "off by one: the rank runs from 0 to k - 2, so the k-th nearest row is never chosen",
    ),
    (
        "straight_through",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    found = self.rows[self.find(z)]
    # like a quantisation: the value of the row, the gradient of z
    return z + (found - z).detach()
""",
        "a straight-through estimator lets a gradient flow to the query (and takes its dtype)",
    ),
    (
        "graph_kept",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q, B = len(self.rows), len(z)
    where = torch.arange(B, device=self.rows.device).add(self.position).remainder(Q)
    self.ages[self.ages >= 0] += 1
    self.rows[where] = F.normalize(z.to(self.rows), dim=1)
    self.images[where] = torch.full_like(where, -1) if images is None else images.to(where)
    self.ages[where] = 0
    self.position.add_(B).remainder_(Q)
""",
        "z is not detached, so the buffer keeps the graph of the step",
    ),
    (
        "random_rows_grow_old",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    size = len(self.rows)
    start = int(self.position)
    self.ages += 1
    new = F.normalize(z.detach().to(self.rows), dim=1)
    for i in range(len(new)):
        p = (start + i) % size
        self.rows[p] = new[i]
        self.images[p] = -1 if images is None else int(images[i])
        self.ages[p] = 0
    self.position.fill_((start + len(new)) % size)
""",
        "rows that were never pushed (-1) grow older too, and then look as if they had been",
    ),
    (
        "aged_at_birth",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = len(self.rows)
    slots = (torch.arange(len(z), device=self.rows.device) + self.position) % Q
    self.rows[slots] = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        self.images[slots] = -1
    else:
        self.images[slots] = images.to(self.images)
    self.ages[slots] = 0
    self.ages[self.ages >= 0] += 1
    self.position.copy_((self.position + len(z)) % Q)
""",
        "ages are increased after the new rows were set to 0, so the newest row has age 1",
    ),
    (
        "starts_again_at_zero",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    B, Q = len(z), len(self.rows)
    start = int(self.position)
    if start + B > Q:  # does not fit before the end
        start = 0
    end = start + B
    self.ages[self.ages >= 0] += 1
    self.rows[start:end] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[start:end] = -1 if images is None else images.to(self.images)
    self.ages[start:end] = 0
    self.position.fill_(end % Q)
""",
        "a batch that does not fit before the end goes to the beginning as a whole, and the oldest rows at the end survive",
    ),
    (
        "old_images_stay",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    n = len(self.rows)
    index = (self.position + torch.arange(len(z), device=self.rows.device)) % n
    self.ages = torch.where(self.ages >= 0, self.ages + 1, self.ages)
    self.rows.index_copy_(0, index, F.normalize(z.detach().to(self.rows), dim=1))
    if images is not None:
        self.images.index_copy_(0, index, images.to(self.images))
    self.ages[index] = 0
    self.position.copy_((self.position + len(z)) % n)
""",
        "without images the replaced rows keep the images of the old ones instead of -1",
    ),
    (
        "normalised_in_half",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = self.rows.shape[0]
    unit = F.normalize(z.detach(), dim=1).to(self.rows)
    places = torch.tensor([(int(self.position) + b) % Q for b in range(len(z))], dtype=torch.long,
                          device=self.rows.device)
    old = self.ages >= 0
    self.ages[old] = self.ages[old] + 1
    self.rows[places] = unit
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % Q)
""",
        "normalises in the dtype of z and converts afterwards, so half-precision rows do not have unit norm",
    ),
    (
        "age_in_rows",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    z = F.normalize(z.detach().to(self.rows), dim=1)
    images = torch.full((len(z),), -1) if images is None else images
    for row, image in zip(z, images.to(self.images)):
        p = int(self.position)
        self.ages[self.ages >= 0] += 1
        self.rows[p] = row
        self.images[p] = image
        self.ages[p] = 0
        self.position.fill_((p + 1) % len(self.rows))
""",
        "increases the ages once for every row, so an age counts projections instead of pushes",
    ),
    (
        "neighbours_compete",
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
    nn1 = support.nearest(z1) if rows is None else support.rows[rows]
    p = F.normalize(p2.to(nn1), dim=1)
    logits = p @ nn1.T / temperature
    target = torch.arange(len(p), device=p.device)
    return F.cross_entropy(logits, target)
""",
        "the softmax runs over neighbours for each prediction instead of over predictions for each neighbour",
    ),
    (
        "rows_ignored",
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
    nearest = support.nearest(z1)
    logits = F.cosine_similarity(nearest[:, None], p2.to(nearest)[None], dim=2) / temperature
    return -logits.log_softmax(dim=1).diagonal().mean()
""",
        "always searches again and ignores the given rows, and with them top_k and exclude",
    ),
    (
        "overflow",
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
    nn1 = support.rows[rows]
    e = torch.exp(nn1 @ F.normalize(p2.to(nn1), dim=1).T / temperature)
    return -torch.log(e.diagonal() / e.sum(dim=1)).mean()
""",
        "exp overflows or vanishes at a low temperature, and the loss is not finite",
    ),
    (
        "positive_not_among_the_candidates",
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
    q = support.nearest(z1) if rows is None else support.rows[rows]
    s = q @ F.normalize(p2.to(q), dim=1).T / temperature
    positive = s.diagonal()
    itself = torch.eye(len(s), dtype=torch.bool, device=s.device)
    negatives = s.masked_fill(itself, float("-inf"))
    return (negatives.logsumexp(1) - positive).mean()
""",
        "the sum in the denominator leaves out the positive, so there are B - 1 candidates",
    ),
    (
        "prediction_searches",
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
    p2 = F.normalize(p2.to(support.rows), dim=1)
    neighbours = support.rows[rows] if rows is not None else support.nearest(p2)
    logits = torch.matmul(neighbours, p2.transpose(0, 1)).div(temperature)
    return F.cross_entropy(logits, torch.arange(logits.size(0), device=logits.device))
""",
        "the predictions search for their own neighbours instead of the other view's projections",
    ),
    (
        "pushed_between_the_views",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    rows1 = self.search(z1, index)
    first = self.direction(z1, self.predictor(z2), rows1)
    self.support.push(z1, index)
    rows2 = self.search(z2, index)
    second = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    return 0.5 * (first + second)
""",
        "pushes view 1 before view 2 searches and before the health is recorded",
    ),
    (
        "health_after_push",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    rows1 = self.search(z1, index)
    rows2 = self.search(z2, index)
    p1, p2 = self.predictor(z1), self.predictor(z2)
    total = self.direction(z1, p2, rows1) + self.direction(z2, p1, rows2)
    self.support.push(z1, index)
    self.found = self.health(torch.cat((rows1, rows2)), torch.cat((index, index)))
    return total / 2
""",
        "records the health only after the push, when some of the found rows were replaced",
    ),
    (
        "predictor_sees_both_views",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    p1, p2 = self.predictor(torch.cat([z1, z2])).chunk(2)
    r1, r2 = self.search(z1, index), self.search(z2, index)
    loss = (self.direction(z1, p2, r1) + self.direction(z2, p1, r2)) / 2
    self.found = self.health(torch.cat([r1, r2]), index.repeat(2))
    self.support.push(z1, index)
    return loss
""",
        "the predictor gets both views in one batch, so its batch norm mixes their statistics",
    ),
    (
        "index_interleaved",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    found = [self.search(z, index) for z in (z1, z2)]
    a = self.direction(z1, self.predictor(z2), found[0])
    b = self.direction(z2, self.predictor(z1), found[1])
    self.found = self.health(torch.cat(found), index.repeat_interleave(2))
    self.support.push(z1, index)
    return torch.stack([a, b]).mean()
""",
        "the images for the health are repeated one by one, but the rows are one view after the other",
    ),
    (
        "predictions_pushed",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    rows1 = self.search(z1, index)
    rows2 = self.search(z2, index)
    loss12 = self.direction(z1, p2, rows1)
    loss21 = self.direction(z2, p1, rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    self.support.push(p1, index)
    return (loss12 + loss21) / 2
""",
        "stores the prediction of view 1 in the support set instead of its projection",
    ),
    (
        "options_bypassed",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    exclude = index if self.exclude_same else None
    rows1 = self.support.find(z1, exclude=exclude)
    rows2 = self.support.find(z2, exclude=exclude)
    one = self.direction(z1, self.predictor(z2), rows1)
    two = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    self.support.push(z1, index)
    return (one + two) / 2
""",
        "calls find itself and forgets top_k and the generator",
    ),
    (
        "find_fills_with_the_minimum",
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
    query = F.normalize(z.to(self.rows), dim=1)
    cosine = torch.einsum("bd,qd->bq", query, self.rows)
    ignored = torch.zeros_like(cosine, dtype=torch.bool)
    if exclude is not None:
        ignored = self.images[None, :] == exclude.to(self.images)[:, None]
        cosine = torch.where(ignored, cosine.min(), cosine)  # no row is less similar
    if k == 1:
        return cosine.argmax(dim=1)
    order = cosine.topk(k, dim=1).indices
    allowed = ~ignored.gather(1, order)
    ticket = torch.rand(order.shape, generator=generator).to(cosine.device)
    winner = ticket.masked_fill(~allowed, -1).argmax(1, keepdim=True)
    return order.gather(1, winner).squeeze(1)
""",
        "Own rows get the minimum of the cosines instead of something below it: if that minimum is also the only other row's, an ignored row can tie with it and win.",
    ),
    (
        "find_weights_by_similarity",
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
    s = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        same = exclude.to(self.images.device).unsqueeze(1) == self.images.unsqueeze(0)
        s = s.masked_fill(same, float("-inf"))
    top, rows = s.topk(k, dim=1)
    if k == 1:
        return rows[:, 0]
    chance = top.softmax(dim=1).cpu()
    drawn = torch.multinomial(chance, 1, generator=generator).to(rows.device)
    return torch.take_along_dim(rows, drawn, dim=1)[:, 0]
""",
        "The k nearest are drawn with the softmax of their similarities as weights, not all equally likely.",
    ),
    (
        "find_position_among_the_allowed",
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
    found = []
    for b, query in enumerate(F.normalize(z.to(self.rows), dim=1)):
        if exclude is None:
            candidates = self.rows
        else:
            candidates = self.rows[self.images != exclude[b].to(self.images.device)]
        near = (candidates @ query).topk(min(k, len(candidates))).indices
        one = 0 if len(near) == 1 else int(torch.randint(len(near), (1,), generator=generator))
        found.append(near[one])
    return torch.stack(found)
""",
        "With `exclude` the positions are those within the rows that are left, not within the support set.",
    ),
    (
        "find_isin_batch",
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
    similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        own = torch.isin(self.images, exclude.to(self.images.device))
        similarity[:, own] = -2
    if k == 1:
        return similarity.argmax(1)
    values, indices = similarity.topk(k, dim=1)
    possible = (values > -1.5).float().cpu()
    choice = possible.multinomial(1, generator=generator).to(indices.device)
    return indices.gather(1, choice).flatten()
""",
        "isin ignores the rows of all images of the batch for every query, not only the query's own (and multinomial fails if none is left).",
    ),
    (
        "find_clamps_the_draw",
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
    z = F.normalize(z.to(self.rows), dim=1)
    similar = z @ self.rows.T
    usable = torch.full((len(z),), len(self.rows), device=z.device)
    if exclude is not None:
        mine = exclude.to(self.images).view(-1, 1) == self.images
        similar = similar.masked_fill(mine, -float("inf"))
        usable = usable - mine.sum(1)
    order = similar.argsort(dim=1, descending=True)
    if k == 1:
        return order[:, 0]
    pick = torch.randint(k, (len(z),), generator=generator).to(z.device)
    pick = torch.minimum(pick, usable - 1)
    return order[torch.arange(len(z), device=z.device), pick]
""",
        "If fewer than k rows are left, the draw is clamped, so the last of them is more likely than the others.",
    ),
    (
        "nearest_straight_through",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    rows = self.rows[self.find(z)]
    unit = F.normalize(z.to(rows), dim=1)
    # the search has no gradient: pass it straight through to z
    return unit + (rows - unit).detach()
""",
        "Straight-through as in VQ-VAE: gradient flows through the neighbour to z, where the search must stop it.",
    ),
    (
        "push_ages_not_round_the_end",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    new = F.normalize(z.detach().to(self.rows), dim=1)
    who = torch.full((len(z),), -1) if images is None else images
    who = who.to(self.images)
    Q, start = len(self.rows), int(self.position)
    end = start + len(z)
    self.ages[self.ages >= 0] += 1
    fit = min(len(z), Q - start)
    self.rows[start : start + fit], self.rows[: len(z) - fit] = new[:fit], new[fit:]
    self.images[start : start + fit], self.images[: len(z) - fit] = who[:fit], who[fit:]
    self.ages[start:end] = 0
    self.position.fill_(end % Q)
""",
        "Rows and images wrap around at the end, but ages do not: new rows at the beginning keep an old age.",
    ),
    (
        "push_mask_loses_the_order",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q, B = len(self.rows), len(z)
    ahead = (torch.arange(Q, device=self.rows.device) - self.position) % Q
    replaced = ahead < B
    self.ages.add_((self.ages >= 0).long())
    self.rows[replaced] = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        self.images[replaced] = -1
    else:
        self.images[replaced] = images.to(self.images)
    self.ages[replaced] = 0
    self.position.copy_((self.position + B) % Q)
""",
        "A boolean mask is filled in rising order of position: when the batch wraps around, its first rows go to the beginning instead of to `position`.",
    ),
    (
        "push_shifts_the_rows",
        "SupportSet.push",
        """
@torch.no_grad()
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    B = len(z)
    unit = F.normalize(z.to(self.rows), dim=1)
    who = images.to(self.images) if images is not None else self.images.new_full((B,), -1)
    older = torch.where(self.ages >= 0, self.ages + 1, self.ages)
    # first in, first out: the oldest rows are at the front
    self.rows.copy_(torch.cat([self.rows[B:], unit]))
    self.images.copy_(torch.cat([self.images[B:], who]))
    self.ages.copy_(torch.cat([older[B:], older.new_zeros(B)]))
""",
        "A queue that shifts all rows instead of a ring buffer: rows change their positions, and `position` never moves.",
    ),
    (
        "push_only_known_images_age",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    unit = F.normalize(z.detach().to(self.rows), dim=1)
    self.ages[self.images >= 0] += 1
    where = int(self.position)
    for b in range(len(z)):
        self.rows[where] = unit[b]
        self.images[where] = -1 if images is None else int(images[b])
        self.ages[where] = 0
        where = (where + 1) % len(self.rows)
    self.position.fill_(where)
""",
        "Only rows with a known image grow older; rows pushed without images stay at age 0.",
    ),
    (
        "loss_temperature_normalised_away",
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
    nn1 = support.rows[rows]
    p = F.normalize(p2.to(nn1) / temperature, dim=1)
    logits = torch.einsum("id,kd->ik", nn1, p)
    return (logits.logsumexp(1) - logits.diagonal()).mean()
""",
        "The predictions are divided by the temperature before they are normalised, which undoes it.",
    ),
    (
        "loss_over_the_support_set",
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
    target = support.find(z1) if rows is None else rows
    p = F.normalize(p2.to(support.rows), dim=1)
    # each prediction must find its neighbour in the support set
    logits = p @ support.rows.T / temperature
    return F.cross_entropy(logits, target)
""",
        "Each prediction must find its neighbour among the Q rows of the set, instead of each neighbour its prediction among the B of the batch.",
    ),
    (
        "method_found_interleaved",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    views = (z1, z2)
    rows = [self.search(z, index) for z in views]
    predictions = [self.predictor(z) for z in views]
    losses = [
        self.direction(views[v], predictions[1 - v], rows[v]) for v in range(2)
    ]
    self.found = self.health(torch.cat(rows), index.repeat_interleave(2))
    self.support.push(z1, index)
    return torch.stack(losses).mean()
""",
        "The statistics pair the neighbours (all of view 1, then all of view 2) with interleaved images: repeat_interleave instead of repeat.",
    ),
    (
        "method_push_inside_the_loop",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    total, all_rows = 0, []
    for z, other in ((z1, z2), (z2, z1)):
        rows = self.search(z, index)
        all_rows.append(rows)
        total = total + self.direction(z, self.predictor(other), rows) / 2
        self.found = self.health(torch.cat(all_rows), index.repeat(len(all_rows)))
        if len(all_rows) == 1:  # only view 1 enters the set
            self.support.push(z, index)
    return total
""",
        "View 1 is pushed inside the loop, before view 2 searches, so view 2 can find projections of this very batch, and the statistics are taken after the set changed.",
    ),
    (
        "method_stop_gradient",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    # as in BYOL and SimSiam, one side of each direction gets no gradient
    p1, p2 = self.predictor(z1), self.predictor(z2.detach())
    loss = 0.5 * self.direction(z1, p2, rows1) + 0.5 * self.direction(z2, p1, rows2)
    self.found = self.health(torch.cat([rows1, rows2]), torch.cat([index, index]))
    self.support.push(z1, index)
    return loss
""",
        "View 2 is detached before the predictor (a stop-gradient that is not in the paper), so no gradient reaches its projection.",
    ),
    (
        "mask_below_cosine_of_raw",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    # the norm of z does not change which row is nearest, so there is no need to normalise
    scores = z.to(self.rows) @ self.rows.t()
    if exclude is not None:
        same = self.images.unsqueeze(0) == exclude.to(self.images.device).unsqueeze(1)
        scores[same] = -2.0  # lower than any cosine
    if k == 1:
        return scores.argmax(dim=1)
    values, candidates = scores.topk(k, dim=1)
    allowed = (values != -2.0).float().cpu()
    pick = torch.multinomial(allowed, 1, generator=generator).to(candidates.device)
    return candidates.gather(1, pick).squeeze(1)
""",
        "z is not normalised, so its products can be below the -2 that marks ignored rows, and an own row wins",
    ),
    (
        "own_rows_zeroed",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    sim = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        other = exclude.to(self.images)[:, None] != self.images[None, :]
        sim = sim * other
    if k == 1:
        return sim.argmax(1)
    best, where = sim.topk(k, dim=1)
    ok = (best != 0).float().cpu()
    one = torch.multinomial(ok, 1, generator=generator).to(where.device)
    return where.gather(1, one)[:, 0]
""",
        "own rows get similarity 0, which is higher than the negative cosines of other rows",
    ),
    (
        "ignored_rows_fill_up",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    query = F.normalize(z.to(self.rows), dim=1)
    similarity = torch.einsum("bd,qd->bq", query, self.rows)
    if exclude is not None:
        own = exclude.to(self.images).view(-1, 1).eq(self.images.view(1, -1))
        similarity = similarity.masked_fill(own, float("-inf"))
    top = similarity.topk(k, dim=1).indices
    if k == 1:
        return top[:, 0]
    pick = torch.randint(k, (len(z), 1), generator=generator).to(top.device)
    return top.gather(1, pick).squeeze(1)
""",
        "if fewer than k rows are left, ignored rows fill up the k and can be drawn",
    ),
    (
        "softmax_over_k",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    query = F.normalize(z.to(self.rows), dim=-1)
    logits = query @ self.rows.mT
    if exclude is not None:
        own = self.images[None, :] == exclude.to(self.images.device)[:, None]
        logits = logits.masked_fill(own, -torch.inf)
    values, indices = torch.topk(logits, k, dim=-1)
    if k == 1:
        return indices.squeeze(-1)
    probs = torch.softmax(values / 0.1, dim=-1).cpu()
    choice = torch.multinomial(probs, num_samples=1, generator=generator)
    return indices.gather(-1, choice.to(indices.device)).squeeze(-1)
""",
        "one of the k nearest is drawn with softmax weights, nearer ones more often, instead of all equally likely",
    ),
    (
        "straight_through_again",
        "SupportSet.nearest",
        """
def nearest(self, z):
    unit = F.normalize(z.to(self.rows), dim=1)
    found = self.rows[self.find(z)]
    # as in a vector quantiser
    return unit + (found - unit).detach()
""",
        "a straight-through estimator: the values are right, but the gradient flows on into z",
    ),
    (
        "restart_if_no_room",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    n = z.shape[0]
    ptr = int(self.position)
    if ptr + n > len(self.rows):
        ptr = 0
    self.ages[self.ages >= 0] += 1
    self.rows[ptr : ptr + n] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[ptr : ptr + n] = -1 if images is None else images.to(self.images)
    self.ages[ptr : ptr + n] = 0
    self.position.fill_((ptr + n) % len(self.rows))
""",
        "if the batch does not fit before the end, it starts again at row 0 and leaves the oldest rows at the end in place",
    ),
    (
        "stale_images",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = len(self.rows)
    new = F.normalize(z.detach().to(self.rows), dim=1)
    where = torch.remainder(self.position + torch.arange(len(z), device=self.rows.device), Q)
    self.ages[self.ages != -1] += 1
    self.rows[where] = new
    self.ages[where] = 0
    if images is not None:
        self.images[where] = images.to(self.images)
    self.position.copy_((self.position + len(z)) % Q)
""",
        "without images, the replaced rows keep the images of the old rows instead of -1",
    ),
    (
        "normalised_in_half_again",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    with torch.no_grad():
        z = F.normalize(z, dim=1).to(self.rows)
        idx = (torch.arange(len(z), device=self.rows.device) + self.position) % len(self.rows)
        self.ages.add_((self.ages >= 0).long())
        self.rows.index_copy_(0, idx, z)
        self.images[idx] = images.to(self.images) if images is not None else -1
        self.ages[idx] = 0
        self.position.add_(len(z)).remainder_(len(self.rows))
""",
        "normalises before the conversion, so half-precision projections have unit norm only to three digits",
    ),
    (
        "position_zero_at_the_end",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = len(self.rows)
    z = F.normalize(z.detach().to(self.rows), dim=1)
    self.ages[self.ages >= 0] += 1
    for i in range(len(z)):
        place = (int(self.position) + i) % Q
        self.rows[place] = z[i]
        self.images[place] = -1 if images is None else int(images[i])
        self.ages[place] = 0
    self.position += len(z)
    if self.position >= Q:
        self.position.zero_()
""",
        "after going round the end, the position is 0 instead of the remainder, so the newest rows are overwritten next",
    ),
    (
        "symmetric_softmax",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    nn1 = support.rows[rows] if rows is not None else support.nearest(z1)
    p2 = F.normalize(p2.to(nn1), dim=-1)
    logits = nn1 @ p2.T / temperature
    target = torch.arange(logits.shape[0], device=logits.device)
    return 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))
""",
        "adds a second softmax over the neighbours (as in CLIP and some public code), which the equation does not have",
    ),
    (
        "rows_ignored_again",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    with torch.no_grad():
        neighbours = support.nearest(z1)
    predictions = F.normalize(p2.to(neighbours), dim=1)
    similarity = torch.matmul(neighbours, predictions.t()) / temperature
    log_prob = similarity.log_softmax(dim=1)
    return -log_prob.diagonal().mean()
""",
        "searches again although the rows are given, so top_k and excluded images have no effect",
    ),
    (
        "predictor_on_both_views",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    nn1, nn2 = self.search(z1, index), self.search(z2, index)
    # one pass for both views is faster
    p1, p2 = self.predictor(torch.cat([z1, z2])).chunk(2)
    total = self.direction(z1, p2, nn1) + self.direction(z2, p1, nn2)
    self.found = self.health(torch.cat([nn1, nn2]), index.repeat(2))
    self.support.push(z1, index)
    return total / 2
""",
        "both views go through the predictor together, so its batch norm mixes them",
    ),
    (
        "push_before_the_rows_are_read",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    rows1 = self.search(z1, index)
    rows2 = self.search(z2, index)
    self.found = self.health(torch.cat([rows1, rows2]), torch.cat([index, index]))
    # both have searched, so the set may change now
    self.support.push(z1, index)
    p2 = self.predictor(z2)
    p1 = self.predictor(z1)
    return 0.5 * self.direction(z1, p2, rows1) + 0.5 * self.direction(z2, p1, rows2)
""",
        "pushes after the search but before the rows are read, so positions that were just overwritten give other rows",
    ),
    (
        "own_prediction",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    rows1 = self.search(z1, index)
    rows2 = self.search(z2, index)
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    loss1 = self.direction(z1, p1, rows1)
    loss2 = self.direction(z2, p2, rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    self.support.push(z1, index)
    return (loss1 + loss2) / 2
""",
        "the neighbours of a view must find the prediction of the same view instead of the other one",
    ),
    (
        "mask_by_multiplying",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    query = z.to(self.rows)
    query = query / query.norm(dim=1, keepdim=True).clamp(min=1e-12)
    sims = torch.einsum("bd,qd->bq", query, self.rows)
    keep = torch.ones_like(sims, dtype=torch.bool)
    if exclude is not None:
        keep = exclude.to(self.images.device).unsqueeze(1) != self.images.unsqueeze(0)
        sims = sims * keep
    if k == 1:
        return sims.max(dim=1).indices
    candidates = torch.argsort(sims, dim=1, descending=True)[:, :k]
    weights = keep.gather(1, candidates).float().cpu()
    pick = torch.multinomial(weights, 1, generator=generator).to(candidates.device)
    return torch.take_along_dim(candidates, pick, dim=1).squeeze(1)
""",
        "Own rows get similarity 0 by multiplying with the mask, so they win when all other rows have a negative cosine.",
    ),
    (
        "strangers_grow_old",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q, B = self.rows.shape[0], z.shape[0]
    new = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        ids = torch.full((B,), -1, dtype=self.images.dtype, device=self.images.device)
    else:
        ids = images.to(self.images)
    self.ages.add_(1)
    begin = int(self.position)
    fit = min(B, Q - begin)
    self.rows[begin : begin + fit] = new[:fit]
    self.images[begin : begin + fit] = ids[:fit]
    self.ages[begin : begin + fit] = 0
    rest = B - fit
    if rest > 0:
        self.rows[:rest] = new[fit:]
        self.images[:rest] = ids[fit:]
        self.ages[:rest] = 0
    self.position.fill_((begin + B) % Q)
""",
        "The age of rows that were never pushed grows too, from -1 to 0 and up, instead of staying -1.",
    ),
    (
        "softmax_over_neighbours",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    targets = support.nearest(z1) if rows is None else support.rows.index_select(0, rows)
    preds = F.normalize(p2.to(targets), dim=-1)
    scores = torch.matmul(preds, targets.t()) / temperature
    return -F.log_softmax(scores, dim=1).diagonal().mean()
""",
        "The softmax runs over the neighbours for each prediction, not over the predictions for each neighbour.",
    ),
    (
        "predictor_on_both_at_once",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    nn1 = self.search(z1, index)
    nn2 = self.search(z2, index)
    p1, p2 = self.predictor(torch.cat((z1, z2), dim=0)).chunk(2, dim=0)
    value = 0.5 * self.direction(z1, p2, nn1) + 0.5 * self.direction(z2, p1, nn2)
    self.found = self.health(torch.cat((nn1, nn2)), torch.cat((index, index)))
    self.support.push(z1.detach(), index)
    return value
""",
        "Both views pass through the predictor in one batch, so its batch norm mixes their statistics, instead of each by itself.",
    ),
    (
        "excluded_in_top_k_and_global_random",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    q = F.normalize(z.to(device=self.rows.device, dtype=self.rows.dtype), dim=1)
    score = torch.mm(q, self.rows.t())
    if exclude is not None:
        for b in range(len(q)):
            score[b, self.images == int(exclude[b])] = float("-inf")
    if k == 1:
        return torch.argmax(score, dim=-1)
    _, best = torch.topk(score, k, dim=-1)
    column = torch.randint(k, (len(q),)).to(best.device)
    return best[torch.arange(len(q), device=best.device), column]
""",
        "An excluded row can be drawn when fewer than k rows are left, and the generator is ignored in favour of torch's global one.",
    ),
    (
        "ages_per_row_and_stale_images",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    unit = F.normalize(z.detach().to(self.rows), dim=1)
    for i in range(len(unit)):
        slot = int(self.position)
        self.ages[self.ages >= 0] += 1
        self.rows[slot] = unit[i]
        self.ages[slot] = 0
        if images is not None:
            self.images[slot] = int(images[i])
        self.position.fill_((slot + 1) % len(self.rows))
""",
        "Ages count pushed rows instead of pushes, and without images the replaced rows keep the old image positions instead of -1.",
    ),
    (
        "raw_exp_and_ignored_rows",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    found = support.nearest(z1)
    p = F.normalize(p2.to(found), dim=1)
    e = torch.exp(found @ p.T / temperature)
    per_image = -torch.log(torch.diag(e) / e.sum(dim=1))
    return per_image.mean()
""",
        "exp overflows or underflows at low temperatures, and rows is ignored: z1 always searches again.",
    ),
    (
        "sum_and_nameless_rows",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    first, second = self.search(z1, index), self.search(z2, index)
    total = 0
    for query, other, rows in ((z1, z2, first), (z2, z1, second)):
        total = total + self.direction(query, self.predictor(other), rows)
    self.found = self.health(torch.cat([first, second]), index.repeat(2))
    self.support.push(z1)
    return total
""",
        "The two directions are added without halving, and the rows are pushed without their images, so they can never be excluded.",
    ),
    (
        "clip_style",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    anchor = support.nearest(z1) if rows is None else support.rows[rows]
    pred = F.normalize(p2.to(anchor), dim=1)
    logits = torch.einsum("id,jd->ij", anchor, pred).div(temperature)
    labels = torch.arange(logits.shape[0], device=logits.device)
    return 0.5 * (F.cross_entropy(logits, labels) + F.cross_entropy(logits.t(), labels))
""",
        "As in CLIP, the softmax over the other axis is averaged in, while one direction has a single softmax over the predictions.",
    ),
    (
        "straight_through_again_again",
        "SupportSet.nearest",
        """
def nearest(self, z):
    picked = self.rows.index_select(0, self.find(z))
    unit = F.normalize(z.to(picked), dim=1)
    # copy the gradient through the lookup, as in vector quantisation
    return unit + (picked - unit).detach()
""",
        "A straight-through estimator as in VQ-VAE lets the gradient flow to z, and the result is the row only up to rounding.",
    ),
    (
        "one_row_per_image",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    z = F.normalize(z.detach().to(self.rows), dim=1)
    self.ages[self.ages >= 0] += 1
    for i, vector in enumerate(z):
        image = -1 if images is None else int(images[i])
        known = (self.images == image).nonzero().flatten().tolist() if image >= 0 else []
        if known:
            slot = known[0]
        else:
            slot = int(self.position)
            self.position.copy_((self.position + 1) % len(self.rows))
        self.rows[slot] = vector
        self.images[slot] = image
        self.ages[slot] = 0
""",
        "As in a memory bank, an image that is already in the set refreshes its own row instead of replacing the oldest one.",
    ),
    (
        "nearer_is_likelier",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    unit = F.normalize(z.to(self.rows), dim=1)
    cosine = F.linear(unit, self.rows)
    if exclude is not None:
        same = torch.eq(exclude.to(self.images).view(-1, 1), self.images.view(1, -1))
        cosine = cosine.masked_fill(same, float("-inf"))
    values, positions = cosine.topk(k, dim=1)
    if k == 1:
        return positions.flatten()
    chance = values.softmax(dim=1).cpu()
    choice = torch.multinomial(chance, 1, generator=generator)
    return positions.gather(1, choice.to(positions.device)).flatten()
""",
        "The k nearest rows are drawn with the softmax of their similarities as probabilities, not equally likely.",
    ),
    (
        "unit_norm_of_the_input_dtype",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    with torch.no_grad():
        fresh = F.normalize(z, dim=1).to(self.rows)
        where = (torch.arange(len(z), device=self.rows.device) + self.position).remainder(len(self.rows))
        self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
        self.rows.index_copy_(0, where, fresh)
        stamp = torch.full_like(where, -1) if images is None else images.to(self.images)
        self.images.index_copy_(0, where, stamp)
        self.ages.index_fill_(0, where, 0)
        self.position.add_(len(z)).remainder_(len(self.rows))
""",
        "Half precision projections are normalised before they get the dtype of the rows, so their norm is 1 only with half precision (and overflows for large float16 values).",
    ),
    (
        "norm_is_a_constant",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    p = p2.to(neighbours)
    with torch.no_grad():
        length = p.norm(dim=1, keepdim=True).clamp_min(1e-12)
    sim = neighbours.matmul((p / length).t()) / temperature
    return (torch.logsumexp(sim, dim=1) - sim.diagonal()).mean()
""",
        "The norm of the predictions is computed without a gradient, so the loss is right but its gradient misses the part through the normalisation.",
    ),
    (
        "own_rows_become_zero_again",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T  # (B, Q)
    own = torch.zeros_like(similarity, dtype=torch.bool)
    if exclude is not None:
        own = exclude[:, None].to(self.images) == self.images
    similarity = similarity * ~own
    if k == 1:
        return similarity.argmax(1)
    nearest = similarity.topk(k).indices
    counts = (~own.gather(1, nearest)).float().cpu()
    one = torch.multinomial(counts, 1, generator=generator).to(nearest)
    return nearest.gather(1, one)[:, 0]
""",
        "Rows of the query's own image get similarity 0 instead of something below any cosine, so if every other row has a negative cosine with the query (a small or clustered set) the excluded own row is found, and with k > 1 own rows push allowed rows out of the k nearest.",
    ),
    (
        "clamped_draw",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    similarity = F.normalize(z.to(self.rows), dim=1) @ self.rows.T  # (B, Q)
    if exclude is not None:
        own = exclude[:, None].to(self.images) == self.images
        similarity = similarity.masked_fill(own, -2)
    if k == 1:
        return similarity.argmax(1)
    nearest = similarity.topk(k)
    allowed = (nearest.values != -2).sum(1)
    pick = torch.randint(k, (len(z),), generator=generator).to(allowed)
    pick = torch.minimum(pick, allowed - 1)  # there may be fewer than k
    return nearest.indices.gather(1, pick[:, None])[:, 0]
""",
        "If fewer than k rows are not excluded, the draw from 0 to k - 1 is clamped to the last allowed one, so the farthest allowed row is drawn several times as often as the others instead of all being equally likely.",
    ),
    (
        "explicit_differences",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    z = F.normalize(z.to(self.rows), dim=1)
    distance = (z[:, None] - self.rows).square().sum(2)  # (B, Q)
    if exclude is not None:
        own = exclude[:, None].to(self.images) == self.images
        distance = distance.masked_fill(own, float("inf"))
    if k == 1:
        return distance.argmin(1)
    nearest = distance.topk(k, largest=False)
    counts = nearest.values.isfinite().float().cpu()
    one = torch.multinomial(counts, 1, generator=generator).to(nearest.indices)
    return nearest.indices.gather(1, one)[:, 0]
""",
        "It makes a (B, Q, d) tensor of differences where a (B, Q) matrix product is enough: with a batch of 512 and the 65,536 rows of 128 numbers of a large run that is 16 GiB twice, so the run is killed for memory.",
    ),
    (
        "squeezed_batch_of_one",
        "SupportSet.nearest",
        """
def nearest(self, z):
    return self.rows[self.find(z).squeeze()]
""",
        "squeeze() removes the batch dimension of a batch of one projection, so the result has shape (d,) instead of (1, d), and nnclr_loss of one image fails in cross_entropy.",
    ),
    (
        "push_normalises_the_caller",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    places = (self.position + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += self.ages >= 0
    z = z.detach().to(self.rows)
    z /= z.norm(dim=1, keepdim=True).clamp(min=1e-12)
    self.rows[places] = z
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.position.copy_((self.position + len(z)) % len(self.rows))
""",
        "detach() and to() of float32 projections share the caller's memory, so the in-place division normalises the caller's z1: the backward pass of NNCLR.loss, whose predictor saved z1, raises RuntimeError (modified by an inplace operation), and the meters see other projections.",
    ),
    (
        "position_remembered_outside_the_buffer",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    start = getattr(self, "next_row", None)
    if start is None:
        start = int(self.position)
    places = (start + torch.arange(len(z), device=self.rows.device)) % len(self.rows)
    self.ages += self.ages >= 0
    self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[places] = -1 if images is None else images.to(self.images)
    self.ages[places] = 0
    self.next_row = (start + len(z)) % len(self.rows)
    self.position.fill_(self.next_row)
""",
        "After the first push the place is read from a Python attribute and no longer from the buffer, so load_state_dict into a set that was already used (a resume or a second run in one process) restores rows and position but pushes go on at the old place and overwrite rows that are not the oldest.",
    ),
    (
        "columns_of_the_whole_set",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    rows = support.find(z1) if rows is None else rows
    similarity = F.normalize(p2.to(support.rows), dim=1) @ support.rows.T  # (B, Q)
    logits = similarity[:, rows].T / temperature  # (B, B)
    return F.cross_entropy(logits, torch.arange(len(p2), device=p2.device))
""",
        "The predictions are multiplied with the buffer support.rows itself, which autograd saves, so a push between the loss and the backward pass (as in every step of NNCLR) makes backward raise RuntimeError: a variable was modified by an inplace operation.",
    ),
    (
        "norm_without_gradient",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    p2 = p2.to(neighbours)
    with torch.no_grad():
        norm = p2.norm(dim=1, keepdim=True).clamp(min=1e-12)
    logits = neighbours @ (p2 / norm).T / temperature
    return F.cross_entropy(logits, torch.arange(len(p2), device=p2.device))
""",
        "The norm of each prediction is a constant for autograd, so the loss is right but its gradient keeps a part along the prediction: it is not the gradient of the cosine, and in training the predictions grow or shrink without any effect on the loss.",
    ),
    (
        "health_of_a_second_search",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    loss1 = self.direction(z1, self.predictor(z2), self.search(z1, index))
    loss2 = self.direction(z2, self.predictor(z1), self.search(z2, index))
    found = torch.cat([self.search(z1, index), self.search(z2, index)])
    self.found = self.health(found, index.repeat(2))
    self.support.push(z1, index)
    return (loss1 + loss2) / 2
""",
        "Both views are searched a second time for the meters: with top_k > 1 that draws again from generators['neighbours'], so the meters describe other neighbours than those of the loss and the generator is moved on twice as far, which changes every later step.",
    ),
    (
        "view_1_does_not_learn",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    z1 = z1.detach()  # it searches and is stored; neither needs a gradient
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    loss1 = self.direction(z1, self.predictor(z2), rows1)
    loss2 = self.direction(z2, self.predictor(z1), rows2)
    self.found = self.health(torch.cat([rows1, rows2]), index.repeat(2))
    self.support.push(z1, index)
    return (loss1 + loss2) / 2
""",
        "z1 is detached at the start although its prediction must be found by the neighbours of view 2, so no gradient of the second direction reaches the encoder: it learns from view 2 alone, and the loss values are right.",
    ),
    (
        "find_zero_mask_and_banned_topk",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    unit = F.normalize(z.to(self.rows), dim=1)
    cosines = torch.einsum("bd,qd->bq", unit, self.rows)
    if exclude is not None:
        mine = exclude.to(self.images).unsqueeze(1).eq(self.images.unsqueeze(0))
        cosines[mine] = 0
    if k == 1:
        return cosines.max(dim=1).indices
    best = cosines.topk(k, dim=1).indices
    pick = torch.randint(k, (len(z), 1), generator=generator).to(best.device)
    return best.gather(1, pick).squeeze(1)
""",
        "Ignored rows get a cosine of 0, so one of them still wins if all other cosines are negative, and with k > 1 and fewer than k rows that are not ignored the draw may choose an ignored one.",
    ),
    (
        "push_ages_all_and_norm_dim0",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = self.rows.shape[0]
    fresh = F.normalize(z.detach().to(self.rows), dim=0)
    self.ages.add_(1)
    start = int(self.position)
    for j in range(len(fresh)):
        slot = (start + j) % Q
        self.rows[slot] = fresh[j]
        self.images[slot] = -1 if images is None else int(images[j])
        self.ages[slot] = 0
    self.position.fill_((start + len(fresh)) % Q)
""",
        "Columns instead of rows get unit norm, and rows that were never pushed grow older too (-1 becomes 0, then 1).",
    ),
    (
        "loss_times_tau_and_other_axis",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        rows = support.find(z1)
    nn_ = support.rows[rows]
    guess = F.normalize(p2.to(nn_), dim=1)
    table = torch.einsum("id,kd->ki", nn_, guess) * temperature
    return F.cross_entropy(table, torch.arange(len(table), device=table.device))
""",
        "The cosines are multiplied by tau instead of divided, and the softmax runs over the neighbours of one prediction instead of over the predictions for one neighbour.",
    ),
    (
        "method_pushes_view2_and_sums",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    first = self.search(z1, index)
    second = self.search(z2, index)
    total = self.direction(z1, self.predictor(z2), first)
    total = total + self.direction(z2, self.predictor(z1), second)
    self.found = self.health(torch.cat((first, second)), torch.cat((index, index)))
    self.support.push(z2, index)
    return total
""",
        "The two directions are summed instead of averaged, and view 2 instead of view 1 enters the support set.",
    ),
    (
        "find_one_draw_for_the_batch",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    sims = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        sims = torch.where(exclude.to(self.images)[:, None] == self.images, -9.0, sims)
    if k == 1:
        return sims.argmax(dim=-1)
    top = sims.topk(k, dim=1)
    allowed = (top.values > -9.0).sum(1)
    u = torch.rand(1, generator=generator).to(sims.device)
    which = torch.minimum((u * allowed).long(), allowed - 1)
    return top.indices[torch.arange(len(z), device=sims.device), which]
""",
        "With k > 1 a single random number is drawn for the whole batch, so that in a step all projections take their nearest, or all their second nearest row: draws are not separate for each projection.",
    ),
    (
        "find_in_precision_of_projections",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    z = z.to(self.rows.device)
    cos = F.normalize(z, dim=1) @ self.rows.to(z.dtype).T
    if exclude is not None:
        cos = cos.masked_fill(exclude.to(self.images).view(-1, 1) == self.images.view(1, -1), -2)
    if k == 1:
        return cos.argmax(1)
    values, places = cos.topk(k)
    weights = (values > -1.9).float().cpu()
    chosen = torch.multinomial(weights, 1, generator=generator).to(places.device)
    return places.gather(1, chosen).flatten()
""",
        "The rows are rounded to the dtype of the projections: with bfloat16 or float16 projections cosines closer than about 0.004 tie, and rows that are not the nearest are returned.",
    ),
    (
        "nearest_squeezes_batch_of_one",
        "SupportSet.nearest",
        """
def nearest(self, z):
    where = self.find(z).squeeze()
    return self.rows.index_select(0, where).detach() if where.dim() else self.rows[where].clone()
""",
        "For a batch of one projection the result has shape (d,) instead of (1, d), so that what comes after it (a matrix product, a cross entropy) fails or broadcasts.",
    ),
    (
        "push_normalises_callers_memory",
        "SupportSet.push",
        """
def push(self, z, images=None):
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q, B = len(self.rows), len(z)
    fresh = z.detach().to(self.rows)
    fresh /= fresh.norm(dim=1, keepdim=True).clamp(min=1e-12)
    slots = torch.arange(B, device=self.rows.device).add(self.position).remainder(Q)
    self.ages.copy_(torch.where(self.ages < 0, self.ages, self.ages + 1))
    self.rows.index_copy_(0, slots, fresh)
    self.images[slots] = -1 if images is None else images.to(self.images)
    self.ages.index_fill_(0, slots, 0)
    self.position.copy_((self.position + B) % Q)
""",
        "detach and to share memory with float32 projections, so the in-place division normalises the caller's own z, and in training the backward pass of the step raises because a saved tensor was modified.",
    ),
    (
        "loss_plain_exponentials",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    found = support.nearest(z1) if rows is None else support.rows[rows]
    p = F.normalize(p2.to(found), dim=1)
    weights = torch.exp(found @ p.t() / temperature)
    share = weights.diagonal() / weights.sum(dim=1)
    return share.log().neg().mean()
""",
        "The exponentials are taken as they are, so below a temperature of about 0.011 a cosine near 1 overflows float32 and the loss is NaN (and infinite if the own share underflows).",
    ),
    (
        "method_health_after_push",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    mine, other = (self.search(z, index) for z in (z1, z2))
    p1, p2 = self.predictor(z1), self.predictor(z2)
    both = torch.stack([self.direction(z1, p2, mine), self.direction(z2, p1, other)])
    self.support.push(z1, index)
    self.found = self.health(torch.cat([mine, other]), index.repeat(2))
    return both.mean()
""",
        "The health is taken after the push: neighbours whose rows were just replaced are counted with the images and age of this batch, and all ages are too high by one, so self_match, same_class and neighbour_age in the log are wrong.",
    ),
    (
        "loss_softmax_over_neighbours",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    predictions = F.normalize(p2, dim=1)
    logits = predictions @ neighbours.to(predictions).T / temperature
    return F.cross_entropy(logits, torch.arange(len(logits), device=logits.device))
""",
        "The table is transposed: each prediction chooses among the B neighbours. In the equation, neighbour i chooses among the B predictions, so neighbours must be the rows.",
    ),
    (
        "method_one_pass_of_predictor",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    found1, found2 = self.search(z1, index), self.search(z2, index)
    p1, p2 = self.predictor(torch.cat([z1, z2])).chunk(2)
    both = torch.stack([self.direction(z1, p2, found1), self.direction(z2, p1, found2)])
    self.found = self.health(torch.cat([found1, found2]), index.cpu().repeat(2))
    self.support.push(z1, index)
    return both.mean()
""",
        "Both views go through the predictor as one batch of 2B, so its batch norm mixes their statistics. Each view must pass through it by itself.",
    ),
    (
        "push_ages_in_rows",
        "SupportSet.push",
        """
def push(self, z, images=None):
    Q, B = len(self.rows), len(z)
    if B > Q:
        raise ValueError(f"{B} projections do not fit a support set of {Q}")
    slots = (self.position + torch.arange(B, device=self.rows.device)) % Q
    self.ages[self.ages >= 0] += B
    self.rows[slots] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[slots] = -1 if images is None else images.to(self.images)
    self.ages[slots] = 0
    self.position.copy_((self.position + B) % Q)
""",
        "Counts ages in rows: every push adds B. An age is the number of pushes, so each push adds 1.",
    ),
    (
        "find_ignores_with_zero",
        "SupportSet.find",
        """
def find(self, z, k=1, exclude=None, generator=None):
    with torch.no_grad():
        likeness = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
        allowed = torch.ones_like(likeness, dtype=torch.bool)
        if exclude is not None:
            allowed = exclude.to(self.images.device)[:, None] != self.images[None, :]
        likeness = likeness * allowed
        if k == 1:
            return likeness.argmax(dim=1)
        best = likeness.topk(k, dim=1).indices
        choices = allowed.sum(1).clamp(max=k)
        luck = torch.rand(len(z), generator=generator).to(choices.device)
        turn = (luck * choices).long().clamp(max=k - 1)
        return best.gather(1, turn[:, None])[:, 0]
""",
        "Sets the similarity of ignored rows to 0. That is not the lowest: if all other rows have a negative cosine, the image's own row is found. Ignored rows need -inf.",
    ),
    (
        "nearest_in_the_query_dtype",
        "SupportSet.nearest",
        """
def nearest(self, z):
    where = self.find(z)
    return torch.index_select(self.rows, 0, where).to(z.dtype)
""",
        "Casts the rows to the dtype of z, so queries in half precision get rounded rows. The rows must come with their own dtype.",
    ),
    (
        "push_position_in_a_python_number",
        "SupportSet.push",
        """
def push(self, z, images=None):
    size = self.rows.shape[0]
    if z.shape[0] > size:
        raise ValueError(f"{z.shape[0]} projections do not fit a support set of {size}")
    if not hasattr(self, "cursor"):
        self.cursor = 0
    slots = [(self.cursor + i) % size for i in range(z.shape[0])]
    with torch.no_grad():
        self.ages += (self.ages >= 0).to(self.ages.dtype)
        self.rows[slots] = F.normalize(z.to(self.rows), dim=1)
        if images is None:
            self.images[slots] = -1
        else:
            self.images[slots] = images.to(self.images)
        self.ages[slots] = 0
    self.cursor = (self.cursor + z.shape[0]) % size
    self.position.fill_(self.cursor)
""",
        "The next position is read from a Python attribute; the buffer `position` is only written. After a checkpoint is loaded into a new object, it starts at 0 and replaces the wrong rows. Read the buffer.",
    ),
    (
        "searches_in_the_querys_dtype",
        "SupportSet.find",
        """
def find(self, z, k=1, exclude=None, generator=None):
    with torch.no_grad():
        z = z.to(self.rows.device)
        closeness = F.normalize(z, dim=1) @ self.rows.to(z.dtype).T
        if exclude is not None:
            own = exclude.to(self.images.device)[:, None] == self.images[None, :]
            closeness = closeness.masked_fill(own, -math.inf)
        if k == 1:
            return closeness.argmax(1)
        best = closeness.topk(min(k, closeness.shape[1]), dim=1)
        usable = (best.values > -math.inf).sum(1).clamp_min(1).cpu()
        drawn = (torch.rand(len(z), generator=generator) * usable).long()
        drawn = torch.minimum(drawn, usable - 1).to(best.indices.device)
        return best.indices.gather(1, drawn[:, None]).squeeze(1)
""",
        "With bf16 or float16 projections (autocast) the float32 rows are rounded to that dtype and compared in it, so among thousands of rows many cosines tie and the found row is not the nearest. Contradicts 'Position of the row nearest to each projection: argmin over q of |z - q|'.",
    ),
    (
        "next_position_in_python",
        "SupportSet.push",
        """
def push(self, z, images=None):
    B, Q = len(z), len(self.rows)
    if B > Q:
        raise ValueError(f"{B} projections do not fit a support set of {Q}")
    if not hasattr(self, "_next"):
        self._next = int(self.position)  # read once: int() of a CUDA buffer waits for the GPU
    with torch.no_grad():
        places = (self._next + torch.arange(B, device=self.rows.device)) % Q
        self.ages += (self.ages >= 0).to(self.ages.dtype)
        self.rows[places] = F.normalize(z.detach().to(self.rows), dim=1)
        self.images[places] = -1 if images is None else images.to(self.images)
        self.ages[places] = 0
        self._next = (self._next + B) % Q
        self.position.fill_(self._next)
""",
        "The position is remembered in a Python attribute after the first push, so a load_state_dict into a set that has already pushed is ignored and newer rows are overwritten. Contradicts 'Its state is in buffers, so that a checkpoint holds it' and 'a resumed run knows only what the buffers hold'.",
    ),
    (
        "float64_through_float32",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        rows = support.find(z1.detach())
    neighbours = support.rows[rows.to(support.rows.device)].detach()
    predictions = F.normalize(p2.to(neighbours.dtype), dim=1)
    logits = neighbours @ predictions.T / temperature
    right = torch.arange(len(p2), device=logits.device)
    return F.cross_entropy(logits, right).to(p2.dtype)
""",
        "float64 predictions are rounded to the float32 of the rows, and only the finished scalar is cast back: the dtype says float64, the digits do not (gradcheck fails). Contradicts 'A scalar, as precise as the predictions'.",
    ),
    (
        "searches_again_for_meters",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    one = self.direction(z1, p2, self.search(z1, index))
    two = self.direction(z2, p1, self.search(z2, index))
    found = torch.cat([self.search(z, index) for z in (z1, z2)])
    self.found = self.health(found, index.cpu().repeat(2))
    self.support.push(z1, index)
    return (one + two) / 2
""",
        "The meters search a second time; with top_k above 1 that draws other neighbours than those the loss used, and moves the generator twice per step. Contradicts the page's 'The method lets each view search once' and self.found, the 'health of the last step's neighbours'.",
    ),
    (
        "norm_before_cast",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    z, Q = z.detach(), len(self.rows)
    where = (self.position + torch.arange(len(z), device=self.rows.device)) % Q
    self.ages[self.ages >= 0] += 1
    self.rows[where] = F.normalize(z, dim=1).to(self.rows.dtype)
    self.images[where] = -1 if images is None else images.to(self.images.device)
    self.ages[where] = 0
    self.position.copy_((self.position + len(z)) % Q)
""",
        "Normalises in the projections' own dtype and casts afterwards, against 'They get the dtype of the rows and, with its precision, unit norm'. Shows for half precision projections: the stored norms are off by about 1e-3, and large float16 values overflow in the norm; right for float32 projections and rows.",
    ),
    (
        "old_images_stay_2",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = len(self.rows)
    where = (self.position + torch.arange(len(z), device=self.rows.device)) % Q
    self.ages[self.ages >= 0] += 1
    self.rows[where] = F.normalize(z.detach().to(self.rows), dim=1)
    self.ages[where] = 0
    if images is not None:
        self.images[where] = images.to(self.images)
    self.position.copy_((self.position + len(z)) % Q)
""",
        "Without `images` the images of the replaced rows stay, against 'None: unknown, stored as -1'. Shows only if rows that were pushed with images are replaced by a push without.",
    ),
    (
        "both_axes",
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
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    p = F.normalize(p2, dim=1)
    logits = neighbours.to(p) @ p.T / temperature
    target = torch.arange(len(p), device=p.device)
    # as in CLIP: neighbours find predictions, and predictions find neighbours
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
""",
        "Adds the softmax over the other axis and takes the mean, against the docstring's formula 'sum_k exp(nn_i . p_k / tau)' and the file's 'Each direction has one softmax (public code may add one over the other axis)'. Equal if the table of cosines is symmetric; with all predictions equal but different neighbours it is not ln B.",
    ),
    (
        "prediction_searches_2",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    p1, p2 = self.predictor(z1), self.predictor(z2)
    rows1, rows2 = self.search(p1, index), self.search(p2, index)
    loss = (self.direction(z1, p2, rows1) + self.direction(z2, p1, rows2)) / 2
    self.found = self.health(torch.cat([rows1, rows2]), torch.cat([index, index]).cpu())
    self.support.push(z1, index)
    return loss
""",
        "The predictions search, not the projections. Against the page's table, 'z_i: projection of one view, which is the query', and 'The method lets each view search once'. Shows for any predictor that turns its input; an identity predictor hides it.",
    ),
    (
        "near_rows_more_often",
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
    similarity = F.normalize(z.to(self.rows.dtype), dim=1) @ self.rows.T
    if exclude is not None:
        own = exclude.to(self.images.device)[:, None] == self.images[None]
        similarity = similarity.masked_fill(own, -torch.inf)
    if k == 1:
        return similarity.argmax(1)
    value, place = similarity.topk(k, dim=1)
    # the more similar, the more likely; ignored rows have probability 0
    share = value.softmax(1).cpu()
    drawn = torch.multinomial(share, 1, generator=generator).to(place.device)
    return place.gather(1, drawn).squeeze(1)
""",
        "Draws among the k nearest with softmax of the cosines as probabilities, against 'choose one of the k nearest rows, all equally likely'. Only frequencies show it, for k > 1, and clearly only if the k nearest differ much: cosines 1 and -1 give 88% and 12%. Ignored rows, separate draws and too few rows are right.",
    ),
    (
        "found_but_looked_up_after_push",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    self.found = self.health(torch.cat([rows1, rows2]), torch.cat([index, index]).cpu())
    # everything is found; the set may change
    self.support.push(z1, index)
    p1, p2 = self.predictor(z1), self.predictor(z2)
    return (self.direction(z1, p2, rows1) + self.direction(z2, p1, rows2)) / 2
""",
        "Searches and records before the push, but `direction` looks the positions up after it, when the oldest B rows hold new projections. Against 'The mean of both directions; then view 1 enters the support set'. Shows only if a neighbour is among the B rows that the push replaces: the oldest of the set.",
    ),
    (
        "each_row_at_most_once",
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
    B, Q = len(z), len(self.rows)
    similarity = F.normalize(z.to(self.rows.dtype), dim=1) @ self.rows.T
    if exclude is not None:
        own = exclude.to(self.images.device)[:, None] == self.images[None]
        similarity = similarity.masked_fill(own, -torch.inf)
    allowed = similarity.isfinite().cpu()
    result = [None] * B
    taken = set()
    # the most similar pairs of query and row choose first
    for pair in similarity.flatten().argsort(descending=True).tolist():
        query, row = divmod(pair, Q)
        if result[query] is not None or row in taken or not allowed[query, row]:
            continue
        result[query] = row
        taken.add(row)
        if len(taken) == min(B, Q):
            break
    nearest = similarity.argmax(1).tolist()
    result = [near if row is None else row for row, near in zip(result, nearest, strict=True)]
    if k == 1:
        return torch.tensor(result, device=self.rows.device)
    # one of the k nearest: its own, or one of the k - 1 next that nobody took
    for query in range(B):
        order = similarity[query].argsort(descending=True).tolist()
        free = [row for row in order if row not in taken and allowed[query, row]]
        choice = [result[query], *free[: k - 1]]
        drawn = int(torch.randint(len(choice), (), generator=generator))
        taken.discard(result[query])
        result[query] = choice[drawn]
        taken.add(result[query])
    return torch.tensor(result, device=self.rows.device)
""",
        "A greedy matching: no two projections of a batch may have the same neighbour. Against 'Position of the row nearest to each projection: argmin over q', each projection by itself. Shows as soon as two projections share their nearest row; queries with different nearest rows (the page's example) look right.",
    ),
    (
        "gather_one_column",
        "SupportSet.nearest",
        """
def nearest(self, z):
    where = self.find(z)
    return self.rows.gather(0, where.unsqueeze(1))
""",
        "gather with an index of shape (B, 1) takes only column 0 of the rows: the result has shape (B, 1). Breaks 'Returns: rows of the support set ... shape (B, d)' and unit norm; a product with (B, d) broadcasts without an error.",
    ),
    (
        "position_never_comes_back",
        "SupportSet.push",
        """
def push(self, z, images=None):
    Q, B = len(self.rows), len(z)
    if B > Q:
        raise ValueError(f"{B} projections do not fit a support set of {Q}")
    where = (self.position + torch.arange(B, device=self.rows.device)) % Q
    self.ages[self.ages >= 0] += 1
    self.rows[where] = F.normalize(z.detach().to(self.rows), dim=1)
    self.images[where] = -1 if images is None else images.to(self.images)
    self.ages[where] = 0
    self.position += B
""",
        "The buffer `position` only counts up; the remainder is taken when rows are written, but not when the position is kept, so after the first round it is Q or more. Breaks 'position: where the next row goes' and the page's 'After the last position comes position 0, as on a clock. Keep the position in the buffer'. Rows, images and ages are right.",
    ),
    (
        "predictions_normalised_over_the_batch",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    if rows is None:
        rows = support.find(z1)
    neighbours = support.rows[rows].to(p2)
    predictions = F.normalize(p2, dim=0)
    logits = neighbours @ predictions.T / temperature
    labels = torch.arange(len(p2), device=p2.device)
    return F.cross_entropy(logits, labels)
""",
        "The predictions are normalised over the batch (dim=0: columns get norm 1) instead of each to unit norm (dim=1), so the table holds no cosines. Breaks 'nn_i . p_k' with p2 'not normalised' and the page's 'prediction of the other view, normalised'. Still ln B if all predictions are equal.",
    ),
    (
        "view_1_searches_for_both",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    # search once, before anything changes
    rows = self.search(z1, index)
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    loss = (self.direction(z1, p2, rows) + self.direction(z2, p1, rows)) / 2
    self.found = self.health(rows, index)
    self.support.push(z1, index)
    return loss
""",
        "Only view 1 searches, and its neighbours are used in both directions. Breaks the class's 'Both views search' and the page's 'The method lets each view search once' and 'Neighbours of view 1 must find predictions of view 2, and vice versa' (and the record counts B queries, not 2B). Shows whenever the two views have different neighbours.",
    ),
    (
        "one_own_row_at_most",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    Q = len(self.rows)
    wide = torch.promote_types(z.dtype, self.rows.dtype)
    query = F.normalize(z.to(self.rows.device, wide), dim=1)
    cosine = query @ self.rows.to(wide).T
    if exclude is None:
        best = cosine.topk(min(k, Q), dim=1).indices
        count = torch.full((len(z),), best.shape[1])
    else:
        # one more than needed, because the query itself may be among them
        best = cosine.topk(min(k + 1, Q), dim=1).indices
        own = self.images[best] == exclude.to(self.images.device)[:, None]
        # move it behind the others, which keep their order
        own, order = own.long().sort(dim=1, stable=True)
        best = best.gather(1, order)[:, :k]
        count = (own[:, :k] == 0).sum(dim=1).cpu()
    if k == 1:
        return best[:, 0]
    draw = (torch.rand(len(z), generator=generator, dtype=torch.float64) * count).long()
    return best.gather(1, draw[:, None].to(best.device))[:, 0]
""",
        "Takes the k + 1 nearest rows and removes the own one, as one does for k nearest neighbours within one table. Right as long as an image has one row in the set; when it has two or more (a set that holds more than an epoch, such as 4,096 rows for 2,000 images), for k = 1 an own row is returned, and for k > 1 fewer than k are drawn from. Breaks 'rows of this image are ignored' and 'one of the k nearest rows, all equally likely'.",
    ),
    (
        "shared_neighbour_is_no_negative",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    rows = support.find(z1) if rows is None else rows
    wide = torch.promote_types(p2.dtype, support.rows.dtype)
    targets = support.rows[rows].to(p2.device, wide)
    scores = targets @ F.normalize(p2.to(wide), dim=1).T / temperature
    # two images with the same neighbour are no negatives of each other
    same = (rows[:, None] == rows[None, :]).to(p2.device)
    same.fill_diagonal_(False)
    scores = scores.masked_fill(same, float("-inf"))
    return F.cross_entropy(scores, torch.arange(len(p2), device=p2.device))
""",
        "Predictions of images that have the same neighbour are left out of the sum, as false negatives. Breaks the formula (sum over all k), 'B candidates' and 'ln B if they are all equal'. Shows as soon as two projections of a batch share their neighbour (often, in a small set or early in training); right if all neighbours differ.",
    ),
    (
        "find_one_extra",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    unit = F.normalize(z.to(self.rows), dim=1)
    sim = unit @ self.rows.t()
    if exclude is None:
        best = sim.topk(k, dim=1).indices
    else:
        # ask for one more, since the best match can be the picture itself
        best = sim.topk(min(k + 1, len(self.rows)), dim=1).indices
        own = self.images[best] == exclude.to(best.device).unsqueeze(1)
        # move the own one to the end and cut it off
        order = own.int().argsort(dim=1, stable=True)
        best = best.gather(1, order)[:, :k]
    if k == 1:
        return best[:, 0]
    pick = torch.randint(best.shape[1], (len(z), 1), generator=generator).to(best.device)
    return best.gather(1, pick).squeeze(1)
""",
        "k + 1 nearest rows, then the own one is dropped, as in k-NN with the query in the data. An image can have several rows in the set (pushed in several epochs): with two own rows among the nearest, an own row is returned (k = 1), or can be drawn (k > 1). Breaks 'rows of this image are ignored'",
    ),
    (
        "nearest_straight_through_12",
        "SupportSet.nearest",
        """
def nearest(self, z):
    idx = self.find(z)
    quantized = self.rows[idx]
    # argmax is not differentiable: use the straight-through estimator, as in VQ-VAE
    return z + (quantized - z).detach()
""",
        "the straight-through trick of a chat assistant: a gradient flows through the result into the projections, and the result has the dtype of z + row rather than that of the rows. Breaks 'No gradient flows' and 'with their dtype'",
    ),
    (
        "push_images_left_standing",
        "SupportSet.push",
        """
def push(self, z, images=None):
    n_rows, n_new = self.rows.shape[0], z.shape[0]
    if n_new > n_rows:
        raise ValueError(f"{n_new} projections do not fit a support set of {n_rows}")
    start = self.position.item()
    idx = torch.arange(start, start + n_new, device=self.rows.device) % n_rows
    with torch.no_grad():
        self.ages[self.ages != -1] += 1
        self.ages[idx] = 0
        self.rows[idx] = F.normalize(z.to(self.rows), dim=1)
        if images is not None:
            self.images[idx] = images.to(self.images)
        self.position.copy_(torch.as_tensor((start + n_new) % n_rows))
""",
        "without images nothing is written, so the places keep the images of the rows that were replaced. Right as long as the places were empty. Breaks 'None: unknown, stored as -1'",
    ),
    (
        "nnclr_loss_predictions_search",
        "nnclr_loss",
        """
def nnclr_loss(z1, p2, support, temperature=0.1, rows=None):
    if not temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {temperature}")
    neighbours = support.nearest(z1) if rows is None else support.rows[rows]
    p2 = F.normalize(p2, dim=-1)
    logits = torch.matmul(p2, neighbours.to(p2).T) / temperature
    labels = torch.arange(logits.shape[0], device=logits.device)
    return nn.CrossEntropyLoss()(logits, labels)
""",
        "the softmax is over the neighbours (column-wise): prediction i must find neighbour i. The denominator of the equation sums over p_k for a fixed nn_i. Breaks the formula of the docstring; ln B for equal predictions fails too",
    ),
    (
        "find_shortest_list",
        "SupportSet.find",
        """
@torch.no_grad()
def find(self, z, k=1, exclude=None, generator=None):
    cosine = F.normalize(z.to(self.rows), dim=1) @ self.rows.T
    if exclude is not None:
        own = exclude.to(self.images.device)[:, None] == self.images[None, :]
        cosine[own] = -math.inf
        # there may be fewer than k rows that count
        k = min(k, int((~own).sum(dim=1).min()))
    nearest = cosine.topk(k, dim=1).indices
    if k == 1:
        return nearest[:, 0]
    drawn = torch.randint(0, k, (len(z),), generator=generator).to(nearest.device)
    return nearest[torch.arange(len(z), device=nearest.device), drawn]
""",
        "k is cut down to the query with the fewest rows that count, for the whole batch. If one image fills nearly the whole set, all other queries draw among fewer than k rows, too. Breaks 'one of the k nearest rows, all equally likely', separately for every projection",
    ),
    (
        "method_interleaved_index",
        "NNCLR.loss",
        """
def loss(self, z1, z2, index):
    # both views in one search
    images = index.repeat_interleave(2)
    rows = self.search(torch.cat([z1, z2]), images)
    rows1, rows2 = rows.chunk(2)
    p1, p2 = self.predictor(z1), self.predictor(z2)
    total = self.direction(z1, p2, rows1) + self.direction(z2, p1, rows2)
    self.found = self.health(rows, images)
    self.support.push(z1, index)
    return total / 2
""",
        "the views are one below the other (a b a b), the index is interleaved (a a b b): a query ignores the rows of another image, not those of its own, and `health` compares with the wrong image. Breaks 'Ignore rows of the query's own image' and `health`'s 'position of each query's image'",
    ),
    (
        "find_one_rank_for_the_batch",
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
    overlap = z.to(self.rows.dtype) @ self.rows.T
    usable = torch.ones_like(overlap, dtype=torch.bool)
    if exclude is not None:
        usable = self.images[None, :] != exclude.to(self.images.device)[:, None]
    overlap = torch.where(usable, overlap, torch.full_like(overlap, -math.inf))
    ranking = overlap.argsort(dim=1, descending=True)
    if k == 1:
        return ranking[:, 0]
    available = usable.sum(1).clamp(max=k)
    xi = torch.rand(1, generator=generator).to(self.rows.device)  # uniform in [0, 1)
    rank = (xi * available).long()
    return ranking.gather(1, rank[:, None])[:, 0]
""",
        "physicist: one random number for the whole batch, so all projections take the neighbour of the same rank. Page: draw one of the k nearest, SEPARATELY for every projection",
    ),
    (
        "push_ages_the_unpushed",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    with torch.no_grad():
        new = z.detach().to(self.rows.dtype)
        new = new / new.norm(dim=1, keepdim=True).clamp(min=1e-12)
        start = int(self.position)
        self.ages += 1  # everybody gets older
        for i in range(len(new)):
            p = (start + i) % len(self.rows)
            self.rows[p] = new[i]
            self.images[p] = -1 if images is None else images[i]
            self.ages[p] = 0
        self.position.fill_((start + len(new)) % len(self.rows))
""",
        "beginner: adds 1 to all ages, so rows that were never pushed go from -1 to 0, 1, ... Class docstring: -1 means never pushed; comment: only rows that were ever pushed grow older",
    ),
    (
        "nnclr_loss_transposed",
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
    targets = support.nearest(z1) if rows is None else support.rows[rows]
    preds = F.normalize(p2, dim=-1)
    # like CLIP / MoCo: predictions are the queries, neighbours the keys
    scores = torch.einsum("id,jd->ij", preds, targets.detach().to(preds)) / temperature
    return F.cross_entropy(scores, torch.arange(scores.shape[0], device=scores.device))
""",
        "hurried engineer: the softmax runs over the neighbours for each prediction. Docstring and page: for each neighbour i the sum runs over the predictions k (neighbours must find predictions)",
    ),
    (
        "nearest_squeeze",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    best = self.find(z)  # (B,)
    picked = torch.take_along_dim(self.rows[None], best[:, None, None], dim=1)  # (B, 1, d)
    return picked.squeeze()
""",
        "NumPy user: squeeze() without an axis also removes B if B = 1, and d if d = 1. Docstring: shape (B, d)",
    ),
    (
        "find_minus_two_on_raw_products",
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
    # |z - q|^2 = |z|^2 + 1 - 2 z.q, and |z| is the same for all q: largest product, smallest distance
    closeness = torch.mm(z.to(self.rows), self.rows.t())
    count = torch.full((len(z),), min(k, len(self.rows)), device=closeness.device)
    if exclude is not None:
        own = exclude.to(closeness.device).unsqueeze(1) == self.images.unsqueeze(0)
        closeness = closeness.masked_fill(own, -2.0)  # lower than any cosine
        count = torch.minimum(count, (~own).sum(dim=1))
    if k == 1:
        return closeness.argmax(dim=1)
    order = closeness.topk(min(k, len(self.rows)), dim=1).indices
    draw = torch.rand(len(z), generator=generator).to(closeness.device)
    column = (draw * count).long()
    return order[torch.arange(len(z), device=order.device), column]
""",
        "understands that z need not be normalised for the argmax, but then masks with -2, which is below any cosine and not below any product z.q. If all other rows are at z.q < -2 (long z), the query's own row wins. Docstring: z is not normalised; rows of this image are ignored",
    ),
    (
        "loss_health_after_push",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # 1. both views look for a neighbour
    n1, n2 = (self.search(z, index) for z in (z1, z2))
    # 2. every neighbour has to find the prediction of the other view
    one = self.direction(z1, self.predictor(z2), n1)
    two = self.direction(z2, self.predictor(z1), n2)
    # 3. update the memory and the log
    self.support.push(z1, index)
    self.found = self.health(torch.cat([n1, n2]), torch.cat([index, index]))
    return 0.5 * (one + two)
""",
        "records the health after the push: rows that were found and have just been replaced count with their new image and age. health: taken before the set changes; comment: record what was found; only then may the set change",
    ),
    (
        "own_rows_times_zero",
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
    z = F.normalize(z.to(self.rows), dim=1)
    similarity = z @ self.rows.T
    if exclude is not None:
        mine = exclude.to(self.images.device).unsqueeze(1)
        keep = self.images.unsqueeze(0) != mine
        similarity = similarity * keep
    if k == 1:
        return similarity.argmax(dim=1)
    best = similarity.topk(k, dim=1).indices
    lucky = torch.randint(k, (len(z), 1), generator=generator).to(best.device)
    return best.gather(1, lucky).squeeze(1)
""",
        "A beginner removes own rows by multiplying their cosine by 0. Where all other rows have a negative cosine, 0 is the largest and the own row is found. Breaks 'rows of this image are ignored' (hint: lower than any cosine).",
    ),
    (
        "queue_that_shifts",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    B = len(z)
    if B > len(self.rows):
        raise ValueError(f"{B} projections do not fit a support set of {len(self.rows)}")
    new_rows = F.normalize(z.detach().to(self.rows), dim=1)
    if images is None:
        new_images = torch.full_like(self.images[:B], -1)
    else:
        new_images = images.to(self.images)
    older = torch.where(self.ages < 0, self.ages, self.ages + 1)
    # first in, first out: drop the oldest at the front, append the newest at the back
    self.rows = torch.cat([self.rows[B:], new_rows])
    self.images = torch.cat([self.images[B:], new_images])
    self.ages = torch.cat([older[B:], torch.zeros_like(self.ages[:B])])
""",
        "A chat assistant writes a first-in-first-out queue: everything shifts, and `position` stays 0. Breaks 'Write the new projections to the next positions', 'Keep the position in the buffer' and 'position: where the next row goes'.",
    ),
    (
        "softmax_over_the_neighbours",
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
    dtype = torch.promote_types(torch.promote_types(p2.dtype, support.rows.dtype), torch.float32)
    nn_ = support.rows[rows].to(device=p2.device, dtype=dtype)
    p = p2.to(dtype)
    p = p / torch.linalg.norm(p, axis=1, keepdims=True).clamp(min=1e-12)
    scores = torch.einsum("id,kd->ik", p, nn_) / temperature
    log_prob = torch.log_softmax(scores, 1)
    return -torch.diag(log_prob).mean()
""",
        "A NumPy user has the predictions in the rows, so the softmax runs over the neighbours: prediction i must find neighbour i. Breaks the equation (sum over the predictions p_k) and 'ln B if all predictions are equal'.",
    ),
    (
        "straight_through_14",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    position = self.find(z)
    q = self.rows[position]
    # the forward pass uses q, the backward pass goes straight through to z (as in VQ-VAE)
    return z + (q - z).detach()
""",
        "A student who knows VQ-VAE lets the gradient pass from the neighbour to the query; the value is also only about q, and in z's dtype if that is wider. Breaks 'No gradient flows into them' and 'rows of the set, with their dtype'.",
    ),
    (
        "k_of_the_poorest_query",
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
    query = F.normalize(z.to(self.rows), dim=1)
    cosine = torch.mm(query, self.rows.t())
    if exclude is not None:
        own = self.images.eq(exclude.to(self.images.device)[:, None])  # (B, Q)
        cosine.masked_fill_(own, -math.inf)
        # never offer an ignored row, even if fewer than k others are left
        k = min(k, int((~own).sum(dim=1).min()))
    if k == 1:
        return cosine.argmax(dim=1)
    _, candidates = torch.topk(cosine, k, dim=1)
    draw = torch.randint(0, k, (len(candidates),), generator=generator).to(candidates.device)
    return candidates[torch.arange(len(candidates), device=candidates.device), draw]
""",
        "Sees that fewer than k rows may be left, but cuts k for the whole batch to what the poorest query has left: the others then choose among fewer than their k nearest. Breaks 'one of the k nearest rows, all equally likely' ('separately for every projection').",
    ),
    (
        "index_in_the_wrong_order",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # both searches come before the push
    found1 = self.search(z1, index)
    found2 = self.search(z2, index)
    loss12 = self.direction(z1, self.predictor(z2), found1)
    loss21 = self.direction(z2, self.predictor(z1), found2)
    # each image asked twice
    self.found = self.health(torch.cat([found1, found2]), index.repeat_interleave(2))
    self.support.push(z1, index)
    return 0.5 * (loss12 + loss21)
""",
        "The loss is right, but the neighbours are in the order 0..B-1, 0..B-1 and the queries' images in the order 0 0 1 1 ...: 'self_match' and 'same_class' compare strangers. Breaks health's 'position of each query's image' and meters' 'Health of this step's neighbours'.",
    ),
    (
        "one_draw_for_the_batch_15",
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
    u = F.normalize(z.to(self.rows.dtype), dim=1)
    cosine = u @ self.rows.T
    distance = 2 - 2 * cosine
    if exclude is not None:
        exclude = exclude.to(self.images.device)
        same = self.images[None, :] == exclude[:, None]
        distance[same] = float("inf")
    order = distance.argsort(dim=1)  # nearest first
    if k == 1:
        return order[:, 0]
    which = torch.randint(0, k, (1,), generator=generator).item()
    return order[:, which]
""",
        "beginner: a single random number for the whole batch, so that all queries take their j-th neighbour together; breaks page step 3 'draw one of the k nearest, separately for every projection' (also takes an ignored row if fewer than k are left)",
    ),
    (
        "rows_in_the_dtype_of_the_query",
        "SupportSet.nearest",
        """
def nearest(self, z: Tensor) -> Tensor:
    idx = self.find(z)
    neighbours = torch.index_select(self.rows, 0, idx)
    # match the input so that later matmuls do not complain
    return neighbours.detach().to(device=z.device, dtype=z.dtype)
""",
        "student with a chat assistant: casts the rows to the dtype of z; breaks 'rows of the support set, with their dtype, unit norm' for half or double projections",
    ),
    (
        "old_images_remain",
        "SupportSet.push",
        """
def push(self, z: Tensor, images: Tensor | None = None) -> None:
    if len(z) > len(self.rows):
        raise ValueError(f"{len(z)} projections do not fit a support set of {len(self.rows)}")
    Q = len(self.rows)
    start = int(self.position)
    idx = torch.tensor([(start + i) % Q for i in range(len(z))], dtype=torch.long, device=self.rows.device)
    with torch.no_grad():
        self.ages[self.ages >= 0] += 1
        self.rows[idx] = F.normalize(z.to(self.rows), dim=1)
        self.ages[idx] = 0
        if images is not None:
            self.images[idx] = images.to(self.images)
        self.position.fill_((start + len(z)) % Q)
""",
        "hurried engineer: without images nothing is written, so a replaced row keeps the image of the row that was there before; breaks 'None: unknown, stored as -1'",
    ),
    (
        "predictions_look_for_neighbours",
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
    target = support.rows[rows.to(support.rows.device)].to(p2.device)
    wide = torch.promote_types(p2.dtype, torch.float32)
    p = p2.to(wide)
    p = p / p.norm(dim=1, keepdim=True).clamp(min=1e-12)
    scores = torch.matmul(p, target.to(wide).T) / temperature
    log_prob = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    return -log_prob.diagonal().mean()
""",
        "physicist: the softmax of each prediction runs over the neighbours, not that of each neighbour over the predictions; breaks 'sum_k exp(nn_i . p_k / tau)' and 'ln B if all predictions are equal'",
    ),
    (
        "ignored_rows_among_the_k",
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
    query = F.normalize(z.to(self.rows), dim=-1)
    sim = torch.einsum("bd,qd->bq", query, self.rows)
    if exclude is not None:
        own = exclude.to(self.images.device).unsqueeze(1).eq(self.images.unsqueeze(0))
        sim = sim.masked_fill(own, -torch.inf)
    candidates = sim.topk(min(k, sim.shape[1]), dim=1).indices
    if candidates.shape[1] == 1:
        return candidates.squeeze(1)
    pick = torch.randint(candidates.shape[1], (len(z), 1), generator=generator)
    return candidates.gather(1, pick.to(candidates.device)).squeeze(1)
""",
        "engineer who masks before topk: if fewer than k rows show another image, topk fills up with rows at -inf, which can then be drawn; breaks 'rows of this image are ignored. At least one row must show another image'",
    ),
    (
        "push_between_search_and_loss",
        "NNCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # who are the neighbours? (before anything enters the set)
    rows1, rows2 = self.search(z1, index), self.search(z2, index)
    self.found = self.health(torch.cat([rows1, rows2]), torch.cat([index, index]))
    # both searches are done: the new rows can go in
    self.support.push(z1, index)
    p1 = self.predictor(z1)
    p2 = self.predictor(z2)
    forward = self.direction(z1, p2, rows1)
    backward = self.direction(z2, p1, rows2)
    return 0.5 * (forward + backward)
""",
        "thinks that 'search, then push' is enough: `direction` reads support.rows[rows] only after the push, so a neighbour among the oldest B rows has become a projection of this batch; breaks 'the mean of both directions; THEN view 1 enters the support set'",
    ),
]
