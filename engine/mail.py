"""What one conversation has for other people, a message or a flow: each gets it once, on his own line.

A mail is done only after every receiver's message is committed; after a crash in between, the deliveries' keys keep
it from reaching anybody twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import msgspec
import structlog
from sqlalchemy import BigInteger, Connection, bindparam, literal_column, select, update

from engine import confirming, invitations, schema
from engine.clock import Clock
from engine.events import Taken
from engine.facts import told as to_whom
from engine.finding import Finder
from engine.hearers import Hearers
from engine.inbox import Inbox
from engine.lanes import BULK, BusyError
from engine.library import Library
from engine.locks import lock
from engine.loops import AGAIN, end, forever, told
from engine.outgoing import CONFIRMED, LETTER, TAKE, Confirmed, Invitation, Letter, confirmed, invitation, letter
from engine.registry import Reach, Registry
from engine.sets import AnyRow, many
from engine.store import Store, StoreError
from engine.takings import bucket_of, holders
from engine.vault import VaultError
from engine.work import Accepted, Item, Post, Take, decode_take
from engine.writer import SETTLE

AT_ONCE = 100
SLICE = 500
"""Receivers of a mail that are taken at once: messages do not wait long behind one that is for many."""

FAULTY = 600_000
"""Milliseconds until a mail is tried again that can be neither read nor delivered."""

IDLE = 30.0
"""Seconds until the pump that was told nothing looks by itself."""

_log = structlog.get_logger(__name__)
_mail = schema.mail
_DUE = (
    select(_mail)
    .where(_mail.c.done_at.is_(None), _mail.c.due_at <= bindparam("now"))
    .order_by(_mail.c.due_at, _mail.c.session_id, _mail.c.seq, _mail.c.item)
    .limit(AT_ONCE)
)
_THIS = (
    _mail.c.bucket == bindparam("in_bucket"),
    _mail.c.box_id == bindparam("in_box"),
    _mail.c.session_id == bindparam("in_session"),
    _mail.c.seq == bindparam("of_seq"),
    _mail.c.item == bindparam("of_item"),
    _mail.c.done_at.is_(None),
)
_PUT_OFF = update(_mail).where(*_THIS).values(due_at=bindparam("later"))
_REACHED = (
    update(_mail)
    .where(*_THIS, _mail.c.cursor == bindparam("was"))  # another process may be further
    .values(done_at=bindparam("ends"), reached=_mail.c.reached + bindparam("people"), cursor=bindparam("last"))
)
_session = schema.session
_WAITS_YET = select(_session.c.session_id).where(
    _session.c.bucket == bindparam("in_bucket"),
    _session.c.box_id == bindparam("in_box"),
    _session.c.session_id == bindparam("in_session"),
    _session.c.wait == bindparam("guard", type_=BigInteger),
    _session.c.status == literal_column("'acting'"),
)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A mail, opened.  `everybody`: the ids of the workers whom it is for; `people`: who were not reached yet."""

    row: AnyRow
    holds: Letter | Invitation | Take | Confirmed
    people: list[str]
    everybody: frozenset[str] = frozenset()

    @property
    def part(self) -> list[str]:
        """Those who are taken now."""
        return self.people[:SLICE]

    @property
    def last(self) -> bool:
        """Is nobody left then?"""
        return len(self.people) <= SLICE


class Late(Enum):
    """Why a mail is not done.  WAITING: it is stored, and its conversation does not know yet.  FAULTY: it failed."""

    WAITING = 0
    FAULTY = 1


class Mail:
    """Delivers from `start` to `stop`."""

    def __init__(
        self, store: Store, registry: Registry, inbox: Inbox, library: Library, clock: Clock, hearers: Hearers
    ) -> None:
        self._store = store
        self._registry = registry
        self._inbox = inbox
        self._library = library
        self._hearers = hearers
        self._clock = clock
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, with whatever waits."""
        self._wake.set()
        self._task = forever("mail", self._turn)

    def wake(self) -> None:
        """There is mail."""
        self._wake.set()

    async def stop(self) -> None:
        """Deliver no more; what is not done is delivered after the next start."""
        await end(self._task)

    async def deliver_due(self) -> int:
        """Deliver what is due, each mail to 500 people at most; returns how many that was, once it is committed."""
        async with self._store.read() as connection:
            rows = (await connection.execute(_DUE, {"now": self._clock.now()})).all()
            opened = await connection.run_sync(lambda c: [self._opened(c, row) for row in rows])
        if not rows:
            return 0
        parcels = sorted((parcel for parcel in opened if parcel is not None), key=_in_order)
        reach = await self._ways(parcels)
        reached = await asyncio.gather(*[self._tried(parcel, reach) for parcel in parcels])
        both = list(zip(parcels, reached, strict=True))
        fine = [(parcel, those) for parcel, those in both if isinstance(those, int)]
        waiting = {parcel.row for parcel, those in both if those is Late.WAITING}
        if waiting:
            asyncio.get_running_loop().call_later(AGAIN, self._wake.set)
        faulty = set(rows) - waiting - {parcel.row for parcel, _ in fine}
        await self._note(fine, faulty)
        return len(rows) - len(waiting)

    async def _ways(self, parcels: Sequence[Parcel]) -> dict[str, Reach]:
        """The way to each who is taken now, and to all others of a letter who share a phone with one of them."""
        ways = await self._registry.reach({worker for parcel in parcels for worker in parcel.part})
        letters = [parcel for parcel in parcels if parcel.everybody]
        lines = {ways[worker].line_id for parcel in letters for worker in parcel.part if worker in ways}
        if not lines:
            return ways
        sharers = await self._registry.sharers(lines)
        others = {worker for parcel in letters for worker in parcel.everybody & sharers} - ways.keys()
        return ways | await self._registry.reach(others) if others else ways

    async def _note(self, fine: Sequence[tuple[Parcel, int]], faulty: Iterable[AnyRow]) -> None:
        """Who was reached; and what can be neither read nor delivered waits behind all that can be."""
        now = self._clock.now()
        notes = [_reached(parcel, those, now) for parcel, those in fine]
        put_off = [{**_key(row), "later": now + FAULTY} for row in faulty]
        await self._store.write(partial(_write, notes=notes, put_off=put_off), SETTLE)

    def _opened(self, connection: Connection, row: AnyRow) -> Parcel | None:
        """None where it cannot be read: it is stored, and the others are not to wait for it."""
        try:
            return self._open(connection, row)
        except (VaultError, msgspec.MsgspecError, ValueError, LookupError) as error:
            _tell(row, error)
            return None

    async def _tried(self, parcel: Parcel, reach: Mapping[str, Reach]) -> int | Late:
        try:
            return await self._deliver(parcel, reach)
        except (StoreError, BusyError):
            raise  # none of them can be delivered now
        except Exception as error:  # noqa: BLE001  (one bad mail must not hold the others)
            _tell(parcel.row, error)
            return Late.FAULTY

    def _open(self, connection: Connection, row: AnyRow) -> Parcel:
        """The mail, and whom it is for who was not reached yet."""
        body = self._store.vault.open("mail", row.box_id, _place(row), row.body)
        target = msgspec.json.decode(row.target)
        found = Finder(connection, self._store.vault).find(target, row.sender)
        meant = to_whom(target, found, row.sender) if row.kind == LETTER else found
        people = sorted(worker for worker in meant if worker > row.cursor)
        if row.kind == LETTER:
            return Parcel(row, letter(body), people, frozenset(meant))
        if row.kind == TAKE:
            return Parcel(row, decode_take(body), people)
        if row.kind == CONFIRMED:
            return Parcel(row, confirmed(body), people)
        holds = invitation(body)
        return Parcel(row, holds, invitations.invited(connection, self._library, holds, people))

    async def _deliver(self, parcel: Parcel, reach: Mapping[str, Reach]) -> int | Late:
        """How many were reached."""
        row, holds = parcel.row, parcel.holds
        if isinstance(holds, Take):
            return await self._take(row, holds)
        if isinstance(holds, Confirmed):
            return await confirming.carry_out(self._store, self._registry, self._clock, holds.claim)
        ways = {worker: reach[worker] for worker in parcel.part if worker in reach}
        if isinstance(holds, Letter):
            readers = _readers(parcel, reach)
            lines = dict.fromkeys(way.line_id for way in ways.values())
            await asyncio.gather(*[self._post(row, holds, line, readers[line]) for line in lines])
            return len(ways)
        await invitations.begin(self._inbox, _place(row), holds, ways)
        if parcel.last:
            await invitations.answer(self._inbox, row, holds, row.reached + len(ways))
        return len(ways)

    async def _take(self, row: AnyRow, take: Take) -> int | Late:
        """The thing, for the conversation; if it got it, all others hear of it."""
        key = f"mail {_place(row)}"
        await self._inbox.do(Item(take, key, bucket=row.bucket, box_id=row.box_id))
        async with self._store.read() as connection:
            waits = await connection.scalar(
                _WAITS_YET,
                {
                    "in_bucket": row.bucket,
                    "in_box": row.box_id,
                    "in_session": take.session_id,
                    "guard": take.guard,
                },
            )
            held = (await connection.run_sync(holders, [(bucket_of(take.topic), take.flow, take.topic)])).get(
                take.topic
            )
        if waits:
            return Late.WAITING
        if not take.thing or held is None or held.session_id != take.session_id:
            return 0
        others = [each for each in await self._hearers.of(take.topic) if each.session_id != take.session_id]
        return len(await self._hearers.tell(others, Taken(take.thing, held.worker_id, value=take.value), key))

    def _post(self, row: AnyRow, said: Letter, line: int, readers: Sequence[str]) -> asyncio.Future[Accepted]:
        post = Post(
            said.texts,
            said.line,
            flow=said.flow,
            urgent=said.urgent,
            worker=readers[0] if len(readers) == 1 else "",
            gather=said.gather,
            told_at=row.due_at,
        )
        return self._inbox.put(Item(post, f"mail {_place(row)}", line_id=line, readers=tuple(readers)), BULK)

    async def _turn(self) -> None:
        await told(self._wake, IDLE)
        try:
            while await self.deliver_due():
                pass
        except BaseException:
            self._wake.set()  # what waits is not to wait for the next mail
            raise


def _in_order(parcel: Parcel) -> str:
    """Things are taken in one order by all who take several."""
    return parcel.holds.topic if isinstance(parcel.holds, Take) else ""


def _place(row: AnyRow) -> str:
    """By which a mail is known."""
    return f"{row.session_id}.{row.seq}.{row.item}"


def _readers(parcel: Parcel, reach: Mapping[str, Reach]) -> dict[int, list[str]]:
    """Whom each line is for: who shares a phone reads the message once, for all whom it names, in whichever slice."""
    readers: dict[int, list[str]] = {}
    for worker in sorted(parcel.everybody & reach.keys()):
        readers.setdefault(reach[worker].line_id, []).append(worker)
    return readers


def _reached(parcel: Parcel, reached: int, now: int) -> dict[str, Any]:
    row = parcel.row
    if parcel.last and not row.reached + reached and row.kind not in (TAKE, CONFIRMED):
        target = msgspec.json.decode(row.target)
        to = f"{target.get('kind')} {target.get('name') or ''}".strip()
        _log.warning("a message had nobody to go to", to=to, session=f"s{row.session_id:x}", kind=row.kind)
    return {
        **_key(row),
        "ends": now if parcel.last else None,
        "people": reached,
        "was": row.cursor,
        "last": parcel.part[-1] if parcel.part else row.cursor,
    }


def _tell(row: AnyRow, error: Exception) -> None:
    _log.error(
        "a message for others cannot be delivered; it is tried again in ten minutes",
        session=f"s{row.session_id:x}",
        kind=row.kind,
        error=type(error).__name__,
    )


def _key(row: AnyRow) -> dict[str, int]:
    return {
        "in_bucket": row.bucket,
        "in_box": row.box_id,
        "in_session": row.session_id,
        "of_seq": row.seq,
        "of_item": row.item,
    }


def _write(connection: Connection, notes: Sequence[dict[str, Any]], put_off: Sequence[dict[str, Any]]) -> None:
    lock(connection, {row["in_box"] for row in (*notes, *put_off)})
    many(connection, _REACHED, notes)
    many(connection, _PUT_OFF, put_off)
