"""ResNet, the encoder: images in, representations h out.

Papers: He et al. 2015 (ResNet), https://arxiv.org/abs/1512.03385
He et al. 2015 (initialisation), https://arxiv.org/abs/1502.01852
Chen et al. 2020, appendix B.9 (CIFAR stem), https://arxiv.org/abs/2002.05709
Wu and He 2018 (group norm), https://arxiv.org/abs/1803.08494
Differs: there is no classification layer. `resnet_tiny` is ours: three narrow stages for 32 x 32
images on a laptop's CPU. A stage that shrinks the image does so in its first 3 x 3 convolution, as
in torchvision. Every parameter has torchvision's name, so torchvision's weights can be loaded.

Modules are built in torch's default dtype, on its default device.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

CHANNELS_PER_GROUP = 16  # in a group norm
WIDTHS = (64, 128, 256, 512)  # of the four stages of the ResNets; table 1
STEMS = {"cifar": 1, "half": 2, "imagenet": 4}  # factor by which each shrinks the image


def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    """A 3 x 3 convolution that keeps the size at stride 1. It has no bias, as a norm follows."""
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)


def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    """The projection of a block's input before it is added, or None if the shapes agree.

    Args:
        inputs, outputs: channels before and after the block.
        stride: factor by which the block shrinks the image.

    Returns:
        None, or a 1 x 1 convolution with its norm, which has torch's default momentum and epsilon.
        Section 3.3, option B.
    """
    # leave the input as it is if the block changes neither its channels nor its size
    if stride == 1 and inputs == outputs:
        return None
    # otherwise project it to the new shape, and normalise
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and a shortcut. Figure 2, figure 5 left.

    Maps (B, inputs, H, W) to (B, width, H / stride, W / stride), rounded up.
    """

    expansion = 1

    def __init__(self, inputs: int, width: int, stride: int = 1):
        super().__init__()
        self.conv1 = conv3x3(inputs, width, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv3x3(width, width)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(inputs, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """relu(F(x) + x), with F = norm(conv(relu(norm(conv(x))))). Equation 1.

        In a training step, forward and backward, each norm counts the batch only once. The block
        stores no tensor of the call. Maps may be in any memory layout, such as channels_last.

        Args:
            x: feature maps, shape (B, inputs, H, W), with the weights' dtype and device.

        Returns:
            Feature maps, shape (B, width, H / stride, W / stride), with x's dtype and device.
        """
        # keep the input for the shortcut; project it if the shapes differ
        identity = x if self.downsample is None else self.downsample(x)
        # apply two convolutions, with a norm after each and a ReLU between them
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.bn2(self.conv2(x))
        # add the shortcut, then apply the last ReLU
        return F.relu(x + identity)


class Bottleneck(nn.Module):
    """1 x 1, 3 x 3 and 1 x 1 convolutions and a shortcut. Figure 5 right.

    Maps (B, inputs, H, W) to (B, 4 * width, H / stride, W / stride), rounded up.
    """

    expansion = 4

    def __init__(self, inputs: int, width: int, stride: int = 1):
        super().__init__()
        outputs = width * self.expansion
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = conv3x3(width, width, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        """relu(F(x) + x), where F narrows the channels, looks at neighbours and widens again.

        In a training step, forward and backward, each norm counts the batch only once. The block
        stores no tensor of the call. Maps may be in any memory layout, such as channels_last.

        Args:
            x: feature maps, shape (B, inputs, H, W), with the weights' dtype and device.

        Returns:
            Feature maps, shape (B, 4 * width, H / stride, W / stride), with x's dtype and device.
        """
        # keep the input for the shortcut; project it if the shapes differ
        identity = x if self.downsample is None else self.downsample(x)
        # apply three convolutions, with a norm after each and a ReLU after the first two
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = self.bn3(self.conv3(x))
        # add the shortcut, then apply the last ReLU
        return F.relu(x + identity)


def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    """Several blocks in a row; the first changes channels and size. Table 1.

    Args:
        block: `BasicBlock` or `Bottleneck`.
        inputs: channels of the stage's input.
        width: channels inside each block; its output has `width * block.expansion`.
        count: number of blocks.
        stride: factor by which the first block shrinks the image.

    Returns:
        The blocks, as one `nn.Sequential`.
    """
    # let the first block make the new shape
    blocks = [block(inputs, width, stride)]
    # add the others, which keep that shape; each has its own weights
    blocks += [block(width * block.expansion, width) for _ in range(count - 1)]
    return nn.Sequential(*blocks)


class ResNet(nn.Module):
    """A stem, stages of blocks, and the mean over the last map. Table 1.

    Args:
        block: `BasicBlock` or `Bottleneck`.
        counts: number of blocks in each stage.
        widths: width of each stage, as in `stage`.
        stem: "cifar" keeps the resolution (3 x 3 convolution, stride 1, no pooling); "half" halves
            it (the same at stride 2); "imagenet" divides it by four (7 x 7, stride 2, max-pooling).
        zero_init: start the last norm of each block at zero, so that each block starts as its
            shortcut (Goyal et al. 2017, section 5.1).

    Attributes:
        dim: D, the width of h.

    Raises:
        ValueError: if the stem is none of these.
    """

    def __init__(self, block, counts, widths=WIDTHS, stem="cifar", zero_init=False):
        super().__init__()
        if stem not in STEMS:
            raise ValueError(f"a stem is one of {', '.join(STEMS)}, not {stem!r}")
        if stem == "imagenet":
            self.conv1 = nn.Conv2d(3, widths[0], 7, 2, padding=3, bias=False)
        else:
            self.conv1 = conv3x3(3, widths[0], STEMS[stem])
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.maxpool = nn.MaxPool2d(3, 2, padding=1) if stem == "imagenet" else nn.Identity()
        inputs = widths[0]
        for i, (count, width) in enumerate(zip(counts, widths, strict=True)):
            self.add_module(f"layer{i + 1}", stage(block, inputs, width, count, 1 if i == 0 else 2))
            inputs = width * block.expansion
        self.stages = len(counts)
        self.dim = inputs
        initialise(self, zero_init)

    def forward(self, x: Tensor) -> Tensor:
        """Representations h. Section 3.3.

        The network keeps its mode, and stores no tensor of the call. In a training step, each norm
        counts the batch only once. Images may be in any memory layout, such as channels_last.

        Args:
            x: images, shape (B, 3, H, W), with the weights' dtype and device.

        Returns:
            h, shape (B, D), with x's dtype and device.
        """
        # apply the stem: convolution, norm, ReLU, and pooling if the stem has any
        x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
        # apply the stages, one after the other
        for i in range(self.stages):
            x = self.get_submodule(f"layer{i + 1}")(x)
        # average each channel over its map
        return x.mean((2, 3))


def initialise(model: nn.Module, zero_init: bool = False) -> None:
    """Kaiming initialisation, in place. He et al. 2015 (1502.01852), section 2.2, equation 14.

    Weights of convolutions are drawn from a normal distribution with mean 0 and variance
    2 / (outputs * kernel height * kernel width); norms start as the identity. torch.manual_seed
    decides which weights are drawn.

    Args:
        model: any module; its layers of the types nn.Conv2d and nn.BatchNorm2d are changed.
            Parameters keep their dtype and device; all others stay as they are.
        zero_init: start the last norm of each block at zero.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    for module in model.modules() if zero_init else ():
        if isinstance(module, BasicBlock | Bottleneck):
            last = module.bn2 if isinstance(module, BasicBlock) else module.bn3
            nn.init.zeros_(last.weight)


def wider(widths: tuple[int, ...], factor: float) -> tuple[int, ...]:
    """The widths of a network's stages, times a factor. SimCLR, figure 7."""
    return tuple(max(1, round(factor * width)) for width in widths)


def resnet_tiny(stem: str = "half", zero_init: bool = False, width: float = 1.0) -> ResNet:
    """Three stages of one block, 832,416 parameters, D = 256. Ours, for a CPU."""
    return ResNet(BasicBlock, (1, 1, 1), wider((32, 64, 256), width), stem, zero_init)


def resnet18(stem: str = "cifar", zero_init: bool = False, width: float = 1.0) -> ResNet:
    """ResNet-18, 11.2 M parameters, D = 512. Table 1."""
    return ResNet(BasicBlock, (2, 2, 2, 2), wider(WIDTHS, width), stem, zero_init)


def resnet34(stem: str = "cifar", zero_init: bool = False, width: float = 1.0) -> ResNet:
    """ResNet-34, 21.3 M parameters, D = 512. Table 1."""
    return ResNet(BasicBlock, (3, 4, 6, 3), wider(WIDTHS, width), stem, zero_init)


def resnet50(stem: str = "cifar", zero_init: bool = False, width: float = 1.0) -> ResNet:
    """ResNet-50, 23.5 M parameters, D = 2048. Table 1."""
    return ResNet(Bottleneck, (3, 4, 6, 3), wider(WIDTHS, width), stem, zero_init)


RESNETS = {
    "tiny": resnet_tiny,
    "resnet18": resnet18,
    "resnet34": resnet34,
    "resnet50": resnet50,
}


class GroupNorm(nn.GroupNorm):
    """`nn.GroupNorm` that also works behind a layer that is not trained.

    In torch 2.13, the process crashes if the input needs no gradient and is in channels_last.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Like `nn.GroupNorm`. x: shape (B, C, ...)."""
        return super().forward(x if x.requires_grad else x.contiguous())


def use_group_norm(network: nn.Module) -> None:
    """Replace every batch norm by a group norm, in place. Wu and He 2018, section 3.

    A group norm looks at one image at a time, in groups of CHANNELS_PER_GROUP channels, or in a
    single group if the channels do not divide evenly. Scales and biases stay what they were.

    Args:
        network: any module with batch norms inside.
    """
    for name, child in network.named_children():
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            channels = child.num_features
            groups = 1 if channels % CHANNELS_PER_GROUP else channels // CHANNELS_PER_GROUP
            norm = GroupNorm(groups, channels, child.eps)
            norm.weight, norm.bias = child.weight, child.bias
            setattr(network, name, norm)
        else:
            use_group_norm(child)


@torch.no_grad()
def parameter_count(model: nn.Module) -> int:
    """The number of parameters that training can change."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
