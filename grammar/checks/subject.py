"""What a check looks at: one flow with its names, its program and every node of its tree; a check only reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from grammar import choices
from grammar import nodes as n
from grammar.compiler import Made
from grammar.diagnostics import Finding, finding
from grammar.folder import Folder
from grammar.names import Names
from grammar.scopes import Missing, Scope, scope_of
from grammar.slips import nearest
from grammar.spoken import english
from grammar.walk import Visit

T = TypeVar("T", bound=n.Node)
Found = TypeVar("Found")


@dataclass(slots=True)
class Subject:
    """One flow; `flows` are the names of all flows of its file, `folder` is that in which it stands."""

    file: str
    names: Names
    made: Made
    flows: Sequence[Names]
    folder: Folder
    visits: list[Visit] = field(default_factory=list)
    _of_kind: dict[type[n.Node], list[Visit]] = field(default_factory=dict)
    _found: dict[Callable[[Subject], object], object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.visits = self.names.visits
        for visit in self.visits:
            self._of_kind.setdefault(type(visit.node), []).append(visit)

    def once(self, look: Callable[[Subject], Found]) -> Found:
        """What several checks want to know of the flow is looked for once."""
        if look not in self._found:
            self._found[look] = look(self)
        found: Found = self._found[look]  # type: ignore[assignment]  # what `look` gave
        return found

    @property
    def missing(self) -> tuple[Missing, ...]:
        """The words of the flow that mean nothing."""
        return self.made.missing

    @property
    def tables(self) -> list[n.Table]:
        """The tables of the flow and those above the file's first flow."""
        return [entry.node for entry in self.names.declared if isinstance(entry.node, n.Table)]

    def every(self, kind: type[T]) -> Iterator[tuple[T, Visit]]:
        """All nodes of one kind, with what stands around them."""
        return ((cast("T", visit.node), visit) for visit in self._of_kind.get(kind, ()))

    def of(self, *kinds: type[n.Node]) -> Iterator[Visit]:
        """All nodes of some kinds, kind by kind, with what stands around them."""
        return (visit for kind in kinds for visit in self._of_kind.get(kind, ()))

    def scope(self, visit: Visit) -> Scope:
        """The scope in which a node is read."""
        return scope_of(visit, self.names)

    def say(self, code: str, where: n.Node | n.Span, hint: str | None = None, **values: object) -> Finding:
        """A finding at a place of this file."""
        span = where if isinstance(where, n.Span) else where.span
        return finding(code, span.file or self.file, span, hint, **values)


PROPOSED = 50
"""So many unknown words are compared with all that are known: nobody reads more proposals, and each takes its time."""


def proposal(word: str, known: Iterable[str]) -> str | None:
    """`Do you mean …?` where a known word is near."""
    near = nearest(word, known)
    return None if near is None else f"Do you mean `{near}`?"


def listed(words: Iterable[str]) -> str:
    """Words as a list in a sentence: `a`, `b` and `c`."""
    quoted = [f"`{word}`" for word in words]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if quoted[1:] else "".join(quoted)


def said_here(word: str) -> str | None:
    """`Write …` where a word is a day or a month in another language."""
    known = english(word)
    return None if known is None else f"Write `{known}`"


def not_among(subject: Subject, where: n.Node, of: str, word: str, codes: tuple[str, ...]) -> Finding:
    """E204, with the code whose label the word is, or that is said so elsewhere, or is near."""
    hint = _code_meant(subject, of, word, codes) or proposal(word, codes)
    every = f"The choices are {listed(codes)}." if codes else None
    return subject.say("E204", where, hint or every, choice=word, name=of)


def _code_meant(subject: Subject, of: str, word: str, codes: tuple[str, ...]) -> str | None:
    question = subject.names.question(of)
    found = choices.of_question(question) if question is not None else []
    labels = {choices.plain_text(item.choice.label).lower(): item.code for item in found}
    code = labels.get(word.lower()) or _YES_OR_NO.get(word.lower())
    return f"Write `{code}`" if code in codes else None


_YES_OR_NO = {
    **dict.fromkeys(("true", "y", "oui", "si", "sí", "sim", "ndiyo", "1"), "yes"),
    **dict.fromkeys(("false", "n", "non", "não", "nao", "hapana", "0"), "no"),
}
