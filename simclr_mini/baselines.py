"""Baselines: what a trained encoder must beat.

An accuracy means something only next to other accuracies: that of always answering the commonest
class, and those of raw pixels, of colours alone, of k-means on patches (one layer, no gradient) and
of an untrained encoder.
"""

import torch
from torch import Generator, Tensor, nn

from simclr_mini import patches
from simclr_mini.accuracy import Features, Splits, scores
from simclr_mini.evaluate import represent, share_right

BASELINES = ("majority", "pixels", "histogram", "patches", "untrained")
PATCH_CENTROIDS = 100  # which gives 400 numbers for each image

# The probe of raw pixels is cut short to save time: few iterations, no weak penalties (with 3,072
# inputs these overfit), and at most this many numbers, enough for CIFAR-10's training split.
PIXEL_ITERATIONS, PIXEL_PENALTIES, PIXEL_NUMBERS = 40, (1.0, 0.1), 150_000_000


def baselines(untrained: nn.Module, splits: Splits, seed: int) -> dict[str, dict[str, float]]:
    """Test accuracies of features that need no trained network.

    Args:
        untrained: the encoder as it was before training.
        splits: the three splits, with labels.
        seed: random seed for the patches.

    Returns:
        A dict {"knn", "linear_probe"} for each name in BASELINES, with accuracies in [0, 1]. For
        pixels, a split of more than PIXEL_NUMBERS numbers is cut to its first images.
    """
    most = PIXEL_NUMBERS // splits[0].pixels[0].numel()
    some = tuple(images.first(most) for images in splits)
    pixels = tuple(pixel_features(images.pixels) for images in some)
    colours = tuple(histogram_features(images.pixels) for images in splits)
    return {
        "majority": majority(splits),
        "pixels": scores(pixels, some, PIXEL_PENALTIES, PIXEL_ITERATIONS),
        "histogram": scores(colours, splits),
        "patches": scores(patch_features(splits, seed), splits),
        "untrained": scores(tuple(represent(untrained, images) for images in splits), splits),
    }


def majority(splits: Splits) -> dict[str, float]:
    """Test accuracy of always answering the commonest class of the training images."""
    train, _, test = splits
    commonest = train.labels.bincount().argmax()
    share = share_right(commonest.expand(len(test)), test.labels)
    return {"knn": share, "linear_probe": share}


def patch_features(splits: Splits, seed: int) -> Features:
    """Features of all splits, (N, 400) each, from whitened patches learned on training images."""
    learned = patches.learn(splits[0].pixels, PATCH_CENTROIDS, Generator().manual_seed(seed))
    return tuple(patches.features(learned, images.pixels) for images in splits)


def pixel_features(pixels: Tensor) -> Tensor:
    """The pixels themselves, in [0, 1]. uint8 (N, 3, H, W) to float32 (N, 3 H W)."""
    return pixels.flatten(1).float() / 255


def histogram_features(pixels: Tensor) -> Tensor:
    """A colour histogram: the share of an image's pixels in each of 4 x 4 x 4 bins of colour.

    Args:
        pixels: uint8, shape (N, 3, H, W).

    Returns:
        Float32, shape (N, 64); each row sums to 1.
    """
    found = []
    for some in pixels.split(1024):  # the whole set may not fit in memory
        red, green, blue = (some // 64).flatten(2).unbind(1)  # (n, H W), 0 to 3
        bins = 16 * red + 4 * green + blue  # 0 to 63
        counts = torch.zeros(len(some), 64)
        counts.scatter_add_(1, bins.long(), torch.ones(1, 1).expand(bins.shape))
        found.append(counts / bins.shape[1])
    return torch.cat(found)
