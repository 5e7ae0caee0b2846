"""DeepCluster against sums over images, scikit-learn, and its own promises."""

import math
from collections import Counter

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.metrics import normalized_mutual_info_score
from torch import Generator, nn

from lessons.course.bare import bare_method
from simclr_mini import evaluate
from simclr_mini.build import build_method, build_optimizer
from simclr_mini.data import Images
from simclr_mini.deepcluster import (
    DeepCluster,
    effective_clusters,
    entropy,
    mutual_information,
    old_means,
    pca_whiten,
    uniform_over_clusters,
)
from simclr_mini.kmeans import kmeans
from simclr_mini.methods import configure
from simclr_mini.optim import take_step
from simclr_mini.views import sobel

EDGES = DeepCluster.Options(sobel=True)


def generator(seed):
    return Generator().manual_seed(seed)


def cloud(N, D, seed):
    """Points in directions of different lengths, far from 0."""
    h = torch.randn(N, D, generator=generator(seed), dtype=torch.float64) * 0.7 ** torch.arange(D)
    return h @ torch.ones(D, D, dtype=torch.float64).triu() + 5


# ---- whitening


def test_whitened_covariance_is_the_identity():
    """That holds before the last step, which divides by the Mahalanobis distances."""
    for N, D in [(40, 5), (101, 7)]:
        h = cloud(N, D, seed=N)
        centred = h - h.mean(0)
        inverse = torch.linalg.inv(centred.T @ centred / N)
        lengths = torch.einsum("ni,ij,nj->n", centred, inverse, centred).sqrt()
        white = pca_whiten(h, D).double() * lengths[:, None]
        assert torch.allclose(white.mean(0), torch.zeros(D).double(), atol=1e-5)
        assert torch.allclose(white.T @ white / N, torch.eye(D).double(), atol=1e-5)


def test_whitening_is_scikit_learns():
    """PCA(whiten=True), rows at unit norm; up to the sign of each direction."""
    for N, D, dim in [(50, 6, 6), (83, 9, 4), (31, 5, 1)]:
        h = cloud(N, D, seed=dim)
        theirs = PCA(dim, whiten=True, svd_solver="full").fit_transform(h.numpy())
        theirs = torch.from_numpy(theirs / np.linalg.norm(theirs, axis=1, keepdims=True))
        ours = pca_whiten(h, dim).double()
        sign = (ours * theirs).sum(0).sign()
        assert torch.allclose(ours, theirs * sign, atol=1e-5)


def test_directions_without_variance_are_left_out():
    h = cloud(40, 3, seed=1)
    more = torch.cat([h, h[:, :1] + h[:, 1:2], torch.full((40, 1), 9.0)], dim=1)
    white, own = pca_whiten(more.float(), 5), pca_whiten(h, 3)
    assert white.shape == (40, 3)
    assert torch.allclose(white @ white.T, own @ own.T, atol=1e-3)
    assert pca_whiten(torch.randn(4, 20, generator=generator(2)), 20).shape == (4, 3)


def test_an_image_at_the_mean_stays_finite():
    h = torch.tensor([[1.0, 0], [-1, 0], [0, 2], [0, -2], [0, 0]])
    white = pca_whiten(h, 2)
    assert torch.equal(white[4], torch.zeros(2))
    assert torch.allclose(white[:4].norm(dim=1), torch.ones(4))


@pytest.mark.parametrize("value", [0.0, 0.1, 3e4])
def test_a_collapsed_encoder_is_refused(value):
    """Equal up to rounding counts as equal; otherwise rounding errors would form the clusters."""
    h = torch.full((300, 16), value)
    with pytest.raises(ValueError, match="collapsed"):
        pca_whiten(h, 8)
    noise = 1 + 2e-7 * torch.randn(h.shape, generator=generator(0))
    with pytest.raises(ValueError, match="collapsed"):
        pca_whiten(h * noise, 8)


def test_a_representation_that_is_no_number_is_refused():
    for wrong in (float("nan"), float("inf")):
        h = cloud(10, 3, seed=0)
        h[4, 1] = wrong
        with pytest.raises(ValueError, match="not a number"):
            pca_whiten(h, 2)


# ---- every cluster equally often


def released_rule(labels, rng):
    """The authors' rule, cluster by cluster."""
    members = {}
    for n, k in enumerate(labels):
        members.setdefault(k, []).append(n)
    each = len(labels) // len(members) + 1
    drawn = []
    for own in members.values():
        drawn += list(rng.choice(own, each, replace=len(own) <= each))
    rng.shuffle(drawn)
    return drawn[: len(labels)]


def test_the_draw_is_the_released_rule():
    """How often each image comes 0, 1, 2, ... times in an epoch: the same distribution."""
    rng = np.random.default_rng(0)
    for sizes in [(9, 2, 0, 4), (5, 3), (6, 6)]:
        labels = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
        N, times, source = len(labels), 600, generator(1)
        ours, theirs = torch.zeros(N, N + 1), torch.zeros(N, N + 1)
        for _ in range(times):
            often = torch.bincount(uniform_over_clusters(labels, source), minlength=N)
            ours[torch.arange(N), often] += 1 / times
            often = torch.bincount(torch.tensor(released_rule(labels.tolist(), rng)), minlength=N)
            theirs[torch.arange(N), often] += 1 / times
        # each share has a standard deviation of at most 1/2 sqrt(2/600) = 0.029
        assert (ours - theirs).abs().max() < 0.13, sizes


@given(st.lists(st.integers(0, 12), min_size=1, max_size=9).filter(any), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_every_cluster_gives_its_part(sizes, seed):
    """N positions; of each cluster at most N // K + 1, and no image twice unless necessary."""
    labels = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    labels = labels[torch.randperm(len(labels), generator=generator(seed))]
    drawn = uniform_over_clusters(labels, generator(seed))
    N, K = len(labels), sum(size > 0 for size in sizes)
    each = N // K + 1
    assert drawn.shape == (N,) and drawn.dtype == torch.int64
    counts = Counter(labels[drawn].tolist())
    least = max(0, N - (K - 1) * each)
    assert all(least <= counts[k] <= each for k, size in enumerate(sizes) if size)
    for n, count in Counter(drawn.tolist()).items():
        assert count == 1 or sizes[labels[n]] <= each


def test_every_image_has_its_turn():
    """Over many epochs all images of a cluster come equally often, and all clusters."""
    labels = torch.tensor([0] * 20 + [1] * 3 + [2])
    source = generator(0)
    often = sum(
        torch.bincount(uniform_over_clusters(labels, source), minlength=24) for _ in range(600)
    )
    of_clusters = torch.zeros(3).index_add_(0, labels, often.float())
    assert torch.allclose(of_clusters / 600, torch.full((3,), 8.0), atol=0.15)
    for k in range(3):
        own = often[labels == k].float()
        assert ((own / own.mean() - 1).abs() < 0.25).all()


# ---- how good a clustering is


def test_mutual_information_is_scikit_learns():
    for i, (K, L, N) in enumerate([(2, 3, 9), (7, 5, 100), (30, 4, 250), (1, 4, 20), (9, 9, 9)]):
        a, b = (torch.randint(k, (N,), generator=generator(i)) for k in (K, L))
        b = torch.where(torch.arange(N) % 2 > 0, a % L, b)
        theirs = normalized_mutual_info_score(a, b, average_method="geometric")
        assert mutual_information(a, b) == pytest.approx(theirs, abs=1e-12)
        assert mutual_information(b, a) == pytest.approx(theirs, abs=1e-12)


@given(st.integers(1, 60), st.integers(1, 8), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_mutual_information_stays_in_its_range(N, K, seed):
    """1 with itself under any names, and never outside [0, 1], not even by rounding."""
    a = torch.randint(K, (N,), generator=generator(seed))
    names = torch.randperm(K + 3, generator=generator(seed))
    itself = mutual_information(a, names[a])
    assert itself == (pytest.approx(1) if len(a.unique()) > 1 else 0)
    b = torch.randint(3, (N,), generator=generator(seed + 1))
    for x, y in [(a, names[a]), (a, b), (b, a)]:
        assert 0 <= mutual_information(x, y) <= 1


def test_a_single_cluster_says_nothing_exactly():
    """Ten times 0.1 is not 1 in floating point: the entropy must be 0 all the same."""
    for N in (3, 10, 49, 1000):
        one, some = torch.zeros(N, dtype=torch.int64), torch.arange(N)
        assert mutual_information(one, some) == mutual_information(some, one) == 0
        assert mutual_information(one, one) == 0 and entropy(torch.bincount(one)) == 0


def test_effective_clusters():
    assert effective_clusters(torch.arange(7).repeat(3)) == pytest.approx(7)
    assert effective_clusters(torch.tensor([0, 0, 5, 0])) == pytest.approx(4 / 3**0.75)
    assert effective_clusters(torch.full((9,), 3)) == 1


# ---- a warm start


def test_old_means_are_means_and_images():
    h = torch.randn(12, 4, generator=generator(0), dtype=torch.float64)
    labels = torch.tensor([0, 3, 3, 1, 0, 3, 1, 1, 0, 3, 3, 0])
    means = old_means(h, labels, 6)
    for k in (0, 1, 3):
        own = [h[n] for n in range(12) if labels[n] == k]
        assert torch.allclose(means[k], sum(own) / len(own))
    assert torch.equal(means[[2, 4, 5]], h[[2, 4, 5]])


# ---- the method, as the loop sees it


@pytest.fixture(scope="module")
def images():
    """Noise of ten different colours, which an untrained network tells apart."""
    labels = torch.arange(96) % 10
    colours = torch.rand(10, 3, 1, 1, generator=generator(0))[labels]
    noise = 0.3 * torch.randn(96, 3, 16, 16, generator=generator(1))
    pixels = (255 * (colours + noise).clamp(0, 1)).to(torch.uint8)
    return Images(pixels, labels, tuple("abcdefghij"), "colours", "train")


def method_of(images, clusters=20, **settings):
    config = configure(method="deepcluster", clusters=clusters, optimizer="sgd", **settings)
    return build_method(config, images), config


def test_an_epoch_starts_with_the_frozen_encoders_clusters(images):
    """Of unchanged images in evaluation mode: anybody who has the encoder can compute them."""
    method, config = method_of(images)
    method.train()
    before = {name: value.clone() for name, value in method.encoder.state_dict().items()}
    state = method.generators["clusters"].get_state()
    method.start_epoch(images.pixels)
    assert method.training and method.encoder.training
    assert all(torch.equal(before[n], v) for n, v in method.encoder.state_dict().items())
    h = pca_whiten(evaluate.features(method.encoder, images), config.options.pca_dim)
    _, labels = kmeans(h, 20, generator=Generator().set_state(state))
    assert torch.equal(method.pseudo_labels, labels)
    assert method.nmi == -1  # nothing to compare with


def test_the_classifier_and_its_optimiser_state_are_new_in_each_epoch(images):
    """As the loop does it: the state of what start_epoch returns is forgotten, and only that."""
    method, config = method_of(images)
    optimizer = build_optimizer(config, method)
    before = method.projector.weight
    for _ in range(2):
        last = method.projector.weight.detach().clone()
        for made_anew in method.start_epoch(images.pixels):
            optimizer.state.pop(made_anew, None)
        assert method.projector.weight is before and not torch.equal(before, last)
        assert 0.009 < before.std() < 0.011 and before.mean().abs() < 0.001
        assert not method.projector.bias.any()
        assert before not in optimizer.state
        index = next(method.batches(96, 16))
        z1, z2 = (method.project(x) for x in method.views(images.pixels[index].float() / 255))
        loss = method.loss(z1, z2, index)
        assert loss.item() == pytest.approx(math.log(20), abs=0.15)
        take_step(optimizer, loss, 0.01)
        assert before in optimizer.state
        assert all(p in optimizer.state for p in method.encoder.parameters())
    assert 0 <= method.nmi <= 1


def test_a_warm_start_keeps_the_numbers_of_clusters(images):
    """The encoder has not changed, so k-means stays put; after a cold start, all numbers differ."""
    for warm in (True, False):
        method, _ = method_of(images, warm_start=warm)
        method.start_epoch(images.pixels)
        first = method.pseudo_labels.clone()
        method.start_epoch(images.pixels)
        same = (method.pseudo_labels == first).float().mean()
        assert same > 0.9 if warm else same < 0.5
        expected = mutual_information(first, method.pseudo_labels)
        assert float(method.nmi) == pytest.approx(expected, rel=1e-5)


def test_loss_is_the_mean_over_both_views():
    method = bare_method(DeepCluster, N=5, clusters=3)
    method.pseudo_labels.copy_(torch.tensor([2, 0, 1, 1, 0]))
    z1, z2 = (torch.randn(3, 3, generator=generator(s), dtype=torch.float64) for s in (0, 1))
    index, total = torch.tensor([3, 0, 4]), 0.0
    for z in (z1, z2):
        for b, k in enumerate([1, 2, 0]):
            total += math.log(sum(math.exp(float(one)) for one in z[b])) - float(z[b, k])
    assert method.loss(z1, z2, index).item() == pytest.approx(total / 6)
    zero = torch.zeros(3, 3)
    assert method.loss(zero, zero, index).item() == pytest.approx(method.chance(3))


def test_a_method_that_has_not_clustered_has_no_loss():
    """-1 is no cluster: an error, not a silent number."""
    method = bare_method(DeepCluster, N=5, clusters=3)
    with pytest.raises(IndexError):
        method.loss(torch.zeros(2, 3), torch.zeros(2, 3), torch.tensor([0, 1]))


def test_meters_say_how_healthy_the_clustering_is(images):
    method, _ = method_of(images)
    method.pseudo_labels.copy_(images.labels)  # 10 of 20 clusters in use
    z = 9 * nn.functional.one_hot(images.labels[:8], 20).float()
    found = method.meters(z, z.flip(0), torch.arange(8))
    palindromes = (images.labels[:8] == images.labels[:8].flip(0)).float().mean()
    assert found["accuracy"] == pytest.approx(float(1 + palindromes) / 2)
    assert found["empty_clusters"] == 10 and 9.9 < found["effective_clusters"] <= 10
    assert found["nmi_labels"] == pytest.approx(1) and "nmi_last" not in found


def test_every_batch_is_full_and_drawn_evenly(images):
    method, _ = method_of(images)
    method.pseudo_labels.copy_((torch.arange(96) > 0).long())  # one image alone in its cluster
    batches = list(method.batches(96, 20))
    assert [len(index) for index in batches] == [20] * 4
    assert (torch.cat(batches) == 0).float().mean() == pytest.approx(0.5, abs=0.12)


def test_an_encoder_that_sees_edges_draws_nothing():
    encoder = DeepCluster.wrap(nn.Flatten(), EDGES)
    before = torch.get_rng_state()
    encoder(torch.rand(2, 3, 8, 8, generator=generator(0)))
    assert torch.equal(torch.get_rng_state(), before)


def test_an_encoder_that_sees_edges_sees_no_colour():
    """Turned upside down in colour, an image has the same edges."""
    encoder = DeepCluster.wrap(nn.Flatten(), EDGES)
    x = torch.rand(3, 3, 8, 8, generator=generator(0))
    assert torch.allclose(encoder(x), sobel(x).flatten(1))
    assert torch.allclose(encoder(x), encoder(1 - x), atol=1e-6)
