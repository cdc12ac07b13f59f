"""The lines of tests; their texts are literal, so that a brace in an expected message is a brace."""

from __future__ import annotations

from lark import Token
from lark.tree import Meta

from grammar.nodes import (
    Begin,
    Date,
    Expect,
    ExpectNothing,
    ExpectThat,
    Fails,
    Gives,
    HangUp,
    Literal,
    Path,
    PersonField,
    Post,
    Press,
    Rehearsal,
    RehearsalWorker,
    Reply,
    Silence,
    Time,
)
from grammar.tree.bench import Bench, Parts, begun, rule
from grammar.tree.questions import readable
from grammar.tree.texts import literal_of


def _literal(bench: Bench, at: Meta, parts: Parts) -> Literal:
    """The text of the line and of the `>` lines below it."""
    tokens = [part for part in parts if isinstance(part, Token) and part.type in ("TEXT", "QUOTE")]
    place = bench.place(tokens[0] if tokens else at)
    if not tokens:
        bench.say("E017", bench.place(at))
    return Literal(literal_of(tokens), span=place)


@rule
def test(bench: Bench, at: Meta, parts: Parts) -> Rehearsal:
    title, *steps = parts
    return Rehearsal(_literal(bench, at, [title]), readable(steps), span=bench.place(at))


@rule
def test_worker(bench: Bench, at: Meta, parts: Parts) -> RehearsalWorker:
    name, *fields = parts
    return RehearsalWorker(name, readable(fields), span=bench.place(at))


@rule
def person_field(bench: Bench, at: Meta, parts: Parts) -> PersonField:
    path, value = parts
    first, *further = path.parts
    name = Path((begun(first), *further), span=path.span)
    return PersonField(name, _literal(bench, at, [value]), span=bench.place(at))


@rule
def begin(bench: Bench, at: Meta, parts: Parts) -> Begin:
    flow, channel, args, moment = parts
    date, time = moment or (None, None)
    return Begin(flow, channel, args or (), date, time, span=bench.place(at))


@rule
def moment(bench: Bench, at: Meta, parts: Parts) -> tuple[Date | None, Time]:
    date, time = parts
    return date, time


@rule
def post(bench: Bench, at: Meta, parts: Parts) -> Post:
    event, args = parts
    return Post(event, args or (), span=bench.place(at))


@rule
def reply(bench: Bench, at: Meta, parts: Parts) -> Reply:
    who, *text = parts
    return Reply(_literal(bench, at, text), who, span=bench.place(at))


@rule
def press(bench: Bench, at: Meta, parts: Parts) -> Press:
    return Press(_literal(bench, at, parts), span=bench.place(at))


@rule
def hang_up(bench: Bench, at: Meta, parts: Parts) -> HangUp:
    return HangUp(span=bench.place(at))


@rule
def silence(bench: Bench, at: Meta, parts: Parts) -> Silence:
    return Silence(parts[0], span=bench.place(at))


@rule
def expect(bench: Bench, at: Meta, parts: Parts) -> Expect:
    return Expect(_literal(bench, at, parts), span=bench.place(at))


@rule
def expect_not(bench: Bench, at: Meta, parts: Parts) -> Expect:
    return Expect(_literal(bench, at, parts), "not", span=bench.place(at))


@rule
def expect_voice(bench: Bench, at: Meta, parts: Parts) -> Expect:
    return Expect(_literal(bench, at, parts), "voice", span=bench.place(at))


@rule
def expect_to(bench: Bench, at: Meta, parts: Parts) -> Expect:
    who, *text = parts
    return Expect(_literal(bench, at, text), "to", who, span=bench.place(at))


@rule
def expect_nothing(bench: Bench, at: Meta, parts: Parts) -> ExpectNothing:
    return ExpectNothing(parts[0], span=bench.place(at))


@rule
def expect_that(bench: Bench, at: Meta, parts: Parts) -> ExpectThat:
    return ExpectThat(parts[0], span=bench.place(at))


@rule
def gives(bench: Bench, at: Meta, parts: Parts) -> Gives:
    return Gives(*parts, span=bench.place(at))


@rule
def fails(bench: Bench, at: Meta, parts: Parts) -> Fails:
    return Fails(parts[0], span=bench.place(at))
