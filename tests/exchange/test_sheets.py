"""Translation sheets for spreadsheets: what goes out comes back, and nothing in them can act."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from exchange import catalogues, sheets
from grammar.strings.rows import Row, Sheet, SheetError, digits

KINDS: dict[str, tuple[Callable[[Sheet], bytes], Callable[[bytes], Sheet]]] = {
    "csv": (sheets.to_csv, sheets.from_csv),
    "xlsx": (sheets.to_xlsx, sheets.from_xlsx),
    "po": (lambda sheet: catalogues.to_po(sheet, "fr"), catalogues.from_po),
}
DANGERS = ["=1+1", "+231 770", "-", "@SUM(A1)", "=cmd|' /C calc'!A0", "0770", "'quoted'", "a\nb", "“so”", "7", "'"]


def bare(sheet: Sheet) -> list[tuple[str, str, dict[str, str]]]:
    return [(row.id, row.base, row.texts) for row in sheet.rows]


@pytest.mark.parametrize("kind", KINDS)
def test_every_text_comes_back(kind: str) -> None:
    write, read = KINDS[kind]
    rows = tuple(Row(f"f.t{at}", text, {"fr": text}) for at, text in enumerate(DANGERS))
    back = read(write(Sheet("en", ("fr",), rows)))
    assert (back.base, back.languages) == ("en", ("fr",))
    assert bare(back) == [(row.id, row.base, row.texts) for row in rows]


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_any_texts_come_back(kind: str, texts: list[tuple[str, str]]) -> None:
    write, read = KINDS[kind]
    texts = [pair for pair in texts if not any(text.startswith("'") for text in pair)]
    rows = tuple(Row(f"f.t{at}", base, {"fr": fr}) for at, (base, fr) in enumerate(texts))
    assert bare(read(write(Sheet("en", ("fr",), rows)))) == [(row.id, row.base, row.texts) for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_marks_come_back(kind: str) -> None:
    write, read = KINDS[kind]
    row = Row("f.hi", "Hello.", {"fr": "Salut."}, "Hi.", {"fr": digits("Salut.")})
    (back,) = read(write(Sheet("en", ("fr",), (row,)))).rows
    assert (back.before, back.is_stale("fr", "Salut.")) == ("Hi.", True)


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    rows = tuple(Row("f.t", text, {"fr": text}) for text in DANGERS)
    data = sheets.to_xlsx(Sheet("en", ("fr",), rows))
    cells = [cell for row in load_workbook(io.BytesIO(data)).worksheets[0] for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert b"<f>" not in ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")


def test_no_cell_of_a_csv_file_begins_a_formula() -> None:
    rows = tuple(Row("f.t", text, {"fr": ""}) for text in DANGERS)
    lines = sheets.to_csv(Sheet("en", ("fr",), rows)).decode("utf-8-sig").splitlines()
    assert [line for line in lines if line.split(",")[1].lstrip('"')[:1] in set("=+@")] == []


def test_letters_that_a_workbook_cannot_hold_are_left_out() -> None:
    (row,) = sheets.from_xlsx(sheets.to_xlsx(Sheet("en", ("fr",), (Row("f.t", "a\x01b", {"fr": ""}),)))).rows
    assert row.base == "ab"


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HEADER: list[object] = ["id", "en", "fr"]

NOT_UTF_8 = "The sheet is not written in UTF-8. Save it as an Excel workbook (.xlsx), or as “CSV UTF-8”."

REFUSED = [
    ("xlsx", b"no workbook", "The sheet is not an Excel file (.xlsx) that can be read."),
    ("xlsx", b"PK\x03\x04", "The sheet is not an Excel file (.xlsx) that can be read."),
    ("xlsx", workbook(HEADER, ["f.t", "a", "=1+1"]), "C2 is a formula. Make it a text."),
    (
        "xlsx",
        workbook(HEADER, ["f.t", "a", date(2025, 2, 1)]),
        "C2 is not a text but 2025-02-01 00:00:00. Make it a text.",
    ),
    (
        "csv",
        "id;en;fr\nf.t;é;e".encode("cp1252"),
        NOT_UTF_8,
    ),
    ("csv", b"", "The first row must begin with id, and then name languages, as the exported sheet does."),
    (
        "csv",
        b"name,phone\nA,1",
        "The first row must begin with id, and then name languages, as the exported sheet does.",
    ),
    ("po", b"\xff", "The sheet is not a PO file in UTF-8 that can be read."),
    ("po", b"what is this", "The sheet is not a PO file in UTF-8 that can be read."),
    (
        "po",
        b'msgid ""\nmsgstr "Language: fr\\n"\n',
        "The head of the PO file must name its `Language` and its `X-Base-Language`, as the exported one does.",
    ),
]


@pytest.mark.parametrize(("kind", "data", "says"), REFUSED)
def test_a_file_that_is_no_sheet(kind: str, data: bytes, says: str) -> None:
    with pytest.raises(SheetError) as error:
        KINDS[kind][1](data)
    assert str(error.value) == says


def test_a_sheet_that_is_too_long() -> None:
    rows = "f.t,a,b\n" * (sheets.MOST_ROWS + 1)
    with pytest.raises(SheetError, match="more than 20000 rows"):
        sheets.from_csv(f"id,en,fr\n{rows}".encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_spreadsheets_write(separator: str, encoding: str) -> None:
    rows = [["ID", "EN", "My notes", "FR"], ["f.t", "a", "check", "ሀ"], ["", "", "", ""], ["f.u", "c"]]
    sheet = sheets.from_csv("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert (sheet.base, sheet.languages) == ("en", ("fr",))
    assert [(row.id, row.base, row.texts, row.place) for row in sheet.rows] == [
        ("f.t", "a", {"fr": "ሀ"}, "Row 2"),
        ("f.u", "c", {"fr": ""}, "Row 4"),
    ]


def test_a_number_in_a_workbook_is_the_text_that_one_sees() -> None:
    (row,) = sheets.from_xlsx(workbook(HEADER, ["f.t", 7, 7.5])).rows
    assert (row.base, row.texts) == ("7", {"fr": "7.5"})


def test_ids_that_a_translators_tool_dropped_are_told_once() -> None:
    rows = tuple(Row(f"f.t{number}", f"a{number}", {"fr": "b"}) for number in range(3))
    made = catalogues.to_po(Sheet("en", ("fr",), rows), "fr").decode()
    lines = [line for line in made.splitlines() if not line.startswith("msgctxt")]
    with pytest.raises(SheetError) as error:
        catalogues.from_po("\n".join(lines).encode())
    assert str(error.value) == (
        "3 of 3 entries have no line `msgctxt` with the id of its text (the first: line 10). Some translators' tools "
        "leave it out: have the translator keep those lines, or export an .xlsx file instead."
    )
    with pytest.raises(SheetError, match=r"^An entry has no line `msgctxt`"):
        catalogues.from_po(made.replace('msgctxt "f.t1"\n', "").encode())


def test_what_a_translators_tool_put_aside_is_left_out() -> None:
    made = catalogues.to_po(Sheet("en", ("fr",), (Row("f.t", "a", {"fr": "b"}),)), "fr")
    old = b'\n#~ msgctxt "f.old"\n#~ msgid "c"\n#~ msgstr "d"\n'
    assert [row.id for row in catalogues.from_po(made + old).rows] == ["f.t"]
