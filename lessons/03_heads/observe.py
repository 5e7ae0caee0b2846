"""Results of lesson 3's functions on small, unusual inputs. They identify known mistakes."""

import pytest
import torch

from lessons.course.check import rand
from lessons.course.evidence import equal, tried

HIDDEN = 11  # the width of the hidden layer


def mlp(module):
    return {D: facts(lambda D=D: module.mlp(D, HIDDEN, 3), D) for D in (7, 5)}


def projector(module):
    seen = {
        kind: facts(lambda kind=kind: module.projector(kind, 7, HIDDEN, 3), 7)
        for kind in ("none", "linear", "mlp")
    }
    for kind in ("MLP", "", "nonlinear", "linear ", "no", "lin", "m"):
        seen[f"not {kind!r}"] = answer(module, kind)
    for kind in ("none", "linear"):
        seen[f"{kind} of equal widths"] = answer(module, kind, d=7)
        seen[f"{kind} without a hidden width"] = answer(module, kind, hidden=None)
    state = torch.get_rng_state()
    tried(module.projector, "none", 7, HIDDEN, 3)
    return seen | {"draws": not torch.equal(state, torch.get_rng_state())}


def answer(module, kind: str, d: int = 3, hidden: int | None = HIDDEN) -> str:
    """What `projector` makes of a kind: an error, or a module, shown by its shapes and its use."""
    try:
        made = module.projector(kind, 7, hidden, d)
    except Exception as error:
        return f"raises {type(error).__name__}"
    if not isinstance(made, torch.nn.Module):
        return f"returns {type(made).__name__}"
    return f"makes {sorted(tuple(sorted(p.shape)) for p in made.parameters())}, {use_of(made)}"


def use_of(head) -> str:
    """What a head does with h, in a word or two."""
    h = rand(4, 7, seed=6)
    z = tried(head, h.clone())
    if not isinstance(z, torch.Tensor):
        return str(z).split(":")[0]
    return "which gives h itself" if equal(z.detach(), h) else "which gives another z"


def predictor(module):
    return facts(lambda: module.predictor(7, HIDDEN), 7)


def facts(make, width: int) -> dict:
    """The parameters of a head, and its results when they are filled with known numbers."""
    made = tried(lambda: (make(), make()))
    if isinstance(made, str):  # the text of a ValueError is the learner's own
        return {"made": made.split(":")[0] if made.startswith("ValueError") else made}
    one, two = made
    if not isinstance(one, torch.nn.Module):
        return {"made": type(one).__name__}
    parameters = list(one.parameters())
    narrow = [p for p in parameters if tuple(p.shape) == (HIDDEN,)]
    seen = {
        "shapes": str(sorted(tuple(sorted(p.shape)) for p in parameters)),
        "own": one is not two and not {*map(id, parameters)} & {*map(id, two.parameters())},
        "drawn": str(sorted((sorted(p.shape), start(p)) for p in parameters if p.dim() == 2)),
        "starts": str(sorted(rank(p) for p in narrow)),
        "saved": len(one.state_dict()) > len(parameters) + 1,  # the norm's statistics
        "learns": str(sorted((sorted(p.shape), p.requires_grad) for p in parameters)),
        "training": one.training,
        "type": str({p.dtype for p in parameters}),
    }
    if not seen["own"]:  # its results depend on what it was used for before
        return {"own": False}
    elsewhere = tried(made_elsewhere, make)
    seen["elsewhere"] = elsewhere
    seen["with a GPU"] = made_beside_a_gpu(make)
    seen["types"] = str({type(m).__name__ for m in one.modules()} & {"SyncBatchNorm"})
    seen["after NaN"] = tried(after_nan, one, width)
    first, second = tried(results, one, width), tried(results, two, width)
    if isinstance(first, str) or isinstance(second, str):
        return seen | {"z": first if isinstance(first, str) else second}
    if not torch.equal(first[0], second[0]):
        same = equal(first[3], second[3])
        return seen | {
            "z": "it depends on more than the parameters",
            "evaluation": first[3] if same else "it does, too",
        }
    names = ["z", "gradient", "h as it was", "evaluation", "small", "reached"]
    return seen | dict(zip(names, first, strict=True))


def made_elsewhere(make) -> str:
    """The device and dtype of a head that is made while torch's defaults are changed."""
    usual = torch.get_default_dtype()
    try:
        torch.set_default_dtype(torch.float64)
        with torch.device("meta"):
            made = make()
    finally:
        torch.set_default_dtype(usual)
    return str({(p.device.type, p.dtype) for p in made.parameters()})


def made_beside_a_gpu(make) -> str:
    """Whether a head is moved when torch reports a GPU."""
    with pytest.MonkeyPatch.context() as patch:
        for place in (torch.cuda, torch.backends.mps):
            patch.setattr(place, "is_available", lambda: True)
        try:
            make()
        except Exception:
            return "moved"
    return "made"


def after_nan(head, width: int) -> str:
    """Whether z is finite in a row whose h is not, in eval mode."""
    h = rand(3, width, seed=8)
    h[1, 0] = float("nan")
    with torch.no_grad():
        finite = bool(head.eval()(h)[1].isfinite().all())
    head.train()
    return f"finite {finite}"


def start(p) -> str:
    """How a matrix is initialised: with zeros, with equal rows or columns, or at random."""
    if p.abs().max() == 0:
        return "zero"
    equal = any((p - p.select(i, 0).unsqueeze(i)).abs().max() == 0 for i in (0, 1))
    return "equal" if equal else "drawn"


def rank(p) -> int:
    """0 for all ones (a norm's scale), 1 for all zeros (a norm's shift), 2 for anything else."""
    return 0 if (p == 1).all() else 1 if (p == 0).all() else 2


def results(head, width: int) -> tuple:
    """z, the gradient, whether h is unchanged, z in eval mode, z of a small h, what is reached.

    The last entry lists the shapes of the parameters that get a gradient.
    """
    fill(head)
    head.train()
    h = rand(5, width, seed=1).requires_grad_()
    given = h.clone()
    z = head(given)
    weights = rand(*z.shape, seed=2)
    learning = [p for p in head.parameters() if p.requires_grad]
    total = (z * weights).sum() + 0 * h.sum()
    grad, *others = torch.autograd.grad(total, [h, *learning], allow_unused=True)
    shapes = [sorted(p.shape) for p, got in zip(learning, others, strict=True) if got is not None]
    kept = torch.equal(given.detach(), h.detach())
    head.eval()
    with torch.no_grad():
        evaluated = head(rand(2, width, seed=3)), head(rand(1, width, seed=5))
        head.train()
        small = head(rand(6, width, seed=4) / 50)
    return z.detach(), grad, kept, evaluated, small, str(sorted(shapes))


def fill(head) -> None:
    """Fill parameters with numbers that depend on their shapes, not on names or orientation."""
    ranks = {}
    for p in sorted(head.parameters(), key=lambda p: -9 * p.dim() + rank(p)):
        shape = tuple(sorted(p.shape))
        ranks[shape] = ranks.get(shape, 0) + 1
        value = rand(*shape, seed=10 * ranks[shape] + len(shape))
        p.data.copy_(value if tuple(p.shape) == shape else value.T)
