"""What stands below a question belongs there."""

from __future__ import annotations

import pytest

from tests.grammar.checks.conftest import Found

ASK = "ask cases: How many?\n    answer: whole number\n"


@pytest.mark.parametrize(
    "text", ["stop", "Stop as late", "go to bye", "tell supervisor: Late.", "say: Hello", "SAY it"]
)
def test_a_reminder_gives_no_orders(found: Found, text: str) -> None:
    assert found(ASK + f"    remind after 1 hour: {text}\nsay bye: Bye.") == [(3, "E286")]
    header = f"flow clinic: Clinic\n    remind after 1 hour: {text}\n"
    assert found(header + ASK + "say bye: Bye.") == [(2, "E286")]


@pytest.mark.parametrize("text", ["Stopping soon. {question}", "Please tell us.", "Going to close", "Sayings"])
def test_a_reminder_may_use_their_letters(found: Found, text: str) -> None:
    assert found(ASK + f"    remind after 1 hour: {text}\nsay: Bye.") == []
