"""Lesson 8, second half: noise, the loss that takes it out again, and the latent."""

import math

import torch
from torch import Generator, nn

from lessons.course.check import about, call, rand, wrong
from simclr_mini.autoencoder import Autoencoder, add_noise, reconstruction_loss


def seeded(seed):
    return Generator().manual_seed(seed)


def flat_images(*values, height=30, width=41):
    """One image of each value."""
    return torch.tensor(values).view(-1, 1, 1, 1).repeat(1, 3, height, width)


# Step 6: noise


@about("add_noise")
def test_noise_has_the_standard_deviation_asked_for_around_zero():
    """On black, grey and white images alike, at every size of noise."""
    x = flat_images(0.0, 0.4, 1.0)
    n = x[0].numel()
    for std in [0.2, 0.01]:
        got = call(add_noise, x, std, seeded(1))
        noise = noise_of(got, x)
        for b, name in enumerate(["black", "grey", "white"]):
            size, middle = float(noise[b].std()), float(noise[b].mean())
            if abs(size / std - 1) > 5 / math.sqrt(2 * n):
                wrong(f"Noise on the {name} image.", call=got.call, expected=std, got=size)
            if abs(middle) > 5 * std / math.sqrt(n):
                wrong(f"Mean of the noise on {name}.", call=got.call, expected="0", got=middle)


@about("add_noise")
def test_noise_is_gaussian():
    """31.7 % of it lies beyond one standard deviation, 4.6 % beyond two."""
    x = flat_images(0.5, 0.5, height=64, width=64)
    got = call(add_noise, x, 0.1, seeded(2))
    noise = noise_of(got, x) / 0.1
    for beyond, expected in [(1, 0.3173), (2, 0.0455)]:
        share = float((noise.abs() > beyond).double().mean())
        if abs(share - expected) > 5 * math.sqrt(expected / noise.numel()):
            said = f"Share of the noise beyond {beyond} standard deviations"
            wrong(said, expected=expected, got=share)


@about("add_noise")
def test_every_value_has_noise_of_its_own():
    """No two images, channels, rows or columns share their noise."""
    x = flat_images(0.3, 0.3, height=40, width=40)
    got = call(add_noise, x, 0.3, seeded(3))
    noise = noise_of(got, x)
    for what, one, other in [
        ("images", noise[0], noise[1]),
        ("channels", noise[:, 0], noise[:, 1]),
        ("rows", noise[:, :, 0::2], noise[:, :, 1::2]),
        ("columns", noise[..., 0::2], noise[..., 1::2]),
    ]:
        alike = float(nn.functional.cosine_similarity(one.flatten(), other.flatten(), dim=0))
        if abs(alike) > 0.15:
            wrong(f"Two {what} share noise.", call=got.call, expected="cosine 0", got=alike)


@about("add_noise")
def test_noise_draws_from_the_generator():
    """The same generator state gives the same noise; the global one is left alone."""
    x = flat_images(0.5, height=8, width=8)
    state = torch.get_rng_state()
    one, same, other = (add_noise(x, 0.1, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(one, same), "two equal generators give different noise: is it used?"
    assert not torch.equal(one, other), "two different generators give the same noise"
    source = seeded(1)
    first, second = add_noise(x, 0.1, source), add_noise(x, 0.1, source)
    assert not torch.equal(first, second), "one generator gives the same noise again and again"
    assert torch.equal(state, torch.get_rng_state()), "torch's global generator has moved"
    call(add_noise, x, 0.0, seeded(1)).gives(x, why="Noise of standard deviation 0 is none.")


# Step 7: the loss


class Scale(nn.Module):
    """A model of one number: it multiplies. Keeps what it was shown."""

    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight, dtype=torch.float64))
        self.shown = []

    def forward(self, x):
        self.shown.append(x)
        return self.weight.to(x.dtype) * x


@about("reconstruction_loss")
def test_loss_by_hand():
    """Shown 0.6, the model gives 0.3; the clean image is 0.1: 0.2 squared is 0.04."""
    clean, noisy = flat_images(0.1, 0.1), flat_images(0.6, 0.6)
    call(reconstruction_loss, Scale(0.5), clean, noisy).gives(0.04, rtol=1e-5)


@about("reconstruction_loss")
def test_loss_is_the_mean_over_every_value_in_loops(oracle):
    """Each image, channel and pixel counts the same, however many there are."""
    for B, height, width in [(1, 4, 4), (2, 3, 5), (5, 7, 2)]:
        clean, noisy = (rand(B, 3, height, width, seed=s).sigmoid() for s in (1, 2))
        expected = float(oracle("reconstruction_loss")(Scale(0.7), clean, noisy))
        call(reconstruction_loss, Scale(0.7), clean, noisy).gives(expected, rtol=1e-5)


@about("reconstruction_loss")
def test_the_model_is_shown_the_noisy_images():
    """Whoever is shown the answer learns to copy it."""
    clean, noisy = rand(3, 3, 4, 4, seed=1), rand(3, 3, 4, 4, seed=2)
    model = Scale()
    call(reconstruction_loss, model, clean, noisy)
    assert model.shown, "the model was not called"
    for seen in model.shown:
        assert seen.shape == noisy.shape, f"the model was shown {tuple(seen.shape)}"
        assert torch.equal(seen, noisy), "the model was shown something else than the noisy images"
    assert model.training, "the loss must leave the model in the mode it was in"


@about("reconstruction_loss")
def test_the_best_answer_to_noise_is_to_shrink_it():
    """Clean values ±1, noise of variance 1/4: of all multiples, 1 / (1 + 1/4) is best, not 1.

    With the noisy image as target, a model that copies would be perfect.
    """
    clean = torch.ones(1, 3, 50, 50)
    clean[..., ::2] = -1
    noisy = clean + 0.5 * rand(1, 3, 50, 50, seed=3)
    best = float((clean * noisy).sum() / noisy.square().sum())  # about 0.8
    slope = {}
    for weight in (best, 1.0):
        model = Scale(weight)
        got = call(reconstruction_loss, model, clean, noisy)
        if not got.value.requires_grad:
            wrong("No gradient reaches the model.", call=got.call)
        (slope[weight],) = torch.autograd.grad(got.value, model.weight)
    expected = 2 * float(noisy.square().mean()) * (1 - best)
    if abs(float(slope[best])) > 1e-4:
        wrong("Slope of the loss at the best multiple", expected=0.0, got=slope[best])
    if abs(float(slope[1.0]) - expected) > 1e-3:
        wrong("Slope of the loss at a multiple of 1", expected=expected, got=slope[1.0])


# Step 8: the latent


def with_encoder(encoder, mode=False):
    """An autoencoder that has only this encoder."""
    model = Autoencoder.__new__(Autoencoder)
    nn.Module.__init__(model)
    model.encoder = encoder
    return model.train(mode)


@about("Autoencoder.latent")
def test_latent_by_hand():
    """The code has two channels: the means of 1 2 3 6 and of 0 0 0 -4 are 3 and -1."""
    code = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, -4.0]]]])
    model = with_encoder(nn.Identity())
    call(model.latent, code).gives(torch.tensor([[3.0, -1.0]]), rtol=1e-6)


@about("Autoencoder.latent")
def test_latent_is_the_mean_of_each_channel_in_loops(oracle):
    """Image by image, whatever the height and width."""
    for B, height, width in [(1, 8, 8), (3, 8, 24), (2, 16, 8)]:
        model = with_encoder(Autoencoder().encoder)
        x = rand(B, 3, height, width, seed=B).sigmoid()
        with torch.no_grad():
            expected = oracle("Autoencoder.latent")(model, x)
            call(model.latent, x).gives(expected, rtol=1e-5)


@about("Autoencoder.latent")
def test_latent_is_of_the_clean_image_and_of_no_other():
    """Asked twice it is the same: no noise. And the rest of the batch does not matter."""
    encoder = nn.Sequential(nn.Conv2d(3, 5, 2, stride=2), nn.BatchNorm2d(5))
    model = with_encoder(encoder)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x = rand(4, 3, 6, 6, seed=1)
    expected = encoder(x).flatten(2).mean(2).detach()
    call(model.latent, x).gives(expected, rtol=1e-5, atol=1e-6)
    call(model.latent, x[2:3]).gives(expected[2:3], rtol=1e-5, atol=1e-6)
    call(model.latent, x.flip(0)).gives(expected.flip(0), rtol=1e-5, atol=1e-6)
    assert not model.training, "the model was in evaluation mode and must stay in it"
    same = all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert same, "a latent was asked for, and batch norm has moved its statistics"


def noise_of(got, x):
    """What was added, once the result is known to be images."""
    if not isinstance(got.value, torch.Tensor) or got.value.shape != x.shape:
        wrong("", call=got.call, expected=f"shape {tuple(x.shape)}", got=got.value)
    return (got.value - x).double()
