"""The conversations that hear of what happens elsewhere: each of them once, by a delivery with a key of its own.

Who hears of a thing, or an event, said so when it began (`effects.Follow`); the version that it ran then says how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import structlog
from sqlalchemy import Connection, Text, exists, literal_column, select

from engine import audit, loading, schema, topics
from engine.audit import Entry
from engine.clock import Clock
from engine.events import Happened, Heard
from engine.ids import bucket_of
from engine.inbox import Inbox
from engine.inputs import InputError, accept_some
from engine.lanes import BULK
from engine.library import Library
from engine.linked import Linked
from engine.moments import day_of
from engine.sets import each, listed
from engine.store import Store
from engine.values import Packed
from engine.versions import fetch
from engine.work import Accepted, Hear, Item, storable

SLICE = 500
"""So many are told at once."""

SYSTEMS = "other systems"
"""Who posts events, in the audit."""

_log = structlog.get_logger(__name__)
_follower, _session, _program = schema.follower, schema.session, schema.program
_topics = each("topics", {"topic": Text})
_IS_OPEN = exists().where(
    _session.c.bucket == _follower.c.bucket,
    _session.c.box_id == _follower.c.box_id,
    _session.c.session_id == _follower.c.session_id,
    _session.c.status != literal_column("'ended'"),
)
_FOLLOWERS = (
    select(_follower.c.topic, _follower.c.box_id, _follower.c.session_id, _IS_OPEN.label("open"))
    .join_from(_topics, _follower, _follower.c.topic == _topics.c.topic)
    .order_by(_follower.c.session_id)
)
_VERSIONS = select(_program.c.hash).where(exists().where(_follower.c.program == _program.c.hash))


class Follower(NamedTuple):
    """A conversation that follows a topic (its digest).  `open`: it is not over."""

    topic: str
    box_id: int
    session_id: int
    open: bool


class Hearers:
    """Finds them, and tells them."""

    def __init__(self, store: Store, inbox: Inbox, library: Library, clock: Clock, zone: str) -> None:
        self._store = store
        self._inbox = inbox
        self._library = library
        self._clock = clock
        self._zone = zone

    async def of(self, topic: str) -> list[Follower]:
        """The open conversations that follow a topic (its digest)."""
        async with self._store.read() as connection:
            return [each for each in await connection.run_sync(_find, [topic]) if each.open]

    async def tell(self, to: Sequence[Follower], event: Heard, key: str) -> list[Accepted]:
        """Each of them hears of it once, whoever repeats it; returns once all of that is committed."""
        accepted: list[Accepted] = []
        for begin in range(0, len(to), SLICE):
            items = [_delivery(each, event, key) for each in to[begin : begin + SLICE]]
            accepted += await self._inbox.put_all(items, BULK)
        return accepted

    async def post(self, event: str, given: Mapping[str, object], key: str) -> int | None:
        """An event of another system for conversations that run (RULES X2); `given`: its inputs, as it gave them.

        How many heard of it, now or when it came before with the same key, once all of that is committed; None where
        no flow has lines for it.  InputError where none of them can take the inputs.
        """
        today, key = day_of(self._clock.now(), self._zone), f"event {event} {storable(key)}"
        async with self._store.read() as connection:
            about = await connection.run_sync(self._about, event, given, today)
            followers = await connection.run_sync(_find, about)
            over = [_delivery(each, about[each.topic], key) for each in followers if not each.open]
            heard = len(await connection.run_sync(loading.seen, over))
        for topic, happened in about.items():
            those = [each for each in followers if each.open and each.topic == topic]
            accepted = await self.tell(those, happened, key)
            heard += sum(each.repeat or each.event_n > 0 for each in accepted)
        return heard if about else None

    async def note_unheard(self, event: str, key: str) -> None:
        """What comes too late must not vanish (RULES X2)."""
        _log.warning("an event found no conversation", name=event)
        entry, now = Entry(SYSTEMS, "event", f"{event} {key} found no conversation"), self._clock.now()
        await self._store.write(lambda c: audit.note(c, self._store.vault, entry, now))

    def _about(
        self, connection: Connection, event: str, given: Mapping[str, object], today: date
    ) -> dict[str, Happened]:
        """What is to be told, by the digest of the topic: each version says which inputs must be the same."""
        versions = list(connection.scalars(_VERSIONS))
        fetch(connection, self._library, versions)
        known = {linked.hash: linked for linked in (*map(self._library.of, versions), *self._library.flows())}
        about: dict[str, Happened] = {}
        problems: list[str] = []
        for linked in known.values():
            try:
                about |= {
                    self._store.vault.digest(topic): told for topic, told in _topics_of(linked, event, given, today)
                }
            except InputError as error:
                problems = problems or error.problems
        if problems and not about:
            raise InputError(problems)
        return about


def _topics_of(linked: Linked, event: str, given: Mapping[str, object], today: date) -> Iterator[tuple[str, Happened]]:
    for each_event in linked.program.on_events:
        if each_event.event.casefold() == event.casefold():
            inputs: dict[str, Packed] = accept_some(linked.program, given, each_event.same, today, linked.phrases)
            topic = topics.of_event(linked.program.flow, each_event.event, each_event.same, inputs)
            yield topic, Happened(each_event.event, inputs)


def _delivery(to: Follower, event: Heard, key: str) -> Item:
    work = Hear(to.session_id, event)
    return Item(work, f"{key} {to.session_id:x}", bucket=bucket_of(to.box_id), box_id=to.box_id)


def _find(connection: Connection, about: Iterable[str]) -> list[Follower]:
    rows = connection.execute(_FOLLOWERS, {"topics": listed((topic,) for topic in sorted(about))})
    return [Follower(*row) for row in rows]
