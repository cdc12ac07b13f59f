"""What an expression or a text may read: one moment of one conversation, and nothing that it could change.

A scene is made for each step.  `rows` says which row of each table is the present one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Protocol

from msgspec import json

from engine import moments
from engine.facts import Facts
from engine.phrases import Phrases
from engine.session import Session
from engine.tables import LinkedTable
from engine.values import Packed, Value, unpack
from grammar.program import Program


class Points(Protocol):
    """What a right answer is worth."""

    @property
    def points(self) -> int:
        """The points of a quiz question."""
        ...


class Flow(Protocol):
    """What a scene reads of the program that runs."""

    base: str
    phrases: Phrases
    program: Program
    tables: dict[str, LinkedTable]

    def keys(self, name: str, scene: Scene) -> tuple[str, ...]:
        """The keys of a table, or of what has rows only while the conversation runs."""
        ...

    def quiz_answers(self, scene: Scene, section: str) -> Iterable[tuple[Points, bool]]:
        """Every quiz question with a present answer, and whether that is right."""
        ...

    def is_right(self, scene: Scene, question: str, turn: str) -> bool:
        """Is a quiz question right by now: its present answer, or that to a repeat?"""
        ...

    def tries_left(self, session: Session) -> int | None:
        """How many tries the present question still allows."""
        ...

    def previous(self, scene: Scene) -> Value:
        """What the present question was answered in the round before."""
        ...

    def prompt_of(self, scene: Scene) -> str:
        """The present question, as it was asked."""
        ...


def key_of(question: str, turn: str) -> str:
    """The name under which a session keeps an answer: the question, and the turn of the loop."""
    return f"{question}/{turn}" if turn else question


class Scene:
    """A session with the facts and the moment in which it is read."""

    __slots__ = ("facts", "language", "linked", "now", "rows", "session")

    def __init__(self, linked: Flow, session: Session, facts: Facts, now: int) -> None:
        self.linked = linked
        self.session = session
        self.facts = facts
        self.now = now
        self.language = session.language or linked.base
        self.rows: dict[str, str] = {turn.table: turn.keys[turn.index] for turn in session.loops}

    def in_row(self, table: str, key: str, write: Callable[[Scene], str]) -> str:
        """What `write` gives with this row as the table's present one."""
        before, self.rows = self.rows, {**self.rows, table: key}
        text = write(self)
        self.rows = before
        return text

    def turn(self, over: tuple[str, ...]) -> str:
        """The present rows of these tables, joined: the second half of an answer's key."""
        if not over:
            return ""
        rows = self.rows
        return ".".join(rows.get(table, "") for table in over)

    def rows_of(self, over: tuple[str, ...], turn: str) -> dict[str, str]:
        """The rows that a turn names, by table: what `turn` joined; the key of a lone row may have dots."""
        if len(over) < 2:
            return dict.fromkeys(over, turn)
        return dict(zip(over, turn.split("."), strict=False))

    def answer(self, question: str, over: tuple[str, ...]) -> Value:
        """The present answer, None where there is none."""
        return unpack(self.session.answers.get(key_of(question, self.turn(over))))

    def field(self, of: str, name: str) -> Value:
        """A field of the worker (what this conversation claimed comes first, RULES O1) or of the facility."""
        if of == "facility":
            return unpack(self.facility().get(name))
        if of == "taker":
            return self._of_taker(name)
        if name in self.session.claimed:
            return unpack(self.session.claimed[name])
        if name.startswith("facility."):
            return unpack(self.facility().get(name[9:]))
        return unpack(self.facts.worker.get(name))

    def facility(self) -> dict[str, Packed]:
        """The worker's facility: the main one, or what this conversation was told (RULES O3)."""
        return self.facts.place(self.session.place) if self.session.place else self.facts.facility

    def _of_taker(self, name: str) -> Value:
        """A field of who took a thing of this conversation; of who took the last, if there are several."""
        takers = tuple(self.session.taken.values())
        if not takers:
            return None
        return takers[-1] if name == "id" else unpack(self.somebody(takers[-1]).get(name))

    def person(self, worker: Packed) -> dict[str, Packed]:
        """The record of a worker whom an input names."""
        if worker == self.facts.worker.get("id"):
            return self.facts.worker
        return self.facts.people.get(str(worker), {})

    def somebody(self, worker: str) -> dict[str, Packed]:
        """The record of another worker, who must be known: the step stops until he is."""
        if worker == self.facts.worker.get("id"):
            return self.facts.worker
        if worker in self.facts.people:
            return self.facts.people[worker]
        self.facts.people_of(json.encode({"kind": "worker", "worker": worker}).decode())
        return {}

    def today(self) -> date:
        """The day in the worker's zone."""
        return moments.day_of(self.now, self.facts.zone)

    def moment(self) -> datetime:
        """Now, in the worker's zone."""
        return moments.local(self.now, self.facts.zone)

    def started_on(self) -> date:
        """The day on which the conversation started (RULES G4)."""
        return moments.day_of(self.session.started, self.facts.zone)
