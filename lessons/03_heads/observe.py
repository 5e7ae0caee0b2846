"""Results of lesson 3's functions on small, odd inputs. A mistake is recognised by them."""

import torch

from lessons.course.check import rand


def mlp(module):
    return {D: facts(lambda D=D: module.mlp(D, 11, 3), D) for D in (7, 5)}


def projector(module):
    seen = {
        kind: facts(lambda kind=kind: module.projector(kind, 7, 11, 3), 7)
        for kind in ("none", "linear", "mlp")
    }
    for kind in ("MLP", "", "nonlinear"):
        seen[f"not {kind!r}"] = answer(module, kind)
    return seen


def answer(module, kind: str) -> str:
    """What becomes of a kind that does not exist: the error, or what is returned instead."""
    try:
        made = module.projector(kind, 7, 11, 3)
    except Exception as error:
        return f"raises {type(error).__name__}"
    if not isinstance(made, torch.nn.Module):
        return f"returns {type(made).__name__}"
    return f"makes {[tuple(p.shape) for p in made.parameters()]}"


def predictor(module):
    return facts(lambda: module.predictor(7, 11), 7)


def facts(make, width: int) -> dict:
    """The parameters of a head, and its results when they are filled with known numbers."""
    one, two = make(), make()
    parameters = list(one.parameters())
    seen = {
        "shapes": str(sorted(tuple(sorted(p.shape)) for p in parameters)),
        "own": not {id(p) for p in parameters} & {id(p) for p in two.parameters()},
        "drawn": all((p - p[:1]).abs().max() > 0 for p in parameters if p.dim() == 2),
        "learns": all(p.requires_grad for p in parameters),
    }
    if not seen["own"]:  # its results depend on what was done with it before
        return {"own": False}
    first, second = results(one, width), results(two, width)
    if not torch.equal(first[0], second[0]):
        return seen | {"z": "it depends on more than the parameters"}
    names = ["z", "gradient", "h as it was", "evaluation"]
    return seen | dict(zip(names, first, strict=True))


def results(head, width: int) -> tuple:
    """z in train mode, its gradient for h, whether h is unchanged, and z in eval mode."""
    fill(head)
    head.train()
    h = rand(5, width, seed=1).requires_grad_()
    given = h.clone()
    z = head(given)
    weights = rand(*z.shape, seed=2)
    (grad,) = torch.autograd.grad((z * weights).sum() + 0 * h.sum(), h)
    kept = torch.equal(given.detach(), h.detach())
    head.eval()
    with torch.no_grad():
        return z.detach(), grad, kept, head(rand(2, width, seed=3))


def fill(head) -> None:
    """Fill parameters with numbers that depend on their shapes, not on names or orientation."""
    ranks = {}
    for p in sorted(head.parameters(), key=lambda p: -p.dim() if p.dim() > 1 else -p.mean().item()):
        shape = tuple(sorted(p.shape))
        ranks[shape] = ranks.get(shape, 0) + 1
        value = rand(*shape, seed=10 * ranks[shape] + len(shape))
        p.data.copy_(value if tuple(p.shape) == shape else value.T)
