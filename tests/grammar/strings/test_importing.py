"""Translations go to their places, no other line changes, and a sheet that does not fit changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grammar.loader import load_bytes
from grammar.reader import clean
from grammar.strings.importing import take
from grammar.strings.rows import Row, Sheet, SheetError, digits
from grammar.strings.sheet import sheet_of, texts_of
from grammar.strings.values import misfit

ROOT = Path(__file__).parents[3]
HEAD = "flow f: F\n    languages: en, fr, am\n"


def row(unit: str, base: str, fr: str = "", am: str = "") -> Row:
    return Row(unit, base, {"fr": fr, "am": am}, place="Row 2")


def sheet(*rows: Row) -> Sheet:
    return Sheet("en", ("fr", "am"), rows)


def taken(text: str, *rows: Row) -> str:
    made = take((HEAD + text).encode(), "a.flow", sheet(*rows))
    assert made.problems == ()
    return made.data.decode().removeprefix(HEAD)


WRITTEN = [
    # below the line, one step in
    ("say hi: Hi.\nstop\n", row("f.hi", "Hi.", "Salut."), "say hi: Hi.\n    fr: Salut.\nstop\n"),
    ("say hi: Hi.", row("f.hi", "Hi.", "Salut."), "say hi: Hi.\n    fr: Salut."),
    ("say hi: Hi.\n", row("f.hi", "Hi.", "S", "A"), "say hi: Hi.\n    fr: S\n    am: A\n"),
    ("say hi: Hi.\r\nstop\r\n", row("f.hi", "Hi.", "S"), "say hi: Hi.\r\n    fr: S\r\nstop\r\n"),
    # behind what there is of the kind, at its margin
    ("say hi: Hi.\n  fr: S\n", row("f.hi", "Hi.", "S", "A"), "say hi: Hi.\n  fr: S\n  am: A\n"),
    (
        "ask q: Q?\n  1. yes: Yes\n  # why\n  optional\n",
        row("f.q", "Q?", "Q ?"),
        "ask q: Q?\n  fr: Q ?\n  1. yes: Yes\n  # why\n  optional\n",
    ),
    (
        "ask q: Q?\n    1. yes: Yes\n    2. no: No\n",
        row("f.q.choice.yes", "Yes", "Oui"),
        "ask q: Q?\n    1. yes: Yes\n        fr: Oui\n    2. no: No\n",
    ),
    ("say hi:\n    > A\n    > B\nstop\n", row("f.hi", "A\nB", "C"), "say hi:\n    > A\n    > B\n    fr: C\nstop\n"),
    # in the place of another
    ("say hi: Hi.\n    FR :  S\n", row("f.hi", "Hi.", "T"), "say hi: Hi.\n    FR: T\n"),
    (
        "say hi: Hi.\n    fr:\n        > S\n        > T\n        voice: V\n",
        row("f.hi", "Hi.", "U"),
        "say hi: Hi.\n    fr: U\n        voice: V\n",
    ),
    # several lines
    ("say hi: Hi.\n", row("f.hi", "Hi.", "A\nB"), "say hi: Hi.\n    fr:\n        > A\n        > B\n"),
    (
        "say hi: Hi.\n    fr: S\n",
        row("f.hi", "Hi.", "A\n\nB"),
        "say hi: Hi.\n    fr:\n        > A\n        >\n        > B\n",
    ),
    # channels
    (
        "say hi: Hi.\n    voice: V\n",
        row("f.hi.voice", "V", "W"),
        "say hi: Hi.\n    voice: V\n        fr: W\n",
    ),
    (
        "say hi: Hi.\n    voice: V\n    fr: S\n",
        row("f.hi.voice", "V", "W"),
        "say hi: Hi.\n    voice: V\n    fr: S\n        voice: W\n",
    ),
    (
        "say hi: Hi.\n    voice: V\n    fr:\n        voice: W\n",
        row("f.hi", "Hi.", "S"),
        "say hi: Hi.\n    voice: V\n    fr: S\n        voice: W\n",
    ),
    # tables
    (
        "table t:\n    code | name  | name:fr | x\n    a    | Big a |         | 1\n    b | B\n",
        row("f.t.a.name", "Big a", "Grand"),
        "table t:\n    code | name  | name:fr | x\n    a    | Big a | Grand   | 1\n    b | B\n",
    ),
    (
        "table t:\n  code | name | name:fr\n  b | B\n",
        row("f.t.b.name", "B", "Bé"),
        "table t:\n  code | name | name:fr\n  b | B | Bé\n",
    ),
    (
        "table t:\n\tcode\tname\tname:fr\tname:am\n\tb\tB\tC\n",
        row("f.t.b.name", "B", "Bé", "ቢ"),
        "table t:\n\tcode\tname\tname:fr\tname:am\n\tb\tB\tBé\tቢ\n",
    ),
    # nothing to do
    ("say hi: Hi.\n    fr: S\n", row("f.hi", "Hi."), "say hi: Hi.\n    fr: S\n"),
    ("say hi: Hi.\n    fr:  S  \n", row("f.hi", "Hi.", " S\u00a0"), "say hi: Hi.\n    fr:  S  \n"),
]


@pytest.mark.parametrize(("text", "given_row", "made"), WRITTEN)
def test_where_a_translation_is_written(text: str, given_row: Row, made: str) -> None:
    assert taken(text, given_row) == made


@pytest.mark.parametrize("words", ["S", "S\nT"])
def test_a_text_and_its_voice_are_both_translated_whichever_comes_first(words: str) -> None:
    rows = row("f.hi", "Hi.", words), row("f.hi.voice", "V", "W")
    below = f"    fr: {words}\n" if "\n" not in words else "    fr:\n        > S\n        > T\n"
    made = f"say hi: Hi.\n    voice: V\n        fr: W\n{below}"
    assert taken("say hi: Hi.\n    voice: V\n", *rows) == made
    assert taken("say hi: Hi.\n    voice: V\n", *reversed(rows)) == made


def test_the_title_of_a_flow() -> None:
    made = take(
        b"flow f: F\n    languages: en, fr\nstop\n", "a.flow", Sheet("en", ("fr",), (row("f.title", "F", "G"),))
    )
    assert made.data == b"flow f: F\n    fr: G\n    languages: en, fr\nstop\n"


def test_a_mark_at_the_beginning_of_the_file_stays() -> None:
    data = b"\xef\xbb\xbf" + (HEAD + "say hi: Hi.\n").encode()
    assert take(data, "a.flow", sheet(row("f.hi", "Hi.", "S"))).data == data + b"    fr: S\n"


MISFITS = [
    (row("f.no", "Hi.", "S"), "Row 2: the flow has no text f.no."),
    (row("f.hi", "Hi {a}.", "S"), "Row 2: the fr of f.hi does not fit: {a} is missing."),
    (
        row("f.hi", "Hi {a}.", "S {b}"),
        "Row 2: the fr of f.hi does not fit: {a} is missing, and {b} is not in the text.",
    ),
    (row("f.hi", "Hi {a}.", "S {a} {"), "Row 2: the fr of f.hi does not fit: a brace is open or closes nothing."),
    (
        row("f.hi", "Hi {a}.", "R?pondez {a}"),
        "Row 2: the fr of f.hi does not fit: letters of “R?pondez” were lost, send the sheet in UTF-8.",
    ),
    (row("f.hi", "Hi {a}.", "{a}" + "S" * 2000), "Row 2: the fr of f.hi does not fit: it is longer than 2000 letters."),
]


TABLE = "table t:\n    code | name | name:fr\n    a | A |\n"


@pytest.mark.parametrize(
    ("given_row", "says"),
    [
        (row("f.t.a.name", "A", "a|b"), "Row 2: the fr of f.t.a.name does not fit: a cell holds no | and one line."),
        (row("f.t.a.name", "A", "a\nb"), "Row 2: the fr of f.t.a.name does not fit: a cell holds no | and one line."),
        (row("f.t.a.name", "A", "", "ቢ"), "Row 2: the am of f.t.a.name does not fit: the table has no column name:am."),
    ],
)
def test_what_cannot_stand_in_a_table(given_row: Row, says: str) -> None:
    assert take((HEAD + TABLE).encode(), "a.flow", sheet(given_row)).problems == (says,)


@pytest.mark.parametrize(("given_row", "says"), MISFITS)
def test_one_row_that_does_not_fit_stops_the_sheet(given_row: Row, says: str) -> None:
    data = (HEAD + "say hi: Hi {a}.\nsay ok: OK.\n").encode()
    made = take(data, "a.flow", sheet(row("f.ok", "OK.", "D'accord."), given_row))
    assert (made.data, made.written, made.problems) == (data, 0, (says,))


def test_rows_and_columns_that_nobody_can_place() -> None:
    data = (HEAD + "say hi: Hi.\n").encode()
    twice = Sheet("fr", ("de",), (Row("f.hi", "Hi.", {}, place="Row 2"), Row("f.hi", "Hi.", {}, place="Row 3")))
    assert take(data, "a.flow", twice).problems == (
        "The sheet translates from fr, but the first language of the flow is en.",
        "The sheet has a column de, which the line `languages:` of the flow does not name.",
        "Row 3: f.hi stands in row 2 already.",
    )


@pytest.mark.parametrize(
    ("base", "text", "says"),
    [
        ("{a} {b}", "{b} {a}", ""),
        ("{ a + b }", "{A+b}", ""),
        ("{a} {a}", "{a}", ""),
        ("{{a}", "{{b}", "a brace is open or closes nothing"),
        ("{{a}}", "{{b}}", ""),
        ("a", "{b}", "{b} is not in the text"),
    ],
)
def test_values(base: str, text: str, says: str) -> None:
    assert misfit(base, text) == says


def test_what_was_made_for_an_older_text_fills_a_gap_and_replaces_nothing() -> None:
    text = "say hi: Hello.\n    fr: Bonjour.\n"
    made = take((HEAD + text).encode(), "a.flow", sheet(row("f.hi", "Hi.", "Salut.", "ሰላም")))
    assert made.data.decode() == HEAD + text + "    am: ሰላም\n"
    assert made.outdated == (
        "Row 2: the fr of f.hi was made for another text, and what the flow has was kept. The text is now: Hello.",
        "Row 2: the am of f.hi was made for another text. It was written; check it against: Hello.",
    )


FUZZY = [
    # what the sheet says of it: its text, the older text, whether it is old
    ("Hi.", "", False),
    ("Hi.", "Hi.", False),
    ("Hi.", "Hello.", True),
    ("Hello.", "", True),
]


@pytest.mark.parametrize(("base", "before", "old"), FUZZY)
def test_what_a_translator_was_not_sure_of_is_not_called_old(base: str, before: str, old: bool) -> None:
    marked = Row("f.hi", base, {"fr": "Salut."}, before, {"fr": digits("Salut.")}, "Line 9")
    made = take(f"{HEAD}say hi: Hi.\n    fr: Bonjour.\n".encode(), "a.flow", Sheet("en", ("fr",), (marked,)))
    assert (made.written, len(made.outdated), len(made.unsure)) == (0, int(old), int(not old))


def test_what_a_translator_was_not_sure_of_fills_a_gap_and_replaces_nothing() -> None:
    text = "say hi: Hi.\n    fr: Bonjour.\n"
    marks = {"fr": digits("Salut."), "am": digits("ሰላም")}
    marked = Row("f.hi", "Hi.", {"fr": "Salut.", "am": "ሰላም"}, "", marks, "Line 9")
    made = take((HEAD + text).encode(), "a.flow", sheet(marked))
    assert made.data.decode() == HEAD + text + "    am: ሰላም\n"
    kept = "and what the flow has was kept. To have it, take the mark away and import again."
    assert made.unsure == (
        f"Line 9: the fr of f.hi is marked as fuzzy: its translator was not sure, {kept}",
        "Line 9: the am of f.hi is marked as fuzzy: its translator was not sure. It was written; check it against: Hi.",
    )


def test_the_sheet_of_another_flow_is_named_once() -> None:
    made = take((HEAD + "say hi: Hi.\n").encode(), "a.flow", sheet(row("g.a", "A", "B"), row("g.b", "C", "D")))
    assert made.problems == ("No row of the sheet is a text of a.flow: the first is g.a. It is another flow's sheet.",)


def test_a_row_that_lost_its_id() -> None:
    made = take((HEAD + "say hi: Hi.\n").encode(), "a.flow", sheet(row("f.hi", "Hi.", "S"), row("", "C", "D")))
    assert made.problems == ("Row 2: there is no id.",)


def test_an_edited_text_without_a_name_is_found_by_its_likeness() -> None:
    old = f"f.{digits('Thank you for your answers.')}"
    made = take(
        (HEAD + "say: Thanks for your answers.\nsay: Something else.\n").encode(),
        "a.flow",
        sheet(row(old, "Thank you for your answers.", "Merci.")),
    )
    assert (made.written, len(made.outdated), made.problems) == (1, 1, ())
    assert made.data.decode() == HEAD + "say: Thanks for your answers.\n    fr: Merci.\nsay: Something else.\n"


def test_a_text_that_is_not_alike_is_another() -> None:
    made = take((HEAD + "say: Goodbye!\n").encode(), "a.flow", sheet(row("f.123abc", "Which district?", "Quel ?")))
    assert made.problems == ("Row 2: the flow has no text f.123abc.",)


def test_letters_of_windows_are_not_guessed() -> None:
    with pytest.raises(SheetError) as error:
        take((HEAD + "say hi: café\n").encode("cp1252"), "a.flow", sheet())
    assert str(error.value) == "a.flow is not written in UTF-8. Say `dundun fmt a.flow` first."


@pytest.mark.parametrize("file", sorted(ROOT.glob("flows/*.flow")), ids=lambda file: file.stem)
def test_a_sheet_of_an_example_changes_nothing(file: Path) -> None:
    data = file.read_bytes()
    made = take(data, file.name, sheet_of(texts_of(data, file.name)))
    assert (made.data, made.written, made.outdated) == (data, 0, ())


WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="{}|?\ufffd"), min_size=1, max_size=40
)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(ROOT.glob("flows/*.flow"))), st.data())
def test_any_words_come_back_as_they_were_written(file: Path, data: st.DataObject) -> None:
    source = file.read_bytes()
    first = sheet_of(texts_of(source, file.name))
    tag = first.languages[0]
    values = {item.id: [f"{{{v}}}" for v in _values(item.base)] for item in first.rows}
    rows = [
        Row(
            item.id,
            item.base,
            {tag: " ".join([data.draw(WORDS if ".products." in item.id else LINES), *values[item.id]])},
        )
        for item in first.rows[:: data.draw(st.integers(3, 9))]
    ]
    made = take(source, file.name, Sheet(first.base, (tag,), tuple(rows)))
    assert made.problems == ()
    again = {item.id: item.texts[tag] for item in sheet_of(texts_of(made.data, file.name)).rows}
    assert all(again[item.id] == clean(item.texts[tag]) for item in rows if clean(item.texts[tag]))
    mistakes = [found for found in load_bytes(made.data, file.name).findings if found.severity == "error"]
    assert {found.code for found in mistakes} <= {"E232", "E233"}  # a label that is another's label or number


def _values(text: str) -> list[str]:
    return [piece.partition("}")[0] for piece in text.split("{")[1:]]
