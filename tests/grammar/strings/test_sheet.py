"""A new sheet of a flow keeps what an older one knew: which translations were made for a text that is no more."""

from __future__ import annotations

import pytest

from grammar.strings.rows import Row, Sheet, SheetError
from grammar.strings.sheet import lost, sheet_of, texts_of

HEAD = "flow f\n    languages: en, fr\n"


def after(text: str, older: Sheet | None = None) -> Sheet:
    return sheet_of(texts_of((HEAD + text).encode(), "a.flow"), older)


def mark(sheet: Sheet) -> tuple[str, bool]:
    (row,) = sheet.rows
    return row.before, row.is_stale("fr", row.texts["fr"])


HI = "say hi: Hi.\n    fr: Salut.\n"
HELLO = "say hi: Hello.\n    fr: Salut.\n"
BONJOUR = "say hi: Hello.\n    fr: Bonjour.\n"


def test_a_first_sheet() -> None:
    sheet = after(HI)
    assert (sheet.base, sheet.languages) == ("en", ("fr",))
    assert sheet.rows == (Row("f.hi", "Hi.", {"fr": "Salut."}),)


def test_an_edited_text_marks_its_translation_until_that_is_another() -> None:
    edited = after(HELLO, after(HI))
    assert mark(edited) == ("Hi.", True)
    assert mark(after(HELLO, edited)) == ("Hi.", True)
    assert mark(after(HELLO.replace("Hello", "Hey"), edited)) == ("Hi.", True)
    assert mark(after(BONJOUR, edited)) == ("", False)


def test_a_text_that_is_again_what_it_was_marks_nothing() -> None:
    assert mark(after(HI, after(HELLO, after(HI)))) == ("", False)


def test_text_and_translation_edited_together_mark_nothing() -> None:
    assert mark(after(BONJOUR, after(HI))) == ("", False)


def test_an_edited_text_without_a_name_keeps_its_history() -> None:
    said = "say: Thank you for your answers.\n    fr: Merci.\n"
    assert mark(after(said.replace("Thank you", "Thanks"), after(said))) == ("Thank you for your answers.", True)


def test_translations_that_only_the_sheet_has_would_be_lost() -> None:
    texts = texts_of((HEAD + HI).encode(), "a.flow")
    row = Row("f.hi", "Hi.", {"fr": "Bonjour."})
    assert lost(texts, Sheet("en", ("fr",), (row, Row("f.gone", "Go.", {"fr": "Va."})))) == 1
    assert lost(texts, Sheet("en", ("fr",), (Row("f.hi", "Hi.", {"fr": " Salut. "}),))) == 0


def test_a_language_in_full_has_no_lines_to_write() -> None:
    with pytest.raises(SheetError, match="calls a language `french`"):
        texts_of(b"flow f: F\n    languages: en, french\nsay hi: Hi.\n", "f.flow")
