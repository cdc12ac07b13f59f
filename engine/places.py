"""A box while a transaction works on it: what is stored of its lines, their views, and the workers who speak there."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from engine.digests import Digest
from engine.limits import LATE
from engine.people import Person
from engine.sets import AnyRow
from engine.takings import Holder
from engine.vault import Vault
from engine.view import Common, View, Way, best

COLUMNS = (
    "line_id",
    "bucket",
    "box_id",
    "kind",
    "channel",
    "stopped_at",
    "spoke_at",
    "greeted_at",
    "silent_at",
    "said",
)
"""What of the row of a line a transaction knows, in the order of `Line`."""

_columns = attrgetter(*COLUMNS)


@dataclass(slots=True)
class Line:
    """A row of the lines; `changed` where it must be written back."""

    line_id: int
    bucket: int
    box_id: int
    kind: str
    channel: str = ""
    stopped_at: int | None = None
    spoke_at: int | None = None
    greeted_at: int | None = None
    silent_at: int | None = None
    said: str = ""
    changed: bool = False

    @classmethod
    def of(cls, row: AnyRow) -> Line:
        """The line in a row."""
        return cls(*_columns(row))

    def row(self) -> dict[str, Any]:
        """What of it can change."""
        return {
            "line": self.line_id,
            "channel": self.channel,
            "stopped_at": self.stopped_at,
            "spoke_at": self.spoke_at,
            "greeted_at": self.greeted_at,
            "silent_at": self.silent_at,
            "said": self.said,
        }

    def digest(self, vault: Vault, text: str) -> str:
        """By which the same text is known when it comes again."""
        return vault.digest(f"said {self.line_id} {text}")


@dataclass(slots=True)
class Home:
    """A box.

    `people`: those who speak on the lines that are worked on, and whose conversations are open, by id.  `answered`:
    how many answers each open session has so far.  `held`: who has the things that conversations here want, by thing.
    `digests`: messages that gather lines, by whom they are for and until when.
    """

    lines: dict[int, Line] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    common: Common = field(default_factory=Common)
    answered: dict[int, int] = field(default_factory=dict)
    held: dict[str, Holder] = field(default_factory=dict)
    digests: dict[str, Digest] = field(default_factory=dict)

    def open(self, owners: dict[int, dict[str, int]], now: int) -> None:
        """Make the views.  `owners`: of each line, the place that it has among the lines of each of its workers."""
        common = self.common
        common.people = {worker: person.facts for worker, person in self.people.items()}
        common.stopped = {worker for worker, person in self.people.items() if person.stopped}
        common.views = {
            number: _view(line, tuple(owners.get(number, ())), now, common) for number, line in self.lines.items()
        }
        ways: dict[str, list[Way]] = {}
        for number, ranks in owners.items():
            line = self.lines[number]
            for worker, rank in ranks.items():
                way = Way(number, rank, len(ranks) == 1, line.stopped_at is not None, line.spoke_at)
                ways.setdefault(worker, []).append(way)
        common.ways = {worker: best(his) for worker, his in ways.items()}

    def compare(self, vault: Vault, worker: str, digits: str, now: int) -> str:
        """right, wrong, no_pin or locked; counts the wrong ones."""
        person = self.people.get(worker)
        return "no_pin" if person is None else person.pin.compare(vault.pin_digest(worker, digits), now)


@dataclass(frozen=True, slots=True)
class Place:
    """A line in its box."""

    line: Line
    home: Home

    @property
    def view(self) -> View:
        """What a step sees from here."""
        return self.home.common.views[self.line.line_id]


def _view(line: Line, owners: tuple[str, ...], now: int, common: Common) -> View:
    """Nobody answers a sender without a number."""
    silent = line.silent_at if line.silent_at is not None and now - line.silent_at <= LATE else None
    return View(
        line=line.line_id,
        owners=owners,
        stopped=line.stopped_at is not None,
        greeted=line.greeted_at is not None or line.kind != "phone",
        silent_since=silent,
        spoke_at=line.spoke_at,
        box=common,
    )
