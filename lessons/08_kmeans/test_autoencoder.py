"""Lesson 8, second half: noise, the loss that teaches a model to remove it, and the latent."""

import math

import torch
from torch import Generator, nn

from lessons.course.check import about, call, draws_without_generator, rand, wrong
from lessons.course.device import stays_on_device
from simclr_mini.autoencoder import Autoencoder, add_noise, reconstruction_loss


def seeded(seed):
    return Generator().manual_seed(seed)


def flat_images(*values, height=30, width=41):
    """One image for each value, filled with it."""
    return torch.tensor(values).view(-1, 1, 1, 1).repeat(1, 3, height, width)


# Step 6: noise


@about("add_noise")
def test_noise_has_mean_zero_and_the_given_standard_deviation():
    """This holds for black, grey and white images, and for strong and weak noise."""
    x = flat_images(0.0, 0.4, 1.0)
    n = x[0].numel()
    for std in [0.2, 0.01]:
        got = call(add_noise, x, std, seeded(1))
        noise = noise_of(got, x)
        for b, name in enumerate(["black", "grey", "white"]):
            size, middle = float(noise[b].std()), float(noise[b].mean())
            if abs(size / std - 1) > 5 / math.sqrt(2 * n):
                said = f"The noise on the {name} image has the wrong standard deviation."
                wrong(said, call=got.call, expected=std, got=size)
            if abs(middle) > 5 * std / math.sqrt(n):
                said = f"The noise on the {name} image has the wrong mean."
                wrong(said, call=got.call, expected="0", got=middle)


@about("add_noise")
def test_noise_is_gaussian():
    """31.7% of the noise lies beyond one standard deviation, and 4.6% beyond two."""
    x = flat_images(0.5, 0.5, height=64, width=64)
    got = call(add_noise, x, 0.1, seeded(2))
    noise = noise_of(got, x) / 0.1
    for beyond, expected in [(1, 0.3173), (2, 0.0455)]:
        share = float((noise.abs() > beyond).double().mean())
        if abs(share - expected) > 5 * math.sqrt(expected / noise.numel()):
            said = f"The wrong share of the noise lies beyond {beyond} x std."
            wrong(said, expected=expected, got=share)


@about("add_noise")
def test_every_value_has_independent_noise():
    """No two images, channels, rows or columns have the same noise."""
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
            said = f"The noise of two {what} is correlated."
            wrong(said, call=got.call, expected="cosine 0", got=alike)


@about("add_noise")
def test_add_noise_draws_only_from_the_generator():
    """The same generator state gives the same noise, and the global generator is not used."""
    x = flat_images(0.5, height=8, width=8)
    state = torch.get_rng_state()
    one, same, other = (add_noise(x, 0.1, seeded(s)) for s in (1, 1, 2))
    assert torch.equal(one, same), "the same seed gave different noise: do you use the generator?"
    assert not torch.equal(one, other), "two different generators gave the same noise"
    source = seeded(1)
    first, second = add_noise(x, 0.1, source), add_noise(x, 0.1, source)
    assert not torch.equal(first, second), "the same noise came twice: the generator must advance"
    assert torch.equal(state, torch.get_rng_state()), "you drew from torch's global generator"
    draws_without_generator(lambda: add_noise(x, 0.1))
    why = "Noise of standard deviation 0 changes nothing."
    call(add_noise, x, 0.0, seeded(1)).gives(x, why=why)


@about("add_noise")
def test_add_noise_keeps_the_dtype_and_the_device():
    """The noise is drawn on the CPU, and the images may be on a GPU, for which `meta` stands."""
    x = flat_images(0.5, height=3, width=3)
    for dtype in [torch.float64, torch.bfloat16]:
        kind_is(call(add_noise, x.to(dtype), 0.1, seeded(1)), dtype)
    stays_on_device(add_noise, x, 0.1, seeded(1))


# Step 7: the loss


class Scale(nn.Module):
    """A model that multiplies its input by its only weight. It records what it is shown."""

    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight, dtype=torch.float64))
        self.shown = []

    def forward(self, x):
        self.shown.append(x)
        return self.weight.to(x.dtype) * x


@about("reconstruction_loss")
def test_loss_by_hand():
    """For 0.6 the model returns 0.3, and the clean image is 0.1: 0.2 squared is 0.04."""
    clean, noisy = flat_images(0.1, 0.1), flat_images(0.6, 0.6)
    call(reconstruction_loss, Scale(0.5), clean, noisy).gives(0.04, rtol=1e-5)


@about("reconstruction_loss")
def test_loss_is_the_mean_over_every_value_in_loops(oracle):
    """Every image, channel and pixel has the same weight, however many there are."""
    for B, height, width in [(1, 4, 4), (2, 3, 5), (5, 7, 2)]:
        clean, noisy = (rand(B, 3, height, width, seed=s).sigmoid() for s in (1, 2))
        expected = float(oracle("reconstruction_loss")(Scale(0.7), clean, noisy))
        call(reconstruction_loss, Scale(0.7), clean, noisy).gives(expected, rtol=1e-5)


@about("reconstruction_loss")
def test_the_model_is_shown_the_noisy_images():
    """A model that is shown the answer learns to copy it."""
    clean, noisy = rand(3, 3, 4, 4, seed=1), rand(3, 3, 4, 4, seed=2)
    model = Scale()
    call(reconstruction_loss, model, clean, noisy)
    assert model.shown, "the model was not called"
    for seen in model.shown:
        assert seen.shape == noisy.shape, f"the model was shown {tuple(seen.shape)}"
        assert torch.equal(seen, noisy), "the model was shown something other than the noisy images"
    assert model.training, "the loss must leave the model in the mode it was in"


@about("reconstruction_loss")
def test_a_model_in_eval_mode_stays_there():
    """The loss of held-out images is measured in eval mode."""
    clean, noisy = rand(3, 3, 4, 4, seed=1), rand(3, 3, 4, 4, seed=2)
    model = nn.Sequential(nn.BatchNorm2d(3), Scale()).eval()
    got = call(reconstruction_loss, model, clean, noisy)
    if model.training or int(model[0].num_batches_tracked):
        wrong("You switched the model to train mode.", call=got.call)


@about("reconstruction_loss")
def test_the_best_answer_to_noise_is_to_shrink_it():
    """Clean values are ±1, and noise has variance 1/4: multiplying by 1 / (1 + 1/4) is best.

    If the noisy image were the target, multiplying by 1, which is copying, would be perfect.
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
        said = "The loss has the wrong slope where the model multiplies by the best factor."
        wrong(said, expected=0.0, got=slope[best])
    if abs(float(slope[1.0]) - expected) > 1e-3:
        said = "The loss has the wrong slope where the model multiplies by 1."
        wrong(said, expected=expected, got=slope[1.0])


@about("reconstruction_loss")
def test_gradient_goes_back_through_a_sigmoid():
    """The decoder ends in a sigmoid, whose backward pass needs the values that it returned."""
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Sigmoid()), rand(2, 3, 4, 4, seed=1).sigmoid()
    expected = torch.autograd.grad((model(x) - x).square().mean(), model[0].weight)[0]
    got = call(reconstruction_loss, model, x, x)
    try:
        (grad,) = torch.autograd.grad(got.value, model[0].weight)
    except RuntimeError as error:
        said = "No gradient flows through the sigmoid: do you change the model's output in place?"
        wrong(said, call=got.call, got=str(error).splitlines()[0][:70])
    if not torch.allclose(grad, expected, rtol=1e-4, atol=1e-7):
        wrong("The gradient is wrong.", call=got.call, expected=expected, got=grad)


@about("reconstruction_loss")
def test_loss_is_computed_in_float32_on_the_device_of_the_images():
    """bfloat16 has about three digits, so the mean is taken in float32. `meta` stands for a GPU."""
    model = Scale(0.5)
    clean, noisy = (rand(2, 3, 4, 5, seed=s).bfloat16() for s in (1, 2))
    expected = (0.5 * noisy.double() - clean.double()).square().mean()
    got = call(reconstruction_loss, model, clean, noisy).gives(expected, rtol=1e-4)
    if got.value.dtype != torch.float64:  # wider than required
        kind_is(got, torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        got = call(reconstruction_loss, model, clean, noisy).gives(expected, rtol=1e-4)
    if got.value.dtype != torch.float64:
        kind_is(got, torch.float32)
    stays_on_device(reconstruction_loss, nn.Conv2d(3, 3, 1), clean, clean)


# Step 8: the latent


def with_encoder(encoder, mode=False):
    """An autoencoder that has this encoder and no decoder."""
    model = Autoencoder.__new__(Autoencoder)
    nn.Module.__init__(model)
    model.encoder = encoder
    return model.train(mode)


@about("Autoencoder.latent")
def test_latent_by_hand():
    """The code has two channels, 1 2 3 6 and 0 0 0 -4, whose means are 3 and -1."""
    code = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]], [[0.0, 0.0], [0.0, -4.0]]]])
    model = with_encoder(nn.Sequential(nn.Identity()))
    call(model.latent, code).gives(torch.tensor([[3.0, -1.0]]), rtol=1e-6)


@about("Autoencoder.latent")
def test_latent_is_the_mean_of_each_channel_in_loops(oracle):
    """The reference goes image by image, and takes any height and width."""
    for B, height, width in [(1, 8, 8), (3, 8, 24), (2, 16, 8)]:
        model = with_encoder(Autoencoder().encoder)
        x = rand(B, 3, height, width, seed=B).sigmoid()
        with torch.no_grad():
            expected = oracle("Autoencoder.latent")(model, x)
            call(model.latent, x).gives(expected, rtol=1e-5)


@about("Autoencoder.latent")
def test_latent_depends_on_nothing_but_the_image():
    """Two calls give the same latent: there is no noise, and other images play no part."""
    encoder = nn.Sequential(nn.Conv2d(3, 5, 2, stride=2), nn.BatchNorm2d(5))
    model = with_encoder(encoder)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    x = rand(4, 3, 6, 6, seed=1)
    expected = encoder(x).flatten(2).mean(2).detach()
    call(model.latent, x).gives(expected, rtol=1e-5, atol=1e-6)
    call(model.latent, x[2:3]).gives(expected[2:3], rtol=1e-5, atol=1e-6)
    call(model.latent, x.flip(0)).gives(expected.flip(0), rtol=1e-5, atol=1e-6)
    assert not model.training, "the model was in eval mode and must stay in it"
    free = with_encoder(nn.Sequential(nn.Conv2d(3, 5, 2)), mode=True)
    call(free.latent, x)
    assert free.training and free.encoder.training, (
        "the model was in train mode and must stay in it"
    )
    kind_is(call(with_encoder(nn.Sequential(nn.Identity())).latent, x.double()), torch.float64)
    kind_is(call(with_encoder(nn.Sequential(nn.Identity())).latent, x.bfloat16()), torch.bfloat16)
    ones = torch.ones(1, 3, 28, 28).bfloat16()
    why = "A sum of ones in bfloat16 stops at 256."
    call(with_encoder(nn.Sequential(nn.Identity())).latent, ones).gives(ones[:, :, 0, 0], why=why)
    there = with_encoder(nn.Sequential(nn.Conv2d(3, 5, 2))).to("meta")
    stays_on_device(there.latent, x)
    same = all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert same, "computing a latent has changed the running statistics of batch norm"


def kind_is(got, dtype):
    """The result has the dtype that the docstring promises."""
    if not isinstance(got.value, torch.Tensor) or got.value.dtype != dtype:
        came = getattr(got.value, "dtype", type(got.value).__name__)
        wrong("The result has the wrong dtype.", call=got.call, expected=dtype, got=came)


def noise_of(got, x):
    """The noise that was added, once it is certain that the result has the shape of x."""
    if not isinstance(got.value, torch.Tensor) or got.value.shape != x.shape:
        wrong("", call=got.call, expected=f"shape {tuple(x.shape)}", got=got.value)
    return (got.value - x).double()
