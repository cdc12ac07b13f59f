"""`dundun demo`: a server with the example flows, made-up workers and a web phone; nothing leaves this machine."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from itertools import count
from pathlib import Path

from rich.console import Console

from commands import listening, serve, workerlist
from commands.errors import CommandError
from console import taking_in
from console.phone import BASE
from engine import held
from engine.actions import Action
from engine.clock import SystemClock
from engine.values import Packed
from server import Extras, House
from settings import Listen, Settings

FLOWS = Path(__file__).parents[1] / "flows"
WORKERS = Path(__file__).with_name("example") / "workers.csv"
FOLDER = Path("demo-data")
HOST, FIRST_PORT, LAST_PORT = "127.0.0.1", 8080, 8099
PHONE = "phone"


def demo(*, port: int = 0, flows: Path = FLOWS, folder: Path = FOLDER) -> None:
    """A server with example flows, made-up workers and a web phone.

    Parameters
    ----------
    port
        Where it listens; without it, the first free one from 8080.
    flows
        The folder of the flows; change one while it runs, and see.
    folder
        Where the database is kept between two runs.
    """
    listening.keep_log()
    world = listening.port(HOST, port) if port else _first_free()
    number = world.getsockname()[1]
    address = f"http://{HOST}:{number}"
    house = serve.furnished(_settings(flows, folder, number), Extras(PHONE, "moses", _actions()), "the demo's settings")
    neighbours = listening.beside(house.settings.socket)

    async def work() -> None:
        # Days may have passed since the last demonstration; nobody has to look at that.
        await house.store.write(lambda connection: held.release(connection, SystemClock().now()))
        async with house.running():
            people = workerlist.read(WORKERS, {})
            await taking_in.take_in(taking_in.People(people.workers, people.facilities), house.registry)
            apps = {world: house.world, neighbours: house.neighbours}
            await listening.until_told(apps, lambda: _greet(house, address))

    serve.start(work(), house.store.name)


def _settings(flows: Path, folder: Path, port: int) -> Settings:
    return Settings(
        database=folder.resolve() / "dundun.sqlite",
        flows=flows.resolve(),
        public_url=f"http://{HOST}:{port}",
        languages=("en", "fr", "am"),
        zone="Africa/Monrovia",
        listen=Listen(HOST, port),
        channels={PHONE: {"type": "sandbox", "instant": True}},
    )


def _first_free() -> socket.socket:
    for number in range(FIRST_PORT, LAST_PORT):
        try:
            return listening.port(HOST, number)
        except CommandError:
            continue
    return listening.port(HOST, LAST_PORT)


def _actions() -> Mapping[str, Action]:
    """What the example flows ask other systems to do, done at once by nobody."""
    numbers = count(1)

    async def issue_certificate(_values: dict[str, Packed]) -> dict[str, Packed]:
        return {"number": f"DEMO-{next(numbers):04}"}

    async def confirm_lab_result(_values: dict[str, Packed]) -> dict[str, Packed]:
        return {}

    return {"issue_certificate": issue_certificate, "confirm_lab_result": confirm_lab_result}


def _greet(house: House, address: str) -> None:
    words = [f"{word.upper()}" for flow in house.library.flows() for word in flow.program.words[:1]]
    console = Console(highlight=False, soft_wrap=True)
    console.print("\nDundun runs, with made-up workers and the example flows.\n", style="bold")
    console.print(f"  Open   {address}{BASE}", style="bold green")
    console.print(f"  Send   {' or '.join(words)} from the phone on that page")
    console.print(f"  Flows  {house.settings.flows}: change one and save it, it is taken up at once")
    console.print("\n  Nothing leaves this machine. Ctrl-C stops it.\n")
