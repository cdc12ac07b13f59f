"""What an arrow back can pass again: what is told or done there happens on every pass (RULES B4)."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import program as p
from grammar.checks import paths
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding

_DONE: dict[type[p.Code], str] = {
    p.Tell: "tell",
    p.Do: "do",
    p.Submit: "submit",
    p.StartFlow: "start flow",
    p.Group: "add",
    p.Set: "set",
}


def done_on_every_pass(subject: Subject) -> Iterator[Finding]:
    """Lines between an arrow back and where it leads, that lie on a way round; the first such arrow is named."""
    program, spans = subject.made.program, subject.made.spans
    arrows = sorted(_arrows(program))
    circle = paths.circles(program, lambda op: False) if arrows else []
    for at, op in enumerate(program.code):
        what = _done(op)
        if not what:
            continue
        back = next((begin for begin, to in arrows if to <= at <= begin and circle[begin] == circle[at]), None)
        if back is not None:
            yield subject.say("N324", spans[at], line=program.places[back].line, what=what)


def _arrows(program: p.Program) -> Iterator[tuple[int, int]]:
    """Where the arrows back stand, and where they lead: `go to`, and the choices that lead elsewhere."""
    for at, op in enumerate(program.code):
        if isinstance(op, p.GoTo) and op.to <= at:
            yield at, op.to
        for choice in program.questions[op.question].choices if isinstance(op, p.Ask) else ():
            if choice.go is not None and choice.go <= at:
                yield at, choice.go


def _done(op: p.Code) -> str:
    """How a line begins that does something which an arrow back does not undo; "" for every other."""
    if isinstance(op, p.Set) and op.target != "worker":
        return ""
    if isinstance(op, p.Group) and not op.add:
        return "remove"
    return _DONE.get(type(op), "")


CHECKS = (done_on_every_pass,)
