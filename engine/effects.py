"""What a step wants done: values in order; the step itself does none, memory turns them into rows.

Times are integer milliseconds UTC, durations integer milliseconds.
"""

from __future__ import annotations

import msgspec

from engine.values import Packed


class Wanted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The base of all effects."""


class Send(Wanted, tag="send", frozen=True):
    """A message to the session's own worker, on the line of the session.

    `kind`: "reply" (the worker spoke within this step), "reminder", "bulk" (a conversation that we began), "consent"
    (the reply to STOP and START: sent even to a line that is stopped).
    `arms`: this is the prompt of the wait with that number; its timers count from the moment it is sent.
    `line`: the line of the author's file that spoke (0: the engine's own phrase).
    `sensitive`: holds a value that must not be shown to staff.
    """

    text: str
    kind: str = "reply"
    arms: int | None = None
    line: int = 0
    language: str = ""
    sensitive: bool = False


class Record(Wanted, tag="record", frozen=True):
    """An answer to keep, for good.  One row of the answers.

    `turn`: keys of the rows of the loops around the question, joined by "." ("" outside loops); `round`: 1 for the
    first time that the question was answered in this turn, 2 after going back …; `value`: its plain form; `label`:
    what a person reads for a code; `raw`: as typed ("" where it was secret); `number`: the number of a number.
    `aside`: it takes no other answer's place: a repeat of a quiz (RULES X3).
    """

    question: str
    value: Packed
    turn: str = ""
    round: int = 1
    label: str = ""
    raw: str = ""
    sensitive: bool = False
    aside: bool = False


class Forget(Wanted, tag="forget", frozen=True):
    """The present answer of the question and turn is put aside (RULES B1); its rows stay, with their round."""

    question: str
    turn: str = ""


class SetTimer(Wanted, tag="set_timer", frozen=True):
    """Wake the session.

    Either `at` (a moment), or `after` (a length, from the moment that the prompt of wait `guard` is sent).
    `guard` None: the session's own timer, ends with it.  The same name again replaces.
    """

    name: str
    guard: int | None = None
    at: int | None = None
    after: int | None = None


class Tell(Wanted, tag="tell", frozen=True):
    """A message to somebody else: `texts` by language, the base language first.

    `gather`: a day (monday … sunday, weekday, day) and a time like 16:00, in the receiver's zone: all lines for one
    person until then are one message (RULES X5); None: it goes at once.
    `target`: {"kind": "supervisor" | "role" | "group" | "worker" | "where", "name": …, "facility": code, "worker": id}.
    """

    target: dict[str, Packed]
    texts: dict[str, str]
    urgent: bool = False
    line: int = 0
    gather: tuple[str, str] | None = None


class Claim(Wanted, tag="claim", frozen=True):
    """The worker (or the flow) says that `field` of the worker's record is `value`."""

    field: str
    value: Packed
    old: Packed = None


class Confirm(Wanted, tag="confirm", frozen=True):
    """This line sent the code of a claim: the number is the worker's (RULES O2)."""

    claim: int


class SetPin(Wanted, tag="set_pin", frozen=True):
    """The worker has a new PIN; `digest` is what is kept of it."""

    digest: str


class Membership(Wanted, tag="membership", frozen=True):
    """Add the worker with the id `worker` to a group, or remove."""

    group: str
    worker: str
    add: bool = True


class Act(Wanted, tag="act", frozen=True):
    """Call the action `name`; its outcome comes back as ActionDone with `guard`."""

    name: str
    guard: int
    args: dict[str, Packed] = {}


class Submit(Wanted, tag="submit", frozen=True):
    """Send `values` (data element, or element and row → value) to `system`.

    `guard`: the conversation waits; the outcome comes back as ActionDone.  `at`: it does not, and is to hear of a
    failure as NotTaken with this position.
    """

    system: str
    args: dict[str, Packed] = {}
    values: dict[str, Packed] = {}
    guard: int | None = None
    at: int | None = None


class Follow(Wanted, tag="follow", frozen=True):
    """From now on the conversation hears what happens to a topic (`engine.topics`), until it ends."""

    topic: str


class Take(Wanted, tag="take", frozen=True):
    """Get the topic for this conversation, if no other one holds it: a unique key, in a transaction after the step's.

    With `guard` the conversation waits: ActionDone comes back, `failed` if another holds it, with its worker as `taker`
    in `results`; and every other one that follows the topic hears Taken(thing, taker, value).  With `after` instead,
    Granted(after) comes back if it got it, and nothing if not.  `value`: of the thing, as `topics.same` writes it.
    """

    topic: str
    thing: str = ""
    guard: int | None = None
    after: int | None = None
    value: str = ""


class Release(Wanted, tag="release", frozen=True):
    """The conversation ended by silence: what it took is free again, and may be taken by the next (RULES X1)."""

    topic: str


class Begin(Wanted, tag="begin", frozen=True):
    """Begin `flow` with each of the people of `target` (as in `Tell`), by "flow", with `inputs`.

    Not with whom the same is open with the same inputs, who sent STOP, or who has no phone; each of these is recorded.
    `chain`: of how many such starts this is the last; more than `limits.CHAIN` begin nothing (RULES K6).
    `guard`: the conversation waits to hear; ActionDone comes back, failed where it began with nobody and none was open.
    """

    flow: str
    target: dict[str, Packed]
    inputs: dict[str, Packed] = {}
    chain: int = 1
    guard: int | None = None


class End(Wanted, tag="end", frozen=True):
    """The session is over, with this outcome; `silent`: for want of an answer, so that one may still come late."""

    outcome: str
    silent: bool = False


class Consent(Wanted, tag="consent", frozen=True):
    """The line is stopped (STOP), or allows messages again (START)."""

    stopped: bool


class Greeted(Wanted, tag="greeted", frozen=True):
    """A number that nobody knows was answered; it is not answered again."""


Effect = (
    Consent
    | Greeted
    | Send
    | Record
    | Forget
    | SetTimer
    | Tell
    | Claim
    | Confirm
    | SetPin
    | Membership
    | Act
    | Submit
    | Begin
    | Follow
    | Take
    | Release
    | End
)
