"""Numbers as people write them: one number in a message, or none is read ("10-12" and "5 thousand" are none)."""

from __future__ import annotations

import re
from decimal import Decimal

from engine.answers.marks import readings
from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong
from engine.answers.vocabulary import Vocabulary
from engine.letters import fold

_ONE_NUMBER = re.compile(
    r"(?P<before>\D*?)(?P<sign>(?:[-+] ?)?)(?P<number>[.,]?\d(?:[\d.,']| (?=\d{3}\b))*)(?P<after>\D*)"
)
_CHANGES_BEFORE = re.compile(r"[-+<>≤≥/^±]=?\s*$|[\w@]$")
_CHANGES_AFTER = re.compile(r"\s*(?:[-+](?!\s*[^\W\d])|[/^<>±])|[lIoO|]\b")
_LOOKALIKES = str.maketrans("OolI|", "00111")
_LOOKALIKE = re.compile(r"(?<![^\s#(])[-+]?[\dOolI|.,]*\d[\dOolI|.,]*(?![^\s)!?:;])")
_LITRES = re.compile(r"\d[l|]$")
_MOST_WORDS = 4


def read_number(reading: Reading) -> Right | Wrong:
    """A whole number as int, any other as Decimal; whole decimals are int too."""
    question, text = reading.question, reading.text
    whole = question.kind == "whole"
    key = "whole" if whole else "number"
    if text.isdecimal() and len(text) < 10:
        return reading.within(int(text), key, 12)
    example: int | Decimal = Decimal("3.5") if question.kind == "decimal" else 12
    found = _pressed(text) if reading.by_keys else _written(text, reading.words)
    if not found:
        return reading.outside("unreadable", key, example)
    fitting = _whole(found) if whole else found
    if not fitting:
        return reading.outside("fraction", key, example)
    results = [reading.within(_tidy(value), key, example) for value in fitting]
    right = next((result for result in results if isinstance(result, Right)), None)
    if right is None:
        return results[0]
    return right._replace(unsure=len(fitting) > 1 or fitting[0] != found[0])


def _whole(found: list[Decimal]) -> list[Decimal]:
    """The whole one of the readings; of `5.000` the five thousand."""
    fitting = [value for value in found if value == value.to_integral_value()]
    return [max(fitting, key=abs)] if fitting else []


def _tidy(value: Decimal) -> int | Decimal:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _pressed(keys: str) -> list[Decimal]:
    """On a call `*` inside digits is the decimal point, before them a minus (RULES N1)."""
    number = keys.rstrip("#")
    sign, number = (-1, number[1:]) if number.startswith("*") else (1, number)
    digits = number.replace("*", "", 1)
    if not digits.isdecimal() or len(digits) > 18 or number.endswith("*"):
        return []
    return [sign * Decimal(number.replace("*", "."))]


def _written(text: str, words: Vocabulary) -> list[Decimal]:
    by_word = _word(fold(text), words)
    if by_word is not None:
        return [Decimal(by_word)]
    match = _ONE_NUMBER.fullmatch(_LOOKALIKE.sub(lambda token: _digits_for_letters(token[0], words), text))
    if match is None or not _harmless(match, words):
        return []
    number = match["number"].rstrip(".,'")
    found = readings(number, words.decimal_mark, words.thousands_marks)
    return [-value for value in found] if match["sign"].startswith("-") else found


def _word(folded: str, words: Vocabulary) -> int | None:
    """Zero to twenty in words, alone or with a unit: "twelve", "twelve days please"."""
    for text in (folded, words.without(folded, "polite"), words.without(folded, "polite", "units")):
        if text in words.numbers:
            return words.numbers[text]
    kept = [word for word in text.split() if word in words.numbers or word not in words.words("small")]
    return words.numbers.get(" ".join(kept))


def _digits_for_letters(token: str, words: Vocabulary) -> str:
    """`2O` is 20 and `l0` is 10; `5l` may be litres, and `2o` an ordinal where the language writes it so."""
    letters = token.strip("0123456789.,+-")
    if not letters or _LITRES.search(token) or (token[-1] == "o" and "o" in words.words("ordinal")):
        return token
    return token.translate(_LOOKALIKES)


def _harmless(match: re.Match[str], words: Vocabulary) -> bool:
    """Whether what stands around the number leaves it as it is: units do, "not" and "thousand" do not."""
    before, after = match["before"], match["after"]
    if _CHANGES_BEFORE.search(before) or _CHANGES_AFTER.match(after):
        return False
    around = [*fold(before).split(), *fold(after).split()]
    if any(sign.isdigit() for word in around for sign in word):
        return False
    changing = words.unsafe | words.numbers.keys() | words.months.keys()
    return len(around) <= 2 * _MOST_WORDS and not any(
        word in changing and word not in words.words("small") for word in around
    )
