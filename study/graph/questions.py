"""What the box of a question says: its words, and below them what counts as an answer and what follows without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from grammar import program as p
from grammar.tags import LANGUAGES
from study.graph.model import Box
from study.graph.words import length, said, text

HEADS = {
    "ask": "Question",
    "quiz": "Quiz",
    "verify": "PIN",
    "language": "Language",
    "place": "Facility",
    "pin": "New PIN",
}
_OWN_WORDS = {"place": "Which facility? (where the worker has several)", "pin": "The old PIN, then the new one twice"}
"""What the engine asks by itself, where the author gave it no words."""
AUTHORED = frozenset({"ask", "quiz", "verify"})
"""Kinds of questions in an author's words."""
_TYPES = {
    "yesno": "yes or no",
    "whole": "a whole number",
    "number": "a number",
    "decimal": "a decimal",
    "text": "a text",
    "date": "a date",
    "time": "a time",
    "phone": "a phone number",
    "digits": "digits",
    "facility": "a facility",
    "recording": "a recording",
    "choices": "one or more of these",
}
_RULES = {"not_future": " not in the future", "not_past": " not in the past"}


class Habit(NamedTuple):
    """What nearly all questions of a flow have in common: after how many seconds they remind, and how many tries."""

    reminders: tuple[int, ...]
    tries: int


def habit(question: p.Question) -> Habit:
    """That of one question."""
    return Habit(tuple(remind.after for remind in question.reminders), question.tries)


def common(program: p.Program) -> Habit | None:
    """That of most questions, None in a flow without questions."""
    habits = Counter(habit(question) for question in program.questions.values() if question.kind in AUTHORED)
    return habits.most_common(1)[0][0] if habits else None


def reminded(after: tuple[int, ...]) -> str:
    """When a question is repeated to who does not answer."""
    return "reminded after " + ", ".join(map(length, after)) if after else "not reminded"


def box(program: p.Program, at: int, question: p.Question, language: str, *, listed: bool) -> Box:
    """The box of a question; `listed`: its choices stand in it, and not at its arrows."""
    words = text(question.text, language)
    if not words:
        languages = "Which language? " + ", ".join(map(_language, program.languages))
        words = languages if question.kind == "language" else _OWN_WORDS.get(question.kind, "")
    notes = list(_notes(program, question, language, listed))
    name = f" · {question.name}" if question.kind in AUTHORED else ""
    return Box(at, "ask", words, HEADS.get(question.kind, "Question") + name, tuple(notes), program.channels)


def _language(tag: str) -> str:
    """Its name, where authors know one."""
    return next((name.title() for name, known in LANGUAGES.items() if known == tag.lower().partition("-")[0]), tag)


def _notes(program: p.Program, question: p.Question, language: str, listed: bool) -> Iterator[str]:
    if listed and question.choices:
        yield " · ".join(f"{choice.number} {text(choice.label, language)}" for choice in question.choices)
    if question.choices_from is not None:
        yield f"one of the rows of {question.choices_from.table}"
    answer = answer_of(question.type)
    if answer:
        yield f"Answer: {answer}"
    for channel, own in question.type_on.items():
        yield f"In a {'call' if channel == 'ivr' else channel}: {answer_of(own)}"
    yield from _conditions(question)
    yield from _own_habit(program, question)


def _conditions(question: p.Question) -> Iterator[str]:
    if question.only_if is not None:
        yield f"only if {said(question.only_if)}"
    if question.optional:
        yield "may be skipped"
    for check in question.checks:
        yield f"accepted if {said(check.when)}"
    for confirm in question.confirms:
        yield "asked to confirm" + (f" if {said(confirm.when)}" if confirm.when is not None else "")
    if question.correct:
        points = f"{question.points} point{'' if question.points == 1 else 's'}"
        yield f"Right: {', '.join(map(said, question.correct))} ({points})"
    for repeat in question.repeats:
        yield f"comes again {length(repeat.after)} after a wrong answer"
    if question.go_on is not None:
        yield f"goes on without an answer after {length(question.go_on)}"


def _own_habit(program: p.Program, question: p.Question) -> Iterator[str]:
    usual, own = common(program), habit(question)
    if usual is None or question.kind not in AUTHORED:
        return
    if own.reminders != usual.reminders:
        yield reminded(own.reminders)
    if own.tries != usual.tries:
        yield f"asked up to {own.tries} times"


def answer_of(own: p.AnswerType) -> str:
    """What counts as an answer, "" where the choices say it."""
    if own.kind == "choice":
        return ""
    words = f"{own.limit} digits" if own.kind == "digits" and own.limit else _TYPES.get(own.kind, own.kind)
    if own.kind == "text" and own.limit:
        words += f" up to {own.limit} letters"
    if own.kind == "recording" and own.limit:
        words += f" up to {length(own.limit)}"
    return words + _RULES.get(own.rule, "") + _range(own)


def _range(own: p.AnswerType) -> str:
    low = f" from {said(own.low)}" if own.low is not None else ""
    return low + (f" to {said(own.high)}" if own.high is not None else "")
