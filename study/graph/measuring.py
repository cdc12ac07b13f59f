"""How wide a text is, and where it is cut into rows: a row is never wider than it may be, whatever the script."""

from __future__ import annotations

import unicodedata

_NARROW = frozenset("iIjl|.,:;'’!()[]/ trf·`-")
_BROAD = frozenset("mwMWQOGD@%—…&+<>=≤≥×−")
_THIN, _USUAL, _CAPITAL, _THICK, _FULL, _OTHER = 0.41, 0.64, 0.72, 0.99, 1.05, 0.85
BOLD = 1.1
"""Widths in em of the broadest faces without serifs that computers have, and how much broader they are in bold."""
_LATIN = "\u024f"


def width(text: str, size: float) -> float:
    """How wide a text of this size is, in pixels, at most."""
    return size * sum(map(_em, text))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return _THIN
    if letter in _BROAD:
        return _THICK
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if letter > _LATIN:
        return _OTHER
    return _CAPITAL if letter.isupper() else _USUAL


def rows(text: str, size: float, room: float, most: int = 1_000) -> list[str]:
    """The text in rows of at most `room` pixels; after `most` rows it ends in an ellipsis."""
    found = [row for line in text.split("\n") for row in _wrapped(line.split(), size, room)]
    if len(found) > most:
        found = [*found[: most - 1], _shortened(found[most - 1], size, room)]
    return found


def _wrapped(words: list[str], size: float, room: float) -> list[str]:
    found: list[str] = []
    row = ""
    for word in (part for whole in words for part in _parts(whole, size, room)):
        longer = f"{row} {word}" if row else word
        if row and width(longer, size) > room:
            found.append(row)
            row = word
        else:
            row = longer
    return [*found, row] if row else found


def _parts(word: str, size: float, room: float) -> list[str]:
    """A word that is too long for a row, cut."""
    found: list[str] = []
    part = ""
    for letter in word:
        if part and width(part + letter, size) > room:
            found.append(part)
            part = ""
        part += letter
    return [*found, part] if part else found


def _shortened(row: str, size: float, room: float) -> str:
    while row and width(row + " …", size) > room:
        row = row[:-1]
    return row.rstrip() + " …"
