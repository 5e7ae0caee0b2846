"""How long a training step with default options takes, and how much of it is not the network.

    pytest benchmarks/test_step_speed.py -s

Less than 15% of a step should be spent outside the network: on images, views, the loss, the
optimiser and the meters.
"""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from step import Step, random_images  # noqa: E402


@pytest.fixture(scope="module")
def step():
    return Step(random_images(2048))


def test_views_per_second_of_training(benchmark, two_threads, step):
    benchmark.pedantic(step.run, (4,), rounds=5, warmup_rounds=1)
    if benchmark.stats:  # there are none under --benchmark-disable
        views = 2 * step.config.batch_size * 4
        print(f"\n{views / benchmark.stats.stats.median:,.0f} views/s, median of 5 times 4 steps")


def test_little_of_a_step_is_spent_outside_the_network(two_threads, step):
    parts = step.parts(20)
    share = 1 - parts["network"] / sum(parts.values())
    print("\n" + ", ".join(f"{name} {1e3 * took:.1f} ms" for name, took in parts.items()))
    assert share < 0.15, f"{share:.0%} of a step is spent outside the network"
