"""The default encoder: typical patches as a first layer that is not trained, then a small ResNet.

The first layer of a network that sees photographs learns much the same filters every time, and its
gradient is the most expensive one, since its maps are the largest. Here k-means finds the filters
in a second, from the training images and without labels, and training begins at the second layer.

Papers: Coates, Ng and Lee 2011, sections 3 and 4 (k-means on whitened patches),
https://proceedings.mlr.press/v15/coates11a.html
He et al. 2015 (the stages), https://arxiv.org/abs/1512.03385
Differs: the response is an inner product with the centroid's direction, at stride 2, and a trained
batch norm learns the threshold above which a response counts.
"""

import torch
import torch.nn.functional as F
from torch import Generator, Tensor, nn

from simclr_mini import patches
from simclr_mini.resnet import BasicBlock, ResNet, wider

WIDTHS = (128, 256)  # number of filters, which is also the first stage's width; and D
THRESHOLD = 0.5  # standard deviations above the mean: at first, only larger responses pass
PATCHES = 40_000  # to learn from: fewer than in the baseline, so that training starts in a second


class PatchFilters(nn.Module):
    """How strongly each of K whitened patches is present at each place. Never trained.

    Maps images, (B, 3, H, W), to responses, (B, K, H / 2, W / 2), on x's device. H and W are even,
    and at least 8. Until `learn` is called, or a checkpoint loaded, all responses are 0.

    Args:
        K: how many filters.
    """

    def __init__(self, K: int):
        super().__init__()
        # a buffer: the optimiser does not see it, and a checkpoint holds it
        self.register_buffer("weight", torch.zeros(K, 3, patches.SIDE, patches.SIDE))

    @torch.no_grad()
    def learn(self, pixels: Tensor, generator: Generator | None = None) -> None:
        """Set the filters from training images, in place.

        Args:
            pixels: uint8, shape (N, 3, H, W), H and W at least 6.
            generator: source of randomness.
        """
        learned = patches.learn(pixels, len(self.weight), generator, PATCHES)
        # the inner product of a whitened patch and a centroid's direction is one filter
        rows = F.normalize(learned.centroids, dim=1) @ learned.whitening  # (K, 108)
        self.weight.copy_(patches.as_filters(rows))

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """Responses, each divided by the contrast of its patch. x: images in [0, 1]."""
        # pixels up to 255, as in `patches`; centred, so that bfloat16 rounds them less
        x = F.pad(255 * x - 127.5, (2, 2, 2, 2), mode="reflect")
        return patches.responses(x, self.weight, stride=2)


def patch_resnet(zero_init: bool = False, width: float = 1.0) -> ResNet:
    """PatchFilters as a ResNet's first convolution, then two stages of one block. D = 256. Ours.

    Its filters are still to be learned: `encoder.conv1.learn(pixels)`.

    Args:
        zero_init: start each residual block as the identity.
        width: a factor for the number of filters and the widths of the stages, and so for D.
    """
    widths = wider(WIDTHS, width)
    encoder = ResNet(BasicBlock, (1, 1), widths, "cifar", zero_init)
    # the stem is convolution, norm, ReLU, pooling: its norm is trained, its filters are not
    encoder.conv1 = PatchFilters(widths[0])
    nn.init.constant_(encoder.bn1.bias, -THRESHOLD)
    encoder.maxpool = nn.AvgPool2d(2)
    return encoder
