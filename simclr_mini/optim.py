"""LARS, and the learning rate: how it grows with the batch, warms up and decays.

Papers: LARS: You et al. 2017, https://arxiv.org/abs/1708.03888, algorithm 1. Schedule and scaling:
Chen et al. 2020, section 2.3 and appendix B.1, https://arxiv.org/abs/2002.05709
Differs: the rate multiplies the step after the momentum, as in torch.optim.SGD, not before it. The
trust ratio divides by the length |g + decay w|, as SimCLR's code does, not by |g| + decay |w|.
Biases and norms (parameters of one dimension) get neither weight decay nor adaptation, as in
SimCLR's code.
"""

import math

import torch
from torch import Tensor


def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    """Learning rate for a batch size. Section 2.3 and appendix B.1.

    linear: base * B / 256      sqrt: base * sqrt(B / 256)

    Args:
        base: the rate at a batch of 256 images.
        batch_size: B, images in a batch (not views).
        rule: "linear" or "sqrt".

    Returns:
        The rate.

    Raises:
        ValueError: another rule.
    """
    # the batch in units of 256 images, and the power that the rule puts on it
    if rule == "linear":
        return base * batch_size / 256
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(f'a scaling rule is "linear" or "sqrt", not {rule!r}')


def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    """Warm-up in a straight line, then half a cosine down to zero. Section 2.3.

    Args:
        step: steps already done; 0 for the first.
        total_steps: steps in the whole training.
        warmup_steps: steps of warm-up, 0 for none. The rate is 0 at step 0, `peak` after them.
        peak: the highest rate.

    Returns:
        The rate for this step; 0 from `total_steps` on.
    """
    # while warming up, the share of the warm-up that is done
    if step < warmup_steps:
        return peak * step / warmup_steps
    # afterwards, the share of the way from the peak to the end, never more than all of it
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return peak * (1 + math.cos(math.pi * progress)) / 2


def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    """How far to trust an update: in proportion to the size of the weights it changes.

    Args:
        w: weights, any shape.
        update: gradient plus weight decay, same shape.
        trust_coefficient: eta.

    Returns:
        eta * |w| / |update|, a scalar; 1 where either length is zero.
    """
    # the two lengths
    w_norm, update_norm = w.norm(), update.norm()
    # their ratio; where one of them is zero there is nothing to compare
    ratio = trust_coefficient * w_norm / update_norm
    return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))


class LARS(torch.optim.Optimizer):
    """SGD with momentum whose step in each layer has a length in proportion to the layer's weights.

    Args:
        params: parameters, or groups of them.
        lr: learning rate.
        momentum: share of the last step that is kept.
        weight_decay: pull of the weights towards zero.
        trust_coefficient: eta, length of a step relative to the weights.

    Raises:
        ValueError: a negative setting.
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
    """One step of LARS for one parameter; changes `w` and `velocity` in place. Algorithm 1.

    u = g + decay * w,  u = ratio * u,  v = momentum * v + u,  w = w - lr * v

    A parameter of one dimension (a bias, or a norm's scale) has no decay, and ratio 1.

    Args:
        w: weights, any shape.
        gradient: g, the gradient of the loss, same shape.
        velocity: v, the running sum of updates, same shape, zeros at first.
        settings: "lr", "momentum", "weight_decay" and "trust_coefficient".
    """
    # weight decay joins the gradient, and the ratio scales both; biases and norms have neither
    update = gradient
    if w.dim() > 1:
        update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    # remember a share of earlier updates, and step against them
    velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)


def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    """Weights with decay, and biases and norms without. Section 2.3; the authors' code.

    Args:
        model: any module.
        weight_decay: for parameters of two dimensions or more.

    Returns:
        Two groups for a torch optimiser.
    """
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    others = [p for p in model.parameters() if p.requires_grad and p.dim() <= 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """Change every parameter of an optimiser once, against the gradient of a loss.

    Args:
        optimizer: any torch optimiser; all its groups get the rate.
        loss: a scalar with a graph.
        rate: learning rate of this step.
    """
    # the rate of this step, in every group
    for group in optimizer.param_groups:
        group["lr"] = rate
    # forget the last gradient, find the new one, step
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
