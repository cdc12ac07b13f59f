"""The gateway of the web phone: it reaches nobody and keeps nothing; what was said stands in the store alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.base import Capabilities, Context, Event, Request, Response, Settings
from engine.delivery import Message, Outcome, Sent


class SandboxSettings(Settings, frozen=True, kw_only=True):
    """None."""


class Sandbox:
    """A channel without a network, for `dundun demo`."""

    type = "sandbox"
    Settings = SandboxSettings
    capabilities = Capabilities()

    def __init__(self, context: Context, settings: SandboxSettings) -> None:
        """Nothing depends on either."""

    async def send(self, message: Message) -> Outcome:
        """Always Sent."""
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
