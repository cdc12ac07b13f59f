"""Where each answer of a question leads, through the conditions behind it, so that choices stand at the arrows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from grammar import program as p
from study.graph.deciding import ROW, SKIPPED, decide
from study.graph.words import text

_FIXED = {"yes": "Yes", "no": "No", SKIPPED: "skipped"}


class Routes(NamedTuple):
    """`plain`: all answers lead the same way, and no choice stands at an arrow.  `ways`: each a position and its label:
    of a quiz with blocks, right or wrong, of a PIN with a block for wrong ones right; else values, joined by a line
    feed."""

    plain: bool
    ways: tuple[tuple[int, str], ...]

    def words(self, label: str, question: p.Question, language: str) -> str:
        """The label of a way in a person's words."""
        named = {choice.code: f"{choice.number} {text(choice.label, language)}" for choice in question.choices}
        row = f"a row of {question.choices_from.table}" if question.choices_from is not None else ""
        return "\n".join(named.get(value) or _FIXED.get(value) or row for value in label.split("\n"))


def routes(program: p.Program, question: p.Question, at: int, through: Callable[[int], int]) -> Routes:
    """The ways on from a question; `through` goes past what only leads on."""
    if question.right_block is not None or question.wrong_block is not None:
        right = question.right_block if question.right_block is not None else at + 1
        wrong = question.wrong_block if question.wrong_block is not None else at + 1
        return Routes(True, ((right, "right"), (wrong, "wrong")))
    arrows = {choice.code: choice.go for choice in question.choices if choice.go is not None}
    found: dict[int, list[str]] = {}
    for value in _values(question):
        go = arrows.get(value)
        to = through(go if go is not None else _follow(program, question.name, at + 1, value, through))
        found.setdefault(to, []).append(value)
    if len(found) <= 1:
        proof = question.kind == "verify" and question.failed is not None
        return Routes(True, ((next(iter(found), at + 1), "right" if proof else ""),))
    return Routes(False, tuple((to, "\n".join(values)) for to, values in found.items()))


def _values(question: p.Question) -> list[str]:
    """What an answer can be, where that can be listed."""
    if question.type.kind == "yesno" and question.kind == "ask":
        values = ["yes", "no"]
    elif question.type.kind == "choice" and question.kind == "ask":
        values = [ROW] if question.choices_from is not None else []
        values += [choice.code for choice in question.choices]
    else:
        return []
    return [*values, SKIPPED] if question.optional or question.only_if is not None else values


def _follow(program: p.Program, question: str, at: int, value: str, through: Callable[[int], int]) -> int:
    """Past all conditions that this answer alone decides."""
    for _ in range(len(program.code)):
        at = through(at)
        op = program.code[at]
        met = decide(op.when, question, value) if isinstance(op, p.Unless) else None
        if met is None or not isinstance(op, p.Unless):
            return at
        at = at + 1 if met else op.to
    return at
