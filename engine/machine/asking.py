"""A question that waits: it is asked, and what comes is read as its answer, as yes or no to it, or as one try less.

The order is that of RULES M7: type and range, the author's checks, confirmation, store.  Each function gives the
position at which the conversation goes on, or HALT.
"""

from __future__ import annotations

from engine import limits, prompts
from engine.answers import Right, Wrong
from engine.machine import accepting, ahead, going_back, keeping, proofs, reading, repeats
from engine.machine.run import HALT, Run
from engine.machine.waiting import ask_in_full, wait_for
from engine.prompts import CALL
from engine.questions import LinkedQuestion
from engine.scene import key_of
from engine.values import Value, unpack


def ask(run: Run, question: LinkedQuestion, at: int) -> int:
    """Come to a question: skip it, take its answer out of the short form, or ask and wait."""
    if run.session.detour is None and question.only_if is not None and not question.only_if(run.scene):
        return at + 1
    key = key_of(question.name, run.scene.turn(question.source.over))
    said = run.session.short.pop(key, None) if run.floor else None
    if said is not None:
        return ahead.ask(run, question, at, key, said)
    return wait_for(run, question, at)


def receive(run: Run, text: str) -> int:
    """The worker said something while the question waits."""
    question = run.question
    if going_back.means(run.linked, text):
        return going_back.go(run)
    if text.strip() == "*" and run.session.channel == CALL:
        return _once_more(run, question)
    if run.session.confirming:
        return _confirm_reply(run, question, text)
    if text.strip() == "?" and question.hint is not None:
        run.send_text(question.hint)
        return HALT
    got = reading.read(run, question, text)
    if isinstance(got, Wrong) and got.why == reading.SEVERAL:
        return ask_in_full(run, question, reading.complaint(run, got))
    if isinstance(got, Wrong):
        return invalid(run, question, reading.complaint(run, got))
    return accept(run, question, got, text)


def _once_more(run: Run, question: LinkedQuestion) -> int:
    """In a call `*` alone repeats what was asked, and is no try (RULES N1)."""
    if not (run.session.confirming and confirm_once_more(run)):
        run.send(prompts.prompt(question, run.scene), sensitive=question.sensitive)
    return HALT


def accept(run: Run, question: LinkedQuestion, got: Right, raw: str) -> int:
    """A readable answer: the author's checks, then confirmation, then it is kept."""
    wrong = keeping.objection(run, question, got.value)
    text = keeping.to_confirm(run, question, got) if wrong is None else wrong
    proof = proofs.before_answering(run, question) if text is not None else None
    if proof is not None:
        return proof
    if wrong is not None:
        return invalid(run, question, wrong, checked=True)
    if text is not None and run.session.confirms < limits.CONFIRMS:
        return accepting.confirm(run, got.value, raw, text)
    return accepting.store(run, question, got.value, raw)


def confirm_once_more(run: Run) -> bool:
    """What is being confirmed is asked again: a reply belongs to what was asked last.  Not if that is sensitive."""
    question = run.question
    if question.source.sensitive or any(text.sensitive for _, text in question.confirms):
        run.session.confirming, run.session.pending = False, None
        return False
    value, _ = _pending(run)
    text = keeping.to_confirm(run, run.question, Right(value, unsure=True))
    accepting.send_confirmation(run, "\n".join([text or "", *ahead.also(run)]), None)
    return True


def _confirm_reply(run: Run, question: LinkedQuestion, text: str) -> int:
    """Yes keeps the answer, no asks again, another valid answer replaces it (RULES M6)."""
    yes = reading.read_yes_no(run, text)
    if yes is True:
        ahead.agree(run)
        value, raw = _pending(run)
        return accepting.store(run, question, value, raw)
    if yes is False:
        ahead.refuse(run)
        return ask_in_full(run, question)
    got = reading.read(run, question, text)
    if isinstance(got, Wrong) or run.session.covered:
        fault = run.say("invalid.yesno")
        run.send(prompts.with_yes_and_no(fault, run.scene) if run.session.channel == CALL else fault, line=0)
        return HALT
    return accept(run, question, got, text)


def _pending(run: Run) -> tuple[Value, str]:
    pending = unpack(run.session.pending)
    if not isinstance(pending, tuple):
        raise run.error("there is nothing to confirm")
    return pending[0], str(pending[1])


def invalid(run: Run, question: LinkedQuestion, complaint: str, *, checked: bool = False) -> int:
    """An answer that cannot be read or fails a check: one try less.  `checked`: a check says in its own words why."""
    run.session.tries += 1
    if run.session.tries >= question.source.tries:
        return _too_many(run, question)
    if not checked and question.source.invalid_block is not None and run.session.aside is None:
        return question.source.invalid_block
    own = question.invalid if not checked else None
    if own is not None and (run.proved or not own.sensitive):
        complaint = own(run.scene)
    ask_in_full(run, question, complaint)
    if run.session.tries == 1:
        run.send_text(question.hint)
    return HALT


def _too_many(run: Run, question: LinkedQuestion) -> int:
    if question.source.kind == "language":
        return run.session.at + 1
    if run.session.aside is not None:
        return repeats.answered(run, question, right=False)
    if question.source.too_many is not None:
        return question.source.too_many
    run.send(run.say("too_many"), line=0)
    return run.end("invalid_answers")
