"""Translation sheets as files for spreadsheets: every cell is a text, and none can act when it is opened."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from exchange.cells import cell
from grammar.strings.rows import Row, Sheet, SheetError

ID, BEFORE, STALE = "id", "text before", "out of date"
"""The columns beside those of languages; the first of these, behind the id, is the language that is translated from."""

MOST_ROWS = 20_000
"""The largest known flow has 900 texts: a longer sheet is another file, chosen by mistake."""

WIDE = 60
_TAG = re.compile("[a-z]{2,3}(-[a-z]{2,4})?")
_ENCODING = "utf-8-sig"  # the mark lets Excel see that it is UTF-8
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_UTF_8 = "The sheet is not written in UTF-8. Save it as an Excel workbook (.xlsx), or as “CSV UTF-8”."


def to_csv(sheet: Sheet) -> bytes:
    """Rows for any spreadsheet; a text that it would take for a formula gets an apostrophe before it."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([cell(text) for text in row] for row in _table(sheet))
    return file.getvalue().encode(_ENCODING)


def to_xlsx(sheet: Sheet) -> bytes:
    """A workbook of one page with its first row fixed."""
    book = Workbook()
    page = book.active
    if not isinstance(page, Worksheet):
        raise TypeError(page)
    page.title = "texts"
    for number, row in enumerate(_table(sheet), start=1):
        _write(page, number, row)
    page.freeze_panes = "C2"
    page.column_dimensions["A"].width = WIDE // 2
    for column in range(2, len(sheet.languages) + 4):
        page.column_dimensions[get_column_letter(column)].width = WIDE
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _write(page: Worksheet, number: int, row: Sequence[str]) -> None:
    for column, text in enumerate(row, start=1):
        place = page.cell(number, column)
        place.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        place.data_type = "s"  # what begins with = would be a formula
        place.quotePrefix = True  # and stays a text when a person edits it
        place.alignment = Alignment(wrap_text=True, vertical="top")
        place.font = Font(bold=number == 1)


def _table(sheet: Sheet) -> Iterator[list[str]]:
    yield [ID, sheet.base, *sheet.languages, BEFORE, STALE]
    for row in sheet.rows:
        marks = " ".join(f"{tag}:{made_for}" for tag, made_for in row.stale.items())
        yield [row.id, row.base, *(row.texts.get(tag, "") for tag in sheet.languages), row.before, marks]


def from_csv(data: bytes) -> Sheet:
    """Raises SheetError where this is no translation sheet; between cells stand commas, semicolons or tabs.

    Columns that name no language are a translator's own.  What Excel calls "Unicode text" is read, too; its plain "CSV"
    is not, because there every letter that the machine's old code page lacks has become a question mark.
    """
    try:
        text = data.decode("utf-16" if data.startswith(_UTF_16) else _ENCODING)
    except UnicodeDecodeError:
        raise SheetError(_NOT_UTF_8) from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise SheetError("The sheet is not a CSV file that can be read.") from None
    return _sheet((number, [_plain(text) for text in row]) for number, row in enumerate(rows, start=1))


def _plain(text: str) -> str:
    """A text without the apostrophe that only made it one."""
    return text[1:] if text.startswith("'") and cell(text[1:]) == text else text


def from_xlsx(data: bytes) -> Sheet:
    """Raises SheetError where this is no translation sheet, or where a cell holds no text."""
    try:
        page = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
        rows = [[_text(place) for place in row] for row in islice(page.iter_rows(), MOST_ROWS + 2)]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ParseError, OSError):
        raise SheetError("The sheet is not an Excel file (.xlsx) that can be read.") from None
    return _sheet(enumerate(rows, start=1))


def _text(place: Any) -> str:  # noqa: ANN401  (openpyxl has a class for each state of a cell, without a common base)
    value = place.value
    if value is None:
        return ""
    if place.data_type == "f":
        raise SheetError(f"{place.coordinate} is a formula. Make it a text.")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SheetError(f"{place.coordinate} is not a text but {value}. Make it a text.")
    return str(value)


def _sheet(numbered: Iterable[tuple[int, Sequence[str]]]) -> Sheet:
    rows = [(number, list(row)) for number, row in numbered if any(text.strip() for text in row)]
    if len(rows) > MOST_ROWS + 1:
        raise SheetError(f"The sheet has more than {MOST_ROWS} rows: it is another one, or a page full of empty texts.")
    header = [text.strip() for text in rows[0][1]] if rows else []
    while header and not header[-1]:
        header.pop()
    if len(header) < 3 or header[0].lower() != ID:
        raise SheetError("The first row must begin with id, and then name languages, as the exported sheet does.")
    named = [name.lower() for name in header]
    base, *languages = [named[1], *(name for name in named[2:] if _TAG.fullmatch(name))]
    return Sheet(base, tuple(languages), tuple(_row(number, row, named, languages) for number, row in rows[1:]))


def _row(number: int, row: list[str], header: Sequence[str], languages: Sequence[str]) -> Row:
    cells = dict(zip(header, [*row, *[""] * len(header)], strict=False))
    marks = dict(mark.split(":", 1) for mark in cells.get(STALE, "").split() if ":" in mark)
    texts = {tag: cells[tag] for tag in languages}
    return Row(cells[ID].strip(), cells[header[1]], texts, cells.get(BEFORE, ""), marks, f"Row {number}")
