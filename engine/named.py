"""Which facilities an answer means: the one of this code, else those of this name, else those near (RULES M8)."""

from __future__ import annotations

from collections.abc import Mapping

from engine.facts import Record
from engine.letters import fold
from engine.spelling import near
from engine.values import Packed

MOST = 5
"""So many are listed at most."""


def fitting(target: Mapping[str, Packed], places: Mapping[str, Record]) -> dict[str, Record]:
    """Of these facilities, by code, those of a target: `codes`, or `named` (folded, `engine.letters.fold`)."""
    if "codes" in target:
        return {code: places[code] for code in str(target["codes"]).split() if code in places}
    said = str(target.get("named") or "")
    coded = {code: place for code, place in places.items() if fold(code) == said}
    return coded or _of_name(said, places) or _near(said, places)


def _of_name(said: str, places: Mapping[str, Record]) -> dict[str, Record]:
    return _first({code: place for code, place in places.items() if _name(place) == said})


def _near(said: str, places: Mapping[str, Record]) -> dict[str, Record]:
    """Names with all words of the answer in them, or with a slip."""
    words = said.split()
    found = {code: place for code, place in places.items() if words and _begins(words, _name(place).split())}
    return _first(found or {code: place for code, place in places.items() if near(said, _name(place))})


def _begins(words: list[str], name: list[str]) -> bool:
    """Is each of the words the beginning of a word of the name?  Two letters alone say too little."""
    return all(any(part == word or (len(word) > 2 and part.startswith(word)) for part in name) for word in words)


def _name(place: Record) -> str:
    return fold(str(place.get("name") or ""))


def _first(found: dict[str, Record]) -> dict[str, Record]:
    ordered = sorted(found, key=lambda code: (_name(found[code]), code))
    return {code: found[code] for code in ordered[:MOST]}
