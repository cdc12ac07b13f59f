"""`ask again`: one question once more, then those that became needed, and back to the next line (RULES B1).

No `tell`, `set` or `do` runs on the way; the answers of questions that are needed no longer are put aside.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.machine import jumps, waiting
from engine.machine.run import Run
from engine.questions import LinkedQuestion
from engine.scene import key_of
from engine.session import Detour, Turn
from grammar import program as p


def begin(run: Run, op: p.AskAgain, row: str | None) -> int:
    """Leave the line at `run.at` for the question; a row that does not exist asks nothing."""
    question = run.linked.questions[op.question]
    turns = _turns(run, question, row)
    if turns is None:
        return run.at + 1
    session = run.session
    before, session.loops = session.loops, turns
    run.rescene()
    needed = [other.name for other in _others(run, question) if other.needed(run.scene)]
    session.detour = Detour(run.at + 1, before, needed)
    return waiting.wait_for(run, question, question.source.at)


def _turns(run: Run, question: LinkedQuestion, row: str | None) -> list[Turn] | None:
    """The loops as they stand at that row: the present ones as far as they go, the last one at `row`."""
    over = question.source.over
    here = {turn.table: turn for turn in run.session.loops}
    turns = []
    for table in over:
        if row is not None and table == over[-1]:
            if not _is_row(run, table, row):
                return None
            turns.append(Turn(-1, table, [row]))
        elif table in here:
            turns.append(here[table])
        else:
            return None
    return turns


def _is_row(run: Run, table: str, row: str) -> bool:
    if table in run.linked.tables:
        return run.linked.tables[table].find(row) is not None
    return row in run.linked.sources[table].keys(run.scene)


def _others(run: Run, question: LinkedQuestion) -> Iterator[LinkedQuestion]:
    """The questions between this one and the line that asks again, in the same loops."""
    last = run.session.detour.back - 1 if run.session.detour else run.at
    for other in run.linked.questions.values():
        own = other.source
        if question.source.at < own.at < last and own.over == question.source.over:
            yield other


def next_question(run: Run) -> int:
    """After an answer on the detour: the next question that became needed, or back."""
    detour = run.session.detour
    if detour is None:
        raise run.error("there is no way back")
    if not detour.settled:
        _settle(run, detour, run.question)
    if not detour.todo:
        return _back(run, detour)
    question = run.linked.questions[detour.todo.pop(0)]
    return waiting.wait_for(run, question, question.source.at)


def _settle(run: Run, detour: Detour, question: LinkedQuestion) -> None:
    """What is needed now and was not is still to be asked; what is needed no longer is put aside."""
    turn = run.scene.turn(question.source.over)
    for other in _others(run, question):
        key = key_of(other.name, turn)
        if not other.needed(run.scene):
            if key in run.session.answers:
                jumps.forget(run, other.name, turn, key)
        elif other.name not in detour.needed:
            detour.todo.append(other.name)
    detour.settled = True


def _back(run: Run, detour: Detour) -> int:
    run.session.loops = detour.loops
    run.session.detour = None
    run.rescene()
    return detour.back
