"""What becomes of a good answer: it is confirmed or stored, and the conversation goes on behind it.

Each function gives the position at which the conversation goes on, or HALT.
"""

from __future__ import annotations

from engine import prompts
from engine.effects import Claim
from engine.machine import detours, going_back, jumps, keeping, repeats
from engine.machine.run import HALT, Run
from engine.questions import LinkedQuestion
from engine.values import Value, pack
from grammar import program as p


def confirm(run: Run, value: Value, raw: str, text: str, arms: int | None = None) -> int:
    """Ask whether the answer is right; `arms` as in `Send`, where the question itself was never sent."""
    session = run.session
    session.pending = pack((value, raw))
    session.confirming = True
    session.confirms += 1
    session.asked_at = run.now
    send_confirmation(run, text, arms)
    return HALT


def send_confirmation(run: Run, text: str, arms: int | None = None) -> None:
    """The text, with the way to say yes and no."""
    asked = prompts.with_yes_and_no(text, run.scene)
    run.send(asked, arms=arms, sensitive=run.question.source.sensitive)


def store(run: Run, question: LinkedQuestion, value: Value, raw: str) -> int:
    """Keep the answer, and go on."""
    if question.source.kind == "language":
        return _keep_language(run, str(value))
    if run.session.aside is not None:
        return _repeated(run, question, value, raw)
    if question.source.kind == "place":
        run.session.place = str(value)
    going_back.note(run, question.name, run.scene.turn(question.source.over))
    keeping.record(run, question, value, raw)
    run.session.confirming, run.session.pending = False, None
    after = repeats.react(run, question)
    if after is not None:
        return after
    return go_on(run, question, value)


def _repeated(run: Run, question: LinkedQuestion, value: Value, raw: str) -> int:
    """A repeat of a quiz changes no answer and no score (RULES X3), and is kept as a further round."""
    keeping.write(run, question, value, raw, aside=True)
    right = keeping.right_now(run, question, value)
    run.send_text(question.right if right else question.wrong)
    return repeats.answered(run, question, right)


def go_on(run: Run, question: LinkedQuestion, value: Value) -> int:
    """Where the conversation goes after an answer: a choice's own arrow, the end of a detour, the next line."""
    choice: p.Choice | None = next((c for c in question.source.choices if c.code == value), None)
    if choice is not None and choice.go is not None:
        return jumps.jump(run, choice.go, run.session.at)
    if run.session.detour is not None:
        return detours.next_question(run)
    return run.session.at + 1


def _keep_language(run: Run, tag: str) -> int:
    """RULES L2: the record is filled if it was empty, else only this conversation speaks the language."""
    run.session.language = tag
    if not run.facts.worker.get("language"):
        run.effects.append(Claim("language", tag))
        run.session.claimed["language"] = tag
    run.rescene()
    return run.session.at + 1
