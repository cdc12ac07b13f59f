"""Can conditions hold together? What a question or an input can be is narrowed by each; no value is ever lost wrongly.

An empty value makes every comparison false, but for `is not` and `is empty` (RULES I).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from grammar import program as p

Condition = tuple[p.Expr, bool]
"""An expression, and whether it holds."""

_OPPOSITE = {"=": "!=", "<": ">=", "<=": ">", "one_of": "none_of", "empty": "answered"}
_OPPOSITE |= {other: name for name, other in _OPPOSITE.items()}
_NUMBERS = ("whole", "number", "decimal")


@dataclass(frozen=True, slots=True)
class Domain:
    """What a value can be: one of `codes`, or a number from `low` to `high` (`open`: without the end), or `empty`."""

    codes: frozenset[str] | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    open_low: bool = False
    open_high: bool = False
    empty: bool = True

    @property
    def is_void(self) -> bool:
        """Is there nothing that it can be?"""
        if self.empty:
            return False
        if self.codes is not None:
            return not self.codes
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def among(self, codes: frozenset[str]) -> Domain:
        """It is one of these."""
        return replace(self, codes=codes if self.codes is None else self.codes & codes, empty=False)

    def without(self, codes: frozenset[str]) -> Domain:
        """It is none of these."""
        return self if self.codes is None else replace(self, codes=self.codes - codes)

    def below(self, end: Decimal, *, open_end: bool = False) -> Domain:
        """It is at most `end`."""
        if self.high is not None and (self.high, not self.open_high) <= (end, not open_end):
            return replace(self, empty=False)
        return replace(self, high=end, open_high=open_end, empty=False)

    def above(self, end: Decimal, *, open_end: bool = False) -> Domain:
        """It is at least `end`."""
        if self.low is not None and (self.low, self.open_low) >= (end, open_end):
            return replace(self, empty=False)
        return replace(self, low=end, open_low=open_end, empty=False)


Domains = dict[p.Expr, Domain]


def refuted_by(conditions: Sequence[Condition], program: p.Program) -> str | None:
    """The question or input because of which not all can hold; None where they can, or where nobody can tell."""
    return _refuted(list(conditions), {}, program)


def _refuted(waiting: list[Condition], found: Domains, program: p.Program) -> str | None:
    """Narrow by all that must hold; then, each by itself, where one of several must, see whether any still can."""
    found, several = dict(found), list[tuple[p.Op, bool]]()
    while waiting:
        expr, holds = waiting.pop()
        if not isinstance(expr, p.Op):
            continue
        if expr.name == "not":
            waiting.append((expr.args[0], not holds))
        elif expr.name in ("and", "or") and (expr.name == "and") == holds:
            waiting += [(arg, holds) for arg in expr.args]
        elif expr.name in ("and", "or"):
            several.append((expr, holds))
        else:
            void = _narrow(expr, holds, found, program)
            if void is not None:
                return void
    for expr, holds in several:
        tried = [_refuted([(arg, holds)], found, program) for arg in expr.args]
        if None not in tried:
            return tried[0]
    return None


def _narrow(op: p.Op, holds: bool, found: Domains, program: p.Program) -> str | None:
    """Narrow by a comparison; the name of what cannot be anything any more."""
    key = op.args[0] if op.args else None
    if not isinstance(key, p.Answer | p.Input):
        return None
    before = found.get(key) or _declared(key, program)
    name, other = (op.name, op.args[1:]) if holds else (_OPPOSITE.get(op.name, f"not {op.name}"), op.args[1:])
    after = None if before is None else _narrowed(before, name, other)
    if after is None:
        return None
    if not holds and op.name in ("<", "<=", ">", ">=", "=", "one_of") and before is not None:
        after = replace(after, empty=before.empty)
    found[key] = after
    return (key.question if isinstance(key, p.Answer) else key.name) if after.is_void else None


def _narrowed(domain: Domain, name: str, args: tuple[p.Expr, ...]) -> Domain | None:
    """What is left where a comparison holds; None where it cannot be told."""
    if name in ("empty", "answered"):
        return (
            replace(domain, codes=frozenset(), empty=domain.empty) if name == "empty" else replace(domain, empty=False)
        )
    if domain.codes is not None:
        codes = frozenset(arg.value for arg in args if isinstance(arg, p.Const) and arg.kind in ("code", "yesno"))
        if len(codes) < len(args):
            return None
        return _among(domain, name, codes)
    numbers = [number for number in map(number_of, args) if number is not None]
    return _compared(domain, name, numbers) if len(numbers) == len(args) else None


def _among(domain: Domain, name: str, codes: frozenset[str]) -> Domain | None:
    if name in ("=", "one_of"):
        return domain.among(codes)
    return domain.without(codes) if name in ("!=", "none_of") else None


def _compared(domain: Domain, name: str, numbers: list[Decimal]) -> Domain | None:
    if name == "between":
        return domain.above(numbers[0]).below(numbers[1])
    if name in ("=", "one_of"):
        return domain.above(min(numbers)).below(max(numbers))
    if name in ("<", "<="):
        return domain.below(numbers[0], open_end=name == "<")
    return domain.above(numbers[0], open_end=name == ">") if name in (">", ">=") else None


def number_of(expr: p.Expr) -> Decimal | None:
    """A number that is written in the file."""
    if isinstance(expr, p.Op) and expr.name == "neg":
        inner = number_of(expr.args[0])
        return None if inner is None else -inner
    return Decimal(expr.value) if isinstance(expr, p.Const) and expr.kind == "number" else None


def _declared(key: p.Answer | p.Input, program: p.Program) -> Domain | None:
    """What an answer or an input can be by its own lines; None where they do not say."""
    if isinstance(key, p.Answer):
        question = program.questions.get(key.question)
        listed = question is not None and question.choices_from is not None
        return None if question is None or key.many or listed else _of_type(question.type, question.choices)
    spec = program.inputs.get(key.name)
    return None if spec is None or key.path or spec.many else _of_type(spec.type, spec.choices)


def _of_type(kind: p.AnswerType, choices: tuple[p.Choice, ...]) -> Domain | None:
    if kind.kind == "yesno":
        return Domain(frozenset({"yes", "no"}))
    if kind.kind == "choice" and choices:
        return Domain(frozenset(choice.code for choice in choices))
    if kind.kind not in _NUMBERS:
        return None
    low, high = (None if bound is None else number_of(bound) for bound in (kind.low, kind.high))
    return Domain(low=low, high=high)
