"""The longest that a text can become: every value in it as long as it may be; what nothing limits is taken as usual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grammar import program as p

LETTER = "n"
"""Stands for a letter of a value: values are taken as written in plain letters, one septet each."""

USUAL = {"name": 25, "first_name": 12, "last_name": 15, "other_names": 15, "phone": 13, "language": 2, "email": 30}
"""Letters of the fields of a worker or facility; of any other field `FIELD`."""

FIELD, NUMBER, TEXT, ROWS = 15, 6, 60, 3
"""Letters of a field, of a number or text without a limit, and how many rows a list has that comes from outside."""

_LONG = {"date": 10, "time": 5, "phone": 13, "yesno": 3, "facility": USUAL["name"], "recording": 0}
_WORDS = {"today": 10, "now": 16, "outcome": 12, "reason": 6}


@dataclass(frozen=True, slots=True)
class Longest:
    """The texts of one program, in one language, as one channel (sms or voice) gets them."""

    program: p.Program
    language: str
    channel: str = "sms"

    def message(self, text: p.Text, question: str = "") -> str:
        """A text; `question` is what `{question}` stands for in it."""
        pieces = self._pieces(text) or ()
        return "".join(self._piece(piece, question) for piece in pieces)

    def question(self, question: p.Question) -> str:
        """A question with a line for each choice."""
        lines = [f"{number}. {label}" for number, label in self.options(question)]
        return "\n".join([self.message(question.text), *lines])

    def options(self, question: p.Question) -> list[tuple[int, str]]:
        """The number and the label of each choice: rows first, then the fixed ones."""
        source = question.choices_from
        rows: list[str] = []
        if source is not None:
            pieces = self._pieces(source.label) or ()
            rows = ["".join(self._piece(piece, "", row) for piece in pieces) for row in self._rows(source.table)]
        fixed = [(choice.number, self.message(choice.label)) for choice in question.choices]
        return [*enumerate(rows, start=1), *fixed]

    def has(self, text: p.Text) -> bool:
        """Is the text there in this language, or does it stand in the first one?"""
        version = text.versions.get(self.language)
        return version is not None and (version.text or getattr(version, self.channel)) is not None

    def _pieces(self, text: p.Text) -> p.Pieces | None:
        """Language before channel (RULES L3)."""
        for tag in (self.language, self.program.languages[0]):
            version = text.versions.get(tag)
            found = None if version is None else getattr(version, self.channel) or version.text
            if found is not None:
                return tuple(found)
        return None

    def _piece(self, piece: p.Piece, question: str, row: int | None = None) -> str:
        if isinstance(piece, str):
            return piece
        if isinstance(piece, p.Builtin) and piece.name == "question":
            return question
        return self.value(piece, row)

    def value(self, expr: p.Expr, row: int | None = None) -> str:
        """The longest text of a value; `row` is the row of the table that is read, where one is."""
        if isinstance(expr, p.Const):
            return expr.value
        if isinstance(expr, p.Label):
            return self._label(expr)
        if isinstance(expr, p.Cell):
            return self._cell(expr, row)
        if isinstance(expr, p.Each):
            rows = self._rows(expr.table)
            return ", ".join(" ".join(self.value(item, each) for item in expr.items) for each in rows)
        if isinstance(expr, p.Op):
            return self._operation(expr, row)
        return LETTER * self._width(expr)

    def _width(self, expr: p.Expr) -> int:
        """The letters of a value of which only its kind is known."""
        if isinstance(expr, p.Answer):
            question = self.program.questions.get(expr.question)
            one = width(question.type) if question is not None else FIELD
            return ROWS * one if expr.many else one
        if isinstance(expr, p.Input) and not expr.path:
            spec = self.program.inputs.get(expr.name)
            return width(spec.type) if spec is not None else FIELD
        if isinstance(expr, p.Field | p.Input):
            name = expr.name if isinstance(expr, p.Field) else expr.path[-1]
            return USUAL.get(name.rpartition(".")[2], FIELD)
        if isinstance(expr, p.Builtin):
            return _WORDS.get(expr.name, NUMBER)
        return FIELD

    def _label(self, expr: p.Label) -> str:
        kind, _, name = expr.source.partition(":")
        question, spec = self.program.questions.get(name), self.program.inputs.get(name)
        if kind == "question" and question is not None:
            labels = [label for _, label in self.options(question)]
            return ", ".join(labels) if question.type.kind == "choices" else max(labels, key=len, default="")
        if kind == "input" and spec is not None:
            return max((self.message(choice.label) for choice in spec.choices), key=len, default="")
        return LETTER * _LONG["yesno"]

    def _cell(self, cell: p.Cell, row: int | None) -> str:
        table = self.program.tables.get(cell.table)
        if table is None:
            return LETTER * FIELD
        column = next((each for each in (f"{cell.column}:{self.language}", cell.column) if each in table.columns), "")
        place = table.columns.index(column) if column else 0
        rows = table.rows if row is None or cell.row is not None else table.rows[row : row + 1]
        return max((each[place] for each in rows if place < len(each)), key=len, default="")

    def _rows(self, table: str) -> Iterator[int]:
        own = self.program.tables.get(table)
        return iter(range(len(own.rows) if own is not None else ROWS))

    def _operation(self, op: p.Op, row: int | None) -> str:
        if op.name in ("&", "text"):
            return "".join(self.value(arg, row) for arg in op.args)
        if op.name in ("if", "ifempty"):
            return max((self.value(arg, row) for arg in op.args[op.name == "if" :]), key=len)
        return LETTER * NUMBER


def width(kind: p.AnswerType) -> int:
    """The most letters of an answer of this type."""
    if kind.kind in _LONG:
        return _LONG[kind.kind]
    if kind.kind in ("text", "digits"):
        return kind.limit or TEXT
    if kind.kind in ("whole", "number", "decimal"):
        ends = [_digits(bound) for bound in (kind.low, kind.high) if bound is not None]
        return max(ends) if kind.high is not None else NUMBER
    return FIELD


def _digits(bound: p.Expr) -> int:
    """The letters of one end of a range."""
    if isinstance(bound, p.Op) and bound.name == "neg":
        return 1 + _digits(bound.args[0])
    return len(bound.value) if isinstance(bound, p.Const) else NUMBER
