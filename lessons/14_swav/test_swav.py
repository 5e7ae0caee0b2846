"""Lesson 14: SwAV, in which the views of one image predict each other's code."""

import copy
import math

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, call_in_place, rand, wrong
from lessons.course.device import stays_on_device
from lessons.course.show import kind
from simclr_mini.ring import Ring
from simclr_mini.swav import SwAV, codes_with_queue, normalise_, sinkhorn, swapped_loss

# B, K, d and Q differ and are mostly prime, so that a wrong axis crashes or changes values.


def unit(rows, d, seed, dtype=torch.float64):
    return F.normalize(rand(rows, d, seed=seed, dtype=dtype), dim=1)


def cosines(B, K, seed, dtype=torch.float64):
    return (unit(B, 5, seed) @ unit(K, 5, seed + 100).T).to(dtype)


def spread(B, d, seed):
    """Vectors of very different norms."""
    return rand(B, d, seed=seed, dtype=torch.float64) * torch.linspace(0.3, 4, B)[:, None]


# Step 1: prototypes of unit norm


@about("normalise_")
def test_prototypes_by_hand():
    """(3, 4), (0, -2) and (-5, 12) become (0.6, 0.8), (0, -1) and (-5, 12) / 13."""
    prototypes = torch.tensor([[3.0, 4], [0, -2], [-5, 12]])
    got = call_in_place(normalise_, prototypes)
    expected = torch.tensor([[0.6, 0.8], [0, -1], [-5 / 13, 12 / 13]])
    are(prototypes, expected, "The prototypes are wrong after the call.", got.call)


@about("normalise_")
def test_every_row_gets_unit_norm(oracle):
    """Each row keeps its direction, whether it was short or long."""
    for K, d, factor in [(4, 3, 0.3), (3, 7, 0.3), (1, 5, 0.3), (4, 5, 0.01)]:
        prototypes = spread(K, d, seed=K) * factor
        expected = prototypes.clone()
        oracle("normalise_")(expected)
        got = call_in_place(normalise_, prototypes)
        are(prototypes, expected, "The prototypes are wrong after the call.", got.call)


def are(got, expected, what, said):
    if not torch.allclose(got.detach().to(expected), expected, rtol=1e-5, atol=1e-6):
        wrong(what, call=said, expected=expected, got=got.detach())


@about("normalise_", step="in place")
def test_the_parameter_itself_changes():
    """The optimiser holds this tensor, so it must keep its memory and still take a gradient."""
    prototypes = nn.Parameter(2 * rand(4, 3, seed=1))
    expected, address = F.normalize(prototypes.detach(), dim=1), prototypes.data_ptr()
    got = call_in_place(normalise_, prototypes)
    are(prototypes, expected, "The prototypes are wrong after the call.", got.call)
    if prototypes.data_ptr() != address:
        wrong("The values have moved to a different place in memory.", call=got.call)
    if not (prototypes.is_leaf and prototypes.requires_grad):
        wrong("The prototypes can no longer be trained.", call=got.call)


@about("normalise_")
def test_prototypes_that_are_columns_of_a_tensor_change_there():
    """Such a tensor is not contiguous in memory, but it must change there and not in a copy."""
    columns = spread(3, 4, seed=1)
    expected = F.normalize(columns.T, dim=1)
    got = call_in_place(normalise_, columns.T)
    are(columns.T, expected, "The prototypes are wrong after the call.", got.call)


@about("normalise_")
def test_gradients_stay_off_where_they_are_off():
    """An evaluation calls `normalise_` inside `torch.no_grad()`."""
    with torch.no_grad():
        call_in_place(normalise_, spread(4, 3, seed=1))


@about("normalise_")
def test_prototypes_stay_on_their_device():
    """Every tensor that you make must be on the same device as the prototypes."""
    stays_on_device(normalise_, spread(4, 3, seed=1))


# Step 3: Sinkhorn's iteration


@about("sinkhorn")
def test_two_images_and_two_prototypes_by_hand():
    """Exponentials 4, 1 and 2, 1: divide columns by 6 and 2, then rows by their sums."""
    scores = torch.tensor([[4.0, 1], [2, 1]]).log()
    expected = torch.tensor([[4 / 7, 3 / 7], [2 / 5, 3 / 5]])
    call(sinkhorn, scores, 1.0, 1).gives(expected, rtol=1e-5)


@about("sinkhorn")
def test_codes_equal_the_loops(oracle):
    """Epsilon and the number of iterations vary, and B is never equal to K."""
    cases = [(11, 7, 0.07, 3), (4, 9, 0.2, 1), (6, 5, 0.5, 2), (3, 2, 0.03, 10), (1, 3, 0.1, 4)]
    for B, K, epsilon, iterations in cases:
        scores = cosines(B, K, seed=B)
        expected = oracle("sinkhorn")(scores, epsilon, iterations)
        call(sinkhorn, scores, epsilon, iterations).gives(expected, rtol=1e-6)


@about("sinkhorn")
def test_sinkhorn_has_defaults(oracle):
    """By default, epsilon is 0.05 and there are 3 iterations."""
    scores = cosines(11, 7, seed=3)
    call(sinkhorn, scores).gives(oracle("sinkhorn")(scores, 0.05, 3), rtol=1e-6)


@about("sinkhorn")
def test_many_iterations_balance_the_prototypes():
    """After 200 iterations, the shares of every prototype add up to B / K."""
    got = call(sinkhorn, cosines(11, 7, seed=1), 0.1, 200)
    total = got.value.sum(0)
    if not torch.allclose(total.double(), torch.full((7,), 11 / 7, dtype=torch.float64), atol=1e-3):
        wrong("The prototypes are not balanced.", call=got.call, expected="11 / 7 each", got=total)


@about("sinkhorn")
def test_equal_scores_give_uniform_codes():
    """A collapsed encoder gives equal scores, and then no prototype is preferred."""
    for B, K in [(6, 4), (3, 5)]:
        scores = torch.full((B, K), 0.3)
        call(sinkhorn, scores).gives(torch.full((B, K), 1 / K), rtol=1e-5)


@about("sinkhorn")
def test_codes_are_never_in_half_precision():
    """That is too coarse for codes. Those of float64 scores are in float64."""
    for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.float16):
        got = call(sinkhorn, cosines(5, 3, seed=1).to(dtype))
        expected = torch.float64 if dtype == torch.float64 else torch.float32
        if got.value.dtype not in (expected, torch.float64):  # wider than required
            wrong("Wrong dtype.", call=got.call, expected=f"{expected}", got=f"{got.value.dtype}")


@about("sinkhorn")
def test_codes_stay_on_their_device():
    """Every tensor that you make must be on the same device as the scores."""
    stays_on_device(sinkhorn, cosines(5, 3, seed=1))


@about("sinkhorn", step="samples last")
def test_every_code_sums_to_one():
    """However few iterations there are, a code is a distribution over the prototypes."""
    for B, K, iterations in [(11, 7, 1), (5, 9, 2), (7, 3, 3)]:
        got = call(sinkhorn, cosines(B, K, seed=B), 0.06, iterations)
        total = got.value.sum(1)
        if not torch.allclose(total.double(), torch.ones(B, dtype=torch.float64), atol=1e-5):
            wrong("A code does not sum to 1.", call=got.call, expected="1 each", got=total)


@about("sinkhorn", step="stability at small epsilon")
def test_nothing_overflows(oracle):
    """At epsilon 0.004, exp(s / epsilon) does not fit into float32."""
    scores = cosines(7, 5, seed=2)
    scores[0, 0], scores[1, 2] = 0.99, 0.95
    expected = oracle("sinkhorn")(scores, 0.004, 3)
    call(sinkhorn, scores.float(), 0.004, 3).gives(expected, rtol=1e-3)


@about("sinkhorn", step="stability at small epsilon")
def test_half_precision_scores_are_computed_in_float32(oracle):
    """Autocast gives scores in half precision, in which every half-step rounds or overflows."""
    for dtype in (torch.bfloat16, torch.float16):
        scores = cosines(11, 7, seed=4).to(dtype)
        expected = oracle("sinkhorn")(scores.double(), 0.05, 3)
        call(sinkhorn, scores, 0.05, 3).gives(expected, rtol=1e-4)


@about("sinkhorn", step="no gradient through codes")
def test_codes_are_constants():
    """A code is a target, like a label: no gradient passes through it."""
    got = call(sinkhorn, cosines(5, 3, seed=1).requires_grad_())
    if got.value.requires_grad:
        wrong("The codes require a gradient.", call=got.call)


# Step 7: codes of a small batch


@about("codes_with_queue")
def test_the_prototypes_can_still_learn():
    """Codes have no gradient, but the prototypes' own scores do, later in the same step."""
    prototypes = nn.Parameter(unit(3, 4, 2))
    got = call(codes_with_queue, unit(7, 4, 1), unit(5, 4, 3), prototypes)
    if not prototypes.requires_grad:
        wrong("You switched off the gradient of the prototypes.", call=got.call)


@about("codes_with_queue")
def test_codes_with_queue_equal_the_loops(oracle):
    """The batch and the queue are balanced together, and only the batch is returned."""
    for B, Q, K, d, epsilon, iterations in [(3, 7, 5, 4, 0.1, 2), (5, 5, 3, 2, 0.3, 3)]:
        z, queue, prototypes = unit(B, d, 1), unit(Q, d, 2), unit(K, d, 3)
        expected = oracle("codes_with_queue")(z, queue, prototypes, epsilon, iterations)
        got = call(codes_with_queue, z, queue, prototypes, epsilon, iterations)
        got.gives(expected, rtol=1e-6)


@about("codes_with_queue")
def test_an_empty_queue_changes_nothing(oracle):
    """With Q = 0, the codes are those of the batch alone. The other arguments have defaults."""
    z, prototypes = unit(7, 4, 1), unit(3, 4, 2)
    expected = oracle("sinkhorn")(z @ prototypes.T, 0.05, 3)
    call(codes_with_queue, z, z[:0], prototypes).gives(expected, rtol=1e-6)


@about("codes_with_queue")
def test_a_crowded_prototype_in_the_queue_costs_more():
    """The whole queue is at prototype 0, so an image in between goes mostly to prototype 1."""
    z, prototypes = torch.tensor([[0.8, 0.6], [0.6, 0.8]]), torch.eye(2)
    queue = torch.tensor([[1.0, 0.0]]).expand(9, 2).clone()
    got = call(codes_with_queue, z, queue, prototypes, 0.5, 20)
    if not (got.value[:, 1] > 0.7).all():
        said = "above 0.7 for both images"
        wrong("Prototype 1 gets too little.", call=got.call, expected=said, got=got.value[:, 1])


@about("codes_with_queue")
def test_the_queue_may_have_another_dtype(oracle):
    """A queue is stored in float32. Projections may have more digits, or fewer."""
    z, queue, prototypes = unit(3, 4, 5), unit(5, 4, 6, torch.float32), unit(7, 4, 7)
    expected = oracle("codes_with_queue")(z, queue.double(), prototypes, 0.1, 3)
    call(codes_with_queue, z, queue, prototypes, 0.1, 3).gives(expected, rtol=1e-6)


@about("codes_with_queue")
def test_projections_may_be_in_half_precision(oracle):
    """Projections and prototypes may be in bfloat16 while the queue is in float32."""
    z, queue, prototypes = unit(3, 4, 5), unit(5, 4, 6), unit(7, 4, 7)
    expected = oracle("codes_with_queue")(z, queue, prototypes, 0.5, 3)
    half = z.bfloat16(), queue.float(), prototypes.bfloat16()
    call(codes_with_queue, *half, 0.5, 3).gives(expected, atol=0.02)


@about("codes_with_queue")
def test_codes_with_queue_stay_on_their_device():
    """Every tensor that you make must be on the same device as the projections."""
    stays_on_device(codes_with_queue, unit(3, 4, 1), unit(7, 4, 2), unit(5, 4, 3))


# Step 8: the swapped loss


def views_and_codes(B, K, views, codes=2):
    """Scores of some views in float64, and arbitrary distributions as codes."""
    scores = [cosines(B, K, seed=10 * B + v) for v in range(views)]
    return scores, [rand(B, K, seed=v, dtype=torch.float64).softmax(1) for v in range(codes)]


@about("swapped_loss")
def test_one_image_by_hand():
    """Views predict 0.8, 0.2 and 0.5, 0.5; each is compared with the other view's code."""
    tau = 0.25
    scores = [tau * torch.tensor([p]).log() for p in ([0.8, 0.2], [0.5, 0.5])]
    codes = [torch.tensor([[4 / 7, 3 / 7]]), torch.tensor([[0.9, 0.1]])]
    first = -math.log(0.5)
    second = -0.9 * math.log(0.8) - 0.1 * math.log(0.2)
    call(swapped_loss, scores, codes, tau).gives((first + second) / 2, rtol=1e-5)


@about("swapped_loss")
def test_swapped_loss_of_two_views_equals_the_loops(oracle):
    """The loss is that of the equation, computed image by image."""
    for B, K, tau in [(5, 3, 0.3), (2, 7, 0.07), (3, 4, 1.0)]:
        scores, codes = views_and_codes(B, K, 2)
        call(swapped_loss, scores, codes, tau).gives(oracle("swapped_loss")(scores, codes, tau))


@about("swapped_loss")
def test_default_temperature_is_a_tenth(oracle):
    """Without a temperature, tau is 0.1."""
    scores, codes = views_and_codes(5, 3, 2)
    call(swapped_loss, scores, codes).gives(oracle("swapped_loss")(scores, codes, 0.1))


@about("swapped_loss")
def test_equal_scores_cost_chance():
    """If all scores are equal, the loss is ln K, whatever the codes are."""
    for B, K in [(5, 3), (2, 7)]:
        _, codes = views_and_codes(B, K, 2)
        scores = [torch.full((B, K), 0.4, dtype=torch.float64)] * 2
        call(swapped_loss, scores, codes, 0.2).gives(math.log(K), rtol=1e-6)


@about("swapped_loss")
def test_every_prediction_gets_its_gradient(oracle):
    """The gradient reaches the scores of every view, large or small."""
    scores, codes = views_and_codes(5, 3, 4)
    scores = [one.requires_grad_() for one in scores]
    expected = torch.autograd.grad(oracle("swapped_loss")(scores, codes, 0.3), scores)
    got = call(swapped_loss, scores, codes, 0.3)
    gradients_are(got, {f"scores[{v}]": one for v, one in enumerate(scores)}, expected)


def gradients_are(got, inputs, expected):
    """Fail unless a gradient reaches each input and is right."""
    if not got.value.requires_grad:
        wrong("The loss has no gradient.", call=got.call)
    found = torch.autograd.grad(got.value, list(inputs.values()), allow_unused=True)
    for name, one, right in zip(inputs, found, expected, strict=True):
        if one is None:
            wrong(f"No gradient reaches {name}.", call=got.call)
        if not torch.allclose(one, right, rtol=1e-4, atol=1e-7):
            wrong(f"The gradient of {name} is wrong.", call=got.call, expected=right, got=one)


@about("swapped_loss")
def test_swapped_loss_stays_on_its_device():
    """Every tensor that you make must be on the same device as the scores."""
    scores = [cosines(5, 3, seed=v) for v in range(3)]
    stays_on_device(swapped_loss, scores, [one.softmax(1) for one in scores[:2]])


@about("swapped_loss", step="small crops")
def test_small_crops_predict_and_give_no_codes(oracle):
    """Two codes and three to five views: 4, 6 or 8 pairs, which all count the same."""
    for B, K, views, tau in [(5, 3, 3, 0.3), (2, 7, 4, 0.1), (3, 5, 5, 0.5)]:
        scores, codes = views_and_codes(B, K, views)
        call(swapped_loss, scores, codes, tau).gives(oracle("swapped_loss")(scores, codes, tau))


@about("swapped_loss", step="stability at low temperature")
def test_a_low_temperature_does_not_overflow(oracle):
    """At tau = 0.004, exp(s / tau) does not fit into float32."""
    scores, codes = views_and_codes(5, 3, 3)
    expected = oracle("swapped_loss")(scores, codes, 0.004)
    low = [one.float() for one in scores], [one.float() for one in codes]
    call(swapped_loss, *low, 0.004).gives(expected, rtol=1e-4)


# Step 11: the method


def method_of(K, d, Q=0, epoch=2, B=3, queued=0, **settings):
    """A method with prototypes that are not of unit norm, and queues with some rows pushed."""
    settings = {"temperature": 0.3, "epsilon": 0.2, "iterations": 2, **settings}
    method = bare_method(SwAV, batch_size=B, prototypes=K, queue_size=Q, **settings)
    method.prototypes = nn.Parameter(spread(K, d, seed=K))
    method.queues = nn.ModuleList(Ring(Q, d) for _ in range(2))
    method.to(torch.float64)
    method.epoch.fill_(epoch)
    for step in range(queued):
        for v, queue in enumerate(method.queues):
            queue.push(rand(B, d, seed=40 + 2 * step + v, dtype=torch.float64), torch.arange(B))
    return method


def views(B, d, count):
    return [spread(B, d, seed=60 + v) for v in range(count)]


def step_equals_the_loops(oracle, method, z, why=""):
    """Compare the loss with that of a twin, in loops; return the call and the twin."""
    index = torch.arange(len(z[0])) + 7
    twin = copy.deepcopy(method)
    expected = oracle("SwAV.loss")(twin, z[0], z[1], index, *z[2:])
    got = call(method.loss, z[0], z[1], index, *z[2:])
    return got.gives(expected, why=why), twin


@about("SwAV.loss")
def test_loss_of_the_method_equals_the_loops(oracle):
    """Neither projections nor prototypes have unit norm yet, and there may be small crops."""
    for B, K, d, count in [(5, 3, 4, 2), (3, 5, 2, 3), (4, 3, 7, 4)]:
        step_equals_the_loops(oracle, method_of(K, d, B=B), views(B, d, count))


@about("SwAV.loss")
def test_prototypes_have_unit_norm_from_the_start_of_the_step(oracle):
    """Prototypes are normalised in place, so the optimiser's tensor has unit norm too."""
    method = method_of(3, 4, B=5)
    parameter, expected = method.prototypes, F.normalize(method.prototypes.detach(), dim=1)
    got, _ = step_equals_the_loops(oracle, method, views(5, 4, 3))
    if method.prototypes is not parameter:
        wrong("self.prototypes is a different tensor now.", call=got.call)
    are(parameter, expected, "self.prototypes is wrong after the step.", got.call)


@about("SwAV.loss")
def test_gradient_reaches_views_and_prototypes(oracle):
    """Prototypes are normalised outside the graph, so their gradient may also point outwards."""
    method, z = method_of(3, 4, B=5), [one.requires_grad_() for one in views(5, 4, 3)]
    index, twin = torch.arange(5), copy.deepcopy(method)
    loss = oracle("SwAV.loss")(twin, z[0], z[1], index, *z[2:])
    expected = torch.autograd.grad(loss, [*z, twin.prototypes])
    got = call(method.loss, z[0], z[1], index, *z[2:])
    inputs = {"z1": z[0], "z2": z[1], "a small view": z[2], "self.prototypes": method.prototypes}
    gradients_are(got, inputs, expected)


@about("SwAV.loss", step="frozen prototypes")
def test_frozen_prototypes_may_be_replaced(oracle):
    """If a loaded checkpoint replaces the prototypes, the next step uses the new ones."""
    method = method_of(3, 4, B=5, epoch=1, freeze_epochs=1)
    step_equals_the_loops(oracle, method, views(5, 4, 2))
    with torch.no_grad():
        method.prototypes.copy_(spread(3, 4, seed=9))
    why = "self.prototypes holds new numbers now."
    step_equals_the_loops(oracle, method, views(5, 4, 2), why)


@about("SwAV.loss", step="frozen prototypes")
def test_prototypes_are_frozen_at_the_start(oracle):
    """In the first freeze_epochs epochs, prototypes have no gradient; afterwards they have one."""
    for freeze, epoch, trained in [(1, 1, False), (1, 2, True), (2, 2, False), (0, 1, True)]:
        method = method_of(3, 4, B=5, epoch=epoch, freeze_epochs=freeze)
        z = [one.requires_grad_() for one in views(5, 4, 3)]
        got, _ = step_equals_the_loops(oracle, method, z)
        got.value.backward()
        said = f"Epoch {epoch} with freeze_epochs = {freeze}: self.prototypes.grad is wrong."
        if (method.prototypes.grad is not None) != trained:
            came = "None" if trained else "a gradient"
            wrong(said, call=got.call, expected="a gradient" if trained else "None", got=came)
        if any(one.grad is None for one in z):
            wrong("The views must learn from the first epoch on.", call=got.call)


@about("SwAV.loss", step="the queue")
def test_a_queue_is_used_when_it_is_full(oracle):
    """A queue of six rows gets three in each step, so it is full after two pushes."""
    for queued in (0, 1, 2, 3):
        method = method_of(5, 4, Q=6, queued=queued)
        why = f"{queued} batches were pushed before."
        step_equals_the_loops(oracle, method, views(3, 4, 3), why)


@about("SwAV.loss", step="the queue")
def test_each_large_view_has_its_own_queue(oracle):
    """After use, z1 joins the first queue and z2 the second, once queue_start epochs are over."""
    for epoch in (1, 2, 3):
        method = method_of(5, 4, Q=6, queued=2, epoch=epoch, queue_start=2)
        got, twin = step_equals_the_loops(oracle, method, views(3, 4, 3))
        for v in range(2):
            said = f"Epoch {epoch}, queue_start = 2: self.queues[{v}].rows is wrong after the step."
            are(method.queues[v].rows, twin.queues[v].rows, said, got.call)


@about("SwAV.loss", step="health of the codes")
def test_found_describes_this_step(oracle):
    """The entropy of the codes and the divergence of the predictions add up to the loss."""
    for Q, queued in [(0, 0), (6, 1)]:
        method = method_of(5, 4, Q=Q, queued=queued)
        got, twin = step_equals_the_loops(oracle, method, views(3, 4, 4))
        for name, value in twin.found.items():
            if abs(method.found.get(name, -1.0) - value) > 1e-5:
                found = method.found.get(name, "nothing")
                wrong(f"self.found[{name!r}] is wrong.", call=got.call, expected=value, got=found)


@about("SwAV.loss", step="health of the codes")
def test_meters_are_plain_numbers():
    """Meters are written to the log, which holds numbers and no tensors."""
    method = method_of(5, 4)
    z = [one.requires_grad_() for one in views(3, 4, 3)]
    got = call(method.loss, z[0], z[1], torch.arange(3), z[2])
    for name, value in method.found.items():
        if isinstance(value, torch.Tensor):
            wrong(
                f"self.found[{name!r}] is a tensor.",
                call=got.call,
                expected="a number",
                got=kind(value),
            )


@about("SwAV.loss", step="a few steps of training")
def test_training_changes_encoder_and_prototypes():
    """In twenty steps on eight images, the loss falls well below ln K."""
    method = method_of(4, 6, B=8, temperature=0.1, epsilon=0.05, iterations=3, epoch=1)
    encoder, x = nn.Linear(5, 6).double(), rand(8, 5, seed=3, dtype=torch.float64)
    with torch.no_grad():
        encoder.weight.copy_(rand(6, 5, seed=4) / 2)
    old, losses = encoder.weight.detach().clone(), []
    start = F.normalize(method.prototypes.detach(), dim=1)
    for step in range(20):
        method.epoch.fill_(1 + step // 5)
        noise = [rand(8, 5, seed=100 + 3 * step + v, dtype=torch.float64) for v in range(3)]
        z = [encoder(x + 0.1 * one) for one in noise]
        loss = method.loss(z[0], z[1], torch.arange(8), z[2])
        loss.backward()
        with torch.no_grad():
            for p in (*encoder.parameters(), method.prototypes):
                if p.grad is not None:
                    p -= 0.5 * p.grad
                    p.grad = None
        losses.append(float(loss.detach()))
    end = F.normalize(method.prototypes.detach(), dim=1)
    moved = {"encoder": (old, encoder.weight.detach()), "prototypes": (start, end)}
    for name, (before, after) in moved.items():
        if torch.allclose(before, after, atol=1e-3):
            wrong(f"The {name} did not change in twenty steps.")
    last = sum(losses[-5:]) / 5
    if last > 0.6:
        said = f"below 0.6; chance is ln 4 = {math.log(4):.2f}"
        wrong("The mean loss of the last five steps is too high.", expected=said, got=last)
