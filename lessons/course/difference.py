"""Says what the difference between a wrong result and the right one looks like.

Each fact is measured on the two values. None guesses the reason. A failed comparison shows one
fact if no mistake is named.
"""

import torch
from torch import Tensor

CLOSE = 1e-4  # relative to the largest number
SIMPLE = [2, 3, 4, 5, 8, 10, 100, 255]  # factors of a single number that are worth a sentence


def looks_like(got, expected) -> str:
    """One sentence about how a tensor or number differs from the expected one, or nothing."""
    try:
        if isinstance(got, str) or isinstance(expected, str):
            return ""
        got, expected = torch.as_tensor(got).detach(), torch.as_tensor(expected).detach()
        if got.is_meta or expected.is_meta or not got.numel() or not expected.numel():
            return ""
        whole = not (got.is_floating_point() or expected.is_floating_point())
        got, expected = got.cpu().double(), expected.cpu().double()
    except (TypeError, ValueError, RuntimeError):
        return ""
    if got.shape != expected.shape:
        return other_shape(got, expected)
    if near(got, expected):  # every sentence below would be true of it, or nearly
        return ""
    facts = [not_finite, all_zero, sign, rows_alike, rows_moved, transposed]
    facts += [offset] if whole and got.dim() else [factor, offset]  # labels have no ratio
    for fact in [*facts, few_places]:
        said = fact(got, expected)
        if said:
            return said
    return ""


def near(a: Tensor, b: Tensor) -> bool:
    """Whether two tensors of the same shape are equal up to rounding."""
    finite = torch.isfinite(a) & torch.isfinite(b)
    scale = b[finite].abs().max().item() if finite.any() else 0.0
    return bool(torch.where(finite, (a - b).abs() <= CLOSE * scale, a == b).all())


def other_shape(got: Tensor, expected: Tensor) -> str:
    """The right numbers in another shape."""
    if got.numel() != expected.numel():
        if expected.dim() and got.numel() == 1:
            return "One number came, where many are expected."
        return ""
    if got.dim() == expected.dim() == 2 and got.shape == expected.T.shape and near(got.T, expected):
        return "It is the right result, transposed."
    if near(got.flatten(), expected.flatten()):
        return "The numbers are right, and only the shape is wrong."
    return ""


def not_finite(got: Tensor, expected: Tensor) -> str:
    """NaN or infinity where a number is expected."""
    wrong = ~torch.isfinite(got) & torch.isfinite(expected)
    if not wrong.any():
        return ""
    nan = torch.isnan(got[wrong])
    word = "NaN" if nan.all() else "NaN or infinite" if nan.any() else "infinite"
    if got.dim() == 0:
        return f"It is {word}, but a finite number is expected."
    return f"{int(wrong.sum())} of {got.numel()} entries are {word}, but must be finite."


def all_zero(got: Tensor, expected: Tensor) -> str:
    if got.dim() and expected.any() and not got.any():
        return "All entries are 0." if got.numel() > 1 else "Its only entry is 0."
    return ""


def sign(got: Tensor, expected: Tensor) -> str:
    if expected.any() and near(-got, expected):
        return "It is the right result with its sign reversed."
    return ""


def rows_alike(got: Tensor, expected: Tensor) -> str:
    """The same result in every row, where the rows should differ."""
    if got.dim() == 0 or len(got) < 2 or near(expected, expected[:1].expand_as(expected)):
        return ""
    if not near(got, got[:1].expand_as(got)):
        return ""
    if got.dim() == 1:
        return f"All {len(got)} entries are the same, and the expected ones are not."
    return f"All {len(got)} rows are the same, and the expected ones are not."


def rows_moved(got: Tensor, expected: Tensor) -> str:
    """The right rows in other places."""
    if got.dim() == 0 or len(got) < 3 or rows_alike(expected, got):
        return ""
    what = "row" if got.dim() > 1 else "entry"
    for shift, side in [(1, "before"), (-1, "after")]:
        if near(got, expected.roll(shift, 0)):
            return f"Each {what} holds what the {what} {side} it must hold."
    if near(got, expected.flip(0)):
        return f"The {'rows' if got.dim() > 1 else 'entries'} are right, in reverse order."
    if got.dim() > 1:
        a, b = (one.flatten(1) for one in (got, expected))
        if len(a) <= 256 and a.shape[1] and bool(torch.isfinite(a).all() & torch.isfinite(b).all()):
            order = torch.cdist(a, b).argmin(1)
            if len(order.unique()) == len(a) and near(a, b[order]):
                return "The rows are right, in another order."
    return ""


def transposed(got: Tensor, expected: Tensor) -> str:
    if got.dim() == 2 and got.shape[0] == got.shape[1] > 1 and near(got.T, expected):
        return "It is the right result, transposed."
    return ""


def factor(got: Tensor, expected: Tensor) -> str:
    """Every entry off by one factor."""
    use = torch.isfinite(got) & torch.isfinite(expected) & (expected != 0)
    if not use.any():
        return ""
    ratio = (got[use] * expected[use]).sum() / expected[use].square().sum()
    if ratio == 0 or not near(got, torch.where(torch.isfinite(expected), ratio, 1.0) * expected):
        return ""
    said = simple(ratio.item())
    if got.numel() == 1 or len(expected[use].unique()) < 3:  # any two numbers have a ratio
        return f"It is {said} times what is expected." if said else ""
    return f"Every entry is {said or format(ratio.item(), '.4g')} times what is expected."


def simple(ratio: float) -> str:
    """A ratio as a whole number or a fraction, if it is one."""
    minus = "-" if ratio < 0 else ""
    for n in SIMPLE:
        if abs(abs(ratio) / n - 1) < CLOSE:
            return f"{minus}{n}"
        if abs(abs(ratio) * n - 1) < CLOSE:
            return f"{minus}1/{n}"
    return ""


def offset(got: Tensor, expected: Tensor) -> str:
    """Every entry off by one constant."""
    use = torch.isfinite(got) & torch.isfinite(expected)
    if int(use.sum()) < 3 or near(expected[use], expected[use][:1].expand_as(expected[use])):
        return ""
    constant = (got[use] - expected[use]).mean()
    if not near(got - constant, expected):
        return ""
    way = "large" if constant > 0 else "small"
    return f"Every entry is too {way} by {abs(constant.item()):.4g}."


def few_places(got: Tensor, expected: Tensor) -> str:
    """Right except on the diagonal, or in a single row or column."""
    finite = torch.isfinite(got) & torch.isfinite(expected)
    scale = expected[finite].abs().max() if finite.any() else 0.0
    wrong = torch.where(finite, (got - expected).abs() > CLOSE * scale, got != expected)
    if got.dim() == 2 and got.shape[0] == got.shape[1] > 1:
        if not (wrong & ~torch.eye(len(got), dtype=torch.bool)).any():
            return "It is right except on the diagonal."
        if not wrong.diagonal().all() and wrong.any() and not wrong.tril().any():
            return "It is right except above the diagonal."
    for dim, name in [(0, "row"), (1, "column")]:
        if got.dim() >= 2 and got.shape[dim] > 2:
            other = [d for d in range(got.dim()) if d != dim]
            bad = wrong.any(other[0]) if len(other) == 1 else wrong.amax(other)
            if int(bad.sum()) == 1:
                return f"It is right except in {name} {int(bad.nonzero()[0])}."
    return ""
