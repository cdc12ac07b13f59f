"""Which row of a sheet is which text of a file: by id, and an edited text without a name by its likeness."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from grammar.strings.rows import Row
from grammar.strings.units import Unit

ALIKE = 0.6
"""Below this share of equal letters two texts are different ones."""


def matched(rows: Iterable[Row], units: Sequence[Unit]) -> list[tuple[Row, Unit | None]]:
    """Every row with its text; None where the file has no such text.  No text gets two rows that differ in id."""
    known = {unit.id: unit for unit in units}
    rows = list(rows)
    taken = {row.id for row in rows}
    free = {unit.id: unit for unit in units if not unit.named and unit.id not in taken}
    found: list[tuple[Row, Unit | None]] = []
    for row in rows:
        unit = known.get(row.id) or _alike(row, free.values())
        if unit is not None:
            free.pop(unit.id, None)
        found.append((row, unit))
    return found


def _alike(row: Row, free: Iterable[Unit]) -> Unit | None:
    """The text of the same section and channel that is most like the row's."""
    near = [unit for unit in free if _place(unit.id) == _place(row.id)]
    ranked = sorted(((_likeness(row.base, unit.base), -at) for at, unit in enumerate(near)), reverse=True)
    return near[-ranked[0][1]] if ranked and ranked[0][0] >= ALIKE else None


def _place(name: str) -> tuple[str, ...]:
    """The id without the six digits, and without the number of the second of two equal ids."""
    return tuple(part for part in name.split(".") if not _is_digits(part) and not part.isdigit())


def _is_digits(part: str) -> bool:
    return len(part) == 6 and set(part) <= set("0123456789abcdef")


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()
