"""Whom a line means, in the form of a program."""

from __future__ import annotations

from grammar import kinds
from grammar import nodes as n
from grammar import program as p
from grammar.compiler.expressions import expression
from grammar.scopes import Scope


def target(who: n.Target, scope: Scope) -> p.Target:
    """The receiver of a message: one path is an input or loop word that is a worker, `supervisor`, or a role."""
    if isinstance(who, n.ToGroup):
        return p.Target("group", who.group.text)
    if isinstance(who, n.People):
        return p.Target("where", when=expression(who.when, scope.among_people()))
    if isinstance(who, n.Role):
        return p.Target("role", who.role.text, _place(who.of, scope))
    if _is_person(who, scope):
        return p.Target("worker", who.text, expression(who, scope))
    if who.key == "supervisor":
        return p.Target("supervisor")
    if who.key == "worker":
        return p.Target("worker", "worker", p.Field("worker", "id"))
    return p.Target("role", who.text)


def _is_person(who: n.Path, scope: Scope) -> bool:
    """Is it an input, the word of a loop over people, or a question whose answer is somebody?"""
    first = who.parts[0]
    if scope.names.input(first.text) is not None or first.key in (word for word, _ in scope.loops):
        return True
    return scope.names.question(first.text) is not None and kinds.answer_kind(first.text, scope.names) == "worker"


def _place(of: n.Path, scope: Scope) -> p.Expr | None:
    """The facility of a role; None is the worker's own."""
    if of.key in ("facility", "worker.facility", "worker"):
        return None
    return expression(of, scope)
