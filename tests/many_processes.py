"""What the processes of test_distributed.py do. Run by it, from the repository's root.

python -m tests.many_processes gradients FOLDER       1 to 4 processes, one after another
torchrun ... -m tests.many_processes train FOLDER     a run in which one process kills itself
"""

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing

from simclr_mini import distributed
from simclr_mini.build import build_method, load_splits
from simclr_mini.methods import configure
from simclr_mini.optim import take_step
from simclr_mini.train import train
from tests.one_step import LOSSES, build, gradient, loss_of, small

WORLDS = (1, 2, 3, 4)
CASES = LOSSES | {
    "moco": {"method": "moco", "queue_size": 28},
    "moco one way": {"method": "moco", "queue_size": 28, "symmetric": False},
    "swav queue": {"method": "swav", "prototypes": 4, "queue_size": 7, "queue_start": 0},
    "nnclr top 3": {"method": "nnclr", "support_size": 20, "top_k": 3},
    "chunks": {"chunk_size": 2},
}
RUN = {"images": 96, "batch_size": 15, "epochs": 2, "norm": "group", "optimizer": "sgd"}
RUN |= {"learning_rate": 0.02, "checkpoint_every": 4, "precision": "float32", "knn_every": 0}


def two_steps(choices: dict) -> dict:
    """Loss and gradient of a first step, and the state of the method after a second one."""
    config = small(**choices)
    method = build(config)
    optimizer = torch.optim.SGD(method.parameters(), lr=0.1)
    distributed.average_before_steps(optimizer)
    losses = []
    for first in (3, 20):
        loss = loss_of(method, first, config.chunk_size)
        losses.append(loss.detach())
        take_step(optimizer, loss, 0.1)
        if first == 3:
            found = gradient(method)
    draws = {name: g.get_state() for name, g in method.generators.items()}
    return {"loss": losses, "gradient": found, "state": method.state_dict(), "draws": draws}


def exchanges() -> dict:
    """What a process receives from the others, which hold other numbers."""
    rank, last = distributed.rank(), distributed.size() - 1
    method = torch.nn.BatchNorm1d(2)
    torch.nn.init.constant_(method.weight, rank)
    method.running_mean.fill_(rank)
    method.generators = {"order": torch.Generator().manual_seed(rank)}
    distributed.copy_from_first(method)
    return {
        "weight": method.weight.detach(),
        "mean": method.running_mean,
        "draw": torch.rand(3, generator=method.generators["order"]),
        "one of them": distributed.any_process(rank == last),
        "none": distributed.any_process(False),
        "the same": distributed.agree("a step"),
        "not the same": distributed.agree(f"step {rank == last}"),
    }


def gradients(rank: int, folder: str) -> None:
    """Run each case as one of 1, 2, 3 and 4 processes, and keep the results."""
    torch.set_num_threads(1)
    for W in WORLDS[rank:]:
        store = f"file://{folder}/store-{W}"
        dist.init_process_group("gloo", init_method=store, rank=rank, world_size=W)
        found = {name: two_steps(choices) for name, choices in CASES.items()}
        torch.save(found | {"exchanges": exchanges()}, f"{folder}/{W}-{rank}.pt")
        dist.barrier()
        dist.destroy_process_group()
    if rank < 2:
        read_slowly(rank, folder)


def read_slowly(rank: int, folder: str) -> None:
    """The first of two processes reads images for longer than a step may take."""
    store, step = f"file://{folder}/store-slow", timedelta(seconds=1)
    dist.init_process_group("gloo", init_method=store, rank=rank, world_size=2, timeout=step)
    with distributed.first_goes_first():
        began = time.monotonic()
        (Path(folder) / "read").touch() if rank else time.sleep(2.5)
        assert rank or not (Path(folder) / "read").exists(), "the second did not wait"
    assert (Path(folder) / "read").exists() and time.monotonic() - began < 60
    dist.destroy_process_group()


def killed_run(folder: Path) -> None:
    """Train, until the second process dies at step 7, after the checkpoint at step 4."""
    torch.set_num_threads(1)
    distributed.join(torch.device("cpu"))
    config = configure(**RUN)
    data = load_splits(config)

    def report(line):
        if line["step"] == 7 and distributed.rank() == 1:
            (folder / "killed").touch()
            os.kill(os.getpid(), signal.SIGKILL)

    train(config, build_method(config, data["train"]), data, folder, report)


if __name__ == "__main__":
    what, folder = sys.argv[1:]
    if what == "train":
        killed_run(Path(folder))
    else:  # a fork shares what is imported; nothing has started a thread yet
        start = "fork" if sys.platform == "linux" else "spawn"
        torch.multiprocessing.start_processes(
            gradients, (folder,), nprocs=max(WORLDS), start_method=start
        )
