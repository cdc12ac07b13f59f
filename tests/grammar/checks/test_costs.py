"""What a conversation costs at most."""

from __future__ import annotations

from textwrap import dedent

import pytest

from grammar.checks.costs import Cost, dearest
from grammar.loader import load_text


def cost(text: str, language: str = "en") -> Cost:
    loaded = load_text(f"flow x: X\n    languages: en, am\n{dedent(text)}", "x.flow")
    assert loaded.compiled is not None, loaded.findings
    return dearest(loaded.compiled.programs[0], language)


ASK = "ask q: How many?\n    answer: number\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("say: Hello.\n", Cost(1)),
        (f"say: {'a' * 161}\n", Cost(2)),
        (f"say: Hello.\n    am: {'አ' * 71}\n", Cost(1)),
        (ASK, Cost(2, 1)),  # without a line of the author's: one reminder, after a day
        (ASK + "    remind after 1 hour: Please.\n    remind after 2 hours: Please!\n", Cost(3, 2)),
        (f"    sms letters: plain\nsay: {'ê' * 100}\n", Cost(1)),
        (ASK + "if q > 1:\n    say: One.\n    say: Two.\notherwise:\n    say: Three.\n", Cost(4, 1)),
        ("table t:\n    c\n    a\n    b\n    d\nfor each r in t:\n    say: {r}\nsay: End.\n", Cost(4)),
        (
            "section top\nask q: Again?\n    1. y: Yes -> top\n    2. n: No\n    remind after 2 hours\nsay: End.\n",
            Cost(3, 1),
        ),
        ("say: One.\nstop\n", Cost(1)),
    ],
)
def test_the_dearest_way_is_counted_once_and_forwards(text: str, parts: Cost) -> None:
    assert cost(text) == parts


def test_a_language_with_other_letters_costs_more() -> None:
    assert cost(f"say: Hello.\n    am: {'አ' * 71}\n", "am") == Cost(2)
