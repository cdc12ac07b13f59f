"""The rows of one transaction, gathered table by table, so that each table is written by one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from engine import audit
from engine.digests import Digest
from engine.facts import Record
from engine.ids import bucket_of
from engine.kit import Kit
from engine.locks import Held
from engine.outgoing import CLASSES, EXPIRES, Body, Call
from engine.places import Line
from engine.takings import bucket_of as place_of
from engine.work import Ring

Table = list[dict[str, Any]]

_packed = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Origin:
    """The step that made a row: session, its event's number, and the place of the effect among the step's."""

    session_id: int
    seq: int
    item: int


@dataclass(slots=True)
class Rows:
    """`held`: the boxes, locked, as they were.  `ring`: who has something to do once this is committed.

    `found`: they stay so here, by which is known what is written back.
    `carried`: conversations that are on another line now, each with its key.
    `broadcast`, `flow`: what is queued just now belongs to them.
    `memberships`: of a group and a worker, whether he is in it from now on.
    `records`: workers' records as they will be; a worker may speak on two lines in one batch.
    """

    kit: Kit
    now: int
    held: dict[int, Held] = field(default_factory=dict)
    broadcast: int | None = None
    flow: str = ""
    ring: Ring = field(default_factory=Ring)
    seen: Table = field(default_factory=list)
    events: Table = field(default_factory=list)
    stepped: Table = field(default_factory=list)
    sessions: dict[int, dict[str, Any]] = field(default_factory=dict)
    carried: dict[int, dict[str, int]] = field(default_factory=dict)
    aside: Table = field(default_factory=list)
    answers: Table = field(default_factory=list)
    fired: Table = field(default_factory=list)
    over: Table = field(default_factory=list)
    timers: Table = field(default_factory=list)
    stopped: Table = field(default_factory=list)
    stop_rows: Table = field(default_factory=list)
    heard: Table = field(default_factory=list)
    replaced: Table = field(default_factory=list)
    outbox: Table = field(default_factory=list)
    handed: Table = field(default_factory=list)
    replies: Table = field(default_factory=list)
    lengthened: dict[int, dict[str, Any]] = field(default_factory=dict)
    mail: Table = field(default_factory=list)
    claims: Table = field(default_factory=list)
    follows: Table = field(default_factory=list)
    freed: Table = field(default_factory=list)
    workers: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    pins: Table = field(default_factory=list)
    new_pins: Table = field(default_factory=list)
    worker_stops: Table = field(default_factory=list)
    memberships: dict[tuple[str, str], bool] = field(default_factory=dict)
    lines: Table = field(default_factory=list)
    audits: Table = field(default_factory=list)
    found: dict[int, Held] = field(init=False)

    def __post_init__(self) -> None:
        self.found = dict(self.held)

    def number(self, box_id: int) -> int:
        """The next event number of the box."""
        held = self.held[box_id]
        self.held[box_id] = held._replace(next_event=held.next_event + 1)
        return held.next_event

    def wait(self, box_id: int, more: int) -> None:
        """So many more events wait in the box to be stepped."""
        held = self.held[box_id]
        self.held[box_id] = held._replace(accepted=held.accepted + more)

    def note(self, box_id: int, what: str, detail: str = "") -> None:
        """A worker did what must be provable: one more row for the chain of the box."""
        entry = audit.Entry(audit.WORKER, what, detail)
        self.held[box_id], row = audit.link(self.kit.vault, self.held[box_id], entry, self.now)
        self.audits.append(row)

    def free(self, flow: str, thing: str, session_id: int) -> None:
        """What the conversation took may be taken by the next."""
        self.freed.append({"in_bucket": place_of(thing), "of_flow": flow, "thing": thing, "by": session_id})

    def message(self, line: Line, body: Body, rank: int, origin: Origin | None = None, arms: int | None = None) -> int:
        """A message for the line; returns when it expires."""
        whole, parts = self._measured(body)
        return int(self._out(line, self.kit.route(line.channel), whole, rank, parts, origin, arms)["expires_at"])

    def gather(self, line: Line, body: Body, due: int) -> Digest:
        """A message for the line that leaves at `due` (ms), and may become longer until then."""
        whole, parts = self._measured(body)
        row = self._out(line, self.kit.route(line.channel), whole, CLASSES["bulk"], parts)
        row["not_before"], row["expires_at"] = due, due + EXPIRES
        return Digest(row["bucket"], row["box_id"], row["out_id"], whole)

    def lengthen(self, digest: Digest, text: str) -> None:
        """It says one line more."""
        digest.body, parts = self._measured(msgspec.structs.replace(digest.body, text=f"{digest.body.text}\n{text}"))
        self.lengthened[digest.out_id] = {
            "in_bucket": digest.bucket,
            "in_box": digest.box_id,
            "this": digest.out_id,
            "longer": self.kit.vault.seal("outbox", digest.box_id, digest.out_id, _packed.encode(digest.body)),
            "more": parts,
        }

    def _measured(self, body: Body) -> tuple[Body, int]:
        encoding, parts = self.kit.measure(self.kit.plain(body.text) if body.plain else body.text)
        return msgspec.structs.replace(body, encoding=encoding), parts

    def call(self, line: Line, channel: str, body: Call, origin: Origin, arms: int | None = None) -> None:
        """An action to perform, or values to submit."""
        self._out(line, channel, body, 1, 0, origin, arms)

    def _out(
        self,
        line: Line,
        channel: str,
        body: Body | Call,
        rank: int,
        parts: int,
        origin: Origin | None = None,
        arms: int | None = None,
    ) -> dict[str, Any]:
        out_id = self.kit.ids.new()
        self.ring.channels.add(channel)
        row: dict[str, Any] = {
            "bucket": bucket_of(line.box_id),
            "box_id": line.box_id,
            "out_id": out_id,
            "session_id": origin.session_id if origin else None,
            "seq": origin.seq if origin else None,
            "item": origin.item if origin else None,
            "line_id": line.line_id,
            "channel": channel,
            "class": rank,
            "status": "queued",
            "parts": parts,
            "tries": 0,
            "retries": 0,
            "doubtful": False,
            "queued_at": self.now,
            "not_before": self.now,
            "expires_at": self.now + EXPIRES,
            "arms": arms,
            "broadcast": self.broadcast,
            "flow": self.flow,
            "body": self.kit.vault.seal("outbox", line.box_id, out_id, _packed.encode(body)),
        }
        self.outbox.append(row)
        return row
