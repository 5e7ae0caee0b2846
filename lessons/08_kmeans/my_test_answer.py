"""Lesson 8, a good answer: a small table whose means are known, and its empty clusters."""

import torch

from simclr_mini.kmeans import means

X = torch.tensor([[0.0, 0.0], [3.0, 0.0], [6.0, 9.0], [1.0, 1.0], [8.0, -2.0], [20.0, 5.0]])
OLD = torch.tensor([[7.0, 7.0], [-7.0, 7.0], [7.0, -7.0], [-7.0, -7.0]])
AWAY = torch.tensor([4.0, 1.0, 9.0, 2.0, 3.0, 0.0])


def test_a_centroid_is_the_mean_of_its_points_alone():
    """Clusters of three, two and one points; the old centroids do not matter."""
    centroids = means(X, torch.tensor([1, 1, 1, 0, 0, 2]), AWAY, OLD[:3])
    expected = torch.tensor([[4.5, -0.5], [3.0, 3.0], [20.0, 5.0]])
    torch.testing.assert_close(centroids, expected)


def test_empty_clusters_get_the_farthest_points():
    """Clusters 1 and 3 are empty, and points 2 and 0 are farthest from their centroids."""
    centroids = means(X, torch.tensor([0, 0, 0, 2, 2, 2]), AWAY, OLD)
    torch.testing.assert_close(centroids[0], torch.tensor([3.0, 3.0]))
    torch.testing.assert_close(centroids[2], torch.tensor([29 / 3, 4 / 3]))
    revived = sorted(centroids[[1, 3]].tolist())
    assert revived == [[0.0, 0.0], [6.0, 9.0]]


def test_an_empty_cluster_stays_if_every_point_is_on_its_centroid():
    centroids = means(X[:2], torch.tensor([0, 2]), torch.zeros(2), OLD[:3])
    torch.testing.assert_close(centroids, torch.stack([X[0], OLD[1], X[1]]))
