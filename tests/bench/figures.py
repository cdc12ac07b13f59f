"""A figure of the benchmark: the median of several runs, with the slowest and the fastest of them."""

from __future__ import annotations

import os
from dataclasses import dataclass

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
