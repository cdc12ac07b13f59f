"""All that the steps of a batch read, gathered before the first of them: each line's view, and the timers due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from engine import loading, people
from engine.facts import Record
from engine.kit import Kit
from engine.places import Line, Place
from engine.session import decode
from engine.sets import AnyRow
from engine.values import Packed
from engine.work import Begin, Done, Fire, Item
from grammar.program import InputSpec


class Gathered:
    """`places`: by line id.  `timers`: those of the batch that are still there, by session and name."""

    def __init__(
        self, connection: Connection, kit: Kit, now: int, items: Sequence[Item], lines: dict[int, Line]
    ) -> None:
        self._kit = kit
        self.places: dict[int, Place] = {}
        self.timers: dict[tuple[int, str], AnyRow] = {}
        self._line_of: dict[int, int] = {}
        if items:
            self._open_lines(connection, now, items, lines)
            self._find_timers(connection, items)
            self._find_people(connection, items)

    def place(self, item: Item) -> Place | None:
        """Where the item is stepped; None where its conversation is over."""
        return self.places.get(self._line(item))

    def _line(self, item: Item) -> int:
        if isinstance(item.work, Fire | Done):
            return self._line_of.get(item.work.session_id, 0)
        return item.line_id

    def _open_lines(self, connection: Connection, now: int, items: Sequence[Item], lines: dict[int, Line]) -> None:
        rows = loading.sessions(connection, {item.box_id for item in items})
        self._line_of = {row.session_id: row.line_id for row in rows}
        wanted = {line for item in items if (line := self._line(item))}
        if missing := wanted - lines.keys():
            lines |= loading.lines_by_id(connection, missing)
        speakers = people.on_lines(connection, self._kit.vault, self._kit.zone, wanted)
        self.places = {line: Place.at(lines[line], speakers.get(line), now) for line in wanted}
        for row in rows:
            if row.line_id in self.places:
                self._open(self.places[row.line_id], row)

    def _open(self, place: Place, row: AnyRow) -> None:
        state = self._kit.vault.open("session", row.box_id, row.session_id, row.state)
        place.view.sessions[row.session_id] = decode(state)
        place.answered[row.session_id] = row.answered

    def _find_timers(self, connection: Connection, items: Sequence[Item]) -> None:
        keys = [(item.box_id, item.work.session_id, item.work.name) for item in items if isinstance(item.work, Fire)]
        if keys:
            self.timers = loading.timers(connection, keys)

    def _find_people(self, connection: Connection, items: Sequence[Item]) -> None:
        """The records of workers whom the inputs of these conversations name."""
        named: dict[int, set[str]] = {}
        for line, inputs, specs in self._inputs(items):
            named.setdefault(line, set()).update(_workers(specs.values(), inputs))
        wanted = set().union(*named.values())
        if wanted:
            self._acquaint(named, people.records(connection, self._kit.vault, wanted))

    def _inputs(self, items: Sequence[Item]) -> Iterator[tuple[int, dict[str, Packed], dict[str, InputSpec]]]:
        for line, place in self.places.items():
            for session in place.view.sessions.values():
                yield line, session.inputs, self._kit.library.of(session.program).program.inputs
        for item in items:
            if isinstance(item.work, Begin) and (linked := self._kit.library.current(item.work.flow)):
                yield item.line_id, item.work.inputs, linked.program.inputs

    def _acquaint(self, named: dict[int, set[str]], records: dict[str, Record]) -> None:
        for line, ids in named.items():
            view = self.places[line].view
            if view.facts is not None:
                known = {worker: records[worker] for worker in ids if worker in records}
                view.facts = msgspec.structs.replace(view.facts, people=known)


def _workers(specs: Iterable[InputSpec], inputs: dict[str, Packed]) -> Iterator[str]:
    for spec in specs:
        value = inputs.get(spec.name) if spec.worker else None
        if isinstance(value, str):
            yield value
