"""`dundun doctor`: is all well with a live database and the machine around it?  Each finding says what to do."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console

from commands.errors import FOUND
from commands.known import CONFIG, counted, done, settings_in
from engine import anchoring
from engine import doctor as physician
from engine.clock import SystemClock
from engine.doctor import Finding
from engine.opening import is_url, open_reader
from settings import Settings

LEAST_FREE = 500_000_000
"""Bytes that must be free beside a database file; or as many as the file has, if that is more."""


def doctor(*, config: Path = CONFIG) -> int:
    """Look at everything, while the server runs or not; it changes nothing.  Exit code 1 where something is found.

    Parameters
    ----------
    config
        The server's settings.
    """
    known = settings_in(config)
    screen = Console(stderr=True)
    console = Console(highlight=False, soft_wrap=True)
    with screen.status("Looking at the machine") as status:
        if not screen.is_terminal:
            status.stop()
        found = [*_machine(known), *done(_database(known, lambda name: status.update(f"Looking at: {name}")))]
    for finding in found:
        console.print(finding.what, style="bold", markup=False)
        console.print(f"  {finding.advice}", markup=False)
    console.print(f"{counted(len(found), 'finding')}." if found else "All is well.")
    return FOUND if found else 0


async def _database(known: Settings, seen: Callable[[str], None]) -> list[Finding]:
    anchors = anchoring.kept(anchoring.file_beside(known.key_file))
    async with open_reader(known.database, known.key_file) as reader:
        now = SystemClock().now()
        return [each async for each in physician.findings(reader, now, anchors, seen)]


def _machine(known: Settings) -> Iterator[Finding]:
    yield from _key(known.key_file)
    if not is_url(known.database):
        yield from _disk(Path(known.database))


def _key(key: Path) -> Iterator[Finding]:
    if sys.platform == "win32" or not key.exists():
        return
    if key.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(f"Others on this machine may read the key {key}.", f"Only the server needs it: chmod 600 {key}")


def _disk(database: Path) -> Iterator[Finding]:
    if not database.exists():
        return
    free, size = shutil.disk_usage(database.parent).free, database.stat().st_size
    if free < max(LEAST_FREE, size):
        yield Finding(
            f"{_size(free)} are free where the database is; it has {_size(size)}.",
            "Make room: a full disk stops all that comes in, and a backup or a migration needs as much again.",
        )
    log = database.with_name(database.name + "-wal")
    if log.exists() and log.stat().st_size > max(LEAST_FREE, size):
        yield Finding(
            f"The file {log.name} has grown to {_size(log.stat().st_size)}.",
            "Something reads the database without end: stop long exports and other readers.",
        )


def _size(number: int) -> str:
    return f"{number / 1e9:,.1f} GB" if number >= 1e9 else f"{number / 1e6:,.1f} MB"
