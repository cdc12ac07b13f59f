"""A line while a transaction works on its box: what is stored of it, its view, and the worker who speaks there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.box import View
from engine.limits import LATE
from engine.people import Person
from engine.sets import AnyRow


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
    changed: bool = False

    @classmethod
    def of(cls, row: AnyRow) -> Line:
        """The line in a row."""
        return cls(
            row.line_id,
            row.bucket,
            row.box_id,
            row.kind,
            row.channel,
            row.stopped_at,
            row.spoke_at,
            row.greeted_at,
            row.silent_at,
        )

    def row(self) -> dict[str, Any]:
        """What of it can change."""
        return {
            "line": self.line_id,
            "channel": self.channel,
            "stopped_at": self.stopped_at,
            "spoke_at": self.spoke_at,
            "greeted_at": self.greeted_at,
            "silent_at": self.silent_at,
        }


@dataclass(slots=True)
class Place:
    """`answered`: how many answers each session on the line has so far."""

    line: Line
    person: Person | None
    view: View
    answered: dict[int, int] = field(default_factory=dict)

    @classmethod
    def at(cls, line: Line, person: Person | None, now: int) -> Place:
        """The place of a line, its sessions not yet known.  Nobody answers a sender without a number."""
        silent = line.silent_at if line.silent_at is not None and now - line.silent_at <= LATE else None
        view = View(
            facts=person.facts if person else None,
            stopped=line.stopped_at is not None,
            greeted=line.greeted_at is not None or line.kind != "phone",
            silent_since=silent,
            spoke_at=line.spoke_at,
        )
        return cls(line, person, view)
