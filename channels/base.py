"""What an adapter is: it turns a provider's requests into events and our messages into a call; it keeps nothing.

Inbound is pure: `verify` and `parse` take a `Request` and do no I/O; the server owns HTTP, limits, storage and
dedupe, and calls `acknowledge` only after the commit.  Outbound returns an outcome, never raises one: `Sent`,
`Retry`, `Refused`, `Unknown` (the call may have gone through), `Down` (the channel's fault, not the message's).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from engine.delivery import Down, Message, Outcome, Receipt, Refused, Retry, Sent, Unknown

__all__ = [
    "Adapter",
    "Capabilities",
    "Context",
    "Down",
    "Event",
    "Inbound",
    "Message",
    "Outcome",
    "Receipt",
    "Refused",
    "Request",
    "Response",
    "Retry",
    "Sent",
    "Unknown",
]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do: `kind` is sms, voice or ussd."""

    kind: str = "sms"
    receipts: bool = False
    max_parts: int = 10
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What the provider called.  `url` is the public one: signatures are over it.  `form`: its fields, if any."""

    method: str
    url: str
    path: str
    headers: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    form: Sequence[tuple[str, str]]
    body: bytes
    peer: str


@dataclass(frozen=True, slots=True)
class Response:
    """What the provider gets back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message of a worker's.

    `key` is the delivery key: the same for every repeat of this delivery, and never the same for another.
    `sender` as the provider writes it; the registry normalises.  `sent_at`: the network's time stamp, ms UTC.
    """

    key: str
    sender: str
    recipient: str
    text: str
    sent_at: int | None = None


Event = Inbound | Receipt


@runtime_checkable
class Adapter(Protocol):
    """One class, one file.  `Settings` is a msgspec struct: what stands under the channel's name in dundun.toml."""

    type: str
    capabilities: Capabilities

    def routes(self) -> Mapping[str, Sequence[str]]:
        """The paths below /channels/NAME/ that the provider calls, with their methods."""
        ...

    def verify(self, route: str, request: Request) -> bool:
        """Is this request really the provider's?  In constant time."""
        ...

    def parse(self, route: str, request: Request) -> Sequence[Event]:
        """The events in a request; ValueError, with a sentence that quotes no content, where it has not the shape."""
        ...

    def acknowledge(self, route: str, events: Sequence[Event]) -> Response:
        """What the provider gets once the events are committed."""
        ...

    async def send(self, message: Message) -> Outcome:
        """Hand a message over.  Safe to cancel; never raises for what the provider or the network does."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter is made with: its channel's name, our public URL for callbacks, its settings."""

    name: str
    public_url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
