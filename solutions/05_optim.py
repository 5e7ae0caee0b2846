"""Lesson 5: correct ways to write the learning rate, LARS and one step of training."""

import itertools
import math

import numpy as np
import torch

from lessons.course.ways import way


@way("scaled_learning_rate", "loops")
def scaled_in_loops(base, batch_size, rule="linear"):
    """Each image adds 1/256 of the base rate; Newton's method finds the root."""
    if rule not in ("linear", "simclr_sqrt", "sqrt"):
        raise ValueError(f"there is no rule {rule!r}")
    times = sum(1 / 256 for _ in range(batch_size))
    root = times
    for _ in range(60):
        root = (root + times / root) / 2
    return base * {"linear": times, "simclr_sqrt": 4 * root, "sqrt": root}[rule]


@way("scaled_learning_rate", "power")
def scaled_by_power(base, batch_size, rule="linear"):
    """A table of powers, and of the batch sizes at which a rule agrees with the linear one."""
    powers = {"linear": (1.0, 256), "simclr_sqrt": (0.5, 4096), "sqrt": (0.5, 256)}
    if rule not in powers:
        raise ValueError(f"{rule} is not one of {list(powers)}")
    power, size = powers[rule]
    return base * size / 256 * (batch_size / size) ** power


@way("scaled_learning_rate", "logarithms")
def scaled_by_logarithms(base, batch_size, rule="linear"):
    """Count how often 256 was doubled: each doubling multiplies the rate by 2 or by its root."""
    doublings = math.log2(batch_size) - 8
    match rule:
        case "linear":
            return math.ldexp(base, 0) * 2**doublings
        case "simclr_sqrt":
            return base * 2 ** (doublings / 2 + 2)
        case "sqrt":
            return base * 2 ** (doublings / 2)
    raise ValueError(rule)


@way("scaled_learning_rate", "sixteen")
def scaled_by_sixteen(base, batch_size, rule="linear"):
    """The square root of 256 is 16. The result may be a NumPy number."""
    if rule == "linear":
        return np.float64(base) / 256 * batch_size
    elif rule in ("simclr_sqrt", "sqrt"):
        return base * np.sqrt(batch_size) / (16 if rule == "sqrt" else 4)
    else:
        raise ValueError("linear, simclr_sqrt or sqrt")


@way("learning_rate", "loops")
def rate_in_loops(step, total_steps, warmup_steps, peak):
    """Go up in equal steps, then turn a hand from 0° to 180° in equal steps."""
    rate = 0.0 if warmup_steps else peak
    hand, turn = 1 + 0j, 1 + 0j
    if total_steps > warmup_steps:
        angle = math.pi / (total_steps - warmup_steps)
        turn = complex(math.cos(angle), math.sin(angle))
    for done in range(1, min(step, total_steps) + 1):
        if done <= warmup_steps:
            rate += peak / warmup_steps
        else:
            hand *= turn
            rate = peak * (1 + hand.real) / 2
    return rate if step < total_steps else 0.0


@way("learning_rate", "squared cosine")
def rate_by_half_angle(step, total_steps, warmup_steps, peak):
    """Use (1 + cos 2a) / 2 = cos² a, in three cases."""
    if step >= total_steps:
        return 0.0
    if warmup_steps > 0 and step <= warmup_steps:
        return peak * (step / warmup_steps)
    share = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * math.cos(math.pi / 2 * share) ** 2


@way("learning_rate", "interpolation")
def rate_by_interpolation(step, total_steps, warmup_steps, peak):
    """np.interp gives the straight line, and the angle for the cosine, and holds both ends."""
    if step < warmup_steps:
        return float(np.interp(step, [0, warmup_steps], [0, peak]))
    end = max(total_steps, warmup_steps + 1)
    return peak * (0.5 + 0.5 * np.cos(np.interp(step, [warmup_steps, end], [0, np.pi])))


@way("learning_rate", "torch")
def rate_in_torch(step, total_steps, warmup_steps, peak):
    """Compute both curves at every step and choose one."""
    at = torch.tensor(float(step), dtype=torch.float64)
    up = at / max(warmup_steps, 1)
    share = ((at - warmup_steps) / max(total_steps - warmup_steps, 1)).clamp(0, 1)
    both = torch.where(at < warmup_steps, up, 0.5 * (1 + torch.cos(torch.pi * share)))
    return peak * both.item()


@way("trust_ratio", "loops")
def ratio_in_loops(w, update, trust_coefficient):
    """Add the squares, number by number."""
    lengths = [0.0, 0.0]
    for i, tensor in enumerate([w, update]):
        for number in tensor.flatten().tolist():
            lengths[i] += number * number
    if lengths[0] == 0 or lengths[1] == 0:
        return torch.ones_like(w.sum())
    return w.new_tensor(trust_coefficient * math.sqrt(lengths[0] / lengths[1]))


@way("trust_ratio", "root mean square")
def ratio_of_means(w, update, trust_coefficient):
    """Both tensors have the same number of entries, so means of squares are enough."""
    a, b = (one.double().square().mean().sqrt() for one in (w, update))
    if a > 0 and b > 0:
        return (trust_coefficient * a / b).to(w.dtype)
    return torch.ones((), dtype=w.dtype, device=w.device)


@way("trust_ratio", "double")
def ratio_in_double(w, update, trust_coefficient):
    """Use einsum in float64, and replace the results of 0/0, 1/0 and 0/1 afterwards."""
    a, b = w.double().reshape(-1), update.double().reshape(-1)
    squares = torch.einsum("i,i->", a, a) / torch.einsum("i,i->", b, b)
    ratio = trust_coefficient * squares.sqrt()
    return torch.where(torch.isfinite(ratio) & (ratio != 0), ratio, 1.0)


@way("trust_ratio", "a plain number")
def ratio_as_number(w, update, trust_coefficient):
    """Return a float; the usual epsilon is too small to change it."""
    a = torch.linalg.vector_norm(w).item()
    b = torch.linalg.vector_norm(update).item()
    return trust_coefficient * a / (b + 1e-12) if a and b else 1.0


@way("lars_update", "loops")
def lars_in_loops(w, gradient, velocity, settings):
    """Apply algorithm 1 number by number."""
    places = list(itertools.product(*[range(size) for size in w.shape]))
    update = {at: gradient[at].item() for at in places}
    if w.dim() > 1:
        for at in places:
            update[at] += settings["weight_decay"] * w[at].item()
        w_norm = math.sqrt(sum(w[at].item() ** 2 for at in places))
        update_norm = math.sqrt(sum(u**2 for u in update.values()))
        if w_norm > 0 and update_norm > 0:
            ratio = settings["trust_coefficient"] * w_norm / update_norm
            update = {at: ratio * u for at, u in update.items()}
    for at in places:
        velocity[at] = settings["momentum"] * velocity[at].item() + update[at]
        w[at] = w[at].item() - settings["lr"] * velocity[at].item()


@way("lars_update", "copy")
def lars_by_copy(w, gradient, velocity, settings):
    """Make new tensors in float64, and copy them over the old ones at the end."""
    old, u = w.detach().double(), gradient.double()
    if len(w.shape) >= 2:
        u = u + settings["weight_decay"] * old
        lengths = torch.linalg.vector_norm(old), torch.linalg.vector_norm(u)
        if all(lengths):
            u = u * settings["trust_coefficient"] * lengths[0] / lengths[1]
    v = settings["momentum"] * velocity + u
    velocity.copy_(v)
    w.data.copy_(old - settings["lr"] * v)


@way("lars_update", "torch.optim.SGD")
def lars_by_sgd(w, gradient, velocity, settings):
    """Update the velocity here, and let torch's SGD take the step with it as the gradient."""
    scaled = gradient.clone()
    if w.ndim > 1:
        scaled.add_(w, alpha=settings["weight_decay"])
        lengths = w.norm() * settings["trust_coefficient"], scaled.norm()
        if lengths[1] > 0 and w.any():
            scaled.mul_(lengths[0] / lengths[1])
    velocity *= settings["momentum"]
    velocity += scaled
    shared = torch.nn.Parameter(w.detach(), requires_grad=True)  # the same memory
    shared.grad = velocity.clone()
    torch.optim.SGD([shared], lr=settings["lr"]).step()


@way("lars_update", "foreach")
def lars_by_foreach(w, gradient, velocity, settings):
    """Use torch's operations on lists of tensors, and slice assignment."""
    update = [gradient]
    if w.dim() > 1:
        update = torch._foreach_add(update, [w * settings["weight_decay"]])
        a, b = torch._foreach_norm([w, *update])
        ratio = torch.nan_to_num(settings["trust_coefficient"] * a / b, posinf=1.0, nan=1.0)
        update = torch._foreach_mul(update, [ratio if a > 0 else 1.0])
    velocity[...] = velocity * settings["momentum"] + update[0]
    torch._foreach_add_([w], [velocity], alpha=-settings["lr"])


@way("parameter_groups", "loops")
def groups_in_loops(model, weight_decay):
    """Sort the parameters one by one."""
    weights, others = [], []
    for parameter in model.parameters():
        if not parameter.requires_grad:
            continue
        if len(parameter.shape) >= 2:
            weights.append(parameter)
        else:
            others.append(parameter)
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]


@way("parameter_groups", "filters")
def groups_by_filters(model, weight_decay):
    """Return generators, which the optimiser reads; the group without decay comes first."""

    def of(wanted):
        return (p for p in model.parameters() if p.requires_grad and (p.ndim > 1) == wanted)

    return tuple(
        dict(params=of(wanted), weight_decay=weight_decay * wanted) for wanted in (False, True)
    )


@way("parameter_groups", "walk over modules")
def groups_by_modules(model, weight_decay):
    """Visit module by module; a dict keyed by identity holds each parameter once."""
    groups = {decay: {} for decay in (True, False)}
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                groups[p.dim() >= 2][id(p)] = p
    return [
        {"params": list(held.values()), "weight_decay": weight_decay if decay else 0}
        for decay, held in groups.items()
    ]


@way("parameter_groups", "by name")
def groups_by_name(model, weight_decay):
    """Make two sets of names, and subtract one from the other."""
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    small = {name for name, p in named.items() if p.shape.numel() == max([*p.shape, 1])}
    small &= {name for name, p in named.items() if p.dim() < 2}
    return [
        {"params": [named[n] for n in sorted(set(named) - small)], "weight_decay": weight_decay},
        {"params": [named[n] for n in sorted(small)], "weight_decay": 0.0},
    ]


@way("take_step", "loops")
def step_in_loops(optimizer, loss, rate):
    """Clear the gradient of each parameter, then call backward and step."""
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None
    loss.backward()
    for i in range(len(optimizer.param_groups)):
        optimizer.param_groups[i]["lr"] = rate
    optimizer.step()


@way("take_step", "closure")
def step_by_closure(optimizer, loss, rate):
    """Pass a closure, with which the optimiser computes the gradient itself."""
    for group in optimizer.param_groups:
        group.update(lr=rate)

    def closure():
        optimizer.zero_grad()
        loss.backward()
        return loss

    optimizer.step(closure)


@way("take_step", "autograd.grad")
def step_by_grad(optimizer, loss, rate):
    """Compute the gradients with autograd.grad, assign them, and clear them after the step."""
    optimizer.zero_grad()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    parameters = [p for p in parameters if p.requires_grad]
    grads = torch.autograd.grad(loss, parameters, allow_unused=True)
    for p, grad in zip(parameters, grads, strict=True):
        p.grad = grad
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad()


@way("take_step", "by_hand")
def step_that_clears_by_hand(optimizer, loss, rate):
    """Take away each parameter's gradient."""
    for group in optimizer.param_groups:
        for p in group["params"]:
            p.grad = None
    torch.autograd.backward(loss)
    [group.__setitem__("lr", rate) for group in optimizer.param_groups]
    optimizer.step()
    return loss.item()
