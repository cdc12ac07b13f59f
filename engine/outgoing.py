"""What rows of the outbox and of the mail hold: a text, the call of an action, what one conversation has for others."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.limits import DAY
from engine.values import Packed

EXPIRES = 7 * DAY
"""A message that could not be sent for so long is not sent any more."""

CLASSES = {"consent": 0, "reply": 1, "reminder": 2, "bulk": 3}
"""Who goes first; consent is sent even to a line that is stopped."""

RANKS = {"queued": 0, "sending": 1, "unknown": 2, "sent": 3}
"""How far a message has come; a status that is not here is final.  No status ever moves back."""

FINAL = 9

ACTION, SUBMIT = "do:", "submit:"
"""What the names of channels begin with that are no gateways: calls of actions, values for health systems."""

NOWHERE = SUBMIT + "nowhere:"
"""The same for values whose conversation wants to hear of it, for systems that there are not."""

LETTER, START, TAKE, CONFIRMED = "letter", "start", "take", "confirmed"
"""Kinds of mail."""

Measure = Callable[[str], tuple[str, int]]
"""Text → encoding (gsm7 or ucs2) and number of parts."""


Plain = Callable[[str], str]
"""Text → the same in letters that cost least, where they have such."""


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message.  `line`: the line of the author's file that spoke; `sensitive`: staff may not see it.

    `urgent`: quiet hours do not hold it.  `gathers`: for whom it gathers lines, and until when ("": for nobody).
    `plain`: as SMS it has plain letters only; here it is as it was written (`sms letters: plain`).
    """

    text: str
    encoding: str = "gsm7"
    language: str = ""
    line: int = 0
    sensitive: bool = False
    urgent: bool = False
    gathers: str = ""
    plain: bool = False


class Call(msgspec.Struct, frozen=True, omit_defaults=True):
    """An action to perform, or values to submit; `at` as in `effects.Submit`."""

    args: dict[str, Packed] = {}
    values: dict[str, Packed] = {}
    at: int | None = None


class Letter(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the flow `flow` has for somebody else: texts by language, the base language first; `gather` as in `Tell`."""

    texts: dict[str, str]
    urgent: bool = False
    line: int = 0
    flow: str = ""
    gather: tuple[str, str] | None = None


class Invitation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A flow to begin with others, as in `effects.Begin`."""

    flow: str
    inputs: dict[str, Packed] = {}
    chain: int = 1
    guard: int | None = None


class Confirmed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A claim that its new number has confirmed."""

    claim: int


_body = msgspec.msgpack.Decoder(Body)
_call = msgspec.msgpack.Decoder(Call)
_letter = msgspec.msgpack.Decoder(Letter)
_invitation = msgspec.msgpack.Decoder(Invitation)
_confirmed = msgspec.msgpack.Decoder(Confirmed)


def body(data: bytes) -> Body:
    """The message in these bytes."""
    return _body.decode(data)


def call(data: bytes) -> Call:
    """The call in these bytes."""
    return _call.decode(data)


def letter(data: bytes) -> Letter:
    """The letter in these bytes."""
    return _letter.decode(data)


def invitation(data: bytes) -> Invitation:
    """The invitation in these bytes."""
    return _invitation.decode(data)


def confirmed(data: bytes) -> Confirmed:
    """The claim in these bytes."""
    return _confirmed.decode(data)


def rank(status: str) -> int:
    """How far a message with this status has come."""
    return RANKS.get(status, FINAL)
