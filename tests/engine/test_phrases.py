"""The catalogue: every language says the same things, short enough for one SMS part, and knows the same words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.gsm7 import measure
from engine.letters import fold
from engine.phrases import Phrases, load
from engine.phrases.shipped import LANGUAGES

ROOT = Path(__file__).parents[2]
PHRASES = load()
BASE = PHRASES.tongue("en")
SAMPLE = {"label": "Oral rehydration", "value": "1234", "what": "ORS 12"}
OTHERS = [language for language in LANGUAGES if language != "en"]


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def filled(key: str, text: str) -> str:
    long = "25/12/2025" if "date" in key else "100000"
    return re.sub(r"\{(\w+)\}", lambda hole: SAMPLE.get(hole[1], long), text)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_says_all_that_english_says_with_the_same_values(language: str) -> None:
    says = PHRASES.tongue(language).says
    assert says.keys() == BASE.says.keys()
    assert {key: holes(text) for key, text in says.items()} == {key: holes(text) for key, text in BASE.says.items()}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_knows_the_words_that_english_knows(language: str) -> None:
    tongue = PHRASES.tongue(language)
    assert tongue.words.keys() == BASE.words.keys()
    assert set(tongue.numbers.values()) == set(range(21))
    assert set(tongue.months.values()) == set(range(1, 13))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_one_part_of_sms(language: str) -> None:
    says = PHRASES.tongue(language).says
    long = {key: measure(filled(key, text)) for key, text in says.items() if measure(filled(key, text))[1] > 1}
    assert long == {}


@pytest.mark.parametrize("language", ["en", "fr", "sw"])
def test_the_commonest_phrases_need_no_letters_that_halve_an_sms(language: str) -> None:
    says = {key: text for key, text in PHRASES.tongue(language).says.items() if key != "name"}
    assert [key for key, text in says.items() if measure(filled(key, text))[0] != "gsm7"] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ["stop", "start", "skip"])
def test_the_words_that_phrases_name_are_understood_in_that_language(language: str, key: str) -> None:
    assert key in PHRASES.words(language, key)
    if key == "skip":
        hint = fold(PHRASES.say(language, "skip_hint")).split()
        assert PHRASES.words(language, "skip").intersection(hint)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_means_yes_and_no_and_none_that_stops_is_an_answer(language: str) -> None:
    yes, no, stop = (PHRASES.words(language, key) for key in ("yes", "no", "stop"))
    assert not yes & no
    assert not stop & (yes | no)


def test_values_stand_in_the_holes() -> None:
    assert PHRASES.say("en", "invalid.whole_range", low=0, high=90) == "Please send a whole number from 0 to 90."
    assert PHRASES.say("fr", "verify.wrong", tries=2) == "Ce code PIN n'est pas correct. Essais restants : 2."


def test_one_has_a_phrase_of_its_own() -> None:
    assert [PHRASES.say("en", "days", count=count) for count in (1, 2)] == ["1 day", "2 days"]


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Oui"), ("fr-CI", "Oui"), ("fr_CI", "Oui"), ("ha", "Yes"), ("", "Yes")]
)
def test_a_region_speaks_its_language_and_an_unknown_language_english(language: str, said: str) -> None:
    assert PHRASES.say(language, "yes") == said


def test_what_a_language_lacks_is_said_in_english() -> None:
    some = Phrases({"en": {"says": {"yes": "Yes", "no": "No"}}, "ha": {"says": {"yes": "I"}}})
    assert [some.say("ha", key) for key in ("yes", "no")] == ["I", "No"]
    assert some.words("ha", "yes") == frozenset()


@pytest.mark.parametrize(
    ("language", "items", "joined"),
    [("en", "1", "1"), ("en", "129", "1, 2 or 9"), ("fr", "12", "1 ou 2"), ("am", "129", "1፣ 2 ወይም 9")],
)
def test_items_are_joined_as_in_the_language(language: str, items: str, joined: str) -> None:
    assert PHRASES.join(language, items) == joined
    assert PHRASES.join("en", "12", "and") == "1 and 2"


def test_a_hole_that_nobody_fills_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="never filled"):
        Phrases({"en": {"says": {"bye": "Bye"}}, "fr": {"says": {"bye": "Au revoir {name}"}}})


@pytest.mark.parametrize("text", ["Bye {", "Bye }", "Bye {}", "Bye {0}", "Bye {name.first}", "Bye {name!r}"])
def test_a_brace_that_stands_around_no_name_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError, match="The phrase bye in en has a brace"):
        Phrases({"en": {"says": {"bye": text}}})


def test_what_stands_in_a_hole_is_said_as_it_is() -> None:
    assert Phrases({"en": {"says": {"bye": "Bye {name}"}}}).say("en", "bye", name="{name} {0}") == "Bye {name} {0}"


def test_a_phrase_or_value_that_lacks_is_the_programmers_mistake() -> None:
    with pytest.raises(KeyError):
        PHRASES.say("en", "no_such_phrase")
    with pytest.raises(KeyError):
        PHRASES.say("en", "verify.wrong")


def test_words_are_folded() -> None:
    assert "bien sur" in PHRASES.words("fr", "yes")
    assert "hapana" in PHRASES.words("sw", "no")


def said_by_the_engine() -> Iterator[tuple[str, set[str]]]:
    """Where something is said, and the literal words of the call."""
    for file in sorted((ROOT / "engine").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                words = {arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant)}
                if words:
                    yield f"{file.name}:{node.lineno}", words


def test_whatever_the_engine_says_is_in_the_catalogue() -> None:
    said = list(said_by_the_engine())
    assert len(said) > 5
    assert [place for place, words in said if not words & BASE.says.keys()] == []
