"""Answers that came before their questions, in a short form: what is right is not asked, what fails is (RULES H3, H4).

All that is to be confirmed comes in one message; a yes to it is a yes to each, and after a no each is asked.
"""

from __future__ import annotations

from engine import prompts
from engine.answers import Right, Wrong
from engine.machine import accepting, keeping, proofs, reading
from engine.machine.run import HALT, Run
from engine.machine.waiting import set_clocks, stand, wait_for
from engine.questions import LinkedQuestion
from engine.values import pack

SHOWN = 40
"""Letters of an answer that nobody could read, where it is named: an SMS is dear."""


def ask(run: Run, question: LinkedQuestion, at: int, key: str, said: str) -> int:
    """Come to a question whose answer was said ahead; what fails is named and asked, and is no try."""
    stand(run, question, at)
    got, fault = _tried(run, question, key, said)
    confirm = _text(run, question, key, got) if got is not None else fault
    proof = proofs.before_answering(run, question) if confirm is not None else None
    if proof is not None:
        run.session.short[key] = said
        return proof
    if got is None:
        return wait_for(run, question, at, fault)
    if confirm is None:
        return accepting.store(run, question, got.value, said)
    others = _others(run)
    run.session.covered = tuple(others)
    run.session.wait += 1
    accepting.confirm(run, got.value, said, "\n".join([confirm, *others.values()]), arms=run.session.wait)
    set_clocks(run, question)
    return HALT


def agree(run: Run) -> None:
    """Yes: what the message named is stored when its question comes, and not asked about again."""
    run.session.agreed = (*run.session.agreed, *run.session.covered)
    run.session.covered = ()


def refuse(run: Run) -> None:
    """No: each of them is asked."""
    for key in run.session.covered:
        run.session.short.pop(key, None)
    run.session.covered = ()


def also(run: Run) -> list[str]:
    """What else the message that waits for a yes or no named."""
    covered = set(run.session.covered)
    return [text for key, text in _others(run).items() if key in covered] if covered else []


def _tried(run: Run, question: LinkedQuestion, key: str, said: str) -> tuple[Right | None, str]:
    """The answer, or what is wrong with it; one that was said twice is not sure."""
    got = reading.read(run, question, said)
    if isinstance(got, Wrong):
        return None, run.say("unread", what=said if len(said) <= SHOWN else f"{said[: SHOWN - 3]}...")
    fault = keeping.objection(run, question, got.value)
    if fault is not None:
        return None, fault
    return Right(got.value, unsure=True) if key in run.session.doubled else got, ""


def _text(run: Run, question: LinkedQuestion, key: str, got: Right) -> str | None:
    """What is asked before the answer is kept; which question it belongs to is said where its own text would not."""
    if key in run.session.agreed:
        return None
    text = keeping.to_confirm(run, question, got)
    if text is not None and key in run.session.doubled:
        return f"{prompts.opening(question, run.scene)} {text}"
    return text


def _others(run: Run) -> dict[str, str]:
    """What of the rest of the short form is to be confirmed, by key; each as if those before it were answered."""
    scene, answers, rows = run.scene, run.session.answers, run.scene.rows
    found: dict[str, str] = {}
    for key, said in run.session.short.items():
        name, _, turn = key.partition("/")
        question = run.linked.questions[name]
        scene.rows = {**rows, **scene.rows_of(question.source.over, turn)}
        got = _tried(run, question, key, said)[0] if question.needed(scene) else None
        shown = run.proved or not question.answers_bare
        text = _text(run, question, key, got) if got is not None and shown else None
        if text is not None:
            found[key] = text
        if got is not None:
            run.session.answers = {**run.session.answers, key: pack(got.value)}
    run.session.answers, scene.rows = answers, rows
    return found
