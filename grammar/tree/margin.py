"""What stands at the left margin: flows, sections, tables, timers and words."""

from __future__ import annotations

import re

from lark import Token
from lark.tree import Meta

from grammar.nodes import After, Cell, Flow, Include, OnEvent, OnWord, Row, Section, Table, TableFile
from grammar.tree.bench import Bench, Parts, rule
from grammar.tree.questions import readable
from grammar.tree.texts import title_of


@rule
def chunk(bench: Bench, at: Meta, parts: Parts) -> tuple[object, ...]:
    return readable(parts)


@rule
def flow(bench: Bench, at: Meta, parts: Parts) -> Flow:
    name, title, *header = parts
    return Flow(name, title_of(bench, [title]), readable(header), (), span=bench.place(at))


@rule
def section(bench: Bench, at: Meta, parts: Parts) -> Section:
    name, *title = parts
    return Section(name, title_of(bench, title), span=bench.place(at))


@rule
def include(bench: Bench, at: Meta, parts: Parts) -> Include:
    return Include(str(parts[0]), span=bench.place(at))


@rule
def table(bench: Bench, at: Meta, parts: Parts) -> Table:
    name, *rows = parts
    header, *below = readable(rows) or (Row((), span=bench.place(at)),)
    _first_cells(bench, header, below)
    return Table(name, header, tuple(below), span=bench.place(at))


def _first_cells(bench: Bench, header: Row, below: list[Row]) -> None:
    """The first cell names a row; where even the header has none, the rows are written in a frame of `|`."""
    if len(header.cells) == 1 and _COMMAS.search(header.cells[0].text):
        bench.say("E034", header.span, hint=_BETWEEN_CELLS, line="")
        return
    if header.cells and not header.cells[0].text:
        bench.say("E023", header.span, hint=_IN_A_FRAME)
        return
    for row in below:
        if not row.cells[0].text:
            bench.say("E023", row.span)


_COMMAS = re.compile(r"\w\s*[,;]\s*\w")
_BETWEEN_CELLS = (
    "Between two cells stands `|`, in each row: `code | name`. "
    "A file with commas is `table products from products.csv`."
)
_IN_A_FRAME = "Take the `|` at the beginning and at the end of each row away: it stands between two cells only."


@rule
def table_file(bench: Bench, at: Meta, parts: Parts) -> TableFile:
    name, path = parts
    return TableFile(name, str(path), span=bench.place(at))


@rule
def row(bench: Bench, at: Meta, parts: Parts) -> Row:
    token: Token = parts[0]
    cells = [_cell(bench, token, begin, end) for begin, end in _cuts(token)]
    return Row(tuple(cells), span=bench.place(token))


def _cuts(text: str) -> list[tuple[int, int]]:
    """Where each cell begins and ends: between `|`, or between tabs where no `|` stands."""
    mark = "|" if "|" in text else "\t"
    cuts = []
    begin = 0
    for cell in text.split(mark):
        cuts.append((begin, begin + len(cell)))
        begin += len(cell) + 1
    return cuts


def _cell(bench: Bench, row: Token, begin: int, end: int) -> Cell:
    raw = row[begin:end]
    text = raw.strip()
    begin += len(raw) - len(raw.lstrip()) if text else 0
    column = (row.column or 1) + begin
    place = Token("CELL", text, line=row.line, column=column, end_line=row.line, end_column=column + len(text))
    return Cell(text, span=bench.place(place))


@rule
def after(bench: Bench, at: Meta, parts: Parts) -> After:
    length, unless, block = parts
    return After(length, block, unless, span=bench.place(at))


@rule
def on_word(bench: Bench, at: Meta, parts: Parts) -> OnWord:
    return OnWord(*parts, span=bench.place(at))


@rule
def on_event(bench: Bench, at: Meta, parts: Parts) -> OnEvent:
    event, same, block = parts
    return OnEvent(event, block, same or (), span=bench.place(at))
