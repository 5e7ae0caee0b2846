# ruff: noqa: E501  (a sentence to the learner is one line)
"""Lesson 5: wrong ways to write the learning rate, LARS and a step, and what to say about each."""

from lessons.course.mistakes import Mistake

SQRT = "base * math.sqrt(batch_size / 256)"
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
        "You take the root of the base rate too. What does the rule give at 256 images?",
        trains=True,
    ),
    Mistake(
        "root_without_256",
        "scaled_learning_rate",
        (SQRT, "base * math.sqrt(batch_size) / 256"),
        "You divide by 256 after the root. What is the root of 256, and the rate at 256 images?",
        trains=True,
    ),
    Mistake(
        "rule_ignored",
        "scaled_learning_rate",
        (SQRT, "base * batch_size / 256"),
        "Both rules scale linearly. By how much should the rate grow under sqrt, if the batch grows four times?",
        trains=True,
    ),
    Mistake(
        "whole_batches",
        "scaled_learning_rate",
        ("base * batch_size / 256", "base * (batch_size // 256)"),
        "You divide whole numbers, so 128 images get a rate of 0. What is half of 256 divided by 256?",
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
    return base * batch_size / 256 if rule == "linear" else base * math.sqrt(batch_size / 256)""",
        "Every rule that is not linear counts as sqrt, a misspelt one too. What does the docstring raise?",
        trains=True,
    ),
    Mistake(
        "sqrt_by_default",
        "scaled_learning_rate",
        ('rule: str = "linear"', 'rule: str = "sqrt"'),
        "Without a rule you take the root. Which rule does the signature name?",
        trains=True,
    ),
    # learning_rate
    Mistake(
        "cosine_ignores_warmup",
        "learning_rate",
        (PROGRESS, "min(1.0, step / total_steps)"),
        "Your cosine begins at step 0, so the rate jumps below the peak after the warm-up. From which step does it fall?",
        trains=True,
    ),
    Mistake(
        "never_arrives",
        "learning_rate",
        (PROGRESS, "min(1.0, (step - warmup_steps) / total_steps)"),
        "You start after the warm-up but divide by all steps, so the end is never reached. How many steps does the fall have?",
        trains=True,
    ),
    Mistake(
        "rises_again",
        "learning_rate",
        (PROGRESS, PROGRESS[9:-1]),
        "After the last step your cosine goes on and rises. What holds the progress at 1?",
        trains=True,
    ),
    Mistake(
        "one_step_ahead",
        "learning_rate",
        (WARM, "peak * (step + 1) / warmup_steps"),
        "You are a step ahead: the first step already has a rate. How many steps are done at step 0?",
        trains=True,
    ),
    Mistake(
        "whole_shares",
        "learning_rate",
        ("(step - warmup_steps) / max", "(step - warmup_steps) // max"),
        "You divide whole numbers, so the progress is 0 until the very end. What is 3 // 10?",
        trains=True,
    ),
    Mistake(
        "line_down",
        "learning_rate",
        (COSINE, "peak * (1 - progress)"),
        "You go down in a straight line. Which curve does section 2.3 take?",
        trains=True,
    ),
    Mistake(
        "quarter_of_a_cosine",
        "learning_rate",
        (COSINE, "peak * math.cos(math.pi / 2 * progress)"),
        "You use a quarter of a cosine, from 0° to 90°: it is steep at the end. Through which angle does half a cosine go?",
        trains=True,
    ),
    Mistake(
        "whole_cosine",
        "learning_rate",
        (COSINE, "peak * (1 + math.cos(2 * math.pi * progress)) / 2"),
        "You use a whole cosine, which is back at the peak in the end. How far does half a one go?",
        trains=True,
    ),
    Mistake(
        "cosine_not_halved",
        "learning_rate",
        (COSINE, "peak * (1 + math.cos(math.pi * progress))"),
        "Your fall begins at twice the peak. What is 1 + cos 0?",
        trains=True,
    ),
    Mistake(
        "curved_warmup",
        "learning_rate",
        (WARM, "peak * (1 - math.cos(math.pi * step / warmup_steps)) / 2"),
        "You warm up along a cosine as well. Which line does the docstring ask for?",
        trains=True,
    ),
    Mistake(
        "warmup_times_cosine",
        "learning_rate",
        (
            WARM,
            "peak * step / warmup_steps * (1 + math.cos(math.pi * step / total_steps)) / 2",
        ),
        "You multiply the warm-up by the cosine. When does the fall begin: during the warm-up or after?",
        trains=True,
    ),
    Mistake(
        "warmup_over_total",
        "learning_rate",
        (WARM, "peak * step / total_steps"),
        "You divide by all steps, so the warm-up ends far below the peak. How many steps does it have?",
        trains=True,
    ),
    Mistake(
        "ends_a_step_early",
        "learning_rate",
        ("max(1, total_steps - warmup_steps)", "max(1, total_steps - 1 - warmup_steps)"),
        "Your rate is 0 one step before the end, so the last step does nothing. At which step does the docstring say 0?",
        trains=True,
    ),
    Mistake(
        "stays_at_the_peak",
        "learning_rate",
        (COSINE, "peak"),
        "After the warm-up your rate stays where it is. What does the second half of section 2.3's schedule do?",
        trains=True,
    ),
    Mistake(
        "starts_at_the_peak",
        "learning_rate",
        (WARM, "peak"),
        "During the warm-up you return the peak. What is the rate at step 0?",
        trains=True,
    ),
    # trust_ratio
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
        "eta is missing, so each step is as long as the weights themselves. How long should it be relative to them?",
    ),
    Mistake(
        "squared_lengths",
        "trust_ratio",
        (NORMS, "w_norm, update_norm = w.square().sum(), update.square().sum()"),
        "You divide sums of squares. What is still to be done to make a sum of squares a length?",
    ),
    Mistake(
        "sum_of_absolutes",
        "trust_ratio",
        (NORMS, "w_norm, update_norm = w.abs().sum(), update.abs().sum()"),
        "You add absolute values. Which length has the vector (3, 4)?",
        trains=True,
    ),
    Mistake(
        "largest_entry",
        "trust_ratio",
        (NORMS, "w_norm, update_norm = w.abs().max(), update.abs().max()"),
        "You compare the largest entries only. How does the length of a vector count the others?",
        trains=True,
    ),
    Mistake(
        "mean_of_rows",
        "trust_ratio",
        (
            NORMS,
            "w_norm, update_norm = (t.reshape(len(t), -1).norm(dim=1).mean() for t in (w, update))",
        ),
        "You average the lengths of the rows. Over which numbers does the length of a whole layer run?",
        trains=True,
    ),
    Mistake(
        "entry_by_entry",
        "trust_ratio",
        (RATIO, "trust_coefficient * (w.abs() / update.abs().clamp(min=1e-12)).mean()"),
        "You divide entry by entry and average that. Which comes first, the two lengths or the division?",
    ),
    Mistake(
        "weights_not_counted",
        "trust_ratio",
        (RATIO, "trust_coefficient / update_norm"),
        "You only give the update length 1. Where is |w|, by which large layers take larger steps?",
        trains=True,
    ),
    Mistake(
        "zero_gives_zero",
        "trust_ratio",
        (CHOICE, CHOICE.replace("ones_like", "zeros_like")),
        "Where a length is zero your ratio is 0. How do weights that start at zero ever move?",
        trains=True,
    ),
    Mistake(
        "zero_weights_freeze",
        "trust_ratio",
        (CHOICE, CHOICE.replace("(w_norm > 0) & ", "")),
        "You look for an update of zero only; weights of zero get ratio 0. How do they ever move?",
        trains=True,
    ),
    Mistake(
        "zero_gives_eta",
        "trust_ratio",
        (CHOICE, CHOICE.replace("torch.ones_like(ratio)", "trust_coefficient + 0 * w_norm")),
        "Where a length is zero your ratio is eta. What does the docstring return there?",
        trains=True,
    ),
    Mistake(
        "epsilon_for_zero",
        "trust_ratio",
        (f"{RATIO}", "trust_coefficient * (w_norm + 1e-3) / (update_norm + 1e-3)"),
        "You add 0.001 to both lengths, which counts for a small layer. Which lengths need care, and do others?",
        trains=True,
    ),
    Mistake(
        "epsilon_and_no_choice",
        "trust_ratio",
        (CHOICE, "trust_coefficient * w_norm / (update_norm + 1e-8)"),
        "An epsilon avoids 0 / 0, but weights of zero then get ratio 0. What should they get?",
        trains=True,
    ),
    Mistake(
        "cut_at_one",
        "trust_ratio",
        (RATIO, f"({RATIO}).clamp(max=1.0)"),
        "You never let the ratio be above 1, as LARC does. What does LARS do with a layer whose gradient is tiny?",
        trains=True,
    ),
    # lars_update
    Mistake(
        "ratio_of_gradient_alone",
        "lars_update",
        (SCALE, 'update = update * trust_ratio(w, gradient, settings["trust_coefficient"])'),
        "You measure the gradient without the decay, but scale both. What is |u| in the docstring's ratio?",
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
        "Weight decay is not used. Which term pulls the weights towards zero?",
        trains=True,
    ),
    Mistake(
        "decay_pushes_away",
        "lars_update",
        (DECAY, 'update = gradient - settings["weight_decay"] * w'),
        "Your decay makes weights grow. The update is subtracted at the end: which sign must decay · w have?",
        trains=True,
    ),
    Mistake(
        "biases_decay",
        "lars_update",
        (
            f"if w.dim() > 1:\n        {DECAY}\n        {SCALE}",
            f"{DECAY}\n    if w.dim() > 1:\n        {SCALE}",
        ),
        "Biases and norms decay too. What happens to a norm's scale without gradient?",
        trains=True,
    ),
    Mistake(
        "biases_adapt",
        "lars_update",
        (
            f"if w.dim() > 1:\n        {DECAY}\n        {SCALE}",
            f"if w.dim() > 1:\n        {DECAY}\n    {SCALE}",
        ),
        "Biases and norms are scaled by the ratio too. Which parameters does SimCLR leave out of the adaptation?",
        trains=True,
    ),
    Mistake(
        "all_alike",
        "lars_update",
        ("if w.dim() > 1:", "if True:"),
        "Biases and norms get decay and ratio as weights do. By what can you tell a bias from a matrix?",
        trains=True,
    ),
    Mistake(
        "matrices_only",
        "lars_update",
        ("w.dim() > 1", "w.dim() == 2"),
        "Only matrices count as weights for you. How many dimensions has a convolution's weight?",
        trains=True,
    ),
    Mistake(
        "ratio_left_out",
        "lars_update",
        (SCALE, "pass"),
        "This is SGD: the ratio is not used. What makes it LARS?",
        trains=True,
    ),
    Mistake(
        "rate_in_the_memory",
        "lars_update",
        (
            f"{REMEMBER}\n    {MOVE}",
            'velocity.mul_(settings["momentum"]).add_(settings["lr"] * update)\n    w.sub_(velocity)',
        ),
        "You multiply by the rate before remembering, as the LARS paper does. Where does w = w - lr · v have it?",
        trains=True,
    ),
    Mistake(
        "rate_twice",
        "lars_update",
        (REMEMBER, 'velocity.mul_(settings["momentum"]).add_(settings["lr"] * update)'),
        "The rate is in the velocity and in the step as well. How often does the docstring multiply by it?",
        trains=True,
    ),
    Mistake(
        "damped_momentum",
        "lars_update",
        (
            REMEMBER,
            'velocity.mul_(settings["momentum"]).add_((1 - settings["momentum"]) * update)',
        ),
        "You take a moving mean, so updates count only 1 - momentum. What share of the new update enters v?",
        trains=True,
    ),
    Mistake(
        "no_momentum",
        "lars_update",
        (REMEMBER, "velocity.copy_(update)"),
        "You forget earlier updates. What share of the old velocity stays?",
        trains=True,
    ),
    Mistake(
        "velocity_lost",
        "lars_update",
        (
            f"{REMEMBER}\n    {MOVE}",
            'w.sub_(settings["lr"] * (settings["momentum"] * velocity + update))',
        ),
        "The velocity that you were given never changes. Where does the next step find it?",
        trains=True,
    ),
    Mistake(
        "weights_not_in_place",
        "lars_update",
        (MOVE, 'w = w - settings["lr"] * velocity'),
        "`w = …` makes a new tensor with the old name; the model's weights stay. Which operations change a tensor itself?",
    ),
    Mistake(
        "step_before_remembering",
        "lars_update",
        (f"{REMEMBER}\n    {MOVE}", f"{MOVE}\n    {REMEMBER}"),
        "You step with the old velocity, so this gradient comes a step late. Which line comes first?",
    ),
    Mistake(
        "ratio_on_velocity",
        "lars_update",
        (
            f"{SCALE}\n    # remember a share of earlier updates, and step against them\n    {REMEMBER}\n    {MOVE}",
            f"pass\n    {REMEMBER}\n"
            '    ratio = trust_ratio(w, velocity, settings["trust_coefficient"]) if w.dim() > 1 else 1\n'
            '    w.sub_(settings["lr"] * ratio * velocity)',
        ),
        "You scale the velocity, not the update. Of which vector does the docstring take the ratio?",
        trains=True,
    ),
    Mistake(
        "nesterov",
        "lars_update",
        (MOVE, 'w.sub_(settings["lr"] * (update + settings["momentum"] * velocity))'),
        "You look a step ahead, as Nesterov does. What does w = w - lr · v subtract?",
        trains=True,
    ),
    Mistake(
        "climbs",
        "lars_update",
        (MOVE, 'w.add_(settings["lr"] * velocity)'),
        "You step along the gradient, up the hill. In which direction does the loss fall?",
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
        "Each row has a ratio of its own. How many ratios has a layer in LARS?",
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
        "You go by the name, so the scale of a norm, which is called weight too, decays. How many dimensions has it?",
        trains=True,
    ),
    Mistake(
        "all_decay",
        "parameter_groups",
        ('"weight_decay": 0.0', '"weight_decay": weight_decay'),
        "Both groups decay. Which one holds biases and norms, and what is its decay?",
        trains=True,
    ),
    Mistake(
        "decay_not_said",
        "parameter_groups",
        (', "weight_decay": 0.0', ""),
        "One group does not say its decay, so it takes the optimiser's. What must it say?",
        trains=True,
    ),
    Mistake(
        "groups_exchanged",
        "parameter_groups",
        (
            '{"params": weights, "weight_decay": weight_decay},\n        {"params": others, "weight_decay": 0.0}',
            '{"params": weights, "weight_decay": 0.0},\n        {"params": others, "weight_decay": weight_decay}',
        ),
        "Biases and norms decay, the weights do not. Which ones should be pulled to zero?",
        trains=True,
    ),
    Mistake(
        "convolutions_not_decayed",
        "parameter_groups",
        (
            "p.dim() > 1]\n    others = " + OTHERS,
            "p.dim() == 2]\n    others = " + OTHERS.replace("<= 1", "!= 2"),
        ),
        "Only matrices decay. How many dimensions has a convolution's weight?",
        trains=True,
    ),
    Mistake(
        "convolutions_forgotten",
        "parameter_groups",
        ("p.dim() > 1", "p.dim() == 2"),
        "Convolutions are in no group, so the optimiser never changes them. How many dimensions has their weight?",
        trains=True,
    ),
    Mistake(
        "frozen_included",
        "parameter_groups",
        ("p.requires_grad and p.dim() > 1", "p.dim() > 1"),
        "Frozen weights are in a group. What does requires_grad = False ask for?",
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
        "You look one level deep, so the layers inside a block never train. What does model.parameters() visit?",
        trains=True,
    ),
    Mistake(
        "biases_forgotten",
        "parameter_groups",
        (OTHERS, "[]"),
        "Biases and norms are in no group: they get no decay, but no step either. Who trains them?",
        trains=True,
    ),
    Mistake(
        "scalars_decay",
        "parameter_groups",
        (
            "p.dim() > 1]\n    others = " + OTHERS,
            "p.dim() != 1]\n    others = " + OTHERS.replace("<= 1", "== 1"),
        ),
        "A parameter that is a single number, of no dimension, decays. What does the docstring decay?",
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
        "You list the classes of layers that decay; weights of any other kind do not. What does the docstring go by?",
        trains=True,
    ),
    # take_step
    Mistake(
        "first_group_only",
        "take_step",
        (SET, 'optimizer.param_groups[0]["lr"] = rate'),
        "Only the first group gets the rate. At which rate do the biases step?",
        trains=True,
    ),
    Mistake(
        "never_forgets",
        "take_step",
        (FORGET + "    ", ""),
        "Gradients pile up from step to step. What does backward do with a gradient that is there?",
    ),
    Mistake(
        "forgets_too_late",
        "take_step",
        (STEP, "loss.backward()\n    optimizer.zero_grad()\n    optimizer.step()"),
        "You throw the new gradient away before the step. When should the old one go?",
    ),
    Mistake(
        "forgets_only_afterwards",
        "take_step",
        (STEP, "loss.backward()\n    optimizer.step()\n    optimizer.zero_grad()"),
        "You forget after the step only, so what lay there before the first one counts. When is it safe?",
        trains=True,
    ),
    Mistake(
        "rate_comes_late",
        "take_step",
        (
            f"{SET}\n    # forget the last gradient, find the new one, step\n    {STEP}",
            f"{STEP}\n    {SET}",
        ),
        "You set the rate after the step, so it holds from the next one. Which step is it meant for?",
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
        "You multiply the rate that is there, so it shrinks from step to step. What is it to be?",
    ),
    Mistake(
        "rate_on_the_loss",
        "take_step",
        ("loss.backward()", "(rate * loss).backward()"),
        "The rate is in the gradient as well as in the group. How often should it count?",
        trains=True,
    ),
    Mistake(
        "two_steps",
        "take_step",
        ("optimizer.step()", "optimizer.step()\n    optimizer.step()"),
        "You step twice with one gradient. How often may the weights move per call?",
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
        "You cut the gradient to length 1 first. Does the docstring, or SimCLR, ask for that?",
        trains=True,
    ),
]
