"""Yes or no, in the words of the flow's languages; 1 is yes and 2 is no (RULES M3)."""

from __future__ import annotations

import re

from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong
from engine.answers.vocabulary import Vocabulary
from engine.letters import fold

_RUN = re.compile(r"(.)\1+")
_NUMBERS = {"1": True, "2": False}


def read_yesno(reading: Reading) -> Right | Wrong:
    """True or False; the label is the word of the flow's base language."""
    said = _said(reading)
    if said is None:
        return reading.wrong("unreadable", "yesno")
    return Right(said, reading.phrases.say(reading.question.languages[0], "yes" if said else "no"))


def _said(reading: Reading) -> bool | None:
    folded, words = fold(reading.text), reading.words
    if folded in _NUMBERS:
        return _NUMBERS[folded]
    polite = words.without(folded, "polite")
    for text in (folded, polite, words.without(polite, "small")):
        said = words.yes_no.get(text, _NUMBERS.get(text))
        if said is not None:
            return said
    return drawn_out(polite, words)


def drawn_out(text: str, words: Vocabulary) -> bool | None:
    """`yesss`, `nooo`, and the same word said again: `no no`."""
    meant = {_squeezed(words, word) for word in text.split()}
    return meant.pop() if len(meant) == 1 else None


def _squeezed(words: Vocabulary, word: str) -> bool | None:
    yes_no = words.yes_no
    return yes_no.get(word, yes_no.get(_RUN.sub(r"\1", word)))
