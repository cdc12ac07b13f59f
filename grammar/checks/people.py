"""People: who is told something exists, or the flow says what happens where nobody does."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar import program as p
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding


def nobody(subject: Subject) -> Iterator[Finding]:
    """A supervisor, a role or an optional input may be nobody; then a `tell` without `if nobody` is lost in silence."""
    told = {subject.made.spans[at]: op for at, op in enumerate(subject.made.program.code) if isinstance(op, p.Tell)}
    for line, _ in subject.every(n.Tell):
        op = told.get(line.span)
        if op is not None and line.nobody is None and _may_lack(op.target, subject.made.program):
            yield subject.say("W274", line.target, who=_words(line.target))


def _may_lack(target: p.Target, program: p.Program) -> bool:
    """Could nobody be meant?  Groups are looked after by staff, and `workers where` may well find none."""
    if target.kind == "worker":
        spec = program.inputs.get(target.of.name) if isinstance(target.of, p.Input) else None
        return spec is not None and spec.optional
    return target.kind in ("supervisor", "role")


def _words(target: n.Target) -> str:
    """The receiver as the line names it."""
    if isinstance(target, n.Role):
        return f"{target.role.text} of {target.of.text}"
    return target.text if isinstance(target, n.Path) else ""


CHECKS = (nobody,)
