"""A conversation goes over to a new version of its flow: it stands at the question that took over, or stays (RULES K8).

Pure.  Only who waits at a question that the new version's header names (`moved old -> new`) can go over; an answer
goes along where its type and codes fit, and is put aside where they do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeVar

import msgspec

from engine import topics
from engine.effects import Effect, Follow, Forget, SetTimer
from engine.session import Session, Turn
from engine.values import Packed
from grammar import program as p

Kept = TypeVar("Kept")
_NUMBERS = frozenset({"whole", "number", "decimal"})
_CODES = frozenset({"choice", "choices"})
NEVER = -1
"""The number of no wait: a timer that is set for it fires for nobody."""


class Move(NamedTuple):
    """The session in the new version, what is to be done, and whether its question must be asked anew.

    It must where the worker could read it otherwise than it is now: another type, or other numbers of its choices.
    """

    session: Session
    effects: tuple[Effect, ...]
    anew: bool


def move(old: p.Program, new: p.Program, key: str, session: Session, now: int) -> Move | str:
    """The session of `old` as one of `new`, whose hash is `key`; or a sentence for staff that says why it stays."""
    why = _stays(old, new, session)
    if why:
        return why
    asked = new.questions[new.moved[session.asked.lower()]]
    loops = _loops(new, asked, session.loops)
    if isinstance(loops, str):
        return loops
    anew = not _reads_alike(old.questions[session.asked], asked)
    names = {name: _name(name, new) for name in old.questions}
    fit = {name for name in names if (to := new.questions.get(names[name])) and fits(old.questions[name], to)}
    kept, effects = _answers(old, new, session, names, fit)
    moved = msgspec.structs.replace(
        session,
        program=key,
        at=asked.at,
        asked=asked.name,
        loops=loops,
        answers=kept,
        rounds=_renamed(session.rounds, names),
        short={k: said for k, said in _renamed(session.short, names).items() if k.partition("/")[0] in new.questions},
        section=session.section if session.section in new.sections else "",
        seq=session.seq + 1,
    )
    if anew:
        moved.tries, moved.confirms, moved.confirming, moved.pending = 0, 0, False, None
    return Move(moved, (*effects, *_afters(old, new, session, now), *_events(new, session)), anew)


def _stays(old: p.Program, new: p.Program, session: Session) -> str:
    """Why the conversation cannot go over, "" where it can."""
    if session.status not in ("waiting", "suspended") or session.asked not in old.questions:
        return "It does not stand at a question."
    if session.detour is not None or session.proof_for >= 0:
        return "It is on the way of `ask again`, or proves a PIN first, and has to come back to its own version."
    if session.aside is not None or session.due or session.open:
        return "Questions of its own version still come back to it."
    to = new.moved.get(session.asked.lower())
    if to is None:
        return f"It waits at `{session.asked}`, and no line `moved {session.asked} -> …` says where that went."
    if to not in new.questions:
        return f"It waits at `{session.asked}`, and the new version has no question `{to}`."
    if _bared(old, new):
        return "What is sensitive in its own version would not be so in the new one."
    return ""


def _bared(old: p.Program, new: p.Program) -> set[str]:
    """The names that are sensitive in the old version, and in the new one open."""
    hidden = {_name(name, new).lower() for name in old.sensitive} - {name.lower() for name in new.sensitive}
    return hidden & {name.lower() for name in (*new.inputs, *new.questions)}


def _loops(program: p.Program, asked: p.Question, turns: list[Turn]) -> list[Turn] | str:
    """The loops around the new question, each in the row in which the conversation is."""
    around = [(at, op) for at, op in enumerate(program.code) if isinstance(op, p.Loop) and at < asked.at < op.end]
    if [op.table for _, op in around] != [turn.table for turn in turns]:
        return f"It is in other loops than those around `{asked.name}`."
    found = []
    for (at, op), turn in zip(around, turns, strict=True):
        rows = program.tables[op.table].rows if op.table in program.tables else ()
        gone = set(turn.keys) - {row[0] for row in rows} if rows else set()
        if turn.keys[turn.index] in gone:
            return f"The row {turn.keys[turn.index]} of {op.table} is not there any more."
        keys = [key for key in turn.keys if key not in gone]
        found.append(Turn(at, op.table, keys, keys.index(turn.keys[turn.index])))
    return found


def _name(question: str, new: p.Program) -> str:
    return new.moved.get(question.lower(), question)


def _answers(
    old: p.Program, new: p.Program, session: Session, names: dict[str, str], fit: set[str]
) -> tuple[dict[str, Packed], list[Effect]]:
    """The answers under their new names; those that do not fit are put aside."""
    kept: dict[str, Packed] = {}
    effects: list[Effect] = []
    for key, value in session.answers.items():
        name, slash, turn = key.partition("/")
        if name in fit and _is_there(value, new.questions[names[name]], new):
            kept[names[name] + slash + turn] = value
        else:
            effects.append(Forget(name, turn))
    return kept, effects


def fits(old: p.Question, new: p.Question) -> bool:
    """Is an answer to the one of the same type as an answer to the other, in the same loops (RULES K8)?"""
    kinds = {old.type.kind, new.type.kind}
    alike = len(kinds) == 1 or kinds <= _NUMBERS
    return alike and (old.kind == "verify") == (new.kind == "verify") and old.over == new.over


def _is_there(value: Packed, question: p.Question, program: p.Program) -> bool:
    """Are the codes of an answer still codes of the question?"""
    if question.type.kind not in _CODES or value is None:
        return True
    return set(value[1:] if isinstance(value, list) else [value]) <= set(_codes(question, program))


def _codes(question: p.Question, program: p.Program) -> Iterator[str]:
    yield from (choice.code for choice in question.choices)
    if question.choices_from is not None and question.choices_from.table in program.tables:
        yield from (row[0] for row in program.tables[question.choices_from.table].rows)


def _reads_alike(old: p.Question, new: p.Question) -> bool:
    """Does every reply mean the same at both questions?"""
    mine, theirs = ({choice.number: choice.code for choice in q.choices} for q in (old, new))
    return fits(old, new) and mine == theirs and old.choices_from == new.choices_from


def _renamed(values: dict[str, Kept], names: dict[str, str]) -> dict[str, Kept]:
    cut = ((key.partition("/"), value) for key, value in values.items())
    return {names.get(name, name) + slash + turn: value for (name, slash, turn), value in cut}


def _events(new: p.Program, session: Session) -> list[Effect]:
    """What it hears of by the lines of the new version; what it heard of before finds no lines there any more."""
    about = (topics.of_event(session.flow, each.event, each.same, session.inputs) for each in new.on_events)
    return [Follow(topic) for topic in about]


def _afters(old: p.Program, new: p.Program, session: Session, now: int) -> list[Effect]:
    """The timers of the new version's `after`; one whose time has passed by then is not made up for."""
    timers: list[Effect] = []
    for number in range(max(len(old.afters), len(new.afters))):
        due = session.started + new.afters[number].after * 1000 if number < len(new.afters) else now
        guard = None if due > now else NEVER
        timers.append(SetTimer(f"after:{number}", guard=guard, at=max(due, now)))
    return timers
