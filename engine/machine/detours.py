"""`ask again`: one question once more, then those that became needed, and back to the next line (RULES B1).

No `tell`, `set` or `do` runs on the way; the answers of questions that are needed no longer are put aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, product
from typing import NamedTuple

from engine.machine import jumps, waiting
from engine.machine.run import Run
from engine.questions import LinkedQuestion
from engine.scene import Scene, key_of
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
    session.detour = Detour(run.at + 1, before, question.name, [])
    session.detour.needed = [place.key for place in _places(run, session.detour) if place.needed]
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


def next_question(run: Run) -> int:
    """After an answer on the detour: the next question that became needed, or back."""
    detour = run.session.detour
    if detour is None:
        raise run.error("there is no way back")
    wanted: list[_Place] = []
    for place in _places(run, detour):
        if not place.needed:
            _put_aside(run, detour, place)
        elif place.own and place.key not in detour.needed and place.key not in detour.asked:
            wanted.append(place)
    return _ask(run, detour, wanted[0]) if wanted else _back(run, detour)


class _Place(NamedTuple):
    """A question in one turn of the loops around it; `inner` are the rows of those further in than the detour's.

    `own`: of the flow that asks again, not of one that it ran: what that asks is put aside with it, and never asked.
    """

    question: LinkedQuestion
    own: bool
    inner: dict[str, str]
    turn: str
    needed: bool

    @property
    def key(self) -> str:
        return key_of(self.question.name, self.turn)


def _places(run: Run, detour: Detour) -> Iterator[_Place]:
    """The questions between the one that was named and the line that asks again, in its loops and those further in.

    In the order in which they are asked; each is looked at as those before it were left.  What a flow that was run
    asks hangs on what it was given then.
    """
    named, scene = run.linked.questions[detour.question].source, run.scene
    deep, rows = len(named.over), scene.rows
    below = (each for each in run.linked.questions.values() if named.at < each.source.at < detour.back - 1)
    within = (each for each in below if _is_in(each.source.part, named.part) and each.source.over[:deep] == named.over)
    between = sorted(within, key=lambda each: each.source.at)
    for tables, group in groupby(between, key=lambda each: each.source.over[deep:]):
        turns = product(*(_rows(run, table) for table in tables))
        for keys, other in product(turns, group):
            inner = dict(zip(tables, keys, strict=True))
            scene.rows = {**rows, **inner}
            own = other.source.part == named.part
            needed = other.needed(scene) if own else _still_run(scene, other, len(named.around))
            place = _Place(other, own, inner, scene.turn(other.source.over), needed)
            scene.rows = rows
            yield place


def _is_in(part: str, around: str) -> bool:
    """Is it the same flow, or one that this one ran?"""
    return part == around or not around or part.startswith(f"{around}.")


def _still_run(scene: Scene, question: LinkedQuestion, depth: int) -> bool:
    """Would the line `run` still be come to?  A version from before this was written down says nothing of it."""
    return depth >= len(question.source.around) or question.reached(scene, depth)


def _rows(run: Run, table: str) -> Sequence[str]:
    """The rows of a loop; of what has rows only while the conversation runs, those that it came to (RULES C5)."""
    return run.linked.tables[table].keys if table in run.linked.tables else run.session.rows.get(table, ())


def _put_aside(run: Run, detour: Detour, place: _Place) -> None:
    """It is needed no longer, and would be asked anew if it were needed again."""
    if place.key in run.session.answers:
        jumps.forget(run, place.question.name, place.turn, place.key)
    detour.needed = [key for key in detour.needed if key != place.key]


def _ask(run: Run, detour: Detour, place: _Place) -> int:
    detour.asked.append(place.key)
    deep = len(run.linked.questions[detour.question].source.over)
    around = run.session.loops[:deep]
    run.session.loops = [*around, *(Turn(-1, table, [row]) for table, row in place.inner.items())]
    run.rescene()
    return waiting.wait_for(run, place.question, place.question.source.at)


def _back(run: Run, detour: Detour) -> int:
    run.session.loops = detour.loops
    run.session.detour = None
    run.rescene()
    return detour.back
