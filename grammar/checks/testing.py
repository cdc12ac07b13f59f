"""The tests of a flow: there is one, and it starts a flow that there is."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject, proposal
from grammar.diagnostics import Finding
from grammar.names import Names


def none(subject: Subject) -> Iterator[Finding]:
    """A flow without a test is a flow that nobody has tried."""
    flow = subject.names.flow
    if not any(isinstance(line, n.Rehearsal) for line in flow.body):
        yield subject.say("W290", flow.name, name=flow.name.text)


def flows(subject: Subject) -> Iterator[Finding]:
    """`start NAME` begins a flow of the same file."""
    for begin, _ in subject.every(n.Begin):
        known = [names.flow.name for names in subject.flows]
        if begin.flow is not None and begin.flow.key not in {name.key for name in known}:
            hint = proposal(begin.flow.text, [name.text for name in known])
            yield subject.say("E295", begin.flow, hint, name=begin.flow.text)


def begun(subject: Subject) -> Iterator[Finding]:
    """Nothing can be expected before `start`; what an action gives may stand above it."""
    for test, _ in subject.every(n.Rehearsal):
        first = next((step for step in test.steps if not isinstance(step, n.Gives | n.Fails)), None)
        if first is not None and not isinstance(first, n.Begin):
            yield subject.say("W291", first)


def given(subject: Subject) -> Iterator[Finding]:
    """`start with` gives inputs, the worker and his fields, or says that there is nobody."""
    for begin, _ in subject.every(n.Begin):
        inputs = [entry.name for entry in _started(begin, subject).of("input")]
        for arg in begin.args:
            word = arg.name.parts[0]
            nobody = isinstance(arg.value, n.Path) and arg.value.key == "nobody"
            if word.key not in {"worker", "facility", "text", *(name.lower() for name in inputs)} and not nobody:
                yield subject.say("E294", arg.name, proposal(word.text, [*inputs, "worker", "text"]), name=word.text)


def made_up(subject: Subject) -> Iterator[Finding]:
    """`facility: Bong Clinic` below `test worker` is a field of that name, and moves nobody to another facility."""
    for worker, _ in subject.every(n.RehearsalWorker):
        for line in worker.fields:
            if line.name.key == "facility":
                value = line.value.text
                field = "code" if value.isupper() and " " not in value else "name"
                yield subject.say("W292", line, field=f"facility.{field}", value=value)


def _started(begin: n.Begin, subject: Subject) -> Names:
    wanted = begin.flow.key if begin.flow is not None else ""
    return next((names for names in subject.flows if names.flow.name.key == wanted), subject.names)


CHECKS = (none, flows, begun, given, made_up)
