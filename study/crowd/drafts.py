"""Texts that may answer a question, and texts that may not, for every type; what reads answers has the last word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from decimal import Decimal, InvalidOperation
from random import Random

from engine.answers import Option, ReadAs

SENTENCES = (
    "All is well here",
    "The road is flooded, nothing comes through",
    "We need more gloves and soap",
    "Two of us are on leave until Monday",
    "Nothing new",
)
NONSENSE = ("what?", "I will ask", "pls call me", "???", "later", "99999999999999", "32/13/2031", "ok ok", "banana")
YES = ("yes", "Yes", "y", "1")
NO = ("no", "No", "n", "2")
WIDE = 100
"""How far from its one limit a number goes that has only one."""
FEW = 12
"""Numbers that people report are small far more often than they are great."""


def right(form: ReadAs, random: Random, today: date, hints: Sequence[str], facility: str) -> str:
    """What may be an answer; `hints`: what the flow compares it with; `facility`: the code of the worker's own."""
    maker = _MAKERS.get(form.kind)
    if maker is not None:
        return maker(form, random, hints)
    if form.kind == "date":
        return _date(form, random, today, hints)
    return facility if form.kind == "facility" else random.choice(SENTENCES)


def wrong(form: ReadAs, random: Random) -> str:
    """What is likely to be no answer."""
    if form.kind == "text" and form.limit is not None:
        return "x" * (form.limit + 1 + random.randrange(FEW))
    if form.kind in ("whole", "number", "decimal") and random.random() < 1 / 2:
        return _outside(form, random)
    if form.choices and random.random() < 1 / 2:
        return str(max(option.number for option in form.choices) + 1 + random.randrange(3))
    return random.choice(NONSENSE)


def _outside(form: ReadAs, random: Random) -> str:
    low, high = _bounds(form)
    return str(high + random.randint(1, WIDE)) if random.random() < 1 / 2 else str(low - random.randint(1, FEW))


def _bounds(form: ReadAs) -> tuple[int, int]:
    low = int(form.low) if isinstance(form.low, int | Decimal) else None
    high = int(form.high) if isinstance(form.high, int | Decimal) else None
    if low is None:
        low = 0 if high is None or high >= 0 else high - WIDE
    return low, high if high is not None else low + WIDE


def _whole(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    low, high = _bounds(form)
    near = [value for hint in _numbers(hints) for value in range(int(hint) - 1, int(hint) + 2) if low <= value <= high]
    chance = random.random()
    if near and chance < 1 / 2:
        return str(random.choice(near))
    if chance < 4 / 5:
        return str(random.randint(low, min(high, low + FEW)))
    return str(random.randint(low, high))


def _decimal(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    low, high = _bounds(form)
    near = [hint for hint in hints if _numbers([hint])]
    if near and random.random() < 1 / 2:
        return random.choice(near)
    return f"{low + (high - low) * random.randrange(101) / 100:.2f}"


def _numbers(hints: Sequence[str]) -> list[Decimal]:
    found = []
    for hint in hints:
        try:
            found.append(Decimal(hint))
        except InvalidOperation:
            continue
    return [number for number in found if number.is_finite()]


def _date(form: ReadAs, random: Random, today: date, hints: Sequence[str]) -> str:
    low = form.low if isinstance(form.low, date) else None
    high = form.high if isinstance(form.high, date) else None
    if form.rule == "not_future":
        high = min(high or today, today)
    if form.rule == "not_past":
        low = max(low or today, today)
    low = low or (high or today) - timedelta(days=2 * FEW)
    high = high or low + timedelta(days=4 * FEW)
    near = [hint for hint in hints if hint.count("-") == 2]
    if near and random.random() < 1 / 3:
        return random.choice(near)
    days = max((high - low).days, 0)
    day = low + timedelta(days=days - min(random.randint(0, days), random.randint(0, days)))
    return f"{day:%d/%m/%Y}"


def _time(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    low = form.low if isinstance(form.low, time) else time(0)
    high = form.high if isinstance(form.high, time) else time(23, 59)
    minutes = random.randint(low.hour * 60 + low.minute, max(high.hour * 60 + high.minute, low.hour * 60 + low.minute))
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _digits(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    return "".join(str(random.randrange(10)) for _ in range(form.limit or 4))


def _yes_no(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    return random.choice(random.choice((YES, NO)))


def _choice(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    return _written(random.choice(form.choices), random) if form.choices else "1"


def _choices(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    alone = [option for option in form.choices if option.alone or option.code == "none"]
    others = [option for option in form.choices if option not in alone]
    if alone and (not others or random.random() < 1 / len(form.choices)):
        return str(random.choice(alone).number)
    if not others:
        return "1"
    some = random.sample(others, random.randint(1, min(3, len(others))))
    return random.choice((" ", ", ", " and ")).join(str(option.number) for option in some)


def _written(option: Option, random: Random) -> str:
    return random.choice((str(option.number), str(option.number), option.label, option.code))


def _text(form: ReadAs, random: Random, hints: Sequence[str]) -> str:
    if hints and random.random() < 1 / 2:
        return random.choice(hints)
    text = random.choice(SENTENCES)
    return text[: form.limit].strip() if form.limit is not None else text


_MAKERS: dict[str, Callable[[ReadAs, Random, Sequence[str]], str]] = {
    "yesno": _yes_no,
    "whole": _whole,
    "number": _decimal,
    "decimal": _decimal,
    "text": _text,
    "time": _time,
    "phone": lambda form, random, hints: f"+23177{random.randrange(10**6):06}",
    "digits": _digits,
    "choice": _choice,
    "choices": _choices,
}
