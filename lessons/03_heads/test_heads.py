"""Lesson 3: heads, the small networks between the representation and the loss."""

from itertools import permutations

import pytest
import torch
from torch import nn

from lessons.course.check import Result, about, call, rand, same, wrong
from simclr_mini.heads import mlp, predictor, projector

# in, hidden, out: all different, and each of them once the smallest.
WIDTHS = [(7, 11, 3), (2, 5, 7), (5, 3, 11)]


# Step 1: the perceptron


@about("mlp")
def test_mlp_has_two_matrices_a_norm_and_one_offset():
    """To learn: W1, the norm's scale and offset, W2, b2; their shapes follow from the widths."""
    for D, hidden, d in WIDTHS:
        has_parameters(
            call(mlp, D, hidden, d), [(hidden, D), (hidden,), (hidden,), (d, hidden), (d,)]
        )


@about("mlp")
def test_mlp_by_hand():
    """All weights 3, b2 = 5: h = -1, 1 becomes -3, 3, normed -1, 1, so z = 5 and 5 + 3 + 3."""
    made = call(mlp, 1, 2, 1)
    by_hand(made, has_parameters(made, [(2, 1), (2,), (2,), (1, 2), (1,)]))


@about("mlp")
def test_mlp_is_its_equation_unit_by_unit(oracle):
    """z = W2 relu(norm(W1 h)) + b2, and so is its gradient for h; several widths and batches."""
    for B, (D, hidden, d) in zip([5, 3, 13], WIDTHS, strict=True):
        ours = oracle("mlp")(D, hidden, d)
        follows_the_equation(call(mlp, D, hidden, d), ours, rand(B, D, seed=B))


@about("mlp")
def test_mlp_does_not_see_what_the_batch_has_in_common():
    """The norm takes mean and size of the batch out: h, 4h and h + 10 give the same z."""
    h, made = rand(6, 7, seed=1, dtype=torch.float64), call(mlp, 7, 11, 3)
    is_module(made).double()
    z = apply(made, h).value
    for other in [4 * h, h + 10, 3 * h - torch.arange(7)]:
        why = "A factor or offset that the whole batch shares must vanish in the norm."
        apply(made, other).gives(z, rtol=1e-3, why=why)


@about("mlp")
def test_mlp_is_more_than_one_matrix():
    """Two matrices alone are one: f(a + b) = f(a) + f(b) - f(0). With a ReLU they are not."""
    made = call(mlp, 7, 32, 5)
    bends(made, 7)


@about("mlp")
def test_mlp_has_outputs_below_zero():
    """Nothing follows the second matrix: z has both signs, or no cosine could be below 0."""
    made = call(mlp, 7, 32, 16)
    both_signs(made, 7)


@about("mlp")
def test_mlp_lets_the_gradient_through():
    """The loss moves h (and with it the encoder) and every weight of the head."""
    made = call(mlp, 7, 11, 3)
    gradient_reaches_all(made, rand(5, 7, seed=2))


@about("mlp")
def test_mlp_in_evaluation_looks_at_one_row_at_a_time():
    """After training, a row gives the same z alone as among others: near its z in training."""
    h, made = rand(17, 7, seed=3), call(mlp, 7, 11, 3)
    stands_alone_in_evaluation(made, h)


@about("mlp")
def test_every_mlp_has_its_own_weights():
    """Two calls: two heads, that begin with other weights, and units that differ."""
    own_weights(call(mlp, 7, 11, 3), call(mlp, 7, 11, 3))


# Step 2: three projectors


@about("projector")
def test_none_is_the_identity():
    """z = h, of width D, whatever the other widths are; nothing to learn."""
    for B, (D, hidden, d) in zip([5, 1, 3], WIDTHS, strict=True):
        made = call(projector, "none", D, hidden, d)
        has_parameters(made, [])
        h = 10 * rand(B, D, seed=B)
        for mode in [True, False]:
            made.value.train(mode)
            apply(made, h).gives(h, rtol=0, why="The loss sees h itself.")
    h = h.requires_grad_()
    z = apply(made, h)
    if not z.value.requires_grad:
        wrong("The gradient is cut off: the encoder learns nothing.", call=z.call)
    (grad,) = torch.autograd.grad((3 * z.value).sum(), h)
    Result(f"the gradient of 3 z for h, {z.call}", grad).gives(torch.full_like(h, 3.0))


@about("projector")
def test_linear_is_one_matrix_and_an_offset(oracle):
    """z = W h + b: a matrix (d, D) and an offset (d,); the hidden width is not used."""
    for B, (D, hidden, d) in zip([5, 3, 1], WIDTHS, strict=True):
        ours = oracle("projector")("linear", D, hidden, d)
        follows_the_equation(call(projector, "linear", D, hidden, d), ours, rand(B, D, seed=B))


@about("projector")
def test_linear_by_hand():
    """W = 1 everywhere, b = -4: (1, 2) gives -1, and (5, 2) gives 3; nothing is cut at 0."""
    made = call(projector, "linear", 2, 5, 1)
    for p in has_parameters(made, [(1, 2), (1,)]):
        p.data.fill_(1.0 if p.dim() == 2 else -4.0)
    expected = torch.tensor([[-1.0], [3.0]])
    apply(made, torch.tensor([[1.0, 2.0], [5.0, 2.0]])).gives(expected)


@about("projector")
def test_projector_mlp_is_its_equation_unit_by_unit(oracle):
    """The hidden layer has the hidden width, the result width d; z is not normalised."""
    for B, (D, hidden, d) in zip([3, 5, 13], WIDTHS, strict=True):
        ours = oracle("projector")("mlp", D, hidden, d)
        follows_the_equation(call(projector, "mlp", D, hidden, d), ours, rand(B, D, seed=B))


@about("projector")
def test_only_the_mlp_bends():
    """ "linear" is one matrix however it is fed, "mlp" is not."""
    bends(call(projector, "mlp", 7, 32, 5), 7)
    bends(call(projector, "linear", 7, 32, 5), 7, expected=False)


@about("projector")
def test_every_projector_lets_the_gradient_through():
    """Whatever the kind: h is left as it was, and learns; so does every weight of the head."""
    for kind in ["none", "linear", "mlp"]:
        gradient_reaches_all(call(projector, kind, 7, 11, 3), rand(5, 7, seed=2))


@about("projector")
def test_projector_works_in_evaluation():
    """After training, a row gives the same z alone as among others."""
    for kind in ["linear", "mlp"]:
        stands_alone_in_evaluation(call(projector, kind, 7, 11, 3), rand(17, 7, seed=3))


@about("projector")
def test_every_projector_has_its_own_weights():
    """A second method gets a second head."""
    for kind in ["linear", "mlp"]:
        own_weights(call(projector, kind, 7, 11, 3), call(projector, kind, 7, 11, 3))


@about("projector")
def test_another_kind_is_refused():
    """A typing error must not train another head in silence."""
    for kind in ["MLP", "", "nonlinear", "linear "]:
        with pytest.raises(ValueError):
            made = projector(kind, 7, 6, 3)
            wrong(call=f'projector("{kind}", 7, 6, 3)', expected="a ValueError", got=made)


# Step 3: the predictor


@about("predictor")
def test_predictor_goes_to_the_hidden_width_and_back():
    """p is compared with a z, so it is as wide; the hidden layer may be narrower or wider."""
    for d, hidden in [(7, 11), (5, 2), (3, 7)]:
        made = call(predictor, d, hidden)
        has_parameters(made, [(hidden, d), (hidden,), (hidden,), (d, hidden), (d,)])
        z = apply(made, rand(5, d, seed=1))
        if z.value.shape != (5, d):
            wrong(call=z.call, expected=f"shape (5, {d})", got=f"shape {tuple(z.value.shape)}")


@about("predictor")
def test_predictor_by_hand():
    """All weights 3, b2 = 5: z = -1 and 1 give p = 5 and 11. Nothing of z is added to that."""
    made = call(predictor, 1, 2)
    by_hand(made, has_parameters(made, [(2, 1), (2,), (2,), (1, 2), (1,)]))


@about("predictor")
def test_predictor_is_its_equation_unit_by_unit(oracle):
    """p = W2 relu(norm(W1 z)) + b2, and so is its gradient for z."""
    for B, (d, hidden) in zip([5, 3, 13], [(7, 11), (5, 2), (3, 7)], strict=True):
        ours = oracle("predictor")(d, hidden)
        follows_the_equation(call(predictor, d, hidden), ours, rand(B, d, seed=B), "z")


@about("predictor")
def test_predictor_bends_and_has_both_signs():
    """A ReLU between the matrices, and none after them."""
    bends(call(predictor, 7, 32), 7)
    both_signs(call(predictor, 16, 32), 16)


@about("predictor")
def test_predictor_lets_the_gradient_through():
    """The prediction's gradient reaches z (stop it at the target, not here) and all weights."""
    gradient_reaches_all(call(predictor, 7, 11), rand(5, 7, seed=2), "z")


@about("predictor")
def test_predictor_works_in_evaluation():
    """After training, a row gives the same p alone as among others."""
    stands_alone_in_evaluation(call(predictor, 7, 11), rand(17, 7, seed=3), "z")


@about("predictor")
def test_every_predictor_has_its_own_weights():
    """Two calls, two heads."""
    own_weights(call(predictor, 7, 11), call(predictor, 7, 11))


# What the tests share. Names and order of a head's layers are free, and so is how it is stored.


def is_module(made: Result) -> nn.Module:
    """The head, if it is one."""
    if not isinstance(made.value, nn.Module):
        got = "None: is there a `return`?" if made.value is None else type(made.value).__name__
        wrong(call=made.call, expected="an nn.Module", got=got)
    return made.value


def apply(made: Result, h, name: str = "h") -> Result:
    """z, and how it came; refuses a head that changes h."""
    given = h.clone()
    z = is_module(made)(given)
    text = f"{made.call} of {name} {tuple(h.shape)}"
    if not same(given.detach(), h.detach()):
        said = f"The head changes {name} in place: whoever else uses {name} gets other numbers."
        wrong(said, call=text)
    if not isinstance(z, torch.Tensor):
        wrong(call=text, expected="a tensor", got=type(z).__name__)
    return Result(text, z)


def has_parameters(made: Result, shapes: list) -> list:
    """The parameters of the head: these shapes, in any order, a matrix either way round."""
    parameters = list(is_module(made).parameters())
    got = sorted(tuple(p.shape) for p in parameters)
    if sorted(map(sorted, got)) != sorted(map(sorted, shapes)):
        said = "The shapes of what the head can learn, in any order:"
        expected, came = (" ".join(map(str, sorted(s))) or "nothing" for s in (shapes, got))
        wrong(said, call=made.call, expected=expected, got=came)
    return parameters


def fill(head: nn.Module) -> None:
    """Numbers in every parameter, so that each of them shows; some units are far above 0."""
    for i, p in enumerate(head.parameters()):
        p.data.copy_(rand(*p.shape, seed=20 + i) * (8 if p.dim() == 1 else 1))


def by_hand(made: Result, parameters: list) -> None:
    """Weights 3, second offset 5; the norm's scale 1 and offset 0 as they begin."""
    for p in parameters:
        if p.dim() == 2 or len(p) == 1:
            p.data.fill_(3.0 if p.dim() == 2 else 5.0)
    expected = torch.tensor([[5.0], [11.0]])
    for a, b in [(-1.0, 1.0), (10.0, 12.0)]:
        apply(made, torch.tensor([[a], [b]])).gives(expected, rtol=1e-4)


def follows_the_equation(made: Result, ours: nn.Module, h, name: str = "h") -> None:
    """z and its gradient, in float64, are those of `ours` with the same numbers in it.

    Which parameter is which is found by trying all places where its shape fits.
    """
    h = h.double().requires_grad_()
    ours = ours.double()
    has_parameters(made, [tuple(p.shape) for p in ours.parameters()])
    head = made.value.double()
    fill(head)
    z = apply(made, h, name)
    expected = assigned(ours, head, h)
    for seen, _ in expected:
        if z.value.shape == seen.shape and torch.allclose(z.value, seen, rtol=1e-6, atol=1e-9):
            break
    else:
        z.gives(expected[0][0], rtol=1e-6)
    grad = gradient(z.value, h)
    if grad is None:
        wrong(
            f"No gradient reaches {name}: what comes before the head learns nothing.", call=z.call
        )
    if not any(torch.allclose(grad, want, rtol=1e-6, atol=1e-8) for _, want in expected):
        wrong(f"z is right, but its gradient for {name} is another.", call=z.call)


def assigned(ours: nn.Module, head: nn.Module, h):
    """Our z and gradient, for each way of putting the other head's numbers in our places."""
    places, seen = list(ours.parameters()), []
    for order in permutations(p.detach() for p in head.parameters()):
        if all(sorted(a.shape) == sorted(b.shape) for a, b in zip(places, order, strict=True)):
            for place, p in zip(places, order, strict=True):
                place.data.copy_(p if p.shape == place.shape else p.T)
            z = ours(h)
            seen.append((z.detach(), gradient(z, h)))
    return seen


def gradient(z, h):
    """Of a weighted sum of z, for h."""
    if not z.requires_grad:
        return None
    weights = rand(*z.shape, seed=9, dtype=z.dtype)
    return torch.autograd.grad((z * weights).sum(), h, allow_unused=True)[0]


def bends(made: Result, width: int, expected: bool = True) -> None:
    """Whether f(a + b) = f(a) + f(b) - f(0) fails, as it must for two matrices and a ReLU."""
    is_module(made).eval()
    a, b = 2 * rand(2, 40, width, seed=5)
    with torch.no_grad():
        together = apply(made, a + b)
        apart = made.value(a) + made.value(b) - made.value(0 * a)
    bent = (together.value - apart).abs().max() > 1e-3
    if bent != expected:
        said = "It is one matrix and an offset" if expected else "It is more than one matrix"
        wrong(f"{said}: f(a + b) and f(a) + f(b) - f(0) say so.", call=together.call)


def both_signs(made: Result, width: int) -> None:
    z = apply(made, rand(64, width, seed=6))
    if not z.value.min() < 0 < z.value.max():
        got = f"{z.value.min().item():.3f} to {z.value.max().item():.3f}"
        wrong(call=z.call, expected="numbers above and below 0", got=got)


def gradient_reaches_all(made: Result, h, name: str = "h") -> None:
    """A gradient other than 0 for h and for every parameter."""
    h = h.requires_grad_()
    z = apply(made, h, name)
    said = f"No gradient reaches {name}: what comes before the head learns nothing."
    if not z.value.requires_grad:
        wrong(said, call=z.call)
    (z.value * rand(*z.value.shape, seed=9)).sum().backward()
    if h.grad is None or h.grad.abs().max() < 1e-6:
        wrong(said, call=z.call)
    for p in made.value.parameters():
        if p.grad is None or p.grad.abs().max() == 0:
            shape = tuple(p.shape)
            wrong(f"A parameter of shape {shape} of the head gets no gradient.", call=z.call)


def stands_alone_in_evaluation(made: Result, h, name: str = "h") -> None:
    with torch.no_grad():
        is_module(made).train()
        for _ in range(40):
            trained = made.value(h)
        made.value.eval()
        among = apply(made, h, name).value
        why = "In evaluation, a row's result must not depend on the other rows."
        for rows in [slice(0, 1), slice(3, 5)]:
            apply(made, h[rows], name).gives(among[rows], rtol=1e-4, why=why)
        again = apply(made, h, name)
        again.gives(among, rtol=1e-4, why="In evaluation, the same rows give the same result.")
        why = "In evaluation, the norm uses the mean and variance that it saw in training."
        again.gives(trained, rtol=0.1, why=why)


def own_weights(one: Result, other: Result) -> None:
    first, second = (list(is_module(made).parameters()) for made in (one, other))
    if {id(p) for p in first} & {id(p) for p in second}:
        wrong("Two calls return heads with the same weights: training one changes the other.")
    matrices = [p for p in first if p.dim() == 2]
    for p, q in zip(matrices, [p for p in second if p.dim() == 2], strict=True):
        if torch.equal(p, q):
            wrong("Two heads begin with equal numbers: weights must be drawn.", call=one.call)
        if any((p - p.select(i, 0).unsqueeze(i)).abs().max() == 0 for i in (0, 1)):
            wrong("All units begin equal, so they stay equal: draw the weights.", call=one.call)
