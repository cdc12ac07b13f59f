"""The people of a simulation: each phone answers what it heard last, right or wrong, or something else altogether."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.country import PIN, WORDS

if TYPE_CHECKING:
    from tests.simulation.acts.act import Act

_STRANGE = ("", "???", "12 or 13", "SURVY", "no\0soap", "half \ud83d a letter", "አስራ ሁለት", "x" * 400, "HELP", "back")


@dataclass(frozen=True)
class Habits:
    """What people write: `words` begin conversations, `answers` are given by a part of the question.

    "#" in an answer becomes a number that no other answer has.
    """

    words: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]

    @staticmethod
    def of(acts: Iterable[Act]) -> Habits:
        """The usual ones, and what acts bring."""
        words = WORDS
        answers: dict[str, tuple[str, ...]] = {}
        for act in acts:
            words += act.words
            answers |= act.answers
        return Habits(words, answers)


_USUAL = Habits(WORDS, {})


class Phone:
    """One handset, whoever holds it."""

    def __init__(self, number: str, chance: Random, habits: Habits = _USUAL) -> None:
        self.number = number
        self._habits = habits
        self._chance = chance
        self._heard = ""
        self._stopped = False
        self._texts = 0

    def hear(self, text: str) -> None:
        """A message arrived."""
        self._heard = text

    def say(self) -> str:
        """What its owner sends next."""
        chance = self._chance
        roll = chance.random()
        if self._stopped and roll < 0.5:
            self._stopped = False
            return "START"
        if roll < 0.03:
            self._stopped = True
            return "STOP"
        if roll < 0.05:
            return "START"
        if roll < 0.10:
            return chance.choice(_STRANGE)
        if roll < 0.22 or not self._heard:
            return chance.choice(self._habits.words)
        return self._habit() or self._answer()

    def _habit(self) -> str:
        """What is answered in an act; "" where nothing of one was asked."""
        said = next((said for part, said in self._habits.answers.items() if part in self._heard), None)
        if said is None:
            return ""
        self._texts += 1
        return self._chance.choice(said).replace("#", f"{self._texts}-{self.number[-4:]}")

    def _answer(self) -> str:
        chance, heard = self._chance, self._heard
        if "How many cases" in heard:
            return str(chance.choice((7, 60, 160, 450, 900)))
        if "How many" in heard:
            return str(chance.randrange(1_100))
        if "Is that right" in heard or "sleep well" in heard:
            return chance.choice(("yes", "no", "1", "maybe"))
        if "problem" in heard:
            self._texts += 1
            return f"No soap, {self._texts}"
        if "bed" in heard:
            return str(chance.randrange(11))
        if "Who is writing" in heard:
            return chance.choice(("1", "2", "w3", "nobody"))
        if "PIN" in heard:
            return chance.choice((PIN, PIN, PIN, "0000", "what?"))
        if "Understood" in heard:
            return chance.choice(("1", "yes", "again"))
        return chance.choice(self._habits.words)
