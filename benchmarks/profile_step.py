"""Where the CPU time of a training step goes, by operation.

    python benchmarks/profile_step.py     # a minute, on one thread
    python docs/results/speed.py          # then writes the table

torch's profiler gives the CPU time of each operation, without the operations that it calls.
The result is docs/results/profile.json.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import torch  # noqa: E402
from step import Step, random_images  # noqa: E402
from torch.profiler import ProfilerActivity, profile  # noqa: E402

from simclr_mini.report import machine  # noqa: E402

FILE = ROOT / "docs" / "results" / "profile.json"
STEPS, IMAGES = 8, 4096


def measured(steps: int = STEPS, images: int = IMAGES, **choices) -> dict:
    """CPU seconds of each operation in some steps. `choices` are options that are not default."""
    torch.set_num_threads(1)
    step = Step(random_images(images), **choices)
    step.run(2)  # the first steps are slower
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        step.run(steps)
    rows = {one.key: one.self_cpu_time_total / 1e6 for one in seen.key_averages()}
    return {
        "command": "python benchmarks/profile_step.py",
        "machine": machine(),
        "precision": "bfloat16" if step.bfloat16 else "float32",
        "steps": steps,
        "seconds": dict(sorted(rows.items(), key=lambda row: -row[1])),
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(measured(), indent=1) + "\n", "utf-8")
    print(f"wrote {FILE.name}; now: python docs/results/speed.py")
