"""`dundun send`: a flow or a text for many; it is stored at once, and the server sends it, also when nobody watches."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter, validators
from rich.console import Console

from channels.gsm7 import plain
from commands import audiences, estimates, neighbour, progress
from commands.errors import FOUND, CommandError
from commands.known import CONFIG, counted, done, settings_in
from commands.neighbour import Runner
from console.sending import CANCEL, COUNT, FOLLOW, HELD, SEND, Cancel, Come, Count, Follow, Placed, Send
from engine.cast import cast, with_fields
from engine.clock import SystemClock
from engine.headcount import Share
from engine.library import Library
from engine.moments import at as moment_at
from engine.opening import open_reader
from engine.orders import DONE, STOPPED, Order, published
from engine.phrases import load
from engine.stage import Stage
from grammar.program import Program
from settings import Settings

LAST = (1 << 63) - 1
"""No broadcast has a greater number."""

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
    stop: Annotated[int, Parameter(show_default=False, validator=validators.Number(gte=0, lte=LAST))] = 0,
    config: Path = CONFIG,
) -> int:
    """Begin a flow for many workers, or send them all a text.

    Parameters
    ----------
    flow
        The flow that begins.
    to
        Who is meant: "group stock_managers", "workers where cadre is nurse and district is Bong", or everybody.
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
    with console.status("Counting"):
        async with neighbour.errands(known) as run:
            shares = (await run(COUNT, Count(order))).shares
    console.print(f"{counted(sum(each.workers for each in shares), 'worker')} would be reached.", style="bold")
    for line in estimates.told(known, shares, await _said(known, order, shares)):
        console.print(line, markup=False, style="dim" if line.startswith("  ") else "")
    return 0


async def _said(known: Settings, order: Order, shares: Sequence[Share]) -> dict[str, list[str]]:
    """By the language of a worker's record, what he gets before he is waited for."""
    languages = {"", *(share.language for share in shares)}
    if order.text:
        return {language: [order.text] for language in languages}
    program = await _published(known, order.flow)
    return {language: _opening(program, language) for language in languages}


async def _published(known: Settings, flow: str) -> Program:
    """The version that would begin, whatever stands in the folder just now."""
    async with open_reader(known.database, known.key_file) as reader, reader.read() as connection:
        return await published(connection, flow)


def _opening(program: Program, language: str) -> list[str]:
    """What a flow says before it waits for the first time, as SMS, to a worker of whom little else is known."""
    library = Library(load())
    library.publish(program)
    moses = with_fields(cast()["moses"], {"language": language})
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
    with progress.shown("Beginning") as tell:
        while (come := await run(FOLLOW, Follow(placed.number))).state not in (DONE, STOPPED, "paused", HELD):
            tell(come.reached, come.total or None)
            await asyncio.sleep(LOOK_EVERY)
    return _ended(come, console)


def _ended(come: Come, console: Console) -> int:
    reached = f"{come.reached:,} of {counted(come.total, 'worker')}"
    if come.state == DONE:
        console.print(f"{reached}: their messages are on their way.", style="bold")
        return 0
    if come.state == STOPPED:
        console.print(f"It was stopped: {reached} had been reached.", style="bold yellow")
    elif come.state == HELD:
        console.print("It waits: this database is on hold. See what would go out, and let it: dundun resume")
    else:
        console.print(
            f"It is paused: {reached} have been reached. `dundun pause` shows by what, and what lets it go on."
        )
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
