"""Lesson 3: heads, the small networks between the representation and the loss."""

import copy
from itertools import permutations

import torch
from torch import nn

from lessons.course.check import Result, Wrong, about, call, rand, refuses, same, wrong
from simclr_mini.heads import mlp, predictor, projector

# (input, hidden, output) widths, all different; each of the three is the smallest once
WIDTHS = [(7, 11, 3), (2, 5, 7), (5, 3, 11)]


# Step 1: the MLP


@about("mlp")
def test_mlp_has_two_matrices_a_norm_and_one_bias():
    """The parameters are W1, the norm's scale and shift, W2 and b2, of the right shapes."""
    for D, hidden, d in WIDTHS:
        has_parameters(
            call(mlp, D, hidden, d), [(hidden, D), (hidden,), (hidden,), (d, hidden), (d,)]
        )


@about("mlp")
def test_mlp_by_hand():
    """With weights of 3 and b2 = 5, h = -1 and 1 become -3 and 3, then -1 and 1, then 5 and 11."""
    made = call(mlp, 1, 2, 1)
    by_hand(made, has_parameters(made, [(2, 1), (2,), (2,), (1, 2), (1,)]))


@about("mlp")
def test_mlp_equals_its_equation_unit_by_unit(oracle):
    """z is W2 relu(norm(W1 h)) + b2, and the gradient that reaches h is right, too."""
    for B, (D, hidden, d) in zip([5, 3, 13], WIDTHS, strict=True):
        ours = oracle("mlp")(D, hidden, d)
        follows_the_equation(call(mlp, D, hidden, d), ours, rand(B, D, seed=B))


@about("mlp")
def test_mlp_ignores_scale_and_offset_of_the_whole_batch():
    """The norm removes mean and scale of the batch, so h, 4h and h + 10 give the same z."""
    h, made = rand(6, 7, seed=1, dtype=torch.float64), call(mlp, 7, 11, 3)
    is_module(made).double()
    z = apply(made, h).value
    for other in [4 * h, h + 10, 3 * h - torch.arange(7)]:
        why = "The norm must remove a factor or an offset that the whole batch shares."
        apply(made, other).gives(z, rtol=1e-3, why=why)


@about("mlp")
def test_a_loaded_head_gives_the_same_projections():
    """A checkpoint holds the parameters and the norm's running statistics."""
    h, made = rand(9, 7, seed=1, dtype=torch.float64) + 2, call(mlp, 7, 11, 3)
    first, second = is_module(made).double(), is_module(call(mlp, 7, 11, 3)).double()
    first(h)
    second.load_state_dict(first.state_dict())
    got, expected = second.eval()(h).detach(), first.eval()(h).detach()
    if not torch.allclose(got, expected):
        said = "A head that loads another head's state_dict gives a different z in eval mode."
        wrong(said, call=made.call, expected=expected, got=got)


@about("mlp")
def test_mlp_is_not_linear():
    """Without a ReLU, two matrices act as one, and f(a + b) = f(a) + f(b) - f(0)."""
    made = call(mlp, 7, 32, 5)
    is_nonlinear(made, 7)


@about("mlp")
def test_mlp_has_outputs_below_zero():
    """Nothing follows the second matrix, so z has both signs, and a cosine can be negative."""
    made = call(mlp, 7, 32, 16)
    has_both_signs(made, 7)


@about("mlp")
def test_gradient_passes_through_the_mlp():
    """The gradient reaches every weight of the head, and through h also the encoder."""
    made = call(mlp, 7, 11, 3)
    gradient_reaches_all(made, rand(5, 7, seed=2))


@about("mlp")
def test_mlp_treats_rows_separately_in_evaluation():
    """In eval mode a row has the same z alone as in a batch, close to its z in training."""
    h, made = rand(17, 7, seed=3), call(mlp, 7, 11, 3)
    treats_rows_separately(made, h)


@about("mlp")
def test_mlp_norm_has_torchs_momentum(oracle):
    """After one batch, the batch's mean and variance make up a tenth of the running ones."""
    follows_slowly(call(mlp, 7, 11, 3), oracle("mlp")(7, 11, 3), 2 + rand(9, 7, seed=4))


@about("mlp")
def test_mlp_hides_no_nan():
    """If the encoder has diverged, z shows it, so that the training can stop and say so."""
    hides_no_nan(call(mlp, 7, 11, 3), 7)


@about("mlp")
def test_every_mlp_has_its_own_weights():
    """Two calls make two heads with different random weights, and with units that differ."""
    has_own_weights(call(mlp, 7, 11, 3), call(mlp, 7, 11, 3))


@about("mlp")
def test_mlp_is_made_where_torch_makes_modules():
    """The weights have torch's default dtype and device, whatever these are."""
    is_made_by_default(lambda: call(mlp, 7, 11, 3))


@about("mlp")
def test_mlp_is_not_moved_to_a_gpu(monkeypatch):
    """A run need not use the machine's GPU, so only the training code moves the head."""
    moves_nowhere(monkeypatch, lambda: call(mlp, 7, 11, 3))


# Step 2: three projectors


@about("projector")
def test_none_is_the_identity():
    """z is h, of width D, whatever the other widths are, and there are no parameters."""
    for B, (D, hidden, d) in zip([5, 1, 3], WIDTHS, strict=True):
        made = call(projector, "none", D, hidden, d)
        has_parameters(made, [])
        h = 10 * rand(B, D, seed=B)
        for mode in [True, False]:
            made.value.train(mode)
            apply(made, h).gives(h, rtol=0, why="The loss should see h itself.")
    h = h.requires_grad_()
    z = apply(made, h)
    if not z.value.requires_grad:
        wrong("No gradient reaches h, so the encoder learns nothing.", call=z.call)
    (grad,) = torch.autograd.grad((3 * z.value).sum(), h)
    Result(f"the gradient of 3 z with respect to h, {z.call}", grad).gives(torch.full_like(h, 3.0))


@about("projector")
def test_linear_is_one_matrix_and_a_bias(oracle):
    """z = W h + b, with a matrix (d, D) and a bias (d,), even if d = D; no hidden width is used."""
    for B, (D, hidden, d) in zip([5, 3, 1, 2], [*WIDTHS, (4, 7, 4)], strict=True):
        ours = oracle("projector")("linear", D, hidden, d)
        follows_the_equation(call(projector, "linear", D, hidden, d), ours, rand(B, D, seed=B))


@about("projector")
def test_linear_by_hand():
    """With W = 1 and b = -4, (1, 2) gives -1 and (5, 2) gives 3; no ReLU follows."""
    made = call(projector, "linear", 2, 5, 1)
    for p in has_parameters(made, [(1, 2), (1,)]):
        p.data.fill_(1.0 if p.dim() == 2 else -4.0)
    expected = torch.tensor([[-1.0], [3.0]])
    apply(made, torch.tensor([[1.0, 2.0], [5.0, 2.0]])).gives(expected)


@about("projector")
def test_projector_mlp_equals_its_equation_unit_by_unit(oracle):
    """The hidden layer has the hidden width, z has width d, and z is not normalised."""
    for B, (D, hidden, d) in zip([3, 5, 13], WIDTHS, strict=True):
        ours = oracle("projector")("mlp", D, hidden, d)
        follows_the_equation(call(projector, "mlp", D, hidden, d), ours, rand(B, D, seed=B))


@about("projector")
def test_linear_is_linear_and_mlp_is_not():
    """f(a + b) = f(a) + f(b) - f(0) holds for "linear", and fails for "mlp"."""
    is_nonlinear(call(projector, "mlp", 7, 32, 5), 7)
    is_nonlinear(call(projector, "linear", 7, 32, 5), 7, expected=False)


@about("projector")
def test_gradient_passes_through_every_projector():
    """For every kind, the gradient reaches h and all weights, and h itself is not changed."""
    for kind in ["none", "linear", "mlp"]:
        gradient_reaches_all(call(projector, kind, 7, 11, 3), rand(5, 7, seed=2))


@about("projector")
def test_projector_treats_rows_separately_in_evaluation():
    """In eval mode a row has the same z alone as in a batch."""
    for kind in ["linear", "mlp"]:
        treats_rows_separately(call(projector, kind, 7, 11, 3), rand(17, 7, seed=3))


@about("projector")
def test_every_projector_has_its_own_weights():
    """Two calls make two heads with different random weights."""
    for kind in ["linear", "mlp"]:
        has_own_weights(call(projector, kind, 7, 11, 3), call(projector, kind, 7, 11, 3))


@about("projector")
def test_an_unknown_kind_is_refused():
    """A typo must not silently train a different head."""
    for kind in ["MLP", "", "nonlinear", "linear ", "no", "lin", "m"]:
        refuses(ValueError, projector, kind, 7, 6, 3)


@about("projector")
def test_projector_is_made_where_torch_makes_modules():
    """The weights have torch's default dtype and device, whatever these are."""
    for kind in ["linear", "mlp"]:
        is_made_by_default(lambda kind=kind: call(projector, kind, 7, 11, 3))


@about("projector")
def test_only_the_projector_that_is_asked_for_is_made():
    """Only "mlp" needs a hidden width, and "none" draws no random numbers."""
    state = torch.get_rng_state()
    is_module(call(projector, "none", 7, None, 3))
    if not torch.equal(state, torch.get_rng_state()):
        wrong('Projector "none" draws random numbers, so the next network gets different ones.')
    has_parameters(call(projector, "linear", 7, None, 3), [(3, 7), (3,)])


@about("projector")
def test_no_projector_is_moved_to_a_gpu(monkeypatch):
    """A run need not use the machine's GPU, so only the training code moves the head."""
    for kind in ["none", "linear", "mlp"]:
        moves_nowhere(monkeypatch, lambda kind=kind: call(projector, kind, 7, 11, 3))


# Step 3: the predictor


@about("predictor")
def test_predictor_goes_to_the_hidden_width_and_back():
    """p is compared with a z, so it is as wide as z; the hidden layer may have any width."""
    for d, hidden in [(7, 11), (5, 2), (3, 7)]:
        made = call(predictor, d, hidden)
        has_parameters(made, [(hidden, d), (hidden,), (hidden,), (d, hidden), (d,)])
        z = apply(made, rand(5, d, seed=1))
        if z.value.shape != (5, d):
            wrong(call=z.call, expected=f"shape (5, {d})", got=f"shape {tuple(z.value.shape)}")


@about("predictor")
def test_predictor_by_hand():
    """With weights of 3 and b2 = 5, z = -1 and 1 give p = 5 and 11, and z is not added to p."""
    made = call(predictor, 1, 2)
    by_hand(made, has_parameters(made, [(2, 1), (2,), (2,), (1, 2), (1,)]))


@about("predictor")
def test_predictor_equals_its_equation_unit_by_unit(oracle):
    """p is W2 relu(norm(W1 z)) + b2, and the gradient that reaches z is right, too."""
    for B, (d, hidden) in zip([5, 3, 13], [(7, 11), (5, 2), (3, 7)], strict=True):
        ours = oracle("predictor")(d, hidden)
        follows_the_equation(call(predictor, d, hidden), ours, rand(B, d, seed=B), "z")


@about("predictor")
def test_predictor_is_not_linear_and_has_both_signs():
    """There is a ReLU between the matrices, and none after them."""
    is_nonlinear(call(predictor, 7, 32), 7)
    has_both_signs(call(predictor, 16, 32), 16)


@about("predictor")
def test_gradient_passes_through_the_predictor():
    """The gradient reaches z and all weights; it is stopped at the target, not here."""
    gradient_reaches_all(call(predictor, 7, 11), rand(5, 7, seed=2), "z")


@about("predictor")
def test_predictor_treats_rows_separately_in_evaluation():
    """In eval mode a row has the same p alone as in a batch."""
    treats_rows_separately(call(predictor, 7, 11), rand(17, 7, seed=3), "z")


@about("predictor")
def test_every_predictor_has_its_own_weights():
    """Two calls make two predictors with different random weights."""
    has_own_weights(call(predictor, 7, 11), call(predictor, 7, 11))


@about("predictor")
def test_predictor_is_made_where_torch_makes_modules():
    """The weights have torch's default dtype and device, whatever these are."""
    is_made_by_default(lambda: call(predictor, 7, 11))


@about("predictor")
def test_predictor_norm_has_torchs_momentum(oracle):
    """After one batch, the batch's mean and variance make up a tenth of the running ones."""
    follows_slowly(call(predictor, 7, 11), oracle("predictor")(7, 11), 2 + rand(9, 7, seed=4))


@about("predictor")
def test_predictor_is_not_moved_to_a_gpu(monkeypatch):
    """A run need not use the machine's GPU, so only the training code moves the head."""
    moves_nowhere(monkeypatch, lambda: call(predictor, 7, 11))


# Helpers of the tests. A head may name, order and store its layers as it likes.


def is_module(made: Result) -> nn.Module:
    """The head; fails if it is not a module."""
    if not isinstance(made.value, nn.Module):
        got = "None: is there a `return`?" if made.value is None else type(made.value).__name__
        wrong(call=made.call, expected="an nn.Module", got=got)
    return made.value


def apply(made: Result, h, name: str = "h") -> Result:
    """The result of the head; fails if the head changes h."""
    given = h.clone()
    z = is_module(made)(given)
    text = f"{made.call} of {name} {tuple(h.shape)}"
    if not same(given.detach(), h.detach()):
        said = f"The head changes {name} in place, but other code may still need {name}."
        wrong(said, call=text)
    if not isinstance(z, torch.Tensor):
        wrong(call=text, expected="a tensor", got=type(z).__name__)
    return Result(text, z)


def has_parameters(made: Result, shapes: list) -> list:
    """The head's parameters; fails unless they have these shapes, in any order or transposed."""
    parameters = list(is_module(made).parameters())
    got = sorted(tuple(p.shape) for p in parameters)
    if sorted(map(sorted, got)) != sorted(map(sorted, shapes)):
        said = "The head has the wrong parameters. Their shapes, in any order:"
        expected, came = (" ".join(map(str, sorted(s))) or "nothing" for s in (shapes, got))
        wrong(said, call=made.call, expected=expected, got=came)
    return parameters


def fill(head: nn.Module) -> None:
    """Put random numbers into every parameter, so that each one influences the result."""
    for i, p in enumerate(head.parameters()):
        p.data.copy_(rand(*p.shape, seed=20 + i) * (8 if p.dim() == 1 else 1))


def by_hand(made: Result, parameters: list) -> None:
    """Weights of 3 and a bias of 5 give the result by hand; the norm keeps scale 1 and shift 0."""
    for p in parameters:
        if p.dim() == 2 or len(p) == 1:
            p.data.fill_(3.0 if p.dim() == 2 else 5.0)
    expected = torch.tensor([[5.0], [11.0]])
    for a, b in [(-1.0, 1.0), (10.0, 12.0)]:
        apply(made, torch.tensor([[a], [b]])).gives(expected, rtol=1e-4)


def follows_the_equation(made: Result, ours: nn.Module, h, name: str = "h") -> None:
    """z and its gradient equal those of `ours` with the same parameters, in float64.

    To find which parameter is which, each one is tried in every position that its shape fits.
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
        wrong(f"No gradient reaches {name}, so nothing before the head can learn.", call=z.call)
    if not any(torch.allclose(grad, want, rtol=1e-6, atol=1e-8) for _, want in expected):
        wrong(f"The result is right, but the gradient that reaches {name} is wrong.", call=z.call)


def assigned(ours: nn.Module, head: nn.Module, h):
    """Our z and gradient, for each way of copying the other head's parameters into ours."""
    seen = []
    for _ in assignments(ours, head):
        z = ours(h)
        seen.append((z.detach(), gradient(z, h)))
    return seen


def assignments(ours: nn.Module, head: nn.Module):
    """Copies the other head's parameters into ours, in each way that their shapes allow."""
    places = list(ours.parameters())
    for order in permutations(p.detach() for p in head.parameters()):
        if all(sorted(a.shape) == sorted(b.shape) for a, b in zip(places, order, strict=True)):
            for place, p in zip(places, order, strict=True):
                place.data.copy_(p if p.shape == place.shape else p.T)
            yield


def gradient(z, h):
    """The gradient of a weighted sum of z with respect to h; None if there is none."""
    if not z.requires_grad:
        return None
    weights = rand(*z.shape, seed=9, dtype=z.dtype)
    return torch.autograd.grad((z * weights).sum(), h, allow_unused=True)[0]


def is_nonlinear(made: Result, width: int, expected: bool = True) -> None:
    """f(a + b) differs from f(a) + f(b) - f(0), as it must if there is a ReLU."""
    is_module(made).eval()
    a, b = 2 * rand(2, 40, width, seed=5)
    with torch.no_grad():
        together = apply(made, a + b)
        apart = made.value(a) + made.value(b) - made.value(0 * a)
    bent = (together.value - apart).abs().max() > 1e-3
    if bent != expected:
        said = "The head is linear" if expected else "The head is not linear"
        sign = "=" if expected else "≠"
        wrong(f"{said}: f(a + b) {sign} f(a) + f(b) - f(0).", call=together.call)


def has_both_signs(made: Result, width: int) -> None:
    """Some outputs are above 0 and some below."""
    z = apply(made, rand(64, width, seed=6))
    if not z.value.min() < 0 < z.value.max():
        got = f"{z.value.min().item():.3f} to {z.value.max().item():.3f}"
        wrong(call=z.call, expected="numbers above and below 0", got=got)


def gradient_reaches_all(made: Result, h, name: str = "h") -> None:
    """h and every parameter get a gradient that is not 0."""
    h = h.requires_grad_()
    z = apply(made, h, name)
    said = f"No gradient reaches {name}, so nothing before the head can learn."
    if not z.value.requires_grad:
        wrong(said, call=z.call)
    (z.value * rand(*z.value.shape, seed=9)).sum().backward()
    if h.grad is None or h.grad.abs().max() < 1e-6:
        wrong(said, call=z.call)
    for p in made.value.parameters():
        if p.grad is None or p.grad.abs().max() == 0:
            shape = tuple(p.shape)
            wrong(f"The head's parameter of shape {shape} gets no gradient.", call=z.call)


def treats_rows_separately(made: Result, h, name: str = "h") -> None:
    """In eval mode, a row's result does not depend on the other rows."""
    with torch.no_grad():
        is_module(made).train()
        for _ in range(40):
            trained = made.value(h)
        made.value.eval()
        among = apply(made, h, name).value
        why = "In eval mode, a row's result must not depend on the other rows."
        for rows in [slice(0, 1), slice(3, 5)]:
            apply(made, h[rows], name).gives(among[rows], rtol=1e-4, why=why)
        again = apply(made, h, name)
        again.gives(among, rtol=1e-4, why="In eval mode, the same rows must give the same result.")
        why = "In eval mode, the norm must use the running mean and variance from training."
        again.gives(trained, rtol=0.1, why=why)


def follows_slowly(made: Result, ours: nn.Module, h) -> None:
    """In eval mode after one batch, z equals that of `ours` for some way to copy the parameters."""
    head, ours, h = is_module(made).double(), ours.double(), h.double()
    has_parameters(made, [tuple(p.shape) for p in ours.parameters()])
    if any(isinstance(module, nn.SyncBatchNorm) for module in head.modules()):
        said = "SyncBatchNorm fails with several processes on CPUs; training adds it if it works."
        wrong(said, call=made.call)
    fill(head)
    head(h)
    z = Result(f"{made.call} in eval mode, after one batch", head.eval()(h).detach())
    expected = []
    for _ in assignments(ours, head):
        again = copy.deepcopy(ours)  # with fresh running statistics
        again(h)
        expected.append(again.eval()(h).detach())
    if not any(torch.allclose(z.value, one, rtol=1e-6, atol=1e-9) for one in expected):
        z.gives(expected[0], rtol=1e-6)


def hides_no_nan(made: Result, width: int) -> None:
    """A row with a NaN has a z that is not finite."""
    h = rand(3, width, seed=8)
    h[1, 0] = float("nan")
    for mode in ("eval", "train"):
        getattr(is_module(made), mode)()
        z = apply(made, h)
        if z.value[1].isfinite().all():
            wrong(
                f"In {mode} mode, h contains NaN, but z does not.",
                call=z.call,
                expected="NaN",
                got=z.value[1],
            )


def moves_nowhere(monkeypatch, make) -> None:
    """A head is made in the same way even if torch reports a GPU."""
    for place in (torch.cuda, torch.backends.mps):
        monkeypatch.setattr(place, "is_available", lambda: True)
    said = "The head moves itself to a GPU. The training program decides where the head is."
    try:
        head = is_module(make())
    except (AssertionError, RuntimeError) as error:
        if isinstance(error, Wrong | NotImplementedError):
            raise
        wrong(said, expected="torch's default device", got=error)
    if any(p.device.type != "cpu" for p in head.parameters()):
        wrong(said, expected="torch's default device", got="a GPU")


def has_own_weights(one: Result, other: Result) -> None:
    """Two heads share no parameters and start with different random weights."""
    first, second = (list(is_module(made).parameters()) for made in (one, other))
    if {id(p) for p in first} & {id(p) for p in second}:
        wrong("Two calls return heads that share weights: training one changes the other.")
    matrices = [p for p in first if p.dim() == 2]
    for p, q in zip(matrices, [p for p in second if p.dim() == 2], strict=True):
        if torch.equal(p, q):
            wrong("Two heads start with equal weights, but weights must be random.", call=one.call)
        if any((p - p.select(i, 0).unsqueeze(i)).abs().max() == 0 for i in (0, 1)):
            wrong("All units start equal, so they stay equal: use random weights.", call=one.call)


def is_made_by_default(make) -> None:
    """A head is made in the default dtype, float32 or float64, and on the default device."""
    usual = torch.get_default_dtype()
    for dtype in [torch.float32, torch.float64]:
        try:
            torch.set_default_dtype(dtype)
            with torch.device("meta"):
                made = make()
        finally:
            torch.set_default_dtype(usual)
        for p in is_module(made).parameters():
            if p.dtype != dtype:
                said = "A weight does not have torch's default type."
                wrong(said, call=made.call, expected=str(dtype), got=str(p.dtype))
            if not p.is_meta:
                said = "A weight is not on torch's default device, here the meta device."
                wrong(said, call=made.call, expected="meta", got=str(p.device))
