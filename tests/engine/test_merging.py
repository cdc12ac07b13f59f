"""Nothing of a box stays behind when it becomes a part of another, and all of it can be read there."""

from __future__ import annotations

from sqlalchemy import Connection, LargeBinary, Table, create_engine, insert, select, update

from engine import schema
from engine.ids import bucket_of
from engine.locks import lock
from engine.merging import SEALED, merge
from engine.vault import Vault

VAULT = Vault(b"k" * 32)
STAYS = {schema.box, schema.audit}
"""A chain of the audit is bound to its box; the row of the box says where the rest is."""

GREAT, SMALL, TINY = 5000, 6001, 7002  # in buckets 904, 881 and 858: the last in order stays


def hot() -> list[Table]:
    tables = schema.metadata.tables.values()
    return [table for table in tables if [column.name for column in table.primary_key][:2] == ["bucket", "box_id"]]


def test_every_table_of_a_box_goes_along() -> None:
    assert {table.name for table in hot()} - {table.name for table in STAYS} == {table.name for table in SEALED}


def test_whatever_is_sealed_is_sealed_again() -> None:
    for table, sealed in SEALED.items():
        assert {column.name for column in table.columns if isinstance(column.type, LargeBinary)} == set(sealed), table


def boxes(connection: Connection) -> None:
    for box, count in ((GREAT, 5), (SMALL, 3), (TINY, 1)):
        key = {"bucket": bucket_of(box), "box_id": box}
        connection.execute(insert(schema.box), {**key, "next_event": count + 1, "accepted": 1})
        rows = [{**key, "n": n, **event(box, n)} for n in range(1, count + 1)]
        connection.execute(insert(schema.event), rows)
        connection.execute(insert(schema.seen), [{**key, "line_id": box, "key": "a", "event_n": count, "at": 0}])


def event(box: int, n: int) -> dict[str, object]:
    body = VAULT.seal("event", box, n, f"{box} {n}".encode())
    return {"kind": "message", "state": 0 if n == 1 else 1, "line_id": box, "channel": "sms", "at": 0, "body": body}


def test_events_get_numbers_after_those_of_the_box_that_stays() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        boxes(connection)
        held = lock(connection, [GREAT, SMALL, TINY])
        assert merge(connection, VAULT, held, [[TINY, SMALL, GREAT]], 1) == {SMALL: GREAT, TINY: GREAT}
        rows = connection.execute(select(schema.event).order_by(schema.event.c.n)).all()
        said = [VAULT.open("event", row.box_id, row.n, row.body).decode() for row in rows]
        seen = {row.line_id: row.event_n for row in connection.execute(select(schema.seen))}
        after = lock(connection, [GREAT, SMALL, TINY])
    assert {(row.bucket, row.box_id) for row in rows} == {(bucket_of(GREAT), GREAT)}
    assert said == [f"{GREAT} {n}" for n in range(1, 6)] + [f"{TINY} 1"] + [f"{SMALL} {n}" for n in range(1, 4)]
    assert seen == {GREAT: 5, TINY: 6, SMALL: 9}
    assert (after[GREAT].next_event, after[GREAT].accepted) == (10, 3)
    assert [after[box].merged_into for box in (GREAT, SMALL, TINY)] == [None, GREAT, GREAT]
    assert after == held
    engine.dispose()


def test_what_is_past_its_time_goes_along_empty() -> None:
    """What was wiped cannot be opened, and is nothing that was changed."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        boxes(connection)
        connection.execute(update(schema.event).values(body=b""))
        merge(connection, VAULT, lock(connection, [GREAT, SMALL]), [[SMALL, GREAT]], 1)
        bodies = connection.scalars(select(schema.event.c.body).where(schema.event.c.box_id == GREAT)).all()
    assert bodies == [b""] * 8
    engine.dispose()


STRANGER = 9003  # in bucket 811
ALL = (GREAT, SMALL, TINY, STRANGER)


def people(connection: Connection) -> None:
    """In each box a line that said STOP, and another; something that is taken; a delivery that all of them know."""
    for place, box in enumerate(ALL):
        key = {"bucket": bucket_of(box), "box_id": box}
        for more, row in ((0, 1), (100, None)):
            one = {"line_id": box + more, "kind": "sms", "address_key": str(box + more), "address": b"", **key}
            connection.execute(insert(schema.line), {**one, "stopped_row": row})
        connection.execute(
            insert(schema.taken),
            {"bucket": 1, "flow": "f", "value_key": str(box), "box_id": box, "session_id": place, "at": 0},
        )
        for name, number in (("began", 1), ("no event", 0)):
            connection.execute(insert(schema.seen), {**key, "line_id": 1, "key": name, "event_n": number, "at": place})


def homes_of(connection: Connection, table: Table, name: str) -> dict[str, int]:
    return {str(row[0]): row[1] for row in connection.execute(select(table.c[name], table.c.box_id))}


def test_who_and_what_names_a_box_follows_and_strangers_stay() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        boxes(connection)
        connection.execute(insert(schema.box), {"bucket": bucket_of(STRANGER), "box_id": STRANGER, "next_event": 1})
        people(connection)
        held = lock(connection, ALL)
        assert set(merge(connection, VAULT, held, [[GREAT, TINY, SMALL]], 1).values()) == {GREAT}, "the last in order"
        lines = connection.execute(select(schema.line).order_by(schema.line.c.line_id)).mappings().all()
        taken = homes_of(connection, schema.taken, "value_key")
        seen = connection.execute(select(schema.seen).where(schema.seen.c.line_id == 1)).mappings().all()
        audits = connection.execute(select(schema.audit.c.box_id, schema.audit.c.n, schema.audit.c.what)).all()
    there = {box: STRANGER if box == STRANGER else GREAT for box in ALL}
    assert {(row["line_id"], row["bucket"], row["box_id"]) for row in lines} == {
        (box + more, bucket_of(home), home) for box, home in there.items() for more in (0, 100)
    }
    end_of_chain = held[GREAT].audit_n
    stopped = {GREAT: 1, SMALL: end_of_chain, TINY: end_of_chain, STRANGER: 1}
    assert {row["line_id"]: row["stopped_row"] for row in lines} == {
        box + more: stopped[box] if not more else None for box in ALL for more in (0, 100)
    }
    assert taken == {str(box): home for box, home in there.items()}
    known = sorted((row["box_id"], row["key"], row["event_n"], row["at"]) for row in seen)
    assert known == [
        (GREAT, "began", 1, 0),
        (GREAT, "no event", 0, 0),
        (STRANGER, "began", 1, 3),
        (STRANGER, "no event", 0, 3),
    ], "what both knew is known as the box knew it that stays"
    assert sorted(map(tuple, audits)) == sorted(
        [(TINY, 1, "merge"), (SMALL, 1, "merge"), (GREAT, 1, "merge"), (GREAT, 2, "merge")]
    )
    engine.dispose()


def test_a_number_of_no_event_stays_none() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        schema.metadata.create_all(connection)
        boxes(connection)
        connection.execute(update(schema.seen).where(schema.seen.c.line_id == SMALL).values(event_n=0))
        merge(connection, VAULT, lock(connection, [GREAT, SMALL]), [[SMALL, GREAT]], 1)
        seen = {row.line_id: row.event_n for row in connection.execute(select(schema.seen))}
    assert seen == {GREAT: 5, SMALL: 0, TINY: 1}
    engine.dispose()
