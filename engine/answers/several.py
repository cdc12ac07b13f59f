"""Several choices in one message: numbers, codes or labels, with spaces, commas, "and" between them (RULES M4)."""

from __future__ import annotations

import re

from engine.answers.choices import find, not_one_of
from engine.answers.question import Option
from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong
from engine.letters import fold

_CUTS = re.compile(r"[,;/&+.]|\n")
_RANGE = re.compile(r"\d ?- ?\d")


def read_choices(reading: Reading) -> Right | Wrong:
    """The codes that are meant, in the question's order, each once."""
    found = _all(reading)
    if not found:
        return not_one_of(reading, "choices")
    chosen = [option for option in reading.question.choices if option in found]
    alone = next((option for option in chosen if option.alone or option.code == "none"), None)
    if alone is not None and len(chosen) > 1:
        return reading.wrong("alone", "choices_alone", label=alone.label)
    return Right(tuple(option.code for option in chosen), ", ".join(option.label for option in chosen))


def _all(reading: Reading) -> list[Option]:
    """Every option; none where any part of the message is not understood."""
    text = reading.text.rstrip("#")
    whole = _one(reading, fold(text))
    if whole is not None:
        return [whole]
    if _RANGE.search(text):
        return []
    found: list[Option] = []
    for piece in filter(None, map(fold, _CUTS.split(text))):
        options = _piece(reading, piece)
        if not options:
            return []
        found += options
    return found


def _one(reading: Reading, folded: str) -> Option | None:
    return find(reading.question, folded, reading.words)


def _piece(reading: Reading, folded: str) -> list[Option]:
    """The options of words between commas, the longest run of words that means one taken first."""
    joiners = reading.words.words("and") | reading.words.words("polite")
    words, found = folded.split(), list[Option]()
    while words:
        if words[0] in joiners:
            words = words[1:]
            continue
        length, options = _longest(reading, words)
        if not options:
            return []
        words, found = words[length:], found + options
    return found


def _longest(reading: Reading, words: list[str]) -> tuple[int, list[Option]]:
    for length in range(min(len(words), 8), 0, -1):
        option = _one(reading, " ".join(words[:length]))
        if option is not None:
            return length, [option]
    return 1, _run_together(reading, words[0])


def _run_together(reading: Reading, word: str) -> list[Option]:
    """`13` is 1 and 3 where all numbers have one digit."""
    numbers = reading.question.numbers
    if not word.isdecimal() or max(numbers, default=10) > 9:
        return []
    options = [numbers.get(int(digit)) for digit in word]
    return [option for option in options if option is not None] if None not in options else []
