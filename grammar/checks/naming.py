"""Names: given once, not taken by the language, and known where they are used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grammar import nodes as n
from grammar.checks.subject import PROPOSED, Subject, listed, not_among, proposal, said_here
from grammar.compiler.statements import DAYS
from grammar.diagnostics import Finding
from grammar.names import PERSON, TAKEN, Entry
from grammar.scopes import Missing
from grammar.tags import LANGUAGES

_REPEATABLE = frozenset({"variable", "word", "result"})
"""A variable may be set, a loop word and an `as` name used again; everything else has its name alone."""


def used_twice(subject: Subject) -> Iterator[Finding]:
    """One name, one meaning (RULES A1)."""
    first: dict[str, Entry] = {}
    for entry in subject.names.declared:
        other = first.setdefault(entry.at.key, entry)
        if other is not entry and not (entry.kind == other.kind and entry.kind in _REPEATABLE):
            yield subject.say("E200", entry.at, name=entry.name, line=other.at.span.line)


def taken(subject: Subject) -> Iterator[Finding]:
    """The words of the language are no names; only an input may be called supervisor."""
    for entry in subject.names.declared:
        if entry.at.key in TAKEN and not (entry.kind == "input" and entry.at.key == "supervisor"):
            yield subject.say("E201", entry.at, _another(entry.at), name=entry.name)
    for line, _ in subject.every(n.Set):
        word = line.target.parts[0]
        if word.key in TAKEN - {"worker"}:
            yield subject.say("E201", word, _another(word), name=word.text)


def _another(name: n.Name) -> str:
    means = _MEANS.get(name.key)
    here = f" Here `{name.text}` is {means}." if means else ""
    return f"Choose another name, like `{_FREE.get(name.key, f'this_{name.key}')}`.{here}"


_FREE = {
    "reason": "why",
    "score": "points",
    "today": "this_day",
    "question": "asked",
    "outcome": "result",
    "my": "mine",
}
_MEANS = {
    "reason": "why `verify` or an action failed",
    "score": "what the quiz questions gave so far",
    "max_score": "what they could give",
    "outcome": "how a conversation ended",
    "question": "the question that waits, in a reminder",
    "attempt": "how often the conversation has come into this section",
    "tries_left": "how many tries are left",
    "previous": "the worker's last conversation of this flow",
    "taker": "who has taken what `take` names",
    "worker": "who the conversation is with",
    "facility": "where the worker works",
    "supervisor": "the worker's own supervisor",
}
"""What the words mean that authors take for names."""


def unknown(subject: Subject) -> Iterator[Finding]:
    """Every word in an expression or a text means something."""
    for number, missing in enumerate(subject.missing):
        yield _UNKNOWN[missing.why](subject, missing if number < PROPOSED else replace(missing, known=()))


OF_WORKER = ("name", "first_name", "phone", "language")
"""What of a worker authors show most."""

_NOTHING = frozenset({"blank", "missing", "null", "none", "nil", "nothing", "unanswered", "skipped"})
"""What other tools call a question without an answer."""
_DAYS = ("tomorrow", *DAYS[:7])
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WEEKDAY = "No condition asks for the day of the week: a flow has `start every Monday …`, a pause `wait until Monday`."
_WHICH = (
    "Say of which question, with its name: `if ready is yes:`. A word to be remembered stands in quotes: "
    '`set urgent to "yes"`.'
)
_SAID_ALONE = {
    **dict.fromkeys(DAYS[:7], _WEEKDAY),
    **dict.fromkeys(("yes", "no"), _WHICH),
    **{word: f"Write `{number}`" for number, word in enumerate(_NUMBERS)},
}
"""What to say of a word that means nothing by itself."""


def _name(subject: Subject, missing: Missing) -> Finding:
    word = missing.at.text
    near = said_here(word) or _SAID_ALONE.get(word.lower()) or proposal(word, (*missing.known, *_DAYS))
    hint = _empty(missing) or _of_worker(word, subject) or near
    return subject.say("E202", missing.at, hint, name=word)


def _of_worker(word: str, subject: Subject) -> str | None:
    """`{name}`, where no row of a table could have one, is meant to be the worker's."""
    is_meant = word.lower() in OF_WORKER and not subject.tables
    return f"Write `worker.{word.lower()}`" if is_meant else None


def _empty(missing: Missing) -> str | None:
    if missing.at.key not in _NOTHING:
        return None
    return "What has no answer `is empty`; what has one `is not empty`."


def _all_of(begin: str, words: Sequence[str]) -> str | None:
    return f"{begin} {listed(words)}." if words else None


def _code(subject: Subject, missing: Missing) -> Finding:
    empty = _empty(missing)
    if empty:
        return subject.say("E204", missing.at, empty, choice=missing.at.text, name=missing.of)
    return not_among(subject, missing.at, missing.of, missing.at.text, missing.known)


def _column(subject: Subject, missing: Missing) -> Finding:
    word = missing.at.text
    hint = proposal(word, missing.known) or _all_of("The columns are", missing.known)
    return subject.say("E205", missing.at, hint, column=word, table=missing.of)


def _part(subject: Subject, missing: Missing) -> Finding:
    hint = proposal(missing.at.text, missing.known)
    return subject.say("E206", missing.at, hint, part=missing.at.text, name=missing.of)


def _function(subject: Subject, missing: Missing) -> Finding:
    word = missing.at.text
    hint = proposal(word, missing.known) or _all_of("There are", sorted(missing.known))
    return subject.say("E207", missing.at, hint, function=word)


def _outside(subject: Subject, missing: Missing) -> Finding:
    return subject.say("E208", missing.at, name=missing.at.text)


def _value(subject: Subject, missing: Missing) -> Finding:
    return subject.say("E209", missing.at, name=missing.at.text)


_UNKNOWN = {
    "name": _name,
    "code": _code,
    "column": _column,
    "part": _part,
    "function": _function,
    "outside": _outside,
    "value": _value,
}


def questions_named(subject: Subject) -> Iterator[Finding]:
    """`ask again` and `sensitive` name questions of the flow."""
    names = subject.names
    questions = [entry.name for entry in names.of("question")]
    for again, _ in subject.every(n.AskAgain):
        if names.question(again.question.text) is None:
            yield subject.say(
                "E210", again.question, proposal(again.question.text, questions), name=again.question.text
            )
    for line, _ in subject.every(n.Sensitive):
        for name in line.names:
            if names.find(name.text, "question", "input", "result") is None:
                known = [entry.name for entry in names.of("question", "input", "result")]
                yield subject.say("E202", name, proposal(name.text, known), name=name.text)


def moved(subject: Subject) -> Iterator[Finding]:
    """`moved old -> new` leads to a question of this version, and each old name to one only (RULES K8)."""
    questions = [entry.name for entry in subject.names.of("question")]
    first: dict[str, int] = {}
    for line, _ in subject.every(n.Moved):
        if subject.names.question(line.new.text) is None:
            yield subject.say("E210", line.new, proposal(line.new.text, questions), name=line.new.text)
        if line.old.key in first:
            yield subject.say("E277", line.old, name=line.old.text, line=first[line.old.key])
        first.setdefault(line.old.key, line.span.line)


def same_inputs(subject: Subject) -> Iterator[Finding]:
    """`with same` names inputs: an event is for the conversations that were given the same."""
    known = [entry.name for entry in subject.names.of("input")]
    for line, _ in subject.every(n.OnEvent):
        for name in line.same:
            if subject.names.input(name.text) is None:
                yield subject.say("E294", name, proposal(name.text, known), name=name.text)


def tables_named(subject: Subject) -> Iterator[Finding]:
    """`for each … in`, `choices from` and `{each …}` name tables."""
    names = subject.names
    sources = [source.source for source, _ in subject.every(n.ChoicesFrom)]
    sources += [loop.source for loop, _ in subject.every(n.ForEach)]
    paths = [source for source in sources if isinstance(source, n.Path)]
    words = [path.parts[0] for path in paths if names.rows(path.key) is None]
    words += [each.table for each, _ in subject.every(n.EachRow) if names.rows(each.table.key) is None]
    for word in words:
        tables = [info.name for info in names.tables.values()]
        tables += [info.name for info in names.sources.values() if info.kind != "people"]
        yield subject.say("E211", word, proposal(word.text, tables), name=word.text)


def languages_declared(subject: Subject) -> Iterator[Finding]:
    """A translation is into a language that the header names."""
    tags = subject.names.languages
    if any(tag.lower() in LANGUAGES for tag in tags):
        return
    for part, _ in subject.every(n.Part):
        if part.key.key not in n.CHANNELS and subject.names.tag(part.key.text) is None:
            is_one = part.key.key in LANGUAGES.values()  # `es` is no slip of `en`
            hint = None if is_one else proposal(part.key.text, tags)
            yield subject.say("E212", part.key, hint, tag=part.key.text, languages=listed(tags))


def languages_in_full(subject: Subject) -> Iterator[Finding]:
    """A language is two letters in the header; its name is said once, and not at every translation."""
    for line, _ in subject.every(n.Languages):
        written = next((tag for tag in line.tags if tag.key in LANGUAGES), None)
        if written is not None:
            right = ", ".join(dict.fromkeys(LANGUAGES.get(tag.key, tag.text) for tag in line.tags))
            yield subject.say("E215", written, language=written.text, right=right)


def languages_twice(subject: Subject) -> Iterator[Finding]:
    """In each language a channel gets one text."""
    base = subject.names.languages[0].lower()
    for message, visit in subject.every(n.Message):
        if visit.parents and isinstance(visit.parents[-1], n.Part):
            continue
        seen: dict[tuple[str, str], int] = {}
        for language, channel, text in message.versions():
            key = (language or base, channel)
            if key in seen:
                yield subject.say("E213", text, tag=language or base, line=seen[key])
            seen.setdefault(key, text.span.line)


FACILITY = frozenset(["id", "code", "name", "type", "district", "region", "dhis2_id", "phone", "zone"])
"""The fields that a facility usually has."""


def fields_known(subject: Subject) -> Iterator[Finding]:
    """Without a registry, a field that is not one of the usual ones may be a slip."""
    claimed = {".".join(part.key for part in line.target.parts[1:]) for line, _ in subject.every(n.Set)}
    for path, visit in subject.every(n.Path):
        owner, fields = path.parts[0].key, path.parts[1:]
        if owner not in ("worker", "facility") or not fields or visit.inside(n.Rehearsal, n.Role):
            continue
        if owner == "worker" and fields[0].key == "facility" and fields[1:]:
            owner, fields = "facility", fields[1:]
        known = PERSON if owner == "worker" else FACILITY
        if ".".join(part.key for part in fields) not in known | claimed:
            word = fields[0]
            said = ".".join(part.text for part in fields)
            hint = _NO_FIELDS.get(word.key) or proposal(word.text, sorted(known - {word.key}))
            yield subject.say("W201", word, hint, field=said, owner=owner)


_NO_FIELDS = {
    "supervisor": "Of a supervisor a flow knows nothing that a text could show: `tell supervisor: …` reaches him.",
    **dict.fromkeys(
        ("group", "groups"), "Whether somebody is in a group is asked like this: `if worker is in group nurses:`."
    ),
}
"""What workers have, and no field says."""


def receivers(subject: Subject) -> Iterator[Finding]:
    """`tell supervsior` is a role that nobody has, more likely than not."""
    people = [entry.name for entry in subject.names.of("input") if _is_worker(entry)]
    for tell, _ in subject.every(n.Tell):
        who = tell.target
        if isinstance(who, n.Path) and subject.names.input(who.text) is None:
            hint = (
                None if who.key in ("supervisor", "worker") else proposal(who.text, ["supervisor", "worker", *people])
            )
            if hint is not None:
                yield subject.say("W202", who, hint, name=who.text)


def _is_worker(entry: Entry) -> bool:
    node = entry.node
    return isinstance(node, n.Input) and isinstance(node.type, n.AnswerType) and node.type.kind == "worker"


CHECKS = (
    used_twice,
    taken,
    unknown,
    questions_named,
    moved,
    same_inputs,
    tables_named,
    languages_in_full,
    languages_declared,
    languages_twice,
    fields_known,
    receivers,
)
