"""One transaction over many boxes: admit what is new, gather, step purely, write; what repeats has no second effect.

All of it holds, or nothing: whatever raises leaves the database as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from msgspec import structs
from sqlalchemy import Connection

from engine import replies, writing
from engine.admission import Admission, Fate
from engine.applied import APPLIED, Step
from engine.box import Applied
from engine.delivery import Reply
from engine.events import Opened, Received, Started
from engine.finding import Finder
from engine.gathering import Gathered
from engine.kit import Kit
from engine.loading import Due
from engine.places import Place
from engine.rows import Rows
from engine.stepping import drop_timer, is_for_parked, let_go, step
from engine.work import OF_A_SESSION, Accepted, Begin, Done, Fire, Hear, Item, Message, Move, Ring, Take, encode

ACCEPTED, PARKED = 0, 2
_NOTHING = Accepted()


@dataclass(frozen=True, slots=True)
class Stored:
    """An accepted event that waits to be stepped."""

    bucket: int
    box_id: int
    n: int


@dataclass(slots=True)
class Outcome:
    """What a batch did: one `Accepted` for each item, in order, what was only stored, and who has something to do."""

    accepted: list[Accepted]
    kept: list[Stored]
    ring: Ring


class Batch:
    """One use, within one transaction."""

    def __init__(self, connection: Connection, kit: Kit, now: int, items: Sequence[Item]) -> None:
        self._connection = connection
        self._kit = kit
        self._items = items
        self._admission = Admission(connection, kit, items)
        self._rows = Rows(kit, now, self._admission.held)
        self._finder = Finder(connection, kit.vault)
        self._kept: list[Stored] = []
        self._replies = self._answered_before()

    def step(self) -> Outcome:
        """Apply the items, in order."""
        new = [item for item, fate in self._fated() if fate is Fate.NEW]
        gathered = Gathered(self._connection, self._kit, self._rows.now, new)
        accepted = [self._meet(item, fate, gathered) for item, fate in self._fated()]
        self._gather_changes(gathered)
        gathered.close()
        return self._written(accepted)

    def keep(self) -> Outcome:
        """Only store the items, to be stepped from there one by one; of timers, those that are still due."""
        return self._written([self._over(item, fate) or self._keep_due(item) for item, fate in self._fated()])

    def _fated(self) -> Iterator[tuple[Item, Fate]]:
        return zip(self._items, self._admission.fates, strict=True)

    def _written(self, accepted: list[Accepted]) -> Outcome:
        writing.write(self._connection, self._rows)
        return Outcome(accepted, self._kept, self._rows.ring)

    def _meet(self, item: Item, fate: Fate, gathered: Gathered) -> Accepted:
        if fate is Fate.NEW:
            return self._apply(item, gathered)
        return self._over(item, fate) or self._keep(item)

    def _over(self, item: Item, fate: Fate) -> Accepted | None:
        """What needs nothing more: a repeat, which hears what it did before; a timer that is over or comes again."""
        if fate is Fate.OVER and isinstance(item.work, Fire):
            drop_timer(item, item.work, self._rows)
        if fate in (Fate.LEFT, Fate.OVER):
            return _NOTHING
        if fate is not Fate.REPEAT:
            return None
        known = (self._replies[delivery] for delivery in item.deliveries if delivery in self._replies)
        return Accepted(repeat=True, line_id=item.line_id, reply=next(known, None))

    def _answered_before(self) -> dict[tuple[int, str], Reply]:
        """What the repeats among the items were answered with, by delivery."""
        if not self._kit.answering:
            return {}
        repeats = [item for item, fate in self._fated() if fate is Fate.REPEAT and self._answers(item)]
        return replies.stored(self._connection, self._kit.vault, repeats)

    def _answers(self, item: Item) -> bool:
        """Is the gateway waiting for what the worker hears?"""
        return isinstance(item.work, Message) and item.work.channel in self._kit.answering

    def _apply(self, item: Item, gathered: Gathered) -> Accepted:
        if item.event_n:
            self._rows.wait(item.box_id, -1)
        place = gathered.place(item)
        if place is None:
            return self._too_late(item, gathered)
        if is_for_parked(item.work, place):
            return self._keep_due(item, PARKED)
        applied = step(item, place, self._kit, self._rows, self._timer(item), self._finder)
        if not applied and isinstance(item.work, Message):
            applied = [Applied(None, Received(item.work.text, self._kit.kind(item.work.channel)), None, ())]
        if isinstance(item.work, Begin) and not any(isinstance(each.event, Started | Opened) for each in applied):
            return self._refuse(item, place, applied)
        return self._store(item, place, applied) if applied else self._note(item)

    def _timer(self, item: Item) -> Due | None:
        """The stored timer that an item fires; who fires it again in this batch finds none."""
        work = item.work
        return self._admission.timers.pop((work.session_id, work.name), None) if isinstance(work, Fire) else None

    def _refuse(self, item: Item, place: Place, applied: list[Applied]) -> Accepted:
        """Nothing began: what was tidied up meanwhile is stored, and the start as it came."""
        for each in applied:
            Step(self._rows, place, each).run()
        return self._note(item)

    def _too_late(self, item: Item, gathered: Gathered) -> Accepted:
        """The conversation is over; a timer that it left goes, too, and what it would have taken is free."""
        if isinstance(item.work, Fire):
            drop_timer(item, item.work, self._rows)
        elif isinstance(item.work, Take):
            let_go(item.work, gathered.homes[item.box_id], self._rows)
        elif isinstance(item.work, Hear) and not item.event_n:
            return Accepted()  # nobody heard of it: when it comes again, it is no repeat
        return self._note(item)

    def _store(self, item: Item, place: Place, applied: list[Applied]) -> Accepted:
        first, before, reply = 0, len(self._rows.outbox), None
        for each in applied:
            n = Step(self._rows, place, each).run(0 if first else item.event_n)
            first = first or n
        self._see(item, first)
        if self._answers(item):
            reply = replies.give(self._rows, place, before, first)
            self._replies |= dict.fromkeys(item.deliveries, reply)
        return Accepted(line_id=place.line.line_id, event_n=first, session_id=_session(applied), reply=reply)

    def _note(self, item: Item) -> Accepted:
        """What changed no conversation is kept as it came, if it came from outside."""
        if isinstance(item.work, Fire | Done | Move) and not item.event_n:
            return Accepted()
        n = item.event_n or self._rows.number(item.box_id)
        (self._rows.stepped if item.event_n else self._rows.events).append(self._event(item, n, APPLIED))
        self._see(item, n)
        return Accepted(line_id=item.line_id, event_n=n)

    def _keep_due(self, item: Item, state: int = ACCEPTED) -> Accepted:
        """Another process may have fired the timer, or moved it, since it was found."""
        if not isinstance(item.work, Fire) or item.event_n:
            return self._keep(item, state)
        timer = self._timer(item)
        if timer is None or timer.due_at > self._rows.now:
            return Accepted()
        drop_timer(item, item.work, self._rows)
        return self._keep(replace(item, work=structs.replace(item.work, guard=timer.guard)), state)

    def _keep(self, item: Item, state: int = ACCEPTED) -> Accepted:
        """`state` PARKED: until its conversation goes on."""
        n = item.event_n or self._rows.number(item.box_id)
        row = self._event(item, n, state)
        if state == PARKED and isinstance(item.work, OF_A_SESSION):
            row["session_id"] = item.work.session_id
        (self._rows.stepped if item.event_n else self._rows.events).append(row)
        self._see(item, n)
        if state == ACCEPTED:
            self._rows.wait(item.box_id, 1)
            self._kept.append(Stored(item.bucket, item.box_id, n))
        return Accepted(line_id=item.line_id, event_n=n)

    def _see(self, item: Item, n: int) -> None:
        if not item.event_n:
            box = {"bucket": item.bucket, "box_id": item.box_id, "event_n": n, "at": self._rows.now}
            self._rows.seen += ({**box, "line_id": line, "key": key} for line, key in item.deliveries)

    def _event(self, item: Item, n: int, state: int) -> dict[str, Any]:
        return {
            "bucket": item.bucket,
            "box_id": item.box_id,
            "n": n,
            "kind": item.work.__struct_config__.tag,
            "state": state,
            "session_id": None,
            "seq": None,
            "line_id": item.line_id,
            "channel": item.work.channel if isinstance(item.work, Message) else "",
            "at": self._rows.now,
            "body": self._kit.vault.seal("event", item.box_id, n, encode(item.work)),
            "facts": None,
        }

    def _gather_changes(self, gathered: Gathered) -> None:
        for home in gathered.homes.values():
            self._rows.lines += (line.row() for line in home.lines.values() if line.changed)
            self._rows.pins += (person.wrong_pins() for person in home.people.values() if person.pin.changed)


def _session(applied: list[Applied]) -> int:
    """The conversation that began, else the first that changed."""
    started = [each.session_id for each in applied if isinstance(each.event, Started)]
    touched = [each.session_id for each in applied if each.session_id is not None]
    return next((each for each in (*started, *touched) if each), 0)
