"""Heads: their shapes, and what each can and cannot compute."""

import pytest
import torch
from torch import nn

from simclr_mini.heads import predictor, projector


def shapes(head):
    """Shapes of the matrices, in order."""
    return [tuple(p.shape) for p in head.parameters() if p.dim() == 2]


def is_linear(head, width):
    """Whether f(a + b) = f(a) + f(b) - f(0), as it is for a matrix and an offset."""
    a, b = torch.randn(2, 50, width, generator=torch.Generator().manual_seed(0))
    zero = torch.zeros_like(a)
    return torch.allclose(head(a + b), head(a) + head(b) - head(zero), atol=1e-4)


def test_none_is_the_identity():
    """The loss sees h itself, unchanged, and there is nothing to train."""
    h, head = torch.randn(5, 7), projector("none", 7, 6, 3)
    assert torch.equal(head(h), h) and list(head.parameters()) == []


def test_linear_is_one_matrix_and_an_offset():
    """z = W h + b."""
    head, h = projector("linear", 7, 6, 3), torch.randn(5, 7)
    assert shapes(head) == [(3, 7)] and is_linear(head, 7)
    torch.testing.assert_close(head(h), h @ head.weight.T + head.bias)


def test_mlp_is_two_matrices_with_a_norm_and_a_relu_between():
    """z = W2 relu(norm(W1 h)) + b2, written out."""
    head, h = projector("mlp", 7, 6, 3), torch.randn(5, 7)
    first, second = (p for p in head.parameters() if p.dim() == 2)
    assert shapes(head) == [(6, 7), (3, 6)]
    hidden = h @ first.T
    variance = hidden.var(0, unbiased=False)
    hidden = ((hidden - hidden.mean(0)) / (variance + 1e-5).sqrt()).relu()
    torch.testing.assert_close(head(h), hidden @ second.T + head[-1].bias, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("head", [projector("mlp", 7, 6, 3), predictor(7, 6)])
def test_a_nonlinear_head_is_not_one_matrix(head):
    """Without the ReLU, two matrices would be one."""
    assert not is_linear(head.eval(), 7)


@pytest.mark.parametrize("kind", ["none", "linear", "mlp"])
def test_projections_have_both_signs(kind):
    """A ReLU at the end would keep every cosine at 0 or above."""
    torch.manual_seed(0)
    z = projector(kind, 7, 32, 3)(torch.randn(64, 7))
    assert z.min() < 0 < z.max()


@pytest.mark.parametrize("kind, out_dim", [("none", 7), ("linear", 3), ("mlp", 3)])
def test_gradient_reaches_h(kind, out_dim):
    """The encoder learns through the head, and the head does not change h."""
    h = torch.randn(5, 7, requires_grad=True)
    before = h.detach().clone()
    z = projector(kind, 7, 6, 3)(h)
    assert z.shape == (5, out_dim)
    z[:, 0].square().sum().backward()
    assert h.grad.abs().max() > 1e-6 and torch.equal(h, before)


def test_predictor_keeps_the_width():
    """p = q(z) is as wide as z, with a hidden layer between them."""
    head = predictor(7, 20)
    assert shapes(head) == [(20, 7), (7, 20)]
    assert head(torch.randn(5, 7)).shape == (5, 7)


def test_evaluation_does_not_depend_on_the_batch():
    """A row alone gives the same z as in a batch."""
    head, h = projector("mlp", 7, 6, 3), torch.randn(5, 7)
    head(h)
    head.eval()
    torch.testing.assert_close(head(h[:1]), head(h)[:1])


def test_the_hidden_layer_has_no_useless_offset():
    """A norm follows, which subtracts any offset."""
    assert [m.bias is None for m in projector("mlp", 7, 6, 3) if isinstance(m, nn.Linear)] == [
        True,
        False,
    ]


@pytest.mark.parametrize("kind", ["MLP", "", "nonlinear"])
def test_another_kind_is_refused(kind):
    """The message names the three that exist."""
    with pytest.raises(ValueError, match=f'"none", "linear" or "mlp", not {kind!r}'):
        projector(kind, 7, 6, 3)
