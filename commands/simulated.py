"""What came of made-up workers, on a screen: numbers with bars beside them, and what no worker came to."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from commands import walked
from commands.columns import span
from engine.limits import MINUTE
from study.branches import Branch
from study.crowd.measures import Measures

BAR = 20
"""Columns of the longest bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"


def show(console: Console, found: Measures) -> None:
    """All of it, from what came of the conversations to what no worker came to."""
    manners = ", ".join(f"{count} {name}" for name, count in found.manners.items())
    console.print(Text.assemble((found.flow, "bold"), f": {found.workers:,} made-up workers, seed {found.seed}"))
    console.print(f"  {manners}\n", style="dim")
    for part in (_outcomes(found), _questions(found), _costs(found)):
        console.print(_fitting(part, console))
        console.print()
    for row in _never(found):
        console.print(row, soft_wrap=True)


def bar(share: float) -> str:
    """A bar for a share between 0 and 1, to an eighth of a column."""
    full, rest = divmod(round(share * BAR * 8), 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def _fitting(table: Table, console: Console) -> Table:
    """The table without its bars where a line has no room for them, and in two lines a row where it needs them."""
    if not table.columns[-1].header and _is_tight(table, console):
        table.columns.pop()
    if _is_tight(table, console):
        for column in table.columns:
            column.no_wrap, column.overflow = False, "fold"
    return table


def _is_tight(table: Table, console: Console) -> bool:
    """Would something be cut?  What is measured is never said to be wider than a line."""
    return Measurement.get(console, console.options, table).maximum >= console.width


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", show_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number == 0 or not name else "right", no_wrap=True)
    return table


def _outcomes(found: Measures) -> Table:
    table = _table("How it ended", "workers", "%", "")
    for outcome, count in found.outcomes.items():
        share = count / found.workers
        table.add_row(outcome, f"{count:,}", f"{100 * share:.1f}", Text(bar(share), "green"))
    return table


def _questions(found: Measures) -> Table:
    table = _table("Question", "line", "asked", "left here", "%", "not taken", "")
    for each in found.questions:
        share = each.left / each.asked if each.asked else 0.0
        picture = Text.assemble((bar((each.asked - each.left) / found.workers), "green"))
        picture.append("░" * round(each.left / found.workers * BAR), "red")
        left = f"{100 * share:.1f}" if each.asked else ""
        table.add_row(
            each.question, f"{each.line}", f"{each.asked:,}", f"{each.left:,}", left, f"{each.wrong:,}", picture
        )
    return table


def _costs(found: Measures) -> Table:
    table = _table("A worker", "median", "90 % up to", "most")
    for name, spread in (("SMS received", found.messages), ("SMS parts", found.parts)):
        table.add_row(name, f"{spread.median:,}", f"{spread.ninety:,}", f"{spread.most:,}")
    took = found.minutes
    table.add_row("start to end", length(took.median), length(took.ninety), length(took.most))
    return table


def length(minutes: int) -> str:
    """A length of time, `0 minutes` for less than one."""
    return span(minutes * MINUTE) or "0 minutes"


def _never(found: Measures) -> Iterator[Text]:
    yield Text(f"{found.others:,} messages to other people, of all workers together.\n")
    for fault in found.faults:
        yield Text(f"A conversation could not go on: {fault}.\n", "bold red")
    if not found.never:
        yield Text("Every branch was reached.", "bold green")
        return
    yield Text("Never reached", "bold")
    yield from walked.rows(Branch(found.flow, each.file, each.line, each.never, each.text) for each in found.never)
