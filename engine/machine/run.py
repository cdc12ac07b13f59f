"""One step under way: a working copy of the session and the effects so far; the stored session is never touched."""

from __future__ import annotations

import copy
from typing import TypeVar

import msgspec

from engine import limits
from engine.effects import Effect, End, Release, Send
from engine.facts import Facts
from engine.linked import Linked
from engine.questions import LinkedQuestion
from engine.scene import Scene
from engine.session import Held, Session
from engine.texts import LinkedText

Kept = TypeVar("Kept")
SILENT = frozenset({"no_answer", "opted_out", "unreachable"})
"""Outcomes of a worker who said nothing more: what he took is free again (RULES X1)."""
HALT = -1
"""What an operation gives when the conversation waits or is over."""


class MachineError(Exception):
    """A flow cannot go on.  Says why, and the line of the author's file."""

    def __init__(self, why: str, flow: str, line: int) -> None:
        super().__init__(f"{flow}, line {line}: {why}")
        self.flow = flow
        self.line = line


class Run:
    """What the operations work on.  `kind` is the urgency of what this step sends (see `effects.Send`).

    `floor`: may the conversation ask now, or does another one have the worker's attention (RULES F1)?
    """

    __slots__ = ("at", "effects", "facts", "floor", "jumps", "kind", "linked", "now", "scene", "session", "silent")

    def __init__(self, linked: Linked, session: Session, facts: Facts, now: int) -> None:
        self.linked = linked
        self.session = _working_copy(session)
        self.facts = facts
        self.now = now
        self.scene = Scene(linked, self.session, facts, now)
        self.effects: list[Effect] = []
        self.kind = "bulk"
        self.at = session.at
        self.jumps = 0
        self.silent = False
        self.floor = session.status != "suspended"

    def rescene(self) -> None:
        """The loops or the language changed: read anew what the scene says of them."""
        self.scene = Scene(self.linked, self.session, self.facts, self.now)

    @property
    def question(self) -> LinkedQuestion:
        """The question that waits."""
        return self.linked.questions[self.session.asked]

    @property
    def proved(self) -> bool:
        """Has the worker proved who it is, and spoken since (RULES J3)?"""
        return self.session.verified_at > 0 and self.now - self.session.verified_at <= limits.VERIFIED

    def veiled(self) -> Scene:
        """The scene without what is sensitive: a reminder never repeats it (RULES J3)."""
        session, hidden = self.session, self.linked.sensitive
        seen = msgspec.structs.replace(
            session,
            inputs=_without(session.inputs, hidden),
            answers=_without(session.answers, hidden),
            before=_without(session.before, hidden),
            variables=_without(session.variables, hidden),
            results=_without(session.results, hidden),
        )
        return Scene(self.linked, seen, self.facts, self.now)

    def say(self, key: str, **values: object) -> str:
        """A phrase of the engine's own, in the language of the conversation."""
        return self.linked.phrases.say(self.scene.language, key, **values)

    def send(self, text: str, *, arms: int | None = None, sensitive: bool = False, line: int | None = None) -> None:
        """A message to the worker, held while there is no floor; an empty text goes only where timers hang on it."""
        if not text.strip() and arms is None:
            return
        if sum(isinstance(effect, Send) for effect in self.effects) >= limits.MESSAGES:
            raise self.error("it sends too many messages at once")
        at = self.linked.line(self.at) if line is None else line
        if not self.floor:
            self.session.held.append(Held(text, at, self.scene.language, sensitive))
            return
        self.effects.append(Send(text, self.kind, arms, at, self.scene.language, sensitive))

    def send_held(self) -> None:
        """What had to wait for the floor."""
        for held in self.session.held:
            self.effects.append(Send(held.text, self.kind, None, held.line, held.language, held.sensitive))
        self.session.held = []

    def send_text(self, text: LinkedText | None) -> None:
        """A message of the author's, if there is one; nothing sensitive goes out unproved."""
        if text is not None and (self.proved or not text.sensitive):
            self.send(text(self.scene), sensitive=text.sensitive)

    def end(self, outcome: str) -> int:
        """The conversation is over; what it still had to say comes now, or never."""
        self.send_held()
        self.session.status = "ended"
        self.session.outcome = outcome
        if self.silent or outcome in SILENT:
            self.effects += [Release(topic) for topic in self.session.holds]
        self.effects.append(End(outcome, self.silent))
        return HALT

    def error(self, why: str) -> MachineError:
        """The flow cannot go on at the present line."""
        return MachineError(why, self.linked.program.flow, self.linked.line(self.at))


def _without(values: dict[str, Kept], hidden: frozenset[str]) -> dict[str, Kept]:
    return {key: value for key, value in values.items() if key.partition("/")[0] not in hidden}


def _working_copy(session: Session) -> Session:
    return msgspec.structs.replace(
        session,
        answers=session.answers.copy(),
        rounds=session.rounds.copy(),
        before=session.before.copy(),
        variables=session.variables.copy(),
        results=session.results.copy(),
        claimed=session.claimed.copy(),
        attempts=session.attempts.copy(),
        short=session.short.copy(),
        held=session.held.copy(),
        loops=[copy.copy(turn) for turn in session.loops],
        aside=None if session.aside is None else copy.deepcopy(session.aside),
        detour=copy.deepcopy(session.detour) if session.detour else None,
    )
