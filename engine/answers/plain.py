"""Answers that are kept as written: texts, digits and phone numbers, without what only surrounds them."""

from __future__ import annotations

import re

from engine.answers.reading import Reading
from engine.answers.result import Right, Wrong

_DIGITS = re.compile(r"[\d -]+")
_PHONE = re.compile(r"(\+|00)?[ (]*\d[\d ()./-]*")
_KEYS = re.compile(r"[\d*#]+")
_PHONE_LENGTHS = range(7, 16)
_LOOKALIKES = str.maketrans("OolI|", "00111")


def read_text(reading: Reading) -> Right | Wrong:
    """The text without outer spaces, at most `limit` letters."""
    text, limit = reading.raw.strip(), reading.question.limit
    if not text:
        return reading.wrong("unreadable", "text")
    if limit is not None and len(text) > limit:
        return reading.wrong("long", "text_long", limit=limit)
    return Right(text)


def read_digits(reading: Reading) -> Right | Wrong:
    """Digits as text, exactly `limit` of them where the question says so: a leading 0 counts."""
    text, limit = reading.text.rstrip("#").strip(" .,!?"), reading.question.limit
    if any(sign.isdigit() for sign in text):
        text = text.translate(_LOOKALIKES)
    digits = text.replace(" ", "").replace("-", "")
    key = "digits" if limit is None else "digits_count"
    if not digits or not _DIGITS.fullmatch(text):
        return reading.wrong("unreadable", key, limit=limit)
    if limit is not None and len(digits) != limit:
        return reading.wrong("count", key, limit=limit)
    return Right(digits)


def read_phone(reading: Reading) -> Right | Wrong:
    """A phone number as digits, with a + in front where it is international; the registry makes it complete."""
    text = reading.text.rstrip("#").strip(" .,!?;")
    match = _PHONE.fullmatch(text)
    digits = "".join(sign for sign in text if sign.isdigit())
    if match is None or len(digits) not in _PHONE_LENGTHS:
        return reading.wrong("unreadable", "phone", example="+256700000000")
    if match[1] == "00":
        digits = digits[2:]
    return Right(("+" if match[1] else "") + digits)


def read_recording(reading: Reading) -> Right | Wrong:
    """What was said in a call, as the voice channel names it; keys alone are no recording, nor is a text."""
    said = reading.raw.strip()
    if reading.by_keys and said and not _KEYS.fullmatch(said):
        return Right(said)
    return reading.wrong("unreadable", "recording")
