"""The fixtures of the lessons' tests, both for learners and in CI."""

import contextlib
import random
import zlib

import numpy
import pytest
import torch

from lessons.course.manifest import find
from lessons.course.ways import oracle as find_oracle


@pytest.fixture
def oracle(request):
    """`oracle("f")` is a right version of f, written in plain loops."""
    lesson = find(request.path.parent.name)
    return lambda function: find_oracle(lesson, function)


@pytest.fixture(autouse=True)
def seeded(request):
    with random_states(request.node.name):
        yield


@contextlib.contextmanager
def random_states(test: str):
    """Each test starts from random states of its own, whatever ran before it."""
    seed = zlib.crc32(test.encode())
    torch.default_generator.manual_seed(seed)
    numpy.random.seed(seed)
    random.seed(seed)
    state, grad, dtype = torch.get_rng_state(), torch.is_grad_enabled(), torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_rng_state(state)
        torch.set_grad_enabled(grad)
        torch.set_default_dtype(dtype)
