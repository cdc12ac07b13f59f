"""The web phone: a page on which anybody plays a made-up worker; for demonstrations, never before real workers."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import jinja2
import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from console import queries, view
from console.bodies import TooLargeError, body_of, refused
from console.publishing import Publisher
from engine.cast import Member
from engine.facts import Record
from engine.inbox import Arrival
from engine.lanes import BusyError
from engine.library import Library
from engine.people import records
from engine.registry import Registry
from engine.rehearsal import stand_in
from engine.runtime import Runtime
from engine.store import Store, StoreError
from engine.transcripts import transcript

HERE = Path(__file__).parent
BASE = "/phone"
HEADERS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LARGEST = 16 * 1024

T = TypeVar("T")


class Written(msgspec.Struct, frozen=True):
    """What the page sends: a worker's message.  `key` is the same when the page tries again."""

    worker: str
    text: str
    key: str


class Begun(msgspec.Struct, frozen=True):
    """A flow that the page begins for a worker, as if another system had sent its event."""

    worker: str
    flow: str
    key: str


class WebPhone:
    """`channel`: the name of the channel that its messages come by.  `first`: who is played when the page opens."""

    def __init__(
        self,
        channel: str,
        store: Store,
        registry: Registry,
        library: Library,
        publisher: Publisher,
        runtime: Runtime,
        first: str = "",
    ) -> None:
        self._channel = channel
        self._store = store
        self._registry = registry
        self._library = library
        self._publisher = publisher
        self._runtime = runtime
        loader = jinja2.FileSystemLoader(HERE / "templates")
        page = jinja2.Environment(loader=loader, autoescape=True).get_template("phone.html")
        self._page = page.render(base=BASE, first=first)

    def routes(self) -> list[Route | Mount]:
        """The page, what it asks for, and its files."""
        return [
            Route(BASE, self.page),
            Route(f"{BASE}/state", self.state),
            Route(f"{BASE}/messages", self.write, methods=["POST"]),
            Route(f"{BASE}/events", self.begin, methods=["POST"]),
            Mount(f"{BASE}/static", StaticFiles(directory=HERE / "static")),
        ]

    async def page(self, _request: Request) -> Response:
        """The page itself."""
        return HTMLResponse(self._page, headers=HEADERS)

    async def state(self, request: Request) -> Response:
        """Everything that the page shows, for the worker who is played."""
        state = await self._state(request.query_params.get("worker", ""))
        return Response(msgspec.json.encode(state), media_type="application/json", headers=HEADERS)

    async def write(self, request: Request) -> Response:
        """A message from the phone: 202 once it is stored."""
        written = await _read(request, Written)
        if isinstance(written, Response):
            return written
        record = await self._record(written.worker)
        if not record.get("phone"):
            return refused(404, "There is no such worker, or the worker has no phone.")
        arrival = Arrival(self._channel, written.key, str(record["phone"]), written.text)
        return await _stored(self._runtime.accept(arrival))

    async def begin(self, request: Request) -> Response:
        """An event that begins a flow for the worker, with made-up inputs: 202 once it is stored."""
        begun = await _read(request, Begun)
        if isinstance(begun, Response):
            return begun
        linked = self._library.current(begun.flow)
        record = await self._record(begun.worker)
        if linked is None or not record.get("phone"):
            return refused(404, "There is no such flow or worker, or the worker has no phone.")
        member = Member({"supervisor": begun.worker, **record})
        today = datetime.now(UTC).date()
        inputs = {name: stand_in(spec, member, today) for name, spec in linked.program.inputs.items()}
        return await _stored(self._runtime.start_flow(begun.flow, begun.worker, inputs, begun.key))

    async def _record(self, worker: str) -> Record:
        """What is known of the worker; empty for nobody."""
        async with self._store.read() as connection:
            found = await connection.run_sync(lambda sync: records(sync, self._store.vault, [worker]))
        return found.get(worker, {})

    async def _state(self, worker: str) -> view.State:
        programs = [linked.program for linked in self._library.flows()]
        titles = {program.flow: view.title(program) for program in programs}
        number = (await self._record(worker)).get("phone")
        address = self._registry.addresses.phone(str(number)) if number else None
        vault = self._store.vault
        async with self._store.read() as connection:
            said = await transcript(connection, vault, address) if address else []
            return view.State(
                workers=[view.phone(each, self._library.phrases) for each in await queries.workers(connection, vault)],
                messages=[view.bubble(each) for each in said],
                flows=view.flows(programs, self._publisher.problems.values()),
                conversations=[view.talk(each, titles) for each in await queries.sessions(connection, vault, worker)],
                answers=[view.stored(each) for each in await queries.answers(connection, vault, worker)],
            )


async def _read(request: Request, kind: type[T]) -> T | Response:
    """What the page sent, or why it is not taken."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return refused(403, "Only the page itself may send.")
    try:
        return msgspec.json.decode(await body_of(request, LARGEST), type=kind)
    except TooLargeError:
        return refused(413, "The message is too long.")
    except msgspec.DecodeError:
        return refused(400, "The page and the server are of different versions: load the page again.")


async def _stored(work: Awaitable[object]) -> Response:
    try:
        await work
    except (StoreError, BusyError) as error:
        return refused(503, str(error))
    return JSONResponse({}, 202)
