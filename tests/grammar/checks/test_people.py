"""Who is told something may not exist."""

from __future__ import annotations

import pytest

from grammar.loader import load_text
from tests.grammar.checks.conftest import Found

INPUTS = "    inputs:\n        boss: worker\n        deputy: worker optional\n"


@pytest.mark.parametrize("who", ["supervisor", "district_pharmacist of facility", "matron"])
def test_a_post_may_be_free(found: Found, who: str) -> None:
    assert found(f"tell {who}: Please call.") == [(1, "W274")]
    assert found(f"tell {who}: Please call.\n    if nobody: stop as nobody") == []


@pytest.mark.parametrize("who", ["worker", "group staff", "workers where cadre is nurse", "boss"])
def test_somebody_is_there_or_the_author_said_so(found: Found, who: str) -> None:
    assert found(f"{INPUTS}tell {who}: Please call.") == []


def test_an_input_that_may_lack_is_perhaps_nobody(found: Found) -> None:
    assert found(INPUTS + "tell deputy: Please call.") == [(4, "W274")]


def test_one_post_is_said_once_with_all_its_lines() -> None:
    loaded = load_text("flow x: X\ntell supervisor: A.\ntell supervisor: B.\ntell matron: C.\n", "x.flow")
    said = [each for each in loaded.findings if each.code == "W274"]
    assert [each.line for each in said] == [2, 4]
    assert said[0].hint.endswith("The same stands in line 3.")
