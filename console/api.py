"""What other systems may ask: with a key, an event starts a conversation or reaches those that run, and is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.bodies import TooLargeError, body_of, refused
from engine.clock import Clock
from engine.hearers import Hearers
from engine.inputs import InputError, accept
from engine.lanes import BusyError
from engine.library import Library
from engine.linked import Linked
from engine.moments import day_of
from engine.runtime import UnreachableError
from engine.store import StoreError
from engine.values import Packed
from engine.work import Accepted

LARGEST = 64 * 1024

Start = Callable[[str, str, Mapping[str, Packed], str], Awaitable[Accepted]]
"""Flow, worker, inputs, key → what was stored."""

Reaching = Callable[[Iterable[str]], Awaitable[Mapping[str, object]]]
"""Ids of workers → the way to each who has a phone."""


class Posted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event.  `id`: the same when it is sent again.  `worker`: with whom a flow begins, an id or a phone number.

    An input that is a list is one in JSON, a table a list of objects with its columns.
    """

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    worker: Annotated[str, Meta(max_length=200)] = ""
    inputs: dict[str, str | int | float | bool | list[Any] | None] = {}


class Events:
    """`POST /api/events/NAME`.  `allows`: is this one of the keys?"""

    def __init__(
        self,
        library: Library,
        start: Start,
        hearers: Hearers,
        reach: Reaching,
        allows: Callable[[str], bool],
        clock: Clock,
        zone: str,
    ) -> None:
        self._library = library
        self._start = start
        self._hearers = hearers
        self._reach = reach
        self._allows = allows
        self._clock = clock
        self._zone = zone

    def routes(self) -> list[Route]:
        """One route."""
        return [Route("/api/events/{name}", self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        """202, or a 4xx with a sentence that says what does not fit."""
        kind, _, key = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self._allows(key.strip()):
            return refused(401, "The key is missing or wrong: send the header Authorization: Bearer KEY.")
        try:
            posted = msgspec.json.decode(await body_of(request, LARGEST), type=Posted)
        except TooLargeError:
            return refused(413, f"An event has {LARGEST // 1024} KiB at most.")
        except msgspec.DecodeError:
            return refused(400, 'JSON like {"id": "…", "worker": "…", "inputs": {…}} is expected.')
        try:
            return await self._take_in(request.path_params["name"], posted)
        except InputError as error:
            return refused(422, " ".join(error.problems))
        except UnreachableError as error:
            return refused(422, str(error))
        except (StoreError, BusyError) as error:
            return refused(503, str(error))

    async def _take_in(self, name: str, posted: Posted) -> Response:
        linked = self._of(name)
        inputs = await self._inputs(linked, posted) if linked is not None else {}
        heard = await self._tell(name, posted, starts=linked is not None)
        if linked is not None:
            return await self._begin(linked, posted, inputs, f"{name} {posted.id}")
        if heard is None:
            return refused(404, "No flow starts on this event, and no flow has lines for it.")
        if not heard:
            await self._hearers.note_unheard(name, posted.id)
            return refused(422, "Nobody heard of it: no conversation with these inputs is under way.")
        return JSONResponse({"heard": heard}, 202)

    async def _inputs(self, linked: Linked, posted: Posted) -> dict[str, Packed]:
        """What the flow that starts is given; InputError where it does not fit, or nobody is named."""
        today = day_of(self._clock.now(), self._zone)
        inputs = accept(linked.program, posted.inputs, today, linked.phrases)
        if not posted.worker:
            raise InputError(["The worker is missing: a flow starts on this event, with an id or a phone number."])
        await self._check_people(linked, inputs)
        return inputs

    async def _tell(self, name: str, posted: Posted, *, starts: bool) -> int | None:
        try:
            return await self._hearers.post(name, posted.inputs, posted.id)
        except InputError:
            if starts:  # the inputs are for the flow that starts
                return None
            raise

    async def _begin(self, linked: Linked, posted: Posted, inputs: dict[str, Packed], key: str) -> Response:
        stored = await self._start(linked.program.flow, posted.worker, inputs, key)
        if not stored.session_id and not stored.repeat:
            return refused(422, "Nothing began: nobody has this number, or the worker wants no messages.")
        return JSONResponse({"repeat": stored.repeat}, 202)

    async def _check_people(self, linked: Linked, inputs: Mapping[str, Packed]) -> None:
        """Inputs that are workers name somebody who can be told something; InputError where they do not."""
        specs = linked.program.inputs
        given = {name: _ids(inputs[name]) for name in inputs if specs[name].worker}
        found = await self._reach(worker for workers in given.values() for worker in workers)
        unknown = [name for name, workers in given.items() if not all(worker in found for worker in workers)]
        if unknown:
            raise InputError([f"The input {name} must be the id of a worker who has a phone." for name in unknown])

    def _of(self, event: str) -> Linked | None:
        return next(
            (each for each in self._library.flows() if event in (each.program.event, *each.program.also_on)), None
        )


def _ids(value: Packed) -> list[str]:
    """The workers whom an input names: one, or those of a list (its plain form begins with its tag)."""
    return [str(each) for each in value[1:]] if isinstance(value, list) else [str(value)]
