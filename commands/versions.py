"""`dundun versions` and `dundun rollback`: which version of each flow runs, and the way back to an earlier one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from commands import neighbour
from commands.errors import FOUND
from commands.known import CONFIG, counted, done, settings_in
from console.rolling_back import ROLL_BACK, Back
from engine.opening import open_reader
from engine.versions import Version, known
from settings import Settings

SHORT = 12
"""Letters of a version's hash that are shown; they are enough to name it."""


def versions(flow: str = "", *, config: Path = CONFIG) -> int:
    """The versions of the flows: when each was published, which one is current, how many conversations run it.

    Parameters
    ----------
    flow
        Only this flow.
    config
        The server's settings.
    """
    settings = settings_in(config)
    found = [each for each in done(_known(settings)) if flow in ("", each.flow)]
    console = Console(highlight=False)
    if not found:
        console.print(f"No version of {flow} was ever published here." if flow else "No flow was published here yet.")
        return FOUND
    console.print(_table(found, settings.zone))
    return 0


def rollback(flow: str, to: str = "", *, config: Path = CONFIG) -> None:
    """Make an earlier version of a flow current again; conversations that run go on as they began.

    Parameters
    ----------
    flow
        Whose version.
    to
        The first letters of the version, as `dundun versions` shows it; without, the one before the current one.
    config
        The server's settings.
    """
    settings = settings_in(config)

    async def work() -> None:
        async with neighbour.errands(settings) as run:
            back = await run(ROLL_BACK, Back(flow, to))
        Console(highlight=False, soft_wrap=True).print(
            f"New conversations of {flow} run version {back.hash[:SHORT]}, "
            f"published {_moment(back.published_at, settings.zone)}. "
            f"The version in the flows folder stays out until its file changes."
        )

    done(work())


async def _known(settings: Settings) -> list[Version]:
    async with open_reader(settings.database, settings.key_file) as reader, reader.read() as connection:
        return await known(connection)


def _table(found: list[Version], zone: str) -> Table:
    table = Table("Flow", "Version", "Published", "Conversations", "", box=None, padding=(0, 2, 0, 0))
    for each in found:
        running = counted(each.open, "open", "open") if each.open else "–"
        shown = (each.flow, each.hash[:SHORT], _moment(each.published_at, zone), running)
        table.add_row(*shown, "current" if each.current else "", style="bold" if each.current else None)
    return table


def _moment(ms: int, zone: str) -> str:
    return datetime.fromtimestamp(ms / 1000, ZoneInfo(zone)).strftime("%d %b %Y %H:%M")
