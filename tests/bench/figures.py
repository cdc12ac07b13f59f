"""A figure of the benchmark: the median of several runs, with the slowest and the fastest of them."""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

FULL = os.environ.get("BENCH") == "full"
"""As `make bench` asks: with as much as the figures are promised for; else with less, and about as fast."""


@dataclass(frozen=True, slots=True)
class Figure:
    """`unit` stands behind the number."""

    what: str
    median: float
    unit: str
    low: float
    high: float

    def row(self) -> tuple[str, str, str]:
        """As a table shows it."""
        return self.what, self._said(self.median), f"{self._said(self.low)} … {self._said(self.high)}"

    def _said(self, value: float) -> str:
        return f"{value:,.0f}{self.unit}" if value >= 100 else f"{value:.2f} {self.unit}"


def most() -> float:
    """The most memory that this process has had, in MB.

    What the system counts for a new process begins with what its parent had; Linux says beside it what is its own.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1000
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1_000_000 if sys.platform == "darwin" else 1000)
