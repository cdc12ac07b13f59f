"""`dundun workers`: lists of workers go in and come out; a running server is asked, because it alone may write."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from commands import neighbour, progress, workerlist
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, settings_in
from commands.workerlist import WorkerList
from console import queries
from console.taking_in import TAKE_IN, People, Taken
from engine.addresses import Addresses
from engine.opening import open_reader
from engine.preview import Preview, nobody
from engine.store import NothingError, StoreError
from engine.vault import Vault
from settings import Settings

SLICE = 1_000
"""Workers that are handed over at once, so that progress can be shown."""

app = App(name="workers", help="The health workers that the server knows.", help_format="plaintext")


@app.command(name="import")
def import_(
    file: Path,
    /,
    *,
    columns: Annotated[tuple[str, ...], Parameter(name="--map", consume_multiple=True, negative_iterable="")] = (),
    dry_run: bool = False,
    config: Path = CONFIG,
) -> int:
    """Take in a list of workers: a CSV file with a column id, and a row for each worker.

    Parameters
    ----------
    file
        The list.
    columns
        What the file calls a column, and its field: "Mobile number=phone".
    dry_run
        Only read the list, and say what is wrong with it, and how many phones it would move to other workers.
    config
        The server's settings.
    """
    known = settings_in(config)
    people = workerlist.read(file, _renamed(columns))
    console = Console(highlight=False, soft_wrap=True)
    taken: Taken | Preview
    taken = asyncio.run(_tried(known, people)) if dry_run else asyncio.run(_import(known, people))
    problems = [*people.problems, *taken.problems]
    for problem in problems:
        console.print(problem, style="yellow", markup=False)
    if isinstance(taken, Preview) and taken.moving:
        console.print(_moved(taken.moving), style="yellow", markup=False)
    verb = "can be" if dry_run else "were"
    console.print(f"{taken.taken} of {people.total} workers {verb} taken in.", style="bold")
    if people.own:
        console.print(f"Columns that flows read as fields of their own: {', '.join(people.own)}.", markup=False)
        console.print('Is one of them a known word under another name? --map "Mobile number=phone"', markup=False)
    return FOUND if problems else 0


@app.command(name="list")
def list_(*, config: Path = CONFIG) -> None:
    """Who is registered.

    Parameters
    ----------
    config
        The server's settings.
    """
    found = asyncio.run(_list(settings_in(config)))
    table = Table("Id", "Name", "Phone", "Language", "Job", "Facility", box=None, padding=(0, 2, 0, 0))
    for worker in found:
        record = worker.record
        place = str(worker.facility.get("name") or record.get("facility") or "")
        fields = (str(record.get(name) or "") for name in ("name", "phone", "language", "job"))
        table.add_row(worker.worker_id, *fields, place)
    console = Console(highlight=False, markup=False)
    console.print(table if found else "No workers yet. Take some in: dundun workers import FILE.csv")
    if len(found) == queries.MOST_WORKERS:
        console.print(f"… and more: these are the first {queries.MOST_WORKERS}.", style="dim")


def _renamed(words: Iterable[str]) -> dict[str, str]:
    pairs = [word.rpartition("=") for word in words]
    wrong = next((word for word, (_, equals, _) in zip(words, pairs, strict=True) if not equals), None)
    if wrong is not None:
        raise CommandError(f'{wrong}: --map "COLUMN=field" is expected, like --map "Mobile number=phone".')
    return {column: field.strip() for column, _, field in pairs}


async def _tried(known: Settings, people: WorkerList) -> Preview:
    """What an import would say, and whose phones it would move; nothing is written, and no server is asked."""
    try:
        async with open_reader(known.database, known.key_file) as reader, reader.snapshot() as connection:
            preview = Preview(Addresses(reader.vault, known.country))
            await connection.run_sync(preview.look, people.workers)
    except NothingError:
        preview = Preview(Addresses(Vault(bytes(32)), known.country))
        with nobody() as nothing:
            preview.look(nothing, people.workers)
    except StoreError as error:
        raise CommandError(str(error), FOUND) from None
    return preview


def _moved(workers: list[str]) -> str:
    phones = "1 phone would move" if len(workers) == 1 else f"{len(workers)} phones would move"
    return f"{phones} to other workers, like {workers[0]}: has a column slipped, or did so many really change hands?"


async def _import(known: Settings, people: WorkerList) -> Taken:
    """All of the list, by the running server, or into the database where none runs."""
    total = Taken(0, [])
    try:
        async with neighbour.errands(known, first=True) as run:
            with progress.shown("Taking in") as tell:
                for number, part in enumerate(_slices(people)):
                    tell(number * SLICE, len(people.workers))
                    taken = await run(TAKE_IN, part)
                    new = [each for each in taken.problems if each not in total.problems]
                    total = Taken(total.taken + taken.taken, total.problems + new)
    except StoreError as error:
        raise CommandError(str(error), FOUND) from None
    return total


def _slices(people: WorkerList) -> Iterator[People]:
    """The facilities go with the first workers."""
    for begin in range(0, max(len(people.workers), 1), SLICE):
        facilities = people.facilities if begin == 0 else []
        yield People(people.workers[begin : begin + SLICE], facilities)


async def _list(known: Settings) -> list[queries.Worker]:
    try:
        async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
            return await queries.workers(connection, reader.vault)
    except StoreError as error:
        raise CommandError(str(error), FOUND) from None
