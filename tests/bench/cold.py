"""How long `dundun check` takes for one file, from the shell's view: a new process each time."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure

RUNS = 11


def measure() -> list[Figure]:
    """The seconds from the call to its end; the first call, which may compile files, does not count."""
    command = [str(Path(sys.executable).with_name("dundun")), "check", "flows/cholera_flash.flow"]
    took = [_seconds(command) for _ in range(RUNS + 1)][1:]
    return [Figure("cold start of dundun check on one file", statistics.median(took), "s", min(took), max(took))]


def _seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    assert done.returncode == 0, done.stdout + done.stderr
    return seconds
