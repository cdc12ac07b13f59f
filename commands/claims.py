"""`dundun claims`: what workers said of themselves and a person has to confirm: shown, applied, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from cyclopts import App
from rich.console import Console

from commands import neighbour
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, counted, done, settings_in
from console.claiming import DECIDE, Decide
from engine.claims import Claim, waiting
from engine.opening import open_reader
from settings import Settings

app = App(name="claims", help="What workers said of themselves, and a person has to confirm.", help_format="plaintext")


@app.command(name="list")
def list_(*, config: Path = CONFIG) -> int:
    """What waits for a person's word: whose record, the value in it, and the new one.  Exit code 1 where there is any.

    Parameters
    ----------
    config
        The server's settings.
    """
    known = settings_in(config)
    found = done(_waiting(known))
    zone = ZoneInfo(known.zone)
    console = Console(highlight=False, markup=False, soft_wrap=True)
    for each in found:
        when = f"{datetime.fromtimestamp(each.at / 1000, zone):%Y-%m-%d %H:%M}"
        console.print(f"{each.claim_id}  {when}  {each.name} ({each.worker_id})")
        console.print(f"    {each.field}: {each.old or 'nothing'} → {each.new}")
    if not found:
        console.print("Nothing waits for a person's word.")
    return FOUND if found else 0


@app.command
def apply(names: Sequence[str] = (), /, *, all: bool = False, config: Path = CONFIG) -> None:  # noqa: A002  (the option's name)
    """Put it into the worker's record, as a list of workers would; a new phone number is his from then on.

    Parameters
    ----------
    names
        As `dundun claims list` shows them.
    all
        Everything that waits.
    config
        The server's settings.
    """
    _each(settings_in(config), names, all, drop=False)


@app.command
def drop(names: Sequence[str] = (), /, *, all: bool = False, config: Path = CONFIG) -> None:  # noqa: A002
    """Leave the record as it is; what the worker said stays stored, and the audit says who dropped it.

    Parameters
    ----------
    names
        As `dundun claims list` shows them.
    all
        Everything that waits.
    config
        The server's settings.
    """
    _each(settings_in(config), names, all, drop=True)


def _each(known: Settings, names: Sequence[str], everything: bool, drop: bool) -> None:
    if not names and not everything:
        raise CommandError("Say which: a name as dundun claims list shows it, or --all.")
    number = done(_decide(known, names, everything, drop))
    what = "dropped" if drop else "applied"
    said = f"{counted(number, 'claim')} {what}." if number else "Nothing waits for a person's word."
    Console(highlight=False, soft_wrap=True).print(said)


async def _decide(known: Settings, names: Sequence[str], everything: bool, drop: bool) -> int:
    wanted = [str(each.claim_id) for each in await _waiting(known)] if everything else list(names)
    async with neighbour.errands(known) as run:
        for name in wanted:
            await run(DECIDE, Decide(name, drop))
    return len(wanted)


async def _waiting(known: Settings) -> list[Claim]:
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        return await waiting(connection, reader.vault)
