"""Jumps: they lead to a place that there is, never into a block, and every line can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar import program as p
from grammar.checks import paths
from grammar.checks.subject import PROPOSED, Subject, proposal
from grammar.diagnostics import Finding
from grammar.names import Entry, table_of
from grammar.walk import walk

_TARGETS = ("section", "question", "message")


def _jumps(subject: Subject) -> Iterator[tuple[n.Name, tuple[n.Node, ...]]]:
    """Every place that names a target, with what stands around it."""
    for line, visit in subject.every(n.GoTo):
        yield line.target, visit.parents
    for choice, visit in subject.every(n.Choice):
        if choice.go is not None:
            yield choice.go, visit.parents


def targets(subject: Subject) -> Iterator[Finding]:
    """A jump leads to a section, a question, a named `say`, or the flow's own name."""
    names = subject.names
    known = [entry.name for entry in names.of(*_TARGETS)]
    lost = 0
    for target, _ in _jumps(subject):
        if names.find(target.text, *_TARGETS) is None and target.key != names.flow.name.key:
            near = proposal(target.text, known) if lost < PROPOSED else None
            lost += 1
            yield subject.say("E250", target, near, name=target.text)


def into_blocks(subject: Subject) -> Iterator[Finding]:
    """The target stands in the same block or in one around it (RULES B5)."""
    for target, parents in _jumps(subject):
        entry = subject.names.find(target.text, *_TARGETS)
        if entry is not None and not _is_around(entry, parents):
            yield subject.say("E251", target, name=entry.name, line=entry.at.span.line)


def _is_around(entry: Entry, parents: tuple[n.Node, ...]) -> bool:
    own = [parent for parent in parents if isinstance(parent, n.Block)]
    return all(any(block is mine for mine in own) for block in entry.blocks)


def endless(subject: Subject) -> Iterator[Finding]:
    """A jump back passes a question or a wait, or the conversation would never come to an end."""
    program = subject.made.program
    back = [(at, op.to) for at, op in enumerate(program.code) if isinstance(op, p.GoTo) and op.to <= at]
    circle = paths.circles(program, paths.pauses) if back else []
    for at, to in back:
        if circle[at] == circle[to]:
            yield subject.say("E252", subject.made.spans[at], line=program.places[to].line)


def unreachable(subject: Subject) -> Iterator[Finding]:
    """Lines that no way leads to: one finding for all that stand together."""
    program, spans = subject.made.program, subject.made.spans
    found = paths.reached([0, *paths.blocks(program)], program)
    silent = False
    for at, op in enumerate(program.code):
        if at in found:
            silent = False
        elif not silent and not isinstance(op, p.Jump | p.Next) and spans[at] != subject.names.flow.span:
            silent = True
            yield subject.say("W250", spans[at])


_ASKING = (n.Question, n.ChooseLanguage, n.Choose, n.AskAgain)
_WAITING = (n.Wait, n.WaitUntil, n.WaitNext, n.WaitQuizzes, n.Run)


def blocks_that_ask(subject: Subject) -> Iterator[Finding]:
    """No question, wait or `run` in a block that runs beside the conversation (RULES D2)."""
    for visit in subject.of(*_LINES, n.Reaction):
        node = visit.node
        if isinstance(node, n.GiveUp | n.After | n.OnWord | n.OnEvent | n.Take) and node.block is not None:
            line = _LINES[type(node)]
            yield from _asking(subject, node.block, line)
        elif isinstance(node, n.Reaction) and node.block is not None:
            yield from _asking(subject, node.block, f"if {node.kind}")


_LINES: dict[type[n.Node], str] = {
    n.GiveUp: "give up",
    n.After: "after",
    n.OnWord: "on word",
    n.OnEvent: "on event",
    n.Take: "take",
}


def _asking(subject: Subject, block: n.Block, line: str) -> Iterator[Finding]:
    for visit in walk(block):
        if isinstance(visit.node, _ASKING + _WAITING):
            what = "question" if isinstance(visit.node, _ASKING) else "wait"
            yield subject.say("E253", visit.node, what=what, block=line)


def loops_in_loops(subject: Subject) -> Iterator[Finding]:
    """Inside a loop the table's row is taken: another loop over the same table would hide it."""
    for loop, visit in subject.every(n.ForEach):
        table = table_of(loop, subject.names)
        if table and table in subject.scope(visit).tables:
            yield subject.say("E254", loop.source, table=table)


CHECKS = (targets, into_blocks, endless, unreachable, blocks_that_ask, loops_in_loops)
