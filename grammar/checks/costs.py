"""What one conversation costs at most: the dearest way through the flow, forwards, with every reminder on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from grammar import gsm7
from grammar import program as p
from grammar.checks import paths
from grammar.checks.longest import ROWS, Longest
from grammar.checks.subject import Subject
from grammar.diagnostics import Finding

DEAR = 50
"""SMS to one worker in one conversation; whoever pays for more should know of it."""


class Cost(NamedTuple):
    """SMS to the worker, and how many of them are reminders."""

    parts: int = 0
    reminders: int = 0


def dear_ways(subject: Subject) -> Iterator[Finding]:
    """The cost of one worker, where it is high, in the dearest language."""
    program = subject.made.program
    found = {tag: dearest(program, tag) for tag in program.languages} if "sms" in program.channels else {}
    tag = max(found, key=lambda tag: found[tag], default="")
    if tag and found[tag].parts > DEAR:
        cost = found[tag]
        yield subject.say("N323", subject.names.flow.name, tag=tag, parts=cost.parts, reminders=cost.reminders)


def dearest(program: p.Program, language: str) -> Cost:
    """The dearest way; a loop over a table is gone once for each row, a jump back is not gone at all."""
    own = _costs(program, language)
    best = [Cost()] * (len(program.code) + 1)
    for at in range(len(program.code) - 1, -1, -1):
        ahead = [best[to] for to in paths.following(at, program) if to > at]
        after, times = max(ahead, default=Cost()), _turns(at, program)
        best[at] = Cost(*(here + then for here, then in zip(own.get(at, Cost()), after, strict=True)))
        if times > 1:
            end = best[_end(at, program)]
            best[at] = Cost(*(times * (one - then) + then for one, then in zip(after, end, strict=True)))
    return best[0]


def _turns(at: int, program: p.Program) -> int:
    """How often the block of a loop is gone through; 1 for whatever is no loop."""
    op = program.code[at]
    if not isinstance(op, p.Loop):
        return 1
    table = program.tables.get(op.table)
    return len(table.rows) if table is not None else ROWS


def _end(at: int, program: p.Program) -> int:
    op = program.code[at]
    return op.end if isinstance(op, p.Loop) else at


def _costs(program: p.Program, language: str) -> dict[int, Cost]:
    """What each operation costs by itself."""
    longest = Longest(program, language)

    def parts(text: str) -> int:
        return gsm7.measure(gsm7.plain(text) if program.plain_letters else text)[1]

    found = {at: Cost(parts(longest.message(op.text))) for at, op in enumerate(program.code) if isinstance(op, p.Say)}
    for question in program.questions.values():
        asked = longest.question(question)
        again = [asked if item.text is None else longest.message(item.text, asked) for item in question.reminders]
        reminders = sum(parts(text) for text in again)
        found[question.at] = Cost(parts(asked) + reminders, reminders)
    return found


CHECKS = (dear_ways,)
