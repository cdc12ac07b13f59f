"""What of a program is sensitive: what its header names, and whatever is set from that (RULES J1)."""

from __future__ import annotations

import msgspec

from grammar.program.code import Call, Do, Set
from grammar.program.expressions import Expr, Text
from grammar.program.flow import Program
from grammar.program.questions import Question


def names(program: Program) -> frozenset[str]:
    """The inputs, questions, variables and results whose values are sensitive; "question:NAME" where its labels are."""
    sets = [(op.name, op.value) for op in program.code if isinstance(op, Set) and op.target != "worker"]
    handed = [pair for op in program.code if isinstance(op, Call) for pair in op.args.items()]
    labels = [(f"question:{name}", label) for name, asked in program.questions.items() for label in _labels(asked)]
    results = [op.result for op in program.code if isinstance(op, Do)]
    declared = {name.casefold() for name in program.sensitive}
    known = [*program.inputs, *program.handed, *program.questions, *(name for name, _ in sets), *results]
    found = {name for name in known if name.casefold() in declared}
    before = -1
    while len(found) != before:
        before = len(found)
        if found.intersection(program.questions):
            found.add("previous")  # the answer of a round before is as sensitive as that of now
        found |= {name for name, value in (*sets, *handed, *labels) if shows(value, found)}
    return frozenset(found)


def _labels(question: Question) -> list[Text]:
    rows = question.choices_from
    return [*(choice.label for choice in question.choices), *([rows.label] if rows is not None else [])]


def shows(node: Expr | Text, found: set[str] | frozenset[str]) -> bool:
    """Does a text or an expression read one of the names?"""
    return bool(found) and any(name in found for name in _read(msgspec.to_builtins(node)))


_KINDS = ("input", "answer", "variable", "builtin")


def _read(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [str(node[key]) for key in ("name", "question") if node.get("type") in _KINDS and key in node]
        own += [str(node["source"])] if node.get("type") == "label" else []
        return own + [name for child in node.values() for name in _read(child)]
    if isinstance(node, list | tuple):
        return [name for child in node for name in _read(child)]
    return []
