"""Lesson 4: NT-Xent, from the cosine of two views to the loss."""

import math

import torch
import torch.nn.functional as F

from lessons.course.check import Result, about, call, is_finite, rand, refuses, wrong
from lessons.course.device import stays_on_device
from simclr_mini.nt_xent import (
    candidate_logits,
    nt_xent_loss,
    positive_index,
    similarity_matrix,
)

# Odd and prime sizes, so that a wrong broadcast crashes or gives a wrong result
SIZES = [(3, 5), (5, 2), (2, 7)]


def views(B, d, dtype=torch.float32):
    """Projections of two views, with very different norms."""
    lengths = torch.linspace(0.2, 6, B, dtype=dtype)[:, None]
    return rand(B, d, seed=B, dtype=dtype) * lengths, rand(B, d, seed=d + 50, dtype=dtype)


# Step 1: the cosine of every view with every view


@about("similarity_matrix")
def test_similarity_by_hand():
    """The cosine of (3, 0) and (1, 1) is 1/√2, and that of (3, 0) and (0, -2) is 0."""
    z1 = torch.tensor([[3.0, 0.0], [1.0, 1.0]])
    z2 = torch.tensor([[0.0, -2.0], [-4.0, 0.0]])
    r = 1 / math.sqrt(2)
    expected = [[1, r, 0, -1], [r, 1, -r, -r], [0, -r, 1, 0], [-1, -r, 0, 1]]
    call(similarity_matrix, z1, z2).gives(torch.tensor(expected), atol=1e-6)


@about("similarity_matrix")
def test_similarity_is_the_cosine_pair_by_pair(oracle):
    """Every entry is u·v / (|u| |v|); rows and columns hold z1's views first, then z2's."""
    for B, d in SIZES:
        z1, z2 = views(B, d, torch.float64)
        expected = oracle("similarity_matrix")(z1, z2)
        got = call(similarity_matrix, z1, z2).gives(expected, rtol=1e-5, atol=1e-5)
        has_type(got, torch.float64)
        got = call(similarity_matrix, z1.float(), z2.float())
        has_type(got.gives(expected, rtol=1e-5, atol=1e-5), torch.float32)


@about("similarity_matrix")
def test_similarity_does_not_depend_on_lengths():
    """Vectors that are ten times as long, or a millionth as long, have the same cosine."""
    z1, z2 = views(3, 5)
    expected = similarity_matrix(z1, z2)
    for a, b in [(10, 0.1), (1e-2, 1e-2), (1e-6, 1e-5), (1, 1e4)]:
        why = "Only the direction may matter; the expected values are yours before scaling."
        call(similarity_matrix, a * z1, b * z2).gives(expected, rtol=5e-3, why=why)


@about("similarity_matrix")
def test_a_row_of_zeros_is_similar_to_none():
    """A collapsed head may return zeros. Their cosines are 0, so that the loss is finite."""
    z1, z2 = rand(3, 5, seed=1), rand(3, 5, seed=2)
    z1[1] = z2[0] = 0
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    call(similarity_matrix, z1, z2).gives(z @ z.T)
    got = call(similarity_matrix, z1.requires_grad_(), z2)
    (gradient,) = torch.autograd.grad(got.value.sum(), z1)
    is_finite(gradient, "z1", got.call)


@about("similarity_matrix")
def test_similarity_sends_its_gradient_to_both_views(oracle):
    """The gradients for z1 and z2 equal those of the loops, including the part through |u|."""
    z1, z2 = (z.requires_grad_() for z in views(3, 5, torch.float64))
    weights = rand(6, 6, seed=9, dtype=torch.float64)
    expected = torch.autograd.grad((oracle("similarity_matrix")(z1, z2) * weights).sum(), (z1, z2))
    got = call(similarity_matrix, z1, z2)
    if not got.value.requires_grad:
        wrong("No gradient reaches the views.", call=got.call, expected="a result with grad_fn")
    grads = torch.autograd.grad((got.value * weights).sum(), (z1, z2), allow_unused=True)
    for name, grad, want in zip(["z1", "z2"], grads, expected, strict=True):
        gradient_is(grad, want, name, got.call)


@about("similarity_matrix")
def test_similarity_of_half_precision_is_computed_in_float32():
    """The square of 300 is infinite in float16, but 90,000 in float32."""
    z1, z2 = (300 * rand(3, 5, seed=s) for s in (1, 2))
    for half in (torch.float16, torch.bfloat16):
        expected = similarity_matrix(z1.to(half).float(), z2.to(half).float())
        got = call(similarity_matrix, z1.to(half), z2.to(half))
        if got.value.dtype in (torch.float16, torch.bfloat16):
            said = "The result has half precision."
            wrong(said, call=got.call, expected="torch.float32", got=got.value.dtype)
        has_type(got, torch.float32)
        got.gives(expected, rtol=1e-5, why="The expected values are your own float32 result.")


@about("similarity_matrix")
def test_similarity_stays_on_its_device():
    """Every tensor that you make must be on the same device as the projections."""
    stays_on_device(similarity_matrix, *views(3, 5))


# Step 2: the other view of each image


@about("positive_index")
def test_positive_of_three_images():
    """In the order a b c A B C, the partners of a b c are rows 3 4 5, those of A B C rows 0 1 2."""
    got = call(positive_index, 3).gives(torch.tensor([3, 4, 5, 0, 1, 2]))
    if got.value.dtype != torch.int64:
        wrong("An index must be int64.", call=got.call, expected="torch.int64", got=got.value.dtype)


@about("positive_index")
def test_the_partner_of_the_partner_is_the_view_itself():
    """The partner is B rows away for every B, and its partner is the view itself."""
    for B in [1, 2, 5, 8]:
        got = call(positive_index, B).gives(torch.arange(2 * B).roll(B))
        back = got.value[got.value]
        assert torch.equal(back, torch.arange(2 * B)), "the partner of the partner is another view"


@about("positive_index")
def test_each_call_makes_an_index_of_its_own():
    """A caller may change an index in place, for a larger table, without affecting the next one."""
    first = call(positive_index, 3).value.add_(100)
    again = call(positive_index, 3)
    found = again.value.clone()
    first.sub_(100)  # if it is the same tensor, undo this for later tests
    Result(again.call, found).gives(
        torch.tensor([3, 4, 5, 0, 1, 2]), why="The previous call's index was changed in place."
    )


@about("positive_index")
def test_the_partner_is_the_equal_view_if_pairs_are_equal():
    """If the two views of each image are equal, each view has a cosine of 1 with its partner."""
    z = rand(5, 7, seed=4)
    similarity = torch.nn.functional.normalize(torch.cat([z, z]), dim=1)
    similarity = similarity @ similarity.T
    index = call(positive_index, 5).value
    assert index.shape == (10,), f"10 views need 10 partners; the shape is {tuple(index.shape)}"
    picked = similarity[torch.arange(10), index]
    compare_to_one = torch.ones(10)
    if not torch.allclose(picked, compare_to_one, atol=1e-5):
        row = int((picked - 1).abs().argmax())
        said = f"Your partner of row {row} is row {int(index[row])}."
        wrong(said, expected=f"row {(row + 5) % 10}")
    own = (index == torch.arange(10)).nonzero()
    if len(own):
        said = f"Your partner of row {int(own[0])} is the row itself."
        wrong(said, expected=f"row {(int(own[0]) + 5) % 10}")


@about("positive_index")
def test_the_index_is_on_the_device_that_is_asked_for():
    """On a GPU, an index on the CPU would end the training. Here `meta` stands for the GPU."""
    got = call(positive_index, 3, "meta")
    where = getattr(got.value, "device", None)
    if str(where) != "meta":
        wrong("The index is on the wrong device.", call=got.call, expected="meta", got=str(where))
    with torch.device("meta"):
        got = call(positive_index, 3)
    where = getattr(got.value, "device", None)
    if str(where) != "meta":
        said = "None means torch's default device, which `with torch.device` changes."
        wrong(said, call=got.call, expected="meta", got=str(where))


# Step 3: the candidates of the softmax


@about("candidate_logits")
def test_logits_by_hand():
    """0.6 / 0.5 is 1.2; the diagonal is not a candidate, so it is -inf, and exp(-inf) is 0."""
    similarity = torch.tensor([[1.0, 0.6], [-0.2, 1.0]])
    expected = torch.tensor([[-math.inf, 1.2], [-0.4, -math.inf]])
    call(candidate_logits, similarity, 0.5).gives(expected, rtol=1e-6)


@about("candidate_logits")
def test_logits_are_similarity_over_temperature(oracle):
    """Off the diagonal, a logit is s / tau, at every temperature."""
    for B, temperature in [(1, 1.0), (3, 0.07), (5, 2.0)]:
        similarity = rand(2 * B, 2 * B, seed=B, dtype=torch.float64).tanh()
        expected = oracle("candidate_logits")(similarity, temperature)
        got = call(candidate_logits, similarity, temperature).gives(expected, rtol=1e-9)
        has_type(got, torch.float64)
        has_type(call(candidate_logits, similarity.float(), temperature), torch.float32)


@about("candidate_logits")
def test_a_view_has_no_share_in_its_own_softmax():
    """The softmax of a row gives exactly 0 to the view itself, and more to all others."""
    opposite = torch.eye(6) * 2 - 1  # 1 with itself, -1 with the others
    for similarity, temperature in [(opposite, 0.1), (opposite, 1.0), (torch.ones(6, 6), 1.0)]:
        got = call(candidate_logits, similarity, temperature)
        share = got.value.softmax(dim=1)
        why = "The view itself still has a share of the softmax."
        if share.diagonal().max() > 0:
            wrong(why, call=got.call, expected=0.0, got=share.diagonal().max())
        expected = (1 - torch.eye(6)) / 5
        if not torch.allclose(share, expected, atol=1e-6):
            said = "Five equal candidates must have equal shares."
            wrong(said, call=got.call, expected="1/5 each", got=share[0])


@about("candidate_logits")
def test_logits_send_a_gradient_to_every_candidate():
    """The gradient of a logit with respect to its similarity is 1 / tau, and 0 on the diagonal."""
    similarity = rand(6, 6, seed=2).tanh().requires_grad_()
    for temperature in [0.5, 0.2]:
        got = call(candidate_logits, similarity, temperature)
        if not got.value.requires_grad:
            wrong("No gradient reaches the similarities.", call=got.call)
        off = ~torch.eye(6, dtype=torch.bool)
        (grad,) = torch.autograd.grad(got.value[off].sum(), similarity)
        gradient_is(grad, (1 - torch.eye(6)) / temperature, "similarity", got.call)


@about("candidate_logits")
def test_logits_stay_on_their_device():
    """The mask must be made where the similarities are."""
    stays_on_device(candidate_logits, rand(6, 6, seed=1), 0.5)


# Step 4: the loss


@about("nt_xent_loss")
def test_loss_of_equal_projections_is_the_log_of_2b_minus_1():
    """If all projections are equal, so are the 2B - 1 candidates, and the loss is ln(2B - 1)."""
    for B in [2, 6]:
        z = torch.ones(B, 4)
        for temperature in [0.5, 0.1]:
            call(nt_xent_loss, z, z, temperature).gives(math.log(2 * B - 1), rtol=1e-6)


@about("nt_xent_loss")
def test_loss_of_orthogonal_images_by_hand():
    """If pairs are equal and images orthogonal, L = -ln(e^(1/tau) / (e^(1/tau) + 2B - 2))."""
    for B, temperature in [(3, 0.5), (5, 1.0)]:
        z = torch.eye(B)
        expected = math.log(1 + (2 * B - 2) * math.exp(-1 / temperature))
        call(nt_xent_loss, 2 * z, 3 * z, temperature).gives(expected, rtol=1e-5)


@about("nt_xent_loss")
def test_loss_equals_equation_1_in_loops(oracle):
    """The loss equals the sum over anchors and candidates, for several sizes and temperatures."""
    for (B, d), temperature in zip([*SIZES, (11, 3)], [0.5, 0.1, 1.0, 0.2], strict=True):
        z1, z2 = views(B, d, torch.float64)
        expected = oracle("nt_xent_loss")(z1, z2, temperature)
        call(nt_xent_loss, z1, z2, temperature).gives(expected, rtol=1e-4)
        call(nt_xent_loss, z1.float(), z2.float(), temperature).gives(expected, rtol=1e-4)


@about("nt_xent_loss")
def test_arguments_that_have_no_loss_are_refused():
    """Two images or more, two equal shapes and a temperature above 0 are needed."""
    z1, z2 = rand(3, 5, seed=1), rand(3, 5, seed=2)
    call(nt_xent_loss, z1, z2, 0.5)
    for one, other in [(z1[:1], z2[:1]), (z1, z2[:2]), (z1, z2[:, :4])]:
        refuses(ValueError, nt_xent_loss, one, other, 0.5)
    for temperature in (0.0, -0.5, math.nan):
        refuses(ValueError, nt_xent_loss, z1, z2, temperature)


@about("nt_xent_loss")
def test_the_default_temperature_is_a_half(oracle):
    """If the caller gives no temperature, 0.5 is used; it may also be given by name."""
    z1, z2 = views(3, 5, torch.float64)
    call(nt_xent_loss, z1, z2).gives(oracle("nt_xent_loss")(z1, z2, 0.5), rtol=1e-4)
    expected = oracle("nt_xent_loss")(z1, z2, 0.3)
    call(nt_xent_loss, z1, z2, temperature=0.3).gives(expected, rtol=1e-4)


@about("nt_xent_loss")
def test_loss_does_not_depend_on_which_view_is_first():
    """Both views are anchors, so L(z1, z2) = L(z2, z1)."""
    for B, d in SIZES:
        z1, z2 = views(B, d)
        call(nt_xent_loss, z2, z1, 0.2).gives(nt_xent_loss(z1, z2, 0.2), rtol=1e-5)


@about("nt_xent_loss")
def test_loss_does_not_depend_on_the_order_of_images():
    """The images of a batch have no order, but row b of z2 must belong to row b of z1."""
    z1, z2 = views(5, 3)
    order = torch.tensor([3, 0, 4, 1, 2])
    loss = nt_xent_loss(z1, z2, 0.3)
    call(nt_xent_loss, z1[order], z2[order], 0.3).gives(loss, rtol=1e-5)
    apart = call(nt_xent_loss, z1, z1[order], 0.3)
    together = nt_xent_loss(z1, z1, 0.3)
    if not apart.value > together:
        said = "The loss must be higher if the partners are views of other images."
        wrong(said, call=apart.call, expected=f"more than {together.item():.4f}", got=apart.value)


@about("nt_xent_loss")
def test_gradients_stay_off_where_they_are_off():
    """A validation loss is computed inside `torch.no_grad()`."""
    with torch.no_grad():
        call(nt_xent_loss, rand(5, 3, seed=1), rand(5, 3, seed=2), 0.5)


@about("nt_xent_loss")
def test_a_broken_projection_is_not_hidden():
    """If an entry of z1 is NaN, the loss is not finite either, so that training can stop."""
    z1, z2 = rand(5, 3, seed=1), rand(5, 3, seed=2)
    z1[2, 1] = math.nan
    got = call(nt_xent_loss, z1, z2, 0.5)
    if math.isfinite(float(got.value)):
        wrong("", call=got.call, expected="nan", got=got.value)


@about("nt_xent_loss")
def test_loss_sends_its_gradient_to_both_views(oracle):
    """The gradients for z1 and z2 have the right direction and size."""
    for (B, d), temperature in zip(SIZES, [0.5, 0.2, 1.0], strict=True):
        z1, z2 = (z.requires_grad_() for z in views(B, d, torch.float64))
        expected = torch.autograd.grad(oracle("nt_xent_loss")(z1, z2, temperature), (z1, z2))
        got = call(nt_xent_loss, z1, z2, temperature)
        if not got.value.requires_grad:
            wrong("No gradient reaches the views.", call=got.call)
        grads = torch.autograd.grad(got.value, (z1, z2), allow_unused=True)
        for name, grad, want in zip(["z1", "z2"], grads, expected, strict=True):
            gradient_is(grad, want, name, got.call)


@about("nt_xent_loss")
def test_loss_of_half_precision_is_computed_in_float32():
    """If entries are in the hundreds, norms and inner products overflow in float16."""
    for half in (torch.float16, torch.bfloat16):
        z1, z2 = ((300 * z).to(half) for z in views(5, 3))
        expected = nt_xent_loss(z1.float(), z2.float(), 0.2)
        got = call(nt_xent_loss, z1, z2, 0.2)
        if got.value.dtype in (torch.float16, torch.bfloat16):
            said = "The loss has half precision."
            wrong(said, call=got.call, expected="float32 or wider", got=got.value.dtype)
        got.gives(expected, rtol=1e-4, why="The expected values are your own float32 result.")


@about("nt_xent_loss")
def test_loss_stays_on_its_device():
    """Every tensor that you make must be on the same device as the projections."""
    stays_on_device(nt_xent_loss, *views(3, 5), 0.5)


# Step 5: stability at low temperature


@about("nt_xent_loss", step="stability at low temperature")
def test_loss_is_right_at_a_temperature_of_a_hundredth(oracle):
    """The exp of logits above 88 overflows in float32, but differences of logits do not."""
    for (B, d), temperature in zip(SIZES, [0.01, 0.005, 0.02], strict=True):
        z1, z2 = (z.float() for z in views(B, d, torch.float64))
        expected = oracle("nt_xent_loss")(z1.double(), z2.double(), temperature).item()
        call(nt_xent_loss, z1, z2, temperature).gives(expected, rtol=1e-4, atol=1e-4)


@about("nt_xent_loss", step="stability at low temperature")
def test_loss_of_good_pairs_at_a_low_temperature():
    """For equal pairs and orthogonal images the loss is nearly 0, and never negative."""
    for temperature in [0.05, 0.01]:
        z = torch.eye(5)
        expected = math.log1p(8 * math.exp(-1 / temperature))
        got = call(nt_xent_loss, z, z, temperature).gives(expected, atol=1e-6)
        assert got.value >= 0, "a cross entropy cannot be negative"


@about("nt_xent_loss", step="stability at low temperature")
def test_gradient_is_finite_at_a_low_temperature():
    """A single NaN in the gradient would end the training."""
    z1, z2 = (z.requires_grad_() for z in views(5, 3))
    got = call(nt_xent_loss, z1, z2, 0.005)
    if not got.value.requires_grad:
        wrong("The loss has no gradient.", call=got.call, expected="a scalar with grad_fn")
    grads = torch.autograd.grad(got.value, (z1, z2), allow_unused=True)
    for name, grad in zip(("z1", "z2"), grads, strict=True):
        if grad is None:
            wrong(f"No gradient reaches {name}.", call=got.call)
        if not torch.isfinite(grad).all():
            wrong(f"The gradient of {name} contains NaN or infinity.", call=got.call)
    assert sum(grad.abs().sum() for grad in grads) > 0, "the gradient is 0"


def has_type(got, dtype):
    """A result has this type."""
    if got.value.dtype != dtype:
        said = "The result does not have the dtype that the docstring states."
        wrong(said, call=got.call, expected=str(dtype), got=str(got.value.dtype))


def gradient_is(grad, expected, name, call):
    """A gradient exists, and has the right value."""
    if grad is None:
        wrong(f"No gradient reaches {name}.", call=call, expected="a gradient", got=grad)
    is_finite(grad, name, call)
    if not torch.allclose(grad, expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max())):
        ratio = float(grad.norm() / expected.norm())
        turn = float(torch.cosine_similarity(grad.flatten(), expected.flatten(), dim=0))
        said = f"The gradient of {name} has {ratio:.3g} times the right norm and cosine {turn:.3f}."
        wrong(said, call=call, expected=expected.flatten()[:4], got=grad.flatten()[:4])
