# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 6's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "batches_argsort",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    keys = torch.rand(N, generator=generator, dtype=torch.float64)
    order = torch.argsort(keys)
    for b in range(N // batch_size):
        yield order.narrow(0, b * batch_size, batch_size)
""",
        "the order is the argsort of float64 random keys",
    ),
    (
        "batches_fisher_yates",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    u = torch.rand(N, generator=generator, dtype=torch.float64).tolist()
    deck = list(range(N))
    for i in range(N - 1, 0, -1):
        j = min(int(u[i] * (i + 1)), i)
        deck[i], deck[j] = deck[j], deck[i]
    hand = []
    for card in deck:
        hand.append(card)
        if len(hand) == batch_size:
            yield torch.tensor(hand, dtype=torch.int64)
            hand = []
""",
        "Fisher-Yates in Python, batches collected one position at a time",
    ),
    (
        "batches_unfold",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator).flip(0)
    if N >= batch_size:
        yield from order.unfold(0, batch_size, batch_size)
""",
        "the permutation read backwards, cut by unfold",
    ),
    (
        "batches_sampler",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    from torch.utils.data import BatchSampler, RandomSampler

    if N < batch_size:
        return
    order = RandomSampler(range(N), generator=generator)
    for rows in BatchSampler(order, batch_size, drop_last=True):
        yield torch.tensor(rows, dtype=torch.long)
""",
        "torch.utils.data's RandomSampler and BatchSampler with drop_last",
    ),
    (
        "batches_eager_rows",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    full = N // batch_size
    order = torch.randperm(N, generator=generator)
    used = order[N - full * batch_size :]
    return iter([row.clone() for row in used.view(full, batch_size)])
""",
        "no generator function: an iterator of a list, the order is drawn at the call; the first positions of the order are left over",
    ),
    (
        "views_index",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    rng = self.generators["views"]
    first, second = (one_view(x, self.recipe, rng) for _ in range(2))
    if self.positives == "wrong":
        second = second[torch.arange(len(x), device=second.device) - 1]
    return first, second
""",
        "one_view twice; the neighbours by negative indices",
    ),
    (
        "views_other_neighbour",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives != "wrong":
        return x1, x2
    return x1, torch.cat([x2[1:], x2[:1]])
""",
        "the next image instead of the previous one, by cat",
    ),
    (
        "views_roll_images",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    partner = torch.roll(x, shifts=1, dims=0) if self.positives == "wrong" else x
    generator = self.generators["views"]
    return one_view(x, self.recipe, generator), one_view(partner, self.recipe, generator)
""",
        "the images are rolled before the second view is drawn, not the views afterwards",
    ),
    (
        "views_both_at_once",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    B = x.shape[0]
    both = one_view(torch.cat((x, x), dim=0), self.recipe, self.generators["views"])
    x1, x2 = both.split(B)
    if self.positives == "wrong":
        x2 = torch.stack([x2[(b + 1) % B] for b in range(B)])
    return x1, x2
""",
        "one draw of 2B views of the doubled batch, split in two; neighbours by a loop modulo B",
    ),
    (
        "project_sequential",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    return nn.Sequential(self.encoder, self.projector)(x)
""",
        "an nn.Sequential made on the spot",
    ),
    (
        "project_reduce",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    from functools import reduce

    return reduce(lambda value, part: getattr(self, part)(value), ("encoder", "projector"), x)
""",
        "functools.reduce over the names of the two parts",
    ),
    (
        "project_functional",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    def apply(module, value):
        variables = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        return torch.func.functional_call(module, variables, (value,))

    h = apply(self.encoder, x)
    return apply(self.projector, h)
""",
        "JAX-like: torch.func.functional_call with the modules' own parameters and buffers",
    ),
    (
        "loss_swapped_keywords",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor | None = None) -> Tensor:
    return nt_xent_loss(temperature=self.options.temperature, z1=z2, z2=z1)
""",
        "the two views exchanged (the loss is symmetric), temperature from the options, index optional",
    ),
    (
        "loss_in_chunks",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    return nt_xent_in_chunks(z1, z2, temperature=self.temperature)
""",
        "always the form in chunks",
    ),
    (
        "loss_by_hand",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    if z1.shape != z2.shape or z1.dim() != 2 or len(z1) < 2:
        raise ValueError("two or more projections of each view, please")
    B = len(z1)
    wide = torch.promote_types(z1.dtype, torch.float32)
    a, b = (nn.functional.normalize(z.to(wide), dim=1, eps=1e-8) for z in (z1, z2))
    aa, ab, bb = a @ a.T / self.temperature, a @ b.T / self.temperature, b @ b.T / self.temperature
    others = ~torch.eye(B, dtype=torch.bool, device=z1.device)
    without_self = lambda s: s[others].view(B, B - 1)
    rows_a = torch.cat([ab, without_self(aa)], dim=1)
    rows_b = torch.cat([ab.T, without_self(bb)], dim=1)
    rows = torch.cat([rows_a, rows_b])
    top = rows.detach().amax(dim=1, keepdim=True)
    lse = (rows - top).exp().sum(1).log() + top[:, 0]
    return lse.mean() - ab.diagonal().mean()
""",
        "four blocks of the similarity matrix, log of the sum with the maximum taken away",
    ),
    (
        "argsort_of_uniforms",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    keys = torch.rand(N, dtype=torch.float64, generator=generator)
    full = N // batch_size
    yield from keys.argsort()[: full * batch_size].reshape(full, batch_size).unbind(0)
""",
        "Sorts random keys instead of randperm and unbinds a table, so other draws of the same law.",
    ),
    (
        "two_calls_and_next_neighbour",
        "SimCLR.views",
        """
def views(self, x):
    rng = self.generators["views"]
    out = []
    while len(out) < 2:
        out.append(one_view(x, self.recipe, rng))
    if self.positives == "wrong":
        b = torch.arange(1, len(x) + 1, device=x.device) % len(x)
        out[1] = torch.index_select(out[1], 0, b)
    return tuple(out)
""",
        "Makes the views one by one, and takes the next image in the batch as the neighbour instead of the previous one.",
    ),
    (
        "sequential",
        "SimCLR.project",
        """
def project(self, x):
    return nn.Sequential(self.encoder, self.projector)(x)
""",
        "A temporary nn.Sequential applies f, then g.",
    ),
    (
        "log_sum_exp",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    if z1.shape != z2.shape or z1.dim() != 2 or len(z1) < 2:
        raise ValueError("two views of at least two images are needed, of one shape (B, d)")
    if not self.temperature > 0:
        raise ValueError(f"the temperature must be above 0, not {self.temperature}")
    wide = torch.promote_types(z1.dtype, torch.float32)
    u, v = (z.to(wide) / z.to(wide).norm(dim=1, keepdim=True).clamp(min=1e-8) for z in (z1, z2))
    tau = self.temperature
    itself = torch.eye(len(u), dtype=torch.bool, device=u.device)
    uu = (torch.einsum("id,jd->ij", u, u) / tau).masked_fill(itself, -torch.inf)
    vv = (torch.einsum("id,jd->ij", v, v) / tau).masked_fill(itself, -torch.inf)
    uv = torch.einsum("id,jd->ij", u, v) / tau
    top = uv.diagonal()
    one = torch.logaddexp(uu.logsumexp(1), uv.logsumexp(1)) - top
    two = torch.logaddexp(vv.logsumexp(1), uv.logsumexp(0)) - top
    return (one.mean() + two.mean()) / 2
""",
        "NT-Xent from three (B, B) blocks and log-sum-exp, without the (2B, 2B) matrix and without a call of nt_xent_loss.",
    ),
    (
        "sorted_tickets",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    tickets = torch.rand(N, generator=generator, dtype=torch.float64)
    order = tickets.sort().indices
    for number in range(N // batch_size):
        yield order.narrow(0, number * batch_size, batch_size).clone()
""",
        "Each image draws a random number, and these are sorted; other random numbers than randperm's.",
    ),
    (
        "both_views_at_once",
        "SimCLR.views",
        """
def views(self, x):
    partner = x
    if self.positives == "wrong":
        partner = torch.cat([x[1:], x[:1]])  # the next image of the batch; after the last, the first
    both = one_view(torch.cat([x, partner]), self.recipe, self.generators["views"])
    return both[: len(x)], both[len(x) :]
""",
        "One call for 2B images, of which the second half are the images or their next neighbours.",
    ),
    (
        "loss_in_both_orders",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    there = nt_xent_loss(z1, z2, self.temperature)
    back = nt_xent_loss(z2, z1, self.temperature)
    return (there + back) / 2
""",
        "The mean over both orders of the views, which are equal: the loss is symmetric.",
    ),
    (
        "eager_argsort_of_uniforms",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    keys = torch.rand(N, dtype=torch.float64, generator=generator)
    order = keys.argsort(stable=True)
    full = N // batch_size
    return iter(order[: full * batch_size].reshape(full, batch_size).unbind())
""",
        "the order that sorts N independent uniform numbers is uniform; not a generator function: the order is drawn at the call and an iterator over the rows of a matrix is returned",
    ),
    (
        "seeds_a_python_shuffle",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    import random

    seed = torch.randint(2**62, (), generator=generator).item()
    order = list(range(N))
    random.Random(seed).shuffle(order)
    stream = iter(order)
    # zip stops as soon as one of its batch_size readers of the same stream finds nothing
    for batch in zip(*[stream] * batch_size):
        yield torch.tensor(batch, dtype=torch.int64)
""",
        "one number from the generator seeds a Random of its own (Python's global one is untouched), which shuffles a list; zip over the same iterator batch_size times drops what is left over",
    ),
    (
        "one_view_twice",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    shown = {"same": lambda: x, "wrong": lambda: torch.cat([x[1:], x[:1]])}
    draw = self.generators["views"]
    first, second = (
        one_view(images, self.recipe, draw) for images in (x, shown[self.positives]())
    )
    return first, second
""",
        "two calls of one_view, first x1, then x2, from the generator of the views; with 'wrong' the second gets the images moved up by one row (the neighbour below; the last row shows the first image); x1 has the same draws in both modes",
    ),
    (
        "sequential_of_both",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    from torch.func import functional_call

    both = nn.Sequential(self.encoder, self.projector)
    return functional_call(both, dict(both.named_parameters()), (x,))
""",
        "puts f and g into a temporary Sequential (whose mode is its own: nothing calls train or eval) and calls it functionally with its own parameters: gradients reach them, and buffers are updated as usual",
    ),
    (
        "blocks_in_double",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    a, b = (torch.nn.functional.normalize(z.double(), dim=1) for z in (z1, z2))
    between = torch.einsum("id,jd->ij", a, b) / self.temperature
    own = torch.eye(len(a), dtype=torch.bool, device=a.device)
    total = 0.0
    for view, across in ((a, between), (b, between.T)):
        within = torch.einsum("id,jd->ij", view, view) / self.temperature
        within = within.masked_fill(own, float("-inf"))
        denominator = torch.logaddexp(across.logsumexp(dim=1), within.logsumexp(dim=1))
        total = total + (denominator - across.diagonal()).sum()
    return (total / (2 * len(a))).to(z1.dtype)
""",
        "NT-Xent from scratch, from the (B, B) blocks between and within the views, joined by logaddexp, in double and cast back; its own temperature; ignores the index",
    ),
    (
        "merge_shuffle",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    def shuffled(low, high):
        if high - low < 2:
            return list(range(low, high))
        middle = (low + high) // 2
        left, right = shuffled(low, middle), shuffled(middle, high)
        luck = torch.rand(high - low, generator=generator, dtype=torch.float64)
        together = []
        for u in luck.tolist():
            pile = left if u * (len(left) + len(right)) < len(left) else right
            together.append(pile.pop())
        return together

    order = torch.tensor(shuffled(0, N), dtype=torch.int64)
    yield from order[: N - N % batch_size].view(-1, batch_size)
""",
        "Shuffles like merge sort: both halves are shuffled and then riffled together, the next card from a pile with probability proportional to its height, which makes all orders equally likely. All draws come before the first batch.",
    ),
    (
        "second_views_written_one_row_down",
        "SimCLR.views",
        """
def views(self, x):
    first, second = two_views(x, self.recipe, self.generators["views"])
    if self.positives != "wrong":
        return first, second
    below = torch.arange(1, len(x) + 1, device=second.device)
    below[-1:] = 0  # the last row is followed by the first
    return first, torch.empty_like(second).index_copy_(0, below, second)
""",
        "In the control each second view is written to the row below (index_copy_ into a new tensor) instead of rolling the batch; x1 has the same draws in both modes.",
    ),
    (
        "projector_as_hook",
        "SimCLR.project",
        """
def project(self, x):
    def then_project(encoder, inputs, h):
        hook.remove()  # for this call only
        return self.projector(h)

    hook = self.encoder.register_forward_hook(then_project)
    try:
        return self.encoder(x)
    finally:
        hook.remove()
""",
        "A forward hook on the encoder, for this one call, puts the projector behind it: one call of each, gradients through both, no mode changed, nothing left behind.",
    ),
    (
        "neighbouring_rows_without_diagonal",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    if z1.shape != z2.shape or len(z1) < 2:
        raise ValueError("the loss needs two views of at least two images")
    z = torch.stack([z1, z2], dim=1).flatten(0, 1)  # rows 2b and 2b + 1 show image b
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    z = nn.functional.normalize(z, dim=1)
    M = len(z)
    # without its first entry, the table has the diagonal at the end of rows of M + 1
    scores = (z @ z.T / self.temperature).flatten()[1:].view(M - 1, M + 1)
    scores = scores[:, :-1].reshape(M, M - 1)
    me = torch.arange(M, device=z.device)
    partner = me ^ 1
    return nn.functional.cross_entropy(scores, partner - (partner > me).long())
""",
        "From scratch, with the views of an image in neighbouring rows, partner by XOR, and a (2B, 2B - 1) table from which the diagonal is really removed (by a reshape) instead of masked; float32 or wider.",
    ),
    (
        "r06_fisher_yates",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    deck = list(range(N))
    for last in range(N - 1, 0, -1):
        pick = int(torch.randint(last + 1, (), generator=generator))
        deck[last], deck[pick] = deck[pick], deck[last]
    start = 0
    while start + batch_size <= N:
        yield torch.tensor(deck[start : start + batch_size], dtype=torch.int64)
        start += batch_size
""",
        "Fisher-Yates shuffle of a Python list, one draw for each swap, all before the first batch; other order of draws than randperm",
    ),
    (
        "r06_second_view_of_the_neighbour",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    random = self.generators["views"]
    first = one_view(x, self.recipe, random)
    source_of_second = x
    if self.positives == "wrong":
        source_of_second = torch.cat([x[1:], x[:1]])  # row b holds image b + 1, the last row image 0
    second = one_view(source_of_second, self.recipe, random)
    return first, second
""",
        "two calls of one_view; in the control, the images of the second view are moved before it is drawn (the other direction), not the view after it; the number of draws is the same in both cases",
    ),
    (
        "r06_symmetric",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    settings = {"temperature": self.temperature}
    return nt_xent_loss(z2, z1, **settings)
""",
        "the two views are given in the other order; NT-Xent averages over all 2B views, so it is symmetric (equal up to rounding)",
    ),
    (
        "fisher_yates",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    where = "cpu" if generator is None else generator.device
    luck = torch.rand(N, dtype=torch.float64, generator=generator, device=where).tolist()
    order = list(range(N))
    for last in range(N - 1, 0, -1):
        other = int(luck[last] * (last + 1))
        order[last], order[other] = order[other], order[last]
    while len(order) >= batch_size:
        batch, order = order[:batch_size], order[batch_size:]
        yield torch.tensor(batch, dtype=torch.int64)
""",
        "Fisher-Yates on a list, all its random numbers drawn at once before the first batch, instead of randperm",
    ),
    (
        "views_one_by_one",
        "SimCLR.views",
        """
def views(self, x):
    first, second = (one_view(x, self.recipe, self.generators["views"]) for _ in range(2))
    if self.positives == "wrong":
        second = second[torch.arange(len(x)) - 1]
    return first, second
""",
        "calls one_view twice instead of two_views, and takes the neighbour's finished view by index -1, 0, 1, ... instead of roll",
    ),
    (
        "written_out",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    if z1.shape != z2.shape or z1.dim() != 2 or len(z1) < 2:
        raise ValueError("z1 and z2 must have the same shape (B, d), with B of 2 or more")
    wide = torch.promote_types(z1.dtype, torch.float32)
    a = nn.functional.normalize(z1.to(wide), dim=1)
    b = nn.functional.normalize(z2.to(wide), dim=1)
    right = (a * b).sum(1) / self.temperature
    itself = torch.eye(len(a), dtype=torch.bool, device=a.device)
    total = 0.0
    for anchors, partners in ((a, b), (b, a)):
        same = (anchors @ anchors.T / self.temperature).masked_fill(itself, float("-inf"))
        across = anchors @ partners.T / self.temperature
        bottom = torch.logaddexp(same.logsumexp(1), across.logsumexp(1))
        total = total + (bottom - right).mean() / 2
    return total
""",
        "writes NT-Xent out in halves, with logsumexp over each (B, B) block, instead of calling nt_xent_loss",
    ),
    (
        "sampler_draws_after_the_epoch",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    from torch.utils.data import BatchSampler, RandomSampler

    sampler = RandomSampler(range(N), generator=generator)
    for batch in BatchSampler(sampler, batch_size, drop_last=True):
        yield torch.tensor(batch, dtype=torch.int64)
""",
        "The samplers of torch.utils.data. The whole order is drawn before the first batch; a draw after the last batch is not used.",
    ),
    (
        "sorted_random_numbers",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    keys = torch.rand(N, dtype=torch.float64, generator=generator)
    full = N // batch_size
    order = keys.argsort()[: full * batch_size]
    return iter(order.reshape(full, batch_size).unbind(0))
""",
        "An ordinary function, not a generator function: the order is drawn at the call, by argsort of random numbers, and cut by reshape.",
    ),
    (
        "neighbour_moved_before_the_view",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    dice = self.generators["views"]
    x1 = one_view(x, self.recipe, dice)
    if self.positives == "wrong":
        x = torch.cat([x[1:], x[:1]])
    x2 = one_view(x, self.recipe, dice)
    return x1, x2
""",
        "Two calls of one_view; the control moves the images before the second view is made, and in the other direction (row b shows image b + 1).",
    ),
    (
        "four_blocks",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    if z1.shape != z2.shape or len(z1) < 2:
        raise ValueError(f"two views of two images or more, not {z1.shape} and {z2.shape}")
    wide = torch.promote_types(torch.promote_types(z1.dtype, z2.dtype), torch.float32)
    a = nn.functional.normalize(z1.to(wide), dim=1)
    b = nn.functional.normalize(z2.to(wide), dim=1)
    itself = torch.eye(len(a), dtype=torch.bool, device=a.device)
    across = a @ b.T / self.temperature
    total = torch.zeros((), dtype=wide, device=a.device)
    for view, other in ((a, across), (b, across.T)):
        within = (view @ view.T / self.temperature).masked_fill(itself, float("-inf"))
        rivals = torch.logaddexp(within.logsumexp(1), other.logsumexp(1))
        total = total + (rivals - other.diagonal()).sum()
    return total / (2 * len(a))
""",
        "NT-Xent spelled out in B x B blocks with logsumexp and logaddexp, at the method's temperature, without a 2B x 2B matrix or cross_entropy.",
    ),
    (
        "sorted_random_numbers_15",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    # a random number for each image; the images in the order of their numbers
    number = torch.rand(N, generator=generator, dtype=torch.float64)
    order = torch.argsort(number)
    full = N // batch_size
    table = order[: full * batch_size].reshape(full, batch_size)
    return iter([table[row] for row in range(full)])
""",
        "NumPy user: sorts random numbers instead of randperm, cuts by reshape, and is no generator function: the order is drawn at the call itself",
    ),
    (
        "one_view_twice_15",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    source_of_views = self.generators["views"]
    shown = x
    if self.positives == "wrong":
        shown = torch.cat([x[1:], x[:1]])  # row b holds image b + 1, the last row image 0
    pair = []
    for batch in (x, shown):
        pair.append(one_view(batch, self.recipe, source_of_views))
    return pair[0], pair[1]
""",
        "beginner with loops: calls one_view twice instead of two_views; moves the images before their view is made, by cat and in the other direction",
    ),
    (
        "rows_of_log_softmax",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    from simclr_mini.nt_xent import candidate_logits, similarity_matrix

    logits = candidate_logits(similarity_matrix(z1, z2), self.temperature)
    log_share = logits.log_softmax(dim=1)
    B = len(z1)
    hits = log_share.diagonal(B).sum() + log_share.diagonal(-B).sum()
    return -hits / (2 * B)
""",
        "physicist: does not call nt_xent_loss but builds the loss from the parts of lesson 4, with log_softmax and its two side diagonals",
    ),
]
