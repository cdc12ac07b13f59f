"""Mistakes in values: numbers in words, times without minutes, lengths of time, ranges, kinds of answers."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import ANSWERS, phrases
from grammar.slips import nearest

_HOUR = re.compile(r"(\d{1,2})(?:[.hH](\d{2})?)?\s*([ap]m)?(?!\w)", re.IGNORECASE)
_AT_HOUR = re.compile(r"\bat\s+(\d{1,2}(?:\s*[ap]m|[h.]\d{0,2})(?!\w))", re.IGNORECASE)
_RANGE = re.compile(r"(?:between\s+|from\s+)?(\S+?)\s*(?:\bto\b|\band\b|-|–|\.\.+)\s*(\S+)", re.IGNORECASE)
_DIGITS = re.compile(r"digits?\s+(\d+)", re.IGNORECASE)
_COUNTS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(trouble: Trouble) -> Explanation | None:
    """A word where only a number can stand."""
    if trouble.accepted != {"NUMBER"} or trouble.kind not in ("word", "end"):
        return None
    if trouble.kind == "end":
        return None
    word = trouble.word.lower()
    digits = str(_COUNTS.index(word)) if word in _COUNTS else ""
    repaired = trouble.with_word(digits or "1")
    hint = f"Write `{repaired.strip()}`" if digits else "Write the number in digits."
    return trouble.explain("E011", repaired, hint, word=trouble.word)


def length_of_time(trouble: Trouble) -> Explanation | None:
    """A unit that lacks or that nobody knows."""
    if trouble.accepted != {"UNIT"} or trouble.kind not in ("word", "end"):
        return None
    count = trouble.last
    unit = nearest(trouble.word, phrases(["UNIT"])) or ("hour" if count == "1" else "hours")
    is_word = trouble.word.isalpha()
    wrong = f"{count} {trouble.word}" if is_word else count
    repaired = trouble.with_word(unit) if is_word else f"{trouble.line.text[: trouble.column - 1]} {unit}{trouble.rest}"
    return trouble.explain("E015", repaired, wrong=wrong, right=f"{count} {unit}")


def clock(trouble: Trouble) -> Explanation | None:
    """`at 9`, `at 9h30`, `at 9am`: a time without its minutes."""
    if trouble.kind != "word":
        return None
    said = _AT_HOUR.search(trouble.line.text)
    if said is not None and said.start(1) < trouble.column <= said.end(1):
        return _clock(trouble, said.start(1), said[1])
    match = _HOUR.match(trouble.rest) if trouble.accepted == {"TIME"} or "DATE" in trouble.accepted else None
    if match is None or "TIME" not in trouble.accepted or "NAME" in trouble.accepted:
        return None
    return _clock(trouble, trouble.column - 1, match[0].rstrip())


def _clock(trouble: Trouble, begin: int, written: str) -> Explanation | None:
    match = _HOUR.fullmatch(written)
    if match is None:
        return None
    hour = int(match[1]) + (12 if (match[3] or "").lower() == "pm" and int(match[1]) < 12 else 0)
    right = f"{hour:0>2}:{match[2] or '00'}"
    text = trouble.line.text
    mark = span(trouble.line, begin + 1, begin + len(written) + 1)
    repaired = text[:begin] + right + text[begin + len(written) :]
    return Explanation(finding("E012", trouble.file, mark, word=written, right=right), repaired)


def bounds(trouble: Trouble) -> Explanation | None:
    """`whole number 0 to 90`, `between 0 and 90`, `0-90`."""
    if "_K_FROM" not in trouble.accepted or trouble.kind != "word" or "NAME" in trouble.accepted:
        return None
    match = _RANGE.fullmatch(trouble.rest)
    if match is None or not re.match(r"\s*(?:answer|[A-Za-z_]\w*\s*:)", trouble.line.text, re.IGNORECASE):
        return None
    right = f"from {match[1]} to {match[2]}"
    mark = trouble.place(len(trouble.rest))
    return Explanation(
        finding("E032", trouble.file, mark, rest=trouble.rest, right=right), trouble.with_word(right, trouble.rest)
    )


def kind_of_answer(trouble: Trouble) -> Explanation | None:
    """A kind of answer that we do not know, or know by another name."""
    if not {"_K_WHOLE", "_K_DECIMAL", "_K_FACILITY"} <= trouble.accepted or trouble.kind != "word":
        return None
    digits = _DIGITS.fullmatch(trouble.rest)
    written = trouble.rest.partition(" ")[0] if digits is None else trouble.rest
    right = f"{digits[1]} digits" if digits else ANSWERS.get(written.lower(), "")
    near = nearest(written, phrases(trouble.accepted))
    if not right and near is not None:
        return None
    hint = f"Write `{trouble.with_word(right, written).strip()}`" if right else None
    mark = trouble.place(len(written))
    repaired = trouble.with_word(right, written) if right else ""
    return Explanation(finding("E033", trouble.file, mark, hint, word=written), repaired)
