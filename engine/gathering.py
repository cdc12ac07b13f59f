"""All that the steps of a batch read, gathered before the first of them: boxes with their lines and people.

The boxes are locked by now, so what is read here is how it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection

from engine import confirming, digests, limits, loading, people, takings
from engine.events import Happened
from engine.facts import Record
from engine.kit import Kit
from engine.places import Home, Place
from engine.session import Session, decode
from engine.sets import AnyRow
from engine.takings import Want
from engine.values import Packed
from engine.vault import VaultError
from engine.versions import fetch
from engine.view import Handed, Tie
from engine.work import OF_A_SESSION, Begin, Hear, Item, Message, Post, Take
from grammar.program import InputSpec


class Gathered:
    """`homes`: by box."""

    def __init__(self, connection: Connection, kit: Kit, now: int, items: Sequence[Item]) -> None:
        self._kit = kit
        self._now = now
        self.homes: dict[int, Home] = {item.box_id: Home() for item in items}
        if items:
            self._open_homes(connection, items)
            self._find_people(connection, items)
            self._find_handed(connection, items)
            self._take(connection, items)
            self._find_digests(connection, items)
            self._find_codes(connection, items)

    def place(self, item: Item) -> Place | None:
        """Where the item is stepped; None where its conversation is over."""
        home = self.homes[item.box_id]
        line = self._line(item)
        return Place(home.lines[line], home) if line in home.lines else None

    def close(self) -> None:
        """No step follows: homes and their views let each other go, so that no garbage collector has to find them."""
        for home in self.homes.values():
            home.common.views.clear()

    def _line(self, item: Item) -> int:
        if isinstance(item.work, OF_A_SESSION):
            tie = self.homes[item.box_id].common.ties.get(item.work.session_id)
            return tie.line if tie else 0
        return item.line_id

    # ------------------------------------------------------------ boxes

    def _open_homes(self, connection: Connection, items: Sequence[Item]) -> None:
        owners = self._find_lines(connection)
        rows = loading.sessions(connection, self.homes)
        fetch(connection, self._kit.library, (row.program for row in rows))
        for row in rows:
            self._open(self.homes[row.box_id], row)
        wanted = {line for item in items if (line := self._line(item))}
        speakers = {worker for line in wanted for worker in owners.get(line, ())}
        speakers |= {tie.worker for home in self.homes.values() for tie in home.common.ties.values() if tie.worker}
        known = people.speakers(connection, self._kit.vault, self._kit.zone, speakers)
        for home in self.homes.values():
            own = {line: owners[line] for line in home.lines if line in owners}
            mine = {worker for ranks in own.values() for worker in ranks}
            mine |= {tie.worker for tie in home.common.ties.values()}
            home.people = {worker: known[worker] for worker in sorted(mine) if worker in known}
            home.open(own, self._now)

    def _find_lines(self, connection: Connection) -> dict[int, dict[str, int]]:
        """The lines of all boxes, and who has each: worker → rank."""
        owners: dict[int, dict[str, int]] = {}
        for line, worker, rank in loading.lines_in(connection, self.homes):
            self.homes[line.box_id].lines.setdefault(line.line_id, line)
            if worker is not None:
                owners.setdefault(line.line_id, {})[worker] = rank
        return owners

    def _open(self, home: Home, row: AnyRow) -> None:
        home.common.sessions[row.session_id] = self._session(row)
        home.common.ties[row.session_id] = Tie(row.worker_id or "", row.line_id)
        home.answered[row.session_id] = row.answered

    def _session(self, row: AnyRow) -> Session:
        """The conversation.  One that cannot be read any more can still be ended, as by STOP, and nothing else."""
        try:
            session = decode(self._kit.vault.open("session", row.box_id, row.session_id, row.state))
        except (VaultError, msgspec.MsgspecError):
            return Session("", "", row.status, seq=row.seq, wait=row.wait)
        if row.status == "parked":
            session.status = "parked"
        return session

    # ------------------------------------------------------------ what else is read

    def _find_people(self, connection: Connection, items: Sequence[Item]) -> None:
        """The records of workers whom the inputs of these conversations name."""
        named: dict[tuple[int, str], set[str]] = {}
        for whose, inputs, specs in self._inputs(items):
            named.setdefault(whose, set()).update(_workers(specs.values(), inputs))
        wanted = set().union(*named.values())
        if wanted:
            self._acquaint(named, people.records(connection, self._kit.vault, wanted))

    def _inputs(
        self, items: Sequence[Item]
    ) -> Iterator[tuple[tuple[int, str], dict[str, Packed], dict[str, InputSpec]]]:
        library = self._kit.library
        for box, home in self.homes.items():
            for sid, session in home.common.sessions.items():
                if library.knows(session.program):
                    specs = library.of(session.program).program.inputs
                    yield (box, home.common.ties[sid].worker), session.inputs, specs
        for item in items:
            if isinstance(item.work, Begin) and (linked := library.current(item.work.flow)):
                view = self.homes[item.box_id].common.views[item.line_id]
                for worker in [item.work.worker] if item.work.worker else view.owners:
                    yield (item.box_id, worker), item.work.inputs, linked.program.inputs
            elif isinstance(item.work, Hear) and isinstance(item.work.event, Happened):
                common = self.homes[item.box_id].common
                told = common.sessions.get(item.work.session_id)
                if told is not None and library.knows(told.program):
                    specs = library.of(told.program).program.inputs
                    yield (item.box_id, common.ties[item.work.session_id].worker), item.work.event.inputs, specs

    def _acquaint(self, named: dict[tuple[int, str], set[str]], records: dict[str, Record]) -> None:
        for (box, worker), ids in named.items():
            people_of = self.homes[box].common.people
            if worker in people_of:
                known = {each: records[each] for each in ids if each in records}
                people_of[worker] = msgspec.structs.replace(people_of[worker], people=known)

    def _find_handed(self, connection: Connection, items: Sequence[Item]) -> None:
        """Where a text comes again at once, when the conversations there spoke last (RULES E4)."""
        lines = {item.line_id: self.homes[item.box_id] for item in items if self._comes_again(item)}
        keys = [
            (home.lines[line].box_id, sid)
            for line, home in lines.items()
            for sid, tie in home.common.ties.items()
            if tie.line == line
        ]
        if not keys:
            return
        found = loading.handed(connection, keys)
        homes = {box: self.homes[box] for box, _ in keys}
        for box, sid in keys:
            common = homes[box].common
            common.handed[sid] = Handed(common.sessions[sid].seq, found.get(sid))

    def _take(self, connection: Connection, items: Sequence[Item]) -> None:
        """Things go to the conversations that want them and are not over."""
        wants = [want for item in items if isinstance(item.work, Take) and (want := self._want(item.box_id, item.work))]
        if wants:
            held = takings.take(connection, wants, self._now)
            for want in wants:
                self.homes[want.box_id].held[want.thing] = held[want.thing]

    def _want(self, box_id: int, work: Take) -> Want | None:
        common = self.homes[box_id].common
        session = common.sessions.get(work.session_id)
        if session is None or (work.guard is not None and (session.status, session.wait) != ("acting", work.guard)):
            return None
        return Want(work.flow, work.topic, box_id, work.session_id, common.ties[work.session_id].worker)

    def _find_digests(self, connection: Connection, items: Sequence[Item]) -> None:
        boxes = {item.box_id for item in items if isinstance(item.work, Post) and item.work.gather}
        if boxes:
            for (box, whom), digest in digests.waiting(connection, self._kit.vault, boxes).items():
                self.homes[box].digests[whom] = digest

    def _find_codes(self, connection: Connection, items: Sequence[Item]) -> None:
        """Messages that confirm a number as a worker's new one; hardly any looks like that."""
        said = [
            (item, item.work.text, code)
            for item in items
            if isinstance(item.work, Message) and (code := confirming.code_in(item.work.text))
        ]
        if not said:
            return
        awaited = confirming.awaited(connection, self._kit.vault, {item.line_id for item, *_ in said}, self._now)
        for item, text, code in said:
            claim = awaited.get(item.line_id, {}).get(code)
            if claim is not None:
                self.homes[item.box_id].common.views[item.line_id].codes[text] = claim

    def _comes_again(self, item: Item) -> bool:
        if not isinstance(item.work, Message):
            return False
        line = self.homes[item.box_id].lines[item.line_id]
        lately = line.spoke_at is not None and self._now - line.spoke_at <= limits.DOUBLE
        return lately and line.said == line.digest(self._kit.vault, item.work.text)


def _workers(specs: Iterable[InputSpec], inputs: dict[str, Packed]) -> Iterator[str]:
    for spec in specs:
        value = inputs.get(spec.name) if spec.worker else None
        if isinstance(value, str):
            yield value
