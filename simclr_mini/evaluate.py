"""Evaluation: how good is h, for an encoder that no longer changes?

Two readings of frozen representations: the classes of an image's neighbours (k-NN), and a linear
classifier (the probe). What they must be compared with is in `report`.

Papers: Wu et al. 2018, section 3.4 (k-NN), https://arxiv.org/abs/1805.01978
Chen et al. 2020, appendices B.6 and B.8 (probe), https://arxiv.org/abs/2002.05709
Differs: the probe is fitted as B.8 does for transfer, by L-BFGS on features of unchanged images,
with the penalty chosen on validation images; B.6 trains it by SGD on crops.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.data import Images, as_floats

PENALTIES = (1.0, 0.1, 0.01, 0.001, 0.0001)
QUERIES = 256  # queries compared with the bank at a time


# ---- frozen representations


@contextmanager
def frozen(module: nn.Module) -> Iterator[nn.Module]:
    """`module` in eval mode, with proof that nothing in it changed.

    Every submodule is back in its own mode afterwards.

    Raises:
        RuntimeError: a parameter or buffer is not, byte for byte, what it was; it is named.
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
            "keep it in eval mode (batch norm learns in train mode) and out of the optimizer"
        )


def fingerprints(module: nn.Module) -> dict[str, str]:
    """SHA-256 of the bytes of every parameter and every buffer, by name."""
    tensors = dict(module.named_parameters()) | dict(module.named_buffers())
    return {name: hashlib.sha256(raw_bytes(tensor)).hexdigest() for name, tensor in tensors.items()}


def raw_bytes(tensor: Tensor) -> bytes:
    """A tensor's values as they lie in memory, in row order, after its type and shape."""
    values = tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return f"{tensor.dtype}{tuple(tensor.shape)}".encode() + values


@torch.no_grad()
def features(encoder: nn.Module, pixels: Tensor | Images, batch_size: int = 512) -> Tensor:
    """Representations h of images as they are: no random view, no gradient, no learning.

    Args:
        encoder: maps (B, 3, H, W) to (B, D). It stays as it is; see `frozen`.
        pixels: uint8, shape (N, 3, H, W), or the images of a split.
        batch_size: images at a time. It does not change the result.

    Returns:
        h, shape (N, D), float32, on the processor.

    Raises:
        ValueError: pixels that are not uint8.
        RuntimeError: the encoder changed.
    """
    pixels = pixels.pixels if isinstance(pixels, Images) else pixels
    if pixels.dtype != torch.uint8:
        raise ValueError(f"pixels must be uint8 in [0, 255], not {pixels.dtype}")
    # batches in the order of the images; the last may be short
    batches = pixels.split(batch_size)
    # freeze the encoder, and let it see each batch once
    with frozen(encoder):
        h = [encoder(as_input(batch, encoder)).float().cpu() for batch in batches]
    return torch.cat(h)


def as_input(pixels: Tensor, encoder: nn.Module) -> Tensor:
    """Pixels in [0, 255] as floats in [0, 1], on the encoder's device. Shape (B, 3, H, W)."""
    device = next((p.device for p in encoder.parameters()), torch.device("cpu"))
    return as_floats(pixels, device)


# ---- k nearest neighbours


def knn_predict(
    bank: Tensor, bank_labels: Tensor, queries: Tensor, k: int = 20, temperature: float = 0.07
) -> Tensor:
    """The class for which the k most similar rows of the bank vote. Wu et al. 2018, section 3.4.

    A neighbour at cosine similarity s votes for its class with weight exp(s / tau).

    Args:
        bank: representations of labelled images, shape (N, D), of any length.
        bank_labels: their labels, any integers, shape (N,).
        queries: representations to classify, shape (M, D). None of them should be in the bank.
        k: neighbours that vote; all of them where the bank is smaller.
        temperature: tau > 0.

    Returns:
        Predicted labels, shape (M,).

    Raises:
        ValueError: k below 1, a temperature not above 0, or not one label for each row.
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
    # bring every row to length 1; the inner product is then the cosine
    bank, queries = F.normalize(bank, dim=1), F.normalize(queries, dim=1)
    # the k most similar rows of the bank, for some queries at a time
    k = min(k, len(bank))
    found = [(some @ bank.T).topk(k) for some in queries.split(QUERIES)]
    similarity = torch.cat([values for values, _ in found])  # (M, k)
    neighbours = torch.cat([rows for _, rows in found])  # (M, k)
    # each neighbour votes for its class with weight exp(s / tau)
    weight = (similarity / temperature).softmax(1)  # a query's votes all scaled alike: no overflow
    votes = weight.new_zeros(len(queries), len(classes))
    votes = votes.scatter_add(1, position[neighbours], weight)
    # the class with the greatest weight wins
    return classes[votes.argmax(1)]


# ---- linear probe


@dataclass(frozen=True)
class Probe:
    """A linear classifier of standardised representations.

    Attributes:
        weight, bias: shapes (C, D) and (C,).
        mean, std: of each dimension over the training images, shape (D,).
        classes: the label of each row of `weight`, shape (C,).
        penalty: weight of the squared norm in the loss that was minimised.
    """

    weight: Tensor
    bias: Tensor
    mean: Tensor
    std: Tensor
    classes: Tensor
    penalty: float

    def predict(self, h: Tensor) -> Tensor:
        """Predicted labels of representations of shape (M, D). Shape (M,)."""
        logits = F.linear((h - self.mean) / self.std, self.weight, self.bias)
        return self.classes[logits.argmax(1)]

    def accuracy(self, h: Tensor, labels: Tensor) -> float:
        """Share of the labels, shape (M,), that are predicted. In [0, 1]."""
        return share_right(self.predict(h), labels)


def linear_probe(
    train_h: Tensor,
    train_labels: Tensor,
    val_h: Tensor,
    val_labels: Tensor,
    penalties: tuple[float, ...] = PENALTIES,
    iterations: int = 200,
) -> Probe:
    """The linear classifier of frozen representations that is best on validation images.

    Multinomial logistic regression, fitted on training images once for each penalty. No test
    image comes in, so none can have a say in the choice.

    Args:
        train_h, train_labels: shapes (N, D) and (N,); any integers are labels.
        val_h, val_labels: shapes (M, D) and (M,), none of them in training.
        penalties: weights lambda of |W|^2 / 2 beside the mean cross entropy; scikit-learn's C
            is 1 / (lambda N).
        iterations: of L-BFGS for each penalty, at most.

    Returns:
        The probe. Of equally good ones, that with the largest penalty.
    """
    # shift and scale each dimension by its mean and deviation over the training images
    mean, std = train_h.mean(0), train_h.std(0, correction=0)
    std = torch.where(std > 1e-6, std, torch.ones_like(std))  # a constant dimension says nothing
    classes, position = train_labels.unique(return_inverse=True)
    h = (train_h - mean) / std
    # from the largest penalty to the smallest, each fit starting where the last one ended
    weight, bias = h.new_zeros(len(classes), h.shape[1]), h.new_zeros(len(classes))
    probes = []
    for penalty in sorted(penalties, reverse=True):
        weight, bias = fit(h, position, weight, bias, penalty, iterations)
        probes.append(Probe(weight, bias, mean, std, classes, penalty))
    # keep the one that is best on validation images
    return max(probes, key=lambda probe: probe.accuracy(val_h, val_labels))


def fit(
    h: Tensor, position: Tensor, weight: Tensor, bias: Tensor, penalty: float, iterations: int
) -> tuple[Tensor, Tensor]:
    """Weights of a multinomial logistic regression: mean cross entropy + penalty |W|^2 / 2.

    Args:
        h: standardised representations, shape (N, D).
        position: the row of `weight` that stands for each label, shape (N,).
        weight, bias: where to start, shapes (C, D) and (C,). They stay as they are.
        penalty: of the weight; the bias is free.
        iterations: of L-BFGS, at most.

    Returns:
        The new weight and bias.
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
    """Share of images whose prediction is their label. Both of shape (M,)."""
    return (predicted == labels).double().mean().item()


# ---- few labels


def class_balanced(labels: Tensor, share: float, generator: Generator | None = None) -> Tensor:
    """A random subset with equally many images of each class. SimCLR, section 6 and appendix B.5.

    Args:
        labels: shape (N,).
        share: of the images to keep, in (0, 1].
        generator: source of randomness.

    Returns:
        index: rows of the subset, shape about (share * N,). At least one of each class; a class
        with too few images gives all that it has.

    Raises:
        ValueError: a share outside (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {share}")
    # the number of images to keep of each class, at least one
    classes = labels.unique()
    count = max(1, round(share * len(labels) / len(classes)))
    # all rows in random order, so that the first of a class are a random sample of it
    order = torch.randperm(len(labels), generator=generator)
    # the first rows of each class
    return torch.cat([order[labels[order] == c][:count] for c in classes])
