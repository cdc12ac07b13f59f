"""Mistakes of margins: a line too far in, a block that is missing, a file that lost all its margins."""

from __future__ import annotations

from collections.abc import Sequence

from grammar.chunks import span
from grammar.diagnostics import Finding, finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import PLACES
from grammar.reader import Line

LONGEST = 40
_SIGNS_OF_LOSS = 3


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
    """The one thing to say of a file in which every line stands at the margin, though many belong further in."""
    lines = [line for chunk in chunks for line in chunk]
    if any(line.indent for line in lines):
        return None
    inside = [line for line in lines if _belongs_inside(line)]
    owners = [line for line in lines if line.words.lower().startswith(("flow ", "test:")) or line.words.endswith(":")]
    if len(inside) < _SIGNS_OF_LOSS or not owners:
        return None
    return finding("E014", file, span(inside[0]))


def _belongs_inside(line: Line) -> bool:
    word = line.words.split(":")[0].split(" ")[0].lower()
    return PLACES.get(word, "").startswith(("in the header", "under a question", "in a test")) or bool(
        line.words[:2].rstrip(".)").isdigit()
    )
