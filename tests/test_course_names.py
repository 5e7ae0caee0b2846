"""A name that is given to a mistake is true; a difference without a name is described."""

import math
import re
import types

import pytest
import torch

from lessons.course.check import Wrong, call, refuses
from lessons.course.diagnosis import Diagnosis, Match, agree, execute, killers, observe
from lessons.course.difference import looks_like
from lessons.course.evidence import Later, as_arrays, equal, is_evidence, is_telling, told
from lessons.course.kill_matrix import matrix
from lessons.course.manifest import find, lessons
from lessons.course.mistakes import Mistake, mistakes
from lessons.course.sandbox import stand_in

A = torch.tensor([[1.0, 2.0, 4.0], [3.0, 7.0, 5.0], [6.0, 9.0, 8.0]])


@pytest.mark.parametrize(
    ("got", "expected", "said"),
    [
        (A[:1].expand(3, 3), A, "All 3 rows are the same"),
        (torch.full((3,), 2.0), torch.tensor([1.0, 2, 3]), "All 3 entries are the same"),
        (2 * A, A, "Every entry is 2 times"),
        (A / 3, A, "Every entry is 1/3 times"),
        (1.7 * A, A, "Every entry is 1.7 times"),
        (torch.tensor(0.5), torch.tensor(1.0), "It is 1/2 times"),
        (torch.tensor(6), torch.tensor(3), "It is 2 times"),
        (torch.tensor([3, 5, 4]), torch.tensor([2, 4, 3]), "too large by 1"),
        (-A, A, "sign reversed"),
        (A + 3, A, "too large by 3"),
        (A - 0.5, A, "too small by 0.5"),
        (A.T, A, "transposed"),
        (A[:2].T, A[:2], "transposed"),
        (A.roll(1, 0), A, "what the row before it must hold"),
        (A.roll(-1, 0), A, "what the row after it must hold"),
        (A.flip(0), A, "in reverse order"),
        (A[[1, 0, 2]], A, "in another order"),
        (A + torch.eye(3), A, "except on the diagonal"),
        (A + torch.ones(3, 3).triu(1), A, "except above the diagonal"),
        (A + torch.tensor([[0.0], [1], [0]]), A, "except in row 1"),
        (A + torch.tensor([0.0, 0, 1]), A, "except in column 2"),
        (A.flatten(), A, "only the shape is wrong"),
        (torch.tensor(1.0), A, "One number came"),
        (0 * A, A, "All entries are 0"),
        (A / 0, A, "9 of 9 entries are infinite"),
        (torch.tensor(math.nan), 1.0, "It is NaN"),
    ],
)
def test_a_difference_is_described(got, expected, said):
    assert said in looks_like(got, expected)


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (A * A, A),
        (torch.tensor(1.37), torch.tensor(1.0)),  # any two numbers have a ratio
        (torch.ones(2, 5), A),
        ("a word", A),
        (None, A),
        (torch.ones(3, 3, device="meta"), A),
        (torch.full((3,), 2.0), torch.full((3,), 3.1)),  # the right ones are alike, too
        (torch.tensor([1, 1]), torch.tensor([3, 3])),  # labels have no ratio
        ([1, "a"], A),
    ],
)
def test_a_difference_that_looks_like_nothing_is_not_described(got, expected):
    assert looks_like(got, expected) == ""


def test_a_failed_comparison_carries_the_fact():
    with pytest.raises(Wrong) as caught:
        call(lambda: A.T).gives(A)
    assert "transposed" in caught.value.looks


def test_a_wrong_exception_is_named_and_a_returned_one_is_no_refusal():
    def looks_up(kind):
        return {"a": 1}[kind]

    with pytest.raises(Wrong, match=r"expected +a ValueError\ngot +a KeyError was raised"):
        refuses(ValueError, looks_up, "b")
    with pytest.raises(Wrong, match=r"expected +a ValueError is raised\ngot +ValueError"):
        refuses(ValueError, lambda kind: ValueError(kind), "b")
    with pytest.raises(Wrong, match=r"got +None: is there a `return`"):
        refuses(ValueError, lambda kind: None, "b")
    with pytest.raises(NotImplementedError):
        refuses(ValueError, execute_text("def f(kind):\n    raise NotImplementedError('x')"), "b")
    refuses(ValueError, int, "no number")


def execute_text(text: str):
    made = {}
    exec(text, made)
    return made["f"]


def test_what_counts_as_evidence():
    """NaN for a number does not; a mask's -inf does, and so does its absence."""
    nan, inf = torch.tensor([1.0, math.nan]), torch.tensor([1.0, -math.inf])
    assert not is_evidence({"a": nan}, {"a": A[0, :2]})
    assert not is_evidence({"a": math.inf, "b": 1.0}, {"a": 2.0, "b": 1.0})
    assert not is_evidence({"a": None}, {"a": A})
    assert is_evidence({"a": A[0, :2]}, {"a": inf}) and is_evidence({"a": 3 * inf}, {"a": inf})
    assert is_evidence({"a": True}, {"a": False})
    assert is_evidence({"a": 0.6}, {"a": "raises ValueError"})
    assert is_evidence({"a": (A, A)}, {"a": A}) and not equal(A, (A, A)) and not equal(A, None)
    assert equal(nan, nan) and not equal(A[0, :2], nan) and not equal(nan, A[0, :2])
    assert is_telling({"a": A / 3}, {"a": A})
    assert not is_telling({"a": 0 * A[:2]}, {"a": A[:2]})
    assert not is_telling({"a": 3, "b": False, "c": "words"}, {"a": 2, "b": True, "c": "none"})


def test_device_and_type_are_left_aside_unless_the_mistake_is_about_them():
    seen, right = {"sum": 2.0, "stays": False}, {"sum": 1.0, "stays": True}
    stays = {"sum": 2.0, "stays": True}
    assert agree(seen, stays, right) and agree(seen, seen, right)
    assert not agree(stays, seen, right) and not agree({"sum": 2.0}, seen, right)
    assert not agree(seen, {**stays, "sum": 3.0}, right) and not agree(seen, None, right)


def test_what_takes_long_is_found_when_nothing_else_tells_observations_apart():
    """Then it is found once, with gradients, and without moving the generator."""
    found = []

    def look():
        found.append(torch.is_grad_enabled())
        return bool(torch.rand(1) < 2)

    slow = Later(look)
    a, b = {"slow": slow, "sum": 1.0}, {"slow": True, "sum": 2.0}
    assert not equal(a, b) and not equal(b, a) and is_evidence(a, b) and equal(a, a)
    assert is_telling({"slow": slow, "sum": A / 3}, {"slow": False, "sum": A}) and not found
    before = torch.get_rng_state()
    with torch.no_grad():
        assert equal({**a, "sum": 2.0}, b) and equal(slow, True) and not equal(False, slow)
    assert found == [True] and torch.equal(before, torch.get_rng_state())
    assert as_arrays({"a": (slow, A)}, leave=True)["a"][0] is slow
    assert as_arrays({"a": (Later(look), A)})["a"][0] is True and len(found) == 2


def test_no_mistake_is_looked_for_in_a_function_that_is_not_there():
    lesson = find(4)
    empty = types.ModuleType("simclr_mini.nt_xent")
    empty.__file__ = str(lesson.library_file("nt_xent"))
    empty.nt_xnet_loss = lambda z1, z2: z1
    stand_in(lesson, "nt_xent", empty)
    assert all(observe(lesson, function, empty) is None for function in lesson.functions)
    library = of_library(lesson)["nt_xent"]
    assert all(observe(lesson, function, library) for function in lesson.functions)


def of_library(lesson) -> dict:
    """The library's modules, made anew."""
    return {m: execute(lesson, m, lesson.library_file(m).read_text("utf-8")) for m in lesson.write}


def diagnosis(number: int, module: str, text: str, outcomes=None) -> Diagnosis:
    """The diagnosis of the library's module, with some functions replaced by `text`."""
    lesson = find(number)
    source = lesson.library_file(module).read_text("utf-8")
    modules = {
        m: execute(lesson, m, lesson.library_file(m).read_text("utf-8")) for m in lesson.write
    }
    modules[module] = execute(lesson, module, f"{source}\n\n{text}\n")
    return Diagnosis(lesson, modules, outcomes)


def says(number: int, id: str) -> str:
    return next(one.says for one in mistakes(find(number).folder) if one.id == id)


LOSS = """
def nt_xent_loss(z1, z2, temperature=0.5):
    z = {z}
    s = z @ z.T / temperature
    s = s.masked_fill(torch.eye(len(s), dtype=torch.bool), float("-inf"))
    positive = s.gather(1, torch.arange(len(s)).roll(len(z1))[:, None])[:, 0]
    return {end}
"""
UNIT = "F.normalize(torch.cat([z1, z2]), dim=1)"


def loss(z: str = UNIT, end: str = "(s.logsumexp(1) - positive).mean()") -> Diagnosis:
    return diagnosis(4, "nt_xent", LOSS.format(z=z, end=end))


def test_an_overflow_is_called_that_and_nothing_else():
    """Two functions that both give NaN need not be wrong in the same way."""
    said = loss(end="-(positive.exp() / s.exp().sum(1)).log().mean()").of("nt_xent_loss")
    assert said == f"the mistake: {says(4, 'exp_overflows')}"
    assert "infinite or NaN" in said
    broken = "def candidate_logits(similarity, temperature):\n    return similarity * float('nan')"
    assert diagnosis(4, "nt_xent", broken).of("candidate_logits") == ""


def test_a_helpers_mistake_is_named_in_the_function_that_makes_it_itself():
    said = loss(z="torch.cat([z1, z2])").of("nt_xent_loss")
    assert said == f"the mistake: {says(4, 'no_normalize')}"


def test_a_function_that_is_right_by_itself_is_not_suspected():
    """The loss is wrong in a way that nobody has listed; its helpers are right."""
    kept = LOSS.replace("dtype=torch.bool", "dtype=torch.bool, device=s.device")
    kept = kept.replace("torch.arange(len(s))", "torch.arange(len(s), device=s.device)")
    wide = UNIT.replace("[z1, z2])", "[z1, z2]).to(torch.promote_types(z1.dtype, torch.float32))")
    kept = kept.replace("    z = ", "    check(z1, z2, temperature)\n    z = ", 1)
    right = kept.format(z=wide, end="(s.logsumexp(1) - positive).mean()")
    assert diagnosis(4, "nt_xent", right).is_right("nt_xent_loss")
    assert not loss().is_right("nt_xent_loss")  # it makes tensors on the CPU
    found = loss(end="1.1 * (s.logsumexp(1) - positive).mean() + 0.01")
    assert not found.is_right("nt_xent_loss")
    assert found.of("nt_xent_loss") == ""


def test_a_mistake_in_a_helper_is_named_there():
    text = "def similarity_matrix(z1, z2):\n    z = torch.cat([z1, z2]).float()\n    return z @ z.T"
    said = diagnosis(4, "nt_xent", text).of("nt_xent_loss")
    assert said.startswith("the mistake is in similarity_matrix: ")


@pytest.mark.parametrize("end", ["return None", "return ValueError(kind)", "raise KeyError(kind)"])
def test_only_a_perceptron_is_called_one(end):
    """A projector that falls through makes no perceptron of an unknown kind."""
    text = f"""
real = projector
def projector(kind, in_dim, hidden_dim, out_dim):
    if kind in ("none", "linear", "mlp"):
        return real(kind, in_dim, hidden_dim, out_dim)
    {end}
"""
    assert "perceptron" not in diagnosis(3, "heads", text).of("projector")
    mlp = text.replace(end, "return mlp(in_dim, hidden_dim, out_dim)")
    assert says(3, "any_other_kind") in diagnosis(3, "heads", mlp).of("projector")


def test_of_three_that_fit_none_is_named():
    found = diagnosis(4, "nt_xent", "")
    three = [Match(Mistake(f"{i}", "nt_xent_loss", "", f"You {i}."), True) for i in range(3)]
    found.find = lambda function, listed: three[:2]
    assert found.of("nt_xent_loss") == "the mistake: You 0. Or: You 1."
    found.find = lambda function, listed: three
    assert found.of("nt_xent_loss") == ""


def test_a_mistake_that_shows_only_in_yes_and_no_is_named_if_the_tests_agree():
    """The kill matrix says which tests reject it; others must have passed."""
    lesson = find(6)
    listed = {one.id: one for one in mistakes(lesson.folder)}
    mistake = listed["rotated"]
    module = lesson.module_of(mistake.function)
    source = lesson.library_file(module).read_text("utf-8")
    rows = lesson.tests_of(mistake.function)

    def named(outcomes) -> str:
        modules = of_library(lesson)
        modules[module] = execute(lesson, module, mistake.source(source))
        return Diagnosis(lesson, modules, outcomes).of(mistake.function)

    rejecting = killers(lesson.folder)["rotated"]
    right = {name: "failed" if name in rejecting else "passed" for name in rows}
    assert mistake.says in named(right)
    assert named(dict.fromkeys(rows, "failed")) == ""
    assert mistake.says in named({rejecting[0]: "failed"})


def test_a_test_that_is_unsure_of_a_mistake_counts_neither_way():
    """On one CPU it rejects the mistake, on another it does not."""
    lesson = find(10)
    mistake = next(one for one in mistakes(lesson.folder) if one.unsure)
    matched = Match(mistake, telling=False)
    rejects = killers(lesson.folder)[mistake.id]
    assert rejects and not set(rejects) & set(mistake.unsure)
    for outcome in ("passed", "failed"):
        outcomes = dict.fromkeys(rejects, "failed") | dict.fromkeys(mistake.unsure, outcome)
        assert Diagnosis(lesson, {}, outcomes).tests_agree(matched)
    assert not Diagnosis(lesson, {}, dict.fromkeys(rejects, "passed")).tests_agree(matched)


def test_the_kill_matrix_has_a_sign_of_its_own_for_such_a_test():
    lesson = find(10)
    named = {one.id: [] for one in mistakes(lesson.folder)}
    mistake = next(one for one in mistakes(lesson.folder) if one.unsure)
    row = re.search(rf"^.* {mistake.id} .*$", matrix(lesson, named), re.M)[0]
    assert row.count("≈") == len(mistake.unsure) and "×" not in row
    assert matrix(lesson, named | {mistake.id: list(mistake.unsure)}) == matrix(lesson, named)


def test_no_normalising_is_named_whether_half_precision_is_widened_or_not():
    text = "def similarity_matrix(z1, z2):\n    z = torch.cat([z1, z2])\n    return z @ z.T\n"
    assert "plain inner products" in diagnosis(4, "nt_xent", text).of("similarity_matrix")


def test_a_mistake_that_a_passed_test_rejects_is_not_named():
    lesson = find(4)
    neighbours = next(one for one in mistakes(lesson.folder) if "neighbouring" in one.says)
    text = "def positive_index(B, device=None):\n    return torch.arange(2 * B, device=device) ^ 1"
    rejecting = killers(lesson.folder)[neighbours.id]
    failed, other = rejecting[:2]
    for outcome, named in [("failed", True), ("passed", False)]:
        found = diagnosis(4, "nt_xent", text, {failed: "failed", other: outcome})
        assert ("neighbouring" in found.of("positive_index", failed)) == named


def test_on_a_slow_computer_a_mistake_stays_unnamed_and_nothing_else_is_said(monkeypatch):
    monkeypatch.setattr("lessons.course.diagnosis.SECONDS", -1)
    text = "def similarity_matrix(z1, z2):\n    z = torch.cat([z1, z2])\n    return z @ z.T\n"
    assert diagnosis(4, "nt_xent", text).of("similarity_matrix") == ""


def test_a_mistake_is_not_named_under_a_test_that_it_passes():
    """Neighbours are paired, and the device is ignored: two faults, each with its own test."""
    text = "def positive_index(B, device=None):\n    return torch.arange(2 * B) ^ 1\n"
    found = diagnosis(4, "nt_xent", text)
    found.outcomes = {}
    own = found.lesson.tests_of("positive_index")
    said = {test: found.of("positive_index", test) for test in own}
    assert "neighbouring" in said["test_positive_of_three_images"]
    assert said["test_the_index_is_on_the_device_that_is_asked_for"] == ""


def test_only_the_changed_function_is_observed_if_it_is_known(tmp_path):
    """The proofs name it; without a name, every function is observed, as in a learner's file."""
    text = (
        "def similarity_matrix(z):\n    return z\n\n\ndef candidate_logits(s, t):\n    return s\n"
    )
    found = diagnosis(4, "nt_xent", text)
    assert not found.is_right("similarity_matrix") and not found.is_right("candidate_logits")
    file = tmp_path / "nt_xent.py"
    library = found.lesson.library_file("nt_xent").read_text("utf-8")
    file.write_text(library.replace("similarity / temperature", "similarity * temperature"))
    found.modules["nt_xent"].__file__ = str(file)
    found = Diagnosis(found.lesson, found.modules, changed="candidate_logits")
    assert found.is_right("similarity_matrix") and not found.is_right("candidate_logits")


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.folder)
def test_each_mistake_has_an_id_of_its_own(lesson):
    ids = [one.id for one in mistakes(lesson.folder)]
    assert len(ids) == len(set(ids))


def test_an_observer_that_cannot_use_a_result_tells_the_result():
    """Two results may cause the same error in an observer; a learner's error says enough."""

    @told
    def f(module):
        a, b = module.f()
        return {"sum": a + b}

    def seen(body):
        module = types.ModuleType("learner")
        exec(f"import torch\ndef f():\n    {body}", vars(module))
        before = module.f
        found = f(module)
        assert module.f is before
        return found

    assert seen("return 1, 2") == {"sum": 3}
    three, ones = seen("return 1, 2, 3"), seen("return torch.ones(3)")
    assert three["error"] == ones["error"] and not equal(three, ones)
    assert equal(three, seen("return [1, 2, 3]")) and is_evidence(ones, {"sum": 3})
    assert seen("return 1 / 0") == {"error": "ZeroDivisionError: division by zero"}
