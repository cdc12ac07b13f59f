"""What was said on a stage, and what is to be said yet: held in quiet hours, or gathered for a day (RULES G3, X5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.limits import LETTERS


@dataclass(frozen=True, slots=True)
class Line:
    """One thing said: by "worker", "flow" or "engine".

    `to`: who hears it, or says it, if that is not the worker of the stage; `line`: of the file that spoke, or 0.
    `voice`: it was said in a call.
    """

    at: int
    by: str
    text: str
    to: str = ""
    line: int = 0
    kind: str = ""
    voice: bool = False


class Held(NamedTuple):
    """A message that waits for the end of quiet hours, until `due`."""

    due: int
    session_id: int
    line: Line


@dataclass(slots=True)
class Dialogue:
    """`said`: every line, in order.  A message that may not go yet is held until it may."""

    said: list[Line] = field(default_factory=list)
    _held: list[Held] = field(default_factory=list)
    _gathered: dict[tuple[int, str], list[Line]] = field(default_factory=dict)

    def add(self, line: Line, session_id: int, due: int) -> None:
        """A line that is said at its time, or when it is due, if that is later."""
        if due > line.at:
            self._held.append(Held(due, session_id, replace(line, at=due)))
        else:
            self.said.append(line)

    def release(self, session_id: int, to: str, now: int) -> None:
        """Who speaks is awake: what waits for him is said before the answer, and he needs no reminder."""
        mine = [held for held in self._held if (held.session_id, held.line.to) == (session_id, to)]
        self._held = [held for held in self._held if held not in mine]
        self.said += [replace(held.line, at=now) for held in mine if held.line.kind != "reminder"]

    def gather(self, line: Line, due: int) -> None:
        """A line that is said to somebody with all others that are due then, as one message."""
        self._gathered.setdefault((due, line.to), []).append(replace(line, at=due))

    def until(self, now: int) -> None:
        """What is due by now is said; of several reminders that were held, only the last."""
        due = [held for held in self._held if held.due <= now]
        reminders = {held.session_id: held for held in due if held.line.kind == "reminder"}
        going = [held for held in due if held.line.kind != "reminder" or reminders[held.session_id] is held]
        self.said += [held.line for held in going]
        self._held = [held for held in self._held if held.due > now]
        for key in sorted(key for key in self._gathered if key[0] <= now):
            lines = self._gathered.pop(key)
            self.said += [replace(lines[0], text=text) for text in gathered(line.text for line in lines)]


def gathered(lines: Iterable[str]) -> list[str]:
    """The lines as one message, or as several where it would be longer than a message may be."""
    messages: list[str] = []
    for line in lines:
        if messages and len(messages[-1]) + 1 + len(line) <= LETTERS:
            messages[-1] += "\n" + line
        else:
            messages.append(line)
    return messages
