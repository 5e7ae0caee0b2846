"""How time grows with the number of images, clusters, views and processes, next to the limit.

The limit is the time that the matrix products alone would take at the machine's measured rate.
"""

import time
from collections.abc import Callable

import torch
from measure import in_a_new_process, median_seconds
from step import Step, random_images

from simclr_mini import distributed
from simclr_mini.kmeans import kmeans
from simclr_mini.large_batch import nt_xent_in_chunks

D = 128  # numbers in a point or a projection
N, K, ITERATIONS = 50_000, 512, 5  # of k-means, unless they are varied


def growth(rate: float, rounds: int, most: int) -> dict[str, list[dict]]:
    """Times by size: k-means by N and by K, NT-Xent by B.

    Args:
        rate: measured FLOP/s of float32 matrix products.
        rounds: number of times that each size is measured.
        most: number of sizes of each kind; the smallest come first.
    """
    sizes = {
        "N": [6250, 12_500, 25_000, 50_000, 100_000],
        "K": [64, 128, 256, 512, 1024],
        "B": [256, 512, 1024, 2048, 4096, 8192],
    }
    works = {
        "N": lambda n: (clustering(n, K), 2 * n * K * D * (ITERATIONS + 1)),
        "K": lambda k: (clustering(N, k), 2 * N * k * D * (ITERATIONS + 1)),
        # three products with (2B, 2B) numbers: forward, again in backward, and the gradient
        "B": lambda B: (loss(B), 3 * 2 * (2 * B) ** 2 * D),
    }
    found = {}
    for name, prepare in works.items():
        found[name] = []
        for size in sizes[name][:most]:
            work, flops = prepare(size)
            seconds = median_seconds(work, rounds)
            found[name].append({"size": size, "seconds": seconds, "limit": flops / rate})
            print(f"{name} = {size:,}: {seconds:.3f} s, limit {flops / rate:.3f} s", flush=True)
    return found


def clustering(n: int, k: int) -> Callable:
    """k-means of n points from a given start."""
    x = torch.randn(n, D, generator=torch.Generator().manual_seed(0))
    return lambda: kmeans(x, k, ITERATIONS, start=x[:k])


def loss(B: int) -> Callable:
    """NT-Xent in chunks, forward and backward."""
    z = torch.randn(2, B, D, generator=torch.Generator().manual_seed(0), requires_grad=True)
    return lambda: nt_xent_in_chunks(*z.unbind(), 0.2).backward()


def ranks(steps: int, most: int) -> list[dict]:
    """Views per second of 1, 2, ... processes of this machine, each with one thread.

    Args:
        steps: number of steps that are timed.
        most: number of processes to go up to.
    """
    found = []
    for W in range(1, most + 1):
        torchrun = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(W))
        speed = in_a_new_process("--one-rank", str(steps), launcher=torchrun)
        found.append({"size": W, "speed": speed})
        print(f"{W} processes: {speed:,.0f} views/s", flush=True)
    return found


def one_rank(steps: int) -> None:
    """Train as one of the processes that torchrun started. The first one prints views/s."""
    torch.set_num_threads(1)
    distributed.join(torch.device("cpu"))
    step = Step(random_images(2048), norm="group")
    distributed.average_before_steps(step.optimizer)
    step.run(2)
    distributed.wait()
    begin = time.perf_counter()
    step.run(steps)
    distributed.wait()
    speed = 2 * step.config.batch_size * steps / (time.perf_counter() - begin)
    if distributed.rank() == distributed.FIRST:
        print(speed)
    distributed.leave()
