"""What a failing test tells the learner."""

from pathlib import Path

import pytest
import torch

from lessons.course.check import Wrong, call, call_in_place
from lessons.course.manifest import find
from lessons.course.show import kind, pair, show
from lessons.course.terminal import wrapped
from lessons.course.verdict import Verdict


def test_too_little_precision_is_called_that():
    """Printed with seven digits, both numbers would look the same."""
    exact = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)
    with pytest.raises(Wrong, match="Right to the precision of torch.float32"):
        call(lambda: exact.float()).gives(exact, rtol=1e-12)
    with pytest.raises(Wrong, match="expected +.0.3333333"):
        call(lambda: exact.float() + 0.01).gives(exact, rtol=1e-12)


def test_a_python_number_of_the_wrong_type_is_not_called_a_tensor():
    with pytest.raises(Wrong, match="expected +int 3\ngot +float 3"):
        call(lambda: 3.0).gives(torch.tensor(3))


def test_half_precision_is_not_asked_for_more_than_the_test_needs():
    exact = torch.tensor([1 / 3, 2 / 3], dtype=torch.float64)
    with pytest.raises(Wrong, match="expected +torch.float32 or wider"):
        call(lambda: exact.bfloat16()).gives(exact, rtol=1e-4)
    call(lambda: exact.float()).gives(exact, rtol=1e-4)


def test_two_results_that_are_no_numbers_are_called_that():
    nan = torch.tensor([1.0, float("nan")])
    with pytest.raises(Wrong, match="not a number, and neither is what it is compared with"):
        call(lambda: nan).gives(nan)


def test_large_tensors_are_told_apart_by_the_entry_that_differs_most():
    a = torch.zeros(4, 30)
    b = a.clone()
    b[2, 3], b[1, 0] = 5.0, 1.0
    assert pair(a, b) == ("0 at [2, 3] of (4, 30)", "5 at [2, 3] of (4, 30)")
    b[0, 7] = float("nan")
    assert pair(a, b)[1] == "nan at [0, 7] of (4, 30)"
    for one in (a[:0], a.to("meta")):
        assert pair(one, one) == (show(one), show(one))


@pytest.mark.parametrize("on, word", [(True, "off"), (False, "on")])
def test_a_call_must_leave_gradients_as_they_were(on, word):
    """Even if it fails; and the mode is restored, so that no later test is affected."""

    def switch():
        torch.set_grad_enabled(not on)

    def broken():
        switch()
        raise KeyError

    with torch.set_grad_enabled(on):
        for make in (call, call_in_place):
            with pytest.raises(Wrong, match=f"leaves gradients switched {word}"):
                make(switch)
            assert torch.is_grad_enabled() == on
            with pytest.raises(KeyError):
                make(broken)
            assert torch.is_grad_enabled() == on


def test_an_in_place_error_is_explained():
    with pytest.raises(Wrong, match="changes an argument in place; work on a copy"):
        call(lambda x: x.mul_(2), torch.ones(1).expand(3))


def message_of(test) -> str:
    """What a learner reads about a test that fails."""
    from lessons.course import check
    from lessons.course.explain import explain
    from lessons.course.manifest import Test

    check.latest.clear()
    about = Test(Path("x"), "test_x", 1, "f", "f", "The claim.")
    try:
        test()
    except BaseException as error:
        return explain(error, find(4), about, {})[1]
    raise AssertionError("it passes")


def test_an_error_that_cannot_say_what_it_is_keeps_its_name():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def fails():
        raise Mute

    assert message_of(fails) == "The claim.\nMute"


def test_an_assertion_shows_the_last_call_and_nothing_of_pytest():
    """Even if pytest has added text that only a reader of the test understands."""

    def double(x):
        return 2 * x

    def fails():
        call(double, torch.tensor([1.0, 2.0]))
        raise AssertionError(
            "It must be 1.\nassert False\n +  where False = any([])\n  Use -v to get more diff"
        )

    lines = message_of(fails).split("\n")
    assert lines[:2] == ["The claim.", "It must be 1."]
    assert lines[2].startswith("last call    ") and lines[2].endswith("double([1, 2])")
    assert lines[3:] == ["it returned  [2, 4]"]

    def compares():
        raise AssertionError("assert [1] == [2]\n  \n  At index 0 diff\n  Use -v to get more diff")

    assert message_of(compares) == "The claim.\nThis does not hold: [1] == [2]"


def test_a_message_shows_the_object_of_a_method():
    class Scale(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = 3
            self.register_buffer("rows", torch.eye(2))

        def apply_to(self, x):
            return x

    said = message_of(lambda: call(Scale().apply_to, torch.ones(2)).gives(torch.zeros(2)))
    assert "\nobject       Scale with factor 3, rows [[1, 0], [0, 1]]\n" in said


def test_rounding_errors_are_shown_as_zero():
    """Next to 1, 6.1e-17 is 0; alone it is not, and two numbers that differ look different."""
    cosines = torch.tensor([1.0, 0.5, 6.123e-17], dtype=torch.float64)
    said = message_of(lambda: call(lambda: cosines).gives(torch.ones(3)))
    assert "got          [1, 0.5, 0]" in said
    assert "got          0" in message_of(lambda: call(lambda: 6.1e-17).gives(0.5))
    assert "got          2e-05" in message_of(lambda: call(lambda: torch.tensor(2e-5)).gives(500.0))
    assert "expected     6e-17" in message_of(lambda: call(lambda: 3e-17).gives(6e-17))
    near = torch.tensor(1.000000001, dtype=torch.float64)
    said = message_of(lambda: call(lambda: near).gives(torch.ones((), dtype=near.dtype), 1e-12))
    assert "expected     1\ngot          1.000000001" in said


def test_a_number_is_no_rounding_error_beside_a_huge_one():
    logits = torch.tensor([[-1e9, 1.2], [-0.4, -1e9]])
    assert show(logits) == "[[-1e+09, 1.2], [-0.4, -1e+09]]"


def test_a_text_has_no_address_and_no_name_twice():
    assert show(object()) == "<object object>"
    made = torch.nn.Sequential(*[torch.nn.Linear(3, 3) for _ in range(3)])
    assert kind(made) == "Sequential(…)" and kind(1.5) == "float  1.5"


def test_what_is_cut_is_marked():
    def long():
        raise ValueError("many words " * 100)

    assert message_of(long).endswith("…")
    verdict = Verdict(
        find(4), ["a"], messages={"a": "\n".join("123456789")}, named={"a": "n" * 999}
    )
    assert verdict.message("a").split("\n")[5] == "6 …" and verdict.message("a").endswith("n…")
    assert len(verdict.message("a").split("\n")) == 7


def test_messages_are_as_wide_as_the_terminal():
    """What follows a label stays to the right of it, and no word is broken."""
    assert wrapped(f"expected     {'10 ' * 30}", 60).split("\n")[1].startswith(" " * 13 + "10")
    text = wrapped("one two " * 20 + "w" * 70, 60)
    assert {len(line) <= 60 for line in text.split("\n")[:-1]} == {True}
    assert text.split("\n")[-1] == "  " + "w" * 70


def test_a_mistake_is_told_once_and_then_referred_to():
    """Each of five failing tests would repeat the same two lines."""
    verdict = Verdict(find(4), ["a", "b", "c"], outcomes=dict.fromkeys("abc", "failed"))
    verdict.messages = dict.fromkeys("abc", "expected 1")
    verdict.named = {
        "a": "the mistake: You shift by one.",
        "b": "the difference: All entries are 0.\nthe place: f.py, line 3, in f: it is right.",
        "c": "the mistake is in f: You shift by one.",
    }
    told = {}
    said = [verdict.message(test, told) for test in "abcb"]
    assert said[0] == "expected 1\nthe mistake: You shift by one."
    assert said[1].endswith("are 0.\nthe place: f.py, line 3, in f: it is right.")
    assert said[2] == "expected 1\nthe mistake is in f: the same as for a"
    assert said[3] == said[1]  # the same test again
    assert verdict.message("c").endswith("in f: You shift by one.")  # alone, as `watch` shows it
