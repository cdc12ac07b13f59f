"""What of a program is sensitive: what its header names, and whatever is set from that (RULES J1)."""

from __future__ import annotations

import msgspec

from grammar.program.code import Call, Do, Set
from grammar.program.expressions import Expr, Text
from grammar.program.flow import Program


def names(program: Program) -> frozenset[str]:
    """The inputs, questions, variables and results whose values are sensitive."""
    sets = [(op.name, op.value) for op in program.code if isinstance(op, Set) and op.target != "worker"]
    handed = [pair for op in program.code if isinstance(op, Call) for pair in op.args.items()]
    results = [op.result for op in program.code if isinstance(op, Do)]
    declared = {name.casefold() for name in program.sensitive}
    known = [*program.inputs, *program.handed, *program.questions, *(name for name, _ in sets), *results]
    found = {name for name in known if name.casefold() in declared}
    before = -1
    while len(found) != before:
        before = len(found)
        if found.intersection(program.questions):
            found.add("previous")  # the answer of a round before is as sensitive as that of now
        found |= {name for name, value in (*sets, *handed) if shows(value, found)}
    return frozenset(found)


def shows(node: Expr | Text, found: set[str] | frozenset[str]) -> bool:
    """Does a text or an expression read one of the names?"""
    return bool(found) and any(name in found for name in _read(msgspec.to_builtins(node)))


_KINDS = ("input", "answer", "variable", "builtin")


def _read(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [str(node[key]) for key in ("name", "question") if node.get("type") in _KINDS and key in node]
        return own + [name for child in node.values() for name in _read(child)]
    if isinstance(node, list | tuple):
        return [name for child in node for name in _read(child)]
    return []
