"""Lesson 12: DeepCluster, from representations to clusters and from clusters to a loss."""

import math
from collections import Counter

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, rand, wrong
from simclr_mini.deepcluster import (
    DeepCluster,
    effective_clusters,
    mutual_information,
    old_means,
    pca_whiten,
    uniform_over_clusters,
)
from simclr_mini.views import Recipe

# ---- representations in fair units


def whitened(h, dim, width):
    """The result of `pca_whiten`, of the shape that it must have, and the call."""
    got = call(pca_whiten, h, dim)
    value = got.value
    if not isinstance(value, torch.Tensor) or value.shape != (len(h), width):
        said = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
        wrong(call=got.call, expected=f"shape {(len(h), width)}", got=said)
    if not value.isfinite().all():
        wrong("A number is infinite or not a number.", call=got.call)
    return value.double(), got.call


def cosines_are(h, dim, expected, why):
    """All cosines of pairs of rows, which no turn or mirror of the directions changes."""
    white, called = whitened(h, dim, int(torch.linalg.matrix_rank(expected)))
    cosines = white @ white.T
    off = (cosines - expected).abs()
    if off.max() > 2e-4:
        n, m = divmod(int(off.argmax()), len(h))
        what = f"row {n} · row {m}"
        value = f"{what} = {expected[n, m]:.4f}"
        wrong(why, call=called, expected=value, got=f"{what} = {cosines[n, m]:.4f}")


def cloud(N, D, seed):
    """Points that lie far from 0, in directions of very different and mixed lengths."""
    mixed = rand(D, D, seed=seed + 100, dtype=torch.float64)
    lengths = 5 * 0.6 ** torch.arange(D, dtype=torch.float64)
    return (rand(N, D, seed=seed, dtype=torch.float64) * lengths) @ mixed + 3


@about("pca_whiten")
def test_brightness_and_shape_count_alike():
    """(±10, ±1): both directions get variance 1, so the four rows are the corners (±1, ±1) / √2."""
    h = torch.tensor([[10.0, 1], [10, -1], [-10, 1], [-10, -1]])
    expected = torch.tensor([[1.0, 0, 0, -1], [0, 1, -1, 0], [0, -1, 1, 0], [-1, 0, 0, 1]])
    cosines_are(h, 2, expected, "Four rows, at right angles or opposite.")
    cosines_are(h + torch.tensor([7.0, 3]), 2, expected, "Moved by (7, 3): the same four corners.")


@about("pca_whiten")
def test_every_row_has_length_1():
    """The last step: each row of the whitened representations at length 1."""
    for N, D, dim in [(17, 5, 5), (23, 7, 3)]:
        white, called = whitened(cloud(N, D, seed=N), dim, dim)
        lengths = white.norm(dim=1)
        if (lengths - 1).abs().max() > 1e-5:
            row = int((lengths - 1).abs().argmax())
            wrong(call=called, expected="every row at length 1", got=f"row {row} at {lengths[row]}")


@about("pca_whiten")
def test_units_and_mixtures_do_not_count():
    """With all directions kept, moving, stretching or mixing the numbers of h changes nothing."""
    h = cloud(19, 4, seed=1)
    white, _ = whitened(h, 4, 4)
    expected = white @ white.T
    stretch = torch.tensor([10, 0.2, 3, 1], dtype=torch.float64)
    mix = torch.ones(4, 4, dtype=torch.float64).triu()
    changes = [(h - 20, "moved"), (h * stretch, "stretched"), (h @ mix, "mixed")]
    for changed, how in [*changes, (h * 1e-5, "in small units")]:
        cosines_are(changed, 4, expected, f"The numbers of h are {how}: no cosine may change.")


@about("pca_whiten")
def test_whitened_representations_have_the_identity_as_covariance():
    """Give the rows their lengths back: the mean is 0, the covariance the identity."""
    h = cloud(29, 5, seed=2)
    white, called = whitened(h, 5, 5)
    centred = h - h.mean(0)
    covariance = centred.T @ centred / len(h)
    # the length of a whitened row needs no directions: Mahalanobis' distance to the mean
    lengths = (centred * torch.linalg.solve(covariance, centred.T).T).sum(1).sqrt()
    rows = white * lengths[:, None]
    for name, got, expected in [
        ("mean", rows.mean(0), torch.zeros(5)),
        ("covariance", rows.T @ rows / len(h), torch.eye(5)),
    ]:
        if (got - expected).abs().max() > 1e-4:
            worst = got.flatten()[(got - expected).abs().argmax()]
            wrong(call=called, expected=f"{name} {'0' if name == 'mean' else 'I'}", got=worst)


@about("pca_whiten")
def test_the_directions_of_greatest_variance_are_kept(oracle):
    """dim of D directions, by falling variance; the rest does not count."""
    for N, D, dim in [(17, 5, 2), (31, 7, 4), (13, 3, 1)]:
        h = cloud(N, D, seed=N + D)
        expected = oracle("pca_whiten")(h, dim).double()
        why = f"The {dim} directions of greatest variance, of {D}."
        cosines_are(h, dim, expected @ expected.T, why)


@about("pca_whiten", step="directions without variance")
def test_directions_without_variance_are_left_out():
    """A number that never changes, or that repeats another, adds no direction."""
    for N, D in [(17, 3), (29, 4)]:
        h = cloud(N, D, seed=N)
        white, _ = whitened(h, D, D)
        more = torch.cat([h, torch.full((N, 2), 4.0), h[:, :1] - h[:, 1:2]], dim=1)
        for dim in (D, D + 2, 50):
            white_too, called = whitened(more, dim, D)
            if (white_too @ white_too.T - white @ white.T).abs().max() > 2e-4:
                wrong("Three numbers that say nothing new change the result.", call=called)


@about("pca_whiten", step="directions without variance")
def test_more_directions_than_images():
    """Five images differ in at most four directions, however many numbers h has."""
    h = rand(5, 11, seed=3) + 2
    white, called = whitened(h, 11, 4)
    # five whitened rows are the corners of a regular body: all cosines are -1/4
    if (white @ white.T - (1.25 * torch.eye(5) - 0.25)).abs().max() > 2e-4:
        wrong(call=called, expected="cosines of -1/4", got=(white @ white.T)[0])


@about("pca_whiten", step="directions without variance")
def test_weak_directions_are_kept():
    """A direction with a fiftieth of the greatest deviation still says something."""
    h = cloud(23, 3, seed=5)
    weak = rand(23, 1, seed=6, dtype=torch.float64)
    weak = weak / weak.std() * h.std(0).max() / 50
    whitened(torch.cat([h, weak], dim=1), 4, 4)
    # a ten thousandth of the deviation is 1e-8 of the variance, below LEAST_VARIANCE
    whitened(torch.cat([h, weak / 200], dim=1), 4, 3)


# ---- every cluster equally often


def clusters_of(sizes):
    """Cluster of each image, mixed; cluster k has sizes[k] images."""
    labels = torch.cat([torch.full((size,), k) for k, size in enumerate(sizes)])
    return labels[torch.randperm(len(labels), generator=Generator().manual_seed(len(labels)))]


def epochs(labels, times, generator=None):
    """The positions drawn in some epochs, shape (times, N), and the call."""
    generator = generator or Generator().manual_seed(1)
    rows, N = [], len(labels)
    for _ in range(times):
        got = call(uniform_over_clusters, labels, generator)
        drawn = got.value
        if not isinstance(drawn, torch.Tensor) or drawn.dtype != torch.int64:
            said = drawn.dtype if isinstance(drawn, torch.Tensor) else type(drawn).__name__
            wrong(call=got.call, expected="positions, int64", got=said)
        if drawn.shape != (N,):
            wrong(call=got.call, expected=f"{N} positions", got=f"shape {tuple(drawn.shape)}")
        if drawn.min() < 0 or drawn.max() >= N:
            wrong("A position that is none.", call=got.call, expected=f"0 to {N - 1}", got=drawn)
        rows.append(drawn)
    return torch.stack(rows), got.call


def counts(labels, rows):
    """How often each cluster is drawn in each epoch, shape (times, K)."""
    return nn.functional.one_hot(labels[rows], int(labels.max()) + 1).sum(1)


@about("uniform_over_clusters")
def test_five_images_and_one():
    """Two clusters give 6 // 2 + 1 = 4 each; of these eight, six stay: two to four of each."""
    labels = torch.tensor([0, 0, 1, 0, 0, 0])
    rows, called = epochs(labels, 40)
    for row in rows:
        lone = int((row == 2).sum())
        if not 2 <= lone <= 4:
            said = "Image 2 is the only one of its cluster."
            wrong(said, call=called, expected="drawn 2 to 4 times", got=f"{lone} times")


@about("uniform_over_clusters")
def test_no_cluster_gives_more_than_its_part():
    """At most N // K + 1 of each cluster, and at least what the others leave free."""
    for sizes in [(20, 3, 1, 5), (13, 12, 4), (30, 1), (7, 7, 7)]:
        labels = clusters_of(sizes)
        rows, called = epochs(labels, 30)
        N, K = len(labels), len(sizes)
        most = N // K + 1
        least = max(0, N - (K - 1) * most)
        seen = counts(labels, rows)
        if seen.max() > most or seen.min() < least:
            got = f"{int(seen.min())} to {int(seen.max())}"
            said = f"Clusters of {sizes} images."
            wrong(said, call=called, expected=f"{least} to {most} of each", got=got)
        if sizes == (7, 7, 7) and seen.max() < most:
            said = "21 // 3 + 1 = 8 of each; 21 of these 24 stay, so one of three often keeps 8."
            wrong(said, call=called, expected="8 in some epoch", got=f"never above {seen.max()}")


@about("uniform_over_clusters")
def test_on_average_every_cluster_is_seen_equally_often():
    """The cut to N falls on every cluster alike: N / K of each, over many epochs."""
    for sizes in [(15, 6, 2, 1, 5), (2, 21)]:
        labels = clusters_of(sizes)
        rows, called = epochs(labels, 200)
        mean, expected = counts(labels, rows).double().mean(0), len(labels) / len(sizes)
        if (mean - expected).abs().max() > 0.35:  # beyond 5 standard deviations
            k = int((mean - expected).abs().argmax())
            got = f"{mean[k]:.2f} of the cluster of {sizes[k]}"
            wrong(f"200 epochs of {sizes}.", call=called, expected=f"{expected:.2f} each", got=got)


@about("uniform_over_clusters")
def test_a_large_cluster_gives_no_image_twice():
    """Where a cluster has more images than it gives, they are different ones, and each its turn."""
    for sizes in [(20, 2, 3), (5, 40)]:
        labels = clusters_of(sizes)
        large = int(torch.tensor(sizes).argmax())
        rows, called = epochs(labels, 150)
        for row in rows:
            twice = [n for n, c in Counter(row[labels[row] == large].tolist()).items() if c > 1]
            if twice:
                said = f"Cluster {large} has {sizes[large]} images."
                wrong(said, call=called, expected="none twice", got=f"image {twice[0]} twice")
        often = torch.bincount(rows.flatten(), minlength=len(labels))[labels == large].double()
        if often.min() < often.mean() / 2 or often.max() > 1.5 * often.mean():
            n = int((labels == large).nonzero()[(often - often.mean()).abs().argmax()])
            got = f"image {n} {int((rows == n).sum())} times"
            said = f"150 epochs; cluster {large} has {sizes[large]} images."
            wrong(said, call=called, expected=f"each about {often.mean():.0f} times", got=got)


@about("uniform_over_clusters", step="small clusters")
def test_images_of_a_small_cluster_are_drawn_with_replacement():
    """Three images for eleven places: each draw is any of the three, whatever came before."""
    labels = clusters_of((18, 3))
    rows, called = epochs(labels, 200)
    small = (labels == 1).nonzero()[:, 0]
    often = torch.stack([(rows == n).sum(1) for n in small], 1)  # (200, 3)
    share = often.sum(0) / often.sum()
    if (share - 1 / 3).abs().max() > 0.07:  # 5 standard deviations
        wrong("The cluster of 3, 200 epochs.", call=called, expected="a third each", got=share)
    uneven = (often.amax(1) - often.amin(1)).double().mean()
    if not 1.7 < uneven < 5:  # with replacement: 3.0
        said = "In one epoch, how often the most and the least frequent of the three come:"
        wrong(said, call=called, expected="3 apart on average", got=f"{uneven:.2f} apart")


@about("uniform_over_clusters", step="small clusters")
def test_a_cluster_that_just_fills_its_part_is_drawn_with_replacement():
    """Four images for four places: it has no more than that, so one may come twice."""
    labels = clusters_of((4, 2))
    rows, called = epochs(labels, 60)
    if all((row[labels[row] == 0].bincount() < 2).all() for row in rows):
        said = "60 epochs; cluster 0 has 4 images and gives 4."
        wrong(said, call=called, expected="some image twice in an epoch", got="none")


@about("uniform_over_clusters")
def test_the_order_is_mixed():
    """A batch is a piece of the order: it must not hold one cluster alone."""
    labels = clusters_of((12, 12, 12))
    rows, called = epochs(labels, 30)
    same = (labels[rows][:, 1:] == labels[rows][:, :-1]).double().mean()
    if not 0.2 < same < 0.45:  # 1/3 where mixed
        expected = "a third of neighbours from one cluster"
        wrong(call=called, expected=expected, got=f"{same:.2f} of them")


@about("uniform_over_clusters", step="empty clusters")
def test_empty_clusters_are_passed_over():
    """Numbers 0, 3 and 9 are in use, seven others are not: three clusters share the epoch."""
    labels = torch.tensor([0, 3, 9])[clusters_of((8, 2, 3))]
    rows, called = epochs(labels, 60)
    seen = counts(labels, rows)[:, [0, 3, 9]]
    if seen.max() > 5 or seen.min() < 3:  # 13 // 3 + 1 = 5, and 13 - 2 * 5 = 3
        got = f"{int(seen.min())} to {int(seen.max())}"
        wrong("Clusters 0, 3 and 9.", call=called, expected="3 to 5 of each", got=got)
    for row in rows:
        if row[labels[row] == 0].unique().numel() < int((labels[row] == 0).sum()):
            wrong(
                "Cluster 0 has 8 images for 5 places.", call=called, expected="none twice", got=row
            )


@about("uniform_over_clusters")
def test_epochs_differ_and_come_from_the_generator():
    """Each call draws anew; equal seeds repeat, and torch's global generator stands still."""
    labels = clusters_of((9, 4, 1))

    def two(seed):
        before = torch.get_rng_state()
        rows, called = epochs(labels, 2, Generator().manual_seed(seed))
        if not torch.equal(before, torch.get_rng_state()):
            wrong("A generator is given, and you draw from torch's global one.", call=called)
        if torch.equal(rows[0], rows[1]):
            wrong("Two epochs are the same.", call=called)
        return rows

    first = two(1)
    torch.rand(1)
    if not torch.equal(two(1), first):
        wrong("Two generators with one seed give two different epochs.")
    if torch.equal(two(2), first):
        wrong("Generators with different seeds give one epoch.")
    torch.manual_seed(3)
    seen = {tuple(uniform_over_clusters(labels).tolist()) for _ in range(3)}
    assert len(seen) == 3, "without a generator, too, every epoch must be drawn anew"


# ---- a warm start


@about("old_means")
def test_means_by_hand():
    """Cluster 0 is (1, 2) and (3, 6), cluster 1 is (5, 5) alone."""
    h = torch.tensor([[1.0, 2], [5, 5], [3, 6]])
    labels = torch.tensor([0, 1, 0])
    call(old_means, h, labels, 2).gives(torch.tensor([[2.0, 4], [5, 5]]), rtol=1e-6)


@about("old_means")
def test_row_k_is_the_mean_of_cluster_k(oracle):
    """Clusters of one to many images, in any order."""
    for sizes, d in [((1, 7, 3), 5), ((4, 1, 1, 11, 2), 3)]:
        labels = clusters_of(sizes)
        h = rand(len(labels), d, seed=d) + 1
        expected = oracle("old_means")(h.double(), labels, len(sizes))
        call(old_means, h, labels, len(sizes)).gives(expected, rtol=1e-5)


@about("old_means", step="a cluster that was empty")
def test_an_empty_cluster_starts_from_an_image():
    """Clusters 1, 4 and 5 are empty: each starts from one of the images, all different."""
    labels = torch.tensor([0, 2, 3, 2])[clusters_of((4, 2, 1, 3))]
    h = rand(len(labels), 3, seed=4)
    got = call(old_means, h, labels, 6)
    if not isinstance(got.value, torch.Tensor) or got.value.shape != (6, 3):
        wrong(call=got.call, expected="shape (6, 3)", got=got.value)
    rows = {}
    for k in (1, 4, 5):
        nearest = (h - got.value[k]).abs().amax(1)
        if not nearest.min() < 1e-6:
            said = f"Cluster {k} is empty."
            wrong(said, call=got.call, expected="a row of h", got=got.value[k])
        rows[k] = int(nearest.argmin())
    if len(set(rows.values())) < 3:
        said = "Two empty clusters start from one image: one of them stays empty."
        wrong(said, call=got.call, expected="an image of its own for each", got=str(rows))
    for k in (0, 2, 3):
        expected = h[labels == k].mean(0)
        if not torch.allclose(got.value[k], expected, atol=1e-5):
            wrong(f"Cluster {k} is not empty.", call=got.call, expected=expected, got=got.value[k])
    labels, h = clusters_of((20, 13, 7)), rand(40, 3, seed=5)
    got = call(old_means, h, labels, 40)
    if len(got.value[3:].unique(dim=0)) < 37:
        said = "K = N = 40: 37 clusters are empty, and two start from one image."
        wrong(said, call=got.call, expected="37 different rows")


# ---- how good a clustering is


@about("effective_clusters")
def test_equal_clusters_count_whole():
    """K clusters of one size are K clusters; one is 1."""
    for sizes in [(5,), (3, 3), (4, 4, 4, 4, 4, 4, 4)]:
        call(effective_clusters, clusters_of(sizes)).gives(float(len(sizes)), rtol=1e-6)


@about("effective_clusters")
def test_three_images_and_one():
    """H = -(3/4 ln 3/4 + 1/4 ln 1/4) = 0.562, so there are e^0.562 = 1.755 clusters in effect."""
    expected = 4 / 3**0.75
    call(effective_clusters, torch.tensor([0, 0, 1, 0])).gives(expected, rtol=1e-6)
    many = torch.tensor([1, 0, 0, 0]).repeat(50)
    call(effective_clusters, many).gives(expected, rtol=1e-6, why="150 images and 50: no more.")


@about("effective_clusters")
def test_effective_clusters_in_loops(oracle):
    """exp of the entropy of the sizes; empty numbers between add nothing."""
    for sizes in [(1, 2, 3, 4), (50, 1), (0, 3, 0, 0, 2, 7)]:
        labels = clusters_of(sizes)
        expected = oracle("effective_clusters")(labels)
        call(effective_clusters, labels).gives(expected, rtol=1e-6, why=f"Clusters of {sizes}.")


@about("mutual_information")
def test_names_mean_nothing():
    """0 0 1 1 and 1 1 0 0 are the same two groups: 1. And 0 1 0 1 says nothing of them: 0."""
    a = torch.tensor([0, 0, 1, 1])
    call(mutual_information, a, torch.tensor([1, 1, 0, 0])).gives(1.0, rtol=1e-6)
    call(mutual_information, a, torch.tensor([0, 1, 0, 1])).gives(0.0, atol=1e-9)
    a = clusters_of((5, 2, 9, 1))
    for names in ([7, 0, 3, 2], [1, 2, 3, 0]):
        why = "The same groups under other names."
        call(mutual_information, a, torch.tensor(names)[a]).gives(1.0, rtol=1e-6, why=why)


@about("mutual_information")
def test_two_groups_beside_three(oracle):
    """I over the geometric mean of both entropies; a and b may differ in their clusters."""
    for i, (K, L, N) in enumerate([(2, 3, 7), (5, 3, 31), (3, 11, 47), (7, 7, 20)]):
        a, b = (torch.randint(k, (N,), generator=Generator().manual_seed(i)) for k in (K, L))
        b = torch.where(torch.arange(N) % 3 > 0, a % L, b)
        why = f"{K} clusters and {L}, {N} images."
        call(mutual_information, a, b).gives(oracle("mutual_information")(a, b), rtol=1e-6, why=why)


@about("mutual_information")
def test_a_refined_clustering_by_hand():
    """Each of two groups cut in two: I = ln 2, H(b) = 2 ln 2, so 1 / √2; either way round."""
    a, b = torch.tensor([0, 0, 1, 1]), torch.tensor([2, 0, 3, 1])
    call(mutual_information, a, b).gives(1 / math.sqrt(2), rtol=1e-6)
    call(mutual_information, b, a).gives(1 / math.sqrt(2), rtol=1e-6)


@about("mutual_information", step="a single cluster")
def test_a_single_cluster_says_nothing():
    """Its entropy is 0: no 0 / 0, but 0; also with many images, and where both have one only."""
    for N in (4, 10, 999):
        one, some = torch.zeros(N, dtype=torch.int64), torch.arange(N) % 3
        for a, b in [(one, some), (some, one), (one, one), (one + 2, some)]:
            call(mutual_information, a, b).gives(0.0, atol=1e-7)


# ---- an epoch begins

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)


class Reader(nn.Module):
    """An encoder that reads h off an image's first numbers, and notes how it was asked."""

    def __init__(self, *scales):
        super().__init__()
        self.dim, self.scales = len(scales), nn.Parameter(torch.tensor(scales))
        self.norm = nn.BatchNorm1d(self.dim, affine=False, momentum=0.5)
        self.images, self.modes, self.graphs = [], [], []

    def forward(self, x):
        self.images.append(x.detach().clone())
        self.modes.append(self.training)
        self.graphs.append(torch.is_grad_enabled())
        return self.norm((x.flatten(1)[:, : self.dim] - 0.5) * self.scales)


def method_of(scales, N, clusters, seed=0, labels=None, recipe=NOTHING, **settings):
    settings = {"pca_dim": len(scales), **settings}
    parts = {"encoder": Reader(*scales), "projector": nn.Linear(len(scales), clusters)}
    settings |= {"N": N, "labels": labels, "seed": seed, "clusters": clusters}
    return bare_method(DeepCluster, recipe, **parts, **settings).train()


def groups(sizes):
    """Images of one pixel, of one colour in each of five groups, and the groups."""
    group = clusters_of(sizes)
    colours = torch.tensor([[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]])
    return colours[group][:, :, None, None].to(torch.uint8), group


def stripes():
    """Images that differ much in one number, evenly, and little in another, two groups.

    Raw, the nearest are those of like first number. In fair units the second splits them.
    """
    first = torch.linspace(0, 255, 24).round().repeat(2)
    group = torch.arange(48) // 24
    pixels = torch.zeros(48, 3, 2, 2)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = first, 255.0 * group
    mix = torch.randperm(48, generator=Generator().manual_seed(0))
    return pixels[mix].to(torch.uint8), group[mix], (first[mix] > 127).long()


def started(method, pixels):
    """One start of an epoch; the list that it returns, and the call."""
    got = call(method.start_epoch, pixels)
    labels = method.pseudo_labels
    K, N = method.clusters, len(pixels)
    if labels.shape != (N,) or labels.dtype != torch.int64 or labels.min() < 0 or labels.max() >= K:
        said = f"N = {N} numbers from 0 to {K - 1}"
        wrong("Look at self.pseudo_labels.", call=got.call, expected=said, got=labels)
    return got.value, got.call


def agreement(a, b):
    """Whether two clusterings are the same up to names."""
    pairs = len(set(zip(a.tolist(), b.tolist(), strict=True)))
    return pairs == len(a.unique()) == len(b.unique())


@about("DeepCluster.start_epoch")
def test_images_that_look_alike_share_a_cluster():
    """Five groups of one colour each: five clusters are the groups, image by image."""
    for sizes, seed in [((4, 2, 7, 3, 5), 0), ((3, 3, 2, 9, 1), 1)]:
        pixels, group = groups(sizes)
        method = method_of((1.0, 1.0, 1.0), len(group), 5, seed)
        _, called = started(method, pixels)
        if not agreement(method.pseudo_labels, group):
            expected, got = str(group.tolist()[:8]), str(method.pseudo_labels.tolist()[:8])
            wrong("Not the groups, up to names.", call=called, expected=expected, got=got)


@about("DeepCluster.start_epoch")
def test_every_image_is_seen_as_it_is():
    """No view, no gradient, evaluation mode; afterwards the encoder is as it was."""
    pixels, group, _ = stripes()
    recipe = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)
    for training in (True, False):
        method = method_of((10.0, 1.0), 48, 4, recipe=recipe)
        encoder = method.encoder.train(training)
        _, called = started(method, pixels)
        if any(encoder.modes):
            wrong("An image is shown to an encoder in train mode.", call=called)
        if any(encoder.graphs):
            wrong("Clusters need no gradient: the graph of all images fills the memory.")
        seen = {tuple(x.flatten().mul(255).round().tolist()) for x in torch.cat(encoder.images)}
        if seen != {tuple(x.flatten().tolist()) for x in pixels.float()}:
            wrong("The encoder is not shown the images as they are, in [0, 1].", call=called)
        if encoder.training != training or encoder.norm.training != training:
            wrong("The encoder is left in another mode.", call=called, expected=training)
        if encoder.norm.num_batches_tracked or not encoder.scales.requires_grad:
            wrong("The encoder has changed.", call=called)


@about("DeepCluster.start_epoch")
def test_directions_are_whitened_before_the_clustering():
    """One number is ten times as large as the other: still the other's two groups are found."""
    pixels, group, _ = stripes()
    for seed in range(3):
        method = method_of((10.0, 1.0), 48, 2, seed)
        _, called = started(method, pixels)
        if not agreement(method.pseudo_labels, group):
            wrong("Clusters of raw or badly scaled numbers?", call=called)


@about("DeepCluster.start_epoch")
def test_pca_dim_directions_are_clustered():
    """With pca_dim = 1 only the greatest direction is left, and its sign splits the images."""
    pixels, _, half = stripes()
    method = method_of((10.0, 1.0), 48, 2, pca_dim=1)
    _, called = started(method, pixels)
    if not agreement(method.pseudo_labels, half):
        wrong("self.pca_dim is 1: which direction is kept?", call=called)


@about("DeepCluster.start_epoch")
def test_there_are_as_many_clusters_as_asked_for():
    """K is self.clusters, whatever the number of classes."""
    pixels, group, _ = stripes()
    for K in (3, 8, 17):
        method = method_of((10.0, 1.0), 48, K, labels=group)
        _, called = started(method, pixels)
        used = len(method.pseudo_labels.unique())
        if used != K:
            wrong("All images differ.", call=called, expected=f"{K} clusters", got=used)


@about("DeepCluster.start_epoch")
def test_every_epoch_clusters_again():
    """The encoder sees otherwise in the second epoch, so the clusters are others."""
    pixels, group, half = stripes()
    method = method_of((10.0, 1.0), 48, 2, pca_dim=1)
    started(method, pixels)
    method.encoder.scales.data = torch.tensor([1.0, 100.0])
    _, called = started(method, pixels)
    if agreement(method.pseudo_labels, half) or not agreement(method.pseudo_labels, group):
        wrong("Second epoch, another encoder: the clusters are not its.", call=called)


@about("DeepCluster.start_epoch", step="agreement with the last clusters")
def test_agreement_with_the_last_clusters_is_noted(oracle):
    """No last clusters: nmi stays -1. Then it is the mutual information of old and new."""
    pixels, group, half = stripes()
    for labels in (None, half):
        method = method_of((10.0, 1.0), 48, 2, labels=labels)
        started(method, pixels)
        if float(method.nmi) != -1:
            said = "The first epoch has no last clusters."
            wrong(said, expected="self.nmi is -1", got=float(method.nmi))
        old = torch.arange(48) // 5 % 2
        method.pseudo_labels.copy_(old)
        _, called = started(method, pixels)
        expected = oracle("mutual_information")(old, method.pseudo_labels)
        if abs(float(method.nmi) - expected) > 1e-5:
            wrong("Look at self.nmi.", call=called, expected=expected, got=float(method.nmi))


@about("DeepCluster.start_epoch", step="a new classifier")
def test_the_classifier_is_drawn_anew():
    """Weights around 0 with deviation 0.01, another draw in each epoch; biases 0."""
    pixels, _, _ = stripes()
    scales = tuple(torch.linspace(1, 2, 6).tolist())
    method = method_of(scales, 48, 40)
    epochs_seen = []
    for _ in range(2):
        method.projector.weight.data.fill_(3)
        method.projector.bias.data.fill_(3)
        _, called = started(method, pixels)
        weight, bias = method.projector.weight.detach(), method.projector.bias.detach()
        if bias.abs().max() > 0:
            wrong(
                "Look at self.projector.bias.", call=called, expected="zeros", got=bias.abs().max()
            )
        if not 0.0085 < weight.std() < 0.0115 or weight.mean().abs() > 0.004:
            said = "Look at self.projector.weight."
            got = f"mean {weight.mean():.3g}, deviation {weight.std():.3g}"
            wrong(said, call=called, expected="mean 0, deviation 0.01", got=got)
        if weight.abs().max() < 0.02:
            wrong("Normal numbers, not even ones.", call=called, got=weight.abs().max())
        epochs_seen.append(weight.clone())
    if torch.equal(*epochs_seen):
        wrong("Two epochs begin with the same weights.")


@about("DeepCluster.start_epoch", step="a new classifier")
def test_the_optimiser_keeps_its_parameters():
    """New numbers in the old tensors, and both returned: the loop then forgets their momentum."""
    pixels, _, _ = stripes()
    method = method_of((10.0, 1.0), 48, 4)
    before = (method.projector.weight, method.projector.bias)
    returned, called = started(method, pixels)
    now = (method.projector.weight, method.projector.bias)
    if any(a is not b for a, b in zip(before, now, strict=True)):
        said = "The classifier has new tensors: the optimiser goes on moving the old ones."
        wrong(said, call=called)
    if not all(p.requires_grad for p in now):
        wrong("The new classifier does not require a gradient.", call=called)
    if returned is None or {id(p) for p in returned} != {id(p) for p in before}:
        wrong("What is returned?", call=called, expected="weight and bias of the classifier")


@about("DeepCluster.start_epoch", step="a run that can be repeated")
def test_a_run_can_be_repeated():
    """Clusters and weights come from generators["clusters"], which the checkpoint keeps."""
    pixels, _, _ = stripes()

    def begin(seed, times=1):
        method = method_of((10.0, 1.0), 48, 9, seed)
        torch.rand(1)
        before = torch.get_rng_state()
        states = {name: g.get_state() for name, g in method.generators.items()}
        for _ in range(times):
            _, called = started(method, pixels)
        if not torch.equal(before, torch.get_rng_state()):
            wrong("You draw from torch's global generator, which no checkpoint keeps.", call=called)
        for name, g in method.generators.items():
            if name != "clusters" and not torch.equal(g.get_state(), states[name]):
                wrong(f'You draw from generators["{name}"].', expected='generators["clusters"]')
        return method.projector.weight.detach(), method.pseudo_labels.clone()

    weight, labels = begin(1)
    again = begin(1)
    if not torch.equal(weight, again[0]) or not torch.equal(labels, again[1]):
        wrong("Two methods with one seed begin differently.")
    other = begin(2)
    if torch.equal(weight, other[0]):
        wrong("Methods with different seeds begin with the same weights.")
    if torch.equal(labels, other[1]) or torch.equal(labels, begin(1, times=2)[1]):
        wrong("k-means starts alike whatever the seed, or in every epoch.")


@about("DeepCluster.start_epoch", step="a warm start")
def test_a_warm_start_keeps_the_names():
    """From the means of the last clusters, k-means finds the same groups under the same numbers."""
    pixels, group = groups((4, 2, 7, 3, 5))
    for names in ([3, 1, 4, 0, 2], [2, 4, 0, 1, 3]):
        method = method_of((1.0, 1.0, 1.0), len(group), 5, warm_start=True)
        started(method, pixels)  # the first epoch has nothing to start from
        old = torch.tensor(names)[group]
        method.pseudo_labels.copy_(old)
        _, called = started(method, pixels)
        if not torch.equal(method.pseudo_labels, old):
            got = str(method.pseudo_labels.tolist()[:8])
            expected = str(old.tolist()[:8])
            wrong("Nothing has changed since.", call=called, expected=expected, got=got)


@about("DeepCluster.start_epoch", step="a warm start")
def test_without_a_warm_start_the_names_are_new():
    """warm_start=False: k-means++ again. Twelve starts give the five groups one numbering?"""
    pixels, group = groups((4, 2, 7, 3, 5))
    kept = 0
    for seed in range(12):
        method = method_of((1.0, 1.0, 1.0), len(group), 5, seed)
        method.pseudo_labels.copy_(group)
        started(method, pixels)
        kept += torch.equal(method.pseudo_labels, group)
    if kept > 3:
        got = f"the old numbers in {kept} of 12 cases"
        wrong("warm_start is False.", expected="numbers by chance", got=got)


# ---- the loss


def ready(K, N, seed=0, labels=None):
    """A method whose images have been clustered somehow."""
    method = method_of((1.0,), N, K, labels=labels)
    method.pseudo_labels.copy_(torch.randint(K, (N,), generator=Generator().manual_seed(seed)))
    return method


@about("DeepCluster.loss")
def test_a_classifier_that_says_nothing_costs_ln_k():
    """All logits equal: each of K clusters has 1/K. What is ln 7?"""
    for K, B in [(7, 3), (2, 5), (31, 4)]:
        index = torch.arange(B) + 3
        for logit in (0.0, -2.5):
            z = torch.full((B, K), logit)
            call(ready(K, 11).loss, z, z, index).gives(math.log(K), rtol=1e-6)


@about("DeepCluster.loss")
def test_both_views_must_name_the_cluster_of_their_image():
    """One view right, at odds of 9 to 1, the other wrong: (ln 10/9 + ln 10) / 2 each."""
    method = method_of((1.0,), 5, 2)
    method.pseudo_labels.copy_(torch.tensor([1, 0, 0, 1, 1]))
    index = torch.tensor([4, 2])  # clusters 1 and 0
    odds = math.log(9)
    z1, z2 = torch.tensor([[0, odds], [odds, 0]]), torch.tensor([[odds, 0], [0, odds]])
    call(method.loss, z1, z1, index).gives(math.log(10 / 9), rtol=1e-6)
    call(method.loss, z2, z2, index).gives(math.log(10), rtol=1e-6)
    mean = (math.log(10 / 9) + math.log(10)) / 2
    call(method.loss, z1, z2, index).gives(mean, rtol=1e-6, why="The mean over both views.")


@about("DeepCluster.loss")
def test_loss_in_loops(oracle):
    """-ln of the softmax at the image's cluster, the mean over 2B views; images in any order."""
    for B, K, N in [(3, 5, 11), (5, 2, 7), (2, 7, 13), (7, 3, 8)]:
        labels = torch.arange(N) % 2
        method = ready(K, N, seed=B, labels=labels)
        z1, z2 = (2 * rand(B, K, seed=B + s, dtype=torch.float64) for s in (1, 20))
        index = torch.randperm(N, generator=Generator().manual_seed(K))[:B]
        expected = oracle("DeepCluster.loss")(method, z1, z2, index)
        call(method.loss, z1, z2, index).gives(expected, rtol=1e-6)
        call(method.loss, z1.float(), z2.float(), index).gives(expected, rtol=1e-5)


@about("DeepCluster.loss")
def test_loss_sends_its_gradient_to_both_views(oracle):
    """(softmax - one-hot) / 2B, for each view: direction and size."""
    for B, K, N in [(3, 5, 11), (4, 3, 9)]:
        method = ready(K, N, seed=B)
        z1, z2 = (rand(B, K, seed=s, dtype=torch.float64).requires_grad_() for s in (3, 4))
        index = torch.randperm(N, generator=Generator().manual_seed(B))[:B]
        expected = torch.autograd.grad(oracle("DeepCluster.loss")(method, z1, z2, index), (z1, z2))
        got = call(method.loss, z1, z2, index)
        if not isinstance(got.value, torch.Tensor) or not got.value.requires_grad:
            wrong("No gradient leaves the loss.", call=got.call)
        grads = torch.autograd.grad(got.value, (z1, z2), allow_unused=True)
        for name, grad, want in zip(["z1", "z2"], grads, expected, strict=True):
            if grad is None or not torch.allclose(grad, want, rtol=1e-5, atol=1e-9):
                ratio = 0 if grad is None else float(grad.norm() / want.norm())
                wrong(f"The gradient of {name} is wrong: {ratio:.3g} times as long.", call=got.call)


@about("DeepCluster.loss", step="logits of hundreds")
def test_loss_of_sure_views_is_finite():
    """Logits 0 and 300: surely right costs 0, surely wrong 300, and exp(300) overflows."""
    method = method_of((1.0,), 3, 2)
    method.pseudo_labels.copy_(torch.tensor([0, 1, 0]))
    index = torch.tensor([0, 1])
    right = torch.tensor([[300.0, 0], [0, 300]])
    call(method.loss, right, right, index).gives(0.0, atol=1e-6)
    call(method.loss, right, right.flip(1), index).gives(150.0, rtol=1e-6)


# ---- all together


@about("DeepCluster.loss", step="an epoch of training")
def test_an_epoch_begins_at_ln_k_and_ends_below():
    """Cluster, draw evenly, classify: the first loss is ln 5 = 1.609, then it falls."""
    pixels, group = groups((14, 4, 9, 3, 5))
    method = method_of((1.0, 1.0, 1.0), len(group), 5)
    method.start_epoch(pixels)
    losses = []
    for _ in range(8):
        for index in method.batches(len(group), 7):
            x1, x2 = method.views(pixels[index].float() / 255)
            loss = method.loss(method.project(x1), method.project(x2), index)
            losses.append(loss.item())
            parameters = list(method.projector.parameters())
            with torch.no_grad():
                for p, grad in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                    p -= 2 * grad
    if abs(losses[0] - math.log(5)) > 0.1:
        wrong(
            "The first loss, before any step.", expected=f"about {math.log(5):.3f}", got=losses[0]
        )
    if not losses[-1] < 0.3:
        wrong("Five colours, forty steps.", expected="a loss below 0.3", got=losses[-1])
