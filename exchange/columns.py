"""The columns of a flow's sessions: one a question, one a row of the loops around it, over all versions of the flow.

Names are unique: a column of the session's has a dot and a word that no question can be called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from grammar.program import Program, Question

SESSION = (
    "session.id",
    "session.started",
    "session.ended",
    "session.status",
    "session.outcome",
    "session.channel",
    "session.language",
    "flow.version",
    "worker.id",
    "worker.name",
    "facility.code",
    "facility.name",
)
ANSWER = ("session.id", "n", "question", "turn", "round", "value", "label", "raw", "at", "current")
_ASKED = frozenset({"ask", "quiz"})
_LABELLED = frozenset({"choice", "choices", "yesno"})


@dataclass(frozen=True, slots=True)
class Columns:
    """`names`: the session's and then the questions'.

    `places`: (question, turn) → where its value stands, and where its label stands (None: it has none).
    `hidden`: questions whose answers never leave (secret, sensitive: RULES J2).
    """

    names: tuple[str, ...]
    places: dict[tuple[str, str], tuple[int, int | None]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()


def columns(versions: Sequence[Program]) -> Columns:
    """The columns of these versions of one flow, in the order of the first; what only later ones have follows."""
    hidden = frozenset(name for program in versions for name in _hidden(program))
    names, places = list(SESSION), dict[tuple[str, str], tuple[int, int | None]]()
    for name, turns, labelled in _questions(versions):
        for turn in turns if name not in hidden else ():
            column = f"{name}.{turn}" if turn else name
            places[name, turn] = (len(names), len(names) + 1 if labelled else None)
            names += [column, f"{column}.label"] if labelled else [column]
    return Columns(tuple(names), places, hidden)


def _hidden(program: Program) -> Iterator[str]:
    yield from program.sensitive
    yield from (q.name for q in program.questions.values() if q.secret or q.sensitive or q.kind not in _ASKED)


def _questions(versions: Iterable[Program]) -> Iterator[tuple[str, Iterable[str], bool]]:
    """Each question once: its name, the turns that any version has for it, whether its answers have labels."""
    turns: dict[str, dict[str, None]] = {}
    labelled: set[str] = set()
    for program in versions:
        for question in sorted(program.questions.values(), key=lambda q: q.at):
            turns.setdefault(question.name, {}).update(dict.fromkeys(_turns(program, question)))
            if question.type.kind in _LABELLED:
                labelled.add(question.name)
    return ((name, of_name, name in labelled) for name, of_name in turns.items())


def _turns(program: Program, question: Question) -> Iterator[str]:
    """The rows of the loops around a question, "" outside loops; none where only a conversation knows them."""
    keys = [_keys(program, table) for table in question.over]
    return map(".".join, product(*keys))


def _keys(program: Program, table: str) -> list[str]:
    """The rows of a table, or the codes that can be chosen at the question that a loop runs over."""
    if table in program.tables:
        return [row[0] for row in program.tables[table].rows]
    source = program.sources[table]
    chosen = program.questions[source.name].choices if source.kind == "answers" else ()
    return [choice.code for choice in chosen]
