"""Functions run as processes: threads and forks agree, and an endless wait is explained."""

import os
import time

import pytest
import torch
import torch.distributed as dist
from torch.distributed.nn.functional import all_gather

from lessons.course import ranks
from lessons.course.ranks import Deadlock, in_processes, in_threads, together

pytestmark = pytest.mark.usefixtures("one_thread")
real = pytest.mark.skipif(not ranks.can_fork(), reason="needs forks that can compute")


def exchanges(rank):
    """The results of the calls that a learner may use."""
    W = dist.get_world_size()
    assert dist.get_rank() == rank and dist.is_initialized()
    x = torch.arange(3.0) + rank
    leaf = x.clone().requires_grad_()
    ((rank + 1) * torch.stack(all_gather(leaf)).square()).sum().backward()
    least, product, first = x.clone(), x.clone(), x.clone()
    table = torch.arange(6.0).view(2, 3).T if rank == 0 else torch.zeros(3, 2)
    total = table.clone()  # the process that sends has the columns one after another in memory
    dist.all_reduce(total)
    dist.broadcast(table, 0)
    dist.all_reduce(least, dist.ReduceOp.MIN)
    dist.all_reduce(product, dist.ReduceOp.PRODUCT)
    dist.broadcast(first, 1)
    parts, own = [torch.empty_like(x) for _ in range(W)], torch.empty(3)
    dist.all_gather(parts, x)
    dist.reduce_scatter(own, [x + r for r in range(W)])
    work = dist.all_reduce(x, async_op=True)
    work.wait()
    dist.barrier()
    return {"sum": x, "least": least, "product": product, "first": first} | {
        "parts": parts,
        "own": own,
        "total": total.contiguous(),
        "table": table.contiguous(),
        "gradient": leaf.grad,
    }


@real
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("W", [2, 3])
def test_threads_find_what_processes_find(W):
    for one, other in zip(in_threads(W, exchanges), in_processes(W, exchanges), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)
    assert not dist.is_initialized()


def one_returns(rank):
    if rank == 1:
        return
    dist.all_reduce(torch.ones(2))


def another_shape(rank):
    dist.all_reduce(torch.ones(2 + rank))


def another_call(rank):
    if rank:
        dist.barrier()
    else:
        dist.all_reduce(torch.ones(2))


@pytest.mark.parametrize(
    "work, said",
    [
        (one_returns, "process 0 waits in all_reduce, but process 1 has returned"),
        (
            another_shape,
            r"process 0 calls all_reduce with \(2,\) float32, and process 1 with \(",
        ),
        (another_call, "process 0 calls all_reduce while process 1 calls barrier"),
    ],
)
def test_a_deadlock_ends_at_once_with_a_sentence(work, said):
    begin = time.monotonic()
    with pytest.raises(Deadlock, match=said):
        in_threads(3, work)
    assert time.monotonic() - begin < 5


def test_who_fails_is_reported_and_not_who_waits_for_them():
    def fails(rank):
        if rank == 2:
            raise KeyError("mine")
        dist.barrier()

    with pytest.raises(KeyError, match="mine"):
        in_threads(3, fails)


@real
def test_a_process_that_dies_or_waits_alone_ends_the_others(monkeypatch):
    here = os.getpid()

    def dies(rank):
        if rank == 1 and os.getpid() != here:
            os._exit(9)
        dist.barrier()

    with pytest.raises(AssertionError, match="Process 1 of 2, joined by gloo, fails: .* code 9"):
        together(2, dies, real=True)

    def sleeps(rank):
        if os.getpid() != here:
            time.sleep(60)

    monkeypatch.setattr(ranks, "PATIENCE", 2.0)  # of which joining takes a part, if others compute
    monkeypatch.setattr(ranks, "TRIES", 1)
    with pytest.raises(AssertionError, match="wait for each other for ever"):
        together(2, sleeps, real=True)


def test_without_forks_threads_are_enough(monkeypatch):
    """So it is inside `grade`."""

    def refused():
        raise PermissionError

    monkeypatch.setattr(os, "fork", refused)
    assert together(2, lambda rank: rank, real=True) == [0, 1]
