"""The gateway of the web phone: it reaches nobody, keeps nothing, and tells who looks at a line that it has news.

What was said stands in the store; the page reads it there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from channels.base import Capabilities, Context, Event, Request, Response, Settings
from engine.delivery import Message, Outcome, Sent


class News:
    """What one page waits on; several messages before it looks are one piece of news."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def tell(self) -> None:
        """There is something to read."""
        self._event.set()

    async def wait(self) -> None:
        """Until there is something to read that was not there when the last wait ended."""
        await self._event.wait()
        self._event.clear()


class SandboxSettings(Settings, frozen=True, kw_only=True):
    """None."""


class Sandbox:
    """A channel without a network, for `dundun demo`."""

    type = "sandbox"
    Settings = SandboxSettings
    capabilities = Capabilities()

    def __init__(self, context: Context, settings: SandboxSettings) -> None:
        self._listeners: dict[str, set[News]] = {}

    @contextmanager
    def listen(self, recipient: str) -> Iterator[News]:
        """The news of a line, as long as the block lasts."""
        news = News()
        self._listeners.setdefault(recipient, set()).add(news)
        try:
            yield news
        finally:
            self._listeners[recipient].discard(news)
            if not self._listeners[recipient]:
                del self._listeners[recipient]

    async def send(self, message: Message) -> Outcome:
        """Always Sent."""
        for news in self._listeners.get(message.recipient, ()):
            news.tell()
        return Sent()

    def routes(self) -> Mapping[str, Sequence[str]]:
        """None: what the web phone says comes through the console."""
        return {}

    def verify(self, route: str, request: Request) -> bool:
        """Never: nobody calls."""
        return False

    def parse(self, route: str, request: Request) -> Sequence[Event]:
        """Nothing."""
        return []

    def acknowledge(self, route: str, events: Sequence[Event]) -> Response:
        """Nothing to acknowledge."""
        return Response()

    async def close(self) -> None:
        """Nothing to let go of."""
