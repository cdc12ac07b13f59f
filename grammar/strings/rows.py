"""A translation sheet as plain data, whatever kind of file it came from: one row a text, one column a language."""

from __future__ import annotations

import hashlib

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One text.  `texts`: its translations by language tag, "" where there is none.

    `before`: the base text for which the translations in `stale` were made, "" where none is out of date;
    `stale`: by language tag the `digits` of such a translation, so that a new translation loses the mark.
    `place`: how a person finds the row ("row 12").
    """

    id: str
    base: str
    texts: dict[str, str]
    before: str = ""
    stale: dict[str, str] = {}
    place: str = ""

    def is_stale(self, language: str, text: str) -> bool:
        """Is this translation marked as made for an older text?"""
        return self.stale.get(language) == digits(text)


class Sheet(msgspec.Struct, frozen=True):
    """`base`: the tag of the language that is translated from; `languages`: those of the columns, in their order."""

    base: str
    languages: tuple[str, ...]
    rows: tuple[Row, ...]


class SheetError(ValueError):
    """A file that is no translation sheet; the sentence says what is missing."""


def digits(text: str) -> str:
    """Six hex digits that tell a text from others of the same flow."""
    return hashlib.sha256(text.encode()).hexdigest()[:6]
