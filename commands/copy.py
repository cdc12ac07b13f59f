"""`dundun copy`: the database file goes to a PostgreSQL server, all of it, proved, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from commands import neighbour, progress
from commands.errors import CommandError
from commands.known import CONFIG, counted, done, settings_in
from engine import copying
from engine.opening import is_url, name_of
from settings import Settings, is_whole


def copy(*, to: Annotated[str, Parameter(name="--to")], config: Path = CONFIG) -> None:
    """Copy the database file into an empty PostgreSQL database; stop the server first.

    Parameters
    ----------
    to
        The address of that database, like postgresql://dundun@db.example.org/dundun.
    config
        The server's settings.
    """
    known = settings_in(config)
    if is_url(known.database):
        raise CommandError("The database is on a server already. PostgreSQL's own programs copy it.")
    if not is_whole(to):
        raise CommandError(f'{to}: an address like "postgresql://user@host/name" is expected.')
    counts = done(_copy(known, to))
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{name_of(to)} has {counted(sum(counts.values()), 'row')} of {counted(len(counts), 'table')} now.")
    console.print(
        "Each table was read back and is the same. Now set database to that address, and key to "
        f"{known.key_file}, in {config}. Both databases are on hold: start the server, look around, then run: "
        "dundun resume",
        markup=False,
    )


async def _copy(known: Settings, to: str) -> dict[str, int]:
    with progress.shown("Copying") as tell:
        return await copying.copy(
            Path(known.database),
            to,
            known.key_file,
            neighbour.account(),
            lambda _, rows, total: tell(rows, total),
        )
