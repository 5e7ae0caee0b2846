# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 9's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "coll_triu",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    same = labels[:, None] == labels[None, :]
    return same.triu(diagonal=1).sum().item()
""",
        "compares every image with every other and counts above the diagonal",
    ),
    (
        "coll_counter",
        "collisions",
        """
def collisions(labels: Tensor) -> int:
    from collections import Counter
    from math import comb

    return sum(comb(n, 2) for n in Counter(labels.tolist()).values())
""",
        "a Counter of Python numbers and math.comb",
    ),
    (
        "expected_fraction",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    from fractions import Fraction
    from math import comb

    pairs = Fraction(sum(comb(s, 2) for s in sizes.tolist()), comb(int(sizes.sum()), 2))
    return float(comb(batch_size, 2) * pairs)
""",
        "exact fractions of binomial coefficients",
    ),
    (
        "expected_squares",
        "expected_collisions",
        """
def expected_collisions(sizes: Tensor, batch_size: int) -> float:
    s = sizes.double()
    N = s.sum()
    # image by image: what another draw is of the same cluster, (s_c - 1) / (N - 1)
    other = torch.dot(s / N, (s - 1) / (N - 1))
    return (0.5 * batch_size * (batch_size - 1) * other).item()
""",
        "probability of a cluster times the probability of meeting it again, in float64 tensors",
    ),
    (
        "least_table",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    t = torch.arange(batches, device=sizes.device)[:, None]
    counts = (sizes - t + batches - 1).div(batches, rounding_mode="floor").clamp(min=0)  # (T, K)
    return int(counts.mul(counts - 1).sum()) // 2
""",
        "a table of how many images of each cluster each batch gets, from the ceiling of (s - t) / T",
    ),
    (
        "least_divmod",
        "least_collisions",
        """
def least_collisions(sizes: Tensor, batches: int) -> int:
    total = 0
    for s in sizes.tolist():
        q, r = divmod(s, batches)
        total += (batches - r) * (q * (q - 1) // 2) + r * ((q + 1) * q // 2)
    return total
""",
        "a loop over clusters with divmod, and the two kinds of batch counted apart",
    ),
    (
        "rank_dict",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    from collections import defaultdict
    from itertools import count

    counters = defaultdict(count)
    ranks = [next(counters[c]) for c in pseudo_labels.tolist()]
    return torch.tensor(ranks, dtype=torch.int64, device=pseudo_labels.device)
""",
        "one itertools.count per cluster, in a loop over images",
    ),
    (
        "rank_by_cluster",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    rank = torch.zeros_like(pseudo_labels)
    for c in pseudo_labels.unique():
        mine = (pseudo_labels == c).long()
        rank += mine * (mine.cumsum(0) - 1)
    return rank
""",
        "a cumulative sum of a mask for each cluster that has an image",
    ),
    (
        "released_rounds",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    queues = {}
    for i, c in enumerate(pseudo_labels.tolist()):
        queues.setdefault(c, []).append(i)
    row, heads = [], list(queues.values())
    turn = 0
    while heads:
        row.extend(sorted(members[turn] for members in heads))
        turn += 1
        heads = [members for members in heads if len(members) > turn]
    batches = len(row) // batch_size
    table = [row[b * batch_size : (b + 1) * batch_size] for b in range(batches)]
    return torch.tensor(table, dtype=torch.int64).reshape(batches, batch_size)
""",
        "lists of each cluster's images, dealt round by round, without ranks",
    ),
    (
        "released_key",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    import numpy as np

    N = len(pseudo_labels)
    position = np.arange(N)
    row = np.lexsort((position, rank_in_cluster(pseudo_labels).numpy()))
    full = torch.from_numpy(row).long()[: N - N % batch_size]
    return full.unflatten(0, (N // batch_size, batch_size))
""",
        "numpy's lexsort by rank and then position",
    ),
    (
        "in_clusters_python",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    import random

    rng = random.Random(int(torch.randint(2**62, (), generator=generator)))
    clusters = {}
    for image, c in enumerate(pseudo_labels.tolist()):
        clusters.setdefault(c, []).append(image)
    groups = list(clusters.values())
    rng.shuffle(groups)
    for members in groups:
        rng.shuffle(members)
    return torch.tensor([image for members in groups for image in members])
""",
        "Python lists, shuffled by a random.Random that one draw from the generator seeds",
    ),
    (
        "in_clusters_keys",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    present, which = pseudo_labels.unique(return_inverse=True)
    turn = torch.rand(len(present), generator=generator, dtype=torch.float64).argsort().argsort()
    inside = torch.rand(len(which), generator=generator, dtype=torch.float64)
    return (turn[which] + inside / 2).argsort()
""",
        "one sort by a number: the cluster's turn before the point, the image's random place after it",
    ),
    (
        "deal_slices",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    turns = torch.rand(batches, generator=generator, dtype=torch.float64).argsort().tolist()
    return torch.stack([order[t::batches] for t in turns])
""",
        "a strided slice for each batch, in the order of random numbers",
    ),
    (
        "deal_seats",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    seats = list(range(batches))  # Fisher and Yates
    for i in range(batches - 1, 0, -1):
        j = int(torch.randint(i + 1, (1,), generator=generator))
        seats[i], seats[j] = seats[j], seats[i]
    table = [[0] * (len(order) // batches) for _ in range(batches)]
    for i, image in enumerate(order.tolist()):
        table[seats[i % batches]][i // batches] = image
    return torch.tensor(table, dtype=order.dtype, device=order.device)
""",
        "Fisher-Yates seats first, then card after card into a table of lists",
    ),
    (
        "dealt_subset_first",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    T = len(pseudo_labels) // batch_size
    left_out = torch.randperm(len(pseudo_labels), generator=generator)[T * batch_size :]
    stays = torch.ones(len(pseudo_labels), dtype=torch.bool).index_fill(0, left_out, False)
    images = stays.nonzero().squeeze(1)
    return deal(images[in_clusters(pseudo_labels[images], generator)], T, generator)
""",
        "leaves images out first, and brings only the rest into clusters",
    ),
    (
        "dealt_greedy",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    T = len(pseudo_labels) // batch_size
    images = torch.randperm(len(pseudo_labels), generator=generator)[: T * batch_size]
    labels = pseudo_labels[images]
    clusters = labels.unique()
    batches = [[] for _ in range(T)]
    for c in clusters[torch.randperm(len(clusters), generator=generator)]:
        tie = torch.rand(T, generator=generator, dtype=torch.float64).tolist()
        emptiest = sorted(range(T), key=lambda t: (len(batches[t]), tie[t]))
        for i, image in enumerate(images[labels == c].tolist()):
            batches[emptiest[i % T]].append(image)
    return torch.tensor(batches)
""",
        "no row and no deal: each cluster goes round the batches, the emptiest first, ties at random",
    ),
    (
        "strict_bisect",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    low, high = 0, int(sizes.sum()) // batch_size  # low is possible, above high is not
    while low < high:
        middle = (low + high + 1) // 2
        if int(torch.minimum(sizes, torch.full_like(sizes, middle)).sum()) >= middle * batch_size:
            low = middle
        else:
            high = middle - 1
    return low
""",
        "a binary search, as the possible numbers have no holes",
    ),
    (
        "strict_fixpoint",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    sizes = sizes.tolist()

    def shrink(T: int) -> int:
        enough = sum(min(s, T) for s in sizes) // batch_size
        return T if enough >= T else shrink(enough)

    return shrink(sum(sizes) // batch_size)
""",
        "a recursion that shrinks T to what its images fill, until it stays",
    ),
    (
        "strict_python",
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
    import random

    rng = random.Random(int(torch.randint(2**62, (1,), generator=generator)))
    clusters = {}
    for image, c in enumerate(pseudo_labels.tolist()):
        clusters.setdefault(c, []).append(image)
    T = strict_count(torch.tensor([len(m) for m in clusters.values()]), batch_size)
    groups = [rng.sample(members, min(len(members), T)) for members in clusters.values()]
    rng.shuffle(groups)
    row = [image for members in groups for image in members]
    while len(row) > T * batch_size:
        row.pop(rng.randrange(len(row)))
    batches = [row[t::T] for t in range(T)]
    rng.shuffle(batches)
    return torch.tensor(batches)
""",
        "lists, random.sample and pop, without the other functions of the module except strict_count",
    ),
    (
        "strict_choose_first",
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
    clusters, sizes = pseudo_labels.unique(return_counts=True)
    T = strict_count(sizes, batch_size)
    chosen = []
    for c in clusters:
        members = torch.nonzero(pseudo_labels == c).flatten()
        chosen.append(members[torch.randperm(len(members), generator=generator)[:T]])
    chosen = torch.cat(chosen)
    chosen = chosen[torch.randperm(len(chosen), generator=generator)[: T * batch_size]]
    return deal(chosen[in_clusters(pseudo_labels[chosen], generator)], T, generator)
""",
        "chooses T of each cluster and drops images first, and puts them in a row only then",
    ),
    (
        "counter",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    seen = {}
    ranks = []
    for c in pseudo_labels.tolist():
        ranks.append(seen.get(c, 0))
        seen[c] = ranks[-1] + 1
    return torch.tensor(ranks, dtype=torch.int64, device=pseudo_labels.device)
""",
        "A loop over the images with a dictionary of counts.",
    ),
    (
        "fixed_point",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    s = sizes.tolist()
    T = sum(s) // batch_size
    while sum(min(n, T) for n in s) < T * batch_size:
        T = sum(min(n, T) for n in s) // batch_size
    return T
""",
        "Lowers T from N // B until it is a fixed point, which is the largest possible T because the sum is monotone.",
    ),
    (
        "strided_slices",
        "deal",
        """
def deal(order, batches, generator=None):
    turn = torch.rand(batches, dtype=torch.float64, generator=generator).argsort()
    return torch.stack([order[t::batches] for t in turn.tolist()])
""",
        "Strided slices, stacked in the order of random keys.",
    ),
    (
        "buckets",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    buckets = {}
    for i, c in enumerate(pseudo_labels.tolist()):
        buckets.setdefault(c, []).append(i)
    piles = [buckets[c] for c in sorted(buckets)]
    row = []
    for p in torch.randperm(len(piles), generator=generator).tolist():
        pile = piles[p]
        for i in range(len(pile) - 1, 0, -1):
            j = int(torch.randint(i + 1, (1,), generator=generator))
            pile[i], pile[j] = pile[j], pile[i]
        row += pile
    return torch.tensor(row, dtype=torch.int64, device=pseudo_labels.device)
""",
        "Python lists, one for each cluster that occurs, each shuffled by Fisher and Yates.",
    ),
    (
        "in_clusters_by_loop",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    members = {}
    for position, cluster in enumerate(pseudo_labels.tolist()):
        members.setdefault(cluster, []).append(position)
    hands = [torch.tensor(images) for _, images in sorted(members.items())]
    sequence = torch.randperm(len(hands), generator=generator).tolist()
    row = [torch.empty(0, dtype=torch.int64)]
    for turn in sequence:
        images = hands[turn]
        row.append(images[torch.randperm(len(images), generator=generator)])
    return torch.cat(row).to(pseudo_labels.device)
""",
        "A dict of lists instead of sorts; the order of the clusters is drawn first, then each cluster is shuffled by itself.",
    ),
    (
        "strict_count_bisection",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    counts = sizes.tolist()
    low, high = 0, sum(counts) // batch_size
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(s, middle) for s in counts) >= middle * batch_size:
            low = middle
        else:
            high = middle - 1
    return low
""",
        "Bisection: sum of min(s, T) minus T B is concave in T and 0 at T = 0, so the possible T are 0 to the largest one.",
    ),
    (
        "rank_with_counters",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels):
    from collections import defaultdict
    from itertools import count

    counters = defaultdict(count)
    ranks = [next(counters[cluster]) for cluster in pseudo_labels.tolist()]
    return torch.tensor(ranks, dtype=torch.int64, device=pseudo_labels.device)
""",
        "One Python counter for each cluster, and no sort at all.",
    ),
    (
        "running_maximum",
        "rank_in_cluster",
        """
def rank_in_cluster(pseudo_labels: Tensor) -> Tensor:
    row, back = pseudo_labels.sort(stable=True)
    place = torch.arange(len(row), device=row.device)
    opens = torch.ones_like(row, dtype=torch.bool)
    opens[1:] = row[1:] != row[:-1]
    # the latest place at which a cluster opened
    start = torch.where(opens, place, 0).cummax(0).values
    return torch.empty_like(place).scatter_(0, back, place - start)
""",
        "No bincount: the start of each cluster is a running maximum over the places where the sorted labels change. Stable, int64, on the input's device, works for missing numbers and N = 0.",
    ),
    (
        "one_whole_number_key",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    def draw(n: int) -> Tensor:
        at = pseudo_labels.device if generator is None else generator.device
        return torch.randperm(n, generator=generator, device=at).to(pseudo_labels.device)

    present, cluster = pseudo_labels.unique(return_inverse=True)
    turn = draw(len(present))
    ticket = draw(len(pseudo_labels))
    # all keys differ, so any sort will do
    return (turn[cluster] * len(pseudo_labels) + ticket).argsort(descending=True)
""",
        "One sort of keys turn * N + ticket, all different, descending; clusters are renumbered first, and drawn before the images. Every order of clusters, and of the images in each, is equally likely.",
    ),
    (
        "leave_out_first",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    N, device = len(pseudo_labels), pseudo_labels.device
    T = N // batch_size
    at = device if generator is None else generator.device
    # the order of the batches first, then the images that stay, then their row
    seats = torch.randperm(T, generator=generator, device=at).to(device)
    stay = torch.randperm(N, generator=generator, device=at).to(device)[N % batch_size :]
    row = stay[in_clusters(pseudo_labels[stay], generator)]
    table = torch.zeros(T, batch_size, dtype=torch.int64, device=device)
    place = torch.arange(T * batch_size, device=device)
    table[seats[place % T], place // T] = row
    return table
""",
        "Leaves images out before the row exists, so some clusters may be missing from it, and fills a preallocated table by index instead of calling deal. Left-out images are a uniform subset; the batches are in random order.",
    ),
    (
        "closed_form",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    # sum over c of min(s_c, T) is the minimum over j of j T + (images outside the j largest)
    # so T B images are there if, for each j < B, T (B - j) <= those images
    left = sizes.sort(descending=True).values.tolist()
    counts = []
    for j in range(batch_size):
        counts.append(sum(left) // (batch_size - j))
        left = left[1:]
    return min(counts)
""",
        "No search: T is the minimum over j < B of (images outside the j largest clusters) // (B - j), by the duality in the comment. Gives 0 for fewer than B clusters.",
    ),
    (
        "cluster_by_cluster",
        "strict_batches",
        '''
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    clusters, sizes = pseudo_labels.unique(return_counts=True)
    if len(clusters) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(clusters)} clusters with "
            "one each; use a smaller batch, or more clusters"
        )
    T = strict_count(sizes, batch_size)

    def some(images: Tensor, n: int) -> Tensor:
        """At most n of the images, at random."""
        at = images.device if generator is None else generator.device
        order = torch.randperm(len(images), generator=generator, device=at)
        return images[order[:n].to(images.device)]

    kept = torch.cat([some((pseudo_labels == c).nonzero().squeeze(1), T) for c in clusters])
    kept = some(kept, T * batch_size)
    return deal(kept[in_clusters(pseudo_labels[kept], generator)], T, generator)
''',
        "Draws the T images of each cluster in a loop of their own, drops the surplus, and only then lays the row. Each subset is uniform, as the docstring asks; fresh draws at every call.",
    ),
    (
        "clusters_one_key",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = len(pseudo_labels)
    turn = torch.randperm(int(pseudo_labels.max()) + 1, generator=generator)
    inside = torch.randperm(N, generator=generator)
    key = turn.to(pseudo_labels.device)[pseudo_labels] * N + inside.to(pseudo_labels.device)
    return key.sort().indices
""",
        "one sort by the number turn * N + random place, all of which differ, so it need not be stable | the order of the clusters is drawn before that of the images",
    ),
    (
        "deal_slices_11",
        "deal",
        """
def deal(order: Tensor, batches: int, generator: Generator | None = None) -> Tensor:
    players = torch.randperm(batches, generator=generator).tolist()
    return torch.stack([order[player::batches] for player in players])
""",
        "every batch is a slice with stride T, stacked in random order | no table",
    ),
    (
        "strict_fixed_point",
        "strict_count",
        """
def strict_count(sizes: Tensor, batch_size: int) -> int:
    T = int(sizes.sum()) // batch_size
    while (possible := sum(min(size, T) for size in sizes.tolist()) // batch_size) < T:
        T = possible
    return T
""",
        "starts with N // B and lowers T to what the capped clusters can fill until nothing changes: the greatest fixed point | no search over all T",
    ),
    (
        "strict_by_piles",
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
    piles = []
    for cluster, size in enumerate(sizes.tolist()):
        members = (pseudo_labels == cluster).nonzero().squeeze(1)
        piles.append(members[torch.randperm(size, generator=generator)[:T]])
    surplus = sum(map(len, piles)) - T * batch_size
    owner = [number for number, pile in enumerate(piles) for _ in range(len(pile))]
    for place in torch.randperm(len(owner), generator=generator)[:surplus].tolist():
        piles[owner[place]] = piles[owner[place]][1:]
    turns = torch.randperm(len(piles), generator=generator).tolist()
    row = torch.cat([piles[number] for number in turns])
    return deal(row, T, generator)
""",
        "a shuffled pile of at most T images for each cluster; surplus images are taken off the piles, a pile as likely as it has images; then the piles are laid in random order | clusters are put in order last, without in_clusters and rank_in_cluster",
    ),
    (
        "r09_one_image_after_another",
        "least_collisions",
        """
def least_collisions(sizes, batches):
    # image i of a cluster goes to batch i mod T, where it meets i // T images of its cluster
    total = 0
    for s in sizes.tolist():
        total += sum(i // batches for i in range(s))
    return total
""",
        "deals each cluster image by image and counts whom each one meets; no formula",
    ),
    (
        "r09_rounds",
        "released_batches",
        """
def released_batches(pseudo_labels: Tensor, batch_size: int) -> Tensor:
    from collections import defaultdict
    from itertools import zip_longest

    queues = defaultdict(list)
    for position, cluster in enumerate(pseudo_labels.tolist()):
        queues[cluster].append(position)
    row = []
    for one_round in zip_longest(*queues.values()):  # one image from each cluster that still has some
        row += sorted(position for position in one_round if position is not None)
    count = len(row) // batch_size
    row = torch.tensor(row[: count * batch_size], dtype=torch.int64, device=pseudo_labels.device)
    return row.reshape(count, batch_size)
""",
        "a queue for each cluster and rounds of zip_longest, each round sorted by position; no ranks and no sort of all images",
    ),
    (
        "r09_lists_and_seats",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    labels = pseudo_labels.tolist()
    names = sorted(set(labels))
    if len(names) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(names)} clusters with one each; "
            "use a smaller batch, or more clusters"
        )

    def shuffled(items):
        return [items[j] for j in torch.randperm(len(items), generator=generator).tolist()]

    sizes = torch.tensor([labels.count(name) for name in names])
    T = strict_count(sizes, batch_size)

    pool, taken = [], dict.fromkeys(names, 0)
    for i in shuffled(list(range(len(labels)))):
        if taken[labels[i]] < T:
            taken[labels[i]] += 1
            pool.append(i)
    pool = shuffled(pool)[: T * batch_size]

    members = {name: [] for name in names}
    for i in pool:
        members[labels[i]].append(i)
    batches = [[] for _ in range(T)]
    seat = 0
    for name in shuffled(names):
        for i in members[name]:
            batches[seat % T].append(i)
            seat += 1
    result = torch.tensor(shuffled(batches), dtype=torch.int64)
    return result.to(pseudo_labels.device)
""",
        "lists only, without in_clusters, rank_in_cluster or deal: at most T of each cluster from one shuffle, T B of these from a second shuffle, then seats in turn, clusters in random order, batches shuffled",
    ),
    (
        "lower_until_it_fits",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    counts = [int(s) for s in sizes]
    T = sum(counts) // batch_size
    while True:
        fillable = sum(min(s, T) for s in counts) // batch_size
        if fillable == T:
            return T
        T = fillable
""",
        "a fixed point: start at N // B, and lower T to the number of batches that the images allowed by the last T fill, until it stays; plain Python numbers",
    ),
    (
        "one_pile_after_another",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    row = torch.empty(len(pseudo_labels), dtype=torch.int64, device=pseudo_labels.device)
    occurring = pseudo_labels.unique()
    filled = 0
    for turn in torch.randperm(len(occurring), generator=generator).tolist():
        pile = torch.nonzero(pseudo_labels == occurring[turn]).squeeze(1)
        shuffle = torch.randperm(len(pile), generator=generator).to(pile.device)
        row[filled : filled + len(pile)] = pile[shuffle]
        filled += len(pile)
    return row
""",
        "one permutation of the clusters that occur and one of each cluster's images, written pile by pile into the row; no sort",
    ),
    (
        "leave_out_before_sorting",
        "dealt_batches",
        """
def dealt_batches(pseudo_labels, batch_size, generator=None):
    N = pseudo_labels.shape[0]
    T = N // batch_size
    guests = torch.randperm(N, generator=generator)[: N - N % batch_size]
    guests = guests.to(pseudo_labels.device)
    seats = in_clusters(pseudo_labels[guests], generator)
    return deal(guests[seats], T, generator)
""",
        "first draws the images that stay, then puts only these into clusters, and translates the positions among them back to positions of images",
    ),
    (
        "clusters_one_by_one",
        "in_clusters",
        """
def in_clusters(pseudo_labels, generator=None):
    present = pseudo_labels.unique()
    row = [torch.empty(0, dtype=torch.int64, device=pseudo_labels.device)]
    for turn in torch.randperm(len(present), generator=generator).tolist():
        members = (pseudo_labels == present[turn]).nonzero().flatten()
        mixed = torch.randperm(len(members), generator=generator).to(members.device)
        row.append(members[mixed])
    return torch.cat(row)
""",
        "draws the order of the clusters that have images, then one permutation for each cluster, instead of two large permutations and a stable sort",
    ),
    (
        "count_by_fixed_point",
        "strict_count",
        """
def strict_count(sizes, batch_size):
    sizes = sizes.tolist()
    T = sum(sizes) // batch_size  # surely not fewer than the answer
    while True:
        possible = sum(min(s, T) for s in sizes) // batch_size
        if possible >= T:
            return T
        T = possible
""",
        "shrinks T to what its own images allow until nothing changes, instead of trying every T; never falls below the answer, because sum min(s, T) grows with T",
    ),
    (
        "strict_emptiest_batch_first",
        "strict_batches",
        """
def strict_batches(pseudo_labels, batch_size, generator=None):
    members = {}
    for image, cluster in enumerate(pseudo_labels.tolist()):
        members.setdefault(cluster, []).append(image)
    if len(members) < batch_size:
        raise ValueError(
            f"{batch_size} images cannot come from {len(members)} clusters with one each; "
            "use a smaller batch, or more clusters"
        )

    def mixed(items):
        return [items[i] for i in torch.randperm(len(items), generator=generator).tolist()]

    sizes = torch.tensor([len(images) for images in members.values()])
    T = strict_count(sizes, batch_size)
    # at most T of each cluster, then T * B of all these
    kept = [image for images in members.values() for image in mixed(images)[:T]]
    kept = set(mixed(kept)[: T * batch_size])
    # the images of a cluster go to different batches: to those that have the fewest so far
    table = [[] for _ in range(T)]
    for cluster in mixed(list(members)):
        images = mixed([image for image in members[cluster] if image in kept])
        emptiest = sorted(mixed(table), key=len)
        for image, batch in zip(images, emptiest):
            batch.append(image)
    return torch.tensor(mixed(table), dtype=torch.int64, device=pseudo_labels.device)
""",
        "lists and a greedy placement: the images of each cluster go to the emptiest batches, ties at random; no row, no rank and no deal(), and the draws come in another order",
    ),
    (
        "one_random_key",
        "in_clusters",
        """
def in_clusters(pseudo_labels: Tensor, generator: Generator | None = None) -> Tensor:
    N = pseudo_labels.shape[0]
    K = len(torch.bincount(pseudo_labels))
    within = torch.rand(N, dtype=torch.float64, generator=generator) / 2
    turn = torch.randperm(K, generator=generator).double()
    return torch.argsort(turn[pseudo_labels] + within)
""",
        "NumPy user: one sort by a random key, the cluster's turn plus a random fraction below 1/2 for each image, instead of a shuffle and a stable sort",
    ),
    (
        "leave_out_first_15",
        "dealt_batches",
        """
def dealt_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    T = len(pseudo_labels) // batch_size
    used = torch.randperm(len(pseudo_labels), generator=generator)[: T * batch_size]
    row = used[in_clusters(pseudo_labels[used], generator)]
    hands = [row[player::T] for player in range(T)]
    seats = torch.randperm(T, generator=generator).tolist()
    return torch.stack([hands[s] for s in seats])
""",
        "leaves images out before the row is laid, not after; slices with a stride and shuffled list of hands instead of deal",
    ),
    (
        "into_the_emptiest_batches",
        "strict_batches",
        """
def strict_batches(
    pseudo_labels: Tensor, batch_size: int, generator: Generator | None = None
) -> Tensor:
    sizes = torch.bincount(pseudo_labels)
    if int((sizes > 0).sum()) < batch_size:
        raise ValueError(f"fewer than {batch_size} clusters have an image")
    T = strict_count(sizes, batch_size)
    kept = []
    for c in range(len(sizes)):
        members = (pseudo_labels == c).nonzero().flatten()
        kept.append(members[torch.randperm(len(members), generator=generator)[:T]])
    kept = torch.cat(kept)
    kept = kept[torch.randperm(len(kept), generator=generator)[: T * batch_size]]
    batches = [[] for _ in range(T)]
    for c in torch.randperm(len(sizes), generator=generator).tolist():
        images = kept[pseudo_labels[kept] == c].tolist()
        # the emptiest batches first, equal ones in random order: a different batch for each image
        places = torch.randperm(T, generator=generator).tolist()
        places.sort(key=lambda t: len(batches[t]))
        for image, t in zip(images, places, strict=False):
            batches[t].append(image)
    return torch.tensor(batches, dtype=torch.int64)
""",
        "another algorithm: clusters in random order, each one's images go to the emptiest batches (ties at random), so all batches stay within one image of each other; no row, no rank, no deal",
    ),
]
