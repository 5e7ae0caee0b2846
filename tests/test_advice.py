"""Advice: alarms on runs that really fail, none on a good one, and neighbours by hand."""

from functools import partial

import pytest
import torch

from simclr_mini.advice import FEW_STEPS, advise, nearest_rows, share_changed, verdict
from simclr_mini.baselines import BASELINES
from simclr_mini.build import build_method, load_splits
from simclr_mini.methods import configure
from simclr_mini.report import diagnostics
from simclr_mini.runs import read_log
from simclr_mini.train import train

BUDGET = {"images": 640, "epochs": 3, "knn_every": 0, "batch_size": 64, "encoder": "tiny"}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def advice_of(tmp_path, halved):
    return partial(advise_on_a_run, tmp_path, halved)


def advise_on_a_run(folder, halved, **choices):
    config = configure(**BUDGET | choices)
    data = {name: halved(images) for name, images in load_splits(config).items()}
    method = build_method(config, data["train"])
    train(config, method, data, folder, lambda line: None)
    health = diagnostics(method, data["test"].first(500))
    return advise(read_log(folder), health, method.encoder.dim)


def test_a_good_run_raises_no_alarm_and_could_go_on(advice_of):
    advice = advice_of()
    assert advice.alarms == () and advice.stop.startswith("A new run with more --epochs")


@pytest.mark.parametrize(
    "choices, alarm",
    [
        ({"learning_rate": 1e5, "optimizer": "sgd", "precision": "float32"}, "AT CHANCE"),
        ({"positives": "wrong"}, "AT CHANCE"),
        ({"temperature": 0.001}, "ALL EQUAL"),
        ({"views": "flip", "epochs": 2}, "TOO GOOD TOO SOON"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_a_run_that_fails_is_named(advice_of, choices, alarm):
    advice = advice_of(**choices)
    assert any(sentence.startswith(alarm) for sentence in advice.alarms), advice
    assert advice.stop.startswith("First do what the alarm says")


def test_neighbours_by_hand():
    """Four vectors at 0, 10, 90 and 100 degrees; with one neighbour each they form two pairs."""
    angle = torch.tensor([0.0, 10, 90, 100]).deg2rad()
    h = torch.stack([angle.cos(), angle.sin()], 1)
    first = nearest_rows(h, 1)
    assert nearest_rows(h, 2, count=3).shape == (3, 2)
    assert first[:, 0].tolist() == [1, 0, 3, 2]
    assert share_changed(first, first) == 0
    assert share_changed(first, torch.tensor([[1], [0], [0], [1]])) == 0.5


def test_the_order_of_neighbours_does_not_count():
    assert share_changed(torch.tensor([[1, 2, 3]]), torch.tensor([[3, 1, 2]])) == 0


@pytest.mark.parametrize("changed, begins", [(0.02, "Stop here: only 2%"), (0.3, "A new run")])
def test_settled_neighbours_mean_stop(changed, begins):
    log = [{"epoch": e, "share_of_way": 0.4, "neighbours_changed": changed} for e in range(3)]
    health = {"uniformity": -3.0, "effective_rank_h": 80.0}
    assert advise(log, health, 256).stop.startswith(begins)


def test_few_directions_are_named():
    log = [{"epoch": 0, "share_of_way": 0.4}]
    health = {"uniformity": -3.0, "effective_rank_h": 3.0}
    assert (
        advise(log, health, 256)
        .alarms[0]
        .endswith(
            "representations differ in only about 3 of 256 possible directions. "
            "Lower --learning-rate, or train on more varied images."
        )
    )


@pytest.mark.parametrize("rank, directions", [(7.2, 10), (12.4, 20), (79.6, 80), (1.5, 2)])
def test_few_images_are_not_called_few_directions(rank, directions):
    """Ten images span ten directions at most; these are ranks of a network that works."""
    log = [{"epoch": 0, "share_of_way": 0.4}]
    health = {"uniformity": -3.0, "effective_rank_h": rank}
    assert advise(log, health, directions).alarms == ()


def test_a_few_steps_at_chance_are_no_failure():
    """Many people begin with twelve pictures and one epoch; such a run has hardly any steps."""
    health = {"uniformity": -3.0, "effective_rank_h": 40.0}
    for steps in (2, FEW_STEPS):
        log = [{"epoch": 0, "share_of_way": 0.0}] * steps
        found = advise(log, health, 256)
        assert bool(found.alarms) == (steps >= FEW_STEPS)
        assert ("2 steps are too few" in found.stop) == (steps < FEW_STEPS)


def test_the_verdict_names_the_best_baseline():
    rows = {"untrained": {"linear_probe": 0.3}, "patches": {"linear_probe": 0.9}}
    result = {"test": {"linear_probe": 0.7}, "baselines": rows, "images": {"train": 900, "test": 9}}
    assert verdict(result).endswith(
        "not above the best baseline, k-means on patches (90.0%). "
        "The untrained encoder reaches 30.0%."
    )
    rows["supervised"] = {"linear_probe": 0.99}
    assert "supervised" not in verdict(result)


def test_every_baseline_has_a_name_for_its_sentence():
    """And the untrained encoder is not named twice where it is the best."""
    for best in BASELINES:
        rows = {name: {"linear_probe": 0.9 if name == best else 0.3} for name in BASELINES}
        images = {"train": 900, "pretrain": 1200, "test": 300}
        said = verdict({"test": {"linear_probe": 0.95}, "baselines": rows, "images": images})
        assert said.startswith("After training on 1,200 images, the linear probe reaches 95.0% on")
        assert "on 300 test images: above the best" in said
        assert said.count("untrained encoder") == 1 and "(90.0%)" in said
