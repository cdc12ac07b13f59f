"""A text with variables is filled in as the place demands."""

from __future__ import annotations

import pytest

from channels.base import SettingsError
from channels.template import ENCODINGS, Template

VALUES = {"text": 'ça "5 & 6" <b>\n{{to}}', "to": "+1"}


@pytest.mark.parametrize(
    ("kind", "text", "filled"),
    [
        ("application/x-www-form-urlencoded", "a={{text}}", "a=%C3%A7a+%225+%26+6%22+%3Cb%3E%0A%7B%7Bto%7D%7D"),
        ("application/json", '{"a": {{text}}}', '{"a": "ça \\"5 & 6\\" <b>\\n{{to}}"}'),
        ("application/xml", "<a>{{text}}</a>", '<a>ça "5 &amp; 6" &lt;b&gt;\n{{to}}</a>'),
        ("text/plain", "{{to}}: {{ text }}{{to}}", '+1: ça "5 & 6" <b>\n{{to}}+1'),
        ("text/plain", "{to} {{ to", "{to} {{ to"),
        ("text/plain", "", ""),
    ],
)
def test_a_value_cannot_leave_its_place(kind: str, text: str, filled: str) -> None:
    assert Template("body", text, VALUES, ENCODINGS[kind]).fill(VALUES) == filled


def test_an_unknown_variable_is_named_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"body: There is no {{name}}. There are: text, to\."):
        Template("body", "{{name}}", VALUES, str)
