"""A program in which the columns of a loop's row are named as the author names them: `product.name`, not the table."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from grammar import program as p
from grammar.program.plain import Plain

T = TypeVar("T")


def by_loop_words(program: p.Program) -> p.Program:
    """The same program to look at, not to run."""
    words = {op.table: op.word for op in program.code if isinstance(op, p.Loop)}
    code = _named(program.code, words)
    questions = {name: _named(question, words) for name, question in program.questions.items()}
    return msgspec.structs.replace(program, code=code, questions=questions) if words else program


def _named(node: T, words: dict[str, str]) -> T:
    if isinstance(node, p.Cell) and node.row is None and node.table in words:
        return msgspec.structs.replace(node, table=words[node.table])
    if isinstance(node, Plain):
        changed = {name: _named(getattr(node, name), words) for name in node.__struct_fields__}
        return msgspec.structs.replace(node, **changed)
    if isinstance(node, tuple):
        return type(node)(_named(item, words) for item in node)
    if isinstance(node, dict):
        return type(node)((key, _named(value, words)) for key, value in node.items())
    return node
