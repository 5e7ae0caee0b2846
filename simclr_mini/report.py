"""The report: what an encoder is worth on test images, beside what it must beat.

An accuracy means something only next to the same reading of raw pixels, of colours alone, and of
an untrained encoder. Every choice is made on validation images; test images are seen once.

Paper: Chen et al. 2020, table 7 and appendix B.5 (few labels). https://arxiv.org/abs/2002.05709
Differs: fine-tuning is a fixed number of small steps of Adam; the paper's are many, of SGD.
"""

import copy

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.data import SPLITS, Images
from simclr_mini.evaluate import (
    as_input,
    class_balanced,
    features,
    knn_predict,
    linear_probe,
    share_right,
)
from simclr_mini.optim import learning_rate, take_step
from simclr_mini.views import RECIPES, one_view

PIXEL_ITERATIONS = 40  # the probe of raw pixels stops here, short of its minimum, to save time,
PIXEL_PENALTIES = (1.0, 0.1)  # and tries no weaker penalties: with 3,072 inputs they overfit
PIXEL_NUMBERS = 150_000_000  # and reads no more images than hold so many, as all of CIFAR-10 does
FINE_TUNE_STEPS, FINE_TUNE_BATCH, FINE_TUNE_PEAK = 120, 64, 0.005


def few_labels(
    encoder: nn.Module,
    train: Images,
    val: Images,
    test: Images,
    share: float,
    seed: int,
    fine_tune: bool = True,
    h: tuple[Tensor, Tensor, Tensor] | None = None,
) -> dict:
    """Test accuracy with a share of the training labels. SimCLR, table 7 and appendix B.5.

    The probe's penalty is chosen on `val`; fine-tuning has no choice to make.

    Args:
        encoder: maps (B, 3, H, W) to (B, D); a copy of it is tuned, itself it stays as it is.
        train, val, test: the three splits, with labels.
        share: of the training labels that are seen.
        seed: of the subset and of the views.
        fine_tune: whether to tune the encoder too, which takes longer.
        h: representations of the three splits, where they are known already.

    Returns:
        {"probe": accuracy, "fine_tune": accuracy or None, "labels": how many were seen}.
    """
    check_splits(train, val, test)
    generator = Generator().manual_seed(seed)
    index = class_balanced(train.labels, share, generator)
    pixels, labels = train.pixels[index], train.labels[index]
    train_h, val_h, test_h = h or [features(encoder, images) for images in (train, val, test)]
    probe = linear_probe(train_h[index], labels, val_h, val.labels)
    result = {"probe": probe.accuracy(test_h, test.labels), "fine_tune": None}
    if fine_tune:
        classes, position = labels.unique(return_inverse=True)
        tuned = fine_tuned(encoder, pixels, position, generator)
        predicted = classes[features(tuned, test).argmax(1)]
        result["fine_tune"] = share_right(predicted, test.labels)
    return result | {"labels": len(index)}


def fine_tuned(
    encoder: nn.Module, pixels: Tensor, position: Tensor, generator: Generator | None = None
) -> nn.Module:
    """A copy of the encoder with a linear layer on top, both trained on labels. Appendix B.5.

    Random crop and flip, no weight decay, as there; Adam, since the steps are few.

    Args:
        encoder: maps (B, 3, H, W) to (B, D). It stays as it is.
        pixels: uint8, shape (N, 3, H, W).
        position: classes numbered from 0, shape (N,).
        generator: source of randomness.

    Returns:
        A module that maps images to logits, shape (B, C).
    """
    width, C = features(encoder, pixels[:1]).shape[1], int(position.max()) + 1
    head = nn.utils.skip_init(nn.Linear, width, C)
    nn.init.zeros_(head.weight)  # the same start whatever the global seed, which is not used up
    nn.init.zeros_(head.bias)
    device = as_input(pixels[:1], encoder).device
    model = nn.Sequential(copy.deepcopy(encoder), head).train().requires_grad_()
    model = model.to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters())
    for step in range(FINE_TUNE_STEPS):
        index = torch.randint(len(pixels), (FINE_TUNE_BATCH,), generator=generator)
        x = one_view(as_input(pixels[index], model), RECIPES["crop_only"], generator)
        logits = model(x.contiguous(memory_format=torch.channels_last))
        loss = F.cross_entropy(logits, position[index].to(device))
        take_step(optimizer, loss, learning_rate(step, FINE_TUNE_STEPS, 0, FINE_TUNE_PEAK))
    return model


def pixel_features(pixels: Tensor) -> Tensor:
    """The pixels themselves, in [0, 1]. uint8 (N, 3, H, W) to float32 (N, 3 H W)."""
    return pixels.flatten(1).float() / 255


def histogram_features(pixels: Tensor) -> Tensor:
    """Colours without places: the share of an image's pixels in each of 4 x 4 x 4 bins of colour.

    Args:
        pixels: uint8, shape (N, 3, H, W).

    Returns:
        Float32, shape (N, 64); each row has sum 1.
    """
    found = []
    for some in pixels.split(1024):  # the whole set may be larger than the memory
        red, green, blue = (some // 64).flatten(2).unbind(1)  # (n, H W), 0 to 3
        bins = 16 * red + 4 * green + blue  # 0 to 63
        counts = torch.zeros(len(some), 64)
        counts.scatter_add_(1, bins.long(), torch.ones(1, 1).expand(bins.shape))
        found.append(counts / bins.shape[1])
    return torch.cat(found)


def scores(
    train_h: Tensor,
    train: Images,
    val_h: Tensor,
    val: Images,
    test_h: Tensor,
    test: Images,
    **fit,
) -> dict[str, float]:
    """Test accuracy of k-NN and of the linear probe on one kind of representation.

    Args:
        train_h, val_h, test_h: representations of each split, shapes (N, D).
        train, val, test: the three splits, with labels.
        fit: penalties and iterations of `linear_probe`, where they are not its own.

    Returns:
        {"knn": accuracy, "linear_probe": accuracy}, in [0, 1].
    """
    check_splits(train, val, test)
    probe = linear_probe(train_h, train.labels, val_h, val.labels, **fit)
    neighbours = knn_predict(train_h, train.labels, test_h)
    return {
        "knn": share_right(neighbours, test.labels),
        "linear_probe": probe.accuracy(test_h, test.labels),
    }


def of_encoder(
    encoder: nn.Module, train: Images, val: Images, test: Images, seed: int, fine_tune: bool = True
) -> dict:
    """Test accuracies of an encoder, also with few labels.

    Args:
        encoder: maps (B, 3, H, W) to (B, D).
        train, val, test: the three splits, with labels.
        seed: of the few labels.
        fine_tune: whether to tune the encoder on few labels too, which takes longer.

    Returns:
        {"knn", "linear_probe", "few_labels": {"1%": {...}, "10%": {...}}}, in [0, 1].
    """
    h = [features(encoder, images) for images in (train, val, test)]
    few = {
        name: few_labels(encoder, train, val, test, share, seed, fine_tune, tuple(h))
        for name, share in (("1%", 0.01), ("10%", 0.1))
    }
    return scores(h[0], train, h[1], val, h[2], test) | {"few_labels": few}


def evaluate(
    encoder: nn.Module,
    untrained: nn.Module,
    train: Images,
    val: Images,
    test: Images,
    seed: int,
    fine_tune: bool = True,
) -> dict:
    """Everything there is to say about an encoder, and about what it must beat.

    Args:
        encoder, untrained: the trained encoder, and one like it as it was before training.
        train, val, test: the three splits.
        seed: of the few labels.
        fine_tune: whether to tune the encoder on few labels too, which takes longer.

    Returns:
        {"test": {"knn", "linear_probe", "few_labels": {"1%": {...}, "10%": {...}}},
        "baselines": {"pixels", "histogram", "untrained"}}, each baseline with "knn" and
        "linear_probe". Test accuracies in [0, 1]. Each is None where there are no labels. Raw
        pixels are read of the first images of a split only, where all hold over PIXEL_NUMBERS.
    """
    check_splits(train, val, test)
    splits = (train, val, test)
    if any(images.labels is None for images in splits):
        nothing = {"knn": None, "linear_probe": None}
        names = ("pixels", "histogram", "untrained")
        return {"test": nothing | {"few_labels": None}, "baselines": dict.fromkeys(names, nothing)}

    def of(represent, most: int | None = None, **fit) -> dict[str, float]:
        """Scores of one kind of representation, made from the pixels of each split."""
        some = [images.first(most or len(images)) for images in splits]
        pairs = [part for images in some for part in (represent(images.pixels), images)]
        return scores(*pairs, **fit)

    return {
        "test": of_encoder(encoder, *splits, seed, fine_tune),
        "baselines": {
            "pixels": of(
                pixel_features,
                PIXEL_NUMBERS // train.pixels[0].numel(),
                penalties=PIXEL_PENALTIES,
                iterations=PIXEL_ITERATIONS,
            ),
            "histogram": of(histogram_features),
            "untrained": of(lambda pixels: features(untrained, pixels)),
        },
    }


def check_splits(*splits: Images) -> None:
    """Refuse splits in another order, by ValueError: a choice would be made on test images."""
    names = tuple(images.split for images in splits)
    if names != SPLITS:
        raise ValueError(f"give the splits {', '.join(SPLITS)} in this order, not {names}")
