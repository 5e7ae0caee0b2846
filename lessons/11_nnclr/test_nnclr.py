"""Lesson 11: NNCLR, whose positives are neighbours from a support set."""

import copy
import math
from collections import Counter
from itertools import product

import torch
import torch.nn.functional as F
from torch import Generator, nn

from lessons.course.bare import bare_method
from lessons.course.check import about, call, call_in_place, is_finite, rand, refuses, wrong
from lessons.course.device import stays_on_device
from simclr_mini.nnclr import NNCLR, SupportSet, nnclr_loss
from simclr_mini.views import Recipe

# B, Q and d differ and are mostly prime, so that a wrong broadcast crashes or changes values.
SIZES = [(3, 7, 5), (5, 11, 2), (1, 3, 4), (4, 1, 3)]

# Four rows of unit norm in the plane: at 16, 53, 106 and 180 degrees.
FOUR = [[0.96, 0.28], [0.6, 0.8], [-0.28, 0.96], [-1.0, 0.0]]


def support_of(rows, images=None, ages=None, dtype=torch.float32):
    """A support set with these rows, normalised and written by hand."""
    rows = torch.as_tensor(rows, dtype=dtype)
    support = SupportSet(*rows.shape).to(dtype)
    support.rows.copy_(F.normalize(rows, dim=1))
    support.images.copy_(torch.arange(100, 100 + len(rows)) if images is None else images)
    support.ages.copy_(torch.zeros(len(rows)) if ages is None else ages)
    return support


def random_support(Q, d, seed, dtype=torch.float32):
    return support_of(rand(Q, d, seed=seed, dtype=dtype), dtype=dtype)


def spread(B, d, seed, dtype=torch.float32):
    """Vectors of very different norms."""
    return rand(B, d, seed=seed, dtype=dtype) * torch.logspace(-1, 1.5, B, dtype=dtype)[:, None]


def at(*degrees):
    """Vectors of unit norm in the plane, at these angles."""
    turn = torch.tensor(degrees, dtype=torch.float64) * math.pi / 180
    return torch.stack([turn.cos(), turn.sin()], 1).float()


# Step 1: the nearest row


@about("SupportSet.find")
def test_find_by_hand():
    """Rows are at 16, 53, 106 and 180 degrees. Which do vectors at 0, 90, 60, 170, -100 find?"""
    z = at(0, 90, 60, 170, -100)
    call(support_of(FOUR).find, z).gives(torch.tensor([0, 2, 1, 3, 3]))


@about("SupportSet.find")
def test_find_equals_the_loops(oracle):
    """argmin over q of |z - q| for every projection of the batch, wherever the nearest row is."""
    for B, Q, d in SIZES:
        support, z = random_support(Q, d, seed=Q), spread(B, d, seed=B + 9)
        call(support.find, z).gives(oracle("SupportSet.find")(support, z))


@about("SupportSet.find")
def test_find_distinguishes_rows_that_are_close():
    """Rows are at 45.00, 45.01, … 45.40 degrees, and a vector at -35 finds the one at 45.00."""
    order = torch.arange(41) * 18 % 41
    support = support_of(at(*(45 + 0.01 * order).tolist()))
    call(support.find, at(-35, 125)).gives(torch.stack([order.argmin(), order.argmax()]))


@about("SupportSet.find")
def test_find_keeps_the_digits_of_the_rows():
    """Projections may be in half precision, but the rows are not: 41 rows lie within 4 degrees."""
    order = torch.arange(41) * 18 % 41
    support, z = support_of(at(*(45 + 0.1 * order).tolist())), at(-35, 47, 125).bfloat16()
    call(support.find, z).gives(support.find(z.float()), why="Expected is your result in float32.")
    long = (3 * at(*(45 + 0.1 * torch.arange(41)).tolist())).bfloat16()  # z is not normalised
    why = "Expected is your result in float32. In which precision do you normalise?"
    call(support.find, long).gives(support.find(long.float()), why=why)
    huge = (54000 * torch.tensor([[-1.0, 1.0], [1.0, 0.2]])).half()
    call(support_of(FOUR).find, huge).gives(support_of(FOUR).find(huge.float()), why=why)


@about("SupportSet.find")
def test_random_initial_rows_count_too():
    """Rows that were never pushed (age -1) count like all others, so the set is always full."""
    support = support_of(FOUR, images=-torch.ones(4), ages=torch.tensor([0, -1, -1, 0]))
    for position in (0, 1, 3):  # wherever the next row goes
        support.position.fill_(position)
        call(support.find, at(0, 90, 60, 170)).gives(torch.tensor([0, 2, 1, 3]))


@about("SupportSet.find")
def test_search_does_not_change_the_set():
    """A search changes nothing in the set, and also works if z requires a gradient."""
    support = support_of(rand(7, 5, seed=1), ages=torch.arange(7) - 1)
    before = copy.deepcopy(support.state_dict())
    z = rand(3, 5, seed=2).requires_grad_()
    got = call(support.find, z)
    same_set(support, before, got.call)
    if got.value.dtype != torch.int64:
        said = "Positions must be integers, as they index rows."
        wrong(said, call=got.call, expected="int64", got=got.value.dtype)


def same_set(support, before, called):
    """Fail unless the set holds what it held before."""
    for name, value in support.state_dict().items():
        if not torch.equal(value, before[name]):
            wrong(f"You changed the {name} of the support set.", call=called)


# Step 2: an image's own rows do not count


@about("SupportSet.find", step="the image itself")
def test_own_rows_do_not_count_by_hand():
    """Rows 0 and 1 came from image 8, row 2 from image 5: image 8 at 0 degrees finds row 2."""
    support = support_of(FOUR, images=torch.tensor([8, 8, 5, 3]))
    for images, expected in [
        ([8, 8], [2, 2]),
        ([5, 5], [0, 1]),
        ([3, 4], [0, 2]),
        ([0, 2], [0, 2]),
    ]:
        got = call(support.find, at(0, 90), exclude=torch.tensor(images))
        got.gives(torch.tensor(expected))


@about("SupportSet.find", step="the image itself")
def test_image_0_is_an_image():
    """Rows 0 and 1 came from image 0. Its views ignore them: 0 is an image like any other."""
    support = support_of(FOUR, images=torch.tensor([0, 0, 5, 3]))
    call(support.find, at(0, 90), exclude=torch.tensor([0, 0])).gives(torch.tensor([2, 2]))


@about("SupportSet.find", step="the image itself")
def test_own_rows_never_win(oracle):
    """Each query ignores the rows of its own image, and no others."""
    for B, Q, d in [(3, 7, 5), (5, 11, 2), (7, 13, 3)]:
        images = (torch.arange(Q) * 5) % 4
        support = support_of(rand(Q, d, seed=Q), images=images)
        z, exclude = rand(B, d, seed=B), torch.arange(B) % 4
        expected = oracle("SupportSet.find")(support, z, exclude=exclude)
        call(support.find, z, exclude=exclude).gives(expected)


@about("SupportSet.find", step="the image itself")
def test_own_row_loses_even_to_an_opposite_row():
    """Own rows do not count, even if all other rows point the other way and z has a large norm."""
    support = support_of([[1.0, 0], [-1, 0.1], [-1, 0.2]], images=torch.tensor([4, 1, 2]))
    for scale in [1.0, 50.0, 0.01]:
        z = scale * torch.tensor([[1.0, 0.0]])
        got = call(support.find, z, exclude=torch.tensor([4]))
        got.gives(torch.tensor([2]), why="Row 0 came from image 4 itself.")
    exactly = support_of([[1.0, 0], [-1, 0]], images=torch.tensor([4, 1]))
    got = call(exactly.find, torch.tensor([[1.0, 0.0]]), exclude=torch.tensor([4]))
    got.gives(torch.tensor([1]), why="Row 0 came from image 4, and row 1 has cosine -1.")


@about("SupportSet.find", step="the image itself")
def test_without_exclude_all_rows_count():
    """If exclude is None, an image may find itself, or a row whose image is unknown (-1)."""
    support = support_of(FOUR, images=torch.tensor([4, 1, -1, 3]))
    call(support.find, at(0, 60, 106), exclude=None).gives(torch.tensor([0, 1, 2]))
    call(support.find, at(0, 60, 106), exclude=torch.tensor([7, 8, 0])).gives(
        torch.tensor([0, 1, 2])
    )


@about("SupportSet.find", step="the image itself")
def test_a_search_remembers_nothing():
    """The set is searched, then its rows and images change, and it is searched again."""
    support = support_of(FOUR, images=torch.tensor([8, 3, 5, 6]))
    for rows, found, images, others in [
        (FOUR, [0, 2], [8, 3, 5, 6], [1, 1]),
        (FOUR[::-1], [3, 1], [8, 3, 5, 6], [3, 1]),
        (FOUR[::-1], [3, 1], [2, 5, 1, 8], [2, 2]),
    ]:
        support.rows.copy_(torch.tensor(rows))
        support.images.copy_(torch.tensor(images))
        before = copy.deepcopy(support.state_dict())
        call(support.find, at(0, 90)).gives(torch.tensor(found))
        got = call(support.find, at(0, 90), exclude=torch.tensor([8, 5]))
        got.gives(torch.tensor(others))
        same_set(support, before, got.call)


def find(support, z, k):
    """A search as in training: the images of the batch and the generator are on the CPU."""
    return support.find(z, k, torch.arange(len(z)), Generator())


def find_any(support, z):
    """A search in which all rows count."""
    return support.find(z)


@about("SupportSet.find", step="the image itself")
def test_search_works_on_another_device():
    """The set and z may be on a GPU while `exclude` is on the CPU."""
    stays_on_device(find, SupportSet(7, 5), rand(3, 5, seed=1), 1)
    stays_on_device(find_any, SupportSet(7, 5), rand(3, 5, seed=1))


# Step 3: one of the k nearest


def ranks(support, z, k, exclude=None, generator=None, times=400):
    """How often each row is chosen for a single query z."""
    many = z.expand(times, -1)
    images = None if exclude is None else torch.full((times,), exclude)
    got = call(support.find, many, k, images, generator)
    if got.value.shape != (times,):
        wrong("", call=got.call, expected=f"shape ({times},)", got=f"shape {got.value.shape}")
    return Counter(got.value.tolist()), got.call


def evenly(counts, rows, called, times=400):
    """Fail unless these rows are chosen about equally often, and no other row is."""
    if set(counts) != set(rows):
        wrong("", call=called, expected=f"rows {sorted(rows)}", got=f"rows {sorted(counts)}")
    # five standard deviations
    width = 5 * math.sqrt(times / len(rows) * (1 - 1 / len(rows)))
    for row, count in counts.items():
        if abs(count - times / len(rows)) > width:
            said = f"each of {sorted(rows)} about {times // len(rows)} times in {times}"
            wrong("", call=called, expected=said, got=f"row {row}, {count} times")


@about("SupportSet.find", step="one of the k nearest")
def test_each_of_the_k_nearest_comes_equally_often():
    """Rows 0, 1, 2, 3 are nearest to 10 degrees in this order; the first k are equally likely."""
    for k, generator in [(2, Generator().manual_seed(1)), (3, None), (4, None)]:
        counts, called = ranks(support_of(FOUR), at(10), k, generator=generator)
        evenly(counts, range(k), called)


@about("SupportSet.find", step="one of the k nearest")
def test_k_of_one_gives_the_nearest_row():
    """With k = 1, given or by default, the result is always row 0."""
    support = support_of(FOUR)
    for settings in [{}, {"k": 1}, {"k": 1, "generator": Generator().manual_seed(3)}]:
        call(support.find, at(10).repeat(9, 1), **settings).gives(torch.zeros(9).long())


@about("SupportSet.find", step="one of the k nearest")
def test_the_k_nearest_are_those_of_other_images():
    """Own rows are left out first, and then the k nearest of the rest are taken."""
    support = support_of([*FOUR, [0.8, 0.6]], images=torch.tensor([6, 1, 2, 3, 6]))
    counts, called = ranks(support, at(10), 2, exclude=6)
    evenly(counts, [1, 2], called)


@about("SupportSet.find", step="one of the k nearest")
def test_fewer_than_k_rows_may_count():
    """Rows 0 and 2 of three came from image 6 itself, so only row 1 is left to draw."""
    support = support_of(FOUR[:3], images=torch.tensor([6, 1, 6]))
    for k in (2, 3):
        counts, called = ranks(support, at(10), k, exclude=6)
        evenly(counts, [1], called)
    support = support_of(FOUR, images=torch.tensor([6, 1, 2, 6]))
    for k in (3, 4):  # rows 1 and 2 are left, equally likely
        counts, called = ranks(support, at(10), k, exclude=6)
        evenly(counts, [1, 2], called)
    # an image with three rows in the set leaves the others of its batch their three rows
    support = support_of(FOUR, images=torch.tensor([6, 6, 1, 6]))
    images, generator = torch.tensor([6] + [9] * 400), Generator().manual_seed(1)
    got = call(support.find, at(10).repeat(401, 1), 3, images, generator)
    evenly(Counter(got.value[1:].tolist()), [0, 1, 2], got.call)


@about("SupportSet.find", step="one of the k nearest")
def test_every_query_draws_independently():
    """Equal queries in a batch do not all get the same row, and two batches differ."""
    support, generator = random_support(13, 3, seed=3), Generator().manual_seed(4)
    z = rand(1, 3, seed=4).repeat(60, 1)
    first, second = (call(support.find, z, 4, None, generator).value for _ in range(2))
    if len(first.unique()) == 1:
        wrong("All 60 queries chose the same row: you made one draw for the whole batch.")
    without = [call(support.find, z, 4).value for _ in range(2)]
    for one, other, how in [(first, second, "with"), (*without, "without")]:
        if torch.equal(one, other):
            wrong(f"The second batch made the same draws as the first, {how} a generator.")


@about("SupportSet.find", step="one of the k nearest")
def test_the_draw_works_on_another_device():
    """The set may be on a GPU while the generator is on the CPU."""
    stays_on_device(find, SupportSet(7, 5), rand(3, 5, seed=1), 2)


@about("SupportSet.find", step="one of the k nearest")
def test_draws_come_only_from_the_generator():
    """Equal seeds give equal choices, different seeds do not; the global generator is not used."""
    support, z = random_support(13, 3, seed=5), rand(40, 3, seed=6)

    def drawn(seed):
        torch.rand(1)  # the global generator has another state at each call
        before = torch.get_rng_state()
        found = call(support.find, z, 3, generator=Generator().manual_seed(seed)).value
        if not torch.equal(before, torch.get_rng_state()):
            wrong("You draw from torch's global generator although one is given.")
        return found

    if not torch.equal(drawn(1), drawn(1)):
        wrong("The same seed gave different choices. Do you use only the generator?")
    if torch.equal(drawn(1), drawn(2)):
        wrong("Different seeds gave the same choices.")


# Step 4: from a position to a row


@about("SupportSet.nearest")
def test_nearest_returns_the_row_itself():
    """At 0 degrees the neighbour is exactly (0.96, 0.28), of norm 1."""
    got = call(support_of(FOUR).nearest, at(0, 90, 60))
    got.gives(torch.tensor([[0.96, 0.28], [-0.28, 0.96], [0.6, 0.8]]), atol=1e-6)
    for scale in [30.0, 0.02]:
        call(support_of(FOUR).nearest, scale * at(0, 90, 60)).gives(got.value, atol=1e-6)


@about("SupportSet.nearest")
def test_neighbours_are_rows_of_the_set(oracle):
    """Every result is a row of the support set, to its last digit, and not a row of the batch."""
    for B, Q, d in SIZES:
        support = random_support(Q, d, seed=Q + 20, dtype=torch.float64)
        z = spread(B, d, seed=B, dtype=torch.float64)
        call(support.nearest, z).gives(oracle("SupportSet.nearest")(support, z), atol=1e-12)


@about("SupportSet.nearest")
def test_neighbours_have_the_dtype_of_the_set():
    """Rows of a float64 set stay float64, also for a float32 z, unless the search refuses it."""
    support = random_support(7, 5, seed=3, dtype=torch.float64)
    got = call(support.nearest, rand(3, 5, seed=2, dtype=torch.float64))
    found = [(got.value, got.call)]
    try:
        got = call(support.nearest, rand(3, 5, seed=2))
        found.append((got.value, got.call))
    except RuntimeError:  # a search need not accept a different dtype
        pass
    for rows, called in found:
        if rows.dtype != torch.float64:
            wrong("Rows keep their dtype.", call=called, expected=torch.float64, got=rows.dtype)


@about("SupportSet.nearest")
def test_every_row_can_be_the_nearest():
    """`nearest` knows nothing about images, so it ignores no row, whatever its image or age is."""
    support = support_of(FOUR, images=torch.arange(4), ages=torch.tensor([0, -1, 3, -1]))
    call(support.nearest, at(0, 60, 106, 180)).gives(support.rows.clone(), atol=1e-6)


@about("SupportSet.nearest")
def test_no_gradient_flows_into_neighbours():
    """Neighbours are constants, because the projection only searches."""
    z = rand(3, 5, seed=2).requires_grad_()
    got = call(random_support(7, 5, seed=3).nearest, z)
    if got.value.requires_grad:
        wrong("The neighbours carry a gradient.", call=got.call, expected="requires_grad False")


# Step 5: push


def contents(support):
    """All rows that were ever pushed, as (age, image, row), sorted."""
    held = zip(support.ages.tolist(), support.images.tolist(), support.rows, strict=True)
    return sorted((age, image, *row.tolist()) for age, image, row in held if age >= 0)


def holds(support, expected, called):
    """Fail unless the set holds these triples (age, image, vector), at any positions."""
    got = contents(support)
    expected = sorted((a, i, *F.normalize(v, dim=0).tolist()) for a, i, v in expected)
    for what, index in [("ages", 0), ("images", 1)]:
        have, want = ([entry[index] for entry in table] for table in (got, expected))
        if sorted(have) != sorted(want):
            wrong(
                f"The set has the wrong {what}.", call=called, expected=short(want), got=short(have)
            )
    have, want = (torch.tensor(table) for table in (got, expected))
    if not torch.allclose(have, want, atol=1e-5):
        i = int((have - want).abs().amax(1).argmax())
        said = f"The row of image {int(want[i, 1])}, of age {int(want[i, 0])}, is wrong."
        wrong(said, call=called, expected=want[i, 2:], got=have[i, 2:])


def short(numbers):
    return str(sorted(numbers))[:70]


def pushed(support, z, images=None):
    """Push, and return a description of the call."""
    before = z.detach().clone(), None if images is None else images.clone()
    got = call_in_place(support.push, z, images)
    for name, one, old in [("z", z, before[0]), ("images", images, before[1])]:
        if one is not None and not torch.equal(one.detach(), old):
            wrong(f"You changed {name} itself. Work on a copy.", call=got.call)
    return got.call


def empty(Q, d, seed=7):
    """A new support set, with random rows, no images and no ages."""
    return SupportSet(Q, d, Generator().manual_seed(seed))


@about("SupportSet.push")
def test_pushed_rows_are_normalised_and_in_the_set():
    """(3, 4) is stored as (0.6, 0.8), and the other rows stay the same."""
    support = empty(5, 2).double()
    before, double = support.rows.clone(), torch.float64
    z = torch.tensor([[3.0, 4.0], [0.0, -0.5]], dtype=double)
    called = pushed(support, z, torch.tensor([8, 3]))
    for row in torch.tensor([[0.6, 0.8], [0.0, -1.0]], dtype=double):
        near = float((support.rows - row).norm(dim=1).min())
        if near > 1e-6:
            wrong("A pushed row is missing.", call=called, expected=row, got=support.rows[:2])
        if near > 1e-12 or support.rows.dtype != double:
            said = "z and the set are float64. Where do you lose digits?"
            wrong(said, call=called, expected=row, got=support.rows[0].double() - before[0])
    kept = sum(bool((row == before).all(1).any()) for row in support.rows)
    if support.rows.shape != (5, 2) or kept != 3:
        said = "3 of the 5 rows unchanged"
        wrong("", call=called, expected=said, got=f"{kept}; shape {tuple(support.rows.shape)}")


@about("SupportSet.push")
def test_pushed_rows_have_unit_norm_whatever_their_dtype_was():
    """Half precision cannot hold the norm of (60000, 60000), but a float32 set stores norm 1."""
    for z in (torch.tensor([[6e4, 6e4]]).half(), rand(3, 5, seed=1).bfloat16()):
        support = empty(len(z), z.shape[1])
        called = pushed(support, z, torch.arange(len(z)))
        norms = support.rows.norm(dim=1)
        if support.rows.dtype != torch.float32 or (norms - 1).abs().max() > 1e-5:
            got = f"norms {short(norms.tolist())}, {support.rows.dtype}"
            wrong("z has fewer digits than the set.", call=called, expected="norm 1", got=got)


@about("SupportSet.push")
def test_the_next_push_goes_to_other_positions():
    """After three pushes of two rows into a set of seven, all six are there."""
    support, z = empty(7, 3), rand(6, 3, seed=1)
    for start in (0, 2, 4):
        called = pushed(support, z[start : start + 2], torch.arange(start, start + 2))
    for b, row in enumerate(F.normalize(z, dim=1)):
        if float((support.rows - row).norm(dim=1).min()) > 1e-5:
            said = f"Row {b % 2} of push {b // 2 + 1} is gone after push 3, despite the free rows."
            wrong(said, call=called)


@about("SupportSet.push")
def test_position_says_where_the_next_row_goes():
    """Three rows are pushed, one at a time, and each goes to the position that was there before."""
    support, z = empty(5, 3), rand(3, 3, seed=11)
    for b, row in enumerate(F.normalize(z, dim=1)):
        place = int(support.position)
        called = pushed(support, z[b : b + 1], torch.tensor([b]))
        if place >= 5 or float((support.rows[place] - row).norm()) > 1e-5:
            said = f"Before push {b + 1} of one row, position was {place}."
            wrong(said, call=called, expected=f"the row at {place}", got="it is not there")


@about("SupportSet.push")
def test_no_graph_stays_in_the_set():
    """The set outlives the step, so it keeps the numbers of a projection but not its graph."""
    support = empty(5, 3)
    z = rand(3, 3, seed=2).requires_grad_()
    called = pushed(support, 2 * z, torch.arange(3))
    if support.rows.requires_grad:
        wrong("The rows require a gradient now.", call=called, expected="requires_grad False")
    if set(support.state_dict()) != {"rows", "images", "ages", "position"}:
        got = sorted(support.state_dict())
        wrong("A part of the set is no longer a buffer, so no checkpoint saves it.", got=got)


@about("SupportSet.push")
def test_too_many_projections_are_refused():
    """Four projections do not fit into three rows, and the set stays as it is."""
    support = empty(3, 2)
    pushed(support, rand(2, 2, seed=1), torch.tensor([5, 6]))
    before = copy.deepcopy(support.state_dict())
    refuses(ValueError, support.push, rand(4, 2, seed=2), torch.arange(4))
    same_set(support, before, "SupportSet.push(z (4, 2)) into 3 rows")


# Step 6: images and ages


@about("SupportSet.push", step="images and ages")
def test_each_row_keeps_its_image():
    """Row b of z belongs to images[b]; if no images are given, each image is -1, for unknown."""
    support, z = empty(7, 3), rand(5, 3, seed=3)
    called = pushed(support, z[:3], torch.tensor([40, 10, 30]))
    holds(support, [(0, i, v) for i, v in zip([40, 10, 30], z, strict=False)], called)
    called = pushed(support, z[3:])
    first = [(1, i, v) for i, v in zip([40, 10, 30], z, strict=False)]
    holds(support, first + [(0, -1, v) for v in z[3:]], called)


@about("SupportSet.push", step="images and ages")
def test_an_overwritten_row_loses_its_image():
    """After four rows with images and then four without, no old image is left."""
    support, z = empty(4, 2), rand(8, 2, seed=4)
    pushed(support, z[:4], torch.arange(4))
    called = pushed(support, z[4:])
    holds(support, [(0, -1, v) for v in z[4:]], called)


@about("SupportSet.push", step="images and ages")
def test_ages_are_counted_in_pushes():
    """Pushes of 1, 2 and 3 rows give ages 2, 1 1, 0 0 0; rows never pushed stay at -1."""
    for known in (True, False):  # whether the images are known, or -1
        support, z = empty(8, 3), rand(6, 3, seed=5)
        images = torch.arange(6) if known else torch.full((6,), -1)
        for start, stop in [(0, 1), (1, 3), (3, 6)]:
            called = pushed(support, z[start:stop], images[start:stop] if known else None)
        ages = [2, 1, 1, 0, 0, 0]
        holds(support, list(zip(ages, images.tolist(), z, strict=True)), called)
        if sorted(support.ages.tolist())[:2] != [-1, -1]:
            said = "A row that was never pushed has age -1."
            wrong(said, call=called, got=short(support.ages.tolist()))


def push(support, z):
    """A push as in training, where the images of the batch are on the CPU."""
    support.push(z, torch.arange(len(z)))
    return support.rows, support.images, support.ages


@about("SupportSet.push", step="images and ages")
def test_push_works_on_another_device():
    """The set and z may be on a GPU while `images` is on the CPU."""
    stays_on_device(push, SupportSet(7, 5), rand(3, 5, seed=1))


# Step 7: wrap around at the end


@about("SupportSet.push", step="round the end")
def test_the_oldest_rows_are_replaced_first():
    """With Q = 5 and pushes of 2, only the first row of the first push is gone after the third."""
    support, z = empty(5, 3), rand(6, 3, seed=6)
    for start in (0, 2, 4):
        called = pushed(support, z[start : start + 2], torch.arange(start, start + 2))
    gone = 6 - 5
    ages = [2, 2, 1, 1, 0, 0]
    holds(support, [(ages[i], i, z[i]) for i in range(gone, 6)], called)


@about("SupportSet.push", step="round the end")
def test_wrapping_several_times_with_batches_that_do_not_divide():
    """After every push, the set holds exactly the last Q projections, whatever the batch size."""
    for Q, d, sizes in [(7, 3, [3] * 8), (5, 2, [2, 4, 1, 5, 3, 5, 2]), (11, 4, [4, 4, 7, 3, 11])]:
        support, history, seen = empty(Q, d), [], 0
        for number, B in enumerate(sizes):
            # an image comes again while its older row is in the set
            z, images = spread(B, d, seed=number), torch.arange(seen, seen + B) % 5
            called = f"push {number + 1} of sizes {sizes} into Q = {Q}: " + pushed(
                support, z, images
            )
            history = [(age + 1, i, v) for age, i, v in history]
            history = (history + [(0, int(i), v) for i, v in zip(images, z, strict=True)])[-Q:]
            seen += B
            holds(support, history, called)
            if not 0 <= int(support.position) < Q:
                said = "position must be where the next row goes."
                wrong(said, call=called, expected=f"0 to {Q - 1}", got=int(support.position))


@about("SupportSet.push", step="round the end")
def test_a_loaded_set_goes_on_as_before():
    """A checkpoint holds the buffers. A set that loads them continues where the other one was."""
    first, second, history = empty(5, 3), empty(5, 3, seed=8), []
    second.push(rand(4, 3, seed=10), torch.arange(4))  # it has been in use
    z = rand(7, 3, seed=9)
    for start, stop in [(0, 3), (3, 5), (5, 7)]:
        if start == 3:
            second.load_state_dict(first.state_dict())
            first = second
        called = pushed(first, z[start:stop], torch.arange(start, stop))
        history = [(age + 1, i, v) for age, i, v in history]
        history += [(0, i, z[i]) for i in range(start, stop)]
    holds(first, history[-5:], "after loading, " + called)


@about("SupportSet.push", step="round the end")
def test_a_push_may_fill_the_whole_set():
    """If B = Q, every old row is gone, wherever the next row would have gone."""
    for before in (0, 1, 4):
        support, z = empty(5, 3), rand(5, 3, seed=8)
        for b in range(before):
            pushed(support, rand(1, 3, seed=b), torch.tensor([b + 50]))
        called = pushed(support, z, torch.arange(5))
        holds(support, [(0, i, z[i]) for i in range(5)], called)


# Steps 8 and 9: the loss of neighbours and predictions


def known(neighbours):
    """A support set with these rows, and the position of each query's neighbour."""
    return support_of(neighbours, dtype=neighbours.dtype), torch.arange(len(neighbours))


def of_neighbours(neighbours, p, temperature):
    """The loss if the neighbours of z1 are already known, so that z1 itself does not matter."""
    support, rows = known(neighbours)
    return call(nnclr_loss, torch.zeros_like(p.detach()), p, support, temperature, rows)


def in_loops(oracle, neighbours, p, temperature):
    """The same loss, computed from the equation in loops."""
    support, rows = known(neighbours)
    return oracle("nnclr_loss")(torch.zeros_like(p.detach()), p, support, temperature, rows)


@about("nnclr_loss")
def test_equal_predictions_cost_log_of_the_batch():
    """With B equal candidates the loss is ln B. Why is it not ln(2B - 1), as in NT-Xent?"""
    for B, temperature in [(2, 0.5), (7, 0.1)]:
        neighbours = F.normalize(rand(B, 4, seed=B), dim=1)
        p = rand(1, 4, seed=1).repeat(B, 1)
        of_neighbours(neighbours, p, temperature).gives(math.log(B), rtol=1e-5)


@about("nnclr_loss")
def test_loss_of_known_neighbours_by_hand():
    """Orthogonal neighbours that equal their predictions cost ln(1 + (B - 1) e^(-1/tau))."""
    for B, temperature in [(2, 0.5), (5, 1.0), (3, 0.2)]:
        expected = math.log(1 + (B - 1) * math.exp(-1 / temperature))
        of_neighbours(torch.eye(B), 4 * torch.eye(B), temperature).gives(expected, rtol=1e-5)


@about("nnclr_loss")
def test_loss_of_known_neighbours_is_the_equation_in_loops(oracle):
    """Neighbour by neighbour and candidate by candidate, for predictions of any norm."""
    for (B, d), temperature in zip(
        [(3, 5), (5, 2), (2, 7), (11, 3)], [0.5, 0.1, 1, 0.2], strict=True
    ):
        neighbours = F.normalize(rand(B, d, seed=B, dtype=torch.float64), dim=1)
        p = spread(B, d, seed=B + 30, dtype=torch.float64)
        expected = in_loops(oracle, neighbours, p, temperature)
        of_neighbours(neighbours, p, temperature).gives(expected, rtol=1e-6)
        of_neighbours(neighbours.float(), p.float(), temperature).gives(expected, rtol=1e-5)


@about("nnclr_loss")
def test_the_softmax_is_over_predictions():
    """The softmax is over predictions: which prediction belongs to each neighbour's image?"""
    p = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    # row by row: exp(2) : exp(0) for both; the first is right, the second wrong
    expected = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(2))) / 2
    why = "`rows` says that both images found row 0."
    for support in (support_of([[1.0, 0.0], [0.0, 1.0]]), support_of([[1.0, 0.0], [0.6, 0.8]])):
        got = call(nnclr_loss, at(90, 90), p, support, 0.5, torch.tensor([0, 0]))
        got.gives(expected, rtol=1e-5, why=why)


@about("nnclr_loss")
def test_gradient_reaches_every_prediction(oracle):
    """Each prediction is the right answer once and a wrong one B - 1 times, and both count."""
    for B, d, temperature in [(3, 5, 0.5), (5, 2, 0.2)]:
        neighbours = F.normalize(rand(B, d, seed=1, dtype=torch.float64), dim=1)
        p = spread(B, d, seed=2, dtype=torch.float64).requires_grad_()
        (expected,) = torch.autograd.grad(in_loops(oracle, neighbours, p, temperature), p)
        got = of_neighbours(neighbours, p, temperature)
        gradients_are(got, {"p": p}, [expected])


@about("nnclr_loss", step="stability at low temperature")
def test_loss_of_known_neighbours_is_stable_at_a_low_temperature(oracle):
    """exp overflows in float32 at logits of 100, unless the largest is subtracted first."""
    for (B, d), temperature in zip([(3, 5), (5, 2)], [0.01, 0.005], strict=True):
        neighbours = F.normalize(rand(B, d, seed=B), dim=1)
        p = rand(B, d, seed=B + 40)
        expected = in_loops(oracle, neighbours.double(), p.double(), temperature)
        of_neighbours(neighbours, p, temperature).gives(expected, rtol=1e-4, atol=1e-4)
    opposite = at(0, 180).float()
    of_neighbours(opposite, opposite, 0.01).gives(0.0, atol=1e-4, why="Neighbours match.")


def gradients_are(got, inputs, expected):
    """Fail unless the gradient of the loss reaches these inputs and is right."""
    if not isinstance(got.value, torch.Tensor) or not got.value.requires_grad:
        wrong("The loss has no gradient.", call=got.call, expected="a tensor with grad_fn")
    grads = torch.autograd.grad(got.value, list(inputs.values()), allow_unused=True)
    for name, grad, want in zip(inputs, grads, expected, strict=True):
        if grad is None:
            wrong(f"No gradient reaches {name}.", call=got.call)
        is_finite(grad, name, got.call)
        if not torch.allclose(grad, want, rtol=1e-5, atol=1e-6 * float(want.abs().max())):
            ratio = float(grad.norm() / want.norm())
            turn = float(F.cosine_similarity(grad.flatten(), want.flatten(), dim=0))
            said = f"The gradient of {name} has {ratio:.3g} times the right norm"
            wrong(f"{said} and cosine {turn:.3f}.", call=got.call)


# Step 8, continued: one direction


@about("nnclr_loss")
def test_one_direction_by_hand():
    """Views at 0 and 90 degrees find rows at 16 and 106; the predictions are at 37 and 90."""
    p2 = torch.tensor([[0.8, 0.6], [0.0, 1.0]])
    # cosines 0.936, 0.280 for the first neighbour and 0.352, 0.960 for the second
    expected = (math.log(1 + math.exp(-1.312)) + math.log(1 + math.exp(-1.216))) / 2
    call(nnclr_loss, at(0, 90), 3 * p2, support_of(FOUR), 0.5).gives(expected, rtol=1e-5)


@about("nnclr_loss")
def test_one_direction_equals_the_loops(oracle):
    """View 1 searches, and its neighbours are compared with the predictions of view 2."""
    for (B, Q, d), temperature in zip(SIZES[:3], [0.5, 0.1, 1], strict=True):
        support = random_support(Q, d, seed=Q, dtype=torch.float64)
        z1, p2 = (spread(B, d, seed=B + s, dtype=torch.float64) for s in (1, 60))
        expected = oracle("nnclr_loss")(z1, p2, support, temperature)
        call(nnclr_loss, z1, p2, support, temperature).gives(expected, rtol=1e-6)


@about("nnclr_loss")
def test_temperature_is_0_1_by_default(oracle):
    """tau is 0.1 by default, and may be given by name."""
    support = random_support(7, 5, seed=1, dtype=torch.float64)
    z1, p2 = (rand(3, 5, seed=s, dtype=torch.float64) for s in (2, 3))
    call(nnclr_loss, z1, p2, support).gives(oracle("nnclr_loss")(z1, p2, support, 0.1), rtol=1e-6)
    expected = oracle("nnclr_loss")(z1, p2, support, 0.3)
    call(nnclr_loss, z1, p2, support, temperature=0.3).gives(expected, rtol=1e-6)


@about("nnclr_loss")
def test_the_view_that_searches_gets_no_gradient(oracle):
    """The whole gradient reaches the predictions, and none reaches z1 or the support set."""
    support = random_support(7, 5, seed=4, dtype=torch.float64)
    z1, p2 = (rand(3, 5, seed=s, dtype=torch.float64).requires_grad_() for s in (5, 6))
    (expected,) = torch.autograd.grad(oracle("nnclr_loss")(z1, p2, support, 0.2), p2)
    got = call(nnclr_loss, z1, p2, support, 0.2)
    gradients_are(got, {"p2": p2}, [expected])
    (grad,) = torch.autograd.grad(nnclr_loss(z1, p2, support, 0.2), z1, allow_unused=True)
    if grad is not None and grad.abs().max() > 0:
        wrong("A gradient reaches z1 through its neighbour.", call=got.call, expected="none")


@about("nnclr_loss")
def test_the_loss_does_not_change_the_support_set():
    """nnclr_loss only searches; its caller decides when to push."""
    support = random_support(7, 5, seed=7)
    before = copy.deepcopy(support.state_dict())
    got = call(nnclr_loss, rand(3, 5, seed=8), rand(3, 5, seed=9), support)
    same_set(support, before, got.call)


@about("nnclr_loss")
def test_a_temperature_must_be_above_zero():
    """0, a negative temperature and NaN are refused; 0.01 is not."""
    z1, p2, support = rand(3, 5, seed=8), rand(3, 5, seed=9), random_support(7, 5, seed=7)
    call(nnclr_loss, z1, p2, support, 0.01)
    for temperature in (0.0, -0.5, math.nan):
        refuses(ValueError, nnclr_loss, z1, p2, support, temperature)


@about("nnclr_loss")
def test_one_direction_stays_on_its_device():
    """The right answers, 0 … B-1, must be on the same device as the predictions."""
    z1, p2 = rand(3, 5, seed=1), rand(3, 5, seed=2)
    for rows in (None, torch.arange(3)):
        stays_on_device(nnclr_loss, z1, p2, SupportSet(7, 5), 0.5, rows)


# Step 10: both directions


class Bent(nn.Module):
    """A small predictor that is not the identity, and the same each time it is made."""

    def __init__(self, d):
        super().__init__()
        self.first, self.second = nn.Linear(d, 7), nn.Linear(7, d)
        for number, p in enumerate(self.parameters()):
            p.data = rand(*p.shape, seed=number + 70) / 2

    def forward(self, z):
        return self.second(self.first(z).tanh())


def method_of(support, predictor=None, temperature=0.5, **settings):
    """NNCLR whose encoder and projector are never used."""
    recipe = Recipe(crop=0, flip=0, jitter=0, gray=0, blur=0)
    settings = {"temperature": temperature, "support_size": 8, **settings}
    method = bare_method(NNCLR, recipe, **settings)
    method.predictor, method.support = predictor or nn.Identity(), support
    return method.to(support.rows.dtype)


def two_directions(z1, z2, neighbours1, neighbours2, predictor, temperature):
    """The loss by its definition, in plain operations, with known neighbours."""
    losses = []
    for neighbours, z in [(neighbours1, z2), (neighbours2, z1)]:
        logits = neighbours @ F.normalize(predictor(z), dim=1).T / temperature
        losses.append(F.cross_entropy(logits, torch.arange(len(z))))
    return sum(losses) / 2


@about("NNCLR.loss")
def test_both_directions_by_hand():
    """View 1 finds rows at 16 and 106 degrees, and view 2 finds 53 and 106, without a predictor."""
    z1, z2 = at(0, 90), torch.tensor([[0.8, 0.6], [0.0, 1.0]])
    loss1 = math.log(1 + math.exp(-1.312)) + math.log(1 + math.exp(-1.216))
    loss2 = math.log(1 + math.exp(0.4)) + math.log(1 + math.exp(-2.48))
    got = call(method_of(support_of(FOUR)).loss, z1, z2, torch.arange(2))
    got.gives((loss1 + loss2) / 4, rtol=1e-5)


@about("NNCLR.loss")
def test_equal_predictions_cost_as_much_as_chance():
    """If all images get the same prediction, the loss is ln B, which `chance` returns."""
    for B, temperature in [(3, 0.5), (5, 0.1)]:
        same = nn.Linear(4, 4)
        same.weight.data.zero_()
        same.bias.data = torch.tensor([1.0, -2, 3, 0])
        method = method_of(random_support(11, 4, seed=1), same, temperature)
        z1, z2 = rand(B, 4, seed=2), rand(B, 4, seed=3)
        call(method.loss, z1, z2, torch.arange(B)).gives(math.log(B), rtol=1e-5)


@about("NNCLR.loss")
def test_both_directions_equal_the_loops(oracle):
    """The loss is the mean of both directions: neighbours of one view, predictions of the other."""
    for (B, Q, d), temperature in zip(
        [(3, 7, 5), (5, 11, 2), (7, 13, 3)], [0.5, 0.1, 1], strict=True
    ):
        support = random_support(Q, d, seed=Q, dtype=torch.float64)
        z1, z2 = (spread(B, d, seed=B + s, dtype=torch.float64) for s in (1, 80))
        method, index = method_of(support, Bent(d), temperature), torch.arange(B)
        expected = oracle("NNCLR.loss")(copy.deepcopy(method), z1, z2, index)
        call(method.loss, z1, z2, index).gives(expected, rtol=1e-6)


@about("NNCLR.loss")
def test_gradient_reaches_both_views_and_the_predictor(oracle):
    """Each view learns only through its prediction, and no graph stays in the support set."""
    support = random_support(7, 5, seed=1, dtype=torch.float64)
    z1, z2 = (rand(3, 5, seed=s, dtype=torch.float64).requires_grad_() for s in (2, 3))
    method, index = method_of(support, Bent(5), 0.3), torch.arange(3)
    inputs = {"z1": z1, "z2": z2} | {
        f"predictor.{n}": p for n, p in method.predictor.named_parameters()
    }
    n1, n2 = (support.nearest(z).clone() for z in (z1, z2))
    loss = two_directions(z1, z2, n1, n2, method.predictor, 0.3)
    expected = torch.autograd.grad(loss, list(inputs.values()))
    got = call(method.loss, z1, z2, index)
    gradients_are(got, inputs, expected)
    if method.support.rows.requires_grad:
        wrong("The support set requires a gradient now.", call=got.call)


@about("NNCLR.loss")
def test_each_view_searches_once():
    """The meters describe the neighbours that the loss has used; a new search may find others."""
    support = support_of([*FOUR, [0.8, 0.6]])
    method, find, searched = method_of(support, top_k=2), support.find, []

    def counted(z, *args, **settings):
        searched.append(len(z))
        return find(z, *args, **settings)

    support.find = counted
    got = call(method.loss, at(10, 100), at(30, 120), torch.arange(2) + 20)
    if sum(searched) != 4:
        said = "Two views of two images need four searches."
        wrong(said, call=got.call, expected=4, got=sum(searched))


@about("NNCLR.loss")
def test_each_view_passes_through_the_predictor_by_itself():
    """A batch norm in the predictor uses the statistics of one view, not of both."""
    for B, Q, d in [(3, 7, 5), (5, 11, 2)]:
        support = random_support(Q, d, seed=Q, dtype=torch.float64)
        z1 = rand(B, d, seed=1, dtype=torch.float64)
        z2 = 2 + rand(B, d, seed=2, dtype=torch.float64)
        predictor = nn.Sequential(nn.Linear(d, 6), nn.BatchNorm1d(6), nn.Linear(6, d))
        method = method_of(support, predictor, 0.5)
        n1, n2 = (support.nearest(z).clone() for z in (z1, z2))
        expected = two_directions(z1, z2, n1, n2, copy.deepcopy(method.predictor), 0.5)
        got = call(method.loss, z1, z2, torch.arange(B))
        got.gives(expected.detach(), rtol=1e-6, why="Each view has its own mean and variance.")


def step(method, z1, z2):
    """A step as in training, where `index` is on the CPU. The meters are left out."""
    method.health = lambda rows, index: {}
    return method.loss(z1, z2, torch.arange(len(z1)))


@about("NNCLR.loss")
def test_loss_of_the_method_stays_on_its_device():
    """The views may be on a GPU while `index` is on the CPU."""
    for candidates in ("batch", "all"):
        method = method_of(SupportSet(7, 5), Bent(5), candidates=candidates)
        stays_on_device(step, method, rand(3, 5, seed=1), rand(3, 5, seed=2))


# Step 11: the options of the method


@about("NNCLR.loss", step="the choices of the method")
def test_all_candidates_are_those_of_nt_xent(oracle):
    """With candidates="all", the loss is NT-Xent of neighbours and predictions."""
    for (B, Q, d), temperature in zip([(3, 7, 5), (5, 11, 2)], [0.5, 0.2], strict=True):
        support = random_support(Q, d, seed=Q, dtype=torch.float64)
        z1, z2 = (rand(B, d, seed=B + s, dtype=torch.float64) for s in (1, 90))
        method = method_of(support, Bent(d), temperature, candidates="all")
        expected = oracle("NNCLR.loss")(copy.deepcopy(method), z1, z2, torch.arange(B))
        call(method.loss, z1, z2, torch.arange(B)).gives(expected, rtol=1e-6)


@about("NNCLR.loss", step="the choices of the method")
def test_own_rows_count_only_if_allowed():
    """Rows 0 and 2 came from images 5 and 9: ignored by default, and found if allowed."""
    images = torch.tensor([5, 1, 9, 2])
    z1, z2, index = at(10, 100), at(20, 110), torch.tensor([5, 9])
    for exclude_same, first, second in [(True, [1, 1], [1, 1]), (False, [0, 2], [0, 2])]:
        support = support_of(FOUR, images=images)
        rows = support.rows.clone()
        expected = two_directions(z1, z2, rows[first], rows[second], nn.Identity(), 0.5)
        got = call(method_of(support, exclude_same=exclude_same).loss, z1, z2, index)
        got.gives(expected, rtol=1e-5, why=f"exclude_same is {exclude_same}.")


@about("NNCLR.loss", step="the choices of the method")
def test_top_k_takes_any_of_the_k_nearest():
    """With k = 2, two images and two views, there are 16 possible losses, one for each choice."""
    z1, z2, index = at(10, 100), at(30, 120), torch.arange(2)
    near = [support_of(FOUR).rows @ z.T for z in (z1, z2)]
    rows = support_of(FOUR).rows
    pairs = [[s[:, b].topk(2).indices.tolist() for b in range(2)] for s in near]
    allowed = []
    for a, b, c, d in product(*pairs[0], *pairs[1]):
        allowed.append(
            float(two_directions(z1, z2, rows[[a, b]], rows[[c, d]], nn.Identity(), 0.5))
        )
    method, seen = method_of(support_of(FOUR), top_k=2), set()
    others = {name: g.get_state() for name, g in method.generators.items() if name != "neighbours"}
    for _ in range(40):
        method.support = support_of(FOUR)
        before = torch.get_rng_state()
        got = call(method.loss, z1, z2, index)
        if not torch.equal(before, torch.get_rng_state()):
            said = "You draw from torch's global generator, which no checkpoint saves."
            wrong(said, call=got.call, expected='generators["neighbours"]')
        for name, state in others.items():
            if not torch.equal(state, method.generators[name].get_state()):
                said = f'You draw from generators["{name}"], so a search changes what it draws.'
                wrong(said, call=got.call, expected='generators["neighbours"]')
        near_by = [i for i, loss in enumerate(allowed) if abs(loss - float(got.value)) < 1e-5]
        if not near_by:
            said = (
                "one of 16 losses, "
                + ", ".join(f"{one:.4f}" for one in sorted(allowed)[:3])
                + ", …"
            )
            wrong("", call=got.call, expected=said, got=got.value)
        seen.add(near_by[0])
    if len(seen) < 4:
        wrong("40 steps chose the same few neighbours.", got=f"{len(seen)} choices")


# Step 12: search, then push


@about("NNCLR.loss", step="search, then push")
def test_no_view_finds_itself():
    """Even if own rows count, a view never finds a row that is pushed in the same step."""
    support = support_of(FOUR)
    rows, z1, z2 = support.rows.clone(), at(30, 150), at(31, 151)
    method = method_of(support, exclude_same=False)
    expected = two_directions(z1, z2, rows[[0, 3]], rows[[0, 3]], nn.Identity(), 0.5)
    got = call(method.loss, z1, z2, torch.tensor([6, 7]))
    got.gives(expected, rtol=1e-5, why="The rows at 16 and 180 degrees were there before.")


@about("NNCLR.loss", step="search, then push")
def test_view_1_joins_the_set_with_its_images():
    """After each step the set holds z1, normalised, and neither z2 nor a prediction."""
    support, index = empty(7, 5), torch.tensor([30, 10, 20])
    method = method_of(support, Bent(5))
    first, second = spread(3, 5, seed=1), spread(3, 5, seed=2)
    for z1 in (first, second):
        got = call(method.loss, z1, rand(3, 5, seed=3), index)
    expected = [(1, int(i), v) for i, v in zip(index, first, strict=True)]
    expected += [(0, int(i), v) for i, v in zip(index, second, strict=True)]
    holds(method.support, expected, "two steps, " + got.call)


@about("NNCLR.loss", step="search, then push")
def test_a_step_finds_what_earlier_steps_pushed():
    """In step 2, image 1 finds view 1 of image 0 from step 1, which is nearest."""
    method = method_of(empty(3, 2))
    method.loss(at(0, 90, 200), at(5, 95, 205), torch.tensor([0, 4, 8]))
    rows = F.normalize(at(0, 90, 200), dim=1)
    z1, z2 = at(10, 100, 190), at(11, 101, 191)
    expected = two_directions(z1, z2, rows, rows, nn.Identity(), 0.5)
    got = call(method.loss, z1, z2, torch.tensor([1, 5, 9]))
    got.gives(expected, rtol=1e-5, why="This is the second step.")


@about("NNCLR.loss", step="search, then push")
def test_meters_report_the_search():
    """In step 1 all rows are random; in step 2 all are real, and own rows are never chosen."""
    method = method_of(empty(3, 2), labels=torch.tensor([0, 1, 0, 1, 0, 1]))
    for step, z1, z2, index in [
        (1, at(0, 90, 200), at(5, 95, 205), [0, 1, 2]),
        (2, at(1, 91, 201), at(2, 10, 202), [0, 3, 2]),
    ]:
        index = torch.tensor(index)
        got = call(method.loss, z1, z2, index)
        meters = method.meters(z1, z2, index)
        expected = {"self_match": 0.0, "real": float(step == 2)}
        # in step 2 all find image 1, but view 2 of image 3 finds image 0; 1 in 6 shares its class
        if step == 2:
            expected |= {"neighbour_age": 1.0, "same_class": 1 / 6}
        for name, value in expected.items():
            if abs(meters.get(name, -1.0) - value) > 1e-6:
                said = f"In step {step}, the meter {name} is wrong. Is it computed before the push?"
                wrong(said, call=got.call, expected=value, got=meters.get(name, "nothing"))


# Step 13: a few steps of training


@about("NNCLR.loss", step="a few steps of training")
def test_training_changes_encoder_projector_and_predictor():
    """In forty steps, each with its own backward pass, everything learns and the loss falls."""
    torch.manual_seed(1)
    support, predictor = empty(20, 5), nn.Linear(5, 5)
    encoder, projector = nn.Linear(6, 8), nn.Linear(8, 5)
    method = method_of(support, predictor, 0.2)
    method.encoder, method.projector = encoder, projector
    x, losses = 3 * rand(8, 6, seed=1), []
    before = {name: p.detach().clone() for name, p in method.named_parameters()}
    for step in range(40):
        index = torch.arange(4) + 4 * (step % 2)
        z1, z2 = (method.project(x[index] + 0.1 * rand(4, 6, seed=s + step)) for s in (100, 200))
        loss = method.loss(z1, z2, index)
        method.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in method.parameters():
                p -= 0 if p.grad is None else 0.1 * p.grad
        losses.append(loss.item())
    for name, p in method.named_parameters():
        if torch.equal(p, before[name]):
            wrong(f"{name} has not changed, so no gradient reaches it.")
    start, end = sum(losses[:4]) / 4, sum(losses[-4:]) / 4
    if not end < start - 0.5:
        got = f"{start:.3f}, then {end:.3f}"
        wrong("The loss does not fall.", expected="about 2.5, then 0.5", got=got)
