"""The choices of a question or an input: every one has a number and a code, written or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from grammar import nodes as n


class Numbered(NamedTuple):
    """A choice with the number that the worker types and its code ("" where nobody could give it one)."""

    number: int
    code: str
    choice: n.Choice


def numbered(choices: Iterable[n.Choice], rows: int = 0) -> list[Numbered]:
    """Bullets number themselves: one more than the choice above; the first `rows` numbers are taken by rows."""
    found: list[Numbered] = []
    for choice in choices:
        above = found[-1].number if found else rows
        number = above + 1 if choice.number is None else choice.number
        found.append(Numbered(number, code_of(choice), choice))
    return found


def code_of(choice: n.Choice) -> str:
    """The code as written, else the label's only word in lower case, else ""."""
    if choice.code is not None:
        return choice.code.text
    label = plain_text(choice.label)
    return label.lower() if label and not label.split()[1:] else ""


def plain_text(message: n.Message) -> str:
    """The text without what stands in its braces; "" where there is none."""
    pieces = message.text.pieces if message.text is not None else ()
    return "".join(piece for piece in pieces if isinstance(piece, str)).strip()


def of_question(question: n.Question, rows: int = 0) -> list[Numbered]:
    """The fixed choices below a question, after so many rows of a table."""
    return numbered((item for item in question.attributes if type(item) is n.Choice), rows)


def type_of(question: n.Question, channel: str = "") -> n.AnswerType | None:
    """The `answer:` line of a question (of a channel), None where there is none."""
    for item in question.attributes:
        if type(item) is n.Answer and (item.channel.key if item.channel else "") == channel:
            return item.type
    return None


def source_of(question: n.Question) -> n.ChoicesFrom | None:
    """The `choices from` line of a question."""
    return next((item for item in question.attributes if type(item) is n.ChoicesFrom), None)


def kind_of(question: n.Question) -> str:
    """The kind of answer (see grammar.program.AnswerType): choices and `verify` have one without an `answer:` line."""
    written = type_of(question)
    if written is not None:
        return written.kind
    if source_of(question) is not None or any(type(item) is n.Choice for item in question.attributes):
        return "choice"
    return "digits" if question.kind == "verify" else "text"
