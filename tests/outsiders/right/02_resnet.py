# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 2's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "conv_bias_removed",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    conv = nn.Conv2d(inputs, outputs, kernel_size=(3, 3), stride=(stride, stride), padding=(1, 1))
    conv.register_parameter("bias", None)
    return conv
""",
        "makes a convolution with a bias and then takes the bias away",
    ),
    (
        "conv_padding_same",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(
        in_channels=inputs,
        out_channels=outputs,
        kernel_size=3,
        stride=stride,
        padding="same" if stride == 1 else 1,
        bias=False,
    )
""",
        "uses Keras' padding='same' at stride 1, which torch stores as a string",
    ),
    (
        "shortcut_appended",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    layers = None
    if (inputs, stride) != (outputs, 1):
        layers = nn.Sequential()
        layers.append(nn.Conv2d(inputs, outputs, (1, 1), (stride, stride), (0, 0), bias=None))
        layers.append(nn.BatchNorm2d(num_features=outputs))
    return layers
""",
        "compares tuples, appends to an empty Sequential, and passes bias=None (falsy) to the convolution",
    ),
    (
        "shortcut_ordered_dict",
        "shortcut",
        """
def shortcut(inputs: int, outputs: int, stride: int) -> nn.Sequential | None:
    from collections import OrderedDict

    same_size = stride == 1
    same_channels = inputs == outputs
    if not (same_size and same_channels):
        norm = nn.BatchNorm2d(outputs, eps=1e-5, momentum=0.1, affine=True)
        project = nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride)
        project.bias = None
        return nn.Sequential(OrderedDict([("0", project), ("1", norm)]))
""",
        "an OrderedDict with torchvision's names 0 and 1, the norm made before the convolution, None by falling off the end",
    ),
    (
        "basic_sequential_threshold",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    branch = nn.Sequential(self.conv1, self.bn1, nn.ReLU(), self.conv2, self.bn2)
    project = self.downsample or nn.Identity()
    return F.threshold(torch.add(project(x), branch(x)), 0.0, 0.0)
""",
        "composes the branch as an nn.Sequential on the fly, runs the branch after the shortcut, and uses F.threshold as the last ReLU",
    ),
    (
        "basic_inplace_sum",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    out = self.conv1(x)
    out = self.bn1(out)
    out = torch.relu(out)
    out = self.conv2(out)
    out = self.bn2(out)
    if self.downsample is not None:
        out = out + self.downsample(x)
    else:
        out = out + x
    return out.relu_()
""",
        "runs the branch first and the shortcut last, with an in-place last ReLU on its own sum",
    ),
    (
        "bottleneck_loop_getattr",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    y = x
    for i in range(1, 4):
        y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
        if i == 3:
            y = y + (x if self.downsample is None else self.downsample(x))
        y = y.relu()
    return y
""",
        "one loop over the three pairs, whose last round adds the shortcut before the ReLU that all rounds share",
    ),
    (
        "bottleneck_reduce",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from functools import reduce

    def chain(*functions):
        return lambda value: reduce(lambda v, f: f(v), functions, value)

    residual = chain(
        self.conv1, self.bn1, F.relu, self.conv2, self.bn2, F.relu, self.conv3, self.bn3
    )
    identity = chain() if self.downsample is None else chain(*self.downsample)
    return chain(lambda v: torch.stack([identity(v), residual(v)]).sum(0), torch.relu)(x)
""",
        "function composition with functools.reduce; the shortcut's layers are called one by one and the two branches summed by stack and sum",
    ),
    (
        "stage_recursive",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    if count <= 1:
        return nn.Sequential(block(inputs, width, stride))
    return stage(block, inputs, width, count - 1, stride).append(
        block(width * block.expansion, width, 1)
    )
""",
        "recursion: a stage of n blocks is a stage of n - 1 blocks with one more appended",
    ),
    (
        "stage_keywords_zip",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    outputs = width * block.expansion
    channels = [inputs] + [outputs] * (count - 1)
    strides = [stride] + [1] * (count - 1)
    layers = {
        str(i): block(inputs=c, width=width, stride=s)
        for i, (c, s) in enumerate(zip(channels, strides, strict=True))
    }
    result = nn.Sequential()
    for name, layer in layers.items():
        result.add_module(name, layer)
    return result
""",
        "lists of channels and strides, blocks called with keyword arguments, and add_module by number",
    ),
    (
        "resnet_recursive_pool",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    def after(i):
        if i == 0:
            return self.maxpool(torch.relu(self.bn1(self.conv1(x))))
        return getattr(self, f"layer{i}")(after(i - 1))

    return torch.flatten(F.adaptive_avg_pool2d(after(self.stages), (1, 1)), start_dim=1)
""",
        "a recursive nested function from the last stage down to the stem, and adaptive average pooling with flatten",
    ),
    (
        "resnet_modules_var_mean",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    stem = [self.conv1, self.bn1, nn.ReLU(inplace=True), self.maxpool]
    stages = [self._modules[f"layer{number}"] for number in range(1, 1 + self.stages)]
    maps = nn.Sequential(*stem, *stages)(x)
    _, h = torch.var_mean(maps.flatten(2), dim=-1, correction=0)
    return h
""",
        "one flat Sequential of stem and stages with an in-place ReLU, and the mean taken from torch.var_mean over flattened pixels",
    ),
    (
        "init_apply",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    @torch.no_grad()
    def start(module):  # apply visits children before their parent, so norms before their block
        if isinstance(module, nn.Conv2d):
            outputs, _, height, width = module.weight.shape
            module.weight.normal_(0.0, (2.0 / (outputs * height * width)) ** 0.5)
        if isinstance(module, nn.BatchNorm2d):
            module.weight.fill_(1.0)
            module.bias.fill_(0.0)
        if zero_init and isinstance(module, (BasicBlock, Bottleneck)):
            getattr(module, "bn3", module.bn2).weight.zero_()

    model.apply(start)
""",
        "a single pass with model.apply, own arithmetic for the standard deviation, and the zeros set when the block itself is visited",
    ),
    (
        "init_reset_parameters",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    with torch.no_grad():
        for conv in [m for m in model.modules() if type(m) is nn.Conv2d]:
            n = conv.out_channels * conv.kernel_size[0] * conv.kernel_size[1]
            conv.weight.copy_(torch.randn_like(conv.weight) * (2 / n) ** 0.5)
        for norm in [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]:
            norm.reset_parameters()
        if zero_init:
            for b in model.modules():
                match b:
                    case BasicBlock():
                        b.bn2.weight *= 0
                    case Bottleneck():
                        b.bn3.weight *= 0
""",
        "copies randn_like times sigma into the weights, resets norms with reset_parameters (so their running statistics, too), and multiplies the last norm by 0",
    ),
    (
        "init_recursive_children",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    if isinstance(model, nn.Conv2d):
        fan_out = model.weight[:, 0].numel()
        nn.init.normal_(model.weight, mean=0.0, std=torch.tensor(2 / fan_out, dtype=torch.float64).sqrt().item())
    elif isinstance(model, nn.BatchNorm2d):
        nn.init.constant_(model.weight, 1)
        nn.init.constant_(model.bias, 0)
    for child in model.children():
        initialise(child, zero_init)
    if zero_init and isinstance(model, BasicBlock | Bottleneck):
        norms = [m for m in (getattr(model, f"bn{i}", None) for i in (1, 2, 3)) if m is not None]
        nn.init.constant_(norms[-1].weight, 0.0)
""",
        "recursion over children with nn.init.normal_, counting n as the size of weight[:, 0], and the block's last bnN found by number",
    ),
    (
        "bottleneck_loop",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    pairs = [(self.conv1, self.bn1), (self.conv2, self.bn2), (self.conv3, self.bn3)]
    y = x
    for k, (conv, norm) in enumerate(pairs):
        if k > 0:
            y = torch.relu(y)
        y = norm(conv(y))
    shape_fits = self.downsample is None
    return torch.relu(torch.add(x if shape_fits else self.downsample(x), y))
""",
        "A loop over pairs of convolution and norm with the ReLU before each pair but the first, and the shortcut computed last.",
    ),
    (
        "stage_append",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    row = nn.Sequential()
    channels, step = inputs, stride
    while len(row) < count:
        row.append(block(channels, width, step))
        channels, step = width * block.expansion, 1
    return row
""",
        "A while loop that appends to an empty Sequential and carries channels and stride as state.",
    ),
    (
        "resnet_list_two_means",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    layers = [self.conv1, self.bn1, torch.relu, self.maxpool]
    layers += [getattr(self, "layer%d" % (k + 1)) for k in range(self.stages)]
    for apply in layers:
        x = apply(x)
    return x.mean(dim=-1).mean(dim=-1)
""",
        "All layers in one list that is applied in order, and the mean over columns, then over rows.",
    ),
    (
        "init_post_order",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    with torch.no_grad():
        for child in model.children():
            initialise(child, zero_init)
        if isinstance(model, nn.Conv2d):
            outputs, _, height, width = model.weight.shape
            model.weight.normal_().mul_((2.0 / (outputs * height * width)) ** 0.5)
        elif isinstance(model, nn.BatchNorm2d):
            model.weight.fill_(1)
            model.bias.fill_(0)
        elif zero_init and isinstance(model, Bottleneck):
            model.bn3.weight.fill_(0)
        elif zero_init and isinstance(model, BasicBlock):
            model.bn2.weight.fill_(0)
""",
        "A recursion over children, post-order, with the formula of the docstring written out instead of nn.init.",
    ),
    (
        "stage_by_recursion",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    def blocks(channels, left, factor):
        if left == 0:
            return []
        return [block(channels, width, factor), *blocks(width * block.expansion, left - 1, 1)]

    row = nn.Sequential()
    for number, made in enumerate(blocks(inputs, count, stride)):
        row.add_module(str(number), made)
    return row
""",
        "The list of blocks is made by recursion, and each is registered by its number.",
    ),
    (
        "mean_by_einsum",
        "ResNet.forward",
        """
def forward(self, x):
    from functools import reduce

    stem = (self.conv1, self.bn1, torch.relu, self.maxpool)
    layers = tuple(getattr(self, f"layer{i + 1}") for i in range(self.stages))
    y = reduce(lambda value, layer: layer(value), stem + layers, x)
    return torch.einsum("bchw->bc", y) / (y.shape[2] * y.shape[3])
""",
        "All layers are folded by reduce, and the mean is an einsum divided by the number of pixels.",
    ),
    (
        "own_normal_draws",
        "initialise",
        """
def initialise(model, zero_init=False):
    with torch.no_grad():
        for part in model.modules():
            if isinstance(part, nn.Conv2d):
                outputs, _, high, wide = part.weight.shape
                part.weight.normal_(0.0, (2.0 / (outputs * high * wide)) ** 0.5)
            if isinstance(part, nn.modules.batchnorm._BatchNorm | nn.GroupNorm):
                if part.weight is not None:
                    part.weight.fill_(1.0)
                if part.bias is not None:
                    part.bias.fill_(0.0)
        blocks = [part for part in model.modules() if isinstance(part, BasicBlock | Bottleneck)]
        for part in blocks if zero_init else []:
            (part.bn3 if hasattr(part, "bn3") else part.bn2).weight.fill_(0.0)
""",
        "Draws with normal_ and the standard deviation written out, instead of kaiming_normal_.",
    ),
    (
        "a_sequential_and_a_stacked_sum",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    residual = nn.Sequential(self.conv1, self.bn1, nn.ReLU(), self.conv2, self.bn2)
    passed = self.downsample if self.downsample is not None else nn.Identity()
    total = torch.stack((residual(x), passed(x))).sum(0)
    return F.threshold(total, 0.0, 0.0)
""",
        "Assembles F as a throw-away nn.Sequential of the block's own layers (their modes and parameters are untouched and it is not registered), sums a stack instead of using +, and writes the last ReLU as a threshold, which has the same value and the same gradient as relu, also at 0. x is not changed; each norm runs once.",
    ),
    (
        "layers_by_name",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from functools import reduce

    def layer(maps, i):
        conv, norm = self.get_submodule(f"conv{i}"), self.get_submodule(f"bn{i}")
        maps = norm(conv(maps))
        if i < 3:
            return F.relu(maps)
        added = x if self.downsample is None else self.downsample(x)
        return F.relu(torch.add(added, maps))

    return reduce(layer, (1, 2, 3), x)
""",
        "A fold over the numbers 1, 2, 3, which finds the layers by name; the sum happens inside the third step, and the shortcut is computed last. Same values, each norm once.",
    ),
    (
        "stage_from_the_back",
        "stage",
        '''
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    def build(n):
        """The first n blocks."""
        if n == 0:
            return nn.Sequential()
        blocks = build(n - 1)
        return blocks.append(
            block(width * block.expansion, width, 1) if n > 1 else block(inputs, width, stride)
        )

    return build(count)
''',
        "Recursion on the number of blocks with nn.Sequential.append. The blocks are built first to last (same random draws), named 0, 1, ..., each a module of its own; only the first gets inputs and stride.",
    ),
    (
        "a_fold_over_modules",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from functools import reduce

    stem = (self.conv1, self.bn1, F.relu, self.maxpool)
    stages = tuple(self.get_submodule(f"layer{i + 1}") for i in range(self.stages))
    maps = reduce(lambda maps, layer: layer(maps), stem + stages, x)
    return F.avg_pool2d(maps, kernel_size=maps.shape[2:]).flatten(start_dim=1)
""",
        "Functional style, and the mean as average pooling with a window as large as the map, which works for every map size. flatten keeps (1, D) for one image. Nothing is stored, the mode is untouched.",
    ),
    (
        "apply_and_match",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    import math

    @torch.no_grad()
    def start(module):
        match module:
            case nn.Conv1d() | nn.Conv2d() | nn.Conv3d():
                n = module.out_channels * math.prod(module.kernel_size)
                module.weight.normal_().mul_(math.sqrt(2 / n))
            case nn.GroupNorm() | nn.LayerNorm() | nn.modules.batchnorm._NormBase():
                if getattr(module, "running_mean", None) is not None:
                    module.reset_running_stats()
                if module.weight is not None:
                    module.weight.fill_(1)
                if module.bias is not None:
                    module.bias.fill_(0)
            case BasicBlock(bn2=last) | Bottleneck(bn3=last) if zero_init:
                last.weight.zero_()

    model.apply(start)
""",
        "model.apply with structural pattern matching. apply visits children before their parent, so a block sets its last norm to 0 after that norm was set to 1. Standard normal draws scaled in place by sqrt(2 / n), n = out_channels * kernel, so dtype, device and requires_grad stay. Norms without weights are skipped; biases of convolutions and all other layers stay as they are; also resets running statistics, so that a norm is the identity in eval mode, too (of a fresh network they already are).",
    ),
    (
        "pairs_in_a_loop",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    pairs = [(self.conv1, self.bn1), (self.conv2, self.bn2)]
    branch = x
    for number, (convolution, norm) in enumerate(pairs):
        if number > 0:
            branch = F.threshold(branch, 0.0, 0.0)
        branch = norm(convolution(branch))
    projected = [x] if self.downsample is None else [self.downsample(x)]
    return F.threshold(sum(projected, branch), 0.0, 0.0)
""",
        "a loop over pairs with the ReLU before each pair but the first; the ReLU is F.threshold; the shortcut is computed last",
    ),
    (
        "residual_added_in_place",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    narrow = self.bn1(self.conv1(x)).relu_()
    looked = self.bn2(self.conv2(narrow)).relu_()
    out = self.bn3(self.conv3(looked))
    if self.downsample is not None:
        x = self.downsample(x)
    out += x
    return out.relu_()
""",
        "in-place ReLUs and an in-place sum, only on tensors that the block made itself; the shortcut comes last",
    ),
    (
        "mean_of_rows_then_columns",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    parts = [self.conv1, self.bn1, F.relu, self.maxpool]
    parts += [self.get_submodule("layer" + str(i + 1)) for i in range(self.stages)]
    for part in parts:
        x = part(x)
    return x.mean(dim=3).mean(dim=2)
""",
        "a list of callables applied in order; the mean over each row, then over the rows",
    ),
    (
        "normal_in_place_two_passes",
        "initialise",
        """
@torch.no_grad()
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    norms = nn.modules.batchnorm._BatchNorm | nn.modules.instancenorm._InstanceNorm
    norms = norms | nn.GroupNorm | nn.LayerNorm
    parts = list(model.modules())
    for norm in filter(lambda part: isinstance(part, norms), parts):
        norm.reset_parameters()
    for part in parts:
        if isinstance(part, nn.Conv2d):
            height, width = part.kernel_size
            part.weight.normal_(0.0, (2 / (part.out_channels * height * width)) ** 0.5)
    if zero_init:
        for part in parts:
            if isinstance(part, Bottleneck):
                part.bn3.weight.zero_()
            elif isinstance(part, BasicBlock):
                part.bn2.weight.zero_()
""",
        "norms first, by their own reset_parameters, then the weights by normal_ with the standard deviation written out, then the zeros; no function of nn.init is used",
    ),
    (
        "mapped_block",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    from itertools import repeat

    channels = [inputs, *repeat(width * block.expansion, count)][:count]
    strides = [stride, *repeat(1, count)][:count]
    return nn.Sequential(*map(block, channels, repeat(width), strides))
""",
        "Functional style: lists of channels and strides, and `map` calls the block's class once for each; no case for the first block.",
    ),
    (
        "pooled_to_one_pixel",
        "ResNet.forward",
        """
def forward(self, x):
    def stem(images):
        return self.maxpool(torch.relu(self.bn1(self.conv1(images))))

    def upwards(maps, number):
        if number > self.stages:
            return maps
        return upwards(self.get_submodule(f"layer{number}")(maps), number + 1)

    return F.adaptive_avg_pool2d(upwards(stem(x), 1), (1, 1))[:, :, 0, 0]
""",
        "Goes through the stages by recursion with get_submodule; adaptive pooling to one pixel, which is then indexed.",
    ),
    (
        "drawn_in_float64",
        "initialise",
        """
@torch.no_grad()
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    from math import prod, sqrt

    from torch.nn.modules.batchnorm import _NormBase
    from torch.nn.modules.conv import _ConvNd

    everything = list(model.modules())
    for layer in everything:
        if isinstance(layer, _ConvNd):
            deviation = sqrt(2.0 / (layer.out_channels * prod(layer.kernel_size)))
            drawn = torch.randn(layer.weight.shape, dtype=torch.float64, device="cpu")
            layer.weight.copy_(drawn * deviation)
        elif isinstance(layer, (_NormBase, nn.GroupNorm, nn.LayerNorm)):
            layer.reset_parameters()
    if not zero_init:
        return
    for layer in everything:
        if isinstance(layer, Bottleneck):
            layer.bn3.weight.zero_()
        elif isinstance(layer, BasicBlock):
            layer.bn2.weight.zero_()
""",
        "A physicist's way: the variance from the formula, numbers drawn on the CPU in float64 and copied into the parameter (keeps dtype and device), norms by their own reset_parameters; zeros in a second pass.",
    ),
    (
        "stage_recursive_13",
        "stage",
        """
def stage(block, inputs, width, count, stride):
    if count == 1:
        return nn.Sequential(block(inputs, width, stride))
    front = stage(block, inputs, width, count - 1, stride)
    front.append(block(block.expansion * width, width))
    return front
""",
        "recursion: a stage of n blocks is a stage of n - 1 blocks and one more",
    ),
    (
        "network_pools_before_the_relu",
        "ResNet.forward",
        """
def forward(self, x):
    from functools import reduce

    # a maximum and a ReLU may change places
    first = torch.relu(self.maxpool(self.bn1(self.conv1(x))))
    names = [f"layer{i}" for i in range(1, self.stages + 1)]
    last = reduce(lambda maps, name: self.get_submodule(name)(maps), names, first)
    return F.adaptive_avg_pool2d(last, 1)[:, :, 0, 0]
""",
        "max-pooling before the ReLU (the two commute), stages by reduce, mean by adaptive pooling and indexing",
    ),
    (
        "initialise_by_apply",
        "initialise",
        """
def initialise(model, zero_init=False):
    from math import prod

    convolutions = (
        nn.Conv1d,
        nn.Conv2d,
        nn.Conv3d,
        nn.ConvTranspose1d,
        nn.ConvTranspose2d,
        nn.ConvTranspose3d,
    )
    norms = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)

    def start(m):  # apply calls this for the children first, then for the block
        if isinstance(m, convolutions):
            n = m.out_channels * prod(m.kernel_size)
            m.weight.normal_().mul_((2 / n) ** 0.5)
        elif isinstance(m, norms):
            for name, p in m.named_parameters(recurse=False):
                p.fill_(1.0 if name == "weight" else 0.0)
            if hasattr(m, "reset_running_stats"):
                m.reset_running_stats()
        elif zero_init and isinstance(m, BasicBlock):
            m.bn2.weight.zero_()
        elif zero_init and isinstance(m, Bottleneck):
            m.bn3.weight.zero_()

    with torch.no_grad():
        model.apply(start)
""",
        "model.apply, which visits children before their block; the variance computed by hand; norms of every kind, with or without parameters, by the names of their parameters",
    ),
    (
        "bottleneck_loop_by_name",
        "Bottleneck.forward",
        """
def forward(self, x):
    y = x
    for i in (1, 2, 3):
        if i > 1:
            y = F.threshold(y, 0, 0)  # the ReLU stands before the next pair, none after the third
        conv = getattr(self, "conv%d" % i)
        norm = getattr(self, "bn%d" % i)
        y = norm(conv(y))
    if self.downsample is None:
        total = torch.add(x, y)
    else:
        total = torch.add(self.downsample(x), y)
    return F.threshold(total, 0, 0)
""",
        "a loop over the pairs by name, the ReLU before a pair instead of after one, as F.threshold; the shortcut is computed last",
    ),
    (
        "reduce_and_adaptive_pool",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from functools import reduce

    parts = [self.conv1, self.bn1, nn.functional.relu, self.maxpool]
    parts += [self.get_submodule("layer{}".format(n)) for n in range(1, 1 + self.stages)]
    last_map = reduce(lambda value, part: part(value), parts, x)
    return F.adaptive_avg_pool2d(last_map, output_size=1)[:, :, 0, 0]
""",
        "the network as a list of functions that reduce() applies; adaptive pooling to 1 x 1, then indexing, instead of a mean over two dimensions",
    ),
    (
        "own_normal_numbers",
        "initialise",
        """
def initialise(model, zero_init=False):
    from math import prod, sqrt

    conv_types = (nn.modules.conv._ConvNd,)
    norm_types = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)
    everything = list(model.modules())
    with torch.no_grad():
        for layer in everything:
            if isinstance(layer, conv_types):
                n = layer.out_channels * prod(layer.kernel_size)
                xi = torch.randn(layer.weight.shape, dtype=torch.float64, device="cpu")
                layer.weight.copy_(sqrt(2.0 / n) * xi)  # copy_ keeps the parameter's dtype and device
            elif isinstance(layer, norm_types):
                layer.reset_parameters()
        if zero_init:
            last_norms = [b.bn3 for b in everything if isinstance(b, Bottleneck)]
            last_norms += [b.bn2 for b in everything if isinstance(b, BasicBlock)]
            for norm in last_norms:
                if norm.weight is not None:
                    norm.weight.mul_(0)
""",
        "draws float64 numbers on the CPU and copies them in, n from the layer's attributes and not by kaiming_normal_, norms by their own reset_parameters, zero_init in a second pass",
    ),
    (
        "stage_by_append",
        "stage",
        """
def stage(block: type[nn.Module], inputs: int, width: int, count: int, stride: int):
    blocks = nn.Sequential()
    while len(blocks) < count:
        blocks.append(block(inputs, width, stride))
        inputs, stride = width * block.expansion, 1
    return blocks
""",
        "grows the Sequential with append in a while loop; the arguments themselves carry the state",
    ),
    (
        "dictionary_of_children",
        "ResNet.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    modules = dict(self.named_children())
    h = modules["maxpool"](modules["bn1"](modules["conv1"](x)).relu())
    number = 0
    while number < self.stages:
        number += 1
        h = modules["layer" + str(number)](h)
    return F.adaptive_avg_pool2d(h, 1).flatten(start_dim=1)
""",
        "a beginner's while loop over a dictionary of the children, adaptive pooling instead of a mean",
    ),
    (
        "draws_by_hand_in_three_passes",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    from math import prod, sqrt

    batch_or_instance = nn.modules.batchnorm._NormBase
    norms = (batch_or_instance, nn.GroupNorm, nn.LayerNorm, nn.RMSNorm)
    parts = list(model.modules())
    with torch.no_grad():
        for m in parts:
            if isinstance(m, nn.modules.conv._ConvNd):
                n = m.out_channels * prod(m.kernel_size)
                m.weight.copy_(torch.randn_like(m.weight) * sqrt(2 / n))
        for m in parts:
            if not isinstance(m, norms):
                continue
            if isinstance(m, batch_or_instance):
                m.reset_running_stats()
            for name, value in (("weight", 1.0), ("bias", 0.0)):
                parameter = getattr(m, name, None)
                if parameter is not None:
                    parameter.copy_(torch.full_like(parameter, value))
        if zero_init:
            for m in parts:
                if isinstance(m, (BasicBlock, Bottleneck)):
                    last = m.bn3 if isinstance(m, Bottleneck) else m.bn2
                    last.weight.mul_(0)
""",
        "physicist: normal numbers times a standard deviation worked out by hand, instead of nn.init; three passes (convolutions, norms, zeros); running statistics are reset too, so that a norm is the identity in eval mode",
    ),
]
