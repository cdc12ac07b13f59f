"""The people of a simulation: each phone answers what it heard last, right or wrong, or something else altogether."""

from __future__ import annotations

from random import Random

from tests.simulation.country import PIN, WORDS

_STRANGE = ("", "???", "12 or 13", "SURVY", "no\0soap", "half \ud83d a letter", "አስራ ሁለት", "x" * 400, "HELP", "back")


class Phone:
    """One handset, whoever holds it."""

    def __init__(self, number: str, chance: Random) -> None:
        self.number = number
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
            return chance.choice(WORDS)
        return self._answer()

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
        return chance.choice(WORDS)
