"""Secrets: what was asked as one goes nowhere where it would be one no longer."""

from __future__ import annotations

from collections.abc import Iterator

from grammar import nodes as n
from grammar.checks.subject import Subject
from grammar.compiler.expressions import BESIDE
from grammar.diagnostics import Finding
from grammar.walk import every

_ASKS = BESIDE | {"and", "or", "not", "empty", "answered"}
"""What only asks about a value, and does not give it on."""


def _secrets(subject: Subject) -> dict[str, n.Question]:
    """The questions whose answers are secret, by small letters."""
    questions = [question for question, _ in subject.every(n.Question)]
    return {each.name.key: each for each in questions if each.kind == "verify" or _is_secret(each)}


def _is_secret(question: n.Question) -> bool:
    return any(isinstance(item, n.Secret) for item in question.attributes)


def mapped(subject: Subject) -> Iterator[Finding]:
    """A secret is not exported, so it has no place in a health system."""
    for question in _secrets(subject).values():
        for line in question.attributes:
            if isinstance(line, n.Mapping):
                yield subject.say("E267", line, name=question.name.text, what=f"sends it to {line.system.upper()}")


def kept(subject: Subject) -> Iterator[Finding]:
    """`set` would keep a secret where it is shown and exported like anything else."""
    secrets = _secrets(subject)
    for line, _ in subject.every(n.Set):
        asks = isinstance(line.value, n.Operation) and line.value.name in _ASKS
        for path in () if asks or not secrets else every(line.value, n.Path):
            if path.parts[0].key in secrets:
                yield subject.say("E267", path, name=path.parts[0].text, what=f"keeps it in `{line.target.text}`")


CHECKS = (mapped, kept)
