"""LARS, and the learning rate: how it grows with the batch size, warms up and decays.

Papers: You et al. 2017, algorithm 1, for LARS, https://arxiv.org/abs/1708.03888
Chen et al. 2020, section 2.3 and appendix B.1, for schedule and scaling,
https://arxiv.org/abs/2002.05709
Differs: the rate multiplies the step after the momentum, as in torch.optim.SGD, not before it. The
trust ratio divides by the norm |g + decay w|, as SimCLR's code does, not by |g| + decay |w|.
Biases and norm layers (parameters of one dimension) get neither weight decay nor a trust ratio, as
in SimCLR's code. The scaling rule "sqrt" is ours; the paper's square root is "simclr_sqrt".
"""

import math

import torch
from torch import Tensor


def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    """The peak learning rate for a batch size. Appendix B.1 has the first two rules.

    linear:       base * B / 256         SimCLR's rule for LARS: 0.3 * B / 256
    simclr_sqrt:  base / 4 * sqrt(B)     SimCLR's other rule for LARS: 0.075 * sqrt(B)
    sqrt:         base * sqrt(B / 256)   our rule for AdamW

    SimCLR's rules agree at 4,096 images, where both give 4.8; at 256 images they give 0.3 and 1.2.
    Ours agrees with the linear rule at 256 images.

    Args:
        base: the rate that "linear" and "sqrt" give for 256 images; 0.3 in the paper.
        batch_size: B, the number of images in a batch (not of views).
        rule: "linear", "simclr_sqrt" or "sqrt".

    Returns:
        The rate.

    Raises:
        ValueError: there is no rule of this name.
    """
    # each rule multiplies its own constant by the batch size or by its square root
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)  # equals "linear" at B = 4096
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)  # equals "linear" at B = 256
    raise ValueError(f'a scaling rule is "linear", "simclr_sqrt" or "sqrt", not {rule!r}')


def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    """The rate of one step: a linear warm-up, then half a cosine down to zero. Section 2.3.

    Args:
        step: the number of steps already done; 0 for the first step.
        total_steps: the number of steps in the whole training.
        warmup_steps: how many steps the rate takes to climb from 0 to `peak`; 0 for no warm-up.
        peak: the highest rate.

    Returns:
        The rate for this step; 0 from `total_steps` on, if the warm-up is shorter than that.
    """
    # during the warm-up: the share of the warm-up that is done
    if step < warmup_steps:
        return peak * step / warmup_steps
    # afterwards: the share of the descent that is done, at most 1
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return peak * (1 + math.cos(math.pi * progress)) / 2


def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    """The factor that gives an update the norm eta * |w|.

    Args:
        w: weights, any shape, in any precision that can hold both norms.
        update: gradient plus weight decay, same shape.
        trust_coefficient: eta.

    Returns:
        eta * |w| / |update|, a scalar, as precise as w; 1 where either norm is zero.
    """
    # the Euclidean norms of the weights and of the update
    w_norm, update_norm = w.norm(), update.norm()
    # their ratio times eta, or 1 if either norm is zero
    ratio = trust_coefficient * w_norm / update_norm
    return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))


class LARS(torch.optim.Optimizer):
    """SGD with momentum, whose updates are proportional to the norm of each layer's weights.

    Args:
        params: parameters, or groups of them.
        lr: the learning rate.
        momentum: the share of the velocity that each step keeps.
        weight_decay: how strongly weights are pulled towards zero.
        trust_coefficient: eta, the norm of an update relative to that of its layer's weights.

    Raises:
        ValueError: a setting is negative.
    """

    def __init__(self, params, lr, momentum=0.9, weight_decay=1e-6, trust_coefficient=1e-3):
        settings = {
            "lr": lr,
            "momentum": momentum,
            "weight_decay": weight_decay,
            "trust_coefficient": trust_coefficient,
        }
        for name, value in settings.items():
            if not value >= 0:
                raise ValueError(f"{name} must be 0 or more, not {value}")
        super().__init__(params, settings)

    @torch.no_grad()
    def step(self, closure=None):
        """Change every parameter that has a gradient, in place. Algorithm 1."""
        loss = None if closure is None else torch.enable_grad()(closure)()
        for group in self.param_groups:
            for w in group["params"]:
                if w.grad is not None:
                    state = self.state[w]
                    if "momentum" not in state:
                        state["momentum"] = torch.zeros_like(w)
                    lars_update(w, w.grad, state["momentum"], group)
        return loss


def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    """One step of LARS for one parameter; changes `w` and `velocity` in place.

    Algorithm 1, with the differences named at the top of this module:

    u = g + decay * w,  u = ratio * u,  v = momentum * v + u,  w = w - lr * v

    A bias or a norm layer's scale (at most one dimension) has no decay, and its ratio is 1.

    Args:
        w: weights, any shape.
        gradient: g, the gradient of the loss, same shape.
        velocity: v, the running sum of updates, same shape; zeros before the first step.
        settings: "lr", "momentum", "weight_decay" and "trust_coefficient".
    """
    # weights: add the decay to the gradient, and scale the sum by the ratio
    update = gradient
    if w.dim() > 1:
        update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    # keep a share of the earlier updates, add the new one, and step against the sum
    velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)


def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    """Two groups of parameters: weights with decay, biases and norm layers without.

    SimCLR's code divides them in the same way.

    Args:
        model: any module.
        weight_decay: the decay of parameters of two dimensions or more.

    Returns:
        The groups, for a torch optimiser. Each trainable parameter is in one of them, in an
        order that depends only on the structure of the model.
    """
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    others = [p for p in model.parameters() if p.requires_grad and p.dim() <= 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """One step of training: update every parameter of the optimiser, against the loss's gradient.

    Args:
        optimizer: any torch optimiser; all its groups get the rate. It may hold frozen parameters,
            which stay as they are, and some that the loss does not use.
        loss: a scalar that requires a gradient.
        rate: the learning rate of this step.
    """
    # set the rate of this step in every group
    for group in optimizer.param_groups:
        group["lr"] = rate
    # clear the old gradients, compute the new ones, step
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
