# ruff: noqa: E501  (a version is written as its author wrote it)
"""Right versions of lesson 5's functions, written without sight of its tests. See `outsiders.py`."""

VERSIONS = [
    (
        "scale_meeting_point",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    table = {"linear": (256, 1.0), "simclr_sqrt": (4096, 0.5), "sqrt": (256, 0.5)}
    try:
        meets, power = table[rule]
    except KeyError:
        raise ValueError(f"unknown scaling rule {rule!r}; known: {sorted(table)}") from None
    return base * meets / 256 * (batch_size / meets) ** power
""",
        "a table of the batch size at which each rule meets the linear one, and a power",
    ),
    (
        "scale_match_numpy",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    import numpy as np

    root = float(np.sqrt(np.float64(batch_size)))
    match rule:
        case "sqrt":
            constant, growth = 1 / 16, root
        case "simclr_sqrt":
            constant, growth = 1 / 4, root
        case "linear":
            constant, growth = 1 / 256, batch_size
        case _:
            raise ValueError("no such rule: " + repr(rule))
    return float(base * constant * growth)
""",
        "match statement, numpy square root, constants 1/16, 1/4 and 1/256",
    ),
    (
        "rate_interp_cos2",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    import numpy as np

    if step < warmup_steps:
        return float(np.interp(step, [0, warmup_steps], [0.0, peak]))
    if step == warmup_steps:
        return float(peak)
    if step >= total_steps:
        return 0.0
    angle = (step - warmup_steps) / (total_steps - warmup_steps) * math.pi / 2
    return peak * math.cos(angle) ** 2
""",
        "np.interp for the climb; cosine squared of half the angle, and an early return of 0",
    ),
    (
        "rate_product_of_ramps",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    import cmath

    def share(done, of):
        if done <= 0:
            return 0.0
        return 1.0 if done >= of else done / of

    climbed = share(step, warmup_steps) if warmup_steps > 0 else 1.0
    fallen = share(step - warmup_steps, total_steps - warmup_steps)
    return peak * climbed * (0.5 + 0.5 * cmath.exp(1j * math.pi * fallen).real)
""",
        "the product of two clamped ramps at every step, the cosine as the real part of exp(i pi p)",
    ),
    (
        "rate_tensors",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    t = torch.tensor(float(step), dtype=torch.float64)
    descent = torch.tensor(float(max(total_steps - warmup_steps, 1)), dtype=torch.float64)
    progress = torch.clamp((t - warmup_steps) / descent, 0, 1)
    cosine = torch.sin(math.pi * (0.5 - progress))
    cosine = torch.where(progress == 1, -torch.ones_like(cosine), cosine)
    down = peak * (1 + cosine) / 2
    up = peak * t / max(warmup_steps, 1)
    return torch.where(t < warmup_steps, up, down).item()
""",
        "float64 tensors, both branches computed, torch.where chooses, a sine shifted by a quarter turn",
    ),
    (
        "trust_double_sums",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    a = w.double().square().sum()
    b = update.double().square().sum()
    usable = torch.logical_and(a > 0, b > 0)
    ratio = trust_coefficient * torch.sqrt(a / torch.where(usable, b, torch.ones_like(b)))
    return torch.where(usable, ratio, torch.ones_like(ratio)).to(w.dtype)
""",
        "square root of the ratio of the two sums of squares, in float64",
    ),
    (
        "trust_scaled_norm",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    def length(t):
        flat = t.detach().flatten().to(torch.float64)
        if flat.numel() == 0:
            return 0.0
        largest = flat.abs().max().item()
        if largest == 0.0:
            return 0.0
        flat = flat / largest
        return largest * math.sqrt(torch.einsum("i,i->", flat, flat).item())

    top, bottom = length(w), length(update)
    if not top or not bottom:
        return torch.ones((), dtype=w.dtype, device=w.device)
    return torch.full((), trust_coefficient * (top / bottom), dtype=w.dtype, device=w.device)
""",
        "BLAS-like norm with the largest entry taken out, Python floats and an if",
    ),
    (
        "trust_numpy",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    import numpy as np

    norms = [
        float(np.linalg.norm(t.detach().cpu().double().numpy().ravel())) for t in (w, update)
    ]
    value = trust_coefficient * norms[0] / norms[1] if all(n > 0 for n in norms) else 1.0
    return w.new_tensor(value).detach()
""",
        "np.linalg.norm in float64, result put back into a tensor",
    ),
    (
        "lars_copy_back",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    eta, decay = settings["trust_coefficient"], settings["weight_decay"]
    is_bias = len(w.shape) < 2
    u = gradient.clone()
    if not is_bias:
        u.add_(w, alpha=decay)
        u.mul_(trust_ratio(w, u, eta))
    new_velocity = settings["momentum"] * velocity + u
    velocity[...] = new_velocity
    w[...] = w - settings["lr"] * new_velocity
""",
        "new tensors by the equations as written, then copied into the old ones by [...] =",
    ),
    (
        "lars_as_sgd",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    p = torch.nn.Parameter(w.detach())  # shares w's memory
    if w.ndim >= 2:
        total = torch.add(gradient, w.detach(), alpha=settings["weight_decay"])
        p.grad = (trust_ratio(w, total, settings["trust_coefficient"]) * total).to(p.dtype)
    else:
        p.grad = gradient.detach()
    if settings["momentum"] == 0:  # torch's SGD keeps no buffer then
        velocity.copy_(p.grad)
    sgd = torch.optim.SGD([p], lr=settings["lr"], momentum=settings["momentum"])
    sgd.state[p]["momentum_buffer"] = velocity
    sgd.step()
""",
        "a throw-away torch.optim.SGD whose momentum buffer is the velocity and whose parameter shares w's memory",
    ),
    (
        "lars_foreach",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    ratio, decay = 1.0, 0.0
    if w.dim() not in (0, 1):
        decay = settings["weight_decay"]
        total = torch.stack([gradient, decay * w]).sum(0)
        ratio = float(trust_ratio(w, total, settings["trust_coefficient"]))
    torch._foreach_mul_([velocity], settings["momentum"])
    torch._foreach_add_([velocity], [gradient], alpha=ratio)
    torch._foreach_add_([velocity], [w], alpha=ratio * decay)
    torch._foreach_add_([w], [velocity], alpha=-settings["lr"])
""",
        "gradient and decay enter the velocity separately, each times the ratio, by foreach operations",
    ),
    (
        "groups_recursive",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    seen, matrices, vectors = set(), [], []

    def visit(module):
        for p in module.parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                (vectors if p.dim() in (0, 1) else matrices).append(p)
        for child in module.children():
            visit(child)

    visit(model)
    return [
        dict(params=matrices, weight_decay=weight_decay),
        dict(params=vectors, weight_decay=0),
    ]
""",
        "own recursion over the children, shared parameters remembered by id, decay 0 as an int",
    ),
    (
        "groups_named_tuples",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    trainable = {name: p for name, p in model.named_parameters() if p.requires_grad}
    small = [name for name, p in trainable.items() if len(p.size()) <= 1]
    large = sorted(set(trainable) - set(small))
    return [
        {"params": tuple(trainable[n] for n in names), "weight_decay": decay, "name": title}
        for title, names, decay in (
            ("weights", large, weight_decay),
            ("biases and norms", small, 0.0),
        )
    ]
""",
        "by names, sorted alphabetically, tuples instead of lists, an additional name for each group",
    ),
    (
        "step_closure",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    def closure():
        optimizer.zero_grad()
        loss.backward()
        return loss

    for i in range(len(optimizer.param_groups)):
        optimizer.param_groups[i].update(lr=rate)
    optimizer.step(closure)
""",
        "the optimiser is given a closure that clears and computes the gradients",
    ),
    (
        "step_autograd_grad",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    params = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    grads = torch.autograd.grad(loss, params, allow_unused=True)
    optimizer.zero_grad(set_to_none=True)
    for p, g in zip(params, grads):
        p.grad = g
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
""",
        "JAX-like: gradients by torch.autograd.grad, then assigned; the rate is set last",
    ),
    (
        "schedule_half_angle",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    after = step - warmup_steps
    if after < 0:
        return step / warmup_steps * peak
    descent = total_steps - warmup_steps
    if descent < 1:
        descent = 1
    if after >= descent:
        return 0.0
    half_angle = 0.5 * math.pi * after / descent
    return peak * math.cos(half_angle) ** 2
""",
        "The squared cosine of the half angle, with the end as a case of its own, instead of (1 + cos) / 2 with a clamp.",
    ),
    (
        "ratio_safe_denominator",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    lengths = torch.stack([torch.linalg.vector_norm(w), torch.linalg.vector_norm(update)])
    comparable = lengths.ne(0).all()
    over, under = torch.where(comparable, lengths, torch.ones_like(lengths)).unbind()
    ratio = over * trust_coefficient / under
    return torch.where(comparable, ratio, ratio.new_ones(()))
""",
        "Both norms in one tensor that is replaced by ones before the division, so nothing is ever divided by zero.",
    ),
    (
        "lars_returns_early",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    lr, m = settings["lr"], settings["momentum"]
    if w.ndim < 2:
        velocity.copy_(m * velocity + gradient)
        w.copy_(w - lr * velocity)
        return
    u = torch.add(gradient, w, alpha=settings["weight_decay"])
    ratio = trust_ratio(w, u, settings["trust_coefficient"])
    velocity.copy_(torch.addcmul(m * velocity, u, ratio))
    w.add_(velocity, alpha=-lr)
""",
        "NumPy style: new values are computed out of place and copied in, with biases as a case of their own.",
    ),
    (
        "groups_one_pass",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    groups = [dict(params=[], weight_decay=weight_decay), dict(params=[], weight_decay=0.0)]
    for p in filter(lambda q: q.requires_grad, model.parameters()):
        groups[int(len(p.shape) < 2)]["params"].append(p)
    return groups
""",
        "One pass that appends each parameter to the group which a comparison of its dimensions indexes.",
    ),
    (
        "squared_sine",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if warmup_steps and step < warmup_steps:
        return peak * step / warmup_steps
    descent = max(total_steps - warmup_steps, 1)
    left = max(0.0, 1.0 - (step - warmup_steps) / descent)  # share of the descent still to do
    return peak * math.sin(math.pi / 2 * left) ** 2
""",
        "Half a cosine as the square of a sine of what is left: sin^2(a / 2) = (1 - cos a) / 2.",
    ),
    (
        "flat_and_copied",
        "lars_update",
        """
def lars_update(w, gradient, velocity, settings):
    with torch.no_grad():
        rate, keep = settings["lr"], settings["momentum"]
        if w.ndim <= 1:
            step = gradient.clone()
        else:
            step = torch.add(gradient, w, alpha=settings["weight_decay"])
            step = torch.mul(trust_ratio(w, step, settings["trust_coefficient"]), step)
        velocity.copy_(step + keep * velocity)
        w.copy_(w - rate * velocity)
""",
        "New values are computed out of place and copied into the old tensors; works outside no_grad, too.",
    ),
    (
        "module_by_module",
        "parameter_groups",
        """
def parameter_groups(model, weight_decay):
    seen = {}
    for module in model.modules():
        for p in module.parameters(recurse=False):
            seen.setdefault(id(p), p)
    trained = [p for p in seen.values() if p.requires_grad]
    many = list(filter(lambda p: p.ndim >= 2, trained))
    few = list(filter(lambda p: p.ndim < 2, trained))
    return [
        dict(params=many, weight_decay=weight_decay),
        dict(params=few, weight_decay=0.0),
    ]
""",
        "Walks over modules, and keeps a shared parameter once, by its id.",
    ),
    (
        "logs_of_squares_in_double",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    w_square, update_square = (x.double().square().sum() for x in (w, update))
    comparable = (w_square > 0) & (update_square > 0)
    one = torch.ones_like(w_square)
    # where there is nothing to compare, the logs are those of 1
    w_log = torch.where(comparable, w_square, one).log()
    update_log = torch.where(comparable, update_square, one).log()
    ratio = trust_coefficient * torch.exp((w_log - update_log) / 2)
    return torch.where(comparable, ratio, one).to(update.dtype)
""",
        "the ratio of two norms is exp of half the difference of the logs of the sums of squares; in double and cast back; 1 where either sum is 0; a scalar on the input's device",
    ),
    (
        "haversine_with_guards",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    match (step < warmup_steps, step > warmup_steps and step >= total_steps):
        case (True, _):
            return peak * (1 - (warmup_steps - step) / warmup_steps)
        case (_, True):
            return 0.0
        case _:
            done, left = step - warmup_steps, total_steps - step
            # a quarter turn's cosine, squared, is half of (1 + cosine of the half turn)
            angle = math.pi / 2 * done / (done + left) if done else 0.0
            return peak * math.cos(angle) ** 2
""",
        "cos(x / 2) ** 2 = (1 + cos x) / 2; the warm-up counts down what is missing; exact 0 from total_steps on if the warm-up is shorter; no division by 0 (done == 0 has its own branch). With a warm-up of total_steps or more: the peak at its end",
    ),
    (
        "hands_over_to_sgd",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    with torch.no_grad():
        update = gradient.detach().clone()
        if w.dim() >= 2:
            update += settings["weight_decay"] * w
            update *= trust_ratio(w, update, settings["trust_coefficient"])
        alias = torch.nn.Parameter(w.detach())  # the same memory as w
        alias.grad = update
        momentum = settings["momentum"]
        sgd = torch.optim.SGD([alias], lr=settings["lr"], momentum=momentum, foreach=False)
        if momentum == 0:
            velocity.copy_(update)  # SGD keeps no buffer then
        else:
            sgd.state[alias]["momentum_buffer"] = velocity
        sgd.step()
""",
        "the last two equations are torch.optim.SGD's, so a throw-away SGD does them, on an alias of w (same memory) and with velocity as its momentum buffer; the gradient is cloned; momentum 0 is handled apart",
    ),
    (
        "recursive_partition",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    found: dict[int, torch.nn.Parameter] = {}

    def collect(module):
        for child in module.children():
            collect(child)
        for parameter in module.parameters(recurse=False):
            if parameter.requires_grad:
                found.setdefault(id(parameter), parameter)

    collect(model)
    by_dimensions = sorted(found.values(), key=torch.Tensor.dim, reverse=True)
    cut = sum(parameter.dim() >= 2 for parameter in by_dimensions)
    return [
        dict(params=part, weight_decay=decay)
        for part, decay in ((by_dimensions[:cut], weight_decay), (by_dimensions[cut:], 0.0))
    ]
""",
        "walks the modules by recursion, children first, keeps a shared parameter once, sorts by number of dimensions and cuts the list where it falls below 2; frozen parameters are in neither group. Order within a group is not that of model.parameters(), which nothing asks for",
    ),
    (
        "autograd_grad_into_fields",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    trained = []
    for group in optimizer.param_groups:
        group.update(lr=rate)
        for parameter in group["params"]:
            parameter.grad = None
            if parameter.requires_grad:
                trained.append(parameter)
    gradients = torch.autograd.grad(loss, trained, allow_unused=True)
    for parameter, gradient in zip(trained, gradients, strict=True):
        parameter.grad = gradient
    optimizer.step()
""",
        "torch.autograd.grad returns the new gradients, which replace the old; a parameter that the loss does not use has no gradient and stays, as after zero_grad and backward; every group gets the rate",
    ),
    (
        "scaled_lr_all_three",
        "scaled_learning_rate",
        """
def scaled_learning_rate(base: float, batch_size: int, rule: str = "linear") -> float:
    ours = base * math.sqrt(batch_size) / 16  # sqrt(256) is 16
    rates = [("linear", base * batch_size / 256), ("simclr_sqrt", 4 * ours), ("sqrt", ours)]
    for name, rate in rates:
        if name == rule:
            return rate
    known = ", ".join(name for name, _ in rates)
    raise ValueError(f"no rule {rule!r}; there are {known}")
""",
        "All three rates are computed and looked up in a list; SimCLR's square root is four times our own, as sqrt(256) / 4 is 4.",
    ),
    (
        "lr_list_of_all_rates",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    rates = [peak * done / warmup_steps for done in range(warmup_steps)]
    descent = total_steps - warmup_steps
    for done in range(descent):
        rates.append(peak * (0.5 + 0.5 * math.cos(math.pi * done / descent)))
    rates.append(0.0 if descent > 0 else float(peak))  # from here on, for ever
    return rates[min(step, len(rates) - 1)]
""",
        "Writes down the rates of the whole training in a list and looks one up; its last entry stands for all later steps, so the progress needs no limit, and no case divides by zero.",
    ),
    (
        "ratio_by_hypot_tree",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    def length(x):
        sides = x.flatten().to(torch.promote_types(x.dtype, torch.float32)).abs()
        if not len(sides):
            return sides.sum()
        while len(sides) > 1:
            if len(sides) % 2:
                sides = torch.cat([sides, sides.new_zeros(1)])
            sides = torch.hypot(*sides.chunk(2))
        return sides[0]

    a, b = length(w), length(update)
    known = (a > 0) & (b > 0)
    ratio = trust_coefficient * a / torch.where(known, b, torch.ones_like(b))
    return torch.where(known, ratio, torch.ones_like(ratio)).to(w.dtype)
""",
        "Pythagoras pairwise: a tree of hypotenuses instead of a norm, in float32 or wider, so no square overflows or underflows; the divisor is replaced by 1 where a norm is zero, then the ratio; back to w's dtype, a scalar on its device.",
    ),
    (
        "lars_linear_map",
        "lars_update",
        """
@torch.no_grad()
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    m, eta = settings["momentum"], settings["trust_coefficient"]
    if w.dim() > 1:
        decay = settings["weight_decay"]
        ratio = trust_ratio(w, gradient + decay * w, eta)
        parts = torch.stack([velocity, gradient, w])
        shares = torch.stack([torch.full_like(ratio, m), ratio, ratio * decay])
    else:
        parts = torch.stack([velocity, gradient])
        shares = torch.tensor([m, 1.0], dtype=w.dtype, device=w.device)
    shape = (-1,) + (1,) * w.dim()
    velocity.copy_((shares.reshape(shape) * parts).sum(0))
    w.copy_(w - settings["lr"] * velocity)
""",
        "The new velocity as one linear combination of velocity, gradient and weights (m, ratio, ratio * decay), computed from a stack; biases combine only two of them. The sum for the ratio is a tensor of its own, and gradient is only read.",
    ),
    (
        "sine_squared",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    if step < warmup_steps:
        return step * peak / warmup_steps
    length = max(total_steps - warmup_steps, 1)
    remaining = max(warmup_steps + length - step, 0)
    return peak * math.sin(0.5 * math.pi * remaining / length) ** 2
""",
        "A physicist counts the steps that remain and uses (1 + cos 2a) / 2 = sin^2 of the complement; exactly 0 at the end, peak at its start.",
    ),
    (
        "new_values_copied_in",
        "lars_update",
        """
def lars_update(w, gradient, velocity, settings):
    eta, decay, m, rate = (
        settings[key] for key in ("trust_coefficient", "weight_decay", "momentum", "lr")
    )
    is_weight = w.ndim >= 2
    with torch.no_grad():
        u = torch.clone(gradient)
        u += (decay if is_weight else 0) * w
        u *= trust_ratio(w, u, eta) if is_weight else 1
        new_velocity = m * velocity + u
        velocity.copy_(new_velocity)
        w.copy_(w - rate * new_velocity)
""",
        "One path for weights and biases (decay 0 and ratio 1), works on a clone of the gradient, and computes new tensors which it copies into the old ones.",
    ),
    (
        "backward_into_the_optimisers_own",
        "take_step",
        """
def take_step(optimizer, loss, rate):
    chosen = []
    for group in optimizer.param_groups:
        group["lr"] = rate
        for p in group["params"]:
            p.grad = None
            if p.requires_grad:
                chosen.append(p)
    torch.autograd.backward(loss, inputs=chosen)
    optimizer.step()
""",
        "Sets gradients to None by hand and asks autograd for the gradients of the optimiser's parameters only, in place of zero_grad and loss.backward().",
    ),
    (
        "squared_sine_13",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    if step == warmup_steps and total_steps <= warmup_steps:
        return float(peak)  # all warm-up, no descent
    if step >= total_steps:
        return 0.0
    left = (total_steps - step) / (total_steps - warmup_steps)
    return peak * math.sin(math.pi / 2 * left) ** 2
""",
        "counts what is left of the descent, and writes half a cosine as a squared sine, which is exactly 0 and 1 at the ends",
    ),
    (
        "new_tensors_copied_back",
        "lars_update",
        """
def lars_update(w, gradient, velocity, settings):
    with torch.no_grad():
        u = gradient
        if w.dim() >= 2:
            u = torch.add(u, w, alpha=settings["weight_decay"])
            u = torch.mul(u, trust_ratio(w, u, settings["trust_coefficient"]))
        velocity.copy_(torch.add(u, velocity, alpha=settings["momentum"]))
        w.copy_(torch.sub(w, velocity, alpha=settings["lr"]))
""",
        "computes every result into a new tensor and copies it into velocity and w at the end",
    ),
    (
        "gradients_from_autograd_grad",
        "take_step",
        """
def take_step(optimizer, loss, rate):
    learnable = []
    for group in optimizer.param_groups:
        group.update(lr=rate)
        for p in group["params"]:
            p.grad = None
            if p.requires_grad:
                learnable.append(p)
    found = torch.autograd.grad(loss, learnable, allow_unused=True)
    for p, g in zip(learnable, found):
        p.grad = None if g is None else g.clone()
    optimizer.step()
""",
        "asks torch.autograd.grad for the gradients of the optimiser's parameters and assigns them, without zero_grad and backward; a parameter that the loss does not use has no gradient",
    ),
    (
        "squared_sine_of_what_is_left",
        "learning_rate",
        """
def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * (step / warmup_steps)
    if step == warmup_steps and step >= total_steps:
        return float(peak)
    left = total_steps - step
    if left <= 0:
        return 0.0
    return peak * math.sin(0.5 * math.pi * left / (total_steps - warmup_steps)) ** 2
""",
        "counts the steps that are left, and uses (1 + cos x) / 2 = sin^2((pi - x) / 2); an explicit 0 at the end instead of a clamp",
    ),
    (
        "length_in_units_of_the_largest_number",
        "trust_ratio",
        """
@torch.no_grad()
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    wide = torch.promote_types(w.dtype, torch.float32)

    def length(t):
        t = t.to(wide).flatten()
        unit = t.abs().max()
        if unit == 0:
            return unit
        return unit * (t / unit).square().sum().sqrt()

    a, b = length(w), length(update)
    if a == 0 or b == 0:
        return torch.ones((), dtype=wide, device=w.device)
    return trust_coefficient * (a / b)
""",
        "norm by hand, divided by the largest number first, in float32 or wider; if instead of torch.where",
    ),
    (
        "autograd_grad_instead_of_backward",
        "take_step",
        """
def take_step(optimizer, loss, rate):
    held = []
    for group in optimizer.param_groups:
        group["lr"] = rate
        held.extend(group["params"])
    for p in held:
        p.grad = None
    live = [p for p in held if p.requires_grad]
    if live:
        found = torch.autograd.grad(loss, live, allow_unused=True)
        for p, g in zip(live, found):
            p.grad = None if g is None else g.clone()
    optimizer.step()
""",
        "torch.autograd.grad for the trainable parameters only, and gradients set by hand, instead of zero_grad and backward",
    ),
    (
        "squared_half_angle",
        "learning_rate",
        """
def learning_rate(step: int, total_steps: int, warmup_steps: int, peak: float) -> float:
    after = step - warmup_steps  # steps since the end of the warm-up
    if after < 0:
        return float(peak) * step / warmup_steps
    if after == 0:
        return float(peak)
    left = total_steps - step
    if left <= 0:
        return 0.0
    # (1 + cos a) / 2 = cos(a / 2) ** 2 = sin((pi - a) / 2) ** 2
    return peak * math.sin(math.pi / 2 * left / (after + left)) ** 2
""",
        "physicist: counts the steps that are left and uses the half-angle formula, a squared sine instead of 1 + cos",
    ),
    (
        "python_numbers",
        "lars_update",
        """
def lars_update(w: Tensor, gradient: Tensor, velocity: Tensor, settings: dict) -> None:
    is_weight = len(w.shape) >= 2
    with torch.no_grad():
        new = gradient.clone()
        scale = 1.0
        if is_weight:
            new = new + settings["weight_decay"] * w
            length_w = torch.linalg.vector_norm(w).item()
            length_u = torch.linalg.vector_norm(new).item()
            if length_w > 0.0 and length_u > 0.0:
                scale = settings["trust_coefficient"] * length_w / length_u
        velocity.copy_(settings["momentum"] * velocity + scale * new)
        w.copy_(w - settings["lr"] * velocity)
""",
        "NumPy user: the ratio is an ordinary Python number computed here, without trust_ratio; new values are computed in full and copied into the old tensors",
    ),
    (
        "autograd_grad",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    every = []
    for group in optimizer.param_groups:
        group.update(lr=rate)
        every.extend(group["params"])
    wanted = [p for p in every if p.requires_grad]
    slopes = torch.autograd.grad(loss, wanted, allow_unused=True) if wanted else ()
    for p in every:
        p.grad = None
    for p, slope in zip(wanted, slopes):
        if slope is not None:
            p.grad = slope.clone()
    optimizer.step()
""",
        "mathematician: no backward and no zero_grad: asks torch.autograd.grad for the gradients of the optimiser's parameters and puts them in place",
    ),
]
