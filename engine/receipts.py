"""What became of messages, as providers report it: a status never moves back, and what comes too early is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy import BigInteger, Connection, Integer, Text, bindparam, delete, select, update

from engine import references, schema
from engine.clock import Clock
from engine.delivery import Receipt
from engine.ids import bucket_of
from engine.outgoing import FINAL, rank
from engine.references import Attempt
from engine.sets import BOX, each, listed, many, put
from engine.store import Store
from engine.work import storable
from engine.writer import SETTLE

STATUSES = frozenset({"sent", "delivered", "undelivered", "rejected"})

_log = structlog.get_logger(__name__)
_out, _attempt, _early = schema.outbox, schema.attempt, schema.early_receipt
_keys = each("keys", {**BOX, "out_id": BigInteger, "try": Integer})
_ids = each("ids", {"provider_id": Text})

_STATUSES = select(_out.c.box_id, _out.c.out_id, _out.c.status, _out.c.sent_at).join_from(
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
_KEEP = put(_early, ["channel", "provider_id", "status"])
_FORGET = delete(_early).where(_early.c.channel == bindparam("of_channel"), _early.c.provider_id == bindparam("of_id"))
_MOVE = (
    update(_out)
    .where(
        _out.c.bucket == bindparam("in_bucket"),
        _out.c.box_id == bindparam("in_box"),
        _out.c.out_id == bindparam("this"),
    )
    .values({name: bindparam(name) for name in ("status", "sent_at", "final_at")})
)
_NOTE = (
    update(_attempt)
    .where(
        _attempt.c.bucket == bindparam("in_bucket"),
        _attempt.c.box_id == bindparam("in_box"),
        _attempt.c.out_id == bindparam("this"),
        _attempt.c["try"] == bindparam("number"),
    )
    .values(receipt=bindparam("says"))
)


class Reported(NamedTuple):
    """A status that a provider reports of an attempt."""

    attempt: Attempt
    status: str


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
            reported.append(Reported(attempt, receipt.status))
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
    return [Reported(known[key], r.status) for r in receipts if (key := storable(r.provider_id)) in known]


def _move(connection: Connection, reported: Sequence[Reported], now: int) -> None:
    if not reported:
        return
    keys = listed((bucket_of(box), box, out, number) for (box, out, number), _ in reported)
    stored = {(row.box_id, row.out_id): row for row in connection.execute(_STATUSES, {"keys": keys})}
    furthest: dict[tuple[int, int], str] = {key: row.status for key, row in stored.items()}
    for (box, out, _), status in reported:
        if (box, out) in furthest and rank(status) > rank(furthest[box, out]):
            furthest[box, out] = status
    moved = [(key, status) for key, status in furthest.items() if status != stored[key].status]
    many(connection, _MOVE, [_moved(*key, status, stored[key].sent_at or now, now) for key, status in moved])
    known = [each for each in reported if each.attempt[:2] in stored]
    many(connection, _NOTE, [_noted(each) for each in known])


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


def _noted(reported: Reported) -> dict[str, int | str]:
    box, out, number = reported.attempt
    return {
        "in_bucket": bucket_of(box),
        "in_box": box,
        "this": out,
        "number": number,
        "says": reported.status,
    }


def _finish(batch: Iterable[_Waiting], error: Exception | None) -> None:
    for _, _, future in batch:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
