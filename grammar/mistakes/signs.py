"""Mistakes in signs: quotation marks, brackets, comments, and a colon that lacks after `say` or at the end."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble

QUOTES = "\"'“”„«»‘’"

_QUOTED = re.compile(r"\s*(say|ask\s+\w+|tell\s+\w+)\s+([\"“«'].*)", re.IGNORECASE)
_SAID = re.compile(r"\s*(say)\s+(\S.*)", re.IGNORECASE)


def comment(trouble: Trouble) -> Explanation | None:
    """A comment at the end of a line."""
    if trouble.kind != "word" or not trouble.before or not trouble.rest.startswith("#"):
        return None
    return trouble.explain("E025", " " * trouble.line.indent + trouble.before)


def quotes(trouble: Trouble) -> Explanation | None:
    """Quotation marks that are opened and not closed."""
    if trouble.kind != "word" or trouble.rest[:1] not in QUOTES or set(QUOTES) & set(trouble.rest[1:]):
        return None
    return trouble.explain("E020", word=trouble.rest)


def say_without_colon(trouble: Trouble) -> Explanation | None:
    """`say Hello`, and texts in quotes as other tools write them."""
    if "COLON" not in trouble.accepted:
        return None
    match = _QUOTED.fullmatch(trouble.line.text) or _SAID.fullmatch(trouble.line.text)
    if match is None or ":" in match[2]:
        return None
    text = match[2].strip(QUOTES) if match[2][0] in QUOTES else match[2]
    right = f"{match[1]}: {text}"
    mark = span(trouble.line, match.end(1) + 1, match.end(1) + 2)
    found = finding("E002", trouble.file, mark, line=right, where=f"after `{match[1]}`")
    return Explanation(found, " " * trouble.line.indent + right)


def colon_at_end(trouble: Trouble) -> Explanation | None:
    """A line that owns a block, or a text, without its colon."""
    if "COLON" not in trouble.accepted or trouble.kind != "end":
        return None
    right = f"{trouble.line.words}:"
    return trouble.explain("E002", " " * trouble.line.indent + right, line=right, where="at the end of this line")


def bracket(trouble: Trouble) -> Explanation | None:
    """A bracket that opens and does not close."""
    if "RPAR" not in trouble.accepted or (trouble.kind != "end" and trouble.rest[:1] != ":"):
        return None
    line = trouble.line.text
    return trouble.explain("E022", f"{line[: trouble.column - 1]}){line[trouble.column - 1 :]}")
