"""A short form as it is written elsewhere: with its start word, in braces, without commas; names stay as they are."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble

_FORM = re.compile(r"(\s*short\s*form\s*)(?::|=)?\s*(.+)", re.IGNORECASE)
_START = re.compile(r"(?:[A-Z][A-Z0-9]+[\s,]+)(?=\S)")
_AROUND = re.compile(r"[{}\[\]<>()\"“”'’#?.]")
_BETWEEN = re.compile(r"\s*(?:[,;:+/&|]|\band\b)\s*|\s+", re.IGNORECASE)
_EACH = re.compile(r"(?:for\s+)?(?:each|every)\s+(\w+)", re.IGNORECASE)
_OF_EACH = re.compile(r"(\w+)\s+(?:of|for|per)\s+(?:each\s+|every\s+)?(\w+)", re.IGNORECASE)


def short_form(trouble: Trouble) -> Explanation | None:
    """`short form: STOCK {clinic} {month}`."""
    match = _FORM.fullmatch(trouble.line.text)
    if match is None or trouble.kind == "indent":
        return None
    names = _AROUND.sub("", _START.sub("", match[2], count=1))
    right = f"{' ' * trouble.line.indent}short form: {_items(names)}"
    if right == trouble.line.text:
        return None
    return Explanation(finding("E034", trouble.file, span(trouble.line), line=right.strip()), right)


def _items(names: str) -> str:
    """The names with one comma between two of them; `each product` and `on_hand of each product` stay together."""
    joined = _EACH.sub(r"each~\1", _OF_EACH.sub(r"\1~of~each~\2", names))
    return ", ".join(item for item in _BETWEEN.split(joined.strip()) if item).replace("~", " ")
