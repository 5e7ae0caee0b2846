"""Lesson 7: judging a frozen encoder, by nearest neighbours and by a linear probe."""

import math
from dataclasses import replace
from itertools import combinations

import torch
from torch import Generator, nn

from lessons.course.check import about, call, rand, refuses, wrong
from lessons.course.device import comes_back, elsewhere, stays_on_device
from simclr_mini.data import Images
from simclr_mini.evaluate import (
    Probe,
    class_balanced,
    features,
    fit,
    knn_predict,
    linear_probe,
)

DOUBLE = torch.float64


class Doubled(nn.Module):
    """Doubles its input in train mode: like dropout, it shows which mode it is in."""

    def forward(self, x):
        return 2 * x if self.training else x


class Spy(nn.Module):
    """A small encoder, from 4 x 4 pixels to 16 numbers, that records what it is shown.

    Its batch norm remembers the statistics of other images.
    """

    def __init__(self, dtype=torch.float32):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)
        self.twice = Doubled()
        with torch.no_grad():
            self.conv.weight.copy_(rand(4, 3, 3, 3, seed=1))
            self.norm.running_mean.copy_(rand(4, seed=2))
            self.norm.running_var.copy_(rand(4, seed=3).exp())
        self.to(dtype).train()
        self.inputs = []

    def forward(self, x):
        self.inputs.append(x.detach().clone())
        return self.twice(self.norm(self.conv(x)).flatten(1))

    def __repr__(self):
        return "encoder"


class Unlike(Spy):
    """An encoder whose output has a different dtype or device."""

    def __init__(self, result):
        super().__init__()
        self.result = result

    def forward(self, x):
        return super().forward(x).to(self.result)


class Counter(Spy):
    """An encoder that counts its calls in a buffer, in eval mode too."""

    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x):
        self.calls += 1
        return super().forward(x)


class Broken(Spy):
    """An encoder that fails at its second batch."""

    def forward(self, x):
        if self.inputs:
            raise MemoryError("no memory is left")
        return super().forward(x)


class Split(Images):
    def __repr__(self):
        return f"Images of {len(self)}"


def pictures(N):
    """N random pictures of 4 x 4 pixels, with values from 0 to 255."""
    return (rand(N, 3, 4, 4, seed=N) * 70 + 128).clamp(0, 255).to(torch.uint8)


def plain(pixels):
    """The output of the encoder for pixels / 255, with the statistics that batch norm remembers."""
    net = Spy(DOUBLE).eval()
    with torch.no_grad():
        return net(pixels.double() / 255)


# Step 1: representations of a frozen encoder


@about("features")
def test_features_are_the_encoders_output_for_pixels_over_255():
    """Seven images in batches of three, the last one short: h keeps the order of the images."""
    net = Spy()
    for N, batch_size in [(7, 3), (5, 5), (4, 512), (3, 1)]:
        got = call(features, net, pictures(N), batch_size)
        got.gives(plain(pictures(N)), rtol=1e-5)


@about("features")
def test_features_show_the_encoder_each_image_once_and_unchanged():
    """The encoder sees pixels / 255, not views: each image once, at most batch_size at a time."""
    for most in [3, 2]:
        net = Spy()
        got = call(features, net, pictures(7), most)
        sizes = [len(x) for x in net.inputs]
        if sum(sizes) != 7 or max(sizes) > most:
            said = f"Every batch should have at most {most} images, and there are 7 images in all."
            wrong(said, call=got.call, got=f"batches of {sizes}")
        shown = torch.cat(net.inputs)
        if not torch.allclose(shown.double(), pictures(7).double() / 255, atol=1e-6):
            said = "The encoder was not shown pixels / 255 in the order of the images."
            span = f"values from {shown.min():.3f} to {shown.max():.3f}"
            wrong(said, call=got.call, expected="values from 0 to 1, in order", got=span)


@about("features")
def test_features_of_an_image_do_not_depend_on_its_batch():
    """In train mode batch norm mixes the images of a batch; in eval mode it does not."""
    expected = features(Spy(), pictures(6), 6)
    for batch_size in [1, 4]:
        why = "The batch size changed the result; expected is your own result for a single batch."
        call(features, Spy(), pictures(6), batch_size).gives(expected, rtol=1e-5, why=why)


@about("features")
def test_features_leave_the_encoder_as_it_was():
    """Weights, running statistics and the mode of every single part stay as they were."""
    for training in [True, False]:
        net = Spy().train(training)
        net.conv.train(not training)
        modes = {name: part.training for name, part in net.named_modules()}
        state = {name: value.clone() for name, value in net.state_dict().items()}
        got = call(features, net, pictures(5), 2)
        for name, value in net.state_dict().items():
            if not torch.equal(value, state[name]):
                wrong(f"Your function changed {name} of the encoder.", call=got.call)
        for name, part in net.named_modules():
            if part.training != modes[name]:
                was, now = ("train" if t else "eval" for t in (modes[name], part.training))
                said = f"{name or 'the encoder'} was in {was} mode, and you left it in {now} mode."
                wrong(said, call=got.call)
        frozen = [name for name, p in net.named_parameters() if not p.requires_grad]
        assert not frozen, f"{frozen[0]} can no longer learn: you left its requires_grad at False"


@about("features")
def test_features_are_those_of_the_encoder_as_it_is_now():
    """After more training, the same encoder has different features for the same pixels."""
    net, pixels = Spy(), pictures(5)
    before = call(features, net, pixels, 2).value
    with torch.no_grad():
        net.conv.weight.mul_(-2)
    got = call(features, net, pixels, 2)
    if torch.equal(got.value, before):
        wrong("The encoder has changed, but h has not.", call=got.call)


@about("features")
def test_what_does_not_train_stays_so():
    """A first layer of fixed filters, for example, needs no gradient before the call or after."""
    net = Spy()
    net.conv.weight.requires_grad_(False)
    got = call(features, net, pictures(5), 2)
    learns = [p.requires_grad for p in net.parameters()]
    if learns != [False, True, True]:
        said = "A parameter that required no gradient now requires one, or the other way round."
        wrong(said, call=got.call, expected="as before", got=str(learns))


@about("features")
def test_features_carry_no_gradient():
    """Nothing is trained through h, so no graph should keep the images in memory."""
    for N in [2, 5]:
        got = call(features, Spy(), pictures(N), 2)
        if got.value.requires_grad:
            said = "h is still attached to the encoder's graph."
            wrong(said, call=got.call, got="requires_grad=True")
        assert torch.is_grad_enabled(), (
            "nothing can be trained now: you left gradients switched off"
        )


@about("features")
def test_features_are_float32_and_on_the_cpu():
    """This holds for any dtype and device of the encoder. Here `meta` stands for a GPU."""
    for dtype in [DOUBLE, torch.bfloat16]:
        got = call(features, Unlike(dtype), pictures(3), 2)
        if got.value.dtype != torch.float32:
            said = f"The encoder's result is {dtype}."
            wrong(said, call=got.call, expected=torch.float32, got=got.value.dtype)
    if said := comes_back(lambda net: features(net, pictures(3), 2), Spy()):
        sentence = "On a GPU this would fail. Where are the images, the encoder and h?"
        wrong(sentence, call="features(encoder, pixels, 2)", expected="h on the CPU", got=said)


@about("features")
def test_features_restore_the_modes_after_an_error():
    """If the encoder fails, training may go on, so each part must be back in its own mode."""
    for training in [True, False]:
        net = Broken().train(training)
        net.norm.train(not training)
        modes = [part.training for part in net.modules()]
        refuses(MemoryError, features, net, pictures(3), 2)
        if [part.training for part in net.modules()] != modes:
            wrong("After an error, the encoder is not in its old mode. See `frozen`.")


@about("features")
def test_features_raise_the_errors_of_the_docstring():
    """Pixels that are not bytes are rejected, as is an encoder that changes in eval mode."""
    refuses(ValueError, features, Spy(), pictures(3).float() / 255, 2)
    refuses(ValueError, features, Spy(), Split(pictures(3).long(), None, (), "", "test"), 2)
    refuses(RuntimeError, features, Counter(), pictures(3), 2)


@about("features")
def test_features_accept_a_split_of_a_data_set():
    """An `Images` holds pixels, labels and names; h is the same as for its pixels alone."""
    for N in [3, 5]:
        split = Split(pictures(N), torch.arange(N), ("a", "b"), "made up", "test")
        call(features, Spy(), split, 2).gives(plain(pictures(N)), rtol=1e-5)


# Step 2: the nearest neighbours vote


def at(*degrees, dtype=torch.float32):
    """Points on the unit circle, at these angles."""
    angle = torch.tensor(degrees, dtype=dtype).deg2rad()
    return torch.stack([angle.cos(), angle.sin()], 1)


def clouds(N, M, D=4, dtype=DOUBLE, seed=1):
    """A labelled bank and queries, whose rows have very different norms."""
    names = torch.tensor([7, -3, 40, 2, 7])
    bank = rand(N, D, seed=seed, dtype=dtype) * torch.linspace(0.2, 5, N, dtype=dtype)[:, None]
    queries = rand(M, D, seed=seed + 50, dtype=dtype)
    queries = queries * torch.linspace(4, 0.3, M, dtype=dtype)[:, None]
    return bank, names[torch.arange(N) * 3 % 5], queries


@about("knn_predict")
def test_knn_of_one_neighbour_is_its_class():
    """The bank is at 0°, 90° and 200°: which row is nearest to 30°, 80°, 230° and 300°?"""
    bank, labels = at(0, 90, 200), torch.tensor([5, 1, 8])
    expected = torch.tensor([5, 1, 8, 5])
    call(knn_predict, bank, labels, at(30, 80, 230, 300), 1).gives(expected)
    call(knn_predict, bank, labels, at(100), 1, 1.0).gives(torch.tensor([1]))
    for names in (labels.int(), labels):
        got = call(knn_predict, bank, names, at(30), 1)
        kind_is(got, got.value, names.dtype)


@about("knn_predict")
def test_an_equal_neighbour_votes_too():
    """A row of the bank may be equal to a query: its cosine is 1, the largest."""
    bank, labels = at(0, 10, 100), torch.tensor([5, 1, 8])
    call(knn_predict, bank, labels, at(0, 100), 1).gives(torch.tensor([5, 8]))


@about("knn_predict")
def test_knn_temperature_decides_between_one_near_and_two_far():
    """One neighbour at cosine 0.94 beats two at 0.5 if tau is 0.1, and loses if tau is 10."""
    bank, labels = at(20, 60, -60), torch.tensor([3, 6, 6])
    for temperature, winner in [(0.1, 3), (10.0, 6), (0.5, 3), (0.8, 6)]:
        near, far = math.exp(math.cos(math.radians(20)) / temperature), math.exp(0.5 / temperature)
        said = f"Class 3 has weight {near:.4g}, and class 6 has weight 2 x {far:.4g}."
        call(knn_predict, bank, labels, at(0), 3, temperature).gives(
            torch.tensor([winner]), why=said
        )


@about("knn_predict")
def test_knn_equals_the_vote_in_loops(oracle):
    """Query by query: sort the cosines, and let the first k vote. Labels may be any integers."""
    for (N, M), k, temperature in [
        ((17, 31), 5, 0.07),
        ((13, 29), 2, 0.5),
        ((29, 43), 11, 0.2),
        ((31, 61), 12, 2.0),
        ((47, 61), 7, 0.3),
    ]:
        bank, labels, queries = clouds(N, M)
        expected = oracle("knn_predict")(bank, labels, queries, k, temperature)
        call(knn_predict, bank, labels, queries, k, temperature).gives(expected)
        float32 = bank.float(), labels, queries.float()
        call(knn_predict, *float32, k, temperature).gives(expected)


@about("knn_predict")
def test_knn_returns_labels_of_any_size(oracle):
    """A label is a name, and float32 cannot hold the name 2^40 + 1."""
    bank, labels, queries = clouds(17, 31)
    got = call(knn_predict, bank, labels + 2**40, queries, 5, 0.3)
    got.value = got.value - 2**40
    got.gives(oracle("knn_predict")(bank, labels, queries, 5, 0.3), why="2^40 has been subtracted.")


@about("knn_predict")
def test_knn_row_of_zeros_is_far_from_every_query():
    """The row of zeros has no direction. For 30° and 80°, the nearest rows are at 0° and 90°."""
    bank, labels = at(0, 90, 200), torch.tensor([5, 1, 8])
    bank, labels = torch.cat([torch.zeros_like(bank[:1]), bank]), torch.tensor([3, *labels])
    call(knn_predict, bank, labels, at(30, 80), 1).gives(torch.tensor([5, 1]))
    call(knn_predict, bank.float(), labels, at(30, 80).float(), 2).gives(torch.tensor([5, 1]))


@about("knn_predict")
def test_knn_ignores_the_norms_of_the_rows():
    """If the norms of rows change, in the bank or in the queries, the neighbours stay the same."""
    bank, labels, queries = clouds(19, 41)
    expected = knn_predict(bank, labels, queries, 4, 0.3)
    lengths = torch.linspace(0.01, 50, 41, dtype=DOUBLE)[:, None]
    for a, b in [(lengths[:19].flip(0), 1), (1, lengths), (10, 0.1)]:
        why = "Only the direction should count; expected is your own answer before scaling."
        call(knn_predict, a * bank, labels, b * queries, 4, 0.3).gives(expected, why=why)


@about("knn_predict")
def test_knn_lets_all_rows_vote_if_there_are_fewer_than_k(oracle):
    """With fewer than k rows, all of them vote."""
    for N, k in [(3, 20), (5, 6)]:
        bank, labels, queries = clouds(N, 11, seed=4)
        expected = oracle("knn_predict")(bank, labels, queries, N, 0.5)
        call(knn_predict, bank, labels, queries, k, 0.5).gives(expected)


@about("knn_predict")
def test_knn_defaults_to_20_neighbours_and_temperature_0_07(oracle):
    """These are the defaults, and both can be given by name."""
    bank, labels, queries = clouds(61, 83, D=3)
    expected = oracle("knn_predict")(bank, labels, queries, 20, 0.07)
    call(knn_predict, bank, labels, queries).gives(expected)
    expected = oracle("knn_predict")(bank, labels, queries, 3, 1.5)
    call(knn_predict, bank, labels, queries, k=3, temperature=1.5).gives(expected)


@about("knn_predict")
def test_knn_classifies_each_query_independently():
    """One query or 700: none of them affects the class of another."""
    bank, labels, queries = clouds(11, 700)
    expected = knn_predict(bank, labels, queries, 3, 0.4)
    for some in [slice(0, 1), slice(699, 700), slice(250, 263)]:
        got = call(knn_predict, bank, labels, queries[some], 3, 0.4)
        got.gives(expected[some], why="The other queries in the call changed the answer.")


@about("knn_predict", step="votes at a low temperature")
def test_knn_does_not_overflow_at_temperature_0_001(oracle):
    """exp(1000) overflows, but only the ratio of the weights of two classes matters."""
    for temperature in [0.01, 0.005, 0.001]:
        bank, labels, queries = clouds(23, 41, dtype=torch.float32)
        args = bank.double(), labels, queries.double()
        expected = oracle("knn_predict")(*args, 9, temperature)
        call(knn_predict, bank, labels, queries, 9, temperature).gives(expected)


def kind_is(got, tensor, dtype):
    """A result has the dtype that the docstring promises."""
    if not isinstance(tensor, torch.Tensor) or tensor.dtype != dtype:
        came = getattr(tensor, "dtype", type(tensor).__name__)
        wrong("The result has the wrong dtype.", call=got.call, expected=dtype, got=came)


@about("knn_predict")
def test_a_vote_that_makes_no_sense_is_refused():
    """There must be a neighbour, a temperature above 0, and a label for each row of the bank."""
    bank, labels, queries = rand(5, 3, seed=1), torch.arange(5), rand(2, 3, seed=2)
    call(knn_predict, bank, labels, queries, 1)
    refuses(ValueError, knn_predict, bank, labels, queries, 0)
    for temperature in (0.0, -0.1, math.nan):
        refuses(ValueError, knn_predict, bank, labels, queries, 3, temperature)
    for others in (torch.arange(4), torch.arange(6), labels[:, None]):
        refuses(ValueError, knn_predict, bank, others, queries, 3)


# Step 3: few labels, equally many of each class


def classes_of(*sizes):
    """Labels 2, 5, 8, …, as many of each as `sizes` says, in a fixed mixed order."""
    labels = torch.cat([torch.full((size,), 2 + 3 * c) for c, size in enumerate(sizes)])
    return labels[rand(len(labels), seed=len(labels)).argsort()]


def seeded(seed=0):
    return Generator().manual_seed(seed)


@about("class_balanced")
def test_balanced_counts_by_hand():
    """A third of 27 images is 9, or 3 of each class; 8.1 images are 2.7 of each, rounded to 3."""
    for sizes, share, count in [
        ((6, 9, 12), 1 / 3, [3, 3, 3]),
        ((5, 20, 5), 0.1, [1, 1, 1]),
        ((7, 13), 0.5, [5, 5]),
        ((4, 4, 4, 4), 1.0, [4, 4, 4, 4]),
        ((6, 9, 12), 0.3, [3, 3, 3]),  # 2.7 of each, rounded
        ((6, 9, 12), 0.25, [2, 2, 2]),  # 2.25
        ((6, 9, 11), 0.3, [3, 3, 3]),  # 2.6: N / C is not a whole number
        ((9, 13), 0.3, [3, 3]),  # 3.3: neither is share * N
    ]:
        labels = classes_of(*sizes)
        counts_are(call(class_balanced, labels, share, seeded()), labels, count)


@about("class_balanced")
def test_balanced_keeps_at_least_one_of_each_class():
    """1% of 30 images is less than one image of each class, yet no class may vanish."""
    for sizes, share in [((10, 10, 10), 0.01), ((3, 20), 0.02)]:
        labels = classes_of(*sizes)
        counts_are(call(class_balanced, labels, share, seeded()), labels, [1] * len(sizes))


@about("class_balanced")
def test_a_share_that_makes_no_sense_is_refused():
    """A share is above 0 and at most 1."""
    labels = classes_of(6, 9, 12)
    call(class_balanced, labels, 1.0, seeded())
    for share in (0.0, -0.1, 1.01):
        refuses(ValueError, class_balanced, labels, share, seeded())


@about("class_balanced")
def test_balanced_works_with_labels_of_any_size():
    """A label is a name, and 2^40 + 1 and 2^40 + 2 are different names."""
    labels = classes_of(6, 9, 12)[torch.arange(27) * 5 % 27] + 2**40
    counts_are(call(class_balanced, labels, 1 / 3, seeded()), labels, [3, 3, 3])


@about("class_balanced")
def test_balanced_works_with_labels_of_any_type():
    """Data sets may store a label in one byte, in which a product of two labels does not fit."""
    for dtype in (torch.uint8, torch.int16, torch.int32):
        labels = torch.arange(900).mul(7).remainder(9).mul(28).to(torch.uint8).to(dtype)
        counts_are(call(class_balanced, labels, 0.1, seeded()), labels, [10] * 9)


@about("class_balanced")
def test_balanced_takes_all_of_a_class_that_is_too_small():
    """Four of each are wanted, and one class has only two: it gives two, the others give four."""
    for sizes, share, count in [((2, 11, 11), 0.5, [2, 4, 4]), ((12, 1, 5), 1.0, [6, 1, 5])]:
        labels = classes_of(*sizes)
        counts_are(call(class_balanced, labels, share, seeded()), labels, count)


@about("class_balanced")
def test_balanced_rows_are_distinct():
    """Each image appears at most once; row numbers refer to the data set, not to a class."""
    labels = classes_of(8, 8, 8)
    for seed in range(10):
        got = call(class_balanced, labels, 0.75, seeded(seed))
        rows = got.value.tolist()
        if len(set(rows)) < len(rows):
            wrong("An image is in the subset twice.", call=got.call, got=sorted(rows))
        counts_are(got, labels, [6, 6, 6])


@about("class_balanced")
def test_balanced_picks_every_pair_of_a_class_equally_often():
    """The five images of a class form ten pairs; each pair is chosen in a tenth of the draws."""
    labels, draws = torch.arange(10) % 2, 800
    source = seeded(3)
    found = [call(class_balanced, labels, 0.4, source) for _ in range(draws)]
    for c in [0, 1]:
        often = {pair: 0 for pair in combinations(range(c, 10, 2), 2)}
        for got in found:
            pair = tuple(sorted(row for row in got.value.tolist() if row % 2 == c))
            if pair not in often:
                said = f"In one of {draws} draws, the rows of class {c} are not two of its images."
                wrong(said, call=got.call, expected="two different rows", got=pair)
            often[pair] += 1
        for pair, times in often.items():
            if abs(times - draws / 10) > 5.5 * math.sqrt(draws * 0.09):
                said = f"In {draws} draws, rows {pair} were chosen from class {c} {times} times."
                wrong(said, expected="about 80 times")


@about("class_balanced")
def test_balanced_chooses_independently_in_each_class():
    """Whether one class gives its first image says nothing about the other class."""
    labels, source = torch.arange(12) % 2, seeded(4)
    same = 0
    for _ in range(300):
        rows = class_balanced(labels, 1 / 6, source).tolist()
        same += len({row // 2 for row in rows}) == 1
    if not 15 < same < 90:
        said = f"Both classes gave the image in the same position in {same} of 300 draws."
        wrong(said, expected="about 50")


@about("class_balanced")
def test_balanced_choice_comes_from_the_generator():
    """The same seed gives the same choice, whatever torch's global generator did before."""
    labels = classes_of(20, 20)
    torch.manual_seed(1)
    first = call(class_balanced, labels, 0.5, seeded(6)).value.sort().values
    torch.manual_seed(2)
    state = torch.get_rng_state()
    again = class_balanced(labels, 0.5, seeded(6)).sort().values
    assert torch.equal(state, torch.get_rng_state()), "you drew from torch's global generator"
    if not torch.equal(first, again):
        wrong("The same seed gave two different choices. Is the generator used for every draw?")
    source = seeded(6)
    both = [class_balanced(labels, 0.5, source).sort().values.tolist() for _ in range(2)]
    if both[0] == both[1]:
        wrong("Two calls with one generator gave the same choice twice.")
    both = [class_balanced(labels, 0.5).sort().values.tolist() for _ in range(2)]
    if both[0] == both[1]:
        wrong("Without a generator, two calls gave the same choice twice.")


def counts_are(got, labels, expected):
    """The numbers of rows of each class are as expected."""
    rows = got.value
    kind_is(got, rows, torch.int64)
    if rows.dim() != 1:
        wrong("", call=got.call, expected="row numbers, one dimension", got=tuple(rows.shape))
    if rows.numel() and (rows.min() < 0 or rows.max() >= len(labels)):
        said = f"Rows are numbered from 0 to {len(labels) - 1}."
        wrong(said, call=got.call, got=rows.sort().values)
    counts = [int((labels[rows] == c).sum()) for c in labels.unique()]
    if counts != expected:
        said = "The number of images per class is wrong."
        wrong(said, call=got.call, expected=expected, got=counts)


# Step 4: the prediction of a linear probe


def some_probe(C, D, dtype=DOUBLE):
    """A probe of C classes, whose labels are neither sorted nor 0, 1, 2, …"""
    classes = torch.tensor([9, -4, 30, 5, 17])[:C]
    weight, bias = rand(C, D, seed=C, dtype=dtype), 2 * rand(C, seed=D, dtype=dtype)
    mean, std = 3 * rand(D, seed=9, dtype=dtype), torch.linspace(0.2, 3, D, dtype=dtype)
    return Probe(weight, bias, mean, std, classes, 0.1)


@about("Probe.predict")
def test_prediction_by_hand():
    """(7 - 5) / 2 is 1, and (1 - 3) / 4 is -1/2: which of the logits 1, -1/2 and 0.4 wins?"""
    probe = Probe(
        weight=torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]),
        bias=torch.tensor([0.0, 0.0, 0.4]),
        mean=torch.tensor([5.0, 3.0]),
        std=torch.tensor([2.0, 4.0]),
        classes=torch.tensor([8, 3, 11]),
        penalty=0.1,
    )
    h = torch.tensor([[7.0, 1.0], [3.0, 7.0], [5.0, 3.0], [5.5, 4.5], [6.0, 3.1]])
    call(probe.predict, h).gives(torch.tensor([8, 3, 11, 11, 8]))


@about("Probe.predict")
def test_prediction_is_the_class_of_the_largest_logit(oracle):
    """The logits are W (h - mean) / std + b, computed number by number."""
    for C, D, M in [(3, 5, 41), (5, 2, 37), (2, 3, 31)]:
        probe = some_probe(C, D)
        h = probe.mean + 2 * probe.std * rand(M, D, seed=M, dtype=DOUBLE)
        call(probe.predict, h).gives(oracle("Probe.predict")(probe, h))


@about("Probe.predict")
def test_prediction_at_the_mean_is_the_class_with_the_largest_bias():
    """At the mean of the training images, every standardised number is 0."""
    for C, D in [(3, 5), (5, 2)]:
        probe = some_probe(C, D)
        expected = probe.classes[probe.bias.argmax()][None]
        call(probe.predict, probe.mean[None]).gives(expected)


@about("Probe.predict")
def test_prediction_does_not_depend_on_the_other_images():
    """Mean and standard deviation are those of the training images, not of the queries."""
    probe = some_probe(4, 3)
    h = probe.mean + probe.std * (rand(17, 3, seed=2, dtype=DOUBLE) + 1)
    expected = probe.predict(h)
    for rows in [slice(0, 1), slice(5, 8)]:
        got = call(probe.predict, h[rows])
        got.gives(expected[rows], why="The other images in the call changed the answer.")


@about("Probe.predict")
def test_prediction_does_not_depend_on_the_unit_of_h(oracle):
    """Values around a millionth or a million are standardised as well as values around one."""
    for unit in (1e-6, 1e6):
        probe = some_probe(4, 3)
        probe = replace(probe, mean=unit * probe.mean, std=unit * probe.std)
        h = probe.mean + 2 * probe.std * rand(37, 3, seed=6, dtype=DOUBLE)
        call(probe.predict, h).gives(oracle("Probe.predict")(probe, h))


@about("Probe.predict")
def test_prediction_tells_large_logits_apart():
    """100 and 200 are different logits, but a sigmoid of either is 1 in float32."""
    weight, classes = torch.tensor([[100.0], [200.0]]), torch.tensor([3, 7])
    probe = Probe(weight, torch.zeros(2), torch.zeros(1), torch.ones(1), classes, 0.1)
    call(probe.predict, torch.tensor([[1.0], [-1.0]])).gives(torch.tensor([7, 3]))


@about("Probe.predict")
def test_prediction_keeps_to_the_device_and_the_dtype_of_the_classes():
    """Labels come out as they went in, int32 or int64. Here `meta` stands for a GPU."""
    probe = some_probe(3, 2)
    for kind in (torch.int32, torch.int64):
        classes = probe.classes.to(kind)
        one = Probe(probe.weight, probe.bias, probe.mean, probe.std, classes, 0.1)
        got = call(one.predict, probe.mean[None])
        kind_is(got, got.value, kind)
    parts = [probe.weight, probe.bias, probe.mean, probe.std, probe.classes]
    there = Probe(*map(elsewhere, parts), 0.1)
    stays_on_device(there.predict, probe.mean[None])


# Step 5: the weights of the probe


def problem(N, C, D, dtype=DOUBLE):
    """Overlapping classes away from the origin, and a weight and a bias to start from."""
    h = rand(N, D, seed=N, dtype=dtype) + 0.5
    position = (torch.arange(N) + (h[:, 0] > 1)) % C
    h = h + 0.7 * position[:, None]
    return h, position, rand(C, D, seed=3, dtype=dtype), rand(C, seed=4, dtype=dtype)


def weights_are(got, weight, bias, rtol=2e-3, dtype=None):
    """The weight is as expected, and so is the bias up to a constant, which softmax ignores."""
    if not isinstance(got.value, tuple | list) or len(got.value) != 2:
        wrong("", call=got.call, expected="weight and bias", got=got.value)
    for part in got.value:
        kind_is(got, part, dtype or weight.dtype)
    now = got.value[0].detach(), got.value[1].detach()
    got.value = now[0], now[1] - now[1].mean()
    got.gives((weight, bias - bias.mean()), rtol=rtol, atol=1e-4)


@about("fit")
def test_fit_of_two_images_by_hand():
    """For images at -1 and 1, the weights are -a and a if penalty = 1 / (a (1 + e^2a))."""
    h, position = torch.tensor([[-1.0], [1.0]]), torch.tensor([0, 1])
    for a in [0.5, 1.0]:
        penalty = 1 / (a * (1 + math.exp(2 * a)))
        got = call(fit, h, position, torch.zeros(2, 1), torch.zeros(2), penalty, 200)
        weights_are(got, torch.tensor([[-a], [a]]), torch.zeros(2))


@about("fit")
def test_fit_of_identical_images_gives_the_share_of_each_class():
    """All h are 0, so only the bias counts. For shares 6 : 3 : 1 it is ln 6, ln 3 and ln 1."""
    position = torch.tensor([0] * 6 + [1] * 3 + [2])
    for penalty in [0.1, 2.0]:
        h, weight = torch.zeros(10, 2, dtype=DOUBLE), torch.zeros(3, 2, dtype=DOUBLE)
        got = call(fit, h, position, weight, torch.zeros(3, dtype=DOUBLE), penalty, 200)
        weights_are(got, weight, torch.tensor([6.0, 3, 1], dtype=DOUBLE).log())


@about("fit")
def test_fit_is_the_minimum_by_newtons_method(oracle):
    """The reference minimises mean cross entropy + penalty |W|² / 2, using its curvature too."""
    for (N, C, D), penalty in [((13, 3, 2), 0.5), ((23, 2, 5), 0.05), ((19, 4, 3), 2.0)]:
        args = problem(N, C, D)
        got = call(fit, *args, penalty, 200)
        weights_are(got, *oracle("fit")(*args, penalty, 200))


@about("fit")
def test_fit_has_gradient_zero():
    """At the minimum, penalty x W is the mean of (one-hot - p) h, and one-hot - p has mean 0."""
    for (N, C, D), penalty in [((17, 3, 4), 0.2), ((31, 5, 2), 0.03)]:
        h, position, *start = problem(N, C, D)
        got = call(fit, h, position, *start, penalty, 300)
        weight, bias = (one.detach() for one in got.value)
        residual = nn.functional.one_hot(position, C) - (h @ weight.T + bias).softmax(1)
        pull = residual.T @ h / N - penalty * weight
        worst = max(pull.abs().max().item(), residual.mean(0).abs().max().item())
        if worst > 1e-3:
            said = "At your result the gradient is not 0."
            wrong(said, call=got.call, expected="below 0.001", got=worst)


@about("fit")
def test_fit_does_not_change_if_every_image_comes_twice():
    """The loss is a mean, so with the same penalty, doubling the data set changes nothing."""
    h, position, *start = problem(13, 3, 2)
    weight, bias = fit(h, position, *start, 0.3, 200)
    got = call(fit, torch.cat([h, h]), position.repeat(2), *start, 0.3, 200)
    weights_are(got, weight.detach(), bias.detach())


@about("fit")
def test_fit_gives_the_last_image_no_more_weight_than_the_others():
    """Of 4,101 images, one is an outlier; it counts the same wherever it is in the data."""
    h = rand(4101, 1, seed=1, dtype=DOUBLE)
    position = (h[:, 0] > 0.3).long()
    h[-1], position[-1] = 40.0, 0  # on the wrong side
    start = torch.zeros(2, 1, dtype=DOUBLE), torch.zeros(2, dtype=DOUBLE)
    expected = fit(h.roll(2000, 0), position.roll(2000), *start, 0.1, 50)
    got = call(fit, h, position, *start, 0.1, 50)
    weights_are(got, *(one.detach() for one in expected))


@about("fit")
def test_fit_has_a_row_for_a_class_without_images():
    """The shape of the given weight says how many classes there are."""
    h, position = rand(6, 2, seed=1, dtype=DOUBLE), torch.tensor([0, 1, 0, 1, 0, 1])
    start = torch.zeros(3, 2, dtype=DOUBLE), torch.zeros(3, dtype=DOUBLE)
    got = call(fit, h, position, *start, 0.5, 3)
    shapes = str([tuple(one.shape) for one in got.value])
    if shapes != "[(3, 2), (3,)]":
        wrong("The shapes are wrong.", call=got.call, expected="[(3, 2), (3,)]", got=shapes)


@about("fit")
def test_fit_starts_from_the_given_weights_and_leaves_them_unchanged(oracle):
    """One iteration from the minimum stays there, and the result carries no graph."""
    for N, C, D in [(13, 3, 2), (17, 2, 3)]:
        h, position, *start = problem(N, C, D)
        best = oracle("fit")(h, position, *start, 0.1, 200)
        given = [one.clone() for one in best]
        got = call(fit, h, position, *given, 0.1, 1)
        if any(one.requires_grad for one in given):
            wrong("You switched on requires_grad in the caller's tensors. Work on copies.")
        if any(one.requires_grad for one in got.value):
            wrong("The result still requires a gradient. Detach it.", call=got.call)
        weights_are(got, *best)
        why = "After 0 iterations, the weights are still those that you were given."
        call(fit, h, position, *start, 0.1, 0).gives(tuple(start), why=why)


@about("fit")
def test_one_iteration_is_one_step_down():
    """With iterations = 1, cross entropy plus penalty is lower than at the start."""
    h, position, *start = problem(13, 3, 2)

    def loss(weight, bias):
        logits = h @ weight.T + bias
        return nn.functional.cross_entropy(logits, position) + 0.05 * weight.square().sum()

    got = call(fit, h, position, *start, 0.1, 1)
    before, after = float(loss(*start)), float(loss(*got.value))
    if not after < before:
        wrong("The loss has not fallen.", call=got.call, expected=f"below {before:.6f}", got=after)


@about("fit")
def test_fit_makes_no_more_iterations_than_it_may(oracle):
    """From far away, one iteration does not reach the minimum: `iterations` is a maximum."""
    units = torch.tensor([1, 0.56, 0.32], dtype=DOUBLE)
    h = rand(30, 3, seed=1, dtype=DOUBLE) * units
    position = (torch.arange(30) ** 2 + (h[:, 0] > 0.3)) % 3
    start = 3 * rand(3, 3, seed=3, dtype=DOUBLE), torch.zeros(3, dtype=DOUBLE)
    best, _ = oracle("fit")(h, position, *start, 0.01, 200)
    got = call(fit, h, position, *start, 0.01, 1)
    if (got.value[0].detach() - best).norm() < 0.01 * (start[0] - best).norm():
        said = "One iteration was allowed. How many did you make?"
        wrong(said, call=got.call, expected="not at the minimum yet", got="the minimum")


# Step 6: the probe that is best on validation images


def two_splits(seed, N=24, M=40, D=3):
    """Training and validation images of three overlapping classes; dimensions differ in scale."""
    units, shift = torch.tensor([1.0, 30.0, 0.02]), torch.tensor([5.0, -100.0, 0.3])
    names = torch.tensor([7, -2, 4])
    parts = []
    for n, s in [(N, seed), (M, seed + 50)]:
        label = torch.arange(n) % 3
        h = rand(n, D, seed=s, dtype=DOUBLE) + torch.eye(3)[label]
        parts += [(h * units + shift).float(), names[label]]
    return parts


@about("linear_probe")
def test_probe_stores_mean_and_std_of_the_training_images():
    """Mean and std are those of the training images alone; the probe also stores its classes."""
    for seed in [1, 2]:
        train_h, train_labels, val_h, val_labels = two_splits(seed)
        probe = call(linear_probe, train_h, train_labels, val_h + 9, val_labels, (1.0,)).value
        if not torch.allclose(probe.mean, train_h.mean(0), rtol=1e-5):
            wrong("The mean of linear_probe(…) is wrong.", expected=train_h.mean(0), got=probe.mean)
        ratio = probe.std / train_h.std(0, correction=0)
        either = ratio.sub(1).abs().max() < 1e-4 or ratio.sub((24 / 23) ** 0.5).abs().max() < 1e-4
        if not either:
            said = "The std of linear_probe(…) is wrong."
            wrong(said, expected=train_h.std(0, correction=0), got=probe.std)
        assert probe.classes.tolist() == [-2, 4, 7], f"classes are -2, 4, 7, not {probe.classes}"
        assert probe.penalty == 1.0, f"the only penalty is 1.0, not {probe.penalty}"
    wide = call(linear_probe, train_h.double(), train_labels, val_h.double(), val_labels, (1.0,))
    for part in (wide.value.weight, wide.value.bias, wide.value.mean, wide.value.std):
        kind_is(wide, part, DOUBLE)
    kind_is(wide, wide.value.classes, torch.int64)
    at_zero = linear_probe(train_h, train_labels, val_h, val_labels, (1.0,), 0).weight
    assert not at_zero.any(), "with iterations=0 nothing is fitted: pass `iterations` on to fit"


@about("linear_probe")
def test_probe_is_the_fit_of_the_training_images(oracle):
    """Its weights are those of `fit` for standardised training images and the chosen penalty."""
    for seed, penalty in [(1, 0.3), (4, 0.05)]:
        parts = two_splits(seed)
        got = call(linear_probe, *parts, (penalty,))
        probe = got.value
        h = ((parts[0] - parts[0].mean(0)) / probe.std).double()
        position = torch.tensor([[-2, 4, 7].index(label) for label in parts[1].tolist()])
        zero = torch.zeros(3, 3, dtype=DOUBLE)
        got.value = probe.weight, probe.bias
        best = oracle("fit")(h, position, zero, zero[0], penalty, 200)
        weights_are(got, *best, dtype=torch.float32)


@about("linear_probe")
def test_probe_has_the_weights_of_its_penalty():
    """With several penalties, the result is one of the fits, and not a mixture of them."""
    for seed, penalties in [(1, (1.0, 0.01)), (4, (0.03, 0.3))]:
        parts = two_splits(seed)
        got = call(linear_probe, *parts, penalties)
        only = linear_probe(*parts, (got.value.penalty,))
        got.value = got.value.weight, got.value.bias
        bias = only.bias - only.bias.mean()
        weights_are(got, only.weight, bias, rtol=5e-3)


@about("linear_probe")
def test_probe_does_not_depend_on_units():
    """Millimetres or kilometres, whatever the unit of each dimension: the answers stay the same."""
    train_h, train_labels, val_h, val_labels = two_splits(3)
    probe = linear_probe(train_h, train_labels, val_h, val_labels, (0.1,))
    expected = probe.predict(val_h)
    for units in [torch.tensor([1000.0, 1.0, 0.01]), torch.tensor([1.0, 50.0, 1.0])]:
        got = call(linear_probe, train_h * units, train_labels, val_h * units, val_labels, (0.1,))
        got.value = got.value.predict(val_h * units)
        got.gives(expected, why="A change of units changed the predictions.")


@about("linear_probe")
def test_probe_chooses_on_validation_images():
    """If the validation labels are the predictions of one penalty, that penalty is chosen."""
    penalties = (3.0, 0.1, 0.001)
    train_h, train_labels, val_h, _ = two_splits(5, N=18, M=90)
    for penalty in penalties:
        only = linear_probe(train_h, train_labels, val_h, train_labels[:1].expand(90), (penalty,))
        said = only.predict(val_h)
        got = call(linear_probe, train_h, train_labels, val_h, said, penalties)
        if got.value.penalty != penalty:
            wrong(
                f"With penalty {penalty} every validation image is classified correctly.",
                call=got.call,
                expected=penalty,
                got=got.value.penalty,
            )


@about("linear_probe")
def test_validation_images_may_lack_a_class():
    """The labels of the validation images mean the same classes as those of the training images."""
    penalties = (3.0, 0.1, 0.001)
    train_h, train_labels, val_h, _ = two_splits(5, N=18, M=90)
    for penalty in penalties:
        only = linear_probe(train_h, train_labels, val_h, train_labels[:1].expand(90), (penalty,))
        said = only.predict(val_h)
        some = said != -2  # the first class
        got = call(linear_probe, train_h, train_labels, val_h[some], said[some], penalties)
        right = got.value.predict(val_h[some]) == said[some]
        if not right.all():
            why = f"With penalty {penalty} every validation image is classified correctly."
            wrong(why, call=got.call, expected=penalty, got=got.value.penalty)


@about("linear_probe")
def test_probe_tries_every_penalty():
    """The largest penalty is right once, the next one never, the smallest most often."""
    penalties = (3.0, 0.1, 0.001)
    train_h, train_labels, val_h, _ = two_splits(5, N=18, M=90)
    any_label = train_labels[:1].expand(90)
    large, middle, small = (
        linear_probe(train_h, train_labels, val_h, any_label, (p,)).predict(val_h)
        for p in penalties
    )
    many = (small != middle) & (small != large)
    once = ((large != middle) & ~many).nonzero()[:1, 0]
    many = many.nonzero()[:, 0]
    rows, labels = torch.cat([once, many]), torch.cat([large[once], small[many]])
    got = call(linear_probe, train_h, train_labels, val_h[rows], labels, penalties)
    if got.value.penalty != 0.001:
        wrong("A later penalty is better.", call=got.call, expected=0.001, got=got.value.penalty)


@about("linear_probe")
def test_probe_keeps_the_largest_of_equally_good_penalties():
    """The classes are far apart, so every penalty classifies all images correctly."""
    label = torch.arange(15) % 3
    h = 20 * torch.eye(3)[label] + rand(15, 3, seed=1)
    for penalties in [(0.01, 0.5, 0.1), (0.5, 0.01), (0.01, 0.5)]:
        got = call(linear_probe, h[:9], label[:9], h[9:], label[9:], penalties)
        if got.value.penalty != 0.5:
            said = "All penalties are equally good, so the largest wins."
            wrong(said, call=got.call, expected=0.5, got=got.value.penalty)
    got = call(linear_probe, h[:9], label[:9], h[9:], label[9:])
    assert got.value.penalty == 1.0, "by default the largest penalty is 1.0"


@about("linear_probe", step="a dimension that is always the same")
def test_probe_is_not_led_by_a_dimension_that_was_constant():
    """A dimension whose std is near 0 may vary in other images, but must not decide the class."""
    train_h, train_labels, val_h, val_labels = two_splits(6)
    train_h, train_labels = train_h.repeat(3, 1), train_labels.repeat(3)
    wide = torch.cat([train_h, torch.full((len(train_h), 1), 0.1)], 1)
    val = torch.cat([val_h, torch.full((len(val_h), 1), 0.1)], 1)
    got = call(linear_probe, wide, train_labels, val, val_labels, (0.1,))
    expected, nearly = got.value.predict(val), val.clone()
    nearly[:, -1] += 1e-5
    got.value = got.value.predict(nearly)
    got.gives(expected, why="A dimension that was constant in training decides the class.")


@about("linear_probe", step="a dimension that is always the same")
def test_probe_ignores_a_constant_dimension():
    """A dead unit of the encoder has std 0, and 0 / 0 is NaN. The probe must ignore the unit."""
    for value, times in [(0.0, 1), (4.0, 1), (0.1, 3)]:  # the mean of 72 times 0.1 is rounded
        train_h, train_labels, val_h, val_labels = two_splits(6)
        train_h, train_labels = train_h.repeat(times, 1), train_labels.repeat(times)
        without = linear_probe(train_h, train_labels, val_h, val_labels, (0.1,))
        dead = torch.full((72, 1), value)
        wide = torch.cat([train_h, dead[: 24 * times]], 1), torch.cat([val_h, dead[:40]], 1)
        got = call(linear_probe, wide[0], train_labels, wide[1], val_labels, (0.1,))
        probe = got.value
        if not torch.isfinite(probe.weight).all():
            wrong("The weights are not finite.", call=got.call, got=probe.weight[0])
        got.value = probe.predict(wide[1])
        got.gives(without.predict(val_h), why="A constant dimension changed the answers.")
