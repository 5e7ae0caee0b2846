"""Evaluation of frozen representations, compared with scikit-learn, loops and small cases."""

import copy
import inspect
import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from torch import Generator, nn

from simclr_mini.data import Images
from simclr_mini.evaluate import (
    class_balanced,
    features,
    frozen,
    images_at_once,
    knn_predict,
    linear_probe,
    represent,
)
from simclr_mini.resnet import BasicBlock, ResNet


def seeded(seed=0):
    return Generator().manual_seed(seed)


def encoder():
    """A small network whose batch norms have seen data, in train mode as training leaves it."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = ResNet(BasicBlock, (1, 1), (4, 8))
        for _ in range(3):
            net(torch.rand(8, 3, 8, 8))
    return net.train()


def pictures(N, seed=0):
    return torch.randint(256, (N, 3, 8, 8), generator=seeded(seed), dtype=torch.uint8)


def blobs(N, D=6, C=3, seed=0, spread=1.0):
    """Rows from C overlapping clouds in D dimensions, and the cloud that each row is from."""
    centres = 1.5 * torch.randn(C, D, generator=seeded(99), dtype=torch.float64)
    labels = torch.arange(N) % C
    noise = torch.randn(N, D, generator=seeded(seed), dtype=torch.float64)
    return centres[labels] + spread * noise, labels


# ---- frozen


def test_frozen_means_eval_mode_inside_and_every_part_in_its_own_mode_afterwards():
    net = encoder()
    net.layer1.eval()
    before = [part.training for part in net.modules()]
    with frozen(net):
        assert not any(part.training for part in net.modules())
    assert [part.training for part in net.modules()] == before
    assert True in before and False in before


def test_frozen_names_a_weight_that_changed():
    net = encoder()
    with pytest.raises(RuntimeError, match=r"changed: conv1\.weight;"), frozen(net):
        net.conv1.weight.data[0, 0, 0, 0] += 1e-6
    assert net.training


def test_frozen_notices_weights_that_changed_places():
    """A sum or a mean of the weights would not show it."""
    net = encoder()
    with pytest.raises(RuntimeError, match=r"conv1\.weight"), frozen(net):
        net.conv1.weight.data = net.conv1.weight.data.flip(0)


def test_frozen_notices_batch_norm_drift():
    net = encoder()
    with pytest.raises(RuntimeError, match=r"bn1\.running_mean"), frozen(net), torch.no_grad():
        net.train()
        net(torch.rand(4, 3, 8, 8))


def test_frozen_passes_an_error_on_and_still_restores_the_mode():
    net = encoder()
    with pytest.raises(KeyError, match="mine"), frozen(net):
        net.conv1.weight.data += 1
        raise KeyError("mine")
    assert net.training


def test_frozen_reads_half_precision_and_scalars():
    net = nn.Linear(2, 2).bfloat16()
    net.register_buffer("count", torch.tensor(3), persistent=False)
    with frozen(net):
        pass
    with pytest.raises(RuntimeError, match="count"), frozen(net):
        net.count += 1


# ---- features


def test_features_are_the_encoder_in_eval_mode_on_pixels_over_255():
    """The expectation is made from one image at a time in float64. The last batch is short."""
    net, pixels = encoder(), pictures(10)
    plain = copy.deepcopy(net).double().eval()
    with torch.no_grad():
        expected = torch.cat([plain(p[None].double() / 255) for p in pixels])
    h = features(net, pixels, batch_size=4)
    assert h.dtype == torch.float32 and h.shape == (10, 8)
    torch.testing.assert_close(h.double(), expected, rtol=1e-4, atol=1e-5)


def test_features_do_not_depend_on_the_other_images_of_a_batch():
    net, pixels = encoder(), pictures(9)
    together = features(net, pixels)
    for batch_size in (1, 2, 9):
        torch.testing.assert_close(features(net, pixels, batch_size), together)


def test_features_follow_the_order_of_the_images():
    net, pixels = encoder(), pictures(11)
    order = torch.randperm(11, generator=seeded())
    torch.testing.assert_close(features(net, pixels[order], 4), features(net, pixels, 4)[order])


def test_features_leave_the_encoder_as_it_was():
    net = encoder()
    before = copy.deepcopy(net.state_dict())
    h = features(net, pictures(6))
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(part.training for part in net.modules())
    assert not h.requires_grad


def test_features_taken_twice_are_equal():
    """No random view is made."""
    net, pixels = encoder(), pictures(6)
    assert torch.equal(features(net, pixels), features(net, pixels))


def test_features_refuse_an_encoder_that_learns_even_in_eval_mode():
    class Learner(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.zeros(3))

        def forward(self, x):
            self.mean += 0.1 * x.mean((0, 2, 3))
            return x.mean((2, 3)) - self.mean

    with pytest.raises(RuntimeError, match="changed: mean"):
        features(Learner(), pictures(4))


def test_features_take_a_split_or_its_pixels_and_any_module():
    """An encoder without parameters does not say which device it is on."""
    pixels = pictures(5)
    images = Images(pixels, None, (), "mine", "train")
    h = features(nn.Flatten(), images, batch_size=2)
    assert torch.equal(h, pixels.flatten(1).float() / 255)
    assert torch.equal(h, features(nn.Flatten(), pixels))


def test_large_images_are_shown_to_the_encoder_a_few_at_a_time():
    """As many pixels at once as 512 images of 32 x 32 have; the numbers are the same."""
    seen = []

    class Watched(nn.Flatten):
        def forward(self, x):
            seen.append(len(x))
            return super().forward(x)

    pixels = torch.randint(0, 256, (5, 3, 512, 512), dtype=torch.uint8)
    assert torch.equal(represent(Watched(), pixels), features(nn.Flatten(), pixels))
    assert seen == [2, 2, 1]
    assert images_at_once(torch.empty(9, 3, 32, 32)) == 512
    assert images_at_once(torch.empty(9, 3, 4096, 4096)) == 1


def test_features_of_float_images_are_refused():
    with pytest.raises(ValueError, match="must be uint8"):
        features(nn.Flatten(), pictures(2).float() / 255)


# ---- k nearest neighbours


def at(*degrees):
    angle = torch.tensor(degrees, dtype=torch.float64) * math.pi / 180
    return torch.stack([angle.cos(), angle.sin()], 1)


def test_one_near_neighbour_outweighs_two_far_ones():
    """Class 1, at 5 degrees, wins at tau = 0.07; at tau = 100 the two of class 0 outvote it."""
    bank, labels, query = at(60, 65, 5), torch.tensor([0, 0, 1]), at(0)
    assert knn_predict(bank, labels, query, k=3, temperature=0.07).tolist() == [1]
    assert knn_predict(bank, labels, query, k=3, temperature=100.0).tolist() == [0]


def test_only_the_k_nearest_vote():
    bank, labels = at(0, 10, 20, 21, 22), torch.tensor([3, 4, 4, 4, 4])
    assert knn_predict(bank, labels, at(1), k=1, temperature=100.0).tolist() == [3]
    assert knn_predict(bank, labels, at(1), k=3, temperature=100.0).tolist() == [4]


def test_labels_need_not_be_numbered_without_gaps():
    bank, labels = at(0, 90, 180), torch.tensor([5, 0, 2])
    assert knn_predict(bank, labels, at(2, 88, 179, -3), k=1).tolist() == [5, 0, 2, 5]


def test_a_bank_smaller_than_k_votes_as_a_whole():
    bank, labels = at(0, 10, 90), torch.tensor([0, 0, 1])
    assert knn_predict(bank, labels, at(80, 1), k=20).tolist() == [1, 0]


@pytest.mark.parametrize(("k", "temperature"), [(1, 0.07), (5, 0.07), (20, 0.5)])
def test_knn_agrees_with_scikit_learn(k, temperature):
    """scikit-learn's "cosine" distance is 1 - s. There are more queries than fit one chunk."""
    bank, labels = blobs(90, spread=2.0)
    queries, _ = blobs(300, seed=1, spread=2.0)
    oracle = KNeighborsClassifier(
        k, metric="cosine", weights=lambda distance: np.exp((1 - distance) / temperature)
    ).fit(bank, labels)
    expected = oracle.predict(queries)
    assert len(set(expected)) == 3
    assert knn_predict(bank, labels, queries, k, temperature).tolist() == expected.tolist()


def test_knn_equals_a_vote_in_loops():
    bank, labels = blobs(30, spread=2.0)
    queries, _ = blobs(12, seed=1, spread=2.0)
    labels = torch.tensor([0, 2, 5])[labels]
    expected = []
    for query in queries:
        s = [float(query @ row / (query.norm() * row.norm())) for row in bank]
        votes = {0: 0.0, 2: 0.0, 5: 0.0}
        for i in sorted(range(30), key=lambda i, s=s: -s[i])[:7]:
            votes[int(labels[i])] += math.exp(s[i] / 0.2)
        expected.append(max(votes, key=votes.get))
    assert knn_predict(bank, labels, queries, k=7, temperature=0.2).tolist() == expected


def test_knn_does_not_depend_on_norms_or_the_order_of_the_bank():
    bank, labels = blobs(60, spread=2.0)
    queries, _ = blobs(40, seed=1, spread=2.0)
    expected = knn_predict(bank, labels, queries)
    order = torch.randperm(60, generator=seeded())
    length = torch.logspace(-3, 3, 60, dtype=torch.float64)[:, None]
    assert torch.equal(knn_predict((bank * length)[order], labels[order], 9 * queries), expected)


def test_knn_at_a_tiny_temperature_is_the_nearest_neighbour():
    """exp(1 / tau) overflows float32; the votes must not become inf or NaN."""
    bank, labels = blobs(60)
    queries, _ = blobs(40, seed=1)
    bank, queries = bank.float(), queries.float()
    nearest = knn_predict(bank, labels, queries, k=1)
    assert torch.equal(knn_predict(bank, labels, queries, k=10, temperature=1e-5), nearest)


def test_knn_refuses_arguments_that_would_silently_give_a_wrong_vote():
    bank, labels = at(0, 10), torch.tensor([0, 1])
    for settings in ({"k": 0}, {"temperature": 0.0}):
        with pytest.raises(ValueError, match="must be 1 or more and the temperature above 0"):
            knn_predict(bank, labels, bank, **settings)
    with pytest.raises(ValueError, match=r"needs labels of shape \(2,\)"):
        knn_predict(bank, torch.tensor([0, 1, 1]), bank)


# ---- linear probe


def test_no_test_image_can_influence_the_choice_of_a_probe():
    names = list(inspect.signature(linear_probe).parameters)
    assert names[:5] == ["train_h", "train_labels", "val_h", "val_labels", "penalties"]
    assert not [name for name in names if "test" in name]


@pytest.mark.parametrize("penalty", [1.0, 0.01, 0.0001])
def test_the_probe_is_scikit_learns_logistic_regression(penalty):
    """scikit-learn minimises C * sum of cross entropies + |W|^2 / 2, so C = 1 / (penalty N)."""
    h, labels = blobs(120, spread=2.0)
    h = h * torch.logspace(-1, 1, 6) + 3
    probe = linear_probe(h, labels, h, labels, (penalty,))
    standard = (h - h.mean(0)) / h.std(0, correction=0)
    oracle = LogisticRegression(C=1 / (penalty * 120), tol=1e-8, max_iter=5000)
    oracle.fit(standard, labels)
    np.testing.assert_allclose(probe.weight, oracle.coef_, rtol=2e-3, atol=2e-3)
    np.testing.assert_allclose(probe.bias, oracle.intercept_, rtol=2e-3, atol=2e-3)
    queries, truth = blobs(300, seed=1, spread=2.0)
    queries = queries * torch.logspace(-1, 1, 6) + 3
    expected = oracle.predict((queries - h.mean(0)) / h.std(0, correction=0))
    assert (probe.predict(queries).numpy() == expected).mean() > 0.995
    assert probe.accuracy(queries, truth) == pytest.approx(
        (expected == truth.numpy()).mean(), abs=0.005
    )


def test_a_start_from_a_larger_penalty_does_not_change_the_result():
    h, labels = blobs(150, spread=2.0)
    val_h, val_labels = blobs(60, seed=1, spread=2.0)
    path = linear_probe(h, labels, val_h, val_labels, (0.001, 1.0, 0.1))
    alone = linear_probe(h, labels, val_h, val_labels, (path.penalty,))
    torch.testing.assert_close(path.weight, alone.weight, rtol=1e-3, atol=1e-3)


def test_the_penalty_is_the_one_that_is_best_on_validation():
    """If the probe of one penalty made the validation labels, that penalty predicts them best."""
    h, labels = blobs(60, spread=3.0)
    val_h, _ = blobs(2000, seed=1, spread=3.0)
    for penalty in (1.0, 0.1, 0.001):
        alone = linear_probe(h, labels, val_h, torch.zeros(2000), (penalty,))
        chosen = linear_probe(h, labels, val_h, alone.predict(val_h), (0.001, 1.0, 0.1))
        assert chosen.penalty == penalty


def test_of_equally_good_penalties_the_largest_is_kept():
    h, labels = at(0, 1, 90, 91), torch.tensor([0, 0, 1, 1])
    assert linear_probe(h, labels, h, labels, (0.001, 0.1, 0.01)).penalty == 0.1


def test_the_bias_is_not_penalised():
    """With a huge penalty the weight is nearly 0, and the bias alone gives the class shares."""
    h, _ = blobs(100)
    labels = (torch.arange(100) < 80).long()
    probe = linear_probe(h, labels, h, labels, (1e6,))
    assert probe.weight.abs().max() < 1e-4
    assert probe.bias.softmax(0).tolist() == pytest.approx([0.2, 0.8], abs=1e-3)


def test_the_probe_standardises_by_training_images_alone():
    """Far-off validation images shift neither mean nor scale."""
    h, labels = blobs(90)
    near = linear_probe(h, labels, h, labels, (0.1,))
    far = linear_probe(h, labels, 100 * h + 7, labels, (0.1,))
    assert torch.equal(near.mean, h.mean(0)) and torch.equal(far.mean, h.mean(0))
    assert torch.equal(near.weight, far.weight)


def test_the_probe_does_not_depend_on_the_units_of_a_dimension():
    h, labels = blobs(90, spread=2.0)
    units = torch.logspace(-2, 3, 6)
    plain = linear_probe(h, labels, h, labels, (0.01,))
    other = linear_probe(h * units - 5, labels, h * units - 5, labels, (0.01,))
    torch.testing.assert_close(plain.weight, other.weight, rtol=1e-4, atol=1e-4)
    assert torch.equal(plain.predict(h), other.predict(h * units - 5))


def test_the_probe_is_the_same_every_time():
    h, labels = blobs(90, spread=2.0)
    first, second = (linear_probe(h.float(), labels, h.float(), labels) for _ in range(2))
    assert torch.equal(first.weight, second.weight) and first.penalty == second.penalty


def test_the_probe_takes_labels_with_gaps_and_a_constant_dimension():
    h, labels = blobs(90)
    h = torch.cat([h, torch.full((90, 1), 4.0)], 1).float()
    labels = torch.tensor([0, 2, 5])[labels]
    probe = linear_probe(h, labels, h, labels)
    assert set(probe.predict(h).tolist()) == {0, 2, 5}
    assert probe.accuracy(h, labels) > 0.8
    assert probe.weight.isfinite().all()


def test_the_probe_works_when_gradients_are_switched_off():
    h, labels = blobs(60)
    with torch.no_grad():
        probe = linear_probe(h, labels, h, labels, (0.1,))
    assert probe.weight.abs().max() > 0.1 and not probe.weight.requires_grad


def test_accuracy_is_the_share_of_all_images():
    """Seven of ten are right. A mean over batches, of which the last is short, would differ."""
    h, labels = at(0, 1, 90, 91), torch.tensor([0, 0, 1, 1])
    probe = linear_probe(h, labels, h, labels)
    queries = at(*[0] * 5, *[90] * 5)
    truth = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1, 0, 0])
    assert probe.accuracy(queries, truth) == pytest.approx(0.7)


# ---- few labels


def test_a_balanced_subset_has_as_many_of_each_class():
    """A fifth of 100 images is 20: 7 of each of three classes, or all that a class has."""
    labels = torch.tensor([0] * 80 + [2] * 15 + [5] * 5)[torch.randperm(100, generator=seeded())]
    index = class_balanced(labels, 0.2, seeded())
    kept = labels[index]
    assert [(kept == c).sum().item() for c in (0, 2, 5)] == [7, 7, 5]
    assert len(index.unique()) == len(index)


def test_a_tiny_share_still_has_one_image_of_each_class():
    labels = torch.arange(30) % 10
    assert sorted(labels[class_balanced(labels, 0.001, seeded())].tolist()) == list(range(10))


def test_a_share_of_one_is_every_image():
    labels = torch.arange(30) % 3
    assert sorted(class_balanced(labels, 1.0, seeded()).tolist()) == list(range(30))


def test_a_subset_is_random_but_follows_its_generator():
    """Each image is drawn about as often as any other, not only the first ones of its class."""
    labels = torch.arange(40) % 2
    draws = [class_balanced(labels, 0.25, seeded(seed)) for seed in range(400)]
    assert torch.equal(draws[7], class_balanced(labels, 0.25, seeded(7)))
    counts = torch.bincount(torch.cat(draws), minlength=40)
    assert counts.min() > 60 and counts.max() < 140  # mean 100, standard deviation 9


def test_a_share_outside_0_to_1_is_refused():
    for share in (0.0, -0.1, 1.5):
        with pytest.raises(ValueError, match="above 0 and at most 1"):
            class_balanced(torch.arange(4), share)
