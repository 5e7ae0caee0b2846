"""What lesson 3's functions give on small odd inputs: by this a mistake is recognised."""

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
        try:
            module.projector(kind, 7, 11, 3)
            seen[f"not {kind!r}"] = "made"
        except ValueError:
            seen[f"not {kind!r}"] = "refused"
    return seen


def predictor(module):
    return facts(lambda: module.predictor(7, 11), 7)


def facts(make, width: int) -> dict:
    """What a head can learn, and what it gives when known numbers are in all its parameters."""
    one, two = make(), make()
    parameters = list(one.parameters())
    seen = {
        "shapes": str(sorted(tuple(sorted(p.shape)) for p in parameters)),
        "own": not {id(p) for p in parameters} & {id(p) for p in two.parameters()},
        "drawn": all((p - p[:1]).abs().max() > 0 for p in parameters if p.dim() == 2),
        "learns": all(p.requires_grad for p in parameters),
    }
    if not seen["own"]:  # what it gives depends on what was done with it before
        return {"own": False}
    first, second = results(one, width), results(two, width)
    if not torch.equal(first[0], second[0]):
        return seen | {"z": "it depends on more than the parameters"}
    names = ["z", "gradient", "h as it was", "evaluation"]
    return seen | dict(zip(names, first, strict=True))


def results(head, width: int) -> tuple:
    """z in training, its gradient for h, whether h is as it was, and z in evaluation."""
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
    """Numbers that depend on a parameter's shape only, not on its name or which way it lies."""
    ranks = {}
    for p in sorted(head.parameters(), key=lambda p: -p.dim() if p.dim() > 1 else -p.mean().item()):
        shape = tuple(sorted(p.shape))
        ranks[shape] = ranks.get(shape, 0) + 1
        value = rand(*shape, seed=10 * ranks[shape] + len(shape))
        p.data.copy_(value if tuple(p.shape) == shape else value.T)
