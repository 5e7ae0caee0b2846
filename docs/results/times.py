"""How long whole commands take, from the shell's start to its end, and what README says about it.

    python docs/results/times.py                 # every command below, once more
    python docs/results/times.py shapes cifar10  # these only

Each measurement is added to times.json; README's table has the fastest and the slowest. Shapes are
drawn anew, as in a first run. Nothing else should be running: a command uses all cores.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make import HERE, RUNS

FILE = HERE / "times.json"
NOT_TIMED = ("shapes-crop-only", "shapes-wrong-positives", "cifar10-long")
TIMED = [name for name in RUNS if name not in NOT_TIMED]


def command(name: str) -> str:
    """The command whose time is measured. It trains one network, so not the supervised one."""
    return f"simclr-mini train {RUNS[name]}".replace("--supervised", "").strip()


def measure(name: str) -> dict:
    """Run a command in a new folder. Returns its seconds, and the times that it reports."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
        if name.startswith("shapes"):
            environ["SIMCLR_MINI_DATA"] = folder
        words = [sys.executable, "-m", "simclr_mini.cli", *command(name).split()[1:]]
        begin = time.perf_counter()
        subprocess.run([*words, "--name", name], cwd=folder, env=environ, check=True)
        seconds = time.perf_counter() - begin
        result = json.loads((Path(folder) / "runs" / name / "result.json").read_text())
    kept = ("wall_seconds", "evaluation_seconds", "views_per_second", "machine")
    return {"seconds": round(seconds, 1)} | {key: result[key] for key in kept}


def measured() -> dict[str, list[dict]]:
    """All measurements, by name of the run."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def range_of(name: str) -> str:
    """The fastest and the slowest time, in whole seconds; or "not measured"."""
    if name not in measured():
        return "not measured"
    seconds = [round(one["seconds"]) for one in measured().get(name, [])]
    return f"{min(seconds)} to {max(seconds)} s" if len(set(seconds)) > 1 else f"{seconds[0]} s"


if __name__ == "__main__":
    for name in sys.argv[1:] or TIMED:
        times = measured()
        times.setdefault(name, []).append(measure(name))
        FILE.write_text(json.dumps(times, indent=1) + "\n")
        print(name, times[name][-1], flush=True)
