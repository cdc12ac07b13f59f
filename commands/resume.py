"""`dundun resume`: what a hold kept back is shown, and goes out when a person has said so."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from commands import neighbour
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, counted, done, settings_in
from console.resuming import RESUME, Resume
from engine import held
from engine.clock import SystemClock
from engine.held import Hold
from engine.opening import open_reader
from engine.outlook import Outlook, outlook
from engine.pauses import read_list
from settings import Settings

SHOWN = "%Y-%m-%d %H:%M"


def resume(*, yes: bool = False, config: Path = CONFIG) -> None:
    """End a hold, after a restored backup, a copy, or a clock that could not be right; it shows first what will go out.

    Parameters
    ----------
    yes
        Do not ask.
    config
        The server's settings.
    """
    known = settings_in(config)
    hold, found = done(_look(known))
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if hold is None:
        console.print("Nothing is on hold.")
        return
    _show(console, hold, found, known.zone)
    if not yes and not _agreed(console):
        raise CommandError("Nothing was changed. To go on: dundun resume --yes", FOUND)
    paused = done(_resume(known))
    console.print("It goes on now.", style="bold")
    if paused:
        console.print(f"Still paused: {', '.join(paused)}. To look, and let it go on: dundun pause", markup=False)


async def _look(known: Settings) -> tuple[Hold | None, Outlook]:
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        state = await held.read_state(connection)
        return state.hold, await outlook(connection, SystemClock().now())


async def _resume(known: Settings) -> list[str]:
    """What stays paused by its own button."""
    async with neighbour.errands(known) as run:
        await run(RESUME, Resume())
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        return [f"{each.kind} {each.name}".strip() for each in await read_list(connection)]


def _show(console: Console, hold: Hold, found: Outlook, zone: str) -> None:
    console.print(f"On hold since {_moment(hold.since, zone)}: {hold.reason}", markup=False)
    if found.waiting:
        table = Table("Channel", "Flow", "Messages", "The oldest", box=None, padding=(0, 2, 0, 0))
        for each in found.waiting:
            table.add_row(each.channel, each.flow or "-", f"{each.messages:,}", _moment(each.oldest, zone))
        console.print(table)
    console.print(f"{counted(found.messages, 'message')} would go out at once.", style="bold")
    due = {"reminder or wait that is due": found.timers, "letter to others": found.mail, "broadcast": found.broadcasts}
    for what, number in due.items():
        if number:
            many = "reminders and waits that are due" if what.startswith("rem") else what.replace("letter", "letters")
            console.print(f"{counted(number, what, many)} would make more.")
    if found.expired:
        console.print(f"{counted(found.expired, 'message')} waited too long and will not be sent.")


def _agreed(console: Console) -> bool:
    if not sys.stdin.isatty():
        return False
    return console.input("Type yes to let it go on: ").strip().lower() == "yes"


def _moment(ms: int, zone: str) -> str:
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).strftime(SHOWN)
