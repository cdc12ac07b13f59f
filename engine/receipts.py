"""What became of messages, as providers report it: a status never moves back, and what comes too early is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import BigInteger, Connection, Text, bindparam, case, delete, select, update

from engine import references, schema
from engine.clock import Clock
from engine.delivery import Receipt
from engine.homes import lock_homes
from engine.ids import bucket_of
from engine.limits import DAY
from engine.outgoing import FINAL, rank
from engine.references import Attempt
from engine.sets import BOX, each, listed, many, put
from engine.store import Store
from engine.work import storable
from engine.writer import SETTLE

STATUSES = frozenset({"sent", "delivered", "undelivered", "rejected"})

KEPT = 3 * DAY
"""So long a receipt waits for the id that it names to become known."""

SLICE = 500
"""Early receipts that are looked at by one statement."""

SLICES = 20
"""So many slices a sweep looks at; the next one goes on behind them."""

_log = structlog.get_logger(__name__)
_out, _attempt, _early = schema.outbox, schema.attempt, schema.early_receipt
_keys = each("keys", {**BOX, "out_id": BigInteger})
_ids = each("ids", {"provider_id": Text})

_STATUSES = select(_out.c.out_id, _out.c.status, _out.c.sent_at).join_from(
    _keys,
    _out,
    (_out.c.bucket == _keys.c.bucket) & (_out.c.box_id == _keys.c.box_id) & (_out.c.out_id == _keys.c.out_id),
)
_BY_PROVIDER = (
    select(_attempt.c.provider_id, _attempt.c.box_id, _attempt.c.out_id, _attempt.c["try"])
    .join_from(_ids, _attempt, _attempt.c.provider_id == _ids.c.provider_id)
    .join(
        _out,
        (_out.c.bucket == _attempt.c.bucket)
        & (_out.c.box_id == _attempt.c.box_id)
        & (_out.c.out_id == _attempt.c.out_id),
    )
    .where(_out.c.channel == bindparam("channel"))
)
_EARLY = select(_early.c.provider_id, _early.c.status).join_from(
    _ids, _early, (_early.c.channel == bindparam("channel")) & (_early.c.provider_id == _ids.c.provider_id)
)
_EARLY_IDS = (
    select(_early.c.provider_id)
    .distinct()
    .where(_early.c.channel == bindparam("channel"), _early.c.provider_id > bindparam("behind"))
    .order_by(_early.c.provider_id)
    .limit(SLICE)
)
_KEEP = put(_early, ["channel", "provider_id", "status"])
_FORGET = delete(_early).where(_early.c.channel == bindparam("of_channel"), _early.c.provider_id == bindparam("of_id"))
_PURGE = delete(_early).where(_early.c.at < bindparam("before"))
_THIS = (
    _out.c.bucket == bindparam("in_bucket"),
    _out.c.box_id == bindparam("in_box"),
    _out.c.out_id == bindparam("this"),
)
_MOVE = update(_out).where(*_THIS).values({name: bindparam(name) for name in ("status", "sent_at", "final_at")})
_code, _cost = bindparam("says_code", type_=Text), bindparam("says_cost", type_=Text)
_NOTE = (
    update(_attempt)
    .where(
        _attempt.c.bucket == bindparam("in_bucket"),
        _attempt.c.box_id == bindparam("in_box"),
        _attempt.c.out_id == bindparam("this"),
        _attempt.c["try"] == bindparam("number"),
    )
    .values(
        receipt=bindparam("says"),
        receipt_code=case((_code == "", _attempt.c.receipt_code), else_=_code),
        receipt_cost=case((_cost == "", _attempt.c.receipt_cost), else_=_cost),
    )
)


class Reported(NamedTuple):
    """What a provider reports of an attempt."""

    attempt: Attempt
    receipt: Receipt


_Waiting = tuple[str, Receipt, "asyncio.Future[None]"]


class Receipts:
    """Gathers receipts while the last batch is being written."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def receive(self, channel: str, receipt: Receipt) -> None:
        """Store a receipt; returns after the commit.  StoreError where nothing could be stored."""
        if receipt.status not in STATUSES:
            _log.warning("a receipt with a status that nobody knows", channel=channel)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((channel, receipt, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="receipts")
        await future

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            receipts = [(channel, receipt) for channel, receipt, _ in batch]
            try:
                await self._store.write(partial(apply, receipts=receipts, now=self._clock.now()), SETTLE)
            except Exception as error:  # noqa: BLE001  (whoever brought it must hear that it is not stored)
                _finish(batch, error)
            else:
                _finish(batch, None)


def apply(connection: Connection, receipts: Sequence[tuple[str, Receipt]], now: int) -> None:
    """Move the messages that the receipts name; keep those that name a provider's id which is not known yet."""
    reported: list[Reported] = []
    unnamed: dict[str, list[Receipt]] = {}
    for channel, receipt in receipts:
        attempt = references.read(receipt.ref)
        if attempt is not None:
            reported.append(Reported(attempt, receipt))
        elif receipt.provider_id:
            unnamed.setdefault(channel, []).append(receipt)
    for channel, those in unnamed.items():
        reported += _by_provider(connection, channel, those, now)
    _move(connection, reported, now)


def apply_early(connection: Connection, channel: str, provider_ids: Iterable[str], now: int) -> None:
    """Apply what was reported of these messages before their provider's id was known."""
    ids = listed((provider_id,) for provider_id in provider_ids)
    if ids == "[]":
        return
    early = connection.execute(_EARLY, {"ids": ids, "channel": channel}).all()
    if early:
        receipts = [Receipt(row.status, "", row.provider_id) for row in early]
        _move(connection, _by_provider(connection, channel, receipts, now), now)
        many(connection, _FORGET, [{"of_channel": channel, "of_id": row.provider_id} for row in early])


async def match_early(store: Store, channel: str, behind: str, now: int) -> str:
    """Apply what came while the id that it names was being written: neither transaction saw the other's row.

    Of those with a provider's id greater than `behind`; returns where the next sweep goes on, "" from the beginning.
    """
    for _ in range(SLICES):
        async with store.read() as connection:
            ids = list(await connection.scalars(_EARLY_IDS, {"channel": channel, "behind": behind}))
            bound = {"ids": listed((each,) for each in ids), "channel": channel}
            found = {row.provider_id for row in await connection.execute(_BY_PROVIDER, bound)} if ids else set()
        if found:
            work = partial(apply_early, channel=channel, provider_ids=sorted(found), now=now)
            await store.write(work, SETTLE)
        if len(ids) < SLICE:
            return ""
        behind = ids[-1]
    return behind


def purge_early(connection: Connection, now: int) -> None:
    """Forget what waited too long."""
    connection.execute(_PURGE, {"before": now - KEPT})


def _by_provider(connection: Connection, channel: str, receipts: Sequence[Receipt], now: int) -> list[Reported]:
    ids = listed((storable(receipt.provider_id),) for receipt in receipts)
    rows = connection.execute(_BY_PROVIDER, {"ids": ids, "channel": channel})
    known = {row.provider_id: Attempt(row.box_id, row.out_id, row[3]) for row in rows}
    early = [each for each in receipts if storable(each.provider_id) not in known]
    many(
        connection,
        _KEEP,
        [{"channel": channel, "provider_id": storable(r.provider_id), "status": r.status, "at": now} for r in early],
    )
    return [Reported(known[key], r) for r in receipts if (key := storable(r.provider_id)) in known]


def _move(connection: Connection, reported: Sequence[Reported], now: int) -> None:
    """Under the locks of the boxes where the messages are now."""
    if not reported:
        return
    homes = lock_homes(connection, {attempt.box_id for attempt, _ in reported})
    keys = {(bucket_of(homes[box]), homes[box], out) for (box, out, _), _ in reported}
    stored = {row.out_id: row for row in connection.execute(_STATUSES, {"keys": listed(sorted(keys))})}
    known = [each for each in reported if each.attempt.out_id in stored]
    furthest: dict[int, str] = {out: row.status for out, row in stored.items()}
    for (_, out, _), receipt in known:
        if rank(receipt.status) > rank(furthest[out]):
            furthest[out] = receipt.status
    place = {attempt.out_id: homes[attempt.box_id] for attempt, _ in known}
    moved = [(out, status) for out, status in furthest.items() if status != stored[out].status]
    many(connection, _MOVE, [_moved(place[out], out, status, stored[out].sent_at or now, now) for out, status in moved])
    many(connection, _NOTE, [_noted(place[each.attempt.out_id], each) for each in known])


def _moved(box: int, out: int, status: str, sent_at: int, now: int) -> dict[str, int | str | None]:
    final = now if rank(status) == FINAL else None
    return {
        "in_bucket": bucket_of(box),
        "in_box": box,
        "this": out,
        "status": status,
        "sent_at": sent_at,
        "final_at": final,
    }


def _noted(box: int, reported: Reported) -> dict[str, int | str]:
    attempt, receipt = reported
    return {
        "in_bucket": bucket_of(box),
        "in_box": box,
        "this": attempt.out_id,
        "number": attempt.attempt,
        "says": receipt.status,
        "says_code": storable(receipt.code),
        "says_cost": storable(receipt.cost),
    }


def _finish(batch: Iterable[_Waiting], error: Exception | None) -> None:
    for _, _, future in batch:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
