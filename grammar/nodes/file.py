"""A file is flows in order, each with the lines below it; what stands above the first flow belongs to the file."""

from __future__ import annotations

from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Duration, Expr
from grammar.nodes.header import HeaderLine
from grammar.nodes.questions import Block
from grammar.nodes.rehearsals import Rehearsal, RehearsalWorker
from grammar.nodes.statements import Statement
from grammar.nodes.texts import Message


class Section(Node, frozen=True):
    """`section name: title`; `title` is None without one."""

    name: Name
    title: Message | None = None


class Include(Node, frozen=True):
    """`include common/consent.flow`."""

    path: str


class Cell(Node, frozen=True):
    """A cell of a table, without the spaces around it."""

    text: str


class Row(Node, frozen=True):
    """Cells as written; the number of cells is not checked here."""

    cells: tuple[Cell, ...]


class Table(Node, frozen=True):
    """`table products:`: the first line is the header."""

    name: Name
    header: Row
    rows: tuple[Row, ...]


class TableFile(Node, frozen=True):
    """`table products from products.csv`; `columns` and `rows` once that was read, none where it could not be."""

    name: Name
    path: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class After(Node, frozen=True):
    """`after 4 hours unless …:` and its block."""

    after: Duration
    block: Block
    unless: Expr | None = None


class OnWord(Node, frozen=True):
    """`on word PRICE or PRIX:` and its block."""

    words: tuple[Name, ...]
    block: Block


class OnEvent(Node, frozen=True):
    """`on event corrected with same batch:` and its block."""

    event: Name
    block: Block
    same: tuple[Name, ...] = ()


TopLevel = Statement | Section | Include | Table | TableFile | After | OnWord | OnEvent | Rehearsal | RehearsalWorker


class Flow(Node, frozen=True):
    """`flow name: title`, its header, and every line down to the next flow."""

    name: Name
    title: Message | None
    header: tuple[HeaderLine, ...]
    body: tuple[TopLevel, ...]


class File(Node, frozen=True):
    """`loose` are the lines above the first flow (all lines of an included file).

    `complete` is False where a line could not be read: then names must not be judged.
    """

    name: str
    loose: tuple[TopLevel, ...]
    flows: tuple[Flow, ...]
    complete: bool = True
