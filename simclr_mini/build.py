"""Builds what a configuration describes: images, encoder, method and optimiser."""

import torch
from torch import nn

from simclr_mini.config import Config
from simclr_mini.data import Images, read_splits
from simclr_mini.methods import method_class
from simclr_mini.optim import LARS, parameter_groups
from simclr_mini.patch_encoder import patch_resnet
from simclr_mini.resnet import RESNETS, ResNet, use_group_norm
from simclr_mini.simclr import SimCLR, source
from simclr_mini.weight_gradient import speed_up

ENCODERS = {"patches": patch_resnet} | RESNETS


def load_splits(config: Config) -> dict[str, Images]:
    """The splits "train", "val" and "test".

    If --images limits the training images, there are fewer validation images, too. If a folder has
    training images without labels, "pretrain" holds all images to train on; see `trained_on`.

    Raises:
        ValueError: there are too few images for a batch or a measurement, or the method cannot use
            them.
    """
    data = read_splits(config.data, None, config.size)
    side = data["train"].pixels.shape[2]
    if config.size not in (side, Config.size):
        raise ValueError(
            f"{config.data} has {side} x {side} pixels, not {config.size} x {config.size}; "
            "--size resizes only the pictures of a folder"
        )
    more = len(data["pretrain"]) > len(data["train"])
    if config.images or config.method == "supervised" or not more:
        del data["pretrain"]
    if config.images:
        if config.images > len(data["train"]):
            raise ValueError(
                f"--images must be at most {len(data['train'])}, the number of training images of "
                f"{config.data}, not {config.images}"
            )
        data["train"] = data["train"].first(config.images)
        data["val"] = data["val"].first(max(1, config.images // 9))
    images = trained_on(data)
    if len(images) < config.batch_size:
        raise ValueError(
            f"--batch-size must be at most {len(images)}, the number of training images, "
            f"not {config.batch_size}"
        )
    if len(data["test"]) < 2:
        raise ValueError(f"{config.data} has 1 test image; 2 or more are needed")
    method_class(config.method).check_images(config, images)
    return data


def trained_on(data: dict[str, Images]) -> Images:
    """The images that a method trains on: "train", or "pretrain" if a folder has more images."""
    return data.get("pretrain", data["train"])


def build_encoder(config: Config, images: Images | None = None) -> ResNet:
    """The untrained network of a configuration, with the same weights every time.

    Args:
        config: the choices of the run.
        images: the training images, from which a first layer of patches is learned. Without them,
            its filters are 0 until a checkpoint is loaded.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(config.seed)  # torch.manual_seed reseeds GPUs too
        more = {} if config.stem == "auto" else {"stem": config.stem}
        more |= {} if config.width == 1 else {"width": config.width}
        encoder = ENCODERS[config.encoder](zero_init=config.zero_init, **more)
    if config.encoder == "patches" and images is not None:
        encoder.conv1.learn(images.pixels, source(config.seed, "patches"))
    if config.norm == "group":
        use_group_norm(encoder)
    return method_class(config.method).wrap(encoder, config.options)


def build_method(config: Config, images: Images) -> SimCLR:
    """The untrained method of a configuration, with the same weights every time.

    Args:
        config: the choices of the run.
        images: the training images.
    """
    owner, encoder = method_class(config.method), build_encoder(config, images)
    speed_up(encoder)
    with torch.random.fork_rng(devices=[]):
        # a random stream of its own, because seed + 1 would repeat the encoder of another run. The
        # head is drawn first, then the method's own parts
        torch.default_generator.manual_seed(source(config.seed, "head").initial_seed())
        method = owner(config, images, encoder, owner.head(config, images, encoder.dim))
    if config.norm == "group":
        use_group_norm(method)  # the encoder's norms are replaced already; these are the heads'
    return method


def build_optimizer(config: Config, method: nn.Module) -> torch.optim.Optimizer:
    """The optimiser of a configuration. The training loop sets its learning rate."""
    groups = parameter_groups(method, config.weight_decay)
    if config.optimizer == "lars":
        return LARS(groups, lr=0.0)
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=0.0, momentum=0.9)
    # fused: one pass over the weights takes a quarter of the time; equal up to rounding
    return torch.optim.AdamW(groups, lr=0.0, fused=True)
