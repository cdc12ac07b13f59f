"""How large each box is, and the rows of text in it: a box is always larger than what it holds."""

from __future__ import annotations

from dataclasses import dataclass

from study.graph.measuring import BOLD, rows, width
from study.graph.model import Box

WIDE = 290.0
"""Pixels of a box with text: some 40 letters a row."""
PAD, TEXT, HEAD, NOTE, LABEL = 12.0, 13.0, 10.5, 11.0, 12.0
"""Pixels: the margin in a box, and the sizes of letters."""
ROW, HEAD_ROW, NOTE_ROW, LABEL_ROW = 17.0, 16.0, 14.5, 15.0
LONGEST = 9
"""Rows of a text; what is cut off can be read by pointing at the box."""
LABEL_WIDE = 150.0
CHIPS = {"sms": "SMS", "ivr": "Call"}
"""What stands for each channel."""
CHIP, CHIPS_APART = 9.0, 4.0
_BROAD = frozenset({"start", "say", "ask", "tell", "system"})
_FORK = 16.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box with its rows, and its size in pixels; `head`: those above the text, left of the signs of its channels."""

    box: Box
    head: tuple[str, ...]
    text: tuple[str, ...]
    notes: tuple[str, ...]
    width: float
    height: float


def drawn(box: Box) -> Drawn:
    """The box with its text in rows."""
    if box.kind == "either":
        return Drawn(box, (), (), (), _FORK, _FORK)
    broad = box.kind in _BROAD
    room = WIDE - 2 * PAD
    text = tuple(rows(box.text, TEXT, room if broad else room / BOLD, LONGEST))
    notes = tuple(row for note in box.notes for row in rows(note, NOTE, room))
    own = max((width(row, TEXT) for row in text), default=0.0) * BOLD + 2 * PAD
    wide = WIDE if broad else max(own, 120.0)
    signs = sum(chip(name) + CHIPS_APART for name in box.channels)
    head = tuple(rows(box.head, HEAD, (room - signs) / BOLD)) if broad else ()
    body = len(head) * HEAD_ROW + len(text) * ROW + (len(notes) * NOTE_ROW + PAD if notes else 0.0)
    return Drawn(box, head, text, notes, wide, body + (2 * PAD if broad else PAD + 4))


def chip(channel: str) -> float:
    """How wide the sign of a channel is."""
    return width(CHIPS.get(channel, channel), CHIP) * BOLD + 8


def label(text: str) -> tuple[tuple[str, ...], float, float]:
    """The rows of an arrow's label, and its size."""
    found = tuple(rows(text, LABEL, LABEL_WIDE))
    return found, max(width(row, LABEL) for row in found) * BOLD + 8, len(found) * LABEL_ROW + 6
