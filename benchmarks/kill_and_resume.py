"""Kill ten runs, resume them, and compare what is left with a run that was not killed.

    python benchmarks/kill_and_resume.py [METHOD]      # simclr, gsimclr, curation, ...

Three runs are killed while they write a checkpoint, the others after a random step. The weights
and all else that a method keeps, the states of the optimiser and of the generators, and the log
must be equal to the last bit.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import torch

TRAIN = """
import sys
from pathlib import Path
from simclr_mini.build import build_method, load_splits
from simclr_mini.methods import configure
from simclr_mini.train import train
choices = {"images": 2112, "batch_size": 32, "epochs": 2, "knn_every": 0}
cheap = {"encoder": "tiny", "view_size": 12}  # the state is what counts
config = configure(method=sys.argv[1], **choices, **cheap)
data = load_splits(config)
method = build_method(config, data["train"])
train(config, method, data, Path(sys.argv[2]), lambda line: print(line["step"], flush=True))
"""
METHOD = sys.argv[1] if len(sys.argv) > 1 else "simclr"


def start(folder: Path) -> subprocess.Popen:
    """A process that trains in a folder, or resumes the run there."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", TRAIN, METHOD, folder]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def finish(folder: Path) -> dict:
    """The state of a finished run, which has 132 steps and checkpoints at 50, 100 and 132."""
    start(folder).communicate()
    state = torch.load(folder / "checkpoint.pt", weights_only=True)
    state["log"] = (folder / "log.jsonl").read_bytes()
    return {part: state[part] for part in ("step", "method", "optimizer", "now", "log")}


def same(a, b) -> bool:
    """Whether two states are equal to the last bit."""
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return torch.equal(a, b) if isinstance(a, torch.Tensor) else a == b


def kill_at(process: subprocess.Popen, step: int) -> None:
    """Send SIGKILL a moment after a step."""
    while int(process.stdout.readline() or 10**9) < step:
        pass
    time.sleep(random.random() / 10)
    process.send_signal(signal.SIGKILL)


def kill_while_writing(process: subprocess.Popen, folder: Path, count: int) -> bool:
    """Send SIGKILL while checkpoint `count` is being written; say whether that was in time."""
    part = folder / f"checkpoint.pt.{process.pid}.part"
    for _ in range(count):
        while part.exists():
            pass
        while not part.exists() and process.poll() is None:
            pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    return part.exists()


if __name__ == "__main__":
    random.seed(0)
    with tempfile.TemporaryDirectory() as where:
        root = Path(where)
        whole = finish(root / "whole")
        equal = 0
        for i in range(10):
            folder, process = root / str(i), start(root / str(i))
            if i < 3:
                how = "while" if kill_while_writing(process, folder, 1 + i % 2) else "just after"
                how += f" it wrote checkpoint {1 + i % 2}"
            else:
                step = random.randint(1, 131)
                kill_at(process, step)
                how = f"after step {step}"
            process.wait()
            ok = same(whole, finish(folder))
            equal += ok
            print(f"killed {how}: {'equal' if ok else 'DIFFERENT'}", flush=True)
    print(f"{equal} of 10 equal")
    sys.exit(equal != 10)
