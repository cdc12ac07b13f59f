"""What a channel may send in a day: its limits hold whoever owns it, and its last fifth is kept for who is waiting.

The day is that of the deployment's zone.  Costs are whole millionths of its currency, estimated when a message is
picked, and given back where it did not leave.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from engine import moments, schema
from engine.outgoing import CLASSES
from engine.sets import put

MILLION = 1_000_000

KEPT = 0.2
"""The share of a limit that conversations which we began, and reminders, leave to the answers."""

_CONSENT, _REPLY = CLASSES["consent"], CLASSES["reply"]
_spending = schema.spending
_THIS = (_spending.c.channel_id == bindparam("of_channel"), _spending.c.day == bindparam("of_day"))
_BEGIN = put(_spending, ["channel_id", "day"])
_READ = select(_spending.c.parts, _spending.c.cost).where(*_THIS)
_ADD = (
    update(_spending)
    .where(*_THIS)
    .values(parts=_spending.c.parts + bindparam("more_parts"), cost=_spending.c.cost + bindparam("more_cost"))
)


class Tariff(NamedTuple):
    """What a channel costs, and may cost.  `per_part`, `daily_cost`: millionths; None: no limit."""

    per_part: int = 0
    daily_cost: int | None = None
    daily_parts: int | None = None

    @property
    def limited(self) -> bool:
        """Is there a limit to keep?"""
        return self.daily_cost is not None or self.daily_parts is not None


FREE = Tariff()
"""Nobody counts."""


class Budget:
    """What is left of a channel's day, within one transaction: `add` as messages are picked, then `keep`."""

    def __init__(self, connection: Connection, channel: str, tariff: Tariff, now: int, zone: str) -> None:
        self._tariff = tariff
        self._key = {"of_channel": channel, "of_day": day(now, zone)}
        row = connection.execute(_READ, self._key).first() if tariff.limited else None
        self.parts: int = row.parts if row is not None else 0
        self.cost: int = row.cost if row is not None else 0
        self._before = (self.parts, self.cost)
        self.closed: int | None = None

    def allows(self, rank: int, parts: int) -> bool:
        """May such a message go today?  Where one may not, `closed` is the most urgent class that has to wait."""
        if rank == _CONSENT or not self._tariff.limited:
            return True
        share = 1.0 if rank == _REPLY else 1 - KEPT
        fits = self._fits(self.parts + parts, self._tariff.daily_parts, share)
        fits = fits and self._fits(self.cost + parts * self._tariff.per_part, self._tariff.daily_cost, share)
        if not fits:
            self.closed = rank if self.closed is None else min(self.closed, rank)
        return fits

    def add(self, parts: int) -> int:
        """A message goes; what it is taken to cost."""
        cost = parts * self._tariff.per_part
        self.parts, self.cost = self.parts + parts, self.cost + cost
        return cost

    def keep(self, connection: Connection) -> None:
        """Write what was added."""
        if self._tariff.limited and (self.parts, self.cost) != self._before:
            parts, cost = self._before
            _add(connection, self._key, self.parts - parts, self.cost - cost)

    def _fits(self, amount: int, limit: int | None, share: float) -> bool:
        return limit is None or amount <= limit * share


def give_back(connection: Connection, channel: str, tariff: Tariff, on: str, parts: int, cost: int) -> None:
    """Messages that were counted on that day did not leave."""
    if tariff.limited:
        _add(connection, {"of_channel": channel, "of_day": on}, -parts, -cost)


def day(now: int, zone: str) -> str:
    """The day of a moment, like 2026-11-22."""
    return moments.day_of(now, zone).isoformat()


def held(closed: int | None) -> str:
    """What has to wait until tomorrow, as a sentence; "" where nothing has to."""
    if closed is None:
        return ""
    if closed == _REPLY:
        return "The limit of the day is reached: all but the answers to STOP and START waits until tomorrow."
    return "The limit of the day is nearly reached: until tomorrow only who writes is answered."


def _add(connection: Connection, key: dict[str, str], parts: int, cost: int) -> None:
    connection.execute(_BEGIN, {"channel_id": key["of_channel"], "day": key["of_day"]})
    connection.execute(_ADD, {**key, "more_parts": parts, "more_cost": cost})
