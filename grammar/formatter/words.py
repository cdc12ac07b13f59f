"""One line in its canonical form: the same pieces in their one spelling; a text is never touched."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from grammar import lalr
from grammar.slips import uncapped

_SIGNS = {
    "==": "=",
    "≠": "<>",
    "!=": "<>",
    "≤": "<=",
    "≥": ">=",
    "−": "-",
    "–": "-",
    "×": "*",
    "÷": "/",
}
"""Signs that mean the same as one that every keyboard has."""

_SPELLED = {
    "_OTHERWISE_IF": "otherwise if",
    "_OTHERWISE": "otherwise",
    "_AGAIN": "again",
    "_VOICE": "voice",
    "_NOTHING": "nothing",
    "_EXPECT_TO": "to",
    "_ARROW": "->",
    "_COMMA": ",",
    "ALONE": "(alone)",
    "NOT_FUTURE": "not in the future",
    "NOT_PAST": "not in the past",
}

_LOWER = frozenset({"LANG", "PART_KEY", "MAP_KEY", "ORDINAL"})
_ENDS_A_VALUE = frozenset({"NAME", "NUMBER", "STRING", "TIME", "DATE", "UNIT", "RPAR", "_K_AGO"})
_CLOSE_BEFORE = frozenset({"COLON", "_COMMA", "RPAR", "DOT"})
_CLOSE_AFTER = frozenset({"LPAR", "DOT"})


def written(pieces: Sequence[Token]) -> str:
    """The line that these pieces make, without its margin."""
    gaps = ("" if not index or _close(pieces, index) else " " for index in range(len(pieces)))
    return "".join(gap + _spelled(pieces, index) for index, gap in enumerate(gaps))


def _spelled(pieces: Sequence[Token], index: int) -> str:
    piece = pieces[index]
    kind, text = piece.type, str(piece)
    if kind in _SPELLED:
        return _SPELLED[kind]
    if kind in _LOWER:
        return text.lower()
    if kind == "CODE" or (kind == "NAME" and not index):
        return uncapped(text)
    if kind == "UNIT":
        return _unit(text, pieces[index - 1])
    spell = _SPELLERS.get(kind)
    return spell(text) if spell else lalr.keywords().get(kind) or _SIGNS.get(text, text)


def _unit(unit: str, count: str) -> str:
    one = unit.lower().removesuffix("s")
    return one if count == "1" else f"{one}s"


def _bullet(text: str) -> str:
    """Numbers stay, for they are what the worker types; every other mark is a hyphen."""
    return f"{int(text[:-1])}." if text[0].isdigit() else "-"


def _string(text: str) -> str:
    inside = text[1:-1]
    mark = "'" if '"' in inside else '"'
    return f"{mark}{inside}{mark}"


def _quote(text: str) -> str:
    """A line of a text: one space behind the `>` is no part of it, further ones are."""
    inside = text[2:] if text[1:2] in (" ", "\t") else text[1:]
    return f"> {inside}".rstrip()


def _time(text: str) -> str:
    hour, _, minute = text.partition(":")
    return f"{hour:0>2}:{minute}"


_SPELLERS = {"BULLET": _bullet, "STRING": _string, "QUOTE": _quote, "TIME": _time}
"""By the kind of piece; texts and labels have none."""


def _close(pieces: Sequence[Token], index: int) -> bool:
    """Does the piece stand against the one before it?"""
    before, piece = pieces[index - 1], pieces[index]
    if piece.type in _CLOSE_BEFORE or before.type in _CLOSE_AFTER:
        return True
    if piece.type == "LPAR":
        return before.type == "NAME" and all(other.type != "_K_TABLE" for other in pieces[:index])
    if pieces[0].type == "_K_LANGUAGES" and "PLUSMINUS" in (before.type, piece.type):
        return True
    return before.type == "PLUSMINUS" and (index < 2 or pieces[index - 2].type not in _ENDS_A_VALUE)
