"""Our speed compared with that of other libraries, and with the most that the machine can do.

    python benchmarks/peers.py            # six minutes; nothing else should be running
    python benchmarks/peers.py --quick    # small sizes, to try the script out
    python docs/results/speed.py          # then writes the table and the figure

One process measures on two threads, ours and the others in turns; only memory and the growth with
processes have processes of their own. The result is docs/results/speed.json. CONTRIBUTING.md names
the environment that has the other libraries. Those that are not installed are left out, and the
table says so.
"""

import argparse
import importlib.metadata
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")  # else it asks the network for its version

import numpy as np  # noqa: E402
import torch  # noqa: E402
from growth import growth, one_rank, ranks  # noqa: E402
from limits import bandwidth, matrix_rate, network_speed  # noqa: E402
from measure import CLEAR, compare, extra_memory, in_a_new_process  # noqa: E402
from step import Step, lightly_epoch, random_images  # noqa: E402

from simclr_mini.kmeans import inertia, kmeans  # noqa: E402
from simclr_mini.large_batch import LARGE, nt_xent_in_chunks  # noqa: E402
from simclr_mini.nnclr import SupportSet  # noqa: E402
from simclr_mini.nt_xent import nt_xent_loss  # noqa: E402
from simclr_mini.report import machine  # noqa: E402
from simclr_mini.views import RECIPES, one_view  # noqa: E402

FILE = ROOT / "docs" / "results" / "speed.json"
LIBRARIES = "lightly albumentations kornia torchvision faiss-cpu pytorch-metric-learning"
RATES = ("float32", "bfloat16")
THREADS, TEMPERATURE = 2, 0.2
CROP, JITTER = (0.08, 1.0), 0.4  # of the recipe "cifar"; its hue is a quarter of JITTER
VIEWS = 512  # images of which views are made in a call
D, ITERATIONS = 128, 20  # numbers in a projection or a point; iterations of k-means
QUERIES, WIDTH = 256, 256  # of a support set


@dataclass(frozen=True)
class Plan:
    """How much is measured: rounds of slow and of fast things, and sizes.

    Attributes:
        few, many: number of rounds of slow and of fast things.
        batches: sizes B of the losses' batches.
        rows: number of rows in the support set.
        points, clusters: N and K of k-means.
        encoder: network of the training step.
        steps: number of training steps that are timed together.
        memory: pairs of a batch size B and a loss whose memory is measured.
        growth: number of sizes of each kind.
        ranks: number of processes to go up to.
    """

    few: int = 7
    many: int = 15
    batches: tuple[int, ...] = (64, 2048)
    rows: int = 98_304
    points: int = 50_000
    clusters: int = 512
    encoder: str = "patches"
    steps: int = 16
    memory: tuple[tuple[int, str], ...] = ((8192, "ours"), (8192, "ours, plain"), (8192, "lightly"))
    growth: int = 6
    ranks: int = 4


QUICK = Plan(
    *(1, 2, (64, 1024), 8192, 4000, 64, "tiny", 2),
    memory=((1024, "ours"), (1024, "lightly")),
    growth=1,
    ranks=2,
)


# ---- views of 32 x 32 images: crop, flip, colour jitter, grey


def our_views() -> Callable:
    x, generator = random_images(VIEWS).pixels.float() / 255, torch.Generator().manual_seed(0)
    return lambda: one_view(x, RECIPES["cifar"], generator)


def albumentations_views() -> Callable:
    import albumentations as A

    factors = (1 - JITTER, 1 + JITTER)
    change = A.Compose(
        [
            A.RandomResizedCrop(size=(32, 32), scale=CROP),
            A.HorizontalFlip(p=0.5),
            A.ColorJitter(factors, factors, factors, (-JITTER / 4, JITTER / 4), p=0.8),
            A.ToGray(p=0.2),
        ]
    )
    pictures = list(random_images(VIEWS).pixels.permute(0, 2, 3, 1).numpy())

    def views() -> torch.Tensor:
        made = np.stack([change(image=picture)["image"] for picture in pictures])
        return torch.from_numpy(made).permute(0, 3, 1, 2).float() / 255

    return views


def kornia_views() -> Callable:
    import kornia.augmentation as K

    change = torch.nn.Sequential(
        K.RandomResizedCrop((32, 32), scale=CROP),
        K.RandomHorizontalFlip(p=0.5),
        K.ColorJitter(JITTER, JITTER, JITTER, JITTER / 4, p=0.8),
        K.RandomGrayscale(p=0.2),
    )
    x = random_images(VIEWS).pixels.float() / 255
    return lambda: change(x)


def torchvision_views() -> Callable:
    import torchvision.transforms as T
    from PIL import Image

    change = T.Compose(
        [
            T.RandomResizedCrop(32, scale=CROP),
            T.RandomHorizontalFlip(),
            T.RandomApply([T.ColorJitter(JITTER, JITTER, JITTER, JITTER / 4)], p=0.8),
            T.RandomGrayscale(p=0.2),
            T.ToTensor(),
        ]
    )
    pixels = random_images(VIEWS).pixels.permute(0, 2, 3, 1).numpy()
    pictures = [Image.fromarray(one) for one in pixels]
    return lambda: torch.stack([change(picture) for picture in pictures])


# ---- NT-Xent, forward and backward


def loss_step(B: int, loss: Callable) -> Callable:
    z1, z2 = torch.randn(2, B, D, generator=torch.Generator().manual_seed(0)).unbind()
    z1.requires_grad_(), z2.requires_grad_()
    return lambda: loss(z1, z2).backward()


def our_loss(B: int, plain: bool = False) -> Callable:
    """The form that SimCLR takes at this size, or the plain one."""
    loss = nt_xent_loss if plain or B < LARGE else nt_xent_in_chunks
    return loss_step(B, lambda z1, z2: loss(z1, z2, TEMPERATURE))


def lightly_loss(B: int) -> Callable:
    from lightly.loss import NTXentLoss

    return loss_step(B, NTXentLoss(temperature=TEMPERATURE))


def metric_learning_loss(B: int) -> Callable:
    from pytorch_metric_learning.losses import NTXentLoss, SelfSupervisedLoss

    return loss_step(B, SelfSupervisedLoss(NTXentLoss(temperature=TEMPERATURE)))


LOSSES = {
    "ours": our_loss,
    "ours, plain": partial(our_loss, plain=True),
    "lightly": lightly_loss,
    "pytorch-metric-learning": metric_learning_loss,
}


def memory(sizes: tuple[tuple[int, str], ...]) -> list[dict]:
    """Extra memory of forward and backward, each in a new process."""
    found = []
    for B, name in sizes if CLEAR.exists() else ():
        try:
            LOSSES[name](8)
        except ImportError:
            continue
        grown = in_a_new_process("--memory", name, str(B))
        found.append({"B": B, "name": name, "bytes": grown})
        print(f"B = {B:,}, {name}: {grown / 2**20:,.0f} MiB", flush=True)
    return found


def memory_of(name: str, B: int) -> None:
    """Print how many bytes a loss takes. A small batch first starts the threads."""
    LOSSES[name](8)()
    print(extra_memory(LOSSES[name](B)))


# ---- the nearest of many rows, and k-means


def search(rows: int) -> tuple[torch.Tensor, SupportSet]:
    """Queries, and the support set in which they search."""
    z = torch.randn(QUERIES, WIDTH, generator=torch.Generator().manual_seed(1))
    return z, SupportSet(rows, WIDTH, torch.Generator().manual_seed(0))


def our_search(rows: int) -> Callable:
    z, support = search(rows)
    return lambda: support.find(z)


def lightly_search(rows: int) -> Callable:
    from lightly.models.modules.nn_memory_bank import NNMemoryBankModule

    z, support = search(rows)
    bank = NNMemoryBankModule(size=(rows, WIDTH))
    bank.bank.copy_(support.rows)
    return lambda: bank(z, update=False)


def faiss_search(rows: int) -> Callable:
    import faiss

    faiss.omp_set_num_threads(THREADS)
    z, support = search(rows)
    index = faiss.IndexFlatIP(WIDTH)
    index.add(support.rows.numpy())
    return lambda: index.search(torch.nn.functional.normalize(z, dim=1).numpy(), 1)


def points(N: int) -> torch.Tensor:
    return torch.randn(N, D, generator=torch.Generator().manual_seed(0))


def our_clusters(N: int, K: int, given: bool = False) -> Callable:
    """k-means from k-means++, or from K random points, as faiss starts."""
    x = points(N)
    start = x[torch.randperm(N, generator=torch.Generator().manual_seed(1))[:K]] if given else None
    return lambda: kmeans(x, K, ITERATIONS, torch.Generator().manual_seed(1), start)


def faiss_clusters(N: int, K: int) -> Callable:
    import faiss

    faiss.omp_set_num_threads(THREADS)
    x = points(N).numpy()
    every = {"max_points_per_centroid": N}  # by default it uses only some of the points

    def clusters() -> tuple[torch.Tensor, torch.Tensor]:
        found = faiss.Kmeans(D, K, niter=ITERATIONS, seed=1, **every)
        found.train(x)
        labels = found.index.search(x, 1)[1][:, 0]
        return torch.from_numpy(found.centroids), torch.from_numpy(labels)

    return clusters


KMEANS = {
    "ours": our_clusters,
    "ours, a random start": partial(our_clusters, given=True),
    "faiss": faiss_clusters,
}


def inertias(N: int, K: int) -> dict[str, float]:
    """How good the clusters are, for those who ask whether speed costs anything."""
    found = {}
    for name, build in KMEANS.items():
        with suppress(ImportError):
            found[name] = inertia(points(N), *build(N, K)())
    return found


# ---- everything


def measure(plan: Plan) -> dict:
    """All measurements. The order is that of the table."""
    compared = {}
    compared["views"] = compare(
        "views of 32 x 32 images",
        plan.many,
        {
            "ours": our_views,
            "albumentations": albumentations_views,
            "kornia": kornia_views,
            "PIL and torchvision": torchvision_views,
        },
        amount=VIEWS,
    )
    for B in plan.batches:
        # pytorch-metric-learning's memory grows as B^3
        left_out = "ours, plain" if B < LARGE else "pytorch-metric-learning"
        losses = {name: partial(build, B) for name, build in LOSSES.items() if name != left_out}
        what = f"NT-Xent, forward and backward, B = {B:,}, d = {D}"
        compared[f"loss {B}"] = compare(what, plan.many, losses)
    ways = {"ours": our_search, "lightly": lightly_search, "faiss, flat": faiss_search}
    compared["search"] = compare(
        f"nearest of {plan.rows:,} rows for {QUERIES} queries, d = {WIDTH}",
        plan.many,
        {name: partial(build, plan.rows) for name, build in ways.items()},
    )
    N, K = plan.points, plan.clusters
    compared["k-means"] = compare(
        f"k-means, {N:,} points, d = {D}, k = {K}, {ITERATIONS} iterations",
        plan.few,
        {name: partial(build, N, K) for name, build in KMEANS.items()},
    )
    images = random_images(4096)
    step = Step(images, encoder=plan.encoder)
    lightly = partial(lightly_epoch, step, plan.steps, THREADS)
    compared["step"] = compare(
        f"training, B = {step.config.batch_size}",
        plan.few,
        {
            "ours": lambda: partial(step.run, plan.steps),
            "lightly's loop": partial(lightly, as_ours=False),
            "lightly's loop, our number format": partial(lightly, as_ours=True),
        },
        amount=2 * step.config.batch_size * plan.steps,
    )
    rates = {name: matrix_rate(getattr(torch, name), plan.many) for name in RATES}
    networks = {name: Step(images, encoder=name) for name in {plan.encoder, "tiny"}}
    return {
        "compared": compared,
        "inertia": inertias(N, K),
        "limits": rates | {"bandwidth": bandwidth(plan.few)},
        "networks": {name: network_speed(one, plan.many) for name, one in networks.items()},
        "parts": step.parts(2 * plan.steps),
        "memory": memory(plan.memory),
        "growth": growth(rates["float32"], 3, plan.growth),
        "ranks": ranks(plan.steps, plan.ranks),
    }


def versions() -> dict[str, str]:
    """Versions of the libraries; those that are not installed are left out."""
    found = {}
    for name in ["torch", *LIBRARIES.split()]:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            print(f"{name} is not installed; it is left out")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few rounds, to try it out")
    parser.add_argument("--out", type=Path, default=FILE, help="the file to write")
    parser.add_argument("--memory", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--one-rank", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    if options.memory:
        memory_of(options.memory[0], int(options.memory[1]))
    elif options.one_rank:
        one_rank(options.one_rank)
    else:
        command = f"python benchmarks/peers.py{' --quick' if options.quick else ''}"
        found = {"command": command, "machine": machine(), "versions": versions()}
        found["threads"] = THREADS
        found |= measure(QUICK if options.quick else Plan())
        options.out.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
