"""The tests of a file → steps; what they name is what the flow that they start calls so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from grammar import nodes as n
from grammar import program as p
from grammar.compiler.expressions import expression, seconds, value
from grammar.compiler.people import target
from grammar.compiler.statements import loose_value
from grammar.names import Names
from grammar.scopes import Missing, Scope


def rehearsal(
    test: n.Rehearsal, own: Names, all_names: Sequence[Names], problems: list[Missing], lines: Sequence[str]
) -> p.Rehearsal:
    """One test of the flow `own`; `start NAME` begins another flow of the file."""
    names = started(test, own, all_names)
    scope = Scope(names, testing=True, problems=problems)
    own_lines = () if test.span.file else lines
    steps = tuple(_with_words(_STEP[type(step)](step, scope), own_lines) for step in test.steps)
    return p.Rehearsal(test.title.text, own.flow.name.text, test.span.line, steps)


def _with_words(step: p.Step, lines: Sequence[str]) -> p.Step:
    """What a line expects, as written: a test that fails says it."""
    if step.do != "expect_that" or step.line > len(lines):
        return step
    return msgspec.structs.replace(step, text=lines[step.line - 1].strip().partition(" ")[2].strip())


def started(test: n.Rehearsal, own: Names, all_names: Sequence[Names]) -> Names:
    """The names of the flow that a test starts."""
    begin = next((step for step in test.steps if isinstance(step, n.Begin) and step.flow is not None), None)
    if begin is None or begin.flow is None:
        return own
    wanted = begin.flow.key
    return next((names for names in all_names if names.flow.name.key == wanted), own)


def _begin(step: n.Begin, scope: Scope) -> p.Step:
    moment = [part.value for part in (step.date, step.time) if part is not None]
    return p.Step(
        "start",
        step.span.line,
        flow=scope.names.flow.name.text,
        channel=step.channel.key if step.channel is not None else "",
        at=" ".join(moment),
        args={arg.name.text: given(arg, scope) for arg in step.args},
    )


def _post(step: n.Post, scope: Scope) -> p.Step:
    return p.Step(
        "event", step.span.line, action=step.event.text, args={a.name.text: given(a, scope) for a in step.args}
    )


def given(arg: n.Arg, scope: Scope) -> p.Expr:
    """A value that a test starts with: a worker's name, a code of the input, or any value."""
    if isinstance(arg.value, n.Path) and len(arg.value.parts) == 1:
        entry = scope.names.input(arg.name.text)
        if entry is None:
            return p.Const("code", arg.value.text)
        if isinstance(entry.type, n.AnswerType) and entry.type.kind == "worker":
            return p.Const("code", arg.value.key)
        return value(arg.value, p.Input(entry.name.text), scope)
    return expression(arg.value, scope)


def _reply(step: n.Reply, scope: Scope) -> p.Step:
    if step.who is None:
        return p.Step("reply", step.span.line, text=step.text.text)
    return p.Step("reply_as", step.span.line, text=step.text.text, who=target(step.who, scope))


def _press(step: n.Press, scope: Scope) -> p.Step:
    return p.Step("press", step.span.line, text=step.keys.text)


def _hang_up(step: n.HangUp, scope: Scope) -> p.Step:
    return p.Step("hang_up", step.span.line)


def _silence(step: n.Silence, scope: Scope) -> p.Step:
    return p.Step("silence", step.span.line, seconds=seconds(step.length))


def _expect(step: n.Expect, scope: Scope) -> p.Step:
    if step.who is not None:
        return p.Step("expect_to", step.span.line, text=step.text.text, who=target(step.who, scope))
    return p.Step(f"expect_{step.kind}" if step.kind else "expect", step.span.line, text=step.text.text)


def _nothing(step: n.ExpectNothing, scope: Scope) -> p.Step:
    if step.who is None:
        return p.Step("expect_nothing", step.span.line)
    return p.Step("expect_nothing_to", step.span.line, who=target(step.who, scope))


def _that(step: n.ExpectThat, scope: Scope) -> p.Step:
    return p.Step("expect_that", step.span.line, when=expression(step.when, scope))


def _gives(step: n.Gives, scope: Scope) -> p.Step:
    args = {arg.name.text: loose_value(arg.value, p.Variable(arg.name.text), scope) for arg in step.args}
    return p.Step("gives", step.span.line, action=step.action.text, args=args)


def _fails(step: n.Fails, scope: Scope) -> p.Step:
    return p.Step("fails", step.span.line, action=step.action.text)


def person(node: n.RehearsalWorker) -> p.Person:
    """`test worker ama:` with its fields as written."""
    return p.Person(node.name.text, {field.name.text: field.value.text for field in node.fields})


_STEP: dict[type[n.Node], Callable[[Any, Scope], p.Step]] = {
    n.Begin: _begin,
    n.Post: _post,
    n.Reply: _reply,
    n.Press: _press,
    n.HangUp: _hang_up,
    n.Silence: _silence,
    n.Expect: _expect,
    n.ExpectNothing: _nothing,
    n.ExpectThat: _that,
    n.Gives: _gives,
    n.Fails: _fails,
}
