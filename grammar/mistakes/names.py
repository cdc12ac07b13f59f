"""Mistakes in names: several words, or letters that names cannot have."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.slips import as_code

_MADE = re.compile(r"\s*(?:ask|quiz|verify|section|flow|table|test\s+worker)\s+([^:]*[^:\s])\s*(?::|$)", re.IGNORECASE)
_USED = re.compile(r"\s*(?:[^:{]*:\s*)?(?:go\s+to|stop\s+as|run|set)\s+(.+?)(?:\s+(?:to|with)\s.*)?$", re.IGNORECASE)
_INSERTED = re.compile(r"\s*([^\W\d]\w*(?: +[^\W\d]\w*)+)\s*")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = re.compile(r"[A-Za-z0-9_ ]+")


def made(trouble: Trouble) -> Explanation | None:
    """The name that a line gives to what it makes: `ask has ors: …`."""
    match = _MADE.match(trouble.line.text)
    if match is None or trouble.column > match.end(1) or trouble.kind != "word" or _NAME.fullmatch(match[1]):
        return None
    return _badly_named(trouble, match)


def used(trouble: Trouble) -> Explanation | None:
    """The name that a line goes to, or sets."""
    match = _USED.match(trouble.line.text)
    if match is None or trouble.kind != "word" or not match.start(1) < trouble.column <= match.end(1):
        return None
    if _WORDS.fullmatch(match[1]) and not re.match(r"\s*(?:[^:{]*:\s*)?(?:go|stop)", match[0], re.IGNORECASE):
        return None
    return _badly_named(trouble, match) if re.fullmatch(r"[\w -]+", match[1]) else None


def inserted(trouble: Trouble) -> Explanation | None:
    """A name of several words between braces."""
    match = _INSERTED.fullmatch(trouble.line.text)
    return _badly_named(trouble, match) if match else None


def _badly_named(trouble: Trouble, match: re.Match[str]) -> Explanation | None:
    written = match[1]
    right = as_code(written)
    if not right:
        return None
    code = "E004" if _WORDS.fullmatch(written) and " " in written else "E005"
    mark = span(trouble.line, match.start(1) + 1, match.end(1) + 1)
    line = trouble.line.text
    repaired = line[: match.start(1)] + right + line[match.end(1) :]
    return Explanation(finding(code, trouble.file, mark, name=written, right=right), repaired)
