"""Lesson 2: correct ways to write a ResNet, from sums over pixels to torch's layers."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.ways import way


def convolve(x, conv):
    """A convolution in loops: each output pixel is the sum of a window times the weights."""
    (kh, kw), s = conv.kernel_size, conv.stride[0]
    by_name = {"same": (kh // 2, kw // 2), "valid": (0, 0)}  # torch keeps these as words
    ph, pw = by_name.get(conv.padding, conv.padding)
    x = F.pad(x, (pw, pw, ph, ph))
    lines = []
    for i in range(0, x.shape[2] - kh + 1, s):
        line = []
        for j in range(0, x.shape[3] - kw + 1, s):
            window = x[:, None, :, i : i + kh, j : j + kw]  # (B, 1, inputs, kh, kw)
            line.append((window * conv.weight).sum((2, 3, 4)))
        lines.append(torch.stack(line, dim=-1))
    return torch.stack(lines, dim=-2)


def normalise(x, norm):
    """Batch normalisation, one channel at a time."""
    channels = []
    for c in range(x.shape[1]):
        v = x[:, c]
        mean, var = norm.running_mean[c].clone(), norm.running_var[c].clone()
        if norm.training:
            mean, var = v.mean(), v.var(unbiased=False)
            with torch.no_grad():
                share = norm.momentum
                norm.running_mean[c] = (1 - share) * norm.running_mean[c] + share * mean
                norm.running_var[c] = (1 - share) * norm.running_var[c] + share * v.var()
        channels.append((v - mean) / (var + norm.eps).sqrt() * norm.weight[c] + norm.bias[c])
    return torch.stack(channels, dim=1)


def functional(x, conv, norm):
    """A convolution and a norm, called as functions with the layers' weights."""
    x = F.conv2d(x, conv.weight, stride=conv.stride, padding=conv.padding)
    seen = (norm.running_mean, norm.running_var)
    return F.batch_norm(x, *seen, norm.weight, norm.bias, norm.training, norm.momentum, norm.eps)


# conv3x3


class Loops(nn.Conv2d):
    """A convolution layer that computes in loops."""

    def forward(self, x):
        return convolve(x, self)


@way("conv3x3", "loops")
def conv_in_loops(inputs, outputs, stride=1):
    """Each output pixel is a sum over its 3 x 3 neighbours; zeros surround the image."""
    return Loops(inputs, outputs, 3, stride=stride, padding=1, bias=False)


@way("conv3x3", "keywords")
def conv_by_keywords(inputs, outputs, stride=1):
    """Give all sizes as pairs."""
    size = {"kernel_size": (3, 3), "stride": (stride, stride), "padding": (1, 1)}
    return nn.Conv2d(in_channels=inputs, out_channels=outputs, bias=False, **size)


@way("conv3x3", "bias taken away")
def conv_without_its_bias(inputs, outputs, stride=1):
    """Make a convolution with a bias, and remove the bias."""
    conv = nn.Conv2d(inputs, outputs, 3, stride, 1)
    conv.bias = None
    return conv


class Unfolded(nn.Conv2d):
    """A convolution that is one matrix product over all windows."""

    def forward(self, x):
        B, _, H, W = x.shape
        s = self.stride[0]
        windows = F.unfold(x, 3, padding=1, stride=s)  # (B, 9 * inputs, positions)
        maps = torch.einsum("ok,bkp->bop", self.weight.flatten(1), windows)
        return maps.view(B, -1, (H + s - 1) // s, (W + s - 1) // s)


@way("conv3x3", "unfold")
def conv_by_unfold(inputs, outputs, stride=1):
    """Use the convolution that puts all windows into a matrix."""
    return Unfolded(inputs, outputs, 3, stride, padding=1, bias=False)


# shortcut


class NormLoops(nn.BatchNorm2d):
    """A norm layer that computes in loops."""

    def forward(self, x):
        return normalise(x, self)


@way("shortcut", "loops")
def shortcut_in_loops(inputs, outputs, stride):
    """Take a weighted sum over the channels of every stride-th pixel, then normalise."""
    if inputs != outputs or stride != 1:
        conv = Loops(inputs, outputs, 1, stride=stride, bias=False)
        return nn.Sequential(conv, NormLoops(outputs))
    return None


@way("shortcut", "append")
def shortcut_by_append(inputs, outputs, stride):
    """Append the layers one by one."""
    same = stride == 1 and inputs == outputs
    if same:
        return None
    layers = nn.Sequential()
    layers.append(nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, padding=0, bias=False))
    layers.append(nn.BatchNorm2d(num_features=outputs))
    return layers


class Pixels(nn.Conv2d):
    """Take every stride-th pixel, and multiply its channels by a matrix."""

    def forward(self, x):
        x = x[:, :, :: self.stride[0], :: self.stride[1]]
        return torch.einsum("oi,bihw->bohw", self.weight[:, :, 0, 0], x)


@way("shortcut", "slice and einsum")
def shortcut_by_slices(inputs, outputs, stride):
    """Subsample by slicing first, because a 1 x 1 convolution sees only one pixel."""
    if (inputs, 1) == (outputs, stride):
        return None
    return nn.Sequential(Pixels(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


# BasicBlock.forward


@way("BasicBlock.forward", "loops")
def basic_in_loops(self, x):
    """Compute relu(F(x) + x) with the convolutions in loops."""
    identity = x
    if self.downsample is not None:
        identity = normalise(convolve(x, self.downsample[0]), self.downsample[1])
    hidden = normalise(convolve(x, self.conv1), self.bn1).clamp(min=0)
    residual = normalise(convolve(hidden, self.conv2), self.bn2)
    return (residual + identity).clamp(min=0)


@way("BasicBlock.forward", "in place")
def basic_in_place(self, x):
    """Work in place on intermediate results, but never on the argument."""
    out = self.bn1(self.conv1(x)).relu_()
    out = self.bn2(self.conv2(out))
    out += self.downsample(x) if self.downsample is not None else x
    return out.relu_()


@way("BasicBlock.forward", "functional")
def basic_functional(self, x):
    """Call functions with the layers' weights, and compute the shortcut last."""
    out = functional(x, self.conv1, self.bn1)
    out = functional(torch.where(out > 0, out, 0.0), self.conv2, self.bn2)
    rest = x if self.downsample is None else functional(x, *self.downsample)
    return torch.relu(rest + out)


@way("BasicBlock.forward", "sequential")
def basic_sequential(self, x):
    """Build F as one nn.Sequential."""
    residual = nn.Sequential(self.conv1, self.bn1, nn.ReLU(), self.conv2, self.bn2)
    identity = nn.Identity() if self.downsample is None else self.downsample
    return nn.ReLU()(identity(x) + residual(x))


# Bottleneck.forward


@way("Bottleneck.forward", "loops")
def bottleneck_in_loops(self, x):
    """Compute three convolutions in loops, and add x."""
    identity = x
    if self.downsample is not None:
        identity = normalise(convolve(x, self.downsample[0]), self.downsample[1])
    out = normalise(convolve(x, self.conv1), self.bn1).clamp(min=0)
    out = normalise(convolve(out, self.conv2), self.bn2).clamp(min=0)
    out = normalise(convolve(out, self.conv3), self.bn3)
    return (out + identity).clamp(min=0)


@way("Bottleneck.forward", "in place")
def bottleneck_in_place(self, x):
    """Write it as torchvision does."""
    out = self.conv1(x)
    out = self.bn1(out)
    out = F.relu(out, inplace=True)
    out = self.conv2(out)
    out = self.bn2(out)
    out = F.relu(out, inplace=True)
    out = self.conv3(out)
    out = self.bn3(out)
    if self.downsample is not None:
        x = self.downsample(x)
    out += x
    return F.relu(out, inplace=True)


@way("Bottleneck.forward", "functional")
def bottleneck_functional(self, x):
    """Loop over the pairs of convolution and norm."""
    out = x
    for k in (1, 2, 3):
        out = functional(out, getattr(self, f"conv{k}"), getattr(self, f"bn{k}"))
        if k < 3:
            out = torch.maximum(out, torch.zeros_like(out))
    if self.downsample is not None:
        x = functional(x, *self.downsample)
    return torch.maximum(out + x, torch.zeros_like(out))


@way("Bottleneck.forward", "products")
def bottleneck_by_products(self, x):
    """Write the 1 x 1 convolutions as matrix products over the channels."""

    def mix(maps, conv):
        return torch.einsum("oi,bihw->bohw", conv.weight.flatten(1), maps)

    shortcut = self.downsample or nn.Identity()
    out = self.bn1(mix(x, self.conv1)).relu()
    out = self.bn2(self.conv2(out)).relu()
    return torch.relu_(shortcut(x) + self.bn3(mix(out, self.conv3)))


# stage


@way("stage", "loops")
def stage_in_loops(block, inputs, width, count, stride):
    """Make block after block; the output channels of one are the inputs of the next."""
    blocks = nn.Sequential()
    for i in range(count):
        blocks.append(block(inputs, width, stride if i == 0 else 1))
        inputs = width * block.expansion
    return blocks


@way("stage", "add_module")
def stage_by_add_module(block, inputs, width, count, stride):
    """Add the blocks under torchvision's names: 0, 1, 2, …"""
    layers = nn.Sequential()
    layers.add_module("0", block(inputs=inputs, width=width, stride=stride))
    for i in range(1, count):
        layers.add_module(str(i), block(inputs=block.expansion * width, width=width))
    return layers


@way("stage", "zip")
def stage_by_zip(block, inputs, width, count, stride):
    """Make lists of channels and strides, with one entry for each block."""
    channels = [inputs] + [width * block.expansion] * (count - 1)
    strides = [stride] + [1] * (count - 1)
    return nn.Sequential(*(block(c, width, s) for c, s in zip(channels, strides, strict=True)))


@way("stage", "recursion")
def stage_by_recursion(block, inputs, width, count, stride):
    """Make the first block; the others are a stage that keeps the shape."""
    first = block(inputs, width, stride)
    if count == 1:
        return nn.Sequential(first)
    rest = stage_by_recursion(block, width * block.expansion, width, count - 1, 1)
    return nn.Sequential(first, *rest)


# ResNet.forward


@way("ResNet.forward", "loops")
def forward_in_loops(self, x):
    """Apply the stem and the stages, and add up the mean pixel by pixel."""
    x = self.maxpool(normalise(convolve(x, self.conv1), self.bn1).clamp(min=0))
    for i in range(1, self.stages + 1):
        for block in getattr(self, f"layer{i}"):
            x = block(x)
    total, (H, W) = 0, x.shape[2:]
    for i in range(H):
        for j in range(W):
            total = total + x[:, :, i, j]
    return total / (H * W)


@way("ResNet.forward", "adaptive pooling")
def forward_by_pooling(self, x):
    """Pool before the ReLU: the maximum commutes with it."""
    x = F.relu(self.maxpool(self.bn1(self.conv1(x))), inplace=True)
    for i in range(self.stages):
        x = getattr(self, "layer" + str(i + 1))(x)
    return torch.flatten(F.adaptive_avg_pool2d(x, 1), 1)


@way("ResNet.forward", "children")
def forward_by_children(self, x):
    """Call the child modules in the order in which they were made."""
    for name, module in self.named_children():
        x = module(x)
        if name == "bn1":
            x = x.relu()
    return x.flatten(2).mean(-1)


@way("ResNet.forward", "functional")
def forward_functional(self, x):
    """Call functions with the stem's weights, and take the mean with einsum."""
    x = functional(x, self.conv1, self.bn1).clamp_min(0)
    x = self.maxpool(x)
    x = nn.Sequential(*[self.get_submodule(f"layer{k}") for k in range(1, self.stages + 1)])(x)
    share = x.new_full(x.shape[2:], 1 / (x.shape[2] * x.shape[3]))
    return torch.einsum("bdhw,hw->bd", x, share)


# initialise


def last_norm(module):
    """The last norm of a block; None if the module is not a block."""
    return {"BasicBlock": "bn2", "Bottleneck": "bn3"}.get(type(module).__name__)


@way("initialise", "loops")
def initialise_in_loops(model, zero_init=False):
    """Equation 14: the standard deviation is √(2 / (outputs * kernel area)) in each layer."""
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d):
                outputs, _, height, width = layer.weight.shape
                layer.weight.normal_(0, math.sqrt(2 / (outputs * height * width)))
            if isinstance(layer, nn.BatchNorm2d):
                layer.weight.fill_(1)
                layer.bias.fill_(0)
        for layer in model.modules():
            if zero_init and last_norm(layer):
                getattr(layer, last_norm(layer)).weight.zero_()


@way("initialise", "data")
def initialise_data(model, zero_init=False):
    """Write to .data, and draw the weights in another order."""
    layers = list(model.modules())
    for layer in reversed(layers):
        if isinstance(layer, nn.Conv2d):
            weight = layer.weight.data
            area = weight[0, 0].numel()
            weight.copy_(torch.randn_like(weight) * (2.0 / (len(weight) * area)) ** 0.5)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.weight.data = torch.ones_like(layer.weight)
            layer.bias.data.zero_()
    if zero_init:
        for layer in layers:
            last = last_norm(layer)
            if last:
                getattr(layer, last).weight.data *= 0


@way("initialise", "by fan")
def initialise_by_fan(model, zero_init=False):
    """Use torch's helper; its default, leaky_relu with slope 0, is the ReLU."""

    def start(layer):
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out")
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
        if zero_init and last_norm(layer):
            nn.init.constant_(getattr(layer, last_norm(layer)).weight, 0.0)

    model.apply(start)


@way("initialise", "own generator")
def initialise_by_generator(model, zero_init=False):
    """Draw in float64, and convert to the weights' dtype."""
    blocks = [m for m in model.modules() if last_norm(m)]
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            fan = layer.out_channels * math.prod(layer.kernel_size)
            seed = torch.randint(2**31, ()).item()
            drawn = torch.randn(
                layer.weight.shape,
                dtype=torch.float64,
                generator=torch.Generator().manual_seed(seed),
            )
            layer.weight.data.copy_(drawn.mul(2**0.5).div(fan**0.5))
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.constant_(layer.bias, 0)
            nn.init.constant_(layer.weight, 1)
    for block in blocks if zero_init else []:
        with torch.no_grad():
            getattr(block, last_norm(block)).weight[:] = 0
