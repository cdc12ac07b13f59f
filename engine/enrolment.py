"""Newcomers become rows: whoever shares a line shares its box, so that one transaction can see all that meets there.

A line that was in another box brings that box along (`engine.merging`); a line that is a worker's no more leaves none
of his messages to whoever has it now.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    literal_column,
    select,
    update,
)

from engine import crowds, lines, schema
from engine.addresses import Address
from engine.facts import Record
from engine.ids import Ids, bucket_of
from engine.lines import Spot
from engine.locks import Held, lock
from engine.merging import merge
from engine.newcomers import Newcomer, merged
from engine.people import opened, sealed, text_of
from engine.sets import AnyRow, each, listed, many, put
from engine.survey import UNFINISHED
from engine.tidying import look_after
from engine.vault import Vault

PLAIN = ("job", "facility", "district", "supervisor", "zone")
"""Fields of a worker's record that stand beside it in plain, to find whom a message is for, and when."""

_line, _worker, _link, _member = schema.line, schema.worker, schema.worker_line, schema.membership
_session, _out = schema.session, schema.outbox
_ids = each("ids", {"worker_id": Text})

_KNOWN = select(_worker.c.worker_id, _worker.c.record, _worker.c.pin_mac, _worker.c.stopped_at).join_from(
    _ids, _worker, _worker.c.worker_id == _ids.c.worker_id
)
_LINKS = (
    select(_link.c.worker_id, _link.c.line_id, _line.c.box_id)
    .join_from(_ids, _link, _link.c.worker_id == _ids.c.worker_id)
    .join(_line, _line.c.line_id == _link.c.line_id)
)
_PUT_WORKER = put(_worker, ["worker_id"], [*PLAIN, "record", "pin_mac", "changed_at"])
_PUT_LINK = put(_link, ["worker_id", "line_id"], ["rank"])
_PUT_MEMBER = put(_member, ["group_name", "worker_id"])
_UNLINK = delete(_link).where(_link.c.worker_id == bindparam("worker"), _link.c.line_id == bindparam("line"))
_LEAVE = delete(_member).where(_member.c.worker_id == bindparam("worker"))
_other = _link.alias("other")
# Who sent STOP gets no messages on a new number either, until START.
_STAY_STOPPED = (
    update(_line)
    .where(
        _line.c.stopped_at.is_(None),
        _line.c.line_id.in_(
            select(_link.c.line_id).where(
                _link.c.worker_id == bindparam("worker"),
                ~exists().where(_other.c.line_id == _link.c.line_id, _other.c.worker_id != _link.c.worker_id),
            )
        ),
    )
    .values(stopped_at=bindparam("since"), stopped_row=None)  # what went there before was no breach
)
_now = bindparam("now", type_=BigInteger)
_AWAY = and_(
    _out.c.bucket == bindparam("in_bucket"),
    _out.c.box_id == bindparam("in_box"),
    _out.c.line_id == bindparam("line"),
    _out.c.status.in_(UNFINISHED),
    _out.c.parts > 0,
)
_is_queued = _out.c.status == literal_column("'queued'")
_ENDED = {
    "status": case((~_is_queued, _out.c.status), (_out.c.doubtful, "unknown"), else_="expired"),
    "final_at": case((_is_queued, _now), else_=_out.c.final_at),
    "expires_at": _now,  # what is on its way just now is not tried again
}
# Of conversations that are over, too: their last message is the one that tells most.
_WITHDRAW = (
    update(_out)
    .where(
        _AWAY,
        exists().where(
            _session.c.bucket == _out.c.bucket,
            _session.c.box_id == _out.c.box_id,
            _session.c.session_id == _out.c.session_id,
            _session.c.worker_id == bindparam("worker"),
        ),
    )
    .values(_ENDED)
)
# What no conversation sent was for whoever had the line.
_WITHDRAW_ALL = update(_out).where(_AWAY, _out.c.session_id.is_(None)).values(_ENDED)
_lost = each("lost", {"line_id": BigInteger})
_OWNERS = select(_link.c.worker_id, _link.c.line_id).join_from(_lost, _link, _link.c.line_id == _lost.c.line_id)


def plain_fields(record: Record) -> dict[str, str]:
    """What of a record stands beside it in plain."""
    return {name: text_of(record.get(name)) for name in PLAIN}


class Enrolment:
    """One slice of a list, taken in by one transaction."""

    def __init__(self, vault: Vault, ids: Ids, now: int) -> None:
        self._vault = vault
        self._ids = ids
        self._now = now
        self._held: dict[int, Held] = {}
        self._spots: dict[Address, Spot] = {}
        self._had: dict[str, list[Spot]] = {}
        self._listed: set[str] = set()

    def run(self, connection: Connection, newcomers: Sequence[Newcomer]) -> list[str]:
        """Write the newcomers with their lines and groups; their boxes are locked, and one where they share a line.

        The ids of those who keep the phones that they had, because theirs would tie too many (`engine.crowds`).
        """
        if not newcomers:
            return []
        self._listed = {newcomer.worker_id for newcomer in newcomers}
        ids = {"ids": listed((worker,) for worker in sorted(self._listed))}
        self._make_lines(connection, newcomers)
        self._lock(connection, newcomers, ids)
        newcomers, refused = self._untied(connection, newcomers)
        into = merge(connection, self._vault, self._held, self._groups(newcomers), self._now)
        known = {row.worker_id: row for row in connection.execute(_KNOWN, ids)}
        many(connection, _PUT_WORKER, [self._row(newcomer, known.get(newcomer.worker_id)) for newcomer in newcomers])
        gone = list(self._gone(newcomers))
        many(connection, _UNLINK, [{"worker": worker, "line": spot.line_id} for worker, spot in gone])
        many(connection, _PUT_LINK, list(self._links(newcomers)))
        stopped = [{"worker": row.worker_id, "since": row.stopped_at} for row in known.values() if row.stopped_at]
        many(connection, _STAY_STOPPED, stopped)
        self._leave(connection, gone, into)
        _write_groups(connection, newcomers)
        return refused

    # ------------------------------------------------------------ boxes

    def _make_lines(self, connection: Connection, newcomers: Iterable[Newcomer]) -> None:
        """A worker's new lines come into one box."""
        boxes: dict[Address, int] = {}
        for newcomer in newcomers:
            new = self._ids.new()
            box = next((boxes[each] for each in newcomer.addresses or () if each in boxes), new)
            for address in newcomer.addresses or ():
                boxes.setdefault(address, box)
        lines.made(connection, self._vault, self._ids, dict.fromkeys(boxes, ""), boxes)

    def _lock(self, connection: Connection, newcomers: Iterable[Newcomer], ids: dict[str, str]) -> None:
        """Lock the boxes of all lines that the newcomers had, or get; what is read afterwards is how it is."""
        addresses = {address for newcomer in newcomers for address in newcomer.addresses or ()}
        while True:
            self._had = {}
            for row in connection.execute(_LINKS, ids):
                self._had.setdefault(row.worker_id, []).append(Spot(row.line_id, row.box_id))
            self._spots = lines.found(connection, addresses)
            boxes = {spot.box_id for spots in (self._spots.values(), *self._had.values()) for spot in spots}
            if boxes <= self._held.keys():
                return
            self._held |= lock(connection, boxes - self._held.keys())

    def _groups(self, newcomers: Iterable[Newcomer]) -> list[list[int]]:
        """The boxes that become one, because a worker has, or had, lines in them."""
        return crowds.groups(self._boxes(newcomer) for newcomer in newcomers)

    def _boxes(self, newcomer: Newcomer) -> set[int]:
        """Where his lines are, and those that he had; none where the list does not give him any."""
        spots = [self._spots[address] for address in newcomer.addresses or ()]
        spots += self._had.get(newcomer.worker_id, ()) if spots else []
        return {spot.box_id for spot in spots}

    def _untied(self, connection: Connection, newcomers: Sequence[Newcomer]) -> tuple[list[Newcomer], list[str]]:
        """The newcomers, without the phones of those that would tie too many, and who those are."""
        groups = self._groups(newcomers)
        far = crowds.far(groups, crowds.phones(connection, (box for group in groups for box in group)))
        tying = {each.worker_id for each in newcomers if len(boxes := self._boxes(each)) > 1 and boxes & far}
        kept = [crowds.without(each, set(each.addresses or ())) for each in newcomers if each.worker_id in tying]
        return [*(each for each in newcomers if each.worker_id not in tying), *kept], sorted(tying)

    # ------------------------------------------------------------ lines

    def _links(self, newcomers: Iterable[Newcomer]) -> Iterator[dict[str, Any]]:
        for newcomer in newcomers:
            for rank, address in enumerate(newcomer.addresses or ()):
                yield {"worker_id": newcomer.worker_id, "line_id": self._spots[address].line_id, "rank": rank}

    def _gone(self, newcomers: Iterable[Newcomer]) -> Iterator[tuple[str, Spot]]:
        """The lines that are a worker's no more; a list that does not speak of phones takes none away."""
        for newcomer in newcomers:
            if newcomer.addresses is not None:
                now = {self._spots[address].line_id for address in newcomer.addresses}
                lost = (spot for spot in self._had.get(newcomer.worker_id, ()) if spot.line_id not in now)
                yield from ((newcomer.worker_id, spot) for spot in lost)

    def _leave(self, connection: Connection, gone: Iterable[tuple[str, Spot]], into: dict[int, int]) -> None:
        """Nothing more goes to a line that was lost, and its conversations see at once where they can go on."""
        if not gone:
            return
        lost = {spot.line_id: into.get(spot.box_id, spot.box_id) for _, spot in gone}
        places = {line: {"in_bucket": bucket_of(box), "in_box": box, "line": line} for line, box in lost.items()}
        look_after(connection, [(bucket_of(box), box, line) for line, box in lost.items()], self._now)
        taken = [{**places[spot.line_id], "worker": worker, "now": self._now} for worker, spot in gone]
        many(connection, _WITHDRAW, taken)
        kept = self._kept(connection, lost)
        many(connection, _WITHDRAW_ALL, [{**at, "now": self._now} for line, at in places.items() if line not in kept])

    def _kept(self, connection: Connection, lost: Iterable[int]) -> set[int]:
        """Of lines that somebody lost, those that others have as before."""
        rows = connection.execute(_OWNERS, {"lost": listed((line,) for line in sorted(lost))})
        return {row.line_id for row in rows if self._has_had(row.worker_id, row.line_id)}

    def _has_had(self, worker: str, line: int) -> bool:
        """Who is not in the list has what he had."""
        return worker not in self._listed or any(spot.line_id == line for spot in self._had.get(worker, ()))

    # ------------------------------------------------------------ workers

    def _row(self, newcomer: Newcomer, known: AnyRow | None) -> dict[str, Any]:
        worker = newcomer.worker_id
        old = opened(self._vault, "worker", worker, known.record) if known else {}
        record = merged(old, newcomer.record)
        if newcomer.addresses == []:
            record["phone"] = ""
        mac = known.pin_mac if known else None
        return {
            "worker_id": worker,
            **plain_fields(record),
            "record": sealed(self._vault, "worker", worker, record),
            "pin_mac": self._vault.pin_digest(worker, newcomer.pin) if newcomer.pin else mac,
            "changed_at": self._now,
        }


def _write_groups(connection: Connection, newcomers: Iterable[Newcomer]) -> None:
    told = [newcomer for newcomer in newcomers if newcomer.groups is not None]
    many(connection, _LEAVE, [{"worker": newcomer.worker_id} for newcomer in told])
    rows = [{"group_name": name, "worker_id": each.worker_id} for each in told for name in each.groups or ()]
    many(connection, _PUT_MEMBER, rows)
