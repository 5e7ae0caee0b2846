"""The baseline `patches`, against loops over single patches in float64."""

import math

import numpy as np
import pytest
import torch
from torch import Generator
from torch.utils._python_dispatch import TorchDispatchMode

from simclr_mini import patches as module
from simclr_mini.patches import Patches, features, learn, normalise, triangle, whitened


def seeded(seed=0):
    return Generator().manual_seed(seed)


def pictures(N, H, W, seed=0):
    """Random pictures in which neighbouring pixels resemble each other, as in photographs."""
    coarse = torch.rand(N, 3, 3, 4, generator=seeded(seed)) * 200
    smooth = torch.nn.functional.interpolate(coarse, (H, W), mode="bilinear")
    return (smooth + 50 * torch.rand(N, 3, H, W, generator=seeded(seed + 1))).to(torch.uint8)


def random_patches(K, seed=0):
    generator = seeded(seed)
    draw = [
        torch.randn(*shape, generator=generator, dtype=torch.float64)
        for shape in [(108,), (108, 108), (K, 108)]
    ]
    return Patches(draw[0], (draw[1] + draw[1].T) / 20, draw[2])


def in_double(patches):
    return Patches(*(t.double() for t in (patches.mean, patches.whitening, patches.centroids)))


def normalised(values):
    """The contrast normalisation of 108 numbers, in plain Python."""
    mean = sum(values) / 108
    variance = sum((v - mean) ** 2 for v in values) / 107
    return [(v - mean) / math.sqrt(variance + 10) for v in values]


def patch_at(image, top, left):
    return normalised(
        [float(image[c, top + i, left + j]) for c in range(3) for i in range(6) for j in range(6)]
    )


def in_loops(patches, image):
    """The 4K numbers of one image, one place after the other."""
    mean, W, centroids = (t.numpy() for t in (patches.mean, patches.whitening, patches.centroids))
    high, wide, K = image.shape[1] - 5, image.shape[2] - 5, len(centroids)
    sums = np.zeros((2, 2, K))
    for top in range(high):
        for left in range(wide):
            x = W @ (np.array(patch_at(image, top, left)) - mean)
            distances = [math.sqrt(sum((x - c) ** 2)) for c in centroids]
            average = sum(distances) / K
            quarter = int(2 * top >= high + high % 2), int(2 * left >= wide + wide % 2)
            sums[quarter] += [max(0.0, average - d) for d in distances]
    return torch.from_numpy(sums.reshape(-1))


# ---- features


@pytest.mark.parametrize("H, W", [(6, 6), (6, 9), (7, 8), (10, 7), (9, 9)])
def test_features_are_sums_of_triangles_in_loops(H, W):
    patches, x = random_patches(5), pictures(3, H, W)
    result = features(patches, x)
    expected = torch.stack([in_loops(patches, image) for image in x])
    assert result.shape == (3, 20) and expected.count_nonzero() > 5
    torch.testing.assert_close(result, expected, rtol=1e-9, atol=1e-9)


def test_float32_is_as_good():
    patches, x = learned(pictures(20, 16, 16), 7), pictures(4, 16, 16, seed=5)
    result = features(patches, x)
    assert result.dtype == torch.float32
    torch.testing.assert_close(
        result.double(), features(in_double(patches), x), rtol=1e-3, atol=1e-3
    )


def test_one_colour_is_no_division_by_nothing():
    patches = learned(pictures(20, 8, 8), 4)
    x = torch.full((2, 3, 8, 8), 255, dtype=torch.uint8)
    x[1, 0] = 0
    expected = torch.stack([in_loops(in_double(patches), image) for image in x])
    torch.testing.assert_close(features(patches, x).double(), expected, rtol=1e-3, atol=1e-3)


def test_brightness_is_not_seen():
    x = pictures(3, 9, 9) // 2
    torch.testing.assert_close(
        features(random_patches(4), x), features(random_patches(4), x + 100), rtol=1e-9, atol=1e-9
    )


def test_triangle_is_zero_beyond_the_average():
    x = torch.tensor([[0.0, 0.0]])
    centroids = torch.tensor([[3.0, 4.0], [0.0, 1.0], [0.0, 3.0]])  # distances 5, 1, 3
    torch.testing.assert_close(triangle(x, centroids), torch.tensor([[0.0, 2.0, 0.0]]))


def test_arguments_stay_as_they_are():
    patches, x = random_patches(3), pictures(2, 8, 8)
    before = x.clone(), patches.mean.clone(), patches.whitening.clone(), patches.centroids.clone()
    features(patches, x)
    after = x, patches.mean, patches.whitening, patches.centroids
    assert all(map(torch.equal, before, after))


# ---- memory and files


class Largest(TorchDispatchMode):
    """Notes the size of the largest tensor that torch makes."""

    size = 0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and not result._is_view():
            self.size = max(self.size, result.numel())
        return result


@pytest.mark.parametrize("chunk", [1, 1000, 10**9])
def test_the_size_of_a_chunk_changes_nothing_but_memory(monkeypatch, chunk):
    patches, x = random_patches(7), pictures(11, 9, 8)
    expected = features(patches, x)
    monkeypatch.setattr(module, "CHUNK", chunk)
    torch.testing.assert_close(features(patches, x), expected, rtol=1e-12, atol=1e-12)


def test_memory_does_not_grow_with_the_number_of_images(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 40_000)
    patches, x = random_patches(200), pictures(60, 12, 12)
    sizes = []
    for count in (15, 60):
        with Largest() as largest:
            features(patches, x[:count])
        sizes.append(largest.size)
    assert max(sizes) <= max(40_000, 60 * 800) < 60 * 7 * 7 * 200


def test_images_may_be_mapped_from_a_file(tmp_path):
    x = pictures(9, 8, 8)
    np.save(tmp_path / "x.npy", x.numpy())
    mapped = torch.from_numpy(np.load(tmp_path / "x.npy", mmap_mode="c"))
    a, b = learned(x, 3), learned(mapped, 3)
    assert torch.equal(a.centroids, b.centroids)
    assert torch.equal(features(a, x), features(b, mapped))


# ---- learn


def learned(x, K, seed=0, count=400):
    return learn(x, K, seeded(seed), count)


def test_learn_whitens_and_clusters_patches_of_the_images(monkeypatch):
    x, calls = pictures(60, 8, 7), []  # with 360 places for a patch

    def watched(points, K, iterations, generator, start):
        calls.append((points, K, iterations, generator, start))
        return points[:K] + 1, None

    monkeypatch.setattr(module, "kmeans", watched)
    patches = learned(x, 5, count=350)
    [(points, K, iterations, generator, start)] = calls
    # k-means starts from different patches, and what comes from it is kept
    assert torch.equal(start, points[:5]) and len(start.unique(dim=0)) == 5
    assert (K, iterations) == (5, module.ITERATIONS) and isinstance(generator, Generator)
    assert points.shape == (350, 108)
    assert torch.equal(patches.centroids, points[:5] + 1)
    # undo the whitening: what was clustered are normalised patches of these images, of all places
    W = patches.whitening.double()
    p = points.double() @ W.inverse() + patches.mean
    every = torch.tensor([patch_at(image, i, j) for image in x for i in range(3) for j in range(2)])
    nearest = torch.cdist(p, every.double())
    assert nearest.min(1).values.max() < 1e-3
    place = nearest.argmin(1)
    assert len(place.unique()) > 200 and len((place // 6).unique()) > 55  # of 360, and of 60 images
    assert (place % 6).bincount().min() > 30  # where in the image
    # W (C + 0.1) W = 1, W symmetric: the only such root with no negative eigenvalue is ZCA's
    torch.testing.assert_close(patches.mean.double(), p.mean(0), rtol=0, atol=1e-4)
    torch.testing.assert_close(W, W.T, rtol=0, atol=1e-5)
    assert torch.linalg.eigvalsh(W).min() > 0
    C = torch.from_numpy(np.cov(p.numpy().T))
    eye = torch.eye(108, dtype=torch.float64)
    torch.testing.assert_close(W @ (C + 0.1 * eye) @ W, eye, rtol=0, atol=1e-3)


@pytest.mark.parametrize("N, drawn", [(60, 350), (6, 36), (1, 7)])
def test_no_more_patches_are_drawn_than_there_are(monkeypatch, N, drawn):
    """Otherwise few small pictures would take as long as a large set. At least K are drawn."""
    clustered = []
    monkeypatch.setattr(module, "kmeans", lambda x, *_, start: (clustered.append(x), (start, 0))[1])
    learned(pictures(N, 8, 7), 7, count=350)
    assert len(clustered[0]) == drawn


def test_whitened_patches_are_those_that_were_clustered():
    """`learn` cuts patches out one by one, `whitened` convolves: both give the same numbers."""
    x = pictures(2, 8, 7)
    patches = learned(x, 3)
    p = torch.tensor([patch_at(x[1], i, j) for i in range(3) for j in range(2)])
    expected = (p - patches.mean) @ patches.whitening
    result = whitened(patches, x)[1].flatten(0, 1)
    torch.testing.assert_close(result, expected, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(normalise(x[:, :, :6, :6].float().flatten(1))[1], p[0])


def test_a_generator_decides_everything():
    x = pictures(20, 9, 9)
    state = torch.get_rng_state()
    one, same, other = learned(x, 4), learned(x, 4), learned(x, 4, seed=1)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(one.centroids, same.centroids) and torch.equal(one.whitening, same.whitening)
    assert not torch.equal(one.mean, other.mean)
    assert {t.dtype for t in (one.mean, one.whitening, one.centroids)} == {torch.float32}


# ---- errors


@pytest.mark.parametrize("H, W", [(5, 8), (8, 5)])
def test_images_smaller_than_a_patch_are_refused(H, W):
    with pytest.raises(ValueError, match="6 x 6 or larger"):
        features(random_patches(2), torch.zeros(1, 3, H, W, dtype=torch.uint8))
    with pytest.raises(ValueError, match="6 x 6 or larger"):
        learn(torch.zeros(1, 3, H, W, dtype=torch.uint8), 2)


def test_floats_are_refused():
    with pytest.raises(ValueError, match="uint8"):
        features(random_patches(2), torch.rand(1, 3, 8, 8))
    with pytest.raises(ValueError, match="uint8"):
        learn(torch.rand(1, 3, 8, 8), 2)
