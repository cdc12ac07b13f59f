"""A text with {{variables}}: cut once, then each value is written as the place where it stands demands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from urllib.parse import quote_plus
from xml.sax.saxutils import escape

import msgspec

from channels.base import SettingsError

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def _json(value: str) -> str:
    return msgspec.json.encode(value).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "application/x-www-form-urlencoded": quote_plus,
    "application/json": _json,
    "application/xml": escape,
    "text/xml": escape,
    "text/plain": str,
}
"""By content type; in JSON a variable stands without quotation marks around it: {"to": {{to}}}."""


class Template:
    """The setting `key`, ready to be filled in; raises SettingsError for a variable that is none of `known`."""

    def __init__(self, key: str, text: str, known: Collection[str], encode: Callable[[str], str]) -> None:
        self._pieces = _VARIABLE.split(text)  # literal, name, literal, name, … literal
        self._encode = encode
        for name in self._pieces[1::2]:
            if name not in known:
                raise SettingsError(key, f"There is no {{{{{name}}}}}. There are: {', '.join(sorted(known))}.")

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with each variable's value."""
        pieces = self._pieces.copy()
        pieces[1::2] = [self._encode(values[name]) for name in pieces[1::2]]
        return "".join(pieces)
