"""Lesson 15, first part: several processes must give the gradient of one."""

import torch
import torch.nn.functional as F
from torch import nn

from lessons.course.check import Result, about, bind, compare, rand, wrong
from lessons.course.device import stays_on_device
from lessons.course.ranks import together
from simclr_mini.distributed import (
    Gather,
    all_rows,
    average_gradients,
    moments,
    own_nt_xent_loss,
    own_places,
)
from simclr_mini.nt_xent import nt_xent_loss

# In half of these cases W does not divide B, so that the processes have unequal shares.
SIZES = [(4, 2), (5, 2), (7, 3), (3, 3)]


def numbers(*shape, seed, dtype=torch.float64):
    return rand(*shape, seed=seed, dtype=dtype)


def in_each(W, f, arguments):
    """f(*arguments[r]) in each process r of W, and how it was called."""
    texts = [f"{bind(f, one, {})[0]} in process {r} of {W}" for r, one in enumerate(arguments)]
    before = [[a.clone() if torch.is_tensor(a) else a for a in one] for one in arguments]
    values = together(W, lambda r: f(*arguments[r]))
    for text, now, old in zip(texts, arguments, before, strict=True):
        for a, b in zip(now, old, strict=True):
            if torch.is_tensor(a) and not torch.equal(a, b):
                wrong("An argument has changed; work on a copy.", call=text, expected=b, got=a)
    return [Result(text, value) for text, value in zip(texts, values, strict=True)]


def gradients_for_own_rows(W, whole, loss_of):
    """For each process, the gradient of its loss for its own rows, divided by W; or None."""

    def work(rank):
        own = [one.detach().tensor_split(W)[rank].clone().requires_grad_() for one in whole]
        loss = loss_of(own)
        if not (torch.is_tensor(loss) and loss.requires_grad):
            return None
        loss.backward()
        return torch.cat([torch.zeros_like(z) if z.grad is None else z.grad for z in own]) / W

    return together(W, work)


def same_direction_and_size(got, expected, call, what="The gradient"):
    """Fail unless a gradient is the expected one; say how the two differ."""
    if got is None:
        wrong(f"{what} is None: nothing has come back.", call=call)
    got, expected = got.double(), expected.double()
    if got.shape != expected.shape:
        shapes = [f"shape {tuple(one.shape)}" for one in (expected, got)]
        wrong(what, call=call, expected=shapes[0], got=shapes[1])
    if (got - expected).norm() > 1e-8 * expected.norm():
        ratio = float(got.norm() / expected.norm())
        turn = float(F.cosine_similarity(got.flatten(), expected.flatten(), dim=0))
        said = f"{what} has {ratio:.4g} times the right norm; its cosine with the right one is"
        wrong(f"{said} {turn:.4f}.", call=call)


# Step 1: exchange rows


@about("all_rows", step="unequal shares")
def test_five_rows_of_three_processes_by_hand():
    """Process 0 has the rows 1 and 2, process 1 has 3 and 4, and process 2 has 5."""
    whole = torch.tensor([[1.0, 10], [2, 20], [3, 30], [4, 40], [5, 50]])
    for got in in_each(3, all_rows, [(rows, 5) for rows in whole.tensor_split(3)]):
        got.gives(whole)


@about("all_rows")
def test_equal_shares_come_back_in_the_order_of_the_batch():
    """All processes get the same tensor, in the order of the processes."""
    for B, W, d in [(4, 2, 3), (6, 3, 2)]:
        whole = numbers(B, d, seed=B)
        for got in in_each(W, all_rows, [(rows, B) for rows in whole.tensor_split(W)]):
            got.gives(whole)


@about("all_rows", step="unequal shares")
def test_no_row_is_lost_and_none_is_added():
    """7 rows in 3 processes are 3, 2 and 2; 2 rows in 3 processes are 1, 1 and none."""
    for B, W, d in [(5, 2, 3), (7, 3, 2), (2, 3, 4), (8, 3, 1)]:
        whole = numbers(B, d, seed=B)
        whole[-2] = 0  # a row of zeros is a row, too
        for got in in_each(W, all_rows, [(rows, B) for rows in whole.tensor_split(W)]):
            got.gives(whole)


@about("all_rows", step="the type of the rows")
def test_rows_keep_their_type():
    """float64 stays exact, and half precision stays half."""
    for dtype in (torch.float64, torch.float32, torch.float16):
        whole = numbers(5, 2, seed=1, dtype=dtype)
        for got in in_each(2, all_rows, [(rows, 5) for rows in whole.tensor_split(2)]):
            if got.value.dtype != dtype:
                wrong("Wrong dtype.", call=got.call, expected=f"{dtype}", got=f"{got.value.dtype}")
            got.gives(whole, rtol=1e-12)


@about("all_rows")
def test_rows_may_lie_column_after_column_in_memory():
    """A transposed tensor is stored by columns. gloo may send numbers in the order of memory."""
    whole = numbers(2, 5, seed=3)
    parts = [rows.T.contiguous().T for rows in whole.T.tensor_split(2)]
    for got in in_each(2, all_rows, [(rows, 5) for rows in parts]):
        got.gives(whole.T)


@about("all_rows")
def test_exchanged_rows_have_no_gradient():
    """The rows may require one, but no gradient passes through this exchange."""
    parts = [rows.clone().requires_grad_() for rows in numbers(5, 2, seed=4).tensor_split(2)]
    for got in in_each(2, all_rows, [(rows, 5) for rows in parts]):
        if got.value.requires_grad:
            wrong("The result requires a gradient.", call=got.call)


@about("all_rows")
def test_rows_stay_on_their_device():
    """Every tensor that you make must be on the device of the rows. `meta` stands for a GPU."""
    parts = numbers(5, 2, seed=5).tensor_split(2)
    together(2, lambda rank: stays_on_device(all_rows, parts[rank], 5))


# Step 4: the way back


def sent_back(B, W, d, loss_of):
    """What each process gets for its rows, if its loss is `loss_of(rank, all rows)`."""
    parts = numbers(B, d, seed=B).tensor_split(W)

    def work(rank):
        rows = parts[rank].clone().requires_grad_()
        loss_of(rank, Gather.apply(rows, B)).backward()
        return rows.grad

    return [
        Result(f"the gradient of Gather.apply(rows, {B}) in process {rank} of {W}", value)
        for rank, value in enumerate(together(W, work))
    ]


@about("Gather.backward")
def test_two_processes_want_something_of_each_row():
    """Process 0's loss has the gradient 1, 2, 3, 4, and process 1's loss has 10, 20, 30, 40."""
    wanted = torch.tensor([[1.0, 2, 3, 4], [10, 20, 30, 40]], dtype=torch.float64)
    got = sent_back(4, 2, 1, lambda r, z: (wanted[r] * z[:, 0]).sum())
    for one, expected in zip(got, ([[11.0], [22]], [[33.0], [44]]), strict=True):
        compare(one.call, one.value, torch.tensor(expected).double(), 1e-9, 0.0)


@about("Gather.backward")
def test_the_gradients_of_all_losses_are_summed():
    """Each process has a loss of its own, and each row gets the sum of their gradients."""
    for B, W in SIZES:
        weights = numbers(W, B, 3, seed=W)
        got = sent_back(B, W, 3, lambda r, z, w=weights: (w[r] * z.square()).sum())
        z = numbers(B, 3, seed=B)
        for one, expected in zip(got, (2 * weights.sum(0) * z).tensor_split(W), strict=True):
            same_direction_and_size(one.value, expected, one.call)


@about("Gather.backward")
def test_a_process_that_wants_nothing_still_takes_part():
    """Its loss depends on no row, but the losses of the other processes depend on its rows."""
    weights = numbers(3, 7, 2, seed=4)
    weights[1] = 0
    got = sent_back(7, 3, 2, lambda r, z: (weights[r] * z).sum())
    for one, expected in zip(got, weights.sum(0).tensor_split(3), strict=True):
        same_direction_and_size(one.value, expected, one.call)


@about("Gather.backward", step="the same loss everywhere")
def test_equal_losses_give_the_gradient_of_one_process():
    """Each process computes NT-Xent of all rows. The mean gradient must be that of one process."""
    for B, W in SIZES:
        whole = [one.requires_grad_() for one in views_of(B, seed=B + 50)]
        expected = torch.autograd.grad(nt_xent_loss(*whole, 0.3), whole)

        def loss_of(own, B=B):
            return nt_xent_loss(*(Gather.apply(z, B) for z in own), 0.3)

        for rank, got in enumerate(gradients_for_own_rows(W, whole, loss_of)):
            right = torch.cat([one.tensor_split(W)[rank] for one in expected])
            call = f"nt_xent_loss of gathered rows, backward() in process {rank} of {W}"
            same_direction_and_size(got, right, call, "The gradient / W")


@about("Gather.backward", step="a gradient that is not yours")
def test_nobody_else_sees_a_changed_gradient():
    """The same gradient also goes to another part of the graph."""
    parts = numbers(4, 2, seed=1).tensor_split(2)

    def work(rank):
        leaf = torch.zeros(4, 2, dtype=torch.float64, requires_grad=True)
        other = leaf * 1  # older than the gather, so its backward pass comes later
        rows = parts[rank].clone().requires_grad_()
        ((Gather.apply(rows, 4) + other) * (1 + rank)).sum().backward()
        return leaf.grad

    for rank, grad in enumerate(together(2, work)):
        call = f"((Gather.apply(rows, 4) + other) * {1 + rank}).sum().backward() in process {rank}"
        compare(f"other.grad after {call}", grad, (1.0 + rank) * torch.ones(4, 2), 1e-9, 0.0)


# Step 7: the mean


class Plain:
    """Holds parameters as an optimiser does."""

    def __init__(self, *groups):
        self.param_groups = [{"params": list(group), "lr": 0.1} for group in groups]

    def __repr__(self):
        return "optimizer"


def averaged(W, gradients):
    """Each process's gradients after the call; `gradients[r]` holds groups of process r's."""

    def work(rank):
        groups = [[parameter_with(g) for g in group] for group in gradients[rank]]
        before = [[p.detach().clone() for p in group] for group in groups]
        average_gradients(Plain(*groups))
        flat = [p for group in groups for p in group]
        kept = all(map(torch.equal, flat, [p for group in before for p in group]))
        return {"grads": [p.grad for p in flat], "kept": kept}

    bind(average_gradients, (Plain(),), {})
    return together(W, work)


def parameter_with(gradient):
    p = nn.Parameter(torch.full((2,) if gradient is None else gradient.shape, 7.0).double())
    p.grad = None if gradient is None else gradient.clone()
    return p


def means_are(found, expected):
    for rank, one in enumerate(found):
        for number, (got, want) in enumerate(zip(one["grads"], expected, strict=True)):
            call = f"parameter {number}'s gradient after average_gradients in process {rank}"
            compare(call, got, want, 1e-9, 0.0)


@about("average_gradients")
def test_one_and_three_and_eight_become_four():
    """Three processes have the gradients (1, -2), (3, 0) and (8, 8), so the mean is (4, 2)."""
    gradients = [[[torch.tensor([a, b]).double()]] for a, b in [(1.0, -2.0), (3, 0), (8, 8)]]
    means_are(averaged(3, gradients), [torch.tensor([4.0, 2]).double()])


@about("average_gradients")
def test_every_parameter_of_every_group_gets_its_own_mean():
    """Shapes differ, and so do the groups."""
    shapes = [[(2, 3), (3,)], [(4,), (1, 2, 2)]]
    for W in (2, 3):
        gradients = [
            [[numbers(*s, seed=10 * r + sum(s)) for s in group] for group in shapes]
            for r in range(W)
        ]
        flat = [[g for group in groups for g in group] for groups in gradients]
        means_are(averaged(W, gradients), [sum(ones) / W for ones in zip(*flat, strict=True)])


@about("average_gradients")
def test_gradients_may_lie_in_any_order_in_memory():
    """With channels_last, a gradient is stored in a different order, and still gets the mean."""
    gradients = [
        [[numbers(2, 3, 4, 2, seed=r).to(memory_format=torch.channels_last)]] for r in range(2)
    ]
    mean = sum(groups[0][0] for groups in gradients) / 2
    means_are(averaged(2, gradients), [mean])


@about("average_gradients")
def test_the_second_step_averages_its_own_gradients():
    """`zero_grad` drops the old gradients, and the next backward pass makes new tensors."""

    def work(rank):
        p = nn.Parameter(torch.ones(2).double())
        optimizer = Plain([p])
        for step in (1.0, 5.0):
            p.grad = torch.full((2,), step + 2 * rank).double()
            average_gradients(optimizer)
        return p.grad

    for rank, got in enumerate(together(2, work)):
        call = f"the gradient after a second average_gradients in process {rank}"
        compare(call, got, torch.full((2,), 6.0).double(), 1e-9, 0.0)


@about("average_gradients")
def test_a_first_gradient_that_comes_later_is_averaged():
    """A parameter may be frozen at first and learn from the second step on."""

    def work(rank):
        first, later = (nn.Parameter(torch.ones(2).double()) for _ in range(2))
        optimizer = Plain([first, later])
        first.grad = torch.ones(2).double()
        average_gradients(optimizer)
        later.grad = torch.full((2,), 1.0 + 2 * rank).double()
        average_gradients(optimizer)
        return later.grad

    for rank, got in enumerate(together(2, work)):
        call = f"the gradient after a second average_gradients in process {rank}"
        compare(call, got, torch.full((2,), 2.0).double(), 1e-9, 0.0)


@about("average_gradients", step="what stays as it is")
def test_no_gradient_stays_none_and_parameters_stay():
    """An optimiser with weight decay would move a parameter whose gradient is 0."""
    gradients = [[[torch.ones(2).double(), None], [r * torch.ones(3).double()]] for r in (1, 3)]
    for rank, one in enumerate(averaged(2, gradients)):
        call = f"average_gradients(optimizer) in process {rank} of 2"
        if one["grads"][1] is not None:
            got = one["grads"][1]
            wrong("A parameter had no gradient.", call=call, expected="still None", got=got)
        if not one["kept"]:
            wrong("The parameters themselves have changed.", call=call)
        compare(f"the gradients after {call}", one["grads"][2], 2 * torch.ones(3).double(), 1e-9, 0)


# Step 9: places


@about("own_places")
def test_five_images_in_two_processes_by_hand():
    """Views 0 to 4 are first views, 5 to 9 second ones; process 0 has images 0, 1 and 2."""
    expected = [
        ([0, 1, 2, 5, 6, 7], [5, 6, 7, 0, 1, 2]),
        ([3, 4, 8, 9], [8, 9, 3, 4]),
    ]
    for got, tables in zip(in_each(2, own_places, [(5,), (5,)]), expected, strict=True):
        got.gives(tuple(map(torch.tensor, tables)))


@about("own_places")
def test_without_a_device_places_are_where_torch_makes_tensors():
    """None is torch's default device. Here `meta` stands for a GPU."""

    def work(rank):
        with torch.device("meta"):
            return [one.device.type for one in own_places(5)]

    for rank, got in enumerate(together(2, work)):
        if set(got) != {"meta"}:
            call = f'own_places(5) in process {rank}, with torch.device("meta")'
            wrong("Wrong device.", call=call, expected="meta", got=str(got))


@about("own_places")
def test_places_equal_the_loops(oracle):
    """Together, the processes have each view once."""
    for B, W in [*SIZES, (2, 3), (8, 3), (3, 1)]:
        expected = together(W, lambda r, B=B: oracle("own_places")(B))
        for got, places in zip(in_each(W, own_places, [(B,)] * W), expected, strict=True):
            got.gives(places)


@about("own_places", step="the device")
def test_places_are_on_the_device():
    """torch's device `meta` stands for a GPU."""
    for got in in_each(2, own_places, [(5, torch.device("meta"))] * 2):
        for one in got.value:
            if one.device.type != "meta":
                wrong("Wrong device.", call=got.call, expected="meta", got=f"{one.device}")


# Step 11: the share of the loss


def views_of(B, d=3, seed=0, dtype=torch.float64):
    """Projections of two views of B images, of different norms."""
    scale = torch.linspace(0.3, 3, B, dtype=dtype)[:, None]
    return tuple(scale * numbers(B, d, seed=s, dtype=dtype) for s in (seed + 1, seed + 2))


def shares_of_loss(W, z1, z2, temperature):
    B = len(z1)
    arguments = zip(z1.tensor_split(W), z2.tensor_split(W), strict=True)
    settings = [] if temperature is None else [temperature]
    return in_each(W, own_nt_xent_loss, [(a, b, B, *settings) for a, b in arguments])


@about("own_nt_xent_loss")
def test_equal_projections_cost_the_logarithm_of_the_candidates():
    """Each view has 2B - 1 = 9 equal candidates; process 0 has 3 images of 5, process 1 has 2."""
    z = torch.ones(5, 3, dtype=torch.float64)
    for got, b in zip(shares_of_loss(2, z, z, 0.5), (3, 2), strict=True):
        expected = 2 * b / 5 * torch.tensor(9.0).double().log()
        got.gives(expected, rtol=1e-6, why="The share is W / (2B) times the sum over 2b views.")


@about("own_nt_xent_loss")
def test_shares_equal_the_loops(oracle):
    """A share is equation 1 for this process's views, with all processes' views as candidates."""
    for (B, W), temperature in zip(SIZES, (0.5, 0.13, 1.0, 0.3), strict=True):
        z1, z2 = views_of(B, seed=B)
        parts = list(zip(z1.tensor_split(W), z2.tensor_split(W), strict=True))
        expected = together(
            W, lambda r, p=parts, B=B, t=temperature: oracle("own_nt_xent_loss")(*p[r], B, t)
        )
        for got, value in zip(shares_of_loss(W, z1, z2, temperature), expected, strict=True):
            got.gives(value.detach(), rtol=1e-6)


@about("own_nt_xent_loss")
def test_the_mean_of_the_shares_is_the_loss_of_one_process():
    """This also holds for unequal numbers of images. The default temperature is 0.5."""
    for (B, W), temperature in zip(SIZES, (None, 0.1, 0.7, 0.2), strict=True):
        z1, z2 = views_of(B, seed=B + 9)
        got = shares_of_loss(W, z1, z2, temperature)
        mean = sum(one.value for one in got) / W
        expected = nt_xent_loss(z1, z2, temperature or 0.5)
        compare(f"the mean of {got[0].call} and the others", mean, expected, 1e-6, 0.0)


@about("own_nt_xent_loss")
def test_the_share_stays_on_its_device():
    """Every tensor that you make must be on the projections' device. One process has all rows."""
    stays_on_device(own_nt_xent_loss, *views_of(5), 5)


@about("own_nt_xent_loss", step="the gradient reaches all rows")
def test_gradients_are_those_of_one_process():
    """Divided by W, each process's gradient for its projections is that of one process."""
    for B, W in SIZES:
        whole = [one.requires_grad_() for one in views_of(B, seed=B + 30)]
        expected = torch.autograd.grad(nt_xent_loss(*whole, 0.3), whole)

        def loss_of(own, B=B):
            return own_nt_xent_loss(*own, B, 0.3)

        for rank, got in enumerate(gradients_for_own_rows(W, whole, loss_of)):
            right = torch.cat([one.tensor_split(W)[rank] for one in expected])
            call = f"own_nt_xent_loss(z1, z2, {B}, 0.3).backward() in process {rank} of {W}"
            same_direction_and_size(got, right, call, "The gradient / W")


@about("own_nt_xent_loss", step="stability at low temperature")
def test_a_low_temperature_does_not_overflow():
    """At a temperature of 0.005, exp(1 / temperature) does not fit into float32."""
    z1, z2 = views_of(5, seed=3)
    got = shares_of_loss(2, z1.float(), z2.float(), 0.005)
    mean = sum(one.value for one in got) / 2
    expected = nt_xent_loss(z1, z2, 0.005)
    compare(f"the mean of {got[0].call} and the other", mean, expected, 1e-3, 0.0)


# Step 14: statistics of all rows


@about("moments")
def test_three_rows_in_two_processes_by_hand():
    """Process 0 has 1 and 3, process 1 has 8: the mean is 4, the variance (9 + 1 + 16) / 3."""
    whole = torch.tensor([[1.0], [3], [8]], dtype=torch.float64)
    for got in in_each(2, moments, [(x, 3) for x in whole.tensor_split(2)]):
        got.gives((torch.tensor([4.0]).double(), torch.tensor([26 / 3]).double()), rtol=1e-6)


@about("moments")
def test_moments_are_those_of_one_process():
    """The processes differ in their means and in their numbers of rows."""
    for B, W in [*SIZES, (8, 3)]:
        x = numbers(B, 2, seed=B) + torch.arange(B)[:, None]
        for got in in_each(W, moments, [(rows, B) for rows in x.tensor_split(W)]):
            got.gives((x.mean(0), x.var(0, correction=0)), rtol=1e-9)


@about("moments", step="numbers far from zero")
def test_a_large_mean_does_not_spoil_the_variance():
    """Numbers near 3,000 that differ by about 1, in float32."""
    x = (numbers(7, 2, seed=1) + 3000).float()
    mean, var = x.double().mean(0), x.double().var(0, correction=0)
    for got in in_each(3, moments, [(rows, 7) for rows in x.tensor_split(3)]):
        compare(f"{got.call}, the mean", got.value[0], mean, 1e-6, 0.0)
        compare(f"{got.call}, the variance", got.value[1], var, 1e-2, 0.0)


@about("moments", step="a gradient through the statistics")
def test_a_normalised_batch_has_the_gradient_of_one_process():
    """Each row moves the statistics that normalise all rows, in the other processes too."""
    for B, W in [(4, 2), (5, 2), (7, 3)]:
        x, weights = numbers(B, 3, seed=B), numbers(B, 3, seed=B + 1)

        def normalised(x, mean, var):
            return (x - mean) / (var + 1e-5).sqrt()

        leaf = x.clone().requires_grad_()
        y = normalised(leaf, leaf.mean(0), leaf.var(0, correction=0))
        (weights * y.sin()).sum().backward()

        def work(rank, x=x, weights=weights, B=B, W=W, normalised=normalised):
            own = x.tensor_split(W)[rank].clone().requires_grad_()
            y = normalised(own, *moments(own, B))
            (weights.tensor_split(W)[rank] * y.sin()).sum().backward()
            return own.grad

        for rank, got in enumerate(together(W, work)):
            right = leaf.grad.tensor_split(W)[rank]
            call = f"the gradient of normalised rows in process {rank} of {W}, B = {B}"
            same_direction_and_size(got, right, call)


# Step 17: everything together, in processes that are joined by gloo


class Network(nn.Module):
    """Two layers with a norm between them, which gets its statistics from `statistics`."""

    def __init__(self, statistics):
        super().__init__()
        self.first, self.last = nn.Linear(4, 3), nn.Linear(3, 2)
        self.statistics = statistics
        for number, p in enumerate(self.parameters()):
            p.data = numbers(*p.shape, seed=70 + number)

    def forward(self, x):
        h = self.first(x)
        mean, var = self.statistics(h)
        return self.last(torch.tanh((h - mean) / (var + 1e-5).sqrt()))


@about("average_gradients", step="the gradient of one process")
def test_two_and_three_processes_learn_what_one_learns():
    """A whole step, with a norm, two views and the loss, gives the gradient of one process."""
    for B, W in [(6, 2), (7, 3)]:
        x1, x2 = numbers(B, 4, seed=B), numbers(B, 4, seed=B + 1)
        one = Network(lambda h: (h.mean(0), h.var(0, correction=0)))
        nt_xent_loss(one(x1), one(x2), 0.3).backward()
        expected = torch.cat([p.grad.flatten() for p in one.parameters()])

        def work(rank, x1=x1, x2=x2, B=B, W=W):
            own = Network(lambda h: moments(h, B))
            z1, z2 = (own(x.tensor_split(W)[rank]) for x in (x1, x2))
            own_nt_xent_loss(z1, z2, B, 0.3).backward()
            average_gradients(Plain(own.parameters()))
            return torch.cat([p.grad.flatten() for p in own.parameters()])

        for rank, got in enumerate(together(W, work, real=True)):
            call = f"a whole step with {B} images in process {rank} of {W}"
            same_direction_and_size(got, expected, call, "The parameters' gradient")
