"""What new versions would mean for the conversations that run, on the screen: `dundun check --live`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from commands.known import counted
from engine.clock import SystemClock
from engine.live import GOES, STAYS, STRANDED, Prospect, prospects
from engine.opening import open_reader
from grammar.loader import Project
from settings import Settings

WIDE = 400
"""Columns of what goes into a file or a pipe, where nothing wraps."""


async def show(console: Console, project: Project, settings: Settings) -> bool:
    """Say what would become of them, flow by flow; True where some would be stranded."""
    if not console.is_terminal:
        console.width = WIDE
    programs = [program for file in project.files if file.compiled for program in file.compiled.programs]
    stranded = False
    async with open_reader(settings.database, settings.key_file) as reader, reader.read() as connection:
        for program in programs:
            now = SystemClock().now()
            found = [each async for each in prospects(connection, reader.vault, program, now)]
            console.print(_summary(program.flow, found), style="bold")
            left = [each for each in found if each.fate == STRANDED]
            if left:
                console.print(_table(left))
                console.print(_advice(left), style="yellow")
            stranded = stranded or bool(left)
    return stranded


def _summary(flow: str, found: Sequence[Prospect]) -> str:
    if not found:
        return f"{flow}: no conversation runs another version."
    fates = Counter(each.fate for each in found)
    said = {
        GOES: "going over to this version",
        STAYS: "going on in their own to the end",
        STRANDED: "waiting at a question that this version does not have",
    }
    parts = ", ".join(f"{fates[fate]:,} {words}" for fate, words in said.items() if fates[fate])
    return f"{flow}: {counted(len(found), 'conversation')} of other versions, {parts}."


def _table(left: Sequence[Prospect]) -> Table:
    table = Table("Conversation", "Worker", "Waits at", "Why it cannot go over", box=None, padding=(0, 2, 0, 2))
    for each in left:
        table.add_row(f"s{each.session_id:x}", each.worker_id, each.asked, each.why)
    return table


def _advice(left: Sequence[Prospect]) -> str:
    asked = sorted({each.asked for each in left})
    lines = ", ".join(f"moved {name} -> …" for name in asked)
    return (
        "  They go on in the version that they began with. To take them along, say in the flow's header where their "
        f"question went: {lines}"
    )
