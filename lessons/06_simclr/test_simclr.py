"""Lesson 6: SimCLR, where the views, the encoder, the projector and the loss meet."""

import copy
import math
from collections import Counter
from itertools import islice

import torch
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, rand, wrong
from simclr_mini.simclr import SimCLR, shuffled_batches
from simclr_mini.views import Recipe

NOTHING = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
CROPS = Recipe(jitter=0, gray=0, blur=0)


def epoch(N, B, generator=None):
    """One epoch's batches as tensors, and how they were asked for."""
    got = call(shuffled_batches, N, B, generator)
    if got.value is None:
        wrong("There are no batches: do you yield them?", call=got.call)
    batches = list(islice(got.value, N + 2))  # a generator without an end has an end here
    for index in batches:
        if not isinstance(index, torch.Tensor) or index.dtype != torch.int64 or index.dim() != 1:
            said = index.dtype if isinstance(index, torch.Tensor) else type(index).__name__
            wrong("A batch is a row of positions.", call=got.call, expected="int64, (B,)", got=said)
    return batches, got.call


def order_of(batches):
    return [b for index in batches for b in index.tolist()]


def method_of(recipe=NOTHING, encoder=None, projector=None, **settings):
    """A method whose network, if none is given, is never asked for anything."""
    settings = {"temperature": 0.5, **settings}
    return bare_method(SimCLR, recipe, encoder=encoder, projector=projector, **settings)


def id_images(B, size=4):
    """Image b has the one colour (b + 1) / 10: crops and mirrors of it show which image it is."""
    return ((torch.arange(B) + 1) / 10)[:, None, None, None].expand(B, 3, size, size).clone()


def ids(x, called):
    """Which image each view shows."""
    if (x - x.mean((1, 2, 3), keepdim=True)).abs().max() > 1e-4:
        wrong("A view of an image of one colour has several colours.", call=called)
    return ((10 * x.mean((1, 2, 3))).round() - 1).long().tolist()


def two_of(method, x):
    """The two views, and how they were asked for."""
    got = call(method.views, x)
    if not isinstance(got.value, tuple | list) or len(got.value) != 2:
        wrong("", call=got.call, expected="two views", got=got.value)
    return (*got.value, got.call)


# Step 1: the batches of an epoch


@about("shuffled_batches")
def test_batches_are_full():
    """Seven images make two batches of three, and one image waits; ten make two of five."""
    for N, B in [(7, 3), (10, 5), (11, 4), (5, 1), (6, 2)]:
        batches, called = epoch(N, B)
        sizes = [len(index) for index in batches]
        if sizes != [B] * (N // B):
            wrong("Full batches only.", call=called, expected=str([B] * (N // B)), got=str(sizes))


@about("shuffled_batches")
def test_fewer_images_than_a_batch_make_none():
    """Two images make no batch of three, three make one."""
    for N, B, count in [(2, 3, 0), (1, 4, 0), (3, 3, 1), (5, 5, 1), (7, 4, 1)]:
        batches, called = epoch(N, B)
        if len(batches) != count:
            wrong(call=called, expected=f"{count} batches", got=f"{len(batches)} batches")


@about("shuffled_batches")
def test_no_image_comes_twice_in_an_epoch():
    """Positions are 0 … N - 1; where N is a multiple of B, each comes exactly once."""
    for N, B in [(12, 3), (13, 4), (20, 5), (9, 9)]:
        batches, called = epoch(N, B, Generator().manual_seed(N))
        order = order_of(batches)
        twice = [b for b, count in Counter(order).items() if count > 1]
        if twice:
            wrong("An image comes twice in one epoch.", call=called, got=f"image {twice[0]} twice")
        if not set(order) <= set(range(N)) or len(order) != N // B * B:
            said = f"{N // B * B} different positions from 0 to {N - 1}"
            wrong("An image is missing.", call=called, expected=said, got=str(sorted(order)[:12]))


@about("shuffled_batches")
def test_every_epoch_has_an_order_of_its_own():
    """Four epochs from one generator, four from the global one: no two alike, none in order."""
    for generator in [Generator().manual_seed(3), None]:
        seen = [list(range(29))]
        for number in range(4):
            batches, called = epoch(29, 29, generator)
            order = order_of(batches)
            if order == seen[0]:
                wrong("The images come in the order in which they are stored.", call=called)
            if order in seen:
                said = f"Epoch {number + 1} has the order of epoch {seen.index(order)}."
                wrong(said, call=called, expected="a new order at each call")
            seen.append(order)


@about("shuffled_batches")
def test_order_comes_from_the_generator_alone():
    """Equal seeds repeat the epochs, other seeds do not, and the global generator stands still."""

    def two_epochs(seed):
        generator = Generator().manual_seed(seed)
        torch.rand(1)  # the global generator is somewhere else at each call
        before = torch.get_rng_state()
        orders = [order_of(epoch(17, 4, generator)[0]) for _ in range(2)]
        if not torch.equal(before, torch.get_rng_state()):
            wrong("A generator is given, and you draw from torch's global one.")
        return orders

    generator = Generator().manual_seed(8)
    order_of(epoch(17, 4, generator)[0])
    state = generator.get_state()
    second = order_of(epoch(17, 4, generator)[0])
    generator.set_state(state)
    if order_of(epoch(17, 4, generator)[0]) != second:
        wrong("Set back to the state before an epoch, the generator gives another order.")
    first = two_epochs(1)
    if two_epochs(1) != first:
        wrong("Two generators with one seed give two different orders: whose numbers do you use?")
    if two_epochs(2)[0] == first[0]:
        wrong("Generators with different seeds give one order.")


@about("shuffled_batches")
def test_every_order_is_equally_likely():
    """Four images have 24 orders: in 2400 epochs each comes 100 times, give or take 10."""
    generator = Generator().manual_seed(5)
    counts = Counter()
    for _ in range(2400):
        counts[tuple(order_of(islice(shuffled_batches(4, 2, generator), 5)))] += 1
    called = "2400 epochs of 4 images, batches of 2"
    if len(counts) != 24:
        wrong(call=called, expected="24 orders", got=f"{len(counts)} orders")
    # chi-square: about 23 if all are equally likely, and above 70 once in a million
    if sum((count - 100) ** 2 / 100 for count in counts.values()) > 70:
        (often, most), *_, (seldom, least) = counts.most_common()
        got = f"{list(often)} {most} times, {list(seldom)} {least} times"
        wrong("Some orders come too often.", call=called, expected="each about 100", got=got)


@about("shuffled_batches")
def test_another_image_waits_in_each_epoch():
    """Of five images, batches of three leave two out: each image in two epochs of five."""
    generator = Generator().manual_seed(6)
    seen = Counter(b for _ in range(300) for b in order_of(epoch(5, 3, generator)[0]))
    for b in range(5):
        if not 138 <= seen[b] <= 222:  # 180, five standard deviations of 8.5
            got = f"image {b} {seen[b]} times"
            wrong(call="300 epochs of 5 images", expected="each about 180 times", got=got)


# Step 2: two views


@about("SimCLR.views")
def test_views_without_changes_are_the_images():
    """A recipe that changes nothing: both views are the images, and the recipe is the method's."""
    for B in [1, 5]:
        x = rand(B, 3, 4, 4, seed=B).sigmoid()
        call(method_of(NOTHING).views, x).gives((x, x), why="Which recipe do you use?")


@about("SimCLR.views")
def test_row_b_of_both_views_shows_image_b():
    """Images of one colour each keep it in a crop; the views have the recipe's size."""
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
def test_both_views_are_made_of_the_image_itself():
    """A mirror that is always on: both views are mirrored, and neither of them twice."""
    x = rand(5, 3, 4, 4, seed=1).sigmoid()
    recipe = Recipe(crop=0, flip=1, jitter=0, gray=0, blur=0)
    call(method_of(recipe).views, x).gives((x.flip(3), x.flip(3)))


@about("SimCLR.views")
def test_the_two_views_throw_coins_of_their_own():
    """Mirrored with p = 1/2: a half of each view's images, and a quarter in both."""
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
            got = f"{rate:.2f} of the images are mirrored {name}"
            wrong("Are the two views drawn apart?", call=called, expected=expected, got=got)


@about("SimCLR.views")
def test_views_differ_from_call_to_call():
    """The same images, three calls: six crops, no two alike."""
    x = rand(5, 3, 8, 8, seed=2).sigmoid()
    method = method_of(CROPS)
    seen = []
    for number in range(3):
        x1, x2, called = two_of(method, x)
        for name, view in [("x1", x1), ("x2", x2)]:
            for before, old in seen:
                if torch.allclose(view, old):
                    wrong(f"{name} of call {number + 1} is {before} once more.", call=called)
            seen.append((f"{name} of call {number + 1}", view))


@about("SimCLR.views")
def test_views_come_from_the_methods_own_generator():
    """Equal seeds repeat the views; the global generator and that of the order stand still."""
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
        wrong("Two methods with one seed make different views.")
    if torch.equal(drawn(2), first):
        wrong("Methods with different seeds make the same views.")
    method = method_of(CROPS)
    state = method.generators["views"].get_state()
    before = torch.stack(list(method.views(x)))
    method.generators["views"].set_state(state)
    if not torch.equal(torch.stack(list(method.views(x))), before):
        wrong('generators["views"], set back, does not repeat the views: a resumed run differs.')


@about("SimCLR.views")
def test_views_are_the_same_in_evaluation():
    """The method's mode is for its networks: one state of the generator, one pair of views."""
    method, x = method_of(CROPS), rand(5, 3, 8, 8, seed=4).sigmoid()
    state = method.generators["views"].get_state()
    expected = tuple(method.views(x))
    method.eval().generators["views"].set_state(state)
    call(method.views, x).gives(expected, why="The views depend on train and eval mode.")


@about("SimCLR.views", step="the control")
def test_wrong_positives_come_from_the_neighbour():
    """positives="wrong": row b of x1 shows image b, row b of x2 the image next to it."""
    for B in [5, 8]:
        method = method_of(CROPS, positives="wrong")
        x1, x2, called = two_of(method, id_images(B))
        own, other = ids(x1, called), ids(x2, called)
        if own != list(range(B)):
            wrong("x1 keeps its rows.", call=called, expected=list(range(B)), got=str(own))
        away = {(there - b) % B for b, there in enumerate(other)}
        if away not in ({1}, {B - 1}):
            said = 'positives="wrong": each second view is of the next image.'
            wrong(said, call=called, expected=list(range(-1, B - 1)), got=str(other))


# Step 3: from a view to its projection


class Mean(nn.Module):
    """An encoder a reader can do by hand: the mean of each channel."""

    def forward(self, x):
        return x.mean((2, 3))


def network(D=5, d=3, norm=False, size=4):
    """A method with a small bent encoder and projector, float64."""
    encoder = [nn.Flatten(), nn.Linear(3 * size * size, D), nn.Tanh()]
    encoder += [nn.BatchNorm1d(D)] if norm else []
    projector = nn.Sequential(nn.Linear(D, 7), nn.Tanh(), nn.Linear(7, d))
    return method_of(NOTHING, nn.Sequential(*encoder), projector).double()


@about("SimCLR.project")
def test_projection_by_hand():
    """Channel means (0.1, 0.2, 0.4) are h; the projector takes 0.1 - 0.4 and twice their sum."""
    projector = nn.Linear(3, 2, bias=False)
    projector.weight.data = torch.tensor([[1.0, 0, -1], [2, 2, 2]])
    h = torch.tensor([[0.1, 0.2, 0.4], [1.0, 0.5, 0.0], [0.0, 0.0, 0.3]])
    x = h[:, :, None, None].expand(3, 3, 2, 2).clone()
    expected = torch.tensor([[-0.3, 1.4], [1.0, 3.0], [-0.3, 0.6]])
    call(method_of(NOTHING, Mean(), projector).project, x).gives(expected, atol=1e-6)


@about("SimCLR.project")
def test_projection_is_g_of_f_of_x(oracle):
    """Encoder, then projector, and nothing before, between or after them."""
    for B, D, d in [(3, 5, 2), (1, 7, 3), (4, 3, 3)]:
        method = network(D, d)
        x = rand(B, 3, 4, 4, seed=B, dtype=torch.float64)
        call(method.project, x).gives(oracle("SimCLR.project")(method, x), rtol=1e-9)


@about("SimCLR.project")
def test_gradient_reaches_encoder_projector_and_view(oracle):
    """The loss teaches both networks: the gradient of every parameter, as in the oracle."""
    method = network()
    x = rand(3, 3, 4, 4, seed=4, dtype=torch.float64).requires_grad_()
    weights = rand(3, 3, seed=5, dtype=torch.float64)
    names = ["the view", *(name for name, _ in method.named_parameters())]
    inputs = [x, *method.parameters()]
    z = oracle("SimCLR.project")(method, x)
    expected = torch.autograd.grad((z * weights).sum(), inputs)
    got = call(method.project, x)
    if not got.value.requires_grad:
        wrong("No gradient leaves the projection.", call=got.call)
    grads = torch.autograd.grad((got.value * weights).sum(), inputs, allow_unused=True)
    for name, grad, want in zip(names, grads, expected, strict=True):
        if grad is None:
            wrong(f"No gradient reaches {name}.", call=got.call)
        if not torch.allclose(grad, want, rtol=1e-6):
            ratio = float(grad.norm() / want.norm())
            wrong(f"The gradient of {name} is {ratio:.3g} times as long as it should be.")


@about("SimCLR.project")
def test_batch_norm_sees_the_whole_batch_once(oracle):
    """In training, each call gives batch norm one batch of B views to count; the mode stays."""
    method = network(norm=True)
    x = rand(5, 3, 4, 4, seed=6, dtype=torch.float64)
    expected = oracle("SimCLR.project")(copy.deepcopy(method), x)
    got = call(method.project, x).gives(expected, rtol=1e-9)
    counted = int(method.encoder[-1].num_batches_tracked)
    if counted != 1:
        wrong("How often do you call the encoder?", call=got.call, expected=1, got=counted)
    if not all(module.training for module in method.modules()):
        wrong("You switch to evaluation; the loop decides on the mode.", call=got.call)


@about("SimCLR.project")
def test_in_evaluation_a_view_does_not_see_its_neighbours():
    """After method.eval() a projection is the same alone and in a batch, and stays so."""
    method = network(norm=True)
    method.project(rand(5, 3, 4, 4, seed=7, dtype=torch.float64))
    method.eval()
    x = rand(3, 3, 4, 4, seed=8, dtype=torch.float64)
    together = method.project(x)
    call(method.project, x[:1]).gives(together[:1], rtol=1e-9)
    if any(module.training for module in method.modules()):
        wrong("You switch to training; the loop decides on the mode.")
    if not torch.is_grad_enabled():
        torch.set_grad_enabled(True)
        wrong("You switch gradients off, and they stay off for everyone.")


# Step 4: the loss


@about("SimCLR.loss")
def test_loss_of_equal_projections_is_chance():
    """All projections equal: ln(2B - 1) at any temperature, which is what `chance` says."""
    for B, temperature in [(2, 0.5), (6, 0.1), (7, 2.0)]:
        z, method = torch.ones(B, 4), method_of(temperature=temperature)
        call(method.loss, z, z, torch.arange(B)).gives(math.log(2 * B - 1), rtol=1e-6)


@about("SimCLR.loss")
def test_loss_of_good_pairs_is_the_floor():
    """Pairs equal, images at right angles: -ln(e^(1/tau) / (e^(1/tau) + 2B - 2))."""
    for B, temperature in [(3, 0.5), (5, 0.2), (4, 1.5)]:
        method = method_of(temperature=temperature)
        expected = math.log(1 + (2 * B - 2) * math.exp(-1 / temperature))
        call(method.loss, torch.eye(B), 3 * torch.eye(B), torch.arange(B)).gives(
            expected, rtol=1e-5
        )


@about("SimCLR.loss")
def test_loss_is_nt_xent_at_the_methods_temperature(oracle):
    """Equation 1 in loops, with both views, the mean over all, and self.temperature."""
    for (B, d), temperature in zip(
        [(3, 5), (5, 2), (2, 7), (7, 3)], [0.5, 0.1, 1, 0.07], strict=True
    ):
        z1, z2 = (rand(B, d, seed=B + s, dtype=torch.float64) for s in (1, 20))
        method = method_of(temperature=temperature)
        expected = oracle("SimCLR.loss")(method, z1, z2, torch.arange(B))
        call(method.loss, z1, z2, torch.arange(B)).gives(expected, rtol=1e-6)
        call(method.loss, z1.float(), z2.float(), torch.arange(B)).gives(expected, rtol=1e-5)


@about("SimCLR.loss")
def test_which_images_they_are_does_not_matter():
    """SimCLR knows no image: any `index` gives the same loss; `positives` is the views' affair."""
    z1, z2 = rand(5, 3, seed=1), rand(5, 3, seed=2)
    expected = method_of().loss(z1, z2, torch.arange(5))
    for index in [[4, 2, 0, 1, 3], [3, 3, 3, 3, 3], [901, 17, 45, 2, 33]]:
        call(method_of().loss, z1, z2, torch.tensor(index)).gives(expected, rtol=1e-6)
    got = call(method_of(positives="wrong").loss, z1, z2, torch.arange(5))
    got.gives(expected, rtol=1e-6, why='positives="wrong": the loss stays as it is.')


@about("SimCLR.loss")
def test_loss_sends_its_gradient_to_both_views(oracle):
    """Both views teach: the whole gradient, at two temperatures."""
    for temperature in [0.5, 0.2]:
        z1, z2 = (rand(3, 5, seed=s, dtype=torch.float64).requires_grad_() for s in (3, 4))
        method, index = method_of(temperature=temperature), torch.arange(3)
        loss = oracle("SimCLR.loss")(method, z1, z2, index)
        expected = torch.autograd.grad(loss, (z1, z2))
        got = call(method.loss, z1, z2, index)
        if not isinstance(got.value, torch.Tensor) or not got.value.requires_grad:
            wrong("No gradient leaves the loss.", call=got.call, expected="a tensor with grad_fn")
        grads = torch.autograd.grad(got.value, (z1, z2), allow_unused=True)
        for name, grad, want in zip(["z1", "z2"], grads, expected, strict=True):
            if grad is None or not torch.allclose(grad, want, rtol=1e-5, atol=1e-9):
                ratio = 0 if grad is None else float(grad.norm() / want.norm())
                wrong(f"The gradient of {name} is wrong: {ratio:.3g} times as long.", call=got.call)


# Step 5: all together


def train(method, x, steps):
    """Algorithm 1 on one batch, again and again; the losses."""
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
    """A linear encoder and projector."""
    torch.manual_seed(seed)
    encoder = nn.Sequential(nn.Flatten(), nn.Linear(48, 8, bias=False))
    return method_of(recipe, encoder, nn.Linear(8, 6), positives=positives)


def colours(B):
    """Images of one colour each, the colours well apart, and both light and dark."""
    wheel = torch.arange(B) * 2 * math.pi / B
    rgb = 0.5 + 0.5 * torch.stack([wheel.cos(), wheel.sin(), (2 * wheel).cos()], 1)
    return rgb[:, :, None, None].expand(B, 3, 4, 4).clone()


@about("SimCLR.loss", step="a few steps of training")
def test_one_step_moves_every_parameter():
    """Views, projections, loss, backward: encoder and projector both learn."""
    method = learner(CROPS)
    before = {name: p.detach().clone() for name, p in method.named_parameters()}
    train(method, colours(6), 1)
    for name, p in method.named_parameters():
        if torch.equal(p, before[name]):
            wrong(f"{name} has not moved: no gradient reaches it.")


@about("SimCLR.loss", step="a few steps of training")
def test_forty_steps_on_one_batch_end_far_below_chance():
    """Noisy views of six colours, tau = 0.5: chance is ln 11 = 2.40, the floor 0.86."""
    recipe = Recipe(crop=0, flip=0.5, jitter=0, gray=0, blur=0, noise=1)
    losses = train(learner(recipe), colours(6), 40)
    if not sum(losses[-5:]) / 5 < 1.5:
        expected = "below 1.5 at the end"
        wrong(expected=expected, got=f"{losses[0]:.2f} at first, then {losses[-1]:.2f}")


@about("SimCLR.loss", step="a few steps of training")
def test_wrong_positives_leave_nothing_to_learn():
    """Of the 11 candidates, two show the partner's image and one the anchor's own: at best ln 3."""
    losses = train(learner(CROPS, positives="wrong"), colours(6), 40)
    if min(losses) < math.log(3):
        said = 'With positives="wrong", the loss falls below ln 3: are the pairs wrong at all?'
        wrong(said, expected="1.10 or more", got=min(losses))


@about("SimCLR.loss", step="a few steps of training")
def test_an_epoch_shows_every_image_in_both_views():
    """From the batches to the views: image index[b] is in row b of both, each image once."""
    method, x = method_of(CROPS), id_images(9)
    shown = []
    for index in islice(method.batches(9, 3), 10):
        z1, z2 = (method.project(view) for view in method.views(x[index]))
        seen = ids(z1, "method.views(x[index])")
        if seen != index.tolist() or ids(z2, "method.views(x[index])") != seen:
            wrong("Row b is not image index[b] in both views.", expected=index, got=str(seen))
        loss = method.loss(z1.flatten(1), z2.flatten(1), index)
        # images of one colour are all parallel, so this loss is chance
        assert abs(loss - method.chance(3)) < 1e-3, f"the loss is {loss:.4f}, not ln 5 = 1.6094"
        shown += seen
    if sorted(shown) != list(range(9)):
        wrong("An epoch shows each of 9 images once.", got=str(sorted(shown)))
