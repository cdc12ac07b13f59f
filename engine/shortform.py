"""Short forms: what follows the start word, cut and laid upon the questions; nothing that was written is dropped.

RULES H1, H2: cuts are spaces, commas before a space, `;` `:` `=` and line ends; dots, slashes, `*`, `-` and commas
between digits cut only where the message has no space.  What no question takes is given back as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from engine.letters import clean, fold
from engine.scene import key_of
from engine.tables import LinkedTable
from grammar import program as p

_CUTS = re.compile(r"[\s;:=]+|,(?=\s|$)|(?<=[^\W\d])[.,]|[.,](?=[^\W\d])")
_CLOSE_CUTS = re.compile(r"[./*\-,]")
_STUCK = re.compile(r"(?![lIoO]+\d)([^\W\d_]+)(\d[\d.,]*)")
_WHOLE = re.compile(r"\d+(?:[.,]\d+)+|\d{1,2}/\d{1,2}(?:/\d{2,4})?")


class Said(NamedTuple):
    """What a message says ahead: texts by answer key, what of it nobody could place, the keys that came twice."""

    values: dict[str, str]
    left: list[str]
    twice: list[str]


def read(program: p.Program, tables: dict[str, LinkedTable], text: str) -> Said:
    """What follows the start word, laid upon the questions of the short form that takes most of it.

    In a message without spaces `5.5` is one number or two: what leaves nothing over, then what answers more.
    """
    words, apart = after_word(program.words, text), without_word(program.words, cut(text, apart=True))
    whole = _best(program, tables, words, text)
    cut_up = _best(program, tables, apart, text) if apart != words else whole
    return cut_up if _worth(cut_up) > _worth(whole) else whole


def _best(program: p.Program, tables: dict[str, LinkedTable], words: list[str], text: str) -> Said:
    """What the short form takes that takes most."""
    best = Said({}, _given(words), [])
    for form in program.short_forms if words else ():
        found = _lay(program, form, tables, list(words), text)
        if len(found.values) > len(best.values):
            best = found
    return best


def _worth(said: Said) -> tuple[bool, int]:
    return bool(said.values) and not said.left, len(said.values)


def after_word(start_words: tuple[str, ...], text: str) -> list[str]:
    """The cut message without its start word; all of it where it begins with none."""
    return without_word(start_words, cut(text))


def without_word(start_words: tuple[str, ...], words: list[str]) -> list[str]:
    """The pieces of a message without its start word, if that is the first."""
    return words[1:] if words and fold(words[0]) in {fold(word) for word in start_words} else words


def cut(text: str, *, apart: bool = False) -> list[str]:
    """The message in pieces; where it has no space, two cuts in a row leave one out, and its piece is empty.

    `apart`: there numbers with a mark in them, and dates, are cut, too.
    """
    line = clean(text.replace("\n", " ; "))
    pieces = _CUTS.split(line)
    if " " in clean(text):
        pieces = [piece for piece in pieces if piece]
    else:
        pieces = [part for piece in pieces for part in _close(piece, apart=apart)]
        while pieces and not pieces[-1]:
            pieces.pop()
    return [part for piece in pieces for part in _unstick(piece)]


def _close(piece: str, *, apart: bool) -> list[str]:
    """A piece of a message without spaces: cut at dots and slashes, unless it is one number or one date."""
    return [piece] if not apart and _WHOLE.fullmatch(piece) else _CLOSE_CUTS.split(piece)


def _unstick(piece: str) -> list[str]:
    """`ACT20` is `ACT 20`; `l0` is a number with a slip of the thumb."""
    match = _STUCK.fullmatch(piece)
    return [match[1], match[2]] if match else [piece]


def _lay(program: p.Program, form: p.ShortForm, tables: dict[str, LinkedTable], words: list[str], text: str) -> Said:
    if form.each:
        return _pairs(form, tables[form.each], _given(words))
    if form.of_each:
        keys = [key_of(form.questions[0], key) for key in tables[form.of_each].keys]
        return _placed(keys, words)
    return _in_order(program, form.questions, words, text)


def _in_order(program: p.Program, questions: tuple[str, ...], words: list[str], text: str) -> Said:
    """One word a question; a last question of type text takes the rest as it was written."""
    last, before = program.questions[questions[-1]].type.kind == "text", len(questions) - 1
    if last and len(words) > len(questions):
        words = [*words[:before], _written(text, words[before:])]
    return _placed(questions, words)


def _written(text: str, last: list[str]) -> str:
    """The last words of a message with all that stands between them; without spaces, the words alone."""
    line = clean(text)
    if " " not in line:
        return " ".join(last)
    starts, at = [], 0
    for gap in (*_CUTS.finditer(line), None):
        end = gap.start() if gap else len(line)
        parts = _unstick(line[at:end]) if end > at else []
        starts += [at, at + len(parts[0])][: len(parts)] if parts else []
        at = gap.end() if gap else end
    return line[starts[-len(last)] :]


def _placed(keys: Sequence[str], words: list[str]) -> Said:
    """One word each, in order; who left one out has not said it."""
    values = {key: word for key, word in zip(keys, words, strict=False) if word}
    return Said(values, _given(words[len(keys) :]), [])


def _given(words: list[str]) -> list[str]:
    return [word for word in words if word]


def _pairs(form: p.ShortForm, table: LinkedTable, words: list[str]) -> Said:
    """Key and values, in any order of the rows; the same key twice: the last counts (RULES H4)."""
    names = _names(table)
    found: dict[str, str] = {}
    left: list[str] = []
    twice: list[str] = []
    while words:
        key, length = _key(names, words)
        if key is None:
            left.append(words.pop(0))
            continue
        values = _values(names, words[length:], len(form.questions))
        left += [] if values else words[:length]
        del words[: length + len(values)]
        said = {key_of(name, key): value for name, value in zip(form.questions, values, strict=False)}
        twice += [each for each in said if each in found]
        found.update(said)
    return Said(found, left, twice)


def _values(names: dict[str, str], words: list[str], most: int) -> list[str]:
    """The words up to the next key: a key without a value takes nothing away from the one behind it."""
    values: list[str] = []
    while len(values) < min(most, len(words)) and _key(names, words[len(values) :])[0] is None:
        values.append(words[len(values)])
    return values


def _names(table: LinkedTable) -> dict[str, str]:
    """What a row may be called: its first column, then its other texts (RULES H1)."""
    names = {fold(key): key for key in table.keys}
    for key in table.keys:
        for text in table.row(key)[1:]:
            if not text.replace(".", "").isdigit():
                names.setdefault(fold(text), key)
    return names


def _key(names: dict[str, str], words: list[str]) -> tuple[str | None, int]:
    """The row that the words begin with, and how many words name it; the longest name first."""
    for length in range(min(4, len(words)), 0, -1):
        key = names.get(fold(" ".join(words[:length])))
        if key is not None:
            return key, length
    return None, 1
