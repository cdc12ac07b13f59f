"""Short forms: one shape a line, and each value in it has one question that takes it (RULES H)."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject, proposal
from grammar.diagnostics import Finding
from grammar.names import Entry, Names, table_named_by


def names_known(subject: Subject) -> Iterator[Finding]:
    """A short form names questions of the flow, and a table."""
    names = subject.names
    for form, _ in subject.every(n.ShortForm):
        for name in form.questions:
            if names.question(name.text) is None:
                yield subject.say("E210", name, _meant(name, subject), name=name.text)
        word = _rows(form)
        if word is not None and _table(word, subject) is None:
            yield subject.say("E211", word, proposal(word.text, _known(names)), name=word.text)


def _known(names: Names) -> list[str]:
    """What `each …` can name here: the word of a loop over a table, or a table."""
    return [entry.name for entry in names.of("word", "table") if (entry.table or entry.name).lower() in names.tables]


def _meant(name: n.Name, subject: Subject) -> str | None:
    """What an unknown name in a short form was meant to be: a start word, the word of a loop, or a question."""
    if subject.names.find(name.text, "word", "table") is not None:
        return f"For a value of each row write `each {name.text}`."
    starts = {word.key for line, _ in subject.every(n.StartWord) for word in line.words}
    if name.key in starts:
        return "The start word does not stand here; only the questions that follow it do."
    return proposal(name.text, [entry.name for entry in subject.names.of("question")])


def _rows(form: n.ShortForm) -> n.Name | None:
    return form.each or form.of_each


def _table(word: n.Name, subject: Subject) -> str | None:
    """The name of the table whose rows the word means; None where it is none."""
    table = table_named_by(word, subject.names)
    return table if table.lower() in subject.names.tables else None


def one_shape(subject: Subject) -> Iterator[Finding]:
    """Names alone, `each product` and its questions, or one question `of each product`: a message has one reading."""
    for form, _ in subject.every(n.ShortForm):
        if form.apart is not None:
            yield subject.say("E220", form.apart)
        elif form.each is not None and not form.questions:
            yield subject.say("E221", form.each, word=form.each.text)


def once(subject: Subject) -> Iterator[Finding]:
    """A second value for the same question would take the place of the first."""
    for form, _ in subject.every(n.ShortForm):
        first = {name.key: name for name in reversed(form.questions)}
        for name in form.questions if form.apart is None else ():
            if first[name.key] is not name:
                words = [f"each {form.each.text}"] if form.each is not None else []
                words += [each.text for each in form.questions if first[each.key] is each]
                yield subject.say("E222", name, name=name.text, right=f"short form: {', '.join(words)}")


def asked_so(subject: Subject) -> Iterator[Finding]:
    """A value for each row needs a question in a loop over those rows, and one value a question outside of loops."""
    for form, _ in subject.every(n.ShortForm):
        entries = [(name, subject.names.find(name.text, "question")) for name in form.questions]
        word = _rows(form)
        table = None if word is None else _table(word, subject)
        if form.apart is None and all(entry for _, entry in entries) and (word is None or table is not None):
            for name, entry in entries:
                if entry is not None and entry.over != (() if table is None else (table,)):
                    yield _misplaced(name, entry, table, subject)


def _misplaced(name: n.Name, entry: Entry, table: str | None, subject: Subject) -> Finding:
    read = "one value for it" if table is None else f"one for each row of `{table}`"
    rows = " and ".join(f"`{each}`" for each in entry.over)
    asked = f"asked for each row of {rows}" if rows else "asked once"
    return subject.say("E223", name, _instead(entry, table), name=entry.name, asked=asked, read=read)


def _instead(entry: Entry, table: str | None) -> str:
    """What the line could be, or that the question is to be left out of it."""
    alone = f"Take `{entry.name}` out of this line: it is asked as usual."
    if table is not None or len(entry.over) != 1:
        return alone
    return f"{alone} Or, with the word of the loop for `row`, write `short form: each row, {entry.name}`."


CHECKS = (names_known, one_shape, once, asked_so)
