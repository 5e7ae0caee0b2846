# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 2's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "conv_bias",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(
        in_channels=inputs, out_channels=outputs, kernel_size=3, stride=stride, padding=1
    )
""",
        "The convolution keeps torch's default bias.",
    ),
    (
        "conv_replicate",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    layer = nn.Conv2d(
        inputs, outputs, (3, 3), stride=stride, padding=1, padding_mode="replicate", bias=False
    )
    return layer
""",
        "The border is filled with copies of the edge pixels instead of zeros.",
    ),
    (
        "shortcut_or",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if stride == 1 or inputs == outputs:
        return None
    project = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False)
    return nn.Sequential(project, nn.BatchNorm2d(outputs))
""",
        "'or' instead of 'and': no projection if only the channels or only the size changes.",
    ),
    (
        "shortcut_no_norm",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    layers = []
    if inputs != outputs or stride != 1:
        layers.append(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False))
    return nn.Sequential(*layers) if layers else None
""",
        "The norm after the projection is missing.",
    ),
    (
        "shortcut_pooled",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(
        nn.AvgPool2d(stride, ceil_mode=True),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
    )
""",
        "The size is reduced by average pooling (ResNet-D) instead of by the stride of the 1 x 1 convolution.",
    ),
    (
        "shortcut_relu",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    same_shape = inputs == outputs and stride == 1
    if not same_shape:
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        )
    return None
""",
        "A ReLU follows the projection, so the shortcut can never be negative.",
    ),
    (
        "basic_relu_before_sum",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    skip = x
    if self.downsample is not None:
        skip = self.downsample(x)
    out = torch.relu(self.bn1(self.conv1(x)))
    out = torch.relu(self.bn2(self.conv2(out)))
    return skip + out
""",
        "The last ReLU comes before the sum instead of after it.",
    ),
    (
        "basic_bn1_twice",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    shortcut = x if self.downsample is None else self.downsample(x)
    y = self.conv1(x)
    y = self.bn1(y)
    y = F.relu(y)
    y = self.conv2(y)
    y = self.bn1(y)
    return F.relu(y + shortcut)
""",
        "Copy and paste: the second convolution is followed by bn1, and bn2 is never used.",
    ),
    (
        "basic_norm_after_relu",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    identity = self.downsample(x) if self.downsample else x
    h = self.bn1(self.conv1(x).relu())
    h = self.bn2(self.conv2(h))
    return (h + identity).relu()
""",
        "The first ReLU comes before the norm instead of after it.",
    ),
    (
        "basic_lost_input",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    if self.downsample is not None:
        keep = self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    if self.downsample is None:
        keep = x
    return F.relu(x + keep)
""",
        "Without a projection, what is added is the overwritten x, not the block's input.",
    ),
    (
        "basic_detached_skip",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    # the shortcut only copies x, nothing to learn there
    if self.downsample is None:
        residual = x.detach()
    else:
        residual = self.downsample(x)
    f = F.relu(self.bn1(self.conv1(x)))
    f = self.bn2(self.conv2(f))
    f = f + residual
    return F.relu(f)
""",
        "No gradient passes through the identity shortcut, which is its purpose.",
    ),
    (
        "bottle_second_relu",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    identity = self.downsample(x) if self.downsample is not None else x
    out = F.relu(self.bn1(self.conv1(x)))
    out = self.bn2(self.conv2(out))
    out = self.bn3(self.conv3(out))
    return F.relu(identity + out)
""",
        "The ReLU after the second norm is missing.",
    ),
    (
        "bottle_bn1_twice",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    skip = x
    y = x
    for conv, norm in ((self.conv1, self.bn1), (self.conv2, self.bn1)):
        y = F.relu(norm(conv(y)))
    y = self.bn3(self.conv3(y))
    if self.downsample is not None:
        skip = self.downsample(skip)
    return F.relu(y + skip)
""",
        "The second convolution is followed by bn1; bn2 is never used.",
    ),
    (
        "bottle_preactivated",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    x = F.relu(x)
    if self.downsample is None:
        short = x
    else:
        short = self.downsample(x)
    out = self.bn1(self.conv1(x)).relu()
    out = self.bn2(self.conv2(out)).relu()
    out = self.bn3(self.conv3(out))
    return torch.relu(out + short)
""",
        "A ReLU is applied to the input of the block, so negative inputs are lost.",
    ),
    (
        "bottle_norm_of_sum",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.conv3(x)
    x += identity
    return F.relu(self.bn3(x))
""",
        "The shortcut is added before the last norm instead of after it.",
    ),
    (
        "stage_stride_everywhere",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    blocks = nn.Sequential()
    channels = inputs
    for i in range(count):
        blocks.append(block(channels, width, stride))
        channels = width * block.expansion
    return blocks
""",
        "Every block shrinks the image, not just the first.",
    ),
    (
        "stage_one_too_many",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    layers = []
    layers.append(block(inputs, width, stride))
    for _ in range(count):
        layers.append(block(width * block.expansion, width))
    return nn.Sequential(*layers)
""",
        "Off by one: the stage has count + 1 blocks.",
    ),
    (
        "stage_no_expansion",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    first = block(inputs, width, stride)
    rest = [block(width, width, 1) for i in range(1, count)]
    return nn.Sequential(first, *rest)
""",
        "The later blocks expect width channels; after a bottleneck there are 4 * width.",
    ),
    (
        "net_three_layers",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    x = self.conv1(x)
    x = self.bn1(x)
    x = F.relu(x)
    x = self.maxpool(x)
    x = self.layer1(x)
    x = self.layer2(x)
    x = self.layer3(x)
    return x.mean(dim=(-2, -1))
""",
        "Three stages are written out, whatever self.stages is: a ResNet-18 loses its fourth.",
    ),
    (
        "net_fixed_pool",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
    for i in range(1, self.stages + 1):
        out = getattr(self, f"layer{i}")(out)
    out = F.avg_pool2d(out, 4)
    return out.flatten(1)
""",
        "Blocks of 4 x 4 pixels are averaged, which is the whole map only if the last map is 4 x 4.",
    ),
    (
        "net_pool_before_norm",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    h = self.conv1(x)
    h = self.maxpool(h)
    h = F.relu(self.bn1(h))
    for k in range(self.stages):
        h = self._modules["layer" + str(k + 1)](h)
    return h.flatten(2).mean(2)
""",
        "The pooling of the imagenet stem comes before the norm, which then has other statistics.",
    ),
    (
        "init_fan_in",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            n = m.in_channels * m.kernel_size[0] * m.kernel_size[1]
            nn.init.normal_(m.weight, mean=0.0, std=(2 / n) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.constant_(m.weight, 1.0)
            nn.init.constant_(m.bias, 0.0)
    if zero_init:
        for m in model.modules():
            if isinstance(m, Bottleneck):
                nn.init.constant_(m.bn3.weight, 0.0)
            elif isinstance(m, BasicBlock):
                nn.init.constant_(m.bn2.weight, 0.0)
""",
        "The variance uses the input channels (equation 10) instead of the output channels (equation 14).",
    ),
    (
        "init_std_is_variance",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    with torch.no_grad():
        for layer in model.modules():
            if isinstance(layer, nn.Conv2d):
                out, _, kh, kw = layer.weight.shape
                layer.weight.normal_(0, 2 / (out * kh * kw))
            if isinstance(layer, nn.BatchNorm2d):
                layer.weight.fill_(1)
                layer.bias.fill_(0)
        if zero_init:
            for layer in model.modules():
                if isinstance(layer, BasicBlock):
                    layer.bn2.weight.fill_(0)
                if isinstance(layer, Bottleneck):
                    layer.bn3.weight.fill_(0)
""",
        "normal_ takes the standard deviation, but is given the variance.",
    ),
    (
        "init_zero_overwritten",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.ones_(m.weight)
            nn.init.zeros_(m.bias)
        elif zero_init and isinstance(m, BasicBlock):
            nn.init.zeros_(m.bn2.weight)
        elif zero_init and isinstance(m, Bottleneck):
            nn.init.zeros_(m.bn3.weight)
""",
        "A block is visited before its norms, so the zeros are overwritten by ones.",
    ),
    (
        "init_zero_bn2",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for name, m in model.named_modules():
        if isinstance(m, nn.Conv2d):
            fan_out = m.out_channels * m.kernel_size[0] * m.kernel_size[1]
            m.weight.data.normal_(0.0, (2.0 / fan_out) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            last = name.split(".")[-1] == "bn2"
            m.weight.data.fill_(0.0 if zero_init and last else 1.0)
            m.bias.data.zero_()
""",
        "The last norm of a bottleneck is bn3, not bn2.",
    ),
    (
        "conv_replicate_padding",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    # beyond the edge, repeat the last pixel: a black frame would look like an edge
    return nn.Conv2d(
        inputs, outputs, 3, stride=stride, padding=1, padding_mode="replicate", bias=False
    )
""",
        "The border is padded with repeated pixels instead of zeros as in the paper and torchvision.",
    ),
    (
        "shortcut_kernel_is_stride",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    layers = []
    if inputs != outputs or stride != 1:
        layers.append(nn.Conv2d(inputs, outputs, kernel_size=stride, stride=stride, bias=False))
        layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers) if layers else None
""",
        "The kernel is stride x stride instead of 1 x 1, so at stride 2 the projection has four times the weights and fails on odd sizes.",
    ),
    (
        "shortcut_pools_without_projection",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    layers = []
    if stride > 1:  # the size differs: shrink it
        layers.append(nn.MaxPool2d(1, stride))
    if inputs != outputs:  # the channels differ: project them
        layers.append(nn.Conv2d(inputs, outputs, 1, bias=False))
        layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers) or None
""",
        "A block that only shrinks gets a bare subsampling without the projection and its norm (option A, not B), and the parameters lose torchvision's names.",
    ),
    (
        "basic_norm_after_sum",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    identity = x
    if self.downsample is not None:
        identity = self.downsample(x)
    hidden = self.bn1(self.conv1(x)).relu()
    return self.bn2(self.conv2(hidden) + identity).relu()
""",
        "The shortcut is added inside the second norm instead of after it.",
    ),
    (
        "basic_shortcut_in_place",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = self.conv1(x)
    out = torch.relu(self.bn1(out))
    out = self.bn2(self.conv2(out))
    skip = self.downsample(x) if self.downsample is not None else x
    skip += out
    return torch.relu(skip)
""",
        "Without a projection skip is x itself, so += changes the caller's input (and breaks the backward pass of what made it).",
    ),
    (
        "bottleneck_relu_in_shortcut",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    def unit(conv, norm, t):
        return F.relu(norm(conv(t)))

    identity = x if self.downsample is None else unit(*self.downsample, x)
    y = unit(self.conv1, self.bn1, x)
    y = unit(self.conv2, self.bn2, y)
    return F.relu(identity + self.bn3(self.conv3(y)))
""",
        "The projected shortcut goes through a ReLU of its own before it is added.",
    ),
    (
        "bottleneck_functional_norm",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    def norm(bn, t):
        return F.batch_norm(t, bn.running_mean, bn.running_var, bn.weight, bn.bias, eps=bn.eps)

    identity = x
    if self.downsample is not None:
        identity = self.downsample(x)
    y = F.relu(norm(self.bn1, self.conv1(x)))
    y = F.relu(norm(self.bn2, self.conv2(y)))
    y = norm(self.bn3, self.conv3(y))
    return F.relu(y + identity)
""",
        "F.batch_norm is by default not in training mode: it uses the running statistics and never updates them.",
    ),
    (
        "stage_one_block_more",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    blocks = nn.Sequential()
    for i, s in enumerate([stride] + [1] * count):
        blocks.add_module(str(i), block(inputs, width, s))
        inputs = width * block.expansion
    return blocks
""",
        "The list of strides has count + 1 entries, so the stage has one block too many.",
    ),
    (
        "stage_nested",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    first = block(inputs, width, stride)
    outputs = width * block.expansion
    others = nn.Sequential(*[block(outputs, width, 1) for _ in range(1, count)])
    return nn.Sequential(first, others)
""",
        "The other blocks sit in a Sequential of their own, so it is not one Sequential of count blocks and the parameters lose torchvision's names.",
    ),
    (
        "resnet_pool_by_height",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.maxpool(x)
    for i in range(1, self.stages + 1):
        x = getattr(self, f"layer{i}")(x)
    pooled = F.avg_pool2d(x, kernel_size=x.shape[2])
    return pooled.flatten(1)
""",
        "The pooling window is height x height, so an image wider than high gives several numbers per channel.",
    ),
    (
        "resnet_children_in_a_row",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    for layer in self.children():  # conv1, bn1, maxpool, layer1, layer2, ...
        x = layer(x)
    return F.adaptive_avg_pool2d(x, 1).flatten(1)
""",
        "The ReLU of the stem is a function, not a child module, so it is left out.",
    ),
    (
        "init_fan_of_grouped",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            n = m.weight.numel() / m.in_channels  # outputs * kernel height * kernel width
            nn.init.normal_(m.weight, mean=0.0, std=(2 / n) ** 0.5)
        if isinstance(m, nn.BatchNorm2d):
            nn.init.constant_(m.weight, 1)
            nn.init.constant_(m.bias, 0)
    if zero_init:
        for m in model.modules():
            if isinstance(m, BasicBlock):
                nn.init.constant_(m.bn2.weight, 0)
            elif isinstance(m, Bottleneck):
                nn.init.constant_(m.bn3.weight, 0)
""",
        "numel / in_channels is outputs * kernel size only if groups is 1; a grouped convolution gets a variance groups times too large.",
    ),
    (
        "init_last_norm_is_the_projection",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.ones_(m.weight)
            nn.init.zeros_(m.bias)
    if zero_init:
        blocks = [m for m in model.modules() if isinstance(m, (BasicBlock, Bottleneck))]
        for block in blocks:
            norms = [m for m in block.modules() if isinstance(m, nn.BatchNorm2d)]
            nn.init.zeros_(norms[-1].weight)
""",
        "In a block with a projection the last BatchNorm2d found is the shortcut's, so the shortcut is zeroed instead of F.",
    ),
    (
        "init_zero_overwritten_2",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    @torch.no_grad()
    def visit(m):
        if zero_init and isinstance(m, BasicBlock):
            m.bn2.weight.zero_()
        elif zero_init and isinstance(m, Bottleneck):
            m.bn3.weight.zero_()
        elif isinstance(m, nn.Conv2d):
            n = m.out_channels * m.kernel_size[0] * m.kernel_size[1]
            m.weight.normal_(0, (2 / n) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            m.weight.fill_(1)
            m.bias.zero_()

    for m in model.modules():
        visit(m)
""",
        "modules() visits a block before its norms, so the zero of the last norm is overwritten by one.",
    ),
    (
        "init_left_frozen",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            fan_out = m.weight.shape[0] * m.weight[0, 0].numel()
            # a leaf that requires a gradient cannot be changed in place
            m.weight.requires_grad_(False).normal_(0.0, (2.0 / fan_out) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            m.reset_parameters()
    for m in model.modules():
        if zero_init and isinstance(m, BasicBlock | Bottleneck):
            nn.init.zeros_((m.bn3 if hasattr(m, "bn3") else m.bn2).weight)
""",
        "requires_grad is switched off to write in place and never on again, so no convolution trains.",
    ),
    (
        "conv_reflects",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    return nn.Conv2d(
        in_channels=inputs,
        out_channels=outputs,
        kernel_size=3,
        stride=stride,
        padding=1,
        padding_mode="reflect",
        bias=False,
    )
""",
        "The edge is padded with reflected pixels instead of zeros, which also fails on maps of one pixel and differs from torchvision.",
    ),
    (
        "shortcut_conv_has_bias",
        "shortcut",
        """
def shortcut(inputs, outputs, stride):
    if inputs != outputs or stride != 1:
        projection = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride)
        return nn.Sequential(projection, nn.BatchNorm2d(outputs))
    return None
""",
        "The 1 x 1 convolution has a bias, which the norm removes again: superfluous parameters that torchvision's weights do not have.",
    ),
    (
        "shortcut_looks_at_stride_only",
        "shortcut",
        """
def shortcut(inputs, outputs, stride):
    if stride == 1:
        return None
    layers = []
    layers.append(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False))
    layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers)
""",
        "A block of stride 1 that changes the number of channels (the first of every bottleneck ResNet) gets no projection.",
    ),
    (
        "basic_adds_into_input",
        "BasicBlock.forward",
        """
def forward(self, x):
    out = self.conv1(x)
    out = F.relu(self.bn1(out))
    out = self.bn2(self.conv2(out))
    if self.downsample is not None:
        x = self.downsample(x)
    x += out
    return x.relu()
""",
        "The sum is made in place in x: without a projection the caller's input is overwritten, and backward fails since conv1 needs it.",
    ),
    (
        "basic_bn1_twice_again",
        "BasicBlock.forward",
        """
def forward(self, x):
    skip = x
    if self.downsample is not None:
        skip = self.downsample(x)
    y = self.conv1(x)
    y = self.bn1(y)
    y = torch.relu(y)
    y = self.conv2(y)
    y = self.bn1(y)
    y = y + skip
    return torch.relu(y)
""",
        "The second convolution is followed by bn1 again, so bn2 is never used or trained and bn1's running statistics mix two maps.",
    ),
    (
        "bottleneck_two_relus",
        "Bottleneck.forward",
        """
def forward(self, x):
    shortcut_x = x if self.downsample is None else self.downsample(x)
    out = F.relu(self.bn1(self.conv1(x)))
    out = self.bn2(self.conv2(out))
    out = self.bn3(self.conv3(out))
    out = out + shortcut_x
    return F.relu(out)
""",
        "The ReLU after the second norm is missing.",
    ),
    (
        "bottleneck_detached_copy",
        "Bottleneck.forward",
        """
def forward(self, x):
    residual = x.clone().detach()
    for conv, bn in ((self.conv1, self.bn1), (self.conv2, self.bn2)):
        x = F.relu(bn(conv(x)))
    x = self.bn3(self.conv3(x))
    if self.downsample is not None:
        residual = self.downsample(residual)
    return F.relu(x + residual)
""",
        "The kept copy of the input is detached: the values are right, but no gradient flows back through the shortcut.",
    ),
    (
        "stage_forgets_expansion",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    layers = nn.Sequential()
    channels = inputs
    for i in range(count):
        layers.append(block(channels, width, stride if i == 0 else 1))
        channels = width
    return layers
""",
        "The later blocks are given width input channels instead of width * expansion, so several bottlenecks in a row do not fit together.",
    ),
    (
        "stage_stride_only_with_new_channels",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    outputs = width * block.expansion
    blocks = []
    for _ in range(count):
        if inputs != outputs:
            blocks.append(block(inputs, width, stride))
        else:
            blocks.append(block(inputs, width))
        inputs = outputs
    return nn.Sequential(*blocks)
""",
        "The stride is only used if the channels change, so a stage that keeps its channels does not shrink the image.",
    ),
    (
        "resnet_no_maxpool",
        "ResNet.forward",
        """
def forward(self, x):
    x = self.conv1(x)
    x = self.bn1(x)
    x = F.relu(x)
    for n in range(1, self.stages + 1):
        x = getattr(self, "layer" + str(n))(x)
    return torch.mean(x, dim=[2, 3])
""",
        "The stem's pooling is left out, which only shows with the imagenet stem.",
    ),
    (
        "resnet_avgpool_4",
        "ResNet.forward",
        """
def forward(self, x):
    out = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for name, module in self.named_children():
        if name.startswith("layer"):
            out = module(out)
    out = F.avg_pool2d(out, 4)
    return out.view(out.size(0), -1)
""",
        "The mean is a 4 x 4 pooling, as in the well-known CIFAR code: other map sizes give another width, a part of the map, or an error.",
    ),
    (
        "init_uniform",
        "initialise",
        """
def initialise(model, zero_init=False):
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_uniform_(m.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.constant_(m.weight, 1)
            nn.init.constant_(m.bias, 0)
    if zero_init:
        for m in model.modules():
            if isinstance(m, Bottleneck):
                nn.init.constant_(m.bn3.weight, 0)
            elif isinstance(m, BasicBlock):
                nn.init.constant_(m.bn2.weight, 0)
""",
        "The weights have the right variance but are drawn from a uniform distribution instead of a normal one.",
    ),
    (
        "init_new_parameters",
        "initialise",
        """
def initialise(model, zero_init=False):
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            outputs, inputs, kh, kw = module.weight.shape
            std = (2 / (outputs * kh * kw)) ** 0.5
            module.weight = nn.Parameter(torch.randn(outputs, inputs, kh, kw) * std)
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.fill_(1.0)
            module.bias.data.fill_(0.0)
    if zero_init:
        for module in model.modules():
            if isinstance(module, BasicBlock):
                module.bn2.weight.data.zero_()
            if isinstance(module, Bottleneck):
                module.bn3.weight.data.zero_()
""",
        "New parameters replace the old ones instead of filling them in place: dtype and device are lost, and an optimizer holds stale tensors.",
    ),
    (
        "init_zeroes_the_shortcut_norm",
        "initialise",
        """
@torch.no_grad()
def initialise(model, zero_init=False):
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            fan_out = m.weight.shape[0] * m.weight[0, 0].numel()
            m.weight.normal_(0, (2.0 / fan_out) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            m.weight.fill_(1)
            m.bias.fill_(0)
    if zero_init:
        for m in model.modules():
            if isinstance(m, (BasicBlock, Bottleneck)):
                norms = [n for n in m.modules() if isinstance(n, nn.BatchNorm2d)]
                norms[-1].weight.fill_(0)
""",
        "The last norm is taken to be the last one listed, which in a block with a projection is the shortcut's: the shortcut starts at 0.",
    ),
    (
        "conv_dilation_is_stride",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    return nn.Conv2d(
        in_channels=inputs,
        out_channels=outputs,
        kernel_size=(3, 3),
        stride=stride,
        padding=stride,
        dilation=stride,
        bias=False,
    )
""",
        "The stride is also passed as the dilation and its padding, so at stride 2 the filter reads pixels two apart; the sizes are right.",
    ),
    (
        "basic_projection_without_norm",
        "BasicBlock.forward",
        """
def forward(self, x):
    skip = x
    if self.downsample is not None:
        skip = self.downsample[0](x)
    y = self.conv1(x)
    y = torch.relu(self.bn1(y))
    y = self.bn2(self.conv2(y))
    return torch.relu(torch.add(y, skip))
""",
        "The shortcut is only projected by its 1 x 1 convolution; its norm is left out.",
    ),
    (
        "bottleneck_one_relu_missing",
        "Bottleneck.forward",
        """
def forward(self, x):
    branch = x
    for k in (1, 2, 3):
        conv, norm = getattr(self, f"conv{k}"), getattr(self, f"bn{k}")
        branch = norm(conv(branch))
        if k < 2:
            branch = branch.relu()
    if self.downsample is not None:
        x = self.downsample(x)
    return (branch + x).relu()
""",
        "There is no ReLU after the second convolution and norm.",
    ),
    (
        "stage_names_from_one",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    seq = nn.Sequential()
    channels = inputs
    for number in range(1, count + 1):
        seq.add_module(str(number), block(channels, width, stride if number == 1 else 1))
        channels = width * block.expansion
    return seq
""",
        "The blocks are named from 1 instead of from 0, so the parameters do not have torchvision's names.",
    ),
    (
        "init_fan_in_bias_kept",
        "initialise",
        """
def initialise(model, zero_init=False):
    with torch.no_grad():
        for m in model.modules():
            if isinstance(m, nn.Conv2d):
                _, c_in, kh, kw = m.weight.shape
                m.weight.normal_(0.0, (2.0 / (c_in * kh * kw)) ** 0.5)
            if isinstance(m, nn.BatchNorm2d):
                m.weight.fill_(1.0)
        if zero_init:
            for m in model.modules():
                if isinstance(m, Bottleneck):
                    m.bn3.weight.fill_(0.0)
                elif isinstance(m, BasicBlock):
                    m.bn2.weight.fill_(0.0)
""",
        "The variance is 2 / (inputs * kernel size), fan-in instead of fan-out, and the biases of the norms are not set to 0.",
    ),
    (
        "shortcut_channels_only_bias",
        "shortcut",
        """
def shortcut(inputs, outputs, stride):
    if inputs == outputs:
        return None
    layers = []
    layers.append(nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride))
    layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers)
""",
        "It returns None for a block that keeps its channels but shrinks the image, and its 1 x 1 convolution has a bias.",
    ),
    (
        "net_no_pool_squeeze",
        "ResNet.forward",
        """
def forward(self, x):
    out = F.relu(self.bn1(self.conv1(x)))
    for n in range(1, self.stages + 1):
        out = getattr(self, "layer%d" % n)(out)
    out = F.adaptive_avg_pool2d(out, 1)
    return out.squeeze()
""",
        "The stem's max-pooling is never applied, and squeeze() also drops the batch dimension of a batch of one image.",
    ),
    (
        "bottleneck_bn_reused_relu_skip",
        "Bottleneck.forward",
        """
def forward(self, x):
    x = F.relu(x)
    res = self.downsample(x) if self.downsample is not None else x
    h = F.relu(self.bn1(self.conv1(x)))
    h = F.relu(self.bn1(self.conv2(h)))
    h = self.bn3(self.conv3(h))
    h = h + res
    return F.relu(h)
""",
        "The norm after the second convolution is bn1 again, so bn2 is never used, and a ReLU is applied to the block's input.",
    ),
    (
        "basic_v2_no_last_relu",
        "BasicBlock.forward",
        """
def forward(self, x):
    residual = nn.Sequential(self.conv1, self.bn1, nn.ReLU(), self.conv2, self.bn2)(x)
    shortcut_path = x if self.downsample is None else self.downsample(x)
    return shortcut_path + residual
""",
        "Nothing follows the sum, as in the later pre-activation ResNet (v2); the last ReLU is missing.",
    ),
    (
        "init_truncated_normal",
        "initialise",
        """
def initialise(model, zero_init=False):
    def visit(layer):
        if isinstance(layer, nn.Conv2d):
            kh, kw = layer.kernel_size
            std = (2 / (layer.out_channels * kh * kw)) ** 0.5
            nn.init.trunc_normal_(layer.weight, 0.0, std, -2 * std, 2 * std)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.constant_(layer.weight, 1)
            nn.init.constant_(layer.bias, 0)

    model.apply(visit)
    if zero_init:
        for layer in model.modules():
            if isinstance(layer, BasicBlock):
                nn.init.constant_(layer.bn2.weight, 0)
            if isinstance(layer, Bottleneck):
                nn.init.constant_(layer.bn3.weight, 0)
""",
        "The weights come from a normal distribution cut off at two standard deviations, as in TensorFlow, so their variance is only 0.77 of 2 / n.",
    ),
    (
        "shortcut_resnet_d",
        "shortcut",
        """
def shortcut(inputs, outputs, stride):
    if stride == 1 and inputs == outputs:
        return None
    project = nn.Conv2d(inputs, outputs, kernel_size=1, bias=False)
    norm = nn.BatchNorm2d(outputs)
    if stride == 1:
        return nn.Sequential(project, norm)
    return nn.Sequential(nn.AvgPool2d(stride, stride, ceil_mode=True), project, norm)
""",
        "It averages stride x stride pixels before a projection of stride 1, as in ResNet-D, instead of a 1 x 1 convolution with the stride.",
    ),
    (
        "basic_adds_into_input_again",
        "BasicBlock.forward",
        """
def forward(self, x):
    y = F.relu(self.bn1(self.conv1(x)))
    y = self.bn2(self.conv2(y))
    base = self.downsample(x) if self.downsample is not None else x
    base += y
    return F.relu_(base)
""",
        "Without a projection the sum and the last ReLU are written into the caller's input, which also breaks the backward pass of conv1.",
    ),
    (
        "net_float32_mean",
        "ResNet.forward",
        """
def forward(self, x):
    x = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
    k = 1
    while k <= self.stages:
        x = self.get_submodule("layer" + str(k))(x)
        k += 1
    return x.flatten(2).mean(dim=-1, dtype=torch.float32)
""",
        "The mean is always computed and returned in float32, so a float64 network gives h of the wrong dtype and precision.",
    ),
    (
        "init_new_parameters_again",
        "initialise",
        """
def initialise(model, zero_init=False):
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            n = m.out_channels * m.kernel_size[0] * m.kernel_size[1]
            m.weight = nn.Parameter(torch.randn_like(m.weight) * (2 / n) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            m.weight = nn.Parameter(torch.ones_like(m.weight))
            m.bias = nn.Parameter(torch.zeros_like(m.bias))
    if zero_init:
        for m in model.modules():
            if isinstance(m, BasicBlock):
                m.bn2.weight = nn.Parameter(torch.zeros_like(m.bn2.weight))
            elif isinstance(m, Bottleneck):
                m.bn3.weight = nn.Parameter(torch.zeros_like(m.bn3.weight))
""",
        "It replaces the parameters by new ones instead of filling them in place, so an optimiser built before keeps the old ones and frozen parameters become trainable.",
    ),
    (
        "conv_reseeds",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    torch.manual_seed(0)  # the same weights in every run
    return nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
""",
        "Building a convolution sets torch's global seed to 0: every network, whatever its seed, gets the same initial weights, and all shuffles and views drawn afterwards repeat, so runs with five seeds are one run.",
    ),
    (
        "shortcut_momentum_of_tensorflow",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and inputs == outputs:
        return None
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs, momentum=0.9)
    )
""",
        "momentum=0.9 is TensorFlow's convention; in torch the running statistics of the shortcut's norm are then nine tenths the last batch, so evaluation after training depends on that batch (training and a fresh network give the right values).",
    ),
    (
        "block_functional_norm",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    def norm(bn, x):
        return F.batch_norm(
            x, bn.running_mean, bn.running_var, bn.weight, bn.bias, self.training, bn.momentum, bn.eps
        )

    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(norm(self.bn1, self.conv1(x)))
    x = norm(self.bn2, self.conv2(x))
    return F.relu(x + identity)
""",
        "It calls F.batch_norm with the block's own training flag instead of calling the norms: norms frozen by bn.eval() still use and update batch statistics, num_batches_tracked stays 0 in checkpoints, and after use_group_norm it crashes as a group norm has no running mean.",
    ),
    (
        "block_adds_into_input",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    if not torch.is_grad_enabled():  # nothing to keep for a backward pass: save memory
        return identity.add_(x).relu_()
    return F.relu(x + identity)
""",
        "Under no_grad, a block without a projection adds into the caller's feature map: the map that an evaluation kept (from a hook or from an earlier layer) is overwritten, and a second call with the same input gives another result.",
    ),
    (
        "bottleneck_checkpointed",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    def branch(x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.bn3(self.conv3(x))

    identity = x if self.downsample is None else self.downsample(x)
    # do not keep the maps inside the block: compute them again in the backward pass
    x = checkpoint(branch, x, use_reentrant=False)
    return F.relu(x + identity)
""",
        "The backward pass runs the branch again, so in training its norms update their running statistics twice for each batch (num_batches_tracked 2 after one step, an effective momentum of 0.19): values and gradients are right, but evaluation uses the wrong statistics.",
    ),
    (
        "stage_shared_by_networks",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int, built={}):
    key = (block, inputs, width, count, stride)
    if key not in built:
        blocks = [block(inputs, width, stride)]
        blocks += [block(width * block.expansion, width) for _ in range(count - 1)]
        built[key] = nn.Sequential(*blocks)
    return built[key]
""",
        "A stage of given sizes is built once and then returned again: a second network (a momentum encoder, another seed) shares its stages with the first, and building it draws the first one's trained weights anew.",
    ),
    (
        "eval_for_one_image",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    if len(x) == 1:  # one image has no batch statistics
        self.eval()
    x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for i in range(self.stages):
        x = self.get_submodule(f"layer{i + 1}")(x)
    return x.mean((2, 3))
""",
        "A batch of one image in training mode switches the whole network to eval mode and leaves it there: after a last batch of one image, the norms no longer learn their statistics for the rest of the training.",
    ),
    (
        "forward_keeps_its_map",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for i in range(self.stages):
        x = self.get_submodule(f"layer{i + 1}")(x)
    self.features = x  # handy for plots
    return x.mean((2, 3))
""",
        "The module keeps the last map with its whole graph: its memory is not freed after the step, and copy.deepcopy of the network after a training batch (a momentum encoder, a snapshot of the best weights) raises that only leaf tensors can be copied.",
    ),
    (
        "initialise_unfreezes",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.out_channels * module.kernel_size[0] * module.kernel_size[1]
            module.weight.requires_grad_(False)  # no graph of this
            module.weight.normal_(0, (2 / fan_out) ** 0.5)
            module.weight.requires_grad_(True)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    for module in model.modules() if zero_init else ():
        if isinstance(module, BasicBlock | Bottleneck):
            last = module.bn2 if isinstance(module, BasicBlock) else module.bn3
            nn.init.zeros_(last.weight)
""",
        "It turns requires_grad on for every convolution instead of restoring it: a layer that was frozen before (a first layer that does not train) is trained after the call.",
    ),
    (
        "initialise_square_kernels",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            fan_out = module.out_channels * module.kernel_size[0] ** 2
            nn.init.normal_(module.weight, 0, (2 / fan_out) ** 0.5)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    for module in model.modules() if zero_init else ():
        if isinstance(module, BasicBlock | Bottleneck):
            last = module.bn2 if isinstance(module, BasicBlock) else module.bn3
            nn.init.zeros_(last.weight)
""",
        "The number of terms is outputs times the square of the kernel's height: a 1 x 7 kernel gets a variance 7 times too large and a 7 x 1 kernel one 7 times too small, so gradients explode or fade in a model with such kernels.",
    ),
    (
        "shortcut_bias_stride_forgotten",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if inputs != outputs:
        project = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride)
        return nn.Sequential(project, nn.BatchNorm2d(outputs))
    return None
""",
        "Two slips: only the channels decide, so a block that shrinks the image with equal channels gets no projection, and the convolution has a bias.",
    ),
    (
        "bottleneck_relus_misplaced",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    skip = x
    if self.downsample is not None:
        skip = self.downsample(x)
    y = torch.relu(self.bn1(self.conv1(x)))
    y = self.bn2(self.conv2(y))
    y = torch.relu(self.bn3(self.conv3(y)))
    return y + skip
""",
        "Two slips: no ReLU follows the second norm, and the last ReLU comes before the sum instead of after it.",
    ),
    (
        "init_fan_in_first_norm",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            fan = layer.weight[0].numel()
            nn.init.normal_(layer.weight, 0.0, (2.0 / fan) ** 0.5)
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.constant_(layer.weight, 1.0)
            nn.init.constant_(layer.bias, 0.0)
    if zero_init:
        for layer in model.modules():
            if isinstance(layer, (BasicBlock, Bottleneck)):
                nn.init.constant_(layer.bn1.weight, 0.0)
""",
        "Two slips: the variance is 2 over the fan-in instead of the fan-out, and zero_init zeroes the first norm of a block instead of the last.",
    ),
    (
        "resnet_no_stem_relu_sum",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    y = self.bn1(self.conv1(x))
    y = self.maxpool(y)
    for k in range(1, self.stages + 1):
        y = getattr(self, f"layer{k}")(y)
    return y.flatten(2).sum(dim=-1)
""",
        "Two slips: the stem has no ReLU, and each channel is summed over its map instead of averaged.",
    ),
    (
        "basic_shortcut_no_grad",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    with torch.no_grad():
        skip = x.clone() if self.downsample is None else self.downsample(x)
    y = self.bn1(self.conv1(x)).relu()
    y = self.bn2(self.conv2(y))
    return (y + skip).relu()
""",
        "The shortcut is computed under no_grad: the values are right, but no gradient passes through it, so the projection never learns and the gradient fades with depth as in a plain network.",
    ),
    (
        "bottleneck_checkpointed_2",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    def residual(t):
        t = F.relu(self.bn1(self.conv1(t)))
        t = F.relu(self.bn2(self.conv2(t)))
        return self.bn3(self.conv3(t))

    if self.training and torch.is_grad_enabled():
        out = checkpoint(residual, x, use_reentrant=False)
    else:
        out = residual(x)
    skip = self.downsample(x) if self.downsample is not None else x
    return F.relu(out + skip)
""",
        "Checkpointing runs the three norms a second time in the backward pass, so in training their running statistics and num_batches_tracked move twice per batch.",
    ),
    (
        "resnet_square_pool",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = F.relu(self.bn1(self.conv1(x)))
    out = self.maxpool(out)
    for number in range(self.stages):
        out = self._modules[f"layer{number + 1}"](out)
    out = F.avg_pool2d(out, out.shape[2])
    return torch.flatten(out, 1)
""",
        "The pooling window is a square as high as the map: for images wider than high h has a multiple of D columns, or drops the columns left over, and for images higher than wide it raises.",
    ),
    (
        "stage_rest_shared",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    head = block(inputs, width, stride)
    if count == 1:
        return nn.Sequential(head)
    body = block(width * block.expansion, width, 1)
    return nn.Sequential(head, *([body] * (count - 1)))
""",
        "All blocks after the first are one block: right up to two blocks, as in ResNet-18, but from three on, as in ResNet-34 and ResNet-50, they share weights and norm statistics.",
    ),
    (
        "init_new_parameters_2",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            n = m.out_channels * m.kernel_size[0] * m.kernel_size[1]
            m.weight = nn.Parameter(torch.randn_like(m.weight) * (2 / n) ** 0.5)
        elif isinstance(m, nn.BatchNorm2d):
            nn.init.ones_(m.weight)
            nn.init.zeros_(m.bias)
    if not zero_init:
        return
    for m in model.modules():
        if isinstance(m, BasicBlock):
            nn.init.zeros_(m.bn2.weight)
        elif isinstance(m, Bottleneck):
            nn.init.zeros_(m.bn3.weight)
""",
        "Each convolution gets a new Parameter instead of new values in place: an optimiser built before goes on training the old tensors, and frozen or tied weights are frozen or tied no more.",
    ),
    (
        "conv_cached",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1, made={}) -> nn.Conv2d:
    key = (inputs, outputs, stride)
    if key not in made:
        made[key] = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
    return made[key]
""",
        "Layers are cached in a default argument, so a second call with the same numbers returns the same module: the convolutions of one network, and of two networks, share their weights.",
    ),
    (
        "padding_same",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding="same", bias=False)
""",
        "Usual (Keras). padding='same' works at stride 1 only; torch raises an error for stride 2. It must be padding=1.",
    ),
    (
        "stride_in_every_block",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    row = nn.Sequential()
    channels = inputs
    for _ in range(count):
        row.append(block(channels, width, stride))
        channels = width * block.expansion
    return row
""",
        "Usual. Every block gets the stride, so a stage of n blocks shrinks the image stride ** n times; only the first block may have it, the others stride 1.",
    ),
    (
        "relu_before_the_sum",
        "BasicBlock.forward",
        """
def forward(self, x):
    kept = x if self.downsample is None else self.downsample(x)
    y = torch.relu(self.bn1(self.conv1(x)))
    y = torch.relu(self.bn2(self.conv2(y)))
    return kept + y
""",
        "Usual. The last ReLU comes before the sum instead of after it, so a block can never subtract; it must be relu(F(x) + x).",
    ),
    (
        "pool_by_the_width",
        "ResNet.forward",
        """
def forward(self, x):
    y = self.maxpool(torch.relu(self.bn1(self.conv1(x))))
    for number in range(1, self.stages + 1):
        y = self.get_submodule(f"layer{number}")(y)
    return F.avg_pool2d(y, y.shape[-1]).flatten(1)
""",
        "Subtle. The window of the average is as wide and as high as the last map is wide: right for square images, an error or too many numbers for others. The mean must be over the whole map.",
    ),
    (
        "zero_the_projection",
        "initialise",
        """
def initialise(model, zero_init=False):
    for part in model.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d | nn.GroupNorm):
            if part.weight is not None:
                nn.init.ones_(part.weight)
                nn.init.zeros_(part.bias)
    if zero_init:
        for part in model.modules():
            if isinstance(part, BasicBlock | Bottleneck):
                norms = [m for m in part.modules() if isinstance(m, nn.BatchNorm2d)]
                nn.init.zeros_(norms[-1].weight)
""",
        "Subtle. 'The last norm' is the last batch norm that modules() finds, which is the norm of the shortcut in a block that has a projection; it must be bn2 of a basic block and bn3 of a bottleneck.",
    ),
    (
        "checkpointed",
        "Bottleneck.forward",
        """
def forward(self, x):
    from torch.utils.checkpoint import checkpoint

    def branch(t):
        t = F.relu(self.bn1(self.conv1(t)))
        t = F.relu(self.bn2(self.conv2(t)))
        return self.bn3(self.conv3(t))

    y = checkpoint(branch, x, use_reentrant=False) if torch.is_grad_enabled() else branch(x)
    return F.relu(y + (x if self.downsample is None else self.downsample(x)))
""",
        "In use. The branch is checkpointed to save memory, so backward runs it again and each norm counts the batch twice; each norm must count a batch once in a training step.",
    ),
    (
        "input_reused_without_grad",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    kept = x if self.downsample is None else self.downsample(x)
    out = F.relu(self.bn1(self.conv1(x)))
    out = self.bn2(self.conv2(out))
    if torch.is_grad_enabled():
        return F.relu(out + kept)
    return F.relu_(kept.add_(out))  # no graph needs the shortcut any more: reuse its memory
""",
        "Under torch.no_grad a block without a projection overwrites the caller's feature maps and returns the same tensor, so a second call with the same x gives another result. Contradicts relu(F(x) + x) as a function of x: x is an argument, and only the return value is described.",
    ),
    (
        "projects_by_channels_only",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = F.relu(self.bn1(self.conv1(x)))
    out = F.relu(self.bn2(self.conv2(out)))
    out = self.bn3(self.conv3(out))
    if x.shape[1] != out.shape[1]:
        x = self.downsample(x)
    return F.relu(out + x)
""",
        "A block that halves the image but keeps the channels (inputs = 4 * width, stride 2, as with equal widths of two stages) skips its projection and fails, or broadcasts a 1 x 1 map. Contradicts 'project it if the shapes differ' and the returned shape (B, 4 * width, H / stride, W / stride).",
    ),
    (
        "pools_squares_only",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for number in range(1, self.stages + 1):
        x = getattr(self, f"layer{number}")(x)
    return F.avg_pool2d(x, x.shape[-1]).flatten(1)
""",
        "The pooling window is a square of the last map's width: for images that are not square, tall ones give (B, several times D) or lose rows, and wide ones raise. Contradicts 'images, shape (B, 3, H, W)' -> 'h, shape (B, D)' and 'average each channel over its map'.",
    ),
    (
        "data_rebound",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    norms = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)
    for part in model.modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Conv3d):
            old = part.weight
            std = (2 / (part.out_channels * old[0, 0].numel())) ** 0.5
            old.data = (std * torch.randn(old.shape)).to(old)  # the old dtype and device
        elif isinstance(part, norms) and part.weight is not None:
            nn.init.ones_(part.weight)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    if zero_init:
        for part in model.modules():
            if isinstance(part, Bottleneck):
                nn.init.zeros_(part.bn3.weight)
            elif isinstance(part, BasicBlock):
                nn.init.zeros_(part.bn2.weight)
""",
        "The weights get new storage instead of new values: channels_last is lost, and whatever shares the memory (a flat buffer, share_memory, a view or a state_dict taken before) keeps the old weights. Contradicts 'Kaiming initialisation, in place'.",
    ),
    (
        "shortcut_of_resnet_d",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if stride == 1 and inputs == outputs:
        return None
    layers = []
    if stride > 1:  # look at every pixel, not only at every second one
        layers.append(nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False))
    layers.append(nn.Conv2d(inputs, outputs, 1, bias=False))
    layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers)
""",
        "The projection of ResNet-D (timm): average pooling, then a 1 x 1 convolution of stride 1. Against 'a 1 x 1 convolution with its norm' (page: 'a 1 x 1 convolution with the stride projects each pixel') and 'every parameter has torchvision's name' (the convolution becomes downsample.1). Shapes are right; right at stride 1, wrong values at stride 2.",
    ),
    (
        "first_norm_twice",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    identity = x if self.downsample is None else self.downsample(x)
    out = F.relu(self.bn1(self.conv1(x)))
    out = self.bn1(self.conv2(out))
    return F.relu(out + identity)
""",
        "Copied line: bn1 serves both convolutions and bn2 is never used. Against 'norm after each' and 'Each norm counts a batch once in a training step'. In a fresh block in training mode the output is right; shows in bn1.num_batches_tracked (2) and bn2's (0), in running statistics and so in eval mode, in the missing gradient of bn2, and when the two norms have different weights (zero_init).",
    ),
    (
        "stride_in_the_last_block",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    outputs = width * block.expansion
    blocks = []
    for i in range(count):
        last = i == count - 1
        blocks.append(block(inputs if i == 0 else outputs, width, stride if last else 1))
    return nn.Sequential(*blocks)
""",
        "The convention of TF-slim: the last block of a stage shrinks the image. Against 'the first changes channels and size' and 'stride: factor by which the first block shrinks the image'; the last block also gets a projection of its own. The stage's output shape is right, and so is a stage of one block or of stride 1; shows for count >= 2 with stride 2.",
    ),
    (
        "he_normal_of_keras",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            std = (2 / (module.out_channels * height * width)) ** 0.5
            # he_normal: cut off at two standard deviations, and widened to keep the variance
            std = std / 0.87962566103423978
            nn.init.trunc_normal_(module.weight, std=std, a=-2 * std, b=2 * std)
        elif isinstance(module, nn.BatchNorm2d | nn.GroupNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    if zero_init:
        for module in model.modules():
            if isinstance(module, BasicBlock):
                nn.init.zeros_(module.bn2.weight)
            elif isinstance(module, Bottleneck):
                nn.init.zeros_(module.bn3.weight)
""",
        "Keras' he_normal: a truncated normal distribution of the right mean and variance. Against 'drawn from a normal distribution'. Shows only in the shape of the distribution: no weight beyond 2.27 standard deviations (a normal one has 2.3% there), kurtosis far below 3.",
    ),
    (
        "checkpointed_bottleneck",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    def residual(x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.bn3(self.conv3(x))

    identity = x if self.downsample is None else self.downsample(x)
    if self.training and torch.is_grad_enabled():
        # the maps inside the block are made again in the backward pass: a third of the memory
        F_x = checkpoint(residual, x, use_reentrant=False)
    else:
        F_x = residual(x)
    return F.relu(F_x + identity)
""",
        "Checkpointing runs the norms a second time in the backward pass, so bn1, bn2 and bn3 count the batch twice. Against 'Each norm counts a batch once in a training step, forward and backward'. Outputs and gradients are right; shows after backward() in training mode in num_batches_tracked and in the running statistics.",
    ),
    (
        "last_norm_found_is_the_projections",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    norms = (nn.modules.batchnorm._BatchNorm, nn.GroupNorm)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, norms):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    if zero_init:
        for block in model.modules():
            if isinstance(block, BasicBlock | Bottleneck):
                last = [m for m in block.modules() if isinstance(m, norms)][-1]
                nn.init.zeros_(last.weight)
""",
        "Takes the last norm that block.modules() lists; in a block with a projection that is downsample's norm. Against 'start the last norm of each block at zero, so that each block starts as its shortcut': there the shortcut is zero and the block is F. Right without zero_init and in blocks without a projection; shows with zero_init=True wherever channels or size change.",
    ),
    (
        "pictures_in_small_portions",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    def features(images):
        images = self.maxpool(F.relu(self.bn1(self.conv1(images))))
        for i in range(1, self.stages + 1):
            images = getattr(self, f"layer{i}")(images)
        return images.mean((2, 3))

    # The representation of a picture belongs to that picture alone, so a large batch can go
    # through the network in portions: the result is the same, and the feature maps of the first
    # layers, which are the largest tensors of a training step, never all exist at once.
    portion = 8
    B = x.shape[0]
    if B <= portion:
        return features(x)
    first = features(x[:portion])
    h = first.new_empty(B, first.shape[1])
    h[:portion] = first
    for start in range(portion, B, portion):
        stop = min(start + portion, B)
        # a last portion of one picture would have nothing to be compared with
        begin = start if stop - start > 1 else start - 1
        h[start:stop] = features(x[begin:stop])[start - begin :]
    return h
""",
        "Believes that the images of a batch do not know of each other; batch norm in training mode takes mean and variance over all of them. Against 'Each norm counts a batch once in a training step' and 'apply the stem ... apply the stages' to the batch. Right in eval mode, with group norms, and for batches of 8 or fewer; shows in training mode with larger batches: other values of h, several counts in num_batches_tracked.",
    ),
    (
        "padding_only_at_stride_one",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    # the docstring asks to keep the size at stride 1; a strided convolution shrinks it anyway
    keep = stride == 1
    return nn.Conv2d(
        in_channels=inputs,
        out_channels=outputs,
        kernel_size=3,
        stride=stride,
        padding=1 if keep else 0,
        bias=False,
    )
""",
        "no padding when the stride is above 1: 32 x 32 becomes 15 x 15 instead of 16 x 16, which breaks '(B, width, H / stride, W / stride), rounded up' of the blocks and the sizes 16, 16, 8, 4 of the page",
    ),
    (
        "shortcut_looks_at_channels_only",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    if outputs == inputs:
        return None
    layers = [
        nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers)
""",
        "returns None if the channels agree, even if the stride changes the size, which breaks 'None if the shapes agree' and the page's 'the same number of channels and the same size'",
    ),
    (
        "first_norm_used_twice",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    skip = x if self.downsample is None else self.downsample(x)
    y = F.relu(self.bn1(self.conv1(x)))
    y = self.bn1(self.conv2(y))
    y = y + skip
    return F.relu(y)
""",
        "copied line: bn1 also follows the second convolution and bn2 is never used; the shapes fit. Breaks 'each norm counts the batch only once' (bn1 counts twice, bn2 never), and with zero_init the block is not its shortcut",
    ),
    (
        "every_block_strides",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    blocks = []
    channels = inputs
    for _ in range(count):
        blocks.append(block(channels, width, stride))
        channels = width * block.expansion
    return nn.Sequential(*blocks)
""",
        "all blocks get the stride, not only the first: breaks 'factor by which the first block shrinks the image' and 'add the others, which keep that shape'. With count 1 (resnet_tiny) it cannot be seen",
    ),
    (
        "zero_init_by_position",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    norms = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, norms):
            if module.weight is not None:
                nn.init.ones_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    if not zero_init:
        return
    for block in model.modules():
        if isinstance(block, BasicBlock | Bottleneck):
            last = [part for part in block.modules() if isinstance(part, norms)][-1]
            nn.init.zeros_(last.weight)
""",
        "the last norm in the order of registration: in a block that projects its input this is the norm of the shortcut (downsample[1]), so the block starts as relu(F(x)) without its shortcut, instead of 'each block starts as its shortcut'. Right in blocks without a projection",
    ),
    (
        "pooling_window_from_width",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    maps = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for number in range(1, self.stages + 1):
        maps = getattr(self, f"layer{number}")(maps)
    side = maps.shape[-1]
    pooled = F.avg_pool2d(maps, kernel_size=side)
    return torch.flatten(pooled, start_dim=1)
""",
        "the window is as wide as the map in both directions, so images that are not square give (B, more than D) or an error; the docstring promises (B, 3, H, W) to (B, D), a mean over the whole map. Right for all squares",
    ),
    (
        "padding_is_stride",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=stride, bias=False)
""",
        "A hurried engineer remembers `padding=dilation` from torchvision and writes `padding=stride`. At stride 2 it pads by two, so 32 pixels become 17, not 16: breaks 'H / stride, rounded up', and with it resnet_tiny's sizes 16, 16, 8, 4 on the page.",
    ),
    (
        "and_instead_of_or",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int):
    changed = inputs != outputs and stride > 1
    if changed:
        projection = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
        norm = nn.BatchNorm2d(outputs)
        return nn.Sequential(projection, norm)
    return None
""",
        "'and' where 'or' is meant: projects only if channels AND size change. resnet_tiny, 18 and 34 work, but (64, 256, 1), the first block of resnet50, and (64, 64, 2) get None. Breaks 'or None if the shapes agree'.",
    ),
    (
        "relu_before_sum",
        "Bottleneck.forward",
        """
def forward(self, x):
    identity = x
    if self.downsample is not None:
        identity = self.downsample(identity)

    for number in ["1", "2", "3"]:
        conv = getattr(self, "conv" + number)
        norm = getattr(self, "bn" + number)
        x = conv(x)
        x = norm(x)
        x = F.relu(x)

    x = x + identity
    return F.relu(x)
""",
        "A beginner puts all three pairs in a loop, each with a ReLU, so F can only be positive before the sum. Breaks 'a ReLU after the first two' and equation 1.",
    ),
    (
        "stem_without_relu",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    stem = nn.Sequential(self.conv1, self.bn1, self.maxpool)
    h = stem(x)
    k = 1
    while k <= self.stages:
        h = getattr(self, "layer%d" % k)(h)
        k += 1
    return torch.mean(h, (2, 3))
""",
        "Strings together the modules that __init__ made; the stem's ReLU is not a module, so it is forgotten. Breaks 'the stem: convolution, norm, ReLU, and pooling'.",
    ),
    (
        "last_norm_is_the_shortcuts",
        "initialise",
        """
def initialise(model, zero_init=False):
    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)

    def norms_of(module):
        return [m for m in module.modules() if isinstance(m, kinds)]

    for conv in (m for m in model.modules() if isinstance(m, nn.Conv2d)):
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
    for norm in norms_of(model):
        if norm.weight is not None:
            nn.init.constant_(norm.weight, 1.0)
        if norm.bias is not None:
            nn.init.constant_(norm.bias, 0.0)
    if zero_init:
        for block in model.modules():
            if isinstance(block, (BasicBlock, Bottleneck)):
                nn.init.constant_(norms_of(block)[-1].weight, 0.0)
""",
        "Finds 'the last norm of each block' as the last one that block.modules() visits. In blocks with a projection that is the shortcut's norm (downsample is registered last), so the shortcut is zeroed and F is not. Right in blocks without a projection. Breaks 'so that each block starts as its shortcut'.",
    ),
    (
        "blocks_counted_from_one",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    blocks = nn.Sequential()
    channels, step = inputs, stride
    for number in range(1, count + 1):
        blocks.add_module(f"{number}", block(channels, width, step))
        channels, step = width * block.expansion, 1
    return blocks
""",
        "Computes the right thing, but numbers the blocks from 1, like layer1, layer2, ...: the parameters are called layer1.1.conv1.weight, not layer1.0.conv1.weight. Breaks the module's promise 'Every parameter has torchvision's name, so torchvision's weights can be loaded'.",
    ),
    (
        "conv_same_or_valid",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    # "same" is only allowed without a stride
    padding = "same" if stride == 1 else "valid"
    return nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=padding, bias=False)
""",
        "no padding at stride 2, so 32 pixels become 15 and not 16; blocks must give H / stride, rounded up, and the sum with the shortcut fails.",
    ),
    (
        "shortcut_is_an_empty_sequential",
        "shortcut",
        """
def shortcut(inputs, outputs, stride):
    layers = []
    if stride != 1 or inputs != outputs:
        layers.append(nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False))
        layers.append(nn.BatchNorm2d(outputs))
    return nn.Sequential(*layers)
""",
        "returns an empty nn.Sequential where the shapes agree; docstring and page promise None.",
    ),
    (
        "bottleneck_first_norm_twice",
        "Bottleneck.forward",
        """
def forward(self, x):
    identity = x
    if self.downsample is not None:
        identity = self.downsample(x)

    out = self.conv1(x)
    out = self.bn1(out)
    out = F.relu(out)

    out = self.conv2(out)
    out = self.bn1(out)
    out = F.relu(out)

    out = self.conv3(out)
    out = self.bn3(out)

    return F.relu(out + identity)
""",
        "a copied line: bn1 also follows conv2 and bn2 is never used; every convolution has its own norm, and each norm counts the batch only once.",
    ),
    (
        "pooling_by_four",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for i in range(self.stages):
        out = getattr(self, "layer%d" % (i + 1))(out)
    out = F.avg_pool2d(out, 4)
    return out.view(out.size(0), -1)
""",
        "assumes a last map of 4 x 4 pixels; with 64 x 64 images the result is (B, 4 D) instead of (B, D), and smaller images fail. The page asks for one number per channel, however many pixels there are.",
    ),
    (
        "zero_init_undone_by_the_same_loop",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm)):
            nn.init.constant_(m.weight, 1)
            nn.init.constant_(m.bias, 0)
        elif isinstance(m, BasicBlock) and zero_init:
            nn.init.constant_(m.bn2.weight, 0)
        elif isinstance(m, Bottleneck) and zero_init:
            nn.init.constant_(m.bn3.weight, 0)
""",
        "modules() visits a block before its norms, so the last norm is set to 0 and afterwards to 1; zero_init has no effect.",
    ),
    (
        "sum_written_into_the_input",
        "BasicBlock.forward",
        """
def forward(self, x):
    skip = x if self.downsample is None else self.downsample(x)
    out = F.relu(self.bn1(self.conv1(x)))
    out = self.bn2(self.conv2(out))
    skip += out
    return F.relu(skip)
""",
        "without a projection skip is x itself, so += overwrites the block's input and the backward pass raises an error; the docstring promises a training step, forward and backward. Right values in eval mode and in blocks with a projection.",
    ),
    (
        "padding_only_at_stride_1",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    if stride == 1:
        pad = 1  # "keeps the size at stride 1"
    else:
        pad = 0  # the layer is meant to make the picture smaller
    layer = nn.Conv2d(in_channels=inputs, out_channels=outputs, kernel_size=3, stride=stride,
                      padding=pad, bias=False)
    return layer
""",
        "misreads the docstring: pads only at stride 1, so at stride 2 a 32 x 32 map becomes 15 x 15 (the page: the layer halves it; the blocks: H / stride, rounded up)",
    ),
    (
        "only_the_channels_count",
        "shortcut",
        """
def shortcut(inputs, outputs, stride):
    if inputs == outputs:
        return None
    projection = [
        nn.Conv2d(inputs, outputs, kernel_size=(1, 1), stride=(stride, stride), bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*projection)
""",
        "forgets the size: equal channels with stride 2 give None, although the shapes do not agree (docstring: None if the shapes agree; page: the same number of channels AND the same size)",
    ),
    (
        "later_blocks_get_width",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    layers = []
    for n in range(count):
        if n == 0:
            layers.append(block(inputs, width, stride))
        else:
            layers.append(block(width, width, 1))
    return nn.Sequential(*layers)
""",
        "the later blocks are built for `width` channels instead of width * block.expansion: right for BasicBlock, but a stage of bottlenecks cannot run (docstring of width: output has width * block.expansion)",
    ),
    (
        "adds_into_its_input",
        "BasicBlock.forward",
        """
def forward(self, x):
    out = self.conv1(x)
    out = self.bn1(out)
    out = F.relu(out)
    out = self.conv2(out)
    out = self.bn2(out)
    if self.downsample is not None:
        x = self.downsample(x)
    x += out
    return F.relu(x)
""",
        "in-place sum: without a projection the caller's feature maps are overwritten, and in a training step the backward pass stops with an error (docstring: a training step, forward and backward; page: x is the map BEFORE the block)",
    ),
    (
        "mean_of_a_square",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = torch.relu(self.bn1(self.conv1(x)))
    out = self.maxpool(out)
    for number in range(self.stages):
        out = getattr(self, "layer" + str(number + 1))(out)
    side = out.size(-1)  # whatever the image was, average over the whole map
    return F.avg_pool2d(out, kernel_size=side).flatten(start_dim=1)
""",
        "takes the last map for a square: for images that are higher than wide h has more than D numbers, for wide ones it fails (docstring: images (B, 3, H, W) to h (B, D); page: one number per channel, however many pixels there are)",
    ),
    (
        "zero_init_is_undone",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for m in model.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.GroupNorm, nn.LayerNorm)):
            if m.weight is not None:
                nn.init.ones_(m.weight)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif zero_init and isinstance(m, Bottleneck):
            nn.init.zeros_(m.bn3.weight)
        elif zero_init and isinstance(m, BasicBlock):
            nn.init.zeros_(m.bn2.weight)
""",
        "one pass: modules() visits a block BEFORE its norms, so the norm that was just set to 0 is set to 1 again; zero_init has no effect (docstring: start the last norm of each block at zero)",
    ),
    (
        "padding_same_as_in_keras",
        "conv3x3",
        """
def conv3x3(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, kernel_size=(3, 3), stride=stride, padding="same", bias=False)
""",
        "Keras user: padding='same', which torch refuses for strides above 1, so the convolution cannot be built with stride 2; breaks the signature's stride and 'Maps ... to H / stride, W / stride'",
    ),
    (
        "shortcut_only_for_channels",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    layers = None
    if inputs != outputs:
        layers = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False),
            nn.BatchNorm2d(outputs),
        )
    return layers
""",
        "hurried engineer: looks at the channels only; with equal channels and stride 2 it gives None although the sizes differ; breaks 'None if the shapes agree' (neither its channels nor its size)",
    ),
    (
        "relu_on_every_layer",
        "Bottleneck.forward",
        """
def forward(self, x):
    out = x
    for conv, bn in [(self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)]:
        out = torch.relu(bn(conv(out)))
    if self.downsample is not None:
        x = self.downsample(x)
    return torch.relu(out + x)
""",
        "student who likes loops: the loop puts a ReLU after the third norm too, before the sum, so F can only be positive; breaks 'a ReLU after the first two' and 'add the shortcut, then apply the last ReLU'",
    ),
    (
        "stage_without_expansion",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    channels = [inputs] + [width] * (count - 1)
    strides = [stride] + [1] * (count - 1)
    return nn.Sequential(*[block(c, width, s) for c, s in zip(channels, strides)])
""",
        "NumPy user: the later blocks get `width` channels as their input instead of width * expansion; right for BasicBlock, fails for Bottleneck; breaks 'its output has width * block.expansion'",
    ),
    (
        "zero_before_one",
        "initialise",
        """
@torch.no_grad()
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for module in model.modules():
        if isinstance(module, nn.modules.conv._ConvNd):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, (nn.modules.batchnorm._BatchNorm, nn.GroupNorm, nn.LayerNorm)):
            if module.weight is not None:
                module.weight.fill_(1.0)
            if module.bias is not None:
                module.bias.fill_(0.0)
        elif isinstance(module, Bottleneck) and zero_init:
            module.bn3.weight.fill_(0.0)
        elif isinstance(module, BasicBlock) and zero_init:
            module.bn2.weight.fill_(0.0)
""",
        "somebody who knows torch well: one tidy pass, but modules() visits a block before the norms inside it, so each zero is set back to one at once; breaks 'zero_init: start the last norm of each block at zero'",
    ),
    (
        "pooled_as_if_square",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    for i in range(1, self.stages + 1):
        x = getattr(self, f"layer{i}")(x)
    # one window as large as the map, so that a single number per channel remains
    x = F.avg_pool2d(x, kernel_size=x.shape[-1])
    return x[:, :, 0, 0]
""",
        "user of old ResNet code (F.avg_pool2d(out, 4)): the window is as high as the map is wide; right for square images; for H > W only the upper part counts, for H < W it fails; breaks 'images, shape (B, 3, H, W)' and 'average each channel over its map'",
    ),
]
