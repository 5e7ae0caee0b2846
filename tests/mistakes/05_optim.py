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
        "You count two views per image, so 256 images get twice the base rate. What does B count?",
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
        "Your simclr_sqrt ignores the base rate: 0.075 is right only for a base of 0.3. What should it be for another base?",
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
        "You return the scaled rate as a tensor. What does the signature promise, and what can the log not hold?",
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
        "whole_shares",
        "learning_rate",
        ("(step - warmup_steps) / max", "(step - warmup_steps) // max"),
        "You use integer division, so the progress stays 0 until the very end. What is 3 // 10?",
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
        "Your rate stays at the peak after the warm-up. What should it do in the rest of the training?",
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
        "You return the rate of a step as a tensor. What does the signature promise, and what can the log not hold?",
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
        "You check only for an update of zero, so weights of zero get a ratio of 0. How could they ever move?",
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
        "Your epsilon avoids 0 / 0, but weights of zero get a ratio of 0. What should their ratio be?",
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
        "You apply the rate twice, in the velocity and in the step. How often does the docstring multiply by it?",
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
        "You make a new tensor with `w = …`, so the model's weights stay as they are. Which operations change a tensor itself?",
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
        "You go by the name, so a norm layer's scale decays, because it is called weight too. How many dimensions does it have?",
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
        "You go by names that end in `weight`, and a norm layer's scale has such a name. How many dimensions has it?",
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
        "You put frozen weights in a group. What does requires_grad = False ask for?",
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
        "You clear the new gradient before the step can use it. When should the old one be cleared?",
    ),
    Mistake(
        "forgets_only_afterwards",
        "take_step",
        (STEP, "loss.backward()\n    optimizer.step()\n    optimizer.zero_grad()"),
        "You clear gradients only after the step, so one that was there before the first step counts. When should it have been cleared?",
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
        "You multiply the loss by the rate, and the optimiser applies it again. How often should it count?",
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
]
