"""Short forms as they are written elsewhere, and what is proposed."""

from __future__ import annotations

import pytest

from tests.grammar.test_mistakes import FLOW, said, under

FORMS = [
    ("short form: SOH each product, on_hand", "short form: each product, on_hand"),
    ("short form: COLD a", "short form: a"),
    ("short form: SOH clinic month", "short form: clinic, month"),
    ("short form: {clinic}, {month}", "short form: clinic, month"),
    ("short form: <clinic> <month>", "short form: clinic, month"),
    ("short form: clinic and month", "short form: clinic, month"),
    ("short form: clinic; month.", "short form: clinic, month"),
    ("short form: each product on_hand", "short form: each product, on_hand"),
    ("short form: on_hand for each product", "short form: on_hand of each product"),
    ("short form: on_hand per product", "short form: on_hand of each product"),
    ("short form = clinic month", "short form: clinic, month"),
]


@pytest.mark.parametrize(("line", "right"), FORMS, ids=[form for form, _ in FORMS])
def test_a_short_form_is_proposed_as_it_is_written_here(line: str, right: str) -> None:
    (found,) = said(under(FLOW, line))
    assert found.hint == f"Write `{right}`"


@pytest.mark.parametrize("right", sorted({right for _, right in FORMS}))
def test_what_is_proposed_is_right(right: str) -> None:
    assert said(under(FLOW, right)) == []
