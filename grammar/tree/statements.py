"""The lines of a conversation, one builder a line."""

from __future__ import annotations

from lark.tree import Meta

from grammar.nodes import (
    Arg,
    AskAgain,
    Block,
    Branch,
    Digest,
    Do,
    Expr,
    Failure,
    ForEach,
    GoTo,
    If,
    Membership,
    Number,
    Role,
    Run,
    Say,
    Set,
    StartFlow,
    Stop,
    Submit,
    Take,
    Tell,
    Wait,
    WaitNext,
    WaitQuizzes,
    WaitUntil,
)
from grammar.tree.bench import Aside, Bench, Parts, rule
from grammar.tree.header import the_line
from grammar.tree.texts import message_of


@rule
def set_aside(bench: Bench, at: Meta, parts: Parts) -> Aside:
    return Aside()


@rule
def input_aside(bench: Bench, at: Meta, parts: Parts) -> Aside:
    return Aside()


@rule
def row_aside(bench: Bench, at: Meta, parts: Parts) -> Aside:
    return Aside()


@rule
def field_aside(bench: Bench, at: Meta, parts: Parts) -> Aside:
    return Aside()


@rule
def say(bench: Bench, at: Meta, parts: Parts) -> Say:
    name, message = parts
    return Say(message, name, span=bench.place(at))


@rule
def tell(bench: Bench, at: Meta, parts: Parts) -> Tell:
    urgent, target, digest, *rest = parts
    message, below = message_of(bench, at, rest)
    nobody = next(iter(below), None)
    return Tell(target, message, bool(urgent), digest, nobody, span=bench.place(at))


@rule
def urgent(bench: Bench, at: Meta, parts: Parts) -> bool:
    return True


@rule
def digest(bench: Bench, at: Meta, parts: Parts) -> Digest:
    return Digest(*parts, span=bench.place(at))


@rule
def if_nobody(bench: Bench, at: Meta, parts: Parts) -> Block:
    block: Block = parts[0]
    return block


@rule
def target(bench: Bench, at: Meta, parts: Parts) -> object:
    return parts[0]


@rule
def role(bench: Bench, at: Meta, parts: Parts) -> Role:
    return Role(*parts, span=bench.place(at))


@rule
def if_(bench: Bench, at: Meta, parts: Parts) -> If:
    when, block, *others, otherwise = parts
    place = bench.place(at)
    return If((Branch(when, block, span=place), *others), otherwise, span=place)


@rule
def otherwise_if(bench: Bench, at: Meta, parts: Parts) -> Branch:
    return Branch(*parts, span=bench.place(at))


@rule
def for_each(bench: Bench, at: Meta, parts: Parts) -> ForEach:
    return ForEach(*parts, span=bench.place(at))


@rule
def take(bench: Bench, at: Meta, parts: Parts) -> Take:
    return Take(*parts, span=bench.place(at))


def _clock(bench: Bench, at: Expr | None) -> Expr | None:
    """`at 9` is a time that lost its minutes."""
    if isinstance(at, Number):
        bench.say("E012", at.span, word=at.value, right=_time_of(at.value))
    return at


@rule
def wait(bench: Bench, at: Meta, parts: Parts) -> Wait:
    length, clock = parts
    if isinstance(length, Number):
        unit = "day" if length.value == "1" else "days"
        bench.say("E015", length.span, wrong=length.value, right=f"{length.value} {unit}")
    return Wait(length, _clock(bench, clock), span=bench.place(at))


@rule
def wait_until(bench: Bench, at: Meta, parts: Parts) -> WaitUntil:
    moment, clock = parts
    return WaitUntil(moment, _clock(bench, clock), span=bench.place(at))


@rule
def wait_next(bench: Bench, at: Meta, parts: Parts) -> WaitNext:
    day, clock = parts
    return WaitNext(day, _clock(bench, clock), span=bench.place(at))


@rule
def wait_quizzes(bench: Bench, at: Meta, parts: Parts) -> WaitQuizzes:
    return WaitQuizzes(span=bench.place(at))


@rule
def go_to(bench: Bench, at: Meta, parts: Parts) -> GoTo:
    return GoTo(parts[0], span=bench.place(at))


@rule
def stop(bench: Bench, at: Meta, parts: Parts) -> Stop:
    return Stop(parts[0], span=bench.place(at))


@rule
def set_(bench: Bench, at: Meta, parts: Parts) -> Set:
    return Set(*parts, span=bench.place(at))


@rule
def add(bench: Bench, at: Meta, parts: Parts) -> Membership:
    person, group = parts
    return Membership(person, group, True, span=bench.place(at))


@rule
def remove(bench: Bench, at: Meta, parts: Parts) -> Membership:
    person, group = parts
    return Membership(person, group, False, span=bench.place(at))


def _failed(below: Parts) -> Block | None:
    failure: Failure | None = the_line(below)
    return None if failure is None else failure.block


@rule
def do(bench: Bench, at: Meta, parts: Parts) -> Do:
    action, args, result, *below = parts
    return Do(action, args or (), result, _failed(below), span=bench.place(at))


@rule
def run(bench: Bench, at: Meta, parts: Parts) -> Run:
    flow, args, result = parts
    return Run(flow, args or (), result, span=bench.place(at))


@rule
def start_flow(bench: Bench, at: Meta, parts: Parts) -> StartFlow:
    flow, target, args, *below = parts
    return StartFlow(flow, target, args or (), _failed(below), span=bench.place(at))


@rule
def submit(bench: Bench, at: Meta, parts: Parts) -> Submit:
    system, args, waits, *below = parts
    return Submit(system, args or (), bool(waits), _failed(below), span=bench.place(at))


@rule
def and_wait(bench: Bench, at: Meta, parts: Parts) -> bool:
    return True


@rule
def ask_again(bench: Bench, at: Meta, parts: Parts) -> AskAgain:
    return AskAgain(*parts, span=bench.place(at))


@rule
def args(bench: Bench, at: Meta, parts: Parts) -> tuple[Arg, ...]:
    return tuple(parts)


@rule
def arg(bench: Bench, at: Meta, parts: Parts) -> Arg:
    name, _, value = parts
    return Arg(name, value, span=bench.place(at))


def _time_of(number: str) -> str:
    """A number as a time of day: 9 and 0900 are 09:00, 930 is 09:30; 09:00, as an example, where it is none."""
    digits = number.partition(".")[0]
    hour, minute = (digits, "00") if len(digits) <= len("23") else (digits[:-2], digits[-2:])
    return f"{int(hour):0>2}:{minute}" if int(hour) <= 23 and int(minute) <= 59 else "09:00"
