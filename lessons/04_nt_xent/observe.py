"""Results of lesson 4's functions on small, odd inputs. A mistake is recognised by them."""

import torch

from lessons.course.check import rand
from lessons.course.device import strays

SIMILARITY = rand(6, 6, seed=3).tanh()


def views(B: int, d: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two views whose lengths differ between views and between images."""
    lengths = torch.linspace(0.3, 4, B)[:, None]
    z1, z2 = rand(B, d, seed=1) * lengths, rand(B, d, seed=2) * lengths.flip(0)
    return z1.requires_grad_(), z2.requires_grad_()


def similarity_matrix(module):
    z1, z2 = views(3, 5)
    s = module.similarity_matrix(z1, z2)
    grads = torch.autograd.grad((s * SIMILARITY).sum(), (z1, z2), allow_unused=True)
    tiny = module.similarity_matrix(1e-4 * z1.detach(), 1e-4 * z2.detach())
    half = module.similarity_matrix(z1.detach().half(), z2.detach().half()).dtype
    wide = half in (torch.float32, torch.float64)
    double = module.similarity_matrix(z1.detach().double(), z2.detach().double()).dtype
    seen = {"s": s, "gradient": none_is_zero(grads), "tiny": tiny, "widened": wide}
    return seen | {"double": double == torch.float64}


def positive_index(module):
    there = module.positive_index(3, "meta").device.type
    return {B: module.positive_index(B) for B in (1, 2, 3, 5)} | {"there": there}


def candidate_logits(module):
    s = SIMILARITY.clone().requires_grad_()
    logits = module.candidate_logits(s, 0.3)
    sum_of = (logits.softmax(1) * SIMILARITY.flip(0)).sum() + 0 * s.sum()  # no gradient is 0
    grad = torch.autograd.grad(sum_of, s)
    other = module.candidate_logits(SIMILARITY[:4, :4].clone(), 0.07)
    seen = {"logits": logits, "gradient": none_is_zero(grad), "other": other}
    return seen | {"stays": not strays(module.candidate_logits, SIMILARITY, 0.3)}


def nt_xent_loss(module):
    seen = {}
    cases = [(3, 5, 0.5), (5, 3, 0.1), (4, 7, 1.0), (3, 40, 0.05), (3, 2, 0.01)]
    cases += [(4, 16, 0.06), (8, 40, 0.07)]  # where exp(1 / tau) taken away leaves a wrong number
    for B, d, temperature in cases:
        z1, z2 = views(B, d)
        loss = module.nt_xent_loss(z1, z2, temperature)
        grads = torch.autograd.grad(loss, (z1, z2), allow_unused=True)
        seen[f"{B} {d} {temperature}"] = (loss, *none_is_zero(grads))
    z1, z2 = views(3, 5)
    seen["default"] = module.nt_xent_loss(z1, z2)
    double = module.nt_xent_loss(z1.detach().double(), z2.detach().double())
    seen["double"] = double.dtype == torch.float64
    seen["stays"] = not strays(module.nt_xent_loss, z1.detach(), z2.detach())
    return seen


def none_is_zero(grads):
    return tuple(torch.zeros(1) if grad is None else grad for grad in grads)
