"""Many processes compute what one computes: losses, gradients, queues, and the draws to come."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from simclr_mini import checkpoint, distributed
from simclr_mini.build import build_method, load_splits
from simclr_mini.methods import configure
from simclr_mini.train import check_processes, train
from tests.many_processes import CASES, RUN, WORLDS

ROOT = Path(__file__).parent.parent
ENVIRON = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}


def python(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=ENVIRON, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each process of each group found, by (W, rank)."""
    folder = tmp_path_factory.mktemp("processes")
    done = python("tests.many_processes", "gradients", str(folder))
    assert done.returncode == 0, done.stderr[-3000:]
    ranks = [(W, rank) for W in WORLDS for rank in range(W)]
    return {"read": (folder / "read").exists()} | {
        (W, rank): torch.load(folder / f"{W}-{rank}.pt", weights_only=True) for W, rank in ranks
    }


def flat(state: dict) -> torch.Tensor:
    return torch.cat([value.double().flatten() for value in state.values()])


@pytest.mark.parametrize("W", WORLDS[1:])
@pytest.mark.parametrize("name", CASES)
def test_gradients_are_those_of_one_process(found, name, W):
    """Equal in direction and size, for 7 images shared out as 4, 3 or 3, 2, 2 or 2, 2, 2, 1."""
    one = found[1, 0][name]
    for rank in range(W):
        many = found[W, rank][name]
        assert many["gradient"].shape == one["gradient"].shape
        difference = (many["gradient"] - one["gradient"]).norm()
        assert difference <= 1e-10 * one["gradient"].norm()
        assert all(map(torch.allclose, many["loss"], one["loss"]))


@pytest.mark.parametrize("W", WORLDS[1:])
@pytest.mark.parametrize("name", CASES)
def test_weights_queues_and_draws_are_those_of_one_process(found, name, W):
    """After two steps, the second with what the first has left in a queue."""
    one = found[1, 0][name]
    for rank in range(W):
        many = found[W, rank][name]
        assert many["state"].keys() == one["state"].keys()
        torch.testing.assert_close(flat(many["state"]), flat(one["state"]), rtol=1e-8, atol=1e-10)
        assert many["draws"].keys() == one["draws"].keys()
        assert all(torch.equal(many["draws"][k], one["draws"][k]) for k in one["draws"])
        first = found[W, 0][name]["state"]
        assert all(torch.equal(many["state"][k], first[k]) for k in first)  # to the last bit


def test_the_others_wait_while_the_first_reads(found):
    """Longer than a step may take; `many_processes.read_slowly` ends with an error otherwise."""
    assert found["read"]


@pytest.mark.parametrize("W", WORLDS[1:])
def test_processes_hear_of_each_other(found, W):
    for rank in range(W):
        heard = found[W, rank]["exchanges"]
        assert heard["one of them"] and not heard["none"]
        assert heard["the same"] and not heard["not the same"]
        assert heard["weight"].tolist() == heard["mean"].tolist() == [0, 0]
        first = torch.rand(3, generator=torch.Generator().manual_seed(0))
        assert torch.equal(heard["draw"], first)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_process_ends_the_run_which_one_process_goes_on_with(tmp_path):
    """One of two is killed at step 7; one resumes from step 4 and ends where one had ended."""
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    broken.mkdir(), whole.mkdir()
    launch = ("torch.distributed.run", "--standalone", "--nproc-per-node", "2")
    done = python(*launch, "-m", "tests.many_processes", "train", str(broken))
    assert time.time() - (broken / "killed").stat().st_mtime < 60
    assert done.returncode != 0 and "SIGKILL" in done.stderr, done.stderr[-3000:]
    assert checkpoint.load(broken)["step"] == 4
    config = configure(**RUN)
    data = load_splits(config)
    for folder in (broken, whole):
        train(config, build_method(config, data["train"]), data, folder, lambda line: None)
    ends = [checkpoint.load(folder) for folder in (broken, whole)]
    for name in ends[0]["now"]:
        assert torch.equal(ends[0]["now"][name], ends[1]["now"][name])
    weights = [flat(end["method"]) for end in ends]
    torch.testing.assert_close(*weights, rtol=1e-4, atol=1e-5)
    logs = [(folder / "log.jsonl").read_text().splitlines() for folder in (broken, whole)]
    losses = [[json.loads(line)["loss"] for line in log] for log in logs]
    assert len(losses[0]) == 12 and losses[0] == pytest.approx(losses[1], rel=1e-4)


def test_one_process_gets_back_what_it_gave():
    x = torch.arange(6.0).view(3, 2)
    assert distributed.own_rows(x) is not None and torch.equal(distributed.own_rows(x), x)
    assert distributed.gather(x, 3) is x
    assert (distributed.size(), distributed.rank()) == (1, 0)
    assert distributed.any_process(True) and not distributed.any_process(False)
    assert distributed.agree("anything")


@pytest.mark.parametrize(
    "choices, said",
    [
        ({}, "use --norm group, or one process"),
        ({"chunk_size": 8}, "--chunk-size with 3 processes needs --norm group"),
        ({"norm": "group", "batch_size": 2}, "--batch-size must be 3 or more for 3 processes"),
        (
            {"method": "moco", "queue_size": 64, "norm": "group", "norm_groups": 2},
            "--norm-groups must",
        ),
    ],
)
def test_what_many_processes_cannot_do_is_refused(monkeypatch, choices, said):
    config = configure(**{"device": "cpu", "images": 96, "batch_size": 32} | choices)
    method = build_method(config, load_splits(config)["train"])
    check_processes(config, method)  # one process can
    monkeypatch.setattr(distributed, "size", lambda: 3)
    with pytest.raises(ValueError, match=said):
        check_processes(config, method)
