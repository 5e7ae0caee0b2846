# ruff: noqa: E501  (a sentence to the learner is one line)
"""Wrong ways to write lesson 5's learning rate, LARS and step, with a sentence about each."""

from lessons.course.mistakes import Mistake

SQRT = "base * math.sqrt(batch_size / 256)"
SIMCLR_SQRT = "base / 4 * math.sqrt(batch_size)"
PROGRESS = "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))"
COSINE = "peak * (1 + math.cos(math.pi * progress)) / 2"
WARM = "peak * step / warmup_steps"
RATIO = "trust_coefficient * w_norm / update_norm"
NORMS = "w_norm, update_norm = w.norm(), update.norm()"
CHOICE = "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))"
DECAY = 'update = gradient + settings["weight_decay"] * w'
SCALE = 'update = update * trust_ratio(w, update, settings["trust_coefficient"])'
REMEMBER = 'velocity.mul_(settings["momentum"]).add_(update)'
MOVE = 'w.sub_(settings["lr"] * velocity)'
WEIGHTS = "[p for p in model.parameters() if p.requires_grad and p.dim() > 1]"
OTHERS = "[p for p in model.parameters() if p.requires_grad and p.dim() <= 1]"
SET = 'for group in optimizer.param_groups:\n        group["lr"] = rate'
FORGET = "optimizer.zero_grad(set_to_none=True)\n"
STEP = FORGET + "    loss.backward()\n    optimizer.step()"

MISTAKES = [
    # scaled_learning_rate
    Mistake(
        "counts_views",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * 2 * batch_size / 256"),
        "You give 256 images twice the base rate, as if each view counted. What does B count?",
        trains=True,
    ),
    Mistake(
        "root_of_all",
        "scaled_learning_rate",
        (SQRT, "math.sqrt(base * batch_size / 256)"),
        "You take the square root of the base rate as well. Which rate should the sqrt rule give for 256 images?",
        trains=True,
    ),
    Mistake(
        "root_without_256",
        "scaled_learning_rate",
        (SQRT, "base * math.sqrt(batch_size) / 256"),
        "You divide by 256 after taking the root. What is the square root of 256?",
        trains=True,
    ),
    Mistake(
        "rule_ignored",
        "scaled_learning_rate",
        (SQRT, "base * batch_size / 256"),
        "Your sqrt rule grows linearly. How much should the rate grow when the batch becomes four times larger?",
        trains=True,
    ),
    Mistake(
        "paper_root_meets_at_256",
        "scaled_learning_rate",
        (SIMCLR_SQRT, SQRT),
        "Your simclr_sqrt agrees with the linear rule at 256 images. At which batch size do the paper's two rules agree?",
        trains=True,
    ),
    Mistake(
        "our_root_meets_at_4096",
        "scaled_learning_rate",
        (SQRT, SIMCLR_SQRT),
        "Your sqrt agrees with the linear rule at 4,096 images, as the paper's square root does. At which batch size should ours agree?",
        trains=True,
    ),
    Mistake(
        "paper_constant_for_any_base",
        "scaled_learning_rate",
        (SIMCLR_SQRT, "0.075 * math.sqrt(batch_size)"),
        "Your simclr_sqrt ignores the base rate: 0.075 is right only for a base of 0.3. What should it be for a different base?",
        trains=True,
    ),
    Mistake(
        "whole_batches",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * (batch_size // 256)"),
        "You use integer division, so 128 images get a rate of 0. What is 128 / 256?",
    ),
    Mistake(
        "smaller_for_larger",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * 256 / batch_size"),
        "Your rate falls when the batch grows. Is the mean gradient of more images noisier or steadier?",
        trains=True,
    ),
    Mistake(
        "any_other_is_sqrt",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    root = base * math.sqrt(batch_size / 256)
    return 4 * root if rule == "simclr_sqrt" else root""",
        "You treat every unknown rule as sqrt, even a misspelt one. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "sqrt_by_default",
        "scaled_learning_rate",
        ('rule: str = "linear"', 'rule: str = "sqrt"'),
        "Your default rule is sqrt. Which default did the signature have?",
        trains=True,
    ),
    Mistake(
        "rate_is_a_tensor",
        "scaled_learning_rate",
        ("return base * batch_size / 256", "return torch.tensor(base * batch_size / 256)"),
        "You return the scaled rate as a tensor. What does the signature promise, and can the JSON log store a tensor?",
        trains=True,
    ),
    # learning_rate
    Mistake(
        "cosine_ignores_warmup",
        "learning_rate",
        (PROGRESS, "min(1.0, step / total_steps)"),
        "Your cosine begins at step 0, so the rate drops below the peak right after the warm-up. From which step should it fall?",
        trains=True,
    ),
    Mistake(
        "never_arrives",
        "learning_rate",
        (PROGRESS, "min(1.0, (step - warmup_steps) / total_steps)"),
        "Your cosine starts after the warm-up but takes as long as the whole training, so the rate is not 0 at the end. How many steps does the descent have?",
        trains=True,
    ),
    Mistake(
        "rises_again",
        "learning_rate",
        (PROGRESS, PROGRESS[9:-1]),
        "Your cosine goes on after the last step, and the rate rises again. What keeps the progress at 1?",
        trains=True,
    ),
    Mistake(
        "one_step_ahead",
        "learning_rate",
        (WARM, "peak * (step + 1) / warmup_steps"),
        "Your warm-up is one step ahead: the first step already has a rate above 0. How many steps are done at step 0?",
        trains=True,
    ),
    Mistake(
        "line_down",
        "learning_rate",
        (COSINE, "peak * (1 - progress)"),
        "You come down in a straight line. Which curve does section 2.3 use?",
        trains=True,
    ),
    Mistake(
        "quarter_of_a_cosine",
        "learning_rate",
        (COSINE, "peak * math.cos(math.pi / 2 * progress)"),
        "You use a quarter of a cosine, from 0° to 90°, which is steepest at the end. Over which angle does half a cosine run?",
        trains=True,
    ),
    Mistake(
        "whole_cosine",
        "learning_rate",
        (COSINE, "peak * (1 + math.cos(2 * math.pi * progress)) / 2"),
        "You use a whole cosine, so the rate is back at the peak at the end. How far does half a cosine go?",
        trains=True,
    ),
    Mistake(
        "cosine_not_halved",
        "learning_rate",
        (COSINE, "peak * (1 + math.cos(math.pi * progress))"),
        "Your descent begins at twice the peak. What is 1 + cos 0?",
        trains=True,
    ),
    Mistake(
        "curved_warmup",
        "learning_rate",
        (WARM, "peak * (1 - math.cos(math.pi * step / warmup_steps)) / 2"),
        "You warm up along a cosine as well. Which shape does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "warmup_times_cosine",
        "learning_rate",
        (
            WARM,
            "peak * step / warmup_steps * (1 + math.cos(math.pi * step / total_steps)) / 2",
        ),
        "You multiply the warm-up by the cosine. Should the descent begin during the warm-up or after it?",
        trains=True,
    ),
    Mistake(
        "warmup_over_total",
        "learning_rate",
        (WARM, "peak * step / total_steps"),
        "You divide by the total number of steps, so the warm-up ends far below the peak. How many steps does the warm-up have?",
        trains=True,
    ),
    Mistake(
        "ends_a_step_early",
        "learning_rate",
        ("max(1, total_steps - warmup_steps)", "max(1, total_steps - 1 - warmup_steps)"),
        "Your rate is 0 one step before the end, so the last step does nothing. From which step on does the docstring return 0?",
        trains=True,
    ),
    Mistake(
        "stays_at_the_peak",
        "learning_rate",
        (COSINE, "peak"),
        "Your rate stays at the peak until the end of the run. What should it do after the warm-up, and what is 3 // 10?",
        trains=True,
    ),
    Mistake(
        "starts_at_the_peak",
        "learning_rate",
        (WARM, "peak"),
        "You return the peak throughout the warm-up. What is the rate at step 0?",
        trains=True,
    ),
    # trust_ratio
    Mistake(
        "rate_of_a_step_is_a_tensor",
        "learning_rate",
        (COSINE, f"torch.tensor({COSINE})"),
        "You return the rate of a step as a tensor. What does the signature promise, and can the JSON log store a tensor?",
        trains=True,
    ),
    Mistake(
        "ratio_inverted",
        "trust_ratio",
        (RATIO, "trust_coefficient * update_norm / w_norm"),
        "Your ratio is upside down: it grows with the update. Should a large gradient be trusted more or less?",
    ),
    Mistake(
        "no_coefficient",
        "trust_ratio",
        (RATIO, "w_norm / update_norm"),
        "You leave out eta, so each update is as long as the weights themselves. How long should it be, relative to them?",
    ),
    Mistake(
        "squared_lengths",
        "trust_ratio",
        (NORMS, "w_norm, update_norm = w.square().sum(), update.square().sum()"),
        "You divide sums of squares. What turns a sum of squares into a length?",
    ),
    Mistake(
        "sum_of_absolutes",
        "trust_ratio",
        (NORMS, "w_norm, update_norm = w.abs().sum(), update.abs().sum()"),
        "You add absolute values. What is the length of the vector (3, 4)?",
        trains=True,
    ),
    Mistake(
        "largest_entry",
        "trust_ratio",
        (NORMS, "w_norm, update_norm = w.abs().max(), update.abs().max()"),
        "You compare only the largest entries. How do the other entries count towards the length of a vector?",
        trains=True,
    ),
    Mistake(
        "mean_of_rows",
        "trust_ratio",
        (
            NORMS,
            "w_norm, update_norm = (t.reshape(len(t), -1).norm(dim=1).mean() for t in (w, update))",
        ),
        "You average the lengths of the rows. Which numbers make up the length of a whole layer?",
        trains=True,
    ),
    Mistake(
        "entry_by_entry",
        "trust_ratio",
        (RATIO, "trust_coefficient * (w.abs() / update.abs().clamp(min=1e-12)).mean()"),
        "You divide entry by entry and take the mean. Which comes first, the two lengths or the division?",
    ),
    Mistake(
        "weights_not_counted",
        "trust_ratio",
        (RATIO, "trust_coefficient / update_norm"),
        "You scale every update to the same length, whatever the layer. Where is |w|, which gives large layers larger steps?",
        trains=True,
    ),
    Mistake(
        "zero_gives_zero",
        "trust_ratio",
        (CHOICE, CHOICE.replace("ones_like", "zeros_like")),
        "Your ratio is 0 if either length is zero. How could weights that start at zero ever move?",
        trains=True,
    ),
    Mistake(
        "zero_weights_freeze",
        "trust_ratio",
        (CHOICE, CHOICE.replace("(w_norm > 0) & ", "")),
        "An update of zero gets a ratio of 1, but weights of zero get 0. How could they ever move?",
        trains=True,
    ),
    Mistake(
        "zero_gives_eta",
        "trust_ratio",
        (CHOICE, CHOICE.replace("torch.ones_like(ratio)", "trust_coefficient + 0 * w_norm")),
        "Your ratio is eta if either length is zero. What does the docstring return in that case?",
        trains=True,
    ),
    Mistake(
        "epsilon_for_zero",
        "trust_ratio",
        (f"{RATIO}", "trust_coefficient * (w_norm + 1e-3) / (update_norm + 1e-3)"),
        "You add 0.001 to both lengths, which distorts the ratio of a small layer. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "epsilon_and_no_choice",
        "trust_ratio",
        (CHOICE, "trust_coefficient * w_norm / (update_norm + 1e-8)"),
        "Weights of zero get a ratio of 0, and an update of zero a huge one, as if you added a tiny number to its length. What should both be?",
        trains=True,
    ),
    Mistake(
        "cut_at_one",
        "trust_ratio",
        (RATIO, f"({RATIO}).clamp(max=1.0)"),
        "You cap the ratio at 1, as LARC does. What does LARS do with a layer whose gradient is tiny?",
        trains=True,
    ),
    # lars_update
    Mistake(
        "ratio_of_gradient_alone",
        "lars_update",
        (SCALE, 'update = update * trust_ratio(w, gradient, settings["trust_coefficient"])'),
        "Your ratio measures the gradient without the decay, but scales both. What is u when the docstring takes its ratio?",
        trains=True,
    ),
    Mistake(
        "decay_after_ratio",
        "lars_update",
        (
            f"{DECAY}\n        {SCALE}",
            'update = gradient * trust_ratio(w, gradient, settings["trust_coefficient"])\n'
            '        update = update + settings["weight_decay"] * w',
        ),
        "You add the decay after the ratio, so it is not scaled. Which comes first in u = g + decay · w, u = ratio · u?",
        trains=True,
    ),
    Mistake(
        "no_decay",
        "lars_update",
        (DECAY, "update = gradient * 1.0"),
        "You leave out the weight decay. Which term pulls the weights towards zero?",
        trains=True,
    ),
    Mistake(
        "decay_pushes_away",
        "lars_update",
        (DECAY, 'update = gradient - settings["weight_decay"] * w'),
        "Your decay makes the weights grow. The update is subtracted at the end, so which sign must decay · w have?",
        trains=True,
    ),
    Mistake(
        "biases_decay",
        "lars_update",
        (
            f"if w.dim() > 1:\n        {DECAY}\n        {SCALE}",
            f"{DECAY}\n    if w.dim() > 1:\n        {SCALE}",
        ),
        "You let biases and norm layers decay too. What happens to a norm layer's scale when it has no gradient?",
        trains=True,
    ),
    Mistake(
        "biases_adapt",
        "lars_update",
        (
            f"if w.dim() > 1:\n        {DECAY}\n        {SCALE}",
            f"if w.dim() > 1:\n        {DECAY}\n    {SCALE}",
        ),
        "You scale the updates of biases and norm layers by the ratio too. Which parameters does SimCLR exclude from it?",
        trains=True,
    ),
    Mistake(
        "all_alike",
        "lars_update",
        ("if w.dim() > 1:", "if True:"),
        "You give biases and norm layers a decay and a ratio, as if they were weights. How can you tell a bias from a matrix?",
        trains=True,
    ),
    Mistake(
        "matrices_only",
        "lars_update",
        ("w.dim() > 1", "w.dim() == 2"),
        "You treat only matrices as weights. How many dimensions does a convolution's weight have?",
        trains=True,
    ),
    Mistake(
        "ratio_left_out",
        "lars_update",
        (SCALE, "pass"),
        "You leave out the ratio, so this is SGD with momentum. What makes it LARS?",
        trains=True,
    ),
    Mistake(
        "rate_in_the_memory",
        "lars_update",
        (
            f"{REMEMBER}\n    {MOVE}",
            'velocity.mul_(settings["momentum"]).add_(settings["lr"] * update)\n    w.sub_(velocity)',
        ),
        "You multiply by the rate before you add to the velocity, as the LARS paper does. Where does w = w - lr · v apply it?",
        trains=True,
    ),
    Mistake(
        "rate_twice",
        "lars_update",
        (REMEMBER, 'velocity.mul_(settings["momentum"]).add_(settings["lr"] * update)'),
        "You apply the rate twice, in the velocity and in the step. How many times does the docstring multiply by it?",
        trains=True,
    ),
    Mistake(
        "damped_momentum",
        "lars_update",
        (
            REMEMBER,
            'velocity.mul_(settings["momentum"]).add_((1 - settings["momentum"]) * update)',
        ),
        "You keep a moving average, so only a share of 1 - momentum of the new update enters v. What share should?",
        trains=True,
    ),
    Mistake(
        "no_momentum",
        "lars_update",
        (REMEMBER, "velocity.copy_(update)"),
        "You forget the earlier updates. What share of the old velocity should stay?",
        trains=True,
    ),
    Mistake(
        "velocity_lost",
        "lars_update",
        (
            f"{REMEMBER}\n    {MOVE}",
            'w.sub_(settings["lr"] * (settings["momentum"] * velocity + update))',
        ),
        "You never change the velocity that you were given. Where will the next step find it?",
        trains=True,
    ),
    Mistake(
        "weights_not_in_place",
        "lars_update",
        (MOVE, 'w = w - settings["lr"] * velocity'),
        "Your step never changes the weights that you were given, as with `w = …` or w.sub. Which operations change a tensor itself?",
    ),
    Mistake(
        "step_before_remembering",
        "lars_update",
        (f"{REMEMBER}\n    {MOVE}", f"{MOVE}\n    {REMEMBER}"),
        "You step with the old velocity, so this gradient counts one step late. Which of the two lines comes first?",
    ),
    Mistake(
        "ratio_on_velocity",
        "lars_update",
        (
            f"{SCALE}\n    # keep a share of the earlier updates, add the new one, and step against the sum\n    {REMEMBER}\n    {MOVE}",
            f"pass\n    {REMEMBER}\n"
            '    ratio = trust_ratio(w, velocity, settings["trust_coefficient"]) if w.dim() > 1 else 1\n'
            '    w.sub_(settings["lr"] * ratio * velocity)',
        ),
        "You scale the velocity by the ratio, and not the update. Which of the two does the docstring scale?",
        trains=True,
    ),
    Mistake(
        "nesterov",
        "lars_update",
        (MOVE, 'w.sub_(settings["lr"] * (update + settings["momentum"] * velocity))'),
        "You step along update + momentum · velocity, as Nesterov's method does. What does w = w - lr · v subtract?",
        trains=True,
    ),
    Mistake(
        "climbs",
        "lars_update",
        (MOVE, 'w.add_(settings["lr"] * velocity)'),
        "You step along the gradient, which is uphill. In which direction does the loss fall?",
    ),
    Mistake(
        "gradient_changed",
        "lars_update",
        (DECAY, 'update = gradient.add_(settings["weight_decay"] * w)'),
        "You add the decay to the gradient itself, which is not yours to change. Which operation makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "ratio_by_row",
        "lars_update",
        (
            SCALE,
            "rows = zip(w, update, strict=True)\n"
            '        update = torch.stack([u * trust_ratio(v, u, settings["trust_coefficient"]) for v, u in rows])',
        ),
        "You compute a ratio for each row. How many ratios does a layer have in LARS?",
        trains=True,
    ),
    # parameter_groups
    Mistake(
        "only_biases_by_name",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for n, p in named if not n.endswith("bias")], "weight_decay": weight_decay},
        {"params": [p for n, p in named if n.endswith("bias")], "weight_decay": 0.0},
    ]""",
        "You go by the name, so a norm layer's scale decays, because it is not called bias. How many dimensions does it have?",
        trains=True,
    ),
    Mistake(
        "weights_by_name",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for name, p in named if name.endswith("weight")], "weight_decay": weight_decay},
        {"params": [p for name, p in named if not name.endswith("weight")], "weight_decay": 0.0},
    ]""",
        "You go by names that end in `weight`, and a norm layer's scale has such a name. How many dimensions does it have?",
        trains=True,
    ),
    Mistake(
        "all_decay",
        "parameter_groups",
        ('"weight_decay": 0.0', '"weight_decay": weight_decay'),
        "You let both groups decay. Which one holds the biases and norm layers, and what should its decay be?",
        trains=True,
    ),
    Mistake(
        "decay_not_said",
        "parameter_groups",
        (', "weight_decay": 0.0', ""),
        "You leave out the decay of one group, so it takes the optimiser's. What should it be?",
        trains=True,
    ),
    Mistake(
        "groups_exchanged",
        "parameter_groups",
        (
            '{"params": weights, "weight_decay": weight_decay},\n        {"params": others, "weight_decay": 0.0}',
            '{"params": weights, "weight_decay": 0.0},\n        {"params": others, "weight_decay": weight_decay}',
        ),
        "You let biases and norm layers decay, and not the weights. Which of them should be pulled towards zero?",
        trains=True,
    ),
    Mistake(
        "convolutions_not_decayed",
        "parameter_groups",
        (
            "p.dim() > 1]\n    others = " + OTHERS,
            "p.dim() == 2]\n    others = " + OTHERS.replace("<= 1", "!= 2"),
        ),
        "You let only matrices decay. How many dimensions does a convolution's weight have?",
        trains=True,
    ),
    Mistake(
        "convolutions_forgotten",
        "parameter_groups",
        ("p.dim() > 1", "p.dim() == 2"),
        "You put convolutions in no group, so the optimiser never changes them. How many dimensions does their weight have?",
        trains=True,
    ),
    Mistake(
        "frozen_included",
        "parameter_groups",
        ("p.requires_grad and p.dim() > 1", "p.dim() > 1"),
        "You put frozen weights in a group, but not frozen biases. What does requires_grad = False mean?",
        trains=True,
    ),
    Mistake(
        "top_level_only",
        "parameter_groups",
        (
            f"{WEIGHTS}\n    others = {OTHERS}",
            "[p for m in model.children() for p in m.parameters(recurse=False) if p.requires_grad and p.dim() > 1]\n"
            "    others = [p for m in model.children() for p in m.parameters(recurse=False) if p.requires_grad and p.dim() <= 1]",
        ),
        "You look only one level deep, so layers inside a block never train. What does model.parameters() visit?",
        trains=True,
    ),
    Mistake(
        "biases_forgotten",
        "parameter_groups",
        (OTHERS, "[]"),
        "You put biases and norm layers in no group, so they do not decay, but they do not train either. What moves a parameter that is in no group?",
        trains=True,
    ),
    Mistake(
        "scalars_decay",
        "parameter_groups",
        (
            "p.dim() > 1]\n    others = " + OTHERS,
            "p.dim() != 1]\n    others = " + OTHERS.replace("<= 1", "== 1"),
        ),
        "You let a parameter decay that is a single number, with no dimension at all. Which parameters does the docstring let decay?",
        trains=True,
    ),
    Mistake(
        "layers_by_class",
        "parameter_groups",
        (
            f"{WEIGHTS}\n    others = {OTHERS}",
            "[m.weight for m in model.modules() if isinstance(m, torch.nn.Linear | torch.nn.Conv2d) and m.weight.requires_grad]\n"
            "    weights = list({id(p): p for p in weights}.values())\n"
            "    found = {id(p) for p in weights}\n"
            "    others = [p for p in model.parameters() if p.requires_grad and id(p) not in found]",
        ),
        "You list the classes of layers that decay, so weights in any other class do not. What does the docstring go by?",
        trains=True,
    ),
    # take_step
    Mistake(
        "first_group_only",
        "take_step",
        (SET, 'optimizer.param_groups[0]["lr"] = rate'),
        "You set the rate of the first group only. At which rate do the biases move?",
        trains=True,
    ),
    Mistake(
        "never_forgets",
        "take_step",
        (FORGET + "    ", ""),
        "You let gradients accumulate from step to step. What does backward do with a gradient that is already there?",
    ),
    Mistake(
        "forgets_too_late",
        "take_step",
        (STEP, "loss.backward()\n    optimizer.zero_grad()\n    optimizer.step()"),
        "The step finds no gradient, as if you had cleared the new one. When should the old one be cleared?",
    ),
    Mistake(
        "forgets_only_afterwards",
        "take_step",
        (STEP, "loss.backward()\n    optimizer.step()\n    optimizer.zero_grad()"),
        "You clear gradients only after the step, so a gradient from before the first step still counts. When should it have been cleared?",
        trains=True,
    ),
    Mistake(
        "rate_comes_late",
        "take_step",
        (
            f"{SET}\n    # clear the old gradients, compute the new ones, step\n    {STEP}",
            f"{STEP}\n    {SET}",
        ),
        "You set the rate after the step, so it applies only to the next one. Which step is it meant for?",
        trains=True,
    ),
    Mistake(
        "rate_into_defaults",
        "take_step",
        (SET, 'optimizer.defaults["lr"] = rate'),
        "You change the defaults, which only new groups read. Where does a group keep its rate?",
    ),
    Mistake(
        "rate_multiplied",
        "take_step",
        ('group["lr"] = rate', 'group["lr"] *= rate'),
        "You multiply the old rate by the new one. Which rate should the group have?",
    ),
    Mistake(
        "rate_on_the_loss",
        "take_step",
        ("loss.backward()", "(rate * loss).backward()"),
        "You multiply the loss by the rate, and the optimiser applies it again. How many times should the rate count?",
        trains=True,
    ),
    Mistake(
        "two_steps",
        "take_step",
        ("optimizer.step()", "optimizer.step()\n    optimizer.step()"),
        "You step twice with one gradient. How many steps should one call take?",
        trains=True,
    ),
    Mistake(
        "gradient_clipped",
        "take_step",
        (
            "optimizer.step()",
            'parameters = [p for group in optimizer.param_groups for p in group["params"]]\n'
            "    torch.nn.utils.clip_grad_norm_(parameters, 1.0)\n    optimizer.step()",
        ),
        "You clip the gradient to norm 1 first. Does the docstring, or SimCLR, ask for that?",
        trains=True,
    ),
    # more of scaled_learning_rate
    Mistake(
        "paper_root_of_256th",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base / 4 * math.sqrt(batch_size / 256)"),
        "Your simclr_sqrt is sixteen times too small: at 256 images it gives a quarter of the base. Which rate does the paper's rule give there?",
        trains=True,
    ),
    Mistake(
        "paper_root_without_quarter",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base * math.sqrt(batch_size)"),
        "Your simclr_sqrt is four times too large. By what does the docstring divide the base?",
        trains=True,
    ),
    Mistake(
        "paper_root_halved",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base / 2 * math.sqrt(batch_size)"),
        "Your simclr_sqrt is twice as large as it should be. By what does the docstring divide the base?",
        trains=True,
    ),
    Mistake(
        "paper_constant_times_base",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "0.075 * base * math.sqrt(batch_size)"),
        "Your simclr_sqrt multiplies 0.075 by the base. What is 0.3 / 4?",
        trains=True,
    ),
    Mistake(
        "paper_root_is_linear",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base * batch_size / 256"),
        "Your simclr_sqrt grows linearly. How much should the rate grow when the batch becomes four times larger?",
        trains=True,
    ),
    Mistake(
        "paper_root_without_root",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base / 4 * batch_size"),
        "Your simclr_sqrt takes no root. How much should the rate grow when the batch becomes four times larger?",
        trains=True,
    ),
    Mistake(
        "paper_root_of_256",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base / 4 * math.sqrt(batch_size) / 256"),
        "Your simclr_sqrt divides by 256 as well. What does the docstring divide by?",
        trains=True,
    ),
    Mistake(
        "paper_root_over_base",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "math.sqrt(base * batch_size) / 4"),
        "Your simclr_sqrt takes the root of the base as well. Of what does the docstring take the root?",
        trains=True,
    ),
    Mistake(
        "linear_without_256",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * batch_size"),
        "Your linear rule multiplies by B itself. Which rate should it give for 256 images?",
        trains=True,
    ),
    Mistake(
        "linear_of_512",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * batch_size / 512"),
        "Your linear rule gives half of the base for 256 images. For how many images should it give the base?",
        trains=True,
    ),
    Mistake(
        "linear_of_4096",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * batch_size / 4096"),
        "Your linear rule gives the base for 4,096 images. For how many images should it do so?",
        trains=True,
    ),
    Mistake(
        "linear_rounded_down",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * batch_size // 256"),
        "Your linear rule rounds the rate down to a whole number. What is 0.3 · 512 / 256?",
        trains=True,
    ),
    Mistake(
        "linear_base_ignored",
        "scaled_learning_rate",
        ("base * batch_size / 256", "0.3 * batch_size / 256"),
        "Your linear rule always starts from 0.3. Where should the base go?",
        trains=True,
    ),
    Mistake(
        "linear_not_scaled",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base"),
        "Your linear rule returns the base whatever the batch is. What should twice the images do?",
        trains=True,
    ),
    Mistake(
        "linear_is_a_root",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * math.sqrt(batch_size / 256)"),
        "Your linear rule grows with the root of the batch. How much should the rate grow when the batch doubles?",
        trains=True,
    ),
    Mistake(
        "linear_added",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base + batch_size / 256"),
        "Your linear rule adds where the docstring multiplies. Which rate should it give for 256 images?",
        trains=True,
    ),
    Mistake(
        "linear_never_smaller",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * max(1, batch_size / 256)"),
        "Your linear rule does not go below the base. Which rate should 128 images have?",
        trains=True,
    ),
    Mistake(
        "linear_not_larger_than_base",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * min(1, batch_size / 256)"),
        "Your linear rule does not go above the base. Which rate should 512 images have?",
        trains=True,
    ),
    Mistake(
        "linear_in_256ths",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base / 256"),
        "Your linear rule ignores the batch size. What should twice the images do?",
        trains=True,
    ),
    Mistake(
        "root_without_any_256",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.sqrt(batch_size)"),
        "Your sqrt takes the root of B itself. Which rate should it give for 256 images?",
        trains=True,
    ),
    Mistake(
        "root_of_128th",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.sqrt(batch_size / 128)"),
        "Your sqrt gives the base for 128 images. For how many images should it do so?",
        trains=True,
    ),
    Mistake(
        "root_of_512th",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.sqrt(batch_size / 512)"),
        "Your sqrt gives the base for 512 images. For how many images should it do so?",
        trains=True,
    ),
    Mistake(
        "root_of_4096th",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.sqrt(batch_size / 4096)"),
        "Your sqrt gives the base for 4,096 images. For how many images should it do so?",
        trains=True,
    ),
    Mistake(
        "root_upside_down",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.sqrt(256 / batch_size)"),
        "Your sqrt falls when the batch grows. Which of B and 256 is the numerator?",
        trains=True,
    ),
    Mistake(
        "root_divides",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base / math.sqrt(batch_size)"),
        "Your sqrt divides the base by the root of B. Should a larger batch have a larger rate or a smaller one?",
        trains=True,
    ),
    Mistake(
        "root_base_ignored",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "0.3 * math.sqrt(batch_size / 256)"),
        "Your sqrt always starts from 0.3. Where should the base go?",
        trains=True,
    ),
    Mistake(
        "root_of_whole_batches",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.sqrt(batch_size // 256)"),
        "Your sqrt uses integer division, so 128 images get a rate of 0. What is 128 / 256?",
        trains=True,
    ),
    Mistake(
        "root_is_square",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * (batch_size / 256) ** 2"),
        "Your sqrt squares. How much should the rate grow when the batch becomes four times larger?",
        trains=True,
    ),
    Mistake(
        "root_is_a_logarithm",
        "scaled_learning_rate",
        ("base * math.sqrt(batch_size / 256)", "base * math.log2(batch_size / 256 + 1)"),
        "Your sqrt takes a logarithm. What is the rate for 1,024 images?",
        trains=True,
    ),
    Mistake(
        "roots_exchanged",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "simclr_sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        "You exchange sqrt and simclr_sqrt. Which of them agrees with the linear rule at 256 images?",
        trains=True,
    ),
    Mistake(
        "linear_and_sqrt_exchanged",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "sqrt":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "linear":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        "You exchange linear and sqrt. Which of them doubles when the batch doubles?",
        trains=True,
    ),
    Mistake(
        "linear_and_paper_exchanged",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "simclr_sqrt":
        return base * batch_size / 256
    if rule == "linear":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        "You exchange linear and simclr_sqrt. Which of them doubles when the batch doubles?",
        trains=True,
    ),
    Mistake(
        "other_rule_gives_none",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    return None
""",
        "You return None for any other name, or nothing at all. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_gives_base",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    return base
""",
        "You return the base for any other name. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_gives_linear",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    return base * batch_size / 256
""",
        "You treat every unknown rule as linear, even a misspelt one. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_gives_paper",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    return base / 4 * math.sqrt(batch_size)
""",
        "You treat every unknown rule as simclr_sqrt, even a misspelt one. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_gives_zero",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    return 0.0
""",
        "You return 0 for any other name. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_gives_error",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    return ValueError(rule)
""",
        "You return the error object. Which statement makes Python stop with an error?",
        trains=True,
    ),
    Mistake(
        "other_rule_keyerror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise KeyError(rule)
""",
        "For any other rule, your code raises a KeyError, as a dict does. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_assertionerror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise AssertionError(rule)
""",
        "For any other rule, your code raises an AssertionError, as assert does. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_nameerror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise NameError(rule)
""",
        "For any other rule, your code raises a NameError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_unboundlocalerror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise UnboundLocalError(rule)
""",
        "For any other rule, your code raises an UnboundLocalError: no branch gives the variable a value. Which error does the docstring name, and where is it raised?",
        trains=True,
    ),
    Mistake(
        "other_rule_typeerror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise TypeError(rule)
""",
        "For any other rule, your code raises a TypeError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_runtimeerror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise RuntimeError(rule)
""",
        "For any other rule, your code raises a RuntimeError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_exception",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise Exception(rule)
""",
        "For any other rule, your code raises a plain Exception. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "other_rule_notimplementederror",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise NotImplementedError(rule)
""",
        "For any other rule, your code raises a NotImplementedError. Which error does the docstring name?",
        trains=True,
    ),
    Mistake(
        "missing_return_linear",
        "scaled_learning_rate",
        ("return base * batch_size / 256", "base * batch_size / 256"),
        "Your linear rule raises the error for an unknown rule, because its line has no return. What does a function do after a line without one?",
    ),
    Mistake(
        "missing_return_paper",
        "scaled_learning_rate",
        ("return base / 4 * math.sqrt(batch_size)", "base / 4 * math.sqrt(batch_size)"),
        "Your simclr_sqrt raises the error for an unknown rule, because its line has no return. What does a function do after a line without one?",
    ),
    Mistake(
        "missing_return_root",
        "scaled_learning_rate",
        ("return base * math.sqrt(batch_size / 256)", "base * math.sqrt(batch_size / 256)"),
        "Your sqrt raises the error for an unknown rule, because its line has no return. What does a function do after a line without one?",
    ),
    # more of learning_rate
    Mistake(
        "warmup_includes_the_end",
        "learning_rate",
        ("step < warmup_steps", "step <= warmup_steps"),
        "You divide by the length of the warm-up at the first step after it, too. What is 0 / 0 if there is no warm-up?",
    ),
    Mistake(
        "cosine_rises",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 - math.cos(math.pi * progress)) / 2",
        ),
        "Your rate rises from 0 to the peak after the warm-up. What is 1 - cos 0?",
        trains=True,
    ),
    Mistake(
        "cosine_in_degrees",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 + math.cos(180 * progress)) / 2",
        ),
        "You give the cosine degrees. In which unit does math.cos take its angle?",
        trains=True,
    ),
    Mistake(
        "cosine_without_pi",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "peak * (1 + math.cos(progress)) / 2"),
        "Your cosine runs over an angle of 1, not of π. Where does half a cosine end?",
        trains=True,
    ),
    Mistake(
        "cosine_alone",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "peak * math.cos(math.pi * progress)"),
        "Your cosine runs from the peak to minus the peak. How do you rescale it to run from the peak to 0?",
        trains=True,
    ),
    Mistake(
        "cosine_without_peak",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "(1 + math.cos(math.pi * progress)) / 2"),
        "Your descent starts at 1, whatever the peak is. Where should the peak go?",
        trains=True,
    ),
    Mistake(
        "peak_halved_twice",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 + math.cos(math.pi * progress)) / 4",
        ),
        "Your descent begins at half of the peak. What is (1 + cos 0) / 2?",
        trains=True,
    ),
    Mistake(
        "cosine_of_half_pi",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 + math.cos(math.pi / 2 * progress)) / 2",
        ),
        "Your cosine stops at 90°, so the rate ends at half of the peak. Over which angle does half a cosine run?",
        trains=True,
    ),
    Mistake(
        "sine_down",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 - math.sin(math.pi / 2 * progress))",
        ),
        "You come down along a sine, which is steepest at the start. Which curve does section 2.3 use?",
        trains=True,
    ),
    Mistake(
        "sine_of_pi",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 + math.sin(math.pi * progress)) / 2",
        ),
        "You use a sine, so the rate goes up and down again. What is cos 0, and what is sin 0?",
        trains=True,
    ),
    Mistake(
        "parabola_down",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "peak * (1 - progress) ** 2"),
        "You come down along a parabola. Which curve does section 2.3 use?",
        trains=True,
    ),
    Mistake(
        "parabola_first_flat",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "peak * (1 - progress**2)"),
        "You come down along a parabola. Which curve does section 2.3 use, and how does it end?",
        trains=True,
    ),
    Mistake(
        "exponential_down",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "peak * math.exp(-progress)"),
        "You come down along an exponential, which does not reach 0. Which curve does section 2.3 use?",
        trains=True,
    ),
    Mistake(
        "root_down",
        "learning_rate",
        ("peak * (1 + math.cos(math.pi * progress)) / 2", "peak * math.sqrt(1 - progress)"),
        "You come down along a root. Which curve does section 2.3 use?",
        trains=True,
    ),
    Mistake(
        "cosine_precedence",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * 1 + math.cos(math.pi * progress) / 2",
        ),
        "You multiply and divide before you add. Where do the brackets go in peak · (1 + cos) / 2?",
        trains=True,
    ),
    Mistake(
        "cosine_half_of_cos_only",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 + math.cos(math.pi * progress) / 2)",
        ),
        "You halve only the cosine. Where do the brackets go in peak · (1 + cos) / 2?",
        trains=True,
    ),
    Mistake(
        "not_guarded",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "min(1.0, (step - warmup_steps) / (total_steps - warmup_steps))",
        ),
        "You divide by zero after a run that is all warm-up. How many steps does its descent have?",
        trains=True,
    ),
    Mistake(
        "one_step_on",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "min(1.0, (step + 1 - warmup_steps) / max(1, total_steps - warmup_steps))",
        ),
        "Your descent is one step ahead, so the rate never reaches the peak. What is the progress right after the warm-up?",
        trains=True,
    ),
    Mistake(
        "one_step_back",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "min(1.0, (step - 1 - warmup_steps) / max(1, total_steps - warmup_steps))",
        ),
        "Your descent is one step behind, so the rate is not 0 at the end. What is the progress right after the warm-up?",
        trains=True,
    ),
    Mistake(
        "ends_a_step_late",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "min(1.0, (step - warmup_steps) / (total_steps - warmup_steps + 1))",
        ),
        "Your descent takes one step too many, so the rate is not 0 at the end. How many steps does it have?",
        trains=True,
    ),
    Mistake(
        "warmup_not_taken_from_step",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "min(1.0, step / max(1, total_steps - warmup_steps))",
        ),
        "You count the steps of the warm-up as part of the descent, so the rate drops below the peak. From which step should it fall?",
        trains=True,
    ),
    Mistake(
        "total_and_warmup_added",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "min(1.0, (step - warmup_steps) / (total_steps + warmup_steps))",
        ),
        "You add the warm-up to the total, so the rate is not 0 at the end. How many steps does the descent have?",
        trains=True,
    ),
    Mistake(
        "progress_at_least_one",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "max(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
        ),
        "Your rate is 0 right after the warm-up, as if the run were over. Which of min and max keeps the progress at most 1?",
        trains=True,
    ),
    Mistake(
        "progress_modulo",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "(step - warmup_steps) / max(1, total_steps - warmup_steps) % 1.0",
        ),
        "Your progress starts again at the end, so the rate jumps back to the peak. What keeps it at 1?",
        trains=True,
    ),
    Mistake(
        "warmup_without_peak",
        "learning_rate",
        ("peak * step / warmup_steps", "step / warmup_steps"),
        "Your warm-up ends at 1, whatever the peak is. Where should the peak go?",
        trains=True,
    ),
    Mistake(
        "warmup_one_behind",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * max(0, step - 1) / warmup_steps"),
        "Your warm-up is one step behind. How many steps are done at step 1?",
        trains=True,
    ),
    Mistake(
        "warmup_too_fast",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * step / max(1, warmup_steps - 1)"),
        "Your warm-up reaches the peak one step early. After how many steps should it?",
        trains=True,
    ),
    Mistake(
        "warmup_too_slow",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * step / (warmup_steps + 1)"),
        "Your warm-up divides by one step too many. After how many steps should it reach the peak?",
        trains=True,
    ),
    Mistake(
        "warmup_ahead_and_longer",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * (step + 1) / (warmup_steps + 1)"),
        "Your first step already has a rate above 0. How many steps are done at step 0?",
        trains=True,
    ),
    Mistake(
        "warmup_down",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * (1 - step / warmup_steps)"),
        "Your warm-up goes down from the peak. What is the rate at step 0?",
        trains=True,
    ),
    Mistake(
        "warmup_squared",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * (step / warmup_steps) ** 2"),
        "You warm up along a parabola. Which shape does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "warmup_root",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * math.sqrt(step / warmup_steps)"),
        "You warm up along a root. Which shape does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "warmup_of_steps",
        "learning_rate",
        ("peak * step / warmup_steps", "peak * step"),
        "Your warm-up multiplies the peak by the number of steps. Which share of the warm-up is done?",
        trains=True,
    ),
    Mistake(
        "warmup_at_zero",
        "learning_rate",
        ("peak * step / warmup_steps", "0.0"),
        "Your rate is 0 throughout the warm-up. Which share of it is done at step 3 of 10, and what is 3 // 10?",
        trains=True,
    ),
    Mistake(
        "no_warmup",
        "learning_rate",
        ("if step < warmup_steps:", "if False:"),
        "You have no warm-up: the rate is above 0 from step 0. Which steps come before the descent?",
        trains=True,
    ),
    Mistake(
        "warmup_reversed",
        "learning_rate",
        ("step < warmup_steps", "step > warmup_steps"),
        "You take the branch of the warm-up after it is over. Which steps are warm-up steps?",
    ),
    Mistake(
        "warmup_always",
        "learning_rate",
        ("step < warmup_steps", "warmup_steps"),
        "You stay in the warm-up for the whole run, so the rate climbs beyond the peak. Which steps are warm-up steps?",
    ),
    Mistake(
        "warmup_until_total",
        "learning_rate",
        ("step < warmup_steps", "step < total_steps"),
        "You stay in the warm-up until the end of the run. Which steps are warm-up steps?",
    ),
    Mistake(
        "ends_one_early_at_zero",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps - 1:
        return 0.0
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "You return 0 already for the last step. From which step on does the docstring return 0?",
        trains=True,
    ),
    Mistake(
        "peak_after_the_end",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / warmup_steps
    if step >= total_steps:
        return peak
    progress = (step - warmup_steps) / (total_steps - warmup_steps)
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "You return the peak from the end on. What does the docstring return from total_steps on?",
        trains=True,
    ),
    Mistake(
        "warmup_in_cosine",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    progress = min(1.0, step / total_steps)
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "You let the cosine run over the whole training, and have no warm-up. What is the rate at step 0?",
        trains=True,
    ),
    Mistake(
        "warmup_capped_only",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    warm = min(1.0, step / warmup_steps) if warmup_steps else 1.0
    return peak * warm * (1 - min(1.0, step / total_steps))
""",
        "You multiply the warm-up by a straight line down. Which curve does section 2.3 use, and when does it begin?",
        trains=True,
    ),
    Mistake(
        "missing_return_of_rate",
        "learning_rate",
        (
            "return peak * (1 + math.cos(math.pi * progress)) / 2",
            "peak * (1 + math.cos(math.pi * progress)) / 2",
        ),
        "You compute the cosine, but return None. What does a function without a return statement return?",
    ),
    # more of trust_ratio
    Mistake(
        "norms_of_rows",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.norm(dim=-1, keepdim=True), update.norm(dim=-1, keepdim=True)",
        ),
        "You take a norm for each row, along the last dimension. Which numbers make up the length of a whole layer?",
        trains=True,
    ),
    Mistake(
        "norms_of_columns",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.norm(dim=0), update.norm(dim=0)",
        ),
        "You take a norm for each column, along dimension 0. Which numbers make up the length of a whole layer?",
        trains=True,
    ),
    Mistake(
        "norms_of_units",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.norm(dim=1), update.norm(dim=1)",
        ),
        "You take a norm for each row, along dimension 1. Which numbers make up the length of a whole layer?",
        trains=True,
    ),
    Mistake(
        "norms_of_filters",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.flatten(1).norm(dim=1), update.flatten(1).norm(dim=1)",
        ),
        "You take a norm for each output unit. Which numbers make up the length of a whole layer?",
        trains=True,
    ),
    Mistake(
        "norms_kept",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = (v.norm(dim=tuple(range(v.dim())), keepdim=True) for v in (w, update))",
        ),
        "Your ratio keeps dimensions of size 1. What is the shape of a scalar?",
        trains=True,
    ),
    Mistake(
        "ratio_in_a_row",
        "trust_ratio",
        (
            "return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))[None]",
        ),
        "You return a row with one number. What is the shape of a scalar?",
        trains=True,
    ),
    Mistake(
        "sums_of_entries",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.sum(), update.sum()",
        ),
        "You add up the entries, in which signs cancel. What is the length of the vector (3, -4)?",
        trains=True,
    ),
    Mistake(
        "absolute_sums",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.sum().abs(), update.sum().abs()",
        ),
        "You add up the entries, in which signs cancel, and then drop the sign. What is the length of the vector (3, -4)?",
        trains=True,
    ),
    Mistake(
        "standard_deviations",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.std(), update.std()",
        ),
        "You compare standard deviations, which subtract the mean. Which number is the Euclidean norm?",
        trains=True,
    ),
    Mistake(
        "matrix_norms",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = torch.linalg.norm(w, 2), torch.linalg.norm(update, 2)",
        ),
        "For a matrix, your norm is its largest singular value. Which function treats all numbers of a layer as one vector?",
    ),
    Mistake(
        "third_norms",
        "trust_ratio",
        (
            "w_norm, update_norm = w.norm(), update.norm()",
            "w_norm, update_norm = w.norm(p=3), update.norm(p=3)",
        ),
        "You take the norm of order 3. What is the order of the Euclidean norm?",
        trains=True,
    ),
    Mistake(
        "update_length_squared",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "trust_coefficient * w_norm / update_norm**2"),
        "You divide by the squared length of the update. How long is the scaled update then?",
        trains=True,
        unsure=("test_your_rate_groups_and_steps_train_a_network",),
    ),
    Mistake(
        "weights_length_squared",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "trust_coefficient * w_norm**2 / update_norm"),
        "You multiply by the squared length of the weights. How long is the scaled update then?",
        trains=True,
    ),
    Mistake(
        "product_of_lengths",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "trust_coefficient * w_norm * update_norm"),
        "You multiply by the length of the update. Should a large gradient be trusted more or less?",
        trains=True,
    ),
    Mistake(
        "eta_divides",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "w_norm / (trust_coefficient * update_norm)"),
        "You divide by eta. Should a smaller eta give a smaller step or a larger one?",
        trains=True,
    ),
    Mistake(
        "eta_added",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "trust_coefficient + w_norm / update_norm"),
        "You add eta. What does the docstring do with it?",
        trains=True,
    ),
    Mistake(
        "eta_added_below",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "w_norm / (update_norm + trust_coefficient)"),
        "You add eta to the length of the update. What does the docstring do with it?",
        trains=True,
    ),
    Mistake(
        "eta_squared",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "trust_coefficient**2 * w_norm / update_norm"),
        "You multiply by eta twice. How many times does the docstring do so?",
        trains=True,
    ),
    Mistake(
        "eta_constant",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "0.001 * w_norm / update_norm"),
        "You always multiply by 0.001. Where should eta go?",
        trains=True,
    ),
    Mistake(
        "root_of_ratio",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "(trust_coefficient * w_norm / update_norm).sqrt()",
        ),
        "You take the root of the ratio. How long is the scaled update then?",
        trains=True,
    ),
    Mistake(
        "eta_times_root",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * (w_norm / update_norm).sqrt()",
        ),
        "You take the root of the ratio of the lengths. How long is the scaled update then?",
        trains=True,
    ),
    Mistake(
        "update_not_counted",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm + 0 * update_norm",
        ),
        "You do not divide by the length of the update. How long is the scaled update then?",
        trains=True,
    ),
    Mistake(
        "lengths_added_below",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + w_norm)",
        ),
        "You add both lengths in the denominator. What does the docstring divide by?",
        trains=True,
    ),
    Mistake(
        "difference_of_lengths",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "trust_coefficient * (w_norm - update_norm)"),
        "You subtract the lengths. What does the docstring do with them?",
        trains=True,
    ),
    Mistake(
        "minus_ratio",
        "trust_ratio",
        ("trust_coefficient * w_norm / update_norm", "-trust_coefficient * w_norm / update_norm"),
        "You reverse the sign, so the step goes uphill. Can a length be negative?",
    ),
    Mistake(
        "cut_at_ten",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "(trust_coefficient * w_norm / update_norm).clamp(max=10.0)",
        ),
        "You cap the ratio at 10. What does LARS do with a layer whose gradient is tiny?",
        trains=True,
    ),
    Mistake(
        "cut_at_eta",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "(trust_coefficient * w_norm / update_norm).clamp(max=trust_coefficient)",
        ),
        "You cap the ratio at eta. What does LARS do with a layer whose gradient is tiny?",
        trains=True,
    ),
    Mistake(
        "at_least_one",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "(trust_coefficient * w_norm / update_norm).clamp(min=1.0)",
        ),
        "You do not let the ratio fall below 1. What is eta for?",
        trains=True,
    ),
    Mistake(
        "update_plus_one",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 1.0)",
        ),
        "You add 1 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "update_plus_tenth",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 0.1)",
        ),
        "You add 0.1 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "update_plus_hundredth",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 1e-2)",
        ),
        "You add 0.01 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "update_plus_thousandth",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 1e-3)",
        ),
        "You add 0.001 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "update_plus_1e4",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 1e-4)",
        ),
        "You add 0.0001 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "no_choice",
        "trust_ratio",
        (
            "return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "return ratio",
        ),
        "You divide by zero if the update is zero, and weights of zero get a ratio of 0. What should both be?",
    ),
    Mistake(
        "only_weights_checked",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 0), ratio, torch.ones_like(ratio))",
        ),
        "You check only for weights of zero, so an update of zero gives an infinite ratio. What should it be?",
        overflows=True,
    ),
    Mistake(
        "one_of_both",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 0) | (update_norm > 0), ratio, torch.ones_like(ratio))",
        ),
        "You return 1 only if both lengths are zero. What should the ratio be if only one of them is zero?",
    ),
    Mistake(
        "zero_gives_the_weights",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, w_norm)",
        ),
        "Your ratio is |w| if either length is zero. What does the docstring return in that case?",
        trains=True,
    ),
    Mistake(
        "zero_gives_eta_w",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, trust_coefficient * w_norm)",
        ),
        "Your ratio is eta |w| if either length is zero. What does the docstring return in that case?",
        trains=True,
    ),
    Mistake(
        "choice_reversed",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 0) & (update_norm > 0), torch.ones_like(ratio), ratio)",
        ),
        "Your ratio is 1 if both lengths are above zero. Which of the two cases is the special one?",
        trains=True,
    ),
    Mistake(
        "above_a_thousandth",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 1e-2) & (update_norm > 1e-2), ratio, torch.ones_like(ratio))",
        ),
        "Your ratio is 1 if a length is small but not zero. Which lengths are special?",
        trains=True,
    ),
    Mistake(
        "any_zero_entry",
        "trust_ratio",
        (
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w != 0).all() & (update != 0).all(), ratio, torch.ones_like(ratio))",
        ),
        "Your ratio is 1 if a single entry is zero. Which layers are special?",
        trains=True,
    ),
    Mistake(
        "scaled_update_returned",
        "trust_ratio",
        (
            "return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio)) * update",
        ),
        "You return the scaled update. What does the docstring ask for?",
    ),
    Mistake(
        "ratio_missing",
        "trust_ratio",
        (
            "return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
            "torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))",
        ),
        "You compute the ratio, but return None. What does a function without a return statement return?",
    ),
    # more of lars_update
    Mistake(
        "convolutions_only",
        "lars_update",
        ("if w.dim() > 1:", "if w.dim() > 2:"),
        "You treat a matrix as a bias: it has no decay and no ratio. How many dimensions does a bias have?",
        trains=True,
    ),
    Mistake(
        "biases_only",
        "lars_update",
        ("if w.dim() > 1:", "if w.dim() <= 1:"),
        "You give the decay and the ratio to biases, and not to weights. Which of them should have both?",
        trains=True,
    ),
    Mistake(
        "nothing_is_a_weight",
        "lars_update",
        ("if w.dim() > 1:", "if False:"),
        "You give no parameter a decay or a ratio. What makes it LARS?",
        trains=True,
    ),
    Mistake(
        "four_dimensions_only",
        "lars_update",
        ("if w.dim() > 1:", "if w.dim() == 4:"),
        "You treat only convolutions as weights. How many dimensions does a matrix have?",
        trains=True,
    ),
    Mistake(
        "momentum_constant",
        "lars_update",
        ('velocity.mul_(settings["momentum"]).add_(update)', "velocity.mul_(0.9).add_(update)"),
        "You always keep 0.9 of the velocity. Where does the momentum come from?",
        trains=True,
    ),
    Mistake(
        "all_velocity_kept",
        "lars_update",
        ('velocity.mul_(settings["momentum"]).add_(update)', "velocity.add_(update)"),
        "You keep the whole velocity. What share of it should stay?",
        trains=True,
    ),
    Mistake(
        "update_not_remembered",
        "lars_update",
        ('velocity.mul_(settings["momentum"]).add_(update)', 'velocity.mul_(settings["momentum"])'),
        "You never add the update to the velocity. What makes it move?",
    ),
    Mistake(
        "momentum_on_both",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)',
            'velocity.add_(update).mul_(settings["momentum"])',
        ),
        "You multiply by the momentum after you have added the update. How much of the new update should enter v?",
        trains=True,
    ),
    Mistake(
        "momentum_on_update",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)',
            'velocity.add_(settings["momentum"] * update)',
        ),
        "You multiply the new update by the momentum, and keep the whole velocity. Which of the two does it belong to?",
        trains=True,
    ),
    Mistake(
        "shares_exchanged",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)',
            'velocity.mul_(1 - settings["momentum"]).add_(settings["momentum"] * update)',
        ),
        "You exchange the shares of a moving average. What share of the old velocity stays, and how much of the update enters?",
        trains=True,
    ),
    Mistake(
        "one_minus_momentum",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)',
            'velocity.mul_(1 - settings["momentum"]).add_(update)',
        ),
        "You keep 1 - momentum of the velocity. What share of it should stay?",
        trains=True,
    ),
    Mistake(
        "update_taken_away",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)',
            'velocity.mul_(settings["momentum"]).sub_(update)',
        ),
        "You subtract the update from the velocity, and the velocity from the weights. In which direction does the loss fall?",
    ),
    Mistake(
        "velocity_of_other_sign",
        "lars_update",
        (
            """velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)""",
            """velocity.mul_(settings["momentum"]).sub_(update)
    w.add_(settings["lr"] * velocity)""",
        ),
        "Your velocity has the opposite sign. What does the docstring add to it?",
        trains=True,
    ),
    Mistake(
        "rate_not_used",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', "w.sub_(velocity)"),
        "You step by the whole velocity, whatever the rate is. Where does lr go?",
        trains=True,
    ),
    Mistake(
        "rate_constant",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', "w.sub_(0.1 * velocity)"),
        "You always use a rate of 0.1. Where does lr come from?",
        trains=True,
    ),
    Mistake(
        "step_by_update",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', 'w.sub_(settings["lr"] * update)'),
        "You step by this update alone. What is the velocity for?",
        trains=True,
    ),
    Mistake(
        "step_by_gradient",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', 'w.sub_(settings["lr"] * gradient)'),
        "You step by the gradient alone. What are the ratio and the velocity for?",
        trains=True,
    ),
    Mistake(
        "step_by_sum",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', 'w.sub_(settings["lr"] * (velocity + update))'),
        "You step by the velocity plus the update, which is in it already. What does w = w - lr · v subtract?",
        trains=True,
    ),
    Mistake(
        "moved_twice",
        "lars_update",
        (
            'w.sub_(settings["lr"] * velocity)',
            """w.sub_(settings["lr"] * velocity)
    w.sub_(settings["lr"] * velocity)""",
        ),
        "You take the step twice. How many times does the docstring subtract?",
        trains=True,
    ),
    Mistake(
        "rate_twice_in_step",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', 'w.sub_(settings["lr"] ** 2 * velocity)'),
        "You multiply the step by the rate twice. How many times does the docstring multiply by it?",
        trains=True,
    ),
    Mistake(
        "rate_divides",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', 'w.sub_(velocity / settings["lr"])'),
        "You divide by the rate. Should a larger rate make the step larger or smaller?",
        trains=True,
    ),
    Mistake(
        "ratio_arguments_exchanged",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update * trust_ratio(update, w, settings["trust_coefficient"])',
        ),
        "You pass the update as the weights. In which order does trust_ratio take its arguments?",
        trains=True,
    ),
    Mistake(
        "ratio_squared",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update * trust_ratio(w, update, settings["trust_coefficient"]) ** 2',
        ),
        "You multiply by the ratio twice. How many times does the docstring do so?",
        trains=True,
    ),
    Mistake(
        "ratio_divides",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update / trust_ratio(w, update, settings["trust_coefficient"])',
        ),
        "You divide by the ratio. What does the docstring do with it?",
        trains=True,
    ),
    Mistake(
        "ratio_is_the_update",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = trust_ratio(w, update, settings["trust_coefficient"]) * torch.ones_like(update)',
        ),
        "You put the ratio in place of the update. What does it multiply?",
        trains=True,
    ),
    Mistake(
        "eta_of_one",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            "update = update * trust_ratio(w, update, 1.0)",
        ),
        "You take 1 as the trust coefficient. Where does eta come from?",
        trains=True,
    ),
    Mistake(
        "eta_of_a_thousandth",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            "update = update * trust_ratio(w, update, 1e-3)",
        ),
        "You always take 0.001 as the trust coefficient. Where does eta come from?",
        trains=True,
    ),
    Mistake(
        "rate_as_eta",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update * trust_ratio(w, update, settings["lr"])',
        ),
        "You take the rate as the trust coefficient. Where does eta come from?",
        trains=True,
    ),
    Mistake(
        "ratio_added",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update + trust_ratio(w, update, settings["trust_coefficient"])',
        ),
        "You add the ratio. What does the docstring do with it?",
        trains=True,
    ),
    Mistake(
        "gradient_scaled_only",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = gradient * trust_ratio(w, update, settings["trust_coefficient"])',
        ),
        "You scale the gradient without the decay. What is u when the docstring scales it?",
        trains=True,
    ),
    Mistake(
        "eta_only",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update * settings["trust_coefficient"]',
        ),
        "You multiply by eta alone. Where are the two lengths?",
        trains=True,
    ),
    Mistake(
        "ratio_of_velocity",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update * trust_ratio(w, velocity, settings["trust_coefficient"])',
        ),
        "Your ratio measures the velocity. What is the second argument of trust_ratio?",
        trains=True,
    ),
    Mistake(
        "decay_of_gradient",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = gradient + settings["weight_decay"] * gradient',
        ),
        "Your decay multiplies the gradient. Which of them should be pulled towards zero?",
        trains=True,
    ),
    Mistake(
        "decay_constant",
        "lars_update",
        ('update = gradient + settings["weight_decay"] * w', "update = gradient + 1e-6 * w"),
        "You always use a decay of 1e-6. Where does it come from?",
        trains=True,
    ),
    Mistake(
        "decay_of_one",
        "lars_update",
        ('update = gradient + settings["weight_decay"] * w', "update = gradient + w"),
        "You add the weights themselves. Where is the decay?",
        trains=True,
    ),
    Mistake(
        "decay_twice",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = gradient + 2 * settings["weight_decay"] * w',
        ),
        "Your decay counts twice. What does the docstring add to g?",
        trains=True,
    ),
    Mistake(
        "decay_squared_weights",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = gradient + settings["weight_decay"] * w**2',
        ),
        "You add the squared weights. What does the docstring add to g?",
        trains=True,
    ),
    Mistake(
        "decay_of_signs",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = gradient + settings["weight_decay"] * w.sign()',
        ),
        "You add the signs of the weights. What does the docstring add to g?",
        trains=True,
    ),
    Mistake(
        "decay_at_rate",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = gradient + settings["lr"] * settings["weight_decay"] * w',
        ),
        "You multiply the decay by the rate, and the step does so again. What does the docstring add to g?",
        trains=True,
    ),
    Mistake(
        "decay_scales_gradient",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = settings["weight_decay"] * gradient + w',
        ),
        "You multiply the gradient by the decay. Which of the two terms does it belong to?",
        trains=True,
    ),
    Mistake(
        "decay_replaces_gradient",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = settings["weight_decay"] * w',
        ),
        "You leave out the gradient. What does the docstring add the decay to?",
    ),
    Mistake(
        "decay_of_velocity",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = gradient + settings["weight_decay"] * velocity',
        ),
        "Your decay multiplies the velocity. Which of them should be pulled towards zero?",
        trains=True,
    ),
    Mistake(
        "decoupled_decay",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            """w.mul_(1 - settings["lr"] * settings["weight_decay"])
        update = gradient""",
        ),
        "You shrink the weights directly, as AdamW does. What is u when the docstring takes its ratio?",
        trains=True,
    ),
    Mistake(
        "decoupled_decay_last",
        "lars_update",
        (
            """update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])""",
            """update = gradient * trust_ratio(w, gradient, settings["trust_coefficient"])
        w.sub_(settings["lr"] * settings["weight_decay"] * w)""",
        ),
        "You shrink the weights directly, as AdamW does, and the ratio does not see it. What is u when the docstring takes its ratio?",
        trains=True,
    ),
    Mistake(
        "biases_without_velocity",
        "lars_update",
        (
            """    update = gradient
    if w.dim() > 1:""",
            """    update = gradient
    if w.dim() <= 1:
        w.sub_(settings["lr"] * gradient)
        return
    if w.dim() > 1:""",
        ),
        "You step with the bias's gradient alone. Which of decay, ratio and velocity do biases have as well?",
        trains=True,
    ),
    Mistake(
        "biases_left_alone",
        "lars_update",
        (
            """    update = gradient
    if w.dim() > 1:""",
            """    update = gradient
    if w.dim() <= 1:
        return
    if w.dim() > 1:""",
        ),
        "You do not change biases at all. Which of the four equations hold for them?",
        trains=True,
    ),
    Mistake(
        "biases_stay",
        "lars_update",
        (
            '    w.sub_(settings["lr"] * velocity)',
            """    if w.dim() > 1:
        w.sub_(settings["lr"] * velocity)""",
        ),
        "You remember the update of a bias, but do not move it. Which of the four equations hold for it?",
        trains=True,
    ),
    Mistake(
        "weights_without_velocity",
        "lars_update",
        (
            """    velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)""",
            """    if w.dim() > 1:
        w.sub_(settings["lr"] * update)
    else:
        velocity.mul_(settings["momentum"]).add_(update)
        w.sub_(settings["lr"] * velocity)""",
        ),
        "You step with the weights' update alone. What is the velocity for?",
        trains=True,
    ),
    Mistake(
        "gradient_scaled_in_place",
        "lars_update",
        (
            """update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])""",
            """update += settings["weight_decay"] * w
        update *= trust_ratio(w, update, settings["trust_coefficient"])""",
        ),
        "You add the decay and multiply by the ratio in the gradient itself, which is not yours to change. Which operations make a new tensor?",
        trains=True,
    ),
    Mistake(
        "gradient_multiplied_in_place",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            """gradient.mul_(trust_ratio(w, update, settings["trust_coefficient"]))
        update = gradient""",
        ),
        "You multiply the gradient itself, which is not yours to change. Which operation makes a new tensor?",
        trains=True,
    ),
    Mistake(
        "nothing_in_place",
        "lars_update",
        (
            """velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)""",
            """velocity = settings["momentum"] * velocity + update
    w = w - settings["lr"] * velocity""",
        ),
        "The weights and the velocity stay as they were, as if you had only made new tensors. Which operations change a tensor itself?",
    ),
    Mistake(
        "velocity_scaled_by_rate",
        "lars_update",
        (
            'w.sub_(settings["lr"] * velocity)',
            """velocity.mul_(settings["lr"])
    w.sub_(velocity)""",
        ),
        "You multiply the velocity itself by the rate, so the next step remembers it. What does w = w - lr · v change?",
        trains=True,
    ),
    Mistake(
        "velocity_scaled_at_end",
        "lars_update",
        (
            'w.sub_(settings["lr"] * velocity)',
            """w.sub_(settings["lr"] * velocity)
    velocity.zero_()""",
        ),
        "You clear the velocity after the step. What does the next step add to?",
        trains=True,
    ),
    # more of parameter_groups
    Mistake(
        "all_frozen_included",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() <= 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You put frozen parameters in both groups. What does requires_grad = False mean?",
        trains=True,
    ),
    Mistake(
        "frozen_biases_included",
        "parameter_groups",
        ("p.requires_grad and p.dim() <= 1", "p.dim() <= 1"),
        "You put frozen biases in a group. What does requires_grad = False mean?",
        trains=True,
    ),
    Mistake(
        "matrices_not_decayed",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 2]
    others = [p for p in model.parameters() if p.requires_grad and p.dim() <= 2]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You let only parameters of three dimensions or more decay. How many dimensions does a matrix have?",
        trains=True,
    ),
    Mistake(
        "biases_decay_scalars_not",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() >= 1]
    others = [p for p in model.parameters() if p.requires_grad and p.dim() < 1]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You let parameters of one dimension decay. Which of them are biases and norm layers?",
        trains=True,
    ),
    Mistake(
        "scalars_forgotten",
        "parameter_groups",
        ("p.requires_grad and p.dim() <= 1", "p.requires_grad and p.dim() == 1"),
        "You put a parameter with no dimension in no group. What moves a parameter that is in no group?",
        trains=True,
    ),
    Mistake(
        "vectors_forgotten",
        "parameter_groups",
        ("p.requires_grad and p.dim() <= 1", "p.requires_grad and p.dim() < 1"),
        "You put biases and norm layers in no group. What moves a parameter that is in no group?",
        trains=True,
    ),
    Mistake(
        "matrices_forgotten",
        "parameter_groups",
        ("p.requires_grad and p.dim() > 1", "p.requires_grad and p.dim() > 2"),
        "You put matrices in no group. What moves a parameter that is in no group?",
        trains=True,
    ),
    Mistake(
        "weights_forgotten",
        "parameter_groups",
        ("[p for p in model.parameters() if p.requires_grad and p.dim() > 1]", "[]"),
        "You put no weights in a group, so they do not train. What moves a parameter that is in no group?",
    ),
    Mistake(
        "in_both_groups",
        "parameter_groups",
        ("p.requires_grad and p.dim() <= 1", "p.requires_grad"),
        "You put a parameter in both groups, and an optimiser refuses that. According to the docstring, how many groups is each one in?",
    ),
    Mistake(
        "one_group_decays",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    return [{"params": [p for p in model.parameters() if p.requires_grad], "weight_decay": weight_decay}]
""",
        "You make one group, and all of it decays. Which parameters should not?",
        trains=True,
    ),
    Mistake(
        "one_group_of_weights",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    return [{"params": weights, "weight_decay": weight_decay}]
""",
        "You return the weights only. What moves a parameter that is in no group?",
        trains=True,
    ),
    Mistake(
        "two_lists",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    others = [p for p in model.parameters() if p.requires_grad and p.dim() <= 1]
    return [weights, others]
""",
        "You return lists of parameters. Where does an optimiser find the decay of each group?",
    ),
    Mistake(
        "known_norm_alone",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    norms = {id(p) for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d) for p in m.parameters()}
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    small = [n for n, p in named if n.split(".")[-1] == "bias" or id(p) in norms]
    return [
        {"params": [p for n, p in named if n not in small], "weight_decay": weight_decay},
        {"params": [p for n, p in named if n in small], "weight_decay": 0.0},
    ]
""",
        "You exempt only BatchNorm2d from decay, so the scales of other norms decay. What does the docstring go by?",
        trains=True,
    ),
    Mistake(
        "norms_by_name",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    small = [n for n, _ in named if n.endswith("bias") or "bn" in n or "norm" in n]
    return [
        {"params": [p for n, p in named if n not in small], "weight_decay": weight_decay},
        {"params": [p for n, p in named if n in small], "weight_decay": 0.0},
    ]
""",
        "You know norm layers by their names, but in an nn.Sequential a layer has only a number. What does the docstring go by?",
        trains=True,
    ),
    Mistake(
        "by_name_bias_only",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    weights = [p for n, p in named if "weight" in n]
    others = [p for n, p in named if "bias" in n]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You go by the names weight and bias, so a norm layer's scale decays, and a parameter of another name is in no group. What does the docstring go by?",
        trains=True,
    ),
    Mistake(
        "decay_constant_in_group",
        "parameter_groups",
        ('"weight_decay": weight_decay', '"weight_decay": 1e-6'),
        "You always use a decay of 1e-6. Where should the argument go?",
        trains=True,
    ),
    Mistake(
        "decay_negative",
        "parameter_groups",
        ('"weight_decay": weight_decay', '"weight_decay": -weight_decay'),
        "You reverse the sign of the decay. Which sign pulls weights towards zero?",
    ),
    Mistake(
        "no_group_decays",
        "parameter_groups",
        ('"weight_decay": weight_decay', '"weight_decay": 0.0'),
        "You let no group decay. Which one should?",
        trains=True,
    ),
    Mistake(
        "no_decay_said_of_weights",
        "parameter_groups",
        (', "weight_decay": weight_decay', ""),
        "Your weights take the optimiser's decay, because their group has no weight_decay. What should it be?",
        trains=True,
    ),
    Mistake(
        "no_decay_said",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    others = [p for p in model.parameters() if p.requires_grad and p.dim() <= 1]
    return [{"params": weights}, {"params": others}]
""",
        "You leave out the decay of both groups, so they take the optimiser's. What should it be for each?",
        trains=True,
    ),
    Mistake(
        "groups_missing",
        "parameter_groups",
        ("return [", "groups = ["),
        "You make the groups, but return None. What does a function without a return statement return?",
    ),
    # more of take_step
    Mistake(
        "rate_not_set",
        "take_step",
        (
            """for group in optimizer.param_groups:
        group["lr"] = rate""",
            "pass",
        ),
        "No group gets the rate: each keeps the one that it had. Where does a group keep its rate?",
        trains=True,
    ),
    Mistake(
        "rate_of_last_group",
        "take_step",
        (
            """for group in optimizer.param_groups:
        group["lr"] = rate""",
            'optimizer.param_groups[-1]["lr"] = rate',
        ),
        "You set the rate of the last group only. At which rate do the weights move?",
        trains=True,
    ),
    Mistake(
        "rate_added",
        "take_step",
        ('group["lr"] = rate', 'group["lr"] += rate'),
        "You add the rate to the old one. Which rate should the group have?",
        trains=True,
    ),
    Mistake(
        "rate_squared",
        "take_step",
        ('group["lr"] = rate', 'group["lr"] = rate**2'),
        "You square the rate. Which rate should the group have?",
        trains=True,
    ),
    Mistake(
        "rate_halved",
        "take_step",
        ('group["lr"] = rate', 'group["lr"] = rate / 2'),
        "You halve the rate. Which rate should the group have?",
        trains=True,
    ),
    Mistake(
        "rate_as_attribute",
        "take_step",
        ('group["lr"] = rate', "group.lr = rate"),
        "You set an attribute of a group, and a group is a dict. How do you set a key?",
    ),
    Mistake(
        "no_step",
        "take_step",
        ("    optimizer.step()", "    pass"),
        "You never step, so no parameter changes. What applies the gradient?",
    ),
    Mistake(
        "no_backward",
        "take_step",
        ("loss.backward()", "pass"),
        "You never call backward, so there is no gradient to follow. What computes it?",
    ),
    Mistake(
        "old_gradient",
        "take_step",
        """def take_step(optimizer, loss, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
""",
        "You step along the gradient that was there before. What computes the gradient of this loss?",
    ),
    Mistake(
        "step_before_backward",
        "take_step",
        """def take_step(optimizer, loss, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
""",
        "You step before you compute the gradient. Which comes first?",
    ),
    Mistake(
        "step_first_then_clear",
        "take_step",
        """def take_step(optimizer, loss, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    optimizer.zero_grad()
    loss.backward()
""",
        "You step along the gradient of the last call, and then compute that of this loss. Which comes first?",
        trains=True,
    ),
    Mistake(
        "uphill",
        "take_step",
        ("loss.backward()", "(-loss).backward()"),
        "You follow the gradient of minus the loss, which is uphill. In which direction should the loss go?",
    ),
    Mistake(
        "loss_squared",
        "take_step",
        ("loss.backward()", "(loss**2).backward()"),
        "You follow the gradient of the squared loss. Which loss should fall?",
        trains=True,
    ),
    Mistake(
        "loss_halved",
        "take_step",
        ("loss.backward()", "(loss / 2).backward()"),
        "You halve the loss first. By how much do the parameters move then?",
        trains=True,
    ),
    Mistake(
        "loss_doubled",
        "take_step",
        (
            "loss.backward()",
            """loss.backward(retain_graph=True)
    loss.backward()""",
        ),
        "You call backward twice for one step, perhaps once for each group, and the gradients add up. How many times does the gradient count?",
        trains=True,
    ),
    Mistake(
        "loss_detached_first",
        "take_step",
        ("loss.backward()", "loss.detach().backward()"),
        "You detach the loss, so backward has nothing to follow. What does a loss need?",
    ),
    Mistake(
        "gradient_of_values",
        "take_step",
        (
            "    optimizer.step()",
            """    for group in optimizer.param_groups:
        torch.nn.utils.clip_grad_value_(group["params"], 1.0)
    optimizer.step()""",
        ),
        "You clip every number of the gradient to [-1, 1]. Does the docstring ask for that?",
        trains=True,
    ),
    Mistake(
        "gradient_normalized",
        "take_step",
        (
            "    optimizer.step()",
            """    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad /= p.grad.norm() + 1e-12
    optimizer.step()""",
        ),
        "You scale each gradient to unit norm. Does the docstring ask for that?",
        trains=True,
    ),
    Mistake(
        "first_group_cleared",
        "take_step",
        (
            """optimizer.zero_grad(set_to_none=True)
""",
            """for p in optimizer.param_groups[-1]["params"]:
        p.grad = None
""",
        ),
        "You clear the gradients of the last group only. Which other gradients are there?",
        trains=True,
    ),
    Mistake(
        "steps_by_hand",
        "take_step",
        (
            "    optimizer.step()",
            """    with torch.no_grad():
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= rate * p.grad""",
        ),
        "You subtract the gradient yourself, so the optimiser's momentum has no part in it. Which of its methods takes a step?",
        trains=True,
    ),
    Mistake(
        "state_forgotten",
        "take_step",
        (
            "    optimizer.step()",
            """    optimizer.state.clear()
    optimizer.step()""",
        ),
        "You clear the optimiser's state, so it forgets its momentum. What should a step remember?",
        trains=True,
    ),
    Mistake(
        "three_steps",
        "take_step",
        (
            "    optimizer.step()",
            """    for _ in range(3):
        optimizer.step()""",
        ),
        "You step three times with one gradient. How many steps should one call take?",
        trains=True,
    ),
    # more of scaled_learning_rate
    Mistake(
        "paper_root_of_quarter_base",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "math.sqrt(base / 4 * batch_size)"),
        "Your simclr_sqrt takes the root of base / 4 as well. Of what does the docstring take the root?",
        trains=True,
    ),
    Mistake(
        "paper_root_in_denominator",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base / (4 * math.sqrt(batch_size))"),
        "Your simclr_sqrt divides by the root of B. Should a larger batch have a larger rate or a smaller one?",
        trains=True,
    ),
    Mistake(
        "paper_root_times_four",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base * 4 * math.sqrt(batch_size)"),
        "Your simclr_sqrt multiplies by 4 where the docstring divides. Which rate does it give for 256 images?",
        trains=True,
    ),
    Mistake(
        "paper_root_of_view_count",
        "scaled_learning_rate",
        ("base / 4 * math.sqrt(batch_size)", "base / 4 * math.sqrt(2 * batch_size)"),
        "Your simclr_sqrt counts two views per image. What does B count?",
        trains=True,
    ),
    Mistake(
        "rules_by_part",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule in "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        "You check whether the rule is a part of the word linear, and an empty rule is. Which names does the docstring allow?",
        trains=True,
    ),
    Mistake(
        "rule_in_lower_case",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    rule = rule.lower()
    if rule == "linear":
        return base * batch_size / 256
    if rule == "simclr_sqrt":
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        'You accept "Linear" too. Which names does the docstring allow?',
        trains=True,
    ),
    Mistake(
        "simclr_anywhere",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule == "linear":
        return base * batch_size / 256
    if "simclr" in rule:
        return base / 4 * math.sqrt(batch_size)
    if rule == "sqrt":
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        "You look for simclr anywhere in the name. Which names does the docstring allow?",
        trains=True,
    ),
    Mistake(
        "parts_anywhere",
        "scaled_learning_rate",
        """def scaled_learning_rate(base, batch_size, rule="linear"):
    if rule in "linear":
        return base * batch_size / 256
    if "simclr" in rule:
        return base / 4 * math.sqrt(batch_size)
    if "sqrt" in rule:
        return base * math.sqrt(batch_size / 256)
    raise ValueError(rule)
""",
        "You accept parts of the names, such as simclr, and even an empty name. Which names does the docstring allow?",
        trains=True,
    ),
    # more of learning_rate
    Mistake(
        "not_stopped_and_not_guarded",
        "learning_rate",
        (
            "min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))",
            "(step - warmup_steps) / (total_steps - warmup_steps)",
        ),
        "Your cosine goes on after the last step, and divides by zero after a run that is all warm-up. What keeps the progress at 1?",
        trains=True,
    ),
    Mistake(
        "nothing_after_the_end",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / warmup_steps
    if step < total_steps:
        progress = (step - warmup_steps) / (total_steps - warmup_steps)
        return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "You return None from the end on. What does the docstring return from total_steps on?",
        trains=True,
    ),
    Mistake(
        "first_step_zero_without_warmup",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step <= warmup_steps:
        return peak * step / max(1, warmup_steps)
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "Without a warm-up, your first rate is 0. Is step 0 in a warm-up of 0 steps?",
        trains=True,
    ),
    Mistake(
        "floor_of_a_thousandth",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "1e-3 * peak + (1 - 1e-3) * peak * (1 + math.cos(math.pi * progress)) / 2",
        ),
        "Your rate ends at 0.001 of the peak. What does the docstring return at the end?",
        trains=True,
    ),
    Mistake(
        "floor_of_a_hundredth",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "0.01 * peak + (1 - 0.01) * peak * (1 + math.cos(math.pi * progress)) / 2",
        ),
        "Your rate ends at 0.01 of the peak. What does the docstring return at the end?",
        trains=True,
    ),
    Mistake(
        "floor_of_a_tenth",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "0.1 * peak + (1 - 0.1) * peak * (1 + math.cos(math.pi * progress)) / 2",
        ),
        "Your rate ends at 0.1 of the peak. What does the docstring return at the end?",
        trains=True,
    ),
    Mistake(
        "floor_of_1e6",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "max(1e-3, peak * (1 + math.cos(math.pi * progress)) / 2)",
        ),
        "Your rate does not fall below 0.001. What does the docstring return at the end?",
        trains=True,
    ),
    Mistake(
        "cosine_not_scaled",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "0.5 * peak + math.cos(math.pi * progress) / 2",
        ),
        "You multiply the constant half by the peak, but not the cosine. Where do the brackets go in peak · (1 + cos) / 2?",
        trains=True,
    ),
    Mistake(
        "cosine_peak_only",
        "learning_rate",
        (
            "peak * (1 + math.cos(math.pi * progress)) / 2",
            "(1 + peak * math.cos(math.pi * progress)) / 2",
        ),
        "You multiply the cosine by the peak, but not the 1. Where do the brackets go in peak · (1 + cos) / 2?",
        trains=True,
    ),
    Mistake(
        "both_over_total",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / total_steps
    progress = min(1.0, step / total_steps)
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "You divide by the total number of steps in the warm-up and in the descent. How many steps does each have?",
        trains=True,
    ),
    Mistake(
        "warmup_ahead_and_cosine_from_zero",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * (step + 1) / warmup_steps
    progress = min(1.0, step / total_steps)
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "Your warm-up is one step ahead, and your cosine begins at step 0. How many steps are done at step 0, and from which step should the rate fall?",
        trains=True,
    ),
    Mistake(
        "warmup_times_line",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / warmup_steps
    return peak * max(0.0, 1 - step / total_steps)
""",
        "You come down in a straight line that begins at step 0. Which curve does section 2.3 use, and where does it begin?",
        trains=True,
    ),
    Mistake(
        "step_of_total_minus_one",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    if step < warmup_steps:
        return peak * step / warmup_steps
    progress = min(1.0, (step + 1 - warmup_steps) / max(1, total_steps - warmup_steps + 1))
    return peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "Your descent begins one step early and ends late. What is the progress right after the warm-up?",
        trains=True,
    ),
    # more of trust_ratio
    Mistake(
        "ratio_of_each_entry",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    return trust_coefficient * w.abs() / update.abs()
""",
        "You divide entry by entry, so each weight has a ratio of its own. How many ratios does a layer have?",
        trains=True,
    ),
    Mistake(
        "signed_ratio_of_each_entry",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    return trust_coefficient * w / update
""",
        "You divide the weights by the update, entry by entry. Where are the two lengths?",
        trains=True,
    ),
    Mistake(
        "update_plus_1e5",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 1e-5)",
        ),
        "You add 1e-5 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    Mistake(
        "update_plus_1e6",
        "trust_ratio",
        (
            "trust_coefficient * w_norm / update_norm",
            "trust_coefficient * w_norm / (update_norm + 1e-6)",
        ),
        "You add 1e-6 to the length of the update, which distorts the ratio of a small one. Which lengths need special care?",
        trains=True,
    ),
    # more of lars_update
    Mistake(
        "velocity_never_changes",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)',
            'velocity.mul(settings["momentum"]).add(update)',
        ),
        "The velocity never changes, and you step by it as it was. Which operations change a tensor itself: mul or mul_?",
    ),
    Mistake(
        "ratio_at_the_step",
        "lars_update",
        (
            """update = update * trust_ratio(w, update, settings["trust_coefficient"])
    # keep a share of the earlier updates, add the new one, and step against the sum
    velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * velocity)""",
            """ratio = trust_ratio(w, update, settings["trust_coefficient"])
    else:
        ratio = 1.0
    velocity.mul_(settings["momentum"]).add_(update)
    w.sub_(settings["lr"] * ratio * velocity)""",
        ),
        "You multiply the step by the ratio, so it also scales what the velocity remembers of other steps. What does the docstring scale?",
        trains=True,
    ),
    Mistake(
        "ratio_without_choice",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = settings["trust_coefficient"] * w.norm() / update.norm() * update',
        ),
        "You write the ratio yourself, without the case of a zero length, so weights of zero never move. Which function of yours has that case?",
        trains=True,
    ),
    Mistake(
        "ratio_of_the_paper",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            """length = gradient.norm() + settings["weight_decay"] * w.norm()
        update = settings["trust_coefficient"] * w.norm() / length * update""",
        ),
        "You divide by |g| + decay |w|, as the LARS paper does. Which length does the docstring divide by?",
        trains=True,
    ),
    Mistake(
        "gradient_by_row",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = settings["trust_coefficient"] * w.norm() * update / update.norm(dim=-1, keepdim=True)',
        ),
        "You divide each row of the update by its own length. How many lengths does an update have?",
        trains=True,
    ),
    Mistake(
        "decay_by_another_key",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            "update = gradient + settings['decay'] * w",
        ),
        "You look for a setting called decay, which does not exist. Which four names does the docstring list?",
    ),
    Mistake(
        "eta_by_another_key",
        "lars_update",
        (
            'update = update * trust_ratio(w, update, settings["trust_coefficient"])',
            'update = update * trust_ratio(w, update, settings["eta"])',
        ),
        "You look for a setting called eta, which does not exist. Which four names does the docstring list?",
    ),
    Mistake(
        "settings_as_attributes",
        "lars_update",
        ('w.sub_(settings["lr"] * velocity)', "w.sub_(settings.lr * velocity)"),
        "You read a setting as an attribute, and settings is a dict. How do you read a key?",
    ),
    Mistake(
        "ratio_before_decay_twice",
        "lars_update",
        (
            """update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])""",
            """update = gradient * trust_ratio(w, gradient, settings["trust_coefficient"]) + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])""",
        ),
        "You scale the gradient before you add the decay, and then scale the sum again. How many times does the docstring scale?",
        trains=True,
    ),
    Mistake(
        "biases_decay_only",
        "lars_update",
        (
            """    update = gradient
    if w.dim() > 1:
        update = gradient + settings["weight_decay"] * w
        update = update * trust_ratio(w, update, settings["trust_coefficient"])""",
            """    update = gradient
    if w.dim() > 1:
        update = update * trust_ratio(w, update, settings["trust_coefficient"])
    else:
        update = gradient + settings["weight_decay"] * w""",
        ),
        "You let biases decay, but not weights. Which of them should be pulled towards zero?",
        trains=True,
    ),
    # more of parameter_groups
    Mistake(
        "children_only",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for child in model.children():
        for p in child.parameters():
            if p.requires_grad:
                (weights if p.dim() > 1 else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You visit the model's children only, so its own parameters never train. What does model.parameters() visit?",
        trains=True,
    ),
    Mistake(
        "own_only",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for _ in range(1):
        for p in model.parameters(recurse=False):
            if p.requires_grad:
                (weights if p.dim() > 1 else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You visit the model's own parameters only, so no layer trains. What does model.parameters() visit?",
        trains=True,
    ),
    Mistake(
        "every_module_again",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for module in model.modules():
        for p in module.parameters():
            if p.requires_grad:
                (weights if p.dim() > 1 else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You visit a layer's parameters again in each module around it, so they are in a group several times. How many times does model.parameters() visit each?",
        trains=True,
    ),
    Mistake(
        "norms_by_class",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                (weights if not isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You go by two classes of norm layers, so biases of other layers decay. How many dimensions do they have?",
        trains=True,
    ),
    Mistake(
        "norms_by_more_classes",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                (weights if not isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.LayerNorm)) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You go by the classes of norm layers, so biases of other layers decay. How many dimensions do they have?",
        trains=True,
    ),
    Mistake(
        "tied_weights_twice",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p.requires_grad:
                (weights if p.dim() > 1 else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "You put a weight that two layers share in a group twice. How many times does model.parameters() visit it?",
        trains=True,
    ),
    Mistake(
        "groups_as_a_dict",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    kept = [p for p in model.parameters() if p.requires_grad]
    return {"params": [p for p in kept if p.dim() > 1], "weight_decay": weight_decay}
""",
        "You return one dict, or names, so an optimiser finds strings where it looks for parameters. What does the signature promise?",
    ),
    Mistake(
        "groups_of_pairs",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    kept = [p for p in model.parameters() if p.requires_grad]
    return [([p for p in kept if p.dim() > 1], weight_decay), ([p for p in kept if p.dim() <= 1], 0.0)]
""",
        "You return pairs of parameters and a decay. What type does an optimiser expect a group to have?",
    ),
    Mistake(
        "params_under_another_name",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    kept = [p for p in model.parameters() if p.requires_grad]
    weights, others = [p for p in kept if p.dim() > 1], [p for p in kept if p.dim() <= 1]
    return [{"parameters": weights, "weight_decay": weight_decay}, {"parameters": others, "weight_decay": 0.0}]
""",
        "Your groups have no key params. Under which name does an optimiser look for parameters?",
    ),
    # more of take_step
    Mistake(
        "rate_given_to_step",
        "take_step",
        ("    optimizer.step()", "    optimizer.step(rate)"),
        "You pass the rate to step, which takes a function there. Where does a group keep its rate?",
    ),
    Mistake(
        "loss_given_to_step",
        "take_step",
        ("    optimizer.step()", "    optimizer.step(loss)"),
        "You pass the loss to step, which takes a function there. What does step need?",
    ),
    Mistake(
        "all_in_the_loop",
        "take_step",
        """def take_step(optimizer, loss, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        optimizer.step()
""",
        "You take a step for each group, so the first steps use the old rates of the groups that follow. Which lines belong in the loop?",
        trains=True,
    ),
    Mistake(
        "step_in_the_loop",
        "take_step",
        """def take_step(optimizer, loss, rate):
    optimizer.zero_grad()
    loss.backward()
    for group in optimizer.param_groups:
        group["lr"] = rate
        optimizer.step()
""",
        "You step once for each group. Which lines belong in the loop?",
        trains=True,
    ),
    Mistake(
        "all_in_the_loop_at_once",
        "take_step",
        """def take_step(optimizer, loss, rate):
    for group in optimizer.param_groups:
        group["lr"] = rate
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
""",
        "You call backward in the loop over groups, and the second time the graph is gone. Which lines belong in the loop?",
    ),
    Mistake(
        "clipped_by_group",
        "take_step",
        (
            "    optimizer.step()",
            """    for group in optimizer.param_groups:
        torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
    optimizer.step()""",
        ),
        "You clip the gradient of each group to norm 1 first. Does the docstring, or SimCLR, ask for that?",
        trains=True,
    ),
    # an update of length zero
    Mistake(
        "epsilon_for_the_update",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * w_norm / (update_norm + 1e-8)
    return torch.where(w_norm > 0, ratio, torch.ones_like(ratio))
""",
        "An update of zero gets a huge ratio, as if you added a tiny number to its length. What does the docstring return in that case?",
        trains=True,
    ),
    Mistake(
        "epsilon_unless_both",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * w_norm / (update_norm + 1e-8)
    return torch.where((w_norm > 0) | (update_norm > 0), ratio, torch.ones_like(ratio))
""",
        "Your ratio is 1 only if both lengths are zero; an update of zero gets a huge one, as if you added a tiny number to its length. What should it be if only one of them is zero?",
        trains=True,
    ),
    Mistake(
        "epsilon_in_both_lengths",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * (w_norm + 1e-12) / (update_norm + 1e-12)
    return ratio
""",
        "You add a tiny number to both lengths, so weights of zero get a tiny ratio, an update of zero gets a huge one, and the ratio is eta if both are zero. What should all three be?",
        trains=True,
    ),
    Mistake(
        "infinity_replaced",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * w_norm / update_norm
    return torch.nan_to_num(ratio)
""",
        "Where you divide by zero, your ratio is 0 or the largest number that a float can hold, and weights of zero get 0. What should it be in these cases?",
        trains=True,
    ),
    Mistake(
        "not_a_number_replaced",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * w_norm / update_norm
    return torch.nan_to_num(ratio, nan=1.0)
""",
        "Your ratio is 1 only if both lengths are zero; an update of zero gets the largest number that a float can hold. What should the ratio be if only one of them is zero?",
        trains=True,
    ),
    Mistake(
        "zero_update_gives_zero",
        "trust_ratio",
        """def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * w_norm / update_norm
    return torch.where(w_norm > 0, torch.where(update_norm > 0, ratio, 0 * update_norm), torch.ones_like(ratio))
""",
        "Your ratio is 0 if the update is zero, unless the weights are zero too. What does the docstring return in that case?",
        trains=True,
    ),
    # the warm-up's division
    Mistake(
        "warmup_always_divides",
        "learning_rate",
        """def learning_rate(step, total_steps, warmup_steps, peak):
    warmup = peak * step / warmup_steps
    progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
    return warmup if step < warmup_steps else peak * (1 + math.cos(math.pi * progress)) / 2
""",
        "You divide by the length of the warm-up at every step, so a run without a warm-up divides by zero. At which steps is that share needed?",
        trains=True,
    ),
    # which layers decay
    Mistake(
        "layers_by_class_twice",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad:
                (weights if name == "weight" and isinstance(module, torch.nn.Linear | torch.nn.Conv2d) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Of the weights, only those of Linear and Conv2d decay, and a weight that two layers share is in a group twice. What does the docstring go by, and how many times does model.parameters() visit a parameter?",
        trains=True,
    ),
    Mistake(
        "linear_by_class",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others, seen = [], [], set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                (weights if name == "weight" and isinstance(module, torch.nn.Linear) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Only the matrices of Linear layers decay. What does the docstring go by, the class of a layer or the dimensions of a parameter?",
        trains=True,
    ),
    Mistake(
        "linear_by_class_twice",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others = [], []
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad:
                (weights if name == "weight" and isinstance(module, torch.nn.Linear) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Only the matrices of Linear layers decay, and one that two layers share is in a group twice. What does the docstring go by, and how many times does model.parameters() visit a parameter?",
        trains=True,
    ),
    Mistake(
        "convolutions_by_class",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others, seen = [], [], set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                (weights if name == "weight" and isinstance(module, torch.nn.Conv2d) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Of the weights, only those of convolutions decay. How many dimensions does a matrix have?",
        trains=True,
    ),
    Mistake(
        "two_or_four_dimensions",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights = [p for p in model.parameters() if p.requires_grad and p.dim() in (2, 4)]
    others = [p for p in model.parameters() if p.requires_grad and not (p.dim() in (2, 4))]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Parameters of two and of four dimensions decay, but not those of three. Which parameters does the docstring let decay?",
        trains=True,
    ),
    Mistake(
        "own_parameters_do_not_decay",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others, seen = [], [], set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                (weights if p.dim() > 1 and module is not model else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Parameters of two dimensions or more that belong to the model itself, and to no layer, do not decay. What does the docstring go by?",
        trains=True,
    ),
    Mistake(
        "norms_by_class_once",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others, seen = [], [], set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                (weights if not isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Everything except batch norms decays, so biases of other layers decay, too. How many dimensions do they have?",
        trains=True,
    ),
    Mistake(
        "norms_by_more_classes_once",
        "parameter_groups",
        """def parameter_groups(model, weight_decay):
    weights, others, seen = [], [], set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad and id(p) not in seen:
                seen.add(id(p))
                (weights if not isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d, torch.nn.LayerNorm)) else others).append(p)
    return [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
""",
        "Everything except norm layers decays, so biases of other layers decay, too. How many dimensions do they have?",
        trains=True,
    ),
    Mistake(
        "velocity_takes_the_gradients_memory",
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
        "You give the velocity new memory at the first step, and for a bias it is the gradient's own. What happens to it at the next backward pass?",
        trains=True,
    ),
    Mistake(
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
        "You round the rate to four decimals. What is left of 0.00001?",
        trains=True,
    ),
    Mistake(
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
        "You take the step in what reshape(-1) returns, which is a copy if the weights are not contiguous in memory. Whose memory must change?",
        trains=True,
    ),
    Mistake(
        "settings_changed",
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
        "At a bias you change the settings of the whole group, so all weights after it have no decay. How can you leave the decay out of one update only?",
        trains=True,
    ),
    Mistake(
        "velocity_left_at_no_momentum",
        "lars_update",
        (
            'velocity.mul_(settings["momentum"]).add_(update)\n    w.sub_(settings["lr"] * velocity)',
            'if settings["momentum"]:\n        update = velocity.mul_(settings["momentum"]).add_(update)\n    w.sub_(settings["lr"] * update)',
        ),
        "Without momentum you leave the velocity as it was. What is the docstring's v if momentum is 0?",
        trains=True,
    ),
    Mistake(
        "only_what_has_a_gradient",
        "parameter_groups",
        """
def parameter_groups(model: torch.nn.Module, weight_decay: float) -> list[dict]:
    trainable = [p for p in model.parameters() if p.grad is not None]
    return [
        {"params": [p for p in trainable if p.dim() >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trainable if p.dim() < 2], "weight_decay": 0.0},
    ]
""",
        "Your groups are empty, as if you looked for parameters that have a gradient. Does any parameter have one before the first backward pass?",
        trains=True,
    ),
    Mistake(
        "no_step_at_rate_zero",
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
        "You skip the step at rate 0, so the velocity misses this gradient. What does step() change besides the weights?",
        trains=True,
    ),
    Mistake(
        "ratio_needs_decay",
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
        "Without weight decay, you do not scale the update. Which tensors does the docstring exempt from the trust ratio?",
        trains=True,
    ),
    Mistake(
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
        "You exempt parameters of exactly one dimension, so a single learned number decays. How many dimensions does it have?",
        trains=True,
    ),
    Mistake(
        "squares_in_half_precision",
        "trust_ratio",
        """
def trust_ratio(w: Tensor, update: Tensor, trust_coefficient: float) -> Tensor:
    w_norm = (w * w).sum().sqrt()
    update_norm = (update * update).sum().sqrt()
    ratio = trust_coefficient * w_norm / update_norm
    return torch.where((w_norm > 0) & (update_norm > 0), ratio, torch.ones_like(ratio))
""",
        "You square in the precision of the tensors, and in float16 the square of 0.0001 is 0 and that of 300 is infinite. Which function takes a norm without such squares?",
        trains=True,
    ),
    Mistake(
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
        "You ask for a gradient for every parameter, and a frozen one makes that an error. Which parameters can have one?",
        trains=True,
    ),
    Mistake(
        "old_gradient_of_a_frozen_parameter",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    trained = []
    for group in optimizer.param_groups:
        group["lr"] = rate
        trained += [p for p in group["params"] if p.requires_grad]
    for p, gradient in zip(trained, torch.autograd.grad(loss, trained, allow_unused=True)):
        p.grad = gradient
    optimizer.step()
""",
        "You replace only the gradients of parameters that are trained, so a frozen one moves by its old gradient. What must be cleared?",
        trains=True,
    ),
    Mistake(
        "norms_on_the_cpu",
        "trust_ratio",
        """
def trust_ratio(w, update, trust_coefficient):
    lengths = torch.zeros(2, dtype=w.dtype)
    lengths[0], lengths[1] = w.norm(), update.norm()
    ratio = trust_coefficient * lengths[:1] / lengths[1:]
    ratio = torch.where((lengths > 0).all(), ratio, torch.ones(1, dtype=w.dtype))
    return ratio[0]
""",
        "You compute the ratio on the CPU, wherever the weights are. How do you make a tensor on their device?",
        trains=True,
    ),
    Mistake(
        "unused_parameter_fails",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    optimizer.zero_grad()
    chosen = []
    for group in optimizer.param_groups:
        group["lr"] = rate
        chosen += [p for p in group["params"] if p.requires_grad]
    for p, g in zip(chosen, torch.autograd.grad(loss, chosen, allow_unused=True)):
        p.grad = g.clone()
    optimizer.step()
""",
        "You expect a gradient of every parameter, but one that the loss does not use gets None. What should happen to it?",
        trains=True,
    ),
    Mistake(
        "old_gradients_set_to_zero",
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
        "You set old gradients to 0, and weight decay still moves a frozen parameter whose gradient is 0. Which gradient makes the optimiser leave it alone?",
        trains=True,
    ),
    Mistake(
        "every_gradient_is_zero_at_first",
        "take_step",
        """
def take_step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
        for p in group["params"]:
            p.grad = torch.zeros_like(p)
    loss.backward()
    optimizer.step()
""",
        "You give every parameter a gradient of 0, so weight decay moves those that the loss does not depend on. Which gradient makes the optimiser leave a parameter alone?",
        trains=True,
    ),
    Mistake(
        "rule_by_its_ending",
        "scaled_learning_rate",
        ('if rule == "sqrt":', 'if rule.endswith("sqrt"):'),
        "You accept any rule whose name ends in a known one. Which three names are there?",
        trains=True,
    ),
    Mistake(
        "rule_by_its_beginning",
        "scaled_learning_rate",
        ('if rule == "linear":', 'if rule and "linear".startswith(rule):'),
        "You accept the beginning of a rule's name, such as lin. Which three names are there?",
        trains=True,
    ),
    Mistake(
        "ratio_in_float32",
        "trust_ratio",
        ("w.norm(), update.norm()", "w.float().norm(), update.float().norm()"),
        "Of weights in float64, your ratio has only the digits of float32. What is the type of the norms?",
        trains=True,
    ),
    Mistake(
        "decay_on_the_cpu",
        "lars_update",
        (
            'update = gradient + settings["weight_decay"] * w',
            'update = torch.zeros(w.shape, dtype=w.dtype) + gradient + settings["weight_decay"] * w',
        ),
        "On a GPU your update fails: some tensor is on the CPU, whatever device w is on. Which function makes a tensor like another one?",
        trains=True,
    ),
    Mistake(
        "groups_in_random_order",
        "parameter_groups",
        (
            "weights = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]",
            "weights = list({p for p in model.parameters() if p.requires_grad and p.dim() > 1})",
        ),
        "The order of the parameters in your groups depends on chance, as that of a set does. By what does an optimiser find the momentum of each again, when a run goes on later?",
        trains=True,
    ),
]
