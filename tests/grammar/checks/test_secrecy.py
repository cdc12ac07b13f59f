"""Secrets that are given on."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

CODE = "ask code: Code?\n    answer: 4 digits\n    secret\n"
PIN = "verify pin: PIN?\n    answer: 4 digits\n    if failed: stop as locked\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (CODE + "    dhis2: fbfJHSPpUQD\n", [(4, "E267")]),
        (CODE + "set kept to code\n", [(4, "E267")]),
        (CODE + 'set kept to "x" & code\n', [(4, "E267")]),
        (CODE + "set worker.code to code\n", [(4, "E267")]),
        (PIN + "set kept to pin\n", [(4, "E267")]),
        (CODE + 'set right to code = "4711"\n', []),
        (CODE + "set done to code is not empty\n", []),
        (CODE.replace("    secret\n", "") + "set kept to code\n", []),
    ],
)
def test_a_secret_is_asked_about_and_never_kept(found: Found, text: str, codes: list[tuple[int, str]]) -> None:
    assert [each for each in found(text) if each[1] != "W201"] == codes
