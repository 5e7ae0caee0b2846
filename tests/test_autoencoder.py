"""The denoising autoencoder: what it is, what it learns from, when it stops."""

import math

import numpy as np
import pytest
import torch
from torch import Generator

from simclr_mini import autoencoder as module
from simclr_mini.autoencoder import (
    Autoencoder,
    add_noise,
    held_out_error,
    latents,
    reconstruction_loss,
    train_autoencoder,
)


def seeded(seed=0):
    return Generator().manual_seed(seed)


def pictures(N, side=8, seed=0):
    """Pictures of two flat colours, one above the other."""
    colours = torch.randint(256, (N, 3, 2, 1), generator=seeded(seed), dtype=torch.uint8)
    return colours.repeat_interleave(side // 2, 2).expand(N, 3, side, side).contiguous()


def numbered(N):
    """Pictures whose pixels are all n for picture n."""
    return torch.arange(N, dtype=torch.uint8).view(N, 1, 1, 1).expand(N, 3, 8, 8).contiguous()


@pytest.fixture(scope="module")
def model():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Autoencoder().eval()


# ---- the network


def test_the_code_and_the_reconstruction_have_the_right_sizes_and_range(model):
    x = torch.rand(2, 3, 16, 24)
    with torch.no_grad():
        assert model.encoder(x).shape == (2, 128, 2, 3)
        out = model(x)
    assert out.shape == x.shape and out.min() >= 0 and out.max() <= 1


def test_it_has_as_many_parameters_as_the_released_one(model):
    """Keras says 335,747: it counts norm statistics and gives each convolution a bias."""
    ours = sum(p.numel() for p in model.parameters())
    norms = [part for part in model.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    channels = sum(norm.num_features for norm in norms)
    assert ours + 2 * channels + channels == 335_747


def test_the_latent_is_smaller_than_the_image_and_a_mean_over_positions(model):
    x = torch.rand(3, 3, 32, 32)
    with torch.no_grad():
        code, latent = model.encoder(x), model.latent(x)
    assert latent.shape == (3, 128) and latent[0].numel() < x[0].numel()
    by_hand = [[float(channel.double().mean()) for channel in image] for image in code]
    torch.testing.assert_close(latent.double(), torch.tensor(by_hand).double(), rtol=1e-5, atol=0)


def test_latents_follow_the_order_of_the_images_and_do_not_depend_on_the_batch(model):
    pixels = pictures(11)
    expected = latents(model, pixels)
    assert expected.dtype == torch.float32 and expected.shape == (11, 128)
    assert torch.equal(latents(model, pixels), expected)
    order = torch.randperm(11, generator=seeded())
    for batch_size in (1, 4):
        got = latents(model, pixels[order], batch_size)
        torch.testing.assert_close(got, expected[order], rtol=1e-4, atol=1e-6)


# ---- noise and loss


def test_noise_is_gaussian_independent_and_not_clipped():
    x = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(2, 3, 64, 64)
    noise = (add_noise(x, 0.1, seeded()) - x) / 0.1
    n = noise.numel()
    for image in noise:
        assert abs(float(image.std()) - 1) < 5 / math.sqrt(n)
        assert abs(float(image.mean())) < 5 / math.sqrt(n / 2)
    fourth = float(noise.double().pow(4).mean())
    assert abs(fourth - 3) < 5 * math.sqrt(96 / n)
    for axis in range(4):
        neighbours = (noise.narrow(axis, 0, 1) * noise.narrow(axis, 1, 1)).mean()
        assert abs(float(neighbours)) < 5 / math.sqrt(n / x.shape[axis])
    assert torch.equal(add_noise(x, 0.0, seeded()), x)


def test_the_loss_is_the_mean_squared_difference_from_the_clean_image():
    x, noisy = torch.rand(2, 3, 4, 5), torch.rand(2, 3, 4, 5)
    terms = [
        (0.5 * float(b) - float(a)) ** 2 for a, b in zip(x.flatten(), noisy.flatten(), strict=True)
    ]
    loss = reconstruction_loss(lambda shown: 0.5 * shown, x, noisy)
    assert float(loss) == pytest.approx(sum(terms) / len(terms), rel=1e-5)


def test_the_held_out_error_counts_every_image_once_at_any_batch_size(model):
    pixels = pictures(7)
    x = pixels / 255
    with torch.no_grad():
        single = [float((model(one[None]) - one).square().mean()) for one in x]
    for batch_size in (1, 3, 7, 512):
        error = held_out_error(model, pixels, batch_size)
        assert error == pytest.approx(sum(single) / 7, rel=1e-4)


# ---- training


@pytest.fixture
def shown(monkeypatch):
    """Every (clean, noisy, training) that the loss was called with."""
    seen = []
    real = module.reconstruction_loss

    def spy(model, x, noisy):
        seen.append((x.clone(), noisy.clone(), model.training))
        return real(model, x, noisy)

    monkeypatch.setattr(module, "reconstruction_loss", spy)
    return seen


def test_noisy_images_go_in_and_the_clean_ones_are_the_target(shown):
    pixels = pictures(40)
    train_autoencoder(pixels, 1, noise=0.05, generator=seeded())
    clean = {tuple(one.flatten().tolist()) for one in pixels / 255}
    for x, noisy, training in shown:
        assert all(tuple(one.flatten().tolist()) in clean for one in x)
        noise = (noisy - x).std()
        assert noise == pytest.approx(0.05, rel=0.1) if training else noise == 0


def test_each_image_is_trained_on_once_an_epoch_unless_it_is_held_out(shown):
    train_autoencoder(numbered(43), 3, generator=seeded(), batch_size=10, patience=3)
    trained = [(255 * x[:, 0, 0, 0]).round().int().tolist() for x, _, training in shown if training]
    tested = [
        (255 * x[:, 0, 0, 0]).round().int().tolist() for x, _, training in shown if not training
    ]
    assert [len(batch) for batch in trained] == [10, 10, 10, 9] * 3
    epochs = [sum(trained[i : i + 4], []) for i in (0, 4, 8)]
    assert all(sorted(epoch) == list(range(39)) for epoch in epochs)
    assert epochs[0] != epochs[1]
    assert tested == [[39, 40, 41, 42]] * 3


@pytest.mark.parametrize(
    "errors, patience, ran, best",
    [
        ([0.5, 0.3, 0.4, 0.35, 0.1], 2, 4, 1),  # two epochs without a new best: stop
        ([0.5, 0.6, 0.4, 0.45, 0.3], 2, 5, 4),  # a new best starts the count again
        ([0.5, 0.5, 0.1, 0.1, 0.1], 1, 2, 0),  # equal is not better
        ([0.5, 0.4, 0.3, 0.2, 0.1], 2, 5, 4),
    ],
)
def test_it_stops_early_and_returns_the_best_weights(monkeypatch, errors, patience, ran, best):
    kept = []

    def scripted(model, pixels):
        assert not model.training
        kept.append({name: value.clone() for name, value in model.state_dict().items()})
        return errors[len(kept) - 1]

    monkeypatch.setattr(module, "held_out_error", scripted)
    model = train_autoencoder(pictures(20), 5, patience=patience, generator=seeded())
    assert len(kept) == ran
    for name, value in model.state_dict().items():
        assert torch.equal(value, kept[best][name]), name
    if best + 1 < ran:
        last = kept[-1]
        assert any(not torch.equal(value, last[name]) for name, value in kept[best].items())


def test_training_on_a_few_dozen_images_halves_the_error_on_unseen_ones():
    pixels = pictures(60, 16)
    before = train_autoencoder(pixels, 0, generator=seeded())
    after = train_autoencoder(pixels, 8, generator=seeded(), batch_size=9)
    unseen = pictures(30, 16, seed=9)
    assert not after.training
    assert held_out_error(after, unseen) < held_out_error(before, unseen) / 2
    with torch.no_grad():
        assert (latents(after, unseen).std(0) > 0).any()


def test_only_the_generator_decides_and_no_global_state_changes():
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    one, same, other = (
        train_autoencoder(pictures(20), 2, generator=seeded(seed)).state_dict()
        for seed in (1, 1, 2)
    )
    assert all(torch.equal(value, same[name]) for name, value in one.items())
    assert any(not torch.equal(value, other[name]) for name, value in one.items())
    assert torch.equal(before[0], torch.get_rng_state())
    assert (before[1] == np.random.get_state()[1]).all()


def test_it_trains_in_bfloat16_and_its_weights_stay_float32():
    model = train_autoencoder(pictures(20), 1, generator=seeded(), bfloat16=True)
    assert all(value.isfinite().all() for value in model.state_dict().values())
    assert all(p.dtype == torch.float32 for p in model.parameters())


@pytest.mark.parametrize(
    "pixels, said",
    [(pictures(19), "19 images are too few"), (pictures(20, 12), "multiples of 8")],
)
def test_too_few_images_and_sides_that_are_not_multiples_of_8_are_refused(pixels, said):
    with pytest.raises(ValueError, match=said):
        train_autoencoder(pixels, 1)
