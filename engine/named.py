"""Which facilities an answer means: the one of this code, else those of this name, else those near (RULES M8).

A country has tens of thousands: an index finds what could fit, and only that is compared.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from heapq import nsmallest
from itertools import takewhile

from engine.facts import Record
from engine.letters import fold
from engine.spelling import near
from engine.values import Packed

MOST = 5
"""So many are listed at most."""

_SAYS_MUCH = 3
"""Letters with which a word can be begun; two letters alone say too little."""

_SLIPS = 2
"""Slips that `engine.spelling` allows at most."""


def fitting(target: Mapping[str, Packed], places: Mapping[str, Record]) -> dict[str, Record]:
    """Of these facilities, by code, those of a target: `codes`, or `named` (folded, `engine.letters.fold`)."""
    if "codes" in target:
        return {code: places[code] for code in str(target["codes"]).split() if code in places}
    found = Named((code, name_of(place)) for code, place in places.items()).codes(str(target.get("named") or ""))
    return {code: places[code] for code in found}


def name_of(place: Record) -> str:
    """How a facility is called."""
    return str(place.get("name") or "")


class Named:
    """The codes and names of many facilities, each known by its place in the order; what is looked for is folded."""

    def __init__(self, places: Iterable[tuple[str, str]]) -> None:
        """`places`: codes and names, as they are written."""
        self._all = sorted((fold(name), code) for code, name in places)
        self._by_code: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        self._alike: dict[tuple[str, str], list[int]] = {}
        for at, (name, code) in enumerate(self._all):
            self._by_code.setdefault(fold(code), []).append(at)
            self._by_name.setdefault(name, []).append(at)
            self._alike.setdefault(_kind(name), []).append(at)
            for word in set(name.split()):
                self._by_word.setdefault(word, []).append(at)
        self._words = sorted(self._by_word)
        self._letters = [_letters(name) for name, _ in self._all]

    def codes(self, said: str) -> list[str]:
        """Those of an answer: every one of that code, else the first of that name, with its words in them, or near."""
        found = self._by_code.get(said)
        if found is None:
            found = nsmallest(MOST, self._by_name.get(said) or self._with_words(said.split()) or self._near(said))
        return [self._all[at][1] for at in found]

    def _with_words(self, words: list[str]) -> set[int]:
        """Names with all words of the answer in them."""
        found = [self._with_word(word) for word in words]
        return set.intersection(*found) if found else set()

    def _with_word(self, word: str) -> set[int]:
        """Names with a word that is this one, or begins so."""
        if len(word) < _SAYS_MUCH:
            return set(self._by_word.get(word, ()))
        behind = (self._words[at] for at in range(bisect_left(self._words, word), len(self._words)))
        return {at for full in takewhile(lambda full: full.startswith(word), behind) for at in self._by_word[full]}

    def _near(self, said: str) -> list[int]:
        """Names with a slip; a slip changes two of the letters that there are, and the length by one."""
        letters, length = _letters(said), len(said)
        return [
            at
            for at in self._alike.get(_kind(said), ())
            if (self._letters[at] ^ letters).bit_count() <= 2 * _SLIPS
            and abs(len(self._all[at][0]) - length) <= _SLIPS
            and near(said, self._all[at][0])
        ]


def _kind(name: str) -> tuple[str, str]:
    """What no slip changes (`engine.spelling`): the first letter and the digits."""
    return name[:1], "".join(sign for sign in name if sign.isdigit())


def _letters(name: str) -> int:
    """The letters of a name as bits."""
    bits = 0
    for letter in name:
        bits |= 1 << (ord(letter) & 63)
    return bits
