# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 6's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "sb_short_last_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    perm = torch.randperm(N, generator=generator)
    for batch in torch.split(perm, batch_size):
        yield batch
""",
        "the images left over come out as a short batch",
    ),
    (
        "sb_loses_last_full_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    perm = torch.randperm(N, generator=generator)
    i = 0
    while i + batch_size < N:
        yield perm[i : i + batch_size]
        i += batch_size
""",
        "< instead of <=: the last full batch is lost if N is a multiple of the batch size",
    ),
    (
        "sb_order_per_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    number_of_batches = N // batch_size
    for _ in range(number_of_batches):
        yield torch.randperm(N, generator=generator)[:batch_size]
""",
        "a new order for every batch, so an image may come twice in an epoch",
    ),
    (
        "sb_fresh_generator",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    if generator is None:
        generator = Generator()
    shuffled = torch.randperm(N, generator=generator)
    full = N // batch_size
    yield from shuffled[: full * batch_size].view(full, batch_size)
""",
        "without a generator it makes an unseeded one, which always gives the same order",
    ),
    (
        "sb_rewinds_generator",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    if generator is not None:
        generator.manual_seed(generator.initial_seed())  # repeatable
    order = torch.randperm(N, generator=generator)
    for b in range(N // batch_size):
        yield order[b * batch_size : (b + 1) * batch_size]
""",
        "the generator is seeded again at each call, so all epochs have the same order",
    ),
    (
        "sb_shuffles_blocks",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    blocks = N // batch_size
    rows = torch.arange(blocks * batch_size).reshape(blocks, batch_size)
    for b in torch.randperm(blocks, generator=generator):
        yield rows[b]
""",
        "the batches are shuffled but not the images, so the same images meet in each epoch",
    ),
    (
        "sb_at_least_one",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    n = max(1, N // batch_size)
    for k in range(n):
        yield order[k * batch_size : k * batch_size + batch_size]
""",
        "with fewer images than the batch size it yields one short batch",
    ),
    (
        "sb_int32",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator).tolist()
    batch = []
    for n in order:
        batch.append(n)
        if len(batch) == batch_size:
            yield torch.tensor(batch, dtype=torch.int32)
            batch = []
""",
        "positions are int32 and not int64",
    ),
    (
        "sv_wrong_stream",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    first, second = two_views(x, self.recipe, self.generators["order"])
    if self.positives == "wrong":
        second = torch.roll(second, 1, dims=0)
    return first, second
""",
        "views are drawn from the generator of the order",
    ),
    (
        "sv_global_randomness",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe)
    if self.positives == "wrong":
        x2 = torch.cat([x2[-1:], x2[:-1]])
    return x1, x2
""",
        "no generator: views come from the global source of randomness",
    ),
    (
        "sv_roll_pixels",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        x2 = torch.roll(x2, 1)
    return x1, x2
""",
        "roll without a dimension moves single pixels and not images",
    ),
    (
        "sv_rolls_the_images",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    if self.positives == "wrong":
        neighbours = [(b + 1) % len(x) for b in range(len(x))]
        x = x[neighbours]
    return two_views(x, self.recipe, self.generators["views"])
""",
        "the control moves the images before both views, so the pairs are still right",
    ),
    (
        "sv_flip",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    generator = self.generators["views"]
    x1, x2 = two_views(x, self.recipe, generator)
    if self.positives == "wrong":
        return x1, x2.flip(0)
    return x1, x2
""",
        "the batch is reversed: rows get a far image, and the middle image of an odd batch keeps its own",
    ),
    (
        "sv_last_keeps_its_own",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        shifted = x2.clone()
        for b in range(len(x2) - 1):
            shifted[b] = x2[b + 1]
        x2 = shifted
    return x1, x2
""",
        "the shift does not go round the end, so the last image keeps its own view",
    ),
    (
        "sv_seeded_every_call",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    rng = source(self.seed, "views")
    x1, x2 = two_views(x, self.recipe, rng)
    if self.positives == "wrong":
        x2 = x2.roll(-1, 0)
    return x1, x2
""",
        "a generator seeded anew at each call, so each step draws the same changes",
    ),
    (
        "sv_one_view_copied",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    view = one_view(x, self.recipe, self.generators["views"])
    other = view.clone()
    if self.positives == "wrong":
        other = other.roll(shifts=1, dims=0)
    return view, other
""",
        "the second view is a copy of the first",
    ),
    (
        "sp_frozen_encoder",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    with torch.no_grad():
        representation = self.encoder(x)
    return self.projector(representation)
""",
        "no gradient reaches the encoder",
    ),
    (
        "sp_unit_length",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    z = self.projector(h)
    return nn.functional.normalize(z, dim=1)
""",
        "projections are normalised, which is the loss's part",
    ),
    (
        "sp_train_mode",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    self.train()  # batch norm has to use the batch
    return nn.Sequential(self.encoder, self.projector)(x)
""",
        "puts the network into train mode, also if it was in eval mode",
    ),
    (
        "sp_encodes_twice",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    assert h.dim() == 2
    z = self.projector(self.encoder(x))
    return z
""",
        "the encoder runs twice, so batch norm counts the batch twice",
    ),
    (
        "sp_in_pieces",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    z = []
    for part in x.chunk(2):  # less memory
        z.append(self.projector(self.encoder(part)))
    return torch.cat(z, dim=0)
""",
        "each half of the batch goes through by itself, so batch norm does not see the whole batch",
    ),
    (
        "sl_default_temperature",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    value = nt_xent_loss(z1, z2)
    return value
""",
        "the default temperature 0.5 instead of the method's own",
    ),
    (
        "sl_target_detached",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    target = z2.detach()
    return nt_xent_loss(z1, target, temperature=self.temperature)
""",
        "no gradient flows through the second view",
    ),
    (
        "sl_first_against_second",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    a = nn.functional.normalize(z1, dim=1)
    b = nn.functional.normalize(z2, dim=1)
    logits = a @ b.T / self.temperature
    right = torch.arange(len(a), device=a.device)
    return nn.functional.cross_entropy(logits, right)
""",
        "only first views look for their partner, among the B second views, not all 2B views among 2B - 1 candidates",
    ),
    (
        "sl_sorts_by_index",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # bring the second views into the order of the images
    order = index.argsort()
    return nt_xent_loss(z1, z2[order], self.temperature)
""",
        "sorts the second views by image number, so the pairs are wrong unless the batch is in order",
    ),
    (
        "batches_last_always_dropped",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.rand(N, generator=generator, dtype=torch.float64).argsort()
    parts = order.split(batch_size)
    yield from parts[:-1]  # the last one is not full
""",
        "The last part is dropped even if it is full, as when batch_size divides N.",
    ),
    (
        "batches_leftover_never_seen",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    steps = N // batch_size
    order = torch.randperm(steps * batch_size, generator=generator)
    for batch in order.view(steps, batch_size):
        yield batch
""",
        "The leftover is cut off before the shuffle, so the last images are left out of every epoch.",
    ),
    (
        "batches_chunk",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    count = N // batch_size  # full batches only
    if count:
        for batch in order.chunk(count):
            yield batch
""",
        "chunk(count) divides all N images among count batches, so they are larger than B and unequal if B does not divide N.",
    ),
    (
        "batches_overlap",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    for i in range(N // batch_size):
        yield order.narrow(0, i, batch_size)
""",
        "Batch i starts at i instead of i * batch_size, so the batches overlap and images come again.",
    ),
    (
        "batches_each_drawn_alone",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    equal = torch.ones(N)
    for _ in range(N // batch_size):
        # without replacement: none comes twice
        yield torch.multinomial(equal, batch_size, generator=generator)
""",
        "Each batch is drawn anew from all images, so no image is twice in a batch, but many are twice in an epoch.",
    ),
    (
        "batches_one_buffer",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    batch = torch.empty(batch_size, dtype=torch.int64)
    for start in range(0, N - N % batch_size, batch_size):
        torch.index_select(order, 0, torch.arange(start, start + batch_size), out=batch)
        yield batch
""",
        "Every batch is the same tensor, filled again: whoever keeps one sees it change to the next.",
    ),
    (
        "views_same_is_true",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives:
        x2 = torch.roll(x2, shifts=1, dims=0)
    return x1, x2
""",
        "positives is a string and 'same' is true, so every run trains on wrong pairs.",
    ),
    (
        "views_neighbour_in_place",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    first, second = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        for b in range(len(second)):
            second[b] = second[b - 1]  # -1 is the last, round the end
    return first, second
""",
        "Rows are overwritten one after the other, so each copies the row just written: all second views show the last image.",
    ),
    (
        "views_last_has_no_neighbour",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        x2 = torch.cat([x2[1:], x2[-1:]])
    return x1, x2
""",
        "The end is not joined to the beginning: the last row keeps the view of its own image.",
    ),
    (
        "views_generator_made_anew",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    # a run must be repeatable from its seed
    generator = source(self.seed, "views")
    x1, x2 = two_views(x, self.recipe, generator)
    if self.positives == "wrong":
        x2 = x2.roll(1, dims=0)
    return x1, x2
""",
        "A fresh generator in every call draws the same crops and colours for each batch instead of going on with the kept one.",
    ),
    (
        "project_checkpoint",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    # save memory: compute the feature maps again in the backward pass
    h = checkpoint(self.encoder, x, use_reentrant=False)
    return self.projector(h)
""",
        "The encoder runs again in the backward pass, so every batch norm counts and averages each batch twice.",
    ),
    (
        "project_in_parts",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = torch.cat([self.encoder(part) for part in x.split(32)])
    return self.projector(h)
""",
        "A batch of more than 32 goes through the encoder in parts, so batch norm does not see the whole batch.",
    ),
    (
        "project_gradient_by_mode",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    with torch.set_grad_enabled(self.training):
        h = self.encoder(x)
        z = self.projector(h)
    return z
""",
        "The mode says how norms behave, not whether there is a gradient: in eval mode nothing flows back, and under no_grad in train mode a graph is built.",
    ),
    (
        "loss_inverse_temperature",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    scale = 1 / self.temperature
    return nt_xent_loss(z1, z2, temperature=scale)
""",
        "nt_xent_loss divides by the temperature itself; it gets the inverse, a temperature of 5 instead of 0.2.",
    ),
    (
        "loss_symmetric_stop_gradient",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # each view in turn is the target of the other
    a = nt_xent_loss(z1, z2.detach(), self.temperature)
    b = nt_xent_loss(z2, z1.detach(), self.temperature)
    return (a + b) / 2
""",
        "The value is right, but each half has the gradient of one view only, so the gradient of the mean is half as large.",
    ),
    (
        "batches_keep_rest",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    perm = torch.randperm(N, generator=generator)
    for batch in perm.split(batch_size):
        yield batch
""",
        "the short last batch is yielded too",
    ),
    (
        "batches_lose_last_full",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    shuffled = torch.randperm(N, generator=generator)
    start = 0
    while start + batch_size < N:
        yield shuffled[start : start + batch_size]
        start += batch_size
""",
        "strict <, so the last full batch is lost when N is a multiple of the batch size",
    ),
    (
        "batches_order_of_batches",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    number = N // batch_size
    for i in torch.randperm(number, generator=generator).tolist():
        yield torch.arange(i * batch_size, (i + 1) * batch_size)
""",
        "shuffles the batches, not the images, so the same images meet in every epoch",
    ),
    (
        "batches_no_generator",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    positions = list(range(N))
    if generator is not None:
        torch.manual_seed(generator.initial_seed())
    order = torch.randperm(N)
    for b in range(N // batch_size):
        yield order[b * batch_size : (b + 1) * batch_size]
""",
        "reseeds the global generator from the generator's seed, so every epoch has the same order and the caller's global randomness is reset",
    ),
    (
        "batches_draw_each",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    for _ in range(N // batch_size):
        yield torch.randperm(N, generator=generator)[:batch_size]
""",
        "draws a new order for each batch, so an image can appear in several batches of an epoch and others in none",
    ),
    (
        "views_order_generator",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    first, second = two_views(x, self.recipe, self.generators["order"])
    if self.positives == "wrong":
        second = second.roll(1, dims=0)
    return first, second
""",
        "draws the views from the generator of the batch order",
    ),
    (
        "views_roll_all",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    v1, v2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        v2 = torch.roll(v2, 1)
    return v1, v2
""",
        "roll without a dimension moves single pixels of the flattened tensor instead of whole images",
    ),
    (
        "views_roll_images",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    if self.positives == "wrong":
        x = torch.roll(x, shifts=1, dims=0)
    return two_views(x, self.recipe, self.generators["views"])
""",
        "rolls the images before the views are made, so both views move and row b of both still shows the same image",
    ),
    (
        "views_shuffled_neighbours",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        shuffle = torch.randperm(len(x2), generator=self.generators["views"])
        x2 = x2[shuffle.to(x2.device)]
    return x1, x2
""",
        "the control shuffles the second views, so some rows keep their own image and the generator makes extra draws",
    ),
    (
        "project_normalised",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    z = self.projector(h)
    return torch.nn.functional.normalize(z, dim=1)
""",
        "normalises z here already, so the projections are not g(f(x)) (the loss alone normalises)",
    ),
    (
        "project_data",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    features = self.encoder(x).data
    features = features.view(len(x), -1)
    return self.projector(features)
""",
        "takes .data of the representation, so no gradient reaches the encoder",
    ),
    (
        "project_chunk_mean",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    # pass in small pieces so that it fits into memory
    pieces = [self.projector(self.encoder(part)) for part in x.split(64)]
    return torch.cat(pieces, dim=0)
""",
        "runs the network on pieces of 64 views, so batch norm uses the statistics of each piece and learns several times in batches above 64",
    ),
    (
        "loss_fixed_tau",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    return nt_xent_loss(z1, z2, SimCLROptions.temperature)
""",
        "uses the default temperature of the options instead of the method's own",
    ),
    (
        "loss_stop_gradient",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    tau = self.temperature
    # the second term does not pull at the targets
    return (nt_xent_loss(z1, z2.detach(), tau) + nt_xent_loss(z1.detach(), z2, tau)) / 2
""",
        "the value is right, but one view is detached in each half (a stop-gradient as in SimSiam and BYOL), so every gradient is half of what it should be",
    ),
    (
        "sb_view_transposed",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    perm = torch.randperm(N, generator=generator)
    usable = N - N % batch_size
    if usable:
        yield from perm[:usable].reshape(batch_size, -1)
""",
        "The order is reshaped to (batch_size, -1) instead of (-1, batch_size), so there are B batches of N // B images.",
    ),
    (
        "vw_clamped_neighbour",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    rng = self.generators["views"]
    first = one_view(x, self.recipe, rng)
    second = one_view(x, self.recipe, rng)
    if self.positives == "wrong":
        neighbour = torch.arange(len(x), device=x.device) - 1
        second = second[neighbour.clamp(min=0)]
    return first, second
""",
        "In the control the index of the first row is clamped to 0, so its second view still shows the same image, and the last image has none.",
    ),
    (
        "pj_unit_norm",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    features = self.encoder(x)
    out = self.projector(features)
    return nn.functional.normalize(out, dim=-1)
""",
        "The projections are scaled to unit norm; z should be g(f(x)) itself.",
    ),
    (
        "ls_both_ways_no_half",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    tau = self.temperature
    forward = nt_xent_loss(z1, z2, temperature=tau)
    backward = nt_xent_loss(z2, z1, temperature=tau)
    return forward + backward
""",
        "Both orders of the views are added without halving, so the loss and its gradient are twice too large.",
    ),
    (
        "sb_sampler_global_and_rest",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    from torch.utils.data import BatchSampler, RandomSampler

    sampler = RandomSampler(range(N))
    for positions in BatchSampler(sampler, batch_size, drop_last=False):
        yield torch.tensor(positions)
""",
        "The order comes from torch's global randomness instead of the generator, and the incomplete last batch is yielded too.",
    ),
    (
        "vw_order_generator_and_flat_roll",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    g = self.generators["order"]
    a, b = two_views(x, self.recipe, generator=g)
    if self.positives != "same":
        b = torch.roll(b, 1)
    return a, b
""",
        "Views are drawn from the generator for the order, and roll has no dimension, so the control moves single pixels instead of images.",
    ),
    (
        "ls_by_hand_dot_first_half",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    n = len(z1)
    everything = torch.cat([z1, z2])
    scores = torch.einsum("id,jd->ij", z1, everything) / self.temperature
    own = torch.arange(n, device=z1.device)
    mask = torch.zeros_like(scores, dtype=torch.bool)
    mask[own, own] = True
    scores = scores.masked_fill(mask, float("-inf"))
    return nn.functional.cross_entropy(scores, own + n)
""",
        "The scores are inner products of projections that are not normalised, and only the first views are anchors.",
    ),
    (
        "pj_rescale_and_unit_h",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    x = 2 * x - 1  # to [-1, 1]
    h = self.encoder(x)
    h = h / h.norm(dim=1, keepdim=True).clamp(min=1e-8)
    return self.projector(h)
""",
        "The pixels are rescaled to [-1, 1] before the encoder, and h is scaled to unit norm before the projector.",
    ),
    (
        "vw_x1_is_the_image",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        # x1 is unchanged, x2 shows the neighbour
        return x, torch.cat([x2[1:], x2[:1]])
    return x1, x2
""",
        "It reads 'x1 is unchanged' as 'the image without any change', so in the control the first view is x itself.",
    ),
    (
        "sb_new_order_each_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    steps = N // batch_size
    for _ in range(steps):
        # sample without replacement, as numpy's choice(N, B, replace=False)
        yield torch.ones(N).multinomial(batch_size, replacement=False, generator=generator)
""",
        "Each batch is drawn anew without replacement inside the batch only, so an image can appear in several batches of an epoch and another in none.",
    ),
    (
        "pj_h_in_eval",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    if self.training:
        return self.projector(h)
    return h  # the projector is thrown away after training
""",
        "In eval mode it returns the representation h instead of the projection z = g(f(x)).",
    ),
    (
        "sb_reseeded",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    if generator is not None:
        generator = torch.Generator().manual_seed(generator.initial_seed())  # repeatable
    order = torch.randperm(N, generator=generator)
    for chunk in torch.split(order, batch_size):
        if len(chunk) == batch_size:
            yield chunk
""",
        "A new generator is seeded from the given one at each call, which is never advanced, so every epoch has the same order.",
    ),
    (
        "pj_checkpoint",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    h = checkpoint(self.encoder, x, use_reentrant=False)  # saves memory
    return self.projector(h)
""",
        "The encoder runs a second time during backward, so its batch norms count every batch twice in their running statistics.",
    ),
    (
        "ls_normalise_in_place",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    with torch.no_grad():
        for z in (z1, z2):
            z /= z.norm(dim=1, keepdim=True).clamp(min=1e-8)
    return nt_xent_loss(z1, z2, self.temperature)
""",
        "The caller's projections are normalised in place without a gradient, so they are changed and the gradient is that at unit norm, wrong in size.",
    ),
    (
        "b06_draw_per_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    # take each batch out of the images that are left
    left = torch.arange(N)
    while len(left) >= batch_size:
        left = left[torch.randperm(len(left), generator=generator)]
        yield left[:batch_size]
        left = left[batch_size:]
""",
        "The generator is drawn from again for every batch instead of once an epoch: when a run is resumed inside an epoch (the order is drawn again, then the generators are set to where the checkpoint stood) or anybody else draws from the generator between two batches, the later batches are others than in an uninterrupted run, so a resumed run ends with other weights.",
    ),
    (
        "b06_fresh_generator",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    generator = generator or Generator()
    order = torch.randperm(N, generator=generator)
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "With generator=None a new Generator() is made, which always starts at torch's fixed default seed, so every epoch and every run has the same order whatever torch.manual_seed says: the same images always meet and the same ones are always left out.",
    ),
    (
        "b06_shuffle_window",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    # shuffle through a buffer of 1,024 images, as tf.data does
    parts = torch.arange(N).split(1024)
    order = torch.cat([part[torch.randperm(len(part), generator=generator)] for part in parts])
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "Only blocks of 1,024 images are shuffled: with N > 1,024 (9,000 shapes, 50,000 CIFAR images) an image meets only its own block in every epoch, the blocks come in the order of the data, and the last images of the data are always the ones left out.",
    ),
    (
        "b06_copied_generator",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    if not hasattr(self, "view_generator"):  # leave the method's own generator as it is
        self.view_generator = Generator()
        self.view_generator.set_state(self.generators["views"].get_state())
    x1, x2 = two_views(x, self.recipe, self.view_generator)
    return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)
""",
        "Views are drawn from a copy of generators['views'] made at the first call, so the generator that the checkpoint keeps never moves: a run resumed in a new process repeats the views from the start of training (and setting generators['views'] has no effect after the first call).",
    ),
    (
        "b06_global_direction",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":  # the neighbour before or after it
        x2 = x2.roll(1 if torch.rand(()) < 0.5 else -1, 0)
    return x1, x2
""",
        "With positives='wrong' the side of the neighbour is drawn from torch's global generator, so the control cannot be repeated from its seed nor resumed, and each step moves the global generator by one draw.",
    ),
    (
        "b06_grad_switched_on",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    torch.set_grad_enabled(False)  # a view needs no gradient
    try:
        x1, x2 = two_views(x, self.recipe, self.generators["views"])
    finally:
        torch.set_grad_enabled(True)
    return (x1, x2.roll(1, 0)) if self.positives == "wrong" else (x1, x2)
""",
        "Afterwards gradients are switched on instead of back to what they were: when views is called inside a caller's torch.no_grad block (figures, a validation loss), everything after it in the block records a graph, so memory grows and .numpy() raises.",
    ),
    (
        "b06_project_in_parts",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    z = [self.projector(self.encoder(part)) for part in x.split(256)]  # bounds the memory
    return torch.cat(z)
""",
        "Batches of more than 256 views go through the network in parts: in train mode each batch norm normalises and counts parts of 256 (B = 300 leaves one of 44; B = 257 leaves one of a single view, for which BatchNorm1d raises), so z is not that of the batch.",
    ),
    (
        "b06_recomputed",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint  # saves the memory of the activations

    h = checkpoint(self.encoder, x, use_reentrant=False)
    return self.projector(h)
""",
        "The encoder runs a second time in the backward pass, so in train mode every batch norm of the encoder counts each batch twice and moves its running averages twice; values and gradients are right, but after backward num_batches_tracked is 2 per call and evaluation uses other running statistics.",
    ),
    (
        "b06_exp_overflow",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(z1)
    z = torch.cat([z1, z2])
    z = nn.functional.normalize(z.to(torch.promote_types(z.dtype, torch.float32)), dim=1)
    # equation 1, literally
    e = torch.exp(z @ z.T / self.temperature)
    e = e.masked_fill(torch.eye(2 * B, dtype=torch.bool, device=z.device), 0)
    partner = torch.arange(2 * B, device=z.device).roll(B)
    positive = e[torch.arange(2 * B, device=z.device), partner]
    return -(positive / e.sum(1)).log().mean()
""",
        "exp is taken without subtracting the maximum: at a temperature of 0.011 or less (legal) exp(cosine / tau) overflows float32 as soon as two views agree, infinity / infinity is NaN and training stops, and a positive whose exp underflows to 0 gives an infinite loss.",
    ),
    (
        "b06_buffer_in_loss",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    B = len(z1)
    if len(getattr(self, "partner", ())) != 2 * B:  # make it once, not in every step
        self.register_buffer("partner", torch.arange(2 * B, device=z1.device).roll(B))
    z = torch.cat([z1, z2])
    z = nn.functional.normalize(z.to(torch.promote_types(z.dtype, torch.float32)), dim=1)
    itself = torch.eye(2 * B, dtype=torch.bool, device=z.device)
    logits = (z @ z.T / self.temperature).masked_fill(itself, float("-inf"))
    return nn.functional.cross_entropy(logits, self.partner)
""",
        "The first call registers a persistent buffer, so state_dict has a key 'partner' that a freshly built method does not have: load_state_dict of a checkpoint raises when the run is resumed.",
    ),
    (
        "ragged_and_global",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    perm = torch.randperm(N)
    left = 0
    while left < N:
        right = min(left + batch_size, N)
        yield perm[left:right]
        left = right
""",
        "Two slips: the generator is forgotten (global randomness), and the short batch left over at the end is yielded as well.",
    ),
    (
        "order_stream_and_both_rolled",
        "SimCLR.views",
        """
def views(self, x):
    rng = self.generators["order"]
    pair = [one_view(x, self.recipe, rng) for _ in range(2)]
    if self.positives == "wrong":
        pair = [torch.roll(v, shifts=1, dims=0) for v in pair]
    return pair[0], pair[1]
""",
        "Two slips: views draw from the generator of the order, and the control rolls both views, so that row b of both still shows one image.",
    ),
    (
        "no_grad_and_normalised",
        "SimCLR.project",
        """
def project(self, x):
    with torch.no_grad():
        feats = self.encoder(x)
    out = self.projector(feats)
    return out / out.norm(dim=1, keepdim=True)
""",
        "Two slips: the encoder runs under no_grad and never learns, and projections come back normalised instead of as the projector gives them.",
    ),
    (
        "one_sided_and_times_tau",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    u = nn.functional.normalize(z1, dim=1)
    v = nn.functional.normalize(z2, dim=1)
    scores = torch.einsum("id,jd->ij", u, v) * self.temperature
    return nn.functional.cross_entropy(scores, torch.arange(len(u), device=u.device))
""",
        "Two slips: only view 1 asks, and only among the B second views (no 2B - 1 candidates), and similarities are multiplied by the temperature.",
    ),
    (
        "drawn_as_needed",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    pool = torch.arange(N)
    for _ in range(N // batch_size):
        pick = torch.randperm(len(pool), generator=generator)
        yield pool[pick[:batch_size]]
        pool = pool[pick[batch_size:]]
""",
        "The order is drawn batch by batch, not all of it before the first batch, so a checkpoint written inside an epoch holds a generator state from which the epoch cannot be resumed by skipping batches.",
    ),
    (
        "same_order_every_epoch",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None, _orders={}):
    key = (N, generator)
    if key not in _orders:
        _orders[key] = torch.randperm(N, generator=generator)
    full = N // batch_size
    for rows in _orders[key][: full * batch_size].reshape(full, batch_size):
        yield rows
""",
        "The order is cached in a default argument, so from the second epoch on the same generator gives the same batches again and the same images are always each other's negatives.",
    ),
    (
        "neighbours_by_pairs",
        "SimCLR.views",
        """
def views(self, x):
    first, second = two_views(x, self.recipe, self.generators["views"])
    if self.positives != "wrong":
        return first, second
    rows = torch.arange(len(x), device=x.device)
    partner = (rows ^ 1).clamp(max=len(x) - 1)  # 1 0 3 2 5 4 ...
    return first, second.index_select(0, partner)
""",
        "With an odd batch size the last row of the control is paired with itself, so one pair in the batch is a right positive and the control is not one with nothing to learn.",
    ),
    (
        "reseeded_each_step",
        "SimCLR.views",
        """
def views(self, x):
    start = self.generators["views"].initial_seed()
    rng = Generator().manual_seed(start)  # repeatable from the seed of the run
    a = one_view(x, self.recipe, rng)
    b = one_view(x, self.recipe, rng)
    if self.positives == "wrong":
        b = torch.cat((b[-1:], b[:-1]))
    return a, b
""",
        "A new generator with the run's seed is made in each call, so every step after the first uses exactly the same crops and colours for row b, and the generator that the checkpoint keeps never moves.",
    ),
    (
        "network_in_pieces",
        "SimCLR.project",
        """
def project(self, x):
    pieces = []
    for piece in torch.split(x, 256):  # keeps the activations small
        hidden = self.encoder(piece)
        pieces.append(self.projector(hidden))
    return torch.cat(pieces, dim=0)
""",
        "With more than 256 images in a batch (512 is usual on CIFAR-10) the batch norms see and count several small batches instead of the batch, so projections and running averages are other ones.",
    ),
    (
        "exp_overflows",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    dtype = torch.promote_types(z1.dtype, torch.float32)
    z = nn.functional.normalize(torch.cat((z1, z2)).to(dtype), dim=1, eps=1e-8)
    e = torch.exp(z @ z.t() / self.temperature)
    n = len(z)
    e = e * (1 - torch.eye(n, dtype=dtype, device=z.device))
    other = torch.arange(n, device=z.device).roll(n // 2)
    top = e[torch.arange(n, device=z.device), other]
    return -(top / e.sum(1)).log().mean()
""",
        "exp is taken without subtracting the maximum: at a temperature of 0.01, which is allowed, exp(100) is infinite in float32 and the loss is NaN.",
    ),
    (
        "short_last_batch",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    shuffled = torch.randperm(N, generator=generator)
    for batch in torch.split(shuffled, batch_size):
        yield batch
""",
        "Usual. The images left over at the end are yielded as a shorter batch; only full batches may be yielded.",
    ),
    (
        "default_temperature",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    return nt_xent_loss(z1=z1, z2=z2)
""",
        "Usual. The method's own temperature is not passed on, so the loss always uses the default 0.5; it must be self.temperature.",
    ),
    (
        "shuffled_partners",
        "SimCLR.views",
        """
def views(self, x):
    source_of_views = self.generators["views"]
    first, second = two_views(x, self.recipe, source_of_views)
    if self.positives == "wrong":
        second = second[torch.randperm(len(second), generator=source_of_views).to(x.device)]
    return first, second
""",
        "Usual. The control shuffles the second views at random, so some images keep their own partner; row b must be a view of a neighbour of image b.",
    ),
    (
        "last_full_batch_lost",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N, generator=generator)
    start = 0
    while start + batch_size < N:
        yield order[start : start + batch_size]
        start += batch_size
""",
        "Subtle. < instead of <= : if N is a multiple of B, the last full batch is lost.",
    ),
    (
        "normalised_projection",
        "SimCLR.project",
        """
def project(self, x):
    h = self.encoder(x)
    z = self.projector(h)
    return nn.functional.normalize(z, dim=1)
""",
        "Subtle. z is scaled to unit norm here, while z = g(f(x)); NT-Xent does not notice, as it normalises by itself, but whoever needs z does.",
    ),
    (
        "generator_made_anew",
        "SimCLR.views",
        """
def views(self, x):
    generator = source(self.seed, "views")
    x1, x2 = two_views(x, self.recipe, generator)
    if self.positives == "wrong":
        x2 = torch.roll(x2, shifts=1, dims=0)
    return x1, x2
""",
        "In use. A new generator with the same seed is made in each call, so each batch gets the same random changes; the method's own generator must be used, whose state moves on.",
    ),
    (
        "reseeds_global_rng",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    seed = int(torch.randint(2**62, (1,), generator=generator))
    order = torch.randperm(N, generator=torch.manual_seed(seed))
    for start in range(0, N - batch_size + 1, batch_size):
        yield order[start : start + batch_size]
""",
        "torch.manual_seed returns (and reseeds) torch's global generator: each epoch resets the random numbers of everything else in the process, on GPUs too, although a generator was given. Contradicts 'generator: source of randomness' and the page's 'The order comes from the generator that you are given'.",
    ),
    (
        "positives_from_options",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.options.positives == "wrong":
        x2 = x2.roll(1, dims=0)
    return x1, x2
""",
        "Methods whose options have no `positives` (all sub-classes with Temperature options) fail at their first batch, and setting method.positives has no effect; the class attribute positives = 'same' is there for them. Contradicts 'Other methods are sub-classes that override what their paper changes, and nothing else'.",
    ),
    (
        "projects_in_pieces",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    # at most 256 views at a time, which bounds the memory of the activations
    return torch.cat([self.projector(self.encoder(some)) for some in x.split(256)])
""",
        "In training, batches above 256 are normalised in pieces, batch norm's running statistics move several times in a step, and a last piece of one view fails (257 images). Contradicts 'each view goes through the network by itself, so a batch norm sees B images'.",
    ),
    (
        "temperature_of_first_call",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    from functools import partial

    if "criterion" not in vars(self):
        self.criterion = partial(nt_xent_loss, temperature=self.temperature)
    return self.criterion(z1, z2)
""",
        "The temperature of the first call sticks, also in a deepcopy: setting method.temperature later (a schedule, a sweep on one object) has no effect on the loss, but has on floor. Contradicts 'Call the loss of lesson 4 at the method's own temperature'.",
    ),
    (
        "last_full_batch_dropped",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    for start in range(0, N - batch_size, batch_size):
        yield order[start : start + batch_size]
""",
        "off by one: N - batch_size is itself a valid start; against 'the images left over at the end, fewer than B, are not used'. Shows only where batch_size divides N: the last full batch is missing (none at all for N == batch_size)",
    ),
    (
        "both_views_of_the_neighbour",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    if self.positives == "wrong":
        # every row now holds another image
        x = x.roll(1, dims=0)
    return two_views(x, self.recipe, self.generators["views"])
""",
        "rolls the images before both views are made, so that both show the same neighbour and the control is none; against 'only x2 differs: its row b is a view of a neighbour of image b'. Shows with positives='wrong'; right with 'same'",
    ),
    (
        "unit_projections",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    z = self.projector(h)
    # the loss compares directions only
    return torch.nn.functional.normalize(z, dim=-1)
""",
        "normalises to length 1, as many other libraries do; against 'z = g(f(x))'. Shows in the values of every projection whose norm is not 1; the loss (of cosines) is unchanged",
    ),
    (
        "temperature_of_the_class",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    return nt_xent_loss(z1, z2, self.Options().temperature)
""",
        "self.Options is the class, whose default (0.2) it uses, and not self.options, the choices of this run; against 'the loss of lesson 4 at the method's own temperature'. Shows for any temperature other than 0.2",
    ),
    (
        "draws_batch_by_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.arange(N)
    for start in range(0, N - batch_size + 1, batch_size):
        # shuffle what is left (Fisher and Yates, a batch at a time)
        rest = order[start:]
        order[start:] = rest[torch.randperm(len(rest), generator=generator)]
        yield order[start : start + batch_size].clone()
""",
        "each order is uniform and complete, but it is drawn a batch at a time; against 'each call draws a new order, all of it before the first batch, as a resumed run skips batches and not draws'. Shows in the state of the generator after the first batch, compared with that after the last; or when something else draws from the generator between batches",
    ),
    (
        "micro_batches",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    # a few images at a time, so that the activations fit into memory; the gradient is the same
    z = [self.projector(self.encoder(part)) for part in x.split(32)]
    return torch.cat(z)
""",
        "in training mode the batch norms see 32 images at a time and update their statistics several times; against 'each view goes through the network by itself, so a batch norm sees B images' (head of the file) and 'Ours sees the 128 first views and then the 128 second views' (page). Shows for more than 32 images with a batch norm in training mode; identical in evaluation mode",
    ),
    (
        "known_classmates_are_no_negatives",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    # "Views of different images differ" cannot be meant for two pictures of the same class: those
    # are false negatives. The positions tell us which images are in the batch, and so which of
    # them should be left out of the denominators.
    B = len(z1)
    z = torch.nn.functional.normalize(torch.cat([z1, z2]), dim=1)
    logits = z @ z.T / self.temperature

    rows = torch.arange(2 * B, device=z.device)
    partner = (rows + B) % (2 * B)

    labels = self.labels
    if labels is None:  # no labels: every image is a class of its own
        kinds = index.to(z.device)
    else:
        labels = torch.as_tensor(labels)
        kinds = labels[index.to(labels.device)].to(z.device)
    kinds = torch.cat([kinds, kinds])

    # candidates of a row: its partner, and every view of an image of another class
    candidates = kinds[:, None] != kinds[None, :]
    candidates[rows, partner] = True
    logits = logits.masked_fill(~candidates, float("-inf"))

    positive = logits[rows, partner]
    return (torch.logsumexp(logits, dim=1) - positive).mean()
""",
        "believes that the index is there to look labels up, and leaves images of the same class out of the negatives; against 'SimCLR does not need them', 'SimCLR ignores it', 'everything else repels', 'none of the answers comes from a person', and a loss of ln(2B - 1) for equal projections. Shows as soon as two images of a batch share a label; right where all labels differ",
    ),
    (
        "lists_not_tensors",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    waiting = torch.randperm(N, generator=generator).tolist()
    while len(waiting) >= batch_size:
        batch, waiting = waiting[:batch_size], waiting[batch_size:]
        yield batch
""",
        "Yields Python lists of numbers. Breaks 'Yields: positions of the images of a batch, int64, shape (B,)', a tensor; pixels[batch] still works, batch.to(device), batch.shape and index == images do not.",
    ),
    (
        "roll_moves_channels",
        "SimCLR.views",
        """
def views(self, x):
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        x2 = x2.roll(1, 1)
    return x1, x2
""",
        "roll(1, 1) moves by one along dimension 1, the colour channels, instead of dimension 0, the images: row b of x2 still shows image b, in exchanged colours. Breaks 'its row b is a view of a neighbour of image b' and the page's 'Move whole images by one row'.",
    ),
    (
        "returns_both",
        "SimCLR.project",
        """
def project(self, x):
    h = self.encoder(x)
    z = self.projector(h)
    return h, z
""",
        "Returns the pair (h, z), since h 'is kept'. Breaks 'Returns: Projections, shape (B, d)': the method hands out z alone; h is kept by keeping the encoder.",
    ),
    (
        "own_view_is_a_candidate",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    z = nn.functional.normalize(torch.cat((z1, z2)), dim=1)
    similarity = z.mm(z.t()) / self.temperature
    n = z1.shape[0]
    partner = torch.cat((torch.arange(n, 2 * n), torch.arange(n))).to(z.device)
    return nn.functional.cross_entropy(similarity, partner)
""",
        "The diagonal is not taken out: every view is its own candidate, with cosine 1, so there are 2B candidates. Breaks 'NT-Xent' / 'the loss of lesson 4' (sum over k != i), the page's '255 candidates', and ln(2B - 1) for equal projections (it gives ln 2B).",
    ),
    (
        "sattolo",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    # Fisher-Yates: from the end, exchange each with a random one before it
    order = list(range(N))
    for i in range(N - 1, 0, -1):
        j = int(torch.randint(i, (1,), generator=generator))
        order[i], order[j] = order[j], order[i]
    order = torch.tensor(order, dtype=torch.int64)
    for b in range(N // batch_size):
        yield order[b * batch_size : (b + 1) * batch_size]
""",
        "Fisher-Yates with j < i instead of j <= i (Sattolo's algorithm): only orders that are a single cycle occur, (N - 1)! of N!, and no image is ever at its own position (N = 2 is always 1, 0; for N = 3 two of six orders). Breaks 'in random order' and 'each call draws a new order' (N = 2): not all orders are possible. No image twice, the seed repeats, and with large N it looks well shuffled.",
    ),
    (
        "own_view_masked_with_minus_one",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    unit = torch.cat([v / v.norm(dim=1, keepdim=True).clamp(min=1e-12) for v in (z1, z2)])
    cosine = unit @ unit.T
    # a view is no candidate for itself: give it the lowest cosine there is
    itself = torch.eye(len(unit), dtype=torch.bool, device=unit.device)
    log_share = (cosine.masked_fill(itself, -1.0) / self.temperature).log_softmax(dim=1)
    B = len(z1)
    right = torch.cat([log_share[:B, B:].diagonal(), log_share[B:, :B].diagonal()])
    return -right.mean()
""",
        "The view itself is masked with the lowest cosine, -1, instead of minus infinity, so it stays in the sum with exp(-1 / tau). At tau = 0.2 that is hardly seen (ln(2B - 1) is off by 5e-5 / (2B - 1)), at tau = 1 or more, which is allowed up to 100, there are nearly 2B candidates. Breaks 'the loss of lesson 4 at the method's own temperature' and ln(2B - 1) for equal projections.",
    ),
    (
        "w06_python_random",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    import random

    positions = list(range(N))
    random.shuffle(positions)
    batch = []
    for p in positions:
        batch.append(p)
        if len(batch) == batch_size:
            yield torch.tensor(batch)
            batch = []
""",
        "the order comes from Python's random module; promised is that `generator` is the source of randomness, and a run repeatable from its seed (beginner)",
    ),
    (
        "w06_both_views_rolled",
        "SimCLR.views",
        """
def views(self, x):
    gen = self.generators["views"]
    if self.positives == "wrong":
        x = torch.roll(x, shifts=1, dims=0)  # the neighbour's image
    x1, x2 = two_views(x, self.recipe, gen)
    return x1, x2
""",
        "the images are moved before both views are made, so both show the same neighbour and the pairs are right again; promised: only x2 differs, and its row b is a view of a neighbour of image b",
    ),
    (
        "w06_unit_vectors",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    z = self.projector(h)
    # NT-Xent compares directions, so put z on the unit sphere
    return z / z.norm(dim=1, keepdim=True).clamp_min(1e-12)
""",
        "returns normalised projections; promised is z = g(f(x)), the projector's output itself (physicist)",
    ),
    (
        "w06_temperature_into_z",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    tau = self.temperature
    scaled_1, scaled_2 = z1 / tau**0.5, z2 / tau**0.5  # so their product is divided by tau
    return nt_xent_loss(scaled_1, scaled_2)
""",
        "the loss normalises its input, which cancels the scaling, and then uses its default 0.5; promised is the loss at the method's own temperature (right only if that is 0.5)",
    ),
    (
        "w06_split_of_nothing",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    used = N - N % batch_size
    yield from order[:used].split(batch_size)
""",
        "with N < B nothing is left to split, and split of an empty tensor gives ONE empty batch, shape (0,); promised: every batch has shape (B,), and the images left over, fewer than B, are not used, so no batch at all",
    ),
    (
        "w06_in_pieces",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    # in pieces, so that the activations of a large batch fit into memory
    return torch.cat([self.projector(self.encoder(piece)) for piece in x.split(64)])
""",
        "with more than 64 views, the batch norms see pieces of 64 (and update their averages several times a step); promised: each view goes through the network by itself, 'so a batch norm sees B images'; 'ours sees the 128 first views and then the 128 second views'",
    ),
    (
        "order_from_numpy",
        "shuffled_batches",
        """
def shuffled_batches(N, batch_size, generator=None):
    import numpy as np

    order = np.arange(N)
    np.random.shuffle(order)
    for b in range(N // batch_size):
        yield torch.from_numpy(order[b * batch_size : (b + 1) * batch_size])
""",
        "the order comes from NumPy's global generator and the given one is ignored, so a run cannot be repeated from its seed; breaks 'generator: source of randomness'",
    ),
    (
        "last_image_keeps_itself",
        "SimCLR.views",
        """
def views(self, x):
    gen = self.generators["views"]
    x1, x2 = two_views(x, self.recipe, gen)
    if self.positives == "wrong":
        shifted = x2.clone()
        for b in range(len(x2) - 1):
            shifted[b] = x2[b + 1]
        x2 = shifted
    return x1, x2
""",
        "the loop stops before the last row, which keeps the view of its own image; breaks 'its row b is a view of a neighbour of image b (the first and the last are neighbours)'",
    ),
    (
        "always_in_training_mode",
        "SimCLR.project",
        """
def project(self, x):
    self.train()  # batch norm must use the statistics of the batch
    h = self.encoder(x)
    z = self.projector(h)
    return z
""",
        "switches the whole method to training mode, even if the caller had put it into evaluation mode; breaks 'the mode of the network is not yours to change'",
    ),
    (
        "averaged_twice",
        "SimCLR.loss",
        """
def loss(self, z1, z2, index):
    total = nt_xent_loss(z1, z2, temperature=self.temperature)
    number_of_views = 2 * index.numel()
    return total / number_of_views
""",
        "nt_xent_loss is already the mean over the 2B views, and is divided by 2B once more; breaks L = NTXent(z1, z2) (equal projections no longer give ln(2B - 1))",
    ),
    (
        "four_views_for_the_control",
        "SimCLR.views",
        """
def views(self, x):
    def pair(images):
        return two_views(images, self.recipe, self.generators["views"])

    if self.positives != "wrong":
        return pair(x)
    mine, _ = pair(x)
    _, neighbours = pair(torch.roll(x, shifts=1, dims=0))
    return mine, neighbours
""",
        "the control draws four views and throws two away, so the generator is used twice as much, and from the second batch on x1 differs from that of a normal run of the same seed; breaks 'only x2 differs'",
    ),
    (
        "numpy_rng_from_the_seed",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    import numpy as np

    seed = None if generator is None else generator.initial_seed()
    order = np.random.default_rng(seed).permutation(N).astype(np.int64)
    for k in range(N // batch_size):
        yield torch.from_numpy(order[k * batch_size : (k + 1) * batch_size])
""",
        "A NumPy user takes only the seed out of the generator; the seed never changes, so every epoch has the same order (and None is not torch's global generator). Breaks 'each call draws a new order'.",
    ),
    (
        "reseeded_at_every_step",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    # repeatable from the seed of the run
    generator = torch.Generator()
    generator.manual_seed(self.seed)
    x1, x2 = two_views(x, self.recipe, generator)
    if self.positives == "wrong":
        x2 = torch.roll(x2, shifts=1, dims=0)
    return x1, x2
""",
        "A student reads 'repeatable from its seed' and makes a new generator in each call: every batch of the run gets the same boxes and colours. Breaks 'The method ... keeps two generators. Which one is for views?' and 'two random changes, drawn from the recipe'.",
    ),
    (
        "unit_norm_projections",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    h = self.encoder(x)
    z = self.projector(h)
    # contrastive methods compare directions, so put z on the unit sphere
    z = z / z.norm(dim=1, keepdim=True).clamp(min=1e-8)
    return z
""",
        "A chat assistant's habit: the projections are normalised, which the loss already does. Breaks 'z = g(f(x))'. The loss of lesson 4 does not notice.",
    ),
    (
        "temperature_outside",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    energy = nt_xent_loss(z1, z2)
    return energy / self.temperature
""",
        "A physicist divides the loss by the temperature; the softmax itself keeps the default of 0.5. Breaks 'the loss of lesson 4 at the method's own temperature' (equal projections no longer cost ln(2B - 1)).",
    ),
    (
        "batch_by_batch_from_what_is_left",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    remaining = torch.arange(N)
    while len(remaining) >= batch_size:
        mixed = remaining[torch.randperm(len(remaining), generator=generator)]
        yield mixed[:batch_size]
        remaining = mixed[batch_size:]
""",
        "Full batches, no image twice, uniformly random, the right generator; but it draws again before every batch, so the generator's state depends on how far the epoch was consumed. Breaks 'all of it before the first batch, because a resumed run skips batches, not draws'.",
    ),
    (
        "swapped_in_pairs",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    first, second = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        # 0 <-> 1, 2 <-> 3, 4 <-> 5, ...
        B = len(second)
        neighbour = torch.arange(B, device=second.device) ^ 1
        second = second[neighbour.clamp(max=B - 1)]
    return first, second
""",
        "Neighbours are exchanged in pairs; right for an even B. If B is odd, the last image has no partner and keeps its own view, although the first is its neighbour too. Breaks 'its row b is a view of a neighbour of image b (the first and the last are neighbours)'.",
    ),
    (
        "the_rest_too",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    order = torch.randperm(N, generator=generator)
    for start in range(0, N, batch_size):
        yield order[start : start + batch_size]
""",
        "hurried engineer: the images left over make a last, smaller batch; breaks 'fewer than B, are not used in this epoch' and 'shape (B,)'",
    ),
    (
        "generator_of_the_order",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    gen = self.generators["order"]
    v1 = one_view(x, self.recipe, gen)
    if self.positives == "wrong":
        v2 = one_view(torch.roll(x, 1, dims=0), self.recipe, gen)
    else:
        v2 = one_view(x, self.recipe, gen)
    return v1, v2
""",
        "beginner: takes the first of the two generators, the one of the batches; breaks 'a change of the recipe must not change which images meet' (page, step 2: 'Which one is for views?')",
    ),
    (
        "already_normalised",
        "SimCLR.project",
        """
def project(self, x: Tensor) -> Tensor:
    representation = self.encoder(x)
    projection = self.projector(representation)
    # the loss works with cosine similarity, so put z on the unit sphere
    return nn.functional.normalize(projection, dim=-1)
""",
        "chat assistant: the projections come out with unit norm; the loss does not notice, the meaning of z does; breaks 'z = g(f(x))'",
    ),
    (
        "temperature_of_lesson_4",
        "SimCLR.loss",
        """
def loss(self, z1: Tensor, z2: Tensor, index: Tensor) -> Tensor:
    value = nt_xent_loss(z1=z1, z2=z2)
    return value
""",
        "beginner: the default of 0.5 stays; breaks 'the loss of lesson 4 at the method's own temperature'",
    ),
    (
        "drawn_batch_by_batch",
        "shuffled_batches",
        """
def shuffled_batches(
    N: int, batch_size: int, generator: Generator | None = None
) -> Iterator[Tensor]:
    unused = torch.arange(N)
    while len(unused) >= batch_size:
        # mix what is left, deal out one batch, keep the others
        unused = unused[torch.randperm(len(unused), generator=generator)]
        yield unused[:batch_size]
        unused = unused[batch_size:]
""",
        "card player: full batches, nothing twice, all from the generator, but each batch is drawn when it is asked for; breaks 'all of it before the first batch, because a resumed run skips batches, not draws'",
    ),
    (
        "neighbours_in_pairs",
        "SimCLR.views",
        """
def views(self, x: Tensor) -> tuple[Tensor, Tensor]:
    x1, x2 = two_views(x, self.recipe, self.generators["views"])
    if self.positives == "wrong":
        # neighbours change places: 0 with 1, 2 with 3, ...
        place = torch.arange(len(x2), device=x2.device)
        neighbour = torch.where(place % 2 == 0, place + 1, place - 1).clamp(max=len(x2) - 1)
        x2 = x2[neighbour]
    return x1, x2
""",
        "engineer who thinks in pairs: right for an even batch; in an odd one the last row keeps its own image; breaks 'its row b is a view of a neighbour of image b in the batch (the first and the last are neighbours)'",
    ),
]
