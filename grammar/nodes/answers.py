"""The types of answers and inputs, as written; bounds are expressions."""

from __future__ import annotations

from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Duration, Expr


class AnswerType(Node, frozen=True):
    """What counts as an answer.

    `kind` is one of grammar.program's: yesno, whole, number, decimal, text, date, time, phone, digits, facility,
    recording, choice (`one of a, b`), choices (`one or more`, `one or more of a, b`); for inputs also worker.
    `low` and `high` are inclusive; `limit` is the most letters or the count of digits; `length` the most of a
    recording; `rule` is "", "not_future" or "not_past"; `codes` are those of `one of` and `one or more of`.
    """

    kind: str
    low: Expr | None = None
    high: Expr | None = None
    limit: int | None = None
    length: Duration | None = None
    rule: str = ""
    codes: tuple[Name, ...] = ()


class ListType(Node, frozen=True):
    """`list of worker`, `list of text up to 12 letters`."""

    item: AnswerType


class TableType(Node, frozen=True):
    """`table of sample, test, value (1 to 9 rows)`; without the brackets `least` and `most` are None."""

    columns: tuple[Name, ...]
    least: int | None = None
    most: int | None = None


InputType = AnswerType | ListType | TableType
