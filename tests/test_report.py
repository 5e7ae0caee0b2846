"""What a report measures, on images of any size and in every mode of training."""

import pytest
import torch

from simclr_mini.build import build_encoder, build_method
from simclr_mini.data import Images
from simclr_mini.methods import configure
from simclr_mini.report import diagnostics, project_pairs

TINY = {"encoder": "tiny", "batch_size": 4}


def pictures(count, side, seed=0):
    drawn = torch.Generator().manual_seed(seed)
    pixels = torch.randint(256, (count, 3, side, side), generator=drawn, dtype=torch.uint8)
    return Images(pixels, None, (), "some", "train")


def method_of(images, **choices):
    return build_method(configure(**TINY | choices), images)


def test_large_pictures_are_measured_one_at_a_time():
    """At a side of 520 only one picture is in the network at a time, and all are measured."""
    images, sizes = pictures(3, 520), []
    method = method_of(images, view_size=16)
    method.encoder.register_forward_hook(lambda _, x, h: sizes.append(len(x[0])))
    found = diagnostics(method, images)
    assert set(sizes) == {1} and -8 <= found["uniformity"] <= 0


def test_clusters_of_large_pictures_are_made_a_few_at_a_time():
    images, sizes = pictures(300, 64), []
    method = method_of(images, method="deepcluster", clusters=4, pca_dim=2)
    method.encoder.register_forward_hook(lambda _, x, h: sizes.append(len(x[0])))
    method.start_epoch(images.pixels)
    assert sizes == [128, 128, 44]


def test_the_views_are_those_of_one_call_however_many_are_projected():
    images = pictures(5, 32)
    (z1, z2), (x1, x2) = project_pairs(method_of(images), images.pixels, shown=3)
    method = method_of(images).eval()
    views = method.views(images.pixels.float() / 255)
    assert torch.equal(x1, views[0][:3]) and torch.equal(x2, views[1][:3])
    for z, x in zip((z1, z2), views, strict=True):
        torch.testing.assert_close(z, method.project(x).detach())


def test_as_many_views_are_shown_as_asked_for_however_few_fit_at_once():
    """At a side of 256, eight images are in the network at a time."""
    images = pictures(20, 256)
    (z1, z2), (x1, x2) = project_pairs(method_of(images, view_size=16), images.pixels, shown=10)
    assert len(z1) == len(z2) == 20 and len(x1) == len(x2) == 10


def test_the_control_is_measured_on_two_views_of_the_same_image():
    """Only training exchanges the images; otherwise the figure of pairs would be false."""
    images = pictures(6, 32)
    right, control = (method_of(images, positives=which) for which in ("same", "wrong"))
    a, b = (project_pairs(one, images.pixels) for one in (right, control))
    assert torch.equal(a[0][1], b[0][1]) and control.positives == "wrong"


def test_building_a_network_leaves_the_generators_of_gpus_alone(monkeypatch):
    def reseeds(_):
        pytest.fail("torch.manual_seed reseeds every device")

    before = torch.get_rng_state()
    monkeypatch.setattr(torch, "manual_seed", reseeds)
    build_encoder(configure(**TINY))
    method_of(pictures(4, 32))
    assert torch.equal(torch.get_rng_state(), before)


def test_small_crops_are_crops_whatever_the_large_views_are():
    images = pictures(4, 32)
    method = method_of(images, views="flip", small_crops=1)
    assert method.recipe.crop == 0 and method.small_recipe.crop == 1
