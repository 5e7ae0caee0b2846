"""Heads: the small networks between the representation h and the loss.

The loss sees z = projector(h), but h is the representation that is kept. The loss makes z discard
information that h may keep, so h works better afterwards (section 4.2 and table 3 of the paper).

Paper: Chen et al. 2020, sections 2.1 and 4.2. https://arxiv.org/abs/2002.05709
Differs: a batch norm follows the first matrix, as in the authors' code but not in the paper's text.

Modules are built in torch's default dtype, on its default device. A module's output has the dtype
and device of its input, which must be those of its weights. A norm has torch's default momentum and
epsilon.
"""

from torch import nn


def projector(kind: str, in_dim: int, hidden_dim: int, out_dim: int) -> nn.Module:
    """The head g with z = g(h). Section 4.2 compares these three.

    none:   z = h
    linear: z = W h + b
    mlp:    z = W2 relu(norm(W1 h)) + b2

    Args:
        kind: "none", "linear" or "mlp".
        in_dim: D, width of h.
        hidden_dim: width of the hidden layer; only "mlp" uses it.
        out_dim: d, width of z; "none" ignores it and keeps D, and draws no random numbers.

    Returns:
        A module that maps (B, D) to (B, d).

    Raises:
        ValueError: if `kind` is none of these.
    """
    # for "none", let the loss see h itself
    if kind == "none":
        return nn.Identity()
    # for "linear", use one matrix
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    # for "mlp", use two matrices with a norm and a ReLU between them, and nothing after the second
    if kind == "mlp":
        return mlp(in_dim, hidden_dim, out_dim)
    raise ValueError(f'a projector is "none", "linear" or "mlp", not {kind!r}')


def mlp(in_dim: int, hidden_dim: int, out_dim: int) -> nn.Sequential:
    """A perceptron with one hidden layer: linear, batch norm, ReLU, linear.

    Args:
        in_dim, hidden_dim, out_dim: widths of the input, the hidden layer and the output.

    Returns:
        A module that maps (B, in_dim) to (B, out_dim).
    """
    # give the first matrix no bias, as the norm after it has one
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )


def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    """The head q with p = q(z), which NNCLR adds. z and p have the same width.

    Args:
        dim: d, width of z and p.
        hidden_dim: width of the hidden layer.

    Returns:
        A module that maps (B, d) to (B, d).
    """
    return mlp(dim, hidden_dim, dim)
