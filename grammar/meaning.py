"""What a word in an expression means: a question, an input, a column, the worker's record … or nothing (RULES A2).

`meaning_of` never guesses: what it cannot place is a `Missing`, which says what was looked for and what would fit.
"""

from __future__ import annotations

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.names import PERIODS, PERSON, Entry, SourceInfo
from grammar.scopes import Missing, Scope

WORDS = (
    "outcome",
    "reason",
    "previous",
    "tries_left",
    "today",
    "now",
    "question",
    "score",
    "max_score",
    "attempt",
    *PERIODS,
)
_SCORES = ("score", "max_score", "attempt")


def meaning_of(path: n.Path, scope: Scope) -> p.Expr | Missing:
    """What a path reads at a place."""
    first, rest = path.parts[0], path.parts[1:]
    if scope.candidates:
        return p.Field("candidate", _dotted(path.parts))
    if scope.rows and not rest:
        column = _own_column(first, scope)
        if column is not None:
            return p.Cell(scope.rows, column)
    for word, table in reversed(scope.loops):
        if word == first.key and not table:
            return p.Const("empty")  # what the loop runs over is a mistake already
        if word == first.key:
            return _cell(table, rest, scope, None)
    entry = scope.names.find(first.text)
    if entry is not None:
        return _OF_ENTRY[entry.kind](entry, path, scope)
    return _of_the_language(path, scope)


def _own_column(word: n.Name, scope: Scope) -> str | None:
    """The column of the row that is read; of people a field that people have, or what is no name of the flow."""
    info = scope.names.rows(scope.rows)
    if info is None:
        return None
    if isinstance(info, SourceInfo) and info.kind in ("list", "answers") and word.key == info.name.lower():
        return ""
    if isinstance(info, SourceInfo) and info.people and word.key not in PERSON and scope.names.find(word.text):
        return None
    return info.column(word.text)


def _dotted(parts: tuple[n.Name, ...]) -> str:
    return ".".join(part.key for part in parts)


def _cell(table: str, rest: tuple[n.Name, ...], scope: Scope, row: p.Expr | None) -> p.Expr | Missing:
    """A column of a row; without a column, the row itself."""
    info = scope.names.rows(table)
    if not rest:
        return p.Cell(table, "", row)
    if info is None or (isinstance(info, SourceInfo) and info.kind in ("list", "answers") and not info.people):
        return Missing(rest[0], "part", of=table)
    if isinstance(info, SourceInfo) and info.people:
        return p.Cell(info.name, _dotted(rest), row)
    column = info.column(rest[0].text)
    if column is None or rest[1:]:
        return Missing(rest[0], "column", info.columns, info.name)
    return p.Cell(info.name, column, row)


def _question(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    answer = p.Answer(entry.name, entry.over, not set(entry.over) <= set(scope.tables))
    rest = path.parts[1:]
    if not rest:
        return answer
    table = kinds.rows_of(answer, scope.names)
    if table is None and kinds.answer_kind(entry.name, scope.names) == "row":
        return p.Const("empty")  # what the choices are made of is a mistake already
    if table is None or answer.many:
        return Missing(rest[0], "part", of=entry.name)
    return _cell(table, rest, scope, answer)


def _input(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    rest, node = path.parts[1:], entry.node
    if not rest:
        return (
            p.Rows(entry.name)
            if isinstance(node, n.Input) and isinstance(node.type, n.TableType)
            else p.Input(entry.name)
        )
    if isinstance(node, n.Input) and isinstance(node.type, n.AnswerType) and node.type.kind == "worker":
        return p.Input(entry.name, tuple(part.key for part in rest))
    return Missing(rest[0], "part", of=entry.name)


def _variable(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    variable = p.Variable(entry.name)
    if len(path.parts) == 1:
        return variable
    table = kinds.rows_of(variable, scope.names)
    if table is None:
        return Missing(path.parts[1], "part", of=entry.name)
    return _cell(table, path.parts[1:], scope, variable)


def _result(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    rest = tuple(part.text for part in path.parts[1:])
    return p.Variable(entry.name, rest) if rest else Missing(path.parts[0], "value", of=entry.name)


def _table(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    rest = path.parts[1:]
    return p.Rows(entry.name) if not rest else Missing(rest[0], "part", of=entry.name)


def _section(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    rest = path.parts[1:]
    if not rest:
        return Missing(path.parts[0], "value", of=entry.name)
    if rest[0].key not in _SCORES or rest[1:]:
        return Missing(rest[0], "part", _SCORES, entry.name)
    return p.Builtin(rest[0].key, (entry.name,))


def _message(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    return Missing(path.parts[0], "value", of=entry.name)


def _word(entry: Entry, path: n.Path, scope: Scope) -> p.Expr | Missing:
    return Missing(path.parts[0], "outside", of=entry.name)


_OF_ENTRY = {
    "question": _question,
    "input": _input,
    "variable": _variable,
    "result": _result,
    "table": _table,
    "section": _section,
    "message": _message,
    "word": _word,
}


def _of_the_language(path: n.Path, scope: Scope) -> p.Expr | Missing:
    """`worker.…`, `facility.…` and the words that are always there."""
    first, rest = path.parts[0], path.parts[1:]
    if first.key in ("worker", "facility"):
        return p.Field(first.key, _dotted(rest) or ("id" if first.key == "worker" else "code"))
    if first.key == "taker":
        return p.Field("taker", _dotted(rest) or "id")
    if scope.testing and rest and first.key == "dhis2":
        return p.Builtin("dhis2", tuple(part.text for part in rest))
    if first.key not in WORDS and scope.unclear:
        return p.Const("empty")
    if first.key not in WORDS:
        return Missing(first, "name", known_words(scope))
    if not rest:
        return p.Builtin(first.key)
    if first.key in PERIODS and rest[0].key in ("start", "end") and not rest[1:]:
        return p.Builtin(first.key, (rest[0].key,))
    return Missing(rest[0], "part", ("start", "end") if first.key in PERIODS else (), first.key)


def known_words(scope: Scope) -> tuple[str, ...]:
    """Every name that means something here."""
    place = (scope.loops, scope.rows)
    known = scope.names.words.get(place)
    if known is None:
        known = scope.names.words[place] = _words_at(scope)
    return known


def _words_at(scope: Scope) -> tuple[str, ...]:
    names = scope.names
    own = [entry.name for entry in names.of("question", "input", "variable", "table", "section")]
    info = names.rows(scope.rows)
    columns = info.columns if info is not None else ()
    return (*own, *(word for word, _ in scope.loops), *columns, "worker", "facility", *WORDS)


def code_at(word: n.Path, left: p.Expr, scope: Scope) -> p.Expr | None:
    """A bare word beside `left` as a code of it (RULES A2); None where it is none."""
    if len(word.parts) != 1:
        return None
    codes = kinds.codes_of(left, scope.names)
    if codes is None:
        return None
    code = codes.get(word.key)
    if code is None:
        return None
    return p.Const("yesno", code) if kinds.kind_of(left, scope.names) == "yesno" else p.Const("code", code)
