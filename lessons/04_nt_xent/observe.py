"""Results of lesson 4's functions on small, unusual inputs. They identify known mistakes."""

import math

import torch

from lessons.course.check import rand
from lessons.course.device import stays
from lessons.course.evidence import as_arrays, equal, refuses, tried

SIMILARITY = rand(6, 6, seed=3).tanh()


def views(B: int, d: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Projections of two views; their norms differ between views and between images."""
    lengths = torch.linspace(0.3, 4, B)[:, None]
    z1, z2 = rand(B, d, seed=1) * lengths, rand(B, d, seed=2) * lengths.flip(0)
    return z1.requires_grad_(), z2.requires_grad_()


def similarity_matrix(module):
    f = module.similarity_matrix
    z1, z2 = (z.detach() for z in views(3, 5))
    large = tuple((200 * z / z.norm(dim=1, keepdim=True)).half() for z in (z1, z2))
    half, short = got(f, *large), got(f, z1.bfloat16(), z2.bfloat16())
    double = got(f, z1.double(), z2.double())
    given = z1.clone(), z2.clone()
    seen = {"s": got(f, *given), "kept": torch.equal(given[0], z1) and torch.equal(given[1], z2)}
    seen["gradient"] = tried(gradient_of_similarity, f)
    seen["tiny"] = got(f, 1e-2 * z1, 1e-2 * z2)
    zeros = z1 * torch.tensor([[1.0], [0.0], [1.0]])
    came = got(f, zeros, z2)
    finite = bool(came.isfinite().all()) if isinstance(came, torch.Tensor) else came
    seen["also zeros"] = f"{finite}, gradient {tried(finite_gradient, f, zeros, z2)}"
    seen["tinier"] = got(f, 1e-6 * z1, 1e-5 * z2)
    seen["widened"], seen["bfloat16"] = (
        type_of(s) in ("float32", "float64") for s in (half, short)
    )
    seen["type"] = type_of(seen["s"])
    asked = seen["kept"] and quality(seen["s"], (z1, z2)) == "right"
    seen["large"] = quality(half, large) if asked else "not asked"
    huge = tuple((1.5 * z.float()).half() for z in large)  # products overflow half precision
    seen["huge"] = quality(got(f, *huge), huge) if asked else "not asked"
    seen["double"] = type_of(double) == "float64"
    return seen | {"stays": stays(f, z1, z2)}


def got(f, *args):
    """What f returns, or the error that it raises, or "nothing" for None."""
    value = tried(f, *args)
    return "nothing" if value is None else value


def finite_gradient(f, z1, z2) -> bool:
    """Whether the gradient for z1 has no NaN and no infinity."""
    z1 = z1.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(f(z1, z2).sum(), z1)
    return bool(gradient.isfinite().all())


def gradient_of_similarity(f):
    """The gradients of a weighted sum of the matrix with respect to both views."""
    z1, z2 = views(3, 5)
    s = f(z1, z2)
    weights = SIMILARITY if s.shape == (6, 6) else rand(*s.shape, seed=4)
    total = (s * weights).sum() + 0 * z1.sum()
    return none_is_zero(torch.autograd.grad(total, (z1, z2), allow_unused=True))


def quality(s, views) -> str:
    """Whether the cosines of large numbers in half precision are right; if not, what is wrong."""
    z = torch.nn.functional.normalize(torch.cat(views).float(), dim=1)
    if not isinstance(s, torch.Tensor) or s.shape != (len(z), len(z)):
        return "another shape"
    if s.isnan().any():
        return "not a number"
    error = (s - z @ z.T).abs().max()
    return "right" if error < 1e-4 else f"{type_of(s)}, rounded" if error < 5e-3 else "wrong"


def type_of(value) -> str:
    """The type of a tensor, such as float32, or of anything else."""
    return str(getattr(value, "dtype", type(value).__name__)).removeprefix("torch.")


def positive_index(module):
    default = tried(on_meta, module.positive_index, 13)  # no test asks for this size
    seen = {B: got(module.positive_index, B) for B in (1, 2, 3, 5)}
    twice = [got(module.positive_index, 4) for _ in range(2)]
    return seen | {
        "default": default,
        "there": tried(lambda: module.positive_index(3, "meta").device.type),
        "its own": twice[0] is not twice[1],
        "widened": type_of(seen[3]) == "int64",
        "type": type_of(seen[3]),
    }


def on_meta(f, *args):
    """The device of what f returns, when torch's default device is `meta`."""
    with torch.device("meta"):
        return f(*args).device.type


def candidate_logits(module):
    f = module.candidate_logits
    given = SIMILARITY.clone()
    seen = {"logits": got(f, given, 0.3), "kept": torch.equal(given, SIMILARITY)}
    at_one = SIMILARITY.clone()
    got(f, at_one, 1.0)
    seen["kept at 1"] = torch.equal(at_one, SIMILARITY)
    seen["gradient"] = tried(gradient_of_logits, f)
    seen["other"] = got(f, SIMILARITY[:4, :4].clone(), 0.07)
    seen["of unit norm"] = got(f, SIMILARITY.clone().fill_diagonal_(1), 0.3)
    seen["of equal views"] = tried(shares_of_equal_views, f)
    seen["double"] = type_of(got(f, SIMILARITY.double(), 0.3)) == "float64"
    seen["widened"] = type_of(seen["logits"]) == "float32"
    return seen | {"stays": stays(f, SIMILARITY, 0.3)}


def shares_of_equal_views(f):
    """The softmax of each row if two views of unit norm are equal."""
    s = SIMILARITY.clone().fill_diagonal_(1)
    s[0, 3] = s[3, 0] = 1
    return f(s, 0.3).softmax(-1)


def gradient_of_logits(f):
    """The gradient of a weighted sum of the softmax with respect to the similarities."""
    s = SIMILARITY.clone().requires_grad_()
    share = f(s, 0.3).softmax(-1)
    weights = SIMILARITY.flip(0) if share.shape == (6, 6) else rand(*share.shape, seed=4)
    total = (share * weights).sum() + 0 * s.sum()  # a missing gradient is 0
    return none_is_zero(torch.autograd.grad(total, s))


def nt_xent_loss(module):
    f, seen = module.nt_xent_loss, {}
    right = True
    cases = [(3, 5, 0.5), (5, 3, 0.1), (4, 7, 1.0), (3, 40, 0.05), (4, 16, 0.06), (8, 40, 0.07)]
    for case in cases:
        seen["{} {} {}".format(*case)] = came = tried(loss_and_gradient, f, *case)
        right = right and is_right(came[0], *case)
        if case[2] < 0.1:  # here, subtracting exp(1 / tau) leaves little but rounding errors
            wide = tried(loss_and_gradient, f, *case, torch.float64)
            if is_right(wide[0], *case) and not equal(as_arrays(came), as_arrays(wide), 1e-4):
                seen["{} {} {}".format(*case)] = "right in float64 only"
    seen["many"] = tried(loss_and_gradient, f, 21, 3, 0.2)
    seen["0.01"] = tried(loss_and_gradient, f, 3, 2, 0.01) if right else "not asked"
    seen["far"] = tried(loss_with_a_far_view, f) if right else "not asked"
    fine = right and is_right(seen["0.01"][0], 3, 2, 0.01)  # only then is half precision tried
    z1, z2 = (z.detach() for z in views(6, 5))
    near = z1.half(), (z1 + 0.1 * z2).half()  # the loss is small, so rounding shows
    half = [got(f, *near, t) if fine else "" for t in (0.05, 0.02)]
    seen["half"] = [one.float() if isinstance(one, torch.Tensor) else one for one in half]
    seen["widened"] = type_of(half[0]) != "float16"
    z1, z2 = (z.detach() for z in views(3, 5))
    given = z1.clone(), z2.clone()
    seen["default"] = got(f, *given)
    seen["kept"] = torch.equal(given[0], z1) and torch.equal(given[1], z2)
    with torch.no_grad():
        got(f, z1, z2)
        seen["gradients"] = torch.is_grad_enabled()
    broken = z1.clone()
    broken[1, 1] = torch.nan
    seen["broken"] = tried(lambda: math.isfinite(float(f(broken, z2))))
    bad = [(z1[:1], z2[:1], 0.5), (z1, z2[:2], 0.5), (z1, z2[:, :4], 0.5)]
    bad += [(z1, z2, temperature) for temperature in (0.0, -0.5, math.nan)]
    seen["also refused"] = str([refuses(f, *args) == "ValueError" for args in bad])
    seen["type"] = type(seen["default"]).__name__
    seen["double"] = type_of(got(f, z1.double(), z2.double())) == "float64"
    seen["stays"] = stays(f, z1, z2)
    return seen


def loss_with_a_far_view(f):
    """The loss of three images at a low temperature; one view is far from all others."""
    z1 = torch.tensor([[1.0, 0.0], [1.0, 0.02], [-1.0, 0.0]])
    z2 = torch.tensor([[1.0, 0.01], [1.0, 0.03], [0.0, 1.0]])
    return f(z1, z2, 0.005)


def is_right(loss, B: int, d: int, temperature: float) -> bool:
    """Whether a loss is that of equation 1. If not, it does not matter whether it overflows."""
    z = torch.nn.functional.normalize(torch.cat(views(B, d)), dim=1)
    logits = (z @ z.T / temperature).fill_diagonal_(-torch.inf)
    right = torch.nn.functional.cross_entropy(logits, torch.arange(2 * B).roll(B)).item()
    is_scalar = isinstance(loss, torch.Tensor) and loss.dim() == 0
    return is_scalar and abs(loss.item() - right) < 1e-3 * abs(right) + 1e-5


def loss_and_gradient(f, B: int, d: int, temperature: float, dtype=torch.float32) -> tuple:
    """The loss of some views, and its gradients."""
    z1, z2 = (z.detach().to(dtype).requires_grad_() for z in views(B, d))
    loss = f(z1, z2, temperature)
    if not isinstance(loss, torch.Tensor):
        return loss if isinstance(loss, float) else type(loss).__name__, "no gradient"
    if not loss.requires_grad:
        return loss, "no gradient"
    return loss, *none_is_zero(torch.autograd.grad(loss.sum(), (z1, z2), allow_unused=True))


def none_is_zero(grads):
    """The gradients, with 0 for missing ones and for mere rounding errors."""
    return tuple(
        torch.zeros(1) if grad is None else torch.where(grad.abs() < 1e-6, 0 * grad, grad)
        for grad in grads
    )
