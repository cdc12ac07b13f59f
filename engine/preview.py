"""What a list of workers would change, found by reading alone: it says what taking it in would say, and locks nothing.

It goes through the list in the slices in which it would be taken in, and remembers what the earlier ones would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, Text, create_engine, select

from engine import crowds, lines, schema
from engine.addresses import Address, Addresses
from engine.facts import Record
from engine.newcomers import Newcomer, read_record
from engine.registry import slices
from engine.sets import each, listed

_line, _link = schema.line, schema.worker_line
_ids = each("ids", {"worker_id": Text})
_sharing = _link.alias("sharing")
_LINKS = (
    select(_link.c.worker_id, _line.c.kind, _line.c.address_key, _line.c.box_id, _sharing.c.worker_id.label("sharer"))
    .join_from(_ids, _link, _link.c.worker_id == _ids.c.worker_id)
    .join(_line, _line.c.line_id == _link.c.line_id)
    .join(_sharing, _sharing.c.line_id == _link.c.line_id)
)
_Key = tuple[str, str]


@contextmanager
def nobody() -> Iterator[Connection]:
    """A database that knows nobody, for lists that come before there is one."""
    engine = create_engine("sqlite://")
    try:
        with engine.connect() as connection:
            schema.metadata.create_all(connection)
            yield connection
    finally:
        engine.dispose()


class Preview:
    """`taken`: how many would be.  `problems`: as taking them in would tell them."""

    def __init__(self, addresses: Addresses) -> None:
        self.taken = 0
        self.problems: list[str] = []
        self._addresses = addresses
        self._into: dict[int, int] = {}
        self._phones: dict[int, int] = {}
        self._new: dict[_Key, int] = {}
        self._before: dict[_Key, set[str]] = {}
        self._after: dict[_Key, set[str]] = {}

    def look(self, connection: Connection, records: Iterable[Record]) -> None:
        """Go through the list."""
        for part in slices(records):
            self._slice(connection, part)

    @property
    def moving(self) -> list[str]:
        """The workers who would get phones that only others have now; one who gets two stands there twice."""
        gone = [self._after[key] for key, had in self._before.items() if had and had.isdisjoint(self._after[key])]
        return sorted(min(workers) for workers in gone if workers)

    def _slice(self, connection: Connection, part: list[Record]) -> None:
        found = [read_record(record, self._addresses) for record in part]
        self._tell(sentence for sentence in found if isinstance(sentence, str))
        known = {each.worker_id: each for each in found if isinstance(each, Newcomer)}
        newcomers = [known[worker] for worker in sorted(known)]
        self.taken += len(newcomers)
        phones = crowds.crowded(newcomers, self._owners(connection, newcomers))
        self._tell(crowds.sentences(phones))
        self._move(connection, [crowds.without(newcomer, phones) for newcomer in newcomers])

    def _tell(self, sentences: Iterable[str]) -> None:
        self.problems += [sentence for sentence in sentences if sentence not in self.problems]

    def _owners(self, connection: Connection, newcomers: Sequence[Newcomer]) -> dict[Address, set[str]]:
        wanted = {address for newcomer in newcomers for address in newcomer.addresses or ()}
        for address, workers in crowds.owners(connection, newcomers).items():
            self._know(address[:2], workers)
        return {address: self._after.get(address[:2], set()) for address in wanted}

    def _know(self, key: _Key, workers: set[str]) -> None:
        """Who has the phone, before anything of the list is taken in."""
        if key not in self._before:
            self._before[key], self._after[key] = workers, set(workers)

    def _move(self, connection: Connection, newcomers: Sequence[Newcomer]) -> None:
        had = self._had(connection, newcomers)
        tying = self._merge(connection, self._boxes(connection, newcomers, had))
        self._tell([crowds.slipped(tying)] if tying else [])
        for newcomer in newcomers:
            if newcomer.addresses is None or newcomer.worker_id in tying:
                continue
            for key in had.get(newcomer.worker_id, ()):
                self._after[key].discard(newcomer.worker_id)
            for address in newcomer.addresses:
                self._know(address[:2], set())
                self._after[address[:2]].add(newcomer.worker_id)

    def _had(self, connection: Connection, newcomers: Sequence[Newcomer]) -> dict[str, dict[_Key, int]]:
        """By worker: his phones, and the boxes in which they are."""
        had: dict[str, dict[_Key, int]] = {}
        sharers: dict[_Key, set[str]] = {}
        for row in connection.execute(_LINKS, {"ids": listed((newcomer.worker_id,) for newcomer in newcomers)}):
            key = (row.kind, row.address_key)
            had.setdefault(row.worker_id, {})[key] = row.box_id
            sharers.setdefault(key, set()).add(row.sharer)
        for key, workers in sharers.items():
            self._know(key, workers)
        return had

    def _boxes(
        self, connection: Connection, newcomers: Sequence[Newcomer], had: dict[str, dict[_Key, int]]
    ) -> dict[str, set[int]]:
        """By worker: where his lines are, and those that he had; boxes that there are not yet have numbers below 0."""
        wanted = {address for newcomer in newcomers for address in newcomer.addresses or ()}
        spots = {address[:2]: spot.box_id for address, spot in lines.found(connection, wanted).items()}
        boxes = {}
        for newcomer in newcomers:
            keys = [address[:2] for address in newcomer.addresses or ()]
            those = [spots.get(key) or self._made(key) for key in keys]
            those += had.get(newcomer.worker_id, {}).values() if keys else []
            boxes[newcomer.worker_id] = {self._root(box) for box in those}
        return boxes

    def _made(self, key: _Key) -> int:
        box = self._new.setdefault(key, -1 - len(self._new))
        self._phones.setdefault(box, 1)
        return box

    def _merge(self, connection: Connection, boxes: dict[str, set[int]]) -> list[str]:
        """Who would tie too many, and keeps what he had; the others' boxes become one."""
        groups = crowds.groups(boxes.values())
        unknown = {box for group in groups for box in group if box > 0} - self._phones.keys()
        self._phones |= crowds.phones(connection, unknown)
        far = crowds.far(groups, self._phones)
        tying = sorted(worker for worker, those in boxes.items() if len(those) > 1 and those & far)
        for group in crowds.groups(those for worker, those in boxes.items() if worker not in tying):
            self._phones[group[0]] = sum(self._phones.get(box, 0) for box in group)
            self._into |= dict.fromkeys(group[1:], group[0])
        return tying

    def _root(self, box: int) -> int:
        while box in self._into:
            box = self._into[box]
        return box
