"""A colon that lacks between the name of what a line makes, or its first words, and its text."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.tags import LANGUAGES

_NAMED = re.compile(
    r"\s*((?:ask(?!\s+again\s)|quiz|verify|flow|section|test\s+worker)\s+[A-Za-z_][A-Za-z0-9_]*)\s+(\S+\s+\S.*)",
    re.IGNORECASE,
)
_EXPECTED = re.compile(r"\s*(expect)\s+(?!(?:to|not?|nothing|voice)(?!\w))(\S+\s+\S.*)", re.IGNORECASE)
_LANGUAGE = re.compile(r"\s*([a-z]{2})\s+(\S.*)", re.IGNORECASE)
_NAME_OF_ONE = re.compile(r"\s*([^\W\d_]+)\s*:\s*(\S.*)")
_CONDITION = re.compile(r"[<>=≤≥≠]|(?<!\w)(?:is|includes)(?!\w)", re.IGNORECASE)
_WORDS = frozenset(["as", "at", "be", "by", "do", "go", "if", "in", "is", "it", "no", "of", "on", "or", "to"])
_NAME = 3
"""More words before a colon than this are no name that was written in several words."""


def text_without_colon(trouble: Trouble) -> Explanation | None:
    """`ask tested How many?`: a word that can be a name, then a text, and no colon between them."""
    if trouble.kind not in ("word", "end"):
        return None
    match = _NAMED.fullmatch(trouble.line.text)
    if match is None or trouble.column <= match.end(1) or _is_long_name(match[2]):
        return None
    return _missing(trouble, match)


def _is_long_name(rest: str) -> bool:
    name, colon, _ = rest.partition(":")
    return bool(colon) and len(name.split()) < _NAME


def expected(trouble: Trouble) -> Explanation | None:
    """`expect Thank you`: a text, and no condition."""
    match = _EXPECTED.fullmatch(trouble.line.text)
    if match is None or trouble.kind not in ("word", "end") or ":" in match[2] or _CONDITION.search(match[2]):
        return None
    return _missing(trouble, match)


def language(trouble: Trouble) -> Explanation | None:
    """`fr Combien de cas ?`: the language of a text."""
    match = _LANGUAGE.fullmatch(trouble.line.text)
    if match is None or "LANG" not in trouble.accepted or match[1].lower() in _WORDS:
        return None
    if trouble.tags and match[1].lower() not in trouble.tags:
        return None
    if not trouble.tags and " " not in match[2]:  # one word may follow anything
        return None
    return _missing(trouble, match)


def language_in_words(trouble: Trouble) -> Explanation | None:
    """`French: Merci.`: the name of a language, where its letters stand."""
    match = _NAME_OF_ONE.fullmatch(trouble.line.text)
    tag = LANGUAGES.get(match[1].lower().replace("ç", "c")) if match is not None else None
    if match is None or tag is None or "LANG" not in trouble.accepted:
        return None
    right = f"{tag}: {match[2]}"
    mark = span(trouble.line, match.start(1) + 1, match.end(1) + 1)
    return Explanation(finding("E034", trouble.file, mark, line=right), " " * trouble.line.indent + right)


def _missing(trouble: Trouble, match: re.Match[str]) -> Explanation:
    right = f"{match[1]}: {match[2]}"
    mark = span(trouble.line, match.end(1) + 1, match.end(1) + 2)
    found = finding("E002", trouble.file, mark, line=right, where=f"after `{match[1]}`")
    return Explanation(found, " " * trouble.line.indent + right)
