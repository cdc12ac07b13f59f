"""How near a word is to one that we know: a slip is a letter too many, too few, wrong, or two that changed places."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

SHORT = 4
"""Up to this length one slip makes a word doubtful enough; longer words may hold two."""


def slips(left: str, right: str, most: int = 1000) -> int:
    """The least number of slips between two words, or any number above `most`; capital letters do not count."""
    left, right = _unlike(left.lower(), right.lower())
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def _unlike(left: str, right: str) -> tuple[str, str]:
    """What is left of two words without what both begin and end with: most words that are compared differ in little."""
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    return left[start:], right[start:]


@functools.lru_cache(10_000)
def _letters(word: str) -> int:
    """The letters of a word as bits; one slip changes two at most, so most words need not be compared at all."""
    bits = 0
    for letter in word.lower():
        bits |= 1 << (ord(letter) & 63)
    return bits


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was meant to be; None where none is near, the first where several are."""
    allowed = 1 if len(word) <= SHORT else 2
    own, length = _letters(word), len(word)
    best: tuple[int, str] | None = None
    for other in known:
        if abs(len(other) - length) > allowed or len(other) < 2:
            continue
        if (own ^ _letters(other)).bit_count() > 2 * allowed:
            continue
        count = slips(word, other, allowed)
        if count <= allowed and count < len(other) and (best is None or count < best[0]):
            best = (count, other)
    return None if best is None else best[1]


def as_code(text: str) -> str:
    """A name made of a text: its first words without accents, joined by `_`; "" where nothing is left of it."""
    plain = unicodedata.normalize("NFD", text)
    words = re.findall(r"[A-Za-z0-9_]+", "".join(c for c in plain if not unicodedata.combining(c)).replace("'", ""))
    name = "_".join(words[:3]).lower()
    return f"n_{name}" if name[:1].isdigit() else name


def uncapped(name: str) -> str:
    """A name without the capital that Word puts at the beginning of a line: `Lab_number`, but not `M` or `LAB`."""
    return name[0].lower() + name[1:] if name[1:].islower() else name
