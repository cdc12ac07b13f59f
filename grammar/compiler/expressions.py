"""Expressions as written → expressions of a program; a word that cannot be placed is noted in the scope, and empty."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.meaning import code_at, meaning_of
from grammar.scopes import Missing, Scope

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2592000}
"""A month as a length of time is 30 days; `wait 1 month` counts by the calendar."""

FUNCTIONS: dict[str, tuple[int, int | None]] = {
    "sum": (1, None),
    "count": (1, 1),
    "countif": (2, 2),
    "round": (1, 2),
    "min": (1, None),
    "max": (1, None),
    "days": (2, 2),
    "text": (1, 1),
    "length": (1, 1),
    "if": (2, 3),
    "ifempty": (2, 2),
    "lookup": (2, 2),
}
"""How many values stand in the brackets of each function: the fewest and the most."""

BESIDE = frozenset({"=", "!=", "<", "<=", ">", ">=", "between", "one_of", "none_of", "includes"})
"""What has a left side whose codes a bare word on the right may be (RULES A2)."""
_CONDITIONS = frozenset({"and", "or", "not"})

_NOTHING = p.Const("empty")
CENTURY = 100 * 365 * 86400
"""In seconds."""


def seconds(length: n.Duration) -> int:
    """A length of time in seconds, a century at most: what is due later is never due, and every store can hold it."""
    return int(min(Decimal(length.amount) * SECONDS[length.unit], Decimal(CENTURY)))


def unclear(missing: Missing, scope: Scope) -> p.Expr:
    """Note a word that means nothing; it reads as empty, so that what is around it can still be looked at."""
    scope.problems.append(missing)
    return _NOTHING


def expression(node: n.Expr, scope: Scope) -> p.Expr:
    """The program's form of an expression."""
    made: p.Expr = _MAKE[type(node)](node, scope)
    return made


def value(node: n.Expr, receiver: p.Expr | None, scope: Scope) -> p.Expr:
    """A value that something receives: a bare word is a name if there is one, else a code of the receiver's list."""
    if isinstance(node, n.Path):
        found = meaning_of(node, scope)
        if not isinstance(found, Missing):
            return found
        code = code_at(node, receiver, scope) if receiver is not None else None
        if code is not None:
            return code
        return unclear(found, scope)
    return expression(node, scope)


def beside(node: n.Expr, left: p.Expr, scope: Scope) -> p.Expr:
    """A value beside `is`: a bare word is a code of the left side if it is one there, else a name (RULES A2)."""
    if not isinstance(node, n.Path):
        return expression(node, scope)
    found = code_at(node, left, scope) or meaning_of(node, scope)
    if not isinstance(found, Missing):
        return found
    if left == _NOTHING:
        return _NOTHING  # the left side is a mistake already
    word = node.parts[0]
    codes = kinds.codes_of(left, scope.names)
    if len(node.parts) == 1 and found.why == "name":
        if codes is None and isinstance(left, p.Field | p.Input | p.Variable):
            return p.Const("code", word.text)
        if codes is not None:
            return unclear(Missing(word, "code", tuple(codes.values()), _title(left)), scope)
    return unclear(found, scope)


def _title(expr: p.Expr) -> str:
    """What an author calls a value that has codes."""
    if isinstance(expr, p.Answer):
        return expr.question
    return expr.table if isinstance(expr, p.Cell) else str(getattr(expr, "name", ""))


def _number(node: n.Number, scope: Scope) -> p.Expr:
    return p.Const("number", node.value)


def _duration(node: n.Duration, scope: Scope) -> p.Expr:
    if node.unit == "month" and Decimal(node.amount) % 1 == 0:
        return p.Const("duration", f"{int(Decimal(node.amount))}m")
    return p.Const("duration", str(seconds(node)))


def _time(node: n.Time, scope: Scope) -> p.Expr:
    return p.Const("time", node.value)


def _date(node: n.Date, scope: Scope) -> p.Expr:
    return p.Const("date", node.value)


def _quoted(node: n.Quoted, scope: Scope) -> p.Expr:
    return p.Const("text", node.value)


def _path(node: n.Path, scope: Scope) -> p.Expr:
    found = meaning_of(node, scope)
    if isinstance(found, Missing):
        return unclear(found, scope)
    return found


def _mine(node: n.Mine, scope: Scope) -> p.Expr:
    if node.name.key == "facility":
        return p.Field("facility", "code")
    return p.Field("worker", node.name.key)


def _call(node: n.Call, scope: Scope) -> p.Expr:
    name = node.function.key
    if name not in FUNCTIONS:
        return unclear(Missing(node.function, "function", tuple(FUNCTIONS)), scope)
    first = [expression(arg, scope) for arg in node.args[:1]]
    rest = [value(arg, first[0], scope) for arg in node.args[1:]]
    call = p.Op(name, (*first, *rest))
    return call if not node.fields else _field_of(call, node.fields, scope)


def _field_of(call: p.Op, fields: tuple[n.Name, ...], scope: Scope) -> p.Expr:
    table = kinds.rows_of(call, scope.names)
    if table is None and call.args and call.args[0] is _NOTHING:
        return _NOTHING  # it is said already that there is no such table
    if table is None:
        return unclear(Missing(fields[0], "part", of=call.name), scope)
    info = scope.names.rows(table)
    column = None if info is None else info.column(fields[0].text)
    if info is None or column is None or fields[1:]:
        known = info.columns if info is not None else ()
        return unclear(Missing(fields[0], "column", known, table), scope)
    return p.Cell(info.name, column, call)


def _operation(node: n.Operation, scope: Scope) -> p.Expr:
    if node.name in ("in_group", "not_in_group"):
        return _membership(node, scope)
    if node.name in _CONDITIONS:
        return p.Op(node.name, tuple(expression(arg, scope) for arg in node.args))
    left = expression(node.args[0], scope)
    right = scope.among_people(left=False) if scope.candidates else scope
    state = _is_right(node, left, right) or _is_taken(node, scope)
    if state is not None:
        return state
    if node.name in BESIDE:
        return p.Op(node.name, (left, *(beside(arg, left, right) for arg in node.args[1:])))
    return p.Op(node.name, (left, *(expression(arg, right) for arg in node.args[1:])))


def _membership(node: n.Operation, scope: Scope) -> p.Expr:
    person, group = node.args
    name = group.text if isinstance(group, n.Path) else ""
    return p.Op(node.name, (expression(person, scope), p.Const("text", name)))


def _is_right(node: n.Operation, left: p.Expr, scope: Scope) -> p.Expr | None:
    """`q1 is right`: was the answer to a quiz question right?"""
    if node.name not in ("=", "!=") or not isinstance(left, p.Answer) or not isinstance(node.args[1], n.Path):
        return None
    question = scope.names.question(left.question)
    if question is None or question.kind != "quiz" or node.args[1].key != "right":
        return None
    right = p.Op("right", (left,))
    return right if node.name == "=" else p.Op("not", (right,))


def _is_taken(node: n.Operation, scope: Scope) -> p.Expr | None:
    """`batch is taken`: did any conversation take the thing?"""
    thing = node.args[0]
    if node.name not in ("=", "!=") or not isinstance(thing, n.Path) or thing.key not in scope.names.taken:
        return None
    if not isinstance(node.args[1], n.Path) or node.args[1].key != "taken":
        return None
    taken = p.Builtin("taken", (thing.key,))
    return taken if node.name == "=" else p.Op("not", (taken,))


_MAKE: dict[type[n.Node], Callable[[Any, Scope], p.Expr]] = {
    n.Number: _number,
    n.Duration: _duration,
    n.Time: _time,
    n.Date: _date,
    n.Quoted: _quoted,
    n.Path: _path,
    n.Mine: _mine,
    n.Call: _call,
    n.Operation: _operation,
}
