"""Gradient caching: the whole batch's gradient, and the second pass leaves no trace."""

import warnings

import pytest
import torch
from torch import nn

from simclr_mini.build import build_method
from simclr_mini.grad_cache import project_in_chunks, warn_of_live_norms
from simclr_mini.methods import configure
from simclr_mini.resnet import BasicBlock, ResNet, use_group_norm
from simclr_mini.train import project
from tests.one_step import IMAGES, LOSSES, B, build, gradient, loss_of, small


def step(config, chunk_size):
    """Method, loss and gradient after one step in float64; the same each time."""
    method = build(config)
    loss = loss_of(method, 3, chunk_size)
    loss.backward()
    return method, loss, gradient(method)


@pytest.mark.parametrize("name", LOSSES)
def test_the_gradient_is_that_of_the_whole_batch(name):
    config = small(**LOSSES[name])
    _, loss, whole = step(config, 0)
    for chunk_size in (1, 3):
        _, cached_loss, cached = step(config, chunk_size)
        torch.testing.assert_close(cached_loss, loss, rtol=1e-12, atol=0)
        assert (cached - whole).norm() <= 1e-10 * whole.norm()
    assert whole.norm() > 0


def test_frozen_statistics_are_exact_too():
    def frozen_gradient(chunk_size):
        method = build(small(norm="batch")).eval()
        loss_of(method, 0, chunk_size).backward()
        return gradient(method)

    whole, cached = frozen_gradient(0), frozen_gradient(3)
    assert (cached - whole).norm() <= 1e-10 * whole.norm()


class OneNorm(nn.Module):
    """A batch norm alone, so that its statistics do not depend on another's."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(2)

    def project_views(self, views):
        return [self.norm(x) for x in views]


def test_running_statistics_are_updated_once_with_the_mean_over_chunks():
    """Two views, 6 images in chunks of 2: r = 0.9 (0.9 r + 0.1 s1) + 0.1 s2, s the chunks' mean."""
    x1, x2 = torch.randn(2, 6, 2, generator=torch.Generator().manual_seed(0)).unbind()
    method = OneNorm()
    z = project_in_chunks(method, [x1, x2], 2)
    (z[0].sum() + z[1].square().sum()).backward()  # the second pass must not count
    mean = 0.9 * 0.1 * x1.mean(0) + 0.1 * x2.mean(0)
    v1, v2 = (x.view(3, 2, 2).var(1).mean(0) for x in (x1, x2))
    variance = 0.81 + 0.9 * 0.1 * v1 + 0.1 * v2
    torch.testing.assert_close(method.norm.running_mean, mean)
    torch.testing.assert_close(method.norm.running_var, variance)
    assert method.norm.num_batches_tracked == 2


def test_live_batch_norms_give_another_gradient_and_say_so_once():
    config = small(norm="batch")
    _, _, whole = step(config, 0)
    method, _, cached = step(config, 4)
    assert (cached - whole).norm() > 0.01 * whole.norm()
    with pytest.warns(UserWarning, match="sees 4 images at a time, not 7.*--norm group") as seen:
        warn_of_live_norms(method, B, 4)
    assert len(seen) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_live_norms(method, B, 0)
        warn_of_live_norms(method, B, B)
        warn_of_live_norms(method.eval(), B, 4)
        warn_of_live_norms(build(small()), B, 4)


def test_only_one_chunk_is_in_the_network_at_a_time():
    """In both passes. What a second pass has saved is gone before the next chunk's."""
    method = build(small())
    sizes = []
    method.encoder.conv1.register_forward_hook(lambda m, x, y: sizes.append(len(x[0])))
    x = IMAGES.pixels[:B].double() / 255
    z = project(method, [x, x], False, 3)
    assert sizes == [3, 3, 2, 2, 2, 2]  # two views of each chunk
    method.loss_of_views(z, torch.arange(B)).backward()
    assert sorted(sizes[6:]) == [2, 2, 2, 2, 3, 3]


def test_methods_that_cannot_and_sizes_that_cannot_are_refused():
    with pytest.raises(ValueError, match="moco does not use --chunk-size"):
        configure("moco", chunk_size=8)
    with pytest.raises(ValueError, match="--chunk-size must be 3 or more with --norm batch"):
        configure(chunk_size=2).check()
    configure(chunk_size=1, norm="group").check()


def test_group_norms_take_the_place_of_all_batch_norms():
    """An image's representation depends on no other image; scales and biases are kept."""
    encoder = ResNet(BasicBlock, (1, 1), (16, 48), zero_init=True)
    names = [name for name, _ in encoder.named_parameters()]
    use_group_norm(encoder)
    assert not any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in encoder.modules())
    assert [name for name, _ in encoder.named_parameters()] == names
    assert encoder.layer1[0].bn2.weight.abs().max() == 0
    assert (encoder.bn1.num_groups, encoder.layer2[0].bn1.num_groups) == (1, 3)
    x = torch.randn(5, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(encoder(x)[:2], encoder(x[:2]))


@pytest.mark.parametrize("method", ["simclr", "nnclr", "moco"])
def test_a_run_with_group_norms_has_no_batch_norm(method):
    made = build_method(configure(method, norm="group", hidden_dim=100), IMAGES)
    assert not any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in made.modules())
    heads = [m for m in made.modules() if isinstance(m, nn.GroupNorm) and m.num_channels == 100]
    assert heads and all(m.num_groups == 1 for m in heads)  # 16 does not divide 100
    if method == "moco":
        assert not any(p.requires_grad for p in made.key_network.parameters())
