"""A question that waits: asking it, reading what comes, and keeping the answer; every answer is recorded exactly once.

The order is that of RULES M7: type and range, the author's checks, confirmation, store.  Each function gives the
position at which the conversation goes on, or HALT.
"""

from __future__ import annotations

from engine import limits, prompts
from engine.answers import Right, Wrong
from engine.effects import Claim, Record
from engine.machine import ahead, detours, going_back, jumps, reading, repeats
from engine.machine.run import HALT, Run
from engine.machine.waiting import ask_in_full, wait_for
from engine.prompts import CALL
from engine.questions import LinkedQuestion
from engine.scene import key_of
from engine.values import Packed, Value, pack, unpack
from grammar import program as p


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
    wrong = objection(run, question, got.value)
    if wrong is not None:
        return invalid(run, question, wrong, checked=True)
    text = to_confirm(run, question, got)
    if text is not None and run.session.confirms < limits.CONFIRMS:
        return confirm(run, got.value, raw, text)
    return store(run, question, got.value, raw)


def _provisionally(run: Run, question: LinkedQuestion, value: Value) -> dict[str, Packed]:
    """Let the answer stand for a moment; gives what stood before."""
    key = key_of(question.name, run.scene.turn(question.source.over))
    before = run.session.answers
    run.session.answers = {**before, key: pack(value)}
    return before


def objection(run: Run, question: LinkedQuestion, value: Value) -> str | None:
    """What the first `check` that does not hold says; the answer stands provisionally while they are read."""
    if value is None:
        return None
    before = _provisionally(run, question, value)
    text = next((say(run.scene) for holds, say in question.checks if not holds(run.scene)), None)
    run.session.answers = before
    return text


def to_confirm(run: Run, question: LinkedQuestion, got: Right) -> str | None:
    """What is asked before the answer is kept, None where it is kept at once."""
    if got.value is None:
        return None
    before = _provisionally(run, question, got.value)
    text = next((say(run.scene) for when, say in question.confirms if when is None or when(run.scene)), None)
    run.session.answers = before
    if text is None and got.unsure:
        return run.say("confirm", value=run.linked.shown.in_words(got.value, run.scene.language))
    return text


def confirm(run: Run, value: Value, raw: str, text: str, arms: int | None = None) -> int:
    """Ask whether the answer is right; `arms` as in `Send`, where the question itself was never sent."""
    session = run.session
    session.pending = pack((value, raw))
    session.confirming = True
    session.confirms += 1
    session.asked_at = run.now
    _send_confirmation(run, text, arms)
    return HALT


def _send_confirmation(run: Run, text: str, arms: int | None) -> None:
    asked = prompts.with_yes_and_no(text, run.scene)
    run.send(asked, arms=arms, sensitive=run.question.source.sensitive)


def confirm_once_more(run: Run) -> bool:
    """What is being confirmed is asked again: a reply belongs to what was asked last.  Not if that is sensitive."""
    question = run.question
    if question.source.sensitive or any(text.sensitive for _, text in question.confirms):
        run.session.confirming, run.session.pending = False, None
        return False
    value, _ = _pending(run)
    text = to_confirm(run, run.question, Right(value, unsure=True))
    _send_confirmation(run, "\n".join([text or "", *ahead.also(run)]), None)
    return True


def _confirm_reply(run: Run, question: LinkedQuestion, text: str) -> int:
    """Yes keeps the answer, no asks again, another valid answer replaces it (RULES M6)."""
    yes = reading.read_yes_no(run, text)
    if yes is True:
        ahead.agree(run)
        value, raw = _pending(run)
        return store(run, question, value, raw)
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


def store(run: Run, question: LinkedQuestion, value: Value, raw: str) -> int:
    """Keep the answer, and go on."""
    if question.source.kind == "language":
        return _keep_language(run, str(value))
    if run.session.aside is not None:
        return _repeated(run, question, value, raw)
    if question.source.kind == "place":
        run.session.place = str(value)
    going_back.note(run, question.name, run.scene.turn(question.source.over))
    record(run, question, value, raw)
    run.session.confirming, run.session.pending = False, None
    after = react(run, question)
    if after is not None:
        return after
    return go_on(run, question, value)


def _repeated(run: Run, question: LinkedQuestion, value: Value, raw: str) -> int:
    """A repeat of a quiz changes no answer and no score (RULES X3), and is kept as a further round."""
    _write(run, question, value, raw, aside=True)
    right = repeats.right_now(run, question, value, run.scene.turn(question.source.over))
    run.send_text(question.right if right else question.wrong)
    return repeats.answered(run, question, right)


def record(run: Run, question: LinkedQuestion, value: Value, raw: str) -> None:
    """The present answer of the question in this turn, and a row for good."""
    key = key_of(question.name, run.scene.turn(question.source.over))
    run.session.answers.pop(key, None)
    run.session.answers[key] = pack(value)
    _write(run, question, value, raw)


def _write(run: Run, question: LinkedQuestion, value: Value, raw: str, *, aside: bool = False) -> None:
    source, session = question.source, run.session
    turn = run.scene.turn(source.over)
    key = key_of(question.name, turn)
    session.rounds[key] = session.rounds.get(key, 0) + 1
    run.effects.append(
        Record(
            question.name,
            pack(value),
            turn,
            session.rounds[key],
            _label(run, question, value),
            "" if source.secret else raw,
            source.secret or source.sensitive,
            aside,
        )
    )


def _label(run: Run, question: LinkedQuestion, value: Value) -> str:
    """What a person reads for a code, in the base language: one export, one language."""
    base = run.linked.base
    if isinstance(value, bool):
        return run.linked.phrases.say(base, "yes" if value else "no")
    if value is not None and (question.source.kind == "place" or question.source.type.kind == "facility"):
        return str(run.facts.place(str(value)).get("name") or "")
    if not (question.source.choices or question.source.choices_from) or value is None:
        return ""
    language, run.scene.language = run.scene.language, base
    codes = value if isinstance(value, tuple) else (value,)
    labels = ", ".join(prompts.label_of(question, run.scene, str(code)) for code in codes)
    run.scene.language = language
    return labels


def react(run: Run, question: LinkedQuestion) -> int | None:
    """What a quiz says to a right or a wrong answer; a position where that is a block."""
    if question.source.kind != "quiz":
        return None
    turn = run.scene.turn(question.source.over)
    right = question.is_right(run.scene, turn)
    if not right:
        repeats.schedule(run, question, turn)
    run.send_text(question.right if right else question.wrong)
    return question.source.right_block if right else question.source.wrong_block


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
