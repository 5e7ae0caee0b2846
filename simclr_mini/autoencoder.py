"""A denoising autoencoder: a network that reconstructs the clean image from a noisy one.

It needs no labels and no views. Its latent, the bottleneck averaged over positions, is what
G-SimCLR clusters.

Paper: Chakraborty, Gosthipaty and Paul 2020, https://arxiv.org/abs/2009.12007 (their released code
for CIFAR-10: 3x3 filters 32, 64, 128; batch norm; max pooling; Gaussian noise 0.01; MSE; Adam).
Differs: they use the *test* images for early stopping; we hold out a tenth of the training images.
"""

import copy

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini.data import as_floats

HELD_OUT = 10  # one image in ten is held out to decide when to stop


class Autoencoder(nn.Module):
    """An encoder from images to a code, and a decoder back. Built in torch's default dtype.

    Attributes:
        encoder: maps (B, 3, H, W) to the code, (B, 128, H / 8, W / 8).
        decoder: maps the code to (B, 3, H, W), in [0, 1].
    """

    def __init__(self):
        super().__init__()
        # three halvings, three doublings, then a convolution to the three colours
        self.encoder = nn.Sequential(halving(3, 32), halving(32, 64), halving(64, 128))
        self.decoder = nn.Sequential(
            doubling(128, 128),
            doubling(128, 64),
            doubling(64, 32),
            nn.Conv2d(32, 3, 3, padding=1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Reconstructions in [0, 1] of images x, with x's shape, dtype and device.

        x has shape (B, 3, H, W), with H and W multiples of 8, and the weights' dtype and device.
        """
        return self.decoder(self.encoder(x))

    def latent(self, x: Tensor) -> Tensor:
        """The code, averaged over positions: one number for each channel.

        Args:
            x: images in [0, 1], shape (B, 3, H, W), with the weights' dtype and device.

        Returns:
            Shape (B, 128), with x's dtype and device. The model keeps its mode and its weights.
        """
        return self.encoder(x).mean((2, 3))


def halving(inputs: int, outputs: int) -> nn.Sequential:
    """A convolution, a norm and a ReLU, then max pooling over 2 x 2 pixels."""
    return nn.Sequential(*convolution(inputs, outputs), nn.MaxPool2d(2))


def doubling(inputs: int, outputs: int) -> nn.Sequential:
    """Upsampling of each pixel to 2 x 2 pixels, then a convolution, a norm and a ReLU."""
    return nn.Sequential(nn.Upsample(scale_factor=2), *convolution(inputs, outputs))


def convolution(inputs: int, outputs: int) -> list[nn.Module]:
    """A 3 x 3 convolution that keeps the size, a batch norm and a ReLU, in a list."""
    filters = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)  # the norm has a bias
    return [filters, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]


def add_noise(x: Tensor, std: float, generator: Generator | None = None) -> Tensor:
    """The images with independent Gaussian noise on every value, not clipped to [0, 1].

    Args:
        x: images in [0, 1], shape (B, 3, H, W).
        std: standard deviation of the noise, in units of x.
        generator: source of randomness; None means torch's global one.

    Returns:
        Shape (B, 3, H, W), with x's dtype and device.
    """
    return x + std * torch.randn(x.shape, generator=generator).to(x)


def reconstruction_loss(model: Autoencoder, x: Tensor, noisy: Tensor) -> Tensor:
    """Mean squared error between reconstructions of the noisy images and the clean images.

    Args:
        model: the autoencoder.
        x: clean images in [0, 1], shape (B, 3, H, W), with the weights' dtype and device.
        noisy: the same images with noise, shape (B, 3, H, W).

    Returns:
        A scalar on x's device, computed in float32 or wider, even if the model returns bfloat16.
    """
    # reconstruct from the noisy images, and compare with the clean ones
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
    """An autoencoder that has learned to remove noise from these images.

    The last tenth of the images is held out. Training stops when the error on these images has not
    fallen for `patience` epochs, and the autoencoder gets the weights of its best epoch.

    Args:
        pixels: training images, not sorted by class, uint8, shape (N, 3, H, W). N is 20 or more;
            H and W are multiples of 8.
        epochs: maximum number of epochs.
        noise: standard deviation of the noise added to images in [0, 1].
        patience: number of epochs without improvement after which training stops, 1 or more.
        generator: source of randomness for weights, batch order and noise.
        device: device to train on.
        batch_size: number of images in a batch.
        bfloat16: whether to train under bfloat16 autocast. The weights stay float32.

    Returns:
        The autoencoder in evaluation mode, float32, on `device`.

    Raises:
        ValueError: if there are fewer than 20 images, or H or W is not a multiple of 8.
    """
    if len(pixels) < 2 * HELD_OUT:
        raise ValueError(f"{len(pixels)} images are too few for an autoencoder; use 20 or more")
    height, width = pixels.shape[2:]
    if height % 8 or width % 8:
        raise ValueError(f"height and width must be multiples of 8, not {height} and {width}")
    with torch.random.fork_rng(devices=[]):
        seed = int(torch.randint(2**62, (1,), generator=generator))
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would reseed GPUs too
        model = Autoencoder().to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    held_out = pixels[-(len(pixels) // HELD_OUT) :]
    train = pixels[: len(pixels) - len(held_out)]
    best, best_error, since = copy.deepcopy(model.state_dict()), float("inf"), 0
    for _ in range(epochs):
        order = torch.randperm(len(train), generator=generator)
        for index in order.split(batch_size):
            x = as_floats(train[index], device)
            denoise(model.train(), optimizer, x, add_noise(x, noise, generator), bfloat16)
        error = held_out_error(model.eval(), held_out)
        best_error, since = (error, 0) if error < best_error else (best_error, since + 1)
        if since == 0:
            best = copy.deepcopy(model.state_dict())
        if since == patience:
            break
    model.load_state_dict(best)
    return model.eval()


def denoise(
    model: Autoencoder, optimizer: torch.optim.Optimizer, x: Tensor, noisy: Tensor, bfloat16: bool
) -> None:
    """One training step: reconstruct the images from their noisy versions.

    Args:
        model: the autoencoder, trained in place.
        optimizer: its optimiser.
        x: images in [0, 1], shape (B, 3, H, W).
        noisy: the same images with noise.
        bfloat16: whether to compute under bfloat16 autocast.
    """
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bfloat16):
        loss = reconstruction_loss(model, x, noisy)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def held_out_error(model: Autoencoder, pixels: Tensor, batch_size: int = 512) -> float:
    """Mean squared error when the autoencoder reconstructs images to which no noise was added.

    Args:
        model: an autoencoder in evaluation mode, float32.
        pixels: images, uint8, shape (N, 3, H, W).
        batch_size: number of images in a batch.
    """
    device = next(model.parameters()).device
    parts = [as_floats(some, device) for some in pixels.split(batch_size)]
    total = sum(float(reconstruction_loss(model, x, x)) * len(x) for x in parts)
    return total / len(pixels)


@torch.no_grad()
def latents(model: Autoencoder, pixels: Tensor, batch_size: int = 512) -> Tensor:
    """The latent of every image, without noise.

    Args:
        model: an autoencoder in evaluation mode, float32.
        pixels: images, uint8, shape (N, 3, H, W).
        batch_size: number of images in a batch. It changes the result only by rounding.

    Returns:
        Shape (N, 128), float32, on the CPU.
    """
    device = next(model.parameters()).device
    parts = [model.latent(as_floats(some, device)) for some in pixels.split(batch_size)]
    return torch.cat([h.float().cpu() for h in parts])
