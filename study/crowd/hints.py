"""What the conditions of a flow ask about: each name with what it is compared with, so that both ways are tried."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import program as p
from grammar.program.plain import Plain

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "between", "one_of", "none_of", "includes"})
GROUPS = frozenset({"in_group", "not_in_group"})

Name = tuple[str, str]
"""("answer", question) · ("input", name) · ("worker" or "facility", field) · ("result", "name.field") · ("group", ""):
of the last the values are the groups.
"""

Hints = dict[Name, tuple[str, ...]]
"""Values as they are written, each once, in the order of the flow."""


def hints(program: p.Program) -> Hints:
    """What each answer, input, field, variable and result is compared with, anywhere in the flow."""
    found: dict[Name, dict[str, None]] = {}
    for op in _each(program):
        if isinstance(op, p.Op) and op.name in COMPARISONS:
            values = dict.fromkeys(value for node in _each(op) for value in _values(node, program))
            for node in _each(op):
                name = _name(node)
                if name is not None:
                    found.setdefault(name, {}).update(values)
        elif isinstance(op, p.Op) and op.name in GROUPS and isinstance(op.args[-1], p.Const):
            found.setdefault(("group", ""), {})[op.args[-1].value] = None
    return {name: tuple(values) for name, values in found.items()}


def results(program: p.Program) -> dict[str, tuple[str, ...]]:
    """What a flow reads of the outcome of each `do … as NAME`: name → the fields."""
    named = {op.result: op.action for op in program.code if isinstance(op, p.Do) and op.result}
    found: dict[str, dict[str, None]] = {action: {} for action in named.values()}
    for node in _each(program):
        if isinstance(node, p.Variable) and node.path and node.name in named:
            found[named[node.name]][node.path[0]] = None
    return {action: tuple(fields) for action, fields in found.items()}


def _each(node: object) -> Iterator[object]:
    """The node and all in it."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Plain):
            yield one
            waiting += [getattr(one, field) for field in reversed(one.__struct_fields__)]
        elif isinstance(one, tuple):
            waiting += reversed(one)
        elif isinstance(one, dict):
            waiting += reversed(one.values())


def _values(node: object, program: p.Program) -> Iterator[str]:
    if isinstance(node, p.Const) and node.kind not in ("empty", "duration"):
        yield node.value
    elif isinstance(node, p.Cell) and node.table in program.tables:
        table = program.tables[node.table]
        if node.column in table.columns:
            column = table.columns.index(node.column)
            yield from (row[column] for row in table.rows if row[column])


def _name(node: object) -> Name | None:
    if isinstance(node, p.Answer):
        return ("answer", node.question)
    if isinstance(node, p.Input):
        return ("input", node.name)
    if isinstance(node, p.Field):
        return (node.of, node.name)
    if isinstance(node, p.Variable):
        return ("result", ".".join((node.name, *node.path))) if node.path else None
    return None
