"""The programs that can run, linked once: `of(hash)` for a session that runs, `current(flow)` for one that starts.

Publishing replaces what is current and keeps what was: no running session changes (I17).
"""

from __future__ import annotations

from engine.letters import fold
from engine.linked import Linked
from engine.linker import link
from engine.phrases import Phrases
from engine.spelling import only_near
from grammar.program import Program


class Library:
    """All linked programs, the words that start them, and the engine's phrases."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self._by_hash: dict[str, Linked] = {}
        self._current: dict[str, str] = {}
        self._words: dict[str, str] = {}

    def keep(self, program: Program) -> Linked:
        """Link a program so that its sessions can run; it does not become current."""
        key = program.hash()
        if key not in self._by_hash:
            self._by_hash[key] = link(program, key, self.phrases)
        return self._by_hash[key]

    def publish(self, program: Program) -> Linked:
        """From now on new conversations of this flow run this version."""
        linked = self.keep(program)
        self._current[program.flow] = linked.hash
        self._words = {fold(word): flow.program.flow for flow in self.flows() for word in flow.program.words}
        return linked

    def withdraw(self, flow: str) -> None:
        """No new conversation of this flow begins; those that run go on."""
        self._current.pop(flow, None)
        self._words = {word: name for word, name in self._words.items() if name != flow}

    def knows(self, key: str) -> bool:
        """Was the version with this hash ever kept here?"""
        return key in self._by_hash

    def of(self, key: str) -> Linked:
        """The version with this hash; KeyError if it was never kept."""
        return self._by_hash[key]

    def current(self, flow: str) -> Linked | None:
        """What a new conversation of `flow` runs, None if there is no such flow."""
        key = self._current.get(flow)
        return None if key is None else self._by_hash[key]

    def flows(self) -> list[Linked]:
        """Every flow that can be started."""
        return [self._by_hash[key] for key in self._current.values()]

    def by_word(self, word: str) -> Linked | None:
        """The flow that a word starts: any case, accents or none, small misspellings of long words."""
        said = fold(word)
        flow = self._words.get(said)
        if flow is None:
            flow = self._words.get(only_near(said, self._words) or "")
        return None if flow is None else self.current(flow)

    def means(self, key: str, text: str) -> bool:
        """Is the text, as a whole, one of the words for `key` (stop, start, help …) in any language that we speak?"""
        return fold(text) in self.phrases.anywhere(key)
