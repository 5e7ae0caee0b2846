"""Lesson 9: right ways to count collisions and to compose batches."""

import bisect
import itertools
import math
import random
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import torch

from lessons.course.ways import way


def seeded(generator):
    """Python's random.Random, seeded with a number from the generator."""
    return random.Random(torch.randint(2**62, (), generator=generator).item())


def members(pseudo_labels):
    """The images of each non-empty cluster, in the order of the data."""
    clusters = defaultdict(list)
    for n, c in enumerate(pseudo_labels.tolist()):
        clusters[c].append(n)
    return list(clusters.values())


@way("collisions", "loops")
def collisions_in_loops(labels):
    """Every pair of the batch counts once."""
    y = labels.tolist()
    return sum(y[i] == y[j] for i in range(len(y)) for j in range(i))


@way("collisions", "matrix")
def collisions_in_a_matrix(labels):
    """The entries above the diagonal of the matrix of equal labels."""
    return (labels[:, None] == labels[None]).triu(diagonal=1).sum().item()


@way("collisions", "binomials")
def collisions_by_binomials(labels):
    """n choose 2 for each cluster."""
    return sum(math.comb(n, 2) for n in Counter(labels.tolist()).values())


@way("collisions", "ordered pairs")
def collisions_of_ordered_pairs(labels):
    """The squared counts contain each pair twice, and each image once with itself."""
    sizes = labels.unique(return_counts=True)[1]
    return int(sizes.square().sum() - len(labels)) // 2


@way("expected_collisions", "loops")
def expected_in_loops(sizes, batch_size):
    """The share of all pairs of images that collide, times the pairs of a batch."""
    y = [c for c, s in enumerate(sizes.tolist()) for _ in range(s)]
    same = [y[i] == y[j] for i in range(len(y)) for j in range(i)]
    return math.comb(batch_size, 2) * sum(same) / len(same)


@way("expected_collisions", "first and other")
def expected_by_one_image(sizes, batch_size):
    """Each of B images has B - 1 others, of which (s - 1) / (N - 1) share its cluster; halved."""
    s = sizes.double()
    N = s.sum()
    other = (s / N * (s - 1) / (N - 1)).sum()  # chance that another image shares the cluster
    return batch_size * (batch_size - 1) * other.item() / 2


@way("expected_collisions", "hypergeometric")
def expected_hypergeometric(sizes, batch_size):
    """Sum over the number of a cluster's images in a batch, weighted by its probability."""
    N, B, total = int(sizes.sum()), batch_size, Fraction(0)
    for s in sizes.tolist():
        for n in range(2, min(s, B) + 1):
            chance = Fraction(math.comb(s, n) * math.comb(N - s, B - n), math.comb(N, B))
            total += chance * math.comb(n, 2)
    return float(total)


@way("least_collisions", "loops")
def least_in_loops(sizes, batches):
    """One by one, each image goes where there are fewest of its cluster, and meets those."""
    met = 0
    for s in sizes.tolist():
        held = [0] * batches
        for _ in range(s):
            emptiest = held.index(min(held))
            met += held[emptiest]
            held[emptiest] += 1
    return met


@way("least_collisions", "binomials")
def least_by_binomials(sizes, batches):
    """Some batches get s // T images, the others one more; add up the pairs in each."""
    total = 0
    for s in sizes.tolist():
        each, more = divmod(s, batches)
        total += (batches - more) * math.comb(each, 2) + more * math.comb(each + 1, 2)
    return total


@way("least_collisions", "images before")
def least_by_images_before(sizes, batches):
    """Image j of a cluster, from 0, meets the j // T that are already in its batch."""
    return int(sum((torch.arange(int(s)) // batches).sum() for s in sizes))


@way("least_collisions", "chunks")
def least_by_chunks(sizes, batches):
    """Batch sizes per cluster, as even as possible: torch.tensor_split makes them."""
    table = [[len(part) for part in np.array_split(np.arange(s), batches)] for s in sizes.tolist()]
    table = torch.tensor(table)
    return int((table * (table - 1)).sum()) // 2


@way("rank_in_cluster", "loops")
def rank_in_loops(pseudo_labels):
    """Count, image by image."""
    seen, rank = Counter(), []
    for c in pseudo_labels.tolist():
        rank.append(seen[c])
        seen[c] += 1
    return torch.tensor(rank)


@way("rank_in_cluster", "matrix")
def rank_by_pairs(pseudo_labels):
    """An N x N matrix that says which images are earlier and in the same cluster."""
    return (pseudo_labels[:, None] == pseudo_labels).tril(diagonal=-1).sum(1)


@way("rank_in_cluster", "running counts")
def rank_by_running_counts(pseudo_labels):
    """A running count for each cluster."""
    counts = torch.nn.functional.one_hot(pseudo_labels).cumsum(0)
    return counts.gather(1, pseudo_labels[:, None]).squeeze(1) - 1


@way("rank_in_cluster", "cluster by cluster")
def rank_cluster_by_cluster(pseudo_labels):
    """Write 0, 1, 2, ... to the positions of each cluster."""
    rank = torch.zeros_like(pseudo_labels)
    for c in pseudo_labels.unique():
        own = pseudo_labels == c
        rank[own] = torch.arange(int(own.sum()))
    return rank


@way("released_batches", "loops")
def released_in_loops(pseudo_labels, batch_size):
    """Take one image from each cluster that has one left, round by round; cut full batches."""
    clusters, order = members(pseudo_labels), []
    for r in range(max(len(own) for own in clusters)):
        order += sorted(own[r] for own in clusters if len(own) > r)
    full = len(order) // batch_size * batch_size
    return torch.tensor(order[:full], dtype=torch.int64).view(-1, batch_size)


@way("released_batches", "one key")
def released_by_one_key(pseudo_labels, batch_size):
    """Put rank and position into one number, and sort; unfold cuts the batches."""
    N = len(pseudo_labels)
    rank = (pseudo_labels[:, None] == pseudo_labels).tril(-1).sum(1)
    order = (rank * N + torch.arange(N)).sort().values % N
    return order.unfold(0, batch_size, batch_size)


@way("released_batches", "lexsort")
def released_by_lexsort(pseudo_labels, batch_size):
    """NumPy's lexsort, whose last key counts first."""
    y = pseudo_labels.numpy()
    rank = np.array([(y[:n] == y[n]).sum() for n in range(len(y))])
    order = torch.from_numpy(np.lexsort((np.arange(len(y)), rank)))
    return torch.stack([b for b in order.split(batch_size) if len(b) == batch_size])


@way("in_clusters", "loops")
def clusters_in_loops(pseudo_labels, generator=None):
    """Make a list for each cluster; shuffle the lists, then the images in each."""
    chance, clusters = seeded(generator), members(pseudo_labels)
    chance.shuffle(clusters)
    for own in clusters:
        chance.shuffle(own)
    return torch.tensor([n for own in clusters for n in own])


@way("in_clusters", "random keys")
def clusters_by_random_keys(pseudo_labels, generator=None):
    """A random number for each cluster and each image; sort by the first, then the second."""
    K = int(pseudo_labels.max()) + 1
    cluster = torch.rand(K, generator=generator, dtype=torch.float64)[pseudo_labels]
    image = torch.rand(len(pseudo_labels), generator=generator, dtype=torch.float64)
    return torch.from_numpy(np.lexsort((image.numpy(), cluster.numpy())))


@way("in_clusters", "cat")
def clusters_joined(pseudo_labels, generator=None):
    """Cluster by cluster, each with a permutation of its own."""
    names = pseudo_labels.unique()
    parts = []
    for c in names[torch.randperm(len(names), generator=generator)]:
        own = (pseudo_labels == c).nonzero().flatten()
        parts.append(own[torch.randperm(len(own), generator=generator)])
    return torch.cat(parts)


@way("deal", "loops")
def deal_in_loops(order, batches, generator=None):
    """Card by card, round after round; then the hands are shuffled."""
    hands = [[] for _ in range(batches)]
    for card, image in enumerate(order.tolist()):
        hands[card % batches].append(image)
    turn = torch.randperm(batches, generator=generator)
    return order.new_tensor([hands[t] for t in turn])


@way("deal", "strides")
def deal_by_strides(order, batches, generator=None):
    """Every T-th image, starting at t."""
    start = torch.rand(batches, generator=generator).argsort()
    return torch.stack([order[t::batches] for t in start.tolist()])


@way("deal", "mixed columns")
def deal_by_columns(order, batches, generator=None):
    """Each round is a row; shuffle the columns, and read them from the bottom."""
    rounds = order.reshape(len(order) // batches, batches)
    return rounds.flip(0)[:, torch.randperm(batches, generator=generator)].t().contiguous()


@way("deal", "scatter")
def deal_by_scatter(order, batches, generator=None):
    """The remainder gives the batch of each image, and the quotient its position there."""
    n = torch.arange(len(order))
    hands = order.new_empty(batches, len(order) // batches)
    hands[torch.randperm(batches, generator=generator)[n % batches], n // batches] = order
    return hands


@way("dealt_batches", "loops")
def dealt_in_loops(pseudo_labels, batch_size, generator=None):
    """Shuffle, and drop the surplus; cluster by cluster, give each image to the next batch."""
    chance, N = seeded(generator), len(pseudo_labels)
    T = N // batch_size
    used = chance.sample(range(N), T * batch_size)
    clusters = members(pseudo_labels[used])
    chance.shuffle(clusters)
    batches = [[] for _ in range(T)]
    for card, place in enumerate(itertools.chain(*clusters)):
        batches[card % T].append(used[place])
    chance.shuffle(batches)
    return torch.tensor(batches, dtype=torch.int64).view(T, batch_size)


@way("dealt_batches", "fewest of its own")
def dealt_to_fewest_of_its_own(pseudo_labels, batch_size, generator=None):
    """Each image goes where fewest of its cluster are; of those, to an emptiest one, at random."""
    chance, N = seeded(generator), len(pseudo_labels)
    T = N // batch_size
    used = chance.sample(range(N), T * batch_size)
    clusters = members(pseudo_labels[used])
    chance.shuffle(clusters)
    batches = [[] for _ in range(T)]
    for own in clusters:
        held = [0] * T
        for place in own:
            t = min(range(T), key=lambda t: (held[t], len(batches[t]), chance.random()))
            batches[t].append(used[place])
            held[t] += 1
    return torch.tensor(batches, dtype=torch.int64).view(T, batch_size)


@way("dealt_batches", "numpy")
def dealt_in_numpy(pseudo_labels, batch_size, generator=None):
    """Sort the chosen images by random cluster names, and deal with a transposed table."""
    draw = np.random.default_rng(torch.randint(2**62, (), generator=generator).item())
    y, T = pseudo_labels.numpy(), len(pseudo_labels) // batch_size
    used = draw.permutation(len(y))[: T * batch_size]
    used = used[np.argsort(draw.permutation(y.max() + 1)[y[used]], kind="stable")]
    return torch.from_numpy(draw.permutation(used.reshape(batch_size, T).T))


@way("dealt_batches", "split")
def dealt_by_splitting(pseudo_labels, batch_size, generator=None):
    """Sort by random cluster names and split into rounds; a batch takes one of each round."""
    T = len(pseudo_labels) // batch_size
    used = torch.randperm(len(pseudo_labels), generator=generator)[: T * batch_size]
    name = torch.rand(int(pseudo_labels.max()) + 1, generator=generator, dtype=torch.float64)
    rounds = used[name[pseudo_labels[used]].argsort()].split(T)
    return torch.stack(rounds, 1)[torch.randperm(T, generator=generator)]


@way("strict_count", "loops")
def strict_count_in_loops(sizes, batch_size):
    """Add one batch at a time, as long as the clusters have enough images."""
    T = 0
    while sum(min(s, T + 1) for s in sizes.tolist()) >= (T + 1) * batch_size:
        T += 1
    return T


@way("strict_count", "build them")
def strict_count_by_building(sizes, batch_size):
    """Take one image from each of the B fullest clusters, as long as there are B."""
    left, T = sorted(sizes.tolist()), 0
    while batch_size <= len(left) and left[-batch_size] > 0:
        left[-batch_size:] = [s - 1 for s in left[-batch_size:]]
        left.sort()
        T += 1
    return T


@way("strict_count", "from above")
def strict_count_from_above(sizes, batch_size):
    """Start with the batches that all images could fill, and lower T to what T batches may use."""
    T = int(sizes.sum()) // batch_size
    while (fewer := int(sizes.clamp(max=T).sum()) // batch_size) < T:
        T = fewer
    return T


@way("strict_count", "bisection")
def strict_count_by_bisection(sizes, batch_size):
    """If T batches are possible, so are fewer: search for the first T that is not."""

    def impossible(T):
        return bool(torch.minimum(sizes, torch.tensor(T)).sum() < T * batch_size)

    return bisect.bisect(range(1, int(sizes.sum()) + 1), False, key=impossible)


@way("strict_batches", "loops")
def strict_in_loops(pseudo_labels, batch_size, generator=None):
    """Drop what cannot be used; cluster by cluster, give each image to the next batch."""
    chance, clusters = seeded(generator), members(pseudo_labels)
    T = strict_count_in_loops(torch.tensor([len(own) for own in clusters]), batch_size)
    chance.shuffle(clusters)
    used = [(k, n) for k, own in enumerate(clusters) for n in chance.sample(own, min(len(own), T))]
    used = sorted(chance.sample(used, T * batch_size))
    batches = [[] for _ in range(T)]
    for card, (_, n) in enumerate(used):
        batches[card % T].append(n)
    chance.shuffle(batches)
    return torch.tensor(batches)


@way("strict_batches", "fullest first")
def strict_from_the_fullest(pseudo_labels, batch_size, generator=None):
    """Each batch takes an image from the B clusters with the most left; ties are random."""
    chance, clusters = seeded(generator), members(pseudo_labels)
    T = strict_count_in_loops(torch.tensor([len(own) for own in clusters]), batch_size)
    used = [(k, n) for k, own in enumerate(clusters) for n in chance.sample(own, min(len(own), T))]
    left = defaultdict(list)
    for k, n in chance.sample(used, T * batch_size):
        left[k].append(n)
    batches = []
    for _ in range(T):
        fullest = sorted(left, key=lambda k: (len(left[k]), chance.random()))[-batch_size:]
        batches.append([left[k].pop() for k in fullest])
    chance.shuffle(batches)
    return torch.tensor(batches)


@way("strict_batches", "tensors")
def strict_in_tensors(pseudo_labels, batch_size, generator=None):
    """Rank by pairs, keep at most T per cluster, sort by random names, make a table of rounds."""
    T = strict_count_from_above(torch.bincount(pseudo_labels), batch_size)
    order = torch.randperm(len(pseudo_labels), generator=generator)
    own = pseudo_labels[order]
    order = order[(own[:, None] == own).tril(-1).sum(1) < T]
    order = order[torch.randperm(len(order), generator=generator)[: T * batch_size]]
    name = torch.rand(int(pseudo_labels.max()) + 1, generator=generator, dtype=torch.float64)
    order = order[name[pseudo_labels[order]].argsort()]
    return order.view(batch_size, T)[:, torch.randperm(T, generator=generator)].T
