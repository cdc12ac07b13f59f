"""The header and the tables: what can start a flow, where it runs, and what its rows hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from grammar import choices
from grammar import nodes as n
from grammar.checks.subject import Subject, listed, proposal, said_here
from grammar.choices import plain_text
from grammar.compiler.header import MONTHS, month_number
from grammar.compiler.statements import DAYS
from grammar.diagnostics import Finding

GLOBAL = frozenset({"stop", "stopall", "arret", "arrêt", "start", "help"})
"""Words that always mean the same, in every flow (RULES E)."""

CHANNELS = ("sms", "ivr")
_LONGEST_MONTH = 31
_BETWEEN = re.compile(r"[/;|\\]")
_HOW_LONG = "Look how many days the month has."
_ONCE: dict[type[n.Node], str] = {
    n.Languages: "languages",
    n.Channels: "channels",
    n.Inputs: "inputs",
    n.QuietHours: "quiet hours",
    n.Tries: "tries",
    n.GiveUp: "give up",
    n.SmsLetters: "sms letters",
}


def global_words(subject: Subject) -> Iterator[Finding]:
    """STOP, START and HELP are not for a flow to take (RULES E2)."""
    words = [word for line, _ in subject.every(n.OnWord) for word in line.words if word.key != "help"]
    words += [word for line, _ in subject.every(n.StartWord) for word in line.words]
    for word in words:
        if word.key in GLOBAL:
            yield subject.say("E270", word, word=word.text)


def words_in_one(subject: Subject) -> Iterator[Finding]:
    """`COLD/FROID` is meant as two words, and would be read as one that nobody sends."""
    words = [word for line, _ in subject.every(n.StartWord) for word in line.words]
    words += [word for line, _ in subject.every(n.OnWord) for word in line.words]
    for word in words:
        parts = [part for part in _BETWEEN.split(word.text) if part]
        if parts[1:]:
            yield subject.say("E279", word, word=word.text, right=" or ".join(parts))


def words_that_answer(subject: Subject) -> Iterator[Finding]:
    """An `on word` that is a number, code or label of a question would never reach the question (RULES E2)."""
    answers = _answers(subject)
    for line, _ in subject.every(n.OnWord):
        for word in line.words:
            if word.key in answers:
                yield subject.say("E271", word, word=word.text, name=answers[word.key])


def _answers(subject: Subject) -> dict[str, str]:
    """Everything that can be typed for a choice, and the question that it answers."""
    found: dict[str, str] = {}
    for question, _ in subject.every(n.Question):
        for item in choices.of_question(question):
            labels = [plain_text(n.Message(span=text.span, text=text)) for _, _, text in item.choice.label.versions()]
            for said in (str(item.number), item.code, *labels):
                found.setdefault(said.lower(), question.name.text)
    return found


def channels(subject: Subject) -> Iterator[Finding]:
    """A flow runs by SMS and in calls."""
    for line, _ in subject.every(n.Channels):
        for name in line.names:
            if name.key not in CHANNELS:
                hint = proposal(name.text, CHANNELS)
                yield subject.say("E272", name, hint, channel=name.text, known=listed(CHANNELS))


def lines_twice(subject: Subject) -> Iterator[Finding]:
    """What can be said once of a flow is said once."""
    seen: dict[str, int] = {}
    for line in subject.names.flow.header:
        word = _ONCE.get(type(line), "")
        if word and word in seen:
            yield subject.say("E273", line, line=word, first=seen[word])
        seen.setdefault(word, line.span.line)


def inputs_given(subject: Subject) -> Iterator[Finding]:
    """A word or a schedule gives no inputs: what they cannot give must be optional (RULES K9)."""
    header = subject.names.flow.header
    if not any(isinstance(line, n.StartWord | n.StartEvery | n.StartOnce) for line in header):
        return
    for item, _ in subject.every(n.Input):
        if not item.optional:
            yield subject.say("E275", item.name, name=item.name.text)


def letters(subject: Subject) -> Iterator[Finding]:
    """`sms letters` are plain, or the line is not there."""
    for line, _ in subject.every(n.SmsLetters):
        if line.kind.key != "plain":
            yield subject.say("E276", line.kind, word=line.kind.text)


def days(subject: Subject) -> Iterator[Finding]:
    """Schedules and waits name a day or a month that there is."""
    for line, _ in subject.every(n.StartEvery):
        if isinstance(line.every, n.Name):
            yield from _day(subject, line.every, DAYS)
        elif line.every.day > _LONGEST_MONTH:
            yield subject.say("E274", line.every, _HOW_LONG, word=f"the {line.every.day}th")
    for once, _ in subject.every(n.StartOnce):
        if not month_number(once.month):
            hint = said_here(once.month.text) or proposal(once.month.text, MONTHS)
            yield subject.say("E274", once.month, hint, word=once.month.text)
        elif not _is_date(once):
            yield subject.say("E274", once, _HOW_LONG, word=f"{once.day} {once.month.text} {once.year}")
    for digest, _ in subject.every(n.Digest):
        yield from _day(subject, digest.day, DAYS)
    for wait, _ in subject.every(n.WaitNext):
        yield from _day(subject, wait.day, DAYS)
    schedules = [line for line in subject.names.flow.header if isinstance(line, n.StartEvery | n.StartOnce)]
    for since in (line.since for line in schedules if line.since is not None):
        yield from _day(subject, since, DAYS[:7])


def _is_date(once: n.StartOnce) -> bool:
    try:
        date(once.year, month_number(once.month), once.day)
    except ValueError:
        return False
    return True


def _day(subject: Subject, name: n.Name, known: tuple[str, ...]) -> Iterator[Finding]:
    if name.key not in known:
        yield subject.say("E274", name, said_here(name.text) or proposal(name.text, known), word=name.text)


def columns(subject: Subject) -> Iterator[Finding]:
    """Every row has a cell for every column, and every column a name of its own."""
    for table in subject.tables:
        yield from _columns(subject, table)
    for entry in subject.names.declared:
        if isinstance(entry.node, n.TableFile):
            yield from _tags(subject, entry.node, entry.node.columns)


def _columns(subject: Subject, table: n.Table) -> Iterator[Finding]:
    seen: set[str] = set()
    for cell in table.header.cells:
        if cell.text.lower() in seen:
            yield subject.say("E290", cell, column=cell.text)
        seen.add(cell.text.lower())
        yield from _tags(subject, cell, (cell.text,))
    wanted = len(table.header.cells)
    for row in table.rows:
        if len(row.cells) != wanted:
            yield subject.say("E291", row, cells=len(row.cells), columns=wanted)


def _tags(subject: Subject, where: n.Node, columns: tuple[str, ...]) -> Iterator[Finding]:
    """`name:fr` is in a language of the flow."""
    for column in columns:
        _, colon, tag = column.partition(":")
        if colon and subject.names.tag(tag.strip()) is None:
            yield subject.say("E212", where, tag=tag.strip(), languages=listed(subject.names.languages))


def rows_twice(subject: Subject) -> Iterator[Finding]:
    """The first cell names the row: answers are kept under it (RULES C1)."""
    for table in subject.tables:
        seen: dict[str, int] = {}
        for row in table.rows:
            key = row.cells[0] if row.cells else None
            if key is not None and key.text.lower() in seen:
                yield subject.say("E292", key, key=key.text, line=seen[key.text.lower()])
            if key is not None:
                seen.setdefault(key.text.lower(), key.span.line)


CHECKS = (
    global_words,
    words_in_one,
    words_that_answer,
    channels,
    lines_twice,
    inputs_given,
    letters,
    days,
    columns,
    rows_twice,
)
