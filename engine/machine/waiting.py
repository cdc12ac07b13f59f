"""Standing at a question: it is sent, and its clocks begin; without the floor a conversation stands there silently."""

from __future__ import annotations

from engine import prompts
from engine.effects import SetTimer
from engine.machine.run import HALT, Run
from engine.questions import LinkedQuestion
from engine.scene import key_of


def stand(run: Run, question: LinkedQuestion, at: int) -> None:
    """Stand at the question, nothing tried and nothing to confirm yet."""
    session = run.session
    session.status, session.at, session.asked = "waiting", at, question.name
    session.tries, session.confirms, session.confirming, session.pending = 0, 0, False, None
    session.near = ()
    key = key_of(question.name, run.scene.turn(question.source.over))
    if key in session.answers:
        session.before[key] = session.answers[key]
    source = question.source.choices_from
    if source is not None and source.table in run.linked.sources:
        keys = list(run.linked.sources[source.table].now(run.scene))
        session.rows = {**session.rows, source.table: keys}


def wait_for(run: Run, question: LinkedQuestion, at: int, fault: str = "") -> int:
    """Ask the question and wait for the worker.  `fault`: why what he said ahead will not do (RULES H3)."""
    stand(run, question, at)
    opening = prompts.opening(question, run.scene)
    return ask_in_full(run, question, f"{fault}\n{opening}" if fault else opening)


def ask_in_full(run: Run, question: LinkedQuestion, opening: str | None = None) -> int:
    """Send the question (or `opening` in its place, with the choices) and begin its clocks anew (RULES G1)."""
    proof = _proof_first(run, question)
    if proof is not None:
        question, opening = proof, None
    session = run.session
    session.wait += 1
    session.asked_at = run.now
    session.confirming = False
    if not run.floor:
        session.status = "suspended"
        return HALT
    text = prompts.opening(question, run.scene) if opening is None else opening
    text = prompts.with_options(text, question, run.scene)
    run.send(text, arms=session.wait, sensitive=question.sensitive)
    set_clocks(run, question)
    return HALT


def _proof_first(run: Run, question: LinkedQuestion) -> LinkedQuestion | None:
    """The `verify` to stand at first, where the question shows something sensitive and no proof holds (RULES J3)."""
    at = question.source.at
    name = run.linked.verify_before.get(at)
    if name is None or run.proved or not question.sensitive:
        return None
    proof = run.linked.questions[name]
    stand(run, proof, proof.source.at)
    run.session.proof_for = at
    return proof


def set_clocks(run: Run, question: LinkedQuestion) -> None:
    """The clocks of the present wait, from the moment that its prompt is sent."""
    for number, reminder in enumerate(question.reminders):
        run.effects.append(SetTimer(f"remind:{number}", guard=run.session.wait, after=reminder.after))
    aside = run.session.aside
    if aside is not None:
        run.effects.append(SetTimer("wait", guard=run.session.wait, at=aside.due))
    if question.source.go_on is not None and aside is None:
        run.effects.append(SetTimer("go_on", guard=run.session.wait, after=question.source.go_on * 1000))
    if question.source.give_up is not None:
        run.effects.append(SetTimer("give_up", guard=run.session.wait, after=question.source.give_up.after * 1000))
