"""A training step with default options: as a whole, through lightly's loop, and in parts."""

import copy
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor

from simclr_mini.build import build_method, build_optimizer
from simclr_mini.data import Images, as_floats
from simclr_mini.device import number_format
from simclr_mini.methods import configure
from simclr_mini.optim import take_step
from simclr_mini.train import project

RATE = 1e-3
PARTS = ("images and views", "network", "loss", "optimiser", "meters")


def random_images(N: int) -> Images:
    """N smooth random images of 32 x 32: what they show does not change the speed."""
    coarse = torch.rand(N, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    pixels = (255 * F.interpolate(coarse, scale_factor=4, mode="bilinear")).byte()
    return Images(pixels, None, (), "random", "train")


class Step:
    """Our training step, with the functions of `train.train`, in its order.

    Args:
        images: what to train on.
        batch_size: B.
        choices: options that differ from the defaults.
    """

    def __init__(self, images: Images, batch_size: int = 128, **choices):
        self.images = images
        self.config = configure(batch_size=batch_size, **choices)
        self.method = build_method(self.config, images)
        self.method.to(memory_format=torch.channels_last).train()
        self.optimizer = build_optimizer(self.config, self.method)
        for group in self.optimizer.param_groups:
            group["lr"] = RATE
        self.bfloat16 = number_format(self.config.precision, "cpu") == "bfloat16"

    def batches(self, steps: int) -> list[Tensor]:
        """The positions of the images of some batches."""
        found = []
        while len(found) < steps:
            found += self.method.batches(len(self.images), self.config.batch_size)
        return found[:steps]

    def run(self, steps: int) -> None:
        """Take some steps."""
        for index in self.batches(steps):
            views = self.method.views(as_floats(self.images.pixels[index], "cpu"))
            z = project(self.method, views, self.bfloat16)
            loss = self.method.loss_of_views(z, index)
            take_step(self.optimizer, loss, RATE)
            with torch.no_grad():
                self.method.meters(*z, index)

    def parts(self, steps: int) -> dict[str, float]:
        """Median seconds of each part of a step. "network" is encoder and head, both ways."""
        spent = {part: [] for part in PARTS}
        for index in self.batches(steps + 1):
            clock = [time.perf_counter()]

            def tick(clock=clock) -> None:
                clock.append(time.perf_counter())

            views = self.method.views(as_floats(self.images.pixels[index], "cpu"))
            tick()
            z = project(self.method, views, self.bfloat16)
            tick()
            cut = [one.detach().requires_grad_() for one in z]
            self.method.loss_of_views(cut, index).backward()
            tick()
            self.optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(z, [one.grad for one in cut])
            tick()
            self.optimizer.step()
            tick()
            with torch.no_grad():
                self.method.meters(*z, index)
            tick()
            took = [after - before for before, after in pairwise(clock)]
            took[1] += took.pop(3)  # forward and backward
            for part, seconds in zip(PARTS, took, strict=True):
                spent[part].append(seconds)
        return {part: median(seconds[1:]) for part, seconds in spent.items()}

    def network(self) -> Callable:
        """A function that passes two views of a batch through the network, both ways."""
        x = as_floats(self.images.pixels[: self.config.batch_size], "cpu")
        views = self.method.views(x)

        def both_ways() -> None:
            z = project(self.method, views, self.bfloat16)
            torch.autograd.backward(z, [torch.ones_like(one) for one in z])

        return both_ways


def lightly_epoch(ours: Step, steps: int, workers: int, as_ours: bool) -> Callable:
    """One epoch of our network in the loop of lightly's SimCLR example.

    It uses lightly's transform with the example's settings for CIFAR-10 (no blur) and the size of
    our views, lightly's loss, and PyTorch's DataLoader and collate function. The network, the batch
    size and the optimiser are ours.

    Args:
        ours: the step whose network, images and options are taken.
        steps: number of batches.
        workers: processes that make views.
        as_ours: whether the network computes in the number format and memory layout that we
            choose. The example chooses none: float32, in torch's default layout.

    Raises:
        ImportError: lightly or torchvision is not installed.
    """
    from lightly.loss import NTXentLoss
    from lightly.transforms import SimCLRTransform
    from PIL import Image

    step = copy.deepcopy(ours)
    layout = torch.channels_last if as_ours else torch.contiguous_format
    step.method.to(memory_format=layout)
    transform = SimCLRTransform(input_size=step.method.recipe.size, gaussian_blur=0.0)
    some = ours.images.pixels[: steps * step.config.batch_size].permute(0, 2, 3, 1).numpy()
    pictures = [Image.fromarray(x) for x in some]

    class Pictures(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return len(pictures)

        def __getitem__(self, i: int) -> tuple[list[Tensor], int]:
            return transform(pictures[i]), 0

    loader = torch.utils.data.DataLoader(
        Pictures(),
        step.config.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,  # else each round would wait for new processes
    )
    criterion = NTXentLoss(temperature=step.method.temperature)

    def epoch() -> None:
        for views, _ in loader:
            x0, x1 = (x.contiguous(memory_format=layout) for x in views)
            with torch.autocast("cpu", torch.bfloat16, enabled=as_ours and step.bfloat16):
                z0, z1 = step.method.project(x0), step.method.project(x1)
            loss = criterion(z0.float(), z1.float())
            loss.backward()
            step.optimizer.step()
            step.optimizer.zero_grad()

    return epoch
