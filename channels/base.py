"""What an adapter is: it turns a provider's requests into events and our messages into a call; it keeps nothing.

Inbound is pure: `verify` and `parse` take a `Request` and do no I/O; the server owns HTTP, limits, storage and
dedupe, and calls `acknowledge` only after the commit.  Outbound returns an outcome, never raises one: `Sent`,
`Retry`, `Refused`, `Unknown` (the call may have gone through), `Down` (the channel's fault, not the message's).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do: `kind` is sms, voice or ussd."""

    kind: str = "sms"
    receipts: bool = False
    max_parts: int = 10
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What the provider called.  `url` is the public one (signatures are over it); `form` is empty unless it was one."""

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours.  `ref` is our own id of it, put into the callback; `status`: sent,
    delivered, undelivered, rejected."""

    status: str
    ref: str
    provider_id: str = ""
    code: str = ""
    cost: str = ""


Event = Inbound | Receipt


@dataclass(frozen=True, slots=True)
class Message:
    """A message to hand over.  `ref` names the attempt; `encoding` is gsm7 or ucs2; `parts` its SMS parts."""

    ref: str
    recipient: str
    text: str
    encoding: str = "gsm7"
    parts: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider has it."""

    provider_id: str = ""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; this message's own fault (throttled, temporarily refused)."""

    reason: str
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: the number is wrong, the text is not allowed …"""

    reason: str
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call left and no answer came: it may have gone through."""

    reason: str


@dataclass(frozen=True, slots=True)
class Down:
    """The channel cannot be reached: nothing left us.  Its messages wait, uncounted."""

    reason: str


Outcome = Sent | Retry | Refused | Unknown | Down


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
    """What the composition root gives an adapter when it makes it: its name, our public URL for callbacks, its settings."""

    name: str
    public_url: str
    settings: Mapping[str, Any] = field(default_factory=dict)
