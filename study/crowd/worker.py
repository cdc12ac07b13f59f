"""One made-up worker at a question: what is sent next, right or wrong, read by the same rules as a real answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

from engine.answers import ReadAs, Right
from engine.cast import PIN, Member
from engine.facts import Needed
from engine.functions import written
from engine.linked import Linked
from engine.machine import keeping, reading
from engine.machine.choosing import OLD
from engine.machine.run import Run
from engine.prompts import CALL
from engine.questions import LinkedQuestion
from engine.values import Value
from study.crowd import drafts, manners
from study.crowd.hints import Hints
from study.crowd.manners import Manner

TRIES = 40
"""Texts that are thought of before one that fits is given up."""
_KEYS = str.maketrans({"/": "", ":": "", " ": "", ".": "*", "-": "*"})
NEW_PIN = "2580"
"""What he chooses where he may."""
PASSABLE = frozenset({"whole", "number", "decimal", "choice", "yesno", "digits"})
"""Types whose answers are one word, so that a short form can hold them."""


class Worker:
    """How he is (`manner`) and what he knows: his PIN, and (`hints`) what the flow may ask about."""

    def __init__(self, member: Member, manner: Manner, hints: Hints, random: Random) -> None:
        self.member = member
        self.manner = manner
        self._hints = hints
        self._random = random

    def next_text(self, run: Run) -> str:
        """What he sends while a question waits."""
        random = self._random
        detour = sent(run, self._detour(run.linked)) if random.random() < manners.DETOURS else ""
        if detour:
            return detour
        if run.session.confirming:
            words = drafts.YES if random.random() < manners.AGREES else drafts.NO
            return self._first((sent(run, random.choice(words)) for _ in range(TRIES)), bool)
        return self.wrong(run) if random.random() < self.manner.wrong else self.right(run, run.question)

    def right(self, run: Run, question: LinkedQuestion) -> str:
        """An answer that is taken, if one can be thought of."""
        source, random = question.source, self._random
        if source.kind == "verify":
            return self.member.pin or PIN
        if source.kind == "pin":
            new = run.session.new_pin
            return self.member.pin if new is not None and new.asked == OLD else NEW_PIN
        if source.optional and random.random() < manners.SKIPS:
            return sent(run, "skip") or "#"
        if source.kind == "quiz" and random.random() < manners.KNOWS:
            return self._known(run, question)
        form, known = reading.form_of(run, question), self._hints.get(("answer", question.name), ())
        facility, today = str(self.member.facility["code"]), run.scene.today()
        texts = (sent(run, drafts.right(form, random, today, known, facility)) for _ in range(TRIES))
        return self._first(texts, lambda text: _taken(run, question, text))

    def wrong(self, run: Run) -> str:
        """Something that is not taken, if such a thing can be thought of."""
        question = run.question
        if question.source.kind in ("verify", "pin"):
            return drafts.right(ReadAs("digits", limit=len(PIN)), self._random, run.scene.today(), (), "")
        form = reading.form_of(run, question)
        texts = (sent(run, drafts.wrong(form, self._random)) for _ in range(TRIES))
        return self._first(texts, lambda text: bool(text) and not _taken(run, question, text))

    def short_form(self, run: Run) -> str:
        """What follows the start word in a short form that leaves out little; "" for a flow that has none."""
        forms = run.linked.program.short_forms
        if not forms:
            return ""
        form = self._random.choice(forms)
        rows = run.linked.tables[form.each or form.of_each].keys if form.each or form.of_each else ("",)
        words: list[str] = []
        for row in rows:
            words += [row] if form.each else []
            words += [self._said_ahead(run, run.linked.questions[name]) for name in form.questions]
        return " ".join(word for word in words if word)

    def _said_ahead(self, run: Run, question: LinkedQuestion) -> str:
        kind = question.type_on(run.session.channel).kind
        if kind not in PASSABLE or question.source.choices_from is not None:
            return ""
        form = reading.form_of(run, question)
        if form.choices:
            return str(self._random.choice(form.choices).number)
        known = self._hints.get(("answer", question.name), ())
        return drafts.right(form, self._random, run.scene.today(), known, "")

    def _known(self, run: Run, question: LinkedQuestion) -> str:
        """The right answer to a quiz."""
        values = [read(run.scene) for read in question.correct]
        options = reading.form_of(run, question).choices
        numbers = [str(option.number) for option in options if option.code in values]
        if question.type_on(run.session.channel).kind == "choices":
            return sent(run, " ".join(numbers))
        texts = numbers or [sent(run, _said(value)) for value in values]
        return self._random.choice(texts) if texts else ""

    def _detour(self, linked: Linked) -> str:
        """Something else than an answer, "" where the flow knows nothing else."""
        program = linked.program
        words = [word for on_word in program.on_words for word in on_word.words]
        back = sorted(linked.phrases.words(program.languages[0], "back")) if program.allow_back else []
        return self._random.choice([*words, *back]) if words or back else ""

    def _first(self, texts: Iterable[str], fits: Callable[[str], bool]) -> str:
        text = ""
        for text in texts:
            if fits(text):
                return text
        return text


def sent(run: Run, text: str) -> str:
    """The text as it comes by the channel: in a call as keys, "" where there are none for it."""
    if run.session.channel != CALL:
        return text
    keys = text.translate(_KEYS)
    return keys if all(key in "0123456789*#" for key in keys) else ""


def _taken(run: Run, question: LinkedQuestion, text: str) -> bool:
    try:
        got = reading.read(run, question, text)
    except Needed:  # the registry has to be asked, which knows the worker's own facility
        return text == run.facts.facility.get("code")
    return isinstance(got, Right) and keeping.objection(run, question, got.value) is None


def _said(value: Value) -> str:
    return {True: "1", False: "2"}[value] if isinstance(value, bool) else written(value)
