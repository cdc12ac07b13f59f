"""`dundun send`: a flow or a text for many; it is stored at once, and the server sends it, also when nobody watches."""

from __future__ import annotations

import asyncio
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from channels.gsm7 import measure, plain
from commands import audiences, neighbour
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, counted, done, money, settings_in
from commands.neighbour import Runner
from console.sending import CANCEL, COUNT, FOLLOW, SEND, Cancel, Come, Count, Follow, Placed, Send
from engine.cast import cast, with_fields
from engine.clock import SystemClock
from engine.library import Library
from engine.moments import at as moment_at
from engine.orders import DONE, STOPPED, Order, published
from engine.phrases import load
from engine.stage import Stage
from engine.store import open_reader
from grammar.program import Program
from settings import Settings

LOOK_EVERY = 0.5
"""Seconds between two looks at how far it has come."""


def send(
    flow: str = "",
    /,
    *,
    to: str = "",
    text: str = "",
    at: str = "",
    dry_run: bool = False,
    stop: Annotated[int, Parameter(show_default=False)] = 0,
    config: Path = CONFIG,
) -> int:
    """Begin a flow for many workers, or send them all a text.

    Parameters
    ----------
    flow
        The flow that begins.
    to
        Who is meant: "group stock_managers", or "workers where cadre is nurse and district is Bong".
    text
        A text to send, in the place of a flow.
    at
        When: 08:00, the next time that comes, or "2026-01-05 08:00", in the server's time zone.
    dry_run
        Only say how many would be reached, and what would be sent.
    stop
        The number of a broadcast that shall reach nobody more.
    config
        The server's settings.
    """
    known = settings_in(config)
    console = Console(highlight=False, soft_wrap=True)
    if stop:
        return done(_stop(known, stop, console))
    if bool(flow) == bool(text.strip()):
        raise CommandError('Say what to send: a flow, or --text "…".')
    if not to:
        raise CommandError('Say who is meant: --to "group stock_managers", or --to "workers where cadre is nurse".')
    order = Order(audiences.read(to), flow, text=text)
    if dry_run:
        return done(_dry_run(known, order, console))
    return done(_send(known, order, _moment(at, known.zone), console))


def _moment(written: str, zone: str) -> int | None:
    """ms UTC of a time, the next that comes, or of a day and a time; None for at once."""
    if not written:
        return None
    now = datetime.fromtimestamp(SystemClock().now() / 1000, ZoneInfo(zone))
    day, _, hour = written.strip().rpartition(" ")
    try:
        clock = time.fromisoformat(hour)
        date = datetime.strptime(day, "%Y-%m-%d").date() if day else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise CommandError(f'--at {written}: a time like 08:00 is expected, or "2026-01-05 08:00".') from None
    if date is not None:
        moment = moment_at(date, clock, zone)
        if moment < now.timestamp() * 1000:
            raise CommandError(f"--at {written}: that is over. Leave --at out to send it now, or give a time to come.")
        return moment
    later = now.date() if clock > now.time() else now.date() + timedelta(days=1)
    return moment_at(later, clock, zone)


async def _dry_run(known: Settings, order: Order, console: Console) -> int:
    async with neighbour.errands(known) as run:
        workers = (await run(COUNT, Count(order))).workers
    messages = [order.text] if order.text else _opening(await _published(known, order.flow))
    console.print(f"{counted(workers, 'worker')} would be reached.", style="bold")
    parts = sum(measure(message)[1] for message in messages)
    each = f"{counted(len(messages), 'message')} of {counted(parts, 'SMS part')}"
    console.print(f"Each gets {each} at once, so {counted(workers * parts, 'SMS part')} in all:")
    if cost := _cost(known, workers * parts):
        console.print(cost, markup=False)
    for message in messages:
        console.print(f"  {message}".replace("\n", "\n  "), style="dim", markup=False)
    return 0


async def _published(known: Settings, flow: str) -> Program:
    """The version that would begin, whatever stands in the folder just now."""
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        return await published(connection, flow)


def _cost(known: Settings, parts: int) -> str:
    """By the first channel, over which those go who never wrote; "" where no price is set."""
    name, channel = next(iter(known.channels.items()), ("", {}))
    each = Decimal(str(channel.get("cost_per_part", 0)))
    return f"Over {name} that costs {money(parts * each, known.currency)}." if each else ""


def _opening(program: Program) -> list[str]:
    """What a flow says before it waits for the first time, as SMS, to a worker whose record is nearly empty."""
    library = Library(load())
    library.publish(program)
    moses = with_fields(cast()["moses"], {"language": ""})
    stage = Stage(library, moses, SystemClock().now())
    stage.start(program.flow, {}, by="person")
    letters = plain if program.plain_letters else str
    return [letters(line.text) for line in stage.log if line.by != "worker" and not line.to]


async def _send(known: Settings, order: Order, due_at: int | None, console: Console) -> int:
    async with neighbour.errands(known) as run:
        placed = await run(SEND, Send(order, due_at))
        if due_at is not None:
            when = datetime.fromtimestamp(due_at / 1000, ZoneInfo(known.zone)).strftime("%Y-%m-%d %H:%M")
            console.print(f"Broadcast {placed.number} goes out on {when}.", style="bold")
        elif not placed.running:
            console.print(f"No server runs here: broadcast {placed.number} goes out when one does.", style="bold")
        console.print(f"To stop it: dundun send --stop {placed.number}")
        return await _watch(run, placed, console) if due_at is None and placed.running else 0


async def _watch(run: Runner, placed: Placed, console: Console) -> int:
    """Show how far it comes; whoever stops to watch stops nothing."""
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Beginning", total=None)
        while (come := await run(FOLLOW, Follow(placed.number))).state not in (DONE, STOPPED, "paused"):
            progress.update(task, total=come.total or None, completed=come.reached)
            await asyncio.sleep(LOOK_EVERY)
    return _ended(come, placed.number, console)


def _ended(come: Come, number: int, console: Console) -> int:
    reached = f"{come.reached:,} of {counted(come.total, 'worker')}"
    if come.state == DONE:
        console.print(f"{reached}: their messages are on their way.", style="bold")
        return 0
    if come.state == STOPPED:
        console.print(f"It was stopped: {reached} had been reached.", style="bold yellow")
    else:
        console.print(f"It is paused: {reached} have been reached. To go on: dundun unpause broadcast {number}")
    return FOUND


async def _stop(known: Settings, number: int, console: Console) -> int:
    async with neighbour.errands(known) as run:
        was = (await run(CANCEL, Cancel(number))).was
        come = await run(FOLLOW, Follow(number))
    if not was:
        console.print(f"It was over already: {come.reached:,} had been reached.")
        return FOUND
    console.print(f"Nobody more is reached. {come.reached:,} had been reached; what is queued for them goes out.")
    console.print(f"To hold that back, too: dundun pause broadcast {number}")
    return 0
