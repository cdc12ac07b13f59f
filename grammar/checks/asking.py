"""Questions: what stands below them belongs to their kind, and stands there once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grammar import choices
from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.choices import plain_text
from grammar.compiler.expressions import seconds
from grammar.compiler.header import channels_of
from grammar.compiler.questions import DAY
from grammar.diagnostics import Finding

_ONCE: dict[type[n.Node], str] = {
    n.ChoicesFrom: "choices from",
    n.Tries: "tries",
    n.Points: "points",
    n.Correct: "correct",
    n.OnlyIf: "only if",
    n.GiveUp: "give up",
    n.Hint: "hint",
}


def quizzes(subject: Subject) -> Iterator[Finding]:
    """A quiz question knows its right answer; other questions have none."""
    for question, _ in subject.every(n.Question):
        items = question.attributes
        if question.kind == "quiz" and not any(isinstance(item, n.Correct) for item in items):
            yield subject.say("E280", question.name, name=question.name.text)
        if question.kind != "quiz":
            for item in items:
                line = _quiz_line(item)
                if line:
                    yield subject.say("E281", item, line=line, kind="quiz")


def _quiz_line(item: n.Attribute) -> str:
    if isinstance(item, n.Correct):
        return "correct"
    if isinstance(item, n.Points):
        return "points"
    if isinstance(item, n.Repeat):
        return "ask again if wrong"
    return f"if {item.kind}" if isinstance(item, n.Reaction) and item.kind in ("right", "wrong") else ""


def quizzes_awaited(subject: Subject) -> Iterator[Finding]:
    """`wait until all quizzes are right` comes to an end: each is asked until it is, and the header gives up (X3)."""
    asked = [question for question, _ in subject.every(n.Question) if question.kind == "quiz"]
    for line, _ in subject.every(n.WaitQuizzes):
        for question in asked:
            if not any(isinstance(item, n.Repeat) and item.until_right for item in question.attributes):
                yield subject.say("E288", line, name=question.name.text)
                break
        else:
            if not any(isinstance(each, n.GiveUp) for each in subject.names.flow.header):
                yield subject.say("E289", line)


def verifies(subject: Subject) -> Iterator[Finding]:
    """`verify` asks for a PIN, in digits, and nothing else; only it has `if failed`."""
    for question, _ in subject.every(n.Question):
        if question.kind == "verify":
            yield from _verify(subject, question)
        else:
            for item in question.attributes:
                if isinstance(item, n.Failure) and item.kind == "failed":
                    yield subject.say("E281", item, line="if failed", kind="verify")


def _verify(subject: Subject, question: n.Question) -> Iterator[Finding]:
    if choices.kind_of(question) != "digits":
        yield subject.say("E282", question.name, name=question.name.text)
    for item in question.attributes:
        if isinstance(item, n.Optional | n.Check | n.Confirm):
            yield subject.say("E283", item, line=type(item).__name__.lower())


def lines_twice(subject: Subject) -> Iterator[Finding]:
    """What can be said once of a question is said once."""
    for question, _ in subject.every(n.Question):
        seen: dict[str, int] = {}
        for item in question.attributes:
            line = _line_of(item)
            if line and line in seen:
                yield subject.say("E284", item, line=line, first=seen[line])
            seen.setdefault(line, item.span.line)


def _line_of(item: n.Attribute) -> str:
    if isinstance(item, n.Answer):
        return f"answer on {item.channel.key}" if item.channel is not None else "answer"
    if isinstance(item, n.Reaction):
        return f"if {item.kind}"
    if isinstance(item, n.Failure):
        return "if failed" if item.kind == "failed" else "if too many tries"
    return _ONCE.get(type(item), "")


def reminders(subject: Subject) -> Iterator[Finding]:
    """A reminder comes before the question gives up, and later ones after earlier ones."""
    header = subject.names.flow.header
    end = next((seconds(line.after) for line in header if isinstance(line, n.GiveUp)), 3 * DAY)
    yield from _in_time(subject, [line for line in header if isinstance(line, n.Remind)], end)
    for visit in subject.of(n.Question, n.ChooseLanguage, n.Choose):
        node = visit.node
        if not isinstance(node, n.Question | n.ChooseLanguage | n.Choose):
            continue
        own = [item for item in node.attributes if isinstance(item, n.Remind)]
        stop = next((seconds(item.after) for item in node.attributes if isinstance(item, n.GiveUp)), end)
        yield from _in_time(subject, own, stop)


def _in_time(subject: Subject, lines: list[n.Remind], end: int) -> Iterator[Finding]:
    latest = 0
    for line in lines:
        after = seconds(line.after)
        if after >= end:
            yield subject.say("W270", line)
        elif after <= latest:
            yield subject.say("W271", line)
        latest = max(latest, after)


_COMMANDS = re.compile(r"(?:stop|go to|tell|say)\b", re.IGNORECASE)


def reminders_that_command(subject: Subject) -> Iterator[Finding]:
    """Behind the colon of a reminder stands a text, and nothing that is done (RULES A5)."""
    for remind, _ in subject.every(n.Remind):
        text = plain_text(remind.message) if remind.message is not None else ""
        command = _COMMANDS.match(text)
        if command is not None:
            yield subject.say("E286", remind, word=command[0].lower())


def never_asked_aloud(subject: Subject) -> Iterator[Finding]:
    """On a call nobody can type a text (RULES N6)."""
    if "ivr" not in channels_of(subject.names.flow):
        return
    for question, _ in subject.every(n.Question):
        if choices.kind_of(question) == "text" and choices.type_of(question, "ivr") is None:
            yield subject.say("E285", question.name, name=question.name.text)


def recordings(subject: Subject) -> Iterator[Finding]:
    """Only a call carries a recording."""
    typed = next((name for name in ("sms", "whatsapp") if name in channels_of(subject.names.flow)), "")
    for question, _ in subject.every(n.Question):
        if typed and choices.kind_of(question) == "recording":
            yield subject.say("E278", question.name, name=question.name.text, channel=typed.upper())


CHECKS = (
    quizzes,
    quizzes_awaited,
    verifies,
    lines_twice,
    reminders,
    reminders_that_command,
    never_asked_aloud,
    recordings,
)
