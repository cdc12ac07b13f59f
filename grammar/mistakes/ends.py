"""What is said when a line stops too early, goes on too long, or cannot be read for a reason that nobody knows."""

from __future__ import annotations

import re

from grammar import lalr
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import described

_VALUE = frozenset({"NUMBER", "STRING"})
_SIGN = re.compile(r"[^\w\s(#'\"“”„«»‘’{-]")
_SAMPLES = {
    "a name": "name",
    "a value": "yes",
    "a number": "3",
    "a word": "STOCK",
    "a time like 09:00": "09:00",
    "as": "done",
    **dict.fromkeys("+-*/&<>", "1"),
    "<=": "1",
    ">=": "1",
    "include": "common/consent.flow",
}
EXAMPLE = "Write, for example, "
_ADVICE = (
    ("correct", "A right answer is one value; between several stand commas: `correct: 40, 41`."),
    ("expect", "A text that the worker is sent is `expect: …`, one that another is told `expect to supervisor: …`."),
    ("start on word", "A start word is one word; between several stands `or`: `start on word MALARIA or PALU`."),
)
_FREE = frozenset({"NAME", "WORD", "TEXT"})


def too_long(trouble: Trouble) -> Explanation | None:
    """A line of more words and signs than anybody can follow."""
    return trouble.explain("E035", limit=lalr.MAX_PIECES) if trouble.kind == lalr.TOO_LONG else None


def nothing_before(trouble: Trouble) -> Explanation | None:
    """A sign where a name or a value should stand: `ask: Ready?`, `if x = :`."""
    if trouble.kind != "word" or not _SIGN.match(trouble.rest) or not _FREE & trouble.accepted:
        return None
    return _incomplete(trouble)


def too_much(trouble: Trouble) -> Explanation | None:
    """The line is whole, and something follows."""
    if trouble.kind != "word" or "_NL" not in trouble.accepted:
        return None
    mark = trouble.place(len(trouble.rest))
    before = trouble.line.words.lower()
    hint = next((advice for beginning, advice in _ADVICE if before.startswith(beginning)), None)
    return Explanation(finding("E021", trouble.file, mark, hint, rest=trouble.rest, last=trouble.last))


def too_little(trouble: Trouble) -> Explanation | None:
    """The line ends, and something is missing."""
    if trouble.kind != "end":
        return None
    return _incomplete(trouble)


def anything(trouble: Trouble) -> Explanation:
    """What is said when nothing better is known: where reading stopped, and what could stand there."""
    return trouble.explain("E030", word=trouble.word or trouble.last, what=_choices(trouble))


def _incomplete(trouble: Trouble) -> Explanation:
    what = _missing(trouble)
    before, after = trouble.line.text[: trouble.column - 1].strip(), trouble.rest
    sample = _SAMPLES.get(trouble.last.lower()) or _SAMPLES.get(what, "")
    between = "" if before.endswith(".") else " "
    hint = f"{EXAMPLE}`{before}{between}{sample}{after}`" if sample and before else ""
    return trouble.explain("E013", hint=hint, last=trouble.last or "{", what=what)  # a value begins behind a brace


def _missing(trouble: Trouble) -> str:
    if trouble.accepted >= _VALUE:
        return "a value"
    for terminal, words in (("NAME", "a name"), ("WORD", "a word"), ("TEXT", "a text")):
        if terminal in trouble.accepted:
            return words
    return _choices(trouble)


def _choices(trouble: Trouble) -> str:
    known = described(trouble.accepted)
    if not known:
        return "something else"
    shown = known[:5]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"
