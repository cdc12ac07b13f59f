"""Which row of a sheet is which text of a file: by id, and an edited text without a name by its likeness."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from grammar.strings.rows import Row
from grammar.strings.units import Unit

ALIKE = 0.5
"""Two texts of which fewer groups of three letters are the same are different texts."""

_MADE = re.compile(r"\.(?:[0-9a-f]{6}|\d+)(?=\.|$)")


def matched(rows: Sequence[Row], units: Sequence[Unit]) -> list[tuple[Row, Unit | None]]:
    """Every row with its text; None where the file has no such text.  No text gets two rows that differ in id."""
    known = {unit.id: unit for unit in units}
    there = {row.id for row in rows}
    free = {unit.id: _Free(unit) for unit in units if not unit.named and unit.id not in there}
    found: list[tuple[Row, Unit | None]] = []
    for row in rows:
        unit = known.get(row.id) or _alike(row, free.values())
        if unit is not None:
            free.pop(unit.id, None)
        found.append((row, unit))
    return found


class _Free:
    """A text without a name that no row names."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.place = _place(unit.id)
        self.threes = _threes(unit.base)


def _alike(row: Row, free: Iterable[_Free]) -> Unit | None:
    """The text of the same section and channel that is most like the row's; the first of several."""
    place, threes = _place(row.id), _threes(row.base)
    best, share = None, ALIKE
    for other in free:
        likeness = 2 * len(threes & other.threes) / (len(threes) + len(other.threes)) if other.place == place else 0
        if likeness > share or (likeness == share and best is None):
            best, share = other.unit, likeness
    return best


def _place(name: str) -> str:
    """The id without the six digits, and without the number of the second of two equal ids."""
    return _MADE.sub("", name)


def _threes(text: str) -> frozenset[str]:
    """Every three letters that follow each other, capitals aside: counting them is much faster than comparing texts."""
    padded = f"  {text.lower()}  "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
