"""`dundun audit`: who decided what, and the proof that nobody changed it since."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter, validators
from rich.console import Console
from rich.table import Table

from commands.errors import FOUND
from commands.known import CONFIG, counted, done, settings_in
from engine import anchoring, auditing
from engine.auditing import Told
from engine.opening import open_reader
from settings import Settings

MOST = 1_000_000
"""Rows that anybody looks at."""

app = App(name="audit", help="Who decided what, and the proof that nobody changed it.", help_format="plaintext")


@app.command(name="list")
def list_(
    *, most: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=MOST))] = 50, config: Path = CONFIG
) -> None:
    """What was decided last, the newest first.

    Parameters
    ----------
    most
        So many rows.
    config
        The server's settings.
    """
    known = settings_in(config)
    zone = ZoneInfo(known.zone)
    table = Table("When", "Who", "What", "", box=None, padding=(0, 2, 0, 0))
    found = done(_newest(known, most))
    for row in found:
        when = datetime.fromtimestamp(row.at / 1000, zone)
        table.add_row(f"{when:%Y-%m-%d %H:%M:%S}", row.actor, row.what, row.detail)
    console = Console(highlight=False, markup=False)
    console.print(table if found else "Nothing was decided yet.")


@app.command
def verify(*, config: Path = CONFIG) -> int:
    """Is every row as it was written, and none gone?  Exit code 1 where something was changed.

    Parameters
    ----------
    config
        The server's settings.
    """
    known = settings_in(config)
    rows, problems = done(_verify(known))
    console = Console(highlight=False, soft_wrap=True)
    for problem in problems:
        console.print(problem, markup=False)
    verdict = f"{counted(len(problems), 'thing')} wrong." if problems else "All of them are as they were written."
    console.print(f"{counted(rows, 'row')} looked at. {verdict}", style="bold")
    if problems:
        console.print("Keep a copy of the database as it is now, and ask who could write to it.")
    return FOUND if problems else 0


async def _newest(known: Settings, most: int) -> list[Told]:
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        return await auditing.newest(connection, reader.vault, most)


async def _verify(known: Settings) -> tuple[int, list[str]]:
    outside = anchoring.kept(anchoring.file_beside(known.key_file))
    async with open_reader(known.database, known.key_file) as reader, reader.snapshot() as connection:
        return await auditing.verify(connection, reader.vault, outside)
