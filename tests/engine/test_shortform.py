"""How a short form is cut (RULES H1, H2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import shortform
from engine.library import Library


@pytest.mark.parametrize(
    ("message", "pieces"),
    [
        ("ALERT CH M 32", ["ALERT", "CH", "M", "32"]),
        ("alert.ch.m.32", ["alert", "ch", "m", "32"]),
        ("alert ch, m, 32", ["alert", "ch", "m", "32"]),
        ("alert 5, 32,", ["alert", "5", "32"]),
        ("alert;ch:m=32", ["alert", "ch", "m", "32"]),
        ("soh*act-20,5", ["soh", "act", "20", "5"]),
        ("seen*25/12/2025", ["seen", "25", "12", "2025"]),
        ("born.on=25/12/2025", ["born", "on", "25/12/2025"]),
        ("SOH ACT20 ORS 0", ["SOH", "ACT", "20", "ORS", "0"]),
        ("soh/act/20/ors/0", ["soh", "act", "20", "ors", "0"]),
        ("weight 5.5 5,5", ["weight", "5.5", "5,5"]),
        ("seen 25/12/2025", ["seen", "25/12/2025"]),
        ("a\nb", ["a", "b"]),
        ("  ", []),
        ("CH. M", ["CH", "M"]),
        ("alert.ch..32", ["alert", "ch", "", "32"]),
        ("alert,ch,,32,y", ["alert", "ch", "", "32", "y"]),
        ("alert.ch.m.32.", ["alert", "ch", "m", "32"]),
        ("SOH ACT 2O ORS l0", ["SOH", "ACT", "2O", "ORS", "l0"]),
    ],
)
def test_cut(message: str, pieces: list[str]) -> None:
    assert shortform.cut(message) == pieces


PAIRS = """
    flow soh: Stock on hand
        languages: en
        channels: sms
        start on word SOH
        short form: each product, on_hand
    table products:
        code | name        | alert
        act  | ACT tablets | 100
        ors  | ORS packets | 50
    for each product in products:
        ask on_hand: How many {product.name}?
            answer: whole number from 0 to 100000
"""
LISTED = PAIRS.replace("short form: each product, on_hand", "short form: on_hand of each product")
SIMPLE = """
    flow alert: Alert
        languages: en
        channels: sms
        start on word ALERT
        short form: place, story
    ask place: Where?
        answer: whole number from 0 to 9
    ask story: What?
        answer: text up to 100 letters
"""


@pytest.mark.parametrize(
    ("text", "message", "said", "left"),
    [
        (PAIRS, "SOH act 120 ors 60", {"on_hand/act": "120", "on_hand/ors": "60"}, ""),
        (PAIRS, "soh ORS packets 60", {"on_hand/ors": "60"}, ""),
        (PAIRS, "soh ors 5 ors 6", {"on_hand/ors": "6"}, ""),
        (PAIRS, "soh xyz 5 act 6", {"on_hand/act": "6"}, "xyz 5"),
        (PAIRS, "soh act", {}, "act"),
        (PAIRS, "soh act ors 5", {"on_hand/ors": "5"}, "act"),
        (LISTED, "SOH 120 60", {"on_hand/act": "120", "on_hand/ors": "60"}, ""),
        (LISTED, "SOH 120 60 7", {"on_hand/act": "120", "on_hand/ors": "60"}, "7"),
        (SIMPLE, "alert 3 a flood came", {"place": "3", "story": "a flood came"}, ""),
        (LISTED, "soh.120.60", {"on_hand/act": "120", "on_hand/ors": "60"}, ""),
        (LISTED, "soh.1.120", {"on_hand/act": "1", "on_hand/ors": "120"}, ""),
        (LISTED, "soh 120.60", {"on_hand/act": "120.60"}, ""),
        (PAIRS, "soh.act.1.5.ors.6", {"on_hand/act": "1.5", "on_hand/ors": "6"}, ""),
        (
            SIMPLE,
            "alert 3 a flood, at last: the bridge is gone.",
            {"place": "3", "story": "a flood, at last: the bridge is gone."},
            "",
        ),
        (SIMPLE, "alert,3,flood,bridge", {"place": "3", "story": "flood bridge"}, ""),
        (SIMPLE, "alert", {}, ""),
    ],
)
def test_what_is_said_ahead(
    library: Callable[..., Library], text: str, message: str, said: dict[str, str], left: str
) -> None:
    (linked,) = library(text).flows()
    found, rest, _ = shortform.read(linked.program, linked.tables, message)
    assert (found, " ".join(rest)) == (said, left)
