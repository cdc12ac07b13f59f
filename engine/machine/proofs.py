"""`verify`: the PIN was compared before the step, and only how is known here; nothing sensitive goes out unproved.

A proof holds for this conversation until a `wait`, or 15 minutes without a message (RULES J3).
"""

from __future__ import annotations

from engine.effects import Record
from engine.machine import waiting
from engine.machine.run import Run
from engine.questions import LinkedQuestion


def touch(run: Run) -> None:
    """The worker spoke: a proof that holds goes on holding."""
    if run.proved:
        run.session.verified_at = run.now


def prove_first(run: Run, at: int) -> int | None:
    """Ask the `verify` above a line that shows something sensitive, and come back to it; None where there is none."""
    name = run.linked.verify_before.get(at)
    if name is None:
        return None
    run.session.proof_for = at
    question = run.linked.questions[name]
    return waiting.wait_for(run, question, question.source.at)


def before_answering(run: Run, question: LinkedQuestion) -> int | None:
    """Ask the `verify` first, and then the question anew, where what it says to an answer shows something sensitive."""
    return prove_first(run, question.source.at) if question.answers_bare and not run.proved else None


def receive(run: Run, proof: str) -> int:
    """How the PIN compared: right, wrong, no_pin, locked, unreadable (which costs no try, RULES J4)."""
    question = run.question
    if proof == "right":
        return _proved(run, question)
    if proof == "unreadable":
        return waiting.ask_in_full(run, question, _digits_please(run, question))
    run.session.reason = proof
    run.session.tries += 1
    if proof in ("no_pin", "locked") or run.session.tries >= question.source.tries:
        return _failed(run, question)
    own = question.invalid
    complaint = run.say("verify.wrong", tries=run.linked.tries_left(run.session)) if own is None else own(run.scene)
    return waiting.ask_in_full(run, question, complaint)


def _digits_please(run: Run, question: LinkedQuestion) -> str:
    limit = question.source.type.limit
    return run.say("invalid.digits") if limit is None else run.say("invalid.digits_count", limit=limit)


def _proved(run: Run, question: LinkedQuestion) -> int:
    session = run.session
    session.verified_at, session.reason = run.now, ""
    session.trail = ()
    session.answers[question.name] = True
    run.effects.append(Record(question.name, True, round=_round(run, question.name), sensitive=True))
    back, session.proof_for = session.proof_for, -1
    return session.at + 1 if back < 0 else back


def _round(run: Run, name: str) -> int:
    run.session.rounds[name] = run.session.rounds.get(name, 0) + 1
    return run.session.rounds[name]


def _failed(run: Run, question: LinkedQuestion) -> int:
    run.session.proof_for = -1
    if question.source.failed is not None:
        return question.source.failed
    reason = run.session.reason
    if reason in ("no_pin", "locked"):
        run.send(run.say(f"verify.{reason}"), line=0)
    return run.end("not_verified")
