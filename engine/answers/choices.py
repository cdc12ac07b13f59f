"""Which choice is meant: tried by number, code, label, number word and near spelling; only when exactly one fits."""

from __future__ import annotations

import re

from engine.answers.question import Option, ReadAs
from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong
from engine.answers.vocabulary import Vocabulary
from engine.answers.yesno import drawn_out
from engine.letters import fold
from engine.spelling import near

_MANY = 9
_LOOKALIKES = str.maketrans("oli|", "0111")
_NUMBER_THEN_LABEL = re.compile(r"(\d+) (.+)")
_SAID = {"yes": True, "no": False}


def read_choice(reading: Reading) -> Right | Wrong:
    """The code of the one choice that is meant."""
    option = find(reading.question, fold(reading.text), reading.words)
    if option is not None:
        return Right(option.code, option.label)
    return not_one_of(reading, "choice")


def not_one_of(reading: Reading, key: str) -> Wrong:
    """No choice fits: the numbers that would."""
    numbers = sorted(reading.question.numbers)
    in_a_row = numbers == list(range(numbers[0], numbers[0] + len(numbers))) if numbers else False
    if key == "choice" and len(numbers) > _MANY and in_a_row:
        return reading.wrong("unreadable", "choice_range", low=numbers[0], high=numbers[-1])
    listed = reading.phrases.join(reading.language, map(str, numbers))
    return reading.wrong("unreadable", key, numbers=listed, example=" ".join(map(str, numbers[:2])))


def find(question: ReadAs, folded: str, words: Vocabulary) -> Option | None:
    """The option that `folded` means; None where none or more than one fits."""
    polite = words.without(folded, "polite")
    bare = words.without(polite, "small")
    for text in dict.fromkeys((folded, polite, bare)):
        option = _exact(question, text, words)
        if option is not None:
            return option
    return _near(question, polite, words) or _yes_or_no(question, bare, words)


def _exact(question: ReadAs, text: str, words: Vocabulary) -> Option | None:
    if text.isdecimal():
        return question.numbers.get(int(text)) if len(text) < 10 else None
    tight = text.replace(" ", "")
    named = question.names.get(text) or (None if tight.isdecimal() else question.names.get(tight))
    if named is not None:
        return named
    digits = text.translate(_LOOKALIKES)
    if digits.isdecimal() and any(sign.isdigit() for sign in text):
        return question.numbers.get(int(digits)) if len(digits) < 10 else None
    if text in words.numbers:
        return question.numbers.get(words.numbers[text])
    return _number_and_label(question, text)


def _number_and_label(question: ReadAs, text: str) -> Option | None:
    """`1. Yes`, copied from the question: both must mean the same."""
    match = _NUMBER_THEN_LABEL.fullmatch(text)
    option = question.numbers.get(int(match[1])) if match and len(match[1]) < 10 else None
    return option if match and option and option == question.names.get(match[2].replace(" ", "")) else None


def _near(question: ReadAs, text: str, words: Vocabulary) -> Option | None:
    small = words.words("small")
    tight = _tight(text, small)
    fitting = {
        option.code: option
        for option in question.choices
        for label in option.labels
        if near(tight, _tight(fold(label), small))
    }
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _tight(folded: str, small: frozenset[str]) -> str:
    """Without small words and spaces: "dont know" is near "I don't know"."""
    kept = [word for word in folded.split() if word not in small]
    return "".join(kept) or folded.replace(" ", "")


def _yes_or_no(question: ReadAs, text: str, words: Vocabulary) -> Option | None:
    """Where the codes are `yes` and `no`, every word for them counts."""
    said = words.yes_no.get(text)
    said = drawn_out(text, words) if said is None else said
    return next((option for option in question.choices if said is not None and _SAID.get(option.code) is said), None)
