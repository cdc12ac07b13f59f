"""Quiet hours: what leaves in them answers the person who reads it, or is urgent; all else waits for their end (G3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import lru_cache
from typing import NamedTuple

from engine import moments
from engine.limits import MINUTE

AWAKE = 10 * MINUTE
"""Who wrote so short a time ago is awake, and gets the answer (RULES G3)."""

_NEAR_NIGHTS = range(-2, 3)
"""Days around the present one that are looked at: a zone that jumps over a day makes two nights meet."""

ALWAYS = frozenset({"consent"})
"""What is never held: the answer to STOP and START."""


class Hours(NamedTuple):
    """From `begin` until just before `end`, in the recipient's zone; over midnight where `end` is the earlier."""

    begin: time
    end: time


class Held(NamedTuple):
    """A message that is held, as the outbox names it."""

    session_id: int
    seq: int
    item: int


def hours(flow: tuple[str, str] | None, deployment: tuple[str, str] | None = None) -> Hours | None:
    """The quiet hours that a flow's header says ("20:00", "07:00"), else those of the deployment, else none.

    Hours that end when they begin are none, too.
    """
    said = flow or deployment
    if said is None or said[0] == said[1]:
        return None
    return Hours(time.fromisoformat(said[0]), time.fromisoformat(said[1]))


def may_go(
    now: int,
    zone: str,
    quiet: Hours | None,
    kind: str,
    *,
    urgent: bool = False,
    spoke_at: int | None = None,
) -> int:
    """When a message may leave (ms UTC): `now`, or else the end of the quiet hours.

    `zone`: the recipient's.  `kind`: consent, reply, reminder, bulk.  `urgent`: it comes from `tell urgent`.
    `spoke_at`: when the recipient last wrote; within 10 minutes a reply is the answer to that.
    """
    answers = kind == "reply" and spoke_at is not None and now - spoke_at <= AWAKE
    if quiet is None or urgent or answers or kind in ALWAYS:
        return now
    return _free_from(now, zone, quiet)


def overtaken(held: Iterable[Held]) -> set[Held]:
    """The held reminders that a later one of the same conversation makes needless: only the last is sent."""
    last: dict[int, Held] = {}
    every = sorted(held)
    for each in every:
        last[each.session_id] = each
    return {each for each in every if each != last[each.session_id]}


def _free_from(now: int, zone: str, quiet: Hours) -> int:
    today, moment = moments.day_of(now, zone), now
    for days in _NEAR_NIGHTS:
        begin, end = _night(today + timedelta(days=days), zone, quiet)
        if begin <= moment < end:
            moment = end
    return moment


@lru_cache(maxsize=4_000)
def _night(day: date, zone: str, quiet: Hours) -> tuple[int, int]:
    """The quiet hours that begin on that day, by the clock of the zone, whichever way it is put that night."""
    ends_on = day if quiet.begin < quiet.end else day + timedelta(days=1)
    return moments.at(day, quiet.begin, zone), moments.at(ends_on, quiet.end, zone)
