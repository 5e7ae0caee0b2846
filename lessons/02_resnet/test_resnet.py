"""Lesson 2: a ResNet, from one convolution to the network and its initial weights."""

import copy

import pytest
import torch
from torch import nn

from lessons.course.check import about, call, rand, wrong
from lessons.course.device import elsewhere, stays_on_device
from simclr_mini import resnet
from simclr_mini.resnet import (
    BasicBlock,
    Bottleneck,
    ResNet,
    conv3x3,
    initialise,
    shortcut,
    stage,
)

DOUBLE = torch.float64
EPS = 1e-5  # a fresh norm divides by the square root of 1 + EPS


def fill(module, seed=0):
    """The module in float64 and eval mode, with random weights and running statistics."""
    module.double().eval()
    for i, (name, value) in enumerate(module.state_dict().items()):
        if value.is_floating_point():
            drawn = rand(*value.shape, seed=1000 * seed + i, dtype=DOUBLE)
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)
    return module


def maps(*shape, seed=7):
    """Random feature maps in float64."""
    return rand(*shape, seed=seed, dtype=DOUBLE)


def without_convolutions(block):
    """The block with kernels of zero, so F(x) = 0 and only the shortcut is left."""
    for name, weight in block.named_parameters():
        if "conv" in name:
            nn.init.zeros_(weight)
    return block.eval()


def built_where_asked(make, *args):
    """Weights are made in torch's default dtype, on its default device."""
    torch.set_default_dtype(DOUBLE)  # after every test, the old one is restored
    with torch.device("meta"):
        got = call(make, *args)
    torch.set_default_dtype(torch.float32)
    for name, weight in got.value.named_parameters():
        if weight.dtype != DOUBLE or not weight.is_meta:
            said = f"{name} does not have torch's default dtype and device."
            found = f"{weight.dtype}, {weight.device}"
            wrong(said, call=got.call, expected="torch.float64, meta", got=found)


def keeps_the_type(module, x):
    """In float32 the result has the type of the input, in any memory layout, with gradients."""
    module.eval()
    got = call(module.forward, x)
    if got.value.dtype != x.dtype:
        said = "The result does not have the type of the input."
        wrong(said, call=got.call, expected=x.dtype, got=got.value.dtype)
    if not got.value.requires_grad:
        wrong("No gradient goes back from the result in eval mode.", call=got.call)
    last = call(module.forward, x.to(memory_format=torch.channels_last))
    why = "The input is in the memory layout torch.channels_last, which training uses."
    last.gives(got.value, rtol=1e-4, atol=1e-5, why=why)


def stores_no_tensor(module, x):
    """A call leaves no tensor behind in the module's attributes."""

    def held():
        return {key for key, value in vars(module).items() if torch.is_tensor(value)}

    before = held()
    got = call(module.forward, x)
    new = sorted(held() - before)
    if new:
        said = "The module keeps a tensor of the call, which uses memory until the next call."
        wrong(said, call=got.call, expected="no new attribute", got=f"self.{new[0]}")


def names(module):
    return [name for name, _ in module.named_parameters()]


# Step 1: the convolution


@about("conv3x3")
def test_conv_keeps_the_size_and_a_stride_divides_it():
    """At stride 1 the size stays the same; a larger stride divides it, rounded up."""
    for H, W in [(5, 8), (1, 7)]:
        for stride in (1, 2, 3):
            expected = torch.zeros(2, 4, -(-H // stride), -(-W // stride))
            conv, x = conv3x3(3, 4, stride), torch.zeros(2, 3, H, W)
            call(conv.forward, x).gives(expected, why=f"conv3x3(3, 4, {stride})")


@about("conv3x3")
def test_conv_of_ones_counts_the_neighbours():
    """With all weights 1, an image of ones gives 4 in the corners, 6 on the edges and 9 inside."""
    conv = conv3x3(1, 1)
    nn.init.ones_(conv.weight)
    expected = torch.tensor([[4.0, 6, 6, 4], [6, 9, 9, 6], [4, 6, 6, 4]])
    why = "How many of the 3 x 3 neighbours are inside the image? All others are zeros."
    call(conv.forward, torch.ones(1, 1, 3, 4)).gives(expected[None, None], why=why)


@about("conv3x3")
def test_conv_has_one_kernel_for_each_pair_of_channels():
    """There are outputs * inputs * 9 weights and no bias, as the next norm would remove it."""
    for inputs, outputs in [(3, 5), (4, 4), (2, 6)]:
        conv = conv3x3(inputs, outputs, 2)
        if names(conv) != ["weight"]:
            wrong(expected="one parameter, weight", got=names(conv), call=f"{conv}")
        shape, expected = tuple(conv.weight.shape), (outputs, inputs, 3, 3)
        if shape != expected:
            wrong("The shape of the weight is wrong.", call=f"{conv}", expected=expected, got=shape)
        assert conv.weight.requires_grad, "training must be able to change the weight"
    built_where_asked(conv3x3, 2, 3)


@about("conv3x3")
def test_every_convolution_has_its_own_kernels():
    """Two calls with the same numbers make two layers, which learn different things."""
    first, second = conv3x3(3, 4), call(conv3x3, 3, 4)
    if first is second.value or first.weight is second.value.weight:
        wrong("Two calls give the same layer, so two places of a network share it.")


@about("conv3x3")
def test_conv_equals_the_sum_in_loops(oracle):
    """Every output pixel equals its sum, at every stride; the default stride is 1."""
    for inputs, outputs, H, W in [(3, 5, 5, 7), (2, 2, 6, 4)]:
        for given in [(), (1,), (2,), (3,)]:
            conv = fill(conv3x3(inputs, outputs, *given))
            plain = fill(oracle("conv3x3")(inputs, outputs, *given))
            x = maps(2, inputs, H, W)
            why = f"conv3x3{(inputs, outputs, *given)}"
            call(conv.forward, x).gives(plain(x), rtol=1e-9, why=why)


# Step 2: the shortcut


@about("shortcut")
def test_shortcut_is_none_exactly_if_shapes_agree():
    """The shortcut is None at stride 1 with equal channels, and a module otherwise."""
    for inputs, outputs, stride in [(3, 3, 1), (8, 8, 1), (3, 8, 1), (8, 3, 1), (8, 8, 2)]:
        got = call(shortcut, inputs, outputs, stride)
        agrees = stride == 1 and inputs == outputs
        if (got.value is None) != agrees:
            said = "The input can be added as it is." if agrees else "The shapes do not agree."
            wrong(said, call=got.call, expected="None" if agrees else "a module", got=got.value)


@about("shortcut")
def test_shortcut_by_hand():
    """Weights 1 and 10 at stride 2 give (a + 10 b) / √(1 + eps) for every second pixel."""
    made = shortcut(2, 1, 2).double().eval()
    assert len(names(made)) > 0, "the shortcut has no weights, but option B of section 3.3 has some"
    with torch.no_grad():
        next(made.parameters()).copy_(torch.tensor([1.0, 10.0]).view(1, 2, 1, 1))
    x = torch.arange(24, dtype=DOUBLE).view(1, 2, 3, 4)  # b = a + 12
    a = torch.tensor([[0.0, 2.0], [8.0, 10.0]], dtype=DOUBLE) - 5
    expected = (a + 10 * (a + 12)) / (1 + EPS) ** 0.5
    call(made.forward, x - 5).gives(expected[None, None], rtol=1e-9)


@about("shortcut")
def test_shortcut_has_torchvisions_names_and_shapes():
    """Layer 0 is a convolution (outputs, inputs, 1, 1) without bias, and layer 1 is the norm."""
    for inputs, outputs, stride in [(3, 5, 1), (4, 4, 2)]:
        got = call(shortcut, inputs, outputs, stride)
        one = (outputs,)
        expected = {"0.weight": (outputs, inputs, 1, 1), "1.weight": one, "1.bias": one}
        shapes = {name: tuple(p.shape) for name, p in got.value.named_parameters()}
        for name in sorted({*shapes, *expected}):
            want, have = expected.get(name, "none"), shapes.get(name, "none")
            if want != have:
                wrong(f"The shape of {name} is wrong.", call=got.call, expected=want, got=have)
    built_where_asked(shortcut, 2, 3, 2)


@about("shortcut")
def test_shortcut_equals_the_sum_in_loops(oracle):
    """The shortcut is a sum over channels, then a norm with running or with batch statistics."""
    for config in [(3, 5, 1), (4, 4, 2), (2, 3, 2), (5, 2, 3)]:
        made, plain = fill(shortcut(*config)), fill(oracle("shortcut")(*config))
        x, why = maps(3, config[0], 5, 6), f"shortcut{config} in eval mode"
        call(made.forward, x).gives(plain(x), rtol=1e-8, why=why)
        made, plain, why = made.train(), plain.train(), f"shortcut{config} in train mode"
        call(made.forward, x).gives(plain(x), rtol=1e-8, why=why)


@about("shortcut")
def test_shortcut_norm_has_torchs_momentum():
    """After one batch, the batch's mean and variance make up a tenth of the running ones."""
    made = shortcut(2, 3, 2).double()
    got = call(made.forward, maps(4, 2, 5, 7))
    y, norm = made[0](maps(4, 2, 5, 7)), made[1]
    for name, old, new in [
        ("running_mean", 0.0, y.mean((0, 2, 3))),
        ("running_var", 1.0, y.transpose(0, 1).flatten(1).var(1)),
    ]:
        now, expected = getattr(norm, name), 0.9 * old + 0.1 * new
        if not torch.allclose(now, expected, rtol=1e-6):
            wrong(f"{name} of the norm is wrong.", call=got.call, expected=expected, got=now)


@about("shortcut")
def test_shortcut_does_not_mix_images_in_evaluation():
    """In eval mode an image gives the same result alone as in a batch."""
    made = fill(shortcut(3, 5, 2))
    x = maps(4, 3, 6, 5)
    expected = made(x)[1:2]
    call(made.forward, x[1:2]).gives(
        expected, rtol=1e-9, why="This is image 1 alone; the expected result is yours in the batch."
    )


# Steps 3 and 4: the two blocks

# (inputs, width, stride): nothing changes, the channels change, the size changes, both change
BASIC = [(3, 3, 1), (3, 4, 1), (4, 4, 2), (5, 3, 2)]
DEEP = [(8, 2, 1), (3, 2, 1), (8, 2, 2), (5, 3, 2)]


def check_shortcut_alone(block, configs):
    """If F = 0, the block is the ReLU of its shortcut."""
    for config in configs:
        made = without_convolutions(block(*config).double())
        x = maps(2, config[0], 5, 7)
        identity = x if made.downsample is None else made.downsample(x)
        why = f"{block.__name__}{config} with F = 0 must be relu(shortcut)."
        call(made.forward, x).gives(identity.clamp(min=0), rtol=1e-9, why=why)


def check_evaluating(block, configs, loops):
    """In eval mode, the block equals the loops."""
    for config in configs:
        made, x = fill(block(*config)), maps(2, config[0], 5, 7)
        why = f"{block.__name__}{config} in eval mode"
        call(made.forward, x).gives(loops(made, x), rtol=1e-8, why=why)


def check_training(block, configs, loops):
    """In train mode, each norm uses the batch's statistics, and updates its running mean once."""
    for config in configs:
        made, plain = fill(block(*config)).train(), fill(block(*config)).train()
        x = maps(3, config[0], 4, 5)
        expected = loops(plain, x)
        label = f"{block.__name__}{config}"
        got = call(made.forward, x).gives(expected, rtol=1e-8, why=f"{label} in train mode")
        for name, value in plain.state_dict().items():
            now = made.state_dict()[name]
            if name.endswith("running_mean") and not torch.allclose(now, value, rtol=1e-6):
                said = f"{label}: {name} is wrong after a call; each norm should see the maps once."
                wrong(said, call=got.call, expected=value[:4], got=now[:4])


def check_gradients(block, configs, loops):
    """The gradients of the input and of every weight equal those of the loops."""
    for config in configs:
        made = fill(block(*config)).train()
        x = maps(3, config[0], 4, 5).requires_grad_()
        inputs = {"its input": x, **dict(made.named_parameters())}
        expected = loops(made, x)
        weights = maps(*expected.shape, seed=9)
        wanted = torch.autograd.grad((expected * weights).sum(), list(inputs.values()))
        got = call(made.forward, x)
        found = torch.autograd.grad(
            (got.value * weights).sum(), list(inputs.values()), allow_unused=True
        )
        for name, grad, want in zip(inputs, found, wanted, strict=True):
            gradient_is(grad, want, f"{name}, {block.__name__}{config}", got.call)


def check_statistics_after_a_step(block, configs):
    """The backward pass leaves the norms' running means as the forward pass left them."""
    for config in configs:
        made, x = block(*config), rand(3, config[0], 4, 5, seed=7).requires_grad_()
        backward_keeps_statistics(made, call(made.forward, x), f"{block.__name__}{config}")


def backward_keeps_statistics(module, got, text):
    """The backward pass of a result changes no running statistics of the module."""
    before = {name: value.clone() for name, value in module.state_dict().items()}
    got.value.sum().backward()
    for name, value in module.state_dict().items():
        if not torch.equal(value, before[name]):
            said = f"{text}: the backward pass changes {name}."
            wrong(said, call=got.call, expected=before[name].flatten()[:4], got=value.flatten()[:4])


def gradient_is(grad, expected, name, text):
    """A gradient exists, and has the right value."""
    if grad is None:
        wrong(f"No gradient reaches {name}.", call=text)
    close = torch.allclose(grad, expected, rtol=1e-6, atol=1e-8 * float(expected.abs().max() + 1))
    if not close:
        said = f"The gradient of {name} is wrong."
        wrong(said, call=text, expected=expected.flatten()[:4], got=grad.flatten()[:4])


@about("BasicBlock.forward")
def test_basic_block_with_zero_kernels_is_the_relu_of_its_shortcut():
    """If F(x) = 0, the block returns relu(x), or relu of the projected x if the shapes differ."""
    check_shortcut_alone(BasicBlock, BASIC)


@about("BasicBlock.forward")
def test_basic_block_by_hand():
    """The kernels copy a pixel and the norms add -3 and 1: relu(relu(x - 3) + 1 + x)."""
    block = BasicBlock(1, 1).double().eval()
    for conv in (block.conv1, block.conv2):
        nn.init.zeros_(conv.weight)
        with torch.no_grad():
            conv.weight[0, 0, 1, 1] = (1 + EPS) ** 0.5
    for norm, bias in [(block.bn1, -3.0), (block.bn2, 1.0)]:
        nn.init.constant_(norm.bias, bias)
    x = torch.tensor([[-4.0, -0.5, 2.0, 5.0]], dtype=DOUBLE)[None, None]
    expected = torch.tensor([[0.0, 0.5, 3.0, 8.0]], dtype=DOUBLE)[None, None]
    call(block.forward, x).gives(expected, rtol=1e-9)


@about("BasicBlock.forward")
def test_basic_block_equals_its_equation_in_loops(oracle):
    """With random weights and statistics, any part that is missing or misplaced would show."""
    check_evaluating(BasicBlock, BASIC, oracle("BasicBlock.forward"))
    for config in BASIC:
        stays_on_device(elsewhere(BasicBlock(*config)).forward, rand(2, config[0], 4, 4, seed=1))


@about("BasicBlock.forward")
def test_basic_block_uses_batch_statistics_in_training(oracle):
    """In train mode the norms use the batch's statistics, and update their running means."""
    check_training(BasicBlock, BASIC, oracle("BasicBlock.forward"))


@about("BasicBlock.forward")
def test_basic_block_counts_a_batch_once_in_a_step():
    """A norm counts each batch once: the backward pass leaves its statistics as they are."""
    check_statistics_after_a_step(BasicBlock, BASIC)


@about("BasicBlock.forward")
def test_basic_block_keeps_the_type_of_its_input_in_any_layout():
    """The type is that of the input, also in the memory layout that training uses."""
    for config in BASIC:
        keeps_the_type(BasicBlock(*config), rand(2, config[0], 5, 4, seed=3))
        stores_no_tensor(BasicBlock(*config), rand(2, config[0], 5, 4, seed=3))


@about("BasicBlock.forward")
def test_basic_block_leaves_its_input_alone_where_gradients_are_off():
    """An evaluation may still need the feature maps that it passed to the block."""
    block, x = fill(BasicBlock(3, 3)), maps(2, 3, 4, 5)
    with torch.no_grad():
        call(block.forward, x)


@about("BasicBlock.forward")
def test_basic_block_passes_gradients_through_both_paths(oracle):
    """Gradients reach every weight, and reach the input both through F and around it."""
    check_gradients(BasicBlock, BASIC, oracle("BasicBlock.forward"))


@about("Bottleneck.forward")
def test_bottleneck_with_zero_kernels_is_the_relu_of_its_shortcut():
    """If F(x) = 0, the block returns relu(x), or relu of the projected x if the shapes differ."""
    check_shortcut_alone(Bottleneck, DEEP)


@about("Bottleneck.forward")
def test_bottleneck_by_hand():
    """The kernels copy, the norms add -3, -1 and 1: relu(relu(relu(x - 3) - 1) + 1 + x)."""
    block = Bottleneck(4, 1).double().eval()
    for conv in (block.conv1, block.conv2, block.conv3):
        nn.init.zeros_(conv.weight)
        middle = conv.weight.shape[2] // 2
        with torch.no_grad():
            conv.weight[:, 0, middle, middle] = (1 + EPS) ** 0.5
    for norm, bias in [(block.bn1, -3.0), (block.bn2, -1.0), (block.bn3, 1.0)]:
        nn.init.constant_(norm.bias, bias)
    x = torch.tensor([-4.0, -0.5, 3.5, 7.0], dtype=DOUBLE).view(1, 1, 1, 4).expand(1, 4, 1, 4)
    expected = torch.tensor([0.0, 0.5, 4.5, 11.0], dtype=DOUBLE).view(1, 1, 1, 4).expand(1, 4, 1, 4)
    call(block.forward, x.clone()).gives(expected, rtol=1e-9)


@about("Bottleneck.forward")
def test_bottleneck_equals_its_equation_in_loops(oracle):
    """With random weights and statistics, any part that is missing or misplaced would show."""
    check_evaluating(Bottleneck, DEEP, oracle("Bottleneck.forward"))
    for config in DEEP:
        stays_on_device(elsewhere(Bottleneck(*config)).forward, rand(2, config[0], 4, 4, seed=1))


@about("Bottleneck.forward")
def test_bottleneck_uses_batch_statistics_in_training(oracle):
    """In train mode the norms use the batch's statistics, and update their running means."""
    check_training(Bottleneck, DEEP, oracle("Bottleneck.forward"))


@about("Bottleneck.forward")
def test_bottleneck_counts_a_batch_once_in_a_step():
    """A norm counts each batch once: the backward pass leaves its statistics as they are."""
    check_statistics_after_a_step(Bottleneck, DEEP)


@about("Bottleneck.forward")
def test_bottleneck_keeps_the_type_of_its_input_in_any_layout():
    """The type is that of the input, also in the memory layout that training uses."""
    for config in DEEP:
        keeps_the_type(Bottleneck(*config), rand(2, config[0], 5, 4, seed=3))
        stores_no_tensor(Bottleneck(*config), rand(2, config[0], 5, 4, seed=3))


@about("Bottleneck.forward")
def test_bottleneck_leaves_its_input_alone_where_gradients_are_off():
    """An evaluation may still need the feature maps that it passed to the block."""
    block, x = fill(Bottleneck(8, 2)), maps(2, 8, 4, 5)
    with torch.no_grad():
        call(block.forward, x)


@about("Bottleneck.forward")
def test_bottleneck_passes_gradients_through_both_paths(oracle):
    """Gradients reach every weight, and reach the input both through F and around it."""
    check_gradients(Bottleneck, DEEP, oracle("Bottleneck.forward"))


# Step 5: a stage


class Probe(nn.Module):
    """A block that records its arguments, triples its width, and returns 10 x + inputs."""

    expansion = 3

    def __init__(self, inputs, width, stride=1):
        super().__init__()
        self.made = (inputs, width, stride)
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return 10 * x + self.made[0]


@about("stage")
def test_stage_builds_its_blocks_with_the_right_arguments():
    """The first block changes channels and size; the others get width * expansion channels."""
    for inputs, width, count, stride in [(5, 4, 3, 2), (12, 4, 2, 1), (7, 2, 1, 2), (6, 2, 2, 2)]:
        got = call(stage, Probe, inputs, width, count, stride)
        assert isinstance(got.value, nn.Module), f"a stage must be a module, not {got.value!r}"
        made = [m.made for m in got.value.modules() if isinstance(m, Probe)]
        expected = [(inputs, width, stride)] + [(3 * width, width, 1)] * (count - 1)
        if made != expected:
            said = "The (inputs, width, stride) of the blocks are wrong."
            wrong(said, call=got.call, expected=expected, got=made)


@about("stage")
def test_stage_runs_its_blocks_in_order():
    """Each block of this test returns 10 x + inputs; nothing comes between or after them."""
    made = stage(Probe, 1, 3, 3, 2)
    x = -torch.ones(1, 1, 4, 6)
    expected = torch.full((1, 1, 4, 6), -1000.0 + 100 + 90 + 9)
    call(made.forward, x).gives(expected, why="This is stage(Probe, 1, 3, 3, 2).")


@about("stage")
def test_each_block_of_a_stage_has_its_own_weights():
    """The stage registers each block's weights under torchvision's names: 0., 1., 2., …"""
    built_where_asked(stage, BasicBlock, 2, 3, 2, 2)
    for count in (1, 4):
        got = call(stage, Probe, 3, 1, count, 1)
        expected = [f"{i}.weight" for i in range(count)]
        found = names(got.value)
        if found != expected:
            said = "The parameter names are wrong; each block should appear once, by its number."
            wrong(said, call=got.call, expected=expected, got=found)


# Step 6: the network


@pytest.fixture
def net(monkeypatch):
    """A ResNet class that does not call initialise, which is the next step."""
    monkeypatch.setattr(resnet, "initialise", lambda *_, **__: None)
    return ResNet


NETS = [
    (BasicBlock, (1, 2), (3, 4), "cifar"),
    (BasicBlock, (1, 1), (3, 2), "imagenet"),
    (Bottleneck, (1, 1, 1), (2, 3, 1), "cifar"),
    (BasicBlock, (1, 1, 1, 1, 1), (2, 3, 2, 3, 2), "cifar"),
    (BasicBlock, (1, 1), (3, 4), "half"),
]


def label(config):
    return f"ResNet{(config[0].__name__, *config[1:])}"


@about("ResNet.forward")
def test_representation_is_one_row_per_image(net):
    """The shape is (B, D); for a single image it is (1, D), not (D,)."""
    for config in NETS:
        model = fill(net(*config))
        for B in (3, 1):
            got = call(model.forward, maps(B, 3, 8, 8))
            shape = tuple(got.value.shape)
            if shape != (B, model.dim):
                said = f"The shape of h is wrong: {label(config)}."
                wrong(said, call=got.call, expected=(B, model.dim), got=shape)


@about("ResNet.forward")
def test_representation_is_the_mean_over_the_map(net):
    """The channels copy red: 0 … 15 has mean 7.5, and -8 … 7 has mean 1.75 after the ReLU."""
    model = without_convolutions(net(BasicBlock, (2,), (5,)).double())
    with torch.no_grad():
        model.conv1.weight[:, 0, 1, 1] = (1 + EPS) ** 0.5
    ramp = torch.arange(16, dtype=DOUBLE).view(1, 1, 4, 4).expand(1, 3, 4, 4)
    for shift, mean in [(0, 7.5), (8, 28 / 16)]:
        expected = torch.full((1, 5), mean, dtype=DOUBLE)
        call(model.forward, ramp - shift).gives(expected, rtol=1e-9)


@about("ResNet.forward")
def test_stem_applies_its_relu(net):
    """If all kernels are 0, h is the ReLU of the bias of the stem's norm, for every image."""
    bias = torch.tensor([-3.0, 0.0, 0.5, 4.0], dtype=DOUBLE)
    for stem in ("cifar", "imagenet"):
        model = without_convolutions(net(BasicBlock, (1,), (4,), stem).double())
        with torch.no_grad():
            model.bn1.bias.copy_(bias)
        got = call(model.forward, maps(2, 3, 8, 8))
        got.gives(bias.clamp(min=0).expand(2, 4), rtol=1e-9, why=f"This is the {stem} stem.")


@about("ResNet.forward")
def test_representation_equals_stem_stages_and_mean_in_loops(net, oracle):
    """h is right with two, three and five stages, all stems, and sides not a power of two."""
    for config in NETS:
        model, x = fill(net(*config)), maps(2, 3, 11, 9)
        expected = oracle("ResNet.forward")(model, x)
        call(model.forward, x).gives(expected, rtol=1e-8, why=f"{label(config)} in eval mode")
        model.train()
        expected = oracle("ResNet.forward")(model, x)
        call(model.forward, x).gives(expected, rtol=1e-8, why=f"{label(config)} in train mode")
    stays_on_device(elsewhere(net(*NETS[0])).forward, rand(2, 3, 8, 8, seed=1))


@about("ResNet.forward")
def test_a_large_batch_goes_through_at_once(net, oracle):
    """A batch norm takes its mean over all images of the batch."""
    model, x = fill(net(BasicBlock, (1,), (4,))).train(), maps(70, 3, 4, 4)
    expected = oracle("ResNet.forward")(copy.deepcopy(model), x)
    call(model.forward, x).gives(expected, rtol=1e-8, why="These are 70 images, in train mode.")


@about("ResNet.forward")
def test_a_training_step_leaves_the_network_as_it_was(net):
    """Even after one image, the network stays in train mode, keeps no graph and can be copied."""
    for B in (3, 1):
        model = net(*NETS[0])
        got = call(model.forward, rand(B, 3, 8, 8, seed=2))
        try:
            copy.deepcopy(model)
        except RuntimeError as error:
            said = (
                "The network cannot be copied after a call, since it keeps a tensor with a graph."
            )
            wrong(said, call=got.call, expected="a copy", got=error)


@about("ResNet.forward")
def test_representation_keeps_the_type_of_the_images_in_any_layout(net):
    """h has the images' type, also in the memory layout that training uses."""
    for config in NETS:
        keeps_the_type(net(*config), rand(2, 3, 8, 9, seed=3))
        stores_no_tensor(net(*config), rand(2, 3, 8, 9, seed=3))


@about("ResNet.forward")
def test_network_counts_a_batch_once_in_a_step(net):
    """The backward pass leaves the statistics of the norms as they are."""
    model = net(*NETS[0])
    got = call(model.forward, rand(3, 3, 8, 8, seed=7))
    backward_keeps_statistics(model, got, label(NETS[0]))


@about("ResNet.forward")
def test_representation_does_not_mix_images_in_evaluation(net):
    """In eval mode an image gives the same result alone as in a batch."""
    model = fill(net(*NETS[0]))
    x = maps(4, 3, 8, 8)
    h = model(x)
    call(model.forward, x[2:3]).gives(h[2:3], rtol=1e-9, why="This is image 2 alone.")
    assert not torch.allclose(h[2], h[1]), "two different images have the same h"


@about("ResNet.forward")
def test_every_weight_gets_the_right_gradient(net, oracle):
    """Gradients go from h back to the first convolution and to the image, as in the loops."""
    for config in NETS[:3]:
        model = fill(net(*config)).train()
        x = maps(2, 3, 10, 9).requires_grad_()
        inputs = {"the images": x, **dict(model.named_parameters())}
        h = oracle("ResNet.forward")(model, x)
        weights = maps(*h.shape, seed=9)
        wanted = torch.autograd.grad((h * weights).sum(), list(inputs.values()))
        got = call(model.forward, x)
        if not got.value.requires_grad:
            wrong("No gradient goes back from h.", call=got.call)
        asked = (got.value * weights).sum()
        found = torch.autograd.grad(asked, list(inputs.values()), allow_unused=True)
        for name, grad, want in zip(inputs, found, wanted, strict=True):
            gradient_is(grad, want, name, f"{label(config)}.forward")


# Step 7: where training starts


def convolutions():
    """Convolutions of unequal channels and sides; one has a stride, one is nested deeply."""
    return nn.Sequential(
        nn.Conv2d(32, 128, (3, 5), bias=False),
        nn.Conv2d(128, 32, 1, 2, bias=False),
        nn.Sequential(nn.Sequential(nn.Conv2d(16, 64, 5, bias=False))),
    )


@about("initialise")
def test_convolutions_start_with_kaimings_variance():
    """The mean is 0 and the variance 2 / (outputs * height * width), within 6 standard errors."""
    for zero_init in (False, True):
        model = convolutions()
        got = call(initialise, model, zero_init)
        for conv in (m for m in model.modules() if isinstance(m, nn.Conv2d)):
            w, (outputs, _, height, width) = conv.weight.detach(), conv.weight.shape
            expected = 2 / (outputs * height * width)
            error = (2 / w.numel()) ** 0.5  # the relative standard error of a variance
            if abs(w.var().item() / expected - 1) > 6 * error:
                said = f"The variance of the weights of shape {tuple(w.shape)} is wrong."
                wrong(said, call=got.call, expected=expected, got=w.var())
            if abs(w.mean().item()) > 6 * (expected / w.numel()) ** 0.5:
                wrong("The weights' mean is not 0.", call=got.call, expected=0.0, got=w.mean())


@about("initialise")
def test_what_does_not_train_stays_so():
    """A first layer of fixed filters, for example, has weights that need no gradient."""
    model = convolutions()
    model[0].weight.requires_grad_(False)
    got = call(initialise, model)
    if model[0].weight.requires_grad:
        wrong("A weight that required no gradient requires one now.", call=got.call)


class Others(nn.Module):
    """Layers and parameters that are neither convolutions nor batch norms."""

    def __init__(self):
        super().__init__()
        self.place = nn.Parameter(torch.full((1, 4, 2, 2), 0.5))
        self.slope, self.linear = nn.PReLU(4), nn.Linear(4, 3)
        self.rows, self.pairs = nn.Embedding(3, 4), nn.Bilinear(2, 3, 4)


@about("initialise")
def test_other_layers_and_parameters_stay_as_they_are():
    """Not every parameter of four dimensions is a kernel, nor every short one a norm's."""
    for zero_init in (False, True):
        model = nn.ModuleList([nn.Conv2d(3, 4, 3), Others()])
        before = {name: value.clone() for name, value in model[1].state_dict().items()}
        got = call(initialise, model, zero_init)
        for name, value in model[1].state_dict().items():
            if not torch.equal(value, before[name]):
                said = f"{name} has changed, but it is part of neither a convolution nor a norm."
                old, new = before[name].flatten()[:4], value.flatten()[:4]
                wrong(said, call=got.call, expected=old, got=new)


@about("initialise")
def test_torch_seeds_the_initial_weights():
    """After torch.manual_seed, a run starts with the same weights again."""
    drawn = []
    for _ in range(2):
        conv = nn.Conv2d(3, 4, 3)
        torch.manual_seed(11)
        got = call(initialise, conv)
        drawn.append(conv.weight.detach())
    if not torch.equal(*drawn):
        said = "The same seed of torch gives other weights, so no run can be repeated."
        first, second = (weight.flatten()[:4] for weight in drawn)
        wrong(said, call=got.call, expected=first, got=second)


@about("initialise")
def test_initial_weights_are_normally_distributed():
    """68.3% of weights are within one standard deviation, 95.4% within two, 99.7% within three."""
    model = convolutions()
    got = call(initialise, model)
    w = (model[0].weight / model[0].weight.std()).detach().abs()
    for deviations, share in [(1, 0.6827), (2, 0.9545), (3, 0.9973)]:
        error = (share * (1 - share) / w.numel()) ** 0.5
        found = (w < deviations).double().mean().item()
        if abs(found - share) > 6 * error:
            said = f"The share of weights within {deviations} standard deviations is wrong."
            wrong(said, call=got.call, expected=share, got=found)


@about("initialise")
def test_every_convolution_draws_its_own_weights():
    """Two convolutions of the same shape get different weights, and so do two calls."""
    model = nn.Sequential(*(nn.Conv2d(3, 4, 3, bias=False) for _ in range(2)))
    call(initialise, model)
    first, second = (conv.weight.detach().clone() for conv in model)
    assert not torch.equal(first, second), "two convolutions start with the same weights"
    call(initialise, model)
    assert not torch.equal(first, model[0].weight), "both calls draw the same weights"
    alone = nn.Conv2d(3, 4, 3, bias=False)
    nn.init.constant_(alone.weight, 7.0)
    call(initialise, alone)
    assert (alone.weight != 7).all(), "a model that is itself a convolution was not initialised"


@about("initialise")
def test_norms_start_as_the_identity():
    """Every norm gets weight 1 and bias 0, whatever it had before."""
    model = ResNet(BasicBlock, (1, 1), (3, 4))
    for parameter in model.parameters():
        nn.init.constant_(parameter, 7.0)
    got = call(initialise, model)
    for name, value in model.named_parameters():
        if value.dim() == 1:
            expected = 1.0 if name.endswith("weight") else 0.0
            if not (value == expected).all():
                said = f"The value of {name} is wrong."
                wrong(said, call=got.call, expected=expected, got=value[0])
        else:
            assert (value != 7).all(), f"{name} was not initialised"


@about("initialise")
def test_model_is_changed_in_place():
    """The parameters are the same objects, of the same type, on the same device, and trainable."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    before, linear = list(model.parameters()), model[3].weight.detach().clone()
    got = call(initialise, model)
    for old, now in zip(before, model.parameters(), strict=True):
        assert old is now, "a parameter was replaced, so an existing optimiser would not train it"
        assert now.requires_grad and now.is_leaf, "a parameter can no longer be trained"
    assert got.value is None, f"initialise must return None, not {got.value!r}"
    assert torch.equal(linear, model[3].weight), "the linear layer was changed"
    for place in [{"dtype": DOUBLE}, {"device": "meta"}]:  # `meta` stands for a GPU
        model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).to(**place)
        before = [(p.dtype, p.device.type) for p in model.parameters()]
        got = call(initialise, model)
        after = [(p.dtype, p.device.type) for p in model.parameters()]
        for old, now in zip(before, after, strict=True):
            if old != now:
                said = "A parameter's type or device has changed."
                wrong(said, call=got.call, expected=old, got=now)


@about("initialise")
def test_zero_init_makes_each_block_the_relu_of_its_shortcut():
    """At the start, blocks of both kinds give relu(0 + shortcut), at every stride."""
    for block, configs in [(BasicBlock, BASIC), (Bottleneck, DEEP)]:
        for config in configs:
            made = block(*config)
            got = call(initialise, made, zero_init=True)
            x = rand(2, config[0], 5, 7, seed=3)
            made.eval()
            identity = x if made.downsample is None else made.downsample(x)
            why = f"{block.__name__}{config}: F(x) must be 0 after {got.call}."
            call(made.forward, x).gives(identity.clamp(min=0), rtol=1e-5, why=why)
            assert identity.abs().sum() > 0, f"{block.__name__}{config}: the shortcut is all 0"


@about("initialise")
def test_zero_init_changes_only_the_last_norm_of_each_block():
    """With zero_init the weight of bn2 or bn3 is 0, without it none is; every bias is 0."""
    for block, last in [(BasicBlock, "bn2"), (Bottleneck, "bn3")]:
        for given in [{}, {"zero_init": False}, {"zero_init": True}]:
            model = ResNet(block, (2, 1), (3, 4))
            got = call(initialise, model, **given)
            for name, value in model.named_parameters():
                if value.dim() > 1:
                    continue
                expected = float(name.endswith("weight"))
                if given.get("zero_init") and name.endswith(f"{last}.weight"):
                    expected = 0.0
                if not (value == expected).all():
                    said = f"The value of {name} is wrong."
                    wrong(said, call=got.call, expected=expected, got=value[0])
