"""Two boxes become one: all that is in the one goes to the other, under both locks, and nothing is lost or doubled.

Its events get new numbers, after the other's; what is sealed is sealed again, for its new place; a delivery that was
there before is a repeat afterwards, too.  Its audit stays where its chain ended, and its row says where the rest is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Delete,
    Insert,
    Select,
    Table,
    bindparam,
    case,
    delete,
    insert,
    select,
    update,
)

from engine import audit, schema
from engine.audit import Entry
from engine.ids import bucket_of
from engine.locks import Held, box_keys
from engine.sets import BOX, AnyRow, each, many, put
from engine.vault import Vault

REGISTRY = "registry"
"""Who merges boxes, in their audit."""

KeyOf = Callable[[Mapping[str, Any]], int | str]

_boxes = each("boxes", BOX)


def _own(column: str) -> KeyOf:
    return lambda row: int(row[column])


def _joined(*columns: str) -> KeyOf:
    return lambda row: ".".join(str(row[column]) for column in columns)


_number, _answer, _mail = _own("n"), _joined("session_id", "n"), _joined("session_id", "seq", "item")

SEALED: dict[Table, dict[str, tuple[str, KeyOf]]] = {
    schema.seen: {},
    schema.event: {
        "body": ("event", _number),
        "facts": ("event.facts", _number),
        "reply": ("event.reply", _number),
        "fault": ("event.fault", _number),
    },
    schema.session: {"state": ("session", _own("session_id"))},
    schema.answer: {"value": ("answer", _answer), "raw": ("answer.raw", _answer)},
    schema.timer: {},
    schema.outbox: {"body": ("outbox", _own("out_id"))},
    schema.attempt: {},
    schema.mail: {"body": ("mail", _mail)},
    schema.follower: {},
    schema.claim: {"old": ("claim.old", _own("claim_id")), "new": ("claim.new", _own("claim_id"))},
}
"""Every table whose rows go along: what of it is sealed, as what, and under which key."""

_NUMBERED = {schema.event: "n", schema.seen: "event_n"}
"""Where a number of an event stands."""


def _statements(table: Table) -> tuple[Select[Any], Delete, Insert]:
    here = (table.c.bucket == _boxes.c.bucket) & (table.c.box_id == _boxes.c.box_id)
    gone = (table.c.bucket == bindparam("in_bucket")) & (table.c.box_id == bindparam("in_box"))
    # What began for a worker may be known in both boxes, if he had no phone in between.
    new = put(table, ["bucket", "box_id", "line_id", "key"]) if table is schema.seen else insert(table)
    return select(table).join_from(_boxes, table, here), delete(table).where(gone), new


_STATEMENTS = {table: _statements(table) for table in SEALED}
_MOVE_LINES = (
    update(schema.line)
    .where(schema.line.c.bucket == bindparam("of_bucket"), schema.line.c.box_id == bindparam("of_box"))
    .values(
        bucket=bindparam("to_bucket"),
        box_id=bindparam("to_box"),
        stopped_row=case((schema.line.c.stopped_row.is_not(None), bindparam("to_row", type_=BigInteger))),
    )
)
_MOVE_TAKEN = (
    update(schema.taken).where(schema.taken.c.box_id == bindparam("of_box")).values(box_id=bindparam("to_box"))
)
_CHANGING = ("next_event", "accepted", "audit_n", "audit_head", "merged_into")
_KEEP = (
    update(schema.box)
    .where(schema.box.c.bucket == bindparam("of_bucket"), schema.box.c.box_id == bindparam("of_box"))
    .values({name: bindparam(f"now_{name}") for name in _CHANGING})
)


def merge(
    connection: Connection, vault: Vault, held: dict[int, Held], groups: Iterable[Iterable[int]], now: int
) -> dict[int, int]:
    """Make one box of each group of boxes, all of them locked; returns where those that are no more have gone.

    `held`: the locked boxes, as they are afterwards, too.
    """
    audits: list[dict[str, Any]] = []
    into: dict[int, int] = {}
    shift: dict[int, int] = {}
    for group in groups:
        # The last stays: whoever reads box by box (`engine.audience`) comes yet to what it has not read of the others.
        *others, home = sorted(group, key=lambda box: (bucket_of(box), box))
        for box in others:
            into[box], shift[box] = home, held[home].next_event - 1
            _join(held, box, home)
            for one, detail in ((box, f"into {home}"), (home, f"from {box}")):
                held[one], row = audit.link(vault, held[one], Entry(REGISTRY, "merge", detail), now)
                audits.append(row)
    if into:
        many(connection, audit.NEW_AUDIT, audits)
        _move(connection, vault, held, into, shift)
        many(connection, _KEEP, [_kept(held[box]) for box in {*into, *into.values()}])
    return into


def _join(held: dict[int, Held], box: int, home: int) -> None:
    here, there = held[box], held[home]
    held[home] = there._replace(
        next_event=there.next_event + here.next_event - 1, accepted=there.accepted + here.accepted
    )
    held[box] = here._replace(accepted=0, merged_into=home)


def _move(
    connection: Connection, vault: Vault, held: dict[int, Held], into: dict[int, int], shift: dict[int, int]
) -> None:
    boxes = {"boxes": box_keys(into)}
    gone = [{"in_bucket": bucket_of(box), "in_box": box} for box in into]
    for table, (find, remove, new) in _STATEMENTS.items():
        rows = connection.execute(find, boxes).all()
        if rows:
            many(connection, remove, gone)
            many(connection, new, [_moved(vault, table, row, into, shift) for row in rows])
    row_of = {home: held[home].audit_n for home in into.values()}  # of another chain now: what is picked from here on
    many(connection, _MOVE_LINES, [{**_from_to(box, home), "to_row": row_of[home]} for box, home in into.items()])
    many(connection, _MOVE_TAKEN, [{"of_box": box, "to_box": home} for box, home in into.items()])


def _moved(vault: Vault, table: Table, row: AnyRow, into: dict[int, int], shift: dict[int, int]) -> dict[str, Any]:
    old = dict(row._mapping)  # noqa: SLF001  (public in SQLAlchemy, in spite of its name)
    home = into[row.box_id]
    new = {**old, "bucket": bucket_of(home), "box_id": home}
    if table is schema.attempt:
        new["chain"] = None
    if (number := _NUMBERED.get(table)) and old[number]:
        new[number] += shift[row.box_id]
    for column, (sealed_as, key) in SEALED[table].items():
        if old[column]:  # else there is none, or its time is over
            plain = vault.open(sealed_as, row.box_id, key(old), old[column])
            new[column] = vault.seal(sealed_as, home, key(new), plain)
    return new


def _from_to(box: int, home: int) -> dict[str, int]:
    return {"of_bucket": bucket_of(box), "of_box": box, "to_bucket": bucket_of(home), "to_box": home}


def _kept(held: Held) -> dict[str, Any]:
    key = {"of_bucket": bucket_of(held.box_id), "of_box": held.box_id}
    return {**key, **{f"now_{name}": getattr(held, name) for name in _CHANGING}}
