"""Time: what is due while the conversation still runs, by day, and not too often."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar import program as p
from grammar.checks import paths
from grammar.checks.subject import Subject
from grammar.compiler.expressions import seconds
from grammar.compiler.header import AT
from grammar.diagnostics import Finding

DAY = 86_400
HOUR = 3_600

A_DAY = 3
"""Reminders of one question in 24 hours."""

IN_A_ROW = 5
"""Messages between which the worker cannot answer."""


def timers(subject: Subject) -> Iterator[Finding]:
    """An `after` that is due when the conversation has long ended."""
    program = subject.made.program
    afters = list(subject.every(n.After))
    longest = duration(program) if afters else None
    for line, _ in afters:
        if longest is not None and seconds(line.after) > longest:
            yield subject.say("W272", line.after, length=words_of(longest))


def duration(program: p.Program) -> int | None:
    """The seconds after which a conversation in which nobody answers any more has ended; None where nobody can tell.

    Each answer that cannot be read starts the time of its question again, so that all tries count.
    """
    if program.on_words or program.on_events or program.allow_back:
        return None
    best = [0] * (len(program.code) + 1)
    for at in range(len(program.code) - 1, -1, -1):
        ahead, own = paths.following(at, program), _length(program.code[at], program)
        if own is None or any(to <= at for to in ahead):
            return None
        best[at] = own + max((best[to] for to in ahead), default=0)
    return best[0]


def _length(op: p.Code, program: p.Program) -> int | None:
    """How long the conversation can stand at an operation."""
    if isinstance(op, p.Ask | p.ChooseLanguage | p.Choose):
        question = program.questions[op.question]
        end = question.give_up.after if question.give_up is not None else None
        return None if end is None or question.confirms or question.repeats else end * max(question.tries, 1)
    if isinstance(op, p.Wait):
        return _wait(op)
    if isinstance(op, p.Do | p.Submit | p.StartFlow):
        return DAY
    return None if isinstance(op, p.Run | p.AskAgain | p.Loop | p.Call) else 0


def _wait(op: p.Wait) -> int | None:
    if op.day:
        return 8 * DAY
    if isinstance(op.span, p.Const) and op.span.value.isdigit():
        return int(op.span.value) + (DAY if op.at is not None else 0)
    return None


def words_of(length: int) -> str:
    """A length of time as one says it: days from two days on, else hours."""
    if length >= 2 * DAY:
        return f"{-(-length // DAY)} days"
    hours = -(-length // HOUR)
    return f"{hours} hours" if hours != 1 else "1 hour"


def too_late_to_go_on(subject: Subject) -> Iterator[Finding]:
    """`go on after` comes before the question is given up."""
    for question, _ in subject.every(n.Question):
        made = subject.made.program.questions[question.name.text]
        for line in question.attributes:
            late = isinstance(line, n.GoOn) and made.give_up is not None and seconds(line.after) >= made.give_up.after
            if late:
                yield subject.say("W276", line)


def reminders(subject: Subject) -> Iterator[Finding]:
    """Not more than three reminders of one question in 24 hours."""
    lists: list[list[n.Remind]] = [[line for line in subject.names.flow.header if isinstance(line, n.Remind)]]
    lists += [[line for line in each.attributes if isinstance(line, n.Remind)] for each, _ in subject.every(n.Question)]
    for lines in lists:
        for first, last in zip(lines, lines[A_DAY:], strict=False):
            if 0 <= seconds(last.after) - seconds(first.after) < DAY:
                yield subject.say("W273", last, what=f"{A_DAY + 1} reminders within 24 hours")
                break


def in_a_row(subject: Subject) -> Iterator[Finding]:
    """Not more than five messages one after another, between which the worker cannot answer."""
    program, spans = subject.made.program, subject.made.spans
    count = [0] * len(program.code)
    for at, op in enumerate(program.code):
        here = count[at] + isinstance(op, p.Say)
        if isinstance(op, p.Say) and here == IN_A_ROW + 1:
            yield subject.say("W273", spans[at], what=f"more than {IN_A_ROW} messages one after another")
        for to in paths.following(at, program):
            if at < to:
                count[to] = max(count[to], 0 if paths.pauses(op) else here)


def quiet(subject: Subject) -> Iterator[Finding]:
    """What is meant for an hour of the quiet hours comes only when these are over."""
    line = next((line for line in subject.names.flow.header if isinstance(line, n.QuietHours)), None)
    if line is None:
        return
    begin, end = line.begin.value, line.end.value
    for schedule in subject.names.flow.header:
        if isinstance(schedule, n.StartEvery | n.StartOnce):
            at = schedule.at.value if schedule.at is not None else AT
            if _within(at, begin, end):
                yield subject.say("W275", schedule.at or schedule, at=at, begin=begin, end=end)
    waits = [visit.node for visit in subject.visits if isinstance(visit.node, n.Wait | n.WaitUntil | n.WaitNext)]
    for time in (wait.at for wait in waits if isinstance(wait.at, n.Time)):
        if _within(time.value, begin, end):
            yield subject.say("W275", time, at=time.value, begin=begin, end=end)


def _within(at: str, begin: str, end: str) -> bool:
    """Is a time of the day in the quiet hours, which may go over midnight?"""
    return begin <= at < end if begin <= end else at >= begin or at < end


CHECKS = (timers, too_late_to_go_on, reminders, in_a_row, quiet)
