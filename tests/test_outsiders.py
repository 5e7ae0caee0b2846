"""Wrong versions that were written without sight of the tests: a few of each lesson."""

import json
import sys
from pathlib import Path

import pytest

from lessons.course.manifest import find
from lessons.course.outsiders import judge, kind_of, versions
from lessons.course.verdict import Verdict

NAMED = {  # `python -m lessons.course.outsiders` runs all of them
    1: ["box_last_position", "crop_width_height"],
    2: ["shortcut_no_norm", "init_std_is_variance"],
    3: ["mlp_norm_at_end", "predictor_dims_exchanged"],
    4: ["sim_block_not_transposed", "loss_temperature_twice"],
    5: ["slr_lookup_keyerror", "ts_clear_afterwards"],
    6: ["sb_fresh_generator", "sl_first_against_second"],
    7: ["ft_encoder_dtype", "fi_no_half"],
    8: ["as_not_squared", "rl_half_precision"],
    9: ["remainder_forgotten", "images_not_shuffled"],
    10: ["starts_after_itself", "reversed_ignores_gap"],
    11: ["ignored_rows_drawn", "rows_ignored"],
    12: ["empty_clusters_counted", "log_of_softmax"],
}


def judge_some(number: int, out: str) -> None:
    lesson = find(number)
    some = [one for one in versions(lesson) if one.id in NAMED[number]]
    found = [(one.id, kind, said) for one, kind, said in judge(lesson, some)]
    Path(out).write_text(json.dumps(found), "utf-8")


@pytest.mark.parametrize("number", NAMED)
def test_a_few_versions_are_rejected_and_named(number, found_by):
    found = found_by(__file__, str(number))
    assert len(found) == len(NAMED[number])
    for id, kind, said in found:
        assert kind == "named" and said, (id, kind, said)


def test_there_are_forty_for_each_lesson_and_each_fits_into_the_library():
    for number in NAMED:
        lesson, some = find(number), versions(find(number))
        assert len(some) == 40 and len({one.id for one in some}) == 40
        assert {one.function for one in some} <= set(lesson.functions)
        for one in some:
            compile(one.source, one.id, "exec")
            assert len(one.wrong) > 15


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
    judge_some(int(sys.argv[1]), sys.argv[2])
