"""A server that listens until it is told to stop: what cannot be listened at is said before anything is opened."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from commands.errors import FOUND, CommandError

App = Callable[..., Awaitable[None]]
"""An ASGI app."""

Words = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Words]]
Send = Callable[[Words], Awaitable[None]]
"""What a server and an ASGI app say to each other."""

BACKLOG = 2048
COLLECT_AFTER = (20_000, 10, 10)
"""New objects until the youngest are looked through; so many such times until the next older are (`gc`)."""

LAST_WORDS = 2
"""Seconds that requests under way have to end."""


class _Server(uvicorn.Server):
    """Signals are for the whole house, not for one of its servers."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def port(host: str, number: int) -> socket.socket:
    """A socket bound to the port; CommandError where it is in use or not ours to use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, number))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise CommandError(
            f"The server cannot listen at {host}, port {number}: {error.strerror}. " + _remedy(error),
            FOUND,
        ) from None
    return listening


def _remedy(error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return "Stop what listens there, or set another port."
    return "Under [listen] in the settings, set the host to an address of this machine, and a port above 1023."


def beside(path: Path) -> socket.socket:
    """A socket in the file system, for this user alone; what an earlier server left there is replaced."""
    with suppress(FileNotFoundError):
        path.unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise CommandError(f"The socket {path} cannot be made: {error.strerror or error}.", FOUND) from None
    return listening


async def until_told(apps: Mapping[socket.socket, App], ready: Callable[[], None]) -> None:
    """Serve each app at its socket until SIGINT or SIGTERM."""
    await until(told(), apps, ready)


def told() -> asyncio.Event:
    """Set by SIGINT or SIGTERM."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


async def until(stop: asyncio.Event, apps: Mapping[socket.socket, App], ready: Callable[[], None]) -> None:
    """Serve each app at its socket until `stop`; then requests under way may end.  `ready`: called once they begin."""
    servers = [_Server(_config(app)) for app in apps.values()]
    tasks = [asyncio.create_task(server.serve([listening])) for server, listening in zip(servers, apps, strict=True)]
    ready()  # the sockets listen already: who comes now waits for a moment
    await stop.wait()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run it on the fastest loop there is."""
    if sys.platform == "win32":
        asyncio.run(work)
        return
    import uvloop

    uvloop.run(work)


def spare_memory() -> None:
    """What is there when the server begins stays to its end, so the garbage collector looks only at what came later.

    It also looks less often: a batch makes thousands of objects and keeps none.  Together 5 of 100 of a message's
    time, and the longest wait for the collector from 120 to 50 ms.
    """
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def keep_log() -> None:
    """One line for everything an administrator should know, on stderr; no numbers, no texts."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(asctime)s [%(levelname)s] %(message)s")


def _cut_short(app: App) -> App:
    """The app; who is still at the door when the time is over hears that he should come again."""

    async def until_then(scope: Words, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            await send({"type": "http.response.start", "status": 503, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"The server stops. Bring it again."})

    return until_then


def _config(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        _cut_short(app),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=LAST_WORDS,
    )
