# ruff: noqa: E501  (a version is written as its author wrote it)
"""Wrong versions of lesson 5's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "slr_whole_multiples",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    times = batch_size // 256
    if rule == "linear":
        return base * times
    elif rule == "simclr_sqrt":
        return base / 4 * batch_size ** 0.5
    elif rule == "sqrt":
        return base * (batch_size / 256) ** 0.5
    else:
        raise ValueError(f"unknown rule {rule}")
""",
        "the linear rule divides as integers, so a batch of 128 gets a rate of 0",
    ),
    (
        "slr_paper_constant",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    if rule == "simclr_sqrt":
        return 0.075 * math.sqrt(batch_size)
    if rule not in ("linear", "sqrt"):
        raise ValueError("no such rule: " + str(rule))
    factor = batch_size / 256
    if rule == "sqrt":
        factor = math.sqrt(factor)
    return base * factor
""",
        "simclr_sqrt copies the 0.075 of the paper and ignores base",
    ),
    (
        "slr_roots_swapped",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    match rule:
        case "linear":
            rate = base * batch_size / 256
        case "sqrt":
            rate = base / 4 * math.sqrt(batch_size)
        case "simclr_sqrt":
            rate = base * math.sqrt(batch_size / 256)
        case _:
            raise ValueError(f"the rule {rule!r} does not exist")
    return rate
""",
        "the formulas of the two square root rules are swapped",
    ),
    (
        "slr_lookup_keyerror",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    root = math.sqrt(batch_size)
    rates = {
        "linear": base * batch_size / 256,
        "simclr_sqrt": base * root / 4,
        "sqrt": base * root / 16,
    }
    return rates[rule]
""",
        "an unknown rule raises KeyError and not ValueError",
    ),
    (
        "lr_starts_at_one",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    current = step + 1
    if current <= warmup_steps:
        return peak * current / warmup_steps
    if step >= total_steps:
        return 0.0
    done = (step - warmup_steps) / (total_steps - warmup_steps)
    return 0.5 * peak * (1 + math.cos(math.pi * done))
""",
        "the warm-up counts steps from 1, so the first step does not have rate 0",
    ),
    (
        "lr_progress_of_everything",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if warmup_steps > 0 and step < warmup_steps:
        share = step / warmup_steps
        return share * peak
    share = min(step / total_steps, 1.0)
    return peak * 0.5 * (1.0 + math.cos(share * math.pi))
""",
        "after the warm-up the cosine counts the progress from step 0, so the rate jumps down from the peak",
    ),
    (
        "lr_cosine_comes_back",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    left = max(total_steps - warmup_steps, 1)
    angle = math.pi * (step - warmup_steps) / left
    return peak / 2 + peak / 2 * math.cos(angle)
""",
        "the progress is not limited to 1, so the rate climbs again after total_steps",
    ),
    (
        "lr_le_divides_by_zero",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step <= warmup_steps:
        return peak * step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))
    return peak * (math.cos(math.pi * progress) + 1) / 2
""",
        "<= instead of < divides by zero at step 0 if there is no warm-up",
    ),
    (
        "lr_quarter_cosine",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return step * peak / warmup_steps
    progress = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    if progress >= 1:
        return 0.0
    # the cosine goes from 1 to 0 over a quarter of a turn
    return peak * math.cos(progress * math.pi / 2)
""",
        "a quarter of the cosine's period instead of half of it",
    ),
    (
        "tr_squared_norms",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    size_w = (w * w).sum()
    size_u = (update * update).sum()
    if size_w == 0 or size_u == 0:
        return torch.ones_like(size_w)
    return trust_coefficient * size_w / size_u
""",
        "the root of the sums of squares is missing",
    ),
    (
        "tr_norm_per_row",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    wn = torch.linalg.vector_norm(w, dim=-1, keepdim=True)
    un = torch.linalg.vector_norm(update, dim=-1, keepdim=True)
    ratio = trust_coefficient * wn / un
    nothing = (wn == 0) | (un == 0)
    return ratio.masked_fill(nothing, 1.0)
""",
        "one ratio for each row instead of one scalar for the layer",
    ),
    (
        "tr_only_update_checked",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    bottom = torch.linalg.vector_norm(update)
    if bottom.item() == 0.0:  # do not divide by zero
        return torch.ones_like(bottom)
    top = torch.linalg.vector_norm(w)
    return trust_coefficient * top / bottom
""",
        "weights of norm zero get a ratio of 0 and can never move",
    ),
    (
        "tr_epsilon",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    eps = 1e-8
    w_length = w.pow(2).sum().sqrt()
    u_length = update.pow(2).sum().sqrt()
    if w_length > 0:
        return trust_coefficient * w_length / (u_length + eps)
    return torch.ones_like(w_length)
""",
        "an epsilon in the divisor instead of the case of an update of norm zero: the ratio is huge and not 1",
    ),
    (
        "lu_new_name_for_w",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    lr, m = settings["lr"], settings["momentum"]
    u = gradient
    if w.ndim > 1:
        u = gradient + settings["weight_decay"] * w
        u = trust_ratio(w, u, settings["trust_coefficient"]) * u
    velocity *= m
    velocity += u
    w = w - lr * velocity
""",
        "w is bound to a new tensor, so the parameter never changes",
    ),
    (
        "lu_ratio_of_gradient",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.dim() <= 1:
        u = gradient
    else:
        ratio = trust_ratio(w, gradient, settings["trust_coefficient"])
        u = ratio * (gradient + settings["weight_decay"] * w)
    velocity.mul_(settings["momentum"])
    velocity.add_(u)
    w.add_(velocity, alpha=-settings["lr"])
""",
        "the ratio is taken of the gradient alone, without the decay",
    ),
    (
        "lu_gradient_in_place",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.dim() > 1:
        gradient.add_(w, alpha=settings["weight_decay"])
        gradient.mul_(trust_ratio(w, gradient, settings["trust_coefficient"]))
    velocity.copy_(settings["momentum"] * velocity + gradient)
    w -= settings["lr"] * velocity
""",
        "the gradient itself is changed in place",
    ),
    (
        "lu_bias_decays",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    u = torch.add(gradient, w, alpha=settings["weight_decay"])
    is_weight = w.dim() > 1
    if is_weight:
        u = u * trust_ratio(w, u, settings["trust_coefficient"])
    velocity.mul_(settings["momentum"]).add_(u)
    w.sub_(velocity * settings["lr"])
""",
        "biases and norm scales get weight decay too",
    ),
    (
        "lu_moving_average",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    m = settings["momentum"]
    step = gradient.clone()
    if len(w.shape) > 1:
        step += settings["weight_decay"] * w
        step *= trust_ratio(w, step, settings["trust_coefficient"])
    velocity.mul_(m).add_(step, alpha=1 - m)
    w.sub_(settings["lr"] * velocity)
""",
        "the velocity is a moving average, with 1 - m before the update, and not a running sum",
    ),
    (
        "lu_rate_into_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    local_lr = settings["lr"]
    g = gradient
    if w.dim() > 1:
        g = g + settings["weight_decay"] * w
        local_lr = local_lr * trust_ratio(w, g, settings["trust_coefficient"])
    # algorithm 1 of the LARS paper
    velocity.mul_(settings["momentum"]).add_(local_lr * g)
    w.sub_(velocity)
""",
        "the rate is multiplied into the velocity as in the LARS paper, so a new rate does not apply to old updates",
    ),
    (
        "lu_old_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    u = gradient
    if w.dim() > 1:
        u = u + settings["weight_decay"] * w
        u = u * trust_ratio(w, u, settings["trust_coefficient"])
    new_velocity = settings["momentum"] * velocity + u
    w.sub_(settings["lr"] * velocity)
    velocity.copy_(new_velocity)
""",
        "the step uses the velocity from before the update, so it is one step late",
    ),
    (
        "pg_by_name",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if name.endswith("weight"):
            decay.append(p)
        else:
            no_decay.append(p)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
""",
        "divides by name, so the scales of norm layers decay",
    ),
    (
        "pg_zero_not_written",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    trainable = [p for p in model.parameters() if p.requires_grad]
    matrices = list(filter(lambda p: p.dim() >= 2, trainable))
    rest = list(filter(lambda p: p.dim() < 2, trainable))
    return [dict(params=matrices, weight_decay=weight_decay), dict(params=rest)]
""",
        "the second group does not say weight_decay 0, so it gets the optimiser's default",
    ),
    (
        "pg_known_layers",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    weights, others = [], []
    for layer in model.modules():
        for name, p in layer.named_parameters(recurse=False):
            if not p.requires_grad:
                continue
            if name == "weight" and isinstance(layer, (torch.nn.Linear, torch.nn.Conv2d)):
                weights.append(p)
            else:
                others.append(p)
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
""",
        "only Linear and Conv2d weights decay, other parameters of two or more dimensions (embeddings, Conv1d, tokens) do not",
    ),
    (
        "ts_clear_afterwards",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for g in optimizer.param_groups:
        g["lr"] = rate
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
""",
        "gradients are cleared after the step only, so a gradient that was there before is added to this one",
    ),
    (
        "ts_rate_too_late",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    for i in range(len(optimizer.param_groups)):
        optimizer.param_groups[i]["lr"] = rate
""",
        "the rate is set after the step, so it applies to the next one",
    ),
    (
        "scaled_sqrt_in_the_name",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    if rule == "linear":
        return base * batch_size / 256
    elif "sqrt" in rule:
        return base * (batch_size / 256) ** 0.5
    elif rule == "simclr_sqrt":
        return base / 4 * batch_size**0.5
    raise ValueError(f"unknown rule: {rule}")
""",
        "'simclr_sqrt' contains 'sqrt', so it gets the rule of AdamW (and so does any other name with sqrt in it).",
    ),
    (
        "scaled_isqrt",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    if rule not in ("linear", "sqrt", "simclr_sqrt"):
        raise ValueError(f"rule is {rule!r}")
    if rule == "linear":
        return base * (batch_size / 256)
    constant = base / 16 if rule == "sqrt" else base / 4
    return constant * math.isqrt(batch_size)
""",
        "math.isqrt rounds the root down to a whole number, wrong for batch sizes that are no squares, such as 128.",
    ),
    (
        "rate_zero_before_the_warmup_ends",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step >= total_steps:
        return 0.0
    if step < warmup_steps:
        return step / warmup_steps * peak
    left = (total_steps - step) / (total_steps - warmup_steps)  # from 1 down to 0
    return peak * (1 - math.cos(math.pi * left)) / 2
""",
        "A warm-up longer than the training goes on climbing after total_steps; here the rate falls to 0 first.",
    ),
    (
        "rate_zero_at_first_without_warmup",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    climb = min(1.0, step / max(1, warmup_steps))
    after = max(0, step - warmup_steps)
    progress = min(1.0, after / max(1, total_steps - warmup_steps))
    return peak * climb * math.cos(math.pi / 2 * progress) ** 2
""",
        "With warmup_steps = 0 the first step gets a rate of 0 instead of the peak: max(1, ...) makes a warm-up of one step.",
    ),
    (
        "rate_restarts",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * step / warmup_steps
    period = max(1, total_steps - warmup_steps)
    progress = ((step - warmup_steps) % period) / period
    return 0.5 * peak * (1 + math.cos(math.pi * progress))
""",
        "The cosine restarts at total_steps (as in SGDR): the rate jumps back to the peak instead of staying 0.",
    ),
    (
        "ratio_spectral_norm",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    def length(t):
        return torch.linalg.norm(torch.atleast_2d(t).flatten(1), 2)  # the 2-norm

    lw, lu = length(w), length(update)
    if lw == 0 or lu == 0:
        return torch.ones_like(lw)
    return trust_coefficient * lw / lu
""",
        "linalg.norm with ord 2 of a matrix is its largest singular value, not the Euclidean norm of all its numbers.",
    ),
    (
        "ratio_nan_to_num",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    ratio = trust_coefficient * w.square().sum().sqrt() / update.square().sum().sqrt()
    # a length of zero gives nan or inf
    return torch.nan_to_num(ratio, nan=1.0, posinf=1.0)
""",
        "Weights of zero with an update that is not zero give a ratio of 0, neither nan nor inf, so they never move.",
    ),
    (
        "lars_velocity_is_a_mean",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    u = gradient
    if w.dim() > 1:
        u = torch.add(gradient, w, alpha=settings["weight_decay"])
        u = u * trust_ratio(w, u, settings["trust_coefficient"])
    velocity.lerp_(u, 1 - settings["momentum"])
    w.add_(velocity, alpha=-settings["lr"])
""",
        "lerp_ makes a running mean, m v + (1 - m) u; the velocity is a running sum, m v + u.",
    ),
    (
        "lars_squeezed_weights",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    lr, m = settings["lr"], settings["momentum"]
    is_weight = w.squeeze().dim() > 1
    if is_weight:
        u = gradient + settings["weight_decay"] * w
        u *= trust_ratio(w, u, settings["trust_coefficient"])
    else:
        u = gradient
    velocity *= m
    velocity += u
    w -= lr * velocity
""",
        "A weight of shape (1, D) or (D, 1) has two dimensions, but squeezed it is taken for a bias.",
    ),
    (
        "lars_nesterov",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    momentum = settings["momentum"]
    update = gradient.clone()
    if w.ndim > 1:
        update.add_(w, alpha=settings["weight_decay"])
        update.mul_(trust_ratio(w, update, settings["trust_coefficient"]))
    velocity.mul_(momentum).add_(update)
    w.sub_(settings["lr"] * (update + momentum * velocity))
""",
        "The step is Nesterov's, u + m v, instead of the velocity itself.",
    ),
    (
        "lars_ratio_of_the_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    matrix = w.dim() > 1
    u = gradient + settings["weight_decay"] * w if matrix else gradient
    velocity.copy_(settings["momentum"] * velocity + u)
    # whatever has piled up, the step has the norm lr * eta * |w|
    ratio = trust_ratio(w, velocity, settings["trust_coefficient"]) if matrix else 1.0
    w.sub_(settings["lr"] * ratio * velocity)
""",
        "The ratio is that of the velocity, applied after the momentum, instead of scaling each update before it is added.",
    ),
    (
        "groups_tied_twice",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    weights, others = [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if not p.requires_grad:
                continue
            (weights if p.ndim >= 2 else others).append(p)
    return [
        dict(params=weights, weight_decay=weight_decay),
        dict(params=others, weight_decay=0.0),
    ]
""",
        "A parameter that two layers share is listed twice; model.parameters() would list it once.",
    ),
    (
        "groups_only_batchnorm2d",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    norms = set()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            norms.update(id(p) for p in module.parameters())
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            if name.split(".")[-1] == "bias" or id(p) in norms:
                no_decay.append(p)
            else:
                decay.append(p)
    return [{"params": decay, "weight_decay": weight_decay},
            {"params": no_decay, "weight_decay": 0.0}]
""",
        "Scales of other norm layers (BatchNorm1d of the head, GroupNorm, LayerNorm) decay; the dimension should decide.",
    ),
    (
        "step_in_the_loop",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    optimizer.zero_grad()
    loss.backward()
    for group in optimizer.param_groups:
        group["lr"] = rate
        optimizer.step()
""",
        "The step stands inside the loop, so two groups make two steps, the first with the old rate in the second group.",
    ),
    (
        "step_rate_in_defaults",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    optimizer.defaults["lr"] = rate  # holds for all groups
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
""",
        "The defaults are copied when a group is added; changing them later changes no group's rate.",
    ),
    (
        "scale_views",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    views = 2 * batch_size
    if rule == "linear":
        return base * views / 256
    elif rule == "simclr_sqrt":
        return base / 4 * views ** 0.5
    elif rule == "sqrt":
        return base * (views / 256) ** 0.5
    raise ValueError(f"unknown scaling rule {rule!r}")
""",
        "counts views (2B) instead of images (B)",
    ),
    (
        "scale_paper_constant",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    rules = {
        "linear": lambda: base * batch_size / 256,
        "simclr_sqrt": lambda: 0.075 * math.sqrt(batch_size),
        "sqrt": lambda: base * math.sqrt(batch_size / 256),
    }
    if rule not in rules:
        raise ValueError(f"unknown rule {rule!r}, choose one of {sorted(rules)}")
    return rules[rule]()
""",
        "simclr_sqrt uses the paper's 0.075 as it stands and ignores base, right only for base 0.3",
    ),
    (
        "schedule_cosine_from_zero",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if warmup_steps > 0 and step < warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return 0.0
    return 0.5 * peak * (1.0 + math.cos(math.pi * step / total_steps))
""",
        "the cosine counts its progress from step 0 instead of from the end of the warm-up, so the peak is never reached",
    ),
    (
        "schedule_goes_up_again",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    remaining = max(1, total_steps - warmup_steps)
    t = (step - warmup_steps) / remaining
    return 0.5 * peak * (1 + math.cos(math.pi * t))
""",
        "progress is not limited to 1, so the rate climbs again after total_steps",
    ),
    (
        "schedule_warmup_step_plus_one",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * float(step + 1) / float(max(1, warmup_steps))
    done = step - warmup_steps
    todo = max(1, total_steps - warmup_steps)
    return peak * 0.5 * (1.0 + math.cos(math.pi * min(1.0, done / todo)))
""",
        "the warm-up starts at peak / warmup_steps instead of 0 (step + 1, a habit from other trainers)",
    ),
    (
        "ratio_row_norms",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    w_len = torch.linalg.vector_norm(w, dim=-1, keepdim=True)
    u_len = torch.linalg.vector_norm(update, dim=-1, keepdim=True)
    ok = (w_len > 0) & (u_len > 0)
    return torch.where(ok, trust_coefficient * w_len / u_len, torch.ones_like(w_len))
""",
        "takes one norm for each row of the last dimension instead of one for the whole layer",
    ),
    (
        "ratio_epsilon",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    weight_norm = torch.linalg.vector_norm(w)
    update_norm = torch.linalg.vector_norm(update)
    if weight_norm == 0:
        return torch.ones_like(weight_norm)
    return trust_coefficient * weight_norm / (update_norm + 1e-8)
""",
        "an epsilon in the divisor stands in for the case of a zero update, so the ratio there is huge and not 1",
    ),
    (
        "lars_rate_into_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    lr, momentum = settings["lr"], settings["momentum"]
    u = gradient
    if w.dim() > 1:
        u = gradient + settings["weight_decay"] * w
        u = trust_ratio(w, u, settings["trust_coefficient"]) * u
    velocity.mul_(momentum).add_(u, alpha=lr)
    w.sub_(velocity)
""",
        "multiplies by the rate before the velocity, as algorithm 1 of the LARS paper does, so a new rate does not apply to the old velocity",
    ),
    (
        "lars_gradient_in_place",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.ndim > 1:
        gradient.add_(w, alpha=settings["weight_decay"])
        gradient.mul_(trust_ratio(w, gradient, settings["trust_coefficient"]))
    velocity.mul_(settings["momentum"])
    velocity.add_(gradient)
    w.add_(velocity, alpha=-settings["lr"])
""",
        "adds the decay and the ratio into the gradient itself, so w.grad is changed",
    ),
    (
        "lars_damped",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    m = settings["momentum"]
    if w.dim() <= 1:
        step = gradient
    else:
        step = gradient + settings["weight_decay"] * w
        step = step * trust_ratio(w, step, settings["trust_coefficient"])
    velocity.lerp_(step, 1 - m)
    w.sub_(settings["lr"] * velocity)
""",
        "the velocity is an exponential moving average: the update is multiplied by 1 - momentum, as in Adam",
    ),
    (
        "lars_bias_decays",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    # weight decay
    u = gradient + settings["weight_decay"] * w
    # layer-wise rate, not for biases
    if w.dim() > 1:
        u = u * trust_ratio(w, u, settings["trust_coefficient"])
    # momentum
    velocity.mul_(settings["momentum"]).add_(u)
    w.sub_(velocity * settings["lr"])
""",
        "the decay is outside the if, so biases and norm layers decay too",
    ),
    (
        "groups_by_name",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if name.endswith("bias") or "bn" in name or "norm" in name:
            no_decay.append(p)
        else:
            decay.append(p)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
""",
        "tells norm layers by their name, so the scale of a norm layer in an nn.Sequential gets decay",
    ),
    (
        "groups_frozen_too",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    matrices = []
    vectors = []
    for p in model.parameters():
        if p.dim() >= 2:
            matrices.append(p)
        else:
            vectors.append(p)
    return [
        {"params": matrices, "weight_decay": weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
""",
        "frozen parameters (requires_grad False) are put into the groups as well",
    ),
    (
        "step_zero_between",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for g in optimizer.param_groups:
        g["lr"] = rate
    loss.backward()
    optimizer.step()
    for g in optimizer.param_groups:
        for p in g["params"]:
            if p.grad is not None:
                p.grad.zero_()
""",
        "gradients are cleared after the step and not before backward, so a gradient left by other code is added to the first step (and a parameter without a gradient in this loss is still moved by momentum)",
    ),
    (
        "slr_fixed_075",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    factor = batch_size / 256
    rates = {
        "linear": base * factor,
        "sqrt": base * factor**0.5,
        "simclr_sqrt": 0.075 * batch_size**0.5,
    }
    if rule not in rates:
        raise ValueError(f"unknown rule: {rule}")
    return rates[rule]
""",
        "simclr_sqrt has the paper's 0.075 written in, so it ignores base and is right for base = 0.3 only.",
    ),
    (
        "lr_step_plus_one",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    climbing = step < warmup_steps
    if climbing:
        return (step + 1) / warmup_steps * peak
    if step >= total_steps:
        return 0.0
    angle = math.pi * (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * math.cos(angle / 2) ** 2
""",
        "The warm-up counts the step about to be done, so the first step has peak / warmup_steps instead of 0 and the peak comes one step early.",
    ),
    (
        "lu_ratio_of_gradient_again",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    lr, m = settings["lr"], settings["momentum"]
    if w.ndim >= 2:
        u = torch.add(gradient, w, alpha=settings["weight_decay"])
        u = trust_ratio(w, gradient, settings["trust_coefficient"]) * u
    else:
        u = gradient
    velocity.copy_(m * velocity + u)
    w.add_(velocity, alpha=-lr)
""",
        "The trust ratio is that of the bare gradient, not of the gradient plus decay, by which the sum is then scaled.",
    ),
    (
        "ts_clear_after",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for g in optimizer.param_groups:
        g.update(lr=rate)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
""",
        "Gradients are cleared after the step instead of before backward, so a gradient that was there before the call is added to this step's.",
    ),
    (
        "lr_whole_length_and_comes_back",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if warmup_steps > 0 and step <= warmup_steps:
        return peak * (step / warmup_steps)
    done = step / max(total_steps, 1)
    return 0.5 * peak * (1.0 + math.cos(done * math.pi))
""",
        "The cosine runs over the whole training instead of the part after the warm-up, so it drops below the peak at once, and its progress is not limited to 1, so the rate rises again after total_steps.",
    ),
    (
        "lu_bias_decay_and_dampening",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    mom = settings["momentum"]
    direction = gradient + settings["weight_decay"] * w
    if w.dim() > 1:
        direction = direction * trust_ratio(w, direction, settings["trust_coefficient"])
    velocity.lerp_(direction, 1 - mom)
    w.subtract_(velocity, alpha=settings["lr"])
""",
        "Biases and norm layers get weight decay too, and the velocity is a running mean that multiplies the new update by 1 - momentum.",
    ),
    (
        "pg_by_name_and_frozen",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    decay, no_decay = [], []
    for name, param in model.named_parameters():
        (no_decay if name.endswith("bias") else decay).append(param)
    return [
        dict(params=decay, weight_decay=weight_decay),
        dict(params=no_decay, weight_decay=0.0),
    ]
""",
        "Groups are told apart by the name bias, so the scale of a norm layer decays, and frozen parameters are included.",
    ),
    (
        "tr_spectral_and_zero",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    rows = w.shape[0] if w.dim() else 1
    size_w = torch.linalg.norm(w.reshape(rows, -1), 2)
    size_u = torch.linalg.norm(update.reshape(rows, -1), 2)
    if size_u == 0:
        return torch.ones_like(size_w)
    return trust_coefficient * size_w / size_u
""",
        "The norms are spectral norms of the matrices instead of Euclidean norms of all numbers, and weights that are all zero give 0 instead of 1.",
    ),
    (
        "lu_rate_in_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    step_size = settings["lr"]
    u = gradient
    if w.dim() >= 2:
        u = gradient + w * settings["weight_decay"]
        local = trust_ratio(w, u, settings["trust_coefficient"])
        step_size = step_size * local
    # LARS paper: v = m v + gamma * lambda * (g + beta w);  w = w - v
    velocity.mul_(settings["momentum"])
    velocity.add_(step_size * u)
    w.sub_(velocity)
""",
        "It follows the LARS paper, in which the rate is part of what the velocity sums up, so a new rate does not apply to earlier updates.",
    ),
    (
        "tr_larc_clip",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    a = w.pow(2).sum().sqrt()
    b = update.pow(2).sum().sqrt()
    if a.item() == 0 or b.item() == 0:
        return torch.ones_like(a)
    return torch.clamp(trust_coefficient * a / b, max=1.0)
""",
        "The ratio is clipped at 1, as in LARC, so an update shorter than eta * |w| is not enlarged to that norm.",
    ),
    (
        "lr_quarter_cosine_again",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * step / warmup_steps
    left = max(total_steps - warmup_steps, 1)
    t = min((step - warmup_steps) / left, 1)
    return max(0.0, peak * math.cos(t * math.pi / 2))
""",
        "It takes the quarter wave from cos 0 to cos 90 degrees for half a cosine, so halfway down the rate is 0.71 of the peak instead of 0.5.",
    ),
    (
        "pg_tied_twice",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    heavy, light = [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if not p.requires_grad:
                continue
            if p.ndim > 1:
                heavy.append(p)
            else:
                light.append(p)
    return [{"params": heavy, "weight_decay": weight_decay}, {"params": light, "weight_decay": 0.0}]
""",
        "A parameter shared by two modules is listed twice, so an optimiser would update it twice in a step.",
    ),
    (
        "lu_changes_gradient",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.dim() > 1:
        gradient.add_(w, alpha=settings["weight_decay"])
        gradient.mul_(trust_ratio(w, gradient, settings["trust_coefficient"]))
    velocity.mul_(settings["momentum"]).add_(gradient)
    w.add_(velocity, alpha=-settings["lr"])
""",
        "The decay and the ratio are applied to the gradient itself in place, so w.grad is changed after the step.",
    ),
    (
        "tr_through_python",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    nw = float(w.detach().norm())
    nu = float(update.detach().norm())
    if nw > 0 and nu > 0:
        return torch.tensor(trust_coefficient * nw / nu)
    return torch.tensor(1.0)
""",
        "The ratio passes through a Python number into a new float32 tensor on the CPU, so float64 precision and the device of the weights are lost.",
    ),
    (
        "rate_rounded",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    if rule == "linear":
        rate = base * batch_size / 256
    elif rule == "simclr_sqrt":
        rate = base / 4 * math.sqrt(batch_size)
    elif rule == "sqrt":
        rate = base * math.sqrt(batch_size / 256)
    else:
        raise ValueError(f'a scaling rule is "linear", "simclr_sqrt" or "sqrt", not {rule!r}')
    return round(rate, 4)  # readable in the log
""",
        "The rate is rounded to four decimals: fine for 0.3 and LARS, but small rates lose their digits (0.001 for 128 images by sqrt: 0.0007 instead of 0.000707) and a base of 1e-5 gives 0, so that nothing is trained.",
    ),
    (
        "rates_remembered",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float, rates={}) -> float:
    if (step, total_steps) not in rates:
        if step < warmup_steps:
            rate = peak * step / warmup_steps
        else:
            progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
            rate = peak * (1 + math.cos(math.pi * progress)) / 2
        rates[step, total_steps] = rate
    return rates[step, total_steps]
""",
        "Rates are remembered by step and total only: a second run in the same process with another peak or warm-up (a search for the best rate) silently trains with the first run's rates.",
    ),
    (
        "norms_by_squares",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    w_norm = (w * w).sum().sqrt()
    update_norm = (update * update).sum().sqrt()
    ratio = trust_coefficient * w_norm / update_norm
    return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))
""",
        "The squares are taken in the tensor's own dtype: for float16 parameters a gradient of 1e-4 squares to 0, so the norm is 0 and the ratio is 1 (a step thousands of times too large), and a norm above 256 overflows to infinity and gives a ratio of 0 or infinity.",
    ),
    (
        "step_on_a_copy",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    update = gradient
    if w.dim() > 1:
        update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    velocity.mul_(settings["momentum"]).add_(update)
    w.reshape(-1).sub_(settings["lr"] * velocity.reshape(-1))
""",
        "reshape gives a view only of a contiguous weight: if a model is in channels_last (or a weight is a transposed view) it gives a copy, the step changes that copy, and these weights never move.",
    ),
    (
        "settings_changed_for_biases",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.dim() <= 1:  # biases and norm layers have no decay
        settings["weight_decay"] = 0.0
    update = gradient + settings["weight_decay"] * w
    if w.dim() > 1:
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)
""",
        "A bias sets the decay of its whole group to 0: with LARS(model.parameters(), weight_decay=...) in one group, every weight after the first bias loses its decay for good, also in the saved state of the optimiser.",
    ),
    (
        "velocity_is_the_gradient",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    update = gradient
    if w.dim() > 1:
        update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    if velocity.any():
        velocity.mul_(settings["momentum"]).add_(update)
    else:  # the first step: nothing to keep yet
        velocity.data = update
    w.sub_(settings["lr"] * velocity)
""",
        "After the first step the velocity of a bias shares its memory with the gradient: zero_grad(set_to_none=False) erases it, a backward without zero_grad adds to it, and the next step scales and changes the caller's gradient.",
    ),
    (
        "groups_of_generators",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    weights = (p for p in model.parameters() if p.requires_grad and p.dim() > 1)
    others = (p for p in model.parameters() if p.requires_grad and p.dim() <= 1)
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
""",
        "The parameters are generators that can be read once: a program that counts or prints the groups before it builds the optimiser gives it two empty groups, and training changes nothing, without an error.",
    ),
    (
        "unnamed_weights_left_out",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    weights = [p for name, p in named if name.endswith("weight") and p.dim() > 1]
    others = [p for name, p in named if p.dim() <= 1]
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
""",
        "A parameter of two dimensions or more that is not called weight (prototypes, class token, position embedding) is in neither group, so it is never trained.",
    ),
    (
        "zeros_instead_of_none",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
""",
        "Old gradients become zeros instead of None: a parameter that this loss does not use still gets decay and momentum once it had a gradient (a head that is switched off drifts), and a gradient that the caller kept is overwritten.",
    ),
    (
        "gradients_without_hooks",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    params = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    gradients = torch.autograd.grad(loss, params, allow_unused=True)
    for p, gradient in zip(params, gradients, strict=True):
        p.grad = gradient
    optimizer.step()
""",
        "autograd.grad does not pass through the parameters' accumulation hooks: in DistributedDataParallel no gradient is averaged over the processes (each rank trains a network of its own), and post-accumulate hooks for clipping or logging never run.",
    ),
    (
        "scaling_constants_wrong",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    root = batch_size**0.5
    rates = {
        "linear": base * batch_size / 256,
        "simclr_sqrt": base * root,
        "sqrt": base * root / 256,
    }
    if rule not in rates:
        raise ValueError(f"unknown scaling rule {rule!r}")
    return rates[rule]
""",
        "Two slips: simclr_sqrt lacks the factor 1/4, and sqrt divides by 256 outside the root.",
    ),
    (
        "schedule_off_by_one_total",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    done = min(1.0, step / max(1, total_steps))
    return 0.5 * peak * (1.0 + math.cos(math.pi * done))
""",
        "Two slips: the warm-up is one step ahead, so it does not start at 0, and the progress of the cosine counts the warm-up, so the rate jumps down at its end.",
    ),
    (
        "ratio_inverted_zero",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    a = w.pow(2).sum().sqrt()
    b = update.pow(2).sum().sqrt()
    if a == 0 or b == 0:
        return torch.zeros_like(a)
    return trust_coefficient * b / a
""",
        "Two slips: the quotient is upside down, and the ratio is 0 instead of 1 where a norm is zero.",
    ),
    (
        "lars_damped_bias_decay",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    m = settings["momentum"]
    u = torch.add(gradient, w, alpha=settings["weight_decay"])
    if w.ndim > 1:
        u = trust_ratio(w, u, settings["trust_coefficient"]) * u
    velocity.mul_(m).add_(u, alpha=1 - m)
    w.add_(velocity, alpha=-settings["lr"])
""",
        "Two slips: the new update is multiplied by 1 - momentum, and biases and norm layers decay, too.",
    ),
    (
        "scaling_whole_multiples",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    match rule:
        case "linear":
            return base * (batch_size // 256)
        case "simclr_sqrt":
            return 0.25 * base * math.sqrt(batch_size)
        case "sqrt":
            return base * math.sqrt(batch_size) / 16
    raise ValueError(f"no such rule: {rule}")
""",
        "The linear rule divides in whole numbers: right for 256, 512 and 4,096, but 0 for our batches of 128, so nothing trains, and too small for 384.",
    ),
    (
        "schedule_climbs_again",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    share = (step - warmup_steps) / max(1, total_steps - warmup_steps)
    return peak * 0.5 * (1 + math.cos(share * math.pi))
""",
        "The progress is not held at 1, so after total_steps, as in a training that is resumed for longer, the rate climbs back to the peak instead of staying 0.",
    ),
    (
        "ratio_with_epsilon",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    length, change = torch.linalg.vector_norm(w), torch.linalg.vector_norm(update)
    ratio = trust_coefficient * length / (change + 1e-6)
    usable = torch.logical_and(length > 0, change > 0)
    return torch.where(usable, ratio, torch.ones_like(ratio))
""",
        "An epsilon of 1e-6 is added to the norm of the update: a layer whose update has norm 1e-6 moves by half of eta |w|, and one with 1e-8 by a hundredth, so layers with small gradients stand still.",
    ),
    (
        "lars_changes_gradient",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.dim() >= 2:
        gradient.add_(w, alpha=settings["weight_decay"])
        gradient.mul_(trust_ratio(w, gradient, settings["trust_coefficient"]))
    velocity.mul_(settings["momentum"])
    velocity.add_(gradient)
    w.add_(velocity, alpha=-settings["lr"])
""",
        "The gradient is changed in place: after the step w.grad holds the scaled update, so logged gradient norms are wrong, and gradients that are kept or reused are spoilt.",
    ),
    (
        "groups_know_batchnorm2d",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    spared = set()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            spared.update(id(p) for p in module.parameters(recurse=False))
    decay, plain = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        short = name.rsplit(".", 1)[-1]
        (plain if short == "bias" or id(p) in spared else decay).append(p)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
""",
        "Only BatchNorm2d is known as a norm: right for the encoder, but the scales of BatchNorm1d in the heads, and of group and layer norms, decay towards 0.",
    ),
    (
        "step_clears_afterwards",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for g in optimizer.param_groups:
        g.update(lr=rate)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
""",
        "Gradients are cleared after the step instead of before backward: a gradient that is there already, from a diagnostic or another loss, is added to the step.",
    ),
    (
        "cosine_from_step_zero",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    done = min(step / max(total_steps, 1), 1.0)
    return peak * (1.0 + math.cos(math.pi * done)) / 2.0
""",
        "Usual. The cosine counts from step 0 instead of from the end of the warm-up, so the rate jumps down after the warm-up; the progress must be (step - warmup) / (total - warmup).",
    ),
    (
        "cleared_after_the_step",
        "take_step",
        """
def take_step(optimizer, loss, rate):
    for settings in optimizer.param_groups:
        settings["lr"] = rate
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
""",
        "Usual. Gradients are cleared after the step and not before it, so a gradient that is already there is added to the first one; they must be cleared before backward.",
    ),
    (
        "bias_by_name",
        "parameter_groups",
        """
def parameter_groups(model, weight_decay):
    decay, free = [], []
    for name, p in model.named_parameters():
        if p.requires_grad:
            (free if name.endswith("bias") or "bn" in name else decay).append(p)
    return [{"params": decay, "weight_decay": weight_decay}, {"params": free, "weight_decay": 0.0}]
""",
        "Usual. Parameters are told apart by their names, so the scale of a norm inside a Sequential ('1.weight') decays; the number of dimensions must decide.",
    ),
    (
        "constant_of_the_paper",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "sqrt":
        return base * (batch_size / 256) ** 0.5
    if rule == "simclr_sqrt":
        return 0.075 * batch_size**0.5
    raise ValueError(f"unknown rule {rule!r}: use linear, simclr_sqrt or sqrt")
""",
        "Subtle. simclr_sqrt has the paper's constant 0.075 built in and ignores base: right for base 0.3 only. It must be base / 4 * sqrt(B).",
    ),
    (
        "eta_without_a_length",
        "trust_ratio",
        """
def trust_ratio(w, update, trust_coefficient):
    size, change = w.norm(), update.norm()
    usable = (size > 0) & (change > 0)
    relative = torch.where(usable, size / change, torch.ones_like(size))
    return trust_coefficient * relative
""",
        "Subtle. If a norm is zero, the result is eta instead of 1, as the 1 is put in before the multiplication by eta.",
    ),
    (
        "rate_inside_the_velocity",
        "lars_update",
        """
def lars_update(w, gradient, velocity, settings):
    with torch.no_grad():
        u = gradient
        if w.dim() > 1:
            u = gradient + settings["weight_decay"] * w
            u = u * trust_ratio(w, u, settings["trust_coefficient"])
        velocity.mul_(settings["momentum"]).add_(settings["lr"] * u)
        w.sub_(velocity)
""",
        "In use. As in the LARS paper, the rate multiplies the update before it enters the velocity: w is right while the rate is constant, and wrong once it changes. It must be v = m v + u, w = w - lr v.",
    ),
    (
        "epsilon_in_ratio",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    length, step = w.norm(), update.norm()
    ratio = trust_coefficient * length / (step + 1e-8)
    return torch.where((length > 0) & (step > 0), ratio, torch.ones_like(ratio))
""",
        "For a layer with a very small gradient (norm 1e-8 or less, as late in training or behind a saturated layer) the ratio is too small, by half or by far more, so the layer stops. Contradicts 'eta * |w| / |update|' and the page: 'LARS moves each layer by the same fraction of its own norm'.",
    ),
    (
        "no_velocity_without_momentum",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    with torch.no_grad():
        u = gradient
        if w.dim() > 1:
            u = gradient + settings["weight_decay"] * w
            u = u * trust_ratio(w, u, settings["trust_coefficient"])
        if settings["momentum"] != 0:
            u = velocity.mul_(settings["momentum"]).add_(u)
        w.sub_(settings["lr"] * u)
""",
        "At momentum 0 the velocity is left as it was, so once the momentum is raised (a momentum warm-up), or after it was set to 0 for a while, the step begins from a stale velocity. Contradicts 'changes w and velocity in place' and v = momentum * v + u.",
    ),
    (
        "tied_weights_twice",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    weights, others = [], []
    for part in model.modules():
        for p in part.parameters(recurse=False):
            if p.requires_grad:
                (weights if p.dim() > 1 else others).append(p)
    return [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
""",
        "A parameter that two modules share (tied weights, or a norm whose scale was handed on) is listed once for each of them, so a torch optimiser warns and updates it twice in a step. Contradicts 'Each trainable parameter is in one of them'.",
    ),
    (
        "frozen_parameter_fails",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    parameters = []
    for group in optimizer.param_groups:
        group["lr"] = rate
        parameters.extend(group["params"])
    # new gradients take the place of old ones, so nothing has to be cleared
    gradients = torch.autograd.grad(loss, parameters, allow_unused=True)
    for p, gradient in zip(parameters, gradients, strict=True):
        p.grad = gradient
    optimizer.step()
""",
        "If one of the optimiser's parameters does not require a gradient (a layer frozen for some epochs, or from the start), autograd.grad raises, where backward would pass over it. Contradicts 'optimizer: any torch optimiser'.",
    ),
    (
        "sqrt_rule_hardcodes_paper_base",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return 0.075 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(f"unknown rule {rule!r}")
""",
        "copies the paper's number 0.075 instead of base / 4; against 'simclr_sqrt: base / 4 * sqrt(B)'. Shows for rule simclr_sqrt and any base other than 0.3",
    ),
    (
        "descent_divided_by_total",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / total_steps)
    return peak * 0.5 * (1 + math.cos(math.pi * progress))
""",
        "the descent lasts total_steps, not total_steps - warmup_steps; against '0 from total_steps on' and the table (step 55 of 100, warm-up 10: 2.4). Shows after any warm-up of more than 0 steps; right with no warm-up",
    ),
    (
        "zero_update_clamped",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    w_norm = torch.linalg.vector_norm(w)
    update_norm = torch.linalg.vector_norm(update)
    # the update's norm is kept away from zero, so that we never divide by zero
    ratio = trust_coefficient * w_norm / update_norm.clamp(min=1e-6)
    return torch.where(w_norm > 0, ratio, torch.ones_like(ratio))
""",
        "handles zero weights, but an update of norm 0 gives eta * |w| / 1e-6 instead of 1, and an update shorter than 1e-6 gets too small a ratio; against '1 where either norm is zero' and 'eta * |w| / |update|'. Shows for a zero update (not for zero weights), and for tiny updates",
    ),
    (
        "decay_by_module_type",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    layers = (
        torch.nn.Linear,
        torch.nn.Conv1d,
        torch.nn.Conv2d,
        torch.nn.Conv3d,
    )
    decay, no_decay, seen = [], [], set()
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if not parameter.requires_grad or id(parameter) in seen:
                continue
            seen.add(id(parameter))
            if isinstance(module, layers) and name == "weight":
                decay.append(parameter)
            else:
                no_decay.append(parameter)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
""",
        "decides by the kind of module (as minGPT does) and not by the number of dimensions; against 'weight_decay: the decay of parameters of two dimensions or more'. Shows for a matrix that is a parameter of the model itself, for nn.Embedding, nn.ConvTranspose2d, nn.MultiheadAttention.in_proj_weight; right for a model of convolutions, linear layers and norms",
    ),
    (
        "clears_after_step",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    loss.backward()
    optimizer.step()
    # clear the gradients, ready for the next step
    optimizer.zero_grad()
""",
        "clears after the step only: a gradient that was there before the call is added to the new one; against 'update ... against the loss's gradient', the blank's comment 'clear the old gradients, compute the new ones, step' and the hint '`backward` adds to any gradient that is already there'. Shows when a parameter has a .grad before the call; a chain of take_steps from fresh parameters is right",
    ),
    (
        "rate_inside_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    if w.ndim > 1:
        update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    else:
        update = gradient
    velocity.mul_(settings["momentum"]).add_(update, alpha=settings["lr"])
    w.sub_(velocity)
""",
        "algorithm 1 as printed in the LARS paper: the rate is multiplied in before the momentum; against 'v = momentum * v + u, w = w - lr * v' and 'We multiply afterwards'. w is right on the first step and at any constant rate; the velocity is wrong whenever lr != 1, and w when the rate changes between steps",
    ),
    (
        "normalises_the_velocity",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    # The aim: whatever its gradient, each layer moves by the same fraction of its own norm,
    # lr * trust_coefficient. So: collect the directions first, and only then decide on the
    # length of the step that we take along what was collected.
    rate = settings["lr"]
    momentum = settings["momentum"]
    is_weight = w.ndim > 1

    # 1. the direction of this step
    direction = gradient.clone()
    if is_weight:
        direction.add_(w, alpha=settings["weight_decay"])

    # 2. the running sum of directions
    velocity.mul_(momentum)
    velocity.add_(direction)

    # 3. the length of the step: a fixed fraction of the layer's norm
    if is_weight:
        length = trust_ratio(w, velocity, settings["trust_coefficient"])
    else:
        length = 1.0

    # 4. the step itself; the velocity keeps its own length
    w.sub_(rate * length * velocity)
""",
        "takes 'both move by 0.48%' for a promise about every step (that is LAMB's order) and applies the trust ratio to the velocity, after the momentum; against 'u = ratio * u, v = momentum * v + u, w = w - lr * v'. For weights: velocity wrong from the first step, w from the second; first step's w right; biases right",
    ),
    (
        "lr_last_step_zero",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return step / warmup_steps * peak
    last = total_steps - 1  # steps are numbered from 0
    length = max(1, last - warmup_steps)
    done = min((step - warmup_steps) / length, 1.0)
    return peak * (1 + math.cos(math.pi * done)) / 2
""",
        "The descent ends at the last step, total_steps - 1, and not at total_steps: the last step is wasted with rate 0 and every rate of the descent is a little too small. Against the page's table (step 55 of 100, warm-up 10, peak 4.8: 2.4; here 2.36) and 'to 1 when all steps are done'.",
    ),
    (
        "scaled_lr_unknown_is_linear",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    times = batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * batch_size**0.5
    elif rule == "sqrt":
        return base * times**0.5
    else:
        return base * times
""",
        "The last rule stands in a plain else, so any unknown name gets the linear rule. Against 'Raises: ValueError: there is no rule of this name'.",
    ),
    (
        "groups_by_grad",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    trainable = [p for p in model.parameters() if p.grad is not None]
    return [
        {"params": [p for p in trainable if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trainable if p.dim() < 2], "weight_decay": 0.0},
    ]
""",
        "Takes 'has a gradient now' (p.grad) for 'is trainable' (requires_grad): before the first backward pass, which is when an optimiser is made, both groups are empty. Against 'Each trainable parameter is in one of them'.",
    ),
    (
        "ratio_one_only_if_both_zero",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    length = torch.linalg.vector_norm
    of_w, of_update = length(w), length(update)
    ratio = trust_coefficient * of_w / of_update
    return torch.where((of_w == 0) & (of_update == 0), torch.ones_like(ratio), ratio)
""",
        "'and' for 'or': the ratio is 1 only if both norms are zero. Weights of zero with another update get 0 and never move; an update of zero gives infinity (and infinity times 0 is NaN). Against '1 where either norm is zero'.",
    ),
    (
        "no_ratio_without_decay",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    decay = settings["weight_decay"]
    step = gradient.clone()
    if decay != 0 and w.dim() > 1:  # a bias is neither decayed nor scaled
        step.add_(w, alpha=decay)
        step.mul_(trust_ratio(w, step, settings["trust_coefficient"]))
    velocity.mul_(settings["momentum"]).add_(step)
    w.sub_(velocity, alpha=settings["lr"])
""",
        "As in some public LARS code, the trust ratio stands inside the test for a weight decay: with weight_decay = 0 (LARS(..., weight_decay=0), or a group with decay 0 that holds weights) a matrix gets plain SGD, a step that is a thousand times too large or too small. Right for every decay above 0 and for biases. Against 'u = g + decay * w, u = ratio * u' for all weights; only a parameter of at most one dimension has ratio 1.",
    ),
    (
        "step_skipped_at_rate_zero",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    if rate > 0:  # with a rate of 0 nothing moves
        optimizer.step()
""",
        "At rate 0, which is the rate of step 0 of every warm-up, the optimiser makes no step: the weights are right, but velocity, Adam's moments and its counter of steps miss this gradient, so that all later steps differ. Against 'One step of training' for any rate and 'v = m v + u', which does not contain the rate.",
    ),
    (
        "constant_of_the_paper_12",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base, batch_size, rule="linear"):
    B = batch_size
    if rule == "linear":
        lr = base * B / 256
    elif rule == "simclr_sqrt":
        lr = 0.075 * B ** 0.5
    elif rule == "sqrt":
        lr = base * (B / 256) ** 0.5
    else:
        raise ValueError("unknown rule: " + str(rule))
    return lr
""",
        "Takes the number 0.075 from the paper for simclr_sqrt and ignores `base`. Right for base = 0.3 only; breaks 'simclr_sqrt: base / 4 * sqrt(B)'.",
    ),
    (
        "descent_over_all_steps",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    t = (step - warmup_steps) / total_steps
    t = min(t, 1.0)
    return peak * (1 + math.cos(math.pi * t)) / 2
""",
        "Divides the steps after the warm-up by all steps, not by those that are left after the warm-up, so the rate is not 0 at total_steps (0.117 at step 100 of the page's table). Breaks '0 from total_steps on'. Right without a warm-up.",
    ),
    (
        "decay_by_name",
        "parameter_groups",
        """
def parameter_groups(model, weight_decay):
    no_decay_words = ("bias", "bn", "norm")
    with_decay = []
    without_decay = []
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        if any(word in name for word in no_decay_words):
            without_decay.append(param)
        else:
            with_decay.append(param)
    return [
        {"params": with_decay, "weight_decay": weight_decay},
        {"params": without_decay, "weight_decay": 0.0},
    ]
""",
        "What a chat assistant suggests: divides by name. The scale of a norm inside an nn.Sequential is called '1.weight' (downsample.1.weight in our ResNet) and gets decay. Breaks 'biases and norm layers without' and 'decay of parameters of two dimensions or more'.",
    ),
    (
        "clears_afterwards",
        "take_step",
        """
def take_step(optimizer, loss, rate):
    for g in optimizer.param_groups:
        g.update(lr=rate)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
""",
        "Clears the gradients after the step, not before `backward`: if a gradient is already there at the first call (from an evaluation, another loss, ...), it is added. Breaks 'against the loss's gradient' and 'clear the old gradients'.",
    ),
    (
        "exactly_one_dimension",
        "lars_update",
        """
def lars_update(w, gradient, velocity, settings):
    if len(w.shape) == 1:  # bias or norm
        u = gradient
    else:
        u = gradient + settings["weight_decay"] * w
        u = trust_ratio(w, u, settings["trust_coefficient"]) * u
    velocity.mul_(settings["momentum"])
    velocity.add_(u)
    w.sub_(settings["lr"] * velocity)
""",
        "Treats only parameters of exactly one dimension as biases. A parameter with no dimension (a learned temperature or scale) gets decay and a ratio. Breaks '(at most one dimension) has no decay, and its ratio is 1'.",
    ),
    (
        "epsilon_in_the_denominator",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    eps = 1e-6
    weight_norm = torch.linalg.vector_norm(w)
    update_norm = torch.linalg.vector_norm(update)
    ratio = trust_coefficient * weight_norm / (update_norm + eps)
    nothing_to_compare = (weight_norm == 0) | (update_norm == 0)
    return torch.where(nothing_to_compare, torch.ones_like(ratio), ratio)
""",
        "An engineer's safe division: an epsilon next to |update|, although zero is handled already. For updates with a norm near 1e-6 the ratio is too small by half, and the update does not get the norm eta * |w|. Breaks 'eta * |w| / |update|'.",
    ),
    (
        "constant_of_the_paper_13",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base, batch_size, rule="linear"):
    root = math.sqrt(batch_size)
    if rule == "linear":
        return base * batch_size / 256
    elif rule == "simclr_sqrt":
        return 0.075 * root
    elif rule == "sqrt":
        return base * root / 16
    raise ValueError(f"unknown rule: {rule}")
""",
        "copies the paper's 0.075 and forgets base, so the rule is right only for base = 0.3; breaks 'simclr_sqrt: base / 4 * sqrt(B)'",
    ),
    (
        "two_names_for_one_gradient",
        "lars_update",
        """
def lars_update(w, gradient, velocity, settings):
    update = gradient
    if w.ndim > 1:
        update += settings["weight_decay"] * w
        update *= trust_ratio(w, update, settings["trust_coefficient"])
    velocity *= settings["momentum"]
    velocity += update
    w -= settings["lr"] * velocity
""",
        "update is the gradient itself, not a copy, so += and *= change the gradient; breaks 'the gradient is not yours to change' (the docstring: changes w and velocity in place)",
    ),
    (
        "decay_left_to_the_default",
        "parameter_groups",
        """
def parameter_groups(model, weight_decay):
    decay = []
    no_decay = []
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        if len(param.shape) >= 2:
            decay.append(param)
        else:
            no_decay.append(param)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay},
    ]
""",
        "the second group says nothing about decay, so the optimiser fills in its default (AdamW 0.01, LARS 1e-6, or the weight_decay it was built with); breaks 'biases and norm layers without'",
    ),
    (
        "rate_among_the_defaults",
        "take_step",
        """
def take_step(optimizer, loss, rate):
    optimizer.defaults["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""",
        "optimizer.defaults only matters for groups added later, so no existing group gets the rate; breaks 'all its groups get the rate'",
    ),
    (
        "no_warmup_starts_at_zero",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if step <= warmup_steps:
        # max(..., 1) avoids a division by zero without a warm-up
        return peak * step / max(warmup_steps, 1)
    if step >= total_steps:
        return 0.0
    done = (step - warmup_steps) / (total_steps - warmup_steps)
    return 0.5 * peak * (1 + math.cos(math.pi * done))
""",
        "with warmup_steps = 0, step 0 still takes the warm-up branch and gets the rate 0 instead of the peak (at the end of any real warm-up the <= is harmless); breaks '0 for no warm-up'",
    ),
    (
        "two_norm_of_a_matrix",
        "trust_ratio",
        """
def trust_ratio(w, update, trust_coefficient):
    def norm2(t):
        rows = t.reshape(t.shape[0], -1) if t.dim() > 1 else t  # a kernel as a matrix
        return torch.linalg.norm(rows, ord=2)

    size, change = norm2(w), norm2(update)
    if size == 0 or change == 0:
        return torch.ones_like(size)
    return trust_coefficient * size / change
""",
        "for a matrix, ord=2 is the spectral norm (largest singular value), not the Euclidean norm of all its numbers; right for vectors and matrices of rank 1 only; breaks 'eta * |w| / |update|' with 'the norm is taken over all numbers of a layer, whatever its shape'",
    ),
    (
        "sqrt_rule_of_the_paper_only",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    if rule == "linear":
        lr = base * (batch_size / 256)
    elif rule == "simclr_sqrt":
        # the paper: 0.075 * sqrt(B)
        lr = 0.075 * math.sqrt(batch_size)
    elif rule == "sqrt":
        lr = base * math.sqrt(batch_size / 256)
    else:
        raise ValueError("I do not know the rule " + rule)
    return lr
""",
        "beginner copies the number 0.075 from the paper; the docstring promises base / 4 * sqrt(B), so any base other than 0.3 gives a wrong rate",
    ),
    (
        "cosine_comes_back",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / warmup_steps
    t = (step - warmup_steps) / (total_steps - warmup_steps)
    return 0.5 * peak * (1 + math.cos(math.pi * t))
""",
        "hurried engineer; progress is not limited to 1, so the rate climbs again after total_steps; breaks '0 from total_steps on' and 'It stays 0 afterwards'",
    ),
    (
        "rate_inside_the_velocity_14",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    lr = settings["lr"]
    momentum = settings["momentum"]
    weight_decay = settings["weight_decay"]
    eta = settings["trust_coefficient"]

    # Step 1: compute the update and the local learning rate
    if w.dim() > 1:
        update = gradient + weight_decay * w
        local_lr = lr * trust_ratio(w, update, eta)
    else:
        update = gradient
        local_lr = lr

    # Step 2: momentum buffer
    velocity.mul_(momentum).add_(local_lr * update)

    # Step 3: apply the step
    w.sub_(velocity)
""",
        "as a chat assistant knows LARS from its paper: the rate goes into the velocity. The docstring promises v = m v + u, w = w - lr v; the velocity is wrong always, the weights as soon as the rate changes",
    ),
    (
        "groups_by_name_14",
        "parameter_groups",
        """
def parameter_groups(model, weight_decay):
    skip = ("bias", "bn", "norm")
    decay, no_decay = [], []
    for name, p in model.named_parameters():
        if not p.requires_grad:
            continue
        if any(word in name.lower() for word in skip):
            no_decay.append(p)
        else:
            decay.append(p)
    return [
        {"params": decay, "weight_decay": weight_decay},
        {"params": no_decay, "weight_decay": 0.0},
    ]
""",
        "divides by name; the scale of a norm layer in a Sequential is called '1.weight', so it decays (and a Linear inside a module named 'norm...' does not); breaks 'biases and norm layers without', 'weight_decay: the decay of parameters of two dimensions or more'",
    ),
    (
        "old_gradients_are_zeroed_in_place",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
        for p in group["params"]:
            if p.grad is not None:
                p.grad.detach_()
                p.grad.zero_()
    loss.backward()
    optimizer.step()
""",
        "a frozen parameter that still has an old gradient gets a gradient of 0 instead of None, so momentum and weight decay move it; breaks 'frozen parameters, which stay as they are' (and the same for parameters that the loss does not use)",
    ),
    (
        "half_norm_then_float",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    # divide in float32: in float16 the quotient could leave the range
    size_w = torch.linalg.vector_norm(w).float()
    size_u = torch.linalg.vector_norm(update).float()
    defined = (size_w > 0) & (size_u > 0)
    return torch.where(defined, trust_coefficient * size_w / size_u, torch.ones_like(size_w))
""",
        "The norm is rounded to float16, so it is infinite above 65,504. (The docstring promised any precision; now it excludes this.)",
    ),
    (
        "the_papers_number",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    match rule:
        case "linear":
            return base * batch_size / 256
        case "simclr_sqrt":
            return 0.075 * math.sqrt(batch_size)
        case "sqrt":
            return base * math.sqrt(batch_size / 256)
    raise ValueError("unknown rule: " + str(rule))
""",
        "hurried engineer: copies 0.075 from the right column of the docstring; right for base 0.3 only; breaks 'simclr_sqrt: base / 4 * sqrt(B)'",
    ),
    (
        "share_of_the_whole_training",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    elif step >= total_steps > warmup_steps:
        return 0.0
    else:
        done = step / max(total_steps, 1)
        return peak * (1 + math.cos(math.pi * min(done, 1.0))) / 2
""",
        "beginner: progress counts from step 0 and not from the end of the warm-up, so the rate jumps down from the peak there; breaks 'progress go from 0, right after the warm-up' and the table of the page (step 10: 4.8, here 4.68)",
    ),
    (
        "groups_by_name_15",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    no_decay_keywords = ("bias", "norm", "bn")
    decay_params, no_decay_params = [], []
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        if any(keyword in name.lower() for keyword in no_decay_keywords):
            no_decay_params.append(param)
        else:
            decay_params.append(param)
    return [
        {"params": decay_params, "weight_decay": weight_decay},
        {"params": no_decay_params, "weight_decay": 0.0},
    ]
""",
        "chat assistant: by name; a norm layer in an nn.Sequential is called '1.weight' and gets decay; breaks 'biases and norm layers without' and 'the decay of parameters of two dimensions or more' (page: 'If not by name ...')",
    ),
    (
        "rate_inside_the_velocity_15",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    rate = settings["lr"]
    if w.dim() > 1:
        u = gradient + settings["weight_decay"] * w
        local_rate = rate * trust_ratio(w, u, settings["trust_coefficient"])
    else:
        u = gradient
        local_rate = rate
    # algorithm 1 of the LARS paper
    velocity *= settings["momentum"]
    velocity += local_rate * u
    w -= velocity
""",
        "reader of the LARS paper: the rate goes into the velocity, so a step under a changing rate is wrong and v is not the sum of updates; breaks 'v = momentum * v + u, w = w - lr * v' ('The rate multiplies the step after the momentum')",
    ),
    (
        "two_norm_of_a_matrix_15",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    # one row per output channel, so that kernels of a convolution work too
    w_matrix = w.reshape(w.shape[0], -1) if w.dim() > 1 else w.reshape(-1)
    u_matrix = update.reshape(w_matrix.shape)
    w_norm = torch.linalg.norm(w_matrix, ord=2)
    u_norm = torch.linalg.norm(u_matrix, ord=2)
    if w_norm == 0 or u_norm == 0:
        return torch.ones_like(w_norm)
    return trust_coefficient * w_norm / u_norm
""",
        "physicist: torch.linalg.norm(matrix, ord=2) is the largest singular value, not the Euclidean norm; equal for vectors, for one row and for rank 1, and wrong for other layers; breaks 'the Euclidean norms', 'The norm is taken over all numbers of a layer'",
    ),
    (
        "cleared_to_zeros",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
        for p in group["params"]:
            # forget what earlier steps left behind
            p.grad = torch.zeros_like(p)
    loss.backward()
    optimizer.step()
""",
        "NumPy user: a gradient of zeros is not the same as none: the optimiser decays frozen parameters (weight decay) and lets them coast on old momentum; breaks 'frozen parameters, which stay as they are'; with plain SGD nothing is to be seen",
    ),
]
