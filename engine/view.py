"""What a step sees of a box: its lines, who has each of them, and the conversations between them.

A view is of one line; what the lines of a box have in common, all their views share.  It is a working copy: whatever
an event changes, the next one of the same batch finds changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.effects import Effect
from engine.events import Event
from engine.facts import Facts
from engine.session import Session


class Tie(NamedTuple):
    """Whose a conversation is ("" while that is asked), and the line that it is on."""

    worker: str
    line: int


class Way(NamedTuple):
    """A line of a worker's.  `rank`: its place in the list of workers; `alone`: nobody else has it."""

    line: int
    rank: int
    alone: bool
    stopped: bool = False
    spoke_at: int | None = None


class Awaited(NamedTuple):
    """A claim that a message may confirm, and the language of the worker whose it is ("": not known)."""

    claim_id: int
    language: str


class Handed(NamedTuple):
    """When the last message of a conversation was handed to its gateway (ms; None: not yet), as of its event `seq`."""

    seq: int
    at: int | None


@dataclass(slots=True)
class Common:
    """What the lines of a box share.

    `people`: what is known of their workers, by id.  `stopped`: those who sent STOP on a line of their own.
    `sessions`: the open ones, by id.  `ties`: whose each is, and where.  `views`: every line, by id.  `ways`: each
    worker's lines, the best way first.  `handed`: where a message may be a double send, by session.  `reads`: whose
    facts a step reads.
    """

    people: dict[str, Facts] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    sessions: dict[int, Session] = field(default_factory=dict)
    ties: dict[int, Tie] = field(default_factory=dict)
    views: dict[int, View] = field(default_factory=dict)
    ways: dict[str, list[int]] = field(default_factory=dict)
    handed: dict[int, Handed] = field(default_factory=dict)
    reads: str = ""


@dataclass(slots=True)
class View:
    """One line.

    `owners`: the workers who have it, by id, in the order of the list; none for a number that nobody has.  `stopped`:
    it sent STOP.  `greeted`: an unknown number that was answered already.  `silent_since`: when the last conversation
    here ended for want of an answer (ms), None if none did within 7 days.  `spoke_at`: when somebody last wrote from
    here, None if nobody ever did.  `proof`: how a PIN compared, kept while the people are fetched whom its step has to
    know: it is compared once.  `codes`: texts of this batch that confirm this number as somebody's (RULES O2).
    """

    line: int = 0
    owners: tuple[str, ...] = ()
    stopped: bool = False
    greeted: bool = False
    silent_since: int | None = None
    spoke_at: int | None = None
    proof: str = ""
    codes: dict[str, Awaited] = field(default_factory=dict)
    box: Common = field(default_factory=Common)

    @classmethod
    def of(cls, *people: Facts) -> View:
        """The only line of its box, and of these workers."""
        known = {str(each.worker["id"]): each for each in people}
        view = cls(owners=tuple(known))
        view.box.people, view.box.views = known, {0: view}
        view.box.ways = {worker: [0] for worker in known}
        return view

    @property
    def sessions(self) -> dict[int, Session]:
        """The open conversations of the whole box."""
        return self.box.sessions

    @property
    def shared(self) -> bool:
        """Have several workers this line?"""
        return len(self.owners) > 1

    @property
    def owner(self) -> str:
        """Who has it alone, "" where nobody does."""
        return self.owners[0] if len(self.owners) == 1 else ""

    @property
    def facts(self) -> Facts | None:
        """What is known of who has it, of the first where several do."""
        return self.box.people.get(self.owners[0]) if self.owners else None

    def best(self, worker: str) -> View:
        """The line by which a worker is reached; this one, where he has none."""
        ways = self.box.ways.get(worker)
        return self.box.views[ways[0]] if ways else self

    def saved(self) -> Callable[[], None]:
        """What makes the box as it is now again."""
        box = self.box
        kept = dict(box.people), set(box.stopped), dict(box.sessions), dict(box.ties)
        views = [(view, view.stopped, view.greeted) for view in box.views.values()]

        def restore() -> None:
            box.people, box.stopped, box.sessions, box.ties = kept
            for view, stopped, greeted in views:
                view.stopped, view.greeted = stopped, greeted

        return restore

    def tie(self, session_id: int) -> Tie:
        """Whose the conversation is, and where."""
        return self.box.ties.get(session_id) or Tie(self.owner, self.line)


class Applied(NamedTuple):
    """One event as it was applied: `session_id` and `session` are None for a message that belongs to none.

    `tie`: whose conversation, and the line on which its messages go; None for a message that belongs to none.
    `facts`: what the step read of the worker.
    """

    session_id: int | None
    event: Event
    session: Session | None
    effects: tuple[Effect, ...]
    tie: Tie | None = None
    facts: Facts | None = None


def best(ways: Iterable[Way]) -> list[int]:
    """A worker's lines, the best way to him first.

    One that sent STOP comes last.  Then the one that he himself wrote from last: his own, for from a shared phone
    anybody may have written.  Then in the order of the list.
    """

    def badness(way: Way) -> tuple[bool, int, int, int]:
        return way.stopped, -(way.spoke_at or 0) if way.alone else 0, way.rank, way.line

    return [way.line for way in sorted(ways, key=badness)]
