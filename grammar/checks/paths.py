"""Which operation can follow which: the ways that a conversation can take, whatever the worker answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from grammar import program as p

Stops = Callable[[p.Code], bool]


def following(at: int, program: p.Program) -> tuple[int, ...]:
    """Where the conversation can go on from a position."""
    op = program.code[at]
    if type(op) is p.Ask:
        return _answers(at, program.questions[op.question])
    ways = _WAYS.get(type(op))
    return (at + 1,) if ways is None else ways(op, at)


def _or_else(block: int | None, at: int) -> tuple[int, ...]:
    return (at + 1,) if block is None else (at + 1, block)


_WAYS: Mapping[type[Any], Callable[[Any, int], tuple[int, ...]]] = {
    p.Stop: lambda op, at: (),
    p.Back: lambda op, at: (),
    p.Jump: lambda op, at: (op.to,),
    p.GoTo: lambda op, at: (op.to,),
    p.Unless: lambda op, at: (at + 1, op.to),
    p.Loop: lambda op, at: (at + 1, op.end),
    p.Next: lambda op, at: (at + 1, op.start + 1),
    p.Do: lambda op, at: _or_else(op.failed, at),
    p.StartFlow: lambda op, at: _or_else(op.failed, at),
    p.Submit: lambda op, at: _or_else(op.failed, at),
    p.Take: lambda op, at: (at + 1, op.block),
    p.Tell: lambda op, at: _or_else(op.nobody, at),
}
"""Where the operations lead that do more than go on to the next; a question has ways of its own."""


def _answers(at: int, question: p.Question) -> tuple[int, ...]:
    """After a question: the next line, unless every choice goes elsewhere."""
    arrows = tuple(choice.go for choice in question.choices if choice.go is not None)
    skipped = question.optional or question.only_if is not None or question.choices_from is not None
    elsewhere = bool(arrows) and len(arrows) == len(question.choices) and not skipped
    return arrows if elsewhere else (at + 1, *arrows)


def blocks(program: p.Program) -> dict[int, p.Question | None]:
    """Where the blocks beside the conversation begin, each with the question that it belongs to, if it has one."""
    found: dict[int, p.Question | None] = {after.go: None for after in program.afters}
    found.update({word.go: None for word in program.on_words})
    found.update({event.go: None for event in program.on_events})
    for question in program.questions.values():
        own = (question.invalid_block, question.too_many, question.right_block, question.wrong_block, question.failed)
        found.update({begin: question for begin in own if begin is not None})
        if question.give_up is not None:
            found[question.give_up.go] = None
    return found


def reached(begin: Iterable[int], program: p.Program, stops: Stops = lambda op: False) -> set[int]:
    """Every position that can be reached; the ways end at operations where `stops` says so (these are reached)."""
    found: set[int] = set()
    waiting = list(begin)
    while waiting:
        at = waiting.pop()
        if at in found:
            continue
        found.add(at)
        if not stops(program.code[at]):
            waiting += following(at, program)
    return found


def circles(program: p.Program, stops: Stops) -> list[int]:
    """For each position a number: two have the same where each can be reached from the other.

    The ways end at operations where `stops` says so.  In two passes, however many jumps there are (Kosaraju 1978).
    """
    ahead = [() if stops(op) else following(at, program) for at, op in enumerate(program.code)]
    behind: list[list[int]] = [[] for _ in ahead]
    for at, tos in enumerate(ahead):
        for to in tos:
            behind[to].append(at)
    circle = [-1] * len(ahead)
    for begin in reversed(_left(ahead)):
        waiting = [begin]
        while waiting:
            at = waiting.pop()
            if circle[at] < 0:
                circle[at] = begin
                waiting += behind[at]
    return circle


def _left(ahead: Sequence[Sequence[int]]) -> list[int]:
    """All positions, each behind those that are reached from it first: ~at stands where everything below at is done."""
    order: list[int] = []
    seen: set[int] = set()
    waiting = list(range(len(ahead)))
    while waiting:
        at = waiting.pop()
        if at < 0:
            order.append(~at)
        elif at not in seen:
            seen.add(at)
            waiting.append(~at)
            waiting += ahead[at]
    return order


def pauses(op: p.Code) -> bool:
    """Does the conversation wait here, for the worker or for a time to come?"""
    return isinstance(op, p.Ask | p.ChooseLanguage | p.Choose | p.AskAgain | p.Wait | p.Run)
