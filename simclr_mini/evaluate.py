"""Evaluation: how good are the representations h of an encoder that no longer changes?

Frozen representations are judged in two ways: by the classes of an image's nearest neighbours
(k-NN), and by a linear classifier (the probe). The baselines to compare with are in `baselines`.

Papers: Wu et al. 2018, section 3.4 (k-NN), https://arxiv.org/abs/1805.01978
Chen et al. 2020, appendices B.6 and B.8 (probe), https://arxiv.org/abs/2002.05709
Differs: the probe is fitted as in B.8 (transfer), by L-BFGS on features of unchanged images, with
the penalty chosen on validation images. B.6 trains it by SGD on crops.
"""

import hashlib
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.data import Images, as_floats

PENALTIES = (1.0, 0.1, 0.01, 0.001, 0.0001)  # weights of |W|^2 / 2 that the probe tries
QUERIES = 256  # queries compared with the bank at a time


@contextmanager
def frozen(module: nn.Module) -> Iterator[nn.Module]:
    """Yield `module` in eval mode; afterwards, raise an error if anything in it changed.

    Afterwards every submodule is back in the mode that it had. Any dtype and device are allowed.

    Raises:
        RuntimeError: if any bit of a parameter or buffer changed. The message names it.
    """
    modes = [(part, part.training) for part in module.modules()]
    before = fingerprints(module)
    module.eval()
    try:
        yield module
    finally:
        for part, mode in modes:
            part.training = mode
    after = fingerprints(module)
    changed = [n for n in before | after if before.get(n) != after.get(n)]
    if changed:
        raise RuntimeError(
            f"a frozen encoder changed: {', '.join(changed[:5])}{' ...' * (len(changed) > 5)}; "
            "keep it in eval mode (in train mode, batch norms update their statistics) and out of "
            "the optimiser"
        )


def fingerprints(module: nn.Module) -> dict[str, str]:
    """The SHA-256 of every parameter and every buffer, by name."""
    tensors = dict(module.named_parameters()) | dict(module.named_buffers())
    return {name: hashlib.sha256(raw_bytes(tensor)).hexdigest() for name, tensor in tensors.items()}


def raw_bytes(tensor: Tensor) -> bytes:
    """A tensor's dtype and shape, followed by the bytes of its values in row-major order."""
    values = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return f"{tensor.dtype}{tuple(tensor.shape)}".encode() + values


@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    """Representations h of images as they are: no random view, no gradient, no learning.

    Args:
        encoder: maps float32 images (B, 3, H, W) to (B, D). It is not changed, and every part is
            in its old mode afterwards, even after an error; see `frozen`.
        pixels: images, uint8, shape (N, 3, H, W), or a split of a data set.
        batch_size: number of images in a batch. It changes the result only by rounding.

    Returns:
        h, shape (N, D), float32, on the CPU, whatever the encoder's dtype and device.

    Raises:
        ValueError: if the pixels are not uint8.
        RuntimeError: if `frozen` finds that the encoder changed.
    """
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    # cut the images into batches, in their order; the last may be short
    batches = pixels.split(batch_size)
    # freeze the encoder, and show it each batch once
    with frozen(encoder):
        h = [encoder(as_input(batch, encoder)).float().cpu() for batch in batches]
    return torch.cat(h)


def represent(encoder: nn.Module, images: Tensor | Images) -> Tensor:
    """The same as `features`, in smaller batches for larger images, so that memory suffices.

    Arguments, result and errors as for `features`.

    Raises:
        FloatingPointError: a feature is infinite or NaN.
    """
    pixels = images.pixels if isinstance(images, Images) else images
    h = features(encoder, pixels, images_at_once(pixels))
    if not h.isfinite().all():
        raise FloatingPointError(
            "the encoder's features are not finite numbers; train again with a lower "
            "--learning-rate"
        )
    return h


def images_at_once(pixels: Tensor) -> int:
    """How many images have as many pixels as 512 images of 32 x 32; at least 1."""
    return max(1, 512 * 32**2 // math.prod(pixels.shape[2:]))


def as_input(pixels: Tensor, encoder: nn.Module) -> Tensor:
    """Pixels in [0, 255] as float32 in [0, 1], on the encoder's device. Shape (B, 3, H, W)."""
    device = next((p.device for p in encoder.parameters()), torch.device("cpu"))
    return as_floats(pixels, device)


def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    """The class that the k most similar rows of the bank vote for. Wu et al. 2018, section 3.4.

    A neighbour at cosine similarity s votes for its class with weight exp(s / tau). A row of
    zeros has similarity 0 to every row.

    Args:
        bank: representations of labelled images, shape (N, D), not normalised.
        bank_labels: their labels, any integers, shape (N,), on bank's device.
        queries: representations to classify, shape (M, D), with bank's dtype and device. None of
            them should be in the bank.
        k: number of neighbours that vote; in a bank of fewer than k rows, all of them vote.
        temperature: tau > 0.

    Returns:
        Predicted labels, shape (M,), with bank_labels' dtype and device.

    Raises:
        ValueError: if k is below 1, the temperature is not above 0, or there is not one label for
            each row of the bank.
    """
    if k < 1 or not temperature > 0:
        raise ValueError(f"k must be 1 or more and the temperature above 0, not {k}, {temperature}")
    if bank_labels.shape != (len(bank),):
        raise ValueError(
            f"a bank of {len(bank)} rows needs labels of shape ({len(bank)},), "
            f"not {tuple(bank_labels.shape)}"
        )
    # number the classes that occur: labels need not be 0, 1, 2, ...
    classes, position = bank_labels.unique(return_inverse=True)
    # scale every row to unit norm; the inner product is then the cosine
    bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    # find the k most similar rows of the bank, for some queries at a time
    k = min(k, len(bank))
    found = [(some @ bank.T).topk(k) for some in queries.split(QUERIES)]
    similarity = torch.cat([values for values, _ in found])  # (M, k)
    neighbours = torch.cat([rows for _, rows in found])  # (M, k)
    # let each neighbour vote for its class with weight exp(s / tau)
    weight = (similarity / temperature).softmax(1)  # softmax rescales a query's votes: no overflow
    votes = weight.new_zeros(len(queries), len(classes))
    votes = votes.scatter_add(1, position[neighbours], weight)
    # return the class with the greatest weight
    return classes[votes.argmax(1)]


@dataclass(frozen=True)
class Probe:
    """A linear classifier of standardised representations.

    Attributes:
        weight, bias: weights and biases of the C classes, shapes (C, D) and (C,).
        mean, std: mean and standard deviation of each dimension over the training images, (D,).
        classes: the label of each row of `weight`, shape (C,).
        penalty: weight of |W|^2 / 2 in the loss that was minimised.
    """

    weight: Tensor
    bias: Tensor
    mean: Tensor
    std: Tensor
    classes: Tensor
    penalty: float

    def predict(self, h: Tensor) -> Tensor:
        """Predicted labels of h: shape (M, D) to shape (M,), with `classes`' dtype and device."""
        logits = F.linear((h - self.mean) / self.std, self.weight, self.bias)
        return self.classes[logits.argmax(1)]

    def accuracy(self, h: Tensor, labels: Tensor) -> float:
        """Share of correct predictions, in [0, 1]. h and labels have shapes (M, D) and (M,)."""
        return share_right(self.predict(h), labels)


def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    """The linear classifier of frozen representations that is most accurate on validation images.

    It is a multinomial logistic regression, fitted to the training images once for each penalty.
    No test images are passed in, so they cannot influence the choice.

    Args:
        train_h, train_labels: representations, float32 or float64, shape (N, D), and their labels,
            any integers, shape (N,).
        val_h, val_labels: the same for validation images, shapes (M, D) and (M,).
        penalties: weights lambda of |W|^2 / 2, which is added to the mean cross entropy;
            scikit-learn's C is 1 / (lambda N).
        iterations: maximum number of L-BFGS iterations for each penalty, passed on to `fit`.

    Returns:
        The probe, with train_h's dtype and device. If several penalties give the same accuracy, it
        has the largest of them.
    """
    # standardise each dimension by its mean and standard deviation over the training images
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std > 1e-6, std, torch.ones_like(std))  # a constant dimension is left at 0
    classes, position = train_labels.unique(return_inverse=True)
    h = (train_h - mean) / std
    # fit once for each penalty, from the largest to the smallest, starting where the last fit ended
    weight, bias = h.new_zeros(len(classes), h.shape[1]), h.new_zeros(len(classes))
    probes = []
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        probes.append(Probe(weight, bias, mean, std, classes, penalty))
    # keep the probe that is best on validation images
    return max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))


def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    """Weight W and bias that minimise the mean cross entropy + penalty |W|^2 / 2, by L-BFGS.

    Args:
        h: standardised representations, shape (N, D).
        position: the row of `weight` that stands for each image's label, int64, shape (N,).
        weight, bias: where to start, shapes (C, D) and (C,), with h's dtype and device. They are
            not changed.
        penalty: lambda >= 0. It applies to the weight and not to the bias.
        iterations: maximum number of iterations. 0 returns the given weight and bias.

    Returns:
        The new weight and bias, with h's dtype and device, detached.
    """
    weight, bias = weight.clone().requires_grad_(), bias.clone().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [weight, bias], max_iter=iterations, tolerance_grad=1e-5, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = F.cross_entropy(F.linear(h, weight, bias), position)
        loss = loss + penalty / 2 * weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weight.detach(), bias.detach()


def share_right(predicted: Tensor, labels: Tensor) -> float:
    """Share of images whose prediction equals their label, in [0, 1]. Both have shape (M,)."""
    return (predicted == labels).double().mean().item()


def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    """A random subset with equally many images of each class. SimCLR, section 6 and appendix B.5.

    Args:
        labels: label of each image, integers of any dtype, shape (N,), on the CPU.
        share: share of the images to keep, in (0, 1].
        generator: source of randomness.

    Returns:
        index: rows of the subset, int64, shape about (share * N,), on the CPU. Each of the C
        classes has share * N / C rows, rounded, but at least one. A class with fewer images than
        that keeps all its rows.

    Raises:
        ValueError: if the share is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    # find how many images of each class to keep, at least one
    classes = labels.unique()
    count = max(1, round(share * len(labels) / len(classes)))
    # shuffle all rows, so that the first rows of a class are a random sample of it
    order = torch.randperm(len(labels), generator=generator)
    # keep the first rows of each class
    return torch.cat([order[labels[order] == c][:count] for c in classes])
