"""What commands on this machine ask the running server, over a socket that only its own user can open."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from engine.facts import Record
from engine.registry import Registry
from engine.store import StoreError


class People(msgspec.Struct, frozen=True):
    """A list of workers, and the facilities that it speaks of."""

    workers: list[Record]
    facilities: list[Record] = []


class Taken(msgspec.Struct, frozen=True):
    """What came of a list: how many were taken in, and a sentence for each row that was not."""

    taken: int
    problems: list[str]


async def take_in(people: People, registry: Registry) -> Taken:
    """Facilities first: a worker's facility is known when he comes.  StoreError where nothing can be stored."""
    places = await registry.put_facilities(people.facilities)
    workers = await registry.put_workers(people.workers)
    return Taken(workers.taken, [*places.problems, *workers.problems])


def app(registry: Registry) -> Starlette:
    """The app behind the socket."""

    async def workers(request: Request) -> Response:
        try:
            people = msgspec.json.decode(await request.body(), type=People)
            taken = await take_in(people, registry)
        except msgspec.DecodeError:
            return JSONResponse({"problem": "The command and the server are of different versions."}, 400)
        except StoreError as error:
            return JSONResponse({"problem": str(error)}, 503)
        return Response(msgspec.json.encode(taken), media_type="application/json")

    return Starlette(routes=[Route("/workers", workers, methods=["POST"])])
