"""What an adapter is: it turns a provider's requests into events and our messages into a call; it keeps nothing.

Inbound is pure: `verify` and `parse` take a `Request` and do no I/O; the server owns HTTP, limits, storage and
dedupe, and calls `acknowledge` only after the commit.  Outbound returns an outcome, never raises one: `Sent`,
`Retry`, `Refused`, `Unknown` (the call may have gone through), `Down` (the channel's fault, not the message's).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Protocol, runtime_checkable

import msgspec
from msgspec import Meta

from engine.delivery import Down, Message, Outcome, Receipt, Refused, Reply, Retry, Sent, Unknown

__all__ = [
    "Adapter",
    "AdapterType",
    "Answering",
    "Capabilities",
    "Context",
    "Down",
    "Event",
    "Inbound",
    "MalformedError",
    "Message",
    "Outcome",
    "Receipt",
    "Refused",
    "Reply",
    "Request",
    "Response",
    "Retry",
    "Seconds",
    "Sent",
    "Settings",
    "SettingsError",
    "Token",
    "Unknown",
]


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do: `kind` is sms, voice or ussd."""

    kind: str = "sms"
    receipts: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What the provider called.

    `url` is the public one: signatures are over it; `path` what stands below /channels.  `headers`: names in small
    letters.  `form`: the fields of a form, if it is one.  `peer`: the caller's address.
    """

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


class MalformedError(ValueError):
    """A request has not the shape that its route expects; the sentence goes into logs, so it quotes no content."""


Token = Annotated[str, Meta(min_length=16, description="16 letters or more that nobody can guess are expected")]
Seconds = Annotated[float, Meta(gt=0, le=3600, description="a number of seconds is expected, at most 3600")]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of an adapter's settings: what stands under the channel's name in dundun.toml.  Shows no values."""

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}(…)"


class SettingsError(ValueError):
    """A setting is wrong: `key` names it within the channel ("fields.id"), `sentence` says what to do."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key = key
        self.sentence = sentence


@runtime_checkable
class Adapter(Protocol):
    """One channel, as it runs: one class, one file."""

    type: str
    capabilities: Capabilities

    def routes(self) -> Mapping[str, Sequence[str]]:
        """The paths below /channels/NAME/ that the provider calls, with their methods."""
        ...

    def verify(self, route: str, request: Request) -> bool:
        """Is this request really the provider's?  In constant time."""
        ...

    def parse(self, route: str, request: Request) -> Sequence[Event]:
        """The events in a request; raises MalformedError where it has not the shape."""
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


@runtime_checkable
class Answering(Adapter, Protocol):
    """A channel whose provider waits for what the worker hears: calls, USSD.  Having `answer` makes it one.

    `Inbound.key` names the call and its turn, so that a repeat hears what it heard before.
    """

    def answer(self, route: str, events: Sequence[Event], replies: Sequence[Reply | None]) -> Response:
        """What the provider gets once the events are committed, instead of `acknowledge`.

        `replies`: one for each message, in order; None where it is stored, and what follows is not known yet.
        """
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter is made with: its channel's name, our public URL for callbacks, its settings as written."""

    name: str
    public_url: str
    settings: Mapping[str, Any] = field(default_factory=dict)


class AdapterType(Protocol):
    """What an entry point of the group `dundun.channels` names: the class of an adapter."""

    Settings: ClassVar[type[Settings]]

    def __call__(self, context: Context, settings: Any) -> Adapter:  # noqa: ANN401 - an instance of its own Settings
        """The adapter for one channel; raises SettingsError.  No I/O: connections are made at the first need."""
        ...
