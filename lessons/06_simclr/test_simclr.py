"""Lesson 6: SimCLR, which joins views, encoder, projector and loss."""

import copy
import math
from collections import Counter
from itertools import islice

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, is_finite, rand, wrong
from lessons.course.device import elsewhere, stays_on_device
from simclr_mini.simclr import SimCLR, shuffled_batches
from simclr_mini.views import Recipe

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
CROPS = Recipe(jitter=0, gray=0, blur=0)


def epoch(N, B, generator=None):
    """The batches of one epoch, and the call as text."""
    got = call(shuffled_batches, N, B, generator)
    if got.value is None:
        wrong("There are no batches. Do you yield them?", call=got.call)
    batches = list(islice(got.value, N + 2))  # an endless generator must end here
    for index in batches:
        if not isinstance(index, torch.Tensor) or index.dtype != torch.int64 or index.dim() != 1:
            came = index.dtype if isinstance(index, torch.Tensor) else type(index).__name__
            said = "A batch must be a vector of positions."
            wrong(said, call=got.call, expected="int64, (B,)", got=came)
    return batches, got.call


def order_of(batches):
    """The positions of all batches in one list."""
    return [b for index in batches for b in index.tolist()]


def method_of(recipe=NOTHING, encoder=None, projector=None, **settings):
    """A method; without an encoder and a projector, its networks are the identity."""
    settings = {"temperature": 0.5, **settings}
    return bare_method(SimCLR, recipe, encoder=encoder, projector=projector, **settings)


def id_images(B, size=4):
    """Image b has the value (b + 1) / 10 everywhere, which crops and flips do not change."""
    return ((torch.arange(B) + 1) / 10)[:, None, None, None].expand(B, 3, size, size).clone()


def ids(x, called):
    """The images that the views show."""
    if (x - x.mean((1, 2, 3), keepdim=True)).abs().max() > 1e-4:
        wrong("A view of an image of one colour has more than one colour.", call=called)
    return ((10 * x.mean((1, 2, 3))).round() - 1).long().tolist()


def two_of(method, x):
    """The two views, and the call as text."""
    got = call(method.views, x)
    if not isinstance(got.value, tuple | list) or len(got.value) != 2:
        wrong("", call=got.call, expected="two views", got=got.value)
    return (*got.value, got.call)


# Step 1: the batches of an epoch


@about("shuffled_batches")
def test_images_meet_from_all_over_the_data():
    """Of 30,000 images, a batch of 500 has about 50 from each tenth of the data."""
    batches, called = epoch(30_000, 500)
    tenths = torch.stack([(index // 3000).bincount(minlength=10) for index in batches])
    if tenths.max() > 100 or tenths.min() < 15:
        wrong(
            "Some batch has far too many images, or too few, from one part of the data.",
            call=called,
            expected="about 50 from each tenth",
            got=f"{int(tenths.min())} to {int(tenths.max())}",
        )


@about("shuffled_batches")
def test_the_whole_order_is_drawn_before_the_first_batch():
    """A resumed run draws the order again, skips used batches, then sets the generator's state."""
    generator = Generator().manual_seed(5)
    got = call(shuffled_batches, 12, 3, generator)
    states = [generator.get_state() for _ in islice(got.value, 4)]
    if not all(torch.equal(state, states[0]) for state in states):
        said = "Later batches also draw from the generator, and other code may use it in between."
        wrong(said, call=got.call, expected="one draw, before the first batch")


@about("shuffled_batches")
def test_batches_are_full():
    """Seven images make two batches of three, and one is left over; ten make two of five."""
    for N, B in [(7, 3), (10, 5), (11, 4), (5, 1), (6, 2)]:
        batches, called = epoch(N, B)
        sizes = [len(index) for index in batches]
        if sizes != [B] * (N // B):
            said = "The batches do not have the right sizes."
            wrong(said, call=called, expected=str([B] * (N // B)), got=str(sizes))


@about("shuffled_batches")
def test_fewer_images_than_a_batch_make_no_batch():
    """Two images make no batch of three, but three images make one."""
    for N, B, count in [(2, 3, 0), (1, 4, 0), (3, 3, 1), (5, 5, 1), (7, 4, 1)]:
        batches, called = epoch(N, B)
        if len(batches) != count:
            wrong("The number of batches is wrong.", call=called, expected=count, got=len(batches))


@about("shuffled_batches")
def test_no_image_appears_twice_in_an_epoch():
    """Positions run from 0 to N - 1; if N is a multiple of B, each appears exactly once."""
    for N, B in [(12, 3), (13, 4), (20, 5), (9, 9)]:
        batches, called = epoch(N, B, Generator().manual_seed(N))
        order = order_of(batches)
        twice = [b for b, count in Counter(order).items() if count > 1]
        if twice:
            wrong("An image appears twice in an epoch.", call=called, got=f"image {twice[0]} twice")
        there = f"from 0 to {N - 1}"
        if outside := sorted(set(order) - set(range(N))):
            wrong("A position is out of range.", call=called, expected=there, got=outside[0])
        if len(order) != N // B * B:
            said = "All batches together have the wrong number of positions."
            wrong(said, call=called, expected=f"{N // B * B} {there}", got=len(order))


@about("shuffled_batches")
def test_every_epoch_has_its_own_order():
    """Four epochs have four random orders, from a given generator and from the global one."""
    for generator in [Generator().manual_seed(3), None]:
        seen = [list(range(29))]
        for number in range(4):
            batches, called = epoch(29, 29, generator)
            order = order_of(batches)
            if len(order) != 29:
                wrong("The number of positions is wrong.", call=called, expected=29, got=len(order))
            if order == seen[0]:
                wrong("The images are in the order in which they are stored.", call=called)
            if order in seen:
                said = f"Epoch {number + 1} has the same order as epoch {seen.index(order)}."
                wrong(said, call=called, expected="a new order in each call")
            seen.append(order)


@about("shuffled_batches")
def test_order_depends_on_the_given_generator_alone():
    """Equal seeds give equal epochs, different seeds do not; the global generator is not used."""

    def two_epochs(seed):
        generator = Generator().manual_seed(seed)
        torch.rand(1)  # a different state of the global generator in each call
        before = torch.get_rng_state()
        orders = [order_of(epoch(17, 4, generator)[0]) for _ in range(2)]
        if not torch.equal(before, torch.get_rng_state()):
            wrong("You draw from torch's global generator although you were given another one.")
        return orders

    generator = Generator().manual_seed(8)
    order_of(epoch(17, 4, generator)[0])
    state = generator.get_state()
    second = order_of(epoch(17, 4, generator)[0])
    generator.set_state(state)
    if order_of(epoch(17, 4, generator)[0]) != second:
        wrong("From the same state of the generator, you draw a different order.")
    first = two_epochs(1)
    if two_epochs(1) != first:
        wrong("Equal seeds give different orders. Which generator do you use?")
    if two_epochs(2)[0] == first[0]:
        wrong("Generators with different seeds give the same order.")


@about("shuffled_batches")
def test_every_order_is_equally_likely():
    """Four images have 24 orders; in 2400 epochs each occurs 100 times, give or take 10."""
    generator = Generator().manual_seed(5)
    counts = Counter()
    for _ in range(2400):
        counts[tuple(order_of(epoch(4, 2, generator)[0]))] += 1
    called = "2400 epochs of 4 images, batches of 2"
    if len(counts) != 24:
        wrong(call=called, expected="24 orders", got=f"{len(counts)} orders")
    # chi-square is about 23 if all are equally likely, and exceeds 70 once in a million runs
    if sum((count - 100) ** 2 / 100 for count in counts.values()) > 70:
        (often, most), *_, (seldom, least) = counts.most_common()
        got = f"{list(often)} {most} times, {list(seldom)} {least} times"
        wrong("Some orders occur too often.", call=called, expected="each about 100", got=got)


@about("shuffled_batches")
def test_every_image_is_left_out_equally_often():
    """With five images and one batch of three, each image is left out in two of five epochs."""
    generator = Generator().manual_seed(6)
    seen = Counter(b for _ in range(300) for b in order_of(epoch(5, 3, generator)[0]))
    for b in range(5):
        if not 138 <= seen[b] <= 222:  # 180, and five standard deviations of 8.5
            said = f"Image {b} is in the batch too often or too rarely."
            called = "300 epochs of 5 images in batches of 3"
            wrong(said, call=called, expected="about 180", got=seen[b])


# Step 2: two views


@about("SimCLR.views")
def test_views_of_a_recipe_without_changes_are_the_images():
    """If the method's recipe changes nothing, both views are the images themselves."""
    for B in [1, 5]:
        x = rand(B, 3, 4, 4, seed=B).sigmoid()
        call(method_of(NOTHING).views, x).gives((x, x), why="Do you use the method's recipe?")


@about("SimCLR.views")
def test_row_b_of_both_views_shows_image_b():
    """A crop of an image of one colour has that colour; the views have the recipe's size."""
    for B, size in [(2, 5), (7, 3)]:
        method = method_of(Recipe(size=size, jitter=0, gray=0, blur=0))
        x1, x2, called = two_of(method, id_images(B))
        for name, view in [("x1", x1), ("x2", x2)]:
            if view.shape != (B, 3, size, size):
                expected = f"shape {(B, 3, size, size)}"
                wrong(call=called, expected=expected, got=f"{name} {tuple(view.shape)}")
            if ids(view, called) != list(range(B)):
                said = f"{name} does not show image b in row b."
                wrong(said, call=called, expected=list(range(B)), got=str(ids(view, called)))


@about("SimCLR.views")
def test_both_views_are_made_from_the_image_itself():
    """If the recipe always flips, both views are flipped, and neither is flipped twice."""
    x = rand(5, 3, 4, 4, seed=1).sigmoid()
    recipe = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)
    call(method_of(recipe).views, x).gives((x.flip(3), x.flip(3)))


@about("SimCLR.views")
def test_the_two_views_are_drawn_independently():
    """With p = 1/2, half of the images are flipped in each view, and a quarter in both."""
    x = torch.zeros(400, 3, 2, 2)
    x[:, :, :, 0] = 1
    method = method_of(Recipe(crop=0, flip=0.5, jitter=0, gray=0, blur=0))
    x1, x2, called = two_of(method, x)
    first, second = x1[:, 0, 0, 0] < 0.5, x2[:, 0, 0, 0] < 0.5
    for name, rate, expected in [
        ("in view 1", first, 0.5),
        ("in view 2", second, 0.5),
        ("in both", first & second, 0.25),
    ]:
        rate = rate.float().mean().item()
        if abs(rate - expected) > 0.12:
            got = f"{rate:.2f} of the images are flipped {name}"
            wrong("Are the two views drawn independently?", call=called, expected=expected, got=got)


@about("SimCLR.views")
def test_views_differ_from_call_to_call():
    """Three calls with the same images give six different crops."""
    x = rand(5, 3, 8, 8, seed=2).sigmoid()
    method = method_of(CROPS)
    seen = []
    for number in range(3):
        x1, x2, called = two_of(method, x)
        for name, view in [("x1", x1), ("x2", x2)]:
            for before, old in seen:
                if torch.allclose(view, old):
                    wrong(f"{name} of call {number + 1} equals {before}.", call=called)
            seen.append((f"{name} of call {number + 1}", view))


@about("SimCLR.views")
def test_views_use_the_methods_own_generator():
    """Equal seeds give equal views, and no other generator is used."""
    x = rand(5, 3, 8, 8, seed=3).sigmoid()

    def drawn(seed):
        method = method_of(CROPS, seed=seed)
        torch.rand(1)
        before, order = torch.get_rng_state(), method.generators["order"].get_state()
        x1, x2, called = two_of(method, x)
        if not torch.equal(before, torch.get_rng_state()):
            wrong("You draw from torch's global generator.", call=called)
        if not torch.equal(order, method.generators["order"].get_state()):
            wrong('You draw from generators["order"].', call=called, expected='"views"')
        return torch.stack([x1, x2])

    first = drawn(1)
    if not torch.equal(drawn(1), first):
        wrong("Two methods with the same seed make different views.")
    if torch.equal(drawn(2), first):
        wrong("Methods with different seeds make the same views.")
    method = method_of(CROPS)
    state = method.generators["views"].get_state()
    before = torch.stack(list(method.views(x)))
    method.generators["views"].set_state(state)
    if not torch.equal(torch.stack(list(method.views(x))), before):
        wrong('From the same state of generators["views"], you draw different views.')


@about("SimCLR.views")
def test_views_do_not_depend_on_the_mode():
    """Train and eval mode are for the networks; views depend on the generator alone."""
    method, x = method_of(CROPS), rand(5, 3, 8, 8, seed=4).sigmoid()
    state = method.generators["views"].get_state()
    expected = tuple(method.views(x))
    method.generators["views"].set_state(state)
    said = "The same state of the generator gives different views."
    call(method.views, x).gives(expected, why=said)
    method.eval().generators["views"].set_state(state)
    call(method.views, x).gives(expected, why="The views must not depend on train or eval mode.")


@about("SimCLR.views", step="the control")
def test_views_stay_where_the_images_are():
    """The images may be on a GPU, for which `meta` stands. The generators are on the CPU."""
    for positives in ("same", "wrong"):
        method = method_of(Recipe(), positives=positives)
        call(method.views, rand(4, 3, 8, 8, seed=3).sigmoid())
        stays_on_device(method.views, rand(4, 3, 8, 8, seed=3).sigmoid())


@about("SimCLR.views", step="the control")
def test_wrong_positives_come_from_a_neighbouring_image():
    """With positives="wrong", row b of x1 shows image b, and row b of x2 an image next to it."""
    for B in [5, 8]:
        method = method_of(CROPS, positives="wrong")
        x1, x2, called = two_of(method, id_images(B))
        own, other = ids(x1, called), ids(x2, called)
        if own != list(range(B)):
            wrong("x1 must not be reordered.", call=called, expected=list(range(B)), got=str(own))
        away = {(there - b) % B for b, there in enumerate(other)}
        if away not in ({1}, {B - 1}):
            said = 'With positives="wrong", each second view must show a neighbouring image.'
            before, after = ([(b + step) % B for b in range(B)] for step in (-1, 1))
            wrong(said, call=called, expected=f"{before} or {after}", got=str(other))


@about("SimCLR.views", step="the control")
def test_other_methods_have_no_control():
    """NNCLR, MoCo and others inherit `views`. Their options have no `positives`."""
    method, x = method_of(), id_images(3)
    method.options = object()
    call(method.views, x)


@about("SimCLR.views", step="the control")
def test_the_control_depends_on_its_seed_alone():
    """The global generator is not used, and equal seeds give equal views, with gradients or not."""
    x = rand(5, 3, 8, 8, seed=6).sigmoid()
    before = torch.get_rng_state()
    with torch.no_grad():
        first, second, called = two_of(method_of(CROPS, positives="wrong"), x)
    if not torch.equal(before, torch.get_rng_state()):
        wrong("You draw from torch's global generator.", call=called)
    torch.rand(3)
    again = method_of(CROPS, positives="wrong").views(x)
    for name, view, other in zip(["x1", "x2"], (first, second), again, strict=True):
        if not torch.equal(view, other):
            wrong(f"{name} differs between two methods with the same seed.", call=called)


@about("SimCLR.views", step="the control")
def test_only_the_second_views_differ_from_those_of_a_normal_run():
    """With the same seed, the control has the same first views, in each batch of an epoch."""
    x = rand(5, 3, 8, 8, seed=6).sigmoid()
    normal, control = method_of(CROPS), method_of(CROPS, positives="wrong")
    for batch in range(2):
        x1, _, called = two_of(control, x)
        if not torch.equal(x1, normal.views(x)[0]):
            said = f"In batch {batch}, x1 is not as in a normal run with the same seed."
            wrong(said, call=called)


@about("SimCLR.views", step="the control")
def test_both_views_of_the_control_are_drawn_as_always():
    """x1 holds ordinary first views, and x2 holds second views of neighbours, not their first."""
    x = rand(5, 3, 8, 8, seed=6).sigmoid()
    x1, x2, called = two_of(method_of(CROPS, positives="wrong"), x)
    if x2.shape != x1.shape:
        wrong(call=called, expected=f"shape {tuple(x1.shape)}", got=f"shape {tuple(x2.shape)}")
    if torch.allclose(x1, x):
        wrong("x1 is the batch itself: no view was drawn.", call=called)
    for shift in (-1, 0, 1):
        if torch.allclose(x2.roll(shift, 0), x1):
            wrong(
                "The second views are the first views, moved by one row or not at all.", call=called
            )


# Step 4: from a view to its projection


class Mean(nn.Module):
    """An encoder that a reader can compute by hand: the mean of each channel."""

    def forward(self, x):
        return x.mean((2, 3))


def network(D=5, d=3, norm=False, size=4):
    """A method with a small nonlinear encoder and projector, in float64."""
    encoder = [nn.Flatten(), nn.Linear(3 * size * size, D), nn.Tanh()]
    encoder += [nn.BatchNorm1d(D)] if norm else []
    projector = nn.Sequential(nn.Linear(D, 7), nn.Tanh(), nn.Linear(7, d))
    return method_of(NOTHING, nn.Sequential(*encoder), projector).double()


@about("SimCLR.project")
def test_projection_by_hand():
    """h = (0.1, 0.2, 0.4) are channel means; z holds 0.1 - 0.4 and twice the sum of all three."""
    projector = nn.Linear(3, 2, bias=False)
    projector.weight.data = torch.tensor([[1.0, 0, -1], [2, 2, 2]])
    h = torch.tensor([[0.1, 0.2, 0.4], [1.0, 0.5, 0.0], [0.0, 0.0, 0.3]])
    x = h[:, :, None, None].expand(3, 3, 2, 2).clone()
    expected = torch.tensor([[-0.3, 1.4], [1.0, 3.0], [-0.3, 0.6]])
    call(method_of(NOTHING, Mean(), projector).project, x).gives(expected, atol=1e-6)


@about("SimCLR.project")
def test_projection_is_g_of_f_of_x(oracle):
    """The encoder comes first, then the projector, with nothing before, between or after them."""
    for B, D, d in [(3, 5, 2), (1, 7, 3), (4, 3, 3)]:
        method = network(D, d)
        x = rand(B, 3, 4, 4, seed=B, dtype=torch.float64)
        call(method.project, x).gives(oracle("SimCLR.project")(method, x), rtol=1e-9)
        method.eval()
        why = "In eval mode, too, z is g(f(x))."
        got = call(method.project, x)
        got.gives(oracle("SimCLR.project")(method, x), rtol=1e-9, why=why)
        if not got.value.requires_grad:
            said = "In eval mode no gradient flows back. The mode affects norms, not gradients."
            wrong(said, call=got.call)


@about("SimCLR.project")
def test_gradient_reaches_encoder_projector_and_view(oracle):
    """The gradient of every parameter of both networks is the right one."""
    method = network()
    x = rand(3, 3, 4, 4, seed=4, dtype=torch.float64).requires_grad_()
    weights = rand(3, 3, seed=5, dtype=torch.float64)
    names = ["the view", *(name for name, _ in method.named_parameters())]
    inputs = [x, *method.parameters()]
    z = oracle("SimCLR.project")(method, x)
    expected = torch.autograd.grad((z * weights).sum(), inputs)
    got = call(method.project, x)
    if not got.value.requires_grad:
        wrong("No gradient flows back from the projection.", call=got.call)
    grads = torch.autograd.grad((got.value * weights).sum(), inputs, allow_unused=True)
    for name, grad, want in zip(names, grads, expected, strict=True):
        if grad is None:
            wrong(f"No gradient reaches {name}.", call=got.call)
        is_finite(grad, name, got.call)
        if not torch.allclose(grad, want, rtol=1e-6):
            ratio = float(grad.norm() / want.norm())
            wrong(f"The gradient of {name} is wrong: {ratio:.3g} times the right norm.")


@about("SimCLR.project")
def test_batch_norm_sees_the_whole_batch_once(oracle):
    """In train mode, batch norm counts one batch of B views per call, also after `backward`."""
    for B in (70, 5):
        method = network(norm=True)
        x = rand(B, 3, 4, 4, seed=6, dtype=torch.float64)
        expected = oracle("SimCLR.project")(copy.deepcopy(method), x)
        got = call(method.project, x).gives(expected, rtol=1e-9)
    got.value.sum().backward()
    counted = int(method.encoder[-1].num_batches_tracked)
    if counted != 1:
        said = "The encoder sees the wrong number of batches."
        wrong(said, call=got.call, expected=1, got=counted)
    if not all(module.training for module in method.modules()):
        wrong("You switch to eval mode; only the training loop may do that.", call=got.call)


@about("SimCLR.project")
def test_projections_stay_where_the_views_are():
    """Networks and views may be on a GPU, for which `meta` stands; so are the projections then."""
    method, x = network(norm=True), rand(4, 3, 4, 4, seed=6, dtype=torch.float64)
    call(method.project, x)
    stays_on_device(elsewhere(method).project, x)


@about("SimCLR.project")
def test_a_large_batch_is_one_batch_too(oracle):
    """In train mode, batch norm sees all 1,100 views at once."""
    method, x = network(norm=True), rand(1100, 3, 4, 4, seed=6, dtype=torch.float64)
    expected = oracle("SimCLR.project")(copy.deepcopy(method), x)
    call(method.project, x).gives(expected, rtol=1e-9)


@about("SimCLR.project")
def test_projection_does_not_mix_views_in_evaluation():
    """In eval mode a view has the same projection alone as in a batch. The mode does not change."""
    method = network(norm=True)
    method.project(rand(5, 3, 4, 4, seed=7, dtype=torch.float64))
    method.eval()
    x = rand(3, 3, 4, 4, seed=8, dtype=torch.float64)
    together = method.project(x)
    call(method.project, x[:1]).gives(together[:1], rtol=1e-9)
    if any(module.training for module in method.modules()):
        wrong("You switch to train mode; only the training loop may do that.")
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        wrong("You switch gradients off, and they stay off after your function returns.")


# Step 5: the loss


@about("SimCLR.loss")
def test_loss_of_equal_projections_is_chance():
    """If all projections are equal, the loss is ln(2B - 1) at any temperature."""
    for B, temperature in [(2, 0.5), (6, 0.1), (7, 2.0)]:
        z, method = torch.ones(B, 4), method_of(temperature=temperature)
        call(method.loss, z, z, torch.arange(B)).gives(math.log(2 * B - 1), rtol=1e-6)


@about("SimCLR.loss")
def test_loss_of_perfect_pairs_is_the_floor():
    """Equal pairs of orthogonal images have loss -ln(e^(1/tau) / (e^(1/tau) + 2B - 2))."""
    for B, temperature in [(3, 0.5), (5, 0.2), (4, 1.5)]:
        method = method_of(temperature=temperature)
        expected = math.log(1 + (2 * B - 2) * math.exp(-1 / temperature))
        call(method.loss, torch.eye(B), 3 * torch.eye(B), torch.arange(B)).gives(
            expected, rtol=1e-5
        )


@about("SimCLR.loss")
def test_loss_is_right_at_a_temperature_of_a_hundredth(oracle):
    """In float32, exp overflows above 88. Subtract the largest logit first and it cannot."""
    z1, z2 = rand(5, 3, seed=1), rand(5, 3, seed=2)
    method = method_of(temperature=0.01)
    expected = oracle("SimCLR.loss")(method, z1.double(), z2.double(), torch.arange(5))
    call(method.loss, z1, z2, torch.arange(5)).gives(expected, rtol=1e-4)


@about("SimCLR.loss")
def test_a_step_adds_nothing_to_the_checkpoint():
    """A method that is built anew must be able to load what this one saves."""
    method = network(norm=True)
    before = sorted(method.state_dict())
    x1, x2, called = two_of(method, rand(5, 3, 4, 4, seed=6, dtype=torch.float64).sigmoid())
    got = call(method.loss, method.project(x1), method.project(x2), torch.arange(5))
    after = sorted(method.state_dict())
    if after != before:
        more = ", ".join({*after} ^ {*before})
        wrong("The names in the method's state_dict have changed.", call=got.call, got=more)


@about("SimCLR.loss")
def test_loss_is_nt_xent_at_the_methods_temperature(oracle):
    """The loss equals equation 1, computed in loops, at the temperature of the method."""
    for (B, d), temperature in zip(
        [(3, 5), (5, 2), (2, 7), (7, 3)], [0.5, 0.1, 1, 0.07], strict=True
    ):
        z1, z2 = (rand(B, d, seed=B + s, dtype=torch.float64) for s in (1, 20))
        method = method_of(temperature=temperature)
        expected = oracle("SimCLR.loss")(method, z1, z2, torch.arange(B))
        call(method.loss, z1, z2, torch.arange(B)).gives(expected, rtol=1e-6)
        call(method.loss, z1.float(), z2.float(), torch.arange(B)).gives(expected, rtol=1e-5)


@about("SimCLR.loss")
def test_loss_stays_where_the_projections_are():
    """The projections may be on a GPU, for which `meta` stands, while `index` is on the CPU."""
    method, (z1, z2) = method_of(), (rand(4, 5, seed=s) for s in (1, 2))

    def loss(z1, z2):
        return method.loss(z1, z2, torch.arange(4))

    call(loss, z1, z2)
    stays_on_device(loss, z1, z2)


@about("SimCLR.loss")
def test_loss_does_not_depend_on_the_index():
    """Any `index` gives the same loss, and so does any setting of `positives`."""
    z1, z2 = rand(5, 3, seed=1), rand(5, 3, seed=2)
    expected = method_of().loss(z1, z2, torch.arange(5))
    for index in [[4, 2, 0, 1, 3], [3, 3, 3, 3, 3], [901, 17, 45, 2, 33]]:
        call(method_of().loss, z1, z2, torch.tensor(index)).gives(expected, rtol=1e-6)
    got = call(method_of(positives="wrong").loss, z1, z2, torch.arange(5))
    got.gives(expected, rtol=1e-6, why="The loss must not depend on `positives`.")


@about("SimCLR.loss")
def test_loss_sends_its_gradient_to_both_views(oracle):
    """The gradients for z1 and z2 are the right ones, at two temperatures."""
    for temperature in [0.5, 0.2]:
        z1, z2 = (rand(3, 5, seed=s, dtype=torch.float64).requires_grad_() for s in (3, 4))
        method, index = method_of(temperature=temperature), torch.arange(3)
        loss = oracle("SimCLR.loss")(method, z1, z2, index)
        expected = torch.autograd.grad(loss, (z1, z2))
        got = call(method.loss, z1, z2, index)
        if not isinstance(got.value, torch.Tensor) or not got.value.requires_grad:
            said = "No gradient flows back from the loss."
            wrong(said, call=got.call, expected="a tensor with grad_fn")
        grads = torch.autograd.grad(got.value, (z1, z2), allow_unused=True)
        for name, grad, want in zip(["z1", "z2"], grads, expected, strict=True):
            if grad is not None:
                is_finite(grad, name, got.call)
            if grad is None or not torch.allclose(grad, want, rtol=1e-5, atol=1e-9):
                ratio = 0 if grad is None else float(grad.norm() / want.norm())
                said = f"The gradient of {name} is wrong: {ratio:.3g} times the right norm."
                wrong(said, call=got.call)


# Step 6: a few steps of training


def train(method, x, steps):
    """Train by algorithm 1 on the same batch in every step; return the losses."""
    optimizer = torch.optim.Adam(method.parameters(), lr=0.05)
    index, losses = torch.arange(len(x)), []
    for _ in range(steps):
        z1, z2 = (method.project(view) for view in method.views(x))
        loss = method.loss(z1, z2, index)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def learner(recipe, positives="same", seed=0):
    """A method with a linear encoder and projector."""
    torch.manual_seed(seed)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(48, 8, bias=False))
    return method_of(recipe, encoder, nn.Linear(8, 6), positives=positives)


def colours(B):
    """Images of one colour each; the colours differ widely, and some are light, some dark."""
    wheel = torch.arange(B) * 2 * math.pi / B
    rgb = 0.5 + 0.5 * torch.stack([wheel.cos(), wheel.sin(), (2 * wheel).cos()], 1)
    return rgb[:, :, None, None].expand(B, 3, 4, 4).clone()


@about("SimCLR.loss", step="a few steps of training")
def test_one_step_moves_every_parameter():
    """After one step of training, every parameter of encoder and projector has changed."""
    method = learner(CROPS)
    before = {name: p.detach().clone() for name, p in method.named_parameters()}
    train(method, colours(6), 1)
    for name, p in method.named_parameters():
        if torch.equal(p, before[name]):
            wrong(f"{name} has not changed: no gradient reaches it.")


@about("SimCLR.loss", step="a few steps of training")
def test_forty_steps_on_one_batch_bring_the_loss_far_below_chance():
    """For noisy views of six colours at tau = 0.5, chance is ln 11 = 2.40 and the floor 0.86."""
    recipe = Recipe(crop=0, flip=0.5, jitter=0, gray=0, blur=0, noise=1)
    losses = train(learner(recipe), colours(6), 40)
    if not sum(losses[-5:]) / 5 < 1.5:
        expected = "below 1.5 at the end"
        wrong(expected=expected, got=f"{losses[0]:.2f} at first, then {losses[-1]:.2f}")


@about("SimCLR.loss", step="a few steps of training")
def test_wrong_positives_leave_nothing_to_learn():
    """Two other candidates fit as well as the partner does, so the loss is at least ln 3."""
    losses = train(learner(CROPS, positives="wrong"), colours(6), 40)
    if min(losses) < math.log(3):
        said = 'With positives="wrong", the loss falls below ln 3. Are the pairs really wrong?'
        wrong(said, expected="1.10 or more", got=min(losses))


@about("SimCLR.loss", step="a few steps of training")
def test_an_epoch_shows_every_image_in_both_views():
    """Row b of both views shows image index[b], and each image appears once in an epoch."""
    method, x = method_of(CROPS), id_images(9)
    shown = []
    for index in islice(method.batches(9, 3), 10):
        views = method.views(x[index])
        for name, view in zip(("x1", "x2"), views, strict=True):
            seen = ids(view, "method.views(x[index])")
            if seen != index.tolist():
                said = f"Row b of {name} must show image index[b]."
                wrong(said, call="method.views(x[index])", expected=index, got=str(seen))
        z1, z2 = (method.project(view) for view in views)
        for z, view in zip((z1, z2), views, strict=True):
            if not torch.equal(z, view):
                said = "The networks are the identity here, so `project` must return the view."
                wrong(said, call="method.project(view)", expected=view[0, 0, 0], got=z[0, 0, 0])
        loss = method.loss(z1.flatten(1), z2.flatten(1), index)
        # greys are parallel vectors, so the loss is that of chance
        assert abs(loss - method.chance(3)) < 1e-3, f"the loss is {loss:.4f}, not ln 5 = 1.6094"
        shown += seen
    if sorted(shown) != list(range(9)):
        wrong("An epoch must show each of the 9 images once.", got=str(sorted(shown)))
