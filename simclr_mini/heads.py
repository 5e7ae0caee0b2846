"""Heads: the small networks between the representation h and the loss.

The loss sees z = projector(h); the representation that is kept is h. Training throws information
away in z that h may keep, so h does better afterwards (section 4.2 and table 3 of the paper).

Paper: Chen et al. 2020, sections 2.1 and 4.2. https://arxiv.org/abs/2002.05709
Differs: a batch norm follows the hidden layer, as in the authors' code (not in the paper's text).
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
        hidden_dim: width of the hidden layer of "mlp".
        out_dim: d, width of z. "none" keeps D.

    Returns:
        A module that maps (B, D) to (B, d).

    Raises:
        ValueError: another kind.
    """
    # "none": the loss sees h itself
    if kind == "none":
        return nn.Identity()
    # "linear": one matrix
    if kind == "linear":
        return nn.Linear(in_dim, out_dim)
    # "mlp": two matrices, a norm and a ReLU between them; nothing after the second
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
    # the norm has an offset of its own, so the first matrix needs none
    return nn.Sequential(
        nn.Linear(in_dim, hidden_dim, bias=False),
        nn.BatchNorm1d(hidden_dim),
        nn.ReLU(),
        nn.Linear(hidden_dim, out_dim),
    )


def predictor(dim: int, hidden_dim: int) -> nn.Sequential:
    """The head q with p = q(z), of the same width on both sides. NNCLR, section 3.2.

    Args:
        dim: d, width of z and of p.
        hidden_dim: width of the hidden layer.

    Returns:
        A module that maps (B, d) to (B, d).
    """
    return mlp(dim, hidden_dim, dim)
