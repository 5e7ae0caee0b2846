"""Lesson 2: a ResNet, from one convolution to the network and its starting weights."""

import pytest
import torch
from torch import nn

from lessons.course.check import about, call, rand, wrong
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
EPS = 1e-5  # a fresh norm divides by the root of 1 + EPS


def fill(module, seed=0):
    """Numbers of its own for every weight and every running statistic; float64, evaluation."""
    module.double().eval()
    for i, (name, value) in enumerate(module.state_dict().items()):
        if value.is_floating_point():
            drawn = rand(*value.shape, seed=1000 * seed + i, dtype=DOUBLE)
            value.copy_(drawn.abs() + 0.5 if name.endswith("running_var") else drawn)
    return module


def maps(*shape, seed=7):
    return rand(*shape, seed=seed, dtype=DOUBLE)


def without_convolutions(block):
    """F(x) = 0: only the shortcut is left."""
    for name, weight in block.named_parameters():
        if "conv" in name:
            nn.init.zeros_(weight)
    return block.eval()


def names(module):
    return [name for name, _ in module.named_parameters()]


# Step 1: the convolution


@about("conv3x3")
def test_conv_keeps_the_size_and_a_stride_divides_it():
    """(H, W) at stride 1, half of it at stride 2, rounded up."""
    for H, W in [(5, 8), (1, 7)]:
        for stride in (1, 2, 3):
            expected = torch.zeros(2, 4, -(-H // stride), -(-W // stride))
            conv, x = conv3x3(3, 4, stride), torch.zeros(2, 3, H, W)
            call(conv.forward, x).gives(expected, why=f"conv3x3(3, 4, {stride})")


@about("conv3x3")
def test_conv_counts_neighbours():
    """With all weights 1, an image of ones gives 4 in a corner, 6 on an edge, 9 inside."""
    conv = conv3x3(1, 1)
    nn.init.ones_(conv.weight)
    expected = torch.tensor([[4.0, 6, 6, 4], [6, 9, 9, 6], [4, 6, 6, 4]])
    why = "How many of the 3 x 3 neighbours lie in the image? Outside it are zeros."
    call(conv.forward, torch.ones(1, 1, 3, 4)).gives(expected[None, None], why=why)


@about("conv3x3")
def test_conv_has_one_kernel_for_each_pair_of_channels():
    """outputs * inputs * 9 weights, and no bias: the norm after it would take it away again."""
    for inputs, outputs in [(3, 5), (4, 4), (2, 6)]:
        conv = conv3x3(inputs, outputs, 2)
        if names(conv) != ["weight"]:
            wrong(expected="one parameter, weight", got=names(conv), call=f"{conv}")
        shape, expected = tuple(conv.weight.shape), (outputs, inputs, 3, 3)
        if shape != expected:
            wrong("The weight's shape.", call=f"{conv}", expected=expected, got=shape)
        assert conv.weight.requires_grad, "training must be able to change the weight"


@about("conv3x3")
def test_conv_is_its_sum_in_loops(oracle):
    """Pixel by pixel, at every stride; the stride is 1 unless said."""
    for inputs, outputs, H, W in [(3, 5, 5, 7), (2, 2, 6, 4)]:
        for given in [(), (1,), (2,), (3,)]:
            conv = fill(conv3x3(inputs, outputs, *given))
            plain = fill(oracle("conv3x3")(inputs, outputs, *given))
            x = maps(2, inputs, H, W)
            why = f"conv3x3{(inputs, outputs, *given)}"
            call(conv.forward, x).gives(plain(x), rtol=1e-9, why=why)


# Step 2: the shortcut


@about("shortcut")
def test_shortcut_is_nothing_where_shapes_agree():
    """None at stride 1 with equal channels, and only then."""
    for inputs, outputs, stride in [(3, 3, 1), (8, 8, 1), (3, 8, 1), (8, 3, 1), (8, 8, 2)]:
        got = call(shortcut, inputs, outputs, stride)
        agrees = stride == 1 and inputs == outputs
        if (got.value is None) != agrees:
            said = "The input can be added as it is." if agrees else "The shapes differ."
            wrong(said, call=got.call, expected="None" if agrees else "a module", got=got.value)


@about("shortcut")
def test_shortcut_by_hand():
    """Weights 1 and 10, stride 2: a + 10 b of every second pixel, over the root of 1 + eps."""
    made = shortcut(2, 1, 2).double().eval()
    assert len(names(made)) > 0, "the shortcut has no weights to learn: option B has"
    with torch.no_grad():
        next(made.parameters()).copy_(torch.tensor([1.0, 10.0]).view(1, 2, 1, 1))
    x = torch.arange(24, dtype=DOUBLE).view(1, 2, 3, 4)  # b = a + 12
    a = torch.tensor([[0.0, 2.0], [8.0, 10.0]], dtype=DOUBLE) - 5
    expected = (a + 10 * (a + 12)) / (1 + EPS) ** 0.5
    call(made.forward, x - 5).gives(expected[None, None], rtol=1e-9)


@about("shortcut")
def test_shortcut_has_torchvisions_names_and_shapes():
    """0 is the convolution, (outputs, inputs, 1, 1) and no bias; 1 is the norm, with its own."""
    for inputs, outputs, stride in [(3, 5, 1), (4, 4, 2)]:
        got = call(shortcut, inputs, outputs, stride)
        one = (outputs,)
        expected = {"0.weight": (outputs, inputs, 1, 1), "1.weight": one, "1.bias": one}
        shapes = {name: tuple(p.shape) for name, p in got.value.named_parameters()}
        for name in sorted({*shapes, *expected}):
            want, have = expected.get(name, "no such"), shapes.get(name, "no such")
            if want != have:
                wrong(f"Its parameter {name}.", call=got.call, expected=want, got=have)


@about("shortcut")
def test_shortcut_is_its_sum_in_loops(oracle):
    """A sum over channels, then the norm: with running statistics, and with the batch's."""
    for config in [(3, 5, 1), (4, 4, 2), (2, 3, 2), (5, 2, 3)]:
        made, plain = fill(shortcut(*config)), fill(oracle("shortcut")(*config))
        x, why = maps(3, config[0], 5, 6), f"shortcut{config}, evaluating"
        call(made.forward, x).gives(plain(x), rtol=1e-8, why=why)
        made, plain, why = made.train(), plain.train(), f"shortcut{config}, training"
        call(made.forward, x).gives(plain(x), rtol=1e-8, why=why)


@about("shortcut")
def test_shortcut_of_an_image_does_not_see_its_neighbours():
    """In evaluation an image gives the same alone as in a batch."""
    made = fill(shortcut(3, 5, 2))
    x = maps(4, 3, 6, 5)
    expected = made(x)[1:2]
    call(made.forward, x[1:2]).gives(expected, rtol=1e-9, why="image 1, alone")


# Steps 3 and 4: the two blocks

# inputs, width, stride: shapes that agree, then more channels, a smaller image, both
BASIC = [(3, 3, 1), (3, 4, 1), (4, 4, 2), (5, 3, 2)]
DEEP = [(8, 2, 1), (3, 2, 1), (8, 2, 2), (5, 3, 2)]


def check_shortcut_alone(block, configs):
    """With F = 0 a block is the relu of what its shortcut gives."""
    for config in configs:
        made = without_convolutions(block(*config).double())
        x = maps(2, config[0], 5, 7)
        identity = x if made.downsample is None else made.downsample(x)
        why = f"{block.__name__}{config} with F = 0 must be relu(shortcut)"
        call(made.forward, x).gives(identity.clamp(min=0), rtol=1e-9, why=why)


def check_evaluating(block, configs, loops):
    for config in configs:
        made, x = fill(block(*config)), maps(2, config[0], 5, 7)
        why = f"{block.__name__}{config}, evaluating"
        call(made.forward, x).gives(loops(made, x), rtol=1e-8, why=why)


def check_training(block, configs, loops):
    """The batch's statistics are used, and kept, once."""
    for config in configs:
        made, plain = fill(block(*config)).train(), fill(block(*config)).train()
        x = maps(3, config[0], 4, 5)
        expected = loops(plain, x)
        label = f"{block.__name__}{config}"
        got = call(made.forward, x).gives(expected, rtol=1e-8, why=f"{label}, training")
        for name, value in plain.state_dict().items():
            now = made.state_dict()[name]
            if name.endswith("running_mean") and not torch.allclose(now, value, rtol=1e-6):
                said = f"{label}: {name} after one call. Each norm sees the maps once."
                wrong(said, call=got.call, expected=value[:4], got=now[:4])


def check_gradients(block, configs, loops):
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


def gradient_is(grad, expected, name, text):
    """The gradient is there, and is the right one."""
    if grad is None:
        wrong(f"No gradient reaches {name}.", call=text)
    close = torch.allclose(grad, expected, rtol=1e-6, atol=1e-8 * float(expected.abs().max() + 1))
    if not close:
        said = f"The gradient of {name} is wrong."
        wrong(said, call=text, expected=expected.flatten()[:4], got=grad.flatten()[:4])


@about("BasicBlock.forward")
def test_basic_block_without_convolutions_is_the_relu_of_its_shortcut():
    """F(x) = 0 leaves relu(0 + x), or relu of the projected x where shapes differ."""
    check_shortcut_alone(BasicBlock, BASIC)


@about("BasicBlock.forward")
def test_basic_block_by_hand():
    """Kernels that copy a pixel, shifts of -3 and 1: relu(relu(x - 3) + 1 + x)."""
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
def test_basic_block_is_its_equation_in_loops(oracle):
    """All weights and statistics random: every part in its place, and once."""
    check_evaluating(BasicBlock, BASIC, oracle("BasicBlock.forward"))


@about("BasicBlock.forward")
def test_basic_block_trains_with_the_batchs_statistics(oracle):
    """In training the norms use the batch, and keep its mean."""
    check_training(BasicBlock, BASIC, oracle("BasicBlock.forward"))


@about("BasicBlock.forward")
def test_basic_block_sends_its_gradient_both_ways(oracle):
    """To every weight, and to the input through F and past it."""
    check_gradients(BasicBlock, BASIC, oracle("BasicBlock.forward"))


@about("Bottleneck.forward")
def test_bottleneck_without_convolutions_is_the_relu_of_its_shortcut():
    """F(x) = 0 leaves relu(0 + x), or relu of the projected x where shapes differ."""
    check_shortcut_alone(Bottleneck, DEEP)


@about("Bottleneck.forward")
def test_bottleneck_by_hand():
    """Copies of a pixel, shifts of -3, -1 and 1: relu(relu(relu(x - 3) - 1) + 1 + x)."""
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
def test_bottleneck_is_its_equation_in_loops(oracle):
    """All weights and statistics random: every part in its place, and once."""
    check_evaluating(Bottleneck, DEEP, oracle("Bottleneck.forward"))


@about("Bottleneck.forward")
def test_bottleneck_trains_with_the_batchs_statistics(oracle):
    """In training the norms use the batch, and keep its mean."""
    check_training(Bottleneck, DEEP, oracle("Bottleneck.forward"))


@about("Bottleneck.forward")
def test_bottleneck_sends_its_gradient_both_ways(oracle):
    """To every weight, and to the input through F and past it."""
    check_gradients(Bottleneck, DEEP, oracle("Bottleneck.forward"))


# Step 5: a stage


class Probe(nn.Module):
    """A block that notes how it was made, adds 1, and triples its width."""

    expansion = 3

    def __init__(self, inputs, width, stride=1):
        super().__init__()
        self.made = (inputs, width, stride)
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x):
        return 10 * x + self.made[0]


@about("stage")
def test_stage_makes_its_blocks_with_the_right_numbers():
    """The first goes from inputs to width * expansion with the stride; the others keep both."""
    for inputs, width, count, stride in [(5, 4, 3, 2), (12, 4, 2, 1), (7, 2, 1, 2)]:
        got = call(stage, Probe, inputs, width, count, stride)
        assert isinstance(got.value, nn.Module), f"a stage is a module, not {got.value!r}"
        made = [m.made for m in got.value.modules() if isinstance(m, Probe)]
        expected = [(inputs, width, stride)] + [(3 * width, width, 1)] * (count - 1)
        if made != expected:
            said = "The blocks' inputs, width and stride."
            wrong(said, call=got.call, expected=expected, got=made)


@about("stage")
def test_stage_runs_its_blocks_in_order():
    """Each block here gives 10 x + inputs, and nothing comes between or after them."""
    made = stage(Probe, 1, 3, 3, 2)
    x = -torch.ones(1, 1, 4, 6)
    expected = torch.full((1, 1, 4, 6), -1000.0 + 100 + 90 + 9)
    call(made.forward, x).gives(expected, why="stage(Probe, 1, 3, 3, 2)")


@about("stage")
def test_blocks_of_a_stage_have_weights_of_their_own():
    """Training sees every block's weights, as torchvision names them: 0., 1., 2., …"""
    for count in (1, 4):
        got = call(stage, Probe, 3, 1, count, 1)
        expected = [f"{i}.weight" for i in range(count)]
        found = names(got.value)
        if found != expected:
            said = "What training sees: each block once, by its number."
            wrong(said, call=got.call, expected=expected, got=found)


# Step 6: the network


@pytest.fixture
def net(monkeypatch):
    """A network whose weights the test sets: initialise is the next step."""
    monkeypatch.setattr(resnet, "initialise", lambda *_, **__: None)
    return ResNet


NETS = [
    (BasicBlock, (1, 2), (3, 4), "cifar"),
    (BasicBlock, (1, 1), (3, 2), "imagenet"),
    (Bottleneck, (1, 1, 1), (2, 3, 1), "cifar"),
    (BasicBlock, (1, 1, 1, 1, 1), (2, 3, 2, 3, 2), "cifar"),
]


def label(config):
    return f"ResNet{(config[0].__name__, *config[1:])}"


@about("ResNet.forward")
def test_representation_is_one_row_per_image(net):
    """(B, D), for one image too: (1, D) and not (D,)."""
    for config in NETS:
        model = fill(net(*config))
        for B in (3, 1):
            got = call(model.forward, maps(B, 3, 8, 8))
            shape = tuple(got.value.shape)
            if shape != (B, model.dim):
                wrong(label(config), call=got.call, expected=(B, model.dim), got=shape)


@about("ResNet.forward")
def test_representation_is_the_mean_over_the_map(net):
    """Channels that copy red: 0 1 2 … 15 has the mean 7.5, -8 … 7 has 1.75 after the ReLU."""
    model = without_convolutions(net(BasicBlock, (2,), (5,)).double())
    with torch.no_grad():
        model.conv1.weight[:, 0, 1, 1] = (1 + EPS) ** 0.5
    ramp = torch.arange(16, dtype=DOUBLE).view(1, 1, 4, 4).expand(1, 3, 4, 4)
    for shift, mean in [(0, 7.5), (8, 28 / 16)]:
        expected = torch.full((1, 5), mean, dtype=DOUBLE)
        call(model.forward, ramp - shift).gives(expected, rtol=1e-9)


@about("ResNet.forward")
def test_stem_ends_with_its_relu(net):
    """All convolutions 0: h is relu of the stem norm's bias, whatever the image."""
    bias = torch.tensor([-3.0, 0.0, 0.5, 4.0], dtype=DOUBLE)
    for stem in ("cifar", "imagenet"):
        model = without_convolutions(net(BasicBlock, (1,), (4,), stem).double())
        with torch.no_grad():
            model.bn1.bias.copy_(bias)
        got = call(model.forward, maps(2, 3, 8, 8))
        got.gives(bias.clamp(min=0).expand(2, 4), rtol=1e-9, why=f"{stem} stem")


@about("ResNet.forward")
def test_representation_is_stem_stages_and_mean_in_loops(net, oracle):
    """Two, three and five stages, both stems, sides that are no power of two."""
    for config in NETS:
        model, x = fill(net(*config)), maps(2, 3, 11, 9)
        expected = oracle("ResNet.forward")(model, x)
        call(model.forward, x).gives(expected, rtol=1e-8, why=f"{label(config)}, evaluating")
        model.train()
        expected = oracle("ResNet.forward")(model, x)
        call(model.forward, x).gives(expected, rtol=1e-8, why=f"{label(config)}, training")


@about("ResNet.forward")
def test_representation_of_an_image_does_not_see_its_neighbours(net):
    """In evaluation an image gives the same alone as in a batch."""
    model = fill(net(*NETS[0]))
    x = maps(4, 3, 8, 8)
    h = model(x)
    call(model.forward, x[2:3]).gives(h[2:3], rtol=1e-9, why="image 2, alone")
    assert not torch.allclose(h[2], h[1]), "two images give the same h"


@about("ResNet.forward")
def test_every_weight_gets_its_gradient(net, oracle):
    """From h back to the first convolution and to the image: as in loops."""
    for config in NETS[:3]:
        model = fill(net(*config)).train()
        x = maps(2, 3, 10, 9).requires_grad_()
        inputs = {"the images": x, **dict(model.named_parameters())}
        h = oracle("ResNet.forward")(model, x)
        weights = maps(*h.shape, seed=9)
        wanted = torch.autograd.grad((h * weights).sum(), list(inputs.values()))
        got = call(model.forward, x)
        if not got.value.requires_grad:
            wrong("No gradient comes back from h.", call=got.call)
        asked = (got.value * weights).sum()
        found = torch.autograd.grad(asked, list(inputs.values()), allow_unused=True)
        for name, grad, want in zip(inputs, found, wanted, strict=True):
            gradient_is(grad, want, name, f"{label(config)}.forward")


# Step 7: where training starts


def convolutions():
    """Unequal channels and sides, a stride, and one deep inside."""
    return nn.Sequential(
        nn.Conv2d(32, 128, (3, 5), bias=False),
        nn.Conv2d(128, 32, 1, 2, bias=False),
        nn.Sequential(nn.Sequential(nn.Conv2d(16, 64, 5, bias=False))),
    )


@about("initialise")
def test_convolutions_start_with_kaimings_variance():
    """Mean 0, variance 2 / (outputs * height * width), within six standard errors."""
    for zero_init in (False, True):
        model = convolutions()
        got = call(initialise, model, zero_init)
        for conv in (m for m in model.modules() if isinstance(m, nn.Conv2d)):
            w, (outputs, _, height, width) = conv.weight.detach(), conv.weight.shape
            expected = 2 / (outputs * height * width)
            error = (2 / w.numel()) ** 0.5  # of a variance, relative
            if abs(w.var().item() / expected - 1) > 6 * error:
                said = f"The variance of weights {tuple(w.shape)}."
                wrong(said, call=got.call, expected=expected, got=w.var())
            if abs(w.mean().item()) > 6 * (expected / w.numel()) ** 0.5:
                wrong("The mean of the weights.", call=got.call, expected=0.0, got=w.mean())


@about("initialise")
def test_starting_weights_are_normal():
    """Of normal numbers 68.3 % lie within one deviation, 95.4 % within two, 99.7 % within three."""
    model = convolutions()
    got = call(initialise, model)
    w = (model[0].weight / model[0].weight.std()).detach().abs()
    for deviations, share in [(1, 0.6827), (2, 0.9545), (3, 0.9973)]:
        error = (share * (1 - share) / w.numel()) ** 0.5
        found = (w < deviations).double().mean().item()
        if abs(found - share) > 6 * error:
            said = f"The share of weights within {deviations} standard deviations."
            wrong(said, call=got.call, expected=share, got=found)


@about("initialise")
def test_every_convolution_starts_from_numbers_of_its_own():
    """Two convolutions of one shape differ, and so do two calls."""
    model = nn.Sequential(*(nn.Conv2d(3, 4, 3, bias=False) for _ in range(2)))
    call(initialise, model)
    first, second = (conv.weight.detach().clone() for conv in model)
    assert not torch.equal(first, second), "two convolutions start from the same numbers"
    call(initialise, model)
    assert not torch.equal(first, model[0].weight), "the second call draws the first one's numbers"


@about("initialise")
def test_norms_start_as_the_identity():
    """Weight 1 and bias 0 in every norm, whatever was there before."""
    model = ResNet(BasicBlock, (1, 1), (3, 4))
    for parameter in model.parameters():
        nn.init.constant_(parameter, 7.0)
    got = call(initialise, model)
    for name, value in model.named_parameters():
        if value.dim() == 1:
            expected = 1.0 if name.endswith("weight") else 0.0
            if not (value == expected).all():
                wrong(name, call=got.call, expected=expected, got=value[0])
        else:
            assert (value != 7).all(), f"{name} was not set"


@about("initialise")
def test_model_is_changed_in_place():
    """The same parameters, still trainable; what is neither convolution nor norm stays."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    before, linear = list(model.parameters()), model[3].weight.detach().clone()
    got = call(initialise, model)
    for old, now in zip(before, model.parameters(), strict=True):
        assert old is now, "a parameter was replaced: an optimiser made before would miss it"
        assert now.requires_grad and now.is_leaf, "a parameter can no longer be trained"
    assert got.value is None, f"initialise returns nothing, not {got.value!r}"
    assert torch.equal(linear, model[3].weight), "the linear layer was changed"


@about("initialise")
def test_zero_init_makes_a_block_its_shortcut():
    """relu(0 + shortcut) at the start: for both kinds of block, at every stride."""
    for block, configs in [(BasicBlock, BASIC), (Bottleneck, DEEP)]:
        for config in configs:
            made = block(*config)
            got = call(initialise, made, zero_init=True)
            x = rand(2, config[0], 5, 7, seed=3)
            made.eval()
            identity = x if made.downsample is None else made.downsample(x)
            why = f"{got.call}, then {block.__name__}{config}: F(x) = 0"
            call(made.forward, x).gives(identity.clamp(min=0), rtol=1e-5, why=why)
            assert identity.abs().sum() > 0, f"{block.__name__}{config}: the shortcut gives 0"


@about("initialise")
def test_zero_init_touches_only_the_last_norm_of_each_block():
    """Without it no weight of a norm is 0; with it, bn2's or bn3's; every bias is 0."""
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
                    wrong(f"{name}", call=got.call, expected=expected, got=value[0])
