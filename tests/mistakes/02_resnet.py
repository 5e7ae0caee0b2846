# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 2: wrong ways to write a ResNet, and what to say about each."""

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
        "Your convolution has a bias. What does the norm after it do to a number added to a whole channel?",
        trains=True,
    ),
    Mistake(
        "conv_1x1",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 1, stride, bias=False)"),
        "Your kernel is 1 x 1, so no pixel sees its neighbours. How wide a window does the name promise?",
        trains=True,
    ),
    Mistake(
        "conv_5x5",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 5, stride, padding=2, bias=False)"),
        "Your kernel is 5 x 5 with padding 2: the size stays, the weights are 25 per pair of channels. How many should they be?",
        trains=True,
    ),
    Mistake(
        "conv_dilated",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, stride, padding=2, dilation=2, bias=False)"),
        "Your window skips every other pixel (dilation 2). Which nine pixels should it hold?",
        trains=True,
    ),
    Mistake(
        "conv_pads_by_repeating",
        "conv3x3",
        (", bias=False", ', bias=False, padding_mode="replicate"'),
        "You repeat the edge pixels outside the image. What does padding put there unless told otherwise?",
        trains=True,
    ),
    Mistake(
        "conv_depthwise",
        "conv3x3",
        (
            CONV,
            "nn.Conv2d(inputs, outputs, 3, stride, 1, groups=__import__('math').gcd(inputs, outputs), bias=False)",
        ),
        "Your channels are convolved in groups that do not see each other. Which inputs does one output channel depend on?",
        trains=True,
    ),
    # shortcut
    Mistake(
        "shortcut_always_projects",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if False:"),
        "You project even where the shapes agree. What does the paper add to F(x) there?",
        trains=True,
    ),
    Mistake(
        "shortcut_without_norm",
        "shortcut",
        (SHORTCUT, "nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False))"),
        "Your projection is not normalised. F(x) ends with a norm: what about what is added to it?",
        trains=True,
    ),
    Mistake(
        "shortcut_3x3",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "conv3x3(inputs, outputs, stride)",
        ),
        "Your shortcut is a 3 x 3 convolution. Should the shortcut look at neighbours, or only bring the pixel across?",
        trains=True,
    ),
    Mistake(
        "shortcut_bias",
        "shortcut",
        (", bias=False", ""),
        "The shortcut's convolution has a bias. What does the norm after it leave of it?",
        trains=True,
    ),
    Mistake(
        "shortcut_relu",
        "shortcut",
        ("nn.BatchNorm2d(outputs))", "nn.BatchNorm2d(outputs), nn.ReLU())"),
        "A ReLU ends your shortcut, so it can only add. Where does figure 2 have its last ReLU?",
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
        "You normalise before the convolution. What gives the sum's two parts the same scale?",
        trains=True,
    ),
    Mistake(
        "shortcut_keeps_no_statistics",
        "shortcut",
        ("nn.BatchNorm2d(outputs)", "nn.BatchNorm2d(outputs, track_running_stats=False)"),
        "Your norm keeps no running statistics. In evaluation, what does an image's result depend on then?",
        trains=True,
    ),
    # BasicBlock.forward
    Mistake(
        "basic_no_shortcut",
        "BasicBlock.forward",
        (SUM, "return F.relu(x)"),
        "The shortcut is not added: this is a plain network. What is left of x if F(x) is 0?",
        trains=True,
    ),
    Mistake(
        "basic_no_last_relu",
        "BasicBlock.forward",
        (SUM, "return x + identity"),
        "No ReLU follows the sum. What does equation 1 with figure 2 do last?",
        trains=True,
    ),
    Mistake(
        "basic_relu_before_sum",
        "BasicBlock.forward",
        (SUM, "return F.relu(x) + identity"),
        "Your last ReLU comes before the sum, so F can only add. Which comes first in figure 2?",
        trains=True,
    ),
    Mistake(
        "basic_two_relus",
        "BasicBlock.forward",
        (SUM, "return F.relu(F.relu(x) + identity)"),
        "You cut F(x) at 0 before the sum, and again after it. How could F then take something away from x?",
        trains=True,
    ),
    Mistake(
        "basic_no_middle_relu",
        "BasicBlock.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"),
        "Nothing lies between your two convolutions but a norm. What are two linear maps in a row?",
        trains=True,
    ),
    Mistake(
        "basic_relu_before_norm",
        "BasicBlock.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(F.relu(self.conv1(x)))"),
        "You cut at 0 and normalise afterwards. Which comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "basic_second_norm_missing",
        "BasicBlock.forward",
        ("self.bn2(self.conv2(x))", "self.conv2(x)"),
        "The second convolution is not normalised. Which of the block's layers have you not used?",
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
        "Your second norm comes after the sum and changes the shortcut too. If all kernels are 0, does x come through as it is?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_detached",
        "BasicBlock.forward",
        (SUM, "return F.relu(x + identity.detach())"),
        "No gradient goes back through your shortcut. Why was it built?",
        trains=True,
    ),
    Mistake(
        "basic_mean_of_both",
        "BasicBlock.forward",
        (SUM, "return F.relu((x + identity) / 2)"),
        "You take the mean of F(x) and x. What is left of x after twenty such blocks?",
        trains=True,
    ),
    # Bottleneck.forward
    Mistake(
        "bottleneck_no_shortcut",
        "Bottleneck.forward",
        (SUM, "return F.relu(x)"),
        "The shortcut is not added. What should the block give if its three convolutions give 0?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_last_relu",
        "Bottleneck.forward",
        (SUM, "return x + identity"),
        "No ReLU follows the sum. What does the next block expect as input?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_after_third",
        "Bottleneck.forward",
        ("self.bn3(self.conv3(x))", "F.relu(self.bn3(self.conv3(x)))"),
        "A ReLU follows the third norm, before the sum. After which of the three does figure 5 have one?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_relu_after_second",
        "Bottleneck.forward",
        ("F.relu(self.bn2(self.conv2(x)))", "self.bn2(self.conv2(x))"),
        "No ReLU follows your second convolution. What can two linear maps in a row do that one cannot?",
        trains=True,
    ),
    Mistake(
        "bottleneck_norms_swapped",
        "Bottleneck.forward",
        (
            "x = F.relu(self.bn1(self.conv1(x)))\n        x = F.relu(self.bn2(self.conv2(x)))",
            "x = F.relu(self.bn2(self.conv1(x)))\n        x = F.relu(self.bn1(self.conv2(x)))",
        ),
        "You have exchanged bn1 and bn2. Would torchvision's weights still fit?",
        trains=True,
    ),
    Mistake(
        "bottleneck_third_norm_missing",
        "Bottleneck.forward",
        ("self.bn3(self.conv3(x))", "self.conv3(x)"),
        "The third convolution is not normalised. Which of the block's layers have you not used?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_of_relu",
        "Bottleneck.forward",
        (
            IDENTITY,
            "x = F.relu(x)\n        identity = x if self.downsample is None else self.downsample(x)",
        ),
        "You cut the input at 0 before the block uses it. What should a block do first with its input?",
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
        "You repeat one block, so all its copies share their weights. How many times is block(…) called?",
        trains=True,
    ),
    Mistake(
        "stage_one_too_many",
        "stage",
        ("range(count - 1)", "range(count)"),
        "Your stage has one block too many. The first is already made: how many are left?",
        trains=True,
    ),
    Mistake(
        "stage_stride_last",
        "stage",
        (
            "blocks = [block(inputs, width, stride)]\n",
            "strides = [1] * (count - 1) + [stride]\n    blocks = [block(inputs, width, strides.pop(0))]\n    blocks += [block(width * block.expansion, width, s) for s in strides]\n    return nn.Sequential(*blocks)\n",
        ),
        "Your last block shrinks the image. Which one does table 1 let do so, and what does that cost in time?",
        trains=True,
    ),
    Mistake(
        "stage_pools_instead",
        "stage",
        (
            "blocks = [block(inputs, width, stride)]",
            "blocks = [nn.AvgPool2d(stride, ceil_mode=True) if stride > 1 else nn.Identity(), block(inputs, width)]",
        ),
        "You shrink the image by pooling before the first block. What does the block's third argument do?",
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
        "Your blocks are in a Python list, where .parameters() does not see them. Which container registers its modules?",
        trains=True,
    ),
    # ResNet.forward
    Mistake(
        "net_no_stem_relu",
        "ResNet.forward",
        ("F.relu(self.bn1(self.conv1(x)))", "self.bn1(self.conv1(x))"),
        "No ReLU follows the stem's norm. What comes after every convolution and norm in this network?",
        trains=True,
    ),
    Mistake(
        "net_no_stem_norm",
        "ResNet.forward",
        ("self.bn1(self.conv1(x))", "self.conv1(x)"),
        "The stem's convolution is not normalised. Which of the network's layers have you not used?",
        trains=True,
    ),
    Mistake(
        "net_no_pooling",
        "ResNet.forward",
        (STEM, STEM.removeprefix("self.maxpool(").removesuffix(")")),
        "You never call self.maxpool. With the CIFAR stem that is the same; what about the ImageNet stem?",
        trains=True,
    ),
    Mistake(
        "net_largest",
        "ResNet.forward",
        (MEAN, "return x.amax((2, 3))"),
        "You take the largest number of each channel. What does table 1 do after the last stage?",
        trains=True,
    ),
    Mistake(
        "net_sum",
        "ResNet.forward",
        (MEAN, "return x.sum((2, 3))"),
        "You add up the map, so a larger image has a larger h. By what must you divide?",
        trains=True,
    ),
    Mistake(
        "net_one_pixel",
        "ResNet.forward",
        (MEAN, "return x[:, :, 0, 0]"),
        "You take the first pixel of the map. What do the others know about the image?",
        trains=True,
    ),
    Mistake(
        "net_unit_length",
        "ResNet.forward",
        (MEAN, "return F.normalize(x.mean((2, 3)), dim=1)"),
        "You give h length 1. Which function of the loss does that, and to what?",
        trains=True,
    ),
    Mistake(
        "net_squeeze",
        "ResNet.forward",
        (MEAN, "return x.mean((2, 3)).squeeze()"),
        "You drop every dimension of size 1. What is the shape for a batch of one image?",
        trains=True,
    ),
    Mistake(
        "net_skips_first_stage",
        "ResNet.forward",
        ("range(self.stages)", "range(min(1, self.stages - 1), self.stages)"),
        "Your loop leaves out layer1 when there are several. What are the names of the stages, and what does range count from?",
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
        "You cut h off from what made it. How is the encoder to learn from the loss?",
    ),
    # initialise
    Mistake(
        "init_fan_in",
        "initialise",
        ('mode="fan_out"', 'mode="fan_in"'),
        "You divide by the inputs (fan_in), as equation 10 does. What does equation 14 count, and why backwards?",
        trains=True,
    ),
    Mistake(
        "init_no_gain",
        "initialise",
        ('nonlinearity="relu"', 'nonlinearity="linear"'),
        "Your variance is 1 / n. A ReLU sets half of its inputs to 0: by what must the variance make up for that?",
        trains=True,
    ),
    Mistake(
        "init_uniform",
        "initialise",
        ("kaiming_normal_", "kaiming_uniform_"),
        "Your numbers have the right variance and are uniform. Which distribution does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "init_root_forgotten",
        "initialise",
        (
            KAIMING,
            "nn.init.normal_(module.weight, 0, 2 / (module.weight[:, 0].numel()))",
        ),
        "You give the variance where a standard deviation belongs. What is the one of the other?",
        trains=True,
    ),
    Mistake(
        "init_area_forgotten",
        "initialise",
        (KAIMING, "nn.init.normal_(module.weight, 0, (2 / module.weight.shape[0]) ** 0.5)"),
        "You divide by the outputs alone. Through how many weights does an input pixel reach one output channel?",
        trains=True,
    ),
    Mistake(
        "init_fixed_seed",
        "initialise",
        (
            KAIMING,
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=torch.Generator().manual_seed(0))',
        ),
        "You start a generator anew for every convolution. What do two convolutions of one shape have in common then?",
        trains=True,
    ),
    Mistake(
        "init_children_only",
        "initialise",
        (
            "for module in model.modules():\n        if isinstance(module, nn.Conv2d)",
            "for module in [model, *model.children()]:\n        if isinstance(module, nn.Conv2d)",
        ),
        "You visit the model's own layers, not those inside them. Which method goes all the way down?",
        trains=True,
    ),
    Mistake(
        "init_new_parameters",
        "initialise",
        (
            KAIMING,
            "module.weight = nn.Parameter(" + KAIMING.replace("weight,", "weight.clone(),") + ")",
        ),
        "You put new parameters in the place of the old ones. What does an optimiser hold that was made before?",
        trains=True,
    ),
    Mistake(
        "init_norms_random",
        "initialise",
        ("nn.init.ones_(module.weight)", "nn.init.normal_(module.weight, 1.0, 0.02)"),
        "Your norms start at random numbers about 1, as in GANs. What is the identity?",
        trains=True,
    ),
    Mistake(
        "init_norms_forgotten",
        "initialise",
        ("elif isinstance(module, nn.BatchNorm2d):", "elif False:"),
        "You leave norms as they are. What if the model was not fresh?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_first_norm",
        "initialise",
        (
            "last = module.bn2 if isinstance(module, BasicBlock) else module.bn3",
            "last = module.bn1",
        ),
        "You zero the first norm of each block. Which one must give 0 for F(x) to be 0 and still learn?",
        trains=True,
    ),
    Mistake(
        "init_bottleneck_as_basic",
        "initialise",
        (
            "last = module.bn2 if isinstance(module, BasicBlock) else module.bn3",
            "last = module.bn2",
        ),
        "You zero bn2 in every block. Which norm is a bottleneck's last?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_basic_only",
        "initialise",
        ("BasicBlock | Bottleneck):", "BasicBlock):"),
        "You zero basic blocks only. What starts a bottleneck as its shortcut?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_shortcuts_too",
        "initialise",
        (
            ZERO,
            ZERO
            + "\n            if module.downsample is not None:\n                nn.init.zeros_(module.downsample[1].weight)",
        ),
        "You zero the shortcut's norm as well. What does a block give then, and where does the gradient go?",
    ),
    Mistake(
        "init_zeroes_always",
        "initialise",
        ("model.modules() if zero_init else ()", "model.modules()"),
        "You zero the last norms without being asked. What is zero_init for?",
        trains=True,
    ),
    Mistake(
        "init_zero_init_ignored",
        "initialise",
        ("model.modules() if zero_init else ()", "()"),
        "zero_init changes nothing. Which weight makes a block start as its shortcut?",
        trains=True,
    ),
]
