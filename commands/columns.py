"""A failed test on a screen: the conversation in two columns with the lines that spoke, then what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from engine.dialogue import Line
from engine.limits import DAY, HOUR, MINUTE
from engine.rehearsal import Played

PAUSE = 5 * MINUTE
"""From here on the time that went by is shown; a reply takes a minute by itself (RULES T9)."""


def failure(played: Played, file: str) -> RenderableType:
    """All that a person needs to see why a test failed."""
    test = played.rehearsal
    title = Text.assemble(("✗ ", "bold red"), (test.title, "bold"), (f"   {file}, line {test.line}", "dim"))
    wanted = Text.assemble((f"Line {played.line} expected ", "red"), (played.wanted, "bold red"))
    return Group(title, Padding(_conversation(played.log), (1, 2)), Padding(wanted, (0, 2)), Text())


def _conversation(log: Iterable[Line]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("line", justify="right", style="dim", no_wrap=True)
    table.add_column("the flow", ratio=3)
    table.add_column("the worker", ratio=2)
    for number, flow, worker in _rows(log):
        table.add_row(number, flow, worker)
    return table


def _rows(log: Iterable[Line]) -> Iterator[tuple[str, Text, Text]]:
    before = 0
    for line in log:
        if before and line.at - before >= PAUSE:
            yield "", Text(f"… {span(line.at - before)} later", "dim italic"), Text()
        before = line.at
        if line.by == "worker":
            yield "", Text(), Text(line.text, "green")
        else:
            to = Text(f"to {line.to}: ", "yellow") if line.to else Text()
            yield str(line.line or ""), to.append(line.text), Text()


def span(ms: int) -> str:
    """`1 day 4 hours`: the two greatest units of a length of time."""
    parts = []
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        count, ms = divmod(ms, size)
        if count:
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return " ".join(parts[:2])
