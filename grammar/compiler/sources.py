"""What has rows without being a table, in the form of a program: answers, lists, tables that are given, people."""

from __future__ import annotations

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.expressions import expression
from grammar.names import SourceInfo
from grammar.scopes import Scope


def source(info: SourceInfo, scope: Scope) -> p.Source:
    """The rows of a name; the conditions of `workers where` read each candidate left, and this worker right (A2)."""
    if isinstance(info.node, n.People):
        return p.Source(info.kind, workers=True, when=expression(info.node.when, scope.among_people()))
    entry = scope.names.find(info.name, "question")
    over = entry.over if entry is not None else ()
    return p.Source(info.kind, info.name, over, info.columns, info.people)
