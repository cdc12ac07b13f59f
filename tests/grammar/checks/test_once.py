"""One mistake is said once: a wrong name at its definition, an unknown one at its first place."""

from __future__ import annotations

from grammar.diagnostics import Finding
from grammar.loader import load_text

USES = "ask rest: How many of {tested}?\n    answer: whole number from 0 to tested\nsay: {tested}\n"


def findings(text: str) -> list[Finding]:
    loaded = load_text(f"flow x: X\n{text}", "x.flow")
    return [found for found in loaded.findings if found.code != "W290"]


def test_the_uses_of_a_name_that_is_given_wrongly_are_not_said() -> None:
    assert [(found.line, found.code) for found in findings(f"ask worker: How many?\n{USES}")] == [(2, "E201")]


def test_the_uses_of_a_name_that_is_used_twice_are_not_said() -> None:
    twice = "ask sent: How many?\nask sent: How many tested?\n"
    assert [(found.line, found.code) for found in findings(twice + USES)] == [(3, "E200")]


def test_an_unknown_name_is_said_at_its_first_place_with_the_lines_of_the_others() -> None:
    (found,) = findings(f"ask tsted: How many?\n{USES}")
    assert (found.line, found.code) == (3, "E202")
    assert found.hint == "Do you mean `tsted`? The same stands in lines 4 and 5."


def test_languages_in_full_are_said_once() -> None:
    text = "    languages: english, french\nsay: Hello.\n    fr: Bonjour.\nsay: Thanks.\n    fr: Merci.\n"
    (found,) = findings(text)
    assert (found.code, found.hint) == ("E215", "Write `languages: en, fr`")


def test_braces_that_show_a_name_to_the_worker() -> None:
    text = "ask n: How many?\n    answer: number\nsay: {{n}} and {{worker.name}}, {{anything}} else.\nsay: n} it is.\n"
    assert [(found.line, found.code) for found in findings(text)] == [(4, "W242"), (4, "W242"), (5, "W002")]


def test_a_text_that_lacks_in_the_first_language() -> None:
    text = "    languages: en, fr\nask n:\n    answer: number\n    fr: Combien ?\n"
    (found,) = findings(text)
    assert (found.line, found.code) == (3, "E214")


def test_a_first_language_below_its_line_is_enough() -> None:
    assert findings("    languages: en, fr\nsay:\n    fr: Bonjour.\n    en: Hello.\n") == []
