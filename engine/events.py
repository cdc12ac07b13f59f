"""What can happen to a session: every event is a value, and a session changes by nothing else.

Times are integer milliseconds UTC.  An event is stored whole (encrypted) before its effects can be seen.
"""

from __future__ import annotations

import msgspec

from engine.values import Packed


class Happening(msgspec.Struct, frozen=True, omit_defaults=True):
    """The base of all events."""


class Started(Happening, tag="started", frozen=True):
    """The session begins.  `by`: word, event, person, schedule.  `text`: the worker's message, where one started it.

    `chain`: how many conversations stand behind this one, each of which started the next.
    `floor`: may it speak at once, or does it queue until nobody else does (RULES F1)?
    """

    by: str
    channel: str = "sms"
    inputs: dict[str, Packed] = {}
    text: str = ""
    floor: bool = True
    chain: int = 0


class Received(Happening, tag="received", frozen=True):
    """The worker said `text` (an SMS, or keys on a call).

    At a `verify` the text is wiped before anything is stored, and `proof` says how the PIN compared: right, wrong,
    no_pin, locked, unreadable (not digits), back (the word BACK).
    """

    text: str
    channel: str = "sms"
    proof: str = ""


UNREACHABLE = "unreachable"
"""The timer that is due when the message which asked can no longer be sent; and how the session then ends."""

NOT_TAKEN = "not_taken"
"""The timer that is due when values can no longer be submitted; a colon follows, and `at` as in `NotTaken`."""


class TimedOut(Happening, tag="timed_out", frozen=True):
    """The timer `name` fired; `guard` is the number of the wait that it was for (None: the session's own).

    `floor`: whether this conversation may speak now; False while another one has the floor (RULES F1).
    """

    name: str
    guard: int | None = None
    floor: bool = True


class ActionDone(Happening, tag="action_done", frozen=True):
    """The action that the session waits for came back (`failed`: after its retries it did not); `floor` as above."""

    guard: int
    failed: bool = False
    results: dict[str, Packed] = {}
    floor: bool = True


class NotTaken(Happening, tag="not_taken", frozen=True):
    """The system to which the line at this position submitted did not take the answers; `floor` as above."""

    at: int
    floor: bool = True


class Taken(Happening, tag="taken", frozen=True):
    """Another conversation of the flow, that of the worker `taker`, got the thing (RULES X1); `floor` as above.

    `value`: what the thing holds, as `topics.same` writes it ("" where an older version told it: any).
    """

    thing: str
    taker: str
    floor: bool = True
    value: str = ""


class Granted(Happening, tag="granted", frozen=True):
    """This conversation does for all that share a thing what the `after` with this number says; `floor` as above."""

    after: int
    floor: bool = True


class Happened(Happening, tag="happened", frozen=True):
    """An event came for conversations that run already; its inputs take the place of theirs (RULES X2)."""

    name: str
    inputs: dict[str, Packed] = {}
    floor: bool = True


class HungUp(Happening, tag="hung_up", frozen=True):
    """The call is over, cut or silent, and the question still waits (RULES N3); `floor` as above."""

    floor: bool = True


Heard = HungUp | NotTaken | Taken | Granted | Happened
"""What a conversation hears of something that happened elsewhere."""


class Suspended(Happening, tag="suspended", frozen=True):
    """Another conversation took the floor: nothing is sent, the clocks of the question stand still (RULES F1)."""


class Regained(Happening, tag="regained", frozen=True):
    """The session has the floor again: the question is sent again (RULES F1).

    `text`: the message with which the worker asked for it, the flow's start word (RULES E2).
    """

    text: str = ""


class Postponed(Happening, tag="postponed", frozen=True):
    """The worker is busy with another conversation: this one asks for the floor again at `until` (RULES F1)."""

    until: int


class Opened(Happening, tag="opened", frozen=True):
    """Somebody on a phone that several workers share begins it: who it is comes first (RULES F3).

    `speakers`: who it may be, by id.  The others are as in `Started`, which follows as soon as that is known.
    """

    speakers: list[str]
    by: str
    channel: str = "sms"
    inputs: dict[str, Packed] = {}
    text: str = ""
    chain: int = 0


class Carried(Happening, tag="carried", frozen=True):
    """The conversation goes on, on another line of its worker's: what was proved on the first one is no proof there."""


class Departed(Happening, tag="departed", frozen=True):
    """The worker has this line no more, and no other: it ends as unreachable, without a word."""


class OptedOut(Happening, tag="opted_out", frozen=True):
    """The worker sent STOP: the session ends as opted_out, without a word."""


class Replaced(Happening, tag="replaced", frozen=True):
    """Another conversation of the same flow took this one's place: it ends as replaced, without a word."""


class Moved(Happening, tag="moved", frozen=True):
    """The conversation went over to the version `program` of its flow (RULES K8); `engine.moving` says how."""

    program: str


Event = (
    Started
    | Received
    | TimedOut
    | ActionDone
    | HungUp
    | NotTaken
    | Taken
    | Granted
    | Happened
    | Suspended
    | Regained
    | Postponed
    | Opened
    | Carried
    | Departed
    | OptedOut
    | Replaced
    | Moved
)
