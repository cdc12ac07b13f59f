"""Where each operation of a program can lead: every way on, so that what no way leads to is known, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from grammar import program as p


class Way(NamedTuple):
    """One way on, to the position `to`.

    `kind`: next · back (an author's `go to`) · met, otherwise (of a condition) · row, done (of a loop) · choice
    (`detail`: its code) · give_up, too_many, failed, invalid, right, wrong (blocks of a question) · nobody · lost.
    """

    kind: str
    to: int
    detail: str = ""


class Entry(NamedTuple):
    """Where something beside the conversation begins.  `kind`: after, word, event; `number`: which of the program's."""

    kind: str
    to: int
    number: int


def entries(program: p.Program) -> list[Entry]:
    """All that can happen beside the conversation, in the order of the file."""
    found = [Entry("after", after.go, number) for number, after in enumerate(program.afters)]
    found += [Entry("word", word.go, number) for number, word in enumerate(program.on_words)]
    return found + [Entry("event", event.go, number) for number, event in enumerate(program.on_events)]


def ways(program: p.Program, at: int) -> list[Way]:
    """The ways on from a position; none where the conversation ends, or goes back to where it was."""
    op = program.code[at]
    if isinstance(op, p.Stop | p.Back):
        return []
    if isinstance(op, p.Jump):
        return [Way("next", op.to)]
    if isinstance(op, p.GoTo):
        return [Way("back", op.to)]
    if isinstance(op, p.Unless):
        return [Way("met", at + 1), Way("otherwise", op.to)]
    if isinstance(op, p.Loop):
        return [Way("row", at + 1), Way("done", op.end)]
    if isinstance(op, p.Next):
        return [Way("row", op.start + 1), Way("done", at + 1)]
    question = asked(program, at)
    if question is not None:
        return list(_of_question(question, at))
    return [Way("next", at + 1), *_aside(op)]


def asked(program: p.Program, at: int) -> p.Question | None:
    """The question that is asked at a position, None where none is."""
    question = program.questions.get(getattr(program.code[at], "question", ""))
    return question if question is not None and question.at == at else None


def _aside(op: p.Code) -> Iterator[Way]:
    if isinstance(op, p.Tell) and op.nobody is not None:
        yield Way("nobody", op.nobody)
    if isinstance(op, p.Do | p.StartFlow | p.Submit) and op.failed is not None:
        yield Way("failed", op.failed)
    if isinstance(op, p.Take):
        yield Way("lost", op.block)
    if isinstance(op, p.Wait) and op.give_up is not None:
        yield Way("give_up", op.give_up.go)


def _of_question(question: p.Question, at: int) -> Iterator[Way]:
    arrows = [choice for choice in question.choices if choice.go is not None]
    free = question.choices_from is not None or question.optional or question.only_if is not None
    if free or len(arrows) < len(question.choices) or not arrows:
        yield Way("next", at + 1)
    for choice in arrows:
        yield Way("choice", choice.go if choice.go is not None else at + 1, choice.code)
    blocks = {
        "right": question.right_block,
        "wrong": question.wrong_block,
        "invalid": question.invalid_block,
        "too_many": question.too_many,
        "failed": question.failed,
        "give_up": question.give_up.go if question.give_up is not None else None,
    }
    for kind, to in blocks.items():
        if to is not None:
            yield Way(kind, to)


def reached(program: p.Program) -> set[int]:
    """Every position to which some way leads, from the beginning or from beside."""
    found: set[int] = set()
    waiting = [0, *(entry.to for entry in entries(program))]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [way.to for way in ways(program, at)]
    return found
