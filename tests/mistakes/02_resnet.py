# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write the ResNet of lesson 2, with a sentence about each."""

from lessons.course.mistakes import Mistake

CONV = "nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)"
SHORTCUT = (
    "nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))"
)
IDENTITY = "identity = x if self.downsample is None else self.downsample(x)"
SUM = "return F.relu(x + identity)"
KAIMING = 'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")'
STEM = "self.maxpool(F.relu(self.bn1(self.conv1(x))))"
MEAN = "return x.mean((2, 3))"
ZERO = "nn.init.zeros_(last.weight)"

MISTAKES = [
    # conv3x3
    Mistake(
        "conv_bias",
        "conv3x3",
        (", bias=False", ""),
        "You give the convolution a bias. What does the norm after it do to a number that is added to a whole channel?",
        trains=True,
    ),
    Mistake(
        "conv_1x1",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 1, stride, bias=False)"),
        "You use a 1 x 1 kernel, so no pixel sees its neighbours. How wide is the window that the name promises?",
        trains=True,
    ),
    Mistake(
        "conv_5x5",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 5, stride, padding=2, bias=False)"),
        "You use a 5 x 5 kernel with padding 2, which has 25 weights for each pair of channels. How many should there be?",
        trains=True,
    ),
    Mistake(
        "conv_dilated",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, stride, padding=2, dilation=2, bias=False)"),
        "You skip every other pixel of the window (dilation 2). Which nine pixels should it cover?",
        trains=True,
    ),
    Mistake(
        "conv_pads_by_repeating",
        "conv3x3",
        (", bias=False", ', bias=False, padding_mode="replicate"'),
        "You repeat the edge pixels outside the image. What does padding put there by default?",
        trains=True,
    ),
    Mistake(
        "conv_depthwise",
        "conv3x3",
        (
            CONV,
            "nn.Conv2d(inputs, outputs, 3, stride, 1, groups=__import__('math').gcd(inputs, outputs), bias=False)",
        ),
        "You convolve the channels in groups that do not see each other. Which input channels should an output channel depend on?",
        trains=True,
    ),
    Mistake(
        "conv_stride_as_padding",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, 1, padding=stride, bias=False)"),
        "You pass the stride as the padding, so the map grows at stride 2. What is the fourth argument of Conv2d?",
    ),
    Mistake(
        "conv_padding_same",
        "conv3x3",
        ("padding=1", 'padding="same"'),
        'You ask for padding="same", which torch refuses at a stride of 2. How many rows of zeros does a 3 x 3 window need?',
    ),
    Mistake(
        "conv_stride_ignored",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)"),
        "You never use the stride. Which argument of Conv2d takes it?",
    ),
    Mistake(
        "conv_no_padding",
        "conv3x3",
        (", padding=1", ""),
        "You do not pad, so the map loses a row at each edge. What should a 3 x 3 window see outside the image?",
    ),
    # shortcut
    Mistake(
        "shortcut_always_projects",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if False:"),
        "You project the input even if the shapes agree. What does the paper add to F(x) in that case?",
        trains=True,
    ),
    Mistake(
        "shortcut_or",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if stride == 1 or inputs == outputs:"),
        "You return None if either the channels or the size stays the same. Which of them must stay for x to be added as it is?",
    ),
    Mistake(
        "shortcut_by_channels_alone",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if inputs == outputs:"),
        "You ask only whether the channels agree. What else may a block change?",
    ),
    Mistake(
        "shortcut_stride_ignored",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(inputs, outputs, 1, bias=False)",
        ),
        "You never use the stride, so the shortcut is larger than F(x). Which argument of Conv2d takes it?",
    ),
    Mistake(
        "shortcut_without_norm",
        "shortcut",
        (SHORTCUT, "nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False))"),
        "You do not normalise the projection. F(x) ends with a norm, so what should the shortcut end with?",
        trains=True,
    ),
    Mistake(
        "shortcut_3x3",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "conv3x3(inputs, outputs, stride)",
        ),
        "You use a 3 x 3 convolution as the shortcut. Should it look at neighbours, or only project each pixel?",
        trains=True,
    ),
    Mistake(
        "shortcut_bias",
        "shortcut",
        (", bias=False", ""),
        "You give the shortcut's convolution a bias. What does the norm after it leave of it?",
        trains=True,
    ),
    Mistake(
        "shortcut_relu",
        "shortcut",
        ("nn.BatchNorm2d(outputs))", "nn.BatchNorm2d(outputs), nn.ReLU())"),
        "You end the shortcut with a ReLU, so it cannot be negative. Where does figure 2 have its last ReLU?",
        trains=True,
    ),
    Mistake(
        "shortcut_pools",
        "shortcut",
        (
            SHORTCUT,
            "nn.Sequential(nn.AvgPool2d(stride, ceil_mode=True), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))",
        ),
        "You pool first and then project, as later networks do. Which pixels does a 1 x 1 convolution of stride 2 see?",
        trains=True,
    ),
    Mistake(
        "shortcut_norm_first",
        "shortcut",
        (
            SHORTCUT,
            "nn.Sequential(nn.BatchNorm2d(inputs), nn.Conv2d(inputs, outputs, 1, stride, bias=False))",
        ),
        "You normalise before the convolution. What would give both terms of the sum the same scale?",
        trains=True,
    ),
    Mistake(
        "shortcut_keeps_no_statistics",
        "shortcut",
        ("nn.BatchNorm2d(outputs)", "nn.BatchNorm2d(outputs, track_running_stats=False)"),
        "You keep no running statistics in the norm. What does an image's result depend on in eval mode then?",
        trains=True,
    ),
    # BasicBlock.forward
    Mistake(
        "basic_no_shortcut",
        "BasicBlock.forward",
        (SUM, "return F.relu(x)"),
        "You do not add the shortcut, so this is a plain network. What is left of x if F(x) is 0?",
        trains=True,
    ),
    Mistake(
        "basic_no_last_relu",
        "BasicBlock.forward",
        (SUM, "return x + identity"),
        "You apply no ReLU to the sum. What comes last in equation 1 and figure 2?",
        trains=True,
    ),
    Mistake(
        "basic_relu_before_sum",
        "BasicBlock.forward",
        (SUM, "return F.relu(x) + identity"),
        "You apply the last ReLU before the sum, so F can only add. Which comes first in figure 2?",
        trains=True,
    ),
    Mistake(
        "basic_two_relus",
        "BasicBlock.forward",
        (SUM, "return F.relu(F.relu(x) + identity)"),
        "You apply a ReLU to F(x) before the sum, and another after it. How could F ever subtract something from x?",
        trains=True,
    ),
    Mistake(
        "basic_no_middle_relu",
        "BasicBlock.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"),
        "You have only a norm between the two convolutions. What do two linear maps in a row amount to?",
        trains=True,
    ),
    Mistake(
        "basic_relu_before_norm",
        "BasicBlock.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(F.relu(self.conv1(x)))"),
        "You apply the ReLU before the norm. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "basic_second_norm_missing",
        "BasicBlock.forward",
        ("self.bn2(self.conv2(x))", "self.conv2(x)"),
        "You do not normalise the second convolution. Which of the block's layers have you not used?",
        trains=True,
    ),
    Mistake(
        "basic_first_norm_twice",
        "BasicBlock.forward",
        ("self.bn2(self.conv2(x))", "self.bn1(self.conv2(x))"),
        "You use bn1 after both convolutions. Whose running mean does it hold then?",
        trains=True,
    ),
    Mistake(
        "basic_norm_after_sum",
        "BasicBlock.forward",
        (
            "x = self.bn2(self.conv2(x))\n        # add the shortcut, then apply the last ReLU\n        return F.relu(x + identity)",
            "return F.relu(self.bn2(self.conv2(x) + identity))",
        ),
        "You apply the second norm after the sum, so it changes the shortcut too. If all kernels are 0, does x come through unchanged?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_detached",
        "BasicBlock.forward",
        (SUM, "return F.relu(x + identity.detach())"),
        "You detach the shortcut, so no gradient goes back through it. What was it built for?",
        trains=True,
    ),
    Mistake(
        "basic_input_detached",
        "BasicBlock.forward",
        ("identity = x if", "identity = x.detach() if"),
        "You detach x where it is added as it is. How does a gradient get past F?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_of_the_middle",
        "BasicBlock.forward",
        (
            "x = F.relu(self.bn1(self.conv1(x)))\n",
            "x = F.relu(self.bn1(self.conv1(x)))\n        identity = x if self.downsample is None else identity\n",
        ),
        "You add what the first convolution made of x, not x. When must you keep it for the shortcut?",
        trains=True,
    ),
    Mistake(
        "basic_mean_of_both",
        "BasicBlock.forward",
        (SUM, "return F.relu((x + identity) / 2)"),
        "You take the mean of F(x) and x. What is left of x after twenty such blocks?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_of_relu",
        "BasicBlock.forward",
        (
            IDENTITY,
            "x = F.relu(x)\n        identity = x if self.downsample is None else self.downsample(x)",
        ),
        "You apply a ReLU to the input before the basic block uses it. Does figure 2 have one there?",
        trains=True,
    ),
    # Bottleneck.forward
    Mistake(
        "bottleneck_no_shortcut",
        "Bottleneck.forward",
        (SUM, "return F.relu(x)"),
        "You do not add the shortcut. What should the block return if its three convolutions give 0?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_last_relu",
        "Bottleneck.forward",
        (SUM, "return x + identity"),
        "You apply no ReLU to the sum. What does figure 5 do after the addition?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_after_third",
        "Bottleneck.forward",
        ("self.bn3(self.conv3(x))", "F.relu(self.bn3(self.conv3(x)))"),
        "You apply a ReLU after the third norm, before the sum. After which of the three norms does figure 5 have one?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_relu_after_second",
        "Bottleneck.forward",
        ("F.relu(self.bn2(self.conv2(x)))", "self.bn2(self.conv2(x))"),
        "You apply no ReLU after the second convolution. What can two linear maps in a row do that one cannot?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_relu_after_first",
        "Bottleneck.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"),
        "You apply no ReLU after the first convolution. After which of the three norms does figure 5 have one?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_before_sum",
        "Bottleneck.forward",
        (SUM, "return F.relu(x) + identity"),
        "You apply the last ReLU before the sum, so F can only add. What does figure 5 do after the addition?",
        trains=True,
    ),
    Mistake(
        "bottleneck_norm_after_sum",
        "Bottleneck.forward",
        (
            "x = self.bn3(self.conv3(x))\n        # add the shortcut, then apply the last ReLU\n        return F.relu(x + identity)",
            "return F.relu(self.bn3(self.conv3(x) + identity))",
        ),
        "You apply the third norm after the sum, so it changes the shortcut too. If all kernels are 0, does x come through unchanged?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_detached",
        "Bottleneck.forward",
        (SUM, "return F.relu(x + identity.detach())"),
        "You detach the shortcut of the bottleneck, so no gradient goes back through it. How do the first layers of a deep network learn then?",
        trains=True,
    ),
    Mistake(
        "bottleneck_input_detached",
        "Bottleneck.forward",
        ("identity = x if", "identity = x.detach() if"),
        "You detach the bottleneck's input where it is added as it is. Through what must a gradient go then?",
        trains=True,
    ),
    Mistake(
        "bottleneck_norms_swapped",
        "Bottleneck.forward",
        (
            "x = F.relu(self.bn1(self.conv1(x)))\n        x = F.relu(self.bn2(self.conv2(x)))",
            "x = F.relu(self.bn2(self.conv1(x)))\n        x = F.relu(self.bn1(self.conv2(x)))",
        ),
        "You exchange bn1 and bn2. Would torchvision's weights still fit?",
        trains=True,
    ),
    Mistake(
        "bottleneck_third_norm_missing",
        "Bottleneck.forward",
        ("self.bn3(self.conv3(x))", "self.conv3(x)"),
        "You do not normalise the third convolution. Which of the block's layers have you not used?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_of_relu",
        "Bottleneck.forward",
        (
            IDENTITY,
            "x = F.relu(x)\n        identity = x if self.downsample is None else self.downsample(x)",
        ),
        "You apply a ReLU to the input before the block uses it. What should a block first do with its input?",
        trains=True,
    ),
    # stage
    Mistake(
        "stage_one_block_repeated",
        "stage",
        (
            "[block(width * block.expansion, width) for _ in range(count - 1)]",
            "[block(width * block.expansion, width)] * (count - 1)",
        ),
        "You repeat one block, so all copies share their weights. How many times do you call block(…)?",
        trains=True,
    ),
    Mistake(
        "stage_one_too_many",
        "stage",
        ("range(count - 1)", "range(count)"),
        "You make one block too many. The first is already there, so how many are left to make?",
        trains=True,
    ),
    Mistake(
        "stage_stride_last",
        "stage",
        (
            "blocks = [block(inputs, width, stride)]\n",
            "strides = [1] * (count - 1) + [stride]\n    blocks = [block(inputs, width, strides.pop(0))]\n    blocks += [block(width * block.expansion, width, s) for s in strides]\n    return nn.Sequential(*blocks)\n",
        ),
        "You let the last block shrink the image. Which block does so in table 1, and what does yours cost in time?",
        trains=True,
    ),
    Mistake(
        "stage_stride_everywhere",
        "stage",
        (
            "block(width * block.expansion, width) for",
            "block(width * block.expansion, width, stride) for",
        ),
        "You give every block the stride, so the stage shrinks the image several times. Which block shrinks it in table 1?",
    ),
    Mistake(
        "stage_expansion_forgotten",
        "stage",
        ("block(width * block.expansion, width) for", "block(width, width) for"),
        "You give the later blocks `width` input channels. How many channels does a block return?",
    ),
    Mistake(
        "stage_inputs_again",
        "stage",
        ("block(width * block.expansion, width) for", "block(inputs, width) for"),
        "You give every block the channels of the stage's input. How many channels does the first block return?",
    ),
    Mistake(
        "stage_pools_instead",
        "stage",
        (
            "blocks = [block(inputs, width, stride)]",
            "blocks = [nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity(), block(inputs, width)]",
        ),
        "You shrink the image by pooling before the first block. What is the block's third argument for?",
        trains=True,
    ),
    Mistake(
        "stage_hidden_in_a_list",
        "stage",
        (
            "return nn.Sequential(*blocks)",
            "made = nn.Sequential()\n    made.blocks = blocks\n"
            "    made.forward = lambda x: __import__('functools').reduce(lambda y, b: b(y), made.blocks, x)\n    return made",
        ),
        "You keep the blocks in a Python list, where .parameters() does not see them. Which container registers its modules?",
        trains=True,
    ),
    # ResNet.forward
    Mistake(
        "net_no_stem_relu",
        "ResNet.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"),
        "You apply no ReLU after the stem's norm. What should come between that norm and the pooling?",
        trains=True,
    ),
    Mistake(
        "net_no_stem_norm",
        "ResNet.forward",
        ("self.bn1(self.conv1(x))", "self.conv1(x)"),
        "You do not normalise the stem's convolution. Which of the network's layers have you not used?",
        trains=True,
    ),
    Mistake(
        "net_no_pooling",
        "ResNet.forward",
        (STEM, STEM.removeprefix("self.maxpool(").removesuffix(")")),
        "You never call self.maxpool. The CIFAR stem has no pooling, but what about the ImageNet stem?",
        trains=True,
    ),
    Mistake(
        "net_pooling_first",
        "ResNet.forward",
        (STEM, "F.relu(self.bn1(self.maxpool(self.conv1(x))))"),
        "You pool before the norm, so it sees only the largest values. In which order does the comment list the stem's layers?",
        trains=True,
    ),
    Mistake(
        "net_largest",
        "ResNet.forward",
        (MEAN, "return x.amax((2, 3))"),
        "You take the maximum of each channel. What does table 1 do after the last stage?",
        trains=True,
    ),
    Mistake(
        "net_sum",
        "ResNet.forward",
        (MEAN, "return x.sum((2, 3))"),
        "You add up the map, so a larger image has a larger h. What must you divide by?",
        trains=True,
    ),
    Mistake(
        "net_one_pixel",
        "ResNet.forward",
        (MEAN, "return x[:, :, 0, 0]"),
        "You take the first pixel of the map. What do the other pixels know about the image?",
        trains=True,
    ),
    Mistake(
        "net_unit_length",
        "ResNet.forward",
        (MEAN, "return F.normalize(x.mean((2, 3)), dim=1)"),
        "You normalise h to length 1. Which part of the method normalises vectors, and which vectors are they?",
        trains=True,
    ),
    Mistake(
        "net_squeeze",
        "ResNet.forward",
        (MEAN, "return x.mean((2, 3)).squeeze()"),
        "You drop every dimension of size 1. What is the shape of h for a batch of one image?",
        trains=True,
    ),
    Mistake(
        "net_flatten",
        "ResNet.forward",
        (MEAN, "return x.flatten(1)"),
        "You return every pixel of the map, so h gets longer with larger images. How many numbers does h have?",
    ),
    Mistake(
        "net_keeps_the_map",
        "ResNet.forward",
        (MEAN, "return x.mean((2, 3), keepdim=True)"),
        "You return a map of one pixel. How many dimensions does h have?",
    ),
    Mistake(
        "net_fixed_window",
        "ResNet.forward",
        (MEAN, "return F.avg_pool2d(x, 4).flatten(1)"),
        "You average over windows of 4 x 4 pixels. How large is the last map, if the images are not 32 x 32?",
    ),
    Mistake(
        "net_skips_first_stage",
        "ResNet.forward",
        ("range(self.stages)", "range(min(1, self.stages - 1), self.stages)"),
        "You skip layer1 when there are several stages. What are the names of the stages, and where does your range start?",
        trains=True,
    ),
    Mistake(
        "net_four_stages",
        "ResNet.forward",
        ("range(self.stages)", "range(min(4, self.stages))"),
        "You stop after four stages. Where does the network say how many it has?",
        trains=True,
    ),
    Mistake(
        "net_detached",
        "ResNet.forward",
        (MEAN, "return x.mean((2, 3)).detach().requires_grad_(x.requires_grad)"),
        "You detach h from the network that made it. How could the encoder learn from the loss?",
    ),
    # initialise
    Mistake(
        "init_fan_in",
        "initialise",
        ('mode="fan_out"', 'mode="fan_in"'),
        "You divide by the number of inputs (fan_in), as equation 10 does. What does equation 14 count, and in which direction?",
        trains=True,
    ),
    Mistake(
        "init_no_gain",
        "initialise",
        ('nonlinearity="relu"', 'nonlinearity="linear"'),
        "You use a variance of 1 / n. A ReLU sets half of its inputs to 0, so what factor must make up for that?",
        trains=True,
    ),
    Mistake(
        "init_xavier",
        "initialise",
        (KAIMING, "nn.init.xavier_normal_(module.weight)"),
        "You use Xavier's variance, which counts inputs and outputs and knows no ReLU. What does equation 14 divide by?",
        trains=True,
    ),
    Mistake(
        "init_uniform",
        "initialise",
        ("kaiming_normal_", "kaiming_uniform_"),
        "You draw from a uniform distribution of the right variance. Which distribution does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "init_root_forgotten",
        "initialise",
        (
            KAIMING,
            "nn.init.normal_(module.weight, 0, 2 / (module.weight[:, 0].numel()))",
        ),
        "You pass the variance as the standard deviation. How do you get one from the other?",
        trains=True,
    ),
    Mistake(
        "init_area_forgotten",
        "initialise",
        (KAIMING, "nn.init.normal_(module.weight, 0, (2 / module.weight.shape[0]) ** 0.5)"),
        "You divide by the number of outputs alone. Through how many weights does an input pixel reach one output channel?",
        trains=True,
    ),
    Mistake(
        "init_fixed_seed",
        "initialise",
        (
            KAIMING,
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=torch.Generator().manual_seed(0))',
        ),
        "You seed a new generator for every convolution. What do two convolutions of the same shape have in common then?",
        trains=True,
    ),
    Mistake(
        "init_children_only",
        "initialise",
        (
            "for module in model.modules():\n        if isinstance(module, nn.Conv2d)",
            "for module in [model, *model.children()]:\n        if isinstance(module, nn.Conv2d)",
        ),
        "You visit the model's direct children, but not the layers inside them. Which method visits modules at all depths?",
        trains=True,
    ),
    Mistake(
        "init_new_parameters",
        "initialise",
        (
            KAIMING,
            "module.weight = nn.Parameter(" + KAIMING.replace("weight,", "weight.clone(),") + ")",
        ),
        "You replace the old parameters by new ones. Which ones does an optimiser hold that was made before?",
        trains=True,
    ),
    Mistake(
        "init_data_replaced",
        "initialise",
        (
            KAIMING,
            "n = module.weight[:, 0].numel()\n            module.weight.data = torch.randn(module.weight.shape) * (2 / n) ** 0.5",
        ),
        "You replace the weights by new float32 numbers on the CPU. How does one write into a tensor, so that it keeps its type and its device?",
        trains=True,
    ),
    Mistake(
        "init_norms_random",
        "initialise",
        ("nn.init.ones_(module.weight)", "nn.init.normal_(module.weight, 1.0, 0.02)"),
        "You start the norms at random numbers near 1, as GANs do. Which weight makes a norm the identity?",
        trains=True,
    ),
    Mistake(
        "init_norms_forgotten",
        "initialise",
        ("elif isinstance(module, nn.BatchNorm2d):", "elif False:"),
        "You leave the norms as they are. What if the model is not fresh?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_first_norm",
        "initialise",
        (
            "last = module.bn2 if isinstance(module, BasicBlock) else module.bn3",
            "last = module.bn1",
        ),
        "You zero the first norm of each block. Which norm must be 0, so that F(x) is 0 and can still learn?",
        trains=True,
    ),
    Mistake(
        "init_bottleneck_as_basic",
        "initialise",
        (
            "last = module.bn2 if isinstance(module, BasicBlock) else module.bn3",
            "last = module.bn2",
        ),
        "You zero bn2 in every block. Which is the last norm of a bottleneck?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_basic_only",
        "initialise",
        ("BasicBlock | Bottleneck):", "BasicBlock):"),
        "You zero the last norm of basic blocks only. What makes a bottleneck start as its shortcut?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_last_of_all_norms",
        "initialise",
        (
            "last = module.bn2 if isinstance(module, BasicBlock) else module.bn3",
            "last = [m for m in module.modules() if isinstance(m, nn.BatchNorm2d)][-1]",
        ),
        "You zero the last norm that a block holds, which is the shortcut's if it has one. Which norm ends F?",
    ),
    Mistake(
        "init_zeroes_shortcuts_too",
        "initialise",
        (
            ZERO,
            ZERO
            + "\n            if module.downsample is not None:\n                nn.init.zeros_(module.downsample[1].weight)",
        ),
        "You zero the shortcut's norm as well. What does a block return then, and where can the gradient go?",
    ),
    Mistake(
        "init_zeroes_always",
        "initialise",
        ("model.modules() if zero_init else ()", "model.modules()"),
        "You zero the last norms even without zero_init. What is that argument for?",
        trains=True,
    ),
    Mistake(
        "init_zero_init_ignored",
        "initialise",
        ("model.modules() if zero_init else ()", "()"),
        "Your zero_init changes nothing. Which weight makes a block start as its shortcut, and is it still 0 at the end?",
        trains=True,
    ),
]
