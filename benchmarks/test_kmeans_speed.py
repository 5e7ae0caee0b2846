"""How long k-means takes, alone and compared with faiss: 50,000 points in R^128, 512 clusters.

    pytest benchmarks/test_kmeans_speed.py -s

It should take at most 1.1 times as long as faiss for 20 iterations and the labels. faiss starts
from random points, we start from k-means++; both cluster every point. They take turns, because a
machine's speed changes, and the best times are compared. The second test needs
`pip install faiss-cpu`.
"""

import pytest
import torch

from simclr_mini.kmeans import inertia, kmeans

N, D, K, ITERATIONS, ROUNDS = 50_000, 128, 512, 20, 5


@pytest.fixture(scope="module")
def x():
    return torch.randn(N, D, generator=torch.Generator().manual_seed(0))


def ours(x):
    return kmeans(x, K, ITERATIONS, torch.Generator().manual_seed(1))


def test_seconds_of_twenty_iterations(benchmark, two_threads, x):
    centroids, labels = benchmark.pedantic(ours, (x,), rounds=3, warmup_rounds=1)
    assert centroids.shape == (K, D) and len(labels.unique()) == K
    if benchmark.stats:  # there are none under --benchmark-disable
        print(f"\n{benchmark.stats.stats.median:.2f} s, median of 3")


def test_time_compared_with_faiss(two_threads, best_times, x):
    faiss = pytest.importorskip("faiss", reason="faiss-cpu is not installed")
    faiss.omp_set_num_threads(2)
    points = x.numpy()

    def theirs():
        found = faiss.Kmeans(D, K, niter=ITERATIONS, seed=1, max_points_per_centroid=N)
        found.train(points)
        return found.index.search(points, 1)[0].sum()

    best, best_theirs = best_times(ROUNDS, lambda: ours(x), theirs)
    print(f"\n{best:.2f} s; faiss {best_theirs:.2f} s: {best / best_theirs:.2f} times as long")
    assert inertia(x, *ours(x)) < 1.01 * theirs()
    assert best < 1.1 * best_theirs
