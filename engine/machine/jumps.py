"""Going elsewhere: going back forgets (RULES B1), and no conversation goes round for ever (K7)."""

from __future__ import annotations

from engine import limits
from engine.effects import Forget
from engine.machine.run import Run
from grammar import program as p


def jump(run: Run, to: int, origin: int) -> int:
    """An author's jump from `origin`.  From a block beside the conversation the origin is where that stands."""
    session = run.session
    if session.aside is not None:
        session.at, session.loops, session.aside = session.aside.at, session.aside.loops, None
    begin = session.at if origin >= run.linked.main_end else origin
    standing = session.loops if session.detour is None else session.detour.loops
    session.loops = [turn for turn in standing if _encloses(run, turn.at, to)]
    session.detour, session.proof_for = None, -1
    session.confirming, session.pending = False, None
    run.rescene()
    if to <= begin:
        _count(run)
        put_aside(run, to, begin)
    return to


def _encloses(run: Run, loop: int, position: int) -> bool:
    op = run.linked.code[loop]
    return isinstance(op, p.Loop) and loop < position < op.end


def _count(run: Run) -> None:
    session = run.session
    session.jumps += 1
    run.jumps += 1
    if session.jumps > limits.JUMPS_BACK or run.jumps > limits.JUMPS_BACK_AT_ONCE:
        raise run.error("it goes back again and again and never comes to an end")


def put_aside(run: Run, first: int, last: int) -> None:
    """Put aside the answers of all questions between two positions, in the turns of the loops that are left."""
    between = {q.name: q.source.over for q in run.linked.questions.values() if first <= q.source.at <= last}
    loops = run.session.loops
    inside = ".".join(turn.keys[turn.index] for turn in loops)
    for key in list(run.session.answers):
        name, _, turn = key.partition("/")
        deeper = len(between.get(name, ())) > len(loops)
        if name in between and (turn == inside or not inside or (deeper and turn.startswith(inside + "."))):
            forget(run, name, turn, key)


def forget(run: Run, question: str, turn: str, key: str) -> None:
    """Put one answer aside: empty from now on, its row stays."""
    run.session.before[key] = run.session.answers.pop(key)
    run.session.mastered = tuple(each for each in run.session.mastered if each != key)
    run.effects.append(Forget(question, turn))
