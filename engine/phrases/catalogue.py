"""All that the engine says by itself and every word it understands, by language; a value that nothing changes.

A phrase that a language lacks is said in English, and so is everything in a language that nobody has written yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.letters import fold

BASE = "en"
_HOLE = re.compile(r"\{([^\W\d]\w*)\}")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: what is said by key ("invalid.whole"), and folded words by key, with the numbers and months."""

    says: Mapping[str, str]
    words: Mapping[str, frozenset[str]]
    numbers: Mapping[str, int]
    months: Mapping[str, int]


class Phrases:
    """The catalogue.  Made from dicts as the files of `engine/phrases` have them: {language: {"says": …, "words": …}}.

    ValueError where a phrase has a hole that the same phrase has not in English: nobody would fill it; and where it has
    a brace that is of no hole.
    """

    __slots__ = ("_anywhere", "_tongues", "languages")

    def __init__(self, sources: Mapping[str, Mapping[str, Any]]) -> None:
        self._tongues = {language: _tongue(source) for language, source in sources.items()}
        self._tongues.setdefault(BASE, _tongue({}))
        self.languages = tuple(self._tongues)
        self._anywhere = _in_all(self._tongues.values())
        for language, tongue in self._tongues.items():
            _check_holes(language, tongue.says, self._tongues[BASE].says)

    def say(self, language: str, key: str, **values: object) -> str:
        """The phrase with its holes filled; with `count=1` its twin `KEY_one`, where there is one.

        KeyError for a key that English lacks, or a value that the phrase needs.
        """
        if values.get("count") == 1:
            key = self._one(language, key)
        text = self._text(language, key)
        return text.format_map(values) if "{" in text else text

    def words(self, language: str, key: str) -> frozenset[str]:
        """The folded words for `key` in one language; none where the language has none."""
        return self.tongue(language).words.get(key, frozenset())

    def anywhere(self, key: str) -> frozenset[str]:
        """The folded words for `key` in all languages together."""
        return self._anywhere.get(key, frozenset())

    def tongue(self, language: str) -> Tongue:
        """Everything of one language ("fr-CI" is "fr"); English for one that nobody has written."""
        tongues = self._tongues
        return tongues.get(language) or tongues.get(language.replace("_", "-").split("-")[0]) or tongues[BASE]

    def join(self, language: str, items: Iterable[str], last: str = "or") -> str:
        """ "1, 2 or 9": `last` is "and" or "or"."""
        *first, final = [*items] or [""]
        if not first:
            return final
        return self._text(language, "comma").join(first) + self._text(language, last) + final

    def _text(self, language: str, key: str) -> str:
        text = self.tongue(language).says.get(key)
        return self._tongues[BASE].says[key] if text is None else text

    def _one(self, language: str, key: str) -> str:
        twin = key + "_one"
        return twin if twin in self.tongue(language).says else key


def _tongue(source: Mapping[str, Any]) -> Tongue:
    words = dict(source.get("words", {}))
    return Tongue(
        says=dict(_flat(source.get("says", {}))),
        numbers=_numbered(words.pop("numbers", {})),
        months=_numbered(words.pop("months", {})),
        words={key: frozenset(map(fold, listed)) for key, listed in words.items()},
    )


def _in_all(tongues: Iterable[Tongue]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for tongue in tongues:
        for key, words in tongue.words.items():
            found.setdefault(key, set()).update(words)
    return {key: frozenset(words) for key, words in found.items()}


def _flat(says: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, str]]:
    for key, text in says.items():
        if isinstance(text, str):
            yield above + key, text
        else:
            yield from _flat(text, f"{above}{key}.")


def _numbered(listed: Mapping[str, Iterable[str]]) -> dict[str, int]:
    return {fold(word): int(number) for number, words in listed.items() for word in words}


def _check_holes(language: str, says: Mapping[str, str], base: Mapping[str, str]) -> None:
    for key, text in says.items():
        extra = set(_HOLE.findall(text)) - set(_HOLE.findall(base.get(key, text)))
        if extra:
            raise ValueError(f"The phrase {key} in {language} has {{{min(extra)}}}, which is never filled in.")
        if {"{", "}"} & set(_HOLE.sub("", text)):
            raise ValueError(f"The phrase {key} in {language} has a brace that stands around no name.")
