"""Runs a function as each of W processes, for the lesson about many processes.

The function runs twice. First the "processes" are threads that meet in Python. There, a call that
the others do not make, or make with another shape, fails at once with a clear sentence. Threads
need no network, so they are all that runs inside `grade`. Then the processes are real: forks of
this one, joined by gloo.

The learner's code sees no difference. `torch.distributed` finds its group in `_world`, which has
one default group for a whole process; while threads run, it has one for each thread.
"""

import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor

PATIENCE = 15.0  # seconds that real processes may take; they do what threads have just done
TRIES = 2  # a fork may have inherited a lock that nobody will release
CPU = 10.0  # seconds of CPU time that one of them may take
NO_GROUP = 3  # exit code of a process for which gloo cannot start


class Deadlock(RuntimeError):
    """The processes do not make the same calls, so one of them would wait for ever."""


class Released(BaseException):
    """Ends a thread that waits for one that has failed."""


def together(W: int, work: Callable[[int], object], real: bool = False) -> list:
    """What `work(rank)` returns in each of W processes, by rank.

    Args:
        W: the number of processes.
        work: what each of them does. With `real` it must return tensors, numbers and text, or
            dicts, lists and tuples of them.
        real: whether to do it in real processes as well, if they can be started here. Their
            results are returned.
    """
    found = in_threads(W, work)
    if real and can_fork():
        found = in_processes(W, work) or found
    return found


def can_fork() -> bool:
    """Whether forks of this process can compute; autograd's threads for GPUs forbid it."""
    return sys.platform == "linux" and not torch.cuda.is_available()


# Threads


class World(threading.local):
    """What `torch.distributed` knows about its groups, by thread."""

    def __init__(self):
        self.default_pg = None
        self.pg_map, self.pg_names, self.pg_group_ranks = {}, {}, {}
        self.pg_backend_config, self.tags_to_pg, self.pg_to_tag = {}, {}, {}
        self.pg_coalesce_state, self.comms, self.group_count = {}, [], 1


def in_threads(W: int, work: Callable[[int], object]) -> list:
    """What `work(rank)` returns in each of W threads."""
    meeting, found, errors = Meeting(W), [None] * W, [None] * W

    def run(rank: int) -> None:
        try:
            enter(dist.distributed_c10d._world, Group(meeting, rank, W))
            found[rank] = work(rank)
        except BaseException as error:
            errors[rank] = error
        finally:
            meeting.leave(rank, errors[rank] is not None)

    before, dist.distributed_c10d._world = dist.distributed_c10d._world, World()
    try:
        threads = [threading.Thread(target=run, args=(r,), daemon=True) for r in range(W)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        dist.distributed_c10d._world = before
    failed = [error for error in errors if error and not isinstance(error, Released)]
    if failed:  # a thread that waits in vain is not at fault if another failed
        raise min(failed, key=lambda error: isinstance(error, Deadlock))
    return found


def enter(world: World, group: "Group") -> None:
    """Make a group the default one of this thread."""
    world.default_pg = group
    world.pg_map[group] = ("gloo", None)
    world.pg_names[group] = "all"
    world.pg_group_ranks[group] = {r: r for r in range(group.size())}


class Meeting:
    """Where W threads meet. The last one to arrive does the exchange for all."""

    def __init__(self, W: int):
        self.W = W
        self.change = threading.Condition()
        self.arrived: dict[int, tuple] = {}
        self.gone: dict[int, bool] = {}  # by rank: whether it failed
        self.round = 0
        self.problem = ""

    def exchange(self, rank: int, name: str, tensors: list[list[Tensor]], do: Callable) -> "Done":
        """Wait for the others, and let `do` exchange the tensors of all.

        Args:
            name: the call of `torch.distributed`, for a message.
            tensors: groups of tensors that must have the same shapes in all processes.
            do: is called with the tensors of every process, by rank.
        """
        with self.change:
            self.arrived[rank] = (name, tensors)
            now = self.round
            self.decide(do)
            self.change.wait_for(lambda: self.round > now or self.problem)
            if self.round == now:
                if self.problem == Released.__name__:
                    raise Released
                raise Deadlock(self.problem)
        return Done()

    def leave(self, rank: int, failed: bool) -> None:
        """Note that this thread has ended."""
        with self.change:
            self.gone[rank] = failed
            self.decide(None)

    def decide(self, do: Callable | None) -> None:
        """Exchange if all are here; give up if one will never come."""
        if not self.arrived or len(self.arrived) + len(self.gone) < self.W:
            return
        self.problem = self.problem or self.why_not()
        if not self.problem:
            with torch.no_grad():
                do([self.arrived[r][1] for r in range(self.W)])
            self.arrived = {}
            self.round += 1
        self.change.notify_all()

    def why_not(self) -> str:
        """Why the calls that have come cannot be one exchange, in a sentence."""
        if any(self.gone.values()):
            return Released.__name__
        calls = {r: name for r, (name, _) in sorted(self.arrived.items())}
        first = min(calls)
        if self.gone:
            other = min(self.gone)
            return (
                f"process {first} waits in {calls[first]}, but process {other} has returned and "
                "will not call it. Every process must make the same calls."
            )
        for other in calls:
            if calls[other] != calls[first]:
                return (
                    f"process {first} calls {calls[first]} while process {other} calls "
                    f"{calls[other]}. Every process must make the same calls in the same order."
                )
            one, two = (described(self.arrived[r][1]) for r in (first, other))
            if one != two:
                return (
                    f"process {first} calls {calls[first]} with {one}, and process {other} with "
                    f"{two}. All must have the same shape and type."
                )
        return ""


def described(tensors: list[list[Tensor]]) -> str:
    """Shapes and types, in words."""
    said = []
    for group in tensors:
        kinds = [f"{tuple(t.shape)} {t.dtype}".replace("torch.", "") for t in group]
        count = f"{len(kinds)} of " if len(kinds) > 1 else ""
        said += [count + " and ".join(dict.fromkeys(kinds))] if kinds else []
    return " and ".join(said)


class Done:
    """A finished exchange; an `async_op` of a thread is finished when it returns."""

    def wait(self, timeout=None) -> bool:
        return True

    def is_completed(self) -> bool:
        return True


class Group(dist.ProcessGroup):
    """A group of threads, with the calls of gloo that act on tensors."""

    def __init__(self, meeting: Meeting, rank: int, W: int):
        super().__init__(rank, W)
        self.meeting, self.place, self.W = meeting, rank, W

    def meet(self, name: str, tensors: list[list[Tensor]], do: Callable) -> Done:
        return self.meeting.exchange(self.place, name, tensors, do)

    def meet_in_memory(self, name: str, tensors: list[Tensor], do: Callable) -> Done:
        """As `meet`, for calls of gloo that exchange numbers in the order of memory."""
        groups = [tensors, Kept([in_memory(tensors[0])])]
        return self.meet(name, groups, lambda all_: do([one[1][0] for one in all_]))

    def allreduce(self, tensors, options=None):
        def do(flat):
            total = reduced(flat, options)
            for one in flat:
                one.copy_(total)

        return self.meet_in_memory("all_reduce", tensors, do)

    def reduce(self, tensors, options):
        def do(flat):
            flat[options.rootRank].copy_(reduced(flat, options))

        return self.meet_in_memory("reduce", tensors, do)

    def broadcast(self, tensors, options):
        def do(flat):
            sent = flat[options.rootRank].clone()
            for one in flat:
                one.copy_(sent)

        return self.meet_in_memory(f"broadcast from {options.rootRank}", tensors, do)

    def allgather(self, outputs, inputs, options=None):
        self.count(outputs[0], inputs[0], "all_gather")

        def do(all_):
            sent = [one[0][0].clone() for one in all_]
            for one in all_:
                for place, row in zip(one[1], sent, strict=True):
                    place.detach().copy_(row)

        return self.meet("all_gather", [inputs, outputs[0]], do)

    def all_gather_single(self, output, input, options=None):
        def do(all_):
            rows = torch.cat([one[0][0].flatten() for one in all_])
            for one in all_:
                one[1][0].detach().copy_(rows.view(one[1][0].shape))

        if output.numel() != self.W * input.numel():
            raise ValueError("all_gather_into_tensor needs an output W times as large as the input")
        return self.meet("all_gather_into_tensor", [[input], [output]], do)

    _allgather_base = all_gather_single  # its name in earlier versions of torch

    def reduce_scatter(self, outputs, inputs, options):
        self.count(inputs[0], outputs[0], "reduce_scatter")

        def do(all_):
            for r, one in enumerate(all_):
                one[0][0].detach().copy_(reduced([other[1][r] for other in all_], options))

        return self.meet("reduce_scatter", [outputs, inputs[0]], do)

    def reduce_scatter_single(self, output, input, options):
        return self.reduce_scatter([output], [list(input.view(self.W, *output.shape))], options)

    _reduce_scatter_base = reduce_scatter_single

    def alltoall(self, outputs, inputs, options=None):
        self.count(inputs, outputs[0], "all_to_all")

        def do(all_):
            sent = [[row.clone() for row in one[1]] for one in all_]
            for r, one in enumerate(all_):
                for s in range(self.W):
                    one[0][s].detach().copy_(sent[s][r])

        return self.meet("all_to_all", [outputs, inputs], do)

    def scatter(self, outputs, inputs, options):
        root = options.rootRank

        def do(all_):
            for one, row in zip(all_, all_[root][1].pop(), strict=True):
                one[0][0].detach().copy_(row)

        return self.meet(f"scatter from {root}", [outputs, Kept(inputs)], do)

    def gather(self, outputs, inputs, options):
        root = options.rootRank

        def do(all_):
            for place, one in zip(all_[root][1].pop(), all_, strict=True):
                place.detach().copy_(one[0][0])

        return self.meet(f"gather to {root}", [inputs, Kept(outputs)], do)

    def barrier(self, opts=None):
        return self.meet("barrier", [], lambda all_: None)

    def count(self, tensors: list[Tensor], like: Tensor, name: str) -> None:
        if len(tensors) != self.W or any(one.shape != like.shape for one in tensors):
            said = described([tensors])
            raise ValueError(f"{name} needs {self.W} tensors of {tuple(like.shape)}, not {said}")

    def getBackendName(self):
        return "gloo"


class Kept(list):
    """Tensors whose shapes nobody compares: only one process has them, or they are views."""

    def __iter__(self):
        return iter(())


def in_memory(tensor: Tensor) -> Tensor:
    """The numbers of a tensor in the order in which they are in memory, as gloo exchanges them.

    If the rows of one process lie column after column, the others get them in a wrong order.
    """
    strides = sorted(range(tensor.dim()), key=tensor.stride, reverse=True)
    flat = tensor.detach().permute(strides)
    if not flat.is_contiguous():
        raise ValueError("gloo needs a tensor whose numbers fill a part of memory without gaps")
    return flat.view(-1)


def reduced(tensors: list[Tensor], options) -> Tensor:
    """The sum of the tensors of all processes, or whatever the options ask for."""
    operations = {
        dist.ReduceOp.SUM: lambda rows: rows.sum(0),
        dist.ReduceOp.PRODUCT: lambda rows: rows.prod(0),
        dist.ReduceOp.MAX: lambda rows: rows.amax(0),
        dist.ReduceOp.MIN: lambda rows: rows.amin(0),
    }
    asked = options.reduceOp if options else dist.ReduceOp.SUM
    for operation, do in operations.items():
        if asked == operation:
            return do(torch.stack(tensors)).to(tensors[0].dtype)
    raise ValueError("gloo has sum, product, max and min; it has no mean")


# Processes


def in_processes(W: int, work: Callable[[int], object]) -> list | None:
    """What `work(rank)` returns in each of W processes; None if they cannot be started here."""
    for _ in range(TRIES):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            try:
                codes = run_all(W, work, folder)
            except OSError:  # in `grade`, nothing may be started
                return None
            if NO_GROUP in codes.values():
                return None
            for rank, code in codes.items():
                if code:
                    file = folder / f"{rank}.txt"
                    why = file.read_text("utf-8") if file.exists() else f"it ended with code {code}"
                    raise AssertionError(f"Process {rank} of {W}, joined by gloo, fails: {why}")
            if len(codes) == W:
                return [torch.load(folder / f"{rank}.pt", weights_only=True) for rank in range(W)]
    raise AssertionError(f"{W} processes, joined by gloo, wait for each other for ever.")


def run_all(W: int, work: Callable[[int], object], folder: Path) -> dict[int, int]:
    """Start W processes that write their results into a folder. Returns the exit codes by rank.

    Raises:
        OSError: they cannot be started here.
    """
    running: dict[int, int] = {}  # rank by process id
    try:
        for rank in range(W):
            pid = fork()
            if pid == 0:
                be(rank, W, work, folder)
            running[pid] = rank
        return wait(dict(running))
    finally:
        for pid in running:
            end(pid)


def fork() -> int:
    """Fork once no other thread is left: what a thread has locked stays locked in the fork."""
    tasks, since = Path("/proc/self/task"), time.monotonic()
    while len(list(tasks.iterdir())) > 1 and time.monotonic() - since < 1:
        time.sleep(0.001)  # a thread that has been joined still takes a moment to end
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # learner's code may have threads of its own
        return os.fork()


def be(rank: int, W: int, work: Callable[[int], object], folder: Path) -> None:
    """Run as one of the processes, then exit."""
    code = 1
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        signal.setitimer(signal.ITIMER_PROF, CPU)
        os.environ["GLOO_SOCKET_IFNAME"] = "lo"  # works even if the machine's name is unknown
        limit = timedelta(seconds=PATIENCE)
        try:
            store = dist.FileStore(str(folder / "store"), W)
            dist.init_process_group("gloo", store=store, rank=rank, world_size=W, timeout=limit)
        except RuntimeError:
            code = NO_GROUP
            return
        torch.save(work(rank), folder / f"{rank}.pt")
        dist.barrier()  # the first to end would close connections that others still use
        code = 0
    except BaseException as error:
        text = str(error).strip().split("\n")[0]
        (folder / f"{rank}.txt").write_text(f"{type(error).__name__}: {text}", "utf-8")
    finally:
        os._exit(code)


def wait(running: dict[int, int]) -> dict[int, int]:
    """The exit codes by rank, once all have ended, one has failed, or PATIENCE is over."""
    codes, since = {}, time.monotonic()
    while running and not any(codes.values()) and time.monotonic() - since < PATIENCE:
        for pid in list(running):
            if (found := os.waitpid(pid, os.WNOHANG)) != (0, 0):
                codes[running.pop(pid)] = os.waitstatus_to_exitcode(found[1])
        time.sleep(0.003)
    return codes


def end(pid: int) -> None:
    """End a process that this one has started, if it still runs."""
    try:
        if os.waitpid(pid, os.WNOHANG) == (0, 0):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    except ChildProcessError:
        pass
