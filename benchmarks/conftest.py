"""What the benchmarks share: two threads, and a comparison that busy moments do not decide."""

import time

import pytest
import torch


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def best_times():
    """best_times(rounds, ours, theirs): the best time of each in seconds. They take turns."""

    def seconds(work):
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin

    def measure(rounds, *works):
        times = [[seconds(work) for work in works] for _ in range(rounds)]
        return [min(column) for column in zip(*times, strict=True)]

    return measure
