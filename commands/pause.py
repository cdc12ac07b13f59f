"""`dundun pause` and `dundun unpause`: what is paused waits, and goes on where it was."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from commands import neighbour
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, done, settings_in
from console.pausing import PAUSE, Press
from engine.opening import open_reader
from engine.pauses import read_list
from engine.sets import AnyRow
from settings import Settings

Kind = Literal["all", "channel", "flow", "broadcast"]


def pause(what: Kind | None = None, name: str = "", /, *, reason: str = "", config: Path = CONFIG) -> None:
    """Hand nothing over of a channel, a flow or a broadcast, or nothing at all; without a word, say what is paused.

    Parameters
    ----------
    what
        all, channel, flow or broadcast.
    name
        Which one.
    reason
        Why, for those who look later.
    config
        The server's settings.
    """
    settings = settings_in(config)
    if what is None:
        _show(done(_paused(settings)), settings.zone)
        return
    _check(what, name, settings)
    done(_press(settings, Press(what, name, True, reason)))
    _say(f"Paused: {_called(what, name)}. What is to be sent waits, 7 days at most. Let it go on: {_back(what, name)}")


def unpause(what: Kind | None = None, name: str = "", /, *, config: Path = CONFIG) -> int:
    """Let it go on.

    Parameters
    ----------
    what
        all, channel, flow or broadcast.
    name
        Which one.
    config
        The server's settings.
    """
    settings = settings_in(config)
    if what is None:
        _show(done(_paused(settings)), settings.zone)
        raise CommandError("Say what goes on: dundun unpause all, or channel, flow or broadcast, and its name.")
    _check(what, name, settings, "unpause")
    changed = done(_press(settings, Press(what, name, False)))
    _say(f"Goes on: {_called(what, name)}." if changed else f"{_called(what, name).capitalize()} was not paused.")
    return 0 if changed else FOUND


def _check(what: Kind, name: str, settings: Settings, verb: str = "pause") -> None:
    if what == "all":
        if name:
            does = "stops everything that is sent" if verb == "pause" else "lets go on what `pause all` stopped"
            raise CommandError(f"dundun {verb} all {does}; {name} has no place there.")
    elif not name:
        raise CommandError(f"Which {what}? Write: dundun {verb} {what} NAME")
    elif what == "channel" and name not in settings.channels:
        there = ", ".join(sorted(settings.channels)) or "none"
        raise CommandError(f"There is no channel {name}. There are: {there}.", FOUND)


async def _press(settings: Settings, press: Press) -> bool:
    async with neighbour.errands(settings) as run:
        return (await run(PAUSE, press)).changed


async def _paused(settings: Settings) -> list[AnyRow]:
    async with open_reader(settings.database, settings.key_file) as reader, reader.read() as connection:
        return await read_list(connection)


def _show(buttons: list[AnyRow], zone: str) -> None:
    if not buttons:
        _say("Nothing is paused.")
        return
    table = Table("Paused", "Since", "By", "Why", box=None, padding=(0, 2, 0, 0))
    for button in buttons:
        since = datetime.fromtimestamp(button.at / 1000, ZoneInfo(zone)).strftime("%d %b %Y %H:%M")
        table.add_row(_called(button.kind, button.name), since, button.actor, button.reason)
    Console(highlight=False, markup=False).print(table)


def _called(what: str, name: str) -> str:
    return f"{what} {name}" if name else "everything"


def _back(what: str, name: str) -> str:
    return f"dundun unpause {what} {name}".strip()


def _say(sentence: str) -> None:
    Console(highlight=False, soft_wrap=True).print(sentence, markup=False)
