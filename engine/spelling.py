"""Is one word a slip of the other?  Only words of 5 letters and more can be, and the first letter always holds.

A wrong first letter makes another word too easily (unable, able); digits are never a slip.
"""

from __future__ import annotations

from collections.abc import Iterable

_LEAST = 5
_TWO_SLIPS = 9


def near(written: str, meant: str) -> bool:
    """One slip (a letter more, less, other, or two swapped) from `meant`; two where `meant` has 9 letters and more."""
    if len(meant) < _LEAST or written[:1] != meant[:1] or _digits(written) != _digits(meant):
        return False
    return _slips(written, meant, 2 if len(meant) >= _TWO_SLIPS else 1)


def only_near(written: str, words: Iterable[str]) -> str | None:
    """The one word that `written` is a slip of; None where there is none, or more than one."""
    found = [word for word in words if near(written, word)]
    return found[0] if len(found) == 1 else None


def _digits(text: str) -> list[str]:
    return [sign for sign in text if sign.isdigit()]


def _slips(written: str, meant: str, most: int) -> bool:
    """Whether `most` slips lead from one to the other (the restricted edit distance with swaps)."""
    if abs(len(written) - len(meant)) > most:
        return False
    before: list[int] = []
    row = list(range(len(meant) + 1))
    for i, sign in enumerate(written, 1):
        two_before, before, row = before, row, [i]
        for j, other in enumerate(meant, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != other))
            if i > 1 and j > 1 and sign == meant[j - 2] and written[i - 2] == other:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return False
    return row[-1] <= most
