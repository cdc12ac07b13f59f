"""A picture before it has places: boxes, and arrows between them; every arrow names boxes that are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(slots=True)
class Box:
    """One box.

    `kind`: start (how it begins), entry (what happens beside), section (a heading), say, ask, tell (to somebody else),
    system (an action, a note), wait, loop (its head and its end), either (a fork), end, on (a way back).
    `head`: a few words above the text; `notes`: lines below it; `channels`: by which ways it reaches the worker;
    `colour`: of an end: done, named, given_up, stopped; `line`: of the author's file.
    """

    key: int
    kind: str
    text: str
    head: str = ""
    notes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    colour: str = ""
    line: int = 0


class Arrow(NamedTuple):
    """An arrow; `label`: when this way is taken, "" where it always is."""

    source: int
    target: int
    label: str = ""


@dataclass(slots=True)
class Picture:
    """All boxes by their keys, with the arrows; `about`: what holds for the whole flow, each a line."""

    title: str
    language: str
    about: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    boxes: dict[int, Box] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)

    def roots(self) -> list[int]:
        """The boxes at which something begins, in their order."""
        return [box.key for box in self.boxes.values() if box.kind in ("start", "entry")]
