"""An answer that is kept: recorded exactly once, for this conversation and for good.

Before that it may stand for a moment, so that conditions and texts can be read as if it were kept.
"""

from __future__ import annotations

from engine import prompts
from engine.answers import Right
from engine.effects import Record
from engine.machine.run import Run
from engine.questions import LinkedQuestion
from engine.scene import key_of
from engine.values import Packed, Value, pack


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


def right_now(run: Run, question: LinkedQuestion, value: Value) -> bool:
    """Would the answer be right?  What was answered first stays as it is."""
    before = _provisionally(run, question, value)
    right = question.is_right(run.scene, run.scene.turn(question.source.over))
    run.session.answers = before
    return right


def record(run: Run, question: LinkedQuestion, value: Value, raw: str) -> None:
    """The present answer of the question in this turn, and a row for good."""
    key = key_of(question.name, run.scene.turn(question.source.over))
    run.session.answers.pop(key, None)
    run.session.answers[key] = pack(value)
    write(run, question, value, raw)


def write(run: Run, question: LinkedQuestion, value: Value, raw: str, *, aside: bool = False) -> None:
    """A row for good, one more round of the question in this turn; `aside`: the present answer stays (RULES X3)."""
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
