"""How long `watch` takes from a save to the verdict, in lesson 4 with a mistake in it.

    pytest benchmarks/test_watch_speed.py -s

It should take less than a second. `watch` measures it itself, from the file's time stamp.
"""

import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
SAVES = 5
VERDICT = re.compile(r"4 nt_xent  \S+(?:  ([\d.]+) s)?$")


def test_seconds_from_a_save_to_the_verdict(tmp_path):
    right = (ROOT / "simclr_mini" / "nt_xent.py").read_text("utf-8")
    wrong = right.replace(".roll(B)", ".roll(1)")
    environ = {**os.environ, "SIMCLR_MINI_DESK": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-u", "-m", "lessons", "watch", "4"]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True) as it:
        try:
            verdict(it)  # on the blank
            seconds, file = [], tmp_path / "04_nt_xent" / "nt_xent.py"
            while len(seconds) < SAVES:
                file.write_text(f"{wrong}# {len(seconds)}\n", "utf-8")
                took = verdict(it)
                if took:  # the first save may be seen before the watch for saves begins
                    seconds.append(float(took))
        finally:
            it.kill()
    print(f"\n{median(seconds):.2f} s, median of {SAVES}: {seconds}")
    assert median(seconds) < 1


def verdict(watch: subprocess.Popen) -> str | None:
    """Wait for the next verdict: its seconds, where there are any."""
    for line in watch.stdout:
        found = VERDICT.search(line.rstrip())
        if found:
            return found[1]
    raise AssertionError("watch has ended")
