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
    Mistake(
        "conv_padding_of_the_stride",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, stride, padding=stride, bias=False)"),
        "You pad by the stride, so the map is too large at stride 2. How many rows of zeros does a 3 x 3 window need at any stride?",
        trains=True,
    ),
    Mistake(
        "conv_padding_two",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, stride, padding=2, bias=False)"),
        "You pad by two pixels, so the map grows at stride 1. How far does a 3 x 3 window extend beyond the pixel in its middle?",
        trains=True,
    ),
    Mistake(
        "conv_pads_by_reflecting",
        "conv3x3",
        (", bias=False", ', bias=False, padding_mode="reflect"'),
        "You reflect the image at its edges. What does padding put there by default?",
        trains=True,
    ),
    Mistake(
        "conv_pads_in_a_circle",
        "conv3x3",
        (", bias=False", ', bias=False, padding_mode="circular"'),
        "You fill the edge with pixels from the opposite side. What does padding put there by default?",
        trains=True,
    ),
    Mistake(
        "conv_outputs_forgotten",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, inputs, 3, stride, padding=1, bias=False)"),
        "Your convolution has as many outputs as inputs. Which argument says how many it should have?",
    ),
    Mistake(
        "conv_channels_exchanged",
        "conv3x3",
        (CONV, "nn.Conv2d(outputs, inputs, 3, stride, padding=1, bias=False)"),
        "You exchange inputs and outputs. In which order does Conv2d take them?",
    ),
    Mistake(
        "conv_with_norm",
        "conv3x3",
        (
            CONV,
            "nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs))",
        ),
        "You add a norm to the convolution, so the blocks normalise twice. Where is the norm that follows?",
        trains=True,
    ),
    Mistake(
        "conv_with_relu",
        "conv3x3",
        (
            CONV,
            "nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.ReLU())",
        ),
        "You put more than a convolution into conv3x3: a ReLU follows inside. Where does a block apply its ReLU?",
        trains=True,
    ),
    Mistake(
        "conv_in_a_sequential",
        "conv3x3",
        (CONV, "nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False))"),
        "You wrap the convolution in a Sequential, so its weight has a different name. What does torchvision call these weights?",
        trains=True,
    ),
    Mistake(
        "conv_always_strided",
        "conv3x3",
        ("tride: int = 1", "stride: int = 2"),
        "Your convolution has a stride of 2 if none is given. Which stride keeps the size?",
        trains=True,
    ),
    Mistake(
        "conv_padding_three",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, stride, padding=3, bias=False)"),
        "You pad by three pixels, so the map grows. How far does a 3 x 3 window extend beyond the pixel in its middle?",
        trains=True,
    ),
    Mistake(
        "conv_stride_fixed_at_two",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, 2, padding=1, bias=False)"),
        "Your convolution always has a stride of 2. Which argument says what it should be?",
    ),
    Mistake(
        "conv_false_as_dilation",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, 3, stride, 1, False)"),
        "You pass False as the dilation, the sixth argument of Conv2d, so the convolution cannot run. What is the name of the argument for the bias?",
    ),
    Mistake(
        "conv_of_a_column",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, (3, 1), stride, padding=(1, 0), bias=False)"),
        "Your window is three pixels tall and one wide. How wide is the window that the name promises?",
        trains=True,
    ),
    Mistake(
        "conv_of_a_row",
        "conv3x3",
        (CONV, "nn.Conv2d(inputs, outputs, (1, 3), stride, padding=(0, 1), bias=False)"),
        "Your window is three pixels wide and one tall. How tall is the window that the name promises?",
        trains=True,
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
        "You return None if either the channels or the size stays the same. Which of them must stay the same for x to be added as it is?",
    ),
    Mistake(
        "shortcut_by_channels_alone",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if inputs == outputs:"),
        "You check only whether the channels agree. What else may a block change?",
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
        "You give the shortcut's convolution a bias. What is left of a bias after the norm?",
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
    Mistake(
        "shortcut_identity",
        "shortcut",
        ("        return None", "        return nn.Identity()"),
        "You return a module that does nothing. What should the block's `downsample` be if the shapes agree?",
        trains=True,
    ),
    Mistake(
        "shortcut_by_stride_alone",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if stride == 1:"),
        "You check only whether the stride is 1. What else may a block change?",
    ),
    Mistake(
        "shortcut_inverted",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if not (stride == 1 and inputs == outputs):"),
        "You return None if the shapes differ, and project if they agree. In which case can x be added as it is?",
    ),
    Mistake(
        "shortcut_never",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if True:"),
        "You never project. Can x be added to a map of a different shape?",
    ),
    Mistake(
        "shortcut_if_channels_grow",
        "shortcut",
        ("if stride == 1 and inputs == outputs:", "if inputs >= outputs:"),
        "You project only if the channels grow. What else may a block change?",
    ),
    Mistake(
        "shortcut_norm_of_inputs",
        "shortcut",
        ("nn.BatchNorm2d(outputs)", "nn.BatchNorm2d(inputs)"),
        "Your norm has as many channels as the input, but it comes after the convolution. How many channels does it see?",
    ),
    Mistake(
        "shortcut_channels_exchanged",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(outputs, inputs, 1, stride, bias=False)",
        ),
        "You exchange the inputs and the outputs of the projection. In which order does Conv2d take them?",
    ),
    Mistake(
        "shortcut_padded",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(inputs, outputs, 1, stride, padding=1, bias=False)",
        ),
        "You pad a 1 x 1 convolution, so the shortcut is larger than F(x). What does its window see outside the image?",
    ),
    Mistake(
        "shortcut_strided_window",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(inputs, outputs, stride, stride, bias=False)",
        ),
        "Your projection looks at a window as wide as the stride. How wide is it in option B?",
    ),
    Mistake(
        "shortcut_always_halves",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(inputs, outputs, 1, 2, bias=False)",
        ),
        "You always halve the size in a projection. Which argument says by how much?",
    ),
    Mistake(
        "shortcut_largest_of_window",
        "shortcut",
        (
            SHORTCUT,
            "nn.Sequential(nn.MaxPool2d(stride, ceil_mode=True), nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs))",
        ),
        "You take the largest of each window first and then project. Which pixels does a 1 x 1 convolution of stride 2 see?",
        trains=True,
    ),
    Mistake(
        "shortcut_bare_convolution",
        "shortcut",
        (SHORTCUT, "nn.Conv2d(inputs, outputs, 1, stride, bias=False)"),
        "You return a convolution alone. What follows it in option B, and what holds the two?",
        trains=True,
    ),
    Mistake(
        "shortcut_instance_norm",
        "shortcut",
        ("nn.BatchNorm2d(outputs)", "nn.InstanceNorm2d(outputs)"),
        "You use an instance norm, which looks at each image alone. Which norm does the block have?",
        trains=True,
    ),
    Mistake(
        "shortcut_3x3_with_bias",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(inputs, outputs, 3, stride, padding=1)",
        ),
        "You use a 3 x 3 convolution with a bias as the shortcut. How large is the window of option B, and what does the norm leave of a bias?",
        trains=True,
    ),
    Mistake(
        "shortcut_without_weights",
        "shortcut",
        (SHORTCUT, "nn.MaxPool2d(1, stride)"),
        "Your shortcut only skips pixels and has no weights. How does option B make the channels agree?",
    ),
    Mistake(
        "shortcut_average_only",
        "shortcut",
        (SHORTCUT, "nn.AvgPool2d(stride, ceil_mode=True)"),
        "Your shortcut only averages pixels and has no weights. How does option B make the channels agree?",
    ),
    Mistake(
        "shortcut_norm_alone",
        "shortcut",
        (SHORTCUT, "nn.Sequential(nn.BatchNorm2d(outputs))"),
        "Your shortcut has a norm, but no convolution. How does option B make the channels agree?",
    ),
    Mistake(
        "shortcut_other_eps",
        "shortcut",
        ("nn.BatchNorm2d(outputs)", "nn.BatchNorm2d(outputs, eps=1e-3)"),
        "Your norm does not add torch's default eps to the variance. Which eps does torch's norm have?",
        trains=True,
    ),
    Mistake(
        "shortcut_2x2",
        "shortcut",
        (
            "nn.Conv2d(inputs, outputs, 1, stride, bias=False)",
            "nn.Conv2d(inputs, outputs, 2, stride, bias=False)",
        ),
        "You use a 2 x 2 convolution as the shortcut. How large is the window of option B?",
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
        "basic_input_detached_before_the_shortcut",
        "BasicBlock.forward",
        (
            IDENTITY,
            "x_kept = x.detach()\n        identity = x_kept if self.downsample is None else self.downsample(x_kept)",
        ),
        "You keep a detached copy of the input, so no gradient goes back past F. Which two paths must a gradient take?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_detached",
        "BasicBlock.forward",
        (SUM, "return F.relu(x + identity.detach())"),
        "You detach the shortcut, so no gradient goes back through it. What is the shortcut for?",
        trains=True,
    ),
    Mistake(
        "basic_input_detached",
        "BasicBlock.forward",
        ("identity = x if", "identity = x.detach() if"),
        "You detach x where it is added unchanged. How does a gradient get past F?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_of_the_middle",
        "BasicBlock.forward",
        (
            "x = F.relu(self.bn1(self.conv1(x)))\n",
            "x = F.relu(self.bn1(self.conv1(x)))\n        identity = x if self.downsample is None else identity\n",
        ),
        "You add what the first convolution returns, not x. When must you keep x for the shortcut?",
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
    Mistake(
        "basic_shortcut_subtracted",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(x - identity)"),
        "You subtract the shortcut of the basic block. Which sign does it have in equation 1?",
        trains=True,
    ),
    Mistake(
        "basic_f_subtracted",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(identity - x)"),
        "You subtract F(x) in the basic block. Which sign does it have in equation 1?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_only",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(identity)"),
        "Your basic block returns its shortcut alone. What happens to F(x)?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_twice",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(x + identity + identity)"),
        "You add the shortcut of the basic block twice. How many times does it appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "basic_f_twice",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(x + x)"),
        "You add F(x) to itself in the basic block. When must you keep the input for the shortcut?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_not_projected",
        "BasicBlock.forward",
        ("identity = x if self.downsample is None else self.downsample(x)", "identity = x"),
        "You never call the basic block's downsample. Can x be added to a map of a different shape?",
    ),
    Mistake(
        "basic_shortcut_dropped_if_projected",
        "BasicBlock.forward",
        (
            "identity = x if self.downsample is None else self.downsample(x)",
            "identity = x if self.downsample is None else 0",
        ),
        "You drop the shortcut of the basic block where the shapes differ. What is downsample for?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_only_if_projected",
        "BasicBlock.forward",
        (
            "identity = x if self.downsample is None else self.downsample(x)",
            "identity = 0 if self.downsample is None else self.downsample(x)",
        ),
        "Your basic block has a shortcut only where the shapes differ. What is added if they agree?",
        trains=True,
    ),
    Mistake(
        "basic_shortcut_of_f",
        "BasicBlock.forward",
        (
            "identity = x if self.downsample is None else self.downsample(x)",
            "identity = x if self.downsample is None else F.relu(self.downsample(x))",
        ),
        "You apply a ReLU to the projected shortcut of the basic block. How many ReLUs does its figure have after the projection?",
        trains=True,
    ),
    Mistake(
        "basic_both_relus",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(x) + F.relu(identity)"),
        "You apply a ReLU to both terms of the basic block, and then add them. Which comes first, the sum or the ReLU?",
        trains=True,
    ),
    Mistake(
        "basic_gelu",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.gelu(x + identity)"),
        "You end the basic block with a function other than ReLU. What is relu(-1)?",
        trains=True,
    ),
    Mistake(
        "basic_cat",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(torch.cat([x, identity], 1))"),
        "You put F(x) and the shortcut of the basic block side by side, which doubles the channels. What does equation 1 do with them?",
    ),
    Mistake(
        "basic_f_detached",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "return F.relu(x.detach() + identity)"),
        "You detach F(x) in the basic block, so its weights never learn. Through which terms should gradients go?",
        trains=True,
    ),
    Mistake(
        "basic_first_norm_missing",
        "BasicBlock.forward",
        ("x = F.relu(self.bn1(self.conv1(x)))", "x = F.relu(self.conv1(x))"),
        "You do not normalise the first convolution of the basic block. Which of its layers have you not used?",
        trains=True,
    ),
    Mistake(
        "basic_norms_before_convolutions",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.conv1(F.relu(self.bn1(x)))
    x = self.conv2(F.relu(self.bn2(x)))
    return x + identity""",
        "Your basic block normalises and applies the ReLU before each convolution, as later networks do. What comes first in figure 2?",
        trains=True,
    ),
    Mistake(
        "basic_second_norm_twice",
        "BasicBlock.forward",
        ("x = F.relu(self.bn1(self.conv1(x)))", "x = F.relu(self.bn2(self.conv1(x)))"),
        "You use bn2 after both convolutions. Whose running mean does it hold then?",
        trains=True,
    ),
    Mistake(
        "basic_norms_swapped",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn2(self.conv1(x)))
    x = self.bn1(self.conv2(x))
    return F.relu(x + identity)""",
        "You exchange bn1 and bn2 of the basic block. Would torchvision's weights still fit?",
        trains=True,
    ),
    Mistake(
        "basic_one_convolution",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.bn1(self.conv1(x))
    return F.relu(x + identity)""",
        "You leave out the second convolution. How many does figure 2 have?",
        trains=True,
    ),
    Mistake(
        "basic_convolutions_swapped",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn1(self.conv1(x))
    return F.relu(x + identity)""",
        "You apply conv2 first and conv1 second. Which of them may change the channels?",
    ),
    Mistake(
        "basic_shortcut_taken_late",
        "BasicBlock.forward",
        """def forward(self, x):
    x = F.relu(self.bn1(self.conv1(x)))
    identity = x if self.downsample is None else self.downsample(x)
    x = self.bn2(self.conv2(x))
    return F.relu(x + identity)""",
        "You make the shortcut from what the first convolution returns. When must you keep the input?",
    ),
    Mistake(
        "basic_shortcut_taken_last",
        "BasicBlock.forward",
        """def forward(self, x):
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return F.relu(x + (x if self.downsample is None else self.downsample(x)))""",
        "You make the shortcut from F(x), after x has been overwritten. When must you keep the input?",
    ),
    Mistake(
        "basic_norm_relu_swapped_twice",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.bn1(F.relu(self.conv1(x)))
    x = self.bn2(F.relu(self.conv2(x)))
    return F.relu(x + identity)""",
        "You apply a ReLU between each convolution and its norm. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "basic_no_norms",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.conv2(F.relu(self.conv1(x)))
    return F.relu(x + identity)""",
        "You use neither bn1 nor bn2. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "basic_result_projected",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return F.relu((x if self.downsample is None else self.downsample(x)) + identity)""",
        "You project the result of the basic block and not its input. Which of the two has the old shape?",
    ),
    Mistake(
        "basic_f_of_relu",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return F.relu(x + identity)""",
        "You apply a ReLU to the input before the convolutions of the basic block, though not to its shortcut. What should the first convolution get?",
        trains=True,
    ),
    Mistake(
        "basic_larger_of_both",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return torch.maximum(x, identity)""",
        "Your basic block returns the larger of F(x) and its shortcut. What does equation 1 do with them?",
        trains=True,
    ),
    Mistake(
        "basic_last_norm_of_relu",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(F.relu(self.conv2(x)))
    return F.relu(x + identity)""",
        "You apply a ReLU before the last norm of the basic block. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "basic_last_convolution_repeated",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(self.conv2(x)))
    return F.relu(x + identity)""",
        "You apply conv2 twice in the basic block. How many times should each layer be applied?",
        trains=True,
    ),
    Mistake(
        "basic_projection_without_gradient",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x
    if self.downsample is not None:
        with torch.no_grad():
            identity = self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return F.relu(x + identity)""",
        "You compute the projection of the basic block without gradients, so it never learns. Which weights should the loss reach?",
        trains=True,
    ),
    Mistake(
        "basic_both_norms_at_the_end",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.conv1(x))
    x = self.bn2(self.bn1(self.conv2(x)))
    return F.relu(x + identity)""",
        "You apply both norms after the second convolution. What comes right after the first (section 3.4)?",
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
        "bottleneck_input_detached_before_the_shortcut",
        "Bottleneck.forward",
        (
            IDENTITY,
            "x_kept = x.detach()\n        identity = x_kept if self.downsample is None else self.downsample(x_kept)",
        ),
        "You keep a detached copy of the bottleneck's input, so no gradient goes back past F. Which two paths must a gradient take?",
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
        "You detach the bottleneck's input where it is added unchanged. What must a gradient then pass through?",
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
    Mistake(
        "bottleneck_shortcut_subtracted",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(x - identity)"),
        "You subtract the shortcut of the bottleneck. Which sign does it have in equation 1?",
        trains=True,
    ),
    Mistake(
        "bottleneck_f_subtracted",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(identity - x)"),
        "You subtract F(x) in the bottleneck. Which sign does it have in equation 1?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_only",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(identity)"),
        "Your bottleneck returns its shortcut alone. What happens to F(x)?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_twice",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(x + identity + identity)"),
        "You add the shortcut of the bottleneck twice. How many times does it appear in equation 1?",
        trains=True,
    ),
    Mistake(
        "bottleneck_f_twice",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(x + x)"),
        "You add F(x) to itself in the bottleneck. When must you keep the input for the shortcut?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_not_projected",
        "Bottleneck.forward",
        ("identity = x if self.downsample is None else self.downsample(x)", "identity = x"),
        "You never call the bottleneck's downsample. Can x be added to a map of a different shape?",
    ),
    Mistake(
        "bottleneck_shortcut_dropped_if_projected",
        "Bottleneck.forward",
        (
            "identity = x if self.downsample is None else self.downsample(x)",
            "identity = x if self.downsample is None else 0",
        ),
        "You drop the shortcut of the bottleneck where the shapes differ. What is downsample for?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_only_if_projected",
        "Bottleneck.forward",
        (
            "identity = x if self.downsample is None else self.downsample(x)",
            "identity = 0 if self.downsample is None else self.downsample(x)",
        ),
        "Your bottleneck has a shortcut only where the shapes differ. What is added if they agree?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_of_f",
        "Bottleneck.forward",
        (
            "identity = x if self.downsample is None else self.downsample(x)",
            "identity = x if self.downsample is None else F.relu(self.downsample(x))",
        ),
        "You apply a ReLU to the projected shortcut of the bottleneck. How many ReLUs does its figure have after the projection?",
        trains=True,
    ),
    Mistake(
        "bottleneck_both_relus",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(x) + F.relu(identity)"),
        "You apply a ReLU to both terms of the bottleneck, and then add them. Which comes first, the sum or the ReLU?",
        trains=True,
    ),
    Mistake(
        "bottleneck_gelu",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.gelu(x + identity)"),
        "You end the bottleneck with a function other than ReLU. What is relu(-1)?",
        trains=True,
    ),
    Mistake(
        "bottleneck_cat",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(torch.cat([x, identity], 1))"),
        "You put F(x) and the shortcut of the bottleneck side by side, which doubles the channels. What does equation 1 do with them?",
    ),
    Mistake(
        "bottleneck_f_detached",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu(x.detach() + identity)"),
        "You detach F(x) in the bottleneck, so its weights never learn. Through which terms should gradients go?",
        trains=True,
    ),
    Mistake(
        "bottleneck_first_norm_missing",
        "Bottleneck.forward",
        ("x = F.relu(self.bn1(self.conv1(x)))", "x = F.relu(self.conv1(x))"),
        "You do not normalise the first convolution of the bottleneck. Which of its layers have you not used?",
        trains=True,
    ),
    Mistake(
        "bottleneck_first_norm_twice",
        "Bottleneck.forward",
        ("x = F.relu(self.bn2(self.conv2(x)))", "x = F.relu(self.bn1(self.conv2(x)))"),
        "You use bn1 after the second convolution, too. Whose running mean does it hold then?",
        trains=True,
    ),
    Mistake(
        "bottleneck_second_norm_twice",
        "Bottleneck.forward",
        ("x = F.relu(self.bn1(self.conv1(x)))", "x = F.relu(self.bn2(self.conv1(x)))"),
        "You use bn2 after the first convolution, too. Whose running mean does it hold then?",
        trains=True,
    ),
    Mistake(
        "bottleneck_second_norm_missing",
        "Bottleneck.forward",
        ("x = F.relu(self.bn2(self.conv2(x)))", "x = F.relu(self.conv2(x))"),
        "You do not normalise the second convolution. Which of the bottleneck's layers have you not used?",
        trains=True,
    ),
    Mistake(
        "bottleneck_second_convolution_missing",
        "Bottleneck.forward",
        ("x = F.relu(self.bn2(self.conv2(x)))", "x = F.relu(x)"),
        "You leave out the second convolution, so no pixel sees its neighbours. How many does figure 5 have?",
    ),
    Mistake(
        "bottleneck_relu_before_first_norm",
        "Bottleneck.forward",
        ("x = F.relu(self.bn1(self.conv1(x)))", "x = self.bn1(F.relu(self.conv1(x)))"),
        "You apply the first ReLU before its norm. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_before_second_norm",
        "Bottleneck.forward",
        ("x = F.relu(self.bn2(self.conv2(x)))", "x = self.bn2(F.relu(self.conv2(x)))"),
        "You apply the second ReLU before its norm. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_before_both_norms",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.bn1(F.relu(self.conv1(x)))
    x = self.bn2(F.relu(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu(x + identity)""",
        "You apply the first two ReLUs before their norms. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_inner_relus",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.bn3(self.conv3(self.bn2(self.conv2(self.bn1(self.conv1(x))))))
    return F.relu(x + identity)""",
        "You apply no ReLU after the first two convolutions. What can three linear maps in a row do that one cannot?",
        trains=True,
    ),
    Mistake(
        "bottleneck_mean_of_both",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "return F.relu((x + identity) / 2)"),
        "You take the mean of F(x) and the bottleneck's input. What is left of x after twenty such blocks?",
        trains=True,
    ),
    Mistake(
        "bottleneck_shortcut_taken_late",
        "Bottleneck.forward",
        """def forward(self, x):
    x = F.relu(self.bn1(self.conv1(x)))
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu(x + identity)""",
        "You make the bottleneck's shortcut from what its first convolution returns. When must you keep the input?",
    ),
    Mistake(
        "bottleneck_shortcut_taken_last",
        "Bottleneck.forward",
        """def forward(self, x):
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu(x + (x if self.downsample is None else self.downsample(x)))""",
        "You make the bottleneck's shortcut from F(x), after x has been overwritten. When must you keep the input?",
    ),
    Mistake(
        "bottleneck_third_norm_is_second",
        "Bottleneck.forward",
        ("x = self.bn3(self.conv3(x))", "x = self.bn2(self.conv3(x))"),
        "You use bn2 after the third convolution, which has a different number of channels. Which norm has four times as many?",
    ),
    Mistake(
        "bottleneck_as_basic",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return F.relu(x + identity)""",
        "You apply two convolutions, as in a basic block. Which one widens the channels again?",
    ),
    Mistake(
        "bottleneck_result_projected",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu((x if self.downsample is None else self.downsample(x)) + identity)""",
        "You project the result of the bottleneck and not its input. Which of the two has the old shape?",
    ),
    Mistake(
        "bottleneck_f_of_relu",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu(x + identity)""",
        "You apply a ReLU to the input before the convolutions of the bottleneck, though not to its shortcut. What should the first convolution get?",
        trains=True,
    ),
    Mistake(
        "bottleneck_larger_of_both",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return torch.maximum(x, identity)""",
        "Your bottleneck returns the larger of F(x) and its shortcut. What does equation 1 do with them?",
        trains=True,
    ),
    Mistake(
        "bottleneck_last_norm_of_relu",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(F.relu(self.conv3(x)))
    return F.relu(x + identity)""",
        "You apply a ReLU before the last norm of the bottleneck. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    Mistake(
        "bottleneck_second_convolution_repeated",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = F.relu(self.bn2(self.conv2(x))) if self.conv2.stride == (1, 1) else x
    x = self.bn3(self.conv3(x))
    return F.relu(x + identity)""",
        "You apply conv2 twice in the bottleneck. How many times should each layer be applied?",
        trains=True,
    ),
    Mistake(
        "bottleneck_projection_without_gradient",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x
    if self.downsample is not None:
        with torch.no_grad():
            identity = self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu(x + identity)""",
        "You compute the projection of the bottleneck without gradients, so it never learns. Which weights should the loss reach?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_after_third_not_first",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.bn1(self.conv1(x))
    x = F.relu(self.bn2(self.conv2(x)))
    x = F.relu(self.bn3(self.conv3(x)))
    return F.relu(x + identity)""",
        "You apply a ReLU after the third norm and none after the first. After which of the three norms does figure 5 have one?",
        trains=True,
    ),
    Mistake(
        "bottleneck_relu_after_third_not_second",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    x = F.relu(self.bn3(self.conv3(x)))
    return F.relu(x + identity)""",
        "You apply a ReLU after the third norm and none after the second. After which of the three norms does figure 5 have one?",
        trains=True,
    ),
    Mistake(
        "bottleneck_no_norms",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = x if self.downsample is None else self.downsample(x)
    x = self.conv3(F.relu(self.conv2(F.relu(self.conv1(x)))))
    return F.relu(x + identity)""",
        "You use none of the three norms. What comes right after each convolution (section 3.4)?",
        trains=True,
    ),
    # stage
    Mistake(
        "stage_stride_with_new_channels_only",
        "stage",
        (
            "block(inputs, width, stride)]",
            "block(inputs, width, stride if inputs != width * block.expansion else 1)]",
        ),
        "You use the stride only if the number of channels changes. What should a stage with stride 2 do if its input already has the right number?",
        trains=True,
    ),
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
        "You let the last block shrink the image. Which block does so in table 1, and how much slower is yours?",
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
        "You keep the blocks where .parameters() does not see them, as in a Python list. Which container registers its modules?",
        trains=True,
    ),
    Mistake(
        "stage_one_too_few",
        "stage",
        ("range(count - 1)", "range(count - 2)"),
        "You make one block too few. The first is already there, so how many are left to make?",
        trains=True,
    ),
    Mistake(
        "stage_one_block_only",
        "stage",
        (
            "blocks += [block(width * block.expansion, width) for _ in range(count - 1)]",
            "blocks = blocks[:1]",
        ),
        "You make one block, whatever count is. How many does a stage have?",
        trains=True,
    ),
    Mistake(
        "stage_stride_nowhere",
        "stage",
        ("[block(inputs, width, stride)]", "[block(inputs, width)]"),
        "No block of your stage has the stride, so it never shrinks the image. Which block shrinks it in table 1?",
        trains=True,
    ),
    Mistake(
        "stage_stride_after_the_first",
        "stage",
        """def stage(block, inputs, width, count, stride):
    blocks = [block(inputs, width)]
    blocks += [block(width * block.expansion, width, stride) for _ in range(count - 1)]
    return nn.Sequential(*blocks)""",
        "You give the stride to the later blocks and not to the first. Which block shrinks the image in table 1?",
        trains=True,
    ),
    Mistake(
        "stage_stride_of_two",
        "stage",
        ("[block(inputs, width, stride)]", "[block(inputs, width, 2)]"),
        "The first block always halves the image. Which argument says by how much?",
        trains=True,
    ),
    Mistake(
        "stage_first_gets_width",
        "stage",
        ("[block(inputs, width, stride)]", "[block(width, width, stride)]"),
        "You give the first block `width` input channels. How many channels does the stage's input have?",
    ),
    Mistake(
        "stage_first_expands",
        "stage",
        ("[block(inputs, width, stride)]", "[block(inputs, width * block.expansion, stride)]"),
        "You give the first block the width of its output. Which width do the layers inside a block have?",
    ),
    Mistake(
        "stage_widths_expand",
        "stage",
        (
            "block(width * block.expansion, width) for",
            "block(width * block.expansion, width * block.expansion) for",
        ),
        "You give the later blocks the width of their output. Which width do the layers inside a block have?",
    ),
    Mistake(
        "stage_all_expand",
        "stage",
        """def stage(block, inputs, width, count, stride):
    width = width * block.expansion
    return nn.Sequential(block(inputs, width, stride), *[block(width, width) for _ in range(count - 1)])""",
        "You multiply the width of all blocks by the expansion. Which width do the layers inside a block have, and who multiplies it?",
    ),
    Mistake(
        "stage_four_times",
        "stage",
        ("block(width * block.expansion, width) for", "block(width * 4, width) for"),
        "You multiply by 4, which is right only for a bottleneck. Where does a block say what its expansion is?",
    ),
    Mistake(
        "stage_module_list",
        "stage",
        ("return nn.Sequential(*blocks)", "return nn.ModuleList(blocks)"),
        "You return a ModuleList, which cannot be called. Which container runs its modules one after the other?",
    ),
    Mistake(
        "stage_python_list",
        "stage",
        ("return nn.Sequential(*blocks)", "return blocks"),
        "You return a Python list. Which container is a module that runs its blocks one after the other?",
    ),
    Mistake(
        "stage_last_block_only",
        "stage",
        ("return nn.Sequential(*blocks)", "return nn.Sequential(blocks[-1])"),
        "You return only the last block. What happens to the others?",
    ),
    Mistake(
        "stage_not_unpacked",
        "stage",
        ("return nn.Sequential(*blocks)", "return nn.Sequential(nn.Sequential(*blocks))"),
        "You wrap the blocks in one container too many, so their weights have different names. Which names do torchvision's have?",
        trains=True,
    ),
    Mistake(
        "stage_relu_between",
        "stage",
        ("return nn.Sequential(*blocks)", "return nn.Sequential(*blocks, nn.ReLU())"),
        "You add a layer after the blocks. What does each block already end with?",
        trains=True,
    ),
    Mistake(
        "stage_all_the_same",
        "stage",
        (
            "blocks += [block(width * block.expansion, width) for _ in range(count - 1)]",
            "blocks = blocks * count",
        ),
        "You repeat the first block. Which channels and which stride do the others need, and whose weights are they?",
    ),
    Mistake(
        "stage_all_like_the_first",
        "stage",
        (
            "blocks += [block(width * block.expansion, width) for _ in range(count - 1)]",
            "blocks += [block(inputs, width, stride) for _ in range(count - 1)]",
        ),
        "You make all blocks like the first, with its channels and its stride. What shape does the second block get?",
    ),
    Mistake(
        "stage_always_basic",
        "stage",
        ("[block(inputs, width, stride)]", "[BasicBlock(inputs, width, stride)]"),
        "Your first block is always a basic block. Which argument says what it should be?",
    ),
    Mistake(
        "stage_arguments_exchanged",
        "stage",
        ("block(width * block.expansion, width) for", "block(width, width * block.expansion) for"),
        "You exchange the input channels and the width of the later blocks. In which order does a block take them?",
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
        "You normalise h to unit norm. Which part of the method normalises vectors, and which vectors are they?",
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
    Mistake(
        "net_relu_before_norm",
        "ResNet.forward",
        (
            "self.maxpool(F.relu(self.bn1(self.conv1(x))))",
            "self.maxpool(self.bn1(F.relu(self.conv1(x))))",
        ),
        "You apply the stem's ReLU before its norm. In which order does the comment list the stem's layers?",
        trains=True,
    ),
    Mistake(
        "net_pools_every_stem",
        "ResNet.forward",
        (
            "self.maxpool(F.relu(self.bn1(self.conv1(x))))",
            "F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)",
        ),
        "You always pool after the stem. Which stems have pooling, and which layer takes care of that?",
        trains=True,
    ),
    Mistake(
        "net_pooling_twice",
        "ResNet.forward",
        (
            "self.maxpool(F.relu(self.bn1(self.conv1(x))))",
            "self.maxpool(self.maxpool(F.relu(self.bn1(self.conv1(x)))))",
        ),
        "You pool twice in the ImageNet stem. By how much does it shrink the image?",
        trains=True,
    ),
    Mistake(
        "net_mean_of_rows",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean(2)"),
        "You average over the rows alone. Over which dimensions does a map extend?",
    ),
    Mistake(
        "net_mean_of_columns",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean(3)"),
        "You average over the columns alone. Over which dimensions does a map extend?",
    ),
    Mistake(
        "net_mean_of_channels",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((1, 2))"),
        "You average over the channels and keep the columns. Which numbers does h hold?",
    ),
    Mistake(
        "net_mean_of_all_but_batch",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((1, 2, 3))"),
        "You return one number for each image. How many channels does h keep?",
    ),
    Mistake(
        "net_mean_over_batch",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((0, 2, 3))"),
        "You average over the batch as well. How many rows does h have?",
    ),
    Mistake(
        "net_divides_by_the_height",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.sum((2, 3)) / x.shape[2]"),
        "You divide the sum by the height alone. How many pixels does a map have?",
        trains=True,
    ),
    Mistake(
        "net_divides_by_a_constant",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.sum((2, 3)) / 16"),
        "You divide the sum by 16, as if every map were 4 x 4. How many pixels does a map have?",
        trains=True,
    ),
    Mistake(
        "net_softmax",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((2, 3)).softmax(1)"),
        "You apply a softmax to h. Which part of a network has one, and does an encoder have it?",
        trains=True,
    ),
    Mistake(
        "net_pooled_to_one_pixel",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return F.adaptive_avg_pool2d(x, 1).squeeze(2)"),
        "You return three dimensions. How many does h have?",
    ),
    Mistake(
        "net_four_pixels",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return F.adaptive_avg_pool2d(x, 2).flatten(1)"),
        "You return four numbers for each channel. How many numbers does h have?",
    ),
    Mistake(
        "net_transposed",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((2, 3)).T"),
        "You transpose h. Which dimension should count the images?",
    ),
    Mistake(
        "net_returns_the_map",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x"),
        "You return the last map. What does table 1 do after the last stage?",
    ),
    Mistake(
        "net_skips_last_stage",
        "ResNet.forward",
        ("range(self.stages)", "range(max(1, self.stages - 1))"),
        "You skip the last stage when there are several. What are the names of the stages, and where does your range end?",
    ),
    Mistake(
        "net_first_stage_alone",
        "ResNet.forward",
        ("range(self.stages)", "range(1)"),
        "You apply layer1 alone. Where does the network say how many stages it has?",
    ),
    Mistake(
        "net_first_stage_repeated",
        "ResNet.forward",
        ('self.get_submodule(f"layer{i + 1}")(x)', "self.layer1(x)"),
        "You apply layer1 again and again. What are the names of the other stages?",
    ),
    Mistake(
        "net_names_from_zero",
        "ResNet.forward",
        ('f"layer{i + 1}"', 'f"layer{i}"'),
        "You look for a stage named layer0. From which number do the names count?",
    ),
    Mistake(
        "net_one_stage_too_many",
        "ResNet.forward",
        ("range(self.stages)", "range(self.stages + 1)"),
        "You look for one stage more than there are. What is the name of the last?",
    ),
    Mistake(
        "net_four_stages_by_name",
        "ResNet.forward",
        """def forward(self, x):
    x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
    return x.mean((2, 3))""",
        "You name four stages, but a network may have fewer or more. Where does the network say how many it has?",
    ),
    Mistake(
        "net_three_stages_by_name",
        "ResNet.forward",
        """def forward(self, x):
    x = self.maxpool(F.relu(self.bn1(self.conv1(x))))
    x = self.layer3(self.layer2(self.layer1(x)))
    return x.mean((2, 3))""",
        "You name three stages, but a network may have fewer or more. Where does the network say how many it has?",
    ),
    Mistake(
        "net_images_detached",
        "ResNet.forward",
        (
            "self.maxpool(F.relu(self.bn1(self.conv1(x))))",
            "self.maxpool(F.relu(self.bn1(self.conv1(x.detach()))))",
        ),
        "You detach the images, so no gradient goes back to them. For which tensor does the test want a gradient?",
        trains=True,
    ),
    Mistake(
        "net_without_gradient",
        "ResNet.forward",
        (
            "# apply the stages, one after the other",
            "x = x.detach()\n        # apply the stages, one after the other",
        ),
        "You detach the stem, so its convolution never learns. Which weights should the loss reach?",
        trains=True,
    ),
    Mistake(
        "net_stages_detached",
        "ResNet.forward",
        (
            'self.get_submodule(f"layer{i + 1}")(x)',
            'self.get_submodule(f"layer{i + 1}")(x.detach() if i else x)',
        ),
        "You detach between the stages, so only the last one learns. Which weights should the loss reach?",
        trains=True,
    ),
    Mistake(
        "net_all_in_one_row",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((2, 3)).flatten()"),
        "You put the numbers of all images into one row. How many dimensions does h have?",
    ),
    Mistake(
        "net_windows_as_tall_as_the_map",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return F.avg_pool2d(x, x.shape[2]).flatten(1)"),
        "You average over square windows as tall as the map. What if the map is not square?",
        trains=True,
    ),
    Mistake(
        "net_windows_as_wide_as_the_map",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return F.avg_pool2d(x, x.shape[3]).flatten(1)"),
        "You average over square windows as wide as the map. What if the map is not square?",
        trains=True,
    ),
    Mistake(
        "net_stem_without_norm_and_relu",
        "ResNet.forward",
        ("self.maxpool(F.relu(self.bn1(self.conv1(x))))", "self.maxpool(self.conv1(x))"),
        "You apply neither the norm nor the ReLU of the stem. In which order does the comment list the stem's layers?",
        trains=True,
    ),
    Mistake(
        "net_one_number_an_image",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.flatten(1).mean(1, keepdim=True)"),
        "You average over the channels as well, so h is one number. How many channels does h keep?",
    ),
    Mistake(
        "net_pools_after_stages",
        "ResNet.forward",
        """def forward(self, x):
    x = F.relu(self.bn1(self.conv1(x)))
    for i in range(self.stages):
        x = self.maxpool(self.get_submodule(f"layer{i + 1}")(x))
    return x.mean((2, 3))""",
        "You pool after every stage and not after the stem. Where does the ImageNet stem have its pooling?",
        trains=True,
    ),
    Mistake(
        "net_pools_last",
        "ResNet.forward",
        """def forward(self, x):
    x = F.relu(self.bn1(self.conv1(x)))
    for i in range(self.stages):
        x = self.get_submodule(f"layer{i + 1}")(x)
    return self.maxpool(x).mean((2, 3))""",
        "You pool after the stages and not after the stem. Where does the ImageNet stem have its pooling?",
        trains=True,
    ),
    Mistake(
        "net_divides_by_the_stages",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((2, 3)) / self.stages"),
        "You divide h by the number of stages. Is there anything after the mean in table 1?",
        trains=True,
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
        "You use Xavier's variance, which counts inputs and outputs and ignores the ReLU. What does equation 14 divide by?",
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
        "You replace the old parameters by new ones. Which ones does an optimiser hold that was created earlier?",
        trains=True,
    ),
    Mistake(
        "init_data_replaced",
        "initialise",
        (
            KAIMING,
            "n = module.weight[:, 0].numel()\n            module.weight.data = torch.randn(module.weight.shape) * (2 / n) ** 0.5",
        ),
        "You replace the weights by new float32 numbers on the CPU. How do you write into a tensor so that it keeps its type and its device?",
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
        "You leave the norms as they are. What if the model has already been trained?",
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
    Mistake(
        "init_linear_too",
        "initialise",
        ("if isinstance(module, nn.Conv2d):", "if isinstance(module, nn.Conv2d | nn.Linear):"),
        "You draw the weights of linear layers as well. Which layers does the docstring name?",
        trains=True,
    ),
    Mistake(
        "init_variance_of_four",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.normal_(module.weight, 0, 2 / module.weight[:, 0].numel() ** 0.5)",
        ),
        "You take the root of n, but not of 2, so the variance is 4 / n. What is the root of 2 / n?",
        trains=True,
    ),
    Mistake(
        "init_variance_of_one",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.normal_(module.weight)",
        ),
        "You draw from a normal distribution of variance 1. What does equation 14 divide by?",
        trains=True,
    ),
    Mistake(
        "init_small_constant_deviation",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.normal_(module.weight, 0, 0.01)",
        ),
        "You use the same standard deviation for all convolutions. What does equation 14 divide by?",
        trains=True,
    ),
    Mistake(
        "init_fan_of_both",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "w = module.weight\n            nn.init.normal_(w, 0, (4 / (w[0].numel() + w[:, 0].numel())) ** 0.5)",
        ),
        "You divide by the mean of inputs and outputs. What does equation 14 count?",
        trains=True,
    ),
    Mistake(
        "init_all_numbers_counted",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.normal_(module.weight, 0, (2 / module.weight.numel()) ** 0.5)",
        ),
        "You divide by the number of all weights. What does equation 14 count?",
        trains=True,
    ),
    Mistake(
        "init_one_side_counted",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.normal_(module.weight, 0, (2 / (module.weight.shape[0] * module.weight.shape[2])) ** 0.5)",
        ),
        "You count the kernel's height, but not its width. Through how many weights does a pixel reach one output channel?",
        trains=True,
    ),
    Mistake(
        "init_xavier_uniform",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.xavier_uniform_(module.weight)",
        ),
        "You use Xavier's uniform distribution. Which distribution and which variance does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "init_zeros",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.zeros_(module.weight)",
        ),
        "You start all convolutions at 0. From which distribution are they drawn?",
    ),
    Mistake(
        "init_convolutions_forgotten",
        "initialise",
        ("if isinstance(module, nn.Conv2d):", "if False:"),
        "You leave the convolutions as they are. How does the docstring draw their weights?",
        trains=True,
    ),
    Mistake(
        "init_norm_biases_kept",
        "initialise",
        ("            nn.init.zeros_(module.bias)\n", ""),
        "You leave the norms' biases as they are. Which bias makes a norm the identity?",
        trains=True,
    ),
    Mistake(
        "init_norm_weights_kept",
        "initialise",
        ("            nn.init.ones_(module.weight)\n", ""),
        "You leave the norms' weights as they are. Which weight makes a norm the identity?",
        trains=True,
    ),
    Mistake(
        "init_norm_weights_zero",
        "initialise",
        ("nn.init.ones_(module.weight)", "nn.init.zeros_(module.weight)"),
        "You start every norm at weight 0, so nothing comes through. Which weight makes a norm the identity?",
    ),
    Mistake(
        "init_norm_biases_one",
        "initialise",
        ("nn.init.zeros_(module.bias)", "nn.init.ones_(module.bias)"),
        "You start the norms' biases at 1. Which bias makes a norm the identity?",
        trains=True,
    ),
    Mistake(
        "init_norms_exchanged",
        "initialise",
        (
            "            nn.init.ones_(module.weight)\n            nn.init.zeros_(module.bias)",
            "            nn.init.zeros_(module.weight)\n            nn.init.ones_(module.bias)",
        ),
        "You start the norms at weight 0 and bias 1. Which of the two scales, and which is added?",
    ),
    Mistake(
        "init_zeroes_all_norms",
        "initialise",
        (
            "nn.init.zeros_(last.weight)",
            "for norm in module.modules():\n                if isinstance(norm, nn.BatchNorm2d):\n                    nn.init.zeros_(norm.weight)",
        ),
        "You zero all norms of each block, so a block with a projection returns 0. Which norm ends F?",
    ),
    Mistake(
        "init_zeroes_norms_of_f",
        "initialise",
        (
            "nn.init.zeros_(last.weight)",
            "for norm in [module.bn1, module.bn2, last]:\n                nn.init.zeros_(norm.weight)",
        ),
        "You zero every norm in F, so its inner layers get no gradient at first. Which norm ends F?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_bottlenecks_only",
        "initialise",
        ("BasicBlock | Bottleneck):", "Bottleneck):"),
        "You zero the last norm of bottlenecks only. What makes a basic block start as its shortcut?",
        trains=True,
    ),
    Mistake(
        "init_zeroes_last_convolution",
        "initialise",
        (
            "nn.init.zeros_(last.weight)",
            "conv = module.conv2 if isinstance(module, BasicBlock) else module.conv3\n            nn.init.zeros_(conv.weight)",
        ),
        "You zero the last convolution of each block. Which layer does the docstring name?",
        trains=True,
    ),
    Mistake(
        "init_zero_init_inverted",
        "initialise",
        ("model.modules() if zero_init else ()", "() if zero_init else model.modules()"),
        "You zero the last norms without zero_init, and not with it. Which value of zero_init asks for zeros?",
        trains=True,
    ),
    Mistake(
        "init_default_zero",
        "initialise",
        ("zero_init: bool = False", "zero_init: bool = True"),
        "You zero the last norms by default. What does the signature say?",
        trains=True,
    ),
    Mistake(
        "init_height_squared",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "nn.init.normal_(module.weight, 0, (2 / (module.weight.shape[0] * module.weight.shape[2] ** 2)) ** 0.5)",
        ),
        "You treat every kernel as a square as wide as it is tall. How many weights does a kernel of 3 x 5 have?",
        trains=True,
    ),
    Mistake(
        "init_last_bias_one",
        "initialise",
        (
            "nn.init.zeros_(last.weight)",
            "nn.init.zeros_(last.weight)\n            nn.init.ones_(last.bias)",
        ),
        "With zero_init you set the last norms' biases to 1. What must F(x) be?",
        trains=True,
    ),
    Mistake(
        "init_skips_itself",
        "initialise",
        (
            "for module in model.modules():\n        if isinstance(module, nn.Conv2d)",
            "for module in [m for m in model.modules() if m is not model]:\n        if isinstance(module, nn.Conv2d)",
        ),
        "You leave out the model itself, which may be a convolution. Does .modules() begin with the model?",
        trains=True,
    ),
    Mistake(
        "init_children_without_itself",
        "initialise",
        (
            "for module in model.modules():\n        if isinstance(module, nn.Conv2d)",
            "for module in model.children():\n        if isinstance(module, nn.Conv2d)",
        ),
        "You visit the model's direct children, but neither the model itself nor the layers inside the children. Which method visits modules at all depths?",
        trains=True,
    ),
    # the input, overwritten before it is kept
    Mistake(
        "basic_input_lost",
        "BasicBlock.forward",
        """def forward(self, x):
    if self.downsample is not None:
        identity = self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    if self.downsample is None:
        identity = x
    return F.relu(x + identity)
""",
        "Where the shapes agree, you add F(x) to itself in the basic block. When must you keep the input for the shortcut?",
        trains=True,
    ),
    Mistake(
        "basic_input_lost_after_last_relu",
        "BasicBlock.forward",
        """def forward(self, x):
    identity = None if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    x = F.relu(x)
    return F.relu(x + (x if identity is None else identity))
""",
        "You apply a ReLU to F(x) before the sum in the basic block, and where the shapes agree, you add the result to itself. When must you keep the input for the shortcut?",
        trains=True,
    ),
    Mistake(
        "basic_convolutions_of_the_projection",
        "BasicBlock.forward",
        """def forward(self, x):
    if self.downsample is not None:
        x = self.downsample(x)
    identity = x
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    return F.relu(x + identity)
""",
        "The convolutions of the basic block get the projected input. Which shape do they expect?",
    ),
    Mistake(
        "basic_f_of_the_shortcut_too",
        "BasicBlock.forward",
        """def forward(self, x):
    if self.downsample is None:
        identity = x
    x = F.relu(self.bn1(self.conv1(x)))
    x = self.bn2(self.conv2(x))
    if self.downsample is not None:
        identity = self.downsample(x)
    return F.relu(x + identity)
""",
        "Where the shapes differ, you project F(x) in the basic block, and not its input. When must you keep the input for the shortcut?",
    ),
    Mistake(
        "bottleneck_input_lost",
        "Bottleneck.forward",
        """def forward(self, x):
    if self.downsample is not None:
        identity = self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    if self.downsample is None:
        identity = x
    return F.relu(x + identity)
""",
        "Where the shapes agree, you add F(x) to itself in the bottleneck. When must you keep the input for the shortcut?",
        trains=True,
    ),
    Mistake(
        "bottleneck_input_lost_after_last_relu",
        "Bottleneck.forward",
        """def forward(self, x):
    identity = None if self.downsample is None else self.downsample(x)
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    x = F.relu(x)
    return F.relu(x + (x if identity is None else identity))
""",
        "You apply a ReLU to F(x) before the sum in the bottleneck, and where the shapes agree, you add the result to itself. When must you keep the input for the shortcut?",
        trains=True,
    ),
    Mistake(
        "bottleneck_convolutions_of_the_projection",
        "Bottleneck.forward",
        """def forward(self, x):
    if self.downsample is not None:
        x = self.downsample(x)
    identity = x
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    return F.relu(x + identity)
""",
        "The convolutions of the bottleneck get the projected input. Which shape do they expect?",
    ),
    Mistake(
        "bottleneck_f_of_the_shortcut_too",
        "Bottleneck.forward",
        """def forward(self, x):
    if self.downsample is None:
        identity = x
    x = F.relu(self.bn1(self.conv1(x)))
    x = F.relu(self.bn2(self.conv2(x)))
    x = self.bn3(self.conv3(x))
    if self.downsample is not None:
        identity = self.downsample(x)
    return F.relu(x + identity)
""",
        "Where the shapes differ, you project F(x) in the bottleneck, and not its input. When must you keep the input for the shortcut?",
    ),
    Mistake(
        "conv_dilation_is_stride",
        "conv3x3",
        (
            "nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)",
            "nn.Conv2d(inputs, outputs, 3, stride, padding=stride, dilation=stride, bias=False)",
        ),
        "You dilate the window by the stride, so at stride 2 it skips every other pixel. Which nine pixels does a 3 x 3 window cover?",
        trains=True,
    ),
    Mistake(
        "basic_projection_without_norm",
        "BasicBlock.forward",
        ("self.downsample(x)", "self.downsample[0](x)"),
        "You call the shortcut's convolution and leave out its norm. Which two layers does `downsample` hold?",
        trains=True,
    ),
    Mistake(
        "bottleneck_projection_without_norm",
        "Bottleneck.forward",
        ("self.downsample(x)", "self.downsample[0](x)"),
        "You leave out the norm of the bottleneck's shortcut. Which two layers does `downsample` hold?",
        trains=True,
    ),
    Mistake(
        "basic_sum_into_the_input",
        "BasicBlock.forward",
        ("return F.relu(x + identity)", "identity += x\n        return F.relu(identity)"),
        "You add into the block's input, which conv1 still needs for its gradient. Which kind of sum makes a new tensor?",
    ),
    Mistake(
        "bottleneck_sum_into_the_input",
        "Bottleneck.forward",
        ("return F.relu(x + identity)", "identity += x\n        return F.relu(identity)"),
        "You add into the bottleneck's input, which conv1 still needs for its gradient. Which kind of sum makes a new tensor?",
    ),
    Mistake(
        "stage_counts_from_one",
        "stage",
        (
            "return nn.Sequential(*blocks)",
            "made = nn.Sequential()\n    for number, one in enumerate(blocks, 1):\n        made.add_module(str(number), one)\n    return made",
        ),
        "You number the blocks from 1, so their parameters do not have torchvision's names. What is the first block of an nn.Sequential called?",
        trains=True,
    ),
    Mistake(
        "shortcut_averages_first",
        "shortcut",
        (
            "nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))",
            "nn.Sequential(\n        *[nn.AvgPool2d(stride, stride, ceil_mode=True)] * (stride > 1),\n        nn.Conv2d(inputs, outputs, 1, bias=False),\n        nn.BatchNorm2d(outputs),\n    )",
        ),
        "You average before a projection of stride 1, as ResNet-D does. Which layer has the stride in option B?",
        trains=True,
    ),
    Mistake(
        "mean_in_float32",
        "ResNet.forward",
        ("return x.mean((2, 3))", "return x.mean((2, 3), dtype=torch.float32)"),
        "You return h in float32, whatever the images are. Which dtype does the docstring promise?",
        trains=True,
    ),
    Mistake(
        "init_truncated",
        "initialise",
        (
            'nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")',
            "std = (2 / (module.out_channels * module.kernel_size[0] * module.kernel_size[1])) ** 0.5\n            nn.init.trunc_normal_(module.weight, 0, std, -2 * std, 2 * std)",
        ),
        "You cut the normal distribution off at two standard deviations, which leaves about three quarters of the variance. Which distribution does the docstring name?",
        trains=True,
    ),
    Mistake(
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
        "You turn on requires_grad for weights that had it off. Under which `with` can you fill a weight without changing requires_grad?",
        trains=True,
    ),
    Mistake(
        "shortcut_norm_forgets_at_once",
        "shortcut",
        ("nn.BatchNorm2d(outputs))", "nn.BatchNorm2d(outputs, momentum=0.9))"),
        "The norm of your shortcut takes nine tenths of its running statistics from the last batch, as momentum 0.9 does in torch. What does torch's default keep?",
        trains=True,
    ),
    Mistake(
        "basic_runs_again_backward",
        "BasicBlock.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    def branch(x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.bn2(self.conv2(x))

    identity = x if self.downsample is None else self.downsample(x)
    x = checkpoint(branch, x, use_reentrant=False)
    return F.relu(x + identity)
""",
        "The backward pass runs your basic block again, so its norms count each batch twice. What is the running mean after one step?",
        trains=True,
    ),
    Mistake(
        "bottleneck_runs_again_backward",
        "Bottleneck.forward",
        """
def forward(self, x: Tensor) -> Tensor:
    from torch.utils.checkpoint import checkpoint

    def branch(x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        return self.bn3(self.conv3(x))

    identity = x if self.downsample is None else self.downsample(x)
    x = checkpoint(branch, x, use_reentrant=False)
    return F.relu(x + identity)
""",
        "The backward pass runs your bottleneck again, so its norms count each batch twice. What is the running mean after one step?",
        trains=True,
    ),
    Mistake(
        "net_to_evaluation_for_one_image",
        "ResNet.forward",
        (
            "    # apply the stem: convolution, norm, ReLU, and pooling if the stem has any\n",
            "    if len(x) == 1:\n            self.eval()\n    ",
        ),
        "You put the network into evaluation mode if it gets one image, and it stays there. Who should choose the mode?",
        trains=True,
    ),
    Mistake(
        "net_keeps_its_map",
        "ResNet.forward",
        ("        # average each channel over its map\n", "        self.map = x\n"),
        "You store the last map in the network, and its whole graph with it. What does a copy of the network need?",
        trains=True,
    ),
    Mistake(
        "same_convolution_from_two_calls",
        "conv3x3",
        """
def conv3x3(inputs: int, outputs: int, stride: int = 1, made={}) -> nn.Conv2d:
    key = (inputs, outputs, stride)
    if key not in made:
        made[key] = nn.Conv2d(inputs, outputs, kernel_size=3, stride=stride, padding=1, bias=False)
    return made[key]
""",
        "You return the same convolution from two calls with the same numbers, so two layers share their weights. How many does a network need?",
        trains=True,
    ),
    Mistake(
        "he_normal_of_keras",
        "initialise",
        """def initialise(model: nn.Module, zero_init: bool = False) -> None:
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
        "You cut the normal distribution off at two standard deviations, as Keras does. How large can a normally distributed number be?",
        trains=True,
    ),
    Mistake(
        "pictures_in_small_portions",
        "ResNet.forward",
        """def forward(self, x: Tensor) -> Tensor:
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
        "You pass a large batch through the network in portions. Over which images does a batch norm take its mean then?",
        trains=True,
    ),
    Mistake(
        "padding_at_stride_one_only",
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
        "You pad at stride 1 only, so a stride of 2 makes 15 pixels of 32. Which size do the docstrings promise?",
        trains=True,
    ),
    Mistake(
        "basic_in_float64",
        "BasicBlock.forward",
        (SUM, "return F.relu(x + identity).double()"),
        "Your basic block returns float64 for maps in float32. Which operation changes the type?",
        trains=True,
    ),
    Mistake(
        "basic_reshapes_with_view",
        "BasicBlock.forward",
        (SUM, "return F.relu(x.view(-1) + identity.view(-1)).view(x.shape)"),
        "Your basic block fails on maps in the memory layout torch.channels_last, which training uses: `view` cannot combine dimensions that are not neighbours there. Which method can?",
    ),
    Mistake(
        "basic_stores_its_shortcut",
        "BasicBlock.forward",
        (SUM, "self.identity = identity.detach()\n        return F.relu(x + identity)"),
        "Your basic block still holds a tensor of the call in an attribute when the call is over. Which name needs no `self`?",
        trains=True,
    ),
    Mistake(
        "basic_without_gradients_in_evaluation",
        "BasicBlock.forward",
        (SUM, "return F.relu(x + identity) if self.training else F.relu(x + identity).detach()"),
        "In eval mode, the result of your basic block has no gradient. Who decides whether gradients are needed, the mode or torch.no_grad?",
        trains=True,
    ),
    Mistake(
        "bottleneck_in_float64",
        "Bottleneck.forward",
        (SUM, "return F.relu(x + identity).double()"),
        "Your bottleneck returns float64 for maps in float32. Which operation changes the type?",
        trains=True,
    ),
    Mistake(
        "bottleneck_reshapes_with_view",
        "Bottleneck.forward",
        (SUM, "return F.relu(x.view(-1) + identity.view(-1)).view(x.shape)"),
        "Your bottleneck fails on maps in the memory layout torch.channels_last, which training uses: `view` cannot combine dimensions that are not neighbours there. Which method can?",
    ),
    Mistake(
        "bottleneck_stores_its_shortcut",
        "Bottleneck.forward",
        (SUM, "self.identity = identity.detach()\n        return F.relu(x + identity)"),
        "Your bottleneck still holds a tensor of the call in an attribute when the call is over. Which name needs no `self`?",
        trains=True,
    ),
    Mistake(
        "bottleneck_without_gradients_in_evaluation",
        "Bottleneck.forward",
        (SUM, "return F.relu(x + identity) if self.training else F.relu(x + identity).detach()"),
        "In eval mode, the result of your bottleneck has no gradient. Who decides whether gradients are needed, the mode or torch.no_grad?",
        trains=True,
    ),
    Mistake(
        "net_in_float64",
        "ResNet.forward",
        (MEAN, "return x.double().mean((2, 3))"),
        "You return h in float64 for images in float32. Which operation changes the type?",
        trains=True,
    ),
    Mistake(
        "net_reshapes_with_view",
        "ResNet.forward",
        (MEAN, "return x.view(len(x) * self.dim, -1).mean(1).view(len(x), self.dim)"),
        "Your network fails on images in the memory layout torch.channels_last, which training uses: `view` cannot combine dimensions that are not neighbours there. Which method can?",
    ),
    Mistake(
        "net_stores_its_features",
        "ResNet.forward",
        (MEAN, "self.features = x.mean((2, 3)).detach()\n        return x.mean((2, 3))"),
        "Your network still holds a tensor of the call in an attribute when the call is over. Which name needs no `self`?",
        trains=True,
    ),
    Mistake(
        "net_without_gradients_in_evaluation",
        "ResNet.forward",
        (MEAN, "return x.mean((2, 3)) if self.training else x.mean((2, 3)).detach()"),
        "In eval mode, h has no gradient. Who decides whether gradients are needed, the mode or torch.no_grad?",
        trains=True,
    ),
    Mistake(
        "net_pools_behind_any_stride",
        "ResNet.forward",
        (
            STEM,
            "F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1) if self.conv1.stride[0] == 2 else self.maxpool(F.relu(self.bn1(self.conv1(x))))",
        ),
        "You pool in the stem whenever its convolution has a stride of 2. Which attribute pools only if the stem has a pooling layer?",
        trains=True,
    ),
    Mistake(
        "net_runs_again_backward",
        "ResNet.forward",
        (
            'x = self.get_submodule(f"layer{i + 1}")(x)',
            "x = __import__('torch.utils.checkpoint').utils.checkpoint.checkpoint(self.get_submodule(f\"layer{i + 1}\"), x, use_reentrant=False)",
        ),
        "The backward pass runs your stages again, so their norms count each batch twice. What is the running mean after one step?",
        trains=True,
    ),
    Mistake(
        "init_every_parameter_of_four_dimensions",
        "initialise",
        """
def initialise(model: nn.Module, zero_init: bool = False) -> None:
    for p in model.parameters():
        if p.dim() == 4:
            nn.init.kaiming_normal_(p, mode="fan_out", nonlinearity="relu")
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)
    for module in model.modules():
        if zero_init and isinstance(module, BasicBlock):
            nn.init.zeros_(module.bn2.weight)
        if zero_init and isinstance(module, Bottleneck):
            nn.init.zeros_(module.bn3.weight)
""",
        "You also draw a parameter of four dimensions that belongs to no convolution. How can you tell a kernel from, say, the embedding of a position?",
        trains=True,
    ),
    Mistake(
        "init_every_scale",
        "initialise",
        (
            "elif isinstance(module, nn.BatchNorm2d):\n            nn.init.ones_(module.weight)\n            nn.init.zeros_(module.bias)",
            "else:\n            for name, p in module.named_parameters(recurse=False):\n                if p.dim() == 1:\n                    nn.init.constant_(p, float(name == 'weight'))",
        ),
        "You also set the weight or bias of layers that are not norms. Which layers should start as the identity?",
        trains=True,
    ),
    Mistake(
        "init_drawn_by_numpy",
        "initialise",
        (
            KAIMING,
            "fan = module.weight.shape[0] * module.weight[0, 0].numel()\n            drawn = __import__('numpy').random.randn(*module.weight.shape) * (2 / fan) ** 0.5\n            module.weight.data.copy_(torch.from_numpy(drawn))",
        ),
        "torch.manual_seed does not decide your first weights, so no run can be repeated. Which library's generator does it set?",
        trains=True,
    ),
]
