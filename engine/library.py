"""The programs that can run, linked once: `of(hash)` for a session that runs, `current(flow)` for one that starts.

Publishing replaces what is current and keeps what was: no running session changes (I17).
"""

from __future__ import annotations

from engine.linker import Linked, link
from engine.phrases import Phrases
from grammar.program import Program


class Library:
    """All linked programs, the words that start them, and the engine's phrases."""

    def __init__(self, phrases: Phrases) -> None:
        self.phrases = phrases
        self._by_hash: dict[str, Linked] = {}
        self._current: dict[str, str] = {}

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
        return linked

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
