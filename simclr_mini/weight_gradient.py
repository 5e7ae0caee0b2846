"""3 x 3 convolutions whose weight gradient is one matrix product, for a shorter training step.

On CPUs that compute in bfloat16, torch spends most of a training step on the gradient with respect
to the weights of convolutions over small maps. A matrix product of the same size is several times
as fast. Values and gradients agree with `nn.Conv2d` up to rounding. Nothing else changes: GPUs,
float32 and large maps use `nn.Conv2d` as it is.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LARGEST = 12  # largest side of a map for which the product is faster


def speed_up(network: nn.Module) -> None:
    """Make a network's 3 x 3 convolutions compute their weight gradient this way, in place.

    Others stay as they are: with a bias, groups, gaps, or any padding but one row of zeros.
    """
    usual = {"bias": None, "groups": 1, "kernel_size": (3, 3), "padding": (1, 1)}
    usual |= {"dilation": (1, 1), "padding_mode": "zeros"}
    for module in network.modules():
        known = type(module) is nn.Conv2d and module.stride in ((1, 1), (2, 2))
        if known and all(getattr(module, name) == value for name, value in usual.items()):
            module.__class__ = Conv3x3


class Conv3x3(nn.Conv2d):
    """`nn.Conv2d`, with `SmallMaps` where that is faster."""

    def forward(self, x: Tensor) -> Tensor:
        """As `nn.Conv2d`: (B, inputs, H, W) to (B, outputs, H / stride, W / stride), rounded up."""
        half = x.device.type == "cpu" and torch.is_autocast_enabled("cpu")
        if not half or max(x.shape[2:]) > LARGEST or not torch.is_grad_enabled():
            return super().forward(x)
        dtype = torch.get_autocast_dtype("cpu")
        x, weight = (
            t.to(dtype).contiguous(memory_format=torch.channels_last) for t in (x, self.weight)
        )
        return SmallMaps.apply(x, weight, self.stride, self.padding)


class SmallMaps(torch.autograd.Function):
    """A convolution without bias whose weight gradient is columns(x)^T @ gradient."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, stride, padding) -> Tensor:
        """The convolution. x: (B, C, H, W), weight: (outputs, C, k, k); both in channels_last."""
        ctx.save_for_backward(x, weight)
        ctx.stride, ctx.padding = stride, padding
        return F.conv2d(x, weight, None, stride, padding)

    @staticmethod
    def backward(ctx, gradient: Tensor):
        """Gradients with respect to x and to the weight."""
        x, weight = ctx.saved_tensors
        to_x = to_weight = None
        if ctx.needs_input_grad[0]:
            to_x = torch.ops.aten.convolution_backward(
                gradient, x, weight, None, ctx.stride, ctx.padding, (1, 1), False, (0, 0), 1,
                (True, False, False),  # the gradient of x only
            )[0]  # fmt: skip
        if ctx.needs_input_grad[1]:
            outputs, C, k, _ = weight.shape
            rows = gradient.permute(0, 2, 3, 1).reshape(-1, outputs)  # one for each place
            seen = columns(x, k, ctx.stride[0], ctx.padding[0], gradient.shape[2:])
            to_weight = (seen.T @ rows).T.reshape(outputs, k, k, C).permute(0, 3, 1, 2)
        return to_x, to_weight, None, None


def columns(x: Tensor, k: int, stride: int, padding: int, places: torch.Size) -> Tensor:
    """The part of the input that each position of a convolution's output sees.

    Args:
        x: the convolution's input, shape (B, C, H, W).
        k: side of the kernel.
        stride, padding: as in the convolution.
        places: height and width of the output.

    Returns:
        Shape (B * height * width, k * k * C).
    """
    x = F.pad(x.permute(0, 2, 3, 1), (0, 0, padding, padding, padding, padding))
    image, row, column, channel = x.stride()
    windows = x.as_strided(
        (len(x), *places, k, k, x.shape[3]),
        (image, row * stride, column * stride, row, column, channel),
    )
    return windows.reshape(-1, k * k * x.shape[3])
