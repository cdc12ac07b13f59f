"""Quiz questions that come again, and answers that come late: beside the course, while it waits (RULES X3, X4).

A repeat is asked during a `wait`, one at a time; its answer changes no score.  It never holds the course up.
"""

from __future__ import annotations

import copy

from engine import limits
from engine.answers import Right
from engine.effects import SetTimer
from engine.machine import keeping, reading, waiting
from engine.machine.run import HALT, Run
from engine.questions import LinkedQuestion
from engine.scene import key_of
from engine.session import Aside, Open, Turn
from grammar import program as p

TIMER = "repeat"


def schedule(run: Run, question: LinkedQuestion, turn: str) -> None:
    """The answer was wrong: the question comes again."""
    for number, repeat in enumerate(question.source.repeats):
        _set(run, number, key_of(question.name, turn), repeat.after * 1000)


def _set(run: Run, number: int, key: str, after: int) -> None:
    run.effects.append(SetTimer(f"{TIMER}:{number}:{key}", at=run.now + after))


def due(run: Run, number: int, key: str) -> None:
    """The time of a repeat has come: now, if the conversation sleeps, else at its next `wait`.

    Nothing, where the conversation went over to a version of its flow that lacks this repeat.
    """
    session = run.session
    name, _, turn = key.partition("/")
    question = run.linked.questions.get(name)
    if question is None or number >= len(question.source.repeats) or run.linked.is_right(run.scene, name, turn):
        return
    if session.status == "sleeping" and session.aside is None and not run.floor:
        _set(run, number, key, limits.HOUR)
        return
    if (number, key) not in session.due:
        session.due = (*session.due, (number, key))
    if session.status == "sleeping":
        ask_next(run, session.at)


def ask_next(run: Run, at: int) -> bool:
    """At a `wait`: ask the repeat that has been due longest, if there is one."""
    session = run.session
    while session.due and run.floor:
        number, key = session.due[0]
        session.due = session.due[1:]
        name, _, turn = key.partition("/")
        question = run.linked.questions.get(name)
        if question is None or run.linked.is_right(run.scene, name, turn):
            continue
        rows = run.scene.rows_of(question.source.over, turn)
        session.aside = Aside(at, session.wakes, session.loops, number, key)
        session.loops = [Turn(-1, table, [row]) for table, row in rows.items()]
        run.rescene()
        waiting.wait_for(run, question, question.source.at)
        return True
    return False


def answered(run: Run, question: LinkedQuestion, right: bool) -> int:
    """The repeat was answered; where it must be right, a wrong answer brings it back."""
    aside = _aside(run)
    if right:
        run.session.mastered = (*run.session.mastered, aside.key)
    elif question.source.repeats[aside.number].until_right:
        _set(run, aside.number, aside.key, question.source.repeats[aside.number].after * 1000)
    return back(run)


def back(run: Run) -> int:
    """To the `wait` from which the repeat was asked; a position, where that is over by now."""
    at, wakes = leave(run), run.session.wakes
    if run.linked.is_over(run.scene, at):
        return at + 1
    if wakes <= run.now:
        return over(run, at)
    sleep(run, at, wakes)
    return HALT


def over(run: Run, at: int) -> int:
    """Where the conversation goes when the time of a `wait` has come: on, or to the block that gives the quizzes up."""
    op = run.linked.code[at]
    if not isinstance(op, p.Wait) or op.give_up is None:
        return at + 1
    run.silent = True
    return op.give_up.go


def leave(run: Run) -> int:
    """The repeat is over, answered or not; the position of the `wait`."""
    aside, session = _aside(run), run.session
    session.at, session.asked, session.loops, session.aside = aside.at, "", aside.loops, None
    session.confirming, session.pending = False, None
    run.rescene()
    return aside.at


def sleep(run: Run, at: int, wakes: int) -> None:
    """The conversation sleeps until `wakes` (ms)."""
    session = run.session
    session.status, session.at, session.asked, session.wakes = "sleeping", at, "", wakes
    session.wait += 1
    if not ask_next(run, at):
        run.effects.append(SetTimer("wait", guard=session.wait, at=wakes))


def go_on(run: Run) -> int:
    """The course does not wait for this answer any longer; a late one still counts (RULES X4)."""
    session = run.session
    loops = [copy.copy(turn) for turn in session.loops]
    session.open = (*session.open, Open(session.asked, loops))
    session.status = "going"
    return session.at + 1


def react(run: Run, question: LinkedQuestion) -> int | None:
    """What a quiz says to a right or a wrong answer; a position where that is a block."""
    if question.source.kind != "quiz":
        return None
    turn = run.scene.turn(question.source.over)
    right = question.is_right(run.scene, turn)
    if not right:
        schedule(run, question, turn)
    run.send_text(question.right if right else question.wrong)
    return question.source.right_block if right else question.source.wrong_block


def late(run: Run, text: str) -> bool:
    """While nothing newer waits, a message answers the question that was asked last and went on without one."""
    session = run.session
    if not session.open:
        return False
    last, loops = session.open[-1], session.loops
    question = run.linked.questions.get(last.question)
    session.loops = [copy.copy(turn) for turn in last.loops]
    run.rescene()
    got = reading.read(run, question, text) if question is not None else None
    taken = question is not None and isinstance(got, Right)
    if question is not None and isinstance(got, Right):
        session.open = session.open[:-1]
        keeping.record(run, question, got.value, text)
        react(run, question)
    session.loops = loops
    run.rescene()
    return taken


def _aside(run: Run) -> Aside:
    if run.session.aside is None:
        raise run.error("no repeat was asked")
    return run.session.aside
