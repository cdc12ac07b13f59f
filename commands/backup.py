"""`dundun backup` and `dundun restore`: a copy of the database of one moment, and the way back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import TypeVar

from rich.console import Console

from commands import neighbour, progress
from commands.errors import CommandError
from commands.known import CONFIG, done, settings_in
from console.noting import NOTE, Note
from engine import backup as files
from engine import dumping, restoring
from engine.clock import SystemClock
from engine.opening import is_url, open_reader
from settings import Settings

T = TypeVar("T")

BACKUPS = (b"SQLite format 3\0", b"PGDMP")
"""What a backup begins with: of a file, and of a database server."""


def backup(file: Path, /, *, config: Path = CONFIG) -> None:
    """A copy of the whole database as it is now; the server goes on meanwhile.  The key is not in it.

    Parameters
    ----------
    file
        Where it goes.
    config
        The server's settings.
    """
    known = settings_in(config)
    _look_at(file, known, config)
    done(_backup(known, file))
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{file} is the database of this moment, {_size(file)}.", markup=False)
    console.print(
        f"Nobody can read it without the key, which is not in it: {known.key_file}. Keep a copy of that elsewhere.",
        markup=False,
    )


def restore(file: Path, /, *, config: Path = CONFIG) -> None:
    """Put a backup in the place of the database; stop every server first.  It starts on hold: see dundun resume.

    Parameters
    ----------
    file
        The backup.
    config
        The server's settings.
    """
    known = settings_in(config)
    if not file.is_file():
        raise CommandError(f"There is no file {file}.")
    aside = done(_restore(known, file))
    console = Console(highlight=False, soft_wrap=True)
    if aside is not None:
        console.print(f"What was there before is now {aside}.", markup=False)
    console.print("The backup is in place, and on hold: start the server, look around, then run: dundun resume")


def _look_at(file: Path, known: Settings, config: Path) -> None:
    """A backup replaces an older one, and nothing else."""
    if file.is_dir():
        raise CommandError(f"{file} is a folder. Give the backup a name in it, like {file / 'monday.backup'}")
    if not file.parent.is_dir():
        raise CommandError(f"There is no folder {file.parent}. Make it first, or give another place.")
    taken = {known.key_file, config, *([] if is_url(known.database) else [Path(known.database)])}
    if file.resolve() in {each.resolve() for each in taken}:
        raise CommandError(f"{file} is what the server works with. Give the backup another name.")
    if file.exists() and not (file.is_file() and _is_backup(file)):
        raise CommandError(f"{file} is there already, and it is no backup. Give another name.")


def _is_backup(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(max(map(len, BACKUPS))).startswith(BACKUPS)
    except OSError as error:
        raise CommandError(f"{file} is there already, and cannot be read: {error.strerror}.") from None


async def _backup(known: Settings, file: Path) -> None:
    async with open_reader(known.database, known.key_file), neighbour.errands(known) as run:
        await run(NOTE, Note("backup", f"to {file}: begins"))
        if is_url(known.database):
            await dumping.dump(str(known.database), file)
        else:
            await _breakable(lambda stop: _copy(known, file, stop))
        await run(NOTE, Note("backup", f"to {file}: done"))


def _copy(known: Settings, file: Path, stop: Event) -> None:
    now = SystemClock().now()
    with _bar("Copying", stop) as pages:
        files.backup(Path(known.database), file, now, f"This is a backup of {_day(now)}.", pages)


async def _restore(known: Settings, file: Path) -> Path | None:
    now = SystemClock().now()
    stamp = datetime.fromtimestamp(now / 1000, UTC).strftime("%Y%m%d-%H%M%S")
    if is_url(known.database):
        await dumping.restore(str(known.database), file, known.key_file, now, stamp)
        return None
    return await _breakable(lambda stop: _replace(known, file, now, stamp, stop))


def _replace(known: Settings, file: Path, now: int, stamp: str, stop: Event) -> Path | None:
    with _bar("Copying", stop) as pages:
        return restoring.restore(file, Path(known.database), known.key_file, now, stamp, pages)


async def _breakable(work: Callable[[Event], T]) -> T:
    """What `work` returns, done on a thread; Ctrl-C sets the event that it looks at.  What came too late is no end."""
    stop = Event()
    working = asyncio.create_task(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        stop.set()
        try:
            return await working
        except _BrokenOffError:
            raise asyncio.CancelledError from None


class _BrokenOffError(Exception):
    """A person pressed Ctrl-C."""


@contextmanager
def _bar(title: str, stop: Event) -> Iterator[files.Progress]:
    with progress.shown(title) as tell:

        def pages(done: int, total: int) -> None:
            tell(done, total)
            if stop.is_set():
                raise _BrokenOffError

        yield pages


def _day(now: int) -> str:
    return datetime.fromtimestamp(now / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1_000_000:,.1f} MB"
