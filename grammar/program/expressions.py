"""Expressions and texts of a program: trees of plain data; nothing in them can act."""

from __future__ import annotations

from grammar.program.plain import Plain


class Const(Plain, tag="const", frozen=True):
    """A value that stands in the text.

    `kind` is one of: empty, number ("12", "3.5"), text, yesno ("yes"/"no"), code, date ("2025-12-25"),
    time ("09:30"), duration (seconds as "14400", months as "2m").  `value` is always a string.
    """

    kind: str
    value: str = ""


class Answer(Plain, tag="answer", frozen=True):
    """The present answer of a question.

    `over` names the tables of the loops around the question, outermost first; the answer of the present row of
    each is meant.  With `many`, all answers that exist, in row order, for the rows of the last table of `over`
    (the outer ones fixed as far as the place of reading is inside them).
    """

    question: str
    over: tuple[str, ...] = ()
    many: bool = False


class Variable(Plain, tag="variable", frozen=True):
    """A `set` variable or the result of `do … as` (then with `path`).  Never set: empty."""

    name: str
    path: tuple[str, ...] = ()


class Input(Plain, tag="input", frozen=True):
    """A declared input; `path` reads a field of an input that is a worker (`boss.name`)."""

    name: str
    path: tuple[str, ...] = ()


class Cell(Plain, tag="cell", frozen=True):
    """A column of a row of `table`: of the loop's present row (`product.name`), or of the row that `row` gives.

    Column "" is the row's key, the first column.  In a text a column `name:fr` is read for `name` in French.
    """

    table: str
    column: str = ""
    row: Expr | None = None


class Field(Plain, tag="field", frozen=True):
    """A field of the worker or the facility: `of` is "worker" or "facility", `name` the field (may hold a dot)."""

    of: str
    name: str


class Builtin(Plain, tag="builtin", frozen=True):
    """A word of the engine's.

    score, max_score, attempt, outcome, reason, tries_left, today, now, this_week, last_week, this_month,
    last_month, question (only in texts).  `path`: ("start",) or ("end",) of a period; for score, max_score and attempt
    a section's name.  taken: was the thing that `path` names taken by anybody?  In tests also
    dhis2, with the data element as `path`.
    """

    name: str
    path: tuple[str, ...] = ()


class Rows(Plain, tag="rows", frozen=True):
    """All rows of a table, as a list of row keys (for `count(products)`)."""

    table: str


class Op(Plain, tag="op", frozen=True):
    """An operator or a function over expressions.

    and or not · = != < <= > >= · between (x, low, high) · one_of / none_of (x, a, b, …) · includes · empty ·
    answered · + - * / · neg · & (join) · ago (duration) · right (Answer of a quiz) · in_group / not_in_group
    (person, Const group) · functions by name: sum count countif round min max days text length if ifempty lookup.
    """

    name: str
    args: tuple[Expr, ...] = ()


class Label(Plain, tag="label", frozen=True):
    """The label, in the language of the message, of the code that `value` gives.

    `source` is "question:NAME" or "input:NAME" (its choices), or "facility" or "worker" (their names).
    """

    source: str
    value: Expr


class Each(Plain, tag="each", frozen=True):
    """`{each products: name on_hand}`: items joined by spaces for each row of `table`, rows joined by commas."""

    table: str
    items: tuple[Expr, ...]


Expr = Const | Answer | Variable | Input | Cell | Field | Builtin | Rows | Op | Label | Each

Piece = str | Expr
Pieces = tuple[Piece, ...]
"""A text cut at its braces: literal strings and expressions.  Lines are joined by a line feed."""


class Version(Plain, frozen=True):
    """A text in one language: what every channel gets, and what SMS, the voice or a recording get instead."""

    text: Pieces | None = None
    sms: Pieces | None = None
    voice: Pieces | None = None
    audio: str | None = None


class Text(Plain, frozen=True):
    """A text by language tag.  The flow's base language is always there."""

    versions: dict[str, Version]
