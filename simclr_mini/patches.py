"""Patches: k-means on whitened 6 x 6 patches, a baseline without a network and without a gradient.

K typical patches are learned. An image is described by how near its own patches come to each of
them, summed over each quarter of the image: 4K numbers.

Paper: Coates, Ng and Lee 2011, section 3: whitening, k-means with the "triangle" code, stride 1.
https://proceedings.mlr.press/v15/coates11a.html
Differs: k-means starts from K of the patches. The constants 10 and 0.1 are those of the authors'
code.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from simclr_mini.kmeans import kmeans

SIDE = 6  # side of a patch, in pixels
NUMBERS = 3 * SIDE * SIDE  # numbers in a patch
PATCHES, ITERATIONS = 100_000, 10  # patches to learn from, and rounds of k-means
CHUNK = 1_000_000  # distances computed at a time: never a matrix of all patches x K


@dataclass(frozen=True)
class Patches:
    """What is learned: how to whiten a patch, and the K centroids of whitened patches.

    Attributes:
        mean: the mean patch, shape (108,); 108 = 3 * 6 * 6.
        whitening: the ZCA matrix, symmetric, shape (108, 108).
        centroids: shape (K, 108).
    """

    mean: Tensor
    whitening: Tensor
    centroids: Tensor


def learn(
    pixels: Tensor, K: int, generator: Generator | None = None, count: int = PATCHES
) -> Patches:
    """Whitening and K centroids of patches drawn from random places of random images. Section 3.

    Args:
        pixels: uint8, shape (N, 3, H, W), H and W at least 6. May be mapped from a file.
        K: how many centroids.
        generator: source of randomness.
        count: how many patches to draw; fewer are drawn if the images hold fewer.

    Returns:
        What `features` needs, in float32.

    Raises:
        ValueError: images smaller than a patch, or not uint8.
    """
    check(pixels)
    # draw an image, a top and a left edge for each patch
    N, C, H, W = pixels.shape
    places = N, H - SIDE + 1, W - SIDE + 1
    count = min(count, max(K, math.prod(places)))  # K to start from, however few there are
    image, top, left = (torch.randint(most, (count, 1, 1), generator=generator) for most in places)
    offset = torch.arange(SIDE)
    drawn = pixels[image, :, top + offset[:, None], left + offset]  # (count, 6, 6, 3)
    patches = normalise(drawn.permute(0, 3, 1, 2).flatten(1).float())
    # ZCA: rotate to the principal directions, scale each to variance 1, rotate back
    mean = patches.mean(0)
    variance, directions = torch.linalg.eigh(torch.cov(patches.T.double()))
    whitening = (directions / (variance + 0.1).sqrt() @ directions.T).float()
    x = (patches - mean) @ whitening
    # start from random patches: k-means++ would pick outliers, which say little about most images
    centroids, _ = kmeans(x, K, ITERATIONS, generator, start=x[:K])
    return Patches(mean, whitening, centroids)


def features(patches: Patches, pixels: Tensor) -> Tensor:
    """The code of each image, summed over its four quarters. Section 3.

    f_k(x) = max(0, mean_j |x - c_j| - |x - c_k|) for the whitened patch x at each place. It is 0
    for centroids that are farther away than the average.

    Args:
        patches: what was learned.
        pixels: uint8, shape (N, 3, H, W), H and W at least 6. May be mapped from a file.

    Returns:
        Shape (N, 4K), with the dtype of `patches`: K sums for the top left quarter, then top right,
        bottom left and bottom right. A middle row of places counts as top, a middle column as left.

    Raises:
        ValueError: images smaller than a patch, or not uint8.
    """
    check(pixels)
    K = len(patches.centroids)
    # a few images at a time, so that memory does not grow with N
    found = []
    for some in pixels.split(max(1, CHUNK // (pixels.shape[2] * pixels.shape[3] * K))):
        x = whitened(patches, some)  # (n, high, wide, 108)
        code = triangle(x.flatten(0, 2), patches.centroids).view(*x.shape[:3], K)
        halves = [[slice((n + 1) // 2), slice((n + 1) // 2, None)] for n in x.shape[1:3]]
        sums = [code[:, i, j].sum((1, 2)) for i in halves[0] for j in halves[1]]
        found.append(torch.cat(sums, 1))
    return torch.cat(found)


def whitened(patches: Patches, pixels: Tensor) -> Tensor:
    """Every patch of each image, normalised and whitened: W ((q - m) / s - mean).

    Here m is the mean of the patch q, and s = sqrt(variance + 10). One convolution gives
    W (q - m), because a filter whose weights have mean 0 does not see m. Cutting every patch out
    and multiplying takes about twice as long.

    Args:
        patches: what was learned, W and the mean.
        pixels: uint8, shape (n, 3, H, W).

    Returns:
        Shape (n, H - 5, W - 5, 108).
    """
    x = pixels.to(patches.mean).contiguous(memory_format=torch.channels_last) - 128
    x = responses(x, as_filters(patches.whitening))  # W (q - m) / s
    return x.permute(0, 2, 3, 1) - patches.whitening @ patches.mean


def as_filters(rows: Tensor) -> Tensor:
    """Convolution filters that take the inner product with a patch minus its mean.

    Args:
        rows: shape (K, 108).

    Returns:
        Shape (K, 3, 6, 6). The weights of each filter have mean 0.
    """
    return (rows - rows.mean(1, keepdim=True)).view(-1, 3, SIDE, SIDE)


def responses(x: Tensor, filters: Tensor, stride: int = 1) -> Tensor:
    """The inner product of each filter with each patch, divided by the patch's contrast.

    Args:
        x: pixels up to 255, minus any constant, shape (n, 3, H, W).
        filters: as returned by `as_filters`, shape (K, 3, 6, 6).
        stride: how many pixels apart the patches are.

    Returns:
        Shape (n, K, high, wide).
    """
    products = F.conv2d(x, filters, stride=stride)
    return products / contrast(x, stride).to(products.dtype)


def contrast(x: Tensor, stride: int) -> Tensor:
    """sqrt(variance + 10) over the 108 numbers of each patch.

    Args:
        x: pixels up to 255, minus any constant, shape (n, 3, H, W).
        stride: how many pixels apart the patches are.

    Returns:
        Shape (n, 1, high, wide), one number for each place.
    """
    # the variance of a patch from the means of its numbers and of their squares
    mean, square = (F.avg_pool2d(y.mean(1, keepdim=True), SIDE, stride) for y in (x, x.square()))
    variance = (square - mean.square()) * (NUMBERS / (NUMBERS - 1))
    return (variance.clamp(min=0) + 10).sqrt()


def normalise(patches: Tensor) -> Tensor:
    """Patches in [0, 255], each with its mean subtracted and divided by its contrast.

    (p - mean) / sqrt(variance + 10), over the 108 numbers of a patch. Shape (n, 108).
    """
    variance, mean = torch.var_mean(patches, 1, keepdim=True)
    return (patches - mean) / (variance + 10).sqrt()


def triangle(x: Tensor, centroids: Tensor) -> Tensor:
    """How much nearer than the average each centroid is. Section 3.

    Args:
        x: whitened patches, shape (n, d).
        centroids: shape (K, d).

    Returns:
        Shape (n, K), at least 0.
    """
    # |x - c|^2 = |x|^2 - 2 x . c + |c|^2; in place, since these are the largest numbers here
    distance = torch.addmm(centroids.square().sum(1), x, centroids.T, alpha=-2)
    distance = distance.add_(x.square().sum(1, keepdim=True)).clamp_(min=0).sqrt_()
    return torch.sub(distance.mean(1, keepdim=True), distance, out=distance).clamp_(min=0)


def check(pixels: Tensor) -> None:
    """Raise ValueError unless the images are uint8 and hold a 6 x 6 patch."""
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    if min(pixels.shape[2:]) < SIDE:
        raise ValueError(f"images must be {SIDE} x {SIDE} or larger, not {tuple(pixels.shape[2:])}")
