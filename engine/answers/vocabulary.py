"""The words of several languages as one: the language of the conversation first, then the flow's others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from engine.phrases import Phrases


class Vocabulary:
    """What the words of `languages` mean.  All words are folded (`engine.letters.fold`)."""

    def __init__(self, phrases: Phrases, languages: tuple[str, ...]) -> None:
        self.decimal_mark = phrases.say(languages[0], "decimal_mark")
        self.thousands_marks = phrases.say(languages[0], "thousands_marks")
        self._phrases = phrases
        self._languages = languages
        self._merged: dict[str, frozenset[str]] = {}

    def words(self, key: str) -> frozenset[str]:
        """The words for `key` in any of the languages."""
        if key not in self._merged:
            self._merged[key] = frozenset[str]().union(*(self._phrases.words(tag, key) for tag in self._languages))
        return self._merged[key]

    @cached_property
    def yes_no(self) -> Mapping[str, bool]:
        """Words for yes and no; a word that is both, in two languages, means what it means in the first."""
        found: dict[str, bool] = {}
        for tag in self._languages:
            for value, key in ((True, "yes"), (False, "no")):
                for word in self._phrases.words(tag, key):
                    found.setdefault(word, value)
        return found

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Small numbers by word."""
        return _first_wins([self._phrases.tongue(tag).numbers for tag in self._languages])

    @cached_property
    def months(self) -> Mapping[str, int]:
        """Months, 1 to 12, by name."""
        return _first_wins([self._phrases.tongue(tag).months for tag in self._languages])

    @cached_property
    def unsafe(self) -> frozenset[str]:
        """Words that change the number beside them ("less than 5", "5 thousand"), in every language there is."""
        return frozenset[str]().union(*(self._phrases.words(tag, "unsafe") for tag in self._phrases.languages))

    def without(self, text: str, *keys: str) -> str:
        """Folded `text` without the words for `keys`; as it was where nothing else would be left."""
        spare = frozenset[str]().union(*map(self.words, keys))
        kept = [word for word in text.split() if word not in spare]
        return " ".join(kept) if kept else text


@lru_cache(maxsize=512)
def vocabulary(phrases: Phrases, languages: tuple[str, ...]) -> Vocabulary:
    """The vocabulary of these languages, made once."""
    return Vocabulary(phrases, tuple(dict.fromkeys(languages)))


def _first_wins(maps: list[Mapping[str, int]]) -> dict[str, int]:
    merged: dict[str, int] = {}
    for words in reversed(maps):
        merged.update(words)
    return merged
