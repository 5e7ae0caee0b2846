"""Two mistakes at once are both named, and only if no pair of other mistakes would fit."""

import pytest

from lessons.course.diagnosis import Diagnosis, execute, killers
from lessons.course.manifest import find
from lessons.course.mistakes import mistakes
from lessons.course.outsiders import Version, judge
from lessons.course.pairs import Pairs, sentence, together

LESSON = find(4)
LISTED = {one.id: one for one in mistakes(LESSON.folder)}
LIBRARY = LESSON.library_file("nt_xent").read_text("utf-8")
# written independently of the library: rows and columns begin with z2, and no row shorter than 1
# is scaled
WRONG = """
def similarity_matrix(z1, z2):
    both = torch.cat((z2, z1), 0)
    both = both.to(torch.promote_types(both.dtype, torch.float32))
    length = both.pow(2).sum(1, keepdim=True).sqrt().clamp(min=1.0)
    unit = both / length
    return torch.einsum("ad,bd->ab", unit, unit)
"""
TWO = ("views_swapped", "least_length_of_one")


def outcomes(*ids: str) -> dict[str, str]:
    """As if each test that rejects one of these mistakes failed, and all others passed."""
    failed = {test for id in ids for test in killers(LESSON.folder)[id]}
    names = [test.name for test in LESSON.tests]
    return {name: "failed" if name in failed else "passed" for name in names}


def pairs(text: str = WRONG, seconds: float = 60, **other: str) -> Pairs:
    """The pairs for the library with `text` below it; `other` changes the outcome of some tests."""
    module = execute(LESSON, "nt_xent", f"{LIBRARY}\n\n{text}")
    return Pairs(Diagnosis(LESSON, {"nt_xent": module}), outcomes(*TWO) | other, seconds)


def candidates(found: Pairs) -> list[tuple]:
    """All pairs, the likely ones first."""
    likely, others = found.candidates("similarity_matrix")
    return likely + others


def test_both_mistakes_are_named():
    said = pairs().of("similarity_matrix")
    assert said.startswith("the mistakes, two at once: ") and " And: " in said
    assert all(LISTED[id].says in said for id in TWO)


def test_a_right_function_and_one_with_another_mistake_have_no_pair():
    assert pairs("").of("similarity_matrix") == ""
    other = WRONG.replace("return ", "return 1.01 * ")
    assert pairs(other).of("similarity_matrix") == ""


def test_nothing_is_said_if_several_pairs_fit_or_the_time_is_over(monkeypatch):
    assert pairs(seconds=0).of("similarity_matrix") == ""
    found = pairs()
    monkeypatch.setattr(found, "gives_the_results", lambda function, pair: True)
    assert len(candidates(found)) > 2
    assert found.of("similarity_matrix") == ""


def test_a_mistake_that_explains_all_alone_is_no_half_of_a_pair(monkeypatch):
    found, pair = pairs(), tuple(LISTED[id] for id in TWO)
    assert found.gives_the_results("similarity_matrix", pair)
    seen = found.diagnosis.alone("similarity_matrix")
    for which in pair:
        alone = {one.id: seen if one is which else None for one in pair}
        monkeypatch.setattr(found.diagnosis, "theirs", lambda _, one, alone=alone: alone[one.id])
        assert not found.gives_the_results("similarity_matrix", pair)


def test_of_an_error_alone_no_pair_is_named(monkeypatch):
    """Many pairs fail in the same way."""
    found, pair = pairs(), tuple(LISTED[id] for id in TWO)
    monkeypatch.setattr(found, "candidates", lambda function: ([pair], []))
    monkeypatch.setattr(found, "gives_the_results", lambda function, pair: True)
    assert found.of("similarity_matrix") == sentence([pair])
    only = {"error": "TypeError: no", "returned": ()}
    monkeypatch.setattr(found.diagnosis, "alone", lambda function: only)
    assert found.of("similarity_matrix") == ""


def test_two_pairs_that_fit_must_share_a_mistake():
    a, b, c, d = list(LISTED.values())[:4]
    assert sentence([]) == sentence([(a, b), (c, d)]) == ""
    assert sentence([(a, b)]).endswith(f": {a.says} And: {b.says}")
    for pairs in ([(a, b), (a, c)], [(b, a), (a, c)], [(b, a), (c, a)]):
        assert sentence(pairs).endswith(f": {a.says} And one of these: {b.says} Or: {c.says}")


def test_two_pairs_are_named_and_three_are_not(monkeypatch):
    found, (a, b, c, d) = pairs(), list(LISTED.values())[:4]
    monkeypatch.setattr(found, "gives_the_results", lambda function, pair: a in pair)
    for listed, named in [([(a, b), (b, c), (a, c)], True), ([(a, b), (a, c), (a, d)], False)]:
        monkeypatch.setattr(found, "candidates", lambda function, listed=listed: (listed, []))
        assert ("one of these" in found.of("similarity_matrix")) == named


def test_the_tests_must_agree():
    """None that passed rejects either, and each that failed rejects one of them."""
    wanted = {LISTED[id] for id in TWO}
    listed = [set(pair) for pair in candidates(pairs())]
    assert wanted in listed
    rejecting = next(iter(killers(LESSON.folder)["views_swapped"]))
    passed = pairs(**{rejecting: "passed"})
    assert wanted not in [set(pair) for pair in candidates(passed)]
    own = sorted(LESSON.tests_of("similarity_matrix"))
    free = [name for name in own if outcomes(*TWO)[name] == "passed"]
    assert free, "no test of the function passes with both"
    failed = pairs(**{free[0]: "failed"})
    assert wanted not in [set(pair) for pair in candidates(failed)]


def test_a_pair_differs_in_all_results_in_which_the_learners_differ(monkeypatch):
    found = pairs()
    seen = found.differing("similarity_matrix", found.diagnosis.alone("similarity_matrix"))
    for pair in candidates(found):
        paths = [
            found.differing("similarity_matrix", found.diagnosis.theirs("similarity_matrix", one))
            for one in pair
        ]
        assert seen <= set().union(*paths)
    assert found.differing("similarity_matrix", found.diagnosis.right("similarity_matrix")) == set()
    alone = found.diagnosis.alone("similarity_matrix")
    monkeypatch.setattr(found, "differing", lambda _, seen: {("s",)} if seen is alone else set())
    assert found.candidates("similarity_matrix") == ([], [])


def test_pairs_that_leave_each_others_results_alone_come_first(monkeypatch):
    """Such a pair is named even if an unlikely one has the same results."""
    found = pairs()
    likely, others = found.candidates("similarity_matrix")
    assert {LISTED[id] for id in TWO} in map(set, likely) and others
    fits = [next(pair for pair in likely if set(pair) == {LISTED[id] for id in TWO})]
    monkeypatch.setattr(found, "gives_the_results", lambda function, pair: pair in [*fits, *others])
    assert found.of("similarity_matrix").count(" And: ") == 1
    monkeypatch.setattr(found, "gives_the_results", lambda function, pair: pair == others[-1])
    assert all(one.says in found.of("similarity_matrix") for one in others[-1])


def test_a_mistake_may_stand_in_another_version_of_the_whole_function():
    whole, edit = LISTED["lengths_in_half_precision"], LISTED["views_swapped"]
    assert isinstance(whole.change, str) and isinstance(edit.change, tuple)
    text = together(LIBRARY, edit, whole)
    assert text == together(LIBRARY, whole, edit) and edit.change[1] in text
    assert text != whole.source(LIBRARY)
    assert together(LIBRARY, whole, LISTED["lengths_in_half_precision"]) == ""


@pytest.mark.parametrize("order", [TWO, TWO[::-1]])
def test_two_mistakes_are_put_into_one_function(order):
    text = together(LIBRARY, *(LISTED[id] for id in order))
    assert "torch.cat([z2, z1])" in text and "eps=1.0" in text
    assert together(LIBRARY, LISTED[TWO[0]], LISTED[TWO[0]]) == ""


RAGGED = """
def shuffled_batches(N, batch_size, generator=None):
    order = torch.randperm(N)
    for start in range(0, N, batch_size):
        yield order[start : start + batch_size]
"""


def test_two_mistakes_that_show_in_yes_and_no_need_the_tests_too():
    """The failing tests must be exactly those that reject either mistake."""
    lesson = find(6)
    text = lesson.library_file("simclr").read_text("utf-8")
    module = execute(lesson, "simclr", f"{text}\n\n{RAGGED}")
    own = sorted(lesson.tests_of("shuffled_batches"))
    rejecting = [set(killers(lesson.folder)[id]) for id in ("generator_ignored", "last_batch_kept")]

    def found(without: str = "", **other: str) -> Pairs:
        failed = {name: "failed" for name in set.union(*rejecting)}
        outcomes = {test.name: "passed" for test in lesson.tests} | failed | other
        outcomes.pop(without, None)
        return Pairs(Diagnosis(lesson, {"simclr": module}), outcomes, 60)

    def said(without: str = "", **other: str) -> str:
        return found(without, **other).of("shuffled_batches")

    likely, _ = found().candidates("shuffled_batches")
    ids = [{one.id for one in pair} for pair in likely]
    assert {"generator_ignored", "last_batch_kept"} in ids, "each is seen in results of its own"
    assert "global generator" in said() and "incomplete batch" in said()
    more = next(name for name in own if name not in set.union(*rejecting))
    assert said(**{more: "failed"}) == ""
    assert said(without=next(name for name in own if name in set.union(*rejecting))) == ""


@pytest.mark.parametrize(
    ("lesson", "source"),
    [  # the first has a name in some tests; all calls of the second end in the same error
        (
            5,
            """
def trust_ratio(w, update, trust_coefficient):
    w_norm, update_norm = w.norm(), update.norm()
    ratio = trust_coefficient * w_norm / update_norm
    return torch.where((w_norm < 0) & (update_norm > 0), ratio, torch.ones_like(ratio))
""",
        ),
        (
            4,
            """
def positive_index(B, device=None):
    table = torch.arange(B, dtype=torch.int64, device=device).reshape(2, B)
    return table.flip(0).flatten()
""",
        ),
    ],
)
def test_no_pair_is_named_where_one_mistake_or_an_error_says_it_all(lesson, source):
    function = source.split("def ")[1].partition("(")[0]
    version = Version("new", function, source, "")
    ((_, _, said),) = judge(find(lesson), [version])
    assert not [line for line in said if "two at once" in line]
