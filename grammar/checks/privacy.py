"""Privacy: what the header calls sensitive is never told to others, and never sent before `verify`."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar import program as p
from grammar.checks import paths
from grammar.checks.subject import Subject
from grammar.compiler.questions import sensitive_names
from grammar.diagnostics import Finding
from grammar.walk import every, walk


def sensitive(subject: Subject) -> frozenset[str]:
    """All names whose value is sensitive, in small letters: it spreads through `set`, and labels (RULES J1)."""
    return subject.once(_spread)


def _spread(subject: Subject) -> frozenset[str]:
    found = set(sensitive_names(subject.names.flow))
    if not found:
        return frozenset()
    carried = [(name, _words(line.value)) for name, lines in subject.names.sets.items() for line in lines]
    for question, _ in subject.every(n.Question):
        carried += [(question.name.key, _words(label)) for label in _labels(question)]
    before: set[str] = set()
    while found != before:
        before = set(found)
        found |= {name for name, words in carried if not words.isdisjoint(before)}
    return frozenset(found)


def _words(node: n.Node) -> set[str]:
    """What a tree reads, in small letters."""
    return {path.parts[0].key for path in every(node, n.Path)}


def _labels(question: n.Question) -> list[n.Message]:
    """What is shown where an answer to the question is."""
    fixed = [choice.label for choice in every(question, n.Choice)]
    return fixed + [rows.label for rows in every(question, n.ChoicesFrom)]


def _reads(node: n.Node, names: set[str] | frozenset[str]) -> list[n.Name]:
    """The words in a tree that read one of the names."""
    if not names:
        return []
    return [path.parts[0] for path in every(node, n.Path) if path.parts[0].key in names]


def told(subject: Subject) -> Iterator[Finding]:
    """A message to somebody else carries nothing sensitive (RULES J2)."""
    names = sensitive(subject)
    told: list[n.Node] = [tell.message for tell, _ in subject.every(n.Tell)]
    told += [arg.value for line, _ in subject.every(n.StartFlow) for arg in line.args]
    for node in told:
        for word in _reads(node, names):
            yield subject.say("E260", word, name=word.text)


def sent_too_early(subject: Subject) -> Iterator[Finding]:
    """On every way to a text with a sensitive value stands a `verify`; blocks beside the conversation have none."""
    names, program = sensitive(subject), subject.made.program
    if not names:
        return
    early = _spans(subject, _unproved(program))
    for visit in subject.of(n.Say, n.Question):
        node = visit.node
        if isinstance(node, n.Say | n.Question) and node.span in early:
            for word in _sent_with(node, names):
                yield subject.say("E261", word, name=word.text)


def _sent_with(line: n.Say | n.Question, names: frozenset[str]) -> Iterator[n.Name]:
    """The sensitive values of a line's text, its choices, its checks and confirmations; what was just typed is none."""
    yield from _reads(line.message, names)
    if isinstance(line, n.Question):
        below = [item.message for item in line.attributes if isinstance(item, n.Check | n.Confirm)]
        for text in (*_labels(line), *below):
            yield from (word for word in _reads(text, names) if word.key != line.name.key)


def _spans(subject: Subject, positions: set[int]) -> set[n.Span]:
    """Where the operations stand, to the column: several may come from one line of the author's."""
    return {subject.made.spans[at] for at in positions}


def _unproved(program: p.Program) -> set[int]:
    """The positions that can be reached before any `verify` was passed."""

    def proves(op: p.Code) -> bool:
        return isinstance(op, p.Ask) and program.questions[op.question].kind == "verify"

    begins = [begin for begin, owner in paths.blocks(program).items() if owner is None or owner.kind == "verify"]
    found = paths.reached([0, *begins], program, proves)
    while True:
        asked = {op.question for at in found if isinstance(op := program.code[at], p.Ask)}
        own = {begin for begin, owner in paths.blocks(program).items() if owner is not None and owner.name in asked}
        if own <= found:
            return found
        found |= paths.reached(own, program, proves)


_ASKS = (n.Question, n.AskAgain, n.Choose, n.ChooseLanguage)
_DIFFERS = (*_ASKS, n.Say, n.Tell, n.Run, n.StartFlow, n.GoTo, n.Stop)
"""Lines by which somebody could tell which way a conversation took."""


def conditions_too_early(subject: Subject) -> Iterator[Finding]:
    """Before `verify`, what is sent does not depend on a sensitive value (RULES J1)."""
    names, program = sensitive(subject), subject.made.program
    if not names:
        return
    early = _spans(subject, _unproved(program))
    for line, _ in subject.every(n.If):
        branches = [branch for branch in line.branches if branch.span in early]
        if any(isinstance(visit.node, _DIFFERS) for visit in walk(line)):
            for word in (word for branch in branches for word in _reads(branch.when, names)):
                yield subject.say("E266", word, name=word.text)


def reminded(subject: Subject) -> Iterator[Finding]:
    """A reminder never repeats a sensitive value (RULES J3)."""
    names = sensitive(subject)
    for remind, _ in subject.every(n.Remind):
        for word in _reads(remind, names):
            yield subject.say("E262", word, name=word.text)


def left_out(subject: Subject) -> Iterator[Finding]:
    """What stands beside a question cannot ask for a PIN first, and is left out when none holds (RULES J3)."""
    names = sensitive(subject)
    for visit in subject.of(n.Hint, n.Reaction):
        for word in _reads(visit.node, names):
            yield subject.say("W262", word, name=word.text)


def pin_set(subject: Subject) -> Iterator[Finding]:
    """A PIN is never in a variable or an answer (RULES J6)."""
    for line, _ in subject.every(n.Set):
        if line.target.key in ("worker.pin", "facility.pin"):
            yield subject.say("E263", line)


def secrets_shown(subject: Subject) -> Iterator[Finding]:
    """What was asked as a secret stands in no text."""
    secrets = {
        question.name.key
        for question, _ in subject.every(n.Question)
        if question.kind == "verify" or any(isinstance(item, n.Secret) for item in question.attributes)
    }
    for text, _ in subject.every(n.TextNode):
        for word in _reads(text, secrets):
            yield subject.say("E264", word, name=word.text)


def secrets_in_short_forms(subject: Subject) -> Iterator[Finding]:
    """Secrets and quiz questions are asked one by one (RULES H5)."""
    for form, _ in subject.every(n.ShortForm):
        for name in form.questions:
            question = subject.names.question(name.text)
            if question is not None and _stands_alone(question):
                yield subject.say("E265", name, name=question.name.text)


def _stands_alone(question: n.Question) -> bool:
    return question.kind in ("quiz", "verify") or any(isinstance(item, n.Secret) for item in question.attributes)


def verify_without_end(subject: Subject) -> Iterator[Finding]:
    """Without `if failed` a worker who cannot prove himself hears nothing."""
    for question, _ in subject.every(n.Question):
        own = [item for item in question.attributes if isinstance(item, n.Failure) and item.kind == "failed"]
        if question.kind == "verify" and not own:
            yield subject.say("W260", question.name, name=question.name.text)


def open_to_all(subject: Subject) -> Iterator[Finding]:
    """A flow with sensitive values that anybody can start by a word."""
    if not sensitive(subject):
        return
    for line, _ in subject.every(n.StartWord):
        if line.only_for is None:
            yield subject.say("W261", line)


CHECKS = (
    told,
    sent_too_early,
    conditions_too_early,
    reminded,
    left_out,
    pin_set,
    secrets_shown,
    secrets_in_short_forms,
    verify_without_end,
    open_to_all,
)
