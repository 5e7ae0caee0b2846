# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 8's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "as_largest_product",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels, squared = [], []
    for chunk in x.split(CHUNK):
        label = (chunk @ centroids.T).argmax(dim=1)
        labels.append(label)
        squared.append((chunk - centroids[label]).square().sum(dim=1))
    return torch.cat(labels), torch.cat(squared)
""",
        "the largest inner product instead of the smallest distance: the |c|^2 is ignored",
    ),
    (
        "as_point_norm_left_out",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    all_labels, all_distances = [], []
    c2 = (centroids * centroids).sum(1)
    for part in torch.split(x, CHUNK):
        d = c2 - 2 * part @ centroids.T  # |x|^2 is the same for all centroids
        smallest, label = d.min(dim=1)
        all_labels.append(label)
        all_distances.append(smallest.clamp(min=0))
    return torch.cat(all_labels), torch.cat(all_distances)
""",
        "labels are right, but |x|^2 is missing from the distances",
    ),
    (
        "as_single_precision",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    N = len(x)
    labels = torch.empty(N, dtype=torch.long, device=x.device)
    distances = torch.empty(N, device=x.device)
    for i in range(0, N, CHUNK):
        part = x[i : i + CHUNK]
        table = (part**2).sum(1, keepdim=True) - 2 * part @ centroids.T + (centroids**2).sum(1)
        values, where = table.min(1)
        labels[i : i + CHUNK] = where
        distances[i : i + CHUNK] = values.clamp(min=0)
    return labels, distances
""",
        "distances are float32 also for float64 points",
    ),
    (
        "as_not_squared",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels = []
    distances = []
    for some in x.split(CHUNK):
        nearest = torch.cdist(some, centroids).min(dim=1)
        labels.append(nearest.indices)
        distances.append(nearest.values)
    return torch.cat(labels), torch.cat(distances)
""",
        "cdist's distances are not squared",
    ),
    (
        "me_lost_rows",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    K = len(centroids)
    sums = torch.zeros_like(centroids)
    sums[labels] += x
    counts = torch.bincount(labels, minlength=K)
    new = centroids.clone()
    full = counts > 0
    new[full] = sums[full] / counts[full].unsqueeze(1)
    empty = torch.where(counts == 0)[0]
    far = distances.argsort(descending=True)[: len(empty)]
    far = far[distances[far] > 0]
    new[empty[: len(far)]] = x[far]
    return new
""",
        "indexed += does not add up repeated labels, so only one point of each cluster counts",
    ),
    (
        "me_same_far_point",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    rows = []
    for j in range(len(centroids)):
        members = x[labels == j]
        if len(members) > 0:
            rows.append(members.mean(0))
        else:
            worst = distances.argmax()
            rows.append(x[worst] if distances[worst] > 0 else centroids[j])
    return torch.stack(rows)
""",
        "all empty clusters get the same farthest point",
    ),
    (
        "me_zero_distance_revives",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    member = torch.nn.functional.one_hot(labels, len(centroids)).to(x.dtype)
    n = member.sum(0)
    new = (member.T @ x) / n.clamp(min=1)[:, None]
    empty = (n == 0).nonzero().flatten().tolist()
    by_distance = distances.argsort(descending=True).tolist()
    for cluster, point in zip(empty, by_distance):
        new[cluster] = x[point]
    return new
""",
        "points at distance 0 revive clusters too, instead of their keeping the old centroid",
    ),
    (
        "me_overwrites_old",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    empty = []
    for c in range(centroids.shape[0]):
        mine = labels == c
        if mine.any():
            centroids[c] = x[mine].mean(dim=0)
        else:
            empty.append(c)
    ranking = torch.argsort(distances, descending=True)
    for c, n in zip(empty, ranking):
        if distances[n] > 0:
            centroids[c] = x[n]
    return centroids
""",
        "the old centroids are changed in place",
    ),
    (
        "fp_root",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    line = squared.sqrt().double().cumsum(0)
    darts = torch.rand(count, generator=generator, dtype=torch.float64).to(line.device) * line[-1]
    found = torch.searchsorted(line, darts, right=True)
    return found.clamp(max=len(squared) - 1)
""",
        "the probability is proportional to the distance and not to its square",
    ),
    (
        "fp_without_replacement",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    if squared.sum() == 0:
        return torch.zeros(count, dtype=torch.int64, device=squared.device)
    p = squared / squared.sum()
    return torch.multinomial(p, count, generator=generator)
""",
        "draws without replacement: they are not independent, and fail if fewer points than draws are far",
    ),
    (
        "fp_off_the_end",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    ends = torch.cumsum(squared.double(), dim=0)
    places = ends[-1] * torch.rand(count, generator=generator, dtype=torch.double).to(ends.device)
    return (places[:, None] >= ends).sum(dim=1)
""",
        "if all distances are zero it returns N, which is no position",
    ),
    (
        "pl_rows_of_x",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    size = max(1000, SEEDING_POINTS * k)
    subset = x[torch.randperm(len(x), generator=generator)[:size]]
    indices = [0]
    nearest = squared_distances(subset[:1], subset)[0]
    tries = 2 + math.floor(math.log(k))
    while len(indices) < k:
        candidates = far_points(nearest, tries, generator)
        would_be = torch.minimum(squared_distances(subset[candidates], subset), nearest)
        winner = would_be.sum(dim=1).argmin()
        nearest = would_be[winner]
        indices.append(candidates[winner].item())
    return x[indices]
""",
        "positions in the shuffled subset are looked up in x",
    ),
    (
        "pl_min_of_all_candidates",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    pool = x[torch.randperm(len(x), generator=generator)[: max(1000, k * SEEDING_POINTS)]]
    centers = [pool[0]]
    nearest = (pool - pool[0]).pow(2).sum(1)
    for _ in range(k - 1):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        table = torch.minimum(nearest, squared_distances(pool[candidates], pool))
        best = int(table.sum(1).argmin())
        centers.append(pool[candidates[best]])
        nearest = table.min(dim=0).values
    return torch.stack(centers)
""",
        "the distances are lowered by all candidates and not only by the one that was kept",
    ),
    (
        "pl_first_points",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    some = x[: max(SEEDING_POINTS * k, 1000)]
    first = int(torch.randint(len(some), (1,), generator=generator))
    chosen = [first]
    nearest = (some - some[first]).square().sum(1)
    for _ in range(k - 1):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        after = torch.minimum(nearest, squared_distances(some[candidates], some))
        i = after.sum(1).argmin().item()
        chosen.append(candidates[i].item())
        nearest = after[i]
    return some[chosen]
""",
        "the subset is the first points and not a random one",
    ),
    (
        "pl_largest_sum",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    order = torch.randperm(len(x), generator=generator)
    some = x[order[: max(1000, SEEDING_POINTS * k)]]
    start = [some[0]]
    nearest = (some - some[0]).square().sum(1)
    for _ in range(1, k):
        best_total, best_point, best_nearest = -1.0, None, None
        for c in far_points(nearest, 2 + int(math.log(k)), generator).tolist():
            lowered = torch.minimum(nearest, (some - some[c]).square().sum(1))
            total = float(lowered.sum())
            if total > best_total:  # the farthest candidate
                best_total, best_point, best_nearest = total, some[c], lowered
        start.append(best_point)
        nearest = best_nearest
    return torch.stack(start)
""",
        "keeps the candidate that leaves the largest sum",
    ),
    (
        "km_ends_with_means",
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
    origin = x.mean(dim=0)
    x = x - origin
    if start is None:
        c = plus_plus(x, k, generator)
    else:
        c = start - origin
    labels, d = assign(x, c)
    for _ in range(iterations):
        c = means(x, labels, d, c)
        new_labels, d = assign(x, c)
        if (new_labels == labels).all():
            break
        labels = new_labels
    else:
        c = means(x, labels, d, c)
    return c + origin, labels
""",
        "if it stops at the maximum number, the means are computed once more after the last labels",
    ),
    (
        "km_start_not_moved",
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
    shift = x.mean(0)
    points = x - shift
    centroids = start
    if centroids is None:
        centroids = plus_plus(points, k, generator)
    labels, distances = assign(points, centroids)
    for _ in range(iterations):
        centroids = means(points, labels, distances, centroids)
        old = labels
        labels, distances = assign(points, centroids)
        if torch.equal(old, labels):
            break
    return centroids + shift, labels
""",
        "the given start is not centred as the points are",
    ),
    (
        "km_centroids_settled",
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
    middle = x.mean(0, keepdim=True)
    x = x - middle
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        moved = means(x, labels, distances, centroids)
        labels, distances = assign(x, moved)
        change = (moved - centroids).norm()
        centroids = moved
        if change < 1e-3:
            break
    return centroids + middle, labels
""",
        "stops when the centroids move by less than 0.001, although labels may still change, as with small coordinates",
    ),
    (
        "km_points_moved_in_place",
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
    mean = x.mean(0)
    x -= mean
    centroids = plus_plus(x, k, generator) if start is None else start - mean
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        centroids = means(x, labels, distances, centroids)
        after, distances = assign(x, centroids)
        same = bool((after == labels).all())
        labels = after
        if same:
            break
    return centroids + mean, labels
""",
        "x -= mean changes the caller's points",
    ),
    (
        "an_float_noise",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    noise = torch.randn(*x.shape, generator=generator).to(x.device)
    return x + noise * std
""",
        "the noise stays float32, so bfloat16 images come back as float32",
    ),
    (
        "an_grey_noise",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    B, _, H, W = x.shape
    noise = torch.randn(B, 1, H, W, generator=generator).to(device=x.device, dtype=x.dtype)
    return x + std * noise
""",
        "the three colours of a pixel share one noise value",
    ),
    (
        "rl_sum_per_image",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    clean = model(noisy).float()
    return (clean - x.float()).square().flatten(1).sum(1).mean()
""",
        "the squared errors of an image are summed and not averaged",
    ),
    (
        "rl_half_precision",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    y = model(noisy)
    target = x.to(y.dtype)
    return ((y - target) ** 2).mean()
""",
        "the loss is computed in bfloat16 if the model gives bfloat16",
    ),
    (
        "la_evaluation_mode",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    self.eval()
    code = self.encoder(x)
    return code.flatten(2).mean(dim=2)
""",
        "leaves the model in evaluation mode",
    ),
    (
        "la_strongest_place",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    code = self.encoder(x)
    pooled = nn.functional.adaptive_max_pool2d(code, 1)
    return pooled.squeeze(3).squeeze(2)
""",
        "the maximum over positions instead of the mean",
    ),
    (
        "assign_float32_best",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    # one centroid at a time: only a few tensors of N numbers
    best = torch.full((len(x),), float("inf"), device=x.device)
    label = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    for j, c in enumerate(centroids):
        d = torch.cat([(some - c).square().sum(1) for some in x.split(CHUNK)]).to(best)
        closer = d < best
        best = torch.where(closer, d, best)
        label = label.masked_fill(closer, j)
    return label, best
""",
        "The best distances are float32 whatever x is: float64 points get float32 distances.",
    ),
    (
        "assign_norm_not_squared",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    # the nearest centroid has the largest x . c - |c|^2 / 2
    half = centroids.norm(dim=1) / 2
    labels, squared = [], []
    for start in range(0, len(x), CHUNK):
        some = x[start : start + CHUNK]
        own = (some @ centroids.T - half).argmax(dim=1)
        labels.append(own)
        squared.append((some - centroids[own]).pow(2).sum(dim=1))
    return torch.cat(labels), torch.cat(squared)
""",
        "|c| / 2 instead of |c|^2 / 2 in the score, so the chosen centroid is not always the nearest.",
    ),
    (
        "means_index_reduce_includes_self",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    new = centroids.clone().index_reduce_(0, labels, x, "mean")
    sizes = torch.bincount(labels, minlength=len(centroids))
    unused = (sizes == 0).nonzero().flatten().tolist()
    farthest = distances.argsort(descending=True).tolist()
    for cluster, point in zip(unused, farthest):
        if distances[point] > 0:
            new[cluster] = x[point]
    return new
""",
        "index_reduce_ includes the old row in the mean by default (include_self=True): every centroid is averaged with its old place.",
    ),
    (
        "means_one_revival_per_cluster",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    K = len(centroids)
    left = distances.clone()
    new = torch.empty_like(centroids)
    empty = []
    for j in range(K):
        mine = labels == j
        if mine.any():
            new[j] = x[mine].mean(0)
        else:
            new[j] = centroids[j]
            empty.append(j)
    for j in empty:
        i = int(left.argmax())
        if left[i] == 0:
            break
        new[j] = x[i]
        left[labels == labels[i]] = 0  # this point is taken
    return new
""",
        "After a revival the distances of the point's whole cluster are set to 0, so two empty clusters do not get the two farthest points if these share a cluster.",
    ),
    (
        "far_points_systematic",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    line = squared.double().cumsum(0)
    # evenly spaced darts with one random offset: fewer repeats than independent ones
    offset = torch.rand(1, generator=generator, dtype=torch.float64)
    darts = (torch.arange(count, dtype=torch.float64) + offset) / count
    hit = torch.searchsorted(line, darts.to(line.device) * line[-1], right=True)
    return hit.clamp(max=len(squared) - 1)
""",
        "One offset for all draws (systematic sampling): the draws are not independent.",
    ),
    (
        "far_points_absolute_threshold",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    if squared.sum() < 1e-10:  # all points are on a centroid
        return torch.randint(len(squared), (count,), generator=generator).to(squared.device)
    chance = (squared.double() / squared.double().sum()).cpu()
    drawn = torch.multinomial(chance, count, replacement=True, generator=generator)
    return drawn.to(squared.device)
""",
        "Distances that are small but not zero count as zero: then points at distance zero can be drawn.",
    ),
    (
        "plus_plus_round_log",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    m = min(len(x), max(SEEDING_POINTS * k, 1000))
    points = x[torch.randperm(len(x), generator=generator)[:m].to(x.device)]
    tries = 2 + round(math.log(k))
    rows = [0]
    D = (points - points[0]).pow(2).sum(1)
    while len(rows) < k:
        best = None
        for c in far_points(D, tries, generator).tolist():
            new = torch.minimum(D, squared_distances(points[c : c + 1], points)[0])
            if best is None or new.sum() < best[1].sum():
                best = (c, new)
        rows.append(best[0])
        D = best[1]
    return points[rows]
""",
        "2 + round(ln K) candidates instead of 2 + floor(ln K).",
    ),
    (
        "plus_plus_own_expansion",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    norms = some.square().sum(1)

    def to_all(rows):
        cross = some[rows] @ some.T
        return (norms[rows][:, None] - 2 * cross + norms).clamp(min=0)

    chosen = [0]
    nearest = to_all([0])[0]
    for _ in range(k - 1):
        candidates = far_points(nearest, 2 + math.floor(math.log(k)), generator)
        left = torch.minimum(nearest, to_all(candidates))
        best = left.sum(1).argmin()
        chosen.append(candidates[best].item())
        nearest = left[best]
    return some[chosen]
""",
        "The expanded square loses the digits of small distances: a chosen point keeps a rounding error as its distance and can be drawn again, so points that lie close together are chosen twice or never told apart.",
    ),
    (
        "plus_plus_plain_distances",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    subset = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]

    def distance_to(point):
        return (subset - point).norm(dim=1)

    centroids = [subset[0]]
    nearest = distance_to(subset[0])
    for _ in range(1, k):
        options = []
        for i in far_points(nearest, 2 + int(math.log(k)), generator):
            options.append((i, torch.minimum(distance_to(subset[i]), nearest)))
        i, nearest = min(options, key=lambda option: float(option[1].sum()))
        centroids.append(subset[i])
    return torch.stack(centroids)
""",
        "Distances are never squared, neither for the draw nor for the sum that decides between candidates.",
    ),
    (
        "kmeans_allclose",
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
    centre = x.mean(dim=0, keepdim=True)
    points = x - centre
    c = plus_plus(points, k, generator) if start is None else start - centre
    labels, d = assign(points, c)
    for _ in range(iterations):
        moved = means(points, labels, d, c)
        settled = torch.allclose(moved, c)
        c = moved
        labels, d = assign(points, c)
        if settled:
            break
    return c + centre, labels
""",
        "It stops when torch.allclose finds the centroids unchanged; its absolute tolerance of 1e-8 stops too early if coordinates are tiny.",
    ),
    (
        "kmeans_one_percent",
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
    offset = x.mean(0)
    x = x - offset
    if start is None:
        centroids = plus_plus(x, k, generator)
    else:
        centroids = start - offset
    labels, distances = assign(x, centroids)
    step = 0
    while step < iterations:
        centroids = means(x, labels, distances, centroids)
        new, distances = assign(x, centroids)
        changed = (new != labels).sum().item() / len(x)
        labels = new
        step += 1
        if changed < 0.01:
            break
    return centroids + offset, labels
""",
        "It stops when fewer than one point in a hundred changes its cluster, not when none does: centroids are then not the means of their points.",
    ),
    (
        "kmeans_drops_empty_clusters",
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
    shift = x.mean(0)
    x = x - shift
    centroids = start - shift if start is not None else plus_plus(x, k, generator)
    labels, dist = assign(x, centroids)
    for _ in range(iterations):
        old = labels
        centroids = means(x, old, dist, centroids)
        labels, dist = assign(x, centroids)
        if (labels == old).all():
            break
    # a centroid without points is of no use
    used, labels = labels.unique(return_inverse=True)
    return centroids[used] + shift, labels
""",
        "Empty clusters are removed and the rest renumbered: fewer than K centroids come back if some stay empty.",
    ),
    (
        "add_noise_uniform",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    # values in [-1, 1) have a standard deviation of 1 / sqrt(3)
    noise = 2 * torch.rand(x.shape, generator=generator) - 1
    noise = noise * (3**0.5 * std)
    return x + noise.to(device=x.device, dtype=x.dtype)
""",
        "The noise is uniform with the right standard deviation, not Gaussian.",
    ),
    (
        "reconstruction_loss_widened_too_late",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    output = model(noisy)
    error = output - x.to(output)
    return error.square().mean().float()
""",
        "Only the finished mean is made float32: with a bfloat16 model the difference, the squares and the mean are computed in bfloat16.",
    ),
    (
        "latent_sixteen_positions",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    code = self.encoder(x)  # (B, 128, 4, 4)
    return torch.einsum("bchw->bc", code) / 16
""",
        "Divides by 16 positions, which is right for 32 x 32 pictures only.",
    ),
    (
        "assign_broadcast",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    squared = (x[:, None, :] - centroids[None, :, :]).pow(2).sum(dim=2)
    distances, labels = squared.min(dim=1)
    return labels, distances
""",
        "right values, but it makes a tensor of N times K times d numbers instead of working CHUNK points at a time",
    ),
    (
        "assign_root",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels, distances = [], []
    for part in torch.split(x, CHUNK):
        d = torch.cdist(part, centroids)
        value, index = d.min(dim=1)
        labels.append(index)
        distances.append(value)
    return torch.cat(labels), torch.cat(distances)
""",
        "returns distances, not squared distances (cdist)",
    ),
    (
        "means_one_far_point",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    k = len(centroids)
    new = centroids.clone()
    for c in range(k):
        members = x[labels == c]
        if len(members) > 0:
            new[c] = members.mean(dim=0)
        else:
            far = distances.argmax()
            if distances[far] > 0:
                new[c] = x[far]
    return new
""",
        "all empty clusters get the same farthest point",
    ),
    (
        "means_distance_spoiled",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    k, d = centroids.shape
    sums = torch.zeros(k, d, dtype=x.dtype, device=x.device)
    sums.index_add_(0, labels, x)
    counts = torch.bincount(labels, minlength=k)
    new = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], centroids)
    for c in torch.nonzero(counts == 0).flatten().tolist():
        far = int(distances.argmax())
        if distances[far] <= 0:
            break
        new[c] = x[far]
        distances[far] = 0
    return new
""",
        "writes zeros into the caller's distances to mark used points",
    ),
    (
        "means_empty_to_origin",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    count = torch.bincount(labels, minlength=len(centroids)).to(x.dtype)
    total = torch.zeros_like(centroids).index_add_(0, labels, x)
    result = total / (count + 1e-8)[:, None]
    empty = torch.where(count == 0)[0]
    if len(empty) > 0:
        order = distances.argsort(descending=True)[: len(empty)]
        for cluster, point in zip(empty, order):
            if distances[point] > 0:
                result[cluster] = x[point]
    return result
""",
        "an empty cluster that cannot be revived gets 0 / 1e-8, the origin, instead of keeping its old centroid",
    ),
    (
        "far_unique",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    cumulative = squared.double().cumsum(0)
    darts = torch.rand(count, generator=generator, dtype=torch.float64).to(cumulative.device)
    darts = darts * cumulative[-1]
    position = torch.searchsorted(cumulative, darts, right=True)
    return position.clamp(max=len(squared) - 1).unique()[:count]
""",
        "unique removes repeated draws, so fewer than count positions come back, in sorted order",
    ),
    (
        "far_multinomial",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    if not (squared > 0).any():
        return torch.randint(len(squared), (count,), generator=generator).to(squared.device)
    probabilities = (squared / squared.sum()).cpu()
    count = min(count, int((probabilities > 0).sum()))
    return torch.multinomial(probabilities, count, generator=generator).to(squared.device)
""",
        "multinomial draws without replacement by default, so the draws are not independent and can be fewer than count",
    ),
    (
        "plus_plus_candidate_alone",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    size = max(SEEDING_POINTS * k, 1000)
    subset = x[torch.randperm(len(x), generator=generator)[:size]]
    centers = [subset[0]]
    closest = (subset - centers[0]).pow(2).sum(dim=1)
    tries = 2 + int(math.log(k))
    while len(centers) < k:
        best_sum, best_candidate, best_closest = None, None, None
        for candidate in far_points(closest, tries, generator).tolist():
            d = (subset - subset[candidate]).pow(2).sum(dim=1)
            total = float(d.sum())
            if best_sum is None or total < best_sum:
                best_sum, best_candidate = total, candidate
                best_closest = torch.minimum(closest, d)
        centers.append(subset[best_candidate])
        closest = best_closest
    return torch.stack(centers)
""",
        "compares candidates by the sum of distances to the candidate alone, not by the inertia that would remain",
    ),
    (
        "plus_plus_global_first",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    chosen = [int(torch.randint(len(some), (1,)))]
    nearest = squared_distances(some[chosen], some)[0]
    for _ in range(k - 1):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        options = torch.minimum(nearest[None], squared_distances(some[candidates], some))
        winner = options.sum(dim=1).argmin()
        nearest = options[winner]
        chosen.append(candidates[winner].item())
    return some[chosen]
""",
        "the first centroid is drawn without the generator, so a seeded run is not repeatable and the global generator advances",
    ),
    (
        "kmeans_means_last",
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
    offset = x.mean(dim=0, keepdim=True)
    points = x - offset
    c = plus_plus(points, k, generator) if start is None else start - offset
    labels, d = assign(points, c)
    for _ in range(iterations):
        c = means(points, labels, d, c)
        new_labels, d = assign(points, c)
        if (new_labels == labels).all():
            break
        labels = new_labels
    else:
        c = means(points, labels, d, c)
    return c + offset, labels
""",
        "after the last iteration it computes the means once more, so labels do not belong to the nearest centroid, and 0 iterations do not return the start",
    ),
    (
        "kmeans_start_not_centred",
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
    centre = x.mean(0)
    x = x - centre
    if start is None:
        centroids = plus_plus(x, k, generator)
    else:
        centroids = start.clone()
    labels, dist = assign(x, centroids)
    for _ in range(iterations):
        old = labels.clone()
        centroids = means(x, labels, dist, centroids)
        labels, dist = assign(x, centroids)
        if torch.equal(old, labels):
            break
    return centroids + centre, labels
""",
        "the points are centred but a given start is not, so they have different origins",
    ),
    (
        "noise_grey",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    # one draw per picture, so that all pictures of the batch differ
    eps = torch.randn(x.shape[0], 1, *x.shape[2:], generator=generator)
    return x + eps.to(device=x.device, dtype=x.dtype) * std
""",
        "draws one noise value for all three channels of a pixel, so the noise is not independent on every value",
    ),
    (
        "mse_mixed_dtype",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    output = model(noisy)
    difference = output - x.to(output.dtype)
    return difference.square().mean().float()
""",
        "computes in the model's dtype and widens only the result, so under bfloat16 the error has 3 digits",
    ),
    (
        "latent_eval",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    self.eval()
    code = self.encoder(x)
    return nn.functional.adaptive_avg_pool2d(code, 1).flatten(1)
""",
        "switches the model to eval mode and leaves it there",
    ),
    (
        "far_points_without_replacement",
        "far_points",
        """
def far_points(squared, count, generator=None):
    p = squared.detach().double().cpu()
    if not p.any():
        return torch.zeros(count, dtype=torch.int64, device=squared.device)
    picks = torch.multinomial(p, count, replacement=False, generator=generator)
    return picks.to(squared.device)
""",
        "The draws are made without replacement, so they are not independent and points at distance zero (or an error) come when fewer than count points are at a positive distance.",
    ),
    (
        "means_nan_to_num",
        "means",
        """
def means(x, labels, distances, centroids):
    K = centroids.shape[0]
    member = (labels[:, None] == torch.arange(K, device=x.device)).to(x.dtype)
    counts = member.sum(0)
    new = torch.nan_to_num((member.T @ x) / counts[:, None])
    vacant = torch.where(counts == 0)[0].tolist()
    ranking = torch.argsort(distances, descending=True).tolist()
    for j, n in zip(vacant, ranking):
        if distances[n] > 0:
            new[j] = x[n]
    return new
""",
        "An empty cluster that cannot be revived moves to the origin instead of keeping its old centroid.",
    ),
    (
        "plus_plus_distance_not_squared",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    pool_size = min(len(x), max(1000, k * SEEDING_POINTS))
    pool = x[torch.randperm(len(x), generator=generator)[:pool_size]]
    seeds = [pool[0]]
    d2 = squared_distances(pool[:1], pool)[0]
    trials = 2 + math.floor(math.log(k))
    while len(seeds) < k:
        cand = far_points(d2.sqrt(), trials, generator)
        best_cost, best_d2, best_c = None, None, None
        for c in cand.tolist():
            new_d2 = torch.minimum(d2, squared_distances(pool[c : c + 1], pool)[0])
            cost = float(new_d2.sum())
            if best_cost is None or cost < best_cost:
                best_cost, best_d2, best_c = cost, new_d2, c
        seeds.append(pool[best_c])
        d2 = best_d2
    return torch.stack(seeds)
""",
        "Candidates are drawn in proportion to the distance instead of the squared distance.",
    ),
    (
        "kmeans_stale_labels",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    offset = x.mean(dim=0, keepdim=True)
    pts = x - offset
    if start is None:
        c = plus_plus(pts, k, generator)
    else:
        c = start - offset
    labels, dist = assign(pts, c)
    previous = None
    for _ in range(iterations):
        if previous is not None:
            labels, dist = assign(pts, c)
            if (labels == previous).all():
                break
        c = means(pts, labels, dist, c)
        previous = labels
    return c + offset, labels
""",
        "The last step of the loop is means, so when iterations run out the labels belong to the previous centroids.",
    ),
    (
        "kmeans_uncentred_and_tolerance",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    centers = plus_plus(x, k, generator) if start is None else start.clone()
    for _ in range(iterations):
        lab, sq = assign(x, centers)
        updated = means(x, lab, sq, centers)
        shift = (updated - centers).norm(dim=1).max().item()
        centers = updated
        if shift < 1e-4:
            break
    return centers, assign(x, centers)[0]
""",
        "The points are not centred, so large coordinates lose the digits of their distances, and it stops when centroids move less than 1e-4 instead of when no label changes.",
    ),
    (
        "means_in_place_and_same_far_point",
        "means",
        """
def means(x, labels, distances, centroids):
    for j in range(len(centroids)):
        mine = x[labels == j]
        if len(mine) > 0:
            centroids[j] = mine.mean(dim=0)
        elif distances.max() > 0:
            centroids[j] = x[distances.argmax()]
    return centroids
""",
        "The old centroids are overwritten, and all empty clusters get the same farthest point.",
    ),
    (
        "plus_plus_log2_and_first_rows",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    pool = x[: max(SEEDING_POINTS * k, 1000)]
    n_trials = 2 + int(math.log2(k))
    index = torch.randint(len(pool), (1,), generator=generator)
    closest = squared_distances(pool[index], pool).squeeze(0)
    for _ in range(k - 1):
        trial = far_points(closest, n_trials, generator)
        table = torch.minimum(squared_distances(pool[trial], pool), closest[None, :])
        pick = table.sum(dim=1).argmin()
        index = torch.cat([index, trial[pick].view(1)])
        closest = table[pick]
    return pool[index]
""",
        "The subset is the first rows of x instead of a random one, and the number of candidates is 2 + floor(log2 K) instead of 2 + floor(ln K).",
    ),
    (
        "noise_clamped_and_grey",
        "add_noise",
        """
def add_noise(x, std, generator=None):
    B, _, H, W = x.shape
    eps = torch.randn(B, 1, H, W, generator=generator).to(device=x.device, dtype=x.dtype)
    return torch.clamp(x + std * eps, 0.0, 1.0)
""",
        "The three colours of a pixel share one noise value instead of having independent ones, and the result is clipped to [0, 1].",
    ),
    (
        "far_points_farthest_first",
        "far_points",
        """
def far_points(squared, count, generator=None):
    # the farthest points are the best candidates
    order = torch.sort(squared, descending=True).indices
    return order[torch.arange(count, device=squared.device) % len(squared)]
""",
        "It takes the farthest points, as in farthest-first traversal, instead of drawing points at random in proportion to the squared distance.",
    ),
    (
        "loss_summed_per_image",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    guess = model(noisy).float()
    per_image = (guess - x.float()).pow(2).flatten(start_dim=1).sum(dim=1)
    return per_image.mean()
""",
        "Squared errors are summed over each image and averaged over the batch only, as in a VAE, instead of averaged over all values.",
    ),
    (
        "plus_plus_keeps_the_farthest_candidate",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    subset = torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]
    points = x[subset]
    result = torch.empty(k, x.shape[1], dtype=x.dtype, device=x.device)
    result[0] = points[0]
    gap = (points - result[0]).pow(2).sum(dim=1)
    for j in range(1, k):
        tried = far_points(gap, 2 + int(math.log(k)), generator)
        winner = tried[gap[tried].argmax()]
        result[j] = points[winner]
        gap = torch.minimum(gap, (points - points[winner]).pow(2).sum(dim=1))
    return result
""",
        "Of the candidates it keeps the one that is farthest from the centroids so far, instead of the one that leaves the smallest sum of squared distances.",
    ),
    (
        "loss_in_place_on_the_output",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    error = model(noisy).float()
    error -= x
    return (error ** 2).mean()
""",
        "float() of a float32 output is that output itself, so the in-place subtraction overwrites what the sigmoid saved, and backward raises an error.",
    ),
    (
        "latent_squeeze",
        "Autoencoder.latent",
        """
def latent(self, x):
    code = self.encoder(x)
    return F.adaptive_avg_pool2d(code, output_size=1).squeeze()
""",
        "squeeze also removes the batch dimension of a single image, so a batch of one gives shape (128,) instead of (1, 128).",
    ),
    (
        "assign_sentinel",
        "assign",
        """
def assign(x, centroids):
    best = x.new_full((len(x),), 1e9)
    labels = torch.zeros(len(x), dtype=torch.int64, device=x.device)
    for j, c in enumerate(centroids):
        d = ((x - c) ** 2).sum(dim=1)
        closer = d < best
        labels[closer] = j
        best[closer] = d[closer]
    return labels, best
""",
        "The running minimum starts at 1e9 instead of infinity, so a point with all squared distances above that gets label 0 and the distance 1e9.",
    ),
    (
        "b08_byte_labels",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    norms = centroids.square().sum(1)
    labels = torch.empty(len(x), dtype=torch.uint8, device=x.device)  # saves memory
    distances = x.new_empty(len(x))
    for start in range(0, len(x), CHUNK):
        some = x[start : start + CHUNK]
        least, label = torch.addmm(norms, some, centroids.T, alpha=-2).min(1)
        labels[start : start + CHUNK] = label
        distances[start : start + CHUNK] = (least + some.norm(dim=1).square()).clamp(min=0)
    return labels.long(), distances
""",
        "Labels pass through uint8, so with more than 256 centroids label 256 becomes 0, 257 becomes 1 and so on: points of two far clusters share a label, their mean lies between them and all clusters from 256 on look empty.",
    ),
    (
        "b08_absolute_zero",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    count = torch.bincount(labels, minlength=len(centroids))
    total = torch.zeros_like(centroids).index_add_(0, labels, x)
    result = torch.where(count[:, None] > 0, total / count.clamp(min=1)[:, None], centroids)
    empty = (count == 0).nonzero()[:, 0]
    far = distances.topk(min(len(empty), len(x))).indices
    far = far[distances[far] > 1e-6]  # rounding errors are no distances
    result[empty[: len(far)]] = x[far]
    return result
""",
        "A squared distance up to 1e-6 counts as 0: with points of small scale (all within 0.001, e.g. latents of an almost constant code) no empty cluster is ever revived, so it keeps its old centroid although points lie at a distance above 0.",
    ),
    (
        "b08_one_hot",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    member = torch.nn.functional.one_hot(labels, len(centroids)).to(x.dtype)  # (N, K)
    count = member.sum(0)
    result = torch.where(
        count[:, None] > 0, member.T @ x / count.clamp(min=1)[:, None], centroids
    )
    empty = (count == 0).nonzero()[:, 0]
    far = distances.topk(min(len(empty), len(x))).indices
    far = far[distances[far] > 0]
    result[empty[: len(far)]] = x[far]
    return result
""",
        "An (N, K) table of int64 and one of floats are made: a million points and 1,000 centroids need 12 GB in every iteration (and N times K times d multiplications), which is what chunks in assign are there to avoid.",
    ),
    (
        "b08_rand_on_device",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    ends = squared.double().cumsum(0)
    places = torch.rand(
        count, generator=generator, dtype=torch.float64, device=squared.device
    )
    places = places * ends[-1]
    return torch.searchsorted(ends, places, right=True).clamp(max=len(squared) - 1)
""",
        "The numbers are drawn on the device of the distances with a generator that is on the CPU: with points on a GPU torch raises \"Expected a 'cuda' device type for generator but found 'cpu'\", so k-means cannot run there.",
    ),
    (
        "b08_first_rows",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    some = x[: max(SEEDING_POINTS * k, 1000)]  # enough to start from
    chosen = [int(torch.randint(len(some), (1,), generator=generator))]
    nearest = (some - some[chosen[0]]).square().sum(1)
    for _ in range(1, k):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        squared = squared_distances(some[candidates], some)
        after = torch.minimum(nearest, squared)
        best = int(after.sum(1).argmin())
        chosen.append(int(candidates[best]))
        nearest = after[best]
    return some[chosen]
""",
        "The subset is the first rows instead of a random one: with more than max(12 K, 1,000) points that are sorted (by class, file or time) no centroid starts in the later clumps, and the first rows alone decide the start in every run.",
    ),
    (
        "b08_cdist_squared",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    some = x[torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]]
    chosen = [0]
    nearest = torch.cdist(some[:1], some)[0].square()
    for _ in range(1, k):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        after = torch.minimum(nearest, torch.cdist(some[candidates], some).square())
        best = int(after.sum(1).argmin())
        chosen.append(int(candidates[best]))
        nearest = after[best]
    return some[chosen]
""",
        "With more than 25 points cdist expands |a - b|^2 into a matrix product and loses small distances: points that lie much closer together than they lie from zero (clumps at 1,000 with a spread of 0.01) get distance 0 or noise, chosen points are drawn again and the start holds equal centroids.",
    ),
    (
        "b08_origin_is_row_0",
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
    middle = x[0].clone()  # any origin among the points will do
    x = x - middle
    centroids = plus_plus(x, k, generator) if start is None else start - middle
    labels, distances = assign(x, centroids)
    for _ in range(iterations):
        before = labels
        centroids = means(x, labels, distances, centroids)
        labels, distances = assign(x, centroids)
        if torch.equal(labels, before):
            break
    return centroids + middle, labels
""",
        "The origin is the first point instead of the mean: if row 0 is an outlier (at 10,000 while the others lie within 1), all other points become large numbers in float32, their distances are rounding noise and clusters that are plainly apart are mixed.",
    ),
    (
        "b08_square_code",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    code = self.encoder(x)
    return F.avg_pool2d(code, code.shape[2]).flatten(1)
""",
        "The pooling window is square with the side of the code's height: images that are wider than high (32 x 64, legal) give (B, 256) numbers, one per channel and half, instead of (B, 128), and images that are higher than wide raise.",
    ),
    (
        "b08_noise_in_place",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    return x.add_(std * torch.randn(x.shape, generator=generator).to(x))
""",
        "The noise is added to the caller's clean images: train_autoencoder then compares the reconstruction with the noisy image, so copying is perfect and no noise is removed.",
    ),
    (
        "b08_train_inside",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    model.train()  # batch norm must see the noise
    return F.mse_loss(model(noisy).float(), x)
""",
        "The model is switched to train mode and left there: held_out_error, which puts it into evaluation mode first, measures with the statistics of the held-out batch and lets the running averages learn from it, so the best epoch is chosen by another error and its stored weights contain held-out statistics.",
    ),
    (
        "nearest_revives_in_place",
        "means",
        """
def means(x, labels, distances, centroids):
    K = centroids.shape[0]
    n = torch.bincount(labels, minlength=K)
    sums = centroids.new_zeros(centroids.shape)
    sums.scatter_add_(0, labels.unsqueeze(1).expand_as(x), x)
    full = n > 0
    centroids[full] = sums[full] / n[full].unsqueeze(1)
    lost = torch.nonzero(~full).flatten()
    rank = torch.argsort(distances)
    rank = rank[distances[rank] > 0][: len(lost)]
    centroids[lost[: len(rank)]] = x[rank]
    return centroids
""",
        "Two slips: an empty cluster moves to the point nearest to its own centroid instead of the farthest, and the old centroids are overwritten.",
    ),
    (
        "means_last_and_not_moved_back",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.mean(dim=0, keepdim=True)
    y = x - origin
    c = plus_plus(y, k, generator) if start is None else start - origin
    a, d = assign(y, c)
    for _ in range(iterations):
        c = means(y, a, d, c)
        b, d = assign(y, c)
        if bool((a == b).all()):
            break
        a = b
    c = means(y, a, d, c)
    return c, a
""",
        "Two slips: centroids are not moved back to where the points are, and a step of means comes last, so after few iterations (or 0) labels are not those of the nearest centroid.",
    ),
    (
        "noisy_target_and_sum",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    out = model(noisy).float()
    return torch.square(out - noisy).flatten(1).sum(1).mean()
""",
        "Two slips: the target is the noisy image instead of the clean one, and squares are summed over the values of an image instead of averaged.",
    ),
    (
        "last_centroid_only_and_argmax",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    pool = torch.randperm(len(x), generator=generator)[: max(SEEDING_POINTS * k, 1000)]
    pts = x[pool]
    picks = [0]
    d2 = torch.sum((pts - pts[0]) ** 2, dim=1)
    trials = 2 + int(math.log(k))
    while len(picks) < k:
        cand = far_points(d2, trials, generator)
        table = squared_distances(pts[cand], pts)
        left = torch.minimum(table, d2).sum(dim=1)
        j = int(torch.argmax(left))
        picks.append(int(cand[j]))
        d2 = table[j]
    return pts[picks]
""",
        "Two slips: the candidate that leaves the greatest sum is kept, and d2 holds the distance to the last centroid instead of the nearest so far.",
    ),
    (
        "labels_on_the_cpu",
        "assign",
        """
def assign(x, centroids):
    labels = torch.empty(len(x), dtype=torch.int64)
    squared = torch.empty(len(x), dtype=x.dtype)
    c2 = torch.einsum("kd,kd->k", centroids, centroids)
    for lo in range(0, len(x), CHUNK):
        part = x[lo : lo + CHUNK]
        p2 = torch.einsum("nd,nd->n", part, part)
        table = p2[:, None] - 2 * part @ centroids.T + c2
        least, which = table.clamp(min=0).min(dim=1)
        labels[lo : lo + CHUNK] = which
        squared[lo : lo + CHUNK] = least
    return labels, squared
""",
        "Both results are made on the CPU: for points on a GPU they are not on x's device, and means fails on indices from another device.",
    ),
    (
        "without_replacement",
        "far_points",
        """
def far_points(squared, count, generator=None):
    weights = squared.detach().double().cpu()
    if not bool((weights > 0).any()):
        return torch.zeros(count, dtype=torch.int64, device=squared.device)
    drawn = torch.multinomial(weights / weights.sum(), count, generator=generator)
    return drawn.to(squared.device)
""",
        "Draws are without replacement: a point is never drawn twice, and if fewer points than draws are at a distance above 0 (the last centroids of few distinct points, or N below count) it fails or draws points at distance zero.",
    ),
    (
        "cdist_loses_near_points",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    size = min(len(x), max(1000, k * SEEDING_POINTS))
    pts = x[torch.randperm(len(x), generator=generator)[:size]]
    trials = math.floor(math.log(k)) + 2
    picks = torch.zeros(k, dtype=torch.int64, device=x.device)
    best = torch.cdist(pts[:1], pts)[0] ** 2
    for step in range(1, k):
        options = far_points(best, trials, generator)
        after = torch.minimum(torch.cdist(pts[options], pts) ** 2, best)
        j = after.sum(1).argmin()
        picks[step] = options[j]
        best = after[j]
    return pts[picks]
""",
        "With more than 25 points cdist expands the square: a chosen point has a distance above 0 to itself and tight clumps have wrong distances, so equal centroids are drawn though the points are distinct (tight points away from zero).",
    ),
    (
        "one_number_as_middle",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    shift = x.mean()
    pts = x - shift
    cents = plus_plus(pts, k, generator) if start is None else start - shift
    which, dist = assign(pts, cents)
    done, step = False, 0
    while not done and step < iterations:
        cents = means(pts, which, dist, cents)
        new, dist = assign(pts, cents)
        done, which, step = bool(torch.equal(new, which)), new, step + 1
    return cents + shift, which
""",
        "The middle is one number for all coordinates: if coordinates lie around different values (1e4 and -1e4), squares stay large and float32 labels are wrong by rounding.",
    ),
    (
        "log_of_zero",
        "add_noise",
        """
def add_noise(x, std, generator=None):
    n = x.numel()
    u = torch.rand(n, generator=generator)
    v = torch.rand(n, generator=generator)
    normal = torch.sqrt(-2 * torch.log(u)) * torch.cos(2 * torch.pi * v)  # Box and Muller
    return x + (std * normal).reshape(x.shape).to(x)
""",
        "torch.rand is exactly 0 once in 2^24 draws and log(0) is infinite: an epoch of 9,000 pictures (27 million values) contains an infinite noise or two, and the loss and the weights become NaN.",
    ),
    (
        "square_images_only",
        "Autoencoder.latent",
        """
def latent(self, x):
    code = self.encoder(x)
    side = code.shape[-1]
    return F.avg_pool2d(code, side).flatten(1)
""",
        "The pooling window is square with the width as side: for images higher than wide (64 x 32) the result is (B, 256) instead of (B, 128), for images wider than high it raises an error.",
    ),
    (
        "noise_clipped",
        "add_noise",
        """
def add_noise(x, std, generator=None):
    noise = torch.randn(x.shape, generator=generator) * std
    return torch.clamp(x + noise.to(x), 0, 1)
""",
        "Usual. The noisy images are clipped to [0, 1]; the docstring says that they are not.",
    ),
    (
        "squared_again",
        "far_points",
        """
def far_points(squared, count, generator=None):
    ends = squared.double().square().cumsum(0)
    place = torch.rand(count, generator=generator, dtype=torch.float64).to(squared.device)
    found = torch.searchsorted(ends, place * ends[-1], right=True)
    return found.clamp(max=len(squared) - 1)
""",
        "Usual. The squared distances are squared once more, as P(n) is proportional to D^2 and the argument is taken for D; it is D^2 already.",
    ),
    (
        "sum_over_pixels",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    output = model(noisy)
    wide = torch.promote_types(output.dtype, torch.float32)
    error = output.to(wide) - x.to(wide)
    return error.pow(2).flatten(1).sum(dim=1).mean()
""",
        "Usual. The squared errors of an image are added up, and only the images are averaged; the mean must be over all values.",
    ),
    (
        "bincount_too_short",
        "means",
        """
def means(x, labels, distances, centroids):
    total = torch.zeros_like(centroids)
    total.index_add_(0, labels, x.to(total))
    count = torch.bincount(labels)
    mean = total / count.clamp(min=1).to(total)[:, None]
    fresh = torch.where(count[:, None] > 0, mean, centroids)
    empty = torch.nonzero(count == 0).flatten().tolist()
    far = distances.argsort(descending=True)[: len(empty)].tolist()
    for cluster, point in zip(empty, far):
        if distances[point] > 0:
            fresh[cluster] = x[point].to(fresh)
    return fresh
""",
        "Subtle. bincount without minlength ends at the largest label that occurs: if the last cluster is empty, the shapes no longer fit. It needs minlength=len(centroids).",
    ),
    (
        "logarithm_to_base_two",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    size = max(1000, SEEDING_POINTS * k)
    pool = x[torch.randperm(len(x), generator=generator)[:size].to(x.device)]
    tries = 2 + math.floor(math.log2(k))
    chosen = [0]  # the pool is in random order
    nearest = squared_distances(pool[:1], pool)[0]
    while len(chosen) < k:
        candidates = far_points(nearest, tries, generator)
        after = torch.minimum(nearest, squared_distances(pool[candidates], pool))
        best = int(after.sum(dim=1).argmin())
        nearest = after[best]
        chosen.append(int(candidates[best]))
    return pool[chosen]
""",
        "Subtle. The number of candidates is 2 + floor(log2 K); it must be 2 + floor(ln K).",
    ),
    (
        "start_moved_in_place",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.mean(dim=0)
    points = x - origin
    if start is None:
        centroids = plus_plus(points, k, generator)
    else:
        centroids = start
        centroids -= origin
    labels, distances = assign(points, centroids)
    for _ in range(iterations):
        centroids = means(points, labels, distances, centroids)
        before = labels
        labels, distances = assign(points, centroids)
        if torch.equal(before, labels):
            break
    return centroids + origin, labels
""",
        "In use. -= moves the caller's start, so a second call from the same start begins somewhere else; start must not be changed.",
    ),
    (
        "clears_callers_distances",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    sizes = torch.bincount(labels, minlength=len(centroids))[:, None]
    sums = torch.zeros_like(centroids).index_add_(0, labels, x.to(centroids))
    new = torch.where(sizes > 0, sums / sizes.clamp(min=1), centroids)
    for empty in (sizes[:, 0] == 0).nonzero()[:, 0].tolist():
        far = distances.argmax()
        if not distances[far] > 0:
            break
        new[empty] = x[far]
        distances[far] = 0  # the point has a centroid of its own now
    return new
""",
        "If a cluster is empty, zeros are written into the caller's distances: their sum, or a second call with the same arguments, is wrong (the next farthest point is taken). Contradicts 'the point that is farthest from its own centroid becomes its centroid' in a second call; distances is an argument that nothing says is changed.",
    ),
    (
        "running_sum_in_float32",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    ends = squared.cumsum(0)
    if not ends[-1] > 0:
        return torch.zeros(count, dtype=torch.int64, device=squared.device)
    place = torch.rand(count, generator=generator, dtype=squared.dtype).to(squared.device)
    found = torch.searchsorted(ends, place * ends[-1], right=True)
    return found.clamp(max=len(squared) - 1)
""",
        "The running sum stays in float32: it overflows to inf for large but legal distances (a few of 1e38), and after a far outlier the small distances add nothing, so those points are never drawn, however many. Contradicts 'drawn with probability proportional to their squared distance' and 'A point at distance zero is never drawn' (the clamp then returns the last point).",
    ),
    (
        "distances_from_assign",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    size = max(1000, SEEDING_POINTS * k)
    subset = x[torch.randperm(len(x), generator=generator)[:size].to(x.device)]
    tries = 2 + int(math.log(k))
    chosen = [0]
    nearest = assign(subset, subset[:1])[1]
    while len(chosen) < k:
        candidates = far_points(nearest, tries, generator).tolist()
        after = [torch.minimum(nearest, assign(subset, subset[c : c + 1])[1]) for c in candidates]
        sums = [float(left.double().sum()) for left in after]
        best = sums.index(min(sums))
        chosen.append(candidates[best])
        nearest = after[best]
    return subset[torch.tensor(chosen, device=x.device)]
""",
        "assign computes distances as |x|^2 - 2 x.c + |c|^2, which loses all digits if points lie close together, so a chosen point keeps a distance above 0 and is drawn again, or its neighbours get 0. Contradicts 'No two are equal if no two points of the subset are, however close together they lie'.",
    ),
    (
        "stops_at_tolerance",
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
    origin = x.mean(0)
    points = x - origin
    centroids = plus_plus(points, k, generator) if start is None else start - origin
    labels, distances = assign(points, centroids)
    tolerance = 1e-4 * points.var(0, unbiased=False).mean()
    for _ in range(iterations):
        old, old_labels = centroids, labels
        centroids = means(points, labels, distances, old)
        labels, distances = assign(points, centroids)
        moved = (centroids - old).square().sum()
        if torch.equal(labels, old_labels) or moved <= tolerance:
            break
    return centroids + origin, labels
""",
        "As in scikit-learn it also stops when the centroids have moved little: in many points with slow progress labels still change, iterations are left, and the centroids are not the means of the returned labels. Contradicts 'it stops once no label changes' and 'each centroid is the mean of its points'.",
    ),
    (
        "a_little_for_everyone",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    # a small constant, so that the sum is never 0
    weight = squared.double() + 1e-8
    ends = weight.cumsum(0)
    places = torch.rand(count, dtype=torch.float64, generator=generator).to(squared.device)
    found = torch.searchsorted(ends, places * ends[-1], right=True)
    return found.clamp(max=len(squared) - 1)
""",
        "adds an absolute constant to each weight; against 'with probability proportional to their squared distance' and 'A point at distance zero is never drawn'. Shows where the squared distances are of the order of 1e-8 or less (close points, as '... however close together they lie' in plus_plus): points at distance 0 are drawn; not visible for distances of about 1",
    ),
    (
        "one_farthest_point_for_all_empty",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    K = len(centroids)
    counts = torch.bincount(labels, minlength=K)
    sums = torch.zeros_like(centroids).index_add_(0, labels, x)
    new = sums / counts.clamp(min=1)[:, None]
    empty = counts == 0
    farthest = distances.argmax()
    if distances[farthest] > 0:
        new[empty] = x[farthest]
    else:
        new[empty] = centroids[empty]
    return new
""",
        "every empty cluster gets the same farthest point, so all but one of them are empty again; against 'Two empty clusters get the two farthest points, and so on' (and 'if no point with a distance above 0 is left, the cluster keeps its old centroid'). Shows with two or more empty clusters; right with none or one",
    ),
    (
        "keeps_the_farthest_candidate",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    size = min(len(x), max(1000, SEEDING_POINTS * k))
    points = x[torch.randperm(len(x), generator=generator)[:size].to(x.device)]
    chosen = [points[0]]
    nearest = squared_distances(points, points[:1])[:, 0]
    for _ in range(k - 1):
        candidates = far_points(nearest, 2 + int(math.log(k)), generator)
        # the best candidate is the one farthest from all centroids so far
        best = candidates[nearest[candidates].argmax()]
        chosen.append(points[best])
        nearest = torch.minimum(nearest, squared_distances(points, points[best][None])[:, 0])
    return torch.stack(chosen)
""",
        "keeps the candidate farthest from the centroids so far, not the one that helps most; against 'the one that leaves the smallest sum of squared distances is kept'. Shows with outliers (or a candidate in the middle of a clump against one at its far edge); tight, equally sized clumps look the same",
    ),
    (
        "one_noise_for_the_whole_batch",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    noise = torch.randn(x.shape[1:], generator=generator).to(x.device, x.dtype)
    return x + std * noise
""",
        "draws one image of noise and broadcasts it over the batch; against 'independent Gaussian noise on every value'. Shows with two or more images: noisy - x is the same for all; mean and deviation are right",
    ),
    (
        "inner_product_of_errors",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    wide = torch.promote_types(x.dtype, torch.float32)
    error = (model(noisy).to(wide) - x.to(wide)).flatten()
    # the sum of squares is the inner product of the errors with themselves
    return error @ error / error.numel()
""",
        "widens the values, but under autocast (which denoise uses for bfloat16) `@` narrows them again and gives a bfloat16 loss; against 'computed in float32 or wider, even if the model gives bfloat16'. Shows under torch.autocast with bfloat16: dtype bfloat16, about three digits; right outside autocast, even for a bfloat16 model",
    ),
    (
        "stops_when_centroids_hardly_move",
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
    origin = x.double().mean(dim=0)
    points = x.double() - origin
    if start is None:
        centroids = plus_plus(points, k, generator)
    else:
        centroids = start.double() - origin
    labels, distances = assign(points, centroids)
    for _ in range(iterations):
        old = centroids
        centroids = means(points, labels, distances, old)
        labels, distances = assign(points, centroids)
        if (centroids - old).norm() < 1e-4:  # converged
            break
    return (centroids + origin).to(x.dtype), labels
""",
        "stops by a tolerance on the movement of the centroids (scikit-learn's tol, without its scaling by the variance); against 'it stops once no label changes' and 'Once the labels no longer change, each centroid is the mean of its points'. Shows for data of a small scale (times 1e-6: it stops after one iteration, far from the end) and for many points, where a few changed labels hardly move a mean",
    ),
    (
        "every_point_pulls_every_centroid",
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

    # The clusters are not known, so a point cannot be sure of its own: it belongs to each one
    # with a probability, the greater the nearer the centroid. The two steps are then
    #   1. the probability of each cluster for each point
    #   2. the mean of all points, weighted by their probabilities of the cluster
    # and the labels are the most probable clusters in the end.
    origin = x.double().mean(dim=0)
    points = x.double() - origin
    if start is None:
        centroids = plus_plus(points, k, generator)
    else:
        centroids = start.double() - origin

    def probabilities(centroids):
        labels, nearest = assign(points, centroids)
        # the width of a cluster: the mean squared distance to the nearest centroid
        width = nearest.mean().clamp(min=1e-300)
        shares = []
        for some in points.split(CHUNK):
            shares.append((-squared_distances(some, centroids) / width).softmax(dim=1))
        return labels, torch.cat(shares)

    labels, share = probabilities(centroids)
    for _ in range(iterations):
        weight = share.sum(dim=0)
        moved = share.T @ points / weight.clamp(min=1e-300)[:, None]
        # a centroid that nobody wants stays where it is
        centroids = torch.where(weight[:, None] > 1e-12, moved, centroids)
        new_labels, share = probabilities(centroids)
        unchanged = torch.equal(new_labels, labels)
        labels = new_labels
        if unchanged:
            break
    return (centroids + origin).to(x.dtype), labels
""",
        "soft k-means (a mixture of Gaussians of one width): all points pull at all centroids; against 'K centroids, each the mean of the points that are nearest to it', 'Once the labels no longer change, each centroid is the mean of its points' and the table (0, 1, 9, 10 from 0 and 1), and it revives no empty cluster. Shows wherever clusters are not very far apart compared with their width; 0 iterations are right",
    ),
    (
        "w08_cross_entropy",
        "reconstruction_loss",
        """
def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    made = model(noisy)
    # the loss of Keras' tutorial for pixels in [0, 1]; it must not run under autocast
    with torch.autocast(x.device.type, enabled=False):
        return F.binary_cross_entropy(made.float(), x.float())
""",
        "Binary cross entropy, as tutorials on autoencoders use it after a sigmoid. The docstring promises the mean squared error: even a perfect reconstruction of grey costs ln 2 here instead of 0.",
    ),
    (
        "w08_no_thousand",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    order = torch.randperm(len(x), generator=generator).to(x.device)
    pool = x[order[: SEEDING_POINTS * k]]
    tries = 2 + math.floor(math.log(k))
    start = torch.randint(len(pool), (1,), generator=generator).to(x.device)
    centroids = pool[start]
    nearest = squared_distances(pool, centroids)[:, 0]
    for _ in range(k - 1):
        tried = far_points(nearest, tries, generator)
        left = torch.minimum(squared_distances(pool, pool[tried]), nearest[:, None])
        best = left.sum(0).argmin()
        nearest = left[:, best]
        centroids = torch.cat([centroids, pool[tried[best]][None]])
    return centroids
""",
        "The subset has 12 K points; the 'at least 1,000' is missing. With K = 2 the start is drawn from 24 points only, so a small clump far away is seldom among them, where 1,000 points would hold it.",
    ),
    (
        "w08_eps_floor",
        "assign",
        """
def assign(x: Tensor, centroids: Tensor) -> tuple[Tensor, Tensor]:
    labels = torch.empty(len(x), dtype=torch.int64, device=x.device)
    distances = torch.empty(len(x), dtype=x.dtype, device=x.device)
    for first in range(0, len(x), CHUNK):
        rows = slice(first, first + CHUNK)
        table = (x[rows] ** 2).sum(1)[:, None] + (centroids**2).sum(1)
        table = table - 2 * (x[rows] @ centroids.T)
        distances[rows], labels[rows] = table.clamp(min=1e-12).min(dim=1)
    return labels, distances
""",
        "The floor is 1e-12 and not 0, as one does before a root: a point on its centroid has a distance above 0, so means moves an empty cluster there where 'no point with a distance above 0 is left', and for points of a scale of 1e-7 all distances are 1e-12 and all labels 0. The docstring promises squared distances, never below 0, and the nearest centroid.",
    ),
    (
        "w08_same_tensor",
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
    middle = x.double().mean(0).to(x.dtype)
    points = x - middle
    centroids = plus_plus(points, k, generator) if start is None else start - middle
    labels, distances = assign(points, centroids)
    old = labels
    for _ in range(iterations):
        centroids = means(points, labels, distances, centroids)
        new, distances = assign(points, centroids)
        labels.copy_(new)
        if torch.equal(old, labels):
            break
        old = labels
    return centroids + middle, labels
""",
        "old is the same tensor as labels, which is overwritten in place, so they are always equal and the loop stops after one iteration. The docstring promises that it stops once no label changes (and that each centroid is then the mean of its points). 0 or 1 iterations, and data that is settled after one, are right.",
    ),
    (
        "w08_fresh_generator",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    if generator is None:
        generator = torch.Generator()
    noise = torch.randn(x.shape, generator=generator).mul(std)
    return x + noise.to(device=x.device, dtype=x.dtype)
""",
        "A new torch.Generator always begins with the same seed, so without a generator each call gives the same noise, whatever torch.manual_seed was: the noise of two batches is not independent. The docstring promises independent noise on every value, and generator=None is allowed. Right with a generator, and in every single call.",
    ),
    (
        "w08_spare_the_single",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    count = labels.bincount(minlength=len(centroids))
    total = torch.zeros_like(centroids, dtype=torch.float64).index_add_(0, labels, x.double())
    new = (total / count[:, None]).to(centroids.dtype)
    empty = (count == 0).nonzero().flatten()
    new[empty] = centroids[empty]
    if len(empty):
        # a point that is alone in its cluster stays there: without it, that one would be empty
        free = ((distances > 0) & (count[labels] > 1)).nonzero().flatten()
        farthest = free[distances[free].argsort(descending=True)][: len(empty)]
        new[empty[: len(farthest)]] = x[farthest]
    return new
""",
        "A point that is alone in its cluster never revives an empty one, although its distance to the old centroid may be the largest. The docstring promises 'the point that is farthest from its own centroid becomes its centroid', and the old centroid only 'if no point with a distance above 0 is left'. Shows if the farthest point is alone; sounds sensible and is right otherwise.",
    ),
    (
        "one_noise_for_the_batch",
        "add_noise",
        """
def add_noise(x, std, generator=None):
    _, c, h, w = x.shape
    eps = std * torch.randn(c, h, w, generator=generator)
    return x + eps.to(device=x.device, dtype=x.dtype)
""",
        "A NumPy user relies on broadcasting: all images of the batch get the same noise. Its mean and deviation look right. Breaks 'independent Gaussian noise on every value'.",
    ),
    (
        "leaves_it_in_eval",
        "Autoencoder.latent",
        """
def latent(self, x):
    self.eval()
    code = self.encoder(x)
    b, channels = code.shape[0], code.shape[1]
    return code.reshape(b, channels, -1).mean(dim=-1)
""",
        "Switches to evaluation mode and does not switch back. Breaks 'The model keeps its mode' (a model in training mode stops training its norms).",
    ),
    (
        "writes_into_the_old",
        "means",
        """
def means(x, labels, distances, centroids):
    farthest_first = torch.argsort(distances, descending=True).tolist()
    for c in range(centroids.shape[0]):
        members = x[labels == c]
        if len(members) > 0:
            centroids[c] = members.mean(dim=0)
        elif len(farthest_first) > 0:
            n = farthest_first.pop(0)
            if distances[n] > 0:
                centroids[c] = x[n]
    return centroids
""",
        "A beginner writes the means into the tensor of the old centroids. Breaks 'the old ones, which stay as they are' (the new values themselves are right).",
    ),
    (
        "same_term_left_out",
        "assign",
        """
def assign(x, centroids):
    c2 = (centroids ** 2).sum(dim=1)
    labels, dists = [], []
    for start in range(0, x.shape[0], CHUNK):
        xc = x[start:start + CHUNK]
        d = c2 - 2 * torch.matmul(xc, centroids.t())
        value, index = torch.min(d, dim=1)
        labels.append(index)
        dists.append(torch.clamp(value, min=0))
    return torch.cat(labels), torch.cat(dists)
""",
        "Follows the hint that one term is the same for every centroid and leaves |x|^2 out for good: labels are right, distances are not (mostly 0 after the clamp). Breaks 'squared distances'.",
    ),
    (
        "stops_when_centroids_rest",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if not 1 <= k <= len(x):
        raise ValueError(f"{len(x)} points cannot make {k} clusters; use 1 to {len(x)}")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("a point is infinite, NaN or too large to be squared; check the features")
    if start is not None and (start.shape != (k, x.shape[1]) or not start.isfinite().all()):
        raise ValueError(f"start must be {k} finite centroids of {x.shape[1]} numbers each")
    origin = x.mean(dim=0, keepdim=True)
    points = x - origin
    if start is None:
        centroids = plus_plus(points, k, generator)
    else:
        centroids = start - origin
    labels, squared = assign(points, centroids)
    for _ in range(iterations):
        moved = means(points, labels, squared, centroids)
        labels, squared = assign(points, moved)
        at_rest = torch.allclose(moved, centroids)
        centroids = moved
        if at_rest:
            break
    return centroids + origin, labels
""",
        "A physicist stops when the centroids are at rest, with allclose's default tolerances (1e-8 absolute). Data in small units (1e-9, say), or a step in which few of many points change, stop too early. Breaks 'they stop once no label changes'.",
    ),
    (
        "candidate_judged_alone",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    size = min(len(x), max(1000, SEEDING_POINTS * k))
    keep = torch.randperm(len(x), generator=generator)[:size].to(x.device)
    points = x[keep]
    tries = 2 + math.floor(math.log(k))
    chosen = [0]  # the subset is in random order
    nearest = squared_distances(points[:1], points)[0]
    while len(chosen) < k:
        candidates = far_points(nearest, tries, generator)
        to_candidates = squared_distances(points[candidates], points)
        best = int(to_candidates.sum(dim=1).argmin())
        nearest = torch.minimum(nearest, to_candidates[best])
        chosen.append(int(candidates[best]))
    return points[chosen]
""",
        "Judges each candidate by the sum of the distances to itself alone, and takes the minimum with the nearest centroid so far only for the winner: prefers candidates in the middle, next to existing centroids. Breaks 'the one that leaves the smallest sum of squared distances'.",
    ),
    (
        "both_empty_at_one_point",
        "means",
        """
def means(x, labels, distances, centroids):
    new = centroids.clone()
    for c in range(len(centroids)):
        members = x[labels == c]
        if len(members) > 0:
            new[c] = members.mean(dim=0)
        elif distances.max() > 0:
            # nobody is here: go to the point that is worst off
            new[c] = x[distances.argmax()]
    return new
""",
        "every empty cluster gets the same farthest point. Breaks 'Two empty clusters get the two farthest points, and so on'",
    ),
    (
        "stops_one_step_early",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    if k < 1 or k > len(x):
        raise ValueError(f"cannot make {k} clusters of {len(x)} points")
    if not x.norm(dim=1).square().isfinite().all():
        raise ValueError("points must be finite and small enough to be squared")
    if start is not None:
        if start.shape != (k, x.shape[1]) or not start.isfinite().all():
            raise ValueError("start must be finite, with shape (k, d)")
    origin = x.mean(0)
    x = x - origin
    if start is None:
        centroids = plus_plus(x, k, generator)
    else:
        centroids = start - origin
    labels, distances = assign(x, centroids)
    for step in range(iterations):
        proposal = means(x, labels, distances, centroids)
        new_labels, new_distances = assign(x, proposal)
        if (new_labels == labels).all():
            break  # converged, nothing to update
        centroids, labels, distances = proposal, new_labels, new_distances
    return centroids + origin, labels
""",
        "leaves the loop before it takes over the last means, so the centroids are those of the step before (with the page's points 0, 1, 9, 10: 0 and 20/3 instead of 1/2 and 19/2). Breaks 'Once the labels no longer change, each centroid is the mean of its points'",
    ),
    (
        "noise_makes_it_float32",
        "add_noise",
        """
def add_noise(x, std, generator=None):
    B, C, H, W = x.shape
    eps = torch.randn(B, C, H, W, generator=generator)  # the generator lives on the CPU
    eps = eps.to(x.device)
    return x + std * eps
""",
        "a hurried engineer moves the noise to x's device, but leaves it float32: bfloat16 images come back as float32. Breaks 'with x's dtype'",
    ),
    (
        "summed_over_the_pixels",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    output = model(noisy)
    difference = output.float() - x.float()
    # squared error of each image, then the mean over the batch
    per_image = torch.pow(difference, 2).flatten(start_dim=1).sum(dim=1)
    return torch.mean(per_image)
""",
        "sums over the values of an image and averages over the batch only, so the loss is 3 H W times too large. Breaks 'Mean squared error', the page's 1/M with M = x.numel()",
    ),
    (
        "fast_cdist_seeding",
        "plus_plus",
        """
def plus_plus(x, k, generator=None):
    size = min(len(x), max(1000, SEEDING_POINTS * k))
    shuffled = torch.randperm(len(x), generator=generator).to(x.device)
    pool = x[shuffled[:size]]
    trials = 2 + math.floor(math.log(k))
    picked = [pool[0]]  # the pool is shuffled, so this is any point
    closest = torch.cdist(pool[:1], pool).square()[0]
    while len(picked) < k:
        candidates = far_points(closest, trials, generator)
        with_candidate = torch.minimum(closest, torch.cdist(pool[candidates], pool).square())
        winner = with_candidate.sum(dim=1).argmin()
        closest = with_candidate[winner]
        picked.append(pool[candidates[winner]])
    return torch.stack(picked)
""",
        "torch.cdist uses the matrix product for more than 25 rows, and loses small distances by rounding: a chosen point then has a distance above 0 to itself, or all distances are 0, and points are chosen twice. Breaks 'All are different if all points of the subset are, however close together they lie' (squared_distances is there for this)",
    ),
    (
        "a_pinch_of_epsilon",
        "far_points",
        """
def far_points(squared, count, generator=None):
    # multinomial refuses weights that are all zero, so add a pinch to each
    weights = squared.detach().cpu() + 1e-12
    drawn = torch.multinomial(weights, count, replacement=True, generator=generator)
    return drawn.to(squared.device)
""",
        "the epsilon against all-zero weights is not small if the points lie some 1e-6 apart: points at distance zero are drawn, and the draw is nearly uniform. Breaks 'A point at distance zero is never drawn' and 'proportional to their squared distance'",
    ),
    (
        "cdist_not_squared",
        "assign",
        """
def assign(x, centroids):
    labels = []
    distances = []
    for i in range(0, len(x), CHUNK):
        d = torch.cdist(x[i : i + CHUNK], centroids)
        values, indices = torch.min(d, dim=1)
        labels.append(indices)
        distances.append(values)
    return torch.cat(labels), torch.cat(distances)
""",
        "a chat assistant's cdist gives distances, not their squares; breaks 'squared distances'",
    ),
    (
        "all_empty_get_the_same_point",
        "means",
        """
def means(x, labels, distances, centroids):
    new = centroids.clone()
    for c in range(len(centroids)):
        members = x[labels == c]
        if len(members) > 0:
            new[c] = members.mean(dim=0)
        elif distances.max() > 0:
            new[c] = x[distances.argmax()]
    return new
""",
        "every empty cluster gets the one farthest point; breaks 'Two empty clusters get the two farthest points, and so on'",
    ),
    (
        "noise_decides_the_dtype",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    eps = torch.normal(0.0, std, size=tuple(x.shape), generator=generator)
    return x + eps.to(x.device)
""",
        "the noise is float32 and only its device is adapted, so bfloat16 images come back as float32; breaks 'with x's dtype and device'",
    ),
    (
        "eval_and_stay_there",
        "Autoencoder.latent",
        """
def latent(self, x):
    self.eval()
    with torch.no_grad():
        code = self.encoder(x)
    n, c, h, w = code.shape
    return code.view(n, c, h * w).mean(dim=2)
""",
        "puts the model into evaluation mode and leaves it there; breaks 'The model keeps its mode'",
    ),
    (
        "stops_when_centroids_are_close",
        "kmeans",
        """
def kmeans(x, k, iterations=20, generator=None, start=None):
    n, d = x.shape
    if k < 1 or k > n:
        raise ValueError(f"k must be between 1 and the number of points, {n}, not {k}")
    if not torch.isfinite(x.norm(dim=1) ** 2).all():
        raise ValueError("every point must be finite and small enough to be squared")
    if start is not None:
        if tuple(start.shape) != (k, d) or not torch.isfinite(start).all():
            raise ValueError(f"start must be finite and have the shape ({k}, {d})")

    origin = x.mean(dim=0)
    points = x - origin
    if start is None:
        centroids = plus_plus(points, k, generator)
    else:
        centroids = start - origin

    labels, distances = assign(points, centroids)
    for _ in range(iterations):
        moved = means(points, labels, distances, centroids)
        if torch.allclose(moved, centroids):
            break  # converged
        centroids = moved
        labels, distances = assign(points, centroids)
    return centroids + origin, labels
""",
        "convergence is judged by allclose of the centroids, whose absolute tolerance 1e-8 stops the loop at once if the points are tiny (scale 1e-9), and which throws away the last means; breaks 'they stop once no label changes' and 'each centroid is the mean of its points'",
    ),
    (
        "dot_product_under_autocast",
        "reconstruction_loss",
        """
def reconstruction_loss(model, x, noisy):
    rebuilt = model(noisy)
    wide = torch.promote_types(rebuilt.dtype, torch.float32)
    residual = (rebuilt.to(wide) - x.to(wide)).flatten()
    return residual @ residual / residual.numel()
""",
        "the residual is widened, but under bfloat16 autocast (as in `denoise`) the inner product is a matmul, which autocast computes in bfloat16; breaks 'computed in float32 or wider, even if the model returns bfloat16'",
    ),
    (
        "noise_in_float32",
        "add_noise",
        """
def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    noise = torch.normal(0.0, std, size=tuple(x.shape), generator=generator)
    return x + noise.to(x.device)
""",
        "NumPy user: the noise is drawn in the default dtype and added as it is, so bfloat16 images come back in float32; breaks 'with x's dtype and device'",
    ),
    (
        "stays_in_eval_mode",
        "Autoencoder.latent",
        """
def latent(self, x: Tensor) -> Tensor:
    # inference only
    self.eval()
    with torch.no_grad():
        code = self.encoder(x)
    return code.flatten(start_dim=2).mean(dim=-1)
""",
        "student with a chat assistant: switches to eval mode and never back; breaks 'The model keeps its mode'",
    ),
    (
        "same_point_for_two",
        "means",
        """
def means(x: Tensor, labels: Tensor, distances: Tensor, centroids: Tensor) -> Tensor:
    new = centroids.clone()
    for j in range(centroids.shape[0]):
        mine = x[labels == j]
        if mine.shape[0] > 0:
            new[j] = mine.mean(axis=0)
        else:
            # empty: put it on the point that is worst served
            worst = int(torch.argmax(distances))
            if distances[worst] > 0:
                new[j] = x[worst]
    return new
""",
        "beginner, loop over clusters: every empty cluster gets the same farthest point; breaks 'Two empty clusters get the two farthest points, and so on'. One empty cluster is treated correctly",
    ),
    (
        "labels_of_the_last_but_one",
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
    origin = x.mean(dim=0, keepdim=True)
    points = x - origin
    if start is None:
        c = plus_plus(points, k, generator)
    else:
        c = start - origin
    previous = None
    labels, dist = assign(points, c)
    for step in range(iterations):
        if step > 0:
            labels, dist = assign(points, c)
        if previous is not None and bool((labels == previous).all()):
            break
        previous = labels
        c = means(points, labels, dist, c)
    return c + origin, labels
""",
        "hurried engineer: the loop ends with `means`; if the iterations run out before nothing changes any more, the labels belong to the centroids before the last step. Breaks 'for each point the number of the nearest one' (page, step 9: which step must come last)",
    ),
    (
        "a_little_for_everyone_15",
        "far_points",
        """
def far_points(squared: Tensor, count: int, generator: Generator | None = None) -> Tensor:
    # multinomial refuses weights that are all 0, so add a tiny number to each
    weights = squared.detach().cpu() + 1e-12
    drawn = torch.multinomial(weights, count, replacement=True, generator=generator)
    return drawn.to(squared.device)
""",
        "someone who knows the library: the tiny number saves the case of all zeros, but if the squared distances are themselves about 1e-12 or less (points that lie close together), points at distance 0 are drawn, and often; breaks 'A point at distance zero is never drawn, unless all distances are zero' and 'probability proportional'",
    ),
    (
        "distances_by_cdist",
        "plus_plus",
        """
def plus_plus(x: Tensor, k: int, generator: Generator | None = None) -> Tensor:
    n = min(len(x), max(1000, SEEDING_POINTS * k))
    pool = x[torch.randperm(len(x), generator=generator)[:n].to(x.device)]
    tries = 2 + math.floor(math.log(k))
    picked = [0]  # the pool is shuffled already
    closest = torch.cdist(pool, pool[:1]).squeeze(1) ** 2
    while len(picked) < k:
        cand = far_points(closest, tries, generator)
        with_cand = torch.minimum(closest[:, None], torch.cdist(pool, pool[cand]) ** 2)
        best = with_cand.sum(dim=0).argmin()
        closest = with_cand[:, best]
        picked.append(int(cand[best]))
    return pool[picked]
""",
        "experienced torch user: torch.cdist instead of the given squared_distances. With more than 25 points it uses the matrix product, which gives 0 (or noise) for different points that lie close together compared with their norm, so a point can be chosen twice; breaks 'All are different if all points of the subset are, however close together they lie'",
    ),
]
