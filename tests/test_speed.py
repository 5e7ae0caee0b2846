"""The measurements of speed: what is timed, what is written, and that the page shows it."""

import sys
import time
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "docs" / "results")]

import growth  # noqa: E402
import limits  # noqa: E402
import measure  # noqa: E402
import profile_step  # noqa: E402
import speed  # noqa: E402
import step as steps  # noqa: E402

SECONDS = {"ours": [1.0, 2.0, 4.0], "theirs": [3.0, 2.0, 10.0]}
FOUND = {
    "command": "python benchmarks/peers.py",
    "machine": "a machine",
    "versions": {"torch": "3.0"},
    "threads": 2,
    "compared": {
        "views": {"what": "views", "seconds": SECONDS, "missing": {"more": "more"}, "amount": 600},
        "loss": {"what": "loss", "seconds": {"ours": [0.0123]}, "missing": {}},
    },
    "inertia": {"ours": 200.0, "faiss": 201.0},
    "limits": {"float32": 2e11, "bfloat16": 5e11, "bandwidth": 2e10},
    "networks": {
        "tiny": {"forward": 2e7, "both": 6e7, "rate": 1e11, "precision": "bfloat16"},
    },
    "parts": {"views": 0.01, "network": 0.08, "loss": 0.01},
    "memory": [{"B": 8192, "name": "ours", "bytes": 50 * 2**20}],
    "growth": {
        name: [{"size": n, "seconds": n / 100, "limit": n / 200} for n in (10, 20, 40)]
        for name in "NKB"
    },
    "ranks": [{"size": 1, "speed": 100.0}, {"size": 2, "speed": 180.0}, {"size": 4, "speed": 150}],
}


def test_the_tables_and_the_figure_are_those_of_the_measurement():
    for file, content in speed.written().items():
        assert file.read_text("utf-8") == content, "run: python docs/results/speed.py"


def test_every_operation_has_one_kind():
    assert speed.kind_of("aten::convolution_backward").startswith("convolutions")
    assert speed.kind_of("aten::addmm").startswith("convolutions")
    assert speed.kind_of("aten::native_batch_norm").startswith("batch norms")
    assert speed.kind_of("aten::threshold_backward").startswith("batch norms")
    assert speed.kind_of("aten::copy_").startswith("copies")
    assert speed.kind_of("aten::_fused_adamw_") == "AdamW"
    assert speed.kind_of("aten::sum") == speed.OTHERS


def test_the_profile_of_a_step_has_its_convolutions_and_its_table():
    found = profile_step.measured(steps=1, images=64, batch_size=32)
    assert found["steps"] == 1 and all(seconds >= 0 for seconds in found["seconds"].values())
    assert any("conv" in operation for operation in found["seconds"])
    lines = speed.profile_table(
        found | {"seconds": {"aten::mm": 2.0, "aten::bmm": 1.0, "aten::sum": 1.0}}
    )
    assert "| convolutions, and matrix products in their place | 75% |" in lines


def test_a_table_of_three_rounds_by_hand():
    assert speed.compared(FOUND["compared"]["views"]) == [
        "| views | median | range over rounds | times as long as ours |",
        "|---|---:|---:|---:|",
        "| ours | 300 views/s | 150 to 600 |  |",
        "| theirs | 200 views/s | 60 to 300 | 2.50 (1.00 to 3.00) |",
        "| more | not installed | | |",
        "",
    ]
    one = speed.compared(FOUND["compared"]["loss"])
    assert one[2:] == ["| ours | 12.3 ms | 12.3 ms to 12.3 ms |  |", ""]


def test_a_page_has_the_shares_of_the_limit_and_of_the_step():
    page = speed.page(FOUND)
    assert "| 100 GFLOP/s, bfloat16 | 20% |" in page
    assert "20.0% of a step is spent outside the network" in page
    assert "| ours | 8,192 | 50 MiB |" in page
    assert "faiss +0.50%" in page


def test_no_more_than_the_cores_is_expected_of_processes():
    assert speed.curves(FOUND, "ranks")[1] == {1: 100.0, 2: 200.0, 4: 200.0}
    assert "150 and 200 views/s at 4" in speed.figure(FOUND)


def test_ways_take_turns_and_the_first_round_does_not_count():
    calls = []
    seconds = measure.in_turns(2, {"a": lambda: calls.append("a"), "b": lambda: calls.append("b")})
    assert calls == ["a", "b", "a", "b", "b", "a"]
    assert [len(each) for each in seconds.values()] == [2, 2]


def test_a_library_that_is_missing_is_left_out_and_named():
    def missing():
        raise ImportError(name="fast")

    found = measure.compare("x", 1, {"ours": lambda: lambda: time.sleep(0.002), "fast": missing})
    assert found["missing"] == {"fast": "fast"} and list(found["seconds"]) == ["ours"]
    assert found["seconds"]["ours"][0] >= 0.002


@pytest.mark.skipif(not measure.CLEAR.exists(), reason="only Linux counts it")
def test_extra_memory_is_the_most_that_was_held_at_a_time():
    def work():
        for _ in range(3):  # each is freed before the next
            torch.ones(2**25)  # 128 MiB, more than malloc keeps for later

    assert 120 * 2**20 < measure.extra_memory(work) < 200 * 2**20


def test_flops_are_two_for_each_multiply_add():
    """One 3 x 3 convolution at stride 2 and two linear layers, by hand."""
    step = steps.Step(steps.random_images(8), 4, encoder="tiny", hidden_dim=8, out_dim=4)
    side, wide = step.method.recipe.size, step.method.encoder.dim
    step.method.encoder = torch.nn.Sequential(
        torch.nn.Conv2d(3, wide, 3, 2, padding=1, bias=False),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
    )
    stem, head = (side // 2) ** 2 * wide * 27, wide * 8 + 8 * 4
    found = limits.flops_per_view(step)
    assert found["forward"] == 2 * (stem + head)
    assert found["both"] == 2 * (2 * stem + 3 * head)  # no gradient with respect to the image


def test_parts_of_a_step_change_the_weights_as_a_step_does():
    both = [steps.Step(steps.random_images(16), 8, encoder="tiny") for _ in range(2)]
    both[0].run(2)
    both[1].parts(1)  # one step before it is not counted
    for a, b in zip(*(one.method.parameters() for one in both), strict=True):
        torch.testing.assert_close(a, b)


def test_growth_is_measured_for_each_size_with_its_limit(monkeypatch):
    monkeypatch.setattr(growth, "clustering", lambda n, k: lambda: None)
    monkeypatch.setattr(growth, "loss", lambda B: lambda: None)
    found = growth.growth(1e9, 1, 2)
    assert [one["size"] for one in found["B"]] == [256, 512]
    assert found["B"][0]["limit"] == 6 * 512**2 * 128 / 1e9
    assert found["N"][0]["limit"] == 2 * 6250 * 512 * 128 * 6 / 1e9
