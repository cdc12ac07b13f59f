"""What there is to do for a box: everything that can change a conversation comes as one of these, and in one queue.

What cannot be stepped at once is stored as it is and stepped from there: `decode(encode(work)) == work`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from engine.addresses import Address
from engine.delivery import Reply
from engine.events import Heard
from engine.values import Packed


class Task(msgspec.Struct, frozen=True, omit_defaults=True):
    """The base of all work."""


class Message(Task, tag="message", frozen=True):
    """A worker wrote `text`, by the channel of that name; `sent_at` is the network's time stamp."""

    text: str
    channel: str
    sent_at: int | None = None


class Begin(Task, tag="begin", frozen=True):
    """A conversation that the worker did not ask for.  `by`: event, person, schedule, flow.

    `worker`: whom it is for, where several may have the line ("": whoever it is).  `broadcast`: the one that it
    belongs to (0: none).  `chain`: as in `events.Started`.
    """

    flow: str
    inputs: dict[str, Packed] = {}
    by: str = "event"
    broadcast: int = 0
    worker: str = ""
    chain: int = 0


class Fire(Task, tag="fire", frozen=True):
    """A timer is due, for the wait `guard` (None: the session's own)."""

    session_id: int
    name: str
    guard: int | None = None


class Done(Task, tag="done", frozen=True):
    """An action came back; `failed`: after its retries it did not."""

    session_id: int
    guard: int
    failed: bool = False
    results: dict[str, Packed] = {}


class Post(Task, tag="post", frozen=True):
    """A message for whoever owns the line: from somebody else's conversation, of `flow`, or of a `broadcast`.

    `urgent`: quiet hours do not hold it.  `worker`: whom it is for, where not all who have the line are meant.
    `gather`: it is a line of a message for that day and hour, the next one after `told_at` (ms), as in `effects.Tell`.
    """

    texts: dict[str, str]
    line: int = 0
    broadcast: int = 0
    flow: str = ""
    urgent: bool = False
    worker: str = ""
    gather: tuple[str, str] | None = None
    told_at: int = 0


class Move(Task, tag="move", frozen=True):
    """The conversation may go over to the current version of its flow."""

    session_id: int


class Take(Task, tag="take", frozen=True):
    """A conversation of `flow` wants a thing, by the digest of its topic; `guard`, `after` as in `effects.Take`.

    `thing`: its name in the flow, for the others who hear of it ("": nobody else does), and `value` what it holds.
    """

    session_id: int
    flow: str
    topic: str
    thing: str = ""
    guard: int | None = None
    after: int | None = None
    value: str = ""


class Hear(Task, tag="hear", frozen=True):
    """A conversation hears of something that happened elsewhere."""

    session_id: int
    event: Heard


Work = Message | Begin | Fire | Done | Post | Move | Take | Hear

OF_A_SESSION = (Fire, Done, Move, Take, Hear)
"""What is for one conversation, wherever it is by now."""

_encoder = msgspec.msgpack.Encoder()
_taking = msgspec.msgpack.Decoder(Take)
_decoder: msgspec.msgpack.Decoder[Work] = msgspec.msgpack.Decoder(Work)


def encode(work: Work) -> bytes:
    """The work as bytes."""
    return _encoder.encode(work)


def decode(data: bytes) -> Work:
    """The work that `encode` was given."""
    return _decoder.decode(data)


def decode_take(data: bytes) -> Take:
    """The work that `encode` was given, which is a `Take`."""
    return _taking.decode(data)


TWIN = "@"
"""What the second key of a delivery begins with; no channel is called so."""


@dataclass(slots=True, eq=False)
class Item:
    """Work on its way, and where it goes: to an address, to a line, or to the session that it names in a box.

    `key`: the delivery key, the same for every repeat ("" where the work cannot repeat).  `twin`: one more, of the text
    and the network's time stamp, for gateways that give a repeat another key (RULES E4).  `event_n`: it is stored
    already, under this number.  `readers`: the workers whom it is for, who are not to get it on another line, too.
    """

    work: Work
    key: str = ""
    address: Address | None = None
    line_id: int = 0
    bucket: int = 0
    box_id: int = 0
    event_n: int = 0
    twin: str = ""
    readers: tuple[str, ...] = ()

    @property
    def keys(self) -> list[str]:
        """All by which a repeat is known."""
        return [self.key, self.twin] if self.twin else [self.key] if self.key else []

    @property
    def deliveries(self) -> list[tuple[int, str]]:
        """The same, each on its line; 0 for what begins for a worker, whichever of his lines is the first by then."""
        if not self.key:
            return []
        line = 0 if isinstance(self.work, Begin) and self.work.worker else self.line_id
        return [(line, key) for key in self.keys] + [(0, f"{self.key} {worker}") for worker in self.readers]


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was stored.  `repeat`: it had been before, and nothing followed.  `session_id`: 0 where none took it.

    `reply`: what the worker hears in the same request, where the channel answers so; the same for every repeat.
    """

    repeat: bool = False
    line_id: int = 0
    event_n: int = 0
    session_id: int = 0
    reply: Reply | None = None


@dataclass(slots=True)
class Ring:
    """Who has something to do after a commit: the channels with new messages, and the mail; or `everybody`, maybe."""

    channels: set[str] = field(default_factory=set)
    mail: bool = False
    everybody: bool = False

    def __or__(self, other: Ring) -> Ring:
        """All who are in one of them."""
        return Ring(self.channels | other.channels, self.mail or other.mail, self.everybody or other.everybody)


def storable(text: str) -> str:
    """The text without what a database cannot hold: no NUL, no half of a letter."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
