"""A denoising autoencoder: a network that gives the clean image back from a noisy one.

It has no labels and no views. What it squeezes the image through, averaged over places, is the
latent that G-SimCLR clusters.

Paper: Chakraborty, Gosthipaty and Paul 2020, https://arxiv.org/abs/2009.12007 (their released code
for CIFAR-10: 3x3 filters 32, 64, 128; batch norm; max pooling; Gaussian noise 0.01; MSE; Adam).
Differs: they stop early on the *test* images; here a tenth of the training images is held out.
"""

import copy

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.data import as_floats

HELD_OUT = 10  # one image in ten decides when to stop


class Autoencoder(nn.Module):
    """Image to code to image. The code has 1/8 of the side and 128 channels.

    Attributes:
        encoder: (B, 3, H, W) to (B, 128, H / 8, W / 8).
        decoder: back to (B, 3, H, W), in [0, 1].
    """

    def __init__(self):
        super().__init__()
        # three halvings, then three doublings, then colours
        self.encoder = nn.Sequential(halving(3, 32), halving(32, 64), halving(64, 128))
        self.decoder = nn.Sequential(
            doubling(128, 128),
            doubling(128, 64),
            doubling(64, 32),
            nn.Conv2d(32, 3, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Images in [0, 1] from images. Shape (B, 3, H, W), H and W multiples of 8."""
        return self.decoder(self.encoder(x))

    def latent(self, x: Tensor) -> Tensor:
        """The code, averaged over places: one number for each channel.

        Args:
            x: images in [0, 1], shape (B, 3, H, W).

        Returns:
            Shape (B, 128).
        """
        return self.encoder(x).mean((2, 3))


def halving(inputs: int, outputs: int) -> nn.Sequential:
    """Convolution, norm, ReLU, then the greatest of each 2 x 2 pixels."""
    return nn.Sequential(*convolution(inputs, outputs), nn.MaxPool2d(2))


def doubling(inputs: int, outputs: int) -> nn.Sequential:
    """Each pixel four times, then convolution, norm, ReLU."""
    return nn.Sequential(nn.Upsample(scale_factor=2), *convolution(inputs, outputs))


def convolution(inputs: int, outputs: int) -> list[nn.Module]:
    """A 3 x 3 convolution that keeps the size, batch norm, ReLU."""
    filters = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)  # the norm has an offset
    return [filters, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    """Images with independent Gaussian noise on every value, not cut to [0, 1].

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        std: standard deviation, in units of x.
        generator: source of randomness.
    """
    return x + std * torch.randn(x.shape, generator=generator).to(x)


def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    """Mean squared error of what comes out for the noisy images, against the clean ones.

    Args:
        model: the autoencoder.
        x: clean images in [0, 1], shape (B, 3, H, W).
        noisy: the same with noise.

    Returns:
        A scalar.
    """
    # the noise goes in; the clean image is what must come out
    return F.mse_loss(model(noisy).float(), x)


def train_autoencoder(
    pixels: Tensor,
    epochs: int,
    noise: float = 0.01,
    patience: int = 2,
    generator: Generator | None = None,
    device: torch.device | str = "cpu",
    batch_size: int = 64,
    bfloat16: bool = False,
) -> Autoencoder:
    """An autoencoder that has learned to take the noise out of these images.

    The last tenth of the images is not trained on. When their error has not fallen for `patience`
    epochs, training stops, and the weights of the best epoch come back.

    Args:
        pixels: training images in any order but by class, uint8, shape (N, 3, H, W). N >= 20; H
            and W multiples of 8.
        epochs: at most.
        noise: standard deviation, for images in [0, 1].
        patience: epochs, 1 or more.
        generator: source of randomness: weights, order, noise.
        device: where to compute.
        batch_size: images in a batch.
        bfloat16: whether to compute in half precision.

    Returns:
        The autoencoder in evaluation mode, on `device`.

    Raises:
        ValueError: too few images, or a side that three halvings do not divide.
    """
    if len(pixels) < 2 * HELD_OUT:
        raise ValueError(f"{len(pixels)} images are too few for an autoencoder; use 20 or more")
    height, width = pixels.shape[2:]
    if height % 8 or width % 8:
        raise ValueError(f"sides must be multiples of 8 to be halved thrice; got {height}, {width}")
    with torch.random.fork_rng(devices=[]):
        seed = int(torch.randint(2**62, (1,), generator=generator))
        torch.default_generator.manual_seed(seed)  # not torch.manual_seed: GPUs keep their state
        model = Autoencoder().to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    held_out = pixels[-(len(pixels) // HELD_OUT) :]
    train = pixels[: len(pixels) - len(held_out)]
    best, best_error, since = copy.deepcopy(model.state_dict()), float("inf"), 0
    for _ in range(epochs):
        model.train()
        order = torch.randperm(len(train), generator=generator)
        for index in order.split(batch_size):
            x = as_floats(train[index], device)
            noisy = add_noise(x, noise, generator)
            with torch.autocast(x.device.type, torch.bfloat16, enabled=bfloat16):
                loss = reconstruction_loss(model, x, noisy)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        error = held_out_error(model.eval(), held_out)
        best_error, since = (error, 0) if error < best_error else (best_error, since + 1)
        if since == 0:
            best = copy.deepcopy(model.state_dict())
        if since == patience:
            break
    model.load_state_dict(best)
    return model.eval()


@torch.no_grad()
def held_out_error(model: Autoencoder, pixels: Tensor, batch_size: int = 512) -> float:
    """Mean squared error on images without noise.

    Args:
        model: in evaluation mode.
        pixels: uint8, shape (N, 3, H, W).
        batch_size: images at a time.
    """
    device = next(model.parameters()).device
    parts = [as_floats(some, device) for some in pixels.split(batch_size)]
    total = sum(float(reconstruction_loss(model, x, x)) * len(x) for x in parts)
    return total / len(pixels)


@torch.no_grad()
def latents(model: Autoencoder, pixels: Tensor, batch_size: int = 512) -> Tensor:
    """The latent of every image, without noise.

    Args:
        model: in evaluation mode.
        pixels: uint8, shape (N, 3, H, W).
        batch_size: images at a time. It does not change the result.

    Returns:
        Shape (N, 128), float32, on the processor.
    """
    device = next(model.parameters()).device
    parts = [model.latent(as_floats(some, device)) for some in pixels.split(batch_size)]
    return torch.cat([h.float().cpu() for h in parts])
