"""What leaves and what came of it: a message handed over ends in exactly one outcome, and outcomes are values.

The outbox decides by them; adapters return them and raise nothing for what a provider or a network does.
"""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a message of ours.  `ref` is our own id of it, put into the callback; `status`: sent,
    delivered, undelivered, rejected."""

    status: str
    ref: str
    provider_id: str = ""
    code: str = ""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a worker hears at once: `texts`, in order.  `waits`: an answer is expected, so the call does not end."""

    texts: tuple[str, ...] = ()
    waits: bool = False
