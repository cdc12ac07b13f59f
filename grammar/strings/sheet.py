"""A flow file → its translation sheet; the marks of an older sheet stay as long as their translations do."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from grammar import nodes as n
from grammar import parser, reader
from grammar.diagnostics import Finding
from grammar.names import languages_of
from grammar.reader import clean
from grammar.strings.cells import of_table
from grammar.strings.matching import matched
from grammar.strings.page import Page
from grammar.strings.rows import Row, Sheet, SheetError, digits
from grammar.strings.units import Unit, units

_TAG = re.compile("[a-z]{2,3}(-[a-z0-9]+)?")


class Texts(msgspec.Struct, frozen=True):
    """The texts of a file, and the languages into which they can be translated."""

    base: str
    languages: tuple[str, ...]
    units: tuple[Unit, ...]
    page: Page


class MistakesError(ValueError):
    """The file has lines that cannot be read: `findings` say which."""

    def __init__(self, findings: Sequence[Finding], lines: Sequence[str]) -> None:
        super().__init__("mistakes")
        self.findings = findings
        self.lines = lines


def texts_of(data: bytes, name: str) -> Texts:
    """The texts of a flow file.  Raises MistakesError, and SheetError where nothing can be translated."""
    source, found = reader.read(data, name)
    file, misread = parser.parse(source)
    mistakes = [finding for finding in (*found, *misread) if finding.severity == "error"]
    if mistakes:
        raise MistakesError(mistakes, source.shown)
    if len(source.lines) != len(source.shown):
        raise SheetError(f"{name} has line breaks of Word in it. Say `dundun fmt {name}` first.")
    page = Page(source.lines)
    base, *languages = _languages(file, name)
    return Texts(base, tuple(languages), tuple(_units(file, page)), page)


def _units(file: n.File, page: Page) -> list[Unit]:
    """In the order of the file; tables above the first flow are called as if they stood in it."""
    found: list[Unit] = []
    for flow in file.flows:
        loose = file.loose if flow is file.flows[0] else ()
        tables = [top for top in (*loose, *flow.body) if isinstance(top, n.Table)]
        found += units(flow, page)
        found += (cell for table in tables for cell in of_table(table, flow.name.text))
    return sorted(found, key=lambda unit: unit.line)


def _languages(file: n.File, name: str) -> list[str]:
    """In small letters, the base language first."""
    if not file.flows:
        raise SheetError(f"{name} has no `flow` line: translate it where its flow stands.")
    first, *others = ([tag.lower() for tag in languages_of(flow)] for flow in file.flows)
    if any(other[0] != first[0] for other in others):
        raise SheetError(f"The flows of {name} begin with different languages. Make it one file each.")
    known = dict.fromkeys(tag for tags in (first, *others) for tag in tags)
    full = next((tag for tag in known if not _TAG.fullmatch(tag)), None)
    if full is not None:
        raise SheetError(f"{name} calls a language `{full}`. Give it its letters in the header: `languages: en, fr`.")
    if len(known) == 1:
        raise SheetError(f"{name} speaks one language. Name the others in its header: `languages: {first[0]}, fr`.")
    return list(known)


def sheet_of(texts: Texts, older: Sheet | None = None) -> Sheet:
    """The sheet of a file; `older` is the one that translators had, where there is one."""
    known = {unit.id: row for row, unit in matched(older.rows, texts.units) if unit} if older is not None else {}
    return Sheet(texts.base, texts.languages, tuple(_row(unit, texts, known.get(unit.id)) for unit in texts.units))


def lost(texts: Texts, older: Sheet) -> int:
    """How many translations of a sheet would be lost if it were written anew: those that are not in the file."""
    pairs = [(row, unit) for row, unit in matched(older.rows, texts.units) if unit is not None]
    return sum(
        bool(text) and clean(text) != (unit.translations[tag].text if tag in unit.translations else "")
        for row, unit in pairs
        for tag, text in row.texts.items()
        if tag in texts.languages
    )


def _row(unit: Unit, texts: Texts, older: Row | None) -> Row:
    made = {tag: unit.translations[tag].text if tag in unit.translations else "" for tag in texts.languages}
    stale = {tag: digits(text) for tag, text in made.items() if text and older and _is_stale(unit, tag, text, older)}
    before = (older.before or older.base) if older is not None and stale else ""
    return Row(unit.id, unit.base, made, before, stale)


def _is_stale(unit: Unit, tag: str, text: str, older: Row) -> bool:
    """Was the translation made for another text than the one that stands in the file now?"""
    if older.before == unit.base:
        return False
    edited = older.base != unit.base and older.texts.get(tag) == text
    return edited or older.is_stale(tag, text)
