"""Lesson 5: the learning rate, LARS, and one step of training."""

import math

import torch
from torch import nn

from lessons.course.check import Result, about, call, call_in_place, rand, wrong
from lessons.course.device import stays_on_device
from simclr_mini.optim import (
    LARS,
    lars_update,
    learning_rate,
    parameter_groups,
    scaled_learning_rate,
    take_step,
    trust_ratio,
)

# Odd and prime sizes: matrices, a convolution, and a stack of matrices to transpose.
SHAPES = [(3, 5), (2, 3, 3, 1), (7, 1), (5, 2, 3)]


# Step 1: a larger batch, a larger rate


@about("scaled_learning_rate")
def test_linear_rule_by_hand():
    """The base of 0.3 is the rate for 256 images; twice the images double it, 4,096 give 4.8."""
    for B, expected in [(256, 0.3), (512, 0.6), (128, 0.15), (4096, 4.8)]:
        call(scaled_learning_rate, 0.3, B, "linear").gives(expected, rtol=1e-6)


@about("scaled_learning_rate")
def test_the_scaled_rate_is_a_number():
    """A rate is written into the log, which holds no tensors."""
    for rule in ["linear", "simclr_sqrt", "sqrt"]:
        call(scaled_learning_rate, 0.3, 512, rule).is_a(float)


@about("scaled_learning_rate")
def test_papers_square_root_rule_by_hand():
    """0.075 · √B is 1.2 for 256 images, and 4.8 for 4,096, as by the linear rule."""
    for B, expected in [(256, 1.2), (1024, 2.4), (64, 0.6), (4096, 4.8)]:
        call(scaled_learning_rate, 0.3, B, "simclr_sqrt").gives(expected, rtol=1e-6)


@about("scaled_learning_rate")
def test_our_square_root_rule_by_hand():
    """Four times the images double the rate; for 256 images it is that of the linear rule."""
    for B, expected in [(256, 0.3), (1024, 0.6), (64, 0.15), (4096, 1.2)]:
        call(scaled_learning_rate, 0.3, B, "sqrt").gives(expected, rtol=1e-6)


@about("scaled_learning_rate")
def test_scaling_holds_for_every_batch_size(oracle):
    """The rules hold for batches of 100, 37, 999 or 1 images, not only for powers of two."""
    for rule in ["linear", "simclr_sqrt", "sqrt"]:
        for base, B in [(0.3, 100), (1.5, 37), (0.075, 999), (2.0, 1)]:
            expected = oracle("scaled_learning_rate")(base, B, rule)
            call(scaled_learning_rate, base, B, rule).gives(expected, rtol=1e-6)


@about("scaled_learning_rate")
def test_the_default_rule_is_linear():
    """Without a rule the rate grows linearly; arguments may be given by name."""
    call(scaled_learning_rate, 0.2, 768).gives(0.6, rtol=1e-6)
    call(scaled_learning_rate, base=0.2, batch_size=1024, rule="sqrt").gives(0.4, rtol=1e-6)


@about("scaled_learning_rate")
def test_an_unknown_rule_is_refused():
    """A misspelt rule must raise an error; it must not silently give some rate."""
    call(scaled_learning_rate, 0.3, 256, "linear")
    for rule in ["cube", "root", "", "simclr", "Linear", "lin", "my_sqrt", "sqrt2"]:
        try:
            got = scaled_learning_rate(0.3, 512, rule)
        except ValueError:
            continue
        wrong(
            "There are three rules. The docstring says which error any other name raises.",
            call=f"scaled_learning_rate(0.3, 512, {rule!r})",
            expected="ValueError",
            got=got,
        )


# Step 2: the warm-up


@about("learning_rate", step="warm-up")
def test_warm_up_by_hand():
    """In ten steps the rate climbs to 2: it is 0 at step 0, 1 halfway, and 1.8 at step 9."""
    for step, expected in [(0, 0.0), (1, 0.2), (5, 1.0), (9, 1.8)]:
        call(learning_rate, step, 100, 10, 2.0).gives(expected, rtol=1e-6, atol=1e-9)


@about("learning_rate", step="warm-up")
def test_warm_up_does_not_depend_on_the_total():
    """A run that is ten times as long warms up in the same way; only the peak scales it."""
    for step in [1, 2, 6]:
        for total, peak in [(8, 1.0), (70, 1.0), (700, 0.3)]:
            call(learning_rate, step, total, 7, peak).gives(peak * step / 7, rtol=1e-6)


@about("learning_rate", step="warm-up")
def test_a_run_may_be_all_warm_up():
    """If every step of a run is a warm-up step, every rate is on the straight line."""
    for total in [1, 5]:
        for step in range(total):
            call(learning_rate, step, total, total, 1.0).gives(step / total, atol=1e-9)


# Step 3: the whole schedule


@about("learning_rate")
def test_the_rate_is_a_number():
    """The rate is a number in the warm-up and afterwards, because the log holds no tensors."""
    for step in [3, 10, 55, 100]:
        call(learning_rate, step, 100, 10, 2.0).is_a(float)


@about("learning_rate")
def test_cosine_by_hand():
    """The rate falls from 2 to 0 in 90 steps; after 30 of them, cos 60° = 1/2, so it is 1.5."""
    for step, expected in [(10, 2.0), (40, 1.5), (55, 1.0), (70, 0.5), (100, 0.0)]:
        call(learning_rate, step, 100, 10, 2.0).gives(expected, rtol=1e-6, atol=1e-9)


@about("learning_rate")
def test_schedule_equals_the_loops_at_every_step(oracle):
    """Runs of odd lengths follow the schedule of section 2.3 from the first step to the last."""
    for total, warmup, peak in [(17, 5, 2.0), (13, 0, 0.3), (23, 1, 1.0), (6, 5, 4.8)]:
        for step in range(total + 1):
            expected = oracle("learning_rate")(step, total, warmup, peak)
            got = call(learning_rate, step, total, warmup, peak)
            got.gives(expected, rtol=1e-6, atol=1e-7)


@about("learning_rate")
def test_without_warm_up_the_rate_starts_at_the_peak():
    """A warm-up of 0 steps must not divide by zero."""
    call(learning_rate, 0, 10, 0, 0.3).gives(0.3, rtol=1e-6)
    call(learning_rate, 5, 10, 0, 0.3).gives(0.15, rtol=1e-6)
    call(learning_rate, 0, 1, 0, 0.3).gives(0.3, rtol=1e-6)


@about("learning_rate")
def test_rate_stays_zero_after_the_end():
    """A cosine that is not stopped rises again."""
    for step in [100, 101, 150, 190, 1000]:
        call(learning_rate, step, 100, 10, 2.0).gives(0.0, atol=1e-9)
    got = call(learning_rate, 6, 5, 5, 2.0)  # a run that is all warm-up may end at any rate
    if not 0 <= got.value <= 2:
        wrong("The rate is not between 0 and the peak.", call=got.call, got=got.value)


@about("learning_rate")
def test_rate_climbs_to_the_peak_once_and_then_only_falls():
    """The rate reaches the peak right after the warm-up, and from then on it never rises."""
    for total, warmup, peak in [(50, 7, 3.0), (31, 0, 0.5)]:
        rates = [float(learning_rate(step, total, warmup, peak)) for step in range(total + 10)]
        text = f"learning_rate(0 … {total + 9}, {total}, {warmup}, {peak})"
        if abs(max(rates) - peak) > 1e-6 * peak:
            wrong("The highest rate is not the peak.", call=text, expected=peak, got=max(rates))
        if abs(rates[warmup] - peak) > 1e-6 * peak:
            said = "The rate right after the warm-up is not the peak."
            wrong(said, call=text, expected=peak, got=rates[warmup])
        for step in range(warmup, total + 9):
            if rates[step + 1] > rates[step] + 1e-9:
                wrong(f"The rate rises again after step {step}.", call=text, got=rates[step + 1])


@about("learning_rate")
def test_second_half_of_the_descent_mirrors_the_first():
    """The rate k steps before the end equals the drop in the first k steps after the peak."""
    for k in [0, 3, 8]:
        late = float(learning_rate(27 - k, 27, 4, 2.0))
        call(learning_rate, 4 + k, 27, 4, 2.0).gives(2.0 - late, rtol=1e-6)


# Step 4: the trust ratio


@about("trust_ratio")
def test_trust_ratio_by_hand():
    """|(3, 4)| = 5 and |(6, 8)| = 10, so with eta = 0.1 the ratio is 0.05."""
    w, update = torch.tensor([[3.0, 4.0]]), torch.tensor([[6.0, 8.0]])
    call(trust_ratio, w, update, 0.1).gives(0.05, rtol=1e-6)
    call(trust_ratio, update, w, 0.001).gives(0.002, rtol=1e-6)


@about("trust_ratio")
def test_trust_ratio_of_any_shape_is_one_number(oracle):
    """A layer has one ratio, whatever its shape: the norm is taken over all its numbers."""
    for shape, eta in zip(SHAPES, [1e-3, 0.02, 1.0, 0.3], strict=True):
        w, update = rand(*shape, seed=1), 4 * rand(*shape, seed=2)
        expected = oracle("trust_ratio")(w.double(), update.double(), eta)
        call(trust_ratio, w, update, eta).gives(expected, rtol=1e-5)
        call(trust_ratio, w.mT, update.mT, eta).gives(expected, rtol=1e-5)


@about("trust_ratio")
def test_ratio_grows_with_the_weights_and_shrinks_with_the_update():
    """Tripling the weights triples the ratio; tripling the update divides the ratio by three."""
    w, update = rand(5, 3, seed=3), rand(5, 3, seed=4)
    ratio = float(trust_ratio(w, update, 0.01))
    call(trust_ratio, 3 * w, update, 0.01).gives(3 * ratio, rtol=1e-5)
    call(trust_ratio, w, 3 * update, 0.01).gives(ratio / 3, rtol=1e-5)
    call(trust_ratio, -w, update, 0.03).gives(3 * ratio, rtol=1e-5)


@about("trust_ratio")
def test_ratio_is_neither_capped_nor_damped():
    """Small weights and small gradients are treated like any others; a ratio may exceed 1."""
    w, update = torch.tensor([[3.0, 4.0]]), torch.tensor([[6.0, 8.0]])
    call(trust_ratio, w, 1e-4 * update, 0.1).gives(500.0, rtol=1e-4)
    call(trust_ratio, w, 1e-9 * update, 0.1).gives(5e7, rtol=1e-4)
    call(trust_ratio, 1e-4 * w, 1e-4 * update, 0.1).gives(0.05, rtol=1e-4)
    call(trust_ratio, 1e4 * w, update, 0.1).gives(500.0, rtol=1e-4)


@about("trust_ratio")
def test_ratio_keeps_the_digits_of_float64():
    """The ratio of weights in float64 is not rounded to the seven digits of float32."""
    w, update = (rand(3, 5, seed=s, dtype=torch.float64) for s in (1, 2))
    norms = (math.sqrt(sum(a * a for a in one.flatten().tolist())) for one in (w, update))
    expected, got = 0.1 * next(norms) / next(norms), call(trust_ratio, w, update, 0.1)
    if abs(float(got.value) / expected - 1) > 1e-10:
        wrong("The last digits are wrong.", call=got.call, expected=expected, got=float(got.value))


@about("trust_ratio")
def test_norms_of_half_precision_neither_vanish_nor_overflow():
    """In float16 the square of 0.0001 is 0 and that of 300 is infinite, but both norms are not."""
    w, update = (torch.full((3, 4), value, dtype=torch.float16) for value in (300.0, 1e-4))
    call(trust_ratio, w, w, 0.5).gives(0.5, rtol=1e-2)
    call(trust_ratio, update, update, 0.5).gives(0.5, rtol=1e-2)
    call(trust_ratio, update, w, 0.5).gives(1e-4 / 300 * 0.5, rtol=0.2, atol=2e-7)


@about("trust_ratio")
def test_ratio_is_computed_where_the_weights_are():
    """The weights may be on a GPU, for which `meta` stands."""
    stays_on_device(trust_ratio, rand(5, 3, seed=1), rand(5, 3, seed=2), 0.01)


@about("trust_ratio", step="a length of zero")
def test_ratio_is_one_if_a_length_is_zero():
    """Weights that start at zero must be able to move, and 0 / 0 is not a number."""
    w, zero = torch.tensor([[3.0, 4.0]]), torch.zeros(1, 2)
    call(trust_ratio, zero, w, 0.1).gives(1.0, why="The weights are zero.")
    call(trust_ratio, w, zero, 0.1).gives(1.0, why="The update is zero.")
    call(trust_ratio, zero, zero, 0.02).gives(1.0, why="Both are zero.")


@about("trust_ratio", step="a length of zero")
def test_a_zero_entry_is_not_a_length_of_zero():
    """Single weights of 0 are common; only a layer in which all are 0 is special."""
    w, update = torch.tensor([[0.0, 5.0, 0.0]]), torch.tensor([[10.0, 0.0, 0.0]])
    call(trust_ratio, w, update, 0.1).gives(0.05, rtol=1e-6)


# Step 6: LARS for biases and norm layers, a plain step with momentum


def settings(lr=1.0, momentum=0.0, decay=0.0, eta=0.1):
    return {"lr": lr, "trust_coefficient": eta, "momentum": momentum, "weight_decay": decay}


def step(w, gradient, velocity, chosen):
    """The weights and the velocity after one update of copies, each as a Result."""
    w, velocity = w.clone(), velocity.clone()
    made = call_in_place(lars_update, w, gradient, velocity, chosen)
    return Result(made.call, w), Result(made.call, velocity)


@about("lars_update", step="biases and momentum")
def test_the_velocity_has_memory_of_its_own():
    """The next backward pass writes a new gradient over the old one; the velocity stays."""
    for w in (torch.full((4,), 2.0), torch.full((2, 3), 2.0)):
        gradient, velocity = torch.full(w.shape, 0.5), torch.zeros(w.shape)
        made = call_in_place(lars_update, w.clone(), gradient, velocity, settings(0.1, 0.9))
        after = velocity.clone()
        gradient.zero_()
        Result(made.call, velocity).gives(after, why="Zeroing the gradient changed the velocity.")


@about("lars_update", step="biases and momentum")
def test_a_bias_steps_against_its_gradient():
    """2 - 0.1 · 0.5 = 1.95: a bias, or one number, has neither decay nor ratio."""
    for shape in [(4,), ()]:
        w, gradient = torch.full(shape, 2.0), torch.full(shape, 0.5)
        given = settings(0.1, 0.9, decay=0.3, eta=1e-3)
        new, velocity = step(w, gradient, torch.zeros(shape), given)
        velocity.gives(gradient, rtol=1e-6, why="This is the velocity after the first step.")
        new.gives(torch.full(shape, 1.95), rtol=1e-6, why="This is the bias after the first step.")


@about("lars_update", step="biases and momentum")
def test_a_bias_with_zero_gradient_does_not_move():
    """Decay would pull the scale of a norm layer towards zero."""
    w = torch.tensor([1.0, -2.0, 3.0])
    new, _ = step(w, torch.zeros(3), torch.zeros(3), settings(decay=0.5))
    new.gives(w, why="Gradient and velocity are zero, so nothing may move.")


@about("lars_update", step="biases and momentum")
def test_momentum_keeps_a_share_of_the_velocity():
    """v = 0.9 v + g: two gradients of 1 make a velocity of 1.9, and the step is lr times that."""
    w, one = torch.zeros(3), torch.ones(3)
    new, velocity = step(w, one, one, settings(lr=0.5, momentum=0.9))
    velocity.gives(1.9 * one, rtol=1e-6, why="This is the velocity after the second step.")
    new.gives(-0.95 * one, rtol=1e-6, why="This is the bias after the second step.")


@about("lars_update", step="biases and momentum")
def test_the_rate_multiplies_the_step_not_the_velocity():
    """At rate 0 nothing moves, but the velocity still takes in the whole gradient."""
    one = torch.ones(3)
    new, velocity = step(one, 2 * one, 3 * one, settings(lr=0.0, momentum=0.5))
    velocity.gives(3.5 * one, rtol=1e-6, why="The velocity does not contain the rate.")
    new.gives(one, why="A rate of 0 moves nothing.")
    new, _ = step(one, 0 * one, velocity.value, settings(lr=2.0, momentum=1.0))
    new.gives(-6 * one, rtol=1e-6, why="The new rate applies to the whole velocity.")


@about("lars_update", step="biases and momentum")
def test_update_is_in_place_and_keeps_the_gradient():
    """`w` and `velocity` are changed in place; gradient and settings are only read."""
    for shape in [(5,), (5, 3)]:
        w, gradient, velocity = (rand(*shape, seed=i) for i in range(3))
        before = [one.clone() for one in (w, gradient, velocity)]
        chosen = settings(momentum=0.9, decay=0.2)
        made = call_in_place(lars_update, w, gradient, velocity, chosen)
        if torch.equal(w, before[0]):
            wrong("w itself has not changed: `w = …` only rebinds the name; use w.sub_(…).")
        if torch.equal(velocity, before[2]):
            wrong("velocity itself has not changed, so it is lost when your function returns.")
        if not torch.equal(gradient, before[1]):
            wrong("You change the gradient in place; add to a copy.", call=made.call)
        if chosen != settings(momentum=0.9, decay=0.2):
            wrong("You change the settings, which you should only read.", call=made.call)


# Step 7: LARS for weights


@about("lars_update")
def test_a_step_of_a_matrix_by_hand():
    """|w| = 5, |g| = 10 and eta = 0.1, so the ratio is 0.05 and the step is 2 · 0.05 · g."""
    w, gradient = torch.tensor([[3.0, 4.0]]), torch.tensor([[6.0, 8.0]])
    new, velocity = step(w, gradient, torch.zeros(1, 2), settings(lr=2.0, eta=0.1))
    velocity.gives(torch.tensor([[0.3, 0.4]]), rtol=1e-6, why="This is the new velocity.")
    new.gives(torch.tensor([[2.4, 3.2]]), rtol=1e-6, why="These are the new weights.")


@about("lars_update")
def test_first_step_does_not_depend_on_the_size_of_the_gradient():
    """|step| = lr · eta · |w| in every layer, whatever the gradient's size: the point of LARS."""
    for shape in SHAPES:
        w, gradient = rand(*shape, seed=5), rand(*shape, seed=6)
        for scale in [1e-3, 1.0, 1e4]:
            new, _ = step(w, scale * gradient, 0 * w, settings(lr=0.5, momentum=0.9, eta=0.2))
            length = Result(new.call, (new.value - w).norm())
            length.gives(0.5 * 0.2 * w.norm(), rtol=1e-3, why="This is the norm of the step.")


@about("lars_update")
def test_decay_is_part_of_what_the_ratio_measures():
    """If the gradient is 0, only the decay acts, and w shrinks by a share lr · eta at any decay."""
    w = torch.tensor([[3.0, 4.0]])
    for decay in [0.01, 1.0]:
        new, _ = step(w, 0 * w, 0 * w, settings(lr=1.0, decay=decay, eta=0.1))
        new.gives(0.9 * w, rtol=1e-5, why="The decay is added before the ratio is taken.")
    gradient = torch.tensor([[0.0, -2.0]])  # u = (3, 4) - (0, 2) = (3, 2)
    new, _ = step(w, gradient, 0 * w, settings(lr=1.0, decay=1.0, eta=0.1))
    expected = w - 0.5 / math.sqrt(13) * torch.tensor([[3.0, 2.0]])
    new.gives(expected, rtol=1e-5, why="Here the gradient and the decay partly cancel.")


@about("lars_update")
def test_ratio_scales_the_update_not_the_velocity():
    """Each update is scaled before it is added; the old velocity is not scaled again."""
    w, gradient, velocity = (torch.tensor([[a, b]]) for a, b in [(3.0, 4.0), (6.0, 8.0), (1.0, 0)])
    new, after = step(w, gradient, velocity, settings(lr=1.0, momentum=0.5, eta=0.1))
    after.gives(torch.tensor([[0.8, 0.4]]), rtol=1e-6, why="Here v = 0.5 v + 0.05 g.")
    new.gives(torch.tensor([[2.2, 3.6]]), rtol=1e-6, why="These are the new weights.")


@about("lars_update")
def test_weights_that_are_zero_can_move():
    """If |w| = 0 the ratio is 1, and the step is that of a bias."""
    gradient = torch.tensor([[6.0, 8.0]])
    new, _ = step(torch.zeros(1, 2), gradient, torch.zeros(1, 2), settings(lr=0.1, decay=0.5))
    new.gives(-0.1 * gradient, rtol=1e-6)


@about("lars_update")
def test_many_steps_equal_algorithm_1_in_loops(oracle):
    """Matrices, convolutions and a bias take five steps at changing rates."""
    for shape in [*SHAPES, (3,)]:
        for chosen in [settings(momentum=0.9, decay=0.1, eta=0.02), settings(momentum=0.3)]:
            w = rand(*shape, seed=7, dtype=torch.float64)
            w = w.mT if len(shape) == 3 else w  # not contiguous
            velocity = torch.zeros_like(w)
            twin, twins_velocity = w.clone(), velocity.clone()
            for i, lr in enumerate([0.0, 0.7, 2.0, 0.5, 0.1]):
                gradient = rand(*w.shape, seed=8 + i, dtype=torch.float64)
                chosen = chosen | {"lr": lr}
                oracle("lars_update")(twin, gradient, twins_velocity, chosen)
                made = call_in_place(lars_update, w, gradient, velocity, chosen)
                when = f"after step {i + 1}, for weights of shape {tuple(w.shape)}."
                Result(made.call, velocity).gives(
                    twins_velocity, why=f"This is the velocity {when}"
                )
                Result(made.call, w).gives(twin, why=f"These are the weights {when}")


@about("lars_update")
def test_update_stays_where_the_weights_are():
    """The weights may be on a GPU, for which `meta` stands, and so are gradient and velocity."""
    for shape in [(5, 3), (5,)]:
        parts = [rand(*shape, seed=i) for i in range(3)]
        stays_on_device(lars_update, *parts, settings(decay=0.1))


@about("lars_update")
def test_the_optimiser_steps_with_your_update(oracle):
    """LARS.step calls your update: a matrix and a bias move as they do in the loops."""
    matrix, bias = (nn.Parameter(rand(*shape, seed=3)) for shape in [(3, 5), (3,)])
    optimizer = LARS([matrix, bias], lr=0.5, momentum=0.9, weight_decay=0.1, trust_coefficient=0.3)
    expected = [(p.detach().clone(), torch.zeros_like(p)) for p in (matrix, bias)]
    for i in range(3):
        for p, (twin, velocity) in zip([matrix, bias], expected, strict=True):
            p.grad = rand(*p.shape, seed=20 + i)
            oracle("lars_update")(twin, p.grad, velocity.detach(), settings(0.5, 0.9, 0.1, 0.3))
        optimizer.step()
    for name, p, (twin, _) in zip(["matrix", "bias"], [matrix, bias], expected, strict=True):
        Result("LARS.step(), three times", p).gives(twin, rtol=1e-5, why=f"This is the {name}.")
        assert p.is_leaf and p.requires_grad, f"the {name} is no longer a parameter"


# Step 8: which parameters decay


class Network(nn.Module):
    """Parameters of every kind, at several depths; one is frozen, one is shared by two layers."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3)
        self.block = nn.Sequential(
            nn.Conv2d(4, 4, 1, bias=False),
            nn.BatchNorm2d(4),
            nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4)),
        )
        self.again = nn.Linear(4, 4)
        self.again.weight = self.block[2][0].weight  # one parameter with two names
        self.frozen = nn.Linear(4, 2)
        self.frozen.requires_grad_(False)
        self.token = nn.Parameter(torch.zeros(1, 1, 5))
        self.scale = nn.Parameter(torch.tensor(1.0))


def held(model, weight_decay):
    """The names of the parameters that an optimiser would decay, and of those it would not."""
    names = {id(p): name for name, p in model.named_parameters()}
    got = call(parameter_groups, model, weight_decay)
    groups = [dict(group) for group in got.value]
    if len(groups) != 2:
        wrong("", call=got.call, expected="2 groups", got=f"{len(groups)} groups")
    optimizer = torch.optim.SGD(groups, lr=0.1, weight_decay=0.77)
    decayed, others = [], []
    for group in optimizer.param_groups:
        place = decayed if group["weight_decay"] == weight_decay else others
        place += [names[id(p)] for p in group["params"]]
        if group["weight_decay"] not in (weight_decay, 0):
            wrong(
                "A group without a decay of its own takes the optimiser's, which is 0.77 here.",
                call=got.call,
                expected=f"a decay of {weight_decay} or 0",
                got=group["weight_decay"],
            )
    return decayed, others


def given(name, decayed, others):
    """What the groups say about a parameter, in words."""
    if name in decayed:
        return "decay"
    return "no decay" if name in others else "it is in no group"


@about("parameter_groups")
def test_groups_of_a_small_network_by_hand():
    """The matrix decays; the bias and the norm layer's scale and shift do not."""
    model = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2))
    decayed, others = held(model, 0.2)
    assert decayed == ["0.weight"], f"with decay: expected ['0.weight'], got {decayed}"
    expected = ["0.bias", "1.weight", "1.bias"]
    assert sorted(others) == sorted(expected), f"without decay: expected {expected}, got {others}"


@about("parameter_groups")
def test_decay_depends_on_the_number_of_dimensions():
    """Convolutions, matrices and tokens decay; parameters of one dimension or none do not."""
    model = Network()
    decayed, others = held(model, 0.3)
    for name, p in model.named_parameters():
        if p.requires_grad and (name in decayed) != (p.dim() > 1):
            wrong(
                f"The parameter {name} has shape {tuple(p.shape)}.",
                expected="decay" if p.dim() > 1 else "no decay",
                got=given(name, decayed, others),
            )


@about("parameter_groups")
def test_every_trainable_parameter_is_in_one_group():
    """No parameter is missing or listed twice, however deep it is or however often it is used."""
    model = Network()
    found = sum(held(model, 0.3), [])
    expected = [name for name, p in model.named_parameters() if p.requires_grad]
    twice = sorted({name for name in found if found.count(name) > 1})
    missing = sorted(set(expected) - set(found))
    assert not twice, f"listed more than once: {', '.join(twice)[:80]}"
    assert not missing, f"in no group, so never trained: {', '.join(missing)[:80]}"


@about("parameter_groups")
def test_the_order_of_the_parameters_does_not_depend_on_chance():
    """A run that goes on in another process finds each parameter's momentum again by its place."""

    def orders():
        layers = (nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4)) for _ in range(9))
        return held(nn.Sequential(*layers), 0.3)

    first, second = orders(), orders()
    if first != second:
        said = "Two networks that are alike have their parameters in two orders."
        wrong(said, expected=str(first[1][:4]), got=str(second[1][:4]))


@about("parameter_groups")
def test_frozen_parameters_are_in_no_group():
    """A frozen layer must stay as it is, so it must not decay either."""
    model = Network()
    found = sum(held(model, 0.1), [])
    frozen = [name for name in found if name.startswith("frozen")]
    assert not frozen, f"in a group although requires_grad is False: {', '.join(frozen)}"


@about("parameter_groups")
def test_only_weights_shrink_under_decay():
    """After a step with zero gradients, rate 1 and decay 0.1, weights are 0.9 times as large."""
    model = Network()
    optimizer = torch.optim.SGD(parameter_groups(model, 0.1), lr=1.0)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.step()
    for name, p in model.named_parameters():
        kept = 0.9 if p.dim() > 1 and p.requires_grad else 1.0
        text = f"SGD(parameter_groups(model, 0.1), lr=1.0).step(), then {name}"
        Result(text, p).gives(kept * before[name], rtol=1e-6, atol=1e-9)


# Step 9: one step of training


@about("take_step")
def test_a_step_by_hand():
    """For w = 1 and the loss 2w the gradient is 2, so at rate 0.1 the weight becomes 0.8."""
    w = nn.Parameter(torch.tensor(1.0))
    optimizer = torch.optim.SGD([w], lr=5.0)
    take_step(optimizer, 2 * w, 0.1)
    Result("take_step(SGD, 2 * w, 0.1), w was 1", w).gives(0.8, rtol=1e-6)


@about("take_step")
def test_every_group_gets_the_rate():
    """Weights and biases are in different groups, and every group keeps a rate of its own."""
    parts = [nn.Parameter(torch.ones(2)) for _ in range(3)]
    optimizer = torch.optim.SGD([{"params": [p], "lr": 7.0 + i} for i, p in enumerate(parts)])
    for rate, left in [(0.1, 0.9), (0.5, 0.4)]:
        take_step(optimizer, sum(p.sum() for p in parts), rate)
        for i, p in enumerate(parts):
            text = f"take_step(optimizer, loss, {rate}), then the parameter of group {i}"
            Result(text, p).gives(torch.full((2,), left), rtol=1e-5)


@about("take_step")
def test_gradients_do_not_accumulate():
    """backward adds to the gradient that is there, so an old one must be cleared first."""
    w = nn.Parameter(torch.tensor(1.0))
    optimizer = torch.optim.SGD([w], lr=5.0)
    w.grad = torch.tensor(100.0)
    for left in [0.8, 0.6, 0.4]:
        take_step(optimizer, 2 * w, 0.1)
        why = "Each step should be 0.1 · 2; before the first, w.grad was 100."
        Result("take_step(SGD, 2 * w, 0.1)", w).gives(left, rtol=1e-5, why=why)


@about("take_step")
def test_the_step_follows_the_gradient_of_this_loss():
    """On the parabola (w - 3)², each step at rate 1/4 halves the distance to 3."""
    w = nn.Parameter(torch.tensor(-1.0))
    optimizer = torch.optim.SGD([w], lr=0.0)
    for left in [1.0, 2.0, 2.5]:
        take_step(optimizer, (w - 3) ** 2, 0.25)
        Result("take_step(SGD, (w - 3)**2, 0.25)", w).gives(left, rtol=1e-6)
    take_step(optimizer, -w, 0.5)
    Result("take_step(SGD, -w, 0.5)", w).gives(3.0, rtol=1e-6, why="This loss is a different one.")


@about("take_step")
def test_a_frozen_parameter_stays():
    """An optimiser may hold parameters that do not require a gradient, such as a frozen layer."""
    w, frozen, unused = (nn.Parameter(torch.tensor(value)) for value in (1.0, 5.0, 6.0))
    frozen.requires_grad_(False).grad = torch.tensor(7.0)  # from the time before it was frozen
    optimizer = torch.optim.SGD([frozen, w, unused], lr=5.0, weight_decay=1.0)
    got = call(take_step, optimizer, 2 * w, 0.1)
    Result(got.call, w).gives(0.7, rtol=1e-6, why="The gradient is 2, and decay adds w = 1.")
    Result(got.call, frozen).gives(5.0, why="This parameter is frozen.")
    Result(got.call, unused).gives(6.0, why="The loss does not depend on this parameter.")


@about("take_step")
def test_take_step_works_with_any_optimiser():
    """AdamW, SGD with momentum and LARS take the same three steps as without `take_step`."""
    for make in [
        lambda p: torch.optim.AdamW(p, lr=9.0),
        lambda p: torch.optim.SGD(p, lr=9.0, momentum=0.9, weight_decay=0.1),
        lambda p: LARS(p, lr=9.0, trust_coefficient=0.1),
    ]:
        w, twin = (nn.Parameter(rand(3, 2, seed=1, dtype=torch.float64)) for _ in range(2))
        optimizer, other = make([w]), make([twin])
        for rate in [0.1, 0.0, 0.02]:
            take_step(optimizer, (w**3).sum(), rate)
            other.param_groups[0]["lr"] = rate
            twin.grad = 3 * twin.detach() ** 2
            other.step()
        text = f"take_step({type(optimizer).__name__}, (w**3).sum(), rate), three times"
        Result(text, w).gives(twin, rtol=1e-6)


@about("take_step")
def test_your_rate_groups_and_steps_train_a_network():
    """All functions of this lesson work together: 40 steps of LARS cut the loss below a third."""
    x, y = rand(31, 5, seed=1), rand(31, 2, seed=2) * 0.1
    model = nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7), nn.ReLU(), nn.Linear(7, 2))
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            if p.dim() > 1:
                p.copy_(rand(*p.shape, seed=i) / 2)
    optimizer = LARS(parameter_groups(model, 1e-4), lr=0.0, trust_coefficient=0.1)
    peak, losses = scaled_learning_rate(0.5, 128), []
    for i in range(40):
        loss = ((model(x) - y) ** 2).mean()
        losses.append(loss.item())
        take_step(optimizer, loss, learning_rate(i, 40, 4, peak))
    if not losses[-1] < losses[0] / 3:
        text = "40 × take_step(LARS(parameter_groups(…)), loss, learning_rate(…))"
        expected = f"a loss below {losses[0] / 3:.4f}, from {losses[0]:.4f}"
        wrong("The loss does not fall far enough.", call=text, expected=expected, got=losses[-1])
