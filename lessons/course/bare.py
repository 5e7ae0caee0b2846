"""Methods without a real network, for tests and observers."""

import torch
from torch import nn


def bare_method(
    owner,
    recipe=None,
    *,
    N=4,
    labels=None,
    seed=0,
    encoder=None,
    projector=None,
    batch_size=2,
    **options,
):
    """A method as `build` makes it, on images that are all zero.

    Args:
        owner: the method's class, from the library or from a learner's file.
        recipe: how views are made; if None, the method decides.
        N: number of training images.
        labels: their classes, shape (N,), or None.
        seed: random seed.
        encoder, projector: the identity unless given.
        batch_size: images in a batch.
        options: the method's own options.
    """
    from simclr_mini.config import Config
    from simclr_mini.data import Images

    pixels = torch.zeros(N, 3, 2, 2, dtype=torch.uint8)
    count = 0 if labels is None else int(labels.max()) + 1
    images = Images(pixels, labels, tuple(map(str, range(count))), "bare", "train")
    config = Config(
        seed=seed, batch_size=batch_size, precision="float32", options=owner.Options(**options)
    )
    method = owner(config, images, encoder or nn.Identity(), projector or nn.Identity())
    if recipe is not None:
        method.recipe = recipe
    return method
