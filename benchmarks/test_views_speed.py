"""How many views per second the CIFAR recipe makes on a CPU.

    pytest benchmarks/test_views_speed.py -s

It should make 20,000 per second at 32 x 32 on two threads: more than any network can use there.
"""

import torch

from simclr_mini.views import RECIPES, one_view


def test_views_per_second_of_the_cifar_recipe(benchmark, two_threads):
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(512, 3, 32, 32, generator=generator)
    view = benchmark.pedantic(
        one_view, (x, RECIPES["cifar"], generator), rounds=50, warmup_rounds=5
    )
    assert view.shape == x.shape
    if benchmark.stats:  # there are none under --benchmark-disable
        speed = len(x) / benchmark.stats.stats.median
        benchmark.extra_info["views per second"] = round(speed)
        print(f"\n{speed:,.0f} views/s, median of 50 batches of {len(x)}")
