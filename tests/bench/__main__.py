"""`make bench`: measures on this machine, and prints a table."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from tests.bench import cold, endpoint, language, machine, memory, simulation, starting, timers
from tests.bench.figures import Figure

MEASURES: tuple[Callable[[], list[Figure]], ...] = (
    machine.measure,
    endpoint.measure,
    endpoint.measure_postgres,
    starting.measure,
    timers.measure,
    memory.measure,
    cold.measure,
    language.measure,
    simulation.measure,
)


def main() -> None:
    """Measure one after the other: they share the machine.  What was measured is shown though a later one fails."""
    console = Console()
    table = Table("Figure", "Median", "Slowest … fastest run", caption=_where())
    try:
        for measure in MEASURES:
            with console.status(f"Measuring: {measure.__module__.rpartition('.')[2]} …"):
                for figure in measure():
                    table.add_row(*figure.row())
    finally:
        console.print(table)


def _where() -> str:
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    main()
