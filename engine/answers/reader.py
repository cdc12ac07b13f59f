"""Any text gives a value or a reason, never an exception: type and range here, the author's checks after (RULES M7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from engine.answers.choices import read_choice
from engine.answers.dates import read_date
from engine.answers.numbers import read_number
from engine.answers.plain import read_digits, read_phone, read_recording, read_text
from engine.answers.question import ReadAs
from engine.answers.reading import Reading
from engine.answers.result import Result, Right
from engine.answers.several import read_choices
from engine.answers.times import read_time
from engine.answers.yesno import read_yesno
from engine.letters import clean, fold
from engine.phrases import Phrases

_READERS: dict[str, Callable[[Reading], Result]] = {
    "yesno": read_yesno,
    "whole": read_number,
    "number": read_number,
    "decimal": read_number,
    "text": read_text,
    "date": read_date,
    "time": read_time,
    "phone": read_phone,
    "digits": read_digits,
    "facility": read_text,
    "recording": read_recording,
    "choice": read_choice,
    "choices": read_choices,
}
_LONGEST = 640
"""Letters of four SMS: nothing longer is a number, a date or a choice, and reading must not take long."""

_SIGNS = frozenset({"0", "-", "#"})
_SKIPPED = Right(None)


def read(question: ReadAs, text: str, language: str, today: date, phrases: Phrases, channel: str = "sms") -> Result:
    """The value of `text` as an answer to `question`, or why it is none.

    `language` is the conversation's, `today` the worker's day, `channel` sms or ivr (keys, perhaps ending in `#`).
    A facility's code or name is only trimmed: the registry knows which there are.  KeyError for a kind that is none.
    """
    at_once = question.at_once.get(text)
    if at_once is not None:
        return at_once
    said = clean(text) if len(text) <= _LONGEST else ""
    reading = Reading(question, said, text, language, today, phrases, channel)
    if question.optional and _skips(reading):
        return _SKIPPED
    result = _READERS[question.kind](reading)
    return _SKIPPED if question.optional and _sign_skips(reading, result) else result


def _skips(reading: Reading) -> bool:
    return fold(reading.text) in reading.words.words("skip") or (reading.by_keys and reading.text == "#")


def _sign_skips(reading: Reading, result: Result) -> bool:
    """`0`, `-` and `#` skip where they are no answer; a text is never just one of them (RULES M1)."""
    return reading.text in _SIGNS and (not isinstance(result, Right) or reading.question.kind == "text")
