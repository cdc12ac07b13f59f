"""Every text has an id that stays when the lines around it change, and its translations wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.strings.rows import SheetError, digits
from grammar.strings.sheet import MistakesError, texts_of
from grammar.strings.units import Unit

ROOT = Path(__file__).parents[3]
HEAD = "flow f: F\n    languages: en, fr\n"


def found(text: str) -> dict[str, Unit]:
    return {unit.id: unit for unit in texts_of((HEAD + text).encode(), "a.flow").units}


def french(text: str, unit: str) -> str:
    return found(text)[unit].translations["fr"].text


IDS = [
    ("", "f.title"),
    ("say hello: Hi.", "f.hello"),
    ("ask q: Ready?", "f.q"),
    ("ask q: Ready?\n    1. yes: Yes", "f.q.choice.yes"),
    ("ask q: Ready?\n    - Yes", "f.q.choice.yes"),
    ("ask q: Ready?\n    if invalid: No.", "f.q.invalid"),
    ("quiz q: Ready?\n    if right: Yes.", "f.q.right"),
    ("quiz q: Ready?\n    if wrong: No.", "f.q.wrong"),
    ("ask q: Ready?\n    hint: So.", "f.q.hint"),
    ("ask q: Ready?\n    check q > 1: More.", "f.q.check"),
    ("ask q: Ready?\n    check q > 1: More.\n    check q < 9: Less.", "f.q.check.2"),
    ("ask q: Ready?\n    confirm: Sure?", "f.q.confirm"),
    ("ask q: Ready?\n    remind after 1 day: Please.", "f.q.remind"),
    ("ask q: Ready?\n    choices from t: {name}", "f.q.choices"),
    ("ask q: Ready?\n    voice: Say it.", "f.q.voice"),
    ("ask q: Ready?\n    sms: Send it.", "f.q.sms"),
    ("section s: Part one", "f.s"),
    ("choose language: Which?", "f.choose_language"),
    ("table t:\n    code | name | name:fr\n    a | A | B", "f.t.a.name"),
    ("    remind after 1 day: Please.", "f.remind"),
    ("    inputs:\n        r: one of\n            1. high: High", "f.r.choice.high"),
    ("say: Hi.", f"f.{digits('Hi.')}"),
    ("say: Hi.\nsay: Hi.", f"f.{digits('Hi.')}.2"),
    ("section s\nif a is b:\n    tell supervisor: Hi.", f"f.s.{digits('Hi.')}"),
    ("verify p: PIN?\n    if failed:\n        say: Locked.", f"f.{digits('Locked.')}"),
    ("after 1 day:\n    say: Late.", f"f.{digits('Late.')}"),
]


@pytest.mark.parametrize(("text", "unit"), IDS)
def test_ids(text: str, unit: str) -> None:
    assert unit in found(text + "\n")


FRENCH = [
    ("say hello: Hi.\n    fr: Salut.", "f.hello", "Salut."),
    ("say hello:\n    > Hi,\n    >  you.\n    fr:\n        > Salut,\n        >  toi.", "f.hello", "Salut,\n toi."),
    ("say hello: Hi,\n    > you.\n    fr: Salut,\n        > toi.", "f.hello", "Salut,\ntoi."),
    ("say hello: Hi {worker.name}.\n    FR: Salut {{ {worker.name}.", "f.hello", "Salut {{ {worker.name}."),
    ("ask q: Ready?\n    1. yes: Yes\n        fr: Oui\n    fr: Prêt ?", "f.q", "Prêt ?"),
    ("ask q: Ready?\n    1. yes: Yes -> f\n        fr: Oui", "f.q.choice.yes", "Oui"),
    ("say hello: Hi.\n    fr: S\n        voice: V\n    voice: W", "f.hello.voice", "V"),
    ("say hello: Hi.\n    voice: W\n        fr: V\n    fr: S", "f.hello.voice", "V"),
    ("say hello: Hi.\n    voice: W\n        fr: V\n    fr: S", "f.hello", "S"),
    ("    fr: G", "f.title", "G"),
    ("if a is b: say hello: Hi.\n    fr: Salut.", "f.hello", "Salut."),
]


@pytest.mark.parametrize(("text", "unit", "translation"), FRENCH)
def test_translations(text: str, unit: str, translation: str) -> None:
    assert french(text + "\n", unit) == translation


def test_the_text_is_that_of_the_author() -> None:
    units = found("ask q:   Is {{ {a+b} “so”?  \n    1. yes: Yes (alone) -> f\n")
    assert units["f.q"].base == "Is {{ {a+b} “so”?"
    assert units["f.q.choice.yes"].base == "Yes"


def test_cells_are_texts_where_a_column_of_a_language_stands_beside_theirs() -> None:
    head = "table t:\n    code | name | name:FR | audio | audio:fr | alert\n"
    assert list(found(head + "    a | A | | a.mp3 | b.mp3 | 1\n    b | | B\n")) == ["f.title", "f.t.a.name"]
    assert french(head + "    a | A | B\n", "f.t.a.name") == "B"


def test_a_table_above_the_flow_is_called_as_if_it_stood_in_it() -> None:
    text = "table t:\n    code | name | name:fr\n    a | A | B\n" + HEAD
    assert [unit.id for unit in texts_of(text.encode(), "a.flow").units] == ["f.t.a.name", "f.title"]


def test_tests_are_not_translated() -> None:
    assert list(found("test: T\n    start\n    expect: Hi.\n")) == ["f.title"]


def test_every_text_of_the_examples_has_an_id_of_its_own() -> None:
    for file in sorted(ROOT.glob("flows/*.flow")):
        units = texts_of(file.read_bytes(), file.name).units
        assert len({unit.id for unit in units}) == len(units) > 10
        assert [unit.line for unit in units] == sorted(unit.line for unit in units)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("say: Hi.\n", "a.flow has no `flow` line: translate it where its flow stands."),
        ("flow f: F\n", "a.flow speaks one language. Name the others in its header: `languages: en, fr`."),
        (HEAD + "say: a\vsay: b\n", "a.flow has line breaks of Word in it. Say `dundun fmt a.flow` first."),
        (
            HEAD + "flow g: G\n    languages: fr, en\n",
            "The flows of a.flow begin with different languages. Make it one file each.",
        ),
    ],
)
def test_what_cannot_be_translated(text: str, says: str) -> None:
    with pytest.raises(SheetError) as error:
        texts_of(text.encode(), "a.flow")
    assert str(error.value) == says


def test_a_flow_with_mistakes_has_no_sheet() -> None:
    with pytest.raises(MistakesError) as error:
        texts_of((HEAD + "sya: Hi.\n").encode(), "a.flow")
    assert [found.line for found in error.value.findings] == [3]
