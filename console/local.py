"""What commands on this machine ask the running server, over a socket that only its own user can open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from console.claiming import DECIDE
from console.errands import AnyErrand, Desk, RefusedError
from console.noting import NOTE
from console.parking import UNPARK
from console.pausing import PAUSE
from console.purging import PURGE
from console.resuming import RESUME
from console.rolling_back import ROLL_BACK
from console.sending import CANCEL, COUNT, FOLLOW, SEND
from console.taking_in import TAKE_IN
from engine.store import StoreError, told

ACTOR = "x-dundun-actor"
"""The header that says whose errand it is: only the server's own user can open the socket."""

ERRANDS: tuple[AnyErrand, ...] = (
    *(UNPARK, PURGE, TAKE_IN, ROLL_BACK, NOTE, PAUSE, RESUME, SEND, COUNT, FOLLOW, CANCEL, DECIDE),
)


def app(desk: Desk) -> Starlette:
    """The app behind the socket: each errand at its name."""
    return Starlette(routes=[Route(f"/{each.name}", _answering(each, desk), methods=["POST"]) for each in ERRANDS])


def _answering(errand: AnyErrand, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            asked = msgspec.json.decode(await request.body(), type=errand.request)
            with told(desk.store.name):
                done = await errand.run(replace(desk, actor=request.headers.get(ACTOR, "")), asked)
        except msgspec.DecodeError:
            return JSONResponse({"problem": "The command and the server are of different versions."}, 400)
        except RefusedError as error:
            return JSONResponse({"problem": str(error)}, 409)
        except StoreError as error:
            return JSONResponse({"problem": str(error)}, 503)
        return Response(msgspec.json.encode(done), media_type="application/json")

    return answer
