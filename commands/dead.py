"""`dundun dead`: messages that could not be applied: what and where, never what they say; once more, or never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cyclopts import App
from rich.console import Console
from rich.table import Column, Table

from commands import neighbour
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, counted, done, settings_in
from console import parking
from console.parking import UNPARK
from engine.opening import open_reader
from engine.parked import Parked, parked
from settings import Settings

app = App(name="dead", help="Messages that could not be applied, three times.", help_format="plaintext")


@app.command(name="list")
def list_(*, config: Path = CONFIG) -> int:
    """What is parked, where in its flow it stands, and what went wrong.  Exit code 1 where there is any.

    Parameters
    ----------
    config
        The server's settings.
    """
    known = settings_in(config)
    found = done(_parked(known))
    zone = ZoneInfo(known.zone)
    name = Column("Name", no_wrap=True, min_width=max((len(each.name) for each in found), default=0))  # to be typed
    table = Table(name, "Came in", "Kind", "Channel", "Stands at", "Error", box=None, padding=(0, 2, 0, 0))
    for each in found:
        when = datetime.fromtimestamp(each.at / 1000, zone)
        table.add_row(each.name, f"{when:%Y-%m-%d %H:%M}", each.kind, each.channel, each.where, each.error)
    console = Console(highlight=False, markup=False)
    console.print(table if found else "Nothing is parked.")
    return FOUND if found else 0


@app.command
def replay(names: Sequence[str] = (), /, *, all: bool = False, config: Path = CONFIG) -> None:  # noqa: A002  (the option's name)
    """Try once more, after what was wrong is mended; the order in its conversation is kept.

    Parameters
    ----------
    names
        As `dundun dead list` shows them.
    all
        Everything that is parked.
    config
        The server's settings.
    """
    _each(settings_in(config), names, all, drop=False)


@app.command
def drop(names: Sequence[str] = (), /, *, all: bool = False, yes: bool = False, config: Path = CONFIG) -> None:  # noqa: A002
    """Never apply it: it stays stored, and the audit says who dropped it.

    Parameters
    ----------
    names
        As `dundun dead list` shows them.
    all
        Everything that is parked.
    yes
        Do it; what is dropped cannot be brought back.
    config
        The server's settings.
    """
    if not yes:
        raise CommandError("What is dropped cannot be brought back. To do it, add --yes.")
    _each(settings_in(config), names, all, drop=True)


def _each(known: Settings, names: Sequence[str], everything: bool, drop: bool) -> None:
    if not names and not everything:
        raise CommandError("Say which: a name as dundun dead list shows it, or --all.")
    number = done(_change(known, names, everything, drop))
    if not number:
        Console(highlight=False).print("Nothing is parked.")
        return
    what = "never be applied" if drop else "be tried again within some seconds, if the server runs"
    Console(highlight=False, soft_wrap=True).print(f"{counted(number, 'message')} will {what}.")


async def _change(known: Settings, names: Sequence[str], everything: bool, drop: bool) -> int:
    wanted = [each.name for each in await _parked(known)] if everything else list(names)
    over: set[str] = set()
    async with neighbour.errands(known) as run:
        for name in wanted:
            if name not in over:
                over |= set((await run(UNPARK, parking.Parked(name, drop))).names)
    return len(over)


async def _parked(known: Settings) -> list[Parked]:
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        return await parked(connection, reader.vault)
