"""Versions that were written without seeing the tests: some of each lesson."""

import json
import math
import sys
from pathlib import Path

import pytest

from lessons.course.manifest import ROOT, find, lessons
from lessons.course.outsiders import judge, kind_of, versions
from lessons.course.verdict import Verdict

# The first test waits for the versions of all lessons: minutes, on a slow, busy computer.
pytestmark = pytest.mark.timeout(900)
NAMED = {  # `python -m lessons.course.outsiders` runs all of them
    1: ["box_clipped", "crop_width_height"],
    2: ["shortcut_no_norm", "init_std_is_variance"],
    3: ["mlp_norm_at_end", "predictor_dims_exchanged"],
    4: ["sim_block_not_transposed", "loss_temperature_twice"],
    5: ["slr_lookup_keyerror", "ts_clear_afterwards"],
    6: ["sb_fresh_generator", "sl_first_against_second"],
    7: ["ft_encoder_dtype", "kn_underflow"],
    8: ["as_not_squared", "rl_half_precision"],
    9: ["remainder_forgotten", "images_not_shuffled"],
    10: ["starts_after_itself", "reversed_ignores_gap"],
    11: ["ignored_rows_drawn", "rows_ignored"],
    12: ["empty_clusters_counted", "log_of_softmax"],
    13: ["own_key_last", "query_is_scaled"],
    14: ["rows_first", "log_of_softmax"],
    15: ["cut_only_at_the_end", "contexts_swapped"],
}
RIGHT = {  # among them those that a test has refused
    2: ["conv_padding_same"],
    4: ["similarity_polarisation"],
    7: ["probe_cold_any_order"],
    8: ["assign_cdist", "means_scatter_reduce", "error_double", "latent_pool"],
    9: ["strict_python"],
    10: ["frechet_numpy"],
    11: ["both_one_search"],
    12: ["epoch_weights_first"],
    13: ["push_functional_where"],
    15: ["chunk_own_function"],
}


def judge_some(numbers: list[int], out: str) -> None:
    found = {}
    for number in numbers:
        lesson = find(number)
        some = [one for one in versions(lesson) if one.id in NAMED[number]]
        some += [one for one in versions(lesson, right=True) if one.id in RIGHT.get(number, ())]
        found[number] = [(one.id, kind, said) for one, kind, said in judge(lesson, some)]
    Path(out).write_text(json.dumps(found), "utf-8")


@pytest.fixture(scope="module")
def judged(chosen, found_by):
    """What is said about the versions of each chosen lesson, by number."""
    return found_by(__file__, *map(str, chosen("test_outsiders.py", "number")))


@pytest.mark.parametrize("number", NAMED)
def test_wrong_versions_are_named_and_right_ones_pass(number, judged):
    found = judged[str(number)]
    assert len(found) == len(NAMED[number]) + len(RIGHT.get(number, ()))
    for id, kind, said in found:
        expected = "named" if id in NAMED[number] else "passes"
        assert kind == expected and bool(said) == (kind == "named"), (id, kind, said)


def test_right_versions_together_train_every_method(found_by):
    """Here a convolution has padding="same". `python tests/mixture.py 0 2` tries other versions."""
    found = found_by(str(ROOT / "tests" / "mixture.py"), "1")
    assert len(found) == 2 * 12
    failed = {name: said for name, said in found.items() if isinstance(said, str)}
    assert not failed
    assert all(len(losses) == 2 and all(map(math.isfinite, losses)) for losses in found.values())


@pytest.mark.parametrize("right", [False, True])
def test_the_versions_are_as_many_as_the_page_says_and_fit_into_the_library(right):
    number = 0
    for lesson in lessons():
        some = versions(lesson, right)
        number += len(some)
        assert len({one.id for one in some}) == len(some) >= (15 if right else 25)
        assert {one.function for one in some} <= set(lesson.functions)
        for one in some:
            compile(one.source, one.id, "exec")
            assert len(one.note) > (0 if right else 15)
    page = (ROOT / "docs" / "how-we-test.md").read_text("utf-8")
    assert (f"Of {number} in 15 lessons" if right else f"there are {number} wrong versions") in page


def test_a_verdict_is_of_one_of_four_kinds():
    lesson = find(4)
    verdict = Verdict(lesson, ["a"], outcomes={"a": "failed"})
    for said, kind in [
        ({}, "unnamed"),
        ({"a": "the difference: All entries are 0.\nthe place: nt_xent.py, line 1"}, "placed"),
        ({"a": "the place: nt_xent.py", "b": "the mistake is in f: You …"}, "named"),
    ]:
        verdict.named = said
        assert kind_of(verdict) == kind
    verdict.outcomes["a"] = "passed"
    assert kind_of(verdict) == "passes"


if __name__ == "__main__":
    judge_some([int(number) for number in sys.argv[1:-1]], sys.argv[-1])
