"""`dundun serve`: the flows for real, as dundun.toml says; nothing starts half."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import structlog
from rich.console import Console

import server
import settings
from commands import findings, listening, porter
from commands.errors import FOUND, CommandError
from commands.known import look_at_the_clock
from engine.store import StoreError, told
from server import Extras, FlowsError, House

CONFIG = Path("dundun.toml")

_log = structlog.get_logger(__name__)


def serve(*, config: Path = CONFIG) -> None:
    """Run the flows for real, as dundun.toml says.

    Parameters
    ----------
    config
        The server's settings.
    """
    try:
        known = settings.load(config)
    except settings.SettingsError as error:
        raise CommandError(str(error)) from None
    look_at_the_clock()
    listening.keep_log()
    world = listening.port(known.listen.host, known.listen.port)
    link = porter.placed(world, known, str(config)) if porter.useful(known) else None
    house = furnished(known, Extras(), str(config))
    neighbours = listening.beside(known.socket)

    async def work() -> None:
        async with house.running():
            listening.spare_memory()
            stop = listening.told()
            inside = listening.until(stop, {neighbours: house.neighbours}, lambda: _greet(house))
            await asyncio.gather(inside, _outside(house, world, link, stop))

    start(work(), house.store.name)


async def _outside(house: House, world: socket.socket, link: socket.socket | None, stop: asyncio.Event) -> None:
    """Serve the world, through the porter; where that is gone, in this process."""
    if link is not None:
        await porter.attended(stop, link, house.lodge)
        if stop.is_set():
            return
        _log.error("the process that spoke with gateways is gone; from now on the engine's own does it, more slowly")
    await listening.until(stop, {world: house.world}, lambda: None)


def start(work: Coroutine[Any, Any, None], database: str) -> None:
    """Run it to its end; CommandError where the database fails at the start."""
    try:
        with told(database):
            listening.run(work)
    except StoreError as error:
        raise CommandError(str(error), FOUND) from None


def furnished(known: settings.Settings, extras: Extras, file: str) -> House:
    """The house; CommandError with everything that is wrong, where it cannot be opened."""
    try:
        return server.House(known, extras, file)
    except FlowsError as error:
        console = Console(stderr=True)
        mistakes = [finding for finding in error.project.findings if finding.severity == "error"]
        findings.show(console, mistakes, error.project.lines)
        raise CommandError(f"{findings.counted(mistakes)}: mend the flows first.", FOUND) from None
    except settings.SettingsError as error:
        raise CommandError(str(error)) from None
    except StoreError as error:
        raise CommandError(str(error), FOUND) from None


def _greet(house: House) -> None:
    known = house.settings
    channels = [f"{name} ({adapter.type})" for name, adapter in house.adapters.items()]
    shown = {
        "Listens at": f"http://{known.listen.host}:{known.listen.port}",
        "Channels": ", ".join(channels) or "none: set [channels.NAME] in the settings",
        "Flows": f"{', '.join(flow.program.flow for flow in house.library.flows()) or 'none yet'}   ({known.flows})",
        "Database": house.store.name,
    }
    console = Console(highlight=False, soft_wrap=True)
    console.print("\nDundun runs.\n", style="bold")
    for name, value in shown.items():
        console.print(f"  {name:<12}{value}", markup=False)
    if house.store.new_key:
        console.print(f"\n  A key was made: {house.store.new_key}. Keep a copy of it in a safe place.", style="yellow")
    console.print("\n  Ctrl-C stops it.\n")
    sys.stdout.flush()
