"""`dundun export`: the answers of a flow as files, while the server runs or not; the database is only read."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter
from rich.console import Console

from commands import neighbour, progress
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, settings_in
from console.noting import NOTE, Note
from engine.opening import open_reader
from engine.store import Readable, StoreError
from exchange.export import Exported, ExportError, UnknownFlowError
from exchange.export import export as write_files
from settings import Settings

HERE = Path()


def export(
    flow: str,
    /,
    *,
    format: str = "csv",  # noqa: A002  (the option's name)
    output: Annotated[Path, Parameter(name=["--output", "-o"])] = HERE,
    since: date | None = None,
    config: Path = CONFIG,
) -> None:
    """The answers of a flow, as files: FLOW.csv has a row for each conversation, FLOW.answers.csv for each answer.

    Parameters
    ----------
    flow
        The flow's name.
    format
        csv for spreadsheets, jsonl for programs.
    output
        The folder of the files.
    since
        Only conversations that began on this day or later, like 2026-03-01.
    config
        The server's settings.
    """
    known = settings_in(config)
    try:
        begin = 0 if since is None else _begin(since, known.zone)
        done = asyncio.run(_export(known, flow, output, format, begin))
    except (UnknownFlowError, StoreError) as error:
        raise CommandError(str(error), FOUND) from None
    except ExportError as error:
        raise CommandError(str(error)) from None
    _show(done)


def _begin(day: date, zone: str) -> int:
    """When the day begins in the deployment's zone (ms UTC)."""
    return int(datetime.combine(day, time.min, ZoneInfo(zone)).timestamp() * 1000)


async def _export(known: Settings, flow: str, folder: Path, kind: str, since: int) -> Exported:
    async with open_reader(known.database, known.key_file) as reader, neighbour.errands(known) as run:
        await run(NOTE, Note("export", f"{flow} as {kind}: begins"))
        written = await _write(reader, flow, folder, kind, since)
        await run(NOTE, Note("export", f"{flow} as {kind}: {_counted(written.sessions, 'conversation')}"))
        return written


async def _write(reader: Readable, flow: str, folder: Path, kind: str, since: int) -> Exported:
    with progress.shown(flow) as tell:
        return await write_files(reader, flow, folder, kind, since, tell)


def _show(done: Exported) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for file in done.files:
        console.print(str(file), markup=False)
    console.print(f"{_counted(done.sessions, 'conversation')}, {_counted(done.answers, 'answer')}.")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
