"""A sheet goes into a flow file whole or not at all, and what was made for an older text replaces nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from grammar.reader import MAX_LINE, clean, lost_letters
from grammar.strings.editing import Edit
from grammar.strings.matching import matched
from grammar.strings.rows import Row, Sheet, SheetError
from grammar.strings.sheet import MistakesError, Texts, texts_of
from grammar.strings.units import Unit
from grammar.strings.values import misfit


class Taken(msgspec.Struct, frozen=True):
    """What came of a sheet.

    `data` is the file with its translations; `written` how many are new or different; `outdated` a sentence for each
    translation that was made for an older text, `unsure` for each that its translator marked as fuzzy; `problems` a
    sentence for each row that does not fit: then nothing of the sheet is in `data`.
    """

    data: bytes
    written: int = 0
    outdated: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class ChangedError(Exception):
    """The file would not hold what the sheet says: a mistake of ours, and it must stay as it is."""


class Wish(msgspec.Struct, frozen=True):
    """A translation that is not in the file yet.

    `old`: it was made for an older text; `unsure`: for this text, but who made it wants somebody to look at it.
    """

    row: Row
    unit: Unit
    language: str
    text: str
    old: bool
    unsure: bool

    @property
    def standing(self) -> bool:
        """Does the file have another translation there?"""
        return self.language in self.unit.translations


def take(data: bytes, name: str, sheet: Sheet) -> Taken:
    """The flow file with the translations of a sheet.  Raises MistakesError, SheetError, ChangedError."""
    texts = texts_of(data, name)
    text = _decoded(data, name)
    pairs = matched(sheet.rows, texts.units)
    problems = [*_columns(sheet, texts), *_twice(sheet), *_rows(pairs, name)]
    if problems:
        return Taken(data, problems=tuple(problems))
    wishes = [wish for row, unit in pairs if unit is not None for wish in _wishes(row, unit)]
    granted = [wish for wish in wishes if not ((wish.old or wish.unsure) and wish.standing)]
    edit = Edit(text, texts.page, (texts.base, *texts.languages))
    for wish in granted:
        edit.put(wish.unit, wish.language, wish.text)
    made = edit.text().encode()
    _prove(made, name, granted)
    outdated = tuple(_outdated(wish) for wish in wishes if wish.old)
    return Taken(made, len(granted), outdated, tuple(_unsure(wish) for wish in wishes if wish.unsure))


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise SheetError(f"{name} is not written in UTF-8. Say `dundun fmt {name}` first.") from None


def _columns(sheet: Sheet, texts: Texts) -> Iterator[str]:
    if sheet.base != texts.base:
        yield f"The sheet translates from {sheet.base}, but the first language of the flow is {texts.base}."
    for language in sheet.languages:
        if language not in texts.languages:
            yield f"The sheet has a column {language}, which the line `languages:` of the flow does not name."


def _twice(sheet: Sheet) -> Iterator[str]:
    seen: dict[str, Row] = {}
    for row in sheet.rows:
        first = seen.setdefault(row.id, row)
        if first is not row:
            yield f"{row.place}: {row.id} stands in {first.place.lower()} already."


def _rows(pairs: Sequence[tuple[Row, Unit | None]], name: str) -> list[str]:
    """What does not fit, row by row; of a sheet of another flow it is said once."""
    if len(pairs) > 1 and all(unit is None for _, unit in pairs):
        return [f"No row of the sheet is a text of {name}: the first is {pairs[0][0].id}. It is another flow's sheet."]
    return [said for pair in pairs for said in _misfits(*pair)]


def _misfits(row: Row, unit: Unit | None) -> Iterator[str]:
    if unit is None:
        yield f"{row.place}: the flow has no text {row.id}." if row.id else f"{row.place}: there is no id."
        return
    for language, written in row.texts.items():
        text = clean(written)
        said = (misfit(row.base, text) or _unwritable(text) or _out_of_cell(unit, language, text)) if text else ""
        if said:
            yield f"{row.place}: the {language} of {row.id} does not fit: {said}."


def _unwritable(text: str) -> str:
    """Why a text cannot stand in a flow file; "" where it can."""
    lost = lost_letters(text)
    if lost is not None:
        return f"letters of “{lost[0]}” were lost, send the sheet in UTF-8"
    too_long = max(map(len, text.split("\n"))) > MAX_LINE // 2
    return f"it is longer than {MAX_LINE // 2} letters" if too_long else ""


def _out_of_cell(unit: Unit, language: str, text: str) -> str:
    """Why a translation cannot stand in a table; "" where it can, or where its text stands in none."""
    if unit.columns and language not in unit.columns:
        column = unit.id.rpartition(".")[2]
        return f"the table has no column {column}:{language}"
    return "a cell holds no | and one line" if unit.columns and re.search(r"[|\t\n]", text) else ""


def _wishes(row: Row, unit: Unit) -> Iterator[Wish]:
    for language, written in row.texts.items():
        text = clean(written)
        standing = unit.translations.get(language)
        if text and (standing is None or standing.text != text):
            marked = row.is_stale(language, text)
            old = clean(row.base) != unit.base or (marked and clean(row.before) not in ("", unit.base))
            yield Wish(row, unit, language, text, old, marked and not old)


def _outdated(wish: Wish) -> str:
    said = f"{wish.row.place}: the {wish.language} of {wish.row.id} was made for another text"
    if wish.standing:
        return f"{said}, and what the flow has was kept. The text is now: {wish.unit.base}"
    return f"{said}. It was written; check it against: {wish.unit.base}"


def _unsure(wish: Wish) -> str:
    said = f"{wish.row.place}: the {wish.language} of {wish.row.id} is marked as fuzzy: its translator was not sure"
    if wish.standing:
        return f"{said}, and what the flow has was kept. To have it, take the mark away and import again."
    return f"{said}. It was written; check it against: {wish.unit.base}"


def _prove(made: bytes, name: str, granted: Sequence[Wish]) -> None:
    """Read what was made: every translation stands where it was meant to."""
    try:
        found = {unit.id: unit.translations for unit in texts_of(made, name).units}
    except (MistakesError, SheetError):
        raise ChangedError(name) from None
    for wish in granted:
        standing = found.get(wish.unit.id, {}).get(wish.language)
        if standing is None or standing.text != wish.text:
            raise ChangedError(name)
