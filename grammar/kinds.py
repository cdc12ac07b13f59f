"""What kind of value an expression has, as far as the file tells: what it does not tell is "any", and fits everything.

Kinds: number, text, yesno, date, time, moment, duration, code, codes (several), row, rows, worker, period, list, any.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from grammar import choices
from grammar import nodes as n
from grammar import program as p
from grammar.names import Names, TableInfo, table_of

_ANSWERS = {
    "yesno": "yesno",
    "whole": "number",
    "number": "number",
    "decimal": "number",
    "text": "text",
    "date": "date",
    "time": "time",
    "phone": "text",
    "digits": "text",
    "facility": "any",
    "recording": "any",
    "choice": "code",
    "choices": "codes",
    "worker": "worker",
}
_WORDS = {
    "score": "number",
    "max_score": "number",
    "attempt": "number",
    "tries_left": "number",
    "outcome": "code",
    "reason": "code",
    "today": "date",
    "now": "moment",
    "question": "text",
    "previous": "any",
}
FACILITY = "facility"
"""The labels of codes that are facilities: their names."""
WORKER = "worker"
"""The labels of workers: their names."""

_YES_NO = frozenset(
    [
        "and",
        "or",
        "not",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "between",
        "one_of",
        "none_of",
        "includes",
        "empty",
        "answered",
        "right",
        "in_group",
        "not_in_group",
    ]
)
_NUMBERS = frozenset(["sum", "count", "countif", "round", "days", "length", "*", "/", "neg"])
REASONS = ("wrong", "no_pin", "locked")
ENDINGS = (
    "completed",
    "no_answer",
    "invalid_answers",
    "not_verified",
    "opted_out",
    "replaced",
    "stopped",
    "taken",
    "unreachable",
)
"""How a conversation ends where no `stop as` says it."""


def kind_of(expr: p.Expr, names: Names) -> str:
    """The kind of an expression's value."""
    if isinstance(expr, p.Const):
        return "any" if expr.kind == "empty" else expr.kind
    if isinstance(expr, p.Answer):
        return "list" if expr.many else answer_kind(expr.question, names)
    if isinstance(expr, p.Variable):
        return _variable(expr, names)
    if isinstance(expr, p.Input):
        return "any" if expr.path else input_kind(expr.name, names)
    if isinstance(expr, p.Cell):
        return _column(expr, names) if expr.column else _row(expr.table, names)
    if isinstance(expr, p.Builtin):
        return _builtin(expr)
    if isinstance(expr, p.Rows):
        return "rows"
    if isinstance(expr, p.Label | p.Each):
        return "text"
    return _operation(expr, names) if isinstance(expr, p.Op) else "any"


def _row(table: str, names: Names) -> str:
    """The kind of one row by itself: a row of a table, a worker, a code, or what a list has in it."""
    info = names.sources.get(table.lower())
    if info is None or info.kind == "rows":
        return "row"
    if info.people:
        return "worker"
    if info.kind == "answers":
        return "code"
    item = info.node.type.item if isinstance(info.node, n.Input) and isinstance(info.node.type, n.ListType) else None
    return _ANSWERS.get(item.kind, "any") if item is not None else "any"


def answer_kind(question: str, names: Names) -> str:
    """The kind of one answer to a question."""
    node = names.question(question)
    if node is None:
        return "any"
    source = choices.source_of(node)
    if source is None or choices.kind_of(node) != "choice":
        return _ANSWERS.get(choices.kind_of(node), "any")
    return _row(table_of(source, names), names)


def input_kind(name: str, names: Names) -> str:
    """The kind of an input's value."""
    node = names.input(name)
    if node is not None and isinstance(node.type, n.ListType):
        return "list"
    return _ANSWERS.get(node.type.kind, "any") if node is not None and isinstance(node.type, n.AnswerType) else "any"


def _variable(expr: p.Variable, names: Names) -> str:
    return "any" if expr.path else names.kinds.get(expr.name.lower(), "any")


def note(variable: str, value: p.Expr, names: Names) -> None:
    """A line sets a variable: its kind, and where its labels come from, are known while all such lines agree."""
    key, kind, source = variable.lower(), kind_of(value, names), label_source(value, names) or ""
    names.kinds[key] = kind if names.kinds.get(key, kind) == kind else "any"
    names.labels[key] = source if names.labels.get(key, source) == source else ""


def _column(cell: p.Cell, names: Names) -> str:
    """A column all of whose cells are numbers is one of numbers."""
    table = names.tables.get(cell.table.lower())
    if table is None:
        return "any"
    place = table.columns.index(cell.column)
    cells = [row[place] for row in table.rows if place < len(row) and row[place] not in ("", "-")]
    return "number" if cells and all(_is_number(text) for text in cells) else "text"


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _builtin(expr: p.Builtin) -> str:
    if expr.path and expr.path[0] in ("start", "end"):
        return "date"
    if expr.name in ("dhis2", "taken"):
        return "any" if expr.name == "dhis2" else "yesno"
    return _WORDS.get(expr.name, "period")


def _operation(expr: p.Op, names: Names) -> str:
    if expr.name in _YES_NO:
        return "yesno"
    inner = [kind_of(arg, names) for arg in expr.args]
    if expr.name == "lookup":
        return "row"
    if expr.name in ("&", "text"):
        return "text"
    if expr.name == "ago":
        return "date"
    if expr.name in ("+", "-"):
        return _plus(expr.name, inner)
    if "duration" in inner:
        return "duration"
    if expr.name in _NUMBERS:
        return "number"
    return "any"


def _plus(sign: str, inner: list[str]) -> str:
    """Dates and durations: a date and a length of time is a date, the time between two dates a duration."""
    if sign == "-" and inner[0] in ("date", "moment") and inner[1] in ("date", "moment"):
        return "duration"
    if inner[0] in ("date", "moment"):
        return inner[0]
    if inner == ["duration", "duration"]:
        return "duration"
    return "number" if inner == ["number", "number"] else "any"


def rows_of(expr: p.Expr, names: Names) -> str | None:
    """The table whose row an expression gives, None where it gives none."""
    if isinstance(expr, p.Cell):
        return None if expr.column else expr.table
    if isinstance(expr, p.Op) and expr.name == "lookup" and isinstance(expr.args[0], p.Rows):
        return expr.args[0].table
    if isinstance(expr, p.Answer):
        node = names.question(expr.question)
        source = choices.source_of(node) if node is not None else None
        return table_of(source, names) or None if source is not None else None
    return None


def row_count(question: n.Question, names: Names) -> int:
    """How many rows are choices of a question."""
    table = rows_of(p.Answer(question.name.text), names)
    return len(names.tables[table.lower()].keys) if table is not None and table.lower() in names.tables else 0


def codes_of(expr: p.Expr, names: Names) -> dict[str, str] | None:
    """The codes of a value by their small letters, None where the file does not say which there are."""
    if isinstance(expr, p.Answer):
        node = names.question(expr.question)
        return None if node is None else question_codes(node, names)
    if isinstance(expr, p.Input) and not expr.path:
        return _input_codes(expr.name, names)
    if isinstance(expr, p.Variable):
        return _labelled_codes(label_source(expr, names), names)
    if isinstance(expr, p.Rows) or (isinstance(expr, p.Cell) and not expr.column):
        return _row_codes(expr.table, names)
    if isinstance(expr, p.Builtin):
        return _builtin_codes(expr, names)
    if isinstance(expr, p.Field) and expr.name == "language":
        return _folded(names.languages)
    if kind_of(expr, names) == "yesno":
        return _folded(("yes", "no"))
    return None


def _row_codes(table: str, names: Names) -> dict[str, str] | None:
    """The codes of a row by itself: the keys of a table, the choices of the question whose answers are run over."""
    info = names.rows(table)
    if isinstance(info, TableInfo):
        return _folded(info.keys)
    return question_codes(info.node, names) if info is not None and isinstance(info.node, n.Question) else None


def question_codes(node: n.Question, names: Names) -> dict[str, str] | None:
    """The codes that can answer a question; None where it is not one of choices.  Many conditions ask for the same."""
    if id(node) not in names.codes:
        names.codes[id(node)] = _codes_below(node, names)
    return names.codes[id(node)]


def _codes_below(node: n.Question, names: Names) -> dict[str, str] | None:
    kind = choices.kind_of(node)
    if kind == "yesno":
        return _folded(("yes", "no"))
    if kind not in ("choice", "choices"):
        return None
    written = choices.type_of(node)
    codes = [item.code for item in choices.of_question(node)]
    codes += [name.text for name in written.codes] if written is not None else []
    table = rows_of(p.Answer(node.name.text), names)
    rows = names.tables.get(table.lower()) if table is not None else None
    keys = rows.keys if rows is not None else ()  # others are known only while the conversation runs
    return _folded((*codes, *keys))


def _labelled_codes(source: str | None, names: Names) -> dict[str, str] | None:
    kind, _, name = (source or "").partition(":")
    if kind == "input":
        return _input_codes(name, names)
    node = names.question(name) if kind == "question" else None
    return None if node is None else question_codes(node, names)


def _input_codes(name: str, names: Names) -> dict[str, str] | None:
    node, form = names.input(name), _value_type(name, names)
    if node is None or form is None:
        return None
    if form.kind == "yesno":
        return _folded(("yes", "no"))
    codes = [item.code for item in choices.numbered(node.choices)] or [code.text for code in form.codes]
    return _folded(codes) if codes else None


def _value_type(name: str, names: Names) -> n.AnswerType | None:
    """The type of an input, or of what is in the list that it is."""
    node = names.input(name)
    if node is None or isinstance(node.type, n.TableType):
        return None
    return node.type.item if isinstance(node.type, n.ListType) else node.type


def _builtin_codes(expr: p.Builtin, names: Names) -> dict[str, str] | None:
    if expr.name == "reason":
        return _folded(REASONS)
    if expr.name == "outcome":
        return _folded((*names.outcomes, *ENDINGS))
    return None


def _folded(words: Iterable[str]) -> dict[str, str]:
    return {word.lower(): word for word in words if word}


def label_source(expr: p.Expr, names: Names) -> str | None:
    """Where the label of a value comes from: "question:NAME", "input:NAME", FACILITY, WORKER (their names), or None."""
    if isinstance(expr, p.Answer):
        node = names.question(expr.question)
        if node is not None and choices.kind_of(node) == "facility":
            return FACILITY
        has_labels = node is not None and choices.kind_of(node) in ("choice", "choices")
        return f"question:{expr.question}" if has_labels else None
    if isinstance(expr, p.Cell) and not expr.column:
        return _label_source_of_row(expr.table, names)
    if isinstance(expr, p.Input) and not expr.path:
        return _label_source_of_input(expr.name, names)
    if isinstance(expr, p.Variable) and not expr.path:
        return names.labels.get(expr.name.lower()) or None
    return None


def _label_source_of_row(table: str, names: Names) -> str | None:
    info = names.sources.get(table.lower())
    if info is None or info.kind == "rows":
        return None
    if info.people:
        return WORKER
    return f"question:{info.name}" if info.kind == "answers" else _label_source_of_input(info.name, names)


def _label_source_of_input(name: str, names: Names) -> str | None:
    form = _value_type(name, names)
    if form is None or form.kind in (WORKER, FACILITY):
        return form.kind if form is not None else None
    return f"input:{name}" if _ANSWERS.get(form.kind) in ("code", "codes") else None
