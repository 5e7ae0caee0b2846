# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 9's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "pairs_both_ways",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    total = 0
    for c in labels.unique():
        n = int((labels == c).sum())
        total += n * (n - 1)
    return total
""",
        "counts every pair twice, because n (n - 1) is not halved",
    ),
    (
        "surplus_images",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    # every image beyond the first of its cluster collides
    return len(labels) - len(torch.unique(labels))
""",
        "counts the images that are too many instead of the pairs they form",
    ),
    (
        "with_replacement",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    p = sizes.double() / sizes.sum()
    same = float((p * p).sum())  # two images have the same cluster
    pairs = batch_size * (batch_size - 1) / 2
    return pairs * same
""",
        "draws the two images of a pair with replacement, so that an image can meet itself",
    ),
    (
        "whole_number",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    n = sizes.sum().item()
    same = sum(s * (s - 1) // 2 for s in sizes.tolist())
    everything = n * (n - 1) // 2
    drawn = batch_size * (batch_size - 1) // 2
    return float(drawn * same // everything)
""",
        "the last division is a whole-number one, so the average is rounded down",
    ),
    (
        "remainder_forgotten",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    total = 0
    for s in sizes.tolist():
        per_batch = s // batches
        total += batches * per_batch * (per_batch - 1) // 2
    return total
""",
        "ignores the s mod T batches that get one more image",
    ),
    (
        "extra_meets_itself",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    total = 0
    for s in sizes.tolist():
        q, r = divmod(s, batches)
        total += batches * (q * (q - 1) // 2) + r * (q + 1)
    return total
""",
        "an extra image meets q images of its cluster, not q + 1",
    ),
    (
        "rounded_up",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    # spread evenly: each batch holds at most ceil(s / T) images of a cluster
    per_batch = (sizes + batches - 1) // batches
    pairs = per_batch * (per_batch - 1) // 2
    return int(batches * pairs.sum())
""",
        "gives every batch the rounded-up number of images, although only s mod T batches get one more",
    ),
    (
        "rank_in_sorted_order",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    in_order, _ = pseudo_labels.sort(stable=True)
    counts = torch.bincount(in_order)
    starts = torch.cumsum(counts, 0) - counts
    return torch.arange(len(pseudo_labels)) - starts[in_order]
""",
        "the ranks stay in sorted order and are not written back to where the images came from",
    ),
    (
        "later_images",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    same = pseudo_labels[:, None] == pseudo_labels[None, :]
    return same.long().triu(diagonal=1).sum(1)
""",
        "sums the upper triangle over the wrong axis, which counts later images of the cluster instead of earlier ones",
    ),
    (
        "missing_number",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    _, counts = pseudo_labels.unique(return_counts=True)
    first = counts.cumsum(0) - counts
    place = pseudo_labels.argsort(stable=True).argsort()
    return place - first[pseudo_labels]
""",
        "counts only the clusters that occur, so it looks up the wrong first position (or none) if a cluster number is missing",
    ),
    (
        "ties_by_cluster",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    rank = rank_in_cluster(pseudo_labels)
    clusters = int(pseudo_labels.max()) + 1
    # first of each cluster, second of each cluster, ...
    order = (rank * clusters + pseudo_labels).argsort()
    full = len(order) - len(order) % batch_size
    return order[:full].reshape(-1, batch_size)
""",
        "images of equal rank are sorted by cluster number instead of keeping the data's order",
    ),
    (
        "first_left_out",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    n = len(pseudo_labels)
    order = torch.sort(rank_in_cluster(pseudo_labels), stable=True).indices
    surplus = n % batch_size
    return torch.stack(order[surplus:].split(batch_size))
""",
        "leaves out the first N mod B images of the order instead of the last",
    ),
    (
        "large_clusters_first",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    shuffled = torch.randperm(len(pseudo_labels), generator=generator).tolist()
    members = {}
    for i in shuffled:  # clusters in the (random) order in which they turn up
        members.setdefault(int(pseudo_labels[i]), []).append(i)
    return torch.tensor([i for group in members.values() for i in group])
""",
        "orders the clusters by first appearance among shuffled images, so large clusters tend to come first",
    ),
    (
        "images_not_shuffled",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    K = int(pseudo_labels.max()) + 1
    parts = []
    for k in torch.randperm(K, generator=generator).tolist():
        parts.append((pseudo_labels == k).nonzero().flatten())
    return torch.cat(parts)
""",
        "the clusters are shuffled, but the images inside each keep the data's order",
    ),
    (
        "turns_can_tie",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    n, K = len(pseudo_labels), int(pseudo_labels.max()) + 1
    perm = torch.randperm(n, generator=generator)
    turn = torch.randint(K, (K,), generator=generator)
    return perm[torch.argsort(turn[pseudo_labels[perm]], stable=True)]
""",
        "draws the turns with replacement, so two clusters with the same turn are mixed with each other",
    ),
    (
        "table_turned",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    B = len(order) // batches
    # lay the row down as a table and read it column by column
    hands = order.reshape(batches, B).t().reshape(batches, B)
    return hands[torch.randperm(batches, generator=generator)]
""",
        "the table has T rows instead of T columns, so a batch gets the images B apart, not T apart",
    ),
    (
        "shuffles_in_the_batches",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    hands = torch.stack([order[t::batches] for t in range(batches)])
    shuffle = torch.randperm(hands.shape[1], generator=generator)
    return hands[:, shuffle]
""",
        "shuffles the images inside the batches and leaves the batches in their order",
    ),
    (
        "dtype_lost",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    hands = [[] for _ in range(batches)]
    for position, image in enumerate(order.tolist()):
        hands[position % batches].append(image)
    turn = torch.randperm(batches, generator=generator).tolist()
    return torch.tensor([hands[t] for t in turn])
""",
        "goes through Python lists, so the result is always int64 on the CPU whatever order is",
    ),
    (
        "positions_of_positions",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    N = len(pseudo_labels)
    T = N // batch_size
    chosen = torch.randperm(N, generator=generator)[: T * batch_size]
    row = in_clusters(pseudo_labels[chosen], generator)
    return deal(row, T, generator)
""",
        "returns positions among the chosen images instead of positions in the data (chosen[row])",
    ),
    (
        "row_shuffled_again",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    T = len(pseudo_labels) // batch_size
    row = in_clusters(pseudo_labels, generator)
    stay = torch.randperm(len(row), generator=generator)[: T * batch_size]
    return deal(row[stay], T, generator)
""",
        "the random choice of images to keep is not sorted, so the row is no longer cluster by cluster",
    ),
    (
        "one_too_many",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    T = 1
    while sum(min(s, T) for s in sizes.tolist()) >= T * batch_size:
        T += 1
    return T
""",
        "returns the first T that is impossible instead of the last possible one",
    ),
    (
        "full_clusters_only",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    # T batches need B clusters with at least T images
    largest_first = sizes.sort(descending=True).values
    if len(largest_first) < batch_size:
        return 0
    return int(largest_first[batch_size - 1])
""",
        "asks for B clusters that each fill all T batches, although smaller clusters can share a place",
    ),
    (
        "clamped_once",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    T = int(sizes.sum()) // batch_size
    usable = torch.minimum(sizes, torch.full_like(sizes, T)).sum()
    return int(usable) // batch_size
""",
        "limits the clusters by the first guess of T only, although a smaller T limits them further",
    ),
    (
        "always_the_first_images",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    row = in_clusters(pseudo_labels, generator)
    row = row[rank_in_cluster(pseudo_labels)[row] < T]
    stay, _ = torch.randperm(len(row), generator=generator)[: T * batch_size].sort()
    return deal(row[stay], T, generator)
""",
        "takes the rank in the data instead of in this epoch's row, so a large cluster always keeps the same T images",
    ),
    (
        "one_image_too_many",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    row = in_clusters(pseudo_labels, generator)
    rank = rank_in_cluster(pseudo_labels[row])
    row = row[rank <= T]
    drop = len(row) - T * batch_size
    out = torch.randperm(len(row), generator=generator)[:drop]
    mask = torch.ones(len(row), dtype=torch.bool)
    mask[out] = False
    return deal(row[mask], T, generator)
""",
        "ranks start at 0, so <= keeps T + 1 images of a large cluster and two of them can meet",
    ),
    (
        "collisions_consecutive",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    _, counts = labels.unique_consecutive(return_counts=True)
    return sum(n * (n - 1) // 2 for n in counts.tolist())
""",
        "unique_consecutive counts runs of equal labels, so images of one cluster that are not next to each other do not collide.",
    ),
    (
        "expected_sample_variance",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    # sum of s^2 = K (variance + mean^2)
    s = sizes.double()
    K, N = len(s), float(s.sum())
    squares = K * float(s.var() + s.mean() ** 2)
    share = (squares - N) / (N * (N - 1))
    return share * batch_size * (batch_size - 1) / 2
""",
        "torch's var divides by K - 1 by default, so the sum of squares is too large (and NaN for one cluster).",
    ),
    (
        "least_one_too_many",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    total = 0
    for s in sizes.tolist():
        # batch t gets (s + t) // T images of this cluster
        for t in range(1, batches + 1):
            n = (s + t) // batches
            total += n * (n - 1) // 2
    return total
""",
        "t runs from 1 to T instead of 0 to T - 1, so every cluster hands out s + 1 images.",
    ),
    (
        "least_true_division",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    q, r = sizes // batches, sizes % batches
    pairs_small = q * (q - 1) / 2
    pairs_large = q * (q + 1) / 2
    return int(((batches - r) * pairs_small + r * pairs_large).sum())
""",
        "True division of int64 tensors gives float32, so counts above 2^24 are rounded.",
    ),
    (
        "rank_tensor_keys",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    seen = {}
    rank = torch.zeros_like(pseudo_labels)
    for i, cluster in enumerate(pseudo_labels):
        rank[i] = seen.get(cluster, 0)
        seen[cluster] = seen.get(cluster, 0) + 1
    return rank
""",
        "The keys of the dictionary are tensors, which hash by identity, so no cluster is ever found again and every rank is 0.",
    ),
    (
        "released_drops_the_last_batch",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    rank = rank_in_cluster(pseudo_labels)
    order = torch.cat([(rank == r).nonzero()[:, 0] for r in range(int(rank.max()) + 1)])
    batches = order.split(batch_size)
    if len(batches[-1]) <= batch_size:
        batches = batches[:-1]  # the last one is not full
    return torch.stack(batches) if batches else order.new_empty(0, batch_size)
""",
        "<= instead of <: the last batch is dropped even if it is full.",
    ),
    (
        "in_clusters_turns_with_ties",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    K = int(pseudo_labels.max()) + 1
    shuffled = torch.randperm(len(pseudo_labels), generator=generator)
    turn = torch.randint(K, (K,), generator=generator)
    key = turn.index_select(0, pseudo_labels[shuffled])
    return shuffled[torch.sort(key, stable=True).indices]
""",
        "Turns are drawn with replacement: clusters with the same turn are mixed instead of following one another.",
    ),
    (
        "in_clusters_squeeze",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    clusters = pseudo_labels.unique()
    parts = []
    for c in clusters[torch.randperm(len(clusters), generator=generator)]:
        members = torch.nonzero(pseudo_labels == c).squeeze()
        parts.append(members[torch.randperm(members.numel(), generator=generator)])
    return torch.cat(parts)
""",
        "squeeze() turns the members of a one-image cluster into a 0-d tensor, which cannot be indexed: such clusters raise an error.",
    ),
    (
        "deal_snake",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    rounds = order.view(-1, batches).clone()
    rounds[1::2] = rounds[1::2].flip(1)  # there and back again, which is fairer
    hands = rounds.t()
    return hands[torch.randperm(batches, generator=generator)]
""",
        "Deals to and fro (1..T, T..1) instead of starting again at batch 1, so two neighbours in the row meet in the last or first batch.",
    ),
    (
        "deal_through_a_list",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    hands = [[] for _ in range(batches)]
    for i, image in enumerate(order.tolist()):
        hands[i % batches].append(image)
    shuffle = torch.randperm(batches, generator=generator).tolist()
    return torch.tensor([hands[t] for t in shuffle])
""",
        "The result is always int64 on the CPU, not of order's dtype and device.",
    ),
    (
        "dealt_positions_of_the_subset",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    N = len(pseudo_labels)
    T = N // batch_size
    # first leave some out, all equally likely; then sort the others by cluster
    kept = torch.randperm(N, generator=generator)[: T * batch_size]
    row = in_clusters(pseudo_labels[kept], generator)
    return deal(row, T, generator)
""",
        "in_clusters returns positions within the kept images, which are not translated back to positions in the data.",
    ),
    (
        "dealt_rolls_the_row",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    row = in_clusters(pseudo_labels, generator)
    batches = len(row) // batch_size
    # cut the circle of images at a random place, so that everyone is equally likely to be left out
    cut = int(torch.randint(len(row), (1,), generator=generator))
    row = row.roll(-cut)[: batches * batch_size]
    return deal(row, batches, generator)
""",
        "Cutting the circle splits a cluster into both ends of the row, which can cost extra collisions, and the images left out are neighbours, not a random set.",
    ),
    (
        "strict_count_never_tries_the_most",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    def enough(T):
        return int(torch.minimum(sizes, torch.full_like(sizes, T)).sum()) >= T * batch_size

    low, high = 0, int(sizes.sum()) // batch_size
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            low = middle
        else:
            high = middle
    return low
""",
        "The bisection takes the upper bound N // B as impossible without trying it, so it is one short if all batches are possible.",
    ),
    (
        "strict_count_first_clusters",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    left = sizes.clone()
    batches = 0
    while int((left > 0).sum()) >= batch_size:
        # one image from each of B clusters makes a batch
        some = (left > 0).nonzero()[:batch_size, 0]
        left[some] -= 1
        batches += 1
    return batches
""",
        "Greedy batches take the first B clusters that have images instead of the largest ones, which uses up small clusters and gives too few batches.",
    ),
    (
        "strict_drops_the_end",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    sizes = torch.bincount(pseudo_labels)
    T = strict_count(sizes, batch_size)
    row = in_clusters(pseudo_labels, generator)
    parts = []
    for members in row.split(torch.unique_consecutive(pseudo_labels[row], return_counts=True)[1].tolist()):
        parts.append(members[:T])
    row = torch.cat(parts)
    keep = torch.randperm(T * batch_size, generator=generator).sort().values
    return deal(row[keep], T, generator)
""",
        "randperm(T B) sorted is 0, 1, ..., T B - 1: the surplus is always cut off the end of the row instead of at random.",
    ),
    (
        "repeats_not_pairs",
        "collisions",
        """
def collisions(labels):
    # every image whose cluster was already there collides
    return len(labels) - len(labels.unique())
""",
        "counts the repeated images (n - 1 per cluster) instead of the pairs (n choose 2): right for two of a kind, wrong from three on",
    ),
    (
        "with_replacement_again",
        "expected_collisions",
        """
def expected_collisions(sizes, batch_size):
    p = sizes.double() / sizes.sum()
    same = float((p * p).sum())  # probability that two images share a cluster
    pairs = batch_size * (batch_size - 1) / 2
    return pairs * same
""",
        "draws the two images with replacement (sum of p squared), though the images of a batch are different",
    ),
    (
        "full_batches_twice",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    def pairs(n):
        return n * (n - 1) // 2

    total = 0
    for s in sizes.tolist():
        base, extra = divmod(s, batches)
        total += batches * pairs(base)
        total += extra * pairs(base + 1)
    return total
""",
        "the batches that get one image more are counted twice, once with base and once with base + 1 images (right while base is 0 or 1)",
    ),
    (
        "rank_in_sorted_order_again",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    sizes = torch.bincount(pseudo_labels)
    # 0, 1, 2, ... for every cluster
    return torch.cat([torch.arange(n, device=pseudo_labels.device) for n in sizes.tolist()])
""",
        "ranks are in the order of the sorted labels and never written back to where the images came from",
    ),
    (
        "ties_by_cluster_again",
        "released_batches",
        """
def released_batches(pseudo_labels, batch_size):
    rank = rank_in_cluster(pseudo_labels)
    num_clusters = int(pseudo_labels.max()) + 1
    # first image of every cluster, then the second of every cluster, ...
    key = rank * num_clusters + pseudo_labels
    order = torch.argsort(key)
    n_batches = order.numel() // batch_size
    return order[: n_batches * batch_size].reshape(n_batches, batch_size)
""",
        "images of equal rank are sorted by cluster number instead of keeping the order of the data",
    ),
    (
        "big_clusters_first",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    groups = {}
    for i in torch.randperm(len(pseudo_labels), generator=generator).tolist():
        groups.setdefault(int(pseudo_labels[i]), []).append(i)
    # a dict keeps the order in which the clusters turned up, which is random
    return torch.tensor([i for members in groups.values() for i in members])
""",
        "clusters come in the order in which they turn up in the shuffled images, so large ones tend to be first: the orders are not equally likely",
    ),
    (
        "rotated_clusters",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    n_clusters = int(pseudo_labels.max()) + 1
    shuffled = torch.randperm(len(pseudo_labels), generator=generator)
    # begin with a random cluster
    first = torch.randint(n_clusters, (1,), generator=generator)
    turn = (pseudo_labels[shuffled] - first) % n_clusters
    return shuffled[torch.sort(turn, stable=True).indices]
""",
        "the clusters are only rotated by a random offset, so the same clusters are always neighbours",
    ),
    (
        "snake",
        "deal",
        """
def deal(order, batches, generator=None):
    rounds = order.reshape(-1, batches).clone()
    # every second round goes back from the last player to the first
    rounds[1::2] = rounds[1::2].flip(1)
    hands = rounds.t()
    return hands[torch.randperm(batches, generator=generator)]
""",
        "deals like a snake draft (1..T, then T..1), so neighbours in the row meet at each turn",
    ),
    (
        "deal_global_rng",
        "deal",
        """
def deal(order, batches, generator=None):
    hands = torch.stack([order[t::batches] for t in range(batches)])
    return hands[torch.randperm(batches)]
""",
        "the order of the batches is drawn from the global generator instead of the given one",
    ),
    (
        "kept_not_sorted",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    n = len(pseudo_labels)
    batches = n // batch_size
    row = in_clusters(pseudo_labels, generator)
    # leave out n % batch_size images at random
    keep = torch.randperm(n, generator=generator)[: batches * batch_size]
    return deal(row[keep], batches, generator)
""",
        "the kept positions are not sorted, so the row is shuffled and the clusters are no longer together when it is dealt",
    ),
    (
        "last_of_data_left_out",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    batches = len(pseudo_labels) // batch_size
    # drop the incomplete batch
    used = pseudo_labels[: batches * batch_size]
    return deal(in_clusters(used, generator), batches, generator)
""",
        "leaves out the last images of the data in every epoch, instead of random ones",
    ),
    (
        "size_of_bth_cluster",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    if len(sizes) < batch_size:
        return 0
    # B clusters must have an image for every batch, so the B-th largest decides
    ordered, _ = torch.sort(sizes, descending=True)
    return int(ordered[batch_size - 1])
""",
        "assumes that all batches use the same B clusters (the size of the B-th largest), though smaller clusters can take turns",
    ),
    (
        "same_images_each_epoch",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    order = in_clusters(pseudo_labels, generator)
    order = order[rank_in_cluster(pseudo_labels)[order] < T]
    keep, _ = torch.randperm(len(order), generator=generator)[: T * batch_size].sort()
    return deal(order[keep], T, generator)
""",
        "uses the rank in the data instead of the rank in this epoch's row, so a large cluster gives the same T images in every epoch",
    ),
    (
        "positions_of_subset",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    # at most T images of each cluster
    mixed = torch.randperm(len(pseudo_labels), generator=generator)
    some = mixed[rank_in_cluster(pseudo_labels[mixed]) < T]
    # exactly T * B
    some = some[torch.randperm(len(some), generator=generator)[: T * batch_size]]
    row = in_clusters(pseudo_labels[some], generator)
    return deal(row, T, generator)
""",
        "returns positions in the subset that was kept instead of positions of images (some[row] is missing)",
    ),
    (
        "least_swapped_remainder",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    total = 0
    for s in sizes.tolist():
        q, r = divmod(s, batches)
        hands = [q + 1] * (batches - r) + [q] * r
        total += sum(n * (n - 1) // 2 for n in hands)
    return total
""",
        "T - r batches get one image more instead of r batches.",
    ),
    (
        "in_clusters_turn_per_existing_cluster",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    present = torch.unique(pseudo_labels)
    turn = torch.randperm(len(present), generator=generator)
    shuffled = torch.randperm(len(pseudo_labels), generator=generator)
    key = turn[pseudo_labels[shuffled]]
    return shuffled[torch.sort(key, stable=True).indices]
""",
        "Turns are drawn for the clusters that have images but looked up by cluster number, so a missing number gives an index out of range.",
    ),
    (
        "strict_count_bounded_by_largest",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    def enough(t):
        return sum(min(s, t) for s in sizes.tolist()) >= t * batch_size

    low, high = 0, max(sizes.tolist())  # bisect: enough(low) is always true
    while low < high:
        mid = (low + high + 1) // 2
        if enough(mid):
            low = mid
        else:
            high = mid - 1
    return low
""",
        "The search ends at the size of the largest cluster, but more batches are possible if there are many small clusters.",
    ),
    (
        "released_ties_by_cluster",
        "released_batches",
        """
def released_batches(pseudo_labels, batch_size):
    rank = rank_in_cluster(pseudo_labels)
    table = sorted(zip(rank.tolist(), pseudo_labels.tolist(), range(len(rank))))
    order = torch.tensor([i for _, _, i in table], dtype=torch.int64)
    n = len(order) // batch_size
    return order[: n * batch_size].reshape(n, batch_size)
""",
        "Images of equal rank are sorted by cluster number instead of keeping the order of the data.",
    ),
    (
        "dealt_unsorted_and_unseeded_deal",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    T = len(pseudo_labels) // batch_size
    row = in_clusters(pseudo_labels, generator)
    lucky = torch.randperm(len(row), generator=generator)[: T * batch_size]
    return deal(row[lucky], T)
""",
        "The kept images are not put back in the order of the row, so clusters are no longer together when dealt, and deal is called without the generator.",
    ),
    (
        "strict_same_images_and_end_cut_off",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    pool = torch.nonzero(rank_in_cluster(pseudo_labels) < T).flatten()
    row = pool[in_clusters(pseudo_labels[pool], generator)]
    return deal(row[: T * batch_size], T, generator)
""",
        "A large cluster always keeps its first T images of the data instead of random ones, and the rest is cut off at the end of the row instead of dropped at random.",
    ),
    (
        "deal_unseeded_and_int64",
        "deal",
        """
def deal(order, batches, generator=None):
    cards = order.tolist()
    hands = [[] for _ in range(batches)]
    for n, card in enumerate(cards):
        hands[n % batches].append(card)
    shuffle = torch.randperm(batches)
    return torch.tensor([hands[t] for t in shuffle.tolist()])
""",
        "The order of the batches ignores the generator, and the result is always int64 on the CPU instead of having order's dtype and device.",
    ),
    (
        "rank_not_written_back_and_gaps",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    grouped, _ = torch.sort(pseudo_labels, stable=True)
    _, counts = torch.unique(grouped, return_counts=True)
    begin = torch.cumsum(counts, 0) - counts
    return torch.arange(len(grouped)) - begin[grouped]
""",
        "The ranks stay in sorted order instead of returning to where each image came from, and a missing cluster number shifts the table of first positions.",
    ),
    (
        "expected_with_replacement",
        "expected_collisions",
        """
def expected_collisions(sizes, batch_size):
    p = sizes.double() / sizes.sum()
    same = torch.dot(p, p).item()  # chance that two images share a cluster
    return same * batch_size * (batch_size - 1) / 2
""",
        "It takes the two images of a pair as drawn with replacement, (s / N)^2 instead of s (s - 1) / (N (N - 1)).",
    ),
    (
        "collisions_counts_repeats",
        "collisions",
        """
def collisions(labels):
    seen, repeats = set(), 0
    for c in labels.tolist():
        if c in seen:
            repeats += 1
        seen.add(c)
    return repeats
""",
        "It counts the images whose cluster has occurred before, n - 1 for a cluster of n images, instead of the n (n - 1) / 2 pairs.",
    ),
    (
        "strict_greedy",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    piles = {}
    for i in torch.randperm(len(pseudo_labels), generator=generator).tolist():
        piles.setdefault(int(pseudo_labels[i]), []).append(i)
    batches = []
    while len(piles) >= batch_size:
        names = list(piles)
        chosen = torch.randperm(len(names), generator=generator)[:batch_size].tolist()
        batches.append([piles[names[j]].pop() for j in chosen])
        piles = {name: pile for name, pile in piles.items() if pile}
    return torch.tensor(batches)
""",
        "Each batch takes one image from B random clusters until fewer than B clusters are left, so small clusters may be used up too early and there are fewer batches than the largest possible T.",
    ),
    (
        "in_clusters_by_first_seen",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    groups = {}
    for i in torch.randperm(len(pseudo_labels), generator=generator).tolist():
        groups.setdefault(int(pseudo_labels[i]), []).append(i)
    return torch.tensor([i for group in groups.values() for i in group], dtype=torch.int64)
""",
        "Clusters come in the order in which a random image of theirs is first seen, so large clusters tend to come first instead of all orders being equally likely.",
    ),
    (
        "dealt_default_seed",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    if generator is None:
        generator = Generator().manual_seed(0)
    N = len(pseudo_labels)
    T = N // batch_size
    out = torch.randperm(N, generator=generator)[: N - T * batch_size]
    stays = torch.ones(N, dtype=torch.bool)
    stays[out] = False
    row = in_clusters(pseudo_labels, generator)
    return deal(row[stays[row]], T, generator)
""",
        "Without a generator every call seeds a new one with 0, so each epoch gets the same batches instead of new ones.",
    ),
    (
        "strict_count_clamps_in_place",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    t = int(sizes.sum()) // batch_size
    while int(sizes.clamp_(max=t).sum()) < t * batch_size:
        t -= 1
    return t
""",
        "clamp_ changes the caller's cluster sizes, so whoever uses them afterwards gets wrong numbers.",
    ),
    (
        "b09_renumbers_labels",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    labels -= labels.min()  # count from 0
    count = torch.bincount(labels)
    return int((count * (count - 1) // 2).sum())
""",
        "The caller's labels are shifted in place whenever the batch has no image of cluster 0: a batch that is a slice of all labels (labels[128:256] is a view) renumbers the data's own labels, so every later count, purity and batch is wrong; a batch with cluster 0 shows nothing.",
    ),
    (
        "b09_int32_pairs",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    sizes = sizes.int()
    N = int(sizes.sum())
    share = (sizes * (sizes - 1)).sum().item() / (N * (N - 1))
    return batch_size * (batch_size - 1) / 2 * share
""",
        "The pairs are counted in int32: a cluster of more than 46,341 images (two clusters of 60,000, or a collapsed clustering of CIFAR-10) overflows and the expected number is too small or negative.",
    ),
    (
        "b09_float_bound",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    sizes = sizes.float()
    each = torch.floor(sizes / batches)
    more = sizes - each * batches
    return int((batches * each * (each - 1) / 2 + more * each).sum())
""",
        "The bound is computed in float32, which has no odd numbers above 2^24: from about 17 million collisions on (312 batches of 4,096 from ten clusters of 128,000) the result is off, so dealt batches seem to be above or below the minimum.",
    ),
    (
        "b09_all_pairs",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    same = pseudo_labels[:, None] == pseudo_labels  # (N, N)
    return same.tril(-1).sum(1)
""",
        "An (N, N) table is made, and copied: 50,000 images need 5 GB in every epoch and 200,000 need 80 GB, where sorting needs less than a megabyte.",
    ),
    (
        "b09_remembers_batches",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int, known: dict = {}) -> Tensor:
    key = len(pseudo_labels), batch_size
    if key not in known:  # every epoch is the same
        order = rank_in_cluster(pseudo_labels).argsort(stable=True)
        batches = len(order) // batch_size
        known[key] = order[: batches * batch_size].view(batches, batch_size)
    return known[key]
""",
        "The batches are kept by N and B only: a second run, another clustering or another data set with as many images in the same process gets the batches of the first labels (and a caller that changes its batches changes everybody's).",
    ),
    (
        "b09_global_turns",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    order = torch.randperm(len(pseudo_labels), generator=generator)
    turn = torch.randperm(int(pseudo_labels.max()) + 1)
    return order[turn[pseudo_labels[order]].argsort(stable=True)]
""",
        "The order of the clusters comes from torch's global generator instead of the given one: the same seed gives other batches in every process, a resumed epoch is drawn in another order than the one it skips through, so some images are trained on twice and others never, and the global generator moves.",
    ),
    (
        "b09_deals_in_place",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    hands = order.view(-1, batches).T
    hands[:] = hands[torch.randperm(batches, generator=generator)]
    return hands
""",
        "The hands are a view of the caller's row, so shuffling the batches reorders that row (dealing the same row twice starts from another row, clusters no longer in the given order) and changing the returned batches changes it too.",
    ),
    (
        "b09_same_seed_again",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if generator is None:  # repeatable after torch.manual_seed
        generator = Generator().manual_seed(torch.initial_seed())
    batches = len(pseudo_labels) // batch_size
    order = in_clusters(pseudo_labels, generator)
    kept = torch.randperm(len(order), generator=generator)[: batches * batch_size].sort().values
    return deal(order[kept], batches, generator)
""",
        "Without a generator a new one is seeded with the process's initial seed in every call, so every epoch has the same batches and leaves out the same images.",
    ),
    (
        "b09_at_least_one",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    most = int(sizes.sum()) // batch_size
    return max(
        t for t in range(1, most + 1) if int(sizes.clamp(max=t).sum()) >= t * batch_size
    )
""",
        "T = 0 is not tried: with fewer non-empty clusters than B, or fewer images than B, max() of nothing raises ValueError instead of returning 0.",
    ),
    (
        "b09_reseeds_torch",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    torch.manual_seed(int(torch.randint(2**62, (1,), generator=generator)))
    batches = strict_count(torch.bincount(pseudo_labels), batch_size)
    order = in_clusters(pseudo_labels)
    order = order[rank_in_cluster(pseudo_labels[order]) < batches]
    kept = torch.randperm(len(order))[: batches * batch_size].sort().values
    return deal(order[kept], batches)
""",
        "The batches are repeatable from the generator, but every call reseeds torch's global generators (CPU and GPU): whatever else draws from them (dropout, an untrained baseline, the user's own sampling) is changed by making batches.",
    ),
    (
        "with_replacement_and_ordered_pairs",
        "expected_collisions",
        """
def expected_collisions(sizes, batch_size):
    p = sizes.double() / sizes.sum()
    return float(batch_size * (batch_size - 1) * torch.dot(p, p))
""",
        "Two slips: images are drawn with replacement (an image shares a cluster with itself), and each pair of a batch is counted twice.",
    ),
    (
        "half_forgotten_and_too_few_met",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    total = 0
    for s in sizes.tolist():
        q, r = divmod(s, batches)
        total += batches * q * (q - 1) + r * max(q - 1, 0)
    return total
""",
        "Two slips: pairs are not halved, and an extra image is said to meet q - 1 images of its cluster instead of q.",
    ),
    (
        "sorted_order_and_from_one",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    grouped = pseudo_labels.sort(stable=True).values
    _, runs = torch.unique_consecutive(grouped, return_counts=True)
    starts = torch.repeat_interleave(runs.cumsum(0) - runs, runs)
    return torch.arange(1, len(grouped) + 1) - starts
""",
        "Two slips: ranks stay in the order of the clusters and are not written back to their images, and they begin at 1.",
    ),
    (
        "first_images_and_one_too_many",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(pseudo_labels.bincount(), batch_size)
    rank = rank_in_cluster(pseudo_labels)
    row = in_clusters(pseudo_labels, generator)
    row = row[rank[row] <= T]
    some = torch.randperm(row.numel(), generator=generator)[: T * batch_size]
    return deal(row[torch.sort(some)[0]], T, generator)
""",
        "Two slips: the rank is the one in the data and not in this epoch's row, so a large cluster always gives the same images, and with <= it gives T + 1, two of which can meet in a batch.",
    ),
    (
        "missing_number_2",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    _, sizes = torch.unique(pseudo_labels, return_counts=True)
    begin = torch.cumsum(sizes, 0) - sizes
    by_cluster = torch.sort(pseudo_labels, stable=True)
    out = torch.zeros_like(pseudo_labels)
    out.scatter_(0, by_cluster.indices, torch.arange(len(out)) - begin[by_cluster.values])
    return out
""",
        "The sizes of the clusters that occur are looked up by cluster number: if a number is missing (an empty cluster of k-means), ranks are shifted or the index is out of range.",
    ),
    (
        "unseeded_generator",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    rng = torch.Generator() if generator is None else generator
    T = len(pseudo_labels) // batch_size
    row = in_clusters(pseudo_labels, rng)
    stay = torch.ones(len(row), dtype=torch.bool)
    stay[torch.randperm(len(row), generator=rng)[T * batch_size :]] = False
    return deal(row[stay], T, rng)
""",
        "Without a generator a new torch.Generator() is made, whose seed is always the same: every call, and so every epoch, returns the same batches, and torch.manual_seed has no effect.",
    ),
    (
        "swaps_write_into_order",
        "deal",
        """
def deal(order, batches, generator=None):
    hands = order.view(-1, batches).t()
    for i in range(batches - 1, 0, -1):  # Fisher and Yates
        j = int(torch.randint(i + 1, (1,), generator=generator))
        hands[[i, j]] = hands[[j, i]]
    return hands
""",
        "The rows are swapped in a view of order, so the caller's order changes: dealt a second time, it is not cluster by cluster as it was given, and the result shares memory with it.",
    ),
    (
        "ten_rounds",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    s = sizes.tolist()
    T = sum(s) // batch_size
    for _ in range(10):  # fewer batches take fewer images of the large clusters
        T = sum(min(n, T) for n in s) // batch_size
    return T
""",
        "Each round lowers T a little, and ten are not enough where there are hardly more clusters than images in a batch (the authors' 64 clusters and batches of 64 need about 100; sizes 1, 100, 100, 100 with B = 4 need 13): T is too large, and there are not T B images to deal.",
    ),
    (
        "drops_the_end",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    row = in_clusters(pseudo_labels, generator)
    row = row[rank_in_cluster(pseudo_labels[row]) < T]
    return deal(row[: T * batch_size].contiguous(), T, generator)
""",
        "The end of the row is dropped, which is the last cluster and not images at random: the only image of a small cluster is dropped far more often than an image of a large one.",
    ),
    (
        "same_shuffle_in_each_cluster",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    names = pseudo_labels.unique()
    names = names[torch.randperm(len(names), generator=generator)]
    seed = int(torch.randint(2**31, (1,), generator=generator))
    row = []
    for c in names.tolist():
        members = torch.nonzero(pseudo_labels == c)[:, 0]
        rng = Generator().manual_seed(seed)
        row.append(members[torch.randperm(len(members), generator=rng)])
    return torch.cat(row)
""",
        "The generator is seeded anew for each cluster with the same seed: clusters of equal size are shuffled alike, so an image always stands at the same place as its partner of another cluster, and the two always or never meet.",
    ),
    (
        "collisions_extra_images",
        "collisions",
        """
def collisions(labels):
    seen = torch.unique(labels)
    return int(labels.numel() - seen.numel())
""",
        "Counts the images beyond the first of each cluster (B minus the number of clusters), not pairs: three images of one cluster give 2. The right code sums n_c choose 2, which gives 3.",
    ),
    (
        "expected_with_replacement_2",
        "expected_collisions",
        """
def expected_collisions(sizes, batch_size):
    total = float(sizes.sum())
    chance = sum((s / total) ** 2 for s in sizes.tolist())
    pairs = batch_size * (batch_size - 1) / 2
    return pairs * chance
""",
        "Uses the chance sum (s/N)^2 of drawing with replacement. A batch has B different images, so the share of colliding pairs is sum s(s-1) / (N(N-1)).",
    ),
    (
        "strict_count_bth_largest",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    descending = sorted(sizes.tolist(), reverse=True)
    if batch_size > len(descending):
        return 0
    return descending[batch_size - 1]
""",
        "Takes the size of the B-th largest cluster, as if the same B clusters had to serve every batch. The right T is the largest with sum of min(s, T) >= T B: sizes 2, 2, 2 with B = 2 give 3, not 2.",
    ),
    (
        "released_ties_by_cluster_2",
        "released_batches",
        """
def released_batches(pseudo_labels, batch_size):
    batches = len(pseudo_labels) // batch_size
    K = int(pseudo_labels.max()) + 1
    key = rank_in_cluster(pseudo_labels) * K + pseudo_labels
    order = key.argsort(stable=True)
    return order[: batches * batch_size].view(batches, batch_size)
""",
        "Sorts images of equal rank by cluster number. They must keep the order of the data: sort by rank, and by nothing else.",
    ),
    (
        "in_clusters_turns_collide",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    K = int(pseudo_labels.max()) + 1
    cards = torch.randperm(len(pseudo_labels), generator=generator)
    turn = torch.randint(K, (K,), generator=generator)
    when = turn[pseudo_labels[cards]]
    return cards[torch.argsort(when, stable=True)]
""",
        "Draws the clusters' turns with randint, so two clusters may get the same turn, and then their images are interleaved. The turns must be a permutation (randperm).",
    ),
    (
        "dealt_none_is_seed_zero",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    if generator is None:
        generator = torch.Generator().manual_seed(0)
    T = len(pseudo_labels) // batch_size
    row = in_clusters(pseudo_labels, generator)
    stay = torch.randperm(len(row), generator=generator)[: T * batch_size]
    return deal(row[stay.sort().values], T, generator)
""",
        "Without a generator it makes a new one with seed 0 in each call, so every epoch has the same batches. Each call must draw new ones; None is torch's global source.",
    ),
    (
        "least_in_place_remainder",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    each = sizes // batches
    more = sizes.remainder_(batches)
    full = batches * (each * (each - 1) // 2)
    return int((full + more * each).sum())
""",
        "remainder_ overwrites the caller's sizes, so a second call (or strict_count/expected_collisions with the same sizes afterwards, as in clustering_facts) gets remainders instead of sizes. `sizes` is an input, 'number of images from each cluster'; only 'a number, not a tensor' is returned.",
    ),
    (
        "cluster_turns_may_tie",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    labels = pseudo_labels.cpu()
    shuffled = torch.randperm(len(labels), generator=generator)
    clusters = len(torch.bincount(labels))
    # a random turn for each cluster
    turn = torch.randint(10_000, (clusters,), generator=generator)
    by_turn = torch.argsort(turn[labels[shuffled]], stable=True)
    return shuffled[by_turn]
""",
        "The turns are random integers, not a permutation: with 256 clusters about three pairs draw the same turn and their images are interleaved. With a handful of clusters it is practically never seen. Contradicts 'All images, cluster by cluster'.",
    ),
    (
        "fresh_default_generator",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    if generator is None:
        generator = Generator()
    N = len(pseudo_labels)
    T = N // batch_size
    row = in_clusters(pseudo_labels, generator)
    kept = torch.randperm(N, generator=generator)[: T * batch_size].sort().values
    return deal(row[kept], T, generator)
""",
        "A fresh torch.Generator() always has the same default seed, so without a generator every call returns the same batches and torch.manual_seed has no effect. Contradicts 'each call draws new batches'.",
    ),
    (
        "cached_on_the_tensor",
        "released_batches",
        """
def released_batches(pseudo_labels, batch_size):
    # every epoch is the same, so sort once
    known = pseudo_labels.__dict__.setdefault("_released", {})
    if batch_size not in known:
        T = len(pseudo_labels) // batch_size
        order = rank_in_cluster(pseudo_labels).argsort(stable=True)
        known[batch_size] = order[: T * batch_size].reshape(T, batch_size)
    return known[batch_size].clone()
""",
        "The result is cached on the tensor object; when the labels are refilled in place (pseudo_labels.copy_(clusters), load_state_dict), the next call returns batches of the old labels. Contradicts 'images by rank in their cluster' of the pseudo_labels that are given.",
    ),
    (
        "neighbours_only",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    N = int(sizes.sum())
    same = (sizes * (sizes - 1)).sum().item() / (N * (N - 1))
    # each image after the first meets the image before it
    return (batch_size - 1) * same
""",
        "Counts only the B - 1 pairs of consecutive draws, not all B (B - 1) / 2 pairs of the batch, against 'Average number of collisions in a batch' and the page's equation. Shows for every B > 2 (equal at B = 2).",
    ),
    (
        "rest_in_one_batch",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    each, more = sizes // batches, sizes % batches
    shared = batches * (each * (each - 1) // 2)
    rest = more * (more - 1) // 2
    return int((shared + rest).sum())
""",
        "Counts the remaining images of a cluster as pairs with each other (r (r - 1) / 2) instead of pairs with the q images their batch already has (r q), against 'one more to s mod T of them' and the equation. Shows where r > 1, or r > 0 and q > 0 with r - 1 != 2 q: sizes [9, 2, 1], T = 4 gives 5 instead of 6.",
    ),
    (
        "gather_instead_of_scatter",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    order = pseudo_labels.argsort(stable=True)
    counts = torch.bincount(pseudo_labels)
    first = counts.cumsum(0) - counts
    there = torch.arange(len(order), device=order.device) - first[pseudo_labels[order]]
    return there[order]
""",
        "Reads the ranks through the permutation instead of writing them back through it (rank[order] = there), against 'For each image, the number of earlier images in its cluster'. Same result where the permutation is its own inverse; shows otherwise, for example labels [1, 2, 0, 0].",
    ),
    (
        "size_of_bth_largest",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    # a batch needs B clusters, so the B-th largest cluster is the first to run out
    if len(sizes) < batch_size:
        return 0
    return int(sizes.sort(descending=True).values[batch_size - 1])
""",
        "Assumes that the same B clusters serve every batch. Smaller clusters could take turns, so this is not 'the largest T with T B images to deal'. Sizes [2, 1, 1], B = 2: 1 instead of 2; right for equal sizes with K = B and for the page's [9, 2, 1] with B = 3.",
    ),
    (
        "clusters_as_they_appear",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N, K = len(pseudo_labels), int(pseudo_labels.max()) + 1
    shuffled = torch.randperm(N, generator=generator, device=pseudo_labels.device)
    # a shuffled deck already has a random order of the clusters: that of their first images
    turn = torch.full((K,), N, device=pseudo_labels.device)
    places = torch.arange(N, device=pseudo_labels.device)
    turn = turn.scatter_reduce(0, pseudo_labels[shuffled], places, "amin")
    return shuffled[turn[pseudo_labels[shuffled]].argsort(stable=True)]
""",
        "Clusters come in the order in which their first image appears in the shuffle, so large clusters tend to come first, against 'Every order of the clusters is equally likely, whatever their sizes'. Shows only in frequencies, with unequal sizes: sizes 1 and 6 put the single image first in 1 of 7 draws, not 1 of 2.",
    ),
    (
        "shuffle_every_round",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    # each round of cards goes to the players in a new random order
    rounds = order.view(-1, batches)
    hands = [
        cards[torch.randperm(batches, generator=generator, device=order.device)] for cards in rounds
    ]
    return torch.stack(hands, 1)
""",
        "Draws a new order of the players for each round of T images, not one order of the batches. Consecutive images from two rounds can then meet, against 'After batch T comes batch 1 again, so consecutive images of a cluster spread evenly'. Shows with T > 1 and a cluster that crosses a multiple of T.",
    ),
    (
        "draw_clusters_batch_by_batch",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    if len(pseudo_labels.unique()) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(pseudo_labels.unique())} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    device = pseudo_labels.device

    def shuffle(items: list) -> list:
        order = torch.randperm(len(items), generator=generator, device=device)
        return [items[i] for i in order.tolist()]

    # one shuffled pile of images for each cluster
    piles = {}
    for image, cluster in enumerate(pseudo_labels.tolist()):
        piles.setdefault(cluster, []).append(image)
    piles = {cluster: shuffle(images) for cluster, images in piles.items()}
    # draw B clusters at random for each batch, until fewer than B piles are left
    batches = []
    while True:
        left = [cluster for cluster, images in piles.items() if images]
        if len(left) < batch_size:
            break
        chosen = shuffle(left)[:batch_size]
        batches.append([piles[cluster].pop() for cluster in chosen])
    return torch.tensor(batches, device=device)
""",
        "Another algorithm: draws B of the clusters that still have images for every batch, whatever their sizes, until too few are left. No batch has a collision, but small clusters may be used up together, so T is often not 'the largest possible T'. Clusters of 2, 1, 1 images and B = 2: one batch instead of two in 1 of 3 draws; a large cluster and many small ones make it worse. With K = B it is always right.",
    ),
    (
        "rank_in_sorted_order_11",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    sizes = torch.bincount(pseudo_labels)
    ranks = [torch.arange(size) for size in sizes.tolist()]
    return torch.cat(ranks)
""",
        "the ranks stand in the order of the clusters and are never written back to the positions of the images; breaks 'For each image, the number of earlier images in its cluster' as soon as the labels are not sorted",
    ),
    (
        "least_rounded_up",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    total = 0
    for size in sizes.tolist():
        most = (size + batches - 1) // batches  # spread evenly
        total += batches * most * (most - 1) // 2
    return total
""",
        "every batch is charged for the rounded-up number of images, although only s mod T batches get one more; 9, 2, 1 in four batches give 12 instead of 6",
    ),
    (
        "deal_global_randomness",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    hands = order.reshape(-1, batches).t()
    shuffled = torch.randperm(batches, device=order.device)
    return hands[shuffled].contiguous()
""",
        "randperm does not get the generator; breaks 'generator: source of randomness for the order of the batches' (the same seed gives different batches, and the global state is changed)",
    ),
    (
        "strict_b_th_largest",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    # every batch needs B clusters, so the B-th largest one is used up first
    if len(sizes) < batch_size:
        return 0
    largest = sizes.sort(descending=True).values
    return int(largest[batch_size - 1])
""",
        "the size of the B-th largest cluster is only a lower bound, because batches may use different clusters: sizes 2, 2, 2 and B = 2 give 2 instead of 3; breaks 'Maximum number of batches'",
    ),
    (
        "clusters_by_first_appearance",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    labels = pseudo_labels.tolist()
    piles: dict[int, list[int]] = {}
    for image in torch.randperm(len(labels), generator=generator).tolist():
        piles.setdefault(labels[image], []).append(image)
    row = [image for pile in piles.values() for image in pile]
    return torch.tensor(row, dtype=torch.int64)
""",
        "clusters stand in the order in which they first appear among the shuffled images, so large ones tend to come first; breaks 'Every order of the clusters is equally likely, whatever their sizes'",
    ),
    (
        "dealt_positions_in_subset",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    N = len(pseudo_labels)
    batches = N // batch_size
    kept = torch.randperm(N, generator=generator)[: batches * batch_size].sort().values
    order = in_clusters(pseudo_labels[kept], generator)
    return deal(order, batches, generator)
""",
        "the result holds positions in the kept images, not positions of images (kept[order] is missing); right if B divides N, otherwise the last images of the data are never used, and clusters and positions do not match. Breaks 'Positions of images' and 'N mod B images, drawn at random, are left out'",
    ),
    (
        "w09_surplus_images",
        "collisions",
        """
def collisions(labels):
    counts = {}
    for c in labels.tolist():
        counts[c] = counts.get(c, 0) + 1
    total = 0
    for n in counts.values():
        if n > 1:
            total += n - 1  # the first one collides with nobody
    return total
""",
        "counts the images after the first of each cluster, not pairs: 2 instead of 3 for three images; promised is the sum of n_c choose 2 (beginner)",
    ),
    (
        "w09_p_squared",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    p = sizes.double() / sizes.sum()  # probability of each cluster
    same = float((p**2).sum())  # two draws fall into the same cluster
    pairs = batch_size * (batch_size - 1) / 2
    return pairs * same
""",
        "draws with replacement, where an image can meet itself; promised are B different images: sum of s(s-1) / (N(N-1)) (physicist)",
    ),
    (
        "w09_shuffle_the_deck",
        "deal",
        """
def deal(order, batches, generator=None):
    # shuffle the cards, then give them out one by one
    cards = order[torch.randperm(len(order), generator=generator).to(order.device)]
    hands = [[] for _ in range(batches)]
    for i in range(len(cards)):
        hands[i % batches].append(cards[i])
    return torch.stack([torch.stack(hand) for hand in hands])
""",
        "shuffles the images before dealing, not the batches after; so images of a cluster are no longer consecutive and meet. Promised: the first image to one batch, the second to the next, consecutive images of a cluster spread evenly; each batch holds t, t + T, t + 2T, ...",
    ),
    (
        "w09_clusters_that_last",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    # a batch needs images of batch_size clusters: the smallest of the batch_size largest is used up first
    largest = sizes.sort(descending=True).values
    if len(largest) < batch_size:
        return 0
    return int(largest[batch_size - 1])
""",
        "uses the same B clusters in every batch; other clusters can take turns: sizes 2, 2, 2 with B = 2 allow 3 batches, this says 2. The page's example (9, 2, 1 with B = 3: one) comes out right. Promised: the largest T with sum of min(s, T) >= T B",
    ),
    (
        "w09_first_come",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    groups: dict[int, list[int]] = {}
    labels = pseudo_labels.tolist()
    for i in torch.randperm(len(labels), generator=generator).tolist():
        groups.setdefault(labels[i], []).append(i)
    row = [i for group in groups.values() for i in group]
    return torch.tensor(row, dtype=torch.int64, device=pseudo_labels.device)
""",
        "clusters come in the order in which their first image appears in the shuffled list, so large clusters tend to come first (sizes 9 and 1: in 9 of 10 cases instead of 5). Promised: every order of the clusters is equally likely, whatever their sizes",
    ),
    (
        "w09_random_gap",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    N = len(pseudo_labels)
    T, extra = divmod(N, batch_size)
    row = in_clusters(pseudo_labels, generator)
    # leave out `extra` images, starting at a random place of the row
    start = int(torch.randint(N - extra + 1, (1,), generator=generator))
    row = torch.cat((row[:start], row[start + extra :]))
    return deal(row, T, generator)
""",
        "leaves out a stretch at a random place, so with N mod B > 1 images at the ends of the row are left out less often, and neighbours of one cluster go together (clusters of 1 and 7, B = 3: the single image in 1/7 of the epochs, not in 2/8). With N mod B = 1 it is fair. Promised: N mod B images, all equally likely, drawn at random",
    ),
    (
        "pairs_with_replacement",
        "expected_collisions",
        """
def expected_collisions(sizes, batch_size):
    p = sizes.double() / sizes.sum()  # probability of each cluster
    same = torch.dot(p, p).item()  # two images, both from cluster c
    n_pairs = batch_size * (batch_size - 1) / 2
    return n_pairs * same
""",
        "a physicist takes the sum of p squared, as if an image could be drawn twice. Breaks 'B different images' and the formula's s (s - 1) / (N (N - 1)): clusters of one image give a result above 0",
    ),
    (
        "ranks_in_sorted_order",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    grouped, _ = torch.sort(pseudo_labels, stable=True)
    counts = torch.bincount(grouped)
    ends = counts.cumsum(0)
    starts = ends - counts
    return torch.arange(len(grouped), device=grouped.device) - starts[grouped]
""",
        "the ranks are right, but stand in the order of the sorted list; they are not written back to the images' positions. Breaks 'For each image', unless the labels are already sorted",
    ),
    (
        "shuffled_by_pythons_random",
        "deal",
        """
def deal(order, batches, generator=None):
    import random

    hands = []
    for player in range(batches):
        hands.append(order[player::batches])
    random.shuffle(hands)
    return torch.stack(hands)
""",
        "shuffles the batches with Python's random module: the generator is ignored, and the same seed gives another order each time. Breaks 'generator: source of randomness for the order of the batches'",
    ),
    (
        "first_of_the_data",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    clusters = pseudo_labels.unique().numel()
    if clusters < batch_size:
        raise ValueError(f"only {clusters} clusters for strict batches of {batch_size}; use fewer")
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    allowed = rank_in_cluster(pseudo_labels) < T  # at most T of each cluster
    line = in_clusters(pseudo_labels, generator)
    line = line[allowed[line]]
    lucky = torch.randperm(len(line), generator=generator)[: T * batch_size]
    lucky = torch.sort(lucky).values.to(line.device)
    return deal(line[lucky], T, generator)
""",
        "takes the rank in the data's order instead of this epoch's random row, so the same first T images of a large cluster are kept in every epoch, and the others are never seen. Breaks 'keeps T of them, drawn at random'",
    ),
    (
        "clusters_as_they_turn_up",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    piles = {}  # a dict keeps the order in which its keys arrive
    for image in torch.randperm(len(pseudo_labels), generator=generator).tolist():
        piles.setdefault(int(pseudo_labels[image]), []).append(image)
    row = [image for pile in piles.values() for image in pile]
    return torch.tensor(row, dtype=torch.int64, device=pseudo_labels.device)
""",
        "the clusters come in the order in which they turn up in one shuffle of all images, so a large cluster is usually first (of sizes 9 and 1, nine times in ten). Breaks 'Every order of the clusters is equally likely, whatever their sizes'",
    ),
    (
        "not_above_the_largest_cluster",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    # even the largest cluster runs out after max(sizes) batches, so count down from there
    for T in range(int(sizes.max()), 0, -1):
        available = torch.minimum(sizes, torch.full_like(sizes, T)).sum().item()
        if available >= T * batch_size:
            return T
    return 0
""",
        "believes that T cannot be above the largest cluster, but not every batch needs an image of it: clusters of 2, 2 and 2 images and B = 2 allow T = 3, and it says 2. Breaks 'Maximum number of batches without a collision: the largest T'",
    ),
    (
        "expected_with_replacement_14",
        "expected_collisions",
        """
def expected_collisions(sizes, batch_size):
    p = sizes.double() / sizes.sum()
    same_cluster = (p**2).sum()  # probability that two draws hit the same cluster
    pairs = batch_size * (batch_size - 1) / 2
    return float(pairs * same_cluster)
""",
        "p squared is the probability of two independent draws, so an image can collide with itself; breaks 'a batch of B different images' (12 images in 9, 2, 1 and B = 3: 1.79 instead of 1.68 per batch; written by a physicist)",
    ),
    (
        "rank_stays_sorted",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    order = torch.argsort(pseudo_labels, stable=True)
    counts = torch.bincount(pseudo_labels)
    first = counts.cumsum(0) - counts
    position = torch.arange(len(pseudo_labels), device=pseudo_labels.device)
    return position - first[pseudo_labels[order]]
""",
        "the ranks are in sorted order and are not written back to the images' own positions; breaks 'For each image, the number of earlier images in its cluster' (right only if the list is sorted; written by a NumPy user)",
    ),
    (
        "least_counts_full_batches_twice",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    total = 0
    for s in sizes.tolist():
        q, r = divmod(s, batches)
        total += batches * (q * (q - 1) // 2)  # every batch has q images of this cluster
        total += r * ((q + 1) * q // 2)  # and r batches have q + 1 of them
    return total
""",
        "the r batches with one more are counted twice, once with q and once with q + 1 (T - r is needed in the first line, or r * q in the second); breaks 'Minimum number of collisions' (9, 2, 1 and T = 4 gives 7, not 6; written by a hurried engineer)",
    ),
    (
        "deal_global_generator",
        "deal",
        """
def deal(order, batches, generator=None):
    piles = [order[t::batches] for t in range(batches)]
    shuffled = torch.randperm(batches).tolist()
    return torch.stack([piles[t] for t in shuffled])
""",
        "randperm draws from torch's global generator, so the same seed gives another order; breaks 'generator: source of randomness for the order of the batches' (written by a student with a chat assistant)",
    ),
    (
        "clusters_by_first_appearance_14",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    members = {}
    labels = pseudo_labels.tolist()
    # walk through the images in random order; a dict keeps the order in which clusters turn up,
    # so both the clusters and the images inside them come out shuffled
    for image in torch.randperm(len(labels), generator=generator).tolist():
        members.setdefault(labels[image], []).append(image)
    row = [image for cluster in members.values() for image in cluster]
    return torch.tensor(row, dtype=torch.int64, device=pseudo_labels.device)
""",
        "a large cluster turns up earlier in a shuffled list, so it usually comes first; breaks 'Every order of the clusters is equally likely, whatever their sizes'",
    ),
    (
        "strict_rank_in_the_data",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    sizes = torch.bincount(pseudo_labels)
    found = int((sizes > 0).sum())
    if found < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {found} clusters with one each; "
            "use a smaller batch, or more clusters"
        )
    T = strict_count(sizes, batch_size)
    row = in_clusters(pseudo_labels, generator)
    # at most T images of each cluster
    row = row[rank_in_cluster(pseudo_labels)[row] < T]
    # T * B of them, still cluster by cluster
    chosen = torch.randperm(len(row), generator=generator)[: T * batch_size]
    return deal(row[chosen.sort().values], T, generator)
""",
        "the rank is that in the data, not in this epoch's shuffled row, so the first T images of a large cluster are kept in every epoch and the others never seen; breaks 'A cluster with more than T images keeps T of them, drawn at random' and 'anew in each epoch'",
    ),
    (
        "every_pair_twice",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    same = labels[:, None] == labels[None, :]
    # do not count an image with itself
    return int(same.sum()) - len(labels)
""",
        "NumPy user: removes the diagonal of the B x B table but counts (i, j) and (j, i); twice 'the number of pairs that share a cluster: sum over c of n_c choose 2'",
    ),
    (
        "drawn_with_replacement",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    p = sizes.double() / sizes.sum()  # probability of each cluster
    number_of_pairs = batch_size * (batch_size - 1) / 2
    return float(number_of_pairs * torch.dot(p, p))
""",
        "physicist: sum of p_c squared, as if the images were drawn with replacement; breaks 'a batch of B different images' (formula: s_c (s_c - 1) / (N (N - 1)); clusters of one image each must give 0)",
    ),
    (
        "rank_in_sorted_order_15",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    grouped, _ = torch.sort(pseudo_labels, stable=True)
    sizes = torch.bincount(grouped)
    first = torch.cat([torch.zeros(1, dtype=torch.int64), sizes.cumsum(0)[:-1]])
    return torch.arange(len(grouped)) - first[grouped]
""",
        "student with a chat assistant: the ranks stay in the order of the sorted images and are not written back to the images' own places; breaks 'For each image, the number of earlier images in its cluster'. Right only if the labels are sorted already",
    ),
    (
        "one_batch_too_many",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    T = 0
    # as long as T batches can be filled, try one more
    while int(torch.minimum(sizes, torch.full_like(sizes, T)).sum()) >= T * batch_size:
        T += 1
    return T
""",
        "beginner: returns the first T that is not possible, one too many; breaks 'the largest T with T B images to deal'",
    ),
    (
        "large_clusters_first_15",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    groups = {}
    for i in torch.randperm(len(pseudo_labels), generator=generator).tolist():
        groups.setdefault(int(pseudo_labels[i]), []).append(i)
    # a dict keeps the order of insertion, so the clusters are in random order, too
    row = [i for images in groups.values() for i in images]
    return torch.tensor(row, dtype=torch.int64)
""",
        "Python programmer: the clusters come in the order in which the shuffled images show them first, so a cluster is first with probability s_c / N; breaks 'Every order of the clusters is equally likely, whatever their sizes'",
    ),
    (
        "lowest_ranks_stay",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    found = pseudo_labels.unique()
    if len(found) < batch_size:
        raise ValueError(f"only {len(found)} clusters for batches of {batch_size} images")
    T = strict_count(torch.bincount(pseudo_labels), batch_size)
    row = in_clusters(pseudo_labels, generator)
    # the row is in random order, so the first images of a cluster are a random choice:
    # take T * B of them, lowest rank first, and put them back in the order of the row
    rank = rank_in_cluster(pseudo_labels[row])
    chosen = torch.argsort(rank, stable=True)[: T * batch_size]
    return deal(row[chosen.sort().values], T, generator)
""",
        "engineer who understands it: the T B images with the lowest rank are kept, so only images of the clusters with most kept images are dropped, and those of small clusters never; breaks 'then images are dropped at random until T B remain'. Shape, T and collisions are right",
    ),
]
