"""The default encoder, whose first layer is k-means on patches; against loops in float64."""

import json
import math

import pytest
import torch
import torch.nn.functional as F
from torch import Generator, nn

from simclr_mini import checkpoint, patches
from simclr_mini import report as reporting
from simclr_mini.build import build_encoder, build_method, load_splits
from simclr_mini.methods import configure
from simclr_mini.patch_encoder import PatchFilters, patch_resnet
from simclr_mini.resnet import RESNETS, parameter_count, use_group_norm
from simclr_mini.runs import read_config
from simclr_mini.simclr import view_side
from simclr_mini.train import train
from simclr_mini.weight_gradient import Conv3x3

pytestmark = pytest.mark.usefixtures("one_thread")


def seeded(seed=0):
    return Generator().manual_seed(seed)


def pictures(N, H, W, seed=0):
    return torch.randint(0, 256, (N, 3, H, W), dtype=torch.uint8, generator=seeded(seed))


@pytest.fixture(scope="module")
def learned():
    filters = PatchFilters(7)
    filters.learn(pictures(40, 12, 15), seeded(1))
    return filters


def response_in_loops(image, kernel, top, left):
    """One filter at one place: the inner product over the contrast, in plain Python."""
    H, W = image.shape[1:]
    seen = []
    for c in range(3):
        for i in range(top - 2, top + 4):
            for j in range(left - 2, left + 4):
                # beyond the border the image is mirrored, and the border is not repeated
                i_in = -i if i < 0 else 2 * H - 2 - i if i >= H else i
                j_in = -j if j < 0 else 2 * W - 2 - j if j >= W else j
                seen.append(255 * float(image[c, i_in, j_in]))
    mean = sum(seen) / 108
    contrast = math.sqrt(sum((s - mean) ** 2 for s in seen) / 107 + 10)
    product = sum(float(w) * s for w, s in zip(kernel.flatten(), seen, strict=True))
    return product / contrast


def test_responses_are_inner_products_over_the_contrast(learned):
    x = torch.rand(2, 3, 8, 10, dtype=torch.float64, generator=seeded(2))
    responses = learned.double()(x)
    assert responses.shape == (2, 7, 4, 5)
    for b, k, i, j in [(0, 0, 0, 0), (1, 3, 3, 4), (0, 6, 2, 1), (1, 2, 0, 4)]:
        expected = response_in_loops(x[b], learned.weight[k], 2 * i, 2 * j)
        assert float(responses[b, k, i, j]) == pytest.approx(expected, abs=1e-6)
    learned.float()


def test_a_response_is_that_of_the_whitened_patch_up_to_a_constant():
    images = pictures(30, 9, 9)
    learned = patches.learn(images, 5, seeded(3), 40_000)
    filters = PatchFilters(5)
    filters.learn(images, seeded(3))
    inner = images[:4].float() / 255
    responses = filters(inner)[:, :, 1:3, 1:3]  # places 2 and 4, where no border is mirrored
    whitened = patches.whitened(learned, images[:4])[:, 0:3:2, 0:3:2]  # their patches start 2 less
    directions = learned.centroids / learned.centroids.norm(dim=1, keepdim=True)
    expected = (whitened @ directions.T).permute(0, 3, 1, 2)
    shift = (expected - responses).mean((0, 2, 3), keepdim=True)
    torch.testing.assert_close(responses + shift, expected, atol=2e-4, rtol=0)


def test_filters_do_not_see_brightness(learned):
    x = 0.5 * torch.rand(3, 3, 12, 12, generator=seeded(4))
    torch.testing.assert_close(learned(x), learned(x + 0.4), atol=1e-3, rtol=0)


def test_filters_never_train(learned):
    x = torch.rand(2, 3, 8, 8, requires_grad=True)
    assert not list(learned.parameters())
    assert not learned(x).requires_grad


def test_the_encoder_is_a_resnet_whose_other_layers_train():
    encoder = patch_resnet()
    assert encoder.dim == 256 and parameter_count(encoder) == 1_214_720
    assert encoder(torch.rand(2, 3, 24, 24)).shape == (2, 256)
    assert not any(name.startswith("conv1") for name, _ in encoder.named_parameters())
    torch.testing.assert_close(encoder.bn1.bias, torch.full((128,), -0.5))


@pytest.mark.parametrize("name, dim", [("patches", 256), ("tiny", 256), ("resnet18", 512)])
def test_width_multiplies_every_layer(name, dim):
    wide, narrow, plain = (
        build_encoder(configure(encoder=name, width=width)) for width in (2, 0.5, 1)
    )
    assert (wide.dim, narrow.dim, plain.dim) == (2 * dim, dim // 2, dim)
    convolutions = [m for m in wide.modules() if isinstance(m, nn.Conv2d)]
    single = [m for m in plain.modules() if isinstance(m, nn.Conv2d)]
    for two, one in zip(convolutions, single, strict=True):
        assert two.out_channels == 2 * one.out_channels


def test_the_stem_is_responses_norm_relu_and_a_mean_of_four():
    encoder = patch_resnet().eval()
    encoder.conv1.learn(pictures(40, 12, 15), seeded(1))
    x = torch.rand(2, 3, 12, 12, generator=seeded(5))
    thresholded = F.relu(encoder.conv1(x) / (1 + encoder.bn1.eps) ** 0.5 - 0.5)
    maps = thresholded.unflatten(3, (3, 2)).unflatten(2, (3, 2)).mean((3, 5))
    torch.testing.assert_close(encoder(x), encoder.layer2(encoder.layer1(maps)).mean((2, 3)))


@pytest.mark.parametrize("view_size, side", [(0, 24), (20, 20)])
def test_views_have_the_size_that_was_asked_for(view_size, side):
    config = configure(data="shapes", images=100, batch_size=50, view_size=view_size)
    method = build_method(config, load_splits(config)["train"])
    assert all(x.shape == (4, 3, side, side) for x in method.views(torch.rand(4, 3, 32, 32)))


def test_built_anew_it_is_the_same_and_another_seed_is_another(tmp_path):
    config = configure(data="shapes", images=500, batch_size=50)
    images = load_splits(config)["train"]
    first, again = (build_method(config, images).encoder for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(*map(state, (first, again)), strict=True))
    other = build_encoder(configure(data="shapes", images=500, batch_size=50, seed=1), images)
    assert not torch.equal(first.conv1.weight, other.conv1.weight)
    blank = build_encoder(config)
    assert not blank.conv1.weight.any()
    blank.load_state_dict(first.state_dict())
    assert torch.equal(blank.conv1.weight, first.conv1.weight)


def test_the_untrained_baseline_has_the_filters_of_the_trained_encoder(tmp_path, monkeypatch):
    """Only trained parameters may differ."""
    config = configure(data="shapes", images=500, batch_size=50, epochs=1, knn_every=0)
    data = load_splits(config)
    method = build_method(config, data["train"])
    train(config, method, data, tmp_path, lambda line: None)
    seen = {}
    monkeypatch.setattr(reporting, "encoder_accuracy", lambda *_: {"knn": 0, "linear_probe": 0})
    monkeypatch.setattr(reporting, "baselines", lambda untrained, *_: seen.update(net=untrained))
    state = checkpoint.load(tmp_path)
    result = reporting.report(config, state, tmp_path, method, data, fine_tune=False)
    assert torch.equal(seen["net"].conv1.weight, method.encoder.conv1.weight)
    assert not torch.equal(seen["net"].bn1.bias, method.encoder.bn1.bias)
    assert result["core_seconds"] > 0
    assert result["core_seconds"] == pytest.approx(state["core_seconds"], abs=0.06)


def test_training_has_the_fast_gradient_and_a_loaded_encoder_is_plain(tmp_path):
    config = configure(data="shapes", images=100, batch_size=50, encoder="tiny")
    images = load_splits(config)["train"]
    kinds = [
        {type(m) for m in net.modules() if isinstance(m, torch.nn.Conv2d)}
        for net in (build_method(config, images).encoder, build_encoder(config))
    ]
    assert Conv3x3 in kinds[0] and kinds[1] == {torch.nn.Conv2d}


def test_a_run_from_before_views_had_a_size_keeps_its_views(tmp_path):
    """They were as large as the images."""
    choices = configure(encoder="tiny", size=40).flat()
    del choices["view_size"]
    (tmp_path / "config.json").write_text(json.dumps(choices))
    assert read_config(tmp_path).view_size == 40


def state(module):
    return module.state_dict().values()


def test_other_encoders_learn_no_filters():
    assert "patches" not in RESNETS
    assert not isinstance(build_encoder(configure(encoder="tiny")).conv1, PatchFilters)


@pytest.mark.parametrize(
    "choices, words",
    [
        ({"stem": "half"}, "--stem must be auto"),
        ({"view_size": 4}, "--view-size must be 8 or more"),
        ({"method": "deepcluster", "sobel": True}, "--encoder tiny"),
    ],
)
def test_what_cannot_work_is_refused(choices, words):
    with pytest.raises(ValueError, match=words):
        configure(**choices).check()


@pytest.mark.parametrize(
    "side, view", [(32, 24), (8, 8), (16, 12), (33, 24), (18, 12), (64, 48), (10, 8)]
)
def test_views_are_three_quarters_of_the_images(side, view):
    assert view_side(side) == view


def test_group_norms_train_behind_the_frozen_layer():
    """torch's own group norm ends the process here, so this would not merely fail."""
    encoder = patch_resnet()
    use_group_norm(encoder)
    torch.testing.assert_close(encoder.bn1.bias, torch.full((128,), -0.5))
    x = torch.rand(2, 3, 16, 16).contiguous(memory_format=torch.channels_last)
    encoder(x).square().sum().backward()
    assert encoder.bn1.weight.grad is not None
