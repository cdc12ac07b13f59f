"""One worker going through one version of one flow: a value that survives a crash, `decode(encode(s)) == s`.

Only `machine.step` makes a changed one.  A sleeping session is one row and costs no memory.
"""

from __future__ import annotations

import msgspec

from engine.values import Packed

SCHEMA = 1


class Turn(msgspec.Struct, array_like=True):
    """Where a loop is: the position of its `Loop`, its table, the row keys fixed on entry, and the present one."""

    at: int
    table: str
    keys: list[str]
    index: int = 0


class Detour(msgspec.Struct, array_like=True):
    """`ask again` under way (RULES B1): where to come back with which loops, and the question that was named.

    `needed`, `asked`: the answers, by key, that were needed before, and those that were asked for since.
    """

    back: int
    loops: list[Turn]
    question: str
    needed: list[str]
    asked: list[str] = []


class Held(msgspec.Struct, array_like=True, frozen=True):
    """A message that waits for the floor: as in `effects.Send`."""

    text: str
    line: int
    language: str
    sensitive: bool


class Step(msgspec.Struct, array_like=True):
    """An answer on the way here: its question and turn, and the loops as they stood there (`allow back`)."""

    question: str
    turn: str
    loops: list[Turn]


class Aside(msgspec.Struct, array_like=True):
    """A quiz question comes again during the `wait` at `at`, which ends at `due`.

    `loops`: those around the wait; `number`: which of its `ask again` lines it is; `key`: that of its answer.
    """

    at: int
    due: int
    loops: list[Turn]
    number: int
    key: str


class Open(msgspec.Struct, array_like=True):
    """A question whose answer the course did not wait for, in the loops as they stood there."""

    question: str
    loops: list[Turn]


class Who(msgspec.Struct, array_like=True, frozen=True):
    """On a shared phone: who may be speaking, by id, and what begins once that is known, as in `events.Started`.

    `chosen`: who it is.
    """

    speakers: list[str]
    by: str
    channel: str
    inputs: dict[str, Packed]
    text: str
    chain: int = 0
    chosen: str = ""


class NewPin(msgspec.Struct, array_like=True, frozen=True):
    """`choose pin` under way.  `asked`: old, new, again; `digest`: what is to be kept of the new one."""

    asked: str
    digest: str = ""


class Session(msgspec.Struct, omit_defaults=True):
    """The state of one conversation.

    `status`: new, waiting (for the worker), suspended (waits, without the floor), sleeping (`wait`), acting (for an
    action, called at `resume`), queued (to go on at `resume`, without the floor), going (only within a step), named
    (only within a batch: who speaks is known, and it starts), parked (cannot be stepped), ended.
    `at`: position in the program.  `wait`: number of the present wait, counts up.  `seq`: events so far.
    `asked`: the question that waits; `asked_at`: since when it does, or since when it has no floor.
    `pending`: the answer that is being confirmed.
    `answers`: "question" or "question/turn" → plain value (None: skipped).  `rounds`: same keys → times answered.
    `proof_for`: the position that waits for the PIN to be proved once more (RULES J3).
    `held`: what it had to say while it had no floor.
    `short`: what the short form said, by key; `doubled`: the keys that it said twice;
    `covered`: those being confirmed together, `agreed`: that were (RULES H).
    `rows`: by name, the keys of what has rows only while it runs, as a loop or a question found them (RULES C5).
    `who`: it is not known yet who speaks, and that is asked.
    `taken`: by whom each thing was taken, by its name in the flow; `holds`: the topics that it has itself (RULES X1).
    `wakes`: when the present `wait` ends at the latest.  `aside`: a repeat is being asked; `due`: those
    whose time has come, as [number, key]; `mastered`: the keys of those that were right; `open`: what may be answered
    late.
    `trail`: the answers that BACK can put aside, the last one last.
    `chain`: how many conversations stand behind this one, each of which started the next (RULES K6).
    `urgent`: an event began it, and it comes first among those that wait for the floor (RULES F1).
    `place`: the code of the facility that the worker chose (RULES O3); `near`: those to which the last answer was near;
    `before`: the answers of the round before, by the same keys.
    Times are milliseconds UTC.
    """

    program: str
    flow: str
    status: str = "new"
    at: int = 0
    wait: int = 0
    seq: int = 0
    channel: str = "sms"
    language: str = ""
    started: int = 0
    asked: str = ""
    asked_at: int = 0
    tries: int = 0
    pending: Packed = None
    confirming: bool = False
    confirms: int = 0
    verified_at: int = 0
    reason: str = ""
    outcome: str = ""
    answers: dict[str, Packed] = {}
    rounds: dict[str, int] = {}
    variables: dict[str, Packed] = {}
    results: dict[str, dict[str, Packed]] = {}
    inputs: dict[str, Packed] = {}
    claimed: dict[str, Packed] = {}
    attempts: dict[str, int] = {}
    section: str = ""
    loops: list[Turn] = []
    detour: Detour | None = None
    proof_for: int = -1
    resume: int = -1
    jumps: int = 0
    held: list[Held] = []
    short: dict[str, str] = {}
    doubled: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    rows: dict[str, list[str]] = {}
    taken: dict[str, str] = {}
    holds: tuple[str, ...] = ()
    trail: tuple[Step, ...] = ()
    wakes: int = 0
    aside: Aside | None = None
    due: tuple[tuple[int, str], ...] = ()
    mastered: tuple[str, ...] = ()
    open: tuple[Open, ...] = ()
    chain: int = 0
    urgent: bool = False
    who: Who | None = None
    place: str = ""
    near: tuple[str, ...] = ()
    new_pin: NewPin | None = None
    before: dict[str, Packed] = {}
    schema: int = SCHEMA


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Session)


def encode(session: Session) -> bytes:
    """The session as bytes (MessagePack)."""
    return _encoder.encode(session)


def decode(data: bytes) -> Session:
    """The session that `encode` was given; msgspec.ValidationError where the bytes are of something else."""
    return _decoder.decode(data)
