"""Accuracy and baselines by hand, and few labels on images that a small network can learn."""

import copy

import numpy as np
import pytest
import torch
from torch import Generator, nn

from simclr_mini import accuracy
from simclr_mini.accuracy import encoder_accuracy, few_labels, fine_tuned, scores
from simclr_mini.baselines import baselines, histogram_features, pixel_features
from simclr_mini.data import Images
from simclr_mini.evaluate import features
from simclr_mini.resnet import BasicBlock, ResNet


def network(seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return ResNet(BasicBlock, (1, 1), (8, 16))


def stripes(N, split, seed):
    """Stripes along, stripes across, or none, in noise; 8 x 8 pixels. Labels 0, 2 and 5."""
    generator = Generator().manual_seed(seed)
    kind = torch.arange(N) % 3
    along = (torch.arange(8) % 2 * 140.0).expand(8, 8)
    pattern = torch.stack([along, along.T, torch.full((8, 8), 70.0)])[kind][:, None]
    noise = 100 * torch.rand(N, 3, 8, 8, generator=generator)
    return Images(
        (pattern + noise).byte(), torch.tensor([0, 2, 5])[kind], ("a",) * 6, "stripes", split
    )


@pytest.fixture(scope="module")
def splits():
    return stripes(240, "train", 0), stripes(60, "val", 1), stripes(90, "test", 2)


# ---- baselines


def test_pixel_features_are_the_pixels_in_a_row():
    pixels = torch.tensor([0, 51, 102, 153, 204, 255] * 2, dtype=torch.uint8).view(2, 3, 2, 1)
    expected = [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert pixel_features(pixels)[1].tolist() == pytest.approx(expected)


def test_a_histogram_is_the_share_of_pixels_in_each_bin_of_colour():
    """Red 255 is bin 3 of red: 3 * 16. Half the pixels are black."""
    pixels = torch.zeros(1, 3, 2, 2, dtype=torch.uint8)
    pixels[0, 0, 0, :] = 255
    h = histogram_features(pixels)
    assert h.shape == (1, 64)
    assert h[0, 48] == 0.5 and h[0, 0] == 0.5 and h.sum() == 1


def test_histograms_agree_with_numpy():
    pixels = torch.randint(256, (4, 3, 8, 8), generator=Generator().manual_seed(0)).byte()
    for image, row in zip(pixels.numpy(), histogram_features(pixels), strict=True):
        counts, _ = np.histogramdd(image.reshape(3, -1).T, bins=[[0, 64, 128, 192, 256]] * 3)
        assert row.tolist() == pytest.approx((counts / 64).flatten().tolist())


def test_a_histogram_does_not_see_places():
    pixels = torch.randint(256, (4, 3, 8, 8), generator=Generator().manual_seed(0)).byte()
    moved = pixels.flip(3).transpose(2, 3)
    assert torch.equal(histogram_features(pixels), histogram_features(moved))


def test_scores_are_those_of_the_test_split(splits):
    """One-hot labels as representations are perfect; wrong ones for test images are never right."""
    hot = tuple(torch.eye(6)[images.labels] for images in splits)
    assert scores(hot, splits) == {"knn": 1.0, "linear_probe": 1.0}
    wrong = torch.eye(6)[splits[2].labels.roll(1)]
    assert scores((*hot[:2], wrong), splits) == {"knn": 0.0, "linear_probe": 0.0}


def test_splits_in_another_order_are_refused(splits):
    """Otherwise the penalty would be chosen on test images."""
    train, val, test = splits
    with pytest.raises(ValueError, match="give the splits train, val, test in this order"):
        few_labels(network(), (train, test, val), 0.1, 0)
    with pytest.raises(ValueError, match="in this order"):
        scores((torch.zeros(1, 2),) * 3, (train, test, val))
    with pytest.raises(ValueError, match="in this order"):
        encoder_accuracy(network(), (train, test, val), 0)
    with pytest.raises(ValueError, match="in this order"):
        baselines(network(), (train, test, val), 0)


# ---- few labels


def test_few_labels_are_enough_for_what_is_plain_to_see(splits):
    encoder = network()
    before = copy.deepcopy(encoder.state_dict())
    result = few_labels(encoder, splits, share=0.25, seed=0)
    assert result["labels"] == 60
    assert result["probe"] > 0.8 and result["fine_tune"] > 0.9
    after = encoder.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert all(p.grad is None for p in encoder.parameters())


def test_few_labels_follow_their_seed_alone(splits, monkeypatch):
    """Neither torch's global generator nor an earlier call matters, and the generator stays put."""
    monkeypatch.setattr(accuracy, "FINE_TUNE_STEPS", 5)
    first = few_labels(network(), splits, 0.1, seed=3)
    torch.manual_seed(5)
    state = torch.get_rng_state()
    assert few_labels(network(), splits, 0.1, seed=3) == first
    assert torch.equal(torch.get_rng_state(), state)


def test_test_labels_have_no_say_in_what_is_learned(splits):
    """If each test label is replaced by the next one, predictions that were right are now wrong."""
    train, val, test = splits
    turned = Images(test.pixels, test.labels.roll(1), test.classes, test.name, test.split)
    right = few_labels(network(), splits, 0.25, 0)
    wrong = few_labels(network(), (train, val, turned), 0.25, 0)
    for name in ("probe", "fine_tune"):
        assert wrong[name] <= 1 - right[name] + 1e-9


def test_fine_tuning_changes_the_copy_even_of_an_encoder_that_takes_no_gradient(
    splits, monkeypatch
):
    monkeypatch.setattr(accuracy, "FINE_TUNE_STEPS", 5)
    encoder = network().requires_grad_(False).eval()
    position = torch.arange(240) % 3
    tuned = fine_tuned(encoder, splits[0].pixels, position, Generator().manual_seed(0))
    assert not torch.equal(tuned[0].conv1.weight, encoder.conv1.weight)
    assert not encoder.training and not encoder.conv1.weight.requires_grad


# ---- the whole


def test_every_accuracy_is_a_share(splits):
    found = encoder_accuracy(network(), splits, seed=0, fine_tune=False)
    few, beaten = found["few_labels"], baselines(network(1), splits, 0)
    assert set(found) == {"knn", "linear_probe", "few_labels"}
    assert set(few) == {"1%", "10%"}
    assert (few["1%"]["labels"], few["10%"]["labels"]) == (3, 24)
    assert few["10%"]["fine_tune"] is None
    assert set(beaten) == {"majority", "pixels", "histogram", "patches", "untrained"}
    for row in (*beaten.values(), found):
        assert 0 <= row["knn"] <= 1 and 0 <= row["linear_probe"] <= 1


def test_the_untrained_baseline_is_the_untrained_encoder(splits):
    """One that sees only the mean colour must score far below one that sees every pixel."""
    blind = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    found, beaten = encoder_accuracy(nn.Flatten(), splits, 0, False), baselines(blind, splits, 0)
    expected = scores(tuple(features(blind, images) for images in splits), splits)
    assert beaten["untrained"] == expected
    assert expected["knn"] < found["knn"] - 0.2
    assert found["knn"] == beaten["pixels"]["knn"]
