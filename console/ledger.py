"""What was sent and what it cost, by day, channel and flow: as estimated when it was picked, and as providers reported.

A part counts once for each attempt that left, or may have left.  Providers write costs as they like ("KES 0.8000",
"-0.0075"); each currency has a sum of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import msgspec
from sqlalchemy import BigInteger, bindparam, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from engine import schema
from engine.limits import MINUTE
from engine.moments import day_of
from engine.sets import AnyRow
from engine.spending import MILLION

QUARTER = 15 * MINUTE
"""All zones are whole quarters of an hour apart: so the database can add up before it knows of days."""

_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_out, _attempt = schema.outbox, schema.attempt
_quarter = _attempt.c.started_at // literal_column(str(QUARTER), BigInteger)
_last = _attempt.c["try"] == _out.c.tries
_reported = case((_attempt.c.receipt_cost == "", _attempt.c.cost), else_=_attempt.c.receipt_cost).label("reported")
_SUMS = (
    select(
        _out.c.channel,
        _out.c.flow,
        _quarter.label("quarter"),
        _reported,
        func.count().label("attempts"),
        func.sum(_out.c.parts).label("parts"),
        func.sum(case((_last, _out.c.cost), else_=0)).label("estimated"),
    )
    .join_from(
        _attempt,
        _out,
        (_out.c.bucket == _attempt.c.bucket)
        & (_out.c.box_id == _attempt.c.box_id)
        & (_out.c.out_id == _attempt.c.out_id),
    )
    .where(
        _out.c.parts > 0,
        _attempt.c.started_at >= bindparam("since", type_=BigInteger),
        _attempt.c.outcome.is_(None) | _attempt.c.outcome.in_(("sent", "unknown")),
    )
    .group_by(_out.c.channel, _out.c.flow, _quarter, _reported)
)


class Key(NamedTuple):
    """A line of the ledger; `day` like 2026-11-22, `flow` "" for what belongs to none."""

    day: str
    channel: str
    flow: str


class Entry(msgspec.Struct):
    """Attempts that left or may have, their SMS parts, and costs; `reported` by currency ("" where none was named)."""

    attempts: int = 0
    parts: int = 0
    estimated: Decimal = Decimal()
    reported: dict[str, Decimal] = {}


async def ledger(connection: AsyncConnection, since: int, zone: str) -> dict[Key, Entry]:
    """All lines since that moment (ms UTC), in order; days are those of the zone."""
    rows = await connection.execute(_SUMS, {"since": since})
    return _lines(rows, zone)


def amount(said: str) -> tuple[str, Decimal] | None:
    """Currency and amount of what a provider wrote; None where no amount is in it."""
    number, currency = _AMOUNT.search(said), _CURRENCY.search(said)
    if number is None:
        return None
    try:
        return currency[0] if currency else "", Decimal(number[0].replace(",", "."))
    except InvalidOperation:
        return None


def _lines(rows: Iterable[AnyRow], zone: str) -> dict[Key, Entry]:
    found: dict[Key, Entry] = {}
    for row in rows:
        key = Key(day_of(int(row.quarter) * QUARTER, zone).isoformat(), row.channel, row.flow)
        _add(found.setdefault(key, Entry()), row)
    return dict(sorted(found.items()))


def _add(entry: Entry, row: AnyRow) -> None:
    entry.attempts += row.attempts
    entry.parts += int(row.parts)
    entry.estimated += Decimal(int(row.estimated)) / MILLION
    said = amount(row.reported)
    if said is not None:
        currency, each = said
        entry.reported[currency] = entry.reported.get(currency, Decimal()) + each * row.attempts
