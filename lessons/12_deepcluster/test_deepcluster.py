"""Lesson 12: DeepCluster, from representations to clusters and from clusters to a loss."""

import math
from collections import Counter

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, is_finite, rand, refuses, wrong
from lessons.course.device import elsewhere, stays_on_device, strays
from simclr_mini.deepcluster import (
    DeepCluster,
    effective_clusters,
    mutual_information,
    old_means,
    pca_whiten,
    uniform_over_clusters,
)
from simclr_mini.views import Recipe

# ---- representations in equal units


def whitened(h, dim, width):
    """The result of `pca_whiten`, with its shape checked, and the call."""
    got = call(pca_whiten, h, dim)
    value = got.value
    if not isinstance(value, torch.Tensor) or value.shape != (len(h), width):
        said = tuple(value.shape) if isinstance(value, torch.Tensor) else type(value).__name__
        wrong(call=got.call, expected=f"shape {(len(h), width)}", got=said)
    if not value.isfinite().all():
        wrong("A result is NaN or infinite.", call=got.call)
    return value.double(), got.call


def cosines_are(h, dim, expected, why):
    """Fail unless all cosines between rows are right. No rotation or reflection changes them."""
    white, called = whitened(h, dim, int(torch.linalg.matrix_rank(expected)))
    cosines = white @ white.T
    off = (cosines - expected).abs()
    if off.max() > 2e-4:
        n, m = divmod(int(off.argmax()), len(h))
        what = f"row {n} · row {m}"
        value = f"{what} = {expected[n, m]:.4f}"
        wrong(why, call=called, expected=value, got=f"{what} = {cosines[n, m]:.4f}")


def cloud(N, D, seed):
    """Points far from 0, whose principal directions are mixed and have very different spreads."""
    mixed = rand(D, D, seed=seed + 100, dtype=torch.float64)
    lengths = 5 * 0.6 ** torch.arange(D, dtype=torch.float64)
    return (rand(N, D, seed=seed, dtype=torch.float64) * lengths) @ mixed + 3


@about("pca_whiten")
def test_all_directions_get_the_same_variance():
    """(±10, ±1): both directions get variance 1, so the rows become the corners (±1, ±1) / √2."""
    h = torch.tensor([[10.0, 1], [10, -1], [-10, 1], [-10, -1]])
    expected = torch.tensor([[1.0, 0, 0, -1], [0, 1, -1, 0], [0, -1, 1, 0], [-1, 0, 0, 1]])
    cosines_are(h, 2, expected, "The four rows must be opposite or at right angles.")
    cosines_are(h + torch.tensor([7.0, 3]), 2, expected, "A shift by (7, 3) changes nothing.")


@about("pca_whiten")
def test_every_row_is_normalised():
    """The last step normalises each row of the whitened representations; the result is float32."""
    for N, D, dim in [(17, 5, 5), (23, 7, 3)]:
        got = call(pca_whiten, cloud(N, D, seed=N), dim)
        if got.value.dtype != torch.float32:
            wrong(call=got.call, expected="float32", got=got.value.dtype)
        white, called = whitened(cloud(N, D, seed=N), dim, dim)
        lengths = white.norm(dim=1)
        if (lengths - 1).abs().max() > 1e-5:
            row = int((lengths - 1).abs().argmax())
            got = f"row {row} of norm {lengths[row]}"
            wrong(call=called, expected="every row of norm 1", got=got)


@about("pca_whiten")
def test_an_image_at_the_mean_stays_zero():
    """Row 2 is the mean of all rows, so its norm is 0. The last step must not divide by that."""
    h = torch.tensor([[10.0, 1], [10, -1], [0, 0], [-10, 1], [-10, -1]], dtype=torch.float64)
    for x in (h, h.float() + 3, h[:, :1]):
        white, called = whitened(x, 2, x.shape[1])
        if white[2].abs().max() > 1e-3:
            wrong(call=called, expected="row 2 of zeros", got=white[2])


@about("pca_whiten")
def test_a_large_mean_costs_no_digits():
    """Rows around (10000, 10000) need every step in float64, whether on a line or not."""
    c, d = rand(2, 50, 1, seed=4, dtype=torch.float64)
    whitened(1e4 + torch.cat([0.15 * c, 0.105 * c], 1), 2, 1)
    h = torch.cat([0.15 * c, 4e-4 * d], 1)
    white, _ = whitened(h, 2, 2)
    cosines_are(h + 1e4, 2, white @ white.T, "h was shifted by (10000, 10000).")


@about("pca_whiten")
def test_units_and_mixtures_of_dimensions_do_not_matter():
    """If all directions are kept, shifting, scaling or mixing the dimensions changes nothing."""
    h = cloud(19, 4, seed=1)
    white, _ = whitened(h, 4, 4)
    expected = white @ white.T
    stretch = torch.tensor([10, 0.2, 3, 1], dtype=torch.float64)
    mix = torch.ones(4, 4, dtype=torch.float64).triu()
    changes = [(h - 20, "shifted"), (h * stretch, "scaled"), (h @ mix, "mixed")]
    for changed, how in [*changes, (h * 1e-5, "very small")]:
        cosines_are(changed, 4, expected, f"h was {how}, and no cosine should change.")


@about("pca_whiten")
def test_whitened_representations_have_the_identity_as_covariance():
    """Before each row is normalised, the mean is 0 and the covariance is the identity."""
    h = cloud(29, 5, seed=2)
    white, called = whitened(h, 5, 5)
    centred = h - h.mean(0)
    covariance = centred.T @ centred / len(h)
    # the norm of a whitened row is the Mahalanobis distance to the mean, which needs no directions
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
def test_the_directions_of_largest_variance_are_kept(oracle):
    """Only the dim directions of largest variance count."""
    for N, D, dim in [(17, 5, 2), (31, 7, 4), (13, 3, 1)]:
        h = cloud(N, D, seed=N + D)
        expected = oracle("pca_whiten")(h, dim).double()
        why = f"Keep the {dim} directions of largest variance, out of {D}."
        cosines_are(h, dim, expected @ expected.T, why)


@about("pca_whiten", step="directions without variance")
def test_directions_without_variance_are_left_out():
    """A dimension that never changes, or that repeats others, adds no direction."""
    for N, D in [(17, 3), (29, 4)]:
        h = cloud(N, D, seed=N)
        white, _ = whitened(h, D, D)
        more = torch.cat([h, torch.full((N, 2), 4.0), h[:, :1] - h[:, 1:2]], dim=1)
        for dim in (D, D + 2, 50):
            white_too, called = whitened(more, dim, D)
            if (white_too @ white_too.T - white @ white.T).abs().max() > 2e-4:
                wrong("Three redundant dimensions change the result.", call=called)


@about("pca_whiten", step="directions without variance")
def test_fewer_images_than_dimensions():
    """Five images differ in at most four directions, however many dimensions h has."""
    h = rand(5, 11, seed=3) + 2
    white, called = whitened(h, 11, 4)
    # five whitened rows are the corners of a regular simplex: all cosines are -1/4
    if (white @ white.T - (1.25 * torch.eye(5) - 0.25)).abs().max() > 2e-4:
        wrong(call=called, expected="cosines of -1/4", got=(white @ white.T)[0])


@about("pca_whiten", step="directions without variance")
def test_weak_directions_are_kept():
    """A direction with a fiftieth of the largest standard deviation still carries information."""
    h = cloud(23, 3, seed=5)
    weak = rand(23, 1, seed=6, dtype=torch.float64)
    weak = weak / weak.std() * h.std(0).max() / 50
    whitened(torch.cat([h, weak], dim=1), 4, 4)
    # a ten-thousandth of the standard deviation is 1e-8 of the variance, below LEAST_VARIANCE
    whitened(torch.cat([h, weak / 200], dim=1), 4, 3)


@about("pca_whiten")
def test_a_collapsed_encoder_is_refused():
    """If all rows are equal, or one is NaN or infinite, pca_whiten raises a ValueError."""
    h = cloud(7, 3, seed=8)
    whitened(h, 2, 2)
    broken = h.clone()
    broken[2, 1] = math.nan
    for x in (torch.full((7, 3), 0.3), broken, broken.nan_to_num(math.inf)):
        refuses(ValueError, pca_whiten, x, 2)


# ---- every cluster equally often


def clusters_of(sizes):
    """The cluster of each image, shuffled; cluster k has sizes[k] images."""
    labels = torch.cat([torch.full((size,), k) for k, size in enumerate(sizes)])
    return labels[torch.randperm(len(labels), generator=Generator().manual_seed(len(labels)))]


def epochs(labels, times, generator=None):
    """The positions drawn in several epochs, shape (times, N), and the call."""
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
            said = "A position is out of range."
            wrong(said, call=got.call, expected=f"0 to {N - 1}", got=drawn)
        rows.append(drawn)
    return torch.stack(rows), got.call


def counts(labels, rows):
    """How often each cluster is drawn in each epoch, shape (times, K)."""
    return nn.functional.one_hot(labels[rows], int(labels.max()) + 1).sum(1)


@about("uniform_over_clusters")
def test_five_images_and_one_are_drawn_evenly():
    """Two clusters give 6 // 2 + 1 = 4 images each; six of the eight remain: 2 to 4 of each."""
    labels = torch.tensor([0, 0, 1, 0, 0, 0])
    rows, called = epochs(labels, 40)
    for row in rows:
        lone = int((row == 2).sum())
        if not 2 <= lone <= 4:
            said = "Image 2 is the only one of its cluster."
            wrong(said, call=called, expected="drawn 2 to 4 times", got=f"{lone} times")


@about("uniform_over_clusters")
def test_no_cluster_gives_more_than_its_share():
    """Each cluster gives at most N // K + 1 images, and at least what the others leave."""
    for sizes in [(20, 3, 1, 5), (5, 1, 3, 20), (13, 12, 4), (30, 1), (1, 30), (7, 7, 7)]:
        labels = clusters_of(sizes)
        rows, called = epochs(labels, 30)
        N, K = len(labels), len(sizes)
        most = N // K + 1
        least = max(0, N - (K - 1) * most)
        seen = counts(labels, rows)
        if seen.max() > most or seen.min() < least:
            got = f"{int(seen.min())} to {int(seen.max())}"
            said = f"The clusters have {sizes} images."
            wrong(said, call=called, expected=f"{least} to {most} of each", got=got)
        if sizes == (7, 7, 7) and seen.max() < most:
            said = "Each gives 21 // 3 + 1 = 8, and 21 of 24 remain, so some cluster often keeps 8."
            wrong(said, call=called, expected="8 in some epoch", got=f"never above {seen.max()}")


@about("uniform_over_clusters")
def test_every_cluster_is_seen_equally_often_on_average():
    """The cut to N affects all clusters equally: N / K images of each, on average."""
    for sizes in [(15, 6, 2, 1, 5), (2, 21)]:
        labels = clusters_of(sizes)
        rows, called = epochs(labels, 200)
        mean, expected = counts(labels, rows).double().mean(0), len(labels) / len(sizes)
        if (mean - expected).abs().max() > 0.35:  # beyond 5 standard deviations
            k = int((mean - expected).abs().argmax())
            got = f"{mean[k]:.2f} of the cluster of {sizes[k]}"
            said = f"Mean of 200 epochs with clusters of {sizes}"
            wrong(said, call=called, expected=f"{expected:.2f} of each", got=got)


@about("uniform_over_clusters")
def test_a_large_cluster_gives_no_image_twice():
    """If a cluster has more images than it gives, none comes twice, and all are equally likely."""
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
        together = nn.functional.one_hot(rows, len(labels)).sum(1).double()[:, labels == large]
        next_to = (together[:, 1:] * together[:, :-1]).mean()
        apart = (together[:, 5:] * together[:, :-5]).mean()
        if next_to > 1.3 * apart or apart > 1.3 * next_to:
            said = f"Cluster {large} has {sizes[large]} images. Is each drawn independently?"
            got = f"neighbours {next_to / apart:.2f} times as often together as others"
            wrong(said, call=called, expected="equally often together", got=got)
        if often.min() < often.mean() / 2 or often.max() > 1.5 * often.mean():
            n = int((labels == large).nonzero()[(often - often.mean()).abs().argmax()])
            got = f"image {n} {int((rows == n).sum())} times"
            said = f"Cluster {large} has {sizes[large]} images; counts of 150 epochs."
            wrong(said, call=called, expected=f"each about {often.mean():.0f} times", got=got)


@about("uniform_over_clusters", step="small clusters")
def test_images_of_a_small_cluster_are_drawn_with_replacement():
    """Three images fill eleven places: each draw is any of the three, whatever came before."""
    labels = clusters_of((18, 3))
    rows, called = epochs(labels, 200)
    small = (labels == 1).nonzero()[:, 0]
    often = torch.stack([(rows == n).sum(1) for n in small], 1)  # (200, 3)
    share = often.sum(0) / often.sum()
    if (share - 1 / 3).abs().max() > 0.07:  # 5 standard deviations
        said = "Shares of the three images of a cluster in 200 epochs"
        wrong(said, call=called, expected="a third each", got=share)
    uneven = (often.amax(1) - often.amin(1)).double().mean()
    if not 1.7 < uneven < 5:  # with replacement: 3.0
        said = "Counts of the commonest and the rarest of three images in an epoch"
        wrong(said, call=called, expected="3 apart on average", got=f"{uneven:.2f} apart")


@about("uniform_over_clusters", step="small clusters")
def test_a_cluster_that_just_fills_its_share_is_drawn_with_replacement():
    """Four images fill four places: the cluster has no more than that, so one may come twice."""
    labels = clusters_of((4, 2))
    rows, called = epochs(labels, 60)
    if all((row[labels[row] == 0].bincount() < 2).all() for row in rows):
        said = "Cluster 0 has 4 images, and gives 4 in each of 60 epochs."
        wrong(said, call=called, expected="some image twice in an epoch", got="none")


@about("uniform_over_clusters")
def test_the_order_is_shuffled():
    """A batch is a piece of the order, so the order must mix the clusters."""
    labels = clusters_of((12, 12, 12))
    rows, called = epochs(labels, 30)
    same = (labels[rows][:, 1:] == labels[rows][:, :-1]).double().mean()
    if not 0.2 < same < 0.45:  # 1/3 if shuffled
        expected = "a third of neighbours share a cluster"
        wrong(call=called, expected=expected, got=f"{same:.2f} of them")


@about("uniform_over_clusters", step="empty clusters")
def test_empty_clusters_are_skipped():
    """Clusters 0, 3 and 9 are in use and seven are empty: three clusters share the epoch."""
    labels = torch.tensor([0, 3, 9])[clusters_of((8, 2, 3))]
    rows, called = epochs(labels, 60)
    seen = counts(labels, rows)[:, [0, 3, 9]]
    if seen.max() > 5 or seen.min() < 3:  # 13 // 3 + 1 = 5, and 13 - 2 * 5 = 3
        got = f"{int(seen.min())} to {int(seen.max())}"
        said = "Only clusters 0, 3 and 9 have images."
        wrong(said, call=called, expected="3 to 5 of each", got=got)
    for row in rows:
        if row[labels[row] == 0].unique().numel() < int((labels[row] == 0).sum()):
            wrong(
                "Cluster 0 has 8 images for 5 places.", call=called, expected="none twice", got=row
            )


@about("uniform_over_clusters")
def test_epochs_differ_and_depend_only_on_the_generator():
    """Each call draws anew, equal seeds draw the same, and torch's global generator is not used."""
    labels = clusters_of((9, 4, 1))

    def two(seed):
        before = torch.get_rng_state()
        rows, called = epochs(labels, 2, Generator().manual_seed(seed))
        if not torch.equal(before, torch.get_rng_state()):
            said = "You draw from torch's global generator although one is given."
            wrong(said, call=called)
        if torch.equal(rows[0], rows[1]):
            wrong("Two epochs are equal.", call=called)
        return rows

    first = two(1)
    torch.rand(1)
    if not torch.equal(two(1), first):
        wrong("The same seed gave different epochs.")
    if torch.equal(two(2), first):
        wrong("Different seeds gave the same epochs.")
    torch.manual_seed(3)
    seen = {tuple(uniform_over_clusters(labels).tolist()) for _ in range(3)}
    assert len(seen) == 3, "every epoch must be a new draw, without a generator too"


# ---- a warm start


@about("old_means")
def test_means_by_hand():
    """Cluster 0 holds (1, 2) and (3, 6), and cluster 1 only (5, 5)."""
    h = torch.tensor([[1.0, 2], [5, 5], [3, 6]])
    labels = torch.tensor([0, 1, 0])
    call(old_means, h, labels, 2).gives(torch.tensor([[2.0, 4], [5, 5]]), rtol=1e-6)


@about("old_means")
def test_row_k_is_the_mean_of_cluster_k(oracle):
    """Clusters may have one image or many, in any order."""
    for sizes, d in [((1, 7, 3), 5), ((4, 1, 1, 11, 2), 3)]:
        labels = clusters_of(sizes)
        h = rand(len(labels), d, seed=d) + 1
        expected = oracle("old_means")(h.double(), labels, len(sizes))
        call(old_means, h, labels, len(sizes)).gives(expected, rtol=1e-5)
        call(old_means, h.double(), labels, len(sizes)).gives(expected, rtol=1e-10)


@about("old_means")
def test_a_mean_may_be_zero():
    """Cluster 0 holds (1, 2) and (-1, -2). It is not empty."""
    h = torch.tensor([[1.0, 2], [-1, -2], [3, 3]])
    expected = torch.tensor([[0.0, 0], [3, 3]])
    call(old_means, h, torch.tensor([0, 0, 1]), 2).gives(expected, atol=1e-6)


@about("old_means", step="a cluster that was empty")
def test_an_empty_cluster_starts_from_an_image():
    """Clusters 1, 4 and 5 are empty, and each starts from a different image."""
    labels = torch.tensor([0, 2, 3, 2])[clusters_of((4, 2, 1, 3))]
    h = rand(len(labels), 3, seed=4)
    before = torch.get_rng_state()
    got = call(old_means, h, labels, 6)
    if not torch.equal(before, torch.get_rng_state()):
        wrong("You draw from torch's global generator. Nothing here is random.", call=got.call)
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
        said = "Two empty clusters start from the same image, so one of them stays empty."
        wrong(said, call=got.call, expected="a different image for each", got=str(rows))
    for k in (0, 2, 3):
        expected = h[labels == k].mean(0)
        if not torch.allclose(got.value[k], expected, atol=1e-5):
            wrong(f"Cluster {k} is not empty.", call=got.call, expected=expected, got=got.value[k])
    labels, h = clusters_of((20, 13, 7)), rand(40, 3, seed=5)
    got = call(old_means, h, labels, 40)
    if len(got.value[3:].unique(dim=0)) < 37:
        said = "37 of 40 clusters are empty, and two of them start from the same image."
        wrong(said, call=got.call, expected="37 distinct rows")


# ---- how good a clustering is


@about("effective_clusters")
def test_k_equal_clusters_count_as_k():
    """K clusters of equal size count as K, and a single cluster as 1."""
    for sizes in [(5,), (3, 3), (4, 4, 4, 4, 4, 4, 4)]:
        got = call(effective_clusters, clusters_of(sizes))
        got.gives(float(len(sizes)), rtol=1e-6).is_a(float)


@about("effective_clusters")
def test_clusters_of_three_and_one_by_hand():
    """H = -(3/4 ln 3/4 + 1/4 ln 1/4) = 0.562, so there are e^0.562 = 1.755 effective clusters."""
    expected = 4 / 3**0.75
    call(effective_clusters, torch.tensor([0, 0, 1, 0])).gives(expected, rtol=1e-6)
    many = torch.tensor([1, 0, 0, 0]).repeat(50)
    call(effective_clusters, many).gives(
        expected, rtol=1e-6, why="150 images and 50 count the same as 3 and 1."
    )


@about("effective_clusters")
def test_effective_clusters_equal_the_loops(oracle):
    """exp of the entropy of the sizes; empty clusters in between add nothing."""
    for sizes in [(1, 2, 3, 4), (50, 1), (0, 3, 0, 0, 2, 7)]:
        labels, why = clusters_of(sizes), f"The clusters have {sizes} images."
        expected = oracle("effective_clusters")(labels)
        call(effective_clusters, labels).gives(expected, rtol=1e-6, why=why)


@about("mutual_information")
def test_names_of_clusters_do_not_matter():
    """0 0 1 1 and 1 1 0 0 are the same groups: NMI 1. 0 1 0 1 says nothing about them: NMI 0."""
    a = torch.tensor([0, 0, 1, 1])
    call(mutual_information, a, torch.tensor([1, 1, 0, 0])).gives(1.0, rtol=1e-6).is_a(float)
    call(mutual_information, a, torch.tensor([0, 1, 0, 1])).gives(0.0, atol=1e-9)
    a = clusters_of((5, 2, 9, 1))
    for names in ([7, 0, 3, 2], [1, 2, 3, 0]):
        why = "These are the same groups under other names."
        call(mutual_information, a, torch.tensor(names)[a]).gives(1.0, rtol=1e-6, why=why)


@about("mutual_information")
def test_mutual_information_equals_the_sum_in_loops(oracle):
    """NMI is I over the geometric mean of both entropies, for any numbers of clusters."""
    for i, (K, L, N) in enumerate([(2, 3, 7), (5, 3, 31), (3, 11, 47), (7, 7, 20)]):
        a, b = (torch.randint(k, (N,), generator=Generator().manual_seed(i)) for k in (K, L))
        b = torch.where(torch.arange(N) % 3 > 0, a % L, b)
        why = f"There are {N} images in {K} clusters and in {L}."
        call(mutual_information, a, b).gives(oracle("mutual_information")(a, b), rtol=1e-6, why=why)


@about("mutual_information")
def test_a_refined_clustering_by_hand():
    """If two groups are each cut in two, I = ln 2, H(b) = 2 ln 2, and the NMI is 1 / √2."""
    a, b = torch.tensor([0, 0, 1, 1]), torch.tensor([2, 0, 3, 1])
    call(mutual_information, a, b).gives(1 / math.sqrt(2), rtol=1e-6)
    call(mutual_information, b, a).gives(1 / math.sqrt(2), rtol=1e-6)


@about("mutual_information", step="a single cluster")
def test_a_single_cluster_says_nothing():
    """Its entropy is 0, so the result is 0, not 0 / 0, even if both have a single cluster."""
    for N in (4, 10, 999):
        one, some = torch.zeros(N, dtype=torch.int64), torch.arange(N) % 3
        for a, b in [(one, some), (some, one), (one, one), (one + 2, some)]:
            call(mutual_information, a, b).gives(0.0, atol=1e-7).is_a(float)


# ---- an epoch begins

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)


class Reader(nn.Module):
    """An encoder that takes h from the first numbers of an image, and records how it is used."""

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
    """Images of one pixel, with one colour for each of five groups, and the groups."""
    group = clusters_of(sizes)
    colours = torch.tensor([[0, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]])
    return colours[group][:, :, None, None].to(torch.uint8), group


def stripes():
    """Images that are spread evenly over one dimension and form two groups in another.

    In raw units, images with similar first numbers are nearest. In equal units, the second number
    splits them.
    """
    first = torch.linspace(0, 255, 24).round().repeat(2)
    group = torch.arange(48) // 24
    pixels = torch.zeros(48, 3, 2, 2)
    pixels[:, 0, 0, 0], pixels[:, 0, 0, 1] = first, 255.0 * group
    mix = torch.randperm(48, generator=Generator().manual_seed(0))
    return pixels[mix].to(torch.uint8), group[mix], (first[mix] > 127).long()


def started(method, pixels):
    """Start one epoch; return what `start_epoch` returned, and the call."""
    got = call(method.start_epoch, pixels)
    labels = method.pseudo_labels
    K, N = method.clusters, len(pixels)
    if labels.shape != (N,) or labels.dtype != torch.int64 or labels.min() < 0 or labels.max() >= K:
        said = f"N = {N} numbers from 0 to {K - 1}"
        wrong("self.pseudo_labels is wrong.", call=got.call, expected=said, got=labels)
    return got.value, got.call


def agreement(a, b):
    """Whether two clusterings are the same, up to names."""
    pairs = len(set(zip(a.tolist(), b.tolist(), strict=True)))
    return pairs == len(a.unique()) == len(b.unique())


@about("DeepCluster.start_epoch")
def test_similar_images_share_a_cluster():
    """With five groups of one colour each, the five clusters are the groups."""
    for sizes, seed in [((4, 2, 7, 3, 5), 0), ((3, 3, 2, 9, 1), 1)]:
        pixels, group = groups(sizes)
        method = method_of((1.0, 1.0, 1.0), len(group), 5, seed)
        _, called = started(method, pixels)
        if not agreement(method.pseudo_labels, group):
            expected, got = str(group.tolist()[:8]), str(method.pseudo_labels.tolist()[:8])
            said = "The clusters are not the groups, up to names."
            wrong(said, call=called, expected=expected, got=got)


@about("DeepCluster.start_epoch")
def test_the_encoder_sees_the_images_unchanged():
    """The encoder sees no views, in eval mode, without a gradient, and is not changed."""
    pixels, group, _ = stripes()
    recipe = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)
    for training in (True, False):
        method = method_of((10.0, 1.0), 48, 4, recipe=recipe)
        encoder = method.encoder.train(training)
        _, called = started(method, pixels)
        if any(encoder.modes):
            wrong("You ran the encoder in train mode.", call=called)
        if any(encoder.graphs):
            wrong("Clusters need no gradient, and a graph of all images fills the memory.")
        seen = {tuple(x.flatten().mul(255).round().tolist()) for x in torch.cat(encoder.images)}
        if seen != {tuple(x.flatten().tolist()) for x in pixels.float()}:
            said = "You should show the encoder the images as they are, in [0, 1]."
            wrong(said, call=called)
        if encoder.training != training or encoder.norm.training != training:
            said = "You did not put the encoder back into its previous mode."
            wrong(said, call=called, expected=f"training is {training}")
        if encoder.norm.num_batches_tracked or not encoder.scales.requires_grad:
            wrong("You changed the encoder.", call=called)


@about("DeepCluster.start_epoch")
def test_directions_are_whitened_before_the_clustering():
    """One dimension is ten times as large, but the groups are in the other and must be found."""
    pixels, group, _ = stripes()
    for seed in range(3):
        method = method_of((10.0, 1.0), 48, 2, seed)
        _, called = started(method, pixels)
        if not agreement(method.pseudo_labels, group):
            wrong("Did you cluster raw or badly scaled numbers?", call=called)


@about("DeepCluster.start_epoch")
def test_only_pca_dim_directions_are_clustered():
    """With pca_dim = 1 only the strongest direction is left, and its sign splits the images."""
    pixels, _, half = stripes()
    method = method_of((10.0, 1.0), 48, 2, pca_dim=1)
    _, called = started(method, pixels)
    if not agreement(method.pseudo_labels, half):
        wrong("self.pca_dim is 1. Which direction did you keep?", call=called)


@about("DeepCluster.start_epoch")
def test_there_are_as_many_clusters_as_asked_for():
    """There are self.clusters clusters, whatever the number of classes."""
    pixels, group, _ = stripes()
    for K in (3, 8, 17):
        method = method_of((10.0, 1.0), 48, K, labels=group)
        _, called = started(method, pixels)
        used = len(method.pseudo_labels.unique())
        if used != K:
            said = "The images differ, so no cluster should be empty."
            wrong(said, call=called, expected=f"{K} clusters", got=used)


@about("DeepCluster.start_epoch")
def test_every_epoch_clusters_again():
    """The encoder has changed by the second epoch, so the clusters change too."""
    pixels, group, half = stripes()
    method = method_of((10.0, 1.0), 48, 2, pca_dim=1)
    started(method, pixels)
    method.encoder.scales.data = torch.tensor([1.0, 100.0])
    _, called = started(method, pixels)
    if agreement(method.pseudo_labels, half) or not agreement(method.pseudo_labels, group):
        said = "In the second epoch, the clusters are not those of the changed encoder."
        wrong(said, call=called)


@about("DeepCluster.start_epoch", step="agreement with the last clusters")
def test_agreement_with_the_previous_clusters_is_stored(oracle):
    """nmi stays -1 in the first epoch. After that it compares the old clusters with the new."""
    pixels, group, half = stripes()
    for labels in (None, half):
        method = method_of((10.0, 1.0), 48, 2, labels=labels)
        started(method, pixels)
        if float(method.nmi) != -1:
            said = "The first epoch has no previous clusters."
            wrong(said, expected="self.nmi of -1", got=float(method.nmi))
        old = torch.arange(48) // 5 % 2
        method.pseudo_labels.copy_(old)
        _, called = started(method, pixels)
        expected = oracle("mutual_information")(old, method.pseudo_labels)
        if abs(float(method.nmi) - expected) > 1e-5:
            wrong("self.nmi is wrong.", call=called, expected=expected, got=float(method.nmi))


@about("DeepCluster.start_epoch", step="a new classifier")
def test_the_classifier_is_drawn_again_in_each_epoch():
    """Weights have mean 0 and std 0.01, and are drawn again in each epoch; biases are 0."""
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
                "self.projector.bias is wrong.", call=called, expected="zeros", got=bias.abs().max()
            )
        if not 0.0085 < weight.std() < 0.0115 or weight.mean().abs() > 0.004:
            said = "self.projector.weight is wrong."
            got = f"mean {weight.mean():.3g}, std {weight.std():.3g}"
            wrong(said, call=called, expected="mean 0, std 0.01", got=got)
        if weight.abs().max() < 0.02:
            said = "The weights should be normally, not uniformly, distributed. The largest:"
            wrong(said, call=called, got=weight.abs().max())
        epochs_seen.append(weight.clone())
    if torch.equal(*epochs_seen):
        wrong("Two epochs start with the same weights.")


@about("DeepCluster.start_epoch", step="a new classifier")
def test_the_optimiser_keeps_its_parameters():
    """The old tensors get new numbers and are returned, so that the loop resets their momentum."""
    pixels, _, _ = stripes()
    method = method_of((10.0, 1.0), 48, 4)
    before = (method.projector.weight, method.projector.bias)
    returned, called = started(method, pixels)
    now = (method.projector.weight, method.projector.bias)
    if any(a is not b for a, b in zip(before, now, strict=True)):
        said = "The classifier has new tensors, but the optimiser still updates the old ones."
        wrong(said, call=called)
    if not all(p.requires_grad for p in now):
        wrong("The new classifier does not require a gradient.", call=called)
    if returned is None or {id(p) for p in returned} != {id(p) for p in before}:
        said = "What did you return?"
        wrong(said, call=called, expected="weight and bias of the classifier")


@about("DeepCluster.start_epoch", step="a new classifier")
def test_epochs_start_on_any_device():
    """The method may be on a GPU, for which `meta` stands; the images and the draws are not."""
    pixels, _, _ = stripes()
    for warm_start in (False, True):
        method = elsewhere(method_of((10.0, 1.0), 48, 2, warm_start=warm_start))
        for epoch in ("first", "second"):
            said = strays(lambda method: method.start_epoch(pixels), method)
            if not said and not method.pseudo_labels.is_meta:
                said = "self.pseudo_labels is on the CPU"
            if said:
                text = f"method.start_epoch(pixels), the {epoch} time, warm_start={warm_start}"
                sentence = "On a GPU this would fail. Which tensors do you put together?"
                wrong(sentence, call=text, expected="one device", got=said)


@about("DeepCluster.start_epoch", step="a run that can be repeated")
def test_a_run_can_be_repeated():
    """Clusters and weights come from generators["clusters"], which the checkpoint saves."""
    pixels, _, _ = stripes()

    def begin(seed, times=1):
        method = method_of((10.0, 1.0), 48, 9, seed)
        torch.rand(1)
        before = torch.get_rng_state()
        states = {name: g.get_state() for name, g in method.generators.items()}
        for _ in range(times):
            _, called = started(method, pixels)
        if not torch.equal(before, torch.get_rng_state()):
            said = "You draw from torch's global generator, which no checkpoint saves."
            wrong(said, call=called)
        for name, g in method.generators.items():
            if name != "clusters" and not torch.equal(g.get_state(), states[name]):
                wrong(f'You draw from generators["{name}"].', expected='generators["clusters"]')
        return method.projector.weight.detach(), method.pseudo_labels.clone()

    weight, labels = begin(1)
    again = begin(1)
    if not torch.equal(weight, again[0]) or not torch.equal(labels, again[1]):
        wrong("Two methods with the same seed start differently.")
    other = begin(2)
    if torch.equal(weight, other[0]):
        wrong("Methods with different seeds start with the same weights.")
    if torch.equal(labels, other[1]) or torch.equal(labels, begin(1, times=2)[1]):
        wrong("k-means has the same start for every seed, or in every epoch.")


@about("DeepCluster.start_epoch", step="a warm start")
def test_a_warm_start_keeps_the_names():
    """Started from the old means, k-means finds the same groups under the same numbers."""
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
            said = "Nothing has changed, so the clusters should keep their numbers."
            wrong(said, call=called, expected=expected, got=got)


@about("DeepCluster.start_epoch", step="a warm start")
def test_without_a_warm_start_the_names_change():
    """If warm_start is False, k-means++ starts again, so twelve runs rarely keep the numbers."""
    pixels, group = groups((4, 2, 7, 3, 5))
    kept = 0
    for seed in range(12):
        method = method_of((1.0, 1.0, 1.0), len(group), 5, seed)
        method.pseudo_labels.copy_(group)
        started(method, pixels)
        kept += torch.equal(method.pseudo_labels, group)
    if kept > 3:
        got = f"the old numbers in {kept} of 12 runs"
        wrong("warm_start is False.", expected="clusters numbered anew", got=got)


# ---- the loss


def ready(K, N, seed=0, labels=None):
    """A method whose images are in random clusters."""
    method = method_of((1.0,), N, K, labels=labels)
    method.pseudo_labels.copy_(torch.randint(K, (N,), generator=Generator().manual_seed(seed)))
    return method


@about("DeepCluster.loss")
def test_equal_logits_cost_ln_k():
    """If all logits are equal, each of K clusters has probability 1/K, which costs ln K."""
    for K, B in [(7, 3), (2, 5), (31, 4)]:
        index = torch.arange(B) + 3
        for logit in (0.0, -2.5):
            z = torch.full((B, K), logit)
            call(ready(K, 11).loss, z, z, index).gives(math.log(K), rtol=1e-6)


@about("DeepCluster.loss")
def test_both_views_must_predict_the_cluster_of_their_image():
    """At odds of 9 to 1, a right view costs ln 10/9 and a wrong one ln 10; the loss is the mean."""
    method = method_of((1.0,), 5, 2)
    method.pseudo_labels.copy_(torch.tensor([1, 0, 0, 1, 1]))
    index = torch.tensor([4, 2])  # clusters 1 and 0
    odds = math.log(9)
    z1, z2 = torch.tensor([[0, odds], [odds, 0]]), torch.tensor([[odds, 0], [0, odds]])
    call(method.loss, z1, z1, index).gives(math.log(10 / 9), rtol=1e-6)
    call(method.loss, z2, z2, index).gives(math.log(10), rtol=1e-6)
    mean = (math.log(10 / 9) + math.log(10)) / 2
    call(method.loss, z1, z2, index).gives(mean, rtol=1e-6, why="Take the mean over both views.")


@about("DeepCluster.loss")
def test_loss_equals_the_loops(oracle):
    """The loss is the mean over 2B views of -ln of the softmax at the image's cluster."""
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
    """The gradient of each view is (softmax - one-hot) / 2B, in direction and size."""
    for B, K, N in [(3, 5, 11), (4, 3, 9)]:
        method = ready(K, N, seed=B)
        z1, z2 = (rand(B, K, seed=s, dtype=torch.float64).requires_grad_() for s in (3, 4))
        index = torch.randperm(N, generator=Generator().manual_seed(B))[:B]
        expected = torch.autograd.grad(oracle("DeepCluster.loss")(method, z1, z2, index), (z1, z2))
        got = call(method.loss, z1, z2, index)
        if not isinstance(got.value, torch.Tensor) or not got.value.requires_grad:
            wrong("The loss has no gradient.", call=got.call)
        grads = torch.autograd.grad(got.value, (z1, z2), allow_unused=True)
        for name, grad, want in zip(["z1", "z2"], grads, expected, strict=True):
            if grad is not None:
                is_finite(grad, name, got.call)
            if grad is None or not torch.allclose(grad, want, rtol=1e-5, atol=1e-9):
                ratio = 0 if grad is None else float(grad.norm() / want.norm())
                said = f"The gradient of {name} is wrong: {ratio:.3g} times the right norm."
                wrong(said, call=got.call)


@about("DeepCluster.loss")
def test_the_clusters_are_those_of_this_epoch():
    """With new clusters, or in a different batch, the same logits have a different loss."""
    method, odds = ready(2, 4), math.log(9)
    z = torch.tensor([[odds, 0], [odds, 0]])
    for labels, index, expected in [
        ([0, 0, 1, 1], [0, 1], math.log(10 / 9)),
        ([0, 0, 1, 1], [2, 3], math.log(10)),
        ([1, 1, 0, 0], [2, 3], math.log(10 / 9)),
    ]:
        method.pseudo_labels.copy_(torch.tensor(labels))
        call(method.loss, z, z, torch.tensor(index)).gives(expected, rtol=1e-6)


def step(method, z1, z2):
    """A step as in training, where `index` is on the CPU."""
    return method.loss(z1, z2, torch.arange(len(z1)))


@about("DeepCluster.loss")
def test_loss_of_clusters_stays_on_its_device():
    """The logits and the clusters may be on a GPU while `index` is on the CPU."""
    stays_on_device(step, ready(5, 11), rand(3, 5, seed=1), rand(3, 5, seed=2))


@about("DeepCluster.loss", step="logits of hundreds")
def test_loss_of_large_logits_is_finite():
    """With logits 0 and 300, a right answer costs 0 and a wrong one 300, but exp(300) overflows."""
    method = method_of((1.0,), 3, 2)
    method.pseudo_labels.copy_(torch.tensor([0, 1, 0]))
    index = torch.tensor([0, 1])
    right = torch.tensor([[300.0, 0], [0, 300]])
    call(method.loss, right, right, index).gives(0.0, atol=1e-6)
    call(method.loss, right, right.flip(1), index).gives(150.0, rtol=1e-6)


# ---- all together


@about("DeepCluster.loss", step="an epoch of training")
def test_the_loss_starts_at_ln_k_and_falls():
    """Cluster, draw evenly and classify: the first loss is ln 5 = 1.609, and then it falls."""
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
        wrong("The loss before the first step", expected=f"about {math.log(5):.3f}", got=losses[0])
    if not losses[-1] < 0.3:
        said = "The loss of five colours after forty steps"
        wrong(said, expected="below 0.3", got=losses[-1])
