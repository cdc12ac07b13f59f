"""What a step lacks to go on: people or facilities; fetched for it, it runs again from the same state, to the same end.

A target is plain data and names the same people whoever asks: {"kind": supervisor · role (name, facility) · group
(name) · worker (worker: id) · where (when: JSON of an expression over fields of candidates) · facilities
(`facts.PLACES`)}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import cast

import msgspec

from engine.expressions import Expressions, Read
from engine.facts import PLACES, Facts, Needed, Record, key_of
from engine.scene import Scene
from engine.values import Duration, Packed, Value, unpack
from grammar import program as p

ROUNDS = 8
"""A step asks so often at most: each round brings all people of one list, or one person."""

_Bind = Callable[[Scene], p.Expr]
_expression: msgspec.json.Decoder[p.Expr] = msgspec.json.Decoder(p.Expr)
_encode = msgspec.json.Encoder(order="deterministic").encode


class Need(msgspec.Struct, frozen=True):
    """Whom the step has to know; `answered` gives the facts with which it goes on."""

    target: dict[str, Packed]


class Unmet(Exception):  # noqa: N818 - it is no error: the box works again once the need is answered
    """Some step has to know people first, of this worker; nothing has changed."""

    def __init__(self, need: Need, worker: str) -> None:
        super().__init__(key_of(need.target))
        self.need = need
        self.worker = worker


def of(raised: Needed) -> Need:
    """The need that a scene raised."""
    return Need(cast("dict[str, Packed]", msgspec.json.decode(raised.key)))


def answered(facts: Facts, need: Need, found: Mapping[str, Record]) -> Facts:
    """The facts with the people who were found, by id, in their order; nobody is an answer, too."""
    key = key_of(need.target)
    if need.target.get("kind") == PLACES:
        return msgspec.structs.replace(
            facts, places={**facts.places, **found}, found={**facts.found, key: tuple(found)}
        )
    return msgspec.structs.replace(facts, people={**facts.people, **found}, found={**facts.found, key: tuple(found)})


def conditions(when: p.Expr, expressions: Expressions) -> Read:
    """A closure that gives the condition as JSON, the values of this conversation in the place of what it reads."""
    bind = _bound(when, expressions)
    return lambda scene: _encode(bind(scene)).decode()


def _bound(expr: p.Expr, expressions: Expressions) -> _Bind:
    if not _reads_candidates(expr):
        read = expressions.read(expr)
        return lambda scene: constant_of(read(scene))
    if isinstance(expr, p.Op):
        args = [_bound(arg, expressions) for arg in expr.args]
        return lambda scene: p.Op(expr.name, tuple(arg(scene) for arg in args))
    return lambda scene: expr


def _reads_candidates(expr: p.Expr) -> bool:
    if isinstance(expr, p.Op):
        return any(_reads_candidates(arg) for arg in expr.args) or expr.name in ("in_group", "not_in_group")
    return isinstance(expr, p.Field) and expr.of == "candidate"


def constant_of(value: Value) -> p.Expr:
    """A value as it would stand in the text."""
    if value is None or (isinstance(value, tuple) and not isinstance(value, Duration)):
        return p.Const("empty")
    if isinstance(value, bool):
        return p.Const("yesno", "yes" if value else "no")
    if isinstance(value, int | Decimal):
        return p.Const("number", str(value))
    if isinstance(value, Duration):
        return p.Const("duration", f"{value.months}m" if value.months else str(Decimal(value.ms) / 1000))
    if isinstance(value, time):
        return p.Const("time", value.isoformat("minutes"))
    return p.Const("date", f"{value:%Y-%m-%d}") if isinstance(value, date) else p.Const("text", value)


class Candidate:
    """What a condition may read of somebody: the record, the facility, the groups."""

    def __init__(self, record: Record, facility: Record, groups: Iterable[str] = ()) -> None:
        self.facts = Facts(record, facility, groups=tuple(groups))

    def field(self, of: str, name: str) -> Value:
        """A field of the record; `facility` is the code of the facility, `facility.district` one of its fields."""
        place, _, field = name.partition(".")
        if place == "facility":
            return unpack(self.facts.facility.get(field or "code"))
        return unpack(self.facts.worker.get(name))


def fits(when: str, candidate: Candidate) -> bool:
    """Is somebody one of those whom a condition (as `conditions` gives it) means?"""
    test = Expressions({}).test(_expression.decode(when))
    return test(cast("Scene", candidate))  # such a condition reads nothing of a scene but `field` and the groups
