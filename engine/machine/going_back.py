"""BACK: the last answer is put aside and its question asked again, never past what has happened since (RULES B1)."""

from __future__ import annotations

import copy

from engine.letters import fold
from engine.linked import Linked
from engine.machine import jumps, waiting
from engine.machine.run import HALT, Run
from engine.scene import key_of
from engine.session import Step
from grammar import program as p

BARRIERS = p.Wait | p.Submit | p.Do | p.Call | p.Leave | p.StartFlow | p.Take
"""Behind these nothing is asked again: what they did cannot be undone."""


def means(linked: Linked, text: str) -> bool:
    """Does the worker want to go back, and may he?"""
    program = linked.program
    if not program.allow_back:
        return False
    said = fold(text)
    return any(said in linked.phrases.words(language, "back") for language in program.languages)


def note(run: Run, question: str, turn: str) -> None:
    """An answer that BACK can put aside."""
    if run.linked.program.allow_back:
        loops = [copy.copy(each) for each in run.session.loops]
        run.session.trail = (*run.session.trail, Step(question, turn, loops))


def go(run: Run) -> int:
    """Ask the question before; where there is none to go back to, the present one again."""
    session = run.session
    if not session.trail or session.detour is not None:
        return waiting.ask_in_full(run, run.question)
    last, session.trail = session.trail[-1], session.trail[:-1]
    key = key_of(last.question, last.turn)
    if key in session.answers:
        jumps.forget(run, last.question, last.turn, key)
    session.loops = [copy.copy(turn) for turn in last.loops]
    session.new_pin, session.proof_for = None, -1  # neither was come to the end of
    run.rescene()
    question = run.linked.questions[last.question]
    run.at = question.source.at
    waiting.wait_for(run, question, run.at)
    return HALT
