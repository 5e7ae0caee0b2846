# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 8's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "assign_running_minimum",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    least = torch.full((len(x),), float("inf"), dtype=x.dtype, device=x.device)
    for start in range(0, len(x), 512):
        some = x[start : start + 512]
        own, near = labels[start : start + 512], least[start : start + 512]
        for j, c in enumerate(centroids):
            d = (some - c).pow(2).sum(dim=1)
            closer = d < near
            own[closer] = j
            near[closer] = d[closer]
    return labels, least
""",
        "a loop over centroids with a running minimum, distances by subtraction, 512 points at a time",
    ),
    (
        "assign_cdist",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels, distances = [], []
    for some in torch.split(x, 200):
        d = torch.cdist(some, centroids, compute_mode="donot_use_mm_for_euclid_dist")
        values, indices = torch.topk(d, 1, dim=1, largest=False)
        labels.append(indices.squeeze(1))
        distances.append(values.squeeze(1).square())
    return torch.cat(labels), torch.cat(distances)
""",
        "torch.cdist of 200 points at a time, the root squared again",
    ),
    (
        "assign_halfspaces",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    c = centroids.double()
    height = torch.einsum("kd,kd->k", c, c) / 2
    labels = x.new_empty(len(x), dtype=torch.int64)
    distances = torch.empty_like(labels, dtype=x.dtype)
    for rows in torch.arange(len(x), device=x.device).split(CHUNK // 2):
        points = x[rows].double()
        own = (points @ c.T - height).argmax(1)  # the highest tangent plane of the paraboloid
        labels[rows] = own
        distances[rows] = (points - c[own]).square().sum(1).to(x.dtype)
    return labels, distances
""",
        "argmax of x . c - |c|^2 / 2 in float64, then the distance to that one centroid by subtraction",
    ),
    (
        "means_split",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    K = len(centroids)
    sizes = [int((labels == j).sum()) for j in range(K)]
    groups = x[labels.argsort()].split(sizes)
    new = [
        group.double().mean(0).to(old.dtype) if len(group) else old.clone()
        for group, old in zip(groups, centroids)
    ]
    waiting = [j for j in range(K) if sizes[j] == 0]
    ranking = sorted(range(len(x)), key=distances.tolist().__getitem__, reverse=True)
    for j, n in zip(waiting, ranking):
        if distances[n] > 0:
            new[j] = x[n].to(centroids.dtype)
    return torch.stack(new)
""",
        "points sorted by label and split into groups, one mean per group, Python's sorted for the farthest",
    ),
    (
        "means_scatter_reduce",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    where = labels.unsqueeze(1).expand(-1, x.shape[1])
    new = centroids.double().scatter_reduce(0, where, x.double(), "mean", include_self=False)
    new = new.to(centroids.dtype)
    empty = torch.ones(len(centroids), dtype=torch.bool, device=x.device)
    empty[labels] = False
    left = distances.clone()
    for j in reversed(empty.nonzero().flatten().tolist()):
        n = int(left.argmax())
        if not left[n] > 0:
            new[j] = centroids[j]
            continue
        new[j] = x[n]
        left[n] = 0
    return new
""",
        "scatter_reduce with mean into the old centroids; empty clusters revived from the last to the first, by repeated argmax",
    ),
    (
        "means_onehot",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    K, d = centroids.shape
    total = torch.zeros(K, d + 1, dtype=torch.float64, device=x.device)
    for points, own in zip(x.split(CHUNK), labels.split(CHUNK)):
        member = torch.nn.functional.one_hot(own, K).double()
        total += member.T @ torch.nn.functional.pad(points.double(), (0, 1), value=1.0)
    count = total[:, d:]
    new = torch.where(count > 0, total[:, :d] / count.clamp(min=1), centroids.double())
    order = torch.argsort(distances, descending=True)
    order = order[: int((distances > 0).sum())]
    slots = torch.arange(K, device=x.device)[count[:, 0] == 0][: len(order)]
    new = new.index_copy(0, slots, x[order[: len(slots)]].double())
    return new.to(centroids.dtype)
""",
        "one-hot matrix products with a column of ones, in float64 and in chunks; index_copy for the revived",
    ),
    (
        "far_multinomial",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    weights = squared.detach().cpu().double()
    possible = weights.nonzero().flatten()
    if count == 0 or len(possible) == 0:
        return torch.randint(len(squared), (count,), generator=generator).to(squared.device)
    chances = weights[possible] / weights.max()
    drawn = torch.multinomial(chances, count, replacement=True, generator=generator)
    return possible[drawn].to(squared.device)
""",
        "torch.multinomial among the points with a distance above 0; any random position if there are none",
    ),
    (
        "far_race",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    weights = squared.cpu().double()
    (possible,) = torch.where(weights > 0)
    if possible.numel() == 0:
        return torch.zeros(count, dtype=torch.int64, device=squared.device)
    winners = []
    for _ in range(count):
        u = torch.rand(len(possible), generator=generator, dtype=torch.float64)
        times = -torch.log1p(-u) / (weights[possible] / weights.max())
        winners.append(possible[times.argmin()])
    return torch.stack(winners).to(squared.device) if winners else possible[:0].to(squared.device)
""",
        "an exponential race for each draw: the first to arrive wins, with rates proportional to the weights",
    ),
    (
        "seed_subtract",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    keys = torch.rand(len(x), generator=generator, dtype=torch.float64)
    subset = keys.argsort()[: max(1000, k * SEEDING_POINTS)].to(x.device)
    pool = x[subset].double()
    draws = 2 + math.floor(math.log(k))
    picked = torch.randint(len(pool), (1,), generator=generator).tolist()
    nearest = (pool - pool[picked[0]]).square().sum(1)
    while len(picked) < k:
        best = None
        for candidate in far_points(nearest, draws, generator).tolist():
            after = torch.minimum(nearest, (pool - pool[candidate]).square().sum(1))
            cost = float(after.sum())
            if best is None or cost < best[0]:
                best = (cost, candidate, after)
        picked.append(best[1])
        nearest = best[2]
    return x[subset[torch.tensor(picked, device=x.device)]]
""",
        "random keys for the subset, a drawn first point, a loop over candidates with distances by subtraction in float64",
    ),
    (
        "seed_table",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    n = min(len(x), max(SEEDING_POINTS * k, 1000))
    rows = torch.randperm(len(x), generator=generator)[-n:]
    some = x.index_select(0, rows.to(x.device))
    centroids = torch.empty(k, x.shape[1], dtype=x.dtype, device=x.device)
    centroids[0] = some[-1]
    nearest = squared_distances(some, centroids[:1]).squeeze(1)
    for i in range(1, k):
        tried = far_points(nearest, 2 + int(math.log(k)), generator)
        table = squared_distances(some, some[tried])  # one column for each candidate
        table = torch.where(table < nearest[:, None], table, nearest[:, None])
        winner = table.double().sum(dim=0).min(dim=0).indices
        centroids[i] = some[tried[winner]]
        nearest = table[:, winner]
    return centroids
""",
        "the end of the random order as subset and its last point as first centroid, candidates in columns, torch.where",
    ),
    (
        "kmeans_double",
        "kmeans",
        """
def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.double().mean(dim=0, keepdim=True)
    points = x.double() - origin
    if start is not None:
        c = start.double() - origin
    else:
        c = plus_plus(points, k, generator)
    labels, distances = assign(points, c)
    done, changed = 0, True
    while changed and done < iterations:
        c = means(points, labels, distances, c)
        new, distances = assign(points, c)
        changed = bool((new != labels).any())
        labels, done = new, done + 1
    return (c + origin).to(x.dtype), labels
""",
        "the whole algorithm in float64 about the mean, a while loop with a flag",
    ),
    (
        "kmeans_generator",
        "kmeans",
        """
def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    middle = x.double().mean(0)
    points = (x.double() - middle).to(x.dtype)

    def lloyd():
        if start is None:
            centroids = plus_plus(points, k, generator)
        else:
            centroids = (start.double() - middle).to(x.dtype)
        while True:
            labels, distances = assign(points, centroids)
            yield centroids, labels
            centroids = means(points, labels, distances, centroids)

    states = lloyd()
    centroids, labels = next(states)
    for _ in range(iterations):
        before = labels
        centroids, labels = next(states)
        if not torch.count_nonzero(labels - before):
            break
    return (centroids.double() + middle).to(x.dtype), labels
""",
        "a nested Python generator of all states, the consumer stops it; the middle in float64, the points in x's dtype",
    ),
    (
        "noise_box_muller",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    u, v = torch.rand((2, *x.shape), generator=generator, dtype=torch.float64)
    radius = (-2 * torch.log1p(-u)).sqrt()
    noise = std * radius * torch.cos(2 * torch.pi * v)
    return (x.double() + noise.to(x.device)).to(x.dtype)
""",
        "Box and Muller's transform of uniform numbers, sum in float64",
    ),
    (
        "error_double",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    difference = torch.sub(x.double(), model(noisy).double())
    return difference.flatten().pow(2).sum() / x.numel()
""",
        "sum of squares over their number, in float64 (a float64 scalar)",
    ),
    (
        "latent_pool",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    code = x
    for part in self.encoder:
        code = part(code)
    return F.avg_pool2d(code, tuple(code.shape[-2:])).flatten(1).to(x.dtype)
""",
        "a loop over the encoder's parts, avg_pool2d with a window as large as the code",
    ),
    (
        "running_minimum",
        "assign",
        """
def assign(x, centroids):
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    squared = x.new_full((len(x),), float("inf"))
    for lo in range(0, len(x), CHUNK):
        here = slice(lo, lo + CHUNK)
        part = x[here]
        for j, c in enumerate(centroids):
            d2 = ((part - c) ** 2).sum(1)
            closer = d2 < squared[here]
            labels[here] = torch.where(closer, j, labels[here])
            squared[here] = torch.where(closer, d2, squared[here])
    return labels, squared
""",
        "Subtracts and squares, one centroid at a time, with a running minimum and no matrix product.",
    ),
    (
        "loop_over_clusters",
        "means",
        """
def means(x, labels, distances, centroids):
    new = centroids.clone()
    empty = []
    for j in range(len(new)):
        members = x[labels == j]
        if len(members):
            new[j] = members.mean(0)
        else:
            empty.append(j)
    if empty:
        by_distance = torch.sort(distances, descending=True, stable=True).indices
        for j, n in zip(empty, by_distance.tolist()):
            if distances[n] > 0:
                new[j] = x[n]
    return new
""",
        "A Python loop over clusters with boolean masks, and a sort instead of topk.",
    ),
    (
        "exponential_race",
        "far_points",
        """
def far_points(squared, count, generator=None):
    rate = squared.double().cpu()
    winners = []
    for _ in range(count):
        clock = -torch.log1p(-torch.rand(len(rate), dtype=torch.float64, generator=generator))
        time = torch.where(rate > 0, clock / rate, torch.inf)
        winners.append(int(time.argmin()))
    return torch.tensor(winners, dtype=torch.int64, device=squared.device)
""",
        "Each draw is a race of exponential clocks, whose winner is n with probability proportional to its rate.",
    ),
    (
        "centred_at_float64_mean",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.mean(0, dtype=torch.float64).to(x.dtype)
    x = x.sub(origin)
    if start is None:
        c = plus_plus(x, k, generator)
    else:
        c = start.sub(origin)

    def lloyd(c, labels, d2, left):
        while left:
            c = means(x, labels, d2, c)
            old, (labels, d2) = labels, assign(x, c)
            left = 0 if bool((old == labels).all()) else left - 1
        return c, labels

    c, labels = lloyd(c, *assign(x, c), iterations)
    return c.add(origin), labels
""",
        "The middle is a mean in float64, and an inner function counts the iterations down.",
    ),
    (
        "centroid_by_centroid",
        "assign",
        """
def assign(x, centroids):
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    distances = torch.full((len(x),), float("inf"), dtype=x.dtype, device=x.device)
    for begin in range(0, len(x), CHUNK):
        part = slice(begin, begin + CHUNK)
        for number, c in enumerate(centroids):
            squared = (x[part] - c).square().sum(1)
            nearer = squared < distances[part]
            distances[part] = torch.where(nearer, squared, distances[part])
            labels[part] = torch.where(nearer, number, labels[part])
    return labels, distances
""",
        "Loops over chunks and centroids with plain differences, and keeps the nearest so far; no matrix product and no clamp.",
    ),
    (
        "race_of_exponentials",
        "far_points",
        """
def far_points(squared, count, generator=None):
    far = squared.detach().to("cpu", torch.float64)
    if not far.max() > 0:
        return torch.randint(len(far), (count,), generator=generator).to(squared.device)
    far = far / far.max()
    clocks = torch.empty(count, len(far), dtype=torch.float64).exponential_(generator=generator)
    arrival = (clocks / far).masked_fill(far == 0, float("inf"))
    return arrival.argmin(dim=1).to(squared.device)
""",
        "A race: each point has an exponential clock with its squared distance as the rate, and the first to ring is drawn.",
    ),
    (
        "image_by_image",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    output = model(noisy)
    wide = torch.promote_types(torch.promote_types(output.dtype, x.dtype), torch.float32)
    total = torch.zeros((), dtype=wide, device=x.device)
    for made, clean in zip(output, x):
        error = made.to(wide) - clean.to(wide)
        total = total + (error * error).sum()
    return total / x.numel()
""",
        "A loop over images that adds up squared errors, divided by the number of values at the end.",
    ),
    (
        "sorted_segments",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    counts = torch.bincount(labels, minlength=len(centroids))
    # bring the points of a cluster together, and add up each stretch
    by_cluster = x.double()[labels.argsort(stable=True)]
    sums = torch.segment_reduce(by_cluster, "sum", lengths=counts, axis=0)
    averages = (sums / counts.clamp(min=1)[:, None]).to(centroids.dtype)
    result = torch.where(counts[:, None] > 0, averages, centroids)
    far_first = distances.argsort(descending=True, stable=True)
    useful = far_first[distances[far_first] > 0]
    empty = (counts == 0).nonzero().flatten()
    revived = min(len(empty), len(useful))
    return result.index_copy(0, empty[:revived], x[useful[:revived]].to(result.dtype))
""",
        "sorts the points by cluster and sums each segment in double with segment_reduce; empty clusters first keep the old centroid, then as many as there are points at a distance above 0 get the farthest ones; the old centroids stay as they are",
    ),
    (
        "exponential_race_2",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    N = len(squared)
    # arrival times: exponential, at a rate that is the squared distance; the first one wins with
    # probability proportional to its rate. Only ratios of rates matter.
    rate = squared.double() / squared.max().double()
    never = squared == 0
    rows = max(1, 2**20 // N)
    winners = torch.empty(count, dtype=torch.int64, device=squared.device)
    for some in winners.split(rows):
        uniform = torch.rand(len(some), N, dtype=torch.float64, generator=generator)
        time = -torch.log1p(-uniform.to(squared.device)) / rate
        some.copy_(time.masked_fill(never, float("inf")).argmin(dim=1))
    return winners
""",
        "each draw is a race of exponential clocks whose rates are the squared distances: the winner has the required probabilities; points at distance 0 never arrive; if none arrives, argmin gives a valid position (0); draws on the CPU from the generator, moved to the device",
    ),
    (
        "top_keys_and_weighed_by_matrix",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    from functools import reduce

    size = min(len(x), max(1000, SEEDING_POINTS * k))
    keys = torch.rand(len(x), dtype=torch.float64, generator=generator)
    subset = keys.topk(size).indices.to(x.device)  # a random subset, in random order
    points = x[subset].double()

    def add(state, _):
        chosen, nearest = state
        if nearest.max() > 0:
            tried = far_points(nearest, 2 + math.floor(math.log(k)), generator)
            after = squared_distances(points[tried], points).minimum(nearest)
            best = int(after.sum(dim=1).sort(stable=True).indices[0])
            return [*chosen, int(tried[best])], after[best]
        # no square is above 0, but a difference may be: take a point that equals none of the
        # centroids, if there is one
        kind = points.unique(dim=0, return_inverse=True)[1]
        known = torch.isin(kind, kind[chosen])
        return [*chosen, int(known.long().argmin())], nearest

    first = int(torch.randint(size, (), generator=generator))
    start = [first], squared_distances(points, points[[first]])[:, 0]
    chosen, _ = reduce(add, range(k - 1), start)
    return x[subset[chosen]]
""",
        "the subset is where the largest of N uniform numbers are, its first centroid comes from randint; reduce instead of a loop; distances in double, all candidates in one matrix; points so close that even squares in double vanish are told apart by unique; the rows returned are rows of x",
    ),
    (
        "generator_of_states_in_double",
        "kmeans",
        """
def kmeans(
    x: Tensor,
    k: int,
    iterations: int = 20,
    generator: Generator | None = None,
    start: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    from itertools import islice

    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")

    origin = x.double().mean(dim=0)
    points = x.double() - origin

    def states(centroids):
        labels, distances = assign(points, centroids)
        while True:
            yield centroids, labels
            centroids = means(points, labels, distances, centroids)
            labels, distances = assign(points, centroids)

    first = plus_plus(points, k, generator) if start is None else start.double() - origin
    stream = islice(states(first), iterations + 1)
    last = next(stream)
    for state in stream:
        before, last = last, state
        if torch.equal(before[1], last[1]):
            break
    centroids, labels = last
    return (centroids + origin).to(x.dtype), labels
""",
        "an endless generator of (centroids, labels), cut after `iterations` steps, each compared with the one before; all in double around the mean of the points, cast back at the end; assign comes last",
    ),
    (
        "box_and_muller",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    import math

    u, v = torch.rand((2, *x.shape), dtype=torch.float64, generator=generator).to(x.device)
    # 1 - u is in (0, 1], so that its logarithm is finite
    normal = torch.log1p(-u).mul(-2).sqrt() * torch.cos(2 * math.pi * v)
    return (x.double() + std * normal).to(x.dtype)
""",
        "normal numbers from pairs of uniform ones (Box and Muller), drawn on the CPU in double and moved to x's device; the sum is rounded once, to x's dtype; not clipped",
    ),
    (
        "r08_tree",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    places = torch.rand(count, generator=generator, dtype=torch.float64).to(squared.device)
    largest = squared.max().double()
    if not largest > 0:
        return (places * len(squared)).long().clamp(max=len(squared) - 1)
    # a tree of sums: each node holds the sum of its two children
    depth = math.ceil(math.log2(max(len(squared), 2)))
    leaves = torch.zeros(2**depth, dtype=torch.float64, device=squared.device)
    leaves[: len(squared)] = squared.double() / largest
    levels = [leaves]
    while len(levels[-1]) > 1:
        levels.append(levels[-1].view(-1, 2).sum(1))
    # from the root down: go right if the place lies behind the left child, never to an empty child
    node = torch.zeros(count, dtype=torch.int64, device=squared.device)
    rest = places * levels.pop()
    while levels:
        level = levels.pop()
        left, right = level[2 * node], level[2 * node + 1]
        turn = ((rest >= left) & (right > 0)) | (left == 0)
        rest = torch.where(turn, rest - left, rest)
        node = 2 * node + turn
    return node
""",
        "A binary tree of sums, in which every draw descends from the root to a leaf; a child with the sum 0 is never entered. In float64, and scaled by the largest distance.",
    ),
    (
        "r08_by_coordinate",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels, distances = [], []
    for some in x.split(CHUNK):
        table = some.new_zeros(len(some), len(centroids))
        for values, places in zip(some.unbind(1), centroids.unbind(1), strict=True):
            difference = values[:, None] - places
            table.addcmul_(difference, difference)
        nearest = table.argmin(1)
        labels.append(nearest)
        distances.append(table.take_along_dim(nearest[:, None], 1)[:, 0])
    return torch.cat(labels), torch.cat(distances)
""",
        "Loops over the coordinates and adds up squared differences; no matrix product, nothing below 0, accurate for large coordinates.",
    ),
    (
        "r08_sparse",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    N, K = len(x), len(centroids)
    points = torch.arange(N, device=x.device)
    ones = torch.ones(N, dtype=torch.float64, device=x.device)
    # a sparse K x N matrix with a 1 where point n is in cluster k
    member = torch.sparse_coo_tensor(torch.stack([labels, points]), ones, (K, N), check_invariants=True)
    sums = torch.sparse.mm(member, torch.cat([x.double(), ones[:, None]], dim=1))
    sums, count = sums[:, :-1], sums[:, -1:]
    new = torch.where(count > 0, sums / count, centroids.double()).to(centroids.dtype)
    empty = torch.where(count[:, 0] == 0)[0]
    revived = min(len(empty), int((distances > 0).sum()))
    if revived:
        farthest = distances.topk(revived).indices
        new = new.index_copy(0, empty[:revived], x[farthest].to(new.dtype))
    return new
""",
        "A product of a sparse membership matrix with the points and a column of ones, in float64; as many empty clusters are revived as there are points at a distance above 0.",
    ),
    (
        "r08_place_by_place",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    code = self.encoder(x)
    height, width = code.shape[2:]
    total = code.new_zeros(code.shape[:2], dtype=torch.promote_types(code.dtype, torch.float32))
    for row in range(height):
        for column in range(width):
            total = total + code[:, :, row, column]
    return (total / (height * width)).to(x.dtype)
""",
        "Two loops over the positions of the code and a running sum, in float32 or wider.",
    ),
    (
        "cdist_then_subtract",
        "assign",
        """
def assign(x, centroids):
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    squared = x.new_zeros(len(x))
    for first in range(0, len(x), CHUNK):
        here = slice(first, first + CHUNK)
        lengths = torch.cdist(
            x[here], centroids, compute_mode="donot_use_mm_for_euclid_dist"
        )
        labels[here] = lengths.argmin(dim=1)
        squared[here] = (x[here] - centroids[labels[here]]).pow(2).sum(dim=1)
    return labels, squared
""",
        "cdist without a matrix product for each chunk, then the winner's squared distance by subtraction; no clamp needed; writes into tensors made beforehand.",
    ),
    (
        "exponential_race_12",
        "far_points",
        """
def far_points(squared, count, generator=None):
    weights = squared.detach().to("cpu", torch.float64)
    weights = weights / weights.max()  # all NaN if all are zero
    source = "cpu" if generator is None else generator.device
    at_once = max(1, 2**20 // len(weights))
    positions = torch.zeros(count, dtype=torch.int64)
    for first in range(0, count, at_once):
        rows = min(at_once, count - first)
        clocks = torch.empty(rows, len(weights), dtype=torch.float64, device=source)
        clocks = clocks.exponential_(generator=generator).cpu() / weights
        clocks.masked_fill_(~(weights > 0), math.inf)
        positions[first : first + rows] = clocks.argmin(dim=1)
    return positions.to(squared.device)
""",
        "A race in place of darts on a line: each point gets an exponential waiting time divided by its weight, and the first one wins, which has a chance proportional to its weight. Zero weights never ring; if all are zero, the result is position 0.",
    ),
    (
        "variance_and_bias",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    rebuilt = model(noisy)
    wide = torch.promote_types(torch.promote_types(rebuilt.dtype, x.dtype), torch.float32)
    error = rebuilt.to(wide) - x.to(wide)
    variance, bias = torch.var_mean(error, correction=0)
    return variance + bias * bias
""",
        "A physicist's decomposition: mean of the squares = variance + square of the mean, in the promoted dtype, float32 or wider.",
    ),
    (
        "one_centroid_at_a_time",
        "assign",
        """
def assign(x, centroids):
    N = x.shape[0]
    labels = torch.zeros(N, dtype=torch.int64, device=x.device)
    squared = torch.full((N,), float("inf"), dtype=x.dtype, device=x.device)
    for begin in range(0, N, CHUNK):
        points = x[begin : begin + CHUNK]
        least, own = squared[begin : begin + CHUNK], labels[begin : begin + CHUNK]  # views
        for number, centroid in enumerate(centroids):
            d2 = (points - centroid).square().sum(dim=1).to(x.dtype)
            closer = d2 < least
            least[closer] = d2[closer]
            own[closer] = number
    return labels, squared
""",
        "no matrix product: two loops, over chunks of points and over centroids, that keep the smallest squared difference so far",
    ),
    (
        "sorted_and_split",
        "means",
        """
def means(x, labels, distances, centroids):
    sizes = torch.bincount(labels, minlength=len(centroids)).tolist()
    groups = x[torch.argsort(labels)].split(sizes)
    ranking = iter(torch.argsort(distances, descending=True).tolist())
    rows = []
    for members, old in zip(groups, centroids, strict=True):
        if len(members):
            rows.append(members.mean(0).to(old.dtype))
            continue
        farthest = next(ranking, None)
        if farthest is None or not distances[farthest] > 0:
            rows.append(old)
        else:
            rows.append(x[farthest].to(old.dtype))
    return torch.stack(rows)
""",
        "sorts the points by cluster and splits them into groups, takes each group's mean; an iterator over the points from the farthest on serves the empty clusters",
    ),
    (
        "exponential_race_13",
        "far_points",
        """
def far_points(squared, count, generator=None):
    rates = squared.detach().cpu().double()
    runners = torch.nonzero(rates > 0).flatten()
    if len(runners) == 0:
        any_of_them = torch.randint(len(rates), (count,), generator=generator)
        return any_of_them.to(squared.device)
    rates = rates[runners] / rates.max()
    heats = []
    for some in torch.arange(count).split(max(1, 1_000_000 // len(runners))):
        u = torch.rand(len(some), len(runners), generator=generator, dtype=torch.float64)
        arrival = -torch.log1p(-u) / rates  # exponential with each runner's rate
        heats.append(runners[arrival.argmin(dim=1)])
    return torch.cat(heats).to(squared.device)
""",
        "no cumsum and no searchsorted: for each draw every point with a distance above 0 gets an exponential arrival time with its squared distance as rate, and the first to arrive is drawn",
    ),
    (
        "exponential_race_14",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    # a race: point n arrives after an exponential time of rate squared[n], and the first one wins,
    # which happens with probability squared[n] / sum. In logarithms, so that nothing over- or underflows.
    log_rate = squared.detach().cpu().double().log()  # -inf for distance zero: never arrives
    N = len(log_rate)
    rows = max(1, 2**20 // N)
    winners = torch.zeros(count, dtype=torch.int64)
    for first in range(0, count, rows):
        races = min(rows, count - first)
        u = torch.rand(races, N, generator=generator, dtype=torch.float64)
        log_time = torch.log1p(-u).neg_().clamp_(min=2.0**-54).log_()
        winners[first : first + races] = (log_rate - log_time).argmax(dim=1)
    return winners.to(squared.device)
""",
        "no cumsum: an exponential race (Gumbel trick) with one random number per point and draw, on the CPU in float64 and in logarithms",
    ),
    (
        "random_keys_and_one_candidate_at_a_time",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    size = max(1000, SEEDING_POINTS * k)
    keys = torch.rand(len(x), generator=generator, dtype=torch.float64)
    rows = keys.argsort()[:size].to(x.device)  # a subset in random order, so its first point is any point
    points = x[rows].double()

    chosen = [0]
    nearest = squared_distances(points, points[:1]).squeeze(1)
    while len(chosen) < k:
        tries = far_points(nearest, 2 + math.floor(math.log(k)), generator).tolist()
        options = []
        for t in tries:
            to_t = squared_distances(points, points[t : t + 1]).squeeze(1)
            options.append(torch.minimum(nearest, to_t))
        sums = [float(option.sum()) for option in options]
        best = sums.index(min(sums))
        pick = tries[best]
        if pick in chosen:  # no point is far: any that is not a centroid yet
            pick = min(set(range(len(points))) - set(chosen))
        else:
            nearest = options[best]
        chosen.append(pick)
    return x[rows[chosen]]
""",
        "subset by sorting random keys, whose first point is the first centroid; distances in float64, one candidate at a time; no point is chosen twice",
    ),
    (
        "sort_and_split",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    counts = torch.bincount(labels, minlength=len(centroids)).tolist()
    clusters = x[labels.argsort()].split(counts)
    farthest = iter(distances.argsort(descending=True).tolist())
    new = []
    for old, cluster in zip(centroids, clusters):
        if len(cluster):
            new.append(cluster.mean(0))
            continue
        n = next(farthest, None)
        new.append(x[n] if n is not None and distances[n] > 0 else old)
    return torch.stack([c.to(centroids.dtype) for c in new])
""",
        "sorts the points by label and splits them into clusters; empty ones take points from a sorted list; no index_add_",
    ),
    (
        "cdist_then_subtract_15",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    squared = torch.zeros(len(x), dtype=x.dtype, device=x.device)
    centroids = centroids.to(x.dtype)
    begin = 0
    while begin < len(x):
        end = min(begin + CHUNK, len(x))
        some = x[begin:end]
        table = torch.cdist(some, centroids, compute_mode="donot_use_mm_for_euclid_dist")
        own = table.argmin(dim=1)
        labels[begin:end] = own
        squared[begin:end] = ((some - centroids[own]) ** 2).sum(dim=1)
        begin = end
    return labels, squared
""",
        "cdist by subtraction instead of the expansion, the squared distance computed again from the chosen centroid, a while loop that writes into prepared tensors",
    ),
    (
        "exponential_race_15",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    N = len(squared)
    log_rate = squared.detach().cpu().double().log()  # -inf at distance 0: never arrives
    winners = torch.empty(count, dtype=torch.int64)
    at_once = max(1, 2**20 // N)
    for i in range(0, count, at_once):
        races = min(at_once, count - i)
        waiting = torch.empty(races, N, dtype=torch.float64).exponential_(generator=generator)
        log_time = waiting.clamp(min=1e-300).log() - log_rate
        winners[i : i + races] = log_time.argmin(dim=1)
    return winners.to(squared.device)
""",
        "physicist: a race of exponential clocks (the smallest Exp(1) / weight wins with probability proportional to the weight), in logarithms and float64, instead of cumsum and a search; draws N numbers per position",
    ),
    (
        "image_by_image_15",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    guess = model(noisy)
    wide = torch.promote_types(torch.promote_types(guess.dtype, x.dtype), torch.float32)
    errors = []
    for clean, rebuilt in zip(x, guess, strict=True):
        difference = rebuilt.to(wide) - clean.to(wide)
        errors.append((difference * difference).mean())
    return torch.stack(errors).mean()
""",
        "beginner: the mean over the images of each image's mean squared error, in a loop (all images have equally many values), in the widest dtype of both and at least float32",
    ),
]
