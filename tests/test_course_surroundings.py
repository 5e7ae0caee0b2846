"""What is checked in every call of a test: what it leaves behind, and what it returns."""

import pytest
import torch
from torch import nn

from lessons.course import check

X = torch.ones(2, 3)


@pytest.fixture(autouse=True)
def new_test():
    check.start()
    yield
    assert torch.is_grad_enabled() and torch.get_default_dtype() == torch.float32
    torch.set_default_dtype(torch.float32)


def said(f, *args) -> str:
    """The first line of what `call` says about the second of two calls."""
    check.call(f, *args)
    with pytest.raises(check.Wrong) as failed:
        check.call(f, *args)
    return str(failed.value).splitlines()[0]


def first(f, *args) -> str:
    """The first line of what `call` says about a call."""
    with pytest.raises(check.Wrong) as failed:
        check.call(f, *args)
    return str(failed.value).splitlines()[0]


def gradients_off(x):
    torch.set_grad_enabled(False)
    return 2 * x


def other_dtype(x):
    torch.set_default_dtype(torch.float64)
    return 2 * x


def in_evaluation(network, x):
    network[0].eval()
    return 2 * x


@torch.inference_mode()
def in_inference(x):
    return 2 * x


def test_what_a_call_leaves_behind_is_told():
    assert first(gradients_off, X) == "gradients_off leaves gradients switched off."
    assert first(other_dtype, X) == "other_dtype leaves torch's default dtype at torch.float64."
    network = nn.Sequential(nn.Dropout(), nn.Linear(3, 3))
    assert first(in_evaluation, network, X) == "in_evaluation leaves a Dropout in evaluation mode."
    network.eval()
    check.call(in_evaluation, network, X)  # it was so before


def test_a_method_must_leave_its_own_modules_as_they_are():
    class Net(nn.Linear):
        def forward(self, x):
            self.train(len(x) > 1)
            return super().forward(x)

    assert first(Net(3, 2).forward, X[:1]).endswith("Net.forward leaves a Net in evaluation mode.")
    check.call(Net(3, 2).forward, X)


def test_state_is_brought_back_after_an_error_too():
    def fails(x):
        torch.set_grad_enabled(False)
        torch.set_default_dtype(torch.float64)
        raise ValueError("this one")

    with pytest.raises(ValueError, match="this one"):
        check.call(fails, X)


def test_a_result_that_nothing_can_learn_from_is_told():
    assert "torch.inference_mode" in first(in_inference, X)
    with torch.inference_mode():  # a caller who asks for inference mode may have it
        check.call(in_inference, X)

    @torch.inference_mode()
    def measured(network, x):
        return network(x)

    check.call(measured, nn.Linear(3, 2), X)


def test_a_call_that_changes_the_last_result_is_told():
    buffers = {}

    def reused(x):
        buffers.setdefault(x.shape, torch.empty_like(x))
        buffers[x.shape] += 1
        return buffers[x.shape]

    assert said(reused, X).endswith("reused changes what the last one returned.")


def test_a_result_may_be_changed_by_the_test_and_may_be_an_argument():
    def doubled(x):
        return 2 * x

    check.call(doubled, X).value.zero_()
    check.call(doubled, X)
    given = X.clone()
    for _ in range(2):
        check.call_in_place(torch.Tensor.add_, given, 1)
    check.call(lambda x: x, given)
    given += 1
    check.call(lambda x: x, given)
