"""Mistakes of margins: a line too far in, a block that is missing, a file that lost all its margins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from grammar.chunks import span
from grammar.diagnostics import Finding, finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import FLOW, QUESTION, TEST, TEXT, place_of
from grammar.reader import Line

LONGEST = 40
_SIGNS_OF_LOSS = 2
_INSIDE = (FLOW, QUESTION, TEXT, TEST)
_INSIDE_ONLY = re.compile(
    r"\d{1,3}[.)]\s|[-–—•*>]\s|if (?:failed|invalid|right|wrong|nobody|too many)\b|fr\s*:", re.IGNORECASE
)
"""Choices, lines of a text, what follows from an answer, and the language that most flows are translated to."""

_OWNER = re.compile(r"(?:flow|test|ask|quiz|verify|say|table)\b|.*:$", re.IGNORECASE)
_OWNS_A_BLOCK = re.compile(
    r"(?:(?:if|otherwise|else|for each|after|on word|on event|take|table|inputs|test worker)\b.*:|test\s*:.*)",
    re.IGNORECASE,
)


def too_far_in(trouble: Trouble) -> Explanation | None:
    """A line that is further in than the line above, which owns nothing."""
    if trouble.kind != "indent" or trouble.above is None:
        return None
    return beside_owner(trouble)


def beside_owner(trouble: Trouble) -> Explanation:
    """A line that belongs at the margin of the line above it that is less far in."""
    above = trouble.owner.words if trouble.owner else ""
    found = finding("E010", trouble.file, span(trouble.line), above=shortened(above))
    return Explanation(found, outdent=True)


def shortened(words: str) -> str:
    """As much of a line as a sentence can hold."""
    return words if len(words) <= LONGEST else words[:LONGEST].rstrip() + "…"


def nothing_below(trouble: Trouble) -> Explanation | None:
    """A line that owns a block, and has none."""
    if trouble.kind != "no block":
        return None
    place = span(trouble.line)
    return Explanation(finding("E006", trouble.file, place, line=trouble.line.words))


def lost(chunks: Sequence[Sequence[Line]], file: str) -> Finding | None:
    """The one thing to say of a file in which every line stands at the margin, though several belong further in."""
    lines = [line for chunk in chunks for line in chunk]
    if any(line.indent for line in lines):
        return None
    signs = [(line, _signs(above.words, line.words)) for above, line in pairwise(lines)]
    if sum(count for _, count in signs) < _SIGNS_OF_LOSS or not any(_OWNER.match(line.words) for line in lines):
        return None
    return finding("E014", file, span(next(line for line, count in signs if count)))


def _signs(above: str, words: str) -> int:
    """How many things speak for it that the line stood further in than the one above."""
    place = place_of(words)
    inside = _INSIDE_ONLY.match(words) is not None or (place or "").startswith(_INSIDE)
    below = _OWNS_A_BLOCK.fullmatch(above) is not None
    return inside + below + (below and place is None)
