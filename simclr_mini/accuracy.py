"""Accuracy: how well one encoder does on test images.

Every choice is made on validation images; test images are seen once.

Paper: Chen et al. 2020, table 7 and appendix B.5 (few labels). https://arxiv.org/abs/2002.05709
Differs: we fine-tune with a small, fixed number of Adam steps; the paper takes many steps of SGD.
"""

import copy

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.data import SPLITS, Images
from simclr_mini.evaluate import (
    PENALTIES,
    as_input,
    class_balanced,
    features,
    knn_predict,
    linear_probe,
    represent,
    share_right,
)
from simclr_mini.optim import learning_rate, take_step
from simclr_mini.views import RECIPES, one_view

FINE_TUNE_STEPS, FINE_TUNE_BATCH, FINE_TUNE_PEAK = 120, 64, 0.005
Splits = tuple[Images, Images, Images]
Features = tuple[Tensor, Tensor, Tensor]


def scores(
    h: Features, splits: Splits, penalties: tuple[float, ...] = PENALTIES, iterations: int = 200
) -> dict[str, float]:
    """Test accuracy of k-NN and of the linear probe on one kind of representation.

    Args:
        h: representations of training, validation and test images, shape (N, D) each.
        splits: the three splits, with labels.
        penalties, iterations: passed on to `linear_probe`.

    Returns:
        {"knn": accuracy, "linear_probe": accuracy}, in [0, 1].

    Raises:
        ValueError: the splits are in the wrong order.
    """
    train, val, test = check_splits(splits)
    probe = linear_probe(h[0], train.labels, h[1], val.labels, penalties, iterations)
    neighbours = knn_predict(h[0], train.labels, h[2])
    return {
        "knn": share_right(neighbours, test.labels),
        "linear_probe": probe.accuracy(h[2], test.labels),
    }


def encoder_accuracy(encoder: nn.Module, splits: Splits, seed: int, fine_tune: bool = True) -> dict:
    """Test accuracies of an encoder, with all labels and with few.

    Args:
        encoder: maps (B, 3, H, W) to (B, D).
        splits: the three splits, with labels.
        seed: random seed for the subsets of labels.
        fine_tune: whether to fine-tune the encoder on few labels as well, which takes longer.

    Returns:
        {"knn", "linear_probe", "few_labels": {"1%": {...}, "10%": {...}}}, in [0, 1].
    """
    h = tuple(represent(encoder, images) for images in splits)
    few = {
        name: few_labels(encoder, splits, share, seed, fine_tune, h)
        for name, share in (("1%", 0.01), ("10%", 0.1))
    }
    return scores(h, splits) | {"few_labels": few}


def few_labels(
    encoder: nn.Module,
    splits: Splits,
    share: float,
    seed: int,
    fine_tune: bool = True,
    h: Features | None = None,
) -> dict:
    """Test accuracy with a share of the training labels. SimCLR, table 7 and appendix B.5.

    The probe's penalty is chosen on validation images; fine-tuning has no setting to choose.

    Args:
        encoder: maps (B, 3, H, W) to (B, D). A copy is fine-tuned; the encoder stays unchanged.
        splits: the three splits, with labels.
        share: share of the training labels to use, in (0, 1].
        seed: random seed for the subset of labels and for views.
        fine_tune: whether to fine-tune the encoder as well, which takes longer.
        h: representations of the three splits, if they are known already.

    Returns:
        {"probe": accuracy, "fine_tune": accuracy or None, "labels": number of labels used}.

    Raises:
        ValueError: the splits are in the wrong order.
    """
    train, val, test = check_splits(splits)
    generator = Generator().manual_seed(seed)
    index = class_balanced(train.labels, share, generator)
    pixels, labels = train.pixels[index], train.labels[index]
    train_h, val_h, test_h = h or [represent(encoder, images) for images in (train, val, test)]
    probe = linear_probe(train_h[index], labels, val_h, val.labels)
    result = {"probe": probe.accuracy(test_h, test.labels), "fine_tune": None}
    if fine_tune:
        classes, position = labels.unique(return_inverse=True)
        tuned = fine_tuned(encoder, pixels, position, generator)
        predicted = classes[represent(tuned, test).argmax(1)]
        result["fine_tune"] = share_right(predicted, test.labels)
    return result | {"labels": len(index)}


def fine_tuned(
    encoder: nn.Module, pixels: Tensor, position: Tensor, generator: Generator | None = None
) -> nn.Module:
    """A copy of the encoder with a linear layer on top, both trained on labels. Appendix B.5.

    As in the paper, it uses random crops and flips and no weight decay. Unlike the paper, it uses
    Adam, because there are few steps.

    Args:
        encoder: maps (B, 3, H, W) to (B, D). It stays unchanged.
        pixels: uint8, shape (N, 3, H, W).
        position: class of each image, numbered from 0, shape (N,).
        generator: source of randomness.

    Returns:
        A module that maps images to logits, shape (B, C).
    """
    width, C = features(encoder, pixels[:1]).shape[1], int(position.max()) + 1
    head = nn.utils.skip_init(nn.Linear, width, C)
    nn.init.zeros_(head.weight)  # zeros: no draw from the global generator
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


def check_splits(splits: Splits) -> Splits:
    """The splits, unchanged.

    Raises ValueError if their order is wrong, because choices might then be made on test images.
    """
    names = tuple(images.split for images in splits)
    if names != SPLITS:
        raise ValueError(f"give the splits {', '.join(SPLITS)} in this order, not {names}")
    return splits
