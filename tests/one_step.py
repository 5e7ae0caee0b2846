"""One step of every method on a tiny network, in float64, for tests of scale."""

import torch
from torch import Tensor

from simclr_mini.build import ENCODERS, build_method
from simclr_mini.data import Images
from simclr_mini.methods import configure
from simclr_mini.resnet import BasicBlock, ResNet
from simclr_mini.train import project

B = 7  # an odd number, so that chunks and shares differ
SMALL = {"batch_size": B, "encoder": "tiny", "norm": "group", "hidden_dim": 32, "out_dim": 8}
LOSSES = {
    "nt_xent": {},
    "nt_logistic": {"loss": "nt_logistic"},
    "margin_triplet": {"loss": "margin_triplet"},
    "small crops": {"small_crops": 2, "small_size": 8},
    "gsimclr": {"method": "gsimclr", "clusters": 2},
    "curation": {"method": "curation", "tries": 4},
    "nnclr": {"method": "nnclr", "support_size": 20},
    "nnclr all": {"method": "nnclr", "support_size": 20, "candidates": "all"},
    "swav": {"method": "swav", "prototypes": 4, "freeze_epochs": 0},
    "deepcluster": {"method": "deepcluster", "clusters": 5},
    "supervised": {"method": "supervised"},
}
IMAGES = Images(
    torch.randint(256, (40, 3, 8, 8), generator=torch.Generator().manual_seed(0)).byte(),
    torch.arange(40) % 3,
    ("a", "b", "c"),
    "noise",
    "train",
)


def tiny(zero_init=False):
    """An encoder with one block of 16 channels."""
    return ResNet(BasicBlock, (1,), (16,), "half", zero_init)


def small(**choices):
    """The configuration of a step."""
    choices = SMALL | choices
    if choices.get("method") in ("deepcluster", "supervised"):  # their heads have no width
        choices = {k: v for k, v in choices.items() if k not in ("hidden_dim", "out_dim")}
    return configure(**choices)


def build(config):
    """The method of a configuration, with the small encoder; the same weights every time."""
    before, ENCODERS["tiny"] = ENCODERS["tiny"], tiny
    try:
        method = build_method(config, IMAGES).double().train()
    finally:
        ENCODERS["tiny"] = before
    if hasattr(method, "pseudo_labels"):
        method.pseudo_labels.copy_(torch.arange(40) % 2)
    if hasattr(method, "epoch"):
        method.epoch.fill_(2)  # prototypes are trained, and the queue is used
    return method


def loss_of(method, first: int, chunk_size: int = 0) -> Tensor:
    """The loss of the images `first` to `first + B`."""
    index = torch.arange(first, first + B)
    x = IMAGES.pixels[index].double() / 255
    views = [*method.views(x), *method.small_views(x)]
    return method.loss_of_views(project(method, views, False, chunk_size), index)


def gradient(method) -> Tensor:
    """All gradients of a method, one after another."""
    return torch.cat([p.grad.flatten() for p in method.parameters() if p.grad is not None])
