"""The declared studies: the rule that decides a claim, and what the results page shows."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "docs" / "results" / "studies"), str(ROOT / "docs" / "results")]

import findings  # noqa: E402
import runner  # noqa: E402
import section  # noqa: E402

STUDY = runner.Study("00_try", "A try", "nobody", "", [0, 1, 2], {"a": "", "b": "--x"}, [])


@pytest.fixture
def scores(tmp_path, monkeypatch):
    """Keeps runs whose arms have these accuracies, one for each seed, and returns the study."""
    monkeypatch.setattr(runner, "KEPT", tmp_path)

    def keep(claim: dict, **arms: list[float]) -> runner.Study:
        for arm, values in arms.items():
            for seed, value in enumerate(values):
                file = tmp_path / "00_try" / f"{arm}-{seed}.json"
                file.parent.mkdir(exist_ok=True)
                run = {"linear_probe": value, "knn": value / 2, "core_seconds": 60.0}
                run["machine"] = f"{'EPYC' if arm == 'b' else 'Xeon'}, 1 threads"
                file.write_text(json.dumps(run))
        return replace(STUDY, claims=[{"says": "a is better", "more": "a", "less": "b"} | claim])

    return keep


@pytest.mark.parametrize(
    ("claim", "a", "verdict"),
    [
        ({}, [0.52, 0.53, 0.54], "holds"),  # +3.0 ± 2.5
        ({}, [0.51, 0.53, 0.55], "open"),  # the same mean, ± 5.0
        ({}, [0.48, 0.47, 0.46], "fails"),
        ({"least": 5}, [0.52, 0.53, 0.54], "open"),
        ({"least": 6}, [0.52, 0.53, 0.54], "fails"),
        ({"least": 0.4}, [0.52, 0.53, 0.54], "holds"),
        ({"least": 0.6}, [0.52, 0.53, 0.54], "open"),
        ({"within": 5.4}, [0.52, 0.53, 0.54], "open"),
        ({"within": 5.6}, [0.52, 0.53, 0.54], "holds"),
        ({"within": 5.6}, [0.48, 0.47, 0.46], "holds"),
        ({"within": 0.4}, [0.48, 0.47, 0.46], "fails"),
        ({"measure": "knn", "least": 1.2}, [0.52, 0.53, 0.54], "open"),  # +1.5 ± 1.2
        ({"less_measure": "knn", "least": 20}, [0.52, 0.53, 0.54], "holds"),  # against 25
    ],
)
def test_a_claim_is_decided_by_the_declared_rule(scores, claim, a, verdict):
    study = scores(claim, a=a, b=[0.5, 0.5, 0.5])
    assert findings.verdict(study, study.claims[0]) == verdict


def test_differences_are_paired_by_seed(scores):
    """Both arms vary by seed, and their difference does not."""
    study = scores({}, a=[0.32, 0.62, 0.92], b=[0.3, 0.6, 0.9])
    assert findings.differences(study, study.claims[0]) == pytest.approx([2, 2, 2])
    assert findings.verdict(study, study.claims[0]) == "holds"


def test_a_claim_may_compare_two_differences(scores):
    """4 points, beyond the 1, 2 and 3 points of two other arms."""
    more = {"beyond": {"more": "c", "less": "d"}}
    study = scores(more, a=[0.54] * 3, b=[0.5] * 3, c=[0.31, 0.32, 0.33], d=[0.3] * 3)
    assert findings.differences(study, study.claims[0]) == pytest.approx([3, 2, 1])
    study = scores(more, a=[0.54] * 3, b=[0.5] * 3, c=[0.31], d=[0.3])
    assert findings.verdict(study, {**study.claims[0], "beyond": {"more": "c", "less": "e"}}) == (
        "not run"
    )


def test_nothing_is_decided_before_all_seeds_are_there(scores):
    study = scores({}, a=[0.52, 0.53], b=[0.5, 0.5])
    assert findings.verdict(study, study.claims[0]) == "2 of 3 seeds"


def test_half_of_the_interval_is_students():
    """Of 1, 2, 3, 4, 5 the standard error is 0.7071, and its quantile 2.776 at 4 degrees."""
    assert findings.interval([1, 2, 3, 4, 5]) == pytest.approx((3, 1.963), abs=1e-3)
    assert findings.effect_of([-0.01, 0.0]).startswith("+0.0")


def test_what_is_missing_is_made_seed_by_seed_and_a_choice_by_its_first_seed(scores):
    study = replace(scores({}, a=[0.5]), arms={"a": "", "b": ["--x 1", "--x 2"], "c": ""})
    names = [name for name, _, _ in runner.missing(study)]
    assert names == [
        "b.0-0",
        "b.1-0",
        "c-0",
        "a-1",
        "c-1",
        "a-2",
        "c-2",
    ]  # b's options are not chosen yet


@pytest.mark.parametrize("here", ["bfloat16", "float32"])
@pytest.mark.parametrize("kept_in", ["bfloat16", "float32"])
def test_a_study_keeps_to_the_number_format_that_it_was_begun_in(
    kept_in, here, scores, monkeypatch, capsys
):
    study, made = scores({}, a=[0.5]), []
    (run,) = runner.KEPT.glob("*/*.json")
    run.write_text(json.dumps(json.loads(run.read_text()) | {"precision": kept_in}))
    monkeypatch.setattr(runner, "declared", lambda names: [study])
    monkeypatch.setattr(runner.subprocess, "run", lambda words, **_: made.append(words))
    monkeypatch.setattr(runner, "number_format", lambda *_: here)
    runner.main()
    if kept_in == "bfloat16" and here == "float32":
        assert "00_try waits" in capsys.readouterr().out and not made
    else:
        assert made and all(words[-2:] == ["--precision", kept_in] for words in made)


def test_the_page_shows_complete_studies_and_names_the_others(scores, monkeypatch):
    study = scores({"least": 1}, a=[0.53, 0.53, 0.53], b=[0.5, 0.5, 0.5])
    later = replace(study, name="01_later", title="Later")
    monkeypatch.setattr(section, "declared", lambda: [study, later])
    page = section.section()
    assert "A try: 1 claim holds. a is better: it holds (+3.0 ± 0.0)." in page
    assert "| b | `--x` | 25.0% ± 0.0 | 50.0% ± 0.0 | 1.0 |" in page
    assert "The runs were made on EPYC and Xeon, which differ in speed." in page
    assert "### Later" not in page and page.endswith("yet: *Later*.")
