"""ResNet: torchvision's names, sizes by arithmetic, shortcuts, stems, starting weights."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from simclr_mini.resnet import (
    RESNETS,
    BasicBlock,
    Bottleneck,
    parameter_count,
    resnet18,
    resnet34,
    resnet50,
    resnet_tiny,
)

COUNTS = {
    resnet_tiny: (1, 1, 1),
    resnet18: (2, 2, 2, 2),
    resnet34: (3, 4, 6, 3),
    resnet50: (3, 4, 6, 3),
}
every_net = pytest.mark.parametrize("net", COUNTS, ids=lambda net: net.__name__)


def shapes_by_rule(net, stem="imagenet"):
    """Names and shapes of all of torchvision's parameters and buffers, without those of fc."""
    widths = (32, 64, 256) if net is resnet_tiny else (64, 128, 256, 512)
    deep = net is resnet50

    def norm(name, channels):
        for part in ("weight", "bias", "running_mean", "running_var"):
            yield f"{name}.{part}", (channels,)
        yield f"{name}.num_batches_tracked", ()

    side = 7 if stem == "imagenet" else 3
    yield "conv1.weight", (widths[0], 3, side, side)
    yield from norm("bn1", widths[0])
    inputs = widths[0]
    for stage, (count, width) in enumerate(zip(COUNTS[net], widths, strict=True), start=1):
        outputs = 4 * width if deep else width
        for block in range(count):
            name = f"layer{stage}.{block}"
            kernels = [(inputs, width, 3), (width, width, 3)]
            if deep:
                kernels = [(inputs, width, 1), (width, width, 3), (width, outputs, 1)]
            for i, (before, after, side) in enumerate(kernels, start=1):
                yield f"{name}.conv{i}.weight", (after, before, side, side)
                yield from norm(f"{name}.bn{i}", after)
            if block == 0 and (stage > 1 or inputs != outputs):
                yield f"{name}.downsample.0.weight", (outputs, inputs, 1, 1)
                yield from norm(f"{name}.downsample.1", outputs)
            inputs = outputs


def images(B=2, side=32, seed=0):
    """Random noise, used as images."""
    return torch.randn(B, 3, side, side, generator=torch.Generator().manual_seed(seed))


def map_sides(encoder, side):
    """The side of the map after the stem and after each stage."""
    sides = []
    for layer in ["maxpool", *(f"layer{i + 1}" for i in range(encoder.stages))]:
        module = encoder.get_submodule(layer)
        module.register_forward_hook(lambda _, __, x: sides.append(x.shape[-1]))
    encoder.eval()(images(1, side))
    return sides


# names and sizes


@every_net
@pytest.mark.parametrize("stem", ["cifar", "imagenet"])
def test_names_and_shapes_are_torchvisions(net, stem):
    """Every parameter and buffer is there, and nothing else, so torchvision's weights load."""
    with torch.device("meta"):
        state = net(stem).state_dict()
    assert {name: tuple(v.shape) for name, v in state.items()} == dict(shapes_by_rule(net, stem))


@pytest.mark.parametrize(
    "net, stem, count",
    [
        (resnet18, "cifar", 11_168_832),
        (resnet18, "imagenet", 11_176_512),  # torchvision's 11,689,512 minus fc's 513,000
        (resnet34, "imagenet", 21_284_672),  # 21,797,672 minus 513,000
        (resnet50, "imagenet", 23_508_032),  # 25,557,032 minus 2,049,000
        (resnet_tiny, "half", 832_416),
    ],
)
def test_parameter_counts(net, stem, count):
    """They are those published, minus the classification layer, and the sum by `shapes_by_rule`."""
    shapes = dict(shapes_by_rule(net, stem))
    trained = [s for name, s in shapes.items() if name.rsplit(".")[-1] in ("weight", "bias")]
    assert sum(torch.Size(shape).numel() for shape in trained) == count
    with torch.device("meta"):
        assert parameter_count(net(stem)) == count


def test_parameter_count_leaves_out_what_is_frozen():
    """It counts only what training can change."""
    layer = nn.Linear(3, 2)
    layer.bias.requires_grad_(False)
    assert parameter_count(layer) == 6


@every_net
def test_no_weights_are_shared(net):
    """[block] * n would use one block n times."""
    with torch.device("meta"):
        encoder = net()
    modules = [m for m in encoder.modules() if isinstance(m, nn.Conv2d)]
    convolutions = [n for n in dict(shapes_by_rule(net)) if "conv" in n or "sample.0" in n]
    assert len(modules) == len(convolutions)
    blocks = [m for m in encoder.modules() if isinstance(m, BasicBlock | Bottleneck)]
    assert len(blocks) == sum(COUNTS[net])


@every_net
@pytest.mark.parametrize("stem", ["cifar", "imagenet"])
def test_the_representation_is_as_wide_as_dim_says(net, stem):
    """h is (B, D), where D is `dim`, also for images whose sides are not a power of two."""
    with torch.device("meta"):
        encoder = net(stem)
        expected = {resnet_tiny: 256, resnet50: 2048}.get(net, 512)
        assert encoder.dim == expected
        for side in (32, 50):
            assert encoder(torch.empty(3, 3, side, side)).shape == (3, expected)


def test_encoders_are_listed_by_name():
    """These are their names on the command line."""
    expected = {"tiny": resnet_tiny, "resnet18": resnet18, "resnet34": resnet34}
    assert expected | {"resnet50": resnet50} == RESNETS


def test_stems_differ_in_resolution():
    """At 32 pixels the CIFAR stem ends on 8 x 8 maps, "half" on 4 x 4, ImageNet's on 2 x 2."""
    assert map_sides(resnet_tiny("cifar"), 32) == [32, 32, 16, 8]
    assert map_sides(resnet_tiny("half"), 32) == [16, 16, 8, 4]
    assert map_sides(resnet_tiny("imagenet"), 32) == [8, 8, 4, 2]
    assert map_sides(resnet_tiny("imagenet"), 224) == [56, 56, 28, 14]


def test_an_unknown_stem_is_refused():
    """The message names those that exist."""
    with pytest.raises(ValueError, match="cifar, half, imagenet, not 'stl'"):
        resnet_tiny("stl")


# what it computes


@pytest.mark.parametrize("block, inputs", [(BasicBlock, 8), (Bottleneck, 32)])
def test_a_block_without_weights_is_the_relu_of_its_input(block, inputs):
    """F(x) = 0 leaves relu(0 + x): the shortcut is added before the last ReLU."""
    module = block(inputs, 8)
    for conv in (m for m in module.modules() if isinstance(m, nn.Conv2d)):
        nn.init.zeros_(conv.weight)
    x = torch.randn(2, inputs, 5, 5)
    torch.testing.assert_close(module(x), x.relu())


@pytest.mark.parametrize("block", [BasicBlock, Bottleneck])
@pytest.mark.parametrize("inputs, stride", [(8, 2), (12, 1), (12, 2)])
def test_a_block_projects_its_input_if_shapes_differ(block, inputs, stride):
    """With F = 0, a block that shrinks or widens is the relu of its projected input."""
    module = block(inputs, 8, stride).eval()
    for name, weight in module.named_parameters():
        if name.startswith("conv"):
            nn.init.zeros_(weight)
    x = torch.randn(2, inputs, 7, 7)
    conv, norm = module.downsample
    expected = F.conv2d(x, conv.weight, stride=stride) / (1 + norm.eps) ** 0.5
    torch.testing.assert_close(module(x), expected.relu())
    assert module(x).shape[2] == (4 if stride == 2 else 7)


def test_a_basic_block_is_its_equation():
    """relu(norm(conv(relu(norm(conv(x))))) + x), written out with torch's functions."""
    block = BasicBlock(4, 4)
    x = torch.randn(6, 4, 5, 5)

    def norm(x):
        deviation = (x.var((0, 2, 3), unbiased=False, keepdim=True) + 1e-5).sqrt()
        return (x - x.mean((0, 2, 3), keepdim=True)) / deviation

    hidden = norm(F.conv2d(x, block.conv1.weight, padding=1)).relu()
    expected = (norm(F.conv2d(hidden, block.conv2.weight, padding=1)) + x).relu()
    torch.testing.assert_close(block(x), expected, rtol=1e-4, atol=1e-5)


def test_a_bottleneck_shrinks_in_its_3x3_convolution():
    """So does torchvision's. The first 1 x 1 convolution would not see 3/4 of the input."""
    block = Bottleneck(16, 8, 2)
    assert [c.stride for c in (block.conv1, block.conv2, block.conv3)] == [(1, 1), (2, 2), (1, 1)]


def test_representation_is_the_mean_over_the_last_map():
    """Global average pooling, and nothing after it."""
    encoder, maps = resnet_tiny().eval(), []
    encoder.layer3.register_forward_hook(lambda _, __, x: maps.append(x))
    h = encoder(images(3))
    torch.testing.assert_close(h, maps[0].flatten(2).mean(2))
    assert (h >= 0).all() and (h.norm(dim=1) - 1).abs().min() > 1e-3  # it is not normalised


def test_a_representation_does_not_depend_on_the_rest_of_the_batch():
    """In eval mode an image has the same h alone, in shape (1, D), as in a batch."""
    encoder = resnet_tiny()
    encoder(images(8))  # moves the running statistics away from their start
    encoder.eval()
    x = images(4, seed=1)
    assert encoder(x[:1]).shape == (1, 256)
    torch.testing.assert_close(encoder(x[:1]), encoder(x)[:1])
    assert not torch.allclose(encoder(x)[0], encoder(x)[1])


def test_every_parameter_gets_a_gradient():
    """No layer is left out on the way from the image to h."""
    encoder = resnet_tiny()
    encoder(images(4)).square().sum().backward()
    assert [n for n, p in encoder.named_parameters() if p.grad is None or not p.grad.any()] == []


# starting weights


def test_convolutions_start_with_kaimings_variance():
    """They are normal, of mean 0 and variance 2 / (outputs * kernel area): fan_out, not fan_in."""
    torch.manual_seed(0)
    for name, w in resnet18("imagenet").named_parameters():
        if w.dim() == 4:
            expected = 2 / (w.shape[0] * w.shape[2] * w.shape[3])
            spread = 6 * (2 / w.numel()) ** 0.5  # six standard errors of a variance
            assert w.var().item() == pytest.approx(expected, rel=spread), name
            assert abs(w.mean().item()) < 6 * (expected / w.numel()) ** 0.5, name
            kurtosis = (w**4).mean().item() / expected**2
            assert kurtosis == pytest.approx(3, rel=10 * spread), name


@pytest.mark.parametrize("block, last", [("tiny", "bn2"), ("resnet50", "bn3")])
def test_zero_init_makes_each_block_its_shortcut(block, last):
    """Only the last norm of each block starts at 0; without zero_init every norm starts at 1."""
    with torch.device("meta"):
        names = [n for n, p in RESNETS[block]().named_parameters() if p.dim() == 1]
    with torch.no_grad():
        for zero in (False, True):
            encoder = RESNETS[block](zero_init=zero)
            for name in names:
                value = float(name.endswith("weight"))
                if zero and name.endswith(f"{last}.weight") and "downsample" not in name:
                    value = 0.0
                assert (encoder.get_parameter(name) == value).all(), name


def test_the_seed_fixes_the_weights():
    """The same seed gives the same network, and the next draw gives another."""
    torch.manual_seed(3)
    first, other = resnet_tiny().conv1.weight, resnet_tiny().conv1.weight
    torch.manual_seed(3)
    assert torch.equal(resnet_tiny().conv1.weight, first) and not torch.equal(first, other)


# torchvision's weights


def torchvision_like(net):
    """A state dict as torchvision saves it, without fc; each tensor has a value of its own."""
    state = {}
    for i, (name, shape) in enumerate(shapes_by_rule(net)):
        dtype = torch.int64 if name.endswith("tracked") else torch.float32
        state[name] = torch.full(shape, i + 1, dtype=dtype)
    return state


@pytest.mark.parametrize("net", [resnet18, resnet50])
def test_torchvisions_weights_load_strictly_with_the_imagenet_stem(net):
    """No key is missing or unexpected, and every value lands under its name."""
    encoder, state = net("imagenet"), torchvision_like(net)
    encoder.load_state_dict(state, strict=True)
    loaded = encoder.state_dict()
    assert all(torch.equal(loaded[name], value) for name, value in state.items())


def test_all_but_the_first_convolution_load_with_the_cifar_stem():
    """Only conv1 has a different shape."""
    encoder, state = resnet18("cifar"), torchvision_like(resnet18)
    del state["conv1.weight"]
    report = encoder.load_state_dict(state, strict=False)
    assert report.missing_keys == ["conv1.weight"] and report.unexpected_keys == []
